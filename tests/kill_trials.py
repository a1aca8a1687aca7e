"""`kill -9` at random moments under load: `python -m tests.kill_trials 200` reports what became of every question.

One Bot API server and one database live through all trials, the bot doesn't: in each trial it is started, asked by
eight chats, and killed at a random moment: in one trial of five while it is still coming up, else after a random number
of answers. At last it runs in peace until Telegram has no update left to tell and the inbox none to finish. A question
that has been answered twice must have been sent its first answer just before a kill: between the sending and its mark.
"""

import asyncio
import os
import random
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.sandbox import BotApiServer, Call, Chat, Message, User
from bot.settings import BotSettings
from bot.state import State
from tests.support import QUESTION

PATIENCE = 120.0
"""Seconds in which something must happen, on a busy machine where a group is answered 20 times a minute."""
COMING_UP = 2.0
"""Seconds in which those are killed that are killed at their start."""
QUESTIONS = 12
"""In a trial."""
ASKING = 1.0
"""Seconds over which they are asked, at most."""
A_MOMENT = 0.05
"""Seconds from an answer to the kill, at most."""
ON_THE_WAY = 0.5
"""Seconds that a message may take from the bot's death to the server's journal."""

Key = tuple[int, int]
"""Of a question: its chat and message."""


class Fate(StrEnum):
    """What became of a question. EXCUSED: a word was said, but no answer, as of a limit. WAITING: it is in the inbox.

    UNTOLD: the bot hasn't confirmed it, and Telegram would tell it again. LOST: confirmed, finished, and nothing said.
    """

    ANSWERED = "answered"
    EXCUSED = "excused"
    WAITING = "waiting"
    UNTOLD = "untold"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Kill:
    """`at`: by the server's clock. `unmarked`: the questions in the inbox that the database held no answer to."""

    at: float
    unmarked: frozenset[Key]


@dataclass
class Trials:
    """The world that the bots live and die in. `signal`: how they die."""

    server: BotApiServer
    data: Path
    luck: random.Random
    signal: int = signal.SIGKILL
    kills: list[Kill] = field(default_factory=list)
    questions: list[Message] = field(default_factory=list)
    chats: list[tuple[Chat, User]] = field(default_factory=list)

    async def run(self, count: int) -> None:
        self._settle()
        for number in range(1, count + 1):
            await self._trial()
            if number % 10 == 0:
                print(f"{number} trials, {len(self.questions)} questions, {len(self._answers())} answered", flush=True)
        bot = await self.start()
        await self._all_done()
        bot.terminate()
        await bot.wait()

    async def _all_done(self) -> None:
        """Until nothing is left to tell or to finish; or nothing has happened for long, and the report says what is left."""
        with closing(State.open(self._database)) as state:
            moved, left = time.monotonic(), (-1, -1)
            while any(left) and time.monotonic() - moved < PATIENCE:
                await asyncio.sleep(0.2)
                now = len(self.server.world.updates.pending), len(state.inbox.unfinished())
                if now != left:
                    moved, left = time.monotonic(), now

    @property
    def _database(self) -> Path:
        return BotSettings(data=self.data).database

    def _unmarked(self) -> frozenset[Key]:
        with closing(State.open(self._database)) as state:
            return frozenset(question for question in self._unfinished(state) if not state.replies_to(*question))

    def _unfinished(self, state: State) -> set[Key]:
        """The messages in the inbox."""
        told = {update.id: _key(update.content) for update in self.server.world.updates.history.items if update.kind == "message"}
        return {told[kept.update_id] for kept in state.inbox.unfinished() if kept.update_id in told}

    def _settle(self) -> None:
        """Six people in private, and two groups."""
        people = [self.server.world.person(f"P{number}") for number in range(6)]
        groups = [self.server.world.supergroup(f"G{number}", people) for number in range(2)]
        self.chats = [(self.server.world.private(person), person) for person in people] + [(group, people[0]) for group in groups]

    async def start(self, *arguments: str, **more: str) -> Process:
        """`more`: settings."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("CITEBOT_", "TELEGRAM_"))}
        settings = {
            "TELEGRAM_BOT_TOKEN": self.server.token,
            "TELEGRAM_BASE_URL": self.server.base_url,
            "CITEBOT_DATA": str(self.data),
            "CITEBOT_LOG_LEVEL": "ERROR",
            "CITEBOT_USER_LIMIT": "0",
            "CITEBOT_CHAT_LIMIT": "0",
        }
        program = [sys.executable, "-m", "tests.small_bot", *arguments]
        return await asyncio.create_subprocess_exec(*program, env=ours | settings | more)

    async def _trial(self) -> None:
        outstanding = QUESTIONS + len(self.questions) - len(self._answers())
        start = len(self.server.calls.items)
        bot = await self.start()
        asking = asyncio.create_task(self._ask())
        if self.luck.random() < 0.2:
            await asyncio.sleep(self.luck.uniform(0, COMING_UP))
        else:
            await self._sent(min(outstanding, self.luck.randint(0, 2 * QUESTIONS)), start)
            await asyncio.sleep(self.luck.uniform(0, A_MOMENT))
        with suppress(ProcessLookupError):
            bot.send_signal(self.signal)
        killed_at = time.time()
        await bot.wait()
        self.kills.append(Kill(killed_at, self._unmarked()))
        await asking

    async def _sent(self, count: int, start: int) -> None:
        """Until the bot that was just started has come up and sent so many answers, of which the first come before it polls."""
        await self.server.calls.first(lambda call: call.method == "deleteWebhook", start=start, timeout=PATIENCE)
        for _ in range(count):
            index, _ = await self.server.calls.first(is_answer, start=start, timeout=PATIENCE)
            start = index + 1

    async def _ask(self) -> None:
        """Half of the questions before the bot is up, the others while it works."""
        for number in range(QUESTIONS):
            if number == QUESTIONS // 2:
                with suppress(TimeoutError):
                    await self.server.polled(timeout=COMING_UP)
            await asyncio.sleep(self.luck.uniform(0, ASKING / QUESTIONS))
            chat, person = self.luck.choice(self.chats)
            ask = "/ask " if chat.is_group else ""
            self.questions.append(self.server.world.say(chat, person, f"{ask}{QUESTION} ({len(self.questions)})"))

    def _answers(self) -> dict[Key, list[float]]:
        """When each question was answered."""
        found = defaultdict(list)
        for call in self.server.calls_of("sendMessage"):
            if is_answer(call):
                found[_replied(call)].append(call.at)
        return found

    def _fates(self, answers: dict[Key, list[float]]) -> Counter[Fate]:
        replied = {_replied(call) for call in self.server.calls_of("sendMessage") if call.ok and "reply_parameters" in call.parameters}
        with closing(State.open(self._database)) as state:
            waiting = self._unfinished(state)
        untold = {_key(update.content) for update in self.server.world.updates.pending}

        def fate(question: Key) -> Fate:
            if question in answers:
                return Fate.ANSWERED
            if question in replied:
                return Fate.EXCUSED
            return Fate.WAITING if question in waiting else Fate.UNTOLD if question in untold else Fate.LOST

        return Counter(fate((question.chat.id, question.id)) for question in self.questions)

    def report(self) -> "Report":
        answers = self._answers()
        times = {(question.chat.id, question.id): answers.get((question.chat.id, question.id), []) for question in self.questions}
        gaps = [self._gap(question, *pair) for question, found in times.items() for pair in pairwise(found)]
        return Report(
            kills=len(self.kills),
            fates=self._fates(answers),
            gaps=[gap for gap in gaps if gap is not None],
            unexplained=gaps.count(None),
            out_of_order=sum(later[0] < earlier[0] for earlier, later in self._neighbours(times)),
        )

    def _gap(self, question: Key, first: float, second: float) -> float | None:
        """Seconds from the first answer to the kill before the second one; None if that one was marked, or there was none."""
        kill = next((kill for kill in self.kills if first - ON_THE_WAY < kill.at < second), None)
        return kill.at - first if kill is not None and question in kill.unmarked else None

    def _neighbours(self, times: dict[Key, list[float]]) -> Iterator[tuple[list[float], list[float]]]:
        """The times of the answers to each two questions that follow each other in a chat."""
        for chat, _ in self.chats:
            yield from pairwise([found for (chat_id, _), found in times.items() if chat_id == chat.id and found])


def is_answer(call: Call) -> bool:
    """Whether a question was answered, and not with an excuse."""
    return call.method == "sendMessage" and call.ok and "April 2016" in call.parameters["text"]


def _replied(call: Call) -> Key:
    return call.parameters["chat_id"], call.parameters["reply_parameters"]["message_id"]


def _key(message: dict[str, Any]) -> Key:
    return message["chat"]["id"], message["message_id"]


@dataclass(frozen=True, slots=True)
class Report:
    """`gaps`: for each second answer, the seconds from the first one to the kill that kept it from being marked.

    `unexplained`: second answers without such a kill, or to a question that was marked by then. `out_of_order`: answered
    before the question before.
    """

    kills: int
    fates: Counter[Fate]
    gaps: list[float]
    unexplained: int
    out_of_order: int

    @property
    def is_clean(self) -> bool:
        """Whether every question was answered, in order, and twice only for a kill in between."""
        return set(self.fates) == {Fate.ANSWERED} and not self.unexplained and not self.out_of_order

    def __str__(self) -> str:
        gaps = sorted(1000 * gap for gap in self.gaps)
        spread = f" (the kill came {gaps[0]:.0f} to {gaps[-1]:.0f} ms after the first sending)" if gaps else ""
        fates = ", ".join(f"{count} {fate}" for fate, count in self.fates.most_common())
        return (
            f"{self.kills} kills, {self.fates.total()} questions: {fates} "
            f"({100 * self.fates[Fate.ANSWERED] / self.fates.total():.2f} % answered); {len(gaps)} answered twice{spread}, "
            f"{self.unexplained} twice for no such reason; {self.out_of_order} out of order"
        )


async def trials(count: int, seed: int, data: Path, signal: int = signal.SIGKILL) -> Report:
    async with BotApiServer(flood=None) as server:
        experiment = Trials(server, data, random.Random(seed), signal)
        await experiment.run(count)
        return experiment.report()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(asyncio.run(trials(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 1, data=Path(folder))))
