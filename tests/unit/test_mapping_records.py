"""A list item becomes a record: staff's values typed, ours decoded, and what is wrong with the row told by name."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.core.columns import Cell, ColumnType, LookupCell, PersonCell
from sync.core.findings import FindingKind
from sync.core.mapping import Binding, bind, left_out, to_record
from sync.core.model import (
    Health,
    Issue,
    Kind,
    Milestone,
    MitigatingAction,
    Person,
    Programme,
    Project,
    Reference,
    Risk,
    RiskStatus,
    WorkStatus,
)
from sync.core.ownership import OwnedField
from sync.core.policy import WritePolicy
from sync.core.snapshot import Record, RecordId
from tests.support.lists import HOST, OWNED_COLUMNS, TAKEN, column, row, schema, source

ADA = PersonCell(7, "Ada Byron", "ada@example.org")
PROJECTS = schema(
    column("Title", title="Project"),
    column("Ref", title="Reference"),
    column("field_4", ColumnType.CHOICE, "Status"),
    column("Lead", ColumnType.PERSON, "Lead officer"),
    column("Start", ColumnType.DATE, "Start date"),
    column("End", ColumnType.TEXT, "Target date"),
    column("Archived", ColumnType.YES_NO),
    column("Area", ColumnType.MULTI_CHOICE),
    column("Private", ColumnType.TEXT),
    *OWNED_COLUMNS.values(),
)
FIELDS = {"title": "Title", "status": "Status", "owner": "Lead officer", "start": "Start date", "end": "Target date"}
GOOD: dict[str, Cell] = {"Title": "Libraries", "Ref": "DS-01", "field_4": "On track", "Lead": ADA, "End": "2026-07-01"}


def projects(**more: Any) -> Binding:
    return bind(source(key="Ref", fields=FIELDS, **more), PROJECTS)


def read(binding: Binding, **cells: Cell) -> Record:
    record = to_record(binding, row(3, **GOOD | cells))
    assert record is not None
    return record


def mends(record: Record) -> list[tuple[FindingKind, str]]:
    return [(finding.kind, finding.mend) for finding in record.problems]


def test_a_row_becomes_a_record_of_its_kind() -> None:
    record = read(projects(constants={"theme": "Innovative services", "title": "not used"}))
    assert record.fields == Project(
        key="DS-01",
        title="Libraries",
        theme="Innovative services",
        status=WorkStatus.ON_TRACK,
        owner=(Person("Ada Byron", "ada@example.org"),),
        end=date(2026, 7, 1),
    )
    assert (record.id.host, record.id.list_guid, record.id.item_id) == (HOST, "list-1", 3)
    assert (record.source, record.kind, record.key, record.version) == ("projects", Kind.PROJECT, "DS-01", '"3"')
    assert (record.restricted, record.problems, record.owned) == (False, (), {})
    edited = to_record(projects(), replace(row(3, **GOOD), modified=TAKEN, editor_id=12))
    assert edited is not None
    assert (edited.modified, edited.editor_id) == (TAKEN, 12)


def test_what_is_the_same_for_a_whole_list_is_read_like_a_cell() -> None:
    same = {"health": "Amber", "status": "not used", "theme": "Roads"}
    fields = read(projects(constants=same)).fields
    assert isinstance(fields, Project)
    assert (fields.health, fields.status, fields.theme) == (Health.AMBER, WorkStatus.ON_TRACK, "Roads")
    risks = bind(source("risks", Kind.RISK, fields={"title": "Title"}, constants={"impact": "Severe"}), PROJECTS)
    assert read(risks).fields == Risk(title="Libraries", key="Libraries", impact=5)


def test_a_project_of_one_day_does_not_end_before_it_starts() -> None:
    assert read(projects(), Start=datetime(2026, 6, 30, 23, tzinfo=UTC)).problems == ()


@pytest.mark.parametrize(
    ("kind", "fields", "cells", "made"),
    [
        (Kind.PROGRAMME, {"title": "A"}, {"A": "Digital"}, Programme(key="Digital", title="Digital")),
        (
            Kind.MILESTONE,
            {"project": "A", "actual": "B"},
            {"A": LookupCell(4, "DS-04"), "B": datetime(2026, 6, 30, 23, tzinfo=UTC)},
            Milestone(project=Reference("DS-04", 4, None), actual=date(2026, 7, 1)),
        ),
        (
            Kind.RISK,
            {"likelihood": "A", "impact": "B"},
            {"A": "4 - Likely", "B": 5.0},
            Risk(likelihood=4, impact=5),
        ),
        (Kind.ISSUE, {"status": "A"}, {"A": "Open"}, Issue(status=RiskStatus.OPEN)),
        (Kind.ACTION, {"parent": "A", "done": "B"}, {"A": "R-1"}, MitigatingAction(parent=Reference("R-1"))),
    ],
)
def test_every_kind_of_record_is_read(kind: Kind, fields: dict[str, str], cells: dict[str, Cell], made: object) -> None:
    binding = bind(source(kind=kind, fields=fields), schema(column("A"), column("B", ColumnType.DATE)))
    record = to_record(binding, row(1, **cells))
    assert record is not None
    assert record.fields == made


def test_owned_columns_are_decoded_apart_from_staffs() -> None:
    write = WritePolicy(columns={field: column.name for field, column in OWNED_COLUMNS.items()})
    cells: dict[str, Cell] = {
        "PSStatus": "At risk",
        "PSOverdueSince": datetime(2026, 6, 2, 23, tzinfo=UTC),
        "PSReason": "  one\r\ntwo ",
        "PSCheck": " ",
    }
    assert read(projects(write=write), **cells).owned == {
        OwnedField.STATUS: "At risk",
        OwnedField.OVERDUE: None,
        OwnedField.OVERDUE_SINCE: date(2026, 6, 3),
        OwnedField.REASON: "one\ntwo",
        OwnedField.CHECK: None,
    }


def test_owned_values_that_are_equal_are_held_once() -> None:
    binding = projects(write=WritePolicy(columns={OwnedField.STATUS: "PSStatus", OwnedField.REASON: "PSReason"}))
    first, alike, other = (read(binding, PSStatus=said).owned for said in ("At risk", " At risk ", "Complete"))
    assert first is alike
    assert other == {OwnedField.STATUS: "Complete", OwnedField.REASON: None}
    swapped = projects(write=WritePolicy(columns={OwnedField.STATUS: "PSReason", OwnedField.REASON: "PSStatus"}))
    assert read(swapped, PSStatus="At risk").owned == {OwnedField.STATUS: None, OwnedField.REASON: "At risk"}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"Ref": " "}, (FindingKind.MISSING_KEY, "Reference is blank")),
        ({"Lead": None}, (FindingKind.MISSING_OWNER, "Lead officer is blank")),
        ({"field_4": "Blue"}, (FindingKind.UNKNOWN_VALUE, "Status 'Blue' is not a known value")),
        ({"End": "Summer 2027"}, (FindingKind.TEXT_DATE, "Target date is text; not a date")),
        (
            {"Start": datetime(2026, 7, 1, 23, tzinfo=UTC)},
            (FindingKind.END_BEFORE_START, "Target date is before Start date"),
        ),
        (
            {"Start": datetime(2026, 5, 1, tzinfo=UTC)},
            (FindingKind.DATE_OFF_MIDNIGHT, "Start date holds a time of day; set the date again"),
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_display_name(
    cells: dict[str, Cell], found: tuple[FindingKind, str]
) -> None:
    record = read(projects(), **cells)
    assert mends(record) == [found]
    [finding] = record.problems
    assert (finding.source, finding.item, finding.key) == ("projects", 3, record.label)
    assert finding.text == f"{record.label}: {found[1]}."
    assert finding.mend == found[1]


@pytest.mark.parametrize("said", ["Complete", "Closed"])
def test_work_that_is_over_needs_no_owner(said: str) -> None:
    assert mends(read(projects(), Lead=None, field_4=said)) == []


@pytest.mark.parametrize(
    ("kind", "over"), [(Kind.MILESTONE, "actual"), (Kind.ACTION, "done"), (Kind.RISK, "status"), (Kind.ISSUE, "status")]
)
def test_every_kind_is_over_in_its_own_way(kind: Kind, over: str) -> None:
    fields = {over: "A", "owner": "B"} if kind is not Kind.MILESTONE else {over: "A"}
    binding = bind(source(kind=kind, fields=fields), schema(column("A"), column("B")))
    record = to_record(binding, row(1, A="Closed" if over == "status" else "1 May 2026"))
    assert record is not None
    assert record.problems == ()


def test_an_open_action_needs_an_owner() -> None:
    binding = bind(source(kind=Kind.ACTION, fields={"owner": "B", "done": "A"}), schema(column("A"), column("B")))
    record = to_record(binding, row(1))
    assert record is not None
    assert mends(record) == [(FindingKind.MISSING_OWNER, "B is blank")]


def test_without_a_key_column_the_title_names_the_record() -> None:
    binding = bind(source(fields={"title": "Title"}), PROJECTS)
    assert read(binding).key == "Libraries"
    assert read(binding, Title=None).key is None
    assert read(bind(source(fields={"status": "Status"}), PROJECTS)).key is None


def test_a_key_may_be_a_number_and_a_missing_key_column_gives_none() -> None:
    assert read(projects(), Ref=12.0).key == "12"
    assert read(bind(source(key="Nowhere", fields=FIELDS), PROJECTS)).key is None


@pytest.mark.parametrize(
    ("where", "cells", "admitted"),
    [
        ({"Archived": ("No",)}, {"Archived": False}, True),
        ({"Archived": ("no",)}, {"Archived": True}, False),
        ({"Archived": ("No", "")}, {}, True),
        ({"Area": ("North", "East")}, {"Area": ("South", "EAST ")}, True),
        ({"Area": ("North",)}, {"Area": ("South", "East")}, False),
        ({"Area": ("North",)}, {"Area": ()}, False),
        ({"Archived": ("No",), "Area": ("North",)}, {"Archived": False, "Area": ("South",)}, False),
    ],
)
def test_where_decides_what_counts(where: dict[str, tuple[str, ...]], cells: dict[str, Cell], admitted: bool) -> None:
    assert (to_record(projects(where=where), row(3, **GOOD | cells)) is not None) is admitted


def confidential() -> Binding:
    risks = source("risks", Kind.RISK, fields={"title": "Title", "confidential": "Private", "status": "Status"})
    return bind(risks, PROJECTS)


@pytest.mark.parametrize(("said", "kept_close"), [("Yes", True), ("No", False), (None, False), ("Top secret", True)])
def test_a_confidential_record_is_restricted_also_when_the_mark_cannot_be_read(said: Cell, kept_close: bool) -> None:
    assert read(confidential(), Private=said).restricted is kept_close


def test_a_restricted_record_is_reported_by_its_number_and_quotes_nothing() -> None:
    record = read(confidential(), Private="Yes", field_4="Libraries fraud")
    [finding] = record.problems
    assert (finding.key, finding.text) == ("item 3", "item 3: Status is not a known value.")
    assert finding.mend == "Status is not a known value", "the word stands in the same row, and what we write is kept"


def test_a_restricted_source_restricts_every_record() -> None:
    assert read(projects(restricted=True)).restricted


def test_a_record_without_key_and_title_is_named_by_its_number() -> None:
    record = read(projects(), Ref=None, Title=None)
    assert record.label == "item 3"
    assert record.problems[0].text == "item 3: Reference is blank."


@pytest.mark.parametrize(
    ("register", "mark", "restricted"),
    [(False, None, False), (True, None, True), (False, "Yes", True), (False, "No", False), (False, "perhaps", True)],
)
def test_a_row_that_where_leaves_out_keeps_nothing_of_staffs(
    register: bool, mark: str | None, restricted: bool
) -> None:
    columns = (column("Title"), column("Archived"), column("Private"), OWNED_COLUMNS[OwnedField.OVERDUE])
    mapping = source(
        "risks",
        Kind.RISK,
        fields={"title": "Title", "confidential": "Private"},
        where={"Archived": ("No",)},
        restricted=register,
        write=WritePolicy(columns={OwnedField.OVERDUE: "PSOverdue"}),
    )
    binding = bind(mapping, schema(*columns))
    archived = replace(
        row(4, Title="Fraud", Archived="Yes", Private=mark, PSOverdue="Overdue"), modified=TAKEN, editor_id=12
    )
    assert to_record(binding, archived) is None
    left = left_out(binding, archived)
    assert (left.id, left.source, left.version) == (RecordId(HOST, "list-1", 4), "risks", '"4"')
    assert (left.modified, left.editor_id) == (TAKEN, 12)
    assert (left.owned, left.restricted, left.label) == ({OwnedField.OVERDUE: "Overdue"}, restricted, "item 4")
    assert "Fraud" not in str(left)
