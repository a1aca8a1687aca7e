"""The real bot against the embedded server, in one process: what `citebot sandbox` runs, and a script may drive."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from bot import polling
from bot.context import App
from bot.library import Answers, Index
from bot.sandbox.nouns import User
from bot.sandbox.server import BotApiServer
from bot.settings import BotSettings
from index.domain import Document
from index.protocols import Progress, no_progress

COMES_UP_WITHIN = 30.0
"""Seconds, on a very busy machine."""


@asynccontextmanager
async def session(
    server: BotApiServer,
    settings: BotSettings,
    library: Index,
    admins: Iterable[User] = (),
    known: Callable[[App], None] | None = None,
) -> AsyncIterator[asyncio.Task[None]]:
    """Starts `server` and the bot; inside, the bot waits for updates. Afterwards both are gone, with all that they kept.

    The bot has the team's settings, but serves everybody in the server's world, and `admins` administer it. Gives the
    bot's task, to be awaited by whoever serves for as long as the bot does. To drive it:

        server = BotApiServer()
        async with session(server, load_settings(BotSettings), library):
            ann = server.world.person("Ann")
            chat = server.world.private(ann)
            server.world.say(chat, ann, "when was the second dialogue?")
            answer = await server.sent(chat)

    `known`: is given the application that the bot is.
    """
    borrowed = Borrowed(library)
    async with server:
        # Windows can't remove a file that a thread, cut off at the end, still holds.
        with TemporaryDirectory(prefix="citebot-", ignore_cleanup_errors=True) as folder:
            own = _settings(settings, server, Path(folder), frozenset(admin.id for admin in admins))
            bot = asyncio.create_task(polling.run(own, borrowed, known))
            try:
                await _up(server, bot)
                yield bot
            finally:
                bot.cancel()
                with suppress(asyncio.CancelledError):
                    await bot
                await asyncio.to_thread(borrowed.give_back)


class Borrowed:
    """A library in which nothing stays: collections that were made are dropped when it is given back.

    It is its own keeper.
    """

    def __init__(self, library: Index) -> None:
        self.answerer: Answers = library.answerer
        self._keeper = library.keeper
        self._made: list[str] = []

    @property
    def keeper(self) -> "Borrowed":
        return self

    @property
    def problems(self) -> tuple[str, ...]:
        return self._keeper.problems

    def create(self, collection: str) -> None:
        self._made.append(collection)
        self._keeper.create(collection)

    def put(self, collection: str, *documents: Document, progress: Progress = no_progress) -> int:
        return self._keeper.put(collection, *documents, progress=progress)

    def remove(self, collection: str, *document_ids: str) -> int:
        return self._keeper.remove(collection, *document_ids)

    def drop(self, collection: str) -> None:
        self._keeper.drop(collection)

    def give_back(self) -> None:
        for collection in self._made:
            self._keeper.drop(collection)


def _settings(settings: BotSettings, server: BotApiServer, data: Path, admins: frozenset[int]) -> BotSettings:
    """`settings`, but for what belongs to Telegram: its address, the token, and who is who there."""
    return settings.model_copy(
        update={
            "token": SecretStr(server.token),
            "base_url": server.url,
            "base_file_url": None,
            "data": data,
            "allowed_users": frozenset[int](),
            "allowed_chats": frozenset[int](),
            "admins": admins,
            "http_port": None,
            "webhook_url": None,
        }
    )


async def _up(server: BotApiServer, bot: asyncio.Task[None]) -> None:
    """Until the bot polls. Raises what ended it before that."""
    polling_soon = asyncio.ensure_future(server.polled(timeout=COMES_UP_WITHIN))
    try:
        await asyncio.wait({polling_soon, bot}, return_when=asyncio.FIRST_COMPLETED)
        if bot.done():
            bot.result()
        polling_soon.result()
    finally:
        polling_soon.cancel()
