"""Open data: every column is described, every value is what its description says, and the page says the same."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.core.history import DateTrail, Raising
from sync.core.model import Confidence, Health, Kind, Nature, Person, RiskStatus, WorkStatus
from sync.core.policy import Policies, ReportPolicy
from sync.core.view import View
from sync.report.dictionary import COLUMNS, Column, Type, columns_for, editions_of, entry
from sync.report.editions import Edition, for_edition
from sync.report.open_data import SCHEMA, open_data, render_json
from tests.support.checkout import ROOT
from tests.support.papers import amended, digital_strategy, history, seen
from tests.support.portfolios import TODAY, Portfolio

PAGE = ROOT / "docs" / "open-data.md"
YESTERDAY = TODAY - timedelta(days=1)
TYPES: dict[Type, tuple[type, ...]] = {
    Type.TEXT: (str,),
    Type.CODE: (str,),
    Type.DATE: (str,),
    Type.INTEGER: (int,),
    Type.NUMBER: (int, float),
    Type.BOOLEAN: (bool,),
    Type.LIST: (list,),
}


def full() -> View:
    """A portfolio in which every column has a value somewhere."""
    made = Portfolio()
    owner = (Person("Ann Example", "ann@council.example"),)
    made.add(Kind.PROGRAMME, "P-1", title="Programme", owner=owner)
    project = made.project(
        "DS-01", title="Portal", theme="One", department="Place", programme="P-1", status=WorkStatus.ON_TRACK,
        health=Health.AMBER, confidence=Confidence.GREEN, confidence_by="Sponsor", start=date(2026, 1, 5),
        original_end=date(2026, 6, 1), end=YESTERDAY, percent_complete=40.0, budget=1250.5,
        last_reported=date(2026, 6, 2), owner=owner, groups={"ward": "Northgate"},
    )  # fmt: skip
    made.milestone("Go live", key="M-1", original=YESTERDAY, actual=YESTERDAY, status=WorkStatus.COMPLETE)
    made.risk(
        "R-1", title="Leak", nature=Nature.THREAT, category="Data", response="Treat", proximity="Near", owner=owner,
        raised=date(2026, 5, 1), inherent_likelihood=5, inherent_impact=5, target_likelihood=1, target_impact=1,
        last_reviewed=date(2026, 6, 1), tolerance_end=TODAY,
        hold_reason="Supplier dispute", hold_until=date(2026, 6, 30), hold_by=owner,
    )  # fmt: skip
    histories = {
        project.id: history(project, 1, dates={"end": DateTrail(first=date(2026, 6, 1), latest=YESTERDAY, slips=1)})
    }
    view = seen(made, policies=Policies(reports=ReportPolicy(marking="OFFICIAL")), histories=histories)
    raising = Raising(rung="board", board="Board", on=date(2026, 6, 1), decide_by=date(2026, 6, 24))
    return amended(
        view,
        "R-1",
        rung="board",
        board="Board",
        declared_rung="other",
        raising=raising,
        repeats=1,
        state=RiskStatus.OPEN,
    )


def shown(view: View, edition: Edition = Edition.PMO) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(render_json(for_edition(view, edition, view.policies.reports)))
    return made


# the dictionary


def test_names_are_stable_and_each_stands_once() -> None:
    assert all(re.fullmatch(r"[a-z][a-z_]*[a-z]", column.name) for column in COLUMNS)
    assert [name for name, times in Counter(column.name for column in COLUMNS).items() if times > 1] == []
    assert [title for title, times in Counter(column.title for column in COLUMNS).items() if times > 1] == []


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_is_described(column: Column) -> None:
    assert column.meaning.endswith(".")
    assert column.title
    assert column.kinds
    assert bool(column.values) == (column.type is Type.CODE)
    assert Edition.PMO in editions_of(column)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_has_a_value_of_its_type_somewhere_and_only_where_it_may(column: Column) -> None:
    items = shown(full())["items"]
    values = [(item["kind"], item[column.name]) for item in items if item[column.name] is not None]
    assert values, "nothing in the portfolio of this test fills this column"
    assert {kind for kind, _ in values} <= {kind.value for kind in column.kinds}
    for _, value in values:
        assert isinstance(value, TYPES[column.type])
        assert column.type is Type.BOOLEAN or not isinstance(value, bool)
        if column.type is Type.CODE:
            assert value in column.values
        if column.type is Type.DATE:
            date.fromisoformat(value)


@pytest.mark.parametrize("edition", list(Edition))
def test_an_edition_has_its_columns_and_its_dictionary_describes_them(edition: Edition) -> None:
    document = shown(full(), edition)
    names = [column.name for column in columns_for(edition)]
    assert [list(item) for item in document["items"]] == [names] * len(document["items"])
    assert [each["name"] for each in document["dictionary"]] == names
    assert all(edition.value in each["editions"] for each in document["dictionary"])


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_column_that_an_edition_has_is_one_that_it_tells(column: Column) -> None:
    """A column whose every value an edition blanks would promise what it does not hold."""
    for edition in editions_of(column):
        view = for_edition(full(), edition, ReportPolicy(public_titles=("project",)))
        assert any(column.value(item) not in (None, ()) for item in view.items), edition


@pytest.mark.parametrize("edition", [Edition.BOARD, Edition.PUBLIC])
def test_what_an_edition_tells_has_a_column_there(edition: Edition) -> None:
    """The other way round: whatever is left of an item in an edition is in its data."""
    view = for_edition(full(), edition, ReportPolicy(public_titles=("project",)))
    missing = [column for column in COLUMNS if edition not in editions_of(column)]
    told = {column.name for column in missing for item in view.items if column.value(item) not in (None, (), "")}
    assert told - {"number", "site", "is_over", "held", "above_appetite", "repeats"} == set()


# the document


def test_the_document_says_what_it_is_of() -> None:
    document = shown(full(), Edition.BOARD)
    assert list(document) == [
        "schema", "portfolio", "edition", "marking", "as_at", "today", "run", "since", "coverage", "rollup", "items",
        "restricted", "findings", "left_out", "dictionary",
    ]  # fmt: skip
    assert (document["schema"], document["edition"], document["marking"]) == (SCHEMA, "board", "OFFICIAL")
    assert (document["as_at"], document["today"], document["since"]) == (
        "2026-06-17T01:17:00+00:00",
        "2026-06-17",
        "2026-05-01",
    )
    assert document["coverage"][0] == {
        "list": "programme",
        "kind": "programme",
        "register": None,
        "read": "complete",
        "records": 1,
        "restricted": False,
    }
    assert document["left_out"]


def test_figures_are_those_of_the_committee_s_table() -> None:
    document = shown(digital_strategy_view(), Edition.PUBLIC)
    rows = {row["name"]: row for row in document["rollup"] if row["scope"] == "theme"}
    economy = rows["Create a vibrant digital economy"]
    assert (economy["total"], economy["counts"]["on_track"], economy["percent"]["on_track"]) == (12, 7, 58)
    assert len(document["items"]) == 47


def digital_strategy_view() -> View:
    return seen(digital_strategy())


def test_a_list_that_was_not_read_has_no_number_of_records() -> None:
    made = Portfolio()
    made.project("DS-1")
    document = shown(seen(made, unread=["project"]))
    assert document["coverage"][0]["read"] == "failed"
    assert document["coverage"][0]["records"] is None
    assert document["since"] is None


@pytest.mark.parametrize("edition", list(Edition))
def test_restricted_records_are_counted_and_people_named_for_the_pmo_only(edition: Edition) -> None:
    made = Portfolio()
    made.project("DS-1", title="Portal", owner=(Person("Ann Example"),))
    for number in range(2):
        made.risk(f"Whistle-{number}", title="Whistleblower", confidential=True)
    text = render_json(for_edition(seen(made), edition, ReportPolicy()))
    assert "Whistle" not in text
    assert ("Ann Example" in text) is (edition is Edition.PMO)
    assert ("Portal" in text) is (edition is not Edition.PUBLIC)
    assert json.loads(text)["restricted"] == {"risk": 2}


def test_equal_views_give_equal_text_that_keeps_every_letter() -> None:
    made = Portfolio()
    made.project("DS-1", title="Llŷn")
    view = for_edition(seen(made), Edition.PMO, ReportPolicy())
    assert render_json(view) == render_json(view)
    assert "Llŷn" in render_json(view)
    assert render_json(view).endswith("}\n")
    assert open_data(view)["items"][0]["title"] == "Llŷn"


# the page


def page_row(column: Column) -> str:
    """The row of docs/open-data.md for one column."""
    told = entry(column)
    unit = f" ({column.unit})" if column.unit else ""
    kinds = "all" if column.kinds == frozenset(Kind) else ", ".join(told["kinds"])
    values = ", ".join(f"`{value}`" for value in column.values)
    meaning = f"{column.meaning} One of {values}." if values else column.meaning
    editions = ", ".join(told["editions"])
    return f"| `{column.name}` | {meaning} | {column.type.value}{unit} | {kinds} | {editions} |"


def test_the_page_has_every_column_as_the_dictionary_describes_it() -> None:
    page = Path(PAGE).read_text(encoding="utf-8")
    found = [line for line in page.splitlines() if re.match(r"\| `[a-z_]+` \|.*\| .*\b(?:pmo)\b.* \|$", line)]
    assert found == [page_row(column) for column in COLUMNS]


def test_the_page_names_every_part_of_the_document() -> None:
    page = Path(PAGE).read_text(encoding="utf-8")
    assert [name for name in shown(full()) if f"`{name}`" not in page] == []
