"""Which of the bot's messages tells how far it is with a message that takes its time, so that a restart goes on with that one."""

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Table, delete, insert, select

from bot.database import Database
from bot.schema import metadata

_receipts = Table(
    "receipts",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("receipt_id", BigInteger, nullable=False),
)


def add_table(connection: Connection) -> None:
    """The migration that brought it."""
    connection.exec_driver_sql(
        "CREATE TABLE receipts (chat_id BIGINT NOT NULL, message_id BIGINT NOT NULL, receipt_id BIGINT NOT NULL, "
        "PRIMARY KEY (chat_id, message_id))"
    )


class Receipts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, chat_id: int, message_id: int) -> int | None:
        """The receipt for a message that an earlier run was cut off at."""
        with self._database.connect() as connection:
            return connection.execute(select(_receipts.c.receipt_id).where(_is(chat_id, message_id))).scalar()

    def keep(self, chat_id: int, message_id: int, receipt_id: int) -> None:
        with self._database.begin() as connection:
            connection.execute(insert(_receipts).values(chat_id=chat_id, message_id=message_id, receipt_id=receipt_id))

    def drop(self, chat_id: int, message_id: int) -> None:
        """The work is done."""
        with self._database.begin() as connection:
            connection.execute(delete(_receipts).where(_is(chat_id, message_id)))


def _is(chat_id: int, message_id: int) -> ColumnElement[bool]:
    return (_receipts.c.chat_id == chat_id) & (_receipts.c.message_id == message_id)
