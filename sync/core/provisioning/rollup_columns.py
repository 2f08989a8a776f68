"""The columns of the roll-up list: what each is called inside and out, and the words that stand in them."""

from collections.abc import Mapping
from enum import StrEnum

from sync.core.columns import ColumnType
from sync.core.directions import Direction
from sync.core.explain import BAND_LABELS
from sync.core.grouping import LAST
from sync.core.model import Band, RiskStatus, WorkStatus
from sync.core.policy import Labels
from sync.core.provisioning.own_column import own_column
from sync.core.provisioning.owned_columns import STATUS_BADGES
from sync.core.provisioning.shape import Badge, Badges, ColumnShape, Icon, Tone
from sync.core.rollup import BANDS_WORST_FIRST, Scope
from sync.core.text import fold


class Rolled(StrEnum):
    """The internal names of the roll-up's columns, those of counts apart: see `count_column` and its neighbours."""

    NAME = "Title"
    PORTFOLIO = "PSPortfolio"
    SCOPE = "PSScope"
    KEY = "PSKey"
    ORDER = "PSOrder"
    STATE = "PSState"
    TOTAL = "PSTotal"
    WORST = "PSWorst"
    DIFFERS = "PSDiffers"
    HELD = "PSHeld"
    OVERDUE = "PSOverdueCount"
    STALE = "PSStale"
    DIRECTION = "PSDirection"
    COVERAGE = "PSCoverage"
    WHY = "PSWhy"
    AS_AT = "PSAsAt"


class State(StrEnum):
    """Whether a row of figures still stands for something. A scope that vanished is retired, never deleted."""

    CURRENT = "Current"
    RETIRED = "Retired"


BAND_WORDS: Mapping[Band, str] = {band: BAND_LABELS[band].capitalize() for band in BANDS_WORST_FIRST}
DIRECTION_WORDS: Mapping[Direction, str] = {each: each.words.capitalize() for each in Direction}
"""What the columns hold in place of an enum's name; a status by its label, as everywhere."""

WORK_COUNTED: tuple[WorkStatus, ...] = tuple(WorkStatus)
RISKS_COUNTED = (RiskStatus.PROPOSED, RiskStatus.OPEN, RiskStatus.MATERIALISED)
"""Closed and unknown are counted in one column for work and for risks alike."""


def scope_word(scope: str) -> str:
    """A scope as staff read it; a mapped grouping as the portfolio file calls it, with a capital letter."""
    return f"{scope[:1].upper()}{scope[1:]}"


def row_order(scope: str, name: str) -> int:
    """Where a row stands: by its scope, groups that no list names after the others, each scope with room for them."""
    return 10 * scope_order(scope) + LAST.get(name, 0)


def scope_order(scope: str) -> int:
    """Where the rows of a scope stand: the portfolio first, mapped groupings last."""
    scopes = [str(each) for each in Scope]
    return scopes.index(scope) + 1 if scope in scopes else len(scopes) + 1


def count_column(status: WorkStatus | RiskStatus) -> str:
    """How many were declared so."""
    return f"PSCount{_camel(status)}"


def percent_column(status: WorkStatus | RiskStatus) -> str:
    """How many of a hundred."""
    return f"PSPercent{_camel(status)}"


def computed_column(status: WorkStatus) -> str:
    """How many read so by the rules."""
    return f"PSComputed{_camel(status)}"


def band_column(band: Band) -> str:
    """How many open risks are of that severity."""
    return f"PSOpenRisks{_camel(band)}"


_BAND_BADGES: Mapping[Band, Badge] = {
    Band.VERY_HIGH: Badge(Tone.SEVERE, Icon.ALERT),
    Band.HIGH: Badge(Tone.WARNING, Icon.WARNING),
    Band.MEDIUM: Badge(Tone.INFORMATION, Icon.WARNING),
    Band.LOW: Badge(Tone.GOOD, Icon.DONE),
    Band.NOT_ASSESSED: Badge(Tone.PLAIN, Icon.QUESTION),
}
_DIRECTION_BADGES: Mapping[Direction, Badge] = {
    Direction.BETTER: Badge(Tone.GOOD, Icon.BETTER),
    Direction.SAME: Badge(Tone.PLAIN, Icon.SAME),
    Direction.WORSE: Badge(Tone.WARNING, Icon.WORSE),
    Direction.NEW: Badge(Tone.INFORMATION, Icon.CLOCK),
    Direction.NOT_KNOWN: Badge(Tone.PLAIN, Icon.QUESTION),
}


def rollup_columns(labels: Labels) -> tuple[ColumnShape, ...]:
    """Every column beside the built-in title, in the order in which they are made."""
    plain = _plain_columns(labels)
    taken = frozenset(fold(each.title) for each in plain)
    return (*plain, *_count_columns(labels, taken))


def _plain_columns(labels: Labels) -> tuple[ColumnShape, ...]:
    """All but the counts by status and severity."""
    by_status = {labels.of_status(status): badge for status, badge in STATUS_BADGES.items()}
    worst = {**{BAND_WORDS[band]: badge for band, badge in _BAND_BADGES.items()}, **by_status}
    heading = {DIRECTION_WORDS[each]: badge for each, badge in _DIRECTION_BADGES.items()}
    states = tuple(State)
    return (
        own_column(
            Rolled.SCOPE,
            "Part of the portfolio",
            "What the row is of: a theme, a register, a board.",
            ColumnType.TEXT,
            indexed=True,
        ),
        own_column(Rolled.TOTAL, "Total", "Projects counted; in a register or at a board, risks and issues."),
        own_column(
            Rolled.WORST,
            "Worst",
            "The worst that any open project reads by the rules; of risks, the worst severity.",
            ColumnType.TEXT,
            look=Badges(worst),
        ),
        own_column(Rolled.DIFFERS, "Read worse than reported", "Projects that the rules read worse than was reported."),
        own_column(Rolled.OVERDUE, "Overdue", "Projects, milestones, risks, issues and actions whose day has passed."),
        own_column(Rolled.STALE, "Not reported lately", "Open projects whose last report is too long ago."),
        own_column(Rolled.HELD, "Held", "Records whose flag staff hold, with a reason and a last day."),
        own_column(
            Rolled.DIRECTION,
            "Direction",
            "Whether it reads better or worse than in the last frozen report, which may be today's.",
            ColumnType.TEXT,
            look=Badges(heading),
        ),
        own_column(Rolled.WHY, "Why", "Why it reads as it does.", ColumnType.NOTE),
        own_column(
            Rolled.COVERAGE, "How much was read", "Of how much the figures are, and what was not read.", ColumnType.NOTE
        ),
        own_column(
            Rolled.AS_AT, "Figures as at", "The day on which a figure of the row last changed.", ColumnType.DATE
        ),
        own_column(
            Rolled.STATE,
            "State",
            "Retired: there is no such part any more, and its last figures stay.",
            ColumnType.CHOICE,
            choices=states,
            indexed=True,
            look=Badges({State.CURRENT: Badge(Tone.PLAIN, Icon.DONE), State.RETIRED: Badge(Tone.PLAIN, Icon.PAUSE)}),
        ),
        own_column(Rolled.ORDER, "Order", "Where the rows of its kind stand in the list.", indexed=True),
        own_column(Rolled.PORTFOLIO, "Portfolio", "Whose row it is, where portfolios share the list.", ColumnType.TEXT),
        own_column(
            Rolled.KEY, "Row key", "Tells the row from every other.", ColumnType.TEXT, indexed=True, unique=True
        ),
    )


def _count_columns(labels: Labels, taken: frozenset[str]) -> tuple[ColumnShape, ...]:
    """`taken`: folded titles of other columns, from which a label of the portfolio's own has to be told apart."""

    def apart(label: str) -> str:
        return f"{label} (reported)" if fold(label) in taken else label

    work = {status: apart(labels.of_status(status)) for status in WORK_COUNTED}
    risks = {status: f"{status.value.capitalize()} (risks)" for status in RISKS_COUNTED}
    counted: list[tuple[WorkStatus | RiskStatus, str]] = [*work.items(), *risks.items()]
    return (
        *(own_column(count_column(each), name, "How many were reported so.") for each, name in counted),
        *(
            own_column(percent_column(each), f"{name}, %", "Of the row's total, in per cent, each rounded on its own.")
            for each, name in counted
        ),
        *(
            own_column(
                computed_column(each), f"{labels.of_status(each)} (worked out)", "How many read so by the rules."
            )
            for each in WORK_COUNTED
        ),
        *(
            own_column(band_column(band), f"Open risks: {BAND_LABELS[band]}", "Risks that are not closed, by severity.")
            for band in BANDS_WORST_FIRST
        ),
    )


def _camel(value: str) -> str:
    return "".join(part.capitalize() for part in value.split("_"))
