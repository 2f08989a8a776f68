"""The sample world `digital-strategy` read without the product, and what the rules must make of it.

Records come straight from the world document, by the columns and words of the portfolio file, and the rules of the
domain are stated again in few lines: so the sample holds the core to account, and not the other way round.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from config import samples

NAME = "digital-strategy"
DAY = date(2026, 6, 17)
LONDON = ZoneInfo("Europe/London")
PROJECTS = ("public-services", "digital-economy", "infrastructure", "health-and-wellbeing")
MILESTONES = ("milestones", "infrastructure-milestones")
REGISTERS = {
    "project-risks": "project-registers",
    "tda-risks": "tda-register",
    "technical-operations-risks": "technical-operations-register",
}
OVER = ("complete", "closed")
REVIEWED_EVERY = {"project-registers": 1, "technical-operations-register": 1}
"""Months between reviews of everything in a register, which come before those of its band."""
REVIEWED_BY_BAND = {"very_high": 1, "high": 1, "medium": 3, "low": 6, "not_assessed": 1}
SEVERE = ("high", "very_high")
PROGRAMME_BOARD, GOVERNANCE = "ICT Programme Board", "Corporate Governance Manager"

READS_WORSE = {
    "IPS-04": ("at_risk", {"milestone MS-06 overdue"}),
    "IPS-09": ("at_risk", {"end overdue"}),
    "VDE-03": ("off_track", {"end overdue by more than 28 days"}),
    "VDE-07": ("at_risk", {"action A-01 overdue on a high risk"}),
    "SDI-02": ("at_risk", {"risk PR-001 very high"}),
    "SDI-06": ("off_track", {"milestone IM-07 overdue by more than 28 days"}),
    "SDI-08": ("at_risk", {"risk PR-002 very high"}),
    "HWI-05": (
        "at_risk",
        {"milestone MS-23 overdue", "risk PR-003 very high", "action A-02 overdue on a very_high risk"},
    ),
    "HWI-07": ("at_risk", {"health amber"}),
}
"""Every project that the rules make read worse than staff reported, and everything that fires for it."""

ESCALATED = {
    PROGRAMME_BOARD: {"PR-004", "PR-010", "PR-012", "PR-015", "PR-017", "PR-018", "TDA-01", "TDA-08", "OPS-02"},
    GOVERNANCE: {"PR-001", "PR-002", "PR-003", "TDA-02", "TDA-04", "OPS-03"},
}
"""Every risk that the ladder takes to a board; the others stay with whoever keeps their register."""


@dataclass(frozen=True)
class Row:
    """One list item in the words of the portfolio file, with the item it came from."""

    source: str
    item: dict[str, Any]
    fields: dict[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.fields.get(field)

    @property
    def key(self) -> str:
        return str(self["key"])

    @property
    def is_over(self) -> bool:
        return self["status"] in OVER or bool(self["actual"] or self["done"])

    @property
    def due(self) -> date | None:
        if self.source in REGISTERS:
            return min(filter(None, (as_day(self["next_review"]), reviewed_next(self))), default=None)
        return as_day(next((self[name] for name in ("end", "forecast", "original", "due") if self[name]), None))


@cache
def world() -> dict[str, Any]:
    return samples.world(NAME)


@cache
def portfolio() -> dict[str, Any]:
    text = samples.portfolio_text(NAME, base_url="http://127.0.0.1:8790", portfolio_name="Digital strategy")
    loaded: dict[str, Any] = YAML(typ="safe").load(text)
    return loaded


def lists() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for site in world()["sites"]:
        for found in site["lists"]:
            yield site, found


def address(source: dict[str, Any]) -> tuple[str, str]:
    stated = source["list"]
    return source["site"], stated if isinstance(stated, str) else stated["url"]


def list_of(name: str) -> dict[str, Any]:
    site_path, wanted = address(portfolio()["sources"][name])
    here = [found for site, found in lists() if site["path"] == site_path]
    [found] = [found for found in here if wanted in (found["title"], found["url"])]
    return found


def columns(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    title = {"name": "Title", "title": "Title", "type": "Text"} | found.get("title_field", {})
    return {field["name"]: field for field in (title, *found["fields"])}


def internal(found: dict[str, Any], column: str) -> str:
    """The internal name of a column that the portfolio file names, by internal name else by title."""
    known = columns(found)
    return column if column in known else next(name for name, field in known.items() if field["title"] == column)


def read(name: str) -> list[Row]:
    """The rows of a source that count."""
    source = portfolio()["sources"][name]
    found = list_of(name)
    rows = []
    for item in found["items"]:
        left_out = [c for c, words in source.get("where", {}).items() if yes_no(item["values"].get(c)) not in words]
        if not left_out:
            fields = {field: value(found, item, mapped) for field, mapped in source["fields"].items()}
            fields |= source.get("constants", {}) | {"key": item["values"].get(internal(found, source["key"]))}
            rows.append(Row(name, item, fields))
    return rows


def value(found: dict[str, Any], item: dict[str, Any], mapped: Any) -> Any:
    stated = mapped if isinstance(mapped, dict) else {"column": mapped}
    wanted = stated["column"] if isinstance(stated["column"], list) else [stated["column"]]
    cells = (item["values"].get(internal(found, column)) for column in wanted)
    cell = next((cell for cell in cells if cell not in (None, "", [])), None)
    if "values" not in stated or cell is None:
        return cell
    said = (ours for ours, words in stated["values"].items() for word in words if fits(word, cell))
    return next(said, "unknown")


def fits(word: str, cell: str) -> bool:
    return cell.startswith(word[:-1]) if word.endswith("*") else cell == word


def yes_no(cell: Any) -> str:
    return "Yes" if cell is True else "No"


def as_day(cell: Any) -> date | None:
    if not isinstance(cell, str):
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return date.fromisoformat(cell)
    return datetime.fromisoformat(cell).astimezone(LONDON).date() if re.fullmatch(r"[\d-]+T[\d:]+Z", cell) else None


def projects() -> list[Row]:
    return [row for name in PROJECTS for row in read(name)]


def milestones() -> list[Row]:
    return [row for name in MILESTONES for row in read(name)]


def risks() -> list[Row]:
    return [row for name in REGISTERS for row in read(name)]


def actions() -> list[Row]:
    return read("mitigating-actions")


def everything() -> list[Row]:
    return [row for name in portfolio()["sources"] for row in read(name)]


def project_of(row: Row) -> str | None:
    stated = row["project"] or None
    return str(stated) if stated else None


def band(risk: Row) -> str:
    """Product of the default matrix, with its one exception: rare by severe is high."""
    steps = (step(risk["likelihood"]), step(risk["impact"]))
    if None in steps:
        return "not_assessed"
    likelihood, impact = (s for s in steps if s is not None)
    if (likelihood, impact) == (1, 5):
        return "high"
    limits = (("low", 4), ("medium", 9), ("high", 15), ("very_high", 25))
    return next(name for name, most in limits if likelihood * impact <= most)


def step(cell: Any) -> int | None:
    return int(str(cell).split(" ")[0]) if cell else None


def reviewed_next(risk: Row) -> date | None:
    """When its cadence says so: counted from the last review, else from when it was raised."""
    since = as_day(risk["last_reviewed"] or risk["raised"])
    months = REVIEWED_EVERY.get(REGISTERS[risk.source]) or REVIEWED_BY_BAND[band(risk)]
    return months_after(since, months) if since and not risk.is_over else None


def months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_open_threat(risk: Row) -> bool:
    return not risk.is_over and risk["nature"] != "opportunity"


def judges(risk: Row) -> list[str]:
    """Who has judged that a risk cannot be mitigated."""
    return str(risk["judged_by"]).split("; ") if risk["cannot_mitigate"] else []


def board(risk: Row) -> str | None:
    """Technical operations let go only of what their own meeting cannot mitigate. The programme board lets go of what
    is very high, and of what it cannot mitigate itself."""
    kept_back = REGISTERS[risk.source] == "technical-operations-register" and (
        "Technical Operations Meeting" not in judges(risk)
    )
    if not is_open_threat(risk) or band(risk) not in SEVERE or kept_back:
        return None
    return GOVERNANCE if band(risk) == "very_high" or PROGRAMME_BOARD in judges(risk) else PROGRAMME_BOARD


def firings(project: Row, today: date) -> Iterator[tuple[str, str]]:
    """The status each rule of the domain would give a project, and what fired."""
    yield from lateness("end", project.due, today)
    for milestone in milestones():
        if project_of(milestone) == project.key and not milestone.is_over:
            yield from lateness(f"milestone {milestone.key}", milestone.due, today)
    for risk in risks():
        if project_of(risk) == project.key and is_open_threat(risk):
            if band(risk) == "very_high":
                yield "at_risk", f"risk {risk.key} very high"
            for action in actions():
                late = action["parent"] == risk.key and not action.is_over and action.due and action.due < today
                if late and band(risk) in SEVERE:
                    yield "at_risk", f"action {action.key} overdue on a {band(risk)} risk"
    if project["health"] in ("amber", "red"):
        yield ("at_risk" if project["health"] == "amber" else "off_track"), f"health {project['health']}"


def lateness(what: str, due: date | None, today: date) -> Iterator[tuple[str, str]]:
    if due and today - due > timedelta(days=28):
        yield "off_track", f"{what} overdue by more than 28 days"
    elif due and due < today:
        yield "at_risk", f"{what} overdue"


def computed(project: Row, today: date) -> tuple[str, set[str]]:
    if project["status"] in (*OVER, "on_hold"):
        return project["status"], set()
    fired = list(firings(project, today))
    worst_first = ("off_track", "at_risk", "needs_review", "on_track")
    made = [project["status"], *(status for status, _ in fired)]
    return min(made, key=worst_first.index), {what for _, what in fired}


Found = tuple[str, str, str]
"""A kind of finding, the source, and the key of the record."""


def contradictions(today: date) -> Iterator[Found]:
    """What cannot be right as it stands in a row that can be read."""
    for project in projects():
        status, fired = computed(project, today)
        found = {
            "reads_worse": status != project["status"],
            "green_but_overdue": project["health"] == "green" and bool(late(fired)),
            "red_without_action": is_without_action(project),
            "closed_with_open": project.is_over and any(not risk.is_over for risk in risks_of(project)),
            "stale_status": is_stale(project, today),
            "ended_but_open": not project.is_over and (project["percent_complete"] or 0) >= 100,
        }
        yield from ((kind, project.source, project.key) for kind, holds in found.items() if holds)
    for row in (*projects(), *milestones(), *actions()):
        told = [row[name] for name in ("actual_end", "actual", "done") if name in row.fields]
        if row["status"] == "complete" and told == [None]:
            yield "complete_without_date", row.source, row.key
    for risk in risks():
        if not risk.is_over and not risk["last_reviewed"]:
            yield "never_reviewed", risk.source, risk.key
        if not risk.is_over and risk["response"] == "Treat" and not any(each.due for each in open_actions(risk)):
            yield "mitigation_without_date", risk.source, risk.key


def late(fired: set[str]) -> set[str]:
    return {what for what in fired if what.startswith(("end", "milestone"))}


def risks_of(project: Row) -> list[Row]:
    return [risk for risk in risks() if project_of(risk) == project.key]


def open_actions(risk: Row) -> list[Row]:
    return [action for action in actions() if action["parent"] == risk.key and not action.is_over]


def is_without_action(project: Row) -> bool:
    """Nothing is being done, although the health is red or a risk is severe."""
    severe = [risk for risk in risks_of(project) if is_open_threat(risk) and band(risk) in SEVERE]
    alarming = not project.is_over and (project["health"] == "red" or bool(severe))
    return alarming and not any(open_actions(risk) for risk in risks_of(project))


def is_stale(project: Row, today: date) -> bool:
    """Nobody has reported on it for more than a month of 31 days."""
    reported = as_day(project["last_reported"])
    return reported is not None and not project.is_over and today - reported > timedelta(days=31)
