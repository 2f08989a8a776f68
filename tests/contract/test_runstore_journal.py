"""What every RunStore promises of intents: journalled whole, settled whole, and only under the lease."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.core.audit import Act, Entry
from sync.core.known import Known
from sync.core.ownership import OwnedField
from sync.core.snapshot import RecordId
from sync.engine.state import Approval, Intent, IntentState, Lease, Remembered, SourceState
from sync.errors import DefectError, ExitCode, LeaseLostError
from sync.store.connect import make_engine, reading
from sync.store.location import parse_url
from sync.store.memory import MemoryRunStore
from sync.store.schema import approvals
from tests.support.databases import TARGETS
from tests.support.runstores import (
    HOST,
    LIST,
    NIGHT,
    START,
    STORES,
    AnyStore,
    StoreWorld,
    baseline,
    history,
    intent,
    record,
    started,
    store_world,
    take,
)

STATE = SourceState(HOST, LIST, "projects", "p" * 64, "r1")
ENTRY = Entry(at=START, act=Act.WRITTEN, run_id="r1", item=1)


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def store(world: StoreWorld) -> AnyStore:
    return world.open()


def everything(store: AnyStore) -> tuple[object, ...]:
    """Whatever a journal method may change."""
    return (
        store.journal.open_intents(),
        [store.journal.writes_of(run_id) for run_id in ("r1", "r2")],
        store.remembered(HOST, LIST),
        store.places(),
        list(store.audit.links()),
        store.audit.people(),
        store.histories(),
    )


# Intents


def test_an_intent_comes_back_as_it_was_until_it_is_settled(store: AnyStore) -> None:
    whole = Intent(
        id="r1/0/7",
        run_id="r1",
        source="projects",
        record=RecordId(HOST, LIST, 7),
        set={
            OwnedField.STATUS: "At risk",
            OwnedField.OVERDUE: True,
            OwnedField.OVERDUE_SINCE: date(2026, 6, 3),
            OwnedField.CHECK: None,
        },
        was={OwnedField.STATUS: "Half an emoji \ud83d", OwnedField.OVERDUE: False, OwnedField.OVERDUE_SINCE: None},
        version='"7"',
        grounds={OwnedField.STATUS: "milestone 4 is overdue"},
        restricted=True,
    )
    bare = Intent("r1/0/8", "r1", "projects", RecordId(HOST, LIST, 8), {OwnedField.REASON: "x"}, {}, None)
    lease = take(store)
    store.journal.intend(lease, [whole, bare])
    assert store.journal.open_intents() == store.journal.writes_of("r1") == (whole, bare)
    assert type(store.journal.open_intents()[0].set[OwnedField.OVERDUE]) is bool


@pytest.mark.parametrize("state", [IntentState.DONE, IntentState.SKIPPED, IntentState.RESOLVED])
def test_a_settled_intent_is_open_no_more_and_stays_among_the_writes_of_its_run(
    store: AnyStore, state: IntentState
) -> None:
    lease = take(store)
    store.journal.intend(lease, [intent(1), intent(2)])
    store.journal.settle(lease, {intent(1).id: state})
    assert store.journal.open_intents() == (intent(2),)
    assert store.journal.writes_of("r1") == (replace(intent(1), state=state), intent(2))
    assert store.journal.writes_of("r2") == ()


def test_open_intents_come_by_source_and_item_the_oldest_first_whatever_their_runs_are_called(store: AnyStore) -> None:
    lease = take(store)
    first, second = intent(9, run="run-z"), intent(9, run="run-a", turn=1)
    store.journal.intend(lease, [first, intent(10), intent(2)])
    store.journal.intend(lease, [second, intent(30, source="actions")])
    assert store.journal.open_intents() == (intent(30, source="actions"), intent(2), first, second, intent(10))


def test_an_intent_is_settled_by_the_run_that_finds_it(world: StoreWorld) -> None:
    dead, heir = world.open(), world.open()
    dead.journal.intend(take(dead), [intent(1), intent(2)])
    dead.close()
    lease = take(heir, "r2")
    heir.journal.settle(lease, {intent(1).id: IntentState.RESOLVED}, baselines=[baseline(1, run="r2")])
    assert heir.journal.open_intents() == (intent(2),)
    assert heir.remembered(HOST, LIST).baselines == {record(1): baseline(1, run="r2")}


def test_thousands_of_intents_are_settled_in_one_go(store: AnyStore) -> None:
    many = [intent(item) for item in range(1, 2501)]
    lease = take(store)
    store.journal.intend(lease, many)
    store.journal.settle(lease, {each.id: IntentState.DONE for each in many[:-1]})
    assert store.journal.open_intents() == (many[-1],)


# All of it or nothing


def test_what_was_approved_is_kept_with_the_intents_that_it_let_through(world: StoreWorld) -> None:
    store = world.open()
    by = store.audit.person("account", "a.officer")
    approval = Approval("d" * 64, by, START, "reconcile --yes")
    lease = take(store)
    store.journal.intend(lease, [intent(1)], states=[STATE], approval=approval, audit=[ENTRY])
    store.journal.intend(lease, [], approval=replace(approval, through="prompt"))
    assert store.remembered(HOST, LIST).states == {"projects": STATE}
    assert [link.entry for link in store.audit.links()] == [ENTRY]
    assert kept_approvals(world, store) == [approval, replace(approval, through="prompt")]


def test_intents_that_cannot_all_be_journalled_leave_nothing(world: StoreWorld) -> None:
    store = world.open()
    approval = Approval("d" * 64, store.audit.person("account", "a.officer"), START, "prompt")
    lease = take(store)
    store.journal.intend(lease, [intent(1)])
    before = everything(store)
    for intents in ([intent(2), intent(1)], [intent(2), intent(2)]):
        with pytest.raises(DefectError):
            store.journal.intend(lease, intents, states=[STATE], approval=approval, audit=[ENTRY])
    with pytest.raises(DefectError):
        store.journal.intend(lease, [intent(2)], states=[STATE], approval=replace(approval, by=99), audit=[ENTRY])
    assert everything(store) == before
    assert kept_approvals(world, store) == []


def test_intents_that_cannot_all_be_settled_leave_all_open(store: AnyStore) -> None:
    lease = take(store)
    store.journal.intend(lease, [intent(1), intent(2)])
    store.journal.settle(lease, {intent(2).id: IntentState.DONE})
    before = everything(store)
    for never_open in (intent(2).id, intent(3).id):
        settled = {intent(1).id: IntentState.DONE, never_open: IntentState.SKIPPED}
        with pytest.raises(DefectError, match="not open"):
            store.journal.settle(lease, settled, baselines=[baseline(1)], audit=[ENTRY])
    assert everything(store) == before


@pytest.mark.parametrize("target", TARGETS)
def test_what_no_database_can_keep_leaves_nothing(tmp_path: Path, target: str) -> None:
    with store_world(target, tmp_path) as world:
        leaves_nothing_of_what_it_cannot_keep(world.open())


def leaves_nothing_of_what_it_cannot_keep(store: AnyStore) -> None:
    lease = take(store)
    before = everything(store)
    broken = replace(baseline(2), values={OwnedField.REASON: object()})  # type: ignore[dict-item]
    with pytest.raises(DefectError, match="object"):
        store.journal.settle(lease, {}, baselines=[baseline(1), broken], audit=[ENTRY])
    with pytest.raises(DefectError, match="object"):
        store.journal.intend(lease, [intent(1), replace(intent(2), was=broken.values)], states=[STATE])
    twice = [Known(record(1), "projects"), Known(record(1), "projects")]
    with pytest.raises(DefectError):
        store.journal.conclude(lease, [STATE], known={(HOST, LIST, "projects"): twice}, audit=[ENTRY])
    unfit = replace(history(2), matrix=object())  # type: ignore[arg-type]
    with pytest.raises(DefectError, match="object"):
        store.journal.conclude(lease, [STATE], known={}, audit=[ENTRY], histories=[history(1), unfit])
    assert everything(store) == before


# Only under the lease

Write = Callable[[AnyStore, Lease], None]
WRITES: dict[str, Write] = {
    "check": lambda store, lease: store.journal.check(lease),
    "intend": lambda store, lease: store.journal.intend(lease, [intent(5)], states=[STATE], audit=[ENTRY]),
    "settle": lambda store, lease: store.journal.settle(
        lease, {intent(1).id: IntentState.DONE}, baselines=[baseline(1)], audit=[ENTRY]
    ),
    "conclude": lambda store, lease: store.journal.conclude(
        lease,
        [STATE],
        known={(HOST, LIST, "projects"): [Known(record(1), "projects")]},
        audit=[ENTRY],
        histories=[history(1)],
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_run_that_another_took_over_from_writes_nothing_more(world: StoreWorld, name: str) -> None:
    first, second = world.open(), world.open()
    old = take(first, "r1")
    first.journal.intend(old, [intent(1)])
    world.take_lock_away(first)
    new = take(second, "r2")
    before = everything(second)
    with pytest.raises(LeaseLostError) as raised:
        WRITES[name](first, old)
    assert raised.value.exit_code == ExitCode.LOCK_HELD
    assert raised.value.what == "Run r1 has lost its lease: Run r2 (host-a, process 7) took over."
    assert everything(second) == before
    WRITES[name](second, new)


@pytest.mark.parametrize("name", WRITES)
def test_a_lease_that_was_given_up_is_good_for_nothing(store: AnyStore, name: str) -> None:
    lease = take(store)
    store.journal.intend(lease, [intent(1)])
    store.journal.release(lease)
    before = everything(store)
    with pytest.raises(LeaseLostError, match="Run r1 has its lease no more"):
        WRITES[name](store, lease)
    assert everything(store) == before


@pytest.mark.parametrize("name", WRITES)
def test_a_lease_is_good_only_where_it_was_taken(world: StoreWorld, name: str) -> None:
    first, second = world.open(), world.open()
    lease = take(first)
    first.journal.intend(lease, [intent(1)])
    before = everything(first)
    for foreign in (lease, replace(lease, generation=lease.generation + 1), replace(lease, run_id="r2")):
        with pytest.raises(LeaseLostError):
            WRITES[name](second, foreign)
    with pytest.raises(LeaseLostError):
        WRITES[name](first, replace(lease, run_id="r2"))
    assert everything(first) == before
    WRITES[name](first, lease)


# Memory


def test_a_copy_of_a_memory_goes_its_own_way() -> None:
    store = MemoryRunStore("installation")
    number = store.audit.person("account", "a.officer")
    lease = take(store)
    store.journal.intend(lease, [intent(1), intent(2)], states=[STATE], audit=[ENTRY])
    store.journal.settle(lease, {intent(1).id: IntentState.DONE}, baselines=[baseline(1)])
    before, copied = everything(store), store.copy()
    assert everything(copied) == before
    assert copied.installation_id == "installation"

    heir = take(copied, "r2")  # whoever had the lease is dead in the copy, and lives on where it was copied
    assert heir.generation == lease.generation + 1
    copied.journal.settle(heir, {intent(2).id: IntentState.RESOLVED}, baselines=[baseline(2)], audit=[ENTRY])
    known = {(HOST, LIST, "projects"): [Known(record(1), "projects")]}
    copied.journal.conclude(heir, [], known=known, histories=[history(1)])
    copied.audit.erase(number)
    copied.audit.purge(1, [])
    assert everything(store) == before
    assert everything(copied) != before

    after = everything(copied)
    store.journal.settle(lease, {intent(2).id: IntentState.SKIPPED}, baselines=[baseline(3)], audit=[ENTRY])
    assert everything(copied) == after


def test_a_copy_of_a_memory_shares_no_run_with_it() -> None:
    store = MemoryRunStore()
    store.begin(started("r1", night=NIGHT))
    copied = store.copy()
    copied.finish("r1", START, "done", {"run": 1})
    assert copied.begin(started("r2"))
    copied.save_decisions("r2", "projects", [])
    assert [run.finished for run in store.runs()] == [None]
    assert store.report() is None
    assert not copied.begin(started("r3", night=NIGHT))
    assert copied.remembered(HOST, LIST) == Remembered()


def kept_approvals(world: StoreWorld, store: AnyStore) -> list[Approval]:
    if isinstance(store, MemoryRunStore):
        return list(store.approvals)
    engine = make_engine(parse_url(world.address), 5)
    try:
        with reading(engine) as connection:
            rows = connection.execute(select(approvals).order_by(approvals.c.id)).all()
    finally:
        engine.dispose()
    return [Approval(row.digest, row.person, row.at, row.through) for row in rows]
