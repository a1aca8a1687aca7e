"""What is kept of gaps: which questions came to nothing, which of them are settled, which card shows which, and who had a digest when.

A question is open until it is settled: until somebody dismissed it, or whoever asked was told. A 👎 after that opens it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    Table,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.database import Database
from bot.gaps import Gap, Miss
from bot.records import Scope, from_row, is_message, latest, reply_table, vote_table
from bot.schema import in_utc, metadata
from bot.triggers import Intent
from bot.votes import Vote
from index.domain import Answer, Decision

MOST = 500
"""Questions of a scope that are looked at; the newest. More, and nobody would read their list."""

card_table = Table(
    "gap_cards",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reply_id", ForeignKey("replies.id", ondelete="CASCADE"), primary_key=True),
)
_digests = Table(
    "digests",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("told_at", String(32), nullable=False),
    Column("language", String(35)),
)


def add_tables(connection: Connection) -> None:
    """The migration that brought them."""
    connection.exec_driver_sql("ALTER TABLE replies ADD COLUMN settled_at VARCHAR(32)")
    connection.exec_driver_sql(
        "CREATE TABLE gap_cards (chat_id BIGINT NOT NULL, message_id BIGINT NOT NULL, "
        "reply_id INTEGER NOT NULL REFERENCES replies (id) ON DELETE CASCADE, PRIMARY KEY (chat_id, message_id, reply_id))"
    )
    connection.exec_driver_sql("CREATE TABLE digests (chat_id BIGINT NOT NULL, told_at VARCHAR(32) NOT NULL, PRIMARY KEY (chat_id))")


def add_languages(connection: Connection) -> None:
    """The migration that brought these: people are told later in the language that they asked in."""
    connection.exec_driver_sql("ALTER TABLE replies ADD COLUMN language VARCHAR(35)")
    connection.exec_driver_sql("ALTER TABLE digests ADD COLUMN language VARCHAR(35)")


@dataclass(frozen=True, slots=True)
class Told:
    """When a chat last had its digest, or chose to have it. `language`: the IETF tag of whoever chose."""

    at: datetime
    language: str | None


class GapBook:
    """Times are aware; they are kept in UTC, as the rest of the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def misses(self, scope: Scope | None = None, ids: Iterable[int] | None = None, since: datetime | None = None) -> list[Miss]:
        """The open questions of a scope, or of all; only those among `ids` or asked after `since`, if these are given."""
        is_down = case((vote_table.c.vote == Vote.DOWN.value, 1), else_=0)
        is_up = case((vote_table.c.vote == Vote.UP.value, 1), else_=0)
        votes = (
            select(
                vote_table.c.reply_id,
                func.sum(is_down).label("down"),
                func.sum(is_up).label("up"),
                func.max(case((vote_table.c.vote == Vote.DOWN.value, vote_table.c.voted_at))).label("last_down"),
            )
            .group_by(vote_table.c.reply_id)
            .subquery()
        )
        down, up = func.coalesce(votes.c.down, 0), func.coalesce(votes.c.up, 0)
        is_none = reply_table.c.decision == Decision.NONE.value
        is_doubtful = (reply_table.c.decision == Decision.PERHAPS.value) & (down >= up)
        is_open = or_(reply_table.c.settled_at.is_(None), votes.c.last_down > reply_table.c.settled_at)
        wanted = latest() & (reply_table.c.intent == Intent.ASK.value) & is_open
        wanted &= or_(is_none, is_doubtful, (down > 0) & (down >= up))
        if scope is not None:
            wanted &= scope.condition()
        if ids is not None:
            wanted &= reply_table.c.id.in_(list(ids))
        if since is not None:
            wanted &= reply_table.c.asked_at >= in_utc(since)
        found = select(reply_table, down.label("down"), votes.c.last_down).outerjoin(votes, votes.c.reply_id == reply_table.c.id)
        with self._database.connect() as connection:
            rows = connection.execute(found.where(wanted).order_by(reply_table.c.id.desc()).limit(MOST)).all()
        # Of an answer whose document was taken out nothing is left to be better than.
        return [
            Miss(row.id, reply, reply.content, row.down, row.last_down and datetime.fromisoformat(row.last_down))
            for row in rows
            if isinstance((reply := from_row(row)).content, Answer)
        ]

    def everywhere(self, since: datetime | None = None) -> list[list[Miss]]:
        """The open questions of each scope by themselves, so that a busy group takes no other's room."""
        return [self.misses(scope, since=since) for scope in self.scopes()]

    def scopes(self) -> list[Scope]:
        """All private chats, and each group where somebody asked."""
        groups = select(reply_table.c.chat_id).where(reply_table.c.chat_id < 0).distinct()
        with self._database.connect() as connection:
            return [Scope(None), *map(Scope, connection.execute(groups).scalars())]

    def settle(self, ids: Iterable[int], now: datetime) -> None:
        """Takes questions out of the list, until somebody asks again or doesn't like the answer."""
        self._mark(ids, in_utc(now))

    def settle_shown(self, chat_id: int, message_id: int, now: datetime) -> None:
        """The same for the question that a message of the bot's answers."""
        settled = update(reply_table).where(is_message(chat_id, message_id)).values(settled_at=in_utc(now))
        with self._database.begin() as connection:
            connection.execute(settled)

    def reopen(self, ids: Iterable[int]) -> None:
        self._mark(ids, None)

    def _mark(self, ids: Iterable[int], settled_at: str | None) -> None:
        with self._database.begin() as connection:
            connection.execute(update(reply_table).where(reply_table.c.id.in_(list(ids))).values(settled_at=settled_at))

    def note_card(self, chat_id: int, message_id: int, ids: Iterable[int]) -> None:
        """From now on a message of the bot's stands for these questions, those that weren't erased meanwhile, so that replies to it do."""
        card = select(literal(chat_id), literal(message_id), reply_table.c.id).where(reply_table.c.id.in_(list(ids)))
        with self._database.begin() as connection:
            connection.execute(delete(card_table).where(_is_card(chat_id, message_id)))
            connection.execute(insert(card_table).from_select(["chat_id", "message_id", "reply_id"], card))

    def card(self, chat_id: int, message_id: int) -> frozenset[int]:
        """The questions that a message stands for; none if it is no card, or all of them are forgotten."""
        with self._database.connect() as connection:
            return frozenset(connection.execute(select(card_table.c.reply_id).where(_is_card(chat_id, message_id))).scalars())

    def gap(self, scope: Scope, chat_id: int, message_id: int) -> Gap | None:
        """What a card stands for, as far as it is open still and of `scope`."""
        ids = self.card(chat_id, message_id)
        misses = self.misses(scope, ids) if ids else []
        return Gap.of(misses) if misses else None

    def told(self, chat_id: int) -> Told | None:
        """None where nobody ever chose to have a digest."""
        with self._database.connect() as connection:
            row = connection.execute(select(_digests).where(_digests.c.chat_id == chat_id)).first()
        return Told(datetime.fromisoformat(row.told_at), row.language) if row is not None else None

    def note_told(self, chat_id: int, now: datetime, language: str | None) -> None:
        row = {"chat_id": chat_id, "told_at": in_utc(now), "language": language}
        with self._database.begin() as connection:
            connection.execute(delete(_digests).where(_digests.c.chat_id == chat_id))
            connection.execute(insert(_digests).values(row))


def move(connection: Connection, old: int, new: int) -> None:
    """A group became a supergroup. Messages are counted anew there: cards of the old one can't be replied to any more."""
    connection.execute(delete(card_table).where(card_table.c.chat_id == old))
    if connection.execute(select(_digests).where(_digests.c.chat_id == new)).first() is None:
        connection.execute(update(_digests).where(_digests.c.chat_id == old).values(chat_id=new))


def _is_card(chat_id: int, message_id: int) -> ColumnElement[bool]:
    return (card_table.c.chat_id == chat_id) & (card_table.c.message_id == message_id)
