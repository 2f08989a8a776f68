"""What the bench measures is what it says it measures. How long anything takes is asserted nowhere."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import core, councils, formulas, million, slopes
from bench.control import Traffic
from bench.councils import LARGE, MEDIUM, SMALL
from bench.run import page
from bench.tables import number, spread
from bench.worlds import DAY, FLIPPING, Shape, owned_columns, portfolio, world
from config.portfolio import load_portfolio
from connectors.emulator.state.loading import load_world
from sync.core.ownership import OwnedField

SHAPE = Shape(4, 30)


def test_the_same_shape_is_the_same_council() -> None:
    assert world(SHAPE) == world(SHAPE)
    assert world(SHAPE, seed=2) != world(SHAPE)


def test_a_council_is_a_world_and_a_portfolio_that_fit_each_other(tmp_path: Path) -> None:
    made = load_world(world(SHAPE))
    file = tmp_path / "portfolio.yaml"
    file.write_text(json.dumps(portfolio(SHAPE, "http://127.0.0.1:8790")), encoding="utf-8")
    sources = load_portfolio(file).sources
    assert len(sources) == SHAPE.lists
    for source in sources.values():
        held = made.site(source.site).list_titled(str(source.list))
        assert held is not None
        assert len(held.items) == SHAPE.items
        named = {name for mapped in source.fields.values() for name in mapped.column}
        assert all(held.field_named(name) for name in {*named, *source.write.columns.values()})
    assert set(owned_columns()) == set(OwnedField)


@pytest.mark.parametrize("council", [SMALL, MEDIUM, LARGE], ids=lambda each: each.name)
def test_a_typical_night_has_as_many_edits_and_flips_as_it_says(council: councils.Council) -> None:
    edits = list(councils.typical_edits(council))
    places = {(edit["site"], edit["list"]) for edit in edits}
    assert (len(edits), len(places)) == (council.changes, council.changed_lists)
    assert len({site for site, _ in places}) == formulas.changed_sites(council)
    assert len({(edit["site"], edit["list"], edit["item"]) for edit in edits}) == council.changes
    assert sum(council.flips) + council.changes // 2 == council.writes
    assert min(council.flips) > 0


def test_what_flips_on_the_night_is_due_on_the_day_before() -> None:
    council = replace(SMALL, shape=Shape(4, 60), writes=23, changes=4, changed_lists=2)
    due = {"project": "Ends", "milestone": "Planned", "risk": "Review_due"}
    items = [
        item["values"][due[kind]]
        for site in council.world()["sites"]
        for found, (_, _, kind) in zip(site["lists"], council.lists()[:2], strict=True)
        for item in found["items"]
        if due[kind] in item["values"]
    ]
    assert items.count("2026-06-20") == sum(council.flips) - _risks_due(council)
    assert FLIPPING.isoformat() == "2026-06-21"


def _risks_due(council: councils.Council) -> int:
    """Second lists in turn hold milestones and risks; only the first unit's were looked at above."""
    second = council.world()["sites"][1]["lists"][1]["items"]
    return sum(item["values"]["Review_due"] == "2026-06-20" for item in second)


def test_a_settled_council_holds_what_belongs_there_on_the_first_night() -> None:
    council = replace(SMALL, shape=Shape(2, 40), changed_lists=2, changes=2, writes=4, is_settled=True)
    (site,) = council.world()["sites"]
    statuses = {item["values"].get("PSStatus") for item in site["lists"][0]["items"]}
    assert {"Complete", "On track"} <= statuses
    assert DAY == councils.FIRST


def test_the_formulas_give_what_was_worked_out_for_the_three_councils() -> None:
    costs = [(formulas.ask_and_fetch(each), formulas.ask_with_items(each)) for each in (SMALL, MEDIUM, LARGE)]
    assert [(b.requests, b.units, c.requests, c.units) for b, c in costs] == [
        (34, 204, 34, 164),
        (190, 1260, 190, 960),
        (950, 8300, 950, 6300),
    ]
    every = [formulas.one_by_one(each) for each in (SMALL, MEDIUM, LARGE)]
    assert [(cost.requests, cost.units) for cost in every] == [
        (3_624, 7_248),
        (48_120, 96_240),
        (600_600, 1_201_200),
    ]


def test_the_core_decides_that_nothing_is_to_be_written() -> None:
    measured = core.measure(3_000)
    assert (measured["records"], measured["lists"], measured["writes"]) == (3_334, 2, 0)
    assert list(measured["seconds"]) == ["map", "match", "judge", "plan", "digest", "roll up", "all"]


def test_a_night_on_many_records_writes_what_flipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.settled.ITEMS", 400)
    first, then = (million.a_night(800, night, f"sqlite:///{tmp_path / 'state.sqlite'}") for night in million.NIGHTS)
    assert (first["records"], first["writes"], first["outcome"]) == (800, 0, "done")
    assert then["writes"] > 0


def test_parts_of_a_batch_are_no_requests_and_are_charged() -> None:
    traffic = Traffic()
    entry = {"columns": [], "site": "/s", "list": "Lists/P", "status": 200, "received": 5, "sent": 7, "items": "1-3"}
    traffic.add({**entry, "method": "POST", "operation": "$batch", "batch": None, "units": 0})
    traffic.add({**entry, "method": "GET", "operation": "web/list/items", "batch": 1, "units": 2})
    traffic.add({**entry, "method": "MERGE", "operation": "web/list/item", "batch": 1, "units": 2, "columns": ["A"]})
    traffic.add({**entry, "method": "EDIT", "operation": "edit", "batch": None, "units": 0})
    assert (traffic.requests, traffic.units, traffic.bytes) == (1, 4, 12)
    assert traffic.writes == {("/s", "Lists/P"): 3}


def test_a_slope_is_what_one_more_takes() -> None:
    assert slopes.slope([{"x": 1, "y": 5}, {"x": 2, "y": 7}, {"x": 4, "y": 11}], "y") == pytest.approx(2)


def test_the_page_shows_what_is_known() -> None:
    night = {
        "council": "small", "phase": "typical night", "who": "Portfolio Sync", "requests": 43, "units": 268,
        "bytes": 2**20, "seconds": 1.5, "cpu": 1.0, "peak": 2**27, "written": 60, "made_versions": 0, "wrong": 0,
        "by_operation": {}, "reckoned": False,
    }  # fmt: skip
    said = list(page({"small": [night]}))
    assert "| typical night | **Portfolio Sync** | 43 | 268 | 1 | 1.5 | 1 | 128 | 60 | 0 | 0 |" in said
    assert "| small | PnPjs, with care | 24 |  | 168 |  |" in said
    assert "| small | **Portfolio Sync** |  | 43 |  | 268 |" in said


@pytest.mark.parametrize(
    ("values", "said"),
    [([3, 3, 3], "3"), ([0.1234, 2.0, 0.5], "0.5 (0.123-2)"), ([1234.0], "1,234"), ([152.4, 153.4], "153 (152-153)")],
)
def test_a_range_is_shown_where_there_is_one(values: list[float], said: str) -> None:
    assert spread(values) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (24000, "24,000"), (0.0741, "0.0741"), (7.43e-05, "0"), (99.96, "100")]
)
def test_counts_keep_every_digit_and_other_numbers_three(value: float, said: str) -> None:
    assert number(value) == said
