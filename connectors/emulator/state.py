"""A whole world as plain data, and back: for snapshots, and for files that outlive the server.

`dump` gives what JSON can hold: null, true, numbers and text stand for themselves, everything else is an array that
begins with what it is:

    ["list", ...]  ["tuple", ...]  ["set", ...]  ["dict", key, value, ...]  ["time", "2026-06-17T09:30:00+00:00"]
    ["span", seconds]  ["random", state]  ["enum", "ChangeType", 3]  ["map", "ItemTable", key, value, ...]
    ["object", "Item", ...]        its attributes in the order that `classes` gives

Nothing is left out but the clock, which belongs to whoever runs the server. What has been added to a class since a
state was kept takes its default.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random
from typing import Any

from connectors.emulator import approval, changes, item_table, limits, list_settings, locales, users, values, versions
from connectors.emulator.fields import Field as Column
from connectors.emulator.lists import SpList
from connectors.emulator.world import Clock, Recycled, Site, World, system_clock
from connectors.emulator.zones import SiteZone

FORMAT = 1

_CLASSES: dict[str, type[Any]] = {
    kept.__name__: kept
    for kept in (
        Site, SpList, Recycled, Column, SiteZone, locales.Locale, limits.Limits, list_settings.ListSettings,
        users.User, users.Person, versions.Item, versions.Version, values.UrlValue,
        changes.ChangeLog, changes.Change, changes.ChangeToken,
    )
}  # fmt: skip
_ENUMS: dict[str, type[Enum]] = {kept.__name__: kept for kept in (changes.ChangeType, approval.Approval)}
_MAPS: dict[str, type[MutableMapping[Any, Any]]] = {"ItemTable": item_table.ItemTable}
_OWNERS = {"Site": "world", "SpList": "site"}
"""The attribute by which a part knows what it belongs to: it is found again, not kept."""


class StateError(Exception):
    """A state that cannot be kept or brought back: one sentence saying why."""


def dump(world: World) -> dict[str, Any]:
    """Everything a world knows as JSON values. Raises StateError for what nobody has taught this module to keep."""
    writer = _Writer()
    kept = {name: writer.plain(value, name) for name, value in vars(world).items() if name != "clock"}
    return {"format": FORMAT, "classes": {name: list(names) for name, names in writer.names.items()}, "world": kept}


def load(state: Mapping[str, Any], clock: Clock = system_clock) -> World:
    """The world a state was taken of, with a clock. Raises StateError."""
    if state.get("format") != FORMAT:
        raise StateError(f"The state has the format {state.get('format')!r}; this version reads {FORMAT}.")
    world = World(clock=clock)
    try:
        reader = _Reader(state["classes"])
        for name, value in state["world"].items():
            setattr(world, name, reader.value(value))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise StateError(f"The state is damaged: {error!r}.") from None
    for site in world.sites.values():
        site.world = world
        for owner in site.lists.values():
            owner.site = site
    return world


def _attributes(kind: type[Any]) -> tuple[Field[Any], ...]:
    """The attributes of a class that are kept."""
    return tuple(each for each in fields(kind) if each.name != _OWNERS.get(kind.__name__))


class _Writer:
    """Turns values into JSON values and notes which classes it met."""

    def __init__(self) -> None:
        self.names: dict[str, tuple[str, ...]] = {}

    def plain(self, value: Any, where: str) -> Any:
        if value is None or type(value) in (str, int, float, bool):
            return value
        kind = type(value)
        if is_dataclass(value):
            return self._object(value, where)
        simple = _SIMPLE.get(kind)
        if simple is not None:
            return simple(value)
        if kind in _SEQUENCES:
            members: Iterable[Any] = sorted(value) if kind is frozenset else value
            return [_SEQUENCES[kind], *(self.plain(member, where) for member in members)]
        if kind is dict:
            return ["dict", *self._pairs(value, where)]
        if kind.__name__ in _MAPS:
            return ["map", kind.__name__, *self._pairs(value, where)]
        if kind.__name__ in _ENUMS:
            return ["enum", kind.__name__, value.value]
        raise StateError(f"The world holds a {kind.__name__} at {where}, which cannot be kept.")

    def _object(self, value: Any, where: str) -> list[Any]:
        name = type(value).__name__
        if name not in self.names:
            if name not in _CLASSES:
                raise StateError(f"The world holds a {name} at {where}, which cannot be kept.")
            self.names[name] = tuple(each.name for each in _attributes(_CLASSES[name]))
        return ["object", name, *(self.plain(getattr(value, own), f"{name}.{own}") for own in self.names[name])]

    def _pairs(self, value: Mapping[Any, Any], where: str) -> Iterator[Any]:
        for key, member in value.items():
            yield self.plain(key, where)
            yield self.plain(member, where)


def _random(value: Random) -> list[Any]:
    version, internal, gauss = value.getstate()
    return ["random", version, list(internal), gauss]


_SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", frozenset: "set"}
_SIMPLE: dict[type, Callable[[Any], list[Any]]] = {
    datetime: lambda value: ["time", value.isoformat()],
    timedelta: lambda value: ["span", value.total_seconds()],
    Random: _random,
}


class _Reader:
    """Turns JSON values back; only the classes named above are ever made."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        self.names = {name: tuple(names) for name, names in classes.items()}
        self.missing = {name: tuple(self._missing(name)) for name in self.names}

    def value(self, plain: Any) -> Any:
        if not isinstance(plain, list):
            return plain
        return _READERS[plain[0]](self, plain)

    def values(self, plain: list[Any]) -> Iterator[Any]:
        return (self.value(member) for member in plain)

    def object(self, plain: list[Any]) -> Any:
        name = plain[1]
        kind = _CLASSES[name]
        made: Any = object.__new__(kind)
        for own, value in zip(self.names[name], plain[2:], strict=True):
            object.__setattr__(made, own, self.value(value))
        for added in self.missing[name]:
            object.__setattr__(made, added.name, _default(added))
        return made

    def dict(self, plain: list[Any]) -> dict[Any, Any]:
        members = self.values(plain[1:])
        return dict(zip(members, members, strict=True))

    def map(self, plain: list[Any]) -> MutableMapping[Any, Any]:
        made = _MAPS[plain[1]]()
        members = self.values(plain[2:])
        for key, value in zip(members, members, strict=True):
            made[key] = value
        return made

    def random(self, plain: list[Any]) -> Random:
        made = Random()  # noqa: S311 - identifiers, not secrets
        made.setstate((plain[1], tuple(plain[2]), plain[3]))
        return made

    def _missing(self, name: str) -> Iterator[Field[Any]]:
        if name not in _CLASSES:
            raise StateError(f"The state holds a {name}, which this version does not know.")
        return (each for each in _attributes(_CLASSES[name]) if each.name not in self.names[name])


_READERS: dict[str, Callable[[_Reader, list[Any]], Any]] = {
    "list": lambda reader, plain: list(reader.values(plain[1:])),
    "tuple": lambda reader, plain: tuple(reader.values(plain[1:])),
    "set": lambda reader, plain: frozenset(reader.values(plain[1:])),
    "dict": _Reader.dict,
    "map": _Reader.map,
    "object": _Reader.object,
    "enum": lambda _, plain: _ENUMS[plain[1]](plain[2]),
    "time": lambda _, plain: datetime.fromisoformat(plain[1]),
    "span": lambda _, plain: timedelta(seconds=plain[1]),
    "random": _Reader.random,
}


def _default(added: Field[Any]) -> Any:
    if added.default is not MISSING:
        return added.default
    if added.default_factory is not MISSING:
        return added.default_factory()
    raise StateError(f"The state has no {added.name}, which this version needs.")
