"""office365-rest-python-client, unpatched, at an embedded SharePoint of its own.

with running_office() as office:
    office.projects.add_item({"Title": "New"}).execute_query()
    assert office.asked == ["GET Web/lists/...", "POST Web/lists/.../items"]
    assert office.held.item(6).values["Title"] == "New"
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import requests
from office365.sharepoint.client_context import ClientContext
from office365.sharepoint.lists.list import List

from connectors.emulator.rules.fault_rules import parse_rule
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.loading import load_world
from tests.support.emulator import ManualClock, RunningEmulator, running_emulator

SITE = "/sites/team"
TITLE = "Bob's list & more #1"
LIST = "Lists/Projects"
ADDRESS = f"{SITE}/_api/web/getlist('{SITE}/{LIST}')"
ANN, BEN = "ann.field@example.org", "ben.ash@example.org"
TOKEN = {"access_token": "any", "token_type": "Bearer", "expires_in": 3600}


def _user(address: str, name: str) -> dict[str, str]:
    return {"login": f"i:0#.f|membership|{address}", "name": name, "email": address}


FIELDS: list[dict[str, Any]] = [
    {"name": "Ref", "type": "Text", "indexed": True},
    {"name": "RAG_x0020_status", "title": "RAG status", "type": "Choice", "choices": ["Red", "Amber", "Green"]},
    {"name": "Tags", "type": "MultiChoice", "choices": ["a", "b", "c"]},
    {"name": "Comment", "type": "Note"},
    {"name": "Due", "type": "DateTime", "date_only": False},
    {"name": "Day", "type": "DateTime"},
    {"name": "Budget", "type": "Number"},
    {"name": "Live", "type": "Boolean"},
    {"name": "Parent", "type": "Lookup", "lookup_list": LIST},
    {"name": "Deps", "type": "LookupMulti", "lookup_list": LIST},
    {"name": "Owner", "type": "User"},
    {"name": "Team", "type": "UserMulti"},
    {"name": "Link", "type": "URL"},
]


def document(items: int = 5, title: str = TITLE) -> dict[str, Any]:
    """A site with one list of every kind of column, its items called Item 1 and so on."""
    rows = [{"values": {"Title": f"Item {number}", "Ref": f"P-{number}"}} for number in range(1, items + 1)]
    lists = [{"title": title, "url": LIST, "fields": FIELDS, "items": rows}]
    return {
        "world": "third-party",
        "sites": [
            {"path": SITE, "title": "Team", "users": [_user(ANN, "Ann Field")], "lists": lists},
            {"path": "/sites/other", "users": [_user(BEN, "Ben Ash")]},
        ],
    }


@dataclass
class Office365:
    """The client, the server and what went between them; `sent` holds every request as the client made it."""

    emulator: RunningEmulator
    clock: ManualClock
    context: ClientContext
    sent: list[requests.PreparedRequest] = field(default_factory=list)

    @property
    def projects(self) -> List:
        """The client's list, newly addressed."""
        return self.context.web.lists.get_by_title(TITLE)

    @property
    def held(self) -> SpList:
        """The list as the server holds it."""
        found = self.emulator.world.site(SITE).list_at(f"{SITE}/{LIST}")
        assert found is not None
        return found

    def values(self, name: str = "Title") -> list[Any]:
        """What the server holds in one column, in the order of the items."""
        return [item.values.get(name) for item in self.held.ordered()]

    def read(self, number: int, query: str = "") -> dict[str, Any]:
        """One item over plain REST."""
        answer = self.emulator.get(f"{ADDRESS}/items({number}){query}")
        assert answer.status_code == 200, answer.text
        row = answer.json()
        assert isinstance(row, dict)
        return row

    @property
    def asked(self) -> list[str]:
        """Method and decoded address below `_api` of every request but contextInfo."""
        return [line for line in map(_line, self.sent) if not line.endswith("contextInfo")]

    def forget(self) -> None:
        """Leave what was sent so far out of `sent`."""
        self.sent.clear()

    def trouble(self, **rule: Any) -> None:
        """Let something go wrong on purpose, as a rule of a fault plan says."""
        self.emulator.service.faults.add(parse_rule(rule))


def _line(request: requests.PreparedRequest) -> str:
    method = request.headers.get("X-HTTP-Method", request.method)
    return f"{method} {unquote(str(request.url)).partition('/_api/')[2]}"


@contextmanager
def running_office(world: Mapping[str, Any] | None = None, *, throttle: Throttle | None = None) -> Iterator[Office365]:
    """The client at a server of its own; unthrottled unless told otherwise, because the client is not decorated."""
    clock = ManualClock()
    service = Service(load_world(world or document(), clock=clock), throttle=throttle or Throttle(Mode.OFF))
    with running_emulator(service) as emulator, requests.Session() as session:
        session.trust_env = False
        context = ClientContext(emulator.base_url + SITE).with_access_token(lambda: TOKEN)
        context.with_transport(session=session)
        office = Office365(emulator, clock, context)
        session.hooks["response"].append(lambda answer, **_: office.sent.append(answer.request))
        yield office
