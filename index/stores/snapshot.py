"""One generation of a collection on disk: written aside, opened read-only."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.chunking import ChunkingRecipe, chunk
from index.dense import DenseIndex, Rows
from index.domain import Document, Hit, Vocabulary
from index.errors import SnapshotMismatch
from index.fusion import Scores, min_max
from index.lexical import LexicalIndex, revised, vocabulary_of
from index.protocols import Vectors
from index.stores.manifest import Identity, Manifest, files_of, read_manifest, verify, write_manifest
from index.stores.texts import TEXT_FILES, Texts, Written, find, write_texts

Embed = Callable[[Texts, Rows], Vectors]
"""Gives (n_passages, dimension), from the texts and, for each passage, the row with the same text in the snapshot before, or -1."""
CANDIDATES = 100
"""Passages that each arm puts forward for fusion, at least; the scales of both arms are set by all of them."""


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

    def candidates(self, question: str, vector: Vectors, k: int) -> Candidates:
        """The k best of each arm. The lexical scores are scaled by this collection's own statistics."""
        nearest, _ = self.dense.search(vector, k)
        scores = self.lexical.scores(question)
        rows = np.union1d(nearest, _best(scores, k))
        lexical = scores[rows]
        return Candidates(rows, self.dense.cosines(vector, rows), lexical, min_max(lexical))

    def hit(self, row: int, score: float, dense: float, lexical: float) -> Hit:
        return Hit(self.collection, self.texts.document_of(row), self.texts.passages[row], score, dense, lexical)


def write_snapshot(
    folder: Path, identity: Identity, documents: Sequence[Document], embed: Embed, exact_up_to: int, before: Snapshot | None = None
) -> None:
    """Writes all files of a snapshot into the empty `folder`, on the disk when this returns.

    `exact_up_to`: passages up to which the dense arm compares every vector. `before`: from which is taken what would come out the same;
    nothing of it shows in the result.
    """
    unchanged = _unchanged(documents, before)
    write_texts(folder, (_written(document, identity.chunking, before, unchanged) for document in documents))
    texts = Texts(folder)
    known = find(texts.contents(), before.texts.contents()) if before else np.full(len(texts.passages), -1)
    DenseIndex.build(embed(texts, known), exact_up_to).save(folder / "vectors.faiss")
    LexicalIndex.build(texts.of(range(len(known))), before.lexical if before else None, known).save(folder / "lexical")
    words = json.dumps(_vocabulary(documents, before, unchanged).counts, ensure_ascii=False, sort_keys=True)
    (folder / "vocabulary.json").write_text(words, encoding="utf-8")
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
    lexical = LexicalIndex.load(folder / "lexical")
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


def _unchanged(documents: Sequence[Document], before: Snapshot | None) -> dict[str, int]:
    """Documents that are what they were: their ids, and their rows there."""
    now = {document.id: document for document in documents}
    there = enumerate(before.texts.documents) if before else ()
    return {document.id: row for row, document in there if now.get(document.id) == document}


def _written(document: Document, recipe: ChunkingRecipe, before: Snapshot | None, unchanged: Mapping[str, int]) -> Written:
    if before and before.identity.chunking == recipe and document.id in unchanged:
        return before.texts.written(unchanged[document.id])
    return Written.of(document, chunk(document, recipe))


def _vocabulary(documents: Sequence[Document], before: Snapshot | None, unchanged: Mapping[str, int]) -> Vocabulary:
    if before:
        added, removed = (_wordings(some, unchanged) for some in (documents, before.texts.documents))
        if vocabulary := revised(before.vocabulary, added, removed):
            return vocabulary
    return vocabulary_of(_wordings(documents, {}))


def _wordings(documents: Iterable[Document], but: Mapping[str, int]) -> Iterator[str]:
    """All that is written in documents, those in `but` left out."""
    return (text for document in documents if document.id not in but for text in (document.title, document.text))


def _best(scores: Scores, k: int) -> np.ndarray:
    """Rows of the k highest scores above 0."""
    rows = np.argpartition(-scores, k)[:k] if len(scores) > k else np.arange(len(scores))
    return rows[scores[rows] > 0]
