"""One generation of a collection on disk: written aside, opened read-only."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from index.chunking import chunk
from index.dense import DenseIndex
from index.domain import Document, Hit, Vocabulary
from index.errors import SnapshotMismatch
from index.fusion import Scores, min_max
from index.lexical import LexicalIndex, vocabulary_of
from index.protocols import Vectors
from index.stores.manifest import Identity, Manifest, files_of, read_manifest, verify, write_manifest
from index.stores.texts import TEXT_FILES, Texts, write_texts

CANDIDATES = 100
"""Passages that each arm puts forward for fusion; the scales of both arms are set by all of them."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What one collection puts forward: rows of its passages with both arms' scores, all (n,). `lexical_share`: scaled to 0..1."""

    rows: np.ndarray
    dense: Scores
    lexical: Scores
    lexical_share: Scores


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that answering needs of one collection, in agreement with itself; row i of each part is passage i."""

    collection: str
    generation: int
    identity: Identity
    texts: Texts
    dense: DenseIndex
    lexical: LexicalIndex
    vocabulary: Vocabulary

    def candidates(self, question: str, vector: Vectors, k: int = CANDIDATES) -> Candidates:
        """The k best of each arm. The lexical scores are scaled by this collection's own statistics."""
        nearest, _ = self.dense.search(vector, k)
        scores = self.lexical.scores(question)
        rows = np.union1d(nearest, _best(scores, k))
        lexical = scores[rows]
        return Candidates(rows, self.dense.cosines(vector, rows), lexical, min_max(lexical))

    def hit(self, row: int, score: float, dense: float, lexical: float) -> Hit:
        return Hit(self.collection, self.texts.document_of(row), self.texts.passages[row], score, dense, lexical)


def write_snapshot(folder: Path, identity: Identity, documents: Sequence[Document], embed: Callable[[Texts], Vectors], exact: int) -> None:
    """Writes all files of a snapshot into the empty `folder`, on the disk when this returns.

    `embed`: gives (n_passages, dimension). `exact`: passages up to which the dense arm compares every vector.
    """
    write_texts(folder, documents, partial(chunk, recipe=identity.chunking))
    texts = Texts(folder)
    DenseIndex.build(embed(texts), exact).save(folder / "vectors.faiss")
    LexicalIndex.build(texts.of(range(len(texts.passages)))).save(folder / "lexical")
    vocabulary = vocabulary_of(text for document in texts.documents for text in (document.title, document.text))
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary.counts, ensure_ascii=False), encoding="utf-8")
    counts = {"documents": len(texts.documents), "passages": len(texts.passages)}
    write_manifest(folder, Manifest(identity=identity, **counts, files=files_of(folder)))
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def open_snapshot(folder: Path, collection: str, generation: int, embedder: str) -> Snapshot:
    """Verifies every byte, then opens. Raises SnapshotMismatch, SnapshotDamaged."""
    manifest = read_manifest(folder)
    if manifest.identity.embedder != embedder:
        built, wanted = manifest.identity.embedder, embedder
        raise SnapshotMismatch(f"the index was built with the model {built}, the settings ask for {wanted}; run `citebot index`")
    lexical = LexicalIndex.load(folder / "lexical", manifest.passages)
    dense = DenseIndex.load(folder / "vectors.faiss")
    vocabulary = Vocabulary.of(json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")))
    return Snapshot(collection, generation, manifest.identity, Texts(folder), dense, lexical, vocabulary)


def read_documents(folder: Path) -> Sequence[Document]:
    """The documents of a snapshot whatever model it was built with, and whether or not its other files are whole.

    Raises SnapshotDamaged when these aren't.
    """
    verify(folder, TEXT_FILES)
    return Texts(folder).documents


def sync(path: Path) -> None:
    """Returns when the disk holds what was written to this file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _best(scores: Scores, k: int) -> np.ndarray:
    """Rows of the k highest scores above 0."""
    rows = np.argpartition(-scores, k)[:k] if len(scores) > k else np.arange(len(scores))
    return rows[scores[rows] > 0]
