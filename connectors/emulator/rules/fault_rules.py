"""Fault plans as JSON: read with clear errors, and written as they are read.

{"seed": 7, "rules": [
    {"name": "busy", "route": "web/list/items", "first": 2, "times": 1, "do": "refuse", "status": 429,
     "retry_after": 7},
    {"route": "ProcessQuery", "probability": 0.1, "do": "drop", "when": "after"}]}
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from http import HTTPStatus
from typing import Any

from connectors.emulator.rules.edits import parse_edit
from connectors.emulator.rules.faults import FaultError, FaultPlan, Rule
from connectors.emulator.rules.trouble import (
    Block,
    BreakOff,
    Delay,
    Drop,
    Fault,
    Redirect,
    Refuse,
    RepeatPage,
    StaffEdit,
    Truncate,
    When,
)
from connectors.emulator.state.document import DocumentError, check

LONGEST_DELAY = 600
_TEXT = {"type": "string", "pattern": r"\S"}
_COUNT = {"type": "integer", "minimum": 1}
_WHEN = {"type": "string", "enum": [when.value for when in When]}
_WAIT = {"type": ["integer", "null"], "minimum": 0, "maximum": 86_400}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_SELECTORS: dict[str, dict[str, Any]] = {
    "name": _TEXT,
    "route": _TEXT,
    "method": {"type": "string", "enum": ["GET", "POST", "MERGE", "PATCH", "PUT", "DELETE", "HEAD"]},
    "site": _TEXT,
    "list": _TEXT,
    "item": _COUNT,
    "query": _TEXT,
    "part": {"type": "boolean"},
    "first": _COUNT,
    "times": _COUNT,
    "probability": _SHARE,
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of trouble: its class, what may be said about it, and what has to be."""

    fault: type[Any]
    details: Mapping[str, dict[str, Any]]
    needs: tuple[str, ...] = ()


KINDS: dict[str, _Kind] = {
    "delay": _Kind(Delay, {"seconds": {"type": "number", "minimum": 0, "maximum": LONGEST_DELAY}}, ("seconds",)),
    "drop": _Kind(Drop, {"when": _WHEN}, ("when",)),
    "truncate": _Kind(Truncate, {"keep": _SHARE}),
    "repeat-page": _Kind(RepeatPage, {}),
    "refuse": _Kind(
        Refuse,
        {
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "retry_after": _WAIT,
            "headers": {"type": "object"},
        },
        ("status",),
    ),
    "block": _Kind(Block, {"retry_after": _WAIT}),
    "redirect": _Kind(Redirect, {}),
    "break-off": _Kind(BreakOff, {"after": {"type": "integer", "minimum": 0}}, ("after",)),
    "edit": _Kind(StaffEdit, {"edit": {"type": "object"}, "when": _WHEN}, ("edit",)),
}
_KIND_OF = {kind.fault: name for name, kind in KINDS.items()}
_NAMES: dict[str, Any] = {"type": "string", "enum": list(KINDS)}
_ALL_DETAILS = {name: schema for kind in KINDS.values() for name, schema in kind.details.items()}


def parse_plan(document: Any, seed: int = 0) -> FaultPlan:
    """The plan a document describes: an object with `rules` and perhaps a `seed`, or the rules alone.

    Raises FaultError. `seed` counts where the document has none.
    """
    whole: Any = {"rules": document} if isinstance(document, list) else document
    rules = {"type": "array"}
    _checked(
        whole, {"type": "object", "properties": {"seed": {"type": "integer"}, "rules": rules}, "required": ["rules"]}
    )
    plan = FaultPlan(whole.get("seed", seed))
    plan.put(parse_rules(whole["rules"]))
    return plan


def parse_rules(documents: Iterable[Any]) -> list[Rule]:
    """The rules of an array; one without a name is called by what it does and its place. Raises FaultError."""
    return [parse_rule(given, f"rules[{number}]", number + 1) for number, given in enumerate(documents)]


def parse_rule(document: Any, where: str = "", number: int = 1) -> Rule:
    """One rule. Raises FaultError."""
    _checked(document, {"type": "object"}, where)
    everything = {**_SELECTORS, "do": _NAMES, **_ALL_DETAILS}
    _checked(document, {"properties": everything, "required": ["do"]}, where)
    kind = KINDS[document["do"]]
    schema = {"properties": {**_SELECTORS, "do": _NAMES, **kind.details}, "required": list(kind.needs)}
    _checked(document, schema, where)
    chosen = {name: document[name] for name in _SELECTORS if name in document}
    for name in ("route", "query"):
        _check_pattern(chosen.get(name, ""), f"{where}.{name}" if where else name)
    fault = _fault(kind, document, where)
    return Rule(fault=fault, **{"name": f"{document['do']}-{number}", **chosen})


def rule_document(rule: Rule) -> dict[str, Any]:
    """A rule as JSON values, which `parse_rule` reads."""
    plain = {
        each.name: getattr(rule, each.name)
        for each in fields(rule)
        if each.name != "fault" and getattr(rule, each.name) != each.default
    }
    return {**plain, "do": _KIND_OF[type(rule.fault)], **_details(rule.fault)}


def plan_document(plan: FaultPlan) -> dict[str, Any]:
    """A plan as JSON values, which `parse_plan` reads."""
    return {"seed": plan.seed, "rules": [rule_document(rule) for rule in plan.rules]}


def _details(fault: Fault) -> dict[str, Any]:
    if isinstance(fault, StaffEdit):
        return {"edit": fault.edit.document(), "when": fault.when.value}
    absent: tuple[Any, ...] = ({}, None) if isinstance(fault, Refuse) else ({},)
    return {name: value for name, value in asdict(fault).items() if value not in absent}


def _fault(kind: _Kind, document: Mapping[str, Any], where: str) -> Fault:
    given = {name: document[name] for name in kind.details if name in document}
    if "when" in given:
        given["when"] = When(given["when"])
    if "edit" in given:
        try:
            given["edit"] = parse_edit(given["edit"], f"{where}.edit" if where else "edit", about_a_request=True)
        except DocumentError as error:
            raise FaultError(str(error)) from None
    if kind.fault is Refuse:
        _check_refusal(given, where)
    made: Fault = kind.fault(**given)
    return made


def _check_refusal(given: Mapping[str, Any], where: str) -> None:
    place = f"{where}." if where else ""
    if given["status"] not in set(HTTPStatus):
        raise FaultError(f"{place}status is {given['status']}, which is no status of HTTP.")
    if given.get("retry_after") is not None and given["status"] not in {429, 503}:
        raise FaultError(f"{place}retry_after goes with the status 429 or 503, and not with {given['status']}.")
    for name, value in given.get("headers", {}).items():
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9-]+", name) or not value.isprintable():
            raise FaultError(f"{place}headers.{name} must be a header of one line of text.")


def _check_pattern(pattern: str, where: str) -> None:
    if pattern.startswith("^"):
        try:
            re.compile(pattern)
        except re.error as error:
            raise FaultError(f"{where} is {pattern!r}, which is no regular expression: {error}.") from None


def _checked(value: Any, schema: Mapping[str, Any], where: str = "") -> None:
    try:
        check(value, schema, where, "The plan")
    except DocumentError as error:
        raise FaultError(str(error)) from None
