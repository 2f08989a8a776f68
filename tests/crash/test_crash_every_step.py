"""Killed before or after any effect of a run, the next run ends in the same lists and the same record."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from sync.core.approval import Level
from sync.core.audit import Act, Entry
from sync.core.ownership import DriftPolicy, WriteMode
from sync.engine.ports import ItemWrite
from sync.errors import LeaseLostError
from tests.support.crashing import Effects
from tests.support.oracle import Place, Row
from tests.support.small_world import AHEAD, FIRST_DAY, PASSED, Terms, World, fresh

ROWS: dict[Place, Row] = {
    ("Projects", 1): Row("P-1", AHEAD, "On track"),
    ("Projects", 2): Row("P-2", AHEAD, "On track", archived=True),
    ("Projects", 3): Row("P-3", FIRST_DAY + timedelta(days=2), "On track"),
    ("Projects", 4): Row("P-4", PASSED, "At risk"),
    ("Projects", 5): Row("P-5", None, "Done"),
    ("Milestones", 1): Row("P-1", PASSED),
    ("Milestones", 2): Row("P-3", date(2026, 6, 25)),
    ("Milestones", 3): Row("P-4", None),
}
RESTORED, ASKED = ("Projects", 1), ("Projects", 3)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happened `before`, and what is arranged for the run that is killed; whether that needs a person's word."""

    name: str
    before: Callable[[World], Any]
    arranged: Callable[[World], Any] = lambda _world: None
    approved: bool = False

    def __str__(self) -> str:
        return self.name


def _nothing(_world: World) -> None:
    """The very first run."""


def _ran(then: Callable[[World], Any]) -> Callable[[World], Any]:
    def before(world: World) -> None:
        world.run()
        then(world)

    return before


def _a_threshold_is_crossed(world: World) -> None:
    world.today = date(2026, 6, 26)
    world.quiet = False


def _rules_change(world: World) -> None:
    world.soon = 1 - world.soon
    world.quiet = False


def _somebody_types(world: World) -> None:
    world.types(RESTORED, "status", "Complete")
    world.types(ASKED, "overdue", None)


def _rows_leave_and_come(world: World) -> None:
    world.edits(("Projects", 1), archived=True)
    world.edits(("Projects", 2), archived=False)


def _all_at_once(world: World) -> None:
    _somebody_types(world)
    _rules_change(world)


def _everything_moves(world: World) -> None:
    for number in (1, 3, 4):
        world.edits(("Projects", number), due=PASSED, status="On track")


def _answers_are_lost(world: World) -> None:
    world.store.lost = {1: True, 3: False}


def _a_request_is_half_done(world: World) -> None:
    """Everything in it is unknown: the first items were written, and the others were not."""
    world.store.lost = {1: True, 3: True, 4: False, 5: False}


def _somebody_is_faster(world: World) -> None:
    """A colleague changes an item between our reading and our write."""
    moved: list[int] = []

    def before_apply(write: ItemWrite) -> None:
        if write.item_id == 4 and not moved:
            moved.append(write.item_id)
            world.edits(("Projects", 4), due=AHEAD)

    world.store.before_apply = before_apply


SCENARIOS = [
    Scenario("a first run", _nothing, approved=True),
    Scenario("a threshold is crossed", _ran(_a_threshold_is_crossed)),
    Scenario("values typed over ours", _ran(_somebody_types)),
    Scenario("answers are lost", _ran(_everything_moves), _answers_are_lost),
    Scenario("a request is half done", _nothing, _a_request_is_half_done),
    Scenario("somebody is faster", _ran(_everything_moves), _somebody_is_faster),
    Scenario("rows leave the scope and come back", _ran(_rows_leave_and_come)),
    Scenario("rules change and are approved", _ran(_rules_change), approved=True),
    Scenario("rules change while values are typed over ours", _ran(_all_at_once), approved=True),
]
TERMS = [
    Terms(mode, drift, stamped=stamped)
    for mode in (WriteMode.QUIET, WriteMode.VERSIONED)
    for drift, stamped in ((DriftPolicy.RESTORE, True), (DriftPolicy.RESTORE, False), (DriftPolicy.ASK, True))
]


@pytest.mark.parametrize("terms", TERMS, ids=str)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_killed_at_any_effect_the_next_run_ends_alike(scenario: Scenario, terms: Terms) -> None:
    start = _prepared(scenario, terms)
    calm, effects = _arranged(scenario, start), Effects()
    calm.run(effects)
    calm.run()
    assert len(effects.names) >= 12
    for number, name in enumerate(effects.names, start=1):
        world = _arranged(scenario, start)
        assert world.run(Effects(number)) is None, f"not killed {name} ({number})"
        world.run()
        world.run()
        assert _lists(world) == _lists(calm), f"killed {name} ({number})"
        assert _record(world) == _record(calm), f"killed {name} ({number})"


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.approved], ids=str)
def test_what_a_person_approved_is_carried_out_without_asking_again(scenario: Scenario) -> None:
    """From the moment on at which the first intents are in the journal."""
    start = _prepared(scenario, Terms())
    calm, effects = _arranged(scenario, start), Effects()
    calm.run(effects)
    approved = effects.names.index("after intend") + 1
    for number in range(approved, len(effects.names) + 1):
        world = _arranged(scenario, start)
        world.run(Effects(number))
        world.run(level=Level.NOTHING)
        assert _lists(world) == _lists(calm), f"killed {effects.names[number - 1]} ({number})"


@pytest.mark.parametrize("terms", TERMS, ids=str)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_taken_over_after_any_effect_a_run_writes_nothing_more(scenario: Scenario, terms: Terms) -> None:
    """Its lock is lost and another process runs to its end; a request that is on its way already cannot be called
    back. The next run finds nothing wrong."""
    start = _prepared(scenario, terms)
    effects = Effects()
    _arranged(scenario, start).run(effects)
    leased, given_back = (effects.names.index(name) for name in ("after take_lease", "before release"))
    for number in range(leased + 1, given_back + 1):
        if effects.names[number - 1] != "before a write":
            _taken_over(_arranged(scenario, start), number)


def _taken_over(world: World, number: int) -> None:
    effects = Effects(number, world.is_taken_over)
    with suppress(LeaseLostError):
        world.run(effects, doubtful=True)
    assert len(effects.names) >= number, "it was not taken over"
    world.run()
    world.run()


@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_an_undo_that_was_killed_at_any_effect_is_finished_by_another(terms: Terms) -> None:
    """And the run after it, of the same rules, writes again what was taken back: all of it is on record."""
    start = _prepared(Scenario("an undo", _ran(_everything_moves)), terms)
    report = start.run()
    assert report is not None
    calm, effects = start.copy(), Effects()
    assert calm.takes_back(report.id, effects)
    for number, name in enumerate(effects.names, start=1):
        world = start.copy()
        assert not world.takes_back(report.id, Effects(number)), f"not killed {name} ({number})"
        assert world.takes_back(report.id)
        assert _lists(world) == _lists(calm), f"killed {name} ({number})"
        assert world.run() is not None
        world.run()
        assert _lists(world) == _lists(start), f"killed {name} ({number})"


@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_what_comes_back_while_we_run_is_settled_before_it_is_decided(terms: Terms) -> None:
    """A killed run had written to the item, and it was in the recycle bin when the next one read the list."""
    start = _gone_with_a_write(terms)
    effects = Effects()
    start.copy().run(effects)
    for number in range(1, len(effects.names) + 1):
        world = start.copy()
        world.run(Effects(number, partial(_comes_back, world)))
        world.run()
        world.run()


def _gone_with_a_write(terms: Terms) -> World:
    world = _prepared(Scenario("it is edited", _ran(lambda world: world.edits(RESTORED, due=PASSED))), terms)
    effects = Effects()
    world.copy().run(effects)
    assert world.run(Effects(effects.names.index("after a write") + 1)) is None
    world.removes(RESTORED)
    world.edits(("Projects", 4), due=AHEAD, status="On track")
    return world


def _comes_back(world: World) -> None:
    world.restores(RESTORED)
    world.edits(RESTORED, due=AHEAD)


def _prepared(scenario: Scenario, terms: Terms) -> World:
    world = fresh(terms, ROWS)
    scenario.before(world)
    return world


def _arranged(scenario: Scenario, start: World) -> World:
    world = start.copy()
    scenario.arranged(world)
    return world


def _lists(world: World) -> Any:
    """Every cell of every item but the stamp, which names the run that wrote."""
    return {
        (kept.title, number): {name: cell for name, cell in item.cells.items() if name != "PSStamp"}
        for kept in world.store.lists.values()
        for number, item in kept.items.items()
    }


def _record(world: World) -> tuple[Counter[Any], set[Any]]:
    """Every write as often as it is recorded, whoever found it done; and what else was decided, which two runs that
    decide alike both say. What a killed run had not written is no difference: the next one wrote it."""
    entries = [link.entry for link in world.runs.audit.links()]
    written = Counter(_told(entry) for entry in entries if entry.act in (Act.WRITTEN, Act.RESOLVED))
    decided = {
        (entry.act, *_told(entry)) for entry in entries if entry.act not in (Act.WRITTEN, Act.RESOLVED, Act.NOT_WRITTEN)
    }
    return written, decided


def _told(entry: Entry) -> Any:
    return entry.source, entry.item, entry.column, entry.old, entry.new, entry.why, entry.person
