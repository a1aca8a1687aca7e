"""The parameters of every method served, as the Bot API documents them, and the check of a call against them.

`methods.json` beside this module is cut from a machine-readable copy of the Bot API (the format of
https://github.com/PaulSonOfLars/telegram-bot-api-spec) and holds only the methods served and the types they take:

    python -m bot.sandbox.schema telegram-bot-api.json

Telegram ignores a parameter or a field it doesn't know; here that is an error, because a misspelt one is a bug.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.sandbox.errors import ApiError, bad_request

_SERVED = """
    getMe logOut close getUpdates setWebhook deleteWebhook getWebhookInfo
    sendMessage sendDocument sendChatAction editMessageText editMessageReplyMarkup deleteMessage
    forwardMessage copyMessage setMessageReaction
    answerCallbackQuery answerInlineQuery answerGuestQuery getFile
    getChat getChatMember getChatAdministrators getChatMemberCount leaveChat
    setMyCommands getMyCommands deleteMyCommands
    setMyDescription getMyDescription setMyShortDescription getMyShortDescription
"""

ARRAY = "Array of "

MISSING = {"chat_id": "chat_id is empty", "text": "message text is empty"}
"""Where Telegram has words of its own for a missing parameter."""


@dataclass(frozen=True)
class Field:
    """`types`: alternatives in the documentation's words, such as "Integer", "String" or "Array of MessageEntity"."""

    types: tuple[str, ...]
    required: bool


Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Upload:
    """A file as it came in a multipart request."""

    filename: str
    content: bytes
    mime_type: str


@dataclass(frozen=True)
class Schema:
    """`subtypes`: a type that is one of several others, such as InlineQueryResult."""

    methods: Mapping[str, Fields]
    types: Mapping[str, Fields]
    subtypes: Mapping[str, tuple[str, ...]]
    updates: frozenset[str]

    def parameters(self, method: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The call's parameters, typed. `raw`: strings from a form, values from JSON, or uploads."""
        known = self.methods[method]
        parameters = {
            name: from_form(name, known[name], value) if name in known and isinstance(value, str) else value for name, value in raw.items()
        }
        self._check_fields(f"method {method}", known, parameters)
        return parameters

    def _check_fields(self, owner: str, fields: Fields, values: Mapping[str, Any]) -> None:
        for name in values:
            if name not in fields:
                raise bad_request(f'{owner} has no field "{name}"')
        for name, field in fields.items():
            if name in values:
                self._check(f'"{name}" of {owner}', field.types, values[name])
            elif field.required:
                raise bad_request(MISSING.get(name, f'"{name}" of {owner} is required'))

    def _check(self, place: str, types: Sequence[str], value: Any) -> None:
        refusals = []
        for kind in types:
            try:
                return self._check_type(place, kind, value)
            except ApiError as refusal:
                refusals.append(refusal)
        # The narrowest complaint helps most when there was one candidate, the list of candidates when there were more.
        raise refusals[0] if len(refusals) == 1 else bad_request(f"{place} must be {' or '.join(types)}")

    def _check_type(self, place: str, kind: str, value: Any) -> None:
        if kind.startswith(ARRAY):
            if not isinstance(value, list):
                raise bad_request(f"{place} must be an {kind}")
            for item in value:
                self._check(f"an item in {place}", [kind.removeprefix(ARRAY)], item)
        elif kind in self.subtypes:
            self._check(place, self.subtypes[kind], value)
        elif kind in self.types:
            if not isinstance(value, dict):
                raise bad_request(f"{place} must be a JSON object, {kind}")
            self._check_fields(kind, self.types[kind], value)
        elif not is_plain(kind, value):
            raise bad_request(f"{place} must be of type {kind}")
        elif isinstance(value, str) and not is_unicode(value):
            raise bad_request("strings must be encoded in UTF-8")


def is_plain(kind: str, value: Any) -> bool:
    """Whether `value` is of one of the documentation's basic types."""
    match kind:
        case "String":
            return isinstance(value, str)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Boolean" | "True":
            return isinstance(value, bool)
        case "InputFile":
            return isinstance(value, Upload)
    return False


def is_unicode(text: str) -> bool:
    """Half a surrogate pair, which JSON can smuggle in, is no text."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def from_form(name: str, field: Field, text: str) -> Any:
    """A form carries strings only: numbers and truth values are spelt, everything nested is JSON."""
    for kind in field.types:
        match kind:
            case "String":
                return text
            case "Integer" if text.removeprefix("-").isdecimal():
                return int(text)
            case "Boolean" if text.lower() in {"true", "false", "1", "0"}:
                return text.lower() in {"true", "1"}
            case "Integer" | "Boolean" | "InputFile":
                continue
            case _:
                return decoded(name, text)
    return text


def decoded(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise bad_request(f"can't parse {name} JSON object") from error


@cache
def schema() -> Schema:
    table = json.loads(files("bot.sandbox").joinpath("methods.json").read_text("utf-8"))
    return Schema(
        methods={name: _fields(fields) for name, fields in table["methods"].items()},
        types={name: _fields(fields) for name, fields in table["types"].items()},
        subtypes={name: tuple(names) for name, names in table["subtypes"].items()},
        updates=frozenset(table["updates"]),
    )


def _fields(table: Mapping[str, Any]) -> Fields:
    return {name: Field(tuple(entry["types"]), entry["required"]) for name, entry in table.items()}


def extract(reference: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the Bot API's description that `methods.json` holds."""
    methods = {name: _without_prose(reference["methods"][name]) for name in _SERVED.split()}
    reached: set[str] = set()
    pending = [kind for fields in methods.values() for field in fields.values() for kind in field["types"]]
    while pending:
        name = pending.pop().rpartition(ARRAY)[2]
        if name in reached or name == "InputFile" or name not in reference["types"]:
            continue
        reached.add(name)
        described = reference["types"][name]
        pending += described.get("subtypes", [])
        pending += [kind for field in described.get("fields", []) for kind in field["types"]]
    types = {name: reference["types"][name] for name in sorted(reached)}
    return {
        "version": reference["version"],
        "methods": methods,
        "types": {name: _without_prose(kind) for name, kind in types.items() if not kind.get("subtypes")},
        "subtypes": {name: kind["subtypes"] for name, kind in types.items() if kind.get("subtypes")},
        "updates": [field["name"] for field in reference["types"]["Update"]["fields"] if field["name"] != "update_id"],
    }


def _without_prose(described: Mapping[str, Any]) -> dict[str, Any]:
    return {field["name"]: {"types": field["types"], "required": field["required"]} for field in described.get("fields", [])}


def compact(table: Mapping[str, Any]) -> str:
    """JSON with a line for each method and type, so that a new Bot API version makes a diff that can be read."""
    sections = []
    for section, entries in table.items():
        if isinstance(entries, dict):
            lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
            sections.append(f"{json.dumps(section)}: {{\n{lines}\n}}")
        else:
            sections.append(f"{json.dumps(section)}: {json.dumps(entries)}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


if __name__ == "__main__":
    source = Path(sys.argv[1]).read_text("utf-8")
    Path(__file__).with_name("methods.json").write_text(compact(extract(json.loads(source))), "utf-8")
