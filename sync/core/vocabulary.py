"""The words lists use for canonical values, and how a list's own words are matched.

Only words that mean one thing everywhere are known here; a list that says it otherwise names its words in `values`.
Colours mean what they say only where a column is mapped as health or confidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sync.core.model import VOCABULARIES, Band, FieldType
from sync.core.risk import DEFAULT_MATRIX, Matrix, Step
from sync.core.text import fold

Meaning = str | int | bool | None
"""What a word stands for: an enum's value, a step of a scale, yes or no; None where it says "not assessed"."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, folded, and what they mean; a beginning (an entry ending in `*`) is tried after the whole words.

    `measured`: the steps of a scale whose list holds a measure, so that a number is no step; see `scales`.
    """

    words: Mapping[str, Meaning]
    beginnings: tuple[tuple[str, Meaning], ...] = ()
    measured: tuple[Step, ...] = ()

    def knows(self, text: str) -> bool:
        return self._find(text) is not None

    def meaning(self, text: str) -> Meaning:
        """What a word that `knows` stands for."""
        found = self._find(text)
        return found[0] if found else None

    def _find(self, text: str) -> tuple[Meaning] | None:
        folded = fold(text)
        if folded in self.words:
            return (self.words[folded],)
        return next(((value,) for start, value in self.beginnings if folded.startswith(start)), None)


_ZERO = "0"
NOT_ASSESSED = (_ZERO, "Not assessed", "Not rated", "Unrated", "Unassessed")
"""How lists say that a risk has no score; never the lowest step of a scale, nor the lowest band."""
_SYNONYMS: dict[FieldType, dict[str, tuple[str, ...]]] = {
    FieldType.WORK_STATUS: {
        "not_started": ("Not yet started", "To do"),
        "in_progress": ("Open", "Active", "Ongoing", "Started", "Under way", "Underway"),
        "on_track": ("On schedule",),
        "on_hold": ("Paused",),
        "complete": ("Completed", "Done", "Finished", "Completed or closed", "Complete or closed"),
    },
    FieldType.RISK_STATUS: {
        "proposed": ("Draft",),
        "open": ("Active", "Live"),
        "materialised": ("Materialized", "Occurred"),
        "closed": ("Resolved",),
    },
    FieldType.HEALTH: {"amber": ("Yellow",)},
    FieldType.CONFIDENCE: {
        "exempt": ("Exempt*",),
        "too_early": ("Too early*", "Early planning*"),
        "not_rated": ("Unrated",),
    },
    FieldType.NATURE: {"threat": ("Risk",)},
    FieldType.BAND: {
        "medium": ("Moderate",),
        "very_high": ("Critical", "Extreme"),
        "not_assessed": NOT_ASSESSED,
    },
    FieldType.FLAG: {"yes": ("Y", "True", "1"), "no": ("N", "False", "0")},
}
_FLAGS: dict[str, Meaning] = {"yes": True, "true": True, "no": False, "false": False}


def vocabulary(
    field_type: FieldType, name: str, values: Mapping[str, tuple[str, ...]], matrix: Matrix = DEFAULT_MATRIX
) -> Vocabulary | None:
    """What the words of one mapped field mean; None where the field's type has no words.

    A mapping's `values` are the whole vocabulary, beside a 0 that says "not assessed"; without them the English words
    above count. Scores are steps of the matrix's scales.
    """
    if field_type is FieldType.SCORE:
        return scale(steps_of(matrix, name), values)
    if values:
        pairs = [(word, _meaning(field_type, canonical)) for canonical in values for word in values[canonical]]
        return _compiled([*pairs, *(((_ZERO, Band.NOT_ASSESSED),) if field_type is FieldType.BAND else ())])
    known = _SYNONYMS.get(field_type)
    if known is None:
        return None
    own = [str(member) for member in VOCABULARIES[field_type]] if field_type in VOCABULARIES else list(known)
    spelt = [(word, _meaning(field_type, canonical)) for canonical in own for word in _spellings(canonical)]
    said = [(word, _meaning(field_type, canonical)) for canonical in known for word in known[canonical]]
    return _compiled([*spelt, *said])


def steps_of(matrix: Matrix, name: str) -> tuple[Step, ...]:
    """The scale of the matrix that a score is a step of, by the score's field."""
    return matrix.impact if name.endswith("impact") else matrix.likelihood


def scale(steps: tuple[Step, ...], values: Mapping[str, tuple[str, ...]] | None = None) -> Vocabulary:
    """What the words of one scale mean: its own, and the number of each step unless its numbers are a measure.

    `values`: a list's own words by the number of their step; they are then the whole vocabulary.
    """
    if values:
        pairs = [(word, _step(canonical, len(steps))) for canonical in values for word in values[canonical]]
        return _compiled([*pairs, (_ZERO, None)])
    words = [(word, number) for number, step in enumerate(steps, 1) for word in step.words]
    is_measured = any(step.at_least is not None for step in steps)
    numbers = () if is_measured else ((str(number), number) for number in range(1, len(steps) + 1))
    made = _compiled([*words, *numbers, *((word, None) for word in NOT_ASSESSED)])
    return replace(made, measured=steps) if is_measured else made


def _step(canonical: str, steps: int) -> int | None:
    written = canonical.strip()
    return int(written) if written.isdecimal() and 1 <= int(written) <= steps else None


def _meaning(field_type: FieldType, canonical: str) -> Meaning:
    return _FLAGS.get(fold(canonical)) if field_type is FieldType.FLAG else str(canonical)


def _spellings(canonical: str) -> tuple[str, ...]:
    return tuple(canonical.replace("_", mark) for mark in "_ -/")


def _compiled(pairs: Iterable[tuple[str, Meaning]]) -> Vocabulary:
    """The first entry of a word wins; longer beginnings are tried before shorter ones."""
    words: dict[str, Meaning] = {}
    beginnings: dict[str, Meaning] = {}
    for word, value in pairs:
        if word.rstrip().endswith("*"):
            beginnings.setdefault(fold(word.rstrip()[:-1]), value)
        else:
            words.setdefault(fold(word), value)
    return Vocabulary(words, tuple(sorted(beginnings.items(), key=lambda entry: (-len(entry[0]), entry[0]))))
