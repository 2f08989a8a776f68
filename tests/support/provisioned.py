"""A council at whose site lists can be made, with everything that `provision` needs around it: for tests of the engine
and of the command."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from sync.core.columns import ColumnType
from sync.core.model import Kind
from sync.core.ownership import OwnedField, WriteMode
from sync.core.policy import FieldMapping, WritePolicy
from sync.core.provisioning.made import Made
from sync.core.provisioning.shape import FoundList
from sync.engine.provision.carry import Provisioned, carry_out
from sync.engine.provision.removal import survey_removal
from sync.engine.provision.survey import survey
from sync.engine.provision.work import Provisioning
from sync.engine.run import RunContext
from sync.engine.stop import Stop
from sync.engine.targets import Auth, Connection, ListAddress, OwnLists, Portfolio, Readers, Source
from sync.store.memory import MemoryRunStore
from tests.support.fake_clock import FakeClock
from tests.support.provisioning import HOST, SITE, FakeAdmin, found_column, found_list

OWNED = {OwnedField.OVERDUE: "PSOverdue", OwnedField.CHECK: "PSCheck"}
OWN_LISTS = OwnLists(connection="council", site=SITE, rollup_readers=Readers.SITE)
BARE = found_list(found_column("Title"), found_column("Due", ColumnType.DATE), title="Projects")
DRESSABLE = found_list(found_column("Title"), found_column("PSOverdue", description="By hand"), title="Actions")
LISTS = (BARE, DRESSABLE)


def source(name: str, title: str, kind: Kind = Kind.PROJECT, **more: Any) -> Source:
    owned, mode = more.pop("owned", OWNED), more.pop("mode", WriteMode.QUIET)
    fields = {"title": "Title", **({"end": "Due"} if kind is Kind.PROJECT else {}), **more.pop("fields", {})}
    given = {"connection": "council", "site": SITE, "list": ListAddress(title=title), **more}
    return Source(
        name=name,
        kind=kind,
        fields={each: FieldMapping(column=(column,)) for each, column in fields.items()},
        write=WritePolicy(mode=mode, columns=owned),
        **given,
    )


SOURCES = (
    source("projects", "Projects", fields={"hold_reason": "PSHoldReason"}),
    source("actions", "Actions", Kind.ACTION),
)


@dataclass
class Site:
    """`run` is one use of the command whose preview was agreed to."""

    admin: FakeAdmin
    context: RunContext
    seen: list[Provisioned] = field(default_factory=list)

    @property
    def runs(self) -> MemoryRunStore:
        assert isinstance(self.context.runs, MemoryRunStore)
        return self.context.runs

    @property
    def made(self) -> list[Made]:
        return list(self.runs.made())

    def look(self, *only: str, readers: Readers | None = None) -> Provisioning:
        return survey(self.context, frozenset(only), readers)

    def run(self, *only: str) -> Provisioned:
        return carry_out(self.context, self.look(*only))

    def remove(self, *only: str) -> Provisioned:
        return carry_out(self.context, survey_removal(self.context, frozenset(only)))

    def lists(self) -> dict[str, FoundList]:
        """What the site shows, by title; columns and views by what they are, since ids are handed out as they come."""
        return {
            each.title: replace(
                each,
                guid="",
                columns=tuple(replace(column, id="") for column in each.columns),
                views=tuple(replace(view, id="") for view in each.views),
            )
            for each in self.admin.lists.values()
        }

    def again(self) -> None:
        """The next process: the dead one's lease is free, and nobody has told this one to stop."""
        self.runs.close()
        self.admin.effect = lambda _name: None
        self.context = replace(self.context, runs=self.runs.again(), stop=Stop())


def site(
    *sources: Source,
    lists: tuple[FoundList, ...] = LISTS,
    own_lists: OwnLists | None = OWN_LISTS,
    effect: Callable[[str], None] = lambda _name: None,
) -> Site:
    """Two bare lists of staff's, unless told otherwise, and nothing made yet."""
    admin = FakeAdmin(effect=effect)
    for found in lists:
        admin.has(found)
    suffixes = count(1)
    portfolio = Portfolio(
        name="Council",
        time_zone="Europe/London",
        path=Path("portfolio.yaml"),
        connections={"council": Connection(name="council", host=f"{HOST}/", auth=Auth.EMULATOR)},
        sources={each.name: each for each in sources or SOURCES},
        own_lists=own_lists,
    )
    context = RunContext(
        portfolio=portfolio,
        lists={},
        runs=MemoryRunStore(),
        clock=FakeClock(),
        new_suffix=lambda: f"{next(suffixes):04x}",
        admins={"council": admin},
    )
    return Site(admin, context)
