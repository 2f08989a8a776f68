"""What goes wrong with a database, as errors a person can act on. No message holds a password or a stored value."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sync.errors import ConfigurationError, DefectError, LockHeldError, PortfolioSyncError

_BUSY = ("database is locked", "database table is locked", "lock timeout", "deadlock detected")
_DAMAGED = ("not a database", "malformed", "disk image")
_CLOSED_TO_US = ("readonly database", "unable to open", "access permission denied")
_NOT_GRANTED = ("permission denied", "must be owner", "insufficient privilege", "read-only transaction")
_FULL = ("disk is full", "no space left", "disk i/o error")


@contextmanager
def explained(database: str) -> Iterator[None]:
    """Raises what the database raises as a PortfolioSyncError that names the database as `database`."""
    try:
        yield
    except PortfolioSyncError:
        raise
    except SQLAlchemyError as error:
        raise explain(error, database) from error
    except ValueError as error:
        raise _damaged(database) from error


def explain(error: SQLAlchemyError, database: str) -> PortfolioSyncError:
    """The error to raise instead, by what the driver said."""
    cause = error.orig if isinstance(error, StatementError) else None
    if isinstance(cause, PortfolioSyncError):
        return cause
    said = " ".join(str(cause or error).split()).rstrip(".")
    lowered = said.lower()
    if isinstance(error, PoolTimeoutError) or any(words in lowered for words in _BUSY):
        return LockHeldError(
            f"The database {database} is locked by another process.",
            "Wait until the other run has ended, then run the command again; close any tool that has it open.",
        )
    if any(words in lowered for words in _DAMAGED):
        return _damaged(database)
    if any(words in lowered for words in _CLOSED_TO_US):
        return no_access(database, said)
    if any(words in lowered for words in _NOT_GRANTED):
        return ConfigurationError(
            f"The database {database} may not be written: {said}.",
            "Let this account own a database of its own, or grant it USAGE and CREATE on the schema.",
        )
    if any(words in lowered for words in _FULL):
        return ConfigurationError(
            f"The database {database} could not be written: {said}.", "Make room on that disk, then run again."
        )
    return _other(error, database, said)


def no_access(database: str, said: str) -> ConfigurationError:
    """The file or its folder may not be read or written by this account."""
    return ConfigurationError(
        f"The database {database} may not be opened or written: {said}.",
        "Give this account write access to the file and its folder, or set PORTFOLIO_SYNC_STATE_DIR to one it has.",
    )


def _damaged(database: str) -> ConfigurationError:
    return ConfigurationError(
        f"The database {database} is damaged, or is not one of Portfolio Sync's.",
        "Restore the last copy; or move the database away, and the next run is a first run, which waits for approval.",
    )


def _other(error: SQLAlchemyError, database: str, said: str) -> PortfolioSyncError:
    if isinstance(error, IntegrityError):
        return DefectError(f"The database {database} refused a row: {said}.")
    if isinstance(error, OperationalError):
        return ConfigurationError(
            f"The database {database} could not be used: {said}.",
            "Check PORTFOLIO_SYNC_DATABASE_URL, and that the database server answers and knows this account.",
        )
    if isinstance(error, DatabaseError):
        return ConfigurationError(
            f"The database {database} does not hold what it should: {said}.",
            "Check that PORTFOLIO_SYNC_DATABASE_URL names Portfolio Sync's own database.",
        )
    return DefectError(f"The database {database} could not be used: {said}.")
