"""A Bot API server of our own, over real HTTP on loopback, as strict as Telegram.

Tests drive the real Application against it; the browser sandbox is a page on top of it. `BotApiServer` is the server,
`World` what people do in it: `server.world.say(chat, ann, "/ask when?")`, then `await server.sent(chat)`.

Stricter than Telegram, because a bot that leans on the difference has a bug: unknown parameters and fields, entities
that overlap without nesting, links to bad addresses in entities, and buttons with two actions are refused, where
Telegram ignores or repairs them. Mentions stay hidden by privacy mode, as the official list has it.

Guessed, where Telegram doesn't say: how long queries may be answered (`QUERY_LIFETIME`), how short a "short burst" is
(`FloodLimits`), and that reactions in private chats are reported.

Webhooks are delivered to on this machine only, and where `WebhookRules(is_local=True)` allows it, as of a Bot API server
of one's own: no test and no sandbox ever reaches out. Others are checked and kept, and their updates wait.

Not served: parse modes, media other than documents, albums, business accounts, payments, games, polls, rich messages.
"""

from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Faults
from bot.sandbox.flood import FloodLimits
from bot.sandbox.nouns import Button, Chat, File, Member, Message, User
from bot.sandbox.server import BotApiServer, Call
from bot.sandbox.webhooks import WebhookRules
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
    "WebhookRules",
    "World",
]
