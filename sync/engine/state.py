"""What is kept of runs from one to the next: values that a RunStore takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sync.core.frozen import Occasion
from sync.core.known import Known, LastApplied
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import Baseline, RecordId


class RunMode(StrEnum):
    PLAN = "plan"
    RECONCILE = "reconcile"
    DEMO = "demo"
    NIGHTLY = "nightly"
    UNDO = "undo"
    PROVISION = "provision"


@dataclass(frozen=True, slots=True)
class RunStart:
    """`night` is the local date of a scheduled run: a job runs at most once for it. Times are aware UTC."""

    id: str
    mode: RunMode
    started: datetime
    today: date
    job: str | None = None
    night: date | None = None


@dataclass(frozen=True, slots=True)
class RunSummary:
    id: str
    mode: RunMode
    started: datetime
    finished: datetime | None
    today: date
    outcome: str | None  # see `run_report.Outcome`; None while it runs, or when it was cut short
    night: date | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the last runs of one source knew of its list, so that the next can tell what changed.

    `policy_digest`: of the mapping and policies under which a person, or the guards' silence, last let `run_id` write.
    `applied`: what the last run that was carried through saw; None while the first one has not been.
    """

    host: str
    list_guid: str
    source: str
    policy_digest: str
    run_id: str
    applied: LastApplied | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """Everything known of one list: baselines by record, states by source, and the records that were known."""

    baselines: Mapping[RecordId, Baseline] = field(default_factory=dict)
    states: Mapping[str, SourceState] = field(default_factory=dict)
    known: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Why one record has its values, as of one run; `content` is what `explain` shows. Restricted records have none."""

    id: RecordId
    source: str
    key: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which plan, when, and through what (`reconcile --yes`, `prompt`, `demo`). `by`: by number."""

    digest: str
    by: int
    at: datetime
    through: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write. A generation is given out once: the higher one fences off every lower one."""

    run_id: str
    generation: int


class IntentState(StrEnum):
    """`open`: about to be written, or cut short. `done`: written. `skipped`: not written, and known not to be.
    `resolved`: found, by reading, to have been written by a run that did not live to say so."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    RESOLVED = "resolved"

    @property
    def is_written(self) -> bool:
        return self in (IntentState.DONE, IntentState.RESOLVED)


@dataclass(frozen=True, slots=True)
class Intent:
    """One item's values, journalled before they are written. `id` is unique for ever: run, item and round.

    `set` holds the stamp as well, where there is one; `was` what each column held when it was read; `grounds` is of
    the audit.
    """

    id: str
    run_id: str
    source: str
    record: RecordId
    set: Mapping[OwnedField, OwnedValue]
    was: Mapping[OwnedField, OwnedValue]
    version: str | None
    grounds: Mapping[OwnedField, str] = field(default_factory=dict)
    restricted: bool = False
    state: IntentState = IntentState.OPEN


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Who a number in the audit is. `ident` is the account's number or name within `scope`."""

    number: int
    scope: str
    ident: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A report that was frozen: why, for which board, and as of which day. `id` is unique for ever. `period`: the month
    (its first day) or the meeting that it is for. `revision` counts from 0; a later one `restates` the one of that id,
    and says `why`."""

    id: str
    occasion: Occasion
    board: str | None = None
    as_of: date
    period: date | None = None
    run_id: str
    made: datetime
    revision: int = 0
    restates: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """What was frozen, or what the newest run saw. `header` and `parts` (by source) are plain values: no person's name
    is in them, people are surrogate numbers."""

    of: Frozen
    header: Mapping[str, Any]
    parts: Mapping[str, Any]


LATEST = "latest"
"""The id of the archive of what the newest run saw."""


def latest_of(run_id: str, today: date, started: datetime) -> Frozen:
    """What the archive of the newest run is called: as of its day, made when it started."""
    return Frozen(id=LATEST, occasion=Occasion.LATEST, as_of=today, run_id=run_id, made=started)
