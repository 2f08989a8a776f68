"""What one more run adds to a history: where the record was seen, how its dates moved, what it was rated and raised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sync.core.history import DateTrail, History, HoldTrail, Raising
from sync.core.marks import sighting
from sync.core.model import Risk, Scores
from sync.core.policy import IdentityPolicy, SourceMapping
from sync.core.slips import TRACKED, is_push_out, observe, tracked_dates
from sync.core.snapshot import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules made of a record today, as far as it lasts. `rating`: the current scores, with the matrix and its
    version that they are rated by. `raised`: see `raisings.advance_raisings`. `hold`: see `hold.trail_of`."""

    rating: Scores | None = None
    matrix: str | None = None
    matrix_version: str | None = None
    raised: tuple[Raising, ...] = ()
    hold: HoldTrail | None = None


def advance(
    history: History, record: Record, mapping: SourceMapping, policy: IdentityPolicy, today: date, facts: Facts
) -> History:
    """The history after the record was seen today. The same facts on the same day change nothing a second time.

    What had gone is back. A last review that was taken away is kept as the last that was known, so that writing it
    down again is no review.
    """
    seen = sighting(record, mapping, policy, today, history)
    dates = _dates(history.dates, record)
    last_reviewed = record.fields.last_reviewed if isinstance(record.fields, Risk) else None
    return replace(
        seen,
        number=history.number,
        first_seen=history.first_seen,
        last_seen=max(history.last_seen, today),
        since=history.since,
        dates=dates,
        last_reviewed=last_reviewed or history.last_reviewed,
        push_outs=history.push_outs + _is_put_off(history, record, last_reviewed),
        rating=facts.rating,
        matrix=facts.matrix,
        matrix_version=facts.matrix_version,
        raised=facts.raised,
        hold=facts.hold,
        maybe=history.maybe,
        copied_from=history.copied_from,
    )


def _dates(before: Mapping[str, DateTrail], record: Record) -> Mapping[str, DateTrail]:
    """The trails with what the record says today; those of dates that its kind does not have stay as they were."""
    observed = {name: observe(before.get(name), day) for name, day in tracked_dates(record).items()}
    if all(before.get(name) == trail for name, trail in observed.items()):
        return before
    dates = {**before, **observed}
    return {name: dates[name] for name in sorted(dates)}


def _is_put_off(history: History, record: Record, last_reviewed: date | None) -> bool:
    if not isinstance(record.fields, Risk):
        return False
    trail = history.dates.get(TRACKED[record.kind])
    before = trail.latest if trail else None
    return is_push_out(before, record.fields.next_review, history.last_reviewed, last_reviewed or history.last_reviewed)
