"""The two lists that the service keeps for people to read: the portfolio's figures, and how the service itself is.

Only we write them, so every column says so. A row of figures is written when a figure changed, and the status once a
day; what has to look different as time passes, a run that is too long ago, is shown so by formatting alone.
"""

import hashlib
import unicodedata

from sync.core.model import RiskStatus, WorkStatus
from sync.core.policy import Labels
from sync.core.provisioning.own_column import LONGEST_TEXT
from sync.core.provisioning.rollup_columns import (
    RISKS_COUNTED,
    Rolled,
    State,
    band_column,
    computed_column,
    count_column,
    percent_column,
    rollup_columns,
    scope_word,
)
from sync.core.provisioning.shape import Ask, Condition, ListShape, Order, ViewShape
from sync.core.provisioning.status_columns import STALE_HOURS, Kept, status_columns
from sync.core.rollup import BANDS_WORST_FIRST, Scope
from sync.core.text import cut, fold, harmless, length

__all__ = ["Kept", "Rolled", "State", "key_of", "list_url", "rollup_list", "status_list"]

_FOR_ADMINISTRATORS = frozenset({Kept.WRITE_TEST, Kept.KEY, Kept.INSTALLATION, Kept.RELEASE})
"""Columns of the status list that tell staff nothing; the second view shows them."""


def key_of(*parts: str) -> str:
    """What tells one row from every other, for good: its parts without regard to case, width and space, so that a name
    typed otherwise is still the same row. Longer than a column takes, it ends in a hash of the whole."""
    key = " / ".join(fold(harmless(part)) for part in parts)
    if length(key) <= LONGEST_TEXT:
        return key
    return f"{cut(key, LONGEST_TEXT - 33)} {hashlib.sha256(key.encode(errors='surrogatepass')).hexdigest()[:32]}"


def list_url(title: str) -> str:
    """The address of a list of that title, relative to its site: `Lists/PortfolioRollUp`. It is made of the title's
    letters and digits, so a title without any has only `Lists/`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = "".join(character if character.isalnum() else " " for character in plain).split()
    return f"Lists/{''.join(f'{word[0].upper()}{word[1:]}' for word in words)[:64]}"


def rollup_list(title: str, labels: Labels, *, restricted: bool) -> ListShape:
    """The list of figures: a row for the portfolio and one for each theme, programme, department, register, board and
    mapped grouping. `restricted`: nobody may read it but administrators of the site collection, until one of them
    shares it."""
    return ListShape(
        title=title,
        url=list_url(title),
        description=(
            "The portfolio's figures: one row for each part of it. Written by Portfolio Sync after its nightly run, "
            "when a figure has changed; please change nothing here by hand."
        ),
        columns=rollup_columns(labels),
        views=_rollup_views(),
        title_column="Name",
        restricted=restricted,
    )


def status_list(title: str) -> ListShape:
    """The list that says how the service is: one row for each portfolio, told by the portfolio's name, so that a
    second installation of it writes into the same row and is noticed there."""
    columns = status_columns()
    return ListShape(
        title=title,
        url=list_url(title),
        description=(
            "How Portfolio Sync is: its last good run, what it could not read, and what to do. Written by it once a "
            f"day; a run more than {STALE_HOURS} hours ago is shown as late, by the list itself."
        ),
        columns=columns,
        views=(
            ViewShape(
                title="Status",
                columns=(
                    Kept.PORTFOLIO,
                    *(each.name for each in columns if each.name not in _FOR_ADMINISTRATORS),
                ),
                order=(Order(Kept.PORTFOLIO),),
                default=True,
            ),
            ViewShape(
                title="Everything",
                columns=(Kept.PORTFOLIO, *(each.name for each in columns)),
                order=(Order(Kept.PORTFOLIO),),
            ),
        ),
        title_column="Portfolio",
    )


def _rollup_views() -> tuple[ViewShape, ...]:
    """Lists of projects are read by what committees count; lists of risks by severity."""
    name, total = (Rolled.NAME, Rolled.TOTAL)
    reported = (WorkStatus.ON_TRACK, WorkStatus.NEEDS_REVIEW, WorkStatus.COMPLETE)
    worse = (WorkStatus.AT_RISK, WorkStatus.OFF_TRACK)
    reads = (Rolled.WORST, Rolled.DIRECTION, Rolled.OVERDUE, Rolled.HELD, Rolled.WHY)
    ends = (Rolled.COVERAGE, Rolled.AS_AT)
    projects = (
        *(name, total, *reads),
        *(column for status in reported for column in (count_column(status), percent_column(status))),
        *(computed_column(status) for status in worse),
        *(Rolled.DIFFERS, Rolled.STALE, *ends),
    )
    risks = (
        *(name, Rolled.SCOPE, total, *reads),
        *(band_column(band) for band in BANDS_WORST_FIRST),
        *(count_column(status) for status in (*RISKS_COUNTED, RiskStatus.CLOSED)),
        *ends,
    )
    every = (
        *(name, Rolled.SCOPE, total, *reads),
        *(count_column(status) for status in reported),
        *(computed_column(status) for status in worse),
        *(Rolled.DIFFERS, Rolled.STALE, *ends, Rolled.PORTFOLIO),
    )
    return (
        _rollup_view("Current", every, default=True),
        *(
            _rollup_view(f"{scope_word(scope)}s", projects, scope)
            for scope in (Scope.THEME, Scope.PROGRAMME, Scope.DEPARTMENT)
        ),
        _rollup_view("Registers and boards", risks, Scope.REGISTER, Scope.BOARD),
        _rollup_view("Retired", every, state=State.RETIRED),
    )


def _rollup_view(
    title: str, columns: tuple[str, ...], *scopes: Scope, state: State = State.CURRENT, default: bool = False
) -> ViewShape:
    of_scope = Condition(Rolled.SCOPE, Ask.IS, tuple(scope_word(scope) for scope in scopes))
    return ViewShape(
        title=title,
        columns=columns,
        where=(*((of_scope,) if scopes else ()), Condition(Rolled.STATE, Ask.IS, (state,))),
        order=(Order(Rolled.ORDER), Order(Rolled.NAME)),
        rows=100,
        default=default,
    )
