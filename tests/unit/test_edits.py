"""When and by whom a value was changed comes from the version history, and where that does not tell, from the item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from sync.core.columns import Cell, Column, ColumnType, ListSchema, PersonCell, Version
from sync.core.drift import Drifted, Edit
from sync.core.mapping import bind
from sync.core.model import Kind, Person
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.policy import FieldMapping, WritePolicy
from sync.core.snapshot import Complete, LeftOut, Record, RecordId, Snapshot
from sync.engine.edits import MOST_ITEMS, edits_of, site_address
from sync.engine.read import SourceRead
from sync.engine.targets import ListAddress, Source
from sync.errors import NotFoundError, SourceError
from tests.support.lists import OWNED_COLUMNS, TAKEN, column, record, schema

STATUS, OVERDUE = OwnedField.STATUS, OwnedField.OVERDUE
BY_ADA = PersonCell(12, "Ada Byron", "ada@example.org")
JUNE_2 = datetime(2026, 6, 2, 23, 30, tzinfo=UTC)
MAY_1 = datetime(2026, 5, 1, 9, tzinfo=UTC)
MODIFIED = datetime(2026, 6, 9, 9, tzinfo=UTC)


@dataclass
class Histories:
    """A list's version histories, and what was asked of them."""

    of_items: dict[int, list[Version]] = field(default_factory=dict)
    broken: SourceError | None = None
    asked: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def versions(self, source: Source, of: ListSchema, columns: Sequence[str], item_id: int) -> tuple[Version, ...]:
        self.asked.append((item_id, tuple(columns)))
        if self.broken:
            raise self.broken
        return tuple(self.of_items.get(item_id, ()))


@dataclass
class People:
    """Numbers given out in order."""

    known: dict[tuple[str, str], int] = field(default_factory=dict)
    names: dict[int, str | None] = field(default_factory=dict)

    def person(self, scope: str, ident: str, name: str | None = None) -> int:
        number = self.known.setdefault((scope, ident), 100 + len(self.known))
        self.names[number] = name
        return number


def version(made: datetime, editor: int, **cells: Cell) -> Version:
    return Version("1.0", made, editor, cells)


@dataclass
class World:
    """One list of projects with its store and people; `rows` are what was read of it."""

    rows: list[Record | LeftOut]
    mapped: tuple[str, ...] = ()
    zone: str | None = "Europe/London"
    store: Histories = field(default_factory=Histories)
    people: People = field(default_factory=People)

    def edits(self, *drifts: Drifted) -> Mapping[tuple[RecordId, OwnedField], Edit]:
        source = Source(
            name="projects",
            kind=Kind.PROJECT,
            fields={"owner": FieldMapping(column=self.mapped)} if self.mapped else {},
            write=WritePolicy(columns={name: each.name for name, each in OWNED_COLUMNS.items()}),
            connection="council",
            site="/sites/PMO",
            list=ListAddress(title="Projects"),
        )
        staff: tuple[Column, ...] = (column("Lead"), column("Editor", ColumnType.PERSON, "Modified By"))
        binding = bind(source, schema(*staff, *OWNED_COLUMNS.values(), zone=self.zone))
        records = [row for row in self.rows if isinstance(row, Record)]
        left = tuple(row for row in self.rows if isinstance(row, LeftOut))
        read = SourceRead(source, binding, Snapshot("projects", records, Complete(), "", TAKEN, left))
        decided: Any = SimpleNamespace(
            reads={"projects": read},
            inputs={"projects": SimpleNamespace(binding=binding)},
            planned=SimpleNamespace(drifts=drifts),
        )
        lists: Any = {"council": self.store}
        audit: Any = self.people
        return edits_of(decided, lists, audit)


def drifted(row: Record | LeftOut, name: OwnedField = STATUS, live: OwnedValue = "Complete") -> Drifted:
    return Drifted(
        id=row.id,
        source="projects",
        label=row.label,
        field=name,
        base="At risk",
        live=live,
        want="At risk",
        policy=DriftPolicy.RESTORE,
    )


def item(number: int = 7, **more: Any) -> Record:
    made = record(number, key=f"K{number}", **more)
    return Record(**{name: getattr(made, name) for name in made.__slots__} | {"modified": MODIFIED, "editor_id": 9})


HISTORY = [
    version(MODIFIED, 9, PSStatus="Complete", PSOverdue="Overdue"),
    version(JUNE_2, 12, PSStatus="Complete", PSOverdue="Overdue", Editor=BY_ADA),
    version(MAY_1, 1, PSStatus="At risk", PSOverdue="Overdue"),
]


def test_the_version_history_tells_when_in_the_lists_zone_and_by_whom() -> None:
    row = item()
    world = World([row], store=Histories({7: HISTORY}))
    [edit] = world.edits(drifted(row)).values()
    assert (edit.person, edit.name, edit.from_versions) == (100, None, True)
    assert edit.made is not None
    assert edit.made.isoformat() == "2026-06-03T00:30:00+01:00"
    assert world.people.known == {("https://contoso.example/sites/pmo", "12"): 100}
    assert world.store.asked == [(7, ("PSStatus",))]


def test_a_zone_that_is_not_known_counts_as_utc() -> None:
    row = item()
    [edit] = World([row], zone=None, store=Histories({7: HISTORY})).edits(drifted(row)).values()
    assert edit.made == JUNE_2
    assert edit.made is not None
    assert edit.made.tzinfo is UTC


def test_one_request_tells_about_every_value_of_an_item() -> None:
    row = item()
    world = World([row], store=Histories({7: HISTORY}))
    found = world.edits(drifted(row), drifted(row, OVERDUE, "Fine"))
    assert {name: edit.from_versions for (_, name), edit in found.items()} == {STATUS: True, OVERDUE: False}
    assert world.store.asked == [(7, ("PSStatus", "PSOverdue"))]


@pytest.mark.parametrize(
    "store",
    [Histories(), Histories({7: HISTORY}, broken=NotFoundError("Gone.")), Histories({7: HISTORY[:2]})],
    ids=["no versions", "unread", "too short"],
)
def test_otherwise_the_item_tells_when_it_was_last_changed(store: Histories) -> None:
    row = item()
    [edit] = World([row], store=store).edits(drifted(row)).values()
    assert (edit.made, edit.person, edit.from_versions) == (MODIFIED, 100, False)


def test_nothing_is_told_of_an_item_that_says_nothing() -> None:
    row = record(7, key="K7")
    assert list(World([row]).edits(drifted(row)).values()) == [Edit()]


def test_a_row_that_left_scope_has_a_history_too() -> None:
    row = LeftOut(RecordId("h", "l", 7), "projects", {}, '"7"', MODIFIED, 9)
    [edit] = World([row], mapped=("Editor",), store=Histories({7: []})).edits(drifted(row)).values()
    assert (edit.made, edit.person, edit.name) == (MODIFIED, 100, None)


@pytest.mark.parametrize(
    ("mapped", "restricted", "name"),
    [
        (("Editor",), False, "Ada Byron"),
        (("Lead", "Editor"), False, None),
        ((), False, None),
        (("Editor",), True, None),
    ],
)
@pytest.mark.parametrize("from_versions", [True, False])
def test_a_name_is_told_only_where_modified_by_is_mapped_alone(
    mapped: tuple[str, ...], restricted: bool, name: str | None, from_versions: bool
) -> None:
    row = item(owner=(Person("Ada Byron"),), restricted=restricted)
    told = [version(JUNE_2, 12, PSStatus="Complete", **({"Editor": BY_ADA} if name else {})), HISTORY[-1]]
    world = World([row], mapped=mapped, store=Histories({7: told if from_versions else []}))
    [edit] = world.edits(drifted(row)).values()
    assert (edit.name, edit.from_versions) == (name, from_versions)
    assert world.people.names == {100: name}
    assert world.store.asked == [(7, ("PSStatus", "Editor") if name else ("PSStatus",))]


def test_a_run_reads_no_more_than_so_many_histories() -> None:
    rows = [item(number) for number in range(1, MOST_ITEMS + 3)]
    world = World([*rows])
    found = world.edits(*(drifted(row) for row in reversed(rows)))
    assert [number for number, _ in world.store.asked] == list(range(1, MOST_ITEMS + 1))
    assert len(found) == len(rows)


def test_without_a_change_by_hand_nothing_is_asked() -> None:
    world = World([item()])
    assert (world.edits(), world.store.asked) == ({}, [])


def test_people_are_told_apart_by_site() -> None:
    source: Callable[[str], Any] = lambda site: SimpleNamespace(site=site)  # noqa: E731
    assert site_address("https://contoso.example", source("/")) == "https://contoso.example"
    assert site_address("https://contoso.example", source("/sites/PMO")) == "https://contoso.example/sites/pmo"
