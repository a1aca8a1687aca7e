"""May the bot read, write or reply here? Each function returns what was asked for or raises Telegram's refusal."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.errors import bad_request, forbidden
from bot.sandbox.nouns import Chat, Message
from bot.sandbox.text import Entity
from bot.sandbox.world import World, quote_content

Params = Mapping[str, Any]


def known_chat(world: World, chat_id: int | str) -> Chat:
    if chat_id == "":
        raise bad_request("chat_id is empty")
    if isinstance(chat_id, int) and chat_id in world.users:
        return world.private(world.users[chat_id])
    if isinstance(chat_id, int) and chat_id in world.chats:
        return world.chats[chat_id]
    for chat in world.chats.values():
        if chat.username and chat_id == f"@{chat.username}":
            return chat
    raise bad_request("chat not found")


def readable(world: World, chat_id: int | str) -> Chat:
    """A chat that the bot may look at. Basic groups that put it out still tell it something, as with Telegram."""
    chat = known_chat(world, chat_id)
    if chat.type == "private":
        if not chat.started:
            raise bad_request("chat not found")
    elif chat.type != "group":
        _check_membership(world, chat)
    return chat


def with_members(world: World, chat_id: int | str) -> Chat:
    """A chat whose members the bot may list."""
    chat = readable(world, chat_id)
    _check_migration(chat)
    if chat.type == "group":
        _check_membership(world, chat)
    return chat


def writable(world: World, chat_id: int | str, right: str = "can_send_messages", what: str = "text messages") -> Chat:
    chat = known_chat(world, chat_id)
    if chat.type == "private":
        _check_person(chat)
        return chat
    _check_migration(chat)
    _check_membership(world, chat)
    me = chat.member(world.bot)
    if chat.type == "channel" and not (me.is_admin and me.may("can_post_messages")):
        raise bad_request("need administrator rights in the channel chat")
    if not me.may(right):
        raise bad_request(f"not enough rights to send {what} to the chat")
    return chat


def _check_person(chat: Chat) -> None:
    if chat.person and chat.person.is_bot:
        raise forbidden("bot can't send messages to bots")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")


def _check_migration(chat: Chat) -> None:
    if chat.migrated_to:
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)


def _check_membership(world: World, chat: Chat) -> None:
    status = chat.member(world.bot).status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind}")
    if status == "left":
        raise forbidden(f"bot is not a member of the {chat.kind}")


def editable(world: World, params: Params) -> Message:
    """The bot's message that `chat_id` and `message_id`, or `inline_message_id`, name."""
    if "inline_message_id" in params:
        return _inline_message(world, params["inline_message_id"])
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    chat = known_chat(world, params.get("chat_id", ""))
    if chat.type == "private":
        _check_person(chat)
    else:
        _check_migration(chat)
        _check_membership(world, chat)
    message = chat.message(params["message_id"], "message to edit")
    if message.sender.id != world.bot.id or "forward_origin" in message.extra:
        raise bad_request("message can't be edited")
    return message


def _inline_message(world: World, inline_id: str) -> Message:
    for chat in world.chats.values():
        for message in chat.messages.values():
            if message.inline_id == inline_id:
                return message
    raise bad_request("MESSAGE_ID_INVALID")


def checked_thread(world: World, chat: Chat, thread: int | None) -> int | None:
    """Only a topic of a forum can be named, and not its General topic."""
    if thread is None:
        return None
    if not chat.is_forum or thread not in chat.topics:
        raise bad_request("message thread not found")
    if thread in chat.closed_topics and not chat.member(world.bot).may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread


def reply(world: World, chat: Chat, thread: int | None, params: Params | None) -> dict[str, Any]:
    """What `reply_parameters` come to: the `reply_to` and `extra` of the message to be posted."""
    if params is None:
        return {}
    source = readable(world, params["chat_id"]) if "chat_id" in params else chat
    replied = source.messages.get(params["message_id"])
    elsewhere = source is not chat
    if replied is None:
        if params.get("allow_sending_without_reply") and not elsewhere and thread is None:
            return {}
        raise bad_request("message to be replied not found")
    extra = _quote(replied, params)
    if elsewhere or (chat.is_forum and thread is not None and replied.thread != thread):
        return {"extra": extra | {"external_reply": _external(replied)}}
    return {"reply_to": replied, "extra": extra}


def _quote(replied: Message, params: Params) -> dict[str, Any]:
    if not params.get("quote"):
        return {}
    entities: list[Entity] = params.get("quote_entities", [])
    return {"quote": quote_content(replied, params["quote"], entities, params.get("quote_position", 0))}


def _external(message: Message) -> dict[str, Any]:
    return {"origin": origin(message), "chat": message.chat.json(), "message_id": message.id}


def origin(message: Message) -> dict[str, Any]:
    """A MessageOrigin."""
    if message.chat.type == "channel":
        where = {"type": "channel", "chat": message.chat.json(), "message_id": message.id}
    else:
        where = {"type": "user", "sender_user": message.sender.json()}
    return where | {"date": message.date}
