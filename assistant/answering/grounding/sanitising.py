"""Makes a model's sentence safe to show: what is left holds words and nothing that acts.

Whoever renders the sentence still escapes it; this is the wall behind that one. A model may repeat
whatever stands in a document, and a document may hold a picture whose address carries an answer away,
a link dressed as a source, or a mark that looks like a citation.
"""

from __future__ import annotations

import html
import re
import unicodedata

_LONGEST = 2_000  # characters; a sentence has a few hundred
_KEPT_CONTROLS = frozenset("\n\t")

_ELEMENT = re.compile(
    r"<!--.*?(?:-->|$)|<(script|style|svg|iframe|object|template|noscript)\b.*?(?:</\1\s*>|$)"
    r"|<\|.{0,80}?\|>|<</?\w+>>|<(?:[a-zA-Z/!?][^<>]*(?:>|$))",
    re.IGNORECASE | re.DOTALL,
)
_COMPARED = re.compile(r"([<>]=?)\s*(?=[$€£¥]?\d)")
_COMPARISONS = {"<": " less than ", ">": " more than ", "<=": " at most ", ">=": " at least "}
_PICTURE = re.compile(r"!\[[^\[\]]*\]\s*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)?|\[[^\[\]]*\])?")
_LINK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)?|\[[^\[\]]*\])")
_DEFINITION = re.compile(r"^\s*\[[^\[\]\n]+\]:[^\n]*$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[^\n`]*$|`+|~{2,}", re.MULTILINE)
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}(?=\s|$)|>+|[-*+•](?=\s)|[-=*_]{3,}[ \t]*$)[ \t]*", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])")
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}\s?:\s?//|\bwww\d?\.)[^\s，。；！？、）】”’]*"
    r"|\b(?:javascript|vbscript|data|mailto|file|tel|blob|ftp)\s?:\s?(?=[^\s\d])[^\s，。；！？、）】”’]*"
    r"|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|net|org|io|cn|co|info|biz|xyz|top|site|app|dev|ru|tk|gov|edu|uk|eu|jp|de"
    r"|example|test|invalid|local|localhost|onion|link|click|page|cloud)\b(?::\d+)?(?:[/?#][^\s，。；！？、）】”’]*)?"
    r"|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"https?", re.IGNORECASE)
_ID = r"(?:passage|source|doc(?:ument)?|ref(?:erence)?|cit(?:e|ation)|来源|资料|文献|引用|id)"
_NUMBERS = r"\d{1,3}(?:\s*[,，、;–-]\s*\d{1,3})*"
_MARK = rf"(?:[\^†#]?\s*{_NUMBERS}(?:\s*†[^\[\]【】]*)?|[a-z]{{1,2}}\d{{1,4}}|{_ID}(?:\s*[:：#]?\s*[\w†:./-]{{0,40}})?)"
_MARK_IN_ROUND = rf"{_ID}s?\s*(?:[:：#]\s*[\w†:./ -]{{1,40}}|\[?{_NUMBERS}\]?)"
_CITATION = re.compile(rf"[\[【〔［]\s*{_MARK}\s*[\]】〕］]|[（(]\s*{_MARK_IN_ROUND}\s*[)）]", re.IGNORECASE)
_ROLES = r"system|assistant|user|human|developer|tool|ai|instructions?"
_TURN = re.compile(
    rf"<\|(?:{_ROLES}|im_start|start_header_id)\|>(?:\s*(?:{_ROLES}))?|\[/?(?:inst|sys|system)\]", re.IGNORECASE
)
_ROLE = re.compile(
    rf"(?:^|(?<=[\n.!?。！？]))[ \t]*(?:{_ROLES}|系统(?:消息|提示)?|助手|用户|开发者)"
    r"(?:\s?(?:message|prompt|note))?\s*[:：][ \t]*",
    re.IGNORECASE,
)
_BRACKETS = str.maketrans(
    {"[": "(", "]": ")", "【": "（", "】": "）", "<": " ", ">": " ", "`": " ", "|": " ", "\\": " "}
)


def plain_sentence(text: str) -> str:
    """Text of a model as one line of words: no markup, no address, no mark that looks like a citation.

    Applied to its own result it changes nothing. Less-than and more-than signs before a figure
    become words.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")[: 4 * _LONGEST]
    while (stripped := _stripped(text)) != text:
        text = stripped
    return text


def _stripped(text: str) -> str:
    text = html.unescape(_visible(text))
    text = _ELEMENT.sub(" ", _TURN.sub(" ", text))
    text = _COMPARED.sub(lambda match: _COMPARISONS[match[1]], text)
    text = _LINK.sub(r"\1", _PICTURE.sub(" ", _DEFINITION.sub(" ", text)))
    text = _ROLE.sub(" ", _EMPHASIS.sub("", _LINE_MARK.sub(" ", _FENCE.sub(" ", text))))
    text = _CITATION.sub("", text)
    text = _SCHEME.sub(" ", _ADDRESS.sub(" ", text))
    text = " ".join(text.translate(_BRACKETS).split())
    text = re.sub(r"\(\s*\)|（\s*）", "", text)
    text = re.sub(r"\s+(?=[,.;:!?，。；：！？）)](?:\s|$))", "", text)
    return text[:_LONGEST].strip()


def _visible(text: str) -> str:
    """Text without what a reader does not see: controls, marks of direction, zero width, tags, private use."""
    text = unicodedata.normalize("NFC", text)
    return "".join(
        c
        for c in text
        if c in _KEPT_CONTROLS
        or not (unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} or "\ufe00" <= c <= "\ufe0f")
    ).replace("\u2028", "\n")
