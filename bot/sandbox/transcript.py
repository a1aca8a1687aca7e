"""What happens in the world, as plain text: a conversation that can be read, shown in a README and compared.

No times and no ids, so that the same conversation reads the same each time. Where there is no bold, in a pipe or a file,
bold words stand between asterisks. A passage that Telegram folds is one line here.
"""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from bot.sandbox.nouns import Button, Message, User
from bot.sandbox.text import end, utf16_slice
from bot.sandbox.world import CallbackQuery, Event, InlineQuery
from index.rendering import shorten

MAX_QUOTE = 30
"""Characters of the words that a reply is about; who wrote them is shown above."""

_INDENT = "  "
_PREFIXES = {"blockquote": "> ", "expandable_blockquote": "▸ "}
_Stretch = tuple[int, int]
"""Start and end in a Python text."""


class Transcript:
    """Prints what it is told, as wide as `console`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._marker = "" if console.is_terminal else "**"
        self._texts: dict[tuple[int, int], str] = {}
        self._is_begun = False

    def scene(self, place: str) -> None:
        self._paragraph([Text(f"── {place} ──", style="bold")])

    def pressed(self, who: User, button: Button) -> None:
        self._paragraph([Text(f"{who.first_name} presses {_label(button)}")])

    def typed(self, query: InlineQuery, bot: User) -> None:
        """An inline query, and what it offers."""
        typed = Text(f"{query.user.first_name} types: @{bot.username} {query.text}")
        offered = [f"{number}. {result['title']}" for number, result in enumerate(query.results, 1)] or ["(nothing is offered)"]
        self._paragraph([typed, *(self._fitted(Text(_INDENT + line)) for line in offered)])

    def happened(self, event: Event) -> None:
        """What somebody would see of an event; of service messages, typing and the like nothing."""
        match event:
            case Event("posted", message=Message() as message) if not message.is_service:
                self._paragraph(self._message(message, _heading(message)))
                self._texts[message.chat.id, message.id] = message.text
            case Event("edited", message=Message() as message):
                self._paragraph(self._edited(message))
                self._texts[message.chat.id, message.id] = message.text
            case Event("reacted", message=Message() as message, detail=User() as user):
                emoji = " ".join(message.reactions.get(user.id, ()))
                self._paragraph([Text(f"{user.first_name} reacts {emoji}" if emoji else f"{user.first_name} takes the reaction back")])
            case Event("answered", detail=CallbackQuery(answer={"text": str(text)})):
                self._paragraph([Text(f"({text})")])

    def _paragraph(self, lines: Sequence[Text]) -> None:
        """After a blank line, unless it is the first."""
        if self._is_begun:
            self._console.print()
        self._is_begun = True
        for line in lines:
            self._console.print(line)

    def _edited(self, message: Message) -> list[Text]:
        """A message whose words are still the same got other buttons."""
        heading = f"{_heading(message)}, edited"
        if self._texts.get((message.chat.id, message.id)) == message.text:
            return [Text(f"{heading}: {_buttons(message)}")]
        return self._message(message, heading)

    def _message(self, message: Message, heading: str) -> list[Text]:
        """On one line where that will do."""
        body = [*self._body(message), *_below(message)]
        if len(body) == 1 and not body[0][0]:
            return [Text(f"{heading}: ").append_text(body[0][1])]
        return [Text(f"{heading}:"), *(line for prefix, text in body for line in self._wrapped(_INDENT + prefix, text))]

    def _body(self, message: Message) -> Iterator[tuple[str, Text]]:
        """The lines of a message, each with what stands before it: a sign for quotes. Of a folded quote only the first line."""
        if "document" in message.content:
            yield "", Text(f"[file] {message.content['document']['file_name']}")
        bold = _joined(_stretches(message, "bold"))
        quotes = {prefix: _stretches(message, kind) for kind, prefix in _PREFIXES.items()}
        start = 0
        for line in message.text.split("\n") if message.text else ():
            prefix = next((prefix for prefix, found in quotes.items() if any(first <= start < last for first, last in found)), "")
            is_folded = prefix == _PREFIXES["expandable_blockquote"]
            if not is_folded or any(first == start for first, _ in quotes[prefix]):
                text = self._marked(message.text, (start, start + len(line)), bold)
                yield prefix, self._fitted(text, len(_INDENT + prefix)) if is_folded else text
            start += len(line) + 1

    def _marked(self, text: str, line: _Stretch, bold: Sequence[_Stretch]) -> Text:
        """`text` within `line`, the bold stretches as such."""
        marked, position = Text(), line[0]
        for start, stop in ((max(start, line[0]), min(stop, line[1])) for start, stop in bold):
            if start < stop:
                marked.append(text[position:start]).append(f"{self._marker}{text[start:stop]}{self._marker}", "bold")
                position = stop
        return marked.append(text[position : line[1]])

    def _wrapped(self, prefix: str, text: Text) -> Iterator[Text]:
        for line in text.wrap(self._console, self._console.width - len(prefix)) or [Text()]:
            whole = Text(prefix).append_text(line)
            whole.rstrip()
            yield whole

    def _fitted(self, text: Text, indent: int = 0) -> Text:
        """Cut to one line."""
        text.truncate(self._console.width - indent, overflow="ellipsis")
        return text


def _heading(message: Message) -> str:
    """Who says it, and to whom and about which words if that isn't clear."""
    name = message.sender.first_name
    if message.via_bot is not None:
        return f"{name}, by way of @{message.via_bot.username}"
    replied = message.chat.messages.get(message.reply_to) if message.reply_to is not None else None
    if replied is None or replied.is_service or (message.sender.is_bot and not message.chat.is_group):
        return name
    quote = f", on “{shorten(message.extra['quote']['text'], MAX_QUOTE)}”" if "quote" in message.extra else ""
    return f"{name} to {replied.sender.first_name}{quote}"


def _below(message: Message) -> list[tuple[str, Text]]:
    return [("", Text(_buttons(message)))] if message.buttons else []


def _buttons(message: Message) -> str:
    return " ".join(map(_label, message.buttons))


def _label(button: Button) -> str:
    """Links have an arrow, as in Telegram."""
    return f"[{button.text}{' ↗' if button.url else ''}]"


def _stretches(message: Message, kind: str) -> list[_Stretch]:
    """What the entities of a kind cover, in Python's counting of characters."""
    return [
        (len(utf16_slice(message.text, 0, entity["offset"])), len(utf16_slice(message.text, 0, end(entity))))
        for entity in message.entities
        if entity["type"] == kind
    ]


def _joined(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """In order; those that adjoin are one: Telegram splits bold words at the edges of a mention or link, but nobody sees that."""
    joined: list[_Stretch] = []
    for start, stop in stretches:
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]
        joined.append((start, stop))
    return joined
