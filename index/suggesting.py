"""Questions to begin with, for somebody who doesn't know the documents: made from their wording, and kept only if they are answered.

Three wordings of English are looked for: an abbreviation in brackets, a person beside an office, and what was done on a date.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from index.domain import Answer, Decision, Document

MAX_ASKED = 20
"""Candidates that are asked; together they take a second."""
MAX_DOCUMENTS = 200
MAX_OF_DOCUMENT = 4

_NAME = r"[A-Z][\w’'-]{1,40}+"
_DATE = r"(?:[A-Z][a-z]+ )?(?:\d{1,2}, )?[12]\d{3}"
_OFFICE = "Prime Minister|President|Minister|Chancellor|Director|Secretary|Chief Executive|Chairman|Chairwoman|Chair|Manager|Head|CEO"
_DONE = r"\w+ed|held|built|made|found|founded|born|sent|given|taken|written|won|set up|begun|bought|sold"

_ABBREVIATION = re.compile(rf"\b({_NAME}(?: (?:(?:of|for|and|the|on) )?{_NAME}){{1,8}}) \(([A-Z]{{2,6}})\)")
_OPENERS = "After|As|At|But|Contact|For|From|If|In|Its|Meanwhile|On|Our|Since|That|The|Then|This|When|While|With|Yesterday"
_PERSON = re.compile(rf"\b((?:(?!(?:{_OPENERS})\b){_NAME} ){{0,2}}(?:{_OFFICE})) {_NAME}(?: {_NAME})+")
_EVENT = re.compile(
    rf"\b[Tt]he ((?:(?!\b(?:that|which|who)\b)[\w -]){{3,60}}?) (was|were) ({_DONE}) [^.;!?]{{0,200}}?\b(?:in|on) {_DATE}\b"
)


def suggestions(documents: Sequence[Document], ask: Callable[[str], Answer], count: int = 4) -> list[str]:
    """Up to `count` questions that `ask` is sure to answer, of different kinds first; none from documents with no such wording."""
    candidates = list(islice(chain.from_iterable(map(_candidates, documents[:MAX_DOCUMENTS])), MAX_ASKED))
    return list(islice((question for question in dict.fromkeys(candidates) if ask(question).decision is Decision.ANSWER), count))


def _candidates(document: Document) -> Iterator[str]:
    """A question of each kind, then the next of each."""
    kinds = (_events(document.text), _people(document.text), _abbreviations(document.text))
    in_turn = chain.from_iterable(zip_longest(*kinds))
    return islice(filter(None, in_turn), MAX_OF_DOCUMENT)


def _events(text: str) -> Iterator[str]:
    return (f"When {found[2]} the {found[1]} {found[3]}?" for found in _EVENT.finditer(text))


def _people(text: str) -> Iterator[str]:
    return (f"Who is the {found[1]}?" for found in _PERSON.finditer(text))


def _abbreviations(text: str) -> Iterator[str]:
    return (f"What does {short} stand for?" for name, short in _ABBREVIATION.findall(text) if _is_short_for(short, name))


def _is_short_for(short: str, name: str) -> bool:
    """By its initials, with those of small words or without: the CEO isn't short for Anna Berg."""
    return any("".join(re.findall(initial, name)).upper().endswith(short) for initial in (r"\b[A-Z]", r"\b\w"))
