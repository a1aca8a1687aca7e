"""Fifty chats ask at once: `python -m tests.load_trials [DATA]` prints what came of it, and fails if a limit or the order was broken.

The real bot in a process of its own with the real index of `corpus/`, the Bot API server with Telegram's flood limits in
this one. Forty private chats and ten groups; each asks its questions in one go, all of them at the same moment.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bot.sandbox import BotApiServer, Call, Chat, Message, User
from bot.sandbox.flood import FloodLimits

PRIVATE, GROUPS = 40, 10
EACH = 3
"""Questions of each chat: as many as a chat may be answered without waiting, and some room for other words."""
PATIENCE = 300.0
QUIET = 6.0
"""Seconds after which what the bot said on coming into the groups counts for no chat any more."""
QUESTION, ANSWER = "when was the second civil space dialogue?", "April 2016"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Load:
    """`seconds`: from the first question to the last answer. `waits`: from each question to its answer. `work`: seconds of CPU.
    `memory`: MB, the most that were resident since the bot's start.

    `refused`: calls that the server turned down, above all with 429. The peaks: the most messages in any of the limits'
    windows, to one chat, to one group and in all.
    """

    questions: int
    seconds: float
    waits: list[float]
    work: float
    memory: float
    refused: int
    out_of_order: int
    chat_peak: int
    group_peak: int
    peak: int

    def check(self, limits: FloodLimits = FloodLimits()) -> None:  # noqa: B008  # frozen
        assert len(self.waits) == self.questions, "a question got no answer"
        assert self.refused == 0, "Telegram would have had to say 429"
        assert self.out_of_order == 0, "answers out of order"
        assert self.chat_peak <= limits.chat.count
        assert self.group_peak <= limits.group.count
        assert self.peak <= limits.overall.count

    def __str__(self) -> str:
        p95 = quantiles(self.waits, n=20)[-1]
        rows = {
            "questions": f"{self.questions}, {EACH} of each of {PRIVATE} private chats and {GROUPS} groups, all at once",
            "answered": f"{len(self.waits)}, {self.out_of_order} of them out of order",
            "throughput": f"{len(self.waits) / self.seconds:.1f} answers a second; Telegram allows 30",
            "work": f"{1000 * self.work / self.questions:.0f} ms of CPU for each",
            "memory": f"{self.memory:.0f} MB resident at the most",
            "waiting": f"median {median(self.waits):.1f} s, p95 {p95:.1f} s, longest {max(self.waits):.1f} s",
            "refused": f"{self.refused} calls (429)",
            "most at once": f"{self.chat_peak} to a chat in 5 s, {self.group_peak} to a group in 60 s, {self.peak} in all in 1 s",
        }
        return "\n".join(f"| {name} | {value} |" for name, value in rows.items())


async def load(data: Path) -> Load:
    async with BotApiServer() as server:
        chats = _chats(server)
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.cli import main; main()", "run"), cwd=ROOT, env=_environment(server, data)
        )
        await server.called("deleteWebhook", timeout=PATIENCE)
        await asyncio.gather(*(server.sent(chat, timeout=PATIENCE) for chat, _ in chats if chat.is_group))
        await asyncio.sleep(QUIET)
        began, before = time.time(), _cpu_seconds(bot.pid)
        asked = {(chat.id, question.id): time.time() for _ in range(EACH) for chat, question in _ask(server, chats)}
        answers = await _answers(server, len(asked))
        work, memory = _cpu_seconds(bot.pid) - before, _peak_memory(bot.pid)
        bot.terminate()
        await bot.wait()
    sent = [call for call in server.calls_of("sendMessage", "editMessageText") if call.at >= began]
    return Load(
        questions=len(asked),
        seconds=max(answers.values()) - began,
        waits=[answers[key] - when for key, when in asked.items() if key in answers],
        work=work,
        memory=memory,
        refused=sum(not call.ok for call in sent),
        out_of_order=_out_of_order(answers, chats),
        chat_peak=max(_peak(sent, [chat], 5.0) for chat, _ in chats),
        group_peak=max(_peak(sent, [chat], 60.0) for chat, _ in chats if chat.is_group),
        peak=_peak(sent, [chat for chat, _ in chats], 1.0),
    )


def _cpu_seconds(process: int) -> float:
    """That it has used so far, of all cores together. Linux only."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _peak_memory(process: int) -> float:
    """In MB. Linux only."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:"))


def _peak(sent: Iterable[Call], chats: Iterable[Chat], seconds: float) -> int:
    """The most messages to these chats in any span of so many seconds."""
    ids = {chat.id for chat in chats}
    times = [call.at for call in sent if call.parameters["chat_id"] in ids]
    return max((sum(first <= at < first + seconds for at in times) for first in times), default=0)


def _chats(server: BotApiServer) -> list[tuple[Chat, User]]:
    world = server.world
    people = [world.person(f"P{number}") for number in range(PRIVATE)]
    groups = [(world.supergroup(f"G{number}", [people[number]]), people[number]) for number in range(GROUPS)]
    return [(world.private(person), person) for person in people] + groups


def _environment(server: BotApiServer, data: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CITEBOT_", "TELEGRAM_"))}
    settings = {"TELEGRAM_BOT_TOKEN": server.token, "TELEGRAM_BASE_URL": server.base_url, "CITEBOT_LOG_LEVEL": "ERROR"}
    no_limits = {"CITEBOT_USER_LIMIT": "0", "CITEBOT_CHAT_LIMIT": "0"}
    return ours | settings | no_limits | {"CITEBOT_DATA": str(data)}


def _ask(server: BotApiServer, chats: list[tuple[Chat, User]]) -> list[tuple[Chat, Message]]:
    """One question of each chat."""
    return [(chat, server.world.say(chat, person, f"/ask {QUESTION}" if chat.is_group else QUESTION)) for chat, person in chats]


async def _answers(server: BotApiServer, count: int) -> dict[tuple[int, int], float]:
    """When each question was first answered."""
    found: dict[tuple[int, int], float] = {}
    start = -1
    while len(found) < count:
        start, call = await server.calls.first(_is_answer, start=start + 1, timeout=PATIENCE)
        found.setdefault((call.parameters["chat_id"], call.parameters["reply_parameters"]["message_id"]), call.at)
    return found


def _is_answer(call: Call) -> bool:
    """A real one, not a word about the rush or a limit."""
    return call.method == "sendMessage" and call.ok and ANSWER in call.parameters["text"] and "reply_parameters" in call.parameters


def _out_of_order(answers: dict[tuple[int, int], float], chats: list[tuple[Chat, User]]) -> int:
    """How many were answered before the question before."""
    times = [[when for (chat_id, _), when in sorted(answers.items()) if chat_id == chat.id] for chat, _ in chats]
    return sum(later < earlier for found in times for earlier, later in pairwise(found))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        for data in sys.argv[1:]:  # whose models needn't be made again; its database would know this server's updates
            (Path(folder) / "models").symlink_to((Path(data) / "models").absolute())
        result = asyncio.run(load(Path(folder)))
    print(result)
    result.check()
