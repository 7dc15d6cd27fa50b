"""The guard between a language model and the reader: what it cites must stand there, and what it says must be cited."""

from __future__ import annotations

from assistant.answering.grounding.alignment import Aligned, Alignment, align_quote
from assistant.answering.grounding.sanitising import plain_sentence
from assistant.answering.grounding.verification import Verdict, verify_claim

__all__ = ["Aligned", "Alignment", "Verdict", "align_quote", "plain_sentence", "verify_claim"]
