"""What a reader must know beside an answer, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.disagreement import disagreement
from assistant.answering.evidence import Evidence
from assistant.retrieval.retriever import Retrieval
from assistant.text import flatten
from assistant.types import Citation, Claim


def notes_on_claims(retrieval: Retrieval, claims: Sequence[Claim]) -> tuple[str, ...]:
    """What a reader must know of the cited documents: superseded, undated, or telling of a disagreement.

    Args:
        retrieval: In which the claims' passages were found.
        claims: What is told.
    """
    citations = [citation for claim in claims for citation in claim.citations]
    cited = {citation.document: citation for citation in citations}
    found = [
        f"“{citation.title}” has been superseded by “{retrieval.newer[path]}”."
        for path, citation in cited.items()
        if path in retrieval.newer
    ]
    found += [f"“{citation.title}” carries no date." for citation in cited.values() if citation.published is None]
    return (*found, *_on_disagreement(retrieval, citations))


def notes_on_refusal(evidence: Evidence) -> tuple[str, ...]:
    """What a reader may learn from a refusal: words that no document says."""
    if not evidence.unknown:
        return ()
    return (f"No document of the library mentions {', '.join(f'“{word}”' for word in evidence.unknown)}.",)


def _on_disagreement(retrieval: Retrieval, citations: Sequence[Citation]) -> Iterator[str]:
    """One sentence for each document that says, where it is cited, that sources disagree."""
    passages = {hit.passage.id: hit.passage for hit in retrieval.hits}
    noted: set[str] = set()
    for citation in citations:
        passage = passages.get(citation.passage)
        if passage is None or citation.document in noted:
            continue
        words = disagreement(passage, citation.title, citation.start, citation.end)
        if words is None:
            continue
        noted.add(citation.document)
        if words == citation.title:
            yield f"“{citation.title}” is about what sources disagree on."
        elif words in flatten(citation.quote):
            yield f"“{citation.title}” speaks of a disagreement in the words quoted."
        else:
            yield f"“{citation.title}” speaks of a disagreement: “{words}”"
