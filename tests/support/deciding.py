"""Lists in memory, decided night after night without an engine: what a plan says is done, and remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.columns import Cell, Column, ColumnType
from sync.core.dates import site_midnight
from sync.core.mapping import encode_owned
from sync.core.model import Kind
from sync.core.ownership import OwnedField, WriteMode
from sync.core.plan import Guard, Refusal
from sync.core.policy import FieldMapping, WritePolicy
from sync.core.snapshot import Baseline
from sync.engine.decide import Decided, Terms, decide
from sync.engine.read import SourceRead, mirror_of, read_sources
from sync.engine.state import Remembered
from sync.engine.targets import Auth, Connection, ListAddress, Portfolio, Source
from sync.store.memory import MemoryRunStore
from tests.support.fake_clock import FakeClock
from tests.support.lists import OWNED_COLUMNS, TODAY

LONDON = "Europe/London"
SITE = "/sites/demo"
DUE = date(2026, 12, 1)
STATUS = FieldMapping(column=("Status",), values={"on_track": ("On track",), "at_risk": ("At risk",)})


def columns(*, due: ColumnType = ColumnType.DATE, choices: tuple[str, ...] = ("On track", "At risk")) -> list[Column]:
    text = [Column(name, name, ColumnType.TEXT) for name in ("Title", "Ref", "Scope", "Parent", "RAG")]
    chosen = Column("Status", "Status", ColumnType.CHOICE, choices=choices)
    return [*text, chosen, Column("Due", "Due", due), *OWNED_COLUMNS.values()]


def source(name: str, kind: Kind = Kind.PROJECT, *, list_title: str | None = None, **more: Any) -> Source:
    fields: dict[str, FieldMapping] = {"title": FieldMapping(column=("Title",)), "status": STATUS}
    if kind is Kind.PROJECT:
        fields["end"] = FieldMapping(column=("Due",))
    else:
        fields |= {"forecast": FieldMapping(column=("Due",)), "project": FieldMapping(column=("Parent",))}
    ours = OWNED_COLUMNS.keys() - (set() if kind is Kind.PROJECT else {OwnedField.STATUS})
    write = WritePolicy(
        mode=more.pop("mode", WriteMode.QUIET), columns={each: OWNED_COLUMNS[each].name for each in ours}
    )
    given = {"fields": fields, "key": "Ref", "connection": "memory", "site": SITE, "write": write} | more
    return Source(name=name, kind=kind, list=ListAddress(title=list_title or name), **given)


@dataclass
class World:
    """`edit` is what a colleague does; `carry` what an engine would: it writes the plan, and remembers."""

    portfolio: Portfolio
    store: MemoryStore
    clock: FakeClock = field(default_factory=FakeClock)
    remembered: dict[tuple[str, str], Remembered] = field(default_factory=dict)
    hours: int = 0

    def made(self, title: str) -> MemoryList:
        return self.store.lists[SITE, title.casefold()]

    def edit(self, title: str, number: int, **cells: Cell) -> None:
        self.hours += 1
        self.made(title).edit(number, at=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=self.hours), **cells)

    def change(self, name: str, **more: Any) -> None:
        """The source as the portfolio file has it from now on."""
        sources = {**self.portfolio.sources, name: replace(self.portfolio.sources[name], **more)}
        self.portfolio = replace(self.portfolio, sources=sources)

    def read(self) -> Mapping[str, SourceRead]:
        mirror = mirror_of(self.portfolio, {"memory": self.store}, MemoryRunStore().mirrors, self.clock)
        return read_sources(self.portfolio, mirror, lambda *_: None)

    def decide(self, today: date = TODAY, **terms: Any) -> Decided:
        given: dict[str, Any] = {"only": frozenset(), "release": "1.0"}
        return decide(self.portfolio, self.read(), self.remembered, Terms(today=today, **given | terms))

    def carry(self, decided: Decided, run_id: str = "run-1") -> None:
        """Does everything that the plan says, whatever it was refused for, and concludes every source."""
        for write in decided.plan.writes:
            [title] = [each.title for each in self.store.lists.values() if each.guid == write.id.list_guid]
            cells = encode_owned(decided.inputs[write.source].binding, write.set)
            self.made(title).write(write.id.item_id, cells, WriteMode.QUIET)
        for name, given in decided.inputs.items():
            state = decided.applied(name, run_id)
            before = self.remembered.get((state.host, state.list_guid), Remembered())
            baselines = dict(before.baselines)
            agreed = decided.planned.healed.get(name, {})
            told = {write.id: write.set for write in decided.plan.writes if write.source == name}
            for record_id in {**agreed, **told}:
                old = baselines[record_id].values if record_id in baselines else {}
                values = {**old, **agreed.get(record_id, {}), **told.get(record_id, {})}
                baselines[record_id] = Baseline(record_id, values, None, run_id)
            gone = set(before.states) - set(self.portfolio.sources)
            self.remembered[given.binding.schema.host, given.binding.schema.list_guid] = Remembered(
                baselines,
                {each: known for each, known in before.states.items() if each not in gone} | {name: state},
                {each: known for each, known in before.known.items() if each not in gone} | {name: decided.known(name)},
            )

    def night(self, today: date = TODAY, **terms: Any) -> list[tuple[str, Guard]]:
        """Decides, carries out, and answers which guards would have stopped it."""
        decided = self.decide(today, **terms)
        self.carry(decided)
        return raised(decided)


def raised(decided: Decided) -> list[tuple[str, Guard]]:
    return [(refusal.source, refusal.guard) for refusal in decided.plan.refusals]


def the(guard: Guard, decided: Decided) -> Refusal:
    """The one refusal of that guard."""
    [found] = [refusal for refusal in decided.plan.refusals if refusal.guard is guard]
    return found


def midnight(day: date) -> datetime:
    return site_midnight(day, LONDON)


def world(*sources: Source, projects: int = 20, milestones: int = 0) -> World:
    """Projects P-1 ... on track; milestone n is of project n. Every list has a row for every source that is given."""
    store = MemoryStore()
    for title, count in (("projects", projects), ("milestones", milestones)):
        held = store.add_list(SITE, title, columns())
        for number in range(1, count + 1):
            parent = {"Parent": f"P-{number}"} if title == "milestones" else {}
            key = f"{'P' if title == 'projects' else 'M'}-{number}"
            held.add(
                Title=f"Title {number}",
                Ref=key,
                Scope="In",
                Status="On track",
                RAG="On track",
                Due=midnight(DUE),
                **parent,
            )
    given = sources or (source("projects"), source("milestones", Kind.MILESTONE))
    portfolio = Portfolio(
        name="Council",
        time_zone=LONDON,
        path=Path("portfolio.yaml"),
        connections={"memory": Connection(name="memory", host=store.host, auth=Auth.EMULATOR)},
        sources={each.name: each for each in given},
    )
    return World(portfolio, store)
