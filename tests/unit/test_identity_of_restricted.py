"""Restricted records are known again like any other, and named by their number only."""

from dataclasses import replace
from datetime import date

import pytest

from sync.core.identity import EventKind
from sync.core.model import Kind, Reference
from sync.core.snapshot import Record
from tests.support.lists import record, source
from tests.support.over_time import OverTime, texts

SECRET = "Grievance of J Pascoe"


def restricted(item: int, key: str | None, title: str | None, *, at: str = "hr", **more: object) -> Record:
    return record(item, Kind.RISK, at=at, restricted=True, key=key, title=title, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (restricted(1, "HR-1", "Another title"), ["Item 1 has another title."]),
        (restricted(1, "HR-9", SECRET), ["Item 1 has another key."]),
        (restricted(7, "HR-1", SECRET, at="legal"), ["Item 7 has moved to another list."]),
        (restricted(7, "HR-1", SECRET), []),
        (record(1, Kind.RISK, at="hr", key="HR-1", title="Told now"), ["Item 1 has another title."]),
        (restricted(7, "HR-2", "A"), ["Item 1 is gone.", "Item 7 is new."]),
    ],
)
def test_a_restricted_record_is_known_again_and_named_by_its_number_only(now: Record, told: list[str]) -> None:
    portfolio = OverTime()
    portfolio.run(restricted(1, "HR-1", SECRET, project=Reference("DS-01")))
    kept = portfolio.kept[1]
    assert (kept.key, kept.title, kept.place, kept.restricted) == (None, None, None, True)
    found = portfolio.run(now)
    assert texts(found) == told
    assert SECRET not in repr(portfolio.kept)


def test_a_doubt_about_a_restricted_record_names_it_by_its_number_only() -> None:
    portfolio = OverTime()
    portfolio.run(restricted(1, "HR-1", SECRET))
    found = portfolio.run(restricted(1, "HR-2", "Something else"))
    (doubt,) = found.doubts
    assert doubt.question == "Item 1 has another key and title. Is it the same risk, or another risk in its row?"
    assert doubt.restricted
    open_one = record(5, Kind.RISK, at="risks", key="HR-1", title="Cemetery")
    portfolio = OverTime()
    portfolio.run(restricted(1, "HR-1", SECRET))
    (doubt,) = portfolio.run(open_one).doubts
    assert doubt.question == "Is item 5 the same risk as item 1, last seen 1 June 2026?"


def test_a_restricted_record_without_a_key_may_be_renamed_in_its_row() -> None:
    portfolio = OverTime({"hr": source("hr", Kind.RISK)})
    portfolio.run(restricted(1, SECRET, SECRET))
    found = portfolio.run(restricted(1, "Other", "Other"))
    assert (texts(found), found.doubts) == (["Item 1 has another title."], ())


def test_a_restricted_record_that_had_the_key_before_or_is_copied_is_not_named() -> None:
    portfolio = OverTime()
    portfolio.run(restricted(1, "HR-1", SECRET), record(2, Kind.RISK, at="hr", key="HR-2", title="Open"))
    found = portfolio.run(restricted(1, "HR-3", SECRET), record(2, Kind.RISK, at="hr", key="HR-1", title="Open"))
    assert texts(found) == [
        "Item 1 has another key.",
        "Item 2 has a key that something else had before.",
        "HR-1 had the key 'HR-2' and now has 'HR-1'.",
    ]
    copied = portfolio.run(
        restricted(1, "HR-3", SECRET),
        record(2, Kind.RISK, at="hr", key="HR-1", title="Open"),
        record(3, Kind.RISK, at="hr", key="HR-3", title=SECRET),
    )
    assert "Item 3 has the key and the title of another that is still there." in texts(copied)


def test_parts_of_a_restricted_record_are_not_named() -> None:
    portfolio = OverTime()
    portfolio.run(restricted(1, "HR-1", SECRET))
    parts = [record(item, Kind.RISK, at="hr", key=f"HR-1{letter}", title=None) for item, letter in ((5, "a"), (6, "b"))]
    found = portfolio.run(*parts)
    assert [each.text for each in found.events if each.kind is EventKind.SPLIT] == ["Item 1 was split."]


def test_words_of_a_list_that_is_restricted_now_are_forgotten_also_where_nothing_is_left_of_it() -> None:
    portfolio = OverTime()
    rows = [record(item, Kind.RISK, at="hr", key=f"HR-{item}", title=SECRET) for item in (1, 2, 3)]
    portfolio.run(*rows)
    portfolio.run(*rows[:2])
    portfolio.lists["hr"] = source("hr", Kind.RISK, key="Ref", restricted=True)
    found = portfolio.run(replace(rows[0], restricted=True))
    assert texts(found) == ["Item 2 is gone."]
    assert SECRET not in repr(portfolio.kept)
    assert [each.gone for each in portfolio.kept.values()] == [None, date(2026, 6, 3), date(2026, 6, 2)]
    assert portfolio.run(replace(rows[0], restricted=True)).gone == ()
