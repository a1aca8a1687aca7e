"""Who was let in by a one-time code, beside those whom the settings name.

Ids of people are positive, those of groups negative: one column holds both. Whoever was let in once and put out again
keeps a row, so that a bot that was closed never opens by becoming empty.
"""

import hashlib
import secrets
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Connection, String, Table, delete, insert, select, update

from bot.database import Database
from bot.schema import in_utc, metadata

CODE_LENGTH = 8
CODE_LIFETIME = timedelta(minutes=10)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters and digits that look alike. 32**8 codes, and a few guesses per person in the lifetime of one."""

_admitted = Table(
    "admitted",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("admitted_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
)
_codes = Table(
    "pairing_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("expires_at", String(32), nullable=False),
)


def add_tables(connection: Connection) -> None:
    """The migration that brought them."""
    connection.exec_driver_sql(
        "CREATE TABLE admitted (id BIGINT NOT NULL, admitted_at VARCHAR(32) NOT NULL, revoked_at VARCHAR(32), PRIMARY KEY (id))"
    )
    connection.exec_driver_sql(
        "CREATE TABLE pairing_codes (digest VARCHAR(64) NOT NULL, expires_at VARCHAR(32) NOT NULL, PRIMARY KEY (digest))"
    )


@dataclass(frozen=True, slots=True)
class Admitted:
    """`ids`: of users and chats. `is_closed`: somebody was let in once, so that it isn't everybody any more."""

    ids: Set[int]
    is_closed: bool


class Admissions:
    """Times are aware; they are kept in UTC, as the rest of the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, now: datetime) -> str:
        """A new code. Only its digest is kept."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
        with self._database.begin() as connection:
            connection.execute(delete(_codes).where(_codes.c.expires_at <= in_utc(now)))
            connection.execute(insert(_codes).values(digest=_digest(code), expires_at=in_utc(now + CODE_LIFETIME)))
        return f"{code[:4]}-{code[4:]}"

    def expects(self, now: datetime) -> bool:
        """Whether a code is out that is still good."""
        with self._database.connect() as connection:
            return connection.execute(select(_codes).where(_codes.c.expires_at > in_utc(now))).first() is not None

    def redeem(self, code: str, admitted_id: int, now: datetime) -> bool:
        """Lets in a person or a group; False if the code is wrong, used or expired."""
        valid = (_codes.c.digest == _digest(code)) & (_codes.c.expires_at > in_utc(now))
        with self._database.begin() as connection:
            if connection.execute(delete(_codes).where(valid)).rowcount == 0:
                return False
            _admit(connection, admitted_id, now)
        return True

    def admit(self, admitted_id: int, now: datetime) -> None:
        with self._database.begin() as connection:
            _admit(connection, admitted_id, now)

    def revoke(self, admitted_id: int, now: datetime) -> bool:
        """Puts somebody out again; False if they weren't in."""
        present = (_admitted.c.id == admitted_id) & _admitted.c.revoked_at.is_(None)
        with self._database.begin() as connection:
            return connection.execute(update(_admitted).where(present).values(revoked_at=in_utc(now))).rowcount > 0

    def admitted(self) -> Admitted:
        with self._database.connect() as connection:
            rows = connection.execute(select(_admitted.c.id, _admitted.c.revoked_at)).all()
        return Admitted(frozenset(row.id for row in rows if row.revoked_at is None), bool(rows))


def move(connection: Connection, old: int, new: int) -> None:
    """A group became a supergroup: whoever let in the one has let in the other."""
    if connection.execute(select(_admitted).where(_admitted.c.id == new)).first() is None:
        connection.execute(update(_admitted).where(_admitted.c.id == old).values(id=new))


def _admit(connection: Connection, admitted_id: int, now: datetime) -> None:
    connection.execute(delete(_admitted).where(_admitted.c.id == admitted_id))
    connection.execute(insert(_admitted).values(id=admitted_id, admitted_at=in_utc(now)))


def _digest(code: str) -> str:
    """Case, dashes and spaces don't matter."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
