"""The wording in which questions are read."""

import pytest

from index.understanding.wording import is_courtesy, plainly


@pytest.mark.parametrize(
    ("question", "worded"),
    [
        ("when's the 2nd dialogue", "when is the second dialogue?"),
        ("Whens the 12th meeting?", "When is the twelfth meeting?"),
        ("where’s it", "where is it?"),
        ("whose dialogue is the 22nd?", "whose dialogue is the 22nd?"),
        ("tell me about the KPS.", "tell me about the KPS."),
    ],
)
def test_one_wording_for_what_is_asked_in_several(question: str, worded: str) -> None:
    assert plainly(question) == worded
    assert plainly(worded) == worded


@pytest.mark.parametrize(
    "words", ["thanks", "Thank you very much!", "ok, great", "Hi there", "good morning!", "thanks 👍", "Thank you! 🙏", "ok 👌", "thx :)"]
)
def test_courtesies_ask_nothing(words: str) -> None:
    assert is_courtesy(words)


@pytest.mark.parametrize("words", ["KPS", "thanks to whom", "Nice?", "great hall", "who", "ok and when?", ""])
def test_few_words_may_be_a_question(words: str) -> None:
    assert not is_courtesy(words)
