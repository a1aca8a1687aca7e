"""Follow-ups, made whole by the question before; and all the questions that need none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.domain import Answer, Candidate, Citation, Decision
from index.understanding.followups import follow_up
from index.understanding.grammar import parse
from tests.fakes import passage


def answered(question: str, text: str | None = None, understood: str | None = None) -> Answer:
    """The answer `text`, or none."""
    found = passage(text or "x")
    citation = Citation("shared", "a.txt", "A", None, found, 0, len(found.text), found.text, 1.0)
    decision = Decision.ANSWER if text else Decision.NONE
    return Answer(question, understood, decision, Candidate(text, 0.9, citation) if text else None, (), (), {}, 0.0)


DIALOGUE = answered("when was the second civil space dialogue?", "April 2016")
MINISTER = answered("Who is the prime minister of Japan?", "Fumio Kishida")
VISIT = answered("Why did Biden meet Kishida in Tokyo?")
LAUNCH = answered("when did the two countries launch the dialogue?", "2014")


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("and where was it held?", "where was the second civil space dialogue held?"),
        ("how long did it last", "how long did the second civil space dialogue last?"),
        ("who was there?", "who was at the second civil space dialogue?"),
        ("when was that?", "when was the second civil space dialogue?"),
        ("where did this happen?", "where did the second civil space dialogue happen?"),
        ("what was its outcome?", "what was the second civil space dialogue's outcome?"),
        ("where was that dialogue held?", "where was the second civil space dialogue held?"),
        ("who was president then?", "who was president in April 2016?"),
        ("where?", "where was the second civil space dialogue?"),
        ("But why", "why was the second civil space dialogue?"),
        ("in which city?", "in which city was the second civil space dialogue?"),
        ("date?", "what is the date of the second civil space dialogue?"),
        ("and the first?", "when was the first civil space dialogue?"),
        ("what about the third one?", "when was the third civil space dialogue?"),
        ("the 3rd?", "when was the 3rd civil space dialogue?"),
        ("how about the summit?", "when was the summit?"),
        ("who attended?", "who attended the second civil space dialogue?"),
    ],
)
def test_it_is_what_the_question_before_was_about(question: str, whole: str) -> None:
    assert follow_up(question, DIALOGUE) == whole


@pytest.mark.parametrize(
    ("question", "previous", "whole"),
    [
        ("how old is he?", MINISTER, "how old is Fumio Kishida?"),
        ("what will it cost?", answered("what does KPS stand for?"), "what will KPS cost?"),
        ("when did it meet?", answered("What did the council approve?"), "when did the council meet?"),
        ("what is his party?", MINISTER, "what is Fumio Kishida's party?"),
        ("how old is he?", replace(MINISTER, decision=Decision.NONE), "how old is the prime minister of Japan?"),
        ("when did he leave?", VISIT, "when did Biden leave?"),
        ("what did they say?", VISIT, "what did Biden and Kishida say?"),
        ("why did they launch it?", LAUNCH, "why did the two countries launch the dialogue?"),
    ],
)
def test_persons_are_the_answer_or_those_named_before(question: str, previous: Answer, whole: str) -> None:
    assert follow_up(question, previous) == whole


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("and South Korea?", "Who is the prime minister of Japan?", "Who is the prime minister of South Korea?"),
        ("and korea?", "who is the prime minister of japan", "who is the prime minister of korea?"),
        ("and 2016?", "how many members did the club have in 2014?", "how many members did the club have in 2016?"),
        ("and in May?", "how many members left in April?", "how many members left in May?"),
        ("and Biden?", "what did Kishida say about the moon?", "what did Biden say about the moon?"),
        ("and the second?", "when was the summit?", "when was the second summit?"),
        ("when?", "who announced the third dialogue?", "when was the third dialogue announced?"),
        ("when?", "how many rounds of the dialogue were held?", "when were rounds of the dialogue held?"),
        ("where is it?", "KPS?", "where is KPS?"),
        ("where?", "KPS", "where is KPS?"),
        ("where was it?", "second dialogue date", "where was second dialogue?"),
        ("where?", "when's the meeting?", "where is the meeting?"),
    ],
)
def test_another_of_its_kind_takes_its_place(question: str, before: str, whole: str) -> None:
    assert follow_up(question, answered(before)) == whole


def test_a_place_that_was_the_answer_is_there() -> None:
    assert follow_up("what else happened there?", answered("where was the talk held?", "Seoul")) == "what else happened in Seoul?"
    assert follow_up("what happened there?", VISIT) == "what happened in Tokyo?"


def test_a_chain_goes_on_from_what_was_understood() -> None:
    first = answered("wehn was the first dialogue?", "July 2014", understood="when was the first dialogue?")
    second = answered("and where was it held?", "Washington", understood=follow_up("and where was it held?", first))

    assert follow_up("and the second?", second) == "where was the second dialogue held?"


@pytest.mark.parametrize(
    "question",
    [
        "who is the prime minister of Japan?",
        "and who is the prime minister of Japan?",
        "what is the KPS and when was it launched?",
        "what is it that the KPS does?",
        "is it true that Biden met Kishida?",
        "was there a third dialogue?",
        "how long does it take to reach the moon?",
        "what time is it",
        "does the KPS have its own budget?",
        "what did Biden say about his visit?",
        "who said that the moon is far away",
        "what happened this year",
        "when was the IT department founded?",
        "KPS?",
        "second dialogue",
        "thanks",
        "and now?",
        "ok thanks",
        "?",
        "",
        "which of all the agreements that the two leaders signed in May made it into the budget of the next year",
    ],
)
def test_a_question_that_stands_on_its_own_is_left_alone(question: str) -> None:
    assert follow_up(question, DIALOGUE) is None


@pytest.mark.parametrize("before", ["?", "when?", "x " * 60], ids=["nothing", "no topic", "far too long"])
def test_there_must_be_something_to_take_up(before: str) -> None:
    assert follow_up("and where was it held?", answered(before)) is None


def test_nothing_is_taken_up_from_a_question_that_was_not_read() -> None:
    assert follow_up("where was it held?", replace(DIALOGUE, unread="ko")) is None


SMALL_WORDS = "and the first of what where who is it that there did they his about in Japan 2014 dialogue held ? , 's".split()
small_words = st.sampled_from(SMALL_WORDS)


@given(st.lists(small_words | st.text(max_size=6), max_size=10).map(" ".join), st.lists(small_words, max_size=10).map(" ".join))
def test_any_words_can_follow_any_others(question: str, before: str) -> None:
    whole = follow_up(question, answered(before))

    assert whole is None or whole.endswith("?")


@given(
    st.sampled_from(
        "who is the president of Peru|when did the river flood the town|how deep is the harbour|what does the KPS do".split("|")
    )
)
def test_what_came_before_changes_nothing_in_a_whole_question(question: str) -> None:
    assert all(follow_up(question, previous) is None for previous in (DIALOGUE, MINISTER, VISIT, LAUNCH))


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("when was the second dialogue held in Seoul?", "the second dialogue"),
        ("when was the revised roadmap published?", "the revised roadmap"),
        ("who is the prime minister of Japan", "the prime minister of Japan"),
        ("when did the two countries agree on the talks?", "the talks"),
        ("when did the leaders sign the budget of the agency?", "the budget of the agency"),
        ("what's the KPS?", "the KPS"),
        ("date of the second dialogue", "the second dialogue"),
        ("who was at the summit?", "the summit"),
        ("how many rounds of the dialogue were held?", "rounds of the dialogue"),
    ],
)
def test_the_topic_of_a_question(question: str, topic: str) -> None:
    assert parse(question).topic == topic
