from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, Filters, Status

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant

FILES = {
    "decree.md": "---\ntitle: Decree 785\npublished: 2024-06-29\npublisher: Desk\n---\n# Decree 785\n\n"
    "The regulations on rare earths entered into force on 1 October 2024. They apply to mining,\nsmelting and trade. "
    "Illegal mining of rare earths is fined up to ten times the illegal gains.\n",
    "news.md": "---\ntitle: News\npublished: 2024-07\n---\n# News\n\n"
    "The regulations on rare earths entered into force on 1 October 2024. Markets hardly moved on that day.\n",
    "old.md": "---\ntitle: Old rules\npublished: 2019\n---\n# Old rules\n\nThe recycling of rare earth magnets is free of tax.\n",
    "new.md": "---\ntitle: New rules\npublished: 2024\nsupersedes: old.md\n---\n# New rules\n\n"
    "The recycling of rare earth magnets is taxed at four percent.\n",
    "undated.md": "# Undated\n\nThe harbour of Lianyungang ships bastnaesite concentrate to Malaysia.\n",
    "quotas.md": "---\ntitle: Quotas\npublished: 2015\n---\n# Quotas\n\n"
    "| Year | Export quota |\n| --- | --- |\n| 2011 | 30,184 |\n| 2012 | 30,996 |\n| 2013 | 30,999 |\n",
    "zh.md": "---\ntitle: 白云鄂博\npublished: 2020\n---\n# 白云鄂博\n\n丁道衡于1927年在白云鄂博发现铁矿。何作霖发现了稀土矿物。\n",
}
ANSWERABLE = (
    "When did the regulations on rare earths enter into force?",
    "How high is the fine for illegal mining of rare earths?",
    "What was the export quota in 2012?",
    "Which harbour ships bastnaesite concentrate?",
    "谁在白云鄂博发现铁矿？",
)


ASKED = (
    "when who how much which latest now 2011 2012 2019 export quota rare earths regulations fine illegal mining magnets"
    " recycling tax Lianyungang Malaysia Decree 785 Markets Mongolia terbium 谁 白云鄂博 稀土 现在 2012年 配额"
).split()


@pytest.fixture(scope="module")
def assistant(make_shared_assistant: MakeAssistant) -> Assistant:
    return make_shared_assistant(FILES, refusal_threshold=0)


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for claim in answer.claims for citation in claim.citations]


@pytest.mark.parametrize("question", ANSWERABLE)
def test_every_claim_is_cited_and_every_quote_is_a_slice(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert answer.claims
    for claim in answer.claims:
        assert claim.text
        assert claim.citations
        for citation in claim.citations:
            document = assistant.document(citation.document)
            assert document is not None
            assert citation.quote == document.text[citation.start : citation.end]
            assert (citation.title, citation.digest) == (document.metadata.title, document.digest)
            assert citation.published == document.metadata.published
            assert citation.page == document.page_at(citation.start)
            assert citation.passage in {passage.id for passage in assistant.passages(citation.document)}


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        (ANSWERABLE[0], "The regulations on rare earths entered into force on 1 October 2024."),
        (ANSWERABLE[1], "Illegal mining of rare earths is fined up to ten times the illegal gains."),
        (ANSWERABLE[2], "| 2012 | 30,996 |"),
        (ANSWERABLE[3], "The harbour of Lianyungang ships bastnaesite concentrate to Malaysia."),
        (ANSWERABLE[4], "丁道衡于1927年在白云鄂博发现铁矿。"),
    ],
)
def test_the_first_claim_answers(assistant: Assistant, question: str, quote: str) -> None:
    assert quote in [citation.quote for citation in assistant.ask(question).claims[0].citations]


def test_what_two_documents_say_is_one_claim_with_both_citations(assistant: Assistant) -> None:
    first = assistant.ask(ANSWERABLE[0]).claims[0]
    assert {citation.document for citation in first.citations} == {"decree.md", "news.md"}
    texts = [claim.text for claim in assistant.ask(ANSWERABLE[0]).claims]
    assert len(set(texts)) == len(texts)


def test_a_sentence_that_adds_nothing_is_left_out_and_one_that_denies_is_not(make_assistant: MakeAssistant) -> None:
    files = {
        "a.md": "# Ban\n\nThe export ban on gallium to the United States of 3 December 2024 was lifted in 2025.\n",
        "b.md": "# Ban\n\nThe export ban on gallium to the United States was lifted.\n",
        "c.md": "# Ban\n\nThe export ban on gallium to the United States was not lifted.\n",
    }
    answer = make_assistant(files, refusal_threshold=0).ask(
        "Was the export ban on gallium to the United States lifted?"
    )
    cited = [citation.document for claim in answer.claims for citation in claim.citations]
    assert "c.md" in cited
    assert "b.md" not in cited or "a.md" not in cited or cited.index("b.md") < cited.index("a.md")


def test_one_other_word_is_another_fact(make_assistant: MakeAssistant) -> None:
    metals = ("gallium", "germanium", "antimony")
    text = " ".join(f"The export ban on {metal} was lifted." for metal in metals)
    answer = make_assistant({"bans.md": f"# Bans\n\n{text}\n"}, refusal_threshold=0).ask(
        "Which export bans were lifted?"
    )
    assert {claim.text for claim in answer.claims} == {f"The export ban on {metal} was lifted." for metal in metals}
    assert all(len(claim.citations) == 1 for claim in answer.claims)


def test_a_syndicated_article_is_one_source(make_assistant: MakeAssistant) -> None:
    story = " ".join(
        f"The {place} plant separates rare earths since {year}, and its owner plans {year - 1900} jobs."
        for year, place in enumerate(("Lacq", "Kuantan", "Narva", "Sillamae", "La Rochelle", "Ulsan", "Eneabba"), 1990)
    )
    telling = {"paper.md": f"# Plants\n\n{story}\n", "agency.md": f"# Plants\n\n{story} By our agency.\n"}
    other = "# Kuantan\n\nThe Kuantan plant separates rare earths since 1991, and its owner plans 91 jobs.\n"
    answer = make_assistant({**telling, "other.md": other}, refusal_threshold=0).ask(
        "Since when does the Kuantan plant separate rare earths?"
    )
    cited = {citation.document for citation in answer.claims[0].citations}
    assert "other.md" in cited
    assert len(cited & telling.keys()) == 1


def test_a_row_is_told_in_words_and_cited_with_its_header(assistant: Assistant) -> None:
    first = assistant.ask(ANSWERABLE[2]).claims[0]
    assert first.text == "Year: 2012; Export quota: 30,996"
    assert [citation.quote for citation in first.citations] == ["| Year | Export quota |", "| 2012 | 30,996 |"]


def test_rows_with_other_numbers_do_not_say_the_same(assistant: Assistant) -> None:
    for claim in assistant.ask("What were the export quotas in 2012 and 2013?").claims:
        rows = [citation.quote for citation in claim.citations if "Year" not in citation.quote]
        assert len(rows) == len(set(rows)) == 1


def test_a_sentence_that_points_back_brings_what_it_points_to(assistant: Assistant) -> None:
    answer = assistant.ask("What do the regulations on rare earths apply to?")
    claim = next(claim for claim in answer.claims if "smelting" in claim.text)
    before = "The regulations on rare earths entered into force on 1 October 2024."
    assert claim.text == f"{before} They apply to mining, smelting and trade."
    assert claim.citations[0].quote == f"{before} They apply to mining,\nsmelting and trade."
    assert sum(before in claim.text for claim in answer.claims if claim.citations[0].document == "decree.md") == 1


@pytest.mark.parametrize(
    ("text", "question", "said"),
    [
        (
            "Notice 11 put three bodies on the list. The three bodies include Torvik and Kovar.",
            "Which bodies did notice 11 put on the list?",
            "Notice 11 put three bodies on the list. The three bodies include Torvik and Kovar.",
        ),
        (
            "Neodymium is soft. The three parts of notice 11 treat mining.",
            "What do the three parts of notice 11 treat?",
            "The three parts of notice 11",
        ),
        ("It melts at 1,024 degrees. Neodymium is soft.", "At how many degrees does it melt?", "It melts at 1,024"),
        ("钕是软的。此外，镝在1412度熔化。", "镝在几度熔化？", "此外，镝在1412度熔化。"),
        ("钕是软的。它在1024度熔化。", "钕在几度熔化？", "钕是软的。它在1024度熔化。"),
    ],
)
def test_only_what_is_before_it_can_be_pointed_to(
    make_assistant: MakeAssistant, text: str, question: str, said: str
) -> None:
    answer = make_assistant({"metals.md": f"# Metals\n\n{text}\n"}, refusal_threshold=0).ask(question)
    assert any(claim.citations[0].quote.startswith(said) for claim in answer.claims)


def test_what_points_back_is_told_though_the_sentence_before_it_scores_more(make_assistant: MakeAssistant) -> None:
    text = "The ministry put three bodies on the northern control list of goods under the control law. They include Torvik."
    answer = make_assistant({"list.md": f"# List\n\n{text}\n"}, refusal_threshold=0).ask(
        "Which bodies did the ministry put on the northern control list of goods under the control law?"
    )
    assert "They include Torvik." in " ".join(claim.text for claim in answer.claims)


def test_what_is_denied_before_it_is_not_said_the_same(make_assistant: MakeAssistant) -> None:
    files = {
        f"{name}.md": f"# Quota {name}\n\nThe ministry {cut} quotas for magnets and oxides. They stand at 5 tonnes this season."
        for name, cut in (("a", "cut"), ("b", "has not cut"))
    }
    answer = make_assistant(files, refusal_threshold=0).ask("At how many tonnes do quotas for magnets stand?")
    assert all(len({citation.document for citation in claim.citations}) == 1 for claim in answer.claims)


@pytest.mark.parametrize(
    ("claimed", "doubted"),
    [
        ("A portal says that the quota of cerium for 2025 is 99 tonnes.", "That claim is unconfirmed."),
        ("A portal says that the quota of cerium for 2025 is 99 tonnes.", "The figure cannot be right."),
        ("有网站说2025年铈的配额是99吨。", "该说法未经证实。"),
    ],
)
def test_a_claim_that_its_source_doubts_is_not_told_without_the_doubt(
    make_assistant: MakeAssistant, claimed: str, doubted: str
) -> None:
    between = "" if "。" in claimed else " "
    text = f"# Quotas\n\n{claimed}{between}{doubted}{between}{claimed.replace('2025', '2019')}\n"
    answer = make_assistant({"quotas.md": text}).ask("What was the quota of cerium in 2025?")
    told = [claim.text for claim in answer.claims if claimed in claim.text]
    assert told == [f"{claimed}{between}{doubted}"]


def test_a_claim_from_a_list_that_its_source_doubts_is_told_with_the_doubt(make_assistant: MakeAssistant) -> None:
    text = (
        "# Quotas\n\nTwo claims about cerium should not be used:\n\n"
        "- A portal gives the quota of cerium for 2025 as 99 tonnes.\n- A blog names a mine at Beta.\n"
    )
    assistant = make_assistant({"quotas.md": text})
    claim = assistant.ask("What was the quota of cerium in 2025?").claims[0]
    assert claim.text == (
        "Two claims about cerium should not be used: A portal gives the quota of cerium for 2025 as 99 tonnes."
    )
    document = assistant.document("quotas.md")
    assert [document.text[each.start : each.end] for each in claim.citations] == [
        each.quote for each in claim.citations
    ]


def test_doubts_in_a_row_are_told_once(make_assistant: MakeAssistant) -> None:
    text = "某网站称中科稀土二零二四年产量为一百吨。该数字未经证实。该报道与海关数据不符。"
    answer = make_assistant({"yield.md": f"# 中科稀土\n\n{text}\n"}).ask("中科稀土产量是多少？")
    assert [claim.text for claim in answer.claims] == [text]


def test_a_time_without_a_date_brings_the_sentence_that_has_it(make_assistant: MakeAssistant) -> None:
    text = "# Alpha\n\nAlpha opened its mine on 3 May 2024. On that day the smelter of Alpha burned down.\n"
    answer = make_assistant({"alpha.md": text}).ask("When did the smelter of Alpha burn down?")
    assert any("3 May 2024" in claim.text and "burned down" in claim.text for claim in answer.claims)


def test_the_label_of_a_list_item_is_told_with_what_it_labels(make_assistant: MakeAssistant) -> None:
    text = "# History\n\n- Start of the export quotas. One paper says 1999.\n- Who controls the mines. The ministry does.\n"
    assistant = make_assistant({"a.md": text}, refusal_threshold=0)
    said = {each.quote for each in assistant.evidence("When did the export quotas start?").candidates}
    assert said == {"Start of the export quotas. One paper says 1999.", "Who controls the mines. The ministry does."}


@pytest.mark.parametrize("mark", ["-", "*", "•"])
def test_a_sentence_that_introduces_a_list_is_told_with_it(make_assistant: MakeAssistant, mark: str) -> None:
    items = "stocks of cerium oxide", "idle separation lines", "protected deposits in Jiangxi."
    listed = "".join(f"\n{mark} {item}" for item in items)
    text = f"# Reserves\n\nThe 2026 rules set up three layers of the Alpha reserve:\n{listed}\n\nThey cost nothing.\n"
    (claim, *_) = (
        make_assistant({"a.md": text}, refusal_threshold=0)
        .ask("Which three layers does the Alpha reserve have?")
        .claims
    )
    assert claim.text.endswith(f"reserve: {items[0]}; {items[1]}; {items[2]}")
    assert claim.citations[0].quote == text[text.index("The 2026") : text.index(items[2]) + len(items[2])]


def test_a_list_that_is_taken_back_is_told_with_the_doubt(make_assistant: MakeAssistant) -> None:
    listed = (
        "The digest puts the 2025 quotas of the Alpha mine as follows:\n\n- 300 tonnes of terbium.\n- 90 of dysprosium."
    )
    text = f"# Quotas\n\n{listed}\n\nThese figures are unconfirmed. The mine lies in the hills of Jiangxi.\n"
    (claim, *_) = make_assistant({"a.md": text}, refusal_threshold=0).ask("What are the Alpha mine's quotas?").claims
    assert claim.text.endswith("300 tonnes of terbium. 90 of dysprosium. These figures are unconfirmed.")


def test_a_nested_list_does_not_run_on_into_the_items_above_it(make_assistant: MakeAssistant) -> None:
    text = "# Rules\n\n- Exports are banned in these cases:\n  - military users\n- Imports of scrap are free of duty.\n"
    answer = make_assistant({"a.md": text}, refusal_threshold=0).ask("In which cases are exports banned?")
    assert not any("banned" in claim.text and "free of duty" in claim.text for claim in answer.claims)


def test_a_list_that_is_too_long_to_be_told_is_told_as_far_as_it_fits(make_assistant: MakeAssistant) -> None:
    items = [f"deposit {number} in Jiangxi, {'which is protected by many old rules ' * 4}" for number in range(9)]
    text = "# Reserves\n\nThe 2026 rules protect the deposits of the Alpha reserve:\n\n- " + "\n- ".join(items)
    (claim, *_) = (
        make_assistant({"a.md": text}, refusal_threshold=0)
        .ask("Which deposits of the Alpha reserve are protected?")
        .claims
    )
    assert "deposit 1 in Jiangxi" in claim.text
    assert len(claim.text) < 700
    assert all(item.strip() in claim.text or item[:20] not in claim.text for item in items)


def test_what_is_told_beside_the_best_sentence_is_of_what_the_question_names(make_assistant: MakeAssistant) -> None:
    filler = {f"{number}.md": f"# Town {number}\n\nThe town has {number} shops.\n" for number in range(30)}
    files = {
        "eneabba.md": "# Eneabba\n\nThe capacity planned for Eneabba is 17,500 tonnes a year.\n",
        "dam.md": "# The tailings dam\n\nThe capacity planned is 85 million tonnes.\n",
    }
    assistant = make_assistant(files | filler, refusal_threshold=0)
    answer = assistant.ask("What capacity is planned for Eneabba?")
    assert {citation.document for claim in answer.claims for citation in claim.citations} == {"eneabba.md"}
    answer = assistant.ask("What capacity is planned for the dam?")
    assert "dam.md" in {citation.document for claim in answer.claims for citation in claim.citations}


def test_what_names_the_year_that_is_asked_about_comes_before_what_names_another(make_assistant: MakeAssistant) -> None:
    text = "The quota for mines in the whole country was {} tonnes in {}."
    files = {f"{year}.md": f"# Quotas\n\n{text.format(year * 60, year)}\n" for year in range(2010, 2020)}
    assistant = make_assistant(files, refusal_threshold=0)
    for year in (2012, 2018):
        claims = assistant.ask(f"What was the quota for mines in the whole country in {year}?").claims
        assert text.format(year * 60, year) == claims[0].text


def test_a_sentence_is_found_by_what_it_points_back_to(make_assistant: MakeAssistant) -> None:
    fleet = " ".join(f"Ship {number} of the harbour fleet on the northern list sails." for number in range(12))
    text = f"Notice 11 put three bodies on the northern list. The three bodies are Torvik, Kovar and Bress.\n\n{fleet}"
    answer = make_assistant({"list.md": f"# List\n\n{text}\n"}).ask(
        "Which bodies are on the northern list of notice 11?"
    )
    assert "Torvik" in answer.claims[0].text


def test_no_more_claims_than_allowed(make_assistant: MakeAssistant) -> None:
    text = "# Mines\n\n" + " ".join(f"The mine of Baotou number {number} yields cerium." for number in range(12))
    assistant = make_assistant({"mines.md": text}, refusal_threshold=0, max_claims=2)
    assert len(assistant.ask("What does the mine of Baotou yield?").claims) <= 2


# refusing


def test_a_refusal_has_no_claims_but_the_nearest_passages(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES, refusal_threshold=1)
    answer = assistant.ask("Who painted the ceiling of the chapel?")
    assert answer.status is Status.UNANSWERED
    assert answer.claims == ()
    assert answer.hits
    assert 0 <= answer.confidence < 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Which vineyards make the best wine in Bordeaux?", ("“vineyards”", "“Bordeaux”")),
        ("谁写了红楼梦？", ("“红楼梦”",)),
    ],
)
def test_a_refusal_names_words_that_no_document_says(
    make_assistant: MakeAssistant, question: str, words: Sequence[str]
) -> None:
    answer = make_assistant(FILES, refusal_threshold=1).ask(question)
    (note,) = answer.notes
    assert all(word in note for word in words)


def test_an_empty_library_answers_nothing(make_assistant: MakeAssistant) -> None:
    answer = make_assistant({}).ask(ANSWERABLE[0])
    assert (answer.status, answer.claims, answer.hits, answer.confidence) == (Status.UNANSWERED, (), (), 0)


def test_confidence_is_a_probability_that_tells_questions_apart(assistant: Assistant) -> None:
    known = [assistant.ask(question).confidence for question in ANSWERABLE]
    unknown = [
        assistant.ask(question).confidence
        for question in ("Who won the football cup in 1974?", "How many moons does Jupiter have?", "谁写了红楼梦？")
    ]
    assert all(0 <= confidence <= 1 for confidence in known + unknown)
    assert min(known) > max(unknown)


# what a reader must know


def test_superseded_and_undated_sources_are_noted(assistant: Assistant) -> None:
    answer = assistant.ask("Is the recycling of rare earth magnets free of tax?")
    assert "old.md" in {citation.document for claim in answer.claims for citation in claim.citations}
    assert "“Old rules” has been superseded by “New rules”." in answer.notes
    assert "“Undated” carries no date." in assistant.ask(ANSWERABLE[3]).notes
    assert not [note for note in assistant.ask(ANSWERABLE[2]).notes if "Quotas" in note]


def test_what_a_source_says_of_a_disagreement_is_noted(make_assistant: MakeAssistant) -> None:
    paragraph = "Sources disagree on the cost of the Narva plant. The builder puts it at 75 million euros."
    told = "The tonnage of the Weishan mine is disputed: the city gives 435,000 tonnes, the press ten times as many."
    files = {
        "plants.md": f"---\npublished: 2025\n---\n# Plants\n\n{paragraph}\n",
        "mines.md": f"---\npublished: 2025\n---\n# Mines\n\n{told}\n",
        "lines.md": "---\npublished: 2025\n---\n# Lines\n\nThe separation line at Silmet runs all year round.\n",
    }
    assistant = make_assistant(files, refusal_threshold=0)
    only = {name: Filters(documents=(name,)) for name in files}
    notes = assistant.ask("At what does the builder put the cost of the Narva plant?", filters=only["plants.md"]).notes
    told_notes = assistant.ask("What is the tonnage of the Weishan mine?", filters=only["mines.md"]).notes
    assert "“Plants” speaks of a disagreement: “Sources disagree on the cost of the Narva plant”." in notes
    assert told_notes == ("“Mines” speaks of a disagreement: “The tonnage of the Weishan mine is disputed”.",)
    assert assistant.ask("When does the separation line at Silmet run?", filters=only["lines.md"]).notes == ()


def test_what_supersedes_a_source_is_noted_though_it_was_not_searched(assistant: Assistant) -> None:
    question, only_old = "Is the recycling of rare earth magnets free of tax?", Filters(documents=("old.md",))
    assert "“Old rules” has been superseded by “New rules”." in assistant.ask(question, filters=only_old).notes
    then = Filters(documents=("old.md",), as_of="2023-12")
    assert not any("superseded" in note for note in assistant.ask(question, filters=then).notes)


def test_of_two_briefs_that_answer_the_newer_one_comes_first(make_assistant: MakeAssistant) -> None:
    old = "---\npublished: 2024\n---\n# Tax\n\nThe tax on rare earth magnets is two percent of sales."
    new = "---\npublished: 2025\nsupersedes: old.md\n---\n# Tax\n\nThe tax on sales of rare earth magnets is now four percent."
    answer = make_assistant({"old.md": old, "new.md": new}).ask("How high is the tax on rare earth magnets?")
    assert answer.claims[0].citations[0].document == "new.md"


def test_what_was_searched_for_is_told(assistant: Assistant) -> None:
    answer = assistant.ask(f"  {ANSWERABLE[0]}\n")
    assert answer.question == ANSWERABLE[0]
    assert answer.searched_for == (ANSWERABLE[0],)
    assert {"search", "answer", "total"} <= answer.seconds.keys()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(ASKED), min_size=1, max_size=6).map(" ".join))
def test_of_what_is_found_something_is_told_and_nothing_twice(assistant: Assistant, question: str) -> None:
    told = assistant.ask(question).claims
    assert told or not assistant.evidence(question).candidates
    spans = sorted((last.document, last.start, last.end) for *_, last in (claim.citations for claim in told))
    assert all(one[0] != other[0] or one[2] <= other[1] for one, other in pairwise(spans))


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    for question in ANSWERABLE:
        one, other = assistant.ask(question), assistant.ask(question)
        assert (one.claims, one.hits, one.confidence) == (other.claims, other.hits, other.confidence)


def test_what_shares_words_with_the_question_and_no_more_is_not_told(make_shared_assistant: MakeAssistant) -> None:
    answer = "Ford stopped its plant in Chicago in May because magnets were missing."
    beside = "Ford has had its plant in Chicago since May 1924."
    library = make_shared_assistant({"ford.md": f"# Ford\n\n{answer} {beside}\n"})
    asked = library.ask("Why did Ford stop its plant in Chicago in May?")
    assert [claim.text for claim in asked.claims] == [answer]
    assert library.ask("Since when has Ford had its plant in Chicago?").claims[0].text == beside


def test_sentences_in_the_language_of_the_question_come_first(make_shared_assistant: MakeAssistant) -> None:
    english = "Lynas produced its first dysprosium oxide in May 2025."
    chinese = "莱纳斯2025年5月产出首批氧化镝。"
    library = make_shared_assistant({"en.md": f"# Lynas\n\n{english}\n", "zh.md": f"# 莱纳斯\n\n{chinese}\n"})
    assert library.ask("When did Lynas produce its first dysprosium oxide?").claims[0].text == english
    assert library.ask("莱纳斯何时产出首批氧化镝？").claims[0].text == chinese
