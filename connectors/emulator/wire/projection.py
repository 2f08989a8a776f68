"""`$select` and `$expand` on anything but items: which of a resource's properties an answer carries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.wire.filters import matches, parse_filter
from connectors.emulator.wire.odata import Options
from connectors.emulator.wire.shapes import Collection, Complex, Entity, Multi

Expander = Callable[[tuple[str, ...], tuple[str, ...]], Entity | Collection | None]


@dataclass(slots=True)
class Resource:
    """A thing with properties. `extras` are given only when selected; `navigations` only when expanded.

    `absent` names properties SharePoint has and this server has not: asking for one is a 501. `leads_to` are all
    the navigations SharePoint has, in its order, where that is known: verbose defers them.
    """

    type: str
    uri: str
    properties: Mapping[str, Any]
    extras: Mapping[str, Any] = field(default_factory=dict)
    navigations: Mapping[str, Expander] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    etag: str | None = None
    context: str = ""
    leads_to: tuple[str, ...] = ()

    def value(self, name: str) -> Any:
        """A plain property by name, for filters; raises SharePointError (400) where there is none."""
        if name in self.properties:
            return self.properties[name]
        if name in self.extras:
            return self.extras[name]
        if name in self.absent or name in self.leads_to:
            raise NotEmulated(f"{self.type}.{name}")
        raise errors.unknown_property(name, self.type)


def below(names: Iterable[str], head: str) -> tuple[str, ...]:
    """The parts of `Head/Rest` paths below one head."""
    prefix = f"{head}/"
    return tuple(name[len(prefix) :] for name in names if name.startswith(prefix))


def project(resource: Resource, select: Sequence[str], expand: Sequence[str]) -> Entity:
    """The entity an answer carries."""
    heads = list(dict.fromkeys(name.partition("/")[0] for name in select))
    expanded = list(dict.fromkeys(name.partition("/")[0] for name in expand))
    properties: dict[str, Any] = {}
    for name in expanded:
        properties[name] = _expanded(resource, name, select, expand)
    if not heads or "*" in heads:
        properties.update(resource.properties)
    for name in heads:
        if name != "*" and name not in expanded:
            _check_selected(resource, name, select)
            if name not in resource.navigations:
                properties[name] = resource.value(name)
    everything = resource.leads_to or tuple(resource.navigations)
    deferred = () if heads else tuple(name for name in everything if name not in expanded)
    return Entity(resource.type, resource.uri, properties, resource.etag, context=resource.context, deferred=deferred)


def _expanded(resource: Resource, name: str, select: Sequence[str], expand: Sequence[str]) -> Any:
    if name in resource.navigations:
        return resource.navigations[name](below(select, name), below(expand, name))
    if name in resource.absent or name in resource.leads_to:
        raise NotEmulated(f"{resource.type}.{name}")
    if name in resource.properties or name in resource.extras:
        return resource.value(name)
    raise errors.unknown_property(name, resource.type)


def _check_selected(resource: Resource, name: str, select: Sequence[str]) -> None:
    if name in resource.navigations and below(select, name):
        raise errors.expand_needed(name)
    value = resource.properties.get(name)
    for inner in below(select, name):
        if inner != "*" and not (isinstance(value, Complex) and inner in value.properties):
            raise errors.unknown_property(inner, resource.type)


def collect(resources: Iterable[Resource], options: Options, context: str) -> Collection:
    """Several resources, filtered, ordered and cut as the query says."""
    chosen = list(resources)
    if options.filter:
        node = parse_filter(options.filter)
        chosen = [resource for resource in chosen if matches(node, _reader(resource))]
    for order in reversed(options.order):
        chosen.sort(key=_sort_key(order.name), reverse=order.descending)
    if options.top is not None:
        chosen = chosen[: options.top]
    return Collection([project(resource, options.select, options.expand) for resource in chosen], context)


def plain(value: Any) -> Any:
    """A value as filters and orders see it: a collection by its members, a hyperlink by its address."""
    if isinstance(value, Complex):
        return value.properties.get("Url", value.properties.get("StringValue"))
    return tuple(value.values) if isinstance(value, Multi) else value


def _reader(resource: Resource) -> Callable[[str], Any]:
    return lambda name: plain(resource.value(name))


def _sort_key(name: str) -> Callable[[Resource], tuple[bool, Any]]:
    return lambda resource: _sortable(resource.value(name))


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.casefold() if isinstance(value, str) else value)
