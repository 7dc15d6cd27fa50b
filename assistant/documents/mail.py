"""E-mail, and web pages saved as one file: MIME messages (RFC 2045, RFC 2557, RFC 5322)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.errors import MessageError
from email.feedparser import BytesFeedParser
from email.header import decode_header
from email.message import Message
from email.policy import Policy, compat32
from email.utils import getaddresses, parsedate_to_datetime

from assistant.documents.decoding import decode
from assistant.documents.extract import Extract
from assistant.documents.html import decode_as, decode_html, read_page, text_of
from assistant.documents.metadata import Fields
from assistant.documents.plain_text import demote_headings
from assistant.errors import DocumentError, NoTextFound, UnreadableDocument
from assistant.text import clean, flatten

_MAX_PARTS = 1_000
_LONGEST_HEADER = 10_000  # characters
# What the standard library raises for headers and parts that are not as they should be.
_MAIL_FAILURES = (MessageError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def read_mail(data: bytes, name: str, *, read_attachment: Callable[[bytes, str], Extract]) -> Extract:
    """Read a message: its subject, who wrote it to whom and when, its body, and its attachments.

    Every attachment is a section under its file name; one that cannot be read is named in a line.

    Args:
        read_attachment: Reads a file by its content and name; its ``DocumentError`` says that it cannot.

    Raises:
        NoTextFound: The message has neither words nor attachments.
        UnreadableDocument: It is damaged, or has more parts than any real one.
    """
    message = _parse(data, name)
    try:
        subject, date = _header(message, "Subject"), _date(message)
        lines = [f"{each}: {words}" for each in ("From", "To", "Cc") if (words := _header(message, each))]
        lines += [f"Date: {date}"] if date else []
        body, attachments = _contents(message, name)
        sections = list(_sections(attachments, read_attachment))
        fields = Fields(title=subject, author=_sender(message), published=date)
    except _MAIL_FAILURES as error:
        raise UnreadableDocument(f"{name} is damaged or no message; save it again and add that.") from error
    if not body and not sections:
        raise NoTextFound(f"{name} holds no text.")
    heading = f"# {subject}" if subject else ""
    return Extract(clean("\n\n".join([heading, "\n".join(lines), *body, *sections])), fields)


def read_web_archive(data: bytes, name: str) -> Extract:
    """Read a page that a browser saved with its pictures in one file (MHTML).

    Raises:
        NoTextFound: The page holds no text.
        UnreadableDocument: The file is damaged or holds no page.
    """
    message = _parse(data, name)
    try:
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        if page is None:
            raise UnreadableDocument(f"{name} holds no page; open it in a browser and save it again.")
        subject = _header(message, "Subject")
        url = _header(message, "Snapshot-Content-Location") or _header(page, "Content-Location")
        html = _page(page, name)
    except _MAIL_FAILURES as error:
        raise UnreadableDocument(f"{name} is damaged; open it in a browser and save it again.") from error
    extract = read_page(html, name)
    said = extract.fields
    fields = said.model_copy(update={"title": said.title or subject or None, "url": said.url or url or None})
    return Extract(extract.text, fields)


def _parse(data: bytes, name: str) -> Message:
    made = 0

    def make(policy: Policy = compat32) -> Message:
        nonlocal made
        made += 1
        if made > _MAX_PARTS:
            raise UnreadableDocument(f"{name} has more than {_MAX_PARTS:,} parts; save those that matter on their own.")
        return Message(policy)

    parser = BytesFeedParser(make)
    try:
        parser.feed(data)
        return parser.close()
    except _MAIL_FAILURES as error:
        raise UnreadableDocument(f"{name} is damaged or no message; save it again and add that.") from error


def _contents(message: Message, name: str) -> tuple[list[str], list[Message]]:
    """The texts of the body, and the parts that are files of their own."""
    body: list[str] = []
    attachments: list[Message] = []
    parts = [message]
    while parts:
        part = parts.pop(0)
        kind = part.get_content_type()
        held = _held(part)
        if kind == "multipart/alternative":
            body.append(_best_of(held, name))
            attachments += [each for each in held if _is_file(each)]
        elif kind == "multipart/related":  # a page and its pictures
            parts = held[:1] + parts
        elif kind.startswith("multipart/"):
            parts = held + parts
        elif _is_file(part):
            attachments.append(part)
        else:
            body.append(_text(part, name))
    return [text for text in body if text.strip()], attachments


def _held(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _is_file(part: Message) -> bool:
    is_text = part.get_content_maintype() == "text" or part.is_multipart()
    is_message = part.get_content_maintype() == "message"
    return part.get_content_disposition() == "attachment" or bool(part.get_filename()) or is_message or not is_text


def _best_of(alternatives: list[Message], name: str) -> str:
    """The plain words of a message that comes in several forms, unless they are a mere hint at the others."""
    texts: list[str] = []
    for part in alternatives:
        texts += [
            _text(leaf, name) for leaf in part.walk() if leaf.get_content_maintype() == "text" and not _is_file(leaf)
        ]
    longest = max((len(text) for text in texts), default=0)
    return next((text for text in texts if len(text) > 0.5 * longest), "")


def _text(part: Message, name: str) -> str:
    if part.get_content_type() == "text/html":
        return text_of(_page(part, name))  # all of it: a message has no navigation to leave out
    data = _bytes(part)
    charset = part.get_content_charset()
    return (decode_as(data, charset) if charset else None) or decode(data, name)


def _page(part: Message, name: str) -> str:
    data = _bytes(part)
    charset = part.get_content_charset()
    return (decode_as(data, charset) if charset else None) or decode_html(data, name)


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _sections(attachments: list[Message], read_attachment: Callable[[bytes, str], Extract]) -> Iterator[str]:
    for number, part in enumerate(attachments, 1):
        name = _readable(part.get_filename() or "")
        data = _bytes(part)
        if part.get_content_type() == "message/rfc822":
            data = next((inner.as_bytes() for inner in _held(part)), data)
            name = name or f"message {number}.eml"
        name = name or f"attachment {number}"
        try:
            text = read_attachment(data, name).text
        except DocumentError:
            text = ""
        yield f"## {name}\n\n{demote_headings(text, 2)}" if text else f"Attachment that could not be read: {name}"


def _sender(message: Message) -> str | None:
    """Who wrote it: the name, or the address where there is none."""
    addresses = getaddresses([_header(message, "From")])
    return next((person or address for person, address in addresses if person or address), None)


def _date(message: Message) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


def _header(message: Message, name: str) -> str:
    """The words of a header; empty where there is none."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return _readable(str(raw))


def _readable(raw: str) -> str:
    """A header without its encoding (RFC 2047), or with none where there should be one."""
    raw = raw[:_LONGEST_HEADER]
    if "=?" not in raw:
        return flatten(_decoded(raw.encode("utf-8", "surrogateescape")))
    pieces = (
        piece if isinstance(piece, str) else decode_as(piece, charset or "utf-8") or _decoded(piece)
        for piece, charset in decode_header(raw)
    )
    return flatten("".join(pieces))


def _decoded(header: bytes) -> str:
    try:
        return decode(header, "a header")
    except UnreadableDocument:  # a damaged header is no reason to leave a message unread
        return header.decode("utf-8", "replace")
