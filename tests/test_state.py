"""What the database keeps, and how it grows up."""

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event

from bot.errors import StateError
from bot.records import Content, Reply, Scope
from bot.state import SCHEMA_VERSION, State
from bot.triggers import Intent
from bot.votes import Vote, Votes
from index.domain import Decision
from index.rendering import View
from tests.support import ARTICLE, QUESTION, Library

SCHEMA_1 = """
CREATE TABLE schema_version (version INTEGER NOT NULL);
CREATE TABLE replies (
    id INTEGER NOT NULL PRIMARY KEY, chat_id BIGINT NOT NULL, message_id BIGINT NOT NULL,
    question_message_id BIGINT NOT NULL, command_message_id BIGINT NOT NULL, thread_id BIGINT, asker_id BIGINT,
    intent VARCHAR(16) NOT NULL, question TEXT NOT NULL, collections TEXT NOT NULL, content TEXT NOT NULL,
    citation INTEGER, breadth INTEGER NOT NULL, asked_at VARCHAR(32) NOT NULL
);
CREATE UNIQUE INDEX replies_by_message ON replies (chat_id, message_id);
CREATE INDEX replies_by_question ON replies (chat_id, question_message_id);
CREATE INDEX replies_by_command ON replies (chat_id, command_message_id);
INSERT INTO schema_version VALUES (1);
"""
"""As the first version made it. Never changed: each later version is tested to lead up from here."""

ANSWER = Library(ARTICLE).ask(QUESTION, collections=["shared"])
REPLY = Reply(
    chat_id=-1001234567890,
    message_id=11,
    question_message_id=10,
    command_message_id=10,
    thread_id=4,
    asker_id=8_000_000_000,
    intent=Intent.ASK,
    question=QUESTION,
    collections=("shared",),
    content=ANSWER,
    view=View(),
    asked_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
)


def database(path: Path) -> Path:
    return path / "citebot.sqlite3"


@pytest.mark.parametrize("content", [ANSWER, ANSWER.citations, (), None], ids=["answer", "passages", "nothing", "advice"])
def test_a_reply_is_the_same_after_a_restart(tmp_path: Path, content: Content) -> None:
    reply = replace(REPLY, content=content, view=View(None, 2), thread_id=None, asker_id=None)
    with closing(State.open(database(tmp_path))) as state:
        state.remember(reply)

    with closing(State.open(database(tmp_path))) as state:
        assert state.reply_in(reply.chat_id, reply.message_id) == reply


def test_any_question_is_kept_as_it_is(tmp_path: Path) -> None:
    with closing(State.open(database(tmp_path))) as state:

        @given(st.text(st.characters(exclude_categories=["Cs"])))
        def is_kept(question: str) -> None:
            state.remember(replace(REPLY, question=question))

            assert state.replies_to(REPLY.chat_id, 10)[0].question == question

        is_kept()


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        (lambda state: state.inbox.receive(1, 5, "{}"), True),
        (lambda state: state.forget(5), True),
        (lambda state: state.admissions.admit(5, REPLY.asked_at), True),
        (lambda state: state.inbox.finish(1), False),  # at worst it is done again
    ],
    ids=["received", "forgotten", "admitted", "finished"],
)
def test_what_somebody_relies_on_waits_for_the_disk(tmp_path: Path, change: Callable[[State], object], waits: bool) -> None:
    levels: list[int] = []

    def look(connection: Connection) -> None:
        levels.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    with closing(State.open(database(tmp_path))) as state:
        event.listen(Engine, "commit", look)
        try:
            change(state)
        finally:
            event.remove(Engine, "commit", look)

    assert levels == [2 if waits else 1]  # FULL, NORMAL


def test_a_message_that_shows_something_new_forgets_the_old(tmp_path: Path) -> None:
    with closing(State.open(database(tmp_path))) as state:
        state.remember(REPLY)
        state.remember(replace(REPLY, question="who?"))

        assert [reply.question for reply in state.replies_to(REPLY.chat_id, 10)] == ["who?"]


def test_replies_are_found_by_question_and_by_command(tmp_path: Path) -> None:
    pointed = replace(REPLY, message_id=13, command_message_id=12)
    with closing(State.open(database(tmp_path))) as state:
        state.remember(REPLY)
        state.remember(pointed)

        assert state.replies_to(REPLY.chat_id, 10) == [REPLY, pointed]
        assert state.replies_to(REPLY.chat_id, 12) == [pointed]


def test_message_ids_of_other_chats_are_other_messages(tmp_path: Path) -> None:
    with closing(State.open(database(tmp_path))) as state:
        state.remember(REPLY)

        assert state.reply_in(-5, REPLY.message_id) is None
        assert state.replies_to(-5, 10) == []


def test_the_page_shown_is_noted(tmp_path: Path) -> None:
    with closing(State.open(database(tmp_path))) as state:
        state.remember(REPLY)
        state.show(REPLY.chat_id, REPLY.message_id, View(2, 1))

        assert state.reply_in(REPLY.chat_id, REPLY.message_id) == replace(REPLY, view=View(2, 1))


def test_replies_follow_their_group_to_its_new_id(tmp_path: Path) -> None:
    with closing(State.open(database(tmp_path))) as state:
        state.remember(REPLY)
        state.move_chat(REPLY.chat_id, -7)

        assert state.reply_in(-7, REPLY.message_id) is None  # that number may be another message's there
        assert state.tally(Scope(-7)).questions == 1
        assert state.tally(Scope(REPLY.chat_id)).questions == 0


def schema_of(path: Path) -> set[tuple[str, ...]]:
    """Columns and indexes with all that SQLite knows of them, apart from how they were written down."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {(table, *map(str, row[1:])) for table in tables for row in connection.execute(f"PRAGMA table_info({table})")}
        indexes = {
            (table, name, str(unique), *(column for _, _, column in connection.execute(f"PRAGMA index_info({name})")))
            for table in tables
            for _, name, unique, *_ in connection.execute(f"PRAGMA index_list({table})")
        }
        version = {("version", str(connection.execute("SELECT version FROM schema_version").fetchone()[0]))}
        return columns | indexes | version


def test_a_database_of_the_first_version_grows_into_a_new_one(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(SCHEMA_1)

    for path in (old, new):
        State.open(path).close()

    assert schema_of(old) == schema_of(new)


def test_answers_of_the_first_version_are_counted_like_new_ones(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "new.sqlite3")) as state:
        state.remember(REPLY)
    columns = "chat_id, message_id, question_message_id, command_message_id, intent, question, collections, content, breadth, asked_at"
    with closing(sqlite3.connect(tmp_path / "new.sqlite3")) as connection:
        rows = connection.execute(f"SELECT {columns} FROM replies").fetchall()
    with closing(sqlite3.connect(database(tmp_path))) as connection:
        connection.executescript(SCHEMA_1)
        connection.executemany(f"INSERT INTO replies ({columns}) VALUES ({', '.join('?' * 10)})", rows)
        connection.commit()

    with closing(State.open(database(tmp_path))) as state:
        assert state.tally(Scope(REPLY.chat_id)).questions == 1


def test_a_newer_database_is_refused_with_the_cure(tmp_path: Path) -> None:
    State.open(database(tmp_path)).close()
    with closing(sqlite3.connect(database(tmp_path))) as connection:
        connection.execute(f"UPDATE schema_version SET version = {SCHEMA_VERSION + 1}")
        connection.commit()

    with pytest.raises(StateError, match="install that version"):
        State.open(database(tmp_path))


def test_what_is_no_database_is_refused_with_the_cure(tmp_path: Path) -> None:
    database(tmp_path).write_text("not a database, but long enough to be read as one " * 20)

    with pytest.raises(StateError, match="restore it from a backup"):
        State.open(database(tmp_path))


def test_several_openings_at_once_make_one_set_of_tables(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as executor:
        states = list(executor.map(lambda _: State.open(database(tmp_path)), range(8)))
    for state in states:
        state.close()

    assert ("version", str(SCHEMA_VERSION)) in schema_of(database(tmp_path))


def test_what_is_taken_out_puts_no_old_answer_over_a_newer_one(tmp_path: Path) -> None:
    newer = replace(REPLY, question="who?", content=None)
    with closing(State.open(database(tmp_path))) as state:
        state.remember(REPLY)

        class Removed(frozenset[str]):
            def __contains__(self, document_id: object) -> bool:
                state.remember(newer)  # somebody edits the question just then
                return super().__contains__(document_id)

        state.withdraw("shared", Removed({ARTICLE.id}))

        assert state.reply_in(REPLY.chat_id, REPLY.message_id) == newer


def test_a_card_stands_for_those_questions_that_are_not_erased_yet(tmp_path: Path) -> None:
    missed = replace(REPLY, content=replace(ANSWER, decision=Decision.NONE))
    with closing(State.open(database(tmp_path))) as state:
        state.remember(missed)
        state.remember(replace(missed, message_id=13, command_message_id=12, asker_id=7))
        kept, erased = [miss.id for miss in reversed(state.gaps.misses())]
        state.forget(7)
        state.gaps.note_card(-5, 20, [kept, erased])

        assert state.gaps.card(-5, 20) == {kept}


def test_a_vote_on_what_is_erased_just_then_is_none(tmp_path: Path) -> None:
    path = database(tmp_path)
    with closing(State.open(path)) as state, closing(sqlite3.connect(path)) as other, ThreadPoolExecutor(1) as beside:
        state.remember(REPLY)
        other.execute("DELETE FROM replies")
        voted = beside.submit(state.votes.cast, REPLY, 7, Vote.UP)
        time.sleep(0.2)  # until it waits for the other one
        other.commit()

        assert voted.result() == Votes()


def test_threads_write_side_by_side(tmp_path: Path) -> None:
    with closing(State.open(database(tmp_path))) as state:
        with ThreadPoolExecutor(8) as executor:
            list(executor.map(lambda number: state.remember(replace(REPLY, message_id=number)), range(100)))

        assert len(state.replies_to(REPLY.chat_id, 10)) == 100


def test_readers_go_on_while_somebody_writes(tmp_path: Path) -> None:
    with closing(State.open(database(tmp_path))) as state, closing(sqlite3.connect(database(tmp_path))) as other:
        state.remember(REPLY)
        other.execute("BEGIN IMMEDIATE")

        assert state.reply_in(REPLY.chat_id, REPLY.message_id) == REPLY


def test_a_database_that_others_hold_or_that_is_broken_is_said_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.state.BUSY_TIMEOUT", 0.05)
    with closing(State.open(database(tmp_path))) as state, closing(sqlite3.connect(database(tmp_path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError, match=r"can't be written \(database is locked\); check the disk"):
            state.receipts.keep(REPLY.chat_id, 10, 11)
        other.rollback()
        other.execute("DROP TABLE receipts")

        with pytest.raises(StateError, match=r"can't be read \(no such table: receipts\); check the disk"):
            state.receipts.of(REPLY.chat_id, 10)
