"""What is wrong with a row as a whole, and with no cell of it."""

from collections.abc import Iterator, Mapping

from sync.core.convert import Converted, Problem
from sync.core.findings import FindingKind
from sync.core.model import Fields, Milestone, MitigatingAction, Project


def row_problems(
    fields: Fields, converted: Mapping[str, Converted], titles: Mapping[str, str], key: str | None
) -> Iterator[Problem]:
    """Each problem, said by the display names of columns: `titles` by field, `key` that of the key column."""
    if key is not None and fields.key is None:
        yield _problem(FindingKind.MISSING_KEY, f"{key} is blank")
    owner = converted.get("owner")
    if owner is not None and owner.value == () and not _is_over(fields):
        yield _problem(FindingKind.MISSING_OWNER, f"{titles['owner']} is blank")
    if isinstance(fields, Project) and fields.start and fields.end and fields.end < fields.start:
        yield _problem(FindingKind.END_BEFORE_START, f"{titles['end']} is before {titles['start']}")


def _problem(kind: FindingKind, said: str) -> Problem:
    return Problem(kind, said, said)


def _is_over(fields: Fields) -> bool:
    """Nothing more is expected to happen, so nobody need own it."""
    status = getattr(fields, "status", None)
    if (isinstance(fields, Milestone) and fields.actual) or (isinstance(fields, MitigatingAction) and fields.done):
        return True
    return status is not None and bool(status.is_over)
