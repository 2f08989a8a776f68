"""What the bench measures is what it says it measures. How long anything takes is asserted nowhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import core, large_list, peer
from bench.run import as_shape
from bench.tables import number, spread
from bench.worlds import Shape, owned_columns, portfolio, world
from config.portfolio import load_portfolio
from connectors.emulator.state.loading import load_world
from sync.core.ownership import OwnedField
from tests.support.emulator import running_emulator

SHAPE = Shape(4, 30)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The portfolio file of a small council that is being served."""
    monkeypatch.setenv("PORTFOLIO_SYNC_DATABASE_URL", f"sqlite:///{tmp_path / 'state.sqlite'}")
    with running_emulator(world(SHAPE)) as emulator:
        file = tmp_path / "portfolio.yaml"
        file.write_text(json.dumps(portfolio(SHAPE, emulator.base_url)), encoding="utf-8")
        yield file


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


def test_the_core_is_measured_once_with_every_record_written_and_once_with_none() -> None:
    [measured] = core.measure(2000, rounds=1)
    assert measured["records"] == 2000
    assert (measured["first"]["writes"], measured["next"]["writes"]) == (2000, 0)


def test_both_readers_are_measured_at_the_same_items(served: Path) -> None:
    ours, library = peer.read_ours(served, 0), peer.read_library(served, 0)
    assert ours.items == library.items == SHAPE.total
    sites = SHAPE.lists // 2
    assert (ours.requests, library.requests) == (sites + 2 * SHAPE.lists, sites + SHAPE.lists)
    assert min(ours.bytes, library.bytes) > 0


def test_a_long_list_is_measured_wherever_a_page_of_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_DATABASE_URL", f"sqlite:///{tmp_path / 'state.sqlite'}")
    for name, value in {"LARGE_PAGE": 10, "SMALL_PAGE": 5, "REPEATS": 3}.items():
        monkeypatch.setattr(large_list, name, value)
    shape = Shape(1, 300)
    with running_emulator(world(shape)) as emulator:
        file = tmp_path / "portfolio.yaml"
        file.write_text(json.dumps(portfolio(shape, emulator.base_url)), encoding="utf-8")
        measured = large_list.measure(file, shape.items)
    assert set(measured["pages"]) == {"0.0", "0.25", "0.5", "0.75", "0.95"}
    assert set(measured["rates"]) == {"pages of 100", "single items"}
    assert measured["read"]["items"] == shape.items


def test_both_writers_are_measured_at_the_same_items(served: Path) -> None:
    ours, library = peer.write_ours(served, 20), peer.write_library(served, 20)
    assert ours.items == library.items == 20
    assert (ours.requests, library.requests) == (2, 40)


def test_a_shape_is_given_as_lists_by_items() -> None:
    assert as_shape("24x150") == Shape(24, 150)
    with pytest.raises(ValueError, match="invalid literal"):
        as_shape("24")


@pytest.mark.parametrize(
    ("values", "said"),
    [([3, 3, 3], "3"), ([0.1234, 2.0, 0.5], "0.5 (0.123-2)"), ([1234.0], "1,234"), ([152.4, 153.4], "153 (152-153)")],
)
def test_a_range_is_shown_where_there_is_one(values: list[float], said: str) -> None:
    assert spread(values) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (24000, "24,000"), (0.0741, "0.0741"), (7.43e-05, "7.43e-05"), (99.96, "100")]
)
def test_numbers_have_three_digits_that_count(value: float, said: str) -> None:
    assert number(value) == said
