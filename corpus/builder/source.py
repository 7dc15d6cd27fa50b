"""A source: front matter, and Markdown as a flat sequence of blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("docx", "html", "pdf", "pptx", "txt", "xlsx")
_BUILD_KEYS = re.compile(r"^(?:format|layout|encoding):.*\n", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)
_TABLES = MarkdownIt("commonmark", {"html": False}).enable("table")


class BuildError(Exception):
    """A source that cannot be built, or a machine that cannot build it; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one typeface."""

    text: str
    bold: bool = False
    italic: bool = False


Inline = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading; level 2 stands directly below the title."""

    level: int
    content: Inline


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; line breaks of the source are kept as newlines in its runs."""

    content: Inline


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list of one level."""

    items: tuple[Inline, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as the header."""

    header: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]


Block = Heading | Paragraph | ListBlock | Table


@dataclass(frozen=True, slots=True)
class Source:
    """One source, read.

    Attributes:
        path: POSIX path of the document inside ``corpus/documents/``.
        front_matter: YAML as written, less the keys that only the build reads.
        body: Markdown below the front matter.
        blocks: The body without its title.
    """

    path: str
    front_matter: str
    body: str
    title: str
    language: str
    publisher: str
    published: date
    topics: tuple[str, ...]
    format: str
    layout: str | None
    encoding: str
    blocks: tuple[Block, ...]

    @property
    def is_chinese(self) -> bool:
        """Whether the document as a whole is written in Chinese."""
        return self.language.startswith("zh")

    @property
    def moment(self) -> datetime:
        """The first moment of the day of publication, for properties that want a time."""
        return datetime.combine(self.published, time())

    @property
    def byline(self) -> str:
        """Publisher and date as a reader of the document's language writes them."""
        return f"{self.publisher}, {self.written_day}"

    @property
    def written_day(self) -> str:
        """The date in words."""
        day = self.published
        return f"{day.year}年{day.month}月{day.day}日" if self.is_chinese else f"{day.day} {day:%B %Y}"


def plain(content: Inline, *, line_break: str | None = None) -> str:
    """The words of a paragraph, heading or cell.

    Args:
        content: What to read.
        line_break: What a line break becomes; by default a space, and nothing inside Chinese.
    """
    text = "".join(run.text for run in content)
    return flowed(text) if line_break is None else text.replace("\n", line_break)


def flowed(text: str) -> str:
    """Text as one line: a line break becomes a space, or nothing between Chinese characters."""
    return re.sub(r"\n", " ", re.sub(r"(?<=[\u2e80-\uffff])\n(?=[\u2e80-\uffff])", "", text))


def read_source(file: Path, sources: Path) -> Source:
    """Read one file below ``corpus/sources/``.

    Raises:
        BuildError: Its name, front matter or Markdown is not what the build understands.
    """
    path = file.relative_to(sources).as_posix().removesuffix(".md")
    match = _FRONT_MATTER.fullmatch(file.read_text(encoding="utf-8"))
    if match is None:
        raise BuildError(f"{path}: the front matter must stand between two lines of '---'.")
    try:
        fields = yaml.safe_load(match[1])
        blocks = _blocks(match[2], path)
        return Source(
            path=path,
            front_matter=_BUILD_KEYS.sub("", match[1]),
            body=match[2].lstrip("\n"),
            title=_title(blocks, path),
            language=fields["language"],
            publisher=fields["publisher"],
            published=_date(fields["published"], path),
            topics=tuple(fields["topics"]),
            format=_format(fields["format"], path),
            layout=fields.get("layout"),
            encoding=fields.get("encoding", "utf-8"),
            blocks=blocks[1:],
        )
    except yaml.YAMLError as error:
        raise BuildError(f"{path}: the front matter is not YAML ({error}).") from error
    except KeyError as error:
        raise BuildError(f"{path}: the front matter lacks {error}.") from error


def _title(blocks: tuple[Block, ...], path: str) -> str:
    match blocks:
        case (Heading(level=1, content=content), *rest) if not any(
            isinstance(block, Heading) and block.level == 1 for block in rest
        ):
            return plain(content)
    raise BuildError(f"{path}: the text must begin with '# Title' and have no other heading of that level.")


def _date(value: object, path: str) -> date:
    if isinstance(value, date):
        return value
    raise BuildError(f"{path}: published must be a date (YYYY-MM-DD), not {value!r}.")


def _format(value: object, path: str) -> str:
    suffix = path.rsplit(".", 1)[-1]
    if value == suffix and suffix in FORMATS:
        return suffix
    raise BuildError(f"{path}: format {value!r} must be the ending of the name and one of {', '.join(FORMATS)}.")


def _blocks(body: str, path: str) -> tuple[Block, ...]:
    return tuple(_block(node, path) for node in SyntaxTreeNode(_TABLES.parse(body)).children)


def _block(node: SyntaxTreeNode, path: str) -> Block:
    match node.type:
        case "heading":
            return Heading(int(node.tag[1]), _inline(node.children[0], path))
        case "paragraph":
            return Paragraph(_inline(node.children[0], path))
        case "bullet_list" | "ordered_list":
            return ListBlock(tuple(_item(item, path) for item in node.children), node.type == "ordered_list")
        case "table":
            header, *rows = (
                tuple(_inline(cell.children[0], path) for cell in row.children)
                for part in node.children
                for row in part.children
            )
            return Table(header, tuple(rows))
    raise BuildError(f"{path}: the build does not understand Markdown of the kind {node.type!r} {_where(node)}.")


def _item(item: SyntaxTreeNode, path: str) -> Inline:
    if len(item.children) != 1 or item.children[0].type != "paragraph":
        raise BuildError(f"{path}: a list item must be one paragraph {_where(item)}.")
    return _inline(item.children[0].children[0], path)


def _inline(node: SyntaxTreeNode, path: str, **style: Any) -> Inline:
    runs: list[Run] = []
    for child in node.children:
        match child.type:
            case "text" | "code_inline":
                runs.append(Run(child.content, **style))
            case "softbreak" | "hardbreak":
                runs.append(Run("\n", **style))
            case "strong":
                runs.extend(_inline(child, path, **style | {"bold": True}))
            case "em":
                runs.extend(_inline(child, path, **style | {"italic": True}))
            case "link":
                runs.extend(_inline(child, path, **style))
            case _:
                raise BuildError(f"{path}: the build does not understand {child.type!r} inside a paragraph.")
    return tuple(
        Run("".join(run.text for run in alike), bold, italic)
        for (bold, italic), alike in groupby(runs, lambda run: (run.bold, run.italic))
    )


def _where(node: SyntaxTreeNode) -> str:
    return f"(line {node.map[0] + 1} of the text below the front matter)" if node.map else ""
