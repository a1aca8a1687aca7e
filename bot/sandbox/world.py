"""The world of people, chats and messages around the bot, and what a person can do in it.

Everything a person does reaches the bot as the updates that Telegram would send, as far as privacy mode lets it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Literal

from bot.sandbox.errors import ApiError
from bot.sandbox.feed import Feed
from bot.sandbox.nouns import (
    ADMIN_RIGHTS,
    MEMBER_RIGHTS,
    Button,
    Chat,
    ChatType,
    File,
    Member,
    Message,
    Status,
    User,
)
from bot.sandbox.rules import MAX_INLINE_QUERY
from bot.sandbox.text import (
    Entity,
    commands,
    found_entities,
    merged,
    quote_position,
    quoted_entities,
    utf16_length,
    utf16_slice,
)
from bot.sandbox.updates import UpdateQueue

QUERY_LIFETIME = 60.0
"""Seconds in which a callback or inline query can be answered. Telegram says only that it is short."""

ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
"""The stand-in for an administrator who speaks as the group."""

WRITTEN = frozenset({"text", "entities", "caption", "caption_entities"})
"""The fields of a message's content that an edit of its words replaces."""

EventKind = Literal["posted", "edited", "deleted", "reacted", "answered", "acted"]


@dataclass(frozen=True)
class Event:
    """Something a person would see. `message`: as it was then; `detail`: the answer to a query, the chat action, …"""

    kind: EventKind
    chat: Chat | None
    message: Message | None = None
    detail: Any = None


@dataclass
class CallbackQuery:
    """A press of a button. `answer`: what the bot said to it (text, show_alert, …), None until it has."""

    id: str
    user: User
    message: Message
    data: str
    asked: float
    answer: Mapping[str, Any] | None = None


@dataclass
class InlineQuery:
    """`answer`: the parameters of answerInlineQuery, None until it came. `is_cached`: the bot wasn't asked."""

    id: str
    user: User
    text: str
    offset: str
    asked: float
    answer: Mapping[str, Any] | None = None
    is_cached: bool = False

    @property
    def results(self) -> list[dict[str, Any]]:
        return list((self.answer or {}).get("results", []))


@dataclass
class GuestQuery:
    """A mention of the bot in a chat where it isn't. `answer`: the message it gave."""

    id: str
    message: Message
    asked: float
    answer: Message | None = None


@dataclass
class BotProfile:
    """What @BotFather and the bot itself have set. `commands`: by scope (see `scope_key`) and language.

    `inline_feedback`: whether the bot is told which results people choose; off unless asked for, as with @BotFather.
    """

    inline: bool = True
    inline_feedback: bool = False
    guest: bool = True
    privacy: bool = True
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)


class World:
    """`clock`: the time in seconds since 1970. Belongs to one event loop, like the server that shows it to the bot."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.bot = User(7_000_001, "Citebot", "citebot", is_bot=True)
        self.profile = BotProfile()
        self.updates = UpdateQueue()
        self.events: Feed[Event] = Feed()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.callbacks: dict[str, CallbackQuery] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.guest_queries: dict[str, GuestQuery] = {}
        self._clock = clock
        self._ids = count(1)
        self._user_ids = count(5_000_001)
        self._message_ids = count(1)

    def now(self) -> float:
        return self._clock()

    # Who and where --------------------------------------------------------------------------------------------------

    def person(self, first_name: str, *, username: str | None = None, language: str | None = "en") -> User:
        return self._add_user(User(next(self._user_ids), first_name, username or first_name.lower(), language))

    def other_bot(self, username: str) -> User:
        return self._add_user(User(next(self._user_ids), username, username, is_bot=True))

    def _add_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def private(self, person: User) -> Chat:
        """The person's chat with the bot, the same one each time. The bot can't write there first."""
        if person.id not in self.chats:
            self.chats[person.id] = Chat(person.id, "private", person=person)
        return self.chats[person.id]

    def group(self, title: str, people: Sequence[User], *, admins: Sequence[User] = (), bot: bool = True) -> Chat:
        """A basic group; the first of the `people` created it."""
        return self._gather(Chat(-next(self._user_ids), "group", title), people, admins, bot)

    def supergroup(
        self,
        title: str,
        people: Sequence[User],
        *,
        admins: Sequence[User] = (),
        forum: bool = False,
        username: str | None = None,
        bot: bool = True,
    ) -> Chat:
        """`forum`: with topics; add them with `topic`."""
        chat = Chat(-1_000_000_000_000 - next(self._user_ids), "supergroup", title, username, is_forum=forum)
        return self._gather(chat, people, admins, bot)

    def channel(self, title: str, owner: User, *, username: str | None = None) -> Chat:
        """A channel with the bot as an administrator, the only way it can be in one."""
        chat = Chat(-1_000_000_000_000 - next(self._user_ids), "channel", title, username)
        self._gather(chat, [owner], [], False)
        self.promote(chat, self.bot, by=owner)
        return chat

    def _gather(self, chat: Chat, people: Sequence[User], admins: Sequence[User], bot: bool) -> Chat:
        self.chats[chat.id] = chat
        for person in people:
            chat.members[person.id] = Member(person)
        for admin in admins:
            chat.members[admin.id] = Member(admin, "administrator", frozenset(ADMIN_RIGHTS))
        chat.members[people[0].id] = Member(people[0], "creator")
        if bot:
            self.add_bot(chat, by=people[0])
        return chat

    def topic(self, chat: Chat, name: str) -> int:
        """A new topic in a forum; the thread to name in `say`."""
        creator = next(iter(chat.members.values())).user
        thread = self._next_message_id(chat)
        chat.topics[thread] = name
        content = {"forum_topic_created": {"name": name, "icon_color": 7_322_096}}
        self._post(chat, creator, content, thread=thread, message_id=thread)
        return thread

    # What a person says ----------------------------------------------------------------------------------------------

    def say(
        self,
        chat: Chat,
        user: User,
        text: str,
        *,
        entities: Sequence[Entity] = (),
        reply_to: Message | None = None,
        quote: str | None = None,
        thread: int | None = None,
        anonymous: bool = False,
    ) -> Message:
        """`entities`: formatting; links, mentions and commands are found in the text. `quote`: a part of `reply_to`.

        `anonymous`: an administrator speaks as the group; the bot sees `sender_chat` and a stand-in for the user.
        """
        content = text_content(text, merged(list(entities), found_entities(text)))
        sender = ANONYMOUS if anonymous else user
        extra = {"sender_chat": chat.json()} if anonymous else {}
        return self._say(chat, sender, content, reply_to=reply_to, quote=quote, thread=thread, extra=extra)

    def upload(
        self,
        chat: Chat,
        user: User,
        name: str,
        content: bytes,
        *,
        mime_type: str = "text/plain",
        caption: str = "",
        reply_to: Message | None = None,
        thread: int | None = None,
        album: str | None = None,
    ) -> Message:
        """`album`: the same for files that are sent together."""
        file = self.add_file(name, content, mime_type, "documents")
        content_of_it = {"document": file.json() | {"file_name": name, "mime_type": mime_type}}
        content_of_it |= caption_content(caption, found_entities(caption))
        extra = {"media_group_id": album} if album is not None else {}
        return self._say(chat, user, content_of_it, reply_to=reply_to, thread=thread, extra=extra)

    def photo(self, chat: Chat, user: User, content: bytes = b"\xff\xd8photo", *, caption: str = "", album: str | None = None) -> Message:
        file = self.add_file("photo.jpg", content, "image/jpeg", "photos")
        sizes = {"photo": [file.json() | {"width": 640, "height": 480}]}
        extra = {"media_group_id": album} if album is not None else {}
        return self._say(chat, user, sizes | caption_content(caption, found_entities(caption)), extra=extra)

    def voice(self, chat: Chat, user: User, content: bytes = b"OggS", *, seconds: int = 3) -> Message:
        file = self.add_file("voice.oga", content, "audio/ogg", "voice")
        return self._say(chat, user, {"voice": file.json() | {"duration": seconds, "mime_type": "audio/ogg"}})

    def animation(self, chat: Chat, user: User, content: bytes = b"\x00\x00\x00\x18ftyp") -> Message:
        """A GIF, as Telegram keeps it: a film without sound, which is given as a document too."""
        file = self.add_file("cat.mp4", content, "video/mp4", "animations").json() | {"mime_type": "video/mp4"}
        return self._say(chat, user, {"animation": file | {"width": 320, "height": 240, "duration": 2}, "document": file})

    def sticker(self, chat: Chat, user: User, emoji: str = "👍") -> Message:
        file = self.add_file("sticker.webp", b"RIFF", "image/webp", "stickers")
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._say(chat, user, {"sticker": file.json() | shape | {"emoji": emoji}})

    def _say(
        self,
        chat: Chat,
        user: User,
        content: Mapping[str, Any],
        *,
        reply_to: Message | None = None,
        quote: str | None = None,
        thread: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Message:
        if chat.migrated_to:
            raise ValueError("nobody can write in a group that has become a supergroup")
        if chat.type == "private":
            chat.started = True
            if chat.blocked:
                self.unblock(user)
        quoted = {"quote": quote_content(reply_to, quote)} if reply_to and quote else {}
        return self._post(chat, user, content, reply_to=reply_to, thread=thread, extra={**(extra or {}), **quoted})

    def edit(self, message: Message, text: str, *, entities: Sequence[Entity] = ()) -> Message:
        """The person changes what they wrote."""
        found = merged(list(entities), found_entities(text))
        written = text_content(text, found) if "text" in message.content else caption_content(text, found)
        # The old entities must not outlive their text: a message that no longer begins with a command isn't for the bot.
        kept = {name: value for name, value in message.content.items() if name not in WRITTEN}
        return self.replace(message, content=kept | written, edited=int(self.now()))

    def delete(self, message: Message) -> None:
        """Bots aren't told."""
        current = message.chat.messages.pop(message.id, None)
        self.events.add(Event("deleted", message.chat, current or message))

    def react(self, message: Message, user: User, *emoji: str) -> None:
        """The person's reactions to a message are now these. Bots see them in private chats and as administrators."""
        current = message.chat.messages[message.id]
        old = current.reactions.get(user.id, ())
        self.set_reactions(current, user, emoji)
        chat = current.chat
        if chat.type == "private" or chat.member(self.bot).is_admin:
            self._update(
                "message_reaction",
                {
                    "chat": chat.json(),
                    "message_id": current.id,
                    "user": user.json(),
                    "date": int(self.now()),
                    "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
                    "new_reaction": [{"type": "emoji", "emoji": one} for one in emoji],
                },
            )

    def set_reactions(self, message: Message, user: User, emoji: Sequence[str]) -> None:
        changed = replace(message, reactions={**message.reactions, user.id: tuple(emoji)})
        message.chat.messages[message.id] = changed
        self.events.add(Event("reacted", message.chat, changed, user))

    # Buttons and inline mode -----------------------------------------------------------------------------------------

    def press(self, message: Message, button: Button | str, user: User) -> CallbackQuery:
        """`button`: one of the message's, or a part of its label. Any member may press, also outdated buttons."""
        pressed = message.button(button) if isinstance(button, str) else button
        if pressed.callback_data is None:
            raise ValueError(f"the button {pressed.text!r} tells the bot nothing")
        query = CallbackQuery(self._next_id(), user, message, pressed.callback_data, self.now())
        self.callbacks[query.id] = query
        content: dict[str, Any] = {
            "id": query.id,
            "from": user.json(),
            "chat_instance": str(abs(message.chat.id)),
            "data": query.data,
        }
        self._update("callback_query", content | self._pressed(message))
        return query

    def _pressed(self, message: Message) -> dict[str, Any]:
        if message.inline_id:
            return {"inline_message_id": message.inline_id}
        current = message.chat.messages.get(message.id)
        if current:
            return {"message": current.json()}
        # A deleted message is known by its place only: InaccessibleMessage, recognised by the date 0.
        return {"message": {"chat": message.chat.json(), "message_id": message.id, "date": 0}}

    def inline_query(
        self, user: User, text: str, *, chat_type: ChatType | Literal["sender"] | None = None, offset: str = ""
    ) -> InlineQuery:
        """The person types `@bot text` in some chat. What is longer than Telegram passes on is cut."""
        if not self.profile.inline:
            raise ValueError("inline mode is switched off in the bot's profile")
        query = InlineQuery(self._next_id(), user, text[:MAX_INLINE_QUERY], offset, self.now())
        self.inline_queries[query.id] = query
        if known := self._cached_answer(query):
            query.answer, query.is_cached = known, True
            return query
        content: dict[str, Any] = {"id": query.id, "from": user.json(), "query": query.text, "offset": offset}
        self._update("inline_query", content | ({"chat_type": chat_type} if chat_type else {}))
        return query

    def _cached_answer(self, query: InlineQuery) -> Mapping[str, Any] | None:
        """What Telegram's cache holds: answers not marked as personal are shown to everybody, for 300 s by default."""
        for other in reversed(self.inline_queries.values()):
            answer = other.answer
            if answer is None or other.is_cached or (other.text, other.offset) != (query.text, query.offset):
                continue
            is_fresh = self.now() < other.asked + answer.get("cache_time", 300)
            if is_fresh and (other.user == query.user or not answer.get("is_personal", False)):
                return answer
        return None

    def choose(self, query: InlineQuery, result_id: str, chat: Chat, *, thread: int | None = None) -> Message:
        """The person sends one of the results into a chat, in their own name via the bot."""
        result = next(result for result in query.results if result["id"] == result_id)
        message = self._post_result(chat, query.user, result, thread=thread, via_bot=self.bot)
        if self.profile.inline_feedback:
            chosen: dict[str, Any] = {"result_id": result_id, "from": query.user.json(), "query": query.text}
            # Only a message with a keyboard tells the bot how to edit it.
            editable = {"inline_message_id": message.inline_id} if message.markup else {}
            self._update("chosen_inline_result", chosen | editable)
        return message

    def _post_result(self, chat: Chat, sender: User, result: Mapping[str, Any], **more: Any) -> Message:
        written = result.get("input_message_content", {})
        text = written.get("message_text", result.get("title", ""))
        content = text_content(text, merged(written.get("entities", []), found_entities(text)))
        return self._post(chat, sender, content, markup=result.get("reply_markup"), inline_id=f"inline-{self._next_id()}", **more)

    def mention_guest(self, chat: Chat, user: User, text: str) -> GuestQuery:
        """The person mentions the bot in a chat that it isn't in."""
        if not self.profile.guest:
            raise ValueError("guest mode is switched off in the bot's profile")
        message = self._add(chat, user, text_content(text, found_entities(text)))
        query = GuestQuery(self._next_id(), message, self.now())
        self.guest_queries[query.id] = query
        self._update("guest_message", message.json() | {"guest_query_id": query.id})
        return query

    def post_guest_answer(self, query: GuestQuery, result: Mapping[str, Any]) -> Message:
        asked = query.message
        extra = {"guest_bot_caller_user": asked.sender.json()}
        return self._post_result(asked.chat, self.bot, result, reply_to=asked, extra=extra)

    # Membership ------------------------------------------------------------------------------------------------------

    def join(self, chat: Chat, user: User, *, by: User | None = None) -> None:
        adder = by or user
        self._change_member(chat, Member(user), adder)
        self._post(chat, adder, {"new_chat_members": [user.json()]})

    def leave(self, chat: Chat, user: User) -> None:
        self._part(chat, Member(user, "left"), user)

    def kick(self, chat: Chat, user: User, *, by: User) -> None:
        self._part(chat, Member(user, "kicked"), by)

    def _part(self, chat: Chat, member: Member, by: User) -> None:
        # The message first: afterwards a bot that was put out wouldn't see it.
        self._post(chat, by, {"left_chat_member": member.user.json()})
        self._change_member(chat, member, by)

    def add_bot(self, chat: Chat, *, by: User) -> None:
        """It will read what privacy mode lets through as it is set now."""
        chat.bot_reads_all = not self.profile.privacy
        self.join(chat, self.bot, by=by)

    def remove_bot(self, chat: Chat, *, by: User) -> None:
        self.kick(chat, self.bot, by=by)

    def promote(self, chat: Chat, user: User, *, by: User, rights: Sequence[str] = tuple(ADMIN_RIGHTS)) -> None:
        self._change_member(chat, Member(user, "administrator", frozenset(rights)), by)

    def demote(self, chat: Chat, user: User, *, by: User) -> None:
        self._change_member(chat, Member(user), by)

    def restrict(self, chat: Chat, user: User, *, by: User, rights: Sequence[str] = ()) -> None:
        """`rights`: what the user may still do, such as "can_send_messages"."""
        unknown = set(rights) - set(MEMBER_RIGHTS)
        if unknown:
            raise ValueError(f"no such rights: {sorted(unknown)}")
        self._change_member(chat, Member(user, "restricted", frozenset(rights)), by)

    def _change_member(self, chat: Chat, member: Member, by: User) -> None:
        old = chat.member(member.user)
        chat.members[member.user.id] = member
        content = {
            "chat": chat.json(),
            "from": by.json(),
            "date": int(self.now()),
            "old_chat_member": old.json(),
            "new_chat_member": member.json(),
        }
        if member.user.id == self.bot.id:
            self._update("my_chat_member", content)
        elif chat.member(self.bot).is_admin:
            self._update("chat_member", content)

    def bot_leaves(self, chat: Chat) -> None:
        self._part(chat, Member(self.bot, "left"), self.bot)

    def block(self, person: User) -> None:
        """In their private chat with the bot."""
        self._set_blocked(person, True, "member", "kicked")

    def unblock(self, person: User) -> None:
        self._set_blocked(person, False, "kicked", "member")

    def _set_blocked(self, person: User, blocked: bool, old: Status, new: Status) -> None:
        chat = self.private(person)
        chat.blocked = blocked
        self._update(
            "my_chat_member",
            {
                "chat": chat.json(),
                "from": person.json(),
                "date": int(self.now()),
                "old_chat_member": Member(self.bot, old).json(),
                "new_chat_member": Member(self.bot, new).json(),
            },
        )

    def set_privacy(self, on: bool) -> None:
        """As @BotFather does: groups that the bot is in already aren't changed until it is added again."""
        self.profile.privacy = on

    def migrate(self, chat: Chat, *, joins_first: bool = False) -> Chat:
        """The group becomes a supergroup with another id; the old one refuses everything from now on.

        The bot is told that it has joined the new one as well, in no certain order.
        """
        if chat.type != "group" or chat.migrated_to:
            raise ValueError("only a basic group can become a supergroup")
        creator = next(member.user for member in chat.members.values() if member.status == "creator")
        new = Chat(
            -1_000_000_000_000 - next(self._user_ids),
            "supergroup",
            chat.title,
            members=dict(chat.members),
            bot_reads_all=chat.bot_reads_all,
        )
        self.chats[new.id] = new
        if joins_first:
            self._move_in(new, creator)
        self._post(chat, creator, {"migrate_to_chat_id": new.id})
        self._post(new, ANONYMOUS, {"migrate_from_chat_id": chat.id}, extra={"sender_chat": new.json()})
        if not joins_first:
            self._move_in(new, creator)
        chat.migrated_to = new.id
        return new

    def _move_in(self, chat: Chat, by: User) -> None:
        """Tells the bot that it has joined what was a group of its own."""
        if (me := chat.members.pop(self.bot.id, None)) is not None:
            self._change_member(chat, me, by)

    # How things come about -------------------------------------------------------------------------------------------

    def post_by_bot(self, chat: Chat, content: Mapping[str, Any], **more: Any) -> Message:
        """`more`: as in `Message`, with `reply_to` the message itself. Bots don't get their own messages as updates."""
        return self._add(chat, self.bot, content, **more)

    def _post(self, chat: Chat, sender: User, content: Mapping[str, Any], **more: Any) -> Message:
        message = self._add(chat, sender, content, **more)
        if self.bot_sees(message):
            self._update("channel_post" if chat.type == "channel" else "message", message.json())
        return message

    def _add(
        self,
        chat: Chat,
        sender: User,
        content: Mapping[str, Any],
        *,
        message_id: int | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        **more: Any,
    ) -> Message:
        number = message_id or self._next_message_id(chat)
        thread = thread_of(chat, thread, reply_to)
        # In a topic, what replies to nothing replies to the message that opened the topic: bots must tell these apart.
        opening = thread if chat.is_forum and thread != number else None
        replied = reply_to.id if reply_to else opening
        message = Message(chat, number, int(self.now()), sender, content, thread=thread, reply_to=replied, **more)
        chat.messages[message.id] = message
        self.events.add(Event("posted", chat, message))
        return message

    def replace(self, message: Message, **changes: Any) -> Message:
        """Edits a message, whoever does it; the bot is told about people's edits."""
        changed = replace(message.chat.messages[message.id], **changes)
        changed.chat.messages[changed.id] = changed
        self.events.add(Event("edited", changed.chat, changed))
        if changed.sender.id != self.bot.id and not changed.via_bot and self.bot_sees(changed):
            is_post = changed.chat.type == "channel"
            self._update("edited_channel_post" if is_post else "edited_message", changed.json())
        return changed

    def bot_sees(self, message: Message) -> bool:
        """Privacy mode: what reaches the bot in a group is on the short list of https://core.telegram.org/bots/features."""
        chat = message.chat
        if message.sender.is_bot and message.sender not in {self.bot, ANONYMOUS}:
            return False
        if chat.type == "private":
            return True
        me = chat.member(self.bot)
        if not me.is_present:
            return False
        replied = chat.messages.get(message.reply_to) if message.reply_to else None
        return (
            me.is_admin
            or chat.bot_reads_all
            or message.is_service
            or message.via_bot == self.bot
            or (replied is not None and replied.sender.id == self.bot.id)
            or self._is_command_for_bot(message)
        )

    def _is_command_for_bot(self, message: Message) -> bool:
        """Whether the message begins with a command for this bot.

        A bare command is for the bot that posted last; where there is no other bot, it can only be for this one.
        """
        at_start = [entity for entity in message.entities if entity["offset"] == 0]
        for command in commands(message.text, at_start):
            _, at, owner = command.partition("@")
            if at:
                return owner.lower() == (self.bot.username or "").lower()
            return not self._has_rivals(message.chat) or self._spoke_last(message)
        return False

    def _has_rivals(self, chat: Chat) -> bool:
        return any(member.user.is_bot and member.user.id != self.bot.id for member in chat.present())

    def _spoke_last(self, message: Message) -> bool:
        bots = [other.sender.id for other in message.chat.messages.values() if other.sender.is_bot]
        return bool(bots) and bots[-1] == self.bot.id

    def menu(self, chat: Chat, user: User) -> list[dict[str, str]]:
        """The commands that this person is offered here: the narrowest scope that has some, their language first."""
        for scope in scopes(chat, chat.member(user)):
            for language in (user.language_code or "", ""):
                if found := self.profile.commands.get((scope, language)):
                    return found
        return []

    def add_file(self, name: str, content: bytes, mime_type: str, folder: str) -> File:
        number = self._next_id()
        suffix = name.rpartition(".")[2]
        file = File(f"file-{number}", f"unique-{number}", name, mime_type, content, f"{folder}/file_{number}.{suffix}")
        self.files[file.file_id] = file
        return file

    def _update(self, kind: str, content: dict[str, Any]) -> None:
        self.updates.add(kind, content)

    def _next_id(self) -> str:
        return str(next(self._ids))

    def _next_message_id(self, chat: Chat) -> int:
        """Supergroups and channels count their own messages; the other chats of a bot share one count."""
        if chat.type in {"supergroup", "channel"}:
            chat.last_message_id += 1
            return chat.last_message_id
        return next(self._message_ids)


def thread_of(chat: Chat, thread: int | None, reply_to: Message | None) -> int | None:
    """The thread that a new message belongs to.

    A reply stays in its topic. Without topics too, replies in a supergroup carry the thread they grow from, though it
    isn't a topic: naming it when sending is an error.
    """
    if thread is not None or reply_to is None:
        return thread
    if chat.is_forum:
        return reply_to.thread
    return (reply_to.thread or reply_to.id) if chat.type == "supergroup" else None


def text_content(text: str, entities: Sequence[Entity]) -> dict[str, Any]:
    return {"text": text} | ({"entities": list(entities)} if entities else {})


def caption_content(caption: str, entities: Sequence[Entity]) -> dict[str, Any]:
    if not caption:
        return {}
    return {"caption": caption} | ({"caption_entities": list(entities)} if entities else {})


def quote_content(message: Message, quote: str, entities: Sequence[Entity] | None = None, near: int = 0) -> Any:
    """The TextQuote of a reply. `entities`: as the bot gave them; None takes those of the message, as apps do."""
    size = utf16_length(quote)
    if entities is None:
        found = message.text.find(quote)
        if found < 0:
            raise ValueError(f"{quote!r} isn't in the message")
        position = utf16_length(message.text[:found])
    else:
        position = quote_position(message.text, message.entities, quote, entities, near)
    kept = quoted_entities(message.entities, position, size)
    text = utf16_slice(message.text, position, position + size)
    return {"text": text, "position": position, "is_manual": True} | ({"entities": kept} if kept else {})


def scope_key(scope: Mapping[str, Any]) -> str:
    """A scope of commands as text, the same for equal scopes."""
    return ":".join(str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope)


def scopes(chat: Chat, member: Member) -> list[str]:
    """The scopes that hold for a member of a chat, narrowest first, in the documentation's order."""
    if chat.type == "private":
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    admin = [f"chat_administrators:{chat.id}"] if member.is_admin else []
    all_admins = ["all_chat_administrators"] if member.is_admin else []
    return [
        f"chat_member:{chat.id}:{member.user.id}",
        *admin,
        f"chat:{chat.id}",
        *all_admins,
        "all_group_chats",
        "default",
    ]


def is_expired(asked: float, now: float) -> bool:
    return now - asked > QUERY_LIFETIME


def refusal_of_query() -> ApiError:
    """The same for a query that is unknown, too old or answered already."""
    return ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
