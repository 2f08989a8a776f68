"""A mapping is tied to the columns that a list has, and every misfit is told in a sentence."""

from dataclasses import replace

import pytest

from sync.core.columns import Column, ColumnType
from sync.core.mapping import bind
from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.ownership import OwnedField, WriteMode
from sync.core.policy import OVERDUE_LABELS, STATUS_LABELS, Labels, WritePolicy
from tests.support.lists import OWNED_COLUMNS, column, mapped, owning, schema, source

LIST = schema(
    column("Title"),
    column("field_4", ColumnType.CHOICE, "Status"),
    column("Due", ColumnType.DATE, "Target date"),
    column("Archived", ColumnType.YES_NO),
    column("Ref"),
    *OWNED_COLUMNS.values(),
)


def misfits(of: OwnedField, column: Column, kind: Kind = Kind.PROJECT, labels: Labels | None = None) -> tuple[str, ...]:
    return owning(kind, owned={of: column}, labels=labels).unwritable


def test_columns_are_found_by_internal_or_display_name_and_read_once() -> None:
    mapping = source(
        key="Ref",
        fields={"title": "Title", "status": "status", "end": mapped("Nowhere", "Target date"), "theme": "Ref"},
        where={"Archived": ("No",)},
        write=WritePolicy(columns={OwnedField.STATUS: "Roll-up status"}),
    )
    binding = bind(mapping, LIST)
    assert binding.readable
    assert set(binding.columns) == {"Title", "field_4", "Due", "Ref", "Archived", "PSStatus"}
    assert len(binding.columns) == len(set(binding.columns))
    assert binding.owned == {OwnedField.STATUS: OWNED_COLUMNS[OwnedField.STATUS]}


def test_a_missing_column_is_named_with_the_nearest_there_is() -> None:
    mapping = source(
        key="Reff",
        fields={"status": "Statuss", "owner": mapped("Zuständig", "Qqq")},
        where={"Archivd": ("No",)},
        write=WritePolicy(columns={OwnedField.REASON: "PSReasons"}),
    )
    binding = bind(mapping, LIST)
    assert not binding.readable
    assert binding.missing == (
        "column 'Zuständig' or 'Qqq' of field owner; the list has no column of a similar name",
        "column 'Statuss' of field status; the list has 'Status'",
        "column 'Reff' of the key; the list has 'Ref'",
        "column 'Archivd' of where; the list has 'Archived'",
    )
    assert binding.unwritable == ("column 'PSReasons' of owned field reason; the list has 'PSReason'",)


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        (("PSReasons", "Qqq", "Xyzzy"), ("owned field reason", "no columns 'Xyzzy' and 'Qqq', which")),
        (("Qqq",), ("the list has no column 'Qqq', which this service writes",)),
        (("Referenz",), ("the list has no column 'Referenz', which this service writes",)),
    ],
)
def test_columns_of_ours_that_are_absent_are_told_together_but_for_slips_of_the_pen(
    absent: tuple[str, ...], said: tuple[str, ...]
) -> None:
    columns = dict(zip((OwnedField.REASON, OwnedField.STATUS, OwnedField.OVERDUE), absent, strict=False))
    binding = bind(source(write=WritePolicy(columns=columns)), LIST)
    sentences = binding.unwritable
    assert binding.lacks_owned
    assert [part in sentence for part, sentence in zip(said, sentences, strict=True)] == [True] * len(said)


def test_a_column_that_is_read_as_staffs_is_no_hint_for_one_of_ours() -> None:
    writing = WritePolicy(columns={OwnedField.STATUS: "PSStatus"})
    bare = replace(LIST, columns=LIST.columns[:5])
    assert bind(source(write=writing), bare).unwritable == (
        "column 'PSStatus' of owned field status; the list has 'Status'",
    )
    read = bind(source(fields={"status": "Status"}, write=writing), bare)
    assert read.unwritable == ("the list has no column 'PSStatus', which this service writes",)


def test_a_list_whose_owned_column_is_gone_is_still_read_and_one_never_written_needs_none() -> None:
    gone = {OwnedField.REASON: "PSReasons"}
    assert bind(source(write=WritePolicy(columns=gone)), LIST).readable
    assert bind(source(write=WritePolicy(columns=gone, mode=WriteMode.OFF)), LIST).unwritable == ()


@pytest.mark.parametrize(
    ("of", "kind"),
    [
        (OwnedField.STATUS, ColumnType.TEXT),
        (OwnedField.OVERDUE, ColumnType.TEXT),
        (OwnedField.OVERDUE, ColumnType.YES_NO),
        (OwnedField.OVERDUE_SINCE, ColumnType.DATE),
        (OwnedField.REASON, ColumnType.TEXT),
        (OwnedField.REASON, ColumnType.NOTE),
        (OwnedField.CHECK, ColumnType.NOTE),
        (OwnedField.STAMP, ColumnType.TEXT),
    ],
)
def test_an_owned_column_may_have_these_types(of: OwnedField, kind: ColumnType) -> None:
    assert misfits(of, column("C", kind)) == ()


@pytest.mark.parametrize(
    ("of", "kind", "must_be"),
    [
        (OwnedField.STATUS, ColumnType.YES_NO, "a single line of text or a choice"),
        (OwnedField.STATUS, ColumnType.CALCULATED, "a single line of text or a choice"),
        (OwnedField.OVERDUE, ColumnType.NOTE, "a single line of text, a choice or a yes/no"),
        (OwnedField.OVERDUE_SINCE, ColumnType.DATE_TIME, "a date without time"),
        (OwnedField.REASON, ColumnType.RICH_NOTE, "a single line of text or plain text of several lines"),
        (OwnedField.CHECK, ColumnType.CHOICE, "a single line of text or plain text of several lines"),
        (OwnedField.STAMP, ColumnType.NOTE, "a single line of text"),
    ],
)
def test_an_owned_column_of_another_type_is_refused(of: OwnedField, kind: ColumnType, must_be: str) -> None:
    assert misfits(of, column("C", kind)) == (f"column 'C' of owned field {of}; it must be {must_be}",)


@pytest.mark.parametrize(("longest", "fits"), [(None, True), (64, True), (63, False)])
def test_a_stamp_is_never_cut(longest: int | None, fits: bool) -> None:
    said = ("column 'C' of owned field stamp; it must hold 64 characters, not only 63",)
    assert misfits(OwnedField.STAMP, column("C", max_length=longest)) == (() if fits else said)


def test_a_read_only_owned_column_is_refused() -> None:
    assert misfits(OwnedField.STATUS, column("C", read_only=True)) == (
        "column 'C' of owned field status; it is read-only",
    )


def test_a_choice_column_has_to_offer_every_label_in_any_spelling_of_case() -> None:
    every = tuple(label.upper() for label in STATUS_LABELS.values())
    assert misfits(OwnedField.STATUS, column("C", ColumnType.CHOICE, choices=every)) == ()
    assert misfits(OwnedField.STATUS, column("C", ColumnType.CHOICE, fill_in=True)) == ()
    assert misfits(OwnedField.STATUS, column("C", ColumnType.CHOICE, choices=every[:-2])) == (
        "column 'C' of owned field status; it does not offer 'Closed' and 'Unknown'",
    )


def test_the_labels_that_count_are_those_of_the_portfolio() -> None:
    labels = Labels(status={WorkStatus.CLOSED: "Ended"}, overdue={Overdue.OVERDUE: "Late"})
    states = column("C", ColumnType.CHOICE, choices=tuple(OVERDUE_LABELS.values()))
    assert misfits(OwnedField.OVERDUE, states) == ()
    assert misfits(OwnedField.OVERDUE, states, labels=labels) == (
        "column 'C' of owned field overdue; it does not offer 'Late'",
    )


def test_a_field_that_the_kind_does_not_have_is_refused() -> None:
    assert misfits(OwnedField.STATUS, column("C"), Kind.RISK) == (
        "column 'C' of owned field status; a risk has no such field",
    )


@pytest.mark.parametrize(
    "more", [{"fields": {"title": "PSStatus"}}, {"key": "PSStatus"}, {"where": {"PSStatus": ("x",)}}]
)
def test_a_column_is_staffs_or_ours_never_both(more: dict[str, object]) -> None:
    mapping = source(write=WritePolicy(columns={OwnedField.STATUS: "Roll-up status"}), **more)
    assert bind(mapping, LIST).unwritable == (
        "column 'Roll-up status' of owned field status; it is also read as staff's, and can be only one of the two",
    )


def test_a_column_holds_one_owned_field() -> None:
    columns = {OwnedField.STATUS: "PSStatus", OwnedField.OVERDUE: "Roll-up status"}
    assert bind(source(write=WritePolicy(columns=columns)), LIST).unwritable == (
        "column 'Roll-up status' of owned field status; it already holds owned field overdue",
    )


def test_a_constant_that_cannot_be_read_is_told() -> None:
    assert bind(source(constants={"theme": "Roads", "status": "Blue"}), LIST).missing == (
        "constant status 'Blue' is not a known value",
    )


@pytest.mark.parametrize(
    ("settings", "mode", "told"),
    [
        ({}, WriteMode.QUIET, []),
        ({"content_approval": True}, WriteMode.QUIET, ["content approval is on"]),
        ({"content_approval": True}, WriteMode.VERSIONED, ["content approval is on"]),
        ({"forced_checkout": True}, WriteMode.QUIET, ["items have to be checked out"]),
        (
            {"content_approval": True, "forced_checkout": True},
            WriteMode.QUIET,
            ["content approval is on", "items have to be checked out"],
        ),
        ({"content_approval": True, "forced_checkout": True}, WriteMode.OFF, []),
    ],
)
def test_a_list_whose_settings_forbid_it_is_not_written_to(
    settings: dict[str, bool], mode: WriteMode, told: list[str]
) -> None:
    binding = bind(source(write=WritePolicy(mode=mode)), replace(LIST, **settings))
    assert [said.partition(",")[0].partition(" before")[0] for said in binding.settings] == told
    assert binding.writable is not bool(told)
    assert binding.readable
