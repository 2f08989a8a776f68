"""A stamp says which installation wrote an item, so that a second one is a finding before it is a fight."""

import pytest

from sync.core.findings import FindingKind, Severity
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import LeftOut, Record, RecordId
from sync.core.stamp import installation_of, others, stamp
from tests.support.lists import record

RUN = "20260617T011700Z-ab12"
HERE, THERE = "5e0c9a4e-1f5b-4b52-8f6e-0b6f1d1a0001", "5e0c9a4e-1f5b-4b52-8f6e-0b6f1d1a0002"


def test_a_stamp_fits_a_line_and_names_its_installation() -> None:
    text = stamp(HERE, RUN)
    assert text == f"{HERE} {RUN}"
    assert len(text) < 100
    assert installation_of(text) == HERE


@pytest.mark.parametrize(
    "text", [None, True, "", HERE, f"{HERE} yesterday", f"checked by Ada {RUN}", f"{HERE} {RUN} x"]
)
def test_what_is_no_stamp_names_none(text: OwnedValue) -> None:
    assert installation_of(text) is None


def test_items_that_another_installation_wrote_are_counted_by_source() -> None:
    strange, stranger = stamp(THERE, RUN), stamp("third", RUN)
    rows: list[Record | LeftOut] = [
        record(1, owned={OwnedField.STAMP: strange}),
        record(2, owned={OwnedField.STAMP: stamp(HERE, RUN)}),
        record(3, owned={OwnedField.STAMP: "Bob"}),
        record(4),
        LeftOut(RecordId("h", "l", 5), "projects", {OwnedField.STAMP: stranger}, '"5"'),
        record(1, at="actions", owned={OwnedField.STAMP: strange}),
    ]
    one, two = others(rows, HERE)
    assert (one.source, one.item, one.key, one.kind, one.severity) == (
        "actions",
        None,
        "",
        FindingKind.OTHER_INSTALLATION,
        Severity.WARNING,
    )
    assert one.text == (
        "1 item was last written by another installation of this service, with a database of its own: stop one of "
        "them, or point both to one database; to go on with this one alone, run `reconcile --resync` here."
    )
    assert two.text.startswith(
        "2 items were last written by 2 other installations of this service, with databases of their own: "
    )


def test_alone_there_is_nothing_to_tell() -> None:
    assert list(others([record(1, owned={OwnedField.STAMP: stamp(HERE, RUN)})], HERE)) == []
