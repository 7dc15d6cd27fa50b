"""Plain text in any encoding, with its front matter on top."""

from __future__ import annotations

from corpus.builder.source import BuildError, Heading, ListBlock, Paragraph, Source, plain


def write_text(source: Source) -> bytes:
    """Write front matter and text, as an editor without headings would save them.

    Raises:
        BuildError: The text holds a table, or a character that the encoding lacks.
    """
    parts = [source.title]
    for block in source.blocks:
        match block:
            case Heading(content=content) | Paragraph(content=content):
                parts.append(plain(content))
            case ListBlock(items=items, ordered=ordered):
                marks = (f"{number}." if ordered else "-" for number in range(1, len(items) + 1))
                parts.append("\n".join(f"{mark} {plain(item)}" for mark, item in zip(marks, items, strict=True)))
            case _:
                raise BuildError(f"{source.path}: a plain text cannot show a table.")
    text = f"---\n{source.front_matter}---\n" + "\n\n".join(parts) + "\n"
    try:
        return text.encode(source.encoding)
    except (UnicodeEncodeError, LookupError) as error:
        raise BuildError(f"{source.path}: the text cannot be written as {source.encoding} ({error}).") from error
