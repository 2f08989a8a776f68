"""A plan is a value: what it says, what identifies it, what holds it, and what of it may leave the process."""

from dataclasses import replace
from datetime import date

import pytest

from sync.core.findings import Finding, FindingKind
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.snapshot import RecordId

WRITE = PlannedWrite(
    source="projects",
    id=RecordId("https://contoso.example", "list-1", 7),
    key="DS-07",
    version='"7"',
    set={OwnedField.STATUS: "At risk", OwnedField.OVERDUE_SINCE: date(2026, 6, 3)},
    was={OwnedField.STATUS: "On track", OwnedField.OVERDUE_SINCE: None},
    why=("Status: On track -> At risk, because its end date was 3 June 2026.",),
)
OTHER = replace(WRITE, id=RecordId("https://contoso.example", "list-1", 8), key="DS-08")


def refusal(guard: Guard, *, approvable: bool = True, source: str = "projects") -> Refusal:
    return Refusal(source, guard, "Seen.", "Limit.", "Advice.", approvable)


def plan(*writes: PlannedWrite, refusals: tuple[Refusal, ...] = (), policy: str = "policy") -> Plan:
    return Plan(writes, refusals, (), policy)


def test_the_digest_ignores_order_sentences_keys_versions_and_findings() -> None:
    retold = replace(WRITE, why=("Something else.",), key="renamed", version='"99"')
    found = Finding("projects", 7, FindingKind.DRIFT, "DS-07", "text")
    stops = (refusal(Guard.FIRST_RUN), refusal(Guard.EMPTY_READ))
    one = plan(WRITE, OTHER, refusals=stops)
    two = Plan((OTHER, retold), stops[::-1], (found,), "policy")
    assert one.digest == two.digest
    assert len(one.digest) == 64


@pytest.mark.parametrize(
    "other",
    [
        plan(),
        plan(WRITE, OTHER),
        plan(WRITE, policy="another"),
        plan(WRITE, refusals=(refusal(Guard.FIRST_RUN),)),
        plan(replace(WRITE, set={OwnedField.STATUS: "Off track"})),
        plan(replace(WRITE, was={OwnedField.STATUS: "Complete"})),
        plan(replace(WRITE, id=RecordId("https://contoso.example", "list-2", 7))),
    ],
)
def test_the_digest_moves_with_what_would_be_written_refused_or_decided_by(other: Plan) -> None:
    assert other.digest != plan(WRITE).digest


def test_the_digest_moves_with_what_was_seen_but_not_with_advice() -> None:
    seen = refusal(Guard.RECORDS_GONE)
    assert plan(refusals=(replace(seen, seen="More."),)).digest != plan(refusals=(seen,)).digest
    assert plan(refusals=(replace(seen, advice="Other.", limit="Other."),)).digest == plan(refusals=(seen,)).digest


def test_half_a_letter_in_a_live_value_is_digested_like_any_text() -> None:
    assert plan(replace(WRITE, was={OwnedField.STATUS: "\ud83d"})).digest != plan(WRITE).digest


STATUS_ONLY = replace(WRITE, why=()).only([OwnedField.STATUS])


@pytest.mark.parametrize(
    ("write", "now", "same"),
    [
        (WRITE, WRITE, True),
        (WRITE, replace(WRITE, version='"99"', why=("Other words.", "Others.")), True),
        (STATUS_ONLY, WRITE, True),
        (WRITE, STATUS_ONLY, False),
        (WRITE, replace(WRITE, set={**WRITE.set, OwnedField.STATUS: "Off track"}), False),
        (WRITE, replace(WRITE, was={**WRITE.was, OwnedField.OVERDUE_SINCE: date(2026, 6, 1)}), False),
        (WRITE, None, False),
    ],
    ids=["itself", "told otherwise", "part of it", "less of it", "to another", "from another", "nothing"],
)
def test_a_write_is_still_planned_where_its_values_go_from_and_to_the_same(
    write: PlannedWrite, now: PlannedWrite | None, same: bool
) -> None:
    assert write.is_still(now) is same


@pytest.mark.parametrize(
    ("guard", "yes", "source", "doubts"),
    [
        (Guard.FIRST_RUN, True, True, False),
        (Guard.POLICY_CHANGED, True, True, False),
        (Guard.UNDO, True, True, False),
        (Guard.EMPTY_READ, False, True, True),
        (Guard.PARTIAL_READ, False, True, True),
        (Guard.RECORDS_GONE, False, True, True),
        (Guard.UNEXPLAINED_WRITES, False, True, False),
        (Guard.COLUMN_CHANGED, False, True, False),
        (Guard.RESYNC, False, True, False),
        (Guard.FOREIGN_VALUE, False, False, False),
        (Guard.DRIFT, False, False, False),
        (Guard.CLOCK_DIFFERS, False, False, False),
    ],
)
def test_a_refusal_knows_what_it_holds_and_who_may_lift_it(guard: Guard, yes: bool, source: bool, doubts: bool) -> None:
    stop = refusal(guard)
    assert (stop.yes_lifts, stop.holds_source, stop.doubts_read) == (yes, source, doubts)
    assert not refusal(guard, approvable=False).yes_lifts


def test_a_part_of_a_write_keeps_only_what_belongs_to_it() -> None:
    whole = replace(
        WRITE,
        why=("Status.", "Since."),
        grounds={OwnedField.STATUS: "end_overdue"},
        asks={OwnedField.OVERDUE_SINCE: Guard.CLOCK_DIFFERS},
    )
    part = whole.only([OwnedField.STATUS, OwnedField.CHECK])
    assert part == replace(
        whole, set={OwnedField.STATUS: "At risk"}, was={OwnedField.STATUS: "On track"}, why=("Status.",), asks={}
    )
    assert part.digest != whole.digest
    unexplained = replace(whole, why=(), was={}).only([OwnedField.OVERDUE_SINCE])
    assert (unexplained.why, unexplained.was, unexplained.grounds) == ((), {}, {})


def test_the_json_form_uses_canonical_names() -> None:
    asking = replace(WRITE, asks={OwnedField.STATUS: Guard.DRIFT})
    assert plan(asking, refusals=(refusal(Guard.FIRST_RUN),)).to_json() == {
        "digest": plan(WRITE, refusals=(refusal(Guard.FIRST_RUN),)).digest,
        "writes": [
            {
                "source": "projects",
                "item": 7,
                "key": "DS-07",
                "set": {"status": "At risk", "overdue_since": "2026-06-03"},
                "was": {"status": "On track", "overdue_since": None},
                "why": ["Status: On track -> At risk, because its end date was 3 June 2026."],
                "asks": {"status": "drift"},
            }
        ],
        "refusals": [
            {
                "source": "projects",
                "guard": "first_run",
                "seen": "Seen.",
                "limit": "Limit.",
                "advice": "Advice.",
                "approvable": True,
            }
        ],
    }


def test_a_restricted_record_shows_its_number_and_our_labels_but_no_prose_no_date_and_nothing_typed_by_hand() -> None:
    secret = replace(
        WRITE,
        key="item 7",
        set={
            OwnedField.STATUS: "Off track",
            OwnedField.REASON: "Fraud",
            OwnedField.CHECK: None,
            OwnedField.OVERDUE: "Overdue",
            OwnedField.OVERDUE_SINCE: date(2026, 6, 3),
        },
        was={
            OwnedField.STATUS: "Suspended Ann",
            OwnedField.REASON: None,
            OwnedField.CHECK: "Suspect is blank",
            OwnedField.OVERDUE: True,
            OwnedField.OVERDUE_SINCE: date(2026, 6, 2),
        },
        restricted=True,
    )
    assert secret.to_json() == {
        "source": "projects",
        "item": 7,
        "key": "item 7",
        "set": {
            "status": "Off track",
            "reason": "(restricted)",
            "check": None,
            "overdue": "Overdue",
            "overdue_since": "(restricted)",
        },
        "was": {
            "status": "(restricted)",
            "reason": None,
            "check": "(restricted)",
            "overdue": True,
            "overdue_since": "(restricted)",
        },
        "why": ["(restricted)"],
        "asks": {},
    }


def test_findings_sort_by_source_and_item_and_those_about_a_list_come_first() -> None:
    about_list = Finding("a", None, FindingKind.KEPT, "", "kept")
    findings = [
        Finding("b", 1, FindingKind.DRIFT, "k", "t"),
        Finding("a", 2, FindingKind.DRIFT, "k", "t"),
        about_list,
        Finding("a", 1, FindingKind.ORPHAN, "k", "t"),
    ]
    assert [(each.source, each.item) for each in sorted(findings)] == [("a", None), ("a", 1), ("a", 2), ("b", 1)]
    assert about_list.to_json() == {
        "kind": "kept",
        "severity": "info",
        "source": "a",
        "item": None,
        "key": "",
        "text": "kept",
    }
    assert findings[0].severity == "warning"
