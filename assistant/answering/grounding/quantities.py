"""The figures of a text with their units, in English and Chinese, brought to one measure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.text import fold

_SCALES = {
    "thousand": 10**3, "million": 10**6, "mn": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12, "tn": 10**12,
    "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9,
    "百亿": 10**10, "千亿": 10**11, "万亿": 10**12, "m": 10**6, "b": 10**9, "k": 10**3,
}  # fmt: skip
# Each unit by the names it goes by (patterns), with the measure it belongs to and how much of that it is.
_UNITS: tuple[tuple[str, str, Fraction], ...] = (
    (r"percentage[ -]points?|percent points?|pp\b|个?百分点", "points", Fraction(1)),
    (r"basis points?|bps\b|个?基点", "points", Fraction(1, 100)),
    (r"%|percent\b|per cent\b|pct\b", "percent", Fraction(1)),
    (r"成(?![立为本交员都])", "percent", Fraction(10)),
    (r"kt\b|kilotonnes?\b|kilotons?\b", "mass", Fraction(10**6)),
    (r"(?:metric )?tonnes?\b|(?:metric )?tons?\b|mt\b|tpa\b|tpy\b|t\b(?!['’])|吨", "mass", Fraction(10**3)),
    (r"kg\b|kilograms?\b|kilogrammes?\b|kilos?\b|公斤|千克", "mass", Fraction(1)),
    (r"grams?\b|克", "mass", Fraction(1, 1000)),
    (r"us dollars?\b|u\.s\. dollars?\b|american dollars?\b|usd\b|dollars?\b|美元", "dollar", Fraction(1)),
    (r"australian dollars?\b|aud\b|澳元|澳大利亚元", "australian dollar", Fraction(1)),
    (r"canadian dollars?\b|cad\b|加元", "canadian dollar", Fraction(1)),
    (r"yuan\b|rmb\b|renminbi\b|cny\b|元", "yuan", Fraction(1)),
    (r"euros?\b|eur\b|欧元", "euro", Fraction(1)),
    (r"yen\b|jpy\b|日元", "yen", Fraction(1)),
    (r"pounds? sterling\b|pounds?\b|gbp\b|英镑", "pound", Fraction(1)),
    (r"times\b|-?fold\b|倍", "times", Fraction(1)),
    (r"[- ]?years?\b|年(?!代|产|度|均|来|底|初)", "year", Fraction(1)),
    (r"[- ]?months?\b|个月", "month", Fraction(1)),
    (r"[- ]?weeks?\b|周(?!年)", "week", Fraction(1)),
    (r"[- ]?days?\b|天|日", "day", Fraction(1)),
    (r"[- ]?hours?\b|小时", "hour", Fraction(1)),
    (r"km\b|kilomet(?:er|re)s?\b|公里|千米", "kilometre", Fraction(1)),
)
_SIGNS = {
    "us$": "dollar", "$": "dollar", "usd": "dollar", "a$": "australian dollar", "au$": "australian dollar",
    "aud": "australian dollar", "c$": "canadian dollar", "€": "euro", "eur": "euro", "£": "pound", "gbp": "pound",
    "¥": "yuan", "rmb": "yuan", "cny": "yuan", "jpy": "yen", "yuan": "yuan",
}  # fmt: skip
_STRICT = frozenset({"percent", "points", "times"})  # no figure without a unit says these

_UNIT = "|".join(f"(?P<u{at}>{names})" for at, (names, _, _) in enumerate(_UNITS))
_MASS = {"kg": 1, "kilogram": 1, "kilo": 1, "公斤": 1, "千克": 1, "tonne": 10**3, "ton": 10**3, "t": 10**3, "吨": 10**3}
_WEIGHTS = "kilograms?|kilos?|kg|公斤|千克|metric tons?|tonnes?|tons?|吨|t"
_PER = rf"(?:\s?(?:/|per|an?\b|each|每)\s?(?P<per>{_WEIGHTS})(?![a-z]))?"
_SIGN = r"(?P<sign>us\$|au\$|a\$|c\$|\$|€|£|¥|\b(?:rmb|cny|usd|eur|aud|gbp|jpy|yuan)\b)?\s?"
_SCALE = (
    r"(?P<scale>thousand\b|million\b|billion\b|trillion\b|bn\b|mn\b|tn\b|[十百千万]?亿|万亿|[十百千]?万|[千百](?!克|米|分)"
    r"|[mbk](?![a-z]))"
)
_AFTER = rf"(?:\s?-?{_SCALE})?(?:\s?-?(?:of\s)?(?:{_UNIT}))?{_PER}"
_FIGURE = re.compile(
    rf"(?P<share>百分之)?(?P<each>每\s?(?P<before>公斤|千克|吨)\D{{0,4}})?{_SIGN}"
    rf"(?<![a-z0-9.])(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)(?:st|nd|rd|th)?{_AFTER}"
)
_DECLARED = re.compile(
    rf"(?:(?<=[\s(（,，/|:：;])|^){_SIGN}(?P<scale>thousand\b|million\b|billion\b|bn\b|mn\b|[百千万]?亿|[百千]?万)?\s?(?:{_UNIT}){_PER}"
)
_RANGE = re.compile(r"\s?(?:-|–|—|~|to|至|到|through)\s?$")
_BETWEEN = re.compile(r"\bbetween\s?$")
_WIDEST_RANGE = 60  # numbers of announcements and articles; a wider span is a measure, not a list

_WORDS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split()
    )
} | {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
} | {"dozen": 12}  # fmt: skip
_TENS = "|".join(word for word, value in _WORDS.items() if value >= 20)
_ONES = "|".join(sorted((word for word, value in _WORDS.items() if 0 < value < 20), key=len, reverse=True))
_BELOW_HUNDRED = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_ONES}|zero)"
_IN_WORDS = re.compile(rf"\b(?:(?:{_BELOW_HUNDRED}|an?) hundred(?:(?: and)? {_BELOW_HUNDRED})?|{_BELOW_HUNDRED})\b")
_HAN = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_MULTIPLES = {"十": 10, "百": 100, "千": 1000}
_YEAR_IN_HAN = re.compile(r"[零〇一二三四五六七八九]{4}(?=年)")
_IN_HAN = re.compile(
    r"(?<![第统唯之])(?:(?<=百分之)|(?<![零一二三四五六七八九十百千两]))(?!一(?![十百千零]))[一二三四五六七八九十两][零一二三四五六七八九十百千两]*"
    r"(?=个?百分点|倍|成(?![立为本])|[万亿]?(?:吨|元|美元|日元|欧元|公斤|千克|人)|年(?!级)|个|种|家|项|天|次|名|座|条|批|款|部|国|类|方面|号|至[一二三四五六七八九十])"
    r"|(?<=百分之)[零一二三四五六七八九十百两点]+"
)
_FRACTIONS = (
    (re.compile(r"\bhalf\b(?!-)|一半|半数"), Fraction(50), "percent"),
    (re.compile(r"\b(?:a|one)[ -]third\b|三分之一"), Fraction(1, 3), "share"),
    (re.compile(r"\btwo[ -]thirds\b|三分之二"), Fraction(2, 3), "share"),
    (re.compile(r"\b(?:a|one)[ -]quarter of\b|四分之一"), Fraction(25), "percent"),
    (re.compile(r"\bthree[ -]quarters of\b|四分之三"), Fraction(75), "percent"),
    (re.compile(r"\b(?:twice|doubl(?:e|ed|es|ing))\b(?! counting)|翻(?:了)?一?番"), Fraction(2), "times"),
    (re.compile(r"\b(?:tripled?|trebled?)\b"), Fraction(3), "times"),
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure: what it may mean, each meaning with its measure, and where it stands in the text.

    ``readings`` are several where a text leaves it open ("2 to 3 kt", a table's cell). Money for a
    weight is given for a kilogram.
    """

    start: int
    end: int
    text: str
    readings: frozenset[tuple[Fraction, str]]

    @property
    def is_bare(self) -> bool:
        """Whether no unit stands beside it."""
        return all(not measure for _, measure in self.readings)

    def is_given_by(self, other: Quantity) -> bool:
        """Whether another text gives this figure, in whichever unit of the same measure."""
        return any(
            value == said and (measure == unit or (not measure and unit not in _STRICT))
            for value, measure in self.readings
            for said, unit in other.readings
        )


def quantities(text: str, declarations: Iterable[str] = ()) -> tuple[Quantity, ...]:
    """The figures of a text, in order.

    Args:
        text: As ``with_digits`` gives it, without its dates (see ``dates``).
        declarations: Folded texts, such as the header of a table, whose units hold for figures without one.
    """
    units = [unit for declaration in declarations for unit in _declared(declaration)]
    found = list(_with_ranges(text, [_read(match) for match in _FIGURE.finditer(text)]))
    for pattern, value, measure in _FRACTIONS:
        found += [
            Quantity(*match.span(), match.group(), frozenset({(value, measure)})) for match in pattern.finditer(text)
        ]
    return tuple(sorted((_with_units(each, units) for each in found), key=lambda each: each.start))


def _read(match: re.Match[str]) -> Quantity:
    value = Fraction(Decimal(match["number"].replace(",", ""))) * _SCALES.get(match["scale"] or "", 1)
    unit = _unit_of(match)
    if match["share"]:
        unit = "percent", Fraction(1)
    elif unit is None and match["sign"]:
        unit = _SIGNS[match["sign"]], Fraction(1)
    text = match.group().strip(" \0-")
    if unit is None:
        return Quantity(*match.span(), text, frozenset({(value, "")}))
    measure, factor = unit
    readings = {(value * factor, measure)}
    if match["scale"] is None and re.search(r"\dmt\b|\d mt\b", match.group()):
        readings.add((value * factor * 10**6, measure))  # megatonnes, which folding cannot tell from metric tons
    weight = match["per"] or match["before"]
    if weight and measure not in {"mass", *_STRICT}:
        readings = {
            (amount / _MASS[weight.removeprefix("metric ").rstrip("s")], f"{unit} a kg") for amount, unit in readings
        }
    return Quantity(*match.span(), text, frozenset(readings))


def _unit_of(match: re.Match[str]) -> tuple[str, Fraction] | None:
    return next((unit[1:] for at, unit in enumerate(_UNITS) if match[f"u{at}"]), None)


def _declared(text: str) -> Iterator[tuple[Fraction, str]]:
    """The units that a header gives: ``Exports, t``, ``bn yuan``, ``（万吨）``."""
    for match in _DECLARED.finditer(text):
        unit = _unit_of(match)
        if unit is None:
            continue
        measure, factor = unit
        factor *= _SCALES.get(match["scale"] or "", 1)
        if match["per"] and measure not in {"mass", *_STRICT}:
            yield factor / _MASS[match["per"].removeprefix("metric ").rstrip("s")], f"{measure} a kg"
        yield factor, measure


def _with_units(quantity: Quantity, units: Iterable[tuple[Fraction, str]]) -> Quantity:
    if not quantity.is_bare:
        return quantity
    more = {(value * factor, measure) for value, _ in quantity.readings for factor, measure in units}
    return Quantity(quantity.start, quantity.end, quantity.text, quantity.readings | more)


def _with_ranges(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    """The figures, where the first of a range also has the unit of the last, and a list of numbers its members."""
    for before, each, after in zip([None, *found], found, [*found[1:], None], strict=False):
        readings = set(each.readings)
        if after and each.is_bare and _is_range(text, each, after):
            (value, _), *_ = each.readings
            for said, measure in after.readings:
                scale = _scale_of(after, said)
                readings.add((value * scale, measure))
        yield Quantity(each.start, each.end, each.text, frozenset(readings))
        if before and before.is_bare and each.is_bare and _RANGE.fullmatch(text[before.end : each.start]):
            first, last = (next(iter(end.readings))[0] for end in (before, each))
            if 1 < last - first <= _WIDEST_RANGE and first.denominator == 1 == last.denominator:
                for number in range(int(first) + 1, int(last)):
                    yield Quantity(each.start, each.end, str(number), frozenset({(Fraction(number), "")}))


def _is_range(text: str, first: Quantity, last: Quantity) -> bool:
    between = text[first.end : last.start]
    is_named = _BETWEEN.search(text[: first.start]) is not None and between.strip() == "and"
    return is_named or _RANGE.fullmatch(between) is not None


def _scale_of(quantity: Quantity, value: Fraction) -> Fraction:
    """What the bare number of a figure was multiplied by."""
    number = re.search(r"\d[\d,]*(?:\.\d+)?", quantity.text)
    bare = Fraction(Decimal(number.group().replace(",", ""))) if number else Fraction(1)
    return value / bare if bare else Fraction(1)


def with_digits(text: str) -> str:
    """The folded form of a text with its numbers in digits: ``twenty-five`` and ``二十五家`` become ``25``."""
    text = _IN_WORDS.sub(lambda match: str(_from_words(match.group())), fold(text))
    text = _YEAR_IN_HAN.sub(lambda match: "".join(str(_HAN[character]) for character in match.group()), text)
    return _IN_HAN.sub(lambda match: _from_han(match.group()), text)


def _from_words(words: str) -> int:
    total = 0
    for word in re.split(r"[- ]+", words):
        if word == "hundred":
            total = (total or 1) * 100
        else:
            total += _WORDS.get(word, 0)
    return total


def _from_han(run: str) -> str:
    whole, _, decimals = run.partition("点")
    total, current = 0, 0
    for character in whole:
        if character in _HAN_MULTIPLES:
            total += (current or 1) * _HAN_MULTIPLES[character]
            current = 0
        else:
            current = current * 10 + _HAN[character] if current and len(whole) > 1 and not total else _HAN[character]
    digits = str(total + current)
    return f"{digits}.{''.join(str(_HAN[c]) for c in decimals if c in _HAN)}" if decimals else digits
