"""The little list of the promises on a real site: made there over REST, and taken away again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from connectors.sharepoint.settings import Limits, Transport
from connectors.sharepoint.store import SharePointStore
from sync.core.columns import Cell, PersonCell
from sync.core.ownership import WriteMode
from sync.engine.targets import ListAddress, Source
from sync.wiring import SystemClock
from tests.support.liststore_world import ANN, BOB, FIRST, earlier
from tests.support.live import PEOPLE, LiveSite, live_site
from tests.support.project_list import source as project_source
from tests.support.scratch import Scratch, ScratchList, column, expect, text_column

ITEMS = 6


@dataclass(frozen=True, kw_only=True)
class LosingTransport(Transport):
    """A way to the network on which the next write's answer, or the write itself, can be lost."""

    losses: list[bool] = field(default_factory=list)

    def session(self) -> requests.Session:
        session = super().session()
        session.mount("https://", _Losing(self.losses))
        return session


class _Losing(requests.adapters.HTTPAdapter):
    def __init__(self, losses: list[bool]) -> None:
        super().__init__()
        self._losses = losses

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        writes = request.method == "POST" and any(part in str(request.url) for part in ("ProcessQuery", "$batch"))
        if not writes or not self._losses:
            return super().send(request, *args, **kwargs)
        if self._losses.pop():
            super().send(request, *args, **kwargs)
        raise requests.ConnectionError("the answer was lost on the way")


@dataclass
class LiveBench:
    store: SharePointStore
    site: LiveSite
    scratch: Scratch
    projects: ScratchList
    losses: list[bool]
    people: tuple[PersonCell, PersonCell]
    first: dict[str, Cell]
    recycled: dict[int, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.projects.title

    @property
    def address(self) -> str:
        return f"Lists/{self.projects.title}"

    def source(self, mode: WriteMode = WriteMode.QUIET, address: ListAddress | None = None) -> Source:
        made = project_source(mode, address or ListAddress(title=self.title), self.site.path)
        return replace(made, connection=self.site.connection.name)

    def edit(self, item_id: int, **cells: str) -> None:
        expect(self.scratch.remote.merge(self.projects.item(item_id), cells), 204)

    def trace(self, item_id: int) -> tuple[datetime, int, str]:
        item = self.projects.read(item_id)
        return datetime.fromisoformat(item["Modified"]), item["EditorId"], item["OData__UIVersionString"]

    def recycle(self, item_id: int) -> None:
        answer = self.scratch.remote.post(self.projects.api(f"items({item_id})/recycle"))
        self.recycled[item_id] = expect(answer, 200).json()["value"]

    def restore(self, item_id: int) -> None:
        path = self.scratch.api(f"web/RecycleBin('{self.recycled.pop(item_id)}')/restore()")
        expect(self.scratch.remote.post(path), 200)

    def keep_no_versions(self) -> None:
        expect(self.scratch.remote.merge(self.projects.api(), {"EnableVersioning": False}), 204)

    def expired(self, token: str) -> str:
        return earlier(token, timedelta(days=31))

    def delete_list(self) -> None:
        self.scratch.made.remove(self.projects)
        expect(self.scratch.remote.delete(self.projects.api()), 200)

    def lose_answer(self, item_id: int, *, done: bool) -> None:
        self.losses.append(done)


@contextmanager
def live_bench() -> Iterator[LiveBench]:
    """The list on the site that the environment names. Skips where no two people are named to put into it."""
    site = live_site()
    assert site is not None
    if len(site.people) != 2:
        pytest.skip(f"{PEOPLE} must name two people of the site")
    scratch = site.scratch()
    transport = LosingTransport(proxy=site.transport.proxy, ca_bundle=site.transport.ca_bundle)
    store = SharePointStore(
        site.connection, site.sign_in, SystemClock(), limits=Limits(page_size=2), transport=transport
    )
    try:
        numbers = [_ensured(scratch, address) for address in site.people]
        projects = _filled(scratch, *numbers)
        people = tuple(_person(scratch, number, as_) for number, as_ in zip(numbers, (ANN, BOB), strict=True))
        first = {**FIRST, "Lead": people[0], "Team": people}
        yield LiveBench(store, site, scratch, projects, transport.losses, (people[0], people[1]), first)
    finally:
        store.close()
        scratch.remove()


def _ensured(scratch: Scratch, address: str) -> int:
    answer = scratch.remote.post(scratch.api("web/ensureuser"), {"logonName": f"i:0#.f|membership|{address}"})
    return int(expect(answer, 200).json()["Id"])


def _person(scratch: Scratch, number: int, like: PersonCell) -> PersonCell:
    user = expect(scratch.remote.get(scratch.api(f"web/getuserbyid({number})")), 200).json()
    return replace(like, name=user["Title"], login=user["LoginName"])


def _filled(scratch: Scratch, lead: int, colleague: int) -> ScratchList:
    programmes = scratch.list("Programmes", text_column("Ref"))
    programmes.add(Title="Digital", Ref="PRG-1")
    made = scratch.list("Digital projects", *_columns(programmes))
    made.add(
        Title="Library cards & more",
        Ref="DS-01",
        Due="2026-06-30T23:00:00Z",
        LeadId=lead,
        TeamId=[lead, colleague],
        Tags=["Web", "Data"],
        ProgrammeId=1,
        Cost=1250.5,
        Live=True,
        Site={"Url": "https://example.org/cards", "Description": "The cards"},
    )
    made.add_many([{"Title": f"Project {number}", "Ref": f"DS-0{number}"} for number in range(2, ITEMS + 1)])
    expect(scratch.remote.delete(made.item(3)), 200)
    return made


def _columns(programmes: ScratchList) -> tuple[str, ...]:
    return (
        text_column("Ref"),
        column("DateTime", "Due", Format="DateOnly"),
        column("User", "Lead"),
        column("UserMulti", "Team", Mult="TRUE"),
        column("MultiChoice", "Tags", "Web", "Data", "Phone"),
        column("Lookup", "Programme", List=f"{{{programmes.id}}}", ShowField="Ref"),
        column("Number", "Cost"),
        column("Boolean", "Live"),
        column("URL", "Site", Format="Hyperlink"),
        text_column("PSStatus"),
        column("Boolean", "PSOverdue"),
        column("DateTime", "PSSince", Format="DateOnly"),
        column("Note", "PSReason", RichText="FALSE", NumLines="6"),
        text_column("_PSCheck"),
    )
