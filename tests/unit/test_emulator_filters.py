"""Filters mean what SharePoint says they mean, and what it does not support is refused."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.emulator.errors import SharePointError
from connectors.emulator.wire.filters import first_clauses, matches, parse_filter, paths

ROW: dict[str, Any] = {
    "Title": "O'Neill's plan",
    "Status": "Open",
    "Score": 12.5,
    "Live": True,
    "Due": datetime(2026, 6, 30, 23, 0, tzinfo=UTC),
    "Blank": None,
    "Tags": ("A", "B"),
    "GUID": "c5cd12b5-310e-4a19-afa1-94c9d4b52a1e",
    "Owner/Title": "Ann Field",
}


@pytest.mark.parametrize(
    "text",
    [
        "Status eq 'Open'",
        "Status eq 'OPEN'",
        "Title eq 'O''Neill''s plan'",
        "Status ne 'Closed'",
        "Score gt 12 and Score le 12.5",
        "Score eq '12.5'",
        "Live eq true",
        "Live eq 1",
        "not (Live eq false)",
        "Status eq 'Closed' or (Score ge 12.5 and Live eq true)",
        "Status eq 'Open' or Status eq 'Closed' and Score lt 0",
        "Blank eq null",
        "Blank ne 'x'",
        "Title ne null",
        "Due gt datetime'2026-06-30T22:59:59Z'",
        "Due eq datetime'2026-07-01T00:00:00+01:00'",
        "Due lt '2026-07-01'",
        "startswith(Title,'o''neill')",
        "substringof('PLAN', Title)",
        "Tags eq 'B'",
        "Tags ne 'C'",
        "GUID eq guid'C5CD12B5-310E-4A19-AFA1-94C9D4B52A1E'",
        "Owner/Title eq 'ann field'",
        "day(Due) eq 1 and month(Due) eq 7 and year(Due) eq 2026",
        "hour(Due) eq 0",
    ],
)
def test_a_row_that_fits_passes(text: str) -> None:
    assert matches(parse_filter(text), ROW.__getitem__, ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    "text",
    [
        "Blank eq 'x'",
        "Blank gt 0",
        "Blank lt 5",
        "Status eq 5",
        "Status gt 'Zebra'",
        "Tags eq 'C'",
        "Tags gt 'A'",
        "startswith(Blank,'x')",
        "year(Blank) eq 2026",
        "not startswith(Title,'O')",
    ],
)
def test_a_row_that_does_not_fit_does_not_pass(text: str) -> None:
    assert not matches(parse_filter(text), ROW.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        "Status eq",
        "Status",
        "Status like 'x'",
        "(Status eq 'x'",
        "Status eq 'x' Status eq 'y'",
        "Status eq 'x",
        "endswith(Title,'x')",
        "tolower(Title) eq 'x'",
        "startswith(Title)",
        "Due gt datetime'not a date'",
        "Score add 1 eq 2",
        "(" * 80 + "Score eq 1" + ")" * 80,
    ],
)
def test_what_sharepoint_does_not_understand_is_refused(text: str) -> None:
    with pytest.raises(SharePointError) as refused:
        parse_filter(text)
    assert refused.value.status == 400


def test_the_clauses_that_decide_the_rows_are_the_first_of_and_and_all_of_or() -> None:
    def deciding(text: str) -> list[str]:
        return [path for clause in first_clauses(parse_filter(text)) for path in paths(clause)]

    assert deciding("A eq 1 and B eq 2") == ["A"]
    assert deciding("A eq 1 or B eq 2") == ["A", "B"]
    assert deciding("(A eq 1 or B eq 2) and C eq 3") == ["A", "B"]
    assert list(paths(parse_filter("day(A) eq 1 and startswith(B,'x')"))) == ["A", "B"]
