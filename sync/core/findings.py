"""Things a person should look at. A finding is never mended silently."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    DUPLICATE_KEY = "duplicate_key"
    MISSING_KEY = "missing_key"
    ORPHAN = "orphan"
    AMBIGUOUS_REFERENCE = "ambiguous_reference"
    UNKNOWN_VALUE = "unknown_value"
    NOT_A_NUMBER = "not_a_number"
    MISSING_OWNER = "missing_owner"
    TEXT_DATE = "text_date"
    DATE_OFF_MIDNIGHT = "date_off_midnight"
    ZONE_UNKNOWN = "zone_unknown"
    END_BEFORE_START = "end_before_start"
    DRIFT = "drift"
    RACED = "raced"
    LEFT_BEHIND = "left_behind"
    KEPT = "kept"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"


SEVERITIES: dict[FindingKind, Severity] = {
    FindingKind.DATE_OFF_MIDNIGHT: Severity.INFO,
    FindingKind.ZONE_UNKNOWN: Severity.INFO,
    FindingKind.LEFT_BEHIND: Severity.INFO,
    FindingKind.KEPT: Severity.INFO,
}
"""Kinds not named here are warnings."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`text` is one sentence for the run report; `mend` is what the row's own `check` column says, where it says it.

    `key` names the record as messages may name it: a restricted one by its number.
    """

    source: str
    item: int | None
    kind: FindingKind
    key: str
    text: str
    mend: str = ""

    @property
    def severity(self) -> Severity:
        return SEVERITIES.get(self.kind, Severity.WARNING)
