"""How lists write a score, and several scores in one cell: read where they leave no doubt, never guessed.

| one score                                   | read as                                                                |
|---------------------------------------------|------------------------------------------------------------------------|
| `4`, `Likely`, `D`, `£50-250k`              | the step of that number, or the step whose words have it               |
| `4 - Likely`, `(4) Likely`, `1 Very Low`,   | the step of that number, unless the word is another step's; a letter   |
| `Likely (4)`, `D - Likely`                  | counts so only beside a word of its own step                           |
| `70 %`, 0.7                                 | the step that the share falls in, on a scale in per cent               |
| 70, `£70,000`                               | the step that the amount falls in, on a scale of amounts               |
| 0, blank, `Not assessed`                    | not assessed                                                           |

| several scores in one cell                  | read as                                                                |
|---------------------------------------------|------------------------------------------------------------------------|
| `3x4`, `3 * 4`, `3-4`, `3/4`, `3, 4`, `D4`, | likelihood and then impact, as they stand                              |
| `Likely x Major`                            |                                                                        |
| `Before 3-3 After 3-1`, `gross 4x4, net     | each where it says: inherent, gross, before or initial; current,       |
| 3x2`, `Inherent: D4; target: not assessed`  | residual, net or after; target                                         |
| `04/03`, `3/4/26`, `3x4 2x2`, `12`          | nothing: a date, or nobody knows which is which                        |
"""

import math
import re
from functools import lru_cache

from sync.core.model import UNRATED, Rating, Scores
from sync.core.risk import Matrix, Step
from sync.core.text import amount, fold
from sync.core.vocabulary import Meaning, Vocabulary, scale

STAGES: dict[str, tuple[str, str]] = {
    "inherent": ("inherent_likelihood", "inherent_impact"),
    "current": ("likelihood", "impact"),
    "target": ("target_likelihood", "target_impact"),
}
"""The stages of a `Rating`, with the two scores of a risk that each one is."""

Found = tuple[Meaning] | None
"""What a text means, where it means anything; what it means may be None: not assessed."""

_MARK = r"(?P<mark>\d{1,2}|[a-z])"
_MARKED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\({_MARK}\)\s*(?P<word>\D*)",
        rf"{_MARK}\s*[-\u2010-\u2015:.=]\s*(?P<word>\D*)",
        r"(?P<mark>\d{1,2}) (?P<word>[^\W\d]\D*)",
        rf"(?P<word>\D*?)\s*\({_MARK}\)",
    )
)
_COUNTED = frozenset(
    {"day", "days", "hour", "hours", "week", "weeks", "month", "months", "year", "years"}
    | {"k", "m", "hundred", "thousand", "million", "billion", "per", "percent", "times", "x"}
    | {"and", "by", "in", "of", "or", "out", "to"}
)
"""Beside one of these a number counts something else, and is no step: `3 weeks`, `2 or three`."""
_PER_CENT = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?:%|per ?cent)", re.ASCII)
_BETWEEN = re.compile(r"\s*[x\u00d7*/,\u2010-\u2015-]\s*")
_JOINED = re.compile(r"([a-z](?=\d)|\d{1,2}(?=[a-z]))(\d{1,2}|[a-z])", re.ASCII)
_LABELS: dict[str, str] = {
    "inherent": "inherent",
    "gross": "inherent",
    "before": "inherent",
    "initial": "inherent",
    "current": "current",
    "residual": "current",
    "net": "current",
    "after": "current",
    "target": "target",
}
_LABEL = re.compile(rf"\b(?P<label>{'|'.join(_LABELS)})\b(?: (?:risk|rating|score))?")
_AROUND = " ,;:|=()[]/.-\u2010\u2011\u2012\u2013\u2014\u2015"
_LONGEST = 255


def read_step(said: str, words: Vocabulary, number: float | None = None) -> Found:
    """The step of a scale that a text says; None where it says none, or two different ones.

    `number`: the value of a cell that holds one, which a scale of measures goes by.
    """
    if words.measured and number is not None:
        return _step_at(number, words.measured)
    if words.knows(said):
        return (words.meaning(said),)
    return _marked(fold(said), words) or (_measure(fold(said), words.measured) if words.measured else None)


def read_rating(said: str, matrix: Matrix) -> Rating | None:
    """The scores that one cell holds, likelihood before impact; None where it is not certain what it says."""
    folded = fold(said)
    if len(folded) > _LONGEST:
        return None
    labels = list(_LABEL.finditer(folded))
    if not labels:
        current = _pair(folded, matrix)
        return None if current is None else Rating(current=current)
    if folded[: labels[0].start()].strip(_AROUND):
        return None
    ends = [*(label.start() for label in labels[1:]), len(folded)]
    stages: dict[str, Scores] = {}
    for label, end in zip(labels, ends, strict=True):
        scores = _pair(folded[label.end() : end].strip(_AROUND), matrix)
        stage = _LABELS[label["label"]]
        if scores is None or stages.setdefault(stage, scores) != scores:
            return None
    return Rating(**stages)


def _marked(folded: str, words: Vocabulary) -> Found:
    """`4 - likely` by its number, unless its word is known to be another step."""
    for pattern in _MARKED:
        found = pattern.fullmatch(folded)
        if found is None or not words.knows(found["mark"]):
            continue
        step, word = words.meaning(found["mark"]), found["word"]
        if words.knows(word):
            return (step,) if words.meaning(word) == step else None
        counts = found["mark"].isdecimal() and re.split(r"\W", word)[0] not in _COUNTED
        return (step,) if counts or not word else None
    return None


def _measure(folded: str, steps: tuple[Step, ...]) -> Found:
    """`70 %` on a scale in per cent, `£70,000` on one of amounts; a text without the sign is no share of anything."""
    if not steps[-1].per_cent:
        number = amount(folded)
        return None if number is None else _step_at(number, steps)
    share = _PER_CENT.fullmatch(folded)
    return _step_at(float(share["number"]) / 100, steps) if share else None


def _step_at(number: float, steps: tuple[Step, ...]) -> Found:
    """The last step that begins at or below a measure; 0 is not assessed. The first step begins above 0 unless it says
    more; no share is greater than one."""
    if number == 0:
        return (None,)
    if not math.isfinite(number) or number < 0 or (steps[-1].per_cent and number > 1):
        return None
    reached = [place for place, step in enumerate(steps, 1) if round(number, 9) >= (step.at_least or 0)]
    return (max(reached),) if reached else None


@lru_cache(maxsize=64)
def _scales(matrix: Matrix) -> tuple[Vocabulary, Vocabulary]:
    return scale(matrix.likelihood), scale(matrix.impact)


def _pair(folded: str, matrix: Matrix) -> Scores | None:
    """Two scores, parted in the one way in which both are known; `UNRATED` where it says "not assessed"."""
    likelihood, impact = _scales(matrix)
    parts = [(folded[: mark.start()], folded[mark.end() :]) for mark in _BETWEEN.finditer(folded)]
    joined = _JOINED.fullmatch(folded)
    parts += [(joined[1], joined[2])] if joined else []
    found = {
        (likelihood.meaning(one), impact.meaning(two))
        for one, two in parts
        if likelihood.knows(one) and impact.knows(two)
    }
    if len(found) == 1:
        return Scores(*map(_number, found.pop()))
    says_none = likelihood.knows(folded) and likelihood.meaning(folded) is None
    return UNRATED if says_none and not found else None


def _number(meaning: Meaning) -> int | None:
    return meaning if isinstance(meaning, int) else None
