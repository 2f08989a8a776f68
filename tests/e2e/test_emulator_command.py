"""`emulator` on the command line: what it serves, what it refuses and why, and how it ends."""

import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.cli import PATIENCE, Result, emulator_process, portfolio_sync, serving

WORLD: dict[str, Any] = {
    "sites": [
        {
            "path": "/sites/pmo",
            "title": "Portfolio office",
            "users": [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field"}],
            "lists": [
                {
                    "title": "Projects",
                    "fields": [{"name": "Lead", "type": "User"}, {"name": "Due", "type": "DateTime"}],
                    "items": [
                        {"values": {"Title": "Library app", "Lead": "i:0#.f|membership|ann@example.org"}},
                        {"values": {"Title": "Bin days", "Due": "2026-07-01"}},
                    ],
                }
            ],
        }
    ]
}


def send(method: str, url: str, body: Any = None) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": "Bearer any", "Accept": "application/json;odata=nometadata"}
        answer = session.request(method, url, json=body, headers=headers, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stderr is not None
    return iter(process.stderr)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    file = tmp_path / "world.json"
    file.write_text(json.dumps(WORLD), encoding="utf-8")
    return file


def refused(*words: str, state: Path) -> Result:
    """The result of a command that must serve nothing, say one sentence of what and one of what to do, and end."""
    result = portfolio_sync("emulator", "--port", "0", *words, state=state)
    assert result.out == ""
    assert "Traceback" not in result.err
    what, advice = result.err.splitlines()
    assert what.startswith("portfolio-sync: ")
    assert what.endswith((".", "?"))
    assert advice.endswith(".")
    return result


# What it serves


def test_a_file_of_data_is_the_world_that_is_served(world: Path, tmp_path: Path) -> None:
    with emulator_process("--data", str(world), state=tmp_path) as base_url:
        items = f"{base_url}/sites/pmo/_api/web/lists/GetByTitle('Projects')/items"
        rows = send("GET", f"{items}?$select=Id,Title,Due,Lead/Title&$expand=Lead")["value"]
        assert [(row["Id"], row["Title"], row["Due"]) for row in rows] == [
            (1, "Library app", None),
            (2, "Bin days", "2026-06-30T23:00:00Z"),
        ]
        assert rows[0]["Lead"]["Title"] == "Ann Field"
        assert send("GET", f"{base_url}/sites/pmo/_api/web?$select=Title") == {"Title": "Portfolio office"}


def test_an_empty_site_takes_a_list_of_its_own(tmp_path: Path) -> None:
    with emulator_process("--site", "/sites/new", "--site", "/sites/other", state=tmp_path) as base_url:
        lists = f"{base_url}/sites/new/_api/web/lists"
        before = send("GET", f"{lists}?$select=Title")["value"]
        made = send("POST", lists, {"Title": "Risks", "BaseTemplate": 100})
        send("POST", f"{lists}(guid'{made['Id']}')/items", {"Title": "Supplier fails"})
        found = send("GET", f"{lists}/GetByTitle('Risks')/items?$select=Title")["value"]
        assert found == [{"Title": "Supplier fails"}]
        assert send("GET", f"{base_url}/sites/other/_api/web/lists?$select=Title")["value"] == before


def test_without_a_world_there_is_one_empty_site_and_the_command_names_it(tmp_path: Path) -> None:
    with serving("emulator", "--port", "0", state=tmp_path) as process:
        said = next(lines_of(process))
        base_url = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert base_url is not None
        assert "/sites/demo" in said
        assert "Ctrl-C" in said
        assert send("GET", f"{base_url.group()}/sites/demo/_api/web?$select=ServerRelativeUrl") == {
            "ServerRelativeUrl": "/sites/demo"
        }


def test_an_empty_site_may_stand_beside_a_world(world: Path, tmp_path: Path) -> None:
    with emulator_process("--data", str(world), "--site", "/sites/new", state=tmp_path) as base_url:
        for path in ("/sites/pmo", "/sites/new"):
            assert send("GET", f"{base_url}{path}/_api/web?$select=ServerRelativeUrl") == {"ServerRelativeUrl": path}


# What it refuses


def test_two_worlds_at_once_are_a_usage_error(world: Path, tmp_path: Path) -> None:
    result = refused("--sample", "digital-strategy", "--data", str(world), state=tmp_path)
    assert result.code == 2
    assert "--sample and --data" in result.err


def test_a_portfolio_file_without_a_sample_is_a_usage_error(tmp_path: Path) -> None:
    result = refused("--portfolio", "p.yaml", state=tmp_path)
    assert result.code == 2
    assert "--sample NAME" in result.err
    assert not (tmp_path / "p.yaml").exists()


def test_a_sample_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    result = refused("--sample", "digital-stratgey", state=tmp_path)
    assert result.code == 3
    assert "no sample 'digital-stratgey'" in result.err
    assert "Did you mean 'digital-strategy'?" in result.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"sites": [', "cannot be read as JSON: Expecting value: line 1 column 12"),
        (b"\xff\xfe{}", "cannot be read as JSON: 'utf-8' codec"),
        (b"[" * 100_000, "cannot be read as JSON: "),
        (b"[]", "The document must be object, not list."),
        (b'{"sites": [{"path": "/sites/a", "lists": [{"titel": "A"}]}]}', "'titel'; did you mean 'title'?"),
        (b'{"sites": [{"path": "/sites/a"}, {"path": "/sites/A"}]}', "There are two sites at /sites/A"),
        (
            b'{"sites": [{"path": "/sites/a", "lists": [{"title": "A", "items": [{"values": {"Titel": "x"}}]}]}]}',
            "sites[0].lists[0].items[0].values has the unknown column 'Titel'; did you mean 'Title'?",
        ),
    ],
    ids=["cut short", "not text", "too deep", "not a world", "misspelt key", "site twice", "unknown column"],
)
def test_a_file_that_is_no_world_is_told_with_its_name_and_the_place(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "broken.json").write_bytes(content)
    result = refused("--data", "broken.json", state=tmp_path)
    assert result.code == 3
    assert "broken.json" in result.err
    assert said in result.err
    assert "docs/world.schema.json" in result.err


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = refused("--data", "none.json", state=tmp_path)
    assert result.code == 3
    assert "none.json cannot be read (No such file or directory)." in result.err


def test_a_site_that_the_world_already_has_is_told_by_its_option(world: Path, tmp_path: Path) -> None:
    result = refused("--data", str(world), "--site", "/sites/pmo", state=tmp_path)
    assert result.code == 3
    assert "two sites at /sites/pmo" in result.err
    assert "--site /sites/pmo" in result.err


def test_a_port_in_use_is_a_usage_error_that_says_how_to_go_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = refused("--port", port, state=tmp_path)
    assert result.code == 2
    assert f"127.0.0.1:{port}" in result.err
    assert "--port 0" in result.err


# How it ends


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_stopping_it_is_a_clean_end(sent: signal.Signals, tmp_path: Path) -> None:
    with serving("emulator", "--port", "0", state=tmp_path) as process:
        base_url = re.search(r"http://127\.0\.0\.1:\d+", next(lines_of(process)))
        assert base_url is not None
        with requests.Session() as session:  # an idle connection must not hold up the end
            session.trust_env = False
            assert session.get(f"{base_url.group()}/sites/demo/_api/web", timeout=30).status_code == 401
            process.send_signal(sent)
            out, rest = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, rest) == (0, "", "Stopped.\n")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_stopping_it_the_moment_it_speaks_is_as_clean(sent: signal.Signals, tmp_path: Path) -> None:
    with serving("emulator", "--port", "0", state=tmp_path) as process:
        next(lines_of(process))
        process.send_signal(sent)
        out, rest = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, rest) == (0, "", "Stopped.\n")


def test_what_it_held_is_written_nowhere(tmp_path: Path) -> None:
    with emulator_process("--site", "/sites/new", state=tmp_path) as base_url:
        send("POST", f"{base_url}/sites/new/_api/web/lists", {"Title": "Risks", "BaseTemplate": 100})
    assert list(tmp_path.iterdir()) == []
