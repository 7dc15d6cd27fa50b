"""Pictures of pages (PNG, JPEG): scans and photographs, by text recognition."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps

from assistant.documents.extract import Extract, join_pages
from assistant.documents.metadata import Fields
from assistant.documents.recognition import is_available, recognise_picture
from assistant.errors import DocumentTooLarge, NoTextFound, UnreadableDocument

_MAX_PIXELS = 80_000_000  # an A3 page at 600 dots an inch has 70 million
_LONGEST_SIDE = 3_500  # pixels; more do not read better


def read_picture(data: bytes, name: str, *, recognise: bool = True) -> Extract:
    """Read the text of a picture, which is one page.

    Raises:
        DocumentTooLarge: It has too many pixels.
        NoTextFound: There is no text in it, or text is not to be recognised.
        UnreadableDocument: It is damaged.
    """
    if not (recognise and is_available()):
        raise NoTextFound(f"{name} is a picture; install the extra `ocr` to read the text in it, and sync again.")
    try:
        upright = _upright(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DocumentTooLarge(f"{name} has too many pixels to be read as one page; save it smaller.") from error
    except (OSError, SyntaxError, ValueError, TypeError, LookupError) as error:
        raise UnreadableDocument(f"{name} is damaged and cannot be opened as a picture; get a fresh copy.") from error
    reading = recognise_picture(np.asarray(upright)[..., ::-1])  # blue first
    if not any(c.isalnum() for c in reading.text):
        raise NoTextFound(f"{name} is a picture without text that can be recognised.")
    return join_pages([reading.text], Fields(), {1: reading.confidence})


def _upright(data: bytes) -> Image.Image:
    """The picture as a camera held it, no larger than is good for reading."""
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
        if picture.width * picture.height > _MAX_PIXELS:
            raise Image.DecompressionBombError
        picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return upright
