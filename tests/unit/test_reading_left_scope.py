"""Rows that count nowhere are told apart from rows that a list which was not read may count."""

from dataclasses import replace

import pytest

from sync.core.mapping import bind
from sync.core.model import Kind
from sync.core.snapshot import Complete, LeftOut, RecordId, Snapshot
from sync.engine.read import SourceRead, left_scope
from sync.engine.targets import ListAddress, Source
from tests.support.lists import HOST, TAKEN, schema

ROW = LeftOut(RecordId(HOST, "list-1", 7), "projects", {}, '"7"')
TITLED, BY_URL, BY_ID = ListAddress(title="Projects"), ListAddress(url="Lists/Projects"), ListAddress(id="ABC")


def source(name: str, address: ListAddress = TITLED, site: str = "/sites/pmo") -> Source:
    return Source(name=name, kind=Kind.PROJECT, connection="council", site=site, list=address)


def whole(name: str = "projects", guid: str = "list-1") -> SourceRead:
    made = source(name)
    snapshot = Snapshot(name, (), Complete(), "", TAKEN, (ROW,))
    return SourceRead(made, bind(made, schema(guid=guid)), snapshot)


def unread(address: ListAddress = TITLED, site: str = "/sites/pmo") -> SourceRead:
    return SourceRead(source("others", address, site))


@pytest.mark.parametrize(
    ("other", "missing", "rows"),
    [
        (whole("others"), (), (ROW,)),
        (whole("others"), ("others",), ()),
        (whole("others", "list-2"), ("others",), (ROW,)),
        (unread(), ("others",), ()),
        (unread(ListAddress(title="PROJECTS"), "/sites/PMO"), ("others",), ()),
        (unread(ListAddress(title="Risks")), ("others",), (ROW,)),
        (unread(BY_URL), ("others",), ()),
        (unread(BY_ID), ("others",), ()),
        (unread(site="/sites/ict"), ("others",), (ROW,)),
        (unread(), ("projects",), (ROW,)),
    ],
)
def test_a_list_that_was_not_read_may_count_what_this_source_leaves_out(
    other: SourceRead, missing: tuple[str, ...], rows: tuple[LeftOut, ...]
) -> None:
    read = whole()
    assert left_scope(read, {"projects": read, "others": other}, missing) == rows


def test_what_was_not_read_leaves_nothing_out() -> None:
    read = replace(whole(), snapshot=None)
    assert left_scope(read, {"projects": read}, ()) == ()
    assert (read.rows, whole().rows) == (0, 1)
