"""What runs in the process that parses one file: first it gives up what it doesn't need, then it reads."""

import importlib
import json
import math
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

from index.errors import Damaged, TooLarge, Unreadable
from index.loading.parsed import Limits, Parsed

if sys.platform != "win32":  # which has no such limits; there, size and time are limited by whoever started us
    import resource

Parser = Callable[[str, bytes, Limits], Parsed]

REFUSED, REASON, CAUSE = "refused", "reason", "cause"
"""Keys of a refusal: class of the error, its message, and the class of what was unforeseen."""

_LATE = ("heapq", "_strptime", *(f"encodings.{name}" for name in "ascii cp437 latin_1 utf_16 utf_16_be utf_16_le utf_32 utf_8_sig".split()))
"""What the libraries import only when they need it; then no more files can be opened."""
_PARSERS = {".html": "webpages", ".pdf": "pdfs", ".docx": "word", ".epub": "books", ".csv": "tables", ".json": "chats"}


def asked(kind: str, name: str, limits: Limits) -> str:
    """The argument that `main` takes."""
    return json.dumps([kind, name, asdict(limits)])


def main(request: str) -> None:
    """Parses standard input, and prints the result as JSON."""
    kind, name, entries = json.loads(request)
    limits = Limits(**entries)
    result = sys.stdout.buffer
    parser: Parser = importlib.import_module(f"index.loading.{_PARSERS[kind]}").parse
    content = sys.stdin.buffer.read(limits.size)
    for module in _LATE:
        importlib.import_module(module)
    _give_up(limits)
    result.write(_attempt(parser, name, content, limits))
    result.flush()
    os._exit(0)  # what parsers leave behind is not worth tidying up, and may crash on the way


def _attempt(parser: Parser, name: str, content: bytes, limits: Limits) -> bytes:
    try:
        return _json(parser(name, content, limits))
    except Unreadable as error:
        return _json({REFUSED: type(error).__name__, REASON: str(error)})
    except MemoryError:
        reason = f"needs more than {limits.memory // 2**20} MB of memory; split it, or save it as plain text"
        return _json({REFUSED: TooLarge.__name__, REASON: reason})
    except Exception as error:  # noqa: BLE001  # of whatever class: what the libraries don't foresee is a damaged file
        return _json({REFUSED: Damaged.__name__, REASON: "damaged; open it and save it anew", CAUSE: type(error).__name__})


def _give_up(limits: Limits) -> None:
    """From here on: neither files nor connections can be opened, nor processes started; memory and time are limited."""
    if sys.platform == "win32":
        return
    seconds = math.ceil(limits.seconds)
    for name, most in (
        ("RLIMIT_AS", limits.memory),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", 0),  # those that are open stay; none takes the place of one that is closed
    ):
        with suppress(AttributeError, ValueError, OSError):  # not every system knows all of them
            resource.setrlimit(getattr(resource, name), (most, most))


def _json(value: object) -> bytes:
    return json.dumps(value, default=asdict, ensure_ascii=False).encode("utf-8", "surrogatepass")
