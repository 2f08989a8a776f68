"""Values of the world as JSON and back, by the types their classes declare.

A date is ISO text, an enumeration its value, a tuple or a set a list. Where a declared type leaves open what a value is
(the cells of an item), a date and a hyperlink are marked: {"$date": ...}, {"$url": ...}.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from connectors.emulator.state.values import Stored, UrlValue

Decoder = Callable[[Any], Any]
_DATE, _URL = "$date", "$url"
_ELSEWHERE = {"Site": object, "World": object}
"""Names that classes of the world use for what holds them; such attributes are never kept."""


def to_text(value: Any) -> str:
    """A value of any declared type as JSON text."""
    return json.dumps(encode(value), separators=(",", ":"))


def from_text(hint: Any, text: str) -> Any:
    """The value of a declared type that JSON text stands for."""
    return decoder(hint)(json.loads(text))


def encode(value: Any) -> Any:
    """A value as what JSON knows."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [encode(member) for member in value]
    if isinstance(value, frozenset | set):
        return [encode(member) for member in sorted(value)]
    return attributes(value)


def attributes(value: Any, leave: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The attributes of a dataclass as what JSON knows, without those to be left out."""
    hints = _hints(value.__class__)
    kept = (each.name for each in fields(value) if each.name not in leave)
    return {
        name: _marked(getattr(value, name)) if _is_open(hints[name]) else encode(getattr(value, name)) for name in kept
    }


def _is_open(hint: Any) -> bool:
    """Whether cells are declared: a mapping to what any column may hold."""
    return get_args(hint)[1:] == (Stored,)


def _marked(cells: Mapping[str, Stored]) -> dict[str, Any]:
    return {name: _mark(value) for name, value in cells.items()}


def _mark(value: Stored) -> Any:
    if isinstance(value, datetime):
        return {_DATE: value.isoformat()}
    if isinstance(value, UrlValue):
        return {_URL: value.url, "description": value.description}
    return list(value) if isinstance(value, tuple) else value


def _unmark(value: Any) -> Stored:
    if isinstance(value, dict):
        return datetime.fromisoformat(value[_DATE]) if _DATE in value else UrlValue(value[_URL], value["description"])
    return tuple(value) if isinstance(value, list) else value


@cache
def decoder(hint: Any) -> Decoder:
    """What turns JSON into a value of a declared type."""
    if hint == Stored:
        return _unmark
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _optional(next(each for each in inner if each is not NoneType))
    if origin in {list, tuple, frozenset}:
        member, make = decoder(inner[0]), origin
        return lambda raw: make(member(each) for each in raw)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        value, key = decoder(inner[1]), inner[0]
        return lambda raw: {key(name): value(each) for name, each in raw.items()}
    if is_dataclass(hint):
        return _dataclass(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return datetime.fromisoformat if hint is datetime else _as_it_is


def decode_attributes(kind: type, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Some attributes of a dataclass, each by its declared type; one the class no longer has is an error."""
    hints = _hints(kind)
    return {name: decoder(hints[name])(value) for name, value in raw.items()}


def _dataclass(kind: Any) -> Decoder:
    members = {name: decoder(hint) for name, hint in _hints(kind).items()}
    return lambda raw: kind(**{name: members[name](value) for name, value in raw.items()})


def _optional(hint: Any) -> Decoder:
    inner = decoder(hint)
    return lambda raw: None if raw is None else inner(raw)


def _as_it_is(raw: Any) -> Any:
    return raw


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=_ELSEWHERE)
