"""The databases that the store's tests run on: SQLite always, PostgreSQL where its address is given."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from sync.store.location import parse_url

POSTGRES_VARIABLE = "PORTFOLIO_SYNC_TEST_POSTGRES"
TARGETS = ("sqlite", "postgresql") if os.environ.get(POSTGRES_VARIABLE) else ("sqlite",)


@contextmanager
def new_database(target: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of one of `TARGETS`."""
    if target == "sqlite":
        yield f"sqlite:///{folder / 'state' / 'portfolio.sqlite'}"
        return
    with _new_schema(os.environ[POSTGRES_VARIABLE]) as address:
        yield address


@contextmanager
def _new_schema(server: str) -> Iterator[str]:
    schema = f"test_{uuid.uuid4().hex}"
    url = parse_url(server)
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        yield url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    finally:
        engine.dispose()
