"""The words of texts, and of these the terms that tell what a text is about. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from index.numerals import ORDINAL_OF

STOPWORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will "
    "with".split()
)
"""As Lucene and bm25s have them."""
_WORD = re.compile(r"\w+(?:[-\u2010\u2011]\w+)*")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_ACCENT = re.compile(r"[\u0300-\u036f]")
_RUN_TOGETHER = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words(text: str) -> Iterator[str]:
    """Lower-cased words. "Wi-Fi", which others write "wifi", also gives its parts, and so does "programThe": documents lose spaces on
    their way.
    """
    for word in _WORD.findall(text):
        parts = _HYPHEN.split(word)
        if len(parts) > 1 and not word[0].isdigit():  # no year of "2023-24"
            yield "".join(parts).lower()
        for part in parts:
            yield part.lower()
            run_together = _RUN_TOGETHER.split(part)
            if len(run_together) > 1:
                yield from (piece.lower() for piece in run_together)


def terms(text: str) -> list[str]:
    """What BM25 counts: stems of the words that carry meaning, in order, repeated as often as they occur. "2nd" is "second"."""
    return [stem(ORDINAL_OF.get(word, word)) for word in words(text) if word not in STOPWORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Without accents, ligatures and ß: "zürich" is "zurich". What marks another letter of Korean, Japanese or Hindi is no accent.

    With a stemmer of its own each time, 35 µs: it has state, so no two threads may be in one; words come again, and are cached.
    """
    plain = unicodedata.normalize("NFKC", _ACCENT.sub("", unicodedata.normalize("NFKD", word.casefold())))
    return str(Stemmer.Stemmer("english").stemWord(plain))
