"""No token gets into the log, however it got into a record."""

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import configure, redactor

TOKEN = "7000001:AAE-sekrit_sekrit_sekrit"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the log says, with the process's own logging put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("INFO", redactor([TOKEN]), stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_the_token_is_taken_out_of_messages_and_arguments(log: io.StringIO) -> None:
    logging.getLogger("x").info("GET %s", f"https://api.telegram.org/bot{TOKEN}/getMe")

    assert log.getvalue().rstrip().endswith("GET https://api.telegram.org/bot[token]/getMe")


def test_the_token_is_taken_out_of_tracebacks(log: io.StringIO) -> None:
    try:
        raise ValueError(f"The token `{TOKEN}` was rejected")
    except ValueError:
        logging.getLogger("x").exception("failed")

    assert "sekrit" not in log.getvalue()
    assert "The token `[token]` was rejected" in log.getvalue()


def test_a_token_that_nobody_told_of_is_known_by_its_form(log: io.StringIO) -> None:
    logging.getLogger("x").info("/bot123456789%3AAAabcdefghijklmnopqrstuvwxyz/getMe, 123456789:AAabcdefghijklmnopqrstuv")

    assert log.getvalue().rstrip().endswith("/bot[token]/getMe, [token]")


def test_the_http_librarys_addresses_are_not_logged_at_all(log: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST …")

    assert log.getvalue() == ""


@given(st.text(), st.text())
def test_nothing_else_is_changed_but_what_looks_like_a_token(before: str, after: str) -> None:
    redacted = redactor([TOKEN])(f"{before} {TOKEN} {after}")

    assert TOKEN not in redacted
    assert "[token]" in redacted


def test_times_are_no_tokens() -> None:
    assert redactor()("2026-11-23 04:50:37,123 INFO 200:OK") == "2026-11-23 04:50:37,123 INFO 200:OK"
