"""What a database driver says, and what a person is told instead."""

import sqlite3

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError, InvalidRequestError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sync.errors import ConfigurationError, DefectError, LockHeldError, PortfolioSyncError
from sync.store.failures import explain, explained

SECRET = "UPDATE runs SET report = 'a name'"


@pytest.mark.parametrize(
    ("said", "kind", "what", "advice"),
    [
        ("database is locked", LockHeldError, "is locked by another process", "Wait until"),
        ("database table is locked: runs", LockHeldError, "is locked by another process", "Wait until"),
        ("canceling statement due to lock timeout", LockHeldError, "is locked by another process", "Wait until"),
        ("deadlock detected", LockHeldError, "is locked by another process", "Wait until"),
        ("attempt to write a readonly database", ConfigurationError, "may not be opened", "write access"),
        ("unable to open database file", ConfigurationError, "may not be opened", "write access"),
        ("file is not a database", ConfigurationError, "is damaged", "last copy"),
        ("database disk image is malformed", ConfigurationError, "is damaged", "last copy"),
        ("database or disk is full", ConfigurationError, "disk is full", "Make room"),
        ("disk I/O error", ConfigurationError, "disk I/O error", "Make room"),
        ("permission denied for schema public", ConfigurationError, "permission denied", "grant"),
        ("connection refused\n\tIs the server running?", ConfigurationError, "Is the server running", "server answers"),
    ],
)
def test_what_an_operation_failed_of_decides_what_to_do(
    said: str, kind: type[PortfolioSyncError], what: str, advice: str
) -> None:
    error = explain(OperationalError(SECRET, None, sqlite3.OperationalError(said)), "/folder/state.sqlite")
    assert type(error) is kind
    assert "/folder/state.sqlite" in error.what
    assert what in error.what
    assert advice in error.advice
    assert "\n" not in error.what
    assert "a name" not in str(error)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (IntegrityError(SECRET, None, sqlite3.IntegrityError("UNIQUE constraint failed: runs.id")), DefectError),
        (DatabaseError(SECRET, None, sqlite3.DatabaseError("no such column: night")), ConfigurationError),
        (InvalidRequestError("a mistake of ours."), DefectError),
        (PoolTimeoutError("QueuePool limit reached"), LockHeldError),
    ],
)
def test_other_failures_are_told_by_their_kind(raised: SQLAlchemyError, kind: type[PortfolioSyncError]) -> None:
    error = explain(raised, "db")
    assert type(error) is kind
    assert error.what.endswith(".")
    assert not error.what.endswith("..")
    assert "a name" not in str(error)


def test_an_error_of_ours_passes_through_as_it_is() -> None:
    ours = DefectError("Something of ours.")

    def fail() -> None:
        with explained("db"):
            raise ours

    with pytest.raises(DefectError) as raised:
        fail()
    assert raised.value is ours
