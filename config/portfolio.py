"""Loads the portfolio file: YAML 1.2, shorthands written out, validated into the dataclasses of the core and engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from config.calendar import closed_days
from config.checks import check_portfolio
from config.document import read_document
from config.ladders import check_ladder, write_out_ladder
from config.lint import Complaint, Location, complaints, refuse, unknown_name
from config.matrices import write_out_matrices
from config.own_lists import check_own_lists, write_out_own_lists
from config.pace import check_pace, write_out_pace
from config.policy_checks import check_policies, write_out_lists
from config.source_checks import check_sources
from sync.core.policy import Policies
from sync.engine.targets import Auth, Connection, Holidays, OwnLists, Pace, Portfolio, Schedule, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioFile:
    """The keys at the top of a portfolio file. The dataclasses below it inherit that unknown keys are errors."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: int
    name: str
    time_zone: str
    holidays: Holidays | None = None
    schedule: Schedule = field(default_factory=Schedule)
    connections: Mapping[str, Connection]
    sources: Mapping[str, Source]
    policies: Policies = field(default_factory=Policies)
    own_lists: OwnLists | None = None
    pace: Pace = field(default_factory=Pace)


@cache
def adapter() -> TypeAdapter[PortfolioFile]:
    """The one validator of the portfolio file."""
    return TypeAdapter(PortfolioFile)


def load_portfolio(path: Path) -> Portfolio:
    """Everything the file says, or a ConfigurationError that lists what is wrong with it, line by line."""
    document = read_document(path)
    content, found = write_out(document.content)
    file: PortfolioFile | None = None
    try:
        file = adapter().validate_python(content)
    except ValidationError as error:
        shape = complaints(error, PortfolioFile)
        found += shape
        file = _without(content, [each.where for each in shape])
    if file is not None:
        found += check_portfolio(file.version, file.name, file.time_zone, file.schedule, file.policies)
        found += check_sources(file.connections, file.sources, file.policies.matrices)
        found += check_own_lists(file.own_lists, file.connections, file.sources)
        found += check_ladder(file.policies, file.sources)
        found += check_policies(file.policies, file.sources)
        found += check_pace(file.pace, file.schedule)
        found += closed_days(file.holidays).complaints
    if found or file is None:
        raise refuse(document.name, [document.problem(each) for each in found])
    return _portfolio(file, path)


def _portfolio(file: PortfolioFile, path: Path) -> Portfolio:
    return Portfolio(
        name=file.name,
        time_zone=file.time_zone,
        path=path,
        connections=file.connections,
        sources=file.sources,
        policies=file.policies,
        calendar=closed_days(file.holidays).calendar,
        schedule=file.schedule,
        own_lists=file.own_lists,
        pace=file.pace,
    )


_NEVER_CUT = {"version", "name", "time_zone", "connection", "site", "list", "kind", "key", "where", "host"}
"""What other checks build on: with one of these cut out, they would complain of the cut."""


def _without(content: Any, places: list[Location]) -> PortfolioFile | None:
    """The file with its misshapen parts cut out, so that the rest is checked in the same go.

    None where a cut would make the rest look wrong. The checks look for what is there, never for what is missing.
    """
    for place in places:
        steps = [str(step) for step in takewhile(lambda step: isinstance(step, str), place)]
        inside = steps[2:3] if steps[:1] in (["connections"], ["sources"]) else steps[:1]
        if not inside or inside[0] in _NEVER_CUT:
            return None
        here = content
        for step in steps[:-1]:
            here = here.get(step, {})
        if steps[-1] == "auth":
            here["auth"] = Auth.CERTIFICATE.value
        else:
            here.pop(steps[-1], None)
    try:
        return adapter().validate_python(content)
    except ValidationError:
        return None


def write_out(content: Any) -> tuple[Any, list[Complaint]]:
    """The content with its shorthands written out; what is misshapen stays as it is, for the validator to name.

    A key with nothing behind it counts as not written, except where that would change what is read (`fields`,
    `constants`, `where`, `groups`).
    """
    if not isinstance(content, dict):
        return content, []
    found: list[Complaint] = []
    top = _written(content)
    if isinstance(top.get("holidays"), dict):
        top["holidays"] = _written(top["holidays"])
        _as_list(top["holidays"], "closed")
    if isinstance(top.get("schedule"), dict):
        top["schedule"] = _written(top["schedule"])
    if isinstance(top.get("own_lists"), dict):
        top["own_lists"] = write_out_own_lists(top["own_lists"])
    if isinstance(top.get("pace"), dict):
        top["pace"] = write_out_pace(top["pace"])
    if isinstance(top.get("policies"), dict):
        policies = write_out_ladder(write_out_lists(_written(top["policies"])), found)
        top["policies"] = {key: _written(part) if isinstance(part, dict) else part for key, part in policies.items()}
    for section, expand in (("connections", _connection), ("sources", _source)):
        entries = top.get(section)
        if isinstance(entries, dict):
            top[section] = {
                name: expand(entry, name, (section, name), found) if isinstance(entry, dict) else entry
                for name, entry in entries.items()
            }
    write_out_matrices(top, found)
    return top, found


def _connection(entry: dict[str, Any], name: str, where: Location, found: list[Complaint]) -> dict[str, Any]:
    connection = _named(entry, name, where, found)
    if isinstance(connection.get("host"), str):
        connection["host"] = connection["host"].rstrip("/").lower()
    return connection


def _source(entry: dict[str, Any], name: str, where: Location, found: list[Complaint]) -> dict[str, Any]:
    source = _named(entry, name, where, found)
    if isinstance(source.get("list"), str):
        source["list"] = {"title": source["list"]}
    if isinstance(source.get("fields"), dict):
        source["fields"] = {key: _field(each) for key, each in source["fields"].items()}
    if isinstance(source.get("where"), dict):
        source["where"] = {key: _listed(each) for key, each in source["where"].items()}
    if isinstance(source.get("groups"), dict):
        source["groups"] = {key: _listed(each) for key, each in source["groups"].items()}
    if isinstance(source.get("dates"), dict):
        source["dates"] = _written(source["dates"])
    if isinstance(source.get("write"), dict):
        write = source["write"] = _written(source["write"])
        if isinstance(write.get("drift"), dict):
            write["drift"] = _written(write["drift"])
    return source


def _named(entry: dict[str, Any], name: str, where: Location, found: list[Complaint]) -> dict[str, Any]:
    if "name" in entry:
        found.append(unknown_name((*where, "name"), PortfolioFile))
    return {**_written(entry), "name": name}


def _field(entry: Any) -> Any:
    if isinstance(entry, str | list):
        return {"column": _listed(entry)}
    if not isinstance(entry, dict):
        return entry
    mapping = _written(entry)
    _as_list(mapping, "column")
    _as_list(mapping, "refers_to")
    if isinstance(mapping.get("values"), dict):
        mapping["values"] = {key: _listed(each) for key, each in mapping["values"].items()}
    return mapping


def _written(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in entry.items() if each is not None}


def _as_list(mapping: dict[str, Any], key: str) -> None:
    if key in mapping:
        mapping[key] = _listed(mapping[key])


def _listed(entry: Any) -> Any:
    return [entry] if isinstance(entry, str) else entry
