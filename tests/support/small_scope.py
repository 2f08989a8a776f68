"""Every short history of the small world: all sequences of acts, every moment to be killed at, every moment to edit in.

Breadth first, so that the first history that fails is a shortest one. Two worlds that nothing can tell apart share one
future, which is explored once: what is left out of `_sameness` (run ids, times, ETags but for their being equal, the
audit, what guards count from ten records on) decides nothing in a world as small as this.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.memory_list import MemoryItem
from sync.core.approval import Level
from sync.core.ownership import DriftPolicy, OwnedField
from sync.engine.state import Intent
from sync.errors import PortfolioSyncError
from tests.support.crashing import Effects
from tests.support.small_world import (
    AHEAD,
    FIRST_DAY,
    PASSED,
    PROJECT,
    STAMP,
    Terms,
    World,
    fresh,
    judge_chain,
)

Act = Callable[[World], None]


DAYS = (FIRST_DAY, date(2026, 6, 20), date(2026, 6, 26), date(2026, 7, 30))
"""The milestone is on time, due soon, overdue, and late: each day crosses a threshold."""


def reports(world: World) -> None:
    row = world.rows[PROJECT]
    world.edits(PROJECT, status="At risk" if row.status == "On track" else "On track")


def finishes(world: World) -> None:
    world.edits(PROJECT, status="Done")


def moves_the_date(world: World) -> None:
    world.edits(PROJECT, due=PASSED if world.rows[PROJECT].due == AHEAD else AHEAD)


def types_over_ours(world: World) -> None:
    live = world.cells[PROJECT, "status"].live
    world.types(PROJECT, "status", "At risk" if live != "At risk" else "On track")


def archives(world: World) -> None:
    world.edits(PROJECT, archived=True)


def brings_back(world: World) -> None:
    world.edits(PROJECT, archived=False)


def removes(world: World) -> None:
    world.removes(PROJECT)


def restores(world: World) -> None:
    world.restores(PROJECT)


def a_day_passes(world: World) -> None:
    world.today = DAYS[DAYS.index(world.today) + 1]
    world.quiet = False


def rules_change(world: World) -> None:
    """And the next run is approved, as every run here is that a `yes` can approve."""
    world.soon = 1 - world.soon
    world.quiet = False


def a_person_approves(world: World) -> None:
    """Whatever is asked."""
    world.run(level=Level.DIGEST)


def acts(world: World) -> Iterator[Act]:
    """What can happen next, beside our runs."""
    if PROJECT in world.rows:
        row = world.rows[PROJECT]
        yield from (reports, moves_the_date, types_over_ours, removes)
        yield brings_back if row.archived else archives
        if row.status != "Done":
            yield finishes
    else:
        yield restores
    if world.today != DAYS[-1]:
        yield a_day_passes
    yield rules_change
    if world.terms.drift is DriftPolicy.ASK:
        yield a_person_approves


MEANWHILE: tuple[Act, ...] = (moves_the_date, types_over_ours, removes)
"""What a colleague does in the middle of a run."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far to look: acts in a row, of which so many are runs that are killed or disturbed.

    `runs`: about how many of the engine's runs to spend, an equal part on each length of histories. What was begun is
    judged; where a part does not reach, there is a sample, the same every time.
    """

    acts: int
    troubled: int = 1
    runs: int | None = None


@dataclass
class Explored:
    """What a search came to: runs of the engine, and different worlds after which one was judged."""

    runs: int = 0
    worlds: int = 0
    effects: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Node:
    world: World
    path: tuple[str, ...]
    troubled: int


class BrokenPromiseError(AssertionError):
    """A history after which something that was promised does not hold."""


def explore(terms: Terms, bounds: Bounds) -> Explored:
    """Runs every history within the bounds; raises BrokenPromiseError with the first that breaks a promise."""
    explored = Explored()
    frontier = [_Node(fresh(terms), (), bounds.troubled)]
    seen: set[Any] = set()
    chosen = random.Random(1)  # noqa: S311
    for depth in range(bounds.acts + 1):
        judged = [(node, *_settled(node, explored)) for node in frontier]
        explored.worlds += len(judged)
        if depth == bounds.acts:
            break
        if bounds.runs is not None:
            chosen.shuffle(judged)
        frontier = []
        for node, settled, names in judged:
            if bounds.runs is not None and explored.runs >= bounds.runs * (depth + 1) // bounds.acts:
                break
            frontier.extend(_new(_after(node, settled, names, explored), seen))
    return explored


def _settled(node: _Node, explored: Explored) -> tuple[_Node, list[str]]:
    """One run from here, undisturbed, and one more, which must find nothing to do; and the effects of the first."""
    effects = Effects()
    ended = _branch(node, "a run", lambda world: world.run(effects), explored)
    _branch(ended, "another run", lambda world: (world.run(), judge_chain(world)), explored)
    explored.effects.update(effects.names)
    return ended, effects.names


def _after(node: _Node, settled: _Node, names: list[str], explored: Explored) -> Iterator[_Node]:
    yield settled
    for act in acts(node.world):
        yield _branch(node, act.__name__, act, explored)
    if node.troubled:
        for number, name in enumerate(names, start=1):
            yield from _troubled(node, number, name, explored)


def _troubled(node: _Node, number: int, name: str, explored: Explored) -> Iterator[_Node]:
    killed = Effects(number)
    yield _branch(node, f"a run killed {name} ({number})", lambda world: world.run(killed), explored, 1)
    if PROJECT in node.world.rows:
        for act in MEANWHILE:
            said = f"a run in which somebody {act.__name__} {name} ({number})"
            yield _branch(node, said, lambda world, act=act: _disturbed(world, number, act), explored, 1)


def _disturbed(world: World, number: int, act: Act) -> None:
    world.run(Effects(number, lambda: act(world)))


def _branch(node: _Node, said: str, act: Callable[[World], Any], explored: Explored, troubled: int = 0) -> _Node:
    world, path = node.world.copy(), (*node.path, said)
    before = world.started
    try:
        act(world)
    except (AssertionError, PortfolioSyncError) as broken:
        raise BrokenPromiseError(f"{world.terms}: {'; '.join(path)}: {type(broken).__name__}: {broken}") from broken
    finally:
        explored.runs += world.started - before
    return _Node(world, path, node.troubled - troubled)


def _new(nodes: Iterator[_Node], seen: set[Any]) -> Iterator[_Node]:
    for node in nodes:
        key = (_sameness(node.world), node.troubled)
        if key not in seen:
            seen.add(key)
            yield node


def _sameness(world: World) -> Any:
    """Equal for worlds that no run and nobody else can tell apart."""
    lists = tuple(
        (kept.title, tuple((number, _frozen(item.cells)) for number, item in sorted(held.items())))
        for kept in world.store.lists.values()
        for held in (kept.items, kept.recycled)
    )
    items = {
        (kept.guid, number): item
        for kept in world.store.lists.values()
        for held in (kept.items, kept.recycled)
        for number, item in held.items()
    }
    intents = tuple(
        (
            intent.record,
            _frozen(intent.set),
            _frozen(intent.was),
            *_traces(intent, items.get((intent.record.list_guid, intent.record.item_id))),
        )
        for intent in world.runs.journal.open_intents()
    )
    return (
        world.today, world.soon, world.quiet, lists, intents, _memory(world), frozenset(world.rows.items()),
        frozenset(world.bin.items()), frozenset(world.cells.items()),
    )  # fmt: skip


def _traces(intent: Intent, item: MemoryItem | None) -> tuple[bool, bool]:
    """Whether the item still is as it was when it was read, and whether it bears the mark of that write."""
    if item is None:
        return False, False
    stamp = item.cells.get(STAMP)
    marks = OwnedField.STAMP in intent.set and stamp == intent.set[OwnedField.STAMP]
    return intent.version == f'"{item.etag}"', marks


def _memory(world: World) -> Any:
    places = [(world.store.host, kept.guid) for kept in world.store.lists.values()]
    remembered = [world.runs.remembered(*place) for place in places]
    return tuple(
        (
            frozenset((record_id, _frozen(baseline.values)) for record_id, baseline in each.baselines.items()),
            frozenset((name, state.policy_digest, state.applied is None) for name, state in each.states.items()),
        )
        for each in remembered
    )


def _frozen(values: Mapping[Any, Any]) -> frozenset[Any]:
    """Without the stamp, which is another in every run."""
    return frozenset((name, value) for name, value in values.items() if name not in (OwnedField.STAMP, STAMP))
