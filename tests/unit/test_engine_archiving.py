"""What a run saw is kept for reports, and frozen once for every month and board, whatever becomes of the run."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.rules import rules_to_json
from sync.cli.kept import Library
from sync.core.approval import Consent
from sync.core.dates import site_midnight
from sync.core.frozen import Occasion
from sync.core.model import Person
from sync.core.policy import Board, FieldMapping
from sync.engine.archiving import freeze_on_request
from sync.engine.numbering import NAMED, numbering
from sync.engine.state import RunMode
from sync.errors import ExitCode, NotFoundError, UnreachableError, UsageError
from tests.support.engine_world import LONDON, SECRET, TODAY, Council, council

BOARD = "ICT Programme Board"
MEETING = date(2026, 6, 24)
MONTHLY = "2026-06-monthly"


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as made:
        ruled(made)
        yield made


def ruled(lists: Council, **policies: Any) -> None:
    """The portfolio with those policies, whose rules are kept as the command line keeps them."""
    portfolio = lists.context.portfolio
    changed = replace(portfolio, policies=replace(portfolio.policies, **policies))
    lists.context = replace(lists.context, portfolio=changed, rules=rules_to_json(changed))


def boards(*meetings: date, **named: tuple[date, ...]) -> dict[str, Board]:
    return {BOARD: Board(meets=meetings)} | {name: Board(meets=meets) for name, meets in named.items()}


def frozen(lists: Council) -> list[tuple[str, date]]:
    return sorted((each.id, each.as_of) for each in lists.context.runs.frozen())


def unreachable(lists: Council, title: str) -> Any:
    """That list cannot be read until the answer is called."""
    read = lists.store.read

    def refused(source: Any, *arguments: Any, **more: Any) -> Any:
        if source.list.title == title:
            raise UnreachableError("No answer.")
        return read(source, *arguments, **more)

    lists.store.read = refused  # type: ignore[method-assign]
    return lambda: setattr(lists.store, "read", read)


def test_a_month_is_frozen_by_its_first_run_and_by_no_other(lists: Council) -> None:
    for day in (TODAY, TODAY, TODAY + timedelta(days=1), date(2026, 7, 1), date(2026, 7, 2)):
        lists.run(day)
    assert frozen(lists) == [(MONTHLY, TODAY), ("2026-07-monthly", date(2026, 7, 1))]
    [july, june] = lists.context.runs.frozen()
    assert (june.occasion, june.period, june.board) == (Occasion.MONTHLY, date(2026, 6, 1), None)
    assert july.run_id != june.run_id


def test_a_board_is_frozen_once_its_papers_are_due_each_by_its_own_name(lists: Council) -> None:
    other = {"Audit & Risk": Board(meets=(MEETING,)), "Late Board": Board(meets=(date(2026, 8, 1),))}
    ruled(lists, boards=boards(MEETING, date(2026, 7, 22)) | other)
    lists.run(date(2026, 6, 16))
    assert frozen(lists) == [(MONTHLY, date(2026, 6, 16))]
    for _ in range(2):
        lists.run(TODAY)
    lists.run(MEETING)
    told = ["2026-06-24-audit-risk", "2026-06-24-ict-programme-board"]
    assert frozen(lists) == [*((name, TODAY) for name in told), (MONTHLY, date(2026, 6, 16))]


def test_a_run_that_was_killed_before_it_froze_is_made_good_by_the_next(
    lists: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled(lists, boards=boards(MEETING))

    def killed(*_: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr("sync.engine.run.freeze_due", killed)
        with pytest.raises(SystemExit):
            lists.run()
    assert frozen(lists) == []
    histories = lists.context.runs.histories()
    result = lists.run()
    assert result.report.plan.writes == ()
    assert [name for name, _ in frozen(lists)] == ["2026-06-24-ict-programme-board", MONTHLY]
    assert lists.context.runs.histories() == histories


def test_a_run_that_was_killed_between_two_freezes_freezes_the_other_next(
    lists: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled(lists, boards=boards(MEETING))
    freeze = lists.context.runs.freeze
    calls: list[str] = []

    def once(report: Any, *rest: Any) -> bool:
        if calls:
            raise SystemExit("killed")
        calls.append(report.id)
        return freeze(report, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(lists.context.runs, "freeze", once)
        with pytest.raises(SystemExit):
            lists.run()
    assert len(frozen(lists)) == 1
    lists.run()
    assert len(frozen(lists)) == 2


def test_a_list_that_was_not_read_is_waited_for_a_week(lists: Council) -> None:
    again = unreachable(lists, "Milestones")
    lists.run(date(2026, 7, 1))
    lists.run(date(2026, 7, 7))
    assert frozen(lists) == []
    lists.run(date(2026, 7, 8))
    assert frozen(lists) == [("2026-07-monthly", date(2026, 7, 8))]
    header = lists.context.runs.frozen_header("2026-07-monthly")
    assert header is not None
    assert {each["name"]: each["read"] for each in header["sources"]}["milestones"] == "partial"
    again()
    lists.run(date(2026, 7, 9))
    assert len(frozen(lists)) == 1


def test_a_board_waits_for_a_list_until_its_day(lists: Council) -> None:
    ruled(lists, boards=boards(date(2026, 7, 6)))
    unreachable(lists, "Milestones")
    lists.run(date(2026, 7, 3))
    assert frozen(lists) == []
    lists.run(date(2026, 7, 6))
    assert [name for name, _ in frozen(lists)] == ["2026-07-06-ict-programme-board"]


def test_a_dry_run_is_reported_on_and_freezes_nothing(lists: Council) -> None:
    planned = lists.plan()
    assert frozen(lists) == []
    assert Library(lists.context.runs).latest().view.run_id == planned.report.id
    lists.run(approver=lambda _: Consent.nothing())
    assert frozen(lists) == []


def test_the_newest_run_is_what_reports_are_made_of_and_it_comes_out_again(lists: Council) -> None:
    lists.run()
    lists.projects.edit(1, Status="Done")
    result = lists.run(TODAY + timedelta(days=1))
    view = Library(lists.context.runs).latest().view
    assert (view.run_id, view.today, view.since) == (result.report.id, TODAY + timedelta(days=1), TODAY)
    told = {(row.scope, row.name): row.counts for row in result.report.rollup}
    assert {(row.scope, row.name): row.counts for row in view.rollup} == told
    assert {item.kind.value for item in view.items} == {"project", "milestone", "risk"}
    then = Library(lists.context.runs).frozen(MONTHLY)
    assert then.view.today == TODAY
    assert [row.to_json() for row in then.view.rollup] == then.figures


def test_nothing_of_a_restricted_list_is_in_what_is_kept(lists: Council) -> None:
    lists.run()
    archive = lists.context.runs.archive(MONTHLY)
    assert archive is not None
    assert SECRET not in str(archive)
    assert "HR-9" not in str(archive)
    assert [each["said"] for each in archive.parts["risks"]["records"]] == [{"key": "(restricted 1)"}]


def test_a_row_of_figures_says_where_it_is_heading_since_the_last_frozen_report(lists: Council) -> None:
    first = lists.run()
    assert {row.direction for row in first.report.rollup} == {None}
    assert {row.direction for row in lists.run().report.rollup} == {None}, "the same day is no earlier one"
    same = lists.run(TODAY + timedelta(days=1))
    assert {row.direction for row in same.report.rollup} == {"same"}
    for number in (4, 5, 6):
        lists.projects.edit(number, Due=site_midnight(date(2026, 6, 15), LONDON))
    worse = lists.run(TODAY + timedelta(days=2))
    assert next(row.direction for row in worse.report.rollup) == "worse"
    stored = lists.context.runs.report(worse.report.id)
    assert stored is not None
    assert stored["rollup"][0]["direction"] == "worse"


def test_a_row_that_is_new_since_then_has_no_direction(lists: Council) -> None:
    lists.run()
    source = lists.context.portfolio.sources["projects"]
    themed = replace(source, constants={"theme": "Places"})
    portfolio = lists.context.portfolio
    changed = replace(portfolio, sources={**portfolio.sources, "projects": themed})
    lists.context = replace(lists.context, portfolio=changed)
    found = {row.scope.value: row.direction for row in lists.run(TODAY + timedelta(days=1)).report.rollup}
    assert (found["portfolio"], found["theme"]) == ("same", None)


def test_what_the_last_run_saw_is_frozen_on_request_once(lists: Council) -> None:
    with pytest.raises(NotFoundError, match="No run has kept anything"):
        freeze_on_request(lists.context.runs, lists.context.portfolio, None, lists.clock.now())
    lists.run()
    made = freeze_on_request(lists.context.runs, lists.context.portfolio, None, lists.clock.now())
    assert (made.id, made.occasion, made.as_of) == ("2026-06-17-request", Occasion.REQUEST, TODAY)
    with pytest.raises(UsageError, match="2026-06-17-request was frozen already"):
        freeze_on_request(lists.context.runs, lists.context.portfolio, None, lists.clock.now())
    assert len(frozen(lists)) == 2


def test_a_board_that_asks_early_is_not_frozen_again_by_the_night(lists: Council) -> None:
    ruled(lists, boards=boards(MEETING, Later=(date(2026, 5, 1),)))
    runs, now = lists.context.runs, lists.clock.now()
    lists.run(date(2026, 6, 10))
    made = freeze_on_request(runs, lists.context.portfolio, BOARD, now)
    assert (made.id, made.period, made.board) == ("2026-06-24-ict-programme-board", MEETING, BOARD)
    lists.run(TODAY)
    assert frozen(lists) == [(made.id, date(2026, 6, 10)), (MONTHLY, date(2026, 6, 10))]
    for nobody in ("Later", "Nobody"):
        with pytest.raises(UsageError, match=f"No meeting of '{nobody}' is to come"):
            freeze_on_request(runs, lists.context.portfolio, nobody, now)


def test_people_are_numbers_each_asked_for_once(lists: Council) -> None:
    number_of = numbering(lists.context.runs)
    ann, same, bob = Person("Ann", "ann@x"), Person("Ann Hughes", "ann@x"), Person("Bob")
    numbers = [number_of("h", each) for each in (ann, same, bob, Person("  BOB "), ann)]
    assert numbers == [numbers[0], numbers[0], numbers[2], numbers[2], numbers[0]]
    assert number_of("other", ann) != numbers[0]
    people = {each.number: each for each in lists.context.runs.audit.people()}
    assert people[numbers[2]].ident.startswith(NAMED)


def test_an_owner_is_a_number_in_what_is_kept_and_a_name_in_the_report_until_erased(lists: Council) -> None:
    source = lists.context.portfolio.sources["projects"]
    owned = replace(source, fields={**source.fields, "owner": FieldMapping(column=("Title",))})
    portfolio = lists.context.portfolio
    changed = replace(portfolio, sources={**portfolio.sources, "projects": owned})
    lists.context = replace(lists.context, portfolio=changed, rules=rules_to_json(changed))
    lists.run()
    runs = lists.context.runs
    [item] = [each for each in Library(runs).latest().view.items if each.ref == "P-1"]
    assert item.owners == (Person("Project 1"),)
    [number] = [each.number for each in runs.audit.people() if each.name == "Project 1"]
    runs.audit.erase(number)
    [item] = [each for each in Library(runs).latest().view.items if each.ref == "P-1"]
    assert item.owners == (Person("(erased)"),)


def test_who_is_named_has_a_number_before_anything_is_kept_and_is_named_in_it_by_that(lists: Council) -> None:
    """Giving a number writes, and so does keeping what a run saw: both at once cannot be."""
    source = lists.context.portfolio.sources["projects"]
    owned = replace(source, fields={**source.fields, "owner": FieldMapping(column=("Title",))})
    portfolio = lists.context.portfolio
    changed = replace(portfolio, sources={**portfolio.sources, "projects": owned})
    lists.context = replace(lists.context, portfolio=changed)
    runs = lists.context.runs
    save, known = runs.save_latest, []

    def saving(run_id: str, header: Any, parts: Any) -> None:
        known.append({each.number for each in runs.audit.people()})
        save(run_id, header, parts)

    runs.save_latest = saving  # type: ignore[method-assign]
    lists.run()
    archive = runs.archive()
    assert archive is not None
    named = {number for each in archive.parts["projects"]["records"] for number in each["people"]["owner"]}
    [before] = known
    assert len(named) == 12
    assert named <= before


def test_two_nights_at_once_freeze_once(lists: Council) -> None:
    lists.run()
    archive = lists.context.runs.archive()
    assert archive is not None
    [known] = lists.context.runs.frozen()
    assert not lists.context.runs.freeze(replace(known, id="another"), archive.header, archive.parts)
    assert lists.run(mode=RunMode.NIGHTLY).exit_code is ExitCode.DONE
    assert len(frozen(lists)) == 1
