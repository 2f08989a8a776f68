"""What each kind of finding is called in a paper; the words are in `english_of_findings`."""

from enum import StrEnum

from sync.core.findings import FindingKind


class FindingName(StrEnum):
    """One key for each kind of finding, by its name."""

    DUPLICATE_KEY = "paper_finding_duplicate_key"
    MISSING_KEY = "paper_finding_missing_key"
    ORPHAN = "paper_finding_orphan"
    AMBIGUOUS_REFERENCE = "paper_finding_ambiguous_reference"
    UNKNOWN_VALUE = "paper_finding_unknown_value"
    NOT_A_NUMBER = "paper_finding_not_a_number"
    MISSING_OWNER = "paper_finding_missing_owner"
    TEXT_DATE = "paper_finding_text_date"
    DATE_OFF_MIDNIGHT = "paper_finding_date_off_midnight"
    ZONE_UNKNOWN = "paper_finding_zone_unknown"
    END_BEFORE_START = "paper_finding_end_before_start"
    DATE_TO_COME = "paper_finding_date_to_come"
    GREEN_BUT_OVERDUE = "paper_finding_green_but_overdue"
    RED_WITHOUT_ACTION = "paper_finding_red_without_action"
    CLOSED_WITH_OPEN = "paper_finding_closed_with_open"
    ENDED_BUT_OPEN = "paper_finding_ended_but_open"
    COMPLETE_WITHOUT_DATE = "paper_finding_complete_without_date"
    STALE_STATUS = "paper_finding_stale_status"
    READS_WORSE = "paper_finding_reads_worse"
    SCORE_MISMATCH = "paper_finding_score_mismatch"
    WORSE_AFTER_MITIGATION = "paper_finding_worse_after_mitigation"
    MITIGATION_WITHOUT_DATE = "paper_finding_mitigation_without_date"
    NEVER_REVIEWED = "paper_finding_never_reviewed"
    REVIEW_PUSHED_OUT = "paper_finding_review_pushed_out"
    TOLERANCE_ENDED = "paper_finding_tolerance_ended"
    UNKNOWN_RUNG = "paper_finding_unknown_rung"
    UNKNOWN_JUDGE = "paper_finding_unknown_judge"
    OTHER_RUNG = "paper_finding_other_rung"
    OVERDUE_DECISION = "paper_finding_overdue_decision"
    NO_NEXT_MEETING = "paper_finding_no_next_meeting"
    DIFFERING_VALUE = "paper_finding_differing_value"
    COUNTED_ELSEWHERE = "paper_finding_counted_elsewhere"
    KEY_REUSED = "paper_finding_key_reused"
    DOUBTFUL_MATCH = "paper_finding_doubtful_match"
    DRIFT = "paper_finding_drift"
    RACED = "paper_finding_raced"
    LEFT_BEHIND = "paper_finding_left_behind"
    KEPT = "paper_finding_kept"
    UNDO_LEFT = "paper_finding_undo_left"
    HEAD_NOT_KEPT = "paper_finding_head_not_kept"
    OTHER_INSTALLATION = "paper_finding_other_installation"
    SETTLED = "paper_finding_settled"


FINDINGS = {kind: FindingName[kind.name] for kind in FindingKind if kind.name in FindingName.__members__}
"""A test holds it to every kind there is."""
