"""Keeps the two lists of the service's own, at the end of a run that wrote: figures in one, how the run went in the
other.

Nothing that goes wrong here fails the run, for staff's lists are done by then: it is a finding, and the next run writes
what this one could not. A list that is not there yet is no fault of a run: `check` says so, and `provision` makes it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync.core.columns import Row
from sync.core.findings import Finding, FindingKind
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.core.provisioning.own_rows import RowChange
from sync.core.provisioning.rollup_rows import Figures, changed_rows
from sync.core.provisioning.shape import FoundList, ListShape
from sync.core.provisioning.status_row import Passed, changed_status, other_installation
from sync.core.text import counted, listed
from sync.engine.admin import ListAdmin, SitePlace
from sync.engine.ports import Permit
from sync.engine.targets import ListAddress, OwnLists
from sync.errors import DefectError, SourceError, StoppedError

Decide = Callable[[Mapping[int, Row]], Sequence[RowChange]]
"""What has to be written into a list, by its items."""

NAMED = 3
"""How many missing columns a sentence names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Tended:
    """What was written: rows of the roll-up, and rows of the status list; and what a person should look at."""

    rollup: int = 0
    status: int = 0
    findings: tuple[Finding, ...] = ()


def tend(own: OwnLists, admin: ListAdmin, passed: Passed, figures: Figures, permit: Permit) -> Tended:
    """Writes what the lists do not say yet; `permit` is asked before every write, and what it raises reaches the
    caller. Of a run that read nothing, or was told to stop, no figures are told."""
    found: list[Finding] = []
    written = {"rollup": 0, "status": 0}
    if own.rollup is not None and passed.has_figures:
        shape = rollup_list(own.rollup, figures.labels, restricted=False)
        rows = _Rows(own.site, admin, shape, permit, found)
        written["rollup"] = rows.keep(lambda items: changed_rows(items, figures, passed.report.today))
    if own.status is not None:
        rows = _Rows(own.site, admin, status_list(own.status), permit, found)
        written["status"] = rows.keep(lambda items: _status(items, passed, found))
    return Tended(**written, findings=tuple(found))


def _status(items: Mapping[int, Row], passed: Passed, found: list[Finding]) -> Sequence[RowChange]:
    other = other_installation(items, passed.portfolio, passed.installation)
    if other is not None:
        said = (
            f"The status list was last written by another installation of this service ({other}), with a database of "
            f"its own: this one is {passed.installation}. Stop one of them, or point both to one database."
        )
        found.append(Finding("", None, FindingKind.OTHER_INSTALLATION, passed.portfolio, said))
    change = changed_status(items, passed)
    return (change,) if change else ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """The items of one list. What keeps them from being kept is added to `findings`."""

    site: str
    admin: ListAdmin
    shape: ListShape
    permit: Permit
    findings: list[Finding]

    def keep(self, decide: Decide) -> int:
        """How many items were written."""
        written = 0
        try:
            for _ in self._write(decide):
                written += 1
        except (SourceError, StoppedError, DefectError) as error:
            self._tell(f"The list '{self.shape.title}' could not be kept. {error}")
        return written

    def _write(self, decide: Decide) -> Iterator[None]:
        """Yields once for every item that was written."""
        found = self.admin.find(SitePlace(self.site, ListAddress(url=self.shape.url)), columns_only=True)
        if found is None or self._lacks_any(found):
            return
        names = ("Title", *(each.name for each in self.shape.columns))
        for change in decide(self.admin.items(self.site, found.guid, names)):
            if change.item_id is None:
                self.admin.add_item(self.site, found.guid, change.cells, self.permit)
            else:
                self.admin.change_item(self.site, found.guid, change.item_id, change.cells, self.permit)
            yield

    def _lacks_any(self, found: FoundList) -> bool:
        """Whether columns are missing: then it is another list under our address, or somebody took one away."""
        there = {each.column.name for each in found.columns}
        missing = [f"'{each.title}' ({each.name})" for each in self.shape.columns if each.name not in there]
        if missing:
            more = [f"{len(missing) - NAMED} more"] if len(missing) > NAMED else []
            lacks = f"The list '{self.shape.title}' lacks {counted(len(missing), 'column')}"
            self._tell(f"{lacks}, {listed([*missing[:NAMED], *more])}, so nothing is written there. Run `provision`.")
        return bool(missing)

    def _tell(self, said: str) -> None:
        self.findings.append(Finding("", None, FindingKind.OWN_LIST, self.shape.title, said))
