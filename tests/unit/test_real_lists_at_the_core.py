"""Published answers, reproduced from lists as dirty as their owners left them."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sync.core.columns import Cell, Column, ColumnType, Row
from sync.core.findings import FindingKind
from sync.core.mapping import bind, to_record
from sync.core.matching import match
from sync.core.model import Confidence, Kind, Overdue, Project, Risk
from sync.core.overdue import due_date, state
from sync.core.policy import Calendar, DateWords, DayOrder, OverduePolicy, Quarters, SourceMapping
from sync.core.snapshot import Record
from tests.support.gmpp import CONFIDENCE_WORDS
from tests.support.lists import column, mapped, schema, snapshot, source
from tests.support.shared_data import SHARED_DATA, needs_shared_data

pytestmark = needs_shared_data

LONDON = ZoneInfo("Europe/London")
GMPP = source(
    key="gmpp_id",
    fields={
        "title": "project_name",
        "department": "department",
        "end": "end_raw",
        "confidence": mapped(
            "ipa_dca_raw",
            "sro_dca_raw",
            values=CONFIDENCE_WORDS,
        ),
    },
)
PIPELINE = source(
    key="PrimaryKey",
    fields={
        "title": "ProjectName",
        "department": "ProcuringAgencyOrganisation",
        "start": mapped("EstimatedQuarterConstructionStart", "EstimatedQuarterProjectRangeStart"),
        "end": mapped("EstimatedQuarterConstructionCompletion", "EstimatedQuarterProjectRangeCompletion"),
    },
    dates=DateWords(quarters=Quarters.CALENDAR),
)
IMPACTS = {"2": ["Minor"], "3": ["Moderate"], "4": ["Major"], "5": ["Catastrophic"]}
IT_RISKS = source(
    kind=Kind.RISK,
    key="risk_id",
    fields={
        "owner": "owner",
        "likelihood": "likelihood_raw",
        "impact": mapped("impact_raw", values=IMPACTS),
    },
)
SCORED_RISKS = source(
    kind=Kind.RISK,
    key="risk_id",
    fields={"title": "title", "owner": "owner", "likelihood": "likelihood_raw", "impact": "impact_raw"},
)


@cache
def published(name: str) -> tuple[dict[str, str], ...]:
    path: Path = SHARED_DATA / name
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def loaded(
    mapping: SourceMapping, rows: Iterable[Mapping[str, str]], dates: frozenset[str] = frozenset()
) -> list[Record]:
    """The rows as a list at a London site: date columns hold site-local midnight where a day was published."""
    rows = list(rows)
    columns: list[Column] = [column(name, ColumnType.DATE if name in dates else ColumnType.TEXT) for name in rows[0]]
    binding = bind(mapping, schema(*columns))
    assert binding.readable, binding.missing
    items = [
        Row(number, '"1"', {name: _cell(said, is_date=name in dates) for name, said in row.items()})
        for number, row in enumerate(rows, 1)
    ]
    return [record for item in items if (record := to_record(binding, item))]


def _cell(said: str, *, is_date: bool) -> Cell:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return said
    return datetime(day.year, day.month, day.day, tzinfo=LONDON) if is_date else said


@pytest.mark.parametrize(
    ("year", "confidence", "readable", "overdue"),
    [
        (2022, {"green": 24, "amber": 170, "red": 27, "exempt": 11, "too_early": 2, "not_provided": 1}, 218, 4),
        (2023, {"green": 26, "amber": 183, "red": 23, "exempt": 11, "too_early": 1}, 214, 4),
    ],
)
def test_major_projects_read_as_published(year: int, confidence: dict[str, int], readable: int, overdue: int) -> None:
    records = loaded(GMPP, published(f"gmpp/gmpp_{year}.csv"), frozenset({"end_raw"}))
    projects = [record.fields for record in records if isinstance(record.fields, Project)]
    states = [state(record, due_date(record), OverduePolicy(), Calendar(), date(year, 3, 31))[0] for record in records]
    assert Counter(project.confidence for project in projects) == {
        Confidence(name): count for name, count in confidence.items()
    }
    assert sum(project.end is not None for project in projects) == readable
    assert states.count(Overdue.OVERDUE) == overdue
    text_dates = [each for record in records for each in record.problems if each.kind is FindingKind.TEXT_DATE]
    assert len(text_dates) == len(projects) - readable
    assert match([snapshot("projects", *records)], {"projects": GMPP}).duplicates == frozenset()


@pytest.mark.parametrize(("today", "overdue"), [(date(2020, 12, 31), 54), (date(2021, 1, 1), 79)])
def test_quarters_are_read_to_their_last_day_where_the_list_declares_them(today: date, overdue: int) -> None:
    records = loaded(PIPELINE, published("nz_pipeline/NZ_Infrastructure_Database.csv"))
    assert len(records) == 506
    assert all(isinstance(record.fields, Project) and record.fields.end and record.fields.start for record in records)
    assert not [each for record in records for each in record.problems]
    states = [state(record, due_date(record), OverduePolicy(), Calendar(), today)[0] for record in records]
    assert states.count(Overdue.OVERDUE) == overdue


def test_quarters_that_nobody_declares_are_left_to_a_person() -> None:
    undeclared = replace(PIPELINE, dates=DateWords(order=DayOrder.DAY_FIRST, months=True))
    records = loaded(undeclared, published("nz_pipeline/NZ_Infrastructure_Database.csv"))
    kinds = Counter(problem.kind for record in records for problem in record.problems)
    assert kinds == {FindingKind.TEXT_DATE: 2 * 506}
    assert not any(isinstance(record.fields, Project) and record.fields.end for record in records)


@pytest.mark.parametrize(("edition", "rows", "shared"), [("3", 977, ["TD-NTH-12"] * 2), ("4", 969, [])])
def test_a_key_that_was_used_twice_is_found(edition: str, rows: int, shared: list[str]) -> None:
    towns = source(key="project_id", fields={"title": "project_name"}, where={"round": (edition,)})
    records = loaded(towns, published("towns_fund/tf_project_register_rounds_3_7.csv"))
    matched = match([snapshot("projects", *records)], {"projects": towns})
    assert len(records) == rows
    assert [matched.by_id[each].key for each in sorted(matched.duplicates)] == shared


def test_a_register_in_words_is_scored_and_its_missing_owners_are_named() -> None:
    records = loaded(IT_RISKS, published("it_tra_register/it_tra_risks.csv"))
    kinds = Counter(problem.kind for record in records for problem in record.problems)
    risks = [record.fields for record in records if isinstance(record.fields, Risk)]
    assert len(risks) == 68
    assert kinds == {FindingKind.MISSING_OWNER: 54}
    assert all(risk.likelihood and risk.impact for risk in risks)


def test_a_register_in_numbers_is_scored_and_its_stubs_are_told_apart() -> None:
    records = loaded(SCORED_RISKS, published("uwa_tikasathi/tikasathi_risks.csv"))
    scores = {
        record.key: (record.fields.likelihood or 0) * (record.fields.impact or 0)
        for record in records
        if isinstance(record.fields, Risk) and record.fields.title
    }
    assert len(records) == 25
    assert len(scores) == 23
    assert {key for key, score in scores.items() if score >= 15} == {"R04", "R08", "R20", "R23"}
