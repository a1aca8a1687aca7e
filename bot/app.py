"""The Telegram application: every handler in order, and the menu of commands from the same table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    Update,
)
from telegram.constants import UpdateType
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    MessageReactionHandler,
    TypeHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.context import App, Bot, Context, Handler, Services, provide
from bot.delivery import Retrier
from bot.errors import TokenMissing
from bot.handlers import (
    admin,
    ask,
    closing,
    documents,
    failures,
    feedback,
    gaps,
    guard,
    guide,
    inline,
    membership,
    pages,
    pairing,
    privacy,
    source,
    sources,
)
from bot.inbox import Inbox
from bot.languages import LANGUAGES
from bot.ordering import InOrderPerChat
from bot.pace import Pace
from bot.rush import Rush
from bot.texts import ENGLISH, Texts

UPDATES = [
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MESSAGE_REACTION,
    UpdateType.INLINE_QUERY,
    UpdateType.GUEST_MESSAGE,
    UpdateType.MY_CHAT_MEMBER,
]
"""What Telegram is asked to send. Channel posts and business messages aren't for us, and don't come unasked."""

READ_TIMEOUT = 20.0
"""Seconds. The library's 5 give up on sends that Telegram is only slow to confirm, and these would be sent twice."""

_MESSAGE = filters.UpdateType.MESSAGE
_EDITED = filters.UpdateType.EDITED_MESSAGE & (filters.TEXT | filters.CAPTION)
_FILE = filters.Document.ALL & ~filters.ANIMATION  # which calls itself a document, for the sake of older bots
_PRIVATE = _MESSAGE & filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL
_BEFORE_ALL, _BEFORE_OTHERS = -2, -1


@dataclass(frozen=True, slots=True)
class Command:
    """A command, what handles it, and its line in the menu if it has one. `in_private`: in private chats too. `is_aside`: what comes back
    is no answer, so that a group may have only so many.
    """

    name: str
    handle: Handler
    describe: Callable[[Texts], str] | None = None
    in_private: bool = True
    is_aside: bool = True


COMMANDS = (
    Command("ask", ask.on_message, lambda texts: texts.menu_ask, in_private=False, is_aside=False),  # in private any text asks
    Command("search", ask.on_message, lambda texts: texts.menu_search, is_aside=False),
    Command("add", documents.on_add, lambda texts: texts.menu_add, is_aside=False),
    Command("sources", sources.on_sources, lambda texts: texts.menu_sources),
    Command("settings", admin.on_settings, lambda texts: texts.menu_settings),
    Command("stats", admin.on_stats),
    Command("gaps", gaps.on_gaps),
    Command("unanswered", gaps.on_gaps),  # its earlier name
    Command("doctor", admin.on_doctor),
    Command("privacy", privacy.on_privacy, lambda texts: texts.menu_privacy),
    Command("help", guide.on_help, lambda texts: texts.menu_help),
    Command("pair", pairing.on_pair),  # for whoever has a code
    Command("forgetme", privacy.on_forget_me),  # nobody looks for it often; /privacy tells of it
    Command("start", guide.on_start),  # Telegram has a button of its own for it
)

_GROUP_SCOPES = (BotCommandScopeDefault(), BotCommandScopeAllGroupChats(), BotCommandScopeAllChatAdministrators())


def build_application(services: Services, updates: HTTPXRequest) -> App:
    """The application, ready to be initialised. `updates`: the connection that polls."""
    settings = services.settings
    if settings.token is None:
        raise TokenMissing
    pace = Pace()
    bot = ExtBot(
        settings.token.get_secret_value(),
        base_url=settings.api_url,
        base_file_url=settings.file_url,
        request=HTTPXRequest(read_timeout=READ_TIMEOUT),
        get_updates_request=updates,
        rate_limiter=Retrier(pace),
    )
    inbox = Inbox(services.state)
    application: App = (
        Application.builder()
        .bot(bot)
        .context_types(ContextTypes(context=Context))
        .update_queue(inbox)
        .concurrent_updates(InOrderPerChat(inbox.handling, Rush(bot, services, pace).on_waiting))
        .job_queue(None)
        .build()
    )
    provide(application, services)
    add_handlers(application)
    return application


def add_handlers(application: App) -> None:
    """Of each update the first handler that fits gets it, after the guard has let it through."""
    application.add_handler(TypeHandler(Update, guard.on_update), group=_BEFORE_ALL)

    application.add_handler(MessageHandler(_MESSAGE & filters.REPLY & ~filters.COMMAND, closing.on_reply), group=_BEFORE_OTHERS)
    application.add_handler(MessageHandler(_EDITED, documents.on_edited), group=_BEFORE_OTHERS)
    for command in COMMANDS:
        handle = guard.aside(command.handle) if command.is_aside else command.handle
        application.add_handler(CommandHandler(command.name, handle, filters=_MESSAGE))
    application.add_handler(MessageHandler(_MESSAGE & _FILE, documents.on_file))
    application.add_handler(MessageHandler(_MESSAGE & filters.COMMAND, guide.on_unknown_command))
    application.add_handler(MessageHandler(_MESSAGE & filters.TEXT, ask.on_message))
    application.add_handler(MessageHandler(_EDITED, ask.on_edited))
    application.add_handler(MessageHandler(_PRIVATE, guide.on_no_text))
    application.add_handler(CallbackQueryHandler(feedback.on_press, pattern="^vote:"))
    application.add_handler(CallbackQueryHandler(admin.on_choice, pattern="^set:"))
    application.add_handler(CallbackQueryHandler(gaps.on_press, pattern="^gaps?:"))
    application.add_handler(CallbackQueryHandler(closing.on_press, pattern="^note:"))
    application.add_handler(CallbackQueryHandler(source.on_press, pattern="^source:"))
    application.add_handler(CallbackQueryHandler(sources.on_press, pattern="^doc:"))
    application.add_handler(CallbackQueryHandler(sources.on_page, pattern="^docs:"))
    application.add_handler(CallbackQueryHandler(privacy.on_press, pattern="^forget:"))
    application.add_handler(CallbackQueryHandler(pages.on_press))
    individual = MessageReactionHandler.MESSAGE_REACTION_UPDATED
    application.add_handler(MessageReactionHandler(feedback.on_reaction, message_reaction_types=individual))
    application.add_handler(InlineQueryHandler(inline.on_query))
    application.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE, inline.on_guest))
    application.add_handler(ChatMemberHandler(membership.on_my_status, ChatMemberHandler.MY_CHAT_MEMBER))

    application.add_error_handler(failures.on_error)


async def set_menus(bot: Bot) -> None:
    """Offers in each kind of chat the commands that make sense there, to everybody in their language or else in English."""
    in_private = [command for command in COMMANDS if command.in_private]
    for code, texts in _texts_by_code():
        await bot.set_my_commands(_menu(texts, in_private), scope=BotCommandScopeAllPrivateChats(), language_code=code)
        for scope in _GROUP_SCOPES:
            await bot.set_my_commands(_menu(texts, COMMANDS), scope=scope, language_code=code)


async def introduce(bot: Bot) -> None:
    """Says what the bot is for, where a chat has no message yet and on its profile, in every language; not where its owner has said it."""
    is_described = bool((await bot.get_my_description()).description)
    has_about = bool((await bot.get_my_short_description()).short_description)
    for code, texts in _texts_by_code():
        if not is_described:
            await bot.set_my_description(texts.description, language_code=code)
        if not has_about:
            await bot.set_my_short_description(texts.about, language_code=code)


def _texts_by_code() -> list[tuple[str | None, Texts]]:
    """As Telegram names languages: None is everybody else's, and comes last, so that the others are there once it is."""
    others = [(language, texts) for language, texts in LANGUAGES.items() if texts is not ENGLISH]
    return [*others, (None, ENGLISH)]


def _menu(texts: Texts, commands: Sequence[Command]) -> list[BotCommand]:
    return [BotCommand(command.name, command.describe(texts)) for command in commands if command.describe is not None]
