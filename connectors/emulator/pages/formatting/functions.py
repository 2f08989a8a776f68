"""What the operators and functions of formatting do with their values.

`if`, `&&` and `||` look only at what decides; the rest are given their values. A function answers NaN for a date or a
number that is none, as a browser does. What needs a picture of somebody answers blank: the pages show no pictures.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.emulator.pages.formatting import values
from connectors.emulator.pages.formatting.values import Place, Record, Value

LONGEST_TEXT: Final = 20_000
_COUNTS = {0: "no operand", 1: "1 operand"}


@dataclass(frozen=True, slots=True)
class Function:
    """`operands`: how many it may have. `chains`: in an operator object, whether it takes more than two in turn.

    `work` is None for what is worked out by the interpreter, because it does not look at all of its operands or looks
    beyond them.
    """

    operands: range
    work: Callable[..., Value] | None = None
    chains: bool = False

    @property
    def needs(self) -> str:
        """`2 operands`."""
        least = self.operands.start
        return _COUNTS.get(least, f"{least} operands")


def _add(place: Place, left: Value, right: Value) -> Value:
    if any(isinstance(each, str | Record | tuple) for each in (left, right)):
        return values.text(left, place) + values.text(right, place)
    total = values.number(left) + values.number(right)
    return _moved(values.EPOCH, total) if isinstance(left, datetime) or isinstance(right, datetime) else total


def _subtract(_: Place, left: Value, right: Value) -> Value:
    """An instant less something is an instant, even where that is another instant: `Number(...)` makes a span of it."""
    difference = values.number(left) - values.number(right)
    return _moved(values.EPOCH, difference) if isinstance(left, datetime) else difference


def _moved(start: datetime, milliseconds: float) -> Value:
    if not math.isfinite(milliseconds) or abs(milliseconds) > 1e15:
        return math.nan
    return _or_nan(values.after(start, timedelta(milliseconds=milliseconds)))


def _or_nan(instant: datetime | None) -> Value:
    return math.nan if instant is None else instant


def _divide(_: Place, left: Value, right: Value) -> Value:
    above, below = values.number(left), values.number(right)
    if below == 0:
        return math.nan if above == 0 or math.isnan(above) else math.copysign(math.inf, above) * math.copysign(1, below)
    return above / below


def _remainder(_: Place, left: Value, right: Value) -> Value:
    above, below = values.number(left), values.number(right)
    return math.nan if below == 0 or math.isinf(above) else math.fmod(above, below)


def _power(_: Place, left: Value, right: Value) -> Value:
    try:
        found = values.number(left) ** values.number(right)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return found if isinstance(found, float) else math.nan


def _number_of(work: Callable[[float], float]) -> Callable[[Place, Value], Value]:
    def apply(_: Place, value: Value) -> Value:
        given = values.number(value)
        return float(work(given)) if math.isfinite(given) else given

    return apply


def _date_part(work: Callable[[datetime], int]) -> Callable[[Place, Value], Value]:
    def apply(place: Place, value: Value) -> Value:
        found = values.instant(value, place)
        return math.nan if found is None else float(work(place.local(found)))

    return apply


def _date_text(work: Callable[[Place, datetime], str]) -> Callable[[Place, Value], Value]:
    def apply(place: Place, value: Value) -> Value:
        if value == "":
            return ""
        found = values.instant(value, place)
        return "Invalid Date" if found is None else work(place, found)

    return apply


def _add_days(place: Place, value: Value, days: Value) -> Value:
    start, span = values.instant(value, place), values.number(days)
    return math.nan if start is None or not math.isfinite(span) else _or_nan(values.later(start, span, place))


def _add_minutes(place: Place, value: Value, minutes: Value) -> Value:
    start, span = values.instant(value, place), values.number(minutes)
    return math.nan if start is None else _moved(start, span * 60_000)


def _text_of(work: Callable[[str], str]) -> Callable[[Place, Value], Value]:
    return lambda place, value: work(values.text(value, place))


def _length(_: Place, value: Value) -> Value:
    return float(len(value)) if isinstance(value, tuple) else float(values.truth(value))


def _index_of(find: str) -> Callable[[Place, Value, Value], Value]:
    def apply(place: Place, within: Value, wanted: Value) -> Value:
        if isinstance(within, tuple):
            found = [at for at, member in enumerate(within) if values.equal(member, wanted)]
            return float((found[0] if find == "find" else found[-1]) if found else -1)
        place_of: Callable[[str], int] = getattr(values.text(within, place), find)
        return float(place_of(values.text(wanted, place)))

    return apply


def _substring(place: Place, value: Value, first: Value, last: Value) -> Value:
    words = values.text(value, place)
    start, end = sorted(_bounded(values.number(each), len(words)) for each in (first, last))
    return words[start:end]


def _bounded(number: float, most: int) -> int:
    return 0 if math.isnan(number) else int(min(max(number, 0), most))


def _replace(count: int) -> Callable[[Place, Value, Value, Value], Value]:
    def apply(place: Place, within: Value, old: Value, new: Value) -> Value:
        if isinstance(within, tuple):
            return tuple(new if values.equal(member, old) else member for member in within)
        words, before, after = (values.text(each, place) for each in (within, old, new))
        return words.replace(before, after, count) if before else words

    return apply


def _pad(place: Place, value: Value, length: Value, padding: Value) -> tuple[str, str]:
    words, pad = values.text(value, place), values.text(padding, place)
    missing = _bounded(values.number(length), LONGEST_TEXT) - len(words)
    return words, (pad * (missing // len(pad) + 1))[:missing] if pad and missing > 0 else ""


def _pad_start(place: Place, value: Value, length: Value, padding: Value) -> Value:
    words, pad = _pad(place, value, length, padding)
    return pad + words


def _pad_end(place: Place, value: Value, length: Value, padding: Value) -> Value:
    words, pad = _pad(place, value, length, padding)
    return words + pad


def _at_the_end(test: Callable[[str, str], bool]) -> Callable[[Place, Value, Value], Value]:
    return lambda place, value, wanted: test(values.text(value, place), values.text(wanted, place))


def _several(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else () if value == "" else (value,)


def _split(place: Place, value: Value, pattern: Value) -> Value:
    words, mark = values.text(value, place), values.text(pattern, place)
    return tuple(words.split(mark)) if mark else tuple(words)


def _join(place: Place, value: Value, mark: Value) -> Value:
    return values.text(mark, place).join(values.text(member, place) for member in _several(value))


def _test(holds: Callable[[float], bool]) -> Callable[[Place, Value, Value], Value]:
    return lambda _, left, right: holds(values.order(left, right))


def _function(count: int, work: Callable[..., Value], *, chains: bool = False) -> Function:
    return Function(range(count, count + 1), work, chains)


FUNCTIONS: Mapping[str, Function] = {
    "if": Function(range(3, 4)),
    "&&": Function(range(2, 3), chains=True),
    "||": Function(range(2, 3), chains=True),
    "loopIndex": Function(range(1, 2)),
    "+": _function(2, _add, chains=True),
    "-": _function(2, _subtract),
    "*": _function(2, lambda _, left, right: values.number(left) * values.number(right), chains=True),
    "/": _function(2, _divide),
    "%": _function(2, _remainder),
    "==": _function(2, lambda _, left, right: values.equal(left, right)),
    "!=": _function(2, lambda _, left, right: not values.equal(left, right)),
    "<": _function(2, _test(lambda sign: sign < 0)),
    ">": _function(2, _test(lambda sign: sign > 0)),
    "<=": _function(2, _test(lambda sign: sign <= 0)),
    ">=": _function(2, _test(lambda sign: sign >= 0)),
    "toString": _function(1, lambda place, value: values.text(value, place)),
    "Number": _function(1, lambda _, value: values.number(value)),
    "Date": _function(1, lambda place, value: _or_nan(values.instant(value, place))),
    "toDateString": _function(1, _date_text(lambda place, found: values.short_day(place.local(found)))),
    "toLocaleString": _function(1, _date_text(Place.moment)),
    "toLocaleDateString": _function(1, _date_text(Place.day)),
    "toLocaleTimeString": _function(1, _date_text(Place.time)),
    "getDate": _function(1, _date_part(lambda local: local.day)),
    "getMonth": _function(1, _date_part(lambda local: local.month - 1)),
    "getYear": _function(1, _date_part(lambda local: local.year)),
    "addDays": _function(2, _add_days),
    "addMinutes": _function(2, _add_minutes),
    "floor": _function(1, _number_of(math.floor)),
    "ceiling": _function(1, _number_of(math.ceil)),
    "abs": _function(1, lambda _, value: abs(values.number(value))),
    "cos": _function(1, _number_of(math.cos)),
    "sin": _function(1, _number_of(math.sin)),
    "pow": _function(2, _power),
    "length": _function(1, _length),
    "indexOf": _function(2, _index_of("find")),
    "lastIndexOf": _function(2, _index_of("rfind")),
    "substring": _function(3, _substring),
    "replace": _function(3, _replace(1)),
    "replaceAll": _function(3, _replace(-1)),
    "padStart": _function(3, _pad_start),
    "padEnd": _function(3, _pad_end),
    "startsWith": _function(2, _at_the_end(str.startswith)),
    "endsWith": _function(2, _at_the_end(str.endswith)),
    "toLowerCase": _function(1, _text_of(str.lower)),
    "toUpperCase": _function(1, _text_of(str.upper)),
    "split": _function(2, _split),
    "join": _function(2, _join),
    "appendTo": _function(2, lambda _, several, one: (*_several(several), one)),
    "removeFrom": _function(
        2, lambda _, several, one: tuple(each for each in _several(several) if not values.equal(each, one))
    ),
    "getUserImage": _function(2, lambda *_: ""),
    "getThumbnailImage": _function(3, lambda *_: ""),
}
