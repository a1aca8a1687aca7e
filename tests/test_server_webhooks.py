"""The Bot API server brings updates to webhooks as Telegram does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import BadRequest, Conflict

from bot.sandbox import BotApiServer, WebhookRules
from bot.sandbox.server import PATIENCE
from bot.sandbox.webhooks import SECRET_HEADER
from bot.web import listening
from tests.support import delivery_error
from tests.test_server import bot_of

pytestmark = pytest.mark.anyio

QUICK = WebhookRules(is_local=True, pauses=(0.0, 0.05), timeout=0.3)


@dataclass
class Hook:
    """A webhook on this machine that takes down what comes, and answers as it is told, at last with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    brought: list[tuple[Any, dict[str, str]]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update, _ in self.brought]

    async def receive(self, request: Request) -> Response:
        self.brought.append((await request.json(), dict(request.headers)))
        self.came.set()
        await self.may_answer.wait()
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200, headers={"retry-after": "0"})


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    found = Hook()
    found.may_answer.set()
    app = Starlette(routes=[Route("/hook", found.receive, methods=["POST"])])
    async with listening(app, "127.0.0.1", 0) as port:
        found.url = f"http://127.0.0.1:{port}/hook"
        yield found
        found.may_answer.set()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(flood=None, webhooks=QUICK) as server:
        yield server


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with bot_of(server) as bot:
        yield bot


def say(server: BotApiServer, *texts: str, name: str = "Ann") -> None:
    person = next((user for user in server.world.users.values() if user.first_name == name), None) or server.world.person(name)
    for text in texts:
        server.world.say(server.world.private(person), person, text)


async def test_what_waits_and_what_comes_later_is_brought_in_order_with_the_secret(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    say(server, "one", "two")
    await bot.set_webhook(hook.url, secret_token="a-secret")
    say(server, "three")
    await server.confirmed()

    assert hook.texts == ["one", "two", "three"]
    assert {headers[SECRET_HEADER.lower()] for _, headers in hook.brought} == {"a-secret"}
    assert {headers["content-type"] for _, headers in hook.brought} == {"application/json"}
    assert [update["update_id"] for update, _ in hook.brought] == [update.id for update in server.world.updates.history.items]


async def test_what_is_refused_is_brought_again_before_anything_later_of_its_chat(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    hook.statuses = [500, 503, 302]
    await bot.set_webhook(hook.url)
    say(server, "one", "two")
    await server.confirmed()
    info = await bot.get_webhook_info()

    assert hook.texts == ["one", "one", "one", "one", "two"]
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"
    assert info.last_error_date is not None


async def test_a_chat_that_hangs_holds_up_no_other(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    hook.may_answer.clear()
    await bot.set_webhook(hook.url)
    say(server, "one", "two")
    say(server, "three", name="Ben")
    async with asyncio.timeout(PATIENCE):
        while len(hook.brought) < 2:
            hook.came.clear()
            await hook.came.wait()

    assert sorted(hook.texts[:2]) == ["one", "three"]


async def test_what_is_not_answered_in_time_is_brought_again(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    hook.may_answer.clear()
    await bot.set_webhook(hook.url)
    say(server, "one")
    async with asyncio.timeout(PATIENCE):
        while len(hook.brought) < 2:
            hook.came.clear()
            await hook.came.wait()
    hook.may_answer.set()
    await server.confirmed()

    assert set(hook.texts) == {"one"}
    assert (await bot.get_webhook_info()).last_error_message == "Read timeout expired"


async def test_a_webhook_where_nobody_listens_is_tried_until_somebody_does(server: BotApiServer, bot: Bot) -> None:
    hook = Hook()
    hook.may_answer.set()
    app = Starlette(routes=[Route("/", hook.receive, methods=["POST"])])
    async with listening(app, "127.0.0.1", 0) as port:
        pass
    await bot.set_webhook(f"http://127.0.0.1:{port}/")
    say(server, "one")
    assert await delivery_error(bot) == "Connection refused"
    assert (await bot.get_webhook_info()).pending_update_count == 1
    async with listening(app, "127.0.0.1", port):
        await server.confirmed()

    assert hook.texts == ["one"]


async def test_a_deleted_webhook_leaves_to_polling_what_it_has_not_taken(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    hook.may_answer.clear()
    await bot.set_webhook(hook.url)
    say(server, "one", "two")
    async with asyncio.timeout(PATIENCE):
        await hook.came.wait()
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()

    assert [update.message and update.message.text for update in await bot.get_updates()] == ["one", "two"]
    assert (await bot.get_webhook_info()).url == ""


async def test_dropping_what_waits_keeps_the_webhook(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    hook.statuses = [500] * 100
    await bot.set_webhook(hook.url)
    say(server, "one")
    await hook.came.wait()
    await bot.set_webhook(hook.url, drop_pending_updates=True)
    hook.statuses.clear()
    say(server, "two")
    await server.confirmed()

    assert hook.texts[-1] == "two"


async def test_a_server_that_was_away_goes_on_with_what_waits(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    await bot.set_webhook(hook.url)
    await server.stop()
    say(server, "one")
    await server.start()
    await server.confirmed()

    assert hook.texts == ["one"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://a.org", "Bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://a.org:8080/x", "Bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1/x", "Bad webhook: IP address 127.0.0.1 is reserved"),
        ("https://localhost/x", "Bad webhook: IP address 127.0.0.1 is reserved"),
        ("https://192.168.0.7:8443/x", "Bad webhook: IP address 192.168.0.7 is reserved"),
        ("https://[2001:db8::1]/x", "Bad webhook: IPv6-only addresses are not allowed"),
        ("https://a.org:99999", "Invalid webhook URL specified"),
    ],
)
async def test_addresses_that_telegram_refuses_are_refused_in_its_words(url: str, reason: str) -> None:
    async with BotApiServer() as server, bot_of(server) as bot:
        with pytest.raises(BadRequest) as refusal:
            await bot.set_webhook(url)

        assert refusal.value.message.lower() == reason.lower()  # the library plays with capitals
        assert (await bot.get_webhook_info()).url == ""


async def test_a_secret_has_plain_characters_and_not_too_many(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:1/", secret_token="é")
    with pytest.raises(BadRequest, match="Secret token is too long"):
        await bot.set_webhook("http://127.0.0.1:1/", secret_token="x" * 257)


async def test_nothing_is_ever_brought_to_another_machine(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="own machine only"):
        await bot.set_webhook("https://example.org/hook")
