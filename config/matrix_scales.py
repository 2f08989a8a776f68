"""The steps of a matrix's scale as the portfolio file writes them, and what is wrong with them.

likelihood: [Rare, Unlikely, Possible]                       # a word for each step, the lowest first
likelihood: [[A, Rare], [B, Unlikely], C]                    # several words, or a letter
likelihood: 10                                               # ten steps that have numbers only
likelihood: [Low, {words: Medium, at_least: 10 %}, {at_least: 50 %}]
impact: [Minor, {words: "£50-250k", at_least: 50000}, {words: Severe, at_least: 250000}]
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from config.lint import Complaint, Location
from config.names import quoted, suggest
from sync.core.risk import Step
from sync.core.text import amount, fold
from sync.core.vocabulary import NOT_ASSESSED

STEPS = (2, 20)
"""The least and the most steps of a scale."""
STEP_KEYS = ("words", "at_least")
_PER_CENT = re.compile(r"(\d+(?:\.\d+)?) ?%", re.ASCII)
_UNRATED = frozenset(map(fold, NOT_ASSESSED))


def read_scale(entry: Any, where: Location, found: list[Complaint]) -> tuple[Step, ...]:
    """The steps, the lowest first; none where the form is wrong. `where` ends with the scale's key."""
    listed = _listed(entry)
    if not isinstance(listed, list) or not STEPS[0] <= len(listed) <= STEPS[1]:
        form = f"a list of {STEPS[0]} to {STEPS[1]} steps, the lowest first, or the number of its steps"
        found.append(Complaint(where, f"'{where[-1]}' must be {form}"))
        return ()
    steps = tuple(_step(each, number, (*where, number - 1), found) for number, each in enumerate(listed, 1))
    found += _said_twice(steps, where)
    found += _measures(steps, where)
    return steps


def _listed(entry: Any) -> Any:
    """A number of steps as a list of their numbers."""
    if not isinstance(entry, str) or not re.fullmatch(r"\d{1,3}", entry.strip(), re.ASCII):
        return entry
    return [str(number) for number in range(1, int(entry) + 1)]


def _step(entry: Any, number: int, where: Location, found: list[Complaint]) -> Step:
    written = {key: each for key, each in entry.items() if each is not None} if isinstance(entry, dict) else {}
    found += [
        Complaint((*where, key), f"{quoted(key)} is not a key of a step{suggest(key, STEP_KEYS)}")
        for key in written
        if key not in STEP_KEYS
    ]
    said = written.get("words", []) if isinstance(entry, dict) else entry
    words = [said] if isinstance(said, str) else said
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        found.append(Complaint(where, "a step is a word, a list of words, or a mapping of 'words' and 'at_least'"))
        return Step()
    if not words and "at_least" not in written:
        found.append(Complaint(where, f"step {number} has neither a word nor 'at_least'"))
    kept = tuple(word.strip() for word in words if fold(word) != str(number))
    found += [Complaint(where, wrong) for word in kept if (wrong := _no_word(word, number))]
    share, at_least = _measure(written.get("at_least"), (*where, "at_least"), found)
    return Step(words=kept, at_least=at_least, per_cent=share)


def _no_word(word: str, number: int) -> str | None:
    folded = fold(word)
    if not folded.rstrip("* "):
        return f"step {number} has a blank word, or one that every text begins with"
    if folded in _UNRATED:
        return f"{quoted(word)} says that nothing was assessed, and so is no step"
    if re.fullmatch(r"\d+", folded):
        return f"step {number} goes by its number; {quoted(word)} is another's"
    return None


def _measure(entry: Any, where: Location, found: list[Complaint]) -> tuple[bool, float | None]:
    """Whether it is a share, and the number; None where there is none."""
    if entry is None:
        return False, None
    share = _PER_CENT.fullmatch(str(entry).strip())
    number = float(share[1]) / 100 if share else amount(str(entry).strip())
    if number is None or number < 0 or (share and number > 1):
        text = "'at_least' is the number from which on it is this step, such as 50000 or 70 %"
        found.append(Complaint(where, f"{text}, not {quoted(entry)}"))
    return share is not None, number


def _said_twice(steps: Sequence[Step], where: Location) -> list[Complaint]:
    meant: dict[str, int] = {}
    return [
        Complaint((*where, number - 1), f"{quoted(word)} already stands for step {meant[fold(word)]}")
        for number, step in enumerate(steps, 1)
        for word in step.words
        if meant.setdefault(fold(word), number) != number
    ]


def _measures(steps: Sequence[Step], where: Location) -> list[Complaint]:
    """A scale of measures: all of one kind, each step beginning above the one before it."""
    measured = [step for step in steps if step.at_least is not None]
    if not measured:
        return []
    if any(step.at_least is None for step in steps[1:]):
        text = "where one step has 'at_least' every one needs it, but for the first"
    elif len({step.per_cent for step in measured}) > 1:
        text = "either all steps are in per cent, or none"
    elif any((here.at_least or 0) >= (there.at_least or 0) for here, there in pairwise(measured)):
        text = "each step begins above the one before it"
    else:
        return []
    return [Complaint(where, f"the measures of '{where[-1]}' do not fit together: {text}")]
