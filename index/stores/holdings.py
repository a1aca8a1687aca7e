"""Snapshots while they are open: those that a question is answered from, and those that are kept for the next one."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np

from index.domain import Hit, Vocabulary
from index.fusion import min_max
from index.protocols import Vectors
from index.stores.snapshot import CANDIDATES, Snapshot

MOST_OPEN = 50
"""Snapshots. Each takes about ten file descriptors, of which a process usually has 1024."""


class SnapshotHoldings:
    """Implements `Holdings`: the snapshots stay open for as long as this does."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self._snapshots = snapshots

    @property
    def generations(self) -> Mapping[str, int]:
        return {snapshot.collection: snapshot.generation for snapshot in self._snapshots}

    def vocabularies(self) -> Sequence[Vocabulary]:
        return [snapshot.vocabulary for snapshot in self._snapshots]

    def search(self, question: str, vector: Vectors, k: int) -> list[Hit]:
        found = [snapshot.candidates(question, vector, max(k, CANDIDATES)) for snapshot in self._snapshots]
        if not found:
            return []
        dense_share = min_max(np.concatenate([candidates.dense for candidates in found]))
        scores = dense_share + np.concatenate([candidates.lexical_share for candidates in found])
        rows = [(number, place) for number, candidates in enumerate(found) for place in range(len(candidates.rows))]
        best = np.argsort(-scores, kind="stable")[:k]
        return [
            self._snapshots[number].hit(
                int(found[number].rows[place]), float(scores[row]), float(found[number].dense[place]), float(found[number].lexical[place])
            )
            for row in best
            for number, place in [rows[row]]
        ]


class OpenSnapshots:
    """The most recently used snapshots, one of each collection. Thread-safe. Who is reading one keeps it open beyond its time here."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: OrderedDict[str, Snapshot] = OrderedDict()  # the least recently used first
        self._lock = Lock()

    def get(self, collection: str) -> Snapshot | None:
        with self._lock:
            if collection in self._open:
                self._open.move_to_end(collection)
            return self._open.get(collection)

    def forget(self, collection: str) -> None:
        with self._lock:
            self._open.pop(collection, None)

    def keep(self, snapshot: Snapshot) -> None:
        """Keeps it, but not in place of a later generation: whoever opened an earlier one meanwhile is alone with it."""
        with self._lock:
            present = self._open.get(snapshot.collection)
            if present is None or present.generation < snapshot.generation:
                self._open[snapshot.collection] = snapshot
            self._open.move_to_end(snapshot.collection)
            while len(self._open) > self._most:
                self._open.popitem(last=False)
