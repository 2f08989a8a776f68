"""A form that was sent: what it showed, what it says now, and who sent it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.emulator.errors import SharePointError
from connectors.emulator.pages import cells, entries, raw
from connectors.emulator.pages.raw import Form, Raw
from connectors.emulator.pages.turn import Turn
from connectors.emulator.state.fields import Field
from connectors.emulator.state.users import User
from connectors.emulator.state.values import Stored

_DUPLICATE = -2130575169


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person entered, by column. `before` is what the form showed when it was opened."""

    columns: Sequence[Field]
    before: Mapping[str, Raw]
    entered: Mapping[str, Raw]

    @property
    def touched(self) -> list[Field]:
        """The columns that the person changed."""
        return [column for column in self.columns if self.entered[column.name] != self.before[column.name]]


@dataclass(slots=True)
class Checked:
    """A draft's values, and what is wrong with it: by column, and as a whole."""

    values: dict[str, Stored] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    refused: str = ""

    @property
    def good(self) -> bool:
        """Whether it can be saved as far as is known."""
        return not self.errors and not self.refused


def read(turn: Turn, form: Form, before: Mapping[str, Raw]) -> Draft:
    """The draft in a form. What a form does not say it showed is taken as it is `before`, and stays; a column that is
    not in `before` has no place in this form, whatever was sent."""
    columns = [column for column in raw.editable(turn.owner) if column.name in before]
    said = _shown(form)
    shown = {each.name: said[each.name] for each in columns if each.name in said and raw.fits(each, said[each.name])}
    opened = {column.name: shown.get(column.name, before[column.name]) for column in columns}
    entered = {
        column.name: raw.sent(column, form, opened[column.name]) if column.name in shown else opened[column.name]
        for column in columns
    }
    return Draft(columns, opened, entered)


def showing(values: Mapping[str, Raw]) -> str:
    """What a form remembers of what it showed."""
    return json.dumps({name: list(texts) for name, texts in values.items()}, ensure_ascii=False)


def _shown(form: Form) -> dict[str, Raw]:
    try:
        document: Any = json.loads(form.get("was", ["{}"])[0])
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {
        name: tuple(text.replace("\r\n", "\n") for text in texts)
        for name, texts in document.items()
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts)
    }


def check(turn: Turn, draft: Draft, columns: Sequence[Field]) -> Checked:
    """Turn the entries of some columns into values."""
    checked = Checked()
    for column in columns:
        try:
            checked.values[column.name] = entries.value(turn.site, column, draft.entered[column.name])
        except entries.EntryError as wrong:
            checked.errors[column.name] = str(wrong)
    return checked


def refuse(draft: Draft, checked: Checked, error: SharePointError) -> None:
    """Put what the list itself refused where the person can mend it."""
    sentence = " ".join(error.message.split())
    twice = [column for column in draft.columns if column.unique and f"[{column.title}]" in sentence]
    for column in twice if error.number == _DUPLICATE else ():
        checked.errors[column.name] = f"{column.title}: another item has this value already. Enter a different one."
    if not checked.errors:
        checked.refused = sentence


def editor(turn: Turn, form: Form) -> User:
    """Who the form said would be recorded, even if another person was chosen since in another window."""
    named = form.get("as", [""])[0]
    known = {str(number): number for number, _ in cells.people(turn.site)}
    return turn.site.users[known[named]] if named in known else turn.person
