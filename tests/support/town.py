"""A town for long histories over HTTP: projects and milestones of any number at one site, and its portfolio file.

The second opinion (`oracle`) knows its lists by the same titles and its columns by the same names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sync.core.ownership import OwnedField
from tests.support import oracle
from tests.support.oracle import Place, Row

SITE = "/sites/town"
ZONE = ZoneInfo("Europe/London")
PROJECTS, MILESTONES = "Projects", "Milestones"
TITLES = (PROJECTS, MILESTONES)
SOON_DAYS = 7
FIRST_DAY = date(2026, 6, 17)
PEOPLE = ("ann@example.org", "ben@example.org", "cat@example.org")
STATUSES = ("On track", "At risk", "Done")
STAMP = "PSStamp"
COLUMN: Mapping[str, str] = {
    "status": "PSStatus",
    "overdue": "PSOverdue",
    "overdue_since": "PSOverdueSince",
    "reason": "PSReason",
    "check": "PSCheck",
}
"""Our columns by the names that the second opinion has for them."""
OURS = frozenset({*COLUMN.values(), STAMP})
_KIND = {"overdue_since": "DateTime", "reason": "Note", "check": "Note"}
STAFF: Mapping[str, tuple[str, ...]] = {
    PROJECTS: ("Title", "Ref", "Status", "Archived", "Due", "Notes"),
    MILESTONES: ("Title", "Project", "Due", "Notes"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How the lists are written to, and how much there is in them."""

    mode: str = "quiet"
    drift: str = "restore"
    stamped: bool = True
    projects: int = 4
    milestones: int = 4

    def __str__(self) -> str:
        return f"{self.mode}-{self.drift}-{'stamped' if self.stamped else 'unstamped'}"


def address(title: str) -> str:
    """A list's address below its site, as the server's history has it."""
    return f"Lists/{title}"


def owned_columns(title: str) -> frozenset[str]:
    """The columns of a list that are ours."""
    return frozenset({STAMP, *(COLUMN[name] for name in oracle.COLUMNS[title])})


def world(terms: Terms) -> dict[str, Any]:
    """The world's document. Dates lie on both sides of the first day, as a real council's do."""
    people = [
        {"login": f"i:0#.f|membership|{each}", "name": each.partition("@")[0].title(), "email": each} for each in PEOPLE
    ]
    lists = [
        {"title": title, "url": address(title), "fields": list(_fields(title)), "items": list(_items(title, terms))}
        for title in TITLES
    ]
    site = {"path": SITE, "title": "Town", "time_zone": 2, "users": people, "lists": lists}
    return {"world": "town", "sites": [site]}


def _fields(title: str) -> Iterator[dict[str, Any]]:
    yield {"name": "Due", "type": "DateTime", "date_only": True}
    yield {"name": "Notes", "type": "Note"}
    if title == PROJECTS:
        yield {"name": "Ref", "type": "Text"}
        yield {"name": "Status", "type": "Choice", "choices": list(STATUSES)}
        yield {"name": "Archived", "type": "Boolean"}
    else:
        yield {"name": "Project", "type": "Text"}
    for name in oracle.COLUMNS[title]:
        yield {"name": COLUMN[name], "type": _KIND.get(name, "Text")}
    yield {"name": STAMP, "type": "Text"}


def _items(title: str, terms: Terms) -> Iterator[dict[str, Any]]:
    for number in range(1, (terms.projects if title == PROJECTS else terms.milestones) + 1):
        due = FIRST_DAY + timedelta(days=(number * 37) % 120 - 50)
        if title == PROJECTS:
            yield {"values": project(number, due=due)}
        else:
            yield {"values": milestone(number, f"P-{(number - 1) % terms.projects + 1}", due)}


def project(number: int, *, due: date | None, status: str = "On track") -> dict[str, Any]:
    """What staff type in for a project, as a world document and an edit have it."""
    stated = due.isoformat() if due else None
    return {
        "Title": f"Project {number}",
        "Ref": f"P-{number}",
        "Status": status,
        "Archived": False,
        "Due": stated,
        "Notes": f"Notes on {number}",
    }


def milestone(number: int, ref: str, due: date | None) -> dict[str, Any]:
    """What staff type in for a milestone."""
    stated = due.isoformat() if due else None
    return {"Title": f"Milestone {number}", "Project": ref, "Due": stated, "Notes": f"Notes on {number}"}


def row(place: Place, values: Mapping[str, Any]) -> Row:
    """What staff's values say to the second opinion."""
    due = date.fromisoformat(values["Due"]) if values.get("Due") else None
    if place[0] == MILESTONES:
        return Row(values["Project"], due)
    return Row(values["Ref"], due, values["Status"], archived=bool(values.get("Archived")))


def shown(stored: Any) -> Any:
    """A value as a person sees it, whether the server's own or out of its JSON: text, a yes or no, or a date."""
    if isinstance(stored, str) and stored.endswith("Z") and stored[10:11] == "T":
        stored = datetime.fromisoformat(stored)
    if isinstance(stored, datetime):
        return stored.astimezone(ZONE).date()
    return stored if stored != "" else None


def portfolio(folder: Path, base_url: str, terms: Terms, *, name: str = "Town") -> Path:
    """Writes the portfolio file that fits the world."""
    file = folder / "portfolio.yaml"
    file.write_text(
        f"""\
version: 1
name: {name}
time_zone: Europe/London
schedule: {{nightly: "17 2 * * *"}}
connections:
  town: {{kind: sharepoint, host: "{base_url}", auth: emulator}}
sources:
  Projects:
    connection: town
    site: {SITE}
    list: Projects
    kind: project
    key: Ref
    fields:
      title: Title
      status: {{column: Status, values: {{on_track: [On track], at_risk: [At risk], complete: [Done]}}}}
      end: Due
    where: {{Archived: ["No"]}}
    write: {_write(PROJECTS, terms)}
  Milestones:
    connection: town
    site: {SITE}
    list: Milestones
    kind: milestone
    fields:
      title: Title
      project: {{column: Project, refers_to: [Projects]}}
      original: Due
    write: {_write(MILESTONES, terms)}
policies: {{overdue: {{due_soon_days: {SOON_DAYS}}}}}
""",
        encoding="utf-8",
    )
    return file


def _write(title: str, terms: Terms) -> str:
    columns = {name: COLUMN[name] for name in oracle.COLUMNS[title]}
    if terms.stamped:
        columns[OwnedField.STAMP.value] = STAMP
    said = ", ".join(f"{name}: {column}" for name, column in columns.items())
    return f"{{mode: {terms.mode}, drift: {terms.drift}, columns: {{{said}}}}}"
