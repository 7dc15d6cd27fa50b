from __future__ import annotations

import pytest

from assistant.documents.extract import Extract
from assistant.documents.mail import read_mail, read_web_archive
from assistant.documents.readers import reader_for
from assistant.errors import NoTextFound, UnreadableDocument
from tests.documents.make_files import CHINESE, QUOTA, mail, page, web_archive


def read(data: bytes) -> Extract:
    return read_mail(data, "a.eml", read_attachment=lambda held, name: reader_for(held, name)(held, name))


def test_the_headers_say_what_it_is_who_wrote_it_and_when() -> None:
    extract = read(mail("关于配额 (quota)"))
    assert (extract.fields.title, extract.fields.author, extract.fields.published) == (
        "关于配额 (quota)",
        "Li Wei",
        "2024-08-20",
    )
    assert extract.text == (
        "# 关于配额 (quota)\n\nFrom: Li Wei <li@example.org>\nTo: Desk <desk@example.org>\nDate: 2024-08-20\n\n" + QUOTA
    )


def test_of_two_forms_the_plain_one_is_read_unless_it_is_a_mere_hint() -> None:
    html = f"<h1>Quota</h1><p>{QUOTA} {QUOTA}</p><table><tr><td>a</td><td>b</td></tr></table>"
    assert "| a | b |" not in read(mail(body=QUOTA * 2, html=html)).text
    text = read(mail(body="See the web page.", html=html)).text
    assert f"# Quota\n\n{QUOTA}" in text
    assert "| a | b |" in text


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "nonsense", "utf-8", ""])
def test_a_charset_that_is_not_quite_true(charset: str) -> None:
    head = f'Subject: x\nFrom: a@b.c\nMIME-Version: 1.0\nContent-Type: text/plain; charset="{charset}"\n\n'
    assert CHINESE in read(head.encode() + CHINESE.encode("gb18030")).text


def test_headings_of_attachments_stand_below_their_names() -> None:
    text = read(mail(files={"notes.md": f"# Notes\n\n{QUOTA}".encode(), "logo.gif": b"GIF89a\0\0"})).text
    assert f"## notes.md\n\n### Notes\n\n{QUOTA}\n\nAttachment that could not be read: logo.gif" in text


def test_a_message_without_words_says_so() -> None:
    with pytest.raises(NoTextFound):
        read(b"Subject: x\nFrom: a@b.c\n\n \n")


def test_a_saved_page_is_read_like_the_page() -> None:
    extract = read_web_archive(web_archive(page()), "a.mhtml")
    assert QUOTA in extract.text
    assert (extract.fields.title, extract.fields.url) == ("Quota", "https://example.org/quota")


def test_a_saved_page_without_a_page_says_so() -> None:
    with pytest.raises(UnreadableDocument, match="save it again"):
        read_web_archive(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b--\n", "a.mhtml")
