"""Keeps what a run saw: for the reports of today, and frozen for those of later."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from sync.core.archive import people_of, record_to_json, shared_words, stand_ins
from sync.core.boards import next_meeting
from sync.core.directions import Direction, rollup_directions
from sync.core.disclosure import SafeRollup
from sync.core.frozen import Occasion, Period, due_reports
from sync.core.kept import Counted, figures_of, header_of, part_of, told_of
from sync.core.matching import Matched
from sync.core.model import Person
from sync.core.rollup import Rollup
from sync.core.run_report import RunReport, SourceReport
from sync.core.safe_rows import Told, all_told, safe_rollup, untold_directions
from sync.core.text import fold
from sync.core.view import SourceSeen
from sync.core.viewing import Seen, view_of
from sync.engine.decide import Decided
from sync.engine.histories import Advanced
from sync.engine.ports import RunStore
from sync.engine.state import Frozen, RunStart
from sync.engine.targets import Portfolio
from sync.errors import NotFoundError, UsageError

Row = TypeVar("Row", bound=Rollup)


@dataclass(frozen=True, slots=True)
class Moment:
    """A portfolio as it is kept: `header` tells of the whole, `parts` by source what it held. `is_whole`: every list
    was read."""

    header: Mapping[str, Any]
    parts: Mapping[str, Any]
    is_whole: bool


def archive_of(
    portfolio: Portfolio,
    rules: Mapping[str, Any],
    decided: Decided,
    histories: Advanced,
    report: RunReport,
    start: RunStart,
    number_of: Callable[[str, Person], int],
) -> Moment:
    """What a run saw, free of names: a person is a number, which `number_of` gives by host."""
    seen = _seen_by(portfolio, start, report.finished)
    told = sources_seen(report.sources, portfolio)
    tellable = rows_to_tell(portfolio, decided, told, start)
    figures = [each.to_json() for each in report.rollup]
    shared = shared_words(decided.matched.records, portfolio.policies) | {fold(row.name) for row in report.rollup}
    instead = stand_ins(decided.matched.records, shared)
    places = {
        name: read.snapshot.place
        for name, read in decided.reads.items()
        if name not in decided.matched.unread and read.snapshot is not None and read.snapshot.place is not None
    }
    # Whoever has no number yet is given one now: that writes, as keeping the parts does, and both at once cannot be.
    for name, (host, _) in places.items():
        for person in (person for record in decided.matched.of_source(name) for person in people_of(record)):
            number_of(host, person)
    parts = _Parts(decided.matched, places, histories, number_of, shared, instead)
    return Moment(header_of(seen, told, rules, figures, tellable), parts, is_whole=not decided.matched.unread)


@dataclass(frozen=True, slots=True)
class _Parts(Mapping[str, Any]):
    """What is kept of every source, made anew whenever it is asked for: together they are far larger than what they are
    made of. `places`: of the sources that were read, the lists."""

    matched: Matched
    places: Mapping[str, tuple[str, str]]
    histories: Advanced
    number_of: Callable[[str, Person], int]
    shared: Container[str]
    instead: Mapping[str, str]

    def __getitem__(self, name: str) -> dict[str, Any]:
        place, records = self.places[name], self.matched.of_source(name)
        person_number, parents = partial(self.number_of, place[0]), self.matched.parents
        documents = [
            record_to_json(each, person_number, parent=parents.get(each.id), shared=self.shared, instead=self.instead)
            for each in records
        ]
        kept = (self.histories.kept(each) for each in records)
        return part_of(place, documents, [history for history in kept if history is not None])

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def rows_to_tell(
    portfolio: Portfolio, decided: Decided, told: Sequence[SourceSeen], start: RunStart
) -> tuple[SafeRollup, ...]:
    """The run's rows of figures as they may stand where many people read them: none gives a restricted record away."""
    if not any(record.restricted for record in decided.understood.judged.one.records):
        return all_told(decided.rollup)
    judged, histories = decided.understood.judged, decided.identified.of
    seen = _seen_by(portfolio, start, start.started)
    return safe_rollup(view_of(seen, judged.one, judged.counted, histories, decided.rollup, told, portfolio.policies))


def freeze_due(
    runs: RunStore, portfolio: Portfolio, moment: Moment, start: RunStart, made: datetime
) -> tuple[Frozen, ...]:
    """Freezes what is due today and was not frozen yet; answers what was."""
    known = {Period(each.occasion, each.period, each.board) for each in runs.frozen() if each.period}
    due = due_reports(known, portfolio.policies, portfolio.calendar, start.today, is_whole=moment.is_whole)
    frozen = tuple(_frozen(period, start.today, start.id, made) for period in due)
    for each in frozen:
        runs.freeze(each, moment.header, moment.parts)
    return frozen


def told_last(frozen: Iterable[Frozen]) -> Frozen | None:
    """Of frozen reports the one that tells of the newest day, in its last form."""
    return max(frozen, key=lambda each: (each.as_of, each.made), default=None)


def directed(runs: RunStore, rollup: tuple[Rollup, ...], told: Sequence[SourceSeen], today: date) -> tuple[Rollup, ...]:
    """The rows with where they are heading since the last report that was frozen before today; as they are where there
    is none, or where a row of it is not to be found."""
    header = _header_before(runs, today)
    if header is None:
        return rollup
    headings = rollup_directions(figures_of(header), Counted(rollup, tuple(told)))
    return tuple(_heading(row, headings.get((row.scope, row.name))) for row in rollup)


def directed_to_tell(runs: RunStore, now: Told, today: date) -> tuple[SafeRollup, ...]:
    """The rows that many people read, with where they are heading since the last report that was frozen before today,
    as it could be told then. The first report of all will be of today, so that they are compared with themselves. Where
    a direction would tell of restricted records it is not known, on every day alike."""
    header = _header_before(runs, today)
    earlier = (told_of(header) if header else None) or now
    headings = dict(rollup_directions(earlier, now))
    headings |= dict.fromkeys(untold_directions(now.rollup, earlier.rollup), Direction.NOT_KNOWN)
    return tuple(_heading(row, headings.get((row.scope, row.name))) for row in now.rollup)


def _header_before(runs: RunStore, today: date) -> Mapping[str, Any] | None:
    """That of the last report that was frozen before today."""
    last = told_last(each for each in runs.frozen() if each.as_of < today)
    return runs.frozen_header(last.id) if last else None


def _heading(row: Row, heading: Direction | None) -> Row:
    return replace(row, direction=heading.value) if heading else row


def freeze_on_request(runs: RunStore, portfolio: Portfolio, board: str | None, now: datetime) -> Frozen:
    """Freezes what the newest run saw, for the board's next meeting where one is named.

    Raises NotFoundError where nothing ran yet, UsageError for a board of which no meeting is to come, and where the
    same was frozen already: a report that was told is corrected, not replaced.
    """
    latest = runs.archive()
    if latest is None:
        raise NotFoundError("No run has kept anything that could be frozen.", "Run `reconcile` (or `plan`) first.")
    occasion = Occasion.REQUEST if board is None else Occasion.BOARD
    period = Period(occasion, _meeting(portfolio, board, latest.of.as_of), board)
    made = _frozen(period, latest.of.as_of, latest.of.run_id, now)
    if not runs.freeze(made, latest.header, latest.parts):
        raise UsageError(
            f"{made.id} was frozen already.", "What was told is not told anew: correct it with `frozen restate`."
        )
    return made


def _meeting(portfolio: Portfolio, board: str | None, today: date) -> date:
    if board is None:
        return today
    known = portfolio.policies.boards.get(board)
    meeting = next_meeting(known, today) if known else None
    if meeting is None:
        raise UsageError(
            f"No meeting of '{board}' is to come.", "Give its dates in the portfolio file, under `boards`."
        )
    return meeting


def _frozen(period: Period, as_of: date, run_id: str, made: datetime) -> Frozen:
    """`2026-06-monthly`, `2026-06-24-ict-programme-board`, `2026-06-17-request`."""
    day = f"{period.day:%Y-%m}" if period.occasion is Occasion.MONTHLY else period.day.isoformat()
    about = fold(period.board or period.occasion.value)
    words = "".join(letter if letter.isalnum() else " " for letter in about).split()
    return Frozen(
        id="-".join([day, *words]),
        occasion=period.occasion,
        board=period.board,
        as_of=as_of,
        period=period.day,
        run_id=run_id,
        made=made,
    )


def sources_seen(reports: Sequence[SourceReport], portfolio: Portfolio) -> tuple[SourceSeen, ...]:
    """The lists as reports tell of them."""
    return tuple(_seen(each, portfolio) for each in reports)


def _seen_by(portfolio: Portfolio, start: RunStart, at: datetime) -> Seen:
    return Seen(name=portfolio.name, as_at=at, today=start.today, run_id=start.id, zone=portfolio.time_zone)


def _seen(report: SourceReport, portfolio: Portfolio) -> SourceSeen:
    mapping = portfolio.sources[report.name]
    return SourceSeen(
        name=report.name,
        kind=mapping.kind,
        read=report.read.value,
        records=report.records,
        register=mapping.register,
        restricted=mapping.restricted,
        problem=next((each.text for each in report.problems), None),
    )
