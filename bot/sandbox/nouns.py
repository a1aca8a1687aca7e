"""What the world consists of, and how each thing looks in the Bot API's JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.errors import bad_request
from bot.sandbox.text import Entity

ChatType = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

GENERAL = 1
"""The thread of a forum's General topic. Its messages don't say so, and sending there names no thread."""

_ADMIN_RIGHTS = """
    can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members can_change_info
    can_invite_users can_post_stories can_edit_stories can_delete_stories can_pin_messages can_manage_topics
    can_post_messages can_edit_messages
"""
_MEMBER_RIGHTS = """
    can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_react_to_messages
    can_edit_tag can_change_info can_invite_users can_pin_messages can_manage_topics
"""
ADMIN_RIGHTS = tuple(_ADMIN_RIGHTS.split())
MEMBER_RIGHTS = tuple(_MEMBER_RIGHTS.split())


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class User:
    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    last_name: str | None = None
    is_bot: bool = False

    def json(self) -> dict[str, Any]:
        return without_none(vars(self))


@dataclass(frozen=True)
class Member:
    """`rights`: what an administrator may do, or what a restricted member may still do."""

    user: User
    status: Status = "member"
    rights: frozenset[str] = frozenset()

    @property
    def is_present(self) -> bool:
        return self.status not in {"left", "kicked"}

    @property
    def is_admin(self) -> bool:
        return self.status in {"administrator", "creator"}

    def may(self, right: str) -> bool:
        match self.status:
            case "creator":
                return True
            case "administrator":
                return right in self.rights or right not in ADMIN_RIGHTS
            case "restricted":
                return right in self.rights
            case "member":
                return right not in ADMIN_RIGHTS
        return False

    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"status": self.status, "user": self.user.json()}
        match self.status:
            case "creator":
                answer["is_anonymous"] = False
            case "administrator":
                answer |= {"can_be_edited": False, "is_anonymous": False}
                answer |= {right: right in self.rights for right in ADMIN_RIGHTS}
            case "restricted":
                answer |= {"is_member": True, "until_date": 0}
                answer |= {right: right in self.rights for right in MEMBER_RIGHTS}
            case "kicked":
                answer["until_date"] = 0
        return answer


@dataclass(frozen=True)
class File:
    """`path`: where the server offers it for download."""

    file_id: str
    unique_id: str
    name: str
    mime_type: str
    content: bytes = field(repr=False)
    path: str

    def json(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(frozen=True)
class Button:
    """A button under a message; exactly one of the others is set, or the action is one that isn't named here."""

    text: str
    callback_data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Message:
    """A message as it is now; an edit puts another one in its place.

    `content`: the JSON fields that say what it is: `text` and `entities`, `document`, `new_chat_members`, …
    `thread`: the topic, or in a supergroup without topics the message at the root of the replies.
    `extra`: JSON fields that say where it comes from: `quote`, `external_reply`, `forward_origin`, …
    `inline_id`: set when the bot can edit it only by `inline_message_id`.
    """

    chat: "Chat" = field(repr=False)
    id: int
    date: int
    sender: User
    content: Mapping[str, Any]
    thread: int | None = None
    reply_to: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    markup: Mapping[str, Any] | None = None
    via_bot: User | None = None
    inline_id: str | None = None
    edited: int | None = None
    reactions: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Text or caption."""
        return str(self.content.get("text") or self.content.get("caption") or "")

    @property
    def entities(self) -> list[Entity]:
        return list(self.content.get("entities") or self.content.get("caption_entities") or [])

    @property
    def is_service(self) -> bool:
        return not self.content.keys() & {"text", "document", "voice", "sticker", "photo", "audio", "video"}

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Those of the inline keyboard, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return tuple(
            Button(
                text=button["text"],
                callback_data=button.get("callback_data"),
                url=button.get("url"),
            )
            for row in rows
            for button in row
        )

    def button(self, label: str) -> Button:
        """The first button whose text holds `label`."""
        for button in self.buttons:
            if label in button.text:
                return button
        raise LookupError(f"no button {label!r} among {[button.text for button in self.buttons]}")

    def json(self, *, nested: bool = False) -> dict[str, Any]:
        """`nested`: as the message replied to, which doesn't say what it replies to itself."""
        answer: dict[str, Any] = {"message_id": self.id, "date": self.date, "chat": self.chat.json()}
        if self.chat.type == "channel":
            answer["sender_chat"] = self.chat.json()
        else:
            answer["from"] = self.sender.json()
        answer |= without_none({"edit_date": self.edited, "via_bot": self.via_bot and self.via_bot.json()})
        answer |= self._place(nested)
        answer |= {**self.content, **self.extra}
        if "inline_keyboard" in (self.markup or {}):
            answer["reply_markup"] = self.markup
        return answer

    def _place(self, nested: bool) -> dict[str, Any]:
        place: dict[str, Any] = {}
        if self.thread is not None and self.thread != GENERAL:
            place["message_thread_id"] = self.thread
            if self.chat.is_forum:
                place["is_topic_message"] = True
        replied = self.chat.messages.get(self.reply_to) if self.reply_to else None
        if replied and not nested:
            place["reply_to_message"] = replied.json(nested=True)
        return place


@dataclass(eq=False)
class Chat:
    """A private chat has its person's id. `messages`: by id, without those deleted.

    `bot_reads_all`: privacy mode as it was when the bot came in. `started`: the person has written to the bot.
    """

    id: int
    type: ChatType
    title: str | None = None
    username: str | None = None
    person: User | None = None
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = GENERAL
    migrated_to: int | None = None
    bot_reads_all: bool = False
    started: bool = False
    blocked: bool = False

    @property
    def is_group(self) -> bool:
        return self.type in {"group", "supergroup"}

    @property
    def kind(self) -> str:
        """As errors call it."""
        return f"{self.type} chat"

    def member(self, user: User) -> Member:
        return self.members.get(user.id, Member(user, "left"))

    def present(self) -> Iterator[Member]:
        return (member for member in self.members.values() if member.is_present)

    def message(self, message_id: int, what: str) -> Message:
        """Raises "`what` not found", as in "message to edit not found"."""
        if message_id not in self.messages:
            raise bad_request(f"{what} not found")
        return self.messages[message_id]

    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.person:
            return answer | without_none(
                {
                    "first_name": self.person.first_name,
                    "last_name": self.person.last_name,
                    "username": self.person.username,
                }
            )
        return answer | without_none({"title": self.title, "username": self.username, "is_forum": True if self.is_forum else None})
