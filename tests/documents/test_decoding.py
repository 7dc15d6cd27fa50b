from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.decoding import decode, is_text
from assistant.errors import UnreadableDocument

CHINESE = "中国对稀土实施出口管制，这是国家的规定，在2024年和2025年都有效。"
TRADITIONAL = "中國對稀土實施出口管制，並且管制磁鐵的出口，這是國家的規定。"
FRENCH = "Le café de Besançon était fermé; le gérant préférait l’été à l’hiver."
RUSSIAN = "Китай ограничил экспорт редкоземельных металлов в этом году."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "gb18030"),
        (TRADITIONAL, "big5"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_the_usual_encodings_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    ("encoding", "texts"),
    [
        (
            "gb18030",
            [
                "稀土",
                "包头",
                "钕铁硼",
                "商务部公告2023年第23号",
                "镨钕氧化物,氧化镝",
                "Table 1,中国,美国",
                "“十四五”规划",
            ],
        ),
        ("cp950", ["稀土", "臺灣", "經濟部公告", "氧化鏑、氧化鋱", "The Ministry (商務部) said so"]),
        ("cp1252", ["café", "über", "Ångström", "à la carte", "100 °C", "£5", "“Quota” – 10 €", "Élysée", "El Niño"]),
        ("cp1250", ["Łódź", "Český překlad", "Příliš žluťoučký kůň", "Magyarország erős"]),
        ("cp1251", ["Китай", "да", "ВНИМАНИЕ", "Указ № 5", "Закон «О недрах»"]),
        ("cp1253", ["Η Κίνα περιόρισε τις εξαγωγές"]),
        ("cp1254", ["Çin ihracatı kısıtladı; değişiklik bugün yürürlüğe girdi"]),
        ("cp1256", ["الصين قيدت صادرات المعادن النادرة"]),
        ("cp1257", ["Kinija apribojo retųjų žemių metalų eksportą į šį regioną"]),
        ("utf-16-le", ["Quota 2024", "中国稀土配额", "配额：270,000吨\r\n", "中國對稀土實施出口管制"]),
        ("utf-16-be", ["Quota 2024", "中国稀土配额"]),
    ],
)
def test_a_few_words_are_enough(encoding: str, texts: list[str]) -> None:
    for text in texts:
        assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides(mark: bytes, encoding: str) -> None:
    assert decode(mark + CHINESE.encode(encoding), "a.txt") == CHINESE


def test_english_with_a_little_chinese_in_gb18030() -> None:
    text = "The Ministry of Commerce (商务部) announced the rules on rare earths today. " * 5
    assert decode(text.encode("gb18030"), "a.txt") == text


def test_the_words_that_tell_the_encoding_may_stand_anywhere() -> None:
    for text, encoding in ((CHINESE, "gb18030"), (FRENCH, "cp1252")):
        late = "Only ASCII here. " * 20_000 + text
        assert decode(late.encode(encoding), "a.txt") == late


def test_a_damaged_byte_costs_one_character_and_not_the_text() -> None:
    text = f"“Quota” — {CHINESE} " * 5
    torn = text.encode()[:200] + b"\xff" + text.encode()[200:]
    assert decode(torn, "a.txt").replace("\ufffd", "")[:50] == text[:50]
    assert decode(torn, "a.txt").endswith(text[-50:])


@given(st.text(st.characters(exclude_characters="\0"), max_size=200).filter(lambda text: not text.startswith("\ufeff")))
def test_utf8_is_read_as_it_stands(text: str) -> None:
    assert decode(text.encode("utf-8", "replace"), "a.txt") == text.encode("utf-8", "replace").decode()


@given(st.binary(max_size=200))
def test_any_bytes_become_text_or_a_problem_of_their_own(data: bytes) -> None:
    try:
        assert isinstance(decode(data, "a.txt"), str)
    except UnreadableDocument as error:
        assert "a.txt" in str(error)


def test_a_replacement_character_in_sound_utf8_is_kept() -> None:
    assert decode("# A\n\nOne \ufffd here.\n".encode(), "a.md") == "# A\n\nOne \ufffd here.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "gb18030"])
def test_text_is_told_from_other_bytes(encoding: str) -> None:
    assert is_text(CHINESE.encode(encoding))
    assert not is_text(b"MZ\0\0" + bytes(range(256)))
