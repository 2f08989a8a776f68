"""A council whose lists are in memory, with everything a run needs around them: for tests of the engine."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.columns import Column, ColumnType
from sync.core.dates import site_midnight
from sync.core.findings import Finding, FindingKind
from sync.core.model import Kind
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode
from sync.core.policy import FieldMapping, WritePolicy
from sync.core.run_report import RunReport
from sync.engine.run import Approver, RunContext, RunRequest, RunResult, approve_as, execute
from sync.engine.state import RunMode
from sync.engine.stop import Stop
from sync.engine.targets import Auth, Connection, ListAddress, Portfolio, Schedule, Source
from sync.store.sql import open_store
from tests.support.fake_clock import FakeClock
from tests.support.lists import OWNED_COLUMNS

TODAY = date(2026, 6, 17)
SITE = "/sites/demo"
LONDON = "Europe/London"
STATUS_WORDS = {"on_track": ("On track",), "at_risk": ("At risk",), "complete": ("Done",)}
SECRET = "Payroll fraud inquiry"
"""The title of the one risk in the restricted register."""

_OWNED_NAMES = {name: column.name for name, column in OWNED_COLUMNS.items()}
_DATED = {name: each for name, each in _OWNED_NAMES.items() if name is not OwnedField.STATUS}


def source(name: str, title: str, kind: Kind, fields: dict[str, FieldMapping | str], **more: Any) -> Source:
    columns = _OWNED_NAMES if kind is Kind.PROJECT else _DATED
    mode, drift = more.pop("mode", WriteMode.QUIET), more.pop("drift", DriftPolicy.RESTORE)
    return Source(
        name=name,
        kind=kind,
        connection="memory",
        site=SITE,
        list=ListAddress(title=title),
        fields={key: FieldMapping(column=(each,)) if isinstance(each, str) else each for key, each in fields.items()},
        write=WritePolicy(mode=mode, drift=drift, columns=columns),
        **more,
    )


def sources(mode: WriteMode = WriteMode.QUIET, drift: DriftPolicy = DriftPolicy.RESTORE) -> dict[str, Source]:
    """Projects, their milestones, and a restricted register of risks."""
    status = FieldMapping(column=("Status",), values=STATUS_WORDS)
    reference = FieldMapping(column=("Project",), refers_to=("projects",))
    made = [
        source(
            "projects",
            "Projects",
            Kind.PROJECT,
            {"title": "Title", "status": status, "end": "Due"},
            key="Ref",
            mode=mode,
            drift=drift,
        ),
        source("milestones", "Milestones", Kind.MILESTONE, {"title": "Title", "project": reference, "original": "Due"}),
        source(
            "risks",
            "Risks",
            Kind.RISK,
            {"title": "Title", "project": reference, "likelihood": "Likelihood", "impact": "Impact"},
            key="Ref",
            register="personnel",
            restricted=True,
        ),
    ]
    return {each.name: each for each in made}


@dataclass
class Council:
    """`staff()` is everything that is not ours, item by item, with what people see of the last edit."""

    context: RunContext
    store: MemoryStore
    clock: FakeClock
    projects: MemoryList
    milestones: MemoryList
    risks: MemoryList
    reports: list[RunReport] = field(default_factory=list)

    def run(self, today: date = TODAY, approver: Approver | None = None, **request: Any) -> RunResult:
        mode = request.pop("mode", RunMode.RECONCILE)
        wanted = RunRequest(mode, today=today, **request)
        result = execute(self.context, wanted, approver=approver or approve_as("test"))
        self.reports.append(result.report)
        return result

    def again(self) -> None:
        """The next process: nobody has told it to stop."""
        self.context = replace(self.context, stop=Stop())

    def swap_words(self) -> None:
        """A mistake in the mapping that makes every project read differently."""
        source = self.context.portfolio.sources["projects"]
        words = {"complete": ("On track",), "on_track": ("Done",), "at_risk": ("At risk",)}
        status = FieldMapping(column=("Status",), values=words)
        changed = replace(source, fields={**source.fields, "status": status})
        sources = {**self.context.portfolio.sources, "projects": changed}
        self.context = replace(self.context, portfolio=replace(self.context.portfolio, sources=sources))

    def plan(self, today: date = TODAY, **request: Any) -> RunResult:
        return execute(self.context, RunRequest(RunMode.PLAN, today=today, **request))

    def owned(self, kept: MemoryList, item_id: int) -> dict[str, Any]:
        return {name: kept.items[item_id].cells.get(name) for name in _OWNED_NAMES.values()}

    def staff(self) -> dict[tuple[str, int], Any]:
        ours = set(_OWNED_NAMES.values())
        return copy.deepcopy(
            {
                (kept.title, number): (
                    {name: cell for name, cell in item.cells.items() if name not in ours},
                    item.modified,
                    item.editor_id,
                    item.label,
                )
                for kept in (self.projects, self.milestones, self.risks)
                for number, item in kept.items.items()
            }
        )


def told_of_itself(result: RunResult) -> list[Finding]:
    """What a run found, without what reads worse in the lists: P-1 and P-2 do every night."""
    return [finding for finding in result.report.findings if finding.kind is not FindingKind.READS_WORSE]


def kinds_told(result: RunResult) -> list[FindingKind]:
    """The kinds of those findings."""
    return [finding.kind for finding in told_of_itself(result)]


@contextmanager
def council(folder: Path, **options: Any) -> Iterator[Council]:
    """Projects P-1 to P-12 on track, of which P-1 has an overdue milestone and P-2 a very high, restricted risk."""
    store, clock, numbers = MemoryStore(page_size=5), FakeClock(), count(1)
    due, word = Column("Due", "Due", ColumnType.DATE), ColumnType.TEXT
    text = {name: Column(name, name, word) for name in ("Title", "Ref", "Status", "Project")}
    scores = [Column("Likelihood", "Likelihood", ColumnType.NUMBER), Column("Impact", "Impact", ColumnType.NUMBER)]
    ours = list(OWNED_COLUMNS.values())
    projects = store.add_list(SITE, "Projects", [text["Title"], text["Ref"], text["Status"], due, *ours])
    milestones = store.add_list(SITE, "Milestones", [text["Title"], text["Project"], due, *ours])
    risks = store.add_list(SITE, "Risks", [text["Title"], text["Ref"], text["Project"], *scores, *ours])
    for number in range(1, 13):
        ref = f"P-{number}"
        projects.add(
            Title=f"Project {number}", Ref=ref, Status="On track", Due=site_midnight(date(2026, 12, 1), LONDON)
        )
    milestones.add(Title="Go live", Project="P-1", Due=site_midnight(date(2026, 6, 3), LONDON))
    milestones.add(Title="Pilot", Project="P-3", Due=site_midnight(date(2026, 11, 3), LONDON))
    risks.add(Title=SECRET, Ref="HR-9", Project="P-2", Likelihood=5.0, Impact=5.0)
    runs = open_store(f"sqlite:///{folder / 'state.sqlite'}", new_id=lambda: "installation")
    portfolio = Portfolio(
        name="Council",
        time_zone=LONDON,
        path=folder / "portfolio.yaml",
        connections={"memory": Connection(name="memory", host=store.host, auth=Auth.EMULATOR)},
        sources=sources(**options),
        schedule=Schedule(nightly="17 2 * * *"),
    )
    context = RunContext(
        portfolio=portfolio, lists={"memory": store}, runs=runs, clock=clock, new_suffix=lambda: f"{next(numbers):04x}"
    )
    try:
        yield Council(context, store, clock, projects, milestones, risks)
    finally:
        runs.close()
