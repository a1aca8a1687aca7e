"""Documents and passages in files that are mapped: nothing is read but what is asked for, and nothing is kept per passage.

documents.jsonl     a line a document, all but its text
texts.utf8          the documents' texts, one after another
documents.npy       where each document's line and text begin, in bytes; one row more says where the last ones end
passages.npy        each passage's document (a row number), offsets in characters, paragraph, and place in texts.utf8 in bytes
"""

import json
import mmap
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from index.domain import Document, Passage

T = TypeVar("T")

TEXT_FILES = ("documents.jsonl", "texts.utf8", "documents.npy", "passages.npy")
DOCUMENT_ROW = np.dtype([("line", "<u8"), ("text", "<u8")])
PASSAGE_ROW = np.dtype([("document", "<u4"), ("start", "<u4"), ("end", "<u4"), ("paragraph", "<u4"), ("first", "<u8"), ("last", "<u8")])
RECENT = 16
"""Documents that stay decoded, so that the hits of a question share theirs."""
CONTENT = np.dtype("S16")
"""Half a SHA-256: texts that share one are the same."""


class Lazy(Sequence[T]):
    """A sequence whose items are made when they are asked for, each time anew. Equal to any sequence of equal items."""

    def __init__(self, size: int, item: Callable[[int], T]) -> None:
        self._size, self._item = size, item

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> "Lazy[T]": ...

    def __getitem__(self, place: "int | slice") -> "T | Lazy[T]":
        rows = range(self._size)[place]
        return self._item(rows) if isinstance(rows, int) else Lazy(len(rows), lambda number: self._item(rows[number]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # as a list has none


class Texts:
    """The documents and passages of a snapshot in `folder`, opened read-only. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._files = files = _Files(folder)  # apart, so that no circle keeps them open once nobody reads any more
        self.documents = Lazy(len(files.documents) - 1, lru_cache(maxsize=RECENT)(files.document))  # hits share documents
        self.passages = Lazy(len(files.passages), files.passage)

    def document(self, document_id: str) -> Document | None:
        """The document of that id, which is looked for among ids in alphabetical order."""
        row = bisect_left(range(len(self.documents)), document_id, key=self._files.id)
        return self.documents[row] if row < len(self.documents) and self._files.id(row) == document_id else None

    def document_of(self, row: int) -> Document:
        """The document that a passage is part of."""
        return self.documents[int(self._files.passages[row]["document"])]

    def of(self, rows: NDArray[np.int64] | range) -> Sequence[str]:
        """The texts of these passages."""
        return Lazy(len(rows), lambda number: _decoded(self._files.encoded(int(rows[number]))))

    def contents(self) -> NDArray[np.bytes_]:
        """(n_passages,) of CONTENT: equal where the texts are."""
        digests = (sha256(self._files.encoded(row)).digest()[: CONTENT.itemsize] for row in range(len(self.passages)))
        return np.fromiter(digests, CONTENT, len(self.passages))


class _Files:
    """What is mapped, and what is read out of it."""

    def __init__(self, folder: Path) -> None:
        self.lines, self.bytes = _mapped(folder / "documents.jsonl"), _mapped(folder / "texts.utf8")
        self.documents = np.load(folder / "documents.npy", mmap_mode="r")  # (n_documents + 1,) of DOCUMENT_ROW
        self.passages = np.load(folder / "passages.npy", mmap_mode="r")  # (n_passages,) of PASSAGE_ROW

    def document(self, row: int) -> Document:
        (_, first), (_, last) = self.documents[row : row + 2].tolist()
        return Document(**self._entry(row), text=_decoded(self.bytes[first:last]))

    def id(self, row: int) -> str:
        return str(self._entry(row)["id"])

    def passage(self, row: int) -> Passage:
        document, start, end, paragraph, first, last = self.passages[row].item()
        return Passage(self.id(document), start, end, _decoded(self.bytes[first:last]), paragraph)

    def encoded(self, row: int) -> bytes:
        """The text of a passage."""
        *_, first, last = self.passages[row].item()
        return self.bytes[first:last]

    def _entry(self, row: int) -> dict[str, Any]:
        (first, _), (last, _) = self.documents[row : row + 2].tolist()
        return dict(json.loads(self.lines[first:last]))


def write_texts(folder: Path, documents: Iterable[Document], chunk: Callable[[Document], Sequence[Passage]]) -> None:
    """Cuts documents into passages and writes both, a document at a time."""
    places, passages = [(0, 0)], [np.zeros(0, PASSAGE_ROW)]
    with (folder / "documents.jsonl").open("wb") as lines, (folder / "texts.utf8").open("wb") as texts:
        for number, document in enumerate(documents):
            passages.append(_rows(document, number, chunk(document), texts.tell()))
            lines.write(_line(document))
            texts.write(_encoded(document.text))
            places.append((lines.tell(), texts.tell()))
    np.save(folder / "documents.npy", np.array(places, DOCUMENT_ROW))
    np.save(folder / "passages.npy", np.concatenate(passages))


def find(contents: NDArray[np.bytes_], known: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """For each of `contents` a row of `known` that has it; -1 where none has. Both as `Texts.contents` gives them."""
    if not len(known):
        return np.full(len(contents), -1)
    order = np.argsort(known)
    rows = order[np.minimum(np.searchsorted(known, contents, sorter=order), len(known) - 1)]
    return np.where(known[rows] == contents, rows, -1)


def _rows(document: Document, number: int, passages: Sequence[Passage], base: int) -> NDArray[np.void]:
    """(n_passages,) of PASSAGE_ROW. `base`: where the document's text begins in the file."""
    edges = sorted({0, *(edge for passage in passages for edge in (passage.start, passage.end))})
    sizes = [0, *(len(_encoded(document.text[start:end])) for start, end in pairwise(edges))]  # each character is encoded once
    place = dict(zip(edges, (base + np.cumsum(sizes)).tolist(), strict=True))
    rows = [(number, passage.start, passage.end, passage.paragraph, place[passage.start], place[passage.end]) for passage in passages]
    return np.array(rows, PASSAGE_ROW)


def _line(document: Document) -> bytes:
    entry = asdict(document)
    del entry["text"]
    return json.dumps(entry).encode() + b"\n"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")


def _mapped(file: Path) -> "bytes | mmap.mmap":
    """The file's bytes, read when they are asked for; an empty file can't be mapped."""
    if file.stat().st_size == 0:
        return b""
    with file.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
