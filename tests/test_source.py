"""The source of a quote, over real HTTP."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.handlers.source import MAX_FILE, file_name
from bot.library import Provenance, with_provenance
from bot.sandbox import Button, Chat, Message
from index.domain import Document
from tests.support import ARTICLE, HANDBOOK, QUESTION, Library, Scene, scene

pytestmark = pytest.mark.anyio


async def file_sent(here: Scene, chat: Chat) -> tuple[Message, str]:
    message = await here.server.sent(chat)
    return message, here.world.files[message.content["document"]["file_id"]].content.decode()


async def test_a_document_with_an_address_is_a_link_to_the_sentence(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        _, answer = await here.ask("when are holidays asked for?")

        assert answer.button("Source").url == "https://example.org/handbook#:~:text=Holidays%20are%20asked%20for%20by%20e%2Dmail."


async def test_a_document_without_an_address_is_given_as_a_file(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        _, answer = await here.ask()
        here.world.press(answer, "Source", here.ann)

        message, text = await file_sent(here, here.chat)

        assert text == ARTICLE.text
        assert message.content["document"]["file_name"] == "article.txt"
        assert message.text == "Biden pledges to expand space cooperation, ¶ 2"
        assert message.reply_to == answer.id


async def test_a_file_stays_in_the_topic_of_its_answer(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        group = here.world.supergroup("Forum", [here.ann], forum=True)
        await here.server.sent(group)
        topic = here.world.topic(group, "Space")
        here.world.say(group, here.ann, f"/ask {QUESTION}", thread=topic)
        here.world.press(await here.server.sent(group), "Source", here.ann)

        message, _ = await file_sent(here, group)

        assert message.thread == topic


@pytest.mark.parametrize(
    ("title", "named"), [(ARTICLE.title, "Biden pledges to expand space cooperation, ¶ 2"), ("🚀" * 300, "🚀")], ids=["short", "long"]
)
async def test_a_very_long_document_is_only_named(tmp_path: Path, title: str, named: str) -> None:
    long = Document(ARTICLE.id, title, f"{ARTICLE.text}\n\n{'x' * MAX_FILE}")
    async with scene(tmp_path, Library(long)) as here:
        _, answer = await here.ask()
        query = here.world.press(answer, "Source", here.ann)

        assert (await here.server.answered(query))["text"].startswith(named)


async def test_a_document_that_is_gone_says_so(tmp_path: Path) -> None:
    library = Library(ARTICLE)
    async with scene(tmp_path, library) as here:
        _, answer = await here.ask()
        library.replace(HANDBOOK)
        query = here.world.press(answer, "Source", here.ann)

        assert "taken out of my documents" in (await here.server.answered(query))["text"]


@pytest.mark.parametrize("data", ["source:99", "source:x", "source:", "source:0:0"])
async def test_forged_buttons_do_nothing(tmp_path: Path, data: str) -> None:
    async with scene(tmp_path) as here:
        _, answer = await here.ask()
        query = here.world.press(answer, Button("?", callback_data=data), here.ann)

        assert "no longer remember" in (await here.server.answered(query))["text"]
        assert here.server.calls_of("sendDocument") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.txt", "a.txt"), ("deep/er/b.md", "b.md"), ("report.pdf", "report.pdf.txt"), ("a\n\"b'.txt", "a__b_.txt"), ("…", "_.txt")],
)
def test_a_file_is_called_like_its_document(name: str, expected: str) -> None:
    assert file_name(Document(name, "Title", "text")) == expected


def test_a_note_is_called_like_its_title_and_tells_no_chats_number() -> None:
    note = Document("answer 700001 12", "The office closes at six", "The office closes at six.")
    provenance = Provenance(chat_id=700001, message_id=12, added_at=datetime(2026, 11, 28, tzinfo=UTC), adder="Ann")

    assert file_name(with_provenance(note, provenance)) == "The office closes at six.txt"
