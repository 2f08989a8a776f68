"""`check` walks to every list and tells what is passed and what stands in the way, without reading an item."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.memory_admin import MemoryAdmin
from sync.core.list_check import Weight
from sync.core.ownership import WriteMode
from sync.core.plan import Guard
from sync.core.provisioning.shape import ItemLock, ListTerms
from sync.engine.check import SourceCheck, check_sources
from sync.errors import AccessError, ExitCode, SchemaError
from tests.support.engine_world import Council, council


def checks(lists: Council) -> dict[str, SourceCheck]:
    return {
        each.source: each for each in check_sources(lists.context.portfolio, lists.context.lists, lists.context.admins)
    }


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


def test_only_the_sources_that_are_asked_for_are_looked_at(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        context = lists.context
        made = check_sources(context.portfolio, context.lists, {}, frozenset({"risks"}))
        assert [each.source for each in made] == ["risks"]


def test_what_a_list_allows_is_told_where_there_is_somebody_to_ask(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.context = replace(lists.context, admins={"memory": MemoryAdmin(lists.store)})
        projects = checks(lists)["projects"]
        assert projects.effect.startswith("quietly")
        assert "key" in {use.field for use in projects.columns}
        assert any("Shown as they are" in remark.text for remark in projects.remarks)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (ListTerms(content_approval=True), "content approval is on"),
        (ListTerms(forced_checkout=True), "checked out"),
    ],
)
def test_settings_that_forbid_writing_are_told_and_reading_goes_on(tmp_path: Path, terms: ListTerms, told: str) -> None:
    with council(tmp_path) as lists:
        lists.context = replace(lists.context, admins={"memory": MemoryAdmin(lists.store)})
        lists.projects.terms = terms
        made = checks(lists)["projects"]
        assert isinstance(made.error, SchemaError)
        assert told in made.error.what
        assert "mode: off" in made.error.advice
        projects = lists.context.portfolio.sources["projects"]
        read_only = replace(projects, write=replace(projects.write, mode=WriteMode.OFF))
        lists.context.portfolio.sources["projects"] = read_only  # type: ignore[index]
        assert checks(lists)["projects"].is_ready


def with_lock(lists: Council, lock: ItemLock | None) -> SourceCheck:
    admin = MemoryAdmin(lists.store)
    admin.locks[lists.projects.guid] = lock
    lists.context = replace(lists.context, admins={"memory": admin})
    return checks(lists)["projects"]


def test_a_label_that_makes_regulatory_records_is_told_as_what_forbids_writing(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        made = with_lock(lists, ItemLock.REGULATORY)
        assert isinstance(made.error, SchemaError)
        assert "regulatory records" in made.error.what
        assert "mode: off" in made.error.advice
        assert not any("records" in remark.text for remark in made.remarks)


@pytest.mark.parametrize("lock", [ItemLock.RECORDS, ItemLock.NONE, None])
def test_a_label_that_makes_records_is_to_be_looked_at_and_one_that_is_not_known_is_passed_over(
    tmp_path: Path, lock: ItemLock | None
) -> None:
    with council(tmp_path) as lists:
        made = with_lock(lists, lock)
        assert made.is_ready
        said = [remark for remark in made.remarks if "makes records of the items" in remark.text]
        assert [remark.weight for remark in said] == ([Weight.MEND] if lock is ItemLock.RECORDS else [])


def test_of_a_list_that_is_only_read_no_label_is_asked_for(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        projects = lists.context.portfolio.sources["projects"]
        read_only = replace(projects, write=replace(projects.write, mode=WriteMode.OFF))
        lists.context.portfolio.sources["projects"] = read_only  # type: ignore[index]
        made = with_lock(lists, ItemLock.REGULATORY)
        assert made.is_ready
        assert not any("records" in remark.text for remark in made.remarks)


def test_a_list_with_such_a_setting_is_counted_and_not_written(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.projects.terms = ListTerms(content_approval=True)
        result = lists.run()
        held = [refusal.source for refusal in result.report.plan.refusals if refusal.guard is Guard.LIST_SETTINGS]
        assert held == ["projects"]
        assert {write.source for write in result.report.plan.writes} == {"milestones", "risks"}
        assert result.exit_code is ExitCode.PARTIAL
