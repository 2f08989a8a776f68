"""The Government Major Projects Portfolio as SharePoint would hold it: one site and list per department."""

import csv
import re
from pathlib import Path
from typing import Any

TEXT_DATE_DEPARTMENTS = {"MOD", "HO", "DESNZ"}
"""Departments whose date columns are text, as the published sentences in them show."""

CONFIDENCE = ["Green", "Amber", "Red"]
CONFIDENCE_WORDS = {
    "green": ["Green"],
    "amber": ["Amber"],
    "red": ["Red"],
    "exempt": ["Exempt*"],
    "too_early": ["Early planning*"],
    "not_provided": ["The project is not in a position*"],
}
"""What the departments wrote where a rating was asked for."""

OWNED = {"status": "PSStatus", "overdue": "PSOverdue", "overdue_since": "PSOverdueSince", "reason": "PSReason"}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def world(published: list[dict[str, str]]) -> dict[str, Any]:
    """The world document: site-local midnights for dates, published sentences in choices with fill-in."""
    departments = sorted({row["department"] for row in published})
    sites = [_site(each, [row for row in published if row["department"] == each]) for each in departments]
    return {"world": "gmpp", "sites": sites}


def _site(department: str, published: list[dict[str, str]]) -> dict[str, Any]:
    is_text = department in TEXT_DATE_DEPARTMENTS
    dates: dict[str, Any] = {"type": "Text"} if is_text else {"type": "DateTime", "date_only": True}
    fields = [
        {"name": "GMPPID", "title": "GMPP ID", "type": "Text", "indexed": True},
        {"name": "IPA", "title": "IPA delivery confidence", "type": "Choice", "choices": CONFIDENCE, "fill_in": True},
        {"name": "SRO", "title": "SRO delivery confidence", "type": "Choice", "choices": CONFIDENCE, "fill_in": True},
        {"name": "StartDate", "title": "Start", **dates},
        {"name": "EndDate", "title": "End", **dates},
        {"name": "PSStatus", "title": "Roll-up status", "type": "Text"},
        {"name": "PSOverdue", "title": "Overdue", "type": "Text"},
        {"name": "PSOverdueSince", "title": "Overdue since", "type": "DateTime", "date_only": True},
        {"name": "PSReason", "title": "Why", "type": "Note"},
    ]
    items = [{"values": _values(row, is_text=is_text)} for row in published]
    major = {"title": "Major projects", "url": "Lists/MajorProjects", "key": "GMPPID", "fields": fields, "items": items}
    return {"path": f"/sites/{department.lower()}", "title": department, "time_zone": 2, "lists": [major]}


def _values(row: dict[str, str], *, is_text: bool) -> dict[str, Any]:
    confidence = {"IPA": row["ipa_dca_raw"], "SRO": row["sro_dca_raw"]}
    dates = {"StartDate": row["start_raw"], "EndDate": row["end_raw"]}
    readable = {name: published for name, published in dates.items() if is_text or _DATE.fullmatch(published)}
    values = {"Title": row["project_name"], "GMPPID": row["gmpp_id"], **confidence, **readable}
    return {name: value for name, value in values.items() if value.strip()}


def portfolio(base_url: str, published: list[dict[str, str]]) -> dict[str, Any]:
    """The portfolio file that fits the world, as a document that YAML can hold."""
    departments = sorted({row["department"] for row in published})
    return {
        "version": 1,
        "name": "Government Major Projects Portfolio",
        "time_zone": "Europe/London",
        "pace": {"licences": 50_001, "share": 100},
        "connections": {"demo": {"kind": "sharepoint", "host": base_url, "auth": "emulator"}},
        "sources": {f"{each.lower()}-major-projects": _source(each) for each in departments},
    }


def _source(department: str) -> dict[str, Any]:
    return {
        "connection": "demo",
        "site": f"/sites/{department.lower()}",
        "list": "Major projects",
        "kind": "project",
        "key": "GMPP ID",
        "fields": {
            "title": "Title",
            "start": "Start",
            "end": "End",
            "confidence": {
                "column": ["IPA delivery confidence", "SRO delivery confidence"],
                "values": CONFIDENCE_WORDS,
            },
        },
        "constants": {"department": department},
        "write": {"mode": "quiet", "columns": dict(OWNED)},
    }
