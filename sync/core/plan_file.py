"""A plan in a file: looked through by a person, and compared with the plan of the day on which it is to be applied.

Values of restricted records are withheld in it. What identifies a write is its digest, so the file approves them all
the same, and cannot be changed by accident: the plan's digest is made of those of its writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sync.core.approval import Reviewed
from sync.core.plan import WITHHELD, Guard, Plain, Plan, PlannedWrite, digest_of, digest_of_write
from sync.core.snapshot import RecordId
from sync.errors import UsageError

SCHEMA = 1
KIND = "portfolio-sync plan"

_GUARDS = frozenset(guard.value for guard in Guard)
_AGAIN = "Make a new one with `plan --out FILE` and look it through."


@dataclass(frozen=True, slots=True)
class ReviewedWrite:
    """One write of a reviewed plan: its record, how messages name it, and what identifies the write."""

    id: RecordId
    label: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReviewedFile(Reviewed):
    """A reviewed plan that knows what its writes were about."""

    items: tuple[ReviewedWrite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A reviewed plan beside today's, by labels in the plans' order. `as_planned`: how many writes are the same.

    `moved`: the item is to be written in both plans, but no longer from the same or to the same. `gone`: it needs
    nothing any more. `new`: it was not in the reviewed plan. `rules_changed`: mapping or policies are not those under
    which the plan was made, so that all of it has moved.
    """

    as_planned: int
    moved: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    rules_changed: bool = False


def document(plan: Plan, *, portfolio: str, made: datetime, today: date) -> dict[str, Any]:
    """The plan as a JSON document. `portfolio`: the portfolio's name; `today`: the day on which it was decided."""
    return {
        "schema": SCHEMA,
        "kind": KIND,
        "portfolio": portfolio,
        "made": made.isoformat(),
        "today": today.isoformat(),
        "policy_digest": plan.policy_digest,
        **plan.to_json(),
        "writes": [
            {**write.to_json(), "host": write.id.host, "list": write.id.list_guid, "digest": write.digest}
            for write in plan.writes
        ],
    }


def read(document: object, *, portfolio: str | None = None) -> ReviewedFile:
    """What a person has looked through, from the document in a file.

    Raises UsageError, with what to do, for anything else than a plan, for one that was changed after it was made, and
    for another portfolio's where `portfolio` names the one at hand.
    """
    match document:
        case {
            "schema": 1,
            "kind": "portfolio-sync plan",
            "portfolio": str(name),
            "digest": str(digest),
            "policy_digest": str(policy_digest),
            "writes": list(writes),
            "refusals": list(refusals),
        }:
            held = ReviewedFile(
                digest=digest,
                policy_digest=policy_digest,
                writes=frozenset(),
                refusals=frozenset(map(_refusal, refusals)),
                items=tuple(_write(write) for write in writes),
            )
        case {"kind": "portfolio-sync plan", "schema": other} if other != SCHEMA:
            raise UsageError("The plan was made by another release of this program.", _AGAIN)
        case _:
            raise _not_a_plan()
    if portfolio is not None and portfolio != name:
        raise UsageError(f"The plan is of the portfolio '{name}', not of '{portfolio}'.", _AGAIN)
    if digest_of((write.digest for write in held.items), map(_refusal, refusals), policy_digest) != digest:
        raise _changed()
    return replace(held, writes=frozenset(write.digest for write in held.items))


def compare(reviewed: ReviewedFile, plan: Plan) -> Compared:
    """What of a reviewed plan is as it was, and what is not."""
    rules_changed = reviewed.policy_digest != plan.policy_digest
    then = {item.id: item for item in reviewed.items}
    now = {write.id: write for write in plan.writes}
    same = {write.id for write in plan.writes if not rules_changed and write.digest in reviewed.writes}
    return Compared(
        as_planned=len(same),
        moved=tuple(_label(write) for write in plan.writes if write.id in then and write.id not in same),
        gone=tuple(item.label for item in reviewed.items if item.id not in now),
        new=tuple(_label(write) for write in plan.writes if write.id not in then),
        rules_changed=rules_changed,
    )


def standing(reviewed: ReviewedFile, plan: Plan) -> ReviewedFile:
    """What still counts of a review: nothing once the rules are others."""
    if reviewed.policy_digest == plan.policy_digest:
        return reviewed
    return replace(reviewed, writes=frozenset(), refusals=frozenset())


def _label(write: PlannedWrite) -> str:
    return _named(write.source, write.key)


def _named(source: str, key: str) -> str:
    return f"{source}: {key}"


def _write(entry: object) -> ReviewedWrite:
    match entry:
        case {
            "source": str(source),
            "host": str(host),
            "list": str(guid),
            "item": int(item),
            "key": str(key),
            "digest": str(digest),
            "set": dict(to),
            "was": dict(was),
        }:
            record = RecordId(host, guid, item)
            _check(record, was, to, digest)
            return ReviewedWrite(record, _named(source, key), digest)
        case _:
            raise _not_a_plan()


def _check(record: RecordId, was: Mapping[str, Plain], to: Mapping[str, Plain], digest: str) -> None:
    """Whether the values that the file shows are those that its digest was made of, where it shows them all."""
    values = {name: (was.get(name), to[name]) for name in to}
    withheld = any(WITHHELD in pair for pair in values.values())
    if not withheld and digest_of_write(record, values) != digest:
        raise _changed()


def _refusal(entry: object) -> tuple[str, Guard, str]:
    match entry:
        case {"source": str(source), "guard": str(guard), "seen": str(seen)} if guard in _GUARDS:
            return source, Guard(guard), seen
        case _:
            raise _not_a_plan()


def _not_a_plan() -> UsageError:
    return UsageError("The file does not hold a plan.", "Name a file that `plan --out` wrote.")


def _changed() -> UsageError:
    return UsageError("The plan in the file was changed after it was made.", _AGAIN)
