"""Which collection holds a chat's own documents. Its name says nothing of the chat, so that a group that moves is one changed row."""

import secrets

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, delete, insert, select, update

from bot.database import Database
from bot.schema import metadata

_shelves = Table(
    "shelves",
    metadata,
    Column("collection", String(32), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Index("shelves_by_chat", "chat_id"),
)


def add_table(connection: Connection) -> None:
    """The migration that brought it."""
    connection.exec_driver_sql("CREATE TABLE shelves (collection VARCHAR(32) NOT NULL PRIMARY KEY, chat_id BIGINT NOT NULL)")
    connection.exec_driver_sql("CREATE INDEX shelves_by_chat ON shelves (chat_id)")


def new_collection() -> str:
    """A name that nobody else has."""
    return f"chat-{secrets.token_hex(8)}"


class Shelves:
    """The collections of chats. A chat has one, but for a supergroup that had its own before the group that became it moved in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, chat_id: int) -> tuple[str, ...]:
        """The collections of a chat; none while it has no documents."""
        with self._database.connect() as connection:
            found = connection.execute(select(_shelves.c.collection).where(_shelves.c.chat_id == chat_id).order_by(_shelves.c.collection))
            return tuple(found.scalars())

    def private(self) -> list[int]:
        """The private chats that have documents."""
        with self._database.connect() as connection:
            return sorted(set(connection.execute(select(_shelves.c.chat_id).where(_shelves.c.chat_id > 0)).scalars()))

    def put_up(self, chat_id: int, collection: str) -> None:
        """Gives a chat a collection, which is there already."""
        with self._database.begin() as connection:
            connection.execute(insert(_shelves).values(collection=collection, chat_id=chat_id))

    def take_down(self, chat_id: int) -> None:
        """From now on the chat has none."""
        with self._database.begin() as connection:
            connection.execute(delete(_shelves).where(_shelves.c.chat_id == chat_id))


def move(connection: Connection, old: int, new: int) -> None:
    """A group became a supergroup, and takes its documents along."""
    connection.execute(update(_shelves).where(_shelves.c.chat_id == old).values(chat_id=new))
