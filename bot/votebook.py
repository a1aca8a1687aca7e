"""What is kept of people's voices on answers. A voice goes with its reply."""

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, literal, select

from bot.database import Database
from bot.records import Reply, is_message, reply_table, vote_table
from bot.schema import in_utc
from bot.votes import Vote, Votes


def add_table(connection: Connection) -> None:
    """The migration that brought it."""
    connection.exec_driver_sql(
        "CREATE TABLE votes (reply_id INTEGER NOT NULL REFERENCES replies (id) ON DELETE CASCADE, voter_id BIGINT NOT NULL, "
        "vote INTEGER NOT NULL, voted_at VARCHAR(32) NOT NULL, PRIMARY KEY (reply_id, voter_id))"
    )


class VoteBook:
    def __init__(self, database: Database) -> None:
        self._database = database

    def cast(self, reply: Reply, voter_id: int, vote: Vote | None) -> Votes:
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
        return self.of(reply.chat_id, reply.message_id)

    def by(self, reply: Reply, voter_id: int) -> Vote | None:
        """What one person thinks of the reply; None if they haven't said."""
        of_person = is_message(reply.chat_id, reply.message_id) & (vote_table.c.voter_id == voter_id)
        with self._database.connect() as connection:
            found = connection.execute(select(vote_table.c.vote).join(reply_table).where(of_person)).scalar()
        return Vote(found) if found is not None else None

    def of(self, chat_id: int, message_id: int) -> Votes:
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
