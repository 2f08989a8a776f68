"""The record: how values appear in it, its one form as text, and what checking the chain finds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sync.core.audit import (
    Act,
    Anchor,
    Entry,
    KeptHead,
    Link,
    auditable,
    content,
    entry_of,
    purge_entry,
    seal,
    verify,
)
from sync.core.ownership import OwnedField
from tests.support.machine_zone import machine_in

AT = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
END = " at the end of run R on 2026-06-17 at 01:17 UTC."
LABELS = frozenset({"At risk", "On track", "Overdue"})
ENTRY = Entry(
    at=AT, act=Act.WRITTEN, run_id="R", source="projects", list_guid="guid", item=7, column="status",
    old=None, new="At risk", why="milestone_due 2026-06-03", version_before='"1"', person=3,
)  # fmt: skip


def chain(length: int, before: Anchor | None = None) -> list[Link]:
    links: list[Link] = []
    last = before or Anchor()
    for _ in range(length):
        links.append(seal(last, replace(ENTRY, item=last.number)))
        last = Anchor(links[-1].number, links[-1].hash)
    return links


def head_of(link: Link, run_id: str | None = "R") -> KeptHead:
    return KeptHead(Anchor(link.number, link.hash), run_id, AT)


@pytest.mark.parametrize(
    ("owned_field", "value", "shown"),
    [
        (OwnedField.STATUS, None, None),
        (OwnedField.STATUS, "At risk", "At risk"),
        (OwnedField.STATUS, "AT RISK", "AT RISK"),
        (OwnedField.STATUS, "ask Ann", "text of 7 characters, sha256:9b402418ac67"),
        (OwnedField.OVERDUE, True, "yes"),
        (OwnedField.OVERDUE, False, "no"),
        (OwnedField.OVERDUE, "Overdue", "Overdue"),
        (OwnedField.OVERDUE_SINCE, date(2026, 6, 3), "2026-06-03"),
        (OwnedField.REASON, "On track", "text of 8 characters, sha256:eb54d22db02b"),
        (OwnedField.CHECK, "x", "text of 1 character, sha256:2d711642b726"),
        (OwnedField.STAMP, "\ud800", "text of 1 character, sha256:91a681b99855"),
    ],
)
def test_values_appear_without_a_word_of_staffs(owned_field: OwnedField, value: str, shown: str | None) -> None:
    assert auditable(owned_field, value, known=LABELS, restricted=False) == shown
    assert auditable(owned_field, value, known=LABELS, restricted=True) == "(restricted)"


def test_what_a_person_typed_has_no_digest_that_would_confirm_a_guess() -> None:
    assert auditable(OwnedField.STATUS, "ask Ann", known=LABELS, restricted=False, ours=False) == "text of 7 characters"
    assert auditable(OwnedField.STATUS, "At risk", known=LABELS, restricted=False, ours=False) == "At risk"


def test_an_entry_has_one_text_and_blanks_are_left_out() -> None:
    assert content(replace(ENTRY, why="Gwennol é", source=None)) == (
        '{"act":"written","at":"2026-06-17T01:17:00.000000+00:00","column":"status","item":7,"list_guid":"guid",'
        '"new":"At risk","person":3,"run_id":"R","version_before":"\\"1\\"","why":"Gwennol \\u00e9"}'
    )
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    assert content(replace(ENTRY, at=elsewhere)) == content(ENTRY)
    assert entry_of(content(ENTRY)) == ENTRY


def test_the_zone_of_the_machine_makes_no_difference_to_the_record() -> None:
    links = chain(2)
    with machine_in("Asia/Tokyo"):
        text, verdict = content(ENTRY), verify(Anchor(), links[:1], [head_of(links[1])])
    assert '"at":"2026-06-17T01:17:00.000000+00:00"' in text
    assert verdict.trouble == f"The record ends with entry 1, and had entry 2{END}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        content(ENTRY) + " ",
        content(ENTRY).replace(":7", ": 7"),
        content(ENTRY).replace("+00:00", "+01:00"),
        content(ENTRY).replace("written", "unheard of"),
        content(ENTRY).replace('"item"', '"thing"'),
        content(ENTRY).replace('"2026-06-17T01:17:00.000000+00:00"', "5"),
        content(ENTRY).replace("2026-06-17T01:17:00.000000+00:00", "0001-01-01T00:00:00.000000+09:00"),
        "[" * 100_000,
    ],
    ids=range(11),
)
def test_what_is_not_exactly_an_entrys_text_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^This is no entry of the audit as it was recorded\.$"):
        entry_of(text)


def test_a_whole_chain_holds_with_and_without_heads() -> None:
    links = chain(5)
    verdict = verify(Anchor(), links, [KeptHead(Anchor(), "first", AT), head_of(links[2]), head_of(links[4])])
    assert (verdict.holds, verdict.checked, verdict.head) == (True, 5, Anchor(5, links[4].hash))
    assert verify(Anchor(), []).holds


def test_hashes_are_what_anybody_can_compute() -> None:
    import hashlib

    first, second = chain(2)
    assert second.hash == hashlib.sha256(f"2\n{first.hash}\n{content(second.entry)}".encode()).hexdigest()


def swapped(links: Sequence[Link]) -> list[Link]:
    return [links[0], links[2], links[1], *links[3:]]


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda links: links[1:], "Entry 1 is missing; entry 2 comes next."),
        (lambda links: [*links[:2], *links[3:]], "Entry 3 is missing; entry 4 comes next."),
        (swapped, "Entry 2 is missing; entry 3 comes next."),
        (lambda links: [links[0], links[0], *links[1:]], "Entry 1 comes after entry 1: it was put in, or moved."),
        (
            lambda links: [links[0], replace(links[1], entry=replace(ENTRY, new="On track")), *links[2:]],
            "Entry 2 is not what was recorded: it was altered, or the one before it was.",
        ),
        (
            lambda links: links[:3],
            f"The record ends with entry 3, and had entry 5{END}",
        ),
        (
            lambda links: [*links[:4], seal(Anchor(4, links[3].hash), ENTRY)],
            f"Entry 5 is not the one that was kept outside the database{END}",
        ),
        (lambda _links: [], f"The record ends with entry 0, and had entry 5{END}"),
    ],
)
def test_the_first_break_is_told_in_a_sentence(break_it: object, sentence: str) -> None:
    links = chain(5)
    assert verify(Anchor(), break_it(links), [head_of(links[4])]).trouble == sentence  # type: ignore[operator]


def test_a_head_that_nobodys_run_left_is_told_without_one() -> None:
    links = chain(2)
    said = verify(Anchor(), links[:1], [head_of(links[1], None)]).trouble
    assert said == "The record ends with entry 1, and had entry 2 on 2026-06-17 at 01:17 UTC."


def test_a_purge_is_recorded_with_who_did_it_and_how_far_it_went() -> None:
    entry = purge_entry(AT, 3, 12, date(2026, 1, 1))
    assert (entry.at, entry.act, entry.person) == (AT, Act.PURGED, 3)
    assert entry.why == "entries up to 12, recorded before 2026-01-01"


def purged(length: int, through: int) -> tuple[Anchor, list[Link]]:
    links = chain(length)
    last = Anchor(length, links[-1].hash)
    links.append(seal(last, purge_entry(AT, 1, through, date(2026, 1, 1))))
    return Anchor(through, links[through - 1].hash), links[through:]


def test_after_a_purge_the_rest_still_holds_and_older_heads_are_covered() -> None:
    whole = chain(6)
    anchor, links = purged(6, 4)
    heads = [head_of(whole[1]), head_of(whole[3]), head_of(whole[5])]
    assert verify(anchor, links, heads).holds
    assert verify(replace(anchor, hash="0" * 64), links, heads[1:2]).trouble == (
        f"Entry 4 is not the one that was kept outside the database{END}"
    )
    again = [*links, seal(Anchor(7, links[-1].hash), purge_entry(AT, 1, 7, date(2026, 2, 1)))]
    assert verify(Anchor(7, links[-1].hash), again[-1:]).holds, "the second purge took the first one's entry"


def test_a_beginning_that_no_purge_took_is_found() -> None:
    _, links = purged(6, 4)
    later = Anchor(5, links[0].hash)
    said = "The record begins after entry 5, and tells of no purge up to there."
    assert verify(later, links[1:]).trouble == said
    odd = replace(purge_entry(AT, None, 5, date(2026, 1, 1)), why="something else")
    assert verify(later, [seal(later, odd)]).trouble == said
