"""The value a run leaves behind, and its JSON form (`schema: 1`), which scripts may rely on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sync.core.cost import NOTHING, Cost
from sync.core.findings import Finding
from sync.core.mirror import Route
from sync.core.plan import Plan, PlannedWrite, Refusal
from sync.core.rollup import Rollup
from sync.errors import SourceError


class Outcome(StrEnum):
    """How a run ended: `waiting` for an approval, `partial` when some sources or items were left undone, `interrupted`
    when it was told to stop."""

    DONE = "done"
    WAITING = "waiting"
    PARTIAL = "partial"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class ReadState(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """Why a source could not be read or may not be written: an exit code, what happened, and what to do."""

    code: int
    text: str
    advice: str

    @classmethod
    def of(cls, error: SourceError) -> "SourceProblem":
        return cls(error.exit_code, error.what, error.advice)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """`route`: how the list came to be known, None where it did not; `token`: where its change log stood."""

    name: str
    read: ReadState
    records: int
    problems: tuple[SourceProblem, ...] = ()
    route: Route | None = None
    token: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "read": self.read.value,
            "records": self.records,
            "way": self.route.way.value if self.route else None,
            "why_so": self.route.why if self.route else None,
            "token": self.token,
            "stale": False,
            "problems": [{"code": p.code, "text": p.text, "advice": p.advice} for p in self.problems],
        }


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """Items by what became of their planned write; a dry run applies none.

    `own_lists` and `heartbeat` count what was written into lists that the service keeps itself: rows of the roll-up,
    and the item that says when the last good run was. They are no planned writes.
    """

    applied: int = 0
    skipped: int = 0
    raced: int = 0
    throttled: int = 0
    failed: int = 0
    unknown: int = 0
    own_lists: int = 0
    heartbeat: int = 0

    @property
    def undone(self) -> int:
        return self.raced + self.throttled + self.failed + self.unknown

    def to_json(self) -> dict[str, int]:
        return {
            "applied": self.applied,
            "skipped": self.skipped,
            "raced": self.raced,
            "throttled": self.throttled,
            "failed": self.failed,
            "unknown": self.unknown,
            "own_lists": self.own_lists,
            "heartbeat": self.heartbeat,
        }


@dataclass(frozen=True, slots=True)
class Requests:
    """What requests cost: counts by kind, assumed resource units, seconds waited because the host said so, and seconds
    waited so as not to use more of the tenant than the portfolio file lets us."""

    by_kind: Mapping[str, int] = field(default_factory=dict)
    resource_units: int = 0
    throttled_seconds: float = 0.0
    paced_seconds: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())

    def since(self, before: "Requests") -> "Requests":
        """What was added since it stood at `before`."""
        kinds = {kind: count - before.by_kind.get(kind, 0) for kind, count in self.by_kind.items()}
        return Requests(
            by_kind={kind: count for kind, count in kinds.items() if count},
            resource_units=self.resource_units - before.resource_units,
            throttled_seconds=self.throttled_seconds - before.throttled_seconds,
            paced_seconds=self.paced_seconds - before.paced_seconds,
        )

    @classmethod
    def together(cls, several: Iterable["Requests"]) -> "Requests":
        """What several stores' requests cost together."""
        each = tuple(several)
        kinds = sorted({kind for usage in each for kind in usage.by_kind})
        return cls(
            by_kind={kind: sum(usage.by_kind.get(kind, 0) for usage in each) for kind in kinds},
            resource_units=sum(usage.resource_units for usage in each),
            throttled_seconds=sum(usage.throttled_seconds for usage in each),
            paced_seconds=sum(usage.paced_seconds for usage in each),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "by_kind": dict(sorted(self.by_kind.items())),
            "resource_units": self.resource_units,
            "throttled_seconds": round(self.throttled_seconds, 3),
            "paced_seconds": round(self.paced_seconds, 3),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Times are aware UTC; `timings` are seconds by stage. `common_way`: what getting every item and updating it would
    have cost. `redecided`: writes that were planned again because somebody
    changed their items while the run was under way. `lifted`: refusals of the plan that a person let through."""

    id: str
    mode: str
    started: datetime
    finished: datetime
    today: date
    outcome: Outcome
    sources: tuple[SourceReport, ...]
    plan: Plan
    writes: WriteCounts
    rollup: tuple[Rollup, ...]
    findings: tuple[Finding, ...]
    requests: Requests
    timings: Mapping[str, float]
    common_way: Cost = NOTHING
    redecided: tuple[PlannedWrite, ...] = ()
    lifted: frozenset[Refusal] = frozenset()

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "run": {
                "id": self.id,
                "started": instant(self.started),
                "finished": instant(self.finished),
                "today": self.today.isoformat(),
                "mode": self.mode,
                "outcome": self.outcome.value,
            },
            "sources": [source.to_json() for source in self.sources],
            "plan": {**self.plan.to_json(), "refusals": [self._refused(each) for each in self.plan.refusals]},
            "redecided": [write.to_json() for write in self.redecided],
            "writes": self.writes.to_json(),
            "rollup": [rollup.to_json() for rollup in self.rollup],
            "findings": [finding.to_json() for finding in self.findings],
            "requests": {**self.requests.to_json(), "common_way": self.common_way.to_json()},
            "timings": {stage: round(seconds, 3) for stage, seconds in sorted(self.timings.items())},
        }

    def _refused(self, refusal: Refusal) -> dict[str, Any]:
        return {**refusal.to_json(), "lifted": refusal in self.lifted}


def instant(moment: datetime) -> str:
    """An aware UTC moment as JSON holds it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
