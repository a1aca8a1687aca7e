"""A conversation as a file that people can read: who is there, and who says what, where.

    people: {Ann: en, Ben: ko}                 # each with the language of their app
    groups:
      Space desk: [Ann, Ben]                   # the first one created it
      Workshop: {people: [Ben, Ann], admins: [Ann], topics: [Launches], bot: administrator, privacy: false}

    scenes:
      - private:                               # whoever speaks is alone with the bot
          - Ann says: when was the second civil space dialogue?
          - Ann presses: Next
      - Space desk:
          - Ben says: /ask when was the second civil space dialogue?
          - Ann replies: and where?
      - Workshop / Launches:
          - Ben says: lunch?
          - Ann replies: /ask
            to: Ben

`VERBS` lists what people can do. Every text is taken as it stands: `no` and `2016` are words here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ScriptError

PRIVATE = "private"
"""The place where whoever speaks is alone with the bot."""

VERBS: Mapping[str, frozenset[str]] = {
    "says": frozenset(),
    "replies": frozenset({"to", "quoting"}),  # to the bot's last message, unless `to` names somebody else
    "edits": frozenset(),  # their own last message, which then says this
    "presses": frozenset(),  # a button under the bot's last message, by a part of its label
    "reacts": frozenset({"to"}),  # with an emoji, to the bot's last message
    "uploads": frozenset({"caption"}),  # a file, beside the script
    "inline": frozenset(),  # types it after the bot's name, and sends the first result
}
"""What people can do, and which further keys each takes."""

_FINDINGS = {
    "missing": "is missing",
    "extra_forbidden": "means nothing here",
    "tuple_type": "should be a list, each part on a line that begins with a dash",
    "dict_type": "should have names, each with a colon, and what belongs to them",
    "too_short": "is empty",
    "string_too_short": "is empty",
    "string_type": "should be a text",
}
"""What is wrong, by pydantic's type of error."""

Where = tuple[str | int, ...]
"""The keys and numbers that lead to a value in the file."""


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(Model):
    """`privacy`: false lets the bot read everything. A group with topics has them from the start."""

    people: tuple[str, ...] = Field(min_length=1)
    admins: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    bot: Literal["member", "administrator"] = "member"
    privacy: bool = True

    @model_validator(mode="before")
    @classmethod
    def _from_names(cls, value: Any) -> Any:
        return {"people": value} if isinstance(value, list) else value


class Step(Model):
    """One thing that somebody does. `text`: what they say, the button's label, the emoji, the file's name."""

    who: str
    verb: str
    text: str = Field(min_length=1)
    to: str | None = None
    quoting: str | None = None
    caption: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_sentence(cls, value: Any) -> Any:
        """`{"Ann says": "hello", …}`: the first key is the sentence's beginning."""
        if not isinstance(value, dict) or not value:
            raise ValueError("a step is like `Ann says: hello`")
        (sentence, text), *others = value.items()
        who, _, verb = sentence.rpartition(" ")
        if not who or verb not in VERBS:
            raise ValueError(f"{sentence!r} should be a name and one of: {', '.join(VERBS)}")
        if unknown := [key for key, _ in others if key not in VERBS[verb]]:
            raise ValueError(f"{unknown[0]!r} doesn't go with {verb!r}; {_list(VERBS[verb]) or 'nothing'} does")
        return {"who": who, "verb": verb, "text": text, **dict(others)}


class Script(Model):
    """`scenes`: each one place, and what happens there."""

    people: dict[str, str] = Field(min_length=1)
    groups: dict[str, Group] = {}
    scenes: tuple[dict[str, tuple[Step, ...]], ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _everybody_speaks_english(cls, value: Any) -> Any:
        """`people: [Ann, Ben]` says no languages."""
        if isinstance(value, dict) and isinstance(value.get("people"), list):
            return value | {"people": dict.fromkeys(value["people"], "en")}
        return value


@dataclass(frozen=True, slots=True)
class Line:
    """A step, where it happens, and on which line of the file, from 1."""

    place: str
    step: Step
    number: int


class ScriptFile:
    """A script that was read, whole and consistent. Raises ScriptError, which names the line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root, values = _parsed(path)
        for number, complaint in _doubled(self._root):
            raise ScriptError(path, number, complaint)
        try:
            self.script = Script.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            raise ScriptError(path, _line(self._root, first["loc"]), _said(first["type"], first["loc"], first["msg"])) from None
        for where, complaint in _complaints(self.script):
            raise ScriptError(path, _line(self._root, where), complaint)

    def lines(self) -> Iterator[Line]:
        for number, scene in enumerate(self.script.scenes):
            for place, steps in scene.items():
                for index, step in enumerate(steps):
                    yield Line(place, step, _line(self._root, ("scenes", number, place, index)))


def place_of(name: str) -> tuple[str, str | None]:
    """The group and the topic that a scene's name means: "Workshop / Launches"."""
    group, _, topic = name.partition(" / ")
    return group, topic or None


def _parsed(path: Path) -> tuple[yaml.Node, Any]:
    """The file's nodes, which know their lines, and its values."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.BaseLoader)  # it knows texts, lists and mappings only
        values = yaml.load(text, yaml.BaseLoader)  # builds nothing but these
    except OSError as error:
        raise ScriptError(path, None, f"can't be read ({error.strerror}); name a YAML file with a conversation") from None
    except yaml.MarkedYAMLError as error:
        number = error.problem_mark.line + 1 if error.problem_mark is not None else None
        raise ScriptError(path, number, f"isn't YAML: {error.problem}; put a text with a colon or a # between quotes") from None
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ScriptError(path, None, f"isn't YAML: {error}") from None
    if not isinstance(root, yaml.MappingNode):
        raise ScriptError(path, 1, "a script has `people:` and `scenes:`")
    return root, values


def _said(kind: str, where: Where, message: str) -> str:
    """One of pydantic's findings in the words of whoever writes scripts."""
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    key = next((key for key in reversed(where) if isinstance(key, str)), "")
    return f"{key!r} {_FINDINGS.get(kind, message)}"


def _doubled(node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Keys that stand twice in one mapping, where the last would silently win."""
    seen = set[str | int]()
    for name, at, value in _children(node):
        if name in seen:
            yield at.start_mark.line + 1, f"{name!r} stands here twice; begin each step with a dash"
        seen.add(name)
        yield from _doubled(value)


def _complaints(script: Script) -> Iterator[tuple[Where, str]]:
    """Names that stand for nothing."""
    for title, group in script.groups.items():
        for name in (*group.people, *group.admins):
            yield from _unknown(name, script.people, "people", ("groups", title))
    for number, scene in enumerate(script.scenes):
        for place, steps in scene.items():
            where: Where = ("scenes", number, place)
            yield from _complaints_of_place(place, script, where)
            for index, step in enumerate(steps):
                yield from _complaints_of_step(step, place, script, (*where, index))


def _complaints_of_place(place: str, script: Script, where: Where) -> Iterator[tuple[Where, str]]:
    name, topic = place_of(place)
    yield from _unknown(name, [PRIVATE, *script.groups], "groups", where)
    if topic is not None and name in script.groups:
        yield from _unknown(topic, script.groups[name].topics, f"topics of {name!r}", where)


def _complaints_of_step(step: Step, place: str, script: Script, where: Where) -> Iterator[tuple[Where, str]]:
    group = script.groups.get(place_of(place)[0])
    yield from _unknown(step.who, script.people, "people", where)
    if step.to is not None:
        yield from _unknown(step.to, script.people, "people", where)
    if group is not None and step.who not in (*group.people, *group.admins):
        yield where, f"{step.who} isn't in {place!r}; add the name to its people"


def _unknown(name: str, known: Any, what: str, where: Where) -> Iterator[tuple[Where, str]]:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        yield where, f"{name!r} isn't among the {what}" + (f"; is it {near[0]!r}?" if near else f"; there are {_list(known) or 'none'}")


def _list(names: Any) -> str:
    return ", ".join(sorted(map(repr, names)))


def _line(node: yaml.Node, where: Where) -> int:
    """The line, from 1, of the innermost part on the way that the file has."""
    line = node.start_mark.line
    for key in where:
        found = next(((at, value) for name, at, value in _children(node) if name == key), None)
        if found is None:
            break
        at, node = found
        line = at.start_mark.line
    return int(line) + 1


def _children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node, yaml.Node]]:
    """Name or number, where it begins, and the value."""
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((number, value, value) for number, value in enumerate(node.value))
