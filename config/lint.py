"""Explains a mistake in the portfolio file: the file, the line, what is wrong, and the nearest known name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from config.names import quoted, suggest, variable
from sync.core.policy import (
    Acceptance,
    Board,
    DateWords,
    FieldMapping,
    GuardPolicy,
    HoldPolicy,
    IdentityPolicy,
    Labels,
    OverduePolicy,
    Policies,
    PrecedencePolicy,
    RegisterPolicy,
    ReportPolicy,
    ReviewPolicy,
    RollupPolicy,
    Rung,
    WritePolicy,
)
from sync.engine.targets import Connection, Holidays, ListAddress, OfficeHours, OwnLists, Pace, Schedule, Source
from sync.errors import ConfigurationError

Location = tuple[str | int, ...]
"""The keys and positions that lead from the top of the file to a value."""

LISTED = 20
"""How many problems one message lists; the rest are counted."""

ADVICE = "Correct the file and run the command again; docs/portfolio-file.md lists every key."


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong at a place in the file, before the place has a line."""

    where: Location
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    line: int
    text: str


def refuse(name: str, problems: Iterable[Problem], advice: str = ADVICE) -> ConfigurationError:
    """One error that lists every problem in the order of the file, a line each, at most `LISTED`."""
    found = sorted(set(problems))
    lines = [f"{name}, line {problem.line}: {_sentence(problem.text)}" for problem in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"... and {len(found) - LISTED} more.")
    return ConfigurationError("\n".join(lines), advice)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


NOUNS: dict[type[Any], str] = {
    Connection: "a connection",
    Source: "a source",
    FieldMapping: "a field",
    DateWords: "'dates'",
    WritePolicy: "'write'",
    ListAddress: "'list'",
    Holidays: "'holidays'",
    Schedule: "'schedule'",
    OwnLists: "'own_lists'",
    Pace: "'pace'",
    OfficeHours: "'office_hours'",
    Policies: "'policies'",
    OverduePolicy: "'policies.overdue'",
    HoldPolicy: "'policies.hold'",
    RollupPolicy: "'policies.rollup'",
    ReviewPolicy: "'policies.review'",
    RegisterPolicy: "a register",
    PrecedencePolicy: "a precedence",
    IdentityPolicy: "'policies.identity'",
    ReportPolicy: "'policies.reports'",
    Labels: "'policies.labels'",
    GuardPolicy: "'policies.guards'",
    Board: "a board",
    Rung: "a rung",
    Acceptance: "'accepts'",
}
"""What a message calls the part of the file that a dataclass describes."""

_APP_ONLY = (
    "SharePoint refuses app-only sign-in with a secret: Azure ACS, which allowed it, ended on 2 April 2026; "
    "use 'certificate', or 'managed-identity' on Azure"
)
_PERSONAL = (
    "SharePoint refuses sign-in with a user name and password since 1 May 2026; use 'certificate', or 'device-code' or "
    "'interactive' for a person"
)
REFUSED_AUTH: dict[str, str] = {
    "secret": f"auth 'secret' cannot work: {_APP_ONLY}.",
    "client-credentials": f"auth 'client-credentials' cannot work: {_APP_ONLY}.",
    "password": f"auth 'password' cannot work: {_PERSONAL}.",
}
REFUSED_CONNECTION_KEYS: dict[str, str] = {
    "client_secret": f"a client secret cannot work: {_APP_ONLY}.",
    "secret": f"a client secret cannot work: {_APP_ONLY}.",
    "username": f"a user name cannot work: {_PERSONAL}.",
    "password": f"a password cannot work: {_PERSONAL}.",
}
ELSEWHERE = ("tenant", "client_id", "certificate", "private_key", "passphrase", "authority")
"""What belongs to a connection but comes from the environment or secret files, never from the portfolio file."""


def complaints(error: ValidationError, root: type[Any]) -> list[Complaint]:
    """What is wrong with the shape of a file, in words; `root` is the outermost dataclass it was held against."""
    found: list[Complaint] = []
    for each in error.errors(include_url=False):
        if _is_of_the_other_form(each["loc"], each["input"]):
            continue
        where = _place(each["loc"])
        if each["loc"] and each["loc"][-1] == "[key]":
            text = _unknown_key(where, {member.value for member in _enum_keys(where, root)}, root)
        elif each["type"] == "unexpected_keyword_argument":
            text = _unknown_key(where, key_names(type_at(where[:-1], root)), root)
        else:
            text = _wrong_value(where, dict(each), root)
        found.append(Complaint(where, text))
    return found


_DRIFT_AT = 3
"""Where `drift` stands in the place of a complaint about a source's `write`; what follows is the form it was held
against, for it is one word or a mapping."""


def _is_drift(steps: Location) -> bool:
    return len(steps) > _DRIFT_AT + 1 and steps[0] == "sources" and steps[2 : _DRIFT_AT + 1] == ("write", "drift")


def _is_of_the_other_form(steps: Location, given: Any) -> bool:
    """Whether a word is told that it is no mapping, or a mapping that it is no word: one of the two is enough."""
    return (
        _is_drift(steps)
        and len(steps) == _DRIFT_AT + 2
        and (isinstance(given, dict) or str(steps[-1]).startswith("dict"))
    )


def _place(steps: Location) -> Location:
    """The place in the file, without what pydantic adds to it."""
    inside = steps[: _DRIFT_AT + 1] + steps[_DRIFT_AT + 2 :] if _is_drift(steps) else steps
    return tuple(step for step in inside if step != "[key]")


def unknown_name(where: Location, root: type[Any]) -> Complaint:
    """The complaint about a `name` inside a source or connection, whose key is its name."""
    return Complaint(where, _unknown_key(where, set(), root, "its name is the key it stands under"))


def key_names(described: Any) -> set[str]:
    """The keys that a part of the file may have; a source and a connection are named by the key they stand under."""
    if not is_dataclass(described):
        return set()
    names = {each.name for each in fields(described)}
    return names - {"name"} if described in (Source, Connection) else names


def type_at(where: Location, root: type[Any]) -> Any:
    """The type that describes the value at a place: a dataclass, an enum or a plain type; None where nothing does."""
    here: Any = root
    for step in where:
        here = _without_none(here)
        if is_dataclass(here):
            here = get_type_hints(here).get(str(step))
        else:
            arguments = get_args(here)
            here = arguments[-1] if isinstance(step, str) and arguments else (arguments[0] if arguments else None)
    return _without_none(here)


def _without_none(hint: Any) -> Any:
    """What a value that may be left out is otherwise; the mapping, where one word is enough as well."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return [each for each in get_args(hint) if each is not NoneType][-1]


def _enum_keys(where: Location, root: type[Any]) -> list[StrEnum]:
    arguments = get_args(type_at(where[:-1], root))
    keys = arguments[0] if arguments else None
    return list(keys) if isinstance(keys, type) and issubclass(keys, StrEnum) else []


def noun_at(where: Location, root: type[Any]) -> str:
    """What a message calls the part of the file at a place."""
    if not where:
        return "the portfolio file"
    return NOUNS.get(type_at(where, root)) or (
        f"'write.{where[-1]}'" if where[-1] in ("columns", "drift") else f"'{where[-1]}'"
    )


def _unknown_key(where: Location, known: set[str], root: type[Any], reason: str = "") -> str:
    key = str(where[-1]) if where else ""
    if type_at(where[:-1], root) is Connection:
        if key in REFUSED_CONNECTION_KEYS:
            return REFUSED_CONNECTION_KEYS[key]
        if key in ELSEWHERE:
            return f"'{key}' does not belong in this file; set {variable(str(where[-2]), key)} instead"
    ending = f"; {reason}" if reason else suggest(key, sorted(known))
    return f"{quoted(key)} is not a key of {noun_at(where[:-1], root)}{ending}"


_EXPECTED: Mapping[str, str] = {
    "dataclass": "a mapping (key: value)",
    "dict": "a mapping (key: value)",
    "mapping": "a mapping (key: value)",
    "tuple": "a list",
    "string": "text",
    "int": "a whole number",
    "bool": "yes or no",
    "date": "a date such as 2026-12-24",
    "datetime": "a date such as 2026-12-24",
    "time": "a time such as 07:30",
}
"""By the first word of pydantic's error type: what the value should have been."""


def _wrong_value(where: Location, each: Mapping[str, Any], root: type[Any]) -> str:
    label = _label(where)
    if each["type"] == "missing":
        return f"{noun_at(where[:-1], root)} needs '{where[-1]}'"
    if each["type"] == "enum" and (where[2:] != ("write", "drift") or isinstance(each["input"], str)):
        return _not_a_member(where, str(each["input"]), root)
    expected = _expected(where, each["type"], root)
    if expected is None:
        return f"{label} does not fit: {each['msg'][:1].lower()}{each['msg'][1:]}"
    given = each["input"]
    if given is None:
        return f"{label} has no value; it must be {expected}"
    shown = f", not {quoted(given)}" if isinstance(given, str) else ""
    return f"{label} must be {expected}{shown}"


def _expected(where: Location, kind_of_error: str, root: type[Any]) -> str | None:
    if type_at(where, root) is FieldMapping:
        return "a column, a list of columns, or a mapping with 'column'"
    if len(where) > 1 and where[-2] in ("where", "values"):
        return "a word or a list of words"
    if len(where) > 1 and where[-2] == "groups":
        return "a column or a list of columns"
    if where[2:] == ("write", "drift"):
        return "restore, respect or ask, or a mapping of owned fields to these"
    return _EXPECTED.get(kind_of_error.split("_")[0])


def _not_a_member(where: Location, word: str, root: type[Any]) -> str:
    if where[-1] == "auth" and word in REFUSED_AUTH:
        return REFUSED_AUTH[word]
    described = type_at(where, root)
    members = get_args(described)[-1] if get_args(described) else described
    known = [member.value for member in members]
    ending = suggest(word, known)
    return f"{quoted(word)} is not a value of {_label(where)}{ending}"


def _label(where: Location) -> str:
    """A place as people say it: its last key, and the position in a list."""
    words = [step for step in where if isinstance(step, str)]
    name = f"'{words[-1]}'" if words else "the portfolio file"
    return f"entry {where[-1] + 1} of {name}" if where and isinstance(where[-1], int) else name
