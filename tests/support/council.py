"""A small council for end-to-end tests: two project lists and their milestones on one site, and its portfolio file."""

from copy import deepcopy
from pathlib import Path
from typing import Any

DAY = "2026-06-17"
SITE = "/sites/demo"
OWNED_FIELDS = [
    {"name": "PSStatus", "title": "Roll-up status", "type": "Text"},
    {"name": "PSOverdue", "title": "Overdue", "type": "Text"},
    {"name": "PSOverdueSince", "title": "Overdue since", "type": "DateTime", "date_only": True},
    {"name": "PSReason", "title": "Why", "type": "Note"},
]
OWNED = "{status: PSStatus, overdue: PSOverdue, overdue_since: PSOverdueSince, reason: PSReason}"
OWNED_DATED = "{overdue: PSOverdue, overdue_since: PSOverdueSince, reason: PSReason}"


def world() -> dict[str, Any]:
    """Projects A-1 to A-3 and B-1 to B-2, milestones M-1 (overdue, of A-1) and M-2 (in time, of B-1)."""
    people = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Smith", "email": "ann@example.org"}]
    return deepcopy(
        {
            "world": "council",
            "sites": [{"path": SITE, "title": "Demo", "time_zone": 2, "users": people, "lists": [
                _projects("Alpha projects", "AlphaProjects", ["A-1", "A-2", "A-3"]),
                _projects("Beta projects", "BetaProjects", ["B-1", "B-2"]),
                _milestones(),
            ]}],
        }
    )  # fmt: skip


def _projects(title: str, url: str, keys: list[str]) -> dict[str, Any]:
    fields = [
        {"name": "Ref", "title": "Ref", "type": "Text"},
        {"name": "Status", "title": "Status", "type": "Choice", "choices": ["On track", "Done", "Parked"]},
        {"name": "Due", "title": "Target date", "type": "DateTime", "date_only": True},
        *OWNED_FIELDS,
    ]
    items = [
        {"values": {"Title": f"Project {key}", "Ref": key, "Status": "On track", "Due": "2026-12-01"}} for key in keys
    ]
    return {"title": title, "url": f"Lists/{url}", "key": "Ref", "fields": fields, "items": items}


def _milestones() -> dict[str, Any]:
    fields = [
        {"name": "Project", "title": "Project", "type": "Text"},
        {"name": "Due", "title": "Due", "type": "DateTime", "date_only": True},
        *OWNED_FIELDS[1:],
    ]
    items = [
        {"values": {"Title": "M-1", "Project": "A-1", "Due": "2026-06-10"}},
        {"values": {"Title": "M-2", "Project": "B-1", "Due": "2026-11-10"}},
    ]
    return {"title": "Milestones", "url": "Lists/Milestones", "fields": fields, "items": items}


def portfolio(folder: Path, base_url: str, *, mode: str = "quiet") -> Path:
    """The portfolio file that fits the world, with sources `alpha`, `beta` and `milestones`."""
    file = folder / "portfolio.yaml"
    file.write_text(
        f"""\
version: 1
name: Council
time_zone: Europe/London
schedule: {{nightly: "17 2 * * *"}}
connections:
  demo: {{kind: sharepoint, host: "{base_url}", auth: emulator}}
sources:
{_source("alpha", "Alpha projects", mode)}
{_source("beta", "Beta projects", mode)}
  milestones:
    connection: demo
    site: {SITE}
    list: Milestones
    kind: milestone
    fields:
      title: Title
      project: {{column: Project, refers_to: [alpha, beta]}}
      original: Due
    write: {{mode: {mode}, columns: {OWNED_DATED}}}
""",
        encoding="utf-8",
    )
    return file


def _source(name: str, title: str, mode: str) -> str:
    return f"""\
  {name}:
    connection: demo
    site: {SITE}
    list: {title}
    kind: project
    key: Ref
    fields:
      title: Title
      status: {{column: Status, values: {{on_track: [On track], complete: [Done]}}}}
      end: Target date
    write: {{mode: {mode}, columns: {OWNED}}}
"""
