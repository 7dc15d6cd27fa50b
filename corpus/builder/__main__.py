"""Command line: ``python -m corpus.builder [--check]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.builder.compare import text_of
from corpus.builder.pdf import write_pdf
from corpus.builder.plain_text import write_text
from corpus.builder.scan import write_scan
from corpus.builder.slides import write_slides
from corpus.builder.source import BuildError, Source, read_source
from corpus.builder.webpage import write_webpage
from corpus.builder.word import write_word
from corpus.builder.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).resolve().parent.parent
METADATA_SUFFIX = ".meta.yaml"
_WRITERS = {
    "docx": write_word,
    "html": write_webpage,
    "pdf": write_pdf,
    "pptx": write_slides,
    "txt": write_text,
    "xlsx": write_workbook,
}


def build(sources: Path, documents: Path) -> list[str]:
    """Build every source.

    Args:
        sources: Folder with ``<folder>/<name>.<ext>.md``.
        documents: Folder to write to; what else it holds is left alone.

    Returns:
        Paths below ``documents`` of all files written, sorted.

    Raises:
        BuildError: A source is malformed or a font is missing.
    """
    written = []
    for file in sorted(sources.rglob("*.md")):
        for path, data in files_of(read_source(file, sources)).items():
            target = documents / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            written.append(path)
    return sorted(written)


def files_of(source: Source) -> dict[str, bytes]:
    """The document, and its metadata file unless the document carries its own front matter."""
    write = write_scan if source.layout == "scanned" else _WRITERS[source.format]
    files = {source.path: write(source)}
    if source.format != "txt":
        files[source.path + METADATA_SUFFIX] = source.front_matter.encode("utf-8")
    return files


def differences(sources: Path, documents: Path) -> Iterator[str]:
    """One line for each document that does not say what its source says, or has none."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = build(sources, Path(folder))
        for path in fresh:
            built, kept = Path(folder, path), documents / path
            if not kept.is_file():
                yield f"{path}: not built yet"
            elif text_of(path, kept.read_bytes()) != text_of(path, built.read_bytes()):
                yield f"{path}: differs from its source"
    known = set(fresh)
    for file in sorted(documents.rglob("*")):
        path = file.relative_to(documents).as_posix()
        if file.is_file() and not path.removesuffix(METADATA_SUFFIX).endswith(".md") and path not in known:
            yield f"{path}: has no source"


def main() -> None:
    """Build the corpus, or with ``--check`` compare it with its sources (exit status 1 if it differs)."""
    parser = argparse.ArgumentParser(prog="python -m corpus.builder", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; name the files that differ")
    arguments = parser.parse_args()
    sources, documents = CORPUS / "sources", CORPUS / "documents"
    try:
        if arguments.check:
            found = list(differences(sources, documents))
            if found:
                sys.exit("\n".join((*found, "To mend: python -m corpus.builder")))
            print("All documents agree with their sources.")
        else:
            print(f"Built {len(build(sources, documents))} files in {documents}.")
    except BuildError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
