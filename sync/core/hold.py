"""A flag that staff hold: why, until when, and how long at most.

A hold is staff's: it is set and cleared in columns of theirs, and changes nothing that is worked out. It is shown
beside that, and counted.

| the row has             | it is held                                                                           |
|-------------------------|--------------------------------------------------------------------------------------|
| a reason and a last day | up to and including that day, and no longer than the policy allows                   |
| a reason alone          | as long as the policy allows                                                         |
| no reason               | not at all: nobody could tell why                                                    |
| anything, but is over   | not at all: nothing about it is flagged                                              |

The longest time is counted from the night on which the hold was first seen with this last day. Another wording of the
reason is the same hold; another last day is a new one, which somebody decided on anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sync.core.dates import plain
from sync.core.findings import Finding, FindingKind
from sync.core.history import HoldTrail
from sync.core.model import Person
from sync.core.overdue import is_over
from sync.core.policy import HoldPolicy
from sync.core.record_findings import finding
from sync.core.snapshot import Record
from sync.core.text import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """`until`: the last day on which it counts. `asked`: the last day that staff gave, which may be later, or None.
    `since`: the day from which its longest time is counted. `counts`: whether the row is held today. The `reason` of a
    restricted record is blank: its words stay in its own row."""

    reason: str
    until: date
    since: date
    asked: date | None = None
    by: tuple[Person, ...] = ()
    counts: bool = True

    @property
    def is_cut_short(self) -> bool:
        """Whether staff asked for longer than the policy allows."""
        return self.asked is not None and self.asked > self.until


HELD_UNTIL = "Held until "
"""How the reason of a row begins, with the last day behind it, as long as its hold counts."""

Terms = tuple[bool, date | None]
"""What makes two holds the same: that there is a reason, and the last day."""


def terms_of(record: Record) -> Terms:
    """What the row's own columns say; of a programme, nothing."""
    return bool(getattr(record.fields, "hold_reason", None)), getattr(record.fields, "hold_until", None)


def trail_of(record: Record, before: HoldTrail | None, today: date) -> HoldTrail | None:
    """The hold as it is kept after today; `before`: as it was kept. None where there is no reason."""
    has_reason, until = terms_of(record)
    if not has_reason:
        return None
    return before if before and before.until == until else HoldTrail(until=until, since=today)


def hold_of(record: Record, before: HoldTrail | None, policy: HoldPolicy, today: date) -> Hold | None:
    """The hold that is on the row, whether it still counts or has ended; None where there is none.

    `before`: the hold as it was kept after the last run; None counts its longest time from today.
    """
    trail = trail_of(record, before, today)
    if trail is None or is_over(record):
        return None
    longest = trail.since + timedelta(days=policy.max_days)
    until = min(trail.until or longest, longest)
    return Hold(
        reason="" if record.restricted else getattr(record.fields, "hold_reason", None) or "",
        until=until,
        since=trail.since,
        asked=trail.until,
        by=getattr(record.fields, "hold_by", ()),
        counts=today <= until,
    )


def set_in(versions: Sequence[Terms], now: Terms) -> int | None:
    """The place of the version with which the hold came, of an item's versions, the newest first; None where the newest
    is another, or no older one differs, so that the history does not tell."""
    for place, (newer, older) in enumerate(pairwise(versions)):
        if newer != now:
            return None
        if older != now:
            return place
    return None


def of_hold(record: Record, hold: Hold | None, policy: HoldPolicy, *, is_until_unread: bool) -> Iterator[Finding]:
    """What is to be mended about a hold. `is_until_unread`: a date of the row could not be read, which is told
    already. Of a hold that has ended nothing is asked: the reason says that it did."""
    has_reason, until = terms_of(record)
    if not has_reason and until is not None and not is_over(record):
        said = "The hold has no reason, so it does not count: say why the row is held, or clear the hold"
        yield finding(record, FindingKind.HOLD_INCOMPLETE, said)
    if hold is None or not hold.counts:
        return
    allowed = f"{counted(policy.max_days, 'day')} that are allowed"
    if hold.asked is None and not is_until_unread:
        said = f"The hold has no last day, so it ends on {plain(hold.until)}, after the {allowed}: say until when"
        yield finding(record, FindingKind.HOLD_INCOMPLETE, said, plain="The hold has no last day")
    if hold.is_cut_short:
        said = f"The hold is longer than the {allowed}, so it ends on {plain(hold.until)}"
        yield finding(record, FindingKind.HOLD_TOO_LONG, said, plain="The hold is longer than is allowed")
