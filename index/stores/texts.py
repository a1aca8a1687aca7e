"""Documents and passages in files that are mapped: nothing is read but what is asked for, and nothing is kept per passage.

documents.jsonl     a line a document, all but its text
texts.utf8          the documents' texts, one after another
documents.npy       where each document's line and text begin, in bytes; one row more says where the last ones end
passages.npy        each passage's document (a row number), offsets in characters, paragraph, and place in texts.utf8 in bytes
"""

import json
import mmap
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from index.domain import Document, Passage
from index.lazy import Lazy

TEXT_FILES = ("documents.jsonl", "texts.utf8", "documents.npy", "passages.npy")
DOCUMENT_ROW = np.dtype([("line", "<u8"), ("text", "<u8")])
PASSAGE_ROW = np.dtype([("document", "<u4"), ("start", "<u4"), ("end", "<u4"), ("paragraph", "<u4"), ("first", "<u8"), ("last", "<u8")])
RECENT = 16
"""Documents that stay decoded, so that the hits of a question share theirs."""
_DOCUMENT = TypeAdapter(Document)
CONTENT = np.dtype("S16")
"""Half a SHA-256: texts that share one are the same."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document as it is written. `line`, `text`: bytes. `rows`: its passages, (n_passages,) of PASSAGE_ROW, as if it were the first."""

    line: bytes
    text: bytes
    rows: NDArray[np.void]

    @classmethod
    def of(cls, document: Document, passages: Sequence[Passage]) -> "Written":
        edges = sorted({0, *(edge for passage in passages for edge in (passage.start, passage.end))})
        sizes = [0, *(len(_encoded(document.text[start:end])) for start, end in pairwise(edges))]  # each character is encoded once
        place = dict(zip(edges, np.cumsum(sizes).tolist(), strict=True))
        rows = [(0, passage.start, passage.end, passage.paragraph, place[passage.start], place[passage.end]) for passage in passages]
        entry = asdict(document)
        del entry["text"]
        return cls(json.dumps(entry).encode() + b"\n", _encoded(document.text), np.array(rows, PASSAGE_ROW))


class Texts:
    """The documents and passages of a snapshot in `folder`, opened read-only. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._files = files = _Files(folder)  # apart, so that no circle keeps them open once nobody reads any more
        self.documents = Lazy(len(files.documents) - 1, lru_cache(maxsize=RECENT)(files.document))  # hits share documents
        self.passages = Lazy(len(files.passages), files.passage)

    def document(self, document_id: str) -> Document | None:
        row = self._place(document_id)
        return self.documents[row] if row < len(self.documents) and self._files.id(row) == document_id else None

    def written(self, row: int) -> "Written":
        """A document as it stands here."""
        return self._files.written(row)

    def document_of(self, row: int) -> Document:
        """The document that a passage is part of."""
        return self.documents[int(self._files.passages[row]["document"])]

    def of(self, rows: NDArray[np.int64] | range) -> Sequence[str]:
        """The texts of these passages."""
        return Lazy(len(rows), lambda number: _decoded(self._files.encoded(int(rows[number]))))

    def contents(self) -> NDArray[np.bytes_]:
        """(n_passages,) of CONTENT: equal where the texts are."""
        texts, rows = self._files.bytes, self._files.passages
        digests = (sha256(texts[first:last]).digest() for first, last in zip(rows["first"].tolist(), rows["last"].tolist(), strict=True))
        return np.fromiter((digest[: CONTENT.itemsize] for digest in digests), CONTENT, len(rows))

    def _place(self, document_id: str) -> int:
        """Where it is, or would be, among ids in alphabetical order."""
        return bisect_left(range(len(self.documents)), document_id, key=self._files.id)


class _Files:
    """What is mapped, and what is read out of it."""

    def __init__(self, folder: Path) -> None:
        self.lines, self.bytes = _mapped(folder / "documents.jsonl"), _mapped(folder / "texts.utf8")
        self.documents = np.load(folder / "documents.npy", mmap_mode="r")  # (n_documents + 1,) of DOCUMENT_ROW
        self.passages = np.load(folder / "passages.npy", mmap_mode="r")  # (n_passages,) of PASSAGE_ROW
        self.id = lru_cache(maxsize=RECENT)(partial(_id, self.lines, self.documents))  # a line with thousands of places is long

    def document(self, row: int) -> Document:
        (_, first), (_, last) = self.documents[row : row + 2].tolist()
        return _DOCUMENT.validate_python({**_entry(self.lines, self.documents, row), "text": _decoded(self.bytes[first:last])})

    def written(self, row: int) -> Written:
        (line, text), (line_end, text_end) = self.documents[row : row + 2].tolist()
        first, last = (self._first_passage(one) for one in (row, row + 1))
        rows = np.array(self.passages[first:last])
        rows["first"] -= text
        rows["last"] -= text
        return Written(self.lines[line:line_end], self.bytes[text:text_end], rows)

    def _first_passage(self, row: int) -> int:
        """Of a document, or where it would be. `np.searchsorted` would read the whole column, for every document."""
        return bisect_left(range(len(self.passages)), row, key=lambda place: self.passages[place]["document"])

    def passage(self, row: int) -> Passage:
        document, start, end, paragraph, first, last = self.passages[row].item()
        return Passage(self.id(document), start, end, _decoded(self.bytes[first:last]), paragraph)

    def encoded(self, row: int) -> bytes:
        """The text of a passage."""
        *_, first, last = self.passages[row].item()
        return self.bytes[first:last]


def write_texts(folder: Path, documents: Iterable[Written]) -> None:
    """Writes documents and their passages, one after another."""
    places, passages = [(0, 0)], [np.zeros(0, PASSAGE_ROW)]
    with (folder / "documents.jsonl").open("wb") as lines, (folder / "texts.utf8").open("wb") as texts:
        for number, written in enumerate(documents):
            rows = written.rows.copy()
            rows["document"] = number
            rows["first"] += texts.tell()
            rows["last"] += texts.tell()
            passages.append(rows)
            lines.write(written.line)
            texts.write(written.text)
            places.append((lines.tell(), texts.tell()))
    np.save(folder / "documents.npy", np.array(places, DOCUMENT_ROW))
    np.save(folder / "passages.npy", np.concatenate(passages))


def _id(lines: "bytes | mmap.mmap", documents: NDArray[np.void], row: int) -> str:
    return str(_entry(lines, documents, row)["id"])


def _entry(lines: "bytes | mmap.mmap", documents: NDArray[np.void], row: int) -> dict[str, Any]:
    """What documents.jsonl says of a document."""
    (first, _), (last, _) = documents[row : row + 2].tolist()
    return dict(json.loads(lines[first:last]))


def find(contents: NDArray[np.bytes_], known: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """For each of `contents` a row of `known` that has it; -1 where none has. Both as `Texts.contents` gives them."""
    if not len(known):
        return np.full(len(contents), -1)
    order = np.argsort(known)
    rows = order[np.minimum(np.searchsorted(known, contents, sorter=order), len(known) - 1)]
    return np.where(known[rows] == contents, rows, -1)


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
