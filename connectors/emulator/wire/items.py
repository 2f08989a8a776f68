"""Items as the wire shows them: which property comes from which column, and what `$select` and `$expand` choose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state import approval, checkout
from connectors.emulator.state.fields import PEOPLE, REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import User
from connectors.emulator.state.values import Stored, UrlValue
from connectors.emulator.state.versions import Item
from connectors.emulator.wire.projection import below
from connectors.emulator.wire.shapes import Collection, Complex, Entity, Multi

_ABSENT = frozenset(
    {"File", "Folder", "ContentType", "FieldValuesAsText", "FieldValuesAsHtml", "FieldValuesForEdit", "Properties",
     "RoleAssignments", "FirstUniqueAncestorSecurableObject", "LikedByInformation", "GetDlpPolicyTip"}
)  # fmt: skip
DEFERRED = (
    "FirstUniqueAncestorSecurableObject", "RoleAssignments", "AttachmentFiles", "ContentType", "GetDlpPolicyTip",
    "FieldValuesAsHtml", "FieldValuesAsText", "FieldValuesForEdit", "File", "Folder", "LikedByInformation",
    "ParentList", "Properties", "Versions",
)  # fmt: skip

Getter = Callable[[Item], Any]


def shown(column: Field, stored: Stored) -> Any:
    """A stored value as an answer carries it."""
    if column.type == "MultiChoice":
        return Multi("Edm.String", stored) if isinstance(stored, tuple) else None
    if column.type == "LookupMulti":
        return Multi("Edm.Int32", stored if isinstance(stored, tuple) else ())
    if column.type == "UserMulti":
        return Multi("Edm.Int32", stored) if isinstance(stored, tuple) else None
    if isinstance(stored, UrlValue):
        return Complex("SP.FieldUrlValue", {"Description": stored.description, "Url": stored.url})
    return stored


def _strings(stored: Stored) -> Any:
    if isinstance(stored, tuple):
        return Multi("Edm.String", [str(member) for member in stored])
    return None if stored is None else str(stored)


def _stored(name: str) -> Callable[[Item], Stored]:
    return lambda item: item.values.get(name)


def _shown(column: Field) -> Getter:
    name = column.name
    return lambda item: shown(column, item.values.get(name))


def _shown_as_text(column: Field) -> Getter:
    name = column.name
    return lambda item: _strings(item.values.get(name))


class Columns:
    """The properties of one list's items. Built once per query; it holds no item."""

    def __init__(self, owner: SpList) -> None:
        self.owner = owner
        self.getters: dict[str, Getter] = {}
        self.extras: dict[str, Getter] = {}
        self.references: dict[str, Field] = {}
        self.fields: dict[str, Field] = {}
        self._fill()

    def _fill(self) -> None:
        head: dict[str, Getter] = {
            "FileSystemObjectType": lambda _: 0,
            "Id": lambda item: item.id,
            "ServerRedirectedEmbedUri": lambda _: None,
            "ServerRedirectedEmbedUrl": lambda _: "",
        }
        content: dict[str, Getter] = {"ContentTypeId": lambda _: self.owner.content_type_id}
        title: dict[str, Getter] = {"Title": _stored("Title")}
        compliance: dict[str, Getter] = {"ComplianceAssetId": lambda _: None}
        tail: dict[str, Getter] = {
            "Modified": lambda item: item.modified,
            "Created": lambda item: item.created,
            "AuthorId": lambda item: item.author,
            "EditorId": lambda item: item.editor,
            "OData__UIVersionString": lambda item: item.version_label,
            "Attachments": lambda _: False,
            "GUID": lambda item: item.guid,
        }
        number: dict[str, Getter] = {"ID": lambda item: item.id}
        tail |= self._by_settings()
        if self.owner.custom:
            self.getters = {**head, **content, **title, **compliance, **self._custom(), **number, **tail}
        else:
            self.getters = {**head, **number, **content, **title, **tail, **compliance}
        self.extras = self._hidden()
        for column in self.owner.fields():
            self.fields[column.rest_name] = column
            if column.type in REFERENCES and (not column.builtin or column.type in PEOPLE):
                self.references[column.rest_name] = column
                self.fields[column.write_property] = column
                self.fields[f"{column.rest_name}StringId"] = column

    def _by_settings(self) -> dict[str, Getter]:
        """What items show only in a list with content approval, or with forced check-out."""
        settings, getters = self.owner.settings, dict[str, Getter]()
        if settings.content_approval:
            getters |= {
                "OData__ModerationStatus": lambda item: approval.status(item.values),
                "OData__ModerationComments": _stored(approval.COMMENTS),
            }
        if settings.forced_checkout:
            getters["CheckoutUserId"] = checkout.holder
        return getters

    def _custom(self) -> dict[str, Getter]:
        getters: dict[str, Getter] = {}
        for column in self.owner.custom:
            getters[column.write_property] = _shown(column)
            if column.type in PEOPLE:
                getters[f"{column.rest_name}StringId"] = _shown_as_text(column)
        return getters

    def _hidden(self) -> dict[str, Getter]:
        folder = self.owner.server_relative_url
        return {
            "owshiddenversion": lambda item: item.version,
            "OData__UIVersion": lambda item: item.ui_version,
            "FileRef": lambda item: f"{folder}/{item.leaf_name}",
            "FileDirRef": lambda _: folder,
            "FileLeafRef": lambda item: item.leaf_name,
            "FSObjType": lambda _: 0,
            "UniqueId": lambda item: item.unique_id,
            "Order": lambda item: item.order,
            "Last_x0020_Modified": lambda item: item.modified,
            "Created_x0020_Date": lambda item: item.created,
            "LinkTitle": _stored("Title"),
            "LinkTitleNoMenu": _stored("Title"),
        }

    def getter(self, name: str) -> Getter:
        """What gives one plain property; raises the service's error for a column that is not there."""
        found = self.getters.get(name) or self.extras.get(name)
        if found is not None:
            return found
        if name in self.references:
            raise errors.expand_needed(name)
        if name in _ABSENT:
            raise NotEmulated(f"SP.ListItem.{name}")
        raise errors.unknown_column(name)

    def reference_value(self, column: Field, item: Item) -> Stored:
        """The number or numbers in a people or lookup column, Created By and Modified By included."""
        if column.builtin:
            return item.author if column.name == "Author" else item.editor
        return item.values.get(column.name)

    def target_getter(self, column: Field, inner: str) -> Callable[[int], Any]:
        """What gives one property of the person or item a column points to, by its number."""
        if column.type in PEOPLE:
            return _person_getter(self.owner, inner)
        target = self.owner.site.list_with_id(column.lookup_list)
        if target is None:
            return lambda _: None
        columns = Columns(target)
        wanted = target.field_named(inner)
        if inner not in {"Id", "ID"} and wanted is not None and wanted.type in REFERENCES | {"Note"}:
            raise errors.expand_needed(column.rest_name)
        get = columns.getter(inner)

        def value(number: int) -> Any:
            return get(target.items[number]) if number in target.items else None

        return value


_PERSON: dict[str, Callable[[User], Any]] = {
    "Id": lambda user: user.id,
    "ID": lambda user: user.id,
    "Title": lambda user: user.person.name,
    "Name": lambda user: user.person.login,
    "EMail": lambda user: user.person.email or None,
    "JobTitle": lambda user: user.person.job_title or None,
    "Department": lambda user: user.person.department or None,
    "UserName": lambda user: user.person.principal_name,
    "FirstName": lambda user: user.person.name.partition(" ")[0],
    "LastName": lambda user: user.person.name.partition(" ")[2] or None,
}


def _person_getter(owner: SpList, inner: str) -> Callable[[int], Any]:
    if inner not in _PERSON:
        raise errors.unknown_column(inner)
    get = _PERSON[inner]

    def value(number: int) -> Any:
        user = owner.site.users.get(number)
        return get(user) if user else None

    return value


@dataclass(slots=True)
class Projection:
    """A query's choice of properties, made once and applied to every item."""

    columns: Columns
    plain: list[tuple[str, Getter]] = field(default_factory=list)
    joined: list[tuple[str, Callable[[Item], Any]]] = field(default_factory=list)
    deferred: tuple[str, ...] = ()

    def entity(self, item: Item) -> Entity:
        """One item as an entity."""
        owner = self.columns.owner
        properties = {name: get(item) for name, get in self.joined}
        properties.update((name, get(item)) for name, get in self.plain)
        return Entity(
            owner.item_type,
            f"Web/Lists(guid'{owner.id}')/Items({item.id})",
            properties,
            item.etag,
            item.unique_id,
            f"SP.ListData.{owner.entity_type}Items&@Element",
            self.deferred,
        )


def projection(columns: Columns, select: Sequence[str], expand: Sequence[str], *, limited: bool = True) -> Projection:
    """Work out what an items query answers; too many joins are refused where `limited`."""
    heads = list(dict.fromkeys(name.partition("/")[0] for name in select))
    expanded = list(dict.fromkeys(name.partition("/")[0] for name in expand))
    joins = [name for name in expanded if name in columns.references]
    if limited and len(joins) > columns.owner.limits.joined_lookups:
        raise errors.lookup_threshold()
    made = Projection(columns, deferred=() if heads else DEFERRED)
    for name in expanded:
        made.joined.append((name, _expansion(columns, name, below(select, name))))
    if not heads or "*" in heads:
        made.plain.extend(columns.getters.items())
    for name in heads:
        if name in {"*", *expanded, "AttachmentFiles"}:
            continue
        if name in {"Id", "ID"}:
            made.plain.extend((both, columns.getters[both]) for both in ("Id", "ID"))
        else:
            made.plain.append((name, columns.getter(name)))
    return made


def _expansion(columns: Columns, name: str, select: Sequence[str]) -> Callable[[Item], Any]:
    if name == "AttachmentFiles":
        return lambda _: Collection([])
    if name in _ABSENT or name in {"ParentList", "Versions"}:
        raise NotEmulated(f"$expand of SP.ListItem.{name}")
    column = columns.references.get(name)
    if column is None:
        raise errors.unknown_column(name)
    if not select:
        raise errors.expand_needed(name)
    inner = [(wanted, columns.target_getter(column, wanted)) for wanted in select]

    def joined(item: Item) -> Any:
        held = columns.reference_value(column, item)
        if isinstance(held, tuple):
            return Collection([_target(columns, column, int(number), inner) for number in held])
        if column.multiple:
            return Collection([])
        return _target(columns, column, held, inner) if isinstance(held, int) else None

    return joined


def _target(columns: Columns, column: Field, number: int, inner: Sequence[tuple[str, Callable[[int], Any]]]) -> Entity:
    site = columns.owner.site
    properties = {name: get(number) for name, get in inner}
    if column.type in PEOPLE:
        user = site.users.get(number)
        uri = f"Web/Lists(guid'{site.user_list_id}')/Items({number})"
        return Entity("SP.Data.UserInfoItem", uri, properties, id=user.guid if user else None)
    target = site.list_with_id(column.lookup_list)
    held = target.items.get(number) if target else None
    uri = f"Web/Lists(guid'{column.lookup_list}')/Items({number})"
    return Entity(target.item_type if target else "SP.ListItem", uri, properties, id=held.unique_id if held else None)


def expanded_items(owner: SpList, select: Sequence[str], expand: Sequence[str]) -> Collection:
    """The first page of a list's items, as `$expand=Items` gives it."""
    chosen = projection(Columns(owner), select, expand)
    return Collection([chosen.entity(item) for item in owner.ordered()[: owner.limits.default_page]])
