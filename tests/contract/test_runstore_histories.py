"""What every RunStore promises of histories, of doubts about them and of what people answered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sync.core.doubts import Answer, doubt_about
from sync.core.history import DateTrail, History, HoldTrail, Raising
from sync.core.model import Kind, Scores
from sync.errors import DefectError
from sync.store.memory import MemoryRunStore
from tests.support.runstores import (
    NIGHT,
    START,
    STORES,
    AnyStore,
    StoreWorld,
    history,
    record,
    started,
    store_world,
    take,
)

WHOLE = History(
    number=7,
    id=record(70),
    source="risks",
    kind=Kind.RISK,
    key="R-7",
    title="Half an emoji \ud83d and a NUL \0",
    place="DS-01",
    restricted=False,
    first_seen=NIGHT,
    last_seen=date(2026, 8, 1),
    since=date(2026, 6, 1),
    gone=date(2026, 8, 2),
    dates={"next_review": DateTrail(first=NIGHT, latest=None, slips=2, moves=3)},
    last_reviewed=date(2026, 7, 20),
    push_outs=4,
    rating=Scores(4, None),
    matrix="5x5-2026",
    matrix_version="2",
    raised=(
        Raising(rung="board", board="ICT Board", on=NIGHT, decide_by=date(2026, 7, 20), ended=date(2026, 7, 21)),
        Raising(rung="board", board="ICT Board", on=date(2026, 7, 25)),
    ),
    hold=HoldTrail(until=date(2026, 9, 30), since=date(2026, 7, 1), by=12),
    key_digest="a" * 32,
    title_digest="b" * 32,
    place_field="project",
    maybe=(3, 5),
    copied_from=(4,),
    joined=2,
)


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def store(world: StoreWorld) -> AnyStore:
    return world.open()


def conclude(store: AnyStore, *histories: History) -> None:
    lease = take(store)
    store.journal.conclude(lease, [], known={}, histories=histories)
    store.journal.release(lease)


def test_a_history_comes_back_as_it_was(world: StoreWorld) -> None:
    conclude(world.open(), WHOLE, history(1))
    assert world.open().histories() == (history(1), WHOLE)


def test_a_history_takes_the_place_of_the_one_of_its_number_and_leaves_the_others(store: AnyStore) -> None:
    conclude(store, history(2), history(1))
    moved = replace(history(1, "Swimming pool"), id=record(11, "another list"), gone=NIGHT)
    conclude(store, moved, history(3))
    conclude(store)
    assert store.histories() == (moved, history(2), history(3))


def test_doubts_are_those_of_the_newest_run_in_its_order(store: AnyStore) -> None:
    for number in (1, 2):
        store.begin(started(f"r{number}", START + timedelta(hours=number)))
    first = [doubt_about(history(5), history(9)), doubt_about(history(4), history(8))]
    store.save_doubts("r1", first)
    assert list(store.doubts()) == first
    store.save_doubts("r2", first[1:])
    assert list(store.doubts()) == first[1:]
    store.save_doubts("r2", [])
    assert list(store.doubts()) == []


def test_doubts_of_a_run_that_has_not_begun_are_refused(store: AnyStore) -> None:
    with pytest.raises(DefectError):
        store.save_doubts("r1", [doubt_about(history(5), history(9))])
    assert list(store.doubts()) == []


def test_the_last_answer_to_a_doubt_is_the_one_that_is_kept(world: StoreWorld) -> None:
    store = world.open()
    by = store.audit.person("account", "a.officer")
    at = datetime(2026, 7, 2, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    store.keep_answer(Answer("b" * 16, same=True, by=by, at=START))
    store.keep_answer(Answer("a" * 16, same=True, by=by, at=START))
    store.keep_answer(Answer("b" * 16, same=False, by=by, at=at))
    kept = world.open().answers()
    assert list(kept) == ["a" * 16, "b" * 16]
    assert kept["b" * 16] == Answer("b" * 16, same=False, by=by, at=datetime(2026, 7, 2, 9, 30, tzinfo=UTC))
    assert kept["a" * 16].same is True


def test_nobody_answers_nothing(store: AnyStore) -> None:
    with pytest.raises(DefectError):
        store.keep_answer(Answer("a" * 16, same=True, by=99, at=START))
    assert store.answers() == {}


def test_an_answer_outlives_the_erasure_of_whoever_gave_it(store: AnyStore) -> None:
    by = store.audit.person("account", "a.officer")
    store.keep_answer(Answer("a" * 16, same=True, by=by, at=START))
    store.audit.erase(by)
    assert store.answers()["a" * 16].by == by


def test_a_copy_of_a_memory_has_histories_and_answers_of_its_own() -> None:
    store = MemoryRunStore()
    store.begin(started("r1"))
    by = store.audit.person("account", "a.officer")
    conclude(store, history(1))
    copied = store.copy()
    conclude(copied, history(2))
    copied.keep_answer(Answer("a" * 16, same=True, by=by, at=START))
    copied.save_doubts("r1", [doubt_about(history(5), history(9))])
    assert (store.histories(), store.answers(), store.doubts()) == ((history(1),), {}, ())
    assert copied.histories() == (history(1), history(2))
