"""Who is served. Pure; the same rule for messages, edits and button presses."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the settings need AccessList for every command, and most do without Telegram's half second
    from telegram import Message, Update

    from bot.admissions import Admitted


@dataclass(frozen=True, slots=True)
class AccessList:
    """Ids of users and chats that are served; both empty: everybody, unless `is_closed`. Only one set: nobody else.

    `admins`: of the bot, who are always served. `is_closed`: somebody was let in by a code, so it isn't everybody.
    """

    users: Set[int] = field(default_factory=frozenset)
    chats: Set[int] = field(default_factory=frozenset)
    admins: Set[int] = field(default_factory=frozenset)
    is_closed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether everybody is served."""
        return not self.users and not self.chats and not self.is_closed

    def serves(self, user: int | None, chat: int | None) -> bool:
        """Whether a message of `user` in `chat` is served; None for who or where isn't known."""
        return self.is_open or user in self.users or user in self.admins or chat in self.chats

    def admitting(self, admitted: "Admitted") -> "AccessList":
        """Those who were let in by a code as well. A private chat has its person's id."""
        return replace(
            self,
            users=self.users | {one for one in admitted.ids if one > 0},
            chats=self.chats | {one for one in admitted.ids if one < 0},
            is_closed=self.is_closed or admitted.is_closed,
        )


def serves(access: AccessList, update: "Update") -> bool:
    """Whether whatever `update` brings is served."""
    return access.serves(_sender(update), update.effective_chat.id if update.effective_chat else None)


def is_in_private(message: "Message") -> bool:
    return message.chat.type == message.chat.PRIVATE


def author(message: "Message") -> int | None:
    """Who wrote `message`; None for anonymous administrators and channels, whose `from_user` is a stand-in."""
    return message.from_user.id if message.from_user is not None and message.sender_chat is None else None


def writes_as_group(message: "Message") -> bool:
    """Whether an anonymous administrator wrote `message`."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat_id


def _sender(update: "Update") -> int | None:
    # Not effective_message: of a press on a button that is the bot's own message.
    message = update.message or update.edited_message
    if message is not None:
        return author(message)
    return update.effective_user.id if update.effective_user else None
