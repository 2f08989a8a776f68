"""What a run lets the next one know of the rows that it read.

A row that changed is remembered as it was until every source whose decisions rest on it is carried through as well:
what is written on its account a night later is explained by it still, and what a guard held on its account stays held.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sync.core.known import Known
from sync.core.matching import bearing_on, targets
from sync.core.snapshot import RecordId
from sync.engine.decide import Decided, writes_to
from sync.engine.past import Past
from sync.engine.targets import Source


def rows_to_remember(
    decided: Decided, through: Collection[str], sources: Mapping[str, Source], versions: Mapping[RecordId, str]
) -> dict[str, tuple[Known, ...]]:
    """The rows of every source that was carried `through` and has others than are kept, by source. `sources` are those
    of the portfolio file, `versions` the ETags that our own writes gave: what has another by the next run, somebody has
    edited."""
    rests_on = _rests_on(sources)
    waiting = {name for name in sources if not _is_settled(name, decided, through, sources, rests_on[name])}
    held = {below for name in waiting for below in rests_on[name]}
    rows = {name: [_as_left(row, versions) for row in decided.known(name)] for name in through}
    left = {name: tuple(_kept(name, now, decided.past) if name in held else now) for name, now in rows.items()}
    return {name: now for name, now in left.items() if now != tuple(decided.past.rows.get(name, ()))}


def _rests_on(sources: Mapping[str, Source]) -> dict[str, frozenset[str]]:
    """For every source, those whose rows may change its values: also those it refers to, which its findings name."""
    bearing = bearing_on(sources)
    return {name: bearing[name] | frozenset(targets(source, sources)) for name, source in sources.items()}


def _is_settled(
    name: str,
    decided: Decided,
    through: Collection[str],
    sources: Mapping[str, Source],
    rests_on: Collection[str],
) -> bool:
    """Whether nothing of what the rows of now ask for in that source is still to be decided or written."""
    if not writes_to(sources[name]):
        return True
    whole = decided.matched.unread.isdisjoint(rests_on)
    return name in through and whole and not decided.inputs[name].clock_doubted


def _as_left(row: Known, versions: Mapping[RecordId, str]) -> Known:
    return replace(row, version=versions[row.id]) if row.id in versions else row


def _kept(name: str, now: Sequence[Known], past: Past) -> Iterator[Known]:
    """Where what changed stays as it was, a new row stays unknown. The first time there is nothing it could stay."""
    if past.last(name) is None:
        yield from now
        return
    before = {row.id: row for row in past.rows[name]}
    for row in now:
        then = before.get(row.id)
        if then is not None:
            as_it_was = replace(then, source=name)  # it may have had another name
            yield row if then.fields_digest == row.fields_digest else as_it_was
