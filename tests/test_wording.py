"""The wording in which questions are read."""

import pytest

from index.errors import AboutTheBot, Courtesy, Disagreement, Greeting
from index.understanding.wording import asked_in, courtesy_in, plainly


@pytest.mark.parametrize(
    ("question", "worded"),
    [
        ("when's the 2nd dialogue", "when is the second dialogue?"),
        ("Whens the 12th meeting?", "When is the twelfth meeting?"),
        ("where’s it", "where is it?"),
        ("Hello! when's the meeting", "when is the meeting?"),
        ("Hi Tom, where is the lift", "where is the lift?"),
        ("Hey Citebot! where is it", "where is it?"),
        ("Hi Tom, thanks! where is it", "where is it?"),
        ("Hi Tom where is the lift", "Hi Tom where is the lift?"),
        ("No laptop yet?", "No laptop yet?"),
        ("whose dialogue is the 22nd?", "whose dialogue is the 22nd?"),
        ("tell me about the KPS.", "tell me about the KPS."),
        ("is it open on the 3rd of may", "is it open on 3 may?"),
        ("Is it open on December 24th?", "Is it open on 24 December?"),
        ("is it open may 1st", "is it open 1 may?"),
        ("is it open on Dec. 24th", "is it open on 24 December?"),
        ("the 2nd of dec?", "2 December?"),
        ("what does Jan do?", "what does Jan do?"),
        ("when may the 2nd team play?", "when may the second team play?"),
        ("where is the 1st marble?", "where is the first marble?"),
        ("when is the second May meeting?", "when is the second May meeting?"),
        ("where the 2nd may be held?", "where the second may be held?"),
    ],
)
def test_one_wording_for_what_is_asked_in_several(question: str, worded: str) -> None:
    assert plainly(question) == worded
    assert plainly(worded) == worded


@pytest.mark.parametrize(
    "words",
    [
        "thanks",
        "Thank you very much!",
        "ok, great",
        "Hi there",
        "good morning!",
        "thanks 👍",
        "Thank you! 🙏",
        "ok 👌",
        "thx :)",
        "thanks a lot",
        "many thanks",
        "Thanks for your help!",
        "hi everyone",
        "sorry",
    ],
)
def test_courtesies_ask_nothing(words: str) -> None:
    assert courtesy_in(words) is not None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("hello", Greeting),
        ("Hi there!", Greeting),
        ("good morning 👋", Greeting),
        ("hello, thanks", Courtesy),
        ("good night", Courtesy),
        ("no", Disagreement),
        ("Wrong!", Disagreement),
        ("that's wrong", Disagreement),
        ("No, that’s not right.", Disagreement),
        ("are you sure?", Disagreement),
        ("no thanks", Courtesy),
        ("no, thank you", Courtesy),
        ("what can you do?", AboutTheBot),
        ("Who are you?", AboutTheBot),
        ("help", AboutTheBot),
        ("help please", AboutTheBot),
        ("Hi! Are you a bot?", AboutTheBot),
        ("how does this work?", AboutTheBot),
    ],
)
def test_some_courtesies_are_met_with_words_of_their_own(words: str, kind: type[Courtesy]) -> None:
    assert courtesy_in(words) is kind


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hi, I'm Tom and I started in May. How many days of leave do interns get?", "How many days of leave do interns get?"),
        ("How many days of leave do interns get? I started in May.", "How many days of leave do interns get?"),
        ("I lost my badge. Where do I report it?", "I lost my badge. Where do I report it?"),
        ("I'm going to Japan. Visa?", "I'm going to Japan. Visa?"),
        ("when was the 2nd round", "when was the 2nd round"),
    ],
)
def test_what_is_told_around_a_question_is_left_out_unless_it_leans_on_that(text: str, asked: str) -> None:
    assert asked_in(text) == asked


@pytest.mark.parametrize(
    "words",
    [
        "KPS",
        "thanks to whom",
        "Nice?",
        "great hall",
        "who",
        "ok and when?",
        "",
        "no laptop",
        "what is wrong",
        "how does this programme work?",
        "who are you to ask when stuck?",
        "help desk",
        "are you sure it was 2016?",
        "what can you do about a lost badge?",
    ],
)
def test_few_words_may_be_a_question(words: str) -> None:
    assert courtesy_in(words) is None
