"""The bot's process is killed, and loses nothing. `python -m tests.kill_trials 200` does the same for longer."""

import signal
import time
from pathlib import Path
from random import Random

import pytest

from bot.sandbox import BotApiServer
from tests.kill_trials import Trials, trials
from tests.support import QUESTION

pytestmark = pytest.mark.anyio

SEED = 20261123
STOPS_WITHIN = 10.0
"""Seconds until containers kill. Most of what it needs here, on a busy machine, is Python's own end."""


async def test_every_accepted_question_is_answered_after_kill_9_at_any_moment(tmp_path: Path) -> None:
    report = await trials(10, SEED, tmp_path)

    assert report.answered == report.questions, report
    assert report.unexplained == 0, report
    assert report.out_of_order == 0, report


async def test_told_to_end_with_more_work_than_it_can_finish_it_ends_in_time_and_answers_the_rest_later(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        experiment = Trials(server, tmp_path, Random(SEED))
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        bot = await experiment.start()
        await server.called("deleteWebhook", timeout=60)
        server.faults.flood("sendMessage", retry_after=60)
        for number in range(10):
            server.world.say(chat, ann, f"{QUESTION} ({number})")
        await server.confirmed(timeout=60)

        began = time.monotonic()
        bot.send_signal(signal.SIGTERM)
        code = await bot.wait()
        took = time.monotonic() - began
        bot = await experiment.start()
        answered = [(await server.sent(chat, timeout=60)).reply_to for _ in range(10)]
        bot.terminate()
        await bot.wait()

    assert code == 0
    assert took < STOPS_WITHIN
    assert answered == [message.id for message in chat.messages.values() if message.sender == ann]
