"""Typed access to what handlers work with."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.access import AccessList
from bot.albums import Albums
from bot.computing import Computing
from bot.languages import texts_for
from bot.library import Answers, Librarian
from bot.limits import Limits, Newest
from bot.preferences import Language, Preferences, Sources
from bot.settings import BotSettings
from bot.state import State
from bot.texts import Texts
from index.domain import SHARED
from index.fetching import Rules

_SERVICES = "services"


@dataclass(frozen=True, slots=True)
class Services:
    """What lives as long as the application. `computing`: where answers are computed. `links`: what may be fetched.

    `moved`: groups that became supergroups since the bot came up, with their new ids.
    """

    settings: BotSettings
    answers: Answers
    librarian: Librarian
    state: State
    computing: Computing
    limits: Limits
    links: Rules = Rules()
    newest: Newest = field(default_factory=Newest)
    albums: Albums = field(default_factory=Albums)
    moved: dict[int, int] = field(default_factory=dict)

    async def current_access(self) -> AccessList:
        """Who is served now: by the settings, or by a code."""
        return self.settings.access.admitting(await asyncio.to_thread(self.state.admissions.admitted))


Bot = ExtBot[int]
App = Application[Bot, "Context", dict[Any, Any], dict[Any, Any], dict[str, Any], None]


class Context(CallbackContext[Bot, dict[Any, Any], dict[Any, Any], dict[str, Any]]):
    """The context of every handler. The guard notes there `here`, how the chat of the update wants to be served, and `update_id`."""

    here: Preferences = Preferences()
    update_id: int | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether it is one of the chat's hours without a sound."""
        return self.here.is_quiet(self.settings.now().hour)

    def has_room_aside(self, chat_id: int) -> bool:
        """Whether there is room for one more message or edit that is no answer. In private everybody has their own."""
        return chat_id > 0 or self.limits.asides.take(chat_id)

    @property
    def services(self) -> Services:
        return services_of(self.application)

    @property
    def settings(self) -> BotSettings:
        return self.services.settings

    @property
    def limits(self) -> Limits:
        return self.services.limits


Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def provide(application: App, services: Services) -> None:
    """Puts what handlers work with where they find it."""
    application.bot_data[_SERVICES] = services


def services_of(application: Application[Bot, Any, Any, Any, dict[str, Any], Any]) -> Services:
    found: Services = application.bot_data[_SERVICES]
    return found


async def collections_of(chat_id: int, context: Context) -> tuple[str, ...]:
    """The collections that a chat's questions are answered from: its own, and everybody's, as it chose."""
    return await collections_in(chat_id, context.here, context.services)


async def collections_in(chat_id: int, here: Preferences, services: Services) -> tuple[str, ...]:
    """As `collections_of`, for where there is no context."""
    own = await asyncio.to_thread(services.state.shelves.of, chat_id) if here.sources is not Sources.SHARED else ()
    return own if here.sources is Sources.OWN else (*own, SHARED)


def texts_of(update: Update, context: Context) -> Texts:
    """The interface in the language that the chat chose, or of whoever sent `update`."""
    return texts_in(update, context.here)


def texts_in(update: Update, here: Preferences) -> Texts:
    """As `texts_of`, for where there is no context."""
    user = update.effective_user
    return texts_for_person(user.language_code if user else None, here)


def texts_for_person(language: str | None, here: Preferences) -> Texts:
    """The interface in the language that the chat chose, or in somebody's own."""
    return texts_for(language if here.language is Language.AUTOMATIC else here.language.value)
