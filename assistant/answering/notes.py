"""What a reader must know beside an answer, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.disagreement import disagreement, is_disputed
from assistant.answering.evidence import Evidence
from assistant.answering.wording import in_reports_words
from assistant.retrieval.retriever import Retrieval
from assistant.types import Claim


def notes_on_claims(question: str, retrieval: Retrieval, claims: Sequence[Claim]) -> tuple[str, ...]:
    """What a reader must know of the cited documents: superseded, undated, or telling of a disagreement.

    Args:
        question: In full.
        retrieval: In which the claims' passages were found.
        claims: What is told.
    """
    cited = {citation.document: citation for claim in claims for citation in claim.citations}
    found = [
        f"“{citation.title}” has been superseded by “{retrieval.newer[path]}”."
        for path, citation in cited.items()
        if path in retrieval.newer
    ]
    found += [f"“{citation.title}” carries no date." for citation in cited.values() if citation.published is None]
    return (*found, *_on_disagreement(question, retrieval, claims))


def notes_on_refusal(evidence: Evidence) -> tuple[str, ...]:
    """What a reader may learn from a refusal: words that no document says.

    Words for which documents have another ("CEO", "qtr") say nothing of the library.
    """
    unknown = [word for word in evidence.unknown if in_reports_words(word) == word]
    if not unknown:
        return ()
    return (f"No document of the library mentions {', '.join(f'“{word}”' for word in unknown)}.",)


def _on_disagreement(question: str, retrieval: Retrieval, claims: Sequence[Claim]) -> Iterator[str]:
    """A sentence for each document that says, where it is cited, that sources disagree.

    One that is only about such matters by its title is named where none says so itself.
    """
    passages = {hit.passage.id: hit.passage for hit in retrieval.hits}
    citations = [citation for claim in claims for citation in claim.citations if citation.passage in passages]
    said: dict[str, str] = {}
    for citation in citations:
        words = disagreement(passages[citation.passage], citation.start, citation.end, question)
        if words is not None:
            said.setdefault(citation.title, words)
    for title, words in said.items():
        yield f"“{title}” speaks of a disagreement: “{words}”."
    if not said:
        for first in citations[:1]:
            if is_disputed(passages[first.passage], first.title, first.start):
                yield f"“{first.title}” is about what sources disagree on."
