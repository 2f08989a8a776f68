"""The coverage page is what the table says, and the table is whole."""

from pathlib import Path

from connectors.emulator.coverage import coverage_page, schema_text, write
from connectors.emulator.routes import ROUTES, find

ROOT = Path(__file__).resolve().parents[2]


def test_the_published_page_is_fresh() -> None:
    advice = "run: python -m connectors.emulator.coverage"
    assert (ROOT / "docs" / "emulator-coverage.md").read_text(encoding="utf-8") == coverage_page(), advice
    assert (ROOT / "docs" / "world.schema.json").read_text(encoding="utf-8") == schema_text(), advice


def test_writing_makes_both_files(tmp_path: Path) -> None:
    write(tmp_path / "docs")
    assert sorted(path.name for path in (tmp_path / "docs").iterdir()) == ["emulator-coverage.md", "world.schema.json"]


def test_no_route_is_named_twice_and_every_one_is_found() -> None:
    keys = [(route.method, route.pattern) for route in ROUTES]
    assert len(keys) == len(set(keys))
    for route in ROUTES:
        assert find(route.method, route.pattern.replace("*", "anything")) is route
        assert route.handler.__doc__


def test_a_path_that_is_in_no_route_is_not_found() -> None:
    assert find("GET", "search/query") is None
    assert find("PUT", "web/list/item") is None
