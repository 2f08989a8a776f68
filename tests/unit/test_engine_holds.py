"""A hold from the night on which it is first seen to the night after its end: shown, counted, kept and recorded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.core.audit import Act, Entry
from sync.core.columns import Cell, Column, ColumnType, PersonCell
from sync.core.dates import site_midnight
from sync.core.findings import FindingKind
from sync.core.history import HoldTrail
from sync.core.policy import FieldMapping, HoldPolicy
from sync.engine import holds
from sync.engine.run import RunResult, proceed_unapproved
from sync.errors import NotFoundError
from tests.support.engine_world import LONDON, TODAY, Council, council, kinds_told

JUNE_30, ONE = date(2026, 6, 30), timedelta(days=1)
HOLD_COLUMNS = {
    "hold_reason": Column("PSHoldReason", "Hold: reason", ColumnType.TEXT),
    "hold_until": Column("PSHoldUntil", "Hold until", ColumnType.DATE),
    "hold_by": Column("PSHoldBy", "Hold set by", ColumnType.PERSON),
}
ANN = PersonCell(31, "Ann Ash", "ann@council.example")
COLLEAGUE, OTHER = 7, 8
AT = datetime(2026, 6, 16, 9, tzinfo=UTC)
GO_LIVE = 1
"""The overdue milestone of P-1."""


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    """Milestones and restricted risks that may be held."""
    with council(tmp_path) as made:
        for name, kept in (("milestones", made.milestones), ("risks", made.risks)):
            kept.columns += tuple(HOLD_COLUMNS.values())
            fields = {field: FieldMapping(column=(column.name,)) for field, column in HOLD_COLUMNS.items()}
            remap(made, name, fields)
        yield made


def remap(lists: Council, name: str, fields: dict[str, FieldMapping]) -> None:
    portfolio = lists.context.portfolio
    changed = replace(portfolio.sources[name], fields={**portfolio.sources[name].fields, **fields})
    lists.context = replace(lists.context, portfolio=replace(portfolio, sources={**portfolio.sources, name: changed}))


def midnight(day: date) -> datetime:
    return site_midnight(day, LONDON)


def hold(lists: Council, until: date | None = JUNE_30, editor: int = COLLEAGUE, **more: Cell) -> None:
    cells: dict[str, Cell] = {"PSHoldReason": "supplier dispute", "PSHoldUntil": until and midnight(until)}
    lists.milestones.edit(GO_LIVE, editor_id=editor, at=lists.clock.now(), **cells | more)


def night(lists: Council, today: date = TODAY) -> RunResult:
    return lists.run(today, approver=proceed_unapproved)


def reason(lists: Council) -> Any:
    return lists.milestones.items[GO_LIVE].cells.get("PSReason")


def trail(lists: Council, source: str = "milestones") -> HoldTrail | None:
    found = [each for each in lists.context.runs.histories() if each.source == source and each.id.item_id == GO_LIVE]
    return found[0].hold


def recorded(lists: Council) -> list[Entry]:
    return [link.entry for link in lists.context.runs.audit.links() if link.entry.act is Act.HOLD_SET]


def told(result: RunResult, scope: str = "portfolio") -> tuple[int, int]:
    row = next(row for row in result.report.rollup if row.scope == scope)
    return row.overdue, row.held


def editor(lists: Council, number: int) -> int:
    return lists.context.runs.audit.person(f"{lists.store.host}/sites/demo", str(number))


def test_a_hold_is_respected_shown_counted_and_ends(lists: Council) -> None:
    lists.run()
    assert reason(lists) == "Overdue: was due 3 June 2026."
    hold(lists)
    result = night(lists, TODAY + ONE)
    assert reason(lists) == "Held until 30 June 2026 (supplier dispute). Overdue: was due 3 June 2026."
    assert lists.milestones.items[GO_LIVE].cells["PSOverdue"] == "Overdue"
    assert told(result) == (2, 1)
    project = lists.projects.items[1].cells
    assert project["PSStatus"] == "At risk"
    assert project["PSReason"] == "At risk: milestone 'Go live' was due 3 June 2026 (held until 30 June 2026)."
    assert night(lists, TODAY + 2 * ONE).report.plan.writes == ()
    assert night(lists, JUNE_30).report.plan.writes == ()
    over = night(lists, JUNE_30 + ONE)
    assert reason(lists) == "The hold ended on 30 June 2026. Overdue: was due 3 June 2026."
    assert (told(over), over.report.plan.refusals) == ((2, 0), ())
    night(lists, JUNE_30 + 9 * ONE)
    assert reason(lists) == "The hold ended on 30 June 2026. Overdue: was due 3 June 2026."
    lists.milestones.edit(GO_LIVE, PSHoldReason=None, PSHoldUntil=None)
    night(lists, JUNE_30 + 10 * ONE)
    assert (reason(lists), trail(lists)) == ("Overdue: was due 3 June 2026.", None)
    assert len(recorded(lists)) == 1


def test_it_lasts_no_longer_than_allowed_from_the_night_on_which_it_was_seen(lists: Council) -> None:
    policies = replace(lists.context.portfolio.policies, hold=HoldPolicy(max_days=10))
    lists.context = replace(lists.context, portfolio=replace(lists.context.portfolio, policies=policies))
    hold(lists)
    result = lists.run()
    assert FindingKind.HOLD_TOO_LONG in kinds_told(result)
    check = lists.milestones.items[GO_LIVE].cells["PSCheck"]
    assert check == "The hold is longer than the 10 days that are allowed, so it ends on 27 June 2026"
    assert told(night(lists, TODAY + 10 * ONE)) == (2, 1)
    assert told(night(lists, TODAY + 11 * ONE)) == (2, 0)
    assert lists.milestones.items[GO_LIVE].cells["PSCheck"] is None
    hold(lists, PSHoldReason="other words")
    assert told(night(lists, TODAY + 12 * ONE)) == (2, 0)
    hold(lists, JUNE_30 + ONE)
    assert told(night(lists, TODAY + 12 * ONE)) == (2, 1)
    assert trail(lists) == HoldTrail(until=JUNE_30 + ONE, since=TODAY + 12 * ONE, by=editor(lists, COLLEAGUE))
    assert [(entry.old, entry.new) for entry in recorded(lists)] == [
        (None, "2026-06-30"),
        ("2026-06-30", "2026-07-01"),
    ]


def test_who_set_it_is_recorded_by_number_with_how_that_is_known(lists: Council) -> None:
    lists.run()
    hold(lists)
    lists.milestones.edit(GO_LIVE, editor_id=OTHER, Title="Go live at last")
    result = night(lists)
    (entry,) = recorded(lists)
    assert (entry.source, entry.item, entry.column) == ("milestones", GO_LIVE, "hold_until")
    assert (entry.run_id, entry.why, entry.person) == (result.report.id, "version history", editor(lists, COLLEAGUE))
    assert "dispute" not in str(entry)
    assert trail(lists) == HoldTrail(until=JUNE_30, since=TODAY, by=editor(lists, COLLEAGUE))


def test_whom_the_row_names_set_it(lists: Council) -> None:
    lists.run()
    hold(lists, PSHoldBy=ANN)
    night(lists)
    (entry,) = recorded(lists)
    numbers = {person.name: person.number for person in lists.context.runs.audit.people()}
    assert (entry.why, entry.person) == ("named in the row", numbers["Ann Ash"])
    (decision,) = lists.context.runs.decisions("Go live")
    assert decision.content["hold"] == {
        "reason": "supplier dispute",
        "until": "2026-06-30",
        "asked": "2026-06-30",
        "counts": True,
        "by": ["Ann Ash"],
    }


@pytest.mark.parametrize("broken", [False, True])
def test_without_a_history_it_was_whoever_changed_the_item_last(lists: Council, broken: bool) -> None:
    lists.milestones.versioned = False
    if broken:
        lists.store.broken["versions"] = NotFoundError("The item no longer exists.")
    hold(lists, until=None)
    lists.run()
    (entry,) = recorded(lists)
    assert (entry.why, entry.new, entry.person) == ("last change of the item", None, editor(lists, COLLEAGUE))


def test_where_nothing_tells_nobody_is_named(lists: Council) -> None:
    lists.milestones.items[GO_LIVE] = replace(lists.milestones.items[GO_LIVE], editor_id=None)
    lists.milestones.items[GO_LIVE].cells["PSHoldReason"] = "supplier dispute"
    lists.run()
    (entry,) = recorded(lists)
    assert (entry.why, entry.person) == ("not known", None)
    assert trail(lists) == HoldTrail(since=TODAY)


def test_of_a_restricted_record_only_its_number_is_recorded(lists: Council) -> None:
    lists.risks.edit(1, editor_id=OTHER, PSHoldReason="tribunal", PSHoldUntil=midnight(JUNE_30), PSHoldBy=ANN, at=AT)
    result = lists.run()
    (entry,) = recorded(lists)
    assert (entry.old, entry.new, entry.person) == (None, "(restricted)", editor(lists, OTHER))
    assert "Ann Ash" not in {person.name for person in lists.context.runs.audit.people()}
    assert lists.risks.items[1].cells["PSReason"].startswith("Held until 30 June 2026. ")
    assert told(result) == (2, 1)
    everything = f"{result.document}{lists.context.runs.archive()}{lists.context.runs.histories()}"
    lists.context.runs.close()
    kept = b"".join(file.read_bytes() for file in lists.context.portfolio.path.parent.glob("state.sqlite*"))
    for word in ("tribunal", "Ann Ash"):
        assert word not in everything
        assert word.encode() not in kept


def test_a_list_without_the_columns_is_read_all_the_same(lists: Council) -> None:
    gone = HOLD_COLUMNS["hold_until"]
    lists.milestones.columns = tuple(each for each in lists.milestones.columns if each is not gone)
    result = lists.run()
    assert reason(lists) == "Overdue: was due 3 June 2026."
    (finding,) = [each for each in result.report.findings if each.kind is FindingKind.HOLD_COLUMN_MISSING]
    assert finding.text == (
        "milestones: the list has no column 'PSHoldUntil' of field hold_until; `provision` makes it."
    )
    assert result.report.sources[1].problems == ()


def test_a_column_that_goes_one_day_ends_the_hold_and_loses_no_night(lists: Council) -> None:
    hold(lists)
    lists.run()
    gone = {HOLD_COLUMNS["hold_reason"], HOLD_COLUMNS["hold_until"]}
    lists.milestones.columns = tuple(each for each in lists.milestones.columns if each not in gone)
    for column in gone:
        del lists.milestones.items[GO_LIVE].cells[column.name]
    result = lists.run(TODAY + ONE)
    assert told(result) == (2, 0)
    assert reason(lists) == "Overdue: was due 3 June 2026."


def test_a_plan_asks_nobody_and_keeps_nothing(lists: Council) -> None:
    hold(lists)
    lists.store.broken["versions"] = NotFoundError("Nobody is to ask.")
    assert told(lists.plan()) == (2, 1)
    assert recorded(lists) == []
    assert list(lists.context.runs.histories()) == []


def test_so_many_histories_are_asked_for_and_no_more(lists: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "MOST_ITEMS", 1)
    lists.run()
    before = lists.store.usage().by_kind.get("versions", 0)
    named = lists.milestones.add(Title="Named", Project="P-1", PSHoldReason="dispute", PSHoldBy=ANN)
    for number in (GO_LIVE, 2):
        lists.milestones.edit(number, editor_id=COLLEAGUE, PSHoldReason="dispute", PSHoldUntil=midnight(JUNE_30))
    night(lists)
    assert lists.store.usage().by_kind["versions"] - before == 1
    assert [(entry.item, entry.why) for entry in recorded(lists)] == [
        (GO_LIVE, "version history"),
        (2, "last change of the item"),
        (named, "named in the row"),
    ]
