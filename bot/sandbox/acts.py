"""What a person at the page does: a model per act, as the page sends it, and what it comes to in the world."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.cast import Cast
from bot.sandbox.errors import ApiError
from bot.sandbox.journal import Journal
from bot.sandbox.nouns import GENERAL, Button, Chat, Message, User
from bot.sandbox.rules import MAX_UPLOAD, REACTIONS
from bot.sandbox.server import BotApiServer
from bot.sandbox.text import MAX_CAPTION, MAX_TEXT, utf16_length

A = TypeVar("A", bound="Act")


class Act(BaseModel):
    """`by`: who is speaking, `chat`: where; their ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: int
    chat: int


class Say(Act):
    text: str
    reply_to: int | None = None
    quote: str | None = None
    thread: int | None = None


class Upload(Act):
    """The file is the body of the request; the rest is in its address. `album`: the same for files that are sent together."""

    name: str = Field(min_length=1, max_length=255)
    mime_type: str = "application/octet-stream"
    caption: str = ""
    reply_to: int | None = None
    thread: int | None = None
    album: str | None = None


class OnMessage(Act):
    message: int


class Edit(OnMessage):
    text: str


class Press(OnMessage):
    data: str


class React(OnMessage):
    """None takes the reaction back."""

    emoji: str | None


class AskInline(Act):
    text: str
    offset: str = ""


class Choose(Act):
    query: str
    result: str
    thread: int | None = None


class Switch(Act):
    on: bool


class Refused(ValueError):
    """What Telegram's apps wouldn't let the person do."""


class Acts:
    """Each method does one act and returns what the page is told at once; the rest it reads in the journal."""

    def __init__(self, server: BotApiServer, cast: Cast, journal: Journal) -> None:
        self._server, self._world, self._cast, self._journal = server, server.world, cast, journal

    def routes(self) -> list[Route]:
        return [
            _route("say", Say, self.say),
            _route("edit", Edit, self.edit),
            _route("delete", OnMessage, self.delete),
            _route("react", React, self.react),
            _route("press", Press, self.press),
            _route("inline", AskInline, self.ask_inline),
            _route("choose", Choose, self.choose),
            _route("menu", Act, self.menu),
            _route("privacy", Switch, self.privacy),
            _route("administrator", Switch, self.administrator),
            Route("/upload", self.upload, methods=["POST"]),
        ]

    async def say(self, act: Say) -> dict[str, Any]:
        user, chat = self._place(act)
        _check_length(act.text, MAX_TEXT)
        reply_to = _message(chat, act.reply_to) if act.reply_to is not None else None
        message = self._world.say(chat, user, act.text.strip(), reply_to=reply_to, quote=act.quote, thread=_thread(chat, act.thread))
        return {"message_id": message.id}

    async def edit(self, act: Edit) -> dict[str, Any]:
        user, message = self._message(act)
        if message.sender != user or message.via_bot:
            raise Refused("only one's own messages can be edited")
        _check_length(act.text, MAX_TEXT if "text" in message.content else MAX_CAPTION)
        return {"message_id": self._world.edit(message, act.text.strip()).id}

    async def delete(self, act: OnMessage) -> dict[str, Any]:
        user, message = self._message(act)
        if message.sender != user and message.chat.is_group and not message.chat.member(user).is_admin:
            raise Refused("only administrators can delete what others wrote")
        self._world.delete(message)
        return {}

    async def react(self, act: React) -> dict[str, Any]:
        user, message = self._message(act)
        if act.emoji is not None and act.emoji not in REACTIONS:
            raise Refused("Telegram has no such reaction")
        self._world.react(message, user, *([act.emoji] if act.emoji else []))
        return {}

    async def press(self, act: Press) -> dict[str, Any]:
        """What the bot answers, to be shown to the one who pressed; null if it doesn't."""
        user, message = self._message(act)
        query = self._world.press(message, Button("", act.data), user)
        return {"answer": await self._answer(self._server.answered(query))}

    async def ask_inline(self, act: AskInline) -> dict[str, Any]:
        user, chat = self._place(act)
        where = "sender" if chat.type == "private" else chat.type
        query = self._world.inline_query(user, act.text, chat_type=where, offset=act.offset)
        return {"query": query.id, "answer": await self._answer(self._server.answered(query))}

    async def choose(self, act: Choose) -> dict[str, Any]:
        user, chat = self._place(act)
        query = self._world.inline_queries[act.query]
        if query.user != user:
            raise Refused("these results were offered to somebody else")
        return {"message_id": self._world.choose(query, act.result, chat, thread=_thread(chat, act.thread)).id}

    async def menu(self, act: Act) -> dict[str, Any]:
        user, chat = self._place(act)
        return {"commands": self._world.menu(chat, user)}

    async def privacy(self, act: Switch) -> dict[str, Any]:
        """As it has to be done with Telegram: groups notice the change once the bot is taken out and added again."""
        self._world.set_privacy(act.on)
        self._journal.note("privacy", on=act.on)
        for group in self._cast.groups:
            self._world.remove_bot(group, by=self._cast.admin)
            self._world.add_bot(group, by=self._cast.admin)
            self._journal.note_chat(group)
        return {}

    async def administrator(self, act: Switch) -> dict[str, Any]:
        """Makes the bot an administrator of a group, or a plain member."""
        _, chat = self._place(act)
        change = self._world.promote if act.on else self._world.demote
        change(chat, self._world.bot, by=self._cast.admin)
        self._journal.note_chat(chat)
        return {}

    async def upload(self, request: Request) -> Response:
        async def do() -> dict[str, Any]:
            act = Upload.model_validate(dict(request.query_params))
            user, chat = self._place(act)
            _check_length(f"{act.caption}.", MAX_CAPTION + 1)
            return await self._upload(act, user, chat, await _body(request))

        return await _answered(do())

    async def _upload(self, act: Upload, user: User, chat: Chat, content: bytes) -> dict[str, Any]:
        message = self._world.upload(
            chat,
            user,
            act.name,
            content,
            mime_type=act.mime_type,
            caption=act.caption.strip(),
            reply_to=_message(chat, act.reply_to) if act.reply_to is not None else None,
            thread=_thread(chat, act.thread),
            album=act.album,
        )
        return {"message_id": message.id}

    def _place(self, act: Act) -> tuple[User, Chat]:
        user, chat = self._world.users[act.by], self._world.chats[act.chat]
        if chat.person != user and not chat.member(user).is_present:
            raise Refused(f"{user.first_name} isn't in this chat")
        return user, chat

    def _message(self, act: OnMessage) -> tuple[User, Message]:
        user, chat = self._place(act)
        return user, _message(chat, act.message)

    async def _answer(self, answer: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any] | None:
        try:
            return await answer
        except TimeoutError:
            return None


def _message(chat: Chat, number: int) -> Message:
    return chat.message(number, "message")


def _thread(chat: Chat, thread: int | None) -> int | None:
    """The page names the General topic too."""
    if thread is None or thread == GENERAL:
        return None
    if thread not in chat.topics:
        raise Refused("there is no such topic")
    return thread


def _check_length(text: str, limit: int) -> None:
    if not text.strip():
        raise Refused("there is nothing to send")
    if utf16_length(text.strip()) > limit:
        raise Refused(f"that is longer than Telegram's {limit} characters")


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_UPLOAD:
            raise Refused(f"the file is larger than {MAX_UPLOAD >> 20} MB")
    return bytes(content)


def _route(name: str, kind: type[A], do: Callable[[A], Coroutine[Any, Any, dict[str, Any]]]) -> Route:
    async def endpoint(request: Request) -> Response:
        body = await request.body()

        async def act() -> dict[str, Any]:
            return await do(kind.model_validate_json(body))

        return await _answered(act())

    return Route(f"/{name}", endpoint, methods=["POST"])


async def _answered(act: Coroutine[Any, Any, dict[str, Any]]) -> Response:
    try:
        return JSONResponse(await act)
    except ApiError as error:
        return JSONResponse({"error": error.description}, 400)
    except (ValueError, LookupError) as error:
        return JSONResponse({"error": str(error)}, 400)
