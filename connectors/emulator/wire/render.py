"""Rows as RenderListDataAsStream shows them: every value as staff see it, with the plain value beside it.

The text is not made by a JSON library but in the service's own hand, line ends and blanks included, because that is
what is recorded: `"key": "value"` a line, every slash escaped, people and lookups as arrays on one line.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.emulator.state.fields import PEOPLE, Field
from connectors.emulator.state.naming import property_name
from connectors.emulator.state.values import Stored, UrlValue, calculated, row_size
from connectors.emulator.state.versions import Item
from connectors.emulator.state.world import Site
from connectors.emulator.wire.items import Columns, Getter
from connectors.emulator.wire.presence import person_span
from connectors.emulator.wire.projection import plain
from connectors.emulator.wire.shapes import iso

RIGHTS = "0x7ffffffffffbffff"
_NO_VIEW = "00000000-0000-0000-0000-000000000000"
# What a row takes apart from its columns.
_ROW_HEAD = 172
_PERCENTAGE = re.compile(r"""\bPercentage=["']TRUE["']""", re.IGNORECASE)
_TITLES = frozenset({"Title", "LinkTitle", "LinkTitleNoMenu", "LinkTitle2"})
_CALCULATED = {"Number": "float", "Currency": "float", "DateTime": "datetime", "Boolean": "boolean"}

Cells = Iterator[tuple[str, Any]]


def page_text(columns: Columns, shown: Sequence[Field], items: Sequence[Item], limit: int, token: str | None) -> str:
    """A page of rows as the service writes it."""
    cells = _RowWriter(columns, shown)
    rows = "\r\n,".join(_row_text(cells.row(item)) for item in items)
    first = 1 if items else 0
    tail = [f'],"FirstRow" : {first},\r\n"FolderPermissions" : "{RIGHTS}"\r\n,"LastRow" : {len(items)},\r\n']
    tail.append(f'"RowLimit" : {limit}\r\n')
    if token:
        tail.append(f',"NextHref" : {_quoted(f"?{token}&PageFirstRow={len(items) + 1}&View={_NO_VIEW}")}\n')
    tail.append(',"FilterLink" : "?"\n,"ForceNoHierarchy" : "1"\n,"HierarchyHasIndention" : ""\n')
    tail.append(',"CurrentFolderSpItemUrl" : ""\n\n}')
    # The rows end a line of their own before the bracket.
    return '{ "Row" : \n[' + (f"{rows}\r\n" if items else "") + "".join(tail)


def _row_text(cells: Cells) -> str:
    return "{\r\n" + ",\r\n".join(f'"{name}": {_quoted(value)}' for name, value in cells) + "\r\n}"


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("/", "\\u002f")


class _RowWriter:
    """Writes the rows of one page; the columns are looked up once."""

    def __init__(self, columns: Columns, shown: Sequence[Field]) -> None:
        self.columns = columns
        self.site: Site = columns.owner.site
        self.shown = [(column, self.getter(column)) for column in shown if column.name not in {"ID", "Attachments"}]

    def getter(self, column: Field) -> Getter:
        """What gives a column's value as it is stored."""
        name = column.name
        if column.type in PEOPLE:
            return lambda item: self.columns.reference_value(column, item)
        if not column.builtin or name == "Title":
            return lambda item: item.values.get(name)
        found = self.columns.getters.get(column.rest_name) or self.columns.extras.get(column.rest_name)
        return found or (lambda _: None)

    def row(self, item: Item) -> Cells:
        """One row: what every row has, the view's columns, and what every row ends with."""
        owner = self.columns.owner
        yield "ID", str(item.id)
        yield "PermMask", RIGHTS
        yield "FSObjType", "0"
        yield "UniqueId", f"{{{item.unique_id.upper()}}}"
        yield "ContentTypeId", owner.content_type_id
        yield from _address(f"{owner.server_relative_url}/{item.leaf_name}")
        yield "Attachments", "0"
        yield "SMTotalSize", str(_ROW_HEAD + row_size(item.values, (owner.title_field, *owner.custom)))
        yield "_CommentFlags", ""
        yield "_CommentCount", ""
        yielded: set[str] = set()
        for column, get in self.shown:
            name = "Title" if column.name in _TITLES else column.name
            if name not in yielded:
                yielded.add(name)
                yield from self.cells(name, column, get(item))
        yield "ItemChildCount", "0"
        yield "FolderChildCount", "0"
        if owner.custom:
            yield "ScopeId", f"{{{owner.site.web_id.upper()}}}"
        yield "owshiddenversion", str(item.version)
        yield "Restricted", ""

    def cells(self, name: str, column: Field, stored: Stored) -> Cells:
        """The keys of one column and what they hold; a column of another type is its value as text."""
        # The lists' own columns of this type point to nothing.
        write = None if column.builtin and column.type == "Lookup" else _WRITERS.get(column.type)
        if write is None:
            shown = plain(stored)
            yield name, "" if shown is None else str(shown)
        else:
            yield from write(self, name, column, stored)

    def number(self, name: str, _: Field, stored: Any) -> Cells:
        yield name, "" if stored is None else self.site.locale.number(stored)
        yield f"{name}.", calculated(stored) or ""

    def currency(self, name: str, _: Field, stored: Any) -> Cells:
        yield name, "" if stored is None else self.site.locale.amount(stored)
        yield f"{name}.", calculated(stored) or ""

    def boolean(self, name: str, _: Field, stored: Any) -> Cells:
        yield name, "" if stored is None else ("Yes" if stored else "No")
        yield f"{name}.value", "" if stored is None else ("1" if stored else "0")

    def date(self, name: str, column: Field, stored: Any) -> Cells:
        if not isinstance(stored, datetime):
            yield from ((name, ""), (f"{name}.", ""))
            return
        local, locale = stored.astimezone(self.site.zone.zone), self.site.locale
        yield name, locale.date(local) if column.date_only else locale.date_and_time(local)
        yield f"{name}.", iso(stored)

    def choices(self, name: str, _: Field, stored: Any) -> Cells:
        yield name, list(stored) if stored else ""

    def url(self, name: str, _: Field, stored: Any) -> Cells:
        held = stored if isinstance(stored, UrlValue) else UrlValue("", "")
        yield name, held.url
        yield f"{name}.desc", held.description

    def calculation(self, name: str, column: Field, stored: Any) -> Cells:
        kind = _CALCULATED.get(column.output_type, "string")
        yield name, self.calculated_text(column, stored)
        yield f"{name}.calculated", "" if stored is None else f"{kind};#{stored}"

    def calculated_text(self, column: Field, stored: Any) -> str:
        """A formula's result as staff see it; what is no number is shown as it is."""
        number = None
        if stored is not None and column.output_type in {"Number", "Currency"}:
            try:
                number = float(stored)
            except ValueError:
                number = None
        if number is None:
            return "" if stored is None else str(stored)
        if column.output_type == "Currency":
            return self.site.locale.amount(number)
        percentage = _PERCENTAGE.search(column.schema) is not None
        return f"{self.site.locale.number(round(number * 100, 10))}%" if percentage else self.site.locale.number(number)

    def lookup(self, name: str, column: Field, stored: Any) -> Cells:
        numbers = _numbers(stored)
        target = self.columns.target_getter(column, property_name(column.lookup_field or "Title")) if numbers else None
        texts = [str(target(number) or "") for number in numbers] if target else []
        pairs = list(zip(numbers, texts, strict=True))
        shown = [{"lookupId": number, "lookupValue": text, "isSecretFieldValue": False} for number, text in pairs]
        yield name, shown or ""
        yield f"{name}.", ";#".join(f"{number};#{text}" for number, text in pairs)

    def person(self, name: str, _: Field, stored: Any) -> Cells:
        users = [self.person_of(number) for number in _numbers(stored)]
        held = users[0] if users else dict.fromkeys(_PERSON_KEYS, "")
        yield name, [_portrait(user) for user in users] or ""
        for key in _PERSON_KEYS:
            yield f"{name}.{key}", self.span(users) if key == "span" else held[key]

    def people(self, name: str, _: Field, stored: Any) -> Cells:
        """Several people; the keys beside them hold nothing of use in the service either, the numbers apart."""
        users = [self.person_of(number) for number in _numbers(stored)]
        yield name, [{"id": user["id"], "value": user["title"], **_portrait(user)} for user in users] or ""
        numbers = ";#".join(
            f"{user['id']};#{user['title']},#,#{user['email']},#{user['sip']},#{user['title']},#,#" for user in users
        )
        for key in _PERSON_KEYS:
            yield f"{name}.{key}", {"id": numbers, "span": self.span(users, "<div class='ms-vb'>{}</div>")}.get(key, "")

    def person_of(self, number: int) -> dict[str, str]:
        """What a row says about a person."""
        user = self.site.users.get(number)
        person = user.person if user else None
        return {
            "id": str(number),
            "title": person.name if person else "",
            "span": "",
            "email": person.email if person else "",
            "sip": person.email if person else "",
            "jobTitle": person.job_title if person else "",
            "department": person.department if person else "",
            "picture": "",
        }

    def span(self, users: Sequence[dict[str, str]], around: str = "{}") -> str:
        """What a page of the service shows people by; the marks are numbered from 1 in every cell."""
        shown = (person_span(self.site.path, user, 1 + 2 * at) for at, user in enumerate(users))
        return "".join(around.format(one) for one in shown)


_PERSON_KEYS = ("id", "title", "span", "email", "sip", "jobTitle", "department", "picture")
_WRITERS: dict[str, Callable[[_RowWriter, str, Field, Any], Cells]] = {
    "Number": _RowWriter.number,
    "Currency": _RowWriter.currency,
    "Boolean": _RowWriter.boolean,
    "DateTime": _RowWriter.date,
    "MultiChoice": _RowWriter.choices,
    "URL": _RowWriter.url,
    "Calculated": _RowWriter.calculation,
    "Lookup": _RowWriter.lookup,
    "LookupMulti": _RowWriter.lookup,
    "User": _RowWriter.person,
    "UserMulti": _RowWriter.people,
}


def _portrait(user: dict[str, str]) -> dict[str, str]:
    return {key: user[key] for key in ("id", "title", "email", "sip", "picture")}


def _numbers(stored: Any) -> list[int]:
    if stored is None:
        return []
    return [int(number) for number in (stored if isinstance(stored, tuple) else (stored,))]


def _address(url: str) -> Cells:
    """An item's address and the service's four ways of encoding it."""
    encoded = quote(url, safe="/-_.~()'!*,;:@&=+$")
    yield "FileRef", url
    yield "FileRef.urlencode", re.sub(r"[-_.~]", lambda match: f"%{ord(match[0]):02X}", quote(url, safe=""))
    yield "FileRef.urlencodeasurl", encoded
    yield "FileRef.urlencoding", encoded
    yield "FileRef.scriptencodeasurl", encoded.replace("/", "\\u002f")
