from __future__ import annotations

import pytest

from assistant.documents.picture import read_picture
from assistant.documents.recognition import is_available
from assistant.errors import DocumentTooLarge, NoTextFound, UnreadableDocument
from tests.documents.make_files import picture, vast_picture

needs_recognition = pytest.mark.skipif(not is_available(), reason="the extra `ocr` is not installed")


@needs_recognition
def test_a_picture_is_a_page_that_was_recognised() -> None:
    extract = read_picture(picture("The quota rose to 270,000 tonnes"), "a.png")
    assert "The quota rose to 270,000 tonnes" in extract.text
    assert extract.page_starts == (0,)
    assert 0.5 < extract.recognised[1] <= 1


@needs_recognition
def test_a_picture_without_text_says_so() -> None:
    with pytest.raises(NoTextFound):
        read_picture(picture(), "a.png")


@needs_recognition
@pytest.mark.parametrize(
    ("data", "problem"), [(vast_picture(), DocumentTooLarge), (picture()[:60], UnreadableDocument)]
)
def test_a_hostile_picture_is_refused(data: bytes, problem: type[Exception]) -> None:
    with pytest.raises(problem, match=r"a\.png"):
        read_picture(data, "a.png")


def test_without_recognition_a_picture_has_no_text() -> None:
    with pytest.raises(NoTextFound, match="extra `ocr`"):
        read_picture(picture(), "a.png", recognise=False)
