"""Keeps the two lists of the service's own, at the end of a run that wrote: figures in one, how the run went in the
other.

Nothing that goes wrong here fails the run, for staff's lists are done by then: it is a finding, and the next run writes
what this one could not. A list that is not there yet is no fault of a run: `check` says so, and `provision` makes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync.core.columns import ListHead, Row
from sync.core.findings import Finding, FindingKind
from sync.core.mirror import Mirrored, Wanted, is_described, is_unchanged, whole_for
from sync.core.provisioning.own_lists import list_url, rollup_list, status_list
from sync.core.provisioning.own_rows import RowChange
from sync.core.provisioning.rollup_rows import Figures, changed_rows
from sync.core.provisioning.shape import FoundList, ListShape
from sync.core.provisioning.status_row import Passed, changed_status, other_installation
from sync.core.text import counted, listed
from sync.engine.admin import ListAdmin, OwnWrite, SitePlace
from sync.engine.mirror import Mirror
from sync.engine.mirrors import MirrorLostError
from sync.engine.outcomes import problem_of
from sync.engine.ports import Applied, Outcome, Permit, Raced
from sync.engine.targets import ListAddress, OwnLists
from sync.errors import DefectError, SourceError, StoppedError

Decide = Callable[[Mapping[int, Row]], Sequence[RowChange]]
"""What has to be written into a list, by its items."""

NAMED = 3
"""How many missing columns a sentence names; the others are counted."""


class _NothingToKeepError(Exception):
    """The list is not there, or is not one of ours."""


@dataclass(frozen=True, slots=True)
class Tended:
    """What was written: rows of the roll-up, and rows of the status list; and what a person should look at."""

    rollup: int = 0
    status: int = 0
    findings: tuple[Finding, ...] = ()


def addresses(own: OwnLists | None) -> dict[tuple[str, str], dict[str, ListAddress]]:
    """Where the lists are, by connection and site, under the names by which a mirror knows them."""
    titles = [title for title in (own.rollup, own.status) if title is not None] if own is not None else []
    if own is None or not titles:
        return {}
    return {(own.connection, own.site): {_name(list_url(title)): ListAddress(url=list_url(title)) for title in titles}}


def tend(own: OwnLists, admin: ListAdmin, mirror: Mirror, passed: Passed, figures: Figures, permit: Permit) -> Tended:
    """Writes what the lists do not say yet; `permit` is asked before every write, and what it raises reaches the
    caller. Of a run that read nothing, or was told to stop, no figures are told."""
    found: list[Finding] = []
    written = {"rollup": 0, "status": 0}
    if own.rollup is not None and passed.has_figures:
        shape = rollup_list(own.rollup, figures.labels, restricted=False)
        rows = _Rows(own, admin, mirror, shape, permit, found)
        written["rollup"] = rows.keep(lambda items: changed_rows(items, figures, passed.report.today))
    if own.status is not None:
        rows = _Rows(own, admin, mirror, status_list(own.status), permit, found, is_ours_alone=True)
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
    """The items of one list. What keeps them from being kept is added to `findings`.

    `is_ours_alone`: nobody else has a reason to write there, so that its items are taken to be as we left them, and
    that is found out by the write itself, which asks for their version: a night then takes one request.
    """

    own: OwnLists
    admin: ListAdmin
    mirror: Mirror
    shape: ListShape
    permit: Permit
    findings: list[Finding]
    is_ours_alone: bool = False

    def keep(self, decide: Decide) -> int:
        """How many items were written."""
        try:
            return self._write(decide)
        except _NothingToKeepError:
            return 0
        except (SourceError, StoppedError, DefectError) as error:
            self._could_not(str(error))
            return 0

    def _write(self, decide: Decide) -> int:
        """Where somebody was at an item that we took for ours, the list is read and decided again."""
        head = self.mirror.own_head(self.own.connection, self.own.site, _name(self.shape.url))
        if head is None:
            return 0
        kept = self._kept(head)
        items = self._read(head) if kept is None else kept
        is_sure = kept is None or not self.is_ours_alone
        outcomes = self._change(head, items, decide(items), is_sure=is_sure)
        if not is_sure and any(isinstance(outcome, Raced) for outcome in outcomes):
            items = self._read(head)
            outcomes = [
                *(outcome for outcome in outcomes if not isinstance(outcome, Raced)),
                *self._change(head, items, decide(items), is_sure=True),
            ]
        for said in dict.fromkeys(said for said in map(_trouble, outcomes) if said):
            self._could_not(said)
        return sum(isinstance(outcome, Applied) for outcome in outcomes)

    def _kept(self, head: ListHead) -> Mapping[int, Row] | None:
        """The items as they were kept; None where they have to be read."""
        kept, now = self.mirror.kept.get((head.host, head.list_guid)), self.mirror.clock.now()
        if kept is None or whole_for(kept, head, self._wanted, {}, now) or not is_described(kept, head, now):
            return None
        if not (self.is_ours_alone or is_unchanged(kept, head)) or not self.admin.recall(self.own.site, kept.schema):
            return None
        try:
            return {row.item_id: row for page in self.mirror.mirrors.pages(kept.place) for row in page}
        except MirrorLostError:
            return None

    def _read(self, head: ListHead) -> Mapping[int, Row]:
        """The items as they are, which are kept from here on; none where nothing can be written there."""
        found = self.admin.find(SitePlace(self.own.site, ListAddress(url=self.shape.url)), columns_only=True)
        if found is None or self._lacks_any(found):
            raise _NothingToKeepError
        items = self.admin.items(self.own.site, found.guid, self._wanted.columns)
        now = self.mirror.clock.now()
        if head.mark is not None:
            told = Mirrored(
                schema=self.admin.schema(self.own.site, found.guid),
                wanted=self._wanted,
                mark=head.mark,
                since=head.since,
                shape=head.shape,
                rows=len(items),
                others=max(0, head.item_count - len(items)),
                looked_into={},
                described=now,
                read_whole=now,
            )
            rows = tuple(items[number] for number in sorted(items))
            self.mirror.keep(told.place, self._wanted.columns, [rows], lambda _count: told)
        return items

    def _change(
        self, head: ListHead, items: Mapping[int, Row], changes: Sequence[RowChange], *, is_sure: bool
    ) -> Sequence[Outcome]:
        """What is not `is_sure` is written only into the items as we know them."""
        if not changes:
            return ()
        writes = [
            OwnWrite(each.item_id, each.cells, None if is_sure or each.item_id is None else items[each.item_id].version)
            for each in changes
        ]
        outcomes = self.admin.write_items(self.own.site, head.list_guid, writes, self.permit)
        self._remember((head.host, head.list_guid), items, writes, outcomes)
        return outcomes

    def _remember(
        self,
        place: tuple[str, str],
        items: Mapping[int, Row],
        writes: Sequence[OwnWrite],
        outcomes: Sequence[Outcome],
    ) -> None:
        """The items as they are now, where that is known of every one of them."""
        after = {}
        for write, outcome in zip(writes, outcomes, strict=True):
            version = outcome.version if isinstance(outcome, Applied) else None
            if write.item_id is None or version is None:
                self.mirror.forget(place)
                return
            row = items[write.item_id]
            after[write.item_id] = replace(row, cells={**row.cells, **write.cells}, version=version)
        if self.is_ours_alone and place in self.mirror.kept:
            self.mirror.change(self.mirror.kept[place], after, ())

    @property
    def _wanted(self) -> Wanted:
        return Wanted(("Title", *(each.name for each in self.shape.columns)), "a list of the service's own")

    def _lacks_any(self, found: FoundList) -> bool:
        """Whether columns are missing: then it is another list under our address, or somebody took one away."""
        there = {each.column.name for each in found.columns}
        missing = [f"'{each.title}' ({each.name})" for each in self.shape.columns if each.name not in there]
        if missing:
            more = [f"{len(missing) - NAMED} more"] if len(missing) > NAMED else []
            lacks = f"The list '{self.shape.title}' lacks {counted(len(missing), 'column')}"
            self._tell(f"{lacks}, {listed([*missing[:NAMED], *more])}, so nothing is written there. Run `provision`.")
        return bool(missing)

    def _could_not(self, said: str) -> None:
        self._tell(f"The list '{self.shape.title}' could not be kept. {said}")

    def _tell(self, said: str) -> None:
        self.findings.append(Finding("", None, FindingKind.OWN_LIST, self.shape.title, said))


def _trouble(outcome: Outcome) -> str | None:
    """Why a row was not written, with what to do; None where it was."""
    if isinstance(outcome, Raced):
        return "Somebody was writing into it at that moment. The next run writes what this one could not."
    problem = problem_of(outcome)
    return f"{problem.text} {problem.advice}" if problem else None


def _name(url: str) -> str:
    """What no source can be called."""
    return f"/{url}"
