"""Tries each way of writing on the service's own status list, before any list of staff's is touched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sync.core.columns import ListSchema, Row
from sync.core.model import Kind
from sync.core.ownership import OwnedField, WriteMode
from sync.core.policy import WritePolicy
from sync.core.provisioning.own_lists import Kept, key_of, list_url
from sync.engine.admin import ListAdmin, OwnWrite, SitePlace
from sync.engine.ports import Applied, Failed, ItemWrite, ListStore, Outcome
from sync.engine.targets import ListAddress, OwnLists, Portfolio, Source
from sync.errors import NotFoundError, SourceError, UnreadableError


@dataclass(frozen=True, slots=True)
class WriteTest:
    """What came of trying one mode: what was seen, in clauses, or what went wrong."""

    mode: WriteMode
    seen: tuple[str, ...] = ()
    error: SourceError | None = None

    @property
    def passed(self) -> bool:
        return self.error is None


def try_writing(
    portfolio: Portfolio, own: OwnLists, store: ListStore, admin: ListAdmin, at: datetime
) -> Iterator[WriteTest]:
    """One result for each mode in which some source is written, in a stable order. Writes a note with the time into the
    portfolio's row of the status list, which it adds where there is none yet; nothing else is written anywhere."""
    modes = {source.write.mode for source in portfolio.sources.values() if source.write.columns} - {WriteMode.OFF}
    for mode in sorted(modes):
        try:
            yield WriteTest(mode, tuple(_Trial(portfolio, own, store, admin, mode).run(at)))
        except SourceError as error:
            yield WriteTest(mode, error=error)


Traces = tuple[datetime | None, int | None, tuple[str, ...]]
"""Modified, the number of who did it, and the labels of an item's versions."""


@dataclass(frozen=True, slots=True)
class _Trial:
    portfolio: Portfolio
    own: OwnLists
    store: ListStore
    admin: ListAdmin
    mode: WriteMode

    def run(self, at: datetime) -> Iterator[str]:
        source = self._source()
        schema = self.store.describe(source)
        item_id = self._row(schema.list_guid)
        before, labels = self._now(source, schema, item_id)
        note = f"{self.mode.value}, {at:%Y-%m-%dT%H:%M:%SZ}"
        self._write(source, schema, ItemWrite(item_id, before.version, {Kept.WRITE_TEST: note}))
        after, later = self._now(source, schema, item_id)
        if after.cells[Kept.WRITE_TEST] != note:
            raise UnreadableError("What was written into the status list is not there when it is read again.")
        yield "the value is there when it is read again"
        if self.mode is WriteMode.QUIET:
            yield self._left((before.modified, before.editor_id, labels), (after.modified, after.editor_id, later))
        else:
            yield self._made(labels, later)

    def _source(self) -> Source:
        """The status list as a source of which only the note is ours."""
        title = self.own.status
        place = SitePlace(self.own.site, ListAddress(url=list_url(title or "")))
        found = self.admin.find(place) if title else None
        if found is None:
            raise NotFoundError(
                "There is no status list to try writing on.",
                "Run `provision`, which makes it."
                if title
                else "Name one under `own_lists` in the portfolio file, and run `provision`.",
            )
        return Source(
            name="write-test",
            kind=Kind.PROGRAMME,
            connection=self.own.connection,
            site=self.own.site,
            list=ListAddress(id=found.guid),
            write=WritePolicy(mode=self.mode, columns={OwnedField.CHECK: Kept.WRITE_TEST}),
        )

    def _row(self, guid: str) -> int:
        key = key_of(self.portfolio.name)
        number = self._row_of(guid, key)
        if number is None:
            row = OwnWrite(None, {Kept.PORTFOLIO: self.portfolio.name, Kept.KEY: key})
            _check(self.admin.write_items(self.own.site, guid, [row]))
            number = self._row_of(guid, key)
        if number is None:
            raise NotFoundError("The row that was added to the status list is not there.", "Run the test again.")
        return number

    def _row_of(self, guid: str, key: str) -> int | None:
        rows = self.admin.items(self.own.site, guid, (Kept.KEY,))
        return next((number for number, row in sorted(rows.items()) if row.cells[Kept.KEY] == key), None)

    def _now(self, source: Source, schema: ListSchema, item_id: int) -> tuple[Row, tuple[str, ...]]:
        """The row, and the labels of its versions."""
        columns = (Kept.WRITE_TEST,)
        row = self.store.read_items(source, schema, columns, (item_id,)).get(item_id)
        if row is None:
            raise NotFoundError("The row of the status list went away while it was tried.", "Run the test again.")
        return row, tuple(version.label for version in self.store.versions(source, schema, columns, item_id))

    def _write(self, source: Source, schema: ListSchema, write: ItemWrite) -> None:
        _check(self.store.apply(source, schema, [write]))

    def _left(self, before: Traces, after: Traces) -> str:
        """What a quiet write must leave as it was."""
        if before != after:
            raise UnreadableError(
                "A quiet write changed Modified or Modified By, or made a version, which it must not.",
                "Set `write: {mode: versioned}`; docs/first-contact.md says what to tell us.",
            )
        return "Modified and Modified By are as they were, and there is no new version"

    def _made(self, before: tuple[str, ...], after: tuple[str, ...]) -> str:
        if before == after:
            return "the list keeps no versions, so nothing but our own record shows it"
        return "the version history shows it"


def _check(outcomes: Iterable[Outcome]) -> None:
    """Raises where the one write was not done, or may not have been."""
    [outcome] = outcomes
    if isinstance(outcome, Failed):
        raise outcome.error
    if not isinstance(outcome, Applied):
        raise UnreadableError("SharePoint did not say that the test was written.", "Run the test again.")
