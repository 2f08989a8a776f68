"""When a source is not written to: what was seen, the limit, and what to do next.

| guard              | when                                                                  | holds  | lifted by   |
|--------------------|-----------------------------------------------------------------------|--------|-------------|
| partial read       | reading ended early                                                   | source | nothing     |
| column gone        | a mapped column is absent, read-only or cannot do its job             | source | nothing     |
| column changed     | a mapped column has another type than before                          | source | nothing     |
| choice removed     | a choice that the mapping or our labels use is offered no longer      | source | nothing     |
| empty read         | no items where there were some                                        | source | `--approve` |
| records gone       | more than `records_gone_percent` of the known records are nowhere     | source | `--approve` |
| zone changed       | the site's time zone is another than before                           | source | `--approve` |
| unexplained writes | more than `unexplained_percent` of the records change without a cause | source | `--approve` |
| field flipped      | the same of one field, and `flipped_percent`                          | source | `--approve` |
| resync             | `--resync` would forget or adopt values                               | source | `--approve` |
| first run          | the list was never written to                                         | source | `--yes`     |
| policy changed     | its mapping or policies are not those that were approved              | source | `--yes`     |
| clock differs      | our clock is more than `clock_minutes` from the server's              | fields | `--approve` |

What nothing lifts ends with its cause; what `--yes` lifts, `--approve` lifts as well. "Before" is the last run that was
carried through for the source. The numbers are the portfolio's (`GuardPolicy`); a percentage counts only among
`minimum` records or more. What explains a write is in `explained`. A duplicate key holds back only the records that
share it (see `matching`), a value that is not ours only its field (see `planning`).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from sync.core import explain
from sync.core.explained import Causes, unexplained
from sync.core.known import Known, LastApplied
from sync.core.mapping import PROVISION
from sync.core.plan import Guard, PlannedWrite, Refusal
from sync.core.policy import GuardPolicy
from sync.core.snapshot import Complete, Partial, RecordId
from sync.core.text import counted

_APPROVE = "run `reconcile --approve DIGEST` with that plan's digest"
_RESYNC = "`reconcile --resync` takes the list as it is now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What this run knows of one source before anything is planned.

    `missing`: see `Binding`; `retyped` and `removed`: see `known`. `approved`: the policy digest that was let through
    last, None where none ever was; `last` is None until a run was carried through. `rows`: how many items were read,
    None where the list could not be. `known` are the rows that the last run saw, `now` those of this one; `elsewhere`
    has the key digests of records that are new in other sources. `difference`: the server's clock less ours. `writes`:
    whether it is ever written to; one that is not needs no approval.
    """

    source: str
    read: Complete | Partial
    rows: int | None
    policy_digest: str
    limits: GuardPolicy = field(default_factory=GuardPolicy)
    missing: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    lacks_owned: bool = False
    settings: tuple[str, ...] = ()
    zone: str | None = None
    writes: bool = True
    approved: str | None = None
    last: LastApplied | None = None
    known: Sequence[Known] = ()
    now: Sequence[Known] = ()
    elsewhere: Collection[str] = frozenset()
    difference: timedelta | None = None
    resync: bool = False


def guard(seen: Seen) -> tuple[Refusal, ...]:
    """Every refusal for one source that needs no plan to be found."""
    absent = column_gone(seen.source, seen.missing, lacks_owned=seen.lacks_owned)
    broken = (*absent, *list_settings(seen.source, seen.settings), *partial_read(seen.source, seen.read))
    return (*broken, *_doubted(seen), *(_changed(seen) if seen.writes and not broken else ()))


def is_clock_doubted(difference: timedelta | None, limits: GuardPolicy) -> bool:
    """Whether what day it is cannot be trusted."""
    return difference is not None and abs(difference) > timedelta(minutes=limits.clock_minutes)


def partial_read(source: str, read: Complete | Partial) -> Iterator[Refusal]:
    """Nothing is concluded from half a list."""
    if isinstance(read, Partial):
        yield Refusal(
            source=source,
            guard=Guard.PARTIAL_READ,
            seen=f"The list was not read to its end: {read.reason.rstrip('.')}.",
            limit="Every item has to be read before anything is written.",
            advice="Run again. If it stays, run `check` to see where it breaks.",
            approvable=False,
        )


def empty_read(source: str, rows: int, last_rows: int) -> Iterator[Refusal]:
    """A list that held items and answers with none is more often a permission lost than a list cleared."""
    if rows == 0 and last_rows > 0:
        yield Refusal(
            source=source,
            guard=Guard.EMPTY_READ,
            seen=f"The list holds no items; the last run saw {counted(last_rows, 'item')}.",
            limit="A list that held items is not taken for empty without a person's word.",
            advice="Check that the service may still read every item. If the list was cleared on purpose, "
            f"{_APPROVE}: from the next run on it is taken as it is.",
            approvable=True,
        )


def records_gone(
    source: str, known: Sequence[Known], now: Sequence[Known], elsewhere: Collection[str], limits: GuardPolicy
) -> Iterator[Refusal]:
    """A record is gone when it is neither in the list, admitted or not, nor under its key in another one."""
    counting = [row for row in known if row.counts]
    here = {row.id for row in now}
    gone = [row for row in counting if row.id not in here and row.key_digest not in elsewhere]
    if _is_above(len(gone), len(counting), limits.records_gone_percent, limits.minimum):
        yield Refusal(
            source=source,
            guard=Guard.RECORDS_GONE,
            seen=f"{_share(len(gone), len(counting))} that the last run saw are gone.",
            limit=f"At most {limits.records_gone_percent} % of a list's records may go from one run to the next.",
            advice="Check that the service may still read every item. If they were deleted on purpose, "
            f"{_APPROVE}: from the next run on the list is taken as it is.",
            approvable=True,
        )


def column_gone(source: str, missing: tuple[str, ...], *, lacks_owned: bool = False) -> Iterator[Refusal]:
    """A column that is absent, read-only, or of a type that cannot hold its field. Those of ours can be made."""
    if missing:
        yield Refusal(
            source=source,
            guard=Guard.COLUMN_GONE,
            seen=f"The list does not fit its mapping: {'; '.join(missing)}.",
            limit="Every mapped column has to be there and able to hold its field.",
            advice=PROVISION if lacks_owned else "Restore the column, or name the one to use in the portfolio file.",
            approvable=False,
        )


def list_settings(source: str, settings: tuple[str, ...]) -> Iterator[Refusal]:
    """Settings of the list under which a write of ours would not stand, or would take a colleague's item away."""
    for said in settings:
        yield Refusal(
            source=source,
            guard=Guard.LIST_SETTINGS,
            seen=explain.sentence(said),
            limit="Nothing is written into a list that asks for an approval or a check-out of what is written.",
            advice="Change it in the list's versioning settings, or set `write: {mode: off}` for this source.",
            approvable=False,
        )


def column_changed(source: str, retyped: Sequence[str]) -> Iterator[Refusal]:
    """A column of another type may read quite differently, row by row."""
    for said in retyped:
        yield Refusal(
            source=source,
            guard=Guard.COLUMN_CHANGED,
            seen=explain.sentence(said),
            limit="A mapped column keeps its type from one run to the next.",
            advice=f"Give the column its type back. If the change was meant, {_RESYNC}.",
            approvable=False,
        )


def choice_removed(source: str, removed: Sequence[str]) -> Iterator[Refusal]:
    """A choice that is gone, or has another name, means that rows are about to say something else."""
    for said in removed:
        yield Refusal(
            source=source,
            guard=Guard.CHOICE_REMOVED,
            seen=explain.sentence(said),
            limit="A choice that the mapping or a label uses has to stay on offer.",
            advice=f"Offer the choice again, or mend the mapping. If the change was meant, {_RESYNC}.",
            approvable=False,
        )


def zone_changed(source: str, before: str | None, now: str | None) -> Iterator[Refusal]:
    """In another zone, a stored date may show another day."""
    if before != now:
        yield Refusal(
            source=source,
            guard=Guard.ZONE_CHANGED,
            seen=f"The site's time zone was {_zone(before)} and is now {_zone(now)}.",
            limit="Dates are read in the zone of their site, which stays the same from one run to the next.",
            advice=f"Check the site's regional settings. If it was meant, look through the plan and {_APPROVE}.",
            approvable=True,
        )


def first_run(source: str) -> Iterator[Refusal]:
    """The first time, a person looks before anything is written."""
    yield Refusal(
        source=source,
        guard=Guard.FIRST_RUN,
        seen="This list has never been written to by this portfolio.",
        limit="The first run of a source needs a person's approval.",
        advice="Look through the plan, then run `reconcile --yes`.",
        approvable=True,
    )


def policy_changed(source: str, approved: str, digest: str) -> Iterator[Refusal]:
    """Rules that changed can change every row, so a person looks again."""
    if digest != approved:
        yield Refusal(
            source=source,
            guard=Guard.POLICY_CHANGED,
            seen="The mapping or the policies of this list changed since the last run.",
            limit="A changed mapping or policy needs a person's approval.",
            advice="Look through the plan, then run `reconcile --yes`.",
            approvable=True,
        )


def clock_differs(source: str, difference: timedelta | None, limits: GuardPolicy) -> Iterator[Refusal]:
    """Where the clocks disagree about the time they may disagree about the day, and whole lists fall due.

    What was seen is told in whole minutes, so that a plan keeps its digest while it is looked through.
    """
    if difference is not None and is_clock_doubted(difference, limits):
        minutes = ceil(abs(difference) / timedelta(minutes=1)) - 1
        side = "behind" if difference > timedelta() else "ahead of"
        yield Refusal(
            source=source,
            guard=Guard.CLOCK_DIFFERS,
            seen=f"This machine's clock is more than {counted(minutes, 'minute')} {side} the server's.",
            limit=f"At most {counted(limits.clock_minutes, 'minute')}; until then, what depends on the day stays.",
            advice=f"Set this machine's clock, then run again. If it is right, look through the plan and {_APPROVE}.",
            approvable=True,
        )


def may_surprise(
    writes: Sequence[PlannedWrite], records: int, left_out: Collection[RecordId], limits: GuardPolicy
) -> bool:
    """Whether so many writes would be a surprise if nothing explained any of them; see `surprising`."""
    percent = min(limits.unexplained_percent, limits.flipped_percent)
    return _is_above(len(writes), _counting(writes, records, left_out), percent, limits.minimum)


def surprising(
    source: str, writes: Sequence[PlannedWrite], records: int, causes: Causes, limits: GuardPolicy
) -> Iterator[Refusal]:
    """More changes in one list than anybody's edit or the calendar can explain. `records`: those that count; rows that
    counted until now and are to be cleared count with them."""
    puzzling = [(write, fields) for write in writes if (fields := unexplained(write, causes))]
    total = _counting(writes, records, causes.left_out)
    advice = (
        f"Look through the plan. If it is what was meant, {_APPROVE}; if not, look for a mapping, a policy or a column "
        "that changed."
    )
    if _is_above(len(puzzling), total, limits.unexplained_percent, limits.minimum):
        yield Refusal(
            source=source,
            guard=Guard.UNEXPLAINED_WRITES,
            seen=f"{_share(len(puzzling), total)} would change, and neither an edit nor a date explains it.",
            limit=f"At most {limits.unexplained_percent} % of a list's records may change without explanation.",
            advice=advice,
            approvable=True,
        )
    flips = Counter(name for _, fields in puzzling for name in fields)
    for name in sorted(flips):
        if _is_above(flips[name], total, limits.flipped_percent, limits.minimum):
            yield Refusal(
                source=source,
                guard=Guard.FIELD_FLIPPED,
                seen=f"{explain.FIELD_LABELS[name]} would change in {_share(flips[name], total)}, and neither an edit "
                "nor a date explains it.",
                limit=f"At most {limits.flipped_percent} % of a list's records may change in one field without "
                "explanation.",
                advice=advice,
                approvable=True,
            )


def resync(source: str, forgotten: int, adopted: int) -> Iterator[Refusal]:
    """To forget what was agreed, or to take what others wrote for ours, is a thing to look at before it is done."""
    if forgotten or adopted:
        yield Refusal(
            source=source,
            guard=Guard.RESYNC,
            seen=f"A resync would forget what was agreed for {counted(forgotten, 'item')}, and replace values of "
            f"{counted(adopted, 'item')}.",
            limit="A resync is planned first, and written once a person has approved that plan.",
            advice=f"Look through the plan, then {_APPROVE} and `--resync` again.",
            approvable=True,
        )


def _doubted(seen: Seen) -> Iterator[Refusal]:
    """Of a list that was read to its end, also where a column of it is gone that only we write: others rest on it."""
    if seen.last is None or seen.rows is None or isinstance(seen.read, Partial):
        return
    if seen.rows == 0:
        yield from empty_read(seen.source, seen.rows, seen.last.rows)
    else:
        yield from records_gone(seen.source, seen.known, seen.now, seen.elsewhere, seen.limits)


def _changed(seen: Seen) -> Iterator[Refusal]:
    yield from clock_differs(seen.source, seen.difference, seen.limits)
    if seen.approved is None:
        yield from first_run(seen.source)
    else:
        yield from policy_changed(seen.source, seen.approved, seen.policy_digest)
    if seen.last is None:
        return
    yield from zone_changed(seen.source, seen.last.zone, seen.zone)
    if not seen.resync:
        yield from column_changed(seen.source, seen.retyped)
        yield from choice_removed(seen.source, seen.removed)


def _counting(writes: Sequence[PlannedWrite], records: int, left_out: Collection[RecordId]) -> int:
    return records + sum(write.id in left_out for write in writes)


def _is_above(count: int, total: int, percent: int, minimum: int) -> bool:
    return total >= minimum and count * 100 > percent * total


def _share(count: int, total: int) -> str:
    """`400 of 500 records (80 %)`; rounded up, so that what is above a limit reads so."""
    tenths = -(-count * 1000 // total)
    percent = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
    return f"{count:,} of {counted(total, 'record')} ({percent} %)"


def _zone(name: str | None) -> str:
    return name or "not known"
