"""Who is served."""

from hypothesis import given
from hypothesis import strategies as st

from bot.access import AccessList

ids = st.none() | st.integers(-5, 5)
id_sets = st.frozensets(st.integers(-5, 5), min_size=1)


@given(ids, ids)
def test_without_lists_everybody_is_served(user: int | None, chat: int | None) -> None:
    assert AccessList().serves(user, chat)


@given(id_sets, ids, ids)
def test_with_users_only_they_are_served_and_nobody_else(users: frozenset[int], user: int | None, chat: int | None) -> None:
    assert AccessList(users=users).serves(user, chat) == (user in users)


@given(id_sets, ids, ids)
def test_with_chats_only_those_are_served_and_nobody_else(chats: frozenset[int], user: int | None, chat: int | None) -> None:
    assert AccessList(chats=chats).serves(user, chat) == (chat in chats)


@given(id_sets, id_sets, ids, ids)
def test_with_both_either_will_do(users: frozenset[int], chats: frozenset[int], user: int | None, chat: int | None) -> None:
    assert AccessList(users, chats).serves(user, chat) == (user in users or chat in chats)
