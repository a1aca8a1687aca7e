"""What is kept of people, and how it is erased: over real HTTP and in the database."""

import asyncio
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.retention import keep_forgetting
from bot.state import State
from bot.texts import ENGLISH
from bot.votes import Vote, Votes
from index.domain import SHARED, Answer
from tests.support import ARTICLE, QUESTION, Library, running, scene
from tests.test_computing import Held
from tests.test_documents import MINUTES, Waiting, added
from tests.test_state import REPLY

pytestmark = pytest.mark.anyio


async def test_privacy_tells_what_is_kept_and_for_how_long(tmp_path: Path) -> None:
    async with scene(tmp_path, retention_days=30) as here:
        _, told = await here.ask("/privacy")

        assert "after 30 days" in told.text
        assert "/forgetme" in told.text


async def test_where_nothing_is_erased_in_time_that_is_told_too(tmp_path: Path) -> None:
    async with scene(tmp_path, retention_days=0) as here:
        _, told = await here.ask("/privacy")

        assert "haven't set a day" in told.text


async def test_forget_me_erases_everything_of_mine_and_nothing_of_others(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        _, mine = await here.ask(QUESTION)
        here.world.say(here.group, here.ben, f"/ask {QUESTION}")
        bens = await here.server.sent(here.group)
        await here.press(bens, "👍", by=here.ann)
        await here.press(bens, "👍", by=here.ben)
        assert "Erased" in (await here.forget(here.chat, here.ann)).text

        query = here.world.press(mine, "Next", here.ann)
        assert "no longer remember" in (await here.server.answered(query))["text"]

    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.votes.of(here.group.id, bens.id) == Votes(up=1)
        assert state.reply_in(here.group.id, bens.id) is not None


async def test_a_tap_on_the_command_erases_nothing_before_it_is_confirmed(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        _, answer = await here.ask()
        _, really = await here.ask("/forgetme")
        told = await here.press(really, ENGLISH.no_keep)

        assert really.text == ENGLISH.really_forget
        assert told.text == ENGLISH.nothing_forgotten
        assert not told.buttons
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.reply_in(here.chat.id, answer.id) is not None


async def test_in_a_group_nobody_else_confirms_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.say(here.group, here.ann, f"/ask {QUESTION}")
        answer = await here.server.sent(here.group)
        here.world.say(here.group, here.ann, "/forgetme@citebot")
        really = await here.server.sent(here.group)
        refused = await here.server.answered(here.world.press(really, ENGLISH.yes_forget, here.ben))
        with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
            before = state.reply_in(here.group.id, answer.id)
        told = await here.press(really, ENGLISH.yes_forget)

        assert refused["text"] == ENGLISH.forget_others
        assert before is not None
        assert told.text == ENGLISH.forgotten
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.reply_in(here.group.id, answer.id) is None


@pytest.mark.parametrize("is_edit", [False, True], ids=["asked", "edited"])
async def test_a_question_on_its_way_in_another_chat_is_forgotten_too(tmp_path: Path, is_edit: bool) -> None:
    held = Held()
    async with scene(tmp_path, held) as here:
        question = here.world.say(here.group, here.ann, "/ask" if is_edit else f"/ask {QUESTION}")
        if is_edit:
            await here.server.sent(here.group)
            here.world.edit(question, f"/ask {QUESTION}")
        await asyncio.to_thread(held.is_asked.wait, 20)
        await here.forget(here.chat, here.ann)
        held.let_go.set()
        await (here.server.edited if is_edit else here.server.sent)(here.group)
        await here.silence(here.group)  # so that it is done

    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.replies_to(here.group.id, question.id) == []


async def test_files_sent_before_are_erased_too_and_questions_sent_after_do_not_wait(tmp_path: Path) -> None:
    library = Waiting(ARTICLE)
    async with scene(tmp_path, library) as here:
        for name in ("minutes.txt", "more.txt"):
            here.world.upload(here.chat, here.ann, name, MINUTES)
        await here.server.sent(here.chat)
        here.world.say(here.chat, here.ann, "/forgetme")
        really = await here.server.sent(here.chat)
        here.world.press(really, ENGLISH.yes_forget, here.ann)
        _, answer = await here.ask()
        library.let_on.set()
        while (await here.server.edited(here.chat)).id != really.id:
            pass
        await here.server.sent(here.chat)  # that the second file is read
        _, left = await here.ask("/sources")

    assert "April 2016" in answer.text
    assert "minutes" not in left.text
    assert "more" not in left.text


async def test_a_restart_in_the_middle_of_erasing_leaves_nothing_behind(tmp_path: Path) -> None:
    library = Waiting(ARTICLE)
    library.let_on.set()
    async with scene(tmp_path, library) as here:
        here.world.upload(here.chat, here.ann, "minutes.txt", MINUTES)
        await here.server.sent(here.chat)
        await here.server.edited(here.chat)
        library.let_on.clear()
        bens = here.world.private(here.ben)
        here.world.upload(bens, here.ben, "handbook.txt", MINUTES)
        await here.server.sent(bens)
        here.world.say(here.chat, here.ann, "/forgetme")
        here.world.press(await here.server.sent(here.chat), ENGLISH.yes_forget, here.ann)
        await here.server.confirmed()
        await asyncio.sleep(0.2)  # until it waits for Ben's file
    library.let_on.set()

    async with here.server, running(here.server, tmp_path, library):
        assert "Erased" in (await here.server.edited(here.chat)).text

    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.shelves.of(here.chat.id) == ()
        assert state.shelves.of(bens.id) != ()


async def test_nothing_is_left_of_the_collection_either(tmp_path: Path) -> None:
    library = Library(ARTICLE)
    async with scene(tmp_path, library) as here:
        await added(here, here.chat, here.ann)
        before = len(library.collections)
        await here.forget(here.chat, here.ann)

    assert (before, library.collections) == (2, [SHARED])


class Erasing(Library):
    """While it is asked, whoever asks has all of theirs erased."""

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        for own in {*collections} - {SHARED}:
            self.drop(own)
        return super().ask(question, collections=collections, previous=previous)


async def test_a_question_under_way_meanwhile_is_told_to_be_asked_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    library = Erasing(ARTICLE)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        async with scene(tmp_path, library) as here:
            library.create("chat-own")
            state.shelves.put_up(here.chat.id, "chat-own")
            _, told = await here.ask()

    assert told.text == ENGLISH.failed
    assert all(record.exc_info is None for record in caplog.records)


def all_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("citebot.sqlite3*"))


async def test_what_was_erased_is_nowhere_in_the_file(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.ask("is there a quokka in the dialogue?")
        await here.forget(here.chat, here.ann)

        assert b"quokka" not in all_files(tmp_path)  # while the bot runs, too

    assert b"quokka" not in all_files(tmp_path)


async def test_who_writes_as_the_group_is_asked_to_write_as_themselves(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.say(here.group, here.ann, "/forgetme", anonymous=True)

        assert "as yourself" in (await here.server.sent(here.group)).text


def test_what_is_in_the_inbox_is_forgotten_as_well(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.inbox.receive(1, 7, '{"update_id": 1}')
        state.inbox.receive(2, 8, '{"update_id": 2}')
        state.forget(7)

        assert [update.update_id for update in state.inbox.unfinished()] == [2]


async def test_what_is_old_is_erased_with_its_votes_and_what_is_young_stays(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        old, young = replace(REPLY, asked_at=now - timedelta(days=31)), replace(REPLY, message_id=12, asked_at=now - timedelta(days=29))
        for reply in (old, young):
            state.remember(reply)
            state.votes.cast(reply, 7, Vote.UP)

        with suppress(TimeoutError):
            await asyncio.wait_for(keep_forgetting(state, 30), 0.5)

        assert state.reply_in(old.chat_id, old.message_id) is None
        assert state.votes.of(old.chat_id, old.message_id) == Votes()
        assert state.votes.of(young.chat_id, young.message_id) == Votes(up=1)


class Stumbling(State):
    """A database that fails once to erase what is old, for no reason that anybody foresaw."""

    has_failed = False

    def forget_before(self, moment: datetime) -> int:
        if not self.has_failed:
            self.has_failed = True
            raise RuntimeError("no connection is free")
        return super().forget_before(moment)


async def test_what_nobody_foresaw_does_not_end_the_erasing_of_what_is_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retention.EVERY", 0.01)
    with closing(Stumbling.open(tmp_path / "citebot.sqlite3")) as state:
        state.remember(replace(REPLY, asked_at=datetime.now(UTC) - timedelta(days=31)))

        with suppress(TimeoutError):
            await asyncio.wait_for(keep_forgetting(state, 30), 0.5)

        assert state.reply_in(REPLY.chat_id, REPLY.message_id) is None


async def test_with_no_day_set_nothing_is_erased(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.remember(REPLY)
        await keep_forgetting(state, 0)

        assert state.reply_in(REPLY.chat_id, REPLY.message_id) is not None
