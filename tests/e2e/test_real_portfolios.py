"""The Government Major Projects Portfolio as published: its own answers come out again, over HTTP."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support import gmpp
from tests.support.cli import portfolio_sync
from tests.support.emulator import running_emulator, this_moment
from tests.support.shared_data import SHARED_DATA, needs_shared_data

pytestmark = needs_shared_data

PUBLISHED = {"green": 24, "amber": 170, "red": 27, "exempt": 11, "too_early": 2, "not_provided": 1}
"""What the authority printed for March 2022, over 235 projects of 18 departments."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The run report of a first reconciliation as at 31 March 2022."""
    folder = tmp_path_factory.mktemp("gmpp")
    published = gmpp.rows(SHARED_DATA / "gmpp" / "gmpp_2022.csv")
    with running_emulator(gmpp.world(published), clock=this_moment) as emulator:
        file = _written(folder, gmpp.portfolio(emulator.base_url, published))
        options = ("-c", str(file), "--today", "2022-03-31", "--json")
        applied = portfolio_sync("reconcile", "--yes", *options, state=folder)
        assert applied.code == 0, applied.err
        again = portfolio_sync("reconcile", *options, state=folder)
        assert (again.code, again.document["plan"]["writes"]) == (0, [])
    return dict(applied.document)


def _written(folder: Path, document: dict[str, Any]) -> Path:
    file = folder / "gmpp.yaml"
    with file.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(document, stream)
    return file


def rows(report: dict[str, Any], scope: str) -> list[dict[str, Any]]:
    return [row for row in report["rollup"] if row["scope"] == scope]


def test_confidence_adds_up_to_what_was_published(report: dict[str, Any]) -> None:
    (whole,) = rows(report, "portfolio")
    assert {name: count for name, count in whole["confidence"].items() if count} == PUBLISHED
    assert whole["total"] == sum(PUBLISHED.values()) == 235


def test_four_projects_are_overdue_on_the_last_day_of_march(report: dict[str, Any]) -> None:
    (whole,) = rows(report, "portfolio")
    assert whole["overdue"] == 4
    written = [write["key"] for write in report["plan"]["writes"] if write["set"].get("overdue") == "Overdue"]
    assert len(written) == 4


def test_departments_add_up_to_the_portfolio(report: dict[str, Any]) -> None:
    (whole,) = rows(report, "portfolio")
    departments = rows(report, "department")
    assert len(departments) == 18
    for figure in ("total", "overdue", "differs"):
        assert sum(row[figure] for row in departments) == whole[figure]
    for counted in ("counts", "computed", "confidence", "open_risks"):
        summed: Counter[str] = Counter()
        for row in departments:
            summed.update(row[counted])
        assert dict(summed) == whole[counted]


def test_218_end_dates_are_readable_and_the_others_are_said_to_be_text_or_missing(report: dict[str, Any]) -> None:
    no_date = [write for write in report["plan"]["writes"] if write["set"].get("overdue") == "No date"]
    assert 235 - len(no_date) == 218
