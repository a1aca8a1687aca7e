"""Who may set up a chat and see what its people asked. Telegram is asked each time: rights change."""

from telegram import Chat, ChatMember, Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest

from bot.access import writes_as_group
from bot.context import Context
from bot.records import Scope
from bot.texts import Texts

ADMINS = {ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER}


def scope_of(chat: Chat) -> Scope:
    """What is told there: of a group in the group, of all private chats in private."""
    return Scope(chat.id if chat.type != ChatType.PRIVATE else None)


def refusal(where: Message, texts: Texts) -> str:
    """What somebody is told who may not; in private also how they could, for there nobody can look up who administers."""
    return texts.admins_only_private.format(id=where.chat.id) if where.chat.type == ChatType.PRIVATE else texts.admins_only


async def may_look(user: int | None, where: Message, context: Context) -> bool:
    """In private only the bot's administrators, since they are told of others' chats; in a group whoever administers that."""
    if where.chat.type == ChatType.PRIVATE:
        return user in context.settings.admins
    return await administers(user, where, context)


async def administers(user: int | None, where: Message, context: Context) -> bool:
    """Whether this chat is this person's to set up. None: who writes as the group, which only anonymous administrators can."""
    if where.chat.type == ChatType.PRIVATE or user in context.settings.admins:
        return True
    if user is None:
        return writes_as_group(where)
    member = await member_in(where.chat.id, user, context)
    return member.status in ADMINS if member is not None else await _is_listed(where.chat.id, user, context)


async def _is_listed(chat_id: int, user: int, context: Context) -> bool:
    """Whether somebody is among a group's administrators, whom Telegram lists to each member; of one person it is sure to tell only
    where the bot is an administrator itself.
    """
    try:
        return user in {one.user.id for one in await context.bot.get_chat_administrators(chat_id)}
    except BadRequest:
        return False


async def member_in(chat_id: int, user: int, context: Context) -> ChatMember | None:
    """What somebody is in a group; None if Telegram doesn't know them there, or won't tell."""
    try:
        return await context.bot.get_chat_member(chat_id, user)
    except BadRequest:
        return None
