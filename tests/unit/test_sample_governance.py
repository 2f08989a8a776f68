"""The sample world's governance is what it says it is: its ladder, its reviews, and what contradicts itself."""

from datetime import date, timedelta

import pytest

from tests.support.digital_strategy import (
    DAY,
    ESCALATED,
    PROGRAMME_BOARD,
    READS_WORSE,
    SEVERE,
    as_day,
    band,
    board,
    contradictions,
    judges,
    portfolio,
    read,
    risks,
)


def test_the_ladder_takes_exactly_the_intended_risks_to_each_board() -> None:
    taken = {name: {risk.key for risk in risks() if board(risk) == name} for name in ESCALATED}
    assert taken == ESCALATED
    operations = [risk for risk in read("technical-operations-risks") if not risk.is_over and band(risk) in SEVERE]
    assert {(risk.key, band(risk), *judges(risk)) for risk in operations} == {
        ("OPS-01", "very_high"),
        ("OPS-02", "high", "Technical Operations Meeting"),
        ("OPS-03", "high", "Technical Operations Meeting", "ICT Programme Board"),
        ("OPS-07", "high"),
    }, "severe risks of technical operations stay where their meeting can mitigate them"


def test_the_programme_board_meets_every_month_and_papers_are_still_taken_on_the_day() -> None:
    meetings = portfolio()["policies"]["boards"][PROGRAMME_BOARD]
    days = meetings["meets"]
    assert [(day.year, day.month) for day in days] == [(2026, month) for month in range(5, 13)]
    assert {day.strftime("%A") for day in days} == {"Wednesday"}
    assert min(day for day in days if day >= DAY) == DAY + timedelta(days=7), "five working days are a week"
    assert meetings["papers_due_days"] == 5


def test_one_open_risk_was_never_reviewed_and_counts_from_the_day_it_was_raised() -> None:
    [never] = [row for row in risks() if not row.is_over and not row["last_reviewed"]]
    assert (never.key, as_day(never["raised"]), never.due) == ("PR-016", date(2026, 3, 2), date(2026, 4, 2))
    assert not [row.key for row in risks() if not row.is_over and row.due is None]


def test_eight_reviews_are_due_and_five_of_them_have_been() -> None:
    due = {risk.key: risk.due for risk in risks() if risk.due and risk.due <= DAY + timedelta(days=7)}
    assert due == {
        "PR-016": date(2026, 4, 2),
        "OPS-06": date(2026, 6, 2),
        "PR-017": date(2026, 6, 7),
        "TDA-08": date(2026, 6, 9),
        "PR-012": date(2026, 6, 14),
        "PR-013": date(2026, 6, 24),
        "TDA-07": date(2026, 6, 24),
        "OPS-07": date(2026, 6, 24),
    }


def test_what_contradicts_itself_is_one_case_of_each_kind_beside_what_reads_worse() -> None:
    found = {(kind, key) for kind, _, key in contradictions(DAY) if kind != "reads_worse"}
    assert found == {
        ("green_but_overdue", "HWI-05"),
        ("red_without_action", "HWI-08"),
        ("mitigation_without_date", "PR-013"),
        ("never_reviewed", "PR-016"),
    }
    assert {key for kind, _, key in contradictions(DAY) if kind == "reads_worse"} == READS_WORSE.keys()


@pytest.mark.parametrize("days", range(1, 8))
def test_the_same_contradicts_itself_on_each_of_the_seven_nights(days: int) -> None:
    assert set(contradictions(DAY + timedelta(days=days))) == set(contradictions(DAY))
