"""As much English grammar as a follow-up needs: its small words, and what a question is about. Pure.

Nothing is parsed: a phrase ends where a small word or a participle says so, and names are known by their capitals.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.numerals import ORDINAL_NUMERALS, ORDINALS
from index.understanding.wording import spelt_out

PREPOSITIONS = frozenset("about after at before between by during for from in into of on since to under until with".split())
BE = frozenset("am are is was were isn't aren't wasn't weren't".split())
HAVE = frozenset("had has have hadn't hasn't haven't".split())
DO = frozenset("did do does didn't doesn't don't can could may might must shall should will would can't couldn't won't wouldn't".split())
AUXILIARIES = BE | HAVE | DO
DETERMINERS = frozenset("a an any each every his her its my our some that the their these this those your".split())
SERIES_WORDS = frozenset((*ORDINALS, *ORDINAL_NUMERALS, *"last latest next previous final".split()))
"""What tells one of a series from the others."""
PARTICIPLES = frozenset(
    "been begun born bought brought built chosen done drawn found fought founded given gone held kept known led left lost made met paid "
    "put run said seen sent set shown signed sold spent spoken taken taught thought told won written".split()
)
CLOSING_VERBS = frozenset("begin come cost do end finish go happen last look mean occur open start stop take place work".split())
PAST_FORMS = frozenset("became began came fell gave got left led lost made met paid rose said sent spoke took voted went won wrote".split())
KINDS = frozenset(
    "building city company country date day hour location month name person place price reason room state time town venue year".split()
)
_ATTACHING = frozenset("and between of or".split())


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of `words`, whole."""
    return rf"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?!\w)"


OPENING = re.compile(
    rf"(?:{any_of(PREPOSITIONS)}\s+)?(?:how\s+(?:far|large|long|many|much|often|old)|what|when|where|which|whom|whose|who|why|how)\b",
    re.IGNORECASE,
)
NAME = re.compile(r"(?<=\s)(?<![.!?]\s)(?!I\b)[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*)*")
POSSESSIVE = re.compile(r"['’]s?\Z")
_PLACE_FOLLOWS = re.compile(r"\b(?:at|from|in|of|on|to)\s+(?:the\s+)?$", re.IGNORECASE)
_KIND_OF = re.compile(rf"(?:the\s+)?{any_of(KINDS)}\s+of\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """`opening`: its question words, "in which"; empty where it has none. `rest`: what follows them, without the question mark."""

    opening: str
    rest: str

    @property
    def text(self) -> str:
        return f"{self.opening} {self.rest}".strip()

    @property
    def topic(self) -> str:
        """What "it" would be: "the second dialogue" of "when was the second dialogue held?"."""
        words = self.rest.split()
        lower = self.rest.lower().split()
        auxiliary = next((place for place, word in enumerate(lower) if word in AUXILIARIES), None)
        if auxiliary is None:
            is_verb_first = self.opening.lower() == "who" and len(words) > 1  # (who) approves requests
            topic = _last_phrase(_before_verb(words[is_verb_first:]))
        elif auxiliary > 0:  # (how many) rounds of the dialogue were held
            topic = words[:auxiliary]
        elif lower[0] in DO:  # (when) did the countries launch the dialogue
            topic = _last_phrase(_without_infinitive(words[1:]))
        else:  # (when) was the dialogue held
            topic = _before_verb(words[1:])
        if not self.opening and len(topic) > 1 and topic[-1].lower() in KINDS:  # second dialogue date
            topic = topic[:-1]
        return _KIND_OF.sub("", " ".join(topic), count=1)

    @property
    def names(self) -> list[str]:
        """In order; the first word of all is capitalised whatever it is."""
        return [POSSESSIVE.sub("", match[0]) for match in NAME.finditer(self.text)]

    @property
    def people(self) -> list[str]:
        """Names but for those of places and times: what follows "in" and the like."""
        return [POSSESSIVE.sub("", match[0]) for match in NAME.finditer(self.text) if not _PLACE_FOLLOWS.search(self.text[: match.start()])]


def parse(text: str) -> Question:
    plain = spelt_out(" ".join(text.split())).rstrip("?!. ")
    opening = OPENING.match(plain)
    return Question(opening[0], plain[opening.end() :].strip()) if opening else Question("", plain)


def is_participle(word: str) -> bool:
    return word in PARTICIPLES or re.fullmatch(r"[a-z]{2,}[^e\W]ed", word) is not None


def _before_verb(words: list[str]) -> list[str]:
    """A phrase up to the participle after it, without verbs and prepositions at its end or a preposition at its beginning."""
    if words and words[0].lower() in PREPOSITIONS:
        words = words[1:]
    verbs = (place for place in range(1, len(words)) if is_participle(words[place]) and not _opens_phrase(words[place - 1]))
    verb = next(verbs, len(words))
    while verb > 1 and words[verb - 1].lower() in CLOSING_VERBS | PREPOSITIONS:
        verb -= 1
    return words[:verb]


def _without_infinitive(words: list[str]) -> list[str]:
    """After "do" a verb has to come: "(what does) KPS stand (for)", "(what did) the council approve". If none is known, it's the last."""
    phrase = _before_verb(words)
    is_all = all(word.lower() in PREPOSITIONS for word in words[len(phrase) :])
    has_subject = len(phrase) > (2 if phrase and phrase[0].lower() in DETERMINERS else 1)
    return phrase[:-1] if is_all and has_subject and phrase[-1].islower() and _last_phrase(phrase) == phrase else phrase


def _opens_phrase(word: str) -> bool:
    """A participle after it belongs to a noun, as in "the revised plan"."""
    return word.lower() in DETERMINERS | SERIES_WORDS or word.endswith("ly")


def _last_phrase(words: list[str]) -> list[str]:
    """From the last "the" or the like on; from an earlier one if that phrase goes on with "of the"."""
    lower = [word.lower() for word in words]
    starts = [place for place, word in enumerate(lower) if word in DETERMINERS and (place == 0 or lower[place - 1] not in _ATTACHING)]
    return words[starts[-1] :] if starts else words
