"""Updates by webhook, over real HTTP: answered once, whatever breaks, and nobody else is let in."""

import asyncio
import logging
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from telegram.ext import ExtBot

from bot.app import UPDATES
from bot.errors import TokenRefused, WebhookRefused
from bot.inbox import Inbox
from bot.polling import run
from bot.sandbox import BotApiServer, Chat, User, WebhookRules
from bot.sandbox.server import PATIENCE
from bot.state import State
from bot.webhook import MAX_BODY, SECRET_HEADER, SILENT_AFTER, Webhook, derived_secret
from tests.kill_trials import Trials
from tests.support import ARTICLE, QUESTION, Library, delivery_error, running, settings_for
from tests.test_logs import TOKEN
from tests.test_web import free_port

pytestmark = pytest.mark.anyio

SECRET = "sekrit-sekrit-sekrit"
QUICK = WebhookRules(is_local=True, pauses=(0.0, 0.1))


@dataclass
class Scene:
    """A server that brings its updates to `url`, where the bot may be running; Ann talks with it in private."""

    server: BotApiServer
    url: str
    ann: User
    chat: Chat

    def ask(self, question: str = QUESTION) -> None:
        self.server.world.say(self.chat, self.ann, question)

    async def answer(self) -> str:
        return (await self.server.sent(self.chat)).text

    def answers(self) -> int:
        """How many questions were answered so far."""
        return sum(call.ok and "April 2016" in call.parameters["text"] for call in self.server.calls_of("sendMessage"))

    @asynccontextmanager
    async def hooked(self, data: Path) -> AsyncIterator[httpx.AsyncClient]:
        """The whole bot, up and with its webhook set; and a client that knocks there."""
        port = httpx.URL(self.url).port
        settings = settings_for(self.server, data=data, http_port=port, webhook_url=self.url, webhook_secret=SECRET)
        bot = asyncio.create_task(run(settings, Library(ARTICLE)))
        try:
            await self.server.called("getWebhookInfo", timeout=30)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                yield client
        finally:
            bot.cancel()
            with suppress(asyncio.CancelledError):
                await bot


@asynccontextmanager
async def scene(webhooks: WebhookRules = QUICK) -> AsyncIterator[Scene]:
    async with BotApiServer(flood=None, webhooks=webhooks) as server:
        ann = server.world.person("Ann")
        yield Scene(server, f"http://127.0.0.1:{free_port()}/telegram", ann, server.world.private(ann))


async def test_a_question_is_brought_and_answered(tmp_path: Path) -> None:
    async with scene() as here, here.hooked(tmp_path) as client:
        here.ask()

        assert "April 2016" in await here.answer()
        assert here.server.calls_of("getUpdates", "deleteWebhook") == []
        assert (await client.get("/readyz")).status_code == 200
        assert "citebot_last_update_timestamp_seconds 1." in (await client.get("/metrics")).text


async def test_telegram_is_told_which_updates_to_bring_and_how_to_prove_itself_and_drops_nothing(tmp_path: Path) -> None:
    async with scene() as here, here.hooked(tmp_path):
        (call,) = here.server.calls_of("setWebhook")

        assert call.parameters == {
            "url": here.url,
            "secret_token": SECRET,
            "allowed_updates": [str(kind) for kind in UPDATES],
            "max_connections": 8,
        }


async def test_telegram_is_answered_before_the_question_is(tmp_path: Path) -> None:
    async with scene() as here, here.hooked(tmp_path):
        here.server.faults.hang("sendMessage")
        here.ask()
        await here.server.confirmed()
        assert here.answers() == 0

        here.server.faults.release()
        assert "April 2016" in await here.answer()


async def test_what_can_not_be_kept_is_refused_and_answered_once_when_it_comes_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as here, here.hooked(tmp_path):
        with closing(sqlite3.connect(tmp_path / "citebot.sqlite3")) as database:
            database.execute("ALTER TABLE inbox RENAME TO away")
            here.ask()
            assert await last_error(here) == "Wrong response from the webhook: 503 Service Unavailable"
            database.execute("ALTER TABLE away RENAME TO inbox")

        assert "April 2016" in await here.answer()
        assert caplog.text.count("no updates for now: the database can't be written") == 1
        here.ask("zebra?")
        await here.answer()
        assert here.answers() == 1


async def test_what_telegram_brings_again_because_nobody_answered_in_time_is_answered_once(tmp_path: Path) -> None:
    async with scene(WebhookRules(is_local=True, pauses=(0.0, 0.1), timeout=0.2)) as here, here.hooked(tmp_path):
        with closing(sqlite3.connect(tmp_path / "citebot.sqlite3", isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")  # nobody else can write
            here.ask()
            assert await last_error(here) == "Read timeout expired"
            database.execute("ROLLBACK")

        assert "April 2016" in await here.answer()
        await here.server.confirmed()
        here.ask("zebra?")
        await here.answer()
        assert here.answers() == 1


async def last_error(here: Scene) -> str:
    async with ExtBot[None](here.server.token, base_url=here.server.base_url) as bot:
        return await delivery_error(bot)


UPDATE = {"update_id": 7}
PROVEN = {SECRET_HEADER: SECRET}
JSON = PROVEN | {"content-type": "application/json"}


async def test_what_is_no_update_from_telegram_is_refused_without_a_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    knocks: list[tuple[int, dict[str, Any]]] = [
        (200, {"headers": PROVEN, "json": UPDATE}),
        (403, {"headers": {}, "json": UPDATE}),
        (403, {"headers": {SECRET_HEADER: SECRET[:-1]}, "json": UPDATE}),
        (403, {"headers": {SECRET_HEADER: b"\xff"}, "json": UPDATE}),
        (415, {"headers": PROVEN | {"content-type": "text/plain"}, "content": b"{}"}),
        (400, {"headers": JSON, "content": b"{"}),
        (400, {"headers": JSON, "content": b"\xff"}),
        (400, {"headers": JSON, "content": b"[" * 100_000}),
        (400, {"headers": JSON, "json": [UPDATE]}),
        (400, {"headers": JSON, "json": {"message": {}}}),
        (400, {"headers": JSON, "json": UPDATE | {"message": {"text": "sekrit"}}}),
        (413, {"headers": JSON, "content": b" " * (MAX_BODY + 1)}),
    ]
    async with scene() as here, here.hooked(tmp_path) as client:
        await client.post("/telegram", headers=PROVEN, json=UPDATE)
        caplog.clear()

        answers = [await client.post("/telegram", **knock) for _, knock in knocks]

        assert [answer.status_code for answer in answers] == [status for status, _ in knocks]
        assert {answer.text for answer in answers} == {""}
        assert {record.name for record in caplog.records} <= {"httpx"}  # the client that knocks
    assert "sekrit" not in caplog.text


async def test_only_posts_are_taken(tmp_path: Path) -> None:
    async with scene() as here, here.hooked(tmp_path) as client:
        response = await client.get("/telegram", headers=PROVEN)

        assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_a_webhook_stays_in_place_and_what_came_meanwhile_is_answered_at_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as here:
        async with here.hooked(tmp_path):
            pass
        here.ask()
        async with here.hooked(tmp_path):
            assert "April 2016" in await here.answer()

        assert await last_error(here)  # while the bot was away, which is no trouble to tell of
        assert here.server.calls_of("deleteWebhook") == []
    assert "no updates for now" not in caplog.text


async def test_from_polling_to_webhook_and_back_nothing_is_lost_or_answered_twice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with scene() as here:
        for _ in range(2):
            async with running(here.server, tmp_path):
                here.ask()
                assert "April 2016" in await here.answer()
            here.ask()
            async with here.hooked(tmp_path):
                assert "April 2016" in await here.answer()
                here.ask()
                assert "April 2016" in await here.answer()
            here.ask()
        async with running(here.server, tmp_path):
            assert "April 2016" in await here.answer()
            here.ask("zebra?")
            await here.answer()

        assert here.answers() == 8
    assert caplog.text.count("the webhook at 127.0.0.1 is deleted") == 2
    assert "1 wait" in caplog.text


async def test_killed_after_the_receipt_and_before_the_answer_it_answers_after_the_restart(tmp_path: Path) -> None:
    async with scene() as here:
        experiment = Trials(here.server, tmp_path, Random(1))
        port = here.url.split(":")[-1].split("/")[0]
        settings = {"CITEBOT_WEBHOOK_URL": here.url, "CITEBOT_HTTP_PORT": port}
        bot = await experiment.start(**settings)
        await here.server.called("setWebhook", timeout=60)
        here.server.faults.flood("sendMessage", retry_after=60)
        for number in range(3):
            here.ask(f"{QUESTION} ({number})")
        await here.server.confirmed()
        await here.server.refused("sendMessage")  # now the bot waits
        bot.kill()
        await bot.wait()

        bot = await experiment.start(**settings)
        answered = [(await here.server.sent(here.chat, timeout=60)).reply_to for _ in range(3)]
        bot.terminate()

        assert await bot.wait() == 0
        assert answered == [message.id for message in here.chat.messages.values() if message.sender == here.ann]
        assert here.answers() == 3


async def test_an_address_that_telegram_refuses_ends_the_start_with_the_cure(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        settings = settings_for(server, data=tmp_path, http_port=free_port(), webhook_url="https://127.0.0.1/telegram")

        with pytest.raises(WebhookRefused, match=r"127\.0\.0\.1 is reserved.* the internet can reach"):
            await run(settings, Library())


async def test_a_token_that_is_refused_ends_the_bot(tmp_path: Path) -> None:
    async with scene() as here:
        settings = settings_for(here.server, data=tmp_path, http_port=free_port(), webhook_url=here.url, token="7000001:another-one")

        with pytest.raises(TokenRefused):
            await run(settings, Library())


@asynccontextmanager
async def serving(here: Scene, data: Path, **others: Any) -> AsyncIterator[tuple[Webhook, ExtBot[Any]]]:
    """The webhook alone, which looks after itself every moment."""
    bot: ExtBot[Any] = ExtBot(here.server.token, base_url=here.server.base_url)
    async with bot:
        with closing(State.open(data / "citebot.sqlite3")) as state:
            webhook = Webhook(here.url, SECRET, bot, Inbox(state), look_every=0.05, **others)
            task = asyncio.create_task(webhook.serve())
            try:
                await here.server.called("setWebhook")
                yield webhook, bot
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/another"])
async def test_a_webhook_that_another_program_has_changed_is_set_again(tmp_path: Path, caplog: pytest.LogCaptureFixture, url: str) -> None:
    async with scene() as here, serving(here, tmp_path) as (_, bot):
        await here.server.called("getWebhookInfo")
        await bot.set_webhook(url)
        await here.server.called("setWebhook")
        again = await here.server.called("setWebhook")

        assert again.parameters["url"] == here.url
        assert "another program has changed the webhook" in caplog.text
        assert "/another" not in caplog.text


async def test_deliveries_that_fail_are_told_once_with_telegrams_reason_and_so_is_their_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with scene() as here, serving(here, tmp_path):
        here.ask()  # nobody listens
        await looked(here, 5)
        assert caplog.text.count("Telegram can't deliver them (Connection refused)") == 1

        here.server.world.updates.drop_pending()
        await looked(here, 2)
        assert "updates come again" in caplog.text


async def looked(here: Scene, times: int) -> None:
    start = len(here.server.calls.items)
    for _ in range(times):
        start, _ = await here.server.calls.first(lambda call: call.method == "getWebhookInfo", start=start + 1, timeout=PATIENCE)


async def test_it_counts_as_heard_while_telegram_answers(tmp_path: Path) -> None:
    now = 1000.0
    async with scene() as here, serving(here, tmp_path, clock=lambda: now) as (webhook, _):
        await looked(here, 2)
        at_first = webhook.is_heard
    now += SILENT_AFTER

    assert (at_first, webhook.is_heard) == (True, False)


def test_the_derived_secret_is_one_for_telegram_and_does_not_tell_the_token() -> None:
    secret = derived_secret(TOKEN)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret)
    assert secret == derived_secret(TOKEN) != derived_secret(TOKEN + "x")
    assert not any(part in secret for part in TOKEN.split(":"))
