"""Files that were sent together: each is a message of its own, only one of them carries the caption, and that may come last."""

from collections import OrderedDict
from dataclasses import dataclass, field

from telegram import Message

MOST = 100
"""Albums that are remembered, the newest."""


@dataclass
class _Album:
    is_wanted: bool = False
    waiting: list[Message] = field(default_factory=list)


class Albums:
    """Which albums somebody has asked to add, and which files wait for that. Lives in memory: their messages come within a second."""

    def __init__(self) -> None:
        self._albums: OrderedDict[str, _Album] = OrderedDict()

    def want(self, asked: Message) -> list[Message]:
        """All of its album is wanted from now on; those that came before it."""
        album = self._of(asked)
        album.is_wanted = True
        waiting, album.waiting = album.waiting, []
        return waiting

    def is_wanted(self, member: Message) -> bool:
        """If not, `member` waits until it is."""
        album = self._of(member)
        if not album.is_wanted:
            album.waiting.append(member)
        return album.is_wanted

    def _of(self, member: Message) -> _Album:
        if member.media_group_id is None:
            return _Album()
        album = self._albums.setdefault(member.media_group_id, _Album())
        while len(self._albums) > MOST:
            self._albums.popitem(last=False)
        return album
