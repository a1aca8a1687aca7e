"""Text as Telegram counts and marks it: UTF-16 units, entities given by bots, entities found in what people write.

Pure. An `Entity` is the Bot API's MessageEntity as JSON; its offset and length count UTF-16 units.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request

Entity = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_QUOTE = 1024
MAX_ENTITIES = 100

SPLITTABLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
QUOTES = {"blockquote", "expandable_blockquote"}
CODE = {"code", "pre"}
FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
"""Telegram finds these in the text by itself and ignores them when a bot sends them."""
CONTINUOUS = CODE | {"text_link", "text_mention", "custom_emoji", "date_time"}
KEPT_IN_QUOTES = SPLITTABLE | {"custom_emoji", "date_time"}


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def utf16_slice(text: str, start: int, end: int) -> str:
    """`text` from unit `start` to unit `end`; both must lie between characters."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def boundaries(text: str) -> frozenset[int]:
    """The offsets, in UTF-16 units, at which an entity may start or end: any but those inside a surrogate pair."""
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if ord(character) > 0xFFFF else 1))
    return frozenset(offsets)


def end(entity: Entity) -> int:
    return int(entity["offset"]) + int(entity["length"])


def overlap(one: Entity, other: Entity) -> bool:
    return bool(one["offset"] < end(other) and other["offset"] < end(one))


def holds(outer: Entity, inner: Entity) -> bool:
    return bool(outer["offset"] <= inner["offset"] and end(inner) <= end(outer))


# What bots send ------------------------------------------------------------------------------------------------------


def checked_text(text: str, entities: Sequence[Entity], parse_mode: str | None) -> tuple[str, list[Entity]]:
    """The text and entities of a message that a bot sends, as Telegram will show them.

    Telegram trims the text and adds what it finds in it. It repairs entities that overlap without nesting and leaves
    out links to bad addresses; here both are refused, because the bot meant something else.
    """
    if not text:
        raise bad_request("message text is empty")
    return _formatted(text, entities, parse_mode, MAX_TEXT, "message is too long")


def checked_caption(text: str, entities: Sequence[Entity], parse_mode: str | None) -> tuple[str, list[Entity]]:
    if not text:
        return "", []
    return _formatted(text, entities, parse_mode, MAX_CAPTION, "message caption is too long")


def _formatted(text: str, entities: Sequence[Entity], parse_mode: str | None, limit: int, complaint: str) -> tuple[str, list[Entity]]:
    check_parse_mode(parse_mode)
    given = checked_entities(text, entities)
    text, given = trimmed(text, given)
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > limit:
        raise bad_request(complaint)
    return text, merged(given, found_entities(text))[:MAX_ENTITIES]


def check_parse_mode(parse_mode: str | None) -> None:
    if parse_mode and parse_mode.lower() not in {"html", "markdown", "markdownv2"}:
        raise bad_request("unsupported parse_mode")
    if parse_mode:
        raise bad_request(f"can't parse entities: the sandbox doesn't read {parse_mode}; send entities")


def checked_entities(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """The entities that count, in order. Telegram ignores those beyond the hundredth, empty ones and found ones."""
    between = boundaries(text)
    for entity in entities:
        _check_entity(entity)
        _check_bounds(entity, between)
    kept = [entity for entity in entities if entity["length"] and entity["type"] not in FOUND][:MAX_ENTITIES]
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    _check_nesting(kept)
    return kept


def _check_entity(entity: Entity) -> None:
    kind = entity["type"]
    if kind not in SPLITTABLE | QUOTES | CONTINUOUS | FOUND:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    for name, of in (("url", "text_link"), ("user", "text_mention"), ("custom_emoji_id", "custom_emoji")):
        if kind == of and not entity.get(name):
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
    if kind == "text_link" and (complaint := url_complaint(entity["url"])):
        raise bad_request(f"can't parse MessageEntity: text_link URL '{entity['url']}' is invalid: {complaint}")


def _check_bounds(entity: Entity, between: frozenset[int]) -> None:
    offset, length, last = entity["offset"], entity["length"], max(between)
    if offset < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    if length < 0:
        raise bad_request(f"receive an entity with incorrect length {length}")
    if offset > last:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > last:
        raise bad_request(f"entity beginning at UTF-16 offset {offset} ends after the end of the text at {last}")
    if offset not in between:
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {offset}")
    if offset + length not in between:
        raise bad_request(f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol")


def _check_nesting(entities: Sequence[Entity]) -> None:
    """The rules of "Formatting options": full nesting or none, nothing in code, no quote in a quote."""
    for position, outer in enumerate(entities):
        for inner in entities[position + 1 :]:
            if inner["offset"] >= end(outer):
                break
            kinds = {outer["type"], inner["type"]}
            crossing = end(inner) > end(outer)
            in_code = bool(kinds & CODE) and not kinds & QUOTES
            two_of_a_kind = kinds <= QUOTES or kinds <= CONTINUOUS
            if crossing or in_code or two_of_a_kind:
                raise bad_request(
                    f"can't parse entities: {outer['type']} at {outer['offset']} and {inner['type']} at {inner['offset']} must not overlap"
                )


def trimmed(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at both ends, the entities moved and cut along."""
    kept = text.strip()
    lead = utf16_length(text) - utf16_length(text.lstrip())
    last = utf16_length(kept)
    moved = []
    for entity in entities:
        start, stop = max(entity["offset"] - lead, 0), min(end(entity) - lead, last)
        if stop > start:
            moved.append(entity | {"offset": start, "length": stop - start})
    return kept, moved


def merged(given: Sequence[Entity], found: Iterable[Entity]) -> list[Entity]:
    """Both, in order and nested, if those given nest: bold, italic, … are split at the edges of all others, as TDLib does."""
    whole = [entity for entity in given if entity["type"] not in SPLITTABLE]
    whole += [entity for entity in found if not _stays_plain(entity, given)]
    edges = sorted({edge for entity in whole for edge in (entity["offset"], end(entity))})
    pieces = [piece for entity in given if entity["type"] in SPLITTABLE for piece in _split(entity, edges)]
    return sorted([*whole, *pieces], key=lambda entity: (entity["offset"], -entity["length"]))


def _stays_plain(entity: Entity, given: Iterable[Entity]) -> bool:
    """Whether it was found inside a link or code, or across the edge of a quote."""
    around = [other for other in given if overlap(other, entity)]
    return any(other["type"] in CONTINUOUS or (other["type"] in QUOTES and not holds(other, entity)) for other in around)


def _split(entity: Entity, edges: Iterable[int]) -> Iterator[Entity]:
    inner = (edge for edge in edges if entity["offset"] < edge < end(entity))
    for start, stop in pairwise([entity["offset"], *inner, end(entity)]):
        yield entity | {"offset": start, "length": stop - start}


# What people write ---------------------------------------------------------------------------------------------------

_TLDS = "com|org|net|edu|gov|int|info|dev|app|io|me|ai|kr|jp|de|uk|eu|fr|us"
"""Telegram knows every top-level domain; these are enough to tell a bare address from run-together words."""

_PATTERNS = (
    ("url", re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,:;!?)'\]/]/?")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    ("url", re.compile(rf"\b(?:[\w-]+\.)+(?:{_TLDS})\b(?:/[^\s<>\"«»]*)?")),
    ("bot_command", re.compile(r"(?<![\w/@#.])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")),
    ("mention", re.compile(r"(?<![\w/@.])@[A-Za-z0-9_]{3,32}\b(?!@)")),
    ("hashtag", re.compile(r"(?<![\w/@#])#\w*[^\W\d]\w*")),
)


def found_entities(text: str) -> list[Entity]:
    """Links, addresses, commands, mentions and hashtags, none inside another."""
    entities: list[Entity] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            offset = utf16_length(text[: match.start()])
            entity = {"type": kind, "offset": offset, "length": utf16_length(match.group())}
            if not any(overlap(other, entity) for other in entities):
                entities.append(entity)
    return sorted(entities, key=lambda entity: int(entity["offset"]))


def commands(text: str, entities: Iterable[Entity]) -> Iterator[str]:
    """The commands in a message as written, `/ask` or `/ask@bot`."""
    for entity in entities:
        if entity["type"] == "bot_command":
            yield utf16_slice(text, entity["offset"], end(entity))


# Quotes and addresses ------------------------------------------------------------------------------------------------


def quote_position(text: str, entities: Sequence[Entity], quote: str, quote_entities: Sequence[Entity], near: int) -> int:
    """Where `quote` stands in `text`, in UTF-16 units, of several places the one nearest to `near`.

    Raises the refusal of a quote that isn't there with the very same bold, italic, … entities.
    """
    size = utf16_length(quote)
    if 0 < size <= MAX_QUOTE:
        wanted = _styles(checked_entities(quote, quote_entities), 0, size)
        for position in sorted(_occurrences(text, quote), key=lambda place: abs(place - near)):
            if _styles(entities, position, size) == wanted:
                return position
    raise bad_request("QUOTE_TEXT_INVALID")


def _occurrences(text: str, quote: str) -> Iterator[int]:
    """Offsets in UTF-16 units."""
    at = text.find(quote)
    while at >= 0:
        yield utf16_length(text[:at])
        at = text.find(quote, at + 1)


def _styles(entities: Iterable[Entity], start: int, size: int) -> set[tuple[Any, ...]]:
    """The styles of each unit from `start` on, so that cut or divided entities compare equal."""
    return {
        (unit - start, entity["type"], entity.get("custom_emoji_id"), entity.get("unix_time"))
        for entity in entities
        if entity["type"] in KEPT_IN_QUOTES
        for unit in range(max(entity["offset"], start), min(end(entity), start + size))
    }


def quoted_entities(entities: Iterable[Entity], start: int, size: int) -> list[Entity]:
    """The entities that a quote of `size` units at `start` keeps, counted from the start of the quote."""
    kept = []
    for entity in entities:
        first, last = max(entity["offset"], start), min(end(entity), start + size)
        if entity["type"] in KEPT_IN_QUOTES and last > first:
            kept.append(entity | {"offset": first - start, "length": last - first})
    return kept


def url_complaint(url: str) -> str | None:
    """Why Telegram wouldn't accept the address, or None. It takes one without a scheme for http."""
    if any(character.isspace() for character in url):
        return "Wrong HTTP URL"
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme in {"tg", "ton"}:
        return None
    if parts.scheme not in {"http", "https"}:
        return "Unsupported URL protocol"
    labels = (parts.hostname or "").split(".")
    # A host without a dot, such as localhost, is nothing that another person could open.
    return None if len(labels) > 1 and all(labels) else "Wrong HTTP URL"
