"""Columns: made under exactly their internal name, changed, and taken away; always by id, never by a title.

The columns of staff's have titles that may be like our internal names, and SharePoint finds a column by either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.sharepoint.admin.calls import Calls, left_behind, taken_back
from connectors.sharepoint.admin.caml import parsed
from connectors.sharepoint.admin.field_xml import OPTIONS, field_xml
from connectors.sharepoint.admin.formatting import canonical, formatter
from connectors.sharepoint.columns import plain_guid, plain_list
from connectors.sharepoint.describing import by_guid, literal
from sync.core.provisioning.shape import ColumnChange, ColumnShape
from sync.core.text import tidy
from sync.errors import NotFoundError, SchemaError, SourceError, UnreachableError, UnreadableError


@dataclass(frozen=True, slots=True)
class Forms:
    """In which forms a column stands."""

    new: bool
    edit: bool


def forms_of(field: Mapping[str, Any]) -> Forms:
    """As a field entity's definition says, which is the only place that does; what it does not mention is so."""
    root = parsed(str(field.get("SchemaXml") or ""))
    given = root.attrib if root is not None else {}
    return Forms(*(given.get(name, "").upper() != "FALSE" for name in ("ShowInNewForm", "ShowInEditForm")))


class Columns:
    """The columns of one list."""

    def __init__(self, calls: Calls, guid: str) -> None:
        self._calls = calls
        self._fields = f"{by_guid(guid)}/fields"

    def add(self, shape: ColumnShape) -> str:
        """Makes the column whole or not at all; one that is there already under that name and of that type is left. Its
        id."""
        about = f"column {shape.name}"
        made = self._made(shape, about)
        if str(made.get("InternalName")) != shape.name:
            raise self._renamed(made, shape)
        try:
            self._dress(made, _of_shape(shape), about)
        except SourceError as error:
            raise self._undone(str(made["Id"]), shape.name, error) from None
        return plain_guid(str(made["Id"]))

    def change(self, name: str, change: ColumnChange) -> None:
        """Sends only what differs; SchemaError where there is no such column."""
        field = self._find(name)
        if field is None:
            raise SchemaError(
                f"The list has no column {name} any more.", "Run `provision` again, which looks what is there now."
            )
        self._dress(field, change, f"column {name}")

    def remove(self, name: str, known: str | None) -> None:
        """With what it holds. One that is gone already is no error. `known`: the id that it had when the list was found
        last, which saves looking for it."""
        try:
            if known is not None:
                self._calls.delete(self._at(known), f"column {name}")
                return
        except (SchemaError, NotFoundError):
            pass  # gone, or another by now; or it is told below what keeps it
        field = self._find(name)
        if field is not None:
            self._calls.delete(self._at(str(field["Id"])), f"column {name}")

    def _made(self, shape: ColumnShape, about: str) -> dict[str, Any]:
        """The new column as SharePoint answers it. A refusal may mean that it is there, and a lost answer as well."""
        body = {"parameters": {"SchemaXml": field_xml(shape, self._target(shape)), "Options": OPTIONS}}
        try:
            made = self._calls.make(f"{self._fields}/createfieldasxml", about, body, lambda: self._alike(shape))
        except SchemaError:
            there = self._alike(shape)
            if there is None:
                raise
            return there
        there = made if "Id" in made and "InternalName" in made else self._find(shape.name)
        if there is None:
            raise UnreadableError(f"SharePoint does not say whether {about} was made.")
        return there

    def _alike(self, shape: ColumnShape) -> dict[str, Any] | None:
        """The column that was to be made, where it is there."""
        there = self._find(shape.name)
        return there if there is not None and _is_like(there, shape) else None

    def _find(self, name: str) -> dict[str, Any] | None:
        found = self._calls.values(f"{self._fields}?$filter=InternalName%20eq%20'{literal(name)}'", f"column {name}")
        return next((each for each in found if each.get("InternalName") == name), None)

    def _target(self, shape: ColumnShape) -> str | None:
        if shape.lookup is None:
            return None
        about = f"the list '{shape.lookup}'"
        found = self._calls.look(f"web/lists/GetByTitle('{literal(shape.lookup)}')?$select=Id", about)
        if found is None:
            raise SchemaError(
                f"Column {shape.name} looks into the list '{shape.lookup}', which the site does not have.",
                "Make that list first, then run `provision` again.",
            )
        return plain_guid(str(found["Id"]))

    def _dress(self, field: Mapping[str, Any], change: ColumnChange, about: str) -> None:
        """Each request changes one thing; where one is refused after another was done, nobody knows what is there."""
        done = False
        for send in self._differences(field, change, about):
            try:
                send()
            except (UnreachableError, UnreadableError):
                raise
            except SourceError as error:
                if done:
                    raise UnreadableError(
                        f"{about[:1].upper()}{about[1:]} was changed only in part: {error.what}", error.advice
                    ) from error
                raise
            done = True

    def _differences(self, field: Mapping[str, Any], change: ColumnChange, about: str) -> Iterator[Any]:
        at = self._at(str(field["Id"]))
        plain = _plain_differences(field, change)
        if change.choices is not None and list(change.choices) != plain_list(field.get("Choices")):
            typed = {**_typed_choices(field, change.choices), **plain}
            yield lambda: self._calls.merge_typed(at, about, typed)
        elif plain:
            yield lambda: self._calls.merge(at, about, plain)
        forms = forms_of(field)
        for method, now, wanted in (
            ("setShowInNewForm", forms.new, change.in_new_form),
            ("setShowInEditForm", forms.edit, change.in_edit_form),
        ):
            if wanted is not None and wanted is not now:
                resource = f"{at}/{method}({str(wanted).lower()})"
                yield lambda resource=resource: self._calls.set(resource, about)

    def _renamed(self, made: Mapping[str, Any], shape: ColumnShape) -> SourceError:
        other = str(made.get("InternalName"))
        error = SchemaError(
            f"SharePoint made column {shape.name} under the name {other}.",
            "Look in the list's settings whether a column of that name is there already, and delete it if nobody needs "
            "it; or name another column in the portfolio file.",
        )
        return self._undone(str(made["Id"]), other, error)

    def _undone(self, field_id: str, name: str, error: SourceError) -> SourceError:
        """The error to raise once a column that could not be finished is gone again, or could not be taken away."""
        what = f"Column {name}"
        try:
            self._calls.delete(self._at(field_id), f"column {name}")
        except SourceError:
            return left_behind(error, what, "in the list's settings")
        return taken_back(error, what)

    def _at(self, field_id: str) -> str:
        return f"{self._fields}(guid'{literal(field_id.strip('{}'))}')"


def _of_shape(shape: ColumnShape) -> ColumnChange:
    """What a column has to be like when it is made, part by part."""
    return ColumnChange(
        title=shape.title,
        description=shape.description,
        formatter=formatter(shape.look),
        indexed=shape.indexed or shape.unique,
        in_new_form=shape.in_forms,
        in_edit_form=shape.in_forms,
    )


def _plain_differences(field: Mapping[str, Any], change: ColumnChange) -> dict[str, Any]:
    """What one MERGE changes."""
    body: dict[str, Any] = {}
    if change.title is not None and change.title != field.get("Title"):
        body["Title"] = change.title
    if change.description is not None and tidy(change.description) != tidy(str(field.get("Description") or "")):
        body["Description"] = change.description
    if change.indexed is not None and change.indexed is not (field.get("Indexed") is True):
        body["Indexed"] = change.indexed
    now = canonical(str(field.get("CustomFormatter") or ""))
    if change.formatter is not None and canonical(change.formatter) != now:
        body["CustomFormatter"] = change.formatter
    return body


def _typed_choices(field: Mapping[str, Any], choices: tuple[str, ...]) -> dict[str, Any]:
    kind = "SP.FieldMultiChoice" if field.get("TypeAsString") == "MultiChoice" else "SP.FieldChoice"
    members = {"__metadata": {"type": "Collection(Edm.String)"}, "results": list(choices)}
    return {"__metadata": {"type": kind}, "Choices": members}


def _is_like(field: Mapping[str, Any], shape: ColumnShape) -> bool:
    """Whether a column that is there is the one that was to be made."""
    root = parsed(field_xml(shape))
    wanted = root.attrib.get("Type") if root is not None else None
    return field.get("Hidden") is not True and field.get("TypeAsString") == wanted
