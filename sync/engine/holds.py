"""Finds who set a hold, for the record: whom its row names, else the version history, else the item's last change."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sync.core.audit import Act, Entry
from sync.core.columns import Version
from sync.core.convert import BoundField, read_field
from sync.core.history import HoldTrail
from sync.core.hold import Terms, set_in, terms_of, trail_of
from sync.core.mapping import Binding
from sync.core.model import Person
from sync.core.plan import WITHHELD
from sync.core.snapshot import Record
from sync.engine.decide import Decided
from sync.engine.edits import MOST_ITEMS, site_address
from sync.engine.numbering import numbering
from sync.engine.ports import AuditTrail, ListStore, RunStore
from sync.engine.targets import Source
from sync.errors import SourceError

NAMED, VERSIONS, LAST_CHANGE, UNKNOWN = "named in the row", "version history", "last change of the item", "not known"
"""How it is known who set a hold, as the record says it."""


@dataclass(frozen=True, slots=True)
class HoldSet:
    """A hold that was not there before, or has another last day. `was`: the one before, if there was one."""

    record: Record
    trail: HoldTrail
    was: HoldTrail | None = None
    known_by: str = UNKNOWN

    def entry(self, at: datetime, run_id: str) -> Entry:
        """For the audit: until when, and by whom; of why it is held, nothing."""
        return Entry(
            at=at,
            act=Act.HOLD_SET,
            run_id=run_id,
            source=self.record.source,
            list_guid=self.record.id.list_guid,
            item=self.record.id.item_id,
            column="hold_until",
            old=self._shown(self.was),
            new=self._shown(self.trail),
            why=self.known_by,
            person=self.trail.by,
        )

    def by(self, person: int | None, known_by: str) -> "HoldSet":
        """The same with who set it, by number."""
        if person is None:
            return self
        return replace(self, trail=replace(self.trail, by=person), known_by=known_by)

    def _shown(self, trail: HoldTrail | None) -> str | None:
        if trail is None or trail.until is None:
            return None
        return WITHHELD if self.record.restricted else trail.until.isoformat()


def holds_set(
    decided: Decided, through: Collection[str], lists: Mapping[str, ListStore], runs: RunStore
) -> tuple[HoldSet, ...]:
    """Every hold that is new in the sources that were carried `through`, by source and item.

    One request for each whose row names nobody, for the first fifty of them; a history that cannot be read stops
    nothing.
    """
    number_of, asked, found = numbering(runs), 0, []
    for each in _new(decided, through):
        source = decided.reads[each.record.source].source
        binding = decided.inputs[each.record.source].binding
        looking = _Looking(source, binding, lists[source.connection], runs.audit, number_of)
        named = looking.named(each)
        asked += named is None
        found.append(named or looking.looked_up(each, read_versions=asked <= MOST_ITEMS))
    return tuple(found)


def _new(decided: Decided, through: Collection[str]) -> Iterator[HoldSet]:
    for record in decided.matched.records:
        was = decided.identified.of[record.id].hold
        trail = trail_of(record, was, decided.terms.today)
        if record.source in through and trail is not None and trail is not was:
            yield HoldSet(record, trail, was)


@dataclass(frozen=True, slots=True)
class _Looking:
    """One list, and where to ask about its items."""

    source: Source
    binding: Binding
    store: ListStore
    audit: AuditTrail
    number_of: Callable[[str, Person], int]

    def named(self, hold: HoldSet) -> HoldSet | None:
        """By whom the row says; nobody is known by name whom only a restricted record names."""
        people = getattr(hold.record.fields, "hold_by", ())
        if not people or hold.record.restricted:
            return None
        return hold.by(self.number_of(hold.record.id.host, people[0]), NAMED)

    def looked_up(self, hold: HoldSet, *, read_versions: bool) -> HoldSet:
        versions = self._versions(hold.record.id.item_id) if read_versions else ()
        place = set_in([self._terms(version) for version in versions], terms_of(hold.record))
        if place is not None:
            return hold.by(self._number(versions[place].editor_id), VERSIONS)
        return hold.by(self._number(hold.record.editor_id), LAST_CHANGE)

    def _versions(self, item_id: int) -> tuple[Version, ...]:
        names = [column.name for bound in self._setting() for column in bound.columns]
        try:
            return self.store.versions(self.source, self.binding.schema, names, item_id)
        except SourceError:
            return ()

    def _terms(self, version: Version) -> Terms:
        zone = self.binding.schema.zone
        said = {bound.name: read_field(bound, version.cells, zone).value for bound in self._setting()}
        until = said.get("hold_until")
        return bool(said.get("hold_reason")), until if isinstance(until, date) else None

    def _setting(self) -> list[BoundField]:
        """The fields that set a hold; who is named beside them may be written later."""
        return [bound for bound in self.binding.fields if bound.name in ("hold_reason", "hold_until")]

    def _number(self, editor_id: int | None) -> int | None:
        if editor_id is None:
            return None
        return self.audit.person(site_address(self.binding.schema.host, self.source), str(editor_id))
