"""Columns: the types that are emulated and one frozen definition per column."""

from dataclasses import dataclass

from connectors.emulator.naming import property_name


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
    `lookup_list` is the target list's GUID. `builtin` columns come with every list and cannot be deleted.
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
    builtin: bool = False

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


def _system(guid: str, name: str, title: str, kind: str, *, hidden: bool = True, read_only: bool = True) -> Field:
    return Field(
        id=guid, name=name, title=title, type=kind, hidden=hidden, read_only=read_only, group="_Hidden", builtin=True
    )


# SharePoint's own columns, with the identifiers every list on earth has for them.
TITLE = Field(
    id="fa564e0f-0c70-4ab9-b863-0177e6ddd247", name="Title", title="Title", type="Text", required=True, builtin=True
)
BEFORE_CUSTOM: tuple[Field, ...] = (
    _system("03e45e84-1992-4d42-9116-26f756012634", "ContentTypeId", "Content Type ID", "ContentTypeId"),
)
AFTER_TITLE: tuple[Field, ...] = (
    _system("3a6b296c-3f50-445c-a13f-9c679ea9dda3", "ComplianceAssetId", "Compliance Asset Id", "Text"),
)
AFTER_CUSTOM: tuple[Field, ...] = (
    _system("1d22ea11-1e32-424e-89ab-9fedbadb6ce1", "ID", "ID", "Counter", hidden=False),
    _system("c042a256-787d-4a6f-8a8a-cf6ab767f12d", "ContentType", "Content Type", "Computed", hidden=False),
    _system("28cf69c5-fa48-462a-b5cd-27b6f9d2bd5f", "Modified", "Modified", "DateTime", hidden=False),
    _system("8c06beca-0777-48f7-91c7-6da68bc07b69", "Created", "Created", "DateTime", hidden=False),
    _system("1df5e554-ec7e-46a6-901d-d85a3881cb18", "Author", "Created By", "User", hidden=False),
    _system("d31655d1-1d5b-4511-95a1-7a09e9b75bf2", "Editor", "Modified By", "User", hidden=False),
    _system("d4e44a66-ee3a-4d02-88c9-4ec5ff3f4cd5", "owshiddenversion", "owshiddenversion", "Integer"),
    _system("7841bf41-43d0-4434-9f50-a673baef7631", "_UIVersion", "UI Version", "Integer"),
    _system("dce8262a-3ae9-45aa-aab4-83bd75fb738a", "_UIVersionString", "Version", "Text", hidden=False),
    _system("67df98f4-9dec-48ff-a553-29bece9c5bf4", "Attachments", "Attachments", "Attachments", hidden=False),
    _system("503f1caa-358e-4918-9094-4a2cdc4bc034", "Edit", "Edit", "Computed", hidden=False),
    _system("bc91a437-52e7-49e1-8c4e-4698904b2b6d", "LinkTitleNoMenu", "Title", "Computed", hidden=False),
    _system("82642ec8-ef9b-478f-acf9-31f7d45fbc31", "LinkTitle", "Title", "Computed", hidden=False),
    _system("ca4addac-796f-4b23-b093-d2a3f65c0774", "Order", "Order", "Number"),
    _system("ae069f25-3ac2-4256-b9c3-15dbc15da0e0", "GUID", "GUID", "Guid"),
    _system("94f89715-e097-4e8b-ba79-ea02aa8b7adb", "FileRef", "URL Path", "Lookup"),
    _system("56605df6-8fa1-47e4-a04c-5b384d59609f", "FileDirRef", "Path", "Lookup"),
    _system("173f76c8-aebd-446a-9bc9-769a2bd2c18f", "Last_x0020_Modified", "Modified", "Lookup"),
    _system("998b5cff-4a35-47a7-92f3-3914aa6aa4a2", "Created_x0020_Date", "Created", "Lookup"),
    _system("30bb605f-5bae-48fe-b4e3-1f81d9772af9", "FSObjType", "Item Type", "Lookup"),
    _system("8553196d-ec8d-4564-9861-3dbe931050c8", "FileLeafRef", "Name", "File"),
    _system("4b7403de-8d94-43e8-9f0f-137a3e298126", "UniqueId", "Unique Id", "Lookup"),
)
