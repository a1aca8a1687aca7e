"""Question files → documents, and questions with their answers' places in them.

Two formats, told apart by suffix. SQuAD (`.json`): each article becomes a document, its paragraphs joined by blank lines, so that retrieval
has to find the paragraph among all. JSON lines (`.jsonl`): questions about the documents of a corpus folder, one object a line,

    {"question": "When …?", "document": "file.txt", "answers": [{"text": "April 2016"}], "kind": "fact"}

Words that stand in the document several times need their "start" and "end", offsets into its text (its body, without front matter). No
answers: the corpus doesn't tell. `kind` groups the report.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.chunking import Offsets, paragraph_offsets
from index.domain import Document, Passage
from index.errors import CorpusError
from index.reader.squad import Paragraph, is_for_tuning, is_held_out, read_squad
from index.reader.squad import Question as SquadQuestion

T = TypeVar("T")
PARAGRAPH_BREAK = "\n\n"
ANSWERED = "answered"
UNANSWERABLE = "unanswerable"
ELSEWHERE = "about something else"
MOST_NAMED = 5
"""Places of words that stand in a document more than once."""


@dataclass(frozen=True, slots=True)
class Gold:
    """Where a document answers. All offsets are into `Document.text`.

    `answers`: one an annotator, duplicates kept. `paragraphs`: those that hold an answer.
    """

    document: Document
    answers: tuple[Offsets, ...]
    paragraphs: tuple[Offsets, ...]

    @property
    def texts(self) -> list[str]:
        return [self.document.text[start:end] for start, end in self.answers]

    def is_in(self, passage: Passage) -> bool:
        """Whether more than half of the passage lies in a gold paragraph."""
        if passage.document_id != self.document.id:
            return False
        inside = (min(end, passage.end) - max(start, passage.start) for start, end in self.paragraphs)
        return max(inside) > (passage.end - passage.start) / 2

    def is_held_by(self, document_id: str, start: int, end: int) -> bool:
        """Whether this stretch of a document holds one of the answers whole."""
        return document_id == self.document.id and any(start <= first and last <= end for first, last in self.answers)


@dataclass(frozen=True, slots=True)
class Question:
    """`gold`: None when the documents don't answer it. `about`: the document that it was asked about, where that doesn't."""

    text: str
    gold: Gold | None
    kind: str = ANSWERED
    about: Document | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, and the documents that they are asked of."""

    documents: tuple[Document, ...]
    questions: tuple[Question, ...]

    @property
    def answerable(self) -> list[tuple[Question, Gold]]:
        return [(question, question.gold) for question in self.questions if question.gold is not None]

    @property
    def unanswerable(self) -> list[Question]:
        return [question for question in self.questions if question.gold is None]

    def limited(self, n: int) -> "QuestionSet":
        """At most n answerable and n unanswerable questions, spread evenly over the set; all documents stay."""
        answerable = [question for question, _ in self.answerable]
        kept = {id(question) for part in (answerable, self.unanswerable) for question in _spread(part, n)}
        return replace(self, questions=tuple(question for question in self.questions if id(question) in kept))


class AnswerEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    start: int | None = Field(default=None, ge=0)
    end: int | None = None

    def place_in(self, document: Document) -> Offsets:
        """Raises CorpusError if it isn't there, or not said which of several it is."""
        held = [match.span() for match in re.finditer(re.escape(self.text), document.text)]
        places = [(start, end) for start, end in held if self.start in (None, start) and self.end in (None, end)]
        if len(places) == 1:
            return places[0]
        if places:
            named = ", ".join(str(start) for start, _ in places[:MOST_NAMED])
            raise CorpusError(f'{document.id} holds {self.text!r} at {named}; say which with "start" and "end"')
        if held:
            raise CorpusError(f"{document.id} holds {self.text!r} at {held[0][0]}, not where start and end say; mend them")
        raise CorpusError(f"{document.id} doesn't hold {self.text!r}; copy the answer from it letter by letter")


class QuestionEntry(BaseModel):
    """A line of a `.jsonl` file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1)
    document: str | None = None
    answers: tuple[AnswerEntry, ...] = ()
    kind: str | None = None


def every_article(_number: int) -> bool:
    return True


def read_questions(files: Iterable[Path], corpus: Sequence[Document] = (), chosen: Callable[[int], bool] = every_article) -> QuestionSet:
    """All files as one set. `corpus`: what JSON lines are about. `chosen`: which articles of SQuAD files become documents, by number;
    questions of the others are kept as questions about something else, at most as many as have an answer.

    Raises CorpusError for a file that can't be used.
    """
    documents: list[Document] = []
    questions: list[Question] = []
    for file in files:
        if file.suffix == ".jsonl":
            more = QuestionSet(tuple(corpus), tuple(_read_lines(file, {document.id: document for document in corpus})))
        else:
            more = _read_squad(file, chosen)
        documents += [document for document in more.documents if document not in documents]
        questions += more.questions
    if not questions:
        raise CorpusError("there is no question in the files; name a SQuAD-format .json or a .jsonl file with some")
    return QuestionSet(tuple(documents), tuple(questions))


def for_tuning(files: Iterable[Path]) -> list[QuestionSet]:
    """The tuning articles' questions, asked of many documents and of one, with an answer there and without.

    Two sets for each tuning article and the next one: the questions about both are asked of all articles but the one and the held-out
    ones; and of the other alone, as a team does that has given its first document. An article that comes with questions which it doesn't
    answer is asked its own alone: they mean that document, and needn't say which.
    """
    everything = read_questions(files, chosen=lambda number: not is_held_out(number))
    single = {question.about.id for question in everything.unanswerable if question.about}
    library = [document for document in everything.documents if document.id not in single]
    articles = [document for number, document in _numbered(everything.documents) if is_for_tuning(number)]
    asked = [question for question in everything.questions if _subject(question) in articles]
    of_library = [document for document in articles if document.id not in single]
    pairs = list(zip(of_library, [*of_library[1:], *of_library[:1]], strict=True))
    many = [_asked_of([document for document in library if document != pair[0]], asked, pair) for pair in pairs]
    one = [_asked_of([pair[1]], asked, pair) for pair in pairs]
    return many + one + [_asked_of([document], asked, [document]) for document in articles if document.id in single]


def _asked_of(documents: Sequence[Document], questions: Iterable[Question], about: Sequence[Document]) -> QuestionSet:
    """The questions about some documents; those about one that is away have no answer."""
    chosen = (question for question in questions if _subject(question) in about)
    return QuestionSet(
        tuple(documents), tuple(one if _subject(one) in documents else Question(one.text, None, UNANSWERABLE) for one in chosen)
    )


def _subject(question: Question) -> Document | None:
    return question.gold.document if question.gold is not None else question.about


def _numbered(documents: Sequence[Document]) -> list[tuple[int, Document]]:
    """Each SQuAD article's number in its file, which its id ends with."""
    return [(int(document.id.rpartition("/")[2]), document) for document in documents]


def _read_squad(file: Path, chosen: Callable[[int], bool]) -> QuestionSet:
    try:
        entries = list(read_squad(file))
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{file} is not in SQuAD format ({type(error).__name__}: {error}); see index/evaluation/README.md") from error
    documents: list[Document] = []
    questions: list[Question] = []
    for number, group in groupby(entries, lambda entry: entry.paragraph.article):
        if chosen(number):
            document, of_article = _article(list(group))
            documents.append(document)
            questions += of_article
    others = [Question(entry.text, None, ELSEWHERE) for entry in entries if not chosen(entry.paragraph.article)]
    return QuestionSet(tuple(documents), (*questions, *_spread(others, len(questions))))


def _article(entries: Sequence[SquadQuestion]) -> tuple[Document, list[Question]]:
    """The questions of one article with the document that its paragraphs make, in the order of the file."""
    starts: dict[Paragraph, int] = {}
    end = 0
    for paragraph in dict.fromkeys(entry.paragraph for entry in entries):
        starts[paragraph] = end
        end += len(paragraph.text) + len(PARAGRAPH_BREAK)
    first = entries[0].paragraph
    text = PARAGRAPH_BREAK.join(paragraph.text for paragraph in starts)
    document = Document(f"{first.source}/{first.article:04}", first.title.replace("_", " "), text)
    return document, [_located(entry, document, starts[entry.paragraph]) for entry in entries]


def _located(entry: SquadQuestion, document: Document, start: int) -> Question:
    if not entry.answers:
        return Question(entry.text, None, UNANSWERABLE, document)
    answers = tuple((start + first, start + last) for first, last in entry.answers)
    return Question(entry.text, Gold(document, answers, ((start, start + len(entry.paragraph.text)),)))


def _read_lines(file: Path, documents: Mapping[str, Document]) -> Iterator[Question]:
    lines = file.read_text(encoding="utf-8").split("\n")  # `splitlines` would also cut at U+2028 and others that JSON allows in strings
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _question(QuestionEntry.model_validate_json(line), documents)
        except ValidationError as error:
            detail = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, detail["loc"]))
            raise CorpusError(f"{file}, line {number} is no question ({place}: {detail['msg']}); see index/evaluation/README.md") from error
        except CorpusError as error:
            raise CorpusError(f"{file}, line {number}: {error}") from error


def _question(entry: QuestionEntry, documents: Mapping[str, Document]) -> Question:
    if not entry.answers:
        return Question(entry.question, None, entry.kind or UNANSWERABLE)
    document = documents.get(entry.document or "")
    if document is None:
        raise CorpusError(f"there is no document {entry.document!r} in the corpus; name its folder with --corpus")
    answers = tuple(answer.place_in(document) for answer in entry.answers)
    paragraphs = tuple(place for place in paragraph_offsets(document.text) if any(place[0] <= start < place[1] for start, _ in answers))
    return Question(entry.question, Gold(document, answers, paragraphs), entry.kind or ANSWERED)


def _spread(items: Sequence[T], n: int) -> list[T]:
    """At most n of them, evenly spaced, in order."""
    return [items[place * len(items) // n] for place in range(n)] if n < len(items) else list(items)
