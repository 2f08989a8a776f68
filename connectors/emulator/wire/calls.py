"""One call of one route: what was asked, at which site, and the things its path names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.roles import Role, role_at
from connectors.emulator.state.fields import Field
from connectors.emulator.state.json_kinds import holds_text_only
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import User
from connectors.emulator.state.versions import Item
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.state.world import Site, World
from connectors.emulator.wire import projection
from connectors.emulator.wire.odata import Options
from connectors.emulator.wire.paths import Resource, Selector
from connectors.emulator.wire.shapes import Level, Scalar


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request, or one part of a batch. `path` is decoded, `raw_path` as sent, header names in lower case."""

    method: str
    path: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str

    @property
    def verb(self) -> str:
        """The method that is meant: a POST may carry another in X-HTTP-Method."""
        tunnelled = self.headers.get("x-http-method", "").upper()
        return tunnelled if self.method.upper() == "POST" and tunnelled else self.method.upper()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token speaks for: an application by its client id, or a person by their login through that application.

    `permissions` are those the token states.
    """

    app: str
    login: str | None = None
    permissions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What tells this caller from every other: the person's login, else the application's client id."""
        return self.login or self.app


@dataclass(slots=True)
class Call:
    """A request with its resource worked out. The properties raise the service's errors for what is not there."""

    world: World
    site: Site
    request: Request
    resource: Resource
    options: Options
    level: Level
    caller: Caller | None = None
    role: Role = Role.NONE

    def selector(self, name: str) -> Selector:
        """How the path selects one of a collection; a path that merely spells the canonical name does not."""
        if name not in self.resource.selectors:
            raise NotEmulated(f"{self.request.verb} {self.resource.pattern}")
        return self.resource.selectors[name]

    @property
    def site_url(self) -> str:
        """The site's absolute address."""
        return f"{self.request.origin}{self.site.path}".rstrip("/")

    @property
    def api(self) -> str:
        """The absolute address of the site's `_api`."""
        return f"{self.site_url}/_api"

    @property
    def list(self) -> SpList:
        """The list the path names."""
        chosen = self.selector("list")
        found = self.site.chosen_list(chosen.by, chosen.value)
        if found is not None:
            return found
        if chosen.by == "title":
            raise errors.list_missing_by_title(chosen.value, self.site_url)
        raise errors.list_missing()

    def role_at(self, owner: SpList) -> Role:
        """What the caller may do with a list of the site."""
        return role_at(owner, self.caller.name if self.caller else "", self.role)

    @property
    def open_lists(self) -> tuple[SpList, ...]:
        """The lists of the site that the caller may read: of the others nothing is told."""
        return tuple(known for known in self.site.lists.values() if self.role_at(known) >= Role.READ)

    @property
    def item(self) -> Item:
        """The item the path names."""
        named = self.selector("item").value
        number = whole_number(named)
        if number is None:
            raise errors.bad_expression(named)
        return self.list.item(number)

    @property
    def field(self) -> Field:
        """The column the path names."""
        chosen, owner = self.selector("field"), self.list
        found: Field | None
        if chosen.by == "id":
            found = owner.field_with_id(chosen.value)
        elif chosen.by == "title":
            found = owner.field_titled(chosen.value)
        else:
            found = owner.field_named(chosen.value) or owner.field_titled(chosen.value)
        if found is None:
            raise errors.field_missing(chosen.value)
        return found

    @property
    def actor(self) -> User:
        """Who the change is recorded under: the person the token speaks for, else the SharePoint App."""
        return self.site.acting(self.caller.login if self.caller else None)

    @property
    def user(self) -> User:
        """The user the path names."""
        chosen = self.selector("user")
        if chosen.by == "id":
            number = whole_number(chosen.value)
            if number is None:
                raise errors.bad_expression(chosen.value)
            return self.site.user(number)
        found = self.site.find_user(chosen.value)
        if found is None:
            raise errors.user_not_found()
        return found

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; an empty body is an empty object."""
        if not self.request.body.strip():
            return {}
        try:
            document = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise errors.bad_query("Invalid JSON. A value was not found or could not be read.") from None
        if not isinstance(document, dict):
            raise errors.wrong_node("StartArray", "StartObject")
        if not holds_text_only(document):
            raise errors.invalid_value("text")
        return document

    def parameters(self, name: str) -> dict[str, Any]:
        """The object a method takes, wrapped in its parameter's name or bare."""
        document = self.json()
        inner = document.get(name, document)
        if not isinstance(inner, dict):
            raise errors.wrong_node("PrimitiveValue", "StartObject")
        return {key: value for key, value in inner.items() if key != "__metadata"}

    def check_if_match(self, etag: str) -> None:
        """Hold the request to the version it names: `*`, `"n"` and `"{guid},n"` are understood."""
        asked = self.request.headers.get("if-match")
        if asked is None:
            if self.world.missing_if_match == "refuse":
                raise errors.etag_mismatch("", etag)
            return
        asked = asked.strip().removeprefix("W/")
        if asked != "*" and asked.strip('"').rpartition(",")[2].strip() != etag.strip('"'):
            raise errors.etag_mismatch(asked, etag)


def one_property(call: Call, resource: projection.Resource) -> Scalar:
    """One plain property of a resource by the last part of the path; what is not there is not emulated."""
    name = call.resource.last.lower()
    for known in (resource.properties, resource.extras):
        for own, value in known.items():
            if own.lower() == name:
                return Scalar(own, value)
    raise NotEmulated(f"{call.request.verb} {call.resource.pattern}")
