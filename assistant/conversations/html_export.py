"""Exchanges as one HTML file that prints well and needs nothing else: no script, no font, no address is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from assistant.conversations.sheet import Quoted, Section, Sentence, Sheet

_STYLE = """
:root { color-scheme: light dark; --line: #8886;
  --quiet: light-dark(#555, #aaa); --accent: light-dark(#8a4b08, #e8a860); }
body { font: 17px/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; max-width: 44rem;
  margin: 2.5rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 .5rem; padding-top: 1.5rem;
  border-top: 1px solid var(--line); }
.sources { font-size: 1rem; margin: 1.5rem 0 .5rem; padding: 0; border: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; font-size: .875rem; color: var(--quiet); }
dd { margin: 0; }
sup { line-height: 0; margin-left: .15em; }
sup a { color: var(--accent); text-decoration: none; }
.quiet { color: var(--quiet); font-size: .875rem; margin: .25rem 0; }
.note, .reservation { border-left: 3px solid var(--accent); padding-left: .75rem; }
.source { margin: 1rem 0; break-inside: avoid; }
.source p { margin: 0; }
blockquote { margin: .25rem 0; padding-left: .75rem; border-left: 3px solid var(--line); }
small { display: block; color: var(--quiet); font-size: .75rem; line-height: 1.4; }
@page { margin: 20mm; }
@media print {
  :root { color-scheme: light; --quiet: #555; --accent: #000; }
  body { font-size: 11pt; max-width: none; margin: 0; padding: 0; }
  h1, h2, h3 { break-after: avoid; }
  p { orphans: 3; widows: 3; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(sheet: Sheet) -> str:
    """A sheet as an HTML file; all text in it is escaped."""
    sections = "\n".join(_section(place, section) for place, section in enumerate(sheet.sections, 1))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(sheet.title)}</title>\n'
        f'<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(sheet.title)}</h1>\n<p class="quiet">'
        f"{escape(sheet.exported)}</p>\n{sections}\n</body>\n</html>\n"
    )


def _section(place: int, section: Section) -> str:
    return "\n".join(("<section>", *_parts(place, section), "</section>"))


def _parts(place: int, section: Section) -> Iterator[str]:
    if section.question:
        yield f"<h2>{escape(section.question)}</h2>"
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in section.facts)
    yield f"<dl>{facts}</dl>"
    for sentence in section.reservations:
        yield f'<p class="reservation">{escape(sentence)}</p>'
    for said in section.sentences:
        yield _sentence(place, said)
    for note in section.notes:
        yield f'<p class="note">{escape(note)}</p>'
    if section.quotes:
        level = "h3" if section.question else "h2"
        yield f'<{level} class="sources">{escape(section.heading)}</{level}>'
    for quoted in section.quotes:
        yield _quoted(place, quoted)


def _sentence(place: int, sentence: Sentence) -> str:
    marks = "".join(f'<sup><a href="#source-{place}-{mark}">[{mark}]</a></sup>' for mark in sentence.marks)
    return f"<p>{escape(sentence.text)}{marks}</p>"


def _quoted(place: int, quoted: Quoted) -> str:
    language = escape(quoted.language)
    identity, mark = "", ""
    if quoted.number is not None:
        identity, mark = f' id="source-{place}-{quoted.number}"', f"[{quoted.number}] "
    return (
        f'<div class="source"{identity}><p lang="{language}">{mark}{escape(quoted.reference)}</p>'
        f'<blockquote lang="{language}">“{escape(quoted.quote)}”</blockquote>'
        f"<small>{escape(quoted.identity)}</small></div>"
    )
