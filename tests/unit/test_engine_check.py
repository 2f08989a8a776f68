"""`check` walks to every list and tells what is passed and what stands in the way, without reading an item."""

from dataclasses import replace
from pathlib import Path

from sync.core.ownership import WriteMode
from sync.engine.check import SourceCheck, check_sources
from sync.errors import AccessError, SchemaError
from tests.support.engine_world import Council, council


def checks(lists: Council) -> dict[str, SourceCheck]:
    return {each.source: each for each in check_sources(lists.context.portfolio, lists.context.lists)}


def test_every_hop_to_every_list_is_told_and_no_item_is_read(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.store.broken = dict.fromkeys(("read", "read_items", "apply"), AccessError("Not for a check."))
        made = checks(lists)
        assert list(made) == ["projects", "milestones", "risks"]
        assert all(each.is_ready for each in made.values())
        names = [hop.name for hop in made["projects"].passed]
        assert names == ["host", "sign-in", "site", "list", "permission", "columns"]
        assert made["projects"].passed[-1].detail == "9 mapped, 5 owned; 12 items; zone Europe/London"


def test_of_a_list_that_is_only_read_no_owned_column_is_asked_for(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        projects = lists.context.portfolio.sources["projects"]
        read_only = replace(projects, write=replace(projects.write, mode=WriteMode.OFF))
        lists.context.portfolio.sources["projects"] = read_only  # type: ignore[index]
        assert checks(lists)["projects"].passed[-1].detail == "9 mapped; 12 items; zone Europe/London"


def test_a_walk_that_is_stopped_tells_how_far_it_came_and_stops_no_other(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.projects.columns = tuple(each for each in lists.projects.columns if each.name != "PSStatus")
        lists.store.lists.pop(next(key for key, kept in lists.store.lists.items() if kept is lists.risks))
        made = checks(lists)
        assert isinstance(made["projects"].error, SchemaError)
        assert "PSStatus" in made["projects"].error.what
        assert [hop.name for hop in made["projects"].passed][-1] == "permission", "the list was reached"
        assert [hop.name for hop in made["risks"].passed] == ["host", "sign-in", "site"]
        assert not made["risks"].is_ready
        assert made["milestones"].is_ready
