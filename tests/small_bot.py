"""The real bot in a process of its own, with a small library that takes its time: `python -m tests.small_bot [SECONDS]`.

The settings come from the environment, as for `citebot run`. `SECONDS`: for an answer; by default about what the real index needs.
"""

import sys
import time
from collections.abc import Sequence

from bot import polling
from bot.cli import serve
from bot.settings import BotSettings
from index.domain import Answer
from tests.support import ARTICLE, HANDBOOK, Library

THINKING = 0.02


class SlowLibrary(Library):
    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else THINKING)
        return super().ask(question, collections=collections, previous=previous)


if __name__ == "__main__":
    serve(polling.run(BotSettings(), SlowLibrary(ARTICLE, HANDBOOK)))
