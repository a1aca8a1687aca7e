"""Order within a chat, concurrency between chats; and how the work on updates ends."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.ext import BaseUpdateProcessor

from bot import triggers
from bot.gapcards import ASK_AGAIN, is_open_card

MAX_CONCURRENT_UPDATES = 1024
"""Updates in work or waiting for their chat's turn; beyond that, also those of quiet chats wait. Few are ever in work: two
answers are computed at a time, and a chat that Telegram slows down holds up only itself."""
_FORGET = "forget:sure:"
"""What is, at its beginning, on the button that erases what is somebody's, the documents of their private chat as well."""
_IN_LINE = ("doc:sure:", "note:remove:", ASK_AGAIN)
"""What is on buttons that take a document out or ask a gap's questions again, at its beginning."""


Handling = Callable[[object], AbstractAsyncContextManager[None]]
OnWaiting = Callable[[Sequence[object]], Coroutine[Any, Any, None]]


Lane = tuple[int, bool]
"""A chat's id, and whether it is that of the documents that come in there."""


def lane_of(chat_id: int, update: object) -> Lane:
    """What reading a document may take, no question waits for; and each change of documents waits for those before it. So does asking
    a gap's questions again: beside a reply to the same card, whoever asked would be told twice.
    """
    match update:
        case Update(callback_query=CallbackQuery(data=str() as data) as press) if data.startswith(_FORGET):
            return press.from_user.id, True  # a private chat has its person's id
        case Update(message=Message() as message):
            return chat_id, triggers.brings_document(message) or _closes_gap(message)
        case Update(edited_message=Message() as edited):
            return chat_id, triggers.brings_document(edited)
        case Update(callback_query=CallbackQuery(data=str() as data)):
            return chat_id, data.startswith(_IN_LINE)
        case _:
            return chat_id, False


def _follows_questions(update: object) -> bool:
    """Whether it needs what comes of the questions before it: the answers to erase, or which gap it is that a card stands for."""
    match update:
        case Update(message=Message() as message):
            return _closes_gap(message)
        case Update(callback_query=CallbackQuery(data=str() as data)):
            return data == ASK_AGAIN or data.startswith(_FORGET)
        case _:
            return False


def _closes_gap(message: Message) -> bool:
    """Whether it replies to the card of an open gap: what is in the reply becomes a document."""
    card = message.reply_to_message
    return card is not None and triggers.command_of(message) is None and is_open_card(card)


@asynccontextmanager
async def unmarked(_: object) -> AsyncIterator[None]:
    """Nothing around the handling of an update."""
    yield


class InOrderPerChat(BaseUpdateProcessor):
    """Updates of one chat one after the other, as they came; chats side by side, and documents beside what else happens in a chat.

    `handling`: entered when an update's turn has come, left when it is done, with CancelledError if it was cut off.
    `on_waiting`: told what is in work and waits in a chat, oldest first, when an update joins it.
    """

    def __init__(self, handling: Handling = unmarked, on_waiting: OnWaiting | None = None) -> None:
        super().__init__(MAX_CONCURRENT_UPDATES)
        self._handling = handling
        self._on_waiting = on_waiting
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closing = False
        self._turns: dict[Lane, asyncio.Lock] = {}
        self._waiting: dict[Lane, list[object]] = {}

    @property
    def busy_chats(self) -> int:
        """Chats with updates in work or waiting; nothing is kept of the others."""
        return len({chat_id for chat_id, _ in self._turns})

    async def initialize(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """From now on nothing is begun; what is under way may end."""
        self._is_closing = True

    async def shutdown(self) -> None:
        """Cuts off what is still under way."""
        self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        task = asyncio.current_task()
        assert task is not None, "an update is worked on in a task"
        chat = update.effective_chat if isinstance(update, Update) else None
        self._tasks.add(task)
        try:
            async with self._turn_of(chat.id, update) if chat is not None else nullcontext():
                await self._work(update, coroutine)
        finally:
            self._tasks.discard(task)
            if inspect.iscoroutine(coroutine):
                coroutine.close()  # of one that never began, Python complains that nobody awaited it

    async def _work(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not self._is_closing:
            async with self._handling(update):
                await coroutine

    @asynccontextmanager
    async def _turn_of(self, chat_id: int, update: object) -> AsyncIterator[None]:
        """A turn in the update's lane. What follows questions from another lane waits until they are done, and holds up none after it."""
        async with self._turn(lane_of(chat_id, update), update):
            if _follows_questions(update):
                async with self._turn((chat_id, False), update):
                    pass
            yield

    @asynccontextmanager
    async def _turn(self, lane: Lane, update: object) -> AsyncIterator[None]:
        """asyncio's locks are fair: first come, first served. A lock lives as long as somebody holds or awaits it."""
        lock = self._turns.setdefault(lane, asyncio.Lock())
        waiting = self._waiting.setdefault(lane, [])
        waiting.append(update)
        self._tell(waiting)
        try:
            async with lock:
                yield
        finally:
            waiting.remove(update)
            if not waiting:
                del self._turns[lane], self._waiting[lane]

    def _tell(self, waiting: list[object]) -> None:
        """In a task of its own, so that the update that waits doesn't lose its place in the line."""
        if self._on_waiting is not None and len(waiting) > 1 and not self._is_closing:
            task = asyncio.ensure_future(self._on_waiting(tuple(waiting)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
