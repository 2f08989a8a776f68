"""Hundreds of random histories over HTTP, with the server's faults: refusals, lost, cut and repeated answers, kills."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.budget import SEED, by_size
from tests.support.town import Terms
from tests.support.town_machine import TownMachine
from tests.support.town_runs import town_server

TERMS = [
    Terms("quiet"),
    Terms("quiet", stamped=False),
    Terms("versioned"),
    Terms("versioned", stamped=False),
]
HISTORIES = by_size(160, 12_000)
"""How many there are at least, over all terms together."""
STEPS = 6


@pytest.mark.no_cover
@pytest.mark.timeout(by_size(600, 14_400))
@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_every_history_over_http_ends_as_it_should(terms: Terms, tmp_path: Path) -> None:
    """Again with the same seed: PORTFOLIO_SYNC_TEST_SEED."""
    print(f"PORTFOLIO_SYNC_TEST_SEED={SEED}")  # noqa: T201
    share = -(-HISTORIES // len(TERMS))
    before, runs = TownMachine.made, TownMachine.runs
    with town_server(terms, tmp_path) as server:

        @seed(SEED + TERMS.index(terms))
        def machine() -> TownMachine:
            return TownMachine(server)

        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=share,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                print_blob=True,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            ),
        )
    made = TownMachine.made - before
    print(f"{terms}: {made} histories, {TownMachine.runs - runs} runs")  # noqa: T201
    assert made >= share
