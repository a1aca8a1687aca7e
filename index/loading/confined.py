"""Parsing in a process of its own that can do no harm, whatever the file does to it. Costs 0.1–0.2 s a file.

It is given the file through a pipe and gives the result as JSON through another. It has no environment, no way to open files or
connections once it begins to parse, limited memory and time (see `worker`), and an empty folder to be in. What needs the operating
system's help is left out where that has none; size and time are limited anywhere.
"""

import json
import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread, Timer
from typing import IO

from pydantic import TypeAdapter, ValidationError

from index import errors
from index.errors import Damaged, TooLarge, TooSlow, Unreadable
from index.loading.parsed import Limits, Parsed
from index.loading.worker import CAUSE, REASON, REFUSED, asked

log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from index.loading.worker import main; main(sys.argv[2])"
_BYTES_A_CHARACTER = 8
"""Of the result at most, with the places."""
_parsed = TypeAdapter(Parsed)


def parse_confined(kind: str, name: str, content: bytes, limits: Limits) -> Parsed:
    """Raises Unreadable, also for what makes the process crash or go on for ever."""
    result, status, is_late = _run(asked(kind, name, limits), content, limits)
    if is_late or status == -getattr(signal, "SIGXCPU", 0):
        raise TooSlow(f"takes longer than {limits.seconds:.0f} s to read; split it, or save it as plain text")
    if len(result) > _most(limits):
        raise TooLarge("more text than a document may have; split it")
    if status != 0 or not result:
        log.warning("a file could not be parsed: kind=%s bytes=%d status=%d", kind, len(content), status)
        raise Damaged("damaged, or too much to be read; open it and save it anew, or as plain text")
    return _understood(kind, result)


def _run(request: str, content: bytes, limits: Limits) -> tuple[bytes, int, bool]:
    """What the process says, its exit status (on POSIX negative for a signal), and whether its time ran out."""
    late = Event()
    command = [sys.executable, "-I", "-X", "utf8", "-W", "ignore", "-c", _START, str(_ROOT), request]
    with (
        TemporaryDirectory(prefix="citebot-") as folder,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, env=_environment()
        ) as child,
    ):
        deadline = Timer(limits.seconds, _stop, (child, late))
        deadline.start()
        feeding = Thread(target=_feed, args=(child.stdin, content))
        feeding.start()
        try:
            result = child.stdout.read(_most(limits) + 1) if child.stdout else b""
            if len(result) > _most(limits):
                child.kill()
            status = child.wait()
        finally:
            child.kill()  # as when somebody presses Ctrl-C; of one that has ended, nothing
            deadline.cancel()
            feeding.join()
    return result, status, late.is_set() and status != 0  # it may have ended by itself just before


def _stop(child: "subprocess.Popen[bytes]", late: Event) -> None:
    late.set()  # first: whoever finds the process killed asks why
    child.kill()


def _feed(pipe: IO[bytes], content: bytes) -> None:
    with suppress(OSError):  # it ended without reading on
        pipe.write(content)
    with suppress(OSError):
        pipe.close()


def _environment() -> dict[str, str]:
    """Nothing of ours: neither the token nor the settings. Windows can't start a process without its own folder."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _most(limits: Limits) -> int:
    return 1_000_000 + _BYTES_A_CHARACTER * limits.characters


def _understood(kind: str, result: bytes) -> Parsed:
    """The result, checked: whoever took the process over may say anything."""
    try:
        said = json.loads(result)
        if REFUSED in said:
            refusal = getattr(errors, str(said[REFUSED]), None)
            if not (isinstance(refusal, type) and issubclass(refusal, Unreadable)):
                refusal = Damaged
            if cause := said.get(CAUSE):
                log.warning("a file could not be parsed: kind=%s error=%s", kind, cause)
            raise refusal(str(said[REASON]))
        return _parsed.validate_python(said, strict=False)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
        log.warning("a file was parsed into nothing sensible: kind=%s error=%s", kind, type(error).__name__)
        raise Damaged("damaged; open it and save it anew") from error
