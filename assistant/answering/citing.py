"""Drafts of a model -> claims with citations, or the reasons why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answering.grounding import align_quote, plain_sentence, verify_claim, whole_sentences
from assistant.answering.model_output import Draft, DraftSource
from assistant.retrieval.glossary import Glossary
from assistant.text import word_count
from assistant.types import Citation, Claim, Hit

_LEAST_QUOTE = 2  # words; a single one stands everywhere and supports nothing
_SHOWN = 160  # characters of a quote in a reason


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A claim that does not hold, with sentences that say why, fit for the model that wrote it."""

    text: str
    reasons: tuple[str, ...]


class Citer:
    """Holds the claims of one answer to the passages that were offered to the model."""

    def __init__(self, offered: Mapping[str, Hit], digests: Mapping[str, str], glossary: Glossary) -> None:
        """Note what may be cited.

        Args:
            offered: Passages by the ids under which the model saw them.
            digests: Content digest by document path.
            glossary: Names of one thing in either language.
        """
        self._offered = offered
        self._digests = digests
        self._glossary = glossary

    def cite(self, draft: Draft) -> Claim | Unsupported:
        """The claim with a citation for every quote that is found where the model says it stands.

        A source that does not hold is left out; the others have to support the claim by themselves.
        """
        text = plain_sentence(draft.text)
        if not text:
            return Unsupported(draft.text, ("The claim says nothing.",))
        citations: dict[Citation, tuple[str, ...]] = {}
        reasons: list[str] = []
        for source in draft.sources:
            citation = self._citation(source)
            if citation is None:
                reasons.append(self._reason(source))
            else:
                citations[citation] = _at_hand(self._offered[source.passage])
        if not citations:
            return Unsupported(text, tuple(reasons) or ("The claim gives no source.",))
        context = tuple(dict.fromkeys(part for parts in citations.values() for part in parts))
        quotes = [citation.quote for citation in citations]
        verdict = verify_claim(text, quotes, context=context, glossary=self._glossary)
        if not verdict.supported:
            return Unsupported(text, (*verdict.faults, *reasons))
        return Claim(text, tuple(citations))

    def _citation(self, source: DraftSource) -> Citation | None:
        hit = self._offered.get(source.passage)
        if hit is None or word_count(source.quote) < _LEAST_QUOTE:
            return None
        passage, metadata, header = hit.passage, hit.metadata, hit.passage.table_header
        own = passage.start, passage.text, passage.page
        for start, text, page in (own, *([(header.start, header.text, header.page)] if header else [])):
            if (found := align_quote(source.quote, text)) is not None:
                first, last = whole_sentences(text, found.start, found.end)
                return Citation(
                    document=passage.document,
                    title=metadata.title,
                    page=page,
                    start=start + first,
                    end=start + last,
                    quote=text[first:last],
                    passage=passage.id,
                    digest=self._digests[passage.document],
                    published=metadata.published,
                    publisher=metadata.publisher,
                    language=metadata.language,
                )
        return None

    def _reason(self, source: DraftSource) -> str:
        """Why a source cannot be cited; where its quote stands in another passage, the model is told which."""
        shown = source.quote[:_SHOWN]
        if source.passage not in self._offered:
            return "It names a passage that was not given."
        if word_count(source.quote) < _LEAST_QUOTE:
            return f"The quote “{shown}” is too short to say anything."
        elsewhere = next(
            (key for key, hit in self._offered.items() if align_quote(source.quote, hit.passage.text)), None
        )
        reason = f"The quote “{shown}” does not stand in passage {source.passage}"
        return f"{reason}; it stands in passage {elsewhere}." if elsewhere else f"{reason}."


def _at_hand(hit: Hit) -> tuple[str, ...]:
    """What a reader of the passage has beside it."""
    passage, metadata = hit.passage, hit.metadata
    header = passage.table_header.text if passage.table_header else None
    return tuple(filter(None, (metadata.title, metadata.published, *passage.heading_path, header)))
