"""How far back and how much the change log tells: sixty days, a thousand entries, and silence beyond."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.emulator.state.limits import Limits
from connectors.emulator.state.versions import WriteMode
from tests.support.emulator import Direct, DirectAnswer

LIMITS = Limits()
LIST = "web/lists/GetByTitle('Projects')"
KEPT = LIMITS.change_retention
SECOND = timedelta(seconds=1)


def emulator_with(count: int = 1, **said: Any) -> Direct:
    """A list of so many items; `said` is what else the world document says."""
    rows = [{"values": {"Title": f"Item {number}"}} for number in range(count)]
    return Direct({"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": rows}]}], **said})


def token(emulator: Direct) -> str:
    text = emulator.get(f"{LIST}?$select=CurrentChangeToken").json()["CurrentChangeToken"]["StringValue"]
    assert isinstance(text, str)
    return text


def ask(emulator: Direct, start: str, **more: Any) -> DirectAnswer:
    query = {"Item": True, "Update": True, "SystemUpdate": True, "ChangeTokenStart": {"StringValue": start}, **more}
    return emulator.post(f"{LIST}/getchanges", {"query": query})


@pytest.mark.parametrize(("age", "told"), [(KEPT - SECOND, 1), (KEPT, 1), (KEPT + SECOND, 0)])
def test_a_token_beyond_sixty_days_is_answered_with_nothing_and_no_word(age: timedelta, told: int) -> None:
    emulator = emulator_with()
    start = token(emulator)
    emulator.clock.advance(seconds=(age - SECOND).total_seconds())
    emulator.merge(f"{LIST}/items(1)", {"Title": "changed"})
    emulator.clock.advance(seconds=1)
    answer = ask(emulator, start)
    assert (answer.status_code, len(answer.json()["value"])) == (200, told)


@pytest.mark.parametrize(("age", "status"), [(KEPT - SECOND, 200), (KEPT, 200), (KEPT + SECOND, 500)])
def test_the_strict_option_gives_the_documented_error_instead(age: timedelta, status: int) -> None:
    emulator = emulator_with(strict_change_tokens=True)
    start = token(emulator)
    emulator.clock.advance(seconds=age.total_seconds())
    answer = ask(emulator, start)
    assert answer.status_code == status
    if status == 500:
        assert answer.json()["odata.error"] == {
            "code": "-2146232832, Microsoft.SharePoint.SPException",
            "message": {
                "lang": "en-US",
                "value": "The changeToken refers to a time before the start of the current change log. "
                "The change log is limited to 60 days",
            },
        }


def test_an_entry_leaves_the_log_after_sixty_days_though_the_query_names_no_start() -> None:
    emulator = emulator_with()
    emulator.merge(f"{LIST}/items(1)", {"Title": "changed"})
    query = {"query": {"Item": True, "Update": True}}
    for step, told in ((KEPT, 1), (SECOND, 0)):
        emulator.clock.advance(seconds=step.total_seconds())
        assert len(emulator.post(f"{LIST}/getchanges", query).json()["value"]) == told


@pytest.mark.parametrize(
    ("asked", "told"),
    [(999, 999), (1000, 1000), (1001, 1000), ("999", 999), ("1001", 1000), (None, 1000), (1, 1), (0, 1000)],
)
def test_an_answer_holds_as_many_changes_as_asked_and_never_more_than_a_thousand(asked: Any, told: int) -> None:
    emulator = emulator_with()
    start = token(emulator)
    owner = emulator.site.list_titled("Projects")
    assert owner is not None
    for number in range(LIMITS.changes_per_answer + 1):
        owner.update(owner.item(1), {"Title": f"{number}"}, WriteMode.UPDATE, emulator.site.app)
    more = {} if asked is None else {"FetchLimit": asked}
    first = ask(emulator, start, **more).json()["value"]
    assert len(first) == told
    rest = ask(emulator, first[-1]["ChangeToken"]["StringValue"]).json()["value"]
    assert len(rest) == min(LIMITS.changes_per_answer, LIMITS.changes_per_answer + 1 - told)
