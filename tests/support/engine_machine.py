"""Random histories of a council of two lists: staff, two processes that would run, and everything that goes wrong.

Recovery is a rule like any other and never follows a killed run by itself: what a killed run leaves is there for
whatever comes next.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sync.core.approval import Level
from sync.errors import LeaseLostError, LockHeldError, UnreachableError
from tests.support import oracle
from tests.support.crashing import Effects
from tests.support.oracle import Place, Row
from tests.support.small_world import AHEAD, FIRST_DAY, PASSED, Terms, World, fresh, judge_chain, judge_lists

ROWS: dict[Place, Row] = {
    ("Projects", 1): Row("P-1", AHEAD, "On track"),
    ("Projects", 2): Row("P-2", AHEAD, "On track", archived=True),
    ("Projects", 3): Row("P-3", FIRST_DAY + timedelta(days=2), "At risk"),
    ("Milestones", 1): Row("P-1", date(2026, 6, 25)),
    ("Milestones", 2): Row("P-3", PASSED),
}
_PLACES = st.sampled_from(sorted(ROWS))
_PROJECTS = st.sampled_from([place for place in sorted(ROWS) if place[0] == "Projects"])
_DUE = st.sampled_from([None, PASSED, FIRST_DAY, FIRST_DAY + timedelta(days=9), AHEAD])
_WORDS = st.sampled_from(["On track", "At risk", "Done"])
_TYPED = st.sampled_from([None, "At risk", "On track", "Overdue", "Closed", "A word of mine"])
_LOST = st.dictionaries(st.integers(1, 3), st.booleans(), min_size=1)
_MOMENT = st.integers(1, 24)
_Edit = Callable[[World], None]


def _edits() -> st.SearchStrategy[_Edit]:
    """Anything that a colleague can do to a row, if it is there by then."""
    due = st.builds(lambda place, day: _if_there(place, lambda world: world.edits(place, due=day)), _PLACES, _DUE)
    status = st.builds(
        lambda place, word: _if_there(place, lambda world: world.edits(place, status=word)), _PROJECTS, _WORDS
    )
    scope = _PROJECTS.map(lambda place: _if_there(place, lambda world: _moves_in_or_out(world, place)))
    typed = st.builds(_typing, _PLACES, st.sampled_from(["status", "overdue", "reason", "check"]), _TYPED)
    return st.one_of(due, status, scope, typed, _PLACES.map(_removing))


def _if_there(place: Place, edit: _Edit) -> _Edit:
    def perhaps(world: World) -> None:
        if place in world.rows:
            edit(world)

    return perhaps


def _moves_in_or_out(world: World, place: Place) -> None:
    world.edits(place, archived=not world.rows[place].archived)


def _typing(place: Place, name: str, value: str | None) -> _Edit:
    named = name if name in oracle.COLUMNS[place[0]] else "overdue"
    return _if_there(place, lambda world: world.types(place, named, value))


def _removing(place: Place) -> _Edit:
    """Out of the list, or back from the recycle bin. The last row of a list stays: an empty list is another story."""

    def perhaps(world: World) -> None:
        if place in world.bin:
            world.restores(place)
        elif place in world.rows and sum(each[0] == place[0] for each in world.rows) > 1:
            world.removes(place)

    return perhaps


class EngineMachine(RuleBasedStateMachine):
    """`made` counts histories."""

    made = 0

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        EngineMachine.made += 1
        self.world = fresh(terms, ROWS)

    # What staff and time do.

    @rule(edit=_edits())
    def somebody_edits(self, edit: _Edit) -> None:
        edit(self.world)

    @rule(days=st.sampled_from([1, 7, 8, 29]))
    def days_pass(self, days: int) -> None:
        self.world.today += timedelta(days=days)
        self.world.quiet = False

    @rule()
    def rules_change(self) -> None:
        self.world.soon = 1 - self.world.soon
        self.world.quiet = False

    # What we do.

    @rule()
    def a_run(self) -> None:
        self.world.run()

    @rule()
    def a_run_that_a_person_approved(self) -> None:
        self.world.run(level=Level.DIGEST)

    @rule()
    def a_plan(self) -> None:
        self.world.plans()

    @rule(moment=_MOMENT)
    def a_run_is_killed(self, moment: int) -> None:
        self.world.run(Effects(moment))

    @rule(moment=_MOMENT, edit=_edits())
    def somebody_edits_while_we_run(self, moment: int, edit: _Edit) -> None:
        self.world.run(Effects(moment, lambda: edit(self.world)))

    @rule(moment=_MOMENT, edit=_edits(), again=_edits())
    def somebody_edits_twice_while_we_run_and_are_killed(self, moment: int, edit: _Edit, again: _Edit) -> None:
        effects = Effects(moment)

        def then() -> None:
            edit(self.world)
            again(self.world)
            effects.kill_at(moment + 3)

        effects.then = then
        self.world.run(effects)

    @rule(lost=_LOST)
    def answers_are_lost(self, lost: dict[int, bool]) -> None:
        with self._trouble(lost=lost):
            self.world.run()

    @rule(lost=_LOST)
    def answers_are_lost_and_the_list_cannot_be_read_again(self, lost: dict[int, bool]) -> None:
        with self._trouble(lost=lost, broken={"read_items": UnreachableError("The line is down.")}):
            self.world.run(doubtful=True)

    @rule()
    def lists_are_read_by_half(self) -> None:
        """Those of more than one item; something happened in all of them, and their change logs do not say what."""
        for kept in self.world.store.lists.values():
            kept.touch(1)
            kept.forget_changes()
        halves = {kept.guid for kept in self.world.store.lists.values() if len(kept.items) > 1}
        written = len(self.world.written)
        with self._trouble(page_size=1, break_after=(1, UnreachableError("The line is down."))):
            self.world.run(doubtful=True)
        touched = {each.guid for each in self.world.written[written:]}
        assert touched.isdisjoint(halves), "half a list was read, and something was written there"

    @rule()
    def a_clock_is_wrong(self) -> None:
        with self._trouble(difference=timedelta(hours=30)):
            self.world.run(doubtful=True)

    @contextmanager
    def _trouble(self, **arranged: Any) -> Iterator[None]:
        """What is arranged with the lists, and is over when the run is."""
        store = self.world.store
        before = {name: getattr(store, name) for name in arranged}
        try:
            for name, value in arranged.items():
                setattr(store, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(store, name, value)

    # What a second process does.

    @rule(moment=_MOMENT)
    def a_second_process_finds_us_running(self, moment: int) -> None:
        """It writes nothing and says so. Before the lease is ours and once it is given back, it may run."""
        self.world.run(Effects(moment, self._second), doubtful=True)

    @rule(moment=st.integers(2, 5))
    def a_second_process_takes_over(self, moment: int) -> None:
        """Between two steps of ours."""
        effects = Effects()
        self.world.copy().run(effects)
        places = [
            number for number, name in enumerate(effects.names, start=1) if name in ("after begin", "after settle")
        ]
        with suppress(LeaseLostError):
            self.world.run(Effects(places[moment % len(places)], self.world.is_taken_over), doubtful=True)

    def _second(self) -> None:
        with suppress(LockHeldError):
            self.world.second()

    @invariant()
    def the_lists_are_as_they_should_be(self) -> None:
        judge_lists(self.world)

    def teardown(self) -> None:
        """However it went: one more run sets everything right, and the next finds nothing to do."""
        self.world.run()
        self.world.run()
        judge_chain(self.world)
