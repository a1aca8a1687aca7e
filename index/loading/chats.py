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
_LINKED = frozenset({"private_supergroup", "public_supergroup", "private_channel", "public_channel"})
"""Kinds of chats whose messages have addresses: for the chat's members, or for everybody."""


@dataclass(frozen=True, slots=True)
class _Message:
    number: int
    author: str
    time: datetime
    text: str

    @property
    def day(self) -> str:
        return f"{self.time.day} {self.time:%B} {self.time.year}"


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    chat = _chat(content)
    draft = Draft(limits)
    before, words = None, 0
    for message in _messages(chat):
        goes_on = before is not None and message.time - before.time < PAUSE and message.day == before.day and words < MAX_WORDS
        words = (words if goes_on else 0) + len(message.text.split())
        draft.add(f"{message.author} ({message.day}): {message.text}", LINE if goes_on else PARAGRAPH, _link(chat, message))
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
            text, time = _text(entry), _time(entry)
            if text and time and isinstance(entry.get("id"), int):
                yield _Message(entry["id"], _string(entry.get("from")) or "Deleted account", time, text)


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
    """Words in one style or several."""
    runs = parts if isinstance(parts, list) else [parts]
    return "".join(_string(run.get("text") if isinstance(run, dict) else run) for run in runs)


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
