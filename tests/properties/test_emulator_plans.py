"""Fault plans and edits as JSON: whatever is sent, it is understood or refused in a sentence, and reads as written."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.emulator.rules.edits import EditError, parse_edit
from connectors.emulator.rules.fault_rules import KINDS, parse_plan, plan_document
from connectors.emulator.rules.faults import FaultError
from connectors.emulator.state.document import DocumentError
from tests.support.emulator import Direct, ManualClock, as_service

DOCUMENT = {
    "sites": [
        {
            "path": "/sites/demo",
            "users": [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann", "email": "ann@example.org"}],
            "lists": [{"title": "Projects", "items": [{"values": {"Title": "A"}}]}],
        }
    ]
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = [
    *("name", "route", "method", "site", "list", "item", "query", "part", "first", "times", "probability", "do"),
    *("seconds", "when", "keep", "status", "retry_after", "headers", "after", "edit", "values", "to", "by"),
]
LIKELY = st.sampled_from(
    [*KINDS, "before", "after", "GET", "Projects", "^(", "*", "change", "add", 1, 2, 0, 0.5, 429, 503, True, {}, [],
     {"do": "change", "item": 1, "values": {"Title": "x"}}]
)  # fmt: skip
RULES = st.dictionaries(st.sampled_from(NAMES), LIKELY | JSON, max_size=6)
EDITS = st.dictionaries(st.sampled_from(["do", "list", "item", "by", "values", "column", "to"]), LIKELY | JSON)

COUNT = st.integers(1, 9)
SELECTORS: dict[str, st.SearchStrategy[Any]] = {
    "route": st.sampled_from(["*", "web/list/items", "^web", "$batch"]),
    "method": st.sampled_from(["GET", "MERGE"]),
    "list": st.just("Projects"),
    "item": COUNT,
    "query": st.just("*$top*"),
    "part": st.booleans(),
    "first": COUNT,
    "times": COUNT,
    "probability": st.floats(0, 1),
}
FAULTS = st.one_of(
    st.fixed_dictionaries({"do": st.just("delay"), "seconds": st.floats(0, 600)}),
    st.fixed_dictionaries({"do": st.just("drop"), "when": st.sampled_from(["before", "after"])}),
    st.fixed_dictionaries({"do": st.just("truncate")}, optional={"keep": st.floats(0, 1)}),
    st.fixed_dictionaries({"do": st.sampled_from(["repeat-page", "redirect"])}),
    st.fixed_dictionaries(
        {"do": st.just("refuse"), "status": st.sampled_from([429, 503])}, optional={"retry_after": st.integers(0, 9)}
    ),
    st.fixed_dictionaries({"do": st.just("block")}, optional={"retry_after": st.none() | st.integers(0, 9)}),
    st.fixed_dictionaries({"do": st.just("break-off"), "after": st.integers(0, 9)}),
    st.fixed_dictionaries(
        {"do": st.just("edit"), "edit": st.just({"do": "change", "item": 1, "values": {"Title": "x"}})}
    ),
)
GOOD_RULES = st.tuples(st.fixed_dictionaries({}, optional=SELECTORS), FAULTS).map(lambda pair: pair[0] | pair[1])


@settings(deadline=None, max_examples=300)
@given(st.lists(RULES, max_size=3) | JSON | st.fixed_dictionaries({"rules": JSON, "seed": JSON}))
def test_whatever_is_sent_as_a_plan_is_understood_or_refused(document: Any) -> None:
    try:
        plan = parse_plan(document)
    except FaultError as error:
        said = str(error)
    else:
        said = "understood"
        assert parse_plan(plan_document(plan)).rules == plan.rules
    assert said.strip()


@settings(deadline=None, max_examples=300)
@given(EDITS | JSON)
def test_whatever_is_sent_as_an_edit_is_made_or_refused(document: Any) -> None:
    held = Direct(as_service(DOCUMENT, ManualClock()))
    try:
        edit = parse_edit(document)
        held.service.edit(edit)
    except (DocumentError, EditError) as error:
        said = str(error)
    else:
        said = ""
        assert parse_edit(edit.document()) == edit
    assert held.service.history.total == (0 if said else 1)


@settings(deadline=None)
@given(st.lists(GOOD_RULES, max_size=4), st.integers())
def test_a_good_plan_reads_as_it_is_written_and_every_request_is_answered(
    rules: list[dict[str, Any]], seed: int
) -> None:
    plan = parse_plan({"rules": rules, "seed": seed})
    again = parse_plan(json.loads(json.dumps(plan_document(plan))))
    assert (again.rules, again.seed) == (plan.rules, plan.seed)
    service = as_service(DOCUMENT, ManualClock())
    service.faults = plan
    held = Direct(service)
    for _ in range(3):
        assert held.get("web/lists/GetByTitle('Projects')/items?$top=1").status_code in {200, 302, 429, 503}
        assert held.merge("web/lists/GetByTitle('Projects')/items(1)", {"Title": "y"}).status_code >= 200
    assert all(report.hits <= report.fitted for report in plan.report())
