"""Carries out journalled writes, list by list and in small steps, so that it can be stopped or killed at any moment.

Before every request the lease is checked, after every step the journal has what became of each write.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sync.core.plan import PlannedWrite
from sync.core.run_report import SourceProblem
from sync.engine.apply import Target, apply_writes
from sync.engine.canary import photograph, verdict
from sync.engine.journal import Pen
from sync.engine.outcomes import Attempt
from sync.engine.ports import Outcome
from sync.engine.state import Intent
from sync.engine.stop import Stop
from sync.errors import SourceError, StoppedError

AT_ONCE = 100
"""Items between two looks at the lease: what one request to SharePoint carries."""

Journalled = tuple[PlannedWrite, Intent]
OnWrite = Callable[[int], None]
"""Told of progress: items whose outcome is known."""


@dataclass(slots=True)
class Writer:
    """Writes for one run; `attempts` is what was sent and what became of it, in order."""

    pen: Pen
    stop: Stop
    on_write: OnWrite
    attempts: list[Attempt] = field(default_factory=list)

    def write(self, target: Target, pairs: Sequence[Journalled], first: int) -> SourceProblem | None:
        """Writes into one list; answers why it ended early, if anything but being told to stop ended it.

        The `first` items go ahead and are looked at again before the others follow. What was never sent is on record
        as skipped. Raises LeaseLostError where another run has taken over: then nothing more is recorded either.
        """
        steps = list(_steps(pairs, first))
        problem: SourceProblem | None = None
        begun = 0
        for step in steps:
            if self.stop.requested or problem is not None:
                break
            begun += 1
            problem = self._step(target, step, watched=begun == 1 and first > 0)
        left = [intent for step in steps[begun:] for _, intent in step]
        self.pen.skip(left, "the run was told to stop" if problem is None else "the canary stopped the list")
        return problem

    def _step(self, target: Target, step: Sequence[Journalled], *, watched: bool) -> SourceProblem | None:
        try:
            before = photograph(target, _items(step)) if watched else None
            self._send(replace(target, permit=self.pen.check), step)
            return verdict(target, before, len(step)) if before is not None else None
        except StoppedError:
            return None
        except SourceError as error:
            return SourceProblem.of(error)

    def _send(self, target: Target, step: Sequence[Journalled]) -> None:
        """What is cut off by a stop stays open in the journal: whether it was done, the next run finds by reading."""
        intents = {write.id: intent for write, intent in step}
        settled: list[tuple[Intent, Outcome]] = []
        try:
            for write, outcome in apply_writes(target, [write for write, _ in step]):
                settled.append((intents[write.id], outcome))
                self.attempts.append(Attempt(write, intents[write.id].set, outcome))
                self.on_write(len(self.attempts))
        except StoppedError:
            self.pen.settle(settled)
            raise
        self.pen.settle(settled)


def _items(step: Sequence[Journalled]) -> list[int]:
    return [write.id.item_id for write, _ in step]


def _steps(pairs: Sequence[Journalled], first: int) -> Iterator[Sequence[Journalled]]:
    if first and pairs:
        yield pairs[:first]
    for start in range(first, len(pairs), AT_ONCE):
        yield pairs[start : start + AT_ONCE]
