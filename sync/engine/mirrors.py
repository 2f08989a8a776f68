"""Where what was seen of lists is kept, so that the next run need not read it again."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from sync.core.columns import Row
from sync.core.mirror import Mirrored

Place = tuple[str, str]
"""The host and GUID of a list."""
Pages = Iterable[tuple[Row, ...]]


class MirrorLostError(Exception):
    """What was kept of a list cannot be had any more; it has to be read."""


class Mirrors(Protocol):
    """A copy of what lists held. Losing any of it loses nothing but the time to read those lists again.

    Each method is all or nothing, and safe to call from several threads for different lists.
    """

    def kept(self) -> Mapping[Place, Mirrored]:
        """What is kept, by list; nothing of one whose rows could not be read any more."""

    def pages(self, place: Place) -> Iterator[tuple[Row, ...]]:
        """Every row by ascending id, a few hundred at a time. Raises MirrorLostError, at any page, where they are not
        there or not to be read."""

    def held(self, place: Place, item_ids: Collection[int]) -> frozenset[int]:
        """Which of these are kept. MirrorLostError as for `pages`."""

    def keep(self, place: Place, columns: Sequence[str], pages: Pages, told: Callable[[int], Mirrored]) -> Mirrored:
        """Keeps these rows, which have these columns and come by ascending id, in place of what was kept; they are
        never all held at once. `told` is given how many there are. What the pages raise reaches the caller, and then
        all stays as it was."""

    def change(self, told: Mirrored, rows: Iterable[Row], gone: Collection[int]) -> None:
        """Puts these rows in the place of those of their ids, and drops those that are `gone`. MirrorLostError as for
        `pages`."""

    def tell(self, told: Iterable[Mirrored]) -> None:
        """Keeps what is new about lists whose rows stay; nothing of lists that are not kept."""

    def forget(self, places: Iterable[Place]) -> None:
        """Of one that is not kept this is no error."""

    def tidy(self) -> None:
        """Drops what runs left behind that died while they read. Not while another run may be reading."""
