"""The control plane of an embedded SharePoint, and what its history says a client did there.

Every client is judged by that one history, which counts what arrived and not what anybody says of itself.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import requests

READS = frozenset({"web/list/items", "web/list/item"})
POLL = 3.0
"""Seconds between two looks at the history, which holds the last 20,000 entries only."""
OVERLAP = 2000
"""Requests that may still be under way when later ones are in the history."""
Entry = Mapping[str, Any]


@dataclass(slots=True)
class Traffic:
    """What clients sent: requests (a batch is one), resource units, bytes of bodies in both directions; items read
    (parts of batches as well) and items written by list, as (site, list)."""

    requests: int = 0
    units: int = 0
    bytes: int = 0
    refused: int = 0
    by_operation: Counter[str] = field(default_factory=Counter)
    reads: Counter[tuple[str, str]] = field(default_factory=Counter)
    writes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, entry: Entry) -> None:
        """Counts one entry of a history; edits by staff are no requests."""
        if entry["method"] == "EDIT":
            return
        place = (entry["site"], entry["list"])
        if entry["columns"] and entry["list"]:
            self.writes[place] += _count(entry["items"])
        elif entry["operation"] in READS:
            self.reads[place] += 1
        self.refused += entry["status"] >= 400
        self.units += entry["units"]
        if entry["batch"] is None:
            self.requests += 1
            self.bytes += entry["received"] + entry["sent"]
            self.by_operation[entry["operation"]] += 1


@dataclass(frozen=True, slots=True)
class Control:
    """Directs an embedded SharePoint."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def edit(self, edits: Iterable[Mapping[str, Any]]) -> list[Entry]:
        """Edits as staff would make them, now."""
        return [self._ask("POST", "/edits", each) for each in edits]

    def edit_when_written(self, edits: Iterable[Mapping[str, Any]]) -> None:
        """The same, but just before somebody writes to their site for the first time, whichever way they write."""
        ways = (("POST", "ProcessQuery"), ("MERGE", "web/list/item"))
        rules = [
            {"route": route, "method": method, "site": each["site"], "times": 1, "do": "edit", "edit": each}
            for each in edits
            for method, route in ways
        ]
        self._ask("PUT", "/faults", {"rules": rules})

    def edit_no_more(self) -> None:
        self._ask("DELETE", "/faults")

    def keep(self, name: str) -> None:
        """Keeps the world as it is now, to be brought back."""
        self._ask("PUT", f"/snapshots/{name}")

    def bring_back(self, name: str) -> None:
        self._ask("POST", f"/snapshots/{name}/restore")

    def take(self, milliseconds: int) -> None:
        """Lets every answer take so long."""
        self._ask("PUT", "/latency", {"latency": f"{milliseconds}ms" if milliseconds else "off"})

    @contextmanager
    def watched(self) -> Iterator[Traffic]:
        """What clients send while the block lasts; complete once it has ended."""
        self._ask("DELETE", "/history")
        traffic, seen, ended = Traffic(), _Seen(), Event()
        watcher = Thread(target=self._watch, args=(traffic, seen, ended))
        watcher.start()
        try:
            yield traffic
        finally:
            ended.set()
            watcher.join()
            self._collect(traffic, seen)
        if seen.count != (total := self._ask("GET", "/history/digest")["total"]):
            raise RuntimeError(f"The history has {total} entries, of which {seen.count} were seen.")

    def _watch(self, traffic: Traffic, seen: "_Seen", ended: Event) -> None:
        while not ended.wait(POLL):
            self._collect(traffic, seen)

    def _collect(self, traffic: Traffic, seen: "_Seen") -> None:
        answer = self.session.get(f"{self.address}/history", params={"after": max(0, seen.until - OVERLAP)}, timeout=60)
        answer.raise_for_status()
        for line in answer.content.splitlines():
            entry = json.loads(line)
            if seen.is_new(entry["number"]):
                traffic.add(entry)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.session.request(method, self.address + path, json=body, timeout=600)
        if answer.status_code != 200:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return answer.json()


@dataclass(slots=True)
class _Seen:
    """Which entries were counted: numbers are given when a request arrives, and told when it has been answered."""

    until: int = 0
    count: int = 0
    recent: set[int] = field(default_factory=set)

    def is_new(self, number: int) -> bool:
        if number in self.recent:
            return False
        self.recent.add(number)
        self.count += 1
        self.until = max(self.until, number)
        if len(self.recent) > 10 * OVERLAP:
            self.recent = {each for each in self.recent if each > self.until - OVERLAP}
        return True


def _count(ranges: str) -> int:
    """How many numbers `1-3,7` names."""
    pairs = (each.partition("-") for each in ranges.split(",") if each)
    return sum(int(last or first) - int(first) + 1 for first, _, last in pairs)
