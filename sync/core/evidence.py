"""What the rules about contradictions look at, and the questions that several of them ask."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync.core.findings import FindingKind
from sync.core.history import History
from sync.core.matching import Matched, targets
from sync.core.model import Kind, WorkStatus
from sync.core.overdue import is_over
from sync.core.policy import Policies
from sync.core.snapshot import Record, RecordId
from sync.core.status import Assessment
from sync.core.text import counted, cut, quote

_THROUGH = (Kind.RISK, Kind.ISSUE)
_KEY_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Evidence:
    """A portfolio as it was read, what the rules make of it, and what is known of its records from earlier runs.

    `has_actions` and `knows_actions` are sources, as `sources_with_actions` tells them.
    """

    matched: Matched
    assessments: Mapping[RecordId, Assessment]
    policies: Policies
    today: date
    histories: Mapping[RecordId, History]
    has_actions: frozenset[str]
    knows_actions: frozenset[str]

    def maps(self, record: Record, name: str) -> bool:
        """Whether the record's list tells of that field at all."""
        mapping = self.matched.mappings[record.source]
        return name in mapping.fields or name in mapping.constants

    def below(self, record: Record, kind: Kind) -> list[Record]:
        """What certainly refers to the record: nothing that may yet turn out to mean another of an unread list."""
        return [each for each in self.matched.children(record.id, kind) if each.id not in self.matched.doubtful]

    def open_below(self, record: Record, kind: Kind) -> list[Record]:
        """Those of them that are not over."""
        return [each for each in self.below(record, kind) if not is_over(each)]

    def actions_of(self, record: Record) -> list[Record]:
        """Every action of the record and of its risks and issues, those included whose reference is in doubt."""
        held = [record, *(each for kind in _THROUGH for each in self.matched.children(record.id, kind))]
        return [action for each in held for action in self.matched.children(each.id, Kind.ACTION)]


def sources_with_actions(matched: Matched) -> tuple[frozenset[str], frozenset[str]]:
    """The sources whose records a list of actions may refer to (those of projects also through their risks and
    issues), and those among them of which every list was read in which such an action might stand."""
    mappings = matched.mappings
    into = {name: frozenset(targets(mapping, mappings)) for name, mapping in mappings.items()}
    refer: set[str] = set()
    know: set[str] = set()
    for name in mappings:
        between = {each for each, mapping in mappings.items() if mapping.kind in _THROUGH and name in into[each]}
        reached = between | {name}
        lists = {each for each, mapping in mappings.items() if mapping.kind is Kind.ACTION and into[each] & reached}
        if lists:
            refer.add(name)
            know.update({name} if matched.unread.isdisjoint(lists | between) else ())
    return frozenset(refer), frozenset(know)


def is_alive(record: Record) -> bool:
    """Whether work goes on: it is neither over nor on hold."""
    return not is_over(record) and getattr(record.fields, "status", None) is not WorkStatus.ON_HOLD


def has_unread_date(record: Record) -> bool:
    """Whether a date is there that could not be read, so that one which seems to be blank may not be."""
    return any(problem.kind is FindingKind.TEXT_DATE for problem in record.problems)


def named(record: Record) -> str:
    """`risk R-014`, or `milestone 'Go live'` where there is no key."""
    title = record.fields.title
    if record.key and record.key != title:
        return f"{record.kind} {cut(record.key, _KEY_LENGTH)}"
    return f"{record.kind} {quote(title) if title else record.label}"


def hidden(records: Iterable[Record]) -> list[str]:
    """`a restricted risk` or `2 restricted risks`, for each kind of those that may not be named, in order."""
    counts = Counter(record.kind for record in records if record.restricted)
    return [
        f"a restricted {kind}" if counts[kind] == 1 else counted(counts[kind], f"restricted {kind}")
        for kind in sorted(counts)
    ]


def open_ones(records: Sequence[Record]) -> list[Record]:
    """Those that may be named."""
    return [record for record in records if not record.restricted]
