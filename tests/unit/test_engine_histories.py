"""What a run adds to histories, and what of them goes with what it saw."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sync.core.archived_history import history_from_json
from sync.core.dates import site_midnight
from sync.core.history import DateTrail, History
from sync.core.identity import Answer
from sync.core.policy import Acceptance, Band, Rung
from sync.engine.run import proceed_unapproved
from tests.support.engine_world import LONDON, SECRET, TODAY, Council, council

LATER = date(2026, 12, 31)


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as made:
        yield made


def kept(lists: Council) -> dict[tuple[str, int], History]:
    """What is kept of every row, by source and item; of those that were joined and are closed, nothing."""
    every = lists.context.runs.histories()
    return {(each.source, each.id.item_id): each for each in every if each.joined is None and each.gone is None}


def archived(lists: Council, name: str | None = None) -> dict[tuple[str, int], History]:
    """What went with the newest archive, or with that frozen report."""
    archive = lists.context.runs.archive(name)
    assert archive is not None
    told = [history_from_json(each) for part in archive.parts.values() for each in part["histories"]]
    return {(each.source, each.id.item_id): each for each in told}


def test_every_record_has_a_history_from_its_first_run_on(lists: Council) -> None:
    lists.run()
    found = kept(lists)
    assert len(found) == 12 + 2 + 1
    assert len({each.number for each in found.values()}) == len(found)
    assert found["projects", 1].dates == {"end": DateTrail(first=date(2026, 12, 1), latest=date(2026, 12, 1))}
    assert {each.since for each in found.values()} == {TODAY}
    secret = found["risks", 1]
    assert (secret.title, secret.key, secret.restricted, secret.matrix) == (None, None, True, "5x5-2026")
    assert SECRET not in str(lists.context.runs.archive())
    assert archived(lists) == found


def test_a_risk_that_was_never_scored_has_no_rating(lists: Council) -> None:
    lists.risks.edit(1, Likelihood=None)
    lists.run()
    secret = kept(lists)["risks", 1]
    assert (secret.rating, secret.matrix, secret.matrix_version) == (None, None, None)


def test_a_second_run_on_a_day_changes_no_history_and_a_day_later_only_when_it_was_seen(lists: Council) -> None:
    lists.run()
    before = kept(lists)
    lists.run()
    assert kept(lists) == before
    lists.run(TODAY + timedelta(days=1))
    later = {place: replace(each, last_seen=TODAY + timedelta(days=1)) for place, each in before.items()}
    assert kept(lists) == later


def test_a_date_that_moves_to_a_later_day_is_a_slip_once(lists: Council) -> None:
    lists.run()
    lists.projects.edit(1, Due=site_midnight(LATER, LONDON))
    for days in (1, 1, 2):
        lists.run(TODAY + timedelta(days=days))
    trail = kept(lists)["projects", 1].dates["end"]
    assert (trail.slips, trail.moves, trail.days, trail.latest) == (1, 1, 30, LATER)
    assert archived(lists)["projects", 1].dates["end"] == trail


def test_what_is_gone_is_gone_and_what_was_not_read_is_not(lists: Council) -> None:
    lists.run()
    number = kept(lists)["projects", 12].number
    lists.projects.delete(12)
    lists.run(TODAY + timedelta(days=1))
    [gone] = [each for each in lists.context.runs.histories() if each.number == number]
    assert gone.gone == TODAY + timedelta(days=1)
    assert ("projects", 12) not in archived(lists)


def test_a_source_that_was_taken_out_takes_its_records_along(lists: Council) -> None:
    lists.run()
    portfolio = lists.context.portfolio
    left = {name: each for name, each in portfolio.sources.items() if name != "risks"}
    lists.context = replace(lists.context, portfolio=replace(portfolio, sources=left))
    lists.run(TODAY + timedelta(days=1))
    assert {each.source for each in lists.context.runs.histories() if each.gone} == {"risks"}


def test_a_raising_is_kept_with_the_day_and_ends_with_its_cause(lists: Council) -> None:
    ladder = (Rung(name="board", board="ICT Board", accepts=(Acceptance(source=("personnel",), band=Band.HIGH),)),)
    portfolio = lists.context.portfolio
    changed = replace(portfolio, policies=replace(portfolio.policies, ladder=ladder))
    lists.context = replace(lists.context, portfolio=changed)
    lists.run()
    lists.run()
    [raising] = kept(lists)["risks", 1].raised
    assert (raising.board, raising.on, raising.ended) == ("ICT Board", TODAY, None)
    lists.risks.edit(1, Likelihood=1.0, Impact=1.0)
    lists.run(TODAY + timedelta(days=1))
    assert [each.ended for each in kept(lists)["risks", 1].raised] == [TODAY + timedelta(days=1)]
    lists.risks.edit(1, Likelihood=5.0, Impact=5.0)
    lists.run(TODAY + timedelta(days=5))
    assert [each.on for each in kept(lists)["risks", 1].raised] == [TODAY, TODAY + timedelta(days=5)]


def test_nothing_is_concluded_of_a_source_that_waits_and_its_numbers_are_nobodys_yet(lists: Council) -> None:
    """The numbers of a night that was not approved may be other records' the next night: none goes into a report."""
    lists.run(approver=proceed_unapproved)
    assert kept(lists) == {}
    assert archived(lists) == archived(lists, "2026-06-monthly") == {}
    lists.run(TODAY + timedelta(days=1), only=frozenset({"projects"}))
    assert {source for source, _ in kept(lists)} == {source for source, _ in archived(lists)} == {"projects"}
    lists.run(TODAY + timedelta(days=2))
    assert len(kept(lists)) == 15


def test_of_a_source_that_is_not_carried_through_every_history_stays_and_none_begins(lists: Council) -> None:
    lists.run()
    before = {place: each for place, each in kept(lists).items() if place[0] == "projects"}
    lists.projects.edit(1, Due=site_midnight(LATER, LONDON))
    lists.projects.delete(12)
    new = lists.projects.add(Title="Another", Ref="P-13", Status="On track", Due=None)
    lists.run(TODAY + timedelta(days=1), only=frozenset({"milestones"}))
    assert {place: each for place, each in kept(lists).items() if place[0] == "projects"} == before
    told = {place: each for place, each in archived(lists).items() if place[0] == "projects"}
    assert told == {place: each for place, each in before.items() if place != ("projects", 12)}
    seen = {each.last_seen for (source, _), each in kept(lists).items() if source == "milestones"}
    assert seen == {TODAY + timedelta(days=1)}
    lists.run(TODAY + timedelta(days=2))
    assert kept(lists)["projects", new].first_seen == TODAY + timedelta(days=2)


def test_a_plan_shows_the_histories_that_are_kept_and_keeps_none(lists: Council) -> None:
    lists.plan()
    assert (kept(lists), archived(lists)) == ({}, {})
    lists.run()
    before = kept(lists)
    lists.projects.edit(1, Due=site_midnight(LATER, LONDON))
    lists.plan(TODAY + timedelta(days=1))
    assert kept(lists) == before
    assert archived(lists) == before


def test_no_list_that_is_seen_for_the_first_time_is_full_of_new_records(lists: Council) -> None:
    lists.run(only=frozenset({"projects"}))
    result = lists.run(TODAY + timedelta(days=1))
    assert [each.text for each in result.report.findings if "is new" in each.text] == []


def test_the_history_that_goes_on_is_the_one_that_is_told_on_the_night_of_the_answer(lists: Council) -> None:
    """A row got another key and another title at once; a person says that it is the same project."""
    lists.run()
    before = kept(lists)["projects", 5]
    lists.projects.edit(5, Due=site_midnight(LATER, LONDON))
    lists.run(TODAY + timedelta(days=1))
    lists.projects.edit(5, Title="Something else", Ref="P-99")
    lists.run(TODAY + timedelta(days=2))
    [doubt] = lists.context.runs.doubts()
    newer = archived(lists)["projects", 5]
    assert (newer.number, newer.dates["end"].slips) == (doubt.candidate, 0)
    lists.context.runs.keep_answer(Answer(doubt.id, True, 1, lists.clock.now()))
    lists.run(TODAY + timedelta(days=3))
    told = archived(lists)["projects", 5]
    assert told == kept(lists)["projects", 5]
    assert (told.number, told.key, told.since, told.dates["end"].slips) == (before.number, "P-99", TODAY, 1)
    assert lists.context.runs.doubts() == ()
    [closed] = [each for each in lists.context.runs.histories() if each.joined]
    assert (closed.number, closed.joined) == (doubt.candidate, before.number)
