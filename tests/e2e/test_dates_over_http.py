"""1 July 2026 is 1 July wherever the site is, also when a flow wrote it as midnight UTC."""

from pathlib import Path
from typing import Any

import pytest

from tests.support import council
from tests.support.cli import portfolio_sync
from tests.support.emulator import RunningEmulator, running_emulator, this_moment

LONDON, PACIFIC = 2, 13
STORED = {LONDON: "2026-06-30T23:00:00Z", PACIFIC: "2026-07-01T07:00:00Z"}


def world(zone: int) -> dict[str, Any]:
    """Project A-1 was entered by a person, A-2 by a flow that wrote midnight UTC; both are due on 1 July 2026."""
    document = council.world()
    document["sites"][0]["time_zone"] = zone
    items = document["sites"][0]["lists"][0]["items"]
    items[0]["values"]["Due"] = "2026-07-01"
    items[1]["values"]["Due"] = "2026-07-01T00:00:00Z"
    document["sites"][0]["lists"][2]["items"] = []
    return document


def rows(emulator: RunningEmulator) -> list[dict[str, Any]]:
    address = f"{council.SITE}/_api/web/lists/GetByTitle('Alpha projects')/items"
    return list(emulator.get(address).json()["value"])[:2]


@pytest.mark.parametrize("zone", [LONDON, PACIFIC], ids=["London", "Pacific"])
def test_it_is_due_on_the_day_and_overdue_the_day_after(zone: int, tmp_path: Path) -> None:
    with running_emulator(world(zone), clock=this_moment) as emulator:
        assert rows(emulator)[0]["Due"] == STORED[zone]
        file = council.portfolio(tmp_path, emulator.base_url)
        options = ("reconcile", "-c", str(file), "--yes", "--json")
        on_the_day = portfolio_sync(*options, "--today", "2026-07-01", state=tmp_path)
        assert on_the_day.code == 0, on_the_day.err
        assert [row["PSOverdue"] for row in rows(emulator)] == ["Due soon", "Due soon"]
        assert [(each["key"], each["kind"]) for each in on_the_day.document["findings"]] == [
            ("A-2", "date_off_midnight")
        ]
        portfolio_sync(*options, "--today", "2026-07-02", state=tmp_path)
        after = rows(emulator)
    assert [row["PSOverdue"] for row in after] == ["Overdue", "Overdue"]
    assert [row["PSOverdueSince"] for row in after] == [STORED[zone]] * 2, "written as the site itself stores the day"
