"""The Bot API server refuses what Telegram refuses, in Telegram's words."""

import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from bot.sandbox import BotApiServer, Chat, User, WebhookRules
from bot.sandbox.api import BotApi
from bot.sandbox.errors import ApiError
from bot.sandbox.flood import FloodGate
from bot.sandbox.schema import compact, extract, schema
from bot.sandbox.text import SPLITTABLE, boundaries, checked_text, found_entities, utf16_length, utf16_slice
from bot.sandbox.webhooks import WebhookCourier

pytestmark = pytest.mark.anyio

Json = dict[str, Any]

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
KINDS = ("bold", "italic", "spoiler", "blockquote", "text_link")
QUERY_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


class Telegram:
    """A bot's side of the wire, with one chat to write to."""

    def __init__(self, server: BotApiServer, http: httpx.AsyncClient) -> None:
        self.server = server
        self.world = server.world
        self.ann: User = self.world.person("Ann")
        self.chat: Chat = self.world.private(self.ann)
        self.world.say(self.chat, self.ann, "/start")
        self._http = http

    async def call(self, method: str, **parameters: Any) -> Json:
        response = await self._http.post(f"{self.server.base_url}{self.server.token}/{method}", json=parameters)
        answer: Json = response.json()
        assert response.status_code == answer.get("error_code", 200), "status and body agree"
        return answer

    async def result(self, method: str, **parameters: Any) -> Any:
        answer = await self.call(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        answer = await self.call(method, **parameters)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def send(self, text: str = "April 2016", **parameters: Any) -> Json:
        message: Json = await self.result("sendMessage", chat_id=self.chat.id, text=text, **parameters)
        return message

    async def refused_text(self, text: str, *entities: Json, **parameters: Any) -> str:
        return await self.refusal("sendMessage", chat_id=self.chat.id, text=text, entities=list(entities), **parameters)

    async def refused_button(self, **button: Any) -> str:
        return await self.refused_text("x", reply_markup={"inline_keyboard": [[button]]})


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with BotApiServer(flood=None) as server, httpx.AsyncClient() as http:
        yield Telegram(server, http)


def entity(kind: str, offset: int, length: int, **more: Any) -> Json:
    return {"type": kind, "offset": offset, "length": length, **more}


def styled(marks: list[Json]) -> set[tuple[str, int]]:
    """The units with a style that can be split, and which."""
    return {(mark["type"], mark["offset"] + unit) for mark in marks for unit in range(mark["length"]) if mark["type"] in SPLITTABLE}


class TestParameters:
    async def test_one_that_telegram_does_not_know_is_refused(self, telegram: Telegram) -> None:
        """Telegram would ignore it, and the bot would never learn of its mistake."""
        assert 'no field "txet"' in await telegram.refusal("sendMessage", chat_id=1, text="x", txet="y")

    async def test_a_required_one_must_be_there(self, telegram: Telegram) -> None:
        """Telegram's own words where it has some."""
        assert await telegram.refusal("sendMessage", text="x") == "Bad Request: chat_id is empty"
        assert '"user_id" of method getChatMember is required' in await telegram.refusal("getChatMember", chat_id=1)

    @pytest.mark.parametrize(
        ("method", "parameters"),
        [
            ("getUpdates", {"limit": "many"}),
            ("sendMessage", {"chat_id": 1, "text": ["x"]}),
            ("sendMessage", {"chat_id": 1, "text": "x", "disable_notification": "perhaps"}),
            ("sendMessage", {"chat_id": 1, "text": "x", "entities": {"type": "bold"}}),
            ("sendMessage", {"chat_id": 1, "text": "x", "entities": "[{"}),
            ("sendMessage", {"chat_id": 1, "text": "x", "entities": [{"type": "bold", "offset": 0}]}),
            ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [{"text": "x"}]}}),
            ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboards": []}}),
            ("sendMessage", {"chat_id": 1, "text": "x", "reply_parameters": {"id": 1}}),
            ("sendDocument", {"chat_id": 1, "document": 7}),
        ],
    )
    async def test_a_wrong_type_is_refused(self, telegram: Telegram, method: str, parameters: Json) -> None:
        """At any depth, as the Bot API's description has it."""
        assert (await telegram.refusal(method, **parameters)).startswith("Bad Request: ")

    async def test_parts_of_telegram_that_the_world_lacks_are_named(self, telegram: Telegram) -> None:
        """Better than to accept and forget them."""
        refusal = await telegram.refused_text("x", business_connection_id="b")

        assert refusal == "Bad Request: business_connection_id is not served by the sandbox"

    async def test_the_table_and_the_methods_are_the_same(self, telegram: Telegram) -> None:
        """What is served is described, and the other way round."""
        world = telegram.world
        api = BotApi(world, FloodGate(None, world.now), WebhookCourier(world.updates, WebhookRules(), world.now))

        assert api.methods.keys() == schema().methods.keys()

    def test_the_table_is_cut_from_the_bot_api(self) -> None:
        """Only what the methods served can reach."""
        field = {"name": "name", "description": "prose", "required": True}
        methods = {name: {"fields": [field | {"types": ["Array of User"]}]} for name in schema().methods}
        reference = {
            "version": "Bot API 10.1",
            "methods": methods | {"sendDice": {"fields": []}},
            "types": {
                "User": {"fields": [field | {"types": ["Integer", "Emoji"]}]},
                "Emoji": {"subtypes": ["BigEmoji"]},
                "BigEmoji": {"fields": []},
                "Dice": {"fields": []},
                "Update": {"fields": [field | {"name": "update_id"}, field | {"name": "message"}]},
            },
        }

        table = extract(reference)

        assert json.loads(compact(table)) == table
        assert table["methods"].keys() == schema().methods.keys()
        assert table["types"] == {"BigEmoji": {}, "User": {"name": {"types": ["Integer", "Emoji"], "required": True}}}
        assert (table["subtypes"], table["updates"]) == ({"Emoji": ["BigEmoji"]}, ["message"])


class TestText:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "message text is empty"),
            (" \n ", "text must be non-empty"),
            ("x" * 4097, "message is too long"),
            ("😀" * 2049, "message is too long"),
        ],
    )
    async def test_empty_and_long_texts_are_refused(self, telegram: Telegram, text: str, reason: str) -> None:
        """An emoji counts two."""
        assert await telegram.refused_text(text) == f"Bad Request: {reason}"

    async def test_4096_units_pass(self, telegram: Telegram) -> None:
        """The limit itself is allowed."""
        assert (await telegram.send("😀" * 2048))["text"] == "😀" * 2048

    async def test_white_space_around_is_cut_and_entities_move_along(self, telegram: Telegram) -> None:
        """As Telegram stores it."""
        message = await telegram.send("  hello ", entities=[entity("bold", 2, 6)])

        assert (message["text"], message["entities"]) == ("hello", [entity("bold", 0, 5)])

    async def test_links_and_commands_are_marked_by_telegram(self, telegram: Telegram) -> None:
        """What a bot sends comes back with them."""
        message = await telegram.send("see https://example.org/a.")

        assert message["entities"] == [entity("url", 4, 21)]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("see https://a.org/b@c.de, then a.org.", [("url", 4, 20), ("url", 31, 5)]),
            ("(http://x.io/)", [("url", 1, 12)]),
            ("write to ann.lee@example.com", [("email", 9, 19)]),
            ("/ask@citebot what /this/is", [("bot_command", 0, 12)]),
            ("not a/command, ok@ann, @ann #space #2016", [("mention", 23, 4), ("hashtag", 28, 6)]),
            ("dialogue.The end", []),
        ],
    )
    def test_what_telegram_finds_in_a_text(self, text: str, found: list[tuple[str, int, int]]) -> None:
        """Each in the longest form, none inside another."""
        marks = [(mark["type"], mark["offset"], mark["length"]) for mark in found_entities(text)]

        assert marks == found

    async def test_a_parse_mode_is_refused(self, telegram: Telegram) -> None:
        """The bot sends entities; a mode that doesn't exist is refused as by Telegram."""
        assert await telegram.refused_text("x", parse_mode="LaTeX") == "Bad Request: unsupported parse_mode"
        assert "send entities" in await telegram.refused_text("x", parse_mode="HTML")


class TestEntities:
    @pytest.mark.parametrize(
        ("marked", "reason"),
        [
            (entity("bold", 0, 9), "ends after the end of the text"),
            (entity("bold", 9, 1), "begins after the end of the text"),
            (entity("bold", -1, 2), "incorrect offset -1"),
            (entity("bold", 0, -2), "incorrect length -2"),
            (entity("bold", 1, 2), "begins in a middle of a UTF-16 symbol"),
            (entity("bold", 0, 1), "ends in a middle of a UTF-16 symbol"),
            (entity("heading", 0, 2), "Unsupported type specified"),
            (entity("text_link", 0, 2), 'Can\'t find field "url"'),
            (entity("text_link", 0, 2, url="nowhere"), "Wrong HTTP URL"),
        ],
    )
    async def test_a_wrong_one_is_refused(self, telegram: Telegram, marked: Json, reason: str) -> None:
        """The text is an emoji and four letters: six units."""
        assert reason in await telegram.refused_text("😀abcd", marked)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (entity("bold", 0, 4), entity("italic", 2, 4)),
            (entity("code", 0, 4), entity("bold", 1, 2)),
            (entity("blockquote", 0, 6), entity("expandable_blockquote", 1, 2)),
            (entity("text_link", 0, 6, url="https://a.org"), entity("code", 0, 2)),
        ],
    )
    async def test_two_that_must_not_overlap_are_refused(self, telegram: Telegram, first: Json, second: Json) -> None:
        """Telegram would repair them in silence and show something else than was meant."""
        assert "must not overlap" in await telegram.refused_text("abcdef", first, second)

    async def test_full_nesting_passes(self, telegram: Telegram) -> None:
        """Bold in a link in a quote is how an answer looks."""
        nested = [
            entity("expandable_blockquote", 0, 6),
            entity("text_link", 0, 4, url="https://example.org/"),
            entity("bold", 1, 2),
        ]

        assert (await telegram.send("abcdef", entities=nested))["entities"] == nested

    @pytest.mark.parametrize(
        ("text", "bold", "marks"),
        [
            ("@NASA Administrator Bill Nelson said", (1, 30), [("mention", 0, 5), ("bold", 1, 4), ("bold", 5, 26)]),
            ("see a.org.", (0, 6), [("bold", 0, 4), ("url", 4, 5), ("bold", 4, 2)]),
            ("/ask why", (0, 8), [("bot_command", 0, 4), ("bold", 0, 4), ("bold", 4, 4)]),
            ("a @ann", (0, 1), [("bold", 0, 1), ("mention", 2, 4)]),
        ],
    )
    async def test_bold_is_split_at_the_edges_of_what_telegram_finds(
        self, telegram: Telegram, text: str, bold: tuple[int, int], marks: list[tuple[str, int, int]]
    ) -> None:
        """As TDLib does, so that all entities nest."""
        message = await telegram.send(text, entities=[entity("bold", *bold)])

        assert message["entities"] == [entity(*mark) for mark in marks]

    async def test_what_crosses_the_edge_of_a_quote_stays_plain(self, telegram: Telegram) -> None:
        """A quote can't be split."""
        message = await telegram.send("see https://a.org/b and @ann", entities=[entity("blockquote", 0, 17)])

        assert message["entities"] == [entity("blockquote", 0, 17), entity("mention", 24, 4)]

    @given(
        st.lists(st.sampled_from(["@ann", "#tag", "/ask", "a.org", "😀", "word", " "]), min_size=1, max_size=8).map("".join),
        st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 12), st.integers(1, 12)), max_size=4),
    )
    def test_all_entities_nest_and_nothing_loses_its_style(self, text: str, marks: list[tuple[str, int, int]]) -> None:
        """Whatever the bot marks and Telegram finds."""
        given_marks = [entity(*mark, url="https://example.org/") for mark in marks]
        assume(text == text.strip())
        try:
            _, merged_marks = checked_text(text, given_marks, None)
        except ApiError:
            reject()

        spans = [range(mark["offset"], mark["offset"] + mark["length"]) for mark in merged_marks]
        assert all(len({*one} & {*other}) in {0, len(one), len(other)} for one in spans for other in spans)
        assert styled(merged_marks) == styled(given_marks)

    async def test_those_beyond_the_hundredth_are_ignored(self, telegram: Telegram) -> None:
        """Not refused: the formatting is simply missing."""
        marks = [entity("bold", 2 * index, 1) for index in range(101)]

        assert len((await telegram.send("a " * 101, entities=marks))["entities"]) == 100

    @given(st.text())
    def test_units_are_those_of_utf_16(self, text: str) -> None:
        """Counting and cutting agree with the boundaries at which entities may stand."""
        places = sorted(boundaries(text))

        assert places[-1] == utf16_length(text)
        assert "".join(utf16_slice(text, a, b) for a, b in pairwise(places)) == text

    @given(st.text(alphabet="ab 😀.@/#:", max_size=30))
    def test_what_is_found_in_any_text_would_be_accepted(self, text: str) -> None:
        """Found entities lie inside the text, between characters, apart from each other."""
        if text.strip():
            found = found_entities(text)
            spans = [(mark["offset"], mark["offset"] + mark["length"]) for mark in found]

            assert all({start, stop} <= boundaries(text) for start, stop in spans)
            assert all(stop <= following for (_, stop), (following, _) in pairwise(spans))

    @given(st.text(max_size=40), st.integers(-2, 45), st.integers(-2, 45))
    def test_an_accepted_entity_marks_whole_characters(self, text: str, offset: int, length: int) -> None:
        """Whatever is asked, either it is refused or what comes back can be cut out."""
        try:
            kept, marks = checked_text(text, [entity("bold", offset, length)], None)
        except ApiError:
            return

        assert all(utf16_slice(kept, mark["offset"], mark["offset"] + mark["length"]) for mark in marks)


class TestButtons:
    @pytest.mark.parametrize(
        ("button", "reason"),
        [
            ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
            ({"text": "x", "callback_data": ""}, "Text buttons are unallowed in the inline keyboard"),
            ({"text": "x", "callback_data": "d" * 65}, "BUTTON_DATA_INVALID"),
            ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
            ({"text": "", "callback_data": "d"}, "text must be non-empty"),
            ({"text": "x", "callback_data": "d", "url": "https://a.org"}, "more than one action"),
            ({"text": "x", "url": "http://localhost/"}, "URL 'http://localhost/' is invalid: Wrong HTTP URL"),
            ({"text": "x", "url": "javascript://a.org"}, "Unsupported URL protocol"),
            ({"text": "x", "url": "https://a.org/a b"}, "Wrong HTTP URL"),
            ({"text": "x", "copy_text": {"text": "c" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ],
    )
    async def test_a_wrong_one_is_refused(self, telegram: Telegram, button: Json, reason: str) -> None:
        """Data counts bytes, addresses need a host that others can reach."""
        assert reason in await telegram.refused_button(**button)

    async def test_right_ones_come_back(self, telegram: Telegram) -> None:
        """64 bytes of data, an address, an empty inline query."""
        keyboard = {
            "inline_keyboard": [
                [{"text": "Next", "callback_data": "d" * 64}, {"text": "Source", "url": "https://a.org/#:~:text=b"}],
                [{"text": "Here", "switch_inline_query_current_chat": ""}],
            ]
        }

        assert (await telegram.send(reply_markup=keyboard))["reply_markup"] == keyboard

    async def test_more_than_a_hundred_are_too_many(self, telegram: Telegram) -> None:
        """However they are arranged."""
        rows = [[{"text": "x", "callback_data": "d"}]] * 101

        assert await telegram.refused_text("x", reply_markup={"inline_keyboard": rows}) == ("Bad Request: reply markup is too long")


class TestReplies:
    async def test_a_missing_message_is_an_error_unless_it_may_be_missing(self, telegram: Telegram) -> None:
        """`allow_sending_without_reply` sends it all the same."""
        refusal = await telegram.refused_text("x", reply_parameters={"message_id": 999})
        alone = await telegram.send(reply_parameters={"message_id": 999, "allow_sending_without_reply": True})

        assert refusal == "Bad Request: message to be replied not found"
        assert "reply_to_message" not in alone

    async def test_a_quote_must_stand_in_the_message_word_for_word(self, telegram: Telegram) -> None:
        """Otherwise the send fails; a quote of more than 1024 characters fails too."""
        asked = telegram.world.say(telegram.chat, telegram.ann, "when was the second? " + "x" * 1100)

        for quote in ("When was", "x" * 1025):
            refusal = await telegram.refused_text("x", reply_parameters={"message_id": asked.id, "quote": quote})
            assert refusal == "Bad Request: QUOTE_TEXT_INVALID"

    async def test_a_quote_must_have_the_same_bold_words(self, telegram: Telegram) -> None:
        """Entities belong to the quote: without them, or with others, it isn't found."""
        asked = telegram.world.say(telegram.chat, telegram.ann, "the second one", entities=[entity("bold", 4, 6)])
        plain = {"message_id": asked.id, "quote": "second one"}

        refusal = await telegram.refused_text("x", reply_parameters=plain)
        answer = await telegram.send(reply_parameters=plain | {"quote_entities": [entity("bold", 0, 6)]})

        assert refusal == "Bad Request: QUOTE_TEXT_INVALID"
        assert answer["quote"] == {
            "text": "second one",
            "position": 4,
            "is_manual": True,
            "entities": [entity("bold", 0, 6)],
        }

    async def test_of_several_places_the_nearest_is_quoted(self, telegram: Telegram) -> None:
        """`quote_position` counts UTF-16 units."""
        asked = telegram.world.say(telegram.chat, telegram.ann, "😀 a b a")

        answer = await telegram.send(reply_parameters={"message_id": asked.id, "quote": "a", "quote_position": 6})

        assert answer["quote"]["position"] == 7

    async def test_a_message_of_another_chat_can_be_quoted(self, telegram: Telegram) -> None:
        """It is an external reply then."""
        group = telegram.world.group("Team", [telegram.ann])
        source = telegram.world.say(group, telegram.ann, "/note April 2016")

        answer = await telegram.send(reply_parameters={"message_id": source.id, "chat_id": group.id, "quote": "April 2016"})

        assert answer["external_reply"]["chat"]["id"] == group.id
        assert answer["quote"]["text"] == "April 2016"


class TestTopics:
    async def test_a_thread_must_be_a_topic(self, telegram: Telegram) -> None:
        """Neither a private chat, nor a group without topics, nor the General topic takes a thread."""
        forum = telegram.world.supergroup("Forum", [telegram.ann], forum=True)
        plain = telegram.world.supergroup("Plain", [telegram.ann])

        for chat, thread in ((telegram.chat, 5), (plain, 5), (forum, 999), (forum, 1)):
            refusal = await telegram.refusal("sendMessage", chat_id=chat.id, message_thread_id=thread, text="x")
            assert refusal == "Bad Request: message thread not found"

    async def test_an_answer_stays_in_its_topic(self, telegram: Telegram) -> None:
        """With the thread named, and by replying alone."""
        forum = telegram.world.supergroup("Forum", [telegram.ann], forum=True)
        topic = telegram.world.topic(forum, "Space")
        asked = telegram.world.say(forum, telegram.ann, "/ask when?", thread=topic)

        for named in ({"message_thread_id": topic}, {}):
            answer = await telegram.result("sendMessage", chat_id=forum.id, text="x", reply_parameters={"message_id": asked.id}, **named)
            assert (answer["message_thread_id"], answer["is_topic_message"]) == (topic, True)

    async def test_a_closed_topic_takes_nothing(self, telegram: Telegram) -> None:
        """Only its managers still write there."""
        forum = telegram.world.supergroup("Forum", [telegram.ann], forum=True)
        topic = telegram.world.topic(forum, "Space")
        forum.closed_topics.add(topic)

        refusal = await telegram.refusal("sendMessage", chat_id=forum.id, message_thread_id=topic, text="x")

        assert refusal == "Bad Request: TOPIC_CLOSED"

    async def test_the_thread_of_replies_is_no_topic(self, telegram: Telegram) -> None:
        """In a supergroup without topics replies carry a thread; a bot that echoes it fails."""
        plain = telegram.world.supergroup("Plain", [telegram.ann])
        root = telegram.world.say(plain, telegram.ann, "/note a")
        asked = telegram.world.say(plain, telegram.ann, "/ask when?", reply_to=root)

        seen = asked.json()
        refusal = await telegram.refusal("sendMessage", chat_id=plain.id, text="x", message_thread_id=seen["message_thread_id"])

        assert "is_topic_message" not in seen
        assert refusal == "Bad Request: message thread not found"


class TestEditing:
    async def test_what_cannot_be_edited(self, telegram: Telegram) -> None:
        """A missing message, somebody else's, the same text again, too long a text."""
        asked = telegram.world.say(telegram.chat, telegram.ann, "when?")
        own = await telegram.send("same")

        async def refused(message_id: int, text: str) -> str:
            return await telegram.refusal("editMessageText", chat_id=telegram.chat.id, message_id=message_id, text=text)

        assert await refused(999, "x") == "Bad Request: message to edit not found"
        assert await refused(asked.id, "x") == "Bad Request: message can't be edited"
        assert await refused(own["message_id"], "same") == NOT_MODIFIED
        assert await refused(own["message_id"], "x" * 4097) == "Bad Request: MESSAGE_TOO_LONG"

    async def test_an_edit_without_keyboard_takes_the_keyboard_away(self, telegram: Telegram) -> None:
        """And so the same text without it is a change."""
        keyboard = {"inline_keyboard": [[{"text": "Next", "callback_data": "n"}]]}
        own = await telegram.send("same", reply_markup=keyboard)
        place = {"chat_id": telegram.chat.id, "message_id": own["message_id"]}

        edited = await telegram.result("editMessageText", **place, text="same")
        again = await telegram.refusal("editMessageReplyMarkup", **place)

        assert "reply_markup" not in edited
        assert again == NOT_MODIFIED

    async def test_a_deleted_message_is_not_found(self, telegram: Telegram) -> None:
        """Neither to edit nor to delete again."""
        own = await telegram.send()
        place = {"chat_id": telegram.chat.id, "message_id": own["message_id"]}
        assert await telegram.result("deleteMessage", **place)

        assert await telegram.refusal("editMessageText", **place, text="x") == ("Bad Request: message to edit not found")
        assert await telegram.refusal("deleteMessage", **place) == "Bad Request: message to delete not found"

    async def test_a_document_has_no_text_to_edit(self, telegram: Telegram) -> None:
        """Its caption is another matter."""
        file = telegram.world.add_file("a.txt", b"a", "text/plain", "documents")
        sent = await telegram.result("sendDocument", chat_id=telegram.chat.id, document=file.file_id)

        refusal = await telegram.refusal("editMessageText", chat_id=telegram.chat.id, message_id=sent["message_id"], text="x")

        assert refusal == "Bad Request: there is no text in the message to edit"


class TestRights:
    async def test_who_cannot_be_written_to(self, telegram: Telegram) -> None:
        """Nobody, somebody who never wrote, somebody who blocked the bot."""
        bob = telegram.world.person("Bob")
        telegram.world.block(telegram.ann)

        assert await telegram.refusal("sendMessage", chat_id=42, text="x") == "Bad Request: chat not found"
        assert await telegram.refusal("sendMessage", chat_id=bob.id, text="x") == ("Forbidden: bot can't initiate conversation with a user")
        assert await telegram.refused_text("x") == "Forbidden: bot was blocked by the user"

    async def test_a_group_that_put_the_bot_out(self, telegram: Telegram) -> None:
        """Kicked and gone are told apart, and so are the kinds of groups."""
        group = telegram.world.group("Team", [telegram.ann])
        big = telegram.world.supergroup("Big", [telegram.ann])
        telegram.world.remove_bot(group, by=telegram.ann)
        assert await telegram.result("leaveChat", chat_id=big.id)

        assert await telegram.refusal("sendMessage", chat_id=group.id, text="x") == ("Forbidden: bot was kicked from the group chat")
        assert await telegram.refusal("getChat", chat_id=big.id) == ("Forbidden: bot is not a member of the supergroup chat")

    async def test_a_restricted_bot_lacks_rights(self, telegram: Telegram) -> None:
        """Text and documents are separate rights."""
        big = telegram.world.supergroup("Big", [telegram.ann])
        telegram.world.restrict(big, telegram.world.bot, by=telegram.ann, rights=["can_send_documents"])

        assert await telegram.refusal("sendMessage", chat_id=big.id, text="x") == (
            "Bad Request: not enough rights to send text messages to the chat"
        )

    async def test_a_migrated_group_tells_its_new_id(self, telegram: Telegram) -> None:
        """In the parameters of the error, where PTB looks for it."""
        old = telegram.world.group("Team", [telegram.ann])
        new = telegram.world.migrate(old)

        answer = await telegram.call("sendMessage", chat_id=old.id, text="x")

        assert answer == {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": new.id},
        }

    async def test_a_channel_wants_an_administrator(self, telegram: Telegram) -> None:
        """Who may post."""
        channel = telegram.world.channel("News", telegram.ann, username="news")
        assert (await telegram.result("sendMessage", chat_id="@news", text="x"))["sender_chat"]["title"] == "News"
        telegram.world.promote(channel, telegram.world.bot, by=telegram.ann, rights=["can_manage_chat"])

        assert await telegram.refusal("sendMessage", chat_id="@news", text="x") == (
            "Bad Request: need administrator rights in the channel chat"
        )

    async def test_an_old_message_can_be_deleted_no_more(self) -> None:
        """48 hours, unless by an administrator."""
        now = [1_800_000_000.0]
        async with BotApiServer(clock=lambda: now[0], flood=None) as server, httpx.AsyncClient() as http:
            telegram = Telegram(server, http)
            sent = await telegram.send()
            now[0] += 48 * 3600

            refusal = await telegram.refusal("deleteMessage", chat_id=telegram.chat.id, message_id=sent["message_id"])

            assert refusal == "Bad Request: message can't be deleted"

    async def test_what_a_private_chat_does_not_have(self, telegram: Telegram) -> None:
        """Administrators, and a way for the bot to leave."""
        place = {"chat_id": telegram.chat.id}

        assert await telegram.refusal("getChatAdministrators", **place) == ("Bad Request: there are no administrators in the private chat")
        assert await telegram.refusal("leaveChat", **place) == ("Bad Request: chat member status can't be changed in private chats")
        assert await telegram.result("getChatMemberCount", **place) == 2

    async def test_service_messages_go_nowhere(self, telegram: Telegram) -> None:
        """They can be neither forwarded nor copied."""
        group = telegram.world.group("Team", [telegram.ann])
        service = next(iter(group.messages))
        places = {"chat_id": telegram.chat.id, "from_chat_id": group.id}

        assert await telegram.refusal("forwardMessage", **places, message_id=service) == ("Bad Request: message can't be forwarded")
        assert await telegram.refusal("copyMessage", **places, message_id=service) == ("Bad Request: message can't be copied")
        assert await telegram.refusal("forwardMessage", **places, message_id=999) == ("Bad Request: message to forward not found")

    async def test_people_s_messages_are_deleted_by_administrators_only(self, telegram: Telegram) -> None:
        """In groups, that is."""
        group = telegram.world.supergroup("Team", [telegram.ann])
        asked = telegram.world.say(group, telegram.ann, "/ask")
        place = {"chat_id": group.id, "message_id": asked.id}

        assert await telegram.refusal("deleteMessage", **place) == "Bad Request: message can't be deleted"
        telegram.world.promote(group, telegram.world.bot, by=telegram.ann)
        assert await telegram.result("deleteMessage", **place)


class TestQueries:
    async def test_an_answer_to_a_press_has_limits(self, telegram: Telegram) -> None:
        """Known, once, in time, 200 characters."""
        own = telegram.world.say(telegram.chat, telegram.ann, "x")
        await telegram.send(reply_markup={"inline_keyboard": [[{"text": "Next", "callback_data": "n"}]]})
        sent = await telegram.server.sent(telegram.chat)
        query = telegram.world.press(sent, "Next", telegram.ann)

        async def refused(query_id: str, text: str) -> str:
            return await telegram.refusal("answerCallbackQuery", callback_query_id=query_id, text=text)

        assert own.buttons == ()
        assert await refused("unknown", "x") == QUERY_TOO_OLD
        assert await refused(query.id, "x" * 201) == "Bad Request: MESSAGE_TOO_LONG"
        assert await telegram.result("answerCallbackQuery", callback_query_id=query.id, text="x" * 200)
        assert await refused(query.id, "twice") == QUERY_TOO_OLD

    async def test_a_press_is_answered_within_a_minute(self) -> None:
        """Telegram says only that it is soon too late."""
        now = [1_800_000_000.0]
        async with BotApiServer(clock=lambda: now[0], flood=None) as server, httpx.AsyncClient() as http:
            telegram = Telegram(server, http)
            await telegram.send(reply_markup={"inline_keyboard": [[{"text": "Next", "callback_data": "n"}]]})
            query = telegram.world.press(await server.sent(telegram.chat), "Next", telegram.ann)
            now[0] += 61

            assert await telegram.refusal("answerCallbackQuery", callback_query_id=query.id) == QUERY_TOO_OLD

    @pytest.mark.parametrize(
        ("ids", "reason"),
        [
            ([str(number) for number in range(51)], "RESULTS_TOO_MUCH"),
            (["a", "a"], "RESULT_ID_DUPLICATE"),
            ([""], "RESULT_ID_INVALID"),
            (["é" * 33], "RESULT_ID_INVALID"),
        ],
    )
    async def test_inline_results_have_limits(self, telegram: Telegram, ids: list[str], reason: str) -> None:
        """50 results, each with an id of its own, 1 to 64 bytes."""
        query = telegram.world.inline_query(telegram.ann, "second dialogue")

        refusal = await telegram.refusal("answerInlineQuery", inline_query_id=query.id, results=[article(one) for one in ids])

        assert refusal == f"Bad Request: {reason}"

    async def test_the_text_of_a_result_is_checked_as_any_text(self, telegram: Telegram) -> None:
        """So that no result fails when somebody chooses it."""
        query = telegram.world.inline_query(telegram.ann, "second dialogue")

        refusal = await telegram.refusal("answerInlineQuery", inline_query_id=query.id, results=[article("a", text="x" * 4097)])

        assert refusal == "Bad Request: message is too long"


def article(result_id: str, *, text: str = "April 2016") -> Json:
    return {
        "type": "article",
        "id": result_id,
        "title": "Answer",
        "input_message_content": {"message_text": text},
    }


class TestOtherThings:
    @pytest.mark.parametrize(
        ("commands", "reason"),
        [
            ([{"command": "Ask", "description": "Ask"}], "BOT_COMMAND_INVALID"),
            ([{"command": "ask", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
            ([{"command": f"a{n}", "description": "x"} for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
        ],
    )
    async def test_a_wrong_menu_is_refused(self, telegram: Telegram, commands: list[Json], reason: str) -> None:
        """Commands are small letters, described, a hundred at most."""
        assert await telegram.refusal("setMyCommands", commands=commands) == f"Bad Request: {reason}"

    async def test_one_reaction_from_the_list(self, telegram: Telegram) -> None:
        """Two are too many for a bot, and not every emoji is a reaction."""
        asked = telegram.world.say(telegram.chat, telegram.ann, "x")
        place = {"chat_id": telegram.chat.id, "message_id": asked.id}
        thumb, pizza = ({"type": "emoji", "emoji": one} for one in "👍🍕")

        assert await telegram.result("setMessageReaction", **place, reaction=[thumb])
        assert await telegram.refusal("setMessageReaction", **place, reaction=[pizza]) == ("Bad Request: REACTION_INVALID")
        assert await telegram.refusal("setMessageReaction", **place, reaction=[thumb, thumb]) == ("Bad Request: REACTIONS_TOO_MANY")

    async def test_a_caption_has_1024_units(self, telegram: Telegram) -> None:
        """A quarter of a text."""
        file = telegram.world.add_file("a.txt", b"a", "text/plain", "documents")

        refusal = await telegram.refusal("sendDocument", chat_id=telegram.chat.id, document=file.file_id, caption="x" * 1025)

        assert refusal == "Bad Request: message caption is too long"

    async def test_20_megabytes_are_too_much_to_download(self, telegram: Telegram) -> None:
        """Bots get no path to bigger files."""
        big = telegram.world.upload(telegram.chat, telegram.ann, "big.txt", b"x" * (20 * 2**20 + 1))

        refusal = await telegram.refusal("getFile", file_id=big.content["document"]["file_id"])

        assert refusal == "Bad Request: file is too big"
