"""Where the audit ended, kept in a file beside the database: added to, read back, and never in a run's way."""

import json
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.core.audit import Anchor, KeptHead
from sync.core.findings import Severity
from sync.engine.heads import keep_head
from sync.errors import UnreadableError
from sync.store.heads import FileHeads
from sync.store.location import default_url, heads_path, parse_url, sqlite_path

AT = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
FIRST, SECOND = Anchor(3, "a" * 64), Anchor(5, "b" * 64)


def kept(folder: Path, *heads: Anchor) -> FileHeads:
    made = FileHeads(folder / "state" / "audit-heads.jsonl")
    for head in heads:
        assert made.append(head, "run", AT) is None
    return made


def test_heads_are_added_and_read_back_in_order(tmp_path: Path) -> None:
    heads = kept(tmp_path)
    assert heads.read() == ()
    heads.append(FIRST, "run", AT)
    heads.append(SECOND, None, AT)
    assert heads.read() == (KeptHead(FIRST, "run", AT), KeptHead(SECOND, None, AT))
    lines = heads.path.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "number": 3, "hash": "a" * 64, "at": "2026-06-17T01:17:00.000000+00:00", "run": "run",
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such modes")
def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    assert stat.S_IMODE(kept(tmp_path, FIRST).path.stat().st_mode) == 0o600


def test_a_line_that_was_cut_off_counts_as_never_written(tmp_path: Path) -> None:
    heads = kept(tmp_path, FIRST, FIRST)
    whole = heads.path.read_bytes()
    for length in range(len(whole) // 2, len(whole) - 1):
        heads.path.write_bytes(whole[:length])
        heads.append(SECOND, "next", AT)
        found = [each.anchor for each in heads.read()]
        assert found in ([FIRST, SECOND], [FIRST, FIRST, SECOND] if whole[:length].endswith(b"}") else None)


@pytest.mark.parametrize(
    "line", ["{}", '{"number": "x", "hash": "", "at": "", "run": null}', "}", '{"number": 1, "hash": "", "at": 5}']
)
def test_a_line_that_is_something_else_is_told(tmp_path: Path, line: str) -> None:
    heads = kept(tmp_path, FIRST)
    with heads.path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(UnreadableError, match="Line 2 of"):
        heads.read()


def test_a_file_that_cannot_be_written_or_read_is_said_and_raises_nothing_in_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff}\n")
    below = FileHeads(tmp_path / "file" / "heads.jsonl")
    said = below.append(FIRST, "run", AT)
    assert said is not None
    assert said.startswith("The end of the audit could not be kept outside the database")
    with pytest.raises(UnreadableError, match="cannot be read"):
        FileHeads(tmp_path / "file").read()


class Trail:
    """An audit of which only the end is asked."""

    def head(self) -> Anchor:
        return FIRST


def test_a_head_that_could_not_be_kept_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (finding,) = keep_head(FileHeads(tmp_path / "file" / "x"), Trail(), "run", AT)  # type: ignore[arg-type]
    assert (finding.kind, finding.severity) == ("head_not_kept", Severity.WARNING)
    heads = kept(tmp_path)
    assert keep_head(heads, Trail(), "run", AT) == ()  # type: ignore[arg-type]
    assert [each.anchor for each in heads.read()] == [FIRST]
    assert keep_head(None, Trail(), "run", AT) == ()  # type: ignore[arg-type]


def test_the_file_is_beside_the_database_and_named_for_the_installation(tmp_path: Path) -> None:
    file = tmp_path / "portfolio.yaml"
    url = default_url(file, "Digital", tmp_path / "state")
    beside = heads_path(url, file, "Digital", tmp_path / "state", "0a1b")
    database = sqlite_path(parse_url(url))
    assert database is not None
    assert beside == database.with_name(f"{database.stem}-0a1b.audit-heads.jsonl")
    assert heads_path(url, file, "Digital", None, "ffff") != beside
    server = heads_path("postgresql://ann@db/portfolio", file, "Digital", tmp_path / "state", "0a1b")
    assert server == beside
    assert heads_path("sqlite:///:memory:", file, "Digital", tmp_path, "0a1b") is None
