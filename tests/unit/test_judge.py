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


def behind(item: int, *columns: str) -> dict[str, Any]:
    """An edit that a rule makes behind a request, whose `fault` then says so; it is noted before the request is."""
    return {**edit(item, *columns), "fault": "ann"}


BEHIND = "slow: delay; ann: edit after"


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
        ([told(7, batch=2), merge(batch=2, after=0, fault="lost: drop after"), read()], []),
        ([{"operation": "$batch", "fault": "cut: truncate"}, told(7, batch=1, after=0), read()], []),
        ([{"operation": "$batch", "fault": "slow: delay"}, told(7, batch=1, after=0), read()], ["No. 3 ("]),
        ([told(7, fault="cut: truncate"), read()], ["No. 2 ("]),
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
        ([read(), behind(1, "A"), merge(1, "A", fault=BEHIND)], None),
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


def test_an_edit_behind_a_request_happened_after_it_and_after_its_parts() -> None:
    told = history(read("1"), merge(1, "A", batch=9), behind(1, "A"), {"operation": "$batch", "fault": BEHIND}, read())
    assert [entry.number for entry in judge.as_it_happened(told)] == [1, 2, 4, 3, 5]
    other = history(behind(1, "A"), merge(1, "A", fault="ben: edit after"), merge(1, "A", fault="ann: edit before"))
    assert judge.as_it_happened(other) == other


def asks(**more: Any) -> dict[str, Any]:
    return {"method": "POST", "operation": "web/list/getchanges", **more}


def intent(item: int = 1, state: str = "done", **values: Any) -> judge.Journalled:
    return judge.Journalled("Lists/P", item, state, values or {"A": "x"}, frozenset({"Stamp"}))


WRITTEN_TWICE = "item 1 of Lists/P was written 2 times, and 1 intents are finished"


@pytest.mark.parametrize(
    ("steps", "journal", "said"),
    [
        ([merge(1, "A")], [intent()], None),
        ([merge(1, "A")], [intent(state="resolved")], None),
        ([merge(1, "A", status=412)], [intent(state="skipped")], None),
        ([merge(1, "A", status=429), merge(1, "A")], [intent()], None),
        ([merge(1, "A")], [], "wrote item 1 of Lists/P, which no intent names"),
        ([merge(1, "A", "B")], [intent()], "wrote B, which no intent names"),
        ([merge(1, "A")], [intent(state="skipped")], "item 1 of Lists/P was written 1 times, and 0 intents"),
        ([merge(1, "A")], [intent(state="open")], "item 1 of Lists/P was written 1 times, and 0 intents"),
        ([], [intent()], "item 1 of Lists/P was written 0 times, and 1 intents are finished"),
        ([merge(1, "A", status=503)], [intent()], "item 1 of Lists/P was written 0 times, and 1 intents"),
        ([merge(1, "A"), merge(1, "A")], [intent()], WRITTEN_TWICE),
        ([quiet("1-2", "A", error="-1")], [intent(), intent(2, "skipped")], None),
        ([quiet("1-2", "A", error="-1"), merge(2, "A")], [intent(), intent(2)], None),
        ([quiet("1-2", "A"), quiet("1", "A")], [intent(), intent(2)], WRITTEN_TWICE),
        ([merge(1, "A"), edit(1, "A")], [intent(state="skipped")], None),
        ([edit(1, "A"), merge(1, "A")], [intent(state="skipped")], "item 1 of Lists/P was written 1 times, and 0"),
        ([behind(1, "A"), merge(1, "A", fault=BEHIND)], [intent(state="skipped")], None),
        ([merge(1, "A"), edit(1, "A")], [intent(), intent()], "item 1 of Lists/P was written 1 times, and 2"),
        ([merge(1, "A", caller="other")], [], None),
    ],
)
def test_the_journal_and_the_history_tell_of_the_same_writes(
    steps: list[dict[str, Any]], journal: list[judge.Journalled], said: str | None
) -> None:
    found = judge.journal_both_ways(history(*steps), US, journal)
    if said is None:
        assert found == []
    else:
        assert any(said in sentence for sentence in found), found


@pytest.mark.parametrize(
    ("steps", "journal", "twice"),
    [
        ([merge(1, "A"), merge(1, "A")], [intent(A="x"), intent(A="y")], False),
        ([merge(1, "A"), merge(1, "A")], [intent(A="x"), intent(A="x")], True),
        ([merge(1, "A"), merge(1, "A")], [intent(A="x", Stamp="1"), intent(B="x", Stamp="1")], False),
        ([merge(1, "A"), edit(1, "A"), merge(1, "A")], [intent(A="x"), intent(A="x")], False),
        ([merge(1, "A"), edit(2, "A"), merge(1, "A")], [intent(A="x"), intent(A="x")], True),
        ([behind(1, "A"), merge(1, "A", fault=BEHIND), merge(1, "A")], [intent(A="x"), intent(A="x")], False),
        ([merge(1, "A"), merge(1, "A"), edit(1, "A")], [intent(A="x"), intent(A="x")], True),
        ([merge(1, "A"), merge(1, "A", status=412)], [intent(A="x"), intent(state="skipped", A="x")], False),
        ([merge(1, "A"), merge(1, "A"), merge(1, "A")], [intent(A="x"), intent(A="y"), intent(A="x")], False),
        ([quiet("1", "A", error="-1"), merge(1, "A")], [intent(A="x"), intent(A="x")], False),
    ],
)
def test_the_same_value_written_again_untouched_is_told(
    steps: list[dict[str, Any]], journal: list[judge.Journalled], twice: bool
) -> None:
    found = judge.written_twice(history(*steps), US, journal)
    assert found == (["A of item 1 of Lists/P was written twice as 'x'"] if twice else [])


@pytest.mark.parametrize(
    ("steps", "unread"),
    [
        ([read(), quiet("1", "A")], False),
        ([read(), edit(2, "B"), quiet("1", "A")], True),
        ([read(), edit(2, "B"), quiet("1", "A"), read("2")], False),
        ([read(), edit(2, "B"), quiet("1", "A"), read("2", status=503)], True),
        ([read(), edit(2, "B"), quiet("1", "A"), read("2", caller="other")], True),
        ([read(), edit(2, "B"), read("2"), quiet("1", "A")], False),
        ([read(), quiet("1", "A"), edit(2, "B")], False),
        ([read(), behind(2, "B"), quiet("1", "A", fault=BEHIND)], False),
        ([read(), edit(2, "B")], False),
        ([read(), edit(2, "B"), quiet("1", "A", list="Lists/Q")], False),
        ([read(), edit(2, "B"), quiet("1", "A", caller="other")], False),
        ([read(), {**edit(2), "operation": "edit/recycle"}, quiet("1", "A")], False),
        ([read(), {**edit(2, "B"), "status": 409}, quiet("1", "A")], False),
        ([read(), asks(), asks(), edit(2, "B"), quiet("1", "A")], True),
        ([read(), asks(), asks(), asks(), edit(2, "B"), quiet("1", "A")], False),
        ([read(), asks(), asks(), asks(status=503), edit(2, "B"), quiet("1", "A")], True),
        ([read(), asks(), asks(), asks(list="Lists/Q"), edit(2, "B"), quiet("1", "A")], True),
    ],
)
def test_what_changed_before_a_last_write_has_to_be_read_after_it_changed(
    steps: list[dict[str, Any]], unread: bool
) -> None:
    found = judge.left_unread(history(*steps), US)
    told = "changed item 2 of Lists/P, which app wrote to and did not read again"
    assert len(found) == unread
    assert all(told in sentence for sentence in found)
