"""Equal policies have equal digests in every process; any other policy has another."""

import subprocess
import sys
from datetime import date

import pytest

from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.ownership import OwnedField, WriteMode
from sync.core.policy import (
    Calendar,
    Labels,
    NonWorkingDay,
    OverduePolicy,
    Policies,
    RollupPolicy,
    SourceMapping,
    WritePolicy,
    digest,
)
from tests.support.lists import mapped, source

SAMPLE = (
    "from datetime import date; from sync.core.policy import Calendar, Policies, digest;"
    "print(digest(Policies(), Calendar(frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}))))"
)


def test_the_digest_is_the_same_in_every_process() -> None:
    here = digest(Policies(), Calendar(frozenset({date(2027, 1, 1), date(2026, 12, 28), date(2026, 12, 25)})))
    for seed in ("0", "1"):
        command = [sys.executable, "-c", SAMPLE]
        there = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed})
        assert there.stdout.strip() == here


@pytest.mark.parametrize(
    "other",
    [
        Policies(overdue=OverduePolicy(due_soon_days=8)),
        Policies(overdue=OverduePolicy(due_on_non_working_day=NonWorkingDay.NEXT)),
        Policies(rollup=RollupPolicy(thresholds={WorkStatus.OFF_TRACK: 20})),
        Policies(labels=Labels(overdue={Overdue.OVERDUE: "Late"})),
    ],
)
def test_another_policy_has_another_digest(other: Policies) -> None:
    assert digest(other) != digest(Policies())


@pytest.mark.parametrize(
    "other",
    [
        source(fields={"status": "State"}),
        source(fields={"status": mapped("Status", values={"complete": ["Done"]})}),
        source(fields={"status": "Status"}, where={"Archived": ("No",)}),
        source(fields={"status": "Status"}, kind=Kind.RISK),
        source(fields={"status": "Status"}, write=WritePolicy(mode=WriteMode.OFF)),
        source(fields={"status": "Status"}, write=WritePolicy(columns={OwnedField.STATUS: "PSStatus"})),
    ],
)
def test_another_mapping_has_another_digest(other: SourceMapping) -> None:
    assert digest(other) != digest(source(fields={"status": "Status"}))


def test_the_order_of_entries_makes_no_difference() -> None:
    one = source(fields={"status": "Status", "title": "Title"})
    two = source(fields={"title": "Title", "status": "Status"})
    assert digest(one) == digest(two)
