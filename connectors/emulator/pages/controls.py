"""The control of each column in a form: which kind it is, what it offers, what it holds and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.emulator.pages import cells, wording
from connectors.emulator.pages.raw import Raw, field_id, other_id
from connectors.emulator.state.fields import PEOPLE, Field
from connectors.emulator.state.world import Site

MOST_OPTIONS: Final = 500
_KINDS = {
    "Text": "text",
    "Note": "area",
    "Number": "number",
    "Currency": "number",
    "Boolean": "radios",
    "Choice": "select",
    "MultiChoice": "boxes",
    "Lookup": "select",
    "User": "select",
    "LookupMulti": "boxes",
    "UserMulti": "boxes",
    "URL": "link",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One column in a form. `other` is what its second control holds; None where it has none."""

    column: Field
    kind: str
    raw: Raw
    options: Sequence[Option] = ()
    other: str | None = None
    error: str = ""
    note: str = ""
    words: str = ""

    @property
    def id(self) -> str:
        """The control's identifier and name."""
        return field_id(self.column)

    @property
    def other_id(self) -> str:
        """The second control's identifier and name."""
        return other_id(self.column)

    @property
    def target(self) -> str:
        """What a link to this control leads to: the first thing in it that takes the keyboard."""
        return f"{self.id}-0" if self.kind in {"boxes", "radios"} and self.options else self.id

    @property
    def described_by(self) -> str:
        """The identifiers of what explains the control; "" where nothing does."""
        parts = {"hint": self.hint, "note": self.note, "error": self.error}
        return " ".join(f"{self.id}-{name}" for name, text in parts.items() if text)

    @property
    def hint(self) -> str:
        """The column's own description, and what a person could not know."""
        more = "Formatted text: its markup is shown as it is kept." if self.column.rich_text else ""
        if self.kind == "numbers":
            more = "By number: there are too many to list. Put a comma between several."
        if self.words:
            # A browser shows a date in its own language's order, which need not be this country's.
            more = f"In words: {self.words}."
        return " ".join(part for part in (self.column.description, more) if part)

    @property
    def text(self) -> str:
        """What the control holds, where it holds one text."""
        return ", ".join(self.raw) if self.kind == "numbers" else self.raw[0] if self.raw else ""


def control(site: Site, column: Field, raw: Raw, *, error: str = "", note: str = "") -> Control:
    """The control of a column that holds a value."""
    if column.type == "DateTime":
        kind = "date" if column.date_only else "moment"
        return Control(column, kind, raw, error=error, note=note, words=_in_words(raw))
    kind = _KINDS[column.type]
    if column.type == "URL":
        return Control(column, kind, raw, (), raw[1] if len(raw) > 1 else "", error, note)
    if kind not in {"select", "boxes", "radios"}:
        return Control(column, kind, raw, error=error, note=note)
    known = _known(site, column, raw)
    if known is None:
        return Control(column, "numbers", raw, error=error, note=note)
    strange = [text for text in raw if text not in {value for value, _ in known}]
    if column.fill_in and column.type in {"Choice", "MultiChoice"}:
        return Control(column, kind, raw, _options(known, raw), "\n".join(strange), error, note)
    gone = [(text, _gone(site, column, text)) for text in strange]
    return Control(column, kind, raw, _options([*known, *gone], raw), None, error, note)


def _in_words(raw: Raw) -> str:
    try:
        shown = datetime.fromisoformat(raw[0]) if raw else None
    except ValueError:
        return ""
    if shown is None:
        return ""
    return wording.day(shown) if len(raw[0]) == len("2026-06-17") else f"{wording.day(shown)}, {shown:%H:%M}"


def _options(known: Sequence[tuple[str, str]], raw: Raw) -> list[Option]:
    return [Option(value, text, value in raw or not (value or raw)) for value, text in known]


def _known(site: Site, column: Field, raw: Raw) -> list[tuple[str, str]] | None:
    """What a column offers, as value and text; None where that is too much for a page."""
    if column.type in PEOPLE:
        return [(str(number), name) for number, name in cells.people(site)]
    if column.type == "Boolean":
        # Once answered, a Yes/No column has no third answer that a form could give.
        return [("1", "Yes"), ("0", "No")] if raw else [("1", "Yes"), ("0", "No"), ("", "Not answered")]
    if column.choices or column.type in {"Choice", "MultiChoice"}:
        return [(choice, choice) for choice in column.choices]
    target = site.list_with_id(column.lookup_list)
    items = [] if target is None else target.ordered()
    if len(items) > MOST_OPTIONS:
        return None
    named = [(str(item.id), cells.item_name(site, column, item.id)) for item in items]
    return sorted(named, key=lambda each: each[1].casefold())


def _gone(site: Site, column: Field, text: str) -> str:
    """What to call a value that is held and no longer offered."""
    if column.type in PEOPLE and text.isdecimal():
        return cells.person_name(site, int(text))
    if column.type in {"Lookup", "LookupMulti"} and text.isdecimal():
        return cells.item_name(site, column, int(text))
    return f"{text} (no longer a choice)"
