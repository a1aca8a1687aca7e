"""The shipped reader, on texts that nobody trained it on."""

from math import inf
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Encoding

from index.domain import Passage
from index.errors import ModelError
from index.onnx import OnnxModel
from index.reader.span import SHIPPED, SpanReader, find_reader, open_reader

HALL = "The town hall was opened in May 1999 by Anna Berg. The library followed in 2004."


def passage(text: str) -> Passage:
    return Passage("hall.txt", 0, len(text), text, 1)


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return open_reader()


@pytest.mark.parametrize(
    ("question", "answer"),
    [("When was the town hall opened?", "May 1999"), ("who opened the town hall", "Anna Berg"), ("when did the library open?", "2004")],
)
def test_it_marks_the_words_that_answer(reader: SpanReader, question: str, answer: str) -> None:
    (span,) = reader.read(question, [passage(HALL)])

    assert span is not None
    assert HALL[span.start : span.end] == answer


def test_a_passage_that_answers_scores_higher_than_one_that_does_not(reader: SpanReader) -> None:
    answering, other = reader.read("When was the town hall opened?", [passage(HALL), passage("The town hall seats 400 people.")])

    assert answering is not None
    assert answering.score > (other.score if other else -inf)


def test_an_answer_is_found_anywhere_in_a_passage_longer_than_the_model_reads(reader: SpanReader) -> None:
    filler = "Nobody remembers what the weather was like on that day. " * 60

    (span,) = reader.read("When was the town hall opened?", [passage(filler + HALL + " " + filler)])

    assert span is not None
    assert (filler + HALL)[span.start : span.end] == "May 1999"


def test_what_is_read_in_a_passage_does_not_depend_on_the_others(reader: SpanReader) -> None:
    texts = [HALL, "The town hall seats 400 people.", HALL * 40]

    together = reader.read("When was it opened?", [passage(text) for text in texts])

    assert together == [reader.read("When was it opened?", [passage(text)])[0] for text in texts]


AROUND_IT = "Rain is rare. The square is paved. ", " The market is small. The station is far."


def test_where_a_passage_may_answer_the_mean_of_a_closer_look_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, text = open_reader(), HALL.join(AROUND_IT)
    sentence = HALL[: HALL.index(".") + 1]
    (both,) = reader.read("When was the town hall opened?", [passage(text)])
    monkeypatch.setattr("index.reader.span.DOUBTFUL", inf)
    first, closer = reader.read("When was the town hall opened?", [passage(text), passage(sentence)])

    assert both is not None
    assert first is not None
    assert closer is not None
    assert text[both.start : both.end] == text[first.start : first.end] == sentence[closer.start : closer.end] == "May 1999"
    assert first.score != closer.score
    assert both.score == pytest.approx((first.score + closer.score) / 2, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "looks"),
    [(HALL.join(AROUND_IT), 2), (HALL[: HALL.index(".")], 1), ("".join(AROUND_IT), 1)],
    ids=["answers", "is short", "doesn't answer"],
)
def test_a_closer_look_is_taken_only_where_it_may_tell_more(monkeypatch: pytest.MonkeyPatch, text: str, looks: int) -> None:
    model = OnnxModel(SHIPPED / "model.onnx", SHIPPED / "tokenizer.json")
    taken: list[Encoding] = []
    run = model.run

    def counted(encoding: Encoding) -> list[NDArray[np.float32]]:
        taken.append(encoding)
        return run(encoding)

    monkeypatch.setattr(model, "run", counted)

    SpanReader(model, "").read("When was the town hall opened?", [passage(text)])

    assert len(taken) == looks


@pytest.mark.parametrize("text", ["", " ", "…", "🚀", "\n\n", "¿?", "。"])
def test_a_passage_without_words_offers_nothing_or_a_span_inside_it(reader: SpanReader, text: str) -> None:
    (span,) = reader.read("When?", [passage(text)])

    assert span is None or 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("padding", ["a ", "word ", "日", "!"])
def test_of_a_question_longer_than_the_model_reads_the_end_counts(reader: SpanReader, padding: str) -> None:
    (span,) = reader.read(padding * 900 + " When was the town hall opened?", [passage(HALL * 30)])

    assert span is not None
    assert 0 <= span.start < span.end <= len(HALL * 30)


def test_the_shipped_files_are_the_ones_that_the_manifest_names() -> None:
    assert find_reader(SHIPPED) is not None


def test_a_damaged_reader_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="install Citebot again"):
        open_reader(tmp_path)
