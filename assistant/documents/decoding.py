"""Bytes to text in any usual encoding: UTF-8 and UTF-16, with and without byte order mark, GB18030, Big5, Windows."""

from __future__ import annotations

import codecs
import re
from functools import cache

import charset_normalizer

from assistant.errors import UnreadableDocument

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 30_000  # bytes that tell an encoding
_TORN = 0.1  # of the characters beyond ASCII: a UTF-8 file with a few damaged bytes is still UTF-8
_LEAST_SCORE = 0.6
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_BLANK = re.compile(rb"\s")
_DAMAGE = 0.01  # share of control characters above which a file is no text

# The letters that the languages of each Windows code page write beyond ASCII. A code page that
# comes earlier wins a tie; those of Chinese come after that of western Europe, since `Å` and a
# letter is also a character of Big5.
_ALPHABETS = {
    "cp1252": frozenset("àáâãäåæçèéêëìíîïñòóôöøùúûüßœÀÁÂÃÄÅÆÇÈÉÊËÍÎÏÑÒÓÔÖØÙÚÛÜŒªº¿¡"),
    "cp1250": frozenset("ąćęłńóśźżáčďéěíňřšťúůýžäöüßôľăâîşţőűëđĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮŽÄÖÜÔĽĂÂÎŞŢŐŰĐ"),
    "cp1254": frozenset("çğıöşüâîûÇĞİÖŞÜ"),
    "cp1257": frozenset("āčēģīķļņšūžąęėįųõäöüĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲÕÄÖÜ"),
}
_SCRIPTS = {
    "cp1251": re.compile("[А-яЁёІіЇїЄєҐґЎў]+"),
    "cp1253": re.compile("[Ά-ώ]+"),
    "cp1256": re.compile("[\u0621-\u0652پچژگ]+"),
}
_PUNCTUATION = frozenset("“”‘’„‚–—…•°§©®«»·€£±½²³™№\xa0،؛؟")
_FULL_WIDTH = frozenset("　、。《》〈〉【】「」『』（），：；？！％．～")
_WORD = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")
# Half of all that is written in Chinese, simplified and traditional: without these, two or three
# characters would read as well in the one standard as in the other.
_FREQUENT_HAN = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经"
    "么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三"
    "又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新制身果加西月话合回特代内信表化世位次度门任常先海通教"
    "原东声提立及比员解水名论处走义各入几口认条平系气题活更别变四总何电数安少报结反受目太量再感建务做接必场件计管期市直资命山金指"
    "克许统区保至队形社便空决治展科司五基书非则界达光放强即难且权思王象完设式色路记南品住告类求据程北边张该交规万取术领共确传师观"
    "清今切院让识带导争运土出口矿配额商环球控"
    "這個們來為國說時會對後裡發過種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問戰頭體見產題東聲員論處義幾條氣別變總電數報結"
    "務場計資臺灣許統區隊決書聽達強難權設記類據規術確傳師觀識導爭運萬礦額環稀鐵"
)
# How plausible a character beyond ASCII is, between 0 and 1; a letter in a word of its alphabet is 1.
_MARK = 0.86
_COMMON = 0.85
_ALONE = 0.8
_ALONE_AND_CAPITAL = 0.7


def decode(data: bytes, name: str) -> str:
    """Decode text: by its byte order mark, as UTF-8, or by the encoding in which it reads best.

    Raises:
        UnreadableDocument: No encoding gives text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if (wide := _wide_encoding(data)) is not None:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        as_utf8 = data.decode("utf-8", "replace")
    if as_utf8.count("\ufffd") <= _TORN * sum(c > "\x7f" for c in as_utf8):
        return as_utf8
    likeliest = _likeliest(_telling(data))
    if likeliest is None:
        raise UnreadableDocument(f"{name} is not text in a known encoding; save it as UTF-8 and add it again.")
    return data.decode(likeliest, "replace")


def is_text(data: bytes) -> bool:
    """Whether these are the bytes of a text, in whatever encoding: without control characters, or in a wide one."""
    if data.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS)) or _wide_encoding(data):
        return True
    head = data[:_SAMPLE]
    return b"\0" not in head and len(_CONTROL.findall(head)) <= _DAMAGE * len(head)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of its ASCII is NUL, and its Han are common ones."""
    sample = data[: _SAMPLE // 2 * 2]
    if len(sample) < 8 or len(data) % 2:
        return None
    in_first, in_second = sample[::2].count(0), sample[1::2].count(0)
    if max(in_first, in_second) > 0.4 * len(sample) / 2 and min(in_first, in_second) == 0:
        return "utf-16-be" if in_first else "utf-16-le"
    if _is_utf8(sample):
        return None
    return next((each for each in ("utf-16-le", "utf-16-be") if _reads_as_utf16(sample, each)), None)


def _reads_as_utf16(sample: bytes, encoding: str) -> bool:
    text = sample.decode(encoding, "replace")
    known = sum(" " <= c <= "~" or c in "\r\n\t" or _commonness(c, "gb2312", "cp950") >= _COMMON for c in text)
    frequent = sum(c in _FREQUENT_HAN for c in text)
    return known > 0.95 * len(text) and frequent > 0.3 * sum(c > "\x7f" for c in text)


def _is_utf8(sample: bytes) -> bool:
    return codecs.getincrementaldecoder("utf-8")("replace").decode(sample).count("\ufffd") == 0


def _telling(data: bytes) -> bytes:
    """The words that tell an encoding: those with bytes beyond ASCII, wherever in the file they stand."""
    found: list[bytes] = []
    place = size = 0
    while size < _SAMPLE and (match := _BEYOND_ASCII.search(data, place)):
        start, end = max(place, match.start() - 100), match.start() + 400
        blank = _BLANK.search(data, end, end + 4000)  # no character of several bytes has one for a byte
        place = blank.start() if blank else end + 4000
        found.append(data[start:place])
        size += place - start
    return b" ".join(found)


def _likeliest(sample: bytes) -> str | None:
    """The encoding whose reading looks most like a language, or what the statistics of others say."""
    scores = {
        encoding: _western(sample.decode(encoding, "replace"), letters) for encoding, letters in _ALPHABETS.items()
    }
    scores |= {encoding: _scripted(sample.decode(encoding, "replace"), script) for encoding, script in _SCRIPTS.items()}
    for encoding, standards in (("gb18030", ("gb2312",)), ("cp950", ("cp950",))):
        scores[encoding] = _mean([_commonness(c, *standards) for c in sample.decode(encoding, "replace") if c > "\x7f"])
    best = max(scores, key=scores.__getitem__)
    if scores[best] >= _LEAST_SCORE:
        return best
    found = charset_normalizer.from_bytes(sample).best()
    return found.encoding if found else None


def _western(text: str, letters: frozenset[str]) -> float:
    """Mean plausibility of the characters beyond ASCII in an alphabet that is mostly ASCII."""
    scores: list[float] = []
    for match in _WORD.finditer(text):
        word = match.group()
        beyond = [c for c in word if c > "\x7f"]
        is_cased = word.islower() or word.isupper() or word.istitle()
        plausible = 1.0 if is_cased else 0.5
        if len(word) == 1:
            plausible = _ALONE if word.islower() else _ALONE_AND_CAPITAL
        elif len(beyond) > 0.8 * len(word):
            plausible = 0.0
        scores.extend(plausible if c in letters else _mark(c) for c in beyond)
    return _mean(scores)


def _scripted(text: str, script: re.Pattern[str]) -> float:
    """The same in a script of its own, whose words hold no other letters."""
    scores: list[float] = []
    for match in _WORD.finditer(text):
        word = match.group()
        beyond = [c for c in word if c > "\x7f"]
        if script.fullmatch(word):
            has_case = word.lower() != word.upper()
            plausible = 1.0 if word.islower() or word.istitle() or not has_case else 0.88 * word.isupper()
            if len(word) == 1:
                plausible = _ALONE if word.islower() else _ALONE_AND_CAPITAL
            scores.extend([plausible] * len(word))
        else:
            scores.extend(_mark(c) for c in beyond)
    return _mean(scores)


def _mark(char: str) -> float:
    return _MARK if char in _PUNCTUATION else 0.0


def _commonness(char: str, *standards: str) -> float:
    """How usual a character is in Chinese: 1 for the most frequent, by the levels of its standard for others.

    GB 2312 and Big5 both part their characters into frequent and rare ones.
    """
    if char in _FREQUENT_HAN or char in _FULL_WIDTH:
        return 1.0
    if char in _PUNCTUATION:
        return _MARK
    return max(_level(char, standard) for standard in standards)


@cache
def _level(char: str, standard: str) -> float:
    try:
        code = char.encode(standard)
    except UnicodeEncodeError:
        return 0.6 * (standard == "gb2312" and _level(char, "cp950") == _COMMON)  # GBK holds traditional ones too
    if not "\u3400" <= char <= "\u9fff":
        return 0.3
    is_frequent = code[0] <= (0xD7 if standard == "gb2312" else 0xC6)
    return _COMMON if is_frequent else 0.5


def _mean(scores: list[float]) -> float:
    return sum(scores) / len(scores) if scores else 0.0
