"""Files that were sent together: each is a message of its own, only one of them carries the caption, and that may come last."""

from collections import OrderedDict
from dataclasses import dataclass, field

from telegram import Message

MOST = 100
"""Albums that are remembered, the newest."""
CAPTION_WITHIN = 3.0
"""Seconds; the messages of an album come within one."""


@dataclass
class _Album:
    is_wanted: bool = False
    seen: set[int] = field(default_factory=set)


class Albums:
    """Which albums somebody has asked to add. Lives in memory: after a restart their messages come again, those that are unfinished."""

    def __init__(self) -> None:
        self._albums: OrderedDict[str, _Album] = OrderedDict()

    def want(self, member: Message) -> None:
        """All of its album is wanted, what came before it as well."""
        self._of(member).is_wanted = True

    def is_wanted(self, member: Message) -> bool:
        return self._of(member).is_wanted

    def is_first(self, member: Message) -> bool:
        """Whether none of its album was looked at before; a message of no album is always the first."""
        album = self._of(member)
        is_first = not album.seen
        album.seen.add(member.message_id)
        return is_first

    def is_undecided(self, member: Message) -> bool:
        """Whether it is looked at for the first time and not wanted so far: the caption may be still to come."""
        album = self._of(member)
        is_new = member.message_id not in album.seen
        album.seen.add(member.message_id)
        return is_new and member.media_group_id is not None and not album.is_wanted

    def _of(self, member: Message) -> _Album:
        if member.media_group_id is None:
            return _Album()
        album = self._albums.setdefault(member.media_group_id, _Album())
        while len(self._albums) > MOST:
            self._albums.popitem(last=False)
        return album
