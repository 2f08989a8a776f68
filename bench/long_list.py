"""One long list, read for the first time: by our read stage into its database, and by curl into nothing.

Both ask one server, which answers with bytes that it holds ready: what an embedded SharePoint answered when it was
asked the same, its items renumbered to as many as the list is to have. Each answer comes after the latency of a
network, a page after the time that SharePoint took for one as well. Rounds alternate; ratios compare two measurements
of the same round.

`into records` is the read stage as runs have it, which answers with every record. `into the database` is the same
without what it answers: rows are kept, and held nowhere.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import requests

from bench import processes
from bench.processes import peak
from bench.tables import spread
from bench.worlds import PEOPLE, Shape, portfolio, world
from sync.engine.garbage import seldom_collecting
from sync.engine.mirror import Mirror
from sync.engine.read import mirror_of, read_sources
from sync.engine.run import RunContext
from sync.errors import SourceError
from sync.wiring import open_run

PAGE = 5_000
SIZES = (50_000, 100_000, 200_000)
LATENCY = 0.080
"""Seconds from a council's network to SharePoint Online and back."""
SERVER = (0.036, 0.180)
"""Seconds that SharePoint Online took for a page of items: the median and the 95th percentile of
`SPClientServiceRequestDuration` in recorded traffic. Those pages have 100 items at most, and one of 5,000 takes longer:
the shorter the server takes, the less of our own work is done while we wait for it."""
CURL = "curl"
_CONTROL = "/bench/"
_PASSED_ON = ("Accept", "Authorization", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server holds ready. `is_page`: it is one of the list's pages."""

    content_type: str
    body: bytes
    is_page: bool = False


@dataclass
class Replay:
    """The answers for a list of so many items. What is asked for the first time is asked of the origin, once."""

    origin: str
    items: int
    own: str = ""
    known: dict[str, Answer] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    served: Counter[str] = field(default_factory=Counter)

    def answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        # Clients differ in what of an address they encode.
        key = unquote(path)
        if key not in self.known:
            self._ask(path, headers)
        self.served[key] += self.known[key].is_page
        return self.known[key]

    def control(self, what: str) -> Any:
        """What the bench asks for itself: the pages and a client's headers, or how often each page was served."""
        if what == "pages":
            return {"pages": [self.own + path for path in self.pages], "headers": self.headers}
        served, self.served = self.served, Counter()
        return {"pages": +served}

    def _ask(self, path: str, headers: Mapping[str, str]) -> None:
        passed_on = {name: headers[name] for name in _PASSED_ON}
        reply = requests.get(self.origin + path, headers=passed_on, timeout=60)
        reply.raise_for_status()
        kind = reply.headers["Content-Type"]
        document = json.loads(reply.content.replace(self.origin.encode(), self.own.encode()))
        if "odata.nextLink" not in document:
            body = re.sub(rb'"ItemCount":\d+', b'"ItemCount":%d' % self.items, _body(document))
            self.known[unquote(path)] = Answer(kind, body)
            return
        self.headers = passed_on
        for place, page in self._rendered(path, document):
            self.pages.append(place)
            self.known[unquote(place)] = Answer(kind, _body(page), is_page=True)

    def _rendered(self, path: str, first: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every page and its address."""
        link = first["odata.nextLink"]
        for start in range(0, self.items, PAGE):
            following = link.replace(f"p_ID%3d{PAGE}", f"p_ID%3d{start + PAGE}")
            more = {"odata.nextLink": following} if start + PAGE < self.items else {}
            head = {"odata.metadata": first["odata.metadata"], **more}
            yield path, {**head, "value": [renumbered(row, start) for row in first["value"]]}
            path = following.removeprefix(self.own)


def renumbered(row: Mapping[str, Any], by: int) -> dict[str, Any]:
    """An item of the emulator's as the one so many numbers on: its reference and title, and who changed it when."""
    number = row["Id"] + by
    place = f"/Items({number})"
    links = {name: row[name].replace(f"/Items({row['Id']})", place) for name in row if name.endswith("Link")}
    links |= {name: row[name].replace(f"/Items({row['Id']})", place) for name in row if name.endswith("LinkUrl")}
    second, day = number % 60, number // 60 % 28 + 1
    return {
        **row,
        **links,
        "odata.etag": f'"{number % 9 + 1}"',
        "Id": number,
        "ID": number,
        "Created": f"2025-{number % 12 + 1:02}-{day:02}T09:30:{second:02}Z",
        "Modified": f"2026-{number % 5 + 1:02}-{day:02}T16:05:{second:02}Z",
        "EditorId": 7 + number % PEOPLE,
        "Ref": f"P001-{number:06}",
        "Title": f"Project {number} of unit 1",
    }


def _body(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    replay: Replay
    page_seconds: float

    def do_GET(self) -> None:
        if self.path.startswith(_CONTROL):
            found = Answer("application/json", _body(self.replay.control(self.path.removeprefix(_CONTROL))))
        else:
            found = self.replay.answer(self.path, dict(self.headers))
            time.sleep(LATENCY + self.page_seconds * found.is_page)
        self.send_response(200)
        self.send_header("Content-Type", found.content_type)
        self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        self.wfile.write(found.body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads along."""


def serve(origin: str, items: int, server: float) -> None:
    """Prints its address, and serves until it is ended."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        address = f"http://127.0.0.1:{listening.server_port}"
        Handler.replay, Handler.page_seconds = Replay(origin, items, address), server
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        listening.serve_forever()


@dataclass(frozen=True)
class Server:
    """A running server of a list with so many items."""

    items: int
    address: str

    def told(self, what: str) -> Any:
        return requests.get(f"{self.address}{_CONTROL}{what}", timeout=60).json()

    @cached_property
    def curl(self) -> str:
        """What has curl fetch every page in order, on one connection, as our connector asks for it."""
        told = self.told("pages")
        lines = ["silent", "fail", *(f'header = "{name}: {value}"' for name, value in told["headers"].items())]
        for address in told["pages"]:
            lines += [f'url = "{address}"', 'output = "/dev/null"']
        return "\n".join(lines)

    def check(self) -> None:
        """RuntimeError unless every page was served, once, since the last time."""
        served = self.told("served")["pages"]
        if len(served) != self.items // PAGE or set(served.values()) != {1}:
            raise RuntimeError(f"Of {self.items // PAGE} pages {served} were served.")


@contextmanager
def serving(origin: str, items: int, server: float) -> Iterator[Server]:
    """A server of its own process, until the block ends."""
    words = ("serve", "--origin", origin, "--items", str(items), "--server", str(server))
    command = [sys.executable, "-m", "bench.long_list", *words]
    with subprocess.Popen(command, cwd=processes.ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield Server(items, process.stdout.readline().strip() if process.stdout else "")
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Read:
    """What our read stage took in a process: `before` is the peak of memory where it began."""

    items: int
    seconds: float
    cpu: float
    before: int
    peak: int


def read(file: Path, how: Callable[[RunContext, Mirror], int]) -> Read:
    """The read stage of a first run, in this process."""
    with open_run(file) as context:
        before, since, cpu = peak(), time.perf_counter(), time.process_time()
        mirror = mirror_of(context.portfolio, context.lists, context.runs.mirrors, context.clock, saves=True)
        with seldom_collecting():  # as a run does
            items = how(context, mirror)
        return Read(items, time.perf_counter() - since, time.process_time() - cpu, before, peak())


def into_records(context: RunContext, mirror: Mirror) -> int:
    reads = read_sources(context.portfolio, mirror, lambda *_: None)
    if not all(each.is_complete for each in reads.values()):
        raise RuntimeError(f"Not read: {[str(each.error) for each in reads.values()]}")
    return sum(each.rows for each in reads.values())


def into_the_database(context: RunContext, mirror: Mirror) -> int:
    (source,) = context.portfolio.sources.values()
    seen = mirror.look([source])[source.name]
    if isinstance(seen, SourceError):
        raise seen
    seen.rows(lambda _page: None)
    (kept,) = mirror.kept.values()
    return kept.rows


WAYS: Mapping[str, Callable[[RunContext, Mirror], int]] = {
    "into records": into_records,
    "into the database": into_the_database,
}


def measure(servers: Sequence[Server], rounds: int) -> list[dict[str, Any]]:
    """Every size in every round, by curl and by ours in turn."""
    found = []
    for number in range(rounds + 1):
        for server in servers:
            one = {"items": server.items, **a_round(server)}
            # The first time the servers make their pages and our modules are compiled.
            found += [one] if number else []
            sys.stderr.write(f"round {number} of {rounds}: {json.dumps(one)}\n")
    return found


def a_round(server: Server) -> dict[str, Any]:
    ours = {way: in_a_process(server, way) for way in WAYS}
    with tempfile.NamedTemporaryFile("w", suffix=".curl") as config:
        config.write(server.curl)
        config.flush()
        ended = processes.measured([CURL, "--config", config.name], Path(config.name).parent)
    server.check()
    return {"curl": {"seconds": ended.seconds, "cpu": ended.cpu}, **ours}


def in_a_process(server: Server, way: str) -> dict[str, Any]:
    """From a new database."""
    with tempfile.TemporaryDirectory(prefix="portfolio-sync-bench-") as name:
        file = Path(name) / "portfolio.yaml"
        file.write_text(json.dumps(portfolio(Shape(1, server.items), server.address)), encoding="utf-8")
        ended = processes.module(file.parent, "bench.long_list", "read", "--file", str(file), "--way", way)
    if ended.document["items"] != server.items:
        raise RuntimeError(f"{ended.document['items']} items were read of {server.items}.")
    server.check()
    return {**ended.document, "process seconds": ended.seconds}


def summary(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A Markdown table: medians with their ranges."""
    head = ("items", "way", "seconds", "curl's seconds", "ours / curl's", "CPU s per 100,000", "peak MiB from before")
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for items in dict.fromkeys(each["items"] for each in found):
        rounds = [each for each in found if each["items"] == items]
        curl = [each["curl"]["seconds"] for each in rounds]
        for way in WAYS:
            ours = [each[way] for each in rounds]
            ratios = [each["seconds"] / theirs for each, theirs in zip(ours, curl, strict=True)]
            cpu = [each["cpu"] * 100_000 / items for each in ours]
            peaks = " from ".join(spread([each[of] for each in ours]) for of in ("peak", "before"))
            cells = (spread([each["seconds"] for each in ours]), spread(curl), spread(ratios), spread(cpu), peaks)
            yield f"| {items:,} | {way} | {' | '.join(cells)} |"


def run(sizes: Sequence[int], rounds: int, server: float) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="portfolio-sync-bench-") as name, ExitStack() as stack:
        file = Path(name) / "world.json"
        # One item more than a page, so that a page is answered that says where the next one is.
        file.write_text(json.dumps(world(Shape(1, PAGE + 1))), encoding="utf-8")
        origin = stack.enter_context(processes.emulator(file)).address
        return measure([stack.enter_context(serving(origin, items, server)) for items in sizes], rounds)


def main() -> None:
    """Measures, or is one of the processes that are measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.long_list", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("measure", "serve", "read"), default="measure")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, action="append", metavar="N", help="repeatable; whole pages of 5,000")
    parser.add_argument("--server", type=float, action="append", metavar="SECONDS", help="for a page; repeatable")
    parser.add_argument("--origin", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.what == "serve":
        serve(given.origin, given.items[0], given.server[0])
    elif given.what == "read":
        json.dump(asdict(read(given.file, WAYS[given.way])), sys.stdout)
    else:
        found = {seconds: run(given.items or SIZES, given.rounds, seconds) for seconds in given.server or SERVER}
        for seconds, rounds in found.items():
            sys.stderr.write("\n".join([f"{seconds * 1000:.0f} ms for a page", "", *summary(rounds), "", ""]))
        json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
