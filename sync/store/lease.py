"""What is said of the right to write: who has it, and that it was lost."""

from datetime import UTC, datetime

from sync.engine.state import Lease
from sync.errors import LeaseLostError, LockHeldError


def held_by(run_id: str | None, holder: str | None, taken: datetime | None) -> LockHeldError:
    """The lease is somebody else's; without a run where nothing is known of them yet."""
    if run_id is None or taken is None:
        return LockHeldError("Another process has just taken the lock of this database.")
    return LockHeldError(f"{_run(run_id, holder)} has held the lock of this database since {_shown(taken)}.")


def lost(lease: Lease, generation: int, run_id: str | None, holder: str | None) -> LeaseLostError:
    """The lease is this run's no more. `generation`, `run_id`, `holder`: as the database has them now."""
    if generation == lease.generation or run_id is None:
        return LeaseLostError(f"Run {lease.run_id} has its lease no more.")
    return LeaseLostError(f"Run {lease.run_id} has lost its lease: {_run(run_id, holder)} took over.")


def _run(run_id: str, holder: str | None) -> str:
    return f"Run {run_id} ({holder})" if holder else f"Run {run_id}"


def _shown(taken: datetime) -> str:
    return f"{taken.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
