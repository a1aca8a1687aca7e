"""The corpus folder, watched: what is saved there is indexed soon after, while questions go on being answered."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, watch

from index.errors import CitebotError
from index.keeping import Changes, Keeper
from index.loading.corpus import Skipped

log = logging.getLogger(__name__)

QUIET = 0.5
"""Seconds without a change after which a file counts as saved: editors write several times, and copies take their time."""
PATIENCE = 10.0
"""Seconds after which what has changed is indexed though changes go on."""
LOOK = 1.0
"""Seconds between looks at whether the folder is still the one that is watched."""
BLIND = 5.0
"""Seconds between looks at the files while the system tells of no changes."""

_CURE = (
    "corpus: the system doesn't tell of changes (%s), so files are looked at every %.0f s; raise fs.inotify.max_user_instances and"
    " fs.inotify.max_user_watches (sysctl)"
)


@contextmanager
def watching(keeper: Keeper, folder: Path) -> Iterator[None]:
    """Has `keeper` follow the corpus folder inside, in a thread of its own. What goes wrong is logged; the last good index stays.

    When it ends, a publication may be cut off, as by a crash: that leaves the last generation or the next.
    """
    stop = Event()
    thread = Thread(target=_follow, args=(keeper, folder, stop), name="corpus", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(QUIET)


def _follow(keeper: Keeper, folder: Path, stop: Event) -> None:
    skipped: frozenset[Skipped] = frozenset()
    trouble: str | None = None
    for _ in changes(folder, stop):
        try:
            found = keeper.follow()
        except CitebotError as error:
            if trouble != str(error):
                log.error("corpus: %s", error)
            trouble = str(error)
        except Exception:
            log.exception("corpus: it couldn't be indexed; the next change will be tried again")
        else:
            if found is None:
                continue
            trouble = None
            _report(found, skipped)
            skipped = frozenset(found.corpus.skipped)


def _report(found: Changes, known: frozenset[Skipped]) -> None:
    """Logs what changed, and each file that can't be read, once."""
    for skipped in found.corpus.skipped:
        if skipped not in known:
            stays = "; its last good version stays" if any(map(skipped.holds, found.kept)) else ""
            log.warning("corpus: %s: %s%s", skipped.path, skipped.reason, stays)
    if found.added or found.changed or found.removed:
        counts = len(found.added), len(found.changed), len(found.removed)
        log.info("corpus: %d added, %d changed, %d removed; generation %d", *counts, found.generation)


def changes(folder: Path, stop: Event) -> Iterator[None]:
    """Yields at once, and whenever something in `folder` may have changed and been left alone; also when it has gone or come back."""
    is_told = False
    while not stop.is_set():
        watched = _identity(folder)
        if watched is None:
            yield
            while _identity(folder) is None and not stop.wait(LOOK):
                pass
            continue
        try:
            yield from _while_it_is(folder, watched, stop)
        except FileNotFoundError:
            continue  # it went away just now
        except (OSError, RuntimeError) as error:  # watchfiles' own is a RuntimeError
            if not is_told:
                log.warning(_CURE, error, BLIND)
            is_told = True
            yield
            stop.wait(BLIND)


def _while_it_is(folder: Path, watched: tuple[int, int], stop: Event) -> Iterator[None]:
    """Changes in the folder as long as it is this one: somebody may put another in its place, and the old one be watched for ever."""
    ticks = watch(
        folder,
        watch_filter=_is_change,
        debounce=round(1000 * PATIENCE),
        step=round(1000 * QUIET),
        rust_timeout=round(1000 * LOOK),
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    is_first = True
    for changed in ticks:
        if changed or is_first:
            yield
        is_first = False  # from here on nothing escapes it
        if _identity(folder) != watched:
            return


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells this folder from another of its name; None while there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_change(_change: Change, path: str) -> bool:
    """Hidden files are what editors write before they rename; `Keeper.follow` finds out whether anything matters."""
    return not Path(path).name.startswith(".")
