"""ProcessQuery, the only way to change an item without a new version and without touching Modified or Modified By."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from connectors.sharepoint.errors import ServiceError, sentence
from connectors.sharepoint.messages import Reply
from sync.core.columns import Cell
from sync.errors import DefectError

_OBJECT = "121a659f-e03e-2000-4281-1212829d67dd|740c6a0b-85e2-48a0-a494-e0f1759d4aa7"
"""How the interface addresses any list item; the first half is a trace id that the server ignores."""
_HEAD = (
    '<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="16.0.0.0"'
    ' ApplicationName="PortfolioSync" xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009">'
)


@dataclass(frozen=True, slots=True)
class Place:
    """The GUIDs that locate a list."""

    site: str
    web: str
    list: str

    def item(self, number: int) -> str:
        return f"{_OBJECT}:site:{self.site}:web:{self.web}:list:{self.list}:item:{number},1"


@dataclass(frozen=True, slots=True)
class ItemUpdate:
    place: Place
    item_id: int
    cells: Mapping[str, Cell]


def update_query(updates: Sequence[ItemUpdate]) -> bytes:
    """One request that sets the values of each item and saves it by SystemUpdate."""
    actions: list[str] = []
    paths: list[str] = []
    step = len(updates)
    for path, update in enumerate(updates, start=1):
        for name, cell in update.cells.items():
            step += 1
            actions.append(
                f'<Method Name="SetFieldValue" Id="{step}" ObjectPathId="{path}"><Parameters>'
                f'<Parameter Type="String">{_text(name)}</Parameter>{parameter(cell)}</Parameters></Method>'
            )
        step += 1
        actions.append(f'<Method Name="SystemUpdate" Id="{step}" ObjectPathId="{path}" />')
        paths.append(f'<Identity Id="{path}" Name={quoteattr(update.place.item(update.item_id))} />')
    body = f"<Actions>{''.join(actions)}</Actions><ObjectPaths>{''.join(paths)}</ObjectPaths></Request>"
    return (_HEAD + body).encode()


def parameter(cell: Cell) -> str:
    """A typed value. DefectError for what an owned column never holds."""
    if cell is None:
        return '<Parameter Type="Null" />'
    if isinstance(cell, bool):
        return f'<Parameter Type="Boolean">{str(cell).lower()}</Parameter>'
    if isinstance(cell, int | float):
        return f'<Parameter Type="Double">{cell}</Parameter>'
    if isinstance(cell, datetime):
        if cell.tzinfo is None:
            raise DefectError("A date without a time zone cannot be written.")
        return f'<Parameter Type="DateTime">{cell.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.0000000Z</Parameter>'
    if isinstance(cell, str):
        return f'<Parameter Type="String">{_text(cell)}</Parameter>'
    raise DefectError(f"A value of type {type(cell).__name__} cannot be written.")


def _text(value: str) -> str:
    # A bare carriage return would be read as a line feed.
    return escape(value, {"\r": "&#13;"})


def unsendable(cells: Mapping[str, Cell]) -> str | None:
    """The first character that no XML document can carry, by its code; None where all can."""
    for cell in cells.values():
        for character in cell if isinstance(cell, str) else "":
            code = ord(character)
            control = code < 0x20 and character not in "\t\n\r"
            if control or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF):
                return f"U+{code:04X}"
    return None


def failure(reply: Reply) -> ServiceError | None:
    """Why it is not certain that everything was done; None where the answer says so.

    Whatever happened, the status is 200: what counts is that the first object has an `ErrorInfo`, and that it is null.
    """
    try:
        document: Any = json.loads(reply.content)
    except ValueError:
        return ServiceError("", "the answer was cut short or is not JSON")
    if not (isinstance(document, list) and document and isinstance(document[0], dict) and "ErrorInfo" in document[0]):
        return ServiceError("", "the answer is not of the expected form")
    error = document[0]["ErrorInfo"]
    if error is None:
        return None
    told = error if isinstance(error, dict) else {}
    message = told.get("ErrorMessage") or "SharePoint reported an error without saying which."
    return ServiceError(str(told.get("ErrorCode") or ""), sentence(str(message)))
