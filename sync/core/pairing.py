"""Which record is the one of which history: the strongest evidence first, and only where it is beyond doubt.

| by                     | certain where                                     | else              |
|------------------------|---------------------------------------------------|-------------------|
| row and key            | always                                            |                   |
| key and title          | one record and one history are left that have them | asked             |
| row and title          | always                                            |                   |
| title within its place | one of each is left; nothing that is gone comes back by it | asked    |
| key                    | as above, and a word of the title or the place agrees | asked         |
| row                    | nothing else contradicts                          | asked: row reused |

The key and the title come before the row and the title, because people paste a sorted spreadsheet over a list. Where
most of a list's items are found in other rows than before, that is what happened, and its rows say nothing at all.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.core.history import History
from sync.core.marks import Marks, marks_of, words_of
from sync.core.snapshot import RecordId

_FEWEST = 5
"""Items that must have moved to other rows before that is no coincidence."""

Fits = Callable[[Marks, Marks], bool]


@dataclass(frozen=True, slots=True)
class Paired:
    """`of`: the history of every record that certainly has one. `contested`: for a record that may have one, the
    numbers of those that it may have."""

    of: Mapping[RecordId, History]
    contested: Mapping[RecordId, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Way:
    """One kind of evidence: what must agree. `by_row`: of several histories the newest. `restores`: also what was
    gone comes back by it."""

    names: tuple[str, ...]
    by_row: bool = False
    restores: bool = False
    fits: Fits = field(default=lambda then, now: True)

    def tell(self, marks: Marks) -> Hashable:
        said = tuple(getattr(marks, name) for name in self.names)
        return None if None in said else said


def _is_credible(then: Marks, now: Marks) -> bool:
    """Whether a key alone is believed, which somebody may have given to another thing."""
    return now.title is None or then.title is None or _place_agrees(then, now) or _words_agree(then, now)


def _is_same_row(then: Marks, now: Marks) -> bool:
    """Whether a row still holds the same thing, of which neither the key nor the title is the same."""
    if then.key and now.key:
        return False  # keys differ, and titles do as well or cannot tell
    if then.title is None or now.title is None:
        return True
    is_told = then.said is not None and now.said is not None
    return not is_told or _place_agrees(then, now) or _words_agree(then, now)


def _place_agrees(then: Marks, now: Marks) -> bool:
    return then.place is not None and then.place == now.place


def _words_agree(then: Marks, now: Marks) -> bool:
    return bool(then.said and now.said and words_of(then.said) & words_of(now.said))


_CERTAIN = (
    _Way(("id", "key", "title"), by_row=True, restores=True),
    _Way(("id", "key"), by_row=True, restores=True),
    _Way(("key", "title", "place", "source"), restores=True),
    _Way(("key", "title", "place"), restores=True),
    _Way(("key", "title", "source"), restores=True),
    _Way(("key", "title"), restores=True),
    _Way(("id", "title"), by_row=True, restores=True),
    _Way(("title", "place")),
    _Way(("title", "keyless")),
    _Way(("key",), fits=_is_credible),
    _Way(("id",), by_row=True, restores=True, fits=_is_same_row),
)
_ASKED = (
    _Way(("key", "title")),
    _Way(("title", "place")),
    _Way(("title", "keyless")),
    _Way(("key",)),
    _Way(("id",), by_row=True),
)


def pair(histories: Sequence[History], seen: Sequence[History], unread: Collection[str]) -> Paired:
    """Pairs what was `seen` (see `marks.sighting`) with the histories of one kind. Depends on no order of either.

    A history whose list was not read, which may still be in its row, is found only by its row.
    """
    pairing = _Pairing(histories, seen, unread)
    while any(pairing.take(way) for way in _CERTAIN):
        pass
    return Paired(pairing.of, {record: numbers for way in _ASKED for record, numbers in pairing.contest(way)})


class _Pairing:
    """What is left to be paired, and what has been."""

    def __init__(self, histories: Sequence[History], seen: Sequence[History], unread: Collection[str]) -> None:
        before = {each.number: (each, marks_of(each)) for each in sorted(histories, key=lambda each: each.number)}
        now = {each.id: marks_of(each) for each in sorted(seen, key=lambda each: (each.source, each.id))}
        shuffled = _shuffled([marks for each, marks in before.values() if each.gone is None], now.values())
        self._then = {number: (each, _without_row(marks, shuffled)) for number, (each, marks) in before.items()}
        self._now = {record: _without_row(marks, shuffled) for record, marks in now.items()}
        self._unread = unread
        self.of: dict[RecordId, History] = {}

    def take(self, way: _Way) -> bool:
        """Pairs whatever that evidence settles; whether that was anything."""
        then, found = self._histories(way), len(self.of)
        for token, records in self._records(way).items():
            chosen = _chosen(then.get(token, ()), way)
            if len(records) == 1 and chosen and way.fits(self._then[chosen.number][1], self._now[records[0]]):
                self.of[records[0]] = chosen
                del self._now[records[0]], self._then[chosen.number]
        return len(self.of) > found

    def contest(self, way: _Way) -> list[tuple[RecordId, tuple[int, ...]]]:
        """What that evidence leaves open: taken out, so that weaker evidence does not ask again."""
        then, asked = self._histories(way), []
        for token, records in self._records(way).items():
            numbers = [each.number for each in then.get(token, ())][-1 if way.by_row else 0 :]
            asked += list(_shared_out(records, numbers))
            for number in numbers:
                del self._then[number]
        for record, _ in asked:
            del self._now[record]
        return asked

    def _histories(self, way: _Way) -> dict[Hashable, list[History]]:
        groups = defaultdict(list)
        for history, marks in self._then.values():
            may = (way.by_row or history.source not in self._unread) and (way.restores or history.gone is None)
            if may and (token := way.tell(marks)) is not None:
                groups[token].append(history)
        return groups

    def _records(self, way: _Way) -> dict[Hashable, list[RecordId]]:
        groups = defaultdict(list)
        for record, marks in self._now.items():
            if (token := way.tell(marks)) is not None:
                groups[token].append(record)
        return groups


def _shuffled(then: Iterable[Marks], now: Iterable[Marks]) -> frozenset[tuple[str, str]]:
    """The lists (host and GUID) of which more items stand in another row than in the one that they had."""
    before, after = _rows(then), _rows(now)
    stayed: Counter[tuple[str, str]] = Counter()
    moved: Counter[tuple[str, str]] = Counter()
    for token, row in before.items():
        found = after.get(token)
        if row and found:
            (stayed if found == row else moved)[row.host, row.list_guid] += 1
    return frozenset(place for place, times in moved.items() if times > stayed[place] and times >= _FEWEST)


def _rows(marks: Iterable[Marks]) -> dict[Hashable, RecordId | None]:
    """The row of everything that one key, title and place in a list belong to; None where several have them."""
    rows: dict[Hashable, RecordId | None] = {}
    for each in marks:
        if each.id and each.title:
            token = (each.id.host, each.id.list_guid, each.key, each.title, each.place)
            rows[token] = None if token in rows else each.id
    return rows


def _without_row(marks: Marks, shuffled: Collection[tuple[str, str]]) -> Marks:
    row = marks.id
    return replace(marks, id=None) if row and (row.host, row.list_guid) in shuffled else marks


def _chosen(fitting: Iterable[History], way: _Way) -> History | None:
    """Of what is there, the only one; of several that had one row, or are gone, the one that was last."""
    fitting = tuple(fitting)
    present = [each for each in fitting if each.gone is None]
    if present:
        return present[-1] if way.by_row or len(present) == 1 else None
    return max(fitting, key=lambda each: (each.last_seen, each.number), default=None)


def _shared_out(records: Sequence[RecordId], numbers: Sequence[int]) -> Iterable[tuple[RecordId, tuple[int, ...]]]:
    """Who is asked about what: everybody about the only one; of many and many, each about one, so that there are no
    more questions than things."""
    if len(records) == 1 and numbers:
        return [(records[0], tuple(numbers))]
    if len(numbers) == 1:
        return [(record, (numbers[0],)) for record in records]
    return [(record, (number,)) for record, number in zip(records, numbers, strict=False)]
