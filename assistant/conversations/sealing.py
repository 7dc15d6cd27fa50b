"""What an export carries for programs: its quotes with their places, and a seal over all it says.

The seal is a digest of the quotes and of everything else in the file. An edit of either, by hand
or by accident, breaks it. It is no signature: who makes a false export anew can seal it too, so
what counts in the end is whether the quotes stand in the library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from assistant.conversations.records import Exchange
from assistant.conversations.sheet import numbered
from assistant.errors import ExportError
from assistant.types import Citation

FORMAT = 1


@dataclass(frozen=True, slots=True)
class ExportedQuote:
    """A citation of an export: of which exchange, and by which number it stands there."""

    exchange: int
    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Contents:
    """What an export carries for programs.

    Attributes:
        format: Of these data.
        exported: Time, ISO 8601, UTC.
        seal: SHA-256 over these data and all else that the file says; empty before it is sealed.
    """

    format: int
    title: str
    exported: str
    quotes: tuple[ExportedQuote, ...]
    seal: str = ""


_CONTENTS = TypeAdapter(Contents)


def contents_of(title: str, exchanges: Sequence[Exchange], exported: str) -> Contents:
    """The quotes of exchanges, not yet sealed."""
    quotes = (
        ExportedQuote(place, number, citation)
        for place, exchange in enumerate(exchanges, 1)
        for number, citation in numbered(exchange.answer).values()
    )
    return Contents(FORMAT, title, exported, tuple(quotes))


def sealed(contents: Contents, body: str) -> str:
    """Contents as JSON in ASCII, sealed over a body; it holds no ``<``, ``>``, ``&`` and no ``--``.

    Args:
        contents: What to carry.
        body: Everything else that the file says.
    """
    dumped = json.dumps(_CONTENTS.dump_python(contents, mode="json"), ensure_ascii=False)
    data = json.loads(dumped.encode("utf-8", "replace"))  # without lone surrogates
    text = json.dumps({**data, "seal": seal_of(data, body)})
    for acting in ("<", ">", "&"):
        text = text.replace(acting, f"\\u{ord(acting):04x}")
    return text.replace("--", "\\u002d\\u002d")


def opened(text: str, body: str, name: str) -> tuple[Contents, bool]:
    """Contents from their JSON, and whether the seal over them and the body is whole.

    Args:
        text: As ``sealed`` made it.
        body: Everything else that the file says.
        name: Of the file, for the error.

    Raises:
        ExportError: There are no such contents in it.
    """
    try:
        contents = _CONTENTS.validate_json(text)
    except ValidationError as error:
        raise ExportError(f"{name} is a damaged export ({error.errors()[0]['msg']}); export it again.") from error
    if contents.format != FORMAT:
        raise ExportError(f"{name} was exported by a later release; verify it with that one.")
    return contents, contents.seal == seal_of(from_json(text), body)


def seal_of(data: Mapping[str, Any], body: str) -> str:
    """The digest of contents, as they stand in JSON, and body; how the body is broken into lines does not matter."""
    canonical = json.dumps({**data, "seal": ""}, sort_keys=True)
    return hashlib.sha256(f"{canonical}\n{''.join(body.split())}".encode("utf-8", "replace")).hexdigest()
