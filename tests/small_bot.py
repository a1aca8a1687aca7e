"""The real bot in a process of its own, with a small library that takes its time: `python -m tests.small_bot`.

The settings come from the environment, as for `citebot run`.
"""

import asyncio
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

from bot import polling
from bot.settings import BotSettings
from index.domain import Answer
from tests.support import ARTICLE, HANDBOOK, Library

THINKING = 0.02
"""Seconds for an answer, about what the real index needs."""


class SlowLibrary(Library):
    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        time.sleep(THINKING)
        return super().ask(question, collections=collections, previous=previous)


async def main() -> None:
    bot = asyncio.ensure_future(polling.run(BotSettings(), SlowLibrary(ARTICLE, HANDBOOK)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bot.cancel)
    with suppress(asyncio.CancelledError):
        await bot


if __name__ == "__main__":
    asyncio.run(main())
