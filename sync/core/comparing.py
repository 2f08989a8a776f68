"""Which record of one view is which record of another, and what a view could see at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.core.model import Kind
from sync.core.view import Item, View

COMPLETE = "complete"

_WEIGH = (Kind.MILESTONE, Kind.RISK, Kind.ACTION)


@dataclass(frozen=True, slots=True)
class Reach:
    """What one view could see: which lists were read whole, and which it knows at all. `sees_belongings`: all lists
    of what can make a project read worse were read."""

    complete: Mapping[str, bool]
    places: frozenset[tuple[str, str]]
    sees_belongings: bool

    @classmethod
    def of(cls, view: View) -> "Reach":
        complete = {seen.name: seen.read == COMPLETE for seen in view.sources}
        belongings = [seen.read == COMPLETE for seen in view.sources if seen.kind in _WEIGH]
        return cls(complete, frozenset(place(item) for item in view.items), all(belongings))

    def missed(self, item: Item) -> bool:
        """Whether it could not see the item's list."""
        return not self.complete.get(item.source, True)

    def knows_list(self, item: Item) -> bool:
        """By its name, or by its place: a list may have been given another name."""
        return item.source in self.complete or place(item) in self.places


def in_pairs(before: Iterable[Item], now: Iterable[Item]) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """The records of both views in pairs, those of the first alone, and those of the second alone."""
    old, new = {item.id: item for item in before}, {item.id: item for item in now}
    numbered = {item.number: item for item in old.values() if item.number is not None}
    pairs = []
    for item in sorted(new.values(), key=lambda item: (item.number is None, item.id)):
        was = numbered.get(item.number) if item.number is not None else None
        was = was or old.get(item.id)
        if was is not None and was.id in old and _may_be_same(was, item):
            pairs.append((was, item))
            del old[was.id], new[item.id]
    return pairs, list(old.values()), list(new.values())


def names(was: Item, now: Item) -> tuple[str, str]:
    """What other records called it, and what they call it now; a programme goes by its title."""
    if now.kind is Kind.PROGRAMME:
        return was.title or was.ref, now.title or now.ref
    return was.ref, now.ref


def place(item: Item) -> tuple[str, str]:
    """The list that it is in."""
    return item.id.host, item.id.list_guid


def _may_be_same(was: Item, item: Item) -> bool:
    """Whether two items may be one record: two numbers are two records, whatever their place."""
    return was.kind is item.kind and (was.number == item.number or None in (was.number, item.number))
