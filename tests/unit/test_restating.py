"""A correction names a record of a frozen report and one of its fields; what does not is told with the form it has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.rules import rules_to_json
from sync.cli.kept import Library
from sync.cli.restating import corrected, restatement
from sync.core.model import Kind
from sync.engine.state import Archive
from sync.errors import NotFoundError, UsageError
from tests.support.engine_world import TODAY, Council, council

MONTHLY, WHY = "2026-06-monthly", "Typed wrong."


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as made:
        made.context = replace(made.context, rules=rules_to_json(made.context.portfolio))
        made.projects.edit(3, Ref="P-2")
        made.projects.edit(4, Ref="A/B.4")
        made.run()
        yield made


def archive(lists: Council) -> Archive:
    found = lists.context.runs.archive(MONTHLY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("P-1.end", "is no correction"),
        ("projects/P-1=5", "is no correction"),
        ("projects/.end=2026-06-30", "is no correction"),
        ("projects/P-1.=2026-06-30", "is no correction"),
        ("nowhere/P-1.end=2026-06-30", "The report holds no source 'nowhere'"),
        ("projects/P-99.end=2026-06-30", "no records have the key 'P-99'"),
        ("projects/P-2.end=2026-06-30", "2 records have the key 'P-2'"),
        ("risks/HR-9.likelihood=2", "no records have the key 'HR-9'"),
        ("projects/P-1.colour=red", "a project has no field 'colour'"),
        ("projects/P-1.end=31/10/2026", "'end' is a day such as 2026-06-30"),
        ("projects/P-1.status=Done", "'status' may be not_started,"),
    ],
)
def test_what_fits_nothing_is_told_with_what_to_write(lists: Council, wrong: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        corrected(archive(lists).parts, [wrong])
    assert error.value.advice.startswith(("Write it as SOURCE/KEY.FIELD=VALUE", "It holds: milestones, projects"))


def test_several_values_are_put_right_one_after_another(lists: Council) -> None:
    sets = ["projects/P-1.status=complete", "projects/a/b.4.status=at_risk", "projects/P-1.end="]
    made = restatement(lists.context.runs, MONTHLY, None, sets, WHY)
    figures = {each.figure: (each.was, each.now) for each in made.differing if each.scope == "portfolio"}
    assert figures["counts.on_track"] == (12, 10)
    assert (figures["counts.complete"], figures["counts.at_risk"]) == ((0, 1), (0, 1))
    assert archive(lists).parts != made.parts
    assert restatement(lists.context.runs, MONTHLY, None, [], WHY).differing == ()


def test_a_restatement_is_kept_beside_what_it_restates_and_is_restated_itself(lists: Council) -> None:
    runs = lists.context.runs
    before = archive(lists)
    first = restatement(runs, MONTHLY, None, ["projects/P-1.status=complete"], WHY)
    first.keep(runs, lists.clock.now())
    with pytest.raises(UsageError, match="restated already") as error:
        restatement(runs, MONTHLY, None, [], WHY)
    assert error.value.advice == "Restate 2026-06-monthly-r1, which took its place."
    second = restatement(runs, "2026-06-monthly-r1", None, ["projects/P-5.status=complete"], "Another.")
    second.keep(runs, lists.clock.now())
    assert (second.frozen.id, second.frozen.revision, second.frozen.restates) == (
        "2026-06-monthly-r2", 2, "2026-06-monthly-r1",
    )  # fmt: skip
    assert archive(lists) == before
    library = Library(runs)
    told = [
        library.frozen(name).view.rollup[0].counts["complete"] for name in (MONTHLY, f"{MONTHLY}-r1", f"{MONTHLY}-r2")
    ]
    assert told == [0, 1, 2]
    first_told = library.first_told(library.frozen(f"{MONTHLY}-r2"))
    assert first_told is not None
    assert first_told.of.id == MONTHLY
    lists.run(TODAY + timedelta(days=1))
    compared = library.before(Library(runs).latest().view, board=None, since=None)
    assert compared is not None
    assert compared.of.id == f"{MONTHLY}-r2", "what is compared with is what holds now"


def test_a_month_that_was_restated_is_not_frozen_anew(lists: Council) -> None:
    runs = lists.context.runs
    restatement(runs, MONTHLY, None, ["projects/P-1.status=complete"], WHY).keep(runs, lists.clock.now())
    lists.run(TODAY + timedelta(days=1))
    assert [each.id for each in runs.frozen()] == ["2026-06-monthly-r1", MONTHLY]
    lists.run(date(2026, 7, 1))
    assert {each.id for each in Library(runs).months(date(2026, 7, 2)) and runs.frozen()} >= {"2026-07-monthly"}
    assert [each.of.id for each in Library(runs).months(date(2026, 7, 2))] == ["2026-06-monthly-r1", "2026-07-monthly"]


@pytest.mark.parametrize("name", ["latest", "nothing"])
def test_only_what_was_frozen_is_restated_or_shown(lists: Council, name: str) -> None:
    with pytest.raises(NotFoundError, match=f"no frozen report '{name}'"):
        restatement(lists.context.runs, name, None, [], WHY)
    with pytest.raises(NotFoundError, match=f"no frozen report '{name}'"):
        Library(lists.context.runs).frozen(name)


def test_other_rules_have_to_read_what_was_frozen(lists: Council) -> None:
    portfolio = lists.context.portfolio
    sources = {name: each for name, each in portfolio.sources.items() if name != "milestones"}
    for changed in (
        sources,
        {**portfolio.sources, "milestones": replace(portfolio.sources["milestones"], kind=Kind.ISSUE)},
    ):
        with pytest.raises(UsageError, match="has no source 'milestones' any more"):
            restatement(lists.context.runs, MONTHLY, replace(portfolio, sources=changed), [], WHY)


def test_by_other_rules_figures_may_be_others(lists: Council) -> None:
    portfolio = lists.context.portfolio
    kinder = replace(portfolio.policies, overdue=replace(portfolio.policies.overdue, late_days=3))
    made = restatement(lists.context.runs, MONTHLY, replace(portfolio, policies=kinder), [], WHY)
    assert {(each.figure, each.was, each.now) for each in made.differing if each.scope == "portfolio"} >= {
        ("computed.off_track", 0, 1)
    }
    assert made.header["values"]["rules"] == rules_to_json(replace(portfolio, policies=kinder))
