"""A name that stood in a title, and an owner, are gone from everything that was kept once they are erased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.rules import rules_to_json
from sync.cli.kept import Library
from sync.core.columns import Column, ColumnType
from sync.core.model import Person
from sync.core.policy import FieldMapping
from sync.engine import subject
from tests.support.engine_world import SITE, TODAY, Council, council

NAME = "Ann Hughes"


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    """Ann Hughes owns P-1, which is called after her; P-5, which she left her name in, became a doubtful match."""
    with council(tmp_path) as made:
        projects = made.store.lists[SITE, "projects"]
        projects.columns = [*projects.columns, Column("Lead", "Lead", ColumnType.TEXT)]
        source = made.context.portfolio.sources["projects"]
        owned = replace(source, fields={**source.fields, "owner": FieldMapping(column=("Lead",))})
        portfolio = made.context.portfolio
        changed = replace(portfolio, sources={**portfolio.sources, "projects": owned})
        made.context = replace(made.context, portfolio=changed, rules=rules_to_json(changed))
        projects.edit(1, Title=f"Laptop of {NAME}", Lead=NAME)
        projects.edit(2, Lead="Bob Stone")
        projects.edit(5, Title=f"{NAME}'s desk")
        made.run()
        projects.edit(5, Title="Car park", Ref="P-99")
        made.run(TODAY + timedelta(days=1))
        yield made


def owners(lists: Council, name: str | None = None) -> dict[str, tuple[Person, ...]]:
    library = Library(lists.context.runs)
    view = (library.frozen(name) if name else library.latest()).view
    return {item.ref: item.owners for item in view.items if item.owners}


def number_of(lists: Council, name: str = NAME) -> int:
    [found] = [each.number for each in lists.context.runs.audit.people() if each.name == name]
    return found


def test_a_name_is_found_in_histories_questions_and_archives(lists: Council) -> None:
    [found] = subject.find(lists.context.runs, NAME).subjects
    histories = {each.number for each in lists.context.runs.histories() if NAME in (each.title or "")}
    [doubt] = lists.context.runs.doubts()
    places = set(found.mentions)
    assert len(histories) == 2
    assert {f"history {number}" for number in histories} <= places
    assert f"question {doubt.id}" in places
    assert {"frozen report 2026-06-monthly, records of projects", "frozen report latest, records of projects"} <= places


def test_an_erased_name_is_in_nothing_that_is_kept_but_the_lists_own_values(lists: Council) -> None:
    runs = lists.context.runs
    assert owners(lists)["P-1"] == (Person(NAME),)
    number = number_of(lists)
    erased = subject.erase(runs, number, lists.clock)
    assert erased.redacted >= 5
    assert list(erased.left) == []
    assert erased.warnings == ()
    everything = [*runs.histories(), *runs.doubts(), runs.archive(), runs.archive("2026-06-monthly")]
    assert NAME not in str(everything)
    assert "Laptop of (erased)" in str(runs.archive("2026-06-monthly"))
    for name in (None, "2026-06-monthly"):
        assert owners(lists, name) == {"P-1": (Person("(erased)"),), "P-2": (Person("Bob Stone"),)}
    assert runs.mentions(NAME) == ()


def test_figures_still_come_out_as_they_were_told(lists: Council) -> None:
    subject.erase(lists.context.runs, number_of(lists), lists.clock)
    kept = Library(lists.context.runs).frozen("2026-06-monthly")
    assert [row.to_json() for row in kept.view.rollup] == kept.figures


def test_histories_go_on_after_an_erasure_and_the_list_s_own_name_comes_back(lists: Council) -> None:
    """The list still says it: that is for its staff to correct."""
    runs = lists.context.runs
    before = {each.number for each in runs.histories() if each.gone is None and each.joined is None}
    subject.erase(runs, number_of(lists), lists.clock)
    lists.run(TODAY + timedelta(days=2))
    assert {each.number for each in runs.histories() if each.gone is None and each.joined is None} == before
    assert owners(lists)["P-1"] == (Person(NAME),)
    assert owners(lists, "2026-06-monthly")["P-1"] == (Person("(erased)"),), "what was frozen names nobody"


def test_another_number_of_the_same_name_is_told(lists: Council) -> None:
    runs = lists.context.runs
    editor = runs.audit.person("https://council.example/sites/demo", "12", "ann  hughes")
    [warning] = subject.erase(runs, number_of(lists), lists.clock).warnings
    assert warning.startswith(
        f"Number {editor} has the same name, for account 12 of https://council.example/sites/demo"
    )
    assert subject.erase(runs, editor, lists.clock).warnings == ()


def test_an_erasure_may_leave_nothing_of_a_key_but_that_it_was(lists: Council) -> None:
    lists.projects.edit(3, Ref=NAME)
    lists.run(TODAY + timedelta(days=2))
    subject.erase(lists.context.runs, number_of(lists), lists.clock)
    assert "(erased)" in {item.ref for item in Library(lists.context.runs).latest().view.items}
