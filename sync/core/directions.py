"""Whether something reads better or worse than before: a project, a risk, a row of a roll-up.

Levels, not positions in a list of words, are compared: a project that starts, or that is on track and was in progress,
is no worse and no better. What is unknown has no level, so that a value that went missing never reads as better.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from sync.core import risk
from sync.core.model import Band, Health, Kind, Nature, WorkStatus
from sync.core.risk import Matrix
from sync.core.rollup import OF_REGISTERED, Rollup, Scope
from sync.core.view import Item, SourceSeen


class Direction(StrEnum):
    """Where something is heading; `symbol` goes beside the word, never instead of it."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NEW = "new"
    NOT_KNOWN = "not_known"

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


_SYMBOLS = {
    Direction.BETTER: "\u2191",
    Direction.SAME: "\u2192",
    Direction.WORSE: "\u2193",
    Direction.NEW: "+",
    Direction.NOT_KNOWN: "?",
}

Matrices = Mapping[str, Sequence[Matrix]]
"""By name, the versions of each: `Policies.matrices`."""

_BEST = 9
_WORK: dict[StrEnum, int] = {
    WorkStatus.OFF_TRACK: 0,
    WorkStatus.AT_RISK: 1,
    WorkStatus.NEEDS_REVIEW: 2,
    WorkStatus.ON_HOLD: 3,
    WorkStatus.NOT_STARTED: 4,
    WorkStatus.IN_PROGRESS: 4,
    WorkStatus.ON_TRACK: 4,
    WorkStatus.COMPLETE: _BEST,
    WorkStatus.CLOSED: _BEST,
}
_THREATS: dict[StrEnum, int] = {Band.VERY_HIGH: 0, Band.HIGH: 1, Band.MEDIUM: 2, Band.LOW: 3}
_OPPORTUNITIES: dict[StrEnum, int] = {band: 3 - level for band, level in _THREATS.items()}
_HEALTH: dict[StrEnum, int] = {Health.RED: 0, Health.AMBER: 1, Health.GREEN: 2}

JUDGED: dict[Kind, tuple[str, ...]] = {
    Kind.PROGRAMME: ("computed",),
    Kind.PROJECT: ("computed", "declared", "health"),
    Kind.MILESTONE: ("declared",),
    Kind.RISK: ("band",),
    Kind.ISSUE: ("band",),
    Kind.ACTION: ("declared",),
}
"""By which attributes of its item a record is judged; the first one decides its direction."""

_CALLS_FOR_ACTION = (WorkStatus.OFF_TRACK, WorkStatus.AT_RISK, WorkStatus.NEEDS_REVIEW)
_SEVERE = (Band.VERY_HIGH, Band.HIGH, Band.MEDIUM)


def level(item: Item, attribute: str) -> int | None:
    """How well an item reads by one of its `JUDGED` attributes, 0 being the worst; None where it is not known."""
    value = getattr(item, attribute)
    if value is None:
        return None
    if attribute == "band":
        scale = _OPPORTUNITIES if item.nature is Nature.OPPORTUNITY else _THREATS
        return _BEST if item.is_over else scale.get(value)
    return (_HEALTH if attribute == "health" else _WORK).get(value)


def score(item: Item, matrices: Matrices) -> float | None:
    """The number that its matrix gives to the item's current cell, the product where the matrix gives none."""
    likelihood, impact = item.current.likelihood, item.current.impact
    if likelihood is None or impact is None:
        return None
    matrix = next((each for each in matrices.get(item.matrix or "", ()) if each.version == item.version), None)
    return risk.score(likelihood, impact, matrix) if matrix else likelihood * impact


def compare(before: Item, after: Item, attribute: str) -> Direction:
    """How one of the `JUDGED` attributes moved. Never NEW."""
    was, now = level(before, attribute), level(after, attribute)
    if was is None or now is None:
        return Direction.NOT_KNOWN
    return _towards(now - was)


def compare_scores(before: Item, after: Item, matrices: Matrices) -> Direction:
    """How the score of an open risk moved; not known unless both scores are of one version of one matrix."""
    was, now = score(before, matrices), score(after, matrices)
    same_matrix = (before.matrix, before.version) == (after.matrix, after.version)
    if was is None or now is None or not same_matrix or after.is_over:
        return Direction.NOT_KNOWN
    return _towards(now - was if after.nature is Nature.OPPORTUNITY else was - now)


def direction(before: Item | None, after: Item, matrices: Matrices | None = None) -> Direction:
    """Where a record is heading: a project by its computed status, a risk by its band and then its score, an issue by
    its severity, a milestone or an action by what staff declared. NEW where there was none before."""
    if before is None:
        return Direction.NEW
    found = compare(before, after, JUDGED[after.kind][0])
    if found is Direction.SAME and after.kind is Kind.RISK:
        scored = compare_scores(before, after, matrices or {})
        return found if scored is Direction.NOT_KNOWN else scored
    return found


class Figures(Protocol):
    """Rows of a roll-up, and the lists behind them."""

    @property
    def rollup(self) -> tuple[Rollup, ...]: ...

    @property
    def sources(self) -> tuple[SourceSeen, ...]: ...


def rollup_directions(before: Figures, now: Figures) -> Mapping[tuple[str, str], Direction]:
    """Where each row of figures is heading, by scope and name; the portfolio is one row whatever it is called.

    More projects off track than before is worse; where that is the same, more at risk, then more to be reviewed; in a
    register and before a board, more very high open risks, then high, then medium. Rows that did not exist before, or
    whose name is not theirs alone, are not there. Nothing reads better because a list could not be read, or because
    more is unknown.
    """
    old, new = _named(before.rollup), _named(now.rollup)
    return {
        (row.scope, row.name): _row_direction(old[key], row, _is_whole(before, row), _is_whole(now, row))
        for key, row in new.items()
        if key in old
    }


def _row_direction(was: Rollup, now: Rollup, whole_before: bool, whole_now: bool) -> Direction:
    found = Direction.SAME
    for old, new in zip(_weights(was), _weights(now), strict=True):
        if old != new:
            found = _towards(old - new)
            break
    unclear = (found is not Direction.WORSE and not whole_now) or (found is not Direction.BETTER and not whole_before)
    hides = found is Direction.BETTER and _unknown(now) > _unknown(was)
    return Direction.NOT_KNOWN if unclear or hides else found


def _weights(row: Rollup) -> list[int]:
    if row.scope in OF_REGISTERED:
        return [row.open_risks.get(band.value, 0) for band in _SEVERE]
    return [row.computed.get(status.value, 0) for status in _CALLS_FOR_ACTION]


def _unknown(row: Rollup) -> int:
    if row.scope in OF_REGISTERED:
        return row.open_risks.get(Band.NOT_ASSESSED.value, 0)
    return row.computed.get(WorkStatus.UNKNOWN.value, 0)


def _named(rows: Sequence[Rollup]) -> dict[tuple[str, str], Rollup]:
    keys = [(row.scope, "" if row.scope == Scope.PORTFOLIO else row.name) for row in rows]
    often = Counter(keys)
    return {key: row for key, row in zip(keys, rows, strict=True) if often[key] == 1}


def _is_whole(view: Figures, row: Rollup) -> bool:
    """Whether every list that the row may rest on was read."""
    return all(
        seen.read == "complete"
        for seen in view.sources
        if row.scope != Scope.REGISTER or seen.restricted or (seen.register or seen.name) == row.name
    )


def _towards(change: float) -> Direction:
    """Better where it rose, worse where it fell."""
    if change == 0:
        return Direction.SAME
    return Direction.BETTER if change > 0 else Direction.WORSE
