"""A link → the file behind it: https, public addresses only, within limits of size and time.

Whoever gives a link must not reach what only this machine can reach. So each host is resolved once, all its addresses are checked, and
the connection goes to one that was checked: a name that resolves to another address a moment later changes nothing. The certificate
is still checked against the name. A redirect is checked like a link.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import PurePosixPath

import httpx

from index.errors import LinkDead, LinkForbidden, LinkTooLarge, LinkUnknown
from index.loading.files import FORMATS

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Iterable[str]]]

_GLOBAL, _TRANSLATED = IPv6Network("2000::/3"), IPv6Network("2002::/16")
"""What is assigned to anybody of IPv6, and what of it leads to an IPv4 address, which may be a private one."""
_ANY_TEXT, _ANY_FILE = "text/plain", frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""Types that say little: the name tells more."""
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    _ANY_TEXT: ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def is_public(address: Address) -> bool:
    """Whether everybody can reach it, and nobody in particular is behind it."""
    is_assigned = isinstance(address, IPv4Address) or (address in _GLOBAL and address not in _TRANSLATED)
    return address.is_global and not address.is_multicast and is_assigned


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be fetched. `size`: bytes. `seconds`: for all of it, redirects included. `port`: scheme and port; None is the usual one."""

    size: int = 20_000_000
    seconds: float = 20.0
    redirects: int = 5
    port: tuple[str, int | None] = ("https", None)
    is_allowed: Callable[[Address], bool] = is_public
    resolve: Resolve = resolve
    certificates: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as `index.loading.files.parse` takes it. `url`: where it was in the end."""

    url: str
    name: str
    content: bytes


async def fetch(url: str, rules: Rules = Rules()) -> Fetched:
    """Raises FetchError, whose message names the cure."""
    verify = rules.certificates or True
    try:
        async with (
            asyncio.timeout(rules.seconds),
            httpx.AsyncClient(verify=verify, trust_env=False, timeout=rules.seconds, headers={"Accept-Encoding": "identity"}) as client,
        ):
            return await _followed(client, httpx.URL(url), rules)
    except TimeoutError as error:
        raise LinkDead(f"takes longer than {rules.seconds:.0f} s; download it and send it as a file") from error
    except httpx.InvalidURL as error:
        raise LinkForbidden("no address that can be understood; copy it anew") from error
    except (httpx.HTTPError, OSError, UnicodeError) as error:
        raise LinkDead(f"can't be reached ({type(error).__name__}); try it in a browser") from error


async def _followed(client: httpx.AsyncClient, url: httpx.URL, rules: Rules) -> Fetched:
    for _ in range(1 + rules.redirects):
        request = await _checked(client, url, rules)
        response = await client.send(request, stream=True)
        try:
            if response.status_code not in _REDIRECTS:
                if response.status_code != httpx.codes.OK:
                    raise LinkDead(f"the server answers {response.status_code}; try it in a browser")
                return Fetched(str(url), _name(url, response), await _body(response, rules))
            url = url.join(response.headers.get("Location", ""))
        finally:
            await response.aclose()
    raise LinkDead(f"leads on more than {rules.redirects} times; give the address that it ends at")


async def _checked(client: httpx.AsyncClient, url: httpx.URL, rules: Rules) -> httpx.Request:
    """A request to an address that was checked, in the name of its host."""
    host = url.raw_host.decode("ascii")
    if (url.scheme, url.port) != rules.port or not host:
        raise LinkForbidden("only addresses that begin with https:// are fetched; send it as a file")
    if url.userinfo:
        raise LinkForbidden("the address holds a name or password; send it as a file")
    addresses = [ip_address(found) for found in await rules.resolve(host, url.port or 443)]
    if not addresses or not all(map(rules.is_allowed, addresses)):
        raise LinkForbidden("the address isn't a public one; send it as a file")
    extensions = {"sni_hostname": host, "timeout": client.timeout.as_dict()}
    there = url.copy_with(host=str(addresses[0]))
    return client.build_request("GET", there, headers={"Host": url.netloc.decode("ascii")}, extensions=extensions)


async def _body(response: httpx.Response, rules: Rules) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise LinkDead("the server sends it packed; download it and send it as a file")
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > rules.size:
            raise LinkTooLarge(f"larger than {rules.size // 1_000_000} MB; send the part that matters as a file")
    return bytes(content)


def _name(url: httpx.URL, response: httpx.Response) -> str:
    """The file's name, with the ending that its content type asks for. Raises LinkUnknown for types that aren't read."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    path = PurePosixPath(url.path)
    suffix = path.suffix.lower()
    if (kind in _ANY_FILE and suffix in FORMATS) or (kind == _ANY_TEXT and suffix in (".md", ".csv")):
        return path.name
    if kind in _SUFFIXES:
        return f"{path.stem or url.host}{_SUFFIXES[kind]}"
    raise LinkUnknown(f"{kind or 'a file of no kind'} is not read; send it as {', '.join(FORMATS)}")
