"""What the engine needs from the world. Implementations live in `connectors` and `sync.store`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sync.core.audit import Anchor, Entry, Link
from sync.core.columns import Cell, ListSchema, Row, Version
from sync.core.doubts import Answer, Doubt
from sync.core.history import History
from sync.core.known import Known
from sync.core.provisioning.made import Made
from sync.core.run_report import Requests
from sync.core.snapshot import Baseline
from sync.engine.asked import Answer as ListAnswer
from sync.engine.asked import Asked
from sync.engine.mirrors import Mirrors
from sync.engine.state import (
    Approval,
    Archive,
    Decision,
    Frozen,
    Intent,
    IntentState,
    KnownPerson,
    Lease,
    Remembered,
    RunStart,
    RunSummary,
    SourceState,
)
from sync.engine.targets import Source
from sync.errors import PortfolioSyncError


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """Values for one item's columns, by internal name; `version` is the ETag that was read."""

    item_id: int
    version: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class ListWrites:
    """Writes into one list."""

    source: Source
    schema: ListSchema
    writes: Sequence[ItemWrite]


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


Permit = Callable[[], None]
"""Raises where nothing may be written any more."""


def unconditionally() -> None:
    """Permits everything."""


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

    def ask(self, site: str, asked: Sequence[Asked]) -> Sequence[ListAnswer]:
        """One answer each, in order, in as few requests as carry them; everything that is asked is of that site.

        What goes wrong with one of them is its answer, a SourceError. What is asked after `HeadsAsked` is answered no
        earlier than that: whatever it lacks, the next heads have another mark for. The changes of a list are asked
        since a place that its head, or its schema, told.
        """

    def units(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Collection[int] | None = None
    ) -> int:
        """What asking for the whole list costs, or for these of its items, in resource units. Asks nobody."""

    def handle(self, source: Source, schema: ListSchema) -> str:
        """The schema's handle with what was learnt since it was described. Asks nobody."""

    def versions(self, source: Source, schema: ListSchema, columns: Sequence[str], item_id: int) -> tuple[Version, ...]:
        """The item's versions, newest first, with only these columns; empty where the list keeps none. Bounded: the
        newest hundred."""

    def clock_difference(self) -> timedelta | None:
        """The server's clock less ours, as of the answer that was received last; None before there is one."""

    def apply(
        self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite], permit: Permit = unconditionally
    ) -> Iterator[Outcome]:
        """Writes in the source's mode; yields one outcome per write, in order, as requests complete.

        `permit` is asked before every request that writes, also one that is repeated after a wait; what it raises ends
        the writing and reaches the caller.

        Never raises for a failed write: that is an outcome. Refuses (DefectError, before anything is sent) a payload
        with a column that is not among the source's owned columns.
        """

    def apply_together(self, lists: Sequence[ListWrites], permit: Permit = unconditionally) -> Iterator[Outcome]:
        """As `apply`, into lists of one site, in as few requests as carry it: one outcome per write, list by list."""

    def usage(self) -> Requests:
        """What this store's requests have cost since it was made."""

    def close(self) -> None: ...


class Journal(Protocol):
    """Intents before writes, outcomes after them, under a lease that one run at a time has.

    Every method that is given a lease first compares its generation with the database's, in the same transaction, and
    raises LeaseLostError, changing nothing, where another run has taken over.
    """

    def take_lease(self, run_id: str, holder: str, at: datetime) -> Lease:
        """The lease, with a new generation; LockHeldError, naming the run, while another live run has it.

        A run that died has none: its lock goes with its process (SQLite) or its connection (PostgreSQL).
        """

    def release(self, lease: Lease) -> None:
        """Gives the lease up; does no harm where it was lost."""

    def check(self, lease: Lease) -> None:
        """Before every request that writes: raises LeaseLostError where the lease was lost."""

    def open_intents(self) -> Sequence[Intent]:
        """Those of runs that were cut short, by source and item, the oldest first."""

    def intend(
        self,
        lease: Lease,
        intents: Sequence[Intent],
        *,
        states: Sequence[SourceState] = (),
        approval: Approval | None = None,
        audit: Sequence[Entry] = (),
    ) -> None:
        """All of it or nothing: the writes about to be made, and what was approved so that they may be."""

    def settle(
        self,
        lease: Lease,
        settled: Mapping[str, IntentState],
        *,
        baselines: Sequence[Baseline] = (),
        audit: Sequence[Entry] = (),
    ) -> None:
        """All of it or nothing: what became of intents (by id), the baselines that follow, and the record of it."""

    def conclude(
        self,
        lease: Lease,
        states: Sequence[SourceState],
        *,
        known: Mapping[tuple[str, str, str], Sequence[Known]],
        audit: Sequence[Entry] = (),
        histories: Iterable[History] = (),
    ) -> None:
        """What a run leaves for the next: source states, by (host, list GUID, source) every record it knew, which
        replaces what was known before, and the histories that it went on with, each in place of the one of its number.
        """

    def writes_of(self, run_id: str) -> Sequence[Intent]:
        """Every intent of that run, by source and item: what `runs undo` takes back."""

    def keep_made(self, lease: Lease, thing: Made, audit: Sequence[Entry] = ()) -> None:
        """What `provision` is about to make, or has made, in place of what was kept of it before; with its record."""

    def forget_made(self, lease: Lease, things: Sequence[Made], audit: Sequence[Entry] = ()) -> None:
        """What is no more, or is not ours any longer; one that is not kept is no error. With its record."""


class AuditTrail(Protocol):
    """The append-only, hash-chained record of decisions and writes, and the one table that says who a number is."""

    def links(self, run_id: str | None = None) -> Iterator[Link]:
        """In order, of one run or of all; read in chunks, so that any number of them fits."""

    def anchor(self) -> Anchor:
        """Where the chain begins: after what was purged, else before the first entry."""

    def head(self) -> Anchor:
        """Where the chain ends."""

    def append(self, entries: Sequence[Entry]) -> None:
        """Outside a run: what a person did to the record itself (a purge, an erasure)."""

    def purge(self, through: int, entries: Sequence[Entry]) -> int:
        """Deletes the links up to that number and keeps the last one's hash as the anchor; answers how many went.
        `entries` are appended in the same transaction."""

    def person(self, scope: str, ident: str, name: str | None = None) -> int:
        """The surrogate number of an account: `scope` says among whom `ident` is unique (a site's address, or
        `account` for the account that runs this program). Made at first sight; `name` is kept where it is given."""

    def people(self) -> Sequence[KnownPerson]:
        """Everybody who has a number and was not erased."""

    def erase(self, number: int) -> None:
        """Forgets who a number was, for good; the number itself stays in the record."""


class RunStore(Protocol):
    """What a portfolio remembers. Each method is one short transaction; times are aware UTC.

    What a run changes on the strength of its lease goes through the `journal`, and only through it.
    """

    @property
    def installation_id(self) -> str:
        """Tells this database from every other; made when it was, and never changed."""

    @property
    def journal(self) -> Journal: ...

    @property
    def audit(self) -> AuditTrail: ...

    @property
    def mirrors(self) -> Mirrors:
        """What lists held when they were seen last."""

    def begin(self, run: RunStart) -> bool:
        """Records the start; False (and nothing recorded) where this job already ran for this night."""

    def finish(self, run_id: str, finished: datetime, outcome: str, report: Mapping[str, Any]) -> None: ...

    def runs(self, limit: int = 20) -> Sequence[RunSummary]:
        """Newest first."""

    def report(self, run_id: str | None = None) -> Mapping[str, Any] | None:
        """That run's report, or the newest finished one; None where there is none."""

    def night_done(self, job: str, night: date) -> bool: ...

    def remembered(self, host: str, list_guid: str) -> Remembered:
        """Everything known of one list."""

    def places(self) -> Sequence[tuple[str, str]]:
        """The host and GUID of every list of which a source state is kept, sorted."""

    def save_decisions(self, run_id: str, source: str, decisions: Iterable[Decision]) -> None:
        """Replaces what was kept for that source."""

    def decisions(self, key: str, source: str | None = None) -> Sequence[Decision]:
        """The last run's decisions about the records of that key (without regard to case)."""

    def histories(self) -> Sequence[History]:
        """Those of every record that was ever carried through, gone or not, by number."""

    def save_doubts(self, run_id: str, doubts: Sequence[Doubt]) -> None:
        """Replaces those of the run before; the run must have begun."""

    def doubts(self) -> Sequence[Doubt]:
        """Those of the newest run that said which there are, in its order."""

    def keep_answer(self, answer: Answer) -> None:
        """Keeps what a person said, in place of what was said of that doubt before; `by` must be a known number."""

    def answers(self) -> Mapping[str, Answer]:
        """Every answer that was ever given, by the id of its doubt."""

    def save_latest(self, run_id: str, header: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
        """Replaces the one latest archive with what this run saw, in one step; the run must have begun. Header and
        parts (by source) are plain values, see `Archive`."""

    def freeze(self, frozen: Frozen, header: Mapping[str, Any], parts: Mapping[str, Any]) -> bool:
        """Keeps a report for good: nothing but an erasure changes it. False (and nothing kept) where one of that id is
        kept, or of that occasion, board, day and revision: a night that was cut short and runs again freezes once."""

    def frozen(self) -> Sequence[Frozen]:
        """Reports that were frozen, the newest first; the latest is not among them."""

    def archive(self, archive_id: str | None = None) -> Archive | None:
        """What was frozen under that id, or the latest; None where there is none."""

    def frozen_header(self, archive_id: str) -> Mapping[str, Any] | None:
        """Only what was frozen of the whole; None where there is none."""

    def purge_frozen(self, before: date) -> int:
        """Deletes what was frozen as of an earlier day; answers how many went. The latest stays."""

    def made(self) -> Sequence[Made]:
        """Everything that `provision` made, or was about to make, and that was not taken away again, sorted."""

    def mentions(self, text: str) -> Sequence[str]:
        """Where these words stand in what is kept of the lists, said for a person to look for and sorted: in reports,
        decisions, the journal, the values last written, histories, doubts and frozen reports. Whole words, without
        regard to case and space."""

    def redact(self, text: str) -> int:
        """Takes these words out of reports, decisions, settled intents, histories, doubts and frozen reports, for good;
        answers how many of them were changed. The values last written stay: the lists hold them, and a run that finds
        others there takes it for an edit. So do the values of a frozen report that are no words of staff's (see
        `archive.WORDLESS`). What lists held when they were seen last is dropped, and they are read again."""

    def close(self) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""

    def sleep(self, seconds: float) -> None: ...
