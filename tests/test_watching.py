"""The corpus folder is watched: what is saved there is soon answered from, whatever way it got there."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from index.domain import SHARED
from index.errors import SnapshotMissing
from index.keeping import Keeper
from index.stores.local import LocalStore
from index.watching import LOOK, QUIET, changes, watching
from tests.fakes import HashingEmbedder

SOON = 20.0
"""Seconds; on a free machine it is one."""


class Watched:
    """A corpus folder, what is published of it, and what was logged."""

    def __init__(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.store = LocalStore(folder / "data", HashingEmbedder())
        self.keeper = Keeper(self.store, self.corpus)
        self._caplog = caplog

    def texts(self) -> list[str]:
        try:
            return [document.text for document in self.store.documents(SHARED)]
        except SnapshotMissing:
            return []

    def logged(self, words: str) -> bool:
        return words in self._caplog.text

    def holds(self, *texts: str) -> bool:
        return self.texts() == list(texts)


@pytest.fixture
def watched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Watched]:
    caplog.set_level(logging.INFO, "index")
    place = Watched(tmp_path, caplog)
    (place.corpus / "a.txt").write_text("The bridge.")
    place.keeper.refresh()
    with watching(place.keeper, place.corpus):
        yield place


def soon(happens: Callable[[], bool]) -> None:
    """Raises if it doesn't happen in a while. Nothing tells the test when: whoever saves a file isn't told either."""
    until = time.monotonic() + SOON
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_is_saved_changed_and_deleted_is_followed(watched: Watched) -> None:
    (watched.corpus / "b").mkdir()
    (watched.corpus / "b" / "new.txt").write_text("The river.")
    soon(lambda: watched.holds("The bridge.", "The river."))

    (watched.corpus / "a.txt").write_text("The old bridge.")
    soon(lambda: watched.holds("The old bridge.", "The river."))

    (watched.corpus / "a.txt").unlink()
    soon(lambda: watched.holds("The river."))
    soon(lambda: watched.logged("corpus: 0 added, 0 changed, 1 removed; generation 4"))


def test_an_editor_may_write_aside_and_rename(watched: Watched) -> None:
    for number in range(3):
        aside = watched.corpus / f".a.txt.{number}.swp"
        aside.write_text(f"The bridge, edition {number}.")
        aside.replace(watched.corpus / "a.txt")

    soon(lambda: watched.holds("The bridge, edition 2."))
    assert watched.keeper.problems == ()


def test_of_a_file_that_is_broken_the_last_good_version_stays_until_it_is_mended(watched: Watched) -> None:
    (watched.corpus / "a.txt").write_bytes(b"\0")
    soon(lambda: watched.logged("a.txt: binary, not text; give it the ending of its format; its last good version stays"))
    assert watched.holds("The bridge.")
    assert watched.keeper.problems == ("a.txt: binary, not text; give it the ending of its format",)

    (watched.corpus / "a.txt").write_text("The new bridge.")
    soon(lambda: watched.holds("The new bridge.") and not watched.keeper.problems)


def test_a_folder_may_vanish_and_return(watched: Watched, tmp_path: Path) -> None:
    watched.corpus.rename(tmp_path / "elsewhere")
    soon(lambda: watched.logged("there is no folder"))
    assert watched.holds("The bridge.")

    (tmp_path / "elsewhere").rename(watched.corpus)
    soon(lambda: not watched.keeper.problems)
    watched.corpus.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "a.txt").write_text("The bridge, painted.")
    (tmp_path / "elsewhere").rename(watched.corpus)
    soon(lambda: watched.holds("The bridge, painted."))

    (watched.corpus / "a.txt").write_text("The bridge, closed.")
    soon(lambda: watched.holds("The bridge, closed."))


def test_another_folder_may_take_its_place(watched: Watched, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_text("The river.")
    watched.corpus.rename(tmp_path / "old")
    other.rename(watched.corpus)
    soon(lambda: watched.holds("The river."))

    (watched.corpus / "b.txt").write_text("The wide river.")
    soon(lambda: watched.holds("The wide river."))


def test_what_went_wrong_is_no_end(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that was full, say."""

    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr("index.stores.local._point_to", failing)
        (watched.corpus / "a.txt").write_text("The river.")
        soon(lambda: watched.logged("it couldn't be indexed"))
    (watched.corpus / "b.txt").write_text("The school.")

    soon(lambda: watched.holds("The river.", "The school."))


def test_where_nothing_changed_nothing_is_read(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("The bridge.")
    keeper = Keeper(LocalStore(tmp_path / "data", HashingEmbedder()), corpus)

    assert keeper.follow() is not None
    assert keeper.follow() is None
    (corpus / ".hidden").write_text("?")
    assert keeper.follow() is not None


def test_only_files_that_changed_are_read_again(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (corpus / name).write_text(f"The bridge {name}.")
    keeper = Keeper(LocalStore(tmp_path / "data", HashingEmbedder()), corpus)
    keeper.refresh()
    read: list[str] = []
    sys.addaudithook(
        lambda event, arguments: read.append(str(arguments[0])) if event == "open" and str(corpus) in str(arguments[0]) else None
    )

    (corpus / "b.txt").write_text("The river.")
    read.clear()
    found = keeper.follow()

    assert found is not None
    assert (found.changed, found.unchanged) == (("b.txt",), 2)
    assert read == [str(corpus / "b.txt")]


@pytest.mark.parametrize("error", [RuntimeError, OSError])
def test_where_the_system_tells_nothing_files_are_looked_at_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    """It lets each user watch so many folders, and a desktop or another bot may have used them up."""

    def full(*_: object) -> None:
        raise error("Too many open files (os error 24)")

    monkeypatch.setattr("index.watching.BLIND", 0.01)
    told = changes(tmp_path, Event())
    with monkeypatch.context() as context:
        context.setattr("watchfiles.main.RustNotify", full)
        for _ in range(3):
            next(told)
    next(told)
    (tmp_path / "a.txt").write_text("The bridge.")
    next(told)

    (warning,) = caplog.messages
    assert "Too many open files" in warning
    assert "raise fs.inotify.max_user_instances and fs.inotify.max_user_watches" in warning


def test_it_ends_at_once(tmp_path: Path) -> None:
    stop = Event()
    thread = Thread(target=lambda: list(changes(tmp_path, stop)))
    thread.start()

    stop.set()
    thread.join(LOOK + QUIET + SOON)

    assert not thread.is_alive()
