"""What earlier runs used of a tenant, by their reports: a day's budget is one for all of them."""

from datetime import datetime, timedelta

from sync.engine.ports import RunStore

A_DAY = timedelta(hours=24)
_MOST_RUNS = 200


def spent_within_a_day(runs: RunStore, now: datetime) -> list[tuple[datetime, int]]:
    """When runs ended, and the resource units that each had used, for those that ended within 24 hours.

    All of a run counts as used when it ended, so that it never counts for less than it was. What a run used that was
    killed is not known.
    """
    ended = [run for run in runs.runs(_MOST_RUNS) if run.finished is not None and run.finished > now - A_DAY]
    spent = [(run.finished or now, _units(runs, run.id)) for run in ended]
    return [(at, units) for at, units in spent if units]


def _units(runs: RunStore, run_id: str) -> int:
    requests = (runs.report(run_id) or {}).get("requests")
    return int(requests["resource_units"]) if requests else 0
