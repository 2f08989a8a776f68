"""Runs of the real engine and connector against a served town, on one clock with it, that can be killed at any effect.

A request counts as two effects and a transaction as two: before and after each the process may be no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from config.portfolio import load_portfolio
from connectors.emulator.rules.edits import Edit
from connectors.emulator.rules.fault_rules import parse_rules
from connectors.emulator.rules.faults import FaultPlan
from connectors.emulator.rules.history import Entry, History
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.world import World
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.settings import Limits, Transport
from connectors.sharepoint.store import SharePointStore
from sync.core.approval import Consent, Level
from sync.core.audit import verify
from sync.engine.ports import RunStore
from sync.engine.run import RunContext, RunRequest, RunResult, execute
from sync.engine.schedule import local_date
from sync.engine.state import Intent, RunMode
from sync.engine.targets import Portfolio
from sync.store.memory import MemoryRunStore
from tests.support import judge, town
from tests.support.colleagues import Colleagues, Items
from tests.support.crashing import CountedRuns, Effects, Killed
from tests.support.emulator import running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.judge import Journalled
from tests.support.oracle import Place
from tests.support.town import Terms

START = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
US = "emulator"
"""What the server calls us: its sign-in is for one application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedTransport(Transport):
    """Every request is two effects."""

    effects: Effects

    def session(self) -> requests.Session:
        """A session whose process may be killed before or after any request."""
        session = Transport.session(self)
        session.trust_env = False  # looking for proxies takes as long as a request
        session.mount("http://", _CountedAdapter(self.effects))
        return session


class _CountedAdapter(HTTPAdapter):
    def __init__(self, effects: Effects) -> None:
        super().__init__()
        self._effects = effects

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        what = str(request.url).partition("?")[0].rpartition("/")[2]
        self._effects.passes(f"before {request.method} {what}")
        answer = super().send(request, *arguments, **options)
        try:
            self._effects.passes(f"after {request.method} {what}")
        except Killed:
            answer.close()
            raise
        return answer


@dataclass(frozen=True, slots=True)
class Segment:
    """What the history has of one run. `sound`: it lived to its end, and nothing was left unread or given up."""

    entries: Sequence[Entry]
    sound: bool


@dataclass
class TownHall:
    """One town from its beginning: its server, its clock, what is remembered of its runs, and what staff did."""

    terms: Terms
    service: Service
    portfolio: Portfolio
    clock: FakeClock
    runs: RunStore
    colleagues: Colleagues
    started: int = 0
    segments: list[Segment] = field(default_factory=list)
    page_size: int = 3

    @property
    def today(self) -> date:
        return local_date(self.clock.now(), "Europe/London")

    def passes(self, **time: float) -> None:
        """Time passes, for everybody."""
        self.clock.sleep(timedelta(**time).total_seconds())

    def trouble(self, *rules: Mapping[str, Any], seed: int = 0) -> None:
        """From now on these things go wrong, and no others."""
        self.service.faults = FaultPlan(seed)
        self.service.faults.put(parse_rules(rules))

    def edits(self, edit: Edit) -> None:
        """A colleague edits something now."""
        self.service.edit(edit, self.colleagues.name(edit))

    def run(self, effects: Effects | None = None, level: Level = Level.YES) -> RunResult | None:
        """One run by a process of its own; None where it was killed. Everything that a killed one held is gone."""
        effects = effects or Effects()
        self.started += 1
        before = self.service.history.total
        connection = self.portfolio.connections["town"]
        store = SharePointStore(
            connection,
            EmulatorSignIn(connection.host),
            self.clock,
            transport=CountedTransport(effects=effects),
            limits=Limits(page_size=self.page_size),
            seed=self.started,
        )
        context = RunContext(
            portfolio=self.portfolio,
            lists={"town": store},
            runs=CountedRuns(self.runs, effects),  # type: ignore[arg-type]
            clock=self.clock,
            new_suffix=lambda: f"{self.started:04x}",
        )
        sound = False
        try:
            result = execute(
                context,
                RunRequest(RunMode.RECONCILE),
                approver=lambda _plan: Consent(write=True, level=level, through="test"),
            )
            sound = not any(each.problems or each.read != "complete" for each in result.report.sources)
        except Killed:
            assert isinstance(self.runs, MemoryRunStore)
            self.runs = self.runs.copy()
            return None
        else:
            return result
        finally:
            store.close()
            new = self.service.history.total - before
            self.segments.append(Segment(self.service.history.entries[-new:] if new else (), sound))

    def items(self) -> Items:
        """The lists as people see them now."""
        return seen(self.service.world)

    def losses(self) -> list[str]:
        """What staff wrote and is not there any more."""
        assert self.service.history.dropped == 0
        return self.colleagues.shadow(self.service.history.entries).losses(self.items())

    def editors(self) -> dict[Place, str]:
        """Who the lists say was the last to edit each item, by login."""
        site = self.service.world.site(town.SITE)
        return {
            (owner.title, item.id): site.users[item.editor].person.login
            for owner in site.lists.values()
            if owner.title in town.TITLES
            for item in owner.ordered()
        }

    def wrong_flags(self) -> list[str]:
        """What our columns should not say."""
        shadow = self.colleagues.shadow(self.service.history.entries)
        return shadow.wrong_flags(self.items(), self.today)

    def journal(self) -> list[Journalled]:
        """Every intent that was ever written down, the oldest first."""
        owners = self.service.world.site(town.SITE).lists.values()
        return journal_of(self.runs, {owner.id: owner.title for owner in owners})

    def left_open(self) -> list[Journalled]:
        """Intents of items that are there, and of which the journal still does not tell what became."""
        there = {(town.address(title), number) for title, number in self.items()}
        return [each for each in self.journal() if each.state == "open" and (each.list, each.item) in there]

    def offences(self) -> list[str]:
        """Whatever an offline judge has to say of everything that was ever asked of the server, and of the record."""
        entries, journal = self.service.history.entries, self.journal()
        told = [
            *judge.early_requests(entries),
            *foreign_columns(entries),
            *judge.journal_both_ways(entries, US, journal),
            *judge.written_twice(entries, US, journal),
        ]
        if self.terms.mode == "versioned":
            told += judge.lost_updates(entries, blindly=True)
        else:
            sound = [each.entries for each in self.segments if each.sound]
            told += [sentence for each in sound for sentence in judge.left_unread(each, US)]
        return told + chain_offences(self.runs)


def foreign_columns(entries: Sequence[Entry]) -> list[str]:
    """Writes of ours into columns that are not ours, list by list."""
    return [
        sentence
        for title in town.TITLES
        for sentence in judge.foreign_columns(
            [entry for entry in entries if entry.list == town.address(title)], US, town.owned_columns(title)
        )
    ]


def chain_offences(runs: RunStore) -> list[str]:
    """What is missing or altered in the record."""
    verdict = verify(runs.audit.anchor(), runs.audit.links())
    return [] if verdict.holds else [f"the record does not hold: {verdict.trouble}"]


def journal_of(runs: RunStore, titles: Mapping[str, str], since: datetime = START) -> list[Journalled]:
    """Every intent of every run begun since then, the oldest run first, in the words of the server. `titles` are by
    list GUID."""
    intents = [
        intent
        for run in reversed(runs.runs(limit=100_000))
        if run.started >= since
        for intent in sorted(runs.journal.writes_of(run.id), key=_turn)
    ]
    return [journalled(intent, titles[intent.record.list_guid]) for intent in intents]


def _turn(intent: Intent) -> int:
    """Which round of its run an intent is of: ids begin with the run and the round."""
    return int(intent.id.removeprefix(f"{intent.run_id}/").partition("/")[0])


def journalled(intent: Intent, title: str) -> Journalled:
    """An intent as the judge takes it, columns by internal name."""
    values = {town.COLUMN.get(name.value, town.STAMP): value for name, value in intent.set.items()}
    return Journalled(town.address(title), intent.record.item_id, intent.state.value, values, frozenset({town.STAMP}))


def seen(world: World) -> Items:
    """Every item of a world as people see it."""
    site = world.site(town.SITE)
    return {
        (owner.title, item.id): {name: town.shown(value) for name, value in item.values.items()}
        for owner in site.lists.values()
        if owner.title in town.TITLES
        for item in owner.ordered()
    }


@dataclass
class TownServer:
    """A server on which one town after the other is served. `folder` is where the portfolio file is written."""

    service: Service
    portfolio: Portfolio
    terms: Terms

    def fresh(self, runs: RunStore | None = None) -> TownHall:
        """A town in which nothing has happened yet."""
        clock, document = FakeClock(START), town.world(self.terms)
        with self.service.lock:
            self.service.world = load_world(document, clock=clock.now, seed=1)
            self.service.faults = FaultPlan()
            self.service.history = History(kept=200_000)
            self.service.throttle.reset()
        return TownHall(
            terms=self.terms,
            service=self.service,
            portfolio=self.portfolio,
            clock=clock,
            runs=runs or MemoryRunStore(),
            colleagues=Colleagues(document),
        )


@contextmanager
def town_server(terms: Terms, folder: Path) -> Iterator[TownServer]:
    """Serves towns under these terms until the block ends."""
    service = Service(load_world(town.world(terms), clock=FakeClock(START).now))
    with running_emulator(service) as emulator:
        file = town.portfolio(folder, emulator.base_url, terms)
        yield TownServer(service, load_portfolio(file), terms)
