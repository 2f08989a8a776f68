"""The days on which a real portfolio changes all at once and nothing is wrong: a year ends, or the PMO updates.

Of the 214 end dates that were published in 2023, 82 are a 31 March of some year, and 35 of those are in 2025.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from connectors.memory import MemoryStore
from sync.core.columns import Column, ColumnType
from sync.core.model import Kind
from sync.core.ownership import OwnedField
from sync.core.plan import Guard
from sync.core.policy import FieldMapping
from tests.support.deciding import SITE, World, midnight, raised, source, the, world
from tests.support.gmpp import CONFIDENCE_WORDS, rows
from tests.support.lists import OWNED_COLUMNS
from tests.support.shared_data import SHARED_DATA, needs_shared_data

pytestmark = needs_shared_data

LAST_DAY, FIRST_DAY = date(2025, 3, 31), date(2025, 4, 1)
WORDS = {canonical: tuple(words) for canonical, words in CONFIDENCE_WORDS.items()}
HEALTH = {"green": ("Green",), "amber": ("Amber",), "red": ("Red",)}
COLUMNS = [
    Column("GMPPID", "GMPP ID", ColumnType.TEXT),
    Column("Title", "Title", ColumnType.TEXT),
    Column("End", "End", ColumnType.DATE),
    Column("IPA", "IPA delivery confidence", ColumnType.TEXT),
    Column("Confidence", "Confidence", ColumnType.TEXT),
    *OWNED_COLUMNS.values(),
]


def published() -> list[dict[str, str]]:
    return rows(SHARED_DATA / "gmpp" / "gmpp_2023.csv")


def day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def portfolio(lists: Mapping[str, Iterable[Mapping[str, str]]]) -> World:
    """One source for each of the lists, settled on the last day of March."""
    store = MemoryStore()
    for title, held in lists.items():
        made = store.add_list(SITE, title, COLUMNS)
        for row in held:
            end = day(row["end_raw"])
            made.add(
                GMPPID=row["gmpp_id"],
                Title=row["project_name"],
                End=midnight(end) if end else None,
                IPA=row["ipa_dca_raw"],
            )
    fields = {
        "title": FieldMapping(column=("Title",)),
        "end": FieldMapping(column=("End",)),
        "confidence": FieldMapping(column=("IPA",), values=WORDS),
    }
    sources = {title: source(title, Kind.PROJECT, key="GMPPID", fields=fields) for title in lists}
    settled = replace(world(), portfolio=replace(world().portfolio, sources=sources), store=store)
    settled.night(LAST_DAY)
    assert raised(settled.decide(LAST_DAY)) == []
    return settled


def departments() -> dict[str, list[dict[str, str]]]:
    lists: dict[str, list[dict[str, str]]] = {}
    for row in published():
        lists.setdefault(row["department"], []).append(row)
    return lists


def in_one_year(row: dict[str, str]) -> dict[str, str]:
    """The row, with an end on a 31 March taken to be that of the year that ends."""
    end = day(row["end_raw"])
    falls = end is not None and (end.month, end.day) == (LAST_DAY.month, LAST_DAY.day)
    return {**row, "end_raw": LAST_DAY.isoformat()} if falls else row


@pytest.mark.parametrize("by_department", [False, True])
@pytest.mark.parametrize(("one_year", "passing"), [(False, 35), (True, 82)])
def test_a_third_of_all_end_dates_passes_at_once_and_nothing_stops(
    by_department: bool, one_year: bool, passing: int
) -> None:
    lists = departments() if by_department else {"Major projects": published()}
    held = {title: [in_one_year(row) if one_year else row for row in each] for title, each in lists.items()}
    assert sum(day(row["end_raw"]) is not None for each in held.values() for row in each) == 214
    made = portfolio(held)
    decided = made.decide(FIRST_DAY)
    passed = [write for write in decided.plan.writes if write.set.get(OwnedField.OVERDUE_SINCE) == LAST_DAY]
    assert len(passed) == passing
    assert raised(decided) == []
    made.carry(decided)
    assert made.decide(FIRST_DAY).plan.writes == ()


def test_the_same_dates_moved_by_nobody_would_stop() -> None:
    made = portfolio({"Major projects": published()})
    for item in made.made("Major projects").items.values():
        item.cells["End"] = midnight(date(2025, 3, 1))
    assert {guard for _, guard in raised(made.decide(FIRST_DAY))} == {Guard.UNEXPLAINED_WRITES, Guard.FIELD_FLIPPED}


def test_the_day_on_which_the_pmo_updates_nearly_every_row_stops_nothing() -> None:
    made = portfolio({"Major projects": published()})
    count = len(made.made("Major projects").items) * 9 // 10
    for number in range(1, count + 1):
        made.edit("Major projects", number, End=midnight(date(2025, 3, 10)), Confidence="Amber")
    decided = made.decide(LAST_DAY)
    assert len(decided.plan.writes) > count * 2 // 3
    assert raised(decided) == []


def test_a_mapping_mistake_stops_though_a_changed_policy_would_be_let_through() -> None:
    made = portfolio({"Major projects": published()})
    [mapping] = made.portfolio.sources.values()
    mistaken = FieldMapping(column=("IPA",), values=HEALTH)
    made.change(mapping.name, fields={**mapping.fields, "health": mistaken})
    decided = made.decide(FIRST_DAY)
    assert the(Guard.POLICY_CHANGED, decided).yes_lifts
    surprise = the(Guard.UNEXPLAINED_WRITES, decided)
    assert (surprise.approvable, surprise.yes_lifts) == (True, False)
