"""What a risk's scores come to: which version of which matrix they belong to, and the bands of their cells.

A rating keeps the version of the matrix that it was made with. Which one that is, the first of these says:

| what is known                                                  | the version                                     |
|----------------------------------------------------------------|-------------------------------------------------|
| the list's own `matrix_version` names one                      | that one, whatever else is known                |
| an earlier run kept one, and the current scores are the same   | that one; but the one that held on the day of   |
|                                                                | the last review, where that is a newer one      |
| an earlier run kept one, and the current scores have changed   | the one that holds today                        |
| nothing was kept                                               | the one that held on the day of the last        |
|                                                                | review, else when it was raised, else when its  |
|                                                                | item was made, else today                       |

So a new version changes the band of no rating that was made before it, until its scores change or somebody reviews it
on or after the version's `since`. A day after today counts as blank. What is older than every version has the first.
All versions of a matrix have the same steps, so that a cell is read alike whichever version it belongs to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from sync.core.history import History
from sync.core.model import Band, Nature, Risk, Scores
from sync.core.policy import Policies, SourceMapping
from sync.core.risk import DEFAULT_MATRIX, Matrix, Step, band, score
from sync.core.scales import STAGES
from sync.core.snapshot import Record
from sync.core.text import fold, quote

_SEVERITY = {each: place for place, each in enumerate((Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH))}
_WORDS = {Band.LOW: "low", Band.MEDIUM: "medium", Band.HIGH: "high", Band.VERY_HIGH: "very high"}
_SAME_SCORE = 0.005
"""Lists that round a score do so to two places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """The bands of a risk, and the version of the matrix that they are from. `inherent_band` and `target_band` are None
    where the list keeps no such scores. `matrix` is None where the list keeps no scores at all: then its own word for
    the severity is the band."""

    band: Band = Band.NOT_ASSESSED
    inherent_band: Band | None = None
    target_band: Band | None = None
    matrix: str | None = None
    version: str | None = None


class HasBands(Protocol):
    """A `Rated`, or anything else that tells the bands of a risk."""

    @property
    def band(self) -> Band | None: ...
    @property
    def inherent_band(self) -> Band | None: ...
    @property
    def target_band(self) -> Band | None: ...


def matrix_of(name: str | None, policies: Policies) -> tuple[Matrix, ...]:
    """The versions of a matrix, the oldest first; None means the default one. KeyError where there is none of that
    name, which the checks of the portfolio file rule out."""
    wanted = name or DEFAULT_MATRIX.name
    if wanted == DEFAULT_MATRIX.name and wanted not in policies.matrices:
        return (DEFAULT_MATRIX,)
    return policies.matrices[wanted]


def matrix_in(name: str | None, version: str | None, policies: Policies) -> Matrix | None:
    """That very version of a matrix; None where nothing was rated by one."""
    if name is None:
        return None
    return next((each for each in matrix_of(name, policies) if each.version == version), None)


def current_matrix(name: str | None, policies: Policies) -> Matrix:
    """The newest version of a matrix, its scales with the words of the older ones as well: by it lists are read."""
    *older, newest = matrix_of(name, policies)
    return replace(
        newest,
        likelihood=_with_words(newest.likelihood, [each.likelihood for each in older]),
        impact=_with_words(newest.impact, [each.impact for each in older]),
    )


def _with_words(steps: Sequence[Step], older: Sequence[Sequence[Step]]) -> tuple[Step, ...]:
    return tuple(
        replace(step, words=tuple(dict.fromkeys(word for each in same for word in each.words)))
        for step, *rest in zip(steps, *reversed(older), strict=True)
        for same in [(step, *rest)]
    )


def rate(record: Record, mapping: SourceMapping, policies: Policies, history: History | None, today: date) -> Rated:
    """The bands of a risk, and by which version of its matrix. Depends on nothing but its arguments.

    A list that maps neither likelihood and impact nor a rating is taken at its own word: its `band`. Where scores are
    mapped, only they count: a column that works out "Low" from two blanks has assessed nothing.
    """
    fields = record.fields
    if not isinstance(fields, Risk):
        return Rated()
    if not _keeps(mapping, ("likelihood", "impact", "rating")):
        return Rated(band=fields.band or Band.NOT_ASSESSED)
    matrix = version_for(record, matrix_of(mapping.matrix, policies), history, today)
    return Rated(
        band=band(fields.likelihood, fields.impact, matrix),
        inherent_band=_band_of("inherent", fields, mapping, matrix),
        target_band=_band_of("target", fields, mapping, matrix),
        matrix=matrix.name,
        version=matrix.version,
    )


def version_for(record: Record, versions: Sequence[Matrix], history: History | None, today: date) -> Matrix:
    """The version of its matrix that a risk's rating was made with; see the table above. `versions`: oldest first."""
    fields = record.fields
    if not isinstance(fields, Risk):
        return versions[-1]
    named = _named(fields.matrix_version, versions)
    if named is not None:
        return named
    reviewed = _past(fields.last_reviewed, today)
    kept = _kept(history, versions)
    if history is None or kept is None:
        return _at(reviewed or _past(fields.raised, today) or _past(record.created, today) or today, versions)
    if history.rating != Scores(fields.likelihood, fields.impact):
        return _at(today, versions)
    return max(kept, _at(reviewed, versions), key=versions.index) if reviewed else kept


def _named(text: str | None, versions: Sequence[Matrix]) -> Matrix | None:
    """The version that a list names, a number column's 1 meaning `1.0` too."""
    said = fold(text or "")
    exact = (each for each in versions if fold(each.version) == said)
    loose = (each for each in versions if fold(each.version).removesuffix(".0") == said.removesuffix(".0"))
    return next(exact, None) or next(loose, None)


def _kept(history: History | None, versions: Sequence[Matrix]) -> Matrix | None:
    """The version that an earlier run kept, unless the list was of another matrix then."""
    if history is None or history.matrix != versions[0].name:
        return None
    return next((each for each in versions if each.version == history.matrix_version), None)


def _at(day: date, versions: Sequence[Matrix]) -> Matrix:
    """The version that held on a day, the first one for days before all of them."""
    begun = [each for each in versions if each.since is None or each.since <= day]
    return begun[-1] if begun else versions[0]


def _past(day: date | None, today: date) -> date | None:
    return day if day is not None and day <= today else None


def _keeps(mapping: SourceMapping, names: Sequence[str]) -> bool:
    return any(name in mapping.fields or name in mapping.constants for name in names)


def _band_of(stage: str, fields: Risk, mapping: SourceMapping, matrix: Matrix) -> Band | None:
    likelihood, impact = (getattr(fields, name) for name in STAGES[stage])
    if likelihood is None and impact is None and not _keeps(mapping, STAGES[stage]):
        return None
    return band(likelihood, impact, matrix)


def above_appetite(category: str | None, severity: Band, appetite: Mapping[str, Band]) -> bool:
    """Whether a risk is worse than the appetite of its category. A category without an appetite is never exceeded, and
    a risk that nobody has assessed exceeds none."""
    if category is None or severity not in _SEVERITY:
        return False
    limit = next((worst for name, worst in sorted(appetite.items()) if fold(name) == fold(category)), None)
    return limit in _SEVERITY and _SEVERITY[severity] > _SEVERITY[limit]


def cell_disagreement(record: Record, rated: HasBands, matrix: Matrix | None) -> str | None:
    """What is wrong between what a list says of its own rating and what its cell says; None where they agree.

    The list's `score`, its `band`, and its `matrix_version`, in this order. A score of 0 says nothing; nor is a score
    compared where the list holds measures, of which a step is only a part. `matrix`: the version it was rated with.
    """
    fields = record.fields
    if not isinstance(fields, Risk) or matrix is None:
        return None
    cell = f"likelihood {fields.likelihood}, impact {fields.impact}"
    by_cell = score(fields.likelihood, fields.impact, matrix)
    if by_cell is None:
        return _of_nothing(fields)
    if fields.score and not _is_measured(matrix) and abs(fields.score - by_cell) > _SAME_SCORE:
        return f"Score is {_plain(fields.score)}; its cell ({cell}) has {_plain(by_cell)}"
    if fields.band in _SEVERITY and rated.band in _SEVERITY and fields.band is not rated.band:
        return f"Rating is {_WORDS[fields.band]}; its cell ({cell}) is {_WORDS[rated.band]}"
    if fields.matrix_version and _named(fields.matrix_version, [matrix]) is None:
        said = f"{quote(fields.matrix_version)} is no version of matrix {quote(matrix.name)}"
        return f"Matrix version {said}; it was rated with {quote(matrix.version)}"
    return None


def _of_nothing(fields: Risk) -> str | None:
    """A number or a word for what has no scores: somebody has judged it, and the matrix has no cell for that."""
    if fields.score:
        return f"Score is {_plain(fields.score)}, but likelihood or impact is not assessed"
    if fields.band in _SEVERITY:
        return f"Rating is {_WORDS[fields.band]}, but likelihood or impact is not assessed"
    return None


def is_worse_after_mitigation(record: Record, rated: HasBands, matrix: Matrix | None) -> bool:
    """Whether a threat stands worse with its controls than without, or is to be made worse: by the band, then by the
    number of the cell. What is not assessed at both ends is not compared; an opportunity may well grow."""
    fields = record.fields
    if not isinstance(fields, Risk) or matrix is None or fields.nature is Nature.OPPORTUNITY:
        return False
    inherent = _place("inherent", rated.inherent_band, fields, matrix)
    current = _place("current", rated.band, fields, matrix)
    target = _place("target", rated.target_band, fields, matrix)
    return _rises(inherent, current) or _rises(current, target)


def _place(stage: str, severity: Band | None, fields: Risk, matrix: Matrix) -> tuple[int, float] | None:
    likelihood, impact = (getattr(fields, name) for name in STAGES[stage])
    number = score(likelihood, impact, matrix)
    return (_SEVERITY[severity], number) if severity in _SEVERITY and number is not None else None


def _rises(before: tuple[int, float] | None, after: tuple[int, float] | None) -> bool:
    return before is not None and after is not None and after > before


def _is_measured(matrix: Matrix) -> bool:
    return any(step.at_least is not None for step in (*matrix.likelihood, *matrix.impact))


def _plain(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
