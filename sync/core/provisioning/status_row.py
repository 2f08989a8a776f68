"""The row of the status list: how the service is, told once a day by a run that got through.

A run that failed, or was told to stop, writes nothing here: the last good run grows old, and the list itself shows it.
So the row says whatever is known of the last run that a person may rely on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.core.audit import Anchor
from sync.core.columns import Cell, Row
from sync.core.explain import lists_named, sentence
from sync.core.provisioning.own_column import LONGEST_TEXT
from sync.core.provisioning.own_lists import key_of
from sync.core.provisioning.own_rows import RowChange, by_key, day_cell, day_of, words
from sync.core.provisioning.status_columns import OUTCOME_WORDS, Kept
from sync.core.run_report import Outcome, ReadState, RunReport, SourceReport
from sync.core.text import counted, cut, listed

GOOD = frozenset({Outcome.DONE, Outcome.WAITING, Outcome.PARTIAL})
"""How a run ends that got through, though it may have left something undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A run that is over. `restricted`: the lists that are named nowhere. `next_run`: aware; None where none is
    planned. `head`: where the record ended."""

    portfolio: str
    report: RunReport
    restricted: frozenset[str]
    next_run: datetime | None
    head: Anchor
    installation: str
    release: str

    @property
    def has_figures(self) -> bool:
        """Whether it was let go on to its end and read any list whole: else its figures would say nothing."""
        read_any = any(each.read is ReadState.COMPLETE for each in self.report.sources)
        return read_any and self.report.outcome is not Outcome.INTERRUPTED

    @property
    def is_good(self) -> bool:
        return self.has_figures and self.report.outcome in GOOD


def changed_status(items: Mapping[int, Row], passed: Passed) -> RowChange | None:
    """What has to be written into the list; None where the row tells of this day already, or the run is no good one.

    | the run       | the row tells of | written      |
    |---------------|------------------|--------------|
    | good          | nothing          | a new item   |
    | good          | another day      | all of it    |
    | good          | the same day     | nothing      |
    | not good      | any day          | nothing      |
    """
    if not passed.is_good:
        return None
    row = by_key(items).get(key_of(passed.portfolio))
    if row is not None and day_of(row, Kept.DAY) == passed.report.today:
        return None
    return RowChange(row.item_id if row else None, status_cells(passed))


def other_installation(items: Mapping[int, Row], portfolio: str, installation: str) -> str | None:
    """The installation that last told of this portfolio, where it is not this one."""
    row = by_key(items).get(key_of(portfolio))
    wrote = words(row, Kept.INSTALLATION) if row else ""
    return wrote if wrote not in ("", installation) else None


def status_cells(passed: Passed) -> dict[str, Cell]:
    """The whole row, by internal column name."""
    report = passed.report
    unread = [each for each in report.sources if each.read is not ReadState.COMPLETE]
    return {
        Kept.PORTFOLIO: cut(passed.portfolio, LONGEST_TEXT),
        Kept.KEY: key_of(passed.portfolio),
        Kept.LAST_GOOD_RUN: report.finished.replace(microsecond=0),
        Kept.DAY: day_cell(report.today),
        Kept.RUN: report.id,
        Kept.OUTCOME: OUTCOME_WORDS[report.outcome],
        Kept.LISTS_READ: len(report.sources) - len(unread),
        Kept.LISTS_UNREAD: len(unread),
        Kept.UNREAD: _unread(unread, passed.restricted),
        Kept.WRITTEN: report.writes.applied,
        Kept.WAITING: len(_waiting(report)),
        Kept.NEXT_RUN: passed.next_run,
        Kept.CHAIN_HEAD: f"{passed.head.number} {passed.head.hash}".strip(),
        Kept.INSTALLATION: passed.installation,
        Kept.RELEASE: passed.release or None,
        Kept.MESSAGE: _message(passed, {each.name for each in unread}),
    }


def _unread(unread: Sequence[SourceReport], restricted: frozenset[str]) -> str | None:
    """Each list that was not read, with why; of restricted ones only how many, for a reason may name the list."""
    told = [
        f"{each.name}: {' '.join(problem.text for problem in each.problems)}".rstrip(": ")
        for each in sorted(unread, key=lambda each: each.name)
        if each.name not in restricted
    ]
    hidden = sum(each.name in restricted for each in unread)
    return "\n".join([*told, *map(sentence, lists_named((), hidden))]) or None


def _waiting(report: RunReport) -> frozenset[str]:
    """The lists in which something waits for an approval."""
    return frozenset(each.source for each in report.plan.refusals if each.approvable and each not in report.lifted)


def _message(passed: Passed, unread: set[str]) -> str | None:
    report, waiting = passed.report, _waiting(passed.report)
    held = frozenset(each.source for each in report.plan.refusals if not each.approvable) - unread
    told = []
    if waiting:
        lists = _named(waiting, passed.restricted)
        told.append(f"Something waits for an approval in {lists}: run `plan` to see what, and how to approve it.")
    elif report.outcome is Outcome.WAITING:
        told.append("Writes wait for an approval: run `plan` to see which, and how to approve them.")
    if unread:
        told.append("Run `check` to see why lists could not be read.")
    if held:
        told.append(f"Run `plan` to see why nothing may be written in {_named(held, passed.restricted)}.")
    if report.writes.undone:
        told.append(f"{counted(report.writes.undone, 'item')} could not be written; the next run tries again.")
    return " ".join(told) or None


def _named(sources: frozenset[str], restricted: frozenset[str]) -> str:
    return listed(lists_named(sorted(sources - restricted), len(sources & restricted)))
