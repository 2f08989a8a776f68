"""When a source is not written to: what was seen, the limit, and what to do next.

| guard          | when                                           | an approval lifts it | `--yes` lifts it |
|----------------|------------------------------------------------|----------------------|------------------|
| partial read   | reading ended early                            | no                   | no               |
| empty read     | no items where the last run saw some           | yes                  | no               |
| column gone    | a mapped column is absent or cannot do its job | no                   | no               |
| first run      | the list was never written to                  | yes                  | yes              |
| policy changed | its mapping or policies are not the last run's | yes                  | yes              |

A duplicate key holds back only the records that share it (see `matching`), a value that is not ours only its field.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sync.core.plan import Guard, Refusal
from sync.core.snapshot import Complete, Partial
from sync.core.text import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """What the last applied run knew of a list. `rows`: how many items it held, admitted by `where` or not."""

    rows: int
    policy_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What this run knows of one source. `missing`: see `Binding`; `last`: None where no run was ever applied."""

    source: str
    read: Complete | Partial
    rows: int
    policy_digest: str
    missing: tuple[str, ...] = ()
    writes: bool = True
    last: LastRun | None = None


def guard(seen: Seen) -> tuple[Refusal, ...]:
    """Every refusal for one source. A source that we never write to (`writes` is false) needs no approval."""
    found = [*column_gone(seen.source, seen.missing), *partial_read(seen.source, seen.read)]
    if found:
        return tuple(found)
    if seen.last is None:
        return tuple(first_run(seen.source)) if seen.writes else ()
    found += empty_read(seen.source, seen.rows, seen.last.rows)
    if seen.writes:
        found += policy_changed(seen.source, seen.last.policy_digest, seen.policy_digest)
    return tuple(found)


def partial_read(source: str, read: Complete | Partial) -> Iterator[Refusal]:
    """Nothing is concluded from half a list."""
    if isinstance(read, Partial):
        yield Refusal(
            source=source,
            guard=Guard.PARTIAL_READ,
            seen=f"The list was not read to its end: {read.reason.rstrip('.')}.",
            limit="Every item has to be read before anything is written.",
            advice="Run again. If it stays, run `check` to see where it breaks.",
            approvable=False,
        )


def empty_read(source: str, rows: int, last_rows: int) -> Iterator[Refusal]:
    """A list that held items and answers with none is more often a permission lost than a list cleared."""
    if rows == 0 and last_rows > 0:
        yield Refusal(
            source=source,
            guard=Guard.EMPTY_READ,
            seen=f"The list holds no items; the last run saw {counted(last_rows, 'item')}.",
            limit="A list that held items is not taken for empty without a person's word.",
            advice="Check that the service may still read every item. If the list was cleared on purpose, take "
            "the source out of the portfolio file until it holds items again.",
            approvable=True,
        )


def column_gone(source: str, missing: tuple[str, ...]) -> Iterator[Refusal]:
    """A column that is absent, retyped or read-only, or a choice removed."""
    if missing:
        yield Refusal(
            source=source,
            guard=Guard.COLUMN_GONE,
            seen=f"The list does not fit its mapping: {'; '.join(missing)}.",
            limit="Every mapped column has to be there and able to hold its field.",
            advice="Restore the column, or name the one to use in the portfolio file.",
            approvable=False,
        )


def first_run(source: str) -> Iterator[Refusal]:
    """The first time, a person looks before anything is written."""
    yield Refusal(
        source=source,
        guard=Guard.FIRST_RUN,
        seen="This list has never been written to by this portfolio.",
        limit="The first run of a source needs a person's approval.",
        advice="Look through the plan, then run `reconcile --yes`.",
        approvable=True,
    )


def policy_changed(source: str, last_digest: str, digest: str) -> Iterator[Refusal]:
    """Rules that changed can change every row, so a person looks again."""
    if digest != last_digest:
        yield Refusal(
            source=source,
            guard=Guard.POLICY_CHANGED,
            seen="The mapping or the policies of this list changed since the last run.",
            limit="A changed mapping or policy needs a person's approval.",
            advice="Look through the plan, then run `reconcile --yes`.",
            approvable=True,
        )
