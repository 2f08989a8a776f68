"""What a run would write, and what it refuses to: a value that is shown, digested, and only then executed."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sync.core.findings import Finding
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import RecordId

WITHHELD = "(restricted)"
Plain = str | bool | None
_LABELS = frozenset({OwnedField.STATUS, OwnedField.OVERDUE})


class Guard(StrEnum):
    """What made a plan stop; the rules are in `guards`, the table of them in docs/guarantees.md."""

    PARTIAL_READ = "partial_read"
    EMPTY_READ = "empty_read"
    RECORDS_GONE = "records_gone"
    COLUMN_GONE = "column_gone"
    LIST_SETTINGS = "list_settings"
    COLUMN_CHANGED = "column_changed"
    CHOICE_REMOVED = "choice_removed"
    ZONE_CHANGED = "zone_changed"
    FIRST_RUN = "first_run"
    POLICY_CHANGED = "policy_changed"
    UNEXPLAINED_WRITES = "unexplained_writes"
    FIELD_FLIPPED = "field_flipped"
    FOREIGN_VALUE = "foreign_value"
    DRIFT = "drift"
    CLOCK_DIFFERS = "clock_differs"
    RESYNC = "resync"
    UNDO = "undo"


_HOLDS_FIELDS = frozenset({Guard.FOREIGN_VALUE, Guard.DRIFT, Guard.CLOCK_DIFFERS})
_DOUBTS_READ = frozenset({Guard.PARTIAL_READ, Guard.EMPTY_READ, Guard.RECORDS_GONE})
_YES_LIFTS = frozenset({Guard.FIRST_RUN, Guard.POLICY_CHANGED, Guard.UNDO})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Holds back a whole source, or single fields of it: what was seen, the limit, what to do next.

    `approvable`: a person who has seen the plan can lift it; otherwise it ends when its cause ends. `--yes` lifts only
    those that anybody's first look at a plan lifts: see `yes_lifts`. `field`: the owned field that it is about, where
    it holds back that field only (`PlannedWrite.asks` says in which items).
    """

    source: str
    guard: Guard
    seen: str
    limit: str
    advice: str
    approvable: bool
    field: OwnedField | None = None

    @property
    def holds_source(self) -> bool:
        return self.guard not in _HOLDS_FIELDS

    @property
    def doubts_read(self) -> bool:
        """Whether nothing may be concluded from what was read, neither here nor in lists that rest on it."""
        return self.guard in _DOUBTS_READ

    @property
    def yes_lifts(self) -> bool:
        """Whether answering the prompt or saying `--yes` is approval enough."""
        return self.approvable and self.guard in _YES_LIFTS

    def to_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "guard": self.guard.value,
            "seen": self.seen,
            "limit": self.limit,
            "advice": self.advice,
            "approvable": self.approvable,
        }


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """The owned values to set on one item, what they were when read, and one sentence of why for each decision.

    `key` is the record's label; of a restricted record nothing but its number and our own labels leaves this process.
    `grounds` says why without a word of staff's: names of rules and dates, for the audit. `asks`: the values that are
    written only once a person has approved them, by the guard that asks.
    """

    source: str
    id: RecordId
    key: str
    version: str
    set: Mapping[OwnedField, OwnedValue]
    was: Mapping[OwnedField, OwnedValue]
    why: tuple[str, ...]
    restricted: bool = False
    grounds: Mapping[OwnedField, str] = field(default_factory=dict)
    asks: Mapping[OwnedField, Guard] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over record, columns, from and to: what makes two writes the same to whoever approves them."""
        return digest_of_write(self.id, {name: (plain(self.was.get(name)), plain(self.set[name])) for name in self.set})

    def only(self, names: Collection[OwnedField]) -> "PlannedWrite":
        """The same write with these of its values, which are no longer asked about."""
        kept = [name for name in self.set if name in names]
        said = dict(zip(self.set, self.why, strict=True)) if self.why else {}
        return replace(
            self,
            set={name: self.set[name] for name in kept},
            was={name: self.was[name] for name in kept if name in self.was},
            why=tuple(said[name] for name in kept if name in said),
            grounds={name: self.grounds[name] for name in kept if name in self.grounds},
            asks={},
        )

    def is_still(self, now: "PlannedWrite | None") -> bool:
        """Whether what is planned now for the same item has these values in it still, from and to the same."""
        return now is not None and all(
            name in now.set and (now.was.get(name), now.set[name]) == (self.was.get(name), value)
            for name, value in self.set.items()
        )

    def to_json(self) -> dict[str, Any]:
        """As in the run report; what a restricted record says about itself stays in its own list."""
        # What an undo puts back may be what a person typed, also where a label of ours should be.
        ours = frozenset() if Guard.UNDO in self.asks.values() else _LABELS
        return {
            "source": self.source,
            "item": self.id.item_id,
            "key": self.key,
            "set": self._shown(self.set, ours),
            # A person may have typed anything into a column of text, also one that is meant for a label.
            "was": self._shown(self.was, frozenset()),
            "why": [WITHHELD] if self.restricted else list(self.why),
            "asks": {name.value: guard.value for name, guard in sorted(self.asks.items())},
        }

    def _shown(self, values: Mapping[OwnedField, OwnedValue], open_fields: frozenset[OwnedField]) -> dict[str, Plain]:
        """Values as JSON holds them; of a restricted record only yes/no, blank and those of `open_fields`."""
        return {
            name.value: plain(value)
            if not self.restricted or name in open_fields or value is None or isinstance(value, bool)
            else WITHHELD
            for name, value in sorted(values.items())
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """Writes in a stable order (source, item), with everything that a person should see before they happen."""

    writes: tuple[PlannedWrite, ...]
    refusals: tuple[Refusal, ...]
    findings: tuple[Finding, ...]
    policy_digest: str

    @property
    def digest(self) -> str:
        """SHA-256 over writes (record, column, from, to), refusals and policy; no run id, no time, no sentence."""
        return digest_of(
            (write.digest for write in self.writes),
            ((refusal.source, refusal.guard, refusal.seen) for refusal in self.refusals),
            self.policy_digest,
        )

    def to_json(self) -> dict[str, Any]:
        """As in the run report, where findings have a place of their own."""
        return {
            "digest": self.digest,
            "writes": [write.to_json() for write in self.writes],
            "refusals": [refusal.to_json() for refusal in self.refusals],
        }


def plain(value: OwnedValue) -> Plain:
    """An owned value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def digest_of_write(record: RecordId, values: Mapping[str, tuple[Plain, Plain]]) -> str:
    """A write's digest from what it sets, field by field from and to, as JSON holds them."""
    changes = [[name, *values[name]] for name in sorted(values)]
    return _sha256([record.host, record.list_guid, record.item_id, changes])


def digest_of(writes: Iterable[str], refusals: Iterable[tuple[str, str, str]], policy_digest: str) -> str:
    """A plan's digest from those of its writes: a plan in a file is checked without the values that it withholds."""
    return _sha256([sorted(writes), sorted(list(refusal) for refusal in refusals), policy_digest])


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()
