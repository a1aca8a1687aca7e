"""The plain reader: no model, the sentence that shares most words with the question. A baseline, and a reader for tests."""

from collections.abc import Sequence
from math import log

from index.chunking import sentence_offsets
from index.domain import Calibration, Passage, Span
from index.lexical import terms


class SentenceReader:
    """Implements `Reader`. The score is the log-odds of the share of the question's terms that the sentence holds."""

    name = "sentence"
    calibration = Calibration(span=1.0, hit=0.0, bias=0.0, answer=0.6, perhaps=0.3)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span | None]:
        wanted = set(terms(question))
        return [_best_sentence(wanted, passage.text) for passage in passages]


def _best_sentence(wanted: set[str], text: str) -> Span | None:
    """None where no sentence shares a term. Of equals, the first."""
    counted = [(len(wanted & set(terms(text[start:end]))), -start, end) for start, end in sentence_offsets(text)]
    shared, negative_start, end = max(counted, default=(0, 0, 0))
    return Span(-negative_start, end, log((shared + 0.1) / (len(wanted) - shared + 0.1))) if shared else None
