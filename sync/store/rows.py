"""Rows of the tables as the values that they stand for, and back."""

from collections.abc import Mapping
from sys import intern
from typing import Any

from sqlalchemy import Row as TableRow

from sync.core.columns import ColumnType
from sync.core.known import ColumnShape, Known, LastApplied
from sync.core.ownership import OwnedField
from sync.core.snapshot import Baseline, RecordId
from sync.engine.state import Decision, Intent, IntentState, RunMode, RunSummary, SourceState
from sync.store.keys import fold_key
from sync.store.values import owned_document, owned_from, owned_values

Row = TableRow[*tuple[Any, ...]]


def summary_of(row: Row) -> RunSummary:
    """A run as `runs list` shows it."""
    return RunSummary(
        id=row.id,
        mode=RunMode(row.mode),
        started=row.started,
        finished=row.finished,
        today=row.today,
        outcome=row.outcome,
        night=row.night,
    )


def record_of(row: Row) -> RecordId:
    """Where the record that a row is about lives."""
    return RecordId(intern(row.host), intern(row.list_guid), row.item_id)


def _word(text: str | None) -> str | None:
    """Words that many rows have alike are held once."""
    return None if text is None else intern(text)


def baseline_of(row: Row) -> Baseline:
    """A baseline, of a row with its document as it is kept; raises ValueError for what this release did not write."""
    return Baseline(
        id=record_of(row), values=owned_from(row.document), version=_word(row.version), run_id=intern(row.run_id)
    )


def baseline_row(baseline: Baseline) -> dict[str, Any]:
    """A baseline as it is kept."""
    return {
        **_place(baseline.id),
        "owned": owned_document(baseline.values),
        "version": baseline.version,
        "run_id": baseline.run_id,
    }


def decision_of(row: Row) -> Decision:
    """A decision as `explain` shows it."""
    return Decision(id=record_of(row), source=row.source, key=row.key, content=row.content)


def decision_row(decision: Decision, source: str, run_id: str) -> dict[str, Any]:
    """A decision as it is kept: found by its folded key."""
    return {
        **_place(decision.id),
        "source": source,
        "key": decision.key,
        "folded_key": fold_key(decision.key),
        "content": decision.content,
        "run_id": run_id,
    }


def intent_of(row: Row) -> Intent:
    """An intent; raises ValueError for what this release did not write."""
    return Intent(
        id=row.id,
        run_id=row.run_id,
        source=row.source,
        record=record_of(row),
        set=owned_values(row.owned),
        was=owned_values(row.was),
        version=row.version,
        grounds={OwnedField(name): grounds for name, grounds in row.grounds.items()},
        restricted=row.restricted,
        state=IntentState(row.state),
    )


def intent_row(intent: Intent) -> dict[str, Any]:
    """An intent as it is kept."""
    return {
        **_place(intent.record),
        "id": intent.id,
        "run_id": intent.run_id,
        "source": intent.source,
        "owned": owned_document(intent.set),
        "was": owned_document(intent.was),
        "version": intent.version,
        "grounds": {owned.value: intent.grounds[owned] for owned in sorted(intent.grounds)},
        "restricted": intent.restricted,
        "state": intent.state.value,
    }


def state_of(row: Row) -> SourceState:
    """What was known of a source; raises ValueError for what this release did not write."""
    applied = None
    if row.applied_run_id is not None:
        applied = LastApplied(
            run_id=row.applied_run_id,
            today=row.applied_today,
            rows=row.applied_rows,
            zone=row.applied_zone,
            columns={name: _shape_of(shape) for name, shape in row.applied_columns.items()},
            release=row.applied_release,
        )
    return SourceState(row.host, row.list_guid, row.source, row.policy_digest, row.run_id, applied)


def state_row(state: SourceState) -> dict[str, Any]:
    """What is known of a source, as it is kept."""
    applied = state.applied
    return {
        "host": state.host,
        "list_guid": state.list_guid,
        "source": state.source,
        "policy_digest": state.policy_digest,
        "run_id": state.run_id,
        "applied_run_id": applied and applied.run_id,
        "applied_today": applied and applied.today,
        "applied_rows": applied and applied.rows,
        "applied_zone": applied and applied.zone,
        "applied_columns": applied and {name: _shape(shape) for name, shape in sorted(applied.columns.items())},
        "applied_release": applied and applied.release,
    }


def known_of(row: Row) -> Known:
    """A record as the last applied run saw it."""
    parent = None
    if row.parent_host is not None:
        parent = RecordId(intern(row.parent_host), intern(row.parent_list_guid), row.parent_item_id)
    source = intern(row.source)
    version = _word(row.version)
    return Known(record_of(row), source, row.key_digest, row.fields_digest, row.modified, parent, version)


def known_row(known: Known) -> dict[str, Any]:
    """A record as the last applied run saw it, as it is kept."""
    parent = known.parent
    return {
        **_place(known.id),
        "source": known.source,
        "key_digest": known.key_digest,
        "fields_digest": known.fields_digest,
        "modified": known.modified,
        "version": known.version,
        "parent_host": parent and parent.host,
        "parent_list_guid": parent and parent.list_guid,
        "parent_item_id": parent and parent.item_id,
    }


def _place(record: RecordId) -> dict[str, Any]:
    return {"host": record.host, "list_guid": record.list_guid, "item_id": record.item_id}


def _shape(shape: ColumnShape) -> dict[str, Any]:
    return {"type": shape.type.value, "choices": list(shape.choices)}


def _shape_of(document: Mapping[str, Any]) -> ColumnShape:
    return ColumnShape(ColumnType(document["type"]), tuple(document["choices"]))
