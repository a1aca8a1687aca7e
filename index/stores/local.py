"""Collections as snapshots on the local disk.

    collections/<name>/CURRENT                  the number of the generation to answer from
    collections/<name>/generations/<n>/         one snapshot, never changed once it has its name

A generation is built aside, synced, verified and renamed; then CURRENT is replaced. A crash at any moment leaves the last
generation or the next. All paths are relative to the data directory, which may be copied or moved at rest.
"""

import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

import numpy as np
from filelock import FileLock

from index.chunking import ChunkingRecipe
from index.dense import EXACT, Rows
from index.domain import Document, Hit, Vocabulary
from index.embedding import no_progress
from index.errors import SnapshotDamaged, SnapshotError, SnapshotMissing
from index.fusion import min_max
from index.protocols import Embedder, Progress, Vectors
from index.stores.manifest import Identity, read_manifest
from index.stores.snapshot import CANDIDATES, Snapshot, open_snapshot, sync, write_snapshot
from index.stores.texts import Texts, find

KEPT_GENERATIONS = 2
BLOCK = 10_000
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


class LocalStore:
    """Implements `Store`. Threads may search while another publishes; of several processes one publishes at a time."""

    def __init__(self, folder: Path, embedder: Embedder, recipe: ChunkingRecipe = ChunkingRecipe(), exact: int = EXACT) -> None:
        """`exact`: passages up to which the dense arm compares every vector; beyond, it is as good as exact."""
        self._folder, self._embedder, self._exact = folder / "collections", embedder, exact
        self._identity = Identity(embedder=embedder.name, dimension=embedder.dimension, chunking=recipe)
        self._open: dict[str, Snapshot] = {}
        self._lock = Lock()

    def publish(self, collection: str, documents: Sequence[Document], progress: Progress = no_progress) -> int:
        home = self._home(collection)
        documents = sorted(documents, key=lambda document: document.id)
        (home / "generations").mkdir(parents=True, exist_ok=True)
        with FileLock(home / "publishing.lock"):
            present = self._present(collection)
            if present and present.identity == self._identity and present.texts.documents == documents:
                return present.generation
            taken = [int(folder.name) for folder in (home / "generations").iterdir() if folder.name.isdecimal()]
            generation = 1 + max(taken, default=0)
            self._build(home / "generations", generation, documents, present, progress)
            _point_to(home, generation)
            _sweep(home / "generations", generation)
        return generation

    def generation(self, collection: str) -> int:
        return self._snapshot(collection).generation

    def documents(self, collection: str) -> Sequence[Document]:
        return self._snapshot(collection).texts.documents

    def vocabulary(self, collection: str) -> Vocabulary:
        return self._snapshot(collection).vocabulary

    def search(self, collections: Sequence[str], question: str, vector: Vectors, k: int) -> list[Hit]:
        snapshots = [self._snapshot(collection) for collection in collections]
        found = [snapshot.candidates(question, vector, max(k, CANDIDATES)) for snapshot in snapshots]
        if not found:
            return []
        dense_share = min_max(np.concatenate([candidates.dense for candidates in found]))
        scores = dense_share + np.concatenate([candidates.lexical_share for candidates in found])
        rows = [(number, place) for number, candidates in enumerate(found) for place in range(len(candidates.rows))]
        best = np.argsort(-scores, kind="stable")[:k]
        return [
            snapshots[number].hit(
                int(found[number].rows[place]), float(scores[row]), float(found[number].dense[place]), float(found[number].lexical[place])
            )
            for row in best
            for number, place in [rows[row]]
        ]

    def _home(self, collection: str) -> Path:
        if not _NAME.fullmatch(collection):
            raise ValueError(f"{collection!r} is no name of a collection")
        return self._folder / collection

    def _snapshot(self, collection: str) -> Snapshot:
        """The current generation, opened once; another process may have published since."""
        home = self._home(collection)
        with self._lock:
            while True:
                current = _current(home)
                snapshot = self._open.get(collection)
                if snapshot and snapshot.generation == current:
                    return snapshot
                try:
                    self._open[collection] = open_snapshot(home / "generations" / str(current), collection, current, self._embedder.name)
                except (SnapshotDamaged, FileNotFoundError):
                    if _current(home) == current:
                        raise  # else it was swept away while it was opened, after two others had been published

    def _present(self, collection: str) -> Snapshot | None:
        """The current generation if it can be used; whatever is wrong with it, the next one is built without it."""
        with suppress(SnapshotError):
            return self._snapshot(collection)
        return None

    def _build(
        self, generations: Path, generation: int, documents: Sequence[Document], present: Snapshot | None, progress: Progress
    ) -> None:
        aside = generations / f".{generation}.building"
        shutil.rmtree(aside, ignore_errors=True)  # of a crash
        aside.mkdir()
        write_snapshot(aside, self._identity, documents, lambda texts: self._vectors(texts, present, progress), self._exact)
        read_manifest(aside)  # what is on the disk is what was meant
        aside.rename(generations / str(generation))
        sync(generations)

    def _vectors(self, texts: Texts, present: Snapshot | None, progress: Progress) -> Vectors:
        """(n_passages, dimension); passages whose text the present generation embedded already keep their vectors."""
        vectors = np.empty((len(texts.passages), self._identity.dimension), np.float32)
        known = find(texts.contents(), present.texts.contents()) if present else np.full(len(vectors), -1)
        for rows in _blocks(np.flatnonzero(known >= 0)):
            vectors[rows] = present.dense.vectors(known[rows]) if present else 0
        self._embed(texts, np.flatnonzero(known < 0), vectors, progress)
        return vectors

    def _embed(self, texts: Texts, new: Rows, vectors: Vectors, progress: Progress) -> None:
        """Fills in the vectors of new passages."""
        for number, rows in enumerate(_blocks(new)):
            vectors[rows] = self._embedder.embed_passages(texts.of(rows), _after(number * BLOCK, len(new), progress))


def _current(home: Path) -> int:
    try:
        return int((home / "CURRENT").read_text(encoding="ascii"))
    except FileNotFoundError:
        raise SnapshotMissing(f"there is no index in {home}; run `citebot index`") from None
    except ValueError as error:
        raise SnapshotDamaged(f"{home / 'CURRENT'} is damaged; run `citebot index`") from error


def _point_to(home: Path, generation: int) -> None:
    new = home / "CURRENT.new"
    new.write_text(str(generation), encoding="ascii")
    sync(new)
    new.replace(home / "CURRENT")
    sync(home)


def _sweep(generations: Path, current: int) -> None:
    """Removes generations that nobody should still be reading, and what crashes left."""
    for folder in generations.iterdir():
        if not folder.name.isdecimal() or int(folder.name) <= current - KEPT_GENERATIONS:
            shutil.rmtree(folder, ignore_errors=True)


def _blocks(rows: Rows) -> list[Rows]:
    """At most `BLOCK` rows at a time: what is made of them is large."""
    return [rows[first : first + BLOCK] for first in range(0, len(rows), BLOCK)]


def _after(before: int, total: int, progress: Progress) -> Progress:
    """The progress of a part of the work, as progress of the whole."""
    return lambda done, _: progress(before + done, total)
