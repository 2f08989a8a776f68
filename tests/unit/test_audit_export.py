"""The audit as CSV and JSON: whole, in order, and harmless where it is opened."""

import csv
import io
import json
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.audit import Act, Anchor, Entry, Link, entry_of, seal
from sync.report.audit import COLUMNS, csv_pieces, json_pieces

AT = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
ENTRY = Entry(at=AT, act=Act.WRITTEN, run_id="R", source="projects", item=7, new='At "risk", é', version_before='"1"')


def link(entry: Entry) -> Link:
    return seal(Anchor(4, "a" * 64), entry)


def rows(*links: Link) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_pieces(links)), newline="")))


def test_a_row_has_every_field_under_its_name() -> None:
    (row,) = rows(link(ENTRY))
    assert list(row) == ["number", "hash", *(each.name for each in fields(Entry))]
    assert {name: value for name, value in row.items() if value} == {
        "number": "5", "hash": link(ENTRY).hash, "at": "2026-06-17T01:17:00.000000+00:00", "act": "written",
        "run_id": "R", "source": "projects", "item": "7", "new": 'At "risk", é', "version_before": '"1"',
    }  # fmt: skip
    assert rows() == []


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begins: str) -> None:
    (row,) = rows(link(Entry(at=AT, act=Act.DRIFT, source=f"{begins}cmd|' /C calc'!A0")))
    assert row["source"] == f"'{begins}cmd|' /C calc'!A0"


@given(st.text(max_size=20))
def test_whatever_stands_in_it_every_entry_is_one_row_of_harmless_cells(text: str) -> None:
    told = rows(link(Entry(at=AT, act=Act.DRIFT, source=text, why=text)), link(ENTRY))
    assert [row["number"] for row in told] == ["5", "5"]
    assert all(not value.startswith(("=", "+", "-", "@", "\t", "\r")) for row in told for value in row.values())
    assert told[0]["source"] in (text, f"'{text}")


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_json_is_one_document_from_which_the_chain_can_be_checked(count: int) -> None:
    links: list[Link] = []
    for _ in range(count):
        last = Anchor(links[-1].number, links[-1].hash) if links else Anchor(4, "a" * 64)
        links.append(seal(last, ENTRY))
    document = json.loads("".join(json_pieces(Anchor(4, "a" * 64), links)))
    assert document["schema"] == 1
    assert document["anchor"] == {"number": 4, "hash": "a" * 64}
    assert [(each["number"], each["hash"]) for each in document["entries"]] == [
        (each.number, each.hash) for each in links
    ]
    for told in document["entries"]:
        own = {name: told[name] for name in told if name not in ("number", "hash")}
        text = json.dumps(own, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        assert entry_of(text) == ENTRY
    assert set(COLUMNS) >= {name for told in document["entries"] for name in told}
