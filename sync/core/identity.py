"""Who is who: which history every record that was read belongs to, and what happened to it since.

A record's id (host, list, item) is apart from the key that staff know it by, and both are apart from its identity,
which is the number of its history. `pairing` says what is certain. What is not is neither taken for the same nor for
another silently: the record starts a history of its own that says which one it may continue, the other is not gone,
and a person is asked every night until there is an answer. `same` joins the two without loss, the older number going
on; `another` lets the older one go and the newer one stand. An answer may change from `another` to `same` later; what
was joined stays joined.

What stands in two places is a copy: it has a history of its own, and when the original goes, it goes on there, which is
how a record moves that somebody copies tonight and deletes next week.

A history is gone only where its list was read completely; what a source that was taken out of the portfolio held is
gone as well. Of what was left out by `where` it is the same.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from sync.core.doubts import Answer, Doubt, doubt_about, doubt_id
from sync.core.events import Event, EventKind, changes, event, label_of
from sync.core.history import History
from sync.core.joining import closed, join
from sync.core.marks import nameless, sighting
from sync.core.model import Kind
from sync.core.pairing import pair
from sync.core.policy import IdentityPolicy, SourceMapping
from sync.core.snapshot import Record, RecordId
from sync.core.splits import by_key, by_title
from sync.core.text import listed

__all__ = ["Answer", "Doubt", "Event", "EventKind", "Identified", "identify"]


@dataclass(frozen=True, slots=True)
class Identified:
    """`of`: the history of every record, as it was before this run, a new one where it had none; `changed`: the records
    of which it is a new one, or another than is kept because two were joined. `gone`: histories of
    no record that are to be kept otherwise than they were: gone from today, joined to another, or stripped of words
    because their source is restricted now. Events and doubts are sorted by source and item."""

    of: Mapping[RecordId, History]
    changed: frozenset[RecordId]
    gone: tuple[History, ...]
    events: tuple[Event, ...]
    doubts: tuple[Doubt, ...]


def identify(
    histories: Sequence[History],
    records: Sequence[Record],
    mappings: Mapping[str, SourceMapping],
    policy: IdentityPolicy,
    answers: Mapping[str, Answer],
    today: date,
    unread: frozenset[str] = frozenset(),
) -> Identified:
    """Finds every record's history among those that are kept, and tells what happened.

    `records` are those of sources that were read completely; `unread` the others, of which nothing is concluded.
    `answers` by the id of their doubt. New histories are numbered from the highest known number on, in the order of
    sources and items. Nothing depends on the order of histories or records. What stands in a list of which nothing was
    known is not new, unless it is a copy: it was there before us.
    """
    return _Identifying(histories, records, mappings, policy, answers, today, unread).done()


class _Identifying:
    """One look at everything. `then`: what a record was, of those that go on; `of` grows from step to step."""

    def __init__(
        self,
        histories: Sequence[History],
        records: Sequence[Record],
        mappings: Mapping[str, SourceMapping],
        policy: IdentityPolicy,
        answers: Mapping[str, Answer],
        today: date,
        unread: frozenset[str],
    ) -> None:
        by_number = {each.number: each for each in sorted(histories, key=lambda each: each.number)}
        self._open = {number: each for number, each in by_number.items() if each.joined is None}
        self._next = max(by_number, default=0) + 1
        self._known = {known for each in by_number.values() for known in (each.source, _list_of(each))}
        self._records = {each.id: each for each in sorted(records, key=lambda each: (each.source, each.id))}
        known = {each.id: each for each in self._open.values()}
        self._now = {
            each.id: sighting(each, mappings[each.source], policy, today, known.get(each.id))
            for each in self._records.values()
        }
        self._mappings, self._declared = mappings, frozenset(policy.place)
        self._answers, self._today, self._unread = answers, today, unread
        self._then: dict[RecordId, History] = {}
        self._of: dict[RecordId, History] = {}
        self._gone: dict[int, History] = {}

    def done(self) -> Identified:
        contested = self._pair()
        new = [record for record in self._now if record not in self._then]
        parts = by_key(self._missing(contested), [self._now[each] for each in new if each not in contested])
        copies = self._copies(new)
        for record in self._now:
            self._of[record] = self._then.get(record) or self._new(record, contested, parts, copies)
        asked = self._settle()
        self._number()
        doubts = tuple(doubt_about(self._open[number], self._doubted(record)) for number, record in asked)
        self._let_go({number for number, _ in asked})
        return Identified(
            of=self._of,
            changed=frozenset(record for record, each in self._of.items() if self._open.get(each.number) is not each),
            gone=tuple(self._gone[number] for number in sorted(self._gone)),
            events=tuple(sorted([*self._told(), *self._told_of_new(copies), *self._told_of_splits(parts)])),
            doubts=doubts,
        )

    def _new(
        self,
        record: RecordId,
        contested: Mapping[RecordId, tuple[int, ...]],
        parts: Mapping[RecordId, int],
        copies: Mapping[RecordId, tuple[int, ...]],
    ) -> History:
        maybe = contested.get(record) or ((parts[record],) if record in parts else ())
        if not maybe and record not in copies:
            return self._now[record]
        return replace(self._now[record], maybe=maybe, copied_from=() if maybe else copies[record])

    def _pair(self) -> dict[RecordId, tuple[int, ...]]:
        """What is certain. Answers what is contested, by record: the numbers that it may have."""
        contested: dict[RecordId, tuple[int, ...]] = {}
        for kind in Kind:
            then = [each for each in self._open.values() if each.kind is kind]
            paired = pair(then, [each for each in self._now.values() if each.kind is kind], self._unread)
            self._then |= paired.of
            contested |= paired.contested
        return contested

    def _missing(self, contested: Mapping[RecordId, tuple[int, ...]]) -> list[History]:
        """What was there, was to be read, and is neither found nor contested."""
        spoken_for = {each.number for each in self._then.values()} | {n for each in contested.values() for n in each}
        left = (each for number, each in self._open.items() if number not in spoken_for)
        return [each for each in left if each.gone is None and each.source not in self._unread]

    def _copies(self, new: Collection[RecordId]) -> dict[RecordId, tuple[int, ...]]:
        """For every new record whose key and title another one has that is there, or may be: the numbers of those."""
        found = {each.number for each in self._then.values()}
        originals: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, each in self._open.items():
            is_there = number in found or (each.gone is None and each.source in self._unread)
            if is_there and each.key_digest and each.title_digest:
                originals[each.key_digest, each.title_digest].append(number)
        keyed = ((record, (self._now[record].key_digest, self._now[record].title_digest)) for record in new)
        return {record: tuple(originals[key]) for record, key in keyed if key in originals}

    def _settle(self) -> list[tuple[int, RecordId]]:
        """Joins whatever continues a history that is missing: a person said so; or it is the only copy of it, and
        still has its key and its title. Answers what is still to be asked: number and record."""
        found = {each.number for each in self._of.values()}
        unknown = {number for number, each in self._open.items() if each.source in self._unread}
        missing = self._open.keys() - found - unknown
        for record in self._now:
            said = (number for number in self._options(record) if self._answer(number, record) is True)
            number = next((number for number in said if number in missing), None)
            if number is not None:
                self._join(record, number)
                missing.remove(number)
        asked = [
            (number, record)
            for record in self._now
            for number in self._options(record)
            if number in missing and self._open[number].gone is None and self._answer(number, record) is None
        ]
        times = Counter(each for pair_ in asked for each in pair_)
        for number, record in asked:
            if times[number] == times[record] == 1 and self._is_moved(number, record):
                self._join(record, number)
        return [(number, record) for number, record in asked if self._of[record].number != number]

    def _options(self, record: RecordId) -> tuple[int, ...]:
        return self._of[record].maybe + self._of[record].copied_from

    def _is_moved(self, number: int, record: RecordId) -> bool:
        older, now = self._open[number], self._now[record]
        alike = (now.key_digest, now.title_digest) == (older.key_digest, older.title_digest)
        return alike and number in self._of[record].copied_from

    def _join(self, record: RecordId, number: int) -> None:
        newer, older = self._of[record], self._open[number]
        self._of[record], self._then[record] = join(older, newer), older
        if newer.number:
            self._gone[newer.number] = closed(newer, number, self._today)

    def _number(self) -> None:
        numbers = count(self._next)
        for record, history in self._of.items():
            if not history.number:
                self._of[record] = replace(history, number=next(numbers))

    def _doubted(self, record: RecordId) -> History:
        """A record as it is now, under its number."""
        return replace(self._now[record], number=self._of[record].number)

    def _let_go(self, asked_about: Collection[int]) -> None:
        """What is missing and not asked about is gone. What a source held that is restricted now loses its words."""
        found = {each.number for each in self._of.values()}
        for number, each in self._open.items():
            if number in found or number in self._gone:
                continue
            mapping = self._mappings.get(each.source)
            kept = nameless(each) if mapping and mapping.restricted else each
            is_gone = each.gone is None and number not in asked_about and each.source not in self._unread
            kept = replace(kept, gone=self._today) if is_gone else kept
            if kept != each:
                self._gone[number] = kept

    def _answer(self, number: int, record: RecordId) -> bool | None:
        answer = self._answers.get(doubt_id(self._open[number], record))
        return answer.same if answer else None

    def _told(self) -> Iterator[Event]:
        """What became of everything that was known."""
        holders: dict[str, list[History]] = defaultdict(list)
        for each in self._open.values():
            holders[each.key_digest or ""].append(each)
        for record, history in self._of.items():
            now, label = self._doubted(record), self._records[record].label
            then = self._then.get(record)
            if then is not None:
                yield from changes(then, now, label, self._declared)
            if now.key_digest and (then is None or then.key_digest != now.key_digest):
                others = (each for each in holders.get(now.key_digest, ()) if each.number not in history.maybe)
                yield from _told_of_reuse(now, label, others)
        for number, each in self._gone.items():
            if each.joined is None and each.gone != self._open[number].gone:
                yield event(EventKind.LEFT, each, label_of(each))

    def _told_of_new(self, copies: Mapping[RecordId, tuple[int, ...]]) -> Iterator[Event]:
        found = {each.number for each in self._then.values()}
        for record in self._of:
            seen = self._now[record]
            was_there = record not in copies and self._known.isdisjoint((seen.source, _list_of(seen)))
            if record in self._then or was_there:
                continue
            now, label = self._doubted(record), self._records[record].label
            yield event(EventKind.JOINED, now, label)
            originals = [self._open[number] for number in copies.get(record, ()) if number in found]
            if originals:
                yield _told_of_copy(now, label, originals)

    def _told_of_splits(self, parts: Mapping[RecordId, int]) -> Iterator[Event]:
        by_number: dict[int, list[History]] = defaultdict(list)
        for record, number in parts.items():
            if record not in self._then:
                by_number[number].append(self._of[record])
        for number, others in by_number.items():
            yield _told_of_split(self._open[number], label_of(self._open[number]), others)
        pairs = [(then, self._now[record]) for record, then in self._then.items()]
        renamed = [(then, now) for then, now in pairs if then.title_digest != now.title_digest]
        new = [now for record, now in self._now.items() if record not in self._then]
        for record, beside in by_title(renamed, new).items():
            others = [self._of[each] for each in beside]
            yield _told_of_split(self._doubted(record), self._records[record].label, others)


def _list_of(history: History) -> tuple[str, str]:
    return history.id.host, history.id.list_guid


def _told_of_copy(now: History, label: str, originals: Sequence[History]) -> Event:
    named = listed([f"item {each.id.item_id} of {each.source}" for each in originals])
    secret = any(each.restricted for each in originals)
    numbers = [each.number for each in originals]
    return event(EventKind.COPIED, now, label, after=named, others=numbers, secret=secret)


def _told_of_split(whole: History, label: str, parts: Sequence[History]) -> Event:
    named = listed([label_of(each) for each in parts])
    secret = any(each.restricted for each in parts)
    return event(EventKind.SPLIT, whole, label, after=named, others=[each.number for each in parts], secret=secret)


def _told_of_reuse(now: History, label: str, holders: Iterable[History]) -> Iterator[Event]:
    """Whether another thing had the key before: the one that had it last."""
    others = [each for each in holders if each.title_digest != now.title_digest]
    if others:
        last = max(others, key=lambda each: (each.last_seen, each.number))
        yield event(EventKind.KEY_REUSED, now, label, before=last.title, others=[last.number], secret=last.restricted)
