"""What a report says of a plan that waits, of values that ask, and of runs that were stopped or took another back."""

from typing import Any

from rich.console import Console

from sync.report import text

DIGEST = "0123456789abcdef" * 4
WRITE = {
    "source": "projects", "item": 3, "key": "P-3", "set": {"status": "At risk", "overdue": "On time"},
    "was": {"status": "Mine"}, "why": [], "asks": {"status": "foreign_value"},
}  # fmt: skip
REFUSAL = {
    "source": "projects", "guard": "unexplained_writes", "seen": "40 of 90 would change.", "limit": "30 %.",
    "advice": "Look through the plan.", "approvable": True,
}  # fmt: skip


def report(mode: str = "reconcile", outcome: str = "waiting", **more: Any) -> dict[str, Any]:
    writes = {"applied": 0, "skipped": 1, "raced": 0, "throttled": 0, "failed": 0, "unknown": 0}
    return {
        "run": {"id": "R", "mode": mode, "today": "2026-06-17", "outcome": outcome},
        "plan": {"digest": DIGEST, "writes": [WRITE], "refusals": [REFUSAL]},
        "writes": writes,
        "sources": [],
        "rollup": [],
        "findings": [],
        "requests": {"total": 0, "by_kind": {}, "resource_units": 0, "throttled_seconds": 0},
        **more,
    }


def shown(part: Any) -> str:
    console = Console(width=200, record=True, highlight=False, file=None)
    with console.capture() as capture:
        console.print(part)
    return capture.get()


def test_what_waits_says_how_to_approve_exactly_this_plan() -> None:
    said = shown(text.render(report()))
    assert "Held: projects. 40 of 90 would change. Look through the plan." in said
    assert "To approve exactly this plan: portfolio-sync reconcile --approve 0123456789ab" in said
    assert "--approve 0123456789ab" in shown(text.render(report(mode="plan", outcome="done")))


def test_what_was_approved_or_cannot_be_asks_for_nothing() -> None:
    assert "--approve" not in shown(text.render(report(outcome="done")))
    plan = {"digest": DIGEST, "writes": [], "refusals": [{**REFUSAL, "approvable": False}]}
    said = shown(text.render(report(plan=plan)))
    assert "Held: projects" in said
    assert "--approve" not in said


def test_values_that_ask_are_marked_and_others_are_not() -> None:
    lines = shown(text.plan_table(report()["plan"])).splitlines()
    assert next(line for line in lines if " status " in line).rstrip().endswith("At risk (asks first: foreign value)")
    assert next(line for line in lines if " overdue " in line).rstrip().endswith("On time")


def test_an_undo_tells_what_goes_back_and_has_a_command_of_its_own() -> None:
    plan = {
        "digest": DIGEST,
        "writes": [{**WRITE, "asks": {"status": "undo", "overdue": "undo"}}],
        "refusals": [{**REFUSAL, "guard": "undo", "advice": "Run `portfolio-sync runs undo R --yes`."}],
    }
    said = shown(text.render(report(mode="undo", plan=plan)))
    assert "1 item to get back what they held before: 1 skipped." in said
    assert "runs undo R --yes" in said
    assert "reconcile --approve" not in said
    assert "asks first" not in shown(text.plan_table(plan))


def test_a_run_that_was_stopped_says_that_nothing_is_lost() -> None:
    said = shown(text.headline(report(outcome="interrupted")))
    assert "what was written is on record, and the next run finishes the rest" in said
    assert "told to stop" not in shown(text.headline(report()))


def test_writes_that_were_decided_again_are_counted() -> None:
    assert "while the run was under way: 2 writes" in shown(text.render(report(redecided=[WRITE, WRITE])))
    assert "Decided again" not in shown(text.render(report()))
