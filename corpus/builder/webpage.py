"""HTML: the article inside all that surrounds one on the site of a think tank."""

from __future__ import annotations

from html import escape
from string import Template
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from corpus.builder.source import Source

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title | $publisher</title>
<meta name="author" content="$publisher">
<meta name="date" content="$date">
<meta name="language" content="$language">
<meta name="keywords" content="$keywords">
<meta property="og:type" content="article">
<meta property="og:title" content="$title">
<meta property="og:site_name" content="$publisher">
<meta property="og:locale" content="$language">
<meta property="article:published_time" content="${date}T00:00:00Z">
<style>
body { font-family: Georgia, serif; color: #222; margin: 0; line-height: 1.55; }
header, nav, footer { font-family: Arial, sans-serif; font-size: .9rem; padding: .7rem 2rem; }
header, footer { background: #1f3a5f; color: #fff; }
header a, footer a { color: #fff; }
nav { background: #e6ecf3; }
nav ul, .share ul { display: flex; flex-wrap: wrap; gap: 1.2rem; list-style: none; margin: 0; padding: 0; }
.page { display: flex; gap: 3rem; max-width: 70rem; margin: 1.5rem auto; padding: 0 2rem; }
main { flex: 3; min-width: 0; }
aside { flex: 1; font-family: Arial, sans-serif; font-size: .85rem; }
h1, h2, h3 { color: #1f3a5f; line-height: 1.25; }
table { border-collapse: collapse; font-size: .85rem; margin: 1rem 0; }
th, td { border: 1px solid #9aa5b1; padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { background: #e6ecf3; }
.byline, .share, .comments { font-family: Arial, sans-serif; font-size: .85rem; }
.comments { border-top: 1px solid #9aa5b1; margin-top: 2rem; }
.comments label { display: block; }
</style>
</head>
<body>
<header class="site-header">
<a class="logo" href="/">$publisher</a>
<form class="search" action="/search" role="search"><input type="search" name="q" placeholder="Search this site"></form>
</header>
<nav class="main-menu" aria-label="Main menu">
<ul>
<li><a href="/">Home</a></li>
<li><a href="/briefs">Briefs</a></li>
<li><a href="/data">Data</a></li>
<li><a href="/events">Events</a></li>
<li><a href="/podcast">Podcast</a></li>
<li><a href="/about">About us</a></li>
<li><a href="/subscribe">Subscribe</a></li>
</ul>
</nav>
<div class="page">
<main>
<article>
<h1>$title</h1>
<p class="byline">By <a rel="author" href="/about">$publisher</a> | <time datetime="$date">$day</time></p>
<div class="share">
<ul>
<li><a href="#share-mail">Share by e-mail</a></li>
<li><a href="#share-linkedin">LinkedIn</a></li>
<li><a href="#share-wechat">WeChat</a></li>
<li><a href="#print">Print this page</a></li>
</ul>
</div>
$article</article>
<section class="comments" id="comments">
<h3>2 Comments</h3>
<ol class="comment-list">
<li class="comment"><p class="comment-author">reader_17 says:</p><p>Thanks, useful. Will there be a PDF version?</p>
<a class="comment-reply-link" href="#respond">Reply</a></li>
<li class="comment"><p class="comment-author">M. says:</p><p>Please add a chart next time!</p>
<a class="comment-reply-link" href="#respond">Reply</a></li>
</ol>
<div id="respond" class="comment-respond">
<h3>Leave a Reply</h3>
<form action="/comments" method="post">
<p>Your email address will not be published. Required fields are marked *</p>
<label>Comment * <textarea name="comment"></textarea></label>
<label>Name * <input name="author"></label>
<label>Email * <input name="email" type="email"></label>
<button type="submit">Post Comment</button>
</form>
</div>
</section>
</main>
<aside class="sidebar">
<section class="related">
<h3>Related topics</h3>
<ul>
$related</ul>
</section>
<section class="newsletter">
<h3>Newsletter</h3>
<p>Get our briefs in your inbox every Friday.</p>
<a href="/subscribe">Sign up</a>
</section>
</aside>
</div>
<footer class="site-footer">
<p>&copy; $year $publisher. All rights reserved.</p>
<p><a href="/privacy">Privacy policy</a> | <a href="/cookies">Cookie settings</a> | <a href="/contact">Contact</a></p>
</footer>
</body>
</html>
""")


def write_webpage(source: Source) -> bytes:
    """Write a page with a menu, share links, the article, comments, a sidebar and a footer."""
    article = _MARKDOWN.render(source.body).partition("</h1>\n")[2]
    page = _PAGE.substitute(
        language=escape({"zh": "zh-CN"}.get(source.language, source.language)),
        title=escape(source.title),
        publisher=escape(source.publisher),
        date=source.published.isoformat(),
        day=source.written_day,
        year=source.published.year,
        keywords=escape(", ".join(source.topics)),
        related="".join(map(_related, source.topics)),
        article=article,
    )
    return page.encode("utf-8")


def _related(topic: str) -> str:
    return f'<li><a href="/topics/{escape(topic)}">More on {escape(topic.replace("-", " "))}</a></li>\n'
