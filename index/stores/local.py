"""Collections as snapshots on the local disk.

    collections/<name>/CURRENT                  the number of the generation to answer from
    collections/<name>/generations/<n>/         one snapshot, never changed once it has its name

A generation is built aside, synced, verified and renamed; then CURRENT is replaced and the generation before removed, whose files live
on for whoever still reads them. A crash at any moment leaves the last generation or the next. All paths are relative to the data
directory, which may be copied or moved at rest.
"""

import logging
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
from filelock import FileLock

from index.chunking import ChunkingRecipe
from index.dense import EXACT, Rows
from index.domain import Document
from index.errors import SnapshotDamaged, SnapshotError, SnapshotMissing
from index.protocols import Embedder, Holdings, Progress, Revision, Vectors, no_progress
from index.stores.holdings import MOST_OPEN, OpenSnapshots, SnapshotHoldings
from index.stores.manifest import Identity
from index.stores.snapshot import Snapshot, open_snapshot, read_documents, sync, write_snapshot
from index.stores.texts import Texts

log = logging.getLogger(__name__)

BLOCK = 10_000
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


class LocalStore:
    """Implements `Store`. Threads may read while others write; of several processes and threads one writes to a collection at a time."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        recipe: ChunkingRecipe = ChunkingRecipe(),
        exact_up_to: int = EXACT,
        most_open: int = MOST_OPEN,
    ) -> None:
        """`exact_up_to`: passages up to which the dense arm compares every vector; beyond, it is as good as exact."""
        self._folder, self._embedder, self._exact_up_to = folder / "collections", embedder, exact_up_to
        self._identity = Identity(embedder=embedder.name, dimension=embedder.dimension, chunking=recipe)
        self._open = OpenSnapshots(most_open)

    def publish(self, collection: str, documents: Sequence[Document], progress: Progress = no_progress) -> int:
        with self._writing(collection) as home:
            return self._publish(home, documents, progress)

    def revise(self, collection: str, revision: Revision, progress: Progress = no_progress) -> int:
        with self._writing(collection) as home:
            return self._publish(home, revision(self._held(home)), progress)

    def drop(self, collection: str) -> None:
        home = self._home(collection)
        if home.is_dir():
            with FileLock(home / "publishing.lock"):
                shutil.rmtree(home)
                self._open.forget(collection)

    def renew(self, progress: Progress = no_progress) -> None:
        collections = (generations.parent.name for generations in sorted(self._folder.glob("*/generations")))
        for name in filter(_NAME.fullmatch, collections):  # somebody may have put a copy beside one
            with self._writing(name) as collection:
                self._renew(collection, progress)

    def holdings(self, collections: Sequence[str]) -> Holdings:
        return SnapshotHoldings([self._snapshot(collection) for collection in collections])

    def generation(self, collection: str) -> int:
        return self._snapshot(collection).generation

    def documents(self, collection: str) -> Sequence[Document]:
        return self._snapshot(collection).texts.documents

    def document(self, collection: str, document_id: str) -> Document | None:
        return self._snapshot(collection).texts.document(document_id)

    def _home(self, collection: str) -> Path:
        if not _NAME.fullmatch(collection):
            raise ValueError(f"{collection!r} is no name of a collection")
        return self._folder / collection

    def _snapshot(self, collection: str) -> Snapshot:
        """The current generation, opened once; another process may have published since."""
        home = self._home(collection)
        while True:
            current = _current(home)
            snapshot = self._open.get(collection)
            if snapshot and snapshot.generation == current:
                return snapshot
            try:
                snapshot = open_snapshot(home / "generations" / str(current), collection, current, self._embedder.name)
            except (SnapshotDamaged, FileNotFoundError):
                if _current(home) == current:
                    raise  # else it was swept away while it was opened, after another had been published
                continue
            self._open.keep(snapshot)
            if home.is_dir():
                return snapshot
            self._open.forget(collection)  # it was dropped while it was opened

    @contextmanager
    def _writing(self, collection: str) -> Iterator[Path]:
        """The collection's folder, while nobody else writes to it; in the end without what isn't current any more."""
        home = self._home(collection)
        (home / "generations").mkdir(parents=True, exist_ok=True)
        with FileLock(home / "publishing.lock"):
            try:
                yield home
            finally:
                _sweep(home)

    def _publish(self, home: Path, documents: Iterable[Document], progress: Progress) -> int:
        documents, present = sorted(documents, key=lambda document: document.id), self._present(home.name)
        if present and present.identity == self._identity and present.texts.documents == documents:
            return present.generation
        generation = 1 + max(_generations(home), default=0)
        snapshot = self._build(home, generation, documents, present, progress)
        _point_to(home, generation)
        self._open.forget(home.name)  # also one of the same number, dropped by another process
        self._open.keep(snapshot)
        return generation

    def _renew(self, home: Path, progress: Progress) -> None:
        with suppress(SnapshotError):
            if self._snapshot(home.name).identity == self._identity:
                return
        documents = self._held(home)
        if documents is None:
            log.error("the documents of the collection %s are damaged; restore %s from a backup", home.name, home)
        else:
            self._publish(home, documents, progress)

    def _present(self, collection: str) -> Snapshot | None:
        """The current generation if it can be used; whatever is wrong with it, the next one is built without it."""
        with suppress(SnapshotError):
            return self._snapshot(collection)
        return None

    def _held(self, home: Path) -> Sequence[Document] | None:
        """The present documents, also when the rest of the snapshot can't be used; None if they can't be either."""
        try:
            return read_documents(home / "generations" / str(_current(home)))
        except SnapshotMissing:
            whole = _generations(home)  # none was ever current, or nobody knows which
        except SnapshotError:
            return None
        with suppress(SnapshotError):
            return read_documents(home / "generations" / str(max(whole))) if whole else []
        return None

    def _build(self, home: Path, generation: int, documents: Sequence[Document], present: Snapshot | None, progress: Progress) -> Snapshot:
        generations = home / "generations"
        aside = generations / f".{generation}.building"
        shutil.rmtree(aside, ignore_errors=True)  # of a crash
        aside.mkdir()
        embed = partial(self._vectors, present, progress)
        write_snapshot(aside, self._identity, documents, embed, self._exact_up_to, present)
        snapshot = open_snapshot(aside, home.name, generation, self._embedder.name)  # what is on the disk is what was meant
        aside.rename(generations / str(generation))
        sync(generations)
        return snapshot

    def _vectors(self, present: Snapshot | None, progress: Progress, texts: Texts, known: Rows) -> Vectors:
        """(n_passages, dimension); passages whose text the present generation embedded already keep their vectors."""
        vectors = np.empty((len(known), self._identity.dimension), np.float32)
        if present is not None:
            for rows in _blocks(np.flatnonzero(known >= 0)):
                vectors[rows] = present.dense.vectors(known[rows])
        self._embed(texts, np.flatnonzero(known < 0), vectors, progress)
        return vectors

    def _embed(self, texts: Texts, new: Rows, vectors: Vectors, progress: Progress) -> None:
        """Fills in the vectors of new passages."""
        for number, rows in enumerate(_blocks(new)):
            vectors[rows] = self._embedder.embed_passages(texts.of(rows), _after(number * BLOCK, len(new), progress))


def _generations(home: Path) -> list[int]:
    """Those that were built; the newest is not current if a crash came in between."""
    return [int(folder.name) for folder in (home / "generations").iterdir() if folder.name.isdecimal()]


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


def _sweep(home: Path) -> None:
    """Removes all but the current generation, if there is one: documents of earlier ones may have been taken out; and what crashes left."""
    with suppress(SnapshotError):
        current = home / "generations" / str(_current(home))
        for folder in current.parent.iterdir() if current.is_dir() else ():
            if folder != current:
                shutil.rmtree(folder, ignore_errors=True)


def _blocks(rows: Rows) -> list[Rows]:
    """At most `BLOCK` rows at a time: what is made of them is large."""
    return [rows[first : first + BLOCK] for first in range(0, len(rows), BLOCK)]


def _after(before: int, total: int, progress: Progress) -> Progress:
    """The progress of a part of the work, as progress of the whole."""
    return lambda done, _: progress(before + done, total)
