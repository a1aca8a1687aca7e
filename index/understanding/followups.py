"""Questions that lean on the one before, made whole. Pure; rules in order, no language model.

After "when was the second civil space dialogue?"

    where?  in which city?  date?     something else about it         where was the second civil space dialogue?
    and the first?  the third one?    another one                     when was the first civil space dialogue?
    what about the summit?            another year, name or thing     when was the summit?
    who attended?                     a verb that lacks its object    who attended the second civil space dialogue?
    and where was it held?            it, that, there, they, she …    where was the second civil space dialogue held?

A question that says what it is about is left alone, also when it begins with "and".
"""

import re
from dataclasses import dataclass

from index.domain import Answer
from index.understanding.antecedents import VERB, is_said_within
from index.understanding.evidence import MONTHS
from index.understanding.grammar import (
    AUXILIARIES,
    BE,
    DETERMINERS,
    DO,
    HAVE,
    IT,
    KINDS,
    MODALS,
    OPENING,
    PAST_FORMS,
    POINTING,
    POSSESSIVE,
    PREPOSITIONS,
    SERIES_WORDS,
    WEEKDAY,
    Question,
    any_of,
    first_auxiliary,
    is_participle,
    parse,
)
from index.understanding.wording import asked_in, spelt_out, without_courtesy

MAX_WORDS = 14
"""A longer question has said what it is about."""
MAX_BEFORE = 40
"""Words of a question that may be taken up."""
MAX_TOPIC = 16
"""Words that may stand for a pronoun."""

_END = re.compile(r"[?!.？！。\s\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]+\Z")
"""Of a question: punctuation, and pictures."""
_CONNECTIVE = re.compile(
    r"(?:(?:actually|and|also|but|hmm?|oh|now|ok|okay|or|so|then|well|(?:hello|hey|hi)(?:\s+there)?)\b[,!]?\s+)+", re.IGNORECASE
)
_ADDING = re.compile(r"\b(?:and|also|or)\b", re.IGNORECASE)
"""After the other connectives may come thanks and praise as well: "ok great", "so cool"."""
_BARE = re.compile(rf"{OPENING.pattern}(?:\s+(?:{any_of(KINDS)}|else|exactly))*", re.IGNORECASE | re.VERBOSE)
_ASPECTS = frozenset("cost deadline fee limit".split())
_BARE_KIND = re.compile(rf"(?:(?:the|its|their)\s+)?({any_of(KINDS | _ASPECTS)})", re.IGNORECASE)
_ORDINAL = re.compile(rf"\b{any_of(SERIES_WORDS)}", re.IGNORECASE)
_ANOTHER = re.compile(rf"(?:(?:for|in|at)\s+)?(the\s+)?({any_of(SERIES_WORDS)})(?:\s+(.+))?", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"\A(?:(?:what|how)\s+about|I\s+meant?)\s+", re.IGNORECASE)
_THE_NAME = re.compile(r"the(?:\s+[A-Z]\S*)+")
_NUMBER_OF_NAME = re.compile(r"\A\s+(?!\d{4}\b)\d[\w.]*")
"""Windows 10, but the Germany of 2023."""
_NUMBER = re.compile(r"(?<![\w.,:])\d+(?:[.,:]\d+)*(?!\w)")
_AMOUNT = re.compile(r"\b(?:above|below|less\s+than|more\s+than|over|under|up\s+to)\s+\d[\d.,]*(?:\s+(?:dollars|euros))?\b", re.IGNORECASE)
_TIME = re.compile(
    rf"\b(?:(?:the\s+)?(?:public\s+holidays?|week(?:day|end)s?)|to(?:day|morrow|night)|yesterday|{WEEKDAY}"
    rf"|(?:every|last|next|this)\s+(?:week|month|quarter|year|{WEEKDAY})|the\s+(?:day|week|month|year)\s+(?:after|before))\b",
    re.IGNORECASE,
)
_ON_TIME = re.compile(rf"(\bon\s+)?{_TIME.pattern}", re.IGNORECASE)
_ON = re.compile(r"\Aon\s+", re.IGNORECASE)
_WITHOUT_ON = re.compile(r"on\s|to|yesterday|every|last|next|this|the\s+(?:day|week|month|year)\b", re.IGNORECASE)
_DATED = re.compile(rf"\d|\b(?:{'|'.join(MONTHS)}|Q[1-4])\b|{_TIME.pattern}", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w.-])(?:1[5-9]|20)\d\d(?![\w-]|\.\d)")
"""No part of CVE-2023-4567."""
_IN_YEAR = re.compile(rf"(?:\b{any_of(PREPOSITIONS)}\s+)?(?:\bthe\s+year\s+)?{_YEAR.pattern}", re.IGNORECASE)
_NOTHING_NEW = frozenset({"one", *DETERMINERS, *PREPOSITIONS})
_VERB_ALONE = re.compile(rf"(?:how many\s+\w+|what|which\s+\w+|who)\s+(?:\w+ed|{any_of(PAST_FORMS)})", re.IGNORECASE)
_AFTER_AUXILIARY = "|".join(rf"(?<=\b{re.escape(word)}\s)" for word in sorted(AUXILIARIES))
_AFTER_HER = (
    PREPOSITIONS
    | AUXILIARIES
    | DETERMINERS
    | frozenset("again and because but directly how if now or over quickly soon than today tomorrow what when where while why".split())
)
"""(Reach) her on weekends: she herself."""
_PRONOUN = re.compile(
    rf"""\b(?:
        (?P<possessive> its | his | their | her(?=\s+(?!{any_of(_AFTER_HER)})[a-z]) )
      | (?P<person> he | she | they | him | her | them )
      | (?P<place> there )
      | (?P<time> then(?=\W*$) )
      | (?P<thing> {IT} | (?:that|this)\s+one
          | {any_of(POINTING)}(?=\W*$) | (?:{_AFTER_AUXILIARY}){any_of(POINTING)}(?=\s+{VERB}) )
      | (?:that|this|these|those|the\s+same)\s+(?P<same>[a-z]+)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# "what time is it", "is it true that", "is there a plan": these stand for nothing.
_EMPTY = re.compile(
    rf"""\b(?: got\s+it | time\s+is\s+it | far\s+is\s+it\s+from | it\s+(?:matters?|rains|snows)
      | (?:is|was)\s+it\s+(?:clear|impossible|known|likely|necessary|possible|true|who) | {any_of(BE)}\s+it\s+(?:\w+\s+){{0,2}}that
      | it\s+(?:acceptable|advisable|allowed|better|compulsory|fine|forbidden|illegal|legal|mandatory|normal|obligatory|ok|okay|permitted
          |prohibited|recommended|required|safe|worth|an?\s+(?:\w+\s+)?(?:idea|issue|problem))\s+(?:for\s+(?:\w+\s+){{1,3}})?(?:if|to)
      | it\s+(?:bad|difficult|easy|good|hard|important|like|useful)\s+to\s+\w+\s+\w+ | it\s+(?:called|mean)\s+(?:if|to|when)
      | (?<!who\s){any_of(BE | HAVE)}\s+there\s+\w+ | (?:how\s+many|what|which)\s+(?:\w+\s+){{0,3}}are\s+there(?=\W*$)
      | it\s+(?:\w+\s+)?(?:costs?|takes?)\s+(?:for|(?:(?!from)\w+\s+){{0,2}}to)
      | it\s+takes?\s+(?:before|till|until) | would\s+it\s+be\s+\w+\s+(?:if|to)
      | (?:cheap|common|easy|hard|important|likely|safe)\s+is\s+it\s+to\s+\w+\s+\w+ | it['’]s\s+(?:raining|snowing|urgent)
      | there['’]s | there\s+(?:be|been|used\s+to|{any_of(AUXILIARIES)}) )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_SHORT_BE = re.compile(r"\b(it|he|she|they|that)['’](s|re)\b", re.IGNORECASE)
_BE_OF = {"s": "is", "re": "are"}
_BEFORE_DETERMINER = (
    PREPOSITIONS
    | DETERMINERS
    | frozenset(
        "above all among and around behind below beside beyond both despite double half inside like near not only or outside over per than "
        "through twice via within without".split()
    )
)
_SENTENCE = re.compile(
    rf"(?<!\S)(?!{any_of(_BEFORE_DETERMINER)})\S+\s+{any_of(DETERMINERS | frozenset('I me us you'.split()))}", re.IGNORECASE
)
"""Tell me (the fee), book a (room): no noun phrase."""
_OPENS_PART = PREPOSITIONS - {"about", "of"}
"""On Christmas, for families: of a question before. "Of course" isn't."""
_NOTHING_TO_ASK_ABOUT = frozenset("because if unless while i we you me now today thanks please more yes no not so".split())
_SEVERAL = re.compile(r"(?:\w+\s+){0,3}?\w*[^s\W]s\b")
_PLURAL = re.compile(r"\b(?:both|its|the|their|these|those|two)\s+(?:\w+\s+)*?\w+[^s\W]s\b", re.IGNORECASE)
_THEY = re.compile(rf"(?:{_AFTER_AUXILIARY})[a-z]{{2,}}[^s\W]s\b(?=\s+[a-z])", re.IGNORECASE)
"""(Can) visitors (use the wifi)."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is asked, without a leading `connective` such as "and", after the question `before` and its answer's words. `person`: these,
    if they may name somebody.
    """

    asked: str
    connective: str
    before: Question
    answer: str | None
    person: str | None


def follow_up(question: str, previous: Answer) -> str | None:
    """The question as it would be asked without `previous`; None when it stands on its own."""
    before = parse(_without_connective(asked_in(previous.understood or previous.question)))
    if previous.unread or not before.rest or len(before.text.split()) > MAX_BEFORE or len(before.topic.split()) > MAX_TOPIC:
        return None
    plain = _END.sub("", " ".join(question.split()))
    asked = _without_connective(plain)
    turn = _Turn(asked, plain.removesuffix(asked), before, previous.text, _person_answered(previous))
    whole = _something_else(turn) or _another(turn) or _about_another(turn) or _object_of_verb(turn) or _without_pronouns(turn)
    return f"{whole}?" if whole else None


def _without_connective(text: str) -> str:
    asked = without_courtesy(text)
    connective = _CONNECTIVE.match(asked)
    return asked[connective.end() :] if connective else asked


def _person_answered(previous: Answer) -> str | None:
    """A name has a capital, where the document has any, and is no date."""
    if previous.best is None or previous.text is None or _DATED.search(previous.text):
        return None
    return previous.text if previous.text != previous.text.lower() or previous.best.citation.quote.islower() else None


def _something_else(turn: _Turn) -> str | None:
    topic = turn.before.topic
    if topic and (kind := _BARE_KIND.fullmatch(turn.asked)):
        return f"what is the {kind[1]} of {topic}"
    if not _BARE.fullmatch(turn.asked):
        return None
    if turn.asked.lower() == "what else" and turn.before.opening.lower() != "what":
        return f"{turn.asked} about {topic}" if topic else None
    words = turn.before.rest.split()
    auxiliary = first_auxiliary(words)
    if auxiliary is None:
        return _about_what_was_done(turn.asked, turn.before)
    before, after = words[:auxiliary], words[auxiliary + 1 :]
    is_object = words[auxiliary].lower() in DO - MODALS  # (how many) days do I get
    return " ".join([turn.asked, words[auxiliary], *(after + before if is_object else before + after)])


def _about_what_was_done(asked: str, before: Question) -> str | None:
    """After "who announced the talks?", "when?" is "when was the talks announced"; grammar of numbers is nothing that search minds."""
    if not before.topic:
        return None
    verb, _, thing = before.rest.partition(" ")
    if before.opening and thing == before.topic:
        return f"{asked} was {thing} {verb}" if is_participle(verb) else f"{asked} is {thing}"
    return f"{asked} {before.rest}" if before.opening else f"{asked} is {before.topic}"


def _another(turn: _Turn) -> str | None:
    """The one of another ordinal, if nothing else is said of it than before."""
    phrase, said = _WHAT_ABOUT.subn("", turn.asked)
    match = _ANOTHER.fullmatch(phrase)
    if match is None or _TIME.fullmatch(phrase) or not turn.before.topic:
        return None
    the, ordinal, nouns = match.groups(default="")
    is_keywords = nouns not in {"", "one"} and not (the or said or turn.connective)  # "second dialogue" is a question of its own
    if is_keywords or not set(nouns.lower().split()) <= {"one", "time", *turn.before.text.lower().split()}:
        return None
    topic, changed = _ORDINAL.subn(ordinal, turn.before.topic, count=1)
    if not changed:
        words = topic.split()
        topic = " ".join(["the", ordinal, *(words[1:] if words[0].lower() in DETERMINERS else words)])
    return _with(turn.before.text, turn.before.topic, topic)


def _about_another(turn: _Turn) -> str | None:
    phrase, said = _WHAT_ABOUT.subn("", turn.asked)
    words = phrase.lower().split()
    is_part = bool(words) and (words[0] in _OPENS_PART or _TIME.fullmatch(phrase) is not None)
    if not (said or turn.connective or is_part) or not 0 < len(words) <= 5 or _SENTENCE.search(phrase):
        return None
    if OPENING.search(spelt_out(phrase)) or _PRONOUN.search(phrase):
        return None
    if not (said or is_part or _ADDING.search(turn.connective) or words[0] in DETERMINERS | PREPOSITIONS):
        return None
    if not AUXILIARIES.isdisjoint(phrase.split()) or words[0] in _NOTHING_TO_ASK_ABOUT:
        return None
    return _exchanged(phrase, turn.before)


def _exchanged(phrase: str, before: Question) -> str | None:
    """`before` with `phrase` for what is of its kind: a year, what follows the same preposition, a name, or else the topic."""
    text, first = before.text, phrase.split()[0].lower()
    if (year := _IN_YEAR.search(phrase)) and _YEAR.search(text):
        return _of_another_year(year, before)
    if _ON_TIME.fullmatch(phrase):
        return _at_another_time(phrase, text)
    for kind in (_AMOUNT, _NUMBER):
        if kind.fullmatch(phrase) and (same := [*kind.finditer(text)]):
            return text[: same[-1].start()] + phrase + text[same[-1].end() :]
    if first in PREPOSITIONS:
        return _with_preposition(first, phrase, text)
    phrase = POSSESSIVE.sub("", phrase)
    if before.names and (phrase[0].isupper() or (_THE_NAME.fullmatch(phrase) and before.topic.endswith(f"the {before.names[-1]}"))):
        start, _, end = text.rpartition(before.names[-1])
        return f"{start}{phrase.removeprefix('the ')}{_NUMBER_OF_NAME.sub('', end)}"
    if first in DETERMINERS and (alike := _of_the_same_noun(phrase, before)):
        return alike
    if first not in DETERMINERS and (owner := re.search(r"\b(for|of) (?!the\b)\w.*", before.topic)):
        return _with(text, owner[0], f"{owner[1]} {phrase}")
    return _with(text, before.topic, phrase) if before.topic else None


def _of_another_year(year: re.Match[str], before: Question) -> str | None:
    """Of another thing as well, where one stands beside the year: "Germany in 2023"."""
    [number] = _YEAR.findall(year[0])
    text, other = _YEAR.sub(number, before.text, count=1), " ".join(_IN_YEAR.sub("", year.string).split())
    if _NOTHING_NEW.union(text.lower().split()).issuperset(other.lower().split()):
        return text
    whole = _exchanged(other, parse(text))
    return whole if whole is None or number in whole else f"{whole} {year[0]}"


def _of_the_same_noun(phrase: str, before: Question) -> str | None:
    """ "the Leeds branch", or "the Leeds one", for "the York branch", wherever it stands."""
    words = phrase.split()
    noun = before.topic.split()[-1] if words[-1].lower() == "one" and before.topic else words[-1]
    adjective = rf"(?!{any_of(PREPOSITIONS | DETERMINERS)})[\w-]+\s+"
    found = [*re.finditer(rf"\b{any_of(DETERMINERS)}\s+(?:{adjective}){{0,3}}?{re.escape(noun)}(?!\w)", before.text, re.IGNORECASE)]
    if len(words) < 3 or not found:
        return None
    return before.text[: found[-1].start()] + " ".join([*words[:-1], noun]) + before.text[found[-1].end() :]


def _at_another_time(phrase: str, text: str) -> str:
    """With "on" where one was, or at the end: "the Monday menu" has none."""
    on = phrase if _WITHOUT_ON.match(phrase) else f"on {phrase}"
    if _TIME.search(text) is None:
        return f"{text} {on}"
    return _ON_TIME.sub(lambda time: on if time[1] or time.end() == len(text) else _ON.sub("", phrase), text, count=1)


def _with_preposition(word: str, phrase: str, text: str) -> str:
    """`phrase` for what follows the same preposition, up to the next or a last verb: a time for a time, another thing for another."""
    another = rf"\s+{any_of(PREPOSITIONS)}"
    ends = "$" if re.search(another, phrase, re.IGNORECASE) else rf"(?={another}|\s+{VERB}$|$)"
    found = re.finditer(rf"\s{word}\s.+?{ends}", text, re.IGNORECASE)
    same = [one for one in found if bool(_DATED.search(one[0])) == bool(_DATED.search(phrase))]
    return f"{text[: same[-1].start()]} {phrase}{text[same[-1].end() :]}" if same else f"{text} {phrase}"


def _with(text: str, old: str, new: str) -> str:
    """`text` with `new` for `old`, where that stands as words of its own."""
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, count=1)


def _object_of_verb(turn: _Turn) -> str | None:
    return f"{turn.asked} {turn.before.topic}" if turn.before.topic and _VERB_ALONE.fullmatch(turn.asked) else None


def _without_pronouns(turn: _Turn) -> str | None:
    """The first pronoun tells whether the question leans on the one before; later ones may stand for what it says itself."""
    if len(turn.asked.split()) > MAX_WORDS or _EMPTY.search(turn.asked):
        return None
    asked = _SHORT_BE.sub(lambda short: f"{short[1]} {_BE_OF[short[2].lower()]}", turn.asked)
    leaning = (pronoun for pronoun in _PRONOUN.finditer(asked) if _stands_for(pronoun, turn) != pronoun[0])
    first = next(leaning, None)
    if first is None or _is_said_within(first):
        return None
    return _PRONOUN.sub(lambda pronoun: pronoun[0] if _is_said_within(pronoun) else _stands_for(pronoun, turn), asked)


def _is_said_within(pronoun: re.Match[str]) -> bool:
    return is_said_within(pronoun.string[: pronoun.start()], pronoun[0], pronoun.lastgroup)


def _stands_for(pronoun: re.Match[str], turn: _Turn) -> str:
    """Itself where there is nothing else."""
    return _antecedent(pronoun, turn) or pronoun[0]


def _antecedent(pronoun: re.Match[str], turn: _Turn) -> str | None:
    word, topic = pronoun[0].lower(), turn.before.topic
    match pronoun.lastgroup:
        case "thing" if pronoun[0] != "IT":
            return topic
        case "same" if _TIME.search(f"this {pronoun['same']}"):
            return None  # points at the calendar
        case "same" if pronoun["same"].lower() in set(topic.lower().split()) - DETERMINERS:
            return topic
        case "place":
            return _place(turn)
        case "time":
            if turn.answer and turn.before.opening.lower() == "when":
                return _in(turn.answer)
            return f"at the time of {topic}" if topic else None
        case "person":
            if word == "them" and _SEVERAL.match(topic):
                return topic
            if word == "they" and (acting := _THEY.search(turn.before.rest)):
                return acting[0]
            return _person(turn, plural=word in {"they", "them"})
        case "possessive":
            owner = topic if word == "its" else _person(turn, plural=word == "their")
            return f"{owner}'s" if owner else None
    return None


def _place(turn: _Turn) -> str | None:
    if turn.answer and "where" in turn.before.opening.lower():
        return _in(turn.answer)
    place = re.search(r"\b(?:at|in)\s+(?:the\s+)?[A-Z].*", turn.before.text)
    return place[0] if place else turn.before.topic and f"at {turn.before.topic}"


def _in(answer: str) -> str:
    return answer if answer.split()[0].lower() in PREPOSITIONS else f"in {answer}"


def _person(turn: _Turn, plural: bool) -> str:
    """Who answered a question for somebody; else who is named in the question; else its topic."""
    if turn.before.opening.lower().startswith("who") and turn.before.people != [turn.before.topic]:
        return turn.person or turn.before.whoever
    if plural and (several := _PLURAL.search(turn.before.rest)):
        return several[0]
    people = turn.before.people
    return " and ".join(people if plural else people[:1]) or turn.before.topic
