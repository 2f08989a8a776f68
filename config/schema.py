"""The portfolio file's form as JSON Schema, for editors: `python -m config.schema [FILE]` writes it.

Made from the one validator that also reads the file, widened by the shorthands that `config.portfolio` writes out.
"""

import json
import sys
from pathlib import Path
from typing import Any

from config.checks import GUARD_BOUNDS
from config.ladders import DECIDE_WITHIN_DAYS, PAPERS_DUE_DAYS, preset_names
from config.matrix_cells import BANDS
from config.matrix_scales import STEPS
from config.pace import PACE_BOUNDS
from config.policy_checks import STALE_DAYS
from config.portfolio import adapter
from config.source_checks import constant_fields
from sync.core.model import Kind, field_types
from sync.core.ownership import OWNED_BY_KIND

DEFAULT = Path("docs/portfolio.schema.json")
_WORD: dict[str, Any] = {"type": ["string", "number", "boolean"]}
"""A word as an editor sees it: YAML tools take `No`, 5 and true for more than text."""
_WORDS: dict[str, Any] = {"anyOf": [_WORD, {"type": "array", "items": _WORD}]}


def schema() -> dict[str, Any]:
    """The schema of a portfolio file as people write it."""
    made: dict[str, Any] = adapter().json_schema()
    definitions = made["$defs"]
    for named in ("Source", "Connection"):
        del definitions[named]["properties"]["name"]
        definitions[named]["required"].remove("name")
    field = definitions["FieldMapping"]["properties"]
    field["column"] = field["refers_to"] = _WORDS
    field["values"] = {"type": "object", "additionalProperties": _WORDS}
    source = definitions["Source"]["properties"]
    source["list"] = _or_word(source["list"])
    source["fields"] = {"type": "object", "additionalProperties": {"anyOf": [_ref("FieldMapping"), _WORDS]}}
    source["where"] = source["groups"] = {"type": "object", "additionalProperties": _WORDS}
    source["constants"] = {"type": "object", "additionalProperties": _WORD}
    definitions["Source"]["allOf"] = [_of_kind(kind) for kind in Kind]
    for name, (least, most) in GUARD_BOUNDS.items():
        definitions["GuardPolicy"]["properties"][name] |= {"minimum": least, "maximum": most}
    for name, (least, most) in PACE_BOUNDS.items():
        definitions["Pace"]["properties"][name] |= {"minimum": least, "maximum": most}
    days = definitions["OfficeHours"]["properties"]["days"]
    definitions["OfficeHours"]["properties"]["days"] = {"anyOf": [_ref("Weekday"), days]}
    _widen_ladder(definitions)
    _widen_precedence(definitions)
    _widen_matrices(definitions)
    definitions["Holidays"]["properties"]["closed"] = {"anyOf": [{"type": "string"}, _dates()]}
    made["properties"]["version"] = {"const": 1}
    shaped: dict[str, Any] = _plain(made)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **shaped,
        "title": "Portfolio file",
        "description": "Which SharePoint lists make up a portfolio, what their columns mean, and what may be written.",
    }


def _widen_ladder(definitions: dict[str, Any]) -> None:
    """The name of a preset for a ladder, one thing where a list is meant, names without an entry, and the bounds."""
    policies = definitions["Policies"]["properties"]
    policies["ladder"] = {"anyOf": [{"enum": preset_names()}, policies["ladder"]]}
    for key, described in (("boards", "Board"), ("registers", "RegisterPolicy")):
        entry = {"anyOf": [_ref(described), {"type": "null"}]}
        policies[key] = {"type": "object", "additionalProperties": entry}
    board, rung = definitions["Board"]["properties"], definitions["Rung"]["properties"]
    board["meets"] = {"anyOf": [{"type": "string", "format": "date"}, _dates()]}
    board["papers_due_days"] |= dict(zip(("minimum", "maximum"), PAPERS_DUE_DAYS, strict=True))
    bounded = {"type": "integer"} | dict(zip(("minimum", "maximum"), DECIDE_WITHIN_DAYS, strict=True))
    rung["decide_within_days"] = {"anyOf": [bounded, {"type": "null"}], "default": None}
    rung["accepts"] = {"anyOf": [_ref("Acceptance"), {"type": "array", "items": _ref("Acceptance")}]}
    definitions["Acceptance"]["properties"]["source"] = _WORDS


def _widen_precedence(definitions: dict[str, Any]) -> None:
    """One source where a list of them is meant, and a list of sources where nothing is said of single fields."""
    policies = definitions["Policies"]["properties"]
    either = {"anyOf": [_ref("PrecedencePolicy"), _WORDS]}
    policies["precedence"] = {"type": "object", "propertyNames": _ref("Kind"), "additionalProperties": either}
    precedence, reports = definitions["PrecedencePolicy"]["properties"], definitions["ReportPolicy"]["properties"]
    precedence["sources"] = _WORDS
    precedence["fields"] = {"type": "object", "additionalProperties": _WORDS}
    reports["public_titles"] = _WORDS
    reports["stale_days"] |= dict(zip(("minimum", "maximum"), STALE_DAYS, strict=True))


def _widen_matrices(definitions: dict[str, Any]) -> None:
    """Matrices as people write them: by versions, each in the short form that `config.matrices` writes out."""
    del definitions["Matrix"], definitions["Step"]
    step = {"type": "object", "properties": {"words": _WORDS, "at_least": _WORD}, "additionalProperties": False}
    least, most = STEPS
    steps = {"type": "array", "items": {"anyOf": [_WORDS, step]}, "minItems": least, "maxItems": most}
    scale = {"anyOf": [steps, {"type": "integer", "minimum": least, "maximum": most}]}
    bands = [band.value for band in BANDS]
    limits = {"type": "object", "propertyNames": {"enum": bands}, "additionalProperties": {"type": "number"}}
    definitions["WrittenMatrix"] = {
        "type": "object",
        "description": "A version of a risk matrix; its bands are in 'cells', in 'product', or in 'ranks' and 'bands'.",
        "properties": {
            "version": _WORD,
            "since": {"type": "string", "format": "date"},
            "likelihood": scale,
            "impact": scale,
            "cells": _rows({"enum": bands}),
            "product": limits,
            "ranks": _rows({"type": "number"}),
            "bands": limits,
        },
        "required": ["version"],
        "additionalProperties": False,
    }
    version = _ref("WrittenMatrix")
    either = {"anyOf": [version, {"type": "array", "items": version, "minItems": 1}]}
    definitions["Policies"]["properties"]["matrices"] = {"type": "object", "additionalProperties": either}


def _rows(cell: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "array", "items": cell}}


def _of_kind(kind: Kind) -> dict[str, Any]:
    """What only a source of that kind may have: its canonical and its owned fields, offered by editors."""
    names = {
        "fields": sorted(set(field_types(kind)) - {"key"}),
        "constants": constant_fields(kind),
    }
    owned = {"properties": {"columns": {"propertyNames": {"enum": sorted(OWNED_BY_KIND[kind])}}}}
    properties: dict[str, Any] = {key: {"propertyNames": {"enum": known}} for key, known in names.items()}
    return {
        "if": {"properties": {"kind": {"const": kind.value}}},
        "then": {"properties": {**properties, "write": owned}},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _or_word(part: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [part, _WORD]}


def _dates() -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "format": "date"}}


def _plain(part: Any) -> Any:
    """Without the titles that pydantic makes of key names, and with a class's promise as its description."""
    if isinstance(part, list):
        return [_plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _plain(each) for key, each in part.items() if not (key == "title" and isinstance(each, str))}
    if isinstance(kept.get("description"), str):
        kept["description"] = kept["description"].split("\n\n")[0].replace("\n", " ").replace("`", "'")
    return kept


def text() -> str:
    """The schema as the file in docs holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> None:
    Path(arguments[0] if arguments else DEFAULT).write_text(text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
