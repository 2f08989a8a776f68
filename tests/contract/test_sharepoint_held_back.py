"""Lists that hold a write back by their settings: each item by itself, and in words their owner can act on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from sync.core.mapping import bind
from sync.core.ownership import OwnedField, WriteMode
from sync.core.plan import PlannedWrite
from sync.core.snapshot import RecordId
from sync.engine.apply import Target, apply_writes
from sync.engine.ports import Applied, Failed, ItemWrite, Outcome, Unknown
from sync.errors import AccessError
from tests.support.liststore_world import SharePointBench, document, sharepoint_bench

MODES = [WriteMode.QUIET, WriteMode.VERSIONED]
US = "i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint"
ANN = "ann.smith@example.org"
NOT_CHECKED_OUT = (
    "An item of the list 'Digital projects' is not checked out, which the list demands before every change."
)
RECORD = "An item of the list 'Digital projects' is a record, and its retention label keeps everybody from changing it."
CHECKED_OUT = "An item of the list 'Digital projects' is checked out, and nobody but who did that can change it."


@contextmanager
def settled(holders: Mapping[int, str], **settings: Any) -> Iterator[SharePointBench]:
    """The little list with these settings, and with items checked out to somebody."""
    world = document()
    projects = world["sites"][0]["lists"][1]
    projects.update(settings)
    for item in projects["items"]:
        if item["id"] in holders:
            item["checked_out_to"] = holders[item["id"]]
    with sharepoint_bench(world) as made:
        yield made


def applied(held: SharePointBench, mode: WriteMode) -> dict[int, Outcome]:
    """A status written into every item as a run does it, doubts settled; the outcome of each item."""
    source = held.source(mode)
    schema = held.store.describe(source)
    rows = {row.item_id: row for page in held.store.read(source, schema, ["Ref", "PSReason"]) for row in page}
    writes = [
        PlannedWrite(
            source=source.name,
            id=RecordId(schema.host, schema.list_guid, number),
            key=f"item {number}",
            version=row.version,
            set={OwnedField.REASON: "was due 3 June 2026"},
            was={OwnedField.REASON: None},
            why=(),
        )
        for number, row in rows.items()
    ]
    target = Target(held.store, source, bind(source, schema))
    return {write.id.item_id: outcome for write, outcome in apply_writes([(target, write) for write in writes])}


def reasons(held: SharePointBench) -> dict[int, str | None]:
    rows = held.emulator.get(f"{held.list_path}/items?$select=Id,PSReason").json()["value"]
    return {row["Id"]: row["PSReason"] for row in rows}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("holders", "settings", "refused", "sentence"),
    [
        ({1: US, 4: US, 5: US, 6: US}, {"forced_checkout": True}, {2}, NOT_CHECKED_OUT),
        ({1: US}, {"forced_checkout": True}, {2, 4, 5, 6}, NOT_CHECKED_OUT),
        ({}, {"label": {"name": "Kept", "locks_items": True}}, {1, 2, 4, 5, 6}, RECORD),
        ({2: ANN, 5: ANN}, {}, {2, 5}, CHECKED_OUT),
        ({6: ANN}, {}, {6}, CHECKED_OUT),
    ],
)
def test_an_item_that_is_held_back_fails_by_itself_and_the_others_are_written(
    mode: WriteMode, holders: dict[int, str], settings: dict[str, Any], refused: set[int], sentence: str
) -> None:
    with settled(holders, **settings) as held:
        outcomes = applied(held, mode)
        assert set(outcomes) == {1, 2, 4, 5, 6}
        for number, outcome in outcomes.items():
            if number in refused:
                assert isinstance(outcome, Failed), outcome
                assert isinstance(outcome.error, AccessError)
                assert outcome.error.what == sentence
                assert outcome.error.advice
            else:
                assert isinstance(outcome, Applied), outcome
        written = {number for number, reason in reasons(held).items() if reason == "was due 3 June 2026"}
        assert written == set(outcomes) - refused


def test_of_several_quiet_writes_in_one_request_nobody_says_which_was_held_back() -> None:
    with settled({1: US}, forced_checkout=True) as held:
        source = held.source(WriteMode.QUIET)
        schema = held.store.describe(source)
        several = [ItemWrite(number, '"1"', {"PSReason": "late"}) for number in (1, 2)]
        outcomes = list(held.store.apply(source, schema, several))
        assert all(isinstance(outcome, Unknown) for outcome in outcomes)
        (alone,) = held.store.apply(source, schema, several[1:])
        assert isinstance(alone, Failed)
        assert str(alone.error).startswith(NOT_CHECKED_OUT)


@pytest.mark.parametrize(("mode", "status", "label"), [(WriteMode.QUIET, 0, "1.0"), (WriteMode.VERSIONED, 2, "2.0")])
def test_a_quiet_write_leaves_an_approval_alone_and_a_versioned_one_asks_for_it_again(
    mode: WriteMode, status: int, label: str
) -> None:
    with settled({}, content_approval=True) as held:
        assert all(isinstance(outcome, Applied) for outcome in applied(held, mode).values())
        row = held.emulator.get(f"{held.list_path}/items(4)").json()
        assert (row["OData__ModerationStatus"], row["OData__UIVersionString"]) == (status, label)
