from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.retrieval.glossary import Glossary, load_glossary

CSV = """english,simplified,traditional,abbreviations
China Rare Earth Group,中国稀土集团,中國稀土集團,CREG
rare earths,稀土,稀土,REE;rare earth elements
export,出口,出口,
State Council;China's cabinet,国务院,國務院,
"""


@pytest.fixture
def glossary(tmp_path: Path) -> Glossary:
    (tmp_path / "glossary.csv").write_text(CSV, "utf-8")
    return load_glossary(tmp_path / "glossary.csv")


def names(glossary: Glossary, question: str) -> list[str]:
    return [mention.name for mention in glossary.mentions(question) if not mention.everyday]


def test_a_term_is_carried_into_the_other_language(glossary: Glossary) -> None:
    (mention,) = glossary.mentions("What did the State Council decide?")
    assert mention.name == "state council"
    assert set(mention.others) == {"china's cabinet", "国务院"}


@pytest.mark.parametrize("question", ["稀土怎么样？", "What of REE?", "RARE EARTHS!", "the rare-earth elements"])
def test_a_term_is_known_by_each_of_its_names(glossary: Glossary, question: str) -> None:
    (mention,) = glossary.mentions(question)
    assert {mention.name, *mention.others} == {"rare earths", "稀土", "ree", "rare earth elements"}


def test_traditional_characters_are_understood(glossary: Glossary) -> None:
    assert names(glossary, "國務院與中國稀土集團") == ["国务院", "中国稀土集团"]


def test_longer_names_win_over_those_inside_them(glossary: Glossary) -> None:
    assert names(glossary, "Does China Rare Earth Group own it?") == ["china rare earth group"]
    assert names(glossary, "中国稀土集团出口什么？") == ["中国稀土集团", "出口"]


def test_both_are_mentioned_where_both_stand(glossary: Glossary) -> None:
    assert names(glossary, "中国稀土集团的稀土") == ["中国稀土集团", "稀土"]


def test_a_name_inside_a_word_is_no_mention(glossary: Glossary) -> None:
    assert names(glossary, "Was the freedom of the seas seen?") == []


@pytest.mark.parametrize("question", ["Who exported it?", "Its exports?", "exporting"])
def test_english_names_are_known_by_their_stems(glossary: Glossary, question: str) -> None:
    assert names(glossary, question) == ["export"]


def test_everyday_words_are_carried_into_the_other_language_alone(glossary: Glossary) -> None:
    (price,) = glossary.mentions("What was the price?")
    assert price.everyday
    assert "价格" in price.others
    (profit,) = glossary.mentions("净利润是多少？")
    assert "profit" in profit.others
    assert "利润" not in profit.others


@pytest.mark.parametrize("question", ["", "?!", "...", "\0"])
def test_nothing_is_mentioned_in_nothing(glossary: Glossary, question: str) -> None:
    assert names(glossary, question) == []


def test_no_file_is_an_empty_glossary(tmp_path: Path) -> None:
    assert load_glossary(tmp_path / "none.csv").mentions("rare earths 稀土") == ()


def test_a_byte_order_mark_and_missing_columns_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "glossary.csv").write_text("english,simplified\nmine,矿\n,\n", "utf-8-sig")
    assert names(load_glossary(tmp_path / "glossary.csv"), "the mine") == ["mine"]


@pytest.mark.parametrize("content", ["", "term,translation\na,b\n"])
def test_a_file_without_the_columns_says_which_it_needs(tmp_path: Path, content: str) -> None:
    (tmp_path / "glossary.csv").write_text(content)
    with pytest.raises(AssistantError, match="english and simplified"):
        load_glossary(tmp_path / "glossary.csv")
