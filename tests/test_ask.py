"""Questions in private and in groups, and what becomes of the answer when they are edited: over real HTTP."""

import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.sandbox import BotApiServer, Message
from bot.state import State
from bot.texts import ENGLISH
from tests.support import ARTICLE, HANDBOOK, QUESTION, Library, Scene, running, scene

pytestmark = pytest.mark.anyio

SENTENCE = "The first round was held in Washington in July 2014, and the second round in Seoul in April 2016."


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


def marked(message: Message, kind: str) -> list[str]:
    """What the entities of a kind cover; all texts here are within the BMP."""
    return [message.text[entity["offset"] : entity["offset"] + entity["length"]] for entity in message.entities if entity["type"] == kind]


async def test_a_private_question_is_answered_with_a_quote_and_its_source(here: Scene) -> None:
    question, answer = await here.ask()

    assert marked(answer, "blockquote") == [SENTENCE]
    assert marked(answer, "bold") == ["April 2016"]
    assert "Biden pledges to expand space cooperation, ¶ 2" in answer.text
    assert answer.reply_to == question.id


async def test_a_source_with_an_address_is_linked_to_the_sentence(here: Scene) -> None:
    _, answer = await here.ask("when are holidays asked for?")

    links = [entity["url"] for entity in answer.entities if entity["type"] == "text_link"]
    assert links == ["https://example.org/handbook#:~:text=Holidays%20are%20asked%20for%20by%20e%2Dmail."]


async def test_a_question_that_the_documents_do_not_answer_is_told_so(here: Scene) -> None:
    _, answer = await here.ask("zebra?")

    assert "My documents don't say" in answer.text


@pytest.mark.parametrize(("language", "words"), [("ko", "제 문서에는 나와 있지 않아요"), ("ja", "資料には書かれていません")])
async def test_whoever_asks_is_spoken_to_in_their_language(here: Scene, language: str, words: str) -> None:
    mina = here.world.person("Mina", language=language)
    chat = here.world.private(mina)
    here.world.say(chat, mina, "zebra?")

    assert words in (await here.server.sent(chat)).text


async def test_a_question_that_cannot_be_asked_gets_a_reason(here: Scene) -> None:
    _, answer = await here.ask("why? " * 300)

    assert answer.text == ENGLISH.question_too_long.format(most=1000)


async def test_a_search_lists_passages_and_reads_no_answer_out_of_them(here: Scene) -> None:
    _, found = await here.ask("/search civil space dialogue")

    assert "The leaders agreed to hold the third Civil Space Dialogue by the end of the year." in marked(found, "blockquote")
    assert marked(found, "bold") == []


async def test_a_group_is_answered_when_it_asks_and_left_alone_otherwise(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)  # so that it hears everything
    here.world.say(here.group, here.ann, "lunch?")
    here.world.say(here.group, here.ann, "/start@otherbot")
    here.world.say(here.group, here.ann, "/foo")
    await here.silence(here.group)

    question = here.world.say(here.group, here.ann, f"/ask {QUESTION}")

    assert (await here.server.sent(here.group)).reply_to == question.id


async def test_a_group_hears_one_message_for_an_answer_and_sees_nobody_typing(here: Scene) -> None:
    await here.server.confirmed()
    before = len(here.server.calls.items)
    here.world.say(here.group, here.ann, f"/ask {QUESTION}")
    await here.server.sent(here.group)
    await here.silence(here.group)

    to_group = [call.method for call in here.server.calls.items[before:] if call.parameters.get("chat_id") == here.group.id]
    assert to_group == ["sendMessage"]


async def test_a_mention_is_answered_where_it_arrives(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    question = here.world.say(here.group, here.ben, f"@citebot {QUESTION}")

    answer = await here.server.sent(here.group)

    assert answer.reply_to == question.id
    assert SENTENCE in answer.text


async def test_a_reply_to_an_answer_follows_it_up(here: Scene) -> None:
    here.world.say(here.group, here.ann, f"/ask {QUESTION}")
    answer = await here.server.sent(here.group)

    here.world.say(here.group, here.ben, "and where?", reply_to=answer)

    followed = await here.server.sent(here.group)
    assert followed.text.startswith(f"I read this as: and where? {QUESTION}")


async def test_a_reply_to_an_answer_follows_it_up_after_a_restart(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)
        async with running(server, tmp_path):
            answer = await server.sent(chat)
        server.world.say(chat, ann, "and where?", reply_to=answer)
        async with running(server, tmp_path):
            assert (await server.sent(chat)).text.startswith(f"I read this as: and where? {QUESTION}")


async def test_in_private_a_question_may_lean_on_the_answer_just_given(here: Scene) -> None:
    await here.ask()
    _, followed = await here.ask("and where?")

    assert followed.text.startswith(f"I read this as: and where? {QUESTION}")


async def test_a_question_that_stands_on_its_own_is_taken_as_it_is(here: Scene) -> None:
    await here.ask()
    _, answer = await here.ask("what is the KPS?")

    assert "I read this as" not in answer.text


async def test_a_search_in_between_ends_the_thread(here: Scene) -> None:
    await here.ask()
    await here.ask("/search KPS")
    _, answer = await here.ask("and where?")

    assert "I read this as" not in answer.text


async def test_an_answer_given_long_ago_is_not_leant_on(tmp_path: Path) -> None:
    now = [1_700_000_000.0]  # what Telegram dates messages with; answers are dated by the bot's own clock
    async with BotApiServer(flood=None, clock=lambda: now[0]) as server, running(server, tmp_path):
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)
        await server.sent(chat)
        now[0] = time.time() + 600
        server.world.say(chat, ann, "and where?")

        assert "I read this as" not in (await server.sent(chat)).text


async def test_in_a_group_only_a_reply_follows_up(here: Scene) -> None:
    here.world.say(here.group, here.ann, f"/ask {QUESTION}")
    await here.server.sent(here.group)
    here.world.say(here.group, here.ann, "/ask and where?")

    assert "I read this as" not in (await here.server.sent(here.group)).text


async def test_an_edited_follow_up_leans_on_the_same_answer(here: Scene) -> None:
    await here.ask()
    question, _ = await here.ask("and where?")
    here.world.edit(question, "and who?")

    assert (await here.server.edited(here.chat)).text.startswith(f"I read this as: and who? {QUESTION}")


async def test_a_colleagues_message_is_answered_when_somebody_points_at_it(here: Scene) -> None:
    colleagues = here.world.say(here.group, here.ben, QUESTION)
    here.world.say(here.group, here.ann, "/ask@citebot", reply_to=colleagues)

    answer = await here.server.sent(here.group)

    assert answer.reply_to == colleagues.id
    assert SENTENCE in answer.text


@pytest.mark.parametrize("call", ["/ask@citebot", "@citebot"])
async def test_who_points_at_a_voice_message_is_told_what_can_be_read(here: Scene, call: str) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    voice = here.world.voice(here.group, here.ben)
    here.world.say(here.group, here.ann, call, reply_to=voice)

    assert (await here.server.sent(here.group)).text == ENGLISH.only_text


async def test_a_part_of_a_message_is_answered_with_that_part_quoted(here: Scene) -> None:
    text = f"Hi all 🚀 {QUESTION} Thanks!"
    bold = {"type": "bold", "offset": 10, "length": len(QUESTION)}
    colleagues = here.world.say(here.group, here.ben, text, entities=[bold])
    here.world.say(here.group, here.ann, "/ask@citebot", reply_to=colleagues, quote=QUESTION)

    answer = await here.server.sent(here.group)

    assert answer.reply_to == colleagues.id
    assert answer.extra["quote"]["text"] == QUESTION


async def test_a_quote_that_was_edited_away_meanwhile_costs_only_the_quote(here: Scene) -> None:
    colleagues = here.world.say(here.group, here.ben, f"Hi all. {QUESTION}")
    here.server.faults.fail("sendMessage", code=400, description="Bad Request: QUOTE_TEXT_INVALID")
    here.world.say(here.group, here.ann, "/ask@citebot", reply_to=colleagues, quote=QUESTION)

    answer = await here.server.sent(here.group)

    assert answer.reply_to == colleagues.id
    assert "quote" not in answer.extra


@pytest.mark.parametrize("forum", [True, False])
async def test_an_answer_stays_in_its_topic(here: Scene, forum: bool) -> None:
    group = here.world.supergroup("Forum", [here.ann], forum=forum)
    await here.server.sent(group)
    topic = here.world.topic(group, "Space") if forum else None
    here.world.say(group, here.ann, f"/ask {QUESTION}", thread=topic)

    assert (await here.server.sent(group)).thread == (topic if forum else group.messages[max(group.messages) - 1].id)


async def test_an_answer_in_a_topic_whose_question_was_deleted_still_comes(here: Scene) -> None:
    group = here.world.supergroup("Forum", [here.ann], forum=True)
    await here.server.sent(group)
    topic = here.world.topic(group, "Space")
    here.server.faults.slow("sendMessage", 0.3)
    question = here.world.say(group, here.ann, f"/ask {QUESTION}", thread=topic)
    here.world.delete(question)

    answer = await here.server.sent(group)

    assert answer.thread == topic
    assert answer.reply_to != question.id


@pytest.mark.parametrize(
    ("text", "advice"),
    [("/ask", "Write it after the command"), ("/search", "Which words"), ("@citebot", "beside my name")],
)
async def test_a_call_without_words_gets_a_word_of_advice(here: Scene, text: str, advice: str) -> None:
    _, answer = await here.ask(text)

    assert advice in answer.text


async def test_edited_questions_have_their_answers_edited(here: Scene) -> None:
    question, answer = await here.ask("zebra?")
    here.world.edit(question, QUESTION)

    edited = await here.server.edited(here.chat)

    assert edited.id == answer.id
    assert SENTENCE in edited.text


async def test_an_edit_after_a_restart_finds_its_answer(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        question = server.world.say(chat, ann, "zebra?")
        async with running(server, tmp_path):
            answer = await server.sent(chat)
        server.world.edit(question, QUESTION)
        async with running(server, tmp_path):
            edited = await server.edited(chat)

    assert edited.id == answer.id
    assert SENTENCE in edited.text


async def test_a_question_edited_away_takes_its_answer_along(here: Scene) -> None:
    question, _ = await here.ask(f"/ask {QUESTION}")
    here.world.edit(question, "/ask")
    assert "What would you like to know?" in (await here.server.edited(here.chat)).text

    here.world.edit(question, "/foo")
    assert (await here.server.edited(here.chat)).text == "This question was taken back."

    here.world.edit(question, f"/ask {QUESTION}")
    assert SENTENCE in (await here.server.edited(here.chat)).text


async def test_an_edit_that_leaves_the_words_alone_changes_nothing(here: Scene) -> None:
    question, _ = await here.ask()
    here.world.edit(question, QUESTION, entities=[{"type": "bold", "offset": 0, "length": 4}])

    await here.silence(here.chat)

    assert here.server.calls_of("editMessageText") == []


async def test_an_edited_search_searches_anew(here: Scene) -> None:
    search, _ = await here.ask("/search holidays")
    here.world.edit(search, "/search KPS")

    assert "Korean Positioning System" in (await here.server.edited(here.chat)).text


async def test_a_colleagues_edit_changes_the_answer_they_got(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    colleagues = here.world.say(here.group, here.ben, "zebra?")
    here.world.say(here.group, here.ann, "/ask", reply_to=colleagues)
    answer = await here.server.sent(here.group)

    here.world.edit(colleagues, QUESTION)

    edited = await here.server.edited(here.group)
    assert edited.id == answer.id
    assert SENTENCE in edited.text


async def test_thanks_are_no_question(here: Scene) -> None:
    _, told = await here.ask("thank you very much!")

    assert told.text == ENGLISH.courtesy
    assert "“thanks”" in (await here.ask("/search thanks"))[1].text


async def test_questions_about_the_bot_are_answered_with_its_help(here: Scene) -> None:
    _, private = await here.ask("what can you do?")
    here.world.say(here.group, here.ben, "/ask who are you?")
    told = await here.server.sent(here.group)

    assert ENGLISH.help_private in private.text
    assert "/ask@citebot and your question" in told.text
    assert private.buttons == told.buttons == ()


async def test_a_no_is_told_what_helps_and_a_hello_is_returned(here: Scene) -> None:
    assert (await here.ask("are you sure?"))[1].text == ENGLISH.disagreement
    assert (await here.ask("hello"))[1].text == ENGLISH.greeting


@pytest.mark.parametrize("words", ["what can you do?", "no", "hello"])
async def test_a_question_may_follow_up_over_courtesies(here: Scene, words: str) -> None:
    await here.ask()
    await here.ask(words)

    assert (await here.ask("and where?"))[1].text.startswith(f"I read this as: and where? {QUESTION}")


async def test_a_colleagues_edit_leaves_alone_what_asks_for_something_else_by_now(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    colleagues = here.world.say(here.group, here.ben, "zebra?")
    pointed = here.world.say(here.group, here.ann, "/ask", reply_to=colleagues)
    answer = await here.server.sent(here.group)
    here.world.edit(pointed, f"/ask {QUESTION}")
    await here.server.edited(here.group)

    here.world.edit(colleagues, "zebras and lions?")

    await here.silence(here.group)
    assert SENTENCE in here.group.messages[answer.id].text


async def test_a_message_that_becomes_a_question_by_editing_is_answered(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    message = here.world.say(here.group, here.ann, "lunch?")
    here.world.edit(message, f"@citebot {QUESTION}")

    assert (await here.server.sent(here.group)).reply_to == message.id


async def test_an_edit_of_an_old_question_that_was_erased_does_not_have_it_answered_again(tmp_path: Path) -> None:
    now = [time.time() - 3600]  # what Telegram dates messages with
    async with BotApiServer(flood=None, clock=lambda: now[0]) as server, running(server, tmp_path):
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        question = server.world.say(chat, ann, QUESTION)
        await server.sent(chat)
        server.world.say(chat, ann, "/forgetme")
        server.world.press(await server.sent(chat), ENGLISH.yes_forget, ann)
        await server.edited(chat)
        now[0] = time.time()
        server.world.edit(question, QUESTION)  # as Telegram has it when somebody first reacts
        following = server.world.say(chat, ann, "zebra?")

        assert (await server.sent(chat)).reply_to == following.id
        with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
            assert state.replies_to(chat.id, question.id) == []


async def test_an_answer_that_was_deleted_comes_anew_when_its_question_is_edited(here: Scene) -> None:
    question, answer = await here.ask("zebra?")
    here.world.delete(answer)
    here.world.edit(question, QUESTION)

    assert SENTENCE in (await here.server.sent(here.chat)).text


async def test_an_answer_that_came_anew_is_the_one_that_later_edits_change(here: Scene) -> None:
    question, answer = await here.ask("zebra?")
    here.world.delete(answer)
    here.world.edit(question, QUESTION)
    anew = await here.server.sent(here.chat)

    here.world.edit(question, "when was the first round held in Washington?")

    assert (await here.server.edited(here.chat)).id == anew.id
    await here.silence(here.chat)


async def test_an_edited_caption_that_somebody_pointed_at_has_its_answer_edited(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    photo = here.world.photo(here.group, here.ben, caption="zebra?")
    here.world.say(here.group, here.ann, "/ask", reply_to=photo)
    answer = await here.server.sent(here.group)

    here.world.edit(photo, QUESTION)

    edited = await here.server.edited(here.group)
    assert edited.id == answer.id
    assert SENTENCE in edited.text


async def test_answers_come_in_the_order_of_their_questions(here: Scene) -> None:
    asked = [here.world.say(here.chat, here.ann, f"question {number} about the dialogue") for number in range(10)]

    answered: list[int] = []
    while len(answered) < len(asked):
        reply_to = (await here.server.sent(here.chat)).reply_to
        answered += [reply_to] if reply_to is not None else []  # on a slow machine a word about the rush comes in between

    assert answered == [question.id for question in asked]


async def test_channels_get_no_answers(here: Scene) -> None:
    channel = here.world.channel("News", here.ann)
    here.world.say(channel, here.ann, f"/ask {QUESTION}")

    await here.silence(channel)


async def test_documents_full_of_markup_and_emoji_are_sent_as_they_are(tmp_path: Path) -> None:
    text = "The *second* <b>round</b> of the [dialogue](x) was \u202eabc\u202c 👩‍🚀 in April 2016 & _so on_. " * 80
    library = Library(ARTICLE.__class__("wild.md", "Wild 🚀 *title*", text), HANDBOOK)
    async with scene(tmp_path, library) as here:
        _, answer = await here.ask(QUESTION)

        assert "<b>round</b> of the [dialogue](x)" in answer.text
        assert (await here.press(answer, "More")).text.count("👩‍🚀") > 10
