"""What tells a question from others like it (ordinals, years, names …), and whether a passage holds it. Pure.

A reader is easily taken in by a passage that has all but the one word that matters; what is missing there counts against its answer.
"""

import re
from collections.abc import Iterator

from index.numerals import DIGITS_OF, NUMBERS, ORDINALS
from index.terms import terms

MONTHS = "January February March April May June July August September October November December".split()

_MONTH = "|".join(MONTHS)
_SHORT_MONTH = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_SHORT_DAY = "Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_LONG = {name[:3]: name for name in (*MONTHS, *"Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())}
_CERTAIN_MONTH = rf"May|(?i:{'|'.join(month for month in MONTHS if month != 'May')}|(?:{_SHORT_MONTH})\b\.?)"
"""In small letters "may" is rather a verb."""
_DAY = r"\d\d?(?:st|nd|rd|th)"
_DATES = (
    re.compile(rf"\b(?:the )?(?P<day>{_DAY}|{'|'.join(ORDINALS)}) of (?P<month>{_CERTAIN_MONTH})(?!\w)", re.IGNORECASE),
    re.compile(rf"\b(?:[Tt]he )?(?P<day>{_DAY}) (?P<month>{_CERTAIN_MONTH})(?!\w)"),
    re.compile(rf"\b(?P<month>may|{_CERTAIN_MONTH})(?:(?<!may) the)? (?P<day>{_DAY})\b"),
)
_SHORT = re.compile(rf"\b(?:{_SHORT_MONTH}|{_SHORT_DAY})\b(?! [A-Z])")
"""Jan Berg is somebody."""
_SENTENCE_WORDS = "Are|Can|Could|Do|Does|Did|Has|Have|How|Is|May|Please|Shall|Should|Was|What|When|Where|Which|Who|Whose|Why|Will|Would"
"""Capitalised where a question begins, after a greeting."""
_ALLOWED = r"May (?:I|we)\b|(?<![\w,;] )May (?!(?:and|in|is|of|or|to|was)\b)[a-z]"
"""May I, or where a sentence begins: "May visitors bring dogs?"."""
_GROUPED = re.compile(r"(?:(?<=\d)[,.'’\u00a0\u202f]|(?:(?<=\b\d)|(?<=\b\d\d)|(?<=\b\d\d\d)) )(?=\d{3}(?!\d))")
_BEHIND_LETTERS = re.compile(r"(?<=[A-Za-z])\d+")
"""E4500 of one is E-4500 of another."""
_OWNED = re.compile(r"['’]s\b")
_ADVERB = r"(?<!\bthe )first(?=\W*$|\s+(?:[a-z]{2,}[^e\W]ed|[a-z]+wn|built|held|made|met|seen|written)\b)"
"""Was first released, do first."""
_KINDS = {
    "ordinal": re.compile(rf"\b(?!{_ADVERB})(?:{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))\b", re.IGNORECASE),
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
_INITIALS = re.compile(r"\b[^\W\d_]|[.,;:!?\n]")
"""Of a passage, with what ends a phrase."""


def distinguishing(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Each distinguishing word with its kind: the first that fits, since a year is a number too and a month looks like a name."""
    taken: set[int] = set()
    for kind, pattern in _KINDS.items():
        for match in pattern.finditer(text):
            if taken.isdisjoint(range(*match.span())):
                taken.update(range(*match.span()))
                yield kind, match


def plain_dates(text: str) -> str:
    """ "the 24th of December", "December 24th" and "Dec 24th" become "24 December"."""
    for date in _DATES:
        text = date.sub(lambda match: f"{_number(match['day'].lower())} {_month(match['month'])}", text)
    return text


def missing(question: str, passage: str) -> int:
    """How many distinguishing words of the question the passage lacks, in every form that we know."""
    if question.isupper() and " " in question:  # shouted; capitals tell nothing
        question = question.lower()
    question, passage = _plain(question), _plain(passage)
    present = {*terms(passage), *_BEHIND_LETTERS.findall(passage)}
    capitals, initials = "".join(_CAPITALISED.findall(passage)), "".join(_INITIALS.findall(passage)).upper()
    return sum(not _is_held(match[0], present, capitals, initials) for _, match in distinguishing(question))


def _plain(text: str) -> str:
    """Without what is written in several ways: dates, "Anna's", "1,000", "Mon"."""
    return _SHORT.sub(lambda short: _LONG[short[0][:3]], _GROUPED.sub("", _OWNED.sub("", plain_dates(text))))


def _month(name: str) -> str:
    return name if name.capitalize() in MONTHS else _LONG[name[:3].capitalize()]


def _number(day: str) -> str:
    return str(ORDINALS.index(day) + 1) if day in ORDINALS else day[:-2]


def _is_held(words: str, present: set[str], capitals: str, initials: str) -> bool:
    """One word of a name suffices; "UN" is held by "United Nations", the other way round, "CFO" by "chief financial officer", and "two"
    by "2". What is no term ("NOT", "IT"), isn't missed.
    """
    short = "".join(_CAPITALISED.findall(words))
    forms = {*terms(words), *terms(_SAME_NUMBER.get(words.lower(), "")), *terms(short if len(short) > 1 else "")}
    is_short_for = words.isupper() and (words in capitals or (len(words) > 2 and words in initials))
    return not forms or bool(forms & present) or is_short_for
