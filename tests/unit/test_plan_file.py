"""A plan in a file is the plan that was looked through, or it is refused; what has moved since is named."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.core.approval import Consent, allowed
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.plan_file import Compared, ReviewedFile, compare, document, read, standing
from sync.core.snapshot import RecordId
from sync.errors import UsageError
from tests.support.lists import HOST, TODAY

MADE = datetime(2026, 6, 17, 8, 30, tzinfo=UTC)
SECRET = "Payroll fraud"


def write(number: int = 7, *, source: str = "projects", restricted: bool = False, **values: Any) -> PlannedWrite:
    said = {OwnedField(name): value for name, value in (values or {"status": "At risk"}).items()}
    return PlannedWrite(
        source=source,
        id=RecordId(HOST, source, number),
        key=f"item {number}" if restricted else f"DS-{number}",
        version="1",
        set=said,
        was={OwnedField.STATUS: "On track"} if "status" in values else {},
        why=tuple(f"{name} changes." for name in said),
        restricted=restricted,
        asks={OwnedField.STATUS: Guard.DRIFT} if number == 9 else {},
    )


FIRST = Refusal("projects", Guard.FIRST_RUN, "Never written to.", "Limit.", "Advice.", approvable=True)
PLAN = Plan(
    writes=(
        write(7, status="At risk", overdue_since=date(2026, 6, 3)),
        write(8, overdue=True),
        write(9, status="(restricted)", reason=None),
        write(1, source="risks", restricted=True, reason=SECRET, overdue="Overdue"),
    ),
    refusals=(FIRST, replace(FIRST, source="risks")),
    findings=(),
    policy_digest="policy",
)


def kept(plan: Plan = PLAN) -> dict[str, Any]:
    """The document as it comes out of its file."""
    made: dict[str, Any] = json.loads(json.dumps(document(plan, portfolio="Council", made=MADE, today=TODAY)))
    return made


def test_the_document_shows_the_plan_and_what_identifies_it() -> None:
    held = kept()
    assert (held["schema"], held["kind"], held["portfolio"]) == (1, "portfolio-sync plan", "Council")
    assert (held["made"], held["today"]) == ("2026-06-17T08:30:00+00:00", "2026-06-17")
    assert (held["digest"], held["policy_digest"]) == (PLAN.digest, "policy")
    assert held["refusals"] == PLAN.to_json()["refusals"]
    for entry, planned in zip(held["writes"], PLAN.writes, strict=True):
        place = {"host": HOST, "list": planned.source, "digest": planned.digest}
        assert entry == json.loads(json.dumps(planned.to_json())) | place


def test_nothing_of_a_restricted_record_is_in_the_file() -> None:
    assert SECRET not in json.dumps(kept())


def test_what_was_written_is_read_back() -> None:
    held = read(kept(), portfolio="Council")
    assert read(kept()) == held
    assert (held.digest, held.policy_digest) == (PLAN.digest, "policy")
    assert held.writes == {planned.digest for planned in PLAN.writes}
    assert held.refusals == {("projects", Guard.FIRST_RUN, FIRST.seen), ("risks", Guard.FIRST_RUN, FIRST.seen)}
    assert [item.label for item in held.items] == [
        "projects: DS-7",
        "projects: DS-8",
        "projects: DS-9",
        "risks: item 1",
    ]
    assert [write.key for write in allowed(PLAN, Consent(write=True, reviewed=held))] == [
        "DS-7",
        "DS-8",
        "DS-9",
        "item 1",
    ]
    empty = Plan((), (), (), "policy")
    assert read(kept(empty)).writes == frozenset()


def test_another_portfolios_plan_is_refused() -> None:
    with pytest.raises(UsageError, match="of the portfolio 'Council', not of 'County'") as refused:
        read(kept(), portfolio="County")
    assert "plan --out" in refused.value.advice


@pytest.mark.parametrize("schema", [0, 2, "1", None])
def test_a_plan_of_another_release_is_refused(schema: Any) -> None:
    with pytest.raises(UsageError, match=r"^The plan was made by another release of this program\.") as refused:
        read(kept() | {"schema": schema})
    assert "plan --out" in refused.value.advice


@pytest.mark.parametrize(
    "strange",
    [
        None,
        [],
        "plan",
        {},
        {"schema": 1},
        {"schema": 1, "kind": "portfolio-sync run report"},
        kept() | {"writes": {}},
        kept() | {"writes": [7]},
        kept() | {"refusals": [{"source": "projects", "guard": "no_such_guard", "seen": "x"}]},
        kept() | {"refusals": [None]},
        kept() | {"digest": None},
        {name: value for name, value in kept().items() if name != "policy_digest"},
    ],
)
def test_anything_else_than_a_plan_is_refused(strange: object) -> None:
    with pytest.raises(UsageError, match=r"^The file does not hold a plan\.") as refused:
        read(strange)
    assert "plan --out" in refused.value.advice


def _value(held: dict[str, Any]) -> None:
    held["writes"][0]["set"]["status"] = "Complete"


def _was(held: dict[str, Any]) -> None:
    held["writes"][1]["was"]["overdue"] = False


def _item(held: dict[str, Any]) -> None:
    held["writes"][1]["item"] = 88


def _one_less(held: dict[str, Any]) -> None:
    del held["writes"][0]


def _one_more(held: dict[str, Any]) -> None:
    held["writes"].append(held["writes"][0])


def _seen(held: dict[str, Any]) -> None:
    held["refusals"][0]["seen"] = "Nothing to see."


def _guard(held: dict[str, Any]) -> None:
    held["refusals"][0]["guard"] = "unexplained_writes"


def _rules(held: dict[str, Any]) -> None:
    held["policy_digest"] = "other"


def _hidden(held: dict[str, Any]) -> None:
    held["writes"][3]["digest"] = "0" * 64


def _half_a_letter(held: dict[str, Any]) -> None:
    held["writes"][1]["host"] = "\ud83d"


@pytest.mark.parametrize(
    "change", [_value, _was, _item, _one_less, _one_more, _seen, _guard, _rules, _hidden, _half_a_letter]
)
def test_a_plan_that_was_changed_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    held = copy.deepcopy(kept())
    change(held)
    with pytest.raises(UsageError, match=r"^The plan in the file was changed after it was made\.") as refused:
        read(held)
    assert "plan --out" in refused.value.advice


# Compared with the plan of the day


def reviewed(plan: Plan = PLAN) -> ReviewedFile:
    return read(kept(plan))


def test_the_same_plan_is_as_planned() -> None:
    assert compare(reviewed(), PLAN) == Compared(as_planned=4)
    assert standing(reviewed(), PLAN) == reviewed()


def test_what_moved_what_is_gone_and_what_is_new_is_named() -> None:
    moved = write(7, status="Off track", overdue_since=date(2026, 6, 3))
    today = replace(PLAN, writes=(moved, *PLAN.writes[2:], write(10)))
    assert compare(reviewed(), today) == Compared(
        as_planned=2, moved=("projects: DS-7",), gone=("projects: DS-8",), new=("projects: DS-10",)
    )


def test_a_live_value_that_changed_has_moved_as_well() -> None:
    edited = replace(PLAN.writes[0], was={OwnedField.STATUS: "Complete"})
    assert compare(reviewed(), replace(PLAN, writes=(edited,))).moved == ("projects: DS-7",)


def test_under_other_rules_everything_has_moved_and_no_review_stands() -> None:
    today = replace(PLAN, policy_digest="other")
    compared = compare(reviewed(), today)
    assert (compared.as_planned, len(compared.moved), compared.rules_changed) == (0, 4, True)
    left = standing(reviewed(), today)
    assert (left.writes, left.refusals) == (frozenset(), frozenset())
    assert allowed(today, Consent(write=True, reviewed=left)) == ()
