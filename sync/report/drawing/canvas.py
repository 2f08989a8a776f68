"""Shapes and words on a sheet, written as SVG: the same drawing gives the same bytes.

Every element carries the colours of paper as attributes, so that a drawing stands alone, and a class, by which the
page's style sheet gives it the colours of the dark scheme. Widths of words are estimates on the safe side: no font is
measured.
"""

from dataclasses import dataclass, field
from html import escape

from sync.core.text import ELLIPSIS

WIDTH = 680.0
"""Units across; a unit is a pixel on a page and two thirds of a point on paper."""

SIZE = 12.0
SMALL = 10.5

FILLS = {
    "good": ("#d3e8da", "#1e6b3c"),
    "info": ("#d3e2f4", "#1f5a99"),
    "warn": ("#fbe6b5", "#8a5a00"),
    "bad": ("#f5c9c5", "#a3201a"),
    "none": ("#e9e9e9", "#5c5c5c"),
    "low": ("#d3e8da", "#1e6b3c"),
    "medium": ("#fdf4c8", "#756000"),
    "high": ("#fbdcb0", "#8f4a00"),
    "very_high": ("#f5c9c5", "#a3201a"),
}
"""By role: the tint of an area, and the line of its pattern, its edge and its marks."""

INK, MUTED, RULE, PAPER = "#1a1a1a", "#555555", "#d4d4d4", "#ffffff"

PATTERNS = {
    "plain": "",
    "rise": "M-2 2 2-2M0 8 8 0M6 10 10 6",
    "cross": "M-2 2 2-2M0 8 8 0M6 10 10 6M-2 6 2 10M0 0 8 8M6-2 10 2",
    "level": "M0 2H8M0 6H8",
    "dots": "M1.4 2H2.6M5.4 6H6.6",
    "upright": "M2 0V8M6 0V8",
    "fall": "M-2 6 2 10M0 0 8 8M6-2 10 2",
    "grid": "M0 2H8M0 6H8M2 0V8M6 0V8",
}
"""Tiles of 8 by 8 units."""

_NARROW = frozenset(" .,:;'|!()[]-ijlItfr/")
_WIDE = frozenset("mwMW%@—…")


def width(text: str, size: float = SIZE) -> float:
    """About how wide words are, rather too wide than too narrow."""
    return sum(_em(character) for character in text) * size


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.38
    if character in _WIDE:
        return 0.95
    return 0.7 if character.isupper() else 0.59


def fitted(text: str, room: float, size: float = SIZE) -> str:
    """The text, or as much of its beginning as fits, and an ellipsis."""
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept.rstrip() + ELLIPSIS, size) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def wrapped(text: str, room: float, lines: int = 2, size: float = SIZE) -> list[str]:
    """The text on so many lines at most, broken at spaces; what does not fit on the last is cut."""
    words = text.split()
    if not words:
        return [""]
    found: list[str] = []
    while words and len(found) < lines - 1:
        taken = 1
        while taken < len(words) and width(" ".join(words[: taken + 1]), size) <= room:
            taken += 1
        found.append(fitted(" ".join(words[:taken]), room, size))
        words = words[taken:]
    return [*found, fitted(" ".join(words), room, size)] if words else found


def number(value: float) -> str:
    """A coordinate: at most one decimal, and no minus nought."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


@dataclass(slots=True)
class Canvas:
    """One drawing. `name` begins the ids within it, so that drawings can stand on one page."""

    name: str
    height: float = 0.0
    _drawn: list[str] = field(default_factory=list)
    _tiles: dict[str, str] = field(default_factory=dict)

    # words

    def text(
        self, x: float, y: float, words: str, *, size: float = SIZE, anchor: str = "start", bold: bool = False,
        muted: bool = False, turned: bool = False,
    ) -> None:  # fmt: skip
        """Words whose base line is at y."""
        weight = ' font-weight="bold"' if bold else ""
        placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
        turn = f' transform="rotate(-90 {number(x)} {number(y)})"' if turned else ""
        style, ink = ("c-muted", MUTED) if muted else ("c-ink", INK)
        self._drawn.append(
            f'<text class="{style}" x="{number(x)}" y="{number(y)}" fill="{ink}" font-size="{number(size)}"'
            f"{weight}{placed}{turn}>{escape(words, quote=False)}</text>"
        )

    def plate(
        self, x: float, y: float, words: str, *, role: str = "paper", size: float = SIZE, anchor: str = "middle",
        bold: bool = False, muted: bool = False,
    ) -> None:  # fmt: skip
        """Words on a ground of their own, in a role's tint or paper, undisturbed by what is behind. y: their middle."""
        wide, high = width(words, size) + 6, size + 3
        left = x - {"start": 3, "middle": wide / 2, "end": wide - 3}[anchor]
        fill = PAPER if role == "paper" else FILLS[role][0]
        self._drawn.append(
            f'<rect class="c-{role}" x="{number(left)}" y="{number(y - high / 2)}" width="{number(wide)}" '
            f'height="{number(high)}" rx="2" fill="{fill}"/>'
        )
        self.text(x, y + size * 0.36, words, size=size, anchor=anchor, bold=bold, muted=muted)

    # areas and lines

    def area(self, x: float, y: float, wide: float, high: float, role: str, pattern: str = "plain") -> None:
        """A rectangle in the tint of a role, with a pattern of its line."""
        tint, line = FILLS[role]
        place = f'x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(high)}"'
        self._drawn.append(
            f'<rect class="c-{role} c-{role}-line" {place} fill="{tint}" stroke="{line}" stroke-width="1"/>'
        )
        if PATTERNS[pattern]:
            self._drawn.append(f'<rect {place} fill="url(#{self._tile(role, pattern)})"/>')

    def _tile(self, role: str, pattern: str) -> str:
        tile = f"{self.name}-{role}-{pattern}"
        heavy = "1.6" if pattern == "dots" else "1"
        self._tiles[tile] = (
            f'<pattern id="{tile}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<path class="c-{role}-line" d="{PATTERNS[pattern]}" fill="none" stroke="{FILLS[role][1]}" '
            f'stroke-width="{heavy}" stroke-opacity="0.75"/></pattern>'
        )
        return tile

    def line(self, *points: tuple[float, float], role: str = "rule", weight: float = 1, dashes: str = "") -> None:
        """A line through points."""
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
        colour = {"rule": RULE, "ink": INK}.get(role) or FILLS[role][1]
        style = f"c-{role}-line"
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._drawn.append(
            f'<path class="{style}" d="{path}" fill="none" stroke="{colour}" stroke-width="{number(weight)}"{dashed} '
            'stroke-linejoin="round"/>'
        )

    def mark(self, x: float, y: float, shape: str, *, role: str = "ink", hollow: bool = False) -> None:
        """A mark of about 9 units: circle, square, triangle, diamond or bar."""
        colour = INK if role == "ink" else FILLS[role][1]
        style, fill = (f"c-{role}-line c-hollow", PAPER) if hollow else (f"c-{role}-line c-{role}-mark", colour)
        self._drawn.append(
            f'<path class="{style}" transform="translate({number(x)} {number(y)})" d="{_SHAPES[shape]}" '
            f'fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
        )

    def svg(self, title: str, told: str) -> str:
        """The drawing, with its title and what it shows for those who do not see it."""
        tiles = "".join(self._tiles[tile] for tile in sorted(self._tiles))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="{self.name}-title '
            f'{self.name}-told" viewBox="0 0 {number(WIDTH)} {number(self.height)}" width="{number(WIDTH)}" '
            f'height="{number(self.height)}" font-family="sans-serif">'
            f'<title id="{self.name}-title">{escape(title, quote=False)}</title>'
            f'<desc id="{self.name}-told">{escape(told, quote=False)}</desc>'
            f"{f'<defs>{tiles}</defs>' if tiles else ''}{''.join(self._drawn)}</svg>"
        )


_SHAPES = {
    "circle": "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z",
    "square": "M-4-4H4V4H-4Z",
    "triangle": "M0-5 5 4H-5Z",
    "diamond": "M0-5.5 5.5 0 0 5.5-5.5 0Z",
    "bar": "M-2-5H2V5H-2Z",
}
SHAPES = tuple(_SHAPES)
