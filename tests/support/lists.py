"""Small lists, bindings and records for tests of the core: said in one line, with defaults that do not matter."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sync.core.columns import Cell, Column, ColumnType, ListSchema, Row
from sync.core.findings import Finding
from sync.core.mapping import Binding, bind
from sync.core.model import CLASSES, Kind
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.policy import FieldMapping, Labels, SourceMapping, WritePolicy
from sync.core.snapshot import Complete, Partial, Record, RecordId, Snapshot

HOST = "https://contoso.example"
TODAY = date(2026, 6, 17)
TAKEN = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)

OWNED_COLUMNS: dict[OwnedField, Column] = {
    OwnedField.STATUS: Column("PSStatus", "Roll-up status", ColumnType.TEXT),
    OwnedField.OVERDUE: Column("PSOverdue", "Overdue", ColumnType.TEXT),
    OwnedField.OVERDUE_SINCE: Column("PSOverdueSince", "Overdue since", ColumnType.DATE),
    OwnedField.REASON: Column("PSReason", "Why", ColumnType.NOTE),
    OwnedField.CHECK: Column("PSCheck", "Please check", ColumnType.NOTE),
}
STAMPED_COLUMNS = OWNED_COLUMNS | {OwnedField.STAMP: Column("PSStamp", "Written by", ColumnType.TEXT)}


def column(name: str, of: ColumnType = ColumnType.TEXT, title: str | None = None, **more: Any) -> Column:
    return Column(name, title or name, of, **more)


def schema(*columns: Column, guid: str = "list-1", zone: str | None = "Europe/London") -> ListSchema:
    return ListSchema(HOST, guid, "A list", columns, zone, 0)


def mapped(
    *columns: str, values: Mapping[str, Sequence[str]] | None = None, refers_to: Sequence[str] = ()
) -> FieldMapping:
    words = {value: tuple(each) for value, each in (values or {}).items()}
    return FieldMapping(column=columns, values=words, refers_to=tuple(refers_to))


def source(name: str = "projects", kind: Kind = Kind.PROJECT, **more: Any) -> SourceMapping:
    """A mapping; `fields` may name a column, or be a `FieldMapping`."""
    fields = {name: mapped(said) if isinstance(said, str) else said for name, said in more.pop("fields", {}).items()}
    return SourceMapping(name=name, kind=kind, fields=fields, **more)


def owning(
    kind: Kind = Kind.PROJECT,
    *,
    owned: Mapping[OwnedField, Column] | None = None,
    zone: str | None = "Europe/London",
    labels: Labels | None = None,
    name: str = "projects",
    restricted: bool = False,
    **policy: Any,
) -> Binding:
    """A binding of nothing but owned columns."""
    columns = OWNED_COLUMNS if owned is None else owned
    write = WritePolicy(columns={field: each.name for field, each in columns.items()}, **policy)
    mapping = SourceMapping(name=name, kind=kind, write=write, restricted=restricted)
    return bind(mapping, schema(*columns.values(), zone=zone), labels)


def row(number: int = 1, /, **cells: Cell) -> Row:
    return Row(number, f'"{number}"', cells)


def record(
    number: int = 1,
    kind: Kind = Kind.PROJECT,
    *,
    at: str = "projects",
    guid: str | None = None,
    owned: Mapping[OwnedField, OwnedValue] | None = None,
    restricted: bool = False,
    problems: Iterable[Finding] = (),
    **fields: Any,
) -> Record:
    """A record of source `at`, whose list has the same name unless told otherwise."""
    key = fields.get("key")
    return Record(
        id=RecordId(HOST, guid or at, number),
        source=at,
        kind=kind,
        key=key,
        fields=CLASSES[kind](**fields),
        owned=owned or {},
        version=f'"{number}"',
        restricted=restricted,
        problems=tuple(problems),
    )


def snapshot(name: str, *records: Record, partial: str | None = None, problems: Iterable[Finding] = ()) -> Snapshot:
    read = Partial(partial) if partial else Complete()
    return Snapshot(name, records, read, "schema", TAKEN, problems=tuple(problems))
