"""A world that was kept comes back whole: every answer is the same, and so is everything it does next."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.emulator.rules.edits import EditError, parse_edit
from connectors.emulator.service import Service
from connectors.emulator.snapshots import Snapshot, kept
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.lists import WriteMode
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.world import World
from tests.support.emulator import Direct, ManualClock

ANN = "i:0#.f|membership|ann@example.org"
DOCUMENT: dict[str, Any] = {
    "sites": [
        {
            "path": "/sites/demo",
            "time_zone": 13,
            "users": [{"login": ANN, "name": "Ann Field", "email": "ann@example.org"}],
            "lists": [
                {"title": "Programmes", "items": [{"values": {"Title": "Digital"}}]},
                {
                    "title": "Projects",
                    "fields": [
                        {"name": "Due", "type": "DateTime"},
                        {"name": "Team", "type": "UserMulti"},
                        {"name": "Programme", "type": "Lookup", "lookup_list": "Programmes"},
                        {"name": "Tags", "type": "MultiChoice", "choices": ["a", "b"]},
                        {"name": "Link", "type": "URL"},
                        {"name": "Cost", "type": "Number", "default": "3"},
                        {"name": "Live", "type": "Boolean"},
                    ],
                    "items": [
                        {"values": {"Title": "One", "Team": [ANN], "Link": {"url": "https://example.org"}}},
                        {"values": {"Title": "Two", "Tags": ["a", "b"], "Due": "2026-07-01", "Live": True}},
                    ],
                },
            ],
        },
        {"path": "/sites/other"},
    ]
}
# What a world takes: neither half a letter nor a NUL gets in, and no date before 1900.
_LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
TEXT = st.sampled_from(["", "Łódź 🚧"]) | st.text(_LETTERS, max_size=20)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "Title": TEXT,
        "Due": st.dates(date(1900, 1, 2), date(8900, 12, 30)).map(str),
        "Team": st.sampled_from([[], ["ann@example.org"]]),
        "Programme": st.sampled_from([None, 1]),
        "Cost": st.floats(allow_nan=False, allow_infinity=False),
        "Tags": st.sampled_from([[], ["b"], ["a", "b"]]),
        "Live": st.booleans(),
    },
)
NUMBER = st.integers(1, 6)
EDITS = st.one_of(
    st.fixed_dictionaries({"do": st.just("add"), "values": VALUES}),
    st.fixed_dictionaries({"do": st.just("change"), "item": NUMBER, "values": VALUES}),
    st.fixed_dictionaries({"do": st.sampled_from(["delete", "recycle"]), "item": NUMBER}),
    st.fixed_dictionaries({"do": st.just("rename-list"), "to": st.sampled_from(["A", "B"])}),
    st.fixed_dictionaries({"do": st.just("rename-column"), "column": st.just("Cost"), "to": st.sampled_from("xy")}),
)
LIST = "web/getList('/sites/demo/Lists/Projects')"
PATHS = (
    "web", "web/siteusers", "web/lists", "web/recyclebin", LIST, f"{LIST}/fields", f"{LIST}/items",
    f"{LIST}/items(1)/versions", f"{LIST}/items?$filter=Title gt 'A'&$orderby=Cost desc", "/sites/other/_api/web",
)  # fmt: skip


def rows(taken: Snapshot) -> list[str]:
    """Everything a snapshot holds."""
    return list(taken.file._connection.iterdump())


def answers(held: Direct) -> list[bytes]:
    """What a client can see, by every route that shows something; what it writes next included."""
    query = {"query": dict.fromkeys(("Item", "Field", "List", "Add", "Update", "DeleteObject", "SystemUpdate"), True)}
    shown = [held.get(path, level="verbose").content for path in PATHS]
    shown.append(held.post(f"{LIST}/getchanges", query).content)
    shown.append(held.post(f"{LIST}/items", {"Title": "Next"}).content)
    return shown


def lived(edits: list[dict[str, Any]]) -> World:
    """A world in which those edits were made, some of them an hour after the one before."""
    clock = ManualClock()
    service = Service(load_world(DOCUMENT, clock=clock))
    for given_edit in edits:
        clock.advance(hours=1)
        try:
            service.edit(parse_edit({"site": "/sites/demo", "list": "Lists/Projects", **given_edit}))
        except EditError:
            continue  # the item is gone already, or was never there
    return service.world


@settings(deadline=None, max_examples=60)
@given(st.lists(EDITS, max_size=8))
def test_a_world_survives_being_kept(edits: list[dict[str, Any]]) -> None:
    world = lived(edits)
    taken = kept("it", world)
    again = taken.world(world)
    assert rows(kept("again", again)) == rows(taken)
    assert answers(Direct(again)) == answers(Direct(world))
    assert answers(Direct(taken.world(world))) == answers(Direct(lived(edits))), "and may be brought back once more"


def test_what_comes_back_shares_nothing_with_what_was_kept() -> None:
    world = lived([])
    taken = kept("it", world)
    before = rows(taken)
    site = world.site("/sites/demo")
    owner = site.list_titled("Projects")
    assert owner is not None
    owner.update(owner.item(1), {"Title": "Changed"}, WriteMode.UPDATE, site.app)
    again = taken.world(world)
    assert rows(taken) == rows(kept("again", again)) == before
    assert all(kept.world is again for kept in again.sites.values())
    assert all(kept.site.world is again for one in again.sites.values() for kept in one.lists.values())


def test_options_and_identifiers_come_back_and_the_clock_is_the_one_that_runs() -> None:
    world = World(seed=5, missing_if_match="refuse", limits=Limits(batch_operations=3), clock=ManualClock())
    world.add_site("/sites/demo")
    taken = kept("it", world)
    again = taken.world(world)
    assert (again.seed, again.id, again.missing_if_match, again.limits) == (5, world.id, "refuse", world.limits)
    assert again.clock is world.clock
    assert [again.new_guid() for _ in range(3)] == [world.new_guid() for _ in range(3)]
