"""Gaps as CSV: what is in it, what isn't, and by the command line while the bot runs."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StateError
from bot.gapexport import COLUMNS, gaps_everywhere, harmless, write
from bot.gaps import Gap, Miss
from bot.state import State
from index.protocols import Vectors
from tests.test_gaps_gathered import NONE, far, miss
from tests.test_state import REPLY

ROOT = Path(__file__).parent.parent


def table(misses: Sequence[Miss]) -> list[dict[str, str]]:
    out = io.StringIO()
    write(gaps_everywhere([misses], far), out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def test_a_row_tells_of_a_gap_and_of_nobody() -> None:
    asked = [miss("zebra?", 1), miss("Zebra", 2, asker=4711, down=1)]

    (row,) = table(asked)

    assert row == {
        "question": "zebra?",
        "asked": "2",
        "people": "2",
        "disliked": "1",
        "first_asked": "2026-11-23T12:01:00+00:00",
        "last_asked": "2026-11-23T12:02:00+00:00",
        "collection": "shared",
        "wordings": "zebra?\nZebra",
    }
    assert "4711" not in str(row)


def asked_in(data: Path, *chats: int) -> list[Gap]:
    """The gaps that are exported when somebody asks the same in vain in each chat, one after another."""
    with closing(State.open(data / "citebot.sqlite3")) as state:
        for number, chat_id in enumerate(chats):
            state.remember(replace(REPLY, chat_id=chat_id, message_id=number, command_message_id=number, content=NONE))
        return gaps_everywhere(state.gaps.everywhere(), far)


def test_the_same_question_in_two_groups_is_two_gaps_and_in_two_private_chats_one(tmp_path: Path) -> None:
    assert [len(gap.misses) for gap in asked_in(tmp_path, -5, -6, 7, 8)] == [2, 1, 1]


def test_a_busy_group_takes_no_other_chats_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gapbook.MOST", 2)

    assert [len(gap.misses) for gap in asked_in(tmp_path, -5, 7, -6, -6, -6)] == [2, 1, 1]


@given(st.text())
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert harmless(cell).removeprefix("'") == cell.removeprefix("'")


@pytest.mark.parametrize("question", ["=HYPERLINK(0)", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_a_question_that_is_a_formula_is_shown_and_not_computed(question: str) -> None:
    (row,) = table([miss(question)])

    assert {row["question"][0], row["wordings"][0]} <= {"'", "="} - {"="}


def citebot(*arguments: str, data: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"CITEBOT_DATA": str(data)}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "gaps", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_command_works_while_the_bot_has_the_database_open(tmp_path: Path, data: Path) -> None:
    (tmp_path / "models").symlink_to(data / "models")
    young, old = datetime.now(UTC), datetime.now(UTC) - timedelta(days=91)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.remember(replace(REPLY, content=NONE, asked_at=young))
        state.remember(replace(REPLY, content=NONE, message_id=12, command_message_id=12, question="long ago?", asked_at=old))

        printed = citebot(data=tmp_path)
        written = citebot("--out", str(tmp_path / "gaps.csv"), data=tmp_path)
        refused = citebot("--out", str(tmp_path / "no" / "gaps.csv"), data=tmp_path)

    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert [row["question"] for row in rows] == [REPLY.question], printed.stderr
    assert tuple(rows[0]) == COLUMNS
    assert (written.returncode, written.stdout) == (0, "")
    assert (tmp_path / "gaps.csv").read_text(encoding="utf-8-sig").splitlines() == printed.stdout.splitlines()
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)


def test_a_database_that_is_read_cannot_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "citebot.sqlite3"
    State.open(path).close()
    with closing(State.open_to_read(path)) as state, pytest.raises(Exception, match="readonly"):
        state.remember(REPLY)


def test_what_is_missing_or_of_another_version_is_said_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "citebot.sqlite3"
    with pytest.raises(StateError, match="CITEBOT_DATA"):
        State.open_to_read(path)
    path.write_bytes(b"")

    with pytest.raises(StateError, match="citebot run"):
        State.open_to_read(path)


def test_no_gaps_are_a_table_without_rows() -> None:
    def none(_: Sequence[str]) -> Vectors:
        return np.empty((0, 1), np.float32)

    out = io.StringIO()
    write(gaps_everywhere([], none), out)

    assert out.getvalue().split() == [",".join(COLUMNS)]
