"""What is written into an owned column reads back as what was written, wherever the site is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.columns import ColumnType
from sync.core.mapping import encode_owned, fit_owned, live_owned
from sync.core.model import Overdue, WorkStatus
from sync.core.ownership import OwnedField
from sync.core.policy import OVERDUE_LABELS, STATUS_LABELS
from tests.support.lists import OWNED_COLUMNS, column, owning, row

ZONES = ("Europe/London", "America/Los_Angeles", "Pacific/Auckland")
CHOICES = OWNED_COLUMNS | {
    OwnedField.STATUS: column("PSStatus", ColumnType.CHOICE, choices=tuple(STATUS_LABELS.values())),
    OwnedField.OVERDUE: column("PSOverdue", ColumnType.CHOICE, choices=tuple(OVERDUE_LABELS.values())),
    OwnedField.REASON: column("PSReason", ColumnType.TEXT),
}
FLAGS = OWNED_COLUMNS | {OwnedField.OVERDUE: column("PSOverdue", ColumnType.YES_NO)}


@pytest.mark.parametrize("zone", [*ZONES, None])
@pytest.mark.parametrize("columns", [OWNED_COLUMNS, CHOICES, FLAGS], ids=["text", "choices", "flags"])
@given(
    status=st.sampled_from(WorkStatus),
    overdue=st.sampled_from(Overdue),
    since=st.none() | st.dates(date(2012, 1, 1), date(2099, 12, 31)),
    reason=st.none() | st.text(max_size=400),
)
def test_owned_values_round_trip(
    zone: str | None,
    columns: dict[OwnedField, object],
    status: WorkStatus,
    overdue: Overdue,
    since: date | None,
    reason: str | None,
) -> None:
    binding = owning(owned=columns, zone=zone)  # type: ignore[arg-type]
    assert binding.readable
    decided = {
        OwnedField.STATUS: status,
        OwnedField.OVERDUE: overdue,
        OwnedField.OVERDUE_SINCE: since,
        OwnedField.REASON: reason,
        OwnedField.CHECK: None,
    }
    values = {name: fit_owned(binding, name, value) for name, value in decided.items()}
    assert live_owned(binding, row(1, **encode_owned(binding, values))) == values
