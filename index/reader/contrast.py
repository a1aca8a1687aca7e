"""Minimal pairs: a question with one distinguishing word exchanged (no longer answered there) or paraphrased (still answered).

Exchanged words are of the same kind (ordinal, number, year, month, acronym, name) and occur elsewhere in the corpus, but not in
the passage. What a reader must learn from them: to look at what distinguishes, not at what resembles.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from random import Random

from index.numerals import DIGITS_OF, ORDINAL_OF
from index.understanding.evidence import MONTHS, distinguishing

_PARAPHRASES = {
    **ORDINAL_OF,
    **{word: numeral for numeral, word in ORDINAL_OF.items()},
    **{word: digits for word, digits in DIGITS_OF.items() if word != "one"},
    **{digits: word for word, digits in DIGITS_OF.items() if word != "one"},
    **{month: f"{month[:3]}." for month in MONTHS if month != "May"},
    "United States": "US",
    "United Kingdom": "UK",
    "European Union": "EU",
    "United Nations": "UN",
    "Prime Minister": "PM",
    "percent": "%",
    "kilometers": "km",
    "meters": "m",
    "kilograms": "kg",
    "What is": "What's",
    "Who is": "Who's",
    "When is": "When's",
    "Where is": "Where's",
    "When was": "What was the date of",
    "How many": "What number of",
    "World War II": "WWII",
    "century": "c.",
}  # fmt: skip - a table
_PARAPHRASABLE = re.compile("|".join(rf"(?<!\w){re.escape(words)}(?!\w)" for words in sorted(_PARAPHRASES, key=len, reverse=True)))

Pool = dict[str, list[str]]
"""Kind → words of that kind, as often as they occur."""


def pool_of(texts: Iterable[str]) -> Pool:
    pool: Pool = defaultdict(list)
    for text in texts:
        for kind, match in distinguishing(text):
            pool[kind].append(match[0])
    return pool


def exchange(question: str, passage: str, pool: Pool, random: Random) -> str | None:
    """`question` with one distinguishing word replaced by another of its kind that `passage` doesn't hold; None if there is none."""
    lower = passage.lower()
    places = list(distinguishing(question))
    random.shuffle(places)
    for kind, match in places:
        choices = [word for word in random.sample(pool[kind], min(20, len(pool[kind]))) if _differs(word, match[0], lower)]
        if choices:
            return question[: match.start()] + _closest_in_length(choices, match[0]) + question[match.end() :]
    return None


def paraphrase(question: str, random: Random) -> str | None:
    """`question` with one expression said otherwise ("second" → "2nd"); None if it holds none that we know."""
    places = list(_PARAPHRASABLE.finditer(question))
    if not places:
        return None
    place = random.choice(places)
    return question[: place.start()] + _PARAPHRASES[place[0]] + question[place.end() :]


def _differs(word: str, original: str, passage: str) -> bool:
    meanings = {form.lower() for form in (word, _PARAPHRASES.get(word.lower(), word))}
    same = original.lower() in meanings or original.lower() in word.lower() or word.lower() in original.lower()
    return not same and not any(re.search(rf"\b{re.escape(form)}\b", passage) for form in meanings)


def _closest_in_length(choices: list[str], original: str) -> str:
    """Of as many words as the original, if possible: "Mount Whitney" is exchanged for a name of two words."""
    return min(choices, key=lambda word: abs(len(word.split()) - len(original.split())))
