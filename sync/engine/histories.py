"""What a run adds to the histories of the records that it carried through."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync.core.advance import Facts, advance
from sync.core.history import History, HoldTrail
from sync.core.hold import trail_of
from sync.core.model import Risk, Scores
from sync.core.raisings import advance_raisings
from sync.core.snapshot import Record, RecordId
from sync.engine.decide import Decided
from sync.engine.holds import HoldSet
from sync.engine.targets import Portfolio


@dataclass(frozen=True, slots=True)
class Advanced:
    """The histories as they are once a run is over: those of the sources that were carried `through` are advanced; of a
    source that is held nothing is concluded, for a person looks first. `trails`: the holds that are new, with who set
    them. `highest`: the number that was given last before the run.

    Worked out anew whenever they are asked for, so that no more than one is held.
    """

    decided: Decided
    through: Collection[str]
    portfolio: Portfolio
    trails: Mapping[RecordId, HoldTrail]
    highest: int

    @classmethod
    def of(
        cls, decided: Decided, portfolio: Portfolio, through: Collection[str] = (), holds: Sequence[HoldSet] = ()
    ) -> "Advanced":
        """`holds`: those that are new."""
        trails = {each.record.id: each.trail for each in holds}
        highest = max((history.number for history in decided.terms.histories), default=0)
        return cls(decided, through, portfolio, trails, highest)

    def __iter__(self) -> Iterator[History]:
        """Those that differ from what is kept, of what went as well."""
        identified = self.decided.identified
        settled = {*self.through, *({history.source for history in identified.gone} - set(self.portfolio.sources))}
        yield from (history for history in identified.gone if history.source in settled)
        for name in sorted(self.through):
            for record in self.decided.matched.of_source(name):
                history = self._advanced(record)
                if record.id in identified.changed or history != identified.of[record.id]:
                    yield history

    def kept(self, record: Record) -> History | None:
        """The history of a record as it is kept. None of one that nothing is kept of yet: its number is only the next
        that is free, and may be another record's tomorrow."""
        if record.source in self.through:
            return self._advanced(record)
        history = self.decided.identified.of[record.id]
        return history if history.number <= self.highest else None

    def _advanced(self, record: Record) -> History:
        history = self.decided.identified.of[record.id]
        hold = self.trails.get(record.id) or trail_of(record, history.hold, self.decided.terms.today)
        return advance(
            history,
            record,
            self.portfolio.sources[record.source],
            self.portfolio.policies.identity,
            self.decided.terms.today,
            _facts(self.decided, record, history, self.portfolio, hold),
        )


def _facts(decided: Decided, record: Record, history: History, portfolio: Portfolio, hold: HoldTrail | None) -> Facts:
    assessment, fields = decided.assessments[record.id], record.fields
    is_rated = isinstance(fields, Risk) and None not in (fields.likelihood, fields.impact)
    return Facts(
        rating=Scores(fields.likelihood, fields.impact) if is_rated and isinstance(fields, Risk) else None,
        matrix=assessment.matrix if is_rated else None,
        matrix_version=assessment.version if is_rated else None,
        raised=advance_raisings(
            history.raised, assessment.escalation, decided.terms.today, portfolio.policies, portfolio.calendar
        ),
        hold=hold,
    )
