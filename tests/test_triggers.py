"""Which messages are for the bot, and what they ask."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat, ForumTopicCreated, Message, MessageEntity, TextQuote, User

from bot.sandbox.text import found_entities, utf16_length
from bot.triggers import Heard, Intent, heard

ME = User(1, "Citebot", True, username="CiteBot")
ANN = User(2, "Ann", False)
BEN = User(3, "Ben", False)
PRIVATE = Chat(2, "private")
GROUP = Chat(-5, "supergroup")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def said(text: str | None, chat: Chat = GROUP, sender: User | None = ANN, message_id: int = 10, **others: Any) -> Message:
    """A message as Telegram would describe it: mentions and commands are found in its text."""
    found = [MessageEntity(entity["type"], entity["offset"], entity["length"]) for entity in found_entities(text or "")]
    return Message(message_id, NOW, chat, from_user=sender, text=text, entities=others.pop("entities", found), **others)


def asks(text: str, replies_to: int = 10, **others: Any) -> Heard:
    return Heard(Intent.ASK, text, replies_to, **others)


def test_any_text_in_private_is_a_question() -> None:
    assert heard(said("when was it?", PRIVATE), ME) == asks("when was it?")


def test_talk_in_a_group_is_not_for_the_bot() -> None:
    assert heard(said("when was it?"), ME) is None


@pytest.mark.parametrize("text", ["/ask when was it?", "/ask@citebot when was it?", "/ASK@CITEBOT  when was it? "])
def test_ask_with_words_is_a_question_everywhere(text: str) -> None:
    assert heard(said(text), ME) == asks("when was it?")
    assert heard(said(text, PRIVATE), ME) == asks("when was it?")


def test_search_wants_passages_only() -> None:
    assert heard(said("/search civil space"), ME) == Heard(Intent.SEARCH, "civil space", 10)


@pytest.mark.parametrize("text", ["/ask@otherbot when?", "/start", "/unknown words", "well, /ask when?"])
def test_other_commands_are_not_questions(text: str) -> None:
    assert heard(said(text), ME) is None


def test_another_bots_command_is_not_for_us_even_in_private() -> None:
    assert heard(said("/ask@otherbot when?", PRIVATE), ME) is None


def test_ask_without_words_leaves_the_question_empty() -> None:
    assert heard(said("/ask"), ME) == asks("")


def test_ask_as_a_reply_takes_that_message_as_the_question_and_answers_it() -> None:
    colleagues = said("when was it?", sender=BEN, message_id=7)

    assert heard(said("/ask", reply_to_message=colleagues), ME) == asks("when was it?", replies_to=7)


def test_ask_as_a_reply_with_words_of_its_own_asks_those() -> None:
    colleagues = said("who knows", sender=BEN, message_id=7)

    assert heard(said("/ask when was it?", reply_to_message=colleagues), ME) == asks("when was it?")


def test_ask_with_a_picked_quote_asks_that_part() -> None:
    colleagues = said("Hi all. When was it? Bye.", sender=BEN, message_id=7)
    quote = TextQuote("When was it?", 8, is_manual=True)

    message = said("/ask", reply_to_message=colleagues, quote=quote)

    assert heard(message, ME) == asks("When was it?", replies_to=7, quote=quote)


def test_a_quote_from_another_chat_is_answered_where_it_was_asked() -> None:
    message = said("/ask", quote=TextQuote("When was it?", 0, is_manual=True))

    assert heard(message, ME) == asks("When was it?")


def test_ask_as_a_reply_to_a_picture_takes_its_caption() -> None:
    picture = said(None, sender=BEN, message_id=7, caption="where is this?")

    assert heard(said("/ask", reply_to_message=picture), ME) == asks("where is this?", replies_to=7)


def test_ask_as_a_reply_to_the_bot_has_no_question() -> None:
    assert heard(said("/ask", reply_to_message=said("It was in 2016.", sender=ME, message_id=7)), ME) == asks("")


def test_a_reply_to_the_bot_is_a_follow_up() -> None:
    own = said("It was in 2016.", sender=ME, message_id=7)

    assert heard(said("and where?", reply_to_message=own), ME) == asks("and where?", follows=7)


def test_a_plain_message_in_a_topic_that_the_bot_created_is_no_reply_to_it() -> None:
    creation = said(None, sender=ME, message_id=7, forum_topic_created=ForumTopicCreated("News", 0))

    assert heard(said("lunch?", reply_to_message=creation), ME) is None


@pytest.mark.parametrize("text", ["@citebot when was it?", "when was it? @CITEBOT", "when was @citebot it?", "@citebot, when was it?"])
def test_a_mention_asks_the_rest_of_the_message(text: str) -> None:
    assert heard(said(text), ME) == asks("when was it?")


def test_a_mention_by_name_counts_like_one_by_username() -> None:
    message = said("🚀 Citebot when was it?", entities=[MessageEntity("text_mention", 3, 7, user=ME)])

    assert heard(message, ME) == asks("🚀 when was it?")


def test_a_mention_alone_points_at_the_message_it_replies_to() -> None:
    colleagues = said("when was it?", sender=BEN, message_id=7)

    assert heard(said("@citebot", reply_to_message=colleagues), ME) == asks("when was it?", replies_to=7, by_mention=True)


def test_a_mention_alone_is_an_empty_call() -> None:
    assert heard(said("@citebot"), ME) == asks("", by_mention=True)


@pytest.mark.parametrize("text", ["@citebot2 when?", "mail me@citebot.org"])
def test_a_longer_name_is_no_mention(text: str) -> None:
    assert heard(said(text), ME) is None


def test_an_anonymous_administrator_is_a_person() -> None:
    stand_in = User(1087968824, "Group", True, username="GroupAnonymousBot")

    assert heard(said("/ask when was it?", sender=stand_in, sender_chat=GROUP), ME) == asks("when was it?")


@pytest.mark.parametrize(
    "others",
    [
        {"is_automatic_forward": True, "sender_chat": Chat(-9, "channel")},
        {"sender": User(4, "Other", True)},
        {"via_bot": ME},
    ],
    ids=["a channel's post in its discussion group", "another bot", "our own inline result"],
)
def test_what_no_person_wrote_is_not_for_the_bot(others: dict[str, Any]) -> None:
    assert heard(said("/ask when was it?", **others), ME) is None


def test_a_voice_message_asks_nothing() -> None:
    assert heard(said(None, PRIVATE), ME) is None


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="@/#,:"), min_size=1)


@given(st.lists(WORDS, min_size=1).map(" ".join))
def test_a_question_with_any_words_is_heard_as_it_stands(question: str) -> None:
    assert heard(said(question, PRIVATE), ME) == asks(question)
    assert heard(said(f"/ask {question}"), ME) == asks(question.strip())


@given(st.lists(WORDS), st.lists(WORDS))
def test_a_mention_anywhere_loses_no_word(before: list[str], after: list[str]) -> None:
    text = " ".join([*before, "@citebot", *after])
    offset = utf16_length("".join(f"{word} " for word in before))

    found = heard(said(text, entities=[MessageEntity("mention", offset, 8)]), ME)

    assert found is not None
    assert found.text.split() == [*before, *after]
