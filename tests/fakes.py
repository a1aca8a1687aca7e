"""Small real classes that stand at the index's seams, where a model would be too slow for what is tested."""

import hashlib
from collections.abc import Mapping, Sequence
from math import log

import numpy as np
from hypothesis import strategies as st

from index.chunking import sentence_offsets
from index.domain import Calibration, Document, Passage, Span
from index.protocols import Embedder, Progress, Vectors, no_progress
from index.terms import terms

DIMENSION = 16


class HashingEmbedder:
    """The sum of a random direction for each term, as a unit vector: texts that share words are near. Needs no model."""

    def __init__(self, name: str = "hashing") -> None:
        self.name, self.dimension = name, DIMENSION

    def embed_passages(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_query(text)
            progress(row + 1, len(texts))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        total = sum((_direction(term) for term in terms(text)), _direction(""))
        return np.asarray(total / np.linalg.norm(total), np.float32)


def _direction(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8])
    return np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)


class SentenceReader:
    """Marks the sentence that shares most words with the question. The score is the log-odds of the share of its terms that are there."""

    name = "sentence"
    calibration = Calibration(span=1.0, hit=0.0, bias=0.0, answer=0.6, perhaps=0.3)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span | None]:
        wanted = set(terms(question))
        return [_best_sentence(wanted, passage.text) for passage in passages]


def _best_sentence(wanted: set[str], text: str) -> Span | None:
    """None where no sentence shares a term. Of equals, the first."""
    counted = [(len(wanted & set(terms(text[start:end]))), -start, end) for start, end in sentence_offsets(text)]
    shared, negative_start, end = max(counted, default=(0, 0, 0))
    return Span(-negative_start, end, log((shared + 0.1) / (len(wanted) - shared + 0.1))) if shared else None


class CountingEmbedder:
    """Another embedder, and every text that it embedded."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimension = embedder.name, embedder.dimension
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        self.embedded.extend(texts)
        return self._embedder.embed_passages(texts, progress)

    def embed_query(self, text: str) -> Vectors:
        return self._embedder.embed_query(text)


class WordReader:
    """Marks the given words wherever they stand, with their scores; offers nothing elsewhere."""

    name = "word"
    calibration = Calibration(span=1.0, hit=0.0, bias=0.0, answer=0.6, perhaps=0.3)

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = scores

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span | None]:  # noqa: ARG002  # the protocol's
        return [self._mark(passage.text) for passage in passages]

    def _mark(self, text: str) -> Span | None:
        found = [Span(text.index(word), text.index(word) + len(word), score) for word, score in self._scores.items() if word in text]
        return max(found, key=lambda span: span.score, default=None)


def document(text: str, name: str = "a.txt", title: str = "A") -> Document:
    return Document(name, title, text)


def passage(text: str, name: str = "a.txt") -> Passage:
    return Passage(name, 0, len(text), text, 1)


VOCABULARY = "river bridge harbour council opened closed April Seoul satellite budget vote school garden engine winter report".split()


@st.composite
def libraries(draw: st.DrawFn, prefix: str = "") -> list[Document]:
    """A few documents of a few paragraphs, in few words, so that they have much in common."""
    sentences = st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=12).map(lambda words: " ".join(words).capitalize() + ".")
    texts = draw(st.lists(st.lists(sentences, min_size=1, max_size=6).map("\n\n".join), min_size=1, max_size=5))
    return [document(text, f"{prefix}{number}.txt", f"Document {number}") for number, text in enumerate(texts)]


def written_texts() -> st.SearchStrategy[str]:
    """What may be in a document: any characters, and the ones that text is made of more often."""
    spaces = [" ", "\n", "\n\n", "\n \n", "\r\n", "\r", "\t", "\v", "\f", "\u00a0", "\u2028", "\u3000", "\ufeff", "\u200f"]
    words = "word Word naïve e\u0301 🚀 👩\u200d👩\u200d👧 שלום مرحبا 漢字 한국 ไทย Dr. e.g. U.S. 1. - 2016 (KPS) [the] “so ”".split()
    telling = st.sampled_from([*spaces, *words, *".,!?…;:。！？」", ". ", "x" * 50])
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    return st.lists(telling | anything, max_size=60).map("".join)
