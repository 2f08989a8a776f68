"""A world and the rules it is served under: who may come in, what it costs, what goes wrong, what is remembered."""

import threading
from dataclasses import dataclass, field

from connectors.emulator.callers import Access, AnyToken
from connectors.emulator.faults import FaultPlan
from connectors.emulator.history import History
from connectors.emulator.latency import Latency, Prompt
from connectors.emulator.throttle import Throttle
from connectors.emulator.world import World


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
