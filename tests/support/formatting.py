"""Column formatting as Microsoft documents it, written down from its "Formatting syntax reference".

What a formatter may hold is a JSON schema; what its expressions come to is worked out as a browser in some time zone
would do it. Whatever is not documented is an error.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def _words(text: str) -> list[str]:
    return text.split()


SCHEMA_URL = "https://developer.microsoft.com/json-schemas/sp/v2/column-formatting.schema.json"
FUNCTIONS = _words(
    """
    toString Number Date cos sin toDateString toLocaleString toLocaleDateString toLocaleTimeString indexOf
    toLowerCase join length abs loopIndex floor ceiling pow substring getDate getMonth getYear toUpperCase
    lastIndexOf startsWith endsWith replace replaceAll padStart padEnd getThumbnailImage getUserImage addDays
    addMinutes appendTo removeFrom split if
    """
)
_BRACKETED = (
    "toString",
    "Number",
    "Date",
    "toDateString",
    "toLocaleString",
    "toLocaleDateString",
    "toLocaleTimeString",
)
_SIGNS = ["+", "-", "/", "*", "<", ">", "%", "==", "!=", "<=", ">=", "||", "&&", "?", ":"]
OPERATORS = sorted({*_SIGNS, *set(FUNCTIONS) - {"if", *_BRACKETED}, *(f"{name}()" for name in _BRACKETED)})
_STYLES = _words(
    """
    background-color fill background-image border border-bottom border-bottom-color border-bottom-style
    border-bottom-width border-color border-left border-left-color border-left-style border-left-width
    border-right border-right-color border-right-style border-right-width border-style border-top
    border-top-color border-top-style border-top-width border-width outline outline-color outline-style
    outline-width border-bottom-left-radius border-bottom-right-radius border-radius border-top-left-radius
    border-top-right-radius box-decoration-break box-shadow box-sizing overflow-x overflow-y overflow-style
    rotation rotation-point opacity cursor height max-height max-width min-height min-width width flex-grow
    flex-shrink flex-flow flex-direction flex-wrap flex justify-content align-items box-align box-direction
    box-flex box-flex-group box-lines box-ordinal-group box-orient box-pack font font-family font-size
    font-style font-variant font-weight font-size-adjust font-stretch grid-columns grid-rows margin
    margin-bottom margin-left margin-right margin-top column-count column-fill column-gap column-rule
    column-rule-color column-rule-style column-rule-width column-span column-width columns padding
    padding-bottom padding-left padding-right padding-top bottom clear clip display float left overflow position
    right top visibility z-index border-collapse border-spacing caption-side empty-cells table-layout color
    direction letter-spacing line-height text-align text-decoration text-indent text-transform unicode-bidi
    vertical-align white-space word-spacing hanging-punctuation punctuation-trim text-align-last text-justify
    text-outline text-overflow text-shadow text-wrap word-break word-wrap stroke fill-opacity -webkit-line-clamp
    object-fit transform
    """
)
_ATTRIBUTES = _words(
    """
    href rel src class target title role iconName d aria data-interception viewBox preserveAspectRatio draggable
    """
)

SCHEMA: dict[str, Any] = {
    "$defs": {
        "value": {"anyOf": [{"type": ["string", "number", "boolean"]}, {"$ref": "#/$defs/expression"}]},
        "expression": {
            "type": "object",
            "properties": {
                "operator": {"enum": OPERATORS},
                "operands": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/value"}},
            },
            "required": ["operator", "operands"],
            "additionalProperties": False,
        },
        "element": {
            "type": "object",
            "properties": {
                "$schema": {"const": SCHEMA_URL},
                "elmType": {"enum": ["div", "span", "a", "img", "svg", "path", "button", "p", "filepreview"]},
                "txtContent": {"$ref": "#/$defs/value"},
                "style": {
                    "type": "object",
                    "propertyNames": {"enum": _STYLES},
                    "additionalProperties": {"$ref": "#/$defs/value"},
                },
                "attributes": {
                    "type": "object",
                    "propertyNames": {"enum": _ATTRIBUTES},
                    "additionalProperties": {"$ref": "#/$defs/value"},
                },
                "children": {"type": "array", "items": {"$ref": "#/$defs/element"}},
                "debugMode": {"type": "boolean"},
                "forEach": {"type": "string"},
            },
            "required": ["elmType"],
            "additionalProperties": False,
        },
    },
    "allOf": [{"$ref": "#/$defs/element"}, {"required": ["$schema"]}],
}


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at a row: when, by which clock, and what the row holds. A column that is not among `fields` is
    not in the view. `this` is the value that is formatted, and `shown` how it looks without formatting."""

    this: Any
    now: datetime
    zone: str = "Europe/London"
    shown: str = "(shown)"
    fields: Mapping[str, Any] = field(default_factory=dict)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def named(self, name: str) -> Any:
        known = {"@currentField": self.this, "@currentField.displayValue": self.shown, "@now": self.now}
        if name in known:
            return known[name]
        found = re.fullmatch(r"\[\$(\w+)(\.displayValue)?\]", name)
        assert found, f"{name} is not documented"
        value = self.fields.get(found[1], math.nan)
        return f"({found[1]})" if found[2] else value


@dataclass(frozen=True)
class Seen:
    """A formatter as somebody sees it: its words, and its classes and icons, in the order of the page."""

    words: str
    classes: str
    icons: tuple[str, ...]


def look_at(element: Mapping[str, Any], reader: Reader) -> Seen:
    """What is to be seen of an element and its children; nothing of what is not displayed."""
    style, attributes = element.get("style", {}), element.get("attributes", {})
    if _worked_out(style.get("display", ""), reader) == "none":
        return Seen("", "", ())
    inside = [look_at(each, reader) for each in element.get("children", ())]
    icon = str(_worked_out(attributes.get("iconName", ""), reader))
    own = str(_worked_out(attributes.get("class", ""), reader))
    text = _text(_worked_out(element.get("txtContent", ""), reader))
    return Seen(
        " ".join(each for each in [text, *(seen.words for seen in inside)] if each),
        " ".join(each for each in [own, *(seen.classes for seen in inside)] if each),
        (*((icon,) if icon else ()), *(name for seen in inside for name in seen.icons)),
    )


def _worked_out(given: Any, reader: Reader) -> Any:
    if isinstance(given, dict):
        name = {"?": "if"}.get(given["operator"], given["operator"].removesuffix("()"))
        return _apply(name, [_worked_out(each, reader) for each in given["operands"]], reader)
    if isinstance(given, str) and given.startswith("="):
        return _Excel(given[1:], reader).whole()
    if isinstance(given, str) and given.startswith(("@", "[$")):
        return reader.named(given)
    return given


_TOKEN = re.compile(r"\s*('[^']*'|\d+|@[\w.]+|\[\$[\w.]+\]|\w+|\|\||&&|[=!<>]=|[-+*/%<>(),])")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))


class _Excel:
    """One expression of the Excel-like form."""

    def __init__(self, text: str, reader: Reader) -> None:
        self.tokens = list(_tokens(text))
        self.reader = reader

    def whole(self) -> Any:
        value = self.level(0)
        assert not self.tokens, f"the expression goes on: {self.tokens}"
        return value

    def level(self, number: int) -> Any:
        if number == len(_LEVELS):
            return self.single()
        value = self.level(number + 1)
        while self.tokens and self.tokens[0] in _LEVELS[number]:
            value = _apply(self.tokens.pop(0), [value, self.level(number + 1)], self.reader)
        return value

    def single(self) -> Any:
        token = self.tokens.pop(0)
        if token == "(":
            value = self.level(0)
            assert self.tokens.pop(0) == ")"
            return value
        if token.startswith("'"):
            return token[1:-1]
        if token.isdecimal():
            return float(token)
        if token.startswith(("@", "[$")):
            return self.reader.named(token)
        assert token in FUNCTIONS, f"{token} is not documented"
        assert self.tokens.pop(0) == "("
        operands = [self.level(0)]
        while (mark := self.tokens.pop(0)) == ",":
            operands.append(self.level(0))
        assert mark == ")"
        return _apply(token, operands, self.reader)


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found, f"cannot be read: {text[at:]}"
        yield found[1]
        at = found.end()


def _number(value: Any) -> float:
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)
    if isinstance(value, str):
        return 0.0 if not value.strip() else float(value) if value.strip().isdecimal() else math.nan
    return float(value)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else f"{value:g}"
    assert isinstance(value, str), f"a script would write {value!r} in some form of its own"
    return value


def _midnight(text: str, reader: Reader) -> datetime:
    day = datetime.strptime(text, "%a %b %d %Y")  # noqa: DTZ007 - the reader's zone is put in its place
    return day.replace(tzinfo=ZoneInfo(reader.zone)).astimezone(UTC)


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        return _text(left) + _text(right)
    return _number(left) + _number(right)


_APPLIED: Mapping[str, Callable[..., Any]] = {
    "if": lambda _, condition, then, otherwise: then if condition else otherwise,
    "||": lambda _, left, right: bool(left) or bool(right),
    "&&": lambda _, left, right: bool(left) and bool(right),
    "==": lambda _, left, right: (
        left == right if isinstance(left, str) and isinstance(right, str) else _number(left) == _number(right)
    ),
    "<": lambda _, left, right: _number(left) < _number(right),
    "<=": lambda _, left, right: _number(left) <= _number(right),
    ">": lambda _, left, right: _number(left) > _number(right),
    ">=": lambda _, left, right: _number(left) >= _number(right),
    "+": lambda _, left, right: _plus(left, right),
    "-": lambda _, left, right: _number(left) - _number(right),
    "/": lambda _, left, right: _number(left) / _number(right),
    "indexOf": lambda _, within, wanted: float(_text(within).find(wanted)),
    "substring": lambda _, value, first, last: _text(value)[int(first) : int(last)],
    "floor": lambda _, value: value if math.isnan(value) else float(math.floor(value)),
    "Number": lambda _, value: _number(value),
    "toString": lambda _, value: _text(value),
    "toDateString": lambda reader, value: f"{reader.local(value):%a %b %d %Y}",
    "Date": lambda reader, value: _midnight(value, reader),
    "addMinutes": lambda _, value, minutes: (
        value + timedelta(minutes=minutes) if isinstance(value, datetime) else math.nan
    ),
}


def _apply(name: str, operands: list[Any], reader: Reader) -> Any:
    return _APPLIED[name](reader, *operands)
