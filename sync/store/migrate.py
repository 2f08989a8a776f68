"""Brings a database to this release's tables, once, whichever process comes first."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, inspect, select, text

from sync.errors import MigrationError
from sync.store.connect import reading, use_write_ahead_log, writing
from sync.store.schema import HEAD, INSTALLATION_ID, meta

_VERSION_TABLE = "alembic_version"
_LOCK = 0x506F7274  # any number will do, as long as every release uses the same one


def prepare(engine: Engine, database: str, new_id: Callable[[], str]) -> str:
    """Migrates to the newest revision where needed, and returns the installation id, made at the first opening.

    Raises MigrationError where a newer release has been here: its tables are left as they are.
    """
    with reading(engine) as connection:
        if _revision(connection) == HEAD:
            return _installation_id(connection)
    use_write_ahead_log(engine)
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = _revision(connection)
        if revision != HEAD:
            _upgrade(connection, revision, database)
        if revision is None:
            connection.execute(meta.insert().values(name=INSTALLATION_ID, value=new_id()))
        return _installation_id(connection)


def _revision(connection: Connection) -> str | None:
    """The revision that the tables are at; None for an empty database."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar_one_or_none()  # noqa: S608


def _installation_id(connection: Connection) -> str:
    return str(connection.execute(select(meta.c.value).where(meta.c.name == INSTALLATION_ID)).scalar_one())


def _upgrade(connection: Connection, revision: str | None, database: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "sync.store:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise MigrationError(
            f"The database {database} is at revision {revision!r}, which this release does not know.",
        )
    command.upgrade(config, "head")
