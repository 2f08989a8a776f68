"""Carries out journalled writes, site by site and in small steps, so that it can be stopped or killed at any moment.

Before every request the lease is checked, after every step the journal has what became of each write.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from threading import RLock

from sync.core.canary import Photo
from sync.core.plan import PlannedWrite
from sync.core.run_report import SourceProblem
from sync.engine.apply import Target, apply_writes
from sync.engine.canary import Watched, photographs, verdicts
from sync.engine.journal import Pen
from sync.engine.lanes import in_lanes
from sync.engine.outcomes import Attempt
from sync.engine.ports import Outcome
from sync.engine.state import Intent
from sync.engine.stop import Stop
from sync.errors import SourceError, StoppedError

AT_ONCE = 100
"""Items between two looks at the lease: what one request to SharePoint carries."""

Journalled = tuple[PlannedWrite, Intent]
Step = Sequence[tuple[Target, Journalled]]
_TOLD_TO_STOP = "the run was told to stop"
Problems = dict[str, SourceProblem]
"""Why lists were left before their end, by source."""
OnWrite = Callable[[int], None]
"""Told of progress: items whose outcome is known."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be written into one list; the `first` so many go ahead and are looked at again before the others."""

    target: Target
    pairs: Sequence[Journalled]
    first: int = 0

    @property
    def name(self) -> str:
        return self.target.source.name

    @property
    def ahead(self) -> Step:
        return [(self.target, pair) for pair in self.pairs[: self.first]]

    @property
    def watched(self) -> Watched:
        return Watched(self.target, [write.id.item_id for _, (write, _) in self.ahead])

    @property
    def behind(self) -> Step:
        return [(self.target, pair) for pair in self.pairs[self.first :]]


@dataclass(slots=True)
class Writer:
    """Writes for one run; `attempts` is what was sent and what became of it. Several sites may be written to at once:
    one of them at a time has the journal."""

    pen: Pen
    stop: Stop
    on_write: OnWrite
    attempts: list[Attempt] = field(default_factory=list)
    _journal: RLock = field(default_factory=RLock)

    def write(self, jobs: Sequence[Job], at_once: int = 1) -> Problems:
        """Writes into lists; answers why any was left before its end, but for being told to stop.

        What was never sent is on record as skipped. Raises LeaseLostError where another run has taken over: then
        nothing more is recorded either.
        """
        sites: dict[tuple[str, str], list[Job]] = {}
        for job in jobs:
            sites.setdefault((job.target.source.connection, job.target.source.site), []).append(job)
        done = in_lanes({site: [partial(self._write_site, of_site)] for site, of_site in sites.items()}, at_once)
        return {name: problem for lane in done.values() for problems in lane for name, problem in problems.items()}

    def _write_site(self, jobs: Sequence[Job]) -> Problems:
        """What goes ahead, then everything else, each of as many lists together as one step takes. Lists that are
        written to in one mode stand together, for a request is of one mode."""
        ordered = sorted(jobs, key=_mode)
        problems = self._go_ahead([job for job in ordered if job.ahead])
        rest = self._without(problems, [pair for job in ordered for pair in job.behind])
        while rest and not self.stop.requested:
            self._step(rest[:AT_ONCE])
            rest = rest[AT_ONCE:]
        self._skip(rest, _TOLD_TO_STOP)
        return problems

    def _go_ahead(self, jobs: Sequence[Job]) -> Problems:
        problems: Problems = {}
        for group in _together(jobs):
            if self.stop.requested:
                self._skip([pair for job in group for pair in job.ahead], _TOLD_TO_STOP)
            else:
                problems |= self._step_watched(group)
        return problems

    def _step_watched(self, jobs: Sequence[Job]) -> Problems:
        """What goes ahead in these lists, which are looked at before and after. One that cannot be looked at is not
        written to."""
        try:
            looks = list(zip(jobs, photographs([job.watched for job in jobs]), strict=True))
            problems = {job.name: SourceProblem.of(look) for job, look in looks if isinstance(look, SourceError)}
            if ahead := self._without(problems, [pair for job in jobs for pair in job.ahead]):
                self._step(ahead)
            return problems | verdicts([(job.watched, look) for job, look in looks if isinstance(look, Photo)])
        except StoppedError:
            return {}

    def _without(self, problems: Problems, rest: Step) -> list[tuple[Target, Journalled]]:
        """The rest without that of lists which are left; that is on record as skipped."""
        self._skip([each for each in rest if each[0].source.name in problems], "the list was left before its end")
        return [each for each in rest if each[0].source.name not in problems]

    def _step(self, step: Step) -> None:
        """What is cut off by a stop stays open in the journal: whether it was done, the next run finds by reading."""
        intents = {write.id: intent for _, (write, intent) in step}
        permitted = {id(target): replace(target, permit=self.pen.check) for target, _ in step}
        settled: list[tuple[Intent, Outcome]] = []
        with suppress(StoppedError):
            for write, outcome in apply_writes([(permitted[id(target)], write) for target, (write, _) in step]):
                settled.append((intents[write.id], outcome))
                with self._journal:
                    self.attempts.append(Attempt(write, intents[write.id].set, outcome))
                    self.on_write(len(self.attempts))
        with self._journal:
            self.pen.settle(settled)

    def _skip(self, step: Step, why: str) -> None:
        with self._journal:
            self.pen.skip([intent for _, (_, intent) in step], why)


def _together(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Lists whose first items fit one step, in order; one whose own do not stands alone."""
    group: list[Job] = []
    for job in jobs:
        if group and sum(len(each.ahead) for each in (*group, job)) > AT_ONCE:
            yield group
            group = []
        group.append(job)
    if group:
        yield group


def _mode(job: Job) -> tuple[str, str]:
    return job.target.source.write.mode.value, job.name
