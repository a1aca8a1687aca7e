"""The bot's own words, in every language that it speaks."""

from dataclasses import fields
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest

from bot.formatting import units
from bot.languages import JAPANESE, KOREAN, LANGUAGES, texts_for
from bot.replies import why_not
from bot.texts import ENGLISH, Texts
from index.errors import AboutTheBot, Courtesy, Disagreement, Greeting, NoQuestion, QuestionError, QuestionTooLong
from index.rendering import Phrases


def flat(texts: Texts | Phrases) -> dict[str, str]:
    """Every text by its name."""
    found: dict[str, str] = {}
    for field in fields(texts):
        value: Any = getattr(texts, field.name)
        found |= {field.name: value} if isinstance(value, str) else flat(value)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", ["en", "en-GB", "pt-br", "xx", "", None])
def test_whoever_writes_is_spoken_to(language: str | None) -> None:
    assert texts_for(language) is ENGLISH


@pytest.mark.parametrize(("language", "texts"), [("ko", KOREAN), ("ko-KR", KOREAN), ("ja", JAPANESE), ("JA", JAPANESE)])
def test_whoever_writes_is_spoken_to_in_their_language(language: str, texts: Texts) -> None:
    assert texts_for(language) is texts


@pytest.mark.parametrize("texts", [KOREAN, JAPANESE], ids=["ko", "ja"])
def test_no_text_of_a_language_is_left_in_english(texts: Texts) -> None:
    english = flat(ENGLISH)

    assert [name for name, text in flat(texts).items() if text == english[name]] == []


@pytest.mark.parametrize(("texts", "limit"), [(KOREAN, "아직은 영어로 쓴"), (JAPANESE, "読めるのは英語の")], ids=["ko", "ja"])
def test_whoever_is_invited_in_another_language_is_told_that_only_english_is_read(texts: Texts, limit: str) -> None:
    assert all(limit in text for text in (texts.description, texts.start, texts.help_private))


@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=LANGUAGES)
def test_what_the_profile_says_keeps_to_telegrams_limits(texts: Texts) -> None:
    assert len(texts.description) <= 512
    assert len(texts.about) <= 120


def test_documents_have_one_name_in_japanese() -> None:
    page = (files("bot") / "sandbox/page/words.json").read_text("utf-8")

    assert [name for name, text in flat(JAPANESE).items() if "文書" in text] == []
    assert "文書" not in page


@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=LANGUAGES)
def test_what_a_chat_is_answered_from_can_be_told_apart_where_a_phone_cuts_it(texts: Texts) -> None:
    labels = [texts.setting_sources.format(choice=choice) for choice in (texts.sources_both, texts.sources_own, texts.sources_shared)]

    assert all(len(label) <= 30 for label in labels)


REFUSALS = (NoQuestion(), QuestionTooLong(1000), Courtesy(), Greeting(), Disagreement())


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
def test_why_a_question_can_not_be_asked_is_told_in_each_language(error: QuestionError) -> None:
    told = {why_not(error, texts) for texts in LANGUAGES.values()}

    assert len(told) == len(LANGUAGES)
    assert not any(str(error) in text for text in told)


def test_each_question_that_can_not_be_asked_has_words_of_its_own() -> None:
    kinds = {*QuestionError.__subclasses__(), *Courtesy.__subclasses__()} - {AboutTheBot}  # that is told the help of its chat

    assert kinds == {type(error) for error in REFUSALS}
    assert len({why_not(error, ENGLISH) for error in REFUSALS}) == len(REFUSALS)
    assert "1000" in why_not(QuestionTooLong(1000), ENGLISH)


@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=LANGUAGES)
def test_every_language_fills_in_the_same_places(texts: Texts) -> None:
    for name, text in flat(texts).items():
        assert text
        assert placeholders(text) == placeholders(flat(ENGLISH)[name])


@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=LANGUAGES)
def test_alerts_keep_to_telegrams_limit(texts: Texts) -> None:
    waits = (text.format(seconds=60) for text in (texts.too_many_presses, texts.too_many_here))
    told = (texts.not_served_press, texts.too_old, texts.failed, texts.may_not_write, texts.doctor_hears_some)
    assert all(units(alert) <= 200 for alert in (*told, *waits, texts.admins_only_private.format(id=12345678901)))


def test_buttons_are_called_what_the_readme_calls_them() -> None:
    assert "Previous" in ENGLISH.previous
    assert "Next" in ENGLISH.next
    assert "More" in ENGLISH.more
    assert "More" in ENGLISH.more_passages
