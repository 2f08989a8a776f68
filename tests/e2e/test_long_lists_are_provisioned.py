"""Lists beyond the list view threshold get columns and views that can be shown, once, and are as they were again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from connectors.emulator.roles import Role
from connectors.emulator.state.views import View
from sync.core.provisioning.shape import VIEW_THRESHOLD
from tests.support import council
from tests.support.forms import Page
from tests.support.portfolio_office import Office, digest, portfolio_office

ITEMS = 6_000
LONG = ("Alpha projects", "Beta projects")
OVERDUE = 40
ORDINARY = "All Items"
REFUSED = "exceeds the list view threshold"


def long_world() -> dict[str, Any]:
    """The small council before `provision`, with two lists of that many projects, whose owner is a person."""
    world = council.world()
    [site] = world["sites"]
    ann = site["users"][0]["email"]
    for each in site["lists"]:
        each["fields"] = [column for column in each["fields"] if not column["name"].startswith("PS")]
        if each["title"] in LONG:
            each["fields"].append({"name": "Lead", "title": "Lead officer", "type": "User"})
            start = each["items"][0]["values"]
            each["items"] = [
                {"values": {**start, "Ref": f"{each['title'][0]}-{number}", "Lead": ann}}
                for number in range(1, ITEMS + 1)
            ]
    return world


def portfolio_text(folder: Path) -> str:
    text = council.portfolio(folder, "@base_url").read_text(encoding="utf-8")
    owner = "      title: Title\n      status:"
    assert text.count(owner) == len(LONG)
    text = text.replace(owner, "      title: Title\n      owner: Lead officer\n      status:")
    return f"{text}own_lists: {{connection: demo, site: {council.SITE}, rollup_readers: owners}}\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("long")
    world = long_world()
    text, person = portfolio_text(folder), world["sites"][0]["users"][0]["login"]
    with portfolio_office(folder, world, text, datetime(2026, 6, 17, 1, 17, tzinfo=UTC), person) as opened:
        opened.rights.role_of_service = Role.FULLCONTROL  # which a list that only owners may read takes
        yield opened


def test_lists_of_6000_items_are_made_ready_once_shown_and_given_back(office: Office) -> None:
    bare = digest(office.lists())
    assert {title: len(office.list_at(council.SITE, title).items) for title in LONG} == dict.fromkeys(LONG, ITEMS)
    assert ITEMS > VIEW_THRESHOLD

    made = office.run("provision", "--yes", "--json")
    assert made.code == 0, made.err
    steps = [step for each in made.document["lists"] for step in each["steps"]]
    assert all(step["done"] for step in steps)
    assert [each["left"] + each["hindrances"] for each in made.document["lists"] if each["list"] in LONG] == [[], []]

    before = office.changes()
    again = office.run("provision", "--yes", "--json")
    assert (again.code, [each["steps"] for each in again.document["lists"] if each["steps"]]) == (0, [])
    assert office.changes() == before

    for title in LONG:
        fill(office, title)
        views = {view.title for view in office.list_at(council.SITE, title).views}
        assert {"Overdue", "Due soon", "My items"} <= views
        for view in sorted(views - {ORDINARY}):
            page = office.page(council.SITE, title, view)
            assert REFUSED not in page.words, view
        shown = office.page(council.SITE, title, "Overdue")
        assert f"1 to {OVERDUE} of {OVERDUE}" in shown.words
        assert set(shown.column("Overdue?")) == {"Overdue"}
        assert shown.column("Overdue since")[0].startswith("1 June 2026"), "the longest overdue first"

        assert REFUSED in unindexed(office, title).words, "what begins with a column without an index is not shown"

    removed = office.run("provision", "--remove", "--yes", "--json")
    assert removed.code == 0, removed.err
    told = json.dumps([step["text"] for each in removed.document["lists"] for step in each["steps"]])
    assert told.count(f"with what {OVERDUE} items hold in it") == 2 * len(LONG)
    assert digest(office.lists()) == bare


def unindexed(office: Office, title: str) -> Page:
    """A view of staff's own that asks for a status, as long as somebody looks at it."""
    where = '<Where><Eq><FieldRef Name="Status"/><Value Type="Text">Done</Value></Eq></Where>'
    views = office.list_at(council.SITE, title).views
    views.append(View(str(uuid4()), "Done", "Done.aspx", ["LinkTitle"], where))
    page = office.page(council.SITE, title, "Done")
    views.pop()
    return page


def fill(office: Office, title: str) -> None:
    """Some projects are overdue, as a night would leave them: the longest is the last by its number."""
    for number in range(ITEMS - OVERDUE + 1, ITEMS + 1):
        since = datetime(2026, 6, 1 if number == ITEMS else 10, tzinfo=UTC).replace(hour=0)
        office.list_at(council.SITE, title).item(number).values |= {"PSOverdue": "Overdue", "PSOverdueSince": since}
