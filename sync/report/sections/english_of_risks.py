"""What papers say in English of risks, boards, lists and method."""

from collections.abc import Mapping
from enum import StrEnum

from sync.report.catalogue import PluralForm, Words
from sync.report.sections.said import Said

_ONE, _OTHER = PluralForm.ONE, PluralForm.OTHER

MESSAGES: Mapping[StrEnum, Words] = {
    # boards
    Said.BOARD_PAGE: "For decision: {board}",
    Said.PAPERS_DUE: "{board} next meets on {meeting}; papers are due on {due}.",
    Said.PAPERS_WERE_DUE: "{board} next meets on {meeting}; papers were due on {due}.",
    Said.DECIDES_WITHIN: {
        _ONE: "{board} decides within 1 day of what is raised to it.",
        _OTHER: "{board} decides within {n} days of what is raised to it.",
    },
    Said.NO_MEETING: "No next meeting of {board} is known.",
    Said.NOTHING_TO_DECIDE: "Nothing is recommended to it for decision.",
    Said.TO_DECIDE: {
        _ONE: "1 risk or issue is recommended to it for decision.",
        _OTHER: "{n} risks and issues are recommended to it for decision.",
    },
    Said.DECISIONS_TABLE: "For decision by {board}",
    Said.RISK_OR_ISSUE: "Risk or issue",
    Said.BELONGS_TO: "Register and project",
    Said.BEFORE_BOARD_SINCE: "Raised",
    Said.DECIDE_BY: "Decide by",
    Said.STAFF_SAY_IT_IS_AT: "Staff say it is at",
    Said.RAISED_BEFORE: {_ONE: "repeat: raised once before", _OTHER: "repeat: raised {n} times before"},
    Said.NO_MEETING_KNOWN: "No meeting known",
    Said.LADDER: "How risks are escalated",
    Said.LADDER_LEAD: (
        "A risk or issue climbs one rung at a time, as far as the conditions below are met. The rung is a "
        "recommendation; where staff say it stands elsewhere, both are shown."
    ),
    Said.LADDER_TABLE: "The ladder",
    Said.LADDER_NOTE: "What is there now counts risks and issues that are open and not restricted.",
    Said.TAKES_ON: "Takes on",
    Said.DECIDES: "Decides",
    Said.THERE_NOW: "There now",
    Said.AT_NEXT_MEETING: "At its next meeting",
    Said.WITHIN_DAYS: {_ONE: "Within 1 day", _OTHER: "Within {n} days"},
    Said.ACCEPTS: "From {source}: {when}.",
    Said.IF_BAND: "{band} or worse",
    Said.IF_TOP_BAND: "{band}",
    Said.IF_CANNOT_MITIGATE: "judged there as impossible to mitigate further",
    Said.IF_ABOVE_APPETITE: "above the appetite of its category",
    Said.IF_TOLERANCE_EXPIRED: "tolerated until a day that has passed",
    Said.IF_ANYTHING: "everything",
    # risks
    Said.RISKS_SECTION: "Risks",
    Said.NO_RISKS: "No list holds risks or issues that count.",
    Said.RISKS_LEAD: {_ONE: "1 risk is open: {bands}.", _OTHER: "{n} risks are open: {bands}."},
    Said.HEAT_MAP: "Open risks by likelihood and impact, on matrix {matrix}, version {version}",
    Said.OPPORTUNITIES: {
        _ONE: "1 opportunity is open and stands in none of these figures: {which}.",
        _OTHER: "{n} opportunities are open and stand in none of these figures: {which}.",
    },
    Said.REGISTERS_TABLE: "Open risks by register and band",
    Said.REGISTERS_NOTE: "Risks are open threats; opportunities and issues are counted among the records only.",
    Said.RISKS_AND_ISSUES: "Records",
    Said.OPEN_RISKS: "Open risks",
    Said.OPEN: "Open",
    Said.ROW_NOTE: "{row}: {text}",
    # reviews
    Said.REVIEWS: "Reviews of risks",
    Said.REVIEWS_OVERDUE: {
        _ONE: "Of {of} open risks and opportunities, the review of 1 is overdue.",
        _OTHER: "Of {of} open risks and opportunities, the reviews of {n} are overdue.",
    },
    Said.REVIEWS_NOTE: "Those that were never reviewed are counted as such, whether or not their review is overdue.",
    Said.NEVER_REVIEWED: {_ONE: "1 was never reviewed.", _OTHER: "{n} were never reviewed."},
    Said.REVIEWS_TABLE: "How recent the reviews are, by register",
    Said.NO_REGISTER_SILENT: "In every register something was reviewed since {day}.",
    Said.REGISTERS_SILENT: {
        _ONE: "In 1 register nothing was reviewed since {day}: {which}.",
        _OTHER: "In {n} registers nothing was reviewed since {day}: {which}.",
    },
    Said.OVERDUE_REVIEWS_TABLE: "Reviews that are overdue, the worst band first",
    Said.RISK: "Risk",
    Said.LAST_REVIEWED: "Last reviewed",
    Said.REVIEW_DUE_SINCE: "Due since",
    Said.NEVER_REVIEWED_WHICH: {
        _ONE: "1 open risk was never reviewed: {which}.",
        _OTHER: "{n} open risks were never reviewed: {which}.",
    },
    Said.PUSH_OUTS: {
        _ONE: "The next review of 1 risk moved later without a review{since}.",
        _OTHER: "The next reviews of {n} risks moved later without a review{since}.",
    },
    Said.PUSH_OUTS_SINCE: ", counted since {day}",
    Said.PUSHED_OUT: {_ONE: "{ref}: once", _OTHER: "{ref}: {n} times"},
    # chase lists
    Said.CHASE: "Past their date",
    Said.CHASE_LEAD: {
        _ONE: "1 record is past its date.",
        _OTHER: "{n} records are past their date. The lists below have the same records, each in another order.",
    },
    Said.CHASE_BY_OWNER: "By owner",
    Said.CHASE_BY_PROJECT: "By project",
    Said.CHASE_BY_DEPARTMENT: "By department",
    Said.DUE_SINCE: "Due since",
    # what does not fit together
    Said.CHECKS: "What does not fit together",
    Said.NO_FINDINGS: "Nothing in the lists was found that does not fit together.",
    Said.FINDINGS_LEAD: {
        _ONE: "1 finding; {warnings} of them to be looked at. Nothing was mended.",
        _OTHER: "{n} findings; {warnings} of them to be looked at. Nothing was mended.",
    },
    Said.FINDINGS_BY_KIND: "Findings by kind",
    Said.FINDINGS_TABLE: "Findings one by one",
    Said.FINDING: "Finding",
    Said.SEVERITY: "Weight",
    Said.SEVERITY_WARNING: "To be looked at",
    Said.SEVERITY_INFO: "For information",
    Said.HOW_MANY: "How many",
    Said.WHAT_TO_LOOK_AT: "What to look at",
    Said.FINDINGS_RESTRICTED: {
        _ONE: "1 finding is about a restricted record and stands in that record's own list only.",
        _OTHER: "{n} findings are about restricted records and stand in those records' own lists only.",
    },
    # coverage
    Said.COVERAGE_SECTION: "Coverage",
    Said.LISTS_READ: {
        _ONE: "1 list belongs to the portfolio; {unread} could not be read completely.",
        _OTHER: "{n} lists belong to the portfolio; {unread} could not be read completely.",
    },
    Said.LISTS_TABLE: "The lists behind the figures",
    Said.UNREAD_NOTE: "A list that was not read completely counts for nothing: what it holds is unknown, not zero.",
    Said.LEFT_OUT_LEAD: "This edition leaves out:",
    Said.HOLDS: "Holds",
    Said.READ: "Read",
    Said.RESTRICTED_LIST: "A restricted list",
    Said.RESTRICTED_REGISTER: "a restricted register",
    Said.READ_COMPLETE: "Completely",
    Said.READ_PARTIAL: "In part",
    Said.READ_FAILED: "Not read",
    Said.PROBLEM: "What was in the way",
    # method
    Said.METHOD: "How the figures are made",
    Said.METHOD_ROUNDING: (
        "Percentages are rounded half up, each on its own, and stand beside their count and denominator. They are "
        "never adjusted to add up to 100."
    ),
    Said.METHOD_DECLARED: "What staff report and what the rules read are two figures. Neither replaces the other.",
    Said.METHOD_OVERDUE: {
        _ONE: (
            "An item is overdue when its due date is before the day of the report and it is not complete or closed; "
            "it is due soon on the day before."
        ),
        _OTHER: (
            "An item is overdue when its due date is before the day of the report and it is not complete or closed; "
            "it is due soon in the {n} days before."
        ),
    },
    Said.METHOD_STATUS: {
        _ONE: (
            "A project reads at risk when its end or a milestone is overdue, its health is amber, one of its open "
            "risks is very high, or an action on a high or very high risk is overdue. It reads off track when its end "
            "or a milestone passed more than 1 day ago, or its health is red. Complete, closed and on hold are left "
            "as reported."
        ),
        _OTHER: (
            "A project reads at risk when its end or a milestone is overdue, its health is amber, one of its open "
            "risks is very high, or an action on a high or very high risk is overdue. It reads off track when its end "
            "or a milestone passed more than {n} days ago, or its health is red. Complete, closed and on hold are "
            "left as reported."
        ),
    },
    Said.METHOD_REVIEW: (
        "A risk is due for review {cadence} after its last review, unless its register has a cadence of its own or "
        "staff named an earlier day. One that was never reviewed counts from the day it was raised."
    ),
    Said.EVERY_MONTHS: {_ONE: "1 month ({band})", _OTHER: "{n} months ({band})"},
    Said.METHOD_SLIPS: (
        "How far a date slipped is measured from the date promised first. How often it slipped, and how often a "
        "review was put off, is counted since {day}."
    ),
    Said.METHOD_NO_SLIPS: (
        "How far a date slipped is measured from the date promised first. How often it slipped is not known yet."
    ),
    Said.METHOD_UNKNOWN: (
        "Unknown is not zero: a blank date, score or status is shown as what it is, and is never counted as the best "
        "value."
    ),
    Said.METHOD_RESTRICTED: (
        "A restricted record counts in totals and is named nowhere outside its own list. A single one of its kind is "
        "in the totals only."
    ),
    Said.METHOD_RESTATED: (
        "A figure of an earlier report that was corrected since is marked as restated, with what it was."
    ),
    # register
    Said.REGISTER_TITLE: "{portfolio}: collated risk register",
    Said.REGISTER_THREATS: "Risks of all registers",
    Said.REGISTER_OPPORTUNITIES: "Opportunities",
    Said.REGISTER_ISSUES: "Issues",
    Said.REGISTER_OPEN: {_ONE: "1 is open.", _OTHER: "{n} are open."},
    Said.REGISTER_CLOSED: {
        _ONE: "1 more is closed, and in the data only.",
        _OTHER: "{n} more are closed, and in the data only.",
    },
    Said.REGISTER_RISKS_TABLE: "Risks, the worst first",
    Said.REGISTER_OPPORTUNITIES_TABLE: "Opportunities, the greatest first",
    Said.REGISTER_ISSUES_TABLE: "Issues, the worst first",
    Said.ISSUE: "Issue",
    Said.ORIGIN: "Origin",
    Said.RATINGS: "Band, likelihood by impact",
    Said.RESPONSE: "Category and response",
    Said.REVIEW: "Review",
    Said.DUE: "Due",
    Said.DUE_ON: "due {day}",
    Said.INHERENT: "inherent {scores}, {band}",
    Said.TARGET: "target {scores}, {band}",
    Said.BY: "{likelihood} by {impact}",
    Said.MATRIX: "{name} version {version}",
    Said.MATRICES: "Likelihood by impact, as steps of matrix {which}.",
    Said.STAFF_SAY: "staff say {rung}",
}
