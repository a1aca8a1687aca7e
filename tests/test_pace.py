"""Staying ahead of Telegram's flood limits, which the sandbox's own gate watches over."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from telegram.ext import ExtBot

from bot import sandbox
from bot.computing import Computing
from bot.context import Services
from bot.delivery import Retrier
from bot.library import Librarian
from bot.limits import Limits as Refusing
from bot.pace import Limit, Limits, Pace
from bot.rush import LONG, Rush
from bot.sandbox import BotApiServer
from bot.sandbox.flood import FloodGate
from bot.sandbox.flood import Limit as GateLimit
from bot.sandbox.server import PATIENCE, Call
from bot.settings import BotSettings
from bot.state import State
from tests.support import QUESTION, Library, running

pytestmark = pytest.mark.anyio

QUICK = Limits(chat=Limit(3, 0.1), group=Limit(5, 0.4), overall=Limit(12, 0.1))
QUICK_GATE = sandbox.FloodLimits(chat=GateLimit(3, 0.1), group=GateLimit(5, 0.4), overall=GateLimit(12, 0.1))
ANN, BEN, TEAM = 1, 2, -3


@pytest.mark.parametrize("seed", range(3))
async def test_however_long_sending_takes_no_limit_is_ever_broken(seed: int) -> None:
    luck, pace, gate = Random(seed), Pace(QUICK), FloodGate(QUICK_GATE, time.monotonic)

    async def send(chat: int) -> None:
        async with pace.turn(chat):
            await asyncio.sleep(luck.uniform(0, 0.05))
            gate.charge(chat, is_group=chat < 0)  # raises if it is too much
            await asyncio.sleep(luck.uniform(0, 0.05))

    await asyncio.gather(*(send(luck.choice([ANN, BEN, TEAM])) for _ in range(60)))


async def test_order_in_a_chat_is_kept() -> None:
    pace, sent = Pace(QUICK), list[int]()

    async def send(number: int) -> None:
        async with pace.turn(TEAM):
            sent.append(number)

    await asyncio.gather(*(send(number) for number in range(12)))

    assert sent == list(range(12))


async def test_a_chat_that_has_to_wait_holds_up_no_other() -> None:
    pace = Pace(Limits(chat=Limit(1, 3600.0)))

    async def send(chat: int) -> None:
        async with pace.turn(chat):
            pass

    await send(ANN)
    stuck = asyncio.create_task(send(ANN))
    async with asyncio.timeout(PATIENCE):
        await send(BEN)

    assert pace.room(ANN) == 0
    assert not stuck.done()
    stuck.cancel()


async def test_nothing_is_kept_of_chats_that_are_quiet() -> None:
    pace = Pace(QUICK)
    for chat in range(1, 6):
        async with pace.turn(chat):
            pass
    await asyncio.sleep(0.2)
    async with pace.turn(None):
        pass

    assert pace.chats == 0


async def test_many_questions_at_once_are_all_answered_in_order_and_the_chat_is_told_once_to_be_patient(tmp_path: Path) -> None:
    async with BotApiServer() as server, running(server, tmp_path):
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        questions = [server.world.say(chat, ann, QUESTION) for _ in range(12)]
        replies = [await server.sent(chat) for _ in range(13)]

        assert [reply.reply_to for reply in replies if reply.reply_to] == [question.id for question in questions]
        assert sum("So many questions" in reply.text for reply in replies) == 1
        assert [call for call in server.calls.items if not call.ok] == []


async def test_a_group_hears_of_a_rush_only_when_the_questions_are_for_the_bot(tmp_path: Path) -> None:
    async with BotApiServer() as server, running(server, tmp_path):
        server.world.set_privacy(on=False)
        ann = server.world.person("Ann")
        group = server.world.supergroup("Team", [ann])
        await server.sent(group)
        for number in range(40):
            server.world.say(group, ann, f"/ask {QUESTION}" if number % 10 == 0 else "just talk")
        replies = [await server.sent(group) for _ in range(4)]

        assert not any("So many questions" in reply.text for reply in replies)


async def test_a_rush_while_the_database_fails_is_logged_with_the_cure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings, library = BotSettings.model_validate({"data": tmp_path}), Library()
    with (
        closing(State.open(settings.database)) as state,
        closing(Librarian(library, state)) as librarian,
        closing(sqlite3.connect(settings.database)) as database,
        Computing() as executor,
    ):
        services, pace = Services(settings, library, librarian, state, executor, Refusing.of(0, 0)), Pace()
        database.execute("DROP TABLE admitted")
        await Rush(ExtBot("7000001:sekrit", rate_limiter=Retrier(pace)), services, pace).on_waiting([object()] * LONG)

    assert "the database can't be read" in caplog.text


async def test_typing_and_the_like_cost_nothing(tmp_path: Path) -> None:
    async with BotApiServer() as server, running(server, tmp_path):
        ann = server.world.person("Ann")
        group = server.world.supergroup("Team", [ann])
        await server.sent(group)
        for _ in range(4):
            server.world.say(group, ann, "/help")  # which asks Telegram for the bot's rights each time
            await server.sent(group, timeout=3)  # a call that costs a slot would wait for longer

        assert all(map(ok, server.calls_of("getChatMember")))


def ok(call: Call) -> bool:
    return call.ok
