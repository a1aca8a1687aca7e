"""The bot's own pages over HTTP: /healthz, /readyz and /metrics for whoever watches over it, and what else is given."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import PortTaken
from bot.metrics import Metrics


def pages(metrics: Metrics, is_ready: Callable[[], bool], more: Sequence[BaseRoute] = ()) -> Starlette:
    """`is_ready`: whether questions come in and are answered. `more`: routes beside."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")  # the loop turns, or nobody would have answered

    async def readyz(_: Request) -> Response:
        return PlainTextResponse("ready") if is_ready() else PlainTextResponse("not ready", 503)

    async def show(_: Request) -> Response:
        return Response(metrics.page(), headers={"content-type": CONTENT_TYPE_LATEST})

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", show), *more])


@asynccontextmanager
async def listening(app: Starlette, host: str, port: int) -> AsyncIterator[int]:
    """Serves `app` inside; gives the port, which the system picks for 0. Raises PortTaken."""
    with _bound(host, port) as listener:
        server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program around."""
        yield


def bracketed(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host


def _bound(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise PortTaken(
            f"can't listen on {bracketed(host)}:{port} ({error.strerror}); set CITEBOT_HTTP_HOST and CITEBOT_HTTP_PORT"
        ) from error
