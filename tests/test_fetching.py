"""Links are fetched from addresses that were checked, within limits; against a real server on the loopback."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from index.errors import FetchError
from index.fetching import Rules, fetch, is_public

pytestmark = pytest.mark.anyio

HOST = "docs.example.org"
PAGE = b"<p>The dialogue was in April 2016.</p>"


class Site:
    """A server that answers as the test tells; it keeps the requests it got."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {"/": (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE)}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.released = Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers)))
                if self.path == "/slow":
                    site.released.wait(10)
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients that leave are what is tested
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.url = f"{'https' if context else 'http'}://{HOST}:{self.port}"

    def rules(self, **changed: Any) -> Rules:
        """What is usually allowed, but for the loopback, and a name that leads there."""
        scheme = self.url.partition(":")[0]
        return replace(Rules(port=(scheme, self.port), is_allowed=lambda _: True, resolve=here, seconds=5.0), **changed)


async def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    thread = Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        site.released.set()
        site.server.shutdown()
        thread.join()
        site.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


async def test_a_page_is_fetched_in_the_name_of_its_host_and_named_by_its_kind(site: Site) -> None:
    fetched = await fetch(f"{site.url}/", site.rules())

    assert (fetched.url, fetched.name, fetched.content) == (f"{site.url}/", f"{HOST}.html", PAGE)
    ((_, headers),) = site.asked
    assert headers["Host"] == f"{HOST}:{site.port}"
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://docs.example.org/",
        "https://docs.example.org:8443/",
        "ftp://docs.example.org/",
        "file:///etc/passwd",
        "docs.example.org",
        "https://",
    ],
)
async def test_only_https_on_its_own_port_is_fetched(url: str) -> None:
    with pytest.raises(FetchError, match="begin with https://"):
        await fetch(url)


async def test_an_address_that_cannot_be_understood_is_refused() -> None:
    with pytest.raises(FetchError, match="can be understood"):
        await fetch("https://docs.example.org/\x00")


async def test_passwords_in_addresses_are_refused(site: Site) -> None:
    with pytest.raises(FetchError, match="name or password"):
        await fetch(site.url.replace("//", "//me:secret@"), site.rules())


PRIVATE = ("127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433")


@pytest.mark.parametrize("host", PRIVATE)
async def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    with pytest.raises(FetchError, match="isn't a public one"):
        await fetch(f"https://{host}/")


async def test_a_name_with_one_private_address_among_others_is_refused(site: Site) -> None:
    async def both(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    with pytest.raises(FetchError, match="isn't a public one"):
        await fetch(site.url, site.rules(resolve=both, is_allowed=is_public))

    assert site.asked == []


async def test_a_name_is_resolved_once_for_the_check_and_the_connection(site: Site) -> None:
    """Else a name server could tell a public address first, and a private one a moment later."""
    resolved: list[str] = []

    async def once(host: str, _port: int) -> list[str]:
        resolved.append(host)
        return ["127.0.0.1"]

    await fetch(f"{site.url}/", site.rules(resolve=once))

    assert resolved == [HOST]


async def test_redirects_are_followed_and_each_is_checked(site: Site) -> None:
    site.answers["/old"] = (301, {"Location": "/"}, b"")
    site.answers["/inside"] = (302, {"Location": f"http://inside.example.org:{site.port}/"}, b"")

    async def resolved(host: str, _port: int) -> list[str]:
        return ["127.0.0.1" if host == HOST else "127.0.0.2"]

    rules = site.rules(resolve=resolved, is_allowed=lambda address: str(address) == "127.0.0.1")

    assert (await fetch(f"{site.url}/old", rules)).url == f"{site.url}/"
    with pytest.raises(FetchError, match="isn't a public one"):
        await fetch(f"{site.url}/inside", rules)


@pytest.mark.parametrize("location", ["https://docs.example.org/", "file:///etc/passwd"])
async def test_a_redirect_elsewhere_is_refused_like_a_link(site: Site, location: str) -> None:
    site.answers["/"] = (302, {"Location": location}, b"")

    with pytest.raises(FetchError, match="begin with https://"):
        await fetch(site.url, site.rules())


async def test_redirects_in_circles_end(site: Site) -> None:
    site.answers["/"] = (302, {"Location": "/"}, b"")

    with pytest.raises(FetchError, match="more than 5 times"):
        await fetch(site.url, site.rules())

    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("/missing", None, "answers 404"),
        ("/film", (200, {"Content-Type": "video/mp4"}, b"x"), "video/mp4 is not read"),
        ("/large", (200, {"Content-Type": "text/plain"}, b"x" * 2_000_001), "larger than 1 MB"),
        ("/packed", (200, {"Content-Type": "text/plain", "Content-Encoding": "gzip"}, b"x"), "sends it packed"),
    ],
)
async def test_what_is_not_wanted_is_refused(site: Site, path: str, answer: tuple[int, dict[str, str], bytes] | None, reason: str) -> None:
    if answer:
        site.answers[path] = answer

    with pytest.raises(FetchError, match=reason):
        await fetch(f"{site.url}{path}", site.rules(size=1_000_000))


async def test_a_server_that_takes_its_time_is_left(site: Site) -> None:
    with pytest.raises(FetchError, match="takes longer than"):
        await fetch(f"{site.url}/slow", site.rules(seconds=0.3))


async def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:  # bound and not listening: nobody else gets this port meanwhile
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        rules = Rules(port=("http", port), is_allowed=lambda _: True, resolve=here, seconds=5)

        with pytest.raises(FetchError, match="can't be reached"):
            await fetch(f"http://{HOST}:{port}/", rules)


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/report.pdf", "application/pdf", "report.pdf"),
        ("/report.php", "application/pdf", "report.pdf"),
        ("/people.csv", "application/octet-stream", "people.csv"),
        ("/people.csv", "binary/octet-stream", "people.csv"),
        ("/read%20me.md", "text/plain; charset=utf-8", "read me.md"),
        ("/page.html", "text/plain", "page.txt"),
        ("/a%20b", "text/plain", "a b.txt"),
        ("/100%2525%20sure.md", "text/plain", "100%25 sure.md"),
    ],
)
async def test_files_are_named_by_what_they_are(site: Site, path: str, kind: str, name: str) -> None:
    site.answers[path] = (200, {"Content-Type": kind}, b"x")

    assert (await fetch(f"{site.url}{path}", site.rules())).name == name


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("fec0::1", False),
        ("64:ff9b:1::a00:1", False),
        ("93.184.216.34", True),
        ("2606:4700:4700::1111", True),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
async def test_public_addresses_are_those_that_lead_nowhere_private(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.fixture
def certificate(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """Of the host that the test's parameter names, with its key."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=test", "-addext", f"subjectAltName=DNS:{request.param}"]
    command = ["openssl", "req", "-x509", "-days", "2", *curve, *names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is nothing to make a certificate with")
@pytest.mark.parametrize(("certificate", "is_trusted"), [(HOST, True), ("other.example.org", False)], indirect=["certificate"])
async def test_the_certificate_has_to_be_the_hosts_though_its_address_is_connected_to(
    certificate: tuple[Path, Path], is_trusted: bool
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with serving(Site(context)) as site:
        rules = site.rules(certificates=ssl.create_default_context(cafile=certificate[0]))
        if is_trusted:
            assert (await fetch(f"{site.url}/", rules)).content == PAGE
        else:
            with pytest.raises(FetchError, match="can't be reached"):
                await fetch(f"{site.url}/", rules)
