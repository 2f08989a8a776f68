"""The one table that says who a number in the audit is."""

from sqlalchemy import Connection, select, update

from sync.engine.state import KnownPerson
from sync.store.schema import people
from sync.store.statements import insert_into


def find(connection: Connection, scope: str, ident: str, name: str | None) -> int | None:
    """The number of an account that is known, by that name where one is given; None where something is to be kept."""
    row = connection.execute(
        select(people.c.number, people.c.name).where(people.c.scope == scope, people.c.ident == ident)
    ).first()
    return None if row is None or (name is not None and name != row.name) else int(row.number)


def keep(connection: Connection, scope: str, ident: str, name: str | None) -> int:
    """The number of an account, made where it has none."""
    statement = insert_into(connection, people)
    # Of two processes that meet somebody for the first time, both are told the same number.
    statement = statement.on_conflict_do_update(
        index_elements=["scope", "ident"], set_={"name": people.c.name if name is None else name}
    )
    row = {"scope": scope, "ident": ident, "name": name}
    return int(connection.execute(statement.returning(people.c.number), row).scalar_one())


def everybody(connection: Connection) -> tuple[KnownPerson, ...]:
    """Everybody who has a number and was not erased, by number."""
    rows = connection.execute(select(people).where(people.c.ident.is_not(None)).order_by(people.c.number))
    return tuple(KnownPerson(row.number, row.scope, row.ident, row.name) for row in rows)


def erase(connection: Connection, number: int) -> None:
    """Leaves the number with nobody behind it."""
    connection.execute(update(people).where(people.c.number == number).values(ident=None, name=None))
