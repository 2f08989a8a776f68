"""A council of one project, one milestone and one archived row, with the acts that can befall it and a judge of each.

The world is real: the engine over lists and a database in memory. What staff last said is kept beside it, and so is
what the second opinion (`oracle`) says of each of our values. Every run is judged as it goes and when it has ended.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.approval import Consent, Level
from sync.core.audit import Act as AuditAct
from sync.core.audit import verify
from sync.core.columns import Cell, Column, ColumnType
from sync.core.dates import site_midnight
from sync.core.findings import FindingKind
from sync.core.model import Kind
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode
from sync.core.plan import Guard
from sync.core.policy import FieldMapping, OverduePolicy, Policies, WritePolicy
from sync.core.run_report import RunReport
from sync.engine.run import Approver, RunContext, RunRequest, execute
from sync.engine.state import Intent, RunMode
from sync.engine.targets import Auth, Connection, ListAddress, Portfolio, Source
from sync.engine.undo import undo
from sync.errors import LeaseLostError
from sync.store.memory import MemoryRunStore
from tests.support import oracle
from tests.support.crashing import CountedRuns, CountedStore, Effects, Killed, Touch, versions_kept
from tests.support.fake_clock import FakeClock
from tests.support.oracle import Place, Row, Verdict

SITE, ZONE = "/sites/demo", "Europe/London"
FIRST_DAY = date(2026, 6, 17)
AHEAD, PASSED = date(2026, 12, 1), date(2026, 6, 10)
PROJECT, ARCHIVED, MILESTONE = ("Projects", 1), ("Projects", 2), ("Milestones", 1)
SOON = (7, 21)
_COLUMN = {
    "status": "PSStatus",
    "overdue": "PSOverdue",
    "overdue_since": "PSOverdueSince",
    "reason": "PSReason",
    "check": "PSCheck",
}
_FIELD = {name: each for each, name in _COLUMN.items()}
_TYPES = {"overdue_since": ColumnType.DATE, "reason": ColumnType.NOTE, "check": ColumnType.NOTE}
STAMP = "PSStamp"


@dataclass(frozen=True, slots=True)
class Terms:
    """How the lists are written to."""

    mode: WriteMode = WriteMode.QUIET
    drift: DriftPolicy = DriftPolicy.RESTORE
    stamped: bool = True

    def __str__(self) -> str:
        return f"{self.mode}-{self.drift}-{'stamped' if self.stamped else 'unstamped'}"


@cache
def portfolio(terms: Terms, soon_days: int) -> Portfolio:
    """Both lists, the projects with their rows in scope."""
    words = {"on_track": ("On track",), "at_risk": ("At risk",), "complete": ("Done",)}
    status = FieldMapping(column=("Status",), values=words)
    reference = FieldMapping(column=("Project",), refers_to=("Projects",))
    title, due = FieldMapping(column=("Title",)), FieldMapping(column=("Due",))
    projects = _source(
        "Projects",
        terms,
        kind=Kind.PROJECT,
        key="Ref",
        fields={"title": title, "status": status, "end": due},
        where={"Archived": ("No",)},
    )
    fields = {"title": title, "project": reference, "original": due}
    milestones = _source("Milestones", terms, kind=Kind.MILESTONE, fields=fields)
    return Portfolio(
        name="Council",
        time_zone=ZONE,
        path=Path("portfolio.yaml"),
        connections={"memory": Connection(name="memory", host="https://memory.example", auth=Auth.EMULATOR)},
        sources={"Projects": projects, "Milestones": milestones},
        policies=Policies(overdue=OverduePolicy(due_soon_days=soon_days)),
    )


def _source(title: str, terms: Terms, **more: Any) -> Source:
    columns = {OwnedField(name): _COLUMN[name] for name in oracle.COLUMNS[title]}
    if terms.stamped:
        columns[OwnedField.STAMP] = STAMP
    return Source(
        name=title,
        connection="memory",
        site=SITE,
        list=ListAddress(title=title),
        write=WritePolicy(mode=terms.mode, drift=terms.drift, columns=columns),
        **more,
    )


def _lists() -> MemoryStore:
    store = MemoryStore()
    for title in oracle.COLUMNS:
        names = ("Title", "Ref", "Status", "Archived") if title == "Projects" else ("Title", "Project")
        staff = [Column(name, name, ColumnType.TEXT) for name in names]
        ours = [Column(_COLUMN[each], each, _TYPES.get(each, ColumnType.TEXT)) for each in oracle.COLUMNS[title]]
        due, stamp = Column("Due", "Due", ColumnType.DATE), Column(STAMP, "Stamp", ColumnType.TEXT)
        store.add_list(SITE, title, [*staff, due, *ours, stamp], zone=ZONE)
    return store


def staff_cells(place: Place, row: Row) -> dict[str, Cell]:
    """What staff typed into a row, as the list holds it."""
    due = site_midnight(row.due, ZONE) if row.due else None
    if place[0] == "Milestones":
        return {"Title": f"Milestone {place[1]}", "Project": row.ref, "Due": due}
    archived = "Yes" if row.archived else "No"
    return {"Title": f"Project {place[1]}", "Ref": row.ref, "Status": row.status, "Archived": archived, "Due": due}


def shown(cell: Cell) -> oracle.Value:
    """What a person sees in one of our columns."""
    if isinstance(cell, datetime):
        return cell.astimezone(ZoneInfo(ZONE)).date()
    assert cell is None or isinstance(cell, str)
    return cell or None


@dataclass(frozen=True, slots=True)
class Written:
    """One of our values that reached a list."""

    guid: str
    item: int
    field: str
    value: oracle.Value


@dataclass
class World:
    """The lists, the database, and what everybody last did to them. `quiet`: nothing happened since a run ended.

    `guessed`: items that somebody typed into while a write of ours was open, or about to be, that leaves no stamp.
    Whether it was done nobody can tell by reading, so the record may say either; and the very value that it was to
    write may be taken for ours.
    """

    terms: Terms
    store: MemoryStore
    runs: MemoryRunStore
    rows: dict[Place, Row]
    cells: dict[tuple[Place, str], oracle.Cell]
    bin: dict[Place, Row] = field(default_factory=dict)
    now: datetime = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
    today: date = FIRST_DAY
    soon: int = 0
    started: int = 0
    quiet: bool = False
    written: list[Written] = field(default_factory=list)
    guessed: frozenset[tuple[str, int]] = frozenset()
    running: "Running | None" = None

    def copy(self) -> "World":
        """Another world that is the same and has its own future."""
        return replace(
            self,
            store=self.store.copy(),
            runs=self.runs.copy(),
            rows=dict(self.rows),
            cells=dict(self.cells),
            bin=dict(self.bin),
            written=list(self.written),
        )

    def kept(self, title: str) -> MemoryList:
        return self.store.list_at(SITE, title)

    def wants(self) -> dict[tuple[Place, str], oracle.Want]:
        wanted = oracle.wanted(self.rows, self.today, SOON[self.soon])
        return {(place, name): want for place, each in wanted.items() for name, want in each.items()}

    def verdicts(self, cells: Mapping[tuple[Place, str], oracle.Cell]) -> dict[tuple[Place, str], frozenset[Verdict]]:
        """What a run that starts now may do about every value that is there."""
        return {
            key: oracle.verdicts(cells[key], want, self.terms.drift.value, in_scope=not self.rows[key[0]].archived)
            for key, want in self.wants().items()
        }

    # What staff do.

    def edits(self, place: Place, **changes: Any) -> None:
        """A colleague changes what is theirs."""
        self.rows[place] = replace(self.rows[place], **changes)
        self._edit(place, staff_cells(place, self.rows[place]))

    def types(self, place: Place, name: str, value: str | None) -> None:
        """A colleague types into a column of ours."""
        self._edit(place, {_COLUMN[name]: value})
        self.cells[place, name] = self.cells[place, name].typed(value)
        if self._leaves_no_stamp(place):
            self.guessed |= {self._record(place)}
            if value in self._waiting_for(place, name):
                self.cells[place, name] = self.cells[place, name].perhaps_agreed(value)
        if self.running:
            self.running.typed.add((place, name))

    def _leaves_no_stamp(self, place: Place) -> bool:
        """Whether an unsettled write to a row may be one without a stamp, as those are that clear what left scope."""
        if self.running and (not self.terms.stamped or self.rows[place].archived):
            return True
        stamp = OwnedField.STAMP
        return any(intent.set.get(stamp) == intent.was.get(stamp) for intent in self.unsettled(place))

    def _waiting_for(self, place: Place, name: str) -> list[oracle.Value]:
        """What unsettled writes set, or were to set."""
        owned = OwnedField(name)
        return [intent.set[owned] for intent in self.unsettled(place) if owned in intent.set]

    def unsettled(self, place: Place) -> list[Intent]:
        record, intents = self._record(place), self.runs.journal.open_intents()
        return [each for each in intents if (each.record.list_guid, each.record.item_id) == record]

    def _record(self, place: Place) -> tuple[str, int]:
        return self.kept(place[0]).guid, place[1]

    def removes(self, place: Place) -> None:
        title, number = place
        self.bin[place] = self.rows.pop(place)
        self.kept(title).delete(number)
        self._happened(place)

    def restores(self, place: Place) -> None:
        """Out of the recycle bin, as it was and with its number."""
        self.rows[place] = self.bin.pop(place)
        self.kept(place[0]).restore(place[1])
        self._happened(place)
        if self.running:
            self.running.back.add(self._record(place))

    def _edit(self, place: Place, cells: Mapping[str, Cell]) -> None:
        self.kept(place[0]).edit(place[1], at=self.now, **cells)
        self._happened(place)

    def _happened(self, place: Place) -> None:
        self.quiet = False
        if self.running:
            self.running.meanwhile(place)

    # What we do.

    def run(
        self, effects: Effects | None = None, level: Level = Level.YES, *, doubtful: bool = False
    ) -> RunReport | None:
        """One run, judged; None where it was killed. Everything that a killed process held is gone.

        `doubtful`: something was arranged for which a run may leave things undone.
        """
        return self._run(self.runs, effects or Effects(), level, doubtful=doubtful)

    def takes_back(self, run_id: str, effects: Effects | None = None) -> bool:
        """Undoes that run; False where the undo was killed."""
        self.quiet = False
        running = self.running = Running(self, Level.YES, doubtful=True, takes_back=True)
        try:
            undo(self._context(self.runs, effects or Effects(), running.touched), run_id, approver=_approver(Level.YES))
        except Killed:
            self.runs = self.runs.copy()
            return False
        finally:
            running.was_cut_short()
            self.running = None
        return True

    def second(self) -> None:
        """Another process on the same lists and the same database: one run, while ours may be under way.

        Raises LockHeldError where ours has the lease.
        """
        ours, self.running = self.running, None
        try:
            self._run(self.runs.again(), Effects(), Level.YES, doubtful=True)
        finally:
            self.running = ours

    def is_taken_over(self) -> None:
        """Our lock is lost, as when the database's connection breaks, and another process runs to its end."""
        self.runs.journal.lose_lock()
        self.second()
        assert self.running is not None
        self.running.fenced = True

    def plans(self) -> None:
        """A dry run, which changes nothing that a run would look at."""
        before = [self.runs.remembered(self.store.host, kept.guid) for kept in self.store.lists.values()]
        written, intents = len(self.store.writes), self.runs.journal.open_intents()
        execute(self._context(self.runs, Effects(), lambda _touch: None), RunRequest(RunMode.PLAN, today=self.today))
        after = [self.runs.remembered(self.store.host, kept.guid) for kept in self.store.lists.values()]
        assert (after, len(self.store.writes), self.runs.journal.open_intents()) == (before, written, intents)

    def _context(self, runs: MemoryRunStore, effects: Effects, watch: Callable[[Touch], None]) -> RunContext:
        self.started += 1
        self.now += timedelta(minutes=1)
        number = self.started
        return RunContext(
            portfolio=portfolio(self.terms, SOON[self.soon]),
            lists={"memory": CountedStore(self.store, effects, watch, versions_kept(runs))},  # type: ignore[dict-item]
            runs=CountedRuns(runs, effects),  # type: ignore[arg-type]
            clock=FakeClock(self.now),
            new_suffix=lambda: f"{number:04x}",
        )

    def _run(self, runs: MemoryRunStore, effects: Effects, level: Level, *, doubtful: bool) -> RunReport | None:
        # A person's word may let through what the last run held back.
        self.quiet = self.quiet and level is not Level.DIGEST
        running = self.running = Running(self, level, doubtful)
        context = self._context(runs, effects, running.touched)
        try:
            result = execute(
                context,
                RunRequest(RunMode.RECONCILE, today=self.today),
                approver=_approver(level),
            )
        except Killed:
            self.runs = self.runs.copy()
            running.was_cut_short()
            return None
        except LeaseLostError:
            running.was_cut_short()
            raise
        else:
            running.has_ended(result.report)
            return result.report
        finally:
            self.running = None


def _approver(level: Level) -> Approver:
    return lambda _plan: Consent(write=True, level=level, through="test")


@dataclass
class Running:
    """One run under way: what was there when it started, what it writes, what others do meanwhile, and the verdict."""

    world: World
    level: Level
    doubtful: bool
    fenced: bool = False
    takes_back: bool = False

    def __post_init__(self) -> None:
        self.rows = dict(self.world.rows)
        self.cells = dict(self.world.cells)
        self.wants = self.world.wants()
        self.verdicts = self.world.verdicts(self.cells)
        self.touches: list[str] = []
        self.disturbed: dict[str, int] = {}
        self.typed: set[tuple[Place, str]] = set()
        self.back: set[tuple[str, int]] = set()

    @property
    def is_calm(self) -> bool:
        """Whether nothing came in between."""
        return not self.disturbed and not self.doubtful

    def meanwhile(self, place: Place) -> None:
        """Somebody did something to a row."""
        self.disturbed[place[0]] = len(self.touches)

    def touched(self, touch: Touch) -> None:
        """A write took effect."""
        world, place = self.world, (touch.title, touch.item)
        self.touches.append(touch.title)
        assert not self.fenced, f"{place} was written by a run that had lost its lease"
        assert not world.quiet, f"a second run wrote {dict(touch.cells)} into {place}"
        assert touch.cells.keys() <= {*_FIELD, STAMP}, f"a column of staff's was written: {sorted(touch.cells)}"
        if touch.mode is WriteMode.VERSIONED:
            assert touch.version == touch.read, f"{place} was written although it had changed since it was read"
        assert self._is_intended(touch), f"{place} was written without an intent"
        for column, cell in touch.cells.items():
            if column != STAMP:
                self._wrote((place, _FIELD[column]), shown(cell), touch.guid)

    def _wrote(self, key: tuple[Place, str], value: oracle.Value, guid: str) -> None:
        world = self.world
        now = world.verdicts(world.cells).get(key, frozenset())
        either = self.verdicts.get(key, now) | now
        lifted = {Verdict.ASKS, Verdict.LEAVES} if self.level is Level.DIGEST else set()
        may = any(each.is_written or each in lifted for each in either)
        # The same dates may be told in other words. That nothing is written twice shows in the next run.
        retold = key[1] == "reason" and (Verdict.SAME in either or not self.cells[key].by_person)
        free = retold or self.takes_back or key in self.typed
        assert may or free, f"{key} was not ours to write: {sorted(each.value for each in now)}"
        world.cells[key] = world.cells[key].written(value)
        world.written.append(Written(guid, key[0][1], key[1], value))

    def _is_intended(self, touch: Touch) -> bool:
        ours = {_FIELD.get(column, "stamp"): shown(cell) for column, cell in touch.cells.items()}
        intents = self.world.unsettled((touch.title, touch.item))
        return any({name.value: value for name, value in intent.set.items()} == ours for intent in intents)

    def was_cut_short(self) -> None:
        """Nobody knows what it had agreed to."""
        self.world.quiet = False
        self._perhaps_agreed()

    def _perhaps_agreed(self) -> None:
        """What was there when the run began, or is now, and was right then, or is now."""
        world = self.world
        then, now = self.cells, dict(world.cells)
        for rows, cells, wants in ((self.rows, then, self.wants), (world.rows, now, world.wants())):
            known = {place for (place, _), cell in cells.items() if cell.is_known}
            for key, want in wants.items():
                if key[0] not in known and rows[key[0]].archived:
                    continue
                for live in {then[key].live, now[key].live}:
                    if want.fits(live):
                        world.cells[key] = world.cells[key].perhaps_agreed(live)

    def has_ended(self, report: RunReport) -> None:
        world = self.world
        stopped = any(source.problems for source in report.sources) and not self.is_calm
        if not stopped:
            self._holds_what_it_should()
        self._reports(report)
        calm = self.is_calm
        if calm:
            known = {place for (place, _), cell in world.cells.items() if cell.is_known}
            for key, want in world.wants().items():
                in_scope = not world.rows[key[0]].archived
                if key[0] in known or in_scope:
                    world.cells[key] = world.cells[key].after_a_run(want, in_scope=in_scope)
        else:
            self._perhaps_agreed()
        world.quiet = calm
        judge_lists(world)
        if not self.doubtful:
            judge_record(world, self.back)

    def _holds_what_it_should(self) -> None:
        """What a colleague did to a list before our last write there, in the quiet mode, is decided again in time."""
        if self.back & _waiting(self.world):
            return  # what came back with a write that is not settled yet is left to the next run
        in_time = all(title in self.touches[since:] for title, since in self.disturbed.items())
        if self.doubtful or not (self.is_calm or (in_time and self.world.terms.mode is WriteMode.QUIET)):
            return
        for key, each in self.world.verdicts(self.world.cells).items():
            undone = all(verdict.is_written for verdict in each)
            assert not undone, f"{key} holds {self.world.cells[key].live!r}, and {self.world.wants()[key]} is wanted"

    def _reports(self, report: RunReport) -> None:
        """A person's change is reported, and nothing else is taken for one."""
        told = {(each.source, each.item) for each in report.findings if each.kind is FindingKind.DRIFT}
        asked = {each.source for each in report.plan.refusals if each.guard is Guard.DRIFT}
        strange = {each.source for each in report.plan.refusals if each.guard is Guard.FOREIGN_VALUE}
        drifted = {Verdict.RESTORES, Verdict.RESPECTS}
        # A colleague may have been faster than our reading.
        later = self.world.verdicts(self.cells)
        either = {key: self.verdicts.get(key, each) | each for key, each in {**self.verdicts, **later}.items()}
        if self.world.terms.drift is DriftPolicy.ASK:
            drifted = {Verdict.ASKS}
        may = {key[0] for key, each in either.items() if not each.isdisjoint(drifted)}
        # What a reason tells of restored values is part of it, though nothing but dates is asked of a reason here.
        may |= {place for (place, name), cell in self.cells.items() if name == "reason" and cell.by_person}
        typed = {key[0] for key in self.typed}
        may_ask = {place[0] for place in may_be(either, Verdict.ASKS) | typed}
        may_leave = {place[0] for place in may_be(either, Verdict.LEAVES) | typed}
        assert told <= may | typed, f"drift is reported of {told - may}, where no person was the last to write"
        assert asked <= may_ask, f"{asked} asks, where no person was the last to write"
        assert strange <= may_leave, f"a stranger's value is reported in {strange}"
        if self.is_calm:
            must = {key[0] for key, each in self.verdicts.items() if each <= drifted}
            assert must <= told, f"a person's change in {must - told} is not reported"
            entries = (link.entry for link in self.world.runs.audit.links(report.id))
            kept = {(entry.source, entry.item) for entry in entries if entry.act is AuditAct.DRIFT}
            assert told <= kept, f"a person's change in {told - kept} is not on record"
            ask = {place[0] for place in must_be(self.verdicts, Verdict.ASKS)}
            assert ask <= asked, f"{ask - asked} has to ask"
            leave = {place[0] for place in must_be(self.verdicts, Verdict.LEAVES)}
            assert leave <= strange, f"a stranger's value in {leave - strange} is not reported"


def may_be(verdicts: Mapping[tuple[Place, str], frozenset[Verdict]], verdict: Verdict) -> set[Place]:
    return {key[0] for key, each in verdicts.items() if verdict in each}


def must_be(verdicts: Mapping[tuple[Place, str], frozenset[Verdict]], verdict: Verdict) -> set[Place]:
    return {key[0] for key, each in verdicts.items() if each == {verdict}}


def judge_lists(world: World) -> None:
    """Staff's cells are what staff last wrote, ours what was last written there, and the items are theirs."""
    there = {(kept.title, number) for kept in world.store.lists.values() for number in kept.items}
    assert there == set(world.rows), f"items were made or deleted: {there ^ set(world.rows)}"
    for place, row in world.rows.items():
        cells = world.kept(place[0]).items[place[1]].cells
        for name, value in staff_cells(place, row).items():
            assert cells.get(name) == value, f"{name} of {place} is {cells.get(name)!r}, and staff wrote {value!r}"
        for name in oracle.COLUMNS[place[0]]:
            assert shown(cells.get(_COLUMN[name])) == world.cells[place, name].live, f"{name} of {place}"


def judge_record(world: World, back: Collection[tuple[str, int]] = ()) -> None:
    """Every write is in the record, and the other way round, and no intent stays open after a run that ended: but for
    items that are gone, of which nobody can tell until they are `back`, and were when the run read its lists."""
    there = {(world.kept(title).guid, number) for title, number in world.rows}
    waiting = _waiting(world)
    forgotten = (waiting & there).difference(back)
    assert not forgotten, f"an intent stayed open: {forgotten}"
    unsure = waiting | world.guessed
    entries = (link.entry for link in world.runs.audit.links() if link.entry.column != "stamp")
    recorded = Counter(
        (entry.list_guid, entry.item, entry.column)
        for entry in entries
        if entry.act in (AuditAct.WRITTEN, AuditAct.RESOLVED) and (entry.list_guid, entry.item) not in unsure
    )
    happened = Counter(
        (each.guid, each.item, each.field) for each in world.written if (each.guid, each.item) not in unsure
    )
    assert recorded == happened, f"not on record: {happened - recorded}; not written: {recorded - happened}"


def _waiting(world: World) -> set[tuple[str, int]]:
    return {(each.record.list_guid, each.record.item_id) for each in world.runs.journal.open_intents()}


def judge_chain(world: World) -> None:
    """Nothing is missing or altered in the record."""
    verdict = verify(world.runs.audit.anchor(), world.runs.audit.links())
    assert verdict.holds, verdict.trouble


SMALLEST: Mapping[Place, Row] = {
    PROJECT: Row("P-1", AHEAD, "On track"),
    ARCHIVED: Row("P-2", AHEAD, "On track", archived=True),
    MILESTONE: Row("P-1", date(2026, 6, 25)),
}


def fresh(terms: Terms, rows: Mapping[Place, Row] = SMALLEST) -> World:
    """Nobody has run anything yet; the archived row holds a stranger's word in a column of ours."""
    store = _lists()
    world = World(terms=terms, store=store, runs=MemoryRunStore(), rows=dict(rows), cells={})
    for (title, number), row in world.rows.items():
        assert world.kept(title).add(**staff_cells((title, number), row)) == number
        for name in oracle.COLUMNS[title]:
            world.cells[(title, number), name] = oracle.Cell()
    world.types(ARCHIVED, "status", "A stranger's")
    return world
