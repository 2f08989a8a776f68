"""One run over lists in memory: what is written, recorded and told, and with which exit code it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sync.core.approval import Consent, Level
from sync.core.ownership import DriftPolicy, WriteMode
from sync.core.plan import Plan
from sync.engine.run import approve_as, proceed_unapproved
from sync.engine.state import RunMode
from sync.errors import ExitCode, LockHeldError, SchemaError, UnreachableError, UsageError
from tests.support.engine_world import SECRET, TODAY, Council, council, kinds_told


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as made:
        yield made


def test_a_plan_writes_nothing_and_is_kept_as_a_run(lists: Council) -> None:
    planned = lists.plan()
    assert lists.store.writes == []
    assert (planned.exit_code, planned.pending_code) == (ExitCode.DONE, ExitCode.APPROVAL)
    assert [run.mode for run in lists.context.runs.runs()] == [RunMode.PLAN]
    assert lists.plan().report.plan.digest == planned.report.plan.digest


def test_pending_changes_are_told_apart_from_an_approval_that_is_missing(lists: Council) -> None:
    lists.run()
    assert lists.plan().pending_code is ExitCode.DONE
    lists.projects.edit(3, Status="At risk")
    assert lists.plan().pending_code is ExitCode.PENDING


def test_only_the_named_sources_are_written_and_all_are_read(lists: Council) -> None:
    result = lists.run(only=frozenset({"projects"}))
    assert {write.source for write in result.report.plan.writes} == {"projects"}
    assert lists.owned(lists.projects, 1)["PSReason"] == "At risk: milestone 'Go live' was due 3 June 2026."
    assert lists.owned(lists.milestones, 1)["PSOverdue"] is None
    with pytest.raises(UsageError, match="no source called bogus"):
        lists.run(only=frozenset({"bogus"}))


def test_a_changed_policy_waits_for_approval_and_an_approval_is_kept_once(lists: Council) -> None:
    asked: list[str] = []

    def approver(plan: Plan) -> Consent:
        asked.append(plan.digest)
        return Consent(write=True, level=Level.YES, through="test")

    lists.run(approver=approver)
    assert lists.run(approver=proceed_unapproved).exit_code is ExitCode.DONE
    source = lists.context.portfolio.sources["projects"]
    changed = replace(source, constants={"theme": "Roads"})
    portfolio = replace(lists.context.portfolio, sources={**lists.context.portfolio.sources, "projects": changed})
    lists.context = replace(lists.context, portfolio=portfolio)
    waiting = lists.run(approver=proceed_unapproved)
    assert waiting.exit_code is ExitCode.APPROVAL
    assert [refusal.guard for refusal in waiting.report.plan.refusals] == ["policy_changed"]
    assert lists.run(approver=approve_as("test")).exit_code is ExitCode.DONE
    assert lists.run(approver=proceed_unapproved).exit_code is ExitCode.DONE


def test_renaming_a_source_forgets_nothing(lists: Council) -> None:
    lists.run()
    renamed = replace(lists.context.portfolio.sources["projects"], name="schemes")
    sources = {name: each for name, each in lists.context.portfolio.sources.items() if name != "projects"}
    sources = {
        name: replace(each, fields={**each.fields, "project": replace(each.fields["project"], refers_to=("schemes",))})
        for name, each in sources.items()
    }
    portfolio = replace(lists.context.portfolio, sources={"schemes": renamed, **sources})
    lists.context = replace(lists.context, portfolio=portfolio)
    result = lists.run(approver=proceed_unapproved)
    assert result.report.plan.writes == ()
    assert {refusal.guard for refusal in result.report.plan.refusals} == {"policy_changed"}, "refers_to names another"
    assert lists.run().report.writes.applied == 0


@pytest.mark.parametrize("done", [True, False], ids=["it happened", "it did not"])
def test_a_lost_answer_is_settled_by_reading_the_item(lists: Council, done: bool) -> None:
    lists.store.lost = {2: done}
    result = lists.run()
    assert result.exit_code is ExitCode.DONE
    assert result.report.writes.applied == 15
    tries = [write.item_id for write in lists.store.writes].count(2)
    assert tries == (2 if done else 3), "item 2 of projects and of milestones; once more where it had not happened"
    assert not lists.run().report.plan.writes


def test_what_a_colleague_changed_under_a_lost_write_is_left_alone(lists: Council) -> None:
    applied = lists.store.apply

    def with_a_colleague(*arguments: object) -> Iterator[object]:
        yield from applied(*arguments)  # type: ignore[arg-type]
        lists.projects.edit(2, PSStatus="Mine")

    lists.store.lost = {2: True}
    lists.store.apply = with_a_colleague  # type: ignore[method-assign, assignment]
    result = lists.run(only=frozenset({"projects"}))
    assert (result.report.writes.raced, result.exit_code) == (1, ExitCode.PARTIAL)
    assert kinds_told(result) == ["raced"]
    assert lists.owned(lists.projects, 2)["PSStatus"] == "Mine"


def test_a_record_that_was_written_but_not_recorded_is_not_taken_for_a_strangers(lists: Council) -> None:
    """As after a crash between the write and its record: what is there is what is wanted, so it is agreed to."""
    lists.run()
    before = lists.context.runs.remembered(lists.store.host, lists.projects.guid).baselines
    lists.projects.edit(4, Status="At risk")
    lists.projects.items[4].cells["PSStatus"] = "At risk"
    result = lists.run()
    assert kinds_told(result) == []
    after = lists.context.runs.remembered(lists.store.host, lists.projects.guid).baselines
    changed = [key.item_id for key in after if after[key].values != before[key].values]
    assert changed == [4]


def test_a_changed_value_of_ours_is_restored_with_a_dated_sentence_that_stays(lists: Council) -> None:
    lists.run()
    lists.projects.edit(5, PSStatus="Complete")
    result = lists.run(date(2026, 6, 18))
    assert lists.owned(lists.projects, 5)["PSStatus"] == "On track"
    assert "restored on 18 June 2026" in lists.owned(lists.projects, 5)["PSReason"]
    assert kinds_told(result) == ["drift"]
    assert not lists.run(date(2026, 6, 19)).report.plan.writes


def test_a_changed_value_of_ours_is_respected_and_reported_every_run(tmp_path: Path) -> None:
    with council(tmp_path, drift=DriftPolicy.RESPECT) as lists:
        lists.run()
        lists.projects.edit(5, PSStatus="Complete")
        for _ in range(2):
            result = lists.run()
            assert kinds_told(result) == ["drift"]
            assert not result.report.plan.writes
        assert lists.owned(lists.projects, 5)["PSStatus"] == "Complete"


def test_foreign_values_hold_back_their_field_and_nothing_else(lists: Council) -> None:
    lists.projects.items[6].cells["PSReason"] = "A note of Ann's"
    lists.projects.items[6].cells["PSStatus"] = "Fine by me"
    result = lists.run()
    assert lists.owned(lists.projects, 6)["PSStatus"] == "Fine by me"
    assert lists.owned(lists.projects, 6)["PSOverdue"] == "On time"
    foreign = [refusal for refusal in result.report.plan.refusals if refusal.guard == "foreign_value"]
    assert {refusal.source for refusal in foreign} == {"projects"}
    assert all("adopt: true" in refusal.advice for refusal in foreign)


def test_a_list_whose_owned_column_is_gone_still_counts_and_is_not_written(lists: Council) -> None:
    lists.run()
    lists.milestones.columns = tuple(each for each in lists.milestones.columns if each.name != "PSReason")
    lists.milestones.edit(2, Due=None)
    result = lists.run()
    assert result.exit_code is ExitCode.PARTIAL
    (problem,) = next(each for each in result.report.sources if each.name == "milestones").problems
    assert problem.code == SchemaError.exit_code
    assert "PSReason" in problem.text
    assert [refusal.guard for refusal in result.report.plan.refusals] == ["column_gone"]
    assert not [finding for finding in result.report.findings if finding.kind == "kept"]
    assert lists.owned(lists.projects, 1)["PSStatus"] == "At risk", "its milestones were read"


def test_an_emptied_list_stops_and_says_what_was_there(lists: Council) -> None:
    lists.run()
    lists.milestones.items.clear()
    result = lists.run()
    (refusal,) = result.report.plan.refusals
    assert (refusal.source, refusal.guard) == ("milestones", "empty_read")
    assert "the last run saw 2 items" in refusal.seen
    assert result.exit_code is ExitCode.APPROVAL


def test_an_emptied_list_makes_nothing_elsewhere_look_better(lists: Council) -> None:
    lists.run()
    lists.milestones.items.clear()
    result = lists.run(approver=proceed_unapproved)
    assert not result.report.plan.writes
    assert lists.owned(lists.projects, 1)["PSStatus"] == "At risk"
    assert set(kinds_told(result)) == {"kept"}


def test_a_changed_mapping_waits_wherever_it_decides_something(lists: Council) -> None:
    lists.run()
    milestones = replace(lists.context.portfolio.sources["milestones"], constants={"status": "complete"})
    portfolio = replace(lists.context.portfolio, sources={**lists.context.portfolio.sources, "milestones": milestones})
    lists.context = replace(lists.context, portfolio=portfolio)
    result = lists.run(approver=proceed_unapproved)
    assert {refusal.source for refusal in result.report.plan.refusals} == {"milestones", "projects"}
    assert lists.owned(lists.projects, 1)["PSStatus"] == "At risk"
    assert lists.run().exit_code is ExitCode.DONE
    assert lists.owned(lists.projects, 1)["PSStatus"] == "On track"


def test_two_sources_on_one_list_settle(lists: Council) -> None:
    projects = lists.context.portfolio.sources["projects"]
    halves = {
        name: replace(projects, name=name, where={"Ref": tuple(f"P-{number}" for number in numbers)})
        for name, numbers in (("north", range(1, 7)), ("south", range(7, 13)))
    }
    lists.context = replace(lists.context, portfolio=replace(lists.context.portfolio, sources=halves))
    assert lists.run().report.writes.applied == 12
    again = lists.run(approver=proceed_unapproved)
    assert (again.exit_code, again.report.plan.refusals, again.report.plan.writes) == (ExitCode.DONE, (), ())


def test_mode_off_reads_and_counts_the_values_left_behind(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.run()
        source = lists.context.portfolio.sources["projects"]
        off = replace(source, write=replace(source.write, mode=WriteMode.OFF))
        portfolio = replace(lists.context.portfolio, sources={**lists.context.portfolio.sources, "projects": off})
        lists.context = replace(lists.context, portfolio=portfolio)
        lists.projects.edit(3, Status="At risk")
        result = lists.run()
        assert kinds_told(result) == ["left_behind"]
        assert not result.report.plan.writes


def test_the_report_is_the_contract_that_scripts_rely_on(lists: Council) -> None:
    result = lists.run(TODAY)
    document = result.report.to_json()
    assert list(document) == [
        "schema", "run", "sources", "plan", "redecided", "writes", "rollup", "findings", "requests", "timings",
    ]  # fmt: skip
    assert document["schema"] == 1
    assert document["run"].keys() == {"id", "started", "finished", "today", "mode", "outcome"}
    assert document["sources"][0].keys() == {
        "name", "read", "records", "way", "why_so", "token", "stale", "problems",
    }  # fmt: skip
    assert document["plan"].keys() == {"digest", "writes", "refusals"}
    assert document["plan"]["writes"][0].keys() == {"source", "item", "key", "set", "was", "why", "asks"}
    told = {"source", "guard", "seen", "limit", "advice", "approvable", "lifted"}
    assert document["plan"]["refusals"][0].keys() == told
    assert document["writes"] == {
        "applied": 15, "skipped": 0, "raced": 0, "throttled": 0, "failed": 0, "unknown": 0, "own_lists": 0,
        "heartbeat": 0,
    }  # fmt: skip
    assert document["rollup"][0].keys() == {
        "scope", "name", "total", "counts", "percent", "computed", "worst", "differs", "held", "confidence",
        "open_risks", "overdue", "stale", "direction", "coverage", "reasons",
    }  # fmt: skip
    assert document["requests"].keys() == {
        "total", "by_kind", "resource_units", "throttled_seconds", "paced_seconds", "common_way",
    }  # fmt: skip
    assert document["requests"]["total"] == sum(document["requests"]["by_kind"].values()) > 0
    assert document["timings"].keys() == {"read", "decide", "write"}
    assert document["run"]["id"] == "20260617T011700Z-0001"
    assert lists.context.runs.report(result.report.id) == document


def test_why_everything_reads_as_it_does_is_kept_by_source_and_told_of_nothing_restricted(lists: Council) -> None:
    result = lists.run()
    told = [(each.source, each.id.item_id) for each in result.decisions]
    in_the_file = [name for name in lists.context.portfolio.sources if name in {"projects", "milestones"}]
    items = {"projects": range(1, 13), "milestones": range(1, 3)}
    assert told == [(name, number) for name in in_the_file for number in items[name]]
    assert list(result.decisions) == list(result.decisions), "as often as it is asked for"
    runs = lists.context.runs
    [kept] = runs.decisions("P-1")
    assert kept in list(result.decisions)
    assert (kept.source, runs.decisions("P-1", "milestones"), runs.decisions("HR-9")) == ("projects", (), ())
    assert SECRET not in str(list(result.decisions))


def test_what_to_mend_is_kept_while_the_list_that_a_reference_may_name_was_not_read(lists: Council) -> None:
    lists.milestones.add(Title="Orphan", Project="P-99", Due=None)
    lists.run()
    said = lists.owned(lists.milestones, 3)["PSCheck"]
    assert said == "Project 'P-99' is in no list that was read"
    lists.store.break_after = (1, UnreachableError("The connection broke."))
    lists.run(only=frozenset({"milestones"}))
    assert lists.owned(lists.milestones, 3)["PSCheck"] == said
    lists.store.break_after = None
    assert not lists.run(only=frozenset({"milestones"})).report.plan.writes


def test_a_night_that_was_begun_is_not_begun_again(lists: Council) -> None:
    lists.run(night=TODAY)
    written = dict(lists.staff())
    with pytest.raises(LockHeldError, match="already begun"):
        lists.run(night=TODAY)
    assert (len(lists.context.runs.runs()), lists.staff()) == (1, written)
