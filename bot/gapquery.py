"""What is lacking somewhere, from the database, gathered by the index's embeddings."""

import asyncio

from bot.context import Services
from bot.gaps import Gap, Order, gathered, listed
from bot.records import Scope


async def open_gaps(services: Services, scope: Scope, order: Order = Order.MOST) -> list[Gap]:
    """In order."""
    misses = await asyncio.to_thread(services.state.gaps.misses, scope)
    return listed(await services.computing.run(gathered, misses, services.answers.embed), order)
