"""One wording for what is asked in several: the one that the reader learnt from. Pure; nothing that needs saying.

On 378 and 400 tuning questions: without a question mark the reader finds 1.3 points fewer answers; asked for "2nd" where "second" is
written it is as right, but much less sure (log-odds 2.3 for 3.0); the other way round hardly (2.6 for 2.8). Dates have no ordinals, since
documents seldom write any there.
"""

import re

from index.chunking import sentence_offsets
from index.errors import AboutTheBot, Courtesy, Disagreement, Greeting
from index.numerals import ORDINAL_OF
from index.understanding.evidence import plain_dates

_HELLO = "(?:hello|hey|hi)(?: (?:all|bot|everybody|everyone|guys|team|there))?+|good (?:afternoon|day|evening|morning)"
_NICE = "|".join(
    [
        "a lot|all|alright|awesome|bye|cheers|cool|fine|for (?:(?:all|the|your) )*(?:answer|help|info)",
        f"{_HELLO}|good night|goodbye|got it|great",
        "i see|many thanks|much appreciated|nice|no|ok|okay|perfect|please|right|so much|sorry|sure",
        "thank you|thanks|thx|there|very much|welcome|well done|wow|yes|you",
    ]
)
_ADDRESS = rf"(?:{_HELLO}) (?-i:[A-Z])[\w.’'-]*[,!]\s+"
"""Hi Tom, (…)."""
_COURTESIES = rf"(?:(?:{_NICE})\b[^\w?？]*)+"
_COURTESY = re.compile(_COURTESIES, re.IGNORECASE)
_BEFORE = re.compile(rf"\A(?:{_ADDRESS})?(?:{_COURTESIES}(?<=[^\w\s:]\s))?", re.IGNORECASE)
_GREETING = re.compile(rf"(?:(?:{_HELLO})\b[^\w?？]*)+", re.IGNORECASE)
_NO = "|".join(
    [
        "are you (?:quite |really )?sure|(?:(?:it|that|this)(?:['’]?s| is) )?(?:incorrect|not (?:correct|right|true)|wrong)",
        "(?:it|that|this)(?:['’]?s| is) false|no|nope",
    ]
)
_DISAGREEMENT = re.compile(rf"(?:(?:but|hmm?|ok|sorry)\b\W*)?(?:(?:{_NO})\b\W*)+", re.IGNORECASE)
_BOT = "|".join(
    [
        "are you (?:an? )?(?:ai|bot|human|machine|person|real|robot)|help(?: me)?|how do i use (?:this|you)",
        "how (?:does this(?: bot)?|do you) work|what are you|what can i ask(?: you)?|what (?:can|do) you do(?: for me)?|who are you",
    ]
)
_ABOUT_THE_BOT = re.compile(rf"(?:{_BOT})\b\W*(?:{_COURTESIES})?", re.IGNORECASE)
_LEANING = re.compile(r"\b(?:he|her|him|his|it|its|one|ones|she|so|that|their|them|then|there|these|they|this|those)\b", re.IGNORECASE)
_SHORTEST = 3
"""Words of a question that may lean on what stands beside it: "Visa?"."""
_SHORT_IS = re.compile(r"\b(how|what|when|where|which|who|why)(?:['’]s|s)\b", re.IGNORECASE)
_ORDINAL = re.compile(rf"\b(?:{'|'.join(ORDINAL_OF)})\b", re.IGNORECASE)


def courtesy_in(text: str) -> type[Courtesy] | None:
    """What is said instead of a question to the documents, if that is all there is: thanks, a nod, or of the kinds that are met with words
    of their own. "How does this work?" names nothing that a document could tell of.
    """
    said = text.strip()
    if _GREETING.fullmatch(said):
        return Greeting
    if _DISAGREEMENT.fullmatch(said):
        return Disagreement
    if _ABOUT_THE_BOT.fullmatch(without_courtesy(said)):
        return AboutTheBot
    return Courtesy if _COURTESY.fullmatch(said) else None


def without_courtesy(text: str) -> str:
    """Without "hi!" or "ok thanks," before what is asked."""
    return _BEFORE.sub("", text)


def asked_in(text: str) -> str:
    """The sentences that ask, without what is told around them, unless they lean on it. The reader learnt from bare questions: where
    somebody says first who they are, and since when, it finds far less.
    """
    sentences = [text[start:end] for start, end in sentence_offsets(text)]
    asking = " ".join(sentence for sentence in sentences if sentence.endswith("?"))
    return asking if len(asking.split()) > _SHORTEST and not _LEANING.search(asking) else text


def plainly(question: str) -> str:
    """ "when's the 2nd" becomes "when is the second?", and "the 2nd of May" "2 May"."""
    worded = _ORDINAL.sub(lambda match: ORDINAL_OF[match[0].lower()], plain_dates(spelt_out(without_courtesy(question))))
    return worded if worded.endswith(("?", ".", "!")) else f"{worded}?"


def spelt_out(question: str) -> str:
    """With "is" where it was shortened: "when's", "whens"."""
    return _SHORT_IS.sub(r"\1 is", question)
