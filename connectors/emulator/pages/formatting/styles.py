"""Styles and classes of formatters: what is let through, and the style sheet that a page carries for them.

A page's policy allows no style on an element, so every set of declarations becomes a class in one sheet, which the
policy allows by its digest.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

LONGEST_VALUE: Final = 120
MOST_RULES: Final = 2_000
_SIDES = ("top", "right", "bottom", "left")
# What the service allows, without what could reach beyond the cell or fetch something.
STYLES: Final = frozenset(
    {
        "background-color", "fill", "fill-opacity", "stroke", "color", "opacity", "cursor", "visibility", "display",
        "direction", "unicode-bidi", "border", "border-color", "border-style", "border-width", "border-radius",
        "border-collapse", "border-spacing", "outline", "outline-color", "outline-style", "outline-width",
        "box-shadow", "box-sizing", "overflow", "overflow-x", "overflow-y", "height", "width", "max-height",
        "max-width", "min-height", "min-width", "flex", "flex-grow", "flex-shrink", "flex-flow", "flex-direction",
        "flex-wrap", "justify-content", "align-items", "font", "font-family", "font-size", "font-style",
        "font-variant", "font-weight", "font-stretch", "margin", "padding", "column-count", "column-gap", "columns",
        "float", "clear", "letter-spacing", "line-height", "text-align", "text-align-last", "text-decoration",
        "text-indent", "text-transform", "text-overflow", "text-shadow", "text-justify", "vertical-align",
        "white-space", "word-spacing", "word-break", "word-wrap", "object-fit", "-webkit-line-clamp", "transform",
        *(f"margin-{side}" for side in _SIDES),
        *(f"padding-{side}" for side in _SIDES),
        *(f"border-{side}" for side in _SIDES),
        *(f"border-{side}-{what}" for side in _SIDES for what in ("color", "style", "width")),
        *(f"border-{up}-{side}-radius" for up in ("top", "bottom") for side in ("left", "right")),
    }
)  # fmt: skip
_VALUE = re.compile(r"^[\w\s#%.,()+/'-]+$", re.ASCII)
_CALLED = re.compile(r"([\w-]*)\(")
_CALLS = frozenset({"rgb", "rgba", "hsl", "hsla", "translate", "calc"})
_CLASS = re.compile(r"^(?:ms|sp)-[\w-]{1,80}$", re.ASCII)


def safe_value(name: str, value: str) -> str:
    """A style's value where a page may have it, else ""."""
    wanted = value.strip()
    if name not in STYLES or not wanted or len(wanted) > LONGEST_VALUE or not _VALUE.match(wanted):
        return ""
    if any(called.lower() not in _CALLS for called in _CALLED.findall(wanted)) or "/*" in wanted:
        return ""
    balanced = wanted.count("(") == wanted.count(")") and wanted.count("'") % 2 == 0
    return wanted if balanced and (name != "transform" or wanted.lower().startswith("translate(")) else ""


def safe_classes(value: str) -> list[str]:
    """The classes of SharePoint's own among these; a formatter has nothing to do with those of our pages."""
    return [each for each in value.split() if _CLASS.match(each)]


@dataclass(slots=True)
class Sheet:
    """The styles of one page, each set of declarations once."""

    rules: dict[str, str] = field(default_factory=dict)

    def name(self, declared: Mapping[str, str]) -> str:
        """The class that stands for these declarations; "" where none of them may be."""
        safe = {name: safe_value(name, value) for name, value in declared.items()}
        rule = ";".join(f"{name}:{value}" for name, value in safe.items() if value)
        if not rule or (rule not in self.rules and len(self.rules) >= MOST_RULES):
            return ""
        return self.rules.setdefault(rule, f"cell-{len(self.rules) + 1}")

    @property
    def text(self) -> str:
        """The style sheet; "" where nothing needs one."""
        return "".join(f"#main .{name}{{{rule}}}\n" for rule, name in self.rules.items())

    @property
    def source(self) -> str:
        """How a page's policy allows exactly this sheet."""
        return f"'sha256-{b64encode(sha256(self.text.encode()).digest()).decode()}'"
