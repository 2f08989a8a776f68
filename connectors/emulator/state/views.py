"""Views of a list: what each one shows, and where it is."""

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from connectors.emulator.state.lists import SpList

ALL_ITEMS = "All Items"
DEFAULT_ROWS = 30
_BAD_IN_PAGES = '"#%*:<>?/\\|&{}~'
_BY_NUMBER = '<OrderBy><FieldRef Name="ID" /></OrderBy>'


@dataclass(slots=True, eq=False)
class View:
    """One view. `page` is the last part of its address, `fields` are internal names, `query` is what a CAML Query
    holds, `template` says whether the list came with it."""

    id: str
    title: str
    page: str
    fields: list[str] = field(default_factory=list)
    query: str = ""
    row_limit: int = DEFAULT_ROWS
    paged: bool = True
    default: bool = False
    hidden: bool = False
    personal: bool = False
    scope: int = 0
    custom_formatter: str | None = None
    view_type: str | None = None
    template: bool = False

    @property
    def fields_xml(self) -> str:
        """The columns as FieldRef elements."""
        return "".join(f"<FieldRef Name={attribute(name)} />" for name in self.fields)

    @property
    def row_limit_xml(self) -> str:
        """How many rows a page has."""
        return f'<RowLimit Paged="{flag(self.paged)}">{self.row_limit}</RowLimit>'

    @property
    def caml(self) -> str:
        """The view as a query can ask for it."""
        query = f"<Query>{self.query}</Query>"
        return f"<View><ViewFields>{self.fields_xml}</ViewFields>{query}{self.row_limit_xml}</View>"


def all_items(list_id: str) -> View:
    """The view every list comes with; its identifier follows from the list's."""
    guid = str(uuid.uuid5(uuid.UUID(list_id), ALL_ITEMS))
    return View(guid, ALL_ITEMS, "AllItems.aspx", ["LinkTitle"], _BY_NUMBER, default=True, template=True)


def free_page(owner: "SpList", title: str) -> str:
    """An address for a new view: its title, with a number where another view has it."""
    name = "".join(letter for letter in title if letter not in _BAD_IN_PAGES).strip(" .") or "View"
    taken = {view.page.lower() for view in owner.views}
    number, candidate = 0, f"{name}.aspx"
    while candidate.lower() in taken:
        number += 1
        candidate = f"{name}{number}.aspx"
    return candidate


def address(owner: "SpList", view: View) -> str:
    """Where on the server a view is."""
    return f"{owner.server_relative_url}/{view.page}"


def attribute(text: str) -> str:
    """Text as an XML attribute, quotes included."""
    return f'"{escape(text, {chr(34): "&quot;"})}"'


def flag(on: bool) -> str:
    """A truth as CAML writes it."""
    return "TRUE" if on else "FALSE"
