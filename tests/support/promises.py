"""The promises of docs/guarantees.md as checks over a council in memory. Each fails when its planted bug is in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sync.core.approval import Consent, Level
from sync.core.columns import Column, ColumnType
from sync.core.dates import site_midnight
from sync.core.policy import FieldMapping
from sync.engine.run import approve_as, proceed_unapproved
from sync.engine.state import RunMode
from sync.engine.targets import OwnLists
from sync.engine.undo import undo
from sync.errors import AccessError, LockHeldError, UnreachableError
from tests.support.engine_world import LONDON, SECRET, SITE, TODAY, council
from tests.support.own_lists import WatchedAdmin
from tests.support.provisioned import site

Promise = Callable[[Path], None]


def staff_columns_are_never_changed(folder: Path) -> None:
    """P1, P3: nothing that staff own, and no item, is changed, made or deleted."""
    with council(folder) as lists:
        before = lists.staff()
        result = lists.run()
        assert result.report.writes.applied == 15
        assert lists.staff() == before


def a_second_run_writes_nothing(folder: Path) -> None:
    """P4: straight afterwards, and on every night on which no threshold is crossed."""
    with council(folder) as lists:
        lists.run()
        done = len(lists.store.writes)
        for night in range(8):
            assert not lists.run(TODAY + timedelta(days=night)).report.plan.writes
        assert len(lists.store.writes) == done


def a_half_read_list_causes_no_writes(folder: Path) -> None:
    """P6: neither into that list, nor a better status elsewhere because of what is missing."""
    with council(folder) as lists:
        lists.run()
        lists.projects.edit(3, Status="At risk")
        lists.projects.forget_changes()  # so that the whole list has to be read
        done = len(lists.store.writes)
        lists.store.break_after = (1, UnreachableError("The connection broke."))
        result = lists.run()
        assert len(lists.store.writes) == done
        assert "partial_read" in {refusal.guard for refusal in result.report.plan.refusals}


def an_unread_list_makes_nothing_look_better(folder: Path) -> None:
    """P6: a project that is at risk because of a milestone stays so while the milestones cannot be read."""
    with council(folder) as lists:
        lists.run()
        assert lists.owned(lists.projects, 1)["PSStatus"] == "At risk"
        lists.milestones.title = "Renamed"
        lists.run()
        assert lists.owned(lists.projects, 1)["PSStatus"] == "At risk"


def a_first_run_waits_for_approval(folder: Path) -> None:
    """P7: nothing is written to a list before a person has approved its first plan, and a no is a no."""
    with council(folder) as lists:
        assert lists.run(approver=proceed_unapproved).exit_code == 4
        assert lists.run(approver=lambda _plan: Consent.nothing()).exit_code == 4
        assert lists.store.writes == []


def every_write_is_on_record(folder: Path) -> None:
    """P8: what reached the lists is what the run's report says, item by item, with a reason for each value."""
    with council(folder) as lists:
        result = lists.run()
        kept = lists.context.runs.report(result.report.id)
        assert kept is not None
        planned = {(write["source"], write["item"]): write for write in kept["plan"]["writes"]}
        assert len(planned) == len(lists.store.writes) == kept["writes"]["applied"]
        assert all(write["set"].keys() == write["was"].keys() and write["why"] for write in planned.values())


def a_night_runs_once(folder: Path) -> None:
    """P9: a second scheduler that starts the same night is turned away."""
    with council(folder) as lists:
        night = date(2026, 6, 17)
        lists.run(mode=RunMode.NIGHTLY, night=night, approver=proceed_unapproved)
        with pytest.raises(LockHeldError):
            lists.run(mode=RunMode.NIGHTLY, night=night, approver=proceed_unapproved)


def a_restricted_register_is_named_nowhere(folder: Path) -> None:
    """A restricted risk counts, and its title and key are in no report, plan, reason or stored decision, and neither is
    what another one refers to that is in no list."""
    lost = "Operation Wren"
    with council(folder) as lists:
        lists.risks.add(Title=SECRET, Ref="HR-10", Project=lost, Likelihood=1.0, Impact=1.0)
        report = lists.run().report
        (whole,) = (row for row in report.rollup if row.scope == "portfolio")
        assert whole.open_risks["very_high"] == 1
        reason = lists.owned(lists.projects, 2)["PSReason"]
        assert reason == "At risk: a restricted risk counts against it."
        assert not lists.context.runs.decisions("HR-9")
        stored = (folder / "state.sqlite").read_bytes() + (folder / "state.sqlite-wal").read_bytes()
        for word in (SECRET, "HR-9", "HR-10", lost):
            assert word not in str(report.to_json())
            assert word.encode() not in stored


def one_failing_source_stops_no_other(folder: Path) -> None:
    """A list that cannot be reached leaves the others' work done, and the run says so."""
    with council(folder) as lists:
        lists.risks.title = "Moved away"
        result = lists.run()
        assert result.exit_code == 5
        assert result.report.writes.applied == 2 + 12
        lists.store.broken["heads"] = AccessError("No.")
        assert lists.run().exit_code == 10


def a_surprising_plan_stops_and_asks(folder: Path) -> None:
    """P7: what neither an edit nor a date explains waits for somebody who has seen that plan; a yes is too little."""
    with council(folder) as lists:
        lists.run()
        done = len(lists.store.writes)
        lists.swap_words()
        result = lists.run()
        assert result.exit_code == 4
        assert len(lists.store.writes) == done
        lists.run(approver=lambda _plan: Consent(write=True, level=Level.DIGEST, through="test"))
        assert len(lists.store.writes) > done


def a_run_can_be_taken_back(folder: Path) -> None:
    """P8: every value gets back what it had, but not where somebody has been since, and nothing of staff's moves."""
    with council(folder) as lists:
        result = lists.run()
        lists.projects.edit(3, PSStatus="Typed by hand")
        before = lists.staff()
        undone = undo(lists.context, result.report.id, approver=approve_as("test"))
        assert lists.owned(lists.projects, 3)["PSStatus"] == "Typed by hand"
        assert [finding.item for finding in undone.report.findings] == [3]
        assert all(lists.owned(lists.projects, number)["PSStatus"] is None for number in range(4, 13))
        assert lists.staff() == before


def a_quiet_week_writes_one_status_a_night(folder: Path) -> None:
    """P4: on nights on which no figure changes the roll-up list is left alone, and the status is written once a day."""
    with council(folder) as lists:
        admin = WatchedAdmin(lists.store, SITE)
        portfolio = replace(lists.context.portfolio, own_lists=OwnLists(connection="memory", site=SITE))
        lists.context = replace(lists.context, portfolio=portfolio, admins={"memory": admin})
        lists.run()
        for night in range(1, 8):
            admin.written.clear()
            lists.run(TODAY + timedelta(days=night))
            lists.run(TODAY + timedelta(days=night))
            assert [title for title, _, _ in admin.written] == ["Portfolio Sync status"]


def a_hold_ends_by_itself(folder: Path) -> None:
    """A flag is held up to the last day of its hold, and not a day longer; what was worked out stays as it is."""
    with council(folder) as lists:
        reason = Column("PSHoldReason", "Hold: reason", ColumnType.TEXT)
        until = Column("PSHoldUntil", "Hold until", ColumnType.DATE)
        lists.milestones.columns += (reason, until)
        fields = {"hold_reason": FieldMapping(column=(reason.name,)), "hold_until": FieldMapping(column=(until.name,))}
        sources = dict(lists.context.portfolio.sources)
        sources["milestones"] = replace(sources["milestones"], fields={**sources["milestones"].fields, **fields})
        lists.context = replace(lists.context, portfolio=replace(lists.context.portfolio, sources=sources))
        last = TODAY + timedelta(days=2)
        lists.milestones.edit(1, PSHoldReason="supplier dispute", PSHoldUntil=site_midnight(last, LONDON))
        for night, held in ((TODAY, 1), (last, 1), (last + timedelta(days=1), 0)):
            row = lists.run(night).report.rollup[0]
            assert (row.held, row.overdue) == (held, lists.reports[0].rollup[0].overdue)


def what_provision_made_it_takes_away(folder: Path) -> None:
    """Exactly that: what was there before is there again, as it was."""
    council_site = site()
    before = council_site.lists()
    council_site.run()
    assert council_site.lists() != before
    council_site.remove()
    assert council_site.lists() == before
