"""Which keys that are gone from one source stand in another one now: such a record moved, and is not gone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.core.known import Known
from sync.core.snapshot import RecordId
from sync.engine.past import Past


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`found`: by the digest of a key that is gone from anywhere, the sources and rows that have it now. `held`: by
    such a row, the sources that had it before."""

    past: Past
    found: Mapping[str, list[tuple[str, RecordId]]]
    held: Mapping[RecordId, list[str]]

    @classmethod
    def of(cls, past: Past, rows: Mapping[str, Iterable[Known]]) -> "Elsewhere":
        """`rows`: what was read, by source."""
        gone = {digest for name in rows for digest in _gone(past.rows.get(name, ()), rows[name])}
        found: dict[str, list[tuple[str, RecordId]]] = defaultdict(list)
        for name, every in rows.items():
            for row in every:
                if row.key_digest in gone:
                    found[row.key_digest].append((name, row.id))
        there = {record for places in found.values() for _, record in places}
        held: dict[RecordId, list[str]] = defaultdict(list)
        for name, every in past.rows.items():
            for row in every:
                if row.id in there:
                    held[row.id].append(name)
        return cls(past, found, held)

    def than(self, name: str) -> frozenset[str]:
        """The digests of keys that are gone from anywhere, of every record that is new in another source than this one:
        registers may number alike, and what stood there all along has not moved there."""
        return frozenset(
            digest
            for digest, places in self.found.items()
            if any(source != name and not self._is_old(record, name) for source, record in places)
        )

    def _is_old(self, record: RecordId, name: str) -> bool:
        return any(other != name and self._is_as_old(other, name) for other in self.held.get(record, ()))

    def _is_as_old(self, other: str, name: str) -> bool:
        """Whether what is known of the other source was seen no later than what is known of this one; a later run may
        have found there what has moved."""
        one, two = self.past.last(other), self.past.last(name)
        return one is not None and two is not None and one.run_id <= two.run_id


def _gone(then: Iterable[Known], now: Iterable[Known]) -> Iterable[str]:
    here = {row.id for row in now}
    return (row.key_digest for row in then if row.key_digest and row.id not in here)
