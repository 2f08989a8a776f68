"""Formatters as JSON has them, read into elements; what is no formatter is refused with the reason."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from connectors.emulator.pages.formatting.expressions import FormatError, Node, read

LONGEST: Final = 200_000
DEEPEST: Final = 30
MOST: Final = 1_000
KINDS = frozenset({"div", "span", "a", "img", "svg", "path", "button", "p", "filepreview"})
ATTRIBUTES = frozenset(
    {"href", "rel", "src", "class", "target", "title", "role", "iconName", "d", "aria", "data-interception", "viewBox",
     "preserveAspectRatio", "draggable", "alt"}
)  # fmt: skip
_ARIA = re.compile(r"^aria-[a-z]+$")
_LOOP = re.compile(r"^\s*([A-Za-z_]\w*)\s+in\s+(.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Loop:
    """`forEach`: an element for each member of what `of` comes to, each known as `name` in turn."""

    name: str
    of: Node


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a formatter. An element with a text has no children."""

    kind: str
    text: Node | None
    attributes: Mapping[str, Node]
    style: Mapping[str, Node]
    children: tuple["Element", ...]
    loop: Loop | None = None


@lru_cache(maxsize=256)
def read_column(text: str) -> Element | FormatError:
    """A column's formatter, or why it is none."""
    try:
        element = _Reader().element(_document(text), 0)
    except FormatError as wrong:
        return wrong
    return element if element.loop is None else FormatError("The outermost element cannot have forEach.")


@lru_cache(maxsize=64)
def read_row_class(text: str) -> Node | FormatError | None:
    """What a view's formatter says about the classes of rows, or why it is none; None where it says nothing."""
    try:
        given = _document(text)
        return read(given["additionalRowClass"]) if "additionalRowClass" in given else None
    except FormatError as wrong:
        return wrong


def _document(text: str) -> Mapping[str, Any]:
    if len(text) > LONGEST:
        raise FormatError("It is too long.")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise FormatError("It is not valid JSON.") from None
    if not isinstance(given, dict):
        raise FormatError("It is no JSON object.")
    return given


class _Reader:
    """Reads the elements of one formatter, so many and no more."""

    def __init__(self) -> None:
        self.count = 0

    def element(self, given: Any, depth: int) -> Element:
        self.count += 1
        if self.count > MOST or depth > DEEPEST:
            raise FormatError("It has too many elements.")
        if not isinstance(given, dict):
            raise FormatError("One of its elements is no JSON object.")
        if "columnFormatterReference" in given:
            raise FormatError("It refers to another column's formatting, which this server does not follow.")
        kind = given.get("elmType")
        if kind not in KINDS:
            raise FormatError(f"There is no element “{kind}”.")
        text = given.get("txtContent")
        children = given.get("children", [])
        if not isinstance(children, list):
            raise FormatError("The children of an element are no list.")
        return Element(
            str(kind),
            None if text is None else read(text),
            self.named(given.get("attributes", {}), attributes=True),
            self.named(given.get("style", {}), attributes=False),
            () if text is not None else tuple(self.element(each, depth + 1) for each in children),
            _loop(given.get("forEach")),
        )

    def named(self, given: Any, *, attributes: bool) -> dict[str, Node]:
        """The attributes, or the styles, of an element."""
        if not isinstance(given, dict):
            raise FormatError("The attributes and the style of an element are JSON objects.")
        strange = [name for name in given if attributes and name not in ATTRIBUTES and not _ARIA.match(name)]
        if strange:
            raise FormatError(f"There is no attribute “{strange[0]}”.")
        return {name: read(value) for name, value in given.items()}


def _loop(given: Any) -> Loop | None:
    if given is None:
        return None
    match = _LOOP.match(given) if isinstance(given, str) else None
    if match is None:
        raise FormatError("A forEach reads “name in [$Column]”.")
    source = match[2].strip()
    plain = source.startswith(("@", "[", "="))
    return Loop(match[1], read(source if plain else f"={source}"))
