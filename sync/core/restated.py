"""Figures of a published report that come out differently when they are worked out again from what it froze."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.core.rollup import Scope

Figure = int | str | None

_NO_FIGURES = frozenset({"scope", "name", "direction", "coverage", "reasons"})
_ROW = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """One figure of one row. `figure` names it as the JSON form does, `counts.on_track`; `was` is what was published,
    `now` what it should have been. A row that is only on one side tells its `total`, None on the other."""

    scope: str
    name: str
    figure: str
    was: Figure
    now: Figure


def restated(published: Sequence[Mapping[str, Any]], recomputed: Sequence[Mapping[str, Any]]) -> tuple[Restated, ...]:
    """The figures that differ between rows of two roll-ups in their JSON form, in the order of the published rows.

    Rows are matched by scope and name, those that share both by their order. Sentences and directions are not figures:
    they follow from them. A figure that the published form did not have yet was not published wrongly, nor were boards:
    since rows have been published for them, each that the rules name has one.
    """
    old, new = _keyed(published), _keyed(recomputed)
    found: list[Restated] = []
    if all(scope != Scope.BOARD for scope, _, _ in old):
        new = {key: row for key, row in new.items() if key[0] != Scope.BOARD}
    for key in [*old, *(key for key in new if key not in old)]:
        found += _differences(key, old.get(key), new.get(key))
    return tuple(found)


Key = tuple[str, str, int]


def _differences(key: Key, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Iterator[Restated]:
    if was is None or now is None:
        yield _of(key, _ROW, was[_ROW] if was else None, now[_ROW] if now else None)
        return
    before, after = dict(_figures(was)), dict(_figures(now))
    for figure, value in before.items():
        if figure in after and after[figure] != value:
            yield _of(key, figure, value, after[figure])


def _of(key: Key, figure: str, was: Figure, now: Figure) -> Restated:
    return Restated(scope=key[0], name=key[1], figure=figure, was=was, now=now)


def _figures(row: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{part}", figure) for part, figure in value.items())
        elif name not in _NO_FIGURES:
            yield name, value


def _keyed(rows: Sequence[Mapping[str, Any]]) -> dict[Key, Mapping[str, Any]]:
    seen: Counter[tuple[str, str]] = Counter()
    keyed = {}
    for row in rows:
        name = (row["scope"], row["name"])
        keyed[(*name, seen[name])] = row
        seen[name] += 1
    return keyed
