"""How dates slip: what a date said first, what it says now, and whether a review was only put off.

What is seen is a list once a night, so that a date typed wrong and put right the same day leaves no trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from sync.core.history import DateTrail
from sync.core.model import Kind, Milestone, Project
from sync.core.overdue import due_date
from sync.core.snapshot import Record

TRACKED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.PROJECT: "end",
        Kind.MILESTONE: "forecast",
        Kind.RISK: "next_review",
        Kind.ISSUE: "due",
        Kind.ACTION: "due",
    }
)
"""The one date of each kind whose moves are kept: the one that staff gave it to be done by. A milestone's is its
original date as long as it has no forecast."""


def tracked_dates(record: Record) -> Mapping[str, date | None]:
    """What the tracked field of a record says now, by its name; nothing for a programme."""
    return {TRACKED[record.kind]: due_date(record)} if record.kind in TRACKED else {}


def observe(trail: DateTrail | None, seen: date | None) -> DateTrail:
    """The trail of a date that now says `seen`.

    | before    | now       | first  | slips | moves |
    |-----------|-----------|--------|-------|-------|
    | -         | 3 June    | 3 June |       |       |
    | 3 June    | 1 July    | 3 June | + 1   | + 1   |
    | 1 July    | 15 June   | 3 June |       | + 1   |
    | 15 June   | -         | 3 June |       |       |
    | -         | 1 August  | 3 June |       |       |

    A date given after a blank is no slip, for nothing was promised meanwhile; how far it is from the first shows all
    the same. The first is kept for good, even where the date was taken away.
    """
    if trail is None:
        return DateTrail(first=seen, latest=seen)
    if seen == trail.latest:
        return trail
    moved = trail.latest is not None and seen is not None
    later = trail.latest is not None and seen is not None and seen > trail.latest
    return replace(trail, first=trail.first or seen, latest=seen, slips=trail.slips + later, moves=trail.moves + moved)


def trail_of_versions(versions: Sequence[tuple[date, date | None]]) -> DateTrail:
    """The trail that a version history tells: the day on which each version was made and what the date said from then
    on, the oldest first. Of several versions made on one day the last one counts, as with a list seen once a night."""
    seen_by_day = dict(versions)
    trail: DateTrail | None = None
    for seen in seen_by_day.values():
        trail = observe(trail, seen)
    return trail or DateTrail()


def original_date(record: Record, trail: DateTrail | None) -> date | None:
    """The date promised first: what the list says it was, else what was seen first."""
    match record.fields:
        case Project(original_end=original) | Milestone(original=original) if original is not None:
            return original
        case _:
            return trail.first if trail else None


def slip_days(original: date | None, current: date | None, actual: date | None = None) -> int | None:
    """Calendar days from the date promised first to the day it was done, else to what is promised now; below zero where
    that is earlier. None where one of the two is not known: unknown is not zero."""
    until = actual or current
    return (until - original).days if original and until else None


def is_push_out(
    before_next: date | None, now_next: date | None, before_last: date | None, now_last: date | None
) -> bool:
    """Whether a review was only put off: the next one moved later, and none took place in between.

    A last review that was taken away, or set back, is no review that took place.
    """
    put_off = before_next is not None and now_next is not None and now_next > before_next
    reviewed = now_last is not None and (before_last is None or now_last > before_last)
    return put_off and not reviewed
