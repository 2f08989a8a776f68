"""Values of a JSON body held to the kind they must be of."""

from typing import Any, TypeVar

from connectors.emulator import errors

T = TypeVar("T")
_EDM: dict[type, str] = {str: "Edm.String", bool: "Edm.Boolean", int: "Edm.Int32"}


def checked_kind(raw: Any, kind: type[T]) -> T:
    """A value of exactly this kind, or the service's error: true is no number, as it is to Python."""
    if type(raw) is not kind:
        raise errors.wrong_kind(_EDM[kind])
    return raw


def members(raw: Any) -> list[Any]:
    """The members of a collection: a plain array, or the verbose form with `results`."""
    if isinstance(raw, dict) and "results" in raw:
        raw = raw["results"]
    if not isinstance(raw, list):
        raise errors.wrong_node("StartObject" if isinstance(raw, dict) else "PrimitiveValue", "StartArray")
    return raw


def is_text(text: str) -> bool:
    """Whether text can be kept and shown: half of a surrogate pair is no letter, and nothing stores a NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def holds_text_only(value: Any) -> bool:
    """Whether every text in a JSON value can be kept, names included."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
        elif isinstance(one, str) and not is_text(one):
            return False
    return True
