"""What reads foreign bytes in the emulator, one function each, with what must hold whatever the bytes are.

An answer always comes; it is one of the service's own; a 500 only where SharePoint itself answers one; and the list is
whole afterwards.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from connectors.emulator import errors
from connectors.emulator.pages import front
from connectors.emulator.pages.visit import Visit
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.wire.calls import Request
from tests.fuzz.seeds import BATCHES, BODIES, PROCESS_QUERIES, QUERIES
from tests.support.emulator import Direct, DirectAnswer, ManualClock

LIST = "web/lists/GetByTitle('Projects')"
STATUSES = {200, 201, 204, 400, 401, 403, 404, 409, 412, 413, 423, 429, 500, 501, 503}
_OWN_500 = {
    each.code
    for each in (
        errors.duplicate_list(),
        errors.duplicate_field(""),
        errors.user_not_found(),
        errors.row_too_large(),
        errors.list_view_threshold(),
        errors.caml_column(),
        errors.bad_caml(),
    )
}
_LOOK_AROUND = 20
"""After how many inputs the list is read in every way, and not only as items."""
_LIFETIME = 400
"""Inputs that one world sees before the next takes its place: what inputs leave behind would slow the rest down."""

COLUMNS: list[dict[str, Any]] = [
    {"name": "Word", "type": "Text"},
    {"name": "Story", "type": "Note"},
    {"name": "Score", "type": "Number"},
    {"name": "Due", "type": "DateTime"},
    {"name": "Live", "type": "Boolean"},
    {"name": "RAG", "type": "Choice", "choices": ["Red", "Green"]},
    {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
    {"name": "Link", "type": "URL"},
    {"name": "Owner", "type": "User"},
    {"name": "Team", "type": "UserMulti"},
    {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
]
ROW = {
    "Title": "First",
    "Word": "y",
    "Score": 1,
    "Due": "2026-07-01",
    "Live": True,
    "RAG": "Red",
    "Themes": ["A"],
    "Link": "https://a.example",
    "Owner": "ann@example.org",
    "Parent": 1,
}


def world() -> Direct:
    """A list with a column of every kind and three items."""
    user = {"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}
    items = [{"values": ROW}, {"values": {"Title": "Second"}}, {"values": {}}]
    lists = [{"title": "Projects", "fields": COLUMNS, "items": items}]
    document = {"sites": [{"path": "/sites/demo", "users": [user], "lists": lists}]}
    # Nothing is refused for coming too often: how bytes are read is what is looked at.
    return Direct(Service(load_world(document, clock=ManualClock(), seed=7), throttle=Throttle(Mode.OFF)))


class Target:
    """One reader of foreign bytes. `seeds` are good inputs to begin with."""

    def __init__(self, send: Callable[[Direct, bytes], DirectAnswer], seeds: tuple[bytes, ...]) -> None:
        self._send = send
        self.seeds = seeds
        self._emulator = world()
        self._seen = 0

    def check(self, data: bytes) -> None:
        """Send the bytes; AssertionError where the answer is not one of the service's own."""
        self._seen += 1
        if self._seen % _LIFETIME == 0:
            self._emulator = world()
        before = self._emulator.service.history.total
        answer = self._send(self._emulator, data)
        hold(answer)
        hold_parts(self._emulator, before)
        after = self._emulator.get(f"{LIST}/items?$top=5000")
        if after.status_code != 404:
            assert after.status_code == 200, after.text
            json.loads(after.content)
            if self._seen % _LOOK_AROUND == 0:
                look_around(self._emulator)
        else:
            self._emulator = world()


def look_around(emulator: Direct) -> None:
    """Read the list in the other ways there are: what one input left behind must break none of them."""
    view = "<View/>"
    for path, body in (
        (f"{LIST}/GetItems", {"query": {"ViewXml": view}}),
        (f"{LIST}/RenderListDataAsStream", {"parameters": {"ViewXml": view}}),
    ):
        answer = emulator.post(path, body)
        assert answer.status_code == 200, answer.text
        json.loads(answer.content)
    address = "/sites/demo/Lists/Projects/AllItems.aspx"
    visit = Visit(Request("GET", address, address, "", {"accept": "text/html"}, b"", "http://127.0.0.1"), "127.0.0.1")
    page = front.respond(emulator.service, visit)
    assert page is not None
    assert page.status == 200, page.content.decode()


def hold_parts(emulator: Direct, before: int) -> None:
    """Every 500 is one of the service's own in the history too, where the parts of a batch stand by themselves."""
    history = emulator.service.history
    for entry in history.entries[before - history.total :] if history.total > before else ():
        assert entry.status != 500 or entry.error in _OWN_500, entry


def hold(answer: DirectAnswer) -> None:
    """What every answer is."""
    assert answer.status_code in STATUSES, answer.status_code
    kind = answer.headers.get("Content-Type", "")
    if answer.content and "json" in kind:
        document = json.loads(answer.content)
        if answer.status_code == 500:
            error = document.get("odata.error") or document["error"]
            assert error["code"] in _OWN_500, error


def _batch(emulator: Direct, data: bytes) -> DirectAnswer:
    answer = emulator.post("$batch", data, headers={"Content-Type": "multipart/mixed; boundary=b"})
    if answer.status_code == 200:
        mark = answer.headers["Content-Type"].partition("boundary=")[2]
        assert answer.content.endswith(f"--{mark}--\r\n".encode())
    return answer


def _query(emulator: Direct, data: bytes) -> DirectAnswer:
    text = data.decode("utf-8", "replace")
    return emulator.get(f"{LIST}/items?{quote(text, safe='=&$,/()%+-_.~')}")


def _process_query(emulator: Direct, data: bytes) -> DirectAnswer:
    site = emulator.site
    known = next(iter(site.lists.values()))
    for mark, value in {b"{site}": site.id, b"{web}": site.web_id, b"{list}": known.id}.items():
        data = data.replace(mark, value.encode())
    return emulator.post("/sites/demo/_vti_bin/client.svc/ProcessQuery", data)


_JSON_ROUTES: tuple[tuple[str, Mapping[str, str]], ...] = (
    (f"{LIST}/items", {}),
    (f"{LIST}/items(1)", {"X-HTTP-Method": "MERGE", "If-Match": "*"}),
    (f"{LIST}/items(1)/ValidateUpdateListItem", {}),
    (f"{LIST}/AddValidateUpdateItemUsingPath", {}),
    (f"{LIST}/GetItems", {}),
    (f"{LIST}/RenderListDataAsStream", {}),
    (f"{LIST}/getChanges", {}),
    (f"{LIST}/fields", {}),
    (f"{LIST}/fields/AddField", {}),
    (f"{LIST}/fields/CreateFieldAsXml", {}),
    (f"{LIST}/fields/getByInternalNameOrTitle('Word')", {"X-HTTP-Method": "MERGE", "If-Match": "*"}),
    (f"{LIST}/views/Add", {}),
    ("web/lists", {}),
    ("web/ensureuser", {}),
)


def _json(emulator: Direct, data: bytes) -> DirectAnswer:
    """The first byte chooses the route, the others are the body."""
    path, headers = _JSON_ROUTES[data[0] % len(_JSON_ROUTES)] if data else _JSON_ROUTES[0]
    return emulator.post(path, data[1:], headers=headers)


def targets() -> dict[str, Target]:
    """Every target by its name."""
    bodies = tuple(
        bytes([number]) + json.dumps(body).encode() for number in range(len(_JSON_ROUTES)) for body in BODIES
    )
    return {
        "batch": Target(_batch, BATCHES),
        "odata": Target(_query, QUERIES),
        "csom": Target(_process_query, PROCESS_QUERIES),
        "json": Target(_json, bodies),
    }
