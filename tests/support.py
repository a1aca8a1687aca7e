"""What the tests of the bot share: a small library that answers, and the real application on the strict server."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from telegram import Bot

from bot.app import build_application
from bot.computing import MAX_WAITING, Computing
from bot.context import Services
from bot.library import Index, Librarian
from bot.limits import Limits
from bot.polling import SILENT_AFTER, PollingConnection, serve
from bot.sandbox import BotApiServer, Chat, Message, User, World
from bot.sandbox.server import PATIENCE
from bot.settings import BotSettings
from bot.state import State
from bot.texts import ENGLISH
from index.chunking import chunk, sentence_offsets
from index.domain import SHARED, Answer, Candidate, Citation, Decision, Document, Passage
from index.errors import NoQuestion, QuestionTooLong, SnapshotMissing
from index.fetching import Rules
from index.protocols import Progress, Vectors, no_progress
from index.understanding.wording import courtesy_in

ARTICLE = Document(
    id="article.txt",
    title="Biden pledges to expand space cooperation",
    text=(
        "Seoul, South Korea. President Biden promised to expand space cooperation with Japan.\n\n"
        "The leaders agreed to hold the third Civil Space Dialogue by the end of the year. "
        "The first round was held in Washington in July 2014, and the second round in Seoul in April 2016. "
        "It remained dormant after the second meeting 🚀.\n\n"
        "The Korean Positioning System (KPS) is a satellite navigation programme."
    ),
)
HANDBOOK = Document(
    id="handbook.md",
    title="Team handbook",
    text="Holidays are asked for by e-mail.\n\nThe office in Daejeon is open from eight to six.",
    url="https://example.org/handbook",
)
QUESTION = "when was the second round of the dialogue?"
_STOP_WORDS = frozenset(re.findall(r"\w+", "a an and are by for from in is it of on the to was what when where who"))


class Library:
    """Answers from a few documents by counting shared words; keeps the contract of `index.answering.Answerer`.

    Three words in common make an answer, one or two a perhaps. What begins with "and" leans on the question before.
    """

    def __init__(self, *documents: Document) -> None:
        self._collections: dict[str, dict[str, Document]] = {}
        self.problems: tuple[str, ...] = ()
        self.replace(*documents)

    @property
    def answerer(self) -> Self:
        return self

    @property
    def keeper(self) -> Self:
        return self

    def replace(self, *documents: Document) -> None:
        """From now on it has these."""
        self._collections[SHARED] = {document.id: document for document in documents}

    def create(self, collection: str) -> None:
        self._collections.setdefault(collection, {})

    def put(self, collection: str, *documents: Document, progress: Progress = no_progress) -> int:
        self.create(collection)
        self._collections[collection] |= {document.id: document for document in documents}
        progress(len(documents), len(documents))
        return 1

    def remove(self, collection: str, *document_ids: str) -> int:
        for document_id in document_ids:
            self._collections[collection].pop(document_id, None)
        return 1

    def drop(self, collection: str) -> None:
        self._collections.pop(collection, None)

    @property
    def collections(self) -> list[str]:
        return list(self._collections)

    def documents(self, collection: str) -> list[Document]:
        return list(self._held(collection).values())

    def document(self, collection: str, document_id: str) -> Document | None:
        return self._held(collection).get(document_id)

    def _held(self, collection: str) -> dict[str, Document]:
        if collection not in self._collections:
            raise SnapshotMissing(collection)
        return self._collections[collection]

    def search(self, question: str, *, collections: Sequence[str], k: int = 5) -> list[Citation]:
        found = [
            self._cite(question, collection, document, passage)
            for collection in collections
            for document in self.documents(collection)
            for passage in chunk(document)
        ]
        return sorted(found, key=lambda citation: -citation.score)[:k]

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        if len(question) > 1000:
            raise QuestionTooLong(1000)
        if not _words(question):
            raise NoQuestion
        if (courtesy := courtesy_in(question)) is not None:
            raise courtesy
        if previous is not None and not question.startswith(("and ", "what about ")):
            previous = None  # it stands on its own
        asked = f"{question} {previous.question}" if previous else question
        citations = tuple(self.search(asked, collections=collections))
        best = citations[0] if citations else None
        score = best.score if best else 0
        return Answer(
            question=question,
            understood=asked if previous else None,
            decision=Decision.ANSWER if score >= 3 else Decision.PERHAPS if score else Decision.NONE,
            best=Candidate(parts_of(best)[1] or best.quote, score / 10, best) if best else None,
            citations=citations,
            alternatives=(),
            generations=dict.fromkeys(collections, 1),
            elapsed=0.01,
        )

    def embed(self, questions: Sequence[str]) -> Vectors:
        """Questions that share their words are near each other."""
        columns = {word: number for number, word in enumerate(sorted({word for question in questions for word in _words(question)}))}
        vectors = np.zeros((len(questions), len(columns)), np.float32)
        for row, question in enumerate(questions):
            vectors[row, [columns[word] for word in _words(question)]] = 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def _cite(self, question: str, collection: str, document: Document, passage: Passage) -> Citation:
        sentences = sentence_offsets(document.text, passage.start, passage.end)
        start, end = max(sentences, key=lambda offsets: _shared_words(question, document.text[slice(*offsets)]))
        quote = document.text[start:end]
        place = document.place(start)
        date = list(re.finditer(r"[A-Z][a-z]+ \d{4}", quote))[-1:] if "when" in question else []
        return Citation(
            collection=collection,
            document_id=document.id,
            title=document.title,
            url=(place.url if place else None) or document.url,
            passage=passage,
            start=start,
            end=end,
            quote=quote,
            score=_shared_words(question, quote),
            answer_start=start + date[0].start() if date else None,
            answer_end=start + date[0].end() if date else None,
            place=place,
        )


async def delivery_error(bot: Bot) -> str:
    """Why Telegram could last not deliver an update to the webhook, as soon as that has happened."""
    async with asyncio.timeout(PATIENCE):
        while (reason := (await bot.get_webhook_info()).last_error_message) is None:
            pass
    return reason


def parts_of(citation: Citation) -> tuple[str, str, str]:
    """The quote as (before, answer, after); without an answer, all of it is before."""
    if citation.answer_start is None or citation.answer_end is None:
        return citation.quote, "", ""
    start, end = citation.answer_start - citation.start, citation.answer_end - citation.start
    return citation.quote[:start], citation.quote[start:end], citation.quote[end:]


def _shared_words(first: str, second: str) -> int:
    return len(_words(first) & _words(second) - _STOP_WORDS)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def settings_for(server: BotApiServer, **others: object) -> BotSettings:
    """Whatever the developer's own environment says."""
    everybody = {"allowed_users": frozenset[int](), "allowed_chats": frozenset[int](), "user_limit": 0, "chat_limit": 0}
    return BotSettings.model_validate({"token": server.token, "base_url": server.base_url, **everybody, **others})


@asynccontextmanager
async def running(
    server: BotApiServer,
    data: Path,
    library: Index | None = None,
    waiting: int = MAX_WAITING,
    silent_after: float = SILENT_AFTER,
    links: Rules = Rules(),
    **settings: object,
) -> AsyncIterator[None]:
    """The real application, polling `server`: up when the block begins, and shut down in order when it ends."""
    index = library or Library(ARTICLE, HANDBOOK)
    given = settings_for(server, data=data, **settings)
    with (
        closing(State.open(given.database)) as state,
        closing(Librarian(index, state)) as librarian,
        Computing(2, waiting) as executor,
    ):
        connection = PollingConnection()
        limits = Limits.of(given.user_limit, given.chat_limit)
        services = Services(given, index.answerer, librarian, state, executor, limits, links)
        application = build_application(services, connection)
        task = asyncio.create_task(serve(application, connection, silent_after))
        try:
            await server.called("deleteWebhook")  # the last thing before it polls
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@dataclass
class Scene:
    """A world with the bot running in it. `ann` has started a private chat; `group` has her and `ben` in it."""

    server: BotApiServer
    ann: User
    ben: User
    chat: Chat
    group: Chat

    @property
    def world(self) -> World:
        return self.server.world

    async def ask(self, text: str = QUESTION) -> tuple[Message, Message]:
        """Ann's question in private, and the answer."""
        question = self.world.say(self.chat, self.ann, text)
        return question, await self.server.sent(self.chat)

    async def press(self, message: Message, label: str, by: User | None = None) -> Message:
        """The message as it is after the press of a button."""
        self.world.press(message.chat.messages[message.id], label, by or self.ann)
        return await self.server.edited(message.chat)

    async def forget(self, chat: Chat, by: User, command: str = "/forgetme") -> Message:
        """What somebody is told who has all of theirs erased."""
        self.world.say(chat, by, command)
        return await self.press(await self.server.sent(chat), ENGLISH.yes_forget, by)

    async def silence(self, chat: Chat) -> None:
        """Raises if the bot has said anything in `chat` that the test hasn't looked at."""
        await self.server.confirmed()
        self.world.say(self.chat, self.ann, "/help")  # answered after all that came before, chat by chat …
        await self.server.sent(self.chat)
        with pytest.raises(TimeoutError):  # … so what isn't said soon after won't be
            await self.server.sent(chat, timeout=0.2)


@asynccontextmanager
async def scene(
    data: Path, library: Index | None = None, waiting: int = MAX_WAITING, links: Rules = Rules(), **settings: object
) -> AsyncIterator[Scene]:
    """A running bot that Ann has started to talk with, and a group where it has introduced itself."""
    async with BotApiServer(flood=None) as server:
        world = server.world
        ann, ben = world.person("Ann"), world.person("Ben")
        async with running(server, data, library, waiting, SILENT_AFTER, links, **settings):
            chat, group = world.private(ann), world.supergroup("Team", [ann, ben])
            world.say(chat, ann, "/start")
            await server.sent(chat)
            await server.sent(group)
            yield Scene(server, ann, ben, chat, group)
