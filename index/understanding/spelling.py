"""Misspelt questions: what is no word becomes the nearest word of the documents, or of those that questions are made of. Pure.

A noisy channel (Kernighan, Church and Gale 1990) cut down to what needs no training: the fewest typing errors first, then the more
frequent word, and only where one candidate is clearly ahead. What is a word is never touched, so that a question about something that
the documents don't mention stays what it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.domain import Vocabulary
from index.terms import stem

SHORTEST = 4
"""Letters. What is shorter is rather an abbreviation than a misspelling, but for `_SHORT_WORDS`."""
LONG = 8
"""Letters. From here on a word may have two errors; within two errors of a shorter one there is a word for almost any name."""
CLEARLY = 3.0
"""How many times as frequent as the next candidate the best must be."""
USUAL = 1000
"""The most frequent words, which a misspelling may become though no document has them. With all of them, rare words that the
vocabulary lacks are "mended" three times as often.
"""

# Latin letters alone: no part of an address, a path, a word with digits, or of "doesn't".
_WORD = re.compile(r"(?<![\w@#/.\\])[A-Za-zÀ-ÖØ-öø-ɏ]+(?![\w@/\\]|\.\w|['’]t\b)")
_SHORT_WORDS = "all and are but can did does for from had has have her him his how its not one our she the two was what when who why you"


_WORDS = Path(__file__).with_name("words.txt")
"""34,700 English words that the packaged vocabulary lacks, from Debian's wamerican and wbritish (SCOWL), with its abbreviations and a few
more that are near small words: "hsa" is no "has".
"""
_AGENT = re.compile(r"(?:er|or)s?$")
_CONTRACTED = re.compile(
    r"(?:he|how|she|what|when|where|which|who|why)s|(?:they|we|you)(?:re|ve)|(?:he|it|she|they|who|you)d"
    r"|(?:are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)nt",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class English:
    """`known`: words that are never touched, and their relatives neither. `usual`: the most frequent of them. `rare`: words that aren't
    touched either; of relatives they would have too many, misspellings among them.
    """

    known: Vocabulary
    usual: Vocabulary
    rare: frozenset[str]

    @classmethod
    def of(cls, words: Sequence[str], rare: Iterable[str] = ()) -> "English":
        """`words`: the most frequent first. Their frequencies follow from their ranks (Zipf's law)."""
        counts = {word: 1_000_000 // rank for rank, word in enumerate(words, 1)}
        return cls(Vocabulary.of(counts), Vocabulary.of({word: counts[word] for word in words[:USUAL]}), frozenset(rare))

    @classmethod
    def of_wordpiece(cls, file: Path) -> "English":
        """As the vocab.txt of uncased BERT models has it: 21,700 words of Wikipedia and of books, the most frequent first. Rarer words come
        with Citebot.
        """
        lines = file.read_text(encoding="utf-8").split()
        words = [line for line in lines if len(line) > 1 and line.isascii() and line.isalpha()]
        return cls.of(words, _WORDS.read_text(encoding="ascii").split())


def corrected(question: str, vocabularies: Sequence[Vocabulary], english: English) -> str | None:
    """The question with its misspelt words mended; None if there are none.

    `vocabularies`: of the collections that are asked, and of no other: what a question becomes tells of what is in them.
    """

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        if word.isupper() or _CONTRACTED.fullmatch(word) or word.lower() in english.rare:
            return word
        if _is_known(word.lower(), [*vocabularies, english.known]):
            return word
        better = _meant(word.lower(), _is_name(match), vocabularies, english)
        return _in_the_case_of(word, better) if better else word

    mended = _WORD.sub(mend, question)
    return mended if mended != question else None


def _is_known(word: str, vocabularies: Sequence[Vocabulary]) -> bool:
    return any(word in vocabulary or _has_relative(word, vocabulary) for vocabulary in vocabularies)


def _has_relative(word: str, vocabulary: Vocabulary) -> bool:
    """Whether another form of the word is there, "cooperates" or "cooperator" for "cooperated"."""
    wanted = {stem(word), stem(_AGENT.sub("", word))}
    return len(word) >= SHORTEST and any(stem(other) in wanted for other in vocabulary.starting_with(word[:3]))


def _is_name(match: re.Match[str]) -> bool:
    """A capital inside the question."""
    return match[0][0].isupper() and match.start() > 0


def _meant(word: str, is_name: bool, vocabularies: Sequence[Vocabulary], english: English) -> str | None:
    """What can only have been meant; None if there is nothing, or more than one."""
    if len(word) < SHORTEST:
        return _only([short for short in _SHORT_WORDS.split() if OSA.distance(word, short) == 1 and _keeps_letters(word, short)])
    if is_name:
        return _only([near for near, errors in _near(word, vocabularies) if errors == 1 and _keeps_letters(word, near)])
    likeliest = _likeliest(word, [*vocabularies, english.usual])
    if likeliest and len(likeliest) < len(word) <= 5 and not re.search(r"(.)\1", word):
        return None  # "halal" is no hall
    return likeliest if likeliest and (len(word) > SHORTEST or _keeps_letters(word, likeliest)) else None


def _likeliest(word: str, vocabularies: Sequence[Vocabulary]) -> str | None:
    """With the fewest errors; of those rather one of the same letters; then the most frequent, if clearly."""
    found = {near: (errors, sorted(near) != sorted(word), set(near) != set(word)) for near, errors in _near(word, vocabularies)}
    nearest = [near for near in found if found[near] == min(found.values())]
    shares = sorted(((sum(vocabulary.share(near) for vocabulary in vocabularies), near) for near in nearest), reverse=True)
    clear = shares and (len(shares) == 1 or shares[0][0] >= CLEARLY * shares[1][0])
    return shares[0][1] if clear else None


def _near(word: str, vocabularies: Sequence[Vocabulary]) -> Iterator[tuple[str, int]]:
    """Words that begin alike, and in how many errors they differ: letters too many, too few, wrong, or exchanged with a neighbour.

    Two errors leave the last letter alone: that is where different words of one family differ.
    """
    most = 1 if len(word) < LONG else 2
    exchanged = word[1::-1] + word[2:]  # the first letter is kept but for that
    for vocabulary in vocabularies:
        if exchanged in vocabulary:
            yield exchanged, 1
        alike = vocabulary.starting_with(word[0])
        for near, errors, _ in process.extract(word, alike, scorer=OSA.distance, score_cutoff=most, limit=None):
            if errors == 1 or near[-1] == word[-1]:
                yield near, int(errors)


def _keeps_letters(word: str, near: str) -> bool:
    """Whether only the order of letters differs, or one is missing or too many: another letter makes another name."""
    return len(word) != len(near) or sorted(word) == sorted(near)


def _only(candidates: Sequence[str]) -> str | None:
    different = set(candidates)
    return different.pop() if len(different) == 1 else None


def _in_the_case_of(word: str, better: str) -> str:
    return better.capitalize() if word[0].isupper() else better
