"""Where the audit ended, kept outside the database: it shows when the end was cut off, or all was written anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sync.core.audit import Anchor, KeptHead
from sync.core.findings import Finding, FindingKind
from sync.engine.ports import AuditTrail


class Heads(Protocol):
    """An append-only list of heads, beside the database and not in it."""

    def append(self, head: Anchor, run_id: str | None, at: datetime) -> str | None:
        """Adds one. Answers None, or one sentence of why it could not be kept: no reason to fail a run for."""

    def read(self) -> Sequence[KeptHead]:
        """All of them, the oldest first; UnreadableError where something else stands among them."""


def keep_head(heads: Heads | None, trail: AuditTrail, run_id: str | None, at: datetime) -> tuple[Finding, ...]:
    """Keeps where the audit ends now, and finds fault where that cannot be done. Nothing is kept without `heads`."""
    trouble = heads.append(trail.head(), run_id, at) if heads is not None else None
    return (Finding("", None, FindingKind.HEAD_NOT_KEPT, "audit", trouble),) if trouble else ()
