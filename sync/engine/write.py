"""Applies a plan source by source, and records what was agreed as it goes, so that a run cut short loses little."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.core.findings import Finding, FindingKind
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import PlannedWrite
from sync.core.run_report import SourceProblem, WriteCounts
from sync.core.snapshot import Baseline, RecordId
from sync.engine.apply import Target, apply_writes
from sync.engine.decide import Decided
from sync.engine.ports import Applied, Failed, ListStore, Outcome, Raced, RunStore, Throttled, Unknown
from sync.engine.state import SourceState
from sync.errors import ExitCode, SourceError

OnWrite = Callable[[int, int], None]
"""Told of progress: items whose outcome is known, and items in all."""

RECORDED_TOGETHER = 100
"""Baselines written in one transaction: about what one request to SharePoint carries."""

_COUNTED: dict[type[Outcome], str] = {
    Applied: "applied",
    Raced: "raced",
    Throttled: "throttled",
    Failed: "failed",
    Unknown: "unknown",
}


@dataclass(frozen=True, slots=True)
class Written:
    """What became of every planned write; `problems` are by source."""

    counts: WriteCounts = field(default_factory=WriteCounts)
    findings: tuple[Finding, ...] = ()
    problems: Mapping[str, tuple[SourceProblem, ...]] | None = None

    def problems_of(self, source: str) -> tuple[SourceProblem, ...]:
        return (self.problems or {}).get(source, ())


@dataclass(frozen=True, slots=True)
class Writer:
    """Applies one decided plan. `held`: the sources that nothing may be written to."""

    decided: Decided
    lists: Mapping[str, ListStore]
    runs: RunStore
    run_id: str
    held: frozenset[str]

    def write(self, on_write: OnWrite) -> Written:
        """Every planned write in turn; a source whose store fails altogether does not stop the others."""
        total = len(self.decided.plan.writes)
        by_source: dict[str, list[PlannedWrite]] = defaultdict(list)
        for write in self.decided.plan.writes:
            by_source[write.source].append(write)
        outcomes: list[tuple[PlannedWrite, Outcome]] = []
        for name in sorted(set(self.decided.inputs) - self.held):
            for write, outcome in self._write_source(name, by_source[name]):
                outcomes.append((write, outcome))
                on_write(len(outcomes), total)
        skipped = total - len(outcomes)
        counts = Counter(_COUNTED[type(outcome)] for _, outcome in outcomes)
        return Written(
            counts=WriteCounts(skipped=skipped, **counts),
            findings=tuple(sorted(_raced(write) for write, outcome in outcomes if isinstance(outcome, Raced))),
            problems=_problems(outcomes),
        )

    def _write_source(self, name: str, writes: Sequence[PlannedWrite]) -> Iterator[tuple[PlannedWrite, Outcome]]:
        read, known = self.decided.reads[name], self.decided.inputs[name]
        schema = known.binding.schema
        baselines = dict(known.baselines)
        self.runs.save_baselines(self._healed(name, baselines))
        if writes:
            target = Target(self.lists[read.source.connection], read.source, known.binding)
            yield from self._record(apply_writes(target, writes), baselines)
        self.runs.save_source_state(
            SourceState(
                host=schema.host,
                list_guid=schema.list_guid,
                source=name,
                policy_digest=self.decided.digests[name],
                schema_digest=schema.digest,
                records=read.rows,
                run_id=self.run_id,
            )
        )

    def _record(
        self, outcomes: Iterator[tuple[PlannedWrite, Outcome]], baselines: dict[RecordId, Baseline]
    ) -> Iterator[tuple[PlannedWrite, Outcome]]:
        """Passes outcomes on, keeping the baseline of what was applied; also when the run is cut short."""
        waiting: list[Baseline] = []
        try:
            for write, outcome in outcomes:
                if isinstance(outcome, Applied):
                    waiting.append(self._agreed(baselines, write.id, write.set, outcome.version))
                if len(waiting) >= RECORDED_TOGETHER:
                    self.runs.save_baselines(waiting)
                    waiting = []
                yield write, outcome
        finally:
            self.runs.save_baselines(waiting)

    def _healed(self, name: str, baselines: dict[RecordId, Baseline]) -> list[Baseline]:
        healed = self.decided.planned.healed.get(name, {})
        return [self._agreed(baselines, record_id, values, None) for record_id, values in healed.items()]

    def _agreed(
        self,
        baselines: dict[RecordId, Baseline],
        record_id: RecordId,
        values: Mapping[OwnedField, OwnedValue],
        version: str | None,
    ) -> Baseline:
        known = baselines.get(record_id)
        agreed = Baseline(record_id, {**(known.values if known else {}), **values}, version, self.run_id)
        baselines[record_id] = agreed
        return agreed


def _raced(write: PlannedWrite) -> Finding:
    said = f"{write.key}: somebody changed the item while the run was under way; it was left alone until the next run."
    return Finding(write.source, write.id.item_id, FindingKind.RACED, write.key, said)


def _problems(outcomes: list[tuple[PlannedWrite, Outcome]]) -> dict[str, tuple[SourceProblem, ...]]:
    """What went wrong in a source's writes, each sentence once, with how many items it concerns."""
    counted: Counter[tuple[str, SourceProblem]] = Counter()
    for write, outcome in outcomes:
        if problem := _problem(outcome):
            counted[write.source, problem] += 1
    told: dict[str, tuple[SourceProblem, ...]] = {}
    for (source, problem), count in counted.items():
        said = replace(problem, text=f"{count} of the planned items: {problem.text}")
        told[source] = (*told.get(source, ()), said)
    return told


def _problem(outcome: Outcome) -> SourceProblem | None:
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
