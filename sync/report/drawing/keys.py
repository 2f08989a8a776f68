"""The key of a chart: its signs and what they mean, in rows as wide as the drawing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sync.report.drawing.canvas import PATTERNS, SIZE, WIDTH, Canvas, fitted, width
from sync.report.tones import Tone

ROW = 20.0
_SIGN, _GAP = 22.0, 18.0

_FIRST = {Tone.GOOD: "plain", Tone.INFO: "level", Tone.WARN: "rise", Tone.BAD: "cross", Tone.NONE: "dots"}
"""The pattern that a tone takes where it is free."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One sign and its meaning. `draw(x, y)` draws the sign, 16 wide, around the middle of its row."""

    words: str
    draw: Callable[[float, float], None]


def swatch(canvas: Canvas, role: str, pattern: str) -> Callable[[float, float], None]:
    """A small area as the sign of a role and its pattern."""
    return lambda x, y: canvas.area(x, y - 7, 16, 14, role, pattern)


def draw_key(canvas: Canvas, entries: Iterable[Entry], top: float, left: float = 0.0) -> float:
    """Draws the entries from the left, row by row; returns where the key ends."""
    x, y = left, top
    for entry in entries:
        words = fitted(entry.words, WIDTH - left - _SIGN)
        wide = _SIGN + width(words)
        if x > left and x + wide > WIDTH:
            x, y = left, y + ROW
        entry.draw(x, y + ROW / 2)
        canvas.text(x + _SIGN, y + ROW / 2 + SIZE * 0.36, words)
        x += wide + _GAP
    return y + ROW


def patterns(tones: Iterable[Tone]) -> list[str]:
    """A pattern for each part of a chart: no two alike while there are enough of them."""
    chosen: list[str] = []
    for tone in tones:
        free = [name for name in PATTERNS if name not in chosen] or list(PATTERNS)
        chosen.append(_FIRST[tone] if _FIRST[tone] in free else free[0])
    return chosen
