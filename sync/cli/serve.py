"""`serve`: the nightly run by itself, in the portfolio's zone, with a missed night caught up at the start."""

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

from sync.cli.options import PortfolioFile
from sync.errors import ConfigurationError, PortfolioSyncError

if TYPE_CHECKING:
    from sync.engine.targets import Portfolio

GRACE_SECONDS = 6 * 60 * 60
"""A night missed by less than this (a machine asleep, a slow host) is still run by the scheduler itself."""


def serve(portfolio: PortfolioFile = None) -> int:
    """Run every night as the portfolio file says, until told to stop. Never approves: what needs approval waits."""
    from apscheduler.schedulers.blocking import BlockingScheduler

    from sync.cli.terminal import tell
    from sync.engine.schedule import NIGHTLY, trigger
    from sync.wiring import load_portfolio

    configured = load_portfolio(portfolio)
    if configured.schedule.nightly is None:
        raise ConfigurationError(
            f"{configured.path} has no schedule.", 'Add `schedule: {nightly: "17 2 * * *"}` to the portfolio file.'
        )
    when = trigger(configured.schedule.nightly, configured.time_zone)
    scheduler = BlockingScheduler(
        timezone=when.timezone,
        job_defaults={"misfire_grace_time": GRACE_SECONDS, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_job(run_due_night, args=[configured], id="catch-up")
    scheduler.add_job(run_due_night, when, args=[configured], id=NIGHTLY)
    tell(f"Serving '{configured.name}': nightly at {configured.schedule.nightly} ({configured.time_zone}).")
    signal.signal(signal.SIGTERM, _stop)
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        tell("Stopping; a run that is under way ends first.")
        scheduler.shutdown(wait=True)
    return 0


def run_due_night(portfolio: "Portfolio") -> None:
    """Runs the latest due night that has not run yet, once; a failure is told and the next night is tried again."""
    from sync.cli.terminal import tell
    from sync.engine.run import RunRequest, execute, proceed_unapproved
    from sync.engine.schedule import night_to_catch_up
    from sync.engine.state import RunMode
    from sync.wiring import open_run

    try:
        with open_run(portfolio.path) as context:
            night = night_to_catch_up(context.portfolio, context.runs, context.clock.now())
            if night is None:
                tell("No night is due that has not run.")
                return
            result = execute(context, RunRequest(RunMode.NIGHTLY, night=night), approver=proceed_unapproved)
    except PortfolioSyncError as error:
        tell(f"The nightly run failed: {error}")
        return
    report = result.report
    tell(f"Night of {night}: {report.outcome}; {report.writes.applied} items written; run {report.id}.")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
