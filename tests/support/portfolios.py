"""Small portfolios for tests of decisions: sources, records in canonical form, and what the core makes of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sync.core.matching import Matched, match
from sync.core.model import CLASSES, REFERENCES, Fields, Kind, Reference, field_types
from sync.core.policy import Calendar, FieldMapping, Policies, SourceMapping
from sync.core.snapshot import Complete, Record, RecordId, Snapshot
from sync.core.status import Assessment, assess

TODAY = date(2026, 6, 17)
OPEN_CALENDAR = Calendar()
_READ_AT = datetime(2026, 6, 17, 2, 17, tzinfo=UTC)


@dataclass
class Portfolio:
    """Sources with their records, filled by `source` and `add`; the default source of a kind bears the kind's name."""

    mappings: dict[str, SourceMapping] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def source(self, name: str, kind: Kind, **options: Any) -> str:
        """A list that maps every field of its kind, but for those named in `unmapped`."""
        unmapped = options.pop("unmapped", ())
        fields = {name: FieldMapping(column=(name,)) for name in field_types(kind) if name not in unmapped}
        self.mappings[name] = SourceMapping(name=name, kind=kind, key="Key", fields=fields, **options)
        return name

    def add(self, kind: Kind, key: str | None = None, source: str | None = None, **values: Any) -> Record:
        """One record; a reference may be given as the key of the record that it names. `groups`: its mapped ones."""
        home = source or kind.value
        if home not in self.mappings:
            self.source(home, kind)
        groups: Mapping[str, str] = values.pop("groups", {})
        for name, _ in REFERENCES[kind]:
            if isinstance(values.get(name), str):
                values[name] = Reference(values[name])
        fields: Fields = CLASSES[kind](key=key, **values)
        restricted = self.mappings[home].restricted or getattr(fields, "confidential", None) is True
        number = next(self._numbers)
        made = Record(
            id=RecordId("https://council.example", home, number),
            source=home,
            kind=kind,
            key=key,
            fields=fields,
            owned={},
            version='"1"',
            restricted=restricted,
            groups=groups,
        )
        self.records.append(made)
        return made

    def project(self, key: str | None = "DS-01", **values: Any) -> Record:
        return self.add(Kind.PROJECT, key, **values)

    def milestone(self, title: str | None = "Go live", **values: Any) -> Record:
        return self.add(Kind.MILESTONE, values.pop("key", None), title=title, **{"project": "DS-01", **values})

    def risk(self, key: str | None = "R-014", **values: Any) -> Record:
        """Very high unless the scores say otherwise."""
        return self.add(Kind.RISK, key, **{"project": "DS-01", "likelihood": 4, "impact": 5, **values})

    def action(self, key: str | None = "A-07", **values: Any) -> Record:
        return self.add(Kind.ACTION, key, **{"parent": "R-014", **values})

    def matched(self, unread: Iterable[str] = ()) -> Matched:
        missing = frozenset(unread)
        snapshots = [
            Snapshot(name, tuple(record for record in self.records if record.source == name), Complete(), "", _READ_AT)
            for name in self.mappings
            if name not in missing
        ]
        return match(snapshots, self.mappings, missing)

    def assessed(
        self, today: date = TODAY, policies: Policies | None = None, calendar: Calendar = OPEN_CALENDAR
    ) -> Mapping[RecordId, Assessment]:
        return assess(self.matched(), policies or Policies(), calendar, today)

    def assessment(self, record: Record, today: date = TODAY, policies: Policies | None = None) -> Assessment:
        return self.assessed(today, policies)[record.id]


def record_of(kind: Kind, **values: Any) -> Record:
    """One record by itself."""
    return Portfolio().add(kind, values.pop("key", None), **values)
