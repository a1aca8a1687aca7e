"""What is kept of updates that aren't finished, so that none is lost with the process."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, Table, Text, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.database import Database
from bot.schema import metadata

_inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),  # in the order of arrival
    Column("update_id", BigInteger, nullable=False),
    Column("user_id", BigInteger),  # whose words `content` holds
    Column("content", Text),  # NULL once it is finished: only its id is kept, to know it again
    Column("attempts", Integer, nullable=False),  # that were begun after a restart
    Index("inbox_by_update", "update_id", unique=True),
)

FINISHED_KEPT = 10_000
"""Ids of finished updates that are known again. Telegram repeats those that it heard no confirmation of, a few at most."""


def add_table(connection: Connection) -> None:
    """The migration that brought it."""
    connection.exec_driver_sql(
        "CREATE TABLE inbox (id INTEGER NOT NULL PRIMARY KEY, update_id BIGINT NOT NULL, user_id BIGINT, content TEXT, "
        "attempts INTEGER NOT NULL)"
    )
    connection.exec_driver_sql("CREATE UNIQUE INDEX inbox_by_update ON inbox (update_id)")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An update in the inbox. `content`: its JSON. `attempts`: how often it was begun after a restart, and the bot killed."""

    update_id: int
    content: str
    attempts: int


class InboxBook:
    """`database` and `marks`: as for `State`."""

    def __init__(self, database: Database, marks: Database) -> None:
        self._database, self._marks = database, marks

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


def holds(connection: Connection, update_id: int) -> bool:
    """Whether an update's words are kept still."""
    there = (_inbox.c.update_id == update_id) & _inbox.c.content.is_not(None)
    return connection.execute(select(_inbox.c.id).where(there)).first() is not None


def forget(connection: Connection, user_id: int) -> None:
    """Erases a person's words."""
    connection.execute(update(_inbox).where(_inbox.c.user_id == user_id).values(content=None, user_id=None))
