"""A column's definition in CAML as the service shows it: what the client wrote, and what the service adds to it.

A definition the service was given keeps its attributes and their order; values that were changed since are shown as
they are now. The names of the columns in the service's own table follow: the kind of storage, and a number.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from connectors.emulator.state.fields import REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.wire.xml import read_xml

_DEFAULT_LENGTH = 255
_FORMATTER = "CustomFormatter"
# The kind of storage a type takes, and how many places of it.
_STORAGE = {
    "Text": ("nvarchar", 1), "Choice": ("nvarchar", 1), "URL": ("nvarchar", 2), "Note": ("ntext", 1),
    "MultiChoice": ("ntext", 1), "Number": ("float", 1), "Currency": ("float", 1), "Boolean": ("bit", 1),
    "DateTime": ("datetime", 1), "User": ("int", 1), "UserMulti": ("int", 1), "Lookup": ("int", 1),
    "LookupMulti": ("int", 1), "Calculated": ("sql_variant", 1),
}  # fmt: skip
# Places the columns take that every list comes with.
_TAKEN = {"nvarchar": 3, "ntext": 1}
_SERVICE_MADE = frozenset({"SourceID", "StaticName", "ColName", "RowOrdinal", "ColName2", "RowOrdinal2", "Version"})
# What a definition need not say, for the service would not say it either.
_UNSAID = {
    "Group": "Custom Columns", "Required": "FALSE", "Format": "DateTime", "FriendlyDisplayFormat": "Unspecified",
    "CalType": "0", "RichText": "FALSE", "NumLines": "6", "UserSelectionMode": "1", "UserSelectionScope": "0",
    "ResultType": "Text", "Description": "",
}  # fmt: skip
# What only the definition knows, for the column itself does not keep it.
_PERSON = ("UserSelectionMode", "UserSelectionScope")
_UNTRACKED = {
    "Note": ("NumLines",), "DateTime": ("FriendlyDisplayFormat", "CalType"), "Choice": ("Format",), "URL": ("Format",),
    "User": _PERSON, "UserMulti": _PERSON,
}  # fmt: skip
_UNSAID_OF_TYPE = {"Choice": {"Format": "Dropdown"}, "URL": {"Format": "Hyperlink"}}


@lru_cache(maxsize=4096)
def written(text: str) -> Mapping[str, str]:
    """The attributes of a definition as the client wrote them; none where there is none that can be read."""
    root = read_xml(text.strip())
    given: Mapping[str, str] = {} if root is None else root.attrib
    return {name: value for name, value in given.items() if name not in _SERVICE_MADE}


def schema_xml(owner: SpList, known: Field) -> str:
    """The column's definition, in the attribute order the service writes."""
    attributes = {**_definition(known), "SourceID": f"{{{owner.id}}}", "StaticName": known.name}
    attributes |= _storage(owner, known)
    if known.type == "Calculated":
        attributes["ReadOnly"] = attributes.pop("ReadOnly", "TRUE")
    head = " ".join(f"{name}={quoteattr(value, {chr(39): '&apos;'})}" for name, value in attributes.items())
    inner = "".join(_children(known))
    return f"<Field {head}>{inner}</Field>" if inner else f"<Field {head} />"


def _definition(known: Field) -> dict[str, str]:
    """What defines the column: as the client wrote it where there is such a text, else as the service would."""
    given = written(known.schema)
    identity = {
        "Type": known.type,
        "Name": known.name,
        "DisplayName": known.title,
        "ID": f"{{{known.id}}}",
    }
    flags = dict(_flags(known))
    set_flags = {name: "TRUE" for name, on in flags.items() if on}
    forms = dict(_forms(known))
    left_out = {name: "FALSE" for name, on in forms.items() if not on}
    current = {**identity, "Group": known.group, "Required": _flag(known.required), **_told(known)}
    current |= {**_of_type(known), **set_flags, **left_out}
    if not given:
        return current
    flags |= forms
    tracked = {name: value for name, value in current.items() if name not in _UNTRACKED.get(known.type, ())}
    tracked["Description"] = known.description
    kept = {name: value for name, value in given.items() if name != _FORMATTER or known.custom_formatter}
    shown = {name: _flag(flags[name]) if name in flags else tracked.get(name, value) for name, value in kept.items()}
    unsaid = _UNSAID | _UNSAID_OF_TYPE.get(known.type, {})
    first = {name: value for name, value in identity.items() if name not in shown}
    later = {name: value for name, value in current.items() if name not in shown and unsaid.get(name) != value}
    return {**shown, **first, **later}


def _told(known: Field) -> dict[str, str]:
    """What people wrote about the column, and how its values are drawn; nothing that is blank."""
    told = {"Description": known.description, _FORMATTER: known.custom_formatter or ""}
    return {name: text for name, text in told.items() if text}


def _flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _flags(known: Field) -> tuple[tuple[str, bool], ...]:
    return (
        ("Mult", known.multiple and known.type in REFERENCES),
        ("Indexed", known.indexed),
        ("EnforceUniqueValues", known.unique),
        ("Hidden", known.hidden),
        ("FillInChoice", known.fill_in),
        ("ReadOnly", known.read_only or known.type == "Calculated"),
    )


def _forms(known: Field) -> tuple[tuple[str, bool], ...]:
    """In which forms the column stands, which goes without saying where it does."""
    return (
        ("ShowInNewForm", known.show_in_new_form),
        ("ShowInEditForm", known.show_in_edit_form),
        ("ShowInDisplayForm", known.show_in_display_form),
    )


def _of_type(known: Field) -> dict[str, str]:
    by_type = {
        "Text": {} if known.max_length == _DEFAULT_LENGTH else {"MaxLength": str(known.max_length)},
        "Note": {"RichText": _flag(known.rich_text), "NumLines": "6"},
        "DateTime": {
            "Format": "DateOnly" if known.date_only else "DateTime",
            "FriendlyDisplayFormat": "Unspecified",
            "CalType": "0",
        },
        "Choice": {"Format": "Dropdown"},
        "Lookup": {"ShowField": known.lookup_field, "List": known.lookup_list},
        "LookupMulti": {"ShowField": known.lookup_field, "List": known.lookup_list},
        "User": {"UserSelectionMode": "1", "UserSelectionScope": "0"},
        "UserMulti": {"UserSelectionMode": "1", "UserSelectionScope": "0"},
        "URL": {"Format": "Hyperlink"},
        "Calculated": {"ResultType": known.output_type},
    }
    return by_type.get(known.type, {})


def _storage(owner: SpList, known: Field) -> dict[str, str]:
    """Where the values are kept: the first place of the kind that the columns before have left."""
    if known.name == "Title":
        return {"ColName": "nvarchar1", "RowOrdinal": "0"}
    if known not in owner.custom:
        return {}
    kind, places = _STORAGE[known.type]
    before = owner.custom[: owner.custom.index(known)]
    first = _TAKEN.get(kind, 0) + 1
    first += sum(_STORAGE[other.type][1] for other in before if _STORAGE[other.type][0] == kind)
    kept = {"ColName": f"{kind}{first}", "RowOrdinal": "0"}
    return kept if places == 1 else {**kept, "ColName2": f"{kind}{first + 1}", "RowOrdinal2": "0"}


def _children(known: Field) -> Iterator[str]:
    if known.default is not None:
        yield f"<Default>{escape(known.default)}</Default>"
    if known.choices:
        yield "<CHOICES>" + "".join(f"<CHOICE>{escape(choice)}</CHOICE>" for choice in known.choices) + "</CHOICES>"
    if known.formula:
        yield f"<Formula>{escape(known.formula)}</Formula>"
