"""What a report says of a plan that waits, of values that ask, and of runs that were stopped or took another back."""

from typing import Any

from rich.console import Console

from sync.report import text

STARTED = "2026-06-17T01:17:00Z"
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
        "run": {"id": "R", "started": STARTED, "mode": mode, "today": "2026-06-17", "outcome": outcome},
        "plan": {"digest": DIGEST, "writes": [WRITE], "refusals": [REFUSAL]},
        "writes": writes,
        "sources": [],
        "rollup": [],
        "findings": [],
        "requests": {"total": 0, "by_kind": {}, "resource_units": 0, "throttled_seconds": 0},
        **more,
    }


def shown(part: Any, width: int = 200) -> str:
    console = Console(width=width, record=True, highlight=False, file=None)
    with console.capture() as capture:
        console.print(part, crop=False)
    return capture.get()


def test_what_waits_says_how_to_approve_exactly_this_plan() -> None:
    said = shown(text.render(report()))
    assert "Held: projects. 40 of 90 would change. Look through the plan." in said
    assert "To approve exactly this plan:\n  portfolio-sync reconcile --approve 0123456789ab\n" in said
    assert "--approve 0123456789ab" in shown(text.render(report(mode="plan", outcome="done")))


def test_the_command_to_copy_repeats_what_the_plan_was_made_with_and_is_never_broken() -> None:
    command = ".venv/bin/portfolio-sync reconcile -c council.yaml --source projects"
    again = report(run={**report()["run"], "started": "2026-11-22T09:00:00Z"})
    rendered = text.render(
        again, program=".venv/bin/portfolio-sync", options=["-c", "council.yaml", "--source", "projects"]
    )
    assert f"  {command} --today 2026-06-17 --approve 0123456789ab\n" in shown(rendered, width=60)
    plan = {**report()["plan"], "refusals": [{**REFUSAL, "guard": "resync"}]}
    for options in ([], ["--resync"]):
        rendered = text.render(report(plan=plan), options=options)
        assert "  portfolio-sync reconcile --resync --approve 0123456789ab\n" in shown(rendered)


def test_where_some_was_let_through_what_still_waits_has_to_be_looked_at_anew() -> None:
    """Its digest is another by then: the plan that was shown cannot be approved any more."""
    first_run = {**REFUSAL, "guard": "first_run", "seen": "Never written to.", "lifted": True}
    some = report(plan={**report()["plan"], "refusals": [first_run, {**REFUSAL, "lifted": False}]})
    written = report(writes={**report()["writes"], "applied": 3})
    for said in (shown(text.render(some)), shown(text.render(written))):
        assert "To see what still waits, and how to approve it:\n  portfolio-sync plan\n" in said
        assert "--approve" not in said
    assert "Approved: projects. Never written to.\n" in shown(text.render(some))
    resync = {**REFUSAL, "guard": "resync"}
    left = report(plan={**report()["plan"], "refusals": [first_run, resync]})
    assert "  portfolio-sync reconcile --resync\n" in shown(text.render(left))


def test_what_to_do_about_several_lists_is_said_once() -> None:
    others = [{**REFUSAL, "source": name, "seen": f"{name} moved."} for name in ("risks", "actions")]
    lines = shown(text.Group(*text.refusal_lines([REFUSAL, *others]))).splitlines()
    assert lines == [
        "Held: projects. 40 of 90 would change.",
        "Held: risks. risks moved.",
        "Held: actions. actions moved. Look through the plan.",
    ]


def test_at_a_prompt_what_a_yes_would_approve_is_not_advised_about() -> None:
    (line,) = text.refusal_lines([{**REFUSAL, "asked": True}])
    assert shown(line) == "A yes approves: projects. 40 of 90 would change.\n"


def test_every_write_stands_before_what_to_do_about_it() -> None:
    said = shown(text.render(report(mode="plan"), each_write=True))
    assert 0 < said.index("Planned writes (1 item)") < said.index("To approve exactly this plan:")
    nothing = shown(text.render(report(plan={**report()["plan"], "writes": []}), each_write=True))
    assert nothing.count("Nothing to write.") == 1


def test_what_was_written_into_lists_of_the_service_s_own_has_a_line_of_its_own() -> None:
    def said(**own: int) -> str:
        return shown(text.render(report(outcome="done", writes={**report()["writes"], "applied": 1, **own})))

    assert (
        "1 item to be written: 1 applied, 1 skipped.\nLists of the service's own: 3 rows of the roll-up and the status "
        "of the service written.\n" in said(own_lists=3, heartbeat=1)
    )
    assert "Lists of the service's own: 1 row of the roll-up written.\n" in said(own_lists=1, heartbeat=0)
    assert "own" not in said(own_lists=0, heartbeat=0) + said()


def test_of_lists_that_were_not_read_nothing_is_praised() -> None:
    source = {"name": "projects", "read": "failed", "records": 0, "problems": []}
    assert "Nothing for a person to mend in what was read." in shown(text.render(report(sources=[source])))
    assert "Nothing for a person to mend.\n" in shown(text.render(report(sources=[{**source, "read": "complete"}])))


def test_what_is_only_worth_knowing_is_counted_by_kind_and_not_listed() -> None:
    asking = {"kind": "missing_owner", "severity": "warning", "source": "projects", "text": "P-1: Owner is blank."}
    noted = {"kind": "reads_worse", "severity": "info", "source": "projects", "text": "P-2: reported as 'On track'."}
    never = {**noted, "kind": "never_reviewed", "text": "R-2: not reviewed yet."}
    said = shown(
        text.findings_table(report(findings=[noted, asking, never, {**asking, "item": 2}, {**noted, "item": 3}]))
    )
    assert "For a person to look at (1)" in said, "what is said alike of several items is said once"
    assert said.count("P-1: Owner is blank.") == 1
    assert "Also noted (3): never reviewed 1, reads worse 2; `report --format json` lists them.\n" in said
    assert "P-2" not in said
    alone = shown(text.findings_table(report(findings=[noted])))
    assert alone.startswith("Nothing for a person to mend.\nAlso noted (1): reads worse 1; ")
    assert "Also noted" not in shown(text.findings_table(report(findings=[asking])))


def test_figures_of_registers_keep_their_headings_on_a_narrow_terminal() -> None:
    bands = dict.fromkeys(("very_high", "high", "medium", "low", "not_assessed"), 1)
    row = {"scope": "register", "name": "technical-operations-register", "total": 10, "open_risks": bands}
    row |= {"overdue": 1, "held": 0}
    said = shown(text.register_table({"rollup": [row]}), width=80)
    assert all(word in said for word in ("Records", "Very", "Medium", "assessed", "Overdue"))


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
    assert "1 item to get back what it held before: 1 skipped." in said
    taken_back = shown(text.render(report(mode="undo", plan={**plan, "writes": [], "refusals": []})))
    assert "Nothing to take back." in taken_back
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
