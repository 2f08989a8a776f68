"""The migrations and the tables that the code knows are one and the same."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.schema import HEAD, metadata
from sync.store.sql import open_store
from tests.support.databases import TARGETS, new_database


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "sync.store:migrations")
    config.attributes["connection"] = connection
    return config


@pytest.fixture(params=TARGETS)
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    with new_database(request.param, tmp_path) as address:
        open_store(address, new_id=lambda: "installation").close()
        engine = make_engine(parse_url(address), 5)
        with writing(engine) as connection:
            yield connection
        engine.dispose()


def test_the_newest_revision_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [HEAD]


def test_the_migrations_make_the_tables_that_the_code_knows(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_constraints_and_indexes_have_the_names_that_the_code_knows(connection: Connection) -> None:
    inspector = inspect(connection)
    for table in metadata.tables.values():
        assert inspector.get_pk_constraint(table.name)["name"] == table.primary_key.name
        assert {index["name"] for index in inspector.get_indexes(table.name)} >= {index.name for index in table.indexes}


def test_the_first_revision_can_be_taken_back(connection: Connection) -> None:
    command.downgrade(configuration(connection), "base")
    assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    command.upgrade(configuration(connection), "head")
    assert set(inspect(connection).get_table_names()) == {"alembic_version", *metadata.tables}


def test_every_revision_is_inside_the_package() -> None:
    names = {entry.name for entry in files("sync.store.migrations").joinpath("versions").iterdir()}
    assert "rev_0001_first_tables.py" in names
