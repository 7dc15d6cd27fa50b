"""Metadata from front matter, from metadata files beside a document, and from its own properties."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

from assistant.errors import MetadataError, UnreadableDocument
from assistant.text import flatten, language_of
from assistant.types import Metadata, Source

METADATA_SUFFIX = ".meta.yaml"

# What programs write where nobody has said anything.
_NOBODY = re.compile(
    r"\(?(?:anonymous|unspecified|unknown|untitled(?: document)?|author|user|admin(?:istrator)?|owner|"
    r"microsoft office user|python-docx|openpyxl|powerpoint presentation|presentation|slide 1|document\d*|book\d*)\)?",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"\.\w{3,5}$|^untitled|^microsoft (?:word|powerpoint)", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def iso_date(value: object) -> str | None:
    """An ISO 8601 date of any precision from what people and programs write, or None.

    Args:
        value: A date, a year, or a string that begins with an ISO date or a PDF date
            (``D:20240629...``, ISO 32000-1, 7.9.4).
    """
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    text = str(value).strip()
    pdf_date = re.match(r"D:(\d{4})(\d{2})?(\d{2})?", text)
    if pdf_date:
        text = "-".join(part for part in pdf_date.groups() if part)
    match = _ISO_DATE.match(text.replace("/", "-"))
    if not match:
        return None
    found = match.group()
    try:
        dt.date.fromisoformat((found + "-01-01")[:10] if len(found) != 7 else found + "-01")
    except ValueError:
        return None
    return found


def _words(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else re.split(r"[,;，；]", str(value))
    return tuple(text for item in items if (text := flatten(str(item))))


def _word(value: object) -> str | None:
    return flatten(", ".join(_words(value)) if isinstance(value, list) else str(value)) or None if value else None


def _sources(value: object) -> tuple[dict[str, Any], ...]:
    items = value if isinstance(value, list | tuple) else [value] if value else []
    return tuple(item if isinstance(item, dict) else {"title": str(item)} for item in items)


_Text = Annotated[str | None, BeforeValidator(_word)]
_Date = Annotated[str | None, BeforeValidator(iso_date)]
_Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


def said(value: object) -> str | None:
    """What a title or author in the properties of a file says, unless a program made it up."""
    words = flatten(str(value)) if value else ""
    is_made_up = _NOBODY.fullmatch(words) or _FILE_NAME.search(words)
    return None if is_made_up else words or None


class _SourceFields(BaseModel):
    model_config = ConfigDict(extra="ignore")

    title: _Text = None
    publisher: _Text = None
    date: _Date = None
    url: _Text = None


class Fields(BaseModel):
    """What a file says of itself; every field may be missing and unknown ones are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title: _Text = None
    language: _Text = None
    kind: _Text = None
    publisher: _Text = None
    author: _Text = None
    published: _Date = None
    url: _Text = None
    topics: _Words = ()
    sources: Annotated[tuple[_SourceFields, ...], BeforeValidator(_sources)] = ()
    supersedes: _Words = ()


_ALIASES = {"date": "published", "authors": "author", "tags": "topics", "keywords": "topics", "lang": "language"}
_NEVER_EMPTY = frozenset({"title", "language"})


def parse_fields(yaml_text: str, *, where: str) -> Fields:
    """Read front matter or a metadata file.

    Raises:
        UnreadableDocument: The text is not a YAML mapping.
    """
    try:
        return Fields.model_validate(_named_values(yaml_text, where=where))
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # PyYAML lets ValueErrors of dates through
        detail = flatten(str(error))[:200]
        raise UnreadableDocument(f"The metadata of {where} cannot be read ({detail}); mend it.") from error


def _named_values(yaml_text: str, *, where: str) -> dict[str, Any]:
    loaded = yaml.safe_load(yaml_text) or {}
    if not isinstance(loaded, dict):
        raise UnreadableDocument(f"The metadata of {where} must be a list of `name: value` lines; mend it.")
    named = {str(key).lower(): value for key, value in loaded.items()}
    for alias, name in _ALIASES.items():
        if alias in named:
            named.setdefault(name, named.pop(alias))
    return named


def edit_fields(yaml_text: str, changes: Mapping[str, object], *, where: str) -> str:
    """The content of a metadata file after some of its fields have been changed.

    Args:
        yaml_text: Its content before; empty where there is no file yet.
        changes: New values by name of field. An empty one says that there is none, whatever the
            document says of itself; of title and language, that the document's own holds again.
        where: The document, for messages.

    Returns:
        YAML; empty where no field is left.

    Raises:
        UnreadableDocument: The metadata file is there, but damaged.
        MetadataError: There is no such field, or it cannot have this value.
    """
    parse_fields(yaml_text, where=where)
    named = _named_values(yaml_text, where=where)
    for given, value in changes.items():
        name = _ALIASES.get(given.lower(), given.lower())
        if name not in Fields.model_fields:
            raise MetadataError(f"Documents have no field {given}; there are {', '.join(Fields.model_fields)}.")
        valid = _valid(name, value)
        if valid:
            named[name] = valid
        elif value is not None and str(value).strip() and value not in ((), []):
            example = "; write a date as 2024, 2024-06 or 2024-06-29" if name == "published" else ""
            raise MetadataError(f"{value!r} cannot be the {name} of {where}{example}.")
        elif name in _NEVER_EMPTY:
            named.pop(name, None)
        else:
            named[name] = None
    return yaml.safe_dump(named, allow_unicode=True, sort_keys=False) if named else ""


def _valid(name: str, value: object) -> Any:
    """A value in the form in which it is written to YAML; empty where it is none for this field."""
    try:
        fields = Fields.model_validate({name: value})
    except ValueError:
        return None
    return fields.model_dump(mode="json", exclude_none=True).get(name)


_MONTHS = {month: number for number, month in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_LABELLED = re.compile(
    r"""^\W{0,5}
    (?:(?:date\ of\ )?(?:publication|issue|release)(?:\ date)?|date|(?:published|issued|released|posted)(?:\ on)?
    |发布日期|发布时间|发文日期|发表时间|发表日期|成文日期|印发日期|公布日期|出版日期|發布日期|發布時間|日期)
    \W{0,3}?[:：]\W{0,5}
    (?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\ (?P<month>[a-z]{3,9})\.?,?\ (?P<year>\d{4})
    |(?P<month_first>[a-z]{3,9})\.?\ (?P<day_second>\d{1,2})(?:st|nd|rd|th)?,\ (?P<year_last>\d{4})
    |(?P<y>\d{4})\ ?[-/.年]\ ?(?P<m>\d{1,2})\ ?(?:[-/.月]\ ?(?P<d>\d{1,2})(?!\d)|月))""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_LABELS_WITHIN = 2000
# With three words at most before it: the date of a line of its own or of "Beijing, 2024-05-03 – ...", and
# neither one that a sentence tells of nor the first cell of a table.
_UNLABELLED = re.compile(r"^(?:[^\s|]{1,20}[ ]){0,3}[^\s|\d]{0,20}(\d{4}-\d{2}-\d{2})(?![\w-]|[ ]*\|)", re.MULTILINE)
_UNLABELLED_WITHIN = 300


def dateline(text: str) -> str | None:
    """The date that a text gives as its own at its head, as ISO 8601, or None.

    Only a line such as ``Published: 3 May 2024`` or ``发布日期：2024年5月3日``, or the one ISO date
    that stands at the head of a line; a date that the text merely tells of is not its own.
    """
    labelled = _LABELLED.search(text[:_LABELS_WITHIN])
    if labelled:
        part = labelled.groupdict()
        month = _MONTHS.get((part["month"] or part["month_first"] or "")[:3].lower()) or int(part["m"] or 0)
        day = part["day"] or part["day_second"] or part["d"]
        parts = [part["year"] or part["year_last"] or part["y"], f"{month:02}", *([f"{int(day):02}"] if day else [])]
        return iso_date("-".join(parts))
    unlabelled = set(_UNLABELLED.findall(text[:_UNLABELLED_WITHIN]))
    return iso_date(unlabelled.pop()) if len(unlabelled) == 1 else None


def split_front_matter(text: str) -> tuple[str | None, str]:
    """Part a text into YAML front matter (None where there is none) and body."""
    match = re.match(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", text, re.DOTALL)
    if not match or not re.search(r"^[\w-]+\s*:(?=\s|$)", match.group(1), re.MULTILINE):
        return None, text
    return match.group(1), text[match.end() :]


def complete(path: str, text: str, *fields: Fields) -> Metadata:
    """Merge what is known of a document, first word first, and fill in title and language.

    Args:
        path: The document's path inside the library.
        text: Its canonical text, in which a date is looked for as a last resort.
        fields: In order of authority: a metadata file's before the document's own. A field that is
            there but empty in any but the last of them says that there is none.
    """
    *edits, own = fields or (Fields(),)
    own = own.model_copy(update={"published": own.published or dateline(text)})

    def first(name: str) -> Any:
        for each in edits:
            if (value := getattr(each, name)) or (name in each.model_fields_set and name not in _NEVER_EMPTY):
                return value
        return getattr(own, name)

    return Metadata(
        title=first("title") or PurePosixPath(path).stem.replace("_", " ").replace("-", " "),
        language=first("language") or language_of(text),
        kind=first("kind"),
        publisher=first("publisher"),
        author=first("author"),
        published=first("published"),
        url=first("url"),
        topics=first("topics") or (),
        sources=tuple(
            Source(source.title or source.url or source.publisher or "", source.publisher, source.date, source.url)
            for source in first("sources") or ()
        ),
        supersedes=first("supersedes") or (),
    )
