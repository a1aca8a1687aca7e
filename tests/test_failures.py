"""What nobody foresaw is told kindly, and logged without the question."""

import logging
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from telegram import Update

from bot import delivery
from bot.delivery import Retrier
from bot.errors import Overloaded
from bot.inbox import Inbox
from bot.languages import KOREAN
from bot.preferences import Language, Preferences
from bot.sandbox import BotApiServer
from bot.state import State
from bot.texts import ENGLISH
from index.domain import Answer
from index.errors import SnapshotDamaged
from tests.support import ARTICLE, QUESTION, Library, running, scene
from tests.test_closing import SENTENCE, card_in, said

pytestmark = pytest.mark.anyio


class Broken(Library):
    """A library whose index breaks when it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__(ARTICLE)
        self._error = error

    def ask(self, *_: object, **__: object) -> Answer:
        raise self._error


@pytest.mark.parametrize("error", [RuntimeError("out of order"), SnapshotDamaged("vectors.faiss is damaged; run `citebot index`")])
async def test_a_failure_is_told_kindly_and_logged_with_its_facts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    async with scene(tmp_path, Broken(error)) as here:
        _, answer = await here.ask()

        assert answer.text.startswith("Something went wrong on my side")
        assert str(error) in caplog.text
        assert QUESTION not in caplog.text


async def test_a_failure_is_told_in_the_language_of_the_chat(tmp_path: Path) -> None:
    async with scene(tmp_path, Broken(RuntimeError("no"))) as here:
        with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
            state.preferences.choose(here.chat.id, Preferences(language=Language.KOREAN))

        _, answer = await here.ask()

        assert answer.text == KOREAN.failed


class Breaking(Library):
    """A library that answers until there is an `error`."""

    def __init__(self) -> None:
        super().__init__(ARTICLE)
        self.error: Exception | None = None

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        if self.error is not None:
            raise self.error
        return super().ask(question, collections=collections, previous=previous)


@pytest.mark.parametrize(("error", "words"), [(RuntimeError("no"), "went wrong on my side"), (Overloaded(), "more than I can answer")])
async def test_a_guest_is_told_of_a_failure(tmp_path: Path, error: Exception, words: str) -> None:
    async with scene(tmp_path, Broken(error)) as here:
        query = here.world.mention_guest(here.world.group("Elsewhere", [here.ben], bot=False), here.ben, f"@citebot {QUESTION}")
        await here.server.called("answerGuestQuery")

        assert query.answer is not None
        assert words in query.answer.text


async def test_a_failure_at_an_edited_question_is_told(tmp_path: Path) -> None:
    library = Breaking()
    async with scene(tmp_path, library) as here:
        question, _ = await here.ask("zebra?")
        library.error = RuntimeError("out of order")
        here.world.edit(question, QUESTION)

        told = await here.server.sent(here.chat)
        assert "went wrong on my side" in told.text
        assert told.reply_to == question.id


async def test_a_failure_at_a_colleagues_question_that_was_edited_is_told(tmp_path: Path) -> None:
    library = Breaking()
    async with scene(tmp_path, library) as here:
        here.world.set_privacy(on=False)
        group = here.world.supergroup("All ears", [here.ann, here.ben])
        await here.server.sent(group)
        question = here.world.say(group, here.ben, "zebra?")
        here.world.say(group, here.ann, "/ask", reply_to=question)
        await here.server.sent(group)
        library.error = RuntimeError("out of order")
        here.world.edit(question, QUESTION)

        assert "went wrong on my side" in (await here.server.sent(group)).text


async def test_an_edited_question_that_could_not_be_computed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(inbox: Inbox, update: Update, again_in: float = 0) -> None:
        library.error = None
        kept(inbox, update, again_in / 60)

    kept, library = Inbox.keep, Breaking()
    monkeypatch.setattr(Inbox, "keep", keep)  # a minute lasts a second
    async with scene(tmp_path, library) as here:
        question, answer = await here.ask("zebra?")
        library.error = Overloaded()
        here.world.edit(question, QUESTION)

        edited = await here.server.edited(here.chat)
        assert edited.id == answer.id
        assert "April 2016" in edited.text


async def test_a_failure_after_a_press_is_told_in_an_alert(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        _, answer = await here.ask()
        here.server.faults.fail("editMessageText", code=400, description="Bad Request: CHAT_WRITE_FORBIDDEN")
        query = here.world.press(answer, "Next", here.ann)

        assert "went wrong on my side" in (await here.server.answered(query))["text"]
        assert "2 of 3" in (await here.press(answer, "Next")).text


async def test_a_press_is_told_that_what_it_asks_for_may_not_be_sent_there(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        answer = await said(here, here.group, here.ben, f"/ask {QUESTION}")
        here.world.restrict(here.group, here.world.bot, by=here.ann, rights=["can_send_messages"])
        query = here.world.press(answer, "Source", here.ben)

        assert (await here.server.answered(query))["text"] == ENGLISH.may_not_write


class Full(Library):
    """A library that takes no document. `asked`: what it was asked."""

    def __init__(self) -> None:
        super().__init__(ARTICLE)
        self.asked: list[str] = []

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        self.asked.append(question)
        return super().ask(question, collections=collections, previous=previous)

    def put(self, *_: object, **__: object) -> int:
        raise RuntimeError("the disk is full")


async def test_a_reply_to_a_gap_that_failed_is_not_answered_as_a_question(tmp_path: Path) -> None:
    library = Full()
    async with scene(tmp_path, library) as here:
        await said(here, here.group, here.ben, "/ask zebra?")
        card = await card_in(here, here.group, here.ann)
        here.world.say(here.group, here.ann, SENTENCE, reply_to=card)

        assert "went wrong on my side" in (await here.server.sent(here.group)).text
        await here.silence(here.group)

    assert library.asked == ["zebra?"]


async def test_a_command_that_telegram_was_out_of_reach_for_is_tried_again_in_about_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(inbox: Inbox, update: Update, again_in: float = 0) -> None:
        kept(inbox, update, again_in / 60)

    kept = Inbox.keep
    monkeypatch.setattr(Inbox, "keep", keep)  # a minute lasts a second
    monkeypatch.setattr("bot.app.Retrier", partial(Retrier, pauses=()))
    async with scene(tmp_path) as here:
        here.server.faults.fail("getChatMember", code=502, description="Bad Gateway")
        here.world.say(here.group, here.ann, "/settings")

        assert (await here.server.sent(here.group)).buttons


async def test_a_question_that_telegram_lets_nobody_answer_for_hours_is_answered_after_the_next_start(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        async with running(server, tmp_path):
            server.faults.flood("sendMessage", retry_after=3600)
            questions = [server.world.say(chat, ann, QUESTION) for _ in range(2)]
            assert (await server.sent(chat)).reply_to == questions[1].id

        async with running(server, tmp_path):
            assert (await server.sent(chat)).reply_to == questions[0].id


async def test_a_question_that_has_to_wait_for_long_is_answered_when_the_wait_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_WAIT", timedelta(seconds=1))
    async with scene(tmp_path) as here:
        here.server.faults.flood("sendMessage", retry_after=2)
        questions = [here.world.say(here.chat, here.ann, QUESTION) for _ in range(2)]

        assert [(await here.server.sent(here.chat)).reply_to for _ in questions] == [questions[1].id, questions[0].id]


async def test_a_group_that_became_a_supergroup_keeps_its_answers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with BotApiServer(flood=None) as server, running(server, tmp_path):
        ann = server.world.person("Ann")
        group = server.world.group("Team", [ann])
        await server.sent(group)
        server.faults.slow("sendMessage", 0.3)
        server.world.say(group, ann, f"/ask {QUESTION}")
        await server.confirmed()
        new = server.world.migrate(group)
        moved = await server.sent(new)
        assert "April 2016" in moved.text

        server.world.say(new, ann, "and where?", reply_to=moved)
        assert (await server.sent(new)).text.startswith(f"I read this as: and where? {QUESTION}")
    assert f"chat {group.id} is chat {new.id} now" in caplog.text


async def test_no_question_is_ever_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with scene(tmp_path) as here:
        here.server.faults.fail("sendMessage", code=400, description="Bad Request: not enough rights")
        here.world.say(here.chat, here.ann, "zebra crossing?")
        await here.ask()

    assert "Not enough rights" in caplog.text
    assert "zebra" not in caplog.text
