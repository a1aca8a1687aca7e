"""SQuAD-format files → questions."""

import json
from pathlib import Path
from typing import Any

from index.reader.squad import paragraphs_of, read_squad

TEXT = "The hall was opened in May 1999. It seats 400."


def squad_file(folder: Path, *qas: dict[str, Any]) -> Path:
    file = folder / "trial.json"
    file.write_text(json.dumps({"data": [{"title": "Halls", "paragraphs": [{"context": TEXT, "qas": list(qas)}]}]}), encoding="utf-8")
    return file


def qa(question: str, *answers: tuple[str, int]) -> dict[str, Any]:
    return {"question": question, "answers": [{"text": text, "answer_start": start} for text, start in answers]}


def test_answers_are_offsets_that_cut_out_their_text(tmp_path: Path) -> None:
    (question,) = read_squad(squad_file(tmp_path, qa(" When? ", ("May 1999", 23), ("1999", 27))))

    assert question.text == "When?"
    assert question.answer_texts == ["May 1999", "1999"]
    assert question.paragraph.source == "trial"


def test_offsets_that_were_counted_otherwise_are_mended_where_the_text_is_unique(tmp_path: Path) -> None:
    (question,) = read_squad(squad_file(tmp_path, qa("How many?", ("400", 0))))

    assert question.answer_texts == ["400"]


def test_answers_that_are_not_in_the_text_are_left_out(tmp_path: Path) -> None:
    (question,) = read_squad(squad_file(tmp_path, qa("When?", ("in June", 20), ("1999", 27), ("  ", 3))))

    assert question.answer_texts == ["1999"]


def test_a_question_whose_answers_are_lost_is_left_out_and_one_that_has_none_is_not(tmp_path: Path) -> None:
    (question,) = read_squad(squad_file(tmp_path, qa("Who?", ("the mayor", 3)), qa("Why?")))

    assert (question.text, question.answers) == ("Why?", ())


def test_white_space_around_an_answer_is_left_out(tmp_path: Path) -> None:
    (question,) = read_squad(squad_file(tmp_path, qa("When?", (" May 1999", 22))))

    assert question.answer_texts == ["May 1999"]


def test_a_paragraph_of_two_questions_is_one(tmp_path: Path) -> None:
    questions = list(read_squad(squad_file(tmp_path, qa("When?", ("1999", 27)), qa("How many?", ("400", 42)))))

    assert len(paragraphs_of(questions)) == 1
