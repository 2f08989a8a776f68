"""What papers say in English of what does not fit together."""

from collections.abc import Mapping
from enum import StrEnum

from sync.report.catalogue import Words
from sync.report.sections.finding_names import FindingName

MESSAGES: Mapping[StrEnum, Words] = {
    # findings
    FindingName.DUPLICATE_KEY: "One key on two records",
    FindingName.MISSING_KEY: "No key",
    FindingName.ORPHAN: "Belongs to nothing",
    FindingName.AMBIGUOUS_REFERENCE: "Reference fits several records",
    FindingName.UNKNOWN_VALUE: "Word in no vocabulary",
    FindingName.NOT_A_NUMBER: "Not a number",
    FindingName.MISSING_OWNER: "No owner",
    FindingName.TEXT_DATE: "Date is text",
    FindingName.DATE_OFF_MIDNIGHT: "Date off midnight",
    FindingName.ZONE_UNKNOWN: "Site's time zone unknown",
    FindingName.END_BEFORE_START: "Ends before it starts",
    FindingName.DATE_TO_COME: "Day of the past lies ahead",
    FindingName.GREEN_BUT_OVERDUE: "Reported green, but overdue",
    FindingName.RED_WITHOUT_ACTION: "Red without an action",
    FindingName.CLOSED_WITH_OPEN: "Closed, with open risks or issues",
    FindingName.ENDED_BUT_OPEN: "Ended, but still open",
    FindingName.COMPLETE_WITHOUT_DATE: "Complete without a date",
    FindingName.STALE_STATUS: "Not reported on of late",
    FindingName.READS_WORSE: "Reads worse than reported",
    FindingName.SCORE_MISMATCH: "Score does not fit its cell",
    FindingName.WORSE_AFTER_MITIGATION: "Worse after mitigation",
    FindingName.MITIGATION_WITHOUT_DATE: "Mitigation without a date",
    FindingName.NEVER_REVIEWED: "Never reviewed",
    FindingName.REVIEW_PUSHED_OUT: "Review put off",
    FindingName.TOLERANCE_ENDED: "Tolerated until a day that has passed",
    FindingName.UNKNOWN_RUNG: "Rung is not on the ladder",
    FindingName.UNKNOWN_JUDGE: "Body is not on the ladder",
    FindingName.OTHER_RUNG: "Staff say another rung",
    FindingName.OVERDUE_DECISION: "Decision overdue",
    FindingName.NO_NEXT_MEETING: "No next meeting known",
    FindingName.DIFFERING_VALUE: "Two lists differ",
    FindingName.COUNTED_ELSEWHERE: "Counted in another list",
    FindingName.KEY_REUSED: "Key used again",
    FindingName.DOUBTFUL_MATCH: "Perhaps known before",
    FindingName.DRIFT: "Our column was changed",
    FindingName.RACED: "Changed while we ran",
    FindingName.LEFT_BEHIND: "Values left behind",
    FindingName.KEPT: "Kept as it was",
    FindingName.UNDO_LEFT: "Undo left something",
    FindingName.HEAD_NOT_KEPT: "Version not kept",
    FindingName.OTHER_INSTALLATION: "Another installation",
    FindingName.SETTLED: "Settled",
}
