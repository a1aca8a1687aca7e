"""Minimal pairs: questions with one distinguishing word exchanged, beside controls that say the same in other words. Pure.

A reader that looks at what resembles can't tell them apart; one that reads can. Built with `reader/contrast.py`, like the pairs that a
reader may be trained on, but of questions that it never saw.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from index.evaluation.questions import Gold, Question, QuestionSet
from index.reader.contrast import Pool, exchange, paraphrase, pool_of

MAX_A_SIDE = 300
NEAR_MISS = "a word exchanged"
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Variant:
    """A question changed in one place. `is_control`: it asks for the same, so that its gold paragraph still answers."""

    original: str
    question: str
    gold: Gold
    is_control: bool


def minimal_pairs(answerable: Sequence[tuple[Question, Gold]], random: Random) -> list[Variant]:
    """As many exchanged questions as controls, at most MAX_A_SIDE each; as far as possible both of the same questions."""
    pools = {gold.document.id: pool_of([gold.document.text]) for _, gold in answerable}
    changed = [
        (_exchanged(question, gold, pools[gold.document.id], random), _control(question, gold, random))
        for question, gold in random.sample(answerable, len(answerable))
    ]
    changed.sort(key=lambda pair: None in pair)  # stable: questions that can be changed both ways come first
    exchanged = [variant for variant, _ in changed if variant]
    controls = [variant for _, variant in changed if variant]
    size = min(len(exchanged), len(controls), MAX_A_SIDE)
    return exchanged[:size] + controls[:size]


def near_misses(questions: QuestionSet, random: Random, share: float) -> list[Question]:
    """Questions that the documents nearly answer: of `share` of the answerable ones, those in which a word can be exchanged."""
    answerable = random.sample(questions.answerable, int(len(questions.answerable) * share))
    pools = {gold.document.id: pool_of([gold.document.text]) for _, gold in answerable}
    variants = (_exchanged(question, gold, pools[gold.document.id], random) for question, gold in answerable)
    return [Question(variant.question, None, NEAR_MISS) for variant in variants if variant]


def _exchanged(question: Question, gold: Gold, pool: Pool, random: Random) -> Variant | None:
    """With a word of the same kind that stands elsewhere in the document, but not in the paragraph that answers."""
    paragraph = "\n".join(gold.document.text[start:end] for start, end in gold.paragraphs)
    return next(
        (
            Variant(question.text, changed, gold, is_control=False)
            for changed in _attempts(question.text, paragraph, pool, random)
            if _kinds(changed) == _kinds(question.text)
        ),
        None,
    )


def _attempts(question: str, paragraph: str, pool: Pool, random: Random) -> Iterator[str]:
    attempts = (exchange(question, paragraph, pool, random) for _ in range(_TRIES))
    return (changed for changed in attempts if changed)


def _control(question: Question, gold: Gold, random: Random) -> Variant | None:
    changed = paraphrase(question.text, random)
    return Variant(question.text, changed, gold, is_control=True) if changed else None


def _kinds(question: str) -> dict[str, int]:
    """How many words of each kind it holds: a year exchanged for a quantity, or a month for a name, would change that."""
    return {kind: len(words) for kind, words in pool_of([question]).items()}
