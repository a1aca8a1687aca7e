"""SQuAD-format files → questions over paragraphs, split by article."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

RUN = 8
"""Words in a row that two texts share only if one was taken from the other."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`source`: the file's stem. `article`: its number in the file, from 0."""

    source: str
    article: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """`answers`: (start, end) offsets into `paragraph.text`, one an annotator, duplicates kept; none: unanswerable there."""

    text: str
    paragraph: Paragraph
    answers: tuple[tuple[int, int], ...]

    @property
    def answer_texts(self) -> list[str]:
        return [self.paragraph.text[start:end] for start, end in self.answers]


def is_held_out(article: int) -> bool:
    """The part that figures are reported on: nothing is ever trained or tuned on it."""
    return article % 4 == 0


def is_for_tuning(article: int) -> bool:
    """The part for choosing and calibrating: nothing is ever trained on it."""
    return article % 12 == 1


def runs_of(text: str) -> set[tuple[str, ...]]:
    """All stretches of `RUN` words in lower case; fewer words have none."""
    words = text.lower().split()
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def read_squad(file: Path) -> Iterator[Question]:
    """Questions in the order of the file. Answers that aren't found in the text are left out, with questions that have only such."""
    for number, article in enumerate(json.loads(file.read_text(encoding="utf-8"))["data"]):
        for entry in article["paragraphs"]:
            paragraph = Paragraph(file.stem, number, article.get("title", f"{file.stem} {number}"), entry["context"])
            for qa in entry["qas"]:
                found = tuple(_offsets(paragraph.text, qa["answers"]))
                if found or not qa["answers"]:
                    yield Question(qa["question"].strip(), paragraph, found)


def _offsets(text: str, answers: list[dict[str, object]]) -> Iterator[tuple[int, int]]:
    for answer in answers:
        start, words = int(str(answer["answer_start"])), str(answer["text"])
        if text[start : start + len(words)] != words and text.count(words) == 1:
            start = text.index(words)  # a file whose offsets were counted before its text was cleaned
        if words.strip() and text[start : start + len(words)] == words:
            lead = len(words) - len(words.lstrip())
            yield start + lead, start + len(words.rstrip())


def paragraphs_of(questions: Sequence[Question]) -> list[Paragraph]:
    """Each paragraph once, in order."""
    return list(dict.fromkeys(question.paragraph for question in questions))
