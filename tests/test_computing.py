"""Overload is shed with a message; what was taken on is done."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.computing import Computing
from bot.errors import Overloaded
from bot.texts import ENGLISH
from index.domain import Answer, Document
from tests.support import ARTICLE, QUESTION, Library, scene
from tests.test_documents import ASKED, added


class Held(Library):
    """A library that answers only once it is let go."""

    def __init__(self) -> None:
        super().__init__(ARTICLE)
        self.is_asked, self.let_go = threading.Event(), threading.Event()

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        self.is_asked.set()
        assert self.let_go.wait(30)
        return super().ask(question, collections=collections, previous=previous)


@pytest.fixture
def held() -> Iterator[Held]:
    library = Held()
    yield library
    library.let_go.set()


def test_what_would_wait_for_too_long_is_refused_and_there_is_room_again_later() -> None:
    let_go = threading.Event()
    with Computing(1, max_waiting=1) as computing:
        accepted = [computing.submit(let_go.wait), computing.submit(let_go.wait)]
        with pytest.raises(Overloaded):
            computing.submit(let_go.wait)
        let_go.set()
        assert all(future.result(5) for future in accepted)

    assert computing.unfinished == 0


class Busy(Library):
    """Holds whoever asks for a zebra until it is let go."""

    def __init__(self) -> None:
        super().__init__(ARTICLE)
        self.is_looked_up, self.let_go, self.held = threading.Event(), threading.Event(), threading.Semaphore(0)

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        if question == "zebra?":
            self.held.release()
            assert self.let_go.wait(30)
        return super().ask(question, collections=collections, previous=previous)

    def document(self, collection: str, document_id: str) -> Document | None:
        self.is_looked_up.set()
        return super().document(collection, document_id)


@pytest.mark.anyio
async def test_whoever_has_their_answer_is_not_told_of_an_overload_that_comes_after_it(tmp_path: Path) -> None:
    library = Busy()
    async with scene(tmp_path, library, waiting=0) as here:
        await added(here, here.chat, here.ann)
        library.is_looked_up.clear()
        here.server.faults.hang("sendMessage")
        here.world.say(here.chat, here.ann, ASKED)
        await asyncio.to_thread(library.is_looked_up.wait, 20)
        await asyncio.sleep(0.3)  # until it is composed and on its way
        for number in range(2):
            person = here.world.person(f"P{number}")
            here.world.say(here.world.private(person), person, "zebra?")
            await asyncio.to_thread(library.held.acquire, timeout=20)
        here.server.faults.release()
        answer = await here.server.sent(here.chat)
        _, following = await here.ask("/privacy")
        library.let_go.set()

    assert "May 2025" in answer.text
    assert following.text != ENGLISH.overloaded


@pytest.mark.anyio
async def test_overload_is_told_kindly_and_the_others_are_answered(tmp_path: Path, held: Held) -> None:
    async with scene(tmp_path, held, waiting=0) as here:
        people = [here.world.person(f"P{number}") for number in range(3)]
        chats = [here.world.private(person) for person in people]
        for chat, person in zip(chats, people, strict=True):
            here.world.say(chat, person, QUESTION)
        replies = {asyncio.create_task(here.server.sent(chat)) for chat in chats}
        (first,), others = await asyncio.wait(replies, return_when=asyncio.FIRST_COMPLETED)
        held.let_go.set()
        answers = await asyncio.gather(*others)

        assert "more than I can answer" in first.result().text
        assert all("April 2016" in answer.text for answer in answers)
