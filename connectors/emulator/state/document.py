"""Checking a document against its schema, with sentences that name the place and the nearest known name."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from connectors.emulator.state.json_kinds import holds_text_only


class DocumentError(ValueError):
    """A document that does not fit its schema: one sentence saying what is wrong, and where."""


class WorldError(Exception):
    """A world document that cannot be loaded: one sentence saying what is wrong, and where."""


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def check(value: Any, schema: Mapping[str, Any], where: str = "", whole: str = "The document") -> None:
    """Hold a value to a schema. Raises DocumentError at the first thing that is wrong.

    `where` is the place of the value, "" for the whole, which the sentences call `whole`.
    """
    named = where or whole
    if not where and not holds_text_only(value):
        raise DocumentError(f"{named} holds text that cannot be kept: half of a surrogate pair, or a NUL.")
    _check_type(value, schema, named)
    if "enum" in schema and value not in schema["enum"]:
        known = ", ".join(str(one) for one in schema["enum"])
        near = f" Did you mean {_near(str(value), schema['enum'])!r}?" if _near(str(value), schema["enum"]) else ""
        raise DocumentError(f"{named} is {value!r}, which is not one of {known}.{near}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        raise DocumentError(f"{named} is {value!r}, which does not have the form {schema['pattern']}.")
    bounded = value is not None and ("minimum" in schema or "maximum" in schema)
    if bounded and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        raise DocumentError(f"{named} is {value}, outside {schema.get('minimum', '')}..{schema.get('maximum', '')}.")
    if isinstance(value, Mapping) and "properties" in schema:
        _check_object(value, schema, where, whole)
    elif isinstance(value, Mapping) and isinstance(schema.get("additionalProperties"), Mapping):
        for name, member in value.items():
            check(member, schema["additionalProperties"], f"{where}.{name}" if where else str(name))
    elif isinstance(value, list | tuple) and "items" in schema:
        for number, member in enumerate(value):
            check(member, schema["items"], f"{named}[{number}]")


def _check_type(value: Any, schema: Mapping[str, Any], named: str) -> None:
    if "type" not in schema:
        return
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    fits = any(isinstance(value, _TYPES[name]) for name in names)
    if fits and isinstance(value, bool):
        fits = "boolean" in names
    if not fits:
        raise DocumentError(f"{named} must be {' or '.join(names)}, not {type(value).__name__}.")


def _check_object(value: Mapping[str, Any], schema: Mapping[str, Any], where: str, whole: str) -> None:
    known = schema["properties"]
    for name in value:
        if name not in known:
            near = _near(name, known)
            advice = f"did you mean {near!r}?" if near else f"known are {', '.join(known)}."
            raise DocumentError(f"{where or whole} has the unknown key {name!r}; {advice}")
    for name in schema.get("required", ()):
        if name not in value:
            raise DocumentError(f"{where or whole} has no {name!r}, which it needs.")
    for name, member in value.items():
        check(member, known[name], f"{where}.{name}" if where else name)


def _near(name: str, known: Any) -> str | None:
    found = difflib.get_close_matches(name, [str(one) for one in known], n=1)
    return found[0] if found else None


def nearest(name: str, known: Any) -> str:
    """`; did you mean 'x'?` where something is near, else a list of what is known."""
    near = _near(name, known)
    return f"did you mean {near!r}?" if near else f"known are {', '.join(known) or 'none'}."
