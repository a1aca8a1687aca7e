"""A Bot API server of our own, over real HTTP on loopback, as strict as Telegram.

Tests drive the real Application against it; the browser sandbox is a page on top of it. `BotApiServer` is the server,
`World` what people do in it: `server.world.say(chat, ann, "/ask when?")`, then `await server.sent(chat)`.
"""

from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Faults
from bot.sandbox.flood import FloodLimits
from bot.sandbox.nouns import Button, Chat, File, Member, Message, User
from bot.sandbox.server import BotApiServer, Call
from bot.sandbox.world import CallbackQuery, InlineQuery, World

__all__ = [
    "ApiError",
    "BotApiServer",
    "Button",
    "Call",
    "CallbackQuery",
    "Chat",
    "Faults",
    "File",
    "FloodLimits",
    "InlineQuery",
    "Member",
    "Message",
    "User",
    "World",
]
