"""Questions for what something is, and the sentences that say it."""

from __future__ import annotations

import re

from assistant.text import HAN, han_share, tokens

# "What is the Watch List?", but not "What is the price of terbium?", which asks for a thing about a thing.
_WHAT_IS = re.compile(
    r"\W*what(?:[’']?s| is| are| was| were) (?:the |an? )?(?!.*\b(?:of|for|in|on|to|from|by|with|at|about|than|as|like"
    r"|[a-z]+est|most)\b)(?!(?:it|this|that|these|those|new|next|left|wrong|true|known|going on|happening|[a-z]+en"
    r"|[a-z]+ed)\W*$)((?:[^,;:?.]|\bno\.){2,40})\W*"
    r"|\W*(?:什么[是叫]|何[为谓])([^,;?。的]{2,20})\W*"
    r"|\W*([^,;?。的]{2,20})(?:到底)?是(?:个|一个)?什么(?:意思|东西)?\W*"
)
_MOST_WORDS = 5  # of such a thing
_IS_A = re.compile(
    r"\b(?:is|are|was|were)\b(?: now| still| also)?(?:,| (?:an?|the|one|part|\w+[’']s)\b)"
    r"|\b(?:means|refers to|stands for)\b"
)
_IS_A_IN_CHINESE = re.compile(r"[^。;]{0,40}?(?:是(?!否)|指的?是?|即)")
_APPOSITION = r"(?:,| \([^)]*\),?) (?:the|an?) (?!same|first|last|next)"
_ENTRY = re.compile(
    rf"[^.;()]{{2,60}}\([^()]{{0,60}}[{HAN}][^()]{{0,60}}\) \w"
)  # of a glossary: "Watch List (关注名单) names ..."
_NUMBER_SIGNS = frozenset({"no", "number"})  # "Order 71" is "Order No. 71"
_MOST_WORDS_BEFORE = 2
_MOST_CHARACTERS_BEFORE = 2  # in Chinese: a quotation mark, 所谓


def thing_asked_for(question: str) -> str:
    """What a question wants explained; "" where it asks for something else.

    Args:
        question: Folded.
    """
    asked = _WHAT_IS.fullmatch(question)
    thing = next(filter(None, asked.groups()), "").strip() if asked else ""
    return thing if len(thing.split()) <= _MOST_WORDS else ""


def says_what_is(thing: str, sentence: str) -> bool:
    """Whether a sentence begins with a thing and says what it is, or says so in passing ("FORGE, the forum for ...").

    Args:
        thing: Folded.
        sentence: Folded.
    """
    if re.search(rf"(?<!\w){re.escape(thing)}{_APPOSITION}", sentence):
        return True
    is_entry = _ENTRY.match(sentence) is not None
    if han_share(thing):
        at = sentence.find(thing)
        says_is = _IS_A_IN_CHINESE.match(sentence, at + len(thing)) is not None
        return (is_entry and at >= 0) or (says_is and 0 <= at <= _MOST_CHARACTERS_BEFORE)
    wanted, said = ([word for word in tokens(text) if word not in _NUMBER_SIGNS] for text in (thing, sentence))
    begins = [at for at in range(_MOST_WORDS_BEFORE + 1) if said[at : at + len(wanted)] == wanted]
    return (is_entry and 0 in begins) or (bool(begins) and _IS_A.search(sentence) is not None)
