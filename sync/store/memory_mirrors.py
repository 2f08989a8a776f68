"""The mirror of a database in memory."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from sync.core.columns import Row
from sync.core.mirror import Mirrored
from sync.engine.mirrors import MirrorLostError, Pages, Place
from sync.store.memory_journal import Machine, MirroredRows


class MemoryMirrors:
    """See `Mirrors` for the promises."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def kept(self) -> Mapping[Place, Mirrored]:
        """What is kept, by list."""
        return {place: told for place, (told, _) in self._machine.kept.mirrors.items()}

    def pages(self, place: Place) -> Iterator[tuple[Row, ...]]:
        """Every row by ascending id."""
        _, rows = self._found(place)
        if rows:
            yield tuple(rows[number] for number in sorted(rows))

    def held(self, place: Place, item_ids: Collection[int]) -> frozenset[int]:
        """Which of these are kept."""
        _, rows = self._found(place)
        return frozenset(item_ids) & rows.keys()

    def keep(self, place: Place, columns: Sequence[str], pages: Pages, told: Callable[[int], Mirrored]) -> Mirrored:
        """Keeps these rows in place of what was kept."""
        rows = {row.item_id: row for page in pages for row in page}
        kept = told(len(rows))
        self._machine.kept.mirrors[place] = (kept, rows)
        return kept

    def change(self, told: Mirrored, rows: Iterable[Row], gone: Collection[int]) -> None:
        """Puts these rows in the place of those of their ids, and drops those that are gone."""
        _, before = self._found(told.place)
        after = {**before, **{row.item_id: row for row in rows}}
        left = {number: row for number, row in after.items() if number not in gone}
        self._machine.kept.mirrors[told.place] = (told, left)

    def tell(self, told: Iterable[Mirrored]) -> None:
        """Keeps what is new about lists whose rows stay."""
        kept = self._machine.kept.mirrors
        for each in told:
            if each.place in kept:
                kept[each.place] = (each, kept[each.place][1])

    def forget(self, places: Iterable[Place]) -> None:
        """Of one that is not kept this is no error."""
        for place in places:
            self._machine.kept.mirrors.pop(place, None)

    def tidy(self) -> None:
        """Nothing is left behind in memory."""

    def _found(self, place: Place) -> MirroredRows:
        found = self._machine.kept.mirrors.get(place)
        if found is None:
            raise MirrorLostError
        return found
