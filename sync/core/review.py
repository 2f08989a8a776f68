"""When a risk is to be looked at again: by its register's cadence or its band's, and by what staff wrote themselves."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sync.core.dates import add_months, effective_due
from sync.core.model import Band, Freshness, Risk
from sync.core.overdue import is_over
from sync.core.policy import Calendar, OverduePolicy, Policies, RegisterPolicy, SourceMapping
from sync.core.snapshot import Record
from sync.core.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`due`: the earlier of what the cadence says (`cadence_due`) and staff's own next review; None for what is over.

    `last` is when it was last reviewed; `never` counts from `counted_from`, the day it was raised, else created.
    `is_over`: it is closed, so that nothing is to be looked at any more.
    """

    due: date | None
    cadence_due: date | None
    last: date | None
    counted_from: date | None
    months: int
    freshness: Freshness
    is_over: bool = False


def review_of(
    record: Record, band: Band | None, mapping: SourceMapping, policies: Policies, calendar: Calendar, today: date
) -> Review | None:
    """When a risk is to be reviewed, and how recent its last review is; None for every other kind of record.

    | last reviewed | raised | created | the cadence counts from |
    |---------------|--------|---------|-------------------------|
    | 31 January    | any    | any     | 31 January              |
    | -             | 5 May  | any     | 5 May                   |
    | -             | -      | 9 May   | 9 May                   |
    | -             | -      | -       | nothing: no date        |

    A day after today counts as blank in the first two: nobody has reviewed a risk next year, and a year that was typed
    wrong must not keep it from being looked at. Staff's own next review is taken as it stands, even where it is no
    later than the last one: what the list says and what is due must not differ without a word.
    """
    fields = record.fields
    if not isinstance(fields, Risk):
        return None
    last = _past(fields.last_reviewed, today)
    counted_from = _past(fields.raised, today) or record.created
    months = months_between_reviews(band, mapping, policies)
    since, over = last or counted_from, is_over(record)
    cadence_due = add_months(since, months) if since and not over else None
    due = None if over else min(filter(None, (cadence_due, fields.next_review)), default=None)
    return Review(
        due=due,
        cadence_due=cadence_due,
        last=last,
        counted_from=counted_from,
        months=months,
        freshness=Freshness.NEVER if last is None else _freshness(due, policies.overdue, calendar, today),
        is_over=over,
    )


def months_between_reviews(band: Band | None, mapping: SourceMapping, policies: Policies) -> int:
    """The cadence of a risk: its register's own, else that of its band. A source that names no register is one."""
    register = fold(mapping.register or mapping.name)
    named = (each for name, each in sorted(policies.registers.items()) if fold(name) == register)
    own = next(named, RegisterPolicy()).months
    return policies.review.months_of(band or Band.NOT_ASSESSED) if own is None else own


def is_silent(reviews: Collection[Review], since: date) -> bool:
    """Whether nothing in a register was reviewed since that day, its own day included, though something was there.

    What is closed needs no review, and what was raised since then need not have had one; but a review of anything
    counts, even of a risk that was closed on the way.
    """
    if any(review.last is not None and review.last >= since for review in reviews):
        return False
    return any(not review.is_over and _was_there(review, since) for review in reviews)


def silent_registers(reviews: Mapping[str, Collection[Review]], since: date) -> tuple[str, ...]:
    """The registers, sorted, in which nothing was reviewed since that day: the last meeting of the board that asks."""
    return tuple(sorted(register for register, each in reviews.items() if is_silent(each, since)))


def _was_there(review: Review, since: date) -> bool:
    return review.last is not None or review.counted_from is None or review.counted_from < since


def _past(day: date | None, today: date) -> date | None:
    return day if day is not None and day <= today else None


def _freshness(due: date | None, policy: OverduePolicy, calendar: Calendar, today: date) -> Freshness:
    """Of what was reviewed once. Without anything due, that review is recent enough."""
    effective = effective_due(due, policy, calendar) if due else None
    if effective is None or effective > today + timedelta(days=policy.due_soon_days):
        return Freshness.FRESH
    return Freshness.STALE if effective < today else Freshness.DUE
