"""The core, given the sample world, decides what the rules stated in `tests.support.digital_strategy` decide."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from config import samples
from config.portfolio import load_portfolio
from sync.core import explain
from sync.core.findings import FindingKind
from sync.core.judging import Judged, judge
from sync.core.matching import Matched, match
from sync.core.model import Band, Kind, Overdue, WorkStatus
from sync.core.ownership import OwnedField
from sync.core.planning import PlanInput, make_plan
from sync.core.rollup import Scope, roll_up
from sync.core.snapshot import Record
from sync.core.status import Assessment
from sync.engine.targets import Portfolio
from tests.support import digital_strategy as stated
from tests.support.sample_snapshots import bindings, snapshots


@cache
def portfolio() -> Portfolio:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.yaml"
        text = samples.portfolio_text(stated.NAME, base_url="http://127.0.0.1:8790", portfolio_name="Digital strategy")
        path.write_text(text, encoding="utf-8")
        return load_portfolio(path)


@cache
def matched() -> Matched:
    return match(snapshots(stated.world(), portfolio()), portfolio().sources)


@cache
def judged(today: date = stated.DAY) -> Judged:
    return judge(matched(), portfolio().policies, portfolio().calendar, today, {})


@cache
def assessed(today: date = stated.DAY) -> Mapping[tuple[str, int], tuple[Record, Assessment]]:
    made = judged(today).assessments
    return {(record.source, record.id.item_id): (record, made[record.id]) for record in matched().records}


def reasons(today: date = stated.DAY) -> dict[str, str]:
    """The sentence of every record that has one, by its key."""
    labels = portfolio().policies.labels
    told = ((record, explain.reason(assessment, labels)) for record, assessment in assessed(today).values())
    return {record.label: sentence for record, sentence in told if sentence}


def test_every_mapped_and_owned_column_fits_its_list() -> None:
    bound = bindings(stated.world(), portfolio())
    assert {name: (*each.missing, *each.unwritable) for name, each in bound.items()} == dict.fromkeys(
        portfolio().sources, ()
    )


def test_what_cannot_be_read_is_the_planned_mess_and_nothing_else() -> None:
    assert [(found.kind, found.source, found.key) for found in matched().findings] == [
        (FindingKind.TEXT_DATE, "infrastructure", "SDI-09"),
        (FindingKind.UNKNOWN_VALUE, "milestones", "MS-17"),
        (FindingKind.ORPHAN, "mitigating-actions", "A-15"),
        (FindingKind.DUPLICATE_KEY, "project-risks", "PR-011"),
        (FindingKind.DUPLICATE_KEY, "project-risks", "PR-011"),
        (FindingKind.MISSING_OWNER, "public-services", "IPS-06"),
    ]


def test_what_contradicts_itself_is_what_the_rules_stated_apart_find() -> None:
    read, every = matched().findings, judged().matched.findings
    found = [(each.kind, each.source, each.key) for each in every if each not in read]
    assert sorted(found) == sorted(stated.contradictions(stated.DAY))
    assert len(every) == len(read) + len(found)


def test_declared_and_computed_statuses_are_those_of_the_rules_stated_apart() -> None:
    expected = {
        (row.source, row.item["id"]): (row["status"], stated.computed(row, stated.DAY)[0]) for row in stated.projects()
    }
    made = {
        place: (assessment.declared, assessment.computed)
        for place, (record, assessment) in assessed().items()
        if record.kind is Kind.PROJECT
    }
    assert made == expected
    assert sum(assessment.reads_worse for _, assessment in assessed().values()) == len(stated.READS_WORSE) == 9


def test_bands_and_due_dates_are_those_of_the_rules_stated_apart() -> None:
    rows = {(row.source, row.item["id"]): row for row in stated.everything()}
    assert rows.keys() == assessed().keys()
    for place, (record, assessment) in assessed().items():
        assert assessment.due == rows[place].due, place
        if record.kind is Kind.RISK:
            assert assessment.band == stated.band(rows[place]), place


def test_reviews_and_boards_are_those_of_the_rules_stated_apart() -> None:
    rows = {(risk.source, risk.item["id"]): risk for risk in stated.risks()}
    made = {place: assessment for place, (_, assessment) in assessed().items() if place in rows}
    assert {place: each.review and each.review.cadence_due for place, each in made.items()} == {
        place: stated.reviewed_next(risk) for place, risk in rows.items()
    }
    assert {place: each.escalation and each.escalation.board for place, each in made.items()} == {
        place: stated.board(risk) for place, risk in rows.items()
    }
    assert all(assessment.escalation is None for place, (_, assessment) in assessed().items() if place not in rows)


def test_what_staff_will_read_says_why() -> None:
    told = reasons()
    assert told["IPS-04"] == "At risk: milestone 'Booking calendar live' was due 3 June 2026."
    assert told["IPS-09"] == "At risk: its end date was 29 May 2026."
    assert told["VDE-07"] == "At risk: action A-01 on high risk PR-004 was due 12 June 2026."
    assert told["SDI-02"] == "At risk: risk PR-001 is very high, last reviewed 4 June 2026."
    assert told["SDI-08"] == "At risk: a restricted risk counts against it."
    assert told["PR-012"] == (
        "Overdue: review was due 14 June 2026, last reviewed 14 May 2026. For ICT Programme Board: it is high."
    )
    assert told["OPS-02"] == "For ICT Programme Board: it is high and it cannot be mitigated further where it stands."
    assert told["OPS-03"] == "For Corporate Governance Manager: it cannot be mitigated further where it stands."
    assert "OPS-01" not in told, "very high, and its meeting has not given it up"
    assert told["PRG-04"] == "1 of 8 open projects is off track: SDI-06."
    assert "PR-002" not in " ".join(told.values())


def test_programmes_read_the_worst_of_their_open_projects() -> None:
    read = {r.label: a.computed for r, a in assessed().values() if r.kind is Kind.PROGRAMME}
    assert read == {
        "PRG-01": WorkStatus.AT_RISK,
        "PRG-02": WorkStatus.ON_TRACK,
        "PRG-03": WorkStatus.OFF_TRACK,
        "PRG-04": WorkStatus.OFF_TRACK,
        "PRG-05": WorkStatus.AT_RISK,
        "PRG-06": WorkStatus.NEEDS_REVIEW,
        "PRG-07": WorkStatus.AT_RISK,
        "PRG-08": WorkStatus.COMPLETE,
    }


def test_every_state_of_a_date_and_every_band_is_shown_somewhere() -> None:
    assert {assessment.overdue for _, assessment in assessed().values()} == {None, *Overdue}
    assert {assessment.band for _, assessment in assessed().values()} == {None, *Band}


@pytest.mark.parametrize("days", range(1, 8))
def test_nothing_that_would_be_written_changes_in_the_seven_nights_after_the_day(days: int) -> None:
    later = stated.DAY + timedelta(days=days)
    before, after = assessed(), assessed(later)
    assert {place: assessment for place, (_, assessment) in after.items()} == {
        place: assessment for place, (_, assessment) in before.items()
    }
    assert reasons(later) == reasons()
    assert judged(later).matched.findings == judged().matched.findings


def test_the_roll_up_prints_the_committees_table_and_how_many_read_worse() -> None:
    made = {record.id: assessment for record, assessment in assessed().values()}
    rows = [row for row in roll_up(matched(), made, stated.DAY, name="All") if row.total]
    shown = ("on_track", "needs_review", "complete")
    table = {
        row.name: (row.total, [row.counts[s] for s in shown], [row.percent[s] for s in shown], row.differs)
        for row in rows
        if row.scope in (Scope.PORTFOLIO, Scope.THEME)
    }
    assert table == {
        "Provide innovative public services": (13, [9, 2, 2], [69, 15, 15], 2),
        "Create a vibrant digital economy": (12, [7, 1, 4], [58, 8, 33], 2),
        "Create a sustainable digital infrastructure": (11, [10, 1, 0], [91, 9, 0], 3),
        "Improve health, wellbeing and inclusion": (11, [5, 4, 2], [45, 36, 18], 2),
        "All": (47, [31, 8, 8], [66, 17, 17], 9),
    }
    assert {row.name: row.total for row in rows if row.scope is Scope.REGISTER} == {
        "project-registers": 21,
        "tda-register": 9,
        "technical-operations-register": 10,
    }


def test_the_first_plan_writes_every_record_once_but_for_a_shared_reference_and_what_needs_no_value() -> None:
    inputs = {name: PlanInput(bound, {}) for name, bound in bindings(stated.world(), portfolio()).items()}
    made = judged()
    plan = make_plan(made.matched, made.assessments, inputs, today=stated.DAY, policy_digest="").plan
    written = {(write.source, write.id.item_id) for write in plan.writes}
    shared_reference = {("project-risks", 11), ("project-risks", 12)}
    shows_no_already = {("mitigating-actions", number) for number in (3, 8, 9, 10, 11, 12, 14, 16)}
    assert assessed().keys() - written == shared_reference | shows_no_already
    assert len(plan.writes) == len(written) == 135
    assert plan.refusals == ()
    assert {write.set[OwnedField.CHECK] for write in plan.writes if OwnedField.CHECK in write.set} == {
        "Health is green, but milestone 'Financial assessment form live' was due 10 June 2026",
        "It is to be mitigated, but no open action has a due date",
        "Lead officer is blank",
        "Milestone status 'Waiting on landlord' is not a known value",
        "Reference 'TDA-19' is in no list that was read",
        "Risk PR-018 is high, but no action is open",
        "Target date is text; not a date",
    }
    sent = {write.key: board for write in plan.writes if (board := write.set.get(OwnedField.ESCALATE_TO))}
    hidden = {"PR-002": "item 2"}
    assert sent == {hidden.get(key, key): board for board, keys in stated.ESCALATED.items() for key in keys}
    reviewed = {write.key for write in plan.writes if OwnedField.NEXT_REVIEW in write.set}
    open_ones = {hidden.get(risk.key, risk.key) for risk in stated.risks() if not risk.is_over}
    assert reviewed == open_ones - {"PR-011"}
