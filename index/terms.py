"""The words of texts, and of these the terms that tell what a text is about. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from index.numerals import ORDINAL_OF

STOPWORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will "
    "with".split()
)
"""As Lucene and bm25s have them."""
_WORD = re.compile(r"\w+")
_RUN_TOGETHER = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words(text: str) -> Iterator[str]:
    """Lower-cased words. A word like "programThe" also gives its parts: documents lose spaces on their way."""
    for word in _WORD.findall(text):
        yield word.lower()
        parts = _RUN_TOGETHER.split(word)
        if len(parts) > 1:
            yield from (part.lower() for part in parts)


def terms(text: str) -> list[str]:
    """What BM25 counts: stems of the words that carry meaning, in order, repeated as often as they occur. "2nd" is "second"."""
    return [stem(ORDINAL_OF.get(word, word)) for word in words(text) if word not in STOPWORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """With a stemmer of its own each time, 35 µs: it has state, so no two threads may be in one; words come again, and are cached."""
    return str(Stemmer.Stemmer("english").stemWord(word))
