"""What the database holds of the bot's replies and of the votes on them: the nouns, their tables, and the way between."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, ColumnElement, ForeignKey, Index, Integer, String, Table, Text, func, select
from sqlalchemy.engine import Row

from bot.schema import in_utc, metadata
from bot.triggers import Intent
from bot.withdrawal import Withdrawn
from index.domain import Answer, Citation
from index.rendering import View

Content = Answer | tuple[Citation, ...] | Withdrawn | None
"""What a reply holds: an answer, the passages of a search, nothing any more, or only a word of advice."""

reply_table = Table(
    "replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("question_message_id", BigInteger, nullable=False),
    Column("command_message_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger),
    Column("asker_id", BigInteger),
    Column("intent", String(16), nullable=False),
    Column("question", Text, nullable=False),
    Column("collections", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("citation", Integer),
    Column("breadth", Integer, nullable=False),
    Column("asked_at", String(32), nullable=False),
    Column("decision", String(16)),  # of an answer
    Column("language", String(35)),  # of whoever asked, as Telegram tells it
    Column("settled_at", String(32)),  # when a question that came to nothing was dismissed, or whoever asked was told
    Index("replies_by_message", "chat_id", "message_id", unique=True),
    Index("replies_by_question", "chat_id", "question_message_id"),
    Index("replies_by_command", "chat_id", "command_message_id"),
)
vote_table = Table(
    "votes",
    metadata,
    Column("reply_id", ForeignKey("replies.id", ondelete="CASCADE"), primary_key=True),
    Column("voter_id", BigInteger, primary_key=True),
    Column("vote", Integer, nullable=False),
    Column("voted_at", String(32), nullable=False),
)

_collections_json = TypeAdapter(tuple[str, ...])
content_json: TypeAdapter[Content] = TypeAdapter(Content)


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of the bot's, and what led to it.

    `message_id`: the bot's message. `question_message_id`: the message that holds the question; `command_message_id`:
    the one that asked for it, another one if it pointed at a colleague's. These are negative if they stayed behind in the
    group that became this supergroup. `thread_id`: the topic. `asker_id`: None for anonymous administrators. `content`: an
    answer names the generations it came from. `view`: the page that is shown. `language`: the IETF tag of the asker's, if
    Telegram tells it.
    """

    chat_id: int
    message_id: int
    question_message_id: int
    command_message_id: int
    thread_id: int | None
    asker_id: int | None
    intent: Intent
    question: str
    collections: tuple[str, ...]
    content: Content
    view: View
    asked_at: datetime
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """A group, or with None all private chats: these have their person's id, which is positive."""

    group_id: int | None

    def condition(self) -> ColumnElement[bool]:
        return reply_table.c.chat_id > 0 if self.group_id is None else reply_table.c.chat_id == self.group_id


def latest() -> ColumnElement[bool]:
    """The last reply to each message that asked: somebody may be told later what wasn't known at first."""
    return reply_table.c.id.in_(select(func.max(reply_table.c.id)).group_by(reply_table.c.chat_id, reply_table.c.command_message_id))


def is_message(chat_id: int, message_id: int) -> ColumnElement[bool]:
    return (reply_table.c.chat_id == chat_id) & (reply_table.c.message_id == message_id)


def to_row(reply: Reply) -> dict[str, object]:
    return {
        "chat_id": reply.chat_id,
        "message_id": reply.message_id,
        "question_message_id": reply.question_message_id,
        "command_message_id": reply.command_message_id,
        "thread_id": reply.thread_id,
        "asker_id": reply.asker_id,
        "intent": reply.intent.value,
        "question": reply.question,
        "collections": _collections_json.dump_json(reply.collections).decode(),
        "content": content_json.dump_json(reply.content).decode(),
        "citation": reply.view.citation,
        "breadth": reply.view.breadth,
        "asked_at": in_utc(reply.asked_at),
        "decision": reply.content.decision.value if isinstance(reply.content, Answer) else None,
        "language": reply.language,
        "settled_at": None,
    }


def from_row(row: Row[Any]) -> Reply:
    return Reply(
        chat_id=row.chat_id,
        message_id=row.message_id,
        question_message_id=row.question_message_id,
        command_message_id=row.command_message_id,
        thread_id=row.thread_id,
        asker_id=row.asker_id,
        intent=Intent(row.intent),
        question=row.question,
        collections=_collections_json.validate_json(row.collections),
        content=content_json.validate_json(row.content),
        view=View(row.citation, row.breadth),
        asked_at=datetime.fromisoformat(row.asked_at),
        language=row.language,
    )
