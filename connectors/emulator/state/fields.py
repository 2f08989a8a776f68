"""Columns: the types that are emulated and one frozen definition per column."""

from dataclasses import dataclass

from connectors.emulator.state.naming import property_name


@dataclass(frozen=True, slots=True)
class FieldType:
    """What SharePoint says about a column type, and what it allows."""

    name: str
    kind: int
    odata: str
    display: str
    description: str
    sortable: bool = True
    filterable: bool = True
    indexable: bool = True
    writable: bool = True


_TYPES = (
    FieldType("Text", 2, "SP.FieldText", "Single line of text", "Single line of text"),
    FieldType(
        "Note",
        3,
        "SP.FieldMultiLineText",
        "Multiple lines of text",
        "Multiple lines of text",
        sortable=False,
        filterable=False,
        indexable=False,
    ),
    FieldType("Number", 9, "SP.FieldNumber", "Number", "Number (1, 1.0, 100)"),
    FieldType("Currency", 10, "SP.FieldCurrency", "Currency", "Currency ($, \u00a5, \u20ac)"),
    FieldType("Boolean", 8, "SP.Field", "Yes/No", "Yes/No (check box)"),
    FieldType("DateTime", 4, "SP.FieldDateTime", "Date and Time", "Date and Time"),
    FieldType("Choice", 6, "SP.FieldChoice", "Choice", "Choice (menu to choose from)"),
    FieldType(
        "MultiChoice",
        15,
        "SP.FieldMultiChoice",
        "Choice",
        "Choice (menu to choose from)",
        sortable=False,
        indexable=False,
    ),
    FieldType("Lookup", 7, "SP.FieldLookup", "Lookup", "Lookup (information already on this site)"),
    FieldType(
        "LookupMulti",
        7,
        "SP.FieldLookup",
        "Lookup",
        "Lookup (information already on this site)",
        sortable=False,
        indexable=False,
    ),
    FieldType("User", 20, "SP.FieldUser", "Person or Group", "Person or Group"),
    FieldType("UserMulti", 20, "SP.FieldUser", "Person or Group", "Person or Group", sortable=False, indexable=False),
    FieldType(
        "URL",
        11,
        "SP.FieldUrl",
        "Hyperlink or Picture",
        "Hyperlink or Picture",
        filterable=False,
        indexable=False,
    ),
    FieldType(
        "Calculated",
        17,
        "SP.FieldCalculated",
        "Calculated",
        "Calculated (calculation based on other columns)",
        indexable=False,
        writable=False,
    ),
)
_SYSTEM_TYPES = (
    FieldType("Integer", 1, "SP.Field", "Integer", "Integer"),
    FieldType("Counter", 5, "SP.Field", "Counter", "Counter"),
    FieldType("Computed", 12, "SP.FieldComputed", "Computed", "Computed", sortable=False, filterable=False),
    FieldType("Guid", 14, "SP.FieldGuid", "Guid", "Guid"),
    FieldType("File", 18, "SP.Field", "File", "File"),
    FieldType("Attachments", 19, "SP.Field", "Attachments", "Attachments"),
    FieldType("ModStat", 23, "SP.Field", "Approval Status", "Approval Status"),
    FieldType("ContentTypeId", 25, "SP.Field", "Content Type Id", "Content Type Id"),
)

TYPES: dict[str, FieldType] = {row.name: row for row in _TYPES}
ALL_TYPES: dict[str, FieldType] = TYPES | {row.name: row for row in _SYSTEM_TYPES}
TYPE_OF_KIND: dict[int, str] = {row.kind: row.name for row in reversed(_TYPES)}

REFERENCES = frozenset({"Lookup", "LookupMulti", "User", "UserMulti"})
PEOPLE = frozenset({"User", "UserMulti"})
MULTIPLE = frozenset({"MultiChoice", "LookupMulti", "UserMulti"})


@dataclass(frozen=True, slots=True)
class Field:
    """One column of one list.

    `name` is the internal name, `title` the display name. `default` is text, as SharePoint keeps it.
    `lookup_list` is the target list's GUID. `schema` is the definition in CAML a client gave, "" where it gave none.
    `show_in_new_form` and its two neighbours say in which of the list's forms the column stands.
    `builtin` columns come with every list and cannot be deleted.
    """

    id: str
    name: str
    title: str
    type: str
    description: str = ""
    required: bool = False
    indexed: bool = False
    unique: bool = False
    hidden: bool = False
    read_only: bool = False
    default: str | None = None
    max_length: int = 255
    choices: tuple[str, ...] = ()
    fill_in: bool = False
    date_only: bool = False
    rich_text: bool = False
    lookup_list: str = ""
    lookup_field: str = "Title"
    formula: str = ""
    output_type: str = "Text"
    group: str = "Custom Columns"
    custom_formatter: str | None = None
    schema: str = ""
    builtin: bool = False
    show_in_new_form: bool = True
    show_in_edit_form: bool = True
    show_in_display_form: bool = True

    @property
    def about(self) -> FieldType:
        """The column's type."""
        return ALL_TYPES[self.type]

    @property
    def rest_name(self) -> str:
        """The REST property of the column itself."""
        return property_name(self.name)

    @property
    def write_property(self) -> str:
        """The REST property a value is written to: people and lookups take identifiers."""
        return f"{self.rest_name}Id" if self.type in REFERENCES else self.rest_name

    @property
    def multiple(self) -> bool:
        """Whether the column holds several values."""
        return self.type in MULTIPLE

    @property
    def writable(self) -> bool:
        """Whether an ordinary write may set it."""
        return self.about.writable and not self.read_only


# With the identifier every list on earth has for it; the other columns lists come with are in system_columns.py.
TITLE = Field(
    id="fa564e0f-0c70-4ab9-b863-0177e6ddd247", name="Title", title="Title", type="Text", required=True, builtin=True
)
