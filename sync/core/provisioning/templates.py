"""The blank standard lists that `provision --template` makes, for those who start from nothing."""

from collections.abc import Mapping

from sync.core.columns import ColumnType
from sync.core.model import Confidence, Health, Kind, RiskStatus, WorkStatus
from sync.core.ownership import OwnedField
from sync.core.policy import STATUS_LABELS
from sync.core.provisioning.shape import Ask, Condition, Order, ViewShape
from sync.core.provisioning.template import HOLDS, Template, entry, reference
from sync.core.risk import IMPACT_WORDS, LIKELIHOOD_WORDS

_LIKELIHOOD = tuple(f"{number} - {word}" for word, number in LIKELIHOOD_WORDS.items())
_IMPACT = tuple(f"{number} - {word}" for word, number in IMPACT_WORDS.items())
"""The steps of the default matrix, each with its number, so that a list of choices stands in order."""

_RISK_WORDS = {each.value: (each.value.capitalize(),) for each in RiskStatus if each is not RiskStatus.UNKNOWN}
_WORK_WORDS = {each.value: (STATUS_LABELS[each],) for each in WorkStatus if each is not WorkStatus.UNKNOWN}
_HEALTH_WORDS = {each.value: (each.value.capitalize(),) for each in (Health.GREEN, Health.AMBER, Health.RED)}
_CONFIDENCE_WORDS = {
    Confidence.GREEN.value: ("Green",),
    Confidence.AMBER_GREEN.value: ("Amber/Green",),
    Confidence.AMBER.value: ("Amber",),
    Confidence.AMBER_RED.value: ("Amber/Red",),
    Confidence.RED.value: ("Red",),
}
"""What staff choose from, by canonical value. What is not known is left blank, and has no word of its own."""


def _words(values: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(word for words in values.values() for word in words)


_RISK_REGISTER = Template(
    name="risk-register",
    about="Risks to projects and services: what could happen, how likely and how bad it is, and who sees to it.",
    kind=Kind.RISK,
    list_title="Risk register",
    title="Risk",
    key=reference("RiskRef", "Risk ref", "What everyone calls this risk by, such as R-014."),
    entries=(
        entry("project", "ProjectRef", "Project ref", "The reference of the project it belongs to.", indexed=True),
        entry(
            "nature",
            "RiskType",
            "Threat or opportunity",
            "Whether it would do harm or good.",
            ColumnType.CHOICE,
            choices=("Threat", "Opportunity"),
            default="Threat",
        ),
        entry(
            "category",
            "RiskCategory",
            "Category",
            "What kind of risk it is. Change the choices to those of your council.",
            ColumnType.CHOICE,
            choices=(
                *("Delivery", "Finance", "Legal and compliance", "Information and cyber security", "Technology"),
                *("People", "Suppliers", "Reputation"),
            ),
        ),
        entry("cause", "RiskCause", "Cause", "What it comes from: because of ...", ColumnType.NOTE),
        entry("event", "RiskEvent", "What could happen", "The event itself: there may be ...", ColumnType.NOTE),
        entry("consequence", "RiskConsequence", "Consequence", "What it would lead to.", ColumnType.NOTE),
        entry("owner", "RiskOwner", "Risk owner", "The person who answers for it.", ColumnType.PERSON),
        entry("raised", "RaisedOn", "Raised on", "The day on which it was first recorded.", ColumnType.DATE),
        *(
            entry(
                f"{stage}{scale}",
                f"{called}{scale.capitalize()}",
                f"{title} {scale}".strip().capitalize(),
                f"{says} Blank means that nobody has assessed it.",
                ColumnType.CHOICE,
                choices=_LIKELIHOOD if scale == "likelihood" else _IMPACT,
            )
            for stage, called, title, says in (
                ("inherent_", "Inherent", "inherent", "Before anything was done about it."),
                ("", "Current", "current", "As things stand today."),
                ("target_", "Target", "target", "Where it is to be once the actions are done."),
            )
            for scale in ("likelihood", "impact")
        ),
        entry(
            "response",
            "RiskResponse",
            "Response",
            "What is being done with it: a threat is avoided, reduced, transferred or accepted.",
            ColumnType.CHOICE,
            choices=("Avoid", "Reduce", "Transfer", "Accept", "Exploit", "Enhance", "Share"),
        ),
        entry(
            "proximity",
            "Proximity",
            "Proximity",
            "How soon it could happen.",
            ColumnType.CHOICE,
            choices=("Within a month", "Within three months", "Within a year", "Later"),
        ),
        entry(
            "status",
            "RiskStatus",
            "Risk status",
            "Proposed until it is agreed, materialised once it has happened.",
            ColumnType.CHOICE,
            choices=_words(_RISK_WORDS),
            default="Open",
            indexed=True,
            values=_RISK_WORDS,
        ),
        entry("last_reviewed", "LastReviewed", "Last reviewed", "When you last reviewed it.", ColumnType.DATE),
        entry(
            "next_review",
            "ReviewBy",
            "Review by",
            "A day by which you mean to review it, if sooner than its severity asks for.",
            ColumnType.DATE,
        ),
        entry(
            "tolerance_end",
            "ToleratedUntil",
            "Tolerated until",
            "The day until which an accepted risk is tolerated.",
            ColumnType.DATE,
        ),
        entry(
            "cannot_mitigate",
            "CannotMitigate",
            "Cannot mitigate",
            "Yes once the body named beside it has judged that it can do no more.",
            ColumnType.YES_NO,
            default="0",
        ),
        entry("judged_by", "JudgedBy", "Judged by", "The body that judged so; several are parted by semicolons."),
        entry("judged_on", "JudgedOn", "Judged on", "The day of that judgement.", ColumnType.DATE),
        entry("rung", "EscalatedTo", "Escalated to", "The body before which you have put it; blank where none."),
        entry("decided_on", "DecidedOn", "Decided on", "The day on which that body last decided.", ColumnType.DATE),
        entry(
            "confidential",
            "Confidential",
            "Confidential",
            "Yes: it is counted, and named nowhere outside this list.",
            ColumnType.YES_NO,
            default="0",
        ),
        *HOLDS,
    ),
    owned={
        OwnedField.OVERDUE: "PSOverdue",
        OwnedField.OVERDUE_SINCE: "PSOverdueSince",
        OwnedField.REASON: "PSReason",
        OwnedField.NEXT_REVIEW: "PSNextReview",
        OwnedField.ESCALATE_TO: "PSEscalateTo",
        OwnedField.CHECK: "PSCheck",
        OwnedField.STAMP: "PSStamp",
    },
    views=(
        ViewShape(
            title="Open risks",
            columns=(
                *("RiskRef", "Title", "ProjectRef", "RiskOwner", "CurrentLikelihood", "CurrentImpact", "RiskStatus"),
                *("PSOverdue", "PSNextReview", "PSReason", "PSEscalateTo", "HoldUntil"),
            ),
            where=(Condition("RiskStatus", Ask.IS, ("Proposed", "Open", "Materialised")),),
            order=(Order("PSNextReview"), Order("RiskRef")),
            default=True,
        ),
        ViewShape(
            title="All risks",
            columns=(
                *("RiskRef", "Title", "ProjectRef", "RiskType", "RiskCategory", "RiskOwner", "CurrentLikelihood"),
                *("CurrentImpact", "RiskStatus", "LastReviewed", "PSOverdue", "PSNextReview", "PSReason"),
                "HoldUntil",
            ),
            order=(Order("RiskRef"),),
        ),
    ),
)

_PROJECT_LIST = Template(
    name="project-list",
    about="Projects: what is being delivered, who leads it, how it stands and when it is due.",
    kind=Kind.PROJECT,
    list_title="Project list",
    title="Project",
    key=reference("ProjectRef", "Project ref", "What everyone calls this project by, such as P-027."),
    entries=(
        entry("theme", "Theme", "Theme", "The theme of the strategy that it serves, always spelt alike."),
        entry("programme", "ProgrammeRef", "Programme", "The programme it belongs to, by its reference or title."),
        entry("department", "Department", "Department", "The department that delivers it."),
        entry("owner", "LeadOfficer", "Lead officer", "The person who answers for it.", ColumnType.PERSON),
        entry(
            "status",
            "ProjectStatus",
            "Status",
            "How it stands, as you report it. Portfolio Sync never changes this.",
            ColumnType.CHOICE,
            choices=_words(_WORK_WORDS),
            default=STATUS_LABELS[WorkStatus.NOT_STARTED],
            indexed=True,
            values=_WORK_WORDS,
        ),
        entry(
            "health",
            "Health",
            "Health (RAG)",
            "How it feels, as you report it, apart from its status.",
            ColumnType.CHOICE,
            choices=_words(_HEALTH_WORDS),
            values=_HEALTH_WORDS,
        ),
        entry(
            "confidence",
            "Confidence",
            "Delivery confidence",
            "Whether it is judged that it will deliver; blank where nobody has judged.",
            ColumnType.CHOICE,
            choices=_words(_CONFIDENCE_WORDS),
            values=_CONFIDENCE_WORDS,
        ),
        entry("confidence_by", "ConfidenceBy", "Confidence given by", "Who judged so: the project, or assurance."),
        entry("start", "StartDate", "Start date", "The day on which it starts.", ColumnType.DATE),
        entry(
            "original_end", "OriginalEnd", "Original end date", "As first agreed; it is never moved.", ColumnType.DATE
        ),
        entry(
            "end",
            "TargetDate",
            "Target date",
            "The day by which it is to be done, as of now.",
            ColumnType.DATE,
            indexed=True,
        ),
        entry("actual_end", "ActualEnd", "Actual end date", "The day on which it was done.", ColumnType.DATE),
        entry("percent_complete", "PercentComplete", "Complete, %", "From 0 to 100.", ColumnType.NUMBER),
        entry("budget", "Budget", "Budget, £", "The approved budget in whole pounds.", ColumnType.NUMBER),
        entry(
            "last_reported",
            "LastReported",
            "Last reported",
            "When you last brought this row up to date.",
            ColumnType.DATE,
        ),
        *HOLDS,
    ),
    owned={
        OwnedField.STATUS: "PSStatus",
        OwnedField.OVERDUE: "PSOverdue",
        OwnedField.OVERDUE_SINCE: "PSOverdueSince",
        OwnedField.REASON: "PSReason",
        OwnedField.CHECK: "PSCheck",
        OwnedField.STAMP: "PSStamp",
    },
    views=(
        ViewShape(
            title="Open projects",
            columns=(
                *("ProjectRef", "Title", "Theme", "LeadOfficer", "ProjectStatus", "TargetDate"),
                *("PSStatus", "PSOverdue", "PSOverdueSince", "PSReason", "HoldUntil"),
            ),
            where=(
                Condition(
                    "ProjectStatus",
                    Ask.IS,
                    tuple(STATUS_LABELS[each] for each in WorkStatus if each.value in _WORK_WORDS and not each.is_over),
                ),
            ),
            order=(Order("TargetDate"), Order("ProjectRef")),
            default=True,
        ),
        ViewShape(
            title="All projects",
            columns=(
                *("ProjectRef", "Title", "Theme", "ProgrammeRef", "Department", "LeadOfficer", "ProjectStatus"),
                *("Health", "StartDate", "TargetDate", "ActualEnd", "PSStatus", "PSOverdue", "PSReason", "HoldUntil"),
            ),
            order=(Order("ProjectRef"),),
        ),
    ),
)

TEMPLATES: Mapping[str, Template] = {each.name: each for each in (_RISK_REGISTER, _PROJECT_LIST)}
"""By the name that `--template` takes."""
