"""Published answers about who is who, reproduced from registers whose ids were doubled, changed and reused."""

import csv
from collections import Counter
from collections.abc import Iterable
from functools import cache

from sync.core.identity import EventKind, Identified
from sync.core.snapshot import Record
from tests.support.over_time import OverTime, kinds, of_kind, project
from tests.support.shared_data import SHARED_DATA, needs_shared_data

pytestmark = needs_shared_data


@cache
def published(name: str) -> tuple[dict[str, str], ...]:
    with (SHARED_DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def major_projects(year: int) -> list[Record]:
    """Each edition is a list of its own, in the order in which it was published."""
    return [
        project(item, row["gmpp_id"], row["project_name"], at="projects", guid=f"{year}", department=row["department"])
        for item, row in enumerate(published(f"gmpp/gmpp_{year}.csv"), 1)
    ]


def towns(edition: int) -> list[Record]:
    rows = published("towns_fund/tf_project_register_rounds_3_7.csv")
    return [
        project(item, row["project_id"], row["project_name"].strip(), guid=f"{edition}", department=row["town"])
        for item, row in enumerate((row for row in rows if row["round"] == str(edition)), 1)
    ]


def counted(found: Identified, *left_aside: EventKind) -> dict[str, int]:
    return dict(Counter(each.kind.value for each in found.events if each.kind not in left_aside))


def moves(found: Identified) -> dict[tuple[str | None, str | None], int]:
    return dict(Counter((each.before, each.after) for each in of_kind(found, EventKind.MOVED_PLACE)))


def texts(found: Identified, kind: EventKind) -> set[str]:
    return {each.text for each in of_kind(found, kind)}


def test_major_projects_from_one_year_to_the_next() -> None:
    portfolio = OverTime()
    first, second = major_projects(2022), major_projects(2023)
    assert portfolio.run(*first).events == ()
    found = portfolio.run(*second)
    stay = [each for each in found.of.values() if each.number <= len(first)]
    assert (len(first), len(second), len(stay)) == (235, 244, 206)
    assert counted(found, EventKind.MOVED_LIST) == {
        "joined": 38,
        "left": 29,
        "renamed": 17,
        "respelt": 1,
        "moved_place": 19,
    }
    assert moves(found) == {("BEIS", "DESNZ"): 15, ("BEIS", "DSIT"): 2, ("DCMS", "DSIT"): 2}
    assert found.doubts == ()
    assert texts(found, EventKind.RESPELT) == {"MOJ_0040_1718-Q3 has its title spelt differently."}
    assert "MOD_0142_2122-Q1 was called 'Martlett' and is now 'Martlet'." in texts(found, EventKind.RENAMED)
    before = {each.key: portfolio.look(*first).of[each.id].number for each in first}
    assert all(portfolio.number(each) == before[each.key] for each in second if each.key in before)


def test_towns_from_one_return_to_the_next() -> None:
    portfolio = OverTime()
    first, second = towns(3), towns(4)
    portfolio.run(*first)
    found = portfolio.run(*second)
    assert counted(found, EventKind.MOVED_LIST) == {
        "joined": 6,
        "left": 14,
        "renamed": 21,
        "rekeyed": 16,
        "key_reused": 2,
        "split": 1,
    }
    changed = {each.number for each in found.events if each.kind in (EventKind.RENAMED, EventKind.REKEYED)}
    stay = {each.number for each in found.of.values() if each.number <= len(first)}
    assert len(stay - changed) == 926
    assert found.doubts == ()
    assert texts(found, EventKind.SPLIT) == {"TD-BAR-01 was split: TD-BAR-09 came of it."}


def test_an_id_that_two_towns_projects_had_is_told_apart_by_their_names() -> None:
    portfolio = OverTime()
    first, second = towns(3), towns(4)
    portfolio.run(*first)
    then = {each.fields.title: portfolio.number(each) for each in first if each.key == "TD-NTH-12"}
    assert then.keys() == {"35-45 Abington Street", "Market Walk"}
    portfolio.run(*second)
    assert {each.key: portfolio.number(each) for each in second if each.key in ("TD-NTH-12", "TD-NTH-13")} == {
        "TD-NTH-12": then["35-45 Abington Street"],
        "TD-NTH-13": then["Market Walk"],
    }


def test_an_id_that_was_given_to_another_towns_project_is_told() -> None:
    portfolio = OverTime()
    portfolio.run(*towns(3))
    found = portfolio.run(*towns(4))
    reused = {each.label: each.before for each in of_kind(found, EventKind.KEY_REUSED)}
    assert reused == {
        "TD-HAS-09": "Town to Sea Creative Quarter (Hastings Commons)",
        "TD-HAS-15": "Public Realm & Green Connections",
    }
    assert "TD-HAS-13 had the key 'TD-HAS-15' and now has 'TD-HAS-13'." in texts(found, EventKind.REKEYED)


def test_returns_that_are_the_same_change_nobody() -> None:
    portfolio = OverTime()
    portfolio.run(*towns(4))
    for edition in (5, 6, 7):
        assert counted(portfolio.run(*towns(edition)), EventKind.MOVED_LIST) == {}
    assert len(portfolio.kept) == 969


def test_what_left_comes_back_as_itself() -> None:
    portfolio = OverTime()
    for edition in (3, 4):
        portfolio.run(*towns(edition))
    again = portfolio.run(*towns(3))
    assert len(of_kind(again, EventKind.RESTORED)) == 14
    assert Counter(kind for kind, number in kinds(again))["left"] == 6


def test_a_return_pasted_over_the_one_before_in_another_order_changes_nobody() -> None:
    portfolio = OverTime()
    rows: Iterable[Record] = towns(4)
    portfolio.run(*rows)
    ordered = sorted(rows, key=lambda each: (each.fields.title or "", each.key or ""))
    pasted = [
        project(item, each.key, each.fields.title, guid="4", department=each.fields.department)  # type: ignore[union-attr]
        for item, each in enumerate(ordered, 1)
    ]
    assert counted(portfolio.run(*pasted)) == {}
