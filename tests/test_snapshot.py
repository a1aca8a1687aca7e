"""An index survives crashes, and damage to it never goes unnoticed."""

import hashlib
import json
import multiprocessing
import random
import shutil
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunking import ChunkingRecipe
from index.domain import Document
from index.errors import SnapshotDamaged, SnapshotError, SnapshotMismatch, SnapshotMissing
from index.keeping import Keeper
from index.stores.local import LocalStore
from index.stores.snapshot import Snapshot, open_snapshot
from tests.crashes import (
    edition,
    edition_in,
    open_store,
    open_while_others_publish,
    publish_and_die,
    publish_for_ever,
    publish_on_a_full_disk,
    publish_some,
    remove_and_die,
)
from tests.fakes import CountingEmbedder, HashingEmbedder, libraries

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crashes"])


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with edition 1, for reading."""
    data = tmp_path_factory.mktemp("data")
    open_store(data).publish("shared", edition(1))
    return data


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """The same, to be damaged."""
    return shutil.copytree(published, tmp_path / "data")


def home(data: Path) -> Path:
    return data / "collections" / "shared"


def snapshot(data: Path) -> Path:
    return home(data) / "generations" / (home(data) / "CURRENT").read_text()


def files(data: Path) -> list[Path]:
    return sorted(path for path in snapshot(data).rglob("*") if path.is_file())


@contextmanager
def changed(file: Path, content: bytes) -> Iterator[None]:
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        yield
    finally:
        file.write_bytes(before)


# Crashes


def test_killed_at_any_moment_it_answers_from_the_last_edition_or_the_next(tmp_path: Path) -> None:
    """Thirty crashes, one on the remains of the other."""
    open_store(tmp_path).publish("shared", edition(0))
    done, moments = 0, random.Random(7)
    for _ in range(30):
        receiver, sender = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=publish_for_ever, args=(tmp_path, done + 1, sender))
        process.start()
        sender.close()
        done = receiver.recv()
        time.sleep(moments.uniform(0, 0.06))
        process.kill()
        process.join()
        while receiver.poll():
            try:
                done = receiver.recv()
            except EOFError:
                break

        found = edition_in(tmp_path)

        assert found in (done, done + 1)
        done = found


def test_killed_at_each_step_it_answers_from_the_last_edition_or_the_next(tmp_path: Path) -> None:
    open_store(tmp_path).publish("shared", edition(0))
    present, survived = 0, False
    visible: list[bool] = []
    while not survived:
        step = len(visible) + 1
        process = PROCESSES.Process(target=publish_and_die, args=(tmp_path, step, step))
        process.start()
        process.join()
        survived = process.exitcode == 0

        found = edition_in(tmp_path)

        assert found in (present, step)
        visible.append(found == step)
        present = found

    assert visible == sorted(visible), "from one step on it is there"
    assert len(visible) > 15, "a publication writes more often: are its steps noticed?"


def test_a_full_disk_leaves_the_last_edition_and_is_no_end(tmp_path: Path) -> None:
    open_store(tmp_path).publish("shared", edition(0))
    for step in range(1, 40, 4):
        present = edition_in(tmp_path)
        receiver, sender = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=publish_on_a_full_disk, args=(tmp_path, step, step, sender))
        process.start()
        sender.close()
        failed, then, later = receiver.recv()
        process.join()

        assert then in ((present, step) if failed else (step,))
        assert later == step


def test_of_two_processes_each_publishes_generations_of_its_own(tmp_path: Path) -> None:
    ends = [PROCESSES.Pipe(duplex=False) for _ in range(2)]
    processes = [
        PROCESSES.Process(target=publish_some, args=(tmp_path, range(100 * number, 100 * number + 15), sender))
        for number, (_, sender) in enumerate(ends)
    ]
    for process in processes:
        process.start()
    first, second = (receiver.recv() for receiver, _ in ends)
    for process in processes:
        process.join()

    assert sorted(first + second) == list(range(1, 31))
    assert edition_in(tmp_path) in (14, 114)


def test_what_is_swept_away_while_it_is_opened_is_not_called_damaged(tmp_path: Path) -> None:
    """Two publications during one opening remove the generation that is being opened; the last one is opened instead."""
    open_store(tmp_path).publish("shared", edition(0))
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=open_while_others_publish, args=(tmp_path, 20, sender))
    process.start()
    sender.close()

    assert [receiver.recv() for _ in range(20)] == [(step, 2 * step) for step in range(1, 21)]

    process.join()
    receiver.close()


def test_remains_are_swept_away(data: Path) -> None:
    (home(data) / "generations" / ".2.building" / "lexical").mkdir(parents=True)
    for number in range(2, 7):
        open_store(data).publish("shared", edition(number))

    assert sorted(folder.name for folder in (home(data) / "generations").iterdir()) == ["6"]


@settings(max_examples=25)  # each writes to the disk
@given(st.lists(libraries(), min_size=2, max_size=4), st.integers(1, 60))
def test_what_was_published_in_steps_is_byte_for_byte_what_is_published_at_once(editions: list[list[Document]], words: int) -> None:
    """What is taken over from the generation before comes out as if it were made anew, and nothing else of that generation is left."""
    with TemporaryDirectory() as stepwise, TemporaryDirectory() as whole:
        for number, documents in enumerate(editions):
            recipe = ChunkingRecipe(max_words=words if number == 0 else 60)
            LocalStore(Path(stepwise), HashingEmbedder(), recipe).publish("shared", documents)
        LocalStore(Path(whole), HashingEmbedder(), ChunkingRecipe(max_words=60)).publish("shared", editions[-1])

        assert contents(Path(stepwise)) == contents(Path(whole))


def contents(data: Path) -> dict[str, bytes]:
    return {file.relative_to(snapshot(data)).as_posix(): file.read_bytes() for file in files(data)}


def holding(data: Path, word: str) -> list[Path]:
    """The files that hold a word, in their names or contents."""
    found = (path for path in data.rglob("*") if path.is_file())
    return [path for path in found if word.encode() in path.read_bytes() or word in path.name]


def test_nothing_of_a_removed_document_stays_on_the_disk(data: Path) -> None:
    store, secret = open_store(data), Document("zorblat.txt", "The zorblat", "A zorblat was closed.", meta={"by": "zorblat"})
    keeper = Keeper(store, data / "corpus")
    keeper.put("shared", secret)
    reading = store.holdings(["shared"])
    assert holding(data, "zorblat")

    keeper.remove("shared", "zorblat.txt")

    assert not holding(data, "zorblat")
    assert store.documents("shared") == edition(1)
    assert "zorblat" in [hit.document.id[:7] for hit in reading.search("zorblat", HashingEmbedder().embed_query("zorblat"), 9)]


def test_killed_at_each_step_of_a_removal_nothing_stays_once_it_is_done_again(tmp_path: Path) -> None:
    """A collection whose only source is itself. Whoever was told that a document is gone, or asks for it again, finds nothing of it."""
    step, survived = 0, False
    while not survived:
        step += 1
        data = tmp_path / str(step)
        open_store(data).publish("team", [*edition(0), Document("zorblat.txt", "Zorblat", "A zorblat.")])
        process = PROCESSES.Process(target=remove_and_die, args=(data, "team", "zorblat.txt", step))
        process.start()
        process.join()
        survived = process.exitcode == 0

        found = open_store(data).documents("team")
        assert [document.id for document in found if document.id != "zorblat.txt"] == ["bridge.txt", "river.txt", "school.txt"]
        if survived:
            assert not holding(data, "zorblat")
        elif step % 2:
            Keeper(open_store(data), data).remove("team", "zorblat.txt")
            assert not holding(data, "zorblat")
        elif len(found) == 3:
            open_store(data).renew()
            assert not holding(data, "zorblat")

    assert step > 15, "a removal writes more often: are its steps noticed?"


@pytest.mark.parametrize("name", ["vectors.faiss", "lexical", "vocabulary.json"])
def test_a_collection_is_mended_from_its_own_documents(data: Path, name: str) -> None:
    damaged = snapshot(data) / name
    shutil.rmtree(damaged) if damaged.is_dir() else damaged.write_bytes(b"damaged")

    open_store(data).renew()

    assert edition_in(data) == 1


@pytest.mark.parametrize(("step", "left"), [("write_snapshot", 0), ("_point_to", 1)])
def test_a_first_publication_that_failed_may_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, left: int) -> None:
    """What was whole already is kept: it may as well be that the pointer to it was lost."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(f"index.stores.local.{step}", full)
        with pytest.raises(OSError, match="No space left"):
            LocalStore(tmp_path, HashingEmbedder()).publish("shared", [Document("a.txt", "A", "The bridge.")])

    store = LocalStore(tmp_path, HashingEmbedder())
    assert Keeper(store, tmp_path).put("shared") == 1 + left
    assert len(store.documents("shared")) == left


def test_a_copy_beside_a_collection_is_left_alone(data: Path) -> None:
    shutil.copytree(home(data), home(data).with_name("shared.bak"))

    open_store(data).renew()

    assert edition_in(data) == 1
    assert home(data).with_name("shared.bak").is_dir()


@pytest.mark.parametrize("name", ["documents.jsonl", "texts.utf8", "documents.npy", "passages.npy", "manifest.json", "../../CURRENT"])
def test_what_cannot_be_mended_is_neither_lost_nor_written_over(data: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    whole = (snapshot(data) / name).resolve()
    content = whole.read_bytes()
    whole.write_bytes(b"damaged")
    before = sorted(path for path in data.rglob("*") if path.is_file())
    store = open_store(data)

    with pytest.raises(SnapshotDamaged, match="restore the data folder from a backup"):
        Keeper(store, data).put("shared", Document("new.txt", "New", "New."))
    store.renew()

    assert "restore" in caplog.text
    assert set(before) <= set(data.rglob("*"))
    whole.write_bytes(content)
    assert edition_in(data) == 1


# Many collections


def test_what_another_process_dropped_is_not_in_the_way_of_what_is_made_anew(tmp_path: Path) -> None:
    store, other = LocalStore(tmp_path, HashingEmbedder()), LocalStore(tmp_path, HashingEmbedder())
    store.publish("shared", [Document("a.txt", "A", "The bridge.")])
    other.drop("shared")

    store.publish("shared", [Document("b.txt", "B", "The tower.")])

    assert [document.id for document in store.documents("shared")] == ["b.txt"]


def test_what_is_dropped_while_it_is_opened_stays_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LocalStore(tmp_path, HashingEmbedder()).publish("shared", [Document("a.txt", "A", "The bridge.")])
    store = LocalStore(tmp_path, HashingEmbedder())

    def opened_and_dropped(*arguments: Any) -> Snapshot:
        snapshot = open_snapshot(*arguments)
        store.drop("shared")
        return snapshot

    monkeypatch.setattr("index.stores.local.open_snapshot", opened_and_dropped)

    with pytest.raises(SnapshotMissing):
        store.documents("shared")


def test_the_least_recently_used_collections_are_closed_unless_somebody_reads_them(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, HashingEmbedder(), most_open=2)
    for name in "abc":
        store.publish(name, edition(1))
    held = {name: weakref.ref(store.documents(name)) for name in "ab"}
    assert all(documents() is not None for documents in held.values())
    reading = store.holdings(["a"])

    store.documents("c")
    store.publish("d", edition(1))

    assert [documents() is None for documents in held.values()] == [False, True]
    assert len(reading.search("bridge", HashingEmbedder().embed_query("bridge"), 9)) == 3
    del reading
    assert held["a"]() is None
    assert store.documents("a") == edition(1)


# Damage


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_byte_anywhere_is_noticed(published: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(files(published)), "file")
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1), "place")] ^= data.draw(st.integers(1, 255), "flipped bits")

    with changed(file, bytes(content)), pytest.raises(SnapshotDamaged, match=r"missing or damaged; run `citebot index`"):
        edition_in(published)


@pytest.mark.parametrize("damage", ["cut off", "longer", "missing", "a folder"])
def test_each_kind_of_damage_is_refused_with_the_cure_and_cured(data: Path, damage: str) -> None:
    for name in [file.relative_to(snapshot(data)) for file in files(data)][::3]:
        inflict(damage, snapshot(data) / name)
        with pytest.raises(SnapshotDamaged, match=r"missing or damaged; run `citebot index`"):
            edition_in(data)

        open_store(data).publish("shared", edition(1))

        assert edition_in(data) == 1


def inflict(damage: str, file: Path) -> None:
    content = file.read_bytes()
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    elif damage != "missing":
        file.write_bytes(content[:-1] if damage == "cut off" else content + b"\n")


@pytest.mark.parametrize("content", ["", "9", "one", "-1", "1 ", "1.0", "\ufffd", "../1"])
def test_a_damaged_pointer_is_refused_or_harmless_and_cured(data: Path, content: str) -> None:
    (home(data) / "CURRENT").write_text(content)

    if content.strip() != "1":
        with pytest.raises(SnapshotDamaged, match="run `citebot index`"):
            edition_in(data)
    open_store(data).publish("shared", edition(1))
    assert edition_in(data) == 1


@pytest.mark.parametrize("lost", ["CURRENT", "."])
def test_a_lost_index_is_missing_until_it_is_built_again(data: Path, lost: str) -> None:
    (home(data) / lost).unlink() if lost == "CURRENT" else shutil.rmtree(home(data))

    with pytest.raises(SnapshotMissing, match="run `citebot index`"):
        edition_in(data)

    open_store(data).publish("shared", edition(1))
    assert edition_in(data) == 1


def test_damage_after_opening_does_not_reach_who_is_answering(data: Path) -> None:
    store = open_store(data)
    before = store.documents("shared")
    (snapshot(data) / "documents.jsonl").unlink()

    assert store.documents("shared") == before


# Other places, other models, other versions


def test_a_copy_answers_as_the_original(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "elsewhere")

    assert edition_in(tmp_path / "elsewhere") == 1


def test_another_model_is_refused_by_both_names_until_it_has_built_its_own(data: Path) -> None:
    other = CountingEmbedder(HashingEmbedder("other"))
    store = LocalStore(data, other)

    with pytest.raises(SnapshotMismatch, match=r"with the model hashing, the settings ask for other; run `citebot index`"):
        store.documents("shared")

    assert store.publish("shared", edition(1)) == 2
    assert len(other.embedded) == 3
    assert store.documents("shared") == edition(1)


def test_another_recipe_of_chunking_builds_anew_but_embeds_only_new_texts(data: Path) -> None:
    counting = CountingEmbedder(HashingEmbedder())
    store = LocalStore(data, counting, ChunkingRecipe(max_words=80))

    assert store.publish("shared", edition(1)) == 2
    assert counting.embedded == []


def test_an_index_of_another_version_is_refused_with_the_cure(data: Path) -> None:
    manifest = snapshot(data) / "manifest.json"
    content = json.loads(manifest.read_bytes())
    content["identity"] |= {"format": 2, "something": "new"}
    manifest.write_text(json.dumps(content))
    manifest.with_suffix(".sha256").write_text(hashlib.sha256(manifest.read_bytes()).hexdigest())

    with pytest.raises(SnapshotMismatch, match="another version of Citebot; run `citebot index`"):
        edition_in(data)

    open_store(data).publish("shared", edition(1))
    assert edition_in(data) == 1


def test_all_that_can_be_wrong_is_one_kind_of_error() -> None:
    """Which is what `publish` builds anew upon."""
    assert all(issubclass(kind, SnapshotError) for kind in (SnapshotDamaged, SnapshotMismatch, SnapshotMissing))
