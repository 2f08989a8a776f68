"""A portfolio judged live, and the same once it was kept as JSON and read again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sync.core.archive import record_to_json, shared_words, stand_ins
from sync.core.boards import names_of
from sync.core.findings import Finding, FindingKind
from sync.core.history import History
from sync.core.judging import Judged, judge
from sync.core.kept import Kept, header_of, kept_from, part_of
from sync.core.matching import match
from sync.core.model import Person
from sync.core.policy import Policies
from sync.core.rollup import Rollup, roll_up
from sync.core.safe_rows import safe_rollup
from sync.core.snapshot import Complete, RecordId, Snapshot
from sync.core.text import fold
from sync.core.view import Item, SourceSeen, View
from sync.core.viewing import Seen, view_of
from tests.support.portfolios import OPEN_CALENDAR, TODAY, Portfolio

AS_AT = datetime(2026, 6, 17, 2, 17, tzinfo=UTC)
HOST = "https://council.example"


@dataclass
class Keeping:
    """What a run holds when it keeps what it saw. Sources in `unread` were not read; `histories` are as kept."""

    portfolio: Portfolio
    unread: frozenset[str] = frozenset()
    policies: Policies = field(default_factory=Policies)
    histories: Mapping[RecordId, History] = field(default_factory=dict)
    today: date = TODAY
    people: dict[Person, int] = field(default_factory=dict)

    def number(self, person: Person) -> int:
        return self.people.setdefault(person, len(self.people) + 1)

    def person(self, number: int) -> Person:
        return {number: person for person, number in self.people.items()}[number]

    @property
    def seen(self) -> Seen:
        return Seen(name="Council", as_at=AS_AT, today=self.today, run_id="run", zone="Europe/London")

    @property
    def sources(self) -> tuple[SourceSeen, ...]:
        return tuple(
            SourceSeen(
                name=name,
                kind=mapping.kind,
                read="failed" if name in self.unread else "complete",
                records=sum(record.source == name for record in self.portfolio.records),
                register=mapping.register,
                restricted=mapping.restricted,
                problem="It could not be read." if name in self.unread else None,
            )
            for name, mapping in self.portfolio.mappings.items()
        )

    def judged(self) -> Judged:
        records = self.portfolio.records
        snapshots = [
            Snapshot(name, tuple(each for each in records if each.source == name), Complete(), "", AS_AT, (HOST, name))
            for name in self.portfolio.mappings
            if name not in self.unread
        ]
        matched = match(snapshots, self.portfolio.mappings, self.unread, self.policies.precedence)
        return judge(matched, self.policies, OPEN_CALENDAR, self.today, self.histories)

    def rollup(self) -> tuple[Rollup, ...]:
        judged = self.judged()
        boards = names_of(self.policies)
        return roll_up(judged.one, judged.counted, self.today, name="Council", boards=boards, histories=self.histories)

    def live(self) -> View:
        """The view of the moment itself."""
        one, counted = self.judged().one, self.judged().counted
        return view_of(self.seen, one, counted, self.histories, self.rollup(), self.sources, self.policies)

    def documents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and parts, once they were written as JSON and read again."""
        matched = self.judged().matched
        shared = shared_words(matched.records, self.policies) | {fold(row.name) for row in self.rollup()}
        instead = stand_ins(matched.records, shared)
        parts = {}
        for name in self.portfolio.mappings:
            if name in self.unread:
                continue
            records = [record for record in matched.records if record.source == name]
            told = [
                record_to_json(each, self.number, parent=matched.parents.get(each.id), shared=shared, instead=instead)
                for each in records
            ]
            known = [self.histories[each.id] for each in records if each.id in self.histories]
            parts[name] = part_of((HOST, name), told, known)
        header = header_of(
            self.seen,
            self.sources,
            {"rules": 1},
            [row.to_json() for row in self.rollup()],
            safe_rollup(self.live()),
        )
        return as_json(header), as_json(parts)

    def kept(self) -> Kept:
        header, parts = self.documents()
        return kept_from(header, parts, self.portfolio.mappings, self.policies, OPEN_CALENDAR, self.person)


def as_json(document: Any) -> Any:
    return json.loads(json.dumps(document, allow_nan=False))


def without_words(view: View) -> View:
    """The view without what is not kept of restricted records: their words, and whom they name."""
    return replace(view, items=tuple(_without(item) for item in view.items))


def stood_in(item: Item, live: Item) -> Item:
    """The item with the live one's places where something stands in for a word that only restricted records say."""
    places = ("theme", "department", "programme")
    hidden = [name for name in places if (getattr(item, name) or "").startswith("(restricted ")]
    grouped = [name for name, text in item.groups.items() if text.startswith("(restricted ")]
    groups = {**item.groups, **{name: live.groups[name] for name in grouped}}
    return replace(item, groups=groups, **{name: getattr(live, name) for name in hidden})


def said(findings: Iterable[Finding]) -> list[tuple[str, int, FindingKind, str | None]]:
    """Findings without their sentences, which may quote a word that something stands in for."""
    return sorted((each.source, each.item, each.kind, each.key) for each in findings)


def _without(item: Item) -> Item:
    words = {"title": None, "owners": (), "category": None, "response": None, "proximity": None, "confidence_by": None}
    reason = item.reason and item.reason.replace(f"({item.hold_reason})", "()")
    words |= {"hold_reason": None, "hold_by": (), "reason": reason}
    return replace(item, **words) if item.restricted else item
