"""Each promise over HTTP holds, and its check turns red when the bug it is there for is planted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.sharepoint import store as sharepoint
from connectors.sharepoint import write, write_batches
from connectors.sharepoint.gate import Gate
from connectors.sharepoint.messages import Reply
from connectors.sharepoint.read import Pages
from connectors.sharepoint.write import VersionedWriter
from sync.core import reconcile
from sync.core.columns import Cell
from sync.core.mapping import encode_owned
from sync.engine import apply, recover, rounds, run
from sync.engine.journal import Pen
from sync.engine.ports import Failed
from sync.errors import PortfolioSyncError, UnreachableError
from tests.support import town_promises as promises
from tests.support.town_promises import Promise


def writes_a_column_of_staffs(patch: pytest.MonkeyPatch) -> None:
    def with_notes(*arguments: Any) -> Mapping[str, Cell]:
        return {**encode_owned(*arguments), "Notes": "Ours now"}

    patch.setattr(apply, "encode_owned", with_notes)
    patch.setattr(sharepoint, "check_writes", lambda *_: None)


def writes_whatever_the_version(patch: pytest.MonkeyPatch) -> None:
    part = VersionedWriter._part

    def blind(writer: VersionedWriter, sent: Any) -> Any:
        made = part(writer, sent)
        return replace(made, headers={**made.headers, "If-Match": "*"})

    patch.setattr(VersionedWriter, "_part", blind)


def decides_nothing_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rounds, "moved", lambda *_: frozenset())


def rewrites_equal_values(patch: pytest.MonkeyPatch) -> None:
    decided = reconcile.decide

    def never_same(baseline: Any, live: Any, want: Any, **options: Any) -> Any:
        outcome = decided(baseline, live, want, **options)
        return reconcile.Write(live, want) if isinstance(outcome, reconcile.Same) else outcome

    patch.setattr(reconcile, "decide", never_same)


def writes_the_journal_after_the_lists(patch: pytest.MonkeyPatch) -> None:
    intend, settle = Pen.intend, Pen.settle
    waiting: list[tuple[Any, ...]] = []

    def later(_pen: Pen, *said: Any) -> None:
        waiting.append(said)

    def first_then(pen: Pen, outcomes: Sequence[Any]) -> None:
        while waiting:
            intend(pen, *waiting.pop(0))
        settle(pen, outcomes)

    patch.setattr(Pen, "intend", later)
    patch.setattr(Pen, "settle", first_then)


def leaves_open_intents_as_they_are(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(run, "recover", lambda *_: recover.Recovered())


def takes_no_cut_off_write_for_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recover, "_is_done", lambda *_: False)


def never_looks_at_its_lease(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Pen, "check", lambda _pen: None)


def takes_a_lost_answer_for_a_no(patch: pytest.MonkeyPatch) -> None:
    for module in (write, write_batches):
        patch.setattr(module, "without_answer", lambda _error: Failed(UnreachableError("It did not answer.")))


def takes_an_error_for_a_yes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(write, "failure", lambda _reply: None)


def takes_a_page_for_the_last(patch: pytest.MonkeyPatch) -> None:
    page: Callable[..., Any] = Pages._page

    def or_the_end(pages: Pages, document: Any, after: int) -> Any:
        try:
            return page(pages, document, after)
        except PortfolioSyncError:
            return {}, None

    patch.setattr(Pages, "_page", or_the_end)


def does_not_wait(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gate, "told_to_wait", lambda _gate, _seconds: None)


def forgets_the_wait_of_a_part(patch: pytest.MonkeyPatch) -> None:
    def none_named(_reply: Reply, _now: Any) -> None:
        return None

    patch.setattr(write_batches, "wait_named_by", none_named)


PROMISES: list[tuple[Promise, Callable[[pytest.MonkeyPatch], None]]] = [
    (promises.no_column_of_staffs_is_written, writes_a_column_of_staffs),
    (promises.a_colleagues_edit_is_not_overwritten_unread, writes_whatever_the_version),
    (promises.what_changed_meanwhile_is_decided_again, decides_nothing_again),
    (promises.a_second_run_writes_nothing, rewrites_equal_values),
    (promises.every_write_has_an_intent_before_it, writes_the_journal_after_the_lists),
    (promises.a_killed_run_is_finished_and_its_values_are_nobodys, leaves_open_intents_as_they_are),
    (promises.a_killed_run_is_finished_and_its_values_are_nobodys, takes_no_cut_off_write_for_done),
    (promises.a_run_that_was_taken_over_sends_nothing_more, never_looks_at_its_lease),
    (promises.a_lost_answer_is_settled_by_reading, takes_a_lost_answer_for_a_no),
    (promises.a_request_that_broke_off_is_taken_apart, takes_an_error_for_a_yes),
    (promises.a_repeated_page_is_no_list, takes_a_page_for_the_last),
    (promises.told_to_wait_it_waits, does_not_wait),
    (promises.told_to_wait_it_waits, forgets_the_wait_of_a_part),
]
"""Each planted bug, with the short history that finds it."""


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "promise", dict.fromkeys(promise for promise, _ in PROMISES), ids=lambda promise: promise.__name__
)
def test_the_promise_holds_over_http(promise: Promise, tmp_path: Path) -> None:
    promise(tmp_path)


@pytest.mark.no_cover
@pytest.mark.parametrize(("promise", "plant"), PROMISES, ids=lambda each: each.__name__)
def test_its_planted_bug_is_found_over_http(
    promise: Promise, plant: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        promise(tmp_path)
