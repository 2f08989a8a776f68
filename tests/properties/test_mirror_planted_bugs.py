"""Each bug in what is kept of the lists is found by the histories that look for it, within the first few of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.memory_list import MemoryList
from sync.core import mirror as core
from sync.core.columns import ListHead, Row
from sync.core.mirror import Mirrored, whole_for
from sync.engine import mirror, settle
from sync.engine.asked import Answer, Changes, Heads, HeadsAsked
from sync.engine.in_step import heads_of, the
from sync.engine.mirror import Mirror, Rows
from sync.engine.mirrors import Place
from sync.engine.ports import ListStore
from sync.engine.targets import Source
from sync.store.memory import MemoryRunStore
from tests.properties.test_mirror_equals_a_full_read import a_history
from tests.support.planted import Plant

SEED = 20_261_122
"""Where `test_the_mirror_equals_a_full_reading` begins with every test run: it finds nothing in the same histories."""
TRIES = 1_100


def what_was_kept_equals_a_full_reading() -> None:
    """In the same histories every time, up to the first in which it does not."""
    for number in range(TRIES):
        a_history(number, MemoryRunStore().mirrors, SEED)


def believes_a_log_that_forgot(patch: pytest.MonkeyPatch) -> None:
    def nothing_changed(kind: type[Any], answer: Answer) -> Any:
        return the(kind, Changes(frozenset()) if answer == Changes(None) else answer)

    patch.setattr(mirror, "the", nothing_changed)
    patch.setattr(settle, "the", nothing_changed)


def marks_what_it_read_with_what_came_after(patch: pytest.MonkeyPatch) -> None:
    told = mirror._Look._told

    def with_newest(look: Any, rows: int, kept: Mirrored | None) -> Mirrored:
        heads = _heads_now(look.store, look.sources[0])
        return told(replace(look, head=heads.by_name.get(look.sources[0].name)), rows, kept)

    patch.setattr(mirror._Look, "_told", with_newest)


def marks_what_it_looked_at_again_with_what_came_after(patch: pytest.MonkeyPatch) -> None:
    kept_now = settle._Look._kept_now

    def with_newest(look: Any) -> Mirrored | None:
        heads = [_heads_now(look.target.store, look.target.source) for _ in look.heads]
        return kept_now(replace(look, heads=heads))

    patch.setattr(settle._Look, "_kept_now", with_newest)


def _heads_now(store: ListStore, source: Source) -> Heads:
    return heads_of(store, HeadsAsked({source.name: source.list}), source.site)


def takes_all_that_happened_for_its_own(patch: pytest.MonkeyPatch) -> None:
    def nothing_of_others(kind: type[Any], answer: Answer) -> Any:
        return Changes(frozenset()) if kind is Changes else the(kind, answer)

    patch.setattr(settle, "the", nothing_of_others)


def keeps_its_echo_over_a_colleagues_edit(patch: pytest.MonkeyPatch) -> None:
    keep = settle._Look._keep_whole

    def as_before_but_for_ours(look: Any, rows: tuple[Row, ...]) -> None:
        before, ours = look._before(), {column.name for column in look.target.binding.owned.values()}
        theirs = {number: settle._without(row, ours) for number, row in before.items() if number in look.ours}
        keep(look, tuple(replace(row, cells={**row.cells, **theirs.get(row.item_id, {})}) for row in rows))

    patch.setattr(settle._Look, "_keep_whole", as_before_but_for_ours)


def takes_every_edit_for_an_echo(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settle._Look, "_is_echo", lambda *_: True)


def does_not_see_quiet_edits(patch: pytest.MonkeyPatch) -> None:
    def when(row: Row | None) -> datetime | None:
        return row.modified if row else None

    patch.setattr(settle, "_version", when)


def takes_lookups_for_fresh_that_were_not(patch: pytest.MonkeyPatch) -> None:
    show = Mirror.show_as_before

    def whatever_they_showed(kept: Mirror, marks: Mapping[str, str | None]) -> None:
        shown = {guid: mark for each in kept.kept.values() for guid, mark in each.looked_into.items()}
        show(kept, {guid: shown.get(guid, mark) for guid, mark in marks.items()})

    patch.setattr(Mirror, "show_as_before", whatever_they_showed)


def looks_into_no_other_list(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mirror, "looked_into", lambda *_: {})
    patch.setattr(settle, "looked_into", lambda *_: {})


def keeps_what_was_removed(patch: pytest.MonkeyPatch) -> None:
    change = Mirror.change
    patch.setattr(Mirror, "change", lambda kept, told, rows, _gone: change(kept, told, rows, ()))


def does_not_see_what_came_back(patch: pytest.MonkeyPatch) -> None:
    change = Mirror.change

    def of_what_is_held(kept: Mirror, told: Mirrored, rows: Mapping[int, Row], gone: Collection[int]) -> None:
        held = kept.mirrors.held(told.place, rows)
        change(kept, told, {number: rows[number] for number in held}, gone)

    patch.setattr(Mirror, "change", of_what_is_held)


def counts_no_items(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mirror, "account_differs", lambda *_: None)


def keeps_columns_as_they_were(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mirror, "is_described", lambda *_: True)


def keeps_what_a_column_of_another_type_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mirror, "same_columns", lambda *_: True)


def takes_a_column_made_anew_for_the_same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        core, "_is_read_alike", lambda then, now: (then.type, then.lookup_list) == (now.type, now.lookup_list)
    )


def answers_another_mapping(patch: pytest.MonkeyPatch) -> None:
    def of_any_mapping(kept: Mirrored | None, head: ListHead, wanted: Any, *known: Any) -> str | None:
        return whole_for(replace(kept, wanted=wanted) if kept else None, head, wanted, *known)

    patch.setattr(mirror, "whole_for", of_any_mapping)


def takes_another_list_for_the_same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryList, "guid", property(lambda kept: kept.url, lambda *_: None))


def never_reads_a_list_as_a_whole_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("sync.core.mirror.WEEK", timedelta.max)


def keeps_half_a_list_as_whole(patch: pytest.MonkeyPatch) -> None:
    keep = Mirror.keep

    def page_by_page(
        kept: Mirror, place: Place, columns: Sequence[str], pages: Iterable[tuple[Row, ...]], told: Any
    ) -> None:
        def so_far() -> Rows:
            for page in pages:
                yield page
                read.append(page)
                keep(kept, place, columns, read, told)

        read: list[tuple[Row, ...]] = []
        keep(kept, place, columns, so_far(), told)

    patch.setattr(Mirror, "keep", page_by_page)


PLANTED: Sequence[Plant] = (
    believes_a_log_that_forgot,
    marks_what_it_read_with_what_came_after,
    marks_what_it_looked_at_again_with_what_came_after,
    takes_all_that_happened_for_its_own,
    keeps_its_echo_over_a_colleagues_edit,
    takes_every_edit_for_an_echo,
    does_not_see_quiet_edits,
    takes_lookups_for_fresh_that_were_not,
    looks_into_no_other_list,
    keeps_what_was_removed,
    does_not_see_what_came_back,
    counts_no_items,
    keeps_columns_as_they_were,
    keeps_what_a_column_of_another_type_held,
    takes_a_column_made_anew_for_the_same,
    answers_another_mapping,
    takes_another_list_for_the_same,
    never_reads_a_list_as_a_whole_again,
    keeps_half_a_list_as_whole,
)


@pytest.mark.no_cover
@pytest.mark.parametrize("plant", PLANTED, ids=lambda each: each.__name__)
def test_the_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=f"PORTFOLIO_SYNC_TEST_SEED={SEED}, history"):
        what_was_kept_equals_a_full_reading()
