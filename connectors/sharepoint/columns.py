"""Columns and their values: SharePoint's field entities and JSON on one side, ours on the other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync.core.columns import Cell, Column, ColumnType, LinkCell, LookupCell, PersonCell
from sync.errors import DefectError, SchemaError, UnreadableError

_TYPES = {
    "Text": ColumnType.TEXT,
    "Number": ColumnType.NUMBER,
    "Integer": ColumnType.NUMBER,
    "Currency": ColumnType.CURRENCY,
    "Boolean": ColumnType.YES_NO,
    "Choice": ColumnType.CHOICE,
    "MultiChoice": ColumnType.MULTI_CHOICE,
    "Lookup": ColumnType.LOOKUP,
    "LookupMulti": ColumnType.LOOKUP_MULTI,
    "User": ColumnType.PERSON,
    "UserMulti": ColumnType.PERSON_MULTI,
    "URL": ColumnType.LINK,
    "Calculated": ColumnType.CALCULATED,
    "Counter": ColumnType.COUNTER,
}
_USEFUL_BUILT_IN = frozenset({"ID", "Title", "Created", "Modified", "Author", "Editor"})
_MEANING = ("Id", "LookupField", "Formula")
"""What is another where a column was made anew, shows another column of its list or is calculated otherwise."""
_LOOKUPS = frozenset({ColumnType.LOOKUP, ColumnType.LOOKUP_MULTI})
_PEOPLE = frozenset({ColumnType.PERSON, ColumnType.PERSON_MULTI})
_MULTI = frozenset({ColumnType.MULTI_CHOICE, ColumnType.LOOKUP_MULTI, ColumnType.PERSON_MULTI})


USUALLY_SHOWN = "Title"
"""What a lookup shows of an item unless its column says otherwise."""


@dataclass(frozen=True, slots=True)
class WireColumn:
    """A column and how the REST interface names it: `prop` is its property, `shown` what a lookup shows."""

    column: Column
    prop: str
    shown: str = USUALLY_SHOWN

    @property
    def expands(self) -> bool:
        return self.column.type in _LOOKUPS | _PEOPLE

    @property
    def selected(self) -> tuple[str, ...]:
        """What a `$select` must name to read it."""
        if self.column.type in _PEOPLE:
            return (f"{self.prop}/Id", f"{self.prop}/Title", f"{self.prop}/Name")
        if self.column.type in _LOOKUPS:
            return (f"{self.prop}/Id", f"{self.prop}/{self.shown}")
        return (self.prop,)


def wire_columns(fields: Iterable[Mapping[str, Any]]) -> tuple[WireColumn, ...]:
    """The columns staff may mean, by field entity. Hidden ones are left out but for the useful built-in ones, and so
    are computed ones: those show another column a second time and hold nothing."""
    return tuple(
        _wire_column(field)
        for field in fields
        if field.get("TypeAsString") != "Computed"
        and (not field.get("Hidden") or field.get("InternalName") in _USEFUL_BUILT_IN)
    )


_TOLD_BY = {"Choice": "Choices", "MultiChoice": "Choices", "DateTime": "DisplayFormat", "Lookup": "LookupList"}
"""What only a field of that type has."""


def is_whole(fields: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the field entities came with what their own types add to every field: without its list a lookup would
    be taken for text, and without its format a date for an instant."""
    typed = ((field, _TOLD_BY.get(str(field.get("TypeAsString")))) for field in fields)
    return all(told is None or told in field for field, told in typed)


def _wire_column(field: Mapping[str, Any]) -> WireColumn:
    name = str(field["InternalName"])
    kind = _type_of(field)
    column = Column(
        name=name,
        title=str(field.get("Title") or name),
        type=kind,
        read_only=bool(field.get("ReadOnlyField")),
        choices=tuple(str(choice) for choice in plain_list(field.get("Choices"))),
        fill_in=bool(field.get("FillInChoice")),
        default=_text_or_none(field.get("DefaultValue")),
        max_length=field.get("MaxLength") or None,
        lookup_list=plain_guid(str(field.get("LookupList") or "")) or None if kind in _LOOKUPS else None,
        meaning=" ".join(str(field[each]) for each in _MEANING if field.get(each)),
    )
    shown = property_name(str(field.get("LookupField") or USUALLY_SHOWN))
    return WireColumn(column, str(field.get("EntityPropertyName") or property_name(name)), shown)


def _type_of(field: Mapping[str, Any]) -> ColumnType:
    declared = str(field.get("TypeAsString") or "")
    if declared == "Note":
        return ColumnType.RICH_NOTE if field.get("RichText") else ColumnType.NOTE
    if declared == "DateTime":
        return ColumnType.DATE if field.get("DisplayFormat") == 0 else ColumnType.DATE_TIME
    return _TYPES.get(declared, ColumnType.OTHER)


def property_name(internal: str) -> str:
    """The REST property of a column: names that begin with no letter are prefixed."""
    return internal if internal[:1].isalpha() else f"OData_{internal}"


def plain_guid(text: str) -> str:
    """A GUID without braces and in lower case, however it comes."""
    return text.strip("{}").lower()


def plain_list(value: Any) -> list[Any]:
    """A list, whether it comes bare or inside `results`, or is missing."""
    if isinstance(value, Mapping):
        value = value.get("results")
    return list(value) if isinstance(value, list) else []


def _text_or_none(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def decode(wire: WireColumn, item: Mapping[str, Any]) -> Cell:
    """One cell of an item. UnreadableError where the value is not what its column's type promises, SchemaError where
    the column's type is one whose values mean nothing to us."""
    value = item.get(wire.prop)
    kind = wire.column.type
    if (value is None or (isinstance(value, dict) and value.get("odata.null"))) and kind not in _MULTI:
        return None
    try:
        return _DECODERS[kind](wire, value)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UnreadableError(
            f"The value of column '{wire.column.title}' in item {item.get('Id')} is not of its type."
        ) from None


def _people(_: WireColumn, value: Any) -> Cell:
    return tuple(_person(each) for each in plain_list(value))


def _lookups(wire: WireColumn, value: Any) -> Cell:
    return tuple(_lookup(wire, each) for each in plain_list(value))


def _texts(_: WireColumn, value: Any) -> Cell:
    return tuple(str(each) for each in plain_list(value))


def _person(value: Mapping[str, Any]) -> PersonCell:
    return PersonCell(int(value["Id"]), str(value.get("Title") or ""), _text_or_none(value.get("Name")))


def _lookup(wire: WireColumn, value: Mapping[str, Any]) -> LookupCell:
    text = value.get(wire.shown)
    return LookupCell(int(value["Id"]), "" if text is None else str(text))


def _single_person(_: WireColumn, value: Any) -> Cell:
    # An empty person or lookup that was expanded may come as an object without an id.
    return _person(value) if value.get("Id") else None


def _single_lookup(wire: WireColumn, value: Any) -> Cell:
    return _lookup(wire, value) if value.get("Id") else None


def _text(_: WireColumn, value: Any) -> Cell:
    return str(value)


def _number(_: WireColumn, value: Any) -> Cell:
    return float(value)


def _whole_number(_: WireColumn, value: Any) -> Cell:
    return int(value)


def _yes_no(_: WireColumn, value: Any) -> Cell:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _instant(_: WireColumn, value: Any) -> Cell:
    return instant(value)


def _link(_: WireColumn, value: Any) -> Cell:
    return LinkCell(str(value["Url"]), str(value.get("Description") or ""))


def _other(wire: WireColumn, value: Any) -> Cell:
    if isinstance(value, str | int | float):
        return str(value)
    if not value:
        return None
    # Taken for blank, a managed metadata column would silently read as "not reported".
    raise SchemaError(
        f"Column '{wire.column.title}' holds values of a kind that this release does not read.",
        "Map a column of text, choice or lookup instead; managed metadata, location and image columns are not read.",
    )


_DECODERS: dict[ColumnType, Callable[[WireColumn, Any], Cell]] = {
    ColumnType.TEXT: _text,
    ColumnType.NOTE: _text,
    ColumnType.RICH_NOTE: _text,
    ColumnType.CHOICE: _text,
    ColumnType.CALCULATED: _text,
    ColumnType.NUMBER: _number,
    ColumnType.CURRENCY: _number,
    ColumnType.COUNTER: _whole_number,
    ColumnType.YES_NO: _yes_no,
    ColumnType.DATE: _instant,
    ColumnType.DATE_TIME: _instant,
    ColumnType.LOOKUP: _single_lookup,
    ColumnType.PERSON: _single_person,
    ColumnType.MULTI_CHOICE: _texts,
    ColumnType.LOOKUP_MULTI: _lookups,
    ColumnType.PERSON_MULTI: _people,
    ColumnType.LINK: _link,
    ColumnType.OTHER: _other,
}


def instant(value: str) -> datetime:
    """An aware UTC instant from what the REST interface gives; ValueError where it names no zone."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def encode_json(cell: Cell) -> Any:
    """A cell as a MERGE body holds it. DefectError for what an owned column never holds."""
    if isinstance(cell, datetime):
        return zulu(cell)
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    raise DefectError(f"A value of type {type(cell).__name__} cannot be written.")


def zulu(moment: datetime) -> str:
    """An instant as SharePoint writes it: UTC, whole seconds, Z."""
    if moment.tzinfo is None:
        raise DefectError("A date without a time zone cannot be written.")
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
