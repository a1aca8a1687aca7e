"""What other processes do to an index in the tests: publish, and die at it. Here so that they can be imported there."""

import errno
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event

from index.domain import Document
from index.keeping import Keeper
from index.stores.local import LocalStore
from tests.fakes import HashingEmbedder

_WRITES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir"}


def edition(number: int) -> list[Document]:
    """Documents that all say which edition they are of, so that a mix of two shows."""
    return [Document(f"{name}.txt", str(number), f"The {name} was closed in edition {number}.") for name in ("bridge", "river", "school")]


def open_store(data: Path) -> LocalStore:
    return LocalStore(data, HashingEmbedder())


def edition_in(data: Path) -> int:
    """What an index that was just opened answers from; raises if that isn't one whole edition."""
    store = open_store(data)
    hits = store.holdings(["shared"]).search("bridge closed", HashingEmbedder().embed_query("bridge closed"), 10)
    (number,) = {int(found.title) for found in store.documents("shared")} | {int(hit.document.title) for hit in hits}
    assert store.documents("shared") == edition(number)
    assert len(hits) == 3
    return number


def publish_for_ever(data: Path, first: int, connection: Connection) -> None:
    """Says each edition once it is published."""
    store = open_store(data)
    for number in count(first):
        store.publish("shared", edition(number))
        connection.send(number)


def publish_some(data: Path, numbers: range, connection: Connection) -> None:
    """Says the generations that came of them."""
    store = open_store(data)
    connection.send([store.publish("shared", edition(number)) for number in numbers])


def publish_and_die(data: Path, number: int, step: int) -> None:
    """Dies before it changes the disk for the `step`th time, as if the power had gone."""
    store = open_store(data)
    _at_write(step, lambda: os.kill(os.getpid(), signal.SIGKILL))
    store.publish("shared", edition(number))


def remove_and_die(data: Path, collection: str, document_id: str, step: int) -> None:
    """Dies as `publish_and_die`."""
    keeper = Keeper(open_store(data), data / "corpus")
    _at_write(step, lambda: os.kill(os.getpid(), signal.SIGKILL))
    keeper.remove(collection, document_id)


def publish_on_a_full_disk(data: Path, number: int, step: int, connection: Connection) -> None:
    """Says whether it failed, what the store then answered from, and what after publishing again with room on the disk."""
    store, has_room, failed = open_store(data), Event(), False
    _at_write(step, lambda: None if has_room.is_set() else _raise_no_space())
    try:
        store.publish("shared", edition(number))
    except OSError:
        failed = True
    has_room.set()
    then = edition_in(data)
    store.publish("shared", edition(number))
    connection.send((failed, then, edition_in(data)))


def open_while_others_publish(data: Path, steps: int, connection: Connection) -> None:
    """Opens the index `steps` times, while before its first, second, … file two editions are published. Says which it then had."""
    countdown, numbers = [0], count(1)

    def look(event: str, _arguments: tuple[object, ...]) -> None:
        if event == "open" and countdown[0]:
            countdown[0] -= 1
            if countdown[0] == 0:
                for number in (next(numbers), next(numbers)):
                    open_store(data).publish("shared", edition(number))

    sys.addaudithook(look)
    for step in range(1, steps + 1):
        countdown[0] = step
        documents = open_store(data).documents("shared")
        assert documents == edition(int(documents[0].title))
        connection.send((step, int(documents[0].title)))


def _at_write(step: int, act: Callable[[], None]) -> None:
    """Has `act` happen before this process opens a file for writing, renames or removes for the `step`th time from now."""
    writes = count(1)

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if (event in _WRITES or (event == "open" and _is_for_writing(arguments))) and next(writes) == step:
            act()

    sys.addaudithook(look)


def _is_for_writing(arguments: tuple[object, ...]) -> bool:
    return bool(int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR))


def _raise_no_space() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
