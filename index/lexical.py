"""BM25 over the words of passages (bm25s, the Lucene variant)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from numpy.typing import NDArray

from index.domain import Vocabulary

MOST_WORDS = 200_000
"""Of a vocabulary. In millions of passages, what is rarer is misspelt itself."""
K1, B = 0.9, 0.3
"""BM25's saturation and length normalisation: for passages of about one length less of both ranks better (`evaluation/README.md`)."""
_WORD = re.compile(r"\w+")
_RUN_TOGETHER = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STOPWORDS = frozenset(STOPWORDS_EN)
ORDINALS = {
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
    "5th": "fifth",
    "6th": "sixth",
    "7th": "seventh",
    "8th": "eighth",
    "9th": "ninth",
    "10th": "tenth",
    "11th": "eleventh",
    "12th": "twelfth",
}


def words(text: str) -> Iterator[str]:
    """Lower-cased words. A word like "programThe" also gives its parts: documents lose spaces on their way."""
    for word in _WORD.findall(text):
        yield word.lower()
        parts = _RUN_TOGETHER.split(word)
        if len(parts) > 1:
            yield from (part.lower() for part in parts)


def vocabulary_of(texts: Iterable[str]) -> Vocabulary:
    """The words of letters alone."""
    counts = Counter(word for text in texts for word in words(text) if word.isalpha())
    return Vocabulary.of(dict(counts.most_common(MOST_WORDS)))


def terms(text: str) -> list[str]:
    """What BM25 counts: stems of the words that carry meaning, in order, repeated as often as they occur. "2nd" is "second"."""
    return [stem(ORDINALS.get(word, word)) for word in words(text) if word not in _STOPWORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    return str(Stemmer.Stemmer("english").stemWord(word))


class LexicalIndex:
    """BM25 statistics of one collection."""

    def __init__(self, engine: bm25s.BM25 | None, size: int) -> None:
        self._engine = engine  # None: no passage has a term
        self._size = size

    @classmethod
    def build(cls, texts: Iterable[str]) -> "LexicalIndex":
        numbers: dict[str, int] = {}
        tokens = [[numbers.setdefault(term, len(numbers)) for term in terms(text)] for text in texts]
        if not numbers:
            return cls(None, len(tokens))
        engine = bm25s.BM25(k1=K1, b=B, method="lucene")
        engine.index((tokens, numbers), show_progress=False)
        return cls(engine, len(tokens))

    @classmethod
    def load(cls, folder: Path, size: int) -> "LexicalIndex":
        """Opens what `save` wrote, memory-mapped."""
        if not any(folder.glob("*")):  # an empty folder gets lost where data is copied file by file
            return cls(None, size)
        return cls(bm25s.BM25.load(folder, mmap=True), size)

    def save(self, folder: Path) -> None:
        folder.mkdir()
        if self._engine:
            self._engine.save(folder, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """(n_passages,), 0 where no term of the question occurs."""
        known = [term for term in terms(question) if self._engine and term in self._engine.vocab_dict]
        if self._engine is None or not known:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._engine.get_scores(known), np.float32)
