"""One value of a kept record is put right; whatever does not fit is refused in a sentence, and changes nothing."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from sync.core.archive import record_from_json, record_to_json
from sync.core.corrections import corrected
from sync.core.model import Nature, Person, RiskStatus, WorkStatus
from sync.core.snapshot import Record
from tests.support.portfolios import Portfolio


def kept(record: Record) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(record_to_json(record, lambda _: 1)))
    return document


def read(document: Any) -> Any:
    return record_from_json(document, lambda _: Person("Ann")).fields


def rows() -> list[dict[str, Any]]:
    made = Portfolio()
    made.project("DS-01", title="Bins", status=WorkStatus.ON_TRACK, end=date(2026, 6, 1), budget=5.0)
    made.project("DS-02", title="Pool")
    return [kept(each) for each in made.records]


def risk(**values: Any) -> list[dict[str, Any]]:
    return [kept(Portfolio().risk("R-1", **values))]


@pytest.mark.parametrize(
    ("field", "value", "now"),
    [
        ("end", "2026-06-30", date(2026, 6, 30)),
        ("end", "  ", None),
        ("status", "needs_review", WorkStatus.NEEDS_REVIEW),
        ("budget", "1250.50", 1250.5),
        ("title", "Bins, phase 2 = more", "Bins, phase 2 = more"),
        ("title", "", None),
        ("theme", "Places", "Places"),
    ],
)
def test_a_value_of_a_project_is_put_right(field: str, value: str, now: Any) -> None:
    documents = rows()
    before = deepcopy(documents)
    made = corrected(documents, "ds-01 ", field, value)
    assert getattr(read(made[0]), field) == now
    assert made[1] == before[1]
    assert documents == before, "what was kept is not touched"
    others = [name for name in ("title", "status", "end", "budget", "theme") if name != field]
    assert [getattr(read(made[0]), name) for name in others] == [getattr(read(before[0]), name) for name in others]


@pytest.mark.parametrize(
    ("field", "value", "now"),
    [
        ("likelihood", "2", 2),
        ("confidential", "Yes", True),
        ("cannot_mitigate", "no", False),
        ("status", "closed", RiskStatus.CLOSED),
        ("nature", "opportunity", Nature.OPPORTUNITY),
    ],
)
def test_a_value_of_a_risk_is_put_right(field: str, value: str, now: Any) -> None:
    assert getattr(read(corrected(risk(), "R-1", field, value)[0]), field) == now


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("end", "30/06/2026", "'end' is a day such as 2026-06-30"),
        ("status", "On track", "'status' may be not_started, in_progress,"),
        ("status", "open", "'status' may be not_started"),
        ("budget", "much", "'budget' is a number"),
        ("budget", "nan", "'budget' is a number"),
        ("budget", "inf", "'budget' is a number"),
        ("owner", "Ann", "'owner' cannot be corrected"),
        ("programme", "PRG", "'programme' cannot be corrected"),
        ("key", "DS-03", "a project has no field 'key'"),
        ("likelihood", "2", "a project has no field 'likelihood'"),
    ],
)
def test_what_does_not_fit_a_project_is_refused(field: str, value: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        corrected(rows(), "DS-01", field, value)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("likelihood", "often", "'likelihood' is a step of its scale"),
        ("likelihood", "0", "'likelihood' is a step of its scale"),
        ("likelihood", "1" * 5000, "'likelihood' is a step of its scale"),
        ("confidential", "perhaps", "'confidential' is yes or no"),
        ("rating", "D4", "'rating' cannot be corrected"),
    ],
)
def test_what_does_not_fit_a_risk_is_refused(field: str, value: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        corrected(risk(), "R-1", field, value)


@pytest.mark.parametrize(("key", "said"), [("DS-09", "no records"), ("", "no records"), ("DS-02", "2 records")])
def test_a_record_is_named_by_a_key_that_is_its_own(key: str, said: str) -> None:
    documents = rows()
    documents.append(documents[1])
    with pytest.raises(LookupError, match=f"{said} have the key '{key}'"):
        corrected(documents, key, "title", "Other")


def test_a_restricted_record_has_no_key_to_be_named_by() -> None:
    with pytest.raises(LookupError, match="no records have the key 'R-1'"):
        corrected(risk(confidential=True), "R-1", "likelihood", "2")
