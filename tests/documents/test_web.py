from __future__ import annotations

import datetime
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.web import Fetcher, check_address, is_address, is_public
from assistant.errors import AddressError, DocumentTooLarge, FetchError, UnsupportedType

PAGE = b"<!DOCTYPE html><html><head><title>Quota</title></head><body>The quota rose.</body></html>"
LOOPBACK = frozenset({"127.0.0.1"})

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web server on this machine; what it answers on a path is set by the test."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._answers: dict[str, Answer] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                self.close_connection = True
                site._answers[self.path.partition("?")[0]](self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def on(self, path: str, data: bytes = b"", status: int = 200, **headers: str) -> str:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"content_length": str(len(data)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(data)

        return self.on_call(path, answer)

    def on_call(self, path: str, answer: Answer) -> str:
        self._answers[path] = answer
        return self.url(path)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(max_bytes=1_000_000, private_addresses=LOOPBACK)


# what comes


def test_a_page_comes_with_its_address_and_a_name(site: Site, fetcher: Fetcher) -> None:
    page = fetcher.fetch(site.on("/policy/quota_1.shtml", PAGE, content_type="text/html; charset=utf-8") + "#part")
    assert page.data == PAGE
    assert page.url == site.url("/policy/quota_1.shtml")
    assert page.name == "127.0.0.1-policy-quota_1.html"


@pytest.mark.parametrize(
    ("path", "kind", "data", "suffix"),
    [
        ("/paper", "text/html", b"%PDF-1.7 ...", ".pdf"),
        ("/paper.pdf", "application/octet-stream", PAGE, ".html"),
        ("/notes.md", "text/plain", b"# Notes", ".md"),
        ("/notes", "text/markdown; charset=utf-8", b"# Notes", ".md"),
        ("/notes", "text/plain", b"Notes", ".txt"),
        ("/report.docx", "application/octet-stream", b"PK\x03\x04", ".docx"),
        ("/all", "application/zip", b"PK\x03\x04", ".zip"),
        ("/page.php", "TEXT/HTML", b"<p>No head", ".html"),
    ],
)
def test_the_type_is_told_by_what_came(
    site: Site, fetcher: Fetcher, path: str, kind: str, data: bytes, suffix: str
) -> None:
    assert Path(fetcher.fetch(site.on(path, data, content_type=kind)).name).suffix == suffix


def test_a_type_that_cannot_be_read_is_refused(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(UnsupportedType, match="type"):
        fetcher.fetch(site.on("/photo.gif", b"GIF89a", content_type="image/gif"))


def test_names_are_safe_and_differ_with_the_query(site: Site, fetcher: Fetcher) -> None:
    url = site.on("/%E7%A8%80%E5%9C%9F/..%2f..%2fetc/passwd", PAGE)
    assert fetcher.fetch(url + "?id=1").name == "127.0.0.1-稀土-..-..-etc-passwd-id-1.html"
    assert len(fetcher.fetch(url + "?id=" + "x" * 5000).name) <= 200


def test_compressed_pages_are_expanded(site: Site, fetcher: Fetcher) -> None:
    assert fetcher.fetch(site.on("/", gzip.compress(PAGE), content_encoding="gzip")).data == PAGE


def test_redirects_are_followed_to_the_final_address(site: Site, fetcher: Fetcher) -> None:
    site.on("/new", PAGE)
    site.on("/moved", status=301, location="new")
    assert fetcher.fetch(site.on("/old", status=302, location=site.url("/moved"))).url == site.url("/new")


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, asked = socket.getaddrinfo, []

    def first_here_then_elsewhere(host: str, *arguments: object, **options: object) -> object:
        if host != "turning.example":
            return resolve(host, *arguments, **options)  # type: ignore[arg-type]
        asked.append(host)
        return resolve("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", first_here_then_elsewhere)
    site.on("/", PAGE)
    assert fetcher.fetch(f"http://turning.example:{site.port}/").data == PAGE
    assert asked == ["turning.example"]


def test_certificates_are_checked_against_the_name(
    site: Site, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path / "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    site.on("/", PAGE)
    url = f"https://localhost:{site.port}/"
    both = Fetcher(max_bytes=1_000_000, private_addresses=frozenset({"127.0.0.1", "::1"}))
    with pytest.raises(FetchError, match="certificate"):
        both.fetch(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert both.fetch(url).data == PAGE
    with pytest.raises(FetchError, match="certificate"):
        fetcher.fetch(f"https://127.0.0.1:{site.port}/")


def write_certificate(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(written + certificate.public_bytes(serialization.Encoding.PEM))
    return path


# what is refused


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a.pdf",
        "gopher://example.org",
        "javascript:alert(1)",
        "http://",
        "https:///path",
        "example.org/page",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://exa mple.org:port/",
        "",
    ],
)
def test_an_address_that_cannot_be_opened_is_refused_unasked(url: str) -> None:
    with pytest.raises(AddressError):
        check_address(url)
    with pytest.raises(AddressError):
        Fetcher(max_bytes=1).fetch(url)


def test_addresses_are_told_from_paths() -> None:
    assert is_address("https://example.org")
    assert is_address("ftp://example.org")
    assert not is_address("C:/reports/a.md")
    assert not is_address("reports/a.md")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_addresses_of_own_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_writing_an_address_as_ipv6_does_not_make_it_public(address: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{address}") == is_public(f"64:ff9b::{address}") == is_public(str(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0", "2130706433", "0x7f.1"])
def test_this_machine_is_not_asked_by_any_of_its_names(site: Site, host: str) -> None:
    site.on("/", PAGE)
    with pytest.raises(AddressError, match="private network"):
        Fetcher(max_bytes=1_000_000).fetch(f"http://{host}:{site.port}/")
    assert site.asked == []


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2/", "http://169.254.169.254/latest", "http://[::1]/", "//10.0.0.1/"]
)
def test_a_redirect_to_a_private_address_is_refused(site: Site, fetcher: Fetcher, target: str) -> None:
    with pytest.raises(AddressError, match="private network"):
        fetcher.fetch(site.on("/", status=302, location=target))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:secret@127.0.0.1/"])
def test_a_redirect_to_what_is_no_web_address_is_refused(site: Site, fetcher: Fetcher, target: str) -> None:
    with pytest.raises(AddressError):
        fetcher.fetch(site.on("/", status=302, location=target))


def test_redirects_come_to_an_end(site: Site, fetcher: Fetcher) -> None:
    for number in range(6):
        site.on(f"/{number}", status=302, location=f"/{number + 1}")
    site.on("/6", PAGE)
    assert fetcher.fetch(site.url("/1")).data == PAGE
    with pytest.raises(FetchError, match="more than 5 times"):
        fetcher.fetch(site.url("/0"))


def test_a_huge_page_is_given_up_whether_or_not_it_says_so(site: Site, fetcher: Fetcher) -> None:
    def without_end(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 100_000)
        except OSError:
            pass

    for url in (site.on("/large", b"x" * 1_000_001), site.on_call("/endless", without_end)):
        with pytest.raises(DocumentTooLarge, match="limit of 1 MB"):
            fetcher.fetch(url)


@pytest.mark.parametrize("size", [2_000_000, 200_000_000])
def test_a_compressed_page_is_given_up_when_it_has_expanded_too_far(site: Site, fetcher: Fetcher, size: int) -> None:
    bomb = gzip.compress(bytes(size), 9)
    assert len(bomb) < 1_000_000
    with pytest.raises(DocumentTooLarge, match="limit of 1 MB"):
        fetcher.fetch(site.on("/", bomb, content_encoding="gzip"))


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_page_that_trickles_is_given_up(site: Site, before: bytes) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(before)
            while True:
                handler.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            pass

    hasty = Fetcher(max_bytes=1_000_000, seconds=0.5, private_addresses=LOOPBACK)
    with pytest.raises(FetchError, match="did not come within"):
        hasty.fetch(site.on_call("/", trickle))


def test_what_goes_wrong_is_told_in_a_sentence(site: Site, fetcher: Fetcher) -> None:
    whole = gzip.compress(PAGE)
    for url, reason in (
        (site.on("/missing", status=404), "404"),
        (site.on("/short", b"too short", content_length="100"), "cannot be fetched"),
        (site.on("/torn", whole[:-9], content_encoding="gzip"), "broke off"),
        (site.on("/not-gzip", PAGE, content_encoding="gzip"), "cannot be fetched"),
        (site.on("/brotli", PAGE, content_encoding="br"), "unknown form"),
        (site.on("/nowhere", status=302), "302"),
        (site.on_call("/silent", lambda handler: None), "cannot be fetched"),
        (site.on_call("/nonsense", lambda handler: handler.wfile.write(b"220 mail\r\n")), "cannot be fetched"),
        ("http://nothing.invalid/", "no nothing.invalid"),
        (f"http://{'x' * 70}.org/", "cannot be"),
        ("http://127.0.0.1:1/", "no connection"),
    ):
        with pytest.raises((FetchError, AddressError), match=reason):
            fetcher.fetch(url)
