"""What is sent again after which failure, over real HTTP."""

import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.delivery import Retrier, wait_of
from bot.pace import Pace
from bot.sandbox.server import PATIENCE
from tests.support import QUESTION, Scene, scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


async def test_a_429_is_waited_out(here: Scene) -> None:
    here.server.faults.flood("sendMessage", retry_after=1)

    _, answer = await here.ask()

    assert "April 2016" in answer.text
    assert [call.ok for call in here.server.calls_of("sendMessage")][-2:] == [False, True]


async def test_one_chats_429_holds_up_no_other(here: Scene) -> None:
    here.world.say(here.world.private(here.ben), here.ben, "/start")
    await here.server.sent(here.world.private(here.ben))
    here.server.faults.flood("sendMessage", retry_after=int(2 * PATIENCE))
    here.world.say(here.chat, here.ann, QUESTION)
    await here.server.refused("sendMessage")
    here.world.say(here.world.private(here.ben), here.ben, QUESTION)

    assert "April 2016" in (await here.server.sent(here.world.private(here.ben))).text


@pytest.mark.parametrize("code", [500, 502, 503])
async def test_telegrams_own_errors_are_tried_again(here: Scene, code: int) -> None:
    here.server.faults.fail("sendMessage", code=code, description="Bad Gateway")

    _, answer = await here.ask()

    assert "April 2016" in answer.text


async def test_a_cut_connection_is_tried_again(here: Scene) -> None:
    here.server.faults.cut("sendMessage")

    _, answer = await here.ask()

    assert "April 2016" in answer.text


async def test_updates_keep_coming_after_polls_that_failed(here: Scene) -> None:
    here.server.faults.fail("getUpdates", code=502, times=2)
    here.server.faults.cut("getUpdates")
    here.server.faults.flood("getUpdates", retry_after=1)

    _, answer = await here.ask()

    assert "April 2016" in answer.text


def blocked(here: Scene) -> None:
    here.world.say(here.world.private(here.ben), here.ben, QUESTION)
    here.world.block(here.ben)


def kicked(here: Scene) -> None:
    here.world.say(here.group, here.ben, f"/ask {QUESTION}")
    here.world.remove_bot(here.group, by=here.ann)


def deleted(here: Scene) -> None:
    here.server.faults.fail("sendMessage", code=403, description="Forbidden: user is deactivated")
    here.world.say(here.world.private(here.ben), here.ben, QUESTION)


def closed(here: Scene) -> None:
    forum = here.world.supergroup("Forum", [here.ben], forum=True)
    topic = here.world.topic(forum, "Space")
    here.world.say(forum, here.ben, f"/ask {QUESTION}", thread=topic)
    forum.closed_topics.add(topic)


@pytest.mark.parametrize(
    ("befalls", "words"),
    [(blocked, "blocked by the user"), (kicked, "kicked from the supergroup"), (deleted, "deactivated"), (closed, "Topic_closed")],
)
async def test_who_can_be_told_no_more_is_tried_once_and_noted_and_others_are_answered(
    here: Scene, caplog: pytest.LogCaptureFixture, befalls: Callable[[Scene], None], words: str
) -> None:
    caplog.set_level(logging.INFO, "bot")
    befalls(here)
    await here.server.refused("sendMessage")  # else the failure may befall the one who can be told

    assert "April 2016" in (await here.ask())[1].text
    await here.silence(here.chat)
    assert len([call for call in here.server.calls_of("sendMessage") if not call.ok]) == 1
    assert words in caplog.text
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize(("error", "calls"), [(BadRequest("no"), 1), (Forbidden("no"), 1), (RetryAfter(3600), 1), (NetworkError("no"), 3)])
async def test_what_asking_again_can_not_mend_is_final(error: Exception, calls: int) -> None:
    made: list[int] = []

    async def call() -> bool:
        made.append(1)
        raise error

    with pytest.raises(type(error)):
        await Retrier(Pace(), pauses=(0.0, 0.0), more_for_messages=()).process_request(call, (), {}, "sendMessage", {}, None)

    assert len(made) == calls


def test_a_wait_is_understood_in_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wait_of(RetryAfter(5)) == timedelta(seconds=5)

    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    assert wait_of(RetryAfter(5)) == timedelta(seconds=5)
