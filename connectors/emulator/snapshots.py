"""Worlds kept by name while the server runs, and the way back to the start."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.emulator.clock import VirtualClock
from connectors.emulator.document import nearest
from connectors.emulator.service import Service
from connectors.emulator.state import dump, load
from connectors.emulator.world import World

MOST = 50
_FAST = 1


class SnapshotError(ValueError):
    """A snapshot that cannot be taken or found: one sentence saying why."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A world as it was at an instant of its own clock, packed."""

    name: str
    taken: datetime
    packed: bytes


class Snapshots:
    """Keeps worlds of one service, and begins with the one it serves now.

    A snapshot is the whole world: items, versions, change logs, recycle bins, and the next identifier. Bringing one
    back changes neither the clock nor the history, and the rules go on counting: for clients time does not run
    backwards. `reset` takes back all of that too.
    """

    def __init__(self, service: Service, clock: VirtualClock | None = None) -> None:
        self._service = service
        self._clock = clock
        self._clock_then = clock.state if clock is not None else None
        self._kept: dict[str, Snapshot] = {}
        with service.lock:
            self._start = _packed("", service.world)

    def take(self, name: str) -> Snapshot:
        """Keep the world as it is; a snapshot of the same name is replaced. Raises SnapshotError."""
        if not name or not name.isprintable() or len(name) > 100 or "/" in name:
            raise SnapshotError("A snapshot needs a name of at most 100 printable characters without a slash.")
        if name not in self._kept and len(self._kept) >= MOST:
            raise SnapshotError(f"There are {MOST} snapshots already; remove one.")
        with self._service.lock:
            self._kept[name] = _packed(name, self._service.world)
        return self._kept[name]

    def restore(self, name: str) -> Snapshot:
        """Serve the world as it was. Raises SnapshotError."""
        found = self._find(name)
        self._serve(found)
        return found

    def remove(self, name: str) -> None:
        """Forget a snapshot. Raises SnapshotError."""
        del self._kept[self._find(name).name]

    def names(self) -> list[Snapshot]:
        """What is kept, by name."""
        return [self._kept[name] for name in sorted(self._kept)]

    def reset(self) -> None:
        """Begin again: world, clock and history as at the start, rules, budgets and chance as new. Snapshots stay."""
        service = self._service
        with service.lock:
            if self._clock is not None and self._clock_then is not None:
                self._clock.restore(self._clock_then)
            self._serve(self._start)
            service.faults.reset()
            service.latency.reset()
            service.throttle.reset()
            service.history.clear()

    def _find(self, name: str) -> Snapshot:
        if name not in self._kept:
            raise SnapshotError(f"There is no snapshot {name!r}; {nearest(name, sorted(self._kept))}")
        return self._kept[name]

    def _serve(self, kept: Snapshot) -> None:
        with self._service.lock:
            self._service.world = load(_unpacked(kept), self._service.world.clock)


def _packed(name: str, world: World) -> Snapshot:
    text = json.dumps(dump(world), ensure_ascii=False, separators=(",", ":"))
    return Snapshot(name, world.instant(), zlib.compress(text.encode("utf-8", "surrogatepass"), _FAST))


def _unpacked(kept: Snapshot) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(zlib.decompress(kept.packed).decode("utf-8", "surrogatepass"))
    return state
