"""Findings about one record, in words that keep a restricted one unnamed and unquoted."""

from dataclasses import replace

from sync.core.findings import Finding, FindingKind
from sync.core.snapshot import Record


def finding(record: Record, kind: FindingKind, mend: str, *, plain: str | None = None, quotes: bool = False) -> Finding:
    """A finding about one record; of a restricted one the report says only `plain`, which quotes nothing.

    `quotes`: `mend` repeats words of staff's. Of a restricted record even its own row says `plain` then: what we write
    there we keep, and those words stand in the same row.
    """
    said = (plain or mend) if record.restricted else mend
    mend = said if quotes else mend
    return Finding(record.source, record.id.item_id, kind, record.label, f"{record.label}: {said}.", mend)


def notice(record: Record, kind: FindingKind, said: str, *, plain: str) -> Finding:
    """A finding that the report tells about one record in whose row there is nothing to mend; of a restricted one it
    says only `plain`, which quotes nothing."""
    return replace(finding(record, kind, said, plain=plain), mend="")
