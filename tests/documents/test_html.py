from __future__ import annotations

import pytest

from assistant.documents.html import read_html, text_of
from assistant.errors import NoTextFound

PAGE = """<!doctype html><html lang="en"><head><title>Quota set | Rare Earth Desk</title>
<meta property="og:title" content="Quota set"><meta property="og:site_name" content="Rare Earth Desk">
<meta name="author" content="Li Wei"><meta property="article:published_time" content="2024-08-20T08:00:00Z">
<link rel="canonical" href="https://example.org/quota"></head>
<body><nav><a href="/">Home</a><a href="/about">About us</a></nav>
<article><h1>Quota set</h1>
<p>The ministry set the <b>2024</b> quota at 270,000 tonnes, which is more than in the year before,
as the <a href="https://example.org/2023">notice</a> says.</p>
<h2>Earlier years</h2><table><tr><th>Year</th><th>Quota</th></tr><tr><td>2012</td><td>93,800</td></tr></table>
<p>A second paragraph tells of the separation plants in Baotou and of their output in 1999.</p></article>
<div id="comments"><h3>Leave a Reply</h3><p>Great post! Thanks for sharing this with all of us.</p></div>
<script>var tracking = "Cookie";</script><footer>Copyright 2020 Site</footer></body></html>"""


def test_the_article_is_taken_and_what_surrounds_it_is_left() -> None:
    text = read_html(PAGE.encode(), "a.html").text
    assert "The ministry set the 2024 quota at 270,000 tonnes, which is more than in the year before" in text
    assert "# Quota set" in text
    assert "## Earlier years" in text
    assert "| 2012 | 93,800 |" in text
    for unwanted in ("About us", "Leave a Reply", "Great post", "Cookie", "Copyright", "https://", "<", "**"):
        assert unwanted not in text


def test_meta_tags_become_metadata() -> None:
    fields = read_html(PAGE.encode(), "a.html").fields
    assert (fields.title, fields.publisher, fields.author) == ("Quota set", "Rare Earth Desk", "Li Wei")
    assert (fields.published, fields.url) == ("2024-08-20", "https://example.org/quota")


def test_a_year_in_the_text_is_no_date_of_publication() -> None:
    undated = PAGE.replace('<meta property="article:published_time" content="2024-08-20T08:00:00Z">', "")
    assert read_html(undated.encode(), "a.html").fields.published is None


def test_a_chinese_page_in_the_encoding_that_it_declares() -> None:
    page = (
        '<html><head><meta charset="gb2312"><title>配额</title></head><body><article><h1>配额</h1>'
        "<p>稀土开采总量控制指标为27万吨，比上年增长百分之五点九，其中轻稀土占绝大部分。</p>"
        "<p>冶炼分离总量控制指标为25.4万吨，由两家稀土集团组织实施生产任务。</p></article></body></html>"
    )
    assert "稀土开采总量控制指标为27万吨" in read_html(page.encode("gb18030"), "a.html").text


@pytest.mark.parametrize(
    "page", [b"<html><body></body></html>", b"<html>" + b"<div>" * 3000, b"<html><script>x</script>"]
)
def test_a_page_without_an_article_is_a_problem_that_says_what_to_do(page: bytes) -> None:
    with pytest.raises(NoTextFound, match="save the article as text"):
        read_html(page, "a.html")


def test_a_page_that_is_no_article_is_read_as_it_stands() -> None:
    page = "<html><body><nav>Home</nav><h2>Prices</h2>NdPr<br>55 USD<table><tr><td>a<td>b<tr><td>1<td>2</table></body>"
    assert text_of(page) == "## Prices\n\nNdPr\n55 USD\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_tables_that_hold_tables_are_frames() -> None:
    inner = "<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>"
    page = f"<table><tr><td>Above{inner}Below</td><td>Beside</td></tr></table>"
    assert text_of(page) == "Above\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nBelow\n\nBeside"
