"""What is known of one project, risk or other record over time: who it is, how its dates moved, what was raised.

A history belongs to a record for good, whatever it is called, keyed or moved to: `identity` tells which one is whose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sync.core.model import Kind, Scores
from sync.core.snapshot import RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTrail:
    """How one date moved since it was first seen. `first` and `latest` are what it said, None while it was blank.
    `slips`: how often it moved to a later day; `moves`: how often it moved at all, earlier days included."""

    first: date | None = None
    latest: date | None = None
    slips: int = 0
    moves: int = 0

    @property
    def days(self) -> int:
        """Calendar days from what it said first to what it says now; negative where it is earlier, 0 without both."""
        return (self.latest - self.first).days if self.first and self.latest else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Raising:
    """Once that a record reached a rung of the ladder. `ended`: the day on which it was no longer recommended there;
    reaching the rung again is another raising, told as a repeat."""

    rung: str
    board: str
    on: date
    decide_by: date | None = None
    ended: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTrail:
    """The hold that staff have on a record. `since`: the day on which it was first seen with `until`, the last day that
    they gave. `by`: who set it, by number, as far as that is known; see `hold`."""

    until: date | None = None
    since: date
    by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One record over time.

    `number` is its identity: given once, never reused. `id`, `source`, `key`, `title` and `place` are as last seen;
    of a restricted record key, title and place are not kept, and a place that names another record is kept as a digest,
    because that may be restricted. `gone`: the day from which it was missing. `since`: the first day from which its
    dates are known, which counts of slips and push-outs name. `dates`: by canonical field. `push_outs`: how often the
    next review moved later while the last review did not move. `rating`: the current scores, with the version of the
    matrix that they were made with. `hold`: the one that is on it, ended or not.

    `key_digest` and `title_digest` tell the record again where its words are not kept. `place_field`: the field that
    `place` was read from. `maybe`: the numbers of histories that this one may continue, of which a person is asked.
    `copied_from`: those of which it had the key and the title while they were still there. `joined`: the number of the
    history that it turned out to continue; it is closed since, and only says what its number means.
    """

    number: int
    id: RecordId
    source: str
    kind: Kind
    key: str | None = None
    title: str | None = None
    place: str | None = None
    restricted: bool = False
    first_seen: date
    last_seen: date
    since: date
    gone: date | None = None
    dates: Mapping[str, DateTrail] = field(default_factory=dict)
    last_reviewed: date | None = None
    push_outs: int = 0
    rating: Scores | None = None
    matrix: str | None = None
    matrix_version: str | None = None
    raised: tuple[Raising, ...] = ()
    hold: HoldTrail | None = None
    key_digest: str | None = None
    title_digest: str | None = None
    place_field: str | None = None
    maybe: tuple[int, ...] = ()
    copied_from: tuple[int, ...] = ()
    joined: int | None = None
