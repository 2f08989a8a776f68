"""Things a person should look at. A finding is never mended silently."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
    DATE_TO_COME = "date_to_come"
    GREEN_BUT_OVERDUE = "green_but_overdue"
    RED_WITHOUT_ACTION = "red_without_action"
    CLOSED_WITH_OPEN = "closed_with_open"
    ENDED_BUT_OPEN = "ended_but_open"
    COMPLETE_WITHOUT_DATE = "complete_without_date"
    STALE_STATUS = "stale_status"
    READS_WORSE = "reads_worse"
    SCORE_MISMATCH = "score_mismatch"
    WORSE_AFTER_MITIGATION = "worse_after_mitigation"
    MITIGATION_WITHOUT_DATE = "mitigation_without_date"
    NEVER_REVIEWED = "never_reviewed"
    REVIEW_PUSHED_OUT = "review_pushed_out"
    TOLERANCE_ENDED = "tolerance_ended"
    UNKNOWN_RUNG = "unknown_rung"
    UNKNOWN_JUDGE = "unknown_judge"
    OTHER_RUNG = "other_rung"
    OVERDUE_DECISION = "overdue_decision"
    HOLD_INCOMPLETE = "hold_incomplete"
    HOLD_TOO_LONG = "hold_too_long"
    HOLD_COLUMN_MISSING = "hold_column_missing"
    NO_NEXT_MEETING = "no_next_meeting"
    DIFFERING_VALUE = "differing_value"
    COUNTED_ELSEWHERE = "counted_elsewhere"
    KEY_REUSED = "key_reused"
    DOUBTFUL_MATCH = "doubtful_match"
    JOINED = "joined"
    LEFT = "left"
    RESTORED = "restored"
    RENAMED = "renamed"
    RESPELT = "respelt"
    REKEYED = "rekeyed"
    MOVED_LIST = "moved_list"
    MOVED_PLACE = "moved_place"
    COPIED = "copied"
    SPLIT = "split"
    DRIFT = "drift"
    RACED = "raced"
    LEFT_BEHIND = "left_behind"
    KEPT = "kept"
    UNDO_LEFT = "undo_left"
    HEAD_NOT_KEPT = "head_not_kept"
    OTHER_INSTALLATION = "other_installation"
    OWN_LIST = "own_list"
    SETTLED = "settled"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"


WHAT_HAPPENED: frozenset[FindingKind] = frozenset(
    {
        FindingKind.JOINED,
        FindingKind.LEFT,
        FindingKind.RESTORED,
        FindingKind.RENAMED,
        FindingKind.RESPELT,
        FindingKind.REKEYED,
        FindingKind.MOVED_LIST,
        FindingKind.MOVED_PLACE,
        FindingKind.COPIED,
        FindingKind.SPLIT,
    }
)
"""What became of a record since the last run: worth knowing, and told in the run that finds it."""

SEVERITIES: dict[FindingKind, Severity] = {
    FindingKind.DATE_OFF_MIDNIGHT: Severity.INFO,
    FindingKind.ZONE_UNKNOWN: Severity.INFO,
    FindingKind.LEFT_BEHIND: Severity.INFO,
    FindingKind.KEPT: Severity.INFO,
    FindingKind.SETTLED: Severity.INFO,
    FindingKind.COMPLETE_WITHOUT_DATE: Severity.INFO,
    FindingKind.READS_WORSE: Severity.INFO,
    FindingKind.NEVER_REVIEWED: Severity.INFO,
    FindingKind.REVIEW_PUSHED_OUT: Severity.INFO,
    FindingKind.COUNTED_ELSEWHERE: Severity.INFO,
    **dict.fromkeys(WHAT_HAPPENED, Severity.INFO),
}
"""Kinds not named here are warnings."""

REPORT_ONLY: frozenset[FindingKind] = frozenset(
    {
        FindingKind.READS_WORSE,
        FindingKind.NEVER_REVIEWED,
        FindingKind.REVIEW_PUSHED_OUT,
        FindingKind.NO_NEXT_MEETING,
        FindingKind.HOLD_COLUMN_MISSING,
        FindingKind.COUNTED_ELSEWHERE,
        FindingKind.KEY_REUSED,
        FindingKind.DOUBTFUL_MATCH,
        FindingKind.DRIFT,
        FindingKind.RACED,
        FindingKind.LEFT_BEHIND,
        FindingKind.KEPT,
        FindingKind.UNDO_LEFT,
        FindingKind.HEAD_NOT_KEPT,
        FindingKind.OTHER_INSTALLATION,
        FindingKind.OWN_LIST,
        FindingKind.SETTLED,
        *WHAT_HAPPENED,
    }
)
"""Kinds that ask for nothing to be mended in a row, and so are in the report and in no `check` column."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is one sentence for the run report; `mend` is what the row's own `check` column says, where it says it.

    `key` names the record as messages may name it: a restricted one by its number. Findings sort by source and item,
    those about a whole source first.
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

    def __lt__(self, other: "Finding") -> bool:
        return self._place() < other._place()

    def to_json(self) -> dict[str, Any]:
        """As in the run report; `mend` stays in the row it is about."""
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "source": self.source,
            "item": self.item,
            "key": self.key,
            "text": self.text,
        }

    def _place(self) -> tuple[str, int, str, str, str, str]:
        return self.source, self.item or 0, self.kind, self.key, self.text, self.mend
