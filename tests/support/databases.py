"""The databases that the store's tests run on: SQLite always, PostgreSQL where a server is given or can be started."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from sync.store.location import parse_url
from tests.support.postgresql import has_server, server_address

TARGETS = ("sqlite", "postgresql") if has_server() else ("sqlite",)


@contextmanager
def new_database(target: str, folder: Path) -> Iterator[str]:
    """The address of an empty database; skips the test where it is "postgresql" that is asked for and there is none."""
    if target == "sqlite":
        yield f"sqlite:///{folder / 'state' / 'portfolio.sqlite'}"
        return
    with _on_server(server_address()) as address:
        yield address


@contextmanager
def _on_server(server: str) -> Iterator[str]:
    name = f"portfolio_sync_test_{uuid.uuid4().hex}"
    url = parse_url(server)
    # Databases are made and dropped outside of transactions.
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        _execute(engine, f"CREATE DATABASE {name}")
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            _execute(engine, f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()


def _execute(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))
