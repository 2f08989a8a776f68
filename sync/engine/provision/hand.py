"""Does the steps of one list, each on record before it is done and after.

A record is kept before a thing is made, so that a run that is killed leaves nothing behind that nobody knows. Where
the host says that it made nothing, the record is what it was; where its answer was lost, it stays until somebody looks.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sync.core.audit import Act, Entry
from sync.core.provisioning.made import Made, What, find, list_at, of_list, place
from sync.core.provisioning.removing import (
    Removal,
    RemoveColumn,
    RemoveList,
    RemoveView,
    RestoreColumn,
    change_to_json,
)
from sync.core.provisioning.steps import (
    ChangeView,
    DressColumn,
    MakeColumn,
    MakeList,
    MakeView,
    Step,
    form_of,
)
from sync.engine.admin import ListAdmin
from sync.engine.provision.work import ListWork
from sync.engine.run import RunContext
from sync.engine.state import Lease
from sync.errors import DefectError, SourceError, UnreachableError, UnreadableError


@dataclass(slots=True)
class Ledger:
    """The records of what was made, under the lease of this run: nobody else changes them, so they are read once.
    `person`: whose act it is, by number."""

    context: RunContext
    lease: Lease
    run_id: str
    person: int
    _made: dict[tuple[str, str], dict[tuple[str, ...], Made]] = field(init=False)
    """By site, so that a step in one list costs the same however many others there are."""

    def __post_init__(self) -> None:
        self._made = {}
        for each in self.context.runs.made():
            self._of_site(each)[each.key] = each

    def made(self, host: str, site: str) -> Collection[Made]:
        """Everything that is on record of a site now."""
        return self._made.get(place(host, site, "")[:2], {}).values()

    def before(self, thing: Made) -> Made | None:
        """What is on record of the same thing now."""
        return self._of_site(thing).get(thing.key)

    def check(self) -> None:
        """Raises LeaseLostError where another run took over."""
        self.context.runs.journal.check(self.lease)

    def keep(self, thing: Made, told: Sequence[Entry] = ()) -> None:
        """What is about to be made, or is made now."""
        self.context.runs.journal.keep_made(self.lease, thing, told)
        self._of_site(thing)[thing.key] = thing

    def forget(self, things: Sequence[Made], told: Sequence[Entry] = ()) -> None:
        """What is no more."""
        self.context.runs.journal.forget_made(self.lease, things, told)
        for each in things:
            self._of_site(each).pop(each.key, None)

    def _of_site(self, thing: Made) -> dict[tuple[str, ...], Made]:
        return self._made.setdefault(thing.place[:2], {})

    def thing(self, work: ListWork, guid: str, what: What, name: str, was: dict[str, Any]) -> Made:
        """The record of something that is about to be made."""
        return Made(
            host=work.host,
            site=work.site,
            list_guid=guid,
            what=what,
            name=name,
            run_id=self.run_id,
            at=self.context.clock.now(),
            was=was,
        )

    def entry(self, act: Act, work: ListWork, guid: str | None, why: str, column: str | None) -> Entry:
        """What the audit says of one step."""
        return Entry(
            at=self.context.clock.now(),
            act=act,
            run_id=self.run_id,
            source=work.name,
            list_guid=guid,
            column=column,
            why=why,
            person=self.person,
        )


@dataclass(slots=True)
class Hand:
    """Does the steps of one list. `guid` is None until the list is made."""

    ledger: Ledger
    work: ListWork
    admin: ListAdmin
    guid: str | None

    def do(self, step: Step | Removal) -> None:
        """One step; raises the SourceError that keeps it from being done."""
        match step:
            case MakeList():
                self._make_list(step)
            case MakeColumn():
                self._make_column(step)
            case DressColumn():
                self._dress(step)
            case MakeView():
                self._make_view(step)
            case ChangeView():
                self._change_view(step)
            case _:
                self._remove(step)

    def _make_list(self, step: MakeList) -> None:
        shape, work = step.shape, self.work
        was = {"template": work.template} if work.template else {}
        thing = self.ledger.thing(work, "", What.LIST, shape.url, was)
        self._make(thing, lambda: self.admin.add_list(work.site, shape), f"list made: {shape.url}")

    def _make_column(self, step: MakeColumn) -> None:
        shape, site, guid = step.shape, self.work.site, self._list()
        was = {"type": shape.type.value, **({"hold": True} if step.hold else {})}

        def act() -> str:
            return self.admin.add_column(site, guid, shape)

        self._make(self.ledger.thing(self.work, guid, What.COLUMN, shape.name, was), act, "column made", shape.name)

    def _make_view(self, step: MakeView) -> None:
        shape, site, guid = step.shape, self.work.site, self._list()
        was = {"forms": [form_of(shape, self.admin.wording)]}
        thing = self.ledger.thing(self.work, guid, What.VIEW, shape.title, was)
        self._make(thing, lambda: self.admin.add_view(site, guid, shape), f"view made: {shape.title}")

    def _make(self, thing: Made, act: Callable[[], str], why: str, column: str | None = None) -> str:
        """Makes something new. What is staff's at once is on record in the audit only: it is never taken away again."""
        if thing.name in self.work.theirs:
            itself = self._itself()
            return self._through(itself, itself, act, lambda _: itself, why, column)
        before = self.ledger.before(thing)
        return self._through(before, thing, act, lambda ident: replace(thing, ident=ident), why, column)

    def _change_view(self, step: ChangeView) -> None:
        shape, site, guid = step.shape, self.work.site, self._list()
        before = self._known(What.VIEW, shape.title)
        form = form_of(shape, self.admin.wording)
        forms = [*before.was.get("forms", []), form]

        def act() -> str:
            self.admin.change_view(site, guid, step.id, shape)
            return step.id

        self._through(
            before,
            replace(before, was={"forms": forms}),
            act,
            lambda ident: replace(before, ident=ident, was={"forms": [form]}),
            f"view changed: {shape.title}",
        )

    def _dress(self, step: DressColumn) -> None:
        """Of a column that was there, what it had before it was ever dressed is kept; one of ours goes as a whole."""
        site, guid = self.work.site, self._list()

        def act() -> str:
            self.admin.change_column(site, guid, step.name, step.change)
            return step.name

        if step.made:
            ours = self._known(What.COLUMN, step.name)
            self._through(ours, ours, act, lambda _: ours, "column dressed", step.name)
            return
        before = find(self._here(), What.DRESS, step.name)
        kept = before.was if before else {"was": {}, "sets": []}
        last = kept["sets"][-1] if kept["sets"] else {}
        now, was = {**last, **change_to_json(step.change)}, {**change_to_json(step.was), **kept["was"]}
        thing = self.ledger.thing(self.work, guid, What.DRESS, step.name, {"was": was, "sets": [*kept["sets"], now]})
        after = replace(thing, ident=step.name, was={"was": was, "sets": [now]})
        self._through(before, thing, act, lambda _: after, "column dressed", step.name)

    def _remove(self, step: RemoveView | RestoreColumn | RemoveColumn | RemoveList) -> None:
        """Takes away, then forgets: a run that is killed in between finds it gone."""
        site, guid = self.work.site, self._list()
        self.ledger.check()
        match step:
            case RemoveView():
                self.admin.remove_view(site, guid, step.id)
                told = self._entry(Act.REMOVED, f"view: {step.made.name}")
            case RestoreColumn():
                self.admin.change_column(site, guid, step.name, step.change)
                told = self._entry(Act.REMOVED, "looks of a column", step.name)
            case RemoveColumn():
                self.admin.remove_column(site, guid, step.name)
                told = self._entry(Act.REMOVED, "column", step.name)
            case _:
                self.admin.remove_list(site, guid)
                told = self._entry(Act.REMOVED, f"list: {step.made.name}")
        with_it = step.with_it if isinstance(step, RemoveList) else ()
        self.ledger.forget([step.made, *with_it], [told])

    def _through(
        self,
        before: Made | None,
        during: Made,
        act: Callable[[], str],
        after: Callable[[str], Made],
        why: str,
        column: str | None = None,
    ) -> str:
        """Keeps `during`, acts, and keeps what `after` makes of the answer, with the audit's entry; its answer."""
        if during != before:
            self.ledger.keep(during)
        self.ledger.check()
        try:
            ident = act()
        except (UnreadableError, UnreachableError):
            raise
        except SourceError:
            if before is None:
                self.ledger.forget([during])
            else:
                self.ledger.keep(before)
            raise
        made = after(ident)
        self.guid = self.guid or ident  # nothing but the list itself is made before there is one
        self.ledger.keep(made, [self._entry(Act.PROVISIONED, why, column)])
        return ident

    def _entry(self, act: Act, why: str, column: str | None = None) -> Entry:
        return self.ledger.entry(act, self.work, self.guid, why, column)

    def _list(self) -> str:
        if self.guid is None:
            raise DefectError("Something was to be made in a list that is not made yet.")
        return self.guid

    def _here(self) -> Sequence[Made]:
        host, site = self.work.host, self.work.site
        return of_list(self.ledger.made(host, site), host, site, self._list())

    def _known(self, what: What, name: str) -> Made:
        """What the step is about and was made before; DefectError where it was not."""
        return _expected(find(self._here(), what, name))

    def _itself(self) -> Made:
        host, site = self.work.host, self.work.site
        return _expected(list_at(self.ledger.made(host, site), host, site, self.work.url))


def _expected(record: Made | None) -> Made:
    if record is None:
        raise DefectError("Something of ours was to be changed that is not on record.")
    return record
