"""What stands at the end of each command's `--help`: examples to copy, and where to read more."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Example:
    """A command line to copy, and what it is for, as a clause."""

    says: str
    line: str


@dataclass(frozen=True, slots=True)
class Ending:
    """`more`: pages of the documentation, from the top of the repository. `parts`: what stands before the examples."""

    examples: tuple[Example, ...]
    more: tuple[str, ...]
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


PARTS: Mapping[str, Mapping[str, str]] = {
    "Exit codes": {
        "0": "done, or nothing to do",
        "2": "the command line is wrong, or does not fit what there is",
        "3": "the portfolio file, a setting or the database is wrong",
        "4": "something waits for an approval, or for a yes",
        "5": "some sources or items were done, some not",
        "6": "changes are pending (only with --detailed-exitcode)",
        "10": "sign-in failed, or a permission is missing",
        "11": "a site, list, item, run or report was not found",
        "12": "a column is missing or of another type, or lacks a choice",
        "13": "SharePoint asked to wait for longer than allowed",
        "14": "an answer cannot be read, or the record is not whole",
        "15": "no answer",
        "20": "another run holds the lock, or has taken over",
        "21": "the database was written by a newer release",
        "70": "a defect",
        "130": "interrupted",
    },
    "Environment": {
        "PORTFOLIO_SYNC_PORTFOLIO": "the portfolio file, where -c is not given",
        "PORTFOLIO_SYNC_DATABASE_URL": "where runs are kept, as a URL; else a file",
        "PORTFOLIO_SYNC_STATE_DIR": "the folder of that file and of sign-ins",
        "PORTFOLIO_SYNC_*": "the others: docs/settings.md",
    },
    "Files": {
        "portfolio.yaml": "the portfolio file, in the folder the command runs in",
        ".env": "settings, in the same folder",
        "/run/secrets": "settings, each in a file of its name",
    },
}

ENDINGS: Mapping[str, Ending] = {
    "": Ending(
        (
            Example("See what it does, on this machine alone", "portfolio-sync demo"),
            Example("Look whether your lists are as the portfolio file says", "portfolio-sync check"),
            Example("See what would be written", "portfolio-sync plan"),
            Example("Write it", "portfolio-sync reconcile"),
        ),
        ("docs/command-line.md", "docs/settings.md", "docs/troubleshooting.md"),
        PARTS,
    ),
    "demo": Ending(
        (
            Example("See the whole job once", "portfolio-sync demo"),
            Example("Keep it running, to look at in a browser and to try commands on", "portfolio-sync demo --keep"),
            Example("Hand the result to another program", "portfolio-sync demo --json"),
        ),
        ("docs/emulator.md",),
    ),
    "emulator": Ending(
        (
            Example(
                "Serve the sample, and write the portfolio file that fits it",
                "portfolio-sync emulator --sample digital-strategy --portfolio portfolio.yaml",
            ),
            Example(
                "The same lists before `provision` was ever run",
                "portfolio-sync emulator --sample digital-strategy --bare",
            ),
            Example(
                "An empty site that is still there tomorrow",
                "portfolio-sync emulator --site /sites/pmo --store world.sqlite",
            ),
            Example(
                "Be as busy as SharePoint is on a bad day",
                "portfolio-sync emulator --sample digital-strategy --throttle strict",
            ),
        ),
        ("docs/emulator.md", "docs/emulator-control.md"),
    ),
    "check": Ending(
        (
            Example("Look at every list", "portfolio-sync check"),
            Example(
                "Look at one, and name each column that is read or written",
                "portfolio-sync check --source project-risks --columns",
            ),
            Example("Try the way of writing on the status list first", "portfolio-sync check --write-test"),
        ),
        ("docs/first-contact.md", "docs/troubleshooting.md"),
    ),
    "provision": Ending(
        (
            Example("See what would be made, and make nothing", "portfolio-sync provision --dry-run"),
            Example("Make it, after a look", "portfolio-sync provision"),
            Example("Take away again what was made", "portfolio-sync provision --remove"),
            Example(
                "Make a blank risk register for those who have none",
                'portfolio-sync provision --template risk-register --site /sites/pmo --title "Risk register"',
            ),
        ),
        ("docs/provision.md", "docs/for-staff.md"),
    ),
    "plan": Ending(
        (
            Example("See what the next run would write", "portfolio-sync plan"),
            Example("Keep it, to look through and to approve", "portfolio-sync plan --out plan.json"),
            Example("See what the first of July will bring", "portfolio-sync plan --today 2026-07-01"),
            Example(
                "Let a script know by the exit code that something is pending",
                "portfolio-sync plan --detailed-exitcode",
            ),
        ),
        ("docs/recovery.md", "docs/guarantees.md"),
    ),
    "reconcile": Ending(
        (
            Example("Plan, ask, and write", "portfolio-sync reconcile"),
            Example("Apply the plan that was looked through", "portfolio-sync reconcile --plan plan.json"),
            Example(
                "Approve a plan that a guard held back, by its digest",
                "portfolio-sync reconcile --approve 3f9a1c0b7d52",
            ),
            Example(
                "Write ten items of one list first, and stop if anything else moved",
                "portfolio-sync reconcile --source project-risks --canary 10",
            ),
        ),
        ("docs/recovery.md", "docs/portfolio-file.md"),
    ),
    "explain": Ending(
        (
            Example("Say why a project reads as it does", "portfolio-sync explain IPS-04"),
            Example(
                "The same, where two lists use the reference",
                "portfolio-sync explain IPS-04 --source public-services",
            ),
        ),
        ("docs/for-the-pmo.md", "docs/findings.md"),
    ),
    "runs": Ending(
        (
            Example("List the latest runs", "portfolio-sync runs list"),
            Example("Show the last one whole", "portfolio-sync runs show"),
        ),
        ("docs/recovery.md", "docs/audit.md"),
    ),
    "runs list": Ending(
        (
            Example("The last twenty", "portfolio-sync runs list"),
            Example("The last hundred, for another program", "portfolio-sync runs list --limit 100 --json"),
        ),
        ("docs/command-line.md",),
    ),
    "runs show": Ending(
        (
            Example("The last run that was finished", "portfolio-sync runs show"),
            Example("A certain one", "portfolio-sync runs show 20260617T021700Z-4f2a"),
        ),
        ("docs/findings.md",),
    ),
    "runs undo": Ending(
        (
            Example("See what it would put back, and be asked", "portfolio-sync runs undo 20260617T021700Z-4f2a"),
            Example(
                "Approve what the plan with this digest showed",
                "portfolio-sync runs undo 20260617T021700Z-4f2a --approve 3f9a1c0b7d52",
            ),
        ),
        ("docs/recovery.md",),
    ),
    "runs verify": Ending(
        (
            Example("Check the record", "portfolio-sync runs verify"),
            Example("The same, for another program", "portfolio-sync runs verify --json"),
        ),
        ("docs/audit.md",),
    ),
    "report": Ending(
        (
            Example("Say again what the last run did", "portfolio-sync report"),
            Example(
                "Make the committee's paper for Word",
                "portfolio-sync report committee --edition board --format docx --out paper.docx",
            ),
            Example("Show all registers as one, for a browser", "portfolio-sync report register --out register.html"),
            Example(
                "Make the figures that may be published",
                "portfolio-sync report data --edition public --format csv --out open-data.csv",
            ),
        ),
        ("docs/reports.md", "docs/open-data.md"),
    ),
    "frozen": Ending(
        (
            Example("List what was frozen", "portfolio-sync frozen list"),
            Example("Work all figures out again", "portfolio-sync frozen verify"),
        ),
        ("docs/reports.md",),
    ),
    "frozen list": Ending(
        (
            Example("List what was frozen", "portfolio-sync frozen list"),
            Example("The same, for another program", "portfolio-sync frozen list --json"),
        ),
        ("docs/reports.md",),
    ),
    "frozen make": Ending(
        (
            Example("Freeze what the last run saw", "portfolio-sync frozen make"),
            Example("Freeze it for a board's next meeting", 'portfolio-sync frozen make --board "ICT Programme Board"'),
        ),
        ("docs/reports.md",),
    ),
    "frozen verify": Ending(
        (
            Example("Work the figures of every frozen report out again", "portfolio-sync frozen verify"),
            Example("Of one of them", "portfolio-sync frozen verify 2026-06-monthly"),
        ),
        ("docs/reports.md",),
    ),
    "frozen restate": Ending(
        (
            Example(
                "Correct the end date of one project",
                "portfolio-sync frozen restate 2026-06-monthly"
                ' --set public-services/IPS-04.end=2026-06-30 --why "The date was a slip of the pen."',
            ),
            Example(
                "Tell it again by the rules of today",
                'portfolio-sync frozen restate 2026-06-monthly --todays-rules --why "The bands were agreed anew."',
            ),
        ),
        ("docs/reports.md",),
    ),
    "frozen purge": Ending(
        (
            Example("Let go of what is older, after a look", "portfolio-sync frozen purge --before 2024-04-01"),
            Example("The same in a job", "portfolio-sync frozen purge --before 2024-04-01 --yes"),
        ),
        ("docs/data-protection.md",),
    ),
    "matches": Ending(
        (
            Example("See what is asked", "portfolio-sync matches list"),
            Example("Answer", "portfolio-sync matches answer 3f9a1c0b7d52e6f4 --same"),
        ),
        ("docs/identity.md",),
    ),
    "matches list": Ending(
        (
            Example("See what is asked", "portfolio-sync matches list"),
            Example("The same, for another program", "portfolio-sync matches list --json"),
        ),
        ("docs/identity.md",),
    ),
    "matches answer": Ending(
        (
            Example("It is the same thing", "portfolio-sync matches answer 3f9a1c0b7d52e6f4 --same"),
            Example("It is another", "portfolio-sync matches answer 3f9a1c0b7d52e6f4 --another"),
        ),
        ("docs/identity.md",),
    ),
    "serve": Ending(
        (
            Example("Run every night", "portfolio-sync serve"),
            Example("Of a certain portfolio file", "portfolio-sync serve -c council.yaml"),
        ),
        ("docs/settings.md", "docs/recovery.md"),
    ),
    "policies": Ending(
        (Example("Try the rules on your examples", "portfolio-sync policies test examples.yaml"),),
        ("docs/policies.md",),
    ),
    "policies test": Ending(
        (
            Example("Try the rules on your examples", "portfolio-sync policies test examples.yaml"),
            Example(
                "Try a changed portfolio file before it is used",
                "portfolio-sync policies test examples.yaml -c changed.yaml",
            ),
        ),
        ("docs/policies.md",),
    ),
    "audit": Ending(
        (Example("Write out the whole record", "portfolio-sync audit export --out record.csv"),),
        ("docs/audit.md",),
    ),
    "audit export": Ending(
        (
            Example("Write out the whole record", "portfolio-sync audit export --out record.csv"),
            Example(
                "One run of it, as JSON",
                "portfolio-sync audit export --run 20260617T021700Z-4f2a --format json",
            ),
        ),
        ("docs/audit.md",),
    ),
    "audit purge": Ending(
        (
            Example("Let go of what is older, after a look", "portfolio-sync audit purge --before 2024-04-01"),
            Example("The same in a job", "portfolio-sync audit purge --before 2024-04-01 --yes"),
        ),
        ("docs/audit.md", "docs/data-protection.md"),
    ),
    "subject": Ending(
        (Example("See what is kept of somebody", 'portfolio-sync subject find "Ann Example"'),),
        ("docs/data-protection.md",),
    ),
    "subject find": Ending(
        (
            Example("By a name", 'portfolio-sync subject find "Ann Example"'),
            Example("By a login, for another program", "portfolio-sync subject find ann.example@contoso.com --json"),
        ),
        ("docs/audit.md", "docs/data-protection.md"),
    ),
    "subject erase": Ending(
        (
            Example("Forget who number 12 is, after a look", "portfolio-sync subject erase 12"),
            Example("The same in a job", "portfolio-sync subject erase 12 --yes"),
        ),
        ("docs/audit.md", "docs/data-protection.md"),
    ),
}
"""By the command's full name; blank for the program itself."""
