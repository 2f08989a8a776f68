"""What runs kept, read again for reports: the newest view, frozen ones, and which of them to compare with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sync.engine.state import LATEST
from sync.errors import NotFoundError

if TYPE_CHECKING:
    from sync.core.model import Person
    from sync.core.policy import Calendar
    from sync.core.view import View
    from sync.engine.ports import RunStore
    from sync.engine.state import Archive, Frozen, KnownPerson

TREND = 12
"""How many monthly reports a trend shows."""


@dataclass(frozen=True, slots=True)
class KeptView:
    """A moment of the portfolio: what it was kept as, its figures as they were told, and the view that comes out again
    by the rules of then."""

    of: "Frozen"
    figures: "Sequence[dict[str, Any]]"
    view: "View"
    calendar: "Calendar"


class Library:
    """Everything that was kept. A view is made once, however often it is asked for."""

    def __init__(self, store: "RunStore") -> None:
        self._store = store
        self._views: dict[str | None, KeptView] = {}
        self._people: dict[int, Person] | None = None
        self._aliases: Mapping[int, int] | None = None

    def latest(self) -> KeptView:
        """What the newest run saw; NotFoundError where there was none."""
        return self._view(None, "No run has kept anything to report on.", "Run `reconcile` (or `plan`) first.")

    def frozen(self, name: str) -> KeptView:
        """What was frozen under that name; NotFoundError where nothing was."""
        return self._view(name, f"There is no frozen report '{name}'.", "`frozen list` shows their names.")

    def before(self, now: "View", *, board: str | None, since: str | None) -> KeptView | None:
        """The frozen report to compare with: the one named, else the last one made for that board, else the last one;
        None where there is none from an earlier day."""
        from sync.engine.archiving import told_last

        if since is not None:
            return self.frozen(since)
        earlier = [each for each in self._newest() if each.as_of < now.today]
        fitting = [each for each in earlier if board is not None and each.board == board] or earlier
        last = told_last(fitting)
        return self.frozen(last.id) if last else None

    def first_told(self, kept: KeptView) -> KeptView | None:
        """What a restated report had told first; None where it was not restated."""
        told = kept.of
        while told.restates is not None:
            told = next((each for each in self._store.frozen() if each.id == told.restates), told)
            if told.id == kept.of.id:
                return None
        return self.frozen(told.id) if told.id != kept.of.id else None

    def months(self, until: date) -> list[KeptView]:
        """The monthly reports before that day, the oldest first, as they were told last."""
        from sync.core.frozen import Occasion

        monthly = [each for each in self._newest() if each.occasion is Occasion.MONTHLY and each.as_of < until]
        return [self.frozen(each.id) for each in sorted(monthly, key=lambda each: each.as_of)[-TREND:]]

    def _newest(self) -> "list[Frozen]":
        """Every frozen report in its last revision."""
        every = self._store.frozen()
        restated = {each.restates for each in every}
        return [each for each in every if each.id not in restated]

    def _view(self, name: str | None, missing: str, advice: str) -> KeptView:
        if name not in self._views:
            archive = self._store.archive(name)
            if archive is None or archive.of.id == name == LATEST:
                raise NotFoundError(missing, advice)
            kept = read_again(archive, self.person)
            self._views[name] = replace(kept, view=renumbered(kept.view, self._joined()))
        return self._views[name]

    def _joined(self) -> "Mapping[int, int]":
        """Which numbers of then are known under another one now, because a person said that they are the same."""
        from sync.core.joining import aliases

        if self._aliases is None:
            self._aliases = aliases(self._store.histories())
        return self._aliases

    def person(self, number: int) -> "Person":
        """Who a number is; nobody, once they were erased."""
        from sync.core.model import Person

        if self._people is None:
            known = self._store.audit.people()
            self._people = {each.number: _named(each) for each in known}
        return self._people.get(number, Person("(erased)"))


def _named(person: "KnownPerson") -> "Person":
    """A person as the list had them: whoever was named in plain text has no login."""
    from sync.core.model import Person
    from sync.engine.numbering import NAMED

    return Person(person.name or "(not named)", None if person.ident.startswith(NAMED) else person.ident)


def renumbered(view: "View", numbers: "Mapping[int, int]") -> "View":
    """The view with the numbers that its records have now, so that it can be compared with a later one."""
    if not any(item.number in numbers for item in view.items):
        return view
    items = tuple(replace(item, number=numbers.get(item.number or 0, item.number)) for item in view.items)
    return replace(view, items=items)


def read_again(archive: "Archive", person_of: "Callable[[int], Person]") -> KeptView:
    """The view of an archive, by the rules that were kept with it."""
    from config.rules import rules_from_json
    from sync.core.kept import kept_from, view_again

    rules = rules_from_json(archive.header["values"]["rules"])
    kept = kept_from(archive.header, archive.parts, rules.sources, rules.policies, rules.calendar, person_of)
    return KeptView(archive.of, archive.header["figures"], as_on_its_day(view_again(kept)), rules.calendar)


def as_on_its_day(view: "View") -> "View":
    """The view of a run that was told which day it is (`--today`) is as at that day, at the time at which it ran."""
    local = view.as_at.astimezone(ZoneInfo(view.zone))
    return view if local.date() == view.today else replace(view, as_at=datetime.combine(view.today, local.timetz()))
