"""Ladders of escalation in the portfolio file: presets by name, shorthands written out, and whether a ladder holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from config.document import read_document
from config.lint import Complaint, Location
from config.names import quoted, suggest
from sync.core.model import Band, Kind
from sync.core.policy import Board, Policies, RegisterPolicy, Rung
from sync.core.text import fold
from sync.engine.targets import Source

PAPERS_DUE_DAYS = (0, 60)
DECIDE_WITHIN_DAYS = (1, 366)
"""The least and the most that each may be."""
_LADDER: Location = ("policies", "ladder")


@dataclass(frozen=True, slots=True)
class Preset:
    """What naming a ladder brings into `policies`, as the portfolio file would write it; `about` says where it comes
    from and what was chosen where that is silent."""

    about: str
    registers: Mapping[str, Mapping[str, Any]]
    boards: Mapping[str, Mapping[str, Any]]
    ladder: Sequence[Mapping[str, Any]]


def preset_names() -> list[str]:
    """The ladders that a portfolio file may name, sorted."""
    return sorted(_presets())


def preset(name: str) -> Preset:
    """The ladder of that name, which is one of `preset_names()`."""
    return _presets()[name]


@cache
def _presets() -> Mapping[str, Preset]:
    with as_file(files("config.presets").joinpath("ladders.yaml")) as path:
        return {name: Preset(**each) for name, each in read_document(path).content.items()}


def write_out_ladder(policies: dict[str, Any], found: list[Complaint]) -> dict[str, Any]:
    """The policies with a preset's name replaced by what it brings, and one word written where a list is meant.

    The file's own registers and boards come before the preset's, key by key; one that is only named has an entry of
    defaults. What is misshapen stays for the validator; an unknown preset is taken out, so that only its name is
    complained of.
    """
    written = dict(policies)
    for key in ("registers", "boards"):
        if isinstance(written.get(key), dict):
            written[key] = {name: {} if each is None else each for name, each in written[key].items()}
    name = written.get("ladder")
    if isinstance(name, str):
        if name in preset_names():
            written |= {
                "registers": _before(written.get("registers", {}), preset(name).registers),
                "boards": _before(written.get("boards", {}), preset(name).boards),
                "ladder": preset(name).ladder,
            }
        else:
            del written["ladder"]
            found.append(Complaint(_LADDER, f"there is no ladder {quoted(name)}{suggest(name, preset_names())}"))
    if isinstance(written.get("boards"), dict):
        written["boards"] = {key: _listing(each, "meets") for key, each in written["boards"].items()}
    if isinstance(written.get("ladder"), list):
        written["ladder"] = [_rung(each) for each in written["ladder"]]
    return written


def _before(own: Any, brought: Mapping[str, Mapping[str, Any]]) -> Any:
    """The file's own entries, filled up with what a preset brings; names differ in more than case and space."""
    if not isinstance(own, dict):
        return own
    named = {fold(name): name for name in own}
    filled = dict(own)
    for name, entry in brought.items():
        here = named.get(fold(name), name)
        if isinstance(filled.setdefault(here, {}), dict):
            filled[here] = {**entry, **{key: each for key, each in filled[here].items() if each is not None}}
    return filled


def _rung(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    rung = _listing(entry, "accepts")
    if isinstance(rung.get("accepts"), list):
        rung["accepts"] = [_listing(each, "source") for each in rung["accepts"]]
    return rung


def _listing(entry: Any, key: str) -> Any:
    """A mapping without the keys that have nothing behind them, and with a list under `key` where one thing stands."""
    if not isinstance(entry, dict):
        return entry
    written = {each: value for each, value in entry.items() if value is not None}
    if isinstance(written.get(key), str | dict):
        written[key] = [written[key]]
    return written


def check_ladder(policies: Policies, sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """Every complaint about boards, registers and the ladder, each with its place in the file."""
    yield from _names(("policies", "boards"), policies.boards)
    yield from _names(("policies", "registers"), policies.registers)
    for name, board in policies.boards.items():
        where: Location = ("policies", "boards", name, "papers_due_days")
        yield from _bounded(where, board.papers_due_days, PAPERS_DUE_DAYS)
    if policies.ladder:
        yield from _rungs(policies, sources)
        yield from _sources(policies, sources)
        yield from _loops(policies.ladder)


def _names(where: Location, entries: Mapping[str, Board] | Mapping[str, RegisterPolicy]) -> Iterator[Complaint]:
    """Names that a person could not tell apart."""
    seen: dict[str, str] = {}
    for name in entries:
        if not fold(name):
            yield Complaint((*where, name), f"an entry of '{where[-1]}' has no name")
        elif seen.setdefault(fold(name), name) != name:
            yield Complaint((*where, name), f"{quoted(name)} and {quoted(seen[fold(name)])} are one name; keep one")


def _bounded(where: Location, number: int | None, bounds: tuple[int, int]) -> Iterator[Complaint]:
    least, most = bounds
    if number is not None and not least <= number <= most:
        yield Complaint(where, f"'{where[-1]}' must be from {least} to {most} days, not {number}")


def _rungs(policies: Policies, sources: Mapping[str, Source]) -> Iterator[Complaint]:
    registers = _registers(policies, sources)
    seen: dict[str, str] = {}
    for place, rung in enumerate(policies.ladder):
        where: Location = (*_LADDER, place)
        if not fold(rung.name) or not fold(rung.board):
            yield Complaint(where, "a rung needs a name and a board")
        elif fold(rung.name) in seen:
            yield Complaint((*where, "name"), f"there are two rungs {quoted(rung.name)}; each needs a name of its own")
        elif fold(rung.name) in registers:
            text = f"{quoted(rung.name)} is a register as well; the ladder could not tell the two apart"
            yield Complaint((*where, "name"), text)
        seen.setdefault(fold(rung.name), rung.name)
        yield from _bounded((*where, "decide_within_days"), rung.decide_within_days, DECIDE_WITHIN_DAYS)
        yield from _accepts(where, rung, registers | {fold(each.name): each.name for each in policies.ladder})


def _accepts(where: Location, rung: Rung, known: Mapping[str, str]) -> Iterator[Complaint]:
    if not rung.accepts:
        yield Complaint(where, f"nothing would ever reach rung {quoted(rung.name)}: 'accepts' is empty")
    for place, acceptance in enumerate(rung.accepts):
        here: Location = (*where, "accepts", place)
        if not acceptance.source:
            yield Complaint((*here, "source"), "'source' names no register and no rung")
        if acceptance.band is Band.NOT_ASSESSED:
            text = "'band' is the least severity that is taken on; what was not assessed has none"
            yield Complaint((*here, "band"), text)
        for name in acceptance.source:
            if fold(name) not in known:
                text = f"there is no register and no rung {quoted(name)}{suggest(name, sorted(known.values()))}"
                yield Complaint((*here, "source"), text)


def _registers(policies: Policies, sources: Mapping[str, Source]) -> dict[str, str]:
    """Every register there is, by folded name: those with an entry, and those in which sources stand."""
    standing = [source.register or source.name for source in sources.values() if _stands(source)]
    return {fold(name): name for name in (*standing, *policies.registers)}


def _stands(source: Source) -> bool:
    return source.kind in (Kind.RISK, Kind.ISSUE)


def _sources(policies: Policies, sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """A register that the ladder does not know would keep its risks from climbing without a word."""
    taken = {fold(name): name for rung in policies.ladder for each in rung.accepts for name in each.source}
    known = taken | {fold(name): name for name in policies.registers}
    rungs = {fold(rung.name) for rung in policies.ladder}
    names = sorted(name for folded, name in known.items() if folded not in rungs)
    for source in sources.values():
        where: Location = ("sources", source.name)
        if source.register and _stands(source) and fold(source.register) not in known:
            text = f"no rung takes from register {quoted(source.register)}, and 'policies.registers' does not name it"
            yield Complaint((*where, "register"), f"{text}{suggest(source.register, names)}")
        if "judged_by" in source.constants and "cannot_mitigate" not in source.fields:
            text = "a whole list cannot be judged at once; map 'cannot_mitigate' as well, which says it of each row"
            yield Complaint((*where, "constants", "judged_by"), text)


def _loops(ladder: Sequence[Rung]) -> Iterator[Complaint]:
    """Each acceptance that takes from the rung itself, or from one that is reached through it."""
    rungs = {fold(rung.name): rung for rung in ladder}
    for place, rung in enumerate(ladder):
        above = _reached_from(rung, ladder)
        for position, acceptance in enumerate(rung.accepts):
            for name in acceptance.source:
                if fold(name) in rungs and fold(name) in above | {fold(rung.name)}:
                    text = f"rung {quoted(rung.name)} would be reached through itself: it takes from {quoted(name)}"
                    yield Complaint((*_LADDER, place, "accepts", position, "source"), text)


def _reached_from(rung: Rung, ladder: Sequence[Rung]) -> set[str]:
    """The folded names of the rungs that may follow on a rung, however many steps up."""
    reached: set[str] = set()
    waiting = {fold(rung.name)}
    while waiting:
        place = waiting.pop()
        following = {
            fold(each.name) for each in ladder for acceptance in each.accepts if place in map(fold, acceptance.source)
        }
        waiting |= following - reached
        reached |= following
    return reached
