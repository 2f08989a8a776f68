"""Values as a form holds them: one or more texts per column, the same form for what is stored and what is sent.

Two raw values that are alike mean that nobody touched the column, whatever finer things the stored value knows.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from connectors.emulator.pages import cells, wording
from connectors.emulator.state.fields import Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.values import Stored, UrlValue
from connectors.emulator.state.world import Site

Raw: TypeAlias = tuple[str, ...]
Form: TypeAlias = Mapping[str, Sequence[str]]

EDITABLE = frozenset(
    {"Text", "Note", "Number", "Currency", "Boolean", "DateTime", "Choice", "MultiChoice", "Lookup", "LookupMulti",
     "User", "UserMulti", "URL"}
)  # fmt: skip


def editable(owner: SpList) -> list[Field]:
    """The columns a form lets a person change: visible, writable, and of a type that a form can hold."""
    return [column for column in cells.visible(owner) if column.writable and column.type in EDITABLE]


def on_new_form(owner: SpList) -> list[Field]:
    """Those that the form for a new item has."""
    return [column for column in editable(owner) if column.show_in_new_form]


def on_edit_form(owner: SpList) -> list[Field]:
    """Those that the form for an item has."""
    return [column for column in editable(owner) if column.show_in_edit_form]


def fixed(owner: SpList) -> list[Field]:
    """The columns of an item's form that nobody changes by hand."""
    mine = {column.name for column in editable(owner)}
    return [column for column in cells.visible(owner) if column.name not in mine and column.show_in_edit_form]


def field_id(column: Field) -> str:
    """The name and the identifier of a column's control."""
    return f"f-{column.name}"


def other_id(column: Field) -> str:
    """The second control of a column: another choice than the column's, or a hyperlink's text."""
    return f"o-{column.name}"


def raw_of(site: Site, column: Field, stored: Stored) -> Raw:
    """A stored value as its form holds it; () where it is blank."""
    if stored is None or stored in ("", ()):
        return ()
    if isinstance(stored, bool):
        return ("1" if stored else "0",)
    if isinstance(stored, datetime):
        return (_date(site, column, stored),)
    if isinstance(stored, UrlValue):
        return (stored.url, stored.description or stored.url)
    if isinstance(stored, tuple):
        return tuple(str(member) for member in stored)
    if isinstance(stored, float):
        return (site.locale.number(stored).replace(site.locale.thousand, ""),)
    return (str(stored).replace("\r\n", "\n"),)


def _date(site: Site, column: Field, stored: datetime) -> str:
    shown = wording.local(stored, site.zone.zone)
    if column.date_only:
        return shown.date().isoformat()
    return shown.replace(tzinfo=None).isoformat(timespec="seconds" if shown.second else "minutes")


def fits(column: Field, raw: Raw) -> bool:
    """Whether texts can be a value of a column, as far as their number goes."""
    if column.multiple:
        return True
    return len(raw) in ({0, 2} if column.type == "URL" else {0, 1})


def sent(column: Field, form: Form, before: Raw) -> Raw:
    """A column's value in a form that was sent. What holds one text and is not there at all was not touched."""
    values, others = form.get(field_id(column)), form.get(other_id(column), ("",))
    if column.type == "URL":
        return before if values is None else _link(values[0], others[0])
    if column.type == "MultiChoice":
        typed = [line.strip() for line in others[0].split("\n") if line.strip()] if column.fill_in else []
        return _in_order([*(values or ()), *typed], before)
    if column.multiple:
        return _in_order(_numbers(values or ()), before)
    if column.type == "Choice" and column.fill_in and others[0].strip():
        return (others[0].strip(),)
    if values is None:
        return before
    text = values[0] if column.type in {"Text", "Note"} else values[0].strip()
    return (text,) if text else ()


def _link(url: str, description: str) -> Raw:
    url, description = url.strip(), description.strip()
    return (url, description or url) if url or description else ()


def _numbers(values: Sequence[str]) -> list[str]:
    """The numbers of people or items: one a box that is ticked, or all in one text where there are too many boxes."""
    return [number for value in values for number in re.split(r"[\s,;]+", value) if number]


def _in_order(chosen: Sequence[str], before: Raw) -> Raw:
    """What is chosen, what was there already in its old order first."""
    kept = [member for member in before if member in chosen]
    return tuple(dict.fromkeys([*kept, *chosen]))
