"""The emulator's pages for tests without a network: one list with a column of every type, and a visitor to it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.emulator.pages import front
from connectors.emulator.pages.visit import Visit
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.wire.calls import Request
from tests.support.emulator import ManualClock
from tests.support.forms import Answer, Visitor

ORIGIN = "http://127.0.0.1:8790"
SITE = "/sites/pmo"
LIST = f"{SITE}/Lists/Everything"
ANN, BEN, CEM = "ann@example.org", "ben@example.org", "cem@example.org"
PEOPLE = [(ANN, "Ann Lee"), (BEN, "Ben Ng"), (CEM, "Cem Öz")]

FIELDS: list[dict[str, Any]] = [
    {"name": "Ref", "type": "Text", "required": True, "unique": True, "max_length": 20},
    {"name": "Notes", "type": "Note", "rich_text": False, "description": "What happened."},
    {"name": "News", "type": "Note", "rich_text": True},
    {"name": "Weight", "type": "Number"},
    {"name": "Budget", "type": "Currency"},
    {"name": "Public", "type": "Boolean"},
    {"name": "Due", "title": "Due date", "type": "DateTime", "date_only": True},
    {"name": "Meeting", "type": "DateTime", "date_only": False},
    {"name": "State", "type": "Choice", "choices": ["Open", "Shut"]},
    {"name": "Colour", "type": "Choice", "choices": ["Red", "Blue"], "fill_in": True},
    {"name": "Themes", "type": "MultiChoice", "choices": ["Homes", "Roads", "Parks"]},
    {"name": "Tags", "type": "MultiChoice", "choices": ["New"], "fill_in": True},
    {"name": "Lead", "type": "User"},
    {"name": "Team", "type": "UserMulti"},
    {"name": "Programme", "type": "Lookup", "lookup_list": "Lists/Programmes"},
    {"name": "Related", "type": "LookupMulti", "lookup_list": "Lists/Programmes"},
    {"name": "Paper", "type": "URL"},
    {"name": "Score", "type": "Calculated", "formula": "=1", "output_type": "Number"},
    {"name": "Locked", "type": "Text", "read_only": True},
    {"name": "Secret", "type": "Text", "hidden": True},
]
VALUES: dict[str, Any] = {
    "Title": "Library app",
    "Ref": "P-1",
    "Notes": "First line\nsecond & <b>line</b>",
    "News": "<p>Nine of <b>fourteen</b> homes.</p>",
    "Weight": 0.25,
    "Budget": 640000,
    "Public": True,
    "Due": "2026-07-01",
    "Meeting": "2026-07-01T08:30:00Z",
    "State": "Open",
    "Colour": "Teal",
    "Themes": ["Roads", "Homes"],
    "Tags": ["New", "Odd"],
    "Lead": BEN,
    "Team": [CEM, ANN],
    "Programme": "Digital",
    "Related": ["Places", "Digital"],
    "Paper": {"url": "https://example.org/paper", "description": "The paper"},
    "Score": 20,
    "Locked": "Kept",
    "Secret": "Not for eyes",
}


def document(*items: Mapping[str, Any], **settings: Any) -> dict[str, Any]:
    """A world of one site: two programmes, and the list of everything with these items."""
    return {
        "sites": [
            {
                "path": SITE,
                "title": "Portfolio office",
                "users": [
                    {"login": f"i:0#.f|membership|{address}", "name": name, "email": address}
                    for address, name in PEOPLE
                ],
                "lists": [
                    {
                        "title": "Programmes",
                        "url": "Lists/Programmes",
                        "key": "Title",
                        "items": [{"values": {"Title": "Digital"}}, {"values": {"Title": "Places"}}],
                    },
                    {
                        "title": "Everything",
                        "url": "Lists/Everything",
                        "description": "One of each.",
                        "fields": FIELDS,
                        "items": [{"values": dict(values)} for values in items or (VALUES,)],
                        **settings,
                    },
                ],
            }
        ]
    }


class Desk:
    """A service, and a visitor who sits at its machine."""

    def __init__(self, world: Mapping[str, Any] | None = None, client: str = "127.0.0.1", origin: str = ORIGIN) -> None:
        self.clock = ManualClock()
        self.service = Service(load_world(world or document(), clock=self.clock))
        self.site = self.service.world.site(SITE)
        self.client, self.origin = client, origin
        self.visitor = Visitor(self.send, origin)

    @property
    def list(self) -> Any:
        """The list of everything."""
        return self.site.list_titled("Everything")

    def item(self, number: int = 1) -> Any:
        """One of its items as the world holds it."""
        return self.list.item(number)

    def answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer | None:
        """What the pages answer; None where they have nothing to say."""
        parts = urlsplit(address)
        lowered = {name.lower(): value for name, value in headers.items()}
        path = unquote(parts.path)
        request = Request(method, path, parts.path, parts.query, lowered, body, self.origin)
        response = front.respond(self.service, Visit(request, self.client))
        return None if response is None else (response.status, response.headers, response.content)

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The same, where there must be an answer."""
        answer = self.answer(method, address, headers, body)
        assert answer is not None, f"{method} {address} is no page"
        return answer
