"""The audit's chain in the database: adding to it, inside whichever transaction the entries belong to."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert, select

from sync.core.audit import Anchor, Entry, Link, content, seal
from sync.store.schema import audit, audit_anchor


def anchor_of(connection: Connection) -> Anchor:
    """Where the chain begins."""
    row = connection.execute(select(audit_anchor.c.number, audit_anchor.c.hash)).one()
    return Anchor(row.number, row.hash)


def head_of(connection: Connection) -> Anchor:
    """Where the chain ends."""
    newest = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(newest).first()
    return anchor_of(connection) if row is None else Anchor(row.number, row.hash)


def lock_chain(connection: Connection) -> None:
    """Keeps every other transaction from adding to the chain, or cutting it, until this one has ended."""
    connection.execute(select(audit_anchor.c.id).with_for_update())


def extend(connection: Connection, entries: Sequence[Entry]) -> None:
    """Adds the entries at the chain's end."""
    if not entries:
        return
    lock_chain(connection)
    connection.execute(insert(audit), [_row(link) for link in _sealed(head_of(connection), entries)])


def _sealed(head: Anchor, entries: Sequence[Entry]) -> Iterator[Link]:
    for entry in entries:
        link = seal(head, entry)
        yield link
        head = Anchor(link.number, link.hash)


def _row(link: Link) -> dict[str, object]:
    return {"number": link.number, "run_id": link.entry.run_id, "hash": link.hash, "content": content(link.entry)}
