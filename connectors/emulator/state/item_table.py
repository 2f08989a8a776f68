"""The items of one list by number, and in the order of their numbers from any place on."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, MutableMapping

from connectors.emulator.state.versions import Item


class ItemTable(MutableMapping[int, Item]):
    """Items by number. Iteration is by ascending number; `after` begins anywhere at the same cost."""

    __slots__ = ("_by_number", "_numbers")

    def __init__(self) -> None:
        self._by_number: dict[int, Item] = {}
        self._numbers: list[int] = []

    def __getitem__(self, number: int) -> Item:
        return self._by_number[number]

    def __contains__(self, number: object) -> bool:
        return number in self._by_number

    def __setitem__(self, number: int, item: Item) -> None:
        if number not in self._by_number:
            if self._numbers and number < self._numbers[-1]:
                insort(self._numbers, number)
            else:
                self._numbers.append(number)
        self._by_number[number] = item

    def __delitem__(self, number: int) -> None:
        del self._by_number[number]
        del self._numbers[bisect_left(self._numbers, number)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def after(self, number: float) -> Iterator[Item]:
        """The items with a higher number, in order. The table must not change meanwhile."""
        for at in range(bisect_right(self._numbers, number), len(self._numbers)):
            yield self._by_number[self._numbers[at]]
