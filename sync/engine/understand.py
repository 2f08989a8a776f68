"""What the lists mean, taken together: who is who, what the rules say of everything, and what it adds up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync.core.boards import names_of
from sync.core.contradictions import of_doubts, of_events
from sync.core.history import History
from sync.core.identity import Answer, Identified, identify
from sync.core.judging import Judged, judge
from sync.core.matching import Matched, match
from sync.core.rollup import Rollup, roll_up
from sync.core.snapshot import Snapshot
from sync.engine.targets import Portfolio


@dataclass(frozen=True, slots=True)
class Understood:
    """`joined` is what was read, put together; `judged` what the rules say of it, `identified` whose histories its
    records go on with."""

    joined: Matched
    identified: Identified
    judged: Judged
    rollup: tuple[Rollup, ...]

    def on(self, day: date, portfolio: Portfolio) -> Judged:
        """What the rules would have said of the same on another day."""
        return judge(self.joined, portfolio.policies, portfolio.calendar, day, self.identified.of)


def understand(
    portfolio: Portfolio,
    snapshots: Sequence[Snapshot],
    unread: frozenset[str],
    today: date,
    histories: Sequence[History],
    answers: Mapping[str, Answer],
) -> Understood:
    """Joins what was read, finds every record's history, and judges. `unread` are the sources not among `snapshots`."""
    policies = portfolio.policies
    read = match(snapshots, portfolio.sources, unread, policies.precedence)
    identified = identify(histories, read.records, portfolio.sources, policies.identity, answers, today, unread)
    joined = read.with_findings((*of_events(identified.events), *of_doubts(identified.doubts)))
    judged = judge(joined, policies, portfolio.calendar, today, identified.of)
    rollup = roll_up(
        judged.one,
        judged.counted,
        today,
        name=portfolio.name,
        labels=policies.labels,
        stale_days=policies.reports.stale_days,
        boards=names_of(policies),
        histories=identified.of,
    )
    return Understood(joined, identified, judged, rollup)
