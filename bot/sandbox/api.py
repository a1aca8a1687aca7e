"""The methods of the Bot API, as the bot calls them on the world."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox.access import checked_thread, editable, origin, readable, reply, with_members, writable
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.flood import FloodGate
from bot.sandbox.nouns import Chat, File, Message
from bot.sandbox.rules import (
    MAX_CALLBACK_ANSWER,
    MAX_DOWNLOAD,
    MAX_UPLOAD,
    check_commands,
    check_inline_result,
    check_inline_results,
    check_keyboard,
    check_language,
    check_reactions,
    check_start_button,
)
from bot.sandbox.schema import Upload
from bot.sandbox.text import MAX_TEXT, checked_caption, checked_text, utf16_length
from bot.sandbox.webhooks import Webhook, WebhookCourier
from bot.sandbox.world import (
    Event,
    World,
    caption_content,
    is_expired,
    refusal_of_query,
    scope_key,
    text_content,
)

Params = Mapping[str, Any]
Method = Callable[[Params], Awaitable[Any]]

CHAT_ACTIONS = frozenset(
    f"{verb}_{what}" for verb in ("upload", "record") for what in ("photo", "video", "voice", "audio", "document", "video_note")
) | {"typing", "choose_sticker", "find_location"}

NOT_SERVED = ("business_connection_id", "direct_messages_topic_id", "suggested_post_parameters", "rich_message")
"""Parameters that exist and lead into parts of Telegram that this world doesn't have."""

TWO_DAYS = 48 * 3600


class BotApi:
    """Methods take checked parameters and return the `result` of the answer, or raise ApiError."""

    def __init__(self, world: World, gate: FloodGate, webhooks: WebhookCourier) -> None:
        self.world = world
        self._gate = gate
        self._webhooks = webhooks
        self._is_logged_out = False
        self.methods: dict[str, Method] = {
            "getMe": self.get_me,
            "logOut": self.log_out,
            "close": self.close,
            "getUpdates": self.get_updates,
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.get_webhook_info,
            "sendMessage": self.send_message,
            "sendDocument": self.send_document,
            "sendChatAction": self.send_chat_action,
            "editMessageText": self.edit_message_text,
            "editMessageReplyMarkup": self.edit_message_reply_markup,
            "deleteMessage": self.delete_message,
            "forwardMessage": self.forward_message,
            "copyMessage": self.copy_message,
            "setMessageReaction": self.set_message_reaction,
            "answerCallbackQuery": self.answer_callback_query,
            "answerInlineQuery": self.answer_inline_query,
            "answerGuestQuery": self.answer_guest_query,
            "getFile": self.get_file,
            "getChat": self.get_chat,
            "getChatMember": self.get_chat_member,
            "getChatAdministrators": self.get_chat_administrators,
            "getChatMemberCount": self.get_chat_member_count,
            "leaveChat": self.leave_chat,
            "setMyCommands": self.set_my_commands,
            "getMyCommands": self.get_my_commands,
            "deleteMyCommands": self.delete_my_commands,
            "setMyDescription": self.set_my_description,
            "getMyDescription": self.get_my_description,
            "setMyShortDescription": self.set_my_short_description,
            "getMyShortDescription": self.get_my_short_description,
        }

    async def call(self, method: str, params: Params) -> Any:
        if self._is_logged_out:
            raise ApiError(400, "Logged out")
        for name in NOT_SERVED:
            if name in params:
                raise bad_request(f"{name} is not served by the sandbox")
        return await self.methods[method](params)

    # The bot itself --------------------------------------------------------------------------------------------------

    async def get_me(self, _: Params) -> dict[str, Any]:
        profile = self.world.profile
        return self.world.bot.json() | {
            "can_join_groups": True,
            "can_read_all_group_messages": not profile.privacy,
            "supports_inline_queries": profile.inline,
            "supports_guest_queries": profile.guest,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    async def log_out(self, _: Params) -> bool:
        self._is_logged_out = True
        return True

    async def close(self, _: Params) -> bool:
        return True

    # Updates ---------------------------------------------------------------------------------------------------------

    async def get_updates(self, params: Params) -> list[dict[str, Any]]:
        self.world.updates.allow(params.get("allowed_updates"))
        limit = min(max(params.get("limit", 100), 1), 100)
        updates = await self.world.updates.get(params.get("offset", 0), limit, max(params.get("timeout", 0), 0))
        return [update.json() for update in updates]

    async def set_webhook(self, params: Params) -> bool:
        webhook = Webhook(
            url=params["url"],
            secret=checked_secret(params.get("secret_token", "")),
            max_connections=min(max(params.get("max_connections", 40), 1), 100),
            ip_address=params.get("ip_address", ""),
        )
        self._webhooks.check(webhook)
        self._drop_if_asked(params)
        self.world.updates.allow(params.get("allowed_updates"))
        self._webhooks.set(webhook)
        return True

    async def delete_webhook(self, params: Params) -> bool:
        self._drop_if_asked(params)
        self._webhooks.set(Webhook())
        return True

    def _drop_if_asked(self, params: Params) -> None:
        if params.get("drop_pending_updates"):
            self._webhooks.drop_pending()

    async def get_webhook_info(self, _: Params) -> dict[str, Any]:
        queue = self.world.updates
        info = self._webhooks.info() | {"pending_update_count": len(queue.pending)}
        return info | ({"allowed_updates": sorted(queue.allowed)} if queue.allowed is not None else {})

    # Messages --------------------------------------------------------------------------------------------------------

    async def send_message(self, params: Params) -> dict[str, Any]:
        chat = writable(self.world, params["chat_id"])
        text, entities = checked_text(params["text"], params.get("entities", []), params.get("parse_mode"))
        return self._send(chat, params, text_content(text, entities) | preview(params)).json()

    async def send_document(self, params: Params) -> dict[str, Any]:
        chat = writable(self.world, params["chat_id"], "can_send_documents", "documents")
        caption, entities = checked_caption(params.get("caption", ""), params.get("caption_entities", []), params.get("parse_mode"))
        file = self._file(params["document"])
        document = file.json() | {"file_name": file.name, "mime_type": file.mime_type}
        return self._send(chat, params, {"document": document} | caption_content(caption, entities)).json()

    def _file(self, document: Upload | str) -> File:
        if isinstance(document, Upload):
            return self._uploaded(document)
        if document in self.world.files:
            return self.world.files[document]
        if document.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        raise bad_request("wrong file identifier/HTTP URL specified")

    def _uploaded(self, upload: Upload) -> File:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        return self.world.add_file(upload.filename, upload.content, upload.mime_type, "documents")

    def _send(self, chat: Chat, params: Params, content: Mapping[str, Any], **more: Any) -> Message:
        """What every way of sending shares: keyboard, topic, reply, flood limits."""
        markup = params.get("reply_markup")
        check_keyboard(markup)
        thread = checked_thread(self.world, chat, params.get("message_thread_id"))
        replied = reply(self.world, chat, thread, params.get("reply_parameters"))
        self._gate.charge(chat.id, is_group=chat.is_group)
        extra = {**replied.pop("extra", {}), **more.pop("extra", {})}
        if params.get("protect_content"):
            extra["has_protected_content"] = True
        return self.world.post_by_bot(chat, content, thread=thread, markup=markup, extra=extra, **replied, **more)

    async def edit_message_text(self, params: Params) -> Any:
        message = editable(self.world, params)
        if "text" not in message.content:
            raise bad_request("there is no text in the message to edit")
        written = params.get("text", "")
        if utf16_length(written.strip()) > MAX_TEXT:
            # Sending says "message is too long" for the same.
            raise bad_request("MESSAGE_TOO_LONG")
        text, entities = checked_text(written, params.get("entities", []), params.get("parse_mode"))
        return self._edit(message, text_content(text, entities) | preview(params), params)

    async def edit_message_reply_markup(self, params: Params) -> Any:
        message = editable(self.world, params)
        return self._edit(message, message.content, params)

    def _edit(self, message: Message, content: Mapping[str, Any], params: Params) -> Any:
        """A keyboard that isn't given again is gone."""
        markup = params.get("reply_markup")
        check_keyboard(markup)
        markup = markup if markup and markup["inline_keyboard"] else None
        if (content, markup) == (message.content, message.markup):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        self._gate.charge(message.chat.id, is_group=message.chat.is_group)
        edited = self.world.replace(message, content=content, markup=markup, edited=int(self.world.now()))
        return True if "inline_message_id" in params else edited.json()

    async def delete_message(self, params: Params) -> bool:
        chat = readable(self.world, params["chat_id"])
        message = chat.message(params["message_id"], "message to delete")
        if not self._may_delete(message):
            raise bad_request("message can't be deleted")
        self.world.delete(message)
        return True

    def _may_delete(self, message: Message) -> bool:
        if message.chat.is_group and message.chat.member(self.world.bot).may("can_delete_messages"):
            return True
        is_own = message.sender.id == self.world.bot.id
        is_recent = self.world.now() - message.date < TWO_DAYS
        return is_recent and (is_own or message.chat.type == "private")

    async def forward_message(self, params: Params) -> dict[str, Any]:
        chat, message = self._source(params, "forward")
        extra = {"forward_origin": message.extra.get("forward_origin", origin(message))}
        return self._send(chat, params, message.content, extra=extra).json()

    async def copy_message(self, params: Params) -> dict[str, Any]:
        chat, message = self._source(params, "copy")
        content = dict(message.content)
        if "caption" in params and "text" not in content:
            caption, entities = checked_caption(params["caption"], params.get("caption_entities", []), params.get("parse_mode"))
            content = {name: value for name, value in content.items() if not name.startswith("caption")}
            content |= caption_content(caption, entities)
        return {"message_id": self._send(chat, params, content).id}

    def _source(self, params: Params, verb: str) -> tuple[Chat, Message]:
        chat = writable(self.world, params["chat_id"])
        message = readable(self.world, params["from_chat_id"]).message(params["message_id"], f"message to {verb}")
        if message.is_service or message.extra.get("has_protected_content"):
            raise bad_request(f"message can't be {'forwarded' if verb == 'forward' else 'copied'}")
        return chat, message

    async def send_chat_action(self, params: Params) -> bool:
        chat = writable(self.world, params["chat_id"])
        checked_thread(self.world, chat, params.get("message_thread_id"))
        if params["action"] not in CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        self.world.events.add(Event("acted", chat, detail=params["action"]))
        return True

    async def set_message_reaction(self, params: Params) -> bool:
        message = readable(self.world, params["chat_id"]).message(params["message_id"], "message to react")
        reactions = params.get("reaction", [])
        check_reactions(reactions)
        self.world.set_reactions(message, self.world.bot, [reaction["emoji"] for reaction in reactions])
        return True

    # Queries ---------------------------------------------------------------------------------------------------------

    async def answer_callback_query(self, params: Params) -> bool:
        query = self.world.callbacks.get(params["callback_query_id"])
        if query is None or query.answer is not None or is_expired(query.asked, self.world.now()):
            raise refusal_of_query()
        if utf16_length(params.get("text", "")) > MAX_CALLBACK_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        if params.get("url") and not params["url"].startswith((f"t.me/{self.world.bot.username}?", "https://t.me/")):
            raise bad_request("URL_INVALID")
        query.answer = params
        self.world.events.add(Event("answered", query.message.chat, query.message, query))
        return True

    async def answer_inline_query(self, params: Params) -> bool:
        query = self.world.inline_queries.get(params["inline_query_id"])
        if query is None or query.answer is not None or is_expired(query.asked, self.world.now()):
            raise refusal_of_query()
        check_inline_results(params["results"])
        check_start_button(params.get("button"))
        if len(params.get("next_offset", "").encode()) > 64:
            raise bad_request("NEXT_OFFSET_INVALID")
        query.answer = params
        self.world.events.add(Event("answered", None, None, query))
        return True

    async def answer_guest_query(self, params: Params) -> dict[str, Any]:
        query = self.world.guest_queries.get(params["guest_query_id"])
        if query is None or query.answer is not None or is_expired(query.asked, self.world.now()):
            raise refusal_of_query()
        check_inline_result(params["result"])
        self._gate.charge(query.message.chat.id, is_group=query.message.chat.is_group)
        query.answer = self.world.post_guest_answer(query, params["result"])
        return {"inline_message_id": query.answer.inline_id}

    # Files and chats -------------------------------------------------------------------------------------------------

    async def get_file(self, params: Params) -> dict[str, Any]:
        file = self.world.files.get(params["file_id"])
        if file is None:
            raise bad_request("invalid file_id")
        if len(file.content) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        return file.json() | {"file_path": file.path}

    async def get_chat(self, params: Params) -> dict[str, Any]:
        return readable(self.world, params["chat_id"]).json() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }

    async def get_chat_member(self, params: Params) -> dict[str, Any]:
        chat = with_members(self.world, params["chat_id"])
        user_id = params["user_id"]
        user = self.world.bot if user_id == self.world.bot.id else self.world.users.get(user_id)
        if user is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        if chat.type == "private":
            raise bad_request("there is no such member in the private chat")
        return chat.member(user).json()

    async def get_chat_administrators(self, params: Params) -> list[dict[str, Any]]:
        chat = with_members(self.world, params["chat_id"])
        if chat.type == "private":
            raise bad_request("there are no administrators in the private chat")
        admins = [member for member in chat.present() if member.is_admin]
        # Telegram doesn't list other bots here.
        return [admin.json() for admin in admins if not admin.user.is_bot or admin.user.id == self.world.bot.id]

    async def get_chat_member_count(self, params: Params) -> int:
        chat = with_members(self.world, params["chat_id"])
        return 2 if chat.type == "private" else len(list(chat.present()))

    async def leave_chat(self, params: Params) -> bool:
        chat = with_members(self.world, params["chat_id"])
        if chat.type == "private":
            raise bad_request("chat member status can't be changed in private chats")
        self.world.bot_leaves(chat)
        return True

    # Menus and descriptions ------------------------------------------------------------------------------------------

    async def set_my_commands(self, params: Params) -> bool:
        check_commands(params["commands"])
        commands = [entry | {"command": entry["command"].removeprefix("/")} for entry in params["commands"]]
        self.world.profile.commands[self._menu(params)] = commands
        return True

    async def get_my_commands(self, params: Params) -> list[dict[str, str]]:
        return self.world.profile.commands.get(self._menu(params), [])

    async def delete_my_commands(self, params: Params) -> bool:
        self.world.profile.commands.pop(self._menu(params), None)
        return True

    def _menu(self, params: Params) -> tuple[str, str]:
        """The scope and language that a menu is for."""
        scope = dict(params.get("scope", {"type": "default"}))
        if "chat_id" in scope:
            scope["chat_id"] = with_members(self.world, scope["chat_id"]).id
        return scope_key(scope), checked_language(params)

    async def set_my_description(self, params: Params) -> bool:
        return _describe(self.world.profile.descriptions, params, "description", 512)

    async def get_my_description(self, params: Params) -> dict[str, str]:
        return {"description": self.world.profile.descriptions.get(checked_language(params), "")}

    async def set_my_short_description(self, params: Params) -> bool:
        return _describe(self.world.profile.short_descriptions, params, "short_description", 120)

    async def get_my_short_description(self, params: Params) -> dict[str, str]:
        return {"short_description": self.world.profile.short_descriptions.get(checked_language(params), "")}


def _describe(descriptions: dict[str, str], params: Params, name: str, limit: int) -> bool:
    """An empty text removes the one for that language."""
    text = params.get(name, "")
    if utf16_length(text) > limit:
        raise bad_request("BOT_DESCRIPTION_TOO_LONG")
    descriptions[checked_language(params)] = text
    return True


def checked_language(params: Params) -> str:
    language = str(params.get("language_code", ""))
    check_language(language)
    return language


def checked_secret(secret: str) -> str:
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not all(character.isascii() and (character.isalnum() or character in "_-") for character in secret):
        raise bad_request("secret token contains unallowed characters")
    return secret


def preview(params: Params) -> dict[str, Any]:
    """Link preview options are a part of the message: changing them is a change."""
    return {"link_preview_options": params["link_preview_options"]} if "link_preview_options" in params else {}
