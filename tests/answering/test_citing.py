from __future__ import annotations

from assistant.answering.citing import Citer
from assistant.answering.model_output import Draft, DraftSource
from assistant.retrieval.glossary import Glossary
from assistant.types import Claim, Hit, Metadata, Passage, TableHeader

HEADER, ROW = "| Year | Mining quota, tonnes |", "| 2023 | 255,000 |"


def test_the_header_of_a_table_that_goes_on_overleaf_is_cited_on_its_own_page() -> None:
    header = TableHeader(0, len(HEADER), HEADER, 1)
    passage = Passage("p", "quotas.pdf", 1, 900, 900 + len(ROW), ROW, page=2, table_header=header)
    citer = Citer({"a": Hit(passage, Metadata("Quotas"), 1.0)}, {"quotas.pdf": "d"}, Glossary())
    claim = citer.cite(
        Draft("In 2023 the mining quota was 255,000 tonnes.", (DraftSource("a", ROW), DraftSource("a", HEADER)))
    )
    assert isinstance(claim, Claim)
    assert [(each.quote, each.page, each.start) for each in claim.citations] == [(ROW, 2, 900), (HEADER, 1, 0)]
