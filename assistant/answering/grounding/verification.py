"""Whether a statement says more than its quotes: figures, dates, names, opposites, and the words themselves.

No model judges here. Every rule looks for something in the statement that must stand in its quotes,
or for something in the quotes that the statement turns round; each finding is a sentence that a
model can be asked to mend its statement by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.grounding.alignment import is_quoted
from assistant.answering.grounding.binding import misplaced
from assistant.answering.grounding.facts import Facts, clauses, facts_of, holding
from assistant.answering.grounding.instructions import is_instruction
from assistant.answering.grounding.names import Remembered, Terms, missing_names, names_of
from assistant.answering.grounding.overlap import unsupported_words
from assistant.answering.grounding.polarity import contradictions
from assistant.text import clean, flatten, word_count


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a statement; each fault is a sentence that says how it goes beyond its quotes."""

    faults: tuple[str, ...]

    @property
    def supported(self) -> bool:
        """Whether the quotes carry the statement."""
        return not self.faults


_QUOTATION = re.compile(r"[“\"]([^“”\"]{2,400})[”\"]|「([^「」]{2,400})」|『([^『』]{2,400})』")
_FEWEST_QUOTED_WORDS = 3  # one or two words in quotation marks are a term, which a translation may carry over
_MIXED = re.compile(r"\b\w*(?:[a-zA-Z]\w*[\u0400-\u04ff]|[\u0400-\u04ff]\w*[a-zA-Z])\w*")


def verify_claim(
    claim: str, quotes: Sequence[str], *, context: Sequence[str] = (), glossary: Terms | None = None
) -> Verdict:
    """Judge a statement by what it cites, in English or Chinese, whichever language either is in.

    Args:
        claim: One sentence, as it would be shown.
        quotes: The stored text of its citations.
        context: What a reader of the quotes has at hand: title, date, headings, a table's header.
        glossary: Names of the same things in other words.
    """
    quotes = [_on_one_line(quote) for quote in quotes if any(map(str.isalnum, quote))]
    claim = flatten(clean(claim))
    if not any(map(str.isalnum, claim)):
        return Verdict(("The statement is empty.",))
    if not quotes:
        return Verdict(("The statement has no quote that stands in its sources.",))
    if is_instruction(claim):
        return Verdict(("The statement gives an instruction instead of stating what a source says.",))
    if mixed := _MIXED.search(claim):
        return Verdict((f"The word “{mixed.group()}” is written in letters of two alphabets.",))
    context = tuple(context)
    texts = [*quotes, *context]
    terms = Remembered(glossary)
    own, names = facts_of(claim), names_of(claim, terms)
    missing = missing_names(names, names_of("\n".join(texts), terms), texts)
    unfounded = [*_dates(own, quotes, context), *_figures(own, quotes, context)]
    known = [*names.proper, *names.concepts]
    faults = [
        *unfounded,
        *(f"The name “{name.text}” stands in none of its quotes." for name in missing),
        *_quotations(claim, texts),
        *misplaced(own, names, quotes, context, terms),
        *contradictions(claim, quotes, _relevant(own, quotes, context)),
        *unsupported_words(
            claim,
            quotes,
            context,
            terms,
            names=[name.text for name in names.proper],
            anchors=len(own.dates) + len(own.quantities) + len(known) - len(missing) - len(unfounded),
        ),
    ]
    return Verdict(tuple(dict.fromkeys(faults)))


def _on_one_line(quote: str) -> str:
    """A quote without the line breaks of its page; the rows of a table stay apart."""
    return quote if quote.lstrip().startswith("|") else flatten(quote)


def _dates(own: Facts, quotes: Sequence[str], context: tuple[str, ...]) -> Iterator[str]:
    """Dates that neither the quotes give nor, where they leave the year open, the context."""
    given = facts_of("\n".join(quotes))
    around = facts_of("\n".join(context))
    # A title of 2024 does not make a figure of 2023 one of 2024: the context gives a year only
    # where the statement keeps every year of its quotes.
    open_to_context = given.years <= own.years
    years = given.years | around.years if open_to_context else given.years
    dates = (*given.dates, *around.dates) if open_to_context else given.dates
    bare = {value for each in given.quantities for value, measure in each.readings if not measure}
    for date in own.dates:
        if any(date.is_given_by(each, years) for each in dates):
            continue
        if (date.month, date.day, date.period) == (None, None, None) and date.year in bare:
            continue
        yield f"The date “{own.words(date)}” stands in none of its quotes."


def _figures(own: Facts, quotes: Sequence[str], context: tuple[str, ...]) -> Iterator[str]:
    declarations = (*quotes, *context)
    given = [each for text in declarations for each in facts_of(text, declarations).quantities]
    years = facts_of("\n".join(quotes)).years
    for quantity in own.quantities:
        if any(quantity.is_given_by(each) for each in given):
            continue
        if quantity.is_bare and any(value in years for value, _ in quantity.readings):
            continue
        yield f"The figure “{quantity.text}” stands in none of its quotes, or in another unit."


def _quotations(claim: str, texts: Sequence[str]) -> Iterator[str]:
    for match in _QUOTATION.finditer(claim):
        words = next(filter(None, match.groups())).strip(" ,.，。")
        if word_count(words) >= _FEWEST_QUOTED_WORDS and not any(is_quoted(words, text) for text in texts):
            yield f"The words “{words}” are put in quotation marks and stand in none of its quotes."


def _relevant(own: Facts, quotes: Sequence[str], context: tuple[str, ...]) -> list[str]:
    """The clauses of the quotes that have a figure or a full date of the statement."""
    parts = [part for quote in quotes for part in clauses(quote)]
    found = [part for quantity in own.quantities for part in holding(quantity, parts, context)]
    full = [date for date in own.dates if date.day]
    return found + [
        part
        for part in parts
        if any(date.is_given_by(each, frozenset()) for date in full for each in facts_of(part).dates)
    ]
