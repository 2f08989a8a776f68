"""A scratch site: lists that are made for one purpose and removed again, and answers in a form that can be compared."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import requests

from tests.support.remote import Remote

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?")


@dataclass(frozen=True)
class Scratch:
    """`site` is server-relative. `suffix` makes titles that nobody else has; `made` is what `remove` takes away."""

    remote: Remote
    site: str
    suffix: str
    made: list["ScratchList"] = field(default_factory=list)

    def api(self, resource: str) -> str:
        """The path of a resource of the site."""
        return f"{self.site.rstrip('/')}/_api/{resource}"

    def list(self, title: str, *columns: str, **settings: Any) -> "ScratchList":
        """An empty generic list with these columns (each a CAML Field element)."""
        named = f"{title} {self.suffix}"
        answer = expect(self.remote.post(self.api("web/lists"), {"Title": named, "BaseTemplate": 100, **settings}), 201)
        made = ScratchList(self, named, answer.json()["Id"], answer.json()["ListItemEntityTypeFullName"])
        self.made.append(made)
        for column in columns:
            made.add_column(column)
        return made

    def remove(self) -> None:
        """Delete every list that was made here, latest first, and nothing else."""
        while self.made:
            gone = self.made.pop()
            expect(self.remote.delete(gone.api()), 200)

    def masked(self, text: str) -> str:
        """A text without what is different at every site and in every run."""
        plain = text.replace(f"{self.remote.origin}{self.site}", "{site}").replace(self.remote.origin, "{origin}")
        plain = plain.replace(self.suffix, "{suffix}")
        return _INSTANT.sub("{instant}", _GUID.sub("{guid}", plain))


@dataclass(frozen=True)
class ScratchList:
    """One list that was made here."""

    scratch: Scratch
    title: str
    id: str
    item_type: str

    def api(self, resource: str = "") -> str:
        """The path of a resource of the list."""
        return self.scratch.api(f"web/lists(guid'{self.id}')") + (f"/{resource}" if resource else "")

    def item(self, number: int) -> str:
        """The path of an item."""
        return self.api(f"items({number})")

    def add_column(self, xml: str) -> None:
        """A column by its CAML definition; the internal name is the display name's."""
        body = {"parameters": {"SchemaXml": xml, "Options": 8}}
        expect(self.scratch.remote.post(self.api("fields/CreateFieldAsXml"), body), 200, 201)

    def change_column(self, name: str, **settings: Any) -> requests.Response:
        """Change a column's settings."""
        return self.scratch.remote.merge(self.api(f"fields/getByInternalNameOrTitle('{quote(name)}')"), settings)

    def add(self, **values: Any) -> int:
        """An item; its number."""
        return int(expect(self.scratch.remote.post(self.api("items"), values), 201).json()["Id"])

    def add_many(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Items, each in a request of its own, so that nothing but the plainest call is taken for granted."""
        for row in rows:
            self.add(**row)

    def read(self, number: int, query: str = "") -> Any:
        """An item as plain JSON."""
        return expect(self.scratch.remote.get(self.item(number) + query), 200).json()

    def etag(self, number: int) -> str:
        """An item's ETag as the header tells it."""
        return expect(self.scratch.remote.get(self.item(number)), 200).headers["ETag"]


def expect(answer: requests.Response, *statuses: int) -> requests.Response:
    """An answer of one of these statuses; anything else ends the test with what the site said."""
    assert answer.status_code in statuses, f"{answer.status_code}: {answer.text[:400]}"
    return answer


def new_suffix() -> str:
    """Characters by which a list is known to be ours."""
    return f"PS{uuid.uuid4().hex[:8]}"


def text_column(name: str, **attributes: str) -> str:
    """A single line of text."""
    return column("Text", name, **attributes)


def column(kind: str, name: str, *choices: str, **attributes: str) -> str:
    """A CAML Field element."""
    more = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    inner = "".join(f"<CHOICE>{escape(choice)}</CHOICE>" for choice in choices)
    children = f"<CHOICES>{inner}</CHOICES>" if choices else ""
    return (
        f"<Field Type={quoteattr(kind)} Name={quoteattr(name)} DisplayName={quoteattr(name)}{more}>{children}</Field>"
    )
