"""Coming into a group, and what works there."""

import logging

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot import delivery
from bot.context import Context, texts_of
from bot.delivery import Place
from bot.formatting import note
from bot.preferences import Hears
from bot.texts import Texts

logger = logging.getLogger(__name__)

_PRESENT = {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER}
_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}


async def on_my_status(update: Update, context: Context) -> None:
    """One card when the bot comes into a group; a change of its rights is no reason to speak, only one to log."""
    change = update.my_chat_member
    if change is None:
        return
    logger.info("chat %d: the bot was %s, is %s", change.chat.id, change.old_chat_member.status, change.new_chat_member.status)
    if not joins_group(change) or change.chat.id in context.services.moved.values():
        return
    texts = texts_of(update, context)
    me = await context.bot.get_me()  # privacy mode may have been changed since the start
    card = [texts.added, help_here(me, change.new_chat_member, context.here.hears, texts)]
    if not (await context.services.current_access()).serves(None, change.chat.id):  # but through a member
        card.append(texts.added_for_some)
    await delivery.send(context.bot, Place(change.chat.id, is_silent=context.is_quiet), note("\n\n".join(card)))


def joins_group(change: ChatMemberUpdated) -> bool:
    """Whether the bot was not in the group before, and is now."""
    before, after = change.old_chat_member, change.new_chat_member
    return change.chat.type in _GROUPS and not is_present(before) and is_present(after)


def help_here(me: User, membership: ChatMember, hears: Hears, texts: Texts) -> str:
    """How to ask in a group: only ways that arrive there, given privacy mode and the bot's own rights, and that the group has chosen."""
    is_all_heard = hears_all(me, membership)
    # In privacy mode a bare command arrives only while no other bot has spoken; with its name on it, always.
    suffix = "" if is_all_heard else f"@{me.username}"
    is_called = hears is not Hears.COMMANDS
    ways = {
        texts.way_command.format(suffix=suffix): True,
        texts.way_reply: is_called,
        texts.way_ask_reply.format(suffix=suffix): True,
        texts.way_mention.format(mention=f"@{me.username}"): is_called and is_all_heard,
        texts.way_question: hears is Hears.QUESTIONS and is_all_heard,
    }
    return texts.help_group.format(ways="\n".join(way for way, works in ways.items() if works), suffix=suffix)


def hears_all(me: User, membership: ChatMember) -> bool:
    """Whether messages that don't call the bot reach it. Where it has been since before privacy mode was switched off, and isn't an
    administrator, they don't; Telegram doesn't tell where that is.
    """
    return bool(me.can_read_all_group_messages) or membership.status == ChatMemberStatus.ADMINISTRATOR


def is_present(member: ChatMember) -> bool:
    """Whether somebody is in the chat."""
    return member.status in _PRESENT or (isinstance(member, ChatMemberRestricted) and member.is_member)
