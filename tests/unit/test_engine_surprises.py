"""A surprising plan, night after night: what a person let through is finished, and what they took back stays back."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from sync.core.approval import Consent, Level
from sync.core.columns import Column, ColumnType
from sync.core.ownership import WriteMode
from sync.core.plan import Guard, Plan
from sync.engine.ports import ItemWrite, Throttled
from sync.engine.run import approve_as, proceed_unapproved
from sync.engine.undo import undo
from sync.errors import ExitCode
from tests.support.engine_world import TODAY, Council, council

TOMORROW, THE_DAY_AFTER = (TODAY + timedelta(days=days) for days in (1, 2))
SURPRISE = {Guard.UNEXPLAINED_WRITES, Guard.FIELD_FLIPPED}


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    """Twelve projects, settled, and then a mistake in the mapping."""
    with council(tmp_path) as made:
        made.run()
        made.swap_words()
        yield made


def by_digest(_plan: Plan) -> Consent:
    return Consent(write=True, level=Level.DIGEST, through="test")


def guards(of: Plan) -> set[Guard]:
    return {refusal.guard for refusal in of.refusals}


def night(lists: Council, today: date) -> tuple[ExitCode, int]:
    result = lists.run(today, approver=proceed_unapproved)
    return result.exit_code, result.report.writes.applied


def busy_after(lists: Council, count: int) -> Callable[[], None]:
    """The service is busy from the item after so many on; answers how to end that."""
    apply = lists.store._write

    def write(*given: object) -> object:
        sent.append(given)
        return Throttled() if len(sent) > count else apply(*given)  # type: ignore[arg-type]

    sent: list[object] = []
    lists.store._write = write  # type: ignore[assignment, method-assign]

    def end() -> None:
        lists.store._write = apply  # type: ignore[method-assign]

    return end


def test_what_was_taken_back_is_not_written_again_the_night_after(lists: Council) -> None:
    wrong = lists.run(TOMORROW, approver=by_digest)
    assert wrong.report.writes.applied == 12
    assert undo(lists.context, wrong.report.id, approver=approve_as("test")).report.writes.applied == 12
    assert guards(lists.plan(TOMORROW).report.plan) == SURPRISE
    assert guards(lists.plan(THE_DAY_AFTER).report.plan) == SURPRISE
    assert night(lists, THE_DAY_AFTER) == (ExitCode.APPROVAL, 0)


@pytest.mark.parametrize("later", [TOMORROW, THE_DAY_AFTER])
def test_what_was_let_through_and_throttled_needs_no_second_word(lists: Council, later: date) -> None:
    end = busy_after(lists, 2)
    partly = lists.run(TOMORROW, approver=by_digest)
    assert (partly.exit_code, partly.report.writes.applied) == (ExitCode.PARTIAL, 2)
    end()
    assert night(lists, later) == (ExitCode.DONE, 10)


def test_what_was_let_through_and_stopped_needs_no_second_word(lists: Council) -> None:
    def stop(_write: ItemWrite) -> None:
        lists.context.stop.request()

    lists.store.before_apply = stop
    stopped = lists.run(TOMORROW, approver=by_digest, canary=2)
    assert stopped.exit_code is ExitCode.INTERRUPTED
    lists.again()
    lists.store.before_apply = None
    assert night(lists, TOMORROW) == (ExitCode.DONE, 12 - stopped.report.writes.applied)


def test_what_was_let_through_explains_no_other_surprise(lists: Council) -> None:
    end = busy_after(lists, 2)
    lists.run(TOMORROW, approver=by_digest)
    end()
    for number in list(lists.projects.items):
        lists.projects.write(number, {"Status": "At risk"}, WriteMode.QUIET)
    assert night(lists, TOMORROW) == (ExitCode.APPROVAL, 0)


def test_what_a_run_that_was_taken_back_left_undone_needs_a_word_again(lists: Council) -> None:
    end = busy_after(lists, 3)
    partly = lists.run(TOMORROW, approver=by_digest)
    end()
    assert undo(lists.context, partly.report.id, approver=approve_as("test")).report.writes.applied == 3
    assert night(lists, THE_DAY_AFTER) == (ExitCode.APPROVAL, 0)


def test_a_list_that_changed_its_shape_has_failed(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.run()
        lists.projects.edit(3, Status="At risk")
        held = lists.projects
        columns = [column for column in held.columns if column.name != "Status"]
        held.columns = (*columns, Column("Status", "Status", ColumnType.NOTE))
        planned = lists.plan()
        assert guards(planned.report.plan) == {Guard.COLUMN_CHANGED}
        assert planned.exit_code is planned.pending_code is ExitCode.PARTIAL, "two other lists are as they were"
        assert night(lists, TODAY) == (ExitCode.PARTIAL, 0)


def test_a_run_that_wrote_all_it_may_has_nothing_pending(lists: Council) -> None:
    end = busy_after(lists, 2)
    assert lists.run(TOMORROW, approver=by_digest).pending_code is ExitCode.PARTIAL
    end()
    assert lists.run(TOMORROW, approver=proceed_unapproved).pending_code is ExitCode.DONE
