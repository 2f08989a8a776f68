"""Two histories that turn out to be of one thing, put together without losing what either knows."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sync.core.history import DateTrail, History, HoldTrail, Raising
from sync.core.slips import observe


def join(older: History, newer: History) -> History:
    """The older history going on as the newer one does: its number, its beginnings, and what either saw.

    Where they ran side by side, one having been a copy of the other, the older one's counts hold, and the date that
    the newer one says now is seen as any other. Where the newer one took over, both count, and the step between them.
    """
    if newer.first_seen <= older.last_seen:
        dates = _beside(older.dates, newer.dates)
        push_outs, raised = older.push_outs, older.raised
    else:
        dates = {name: _after(older.dates.get(name), newer.dates.get(name)) for name in {*older.dates, *newer.dates}}
        push_outs, raised = older.push_outs + newer.push_outs, _raised(older.raised, newer.raised)
    return replace(
        newer,
        number=older.number,
        first_seen=min(older.first_seen, newer.first_seen),
        since=min(older.since, newer.since),
        dates={name: dates[name] for name in sorted(dates)},
        last_reviewed=newer.last_reviewed or older.last_reviewed,
        push_outs=push_outs,
        raised=raised,
        hold=_hold(older.hold, newer.hold),
        maybe=older.maybe,
        copied_from=older.copied_from,
        joined=None,
    )


def closed(newer: History, number: int, today: date) -> History:
    """The newer history once it was joined to that number: it only says what its own number means."""
    return History(
        number=newer.number,
        id=newer.id,
        source=newer.source,
        kind=newer.kind,
        restricted=newer.restricted,
        first_seen=newer.first_seen,
        last_seen=newer.last_seen,
        since=newer.since,
        gone=today,
        joined=number,
    )


def aliases(histories: Iterable[History]) -> Mapping[int, int]:
    """What numbers mean that were joined to others: for whoever compares with what was said under them."""
    joined = {each.number: each.joined for each in histories if each.joined is not None}
    return {number: _last(number, joined) for number in sorted(joined)}


def _last(number: int, joined: Mapping[int, int]) -> int:
    """Follows the numbers, which always lead to older ones."""
    while number in joined:
        number = joined[number]
    return number


def _hold(older: HoldTrail | None, newer: HoldTrail | None) -> HoldTrail | None:
    """The same hold goes on from when it was first seen: moving an item makes it no longer."""
    return older if newer is None or (older is not None and older.until == newer.until) else newer


def _beside(older: Mapping[str, DateTrail], newer: Mapping[str, DateTrail]) -> dict[str, DateTrail]:
    observed = {name: observe(older.get(name), trail.latest) for name, trail in newer.items()}
    return {**older, **observed}


def _after(older: DateTrail | None, newer: DateTrail | None) -> DateTrail:
    if older is None or newer is None:
        return older or newer or DateTrail()
    step = observe(older, newer.first)
    slips, moves = step.slips + newer.slips, step.moves + newer.moves
    return DateTrail(first=step.first or newer.first, latest=newer.latest, slips=slips, moves=moves)


def _raised(older: tuple[Raising, ...], newer: tuple[Raising, ...]) -> tuple[Raising, ...]:
    """What was still raised when the newer one took over is the same raising and goes on."""
    going_on = {each.rung: each for each in older if each.ended is None}
    first: dict[str, Raising] = {}
    for each in newer:
        first.setdefault(each.rung, each)
    kept = [
        replace(each, ended=first[each.rung].ended) if going_on.get(each.rung) is each and each.rung in first else each
        for each in older
    ]
    taken = [first[rung] for rung in going_on if rung in first]
    return tuple(sorted([*kept, *(each for each in newer if each not in taken)], key=lambda each: (each.on, each.rung)))
