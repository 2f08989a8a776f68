"""Views that everybody sees: found, made, changed in one step, and taken away."""

from collections.abc import Mapping
from typing import Any

from connectors.sharepoint.admin.calls import Calls, left_behind, taken_back
from connectors.sharepoint.admin.caml import asked_columns, canonical_query, named_columns, query, view_xml
from connectors.sharepoint.columns import plain_guid, plain_list
from connectors.sharepoint.describing import by_guid, literal
from sync.core.provisioning.shape import FoundView, ViewShape
from sync.core.provisioning.steps import same_id
from sync.errors import NotFoundError, SchemaError, SourceError, UnreadableError

_SELECTED = "Id,Title,DefaultView,Hidden,PersonalView,RowLimit,ViewQuery,ViewFields"


class Views:
    """The views of one list."""

    def __init__(self, calls: Calls, guid: str) -> None:
        self._calls = calls
        self._views = f"{by_guid(guid)}/views"

    def found(self) -> tuple[FoundView, ...]:
        """Every view that is not hidden, in one request."""
        resource = f"{self._views}?$select={_SELECTED}&$expand=ViewFields"
        about = "the views of a list"
        try:
            return tuple(_found(each) for each in self._calls.values(resource, about) if each.get("Hidden") is not True)
        except (KeyError, TypeError, ValueError):
            raise UnreadableError(f"The answer about {about} is not of the expected form.") from None

    def add(self, shape: ViewShape) -> str:
        """Makes a view whole or not at all; its id."""
        about = f"view '{shape.title}'"
        body = {
            "Title": shape.title,
            "PersonalView": False,
            "ViewQuery": query(shape),
            "RowLimit": shape.rows,
            "Paged": True,
        }
        made = self._calls.post(self._views, about, body)
        ident = plain_guid(str(made.get("Id") or ""))
        if not ident:
            raise UnreadableError(f"SharePoint does not say whether {about} was made.")
        try:
            self._shape(ident, made, shape)
        except SourceError as error:
            raise self._undone(ident, about, error) from None
        return ident

    def change(self, ident: str, shape: ViewShape) -> None:
        """Columns, query and rows in one step, so that nobody finds the view in between."""
        about = f"view '{shape.title}'"
        there = self._calls.get(f"{self._at(ident)}?$select=Id,Title,DefaultView,ListViewXml", about)
        self._shape(ident, there, shape)

    def remove(self, ident: str) -> None:
        """One that is gone already is no error: it is looked for where the host refuses."""
        try:
            self._calls.delete(self._at(ident), "a view")
        except (SchemaError, NotFoundError, UnreadableError):
            if any(same_id(each.id, ident) for each in self.found()):
                raise

    def _shape(self, ident: str, there: Mapping[str, Any], shape: ViewShape) -> None:
        about = f"view '{shape.title}'"
        xml = view_xml(str(there.get("ListViewXml") or "<View />"), shape)
        if xml is None:
            raise UnreadableError(f"SharePoint does not say what {about} is like.")
        changed = {"Title": shape.title} if there.get("Title") != shape.title else {}
        more = {**changed, **({"DefaultView": True} if shape.default and there.get("DefaultView") is not True else {})}
        self._calls.set(f"{self._at(ident)}/SetViewXml", about, {"viewXml": xml})
        if more:
            self._calls.merge(self._at(ident), about, more)

    def _undone(self, ident: str, about: str, error: SourceError) -> SourceError:
        """The error to raise once a view that could not be finished is gone again, or could not be taken away."""
        what = f"The {about}"
        try:
            self._calls.delete(self._at(ident), about)
        except SourceError:
            return left_behind(error, what, "in the list's settings")
        return taken_back(error, what)

    def _at(self, ident: str) -> str:
        return f"{self._views}(guid'{literal(ident.strip('{}'))}')"


def _found(view: Mapping[str, Any]) -> FoundView:
    fields = view.get("ViewFields")
    names = plain_list(fields.get("Items")) if isinstance(fields, Mapping) else []
    return FoundView(
        id=plain_guid(str(view["Id"])),
        title=str(view["Title"]),
        columns=named_columns([str(name) for name in names]),
        query=canonical_query(str(view.get("ViewQuery") or "")),
        rows=int(view["RowLimit"]),
        default=view.get("DefaultView") is True,
        personal=view.get("PersonalView") is True,
        asks=asked_columns(str(view.get("ViewQuery") or "")),
    )
