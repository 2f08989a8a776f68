"""Parts equal totals in every roll-up and in every edition, for 10,000 portfolios drawn at random, in any order."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sync.core.changes import changes_between
from sync.core.disclosure import SafeRollup, count_groups
from sync.core.model import Kind
from sync.core.rollup import LONE, OF_REGISTERED, Rollup, Scope
from sync.core.safe_rows import safe_rollup
from sync.core.view import Item, View
from sync.report.editions import Edition, for_edition
from tests.support.budget import SEED, by_size
from tests.support.random_portfolios import BOARDS, Drawn, drawn, randomness

PORTFOLIOS, SHUFFLED, SHARES = 10_000, by_size(200, 10_000), 8
PROJECT_SCOPES = (Scope.THEME, Scope.PROGRAMME, Scope.DEPARTMENT, "ward")
"""Those that every project is in one row of, a grouping of the council's own among them."""

Figures = dict[str, Any]


def share(count: int, number: int) -> Iterable[tuple[str, Drawn]]:
    """One of `SHARES` parts of so many portfolios, each with the seed that draws it again."""
    for place in range(number, count, SHARES):
        seed = f"{SEED}/{place}"
        yield seed, drawn(randomness(seed))


def of_projects(rows: Sequence[Rollup]) -> Figures:
    """Every figure of rows of projects, added up."""
    return {
        "total": sum(row.total for row in rows),
        "differs": sum(row.differs for row in rows),
        "stale": sum(row.stale for row in rows),
        **{name: added(rows, name) for name in ("counts", "computed", "confidence")},
        **of_anything(rows),
    }


def of_anything(rows: Sequence[Rollup]) -> Figures:
    late = {"overdue": sum(row.overdue for row in rows), "held": sum(row.held for row in rows)}
    return {**late, "open_risks": added(rows, "open_risks")}


def added(rows: Sequence[Rollup], name: str) -> Counter[str]:
    """Figures by value, those that are 0 left out."""
    return +sum((Counter(getattr(row, name)) for row in rows), Counter())


def of_scope(rows: Iterable[Rollup], scope: str) -> list[Rollup]:
    return [row for row in rows if row.scope == scope]


def assert_parts_equal_totals(rows: Sequence[Rollup], seed: str) -> None:
    whole = of_scope(rows, Scope.PORTFOLIO)
    for scope in PROJECT_SCOPES:
        parts = of_scope(rows, scope)
        assert not parts or of_projects(parts) == of_projects(whole), (seed, scope)
    registers = of_scope(rows, Scope.REGISTER)
    assert added(registers, "open_risks") == added(whole, "open_risks"), seed


def assert_counts_equal_total(row: Rollup, withheld: int, seed: str) -> None:
    assert sum(row.counts.values()) + withheld == row.total, (seed, row.scope, row.name)
    if row.scope not in OF_REGISTERED:
        assert sum(row.computed.values()) == sum(row.confidence.values()) == row.total - withheld, (seed, row.name)


@pytest.mark.parametrize("number", range(SHARES))
def test_parts_equal_totals_in_every_roll_up(number: int) -> None:
    for seed, portfolio in share(PORTFOLIOS, number):
        view = portfolio.view()
        assert_parts_equal_totals(view.rollup, seed)
        for row in view.rollup:
            assert_counts_equal_total(row, int(LONE in row.reasons), seed)
        registered = [item for item in view.items if item.kind in (Kind.RISK, Kind.ISSUE)]
        registers = of_scope(view.rollup, Scope.REGISTER)
        assert sum(row.total for row in registers) == len(registered), seed
        assert sum(row.held for row in registers) == sum(item.held for item in registered), seed
        assert_boards_tell_what_is_before_them(view, seed)

        safe = safe_rollup(view)
        assert_parts_equal_totals(safe, seed)
        for safe_row in safe:
            assert_counts_equal_total(safe_row, withheld_in(safe_row), seed)
        assert_nothing_lost(view, safe, seed)
        assert_only_the_restricted_row_is_restricted(view, safe, seed)


def assert_boards_tell_what_is_before_them(view: View, seed: str) -> None:
    """Boards are no parts of the whole: they add up to what the ladder recommends to one. No row is that of a single
    restricted record, and none but those that hold one is without a name."""
    rows = of_scope(view.rollup, Scope.BOARD)
    before = [item for item in view.items if item.board]
    assert sum(row.total for row in rows) == len(before), seed
    for row in rows:
        held = [item for item in before if item.id in row.others]
        assert len(held) == row.total, seed
        assert row.name == "(other)" or {item.board for item in held} <= {row.name}, seed
        lone = len(held) == 1 and held[0].restricted
        assert lone == (LONE in row.reasons), seed
        figures = (sum(row.counts.values()), sum(row.open_risks.values()), row.overdue, row.held, row.worst)
        assert not lone or (row.name, *figures) == ("(other)", 0, 0, 0, 0, None), seed
    shared = any(row.name == "(other)" for row in rows)
    assert shared or {row.name for row in rows} == set(BOARDS), seed


def withheld_in(row: SafeRollup) -> int:
    counted = (Kind.RISK, Kind.ISSUE) if row.scope in OF_REGISTERED else (Kind.PROJECT,)
    return sum(count for kind, count in row.withheld.items() if kind in counted)


def assert_nothing_lost(view: View, safe: Sequence[SafeRollup], seed: str) -> None:
    """An edition counts as many records as the roll-up does, and is the roll-up where nothing is restricted. A scope
    that only restricted projects have a name for has no rows; before boards nothing restricted is counted."""
    before_boards = [item for item in view.items if item.board and not item.restricted]
    assert sum(row.total for row in of_scope(safe, Scope.BOARD)) == len(before_boards), seed
    for scope in (*PROJECT_SCOPES, Scope.PORTFOLIO, Scope.REGISTER):
        before, after = of_scope(view.rollup, scope), of_scope(safe, scope)
        if after:
            assert sum(row.total for row in before) == sum(row.total for row in after), (seed, scope)
        elif before:
            named = [
                item.groups.get(scope) if scope == "ward" else getattr(item, scope)
                for item in view.items
                if item.kind is Kind.PROJECT and not item.restricted
            ]
            programmes = [item for item in view.items if item.kind is Kind.PROGRAMME]
            assert not any(named), (seed, scope)
            assert scope != Scope.PROGRAMME or not programmes, seed
    if not any(item.restricted for item in view.items):
        assert [Rollup.to_json(row) for row in safe] == [row.to_json() for row in view.rollup], seed


def assert_only_the_restricted_row_is_restricted(view: View, safe: Sequence[SafeRollup], seed: str) -> None:
    restricted = Counter(item.kind for item in view.items if item.restricted)
    hidden = {item.id for item in view.items if item.restricted}
    for row in safe:
        held = hidden & {*row.projects, *row.others}
        if row.scope is not Scope.PORTFOLIO and row.name != "(restricted)":
            assert not held, (seed, row.name)
            assert not row.withheld, (seed, row.name)
        assert all(restricted[kind] == count == 1 for kind, count in row.withheld.items()), (seed, row.name)


@pytest.mark.parametrize("number", range(SHARES))
def test_nothing_depends_on_the_order_of_lists_and_rows(number: int) -> None:
    for seed, portfolio in share(SHUFFLED, number):
        view, rng = portfolio.view(), randomness(seed)
        assert [row.to_json() for row in portfolio.rolled_up(rng)] == [row.to_json() for row in view.rollup], seed
        earlier = drawn(randomness(f"{seed}/earlier")).view()
        assert changes_between(shuffled(earlier, rng), shuffled(view, rng)) == changes_between(earlier, view), seed
        for edition in Edition:
            expected = for_edition(view, edition, view.policies.reports, before=earlier)
            found = for_edition(shuffled(view, rng), edition, view.policies.reports, before=shuffled(earlier, rng))
            assert found == expected, (seed, edition)


def shuffled(view: View, rng: random.Random) -> View:
    return replace(view, items=tuple(rng.sample(view.items, len(view.items))))


KEYS: tuple[Callable[[Item], str], ...] = (
    lambda item: item.theme or "(none)",
    lambda item: item.register or "(none)",
    lambda item: (item.band or item.kind).value,
)


@pytest.mark.parametrize("number", range(SHARES))
def test_tables_of_groups_add_up_and_place_nothing_restricted(number: int) -> None:
    for seed, portfolio in share(SHUFFLED, number):
        view = portfolio.view()
        shown = for_edition(view, Edition.PMO, view.policies.reports)
        rng = randomness(seed)
        by, value = rng.choice(KEYS), rng.choice(KEYS)
        hidden = sum(shown.hidden.values())
        table = count_groups(shown.items, by, value, groups=["Growth"], restricted=hidden)
        assert table.total == len(view.items) == sum(row.total for row in table.rows) + table.restricted, seed
        assert all(row.total == sum(row.counts.values()) for row in table.rows), seed
        assert sum(table.counts.values()) == sum(row.total for row in table.rows), seed
        raw = count_groups(view.items, by, value, groups=["Growth"])
        assert (raw.total, raw.restricted) == (table.total, table.restricted), seed
