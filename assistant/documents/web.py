"""Pages from the web, fetched with care.

A staff member may be given an address by anyone, and the machine may reach what that person must
not: so every address that is connected to has been checked, on every redirect, and it is the
checked address itself that is connected to, whatever the name resolves to a moment later.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import PurePosixPath
from typing import Any

import httpcore
import httpx

from assistant.documents.archive import ARCHIVE_SUFFIX
from assistant.documents.files import safe_name
from assistant.documents.readers import SUFFIXES
from assistant.errors import AddressError, DocumentTooLarge, FetchError, UnsupportedType

_BLOCK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SUFFIX_OF_TYPE = {
    "application/pdf": ".pdf",
    "application/xhtml+xml": ".html",
    "application/epub+zip": ".epub",
    "application/x-ndjson": ".jsonl",
    "message/rfc822": ".eml",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    f"{_OFFICE}.presentationml.presentation": ".pptx",
    f"{_OFFICE}.spreadsheetml.sheet": ".xlsx",
    f"{_OFFICE}.wordprocessingml.document": ".docx",
}
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291: all of IPv6 that is in use on the Internet
_6TO4 = IPv6Network("2002::/16")  # RFC 7526: obsolete, and a way round a check of IPv4 addresses


@dataclass(frozen=True, slots=True)
class WebPage:
    """What came from the web.

    Attributes:
        url: Where it was in the end, after all redirects.
        name: A name for its file, made of the address, with the suffix of its type.
    """

    url: str
    name: str
    data: bytes


def is_address(text: str) -> bool:
    """Whether a text is meant as a web address and not as a path."""
    return re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE) is not None


def check_address(url: str) -> httpx.URL:
    """A web address that may be asked for, as far as its words tell.

    Raises:
        AddressError: It is not http or https, carries a password or is no address at all.
    """
    try:
        parsed = httpx.URL(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressError(f"{url} is not a web address; copy it again from the browser.") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise AddressError(f"{url} cannot be opened; give an address that begins with http:// or https://.")
    if parsed.userinfo:
        raise AddressError(f"The address at {parsed.host} carries a name or password; leave it out.")
    return parsed


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the Internet, and not to this machine or a network of one's own."""
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        embedded = ip.ipv4_mapped or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if embedded is None:
            return ip in _GLOBAL_UNICAST and ip not in _6TO4 and ip.is_global
        ip = embedded
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class Fetcher:
    """Fetches pages within limits on addresses, redirects, size and time."""

    def __init__(
        self,
        *,
        max_bytes: int,
        seconds: float = 30,
        redirects: int = 5,
        private_addresses: frozenset[str] = frozenset(),
    ) -> None:
        """Set the limits.

        Args:
            max_bytes: Size of a page, as it comes and after it has been decompressed.
            seconds: Time for all of it, redirects included.
            redirects: How many are followed.
            private_addresses: IP addresses that are connected to although they are private. For
                tests, which serve their pages on this very machine; no setting leads here.
        """
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._redirects = redirects
        self._allowed = private_addresses

    def fetch(self, url: str) -> WebPage:
        """Fetch a page.

        Raises:
            AddressError: The address, or one that it leads to, may not be opened.
            FetchError: The page does not come.
            DocumentTooLarge: It is above the size limit.
            UnsupportedType: It is of a type that cannot be read.
        """
        address = check_address(url)
        network = _CheckedNetwork(_Deadline(self._seconds), allowed=self._allowed)
        try:
            with httpcore.ConnectionPool(network_backend=network) as pool:
                for _ in range(self._redirects + 1):
                    with pool.stream("GET", _request_url(address), headers=_headers(address)) as response:
                        target = _header(response, "location")
                        if response.status not in _REDIRECTS or not target:
                            return self._page(address, response)
                    address = check_address(_joined(address, target))
        except httpcore.TimeoutException as error:
            sentence = f"{url} did not come within {self._seconds:.0f} seconds; try again later, or save and add it."
            raise FetchError(sentence) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error, ssl.SSLError) as error:
            detail = str(error) or type(error).__name__
            raise FetchError(f"{url} cannot be fetched ({detail}); check the address, or save and add it.") from error
        raise FetchError(f"{url} leads on more than {self._redirects} times; open it in a browser, save it and add it.")

    def _page(self, address: httpx.URL, response: httpcore.Response) -> WebPage:
        if response.status // 100 != 2:
            sentence = f"{address} answers with an error ({response.status}); check the address in a browser."
            raise FetchError(sentence)
        data = self._body(address, response)
        suffix = _suffix_of(data, _header(response, "content-type"), address)
        if suffix is None:
            raise UnsupportedType(f"{address} is of a type that cannot be read; save its text and add that.")
        return WebPage(str(address), _name_for(address, suffix), data)

    def _body(self, address: httpx.URL, response: httpcore.Response) -> bytes:
        encoding = _header(response, "content-encoding").lower()
        if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise FetchError(f"{address} comes in an unknown form ({encoding[:20]}); save it and add the file.")
        arrived = self._counted(address, response.iter_stream())
        blocks = arrived if encoding in {"", "identity"} else self._counted(address, _expanded(arrived))
        return b"".join(blocks)

    def _counted(self, address: httpx.URL, blocks: Iterable[bytes]) -> Iterator[bytes]:
        room = self._max_bytes
        for block in blocks:
            room -= len(block)
            if room < 0:
                limit = f"{self._max_bytes / 1e6:.0f} MB"
                raise DocumentTooLarge(f"{address} is above the limit of {limit}; raise ASSISTANT_MAX_FILE_MEGABYTES.")
            yield block


class _Deadline:
    """A moment by which all must have come."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connections to addresses that have been checked, all of them until one and the same deadline.

    A deadline for the whole, since a server that sends a byte now and then keeps to any limit on
    single reads for ever.
    """

    def __init__(self, deadline: _Deadline, *, allowed: frozenset[str]) -> None:
        self._deadline = deadline
        self._allowed = allowed
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        addresses = self._resolved(host, port)
        failure: httpcore.ConnectError | None = None
        for number, address in enumerate(addresses):
            share = self._deadline.left() / (len(addresses) - number)
            try:
                return _TimedStream(self._sockets.connect_tcp(address, port, share), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = httpcore.ConnectError(f"no connection to {host}: {error}")
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _resolved(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"there is no {host}") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not all(address in self._allowed or is_public(address) for address in addresses):
            raise AddressError(
                f"{host} is on this machine or a private network, from which nothing is fetched; "
                "save the page and add the file."
            )
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nothing waits longer than until the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline holds
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _request_url(address: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path)


def _headers(address: httpx.URL) -> list[tuple[str, str]]:
    return [
        ("Host", address.netloc.decode()),
        ("User-Agent", "Mozilla/5.0 (compatible; rare-earth-assistant)"),
        ("Accept", "text/html, application/pdf, */*;q=0.8"),
        ("Accept-Encoding", "gzip"),
    ]


def _joined(address: httpx.URL, target: str) -> str:
    try:
        return str(address.join(target))
    except (httpx.InvalidURL, ValueError):
        return target  # which checking it refuses


def _header(response: httpcore.Response, name: str) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name.encode()), "")


def _expanded(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress gzip or zlib a block at a time, so that a bomb goes off in a small room."""
    decoder = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
    for block in blocks:
        left = block
        while left and not decoder.eof:
            yield decoder.decompress(left, _BLOCK)
            left = decoder.unconsumed_tail
    yield decoder.flush()
    if not decoder.eof:
        raise httpcore.RemoteProtocolError("it broke off")


def _suffix_of(data: bytes, content_type: str, address: httpx.URL) -> str | None:
    """The suffix for what came: by its first bytes, then what the server says, then by its name."""
    head = data[:1024].lstrip()
    if b"%PDF-" in head:
        return ".pdf"
    if head[:200].lower().startswith((b"<!doctype html", b"<html")):
        return ".html"
    kind = content_type.partition(";")[0].strip().lower()
    named = PurePosixPath(address.path).suffix.lower()
    for suffix in (_SUFFIX_OF_TYPE.get(kind), named):
        if suffix in SUFFIXES:
            return suffix
    if data.startswith(b"PK"):
        return ARCHIVE_SUFFIX
    return ".txt" if kind.startswith("text/") else None


def _name_for(address: httpx.URL, suffix: str) -> str:
    """A file name from host, path and query: the same for the same address."""
    path = re.sub(r"\.\w{1,5}$", "", address.path)
    words = f"{address.host.removeprefix('www.')} {path} {address.query.decode('latin-1')}"
    return safe_name(re.sub(r"[^\w.]+", "-", words).strip("-.") + suffix)
