"""What tells a question from others like it (ordinals, years, names …), and whether a passage holds it. Pure.

A reader is easily taken in by a passage that has all but the one word that matters; what is missing there counts against its answer.
"""

import re
from collections.abc import Iterator

from index.numerals import DIGITS_OF, NUMBERS, ORDINALS
from index.terms import terms

MONTHS = "January February March April May June July August September October November December".split()

_MONTH = "|".join(MONTHS)
_CERTAIN_MONTH = rf"May|(?i:{'|'.join(month for month in MONTHS if month != 'May')})"
"""In small letters "may" is rather a verb."""
_DAY = r"\d\d?(?:st|nd|rd|th)"
_DATES = (
    re.compile(rf"\b(?:the )?(?P<day>{_DAY}|{'|'.join(ORDINALS)}) of (?P<month>{_MONTH})\b", re.IGNORECASE),
    re.compile(rf"\b(?:[Tt]he )?(?P<day>{_DAY}) (?P<month>{_CERTAIN_MONTH})\b"),
    re.compile(rf"\b(?P<month>{_CERTAIN_MONTH}) (?:the )?(?P<day>{_DAY})\b"),
)
_SENTENCE_WORDS = "Are|Can|Could|Do|Does|Did|Has|Have|How|Is|May|Please|Shall|Should|Was|What|When|Where|Which|Who|Whose|Why|Will|Would"
"""Capitalised where a question begins, after a greeting."""
_ALLOWED = r"May (?:I|we)\b|(?<![\w,;] )May (?!(?:and|in|is|of|or|to|was)\b)[a-z]"
"""May I, or where a sentence begins: "May visitors bring dogs?"."""
_GROUPED = re.compile(r"(?<=\d)[,.'’\u00a0\u202f](?=\d{3}(?!\d))")
_BEHIND_LETTERS = re.compile(r"(?<=[A-Za-z])\d+")
"""E4500 of one is E-4500 of another."""
_OWNED = re.compile(r"['’]s\b")
_KINDS = {
    "ordinal": re.compile(rf"\b(?:{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))\b", re.IGNORECASE),
    "year": re.compile(r"\b(?:1[0-9]|20)\d\d\b"),
    "number": re.compile(rf"\b(?:{'|'.join(NUMBERS[1:])}|\d+(?:[.,]\d+)*)\b", re.IGNORECASE),
    "month": re.compile(rf"\b(?!{_ALLOWED})(?:{_MONTH})\b"),
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


def plain_dates(text: str) -> str:
    """ "the 24th of December" and "December 24th" become "24 December"."""
    for date in _DATES:
        text = date.sub(lambda match: f"{_number(match['day'].lower())} {match['month']}", text)
    return text


def missing(question: str, passage: str) -> int:
    """How many distinguishing words of the question the passage lacks, in every form that we know."""
    if question.isupper() and " " in question:  # shouted; capitals tell nothing
        question = question.lower()
    question, passage = (_GROUPED.sub("", _OWNED.sub("", plain_dates(text))) for text in (question, passage))  # Anna's, 1,000
    present = {*terms(passage), *_BEHIND_LETTERS.findall(passage)}
    initials = "".join(_CAPITALISED.findall(passage))
    return sum(not _is_held(match[0], present, initials) for _, match in distinguishing(question))


def _number(day: str) -> str:
    return str(ORDINALS.index(day) + 1) if day in ORDINALS else day[:-2]


def _is_held(words: str, present: set[str], initials: str) -> bool:
    """One word of a name suffices; "UN" is held by "United Nations", the other way round, and "two" by "2". What is no term ("NOT", "IT"),
    isn't missed.
    """
    short = "".join(_CAPITALISED.findall(words))
    forms = {*terms(words), *terms(_SAME_NUMBER.get(words.lower(), "")), *terms(short if len(short) > 1 else "")}
    return not forms or bool(forms & present) or (words.isupper() and words in initials)
