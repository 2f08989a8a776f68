"""Every promise holds, and its check turns red when the bug it is there for is planted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sync.core import guards, matching, planning, reconcile, status, undo
from sync.core.columns import Cell
from sync.core.mapping import encode_owned
from sync.core.provisioning import removing, status_row
from sync.core.provisioning.shape import ColumnChange
from sync.core.snapshot import Complete
from sync.engine import apply, read, run
from sync.engine import decide as deciding
from sync.engine.state import RunStart
from sync.errors import DefectError
from tests.support import promises
from tests.support.promises import Promise


def writes_a_staff_column(patch: pytest.MonkeyPatch) -> None:
    def with_title(*arguments: Any) -> Mapping[str, Cell]:
        return {**encode_owned(*arguments), "Title": "Ours now"}

    patch.setattr(apply, "encode_owned", with_title)


def rewrites_equal_values(patch: pytest.MonkeyPatch) -> None:
    decided = reconcile.decide

    def never_same(baseline: Any, live: Any, want: Any, **options: Any) -> Any:
        outcome = decided(baseline, live, want, **options)
        return reconcile.Write(live, want) if isinstance(outcome, reconcile.Same) else outcome

    patch.setattr(reconcile, "decide", never_same)


def takes_a_partial_read_for_complete(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(read, "Partial", lambda _reason: Complete())


def forgets_what_an_unread_list_leaves_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(matching, "_uncertain", lambda *_: {})


def lets_a_first_run_through(patch: pytest.MonkeyPatch) -> None:
    def nothing(_source: str) -> Iterator[Any]:
        return iter(())

    patch.setattr(guards, "first_run", nothing)


def drops_a_reason(patch: pytest.MonkeyPatch) -> None:
    made = planning._planned
    patch.setattr(planning, "_planned", lambda *arguments: replace(made(*arguments), why=()))


def forgets_the_night(patch: pytest.MonkeyPatch) -> None:
    started = run.started

    def without_night(*arguments: Any) -> RunStart:
        return replace(started(*arguments), job=None, night=None)

    patch.setattr(run, "started", without_night)


def names_restricted_records(patch: pytest.MonkeyPatch) -> None:
    mapped = read.to_record

    def open_to_all(*arguments: Any) -> Any:
        record = mapped(*arguments)
        return replace(record, restricted=False) if record else None

    patch.setattr(read, "to_record", open_to_all)


def gives_up_after_one_failure(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_inputs", lambda *_: None)


def explains_everything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guards, "surprising", lambda *_: iter(()))


def takes_back_what_others_wrote(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(undo, "_why_kept", lambda *_: None)


def tells_the_status_in_every_run(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(status_row, "day_of", lambda *_: None)


def holds_for_ever(patch: pytest.MonkeyPatch) -> None:
    found = status.hold_of

    def without_end(*arguments: Any) -> Any:
        hold = found(*arguments)
        return replace(hold, counts=True) if hold else None

    patch.setattr(status, "hold_of", without_end)


def forgets_what_was_there(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(removing, "change_of", lambda _: ColumnChange())


PROMISES = [
    (promises.staff_columns_are_never_changed, writes_a_staff_column),
    (promises.a_second_run_writes_nothing, rewrites_equal_values),
    (promises.a_half_read_list_causes_no_writes, takes_a_partial_read_for_complete),
    (promises.an_unread_list_makes_nothing_look_better, forgets_what_an_unread_list_leaves_open),
    (promises.a_first_run_waits_for_approval, lets_a_first_run_through),
    (promises.every_write_is_on_record, drops_a_reason),
    (promises.a_night_runs_once, forgets_the_night),
    (promises.a_restricted_register_is_named_nowhere, names_restricted_records),
    (promises.one_failing_source_stops_no_other, gives_up_after_one_failure),
    (promises.a_surprising_plan_stops_and_asks, explains_everything),
    (promises.a_run_can_be_taken_back, takes_back_what_others_wrote),
    (promises.a_quiet_week_writes_one_status_a_night, tells_the_status_in_every_run),
    (promises.a_hold_ends_by_itself, holds_for_ever),
    (promises.what_provision_made_it_takes_away, forgets_what_was_there),
]


@pytest.mark.parametrize("promise", [promise for promise, _ in PROMISES], ids=lambda each: each.__name__)
def test_the_promise_holds(promise: Promise, tmp_path: Path) -> None:
    promise(tmp_path)


@pytest.mark.parametrize(("promise", "plant"), PROMISES, ids=lambda each: each.__name__)
def test_its_planted_bug_is_found(
    promise: Promise, plant: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, DefectError, pytest.fail.Exception)):
        promise(tmp_path)
