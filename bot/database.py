"""The seam to the database: what SQLAlchemy raises becomes StateError, which names the cure."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StateError


class Database:
    """An engine's connections. What goes wrong in their `with` blocks is a StateError; an IntegrityError is no fault of the database's, and
    passes as it is.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """To read."""
        with _naming_the_cure("read"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """To write: a transaction, committed in the end."""
        with _naming_the_cure("written"), self._engine.begin() as connection:
            yield connection

    def wipe(self) -> None:
        """What was erased stands in the write-ahead log still, and in the file until that is written back: weeks, where little is asked."""
        with _naming_the_cure("written"), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        self._engine.dispose()


@contextmanager
def _naming_the_cure(done: str) -> Iterator[None]:
    """`done`: what couldn't be, "read" or "written"."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        raise StateError(f"the database can't be {done} ({error.orig}); check the disk and the rights of CITEBOT_DATA") from error
    except PoolTimeout as error:
        raise StateError("the database doesn't answer; check the disk of CITEBOT_DATA") from error
