"""The Bot API server on the wire: requests, updates, floods, faults, and a real Application on the other side."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.sandbox import BotApiServer
from bot.sandbox.server import PATIENCE

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(flood=None) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        yield http


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with bot_of(server) as bot:
        yield bot


def bot_of(server: BotApiServer) -> Bot:
    return Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url)


async def updates(server: BotApiServer, http: httpx.AsyncClient, **parameters: Any) -> list[int]:
    """The ids that getUpdates gives."""
    response = await http.post(f"{server.base_url}{server.token}/getUpdates", json=parameters)
    return [update["update_id"] for update in response.json()["result"]]


def three_questions(server: BotApiServer) -> list[int]:
    """The ids of the updates that they make."""
    ann = server.world.person("Ann")
    for text in ("one", "two", "three"):
        server.world.say(server.world.private(ann), ann, text)
    return [update.id for update in server.world.updates.pending]


class TestRequests:
    @pytest.mark.parametrize("way", ["query", "form", "json", "multipart", "form with JSON"])
    async def test_parameters_come_in_every_way_that_telegram_takes(self, server: BotApiServer, http: httpx.AsyncClient, way: str) -> None:
        """Names of methods in any case."""
        url = f"{server.base_url}{server.token}/SETmycommands"
        commands = '[{"command": "ask", "description": "Ask 😀"}]'
        match way:
            case "query":
                response = await http.get(url, params={"commands": commands})
            case "form":
                response = await http.post(url, data={"commands": commands, "language_code": ""})
            case "json":
                response = await http.post(url, json={"commands": [{"command": "ask", "description": "Ask 😀"}]})
            case "multipart":
                response = await http.post(url, files={"commands": (None, commands)})
            case _:
                response = await http.post(url, data={"commands": commands, "scope": '{"type": "default"}'})

        assert response.json() == {"ok": True, "result": True}
        assert server.world.profile.commands["default", ""] == [{"command": "ask", "description": "Ask 😀"}]

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/json", b"{"),
            ("application/json", b"[]"),
            ("application/json", b'{"chat_id": 1, "text": "\\ud83d"}'),
            ("text/plain", b"chat_id=1"),
        ],
    )
    async def test_a_body_that_cannot_be_read_is_a_bad_request(
        self, server: BotApiServer, http: httpx.AsyncClient, content_type: str, body: bytes
    ) -> None:
        """Half an emoji counts as unreadable."""
        url = f"{server.base_url}{server.token}/sendMessage"

        response = await http.post(url, content=body, headers={"Content-Type": content_type})

        assert response.status_code == 400

    async def test_a_wrong_token_is_unauthorized(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """Also for files."""
        for url in (f"{server.base_url}1:wrong/getMe", f"{server.base_file_url}1:wrong/documents/file_1.txt"):
            response = await http.get(url)

            assert response.status_code == 401
            assert response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}

    async def test_an_unknown_method_is_not_found(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """As Telegram says it."""
        response = await http.get(f"{server.base_url}{server.token}/readMinds")

        assert response.status_code == 404
        assert response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}

    async def test_the_token_is_never_logged(self, server: BotApiServer, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
        """Neither by a request that goes well nor by one that doesn't. httpx, on the bot's side, is another matter."""
        caplog.set_level(logging.DEBUG)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        server.faults.fail("getMe")

        for method in ("getMe", "getMe", "readMinds"):
            await http.get(f"{server.base_url}{server.token}/{method}")

        assert server.token not in caplog.text

    async def test_files_go_up_and_down_unchanged(self, server: BotApiServer, bot: Bot) -> None:
        """Whatever bytes they hold; multipart boundaries don't confuse them."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        content = bytes(range(256)) * 3 + b"\r\n--\r\n--boundary\r\n"
        uploaded = server.world.upload(chat, ann, "질문.txt", content)

        down = await (await bot.get_file(uploaded.content["document"]["file_id"])).download_as_bytearray()
        up = await bot.send_document(chat.id, bytes(down), filename="질문.txt", caption="again")

        assert up.document is not None
        assert up.document.file_name == "질문.txt"
        assert server.world.files[up.document.file_id].content == content

    async def test_the_journal_holds_each_call_with_its_answer(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """Parameters are typed when they were right, as they came when not."""
        for chat_id in ("5", "x"):
            await http.post(f"{server.base_url}{server.token}/getChat", data={"chat_id": chat_id})

        first, second = server.calls_of("getChat")
        assert (first.parameters, first.ok, first.description) == (
            {"chat_id": 5},
            False,
            "Bad Request: chat not found",
        )
        assert second.parameters == {"chat_id": "x"}

    async def test_after_logging_out_nothing_works(self, bot: Bot) -> None:
        """The bot has gone to another server."""
        assert await bot.log_out()

        with pytest.raises(BadRequest, match="Logged out"):
            await bot.get_me()


class TestUpdates:
    async def test_they_come_again_until_confirmed(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """A bot that died before it confirmed gets them again; an offset confirms all before it."""
        first, second, third = three_questions(server)

        assert await updates(server, http) == [first, second, third]
        assert await updates(server, http, limit=2) == [first, second]
        assert await updates(server, http, offset=second + 1) == [third]
        assert await updates(server, http) == [third]
        assert await updates(server, http, offset=third + 1) == []

    async def test_a_negative_offset_forgets_all_but_the_last(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """Counted from the end."""
        _, second, third = three_questions(server)

        assert await updates(server, http, offset=-2) == [second, third]
        assert await updates(server, http) == [second, third]

    async def test_a_long_poll_answers_as_soon_as_something_happens(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """And with nothing when its time is over."""
        poll = asyncio.create_task(updates(server, http, timeout=30))
        await server.polled()
        arrived = three_questions(server)

        assert (await poll)[:1] == arrived[:1]
        assert await updates(server, http, offset=arrived[-1] + 1, timeout=1) == []

    async def test_kinds_are_remembered_until_changed(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """What wasn't asked for when it happened is gone; an empty list means the default again."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)

        await updates(server, http, allowed_updates=["edited_message"])
        await updates(server, http)
        asked = server.world.say(chat, ann, "one")
        server.world.edit(asked, "two")
        await updates(server, http, allowed_updates=[])
        server.world.say(chat, ann, "three")

        assert [update.kind for update in server.world.updates.pending] == ["edited_message", "message"]

    async def test_the_second_of_two_polls_ends_the_first(self, server: BotApiServer) -> None:
        """409 goes to the one that was there before."""
        async with bot_of(server) as old, bot_of(server) as new:
            first = asyncio.create_task(old.get_updates(timeout=30))
            await server.polled()
            second = asyncio.create_task(new.get_updates(timeout=30))

            with pytest.raises(Conflict, match="terminated by other getUpdates request"):
                await first
            three_questions(server)
            assert await second

    async def test_the_poll_of_a_bot_that_died_counts_no_more(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """The next bot finds its place free."""
        dying = asyncio.create_task(updates(server, http, timeout=30))
        await server.polled()
        dying.cancel()
        call = await server.called("getUpdates")

        assert (call.ok, call.description) == (False, "connection lost")
        with pytest.raises(TimeoutError):
            await server.polled(timeout=0.01)

    async def test_a_webhook_and_polling_exclude_each_other(self, server: BotApiServer, bot: Bot) -> None:
        """Until it is deleted."""
        three_questions(server)
        assert await bot.set_webhook("https://example.org/hook", allowed_updates=["message"], secret_token="s")

        info = await bot.get_webhook_info()
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()

        assert (info.url, info.pending_update_count) == ("https://example.org/hook", 3)
        assert info.allowed_updates == ("message",)
        assert await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == ()


class TestFloodLimits:
    async def test_a_chat_takes_a_short_burst_then_one_message_a_second(self) -> None:
        """429 says how long to wait, and waiting so long is enough. Other calls are free."""
        clock = Clock()
        async with BotApiServer(clock=clock) as server, bot_of(server) as bot:
            ann = server.world.person("Ann")
            server.world.say(server.world.private(ann), ann, "/start")
            for _ in range(5):
                await bot.send_message(ann.id, "x")

            with pytest.raises(RetryAfter):
                await bot.send_message(ann.id, "x")
            clock.now += seconds_to_wait(server)
            await bot.send_chat_action(ann.id, "typing")

            sent = await bot.send_message(ann.id, "x")

            assert sent.text == "x"

    async def test_a_group_takes_twenty_a_minute_and_edits_count(self) -> None:
        """However slowly they come."""
        clock = Clock()
        async with BotApiServer(clock=clock) as server, bot_of(server) as bot:
            group = server.world.group("Team", [server.world.person("Ann")])
            message = await bot.send_message(group.id, "0")
            for number in range(1, 20):
                clock.now += 2
                await bot.edit_message_text(str(number), group.id, message.message_id)

            with pytest.raises(RetryAfter):
                await bot.send_message(group.id, "x")

            assert seconds_to_wait(server) == 60 - 19 * 2

    async def test_all_chats_together_take_thirty_a_second(self) -> None:
        """No matter which."""
        async with BotApiServer(clock=Clock()) as server, bot_of(server) as bot:
            people = [server.world.person(f"Person {number}") for number in range(31)]
            for person in people:
                server.world.say(server.world.private(person), person, "/start")
            for person in people[:30]:
                await bot.send_message(person.id, "x")

            with pytest.raises(RetryAfter):
                await bot.send_message(people[30].id, "x")


def seconds_to_wait(server: BotApiServer) -> int:
    """What the last refusal said."""
    return int(server.calls.items[-1].answer["parameters"]["retry_after"])


class TestFaults:
    async def test_errors_strike_as_often_as_told(self, server: BotApiServer, bot: Bot) -> None:
        """Then all is well again."""
        server.faults.fail("getMe", code=502, description="Bad Gateway", times=2)
        server.faults.flood("getMe", retry_after=7)

        for _ in range(2):
            with pytest.raises(NetworkError, match="Bad Gateway"):
                await bot.get_me()
        with pytest.raises(RetryAfter):
            await bot.get_me()

        assert seconds_to_wait(server) == 7
        assert (await bot.get_me()).username == "citebot"

    @pytest.mark.parametrize("after", [False, True])
    async def test_a_cut_connection_leaves_the_bot_in_doubt(self, server: BotApiServer, bot: Bot, after: bool) -> None:
        """The message was posted or it wasn't; the error is the same."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, "/start")
        server.faults.cut("sendMessage", after=after)

        with pytest.raises(NetworkError):
            await bot.send_message(ann.id, "April 2016")

        assert [message.text for message in chat.messages.values()] == ["/start", *(["April 2016"] if after else [])]

    async def test_a_call_can_hang_until_released(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """Like a connection that died without telling."""
        server.faults.hang("getUpdates")
        poll = asyncio.create_task(updates(server, http))
        arrived = three_questions(server)

        done, _ = await asyncio.wait({poll}, timeout=0.05)
        assert not done
        server.faults.release()

        assert await poll == arrived

    async def test_a_slow_answer_runs_into_the_bot_s_timeout(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        """It comes all the same, too late."""
        server.faults.slow("getMe", 0.2)

        with pytest.raises(httpx.ReadTimeout):
            await http.get(f"{server.base_url}{server.token}/getMe", timeout=httpx.Timeout(PATIENCE, read=0.05))

    async def test_a_stopped_server_comes_back_where_it_was(self, server: BotApiServer, bot: Bot) -> None:
        """The network is down, then up again; nothing is lost."""
        arrived = three_questions(server)
        await server.stop()
        with pytest.raises(NetworkError):
            await bot.get_me()
        await server.start()

        assert [update.update_id for update in await bot.get_updates()] == arrived


class TestRealBot:
    """python-telegram-bot understands every answer."""

    async def test_who_am_i_and_where(self, server: BotApiServer, bot: Bot) -> None:
        """Profile, chats and members."""
        ann, bob = server.world.person("Ann"), server.world.person("Bob")
        group = server.world.supergroup("Team", [ann, bob], username="theteam")
        server.world.promote(group, server.world.bot, by=ann)

        me = await bot.get_me()
        chat = await bot.get_chat("@theteam")
        admins = await bot.get_chat_administrators(group.id)

        assert (me.can_read_all_group_messages, me.supports_inline_queries) == (False, True)
        assert (chat.id, chat.title) == (group.id, "Team")
        assert {admin.user.first_name for admin in admins} == {"Ann", "Citebot"}
        assert (await bot.get_chat_member(group.id, bob.id)).status == "member"
        assert await bot.get_chat_member_count(group.id) == 3
        assert await bot.leave_chat(group.id)
        with pytest.raises(Forbidden, match="not a member of the supergroup chat"):
            await bot.get_chat(group.id)

    async def test_menus_and_descriptions(self, bot: Bot) -> None:
        """By scope and language."""
        commands = [BotCommand("ask", "Ask")]
        scope = BotCommandScopeAllGroupChats()
        await bot.set_my_commands(commands, scope=scope, language_code="ja")
        await bot.set_my_description("Ask your documents")
        await bot.set_my_short_description("Ask")

        assert await bot.get_my_commands(scope, "ja") == tuple(commands)
        assert await bot.get_my_commands() == ()
        assert (await bot.get_my_description()).description == "Ask your documents"
        assert (await bot.get_my_short_description()).short_description == "Ask"
        assert await bot.delete_my_commands(scope, "ja")
        assert await bot.get_my_commands(scope, "ja") == ()

    async def test_an_answer_with_everything(self, server: BotApiServer, bot: Bot) -> None:
        """Entities, a quote, buttons, no preview; then forwarded, copied, reacted to and deleted."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        asked = server.world.say(chat, ann, "when was the second dialogue?")

        sent = await bot.send_message(
            chat.id,
            "It was held in April 2016",
            entities=[MessageEntity(MessageEntity.BOLD, 15, 10), MessageEntity("expandable_blockquote", 0, 25)],
            reply_parameters=ReplyParameters(asked.id, quote="second dialogue", quote_position=13),
            reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Next", callback_data="n")]]),
            disable_notification=True,
        )
        forwarded = await bot.forward_message(chat.id, chat.id, asked.id)
        copied = await bot.copy_message(chat.id, chat.id, asked.id)

        assert sent.reply_to_message is not None
        assert sent.quote is not None
        assert (sent.reply_to_message.message_id, sent.quote.text) == (asked.id, "second dialogue")
        assert [entity.type for entity in sent.entities] == ["expandable_blockquote", "bold"]
        assert forwarded.forward_origin is not None
        assert chat.messages[copied.message_id].text == asked.text
        assert await bot.set_message_reaction(chat.id, asked.id, "👍")
        assert chat.messages[asked.id].reactions == {server.world.bot.id: ("👍",)}
        assert await bot.delete_message(chat.id, sent.message_id)

    async def test_a_message_sent_through_inline_mode_can_be_edited(self, server: BotApiServer, bot: Bot) -> None:
        """By the id that the press of its button brought; the server says only that it worked."""
        ann = server.world.person("Ann")
        group = server.world.group("Team", [ann])
        query = server.world.inline_query(ann, "when?")
        result = InlineQueryResultArticle("a", "Answer", InputTextMessageContent("April 2016"), NEXT)
        await bot.answer_inline_query(query.id, [result])
        chosen = server.world.choose(query, "a", group)
        press = server.world.press(chosen, "Next", ann)

        done = await bot.edit_message_text("page 2", inline_message_id=chosen.inline_id, reply_markup=NEXT)
        await bot.answer_callback_query(press.id)

        assert done is True
        assert (await server.edited(group)).text == "page 2"
        assert press.answer == {"callback_query_id": press.id}

    async def test_documents_are_sent_anew_by_their_id(self, server: BotApiServer, bot: Bot) -> None:
        """An unknown id, an address and an empty file are refused."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        uploaded = server.world.upload(chat, ann, "notes.md", b"# Notes", caption="old")

        again = await bot.send_document(chat.id, uploaded.content["document"]["file_id"])
        copied = await bot.copy_message(chat.id, chat.id, uploaded.id, caption="new")

        assert again.document is not None
        assert again.document.file_name == "notes.md"
        assert chat.messages[copied.message_id].text == "new"
        for document, reason in (
            ("nothing", "Wrong file identifier/http url specified"),
            ("https://example.org/a.pdf", "Failed to get http url content"),
            (b"", "File must be non-empty"),
        ):
            with pytest.raises(BadRequest, match=reason):
                await bot.send_document(chat.id, document)

    async def test_a_wrong_token(self, server: BotApiServer) -> None:
        """PTB calls it invalid."""
        with pytest.raises(InvalidToken):
            async with Bot("1:wrong", base_url=server.base_url):
                pass

    async def test_a_migration_is_an_error_with_the_new_id(self, server: BotApiServer, bot: Bot) -> None:
        """PTB's ChatMigrated."""
        old = server.world.group("Team", [server.world.person("Ann")])
        new = server.world.migrate(old)

        with pytest.raises(ChatMigrated) as refusal:
            await bot.send_message(old.id, "x")

        assert refusal.value.new_chat_id == new.id

    async def test_a_guest_is_answered_once(self, server: BotApiServer, bot: Bot) -> None:
        """In the chat where the bot was called."""
        ann = server.world.person("Ann")
        foreign = server.world.supergroup("Elsewhere", [ann], bot=False)
        query = server.world.mention_guest(foreign, ann, "@citebot when?")

        await bot.answer_guest_query(query.id, article("a", "April 2016"))

        assert [message.text for message in foreign.messages.values()] == ["@citebot when?", "April 2016"]
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_guest_query(query.id, article("a", "April 2016"))


def article(result_id: str, text: str) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(result_id, text, InputTextMessageContent(text))


class TestRealApplication:
    """A bot that answers, pages and searches, driven as by people."""

    async def test_question_button_edit_and_inline_query(self, server: BotApiServer) -> None:
        """What people see, in the order in which it happens."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        async with running(server):
            asked = server.world.say(chat, ann, "when?")
            answer = await server.sent(chat)
            press = server.world.press(answer, "Next", ann)
            notice = await server.answered(press)
            paged = await server.edited(chat)
            server.world.edit(asked, "where?")
            corrected = await server.edited(chat)
            query = server.world.inline_query(ann, "when?")
            await server.answered(query)

        assert (answer.text, answer.reply_to) == ("answer to when?", asked.id)
        assert notice["text"] == "page 2"
        assert (paged.id, paged.text) == (answer.id, "answer to when?, page 2")
        assert (corrected.id, corrected.text) == (answer.id, "answer to where?")
        assert [result["title"] for result in query.results] == ["when?"]

    async def test_a_bot_that_dies_gets_its_questions_again(self, server: BotApiServer) -> None:
        """What it received but did not confirm is given to the next one."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, "when?")
        async with bot_of(server) as dying:
            assert len(await dying.get_updates()) == 1

        async with running(server):
            answer = await server.sent(chat)
            await server.confirmed()

        assert answer.text == "answer to when?"
        assert server.world.updates.pending == []

    async def test_polling_survives_errors_and_a_cut_line(self, server: BotApiServer) -> None:
        """PTB tries again."""
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.faults.fail("getUpdates", code=502, description="Bad Gateway")
        server.faults.cut("getUpdates", after=True)
        async with running(server):
            server.world.say(chat, ann, "when?")
            answer = await server.sent(chat, timeout=20)

        assert answer.text == "answer to when?"


@asynccontextmanager
async def running(server: BotApiServer) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    """A small bot of the kind that the project makes, polling."""
    application = ApplicationBuilder().token(server.token).base_url(server.base_url).get_updates_request(HTTPXRequest()).build()
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.TEXT, answer_question))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, correct_answer))
    application.add_handler(CallbackQueryHandler(turn_page))
    application.add_handler(InlineQueryHandler(offer))
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(poll_interval=0.0, timeout=5)
        yield application
        await application.updater.stop()
        await application.stop()


NEXT = InlineKeyboardMarkup([[InlineKeyboardButton("Next ▸", callback_data="2")]])


async def answer_question(update: Update, _: Any) -> None:
    assert update.message is not None
    await update.message.reply_text(f"answer to {update.message.text}", do_quote=True, reply_markup=NEXT)


async def correct_answer(update: Update, context: Any) -> None:
    asked = update.edited_message
    assert asked is not None
    # The answer follows its question.
    await context.bot.edit_message_text(f"answer to {asked.text}", asked.chat_id, asked.message_id + 1)


async def turn_page(update: Update, _: Any) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer(f"page {query.data}")
    await query.edit_message_text(f"answer to when?, page {query.data}")


async def offer(update: Update, _: Any) -> None:
    assert update.inline_query is not None
    await update.inline_query.answer([article("1", update.inline_query.query)])
