"""What a run adds to the histories of the records that it carried through."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sync.core.advance import Facts, advance
from sync.core.history import History, HoldTrail
from sync.core.hold import trail_of
from sync.core.model import Risk, Scores
from sync.core.raisings import advance_raisings
from sync.core.snapshot import Record, RecordId
from sync.engine.decide import Decided
from sync.engine.holds import HoldSet
from sync.engine.targets import Portfolio


def histories_after(
    decided: Decided, through: Collection[str], portfolio: Portfolio, holds: Sequence[HoldSet]
) -> tuple[History, ...]:
    """The histories that differ from what is kept, by number: those of every record of the sources that were carried
    `through`, and of what went from there. Of a source that is held nothing is concluded, for a person looks first.
    `holds`: those that are new, with who set them.
    """
    trails = {each.record.id: each.trail for each in holds}
    kept = {history.number: history for history in decided.terms.histories}
    settled = {*through, *({history.source for history in decided.identified.gone} - set(portfolio.sources))}
    gone = (history for history in decided.identified.gone if history.source in settled)
    seen = _seen(decided, through, portfolio, trails)
    changed = {each.number: each for each in (*gone, *seen) if kept.get(each.number) != each}
    return tuple(changed[number] for number in sorted(changed))


def histories_kept(decided: Decided, changed: Iterable[History]) -> Mapping[RecordId, History]:
    """The history of every record as it is kept once the `changed` ones are. None of a record that nothing is kept of
    yet: its number is only the next that is free, and may be another record's tomorrow."""
    numbers = {history.number for history in decided.terms.histories}
    before = {record: history for record, history in decided.identified.of.items() if history.number in numbers}
    return before | {each.id: each for each in changed if each.gone is None and each.joined is None}


def _seen(
    decided: Decided, through: Collection[str], portfolio: Portfolio, trails: Mapping[RecordId, HoldTrail]
) -> Iterator[History]:
    for record in decided.matched.records:
        if record.source in through:
            history = decided.identified.of[record.id]
            hold = trails.get(record.id) or trail_of(record, history.hold, decided.terms.today)
            yield advance(
                history,
                record,
                portfolio.sources[record.source],
                portfolio.policies.identity,
                decided.terms.today,
                replace(_facts(decided, record, history, portfolio), hold=hold),
            )


def _facts(decided: Decided, record: Record, history: History, portfolio: Portfolio) -> Facts:
    assessment, fields = decided.assessments[record.id], record.fields
    is_rated = isinstance(fields, Risk) and None not in (fields.likelihood, fields.impact)
    return Facts(
        rating=Scores(fields.likelihood, fields.impact) if is_rated and isinstance(fields, Risk) else None,
        matrix=assessment.matrix if is_rated else None,
        matrix_version=assessment.version if is_rated else None,
        raised=advance_raisings(
            history.raised, assessment.escalation, decided.terms.today, portfolio.policies, portfolio.calendar
        ),
    )
