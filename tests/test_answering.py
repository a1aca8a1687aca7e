"""Question → answer: what the reader marks is decided upon and cited."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from index.answering import CITATIONS, MAX_ALTERNATIVES, MAX_QUESTION, Answerer
from index.domain import Answer, Decision, Document
from index.errors import AboutTheBot, Courtesy, QuestionError, SnapshotMissing
from index.protocols import Reader
from index.retrieval import Retriever
from index.stores.local import LocalStore
from tests.fakes import HashingEmbedder, SentenceReader, WordReader, document
from tests.support import parts_of

SURE, UNSURE, HARDLY = 3.0, 0.0, -3.0
"""Scores that WordReader's calibration takes for an answer, a perhaps, and nothing."""

YEARS = [document(f"The bridge was repaired in {year}. It took long.", f"{year}.txt", f"Report {year}") for year in range(2010, 2018)]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    store = LocalStore(tmp_path, HashingEmbedder())
    store.publish("shared", YEARS)
    return store


def answerer(store: LocalStore, reader: Reader) -> Answerer:
    return Answerer(Retriever(HashingEmbedder(), store), reader)


def ask(store: LocalStore, scores: Mapping[str, float], question: str = "when was the bridge repaired?") -> Answer:
    return answerer(store, WordReader(scores)).ask(question, collections=["shared"])


def test_the_likeliest_span_answers_wherever_its_passage_ranks(store: LocalStore) -> None:
    for year in ("2011", "2016"):
        answer = ask(store, {year: SURE, "2013": UNSURE})

        assert answer.decision is Decision.ANSWER
        assert answer.text == year
        assert answer.citations[0].title == f"Report {answer.text}"
        assert parts_of(answer.citations[0]) == ("The bridge was repaired in ", answer.text, ".")


def test_a_perhaps_is_no_text_but_its_place_is_marked(store: LocalStore) -> None:
    answer = ask(store, {"2011": UNSURE})

    assert (answer.decision, answer.text) == (Decision.PERHAPS, None)
    assert answer.best is not None
    assert answer.best.text == "2011"
    assert answer.best.citation == answer.citations[0]
    assert parts_of(answer.citations[0])[1] == "2011"


def test_what_is_withheld_is_not_marked(store: LocalStore) -> None:
    answer = ask(store, {"2011": HARDLY})

    assert (answer.decision, answer.text) == (Decision.NONE, None)
    assert answer.best is not None
    assert answer.best.text == "2011"
    assert all(citation.answer_start is None for citation in answer.citations)


def test_passages_that_agree_support_each_other(store: LocalStore) -> None:
    alone = ask(store, {"2011": 0.2, "2013": 0.0})
    store.publish("shared", [*YEARS[:5], document("In 2013 the bridge was repaired, says the council.", "council.txt")])

    agreeing = ask(store, {"2011": 0.2, "2013": 0.0})

    assert alone.best is not None
    assert alone.best.text == "2011"
    assert agreeing.best is not None
    assert (agreeing.best.text, parts_of(agreeing.citations[0])[1]) == ("2013", "2013")
    assert agreeing.confidence > alone.confidence
    assert [candidate.text for candidate in agreeing.alternatives] == ["2011"]


def test_of_answers_that_are_as_likely_the_nearest_passage_gives_the_first(store: LocalStore) -> None:
    asked = answerer(store, WordReader({"2011": SURE, "2013": SURE, "2016": SURE}))
    question = "when was the bridge repaired?"

    answer = asked.ask(question, collections=["shared"])
    near = [hit.document.title[-4:] for hit in asked.retrieve(question, collections=["shared"], k=8)]

    assert answer.best is not None
    assert [answer.best.text, *(one.text for one in answer.alternatives)] == [year for year in near if year in {"2011", "2013", "2016"}]
    assert all(one.confidence == answer.best.confidence for one in answer.alternatives)


def test_where_nothing_is_marked_there_is_no_best_but_what_is_nearest(store: LocalStore) -> None:
    answer = ask(store, {})

    assert (answer.decision, answer.best, answer.confidence) == (Decision.NONE, None, 0)
    assert len(answer.citations) == CITATIONS


@pytest.mark.parametrize("score", [SURE, UNSURE, HARDLY])
def test_five_different_passages_are_cited_whatever_the_decision(store: LocalStore, score: float) -> None:
    copies = [Document(f"copy/{number}.txt", "Copy", YEARS[0].text) for number in range(30)]
    store.publish("shared", [*YEARS, *copies])

    answer = ask(store, {"2010": score})

    assert len({citation.passage.text for citation in answer.citations}) == CITATIONS


def test_fewer_passages_are_all_cited(store: LocalStore) -> None:
    store.publish("shared", YEARS[:2])

    assert {citation.title for citation in ask(store, {"2011": SURE}).citations} == {"Report 2010", "Report 2011"}


def test_an_empty_collection_is_no_error(store: LocalStore) -> None:
    store.publish("shared", [])

    answer = ask(store, {})

    assert (answer.decision, answer.best, answer.citations) == (Decision.NONE, None, ())


def test_alternatives_are_other_answers_that_would_be_shown(store: LocalStore) -> None:
    answer = ask(store, {"2010": SURE, "2011": SURE - 1, "2012": UNSURE, "2013": HARDLY})

    assert [candidate.text for candidate in answer.alternatives] == ["2011", "2012"]
    assert [candidate.citation.title for candidate in answer.alternatives] == ["Report 2011", "Report 2012"]


@pytest.mark.parametrize(
    ("one", "other"), [("allowed", "not allowed"), ("a fee", "no fee"), ("€500", "$500"), ("5 °C", "-5 °C"), ("required", "isn't required")]
)
def test_what_says_the_opposite_is_an_alternative_and_no_support(store: LocalStore, one: str, other: str) -> None:
    store.publish("shared", [document(f"In spring: {one}", "a.txt"), document(f"In spring: {other}", "b.txt")])

    answer = ask(store, {one: SURE, other: SURE + 0.5})

    assert [candidate.text for candidate in answer.alternatives] == [one]


def test_an_alternative_that_is_far_less_likely_than_the_best_is_not_shown(store: LocalStore) -> None:
    rival, no_rival = (ask(store, {"2010": score, "2011": UNSURE - 0.5}) for score in (UNSURE, SURE))

    assert [candidate.text for candidate in rival.alternatives] == ["2011"]
    assert no_rival.alternatives == ()


def test_alternatives_are_few(store: LocalStore) -> None:
    answer = ask(store, {f"{year}": SURE + year / 10_000 for year in range(2010, 2018)})

    assert len(answer.alternatives) == MAX_ALTERNATIVES


def test_the_same_answer_again_is_no_alternative(store: LocalStore) -> None:
    store.publish("shared", [document("It was in July 2014."), document("in July 2014 it was", "b.txt"), document("JULY 2014!", "c.txt")])

    answer = answerer(store, SentenceReader()).ask("when in July 2014?", collections=["shared"])

    assert len(answer.alternatives) == 0


def test_only_the_collections_asked_for_answer(store: LocalStore) -> None:
    store.publish("team", [document("The bridge was repaired in 1999.", "secret.txt", "Secret")])
    years = WordReader({"1999": SURE, "2011": UNSURE})

    alone = answerer(store, years).ask("when was the bridge repaired?", collections=["shared"])
    both = answerer(store, years).ask("when was the bridge repaired?", collections=["shared", "team"])

    assert alone.best is not None
    assert alone.best.text == "2011"
    assert {citation.collection for citation in alone.citations} == {"shared"}
    assert alone.generations == {"shared": 1}
    assert both.text == "1999"
    assert both.citations[0].collection == "team"
    assert both.generations == {"shared": 1, "team": 1}


@pytest.mark.parametrize("question", ["", " \n", "?!…", "🚀"])
def test_nothing_to_ask_is_an_error_that_says_how(store: LocalStore, question: str) -> None:
    with pytest.raises(QuestionError, match="ask in a few words"):
        ask(store, {}, question)


def test_thanks_ask_nothing_and_may_be_searched_for(store: LocalStore) -> None:
    with pytest.raises(Courtesy, match="ask in a few words"):
        ask(store, {}, "thanks!")
    with pytest.raises(AboutTheBot, match="answers from your documents"):
        ask(store, {}, "what can you do?")
    assert answerer(store, WordReader({})).search("thanks", collections=["shared"])


def test_a_question_may_be_long_but_no_novel(store: LocalStore) -> None:
    assert ask(store, {}, "x" * MAX_QUESTION).question == "x" * MAX_QUESTION
    with pytest.raises(QuestionError, match=f"longer than {MAX_QUESTION} characters"):
        ask(store, {}, "x" * (MAX_QUESTION + 1))


def test_a_question_is_kept_as_it_was_asked(store: LocalStore) -> None:
    answer = ask(store, {}, "  when was\n the bridge   repaired? ")

    assert answer.question == "  when was\n the bridge   repaired? "
    assert answer.understood is None
    assert 0 < answer.elapsed < 10


def test_accents_may_be_letters_of_their_own(store: LocalStore) -> None:
    """As in what is pasted from some PDFs; documents have them composed."""
    store.publish("shared", [document("The Zürich office opened in 2011.")])
    asked = answerer(store, WordReader({}))

    composed, apart = (
        asked.retrieve(unicodedata.normalize(form, "when did Zürich open?"), collections=["shared"]) for form in ("NFC", "NFD")
    )

    assert apart == composed
    assert composed[0].lexical > 0


def test_searching_reads_no_answer_out_of_what_is_near(store: LocalStore) -> None:
    citations = answerer(store, WordReader({"2011": SURE})).search("bridge repaired in 2011", collections=["shared"], k=3)

    assert citations[0].quote == "The bridge was repaired in 2011."
    assert [citation.answer_start for citation in citations] == [None] * 3


def test_a_collection_that_was_never_published_is_missing(store: LocalStore) -> None:
    with pytest.raises(SnapshotMissing, match="run `citebot index`"):
        answerer(store, WordReader({})).ask("when?", collections=["shared", "team"])
