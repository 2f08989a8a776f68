"""What contradicts itself: each rule at, below and above its line, unmapped, unread, restricted, with its sentence."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.contradictions import of_doubts, of_events
from sync.core.doubts import Doubt
from sync.core.events import Event, EventKind
from sync.core.findings import WHAT_HAPPENED, Finding, FindingKind, Severity
from sync.core.model import Band, Health, Kind, Nature, RiskStatus, WorkStatus
from sync.core.policy import Labels, Policies, ReportPolicy
from sync.core.snapshot import RecordId
from tests.support.contradicting import found, of, said, with_text_date
from tests.support.portfolios import TODAY, Portfolio

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 3)
GREEN, RED = {"health": Health.GREEN}, {"health": Health.RED}
TITLE = "Secret plan"


def test_ordinary_records_contradict_nothing() -> None:
    portfolio = Portfolio()
    portfolio.project(status=WorkStatus.ON_TRACK, health=Health.GREEN, end=TOMORROW, last_reported=YESTERDAY)
    portfolio.milestone(original=TOMORROW)
    portfolio.risk(likelihood=1, last_reviewed=YESTERDAY, response="Accept", raised=MAY)
    portfolio.action(due=TOMORROW)
    portfolio.add(Kind.ISSUE, "I-1", project="DS-01", severity=Band.HIGH)
    portfolio.add(Kind.PROGRAMME, "P-1")
    assert found(portfolio) == ()


# Green but overdue

GREEN_BUT_OVERDUE = FindingKind.GREEN_BUT_OVERDUE


@pytest.mark.parametrize(
    ("project", "milestones", "expected"),
    [
        ({**GREEN, "end": YESTERDAY}, [], ["DS-01: Health is green, but its end date was 16 June 2026."]),
        ({**GREEN, "end": TODAY}, [], []),
        ({**GREEN}, [], []),
        ({"health": Health.AMBER, "end": YESTERDAY}, [], []),
        ({"end": YESTERDAY}, [], []),
        ({**GREEN, "end": YESTERDAY, "status": WorkStatus.COMPLETE}, [], []),
        ({**GREEN, "end": YESTERDAY, "status": WorkStatus.ON_HOLD}, [], []),
        (GREEN, [{"original": JUNE}], ["DS-01: Health is green, but milestone 'Go live' was due 3 June 2026."]),
        (GREEN, [{"original": JUNE, "forecast": TODAY}], []),
        (GREEN, [{"original": JUNE, "actual": JUNE}], []),
        (GREEN, [{"original": JUNE, "project": "DS-02"}], []),
        (
            {**GREEN, "end": MAY},
            [{"original": JUNE, "title": "B"}, {"original": MAY, "title": None, "key": "MS-2"}],
            [
                (
                    "DS-01: Health is green, but its end date was 1 May 2026, milestone 'MS-2' was due 1 May 2026 and "
                    "milestone 'B' was due 3 June 2026."
                )
            ],
        ),
        (
            GREEN,
            [{"original": MAY, "title": name} for name in "DCBA"],
            [
                (
                    "DS-01: Health is green, but milestone 'A' was due 1 May 2026, milestone 'B' was due 1 May 2026, "
                    "milestone 'C' was due 1 May 2026 and 1 more milestone is overdue."
                )
            ],
        ),
        (
            GREEN,
            [{"original": MAY, "title": name} for name in "EDCBA"],
            [
                (
                    "DS-01: Health is green, but milestone 'A' was due 1 May 2026, milestone 'B' was due 1 May 2026, "
                    "milestone 'C' was due 1 May 2026 and 2 more milestones are overdue."
                )
            ],
        ),
    ],
)
def test_green_but_overdue(project: dict[str, Any], milestones: list[dict[str, Any]], expected: list[str]) -> None:
    portfolio = Portfolio()
    portfolio.project(**project)
    for each in milestones:
        portfolio.milestone(**each)
    assert said(portfolio, GREEN_BUT_OVERDUE) == expected


@pytest.mark.parametrize(("count", "ending"), [(1, "a restricted milestone is"), (2, "2 restricted milestones are")])
def test_a_restricted_milestone_makes_green_doubtful_and_is_not_named(count: int, ending: str) -> None:
    portfolio = Portfolio()
    portfolio.source("milestone", Kind.MILESTONE, restricted=True)
    portfolio.project(**GREEN)
    for _ in range(count):
        portfolio.milestone(TITLE, original=JUNE)
    assert said(portfolio, GREEN_BUT_OVERDUE) == [f"DS-01: Health is green, but {ending} overdue."]


def test_of_a_restricted_project_only_its_own_row_tells_the_dates() -> None:
    portfolio = of(Kind.PROJECT, restricted=True, title=TITLE, end=JUNE, **GREEN)
    [told] = [each for each in found(portfolio) if each.kind is GREEN_BUT_OVERDUE]
    assert told.text == "item 1: Health is green, but it is overdue."
    assert told.mend == "Health is green, but its end date was 3 June 2026"


def test_a_milestone_that_may_belong_to_an_unread_list_is_held_against_nobody() -> None:
    portfolio = Portfolio()
    portfolio.source("elsewhere", Kind.PROJECT)
    portfolio.project(title="Libraries", **GREEN)
    portfolio.milestone(original=JUNE, project="Libraries")
    assert len(said(portfolio, GREEN_BUT_OVERDUE)) == 1
    assert said(portfolio, GREEN_BUT_OVERDUE, unread=["elsewhere"]) == []


# Red without action

RED_WITHOUT_ACTION = FindingKind.RED_WITHOUT_ACTION
LOW = {"likelihood": 1, "impact": 1}


@pytest.mark.parametrize(
    ("project", "risks", "expected"),
    [
        (RED, [], ["DS-01: Health is red, but no action is open."]),
        (GREEN, [], []),
        (RED, [LOW], ["DS-01: Health is red, but no action is open."]),
        ({**RED, "status": WorkStatus.CLOSED}, [], []),
        ({**RED, "status": WorkStatus.ON_HOLD}, [], []),
        ({}, [{}], ["DS-01: Risk R-1 is very high, but no action is open."]),
        ({}, [{"likelihood": 3}], ["DS-01: Risk R-1 is high, but no action is open."]),
        ({}, [{"likelihood": 2, "impact": 3}], []),
        ({}, [{"likelihood": None}], []),
        ({}, [{"status": RiskStatus.CLOSED}], []),
        ({}, [{"nature": Nature.OPPORTUNITY}], []),
        ({}, [{"project": "DS-02"}], []),
        (
            RED,
            [{"likelihood": 3}, {}],
            ["DS-01: Health is red, risk R-2 is very high and risk R-1 is high, but no action is open."],
        ),
        (
            {},
            [{}, {}, {}, {"likelihood": 3}],
            [
                (
                    "DS-01: Risk R-1 is very high, risk R-2 is very high, risk R-3 is very high and 1 more risk is "
                    "high or very high, but no action is open."
                )
            ],
        ),
        (
            {},
            [{}, {}, {}, {}, {}],
            [
                (
                    "DS-01: Risk R-1 is very high, risk R-2 is very high, risk R-3 is very high and 2 more risks are "
                    "high or very high, but no action is open."
                )
            ],
        ),
    ],
)
def test_red_without_action(project: dict[str, Any], risks: list[dict[str, Any]], expected: list[str]) -> None:
    portfolio = Portfolio()
    portfolio.source("action", Kind.ACTION)
    portfolio.project(**project)
    for number, values in enumerate(risks, 1):
        portfolio.risk(f"R-{number}", **values)
    assert said(portfolio, RED_WITHOUT_ACTION) == expected


@pytest.mark.parametrize(
    ("action", "fires"),
    [
        ({"parent": "DS-01"}, False),
        ({"parent": "R-014"}, False),
        ({"parent": "I-1"}, False),
        ({"parent": "DS-01", "status": WorkStatus.CLOSED}, True),
        ({"parent": "DS-01", "done": JUNE}, True),
        ({"parent": "DS-02"}, True),
    ],
)
def test_any_open_action_of_a_red_project_is_enough(action: dict[str, Any], fires: bool) -> None:
    portfolio = Portfolio()
    portfolio.project(**RED)
    portfolio.project("DS-02")
    portfolio.risk(**LOW)
    portfolio.add(Kind.ISSUE, "I-1", project="DS-01")
    portfolio.action(**action)
    assert bool(said(portfolio, RED_WITHOUT_ACTION)) is fires


def test_red_without_action_is_asked_only_where_a_list_of_actions_refers_there() -> None:
    portfolio = Portfolio()
    portfolio.project(**RED)
    assert said(portfolio, RED_WITHOUT_ACTION) == []
    portfolio.source("action", Kind.ACTION, unmapped=["parent"])
    assert said(portfolio, RED_WITHOUT_ACTION) == []


@pytest.mark.parametrize(
    ("unread", "fires"), [([], True), (["action"], False), (["risk"], False), (["milestone"], True)]
)
def test_an_unread_list_may_hold_the_action_that_seems_to_be_missing(unread: list[str], fires: bool) -> None:
    portfolio = Portfolio()
    portfolio.project(**RED)
    for kind in (Kind.ACTION, Kind.RISK, Kind.MILESTONE):
        portfolio.source(kind.value, kind)
    assert bool(said(portfolio, RED_WITHOUT_ACTION, unread=unread)) is fires


@pytest.mark.parametrize(("count", "facts"), [(1, "A restricted risk is"), (2, "2 restricted risks are")])
def test_a_restricted_risk_without_action_is_not_named(count: int, facts: str) -> None:
    portfolio = Portfolio()
    portfolio.source("action", Kind.ACTION)
    portfolio.project()
    for _ in range(count):
        portfolio.risk(title=TITLE, confidential=True)
    assert said(portfolio, RED_WITHOUT_ACTION) == [f"DS-01: {facts} open, but no action is open."]


def test_of_a_restricted_project_without_action_the_report_quotes_nothing() -> None:
    portfolio = of(Kind.PROJECT, restricted=True, title=TITLE, **RED)
    portfolio.source("action", Kind.ACTION)
    assert said(portfolio, RED_WITHOUT_ACTION) == ["item 1: Health is red or a risk is high, but no action is open."]


# Closed with something open

CLOSED_WITH_OPEN = FindingKind.CLOSED_WITH_OPEN


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (WorkStatus.COMPLETE, ["DS-01: It is complete, but risk R-014 is still open."]),
        (WorkStatus.CLOSED, ["DS-01: It is closed, but risk R-014 is still open."]),
        (WorkStatus.ON_HOLD, []),
        (None, []),
    ],
)
def test_closed_with_an_open_risk(status: WorkStatus | None, expected: list[str]) -> None:
    portfolio = Portfolio()
    portfolio.project(status=status)
    portfolio.risk(**LOW)
    assert said(portfolio, CLOSED_WITH_OPEN) == expected


def test_closed_with_open_names_three_and_counts_the_rest() -> None:
    portfolio = Portfolio()
    portfolio.project(status=WorkStatus.COMPLETE)
    portfolio.risk()
    portfolio.risk("R-2", status=RiskStatus.CLOSED)
    portfolio.risk("R-3", title=TITLE, confidential=True)
    portfolio.add(Kind.ISSUE, "I-1", project="DS-01")
    portfolio.add(Kind.ISSUE, "Late papers", title="Late papers", project="DS-01")
    portfolio.action()
    portfolio.action("A-8", parent="R-2")
    portfolio.action("A-9", parent="DS-01", status=WorkStatus.COMPLETE)
    assert said(portfolio, CLOSED_WITH_OPEN) == [
        (
            "DS-01: It is complete, but action A-07, action A-8, issue 'Late papers', 2 more and a restricted risk are "
            "still open."
        )
    ]


def test_closed_with_nothing_open_and_what_may_mean_another_is_nothing() -> None:
    portfolio = Portfolio()
    portfolio.source("elsewhere", Kind.PROJECT)
    portfolio.project(title="Libraries", status=WorkStatus.COMPLETE, actual_end=MAY)
    assert said(portfolio, CLOSED_WITH_OPEN) == []
    portfolio.risk(project="Libraries")
    assert said(portfolio, CLOSED_WITH_OPEN, unread=["elsewhere"]) == []


def test_of_a_restricted_closed_project_nothing_is_quoted() -> None:
    portfolio = of(Kind.PROJECT, key="DS-01", restricted=True, title=TITLE, status=WorkStatus.CLOSED)
    portfolio.risk()
    assert said(portfolio, CLOSED_WITH_OPEN) == [
        "item 1: It is complete or closed, but something that belongs to it is still open."
    ]


# Ended, but open; complete, but when?


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"actual_end": TODAY}, ["Actual end is 17 June 2026, but its status is neither complete nor closed."]),
        ({"actual_end": TOMORROW}, []),
        ({"actual_end": MAY, "status": WorkStatus.COMPLETE}, []),
        ({"actual_end": MAY, "unmapped": ["status"]}, []),
        ({"percent_complete": 100.0}, ["Percent complete is 100, but its status is neither complete nor closed."]),
        ({"percent_complete": 99.9}, []),
        ({"percent_complete": 1.0}, []),
        (
            {"actual_end": MAY, "restricted": True},
            ["Actual end has passed, but its status is neither complete nor closed."],
        ),
    ],
)
def test_ended_but_open(values: dict[str, Any], expected: list[str]) -> None:
    told = said(of(Kind.PROJECT, **values), FindingKind.ENDED_BUT_OPEN)
    assert [each.partition(": ")[2] for each in told] == expected


COMPLETE = {"status": WorkStatus.COMPLETE}


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (Kind.PROJECT, COMPLETE, ["X-1: It is complete, and actual end is blank."]),
        (Kind.MILESTONE, COMPLETE, ["X-1: It is complete, and actual is blank."]),
        (Kind.ACTION, COMPLETE, ["X-1: It is complete, and done is blank."]),
        (Kind.PROJECT, {"status": WorkStatus.CLOSED}, []),
        (Kind.PROJECT, {**COMPLETE, "actual_end": MAY}, []),
        (Kind.MILESTONE, {**COMPLETE, "actual": MAY}, []),
        (Kind.PROJECT, {**COMPLETE, "unmapped": ["actual_end"]}, []),
        (Kind.ACTION, {**COMPLETE, "restricted": True}, ["item 1: It is complete, and done is blank."]),
    ],
)
def test_complete_without_date(kind: Kind, values: dict[str, Any], expected: list[str]) -> None:
    assert said(of(kind, **values), FindingKind.COMPLETE_WITHOUT_DATE) == expected


def test_a_date_that_could_not_be_read_is_not_blank() -> None:
    assert said(with_text_date(of(Kind.ACTION, **COMPLETE)), FindingKind.COMPLETE_WITHOUT_DATE) == []
    assert said(with_text_date(of(Kind.RISK)), FindingKind.NEVER_REVIEWED) == []


# Days to come


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (Kind.PROJECT, "actual_end"),
        (Kind.PROJECT, "last_reported"),
        (Kind.MILESTONE, "actual"),
        (Kind.RISK, "raised"),
        (Kind.RISK, "last_reviewed"),
        (Kind.RISK, "judged_on"),
        (Kind.ISSUE, "raised"),
        (Kind.ISSUE, "judged_on"),
        (Kind.ACTION, "done"),
    ],
)
def test_what_has_happened_is_no_day_to_come(kind: Kind, field: str) -> None:
    name = field.replace("_", " ").capitalize()
    for day, restricted, expected in (
        (TOMORROW, False, [f"X-1: {name} is 18 June 2026, which is yet to come."]),
        (TOMORROW, True, [f"item 1: {name} is a day yet to come."]),
        (TODAY, False, []),
        (None, False, []),
    ):
        assert said(of(kind, restricted=restricted, **{field: day}), FindingKind.DATE_TO_COME) == expected


# Status


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"last_reported": TODAY - timedelta(days=32)}, ["X-1: Status was last reported on 16 May 2026."]),
        ({"last_reported": TODAY - timedelta(days=31)}, []),
        ({"last_reported": None}, []),
        ({"last_reported": MAY, "status": WorkStatus.CLOSED}, []),
        ({"last_reported": MAY, "status": WorkStatus.ON_HOLD}, ["X-1: Status was last reported on 1 May 2026."]),
        ({"last_reported": MAY, "restricted": True}, ["item 1: Status has not been reported lately."]),
    ],
)
def test_stale_status(values: dict[str, Any], expected: list[str]) -> None:
    assert said(of(Kind.PROJECT, **values), FindingKind.STALE_STATUS) == expected


def test_how_old_a_status_may_be_is_policy() -> None:
    weekly = Policies(reports=ReportPolicy(stale_days=7))
    portfolio = of(Kind.PROJECT, last_reported=TODAY - timedelta(days=8))
    assert len(said(portfolio, FindingKind.STALE_STATUS, weekly)) == 1
    assert said(portfolio, FindingKind.STALE_STATUS) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"status": WorkStatus.ON_TRACK, "end": YESTERDAY},
            ["X-1: reported as 'On track', and by the rules 'At risk'."],
        ),
        ({"end": MAY}, ["X-1: no status reported, and by the rules 'Needs rescue'."]),
        ({"status": WorkStatus.AT_RISK, "end": YESTERDAY}, []),
        ({"status": WorkStatus.ON_TRACK}, []),
        (
            {"status": WorkStatus.ON_TRACK, "end": YESTERDAY, "restricted": True},
            ["item 1: by the rules it reads worse than reported."],
        ),
    ],
)
def test_reads_worse(values: dict[str, Any], expected: list[str]) -> None:
    labelled = Policies(labels=Labels(status={WorkStatus.OFF_TRACK: "Needs rescue"}))
    assert said(of(Kind.PROJECT, **values), FindingKind.READS_WORSE, labelled) == expected


# Keys


def test_what_happened_is_told_as_what_it_was() -> None:
    place = {"number": 1, "of": Kind.PROJECT, "id": RecordId("h", "l", 7), "source": "projects", "label": "DS-07"}
    events = [
        Event(kind=EventKind.RENAMED, before="A", after="B", **place),
        Event(kind=EventKind.KEY_REUSED, before="Libraries", **place),
        Event(kind=EventKind.KEY_REUSED, restricted=True, **{**place, "label": "item 7", "source": "cyber"}),
    ]
    hidden = Finding("cyber", 7, FindingKind.KEY_REUSED, "item 7", "Item 7 has a key that something else had before.")
    named = Finding("projects", 7, FindingKind.KEY_REUSED, "DS-07", "DS-07 has the key that 'Libraries' had before.")
    renamed = Finding("projects", 7, FindingKind.RENAMED, "DS-07", "DS-07 was called 'A' and is now 'B'.")
    assert of_events(events) == of_events(reversed(events)) == (hidden, named, renamed)
    assert [each.severity for each in of_events(events)] == [Severity.WARNING, Severity.WARNING, Severity.INFO]


def test_everything_that_can_happen_is_a_kind_of_finding() -> None:
    told = {FindingKind(kind.value) for kind in EventKind}
    assert told == {*WHAT_HAPPENED, FindingKind.KEY_REUSED}


def test_two_lists_that_differ_are_among_the_contradictions() -> None:
    portfolio = Portfolio()
    portfolio.source("other", Kind.PROJECT)
    portfolio.project(end=TOMORROW)
    portfolio.add(Kind.PROJECT, "DS-01", "other", end=TODAY)
    assert [each.kind for each in found(portfolio)] == [FindingKind.DIFFERING_VALUE] * 2


# What holds for all of them


def test_what_was_found_stands_with_the_other_findings_of_its_row() -> None:
    portfolio = Portfolio()
    project = portfolio.project(end=YESTERDAY, **GREEN)
    matched = portfolio.matched().with_findings(found(portfolio))
    assert [each.kind for each in matched.about(project)] == [FindingKind.GREEN_BUT_OVERDUE, FindingKind.READS_WORSE]
    assert {each.kind for each in matched.findings} == {each.kind for each in matched.about(project)}


def test_an_ordinary_late_project_has_nothing_to_mend() -> None:
    portfolio = Portfolio()
    portfolio.source("project", Kind.PROJECT, unmapped=["health", "actual_end", "last_reported", "percent_complete"])
    portfolio.project(status=WorkStatus.ON_TRACK, end=MAY)
    portfolio.milestone(original=MAY)
    assert [each.mend for each in found(portfolio)] == [""]


@given(st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_the_rows(random: Any) -> None:
    portfolio = Portfolio()
    portfolio.project(status=WorkStatus.ON_TRACK, **RED, end=MAY, last_reported=MAY)
    portfolio.project("DS-02", status=WorkStatus.IN_PROGRESS, **GREEN)
    portfolio.project("DS-03", status=WorkStatus.COMPLETE)
    portfolio.source("action", Kind.ACTION)
    for number in range(9):
        portfolio.risk(f"R-{number}", response="Mitigate", project=f"DS-0{number % 3 + 1}")
        portfolio.milestone(f"M-{number}", original=MAY, project="DS-02")
    first = found(portfolio)
    random.shuffle(portfolio.records)
    assert found(portfolio) == first


@pytest.mark.parametrize("days", range(1, 8))
def test_no_sentence_changes_while_no_day_passes_that_it_names(days: int) -> None:
    portfolio = Portfolio()
    portfolio.source("action", Kind.ACTION)
    portfolio.project(status=WorkStatus.ON_TRACK, end=MAY, last_reported=MAY, **RED)
    portfolio.risk(response="Mitigate", raised=MAY, tolerance_end=MAY)
    assert found(portfolio, today=TODAY + timedelta(days=days)) == found(portfolio)


def test_what_only_a_person_can_tell_is_asked_in_the_report_and_in_no_row() -> None:
    doubt = Doubt(
        id="abc",
        number=1,
        candidate=2,
        record=RecordId("host", "guid", 7),
        source="projects",
        kind=Kind.PROJECT,
        question="Is DS-08 the same project as DS-07?",
        choices=("the same project as before", "another project"),
    )
    said = "Is DS-08 the same project as DS-07? Say so with `matches answer abc`."
    assert of_doubts([doubt]) == (Finding("projects", 7, FindingKind.DOUBTFUL_MATCH, "item 7", said),)
