"""Worlds kept by name while the server runs, and the way back to the start."""

from dataclasses import dataclass
from datetime import datetime

from connectors.emulator.clock import VirtualClock
from connectors.emulator.rules.faults import FaultPlan
from connectors.emulator.service import Service
from connectors.emulator.state.document import nearest
from connectors.emulator.state.world import World
from connectors.emulator.storage.file import IN_MEMORY, WorldFile

MOST = 50


class SnapshotError(ValueError):
    """A snapshot that cannot be taken or found: one sentence saying why."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A world as it was at an instant of its own clock: a file of it that is nowhere but in memory."""

    name: str
    taken: datetime
    file: WorldFile

    def world(self, like: World) -> World:
        """The world as it was, with the clock and the limits of another."""
        again = World(clock=like.clock, limits=like.limits)
        self.file.load(again)
        return again


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
        self._plan_then = (service.faults.seed, service.faults.rules)
        self._latency_then = service.latency
        self._kept: dict[str, Snapshot] = {}
        with service.lock:
            self._start = kept("", service.world)

    def take(self, name: str) -> Snapshot:
        """Keep the world as it is; a snapshot of the same name is replaced. Raises SnapshotError."""
        if not name or not name.isprintable() or len(name) > 100 or "/" in name:
            raise SnapshotError("A snapshot needs a name of at most 100 printable characters without a slash.")
        if name not in self._kept and len(self._kept) >= MOST:
            raise SnapshotError(f"There are {MOST} snapshots already; remove one.")
        with self._service.lock:
            taken = kept(name, self._service.world)
        if name in self._kept:
            self.remove(name)
        self._kept[name] = taken
        return taken

    def restore(self, name: str) -> Snapshot:
        """Serve the world as it was. Raises SnapshotError."""
        found = self._find(name)
        self._serve(found)
        return found

    def remove(self, name: str) -> None:
        """Forget a snapshot. Raises SnapshotError."""
        self._find(name).file.close()
        del self._kept[name]

    def names(self) -> list[Snapshot]:
        """What is kept, by name."""
        return [self._kept[name] for name in sorted(self._kept)]

    def reset(self) -> None:
        """Begin again: world, clock, rules and latency as at the start, budgets and history empty. Snapshots stay."""
        service = self._service
        with service.lock:
            if self._clock is not None and self._clock_then is not None:
                self._clock.restore(self._clock_then)
            self._serve(self._start)
            seed, rules = self._plan_then
            service.faults = FaultPlan(seed)
            service.faults.put(rules)
            service.latency = self._latency_then
            service.latency.reset()
            service.throttle.reset()
            service.history.clear()

    def _find(self, name: str) -> Snapshot:
        if name not in self._kept:
            raise SnapshotError(f"There is no snapshot {name!r}; {nearest(name, sorted(self._kept))}")
        return self._kept[name]

    def _serve(self, snapshot: Snapshot) -> None:
        with self._service.lock:
            self._service.world = snapshot.world(self._service.world)


def kept(name: str, world: World) -> Snapshot:
    """A snapshot of a world as it is."""
    file = WorldFile(IN_MEMORY)
    file.save(world)
    return Snapshot(name, world.instant(), file)
