"""docs/audit.md tells of every act that is recorded, of the commands there are, and of hashes that are computed so."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

from sync.core.audit import Act, Anchor, Entry, seal
from tests.unit.test_command_line_docs import commands

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")


def test_every_act_is_documented_and_no_other() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(Act)


def test_every_command_that_is_named_exists_with_its_options() -> None:
    known = commands()
    named = re.findall(r"`((?:runs|audit|subject) [a-z]+)([^`]*)`", PAGE)
    assert {name for name, _ in named} <= set(known)
    for name, rest in named:
        assert set(re.findall(r"--[a-z]+", rest)) <= known[name]


def test_the_hash_is_computed_as_the_page_says() -> None:
    """By the page's words alone: three lines joined by line feeds, the content as JSON in ASCII, names sorted."""
    entry = Entry(at=datetime(2026, 6, 17, 1, 17, tzinfo=UTC), act=Act.WRITTEN, item=7, new="é")
    fields = {"act": "written", "at": "2026-06-17T01:17:00.000000+00:00", "item": 7, "new": "é", "why": ""}
    told = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    assert told.isascii()
    assert seal(Anchor(4, "abc"), entry).hash == hashlib.sha256("\n".join(["5", "abc", told]).encode()).hexdigest()
