"""Forgetting in time: what was asked longer ago than the settings say is erased."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from bot.errors import StateError
from bot.state import State

logger = logging.getLogger(__name__)

EVERY = 3600.0
"""Seconds between two looks."""


async def keep_forgetting(state: State, days: int) -> None:
    """Erases what is older than `days`, now and every hour, until cancelled; 0 keeps all."""
    while days:
        try:
            erased = await asyncio.to_thread(state.forget_before, datetime.now(UTC) - timedelta(days=days))
        except StateError as error:
            logger.error("%s", error)
        except Exception:  # nobody would notice that nothing is erased any more
            logger.exception("what is old could not be erased; it is tried again in an hour")
        else:
            if erased:
                logger.info("%d replies are older than %d days and erased", erased, days)
        await asyncio.sleep(EVERY)
