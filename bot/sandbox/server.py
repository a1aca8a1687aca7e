"""The Bot API over HTTP on loopback: what a bot sees of the world.

    async with BotApiServer() as server:
        application = ApplicationBuilder().token(server.token).base_url(server.base_url).build()
        ...
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, "when was the second dialogue?")
        answer = await server.sent(chat)

The token is part of the address of every request, so requests are never logged.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.errors import PortTaken
from bot.sandbox.api import BotApi
from bot.sandbox.errors import ApiError, not_found, unauthorized
from bot.sandbox.faults import DOWNLOAD, Fault, Faults
from bot.sandbox.feed import Feed
from bot.sandbox.flood import FloodGate, FloodLimits
from bot.sandbox.forms import raw_parameters
from bot.sandbox.nouns import Chat, Message
from bot.sandbox.schema import schema
from bot.sandbox.webhooks import WebhookCourier, WebhookRules
from bot.sandbox.world import CallbackQuery, Event, InlineQuery, World

LOOPBACK = "127.0.0.1"
PATIENCE = 30.0
"""Seconds that a test waits for the bot before it fails; a chat where much was said of late is paced for five or more."""


@dataclass(frozen=True)
class Call:
    """One request of the bot. `parameters`: typed if they were right, else as they came. `answer`: the JSON body."""

    method: str
    parameters: dict[str, Any]
    answer: dict[str, Any]
    at: float

    @property
    def ok(self) -> bool:
        return bool(self.answer["ok"])

    @property
    def result(self) -> Any:
        return self.answer.get("result")

    @property
    def description(self) -> str:
        """Of the error, empty if there was none."""
        return str(self.answer.get("description", ""))


class ConnectionLost(Exception):
    """A fault has closed the connection, or the bot has: there is nobody left to answer."""


@dataclass
class _Attempt:
    """A call on its way; what is known of it so far goes into the journal."""

    method: str
    parameters: dict[str, Any] = field(default_factory=dict)


class BotApiServer:
    """`flood=None` switches the limits off. `clock` dates messages, limits and queries; polls wait in real time.
    A `world` brought along has its own clock.

    `webhooks`: which are allowed, and how updates are brought to them. More pages for the same address can be mounted on
    `app`, as the sandbox does.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        token: str | None = None,
        flood: FloodLimits | None = FloodLimits(),  # noqa: B008  # frozen: shared safely
        clock: Callable[[], float] = time.time,
        host: str = LOOPBACK,
        port: int = 0,
        webhooks: WebhookRules = WebhookRules(),  # noqa: B008  # frozen: shared safely
    ) -> None:
        self.world = world or World(clock=clock)
        self.token = token or f"{self.world.bot.id}:{secrets.token_urlsafe(26)}"
        self.faults = Faults()
        self.calls: Feed[Call] = Feed()
        self.host = host
        self.port = port
        self._webhooks = WebhookCourier(self.world.updates, webhooks, self.world.now)
        self._api = BotApi(self.world, FloodGate(flood, self.world.now), self._webhooks)
        self._methods = {name.lower(): name for name in self._api.methods}
        self._seen: dict[tuple[str, int], int] = {}
        self._state = ServerState()
        self._listener: asyncio.Server | None = None
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
            ]
        )

    # Life ------------------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """As this machine reaches it."""
        host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def base_url(self) -> str:
        """For ApplicationBuilder.base_url: the token follows."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    async def start(self) -> None:
        """Listens before it returns. Started again after `stop`, it has the same address, world and journal. Raises PortTaken."""
        # uvicorn's protocol without uvicorn.Server: that one handles signals, which belong to the program around.
        config = uvicorn.Config(self.app, log_config=None, access_log=False, lifespan="off", http="h11")
        loop = asyncio.get_running_loop()
        self._state = ServerState()
        try:
            self._listener = await loop.create_server(
                lambda: H11Protocol(config, self._state, app_state={}, _loop=loop), self.host, self.port
            )
        except OSError as error:
            raise PortTaken(f"can't listen on {self.host}:{self.port}; choose another port or address") from error
        self.port = self._listener.sockets[0].getsockname()[1]
        self._webhooks.start()

    async def stop(self) -> None:
        """Waiting polls are answered, hanging calls released; what still runs a second later is hung up on, then cancelled."""
        if self._listener is None:
            return
        self._listener.close()
        self._webhooks.stop()
        self.faults.release()
        self.world.updates.wake()
        for connection in self._connections():
            connection.shutdown()
        await self._finished(within=1.0)
        for connection in self._connections():
            connection.transport.close()
        for task in await self._finished(within=0.5):
            task.cancel()
        await self._listener.wait_closed()
        self._listener = None

    async def _finished(self, within: float) -> set[asyncio.Task[None]]:
        """Waits for the requests under way; gives those that aren't done."""
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=within)
        return set(self._state.tasks)

    def _connections(self) -> list[H11Protocol]:
        return [connection for connection in self._state.connections if isinstance(connection, H11Protocol)]

    async def __aenter__(self) -> "BotApiServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # What the bot did ------------------------------------------------------------------------------------------------

    async def sent(self, chat: Chat, *, timeout: float = PATIENCE) -> Message:
        """The bot's next message in a chat: each call returns another one, in order. Raises TimeoutError."""
        event = await self._next_event("posted", chat, timeout)
        assert event.message is not None, "a posted event has its message"
        return event.message

    async def edited(self, chat: Chat, *, timeout: float = PATIENCE) -> Message:
        """The next of the bot's messages that was edited in a chat, as it was then."""
        event = await self._next_event("edited", chat, timeout)
        assert event.message is not None, "an edited event has its message"
        return event.message

    async def _next_event(self, kind: Literal["posted", "edited"], chat: Chat, timeout: float) -> Event:
        def accepts(event: Event) -> bool:
            is_ours = event.message is not None and self._is_bots(event.message)
            return event.kind == kind and event.chat is chat and is_ours

        start = self._seen.get((kind, chat.id), 0)
        index, event = await self.world.events.first(accepts, start=start, timeout=timeout)
        self._seen[kind, chat.id] = index + 1
        return event

    def _is_bots(self, message: Message) -> bool:
        return self.world.bot in (message.sender, message.via_bot)

    async def answered(self, query: CallbackQuery | InlineQuery, *, timeout: float = PATIENCE) -> dict[str, Any]:
        """The parameters of the bot's answer to a press or an inline query."""
        if query.answer is None:
            await self.world.events.first(lambda event: event.detail is query, start=0, timeout=timeout)
        return dict(query.answer or {})

    async def called(self, method: str, *, timeout: float = PATIENCE) -> Call:
        """The bot's next call of a method, refused ones included: each call returns another one, in order."""
        start = self._seen.get((method, 0), 0)
        index, call = await self.calls.first(lambda call: call.method == method, start=start, timeout=timeout)
        self._seen[method, 0] = index + 1
        return call

    async def refused(self, method: str, *, timeout: float = PATIENCE) -> Call:
        """The bot's next call of a method that was refused."""
        while (call := await self.called(method, timeout=timeout)).ok:
            pass
        return call

    def calls_of(self, *methods: str) -> list[Call]:
        """Those so far, without waiting."""
        return [call for call in self.calls.items if call.method in methods]

    async def confirmed(self, *, timeout: float = PATIENCE) -> None:
        """Until the bot has confirmed every update; it may still be at work on the last ones."""
        await self.world.updates.confirmed(timeout)

    async def polled(self, *, timeout: float = PATIENCE) -> None:
        """Until the bot is waiting for updates."""
        await self.world.updates.polled(timeout)

    # HTTP ------------------------------------------------------------------------------------------------------------

    async def _call(self, request: Request) -> Response:
        attempt = _Attempt(request.path_params["method"])
        try:
            answer, status = {"ok": True, "result": await self._carry_out(request, attempt)}, 200
        except ApiError as error:
            answer, status = error.body(), error.code
        except (ConnectionLost, ClientDisconnect):
            self._note(attempt, {"ok": False, "description": "connection lost"})
            return Response()
        self._note(attempt, answer)
        return JSONResponse(answer, status)

    def _note(self, attempt: _Attempt, answer: dict[str, Any]) -> None:
        self.calls.add(Call(attempt.method, attempt.parameters, answer, self.world.now()))

    async def _carry_out(self, request: Request, attempt: _Attempt) -> Any:
        self._check_token(request)
        attempt.method = self._known(attempt.method)
        raw = raw_parameters(request.url.query, request.headers.get("content-type", ""), await request.body())
        attempt.parameters = raw
        async with self._fault(request, attempt.method):
            attempt.parameters = schema().parameters(attempt.method, raw)
            work = self._api.call(attempt.method, attempt.parameters)
            return await (unless_gone(request, work) if attempt.method == "getUpdates" else work)

    def _check_token(self, request: Request) -> None:
        if not secrets.compare_digest(request.path_params["token"].encode(), self.token.encode()):
            raise unauthorized()

    def _known(self, method: str) -> str:
        """Telegram doesn't mind the case of a method's name."""
        if method.lower() not in self._methods:
            raise not_found()
        return self._methods[method.lower()]

    @contextlib.asynccontextmanager
    async def _fault(self, request: Request, method: str) -> AsyncIterator[None]:
        """The next fault for the method, before or after what is done inside."""
        fault = self.faults.take(method)
        if fault and not fault.after:
            await self._strike(fault, request)
        yield
        if fault and fault.after:
            await self._strike(fault, request)

    async def _strike(self, fault: Fault, request: Request) -> None:
        match fault.kind:
            case "slow":
                await asyncio.sleep(fault.seconds)
            case "hang":
                await self.faults.wait_for_release()
            case "cut":
                await self._cut(request)
                raise ConnectionLost
        if fault.error:
            raise fault.error

    async def _cut(self, request: Request) -> None:
        """Close the socket under the request, as a broken network does."""
        for connection in self._connections():
            if connection.client == request.scope["client"]:
                connection.transport.abort()
        while not await request.is_disconnected():  # noqa: ASYNC110  # starlette tells it only when asked
            await asyncio.sleep(0)

    async def _download(self, request: Request) -> Response:
        try:
            self._check_token(request)
            async with self._fault(request, DOWNLOAD):
                file = next((file for file in self.world.files.values() if file.path == request.path_params["path"]), None)
                if file is None:
                    raise not_found()
        except ApiError as error:
            return JSONResponse(error.body(), error.code)
        except (ConnectionLost, ClientDisconnect):
            return Response()
        return Response(file.content, media_type="application/octet-stream")


async def unless_gone(request: Request, work: Awaitable[Any]) -> Any:
    """The result of `work`, given up when the bot hangs up: a dead bot's poll must not look like a waiting one."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_departure(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ConnectionLost
    finally:
        working.cancel()
        leaving.cancel()


async def _departure(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
