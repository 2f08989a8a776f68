"""The lists of the service's own, kept by runs: written when there is something new to say, and never staff's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryStore
from sync.core.findings import Finding, FindingKind
from sync.core.grouping import RESTRICTED
from sync.core.model import Band
from sync.core.provisioning.own_lists import status_list
from sync.core.provisioning.own_rows import day_of
from sync.core.provisioning.rollup_columns import band_column
from sync.engine.ports import Applied, Raced, Unknown
from sync.engine.run import RunResult, proceed_unapproved
from sync.engine.schedule import next_due
from sync.engine.targets import OwnLists, Schedule
from sync.errors import AccessError, DefectError, ExitCode, LeaseLostError, StoppedError, UnreachableError
from tests.support.engine_world import SECRET, SITE, TODAY, Council, council
from tests.support.own_lists import ROLLUP, STATUS, WatchedAdmin, the_item

OWN = OwnLists(connection="memory", site=SITE)
ROWS = 2
"""Of the portfolio and of its one register."""


class World:
    """A council with lists of the service's own."""

    def __init__(self, lists: Council) -> None:
        self.lists = lists
        self.admin = WatchedAdmin(lists.store, SITE)
        self.day = TODAY
        self.configured(OWN)

    def configured(self, own: OwnLists | None) -> None:
        context = self.lists.context
        portfolio = replace(context.portfolio, own_lists=own)
        admins = {"memory": self.admin}
        self.lists.context = replace(context, portfolio=portfolio, admins=admins, release="1.2.3")

    def run(self, **request: Any) -> RunResult:
        return self.lists.run(self.day, **request)

    def sleep_a_night(self) -> None:
        self.day += timedelta(days=1)
        self.lists.clock.sleep(86_400)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with council(tmp_path) as lists:
        yield World(lists)


def counts(result: RunResult) -> tuple[int, int, int]:
    """Items of staff's, rows of the roll-up, rows of the status list."""
    writes = result.report.writes
    return writes.applied, writes.own_lists, writes.heartbeat


def told(result: RunResult, kind: FindingKind = FindingKind.OWN_LIST) -> list[Finding]:
    return [finding for finding in result.report.findings if finding.kind is kind]


def test_a_week_of_nights_in_which_nothing_happens_writes_one_status_a_night(world: World) -> None:
    assert counts(world.run()) == (15, ROWS, 1)
    for _ in range(7):
        world.sleep_a_night()
        assert counts(world.run(approver=proceed_unapproved)) == (0, 0, 1)
        assert counts(world.run(approver=proceed_unapproved)) == (0, 0, 0), "straight after"
    (row,) = world.admin.items(SITE, world.admin.status.guid, ("PSDay",)).values()
    assert day_of(row, "PSDay") == date(2026, 6, 24)


def test_what_a_run_says_in_its_own_lists(world: World) -> None:
    result = world.run()
    status = the_item(world.admin.status, Title="Council")
    assert status["PSRun"] == result.report.id
    assert status["PSLastGoodRun"] == datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
    assert status["PSNextRun"] == datetime(2026, 6, 18, 1, 17, tzinfo=UTC)
    assert status["PSItemsWritten"] == 15
    assert status["PSChainHead"] == "{0.number} {0.hash}".format(world.lists.context.runs.audit.head())
    assert (status["PSInstallation"], status["PSRelease"], status["PSMessage"]) == ("installation", "1.2.3", None)
    portfolio = the_item(world.admin.rollup, PSScope="Portfolio")
    assert (portfolio["Title"], portfolio["PSTotal"], portfolio["PSCountOnTrack"]) == ("Council", 12, 12)
    assert (portfolio["PSDirection"], portfolio["PSCoverage"]) == ("Same", "12 of 12 projects read")
    assert SECRET not in str(world.admin.written)
    assert "HR-9" not in str(world.admin.written)


def test_a_threshold_that_is_crossed_is_told_in_the_rows_that_it_concerns(world: World) -> None:
    world.run()
    before = dict(the_item(world.admin.rollup, PSScope="Register"))
    world.day = date(2026, 11, 4)
    assert counts(world.run(approver=proceed_unapproved))[1:] == (1, 1)
    _, number, cells = world.admin.written[-2]
    assert (number, cells["PSOverdueCount"], cells["PSDirection"]) == (1, 2, "Worse"), "of the restricted risk nothing"
    assert set(cells) == {
        "PSOverdueCount", "PSDirection", "PSWorst", "PSDiffers", "PSWhy", "PSComputedOnTrack", "PSComputedOffTrack",
        "PSAsAt",
    }  # fmt: skip
    assert the_item(world.admin.rollup, PSScope="Register") == before


def test_the_only_restricted_risk_is_in_the_total_and_in_no_other_figure_on_any_night(world: World) -> None:
    """Its list is not for everybody who may read the figures."""
    world.run()
    for likelihood, impact in ((5.0, 5.0), (1.0, 1.0)):
        world.sleep_a_night()
        world.lists.risks.edit(1, Likelihood=likelihood, Impact=impact)
        world.run()
        own = the_item(world.admin.rollup, PSScope="Register")
        assert (own["Title"], own["PSTotal"], own["PSWorst"], own["PSDirection"]) == (RESTRICTED, 1, None, "Not known")
        assert str(own["PSWhy"]).endswith("is in the total only: any other figure would be its own.")
        for kept in world.admin.rollup.items.values():
            assert {kept.cells[band_column(band)] for band in Band} == {0}
            assert kept.cells["PSOverdueCount"] in (0, 1), "the milestone's"
    registers = [cells for title, number, cells in world.admin.written if title == ROLLUP and number == 2]
    assert len(registers) == 1, "nothing of it moves with the risk"


def test_what_many_may_read_is_compared_with_what_they_could_read_then(world: World) -> None:
    """Two restricted risks count in one row; where one goes, that the other rates low is not told by a direction."""
    world.lists.risks.add(Title="Other", Ref="HR-10", Likelihood=5.0, Impact=5.0)
    world.run()
    own = the_item(world.admin.rollup, PSScope="Register")
    assert (own["PSTotal"], own["PSOpenRisksVeryHigh"], own["PSDirection"]) == (2, 2, "Not known")
    world.lists.risks.edit(2, Likelihood=1.0, Impact=1.0)
    world.sleep_a_night()
    world.run()
    own, whole = (the_item(world.admin.rollup, PSScope=scope) for scope in ("Register", "Portfolio"))
    assert (own["PSOpenRisksVeryHigh"], own["PSOpenRisksLow"], own["PSDirection"]) == (1, 1, "Not known")
    assert (whole["PSOpenRisksVeryHigh"], whole["PSDirection"]) == (1, "Same")


def test_what_an_earlier_release_froze_is_compared_with_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It kept only the figures of the run, restricted records and all."""
    world.run()
    runs = world.lists.context.runs
    (frozen,) = runs.frozen()
    earlier = {name: value for name, value in (runs.frozen_header(frozen.id) or {}).items() if name != "told"}
    monkeypatch.setattr(runs, "frozen_header", lambda _: earlier)
    world.day = date(2026, 11, 4)
    world.run(approver=proceed_unapproved)
    whole = the_item(world.admin.rollup, PSScope="Portfolio")
    assert (whole["PSOverdueCount"], whole["PSDirection"]) == (2, "Same")


def test_a_dry_run_and_a_plan_that_was_declined_write_nothing(world: World) -> None:
    world.lists.plan()
    world.run(approver=lambda _plan: proceed_unapproved(_plan).nothing())
    assert world.admin.written == []


def test_own_lists_need_no_new_approval(world: World) -> None:
    world.configured(None)
    world.run()
    world.configured(OWN)
    result = world.run(approver=proceed_unapproved)
    assert (result.exit_code, result.report.plan.refusals) == (ExitCode.DONE, ())
    assert counts(result) == (0, ROWS, 1)


def test_a_run_that_waits_for_an_approval_says_so(world: World) -> None:
    result = world.run(approver=proceed_unapproved)
    assert result.exit_code is ExitCode.APPROVAL
    status = the_item(world.admin.status, PSOutcome="Waiting for approval")
    assert status["PSWaiting"] == 3
    assert str(status["PSMessage"]).startswith("Something waits for an approval in milestones, projects and a restrict")
    assert counts(world.run()) == (15, 0, 0), "the day's row is written"


@pytest.mark.parametrize("own", [replace(OWN, rollup=None), replace(OWN, status=None)])
def test_a_list_that_is_not_wanted_is_not_kept(world: World, own: OwnLists) -> None:
    world.configured(own)
    assert counts(world.run()) == (15, ROWS if own.rollup else 0, 1 if own.status else 0)


def test_lists_that_are_not_there_are_no_fault_of_a_run(world: World) -> None:
    for guid in (world.admin.rollup.guid, world.admin.status.guid):
        world.admin.remove_list(SITE, guid)
    result = world.run()
    assert (counts(result), told(result), result.exit_code) == ((15, 0, 0), [], ExitCode.DONE)
    assert "own_lists" in result.report.timings
    world.configured(replace(OWN, connection="other"))
    assert "own_lists" not in world.run().report.timings, "nobody keeps lists there"


def test_a_column_that_is_missing_is_named_with_what_to_do(world: World) -> None:
    rollup_guid, status_guid = world.admin.rollup.guid, world.admin.status.guid
    world.admin.remove_column(SITE, rollup_guid, "PSWhy")
    ours = [each.name for each in status_list(STATUS).columns]
    for name in ours:
        world.admin.remove_column(SITE, status_guid, name)
    result = world.run()
    assert counts(result) == (15, 0, 0)
    status, rollup = told(result)
    assert (rollup.key, status.key) == (ROLLUP, STATUS)
    assert rollup.text == (
        "The list 'Portfolio roll-up' lacks 1 column, 'Why' (PSWhy), so nothing is written there. Run `provision`."
    )
    assert status.text.startswith(
        f"The list 'Portfolio Sync status' lacks {len(ours)} columns, 'Last good run' (PSLast"
    )
    assert status.text.endswith(f" and {len(ours) - 3} more, so nothing is written there. Run `provision`.")


@pytest.mark.parametrize("method", ["find", "items", "write_items"])
def test_trouble_with_its_own_lists_is_a_finding_and_fails_no_run(world: World, method: str) -> None:
    world.admin.broken[method] = AccessError("The site refuses.")
    result = world.run()
    assert (counts(result), result.exit_code, result.report.outcome) == ((15, 0, 0), ExitCode.DONE, "done")
    assert [finding.text for finding in told(result)] == [
        f"The list '{title}' could not be kept. The site refuses. {AccessError.default_advice}"
        for title in (STATUS, ROLLUP)
    ]
    world.admin.broken.clear()
    assert counts(world.run(approver=proceed_unapproved)) == (0, ROWS, 1), "the next run makes up for it"


def test_what_was_written_before_the_trouble_counts_and_the_next_run_finishes(world: World) -> None:
    world.admin.answer = lambda _: Unknown("No answer.") if world.admin.written else None
    result = world.run()
    assert counts(result) == (15, 1, 0)
    assert [finding.text for finding in told(result)] == [
        f"The list '{title}' could not be kept. No answer. Run again: what was written is read before it is decided."
        for title in (STATUS, ROLLUP)
    ]
    world.admin.answer = lambda _: None
    assert counts(world.run(approver=proceed_unapproved)) == (0, ROWS - 1, 1)


@pytest.mark.parametrize("error", [StoppedError("Told to stop."), DefectError("It is a list of staff's.")])
def test_a_run_that_is_told_to_stop_or_trips_among_them_has_done_the_rest(world: World, error: Exception) -> None:
    def trips() -> None:
        raise error

    world.admin.before_write = trips
    result = world.run()
    assert (counts(result), len(told(result)), result.exit_code) == ((15, 0, 0), 2, ExitCode.DONE)


def test_a_run_that_was_taken_over_writes_no_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_lost(_journal: object, _lease: object) -> None:
        raise LeaseLostError("Another run took over.")

    journal = type(world.lists.context.runs.journal)
    world.admin.before_write = lambda: monkeypatch.setattr(journal, "check", is_lost)
    with pytest.raises(LeaseLostError):
        world.run()
    assert world.admin.written == []


def test_a_list_that_was_not_read_retires_nothing_and_says_so(world: World) -> None:
    world.run()
    world.sleep_a_night()
    world.lists.store.broken["heads"] = UnreachableError("The connection broke.")
    result = world.run(approver=proceed_unapproved)
    assert result.exit_code is ExitCode.UNREACHABLE
    assert counts(result) == (0, 0, 0), "nothing was read, so there is nothing to tell"
    assert {item.cells["PSState"] for item in world.admin.rollup.items.values()} == {"Current"}


def test_a_list_that_is_unreadable_is_in_the_coverage_and_in_the_status(world: World) -> None:
    world.run()
    world.sleep_a_night()
    sources = world.lists.context.portfolio.sources
    gone = replace(sources["risks"], list=replace(sources["risks"].list, title="Grievances"))
    portfolio = replace(world.lists.context.portfolio, sources={**sources, "risks": gone})
    world.lists.context = replace(world.lists.context, portfolio=portfolio)
    result = world.run(approver=proceed_unapproved)
    assert result.exit_code is ExitCode.PARTIAL
    assert counts(result)[1:] == (1, 1)
    said = the_item(world.admin.rollup, PSScope="Portfolio")["PSCoverage"]
    assert said == "12 projects read; 1 list could not be read: a restricted list"
    status = the_item(world.admin.status, Title="Council")
    assert (status["PSOutcome"], status["PSListsUnread"], status["PSUnread"]) == (
        "Partly done",
        1,
        "A restricted list.",
    )
    assert "Grievances" not in str(world.admin.written)
    assert the_item(world.admin.rollup, PSScope="Register")["PSState"] == "Current"


def test_another_installation_on_the_same_status_list_is_found_once_a_run(world: World) -> None:
    world.run()
    the_item(world.admin.status, Title="Council")["PSInstallation"] = "theirs"
    result = world.run(approver=proceed_unapproved)
    (finding,) = told(result, FindingKind.OTHER_INSTALLATION)
    assert finding.text == (
        "The status list was last written by another installation of this service (theirs), with a database of its "
        "own: this one is installation. Stop one of them, or point both to one database."
    )
    assert counts(result) == (0, 0, 0)
    world.sleep_a_night()
    assert told(world.run(approver=proceed_unapproved), FindingKind.OTHER_INSTALLATION)
    assert not told(world.run(approver=proceed_unapproved), FindingKind.OTHER_INSTALLATION), "this one wrote last"


@pytest.mark.parametrize(
    ("nightly", "now", "expected"),
    [
        ("17 2 * * *", datetime(2026, 6, 17, 1, 17, tzinfo=UTC), datetime(2026, 6, 18, 1, 17, tzinfo=UTC)),
        ("17 2 * * *", datetime(2026, 6, 17, 1, 16, tzinfo=UTC), datetime(2026, 6, 17, 1, 17, tzinfo=UTC)),
        ("17 2 * * mon-fri", datetime(2026, 6, 19, 12, tzinfo=UTC), datetime(2026, 6, 22, 1, 17, tzinfo=UTC)),
        ("17 2 31 2 *", datetime(2026, 6, 19, 12, tzinfo=UTC), None),
        (None, datetime(2026, 6, 17, 1, 17, tzinfo=UTC), None),
    ],
)
def test_when_the_next_run_is_due(world: World, nightly: str | None, now: datetime, expected: datetime | None) -> None:
    portfolio = replace(world.lists.context.portfolio, schedule=Schedule(nightly=nightly))
    assert next_due(portfolio, now) == expected


# What a quiet night asks


def asks(world: World, **request: Any) -> dict[str, int]:
    """What the host is asked in one run."""
    before = dict(world.lists.store.usage().by_kind)
    world.run(approver=proceed_unapproved, **request)
    after = world.lists.store.usage().by_kind
    return {kind: count - before.get(kind, 0) for kind, count in after.items() if count != before.get(kind, 0)}


def quiet(world: World) -> World:
    """The third night after a first run: what our own writes moved was read again."""
    world.run()
    for _ in range(2):
        world.sleep_a_night()
        world.run(approver=proceed_unapproved)
    world.sleep_a_night()
    return world


def finds(world: World) -> list[str]:
    """The lists that are found again from here on."""
    found: list[str] = []
    find = world.admin.find

    def watched(place: Any, **how: Any) -> Any:
        found.append(place.list.url)
        return find(place, **how)

    world.admin.find = watched  # type: ignore[method-assign]
    return found


def test_a_quiet_night_asks_the_site_once_and_writes_one_row_unseen(world: World) -> None:
    found = finds(quiet(world))
    written = len(world.admin.written)
    assert asks(world) == {"heads": 1}
    assert (found, len(world.admin.written)) == ([], written + 1)


def test_a_site_of_their_own_is_asked_when_they_are_written(world: World) -> None:
    for kept in (world.admin.rollup, world.admin.status):
        world.lists.store.lists["/sites/office", kept.title.casefold()] = world.lists.store.lists.pop(
            (SITE, kept.title.casefold())
        )
    world.admin.site = "/sites/office"
    world.configured(replace(OWN, site="/sites/office"))
    assert asks(quiet(world)) == {"heads": 2}


def test_a_row_that_somebody_changed_is_read_again_before_it_is_written(world: World) -> None:
    quiet(world)
    world.admin.status.edit(1, PSInstallation="another")
    result = world.run(approver=proceed_unapproved)
    assert [finding.kind for finding in told(result, FindingKind.OTHER_INSTALLATION)] == [
        FindingKind.OTHER_INSTALLATION
    ], "it was taken for ours until the write was refused"
    assert counts(result) == (0, 0, 1)
    assert the_item(world.admin.status, Title="Council")["PSInstallation"] == "installation"


def test_rows_that_somebody_is_writing_at_that_moment_are_told_once_and_left_to_the_next_run(world: World) -> None:
    world.admin.answer = lambda write: Raced() if "PSTotal" in write.cells else None
    result = world.run()
    assert counts(result) == (15, 0, 1)
    (finding,) = told(result)
    assert finding.text == (
        f"The list '{ROLLUP}' could not be kept. Somebody was writing into it at that moment. The next run writes what "
        "this one could not."
    )
    world.admin.answer = lambda _: None
    assert counts(world.run(approver=proceed_unapproved)) == (0, ROWS, 0)


@pytest.mark.parametrize("lost", ["rows", "recall", "version"])
def test_what_is_known_of_them_may_be_lost(world: World, lost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet(world)
    mirrors = world.lists.context.runs.mirrors
    if lost == "rows":
        status = (world.lists.store.host, world.admin.status.guid)
        pages = mirrors.pages
        monkeypatch.setattr(mirrors, "pages", lambda place: pages(("", "") if place == status else place))
    elif lost == "recall":
        monkeypatch.setattr(world.admin, "recall", lambda *_: False)
    else:
        world.admin.answer = lambda _: Applied(None)
    assert counts(world.run(approver=proceed_unapproved)) == (0, 0, 1)


def test_without_a_mark_they_are_found_every_night(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    head = MemoryStore._head
    monkeypatch.setattr(MemoryStore, "_head", lambda store, found: replace(head(store, found), mark=None))
    found = finds(quiet(world))
    assert counts(world.run(approver=proceed_unapproved)) == (0, 0, 1)
    assert len(found) == 2
