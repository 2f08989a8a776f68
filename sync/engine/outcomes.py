"""What became of everything that a run wrote: counts, findings and problems, item by item and last word first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.core.findings import Finding, FindingKind
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import PlannedWrite
from sync.core.run_report import SourceProblem, WriteCounts
from sync.core.snapshot import RecordId
from sync.engine.ports import Applied, Failed, Outcome, Raced, Throttled, Unknown
from sync.errors import ExitCode, SourceError

_COUNTED: dict[type[Outcome], str] = {
    Applied: "applied",
    Raced: "raced",
    Throttled: "throttled",
    Failed: "failed",
    Unknown: "unknown",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One write with the values it carried, and what became of it; one that raced may never have been sent."""

    write: PlannedWrite
    values: Mapping[OwnedField, OwnedValue]
    outcome: Outcome

    @property
    def is_applied(self) -> bool:
        return isinstance(self.outcome, Applied)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of every planned write; `problems` are by source. `redecided`: the writes of later rounds, planned
    again because somebody changed their items while the run was under way. `stopped`: whether the run was told to end
    before it was through."""

    counts: WriteCounts = field(default_factory=WriteCounts)
    findings: tuple[Finding, ...] = ()
    problems: Mapping[str, tuple[SourceProblem, ...]] = field(default_factory=dict)
    redecided: tuple[PlannedWrite, ...] = ()
    stopped: bool = False


def summed_up(
    planned: Sequence[PlannedWrite],
    attempts: Sequence[Attempt],
    given_up: Mapping[str, SourceProblem],
    *,
    stopped: bool,
) -> Written:
    """The run's account: an item counts once, with its last outcome; one that was never sent was skipped. `given_up`:
    why a source's writing ended before its end."""
    last = {attempt.write.id: attempt for attempt in attempts}
    first_time = {write.id for write in planned}
    counts = Counter(_COUNTED[type(attempt.outcome)] for attempt in last.values())
    return Written(
        counts=WriteCounts(skipped=len(first_time - set(last)), **counts),
        findings=tuple(
            sorted(_raced(attempt.write) for attempt in last.values() if isinstance(attempt.outcome, Raced))
        ),
        problems=_problems(tuple(last.values()), given_up),
        redecided=tuple(_again(attempts, first_time)),
        stopped=stopped,
    )


def _again(attempts: Sequence[Attempt], planned: set[RecordId]) -> list[PlannedWrite]:
    """Every write beyond the first for its item, and those of items that the plan did not have."""
    seen: set[RecordId] = set()
    again = []
    for attempt in attempts:
        if attempt.write.id in seen or attempt.write.id not in planned:
            again.append(attempt.write)
        seen.add(attempt.write.id)
    return again


def _raced(write: PlannedWrite) -> Finding:
    said = f"{write.key}: somebody changed the item while the run was under way, and it was left alone."
    return Finding(write.source, write.id.item_id, FindingKind.RACED, write.key, said)


def _problems(
    attempts: Sequence[Attempt], given_up: Mapping[str, SourceProblem]
) -> dict[str, tuple[SourceProblem, ...]]:
    """What went wrong in a source's writes, each sentence once, with how many items it concerns."""
    counted: Counter[tuple[str, SourceProblem]] = Counter()
    for attempt in attempts:
        if problem := problem_of(attempt.outcome):
            counted[attempt.write.source, problem] += 1
    told: dict[str, tuple[SourceProblem, ...]] = {source: (problem,) for source, problem in given_up.items()}
    for (source, problem), count in counted.items():
        said = replace(problem, text=f"{count} of the planned items: {problem.text}")
        told[source] = (*told.get(source, ()), said)
    return told


def problem_of(outcome: Outcome) -> SourceProblem | None:
    """What went wrong with a write; None where it was done, and where somebody else was at its item."""
    match outcome:
        case Failed(error=error):
            code = error.exit_code if isinstance(error, SourceError) else ExitCode.DEFECT
            return SourceProblem(code, error.what, error.advice)
        case Unknown(reason=reason):
            return SourceProblem(
                ExitCode.UNREADABLE, reason, "Run again: what was written is read before it is decided."
            )
        case Throttled():
            return SourceProblem(
                ExitCode.THROTTLED,
                "SharePoint is busy, or asks for a longer wait than we may take.",
                "Run again later.",
            )
        case _:
            return None
