"""Each bug of `planted` is found, by the test that is there for it, with a small part of its budget."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis.errors import FlakyFailure

from sync.core.ownership import DriftPolicy, WriteMode
from tests.crash import test_crash_every_step as every_step
from tests.crash import test_small_scope as small_scope
from tests.machines import test_engine_machine as machine
from tests.support import planted
from tests.support.planted import Plant
from tests.support.small_scope import Bounds, BrokenPromiseError, explore
from tests.support.small_world import Terms

QUIET = Terms()
VERSIONED, ASKS = Terms(mode=WriteMode.VERSIONED), Terms(drift=DriftPolicy.ASK)
RESPECTS = Terms(drift=DriftPolicy.RESPECT)


@dataclass(frozen=True, slots=True)
class Search:
    """`test`: whose small part it is."""

    test: Callable[..., None]
    run: Callable[[], object]


def few_acts(terms: Terms = QUIET) -> Search:
    """The first histories of the exhaustive search."""
    return _short(terms, Bounds(acts=2, runs=900))


def calm_acts(terms: Terms = QUIET) -> Search:
    """The same, without anybody who is killed or disturbed."""
    return _short(terms, Bounds(acts=2, troubled=0))


def _short(terms: Terms, bounds: Bounds) -> Search:
    test = small_scope.test_whatever_happens_in_a_few_acts_the_lists_end_as_they_should
    return Search(test, lambda: explore(terms, bounds))


def every_effect(name: str, terms: Terms = QUIET) -> Search:
    """One scenario, killed at its every effect."""
    (scenario,) = (each for each in every_step.SCENARIOS if each.name == name)
    test = every_step.test_killed_at_any_effect_the_next_run_ends_alike
    return Search(test, lambda: test(scenario, terms))


def approved() -> Search:
    """A first run that was approved, killed after that."""
    test = every_step.test_what_a_person_approved_is_carried_out_without_asking_again
    return Search(test, lambda: test(every_step.SCENARIOS[0]))


def taken_over() -> Search:
    """A first run whose lock is lost, after its every effect."""
    test = every_step.test_taken_over_after_any_effect_a_run_writes_nothing_more
    return Search(test, lambda: test(every_step.SCENARIOS[0], QUIET))


def comes_back() -> Search:
    """An item that comes out of the recycle bin at any effect of a run."""
    test = every_step.test_what_comes_back_while_we_run_is_settled_before_it_is_decided
    return Search(test, lambda: test(QUIET))


def histories() -> Search:
    """The same few random histories every time."""
    return Search(
        machine.test_every_history_ends_as_it_should, lambda: machine.histories(Terms(), 300, seed_=1, shrink=False)
    )


PLANTED: list[tuple[Plant, Search]] = [
    (planted.writes_a_staff_column, calm_acts()),
    (planted.makes_an_item, calm_acts()),
    (planted.rewrites_equal_values, calm_acts()),
    (planted.writes_before_the_intent, few_acts()),
    (planted.agrees_before_the_write, few_acts()),
    (planted.leaves_open_intents_as_they_are, few_acts()),
    (planted.takes_no_cut_off_write_for_done, few_acts()),
    (planted.takes_every_cut_off_write_for_done, few_acts()),
    (planted.takes_every_lost_answer_for_done, every_effect("a request is half done")),
    (planted.decides_what_came_back_unsettled, comes_back()),
    (planted.never_looks_at_its_lease, taken_over()),
    (planted.writes_whatever_changed_meanwhile, few_acts(VERSIONED)),
    (planted.asks_nobody_what_moved, every_effect("somebody is faster")),
    (planted.respects_what_it_should_restore, calm_acts()),
    (planted.restores_what_it_should_respect, calm_acts(RESPECTS)),
    (planted.writes_what_it_should_ask_about, calm_acts(ASKS)),
    (planted.forgets_to_report_a_change_by_hand, calm_acts(RESPECTS)),
    (planted.leaves_values_in_rows_out_of_scope, calm_acts()),
    (planted.clears_rows_that_were_never_ours, calm_acts()),
    (planted.keeps_no_record, calm_acts()),
    (planted.keeps_no_record_of_a_change_by_hand, calm_acts()),
    (planted.records_a_write_twice, calm_acts()),
    (planted.breaks_the_chain, calm_acts()),
    (planted.keeps_an_approval_only_at_the_end, approved()),
]
"""Every bug, with the search that finds it."""
SEARCHES = {
    "a few acts, quiet": few_acts(),
    "a few acts, versioned": few_acts(VERSIONED),
    "calm acts, restore": calm_acts(),
    "calm acts, respect": calm_acts(RESPECTS),
    "calm acts, ask": calm_acts(ASKS),
    "half done": every_effect("a request is half done"),
    "faster": every_effect("somebody is faster"),
    "approved": approved(),
    "comes back": comes_back(),
    "taken over": taken_over(),
    "histories": histories(),
}


@pytest.mark.no_cover
@pytest.mark.parametrize(("plant", "search"), PLANTED, ids=lambda each: getattr(each, "__name__", ""))
def test_the_planted_bug_is_found(plant: Plant, search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, BrokenPromiseError, FlakyFailure)):
        search.run()


@pytest.mark.no_cover
@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_nothing_is_found_where_no_bug_is(search: Search) -> None:
    search.run()
