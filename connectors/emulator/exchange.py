"""One request on its way through the service: what has been found out about it so far."""

from dataclasses import dataclass

from connectors.emulator.calls import Caller, Request


@dataclass(slots=True)
class Exchange:
    """A request, or one part of a batch; filled in as it is understood.

    `operation` is the canonical route (`web/list/items`, `$batch`, `ProcessQuery`), "" where there is none.
    `units` is its price in resource units. `batch` is the request a part belongs to.
    """

    request: Request
    batch: "Exchange | None" = None
    caller: Caller | None = None
    operation: str = ""
    site: str = ""
    list: str = ""
    item: int | None = None
    units: int = 0
    fault: str = ""
