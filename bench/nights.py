"""Nights of a council at an embedded SharePoint that answers as if it were far away: ours, and those of the peers.

Every program does the same work from the same state of the world: what ours wrote on a night is what the others are
told to write. All are judged by what arrived at the server and by what stands in the lists afterwards.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import requests

from bench import councils, processes
from bench.control import Control, Traffic
from bench.councils import Council
from bench.peers import PEERS, Peer, ready
from bench.worlds import columns, owned_columns

LATENCY = 80
"""Milliseconds to SharePoint Online and back, as a council's network has them."""
OURS = "Portfolio Sync"
PAGE = 5000
MANY = 10_000
"""Items of a council in which a naive peer is measured on one night only."""
STAMP = "PSStamp"
"""Our own mark, which no other program would write."""
FIRST, NOTHING, TYPICAL, EVERYTHING, MEANWHILE = (
    "first run",
    "nothing changed",
    "typical night",
    "everything changed",
    "edited meanwhile",
)
_BY_THE_WAY = {"Id", "Modified", "OData__UIVersionString"}

Items = Mapping[tuple[str, str, int], Mapping[str, Any]]
"""What stands in the lists, by site, list and item."""


@dataclass(frozen=True, slots=True)
class Night:
    """One program's night. `written`: items of staff's lists. `made_versions`: items that have another version or time
    of change since; `wrong`: items that do not hold what fits them afterwards. `reckoned`: its seconds were measured
    without latency, and that was added for each of its requests."""

    council: str
    phase: str
    who: str
    requests: int
    units: int
    bytes: int
    seconds: float
    cpu: float
    peak: int
    written: int
    made_versions: int
    wrong: int
    by_operation: Mapping[str, int]
    reckoned: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """One council at one server. `folder` has the portfolio file and what ours remembers."""

    council: Council
    address: str
    control: Control
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "portfolio.yaml"

    def ours(self, day: date, *, latency: int = LATENCY, phase: str = "") -> Night:
        """A run of ours on that day."""
        words = ("reconcile", "-c", str(self.file), "--today", day.isoformat(), "--yes", "--json")
        return self._measured(OURS, phase, latency, lambda: processes.product(self.folder, *words))

    def peer(self, name: str, peer: Peer, wanted: Items, phase: str) -> Night:
        """A peer's run, which is to make everything stand as `wanted`. A naive one would wait for hours: what it waits
        for each of its requests, which it sends one after the other, is added."""
        told: dict[str, dict[str, dict[str, Any]]] = {}
        for (site, title, number), values in wanted.items():
            told.setdefault(site, {}).setdefault(title, {})[str(number)] = {
                column: value for column, value in values.items() if column not in _BY_THE_WAY
            }
        file = self.folder / "wanted.json"
        file.write_text(json.dumps(told), encoding="utf-8")
        command = peer.command(self.address, file)
        latency = 0 if peer.is_naive else LATENCY
        night = self._measured(name, phase, latency, lambda: processes.measured(command, self.folder), wanted)
        waited = (LATENCY - latency) * night.requests / 1000
        return replace(night, seconds=night.seconds + waited, reckoned=peer.is_naive)

    def _measured(
        self, who: str, phase: str, latency: int, run: Callable[[], processes.Ended], wanted: Items | None = None
    ) -> Night:
        before = self.items()
        self.control.take(latency)
        with self.control.watched() as traffic:
            ended = run()
        self.control.take(0)
        after = self.items()
        made = sum(_version(after[place]) != _version(item) for place, item in before.items())
        return self._told(who, phase, traffic, ended, made, _wrong(after, wanted or after))

    def _told(self, who: str, phase: str, traffic: Traffic, ended: processes.Ended, made: int, wrong: int) -> Night:
        said = ended.document
        return Night(
            council=self.council.name,
            phase=phase,
            who=who,
            requests=traffic.requests,
            units=traffic.units,
            bytes=traffic.bytes,
            seconds=ended.seconds,
            cpu=ended.cpu,
            peak=ended.peak,
            written=said["written"] if "written" in said else said["writes"]["applied"],
            made_versions=made,
            wrong=wrong,
            by_operation=dict(traffic.by_operation),
        )

    def items(self) -> dict[tuple[str, str, int], Mapping[str, Any]]:
        """Our columns of all items as they stand, with version and time of change."""
        found: dict[tuple[str, str, int], Mapping[str, Any]] = {}
        with requests.Session() as session:
            session.headers.update(
                {"Accept": "application/json;odata=nometadata", "Authorization": "Bearer bench", "User-Agent": "bench"}
            )
            for site, title, kind in self.council.lists():
                named = sorted({*_BY_THE_WAY, *_columns(kind)})
                query = f"$select={','.join(named)}&$top={PAGE}"
                url = f"{self.address}{site}/_api/web/lists/GetByTitle('{title}')/items?{query}"
                for item in _pages(session, url):
                    found[site, title, item["Id"]] = {name: item[name] for name in named}
        return found


@contextmanager
def served(council: Council, folder: Path) -> Iterator[Bench]:
    """A council on an embedded SharePoint of its own, with the lists of the service's own made."""
    world = folder / "world.json"
    processes.module(folder, "bench.councils", json.dumps(asdict(council)), str(world))
    with processes.emulator(world) as serving:
        bench = Bench(council, serving.address, Control(serving.control), folder)
        bench.file.write_text(json.dumps(council.portfolio(serving.address)), encoding="utf-8")
        processes.product(folder, "provision", "-c", str(bench.file), "--yes", "--json", may_end=(0,))
        yield bench


def nights(council: Council, folder: Path, *, peers: bool) -> Iterator[Night]:
    """Every night of a council: ours, then those of the peers from the same state of the world."""
    with served(council, folder) as bench:
        yield from _phase(bench, FIRST, councils.FIRST, (), peers=peers)
        bench.ours(councils.SETTLING, latency=0)
        yield from _phase(bench, NOTHING, councils.QUIET, (), peers=peers)
        if not council.is_settled:
            with _aside(bench):
                edits = councils.every_edit(council)
                yield from _phase(bench, EVERYTHING, councils.EVERYTHING, edits, peers=peers)
        with _aside(bench):
            yield from _phase(bench, TYPICAL, councils.TYPICAL, councils.typical_edits(council), peers=peers)
        if peers:
            yield from _meanwhile(bench)


def _phase(bench: Bench, phase: str, day: date, edits: Iterable[Mapping[str, Any]], *, peers: bool) -> Iterator[Night]:
    bench.control.edit(edits)
    bench.control.keep("before")
    yield bench.ours(day, phase=phase)
    if not peers:
        return
    wanted = bench.items()
    bench.control.keep("after")
    for name, peer in _peers(bench.council, phase):
        bench.control.bring_back("before")
        yield bench.peer(name, peer, wanted, phase)
    bench.control.bring_back("after")


def _peers(council: Council, phase: str) -> Iterator[tuple[str, Peer]]:
    """A naive one sends the same every night: of a large council it is measured once."""
    has_node = ready()
    for name, peer in PEERS.items():
        once = peer.is_naive and council.shape.total > MANY and phase != FIRST
        if not once and (has_node or not peer.needs_node):
            yield name, peer


def _meanwhile(bench: Bench) -> Iterator[Night]:
    """A typical night on which a colleague edits items just before they are written. What fits them is what ours makes
    of them once nobody edits any more."""
    bench.control.edit(councils.typical_edits(bench.council))
    bench.control.keep("before")
    with _aside(bench):
        bench.ours(councils.TYPICAL, latency=0)
        planned = bench.items()
    late = councils.late_edits(bench.council)
    bench.control.edit_when_written(late)
    ours = bench.ours(councils.TYPICAL, phase=MEANWHILE)
    bench.control.edit_no_more()
    stands = bench.items()
    bench.ours(councils.TYPICAL, latency=0)
    fitting = bench.items()
    yield replace(ours, wrong=_wrong(stands, fitting))
    for name, peer in _peers(bench.council, MEANWHILE):
        bench.control.bring_back("before")
        bench.control.edit_when_written(late)
        night = bench.peer(name, peer, planned, MEANWHILE)
        bench.control.edit_no_more()
        yield replace(night, wrong=_wrong(bench.items(), fitting))


@contextmanager
def _aside(bench: Bench) -> Iterator[None]:
    """What happens inside has not happened afterwards: neither at the server nor to what ours remembers."""
    bench.control.keep("aside")
    kept = {file: file.read_bytes() for file in bench.folder.glob("state.sqlite*") if not file.name.endswith(".lock")}
    yield
    for file in bench.folder.glob("state.sqlite*"):
        file.unlink()
    for file, content in kept.items():
        file.write_bytes(content)
    bench.control.bring_back("aside")


def _wrong(stands: Items, fitting: Items) -> int:
    return sum(_ours(stands[place]) != _ours(item) for place, item in fitting.items())


def _version(item: Mapping[str, Any]) -> tuple[Any, ...]:
    return item["Modified"], item["OData__UIVersionString"]


def _ours(item: Mapping[str, Any]) -> dict[str, Any]:
    return {column: value or None for column, value in item.items() if column not in _BY_THE_WAY}


def _columns(kind: str) -> set[str]:
    """What other programs would write as well."""
    return {column for column in columns(kind) if column in owned_columns().values()} - {STAMP}


def _pages(session: requests.Session, url: str | None) -> Iterator[Mapping[str, Any]]:
    while url:
        answer = session.get(url, timeout=60)
        answer.raise_for_status()
        page = answer.json()
        yield from page["value"]
        url = page.get("odata.nextLink")
