"""Risk matrices of the portfolio file: presets by name, the short form written out, and the appetite for risk.

A matrix is one version, or a list of its versions with the oldest first. One that is wrong is told of and taken out, so
that nothing else is complained of because of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from config.document import read_document
from config.lint import Complaint, Location
from config.matrix_cells import Numbers, Rows, read_cells
from config.matrix_scales import read_scale
from config.names import quoted, suggest
from sync.core.model import Band
from sync.core.risk import DEFAULT_MATRIX, Matrix, Step
from sync.core.text import fold
from sync.errors import DefectError

_MATRICES: Location = ("policies", "matrices")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenMatrix:
    """The keys of one version. Exactly one of `cells`, `product` and `ranks` is there, and `bands` beside `ranks`.
    Scales that a later version leaves out are those of the one before it."""

    version: str
    since: date | None = None
    likelihood: tuple[Step, ...] | None = None
    impact: tuple[Step, ...] | None = None
    cells: Rows | None = None
    product: Mapping[Band, float] | None = None
    ranks: Numbers | None = None
    bands: Mapping[Band, float] | None = None


_KEYS = tuple(each.name for each in fields(WrittenMatrix))


@dataclass(frozen=True, slots=True)
class Preset:
    """A matrix that a source may name without its being written in the file; `about` says where it comes from and what
    was chosen where that is silent."""

    about: str
    versions: tuple[Matrix, ...]


@cache
def matrix_presets() -> Mapping[str, Preset]:
    """The ready matrices by name, sorted."""
    with as_file(files("config.presets").joinpath("matrices.yaml")) as path:
        content = read_document(path).content
    about = content.pop(DEFAULT_MATRIX.name)["about"]
    presets = {DEFAULT_MATRIX.name: Preset(about, (DEFAULT_MATRIX,))}
    found: list[Complaint] = []
    for name, each in content.items():
        presets[name] = Preset(each["about"], _versions(name, [each["matrix"]], (name,), found))
    if found:
        raise DefectError(f"A preset of a matrix is wrong: {found[0].text}.")
    return dict(sorted(presets.items()))


def write_out_matrices(top: dict[str, Any], found: list[Complaint]) -> None:
    """Puts the matrices that the file writes, and the presets that its sources name, into its policies.

    `top`: the content of the file with other shorthands written out; what is misshapen outside the matrices stays.
    """
    policies = top.get("policies", {})
    written = policies.get("matrices", {}) if isinstance(policies, dict) else None
    if not isinstance(written, dict):
        return
    matrices = {name: _matrix(name, entry, found) for name, entry in written.items()}
    sources = top.get("sources")
    for name, source in sources.items() if isinstance(sources, dict) else ():
        named = source.get("matrix") if isinstance(source, dict) else None
        if not isinstance(named, str) or named in matrices:
            continue
        if named in matrix_presets():
            matrices[named] = matrix_presets()[named].versions
        else:
            known = [*matrices, *matrix_presets()]
            text = f"there is no matrix {quoted(named)}{suggest(named, known)}"
            found.append(Complaint(("sources", name, "matrix"), text))
    right = {name: versions for name, versions in matrices.items() if versions}
    if matrices:
        top["policies"] = {**policies, "matrices": right}


def _matrix(name: str, entry: Any, found: list[Complaint]) -> tuple[Matrix, ...]:
    """The versions of one matrix; none where anything is wrong with it."""
    where: Location = (*_MATRICES, name)
    if not fold(name):
        found.append(Complaint(where, "a matrix has no name"))
    if isinstance(entry, dict):
        return _versions(name, [entry], where, found)
    if isinstance(entry, list) and entry:
        return _versions(name, entry, where, found, numbered=True)
    text = f"{quoted(name)} must be a matrix, or a list of its versions with the oldest first"
    found.append(Complaint(where, text))
    return ()


def _versions(
    name: str, entries: Sequence[Any], where: Location, found: list[Complaint], *, numbered: bool = False
) -> tuple[Matrix, ...]:
    """The versions, read up to the first that is wrong: those after it build on it."""
    so_far = len(found)
    versions: list[Matrix] = []
    for place, entry in enumerate(entries):
        here: Location = (*where, place) if numbered else where
        version = _version(name, entry, here, versions[-1] if versions else None, found)
        if version is None:
            break
        found += _follows(version, versions, here)
        versions.append(version)
    return tuple(versions) if len(found) == so_far else ()


def _version(name: str, entry: Any, where: Location, before: Matrix | None, found: list[Complaint]) -> Matrix | None:
    if not isinstance(entry, dict):
        found.append(Complaint(where, "a version of a matrix must be a mapping (key: value)"))
        return None
    so_far = len(found)
    written = {key: each for key, each in entry.items() if each is not None}
    found += [
        Complaint((*where, key), f"{quoted(key)} is not a key of a matrix{suggest(key, _KEYS)}")
        for key in written
        if key not in _KEYS
    ]
    version = _named(written.get("version"), where, found)
    since = _day(written.get("since"), (*where, "since"), found)
    likelihood = _scale("likelihood", written, before.likelihood if before else (), where, found)
    impact = _scale("impact", written, before.impact if before else (), where, found)
    cells = read_cells(written, (len(likelihood), len(impact)), where, found) if likelihood and impact else None
    if cells is None or len(found) > so_far:
        return None
    return Matrix(
        name=name,
        version=version,
        likelihood=likelihood,
        impact=impact,
        rows=cells[0],
        scores=cells[1],
        since=since,
    )


def _named(version: Any, where: Location, found: list[Complaint]) -> str:
    if isinstance(version, str) and fold(version):
        return version.strip()
    found.append(Complaint(where, "a matrix needs 'version', by which ratings are told that were made with it"))
    return ""


def _day(entry: Any, where: Location, found: list[Complaint]) -> date | None:
    try:
        return None if entry is None else date.fromisoformat(entry)
    except (TypeError, ValueError):
        found.append(Complaint(where, f"'since' must be a date such as 2026-12-24, not {quoted(entry)}"))
        return None


def _scale(
    key: str, written: Mapping[str, Any], before: tuple[Step, ...], where: Location, found: list[Complaint]
) -> tuple[Step, ...]:
    if key in written:
        return read_scale(written[key], (*where, key), found)
    if not before:
        found.append(Complaint(where, f"a matrix needs '{key}': the steps of its scale, the lowest first"))
    return before


def _follows(version: Matrix, before: Sequence[Matrix], where: Location) -> Iterator[Complaint]:
    """What is wrong with a version after those before it: it must be told from them, and be read like them."""
    if any(fold(each.version) == fold(version.version) for each in before):
        yield Complaint((*where, "version"), f"there are two versions {quoted(version.version)}")
    if not before:
        return
    last = before[-1]
    if version.since is None:
        yield Complaint(where, "a later version needs 'since', the day from which ratings are made with it")
    elif last.since is not None and version.since <= last.since:
        yield Complaint((*where, "since"), "versions stand in their order: each begins after the one before it")
    for key, steps, then in (
        ("likelihood", version.likelihood, last.likelihood),
        ("impact", version.impact, last.impact),
    ):
        if wrong := _unlike(key, steps, then):
            text = f"{wrong}; a scale of other steps is another matrix, under a name of its own"
            yield Complaint((*where, key), text)


def _unlike(key: str, steps: Sequence[Step], before: Sequence[Step]) -> str | None:
    """In what a scale differs from the version before it so that a cell would be read as another step."""
    if len(steps) != len(before):
        return f"{key} has {len(steps)} steps, and had {len(before)} in the version before"
    if [(step.at_least, step.per_cent) for step in steps] != [(step.at_least, step.per_cent) for step in before]:
        return f"the steps of {key} begin elsewhere than in the version before"
    meant = {fold(word): number for number, step in enumerate(before, 1) for word in step.words}
    moved = [
        word for number, step in enumerate(steps, 1) for word in step.words if meant.get(fold(word), number) != number
    ]
    return f"{quoted(moved[0])} stood for another step of {key} in the version before" if moved else None


def check_appetite(appetite: Mapping[str, Band]) -> Iterator[Complaint]:
    """Every complaint about the appetite by category, each with its place in the file."""
    seen: dict[str, str] = {}
    for category, worst in appetite.items():
        where: Location = ("policies", "appetite", category)
        if not fold(category):
            yield Complaint(where, "an appetite names no category")
        elif seen.setdefault(fold(category), category) != category:
            yield Complaint(where, f"{quoted(category)} and {quoted(seen[fold(category)])} are one category; keep one")
        if worst is Band.NOT_ASSESSED:
            yield Complaint(where, "an appetite is the worst band that is still within it; 'not_assessed' is none")
