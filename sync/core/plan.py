"""What a run would write, and what it refuses to: a value that is shown, digested, and only then executed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sync.core.findings import Finding
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import RecordId

WITHHELD = "(restricted)"
_LABELS = frozenset({OwnedField.STATUS, OwnedField.OVERDUE})


class Guard(StrEnum):
    """What made a plan stop; the rules are in `guards`, the table of them in docs/guarantees.md."""

    PARTIAL_READ = "partial_read"
    EMPTY_READ = "empty_read"
    FIRST_RUN = "first_run"
    POLICY_CHANGED = "policy_changed"
    COLUMN_GONE = "column_gone"
    FOREIGN_VALUE = "foreign_value"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Holds back a whole source, or (`FOREIGN_VALUE`) single fields of it: what was seen, the limit, what to do next.

    `approvable`: a person who has seen the plan can lift it; otherwise it ends when its cause ends. `--yes` lifts only
    those that anybody's first look at a plan lifts: see `yes_lifts`.
    """

    source: str
    guard: Guard
    seen: str
    limit: str
    advice: str
    approvable: bool

    @property
    def holds_source(self) -> bool:
        return self.guard is not Guard.FOREIGN_VALUE

    @property
    def doubts_read(self) -> bool:
        """Whether nothing may be concluded from what was read, neither here nor in lists that rest on it."""
        return self.guard in (Guard.PARTIAL_READ, Guard.EMPTY_READ)

    @property
    def yes_lifts(self) -> bool:
        """Whether answering the prompt or saying `--yes` is approval enough."""
        return self.approvable and self.guard in (Guard.FIRST_RUN, Guard.POLICY_CHANGED)

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
    """

    source: str
    id: RecordId
    key: str
    version: str
    set: Mapping[OwnedField, OwnedValue]
    was: Mapping[OwnedField, OwnedValue]
    why: tuple[str, ...]
    restricted: bool = False

    def to_json(self) -> dict[str, Any]:
        """As in the run report; what a restricted record says about itself stays in its own list."""
        return {
            "source": self.source,
            "item": self.id.item_id,
            "key": self.key,
            "set": self._shown(self.set, _LABELS),
            # A person may have typed anything into a column of text, also one that is meant for a label.
            "was": self._shown(self.was, frozenset()),
            "why": [WITHHELD] if self.restricted else list(self.why),
        }

    def _shown(
        self, values: Mapping[OwnedField, OwnedValue], open_fields: frozenset[OwnedField]
    ) -> dict[str, str | bool | None]:
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
        writes = sorted(
            [*_place(write.id), owned_field, plain(write.was.get(owned_field)), plain(value)]
            for write in self.writes
            for owned_field, value in write.set.items()
        )
        refusals = sorted([refusal.source, refusal.guard, refusal.seen] for refusal in self.refusals)
        content = json.dumps([writes, refusals, self.policy_digest], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def held(self, *, approved: bool) -> frozenset[str]:
        """The sources that nothing may be written to, given whether somebody said yes to this plan."""
        return frozenset(r.source for r in self.refusals if r.holds_source and not (approved and r.yes_lifts))

    def to_json(self) -> dict[str, Any]:
        """As in the run report, where findings have a place of their own."""
        return {
            "digest": self.digest,
            "writes": [write.to_json() for write in self.writes],
            "refusals": [refusal.to_json() for refusal in self.refusals],
        }


def plain(value: OwnedValue) -> str | bool | None:
    """An owned value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def _place(record_id: RecordId) -> tuple[Any, ...]:
    return record_id.host, record_id.list_guid, record_id.item_id
