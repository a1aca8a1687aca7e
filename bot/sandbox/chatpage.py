"""The page in which the sandbox is used: files of `page/`, the journal as server-sent events, and an address per act."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.library import Answers, Index
from bot.sandbox.acts import Acts
from bot.sandbox.cast import Cast, gather
from bot.sandbox.guard import Guard
from bot.sandbox.journal import Journal, described
from bot.sandbox.server import BotApiServer
from bot.sandbox.session import session
from bot.sandbox.world import World
from bot.settings import BotSettings
from index.domain import SHARED
from index.suggesting import suggestions

PAGE = Path(__file__).with_name("page")


async def serve(server: BotApiServer, settings: BotSettings, library: Index, on_up: Callable[[str], None]) -> None:
    """The sandbox with its page, until cancelled. `on_up` gets the page's address. Raises PortTaken."""
    path, cast = mount_page(server, library.answerer)
    async with session(server, settings, library, [cast.admin]) as bot:
        on_up(f"{server.url}{path}")
        await bot


def mount_page(server: BotApiServer, answers: Answers, gather: Callable[[World], Cast] = gather) -> tuple[str, Cast]:
    """Puts the page on a server in whose world nothing has happened yet. Gives its secret path, and its people.

    `gather`: brings them into the world.
    """
    journal = Journal(server)
    cast = gather(server.world)
    key = secrets.token_urlsafe(16)
    page = Starlette(
        routes=[
            Route("/state", _state(server, cast, journal)),
            Route("/events", _events(journal)),
            Route("/suggestions", _suggested(answers)),
            Route("/files/{file_id}", _file(server)),
            *Acts(server, cast, journal).routes(),
            Mount("/", StaticFiles(directory=PAGE, html=True)),
        ]
    )
    server.app.mount("/chat/{key}", Guard(page, server, key))
    return f"/chat/{key}/", cast


Endpoint = Callable[[Request], Any]


def _state(server: BotApiServer, cast: Cast, journal: Journal) -> Endpoint:
    """What the page begins with; `told`: how much of the journal is no news."""
    world = server.world

    async def state(_: Request) -> Response:
        return JSONResponse(
            {
                "bot": world.bot.json(),
                "people": [person.json() for person in cast.people],
                "chats": [described(chat, world.bot.id) for chat in world.chats.values()],
                "privacy": world.profile.privacy,
                "told": len(journal.lines.items),
            }
        )

    return state


def _events(journal: Journal) -> Endpoint:
    async def events(request: Request) -> Response:
        seen = request.headers.get("last-event-id", "")
        start = int(seen) + 1 if seen.isdecimal() else 0
        return StreamingResponse(_stream(journal, start), media_type="text/event-stream")

    return events


async def _stream(journal: Journal, start: int) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async for index, line in journal.lines.follow(start):
        yield f"id: {index}\ndata: {line}\n\n"


def _suggested(answers: Answers) -> Endpoint:
    async def suggested(_: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(_suggest, answers))

    return suggested


def _suggest(answers: Answers) -> Sequence[str]:
    return suggestions(answers.documents(SHARED), lambda question: answers.ask(question, collections=(SHARED,)))


def _file(server: BotApiServer) -> Endpoint:
    async def file(request: Request) -> Response:
        found = server.world.files.get(request.path_params["file_id"])
        if found is None:
            return PlainTextResponse("not found\n", 404)
        disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
        return Response(found.content, media_type="application/octet-stream", headers={"Content-Disposition": disposition})

    return file
