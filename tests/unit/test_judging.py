"""What the rules say: of every row by its own values, and of one thing that several lists tell of, once."""

from datetime import date

import pytest

from sync.core.findings import FindingKind
from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.policy import Policies, PrecedencePolicy
from sync.core.snapshot import Record
from tests.support.keeping import Keeping
from tests.support.portfolios import Portfolio

LATE, IN_TIME = date(2026, 5, 1), date(2026, 12, 1)
BELIEVED = {Kind.PROJECT: PrecedencePolicy(sources=("projects", "finance"))}


def twice() -> tuple[Portfolio, Record, Record, Record]:
    """A project that two lists tell of, late by the second; and its programme."""
    portfolio = Portfolio()
    programme = portfolio.add(Kind.PROGRAMME, "PRG")
    for name in ("projects", "finance"):
        portfolio.source(name, Kind.PROJECT)
    values = {"status": WorkStatus.ON_TRACK, "programme": "PRG"}
    first = portfolio.add(Kind.PROJECT, "DS-01", "projects", end=IN_TIME, **values)
    copy = portfolio.add(Kind.PROJECT, "DS-01", "finance", end=LATE, **values)
    return portfolio, programme, first, copy


def test_without_a_list_that_is_believed_there_is_one_set_of_everything() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK, end=LATE)
    made = Keeping(portfolio).judged()
    assert made.counted[project.id] is made.assessments[project.id]
    assert made.one == made.matched
    assert [each.kind for each in made.matched.findings] == [FindingKind.READS_WORSE]


def test_each_row_reads_by_its_own_values_and_totals_by_the_believed_ones() -> None:
    portfolio, programme, first, copy = twice()
    made = Keeping(portfolio, policies=Policies(precedence=BELIEVED)).judged()
    assert made.assessments[first.id].overdue is Overdue.ON_TIME
    assert made.assessments[copy.id].overdue is Overdue.OVERDUE, "staff find the reason beside their own date"
    assert [each.id for each in made.one.records if each.kind is Kind.PROJECT] == [first.id]
    assert copy.id not in made.counted
    assert made.assessments[programme.id].computed is WorkStatus.ON_TRACK, "the copy does not count"
    assert made.assessments[programme.id] is made.counted[programme.id]


def test_what_contradicts_itself_is_told_in_both() -> None:
    portfolio, _, _, copy = twice()
    made = Keeping(portfolio, policies=Policies(precedence=BELIEVED)).judged()
    kinds = {(each.kind, each.item) for each in made.matched.findings}
    assert (FindingKind.DIFFERING_VALUE, copy.id.item_id) in kinds
    assert {each for each in made.one.findings if each.kind is FindingKind.DIFFERING_VALUE}


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_records_changes_nothing(order: int) -> None:
    portfolio, *_ = twice()
    expected = Keeping(portfolio, policies=Policies(precedence=BELIEVED)).judged()
    portfolio.records = portfolio.records[::order]
    portfolio.mappings = dict(list(portfolio.mappings.items())[::order])
    made = Keeping(portfolio, policies=Policies(precedence=BELIEVED)).judged()
    assert made.matched.findings == expected.matched.findings
    assert dict(made.counted) == dict(expected.counted)
