"""The documents of chats: each chat has a collection of its own, and a private chat's is the person's.

What is known of a document beyond its text, who brought it and which message carries it, is kept with it in its collection.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from pydantic import TypeAdapter

from bot.computing import Computing
from bot.shelves import new_collection
from bot.state import State
from index.chunking import chunk
from index.domain import Answer, Citation, Decision, Document, Place
from index.errors import SnapshotMissing
from index.loading.files import parse
from index.loading.parsed import Parsed
from index.protocols import Progress, Vectors, no_progress
from index.suggesting import suggestions
from index.understanding.language import unread_language

_PROVENANCE = "provenance"
"""The key of `Document.meta`."""
_SUPERGROUPS = -1_000_000_000_000
"""Their ids, and those of channels, lie below; without that offset they stand in links."""


class Answers(Protocol):
    """What the bot asks of the index; `index.answering.Answerer` is it. Its methods block, and are thread-safe."""

    def ask(self, question: str, *, collections: tuple[str, ...], previous: Answer | None = None) -> Answer: ...

    def search(self, question: str, *, collections: tuple[str, ...], k: int) -> list[Citation]: ...

    def documents(self, collection: str) -> Sequence[Document]: ...

    def document(self, collection: str, document_id: str) -> Document | None: ...

    def embed(self, questions: Sequence[str]) -> Vectors: ...


class Keeper(Protocol):
    """What changes collections; `index.keeping.Keeper` is it. Its methods block, and are thread-safe."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What kept shared documents from being indexed: for administrators, a line each."""
        ...

    def create(self, collection: str) -> None: ...

    def put(self, collection: str, *documents: Document, progress: Progress = ...) -> int: ...

    def remove(self, collection: str, *document_ids: str) -> int: ...

    def drop(self, collection: str) -> None: ...


class Index(Protocol):
    """Both; `index.assembly.Library` is it."""

    @property
    def answerer(self) -> Answers: ...

    @property
    def keeper(self) -> Keeper: ...


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who brought a document, when, and the message that carries it.

    `thread_id`: the topic. `adder_id`, `adder`: whose name is shown; None for anonymous administrators. `file_id`, `file_name`: of the file
    at Telegram, where it was one.
    """

    chat_id: int
    message_id: int
    added_at: datetime
    adder: str
    adder_id: int | None = None
    thread_id: int | None = None
    file_id: str | None = None
    file_name: str | None = None

    @property
    def link(self) -> str | None:
        """To the message, for members of the chat; messages of private chats and basic groups have none."""
        if self.chat_id > _SUPERGROUPS:
            return None
        topic = f"{self.thread_id}/" if self.thread_id is not None else ""
        return f"https://t.me/c/{_SUPERGROUPS - self.chat_id}/{topic}{self.message_id}"


class Outcome(StrEnum):
    """What adding a document came to."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Addition:
    """A document as it is in its collection now, and what was understood of it.

    `before`: the title of what was in its place. `unread`: ISO 639-1 code of its language, when the models don't read it.
    `question`: one to try, which this document answers.
    """

    collection: str
    document: Document
    outcome: Outcome
    passages: int
    before: str | None = None
    unread: str | None = None
    question: str | None = None


_provenance_json = TypeAdapter(Provenance)


def key_of(document_id: str) -> str:
    """A document's id as it stands on buttons, of which Telegram allows 64 bytes."""
    return sha256(document_id.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def provenance_of(document: Document) -> Provenance | None:
    """None for documents from the corpus folder."""
    kept = document.meta.get(_PROVENANCE)
    return _provenance_json.validate_json(kept) if kept is not None else None


def with_provenance(document: Document, provenance: Provenance) -> Document:
    """`document` with where it comes from. Without an address of its own it is cited with the message's link."""
    meta = {**document.meta, _PROVENANCE: _provenance_json.dump_json(provenance).decode()}
    if document.url is not None or provenance.link is None:
        return replace(document, meta=meta)
    places = document.places if document.places[:1] and document.places[0].start == 0 else (Place(0), *document.places)
    return replace(document, meta=meta, places=tuple(replace(place, url=place.url or provenance.link) for place in places))


class Librarian:
    """Adds to the collections of chats and takes out of them, one thing at a time, so that questions have the other core."""

    def __init__(self, index: Index, state: State) -> None:
        self._answers, self._keeper, self._state, self._shelves = index.answerer, index.keeper, state, state.shelves
        self._hands = Computing(1)
        self.reading = asyncio.Semaphore(2)
        """Held by whoever has a file in hand: one is parsed while the next is fetched."""

    def close(self) -> None:
        """What has not begun is never done; whoever sent it waits in the inbox."""
        self._hands.shutdown(wait=False, cancel_futures=True)

    @property
    def problems(self) -> tuple[str, ...]:
        """What kept shared documents from being indexed: for administrators, a line each."""
        return self._keeper.problems

    async def parse(self, name: str, content: bytes) -> Parsed:
        """What a file holds. Raises Unreadable."""
        return await self._hands.run(parse, name, content)

    async def add(self, chat_id: int, document: Document, provenance: Provenance, progress: Progress = no_progress) -> Addition:
        """Puts a document into a chat's collection, in place of the one of its id. Of the same, only the provenance is new.

        `progress` is called in another thread.
        """
        return await self._hands.run(self._add, chat_id, with_provenance(document, provenance), progress)

    async def remove(self, chat_id: int, document_id: str) -> None:
        """Takes a document out of a chat's collection, from the disk as well, and out of what replies quote."""
        await self._hands.run(self._remove, chat_id, document_id)

    async def forget(self, chat_id: int) -> None:
        """Takes out all of a chat's documents, and the chat has no collection any more."""
        await self._hands.run(self._forget, chat_id)

    async def documents(self, chat_id: int) -> list[Document]:
        """Those of the chat itself, the last one first."""
        return await asyncio.to_thread(self._documents, chat_id)

    async def document(self, chat_id: int, document_id: str) -> Document | None:
        return await asyncio.to_thread(self._document, chat_id, document_id)

    async def find(self, chat_id: int, key: str) -> Document | None:
        """A document by its `key_of`, as it stands on buttons."""
        return await asyncio.to_thread(self._find, chat_id, key)

    async def carried_by(self, chat_id: int, message_id: int) -> Document | None:
        """The document that a message of the chat holds; of several the last one."""
        return await asyncio.to_thread(self._carried_by, chat_id, message_id)

    def _add(self, chat_id: int, document: Document, progress: Progress) -> Addition:
        collection = self._shelf(chat_id, document.id)
        before = self._answers.document(collection, document.id)
        self._keeper.put(collection, document, progress=progress)
        unread = unread_language(document.text)
        return Addition(
            collection=collection,
            document=document,
            outcome=_outcome(before, document),
            passages=len(chunk(document)),
            before=before.title if before is not None else None,
            unread=unread,
            question=self._question(collection, document) if unread is None else None,
        )

    def _shelf(self, chat_id: int, document_id: str) -> str:
        """The collection that holds a document, or is to hold it. It is there before the database says so."""
        shelves = self._shelves.of(chat_id)
        for collection in shelves:
            if self._answers.document(collection, document_id) is not None:
                return collection
        if shelves:
            return shelves[0]
        collection = new_collection()
        self._keeper.create(collection)
        self._shelves.put_up(chat_id, collection)
        return collection

    def _remove(self, chat_id: int, document_id: str) -> None:
        for collection in self._shelves.of(chat_id):
            self._keeper.remove(collection, document_id)
            self._state.withdraw(collection, {document_id})

    def _forget(self, chat_id: int) -> None:
        """What is cut off here is done again after a restart, as long as the shelf says where the documents are: it goes after them."""
        collections = self._shelves.of(chat_id)
        for collection in collections:
            document_ids = {document.id for document in self._answers.documents(collection)}
            self._keeper.remove(collection, *document_ids)
            self._state.withdraw(collection, document_ids)
        self._shelves.take_down(chat_id)
        for collection in collections:
            self._keeper.drop(collection)

    def _own(self, chat_id: int) -> Iterator[Document]:
        """A chat's documents, one after another: all their texts at once may be a hundred megabytes."""
        for collection in self._shelves.of(chat_id):
            with suppress(SnapshotMissing):  # forgotten just now
                yield from self._answers.documents(collection)

    def _documents(self, chat_id: int) -> list[Document]:
        return sorted(self._own(chat_id), key=_added_at, reverse=True)

    def _find(self, chat_id: int, key: str) -> Document | None:
        return next((document for document in self._own(chat_id) if key_of(document.id) == key), None)

    def _carried_by(self, chat_id: int, message_id: int) -> Document | None:
        def is_carried(document: Document) -> bool:
            provenance = provenance_of(document)
            return provenance is not None and (provenance.chat_id, provenance.message_id) == (chat_id, message_id)

        return max(filter(is_carried, self._own(chat_id)), key=_added_at, default=None)

    def _document(self, chat_id: int, document_id: str) -> Document | None:
        found = (self._answers.document(collection, document_id) for collection in self._shelves.of(chat_id))
        return next((document for document in found if document is not None), None)

    def _question(self, collection: str, document: Document) -> str | None:
        def ask(question: str) -> Answer:
            answer = self._answers.ask(question, collections=(collection,))
            is_from_it = answer.best is not None and answer.best.citation.document_id == document.id
            return answer if is_from_it else replace(answer, decision=Decision.NONE)

        return next(iter(suggestions([document], ask, count=1)), None)


def _outcome(before: Document | None, now: Document) -> Outcome:
    if before is None:
        return Outcome.ADDED
    is_same = (before.title, before.text) == (now.title, now.text)
    return Outcome.UNCHANGED if is_same else Outcome.REPLACED


def _added_at(document: Document) -> tuple[str, int]:
    """When, and of those of one second which first."""
    provenance = provenance_of(document)
    return (provenance.added_at.isoformat(), provenance.message_id) if provenance else ("", 0)
