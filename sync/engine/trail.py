"""The record as a person handles it: checking that it is whole, and letting go of what is old enough."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sync.core.audit import Verdict, purge_entry, verify
from sync.engine.account import this_account
from sync.engine.heads import Heads, keep_head
from sync.engine.ports import Clock, RunStore
from sync.engine.schedule import local_date
from sync.errors import UnreadableError


@dataclass(frozen=True, slots=True)
class Old:
    """What a purge would take: entries up to `through` (0 where there is nothing), so many; and how many stay."""

    through: int
    entries: int
    stay: int


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge took, and what else to look at."""

    entries: int
    warnings: tuple[str, ...]


def check(runs: RunStore, heads: Heads | None) -> Verdict:
    """Whether the whole record is as it was written, and is not shorter than the heads kept outside know it."""
    anchor = runs.audit.anchor()
    try:
        kept = heads.read() if heads is not None else ()  # first: a run may add to both meanwhile, to this one last
        return verify(anchor, runs.audit.links(), kept)
    except UnreadableError as error:
        return Verdict(0, anchor, error.what)


def older_than(runs: RunStore, before: date, time_zone: str) -> Old:
    """The entries at the beginning of the record that are of before that day, as the portfolio's zone counts days."""
    through = taken = stay = 0
    for link in runs.audit.links():
        if stay == 0 and local_date(link.entry.at, time_zone) < before:
            through, taken = link.number, taken + 1
        else:
            stay += 1
    return Old(through, taken, stay)


def purge(
    runs: RunStore, before: date, time_zone: str, clock: Clock, heads: Heads | None, agree: Callable[[Old], bool]
) -> Purged | None:
    """Deletes what is older, once `agree` has seen how much that is; None where it did not agree.

    The rest can still be checked. Raises UnreadableError, deleting nothing, where the record does not hold: whatever
    was done to it would be gone with it.
    """
    verdict = check(runs, heads)
    if verdict.trouble is not None:
        raise UnreadableError(verdict.trouble, "Nothing was deleted. See docs/audit.md for what to do about it.")
    old = older_than(runs, before, time_zone)
    if not old.entries:
        return Purged(0, ())
    if not agree(old):
        return None
    now = clock.now()
    count = runs.audit.purge(old.through, [purge_entry(now, this_account(runs.audit), old.through, before)])
    return Purged(count, tuple(finding.text for finding in keep_head(heads, runs.audit, None, now)))
