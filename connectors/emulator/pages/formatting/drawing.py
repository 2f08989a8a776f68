"""Elements drawn as HTML for one row. Everything is escaped; what might do harm is left out, not mended."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup, escape

from connectors.emulator.pages.cells import safe_link
from connectors.emulator.pages.formatting import icons, values
from connectors.emulator.pages.formatting.elements import Element, Loop
from connectors.emulator.pages.formatting.expressions import FormatError, Node
from connectors.emulator.pages.formatting.interpreter import Scope, evaluate, shown
from connectors.emulator.pages.formatting.styles import Sheet, safe_classes

MOST: Final = 1_000
# A button's action needs a script, which the pages do not have: it is drawn as the text it is.
_TAGS: Mapping[str, str] = {
    "div": "div",
    "span": "span",
    "a": "a",
    "svg": "svg",
    "path": "path",
    "button": "span",
    "p": "p",
}
_ROLES = frozenset({"img", "presentation", "none", "group", "note", "heading"})
_PATH = re.compile(r"^[\sMmLlHhVvCcSsQqTtAaZzeE0-9.,+-]{1,4000}$")
_BOX = re.compile(r"^[\s0-9.,-]{1,60}$")
_RATIO = re.compile(r"^[A-Za-z ]{1,30}$")
_ARIA = frozenset({"aria-label", "aria-hidden", "aria-description"})
_SHAPES = {"d": _PATH, "viewBox": _BOX, "preserveAspectRatio": _RATIO}


def draw(element: Element, scope: Scope, sheet: Sheet) -> Markup:
    """A formatted cell; raises FormatError where its formatter comes to too much."""
    return _Pen(sheet).element(element, scope)


@dataclass(slots=True)
class _Pen:
    """Draws the elements of one cell, so many and no more."""

    sheet: Sheet
    drawn: int = field(default=0)

    def element(self, element: Element, scope: Scope) -> Markup:
        self.drawn += 1
        if self.drawn > MOST:
            raise FormatError("It comes to more elements than a cell can show.")
        tag = _TAGS.get(element.kind)
        if tag is None:
            return Markup("")  # a picture: none is fetched
        named = {name: shown(node, scope) for name, node in element.attributes.items()}
        given = _attributes(element.kind, named)
        if tag == "a" and "href" not in given:
            tag = "span"
        classes = [*safe_classes(named.get("class", "")), self.sheet.name(_style(element.style, scope))]
        if element.kind == "button":
            classes.append("button-text")
        held = {"class": " ".join(each for each in classes if each), **given}
        written = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in held.items() if value)
        inside = Markup("").join([icons.icon(named.get("iconName", "")), *self.content(element, scope)])
        return Markup("<{0}{1}>{2}</{0}>").format(tag, written, inside)

    def content(self, element: Element, scope: Scope) -> Iterator[Markup]:
        if element.text is not None:
            yield escape(shown(element.text, scope))
        for child in element.children:
            for inner in _turns(child.loop, scope):
                yield self.element(child, inner)


def _turns(loop: Loop | None, scope: Scope) -> Iterator[Scope]:
    """The scopes in which an element is drawn: once, or for each member of its loop."""
    if loop is None:
        yield scope
        return
    found = evaluate(loop.of, scope)
    members = found if isinstance(found, tuple) else () if found == "" else (found,)
    for index, member in enumerate(members):
        yield scope.within(loop.name, index, member)


def _style(style: Mapping[str, Node], scope: Scope) -> dict[str, str]:
    return {name: values.text(evaluate(node, scope), scope.place) for name, node in style.items()}


def _attributes(kind: str, named: Mapping[str, str]) -> dict[str, str]:
    """The attributes a page may have, of those a formatter asks for."""
    given = {"title": named.get("title", "")}
    given |= {name: text for name, text in named.items() if name in _ARIA}
    if named.get("role") in _ROLES:
        given["role"] = named["role"]
    if kind == "a" and safe_link(named.get("href", "")):
        given |= {"href": safe_link(named["href"]), "rel": "noopener noreferrer"}
        given |= {"target": "_blank"} if named.get("target") == "_blank" else {}
    if kind in {"svg", "path"}:
        given |= {name: named[name] for name, pattern in _SHAPES.items() if pattern.match(named.get(name, ""))}
    if kind == "svg" and "role" not in given:
        given["aria-hidden"] = "true"
    return given
