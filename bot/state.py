"""The database: what each answer showed, so that edits and buttons work after a restart, and all the books that are kept beside it.

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
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from bot import admissions, gapbook, inboxbook, preferences, receipts, shelves, votebook
from bot.admissions import Admissions
from bot.database import Database
from bot.errors import StateError, StateOutdated
from bot.gapbook import GapBook, card_table
from bot.inboxbook import InboxBook
from bot.preferences import PreferenceBook
from bot.receipts import Receipts
from bot.records import Reply, Scope, content_json, from_row, is_message, latest, reply_table, to_row, vote_table
from bot.schema import in_utc
from bot.schema import metadata as _metadata
from bot.shelves import Shelves
from bot.votebook import VoteBook
from bot.votes import Vote, Votes
from bot.withdrawal import without
from index.domain import Answer, Citation, Decision
from index.rendering import View

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process, such as a backup, to let go of the database."""

_schema = Table("schema_version", _metadata, Column("version", Integer, nullable=False))


def _add_decision(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE replies ADD COLUMN decision VARCHAR(16)")
    for row in connection.exec_driver_sql("SELECT id, content FROM replies").all():
        content = content_json.validate_json(row.content)
        if isinstance(content, Answer):
            connection.exec_driver_sql("UPDATE replies SET decision = ? WHERE id = ?", (content.decision.value, row.id))


Migration = Callable[[Connection], None]
MIGRATIONS: tuple[Migration, ...] = (
    inboxbook.add_table,
    votebook.add_table,
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
        self.inbox = InboxBook(database, marks)
        self.votes = VoteBook(database)
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
            if update_id is not None and not inboxbook.holds(connection, update_id):  # nobody erases it now: who deleted has the write lock
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
            inboxbook.forget(connection, user_id)
        self._database.wipe()

    def forget_before(self, moment: datetime) -> int:
        """Erases replies, with their questions and votes, that are older than `moment`; how many."""
        old = reply_table.c.asked_at < in_utc(moment)
        with self._database.begin() as connection:
            erased = connection.execute(delete(reply_table).where(old)).rowcount
        self._database.wipe()
        return erased

    def _select(self, condition: ColumnElement[bool]) -> list[Reply]:
        with self._database.connect() as connection:
            rows = connection.execute(select(reply_table).where(condition).order_by(reply_table.c.id))
            return [from_row(row) for row in rows]


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
