"""Overload is shed with a message; what was taken on is done."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.computing import Computing
from bot.errors import Overloaded
from index.domain import Answer
from tests.support import ARTICLE, QUESTION, Library, scene


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
