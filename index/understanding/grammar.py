"""As much English grammar as a follow-up needs: its small words, and what a question is about. Pure.

Nothing is parsed: a phrase ends where a small word or a participle says so, and names are known by their capitals.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.numerals import ORDINAL_NUMERALS, ORDINALS
from index.understanding.evidence import MONTHS
from index.understanding.wording import spelt_out

PREPOSITIONS = frozenset("about after at before between by during for from in into of on since to under until with".split())
BE = frozenset("am are is was were isn't aren't wasn't weren't".split())
HAVE = frozenset("had has have hadn't hasn't haven't".split())
DO = frozenset("did do does didn't doesn't don't can could may might must shall should will would can't couldn't won't wouldn't".split())
AUXILIARIES = BE | HAVE | DO
MODALS = DO - {"did", "do", "does"}
"""With those that deny: what may stand before a verb in a statement too."""
DETERMINERS = frozenset("a an any each every his her its my our some that the their these this those your".split())
POINTING = frozenset("that these this those".split())
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
_TIME_KINDS = frozenset("date day month time year".split())
WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_ATTACHING = frozenset("and between of or".split())
_SUBJECTS = frozenset("he i she they we you".split())
_PRONOUNS = _SUBJECTS | frozenset("him me them us".split())
_NAMELESS = frozenset(
    "abroad again all anything be being early else everything happens help here home how late more nothing one please something then there "
    "today what when where which who why".split()
)
"""What no question is about: after "more please" there is nothing that "it" could be."""
_PARTICLES = frozenset("away back down off out over up".split())
_CLOSING = CLOSING_VERBS | PREPOSITIONS | _PARTICLES
_ADVERBS = frozenset("actually also always ever just not only please still".split())
_BEFORE_INFINITIVE = frozenset("able allowed expected free going have hope like need permitted plan required supposed try want".split())
_IT_NOUNS = frozenset("department desk equipment helpdesk infrastructure manager security staff system systems team ticket tickets".split())
_IT_HEADS = frozenset("chief department director head manager".split())


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of `words`, whole."""
    return rf"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?!\w)"


def _not_after(phrases: Iterable[str]) -> str:
    return "".join(rf"(?<!\b{re.escape(phrase)}\s)" for phrase in sorted(phrases)).replace(r"\ ", r"\s")


OPENING = re.compile(
    rf"""(?:{any_of(PREPOSITIONS)}\s+)?(?: how\s+(?:far|large|long|many|much|often|old)
      | (?:what|which)\s+(?:{any_of(_TIME_KINDS)}(?=\s+{any_of(AUXILIARIES)})|{any_of(KINDS)}(?=\s+{any_of(BE)}\s+{any_of(DETERMINERS)}))
      | what|when|where|which|whom|whose|who|why|how )\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What time (does it close), which room (is the meeting in)."""
NAME = re.compile(r"(?<=\s)(?<![.!?]\s)(?!I\b)[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*)*")
_OPENS_NOUN = re.compile(rf"(?i:{any_of(DETERMINERS | _SUBJECTS)})|[A-Z]")
_AT_A_TIME = re.compile(
    rf"\s(?:(?:at|by|every|in|last|next|on|since|this|until)\s+(?:{WEEKDAY}|{'|'.join(MONTHS)}|weekends?|night|noon|20\d\d)"
    r"|today|tomorrow|yesterday)\Z",
    re.IGNORECASE,
)
"""(When does the pool open) on Sundays: no part of what is asked about."""
_PLEASE = re.compile(r"[,\s]+(?:please|thanks)\Z", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s?\Z")
_PLACE_FOLLOWS = re.compile(r"\b(?:at|from|in|of|on|to)\s+(?:the\s+)?$", re.IGNORECASE)
_THING_FOLLOWS = re.compile(r"\bthe\s+$", re.IGNORECASE)
_MOMENT = re.compile(rf"{WEEKDAY}|{'|'.join(MONTHS)}", re.IGNORECASE)
_PLURAL = re.compile(r"[a-z-]+[^\W_su]s")
"""Of a noun; no infinitive ends so."""
_PARTICIPLE = rf"(?:{any_of(PARTICIPLES)}|[a-z]{{2,}}[^e\W]ed\b)"
IT = rf"""(?:{_not_after(DETERMINERS - POINTING)}{_not_after(f"{head} of" for head in _IT_HEADS)}it\b(?!\s+{any_of(_IT_NOUNS)})
  (?!\s+{_not_after(f"{auxiliary} it" for auxiliary in AUXILIARIES)}support\b))"""
"""The pronoun (verbose). After a determiner or "head of" and before a few nouns "it" is information technology."""
_PRONOUN = re.compile(rf"(?<![\w-])(?!(?-i:IT|US)\b)(?:{any_of(_PRONOUNS)}|{IT})(?!-)", re.IGNORECASE | re.VERBOSE)
_FINITE = re.compile(rf"\b(?!May\b)(?i:{any_of(AUXILIARIES)})")
_CLAUSE = re.compile(
    rf"""(?: (?<=(?-i:[a-z\d]{{4}}))[.;!?] | \s(?:because|if|unless|when|whenever|while)
      | \s(?:after|before|once|since|so|so\s+that|until)(?=\s+{any_of(_PRONOUNS | {"it"})})
      | \s(?:that|which|who|whose)(?=\s+{any_of(AUXILIARIES)}) )\s+(?P<clause>.+)""",
    re.IGNORECASE | re.VERBOSE,
)
_SOMEBODY = re.compile(
    rf"""(?:please\s+)? (?:
        (?:{any_of(AUXILIARIES)}\s+)?
        (?: {any_of(_SUBJECTS)}(?:['’](?:d|ll|m|re|ve))? | it\s+(?:[^\W\d]+\s+){{1,3}}?to | there(?=\s+be) )\s+ (?=\S)
      | to\s+ | let\s+(?:me|us)\s+ | (?=[a-z]+\s+(?:me|us)\s) )""",
    re.IGNORECASE | re.VERBOSE,
)
"""(How) do I, it is allowed to, (how) to; nothing before "tell me"."""
_DOING = re.compile(
    rf"""(?: {any_of(_BEFORE_INFINITIVE)}\s+to\s+ | {any_of(MODALS | BE | _ADVERBS)}\s+
      | (?:be|get|got|had|has|have)\s+(?={_PARTICIPLE}(?:\s|$)) )*
      \S+ (?:\s+(?:and|or)\s+\w+)? (?:\s+{any_of(_PRONOUNS)})? (?:\s+{any_of(PREPOSITIONS | _PARTICLES)})* \s*""",
    re.IGNORECASE | re.VERBOSE,
)
"""Verbs, with what belongs to them: "have to get reimbursed for", "carry over"."""
_MINE = re.compile(r"((?:her|his|my|our|their|your)\s.+?)\s(?:in|on)?to\s.+", re.IGNORECASE)
"""(Bring) my children to the office."""
_WITHOUT_THAT = re.compile(rf"\s{any_of(_SUBJECTS)}\s.*", re.IGNORECASE)
"""(What was) the team he played for."""
_RESPONSIBLE = re.compile(r"(?:responsible\s+for|in\s+charge\s+of)\s+", re.IGNORECASE)
_KIND_OF = re.compile(rf"\A(?:the\s+)?{any_of(KINDS)}\s+of\s+", re.IGNORECASE)


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
        """What "it" would be: "the second dialogue" of "when was the second dialogue held?"; empty where nothing has a name."""
        clause = _CLAUSE.search(self.rest)
        topic = self._topic_of(_AT_A_TIME.sub("", self.rest[: clause.start()] if clause else self.rest))
        if not topic and clause:  # (who do I call) when my laptop is stolen
            return parse(clause["clause"]).topic
        return topic

    def _topic_of(self, clause: str) -> str:
        done = _what_is_done(clause, is_subject_asked=self.opening.lower() == "who")
        if done is not None and OPENING.match(done):  # (do you know) when the second dialogue is
            return parse(done).topic
        topic = self._phrase(clause.split()) if done is None else _before_verb(done.split())
        if not self.opening and len(topic) > 1 and topic[-1].lower() in KINDS:  # second dialogue date
            topic = topic[:-1]
        named = _WITHOUT_THAT.sub("", _KIND_OF.sub("", " ".join(topic))).rstrip(",;:")
        return named if _is_name(named) else ""

    def _phrase(self, words: list[str]) -> list[str]:
        """What is asked about by its noun."""
        auxiliary = first_auxiliary(words)
        if auxiliary is None:
            is_verb_first = self.opening.lower() == "who" and len(words) > 1  # (who) approves requests
            return _last_phrase(_before_verb(words[is_verb_first:]))
        if auxiliary > 0:  # (how many) rounds of the dialogue were held
            return words[:auxiliary]
        if words[0].lower() in DO:  # (when) did the countries launch the dialogue
            return _last_phrase(_without_infinitive(words[1:]))
        is_there = [word.lower() for word in words[1:2]] == ["there"]
        return _before_verb(_RESPONSIBLE.sub("", " ".join(words[1 + is_there :])).split())  # (when) was the dialogue held

    @property
    def whoever(self) -> str:
        """Who is asked for: "the head of finance", "the one who pays invoices"; empty where somebody else does something, or nobody."""
        first, _, others = self.rest.partition(" ")
        is_acting = first.lower() not in DO or (first.lower() in MODALS and not _OPENS_NOUN.match(others))
        if self.opening.lower() != "who" or (first.lower() in BE and others.partition(" ")[0].lower() in DETERMINERS):
            return self.topic
        return f"the one who {self.rest}" if self.topic and is_acting else ""

    @property
    def names(self) -> list[str]:
        """In order; the first word of all is capitalised whatever it is."""
        return [POSSESSIVE.sub("", match[0]) for match in NAME.finditer(self.text)]

    @property
    def people(self) -> list[str]:
        """Names but for those of places, things and times: what follows "in", "the" and the like. The CEO is somebody."""
        return [POSSESSIVE.sub("", name[0]) for name in NAME.finditer(self.text) if self._is_person(name)]

    def _is_person(self, name: re.Match[str]) -> bool:
        said = self.text[: name.start()]
        is_thing = _THING_FOLLOWS.search(said) and not name[0].isupper()
        return not (_PLACE_FOLLOWS.search(said) or is_thing or _MOMENT.fullmatch(name[0]))


def parse(text: str) -> Question:
    plain = _PLEASE.sub("", spelt_out(" ".join(text.split())).rstrip("?!. "))
    opening = OPENING.match(plain)
    return Question(opening[0], plain[opening.end() :].strip()) if opening else Question("", plain)


def is_participle(word: str) -> bool:
    return word in PARTICIPLES or re.fullmatch(r"[a-z]{2,}[^e\W]ed", word) is not None


def first_auxiliary(words: list[str]) -> int | None:
    """Its place. May is a month, but where a question begins with it."""
    return next((place for place, word in enumerate(words) if word.lower() in AUXILIARIES and (word != "May" or place == 0)), None)


def _what_is_done(clause: str, *, is_subject_asked: bool) -> str | None:
    """What follows the verb where somebody does something: "leave" of "(how) do I request leave"; None where nobody does."""
    first, _, others = clause.partition(" ")
    if is_subject_asked and first.lower() in MODALS and not _OPENS_NOUN.match(others):  # (who) can approve leave
        verb = len(first) + 1
    elif somebody := _SOMEBODY.match(clause):
        verb = somebody.end()
    else:
        return None
    doing = _DOING.match(clause, verb)
    return _MINE.sub(r"\1", clause[doing.end() :]) if doing else ""


def _is_name(phrase: str) -> bool:
    """Whether a noun may be in it, and no verb or pronoun is."""
    words = {word.strip(",.;:!").lower() for word in phrase.split()} - DETERMINERS - PREPOSITIONS - _PARTICLES - _NAMELESS - {""}
    return bool(words) and not _PRONOUN.search(phrase) and not _FINITE.search(phrase)


def _before_verb(words: list[str]) -> list[str]:
    """A phrase up to the participle after it, without verbs and prepositions at its end or a preposition at its beginning."""
    if words and words[0].lower() in PREPOSITIONS:
        words = words[1:]
    verbs = (place for place in range(1, len(words)) if is_participle(words[place]) and not _opens_phrase(words[place - 1]))
    verb = next(verbs, len(words))
    while verb > 1 and words[verb - 1].lower() in _CLOSING and words[verb - 2].lower() not in DETERMINERS:
        verb -= 1
    return words[:verb]


def _without_infinitive(words: list[str]) -> list[str]:
    """After "do" a verb has to come: "(what does) KPS stand (for)", "(what did) the council approve". If none is known, it's the last."""
    phrase = _before_verb(words)
    is_one = 1 < len(phrase) == len(words) and _last_phrase(phrase) == phrase
    if is_one and (_PLURAL.fullmatch(phrase[-1]) or phrase[-2].lower() in PREPOSITIONS):  # (do) employees need receipts, pay for lunch
        return phrase[-1:]
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
