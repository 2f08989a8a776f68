"""A portfolio office with the commands in this process, at an embedded SharePoint over HTTP: one clock for both, which
moves only when somebody moves it. So weeks of nights pass in seconds, and the server's memory can be looked into."""

import io
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.emulator.callers import AnyToken
from connectors.emulator.roles import Role
from connectors.emulator.rules.edits import Deed, Edit
from connectors.emulator.rules.history import Entry
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.views import View
from connectors.emulator.state.world import Site
from connectors.emulator.wire.calls import Caller
from sync.cli.main import run
from tests.support.cli import Result
from tests.support.emulator import running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.forms import Page, Visitor, over_http
from tests.support.rest import HEADERS


class Rights:
    """Who is let in: a colleague by the token that `rest` sends, and the service, with one role at every site."""

    def __init__(self, colleague: str) -> None:
        self.role_of_service = Role.MANAGE
        self._colleague = Caller("browser", colleague)

    def caller(self, request: Any, now: datetime) -> Caller:
        is_colleague = request.headers.get("authorization") == HEADERS["Authorization"]
        return self._colleague if is_colleague else AnyToken().caller(request, now)

    def role(self, caller: Caller, site: Site) -> Role:
        return Role.WRITE if caller is self._colleague else self.role_of_service


class _Lines(logging.Handler):
    """Everything that is logged, whoever logs it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@dataclass
class Office:
    """`answers`: what each command said, in order. `log`: every line that was logged meanwhile."""

    base_url: str
    service: Service
    clock: FakeClock
    rights: Rights
    folder: Path
    visitor: Visitor
    log: list[str]
    answers: list[Result] = field(default_factory=list)

    @property
    def portfolio(self) -> Path:
        return self.folder / "portfolio.yaml"

    @property
    def database(self) -> Path:
        return self.folder / "state.sqlite"

    def run(self, *words: str) -> Result:
        """One command, as it would be typed, with the portfolio file named."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*words, "-c", str(self.portfolio)])
        self.answers.append(Result(code, out.getvalue(), err.getvalue()))
        return self.answers[-1]

    def night(self) -> dict[str, Any]:
        """What a run told that wrote what nobody has to approve."""
        result = self.run("reconcile", "--json")
        assert result.code == 0, (self.clock.now(), result.err, result.out[-2000:])
        return dict(result.document)

    def until(self, moment: datetime) -> None:
        """Let time pass for everybody."""
        self.clock.sleep((moment - self.clock.now()).total_seconds())

    # What the server holds

    def list_at(self, site: str, title: str) -> SpList:
        found = self.service.world.site(site).list_titled(title)
        assert found is not None, title
        return found

    def lists(self) -> dict[tuple[str, str], SpList]:
        sites = self.service.world.sites.values()
        return {(site.path, owner.title): owner for site in sites for owner in site.lists.values()}

    def changes(self) -> dict[tuple[str, str], int]:
        """How many entries the change log of every list has: it grows with whatever is written there."""
        return {where: len(owner.log.entries) for where, owner in self.lists().items()}

    def entries(self, after: int = 0) -> list[Entry]:
        """What was asked of the server since an entry, by its place."""
        return self.service.history.entries[after:]

    def asked(self) -> int:
        return len(self.service.history.entries)

    # What a colleague does and sees

    def edit(self, site: str, title: str, item: int, **values: Any) -> None:
        """In the browser, as the first person of the site."""
        self.service.edit(Edit(do=Deed.CHANGE, site=site, list=title, item=item, values=values))

    def page(self, site: str, title: str, view: str) -> Page:
        """A list in one of its views."""
        [found] = [each for each in self.list_at(site, title).views if each.title == view]
        page = self.visitor.get(f"{self.list_at(site, title).server_relative_url}/{found.page}".replace(" ", "%20"))
        assert page.status == 200, page.words
        return page


@contextmanager
def portfolio_office(
    folder: Path, world: Mapping[str, Any], portfolio: str, now: datetime, colleague: str
) -> Iterator[Office]:
    """`portfolio`: the text of its file, with `@base_url` where the server's address goes. `colleague`: their login."""
    clock, rights, lines = FakeClock(now), Rights(colleague), _Lines()
    service = Service(load_world(world, clock=clock.now), access=rights, throttle=Throttle(Mode.OFF))
    with running_emulator(service) as emulator, requests.Session() as session, pytest.MonkeyPatch.context() as patch:
        session.trust_env = False
        for setting in ("PORTFOLIO_SYNC_PORTFOLIO", "COLUMNS"):
            patch.delenv(setting, raising=False)
        patch.setenv("PORTFOLIO_SYNC_STATE_DIR", str(folder))
        patch.setenv("PORTFOLIO_SYNC_DATABASE_URL", f"sqlite:///{folder / 'state.sqlite'}")
        for place in ("sync.wiring.SystemClock", "sync.clock.SystemClock"):
            patch.setattr(place, lambda _stop=None: clock)
        visitor = over_http(session, emulator.base_url)
        office = Office(emulator.base_url, service, clock, rights, folder, visitor, lines.told)
        office.portfolio.write_text(portfolio.replace("@base_url", emulator.base_url), encoding="utf-8")
        with _logging(lines):
            yield office


@contextmanager
def _logging(lines: logging.Handler) -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(lines)


def schema(owner: SpList) -> dict[str, Any]:
    """Everything that a list is but for its items: columns, views, indexes, settings and rights, each in full.

    Columns are told by all that is known of them, views but for the numbers that they are given."""
    return {
        "title": owner.title,
        "url": owner.url,
        "description": owner.description,
        "hidden": owner.hidden,
        "settings": asdict(owner.settings),
        "rights": repr(owner.own_rights),
        "columns": [asdict(column) for column in (owner.title_field, *owner.custom)],
        "views": [_view(view) for view in owner.views],
    }


def _view(view: View) -> dict[str, Any]:
    return {name: value for name, value in asdict(view).items() if name != "id"}


def digest(owners: Mapping[tuple[str, str], SpList]) -> dict[str, str]:
    """The schema of every list in a form that is compared as one value, by where the list is."""
    return {f"{site} {title}": json.dumps(schema(owner), default=str) for (site, title), owner in owners.items()}
