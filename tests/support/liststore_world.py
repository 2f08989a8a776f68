"""The same little list twice: in memory and behind the embedded SharePoint, for the one suite that both must pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from connectors.emulator.rules.fault_rules import parse_rule
from connectors.memory import MemoryStore
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.settings import Limits
from connectors.sharepoint.store import SharePointStore
from sync.core.columns import Cell, Column, ColumnType, LinkCell, LookupCell, PersonCell
from sync.core.ownership import WriteMode
from sync.engine.ports import ListStore
from sync.engine.targets import Auth, Connection, ListAddress, Source
from tests.support.emulator import RunningEmulator, running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.faults import Faults
from tests.support.project_list import source as project_source

ANN = PersonCell(0, "Ann Smith", "i:0#.f|membership|ann.smith@example.org")
BOB = PersonCell(0, "Bob Jones", "i:0#.f|membership|bob.jones@example.org")
DUE = datetime(2026, 6, 30, 23, tzinfo=UTC)
COLUMNS = ("Title", "Ref", "Due", "Lead", "Team", "Tags", "Programme", "Cost", "Live", "Site", "PSStatus")

FIRST: dict[str, Cell] = {
    "Title": "Library cards & more",
    "Ref": "DS-01",
    "Due": DUE,
    "Lead": ANN,
    "Team": (ANN, BOB),
    "Tags": ("Web", "Data"),
    "Programme": LookupCell(1, "PRG-1"),
    "Cost": 1250.5,
    "Live": True,
    "Site": LinkCell("https://example.org/cards", "The cards"),
}


class Bench(Protocol):
    """A store, and the colleague at the other end of it. Items 1, 2, 4, 5 and 6 exist; 3 has been deleted.

    `address` is the list's own; `first` what item 1 holds, where `people` are its lead and a colleague.
    """

    store: ListStore
    title: str
    address: str
    people: tuple[PersonCell, PersonCell]
    first: dict[str, Cell]

    def source(self, mode: WriteMode = WriteMode.QUIET, address: ListAddress | None = None) -> Source: ...
    def edit(self, item_id: int, **cells: str) -> None:
        """A colleague changes text columns in the browser."""

    def trace(self, item_id: int) -> tuple[datetime, int, str]:
        """What people see of the last edit: Modified, the editor's number, the version label."""

    def recycle(self, item_id: int) -> None:
        """A colleague deletes an item."""

    def restore(self, item_id: int) -> None:
        """A colleague takes it out of the recycle bin again."""

    def keep_no_versions(self) -> None:
        """The list's owner turns its version history off."""

    def expired(self, token: str) -> str:
        """A token of this list from before its change log can be relied on."""

    def delete_list(self) -> None: ...
    def lose_answer(self, item_id: int, *, done: bool) -> None:
        """The answer to the next write of that item gets lost, after or before it is done."""


@dataclass
class MemoryBench:
    store: MemoryStore
    title: str = "Digital projects"
    address: str = "Lists/DigitalProjects"
    people: tuple[PersonCell, PersonCell] = (ANN, BOB)
    first: dict[str, Cell] = field(default_factory=lambda: dict(FIRST))

    def source(self, mode: WriteMode = WriteMode.QUIET, address: ListAddress | None = None) -> Source:
        return project_source(mode, address)

    @property
    def _list(self) -> Any:
        return self.store.lists["/sites/pmo", "digital projects"]

    def edit(self, item_id: int, **cells: str) -> None:
        self._list.edit(item_id, at=datetime(2026, 6, 17, tzinfo=UTC), **cells)

    def trace(self, item_id: int) -> tuple[datetime, int, str]:
        item = self._list.items[item_id]
        return item.modified, item.editor_id, f"{item.label}.0"

    def recycle(self, item_id: int) -> None:
        self._list.delete(item_id)

    def restore(self, item_id: int) -> None:
        self._list.restore(item_id)

    def keep_no_versions(self) -> None:
        self._list.versioned = False

    def expired(self, token: str) -> str:
        self.edit(1, Ref="DS-01")
        self._list.forget_changes()
        return token

    def delete_list(self) -> None:
        del self.store.lists["/sites/pmo", "digital projects"]

    def lose_answer(self, item_id: int, *, done: bool) -> None:
        self.store.lost[item_id] = done


def earlier(token: str, age: timedelta) -> str:
    """The same token of SharePoint's, given out so much earlier."""
    scope, kind, guid, ticks, number = token.split(";")
    return f"{scope};{kind};{guid};{int(ticks) - int(age.total_seconds()) * 10_000_000};{number}"


_TYPES = {
    "ID": ColumnType.COUNTER,
    "Title": ColumnType.TEXT,
    "Ref": ColumnType.TEXT,
    "Due": ColumnType.DATE,
    "Lead": ColumnType.PERSON,
    "Team": ColumnType.PERSON_MULTI,
    "Tags": ColumnType.MULTI_CHOICE,
    "Programme": ColumnType.LOOKUP,
    "Cost": ColumnType.NUMBER,
    "Live": ColumnType.YES_NO,
    "Site": ColumnType.LINK,
    "PSStatus": ColumnType.TEXT,
    "PSOverdue": ColumnType.YES_NO,
    "PSSince": ColumnType.DATE,
    "PSReason": ColumnType.NOTE,
    "_PSCheck": ColumnType.TEXT,
}


@contextmanager
def memory_bench() -> Iterator[MemoryBench]:
    store = MemoryStore(page_size=2)
    columns = [Column(name, name, of, read_only=name == "ID") for name, of in _TYPES.items()]
    made = store.add_list("/sites/pmo", "Digital projects", columns, url="Lists/DigitalProjects")
    made.add(**FIRST)
    for number in range(2, 7):
        made.add(Title=f"Project {number}", Ref=f"DS-0{number}")
    made.delete(3)
    yield MemoryBench(store)


@dataclass
class SharePointBench:
    store: SharePointStore
    emulator: RunningEmulator
    faults: Faults
    clock: FakeClock
    recycled: dict[int, str] = field(default_factory=dict)
    title: str = "Digital projects"
    address: str = "Lists/DigitalProjects"
    people: tuple[PersonCell, PersonCell] = (ANN, BOB)
    first: dict[str, Cell] = field(default_factory=lambda: dict(FIRST))

    def source(self, mode: WriteMode = WriteMode.QUIET, address: ListAddress | None = None) -> Source:
        return project_source(mode, address)

    @property
    def list_path(self) -> str:
        return "/sites/pmo/_api/web/lists/GetByTitle('Digital projects')"

    def edit(self, item_id: int, **cells: str) -> None:
        self.emulator.merge(f"{self.list_path}/items({item_id})", cells).raise_for_status()

    def trace(self, item_id: int) -> tuple[datetime, int, str]:
        item = self.emulator.get(f"{self.list_path}/items({item_id})").json()
        return datetime.fromisoformat(item["Modified"]), item["EditorId"], item["OData__UIVersionString"]

    def recycle(self, item_id: int) -> None:
        answer = self.emulator.post(f"{self.list_path}/items({item_id})/recycle")
        answer.raise_for_status()
        self.recycled[item_id] = answer.json()["value"]

    def restore(self, item_id: int) -> None:
        path = f"/sites/pmo/_api/web/RecycleBin('{self.recycled.pop(item_id)}')/restore()"
        self.emulator.post(path).raise_for_status()

    def keep_no_versions(self) -> None:
        self.emulator.merge(self.list_path, {"EnableVersioning": False}).raise_for_status()

    def expired(self, token: str) -> str:
        return earlier(token, timedelta(days=31))

    def delete_list(self) -> None:
        self.emulator.post(self.list_path, headers={"X-HTTP-Method": "DELETE"}).raise_for_status()

    def lose_answer(self, item_id: int, *, done: bool) -> None:
        when = "after" if done else "before"
        self.plan(route=r"^(ProcessQuery|\$batch)$", method="POST", times=1, do="drop", when=when)

    def plan(self, **rule: Any) -> None:
        """One more rule of what goes wrong, as docs/emulator-control.md has them."""
        plan = self.emulator.service.faults
        plan.add(parse_rule(rule, number=len(plan.rules) + 1))


_FIELDS: list[dict[str, Any]] = [
    {"name": "Ref", "title": "Ref", "type": "Text"},
    {"name": "Due", "title": "Due", "type": "DateTime", "date_only": True},
    {"name": "Lead", "title": "Lead officer", "type": "User"},
    {"name": "Team", "title": "Team", "type": "UserMulti"},
    {"name": "Tags", "title": "Tags", "type": "MultiChoice", "choices": ["Web", "Data", "Phone"]},
    {
        "name": "Programme",
        "title": "Programme",
        "type": "Lookup",
        "lookup_list": "Lists/Programmes",
        "lookup_field": "Ref",
    },
    {"name": "Cost", "title": "Cost", "type": "Number"},
    {"name": "Live", "title": "Live", "type": "Boolean"},
    {"name": "Site", "title": "Site", "type": "URL"},
    {"name": "PSStatus", "title": "Roll-up status", "type": "Text"},
    {"name": "PSOverdue", "title": "Overdue", "type": "Boolean"},
    {"name": "PSSince", "title": "Overdue since", "type": "DateTime", "date_only": True},
    {"name": "PSReason", "title": "Why", "type": "Note"},
    {"name": "_PSCheck", "title": "Please check", "type": "Text"},
]
_FIRST_VALUES: dict[str, Any] = {
    "Title": "Library cards & more",
    "Ref": "DS-01",
    "Due": "2026-07-01",
    "Lead": "ann.smith@example.org",
    "Team": ["ann.smith@example.org", "bob.jones@example.org"],
    "Tags": ["Web", "Data"],
    "Programme": "PRG-1",
    "Cost": 1250.5,
    "Live": True,
    "Site": {"url": "https://example.org/cards", "description": "The cards"},
}


def document() -> dict[str, Any]:
    """The world that holds the list."""
    stamp = {"modified": "2026-05-04T09:30:00Z", "editor": "ann.smith@example.org"}
    items = [{"id": 1, "values": _FIRST_VALUES, **stamp}] + [
        {"id": number, "values": {"Title": f"Project {number}", "Ref": f"DS-0{number}"}, **stamp}
        for number in (2, 4, 5, 6)
    ]
    users = [
        {"login": person.login, "name": person.name, "email": str(person.login).split("|")[2]} for person in (ANN, BOB)
    ]
    programmes = {
        "title": "Programmes",
        "url": "Lists/Programmes",
        "key": "Ref",
        "fields": [{"name": "Ref", "title": "Ref", "type": "Text"}],
        "items": [{"id": 1, "values": {"Title": "Digital", "Ref": "PRG-1"}}],
    }
    projects = {
        "title": "Digital projects",
        "url": "Lists/DigitalProjects",
        "key": "Ref",
        "versioning": True,
        "fields": _FIELDS,
        "items": items,
    }
    site = {"path": "/sites/pmo", "title": "PMO", "time_zone": 2, "users": users, "lists": [programmes, projects]}
    return {"world": "liststore", "sites": [site]}


@contextmanager
def sharepoint_bench(world: dict[str, Any] | None = None, limits: Limits | None = None) -> Iterator[SharePointBench]:
    clock = FakeClock()
    wrapped: list[Faults] = []

    def wrap(app: Any) -> Any:
        wrapped.append(Faults(app))
        return wrapped[0]

    with running_emulator(world or document(), clock.now, wrap) as emulator:
        connection = Connection(name="demo", host=emulator.base_url, auth=Auth.EMULATOR)
        store = SharePointStore(
            connection, EmulatorSignIn(emulator.base_url), clock, limits=limits or Limits(page_size=2)
        )
        try:
            yield SharePointBench(store, emulator, wrapped[0], clock)
        finally:
            store.close()
