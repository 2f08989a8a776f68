"""The judge of histories says what is wrong, and nothing about what is right: each rule with its planted offence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.emulator.rules.history import EDIT, Entry
from tests.support import judge

START = datetime(2026, 6, 17, tzinfo=UTC)
US, ANN = "app", "ann"


def history(*steps: dict[str, Any]) -> list[Entry]:
    """Entries one second apart; `after` is more seconds than that."""
    entries, at = [], START
    for number, step in enumerate(steps, start=1):
        at += timedelta(seconds=step.pop("after", 1))
        known = {"number": number, "at": at, "caller": US, "method": "GET", "operation": "web/list/items",
                 "site": "/s", "list": "Lists/P"}  # fmt: skip
        entries.append(Entry(**known | step))
    return entries


def read(items: str = "1-9", **more: Any) -> dict[str, Any]:
    return {"items": items, **more}


def merge(item: int = 1, *columns: str, **more: Any) -> dict[str, Any]:
    return {"method": "MERGE", "operation": "web/list/item", "item": item, "items": str(item), "columns": columns,
            "if_match": "*", **more}  # fmt: skip


def quiet(items: str, *columns: str, **more: Any) -> dict[str, Any]:
    return {"method": "POST", "operation": "ProcessQuery", "items": items, "columns": columns, **more}


def edit(item: int = 1, *columns: str) -> dict[str, Any]:
    return {"method": EDIT, "operation": "edit/change", "caller": ANN, "item": item, "items": str(item),
            "columns": columns}  # fmt: skip


def told(seconds: float, **more: Any) -> dict[str, Any]:
    return {"status": 429, "wait": seconds, **more}


@pytest.mark.parametrize(
    ("steps", "early"),
    [
        ([told(7), read(after=7)], []),
        ([told(7), read(after=6)], ["No. 2 (GET web/list/items by app) came 1 seconds too early"]),
        ([told(7, status=503), read()], ["No. 2 (GET web/list/items by app) came 6 seconds too early"]),
        ([told(7), read(caller="other")], []),
        ([told(7), told(2, after=7), read(after=1)], ["No. 3 (GET web/list/items by app) came 1 seconds too early"]),
        ([told(9), told(1, after=2), read(after=4)], ["No. 2 (", "No. 3 ("]),
        ([told(7, batch=2), merge(batch=2, after=0), read(after=7)], []),
        ([told(7, batch=2), read()], ["No. 2 ("]),
        ([{"status": 429}, read(after=0)], []),
        ([told(7, caller=""), read(caller="")], []),
    ],
)
def test_a_request_inside_a_wait_is_early(steps: list[dict[str, Any]], early: list[str]) -> None:
    found = judge.early_requests(history(*steps))
    assert len(found) == len(early)
    assert all(sentence.startswith(beginning) for sentence, beginning in zip(found, early, strict=True))


OVERWRITE = "overwrote what ann had written to item 1 of Lists/P"


@pytest.mark.parametrize(
    ("steps", "lost"),
    [
        ([read(), merge(1, "A")], None),
        ([read(), edit(1, "A"), merge(1, "A")], f"{OVERWRITE} (A)"),
        ([read(), edit(1, "A"), quiet("1-3", "A", "B")], f"{OVERWRITE} (A)"),
        ([read(), edit(1, "A"), quiet("1-3", "B")], None),
        ([read(), edit(1), merge(1, "A")], OVERWRITE),
        ([read(), edit(1, "A"), read("1"), merge(1, "A")], None),
        ([read(), edit(1, "A"), read("2-9"), merge(1, "A")], f"{OVERWRITE} (A)"),
        ([read(), edit(1, "A"), read("1", status=503), merge(1, "A")], f"{OVERWRITE} (A)"),
        ([read(), edit(1, "A"), read("1", caller="x"), merge(1, "A")], f"{OVERWRITE} (A)"),
        ([read(), edit(1, "A"), merge(1, "A", if_match='"4"')], None),
        ([read(), edit(1, "A"), merge(1, "A", status=412)], None),
        ([read(), edit(2, "A"), merge(1, "A")], None),
        ([edit(1, "A"), merge(1, "A")], f"{OVERWRITE} (A)"),
        ([merge(1, "A"), merge(1, "A")], None),
        ([read(), edit(1, "A"), read("1", list="Lists/Q"), merge(1, "A")], f"{OVERWRITE} (A)"),
    ],
)
def test_a_write_over_what_was_not_read_is_a_lost_update(steps: list[dict[str, Any]], lost: str | None) -> None:
    found = judge.lost_updates(history(*steps))
    assert [sentence.partition(") ")[2] if "by app" in sentence else sentence for sentence in found] == (
        [lost] if lost else []
    )


def test_a_write_without_ever_reading_counts_where_that_is_asked() -> None:
    entries = history(quiet("1-2", "A"))
    assert judge.lost_updates(entries) == []
    assert [sentence.rpartition("wrote ")[2] for sentence in judge.lost_updates(entries, blindly=True)] == [
        "item 1 of Lists/P without having read it",
        "item 2 of Lists/P without having read it",
    ]


def test_columns_that_are_not_the_callers_are_named() -> None:
    entries = history(quiet("1", "Mine"), merge(1, "Mine", "Title"), edit(1, "Title"))
    (sentence,) = judge.foreign_columns(entries, US, {"Mine"})
    assert sentence.endswith("wrote Title")


def test_a_write_that_no_intent_names_is_told_even_if_it_failed() -> None:
    entries = history(quiet("1-3", "A"), merge(7, "A", status=503), read("8"), merge(9, "A", caller="other"))
    journal = [("Lists/P", 1), ("Lists/P", 3), ("Lists/Q", 2)]
    found = judge.unjournalled(entries, US, journal)
    assert [sentence.partition("wrote ")[2] for sentence in found] == [
        "item 2 of Lists/P, which no intent names",
        "item 7 of Lists/P, which no intent names",
    ]
