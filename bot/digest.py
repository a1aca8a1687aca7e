"""The weekly digest: what the documents lacked since the last one, in chats whose administrators chose to have it.

When a chat was told last is in the database, so that a restart neither loses a digest nor sends it twice; one that fell due while the bot
was down is sent when it is up again.
"""

import asyncio
import logging
from datetime import datetime, timedelta, tzinfo

from telegram.error import BadRequest, Forbidden, TelegramError

from bot import delivery
from bot.access import AccessList
from bot.context import Bot, Services, texts_for_person
from bot.delivery import Place
from bot.gapcards import digest_message
from bot.gapquery import open_gaps
from bot.preferences import Digest, Preferences
from bot.records import Scope
from index.errors import CitebotError

logger = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks."""


def last_due(now: datetime, day: Digest, hour: int, zone: tzinfo | None) -> datetime:
    """The last time that it was `hour` on `day` of the week, by the clock of `zone`, or of the machine. Either may have been put forward or
    back since.
    """
    clock = now.astimezone(zone).replace(tzinfo=None)
    back = (clock.weekday() - list(Digest).index(day) + 1) % 7
    due = (clock - timedelta(days=back)).replace(hour=hour, minute=0, second=0, microsecond=0)
    due = due if due <= clock else due - timedelta(days=7)
    return due.astimezone() if zone is None else due.replace(tzinfo=zone)


async def keep_telling(bot: Bot, services: Services) -> None:
    """Sends what is due, now and every minute, until cancelled."""
    while True:
        try:
            await tell_all(bot, services, services.settings.now())
        except Exception:  # nobody would notice that there are no digests any more
            logger.exception("it could not be seen which digests are due; it is tried again in a minute")
        await asyncio.sleep(EVERY)


async def tell_all(bot: Bot, services: Services, now: datetime) -> None:
    """Sends each chat the digest that is due there."""
    chosen, access = await asyncio.to_thread(services.state.preferences.all), await services.current_access()
    for chat_id, here in chosen.items():
        if here.digest is not Digest.NEVER and _may_have_one(chat_id, access):
            await _try_to_tell(chat_id, here, bot, services, now)


def _may_have_one(chat_id: int, access: AccessList) -> bool:
    """Private chats as long as they are an administrator's of the bot, groups as long as they are served, or may be through a member."""
    return chat_id in access.admins if chat_id > 0 else access.serves(None, chat_id) or bool(access.users)


async def _try_to_tell(chat_id: int, here: Preferences, bot: Bot, services: Services, now: datetime) -> None:
    """What goes wrong in one chat keeps no other from its digest, and is tried again in a minute."""
    try:
        await _tell(chat_id, here, bot, services, now)
    except TelegramError as error:
        logger.warning("chat %d could not be sent its digest yet: %s", chat_id, error.message)
    except CitebotError as error:
        logger.error("chat %d has no digest yet: %s", chat_id, error)
    except Exception:
        logger.exception("chat %d has no digest yet", chat_id)


async def _tell(chat_id: int, here: Preferences, bot: Bot, services: Services, now: datetime) -> None:
    book, zone = services.state.gaps, services.settings.time_zone
    told = await asyncio.to_thread(book.told, chat_id)
    if told is None or told.at >= last_due(now, here.digest, int(here.digest_hour), zone):
        return
    gaps = await open_gaps(services, Scope(chat_id if chat_id < 0 else None))
    if new := [gap for gap in gaps if gap.newest > told.at]:
        texts = texts_for_person(told.language, here)
        place = Place(chat_id, is_silent=here.is_quiet(now.hour))
        try:
            await delivery.send(bot, place, digest_message(new, texts, zone))
        except (Forbidden, BadRequest) as error:  # blocked, put out, or not allowed to write there: next week, perhaps
            logger.info("chat %d could not have its digest: %s", chat_id, error.message)
    await asyncio.to_thread(book.note_told, chat_id, now, told.language)
