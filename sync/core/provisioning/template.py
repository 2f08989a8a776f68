"""A blank list in the service's own vocabulary, and the part of a portfolio file that reads it: made of one table, so
that the two cannot disagree."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sync.core.columns import ColumnType
from sync.core.model import Kind
from sync.core.ownership import OwnedField
from sync.core.policy import Labels
from sync.core.provisioning.own_lists import list_url
from sync.core.provisioning.owned_columns import hold_column, owned_column, told_hold
from sync.core.provisioning.shape import ColumnShape, ListShape, ViewShape


@dataclass(frozen=True, slots=True)
class Entry:
    """A column that staff fill in, and the canonical field that it is read as. `values`: the column's words by
    canonical value, where they are not the ones that every list is understood by."""

    field_name: str
    column: ColumnShape
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A blank standard list for those who start from nothing. `about`: what it is for, in a sentence. `key`: the column
    staff know a record by. `title`: what the built-in Title is called. `owned`: our columns, by field."""

    name: str
    about: str
    kind: Kind
    list_title: str
    title: str
    key: ColumnShape
    entries: tuple[Entry, ...]
    owned: Mapping[OwnedField, str]
    views: tuple[ViewShape, ...]

    @property
    def shape(self) -> ListShape:
        """The list, with the columns of ours in it. Their choices are the English labels; `provision` adds those of a
        portfolio that has others."""
        owned = self.owned.items()
        hold_until = next((each.column.name for each in self.entries if each.field_name == "hold_until"), None)
        hold = told_hold(self.owned.get(OwnedField.REASON), hold_until)
        return ListShape(
            title=self.list_title,
            url=list_url(self.list_title),
            description=self.about,
            columns=(
                self.key,
                *(each.column for each in self.entries),
                *(owned_column(each, name, self.kind, Labels(), hold=hold) for each, name in owned),
            ),
            views=self.views,
            title_column=self.title,
        )

    def titled(self, title: str) -> ListShape:
        """The list under another title, and the address that goes with it."""
        return replace(self.shape, title=title, url=list_url(title))

    def source(self, connection: str, site: str, title: str | None = None) -> str:
        """What reads the list, as YAML to be put under `sources` of a portfolio file. The list is named by its address,
        which a new title leaves alone."""
        return "\n".join(self._lines(connection, site, list_url(title or self.list_title))) + "\n"

    def _lines(self, connection: str, site: str, url: str) -> Iterator[str]:
        owned = ", ".join(f"{each}: {name}" for each, name in self.owned.items())
        yield f"  {self.name}:"
        yield f"    connection: {_quoted(connection)}"
        yield f"    site: {_quoted(site)}"
        yield f"    list: {{url: {_quoted(url)}}}"
        yield f"    kind: {self.kind}"
        yield f"    key: {self.key.name}"
        yield "    fields:"
        yield "      title: Title"
        for each in self.entries:
            yield f"      {each.field_name}: {_mapped(each)}"
        yield "    write:"
        yield "      mode: quiet                     # no new version; Modified and Modified By stay the colleague's"
        yield f"      columns: {{{owned}}}"


def _mapped(entry: Entry) -> str:
    if not entry.values:
        return entry.column.name
    values = ", ".join(f"{value}: [{', '.join(map(_quoted, words))}]" for value, words in entry.values.items())
    return f"{{column: {entry.column.name}, values: {{{values}}}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def entry(
    field_name: str,
    name: str,
    title: str,
    says: str,
    of_type: ColumnType = ColumnType.TEXT,
    *,
    choices: tuple[str, ...] = (),
    default: str | None = None,
    indexed: bool = False,
    values: Mapping[str, tuple[str, ...]] | None = None,
) -> Entry:
    """A column in the forms. `says`: a sentence for whoever fills it in."""
    column = ColumnShape(
        name=name,
        title=title,
        description=says,
        type=of_type,
        choices=choices,
        default=default,
        in_forms=True,
        indexed=indexed,
        decimals=0 if of_type is ColumnType.NUMBER else None,
    )
    return Entry(field_name, column, values or {})


def reference(name: str, title: str, says: str) -> ColumnShape:
    """The column by which staff know a record: everyone has one, and no two the same."""
    return ColumnShape(
        name=name,
        title=title,
        description=says,
        type=ColumnType.TEXT,
        required=True,
        in_forms=True,
        indexed=True,
        unique=True,
    )


HOLDS: tuple[Entry, ...] = tuple(
    Entry(field_name, hold_column(field_name, name))
    for field_name, name in (("hold_reason", "HoldReason"), ("hold_until", "HoldUntil"), ("hold_by", "HoldSetBy"))
)
"""The columns in which staff hold a flag, as every template has them."""
