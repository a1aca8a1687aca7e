"""Question files become documents and questions whose answers are found in them."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from index.domain import Document, Passage
from index.errors import CorpusError
from index.evaluation.questions import ELSEWHERE, UNANSWERABLE, QuestionSet, for_tuning, read_questions
from index.loading.corpus import load_corpus
from index.reader.squad import is_for_tuning, is_held_out
from tests.support import ARTICLE

ARTICLE_QUESTIONS = Path(__file__).parent / "data" / "article_questions.jsonl"
CORPUS = Path(__file__).parent.parent / "corpus"


def squad_file(folder: Path, articles: int, untold: bool = True) -> Path:
    """Articles of two paragraphs, each with one question that both annotators answered, and one (`untold`) that nobody could."""
    data = [
        {"title": f"Article_{number}", "paragraphs": [paragraph(number, trade, untold) for trade in ("mayor", "baker")]}
        for number in range(articles)
    ]
    file = folder / "towns.json"
    file.write_text(json.dumps({"data": data}))
    return file


def paragraph(number: int, trade: str, untold: bool) -> dict[str, Any]:
    context = f"The {trade} of town {number} is Ada Lovelace {number}.\n"
    answers = [{"text": words, "answer_start": context.index(words)} for words in ("Ada Lovelace", f"Lovelace {number}")]
    asked = [{"question": f"Who is the {trade} of town {number}?", "answers": answers}, {"question": "Why?", "answers": []}]
    return {"context": context, "qas": asked if untold else asked[:1]}


def lines_file(folder: Path, *lines: dict[str, Any]) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("\n\n".join(json.dumps(line) for line in lines))
    return file


def passage(document: Document, start: int, end: int) -> Passage:
    return Passage(document.id, start, end, document.text[start:end], 1)


# SQuAD


def test_an_article_becomes_one_document_of_all_its_paragraphs(tmp_path: Path) -> None:
    read = read_questions([squad_file(tmp_path, 2)])

    assert [document.id for document in read.documents] == ["towns/0000", "towns/0001"]
    assert read.documents[1].title == "Article 1"
    assert read.documents[1].text == "The mayor of town 1 is Ada Lovelace 1.\n\n\nThe baker of town 1 is Ada Lovelace 1.\n"


def test_answers_and_paragraphs_keep_their_places(tmp_path: Path) -> None:
    read = read_questions([squad_file(tmp_path, 2)])

    question, gold = read.answerable[3]
    assert question.text == "Who is the baker of town 1?"
    assert gold.texts == ["Ada Lovelace", "Lovelace 1"]
    assert [gold.document.text[start:end] for start, end in gold.paragraphs] == ["The baker of town 1 is Ada Lovelace 1.\n"]
    assert [question.kind for question in read.unanswerable] == [UNANSWERABLE] * 4


def test_chosen_articles_are_the_corpus_and_questions_of_the_others_are_about_something_else(tmp_path: Path) -> None:
    read = read_questions([squad_file(tmp_path, 9)], chosen=is_held_out)

    assert [document.id for document in read.documents] == ["towns/0000", "towns/0004", "towns/0008"]
    assert Counter(question.kind for question in read.unanswerable) == {ELSEWHERE: 12, UNANSWERABLE: 6}


def test_what_is_held_out_is_never_tuned_on() -> None:
    assert not any(is_held_out(article) and is_for_tuning(article) for article in range(100))


def test_a_file_of_another_format_is_named(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text('{"data": [{"text": "no paragraphs"}]}')

    with pytest.raises(CorpusError, match=r"other\.json is not in SQuAD format"):
        read_questions([file])


def test_a_file_without_a_question_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no question"):
        read_questions([lines_file(tmp_path)])


# JSON lines


def line(question: str, *answers: str, kind: str = "fact") -> dict[str, Any]:
    places = [(answer, ARTICLE.text.index(answer)) for answer in answers]
    spans = [{"text": answer, "start": start, "end": start + len(answer)} for answer, start in places]
    return {"question": question, "kind": kind, "document": ARTICLE.id, "answers": spans}


def test_lines_ask_about_the_documents_of_the_corpus(tmp_path: Path) -> None:
    file = lines_file(tmp_path, line("Where?", "Washington", "KPS"), {"question": "Why?"})

    read = read_questions([file], [ARTICLE])

    (question, gold), (why,) = read.answerable[0], read.unanswerable
    assert read.documents == (ARTICLE,)
    assert (question.kind, gold.texts) == ("fact", ["Washington", "KPS"])
    assert [ARTICLE.text[start:end][:15] for start, end in gold.paragraphs] == ["The leaders agr", "The Korean Posi"]
    assert (why.text, why.kind) == ("Why?", UNANSWERABLE)


def test_lines_end_where_json_lets_them(tmp_path: Path) -> None:
    """Other programs than ours leave line separators in strings as they are, and may end lines as Windows does."""
    file = tmp_path / "questions.jsonl"
    file.write_bytes('{"question": "Who\u2028or\x85what?"}\r\n\r\n{"question": "Why?"}\r\n'.encode())

    assert [question.text for question in read_questions([file]).questions] == ["Who\u2028or\x85what?", "Why?"]


def test_words_that_stand_there_once_need_no_offsets(tmp_path: Path) -> None:
    with_offsets, without = line("When?", "April 2016"), line("When?") | {"answers": [{"text": "April 2016"}]}

    assert read_questions([lines_file(tmp_path, without)], [ARTICLE]) == read_questions([lines_file(tmp_path, with_offsets)], [ARTICLE])


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"question": ""}, "line 1 is no question .question"),
        ({"question": "Who?", "answer": "me"}, "line 1 is no question .answer"),
        (line("Who?", "Biden") | {"document": "gone.txt"}, "line 1: there is no document 'gone.txt'"),
        (line("Who?") | {"answers": [{"text": "Biden", "start": 3, "end": 8}]}, r"holds 'Biden' at \d+, not where start and end say"),
        (line("Who?") | {"answers": [{"text": "Nobody Else"}]}, "doesn't hold 'Nobody Else'; copy"),
        (line("Who?") | {"answers": [{"text": "Korea"}]}, r"holds 'Korea' at \d+(?:, \d+){1,4}; say which"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(tmp_path: Path, wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(CorpusError, match=reason):
        read_questions([lines_file(tmp_path, wrong)], [ARTICLE])


# gold


def test_a_passage_counts_if_more_than_half_of_it_lies_in_a_gold_paragraph(tmp_path: Path) -> None:
    (_, gold), *_ = read_questions([lines_file(tmp_path, line("When?", "July 2014"))], [ARTICLE]).answerable
    ((start, end),) = gold.paragraphs

    assert gold.is_in(passage(ARTICLE, start, end))
    assert gold.is_in(passage(ARTICLE, start + 20, start + 30))
    assert gold.is_in(passage(ARTICLE, start - 9, start + 10))
    assert not gold.is_in(passage(ARTICLE, start - 10, start + 10))
    assert not gold.is_in(Passage("another.txt", start, end, "", 1))


def test_a_stretch_holds_an_answer_only_whole_and_in_its_document(tmp_path: Path) -> None:
    (_, gold), *_ = read_questions([lines_file(tmp_path, line("When?", "July 2014"))], [ARTICLE]).answerable
    ((start, end),) = gold.answers

    assert gold.is_held_by(ARTICLE.id, start, end)
    assert not gold.is_held_by(ARTICLE.id, start + 1, end)
    assert not gold.is_held_by("another.txt", start, end)


def test_a_limited_set_keeps_all_documents_and_spreads_its_questions(tmp_path: Path) -> None:
    whole = read_questions([squad_file(tmp_path, 8)])

    limited = whole.limited(4)

    assert limited.documents == whole.documents
    assert [question.text for question, _ in limited.answerable] == [f"Who is the mayor of town {number}?" for number in (0, 2, 4, 6)]
    assert len(limited.unanswerable) == 4
    assert whole.limited(1000) == whole


# the question set of the article


@pytest.fixture(scope="module")
def of_article() -> QuestionSet:
    return read_questions([ARTICLE_QUESTIONS], load_corpus(CORPUS).documents)


def test_the_articles_answers_are_where_the_file_says(of_article: QuestionSet) -> None:
    """Reading raises for any answer that isn't; and each begins and ends with a word."""
    texts = [text for _, gold in of_article.answerable for text in gold.texts]

    assert all(text == text.strip() and text for text in texts)
    assert all(gold.paragraphs for _, gold in of_article.answerable)


def test_the_articles_questions_are_many_and_different(of_article: QuestionSet) -> None:
    kinds = Counter(question.kind for question in of_article.questions)

    assert len(of_article.answerable) >= 60
    assert kinds["near miss"] + kinds["off-topic"] == len(of_article.unanswerable) >= 35
    assert len({question.text.casefold() for question in of_article.questions}) == len(of_article.questions)


def test_the_second_dialogue_is_asked_for_in_eleven_wordings(of_article: QuestionSet) -> None:
    wordings = answers_of(of_article, "second dialogue")

    assert len(wordings) == 11
    assert all(answers == ["April 2016"] for answers in wordings)


def test_the_blind_questions_are_nearly_all_others_and_their_answers_are_where_the_file_says(of_article: QuestionSet) -> None:
    blind = read_questions([ARTICLE_QUESTIONS.with_name("article_questions_blind.jsonl")], load_corpus(CORPUS).documents)

    assert (len(blind.answerable), len(blind.unanswerable)) == (70, 34)
    assert len({question.text.casefold() for question in (*blind.questions, *of_article.questions)}) > 98 + len(of_article.questions)
    assert len(answers_of(blind, "second dialogue")) == 12


def answers_of(questions: QuestionSet, kind: str) -> Sequence[list[str]]:
    return [gold.texts for question, gold in questions.answerable if question.kind == kind]


# tuning


def test_each_tuning_article_is_away_in_turn_and_then_the_next_alone_and_what_is_away_answers_nothing(tmp_path: Path) -> None:
    sets = for_tuning([squad_file(tmp_path, 26, untold=False)])

    titles = [{document.title for document in asked.documents} for asked in sets]
    told = [{gold.document.title for _, gold in asked.answerable} for asked in sets]
    tuned = {"Article 1", "Article 13", "Article 25"}
    assert told[:3] == told[3:] == titles[3:] == [{"Article 13"}, {"Article 25"}, {"Article 1"}]
    assert [title & tuned for title in titles[:3]] == [tuned - {"Article 1"}, tuned - {"Article 13"}, tuned - {"Article 25"}]
    assert all({"Article 2", "Article 3"} <= title and not title & {"Article 0", "Article 4"} for title in titles[:3])


def test_tuning_asks_articles_alone_that_come_with_what_they_do_not_tell(tmp_path: Path) -> None:
    sets = for_tuning([squad_file(tmp_path, 26)])

    asked = [Counter(question.text for question in one.unanswerable) for one in sets]
    assert [[document.title for document in one.documents] for one in sets] == [["Article 1"], ["Article 13"], ["Article 25"]]
    assert all(texts["Why?"] == texts.total() == 2 for texts in asked)
    assert all(len(one.answerable) == 2 for one in sets)
    assert {question.kind for one in sets for question in one.unanswerable} == {UNANSWERABLE}
