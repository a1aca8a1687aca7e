"""What was written for the reader to learn from: whole, balanced, and nothing of what figures are reported on."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from index.loading.corpus import load_corpus
from index.reader.examples import places
from index.reader.squad import Paragraph, Question, read_squad, runs_of
from index.reader.train import DOCUMENTS, DRILLS, LESSONS, tuning_part

CORPUS = Path(__file__).parent.parent / "corpus"


@dataclass(frozen=True)
class Written:
    """`untold`: the fewest that a passage leaves so. `kept`: passages for tuning."""

    file: Path
    passages: int
    untold: int
    kept: int


WRITTEN = [Written(LESSONS, 1720, 2, 160), Written(DRILLS, 576, 2, 48), Written(DOCUMENTS, 3196, 1, 267)]


@pytest.fixture(scope="module", params=WRITTEN, ids=lambda one: one.file.stem)
def written(request: pytest.FixtureRequest) -> Written:
    return cast(Written, request.param)


@pytest.fixture(scope="module")
def lessons(written: Written) -> list[Question]:
    return list(read_squad(written.file))


def test_each_answer_stands_once_in_its_passage(lessons: list[Question]) -> None:
    told = [question for question in lessons if question.answers]

    assert all(len(question.answers) == 1 for question in told)
    assert all(places(question.paragraph.text, question.answer_texts[0]) == question.answers for question in told)


def test_each_passage_tells_something_and_leaves_something_untold(written: Written, lessons: list[Question]) -> None:
    asked: dict[Paragraph, list[bool]] = defaultdict(list)
    for question in lessons:
        asked[question.paragraph].append(bool(question.answers))

    assert len(asked) == written.passages
    assert all(answered.count(True) >= 2 and answered.count(False) >= written.untold for answered in asked.values())


def test_no_passage_is_asked_the_same_twice(lessons: list[Question]) -> None:
    asked = [(question.paragraph, question.text) for question in lessons]

    assert len(asked) == len(set(asked))


def test_some_are_kept_for_tuning(written: Written, lessons: list[Question]) -> None:
    kept = {question.paragraph for question in lessons if tuning_part(question.paragraph)}

    assert len(kept) == written.kept


def test_nothing_is_taken_from_the_article(lessons: list[Question]) -> None:
    (article,) = load_corpus(CORPUS).documents
    taught = {run for question in lessons for run in runs_of(question.paragraph.text) | runs_of(question.text)}

    assert len(taught) > 50_000
    assert not taught & runs_of(article.text)
