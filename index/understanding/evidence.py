"""What tells a question from others like it (ordinals, years, names …), and whether a passage holds it. Pure.

A reader is easily taken in by a passage that has all but the one word that matters; what is missing there counts against its answer.
"""

import re
from collections.abc import Iterator

from index.numerals import DIGITS_OF, NUMBERS, ORDINALS
from index.terms import terms

MONTHS = "January February March April May June July August September October November December".split()

_SENTENCE_WORDS = "Are|Can|Could|Do|Does|Did|Has|Have|How|Is|May|Please|Shall|Should|Was|What|When|Where|Which|Who|Whose|Why|Will|Would"
"""Capitalised where a question begins, after a greeting."""
_GROUPED = re.compile(r"(?<=\d)[,.'’\u00a0\u202f](?=\d{3}(?!\d))")
_OWNED = re.compile(r"['’]s\b")
_KINDS = {
    "ordinal": re.compile(rf"\b(?:{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))\b", re.IGNORECASE),
    "year": re.compile(r"\b(?:1[0-9]|20)\d\d\b"),
    "number": re.compile(rf"\b(?:{'|'.join(NUMBERS[1:])}|\d+(?:[.,]\d+)*)\b", re.IGNORECASE),
    "month": re.compile(rf"\b(?!May (?:I|we)\b)(?:{'|'.join(MONTHS)})\b"),
    "acronym": re.compile(r"\b[A-Z]{2,6}\b"),
    "name": re.compile(
        rf"(?<=[\w,;] )(?!I['’]|(?:{_SENTENCE_WORDS})\b)[A-Z][\w’'-]*[a-z][\w’'-]*(?: (?:(?:of|the|de|van) )*[A-Z][\w’'-]*[a-z][\w’'-]*)*"
    ),
}
_SAME_NUMBER = {**DIGITS_OF, **{digits: word for word, digits in DIGITS_OF.items()}}
_CAPITALISED = re.compile(r"\b[A-Z]")


def distinguishing(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Each distinguishing word with its kind: the first that fits, since a year is a number too and a month looks like a name."""
    taken: set[int] = set()
    for kind, pattern in _KINDS.items():
        for match in pattern.finditer(text):
            if taken.isdisjoint(range(*match.span())):
                taken.update(range(*match.span()))
                yield kind, match


def missing(question: str, passage: str) -> int:
    """How many distinguishing words of the question the passage lacks, in every form that we know."""
    if question.isupper() and " " in question:  # shouted; capitals tell nothing
        question = question.lower()
    question, passage = (_GROUPED.sub("", _OWNED.sub("", text)) for text in (question, passage))  # Anna's, 1,000
    present = set(terms(passage))
    initials = "".join(_CAPITALISED.findall(passage))
    return sum(not _is_held(match[0], present, initials) for _, match in distinguishing(question))


def _is_held(words: str, present: set[str], initials: str) -> bool:
    """One word of a name suffices; "UN" is held by "United Nations", the other way round, and "two" by "2". What is no term ("NOT", "IT"),
    isn't missed.
    """
    short = "".join(_CAPITALISED.findall(words))
    forms = {*terms(words), *terms(_SAME_NUMBER.get(words.lower(), "")), *terms(short if len(short) > 1 else "")}
    return not forms or bool(forms & present) or (words.isupper() and words in initials)
