"""The run report's JSON form, which scripts rely on: every name, in its place, with its own figure."""

from datetime import UTC, date, datetime

from sync.core.cost import Cost
from sync.core.findings import Finding, FindingKind
from sync.core.mirror import Route, Way
from sync.core.model import Band
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.rollup import Rollup, Scope
from sync.core.run_report import Outcome, ReadState, Requests, RunReport, SourceProblem, SourceReport, WriteCounts
from sync.core.snapshot import RecordId
from sync.errors import ExitCode, UnreachableError
from tests.support.lists import HOST, TODAY

WRITE = PlannedWrite(
    source="projects",
    id=RecordId(HOST, "guid", 7),
    key="DS-07",
    version="1",
    set={OwnedField.STATUS: "At risk", OwnedField.OVERDUE_SINCE: date(2026, 6, 3)},
    was={OwnedField.STATUS: "On track", OwnedField.OVERDUE_SINCE: None},
    why=("Status: why.", "Overdue since: why."),
    asks={OwnedField.STATUS: Guard.DRIFT},
)
WRITTEN = {
    "source": "projects",
    "item": 7,
    "key": "DS-07",
    "set": {"status": "At risk", "overdue_since": "2026-06-03"},
    "was": {"status": "On track", "overdue_since": None},
    "why": ["Status: why.", "Overdue since: why."],
    "asks": {"status": "drift"},
}
REGISTER = Rollup(
    scope=Scope.REGISTER,
    name="ict",
    total=3,
    counts={"open": 2, "closed": 1},
    percent={"open": 67, "closed": 33},
    computed={},
    worst=Band.VERY_HIGH,
    differs=4,
    confidence={"high": 5},
    open_risks={"very_high": 6},
    overdue=8,
    stale=9,
    coverage="all lists were read",
    reasons=("one",),
    held=10,
    direction="worse",
)
PLAN = Plan((WRITE,), (Refusal("projects", Guard.FIRST_RUN, "Seen.", "Limit.", "Advice.", True),), (), "policy")
BROKEN = SourceProblem(14, "It broke.", "Run again.")
SEEN = Route(Way.WHOLE, "it was not read before")
REPORT = RunReport(
    id="20260617T011700Z-ab12",
    mode="reconcile",
    started=datetime(2026, 6, 17, 1, 17, 0, tzinfo=UTC),
    finished=datetime(2026, 6, 17, 13, 18, 59, tzinfo=UTC),
    today=TODAY,
    outcome=Outcome.PARTIAL,
    sources=(SourceReport("projects", ReadState.PARTIAL, 12, (BROKEN,), SEEN, "1;3;token"),),
    plan=PLAN,
    writes=WriteCounts(applied=1, skipped=2, raced=3, throttled=4, failed=5, unknown=6, own_lists=7, heartbeat=8),
    rollup=(REGISTER,),
    findings=(Finding("projects", 7, FindingKind.LEFT_BEHIND, "DS-07", "Look.", "Mend."),),
    requests=Requests({"write": 3, "items": 4}, 96, 1.23456, 61.00049),
    timings={"write": 2.00049, "read": 0.12345},
    common_way=Cost(13, 28),
    redecided=(WRITE, WRITE),
    lifted=frozenset(PLAN.refusals),
)


def test_every_figure_is_in_its_place() -> None:
    assert REPORT.to_json() == {
        "schema": 1,
        "run": {
            "id": "20260617T011700Z-ab12",
            "started": "2026-06-17T01:17:00Z",
            "finished": "2026-06-17T13:18:59Z",
            "today": "2026-06-17",
            "mode": "reconcile",
            "outcome": "partial",
        },
        "sources": [
            {
                "name": "projects",
                "read": "partial",
                "records": 12,
                "way": "whole",
                "why_so": "it was not read before",
                "token": "1;3;token",
                "stale": False,
                "problems": [{"code": 14, "text": "It broke.", "advice": "Run again."}],
            }
        ],
        "plan": {
            "digest": PLAN.digest,
            "writes": [WRITTEN],
            "refusals": [
                {
                    "source": "projects",
                    "guard": "first_run",
                    "seen": "Seen.",
                    "limit": "Limit.",
                    "advice": "Advice.",
                    "approvable": True,
                    "lifted": True,
                }
            ],
        },
        "redecided": [WRITTEN, WRITTEN],
        "writes": {
            "applied": 1, "skipped": 2, "raced": 3, "throttled": 4, "failed": 5, "unknown": 6,
            "own_lists": 7, "heartbeat": 8,
        },
        "rollup": [
            {
                "scope": "register",
                "name": "ict",
                "total": 3,
                "counts": {"open": 2, "closed": 1},
                "percent": {"open": 67, "closed": 33},
                "computed": {},
                "worst": "very_high",
                "differs": 4,
                "held": 10,
                "confidence": {"high": 5},
                "open_risks": {"very_high": 6},
                "overdue": 8,
                "stale": 9,
                "direction": "worse",
                "coverage": "all lists were read",
                "reasons": ["one"],
            }
        ],
        "findings": [
            {
                "kind": "left_behind",
                "severity": "info",
                "source": "projects",
                "item": 7,
                "key": "DS-07",
                "text": "Look.",
            }
        ],
        "requests": {
            "total": 7,
            "by_kind": {"items": 4, "write": 3},
            "resource_units": 96,
            "throttled_seconds": 1.235,
            "paced_seconds": 61.0,
            "common_way": {"requests": 13, "resource_units": 28},
        },
        "timings": {"read": 0.123, "write": 2.0},
    }  # fmt: skip


def test_what_is_counted_by_name_is_in_the_order_of_the_names() -> None:
    made = REPORT.to_json()
    assert list(made["timings"]) == ["read", "write"]
    assert list(made["requests"]["by_kind"]) == ["items", "write"]


def test_undone_is_what_was_meant_to_be_written_and_is_not() -> None:
    assert REPORT.writes.undone == 3 + 4 + 5 + 6


def test_a_problem_tells_what_happened_what_to_do_and_the_code_of_it() -> None:
    made = SourceProblem.of(UnreachableError("The line is down.", "Mend the line."))
    assert made == SourceProblem(ExitCode.UNREACHABLE, "The line is down.", "Mend the line.")


def test_what_requests_cost_is_told_since_any_moment_and_of_several_stores_together() -> None:
    before = Requests({"items": 4, "schema": 2}, 10, 1.0, 61.0)
    now = Requests({"items": 4, "schema": 3, "write": 1}, 14, 3.5, 122.0)
    assert now.since(before) == Requests({"schema": 1, "write": 1}, 4, 2.5, 61.0)
    assert now.since(Requests()) == now
    assert Requests.together([]) == Requests()
    assert Requests.together(iter([before, now])) == Requests({"items": 8, "schema": 5, "write": 1}, 24, 4.5, 183.0)
