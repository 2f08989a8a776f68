"""A portfolio as it was kept at one moment, and the view that comes out of it again: the same, by the same rules.

What is kept is what was read, not what was made of it: a figure that was published can be worked out again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sync.core.archive import record_from_json
from sync.core.archived_history import history_from_json, history_to_json
from sync.core.boards import names_of
from sync.core.disclosure import SafeRollup
from sync.core.history import History
from sync.core.judging import judge
from sync.core.matching import match
from sync.core.model import Kind, Person
from sync.core.policy import Calendar, Policies, SourceMapping
from sync.core.rollup import Rollup, roll_up
from sync.core.safe_rows import Told
from sync.core.snapshot import Complete, Record, RecordId, Snapshot
from sync.core.view import SourceSeen, View
from sync.core.viewing import Seen, view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything that decides the figures of one moment: what was read, by which rules, and what was known before.

    `records` are by source. `places`: the host and GUID of the list behind every source that was read to its end; the
    others are `unread`.
    """

    seen: Seen
    mappings: Mapping[str, SourceMapping]
    policies: Policies
    calendar: Calendar
    records: Mapping[str, Sequence[Record]]
    places: Mapping[str, tuple[str, str]]
    histories: Mapping[RecordId, History]
    sources: Sequence[SourceSeen]

    @property
    def unread(self) -> frozenset[str]:
        return frozenset(self.mappings) - frozenset(self.places)


def view_again(kept: Kept) -> View:
    """The view of that moment, from what was read and the rules of then."""
    today = kept.seen.today
    snapshots = [_snapshot(kept, source) for source in sorted(kept.places)]
    matched = match(snapshots, kept.mappings, kept.unread, kept.policies.precedence)
    judged = judge(matched, kept.policies, kept.calendar, today, kept.histories)
    rollup = roll_up(
        judged.one,
        judged.counted,
        today,
        name=kept.seen.name,
        labels=kept.policies.labels,
        stale_days=kept.policies.reports.stale_days,
        boards=names_of(kept.policies),
        histories=kept.histories,
    )
    return view_of(kept.seen, judged.one, judged.counted, kept.histories, rollup, kept.sources, kept.policies)


def header_of(
    seen: Seen,
    sources: Sequence[SourceSeen],
    rules: Mapping[str, Any],
    figures: Sequence[Mapping[str, Any]],
    told: Sequence[SafeRollup],
) -> dict[str, Any]:
    """What is kept of the whole: when, by which rules, which lists, and the figures as the run had them and as they may
    be `told`. The rules stand under `values`, which an erasure of a person's name leaves alone."""
    return {
        "schema": 1,
        "name": seen.name,
        "as_at": seen.as_at.isoformat(),
        "today": seen.today.isoformat(),
        "run": seen.run_id,
        "zone": seen.zone,
        "values": {"rules": dict(rules)},
        "sources": [_source_to_json(source) for source in sources],
        "figures": [dict(figure) for figure in figures],
        "told": [row.to_json() for row in told],
    }


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of a roll-up, and the lists behind them."""

    rollup: tuple[Rollup, ...]
    sources: tuple[SourceSeen, ...]


def figures_of(header: Mapping[str, Any]) -> Counted:
    """The figures as the run had them."""
    rows = tuple(Rollup.from_json(each) for each in header["figures"])
    return Counted(rows, tuple(_source_from_json(each) for each in header["sources"]))


def told_of(header: Mapping[str, Any]) -> Told | None:
    """The figures as they may be told; None of what an earlier release froze, which kept only those of the run."""
    if "told" not in header:
        return None
    rows = tuple(SafeRollup.from_json(each) for each in header["told"])
    return Told(rows, tuple(_source_from_json(each) for each in header["sources"]))


def part_of(
    place: tuple[str, str], records: Sequence[Mapping[str, Any]], histories: Sequence[History]
) -> dict[str, Any]:
    """What is kept of one source."""
    return {
        "place": list(place),
        "records": [dict(record) for record in records],
        "histories": [history_to_json(history) for history in histories],
    }


def kept_from(
    header: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Any]],
    mappings: Mapping[str, SourceMapping],
    policies: Policies,
    calendar: Calendar,
    person_of: Callable[[int], Person],
) -> Kept:
    """What was kept, read again; `mappings`, `policies` and `calendar` are those of the header's rules."""
    histories = [history_from_json(each) for part in parts.values() for each in part["histories"]]
    return Kept(
        seen=Seen(
            name=header["name"],
            as_at=datetime.fromisoformat(header["as_at"]),
            today=date.fromisoformat(header["today"]),
            run_id=header["run"],
            zone=header["zone"],
        ),
        mappings=mappings,
        policies=policies,
        calendar=calendar,
        records={
            name: tuple(record_from_json(each, person_of) for each in part["records"]) for name, part in parts.items()
        },
        places={name: (part["place"][0], part["place"][1]) for name, part in parts.items()},
        histories={history.id: history for history in histories},
        sources=tuple(_source_from_json(each) for each in header["sources"]),
    )


def _source_to_json(source: SourceSeen) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind.value,
        "read": source.read,
        "records": source.records,
        "register": source.register,
        "restricted": source.restricted,
        "problem": source.problem,
    }


def _source_from_json(value: Mapping[str, Any]) -> SourceSeen:
    return SourceSeen(**{**value, "kind": Kind(value["kind"])})


def _snapshot(kept: Kept, source: str) -> Snapshot:
    return Snapshot(
        source=source,
        records=kept.records[source],
        read=Complete(),
        schema_digest="",
        taken_at=kept.seen.as_at,
        place=kept.places[source],
    )
