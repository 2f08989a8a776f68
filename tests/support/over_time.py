"""A portfolio over time: runs that identify what they read and advance its histories, as the engine does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sync.core.advance import Facts, advance
from sync.core.doubts import Answer, Doubt
from sync.core.history import History
from sync.core.identity import Event, EventKind, Identified, identify
from sync.core.model import Kind
from sync.core.policy import IdentityPolicy, SourceMapping
from sync.core.snapshot import Record
from tests.support.lists import record, source

DAY = date(2026, 6, 1)
POOL, PARK = "Swimming pool refurbishment", "Park and ride extension"
BY_DEPARTMENT = IdentityPolicy(place={Kind.PROJECT: "department"})


@dataclass
class OverTime:
    """`lists`: the source mappings by name; one that is not named has a key column. Every run is a day later."""

    lists: dict[str, SourceMapping] = field(default_factory=dict)
    policy: IdentityPolicy = BY_DEPARTMENT
    today: date = DAY
    kept: dict[int, History] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    last: Identified | None = None

    def look(self, *records: Record, unread: Iterable[str] = (), today: date | None = None) -> Identified:
        """What a run makes of these records, leaving nothing behind."""
        for each in records:
            self.lists.setdefault(each.source, source(each.source, each.kind, key="Ref"))
        histories = tuple(self.kept.values())
        mappings, when = self.lists, today or self.today
        return identify(histories, records, mappings, self.policy, self.answers, when, frozenset(unread))

    def run(self, *records: Record, unread: Iterable[str] = (), facts: Mapping[str, Facts] | None = None) -> Identified:
        """A night: what was read is identified and its histories are kept."""
        found = self.look(*records, unread=unread)
        for each in records:
            given = (facts or {}).get(each.key or "", Facts())
            mapping = self.lists[each.source]
            self.kept[found.of[each.id].number] = advance(
                found.of[each.id], each, mapping, self.policy, self.today, given
            )
        self.kept |= {each.number: each for each in found.gone}
        self.last, self.today = found, self.today + timedelta(days=1)
        return found

    def answer(self, doubt: Doubt, *, same: bool) -> None:
        self.answers[doubt.id] = Answer(doubt.id, same, 1, datetime(2026, 6, 2, tzinfo=UTC))

    def number(self, each: Record) -> int:
        assert self.last is not None
        return self.last.of[each.id].number


def project(item: int, key: str | None, title: str | None, *, at: str = "projects", **more: object) -> Record:
    return record(item, at=at, key=key, title=title, **more)  # type: ignore[arg-type]


def kinds(found: Identified) -> list[tuple[str, int]]:
    """Event kinds with their history's number, in order."""
    return [(each.kind.value, each.number) for each in found.events]


def of_kind(found: Identified, kind: EventKind) -> list[Event]:
    return [each for each in found.events if each.kind is kind]


def texts(found: Identified) -> list[str]:
    """What is said of every event, in order."""
    return [each.text for each in found.events]


def after(first: Sequence[Record], second: Sequence[Record], policy: IdentityPolicy = BY_DEPARTMENT) -> Identified:
    """What the second of two nights makes of what it reads."""
    portfolio = OverTime(policy=policy)
    portfolio.run(*first)
    return portfolio.run(*second)
