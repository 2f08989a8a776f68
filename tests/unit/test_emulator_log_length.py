"""What the change log has forgotten is gone, from memory and from the file."""

import sqlite3
from pathlib import Path

from connectors.emulator.state.limits import Limits
from connectors.emulator.storage.file import WorldFile
from tests.support.emulator import Direct

KEPT = Limits().change_retention
LIST = "web/lists/GetByTitle('Projects')"
DOCUMENT = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": [{"values": {}}]}]}]}


def test_what_is_older_than_the_retention_leaves_the_log_and_the_file_when_something_is_recorded(
    tmp_path: Path,
) -> None:
    emulator, path = Direct(DOCUMENT), tmp_path / "world.sqlite"
    (owner,) = emulator.site.lists.values()
    file = WorldFile(path)
    start = str(owner.log.current)
    for _ in range(3):
        emulator.merge(f"{LIST}/items(1)", {"Title": "old"})
    file.save(emulator.world)
    emulator.clock.advance(seconds=KEPT.total_seconds())
    emulator.merge(f"{LIST}/items(1)", {"Title": "at the edge"})
    assert len(owner.log.entries) == 4
    emulator.clock.advance(seconds=1)
    assert len(owner.log.entries) == 4
    emulator.merge(f"{LIST}/items(1)", {"Title": "new"})
    assert len(owner.log.entries) == 2
    file.save(emulator.world)
    file.close()
    with sqlite3.connect(path) as held:
        assert held.execute("SELECT count(*) FROM change").fetchone() == (2,)
    held.close()
    query = {"Item": True, "Update": True, "ChangeTokenStart": {"StringValue": start}}
    assert emulator.post(f"{LIST}/getchanges", {"query": query}).json()["value"] == []
    assert len(emulator.post(f"{LIST}/getchanges", {"query": {"Item": True, "Update": True}}).json()["value"]) == 2
