"""One request on its way through the service: what has been found out about it so far."""

from dataclasses import dataclass
from typing import NamedTuple

from connectors.emulator.roles import Role
from connectors.emulator.wire.answers import PROMPT, Delivery
from connectors.emulator.wire.calls import Caller, Request


class Saves(NamedTuple):
    """What a ProcessQuery writes into one of several lists: its address, its items and columns."""

    list: str
    items: tuple[int, ...]
    columns: tuple[str, ...]


@dataclass(slots=True)
class Exchange:
    """A request, or one part of a batch; filled in as it is understood.

    `operation` is the canonical route (`web/list/items`, `$batch`, `ProcessQuery`), "" where there is none.
    `role` is what the caller may do at the site, NONE for a stranger.
    `list` is the list's address below its site (`Lists/Projects`), which no renaming changes, `list_names` that, its
    title and its identifier in lower case. `item` is the one item the path names; `items` are all that were read or
    are written, `columns` those that are written, as far as the request tells; `changes` is whether it writes at all.
    A ProcessQuery into several lists has none of its own; `list_names` are those of all, and `saves` is by list.
    `units` is its price in resource units. `batch` is the request a part belongs to. `saved` and `removed` count what
    was written, that of parts included.

    `fault` says what went wrong on purpose: `saves_allowed` is after how many saves a ProcessQuery breaks off,
    `delivery` how the answer travels, `kept` the share of its body that does, and `stopped` is for a batch whose
    further parts are not done. What goes wrong with a part's delivery goes wrong with that of its batch.
    """

    request: Request
    batch: "Exchange | None" = None
    number: int = 0
    caller: Caller | None = None
    role: Role = Role.NONE
    operation: str = ""
    site: str = ""
    list: str = ""
    list_names: frozenset[str] = frozenset()
    item: int | None = None
    items: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    saves: tuple[Saves, ...] = ()
    changes: bool = False
    units: int = 0
    fault: str = ""
    saves_allowed: int | None = None
    delivery: Delivery = PROMPT
    kept: float | None = None
    stopped: bool = False
    saved: int = 0
    removed: int = 0

    @property
    def outermost(self) -> "Exchange":
        """The request itself: of a part, that of its batch."""
        return self if self.batch is None else self.batch

    def note_fault(self, text: str) -> None:
        """Add to what went wrong on purpose."""
        self.fault = f"{self.fault}; {text}" if self.fault else text
