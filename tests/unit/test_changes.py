"""What changed since the last board: each thing that can happen to a record is told once, and no more than is known."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.changes import Change, ListChange, What, changes_between
from sync.core.directions import Direction
from sync.core.model import Band, Health, Kind, Nature, Overdue, RiskStatus, Scores, WorkStatus
from sync.core.policy import Policies, Rung
from sync.core.risk import DEFAULT_MATRIX
from sync.core.view import Item, View
from tests.support.views import AS_AT, item, view

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
LADDER = Policies(ladder=(Rung(name="board", board="ICT Board"), Rung(name="governance", board="Governance")))
ON, RISK, OFF, DONE = WorkStatus.ON_TRACK, WorkStatus.AT_RISK, WorkStatus.OFF_TRACK, WorkStatus.COMPLETE


def told(before: View, now: View) -> list[tuple[str, str, Any, Any]]:
    return [(each.what.value, each.attribute, each.was, each.now) for each in changes_between(before, now).changes]


def happened(kind: Kind, before: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    """What is told of one record that was so before and is so now."""
    return told(view(item(1, kind, **before), policies=LADDER), view(item(1, kind, **now), policies=LADDER))


def test_nothing_changed_between_a_view_and_itself() -> None:
    same = view(item(1, computed=OFF), item(2, Kind.RISK, band=Band.HIGH, current=Scores(3, 4)))
    changes = changes_between(same, same)
    assert (changes.changes, changes.lists, changes.restricted, changes.not_comparable) == ((), (), {}, {})
    assert changes.since == AS_AT
    assert set(changes.directions.values()) == {Direction.SAME}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"computed": ON}, {"computed": RISK}, ("worse", "computed", ON, RISK)),
        ({"computed": OFF}, {"computed": RISK}, ("better", "computed", OFF, RISK)),
        ({"declared": ON}, {"declared": OFF}, ("worse", "declared", ON, OFF)),
        ({"health": Health.RED}, {"health": Health.GREEN}, ("better", "health", Health.RED, Health.GREEN)),
        ({"computed": RISK}, {"computed": WorkStatus.UNKNOWN}, ("no_longer_known", "computed", RISK, "unknown")),
        ({"computed": WorkStatus.UNKNOWN}, {"computed": ON}, ("now_known", "computed", "unknown", ON)),
        ({"declared": ON}, {"declared": DONE, "is_over": True}, ("closed", "declared", ON, DONE)),
        ({"declared": DONE, "is_over": True}, {"declared": RISK}, ("reopened", "declared", DONE, RISK)),
        (
            {"overdue": Overdue.DUE_SOON},
            {"overdue": Overdue.OVERDUE},
            ("became_overdue", "overdue", "due_soon", "overdue"),
        ),
        (
            {"overdue": Overdue.OVERDUE},
            {"overdue": Overdue.ON_TIME},
            ("no_longer_overdue", "overdue", "overdue", "on_time"),
        ),
        ({"due": JUNE}, {"due": JULY}, ("slipped", "due", JUNE, JULY)),
        ({"due": JUNE}, {"due": MAY}, ("brought_forward", "due", JUNE, MAY)),
        ({"due": None}, {"due": MAY}, ("date_set", "due", None, MAY)),
        ({"due": MAY}, {"due": None}, ("date_removed", "due", MAY, None)),
        ({"theme": "Places"}, {"theme": "People"}, ("moved", "theme", "Places", "People")),
        ({"department": None}, {"department": "Housing"}, ("moved", "department", None, "Housing")),
        ({"at": "old"}, {"at": "new"}, ("moved", "source", "old", "new")),
        ({"title": "One"}, {"title": "Two"}, ("renamed", "title", "One", "Two")),
        ({"ref": "DS-1"}, {"ref": "DS-01"}, ("renamed", "ref", "DS-1", "DS-01")),
        ({"ref": "One", "title": "One"}, {"ref": "Two", "title": "Two"}, ("renamed", "title", "One", "Two")),
    ],
)
def test_what_happened_to_a_project_is_told_once(
    before: dict[str, Any], now: dict[str, Any], expected: tuple[str, str, Any, Any]
) -> None:
    assert happened(Kind.PROJECT, before, now) == [expected]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"computed": WorkStatus.NOT_STARTED}, {"computed": WorkStatus.IN_PROGRESS}),
        ({"computed": ON}, {"computed": WorkStatus.NOT_STARTED}),
        ({"computed": None}, {"computed": WorkStatus.UNKNOWN}),
        ({"health": Health.NONE}, {"health": Health.UNKNOWN}),
        ({"theme": "Places"}, {"theme": " places "}),
        ({"title": "Go live"}, {"title": "Go  live"}),
        ({"overdue": Overdue.OVERDUE}, {"overdue": Overdue.NO_DATE}),
        (
            {"declared": DONE, "is_over": True, "due": MAY},
            {"declared": WorkStatus.CLOSED, "is_over": True, "due": JULY},
        ),
        ({"reason": "One."}, {"reason": "Another."}),
    ],
)
def test_what_makes_no_difference_is_not_told(before: dict[str, Any], now: dict[str, Any]) -> None:
    assert happened(Kind.PROJECT, before, now) == []


RATED = {"band": Band.HIGH, "current": Scores(3, 4), "matrix": "5x5", "version": "1"}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"band": Band.HIGH}, {"band": Band.VERY_HIGH}, [("worse", "band", "high", "very_high")]),
        ({"band": Band.HIGH}, {"band": Band.NOT_ASSESSED}, [("no_longer_known", "band", "high", "not_assessed")]),
        (RATED, RATED | {"current": Scores(3, 5)}, [("worse", "current", Scores(3, 4), Scores(3, 5))]),
        (RATED, RATED | {"current": Scores(2, 5)}, [("better", "current", Scores(3, 4), Scores(2, 5))]),
        (RATED, RATED | {"current": Scores(2, 5), "version": "2"}, []),
        (RATED | {"current": Scores()}, RATED, []),
        (
            RATED | {"nature": Nature.OPPORTUNITY},
            RATED | {"nature": Nature.OPPORTUNITY, "band": Band.VERY_HIGH},
            [("better", "band", "high", "very_high")],
        ),
        (
            RATED | {"nature": Nature.OPPORTUNITY},
            RATED | {"nature": Nature.OPPORTUNITY, "current": Scores(4, 4)},
            [("better", "current", Scores(3, 4), Scores(4, 4))],
        ),
        ({"due": MAY}, {"due": JULY}, []),
        ({"last_reviewed": None}, {"last_reviewed": MAY}, [("reviewed", "last_reviewed", None, MAY)]),
        ({"last_reviewed": MAY}, {"last_reviewed": JUNE}, [("reviewed", "last_reviewed", MAY, JUNE)]),
        ({"last_reviewed": JUNE}, {"last_reviewed": MAY}, []),
        ({"push_outs": 1}, {"push_outs": 2}, [("pushed_out", "push_outs", 1, 2)]),
        (
            {"state": RiskStatus.OPEN},
            {"state": RiskStatus.MATERIALISED},
            [("materialised", "state", "open", "materialised")],
        ),
        (
            {"state": RiskStatus.OPEN, "rung": "board"},
            {"state": RiskStatus.CLOSED, "is_over": True},
            [("closed", "state", "open", "closed")],
        ),
        ({}, {"rung": "board"}, [("escalated", "rung", None, "board")]),
        ({"rung": "board"}, {"rung": "governance"}, [("escalated", "rung", "board", "governance")]),
        ({"rung": "governance"}, {"rung": "board"}, [("stood_down", "rung", "governance", "board")]),
        ({"rung": "board"}, {}, [("stood_down", "rung", "board", None)]),
        ({"rung": "abolished"}, {"rung": "board"}, [("escalated", "rung", "abolished", "board")]),
        ({"rung": "board"}, {"rung": "board", "repeats": 1}, [("escalated", "rung", "board", "board")]),
        ({"rung": "board", "repeats": 1}, {"rung": "board", "repeats": 1}, []),
        ({"register": "ICT"}, {"register": "Estate"}, [("moved", "register", "ICT", "Estate")]),
        ({"project": "DS-1"}, {"project": "DS-2"}, [("moved", "project", "DS-1", "DS-2")]),
    ],
)
def test_what_happened_to_a_risk_is_told(
    before: dict[str, Any], now: dict[str, Any], expected: list[tuple[str, str, Any, Any]]
) -> None:
    assert happened(Kind.RISK, before, now) == expected


@pytest.mark.parametrize(
    ("kind", "before", "now", "expected"),
    [
        (Kind.ISSUE, {"band": Band.LOW}, {"band": Band.HIGH}, ("worse", "band", Band.LOW, Band.HIGH)),
        (Kind.ISSUE, {"due": JUNE}, {"due": JULY}, ("slipped", "due", JUNE, JULY)),
        (Kind.MILESTONE, {"declared": ON}, {"declared": RISK}, ("worse", "declared", ON, RISK)),
        (Kind.ACTION, {"parent": "R-1"}, {"parent": "R-2"}, ("moved", "parent", "R-1", "R-2")),
    ],
)
def test_other_kinds_are_compared_by_what_they_have(
    kind: Kind, before: dict[str, Any], now: dict[str, Any], expected: tuple[str, str, Any, Any]
) -> None:
    assert happened(kind, before, now) == [expected]


def test_a_slip_tells_by_how_many_days_from_when_to_when() -> None:
    (change,) = changes_between(view(item(due=JUNE)), view(item(due=JULY))).of(What.SLIPPED)
    assert (change.was, change.now, change.days, change.kind, change.item.ref) == (JUNE, JULY, 30, Kind.PROJECT, "PR-1")
    (worse,) = changes_between(view(item(computed=ON)), view(item(computed=OFF))).changes
    assert worse.days is None


def test_a_change_is_about_a_record() -> None:
    with pytest.raises(ValueError, match="about a record"):
        Change(what=What.NEW).item  # noqa: B018


def test_new_and_gone_records_have_one_side() -> None:
    changes = changes_between(view(item(1), item(2)), view(item(1), item(3)))
    assert [(each.what, each.item.ref, each.was, each.now) for each in changes.changes] == [
        (What.NEW, "PR-3", None, None),
        (What.GONE, "PR-2", None, None),
    ]
    assert changes.directions == {item(1).id: Direction.NOT_KNOWN, item(3).id: Direction.NEW}


def test_a_record_that_is_new_and_on_a_rung_is_newly_escalated_too() -> None:
    new = item(2, Kind.RISK, rung="board", band=Band.HIGH)
    changes = changes_between(view(item(1, Kind.RISK)), view(item(1, Kind.RISK), new, policies=LADDER))
    assert [each.what for each in changes.changes] == [What.ESCALATED, What.NEW]
    assert changes.of(What.ESCALATED, kind=Kind.RISK)[0].before is None
    assert changes.of(What.ESCALATED, kind=Kind.ISSUE) == ()


def same_by(before: Item, now: Item) -> bool:
    made = changes_between(view(before, item(9)), view(now, item(9)))
    return not made.of(What.NEW, What.GONE)


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        pytest.param(item(4, number=1, at="old"), item(7, number=1, at="new"), True, id="the number, wherever it is"),
        pytest.param(item(1, number=None), item(1, number=None), True, id="the place, where there are no numbers"),
        pytest.param(item(1, number=None), item(1, number=5), True, id="the place, where one has no number yet"),
        pytest.param(item(1, number=4), item(1, number=5), False, id="two numbers are two records"),
        pytest.param(item(1, number=None), item(2, number=None), False, id="two places are two records"),
        pytest.param(item(1), item(1, Kind.RISK, at="projects"), False, id="two kinds are two records"),
    ],
)
def test_records_are_matched_by_number_else_by_place(before: Item, now: Item, same: bool) -> None:
    assert same_by(before, now) is same


def test_two_records_that_changed_places_are_each_compared_with_themselves() -> None:
    before = view(item(1, computed=ON), item(2, computed=OFF))
    now = view(item(1, number=2, computed=OFF), item(2, number=1, computed=ON))
    assert changes_between(before, now).changes == ()


def test_a_project_that_is_called_otherwise_is_not_another_place_for_what_belongs_to_it() -> None:
    before = view(item(1, ref="DS-1"), item(2, Kind.MILESTONE, project="DS-1"))
    now = view(item(1, ref="DS-01"), item(2, Kind.MILESTONE, project="DS-01"))
    assert told(before, now) == [("renamed", "ref", "DS-1", "DS-01")]


def test_a_programme_that_is_called_otherwise_is_not_another_programme() -> None:
    before = view(item(1, Kind.PROGRAMME, title="Old"), item(2, programme="Old"))
    now = view(item(1, Kind.PROGRAMME, title="New"), item(2, programme="New"))
    assert changes_between(before, now).changes == ()


@pytest.mark.parametrize("read", ["partial", "failed"])
def test_what_a_view_could_not_read_is_neither_gone_nor_new(read: str) -> None:
    risks, none = view(item(1), item(2, Kind.RISK), item(3, Kind.RISK)), view(item(1), read={"risks": read})
    for before, now in ((risks, none), (none, risks)):
        changes = changes_between(before, now)
        assert (changes.changes, changes.not_comparable) == ((), {Kind.RISK: 2})


def test_what_a_list_brings_that_joined_the_portfolio_is_counted_by_list() -> None:
    small, large = view(item(1)), view(item(1), item(2, Kind.RISK), item(3, Kind.RISK, rung="board"), policies=LADDER)
    joined, left = changes_between(small, large), changes_between(large, small)
    assert joined.lists == (ListChange(name="risks", kind=Kind.RISK, records=2, joined=True),)
    assert [each.what for each in joined.changes] == [What.ESCALATED]
    assert left.lists == (ListChange(name="risks", kind=Kind.RISK, records=2, joined=False),)
    assert left.changes == ()


def test_a_list_that_was_given_another_name_did_not_join() -> None:
    before = view(item(1, at="old", guid="g"))
    now = view(item(1, at="new", guid="g"), item(2, at="new", guid="g"))
    changes = changes_between(before, now)
    assert ([each.what for each in changes.changes], changes.lists) == ([What.NEW], ())


@pytest.mark.parametrize(
    ("before", "now", "count"),
    [
        pytest.param([item(1, restricted=True)], [item(1, restricted=True)], 0, id="as it was"),
        pytest.param([item(1, restricted=True, computed=ON)], [item(1, restricted=True, computed=OFF)], 1, id="worse"),
        pytest.param([item(1, restricted=True)], [item(1)], 1, id="no longer restricted"),
        pytest.param([item(1, computed=ON)], [item(1, computed=OFF, restricted=True)], 1, id="restricted now"),
        pytest.param([item(1, restricted=True)], [], 1, id="gone"),
        pytest.param([], [item(1, restricted=True)], 1, id="new"),
    ],
)
def test_restricted_records_are_only_counted(before: list[Item], now: list[Item], count: int) -> None:
    other = item(7, at="projects")
    changes = changes_between(view(*before, other), view(*now, other))
    assert (changes.changes, changes.restricted) == ((), {Kind.PROJECT: count} if count else {})
    assert set(changes.directions) == {other.id}


def test_a_project_is_no_better_because_a_list_could_not_be_read() -> None:
    red, green = item(1, computed=OFF, declared=ON), item(1, computed=ON, declared=ON)
    unread = {"milestones": "failed"}
    for before, now in (
        (view(red), view(green, read=unread)),
        (view(green, read=unread), view(red)),
        (view(green, read=unread), view(green)),
    ):
        changes = changes_between(before, now)
        assert (changes.changes, changes.directions) == ((), {red.id: Direction.NOT_KNOWN})
    still = changes_between(view(green), view(red, read=unread))
    assert [each.what for each in still.changes] == [What.WORSE]
    assert still.directions == {red.id: Direction.WORSE}


def test_programmes_are_not_among_the_records() -> None:
    programme = item(1, Kind.PROGRAMME, computed=ON)
    assert changes_between(view(programme), view()).changes == ()
    assert changes_between(view(programme), view(replace(programme, computed=OFF))).directions == {}


def test_the_worst_comes_first() -> None:
    before = view(
        *(item(number, computed=ON, due=JUNE) for number in (1, 2, 3)), item(4, computed=OFF), item(5, Kind.RISK)
    )
    now = view(
        item(1, computed=RISK, due=JULY),
        item(2, computed=OFF, due=date(2026, 6, 9)),
        item(3, computed=ON, due=JUNE, ref="PR-03"),
        item(4, computed=ON),
        item(5, Kind.RISK, rung="board", band=Band.HIGH),
        item(6, computed=None),
        item(7, computed=OFF),
        policies=LADDER,
    )
    assert [(each.what.value, each.item.ref) for each in changes_between(before, now).changes] == [
        ("escalated", "RI-5"),
        ("worse", "PR-2"),
        ("worse", "PR-1"),
        ("slipped", "PR-1"),
        ("slipped", "PR-2"),
        ("new", "PR-7"),
        ("new", "PR-6"),
        ("renamed", "PR-03"),
        ("now_known", "RI-5"),
        ("better", "PR-4"),
    ]


def test_scores_are_those_of_the_matrix() -> None:
    ranked = replace(DEFAULT_MATRIX, name="5x5", scores=tuple(tuple(range(5, 0, -1)) for _ in range(5)))
    rules = Policies(matrices={"5x5": (replace(ranked, version="0"), ranked)})
    before, now = (view(item(1, Kind.RISK, **RATED | {"current": Scores(3, step)}), policies=rules) for step in (4, 5))
    assert told(before, now) == [("better", "current", Scores(3, 4), Scores(3, 5))]
