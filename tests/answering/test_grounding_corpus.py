"""The guard on the project's own corpus: it leaves true statements alone, and notices when they are altered."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from assistant import Answer, Assistant, Settings
from assistant.answering.grounding import verify_claim
from assistant.evaluation.cases import Case, load_cases
from assistant.retrieval.glossary import Glossary, load_glossary
from assistant.text import han_share

CORPUS = Path(__file__).parents[2] / "corpus"
SHARE_NOTICED = {"a digit": 0.97, "a year": 0.95, "a name": 0.95, "an opposite": 0.8, "a negation": 0.8}

Statement = tuple[str, tuple[str, ...], tuple[str, ...]]
Alter = Callable[[str, Random], str]


@pytest.fixture(scope="module")
def assistant(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Over the whole corpus; the checkout's own index spares the minute of embedding where there is one."""
    data = tmp_path_factory.mktemp("corpus")
    known = CORPUS.parent / ".assistant" / "index"
    if known.is_dir():
        shutil.copytree(known, data / "index")
    settings = Settings(corpus=CORPUS, data=data, models_folder=models, refusal_threshold=0)
    with Assistant(settings) as assistant:
        assistant.sync()
        yield assistant


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary(CORPUS / "glossary.csv")


@pytest.fixture(scope="module")
def statements(assistant: Assistant) -> tuple[Statement, ...]:
    """Every claim of the extracted answers to many questions, once, with its quotes and what stands around them."""

    def answer(case: Case) -> Answer:
        return assistant.ask(case.question)

    with ThreadPoolExecutor(2) as pool:
        questions = (*load_cases(CORPUS / "questions.jsonl"), *load_cases(CORPUS / "training.jsonl")[::8])
        answers = list(pool.map(answer, questions))
    found: dict[Statement, None] = {}
    for answered in answers:
        passages = {hit.passage.id: hit.passage for hit in answered.hits}
        for claim in answered.claims:
            around = [
                part
                for citation in claim.citations
                for part in (citation.title, citation.published or "", *passages[citation.passage].heading_path)
            ]
            found[claim.text, tuple(citation.quote for citation in claim.citations), tuple(around)] = None
    return tuple(found)


def test_every_statement_of_the_extracted_answers_passes(statements: tuple[Statement, ...], glossary: Glossary) -> None:
    assert len(statements) > 900
    faults = [
        (text, verdict.faults)
        for text, quotes, context in statements
        if not (verdict := verify_claim(text, quotes, context=context, glossary=glossary)).supported
    ]
    assert not faults


# A figure, a year, a name or the sense of a true statement is altered; its quotes stay.


def _digit(text: str, random: Random) -> str:
    places = [place for place, character in enumerate(text) if character.isascii() and character.isdigit()]
    if not places:
        return text
    place = random.choice(places)
    return text[:place] + random.choice([c for c in "123456789" if c != text[place]]) + text[place + 1 :]


def _year(text: str, random: Random) -> str:
    years = list(re.finditer(r"(?<!\d)20[012]\d(?!\d)", text))
    if not years:
        return text
    year = random.choice(years)
    other = int(year.group()) + random.choice([-3, -2, -1, 1, 2, 3])
    return f"{text[: year.start()]}{other}{text[year.end() :]}"


_ENGLISH = (
    "MOFCOM", "MIIT", "Lynas", "MP Materials", "Northern Rare Earth", "Shenghe Resources", "State Council", "Japan",
    "Australia", "JOGMEC", "USGS",
)  # fmt: skip
_CHINESE = ("商务部", "工业和信息化部", "国务院", "海关总署", "北方稀土", "中国稀土集团", "日本", "澳大利亚")


def _name(text: str, random: Random) -> str:
    names = _CHINESE if han_share(text) > 0.3 else _ENGLISH
    there = [name for name in names if name in text]
    if not there:
        return text
    return text.replace(random.choice(there), random.choice([name for name in names if name not in text]))


def _swapped(pairs: tuple[tuple[str, str], ...]) -> Alter:
    def swap(text: str, random: Random) -> str:
        there = [pair for pair in pairs if pair[0] in text]
        return text.replace(*random.choice(there), 1) if there else text

    return swap


ALTERED: dict[str, Alter] = {
    "a digit": _digit,
    "a year": _year,
    "a name": _name,
    "an opposite": _swapped(
        (
            ("rose", "fell"), ("fell", "rose"), ("increase", "decrease"), ("exports", "imports"),
            ("suspended", "resumed"), ("more than", "less than"), ("prohibit", "permit"), ("下降", "增长"),
            ("增长", "下降"), ("出口", "进口"), ("暂停", "恢复"), ("禁止", "允许"), ("上涨", "下跌"),
        )
    ),
    "a negation": _swapped(
        (
            (" was ", " was not "), (" were ", " were not "), (" is ", " is not "), (" are ", " are not "),
            (" has ", " has not "), (" can ", " cannot "), ("已", "未"), ("可以", "不可以"), ("实施", "没有实施"),
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_statement_is_noticed(what: str, statements: tuple[Statement, ...], glossary: Glossary) -> None:
    random = Random(7)
    altered = [(ALTERED[what](text, random), *rest) for text, *rest in statements]
    changed = [each for each, (text, *_) in zip(altered, statements, strict=True) if each[0] != text]
    tried = random.sample(changed, min(len(changed), 150))
    passed = [
        text
        for text, quotes, context in tried
        if verify_claim(text, quotes, context=context, glossary=glossary).supported
    ]
    assert len(tried) >= 100
    assert 1 - len(passed) / len(tried) >= SHARE_NOTICED[what], passed
