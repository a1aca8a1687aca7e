"""What administrators do in their chat, /stats and /settings; and /doctor, which tells everybody what works there.

A group is its own administrators' and the bot's; a private chat is set up by whoever talks there, and what all private
chats came to is told to the bot's administrators, without names.
"""

import asyncio
from collections.abc import Set
from dataclasses import asdict, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from telegram import CallbackQuery, Chat, ChatMember, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update, User
from telegram.constants import ChatType

from bot import delivery
from bot.access import author, is_in_private
from bot.context import Context, texts_of
from bot.formatting import Outgoing, note
from bot.handlers.membership import hears_all, help_here
from bot.preferences import Adders, Caution, Digest, Hears, Language, Preferences, Quiet, Sources, following
from bot.rights import ADMINS, administers, may_look, refusal, scope_of
from bot.texts import Texts

MAX_PROBLEMS = 20


async def on_stats(update: Update, context: Context) -> None:
    """What was asked here, and what became of it; to the bot's administrators in private: in all private chats."""
    asked, texts = update.message, texts_of(update, context)
    if asked is None:
        return
    if not await may_look(author(asked), asked, context):
        await delivery.reply(asked, note(refusal(asked, texts)), context)
        return
    tally = await asyncio.to_thread(context.services.state.tally, scope_of(asked.chat))
    numbers = {"questions": tally.questions, "answered": tally.answered, "perhaps": tally.perhaps, "none": tally.unanswered}
    await delivery.reply(asked, note(texts.stats.format(**numbers, up=tally.votes.up, down=tally.votes.down)), context)


async def on_settings(update: Update, context: Context) -> None:
    """How this chat is served, with a button for each choice."""
    asked, texts = update.message, texts_of(update, context)
    if asked is None:
        return
    if not await administers(author(asked), asked, context):
        await delivery.reply(asked, note(refusal(asked, texts)), context)
        return
    await delivery.reply(asked, settings_card(context.here, asked.chat, texts, context.settings.now(), context.settings.admins), context)


async def on_choice(update: Update, context: Context) -> None:
    """A press in /settings: the next choice. Who presses must be an administrator now, whoever called for the card."""
    query = update.callback_query
    if query is None:
        return
    if not isinstance(query.message, Message):  # deleted, or too old for Telegram
        await delivery.answer_press(query)
        return
    if not await administers(query.from_user.id, query.message, context):
        await delivery.answer_press(query, refusal(query.message, texts_of(update, context)))
        return
    context.here = chosen = _next(context.here, query)
    chat, texts = query.message.chat, texts_of(update, context)
    await asyncio.to_thread(context.services.state.preferences.choose, chat.id, chosen)
    if query.data == "set:digest":  # the first one is due a week after, at most; another hour loses nothing of the one to come
        await asyncio.to_thread(context.services.state.gaps.note_told, chat.id, context.settings.now(), query.from_user.language_code)
    card = settings_card(chosen, chat, texts, context.settings.now(), context.settings.admins)
    await delivery.edit(context.bot, chat.id, query.message.message_id, card)
    is_in_vain = query.data == "set:hears" and chosen.hears is Hears.QUESTIONS and not await _hears_all(chat.id, context)
    await delivery.answer_press(query, texts.doctor_hears_some if is_in_vain else None)


async def _hears_all(chat_id: int, context: Context) -> bool:
    me = await context.bot.get_me()
    return hears_all(me, await context.bot.get_chat_member(chat_id, me.id))


async def on_doctor(update: Update, context: Context) -> None:
    """What works in this chat and how to change what doesn't."""
    asked, texts = update.message, texts_of(update, context)
    if asked is None:
        return
    me = await context.bot.get_me()
    findings = [
        texts.doctor_inline_on if me.supports_inline_queries else texts.doctor_inline_off,
        texts.doctor_guest_on if me.supports_guest_queries else texts.doctor_guest_off,
    ]
    if is_in_private(asked):
        number = texts.doctor_your_id.format(id=asked.chat_id)
        await delivery.reply(asked, note("\n\n".join([texts.doctor_private, *findings, number, *_unread(asked, context, texts)])), context)
        return
    membership = await context.bot.get_chat_member(asked.chat_id, me.id)
    findings.insert(0, _hearing(me, membership, context.here.hears, texts))
    findings.append(texts.doctor_reactions_on if membership.status in ADMINS else texts.doctor_reactions_off)
    findings.append(texts.doctor_chat_id.format(id=asked.chat_id))
    await delivery.reply(asked, note("\n\n".join([help_here(me, membership, context.here.hears, texts), *findings])), context)


def _hearing(me: User, membership: ChatMember, hears: Hears, texts: Texts) -> str:
    """What of a group's messages reaches the bot, and is answered."""
    if hears is Hears.COMMANDS:
        return texts.doctor_hears_commands
    if membership.status in ADMINS:
        return texts.doctor_hears_all
    return texts.doctor_hears_since if hears_all(me, membership) else texts.doctor_hears_some


def _unread(asked: Message, context: Context, texts: Texts) -> list[str]:
    """Shared documents that can't be read, by name: for the bot's administrators, in private."""
    problems = context.services.librarian.problems
    if not problems or author(asked) not in context.settings.admins:
        return []
    return [texts.doctor_documents.format(problems="\n".join(f"• {problem}" for problem in problems[:MAX_PROBLEMS]))]


def settings_card(chosen: Preferences, chat: Chat, texts: Texts, now: datetime, admins: Set[int]) -> Outgoing:
    """Each button names a setting and its present choice; what makes no sense there isn't shown. `now`: silent hours' clock."""
    labels = {
        "hears": texts.setting_hears.format(choice=_hears(chosen.hears, texts)),
        "language": texts.setting_language.format(choice=_language(chosen.language, texts)),
        "caution": texts.setting_caution.format(choice=_caution(chosen.caution, texts)),
        "quiet": texts.setting_quiet.format(choice=_quiet(chosen.quiet, texts)),
        "sources": texts.setting_sources.format(choice=_sources(chosen.sources, texts)),
        "adders": texts.setting_adders.format(choice=_adders(chosen.adders, texts)),
        "digest": texts.setting_digest.format(choice=_day(chosen.digest, texts)),
        "digest_hour": texts.setting_digest_hour.format(choice=f"{chosen.digest_hour}:00"),
    }
    hidden = _hidden(chosen, chat, admins)
    shown = {name: label for name, label in labels.items() if name not in hidden}
    rows = [[InlineKeyboardButton(label, callback_data=f"set:{name}")] for name, label in shown.items()]
    clock = texts.settings_clock.format(time=f"{now:%H:%M}", zone=now.tzinfo if isinstance(now.tzinfo, ZoneInfo) else now.tzname())
    return Outgoing(f"{texts.settings}\n\n{clock}", keyboard=InlineKeyboardMarkup(rows))


def _hidden(chosen: Preferences, chat: Chat, admins: Set[int]) -> set[str]:
    """What makes no sense there. A digest of what was asked in private is for the bot's administrators only."""
    is_private = chat.type == ChatType.PRIVATE
    of_groups = {"hears", "adders"} if is_private else set()
    digests = {"digest", "digest_hour"} if is_private and chat.id not in admins else set()
    return of_groups | digests | ({"digest_hour"} if chosen.digest is Digest.NEVER else set())


def _next(chosen: Preferences, query: CallbackQuery) -> Preferences:
    """With the choice that follows the present one in what the button names; a forged one may name anything."""
    name = (query.data or "").removeprefix("set:")
    if name not in asdict(chosen):
        return chosen
    return replace(chosen, **{name: following(getattr(chosen, name))})


def _hears(choice: Hears, texts: Texts) -> str:
    return {Hears.COMMANDS: texts.hears_commands, Hears.CALLED: texts.hears_called, Hears.QUESTIONS: texts.hears_questions}[choice]


def _language(choice: Language, texts: Texts) -> str:
    own_names = {Language.ENGLISH: "English", Language.KOREAN: "한국어", Language.JAPANESE: "日本語"}
    return own_names.get(choice, texts.language_automatic)


def _caution(choice: Caution, texts: Texts) -> str:
    return {Caution.USUAL: texts.caution_usual, Caution.CAREFUL: texts.caution_careful, Caution.STRICT: texts.caution_strict}[choice]


def _quiet(choice: Quiet, texts: Texts) -> str:
    return {Quiet.NEVER: texts.quiet_never, Quiet.ALWAYS: texts.quiet_always}.get(choice, choice.value.replace("-", "–"))


def _sources(choice: Sources, texts: Texts) -> str:
    return {Sources.BOTH: texts.sources_both, Sources.OWN: texts.sources_own, Sources.SHARED: texts.sources_shared}[choice]


def _adders(choice: Adders, texts: Texts) -> str:
    return {Adders.ADMINISTRATORS: texts.adders_administrators, Adders.EVERYBODY: texts.adders_everybody}[choice]


def _day(choice: Digest, texts: Texts) -> str:
    return [texts.quiet_never, *texts.weekdays.split()][list(Digest).index(choice)]
