"""A fortnight and a half at the sample council whose lists had no column of ours before: what staff saw, and what was
written. It is played once; tests look at what it left."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from config import samples
from connectors.emulator.roles import Role
from connectors.emulator.rules.history import Entry
from sync.core.dates import site_midnight
from tests.support import rest
from tests.support.cli import Result
from tests.support.forms import Page
from tests.support.portfolio_office import Office, digest, portfolio_office

NAME = "digital-strategy"
STRATEGY, ICT = "/sites/digital-strategy", "/sites/ict"
SERVICES, INFRASTRUCTURE, MILESTONES = "Public services projects", "Infrastructure portfolio", "Milestones"
PROJECT_RISKS, TDA_RISKS, ACTIONS = "Project risk register", "TDA risk register", "Mitigating actions"
ROLLUP, STATUS = "Portfolio roll-up", "Portfolio Sync status"
OWN_LISTS = {(STRATEGY, ROLLUP), (STRATEGY, STATUS)}
HELD, MOVED, DRIFTED = 9, 1, 2
"""The items of public services that are held, get another date, and have a value of ours overwritten."""
DUE = date(2026, 7, 2)
FIRST, NIGHT = date(2026, 6, 17), time(1, 17)
HOLD_ENDS = date(2026, 6, 29)
HOLDS = ("HoldReason", "HoldUntil")
SECRETS = ("PR-QX2", "Quillfeather", "TDA-QX3", "Marrowby")
"""References and words of the titles of a confidential risk, and of one in a register that is restricted."""
SECRET_ITEMS = {PROJECT_RISKS: 2, TDA_RISKS: 3}

Where = tuple[str, str]


def bare_world() -> dict[str, Any]:
    """The sample without our columns and those in which staff hold a flag. A confidential risk and one of a restricted
    register are very high, each behind a project, and an action on the first is overdue."""
    text = json.dumps(samples.world(NAME, bare=True), ensure_ascii=False)
    for named, secret in (
        ("Shared administrator accounts at a supplier", "Quillfeather shares administrator accounts"),
        ("Lighting controller has no open interface", "Marrowby has no open interface"),
    ):
        assert named in text
        text = text.replace(named, secret)
    world: dict[str, Any] = json.loads(text.replace('"PR-002"', '"PR-QX2"').replace('"TDA-03"', '"TDA-QX3"'))
    lists = {each["title"]: each for site in world["sites"] for each in site["lists"]}
    services = lists[SERVICES]
    services["fields"] = [column for column in services["fields"] if column["name"] not in HOLDS]
    items = {title: each["items"] for title, each in lists.items()}
    [secret_one] = [each for each in items[TDA_RISKS] if each["values"]["TDA_x0020_no"] == "TDA-QX3"]
    secret_one["values"] |= {"Chance": "Very high", "Effect": "Critical"}
    [action] = [each for each in items[ACTIONS] if each["values"].get("Project_x0020_risk") == "PR-QX2"]
    action["values"]["Due"] = "2026-06-01"
    return world


def portfolio_text() -> str:
    """The sample's file, with one register restricted."""
    text = samples.portfolio_text(NAME, base_url="@base_url", portfolio_name="Meadowshire")
    register = "    register: tda-register\n"
    assert text.count(register) == 1
    return text.replace(register, f"{register}    restricted: true\n")


def day(of: date) -> str:
    """A day as a site in London stores it."""
    return site_midnight(of, "Europe/London").isoformat().replace("+00:00", "Z")


@dataclass
class Told:
    """One night: its run report, what it wrote by list, and how much it asked of the server."""

    report: dict[str, Any]
    written: dict[Where, int]
    entries: list[Entry]


@dataclass
class Story:
    """`answers` are commands' results by what they were; `nights` by their day; `pages` by the moment and the view;
    `schemas` and `staff` are digests of schemas and of staff's own values at several times."""

    office: Office
    answers: dict[str, Result] = field(default_factory=dict)
    asked: dict[str, list[Entry]] = field(default_factory=dict)
    written: dict[str, dict[Where, int]] = field(default_factory=dict)
    nights: dict[date, Told] = field(default_factory=dict)
    rows: dict[date, dict[int, dict[str, Any]]] = field(default_factory=dict)
    held: dict[date, float] = field(default_factory=dict)
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)
    schemas: dict[str, dict[str, str]] = field(default_factory=dict)
    staff: dict[str, Any] = field(default_factory=dict)
    values: dict[Where, list[dict[str, Any]]] = field(default_factory=dict)

    def do(self, called: str, *words: str) -> Result:
        """A command, with what it asked of the server and what it wrote there."""
        office = self.office
        before, since = office.changes(), office.asked()
        result = self.answers[called] = office.run(*words)
        self.asked[called], self.written[called] = office.entries(since), self._grown(before)
        return result

    def night(self, on: date) -> None:
        office = self.office
        office.until(datetime.combine(on, NIGHT, UTC))
        before, since = office.changes(), office.asked()
        report = office.night()
        self.nights[on] = Told(report, self._grown(before), office.entries(since))
        self.rows[on] = {
            item.id: {**item.values, "version": item.version}
            for item in office.list_at(STRATEGY, SERVICES).items.values()
        }
        [whole] = [each for each in self.own_rows(ROLLUP) if each["PSScope"] == "Portfolio"]
        self.held[on] = whole["PSHeld"]

    def look(self, at: datetime, title: str, view: str) -> None:
        """Somebody opens a view at that moment."""
        if at > self.office.clock.now():
            self.office.until(at)
        self.pages[f"{at:%Y-%m-%d %H:%M}", view] = self.office.page(STRATEGY, title, view)

    def remember(self, when: str) -> None:
        self.schemas[when] = digest(self.office.lists())
        self.staff[when] = staff_values(self.office)

    def own_rows(self, title: str) -> list[dict[str, Any]]:
        return [dict(item.values) for item in self.office.list_at(STRATEGY, title).ordered()]

    def _grown(self, before: dict[Where, int]) -> dict[Where, int]:
        after = self.office.changes()
        return {where: after[where] - before.get(where, 0) for where in after if after[where] != before.get(where, 0)}


def staff_values(office: Office) -> dict[tuple[str, int], dict[str, Any]]:
    """What staff wrote, item by item, and who changed it last when, in which version."""
    return {
        (title, item.id): {
            **{name: value for name, value in item.values.items() if not name.startswith("PS")},
            "last changed": (item.modified, item.editor, item.label),
        }
        for (_, title), owner in office.lists().items()
        if title not in (ROLLUP, STATUS)
        for item in owner.items.values()
    }


@contextmanager
def played(folder: Path) -> Iterator[Story]:
    world = bare_world()
    colleague = world["sites"][0]["users"][1]["login"]
    start = datetime.combine(FIRST, NIGHT, UTC)
    with portfolio_office(folder, deepcopy(world), portfolio_text(), start, colleague) as office:
        story = Story(office)
        _provision(story)
        _quiet_week(story)
        _a_column_goes(story)
        _hold_and_drift(story)
        _a_date_passes(story)
        _papers(story)
        _remove(story)
        yield story


def _provision(story: Story) -> None:
    story.remember("bare")
    story.do("check bare", "check")
    story.do("dry run", "provision", "--dry-run")
    story.remember("after the dry run")
    story.do("provision", "provision", "--yes", "--rollup-readers", "site")
    story.remember("provisioned")
    story.do("again", "provision", "--yes")
    story.do("check ready", "check")
    story.do("plan", "plan", "--out", str(story.office.folder / "plan.json"))
    story.do("first run", "reconcile", "--yes", "--json")
    story.remember("first run")


def _quiet_week(story: Story) -> None:
    """From here on the service may write, and no more."""
    story.office.rights.role_of_service = Role.WRITE
    for days in range(1, 8):
        story.night(FIRST + timedelta(days))
    last = datetime.combine(FIRST + timedelta(7), NIGHT, UTC)
    before = story.office.changes()
    for hours in (25, 27):
        story.look(last + timedelta(hours=hours), STATUS, "Status")
    story.written["looking at the status"] = {
        where: count for where, count in story.office.changes().items() if count != before[where]
    }


def _a_column_goes(story: Story) -> None:
    """Somebody deletes one of our columns; the run says so, the writer may not mend it, and the manager does."""
    office = story.office
    owner = office.list_at(STRATEGY, MILESTONES)
    gone = owner.field_named("PSOverdueSince")
    assert gone is not None
    owner.delete_field(gone)
    office.until(datetime(2026, 6, 26, 1, 17, tzinfo=UTC))
    story.do("column missing", "reconcile", "--json")
    story.remember("column missing")
    story.do("provision as a writer", "provision", "--yes")
    story.do("dry run as a writer", "provision", "--dry-run")
    story.remember("provision as a writer")
    office.rights.role_of_service = Role.MANAGE
    story.do("mended", "provision", "--yes")
    office.rights.role_of_service = Role.WRITE


def _hold_and_drift(story: Story) -> None:
    office = story.office
    site = office.base_url + STRATEGY
    office.until(datetime(2026, 6, 26, 14, 0, tzinfo=UTC))
    rest.edit(site, SERVICES, HELD, HoldReason="supplier dispute", HoldUntil=day(HOLD_ENDS))
    story.night(date(2026, 6, 27))
    story.look(datetime(2026, 6, 27, 9, 0, tzinfo=UTC), SERVICES, "Overdue")
    rest.edit(site, SERVICES, DRIFTED, PSOverdue="Overdue")
    for number in (28, 29, 30):
        story.night(date(2026, 6, number))


def _a_date_passes(story: Story) -> None:
    """One project is due on `DUE`: somebody looks on the day before, on the day, after it, and while nothing runs."""
    rest.edit(story.office.base_url + STRATEGY, SERVICES, MOVED, Target_x0020_date=day(DUE))
    for offset in (-1, 0, 1):
        on = DUE + timedelta(offset)
        story.night(on)
        for view in ("Due soon", "Overdue"):
            story.look(datetime.combine(on, time(9), UTC), SERVICES, view)
    before = story.office.changes()
    story.look(datetime.combine(DUE + timedelta(3), time(9), UTC), SERVICES, "Overdue")
    assert story.office.changes() == before


def _papers(story: Story) -> None:
    """Everything that leaves the service, in every edition."""
    folder = story.office.folder
    story.do("report run", "report")
    story.do("report run json", "report", "--format", "json")
    for what, form in (("committee", "html"), ("register", "html"), ("data", "json"), ("data", "csv")):
        for edition in ("pmo", "board", "public"):
            story.do(f"{what} {form} {edition}", "report", what, "--format", form, "--edition", edition)
    for what, form in (("committee", "docx"), ("register", "docx"), ("data", "xlsx")):
        file = folder / f"{what}.{form}"
        story.do(f"{what} {form}", "report", what, "--format", form, "--edition", "pmo", "--out", str(file))
    story.do("explain", "explain", "SDI-08")
    for form in ("csv", "json"):
        story.do(f"audit {form}", "audit", "export", "--format", form)
    story.do("runs", "runs", "show")
    story.do("columns", "check", "--columns", "--json")


def _remove(story: Story) -> None:
    office = story.office
    office.rights.role_of_service = Role.MANAGE
    story.do("remove while it is held", "provision", "--remove", "--dry-run", "--json")
    rest.edit(office.base_url + STRATEGY, SERVICES, HELD, HoldReason=None, HoldUntil=None)
    story.values = {where: [dict(item.values) for item in owner.ordered()] for where, owner in office.lists().items()}
    story.do("remove", "provision", "--remove", "--yes")
    story.remember("removed")
