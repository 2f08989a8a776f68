"""What contradicts itself in risks and issues: scores, reviews, mitigation, and the ladder, each with its sentence."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.columns import Row
from sync.core.findings import Finding, FindingKind
from sync.core.history import History, Raising
from sync.core.mapping import bind, to_record
from sync.core.model import Band, Kind, Nature, RiskStatus, WorkStatus
from sync.core.policy import Acceptance, Board, Policies, RegisterPolicy, Rung
from sync.core.snapshot import Record, RecordId
from tests.support.contradicting import found, of, said, with_text_date
from tests.support.lists import column, schema, source
from tests.support.portfolios import TODAY, Portfolio
from tests.support.shared_data import SHARED_DATA, needs_shared_data

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 3)
LOW = {"likelihood": 1, "impact": 1}
TITLE = "Secret plan"
LADDER = (
    Rung(name="Programme", board="ICT Programme Board", accepts=(Acceptance(source=("risk",), band=Band.HIGH),)),
    Rung(
        name="Corporate",
        board="Corporate Governance",
        accepts=(Acceptance(source=("Programme",), cannot_mitigate=True),),
        decide_within_days=14,
    ),
)
COLCHESTER = Policies(
    ladder=LADDER,
    registers={"risk": RegisterPolicy(kept_by="ICT project managers")},
    boards={"ICT Programme Board": Board(meets=(TOMORROW,))},
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"likelihood": 3, "impact": 4, "score": 10.0},
            ["X-1: Score is 10; its cell (likelihood 3, impact 4) has 12."],
        ),
        ({"likelihood": 3, "impact": 4, "score": 12.0}, []),
        ({"likelihood": 3, "impact": 4, "score": 0.0}, []),
        ({"likelihood": 3, "impact": 4}, []),
        (
            {"likelihood": 3, "impact": 4, "band": Band.LOW},
            ["X-1: Rating is low; its cell (likelihood 3, impact 4) is high."],
        ),
        ({"likelihood": 3, "impact": 4, "score": 10.0, "status": RiskStatus.CLOSED}, []),
        ({"band": Band.LOW, "unmapped": ["likelihood", "impact", "rating"]}, []),
        (
            {"likelihood": 3, "impact": 4, "score": 10.0, "restricted": True},
            ["item 1: Score, rating or matrix version is not that of its cell."],
        ),
    ],
)
def test_a_score_that_is_not_its_cells(values: dict[str, Any], expected: list[str]) -> None:
    assert said(of(Kind.RISK, **values), FindingKind.SCORE_MISMATCH) == expected


@pytest.mark.parametrize(
    ("inherent", "current", "more", "fires"),
    [
        ((2, 2), (4, 4), {}, True),
        ((4, 4), (2, 2), {}, False),
        ((4, 4), (4, 4), {}, False),
        ((None, None), (4, 4), {}, False),
        ((2, 2), (4, 4), {"nature": Nature.OPPORTUNITY}, False),
        ((2, 2), (4, 4), {"status": RiskStatus.CLOSED}, False),
    ],
)
def test_worse_after_mitigation(
    inherent: tuple[int, int], current: tuple[int, int], more: dict[str, Any], fires: bool
) -> None:
    scores = dict(
        zip(("inherent_likelihood", "inherent_impact", "likelihood", "impact"), (*inherent, *current), strict=True)
    )
    told = said(of(Kind.RISK, **scores, **more), FindingKind.WORSE_AFTER_MITIGATION)
    assert told == (["X-1: It is rated worse after mitigation than before."] if fires else [])


WITHOUT_DATE = FindingKind.MITIGATION_WITHOUT_DATE


@pytest.mark.parametrize(
    ("response", "fires"),
    [
        ("Mitigate the Risk", True),
        ("mitigation", True),
        ("4 - Treat", True),
        ("Risk reduction", True),
        ("To be reduced", True),
        ("Accept the Risk", False),
        ("Tolerate the threat", False),
        ("No further mitigation", False),
        ("Cannot mitigate", False),
        ("Don't treat", False),
        ("Entreat the supplier", False),
        ("No New Actions Needed", False),
        ("", False),
        (None, False),
    ],
)
def test_to_mitigate_without_a_date(response: str | None, fires: bool) -> None:
    told = said(of(Kind.RISK, response=response), WITHOUT_DATE)
    assert told == (["X-1: It is to be mitigated, but next review is blank."] if fires else [])


@pytest.mark.parametrize(
    "values",
    [
        {"next_review": MAY},
        {"unmapped": ["next_review"]},
        {"status": RiskStatus.CLOSED},
    ],
)
def test_a_row_that_gives_a_day_or_cannot_or_need_not_is_left_alone(values: dict[str, Any]) -> None:
    assert said(of(Kind.RISK, response="Mitigate", **values), WITHOUT_DATE) == []


@pytest.mark.parametrize(
    ("actions", "fires"),
    [
        ([], True),
        ([{}], True),
        ([{"due": MAY}], False),
        ([{}, {"due": TOMORROW}], False),
        ([{"due": MAY, "done": MAY}], True),
        ([{"due": MAY, "status": WorkStatus.CLOSED}], True),
        ([{"due": MAY, "parent": "R-2"}], True),
    ],
)
def test_to_mitigate_without_a_dated_action(actions: list[dict[str, Any]], fires: bool) -> None:
    portfolio = Portfolio()
    portfolio.source("action", Kind.ACTION)
    portfolio.risk(response="Mitigate", next_review=TOMORROW, project=None)
    portfolio.risk("R-2", project=None)
    for number, values in enumerate(actions):
        portfolio.action(f"A-{number}", **values)
    told = said(portfolio, WITHOUT_DATE)
    assert told == (["R-014: It is to be mitigated, but no open action has a due date."] if fires else [])
    assert said(portfolio, WITHOUT_DATE, unread=["action"]) == []


def test_an_action_whose_date_could_not_be_read_has_one() -> None:
    portfolio = Portfolio()
    portfolio.risk(response="Mitigate", project=None)
    portfolio.action()
    assert said(with_text_date(portfolio), WITHOUT_DATE) == []


def test_a_restricted_risk_to_mitigate_is_named_by_its_number() -> None:
    portfolio = of(Kind.RISK, restricted=True, title=TITLE, response="Mitigate")
    assert said(portfolio, WITHOUT_DATE) == ["item 1: It is to be mitigated, but next review is blank."]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["X-1: not reviewed yet."]),
        ({"raised": YESTERDAY}, ["X-1: not reviewed yet; its first review is due 16 July 2026."]),
        ({"raised": MAY}, ["X-1: not reviewed yet; its review has been due since 1 June 2026."]),
        ({"last_reviewed": MAY}, []),
        ({"status": RiskStatus.CLOSED}, []),
        ({"unmapped": ["last_reviewed"]}, []),
        ({"raised": MAY, "restricted": True}, ["item 1: not reviewed yet."]),
    ],
)
def test_never_reviewed(values: dict[str, Any], expected: list[str]) -> None:
    assert said(of(Kind.RISK, **values), FindingKind.NEVER_REVIEWED) == expected


@needs_shared_data[0]
@needs_shared_data[1]
def test_the_published_register_has_eleven_risks_to_mitigate_without_a_date() -> None:
    """A list that keeps response and due date in the risk's own row maps that date as its next review."""
    with (SHARED_DATA / "it_tra_register" / "it_tra_risks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    fields = {"response": "response", "next_review": "due_raw"}
    register = source("risk", Kind.RISK, key="risk_id", fields=fields)
    binding = bind(register, schema(*map(column, rows[0])))
    portfolio = Portfolio({"risk": register})
    for number, cells in enumerate(rows, 1):
        read = to_record(binding, Row(number, '"1"', cells))
        assert read is not None
        portfolio.records.append(read)
    assert len(portfolio.records) == 68
    assert len(said(portfolio, WITHOUT_DATE)) == 11


def history(record: Record, **values: Any) -> dict[RecordId, History]:
    seen: dict[str, Any] = {"source": record.source, "kind": record.kind, "first_seen": MAY, "last_seen": TODAY}
    return {record.id: History(number=1, id=record.id, since=MAY, **seen, **values)}


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, []),
        (1, ["X-1: next review was moved to a later day once since 1 May 2026 without a review."]),
        (2, ["X-1: next review was moved to a later day twice since 1 May 2026 without a review."]),
        (3, ["X-1: next review was moved to a later day 3 times since 1 May 2026 without a review."]),
    ],
)
def test_a_review_that_is_pushed_out(count: int, expected: list[str]) -> None:
    portfolio = of(Kind.RISK)
    known = history(portfolio.records[0], push_outs=count)
    assert said(portfolio, FindingKind.REVIEW_PUSHED_OUT, histories=known) == expected
    closed = of(Kind.RISK, status=RiskStatus.CLOSED)
    assert said(closed, FindingKind.REVIEW_PUSHED_OUT, histories=history(closed.records[0], push_outs=count)) == []
    hidden = of(Kind.RISK, restricted=True, title=TITLE)
    plain = ["item 1: next review was moved to a later day without a review."] if count else []
    known = history(hidden.records[0], push_outs=count)
    assert said(hidden, FindingKind.REVIEW_PUSHED_OUT, histories=known) == plain


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"tolerance_end": YESTERDAY}, ["X-1: Tolerance ended on 16 June 2026."]),
        ({"tolerance_end": TODAY}, []),
        ({}, []),
        ({"tolerance_end": MAY, "status": RiskStatus.CLOSED}, []),
        ({"tolerance_end": MAY, "restricted": True}, ["item 1: Tolerance has ended."]),
    ],
)
def test_tolerance_ended(values: dict[str, Any], expected: list[str]) -> None:
    assert said(of(Kind.RISK, **values), FindingKind.TOLERANCE_ENDED) == expected


# The ladder

SEVERE = {"likelihood": 4, "impact": 5}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({**SEVERE, "rung": "Corporate"}, ["X-1: Rung is 'Corporate'; the ladder recommends 'Programme'."]),
        ({**SEVERE, "rung": "ICT programme board"}, []),
        (
            {**SEVERE, "rung": "ICT project managers"},
            ["X-1: Rung is 'ICT project managers'; the ladder recommends 'Programme'."],
        ),
        ({**SEVERE}, []),
        (
            {**LOW, "rung": "Programme"},
            ["X-1: Rung is 'Programme'; the ladder recommends that it stays with its register."],
        ),
        ({**SEVERE, "rung": "Corporate", "status": RiskStatus.CLOSED}, []),
        ({**SEVERE, "rung": "Corporate", "restricted": True}, ["item 1: Rung is another than the ladder recommends."]),
    ],
)
def test_another_rung_than_the_ladder_recommends(values: dict[str, Any], expected: list[str]) -> None:
    portfolio = of(Kind.RISK, **values)
    assert said(portfolio, FindingKind.OTHER_RUNG, COLCHESTER) == expected
    assert said(portfolio, FindingKind.OTHER_RUNG) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"rung": "The committee"}, ["X-1: Rung 'The committee' is no rung of the ladder."]),
        ({"rung": "Corporate"}, []),
        ({}, []),
        ({"rung": "The committee", "restricted": True}, ["item 1: Rung is no rung of the ladder."]),
    ],
)
def test_a_rung_that_nobody_knows(values: dict[str, Any], expected: list[str]) -> None:
    assert said(of(Kind.RISK, **SEVERE, **values), FindingKind.UNKNOWN_RUNG, COLCHESTER) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"judged_by": "Joe; ict programme board"}, ["X-1: Judged by 'Joe': the ladder knows no such body."]),
        ({"judged_by": "ICT Programme Board"}, []),
        ({"judged_by": "Joe", "restricted": True}, ["item 1: Judged by names a body that is not of the ladder."]),
    ],
)
def test_a_judge_that_nobody_knows(values: dict[str, Any], expected: list[str]) -> None:
    portfolio = of(Kind.RISK, cannot_mitigate=True, **SEVERE, **values)
    assert said(portfolio, FindingKind.UNKNOWN_JUDGE, COLCHESTER) == expected


OVERDUE_DECISION = FindingKind.OVERDUE_DECISION
RAISED = Raising(rung="Programme", board="ICT Programme Board", on=MAY, decide_by=JUNE)


@pytest.mark.parametrize(
    ("values", "raising", "expected"),
    [
        ({}, RAISED, ["X-1: A decision by ICT Programme Board was due 3 June 2026."]),
        (
            {"decided_on": MAY - timedelta(days=1)},
            RAISED,
            ["X-1: A decision by ICT Programme Board was due 3 June 2026."],
        ),
        ({"decided_on": MAY}, RAISED, []),
        ({}, replace(RAISED, decide_by=TODAY), []),
        ({}, replace(RAISED, decide_by=None), []),
        ({}, replace(RAISED, ended=JUNE), []),
        ({}, replace(RAISED, rung="Corporate"), []),
        ({"unmapped": ["decided_on"]}, RAISED, []),
        ({"status": RiskStatus.CLOSED}, RAISED, []),
        ({"restricted": True, "title": TITLE}, RAISED, ["item 1: A decision on it is overdue."]),
    ],
)
def test_overdue_decision(values: dict[str, Any], raising: Raising, expected: list[str]) -> None:
    portfolio = of(Kind.RISK, **SEVERE, **values)
    known = history(portfolio.records[0], raised=(raising,))
    assert said(portfolio, OVERDUE_DECISION, COLCHESTER, histories=known) == expected
    assert said(portfolio, OVERDUE_DECISION, histories=known) == []
    assert said(portfolio, OVERDUE_DECISION, COLCHESTER) == []


def test_an_issue_is_held_against_the_ladder_too() -> None:
    ladder = replace(LADDER[0], accepts=(Acceptance(source=("issue",), band=Band.HIGH),))
    policies = replace(COLCHESTER, ladder=(ladder,))
    portfolio = of(Kind.ISSUE, severity=Band.HIGH, rung="issue")
    known = history(portfolio.records[0], raised=(RAISED,))
    assert [each.text for each in found(portfolio, policies, histories=known)] == [
        "X-1: Rung is 'issue'; the ladder recommends 'Programme'.",
        "X-1: A decision by ICT Programme Board was due 3 June 2026.",
    ]


@pytest.mark.parametrize(
    ("policies", "boards"),
    [
        (Policies(), []),
        (COLCHESTER, []),
        (Policies(boards={"Parks": Board(), "ICT": Board(meets=(YESTERDAY,))}), ["ICT", "Parks"]),
        (Policies(boards={"ICT": Board(meets=(TODAY,))}), []),
        (Policies(ladder=LADDER), ["ICT Programme Board"]),
    ],
)
def test_a_board_whose_next_meeting_is_not_known(policies: Policies, boards: list[str]) -> None:
    assert found(Portfolio(), policies) == tuple(
        Finding(
            "",
            None,
            FindingKind.NO_NEXT_MEETING,
            board,
            f"{board}: the next meeting is not known; add its date to 'meets' under policies.boards.",
        )
        for board in boards
    )
