"""`.txt` and `.md`, kept character by character: only line endings and Unicode form change. Front matter is taken off."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from index.domain import Document, Place
from index.errors import Damaged, NoText, TooLarge
from index.loading.decoding import decoded
from index.loading.draft import check_places, composed, one_line, short_heading, title_of
from index.loading.parsed import Limits, Parsed

_FRONT_LINE = r"(?:(?:\w[\w-]*(?: \w[\w-]*){0,2}:|[ \t#\]}-]).*)?\n"
"""A key, a comment, what is indented or listed below them, or nothing; prose is no line of front matter."""
_FRONT_MATTER = re.compile(rf"---[ \t]*\n((?:{_FRONT_LINE})*?)---[ \t]*(?:\n|\Z)")
_BRACKET = re.compile(r"[\[{]")
_OURS = re.compile(r"^(title|url|date|author):(?=[ \t\n])(.*)", re.MULTILINE)
_QUOTED = re.compile(r"^(['\"])(.*)\1$")
_ADDRESS = re.compile(r"[a-z][\w+.-]*:|www\.", re.IGNORECASE)
_HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?:[ \t]+(.*))?")
_HTML_HEADING = re.compile(r"[ ]{0,3}<h([1-6])\b[^>]*>(.*)</h\1>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_UNDERLINE = re.compile(r"[ ]{0,3}(=+|-{3,})[ \t]*")
_FENCE = re.compile(r"[ ]{0,3}(?:(?:[-*+]|\d{1,9}[.)])[ ]+)?(`{3,}+(?!.*`)|~{3,})")  # ```like this``` is code within a line
_ATTRIBUTES = re.compile(r"\{[#.:][^{}]*\}[ \t]*\Z")
"""An id or a class that a heading is given: "## Settings {#config}"."""
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")


MAX_FRONT_MATTER = 10_000
"""Characters."""
MOST_AUTHORS = 20
MAX_BRACKETS = 200
"""In front matter: YAML takes time by the square of what is nested, seconds for a few thousand."""


class FrontMatter(BaseModel):
    """What a file may say about itself between two lines of `---`; other keys are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title: str | None = None
    url: str | None = None
    date: str | None = None
    author: str | None = None

    @field_validator("title", "date", mode="before")
    @classmethod
    def _words(cls, value: object) -> str | None:
        return value if value and isinstance(value, str) else None

    @field_validator("author", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> str | None:
        names = map(_name, value[:MOST_AUTHORS] if isinstance(value, list) else [value])
        return ", ".join(filter(None, names)) or None

    @field_validator("url", mode="before")
    @classmethod
    def _web_address(cls, url: object) -> str | None:
        """A path alone, such as site generators write, leads nowhere from a chat."""
        if not isinstance(url, str) or not _ADDRESS.match(url):
            return None
        if not url.startswith(("https://", "http://")):
            raise ValueError("should begin with https:// or http://")
        return url


def _name(author: object) -> str | None:
    """As it is, or as the `name` of what is said of a person. Nothing else: with YAML's aliases a few lines may stand for gigabytes."""
    name = author.get("name") if isinstance(author, dict) else author
    return name if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class _Heading:
    start: int
    level: int
    title: str


def parse_plain(name: str, content: bytes, limits: Limits) -> Parsed:
    front, body = _read(content, limits)
    return Parsed(Document(name, front.title or title_of(name), body, front.url, front.date, front.author))


def parse_markdown(name: str, content: bytes, limits: Limits) -> Parsed:
    front, body = _read(content, limits)
    headings = [heading for heading in _headings(body) if heading.title]
    check_places(len(headings), limits)
    title = front.title or (headings[0].title if headings else title_of(name))
    return Parsed(Document(name, title, body, front.url, front.date, front.author, places=tuple(_places(headings))))


def normalised(text: str) -> str:
    """Line endings as "\\n" and Unicode in NFC; nothing else changes. Raises Damaged."""
    return composed(text.replace("\r\n", "\n").replace("\r", "\n"))


def _read(content: bytes, limits: Limits) -> tuple[FrontMatter, str]:
    text = normalised(decoded(content))
    if len(text) > limits.characters:
        raise TooLarge(f"more than {limits.characters // 1_000_000} million characters of text; split it")
    front, body = _split_front_matter(text)
    if not body.strip():
        raise NoText("empty: it holds no text; put some in, or remove it")
    return front, body


def _split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """A first line of `---` begins front matter only if another one ends it and nothing but keys with values stand between; else it is a
    rule.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        return FrontMatter(), text
    if len(match[1]) > MAX_FRONT_MATTER:
        raise Damaged(f"its front matter is longer than {MAX_FRONT_MATTER:,} characters; shorten it")
    if len(_BRACKET.findall(match[1])) > MAX_BRACKETS:
        raise Damaged("its front matter is no YAML that anybody wrote; it should be lines such as `title: …`")
    values = _values(match[1])
    if not isinstance(values, dict):
        return FrontMatter(), text
    try:
        return FrontMatter.model_validate(values), text[match.end() :]
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise Damaged(f"its front matter is wrong: {detail['loc'][0]}: {detail['msg'].removeprefix('Value error, ')}") from error


def _values(front: str) -> object:
    """Values stay as they were written: `1984`, `2022-05-23` and `No` are titles like any other. Where something is no YAML, such as
    `up: [[A]], [[B]]` or `title: Travel: hotels`, our own lines are read each by itself; where none is ours, it is rather text.
    """
    try:
        return yaml.load(front, yaml.BaseLoader) or {}
    except (yaml.YAMLError, RecursionError):
        return {ours[1]: _value(ours) for ours in _OURS.finditer(front)} or None


def _value(ours: re.Match[str]) -> object:
    """What a line says, word for word if it is no YAML."""
    line, key, said = ours.group(0, 1, 2)
    try:
        return yaml.load(line, yaml.BaseLoader)[key]
    except (yaml.YAMLError, RecursionError):
        return _QUOTED.sub(r"\2", one_line(said))


def _headings(text: str) -> Iterator[_Heading]:
    """`# Heading`, underlined ones, and those of HTML that are a line, outside of fenced code."""
    start, fence = 0, ""
    before, is_first = "", True  # the line before, and whether it begins a paragraph
    for line in text.split("\n"):
        fenced, heading = _FENCE.match(line), _HEADING.fullmatch(line)
        if fence:
            fence = "" if fenced and fenced[1].startswith(fence) else fence
        elif fenced:
            fence = fenced[1]
        elif heading:
            yield _Heading(start + heading.start(1), len(heading[1]), _plain((heading[2] or "").rstrip("# \t")))
        elif html := _HTML_HEADING.match(line):
            yield _Heading(start, int(html[1]), _plain(_TAG.sub("", html[2])))
        elif before and is_first and (underline := _UNDERLINE.fullmatch(line)) and not _HEADING.fullmatch(before):
            yield _Heading(start - 1 - len(before.lstrip()), 1 if underline[1][0] == "=" else 2, _plain(before))
        is_first, before = not before.strip(), line
        start += len(line) + 1


def _places(headings: list[_Heading]) -> Iterator[Place]:
    path: list[_Heading] = []
    for heading in headings:
        path = [*(outer for outer in path if outer.level < heading.level), heading]
        yield Place(heading.start, tuple(outer.title for outer in path))


def _plain(text: str) -> str:
    """A heading's words without their markup."""
    return short_heading(re.sub(r"[*`]|(?<!\w)_|_(?!\w)", "", _LINK.sub(r"\1", _ATTRIBUTES.sub("", text))))
