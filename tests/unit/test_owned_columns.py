"""What we decide is put into a column in the form that the column can hold, and read back as the same."""

from datetime import UTC, date, datetime

import pytest

from sync.core.columns import Cell, Column, ColumnType
from sync.core.mapping import encode_owned, fit_owned, live_owned
from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.owned import Desired, blank_value, fit
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.policy import OVERDUE_LABELS, Labels
from sync.core.text import length
from tests.support.lists import OWNED_COLUMNS, STAMPED_COLUMNS, column, owning, row

CHOICES = column("C", ColumnType.CHOICE, choices=("AT RISK ", "On track"), fill_in=True)


@pytest.mark.parametrize(
    ("into", "decided", "held"),
    [
        (column("C"), WorkStatus.AT_RISK, "At risk"),
        (CHOICES, WorkStatus.AT_RISK, "AT RISK"),
        (CHOICES, WorkStatus.CLOSED, "Closed"),
        (column("C", max_length=4), WorkStatus.AT_RISK, "At…"),
        (column("C"), Overdue.DUE_SOON, "Due soon"),
        (column("C", ColumnType.YES_NO), Overdue.OVERDUE, True),
        (column("C", ColumnType.YES_NO), Overdue.DUE_SOON, False),
        (column("C", ColumnType.YES_NO), Overdue.CLOSED, False),
        (column("C", ColumnType.DATE), date(2026, 6, 3), date(2026, 6, 3)),
        (column("C", ColumnType.DATE), None, None),
        (column("C", ColumnType.NOTE), " why\r\nnot ", "why\nnot"),
        (column("C", ColumnType.NOTE), " ", None),
        (column("C"), "ICT Programme Board", "ICT Programme Board"),
        (column("C", max_length=10), "ICT Programme Board", "ICT Progr…"),
    ],
)
def test_a_decision_takes_the_form_of_its_column(into: Column, decided: Desired, held: OwnedValue) -> None:
    assert fit(into, Labels(), decided) == held


def test_labels_come_from_the_portfolio() -> None:
    binding = owning(labels=Labels(status={WorkStatus.AT_RISK: "Gefährdet"}, overdue={Overdue.OVERDUE: "Late"}))
    assert fit_owned(binding, OwnedField.STATUS, WorkStatus.AT_RISK) == "Gefährdet"
    assert fit_owned(binding, OwnedField.OVERDUE, Overdue.OVERDUE) == "Late"
    assert fit_owned(binding, OwnedField.OVERDUE, Overdue.CLOSED) == OVERDUE_LABELS[Overdue.CLOSED]


@pytest.mark.parametrize(
    ("into", "longest"),
    [
        (column("C"), 255),
        (column("C", max_length=100), 100),
        (column("C", max_length=400), 255),
        (column("C", ColumnType.NOTE, max_length=300), 300),
    ],
)
def test_a_text_is_cut_where_its_column_ends(into: Column, longest: int) -> None:
    assert fit(into, Labels(), "x" * longest) == "x" * longest
    kept = fit(into, Labels(), "x" * (longest + 1))
    assert isinstance(kept, str)
    assert kept.endswith("x…")
    assert length(kept) == longest


def test_a_note_without_a_limit_takes_everything() -> None:
    assert fit(column("C", ColumnType.NOTE), Labels(), "x" * 5000) == "x" * 5000


@pytest.mark.parametrize(
    ("made", "blank"),
    [
        (column("C"), None),
        (column("C", default=" On\r\ntime "), "On\ntime"),
        (column("C", ColumnType.YES_NO), False),
        (column("C", ColumnType.YES_NO, default="0"), False),
        (column("C", ColumnType.YES_NO, default="1"), True),
        (column("C", ColumnType.YES_NO, default="Yes"), True),
        (column("C", ColumnType.YES_NO, default="TRUE"), True),
        (column("C", ColumnType.DATE, default="[today]"), None),
    ],
)
def test_blank_is_what_a_column_holds_by_itself(made: Column, blank: OwnedValue) -> None:
    assert blank_value(made) == blank


def test_values_are_encoded_by_internal_name_and_decoded_again() -> None:
    binding = owning(owned=STAMPED_COLUMNS | {OwnedField.OVERDUE: column("Late", ColumnType.YES_NO)})
    values: dict[OwnedField, OwnedValue] = {
        OwnedField.STATUS: "At risk",
        OwnedField.OVERDUE: True,
        OwnedField.OVERDUE_SINCE: date(2026, 7, 1),
        OwnedField.REASON: None,
        OwnedField.CHECK: "Owner is blank",
        OwnedField.STAMP: "installation 20260617T011700Z-ab12",
    }
    cells: dict[str, Cell] = {
        "PSStatus": "At risk",
        "Late": True,
        "PSOverdueSince": datetime(2026, 6, 30, 23, tzinfo=UTC),
        "PSReason": None,
        "PSCheck": "Owner is blank",
        "PSStamp": "installation 20260617T011700Z-ab12",
    }
    assert encode_owned(binding, values) == cells
    assert live_owned(binding, row(1, **cells)) == values


def test_a_choice_is_sent_byte_for_byte_as_the_list_offers_it() -> None:
    binding = owning(owned={OwnedField.STATUS: CHOICES})
    held = fit_owned(binding, OwnedField.STATUS, WorkStatus.AT_RISK)
    assert encode_owned(binding, {OwnedField.STATUS: held}) == {"C": "AT RISK "}
    assert live_owned(binding, row(1, C="AT RISK ")) == {OwnedField.STATUS: held}
    assert encode_owned(binding, {OwnedField.STATUS: "Closed"}) == {"C": "Closed"}


def test_a_column_that_was_not_read_is_blank() -> None:
    assert live_owned(owning(), row(1)) == dict.fromkeys(OWNED_COLUMNS)


def test_a_next_review_and_a_board_are_written_and_read_back() -> None:
    columns = {
        OwnedField.NEXT_REVIEW: column("PSNextReview", ColumnType.DATE),
        OwnedField.ESCALATE_TO: column("PSEscalateTo"),
    }
    binding = owning(Kind.RISK, owned=columns)
    assert binding.unwritable == ()
    values: dict[OwnedField, OwnedValue] = {
        OwnedField.NEXT_REVIEW: date(2026, 7, 4),
        OwnedField.ESCALATE_TO: "ICT Programme Board",
    }
    cells: dict[str, Cell] = {
        "PSNextReview": datetime(2026, 7, 3, 23, tzinfo=UTC),
        "PSEscalateTo": "ICT Programme Board",
    }
    assert encode_owned(binding, values) == cells
    assert live_owned(binding, row(1, **cells)) == values
    assert live_owned(binding, row(1)) == dict.fromkeys(values)


def test_a_reason_holds_nothing_that_a_request_could_not_carry() -> None:
    """Staff paste titles from slides, whose line ends are no XML; a reason that quoted one could never be written."""
    said = "At risk: milestone 'Go\x0blive\x1b[31m' was due 3 June 2026."
    assert fit(column("C", ColumnType.NOTE), Labels(), said) == "At risk: milestone 'Golive[31m' was due 3 June 2026."
