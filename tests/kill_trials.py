"""`kill -9` at random moments under load: `python -m tests.kill_trials 200` reports what became of every question.

One Bot API server and one database live through all trials, the bot doesn't: in each trial it is started, asked by
eight chats, and killed at a random moment: in one trial of five while it is still coming up, else after a random number
of answers. At last it runs in peace until all is answered. A question that has been answered twice must have been sent
its first answer just before a kill: between the sending and its mark.
"""

import asyncio
import os
import random
import sys
import time
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox import BotApiServer, Call, Chat, Message, User
from tests.support import QUESTION

PATIENCE = 120.0
"""Seconds to wait for one more answer, on a busy machine."""
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


@dataclass
class Trials:
    """The world that the bots live and die in. `kills`: when, by the server's clock."""

    server: BotApiServer
    data: Path
    luck: random.Random
    kills: list[float] = field(default_factory=list)
    questions: list[Message] = field(default_factory=list)
    chats: list[tuple[Chat, User]] = field(default_factory=list)

    async def run(self, count: int) -> None:
        self._settle()
        for number in range(1, count + 1):
            await self._trial()
            if number % 10 == 0:
                print(f"{number} trials, {len(self.questions)} questions, {len(self._answers())} answered", flush=True)
        bot = await self.start()
        try:
            while len(self._answers()) < len(self.questions):
                await self.server.calls.first(is_answer, start=len(self.server.calls.items), timeout=PATIENCE)
        except TimeoutError:
            print("some questions were not answered in time")  # the report says which
        bot.terminate()
        await bot.wait()

    def _settle(self) -> None:
        """Six people in private, and two groups."""
        people = [self.server.world.person(f"P{number}") for number in range(6)]
        groups = [self.server.world.supergroup(f"G{number}", people) for number in range(2)]
        self.chats = [(self.server.world.private(person), person) for person in people] + [(group, people[0]) for group in groups]

    async def start(self) -> Process:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("CITEBOT_", "TELEGRAM_"))}
        settings = {
            "TELEGRAM_BOT_TOKEN": self.server.token,
            "TELEGRAM_BASE_URL": self.server.base_url,
            "CITEBOT_DATA": str(self.data),
            "CITEBOT_LOG_LEVEL": "ERROR",
            "CITEBOT_USER_LIMIT": "0",
            "CITEBOT_CHAT_LIMIT": "0",
        }
        return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.small_bot", env=ours | settings)

    async def _trial(self) -> None:
        outstanding = QUESTIONS + len(self.questions) - len(self._answers())
        bot = await self.start()
        asking = asyncio.create_task(self._ask())
        if self.luck.random() < 0.2:
            await asyncio.sleep(self.luck.uniform(0, COMING_UP))
        else:
            await self._sent(min(outstanding, self.luck.randint(0, 2 * QUESTIONS)))
            await asyncio.sleep(self.luck.uniform(0, A_MOMENT))
        with suppress(ProcessLookupError):
            bot.kill()
        self.kills.append(time.time())
        await bot.wait()
        await asking

    async def _sent(self, count: int) -> None:
        """Until the bot that was just started is up and has sent so many answers."""
        start = len(self.server.calls.items)
        start, _ = await self.server.calls.first(lambda call: call.method == "deleteWebhook", start=start, timeout=PATIENCE)
        for _ in range(count):
            start, _ = await self.server.calls.first(is_answer, start=start + 1, timeout=PATIENCE)

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

    def _answers(self) -> dict[tuple[int, int], list[float]]:
        """When each question was answered, by chat and message."""
        found = defaultdict(list)
        for call in self.server.calls_of("sendMessage"):
            if is_answer(call):
                found[_replied(call)].append(call.at)
        return found

    def report(self) -> "Report":
        answers = self._answers()
        times = {(question.chat.id, question.id): answers.get((question.chat.id, question.id), []) for question in self.questions}
        again = [pair for found in times.values() for pair in pairwise(found)]
        gaps = [self._gap(*pair) for pair in again]
        return Report(
            kills=len(self.kills),
            questions=len(self.questions),
            answered=sum(bool(found) for found in times.values()),
            gaps=[gap for gap in gaps if gap is not None],
            unexplained=gaps.count(None),
            out_of_order=sum(later[0] < earlier[0] for earlier, later in self._neighbours(times)),
        )

    def _gap(self, first: float, second: float) -> float | None:
        """Seconds from the first answer to the kill before the second one; None if there was none."""
        between = [kill for kill in self.kills if first - ON_THE_WAY < kill < second]
        return between[0] - first if between else None

    def _neighbours(self, times: dict[tuple[int, int], list[float]]) -> Iterator[tuple[list[float], list[float]]]:
        """The times of the answers to each two questions that follow each other in a chat."""
        for chat, _ in self.chats:
            yield from pairwise([found for (chat_id, _), found in times.items() if chat_id == chat.id and found])


def is_answer(call: Call) -> bool:
    """Whether a question was answered, and not with an excuse."""
    return call.method == "sendMessage" and call.ok and "April 2016" in call.parameters["text"]


def _replied(call: Call) -> tuple[int, int]:
    return call.parameters["chat_id"], call.parameters["reply_parameters"]["message_id"]


@dataclass(frozen=True, slots=True)
class Report:
    """`gaps`: for each second answer, the seconds from the first one to the kill that kept it from being marked.

    `unexplained`: second answers without a kill in between. `out_of_order`: answered before the question before.
    """

    kills: int
    questions: int
    answered: int
    gaps: list[float]
    unexplained: int
    out_of_order: int

    def __str__(self) -> str:
        gaps = sorted(1000 * gap for gap in self.gaps)
        spread = f" (the kill came {gaps[0]:.0f} to {gaps[-1]:.0f} ms after the first sending)" if gaps else ""
        return (
            f"{self.kills} kills, {self.questions} questions, {self.answered} answered "
            f"({100 * self.answered / self.questions:.2f} %), {len(gaps)} answered twice{spread}, "
            f"{self.unexplained} answered twice without a kill in between, {self.out_of_order} out of order"
        )


async def trials(count: int, seed: int, data: Path) -> Report:
    async with BotApiServer(flood=None) as server:
        experiment = Trials(server, data, random.Random(seed))
        await experiment.run(count)
        return experiment.report()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(asyncio.run(trials(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 1, data=Path(folder))))
