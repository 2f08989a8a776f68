"""Nothing is written blindly: what moved while a run was under way is read and decided again before it ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sync.core.approval import Consent, Level
from sync.core.dates import site_midnight
from sync.core.ownership import DriftPolicy, WriteMode
from sync.core.plan import Plan
from sync.engine import write
from sync.engine.asked import ItemsAsked
from sync.engine.ports import ItemWrite
from sync.engine.run import approve_as, proceed_unapproved
from sync.engine.targets import Source
from sync.errors import ExitCode, LeaseLostError, UnreachableError
from tests.support.crashing import Killed, killed_at
from tests.support.engine_world import LONDON, Council, council, told_of_itself

PROJECTS = frozenset({"projects"})
LATE = site_midnight(date(2026, 6, 3), LONDON)


def when_first_written(lists: Council, act: Callable[[], None], *, times: int = 1) -> None:
    """Lets a colleague act just before one of our writes takes effect."""
    left = [act] * times

    def before(_write: ItemWrite) -> None:
        if left:
            left.pop()()

    lists.store.before_apply = before


@pytest.fixture(params=[WriteMode.QUIET, WriteMode.VERSIONED], ids=str)
def lists(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with council(tmp_path, mode=request.param) as made:
        yield made


def test_an_edit_made_while_we_wrote_is_decided_before_the_run_ends(lists: Council) -> None:
    when_first_written(lists, lambda: lists.projects.edit(7, Due=LATE))
    result = lists.run(only=PROJECTS)
    assert result.exit_code is ExitCode.DONE
    assert lists.owned(lists.projects, 7)["PSOverdue"] == "Overdue"
    assert lists.projects.items[7].cells["Due"] == LATE
    assert [write.id.item_id for write in result.report.redecided] == [7]
    assert (result.report.writes.applied, result.report.writes.raced) == (12, 0)
    assert not lists.run(only=PROJECTS).report.plan.writes


def test_an_item_that_is_edited_again_and_again_is_left_after_three_more_tries(tmp_path: Path) -> None:
    with council(tmp_path, mode=WriteMode.VERSIONED) as lists:
        edits: list[int] = []

        def before(write: ItemWrite) -> None:
            if write.item_id == 7:
                edits.append(1)
                lists.projects.edit(7, Title=f"Edit {len(edits)}")

        lists.store.before_apply = before
        result = lists.run(only=PROJECTS)
        assert len(edits) == 4
        assert (result.report.writes.applied, result.report.writes.raced) == (11, 1)
        assert [finding.kind for finding in told_of_itself(result) if finding.item == 7] == ["raced"]
        assert result.exit_code is ExitCode.PARTIAL
        assert lists.projects.items[7].cells["Title"] == "Edit 4"
        lists.store.before_apply = None
        assert lists.run(only=PROJECTS).report.writes.applied == 1


def test_a_quiet_run_that_is_outrun_in_every_round_says_so(tmp_path: Path) -> None:
    """There is no refusal to learn it from: the change log is asked once more after the last round."""
    days = [LATE, None]
    with council(tmp_path) as lists:

        def before(write: ItemWrite) -> None:
            if write.item_id == 7:
                days.reverse()
                lists.projects.edit(7, Due=days[0])

        lists.store.before_apply = before
        result = lists.run(only=PROJECTS)
        assert (result.report.writes.applied, result.report.writes.raced) == (11, 1)
        assert [finding.kind for finding in told_of_itself(result) if finding.item == 7] == ["raced"]
        assert result.exit_code is ExitCode.PARTIAL
        lists.store.before_apply = None
        assert lists.run(only=PROJECTS).report.writes.applied == 1
        assert not lists.run(only=PROJECTS).report.plan.writes


def test_an_item_deleted_while_we_wrote_is_gone_and_no_trouble(lists: Council) -> None:
    when_first_written(lists, lambda: lists.projects.delete(9))
    result = lists.run(only=PROJECTS)
    assert 9 not in lists.projects.items
    assert result.report.writes.raced == 0
    assert not lists.run(only=PROJECTS).report.plan.writes


def test_a_quiet_run_that_cannot_ask_afterwards_what_moved_says_so(tmp_path: Path) -> None:
    with council(tmp_path) as lists:

        def breaks(_write: ItemWrite) -> None:
            lists.store.broken["read"] = UnreachableError("No answer.")

        lists.store.before_apply = breaks
        result = lists.run()
        lists.store.before_apply = None
        assert result.exit_code is ExitCode.PARTIAL
        assert any("No answer." in problem.text for source in result.report.sources for problem in source.problems)
        del lists.store.broken["read"]
        assert lists.run().exit_code is ExitCode.DONE


def test_a_change_log_that_does_not_reach_back_lets_everything_written_be_read_again(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.store.page_size = 1  # a list that costs more as a whole than what changed in it

        def lose_the_log() -> None:
            lists.projects.edit(7, Due=LATE)
            lists.projects.forget_changes()

        when_first_written(lists, lose_the_log)
        assert lists.run().exit_code is ExitCode.DONE
        assert lists.owned(lists.projects, 7)["PSOverdue"] == "Overdue"


def test_reading_again_may_fail_and_what_was_written_stays_on_record(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.run()
        lists.projects.edit(2, Due=LATE)
        when_first_written(lists, lambda: lists.store.broken.update(changes=UnreachableError("No answer.")))
        assert lists.run().exit_code is ExitCode.PARTIAL
        del lists.store.broken["changes"]
        assert not lists.run().report.plan.writes


def test_being_told_to_stop_ends_between_two_requests_and_loses_nothing(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.store.before_apply = lambda _write: lists.context.stop.request()
        stopped = lists.run()
        assert stopped.exit_code is ExitCode.INTERRUPTED
        assert stopped.report.outcome == "interrupted"
        assert 0 < stopped.report.writes.applied < 15
        assert stopped.report.writes.applied + stopped.report.writes.skipped == 15
        assert lists.context.runs.journal.open_intents() == (), "nothing is left that only reading could tell"
        lists.store.before_apply = None
        lists.again()
        assert lists.run().report.writes.applied == stopped.report.writes.skipped
        assert not lists.run().report.plan.writes


def test_what_was_approved_and_stopped_is_finished_without_asking_again(tmp_path: Path) -> None:
    """Surprising as it was: a stop is no other than a kill to whoever approved the plan."""
    with council(tmp_path) as lists:
        lists.run()
        lists.swap_words()
        lists.store.before_apply = lambda _write: lists.context.stop.request()
        stopped = lists.run(approver=lambda _plan: Consent(write=True, level=Level.DIGEST, through="test"), canary=4)
        assert (stopped.report.writes.applied, stopped.report.writes.skipped) == (4, 8)
        lists.store.before_apply = None
        lists.again()
        assert lists.run(approver=proceed_unapproved).report.writes.applied == 8
        assert not lists.run(approver=proceed_unapproved).report.plan.writes


def test_what_a_killed_run_left_open_is_told_by_the_next(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.store.before_apply = killed_at(3)
        with pytest.raises(Killed):
            lists.run(only=PROJECTS)
        lists.store.before_apply = None
        told = lists.run(only=PROJECTS).report.findings
        assert [finding.text for finding in told if finding.kind == "settled"] == [
            "projects: of 12 writes that a run cut short had left open, 2 had been done."
        ]
        assert not told_of_itself(lists.run(only=PROJECTS))


@pytest.mark.parametrize("drift", [DriftPolicy.RESPECT, DriftPolicy.ASK])
def test_what_a_person_typed_while_a_plan_was_looked_at_is_theirs(drift: DriftPolicy, tmp_path: Path) -> None:
    """In the quiet mode too: before the first write the lists are looked at for what moved since the reading."""
    with council(tmp_path, drift=drift) as lists:
        lists.run()
        lists.projects.edit(4, Due=LATE)
        lists.projects.edit(5, Due=LATE)

        def at_the_prompt(plan: Plan) -> Consent:
            lists.projects.edit(4, PSOverdue="Ask Ann")
            return replace(approve_as("prompt")(plan), asked=True)

        result = lists.run(approver=at_the_prompt)
        assert lists.owned(lists.projects, 4)["PSOverdue"] == "Ask Ann"
        assert lists.owned(lists.projects, 4)["PSStatus"] == "At risk", "what nobody typed into is written all the same"
        assert lists.owned(lists.projects, 5)["PSOverdue"] == "Overdue"
        assert result.report.writes.applied == 2


def test_a_list_that_cannot_be_asked_what_moved_meanwhile_is_not_written_blindly(tmp_path: Path) -> None:
    with council(tmp_path) as lists:

        def at_the_prompt(plan: Plan) -> Consent:
            lists.store.broken["heads"] = UnreachableError("No answer.")
            return replace(approve_as("prompt")(plan), asked=True)

        result = lists.run(approver=at_the_prompt)
        assert (result.exit_code, lists.store.writes) == (ExitCode.PARTIAL, [])


def test_a_list_whose_first_items_cannot_be_looked_at_is_left_alone(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.store.broken["read_items"] = UnreachableError("No answer.")
        result = lists.run(only=PROJECTS)
        assert (result.exit_code, lists.store.writes) == (ExitCode.PARTIAL, [])


def test_a_run_that_lost_its_lease_writes_nothing_more(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        journal = lists.context.runs.journal
        taken = journal.check

        def lose(lease: Any) -> None:
            taken(replace(lease, generation=lease.generation - 1) if lists.store.writes else lease)

        journal.check = lose  # type: ignore[method-assign]
        with pytest.raises(LeaseLostError):
            lists.run()
        written = len(lists.store.writes)
        assert 0 < written < 15
        del journal.check  # type: ignore[method-assign]
        assert lists.context.runs.runs()[0].outcome == "failed"
        assert lists.run().report.writes.applied == 15 - written
        assert not lists.run().report.plan.writes


def test_the_first_items_stop_a_list_in_which_something_else_moved(tmp_path: Path) -> None:
    with council(tmp_path) as lists:

        def flow(write: ItemWrite) -> None:
            lists.projects.items[write.item_id].cells["Title"] = "A flow was here"

        lists.store.before_apply = flow
        result = lists.run(only=PROJECTS)
        assert (result.report.writes.applied, result.report.writes.skipped) == (5, 7)
        assert result.exit_code is ExitCode.PARTIAL
        [problem] = next(source.problems for source in result.report.sources if source.name == "projects")
        assert "Title" in problem.text
        assert "A flow was here" not in problem.text
        lists.store.before_apply = None
        assert lists.run(only=PROJECTS).report.writes.applied == 7, "first items go ahead again until all went well"


@pytest.mark.parametrize(("canary", "ahead"), [(None, 5), (3, 3)])
def test_how_many_go_ahead(canary: int | None, ahead: int, tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        looked: list[int] = []
        read = lists.store.read_items
        lists.store.read_items = lambda *arguments: looked.append(len(arguments[3])) or read(*arguments)  # type: ignore[method-assign, func-returns-value]
        lists.run(only=PROJECTS, canary=canary)
        assert looked[:2] == [ahead, ahead]


def test_the_first_items_of_a_site_are_looked_at_and_written_together(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        steps: list[list[str]] = []
        ask, apply_together = lists.store.ask, lists.store.apply_together

        def asked(site: str, questions: Any) -> Any:
            if all(isinstance(each, ItemsAsked) for each in questions):
                steps.append(["look", *sorted(each.source.name for each in questions)])
            return ask(site, questions)

        def applied(several: Any, permit: Any) -> Any:
            steps.append(["write", *sorted(each.source.name for each in several)])
            return apply_together(several, permit)

        lists.store.ask, lists.store.apply_together = asked, applied  # type: ignore[method-assign]
        assert lists.run().exit_code is ExitCode.DONE
        every = ["milestones", "projects", "risks"]
        assert steps[:3] == [["look", *every], ["write", *every], ["look", *every]]


def test_first_items_that_do_not_fit_one_step_go_ahead_in_several_until_it_is_told_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "AT_ONCE", 6)
    with council(tmp_path) as lists:
        steps: list[list[str]] = []
        apply_together = lists.store.apply_together

        def applied(several: Any, permit: Any) -> Any:
            steps.append([each.source.name for each in several])
            return apply_together(several, permit)

        lists.store.apply_together = applied  # type: ignore[method-assign]
        when_first_written(lists, lists.context.stop.request)
        result = lists.run()
        assert result.exit_code is ExitCode.INTERRUPTED
        assert len(steps) == 1, "what goes ahead in the other lists was not sent any more"
        assert lists.context.runs.journal.open_intents() == ()
        lists.again()
        steps.clear()
        assert lists.run().exit_code is ExitCode.DONE
        assert all(len(step) < len(lists.context.portfolio.sources) for step in steps)


def test_a_flow_in_one_list_stops_no_other_of_the_site(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        when_first_written(lists, lambda: lists.projects.edit(2, Title="A flow was here"))
        result = lists.run()
        left = {each.name: bool(each.problems) for each in result.report.sources}
        assert left == {"projects": True, "milestones": False, "risks": False}
        assert result.report.writes.skipped == 7
        assert not [each for each in lists.run().report.plan.writes if each.source in ("milestones", "risks")]


def test_a_list_that_cannot_be_looked_at_first_is_not_written_to_and_stops_no_other(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        read = lists.store.read_items

        def refused(source: Source, *arguments: Any) -> Any:
            if source.name == "projects":
                raise UnreachableError("No answer about projects.")
            return read(source, *arguments)

        lists.store.read_items = refused  # type: ignore[method-assign]
        result = lists.run()
        [problem] = next(source.problems for source in result.report.sources if source.name == "projects")
        assert problem.text == "No answer about projects."
        assert all(not any(lists.owned(lists.projects, number).values()) for number in lists.projects.items)
        assert result.report.writes.skipped == 12
        assert lists.context.runs.journal.open_intents() == ()
        assert not [each for each in lists.run().report.plan.writes if each.source in ("milestones", "risks")]
        assert lists.run(only=PROJECTS).report.writes.skipped == 12, "alone as well"


def test_a_drift_that_is_respected_is_respected_in_every_round(tmp_path: Path) -> None:
    with council(tmp_path, drift=DriftPolicy.RESPECT) as lists:
        lists.run()
        lists.projects.edit(4, PSStatus="Paused by hand")
        lists.projects.edit(5, Due=LATE)
        when_first_written(lists, lambda: lists.projects.edit(6, Due=LATE))
        lists.run()
        assert lists.owned(lists.projects, 4)["PSStatus"] == "Paused by hand"
        assert lists.owned(lists.projects, 6)["PSOverdue"] == "Overdue"
