"""Taking a run back over lists in memory: what is put back, what is left and told, and what the record says of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.memory_list import MemoryList
from sync.core.approval import Consent
from sync.core.audit import Act
from sync.core.columns import Column, ColumnType
from sync.core.ownership import OwnedField, WriteMode
from sync.core.plan import Guard, Plan
from sync.engine.ports import Failed
from sync.engine.run import Approver, RunResult, approve_as, proceed_unapproved
from sync.engine.state import IntentState, RunMode
from sync.engine.trail import check
from sync.engine.undo import undo
from sync.errors import ExitCode, LockHeldError, NotFoundError, StoppedError, UnreachableError
from sync.store.heads import FileHeads
from tests.support.crashing import Killed, killed_at
from tests.support.engine_world import Council, council


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as made:
        made.context = replace(made.context, heads=FileHeads(tmp_path / "heads.jsonl"))
        yield made


def back(lists: Council, run_id: str | None = None, approver: Approver | None = None) -> RunResult:
    return undo(lists.context, run_id or lists.reports[-1].id, approver=approver or approve_as("test"))


def ours(lists: Council) -> dict[tuple[str, int], dict[str, Any]]:
    every: Sequence[MemoryList] = (lists.projects, lists.milestones, lists.risks)
    return {(kept.title, number): lists.owned(kept, number) for kept in every for number in kept.items}


def left(result: RunResult) -> list[str]:
    return [finding.text for finding in result.report.findings if finding.kind == "undo_left"]


def test_a_run_is_taken_back_whole_and_nothing_of_staffs_moves(lists: Council) -> None:
    before, staff = ours(lists), lists.staff()
    lists.run()
    assert ours(lists) != before
    result = back(lists)
    assert (result.exit_code, result.report.mode, result.report.writes.applied) == (ExitCode.DONE, RunMode.UNDO, 15)
    assert ours(lists) == before
    assert lists.staff() == staff, "in the quiet mode not even a version"
    assert left(result) == []
    assert lists.context.runs.report(result.report.id) == result.document


def test_nothing_is_taken_back_unasked_and_the_plan_is_shown(lists: Council) -> None:
    lists.run()
    after = ours(lists)
    result = back(lists, approver=proceed_unapproved)
    assert result.exit_code is ExitCode.APPROVAL
    assert ours(lists) == after
    assert {refusal.guard for refusal in result.report.plan.refusals} == {Guard.UNDO}
    assert len(result.report.plan.writes) == 15
    assert back(lists, approver=proceed_unapproved).report.plan.digest == result.report.plan.digest


def test_an_undo_is_approved_audited_and_can_be_taken_back_itself(lists: Council) -> None:
    lists.run()
    after = ours(lists)
    result = back(lists)
    entries = [link.entry for link in lists.context.runs.audit.links(result.report.id)]
    assert [entry.act for entry in entries[:1]] == [Act.APPROVED]
    assert entries[0].why == f"plan {result.report.plan.digest} through test"
    written = [entry for entry in entries if entry.act is Act.WRITTEN]
    assert len(written) == sum(len(write.set) for write in result.report.plan.writes)
    assert {entry.why for entry in written} == {f"undo of {lists.reports[-1].id}"}
    assert check(lists.context.runs, lists.context.heads).holds
    again = back(lists, result.report.id)
    assert (again.exit_code, left(again)) == (ExitCode.DONE, [])
    assert ours(lists) == after


def test_after_an_undo_the_same_rules_plan_the_same_writes_again(lists: Council) -> None:
    lists.run()
    planned = {write.id: dict(write.set) for write in lists.reports[-1].plan.writes}
    back(lists)
    result = lists.run(approver=proceed_unapproved)
    assert {write.id: dict(write.set) for write in result.report.plan.writes} == planned
    assert Guard.UNEXPLAINED_WRITES in {refusal.guard for refusal in result.report.plan.refusals}
    assert result.exit_code is ExitCode.APPROVAL


def test_what_staff_changed_since_stays_and_is_told(lists: Council) -> None:
    lists.run()
    lists.projects.edit(1, PSStatus="Ask Ann")
    result = back(lists)
    assert lists.owned(lists.projects, 1)["PSStatus"] == "Ask Ann"
    assert lists.owned(lists.projects, 1)["PSReason"] is None
    (said,) = left(result)
    assert (
        said == f"P-1: of what run {lists.reports[-1].id} wrote, Status was changed by hand since, and stays as it is."
    )
    assert result.exit_code is ExitCode.DONE


def test_what_a_later_run_wrote_stays_and_is_told(lists: Council) -> None:
    first = lists.run().report.id
    lists.projects.edit(3, Status="At risk")
    lists.run()
    result = back(lists, first)
    assert lists.owned(lists.projects, 3)["PSStatus"] == "At risk"
    (said,) = left(result)
    assert "Status was written by a later run, and stays as it is." in said


def test_an_item_that_is_gone_and_one_that_no_longer_counts(lists: Council) -> None:
    lists.run()
    del lists.projects.items[2]
    change(lists, where={"Status": ("At risk",)})
    result = back(lists)
    assert left(result) == ["item 2: the item is gone, so nothing of it was put back."]
    assert lists.owned(lists.projects, 4)["PSStatus"] is None
    assert {write.key for write in result.report.plan.writes if write.source == "projects"} == {
        f"item {number}" for number in range(1, 13) if number != 2
    }


def test_only_the_items_that_the_run_wrote_are_read(lists: Council) -> None:
    lists.run()
    lists.projects.edit(3, Status="At risk")
    lists.run()
    read: list[Sequence[int]] = []
    reading = lists.store.read_items

    def watched(*arguments: Any) -> Any:
        read.append(arguments[3])
        return reading(*arguments)

    lists.store.read_items = watched  # type: ignore[method-assign]
    lists.store.broken["read"] = UnreachableError("No whole list may be read.")
    back(lists)
    assert read == [[3], [3]], "once for the plan, and once before it is carried out"


def test_of_a_restricted_register_only_numbers_are_told(lists: Council) -> None:
    lists.run()
    looked = back(lists, approver=proceed_unapproved)
    (write,) = [each for each in looked.document["plan"]["writes"] if each["source"] == "risks"]
    assert (write["item"], write["key"], set(write["was"].values())) == (1, "item 1", {"(restricted)"})
    lists.risks.edit(1, PSOverdue="Ask Ann")
    result = back(lists, lists.reports[-1].id)
    assert left(result)
    assert all(text.startswith("item 1:") for text in left(result))
    assert "Ask" not in str(result.document)
    entries = [link.entry for link in lists.context.runs.audit.links() if link.entry.source == "risks"]
    assert {each.old for each in entries} | {each.new for each in entries} == {"(restricted)"}


def change(lists: Council, name: str = "projects", **changes: Any) -> None:
    """The source as the portfolio file has it now; `sources` replaces all of them."""
    portfolio = lists.context.portfolio
    sources = changes.pop("sources", None) or {**portfolio.sources, name: replace(portfolio.sources[name], **changes)}
    lists.context = replace(lists.context, portfolio=replace(portfolio, sources=sources))


def stays(lists: Council, why: str) -> list[str]:
    return [f"projects: of what run {lists.reports[-1].id} wrote there, {why}."]


def test_a_source_that_was_renamed_is_found_by_its_list(lists: Council) -> None:
    lists.run(only=frozenset({"projects"}))
    rest = dict(lists.context.portfolio.sources)
    change(lists, sources={"schemes": replace(rest.pop("projects"), name="schemes"), **rest})
    result = back(lists)
    assert ({write.source for write in result.report.plan.writes}, left(result)) == ({"schemes"}, [])
    assert result.report.writes.applied == 12


def test_a_list_that_is_only_read_now_keeps_what_it_has(lists: Council) -> None:
    lists.run(only=frozenset({"projects"}))
    change(lists, write=replace(lists.context.portfolio.sources["projects"].write, mode=WriteMode.OFF))
    result = back(lists)
    assert result.report.plan.writes == ()
    why = "nothing is put back, because the list is only read now (`write: {mode: off}`)"
    assert left(result) == stays(lists, why)


def test_a_list_that_has_left_the_portfolio_keeps_what_it_has(lists: Council) -> None:
    lists.run()
    rest = {name: each for name, each in lists.context.portfolio.sources.items() if name != "projects"}
    change(lists, sources=rest)
    result = back(lists)
    assert {write.source for write in result.report.plan.writes} == {"milestones", "risks"}
    why = "nothing was put back, because no source of the portfolio file is that list any more"
    assert left(result) == stays(lists, why)


@pytest.mark.parametrize("method", ["describe", "read_items"])
def test_a_list_that_cannot_be_read_keeps_what_it_has_and_the_run_fails(lists: Council, method: str) -> None:
    lists.run(only=frozenset({"projects"}))
    lists.store.broken[method] = UnreachableError("No answer.")
    result = back(lists)
    assert left(result) == stays(lists, "nothing was put back, because the list could not be read")
    assert result.exit_code is ExitCode.UNREACHABLE
    assert [source.read for source in result.report.sources] == ["failed"]


def test_a_column_that_is_gone_or_of_another_type_keeps_nothing_else_from_going_back(lists: Council) -> None:
    lists.run(only=frozenset({"projects"}))
    lists.projects.columns = tuple(
        replace(each, type=ColumnType.NUMBER) if each.name == "PSReason" else each
        for each in lists.projects.columns
        if each.name != "PSStatus"
    )
    result = back(lists)
    ends = [text.split("wrote, ")[1] for text in left(result)]
    assert ends[0] == "Reason and Status have no columns of ours any more, and stay."
    assert set(ends[1:]) <= {"Status has no column of ours any more, and stays as it is.", ends[0]}
    assert lists.owned(lists.projects, 4)["PSOverdue"] is None


def test_a_column_that_staff_have_now_is_not_touched_and_a_row_that_cannot_be_read_goes_by_number(
    lists: Council,
) -> None:
    lists.run(only=frozenset({"projects"}))
    fields = lists.context.portfolio.sources["projects"].fields
    change(lists, fields={**fields, "title": replace(fields["title"], column=("PSStatus",))}, key="Nowhere")
    result = back(lists)
    assert lists.owned(lists.projects, 4)["PSStatus"] == "On track"
    assert lists.owned(lists.projects, 4)["PSOverdue"] is None
    assert all(text.startswith("item ") for text in left(result))


def test_a_run_that_wrote_nothing_or_never_was_has_nothing_to_take_back(lists: Council) -> None:
    planned = lists.plan()
    for run_id in (planned.report.id, "never"):
        with pytest.raises(NotFoundError, match="wrote nothing"):
            back(lists, run_id)
    assert [run.mode for run in lists.context.runs.runs()] == [RunMode.PLAN]


@pytest.mark.parametrize("others", [True, False], ids=["among others", "alone"])
def test_what_a_run_left_unsettled_is_settled_first(lists: Council, others: bool) -> None:
    lists.run()
    lists.projects.edit(2, Status="Done")
    if others:
        lists.projects.edit(3, Status="At risk")
    unreadable = UnreachableError("Nothing can be read again.")
    lists.store.before_apply = lambda _: lists.store.broken.update(read_items=unreadable, changes=unreadable)
    lists.store.lost = {2: True}
    lists.run(only=frozenset({"projects"}))
    lists.store.before_apply = None
    lists.store.broken.clear()
    states = [intent.state for intent in lists.context.runs.journal.writes_of(lists.reports[-1].id)]
    assert states.count(IntentState.OPEN) == 1
    result = back(lists)
    why = "1 write is not settled: `reconcile` first finds out whether it was done, then undo again"
    assert left(result) == stays(lists, why)
    assert result.report.writes.applied == int(others)


def test_an_undo_that_was_cut_short_is_finished_by_another(lists: Council) -> None:
    before, run_id = ours(lists), lists.run().report.id
    lists.store.before_apply = killed_at(3)
    with pytest.raises(Killed):
        back(lists)
    lists.store.before_apply = None
    assert len(lists.context.runs.journal.open_intents()) > 1
    assert back(lists, run_id).exit_code is ExitCode.DONE
    assert ours(lists) == before
    assert lists.context.runs.journal.open_intents() == ()


def test_what_raced_is_left_to_another_undo(tmp_path: Path) -> None:
    with council(tmp_path, mode=WriteMode.VERSIONED) as lists:
        lists.run(only=frozenset({"projects"}))
        reading = lists.store.read_items

        def read_and_edit(*arguments: Any) -> Any:
            rows = reading(*arguments)
            lists.projects.edit(7, Title="Changed while we ran")
            return rows

        lists.store.read_items = read_and_edit  # type: ignore[method-assign]
        result = back(lists)
        lists.store.read_items = reading  # type: ignore[method-assign]
        assert (result.report.writes.applied, result.report.writes.raced) == (11, 1)
        assert result.exit_code is ExitCode.PARTIAL
        rest = back(lists)
        assert [write.id.item_id for write in rest.report.plan.writes] == [7]
        assert rest.exit_code is ExitCode.DONE
        assert lists.owned(lists.projects, 7)["PSStatus"] is None


def meanwhile(happens: Callable[[], object]) -> Approver:
    """A person who says yes, after something has happened."""

    def approve(plan: Plan) -> Consent:
        happens()
        return approve_as("test")(plan)

    return approve


def test_what_a_colleague_types_while_the_person_thinks_is_left_alone_in_the_quiet_mode_too(lists: Council) -> None:
    run_id = lists.run().report.id
    result = back(lists, approver=meanwhile(lambda: lists.projects.edit(4, PSStatus="Ask Ann", Title="Renamed")))
    assert lists.owned(lists.projects, 4)["PSStatus"] == "Ask Ann"
    assert (result.report.writes.applied, result.report.writes.raced) == (14, 1)
    assert result.exit_code is ExitCode.PARTIAL
    (said,) = (finding.text for finding in result.report.findings if finding.kind == "raced")
    assert said == "P-4: somebody changed the item while the run was under way, and it was left alone."
    rest = back(lists, run_id)
    assert [write.id.item_id for write in rest.report.plan.writes] == [4]
    assert "Status was changed by hand since" in left(rest)[0]


def test_what_staff_do_to_columns_of_their_own_meanwhile_does_not_stand_in_the_way(lists: Council) -> None:
    before = ours(lists)
    lists.run()
    result = back(lists, approver=meanwhile(lambda: lists.projects.edit(4, Title="Renamed")))
    assert (result.exit_code, ours(lists)) == (ExitCode.DONE, before)
    assert lists.projects.items[4].cells["Title"] == "Renamed"


def test_a_list_that_cannot_be_looked_at_again_is_left_alone(lists: Council) -> None:
    lists.run()
    after = ours(lists)
    breaks = meanwhile(lambda: lists.store.broken.update(read_items=UnreachableError("No answer.")))
    result = back(lists, approver=breaks)
    assert (result.exit_code, ours(lists)) == (ExitCode.UNREACHABLE, after)
    assert result.report.writes.skipped == 15


def test_a_list_that_another_has_replaced_meanwhile_is_left_alone(lists: Council) -> None:
    lists.run()
    after = ours(lists)
    result = back(lists, approver=meanwhile(lambda: setattr(lists.projects, "guid", "another")))
    assert (result.exit_code, result.report.writes.raced) == (ExitCode.PARTIAL, 12)
    assert all(values == after[place] for place, values in ours(lists).items() if place[0] == "Projects")


def test_a_list_that_fails_as_a_whole_stops_no_other(lists: Council) -> None:
    lists.run()
    applying = lists.store.apply

    def broken(source: Any, schema: Any, writes: Any, *permit: Any) -> Any:
        if source.name == "projects":
            return iter([Failed(UnreachableError("No answer."))] * len(writes))
        return applying(source, schema, writes, *permit)

    lists.store.apply = broken  # type: ignore[method-assign]
    result = back(lists)
    assert result.exit_code is ExitCode.PARTIAL
    assert lists.owned(lists.milestones, 1)["PSOverdue"] is None
    (problem,) = next(each for each in result.report.sources if each.name == "projects").problems
    assert problem.text.endswith(" of the planned items: No answer.")


def test_nobody_takes_a_run_back_while_another_runs(lists: Council) -> None:
    lists.run()
    lists.context.runs.journal.take_lease("other", "somebody", lists.clock.now())
    with pytest.raises(LockHeldError):
        back(lists)


def test_an_undo_that_is_told_to_stop_is_on_record_and_can_be_gone_on_with(lists: Council) -> None:
    lists.run()
    run_id = lists.reports[-1].id
    lists.context.stop.request()
    with pytest.raises(StoppedError):
        back(lists)
    assert lists.context.runs.runs(1)[0].outcome == "interrupted"
    lists.again()
    assert back(lists, run_id).exit_code is ExitCode.DONE


def test_a_value_that_was_there_before_the_service_came_is_put_back(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        change(lists, write=replace(lists.context.portfolio.sources["projects"].write, adopt=True))
        lists.projects.items[6].cells["PSReason"] = "Ann says: wait until the summer!"
        kept = lists.owned(lists.projects, 6)
        lists.run()
        assert lists.owned(lists.projects, 6) != kept
        back(lists)
        assert lists.owned(lists.projects, 6) == kept


def test_the_stamp_of_what_is_put_back_is_that_of_the_undo(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.projects.columns = (*lists.projects.columns, Column("PSStamp", "Stamp", ColumnType.TEXT))
        write = lists.context.portfolio.sources["projects"].write
        change(lists, write=replace(write, columns={**write.columns, OwnedField.STAMP: "PSStamp"}))
        lists.run()
        result = back(lists)
        assert lists.projects.items[4].cells["PSStamp"] == f"installation {result.report.id}"
        assert all(OwnedField.STAMP not in each.set for each in result.report.plan.writes)
