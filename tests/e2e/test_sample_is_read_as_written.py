"""What the connector reads from the served sample over HTTP is what the world document says."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from config import samples
from config.portfolio import load_portfolio
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.store import SharePointStore
from sync.core.snapshot import Record
from sync.engine.read import SourceRead, mirror_of, read_sources
from sync.engine.targets import Portfolio
from sync.store.memory import MemoryRunStore
from tests.support.emulator import running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.sample_snapshots import TAKEN_AT, snapshots

NAME = "digital-strategy"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portfolio, dict[str, SourceRead]]]:
    path: Path = tmp_path_factory.mktemp("sample") / "portfolio.yaml"
    clock = FakeClock(TAKEN_AT)
    with running_emulator(samples.world(NAME), clock.now) as emulator:
        text = samples.portfolio_text(NAME, base_url=emulator.base_url, portfolio_name="Digital strategy")
        path.write_text(text, encoding="utf-8")
        portfolio = load_portfolio(path)
        connection = portfolio.connections["demo"]
        store = SharePointStore(connection, EmulatorSignIn(connection.host), clock)
        mirror = mirror_of(portfolio, {"demo": store}, MemoryRunStore().mirrors, clock)
        yield portfolio, read_sources(portfolio, mirror, lambda *progress: None)
        store.close()


def said(record: Record) -> dict[str, Any]:
    """Everything a record says, without what only the server can know: the identifiers of lists."""
    fields = {
        name: {part: text for part, text in value.items() if part != "list_guid"} if isinstance(value, dict) else value
        for name, value in asdict(record.fields).items()
    }
    return fields | {
        "key": record.key,
        "owned": dict(record.owned),
        "found": record.problems,
        "hidden": record.restricted,
    }


def test_every_list_is_read_to_its_end_and_archived_rows_are_left_out(
    served: tuple[Portfolio, dict[str, SourceRead]],
) -> None:
    _, read = served
    assert {name: result.error for name, result in read.items() if not result.is_complete} == {}
    assert sum(result.rows for result in read.values()) == 147
    excluded = {name: len(result.snapshot.left_out) for name, result in read.items() if result.snapshot}
    assert {name: count for name, count in excluded.items() if count} == {"technical-operations-risks": 2}


def test_every_record_says_what_the_world_document_says(served: tuple[Portfolio, dict[str, SourceRead]]) -> None:
    portfolio, read = served
    for written in snapshots(samples.world(NAME), portfolio):
        expected = {record.id.item_id: said(record) for record in written.records}
        assert {record.id.item_id: said(record) for record in read[written.source].records} == expected
