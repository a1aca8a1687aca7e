"""Whether a pronoun stands for something earlier in its own question. Pure.

    how do employees book their holidays?          theirs: nothing was left out
    what happens to my laptop if it breaks?        likewise, of another clause
    did the leaders discuss it?                    not the leaders: something said before
    which cities did they visit?                   not the cities

Nouns are known by the small words around them and by endings, so some are overlooked: "it" in "can I visit Rome if it rains?".
"""

import re

from index.understanding.grammar import (
    AUXILIARIES,
    BE,
    CLOSING_VERBS,
    DETERMINERS,
    DO,
    NAME,
    OPENING,
    PARTICIPLES,
    POINTING,
    PREPOSITIONS,
    any_of,
)

_OWNERS = frozenset("her his its their".split())
_MORE = frozenset("apply count cover depend exclude include mean need require".split())
VERB = rf"(?:{any_of(CLOSING_VERBS | PARTICIPLES | _MORE)}|[a-z]{{2,}}[^e\W]ed\b)"
"""As far as they are known: a few, and regular participles."""

_PLURAL = frozenset("their them they".split())
_CLAUSE_WORDS = frozenset("after and because before but if once or since so than that unless until when whether which while who".split())
_CLAUSE_END = re.compile(
    rf"[,;:]|(?<!\b[DM][rs])[.!?](?=\s)|\s[-–—]\s|\b{any_of(_CLAUSE_WORDS)}|\b(?:how|what|where|why)\s+{any_of(AUXILIARIES)}", re.IGNORECASE
)
_CLAUSE_FIRST = re.compile(rf"when\s+(?!{any_of(AUXILIARIES)})", re.IGNORECASE)
"""When my laptop breaks (who repairs it)."""
_INVERTED = {
    "person": re.compile(rf"\b{any_of(AUXILIARIES)}\s+$", re.IGNORECASE),
    "possessive": re.compile(rf"\b{any_of(BE | DO)}\s+$", re.IGNORECASE),  # unlike "how many employees have their own desk?"
}
_GOVERNING = re.compile(rf"\b{any_of(BE)}\s+the\s+(?:\w+\s+){{1,2}}of\s+$", re.IGNORECASE)
"""(What) is the name of (her deputy): it isn't the name whose deputy that is."""
_NO_NOUN = any_of(
    AUXILIARIES
    | DETERMINERS
    | PREPOSITIONS
    | _CLAUSE_WORDS
    | frozenset("he her here him how it me one she them there they us we what where whom whose why you".split())
    | frozenset("across again already always back case else exactly first general less next now out plus really soon thus time yet".split())
    | frozenset("becomes comes discuss gets goes happens keeps makes means miss pass takes".split())
)
_BARE_SINGULAR = rf"(?!{_NO_NOUN})[a-z]{{3,}}\b(?<![a-rtv-z]s)"
_NOUN = re.compile(
    rf"""\b(?: (?:another|no|{any_of(DETERMINERS - _OWNERS - POINTING)}) \s+ \w
      | {any_of(POINTING)} \s+ (?!{VERB}) \w
      | (?:which|whose|how\s+many|how\s+much) \s+ (?!{any_of(AUXILIARIES)}) \w
      | what \s+ (?!{any_of(AUXILIARIES)}) \w+ \s+ {any_of(AUXILIARIES)}
      | (?:about|by|did|does|from|happens\s+to|into|of|on|with|without) \s+ {_BARE_SINGULAR}
      | (?:anybody|anyone|everybody|everyone|nobody|somebody|someone) \b
      | (?!{_NO_NOUN}) \w{{2,}}(?:ss|us)\b )
    | ^(?!{_NO_NOUN}|(?:anything|let|more|nothing|please)\b) \w{{3,}} \s+ (?:{any_of(AUXILIARIES)} | says? \b | {VERB})
    | ^(?:(?:how|when|where|why)\s+)? {any_of(AUXILIARIES)} \s+ {_BARE_SINGULAR}
    | ^(?:after|because|before|if|once|since|unless|when|while) \s+ {_BARE_SINGULAR}""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(rf"(?!I\b){NAME.pattern}")
_PLURAL_NOUN = re.compile(
    rf"\b(?:children|men|people|staff|women|(?<!who\s)(?<!what\s)(?!{_NO_NOUN})[a-z]{{3,}}(?<![su])s)\b", re.IGNORECASE
)
"""Customers, but no verb: "who pays", "what happens"."""
_OBJECT = re.compile(rf"\b(?:I|we|you)\s+[a-z]{{2,}}\s+(?!{_NO_NOUN})[a-z]{{3,}}", re.IGNORECASE)
"""(Can) I expense lunch."""


def is_said_within(said: str, pronoun: str, kind: str | None) -> bool:
    """Whether `pronoun` may stand for something in `said`, the beginning of the question, up to it. `kind`: "person", "possessive" or
    another.

    "It" may only for what another clause said, "its" and "he" for any noun. Right after an auxiliary "he" is the one who did it, and
    the nouns before are what was done.
    """
    ends = _clause_ends(said)
    if kind not in _INVERTED:
        return bool(ends) and (_has_noun(said) or _OBJECT.search(said) is not None)
    if _INVERTED[kind].search(said) and not _CLAUSE_FIRST.match(said):
        said = said[: ends[-1]] if ends else ""
    elif kind == "possessive":
        said = _GOVERNING.sub("", said)
    return _has_noun(said) or (pronoun.lower() in _PLURAL and _PLURAL_NOUN.search(said) is not None)


def _clause_ends(said: str) -> list[int]:
    """Where a clause ends or begins, after the words that ask."""
    opening = None if _CLAUSE_FIRST.match(said) else OPENING.match(said)
    return [end.start() for end in _CLAUSE_END.finditer(said, opening.end() if opening else 0)]


def _has_noun(said: str) -> bool:
    return _NOUN.search(said) is not None or _NAME.search(said) is not None
