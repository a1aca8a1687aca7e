"""The bot's own words, in every language that it speaks."""

from dataclasses import fields
from string import Formatter
from typing import Any

import pytest

from bot.texts import ENGLISH, Texts, texts_for
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
    assert texts_for(language) == ENGLISH


@pytest.mark.parametrize("texts", [ENGLISH])
def test_every_language_fills_in_the_same_places(texts: Texts) -> None:
    for name, text in flat(texts).items():
        assert text
        assert placeholders(text) == placeholders(flat(ENGLISH)[name])


def test_alerts_keep_to_telegrams_limit() -> None:
    for alert in (ENGLISH.not_served_press, ENGLISH.too_old, ENGLISH.failed):
        assert len(alert.encode("utf-16-le")) <= 2 * 200


def test_buttons_are_called_what_the_readme_calls_them() -> None:
    assert "Previous" in ENGLISH.previous
    assert "Next" in ENGLISH.next
    assert "More" in ENGLISH.more
    assert "More" in ENGLISH.more_passages
