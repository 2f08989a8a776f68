"""The columns of the status list, in which the service says how it is."""

from collections.abc import Mapping
from enum import StrEnum

from sync.core.columns import ColumnType
from sync.core.provisioning.own_column import own_column
from sync.core.provisioning.shape import Badge, Badges, ColumnShape, Icon, StaleAfter, Tone
from sync.core.run_report import Outcome

STALE_HOURS = 26
"""A nightly run's age beyond which something is wrong: a day, and two hours for a slow night or a clock change."""


class Kept(StrEnum):
    """The internal names of the status list's columns."""

    PORTFOLIO = "Title"
    WRITE_TEST = "PSWriteTest"
    KEY = "PSKey"
    LAST_GOOD_RUN = "PSLastGoodRun"
    DAY = "PSDay"
    RUN = "PSRun"
    OUTCOME = "PSOutcome"
    LISTS_READ = "PSListsRead"
    LISTS_UNREAD = "PSListsUnread"
    UNREAD = "PSUnread"
    WRITTEN = "PSItemsWritten"
    WAITING = "PSWaiting"
    NEXT_RUN = "PSNextRun"
    CHAIN_HEAD = "PSChainHead"
    INSTALLATION = "PSInstallation"
    RELEASE = "PSRelease"
    MESSAGE = "PSMessage"


OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.DONE: "Done",
    Outcome.WAITING: "Waiting for approval",
    Outcome.PARTIAL: "Partly done",
    Outcome.FAILED: "Failed",
    Outcome.INTERRUPTED: "Stopped",
}
"""What the list says in place of an outcome's name."""

_OUTCOME_BADGES: Mapping[Outcome, Badge] = {
    Outcome.DONE: Badge(Tone.GOOD, Icon.DONE),
    Outcome.WAITING: Badge(Tone.WARNING, Icon.PAUSE),
    Outcome.PARTIAL: Badge(Tone.WARNING, Icon.WARNING),
    Outcome.FAILED: Badge(Tone.SEVERE, Icon.ALERT),
    Outcome.INTERRUPTED: Badge(Tone.WARNING, Icon.ALERT),
}


def status_columns() -> tuple[ColumnShape, ...]:
    """Every column beside the built-in title, in the order in which they are made."""
    outcomes = {OUTCOME_WORDS[outcome]: badge for outcome, badge in _OUTCOME_BADGES.items()}
    return (
        own_column(
            Kept.LAST_GOOD_RUN,
            "Last good run",
            f"When a run last ended well. More than {STALE_HOURS} hours ago is late: ask the portfolio office.",
            ColumnType.DATE_TIME,
            look=StaleAfter(STALE_HOURS),
        ),
        own_column(Kept.DAY, "Day", "The day that run was for. It is told of once a day.", ColumnType.DATE),
        own_column(
            Kept.OUTCOME,
            "How it ended",
            "What became of that run. One that failed writes nothing here, so that the row grows old and shows it.",
            ColumnType.CHOICE,
            choices=tuple(outcomes),
            look=Badges(outcomes),
        ),
        own_column(Kept.MESSAGE, "What to do", "What that run asks of somebody; blank where nothing.", ColumnType.NOTE),
        own_column(Kept.LISTS_READ, "Lists read", "Lists that were read whole."),
        own_column(Kept.LISTS_UNREAD, "Lists not read", "Lists that could not be read; nothing was written there."),
        own_column(Kept.UNREAD, "Which were not read", "Those lists, and why.", ColumnType.NOTE),
        own_column(Kept.WRITTEN, "Items written", "Items of staff's lists in which that run changed a column of ours."),
        own_column(Kept.WAITING, "Waiting for approval", "Lists in which something waits until somebody approves it."),
        own_column(Kept.NEXT_RUN, "Next run", "When the next run is due, where one is planned.", ColumnType.DATE_TIME),
        own_column(Kept.RUN, "Run", "That run's number, for the portfolio office.", ColumnType.TEXT),
        own_column(
            Kept.CHAIN_HEAD, "End of the record", "Where the tamper-evident record ended then.", ColumnType.TEXT
        ),
        own_column(Kept.INSTALLATION, "Installation", "Which installation wrote the row.", ColumnType.TEXT),
        own_column(Kept.RELEASE, "Release", "Which release of the program.", ColumnType.TEXT),
        own_column(
            Kept.WRITE_TEST,
            "Write test",
            "What `check --write-test` wrote last: it tries here first how items are written.",
            ColumnType.TEXT,
        ),
        own_column(Kept.KEY, "Row key", "Tells the portfolio from others.", ColumnType.TEXT, indexed=True, unique=True),
    )
