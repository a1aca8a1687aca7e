"""One generation of a collection on disk: written aside, opened read-only."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.dense import DenseIndex
from index.domain import Document, Hit, Passage, Vocabulary
from index.errors import SnapshotMismatch
from index.fusion import Scores, min_max
from index.lexical import LexicalIndex, vocabulary_of
from index.protocols import Vectors
from index.stores.manifest import Identity, Manifest, files_of, read_manifest, write_manifest

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
    """All that answering needs of one collection, in agreement with itself."""

    collection: str
    generation: int
    identity: Identity
    documents: dict[str, Document]
    passages: Sequence[Passage]
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
        passage = self.passages[row]
        return Hit(self.collection, self.documents[passage.document_id], passage, score, dense, lexical)


def write_snapshot(folder: Path, identity: Identity, documents: Sequence[Document], passages: Sequence[Passage], vectors: Vectors) -> None:
    """Writes all files of a snapshot into the empty `folder`, on the disk when this returns."""
    _write_lines(folder / "documents.jsonl", (asdict(document) for document in documents))
    _write_lines(folder / "passages.jsonl", (_place(passage) for passage in passages))
    DenseIndex.build(vectors).save(folder / "vectors.faiss")
    LexicalIndex.build([passage.text for passage in passages]).save(folder / "lexical")
    vocabulary = vocabulary_of(text for document in documents for text in (document.title, document.text))
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary.counts, ensure_ascii=False), encoding="utf-8")
    write_manifest(folder, Manifest(identity=identity, documents=len(documents), passages=len(passages), files=files_of(folder)))
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def open_snapshot(folder: Path, collection: str, generation: int, embedder: str) -> Snapshot:
    """Verifies every byte, then opens. Raises SnapshotMismatch, SnapshotDamaged."""
    manifest = read_manifest(folder)
    if manifest.identity.embedder != embedder:
        built, wanted = manifest.identity.embedder, embedder
        raise SnapshotMismatch(f"the index was built with the model {built}, the settings ask for {wanted}; run `citebot index`")
    documents = {entry["id"]: Document(**entry) for entry in _read_lines(folder / "documents.jsonl")}
    passages = [_passage(documents, entry) for entry in _read_lines(folder / "passages.jsonl")]
    lexical = LexicalIndex.load(folder / "lexical", len(passages))
    dense = DenseIndex.load(folder / "vectors.faiss")
    vocabulary = Vocabulary.of(json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")))
    return Snapshot(collection, generation, manifest.identity, documents, passages, dense, lexical, vocabulary)


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


def _place(passage: Passage) -> dict[str, Any]:
    """A passage without its text, which the document holds."""
    return {"document": passage.document_id, "start": passage.start, "end": passage.end, "paragraph": passage.paragraph}


def _passage(documents: dict[str, Document], entry: dict[str, Any]) -> Passage:
    text = documents[entry["document"]].text[entry["start"] : entry["end"]]
    return Passage(entry["document"], entry["start"], entry["end"], text, entry["paragraph"])


def _write_lines(file: Path, entries: Iterator[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)
