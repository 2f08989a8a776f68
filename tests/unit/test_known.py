"""What is remembered of a list tells edits apart, and holds nothing that staff wrote."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.columns import Column, ColumnType
from sync.core.findings import Finding, FindingKind
from sync.core.known import (
    ColumnShape,
    Known,
    as_before,
    choices_removed,
    known_rows,
    retyped,
    shapes,
    with_parents,
)
from sync.core.mapping import Binding, bind
from sync.core.model import Kind, Person, Reference, WorkStatus
from sync.core.ownership import OwnedField
from sync.core.policy import Labels, WritePolicy
from sync.core.snapshot import LeftOut, Record
from tests.support.lists import TAKEN, column, mapped, record, schema, source

STATUSES = ("On track", "Late", "Done")


def binding(*, key: str | None = "Ref", labels: Labels | None = None, **columns: Column) -> Binding:
    made = {
        "Ref": column("Ref"),
        "Title": column("Title"),
        "Status": column("Status", ColumnType.CHOICE, choices=STATUSES),
        "Kind": column("Kind", ColumnType.MULTI_CHOICE, choices=("Capital", "Revenue")),
        "Theme": column("Theme", ColumnType.CHOICE, choices=("Roads", "Parks")),
        "Due": column("Due", ColumnType.DATE),
        "PSStatus": column("PSStatus", ColumnType.CHOICE, choices=("At risk", "Whatever"), fill_in=True),
        "PSOverdue": column("PSOverdue", ColumnType.CHOICE, choices=("Late!", "Overdue"), fill_in=True),
        "PSReason": column("PSReason", ColumnType.NOTE),
        "Unmapped": column("Unmapped"),
    } | columns
    mapping = source(
        key=key,
        fields={
            "title": "Title",
            "status": mapped("Status", values={"on_track": ["On track"], "off_track": ["Late*"]}),
            "theme": "Theme",
            "end": "Due",
        },
        where={"Kind": ("capital",)},
        write=WritePolicy(
            columns={
                OwnedField.STATUS: "PSStatus",
                OwnedField.OVERDUE: "PSOverdue",
                OwnedField.REASON: "PSReason",
            }
        ),
    )
    return bind(mapping, schema(*made.values()), labels)


def known(made: Record, *, key: str | None = "Ref") -> Known:
    [row] = known_rows(binding(key=key), [made], ())
    return row


def test_a_record_is_known_by_digests_and_its_place() -> None:
    made = replace(record(7, key="Zebra-7", title="Zebra crossing", end=date(2026, 6, 3)), modified=TAKEN)
    row = known(made)
    assert (row.id, row.source, row.modified, row.parent, row.counts) == (made.id, "projects", TAKEN, None, True)
    assert row.version == made.version
    assert "zebra" not in repr(row).casefold()


def test_a_row_that_is_left_out_is_known_without_digests() -> None:
    left = LeftOut(record(7).id, "projects", {}, "1", modified=TAKEN)
    assert known_rows(binding(), (), [left]) == (Known(left.id, "projects", modified=TAKEN, version="1"),)
    assert not known_rows(binding(), (), [left])[0].counts


def test_a_key_is_the_same_however_it_is_typed_and_only_for_its_kind() -> None:
    assert known(record(1, key="ds-01")).key_digest == known(record(2, key=" DS-01 ")).key_digest
    assert known(record(1, key="DS-01")).key_digest != known(record(1, key="DS-02")).key_digest
    assert known(record(1, key="DS-01")).key_digest != known(record(1, Kind.RISK, key="DS-01")).key_digest
    assert known(record(1)).key_digest is None
    assert known(record(1, key="A title"), key=None).key_digest is None


@pytest.mark.parametrize(
    "other",
    [
        {"key": "K-2"},
        {"title": "Another"},
        {"status": WorkStatus.COMPLETE},
        {"end": date(2026, 6, 4)},
        {"owner": (Person("Bob"),)},
        {"programme": Reference("Roads", 2, "guid")},
        {"budget": 1.5},
        {"problems": [Finding("projects", 1, FindingKind.TEXT_DATE, "K-1", "text", "Due is text; not a date")]},
    ],
)
def test_whatever_decides_a_value_changes_the_digest(other: dict[str, Any]) -> None:
    base: dict[str, Any] = {"key": "K-1", "title": "One", "status": WorkStatus.ON_TRACK, "end": date(2026, 6, 3)}
    assert known(record(1, **base)).fields_digest == known(record(2, **base)).fields_digest
    assert known(record(1, **base)).fields_digest != known(record(1, **base | other)).fields_digest


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [
        ({"programme": Reference("Roads", 2, "g")}, {"programme": Reference("Highways", 2, "g")}, True),
        ({"programme": Reference("Roads")}, {"programme": Reference("Highways")}, False),
        ({"owner": (Person("Ann Lee", "ann"),)}, {"owner": (Person("Ann Fox", "ann"),)}, True),
        ({"owner": (Person("Ann Lee", "ann"),)}, {"owner": (Person("Ann Lee", "lee"),)}, False),
        ({"owner": (Person("Ann Lee"),)}, {"owner": (Person("Ann Fox"),)}, False),
    ],
)
def test_who_or_what_is_called_something_else_edits_no_record_that_names_it(
    then: dict[str, Any], now: dict[str, Any], same: bool
) -> None:
    assert (known(record(1, **then)).fields_digest == known(record(1, **now)).fields_digest) is same


def test_half_a_letter_in_a_cell_is_digested_like_any_text() -> None:
    assert known(record(1, key="\ud83d", title="\ud83d")).fields_digest != known(record(1)).fields_digest


def test_parents_are_added_where_a_reference_names_one() -> None:
    rows = known_rows(binding(), [record(1), record(2)], ())
    assert [row.parent for row in with_parents(rows, {rows[0].id: record(9)})] == [record(9).id, None]


def test_a_row_of_which_nothing_changed_is_the_one_of_before_also_in_what_it_belongs_to() -> None:
    then = with_parents(known_rows(binding(), [record(1), record(2), record(3)], ()), {record(1).id: record(9)})
    read = known_rows(binding(), [record(1), record(2, title="Another"), record(4)], ())
    rows = as_before(read, then)
    assert (rows[0] is then[0], rows[1:]) == (True, read[1:])
    assert with_parents(rows, {record(1).id: record(9)})[0] is then[0]


def test_what_a_row_belongs_to_is_what_it_names_now() -> None:
    then = with_parents(known_rows(binding(), [record(1), record(2)], ()), {record(n).id: record(9) for n in (1, 2)})
    rows = as_before(known_rows(binding(), [record(1), record(2)], ()), then)
    assert [row.parent for row in with_parents(rows, {record(2).id: record(8)})] == [None, record(8).id]


def test_the_shapes_are_those_of_the_mapped_columns() -> None:
    held = shapes(binding())
    assert set(held) == {"Ref", "Title", "Status", "Kind", "Theme", "Due", "PSStatus", "PSOverdue", "PSReason"}
    assert held["Status"] == ColumnShape(ColumnType.CHOICE, STATUSES)


def test_a_column_of_another_type_is_named() -> None:
    now = binding(Due=column("Due", ColumnType.TEXT, "Target date"), Unmapped=column("Unmapped", ColumnType.NUMBER))
    assert list(retyped(now, shapes(binding()))) == ["column 'Target date' was of type date and is now of type text"]
    assert list(retyped(now, shapes(now))) == []
    assert list(retyped(now, {})) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Status": ("On track", "Done")}, ["column 'Status' no longer offers 'Late'"]),
        ({"Status": ("Done",)}, ["column 'Status' no longer offers 'On track' and 'Late'"]),
        ({"Status": ("on TRACK", "Late", "Done")}, []),
        ({"Status": ("On track", "Late")}, []),
        ({"Kind": ("Revenue",)}, ["column 'Kind' no longer offers 'Capital'"]),
        ({"Kind": ("Capital",)}, []),
        ({"Theme": ()}, []),
        ({"PSStatus": ()}, ["column 'PSStatus' no longer offers 'At risk'"]),
        ({"PSOverdue": ()}, ["column 'PSOverdue' no longer offers 'Overdue'"]),
    ],
)
def test_a_choice_that_the_mapping_or_a_label_uses_is_missed(
    changed: dict[str, tuple[str, ...]], said: list[str]
) -> None:
    columns = {
        name: replace(each, choices=changed[name])
        for each in binding().schema.columns
        if (name := each.name) in changed
    }
    assert list(choices_removed(binding(**columns), shapes(binding()))) == said


def test_a_column_that_offers_no_choices_any_more_was_retyped() -> None:
    now = binding(Status=column("Status", ColumnType.YES_NO))
    assert list(retyped(now, shapes(binding()))) == ["column 'Status' was of type choice and is now of type yes no"]
    assert list(choices_removed(now, shapes(binding()))) == []
    assert list(choices_removed(binding(), shapes(now))) == []


def test_a_column_that_takes_several_choices_where_it_took_one_was_retyped_only() -> None:
    now = binding(Status=column("Status", ColumnType.MULTI_CHOICE, choices=STATUSES[:1]))
    assert list(choices_removed(now, shapes(binding()))) == []


def test_a_choice_column_of_prose_has_no_labels() -> None:
    then = binding(PSReason=column("PSReason", ColumnType.CHOICE, choices=("At risk",)))
    now = binding(PSReason=column("PSReason", ColumnType.CHOICE))
    assert list(choices_removed(now, shapes(then))) == []
