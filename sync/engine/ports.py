"""What the engine needs from the world. Implementations live in `connectors` and `sync.store`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from sync.core.columns import Cell, ListSchema, Row
from sync.core.run_report import Requests
from sync.core.snapshot import Baseline, RecordId
from sync.engine.targets import Source
from sync.errors import PortfolioSyncError


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """Values for one item's columns, by internal name; `version` is the ETag that was read."""

    item_id: int
    version: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Applied:
    """Done; `version` is the new ETag where the host told it."""

    version: str | None = None


@dataclass(frozen=True, slots=True)
class Raced:
    """Not done: someone changed the item since it was read."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Not done: the host asked us to wait for longer than we may."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Not done, and trying again would not help."""

    error: PortfolioSyncError


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost or broken: the write may have happened, so the item must be read before anything else."""

    reason: str


Outcome = Applied | Raced | Throttled | Failed | Unknown


@dataclass(frozen=True, slots=True)
class Hop:
    """One step on the way to a list that was passed: `host`, `sign-in`, `site`, `list`, `permission`."""

    name: str
    detail: str


class ListStore(Protocol):
    """Lists of items somewhere. Every method raises a `SourceError` whose kind says what is wrong.

    Retrying is the store's business and nobody else's; a write is retried only when the host said it was not done.
    """

    def probe(self, source: Source) -> Iterator[Hop]:
        """Each hop towards the list as it is passed; raises at the first that fails."""

    def describe(self, source: Source) -> ListSchema:
        """The list's columns and its site's time zone, now."""

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        """Every item, in pages by ascending id, with only these columns (internal names).

        Ends early only by raising: pages that arrived before are then a partial read.
        """

    def read_items(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Sequence[int]
    ) -> Mapping[int, Row]:
        """These items as they are now; items that no longer exist are absent."""

    def apply(self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite]) -> Iterator[Outcome]:
        """Writes in the source's mode; yields one outcome per write, in order, as requests complete.

        Never raises for a failed write: that is an outcome. Refuses (DefectError, before anything is sent) a payload
        with a column that is not among the source's owned columns.
        """

    def usage(self) -> Requests:
        """What this store's requests have cost since it was made."""

    def close(self) -> None: ...


class RunMode(StrEnum):
    PLAN = "plan"
    RECONCILE = "reconcile"
    DEMO = "demo"
    NIGHTLY = "nightly"


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
    outcome: str | None  # done | waiting | partial | failed; None while it runs, or when it was cut short
    night: date | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the last applied run of one source knew of its list, so that the next can tell what changed."""

    host: str
    list_guid: str
    source: str
    policy_digest: str
    schema_digest: str
    records: int
    run_id: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Why one record has its values, as of one run; `content` is what `explain` shows. Restricted records have none."""

    id: RecordId
    source: str
    key: str
    content: Mapping[str, Any]


class RunStore(Protocol):
    """What a portfolio remembers. Each method is one short transaction; times are aware UTC."""

    def begin(self, run: RunStart) -> bool:
        """Records the start; False (and nothing recorded) where this job already ran for this night."""

    def finish(self, run_id: str, finished: datetime, outcome: str, report: Mapping[str, Any]) -> None: ...

    def runs(self, limit: int = 20) -> Sequence[RunSummary]:
        """Newest first."""

    def report(self, run_id: str | None = None) -> Mapping[str, Any] | None:
        """That run's report, or the newest finished one; None where there is none."""

    def night_done(self, job: str, night: date) -> bool: ...

    def baselines(self, host: str, list_guid: str) -> Mapping[RecordId, Baseline]: ...

    def save_baselines(self, baselines: Iterable[Baseline]) -> None:
        """Inserts or replaces, by record id."""

    def source_states(self, host: str, list_guid: str) -> Mapping[str, SourceState]:
        """By the source's name: several sources may share a list, each with rows of its own."""

    def save_source_state(self, state: SourceState) -> None: ...

    def approve(self, digest: str, by: str, at: datetime, through: str) -> None:
        """Keeps who approved which plan, when, and through what (`reconcile --yes`, `prompt`, `demo`)."""

    def save_decisions(self, run_id: str, source: str, decisions: Iterable[Decision]) -> None:
        """Replaces what was kept for that source."""

    def decisions(self, key: str, source: str | None = None) -> Sequence[Decision]:
        """The last run's decisions about the records of that key (without regard to case)."""

    def close(self) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""

    def sleep(self, seconds: float) -> None: ...
