"""A list: its columns, its items, and the writes that change them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from connectors.emulator import errors
from connectors.emulator.state import approval, checkout, retention
from connectors.emulator.state.changes import Change, ChangeLog, ChangeToken, ChangeType, ticks
from connectors.emulator.state.fields import TITLE, Field
from connectors.emulator.state.item_table import ItemTable
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.list_settings import ListSettings, versions_kept
from connectors.emulator.state.naming import entity_type_name, item_type_name
from connectors.emulator.state.own_rights import OwnRights
from connectors.emulator.state.system_columns import arranged
from connectors.emulator.state.users import User
from connectors.emulator.state.values import Stored, row_size
from connectors.emulator.state.versions import Item, WriteMode
from connectors.emulator.state.views import View, all_items

if TYPE_CHECKING:
    from connectors.emulator.state.world import Site


@dataclass(slots=True, eq=False)
class SpList:
    """A generic list. Every operation keeps the dates, versions and the change log true."""

    site: "Site"
    id: str
    title: str
    url: str
    created: datetime
    log: ChangeLog
    description: str = ""
    settings: ListSettings = field(default_factory=ListSettings)
    hidden: bool = False
    title_field: Field = TITLE
    custom: list[Field] = field(default_factory=list)
    items: ItemTable = field(default_factory=ItemTable)
    version: int = 1
    next_id: int = 1
    views: list[View] = field(default_factory=list)
    own_rights: OwnRights | None = None
    last_deleted: datetime = field(init=False)
    last_modified: datetime = field(init=False)
    last_user_modified: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.last_deleted = self.last_modified = self.last_user_modified = self.created
        self.views = self.views or [all_items(self.id)]

    @property
    def default_view(self) -> View:
        """The view that is shown where none is named."""
        return next(view for view in self.views if view.default)

    @property
    def limits(self) -> Limits:
        """The limits that hold here."""
        return self.site.world.limits

    @property
    def url_name(self) -> str:
        """The last part of the list's address."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def server_relative_url(self) -> str:
        """The list's address on the server."""
        return f"{self.site.path.rstrip('/')}/{self.url}"

    @property
    def entity_type(self) -> str:
        """The list's entity type name."""
        return entity_type_name(self.url_name)

    @property
    def item_type(self) -> str:
        """The full type name of the list's items."""
        return item_type_name(self.url_name)

    @property
    def content_type_id(self) -> str:
        """The identifier of the list's only content type."""
        return "0x0100" + self.id.replace("-", "").upper()

    @property
    def etag(self) -> str:
        """The list's ETag: it changes with the schema."""
        return f'"{self.version}"'

    # Columns

    def fields(self) -> Iterator[Field]:
        """Every column, in SharePoint's order."""
        return arranged(self.title_field, self.custom)

    def field_named(self, name: str) -> Field | None:
        """The column with this internal name, in any case."""
        wanted = name.lower()
        return next((known for known in self.fields() if known.name.lower() == wanted), None)

    def field_titled(self, title: str) -> Field | None:
        """The column with this display name; a visible one before a hidden one."""
        found = [known for known in self.fields() if known.title.lower() == title.lower()]
        return min(found, key=lambda known: (known.hidden, known.type == "Computed"), default=None)

    def field_with_id(self, guid: str) -> Field | None:
        """The column with this identifier."""
        wanted = guid.strip("{}").lower()
        return next((known for known in self.fields() if known.id == wanted), None)

    def takes(self, column: Field) -> bool:
        """Whether a client may write the column; the approval columns open with content approval."""
        return column.writable or (self.settings.content_approval and column.name in approval.COLUMNS)

    def add_field(self, new: Field) -> Field:
        """Append a column to the list."""
        if self.field_with_id(new.id) is not None or self.field_named(new.name) is not None:
            raise errors.duplicate_field(new.name)
        self._check_definition(new, None)
        self.custom.append(new)
        self._schema_changed(new, ChangeType.ADD)
        return new

    def change_field(self, old: Field, new: Field) -> Field:
        """Replace a column's definition; the items keep their values."""
        self._check_definition(new, old)
        if old.name == "Title":
            self.title_field = new
        elif old in self.custom:
            self.custom[self.custom.index(old)] = new
        else:
            raise errors.read_only()
        self._schema_changed(new, ChangeType.UPDATE)
        return new

    def delete_field(self, old: Field) -> None:
        """Remove a column and every value in it, and its index."""
        if old not in self.custom:
            raise errors.field_in_use(old.title)
        if old.indexed:
            self._check_index(replace(old, indexed=False))
        self.custom.remove(old)
        for view in self.views:
            view.fields = [name for name in view.fields if name != old.name]
        for item in self.items.values():
            item.values.pop(old.name, None)
        self._schema_changed(old, ChangeType.DELETE)

    def _check_definition(self, new: Field, old: Field | None) -> None:
        if new.type == "Text" and not 1 <= new.max_length <= self.limits.text_characters:
            raise errors.out_of_range("MaxLength", self.limits.text_characters)
        if new.indexed != (old is not None and old.indexed):
            self._check_index(new)

    def _check_index(self, new: Field) -> None:
        """Whether an index can be made, or taken away, now."""
        limits = self.limits
        if len(self.items) > limits.indexable_items:
            raise errors.index_refused(
                f"An index cannot be added or removed in a list of more than {limits.indexable_items:,} items."
            )
        if not new.indexed:
            return
        if not new.about.indexable:
            raise errors.index_refused(f"The column '{new.title}' cannot be indexed because of its type.")
        if sum(known.indexed for known in (self.title_field, *self.custom)) >= limits.indexes:
            raise errors.index_refused(f"A list cannot have more than {limits.indexes} indexes.")

    def _schema_changed(self, changed: Field, kind: ChangeType) -> None:
        self.version += 1
        self.last_modified = self.site.world.now()
        self._record("Field", kind, changed.id)

    def touched(self) -> None:
        """The list's own settings changed."""
        self.version += 1
        self.last_modified = self.site.world.now()
        self._record("List", ChangeType.UPDATE, self.id)

    def give_rights(self, own: OwnRights | None) -> None:
        """Rights of its own from now on, or those of the site where there are none."""
        self.own_rights = own
        # So that a world that is kept in a file is written again.
        self.site.world.next_change()

    def view_changed(self, view: View, kind: ChangeType) -> None:
        """A view was made, changed or removed."""
        self.last_modified = self.site.world.now()
        self._record("View", kind, view.id)

    # Items

    def item(self, item_id: int) -> Item:
        """The item with this number."""
        found = self.items.get(item_id)
        if found is None:
            raise errors.item_missing()
        return found

    def ordered(self) -> list[Item]:
        """Every item by number."""
        return list(self.items.values())

    def create(self, values: Mapping[str, Stored], author: User) -> Item:
        """Add an item; columns without a value get their default."""
        world = self.site.world
        now = world.now()
        complete = {known.name: known_default for known, known_default in self.site.defaults(self)} | dict(values)
        complete |= approval.decided(self.settings, values, author, WriteMode.UPDATE)
        self._check_row(complete, None)
        item = Item(self.next_id, world.new_guid(), world.new_guid(), complete, now, now, author.id, author.id)
        self.insert(item)
        self.last_modified = self.last_user_modified = now
        self._record("Item", ChangeType.ADD, item.unique_id, item.id)
        return item

    def insert(self, item: Item) -> None:
        """Put an item in place as it is, without a trace in the change log."""
        self.items[item.id] = item
        self.next_id = max(self.next_id, item.id + 1)

    def update(self, item: Item, changes: Mapping[str, Stored], mode: WriteMode, editor: User) -> None:
        """Change some values of an item in one of the three ways."""
        now = self.site.world.now()
        retention.check(self)
        checkout.check(self, item, editor)
        changes = approval.decided(self.settings, changes, editor, mode)
        self._check_row(item.values | dict(changes), item)
        if mode is WriteMode.UPDATE and self.settings.versioning:
            item.begin_version(versions_kept(self.settings, self.limits))
        item.values.update(changes)
        item.version += 1
        self.last_modified = now
        if mode is not WriteMode.SYSTEM:
            item.modified, item.editor = now, editor.id
            self.last_user_modified = now
        kind = ChangeType.SYSTEM_UPDATE if mode is WriteMode.SYSTEM else ChangeType.UPDATE
        self._record("Item", kind, item.unique_id, item.id)

    def delete(self, item: Item) -> None:
        """Remove an item for good."""
        retention.check(self)
        del self.items[item.id]
        self.last_deleted = self.last_modified = self.last_user_modified = self.site.world.now()
        self._record("Item", ChangeType.DELETE, item.unique_id, item.id)

    def restore(self, item: Item) -> None:
        """Put a recycled item back under its own number."""
        self.insert(item)
        self.last_modified = self.last_user_modified = self.site.world.now()
        self._record("Item", ChangeType.RESTORE, item.unique_id, item.id)

    def _check_row(self, values: Mapping[str, Stored], item: Item | None) -> None:
        if row_size(values, (self.title_field, *self.custom)) > self.limits.row_bytes:
            raise errors.row_too_large()
        for unique in (known for known in (self.title_field, *self.custom) if known.unique):
            wanted = values.get(unique.name)
            others = (other for other in self.items.values() if other is not item)
            if wanted is not None and any(_same(other.values.get(unique.name), wanted) for other in others):
                raise errors.duplicate_value(unique.title)

    def _record(self, subject: str, kind: ChangeType, unique_id: str, item_id: int = 0) -> None:
        world = self.site.world
        now = world.instant()
        token = ChangeToken(self.id, ticks(now), world.next_change())
        self.log.record(Change(token, kind, subject, now, unique_id, item_id), world.oldest_change())


def _same(left: Stored, right: Stored) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return left == right
