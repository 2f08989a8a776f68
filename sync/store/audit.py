"""The audit trail in the database: see `AuditTrail` of the engine's ports for the promises."""

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, select, update

from sync.core.audit import Anchor, Entry, Link, entry_of
from sync.engine.state import KnownPerson
from sync.errors import UnreadableError, UsageError
from sync.store import people
from sync.store.chain import anchor_of, extend, head_of, lock_chain
from sync.store.connect import Database, empty_write_ahead_log
from sync.store.failures import explained
from sync.store.rows import Row
from sync.store.schema import audit, audit_anchor

_TOGETHER = 1000
"""Links read at a time."""


class SqlAuditTrail:
    """The append-only record of decisions and writes, and who the people in it are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def links(self, run_id: str | None = None) -> Iterator[Link]:
        """In order, of one run or of all; a chunk at a time, so that no transaction stays open meanwhile.

        Raises UnreadableError, with the number, for an entry that is none any more, or is filed under another run.
        """
        statement = select(audit).order_by(audit.c.number).limit(_TOGETHER)
        if run_id is not None:
            statement = statement.where(audit.c.run_id == run_id)
        following = statement
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(following).all()
            if not rows:
                return
            yield from (self._link(row) for row in rows)
            following = statement.where(audit.c.number > rows[-1].number)

    def anchor(self) -> Anchor:
        """Where the chain begins."""
        with self._database.reading() as connection:
            return anchor_of(connection)

    def head(self) -> Anchor:
        """Where the chain ends."""
        with self._database.reading() as connection:
            return head_of(connection)

    def append(self, entries: Sequence[Entry]) -> None:
        """Adds entries that belong to no run; all of them or none."""
        with self._database.writing() as connection:
            extend(connection, entries)

    def purge(self, through: int, entries: Sequence[Entry]) -> int:
        """Deletes the links up to that number, keeps the hash of the last, and adds the entries; all or nothing.

        Raises UsageError for a number that the chain has not come to.
        """
        with self._database.writing() as connection:
            lock_chain(connection)
            head = head_of(connection)
            if through > head.number:
                raise UsageError(f"The audit ends with number {head.number}, so nothing up to {through} can be purged.")
            gone = audit.c.number <= through
            last = select(audit.c.number, audit.c.hash).where(gone).order_by(audit.c.number.desc()).limit(1)
            row = connection.execute(last).first()
            count = 0
            if row is not None:
                connection.execute(update(audit_anchor).values(number=row.number, hash=row.hash))
                count = connection.execute(delete(audit).where(gone)).rowcount
            extend(connection, entries)
            return count

    def person(self, scope: str, ident: str, name: str | None = None) -> int:
        """The number of an account, made at first sight; `name` is kept where it is given."""
        with self._database.reading() as connection:
            number = people.find(connection, scope, ident, name)
        if number is not None:
            return number
        with self._database.writing() as connection:
            return people.keep(connection, scope, ident, name)

    def people(self) -> Sequence[KnownPerson]:
        """Everybody who has a number and was not erased, by number."""
        with self._database.reading() as connection:
            return people.everybody(connection)

    def erase(self, number: int) -> None:
        """Forgets who a number was; the number is not given to anybody else. Nobody's number is no error."""
        with self._database.writing() as connection:
            people.erase(connection, number)
        with explained(self._database.name):
            empty_write_ahead_log(self._database.engine)

    def _link(self, row: Row) -> Link:
        try:
            entry = entry_of(row.content)
        except ValueError as error:
            raise self._altered(row) from error
        if entry.run_id != row.run_id:
            raise self._altered(row)  # one run's entries are found by the column, which no hash covers
        return Link(row.number, row.hash, entry)

    def _altered(self, row: Row) -> UnreadableError:
        return UnreadableError(
            f"Entry {row.number} of the audit in {self._database.name} was altered, and cannot be read any more.",
            "Compare the database with its last copy.",
        )
