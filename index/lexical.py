"""BM25 over the words of passages (bm25s, the Lucene variant)."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.domain import Vocabulary
from index.terms import terms, words

MOST_WORDS = 200_000
"""Of a vocabulary. In millions of passages, what is rarer is misspelt itself."""
K1, B = 0.9, 0.3
"""BM25's saturation and length normalisation: for passages of about one length less of both ranks better (`evaluation/README.md`)."""
_NUMBERS, _ENDS = "numbers.npy", "ends.npy"


def vocabulary_of(texts: Iterable[str]) -> Vocabulary:
    """The words of letters alone."""
    return Vocabulary.of(dict(_words_of_letters(texts).most_common(MOST_WORDS)))


def revised(vocabulary: Vocabulary, added: Iterable[str], removed: Iterable[str]) -> Vocabulary | None:
    """The vocabulary with the words of some texts and without those of others; None where it isn't known what words were left out."""
    if len(vocabulary.counts) >= MOST_WORDS:
        return None
    counts = Counter(vocabulary.counts)
    counts.update(_words_of_letters(added))
    counts.subtract(_words_of_letters(removed))
    return Vocabulary.of(dict((+counts).most_common(MOST_WORDS)))


def _words_of_letters(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in words(text) if word.isalpha())


class LexicalIndex:
    """BM25 statistics of one collection, and the terms that they come from."""

    def __init__(self, engine: bm25s.BM25 | None, terms: "_Terms") -> None:
        self._engine = engine  # None: no passage has a term
        self._terms = terms

    @classmethod
    def build(cls, texts: Sequence[str], earlier: "LexicalIndex | None" = None, known: NDArray[np.int64] | None = None) -> "LexicalIndex":
        """`known`: for each of `texts` a passage of `earlier` with the same text, -1 where there is none; of these no word is looked at."""
        counted = _counted(texts, earlier, np.full(len(texts), -1) if known is None else known)
        if not len(counted.numbers):
            return cls(None, counted)
        engine = _Engine(k1=K1, b=B, method="lucene")
        engine.index(counted, show_progress=False)
        return cls(engine, counted)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Opens what `save` wrote, memory-mapped."""
        numbers, ends = (np.load(folder / name, mmap_mode="r") for name in (_NUMBERS, _ENDS))
        engine = bm25s.BM25.load(folder, mmap=True) if len(numbers) else None
        return cls(engine, _Terms(numbers, engine.vocab_dict if engine else {}, ends))

    def save(self, folder: Path) -> None:
        folder.mkdir()
        np.save(folder / _NUMBERS, self._terms.numbers)
        np.save(folder / _ENDS, self._terms.ends)
        if self._engine:
            self._engine.save(folder, show_progress=False)

    @property
    def terms(self) -> "_Terms":
        return self._terms

    def scores(self, question: str) -> NDArray[np.float32]:
        """(n_passages,), 0 where no term of the question occurs."""
        known = [term for term in terms(question) if self._engine and term in self._engine.vocab_dict]
        if self._engine is None or not known:
            return np.zeros(len(self._terms.ends), np.float32)
        return np.asarray(self._engine.get_scores(known), np.float32)


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of passages as numbers, one passage after another. What bm25s makes an index of.

    `numbers`: (n_terms,). `vocab`: the number of each term, in the order of their first occurrence; bm25s adds an empty one.
    `ends`: (n_passages,), where each passage's terms end.
    """

    numbers: NDArray[np.uint32]
    vocab: dict[str, int]
    ends: NDArray[np.int64]

    @property
    def ids(self) -> "_Terms":
        """What bm25s hands to `_Engine.build_index_from_ids`."""
        return self

    def of(self, row: int) -> NDArray[np.uint32]:
        return self.numbers[self.ends[row - 1] if row else 0 : self.ends[row]]


class _Engine(bm25s.BM25):  # type: ignore[misc] # it has no types
    """Builds bm25s's index in a few operations on whole arrays: ten times as fast, and other threads go on meanwhile."""

    def build_index_from_ids(
        self,
        unique_token_ids: Sequence[int],
        corpus_token_ids: _Terms,
        **_progress: bool,
    ) -> dict[str, Any]:
        """BM25 as Lucene has it, of each term in each passage: idf · tf / (tf + k1 · (1 − b + b · length / mean length))."""
        numbers, ends = corpus_token_ids.numbers, corpus_token_ids.ends
        passages, lengths = len(ends), np.diff(ends, prepend=0)
        occurrences = numbers.astype(np.int64) * passages + np.repeat(np.arange(passages), lengths)  # by term, then by passage
        places, counts = np.unique(occurrences, return_counts=True)
        terms, rows = np.divmod(places, passages)
        holding = np.bincount(terms, minlength=len(unique_token_ids))  # passages that hold each term
        idf = np.log1p((passages - holding + 0.5) / (holding + 0.5))
        scores = idf[terms] * counts / (counts + self.k1 * (1 - self.b + self.b * lengths[rows] / lengths.mean()))
        self.nonoccurrence_array = None  # this variant of BM25 has none
        return {
            "data": scores.astype(self.dtype),
            "indices": rows.astype(self.int_dtype),
            "indptr": np.concatenate([[0], np.cumsum(holding)]).astype(self.int_dtype),
            "num_docs": passages,
        }


def _counted(texts: Sequence[str], earlier: LexicalIndex | None, known: NDArray[np.int64]) -> _Terms:
    """As if all had been looked at anew: no term stays that no text has any more, and the same texts have the same numbers."""
    vocab = dict(earlier.terms.vocab) if earlier else {}
    numbers, ends = array("I"), np.empty(len(texts), np.int64)
    for row, before in enumerate(known.tolist()):
        if earlier and before >= 0:
            numbers.frombytes(earlier.terms.of(before).tobytes())
        else:
            numbers.extend(vocab.setdefault(term, len(vocab)) for term in terms(texts[row]))
        ends[row] = len(numbers)
    return _Terms(*_by_first_occurrence(np.frombuffer(numbers, np.uint32), list(vocab)), ends)


def _by_first_occurrence(numbers: NDArray[np.uint32], names: Sequence[str]) -> tuple[NDArray[np.uint32], dict[str, int]]:
    """`numbers` and a vocabulary for them without names that don't occur. `names`: of number 0, 1, …"""
    first = np.full(len(names), len(numbers))
    np.minimum.at(first, numbers, np.arange(len(numbers)))
    used = np.argsort(first)[: np.count_nonzero(first < len(numbers))]
    renumbered = np.empty(len(names), np.uint32)
    renumbered[used] = np.arange(len(used))
    return renumbered[numbers], {names[number]: place for place, number in enumerate(used.tolist())}
