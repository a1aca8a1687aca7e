"""Is this message for the bot, and what is the question? Pure: a message and the bot's own name in, what was heard out.

In private everything is for the bot. In a group `/ask` and `/search`, a reply to the bot, a mention, and where the group wants it
(`overheard`) questions to everybody; all else is other people's talk. Handlers decide which *kinds* of update get here: new
messages and edited ones, never channel or business posts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from telegram import Message, MessageEntity, TextQuote, User
from telegram.constants import MessageEntityType

from bot.access import is_in_private

ADD = "add"
"""The command that adds a document."""
BECOMES_WITHIN = timedelta(minutes=5)
"""How long after it was written a message may become a question or a document by an edit. Telegram also reports edits that nobody made, as
at a first reaction (tdlib/telegram-bot-api#388): on a question whose reply was erased that would have it answered, and kept, once more.
"""


class Intent(StrEnum):
    """What is wanted: an answer read out of the documents, or the passages only."""

    ASK = "ask"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that wants something of the bot.

    `text`: the question, or the words to search; empty when they were left out.
    `replies_to`: the message that holds the question and gets the answer, the asker's own or a colleague's.
    `quote`: the part of that message that was picked as the question.
    `follows`: the bot's own message that this one replies to.
    `by_mention`: it was called by its name only. `is_overheard`: nobody called it, but a question was asked.
    """

    intent: Intent
    text: str
    replies_to: int
    quote: TextQuote | None = None
    follows: int | None = None
    by_mention: bool = False
    is_overheard: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """`/name@bot words`; `bot` is None when it isn't said whose command it is. Names are in lower case."""

    name: str
    bot: str | None
    words: str


def heard(message: Message, me: User) -> Heard | None:
    """What `message` wants of the bot `me`; None if it isn't for it, or is another command."""
    if not message.text or _is_no_persons(message, me):
        return None
    command = command_of(message)
    if command is not None:
        return _heard_command(message, command, me)
    mentioned, text = without_mention(message, me)
    if mentioned and not text:
        return _heard_pointing(message, Intent.ASK, me, by_mention=True)
    follows = _replied_own(message, me)
    if mentioned or follows is not None or is_in_private(message):
        return Heard(Intent.ASK, text, message.message_id, follows=follows)
    return None


def overheard(message: Message, me: User) -> Heard | None:
    """A question that somebody asks the whole group: no command, no reply to anybody, and a question mark at its end."""
    text = (message.text or "").strip()
    is_for_all = command_of(message) is None and _replied(message) is None and not _is_no_persons(message, me)
    if not is_for_all or not text.endswith(("?", "？")):
        return None
    return Heard(Intent.ASK, text, message.message_id, is_overheard=True)


def command_of(message: Message) -> Command | None:
    """The bot command that `message` begins with."""
    return _command(message.text, message.entities)


def caption_command_of(message: Message) -> Command | None:
    """The bot command that the caption of a file begins with."""
    return _command(message.caption, message.caption_entities)


def _command(text: str | None, entities: Sequence[MessageEntity]) -> Command | None:
    first = entities[0] if entities else None
    if text is None or first is None or first.type != MessageEntityType.BOT_COMMAND or first.offset != 0:
        return None
    name, _, bot = text[1 : first.length].lower().partition("@")  # commands are ASCII: units are characters
    return Command(name, bot or None, text[first.length :].strip())


def picked_in(message: Message) -> TextQuote | None:
    """The part of somebody's message that whoever replies picked by hand."""
    quote = message.quote
    return quote if quote is not None and quote.is_manual and quote.text.strip() else None


def points_at_no_text(message: Message) -> bool:
    """Whether it replies to a voice message, say, or a photo without words."""
    replied = _replied(message)
    return replied is not None and not (replied.text or replied.caption)


def brings_document(message: Message) -> bool:
    """Whether it may be long work: a file, or what `/add` points at."""
    command = command_of(message)
    is_file = message.document is not None and message.animation is None
    return is_file or (command is not None and command.name == ADD)


def may_become(edited: Message, now: datetime) -> bool:
    """Whether a message that led to nothing may ask for something by an edit."""
    return now - edited.date <= BECOMES_WITHIN


def is_for(command: Command, me: User) -> bool:
    """Whether `command` may be this bot's: another bot's carries that bot's name."""
    return command.bot is None or command.bot == _username(me)


def without_mention(message: Message, me: User) -> tuple[bool, str]:
    """Whether the bot is mentioned, and the text without its name."""
    spans = [_characters(message.text or "", entity) for entity in message.entities if _names(message, entity, me)]
    text = message.text or ""
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start].rstrip(' ')} {text[end:].lstrip(' ,:')}"
    return bool(spans), text.strip() if spans else text


def _heard_command(message: Message, command: Command, me: User) -> Heard | None:
    if not is_for(command, me) or command.name not in {*Intent}:
        return None
    intent = Intent(command.name)
    if not command.words:
        return _heard_pointing(message, intent, me)
    return Heard(intent, command.words, message.message_id, follows=_replied_own(message, me))


def _heard_pointing(message: Message, intent: Intent, me: User, by_mention: bool = False) -> Heard:
    """A call without words of its own points at somebody's message, or at the part of it that is quoted."""
    reply = _replied(message)
    if (quote := picked_in(message)) is not None:
        # A quote may also come from another chat; then there is no message here to reply to.
        answers, shown = (reply.message_id, quote) if reply is not None else (message.message_id, None)
        return Heard(intent, quote.text.strip(), answers, quote=shown, by_mention=by_mention)
    if reply is None or _is_own(reply, me):
        return Heard(intent, "", message.message_id, by_mention=by_mention)
    _, text = without_mention(reply, me) if reply.text else (False, reply.caption or "")
    return Heard(intent, text.strip(), reply.message_id if text.strip() else message.message_id, by_mention=by_mention)


def _replied(message: Message) -> Message | None:
    """The message that this one replies to. In a topic, plain messages "reply" to its creation, which is none."""
    reply = message.reply_to_message
    return None if reply is None or reply.forum_topic_created is not None else reply


def _replied_own(message: Message, me: User) -> int | None:
    reply = _replied(message)
    return reply.message_id if reply is not None and _is_own(reply, me) else None


def _is_own(message: Message, me: User) -> bool:
    return message.from_user is not None and message.from_user.id == me.id


def _is_no_persons(message: Message, me: User) -> bool:
    """A channel's posts in its discussion group, other bots, and what was sent through this bot's inline mode.

    An anonymous administrator is a person: `sender_chat` is set and `from_user` is a stand-in that calls itself a bot.
    """
    by_bot = message.from_user is not None and message.from_user.is_bot and message.sender_chat is None
    via_own = message.via_bot is not None and message.via_bot.id == me.id
    return bool(message.is_automatic_forward) or by_bot or via_own


def _names(message: Message, entity: MessageEntity, me: User) -> bool:
    """Whether `entity` mentions the bot, by its username or without one. In code, say, a name is no mention."""
    if entity.type == MessageEntityType.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    return entity.type == MessageEntityType.MENTION and message.parse_entity(entity).lower() == f"@{_username(me)}"


def _characters(text: str, entity: MessageEntity) -> tuple[int, int]:
    """Where `entity` begins and ends in characters; Telegram tells it in UTF-16 code units."""
    encoded = text.encode("utf-16-le")
    start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
    return len(encoded[:start].decode("utf-16-le")), len(encoded[:end].decode("utf-16-le"))


def _username(me: User) -> str:
    return (me.username or "").lower()
