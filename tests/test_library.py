"""The chats' documents, in a real store."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.library import Librarian, Outcome, Provenance, key_of, provenance_of
from bot.state import State
from index.domain import Document, Place
from tests.support import ARTICLE, HANDBOOK, Library

pytestmark = pytest.mark.anyio

PRIVATE, GROUP, SUPERGROUP = 5_000_001, -5_000_002, -1_000_005_000_003
WHEN = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTES = Document("minutes.txt", "Minutes", "The board met in Daejeon.\n\nThe budget was approved in May 2025.")


def provenance(chat_id: int, message_id: int = 7, thread_id: int | None = None) -> Provenance:
    return Provenance(chat_id, message_id, WHEN, "Ann", 5_000_001, thread_id)


@pytest.fixture
async def librarian(tmp_path: Path) -> AsyncIterator[Librarian]:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state, closing(Librarian(Library(ARTICLE), state)) as librarian:
        yield librarian


async def test_what_is_added_is_the_chats_alone(librarian: Librarian) -> None:
    addition = await librarian.add(PRIVATE, MINUTES, provenance(PRIVATE))

    assert (addition.outcome, addition.passages, addition.unread) == (Outcome.ADDED, 1, None)
    assert await librarian.documents(PRIVATE) == [addition.document]
    assert await librarian.documents(GROUP) == []


async def test_the_same_again_changes_nothing_and_a_new_version_replaces(librarian: Librarian) -> None:
    outcomes = [
        (await librarian.add(PRIVATE, document, provenance(PRIVATE, number))).outcome
        for number, document in enumerate([MINUTES, MINUTES, replace(MINUTES, text="The board met in Seoul.")])
    ]

    assert outcomes == [Outcome.ADDED, Outcome.UNCHANGED, Outcome.REPLACED]
    assert [document.text for document in await librarian.documents(PRIVATE)] == ["The board met in Seoul."]


async def test_it_is_known_who_brought_it_and_when(librarian: Librarian) -> None:
    await librarian.add(GROUP, MINUTES, provenance(GROUP))

    kept = await librarian.document(GROUP, MINUTES.id)
    assert kept is not None
    assert provenance_of(kept) == provenance(GROUP)


@pytest.mark.parametrize(
    ("chat_id", "thread_id", "link"),
    [
        (PRIVATE, None, None),
        (GROUP, None, None),
        (SUPERGROUP, None, "https://t.me/c/5000003/7"),
        (SUPERGROUP, 4, "https://t.me/c/5000003/4/7"),
    ],
)
async def test_only_messages_of_supergroups_have_links(chat_id: int, thread_id: int | None, link: str | None) -> None:
    assert provenance(chat_id, 7, thread_id).link == link


async def test_each_place_leads_to_the_message_that_has_no_address_of_its_own(librarian: Librarian) -> None:
    parted = replace(MINUTES, places=(Place(27, ("Budget",), 2), Place(40, url="https://example.org/budget")))

    added = (await librarian.add(SUPERGROUP, parted, provenance(SUPERGROUP))).document
    from_the_web = (await librarian.add(SUPERGROUP, HANDBOOK, provenance(SUPERGROUP))).document

    link = "https://t.me/c/5000003/7"
    assert added.places == (Place(0, url=link), Place(27, ("Budget",), 2, link), Place(40, url="https://example.org/budget"))
    assert from_the_web.places == HANDBOOK.places


async def test_what_is_taken_out_is_gone(librarian: Librarian) -> None:
    await librarian.add(PRIVATE, MINUTES, provenance(PRIVATE))
    await librarian.add(PRIVATE, HANDBOOK, provenance(PRIVATE))
    await librarian.remove(PRIVATE, MINUTES.id)

    assert [document.id for document in await librarian.documents(PRIVATE)] == [HANDBOOK.id]

    await librarian.forget(PRIVATE)
    assert await librarian.documents(PRIVATE) == []


async def test_a_button_finds_its_document_and_a_message_the_last_that_it_holds(librarian: Librarian) -> None:
    earlier = await librarian.add(PRIVATE, MINUTES, provenance(PRIVATE))
    later = await librarian.add(PRIVATE, replace(MINUTES, id="a.txt"), replace(provenance(PRIVATE), added_at=WHEN + timedelta(minutes=1)))

    assert await librarian.find(PRIVATE, key_of(MINUTES.id)) == earlier.document
    assert await librarian.find(GROUP, key_of(MINUTES.id)) is None
    assert await librarian.carried_by(PRIVATE, 7) == later.document
    assert await librarian.carried_by(PRIVATE, 8) is None


async def test_a_group_that_becomes_a_supergroup_takes_its_documents_along(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state, closing(Librarian(Library(ARTICLE), state)) as librarian:
        await librarian.add(GROUP, MINUTES, provenance(GROUP))
        await librarian.add(SUPERGROUP, HANDBOOK, provenance(SUPERGROUP))  # it was quicker than the message that tells of the move
        state.move_chat(GROUP, SUPERGROUP)

        assert {document.id for document in await librarian.documents(SUPERGROUP)} == {HANDBOOK.id, MINUTES.id}
        again = await librarian.add(SUPERGROUP, MINUTES, provenance(SUPERGROUP))
        assert again.outcome is Outcome.UNCHANGED
