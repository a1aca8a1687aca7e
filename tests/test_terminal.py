"""The chat in the terminal: the same pages as in Telegram."""

from io import StringIO

import pytest
from rich.console import Console

from bot.terminal import chat, lines_typed
from bot.texts import ENGLISH
from tests.support import ARTICLE, HANDBOOK, QUESTION, Library


def talk(*lines: str, library: Library | None = None) -> str:
    """What the bot says to the lines, without its greeting."""
    console = Console(file=StringIO(), record=True, width=1000)
    chat(lines, library or Library(ARTICLE, HANDBOOK), console, ENGLISH)
    return console.export_text().partition("\n")[2]


def test_a_question_is_answered_with_its_source() -> None:
    said = talk(QUESTION)

    assert "in Seoul in **April 2016**." in said
    assert "Biden pledges to expand space cooperation, ¶ 2 · 1 of 3" in said


def test_commands_turn_pages_as_buttons_do() -> None:
    assert "2 of 3" in talk(QUESTION, "/next")
    assert "1 of 3" in talk(QUESTION, "/next", "/previous").rpartition("2 of 3")[2]
    assert talk(QUESTION, "/more", "/less").endswith(talk(QUESTION))
    assert "A near passage" in talk("zebra?", "/more")


def test_there_is_no_page_to_turn_before_a_question() -> None:
    assert "Ask a question first" in talk("/next")
    assert "Ask a question first" in talk(QUESTION, "/previous")


def test_a_question_may_follow_up_the_one_before() -> None:
    assert f"I read this as: and where? {QUESTION}" in talk(QUESTION, "and where?")


def test_search_sources_and_help_answer_too() -> None:
    assert "The passages nearest to “civil space”" in talk("/search civil space")
    assert "Which words" in talk("/search")
    assert "• Team handbook" in talk("/sources")
    assert "/search words" in talk("/help")
    assert "don't know that command" in talk("/foo")
    assert "What would you like to know?" in talk("/ask")


def test_questions_that_cannot_be_asked_are_met_with_a_reason() -> None:
    assert "longer than 1000 characters" in talk("why " * 500)


def test_thanks_are_met_with_kindness_and_the_next_question_may_follow_up_all_the_same() -> None:
    said = talk(QUESTION, "thanks!", "and where?")

    assert ENGLISH.courtesy in said
    assert f"I read this as: and where? {QUESTION}" in said


def test_what_the_bot_is_and_does_is_told() -> None:
    assert "/search words" in talk("what can you do?")


def test_a_no_is_told_what_helps_in_a_terminal() -> None:
    said = talk(QUESTION, "that's wrong")

    assert ENGLISH.terminal_disagreement in said
    assert "👎" not in said


def test_markup_in_questions_and_documents_stays_as_it_is() -> None:
    assert "[bold]x[/bold]" in talk("/search [bold]x[/bold]")


def test_quit_ends_it_and_empty_lines_do_not_matter() -> None:
    assert talk("", "  ", "/quit", QUESTION) == ""


def test_typing_ends_with_the_end_of_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("one\ntwo\n"))

    assert list(lines_typed(Console(file=StringIO()))) == ["one", "two"]
