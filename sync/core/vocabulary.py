"""The words lists use for canonical values, and how a list's own words are matched.

Only words that mean one thing everywhere are known here; a list that says it otherwise names its words in `values`.
Colours mean what they say only where a column is mapped as health or confidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.core.model import VOCABULARIES, FieldType
from sync.core.risk import IMPACT_WORDS, LIKELIHOOD_WORDS
from sync.core.text import fold

Meaning = str | int | bool | None
"""What a word stands for: an enum's value, a step of a scale, yes or no; None where it says "not assessed"."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, folded, and what they mean; a beginning (an entry ending in `*`) is tried after the whole words."""

    words: Mapping[str, Meaning]
    beginnings: tuple[tuple[str, Meaning], ...] = ()

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
    FieldType.FLAG: {"yes": ("Y", "True", "1"), "no": ("N", "False", "0")},
}
_ZERO = "0"
_NOT_ASSESSED = (_ZERO, "Not assessed", "Not rated", "Unrated", "Unassessed")
_FLAGS: dict[str, Meaning] = {"yes": True, "true": True, "no": False, "false": False}
SCALE_STEPS = range(1, 6)


def vocabulary(field_type: FieldType, name: str, values: Mapping[str, tuple[str, ...]]) -> Vocabulary | None:
    """What the words of one mapped field mean; None where the field's type has no words.

    A mapping's `values` are the whole vocabulary; without them the English words above count.
    """
    if values:
        pairs = [(word, _meaning(field_type, canonical)) for canonical in values for word in values[canonical]]
        return _compiled([*pairs, *(((_ZERO, None),) if field_type is FieldType.SCORE else ())])
    if field_type is FieldType.SCORE:
        steps = IMPACT_WORDS if name.endswith("impact") else LIKELIHOOD_WORDS
        numbers = {str(step): step for step in SCALE_STEPS}
        return _compiled([*steps.items(), *numbers.items(), *((word, None) for word in _NOT_ASSESSED)])
    known = _SYNONYMS.get(field_type)
    if known is None:
        return None
    own = [str(member) for member in VOCABULARIES[field_type]] if field_type in VOCABULARIES else list(known)
    spelt = [(word, _meaning(field_type, canonical)) for canonical in own for word in _spellings(canonical)]
    said = [(word, _meaning(field_type, canonical)) for canonical in known for word in known[canonical]]
    return _compiled([*spelt, *said])


def _meaning(field_type: FieldType, canonical: str) -> Meaning:
    if field_type is FieldType.FLAG:
        return _FLAGS.get(fold(canonical))
    if field_type is FieldType.SCORE:
        return int(canonical) if canonical.strip().isdecimal() and int(canonical) in SCALE_STEPS else None
    return str(canonical)


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
