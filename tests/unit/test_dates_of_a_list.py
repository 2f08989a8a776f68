"""What a list declares about its text dates holds for every date field of its records, and nothing else is guessed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.core.columns import Cell, ColumnType
from sync.core.findings import FindingKind
from sync.core.mapping import bind, to_record
from sync.core.model import FieldType, Kind, Project, Risk, field_types
from sync.core.policy import DateWords, DayOrder, Quarters
from sync.core.snapshot import Record
from sync.core.text_dates import COUNTED_FROM
from tests.support.lists import column, row, schema, source

FIELDS = {"start": "Begin", "end": "Finish"}
WORDS = DateWords(order=DayOrder.DAY_FIRST, quarters=Quarters.FINANCIAL, months=True)
MADE = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


def read(words: DateWords, *, kind: Kind = Kind.PROJECT, fields: dict[str, str] | None = None, **cells: Cell) -> Record:
    columns = [column(name, ColumnType.TEXT) for name in cells]
    mapping = source("list", kind, fields=fields or FIELDS, dates=words)
    made = to_record(bind(mapping, schema(*columns)), row(3, **cells))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("begin", "finish", "start", "end"),
    [
        ("03/04/2026", "13/04/26", date(2026, 4, 3), date(2026, 4, 13)),
        ("March 2026", "May 2026", date(2026, 3, 1), date(2026, 5, 31)),
        ("Q1 2026", "Q3 2026/27", date(2026, 4, 1), date(2026, 12, 31)),
        ("2026 Q1 - 2026 Q3", "2026 Q3 - 2026 Q4", date(2026, 4, 1), date(2027, 3, 31)),
    ],
)
def test_a_project_starts_with_the_first_day_of_a_period_and_ends_with_the_last(
    begin: str, finish: str, start: date, end: date
) -> None:
    declared = read(WORDS, Begin=begin, Finish=finish)
    assert isinstance(declared.fields, Project)
    assert (declared.fields.start, declared.fields.end) == (start, end)
    assert declared.problems == ()
    silent = read(DateWords(), Begin=begin, Finish=finish)
    assert isinstance(silent.fields, Project)
    assert (silent.fields.start, silent.fields.end) == (None, None)
    assert [problem.kind for problem in silent.problems] == [FindingKind.TEXT_DATE] * 2


def test_a_month_in_which_a_risk_was_reviewed_counts_from_its_first_day_and_one_in_which_it_will_be_to_its_last() -> (
    None
):
    fields = {name: name for name in ("raised", "last_reviewed", "next_review", "judged_on", "decided_on")}
    made = read(WORDS, kind=Kind.RISK, fields=fields, **dict.fromkeys(fields, "June 2026"))
    assert isinstance(made.fields, Risk)
    first = {name for name in fields if getattr(made.fields, name) == date(2026, 6, 1)}
    assert first == set(fields) - {"next_review"}
    assert made.fields.next_review == date(2026, 6, 30)


def test_the_number_of_a_spreadsheets_day_is_never_a_date() -> None:
    assert [problem.kind for problem in read(WORDS, Begin="45000", Finish="46204").problems] == [
        FindingKind.TEXT_DATE
    ] * 2


def test_what_a_list_says_about_dates_says_nothing_about_its_texts() -> None:
    made = read(WORDS, fields={"title": "Begin", "end": "Finish"}, Begin="Q3 2026", Finish="Q3 2026")
    assert isinstance(made.fields, Project)
    assert (made.fields.title, made.fields.end) == ("Q3 2026", date(2026, 12, 31))


def test_a_date_column_is_read_as_ever() -> None:
    mapping = source("list", fields={"end": "Finish"}, dates=WORDS)
    cells: dict[str, Any] = {"Finish": datetime(2026, 4, 2, 23, tzinfo=UTC)}
    made = to_record(bind(mapping, schema(column("Finish", ColumnType.DATE))), row(3, **cells))
    assert made is not None
    assert made.fields == Project(end=date(2026, 4, 3))


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/London", date(2026, 7, 1)),
        ("America/Los_Angeles", date(2026, 6, 30)),
        ("Pacific/Auckland", date(2026, 7, 1)),
        (None, date(2026, 6, 30)),
    ],
)
def test_a_record_was_made_on_the_day_that_its_site_shows(zone: str | None, day: date) -> None:
    binding = bind(source("list"), schema(column("Finish"), zone=zone))
    made = to_record(binding, replace(row(3), created=MADE))
    assert made is not None
    assert made.created == day
    untold = to_record(binding, row(3))
    assert untold is not None
    assert untold.created is None


@pytest.mark.parametrize("kind", list(Kind))
def test_no_field_but_a_date_is_called_as_one_that_is_counted_from(kind: Kind) -> None:
    types = field_types(kind)
    assert all(types[name] is FieldType.DATE for name in COUNTED_FROM & set(types))
