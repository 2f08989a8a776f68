"""Over random portfolios: no churn, worse never better, parts add up, and nothing restricted is named."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import explain
from sync.core.dates import effective_due, next_working
from sync.core.model import Band, Confidence, Health, Kind, Nature, RiskStatus, WorkStatus
from sync.core.policy import Calendar, NonWorkingDay, OverduePolicy, Policies, RollupPolicy
from sync.core.rollup import Rollup, Scope, roll_up
from sync.core.snapshot import RecordId
from sync.core.status import WORST_FIRST, Assessment, assess
from tests.support.portfolios import TODAY, Portfolio

MARK = "hush"
DAYS = st.none() | st.integers(-45, 20).map(lambda days: TODAY + timedelta(days=days))
STEPS = st.sampled_from([5, 4, 3, 1, 0, 6, None])
RISK_STATES = st.sampled_from([RiskStatus.OPEN, None, RiskStatus.MATERIALISED, RiskStatus.CLOSED])
NATURES = st.sampled_from([None, Nature.THREAT, Nature.OPPORTUNITY])
UNTOUCHED = (WorkStatus.COMPLETE, WorkStatus.CLOSED, WorkStatus.ON_HOLD)
POLICIES = st.builds(
    Policies,
    overdue=st.builds(
        OverduePolicy,
        due_soon_days=st.integers(0, 14),
        late_days=st.integers(0, 40),
        due_on_non_working_day=st.sampled_from(NonWorkingDay),
    ),
    rollup=st.builds(
        RollupPolicy,
        thresholds=st.dictionaries(st.sampled_from(WORST_FIRST[:4]), st.integers(0, 100), max_size=3),
    ),
)
CALENDARS = st.builds(Calendar, st.frozensets(DAYS.filter(lambda day: day is not None), max_size=4))


def maybe(values: type[StrEnum]) -> st.SearchStrategy[StrEnum | None]:
    return st.none() | st.sampled_from(values)


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    """A few programmes, projects in two lists of which one is restricted, and whatever hangs from them or from none."""
    made = Portfolio()
    made.source("secret-projects", Kind.PROJECT, restricted=True)
    made.source("secret-risks", Kind.RISK, restricted=True, register="secret")
    for number in range(draw(st.integers(0, 2))):
        made.add(Kind.PROGRAMME, f"P-{number}")
    for number in range(draw(st.integers(1, 6))):
        restricted = draw(st.booleans())
        made.project(
            f"{MARK if restricted else 'DS'}-{number}",
            source="secret-projects" if restricted else None,
            title=f"{MARK if restricted else 'Project'} {number}",
            theme=draw(st.sampled_from([None, "Places", "People", "places "])),
            department=draw(st.sampled_from([None, "Planning"])),
            programme=draw(st.sampled_from([None, "P-0", "P-1", "elsewhere"])),
            status=draw(maybe(WorkStatus)),
            health=draw(maybe(Health)),
            confidence=draw(maybe(Confidence)),
            end=draw(DAYS),
            last_reported=draw(DAYS),
        )
    keys = [record.key for record in made.records if record.kind is Kind.PROJECT]
    projects = st.sampled_from([*keys, *keys, None, "lost"])
    for number in range(draw(st.integers(0, 4))):
        made.milestone(f"Stage {number}", project=draw(projects), original=draw(DAYS), actual=draw(DAYS))
    for number in range(draw(st.integers(2, 6))):
        hidden = draw(st.sampled_from([None, "list", "row"]))
        made.risk(
            f"{MARK if hidden else 'R'}-{number}",
            source="secret-risks" if hidden == "list" else None,
            confidential=True if hidden == "row" else None,
            title=f"{MARK if hidden else 'Risk'} {number}",
            project=draw(projects),
            likelihood=draw(STEPS),
            impact=draw(STEPS),
            status=draw(RISK_STATES),
            nature=draw(NATURES),
            next_review=draw(DAYS),
        )
    parents = st.sampled_from([None, *(record.key for record in made.records if record.kind is not Kind.MILESTONE)])
    for number in range(draw(st.integers(0, 4))):
        made.action(f"A-{number}", parent=draw(parents), due=draw(DAYS), status=draw(maybe(WorkStatus)))
    return made


def sentences(assessments: Mapping[RecordId, Assessment]) -> dict[RecordId, str | None]:
    return {record_id: explain.reason(made) for record_id, made in assessments.items()}


def thresholds(assessments: Mapping[RecordId, Assessment], rules: Policies, days: Calendar) -> set[date]:
    """The days on which a stored date, and nothing else, may change what is written."""
    dues = {made.due for made in assessments.values() if made.due}
    effective = {effective_due(due, rules.overdue, days) for due in dues}
    return {
        day
        for due in effective
        for day in (
            due - timedelta(days=rules.overdue.due_soon_days),
            due + timedelta(days=1),
            due + timedelta(days=rules.overdue.late_days + 1),
        )
    }


@settings(max_examples=100, deadline=None)
@given(portfolio=portfolios(), rules=POLICIES, days=CALENDARS)
def test_what_is_decided_changes_only_on_a_day_when_a_stored_date_crosses_a_threshold(
    portfolio: Portfolio, rules: Policies, days: Calendar
) -> None:
    matched = portfolio.matched()
    before = assess(matched, rules, days, TODAY)
    after = assess(matched, rules, days, TODAY + timedelta(days=1))
    if TODAY + timedelta(days=1) not in thresholds(before, rules, days):
        assert after == before
        assert sentences(after) == sentences(before)


@settings(max_examples=100, deadline=None)
@given(portfolio=portfolios(), rules=POLICIES)
def test_a_computed_status_is_never_better_than_the_declared_one(portfolio: Portfolio, rules: Policies) -> None:
    for made in assess(portfolio.matched(), rules, Calendar(), TODAY).values():
        if made.kind is not Kind.PROJECT or made.computed is None:
            continue
        declared = made.declared or WorkStatus.UNKNOWN
        assert WORST_FIRST.index(made.computed) <= WORST_FIRST.index(declared)
        assert made.computed is declared or (made.reasons and declared not in UNTOUCHED)


@settings(max_examples=100, deadline=None)
@given(portfolio=portfolios(), rules=POLICIES)
def test_parts_add_up_to_totals_in_every_scope_of_projects(portfolio: Portfolio, rules: Policies) -> None:
    matched = portfolio.matched()
    whole, *parts = roll_up(matched, assess(matched, rules, Calendar(), TODAY), TODAY)
    for scope in (Scope.THEME, Scope.PROGRAMME, Scope.DEPARTMENT):
        rows = [row for row in parts if row.scope is scope]
        assert not rows or figures(rows) == figures([whole])
    for row in (whole, *parts):
        assert sum(row.counts.values()) == row.total
        if row.scope is not Scope.REGISTER:
            assert sum(row.computed.values()) == sum(row.confidence.values()) == row.total


@settings(max_examples=100, deadline=None)
@given(portfolio=portfolios())
def test_registers_add_up_to_every_risk_and_issue(portfolio: Portfolio) -> None:
    matched = portfolio.matched()
    whole, *parts = roll_up(matched, assess(matched, Policies(), Calendar(), TODAY), TODAY)
    rows = [row for row in parts if row.scope is Scope.REGISTER]
    assert sum(row.total for row in rows) == sum(record.kind in (Kind.RISK, Kind.ISSUE) for record in matched.records)
    assert [sum(row.open_risks[band] for row in rows) for band in Band] == list(whole.open_risks.values())


@settings(max_examples=100, deadline=None)
@given(portfolio=portfolios())
def test_nothing_restricted_is_named_in_a_roll_up_or_in_another_list(portfolio: Portfolio) -> None:
    matched = portfolio.matched()
    made = assess(matched, Policies(), Calendar(), TODAY)
    for row in roll_up(matched, made, TODAY):
        assert MARK not in str(row.to_json())
    assert not [sentence for sentence in sentences(made).values() if sentence and MARK in sentence]
    assert MARK not in str(made)


@settings(max_examples=100, deadline=None)
@given(portfolio=portfolios(), random=st.randoms(use_true_random=False))
def test_the_order_in_which_rows_were_read_makes_no_difference(portfolio: Portfolio, random: Random) -> None:
    before = assess(portfolio.matched(), Policies(), Calendar(), TODAY)
    rolled = roll_up(portfolio.matched(), before, TODAY)
    random.shuffle(portfolio.records)
    after = assess(portfolio.matched(), Policies(), Calendar(), TODAY)
    assert after == before
    assert roll_up(portfolio.matched(), after, TODAY) == rolled


@settings(max_examples=100, deadline=None)
@given(portfolio=portfolios())
def test_every_reason_fits_a_column_of_one_line(portfolio: Portfolio) -> None:
    made = assess(portfolio.matched(), Policies(), Calendar(), TODAY)
    assert all(len(sentence or "") <= explain.REASON_LENGTH for sentence in sentences(made).values())


@given(day=st.dates(), days=CALENDARS)
def test_the_next_working_day_is_a_working_day_and_never_earlier(day: date, days: Calendar) -> None:
    found = next_working(min(day, date(9999, 12, 1)), days)
    assert found >= min(day, date(9999, 12, 1))
    assert found.weekday() < 5
    assert found not in days.closed


def figures(rows: list[Rollup]) -> list[int]:
    """Every figure that adds up, summed over some rows."""
    return [
        sum(figure)
        for figure in zip(
            *(
                [
                    row.total,
                    row.differs,
                    row.overdue,
                    row.stale,
                    *row.counts.values(),
                    *row.computed.values(),
                    *row.confidence.values(),
                    *row.open_risks.values(),
                ]
                for row in rows
            ),
            strict=True,
        )
    ]
