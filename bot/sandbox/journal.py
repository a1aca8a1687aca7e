"""Everything that happens around the bot, as lines of JSON in the order in which it happens: what the page is made from.

A page that reads the journal from its beginning knows all there is to know.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from bot.sandbox.feed import Feed
from bot.sandbox.nouns import Chat, Message
from bot.sandbox.schema import Upload
from bot.sandbox.server import BotApiServer, Call
from bot.sandbox.updates import Update
from bot.sandbox.world import Event

UNTOLD = frozenset({"getUpdates"})
"""Calls that say nothing of any message, over and over."""


class Journal:
    """Listens from its making on."""

    def __init__(self, server: BotApiServer) -> None:
        self.lines: Feed[str] = Feed()
        self._world = server.world
        server.world.events.tell(self._on_event)
        server.world.updates.history.tell(self._on_update)
        server.calls.tell(self._on_call)

    def note(self, kind: str, **facts: Any) -> None:
        entry = {"kind": kind, "at": self._world.now()} | facts
        self.lines.add(json.dumps(entry, ensure_ascii=False, default=_in_words))

    def note_chat(self, chat: Chat) -> None:
        self.note("chat", **described(chat, self._world.bot.id))

    def _on_event(self, event: Event) -> None:
        if event.kind == "answered" or event.chat is None:
            return  # whoever asked has the answer
        if event.message is None:
            self.note(event.kind, chat=event.chat.id, action=event.detail)
        else:
            self.note(event.kind, chat=event.chat.id, **self._shown(event.message))

    def _shown(self, message: Message) -> dict[str, Any]:
        reactions: defaultdict[str, list[int]] = defaultdict(list)
        for user, emojis in message.reactions.items():
            for emoji in emojis:
                reactions[emoji].append(user)
        return {"message": message.json(), "reactions": reactions, "seen": self._world.bot_sees(message)}

    def _on_update(self, update: Update) -> None:
        self.note("update", update=update.json())

    def _on_call(self, call: Call) -> None:
        if call.method not in UNTOLD:
            self.note("call", method=call.method, parameters=call.parameters, answer=call.answer)


def described(chat: Chat, bot: int) -> dict[str, Any]:
    me = chat.members.get(bot)
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "topics": chat.topics if chat.is_forum else None,
        "people": [member.user.id for member in chat.present()] if chat.is_group else [chat.id],
        "admins": [member.user.id for member in chat.present() if member.is_admin],
        "botIsAdmin": me is not None and me.is_admin,
    }


def _in_words(value: object) -> Any:
    """What has no JSON of its own."""
    if isinstance(value, Upload):
        return f"{value.filename} ({len(value.content)} bytes)"
    return dict(value) if isinstance(value, Mapping) else str(value)
