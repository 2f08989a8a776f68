"""What requests cost in resource units, and the budgets that refuse more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.emulator.exchange import Exchange


@dataclass(slots=True)
class Throttle:
    """Charges every request to its caller's budgets."""

    multiplier: int = 1

    def charge(self, exchange: Exchange, now: datetime) -> Mapping[str, str]:
        """Count a request. Gives the headers its answer carries; raises SharePointError (429) beyond a budget."""
        exchange.units *= self.multiplier
        return {}
