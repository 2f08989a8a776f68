"""Small pictures, drawn for these pages, for the names that formatters give to icons. An unknown name draws nothing."""

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

_RING = "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5z"
_DIAL = f"{_RING}M8 4.5V8l2.5 1.75"
_TICK = "M2.5 8.75l3.5 3.5l7.5-8.5"
_RING_TICK = f"{_RING}M5 8.25l2.25 2.25L11 6"
_CROSS = "M3.5 3.5l9 9M12.5 3.5l-9 9"
_RING_CROSS = f"{_RING}M5.5 5.5l5 5M10.5 5.5l-5 5"
_SIGN = "M8 2l6.5 11.75h-13zM8 6.25v3.5M8 11.4v.6"
_RING_MARK = f"{_RING}M8 4.25v4.75M8 11v.6"
_ASK = f"{_RING}M6 6.4c0-2.6 4-2.6 4 0c0 1.5-2 1.6-2 3M8 11.2v.6"
_NOTE = f"{_RING}M8 7.25v4M8 4.4v.6"
_PEN = "M2.5 13.5l.75-3.25l7.75-7.75l2.5 2.5l-7.75 7.75zM9.5 4l2.5 2.5"
_PERSON = "M8 2a2.75 2.75 0 1 1 0 5.5a2.75 2.75 0 1 1 0-5.5zM2.75 14c.25-6.5 10.25-6.5 10.5 0z"
_PEOPLE = (
    "M6 2.5a2.25 2.25 0 1 1 0 4.5a2.25 2.25 0 1 1 0-4.5zM1.75 13c.2-5.5 8.3-5.5 8.5 0z"
    "M10.5 3a2 2 0 0 1 0 3.9M11.25 9c2 .2 2.9 1.7 3 4h-1.75"
)
_UP, _DOWN = "M8 14V2.5M3.5 7L8 2.5L12.5 7", "M8 2v11.5M3.5 9l4.5 4.5L12.5 9"
_LEFT, _RIGHT = "M14 8H2.5M7 3.5L2.5 8L7 12.5", "M2 8h11.5M9 3.5L13.5 8L9 12.5"
_FLAG = "M3.5 14.5v-13M3.5 2.25h9l-2.25 3l2.25 3h-9"
_BELL = "M3 11.75h10c-1.25-1.25-1.25-3-1.25-5c0-5-7.5-5-7.5 0c0 2 0 3.75-1.25 5zM6.5 14h3"
_BARS = "M5.5 3v10M10.5 3v10"
_RING_BARS = f"{_RING}M6.25 5.5v5M9.75 5.5v5"
_SPANNER = (
    "M13.75 4.5a3.4 3.4 0 0 1-4.6 4.1L4.6 13.2a1.25 1.25 0 0 1-1.8-1.8"
    "l4.6-4.55a3.4 3.4 0 0 1 4.1-4.6L9.4 4.4l.4 1.8l1.8.4z"
)
_LOCK = "M3.25 7.25h9.5v6.5h-9.5zM5.25 7.25v-2.5c0-3.75 5.5-3.75 5.5 0v2.5"
_MONTH = "M2 3.5h12v10.5h-12zM2 6.75h12M5 1.75v3M11 1.75v3"
_STOP = f"{_RING}M3.75 3.75l8.5 8.5"
_EQUALS = "M3 6h10M3 10h10"

# Drawn by their outline.
LINES: Final[Mapping[str, str]] = {
    "Accept": _TICK, "CheckMark": _TICK, "Completed": _RING_TICK, "CompletedSolid": _RING_TICK,
    "SkypeCircleCheck": _RING_TICK, "StatusCircleCheckmark": _TICK, "CheckboxComposite": _RING_TICK,
    "Cancel": _CROSS, "Clear": _CROSS, "ErrorBadge": _RING_CROSS, "StatusErrorFull": _RING_CROSS,
    "StatusCircleErrorX": _CROSS, "Clock": _DIAL, "Recent": _DIAL, "History": _DIAL, "DateTime": _DIAL,
    "DateTime2": _DIAL, "Stopwatch": _DIAL, "Timer": _DIAL,
    "Error": _RING_MARK, "Important": "M8 2v8M8 12.9v.6", "AlertSolid": _SIGN, "Warning": _SIGN, "WarningSolid": _SIGN,
    "Blocked": _STOP, "Blocked2": _STOP, "BlockedSolid": _STOP, "Info": _NOTE, "InfoSolid": _NOTE,
    "StatusCircleQuestionMark": _ASK, "Unknown": _ASK, "UnknownSolid": _ASK, "Help": _ASK,
    "Flag": _FLAG, "Ringer": _BELL, "RingerActive": _BELL, "Pause": _BARS, "CirclePause": _RING_BARS,
    "CirclePauseSolid": _RING_BARS, "EditNote": _PEN, "Edit": _PEN, "EditSolid12": _PEN, "PageEdit": _PEN,
    "Repair": _SPANNER, "DeveloperTools": _SPANNER, "Contact": _PERSON, "People": _PEOPLE, "Group": _PEOPLE,
    "PeopleAlert": _PEOPLE, "Up": _UP, "Down": _DOWN, "SortUp": _UP, "SortDown": _DOWN, "Forward": _RIGHT,
    "Back": _LEFT, "ChevronRight": "M6 3l5 5l-5 5", "ChevronUp": "M3 10.5l5-5l5 5", "ChevronDown": "M3 5.5l5 5l5-5",
    "Lock": _LOCK, "LockSolid": _LOCK, "Calendar": _MONTH, "Event": _MONTH, "CalendarDay": _MONTH,
    "CalculatorEqualTo": _EQUALS, "CalculatorSubtract": "M3 8h10", "Remove": "M3 8h10", "Add": "M8 3v10M3 8h10",
    "StatusCircleRing": _RING, "CircleRing": _RING, "LocationCircle": _RING, "Sync": _DIAL,
    "Mail": "M1.75 3.5h12.5v9h-12.5zM1.75 4l6.25 5l6.25-5",
}  # fmt: skip

_BALL = "M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z"

# Drawn as a surface.
SURFACES: Final[Mapping[str, str]] = {
    "CaretSolidUp": "M8 4.5l5 6.5h-10z", "CaretSolidDown": "M3 5h10l-5 6.5z", "CaretSolidRight": "M5.5 3l6 5l-6 5z",
    "TriangleSolidUp12": "M8 3.5l6 9.5h-12z", "TriangleSolidDown12": "M2 3h12l-6 9.5z",
    "TriangleSolidRight12": "M3.5 2l9.5 6l-9.5 6z", "TriangleSolid": "M8 3.5l6 9.5h-12z",
    "CircleFill": _BALL, "CircleShapeSolid": _BALL, "StatusCircleInner": _BALL, "SquareShapeSolid": "M3.5 3.5h9v9h-9z",
    "DiamondSolid": "M8 2l6 6l-6 6l-6-6z",
}  # fmt: skip

_DRAWN = Markup('<svg class="icon{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>')


def icon(name: str) -> Markup:
    """The picture of that name, in the colour of the text around it; nothing where there is none. It says nothing to
    who cannot see it: what an icon means stands beside it in words, or not at all."""
    if name in LINES:
        return _DRAWN.format("", LINES[name])
    return _DRAWN.format(" solid", SURFACES[name]) if name in SURFACES else Markup("")
