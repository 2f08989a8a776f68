"""What a list is: how it is addressed, what its columns are called on the wire, and what its site says of itself.

A list takes one request, and its site two that have to be asked once: for many lists of a site they go out together.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.sharepoint.batch import Part
from connectors.sharepoint.change_token import change_token
from connectors.sharepoint.columns import USUALLY_SHOWN, WireColumn, is_whole, plain_guid, wire_columns
from connectors.sharepoint.context import Site
from connectors.sharepoint.errors import refusal
from connectors.sharepoint.messages import NO_METADATA, Reply, Request
from connectors.sharepoint.zones import iana_zone
from sync.core.columns import ListSchema
from sync.engine.ports import Clock
from sync.engine.targets import ListAddress
from sync.errors import SchemaError, SourceError, UnreadableError

_OF_LIST = "Id,Title,ItemCount,CurrentChangeToken,EnableVersioning,EnableModeration,ForceCheckout"
_OF_SITE = "Id,Url,RegionalSettings/*&$expand=RegionalSettings,RegionalSettings/TimeZone"
_HEADERS = {"Accept": NO_METADATA}
_FIELDS = 100
"""Items of a page that weigh about as much as the columns of a list."""


@dataclass(frozen=True, slots=True)
class Described:
    """A list's schema and how the REST interface names its columns."""

    schema: ListSchema
    wires: tuple[WireColumn, ...]
    keeps_versions: bool = True

    def with_handle(self, web_id: str, site_id: str | None) -> "Described":
        """The same, whose schema says all that `recalled` needs. `site_id`: None where nobody asked for it yet."""
        unusual = {
            wire.column.name: [wire.prop, wire.shown]
            for wire in self.wires
            if (wire.prop, wire.shown) != (wire.column.name, USUALLY_SHOWN)
        }
        told = {"site": site_id, "web": web_id, "versions": self.keeps_versions, "names": unusual}
        return replace(self, schema=replace(self.schema, handle=json.dumps(told, sort_keys=True)))

    def wire(self, name: str) -> WireColumn:
        """By internal name; SchemaError where the list has no such column (any more)."""
        for wire in self.wires:
            if wire.column.name == name:
                return wire
        raise SchemaError(f"The list '{self.schema.title}' has no column '{name}'.")


@dataclass(frozen=True, slots=True)
class Recalled:
    """A list as it was described before. `web_id` and `site_id` are the GUIDs by which ProcessQuery finds it; of the
    site's it may not be known yet."""

    described: Described
    web_id: str
    site_id: str | None


def recalled(schema: ListSchema) -> Recalled | None:
    """What a schema says of its list beyond its columns; None where it says nothing that can be used."""
    try:
        told = json.loads(schema.handle)
        names = {column.name: told["names"].get(column.name, (column.name, USUALLY_SHOWN)) for column in schema.columns}
        wires = tuple(WireColumn(column, *names[column.name]) for column in schema.columns)
        return Recalled(Described(schema, wires, told["versions"]), told["web"], told["site"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def list_resource(address: ListAddress, site: Site) -> str:
    """How a list is addressed, whichever way it is configured."""
    if address.id is not None:
        return by_guid(address.id)
    if address.url is not None:
        relative = f"{site.path}/{address.url.strip('/')}"
        return f"web/getList('{quote(relative.replace(chr(39), chr(39) * 2), safe='/')}')"
    return f"web/lists/GetByTitle('{literal(address.title or '')}')"


def by_guid(guid: str) -> str:
    return f"web/lists(guid'{quote(guid.strip('{}'), safe='')}')"


def literal(text: str) -> str:
    """Text inside the quotes of a resource path: quotes doubled, everything else percent-encoded."""
    return quote(text.replace("'", "''"), safe="")


def about_list(address: ListAddress) -> str:
    return f"the list '{address}'"


def opening(about: str) -> str:
    """The same at the beginning of a sentence."""
    return about[:1].upper() + about[1:]


def list_part(site: Site, address: ListAddress) -> Part:
    """The question that `described_of` has the answer to."""
    url = site.api(f"{list_resource(address, site)}?$select={_OF_LIST},Fields/*&$expand=Fields")
    return Part(method="GET", url=url, headers=_HEADERS, items=_FIELDS, kind="schema")


def checked(reply: Reply, about: str, site: str) -> dict[str, Any]:
    """The JSON object of an answer; raises what a refusal stands for."""
    if reply.status >= 400:
        raise refusal(reply, about, site)
    return reply.mapping(about)


def described_of(
    document: Mapping[str, Any], site: Site, host: str, address: ListAddress, zone: str | None, now: datetime | None
) -> Described:
    """A list by the answer about it, which may take another request, where it leaves out what types add to a field.
    `now` is the server's, None where it does not tell."""
    about = about_list(address)
    try:
        fields = document["Fields"]
        if not is_whole(fields):
            resource = f"{list_resource(address, site)}/fields"
            fields = site.fetch(Request(url=site.api(resource), about=about, kind="schema", units=2))["value"]
        wires = wire_columns(fields)
        schema = ListSchema(
            host=host,
            list_guid=plain_guid(str(document["Id"])),
            title=str(document["Title"]),
            columns=tuple(wire.column for wire in wires),
            zone=zone,
            item_count=int(document["ItemCount"]),
            change_token=change_token(document.get("CurrentChangeToken"), now),
            content_approval=document.get("EnableModeration") is True,
            forced_checkout=document.get("ForceCheckout") is True,
        )
    except (KeyError, TypeError, ValueError):
        raise UnreadableError(f"The description of {about} is not of the expected form.") from None
    return Described(schema, wires, document.get("EnableVersioning") is not False)


@dataclass(frozen=True, slots=True)
class Web:
    """What is true of a whole site: its id, and the IANA name of its time zone, None where that is not known to us."""

    id: str
    zone: str | None


@dataclass(slots=True)
class Facts:
    """What is true of a site for as long as a store lives, asked for when it is needed first."""

    site: Site
    clock: Clock
    known_web: Web | None = None
    known_id: str | None = None
    are_asked: bool = False

    @property
    def web(self) -> Web:
        if self.known_web is None:
            self.known_web = self._web_of(self.site.fetch(self._web_part.request(self._about_web)))
        return self.known_web

    @property
    def id(self) -> str:
        """By which ProcessQuery knows the collection that the site is in."""
        if self.known_id is None:
            self.known_id = self._id_of(self.site.fetch(self._id_part.request(self._about_id)))
        return self.known_id

    def parts(self) -> Sequence[Part]:
        """What asks for all of it beside something else; nothing where that was done before."""
        if self.are_asked or self.known_web is not None:
            return ()
        self.are_asked = True
        return (self._web_part, self._id_part)

    def hear(self, replies: Sequence[Reply]) -> None:
        """Takes what `parts` were answered with. What cannot be used is asked for again when it is needed."""
        for reply, take in zip(replies, (self._hear_web, self._hear_id), strict=False):
            with suppress(SourceError):
                take(reply)

    def _hear_web(self, reply: Reply) -> None:
        self.known_web = self._web_of(checked(reply, self._about_web, self.site.url))

    def _hear_id(self, reply: Reply) -> None:
        self.known_id = self._id_of(checked(reply, self._about_id, self.site.url))

    def _web_of(self, document: Mapping[str, Any]) -> Web:
        try:
            zone = document["RegionalSettings"]["TimeZone"]
            number, bias = int(zone["Id"]), (zone.get("Information") or {}).get("Bias")
            name = iana_zone(number, None if bias is None else int(bias), self.clock.now())
            return Web(plain_guid(str(document["Id"])), name)
        except (KeyError, TypeError, ValueError):
            raise UnreadableError(f"The answer about {self._about_web} is not of the expected form.") from None

    def _id_of(self, document: Mapping[str, Any]) -> str:
        found = document.get("Id")
        if not isinstance(found, str):
            raise UnreadableError(f"The answer about {self._about_id} is not of the expected form.")
        return plain_guid(found)

    @property
    def _web_part(self) -> Part:
        return Part(method="GET", url=self.site.api(f"web?$select={_OF_SITE}"), headers=_HEADERS, kind="zone")

    @property
    def _id_part(self) -> Part:
        return Part(method="GET", url=self.site.api("site?$select=Id"), headers=_HEADERS, kind="schema")

    @property
    def _about_web(self) -> str:
        return f"the regional settings of {self.site.url}"

    @property
    def _about_id(self) -> str:
        return f"the id of {self.site.url}"
