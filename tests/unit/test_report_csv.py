"""Comma-separated values hold every record, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.model import Kind, Person, WorkStatus
from sync.core.view import View
from sync.report.csv import BYTE_ORDER_MARK, guarded, render_csv, shown, unguarded
from sync.report.dictionary import Value, columns_for
from sync.report.editions import Edition, for_edition
from tests.support.papers import digital_strategy, seen
from tests.support.portfolios import Portfolio

HOSTILE = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1", "=cmd|' /C calc'!A0"]  # noqa: RUF001


def rendered(view: View, edition: Edition = Edition.PMO) -> str:
    return render_csv(for_edition(view, edition, view.policies.reports))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


@pytest.mark.parametrize("edition", list(Edition))
def test_there_is_one_row_for_each_record_under_the_dictionary_s_names(edition: Edition) -> None:
    text = rendered(seen(digital_strategy()), edition)
    found = read(text)
    assert text.startswith(BYTE_ORDER_MARK + "kind,")
    assert list(found[0]) == [column.name for column in columns_for(edition)]
    assert len(found) == 47
    assert {row["theme"] for row in found} == {
        "Create a sustainable digital infrastructure",
        "Create a vibrant digital economy",
        "Improve health, wellbeing and inclusion",
        "Provide innovative public services",
    }


def test_rows_end_as_the_standard_says_and_cells_hold_commas_quotes_and_line_ends() -> None:
    portfolio = Portfolio()
    title = 'A "quoted", long\ntitle with Llŷn'
    portfolio.project("DS-1", title=title)
    text = rendered(seen(portfolio))
    assert text.endswith("\r\n")
    assert text.count("\r\n") == 2
    assert read(text)[0]["title"] == title


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-3, "-3"),
        (1250.5, "1250.5"),
        (640000.0, "640000"),
        (date(2026, 6, 3), "2026-06-03"),
        ("plain", "plain"),
        ((), ""),
        (("Ann Example", "Bob Sample"), "Ann Example; Bob Sample"),
        (("=1+1", "x"), "'=1+1; x"),
    ],
)
def test_values_are_written_as_json_has_them(value: Value, cell: str) -> None:
    assert shown(value) == cell


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1", title=text, owner=(Person(text),), department=text, status=WorkStatus.ON_TRACK)
    portfolio.add(Kind.ACTION, text, parent="DS-1", title="x")
    for row in read(rendered(seen(portfolio))):
        assert not [cell for cell in row.values() if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]  # noqa: RUF001
    assert read(rendered(seen(portfolio)))[1]["title"] == f"'{text}"


@given(text=st.text() | st.builds("{}{}".format, st.text("'=+-@\t", max_size=4), st.text(max_size=5)))
def test_a_guarded_text_runs_nothing_and_can_be_given_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguarded(guarded(text)) == text


def test_a_portfolio_without_records_has_a_heading() -> None:
    assert read(rendered(seen(Portfolio()))) == []
    assert rendered(seen(Portfolio())).count("\r\n") == 1
