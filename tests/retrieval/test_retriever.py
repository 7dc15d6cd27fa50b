from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from assistant import Assistant, Filters
from assistant.retrieval.glossary import Glossary, Term
from assistant.retrieval.retriever import Concept, Retrieval, Retriever
from assistant.retrieval.word_for_word import WordForWord

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant

FILES = {
    "decree.md": "---\ntitle: Decree 785\nkind: law\npublished: 2024-06-29\n---\n# Scope\n\n"
    "The regulations apply to mining, smelting and trade of rare earths.\n\n# Penalties\n\n"
    "Illegal mining is fined up to ten times the illegal gains.\n",
    "quota-2023.md": "---\nkind: statistics\npublished: 2023-12\n---\n# Quota 2023\n\nThe 2023 mining quota was 255,000 tonnes.\n",
    "quota-2024.md": "---\nkind: statistics\npublished: 2024-08\n---\n# Quota 2024\n\nThe 2024 mining quota was 270,000 tonnes.\n",
    "magnets.md": "# Magnets\n\nDysprosium keeps permanent magnets strong at high temperatures in electric cars.\n",
    "zh.md": "# 白云鄂博\n\n丁道衡于1927年在白云鄂博发现铁矿。何作霖发现了稀土矿物。\n",
    "zh-quota.md": "# 配额\n\n自然资源部下达了稀土开采总量控制指标。\n",
    **{
        f"filler-{number}.md": f"# Filler {number}\n\nThe mining quota of year {number} is told elsewhere.\n"
        for number in range(12)
    },
    "long.md": "\n\n".join(
        f"## Part {number}\n\n" + f"The port of Lianyungang ships ore {number}. " * 12 for number in range(8)
    ),
}
GLOSSARY = Glossary((Term(("control target", "控制指标")), Term(("bayan obo", "白云鄂博"))))


@pytest.fixture(scope="module")
def assistant(make_shared_assistant: MakeAssistant) -> Assistant:
    return make_shared_assistant(FILES, candidates=10, passage_words=100)


def retriever(assistant: Assistant, **changed: object) -> Retriever:
    settings = {
        "glossary": GLOSSARY, "words": WordForWord({}), "reranker": None, "candidates": 10, "dense_weight": 0.4,
        "embedding_languages": frozenset({"en"}), **changed,
    }  # fmt: skip
    return Retriever(assistant._index, assistant._embedder, **settings)  # type: ignore[arg-type]


def retrieve(assistant: Assistant, question: str, filters: Filters | None = None, **changed: object) -> Retrieval:
    return retriever(assistant, **changed).retrieve(question, filters or Filters(), limit=10, per_document=4)


def paths(retrieval: Retrieval) -> list[str]:
    return [hit.passage.document for hit in retrieval.hits]


# what is found


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("What was the mining quota in 2024?", "quota-2024.md"),
        ("How high are fines for unlawful extraction?", "decree.md"),
        ("Which element stops motors from demagnetising when hot?", "magnets.md"),
        ("谁发现了白云鄂博铁矿？", "zh.md"),
        ("誰發現了白雲鄂博鐵礦？", "zh.md"),
        ("Who found iron at Bayan Obo?", "zh.md"),
    ],
)
def test_the_document_that_answers_comes_first(assistant: Assistant, question: str, document: str) -> None:
    assert paths(retrieve(assistant, question))[0] == document


def test_hits_come_with_the_scores_that_brought_them(assistant: Assistant) -> None:
    retrieval = retrieve(assistant, "What was the mining quota in 2024?")
    scores = [hit.score for hit in retrieval.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    first = retrieval.hits[0]
    assert first.dense is not None
    assert first.keyword is not None
    assert first.rerank is None
    assert first.metadata.kind == "statistics"
    record = next(record for record in assistant.records() if record.path == "quota-2024.md")
    assert retrieval.digests["quota-2024.md"] == record.digest
    assert len({hit.passage.id for hit in retrieval.hits}) == len(retrieval.hits)


def test_no_more_passages_than_asked_for_and_no_more_of_one_document(assistant: Assistant) -> None:
    ask = retriever(assistant, candidates=40).retrieve
    question = "Which port ships ore?"
    assert len(ask(question, Filters(), limit=3, per_document=10).hits) == 3
    hits = ask(question, Filters(), limit=10, per_document=2).hits
    assert [hit.passage.document for hit in hits].count("long.md") == 2
    assert len(hits) == 10


def test_a_question_without_a_known_word_still_finds_the_nearest(assistant: Assistant) -> None:
    retrieval = retrieve(assistant, "xyzzy?")
    assert retrieval.hits
    assert all(hit.keyword is None for hit in retrieval.hits)


def test_an_empty_library_gives_nothing(make_assistant: MakeAssistant) -> None:
    assert make_assistant({}).retrieve("What was the quota?") == ()


# filters


def test_only_documents_that_pass_are_found_however_deep_they_lie(assistant: Assistant) -> None:
    question = "What was the mining quota of the year?"
    assert set(paths(retrieve(assistant, question, Filters(documents=("zh.md",))))) == {"zh.md"}
    assert set(paths(retrieve(assistant, question, Filters(kinds=("statistics",))))) == {
        "quota-2023.md",
        "quota-2024.md",
    }
    assert paths(retrieve(assistant, question, Filters(kinds=("statistics",), as_of="2024-01"))) == ["quota-2023.md"]
    assert paths(retrieve(assistant, question, Filters(kinds=("nothing",)))) == []


# two languages


def test_a_glossary_term_brings_documents_of_the_other_language(assistant: Assistant) -> None:
    question = "Which ministry issued the control target?"
    with_glossary, without = (retrieve(assistant, question, glossary=each) for each in (GLOSSARY, Glossary()))
    assert "zh-quota.md" in paths(with_glossary)[:5]
    assert "zh-quota.md" not in [hit.passage.document for hit in without.hits if hit.keyword is not None]
    (mention,) = with_glossary.mentions
    assert (mention.name, mention.others) == ("control target", ("控制指标",))


def test_a_passage_that_is_embedded_word_for_word_counts_less_by_its_vector(assistant: Assistant) -> None:
    question = "What did the Ministry of Natural Resources hand down?"
    aware, unaware = (
        retrieve(assistant, question, embedding_languages=languages) for languages in (frozenset({"en"}), None)
    )
    found = {hit.passage.document: hit for hit in aware.hits}["zh-quota.md"]
    assert found.dense is not None
    assert found.score < {hit.passage.document: hit for hit in unaware.hits}["zh-quota.md"].score


def test_what_is_in_neither_language_is_ranked_by_its_words_alone(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"fr.md": "---\nlanguage: fr\n---\nLe quota de 2024 est de 270 000 tonnes.\n"})
    (hit,) = retrieve(assistant, "quota 2024").hits
    assert hit.score == pytest.approx(1.0)


def test_what_no_glossary_names_is_translated_by_the_dictionary(assistant: Assistant) -> None:
    words = WordForWord({"磁体": "magnet", "自然资源": "natural resource", "矿产": "mineral"})
    (magnet,) = retrieve(assistant, "磁体", glossary=Glossary(), words=words).mentions
    assert (magnet.name, magnet.others, magnet.everyday) == ("磁体", ("magnet",), True)
    (mineral,) = retrieve(assistant, "Which minerals?", glossary=Glossary(), words=words).mentions
    assert mineral.others == ("矿产",)
    assert "magnets.md" in [
        hit.passage.document
        for hit in retrieve(assistant, "磁体", glossary=Glossary(), words=words).hits
        if hit.keyword is not None
    ]


def test_a_chinese_question_finds_english_documents_without_a_common_word(assistant: Assistant) -> None:
    assert paths(retrieve(assistant, "磁体在高温下为什么要加镝？", glossary=Glossary()))[0] == "magnets.md"


def test_an_everyday_word_counts_less_than_a_name(assistant: Assistant) -> None:
    def score(everyday: bool) -> float:
        glossary = Glossary((Term(("control target", "控制指标"), everyday=everyday),))
        hits = retrieve(assistant, "Which ministry issued the control target?", glossary=glossary).hits
        return next(hit.keyword or 0.0 for hit in hits if hit.passage.document == "zh-quota.md")

    assert 0 < score(everyday=True) < score(everyday=False)


# concepts


def test_concepts_are_what_a_question_asks_about(assistant: Assistant) -> None:
    concepts = retrieve(assistant, "What was the control target for mines in 2024?").concepts
    assert [concept.names[0] for concept in concepts] == [("control", "target"), ("mine",), ("2024",)]
    assert concepts[0].names == (("control", "target"), ("控制指标",))
    assert concepts[0].terms == {"control", "target"}


def test_a_question_of_known_words_asks_about_nothing_else(assistant: Assistant) -> None:
    words = WordForWord({"磁体": "magnet", "控制": "control"})
    concepts = retrieve(assistant, "磁体由谁控制？", glossary=Glossary(), words=words).concepts
    assert [concept.names for concept in concepts] == [(("磁体",), ("magnet",)), (("控制",), ("control",))]


def test_a_word_stays_whole_though_a_function_word_is_in_it(assistant: Assistant) -> None:
    words = WordForWord({"对应": "correspond", "编码": "code"})
    concepts = retrieve(assistant, "对应哪个编码？", glossary=Glossary(), words=words).concepts
    assert ("对应",) in [concept.names[0] for concept in concepts]


def test_a_concept_is_covered_by_any_of_its_names() -> None:
    concept = Concept((("mine", "quota"), ("配额",)))
    assert concept.coverage({"quota", "rise"}) == 0.5
    assert concept.coverage({"mine", "quota"}) == 1
    assert concept.coverage({"配额"}) == 1
    assert concept.coverage({"graphit"}) == 0


# reranking


class LongestFirst:
    """A reranker that prefers long passages."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        assert question
        return [float(len(text)) for text in texts]


def test_a_reranker_has_the_last_word(assistant: Assistant) -> None:
    hits = retrieve(assistant, "Which port ships ore?", reranker=LongestFirst()).hits
    assert [hit.rerank for hit in hits] == sorted((float(len(hit.passage.text)) for hit in hits), reverse=True)
