"""Who may see the sandbox's page: whoever knows its address, from a page of ours or from none."""

import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.server import BotApiServer

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address holds the key
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """Goes before the page, which is mounted at `/…/{key}`.

    The key keeps out other users of the machine; the Host header, pages whose name was made to mean this machine (DNS
    rebinding); the Origin header, all other pages.
    """

    def __init__(self, app: ASGIApp, server: BotApiServer, key: str) -> None:
        self._app, self._server, self._key = app, server, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        app = self._app if refusal is None else refusal

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return PlainTextResponse("this is not the address that the sandbox was started at\n", 403)
        if not secrets.compare_digest(scope["path_params"]["key"].encode(), self._key.encode()):
            return PlainTextResponse("not found\n", 404)
        if headers.get("origin", f"http://{host}") != f"http://{host}":
            return PlainTextResponse("another page has no business here\n", 403)
        return None

    def _is_ours(self, host: str) -> bool:
        """A number can't be made to mean another machine, as a name can."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self._server.port:
            return False
        return name in {"localhost", self._server.host} or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
