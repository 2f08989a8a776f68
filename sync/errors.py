"""The errors a person can meet, each with its exit code and its advice.

    PortfolioSyncError
    ├── UsageError               2
    ├── ConfigurationError       3
    ├── SourceError              one source could not be read or does not fit its mapping
    │   ├── AccessError         10   sign-in or permission
    │   ├── NotFoundError       11   site, list or item
    │   ├── SchemaError         12   a column is missing or of another type
    │   ├── ThrottledError      13   the service asked us to wait for longer than we may
    │   ├── UnreadableError     14   an answer was cut short, or is not what SharePoint answers
    │   └── UnreachableError    15   no answer at all
    ├── LockHeldError           20
    │   └── LeaseLostError      20   another run took over; this one writes nothing more
    ├── MigrationError          21
    ├── StoppedError           130   told to stop while it waited or read
    └── DefectError             70

An error is one sentence of what happened (`what`) and one of what to do (`advice`).
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a script learns from how a command ended; documented in docs/command-line.md."""

    DONE = 0
    USAGE = 2
    CONFIGURATION = 3
    APPROVAL = 4
    PARTIAL = 5
    PENDING = 6
    ACCESS = 10
    NOT_FOUND = 11
    SCHEMA = 12
    THROTTLED = 13
    UNREADABLE = 14
    UNREACHABLE = 15
    LOCK_HELD = 20
    MIGRATION = 21
    DEFECT = 70
    INTERRUPTED = 130


class PortfolioSyncError(Exception):
    """Every error this product raises on purpose."""

    exit_code: ClassVar[ExitCode] = ExitCode.DEFECT
    default_advice: ClassVar[str] = "Run the command again with --debug and report what it prints."

    def __init__(self, what: str, advice: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice or self.default_advice

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class UsageError(PortfolioSyncError):
    exit_code = ExitCode.USAGE
    default_advice = "See the command's --help."


class ConfigurationError(PortfolioSyncError):
    exit_code = ExitCode.CONFIGURATION
    default_advice = "Correct the portfolio file or the settings; docs/portfolio-file.md lists every key."


class SourceError(PortfolioSyncError):
    """A source could not be read, or does not fit its mapping; the other sources go on."""


class AccessError(SourceError):
    exit_code = ExitCode.ACCESS
    default_advice = "Ask the site's owner to grant this application the role `write` on the site, then run `check`."


class NotFoundError(SourceError):
    exit_code = ExitCode.NOT_FOUND
    default_advice = "Compare the site and list names in the portfolio file with SharePoint."


class SchemaError(SourceError):
    exit_code = ExitCode.SCHEMA
    default_advice = "Name the column that the list has now in the portfolio file, or restore the column."


class ThrottledError(SourceError):
    exit_code = ExitCode.THROTTLED
    default_advice = "Nothing needs repair: run again later, outside office hours."


class UnreadableError(SourceError):
    exit_code = ExitCode.UNREADABLE
    default_advice = "Nothing was written for this source. Run again; if it stays, run `check` for where it breaks."


class UnreachableError(SourceError):
    exit_code = ExitCode.UNREACHABLE
    default_advice = "Check the host in the portfolio file, the network, and the proxy settings."


class LockHeldError(PortfolioSyncError):
    exit_code = ExitCode.LOCK_HELD
    default_advice = "Wait until the other run has ended, or answer what it asks at its prompt; `runs list` shows it."


class LeaseLostError(LockHeldError):
    default_advice = "Nothing more was written by this run. `runs list` shows the one that took over."


class MigrationError(PortfolioSyncError):
    exit_code = ExitCode.MIGRATION
    default_advice = "Use the release of portfolio-sync that last wrote this database, or a newer one."


class StoppedError(PortfolioSyncError):
    exit_code = ExitCode.INTERRUPTED
    default_advice = "What was written is on record; the next run finishes the rest."


class DefectError(PortfolioSyncError):
    """Something that cannot happen happened."""
