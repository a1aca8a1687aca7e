"""Fifty chats ask at once: `python -m tests.load_trials` reports throughput, waiting times, and whether limits and order held.

The real bot in a process of its own with the real index of `corpus/`, the Bot API server with Telegram's flood limits in
this one. Forty private chats and ten groups; each asks its questions in one go.
"""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bot.sandbox import BotApiServer, Call, Chat, Message, User

PRIVATE, GROUPS = 40, 10
EACH = 3
"""Questions of each chat: as many as a chat may be answered without waiting, and some room for other words."""
PATIENCE = 300.0
QUESTION = "when was the second civil space dialogue?"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Load:
    """`seconds`: from the first question to the last answer. `waits`: from each question to its answer."""

    questions: int
    seconds: float
    waits: list[float]
    refused: int
    out_of_order: int

    def __str__(self) -> str:
        p95 = quantiles(self.waits, n=20)[-1]
        return (
            f"{self.questions} questions of {PRIVATE + GROUPS} chats at once: {len(self.waits)} answered in {self.seconds:.1f} s, "
            f"{len(self.waits) / self.seconds:.1f} a second; median {median(self.waits):.2f} s, p95 {p95:.2f} s, "
            f"longest {max(self.waits):.2f} s; {self.refused} calls refused, {self.out_of_order} answers out of order"
        )


async def load(data: Path) -> Load:
    async with BotApiServer() as server:
        chats = _chats(server)
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.cli import main; main()", "run"), cwd=ROOT, env=_environment(server, data)
        )
        await server.called("deleteWebhook", timeout=PATIENCE)
        await asyncio.gather(*(server.sent(chat, timeout=PATIENCE) for chat, _ in chats if chat.is_group))
        await asyncio.sleep(60)  # what the bot said on coming into the groups counts no more
        began = time.time()
        asked = {(chat.id, question.id): time.time() for _ in range(EACH) for chat, question in _ask(server, chats)}
        answers = await _answers(server, len(asked))
        bot.terminate()
        await bot.wait()
    waits = {key: answers[key] - when for key, when in asked.items() if key in answers}
    refused = sum(not call.ok for call in server.calls_of("sendMessage", "editMessageText"))
    return Load(len(asked), max(answers.values()) - began, list(waits.values()), refused, _out_of_order(answers, chats))


def _chats(server: BotApiServer) -> list[tuple[Chat, User]]:
    world = server.world
    people = [world.person(f"P{number}") for number in range(PRIVATE)]
    groups = [(world.supergroup(f"G{number}", [people[number]]), people[number]) for number in range(GROUPS)]
    return [(world.private(person), person) for person in people] + groups


def _environment(server: BotApiServer, data: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CITEBOT_", "TELEGRAM_"))}
    settings = {"TELEGRAM_BOT_TOKEN": server.token, "TELEGRAM_BASE_URL": server.base_url, "CITEBOT_LOG_LEVEL": "ERROR"}
    return ours | settings | {"CITEBOT_DATA": str(data)}


def _ask(server: BotApiServer, chats: list[tuple[Chat, User]]) -> list[tuple[Chat, Message]]:
    """One question of each chat."""
    return [(chat, server.world.say(chat, person, f"/ask {QUESTION}" if chat.is_group else QUESTION)) for chat, person in chats]


async def _answers(server: BotApiServer, count: int) -> dict[tuple[int, int], float]:
    """When each question was first answered."""
    found: dict[tuple[int, int], float] = {}
    start = -1
    while len(found) < count:
        start, call = await server.calls.first(_is_reply, start=start + 1, timeout=PATIENCE)
        found.setdefault((call.parameters["chat_id"], call.parameters["reply_parameters"]["message_id"]), call.at)
    return found


def _is_reply(call: Call) -> bool:
    return call.method == "sendMessage" and call.ok and "reply_parameters" in call.parameters


def _out_of_order(answers: dict[tuple[int, int], float], chats: list[tuple[Chat, User]]) -> int:
    """How many were answered before the question before."""
    times = [[when for (chat_id, _), when in sorted(answers.items()) if chat_id == chat.id] for chat, _ in chats]
    return sum(later < earlier for found in times for earlier, later in pairwise(found))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        print(asyncio.run(load(given)))
