"""Documents from the chat: taken, reported on, listed, opened, replaced, removed. Over real HTTP, with a small library that answers."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from bot.library import key_of
from bot.sandbox import BotApiServer, Button, Chat, Message, User
from bot.sandbox.faults import DOWNLOAD
from bot.state import State
from bot.texts import ENGLISH
from bot.withdrawal import Withdrawn
from index.domain import Answer, Document
from index.protocols import Progress, no_progress
from tests import documents
from tests.support import ARTICLE, HANDBOOK, QUESTION, Library, Scene, running, scene

pytestmark = pytest.mark.anyio

MINUTES = b"The board met in Daejeon on Monday.\n\nThe budget was approved in May 2025."
ASKED = "when was the budget approved?"


async def added(here: Scene, chat: Chat, user: User, content: bytes = MINUTES, name: str = "minutes.txt", **how: object) -> Message:
    """A file that somebody sends, and what is said of it in the end."""
    here.world.upload(chat, user, name, content, **how)  # type: ignore[arg-type] # of whatever `upload` takes
    await here.server.sent(chat)
    return await here.server.edited(chat)


async def answer_to(here: Scene, chat: Chat, user: User, text: str) -> Message:
    here.world.say(chat, user, text)
    return await here.server.sent(chat)


async def test_the_bots_own_words_are_nothing_to_answer_from(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        report = await added(here, here.chat, here.ann)
        here.world.say(here.chat, here.ann, "/add", reply_to=report)

        assert (await here.server.sent(here.chat)).text == ENGLISH.add_how


async def test_a_file_in_private_is_read_reported_on_and_answered_from(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.upload(here.chat, here.ann, "minutes.txt", MINUTES)
        reading = await here.server.sent(here.chat)
        told = await here.server.edited(here.chat)
        _, answer = await here.ask(ASKED)

        assert reading.text == "I'm reading “minutes.txt” …"
        assert told.id == reading.id
        assert told.text.startswith("✓ I have “minutes” now")
        assert "Passages: 1 · English" in told.text
        assert "May 2025" in answer.text
        assert "minutes, ¶ 2" in answer.text


@pytest.mark.parametrize("where", ["private", "group"])
async def test_nobody_else_can_tell_that_a_document_is_there(tmp_path: Path, where: str) -> None:
    async with scene(tmp_path / "with") as here:
        others = here.group if where == "private" else here.chat
        chat, caption = (here.chat, "") if where == "private" else (here.group, "/add@citebot")
        await added(here, chat, here.ann, caption=caption)
        seen = await surfaces(here, others)
    async with scene(tmp_path / "without") as here:
        expected = await surfaces(here, here.group if where == "private" else here.chat)

    assert seen == expected
    assert "May 2025" not in str(seen)


async def surfaces(here: Scene, chat: Chat) -> list[str]:
    """All that somebody gets to see who asks, searches, lists, turns pages, uses inline and guest mode, and forges buttons."""
    texts = (f"/ask {ASKED}", f"/search {ASKED}", "/sources")
    seen = [str((await answer_to(here, chat, here.ann, text)).content) for text in texts]
    answer = await answer_to(here, chat, here.ann, "/ask when was the second dialogue budget approved?")
    for label in ("Next", "More"):
        answer = await here.press(answer, label)
        seen.append(f"{answer.text} {answer.markup}")
    for action in ("card", "open", "replace", "remove", "sure"):
        forged = here.world.press(answer, Button("forged", f"doc:{action}:{key_of('minutes.txt')}"), here.ann)
        seen.append(str((await here.server.answered(forged))["text"]))
    inline = here.world.inline_query(here.ann, ASKED)
    seen.append(str((await here.server.answered(inline))["results"]))
    elsewhere = here.world.supergroup("Elsewhere", [here.ann], bot=False)
    here.world.mention_guest(elsewhere, here.ann, f"@citebot {ASKED}")
    seen.append((await here.server.sent(elsewhere)).text)
    return seen


async def test_a_note_is_a_document_too(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.say(here.chat, here.ann, "/add The office key is with Ben since March 2024.")
        await here.server.sent(here.chat)
        told = await here.server.edited(here.chat)
        _, answer = await here.ask("when is the office key with Ben?")

        assert "“The office key is with Ben since March 2024”" in told.text
        assert "March 2024" in answer.text


async def test_a_note_that_is_edited_is_corrected_and_once_only(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        written = here.world.say(here.chat, here.ann, "/add The office key is with Ben since March 2024.")
        await here.server.sent(here.chat)
        await here.server.edited(here.chat)
        here.world.edit(written, "/add The office key is with Ben since May 2026.")
        await here.server.sent(here.chat)
        told = await here.server.edited(here.chat)
        here.world.edit(written, "/add The office key is with Ben since May 2026.")  # as when a link's preview has come
        _, answer = await here.ask("when is the office key with Ben?")

        assert "“The office key is with Ben since May 2026” is in the place of “The office key is with Ben since March 2024”" in told.text
        assert "May 2026" in answer.text
        assert "one document of its own" in (await here.ask("/sources"))[1].text


async def test_add_without_anything_becomes_a_note_when_the_words_are_put_after_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        empty, _ = await here.ask("/add")
        here.world.edit(empty, "/add The office key is with Ben.")
        await here.server.sent(here.chat)

        assert "✓ I have “The office key is with Ben”" in (await here.server.edited(here.chat)).text


async def test_a_question_that_is_edited_to_a_note_is_taken_back_and_the_note_is_kept(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        asked, answer = await here.ask("The office key is with Ben.")
        here.world.edit(asked, "/add The office key is with Ben.")
        receipt = await here.server.sent(here.chat)
        told = {edited.id: edited.text for edited in [await here.server.edited(here.chat), await here.server.edited(here.chat)]}

        assert "✓ I have “The office key is with Ben”" in told[receipt.id]
        assert told[answer.id] == ENGLISH.withdrawn


async def test_a_file_is_taken_when_the_command_is_put_into_its_caption_and_no_more_when_that_is_edited_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        file = here.world.upload(here.group, here.ann, "minutes.txt", MINUTES, caption="the minutes")
        await here.silence(here.group)
        here.world.edit(file, "/add@otherbot")
        await here.silence(here.group)
        here.world.edit(file, "/add@citebot")
        await here.server.sent(here.group)
        told = await here.server.edited(here.group)
        here.world.edit(file, "/add@citebot the minutes")
        await here.silence(here.group)

        assert "✓ I have “minutes”" in told.text


async def test_an_old_command_becomes_no_note_by_an_edit(tmp_path: Path) -> None:
    now = [time.time() - 3600]  # what Telegram dates messages with
    async with BotApiServer(flood=None, clock=lambda: now[0]) as server, running(server, tmp_path):
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        empty = server.world.say(chat, ann, "/add")
        await server.sent(chat)
        now[0] = time.time()
        server.world.edit(empty, "/add The office key is with Ben.")
        following = server.world.say(chat, ann, "zebra?")

        assert (await server.sent(chat)).reply_to == following.id


async def test_add_without_anything_tells_how(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        assert "Send me a file" in (await here.ask("/add"))[1].text
        assert "Reply with /add@citebot" in (await answer_to(here, here.group, here.ann, "/add")).text


async def test_in_a_group_a_caption_or_a_reply_adds(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        told = await added(here, here.group, here.ann, caption="/add@citebot")
        bens = here.world.upload(here.group, here.ben, "handbook.txt", b"Bicycles stand in the yard since June 2023.")
        here.world.say(here.group, here.ann, "/add@citebot", reply_to=bens)
        await here.server.sent(here.group)
        replied = await here.server.edited(here.group)

        assert "✓ I have “minutes”" in told.text
        assert "✓ I have “handbook”" in replied.text
        assert "May 2025" in (await answer_to(here, here.group, here.ben, f"/ask {ASKED}")).text


async def test_in_a_group_a_reply_has_a_colleagues_message_remembered(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        bens = here.world.say(here.group, here.ben, "The bicycles stand in the yard since June 2023.")
        here.world.say(here.group, here.ann, "/add@citebot", reply_to=bens)
        await here.server.sent(here.group)
        told = await here.server.edited(here.group)
        answer = await answer_to(here, here.group, here.ben, "/ask since when do the bicycles stand in the yard?")

        assert "✓ I have “The bicycles stand in the yard since June 2023”" in told.text
        assert "June 2023" in answer.text
        assert f"/{bens.id}" in str(answer.entities) + str(answer.markup)


async def test_of_a_colleagues_message_the_part_that_is_picked_is_remembered_each_by_itself(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        said = here.world.say(here.group, here.ben, "I lost it. The office key is with Ben. The code is 12 34.")
        for part in ("The office key is with Ben.", "The code is 12 34."):
            here.world.say(here.group, here.ann, "/add@citebot", reply_to=said, quote=part)
            await here.server.sent(here.group)
            await here.server.edited(here.group)
        listed = await answer_to(here, here.group, here.ann, "/sources")

        assert "2 documents of its own" in listed.text
        assert ". The office key is with Ben\n" in listed.text
        assert ". The code is 12 34\n" in listed.text


async def test_what_is_asked_beside_a_file_is_asked_for_in_a_message_of_its_own(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        beside = await added(here, here.chat, here.ann, caption="when was the budget approved?")
        command = await added(here, here.chat, here.ann, name="more.txt", caption="/add")

        assert ENGLISH.ask_apart in beside.text
        assert ENGLISH.ask_apart not in command.text


async def test_other_files_in_a_group_are_none_of_its_business(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.set_privacy(False)
        here.world.remove_bot(here.group, by=here.ann)
        here.world.add_bot(here.group, by=here.ann)
        await here.server.sent(here.group)
        here.world.upload(here.group, here.ann, "minutes.txt", MINUTES)
        here.world.upload(here.group, here.ann, "minutes.txt", MINUTES, caption="/add@otherbot")

        await here.silence(here.group)


async def test_in_a_group_administrators_add_unless_they_let_everybody(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.upload(here.group, here.ben, "minutes.txt", MINUTES, caption="/add@citebot")
        refused = await here.server.sent(here.group)
        card = await answer_to(here, here.group, here.ann, "/settings")
        await here.press(card, "Documents are added by")
        told = await added(here, here.group, here.ben, caption="/add@citebot")

        assert "administrators" in refused.text
        assert "✓ I have “minutes”" in told.text


async def test_all_files_of_an_album_are_taken_wherever_the_caption_is(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.promote(here.group, here.world.bot, by=here.ann)
        for name, caption in (("a.txt", ""), ("b.txt", "/add@citebot"), ("c.txt", "")):
            here.world.upload(here.group, here.ann, name, MINUTES, caption=caption, album="1")
        told = [(await here.server.edited(here.group)).text.splitlines()[0] for _ in range(3)]

        assert [name for name in "abc" if any(f"“{name}”" in line for line in told)] == ["a", "b", "c"]


async def test_files_of_an_album_whose_caption_comes_after_a_restart_are_taken_too(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        world = server.world
        ann = world.person("Ann")
        async with running(server, tmp_path):
            group = world.supergroup("Team", [ann])
            await server.sent(group)
            world.promote(group, world.bot, by=ann)
            world.upload(group, ann, "a.txt", MINUTES, album="1")
            await server.confirmed()
        async with running(server, tmp_path):
            world.upload(group, ann, "b.txt", MINUTES, caption="/add@citebot", album="1")
            told = [(await server.edited(group)).text.splitlines()[0] for _ in range(2)]

    assert [name for name in "ab" if any(f"“{name}”" in line for line in told)] == ["a", "b"]


async def test_the_same_again_is_known_and_a_new_version_takes_its_place(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await added(here, here.chat, here.ann)
        again = await added(here, here.chat, here.ann)
        newer = await added(here, here.chat, here.ann, b"The budget was approved in June 2025.")

        assert "already, just like this" in again.text
        assert "in the place of its earlier version" in newer.text
        assert "June 2025" in (await here.ask(ASKED))[1].text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("tune.mp3", b"ID3 \x00\x01", "don't read this kind"),
        ("empty.txt", b" ", "no text in it"),
        ("report.pdf", b"%PDF-1.7 broken", "it is damaged"),
        ("secret.pdf", documents.pdf(pages=1, password="secret"), "asks for a password"),
        ("scan.pdf", documents.scan(), "run text recognition (OCR)"),
        ("phones.csv", "Name,Ort\nMüller,Köln\n".encode("cp1252"), "Please save it as UTF-8"),
        ("huge.txt", b"x" * 20_000_001, "too large"),
    ],
)
async def test_what_cannot_be_read_is_told_with_the_cure(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    async with scene(tmp_path) as here:
        told = await added(here, here.chat, here.ann, content, name)

        assert told.text.startswith(f"I can't take “{name}”: ")
        assert why in told.text


async def test_pages_are_counted_and_those_without_text_are_named_with_what_helps(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        told = await added(here, here.chat, here.ann, documents.scan(with_text=True), "scan.pdf")
        _, answer = await here.ask("when was the development of the harbour decided?")

        assert "Pages: 2 · Passages: 1 · English" in told.text
        assert "Pages that are pictures without text: 2." in told.text
        assert "text recognition (OCR)" in told.text
        assert "April 2016" in answer.text
        assert "scan › p. 1" in answer.text


async def test_a_language_that_is_not_read_is_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        told = await added(here, here.chat, here.ann, "예산은 2025년 5월에 승인되었습니다. 회의는 대전에서 열렸습니다.".encode())

        assert "doesn't seem to be in English" in told.text


async def test_a_file_that_telegram_is_slow_to_hand_out_is_asked_for_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.server.faults.fail("getFile", code=502, description="Bad Gateway")

        assert "✓ I have" in (await added(here, here.chat, here.ann)).text


async def test_a_download_that_breaks_off_is_begun_again_without_asking_for_its_link_once_more(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.server.faults.cut(DOWNLOAD)

        assert "✓ I have" in (await added(here, here.chat, here.ann)).text
        assert len(here.server.calls_of("getFile")) == 1


class Waiting(Library):
    """Its keeper waits to be let on."""

    def __init__(self, *documents: Document) -> None:
        super().__init__(*documents)
        self.let_on = Event()

    def put(self, collection: str, *documents: Document, progress: Progress = no_progress) -> int:
        progress(30, 100)
        self.let_on.wait(20)
        return super().put(collection, *documents, progress=progress)


async def test_progress_is_told_and_questions_are_answered_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.documents.STEP", 0.05)
    library = Waiting(ARTICLE, HANDBOOK)
    async with scene(tmp_path, library) as here:
        here.world.upload(here.chat, here.ann, "minutes.txt", MINUTES)
        reading = await here.server.sent(here.chat)
        under_way = await here.server.edited(here.chat)
        _, answer = await here.ask("when was the second round of the dialogue?")
        await asyncio.sleep(0.3)
        edits = here.server.calls_of("editMessageText")
        library.let_on.set()
        told = await here.server.edited(here.chat)

        assert "30 %" in under_way.text
        assert len(edits) == 1  # a group allows few, and nothing is new
        assert "April 2016" in answer.text
        assert reading.id == under_way.id == told.id
        assert "✓ I have" in told.text


async def test_in_a_group_progress_leaves_room_for_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.documents.STEP", 0.05)
    library = Waiting(ARTICLE)
    async with scene(tmp_path, library) as here:
        here.world.upload(here.group, here.ann, "minutes.txt", MINUTES, caption="/add@citebot")
        await here.server.sent(here.group)
        await here.silence(here.group)
        library.let_on.set()

        assert "✓ I have" in (await here.server.edited(here.group)).text


async def test_a_document_that_is_read_while_its_group_becomes_a_supergroup_goes_along(tmp_path: Path) -> None:
    library = Waiting(ARTICLE)
    async with scene(tmp_path, library) as here:
        group = here.world.group("Old", [here.ann])
        await here.server.sent(group)
        here.world.upload(group, here.ann, "minutes.txt", MINUTES, caption="/add@citebot")
        await here.server.sent(group)
        new = here.world.migrate(group)
        await answer_to(here, new, here.ann, f"/ask {QUESTION}")  # it is known by now
        library.let_on.set()

        assert "✓ I have" in (await here.server.sent(new)).text
        assert "May 2025" in (await answer_to(here, new, here.ann, f"/ask {ASKED}")).text


class Fleeting(Library):
    """Whatever is asked is taken out just then."""

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        answer = super().ask(question, collections=collections, previous=previous)
        if question == ASKED and answer.best is not None:
            self.remove(answer.best.citation.collection, answer.best.citation.document_id)
        return answer


async def test_what_was_taken_out_while_its_answer_was_on_the_way_is_not_kept(tmp_path: Path) -> None:
    async with scene(tmp_path, Fleeting(ARTICLE)) as here:
        await added(here, here.chat, here.ann)
        _, answer = await here.ask(ASKED)
        await here.ask()  # the one before is remembered by now
        with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
            reply = state.reply_in(here.chat.id, answer.id)

    assert reply is not None
    assert isinstance(reply.content, Withdrawn)


async def test_a_restart_in_the_middle_loses_nothing_and_says_nothing_twice(tmp_path: Path) -> None:
    library = Waiting(ARTICLE)
    async with scene(tmp_path, library) as here:
        here.world.upload(here.chat, here.ann, "minutes.txt", MINUTES)
        reading = await here.server.sent(here.chat)
    library.let_on.set()

    async with here.server, running(here.server, tmp_path, library):
        told = await here.server.edited(here.chat)
        while "%" in told.text:  # on a busy machine it says how far it is
            told = await here.server.edited(here.chat)
        _, answer = await here.ask(ASKED)

    assert told.id == reading.id
    assert "✓ I have “minutes”" in told.text
    assert "May 2025" in answer.text
