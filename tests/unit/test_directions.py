"""Better, same or worse than before: of a record, and of a row of figures."""

from collections.abc import Mapping
from typing import Any

import pytest

from sync.core.directions import Direction, direction, level, rollup_directions
from sync.core.model import Band, Kind, Scores, WorkStatus
from sync.core.rollup import Scope
from sync.core.status import WORST_FIRST
from sync.core.view import Item
from tests.support.views import item, row, view

BETTER, SAME, WORSE, NOT_KNOWN = Direction.BETTER, Direction.SAME, Direction.WORSE, Direction.NOT_KNOWN


def test_every_direction_has_a_word_and_a_symbol_of_its_own() -> None:
    assert {each: (each.symbol, each.words) for each in Direction} == {
        BETTER: ("↑", "better"),
        SAME: ("→", "same"),
        WORSE: ("↓", "worse"),
        Direction.NEW: ("+", "new"),
        NOT_KNOWN: ("?", "not known"),
    }


def test_levels_follow_the_order_of_statuses() -> None:
    levels = [level(item(computed=status), "computed") for status in WORST_FIRST if status is not WorkStatus.UNKNOWN]
    alike = {WorkStatus.NOT_STARTED, WorkStatus.IN_PROGRESS, WorkStatus.ON_TRACK}
    assert levels == sorted(levels, key=lambda each: -1 if each is None else each)
    assert len({level(item(computed=status), "computed") for status in alike}) == 1
    assert level(item(computed=WorkStatus.UNKNOWN), "computed") is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, item(), Direction.NEW),
        (item(computed=WorkStatus.ON_TRACK), item(computed=WorkStatus.OFF_TRACK), WORSE),
        (item(computed=WorkStatus.AT_RISK), item(computed=WorkStatus.COMPLETE), BETTER),
        (item(computed=WorkStatus.IN_PROGRESS), item(computed=WorkStatus.ON_TRACK), SAME),
        (item(computed=WorkStatus.AT_RISK), item(computed=WorkStatus.UNKNOWN), NOT_KNOWN),
        (item(1, Kind.ISSUE, band=Band.HIGH), item(1, Kind.ISSUE, band=Band.LOW), BETTER),
        (item(1, Kind.ISSUE, band=Band.HIGH), item(1, Kind.ISSUE, band=Band.HIGH, is_over=True), BETTER),
        (
            item(1, Kind.RISK, band=Band.HIGH, current=Scores(3, 4)),
            item(1, Kind.RISK, band=Band.HIGH, current=Scores(2, 5)),
            BETTER,
        ),
        (item(1, Kind.RISK, band=Band.HIGH), item(1, Kind.RISK, band=Band.HIGH, current=Scores(2, 5)), SAME),
        (item(1, Kind.RISK, band=Band.HIGH), item(1, Kind.RISK, band=Band.MEDIUM, current=Scores(5, 5)), BETTER),
        (
            item(1, Kind.MILESTONE, declared=WorkStatus.ON_TRACK),
            item(1, Kind.MILESTONE, declared=WorkStatus.AT_RISK),
            WORSE,
        ),
    ],
)
def test_where_a_record_is_heading(before: Item | None, after: Item, expected: Direction) -> None:
    assert direction(before, after) is expected


Figures = Mapping[str, Any]


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"off_track": 1}, {"off_track": 2}, WORSE),
        ({"off_track": 2, "at_risk": 1}, {"off_track": 1, "at_risk": 5}, BETTER),
        ({"off_track": 1, "at_risk": 1}, {"off_track": 1, "at_risk": 2}, WORSE),
        ({"needs_review": 1}, {}, BETTER),
        ({"on_track": 5}, {"complete": 5}, SAME),
        ({"off_track": 1}, {"unknown": 1}, NOT_KNOWN),
        ({"unknown": 1}, {"off_track": 1}, WORSE),
    ],
)
def test_a_row_of_projects_goes_by_how_many_call_for_action(was: Figures, now: Figures, expected: Direction) -> None:
    found = rollup_directions(view(rollup=[row(computed=was)]), view(rollup=[row(computed=now)]))
    assert found == {(Scope.THEME, "Places"): expected}


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"very_high": 1}, {"very_high": 2}, WORSE),
        ({"very_high": 1}, {"high": 3}, BETTER),
        ({"medium": 1}, {"medium": 1, "low": 4}, SAME),
        ({"very_high": 1}, {"not_assessed": 1}, NOT_KNOWN),
    ],
)
def test_a_register_goes_by_how_many_severe_risks_are_open(was: Figures, now: Figures, expected: Direction) -> None:
    before, after = (view(rollup=[row("ICT", Scope.REGISTER, open_risks=risks)]) for risks in (was, now))
    assert rollup_directions(before, after) == {(Scope.REGISTER, "ICT"): expected}


def test_rows_that_are_new_or_share_a_name_have_no_direction() -> None:
    before = view(rollup=[row("Old name", Scope.PORTFOLIO), row("Twice"), row("Gone")])
    now = view(rollup=[row("New name", Scope.PORTFOLIO), row("Twice"), row("Twice"), row("New")])
    assert rollup_directions(before, now) == {(Scope.PORTFOLIO, "New name"): SAME}


UNREAD = {"milestones": "failed"}


@pytest.mark.parametrize(
    ("was", "now", "unread_before", "unread_now", "expected"),
    [
        (1, 0, {}, UNREAD, NOT_KNOWN),
        (0, 1, {}, UNREAD, WORSE),
        (0, 1, UNREAD, {}, NOT_KNOWN),
        (1, 0, UNREAD, {}, BETTER),
        (1, 1, UNREAD, {}, NOT_KNOWN),
        (1, 1, {}, UNREAD, NOT_KNOWN),
    ],
)
def test_nothing_reads_better_or_worse_because_a_list_could_not_be_read(
    was: int, now: int, unread_before: Mapping[str, str], unread_now: Mapping[str, str], expected: Direction
) -> None:
    before = view(rollup=[row(computed={"off_track": was})], read=unread_before)
    after = view(rollup=[row(computed={"off_track": now})], read=unread_now)
    assert rollup_directions(before, after) == {(Scope.THEME, "Places"): expected}


def test_a_register_rests_on_its_own_lists_only() -> None:
    rows = [row("risks", Scope.REGISTER), row("issues", Scope.REGISTER)]
    found = rollup_directions(view(rollup=rows), view(rollup=rows, read={"risks": "partial"}))
    assert found == {(Scope.REGISTER, "risks"): NOT_KNOWN, (Scope.REGISTER, "issues"): SAME}
