"""A Telegram chat export (`result.json`): messages with author and date, a stretch of conversation a paragraph, each with its link."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from index.errors import Damaged, UnknownFormat
from index.loading.decoding import decoded
from index.loading.draft import LINE, PARAGRAPH, Draft
from index.loading.parsed import Limits, Parsed
from index.loading.rows import sentences

PAUSE = timedelta(minutes=30)
"""Silence after which a conversation is another one."""
MAX_WORDS = 80
"""Of a stretch of conversation, so that a passage holds it."""
_FIRST_WORDS = 20
"""Of a message, by which a later reply to it says what it answers."""
_LINKED = frozenset({"private_supergroup", "public_supergroup", "private_channel", "public_channel"})
"""Kinds of chats whose messages have addresses: for the chat's members, or for everybody."""


@dataclass(frozen=True, slots=True)
class _Message:
    number: int
    author: str
    time: datetime
    text: str
    reply_to: int | None
    """Number of the message that it answers, if it is one."""

    @property
    def day(self) -> str:
        return f"{self.time.day} {self.time:%B} {self.time.year}"

    @property
    def beginning(self) -> str:
        words = self.text.split()
        return " ".join(words[:_FIRST_WORDS]) + (" …" if len(words) > _FIRST_WORDS else "")


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    chat = _chat(content)
    draft = Draft(limits)
    before, words, stretch = None, 0, 0
    said: dict[int | None, tuple[int, _Message]] = {}  # each message by its number, with that of its stretch
    for message in _messages(chat):
        goes_on = before is not None and message.time - before.time < PAUSE and message.day == before.day and words < MAX_WORDS
        words = (words if goes_on else 0) + len(message.text.split())
        stretch += not goes_on
        place, asked = said.get(message.reply_to, (stretch, message))
        to = "" if place == stretch else f", to {asked.author}: “{asked.beginning}”"
        draft.add(f"{message.author} ({message.day}{to}): {message.text}", LINE if goes_on else PARAGRAPH, _link(chat, message))
        said[message.number] = stretch, message
        before = message
    return Parsed(draft.finish(name, _string(chat.get("name"))))


def _chat(content: bytes) -> dict[str, Any]:
    try:
        chat = json.loads(decoded(content))
    except (ValueError, RecursionError) as error:
        raise Damaged("no JSON; export the chat anew (Telegram Desktop: Export chat history, JSON)") from error
    if isinstance(chat, dict) and isinstance(chat.get("messages"), list):
        return chat
    if isinstance(chat, dict) and "chats" in chat:
        raise UnknownFormat("an export of a whole account; export the one chat (Telegram Desktop: Export chat history, JSON)")
    raise UnknownFormat("of JSON files only Telegram's chat exports are read (result.json)")


def _messages(chat: dict[str, Any]) -> Iterator[_Message]:
    for entry in chat["messages"]:
        if isinstance(entry, dict) and entry.get("type") == "message":
            text, time, reply_to = _text(entry), _time(entry), entry.get("reply_to_message_id")
            if text and time and isinstance(entry.get("id"), int):
                yield _Message(entry["id"], _author(entry), time, text, reply_to if isinstance(reply_to, int) else None)


def _author(entry: dict[str, Any]) -> str:
    """And who wrote what they forwarded."""
    sender, source = _string(entry.get("from")) or "Deleted account", _string(entry.get("forwarded_from"))
    return f"{source}, forwarded by {sender}" if source else sender


def _text(entry: dict[str, Any]) -> str:
    """A message's words, or what its poll asks and how the votes fell."""
    text, poll = _joined(entry.get("text")), entry.get("poll")
    return text or (_poll(poll) if isinstance(poll, dict) else "")


def _poll(poll: dict[str, Any]) -> str:
    """The question, and a sentence for each option: "Monday: 3."."""
    answers = poll.get("answers")
    options = [one for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
    rows = [[_joined(one.get("text")), str(one.get("voters", ""))] for one in options]
    return " ".join([_joined(poll.get("question")), *sentences(rows, header=False)])


def _joined(parts: object) -> str:
    """Words in one style or several, those that lead somewhere with its address."""
    return "".join(map(_run, parts if isinstance(parts, list) else [parts]))


def _run(part: object) -> str:
    if not isinstance(part, dict):
        return _string(part)
    text, address = _string(part.get("text")), _string(part.get("href"))
    return f"{text} ({address})" if address else text


def _time(entry: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(_string(entry.get("date"))).replace(tzinfo=None)
    except ValueError:
        return None


def _link(chat: dict[str, Any], message: _Message) -> str | None:
    number = chat.get("id")
    return f"https://t.me/c/{number}/{message.number}" if chat.get("type") in _LINKED and isinstance(number, int) else None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
