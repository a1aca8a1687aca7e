"""Coming up, staying up and going down, when the network and Telegram don't help."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from bot.errors import TokenRefused
from bot.polling import run
from bot.sandbox import BotApiServer
from tests.support import ARTICLE, QUESTION, Library, running, settings_for

pytestmark = pytest.mark.anyio


async def test_a_network_that_is_down_at_the_start_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = BotApiServer(flood=None)
    await server.start()
    await server.stop()
    ann = server.world.person("Ann")
    chat = server.world.private(ann)
    server.world.say(chat, ann, QUESTION)
    bot = asyncio.create_task(run(settings_for(server, data=tmp_path), Library(ARTICLE)))
    await asyncio.sleep(0.5)

    await server.start()

    assert "April 2016" in (await server.sent(chat)).text
    assert "again in 1 s" in caplog.text
    bot.cancel()
    with suppress(asyncio.CancelledError):
        await bot
    await server.stop()


async def test_a_network_that_breaks_later_is_waited_for(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server, running(server, tmp_path):
        await server.stop()
        await asyncio.sleep(0.5)
        await server.start()
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)

        assert "April 2016" in (await server.sent(chat)).text


@pytest.mark.parametrize("token", ["123456:a-wrong-token-of-somebody", "7000001:another-wrong-token"])
async def test_a_wrong_token_ends_the_bot_with_the_cure(tmp_path: Path, token: str) -> None:
    async with BotApiServer() as server:
        settings = settings_for(server, data=tmp_path, token=token)

        with pytest.raises(TokenRefused, match="@BotFather"):
            await run(settings, Library())


async def test_a_token_that_is_revoked_later_ends_the_bot_too(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        bot = asyncio.create_task(run(settings_for(server, data=tmp_path), Library()))
        await server.called("deleteWebhook")
        server.token = "7000001:a-new-one"
        server.world.updates.wake()

        with pytest.raises(TokenRefused):
            await asyncio.wait_for(bot, 30)


async def test_a_second_instance_is_recognised_and_named_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with BotApiServer(flood=None) as server, running(server, tmp_path):
        description = "Conflict: terminated by other getUpdates request"
        server.faults.fail("getUpdates", code=409, description=description, times=3)
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)

        assert "April 2016" in (await server.sent(chat)).text
        assert caplog.text.count("another instance runs with the same token") == 1
        assert "updates come again" in caplog.text


async def test_stopping_finishes_the_answer_under_way(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        async with running(server, tmp_path):
            server.faults.slow("sendMessage", 0.5)
            server.world.say(chat, ann, QUESTION)
            await server.confirmed()

        assert "April 2016" in (await server.sent(chat, timeout=0.1)).text


async def test_menus_that_cannot_be_set_do_not_keep_the_bot_from_answering(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with BotApiServer(flood=None) as server:
        server.faults.fail("setMyCommands", code=400, description="Bad Request: BOT_COMMAND_INVALID")
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)
        async with running(server, tmp_path):
            assert "April 2016" in (await server.sent(chat)).text

    assert "menus of commands or the bot's description could not be set" in caplog.text


async def test_polling_that_has_gone_silent_is_built_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with BotApiServer(flood=None) as server, running(server, tmp_path, silent_after=1.0):
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        await server.polled()
        server.faults.hang("getUpdates")
        server.world.updates.wake()  # the next poll is the one that never ends
        await asyncio.sleep(0.3)
        server.world.say(chat, ann, QUESTION)

        assert "April 2016" in (await server.sent(chat, timeout=14)).text  # before the library's own time limit, 15 s
    assert "the connection is built anew" in caplog.text
