"""A sample of `python -m tests.hostile_files 1000`: every kind of hostile file twice."""

import os
from concurrent.futures import ThreadPoolExecutor

from tests.hostile_files import KINDS, tried


def test_every_hostile_file_is_read_or_refused_with_a_message_within_its_limits() -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(tried, range(2 * len(KINDS))))

    assert [outcome for outcome in outcomes if not outcome.is_fair] == []
    assert {outcome.error for outcome in outcomes} >= {"", "Damaged", "NoText", "Protected", "TooLarge"}
