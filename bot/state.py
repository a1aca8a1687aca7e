"""The database: what each answer showed, so that edits and buttons work after a restart, and the inbox of updates.

SQLite through SQLAlchemy Core, in WAL mode; portable SQL, since teams may outgrow one machine. Methods block, mostly
for less than a millisecond, but for as long as a stalled disk or another process's lock does: handlers call them in a
thread, so that the loop never waits with them.

The schema has a version. A new database gets the tables as they are declared, beside what reads them; an older one is led up to them by
`MIGRATIONS`; a test holds that both come out the same.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import NullPool

from bot import admissions, gapbook, preferences, receipts, shelves
from bot.admissions import Admissions
from bot.database import Database
from bot.errors import StateError, StateOutdated
from bot.gapbook import GapBook, card_table
from bot.preferences import PreferenceBook
from bot.receipts import Receipts
from bot.records import Reply, Scope, content_json, from_row, is_message, latest, reply_table, to_row, vote_table
from bot.schema import in_utc
from bot.schema import metadata as _metadata
from bot.shelves import Shelves
from bot.votes import Vote, Votes
from bot.withdrawal import without
from index.domain import Answer, Citation, Decision
from index.rendering import View

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process, such as a backup, to let go of the database."""

_schema = Table("schema_version", _metadata, Column("version", Integer, nullable=False))
_inbox = Table(
    "inbox",
    _metadata,
    Column("id", Integer, primary_key=True),  # in the order of arrival
    Column("update_id", BigInteger, nullable=False),
    Column("user_id", BigInteger),  # whose words `content` holds
    Column("content", Text),  # NULL once it is finished: only its id is kept, to know it again
    Column("attempts", Integer, nullable=False),  # that were begun after a restart
    Index("inbox_by_update", "update_id", unique=True),
)

FINISHED_KEPT = 10_000
"""Ids of finished updates that are known again. Telegram repeats those that it heard no confirmation of, a few at most."""


def _add_inbox(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE inbox (id INTEGER NOT NULL PRIMARY KEY, update_id BIGINT NOT NULL, user_id BIGINT, content TEXT, "
        "attempts INTEGER NOT NULL)"
    )
    connection.exec_driver_sql("CREATE UNIQUE INDEX inbox_by_update ON inbox (update_id)")


def _add_votes(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE votes (reply_id INTEGER NOT NULL REFERENCES replies (id) ON DELETE CASCADE, voter_id BIGINT NOT NULL, "
        "vote INTEGER NOT NULL, voted_at VARCHAR(32) NOT NULL, PRIMARY KEY (reply_id, voter_id))"
    )


def _add_decision(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE replies ADD COLUMN decision VARCHAR(16)")
    for row in connection.exec_driver_sql("SELECT id, content FROM replies").all():
        content = content_json.validate_json(row.content)
        if isinstance(content, Answer):
            connection.exec_driver_sql("UPDATE replies SET decision = ? WHERE id = ?", (content.decision.value, row.id))


Migration = Callable[[Connection], None]
MIGRATIONS: tuple[Migration, ...] = (
    _add_inbox,
    _add_votes,
    admissions.add_tables,
    preferences.add_table,
    _add_decision,
    shelves.add_table,
    gapbook.add_tables,
    receipts.add_table,
    gapbook.add_languages,
)
"""`MIGRATIONS[n]` leads from version n + 1 to n + 2."""

SCHEMA_VERSION = len(MIGRATIONS) + 1


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An update in the inbox. `content`: its JSON. `attempts`: how often it was begun after a restart, and the bot killed."""

    update_id: int
    content: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions came to what."""

    answered: int
    perhaps: int
    unanswered: int
    votes: Votes

    @property
    def questions(self) -> int:
        return self.answered + self.perhaps + self.unanswered


class State:
    """The open database. Its methods raise StateError.

    `database`: what it commits outlives a power cut. `marks`: for the marks of work done, where the last ones before a power
    cut may be missing; some of that work is done twice then.
    """

    def __init__(self, database: Database, marks: Database) -> None:
        self._database, self._marks = database, marks
        self.admissions = Admissions(database)
        self.preferences = PreferenceBook(database)
        self.shelves = Shelves(database)
        self.gaps = GapBook(database)
        self.receipts = Receipts(database)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opens or makes the database at `path`, and leads an older one up to this version."""
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(path)
        try:
            with _exclusive(engine) as connection:
                _migrate(connection, path)
        except DatabaseError as error:
            engine.dispose()
            cure = "restore it from a backup, or move it away"
            raise StateError(f"{path} can't be used ({error.orig}); {cure}") from error
        except StateError:
            engine.dispose()
            raise
        return cls(Database(engine), Database(_engine(path, synchronous="NORMAL", connections=1)))

    @classmethod
    def open_to_read(cls, path: Path) -> Self:
        """Opens the database at `path` without a way to change it, also while the bot runs. Raises StateError; StateOutdated where it is of
        an older version.
        """
        if not path.exists():
            raise StateError(f"{path} isn't there: nobody has asked the bot anything yet, or CITEBOT_DATA names another directory")
        engine = create_engine("sqlite://", creator=lambda: _connected_to_read(path), poolclass=NullPool, hide_parameters=True)
        try:
            with engine.connect() as connection:
                version = _version(connection)
        except DatabaseError as error:
            raise StateError(f"{path} can't be read ({error.orig}); restore it from a backup, or move it away") from error
        if version is None or version < SCHEMA_VERSION:
            raise StateOutdated(f"{path} was written by an older version of Citebot; start the bot of this one once, with `citebot run`")
        _refuse_newer(version, path)
        database = Database(engine)
        return cls(database, database)

    def close(self) -> None:
        self._database.dispose()
        self._marks.dispose()

    def remember(self, reply: Reply, update_id: int | None = None) -> None:
        """Keeps `reply`, in place of what its message showed before, of what was thought of that and of the gap that it was.

        `update_id`: what it replies to. Nothing is kept if that isn't in the inbox any more: whoever asked had all of theirs erased while
        the answer was on its way.
        """
        of_message = is_message(reply.chat_id, reply.message_id)
        with self._marks.begin() as connection:
            for table in (vote_table, card_table):
                connection.execute(delete(table).where(table.c.reply_id.in_(select(reply_table.c.id).where(of_message))))
            if update_id is not None and not _is_in_inbox(connection, update_id):  # nobody erases it now: who deleted has the write lock
                return
            if connection.execute(update(reply_table).where(of_message).values(to_row(reply))).rowcount == 0:
                connection.execute(insert(reply_table).values(to_row(reply)))

    def reply_in(self, chat_id: int, message_id: int) -> Reply | None:
        """What the bot's message shows; None if it isn't remembered."""
        found = self._select(is_message(chat_id, message_id))
        return found[0] if found else None

    def reply_before(self, chat_id: int, message_id: int, since: datetime) -> Reply | None:
        """The last reply to what was asked or searched in a chat before a message; None if that was answered earlier than `since`. Thanks
        in between end no conversation.
        """
        earlier = (reply_table.c.chat_id == chat_id) & (reply_table.c.command_message_id < message_id) & (reply_table.c.content != "null")
        with self._database.connect() as connection:
            newest_first = select(reply_table).where(earlier).order_by(reply_table.c.command_message_id.desc(), reply_table.c.id.desc())
            row = connection.execute(newest_first.limit(1)).first()
        reply = from_row(row) if row is not None else None
        return reply if reply is not None and reply.asked_at >= since else None

    def replies_to(self, chat_id: int, message_id: int) -> list[Reply]:
        """The replies that a message led to, as question or command, oldest first: several people may point at one."""
        asked = or_(reply_table.c.question_message_id == message_id, reply_table.c.command_message_id == message_id)
        return self._select((reply_table.c.chat_id == chat_id) & asked)

    def show(self, chat_id: int, message_id: int, view: View) -> None:
        """Notes the page that a message shows now."""
        values = {"citation": view.citation, "breadth": view.breadth}
        with self._marks.begin() as connection:
            connection.execute(update(reply_table).where(is_message(chat_id, message_id)).values(values))

    def replace_message(self, reply: Reply, chat_id: int, message_id: int) -> None:
        """Notes that another message shows `reply` now, since the one that did is gone."""
        values = {"chat_id": chat_id, "message_id": message_id}
        with self._marks.begin() as connection:
            connection.execute(update(reply_table).where(is_message(reply.chat_id, reply.message_id)).values(values))

    def vote(self, reply: Reply, voter_id: int, vote: Vote | None) -> Votes:
        """Keeps one person's voice in place of an earlier one, None taking it back; what all think of the reply now.

        The voice belongs to the reply as it is, with its question, its answer and the generations it came from; of one that was erased
        meanwhile nothing is kept.
        """
        of_message = is_message(reply.chat_id, reply.message_id)
        earlier = vote_table.c.reply_id.in_(select(reply_table.c.id).where(of_message)) & (vote_table.c.voter_id == voter_id)
        with self._database.begin() as connection:
            connection.execute(delete(vote_table).where(earlier))
            if vote is not None:
                row = select(reply_table.c.id, literal(voter_id), literal(vote.value), literal(in_utc(datetime.now(UTC)))).where(of_message)
                connection.execute(insert(vote_table).from_select(["reply_id", "voter_id", "vote", "voted_at"], row))
        return self.votes(reply.chat_id, reply.message_id)

    def vote_of(self, reply: Reply, voter_id: int) -> Vote | None:
        """What one person thinks of the reply; None if they haven't said."""
        of_person = is_message(reply.chat_id, reply.message_id) & (vote_table.c.voter_id == voter_id)
        with self._database.connect() as connection:
            found = connection.execute(select(vote_table.c.vote).join(reply_table).where(of_person)).scalar()
        return Vote(found) if found is not None else None

    def votes(self, chat_id: int, message_id: int) -> Votes:
        """What all think of the reply that a message shows."""
        query = (
            select(vote_table.c.vote, func.count().label("votes"))
            .join(reply_table)
            .where(is_message(chat_id, message_id))
            .group_by(vote_table.c.vote)
        )
        with self._database.connect() as connection:
            counts = {row.vote: row.votes for row in connection.execute(query)}
        return Votes(counts.get(Vote.UP, 0), counts.get(Vote.DOWN, 0))

    def move_chat(self, old: int, new: int) -> None:
        """A group became a supergroup: all that is known of it goes along. Messages are counted anew there, so that the numbers of
        those that stayed behind are made negative: no other message is taken for them.
        """
        table = reply_table.c
        numbers = {column: -column for column in (table.message_id, table.question_message_id, table.command_message_id)}
        with self._database.begin() as connection:
            connection.execute(update(reply_table).where(table.chat_id == old).values({table.chat_id: new, **numbers}))
            admissions.move(connection, old, new)
            preferences.move(connection, old, new)
            shelves.move(connection, old, new)
            gapbook.move(connection, old, new)

    def tally(self, scope: Scope) -> Tally:
        """What was asked in a group, or in all private chats, and what became of it."""
        asked_here = scope.condition() & reply_table.c.decision.is_not(None) & latest()
        decisions = select(reply_table.c.decision, func.count().label("replies")).where(asked_here)
        voices = select(vote_table.c.vote, func.count().label("votes")).join(reply_table).where(scope.condition())
        with self._database.connect() as connection:
            asked = {row.decision: row.replies for row in connection.execute(decisions.group_by(reply_table.c.decision))}
            votes = {row.vote: row.votes for row in connection.execute(voices.group_by(vote_table.c.vote))}
        return Tally(
            answered=asked.get(Decision.ANSWER, 0),
            perhaps=asked.get(Decision.PERHAPS, 0),
            unanswered=asked.get(Decision.NONE, 0),
            votes=Votes(votes.get(Vote.UP, 0), votes.get(Vote.DOWN, 0)),
        )

    def withdraw(self, collection: str, document_ids: Collection[str]) -> None:
        """Erases what replies quote of documents that were taken out."""

        def gone(citation: Citation) -> bool:
            return citation.collection == collection and citation.document_id in document_ids

        now, table = datetime.now(UTC), reply_table.c
        with self._database.begin() as connection:
            asked = select(table.id, table.content).where(table.collections.contains(f'"{collection}"', autoescape=True))
            for row in connection.execute(asked).all():
                content = content_json.validate_json(row.content)
                left = without(content, gone, now) if isinstance(content, Answer | tuple) else content
                if left != content:
                    is_same = (table.id == row.id) & (table.content == row.content)  # an edit may have brought a newer one meanwhile
                    connection.execute(update(reply_table).where(is_same).values(content=content_json.dump_json(left).decode()))
        self._database.wipe()

    def forget(self, user_id: int) -> None:
        """Erases what a person asked, what they thought of answers, and what of theirs is in the inbox, in every chat."""
        with self._database.begin() as connection:
            connection.execute(delete(reply_table).where(reply_table.c.asker_id == user_id))  # and the votes on them
            connection.execute(delete(vote_table).where(vote_table.c.voter_id == user_id))
            connection.execute(update(_inbox).where(_inbox.c.user_id == user_id).values(content=None, user_id=None))
        self._database.wipe()

    def forget_before(self, moment: datetime) -> int:
        """Erases replies, with their questions and votes, that are older than `moment`; how many."""
        old = reply_table.c.asked_at < in_utc(moment)
        with self._database.begin() as connection:
            erased = connection.execute(delete(reply_table).where(old)).rowcount
        self._database.wipe()
        return erased

    def receive(self, update_id: int, user_id: int | None, content: str) -> bool:
        """Commits an update to the inbox; False if it is known already."""
        row = {"update_id": update_id, "user_id": user_id, "content": content, "attempts": 0}
        try:
            with self._database.begin() as connection:
                connection.execute(insert(_inbox).values(row))
        except IntegrityError:
            return False
        return True

    def unfinished(self) -> list[Unfinished]:
        """What is in the inbox, oldest first."""
        columns = select(_inbox.c.update_id, _inbox.c.content, _inbox.c.attempts)
        with self._database.connect() as connection:
            rows = connection.execute(columns.where(_inbox.c.content.is_not(None)).order_by(_inbox.c.id))
            return [Unfinished(*row) for row in rows]

    def attempt(self, update_id: int) -> None:
        """Notes that an update which was cut off before is begun again."""
        self._count_attempts(update_id, 1)

    def take_back(self, update_id: int) -> None:
        """Notes that an attempt didn't end the bot: it was cut off in order."""
        self._count_attempts(update_id, -1)

    def _count_attempts(self, update_id: int, more: int) -> None:
        counted = update(_inbox).where(_inbox.c.update_id == update_id).values(attempts=_inbox.c.attempts + more)
        with self._marks.begin() as connection:
            connection.execute(counted)

    def finish(self, update_id: int) -> None:
        """Erases an update, but for its id."""
        old = _inbox.c.id <= select(func.max(_inbox.c.id)).scalar_subquery() - FINISHED_KEPT
        with self._marks.begin() as connection:
            connection.execute(update(_inbox).where(_inbox.c.update_id == update_id).values(content=None, user_id=None))
            connection.execute(delete(_inbox).where(old & _inbox.c.content.is_(None)))

    def _select(self, condition: ColumnElement[bool]) -> list[Reply]:
        with self._database.connect() as connection:
            rows = connection.execute(select(reply_table).where(condition).order_by(reply_table.c.id))
            return [from_row(row) for row in rows]


def _is_in_inbox(connection: Connection, update_id: int) -> bool:
    """Whether an update's words are kept still."""
    there = (_inbox.c.update_id == update_id) & _inbox.c.content.is_not(None)
    return connection.execute(select(_inbox.c.id).where(there)).first() is not None


def _engine(path: Path, synchronous: str = "FULL", connections: int = 5) -> Engine:
    """`synchronous`: FULL waits for the disk at each commit, so that it outlives a power cut; NORMAL only outlives the process.

    Measured: 0.2 ms more on a quiet disk, 13 ms on one that is busy with others' writes, of the 33 ms that Telegram leaves
    for a message. `connections`: with one, writers wait for their turn here, in order; SQLite would have each of them ask again and
    again, and under load somebody never gets through.
    """
    # hide_parameters: an error's text would hold the question, and errors are logged.
    engine = create_engine(
        f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT}, pool_size=connections, max_overflow=0
    )
    # secure_delete: what is erased is overwritten.
    pragmas = ("journal_mode = WAL", f"synchronous = {synchronous}", "foreign_keys = ON", "secure_delete = ON")

    def set_up(connection: Any, _: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", set_up)
    return engine


def _connected_to_read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT, check_same_thread=False)


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the write lock from its beginning: of two processes at once, one sets up the tables.

    Python's sqlite3 would begin no transaction for DDL; in autocommit mode it leaves that to us.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _migrate(connection: Connection, path: Path) -> None:
    """Makes the tables of a new database, or leads those of an older version up to this one."""
    version = _version(connection)
    if version is None:
        _metadata.create_all(connection, checkfirst=False)
        connection.execute(insert(_schema).values(version=SCHEMA_VERSION))
        return
    _refuse_newer(version, path)
    for migration in MIGRATIONS[version - 1 :]:
        migration(connection)
    connection.execute(update(_schema).values(version=SCHEMA_VERSION))


def _refuse_newer(version: int, path: Path) -> None:
    if version > SCHEMA_VERSION:
        raise StateError(
            f"{path} was written by a newer Citebot (schema {version}, this one knows {SCHEMA_VERSION}); "
            "install that version, or set CITEBOT_DATA to another directory"
        )


def _version(connection: Connection) -> int | None:
    """The schema version of the database; None if it is new."""
    if not inspect(connection).has_table(_schema.name):
        return None
    return int(connection.execute(select(_schema.c.version)).scalar_one())
