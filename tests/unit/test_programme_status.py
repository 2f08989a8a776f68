"""A programme reads the worst of its open projects, or what its thresholds make of them, and says how many."""

from collections.abc import Mapping, Sequence

import pytest

from sync.core.model import Kind, WorkStatus
from sync.core.policy import Policies, RollupPolicy
from sync.core.status import Tally
from tests.support.portfolios import Portfolio

OFF, RISK, REVIEW, UNKNOWN = WorkStatus.OFF_TRACK, WorkStatus.AT_RISK, WorkStatus.NEEDS_REVIEW, WorkStatus.UNKNOWN
HOLD, GOING, ON = WorkStatus.ON_HOLD, WorkStatus.IN_PROGRESS, WorkStatus.ON_TRACK
DONE, CLOSED = WorkStatus.COMPLETE, WorkStatus.CLOSED


def programme_of(
    statuses: Sequence[WorkStatus | None], thresholds: Mapping[WorkStatus, int] | None = None
) -> tuple[WorkStatus | None, Tally]:
    portfolio = Portfolio()
    programme = portfolio.add(Kind.PROGRAMME, "P-1")
    for number, status in enumerate(statuses, 1):
        portfolio.project(f"DS-{number:02}", status=status, programme="P-1")
    portfolio.project("DS-99", status=OFF)
    policies = Policies(rollup=RollupPolicy(thresholds=thresholds or {}))
    made = portfolio.assessment(programme, policies=policies)
    (tally,) = made.reasons
    assert isinstance(tally, Tally)
    assert made.declared is None
    assert not made.reads_worse
    return made.computed, tally


@pytest.mark.parametrize(
    ("statuses", "computed", "count", "total"),
    [
        ([ON, OFF, RISK], OFF, 1, 3),
        ([ON, RISK, RISK], RISK, 2, 3),
        ([ON, REVIEW, None], REVIEW, 1, 3),
        ([ON, None, HOLD], UNKNOWN, 1, 3),
        ([ON, HOLD], HOLD, 1, 2),
        ([ON, GOING], GOING, 1, 2),
        ([ON, DONE, CLOSED], ON, 1, 1),
        ([DONE, CLOSED], DONE, 0, 0),
        ([CLOSED], DONE, 0, 0),
        ([], UNKNOWN, 0, 0),
    ],
)
def test_the_worst_open_project_decides(
    statuses: list[WorkStatus | None], computed: WorkStatus, count: int, total: int
) -> None:
    reads, tally = programme_of(statuses)
    assert (reads, tally.count, tally.total, tally.over) == (computed, count, total, len(statuses) - total)


@pytest.mark.parametrize(
    ("statuses", "thresholds", "computed", "count", "worse"),
    [
        ([OFF, ON, ON, ON, ON], {OFF: 20}, OFF, 1, 0),
        ([OFF] * 33 + [ON] * 100, {OFF: 25}, ON, 100, 33),
        ([OFF, ON, ON, ON, ON], {OFF: 21}, ON, 4, 1),
        ([OFF, RISK, ON, ON, ON], {OFF: 21, RISK: 40}, RISK, 2, 0),
        ([OFF, RISK, ON, ON, ON], {OFF: 21, RISK: 41}, ON, 3, 2),
        ([OFF, RISK, ON], {OFF: 50}, RISK, 1, 1),
        ([OFF, RISK], {OFF: 60, RISK: 100}, RISK, 2, 0),
        ([ON, ON], {OFF: 0}, ON, 2, 0),
        ([DONE], {OFF: 20}, DONE, 0, 0),
    ],
)
def test_a_threshold_counts_projects_that_read_so_or_worse(
    statuses: list[WorkStatus], thresholds: dict[WorkStatus, int], computed: WorkStatus, count: int, worse: int
) -> None:
    reads, tally = programme_of(statuses, thresholds)
    assert (reads, tally.count, tally.worse, tally.threshold) == (computed, count, worse, thresholds.get(computed))


def test_the_projects_that_decided_are_named_in_order_and_restricted_ones_counted() -> None:
    portfolio = Portfolio()
    portfolio.source("secret-projects", Kind.PROJECT, restricted=True)
    programme = portfolio.add(Kind.PROGRAMME, "P-1")
    for key in ("DS-12", "DS-04"):
        portfolio.project(key, status=OFF, programme="P-1")
    portfolio.project("DS-05", status=ON, programme="P-1")
    portfolio.project("X-1", source="secret-projects", status=OFF, programme="P-1")
    assert portfolio.assessment(programme).reasons == (
        Tally(status=OFF, count=3, total=4, names=("DS-04", "DS-12"), restricted=1),
    )
