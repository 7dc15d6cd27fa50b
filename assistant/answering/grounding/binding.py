"""Whether what a statement puts together belongs together in its quotes: a figure and its year, name or column.

Every part may stand in the quotes and the whole be false: "255,000 tonnes in 2024" of "255,000 in
2023 and 270,000 in 2024". Each rule looks at the clauses that have the figure (or the date), and
objects only where these name another date or thing and the statement's own stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant.answering.grounding.dates import Date
from assistant.answering.grounding.facts import Facts, clauses, facts_of, holding, is_parallel
from assistant.answering.grounding.names import Name, Names, Terms, names_of
from assistant.answering.grounding.overlap import telling_words
from assistant.answering.grounding.quantities import Quantity
from assistant.structure import row_cells, sentences
from assistant.text import content_words


def misplaced(
    own: Facts, names: Names, quotes: Sequence[str], context: tuple[str, ...], glossary: Terms
) -> Iterator[str]:
    """Sentences on what a statement puts together and its quotes do not."""
    if any(map(is_parallel, quotes)):
        return
    yield from _other_date(own, quotes, context)
    yield from _other_event(own, quotes)
    yield from _other_name(own, names, quotes, context, glossary)
    yield from _other_column(own, quotes, context)


def _other_date(own: Facts, quotes: Sequence[str], context: tuple[str, ...]) -> Iterator[str]:
    """Figures that the quotes give for another date."""
    theirs = [part for quote in quotes for part in clauses(quote, narrow=True)]
    parts = [own, *(facts_of(part) for part in clauses(own.text, narrow=True))]
    for part in parts:
        if len(part.dates) != 1 or (part is own and len(part.quantities) != 1):
            continue
        (date,) = part.dates
        for figure in part.quantities:
            told = [
                [each for each in facts_of(place).dates if each.is_as_fine_as(date)]
                for place in holding(figure, theirs, context)
            ]
            if told and all(told) and not any(date.is_given_by(each, own.years) for found in told for each in found):
                yield f"Its quotes give “{figure.text}” for another date than “{part.words(date)}”."


def _other_event(own: Facts, quotes: Sequence[str]) -> Iterator[str]:
    """The one date of a statement without figures, where its quotes tell something else of that date."""
    if len(own.dates) != 1 or own.quantities:
        return
    (date,) = own.dates
    parts = [part for quote in quotes for part in clauses(quote, narrow=True)]
    here = [part for part in parts if _gives(part, date, own)]
    there = [part for part in parts if facts_of(part).dates and part not in here]
    words = frozenset(telling_words(own.text))
    told = frozenset(word for part in here for word in telling_words(part))
    for part in there:
        elsewhere = words & (frozenset(telling_words(part)) - told)
        if here and elsewhere:
            yield f"Its quotes give another date than “{own.words(date)}” for “{min(elsewhere)}”."
            return


def _other_name(
    own: Facts, names: Names, quotes: Sequence[str], context: tuple[str, ...], glossary: Terms
) -> Iterator[str]:
    """The one figure of a statement, or else its one date, where its quotes give it for another name."""
    anchor = _anchor(own, context)
    if anchor is None:
        return
    words, is_here, has_one = anchor
    known = (*names.proper, *names.concepts)
    for units, is_whole in ((_sentences(quotes), True), ([part for each in quotes for part in clauses(each)], False)):
        if not (is_whole or own.quantities):
            continue  # a date binds more loosely than a figure: only whole sentences tell
        here = [unit for unit in units if is_here(unit)]
        there = [unit for unit in units if unit not in here and has_one(unit)]
        if not here or not there:
            continue
        named = [names_of(unit, glossary) for unit in here]
        if is_whole and not all(_has_stranger(unit, names) for unit in named):
            continue
        those_here = [[*unit.proper, *unit.concepts] for unit in named]
        those_there = [(*unit.proper, *unit.concepts) for unit in (names_of(each, glossary) for each in there)]
        for name in known:
            if all(those_here) and not _is_in(name, those_here) and _is_in(name, those_there):
                yield f"Its quotes give “{words}” for another name than “{name.text}”."
                return


def _sentences(quotes: Sequence[str]) -> list[str]:
    return [quote[start:end] for quote in quotes for start, end in sentences(quote)]


def _anchor(own: Facts, context: tuple[str, ...]) -> tuple[str, Callable[[str], bool], Callable[[str], bool]] | None:
    """What names are bound to: its words, whether a text has it, and whether a text has any of its kind."""
    if len(own.quantities) == 1:
        (figure,) = own.quantities
        return figure.text, lambda text: bool(holding(figure, [text], context)), lambda text: _has_figure(text, context)
    dates = [date for date in own.dates if date.month]
    if not own.quantities and len(dates) == 1:
        (date,) = dates
        return own.words(date), lambda text: _gives(text, date, own), lambda text: bool(facts_of(text).dates)
    return None


def _has_figure(text: str, context: tuple[str, ...]) -> bool:
    return bool(facts_of(text, context).quantities)


def _gives(text: str, date: Date, own: Facts) -> bool:
    return any(date.is_given_by(each, own.years) for each in facts_of(text).dates)


def _has_stranger(unit: Names, names: Names) -> bool:
    """Whether a sentence names someone (no mere place) whom the statement does not."""
    return any(not any(map(each.is_same_as, names.proper)) for each in (*unit.terms, *unit.others))


def _is_in(name: Name, groups: Iterable[Iterable[Name]]) -> bool:
    return any(name.is_same_as(each) for group in groups for each in group)


def _other_column(own: Facts, quotes: Sequence[str], context: tuple[str, ...]) -> Iterator[str]:
    """Figures that stand in another column of a table than the one that the statement speaks of."""
    rows = [
        row_cells(line) for text in (*quotes, *context) for line in text.splitlines() if line.lstrip().startswith("|")
    ]
    for figure in own.quantities:
        for row in rows:
            for header in rows:
                at = _column(figure, row, context)
                if header is row or len(header) != len(row) or at is None:
                    continue
                named = [frozenset(content_words(cell)) for cell in header]
                shared = frozenset(
                    word
                    for number, words in enumerate(named)
                    for word in words
                    if any(word in other for other in named[:number])
                )
                said = frozenset(content_words(own.text)) - shared
                others = frozenset().union(*(words for number, words in enumerate(named) if number not in {0, at}))
                if named[at] - shared and not named[at] & said and others & said:
                    yield f"Its quotes give “{figure.text}” under “{header[at]}”."
                    return


def _column(figure: Quantity, row: Sequence[str], context: tuple[str, ...]) -> int | None:
    """The column of a row that alone gives a figure."""
    found = [at for at, cell in enumerate(row) if holding(figure, [cell], context)]
    return found[0] if len(found) == 1 else None
