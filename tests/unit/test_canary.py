"""The first items of a list are looked at again: only our own columns may have moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.canary import Photo, moved, watched
from sync.core.columns import Cell, Column, ColumnType, LookupCell, PersonCell, Row
from sync.core.mapping import bind
from sync.core.model import Kind
from sync.core.ownership import WriteMode
from sync.core.policy import FieldMapping, Labels, WritePolicy
from sync.core.run_report import SourceProblem
from sync.engine import canary
from sync.engine.apply import Target
from sync.engine.ports import ItemWrite
from sync.engine.targets import ListAddress, Source
from sync.errors import ExitCode, UnreachableError
from tests.support import lists
from tests.support.lists import OWNED_COLUMNS

SITE = "/sites/demo"
NOON = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)
LEAD = Column("Lead", "Lead officer", ColumnType.PERSON)
NOTES = Column("Notes", "What is going on", ColumnType.RICH_NOTE)
VERSION = Column("_UIVersionString", "Version", ColumnType.TEXT, read_only=True)
EVERY = (LEAD, NOTES, VERSION)
CELLS: dict[str, Cell] = {"Lead": PersonCell(7, "Ann", "ann"), "Notes": "quiet", "_UIVersionString": "3.0"}


def row(number: int = 4, **cells: Cell) -> Row:
    return Row(number, '"1"', {**CELLS, **cells}, modified=NOON, editor_id=7)


def photo(*rows: Row) -> Photo:
    return Photo(EVERY, {each.item_id: each for each in rows})


@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_items_that_stayed_as_they_were_say_nothing(mode: WriteMode) -> None:
    assert moved(photo(row()), photo(replace(row(), version='"2"')), mode) == ()


@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_a_column_of_staff_that_moved_is_named_without_its_value(mode: WriteMode) -> None:
    after = photo(row(Notes="told by a flow", Lead=None), row(9))
    assert moved(photo(row(), row(9)), after, mode) == ("item 4: Lead officer, What is going on",)


@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_an_item_that_vanished_is_named_and_one_that_was_never_there_is_not(mode: WriteMode) -> None:
    assert moved(photo(row(9), row(4)), photo(row(4), row(5)), mode) == ("item 9: it no longer exists",)


def test_an_ordinary_edit_may_move_what_it_always_moves_and_a_quiet_one_may_not() -> None:
    after = replace(row(_UIVersionString="4.0"), modified=NOON + timedelta(seconds=1), editor_id=1)
    assert moved(photo(row()), photo(after), WriteMode.VERSIONED) == ()
    assert moved(photo(row()), photo(after), WriteMode.QUIET) == ("item 4: Version, Modified, Modified By",)


def test_items_are_told_in_the_order_of_their_numbers() -> None:
    before = photo(row(11), row(2))
    after = photo(row(2, Notes="a"), row(11, Notes="b"))
    assert [told[:8] for told in moved(before, after, WriteMode.QUIET)] == ["item 2: ", "item 11:"]


@pytest.mark.parametrize(
    ("column", "is_watched"),
    [
        (Column("Due", "Due", ColumnType.DATE), True),
        (Column("Created", "Created", ColumnType.DATE_TIME, read_only=True), True),
        (Column("Project", "Project", ColumnType.LOOKUP), True),
        (Column("Projects", "Projects", ColumnType.LOOKUP_MULTI), True),
        (Column("PSReason", "Why", ColumnType.NOTE), False),
        (Column("Days", "Days", ColumnType.CALCULATED, read_only=True), False),
        (Column("ID", "ID", ColumnType.COUNTER, read_only=True), False),
        (Column("ItemChildCount", "Item Child Count", ColumnType.LOOKUP, read_only=True), False),
        (Column("Others", "Others", ColumnType.LOOKUP_MULTI, read_only=True), False),
        (Column("Term", "Term", ColumnType.OTHER), False),
        (Column("Modified", "Modified", ColumnType.DATE_TIME, read_only=True), False),
        (Column("Editor", "Modified By", ColumnType.PERSON, read_only=True), False),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_what_is_watched_is_what_our_writes_leave_alone(column: Column, is_watched: bool) -> None:
    assert watched(lists.schema(column), {"PSReason"}) == ((column,) if is_watched else ())


class Council:
    """One list of projects with a column that no mapping names, and twelve items."""

    def __init__(self, mode: WriteMode = WriteMode.QUIET) -> None:
        self.store = MemoryStore()
        named = [Column(name, name, ColumnType.TEXT) for name in ("Title", "Ref", "Status")]
        self.kept: MemoryList = self.store.add_list(SITE, "Projects", [*named, LEAD, NOTES, *OWNED_COLUMNS.values()])
        for number in range(1, 13):
            self.kept.add(Title=f"Project {number}", Ref=f"P-{number}", Lead=PersonCell(7, "Ann", "ann"))
        self.source = Source(
            name="projects",
            kind=Kind.PROJECT,
            connection="memory",
            site=SITE,
            list=ListAddress(title="Projects"),
            key="Ref",
            fields={"title": FieldMapping(column=("Title",))},
            write=WritePolicy(mode=mode, columns={name: column.name for name, column in OWNED_COLUMNS.items()}),
        )
        binding = bind(self.source, self.store.describe(self.source), Labels())
        self.target = Target(self.store, self.source, binding)

    def photograph(self, *numbers: int) -> Photo:
        (photo,) = canary.photographs([canary.Watched(self.target, numbers)])
        assert isinstance(photo, Photo)
        return photo

    def verdict(self, before: Photo, count: int) -> SourceProblem | None:
        """After the first `count` items."""
        ahead = canary.Watched(self.target, range(1, count + 1))
        return canary.verdicts([(ahead, before)]).get("projects")

    def write(self, *numbers: int) -> None:
        writes = [ItemWrite(number, '"1"', {"PSReason": "Its end date was 3 June 2026."}) for number in numbers]
        assert len(list(self.store.apply(self.source, self.target.schema, writes))) == len(numbers)


@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_a_write_of_ours_alone_passes(mode: WriteMode) -> None:
    council = Council(mode)
    before = council.photograph(1, 2, 99)
    assert sorted(before.rows) == [1, 2]
    assert {column.name for column in before.columns} == {"Title", "Ref", "Status", "Lead", "Notes"}
    council.write(1, 2)
    assert council.verdict(before, 2) is None


def test_a_flow_that_answers_a_write_stops_the_list_and_is_told_without_a_value() -> None:
    council = Council()
    before = council.photograph(1, 2)
    council.write(1, 2)
    council.kept.items[2].cells["Notes"] = "secret of the flow"
    problem = council.verdict(before, 2)
    assert problem is not None
    assert problem.code == ExitCode.PARTIAL
    assert problem.text == (
        "After the first 2 items, columns that are not ours had changed: item 2: What is going on. Nothing more was "
        "written to this list."
    )
    assert "runs undo" in problem.advice


def test_many_items_that_moved_are_counted() -> None:
    council = Council()
    before = council.photograph(*range(1, 13))
    for number in range(1, 8):
        council.kept.edit(number, Lead=None)
    problem = council.verdict(before, 12)
    assert problem is not None
    assert problem.text.count("Lead officer") == canary.TOLD
    assert "; and 2 more. Nothing" in problem.text
    assert "item 6" not in problem.text


def test_what_cannot_be_looked_at_again_stops_the_list_and_says_why() -> None:
    council = Council()
    before = council.photograph(1)
    council.store.broken["read_items"] = UnreachableError("The host does not answer.")
    problem = council.verdict(before, 1)
    assert problem is not None
    assert problem.code == ExitCode.UNREACHABLE
    assert problem.text == "The host does not answer."


def test_equal_values_of_any_kind_count_as_unmoved() -> None:
    kinds: list[Any] = [LookupCell(1, "a"), (LookupCell(1, "a"),), 3.0, True, NOON, None, ()]
    for cell in kinds:
        assert moved(photo(row(Notes=cell)), photo(row(Notes=cell)), WriteMode.QUIET) == ()
