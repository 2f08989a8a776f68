"""How an answer looks in the three metadata levels. Handlers return values; this is the one place that shapes them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeAlias

from connectors.emulator.errors import NotEmulated, SharePointError


class Level(Enum):
    """How much metadata a client asked for, and the content type it is answered with."""

    VERBOSE = "application/json;odata=verbose;charset=utf-8"
    MINIMAL = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
    NONE = "application/json;odata=nometadata;streaming=true;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Complex:
    """A value with properties of its own: a hyperlink, a change token."""

    type: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Multi:
    """A collection of plain values; `type` is Edm.String and the like."""

    type: str
    values: Sequence[Any]


@dataclass(slots=True)
class Entity:
    """One thing with an address. `uri` is relative to `_api`; `id` only where it is not that address."""

    type: str
    uri: str
    properties: Mapping[str, Any]
    etag: str | None = None
    id: str | None = None
    context: str = ""
    deferred: tuple[str, ...] = ()


@dataclass(slots=True)
class Collection:
    """Several things, and where the next page is."""

    entities: Sequence[Entity]
    context: str = ""
    next_link: str | None = None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One plain or complex value; verbose names the method or property it came from, minimal metadata the type."""

    name: str
    value: Any
    context: str = "Edm.String"


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text that is not shaped: it looks the same in every metadata level."""

    content: bytes


Body: TypeAlias = Entity | Collection | Scalar | Verbatim | None


@dataclass(slots=True)
class Reply:
    """What a handler answers."""

    body: Body = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def level_of(accept: str) -> Level:
    """The metadata level of an Accept header; JSON without a level, and no header at all, is minimal."""
    lowered = accept.lower().replace(" ", "")
    if "odata=verbose" in lowered:
        return Level.VERBOSE
    if "odata=nometadata" in lowered or "odata.metadata=none" in lowered:
        return Level.NONE
    if lowered and "json" not in lowered and "*/*" not in lowered and "multipart" not in lowered:
        raise NotEmulated(f"answers in {accept}")
    return Level.MINIMAL


def error_body(error: SharePointError, level: Level) -> dict[str, Any]:
    """An error as the level shows it."""
    key = "error" if level is Level.VERBOSE else "odata.error"
    return {key: {"code": error.code, "message": {"lang": "en-US", "value": error.message}}}


# Strings are matched so as to be passed over: what looks like a number in one is none.
_EXPONENT = re.compile(r'"(?:[^"\\]|\\.)*"|(\d)e\+(\d)')


def encode(value: Any) -> bytes:
    """JSON on a single line; letters beyond ASCII are escaped and exponents are in capitals, as recorded."""
    text = json.dumps(value, separators=(",", ":"))
    if "e+" in text:
        text = _EXPONENT.sub(lambda match: f"{match[1]}E+{match[2]}" if match[1] else match[0], text)
    return text.encode()


def shape(body: Entity | Collection | Scalar, level: Level, api: str) -> Any:
    """A body as JSON values; `api` is the absolute address of the site's `_api`."""
    return _Shaper(level, api).top(body)


@dataclass(frozen=True, slots=True)
class _Shaper:
    level: Level
    api: str

    def top(self, body: Entity | Collection | Scalar) -> Any:
        if isinstance(body, Entity):
            shaped = self.entity(body, outermost=True)
            return {"d": shaped} if self.level is Level.VERBOSE else shaped
        if isinstance(body, Collection):
            return self.collection(body)
        return self.scalar(body)

    def scalar(self, body: Scalar) -> Any:
        value = self.value(body.value)
        if self.level is Level.VERBOSE:
            return {"d": {body.name: value}}
        if body.value is None:
            return {"odata.null": True}
        if isinstance(body.value, Complex):
            return value
        context = {"odata.metadata": f"{self.api}/$metadata#{body.context}"} if self.level is Level.MINIMAL else {}
        return {**context, "value": value}

    def collection(self, body: Collection) -> Any:
        rows = [self.entity(entity) for entity in body.entities]
        if self.level is Level.VERBOSE:
            following = {"__next": body.next_link} if body.next_link else {}
            return {"d": {"results": rows, **following}}
        shaped: dict[str, Any] = {}
        if self.level is Level.MINIMAL:
            shaped["odata.metadata"] = f"{self.api}/$metadata#{body.context}"
        if body.next_link:
            shaped["odata.nextLink"] = body.next_link
        shaped["value"] = rows
        return shaped

    def entity(self, entity: Entity, *, outermost: bool = False) -> dict[str, Any]:
        shaped: dict[str, Any] = {}
        if self.level is Level.VERBOSE:
            shaped = self.verbose_head(entity)
        elif self.level is Level.MINIMAL:
            shaped = self.minimal_head(entity, outermost)
        for name, value in entity.properties.items():
            if self.level is Level.MINIMAL and _navigates(value):
                shaped[f"{name}@odata.navigationLinkUrl"] = f"{entity.uri}/{name}"
            shaped[name] = self.value(value)
        return shaped

    def verbose_head(self, entity: Entity) -> dict[str, Any]:
        address = f"{self.api}/{entity.uri}"
        about = {"id": entity.id or address, "uri": address}
        if entity.etag:
            about["etag"] = entity.etag
        about["type"] = entity.type
        deferred = {name: {"__deferred": {"uri": f"{address}/{name}"}} for name in entity.deferred}
        return {"__metadata": about, **deferred}

    def minimal_head(self, entity: Entity, outermost: bool) -> dict[str, Any]:
        head: dict[str, Any] = {}
        if outermost:
            head["odata.metadata"] = f"{self.api}/$metadata#{entity.context}"
        head["odata.type"] = entity.type
        head["odata.id"] = entity.id or f"{self.api}/{entity.uri}"
        if entity.etag:
            head["odata.etag"] = entity.etag
        head["odata.editLink"] = entity.uri
        return head

    def value(self, value: Any) -> Any:
        if isinstance(value, str | int | float | None):
            return value
        if isinstance(value, datetime):
            return iso(value)
        if isinstance(value, Complex):
            typed = {"__metadata": {"type": value.type}} if self.level is Level.VERBOSE else {}
            return {**typed, **{name: self.value(inner) for name, inner in value.properties.items()}}
        if isinstance(value, Multi):
            members = [self.value(member) for member in value.values]
            if self.level is Level.VERBOSE:
                return {"__metadata": {"type": f"Collection({value.type})"}, "results": members}
            return members
        if isinstance(value, Collection):
            rows = [self.entity(entity) for entity in value.entities]
            return {"results": rows} if self.level is Level.VERBOSE else rows
        return self.entity(value)


def _navigates(value: Any) -> bool:
    return isinstance(value, Entity | Collection)


def iso(instant: datetime) -> str:
    """An instant as the wire shows it: UTC, a fraction only where there is one."""
    utc = instant.astimezone(UTC)
    fraction = f".{utc.microsecond // 1000:03d}".rstrip("0").rstrip(".") if utc.microsecond >= 1000 else ""
    return f"{utc.replace(tzinfo=None, microsecond=0).isoformat()}{fraction}Z"
