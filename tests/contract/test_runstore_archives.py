"""What every RunStore promises of frozen reports: kept for good, once each, beside the one latest."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from sync.core.frozen import Occasion
from sync.engine.state import Archive, Frozen
from sync.errors import DefectError
from sync.store.memory import MemoryRunStore
from tests.support.runstores import NIGHT, START, STORES, AnyStore, StoreWorld, started, store_world

HEADER = {"name": "Digital", "as_at": "2026-07-01T01:17:00+00:00", "today": NIGHT, "figures": {"overdue": 3}}
PARTS = {"risks": {"records": []}, "projects": {"records": [{"id": ["h", "l", 7], "values": {"percent": 0.5}}]}}


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def store(world: StoreWorld) -> AnyStore:
    return world.open()


def monthly(name: str = "july", as_of: date = NIGHT, **more: object) -> Frozen:
    given = {"id": name, "occasion": Occasion.MONTHLY, "as_of": as_of, "run_id": "r1", "made": START, **more}
    return Frozen(**given)  # type: ignore[arg-type]


def test_a_report_comes_back_as_it_was_frozen(world: StoreWorld) -> None:
    restated = monthly(
        "board-2", occasion=Occasion.BOARD, board="ICT Board", revision=2, restates="board-1", why="A typing error."
    )
    assert world.open().freeze(restated, HEADER, PARTS)
    found = world.open().archive("board-2")
    assert found == Archive(restated, HEADER, PARTS)
    assert list(found.parts) == ["projects", "risks"]
    assert list(found.header) == list(HEADER), "order is part of a report"
    assert world.open().archive("board-1") is None


@pytest.mark.parametrize(
    ("second", "is_kept"),
    [
        (monthly("another id"), False),
        (monthly("july", date(2026, 8, 1)), False),
        (monthly("again", run_id="r2", made=START + timedelta(days=1)), False),
        (monthly("restated", revision=1, restates="july"), True),
        (monthly("august", date(2026, 8, 1)), True),
        (monthly("for a board", occasion=Occasion.BOARD, board="ICT Board"), True),
        (monthly("on request", occasion=Occasion.REQUEST), True),
    ],
)
def test_a_report_is_frozen_once(store: AnyStore, second: Frozen, is_kept: bool) -> None:
    assert store.freeze(monthly(), HEADER, PARTS)
    assert store.freeze(second, {"name": "Another"}, {"projects": {}}) is is_kept
    first = store.archive("july")
    assert first == Archive(monthly(), HEADER, PARTS)
    assert len(store.frozen()) == 1 + is_kept


def test_a_board_has_a_report_beside_that_of_another_on_the_same_day(store: AnyStore) -> None:
    for name in ("one", "two", "two"):
        store.freeze(monthly(name, occasion=Occasion.BOARD, board=name), {}, {})
    assert [each.id for each in store.frozen()] == ["two", "one"]


def test_reports_come_newest_first_and_the_latest_is_not_among_them(store: AnyStore) -> None:
    store.begin(started("r1"))
    store.save_latest("r1", HEADER, PARTS)
    for number in (2, 1, 3):
        made = START + timedelta(hours=number)
        store.freeze(monthly(f"f{number}", date(2026, number, 1), made=made), {}, {})
    assert [each.id for each in store.frozen()] == ["f3", "f2", "f1"]


def test_the_latest_is_what_the_newest_run_saw(world: StoreWorld) -> None:
    store = world.open()
    assert store.archive() is None
    store.begin(started("r1"))
    store.begin(started("r2", START + timedelta(days=1)))
    store.save_latest("r1", HEADER, PARTS)
    store.save_latest("r2", {"name": "Later"}, {"actions": {"records": []}})
    latest = world.open().archive()
    made = START + timedelta(days=1)
    of = Frozen(id="latest", occasion=Occasion.LATEST, as_of=NIGHT, run_id="r2", made=made)
    assert latest == Archive(of, {"name": "Later"}, {"actions": {"records": []}})


def test_what_a_run_that_has_not_begun_saw_is_refused(store: AnyStore) -> None:
    with pytest.raises(DefectError, match="r1"):
        store.save_latest("r1", HEADER, PARTS)
    assert store.archive() is None


def test_old_reports_are_deleted_and_the_latest_stays(store: AnyStore) -> None:
    store.begin(started("r1"))
    store.save_latest("r1", HEADER, PARTS)
    for month in (5, 6, 7):
        store.freeze(monthly(f"month-{month}", date(2026, month, 1)), HEADER, PARTS)
    assert store.purge_frozen(date(2026, 7, 1)) == 2
    assert [each.id for each in store.frozen()] == ["month-7"]
    assert store.archive("month-5") is None
    assert store.purge_frozen(date(2027, 1, 1)) == 1
    assert store.archive() == Archive(store.archive().of, HEADER, PARTS)  # type: ignore[union-attr]
    assert store.freeze(monthly("month-5", date(2026, 5, 1)), {}, {"projects": {}}), "nothing of it is left"


def test_a_time_without_a_zone_is_refused(store: AnyStore) -> None:
    with pytest.raises(DefectError):
        store.freeze(monthly(made=START.replace(tzinfo=None)), {}, {})
    assert store.frozen() == ()


def test_a_copy_of_a_memory_freezes_for_itself() -> None:
    store = MemoryRunStore()
    store.freeze(monthly(), HEADER, PARTS)
    copied = store.copy()
    copied.freeze(monthly("august", date(2026, 8, 1)), {}, {})
    assert copied.purge_frozen(date(2027, 1, 1)) == 2
    assert store.frozen() == (monthly(),)
