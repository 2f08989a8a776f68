"""The scripts that the bench compares with do the whole work of a night, and say what they did."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import peers
from bench.peers import FOLDER, PEERS, flow_replay, office365_careful, office365_naive, script
from bench.peers.script import Done, Wanted
from bench.worlds import Shape, world
from tests.support.emulator import RunningEmulator, running_emulator

SITE, TITLES, ITEMS = "/sites/unit-001", ("Projects", "Milestones"), 4
Night = Callable[[str, Wanted, Done], None]


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(world(Shape(2, ITEMS))) as running:
        yield running


def wanted(**others: dict[str, Any]) -> Wanted:
    """The same of every item; of some, as `item_2`, something else besides."""
    usual = {"PSOverdue": "Overdue", "PSOverdueSince": "2026-06-10", "PSReason": "Due 9 June", "PSCheck": None}
    items = {str(number): usual | others.get(f"item_{number}", {}) for number in range(1, ITEMS + 1)}
    return {SITE: dict.fromkeys(TITLES, items)}


def held(emulator: RunningEmulator, title: str) -> dict[str, dict[str, Any]]:
    found = emulator.get(f"{SITE}/_api/web/lists/getByTitle('{title}')/items").json()["value"]
    return {str(item["Id"]): item for item in found}


def asked(emulator: RunningEmulator) -> int:
    """The requests until now, a batch being one."""
    return sum(entry.batch is None for entry in emulator.service.history.entries)


@pytest.mark.parametrize(
    ("night", "requests"),
    [(office365_naive.night, 1 + 2 + 2 * 8), (office365_careful.night, 1 + 1 + 1), (flow_replay.night, 2 + 8)],
)
def test_what_was_wanted_stands_in_the_lists(emulator: RunningEmulator, night: Night, requests: int) -> None:
    done, values = Done(), wanted()
    night(emulator.base_url, values, done)
    assert (done, asked(emulator)) == (Done(read=8, written=8), requests)
    for title, items in values[SITE].items():
        live = held(emulator, title)
        assert {number: script.differing(live[number], each) for number, each in items.items()} == {
            number: {} for number in items
        }
        assert live["1"]["PSOverdueSince"] == "2026-06-09T23:00:00Z", "midnight of the day in London"


def test_with_care_only_what_differs_is_written(emulator: RunningEmulator) -> None:
    office365_careful.night(emulator.base_url, wanted(), Done())
    tomorrow = wanted(item_2={"PSOverdue": None, "PSOverdueSince": None})
    # The form digest and the batch that reads are asked for in any case; the one that writes where something differs.
    for written, requests in ((2, 3), (0, 2)):
        emulator.service.history.clear()
        done = Done()
        office365_careful.night(emulator.base_url, tomorrow, done)
        assert (done, asked(emulator)) == (Done(read=8, written=written), requests)
    assert held(emulator, "Projects")["2"]["PSOverdueSince"] is None


def test_a_program_prints_what_it_did_or_what_was_refused(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wanted.json"
    monkeypatch.setattr("sys.argv", ["peer", emulator.base_url, str(file)])
    file.write_text(json.dumps(wanted()), encoding="utf-8")
    script.run(flow_replay.night)
    assert json.loads(capsys.readouterr().out) == {"read": 8, "written": 8}
    file.write_text(json.dumps(wanted(item_3={"PSOverdue": "x" * 256})), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"SharePoint refused: 400 .*items"):
        script.run(flow_replay.night)
    assert capsys.readouterr().out == ""


def test_every_peer_is_a_program(tmp_path: Path) -> None:
    for peer in PEERS.values():
        assert (FOLDER / peer.file).is_file()
        assert peer.command("http://127.0.0.1:1", tmp_path)[-2:] == ["http://127.0.0.1:1", str(tmp_path)]
    assert [peer.file for peer in PEERS.values() if peer.needs_node] == ["pnpjs_naive.mjs", "pnpjs_careful.mjs"]


def test_without_node_its_peers_are_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert not peers.ready()
    assert capsys.readouterr().err == "The peers that need Node are left out: node is not installed.\n"


def test_the_libraries_of_node_are_pinned_by_hash_and_by_no_address() -> None:
    wanted_of = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    libraries = {name.removeprefix("node_modules/"): each for name, each in locked.items() if name}
    assert all(libraries[name]["version"] == version for name, version in wanted_of.items())
    assert all(each["integrity"].startswith("sha512-") for each in libraries.values())
    assert not any("resolved" in each for each in libraries.values())
