"""A cell becomes the canonical value that it says, or a problem that a person can mend; never a guess."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.core.columns import Cell, Column, ColumnType, LinkCell, LookupCell, PersonCell
from sync.core.convert import BoundField, Converted, Problem, cell_text, convert, is_blank, read_field
from sync.core.findings import FindingKind
from sync.core.model import (
    Confidence,
    FieldType,
    Health,
    Nature,
    Person,
    Reference,
    RiskStatus,
    WorkStatus,
)
from sync.core.vocabulary import vocabulary
from tests.support.lists import column

LONDON = "Europe/London"
TEXT = column("C", ColumnType.TEXT, "Target date")


def read(
    of: FieldType,
    cell: Cell,
    at: Column = TEXT,
    *,
    name: str = "status",
    values: dict[str, tuple[str, ...]] | None = None,
    zone: str | None = LONDON,
) -> Converted:
    return convert(BoundField(name, of, (at,), vocabulary(of, name, values or {})), at, cell, zone)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("On track", WorkStatus.ON_TRACK),
        ("on_track", WorkStatus.ON_TRACK),
        (" ON-TRACK ", WorkStatus.ON_TRACK),
        ("Open", WorkStatus.IN_PROGRESS),
        ("Active", WorkStatus.IN_PROGRESS),
        ("In progress", WorkStatus.IN_PROGRESS),
        ("Completed", WorkStatus.COMPLETE),
        ("Done", WorkStatus.COMPLETE),
        ("Completed or closed", WorkStatus.COMPLETE),
        ("Closed", WorkStatus.CLOSED),
        (("Off track",), WorkStatus.OFF_TRACK),
    ],
)
def test_plain_english_words_are_known(said: Cell, status: WorkStatus) -> None:
    assert read(FieldType.WORK_STATUS, said) == Converted(status)


@pytest.mark.parametrize(
    ("of", "said", "value"),
    [
        (FieldType.RISK_STATUS, "Live", RiskStatus.OPEN),
        (FieldType.HEALTH, "Yellow", Health.AMBER),
        (FieldType.CONFIDENCE, "Amber/Green", Confidence.AMBER_GREEN),
        (FieldType.CONFIDENCE, "Exempt under Section 26 (Defence)", Confidence.EXEMPT),
        (FieldType.CONFIDENCE, "Too early to say", Confidence.TOO_EARLY),
        (FieldType.NATURE, "opportunity", Nature.OPPORTUNITY),
        (FieldType.FLAG, "Yes", True),
        (FieldType.FLAG, "n", False),
        (FieldType.FLAG, True, True),
    ],
)
def test_each_vocabulary_has_its_words(of: FieldType, said: Cell, value: object) -> None:
    assert read(of, said) == Converted(value)


@pytest.mark.parametrize(
    ("of", "value"),
    [
        (FieldType.WORK_STATUS, WorkStatus.UNKNOWN),
        (FieldType.RISK_STATUS, RiskStatus.UNKNOWN),
        (FieldType.HEALTH, Health.UNKNOWN),
        (FieldType.CONFIDENCE, Confidence.NOT_RATED),
        (FieldType.NATURE, None),
        (FieldType.FLAG, None),
    ],
)
def test_a_word_in_no_vocabulary_is_unknown_and_reported(of: FieldType, value: object) -> None:
    read_as = read(of, "Blue")
    assert (read_as.value, read_as.usable) == (value, False)
    assert read_as.problem is not None
    assert read_as.problem.kind is FindingKind.UNKNOWN_VALUE
    assert read_as.problem.mend == "Target date 'Blue' is not a known value"
    assert "Blue" not in read_as.problem.plain


def test_a_mapping_with_words_of_its_own_is_the_whole_vocabulary() -> None:
    own = {"on_track": ("On track to deliver*", "OK"), "complete": ("On track to deliver nothing",)}
    assert read(FieldType.WORK_STATUS, "on  track to DELIVER as defined", values=own).value is WorkStatus.ON_TRACK
    assert read(FieldType.WORK_STATUS, "On track to deliver nothing", values=own).value is WorkStatus.COMPLETE
    assert read(FieldType.WORK_STATUS, "ok", values=own).value is WorkStatus.ON_TRACK
    assert read(FieldType.WORK_STATUS, "Complete", values=own).value is WorkStatus.UNKNOWN
    assert not read(FieldType.WORK_STATUS, 0.0, values=own).usable


def test_the_longest_beginning_wins() -> None:
    own = {"open": ("Open*",), "closed": (" Open - no longer* ",)}
    assert read(FieldType.RISK_STATUS, "Open - no longed for", values=own).value is RiskStatus.OPEN
    assert read(FieldType.RISK_STATUS, "Open - no longer relevant", values=own).value is RiskStatus.CLOSED


def test_several_choices_at_once_are_no_status() -> None:
    assert read(FieldType.WORK_STATUS, ("On track", "Complete")).value is WorkStatus.UNKNOWN


@pytest.mark.parametrize(
    ("cell", "step"),
    [
        (4.0, 4),
        ("4", 4),
        ("4 - Likely", 4),
        ("4: Likely", 4),
        ("(4) Likely", 4),
        ("likely", 4),
        ("Almost certain", 5),
        (0.0, None),
        ("0", None),
        ("Not assessed", None),
    ],
)
def test_a_score_is_a_step_of_the_scale_in_any_notation(cell: Cell, step: int | None) -> None:
    assert read(FieldType.SCORE, cell, name="likelihood") == Converted(step)


@pytest.mark.parametrize("cell", [6.0, 4.5, "4 of 5", "4.5", "10 - high", "Severe", "4 - 5", "-1", float("nan")])
def test_what_is_no_step_of_the_scale_is_reported(cell: Cell) -> None:
    assert not read(FieldType.SCORE, cell, name="likelihood").usable


def test_impact_has_its_own_words_and_a_list_may_have_others() -> None:
    assert read(FieldType.SCORE, "Severe", name="inherent_impact").value == 5
    own = {"1": ("Remote",), "5": ("1", "Certain"), "0": ("Nil",), "none": ("Unheard of",)}
    assert read(FieldType.SCORE, "Nil", name="likelihood", values=own) == Converted(None)
    assert read(FieldType.SCORE, "Unheard of", name="likelihood", values=own) == Converted(None)
    assert read(FieldType.SCORE, "remote", name="likelihood", values=own).value == 1
    assert read(FieldType.SCORE, 1.0, name="likelihood", values=own).value == 5
    assert read(FieldType.SCORE, 0.0, name="likelihood", values=own) == Converted(None)
    assert not read(FieldType.SCORE, "Likely", name="likelihood", values=own).usable


@pytest.mark.parametrize(
    ("stored", "of", "zone", "note"),
    [
        (datetime(2026, 6, 30, 23, tzinfo=UTC), ColumnType.DATE, LONDON, None),
        (datetime(2026, 7, 1, 7, tzinfo=UTC), ColumnType.DATE, "America/Los_Angeles", None),
        (datetime(2026, 7, 1, tzinfo=UTC), ColumnType.DATE, LONDON, FindingKind.DATE_OFF_MIDNIGHT),
        (datetime(2026, 7, 1, tzinfo=UTC), ColumnType.DATE, "America/Los_Angeles", FindingKind.DATE_OFF_MIDNIGHT),
        (datetime(2026, 6, 30, 23, tzinfo=UTC), ColumnType.DATE, None, FindingKind.ZONE_UNKNOWN),
        (datetime(2026, 7, 1, 14, 30, tzinfo=UTC), ColumnType.DATE_TIME, LONDON, None),
    ],
)
def test_a_date_is_the_day_that_the_site_shows(
    stored: datetime, of: ColumnType, zone: str | None, note: FindingKind | None
) -> None:
    read_as = read(FieldType.DATE, stored, column("Due", of), zone=zone)
    assert read_as.value == date(2026, 7, 1)
    assert read_as.usable
    assert (read_as.problem.kind if read_as.problem else None) is note


@pytest.mark.parametrize("said", ["2026-07-01", "1 July 2026", "01 Jul 2026"])
def test_a_text_that_names_a_day_beyond_doubt_is_read(said: str) -> None:
    assert read(FieldType.DATE, said) == Converted(date(2026, 7, 1))


@pytest.mark.parametrize("said", ["03/04/2026", "Q3 2026", "Summer 2027", "TBC"])
def test_a_text_that_names_no_day_is_a_text_date(said: str) -> None:
    read_as = read(FieldType.DATE, said)
    assert read_as.value is None
    assert read_as.problem is not None
    assert not read_as.usable
    said = "Target date is text; not a date"
    assert read_as.problem == Problem(FindingKind.TEXT_DATE, said, said)


def test_a_number_is_no_date() -> None:
    problem = read(FieldType.DATE, 45000.0).problem
    assert problem is not None
    assert problem.mend == "Target date is not a date"
    assert read(FieldType.DATE, LookupCell(4, "1 July 2026")).problem == problem


@pytest.mark.parametrize(
    ("cell", "number"),
    [(0.25, 0.25), ("£1,234.50", 1234.5), ("-12", -12.0), (" 1234567 ", 1234567.0), ("$ 5", 5.0)],
)
def test_numbers_are_read_from_text_too(cell: Cell, number: float) -> None:
    assert read(FieldType.NUMBER, cell) == Converted(number)


@pytest.mark.parametrize("cell", ["about 5", "1.234,50", "12,34", "45%", True, "£1m"])
def test_what_is_no_number_is_reported(cell: Cell) -> None:
    problem = read(FieldType.NUMBER, cell).problem
    assert problem is not None
    assert (problem.kind, problem.mend) == (FindingKind.NOT_A_NUMBER, "Target date is not a number")


def test_people_are_accounts_groups_or_names() -> None:
    ada = PersonCell(7, "Ada Byron", "ada@example.org")
    assert read(FieldType.PEOPLE, ada).value == (Person("Ada Byron", "ada@example.org"),)
    assert read(FieldType.PEOPLE, (ada, PersonCell(8, "Team", None))).value == (
        Person("Ada Byron", "ada@example.org"),
        Person("Team"),
    )
    assert read(FieldType.PEOPLE, "A. Byron").value == (Person("A. Byron"),)


def test_the_same_people_are_held_once_and_namesakes_apart() -> None:
    ada, namesake = PersonCell(7, "Ada Byron", "ada@example.org"), PersonCell(9, "Ada Byron", "byron@example.org")
    assert read(FieldType.PEOPLE, ada).value is read(FieldType.PEOPLE, replace(ada, name=" Ada Byron ")).value
    assert read(FieldType.PEOPLE, ada).value != read(FieldType.PEOPLE, namesake).value


def test_a_reference_is_an_item_or_a_key() -> None:
    at = column("Project", ColumnType.LOOKUP, lookup_list="list-9")
    assert read(FieldType.REFERENCE, LookupCell(4, "DS-04"), at).value == Reference("DS-04", 4, "list-9")
    assert read(FieldType.REFERENCE, "DS-04").value == Reference("DS-04")
    assert read(FieldType.REFERENCE, 12.0).value == Reference("12")
    assert read(FieldType.REFERENCE, ("DS-04",)).value == Reference("DS-04")


def test_of_several_references_the_first_counts_and_that_is_reported() -> None:
    read_as = read(FieldType.REFERENCE, (LookupCell(4, "DS-04"), LookupCell(5, "DS-05")))
    assert read_as.value == Reference("DS-04", 4)
    assert read_as.usable
    assert read_as.problem is not None
    said = "Target date names 2 records; only the first counts"
    assert read_as.problem == Problem(FindingKind.AMBIGUOUS_REFERENCE, said, said)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" two\r\nlines ", "two\nlines"),
        (7.0, "7"),
        (7.25, "7.25"),
        (1234567.5, "1234567.5"),
        (False, "No"),
        (True, "Yes"),
        (LookupCell(3, "Roads "), "Roads"),
        (PersonCell(3, "Ada", None), "Ada"),
        (LinkCell("https://example.org", " "), "https://example.org"),
        (LinkCell("https://example.org", "Plan"), "Plan"),
        (("a", "b"), "a; b"),
        ((), ""),
        (None, ""),
        (datetime(2026, 7, 1, tzinfo=UTC), "2026-07-01T00:00:00+00:00"),
    ],
)
def test_every_cell_has_a_text(cell: Cell, text: str) -> None:
    assert cell_text(TEXT, cell) == text


@pytest.mark.parametrize(
    ("cell", "text"), [("4.00000000000000", "4"), ("-0.500000000000000", "-0.5"), ("4.0 high", "4.0 high")]
)
def test_a_calculated_number_is_said_as_people_say_it(cell: str, text: str) -> None:
    assert cell_text(Column("C", "C", ColumnType.CALCULATED), cell) == text
    assert cell_text(TEXT, "4.00000000000000") == "4.00000000000000"


def test_a_text_field_shows_a_date_as_its_day() -> None:
    assert (
        read(FieldType.TEXT, datetime(2026, 6, 30, 23, tzinfo=UTC), column("D", ColumnType.DATE)).value == "2026-07-01"
    )


def test_a_text_field_shows_a_date_and_time_as_the_day_at_the_site() -> None:
    at = column("C", ColumnType.DATE_TIME)
    assert read(FieldType.TEXT, datetime(2026, 6, 30, 23, 30, tzinfo=UTC), at).value == "2026-07-01"


def test_markup_never_leaves_a_rich_note() -> None:
    rich = column("Notes", ColumnType.RICH_NOTE)
    assert read(FieldType.TEXT, "<p>Bold <b>plan</b></p>", rich).value == "Bold plan"
    assert is_blank(rich, "<div>\u200b</div>")


@pytest.mark.parametrize(
    ("cell", "blank"), [(None, True), ("  ", True), ((), True), (LinkCell("", ""), True), (0.0, False), (False, False)]
)
def test_blank_is_nothing_and_zero_and_no_are_something(cell: Cell, blank: bool) -> None:
    assert is_blank(TEXT, cell) is blank


FIRST = column("Ipa", ColumnType.TEXT, "IPA")
SECOND = column("Sro", ColumnType.TEXT, "SRO")


@pytest.mark.parametrize(
    ("cells", "value", "problem"),
    [
        ({"Ipa": "Green", "Sro": "Red"}, Confidence.GREEN, None),
        ({"Ipa": "NA", "Sro": "Red"}, Confidence.RED, None),
        ({"Ipa": None, "Sro": "Red"}, Confidence.RED, None),
        ({"Ipa": "NA", "Sro": "N/K"}, Confidence.NOT_RATED, "IPA 'NA' is not a known value"),
        ({"Ipa": " ", "Sro": "N/K"}, Confidence.NOT_RATED, "SRO 'N/K' is not a known value"),
        ({}, None, None),
    ],
)
def test_the_first_usable_column_wins(cells: dict[str, Any], value: object, problem: str | None) -> None:
    bound = BoundField(
        "confidence", FieldType.CONFIDENCE, (FIRST, SECOND), vocabulary(FieldType.CONFIDENCE, "confidence", {})
    )
    read_as = read_field(bound, cells, LONDON)
    assert read_as.value == value
    assert (read_as.problem.mend if read_as.problem else None) == problem


def test_a_date_that_deserves_a_look_is_still_the_first_usable_one() -> None:
    first, second = column("A", ColumnType.DATE), column("B", ColumnType.DATE)
    cells: dict[str, Cell] = {
        "A": datetime(2026, 7, 1, tzinfo=UTC),
        "B": datetime(2026, 8, 31, 23, tzinfo=UTC),
    }
    read_as = read_field(BoundField("end", FieldType.DATE, (first, second)), cells, LONDON)
    assert read_as.value == date(2026, 7, 1)
    assert read_as.problem is not None


def test_a_text_that_is_no_date_makes_way_for_the_next_column() -> None:
    forecast = BoundField("end", FieldType.DATE, (column("A"), column("B")))
    assert read_field(forecast, {"A": "TBC", "B": "1 July 2026"}, LONDON) == Converted(date(2026, 7, 1))


def test_nobody_is_an_empty_tuple() -> None:
    assert read_field(BoundField("owner", FieldType.PEOPLE, (FIRST,)), {}, LONDON) == Converted(())
