"""What goes wrong on purpose."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.emulator.answers import Response
from connectors.emulator.exchange import Exchange


@dataclass(slots=True)
class FaultPlan:
    """Decides for each request whether something goes wrong with it."""

    def perform(self, exchange: Exchange, run: Callable[[], Response]) -> Response:
        """Answer a request by `run`, or as the plan says."""
        return run()
