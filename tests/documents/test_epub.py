from __future__ import annotations

from assistant.documents.epub import read_epub
from tests.documents.make_files import archive, epub, epub_parts

METADATA = (
    "<dc:title>Rare earths</dc:title><dc:creator>Li Wei</dc:creator><dc:publisher>Desk Press</dc:publisher>"
    "<dc:date>2024-06-29T00:00:00Z</dc:date><dc:language>en</dc:language>"
)


def test_a_book_says_what_it_is() -> None:
    fields = read_epub(epub("<html><body><p>Words.</p></body></html>", metadata=METADATA), "a.epub").fields
    assert (fields.title, fields.author, fields.publisher) == ("Rare earths", "Li Wei", "Desk Press")
    assert (fields.published, fields.language) == ("2024-06-29", "en")


def test_chapters_come_in_the_order_of_the_spine_and_each_once() -> None:
    parts = epub_parts(
        "<html><body><h2>One</h2><p>First.</p></body></html>", "<html><body><p>Second.</p></body></html>"
    )
    package = str(parts["OEBPS/book.opf"])
    first, second = '<itemref idref="c0"/>', '<itemref idref="c1"/>'
    parts["OEBPS/book.opf"] = package.replace(first + second, second + first + first * 1000 + '<itemref idref="gone"/>')
    assert read_epub(archive(parts), "a.epub").text == "Second.\n\n## One\n\nFirst."


def test_lists_and_tables_keep_their_form() -> None:
    body = (
        "<ul><li>Nd</li><li>Pr</li></ul><table><tr><th>Year</th><th>t</th></tr><tr><td>2024</td><td>9</td></tr></table>"
    )
    text = read_epub(epub(f"<html><body>{body}</body></html>"), "a.epub").text
    assert text == "- Nd\n- Pr\n\n| Year | t |\n| --- | --- |\n| 2024 | 9 |"
