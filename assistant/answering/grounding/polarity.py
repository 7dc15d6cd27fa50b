"""Where a statement says the opposite of its quotes: negations, and pairs of opposites in English and Chinese."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.text import content_words, fold, han_share, is_mostly_han, tokens

_CUE = re.compile(
    r"\b(?:not(?! only\b)|no(?! less\b| more\b| later\b| earlier\b| fewer\b|\.? ?\d|s\b|\.(?:[ :;|]|$))"
    r"|never|neither|nor|cannot"
    r"|without|none|nothing|nobody|hardly|yet to|no longer|refus(?:e|es|ed|ing)(?: to)?|fail(?:s|ed|ing)? to"
    r"|declin(?:e|es|ed|ing) to|den(?:y|ies|ied|ying)|rul(?:e|es|ed|ing) out|stop(?:s|ped)? short of|lacks?|lacked"
    r"|rather than|instead of)\b|n['’]t\b"
    r"|不(?![仅但断同过少锈良足久动产变法明等]|低于|高于|超过|超|少于|多于|晚于|早于|迟于|可靠)|未(?![来经])|没有?(?!收)"
    r"|尚未|并非|(?<!除)非(?![洲法常凡])|拒绝|否认|无(?![锡偿论铵人线机烟])|勿|毋"
)
# Words that deny, end or leave out in their own way: beside them nothing is told about a missing "not".
_NEGATIVE = re.compile(
    r"\b(?:bans?|banned|banning|prohibit\w*|forbid\w*|forbade|bars?|barred|exempt\w*|free of|except|exclud\w+|outside"
    r"|only|unless|until|expired?|lapsed?|reject\w*|block\w*|halt\w*|ceas\w+|stopp?\w*|zero|absent|miss(?:es|ed|ing)"
    r"|withdr[ae]w\w*|unable|unclear|unknown|impossible|illegal|invalid|in(?:eligible|consistent|compatible|sufficient|adequate|complete)|un(?:lawful|true)|un\w{4,}ed|non-\w+)\b"
    r"|禁止|免|除外|除非|仅|只|停止|取消|废止|否决|失效|拒|缺|零|暂停"
)
_CLAUSE_END = re.compile(
    r"(?<!\bno)(?<!\bnos)\.(?!\d)|[;:!?。；：！？|\n\0]|,(?!\d)|，"
    r"|\b(?:but|while|whereas|although|though|however)\b|但是?|而(?!且)|却"
)
_REACH = 7  # words after a negation in its clause, which it can deny
_REACH_HAN = 10  # characters
_Pair = tuple[re.Pattern[str], re.Pattern[str]]


@cache
def _pairs() -> tuple[_Pair, ...]:
    """Pairs of which one says the opposite of the other."""
    stored = files("assistant.answering.grounding").joinpath("opposites.csv").read_text("utf-8")
    return tuple((_any_of(row["one"]), _any_of(row["other"])) for row in csv.DictReader(stored.splitlines()))


def _any_of(cell: str) -> re.Pattern[str]:
    """Words of a cell as a pattern; ``*`` is any ending, ``#`` a figure that follows."""
    return re.compile("|".join(map(_as_pattern, cell.split(";"))))


def _as_pattern(word: str) -> str:
    if han_share(word) > 0:
        return re.escape(word)
    if word.endswith("#"):
        return rf"\b{re.escape(word[:-1])}(?=[$€£¥]?\d)"
    return rf"\b{re.escape(word).replace(chr(92) + '*', chr(92) + 'w*')}(?!\w)"


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause, folded, with the words that carry its meaning."""

    text: str
    words: frozenset[str]

    @property
    def negatives(self) -> frozenset[str]:
        """The words by which it denies, ends or leaves out something."""
        return frozenset(term for match in _NEGATIVE.finditer(self.text) for term in tokens(match.group()))

    def denies_beside(self, other: _Clause | None = None) -> bool:
        """Whether it denies something, by a "not" or by a word that another clause does not have as well."""
        negatives = self.negatives - (other.negatives if other else frozenset())
        return bool(negatives) or _CUE.search(self.text) is not None

    def counterparts(self, others: Sequence[_Clause]) -> list[str]:
        """The clauses that speak of the same most, if any speaks mostly of the same."""
        shared = {other.text: len(self.words & other.words) for other in others}
        most = max(shared.values(), default=0)
        return [text for text, count in shared.items() if count == most] if most > 0.5 * len(self.words) else []


def contradictions(claim: str, quotes: Sequence[str], relevant: Sequence[str]) -> Iterator[str]:
    """Sentences on where a statement turns its quotes round.

    Args:
        claim: The statement.
        quotes: What it is drawn from.
        relevant: The clauses of the quotes that have the statement's figures and dates, if any do.
    """
    own, theirs = _clauses([claim]), _clauses(quotes)
    yield from _denied_by_one(claim, own, quotes, theirs)
    for pair in _pairs():
        for clause in own:
            said = _side(pair, [clause.text])
            if said is None:
                continue
            given = _sides(pair, clause.counterparts(theirs)) or _sides(pair, relevant) or _sides(pair, quotes)
            if given and said not in given:
                yield f"The statement says “{_first(pair[said], [clause.text])}” where its quotes say the opposite."


def _clauses(texts: Iterable[str]) -> list[_Clause]:
    parts = (part for text in map(fold, texts) for part in _CLAUSE_END.split(text))
    return [_Clause(part, frozenset(content_words(part))) for part in parts if part.strip()]


def _denied_by_one(
    claim: str, own: Sequence[_Clause], quotes: Sequence[str], theirs: Sequence[_Clause]
) -> Iterator[str]:
    """Denials on one side that the other, where it speaks of the same, does not share."""
    flat = [] if any(clause.denies_beside() for clause in theirs) else theirs
    for clause, cue, denied in _denials(own):
        about = _about(denied, theirs) or flat
        if about and not any(each.denies_beside(clause) for each in about) and not _is_opposite(claim, quotes):
            yield f"The statement denies something (“{cue}”) that its quotes do not deny."
    # Across languages words cannot be compared: only quotes that deny in every clause tell.
    wholly = is_mostly_han(claim) != is_mostly_han(" ".join(quotes)) and all(_CUE.search(each.text) for each in theirs)
    for clause, cue, denied in _denials(theirs):
        about = own if wholly else _about(denied, own)
        if (
            about
            and not any(each.denies_beside(clause) for each in about)
            and not _is_opposite(" ".join(quotes), [claim])
        ):
            yield f"The statement asserts what its quotes deny (“{cue}”)."


def _denials(clauses: Iterable[_Clause]) -> Iterator[tuple[_Clause, str, frozenset[str]]]:
    """Each negation with the words that it can deny: those soon after it in its clause."""
    for clause in clauses:
        for match in _CUE.finditer(clause.text):
            rest = clause.text[match.end() :]
            reach = rest[:_REACH_HAN] if is_mostly_han(rest) else " ".join(rest.split()[:_REACH])
            yield clause, match.group().strip(), frozenset(content_words(reach))


def _about(words: frozenset[str], clauses: Sequence[_Clause]) -> Sequence[_Clause]:
    """The clauses that say at least half of some words."""
    return [clause for clause in clauses if words and 2 * len(words & clause.words) >= len(words)]


def _is_opposite(denying: str, others: Sequence[str]) -> bool:
    """Whether what a text denies is the opposite of what others say: "did not fall" of "rose"."""
    folded = fold(denying)
    return any(
        (side := _side(pair, [denying], turned=True)) is not None
        and side in _sides(pair, others, turned=True)
        and any(_is_denied(folded, match.start()) for pattern in pair for match in pattern.finditer(folded))
        for pair in _pairs()
    )


def _side(pair: _Pair, texts: Sequence[str], *, turned: bool = False) -> int | None:
    """Which side of a pair texts are on, if on one alone."""
    sides = _sides(pair, texts, turned=turned)
    return next(iter(sides)) if len(sides) == 1 else None


def _sides(pair: _Pair, texts: Iterable[str], *, turned: bool = False) -> frozenset[int]:
    """The sides of a pair that texts are on.

    Args:
        pair: Two opposites.
        texts: Clauses or more.
        turned: What is denied counts for the other side ("not fall" for "rise") instead of not at all
            (who exports nothing imports nothing by that).
    """
    found: set[int] = set()
    for text in map(fold, texts):
        for side, pattern in enumerate(pair):
            denied = [_is_denied(text, match.start()) for match in pattern.finditer(text)]
            if not all(denied):
                found.add(side)
            if turned and any(denied):
                found.add(1 - side)
    return frozenset(found)


def _is_denied(text: str, at: int) -> bool:
    """Whether a negation stands a few words before a place, in the same clause."""
    for match in _CUE.finditer(text, 0, at):
        between = text[match.end() : at]
        near = len(between) <= 4 if han_share(between) > 0 else len(between.split()) <= 3
        if near and _CLAUSE_END.search(between) is None:
            return True
    return False


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    return next((match.group() for text in texts if (match := pattern.search(fold(text)))), "the opposite")
