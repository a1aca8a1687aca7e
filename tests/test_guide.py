"""Every private message gets a reply, and people find out what they can do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.formatting import message
from bot.handlers.guide import MAX_LISTED, sources
from bot.texts import ENGLISH
from index.domain import Document
from tests.support import Library, Scene, scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/start", "Ask me anything about my documents"),
        ("/start payload", "Ask me anything about my documents"),
        ("/help", "Just write your question"),
        ("/foo", "I don't know that command"),
        ("/foo@citebot", "I don't know that command"),
        ("/ask@otherbot when?", "I don't know that command"),
    ],
)
async def test_commands_in_private_are_replied_to(here: Scene, text: str, reply: str) -> None:
    _, answer = await here.ask(text)

    assert reply in answer.text


async def test_what_is_no_text_gets_a_word_on_what_to_do(here: Scene) -> None:
    here.world.voice(here.chat, here.ann)
    here.world.sticker(here.chat, here.ann)
    here.world.photo(here.chat, here.ann, caption="when was it?")
    here.world.animation(here.chat, here.ann)  # which the API calls a document as well

    for _ in range(4):
        assert "I can read text and documents only" in (await here.server.sent(here.chat)).text


async def test_an_album_gets_one_word(here: Scene) -> None:
    for _ in range(3):
        here.world.photo(here.chat, here.ann, album="1")

    assert "I can read text and documents only" in (await here.server.sent(here.chat)).text
    await here.silence(here.chat)


async def test_pictures_in_groups_are_nobodys_business(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    here.world.photo(here.group, here.ann, caption="@citebot look")
    here.world.voice(here.group, here.ann)

    await here.silence(here.group)


async def test_an_unknown_command_in_a_group_is_met_only_when_called_by_name(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    here.world.say(here.group, here.ann, "/foo")
    called = here.world.say(here.group, here.ann, "/foo@citebot")

    assert (await here.server.sent(here.group)).reply_to == called.id


async def test_sources_are_listed_and_linked_where_they_have_an_address(here: Scene) -> None:
    _, listed = await here.ask("/sources")

    assert listed.text.startswith("I answer from 2 documents:\n• Biden pledges")
    assert [entity["url"] for entity in listed.entities if entity["type"] == "text_link"] == ["https://example.org/handbook"]


async def test_without_documents_sources_say_so(tmp_path: Path) -> None:
    async with scene(tmp_path, Library()) as here:
        _, listed = await here.ask("/sources")

        assert listed.text == "I have no documents yet."


def test_a_long_list_of_sources_is_cut_and_counted() -> None:
    documents = [Document(f"{number}.txt", "🚀" * 200, "text", "https://example.org") for number in range(1000)]

    outgoing = message(sources(documents, ENGLISH))

    listed = outgoing.text.count("• ")
    assert 10 < listed < MAX_LISTED
    assert outgoing.text.endswith(f"… and {1000 - listed} more.")


async def test_help_in_a_group_says_what_works_there(here: Scene) -> None:
    here.world.say(here.group, here.ben, "/help@citebot")
    assert "mentioning" not in (await here.server.sent(here.group)).text

    here.world.promote(here.group, here.world.bot, by=here.ann)
    here.world.say(here.group, here.ben, "/start@citebot")
    assert "mentioning @citebot" in (await here.server.sent(here.group)).text
