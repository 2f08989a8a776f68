"""What was asked and answered, in order."""

from dataclasses import dataclass, field
from datetime import datetime

from connectors.emulator.answers import Response
from connectors.emulator.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Entry:
    """One request or one part of a batch."""

    at: datetime
    method: str
    operation: str
    status: int
    units: int


@dataclass(slots=True)
class History:
    """Every request the service has answered."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, exchange: Exchange, response: Response, now: datetime) -> None:
        """Remember an answered request."""
        entry = Entry(now, exchange.request.verb, exchange.operation, response.status, exchange.units)
        self.entries.append(entry)
