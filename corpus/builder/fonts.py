"""The fonts that PDFs embed, and which characters each is asked to draw."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

from corpus.builder.source import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILES = {
    "Sans": "liberation2/LiberationSans-Regular.ttf",
    "Sans-Bold": "liberation2/LiberationSans-Bold.ttf",
    "Sans-Italic": "liberation2/LiberationSans-Italic.ttf",
    "Sans-BoldItalic": "liberation2/LiberationSans-BoldItalic.ttf",
    "Serif": "liberation2/LiberationSerif-Regular.ttf",
    "Serif-Bold": "liberation2/LiberationSerif-Bold.ttf",
    "Chinese": "wqy/wqy-microhei.ttc",
}
LATIN_FAMILY = ("Sans", "Sans-Bold", "Sans-Italic", "Sans-BoldItalic")
CHINESE = "Chinese"
_FIRST_CHINESE = "\u2e80"  # CJK radicals; punctuation and full-width forms lie above as well
_NO_CHARACTER = "\uffff"  # every font draws its box for a missing glyph


def font_file(name: str) -> Path:
    """Where a font lies on a Debian machine.

    Raises:
        BuildError: The font is not installed.
    """
    path = Path("/usr/share/fonts/truetype") / _FILES[name]
    if not path.is_file():
        raise BuildError(f"The font {path} is missing; run: apt-get install fonts-liberation2 fonts-wqy-microhei")
    return path


@cache
def face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels, for drawing and measuring."""
    return ImageFont.truetype(font_file(name), size, layout_engine=ImageFont.Layout.BASIC)


def by_script(text: str) -> Iterator[tuple[bool, str]]:
    """Part a text into stretches that are Chinese (True) or not (False)."""
    for chinese, characters in groupby(text, lambda character: character >= _FIRST_CHINESE):
        yield chinese, "".join(characters)


def require_glyphs(text: str, latin: str, path: str) -> None:
    """Make sure that every character can be seen.

    Args:
        text: What is to be drawn.
        latin: Name of the font for all that is not Chinese.
        path: The document, for the message.

    Raises:
        BuildError: A font has no glyph for a character, or an empty one.
    """
    for chinese, part in by_script(text):
        font = CHINESE if chinese else latin
        missing = "".join(sorted({character for character in part if not _is_drawn(font, character)}))
        if missing:
            raise BuildError(f"{path}: the font {font_file(font).name} cannot draw {missing!r}; write it otherwise.")


@cache
def _is_drawn(name: str, character: str) -> bool:
    font = face(name, 24)
    glyph = font.getmask(character)
    return character.isspace() or (glyph.getbbox() is not None and bytes(glyph) != bytes(font.getmask(_NO_CHARACTER)))
