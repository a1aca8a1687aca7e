"""What Telegram refuses in keyboards, command menus and inline results. Pure; each check raises the refusal."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.text import checked_text, url_complaint

MAX_BUTTONS = 100
MAX_CALLBACK_DATA = 64
"""Bytes."""
MAX_COPY_TEXT = 256
MAX_CALLBACK_ANSWER = 200
MAX_COMMANDS = 100
MAX_INLINE_RESULTS = 50
MAX_INLINE_QUERY = 256
MAX_DOWNLOAD = 20 * 2**20
MAX_UPLOAD = 50 * 2**20

_DECORATION = {"text", "icon_custom_emoji_id", "style"}

_REACTIONS = """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾
    💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS = frozenset(_REACTIONS.split())
"""The emoji of the documentation's ReactionTypeEmoji."""


def check_keyboard(markup: Mapping[str, Any] | None) -> None:
    """Only inline keyboards have rules worth checking; the others replace what a person types."""
    rows = (markup or {}).get("inline_keyboard", [])
    for row in rows:
        for button in row:
            check_button(button)
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")


def check_button(button: Mapping[str, Any]) -> None:
    actions = [name for name, value in button.items() if name not in _DECORATION and value not in ("", None)]
    actions += [name for name in button if name.startswith("switch_inline_query") and button[name] == ""]
    if not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: inline keyboard button text must be non-empty")
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"can't parse inline keyboard button: more than one action ({', '.join(sorted(actions))})")
    if (url := button.get("url")) and (complaint := url_complaint(url)):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {complaint}")
    if len(button.get("callback_data", "").encode()) > MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= MAX_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def check_commands(commands: Sequence[Mapping[str, str]]) -> None:
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for entry in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", entry["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(entry["description"].strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def check_language(code: str) -> None:
    if code and not re.fullmatch("[a-z]{2}", code):
        raise bad_request("BOT_LANG_CODE_INVALID")


def check_inline_results(results: Sequence[Mapping[str, Any]]) -> None:
    if len(results) > MAX_INLINE_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result["id"] for result in results]
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        check_inline_result(result)


def check_inline_result(result: Mapping[str, Any]) -> None:
    if not 1 <= len(result["id"].encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if result["type"] == "article" and not result["title"].strip():
        raise bad_request("can't parse inline query result: ARTICLE_TITLE_EMPTY")
    check_keyboard(result.get("reply_markup"))
    content = result.get("input_message_content", {})
    if "message_text" in content:
        checked_text(content["message_text"], content.get("entities", []), content.get("parse_mode"))


def check_reactions(reactions: Sequence[Mapping[str, Any]]) -> None:
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        # The variation selector makes no difference to Telegram.
        if reaction["type"] != "emoji" or reaction["emoji"].replace("\ufe0f", "") not in REACTIONS:
            raise bad_request("REACTION_INVALID")


def check_start_button(button: Mapping[str, Any] | None) -> None:
    """The button above inline results."""
    if button is None:
        return
    if not button["text"].strip() or ("start_parameter" in button) == ("web_app" in button):
        raise bad_request("can't parse inline query results button: it needs a text and exactly one action")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button.get("start_parameter", "-")):
        raise bad_request("START_PARAM_INVALID")
