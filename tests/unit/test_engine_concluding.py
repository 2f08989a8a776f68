"""What a run leaves for the next: no source counts as carried through too early, and none waits for ever."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sync.core.approval import Consent, Level, Reviewed
from sync.core.audit import Act
from sync.core.columns import Column, ColumnType
from sync.core.dates import site_midnight
from sync.core.known import LastApplied
from sync.core.ownership import DriftPolicy, OwnedField
from sync.core.plan import Guard, Plan
from sync.engine.asked import HeadsAsked, ItemsAsked
from sync.engine.ports import Failed, ItemWrite
from sync.engine.run import proceed_unapproved
from sync.engine.state import IntentState
from sync.errors import AccessError, ExitCode, StoppedError
from tests.support.engine_world import LONDON, Council, council

PROJECTS = frozenset({"projects"})
LATE = site_midnight(date(2026, 6, 3), LONDON)


def last_applied(lists: Council) -> LastApplied | None:
    kept = lists.context.runs.remembered(lists.store.host, lists.projects.guid)
    return kept.states["projects"].applied if "projects" in kept.states else None


def refuse(lists: Council, items: Sequence[int]) -> None:
    """Lets the list refuse every write to these projects."""
    write = lists.store._write

    def refused(found: Any, asked: Any, mode: Any) -> Any:
        if found is lists.projects and asked.item_id in items:
            return Failed(AccessError("The item may not be written."))
        return write(found, asked, mode)

    lists.store._write = refused  # type: ignore[method-assign]


def test_an_item_that_can_never_be_written_keeps_no_guard_from_its_work(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        refuse(lists, [7])
        assert lists.run(only=PROJECTS).exit_code is ExitCode.PARTIAL
        assert last_applied(lists) is not None
        for number in (8, 9, 10, 11, 12):
            lists.projects.delete(number)
        result = lists.run(only=PROJECTS, approver=proceed_unapproved)
        assert [refusal.guard for refusal in result.report.plan.refusals] == [Guard.RECORDS_GONE]


def test_a_list_that_refuses_most_writes_was_not_carried_through(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        refuse(lists, range(1, 5))
        lists.run(only=PROJECTS)
        assert last_applied(lists) is None


def test_a_run_that_is_stopped_before_it_wrote_what_it_decided_again_was_not_carried_through(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        first = lists.run(only=PROJECTS).report.id
        lists.projects.edit(3, Due=LATE)
        edits = [{"Due": None, "Status": "At risk"}]
        lists.store.before_apply = lambda _: lists.projects.edit(3, **edits.pop()) if edits else None
        ask = lists.store.ask

        def stopped(*asked: Any) -> Any:
            if lists.store.writes:
                lists.context.stop.request()
            return ask(*asked)

        lists.store.writes.clear()
        lists.store.ask = stopped  # type: ignore[method-assign]
        assert lists.run(only=PROJECTS).exit_code is ExitCode.INTERRUPTED
        last = last_applied(lists)
        assert last is not None
        assert last.run_id == first


@pytest.mark.parametrize(("kind", "written"), [(HeadsAsked, 12), (ItemsAsked, 5)], ids=["changes", "first items"])
def test_a_run_that_is_stopped_while_it_asks_what_moved_tells_what_it_wrote(
    kind: type[HeadsAsked | ItemsAsked], written: int, tmp_path: Path
) -> None:
    with council(tmp_path) as lists:
        asked = lists.store.ask

        def stopped(site: str, questions: Any) -> Any:
            if not lists.store.writes or not isinstance(questions[0], kind):
                return asked(site, questions)
            lists.context.stop.request()
            raise StoppedError("Told to stop while it waited.")

        lists.store.ask = stopped  # type: ignore[method-assign]
        result = lists.run(only=PROJECTS)
        assert result.exit_code is ExitCode.INTERRUPTED
        assert (result.report.writes.applied, result.report.writes.skipped) == (written, 12 - written)
        lists.store.ask = asked  # type: ignore[method-assign]
        lists.again()
        assert len(lists.run(only=PROJECTS).report.plan.writes) == 12 - written


def test_a_run_that_is_stopped_in_the_middle_of_a_request_leaves_the_rest_to_be_found_out(tmp_path: Path) -> None:
    with council(tmp_path) as lists:

        def stop(write: ItemWrite) -> None:
            if write.item_id == 3:
                lists.context.stop.request()
                raise StoppedError("Told to stop while it waited.")

        lists.store.before_apply = stop
        result = lists.run(only=PROJECTS)
        assert (result.exit_code, result.report.writes.applied) == (ExitCode.INTERRUPTED, 2)
        states = [intent.state for intent in lists.context.runs.journal.writes_of(result.report.id)]
        assert states.count(IntentState.OPEN) == 3, "what went ahead and was not answered"
        lists.store.before_apply = None
        lists.again()
        assert lists.run(only=PROJECTS).exit_code is ExitCode.DONE


def reviewed(plan: Plan, items: Sequence[int]) -> Reviewed:
    """A plan that was looked through when it had the writes to these items only."""
    return Reviewed(
        plan.digest,
        plan.policy_digest,
        frozenset(write.digest for write in plan.writes if write.id.item_id in items),
        frozenset((refusal.source, refusal.guard, refusal.seen) for refusal in plan.refusals),
    )


def test_what_a_reviewed_first_plan_did_not_show_is_asked_about_the_night_after(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        shown = reviewed(lists.plan(only=PROJECTS).report.plan, [1, 2])
        lists.run(only=PROJECTS, approver=lambda _: Consent(write=True, through="--plan", reviewed=shown))
        assert [write.item_id for write in lists.store.writes] == [1, 2]
        night = lists.run(only=PROJECTS, approver=proceed_unapproved)
        assert night.exit_code is ExitCode.APPROVAL
        assert [refusal.guard for refusal in night.report.plan.refusals] == [Guard.FIRST_RUN]
        assert len(lists.store.writes) == 2


@pytest.mark.parametrize("drift", list(DriftPolicy))
def test_what_a_person_did_to_our_values_goes_on_record(drift: DriftPolicy, tmp_path: Path) -> None:
    with council(tmp_path, drift=drift) as lists:
        lists.run()
        lists.projects.edit(4, PSStatus="Paused by hand", editor_id=17)
        run = lists.run().report.id
        told = [link.entry for link in lists.context.runs.audit.links(run) if link.entry.act is Act.DRIFT]
        assert [(entry.item, entry.column, entry.why) for entry in told] == [(4, OwnedField.STATUS, drift.value)]
        assert {known.ident for known in lists.context.runs.audit.people() if known.number == told[0].person} == {"17"}
        assert "Paused" not in repr(told), "what staff typed is nobody's but theirs"


def test_a_person_s_change_is_on_record_before_it_is_written_over(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.run()
        lists.projects.edit(4, PSStatus="Paused by hand")
        lists.store.before_apply = lambda _: (_ for _ in ()).throw(KeyboardInterrupt)  # as good as killed
        with pytest.raises(KeyboardInterrupt):
            lists.run()
        newest = lists.context.runs.runs()[0].id
        assert Act.DRIFT in [link.entry.act for link in lists.context.runs.audit.links(newest)]


def test_what_goes_meanwhile_is_not_approved_by_the_word_that_came_before(tmp_path: Path) -> None:
    """A digest approves what its plan shows: not that a third of the list went while its writes were made."""
    with council(tmp_path) as lists:
        first = lists.run(only=PROJECTS).report.id
        lists.projects.edit(1, Due=LATE)
        gone = [7, 8, 9, 10]

        def delete(_write: Any) -> None:
            while gone:
                lists.projects.delete(gone.pop())

        lists.store.before_apply = delete
        lists.run(only=PROJECTS, approver=approve_by_digest)
        last = last_applied(lists)
        assert last is not None
        assert last.run_id == first
        again = lists.run(only=PROJECTS, approver=proceed_unapproved)
        assert [refusal.guard for refusal in again.report.plan.refusals] == [Guard.RECORDS_GONE]


def approve_by_digest(_plan: Plan) -> Consent:
    return Consent(write=True, level=Level.DIGEST, through="--approve")


def test_two_sources_of_one_list_each_know_what_their_own_columns_held(tmp_path: Path) -> None:
    """The journal keeps what the writing source's columns held, whichever of them was read last."""
    with council(tmp_path) as lists:
        lists.projects.columns = (*lists.projects.columns, Column("PSStamp", "PSStamp", ColumnType.TEXT))
        sources = dict(lists.context.portfolio.sources)
        projects = sources["projects"]
        stamped = replace(projects.write, columns={**projects.write.columns, OwnedField.STAMP: "PSStamp"})
        first, rest = (tuple(f"P-{number}" for number in numbers) for numbers in (range(1, 7), range(7, 13)))
        sources["projects"] = replace(projects, where={"Ref": first}, write=stamped)
        sources["rest"] = replace(projects, name="rest", where={"Ref": rest})
        lists.context = replace(lists.context, portfolio=replace(lists.context.portfolio, sources=sources))
        before = lists.run().report.id
        lists.projects.edit(2, Due=LATE)
        run = lists.run().report.id
        (intent,) = [each for each in lists.context.runs.journal.writes_of(run) if each.record.item_id == 2]
        assert before in str(intent.was[OwnedField.STAMP])
        assert not lists.run().report.plan.writes
