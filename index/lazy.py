"""Sequences of what is made when it is asked for."""

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Lazy(Sequence[T]):
    """A sequence whose items are made when they are asked for, each time anew. Equal to any sequence of equal items."""

    def __init__(self, size: int, item: Callable[[int], T]) -> None:
        self._size, self._item = size, item

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> "Lazy[T]": ...

    def __getitem__(self, place: "int | slice") -> "T | Lazy[T]":
        rows = range(self._size)[place]
        return self._item(rows) if isinstance(rows, int) else Lazy(len(rows), lambda number: self._item(rows[number]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # as a list has none
