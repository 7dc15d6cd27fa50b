"""HTML: the article, without navigation, scripts, comments and "Leave a Reply"."""

from __future__ import annotations

import trafilatura
from trafilatura.settings import Document as TrafilaturaDocument

from assistant.documents.extract import Extract
from assistant.documents.metadata import Fields, iso_date
from assistant.documents.plain_text import strip_inline_markup
from assistant.errors import NoTextFound
from assistant.text import clean


def read_html(data: bytes, name: str) -> Extract:
    """Take the article of a page and what its meta tags say.

    Raises:
        NoTextFound: The page holds no article.
    """
    text = trafilatura.extract(
        data,
        output_format="markdown",
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        include_links=False,
    )
    if not text:
        raise NoTextFound(f"{name} holds no article text; open it in a browser and save the article as text.")
    # `extensive` would take any year in the text for the date of the page.
    found = trafilatura.extract_metadata(data, extensive=False) or TrafilaturaDocument()
    fields = Fields(
        title=found.title,
        author=found.author,
        publisher=found.sitename,
        published=iso_date(found.date) if found.date else None,
        url=found.url,
    )
    return Extract(clean(strip_inline_markup(text)), fields)
