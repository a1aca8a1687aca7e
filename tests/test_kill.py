"""The bot's process is killed, and loses nothing. `python -m tests.kill_trials 200` does the same for longer."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from bot.sandbox import BotApiServer
from bot.sandbox.faults import Faults
from tests.kill_trials import Trials, trials
from tests.support import QUESTION

pytestmark = pytest.mark.anyio

SEED = 20261123
STOPS_WITHIN = 8.0
"""Seconds; containers kill after 10."""
CHATS, EACH = 10, 5
"""Fifty questions wait when it is told to end."""


async def test_every_accepted_question_is_answered_after_kill_9_at_any_moment(tmp_path: Path) -> None:
    report = await trials(8, SEED, tmp_path)

    assert report.is_clean, report


async def test_told_to_end_at_any_moment_it_loses_nothing_and_answers_nothing_twice(tmp_path: Path) -> None:
    report = await trials(3, SEED, tmp_path, signal.SIGTERM)

    assert report.is_clean, report
    assert report.gaps == []


def all_well(_: Faults) -> None:
    pass


def asked_to_wait(faults: Faults) -> None:
    faults.flood("sendMessage", retry_after=60, times=CHATS)


def no_reply_to_what_is_sent(faults: Faults) -> None:
    faults.hang("sendMessage", times=CHATS)


@pytest.mark.parametrize(
    ("befalls", "thinking"),
    [(asked_to_wait, "0"), (no_reply_to_what_is_sent, "0"), (all_well, "60")],
    ids=["told to wait", "sends hang", "answers take a minute"],
)
async def test_told_to_end_with_more_work_than_it_can_finish_it_ends_in_time_and_answers_the_rest_later(
    tmp_path: Path, befalls: Callable[[Faults], None], thinking: str
) -> None:
    async with BotApiServer(flood=None) as server:
        experiment = Trials(server, tmp_path, Random(SEED))
        people = [server.world.person(f"P{number}") for number in range(CHATS)]
        chats = [server.world.private(person) for person in people]
        bot = await experiment.start(thinking)
        await server.polled(timeout=60)
        befalls(server.faults)
        asked = [server.world.say(chat, person, QUESTION) for _ in range(EACH) for chat, person in zip(chats, people, strict=True)]
        await server.confirmed(timeout=60)
        server.faults.hang("getUpdates")
        server.world.updates.wake()  # the next poll is the one that never ends

        began = time.monotonic()
        bot.send_signal(signal.SIGTERM)
        ended = await bot.wait()
        took = time.monotonic() - began
        server.faults = Faults()  # what hangs goes on hanging: nobody waits for it any more
        bot = await experiment.start()
        answered = [(await server.sent(chat, timeout=60)).reply_to for _ in range(EACH) for chat in chats]
        bot.terminate()
        await bot.wait()

    assert (ended, answered) == (0, [question.id for question in asked])
    assert took < STOPS_WITHIN
