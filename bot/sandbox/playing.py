"""Plays a script: people do what it says, and the transcript tells what comes of it."""

import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

from rich.console import Console

from bot.context import App
from bot.errors import ScriptError
from bot.library import Index
from bot.sandbox.cast import Cast
from bot.sandbox.nouns import Chat, Message, User
from bot.sandbox.script import PRIVATE, Group, Line, ScriptFile, Step, place_of
from bot.sandbox.server import BotApiServer
from bot.sandbox.session import session
from bot.sandbox.transcript import Transcript
from bot.sandbox.world import InlineQuery, World
from bot.settings import BotSettings

Settled = Callable[[], Awaitable[None]]
"""Returns once the bot has done all that it was asked for."""


async def play(file: ScriptFile, settings: BotSettings, library: Index, console: Console) -> None:
    """Plays a script with the real bot and prints the transcript. Raises ScriptError."""
    server = BotApiServer()
    player = Player(file, server.world, Transcript(console))
    async with stage(server, settings, library) as settled:
        await player.play(settled)


@asynccontextmanager
async def stage(server: BotApiServer, settings: BotSettings, library: Index) -> AsyncIterator[Settled]:
    """A session, and how to wait for its bot, which bears with people who speak as fast as a script."""
    applications: list[App] = []
    patient = settings.model_copy(update={"user_limit": 0, "chat_limit": 0})

    async def settled() -> None:
        await server.confirmed()
        await applications[0].update_queue.join()

    async with session(server, patient, library, known=applications.append):
        yield settled


class Player:
    """Brings the script's people and groups into the world."""

    def __init__(self, file: ScriptFile, world: World, transcript: Transcript) -> None:
        self._file = file
        self._world = world
        self._transcript = transcript
        self._topics: dict[tuple[str, str], int] = {}
        self._told = 0
        self._people = {name: world.person(name, language=language) for name, language in file.script.people.items()}
        for person in self._people.values():
            world.private(person)
        self._groups = {title: self._gather(title, group) for title, group in file.script.groups.items()}
        world.set_privacy(True)

    @property
    def cast(self) -> Cast:
        return Cast(tuple(self._people.values()), tuple(self._groups.values()))

    async def play(self, settled: Settled) -> None:
        """From beginning to end. Raises ScriptError where the script asks for what can't be done."""
        await settled()
        self._told = len(self._world.events.items)  # what came before the curtain
        place = None
        for line in self._file.lines():
            if line.place != place:
                place = line.place
                self._transcript.scene("Private chat" if place == PRIVATE else f"Group {place}")
            try:
                await self._act(line, settled)
            except (LookupError, ValueError) as error:
                raise ScriptError(self._file.path, line.number, str(error)) from None

    def _gather(self, title: str, group: Group) -> Chat:
        people, admins = ([self._people[name] for name in names] for names in (group.people, group.admins))
        self._world.set_privacy(group.privacy)
        chat = self._world.supergroup(title, people, admins=admins, forum=bool(group.topics))
        if group.bot == "administrator":
            self._world.promote(chat, self._world.bot, by=people[0])
        self._topics |= {(title, topic): self._world.topic(chat, topic) for topic in group.topics}
        return chat

    async def _act(self, line: Line, settled: Settled) -> None:
        step, who = line.step, self._people[line.step.who]
        group, topic = place_of(line.place)
        chat = self._world.private(who) if line.place == PRIVATE else self._groups[group]
        thread = self._topics[group, topic] if topic is not None else None
        match step.verb:
            case "says":
                self._world.say(chat, who, step.text, thread=thread)
            case "replies":
                self._world.say(chat, who, step.text, reply_to=self._message_of(step, chat, thread), quote=step.quoting)
            case "edits":
                self._world.edit(last_message(chat, who, thread), step.text)
            case "presses":
                self._press(who, with_button(chat, self._world.bot, step.text, thread), step.text)
            case "reacts":
                self._world.react(self._message_of(step, chat, thread), who, step.text)
            case "uploads":
                self._upload(line, chat, who, thread)
            case "inline":
                query = self._world.inline_query(who, step.text, chat_type=chat.type)
                await settled()
                self._choose(query, chat, thread)
        await settled()
        self._tell()

    def _message_of(self, step: Step, chat: Chat, thread: int | None) -> Message:
        return last_message(chat, self._people[step.to] if step.to is not None else self._world.bot, thread)

    def _press(self, who: User, message: Message, label: str) -> None:
        button = message.button(label)
        self._transcript.pressed(who, button)
        self._world.press(message, button, who)

    def _upload(self, line: Line, chat: Chat, who: User, thread: int | None) -> None:
        path = self._file.path.parent / line.step.text
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LookupError(f"can't read {line.step.text!r} ({error.strerror}); name a file as seen from the script") from None
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._world.upload(chat, who, path.name, content, mime_type=kind, caption=line.step.caption, thread=thread)

    def _choose(self, query: InlineQuery, chat: Chat, thread: int | None) -> None:
        """Sends the first result."""
        self._transcript.typed(query, self._world.bot)
        if query.results:
            self._world.choose(query, query.results[0]["id"], chat, thread=thread)

    def _tell(self) -> None:
        """What has happened since the last time."""
        for event in self._world.events.items[self._told :]:
            self._transcript.happened(event)
        self._told = len(self._world.events.items)


def messages_of(chat: Chat, who: User, thread: int | None) -> Iterator[Message]:
    """Theirs, the last one first. `thread`: the topic; None where there are none."""
    for message in reversed(chat.messages.values()):
        if message.sender.id == who.id and not message.is_service and thread in (None, message.thread):
            yield message


def last_message(chat: Chat, who: User, thread: int | None) -> Message:
    """Raises LookupError."""
    for message in messages_of(chat, who, thread):
        return message
    raise LookupError(f"{who.first_name} has said nothing here yet")


def with_button(chat: Chat, bot: User, label: str, thread: int | None) -> Message:
    """The bot's last message with such a button. Raises LookupError."""
    labels = dict.fromkeys(button.text for message in messages_of(chat, bot, thread) for button in message.buttons)
    for message in messages_of(chat, bot, thread):
        if any(label in button.text for button in message.buttons):
            return message
    raise LookupError(f"no button is called {label!r} here; there are: {', '.join(labels) or 'none'}")
