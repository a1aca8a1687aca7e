"""Logging for the bot's process: one root handler, from which no token gets out.

httpx logs every URL at INFO, and a Bot API URL holds the token; python-telegram-bot puts it into the text of
`InvalidToken`. So the formatter that every record passes, tracebacks included, takes out the token and whatever looks
like one.
"""

import logging
import re
from collections.abc import Callable, Iterable
from typing import TextIO

_LOOKS_LIKE_A_TOKEN = re.compile(r"\d{3,}(:|%3A)[A-Za-z0-9_-]{8,}", re.IGNORECASE)
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LIBRARIES = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.CRITICAL,
    "bm25s": logging.WARNING,
    "watchfiles": logging.WARNING,
}
"""At DEBUG these log requests and whole updates, and with them questions; and python-telegram-bot logs with a traceback
the very errors of the network that we log in a line. bm25s sets its own logger to DEBUG."""

Redact = Callable[[str], str]


def redactor(secrets: Iterable[str] = ()) -> Redact:
    """A function that takes the given secrets, and everything in the form of a bot token, out of a text."""
    known = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def redact(text: str) -> str:
        for secret in known:
            text = text.replace(secret, "[token]")
        return _LOOKS_LIKE_A_TOKEN.sub("[token]", text)

    return redact


class RedactingFormatter(logging.Formatter):
    """Formats as usual, then redacts the whole: message, arguments, exception and stack."""

    def __init__(self, redact: Redact) -> None:
        super().__init__(_FORMAT)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def configure(level: str, redact: Redact, stream: TextIO | None = None) -> None:
    """Sets up logging for an entry point. `stream`: standard error by default."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(redact))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name, least in _LIBRARIES.items():
        logging.getLogger(name).setLevel(least)
