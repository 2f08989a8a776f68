"""A world and the rules it is served under: who may come in, what it costs, what goes wrong, what is remembered."""

import threading
from dataclasses import dataclass, field, replace

from connectors.emulator.callers import Access, AnyToken
from connectors.emulator.rules.edits import Edit, EditError, failed, perform
from connectors.emulator.rules.faults import FaultPlan
from connectors.emulator.rules.history import Entry, History
from connectors.emulator.rules.latency import Latency, Prompt
from connectors.emulator.rules.throttle import Throttle
from connectors.emulator.state.world import World


@dataclass(slots=True)
class Service:
    """What answers requests. `world` may be exchanged for another while it runs; hold `lock` for that."""

    world: World
    access: Access = field(default_factory=AnyToken)
    throttle: Throttle = field(default_factory=Throttle)
    faults: FaultPlan = field(default_factory=FaultPlan)
    history: History = field(default_factory=History)
    latency: Latency = field(default_factory=Prompt)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def edit(self, edit: Edit, cause: str = "") -> Entry:
        """Make a colleague's edit and note it in the history; one that a rule caused and that fails is noted too.

        EditError where it cannot be made and nothing but the caller's wish is behind it.
        """
        with self.lock:
            try:
                done = perform(self.world, edit)
            except EditError as error:
                if not cause:
                    raise
                done = failed(self.world, edit, str(error))
            entry = replace(done, number=self.history.arrival(), fault=cause)
            self.history.append(entry)
            return entry
