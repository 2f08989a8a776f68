"""Sentences name dates and references, and never what is restricted; each fits a column of one line."""

from datetime import date, timedelta
from typing import Any

import pytest

from sync.core import explain
from sync.core.model import Band, Health, Kind, Overdue, RiskStatus, WorkStatus
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.policy import Labels, Policies, RollupPolicy
from sync.core.snapshot import Record
from sync.core.status import Assessment, Behind, Reason, Rule, Tally
from sync.core.text import length
from tests.support.portfolios import TODAY, Portfolio

JUNE_3, MAY_3 = date(2026, 6, 3), date(2026, 5, 3)


def reason(portfolio: Portfolio, record: Record, labels: Labels | None = None) -> str | None:
    return explain.reason(portfolio.assessment(record), labels)


def alone(kind: Kind, **values: Any) -> str | None:
    portfolio = Portfolio()
    return reason(portfolio, portfolio.add(kind, "X-1", **values))


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        (Kind.MILESTONE, {"original": JUNE_3}, "Overdue: was due 3 June 2026."),
        (Kind.ISSUE, {"due": JUNE_3}, "Overdue: was due 3 June 2026."),
        (Kind.ACTION, {"due": date(2026, 6, 24)}, "Due soon: is due 24 June 2026."),
        (Kind.RISK, {"next_review": JUNE_3}, "Overdue: review was due 3 June 2026."),
        (Kind.RISK, {"next_review": TODAY}, "Due soon: review is due 17 June 2026."),
        (Kind.PROJECT, {"status": WorkStatus.ON_HOLD, "end": JUNE_3}, "Overdue: end date was 3 June 2026."),
        (Kind.PROJECT, {"status": WorkStatus.ON_TRACK, "end": TODAY}, "Due soon: end date is 17 June 2026."),
        (Kind.PROJECT, {"status": WorkStatus.ON_TRACK}, None),
        (Kind.PROJECT, {"status": WorkStatus.COMPLETE, "end": JUNE_3}, None),
        (Kind.PROJECT, {}, None),
        (Kind.ACTION, {"due": date(2026, 12, 1)}, None),
        (Kind.RISK, {"next_review": JUNE_3, "status": RiskStatus.CLOSED}, None),
    ],
)
def test_a_date_is_explained_once_it_is_near_or_past_and_nothing_else_is(
    kind: Kind, values: dict[str, Any], sentence: str | None
) -> None:
    assert alone(kind, **values) == sentence


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"end": JUNE_3}, "At risk: its end date was 3 June 2026."),
        ({"end": MAY_3}, "Off track: its end date was 3 May 2026, more than 28 days ago."),
        ({"health": Health.RED}, "Off track: its health is reported red."),
        ({"health": Health.AMBER, "end": TODAY}, None),
    ],
)
def test_a_project_that_reads_worse_says_why(values: dict[str, Any], sentence: str | None) -> None:
    expected = sentence or "At risk: its health is reported amber. Due soon: end date is 17 June 2026."
    assert alone(Kind.PROJECT, status=WorkStatus.ON_TRACK, **values) == expected


def test_the_records_behind_a_status_are_named_with_their_dates() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.milestone("Go live", original=JUNE_3)
    portfolio.risk("R-014", last_reviewed=date(2026, 5, 17))
    portfolio.risk("R-015", likelihood=3)
    portfolio.action("A-07", parent="R-015", due=MAY_3)
    assert reason(portfolio, project) == (
        "At risk: milestone 'Go live' was due 3 June 2026; risk R-014 is very high, last reviewed 17 May 2026; "
        "action A-07 on high risk R-015 was due 3 May 2026."
    )


def test_a_status_that_staff_reported_themselves_is_said_to_be_theirs() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.OFF_TRACK)
    portfolio.risk("R-014")
    assert reason(portfolio, project) == "Off track, as reported; risk R-014 is very high."


def test_records_without_key_or_title_are_still_spoken_of() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.milestone(None, key="M-1", original=JUNE_3)
    portfolio.milestone(None, original=JUNE_3 + timedelta(days=1))
    portfolio.risk(None, title="Supplier fails")
    assert reason(portfolio, project) == (
        "At risk: milestone M-1 was due 3 June 2026; milestone without a reference was due 4 June 2026; "
        "risk 'Supplier fails' is very high."
    )


def test_a_key_as_long_as_a_sentence_is_cut() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk("R" * 41)
    assert reason(portfolio, project) == f"At risk: risk {'R' * 39}… is very high."


def test_restricted_records_are_counted_and_neither_named_nor_dated() -> None:
    portfolio = Portfolio()
    portfolio.source("milestone", Kind.MILESTONE, restricted=True)
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.milestone("Secret", key="M-SECRET", original=JUNE_3)
    portfolio.risk("R-SECRET", title="Secret", confidential=True, last_reviewed=JUNE_3)
    portfolio.risk("R-SECRET-2", title="Secret", confidential=True)
    portfolio.risk("R-014", title="Known")
    portfolio.action("A-1", parent="R-SECRET", due=JUNE_3)
    portfolio.action("A-2", parent="R-SECRET", due=JUNE_3)
    said = reason(portfolio, project)
    assert said == (
        "At risk: a restricted milestone is overdue; 2 restricted risks count against it; risk R-014 is very high; "
        "2 restricted actions are overdue."
    )
    assert explain.why(OwnedField.STATUS, None, "At risk", portfolio.assessment(project)) == (
        f"Status: blank -> At risk, because {said.removeprefix('At risk: ')}"
    )


def test_long_lists_are_counted_so_that_a_reason_fits_a_column_of_one_line() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK, end=TODAY)
    for day in range(1, 13):
        portfolio.milestone(f"Stage {day} of the very long-winded procurement", original=date(2026, 6, day))
    said = reason(portfolio, project)
    assert said == (
        "At risk: milestone 'Stage 1 of the very long-winded procure…' was due 1 June 2026; "
        "milestone 'Stage 2 of the very long-winded procure…' was due 2 June 2026; and 10 more. "
        "Due soon: end date is 17 June 2026."
    )
    assert length(said) <= explain.REASON_LENGTH


@pytest.mark.parametrize("status", [WorkStatus.ON_TRACK, WorkStatus.OFF_TRACK])
def test_a_reason_uses_all_the_room_of_a_line_and_no_more(status: WorkStatus) -> None:
    sizes = []
    for size in range(1, 41):
        portfolio = Portfolio()
        project = portfolio.project(status=status, end=TODAY)
        for title in ("a" * 36, "b" * 36, "c" * size):
            portfolio.milestone(title, original=JUNE_3)
        said = reason(portfolio, project)
        assert said is not None
        assert said.endswith(" Due soon: end date is 17 June 2026.")
        sizes.append(length(said))
    assert max(sizes) == explain.REASON_LENGTH


def test_even_one_fact_is_told_where_none_fits() -> None:
    portfolio = Portfolio()
    project = portfolio.project(status=WorkStatus.ON_TRACK)
    portfolio.risk()
    portfolio.risk("R-015")
    long_label = Labels(status={WorkStatus.AT_RISK: "At risk " * 40})
    said = reason(portfolio, project, long_label) or ""
    assert said.endswith("risk R-014 is very high; and 1 more.")


@pytest.mark.parametrize(
    ("tally", "clause"),
    [
        (Tally(status=WorkStatus.COMPLETE, count=0, total=0, over=4), "none of its 4 projects is open"),
        (Tally(status=WorkStatus.UNKNOWN, count=0, total=0), "it has no project"),
        (Tally(status=WorkStatus.ON_TRACK, count=1, total=1, names=("A",)), "1 of 1 open project is on track"),
        (Tally(status=WorkStatus.ON_TRACK, count=9, total=12), "9 of 12 open projects are on track"),
        (
            Tally(status=WorkStatus.OFF_TRACK, count=3, total=12, names=("DS-04", "DS-11", "DS-12")),
            "3 of 12 open projects are off track: DS-04, DS-11 and DS-12",
        ),
        (
            Tally(status=WorkStatus.NEEDS_REVIEW, count=2, total=3, names=("DS-04",), restricted=1),
            "2 of 3 open projects need review: DS-04 and a restricted project",
        ),
        (
            Tally(status=WorkStatus.UNKNOWN, count=2, total=3, restricted=2),
            "2 of 3 open projects have no known status: 2 restricted projects",
        ),
        (
            Tally(status=WorkStatus.AT_RISK, count=9, total=9, names=tuple("ABCDEFGH"), restricted=1),
            "9 of 9 open projects are at risk: A, B, C, D, E, F and 3 more",
        ),
        (
            Tally(status=WorkStatus.AT_RISK, count=2, total=5, names=("A", "B"), threshold=30),
            "2 of 5 open projects are at risk or worse, and the threshold is 30 %: A and B",
        ),
        (
            Tally(status=WorkStatus.ON_TRACK, count=4, total=5, worse=1),
            "4 of 5 open projects are on track; 1 reads worse, below the threshold",
        ),
        (
            Tally(status=WorkStatus.ON_TRACK, count=4, total=6, worse=2),
            "4 of 6 open projects are on track; 2 read worse, below the threshold",
        ),
        (
            Tally(status=WorkStatus.AT_RISK, count=6, total=6, names=tuple("ABCDE"), restricted=1),
            "6 of 6 open projects are at risk: A, B, C, D, E and a restricted project",
        ),
        (
            Tally(status=WorkStatus.AT_RISK, count=1, total=1, names=("A" * 41,)),
            f"1 of 1 open project is at risk: {'A' * 39}…",
        ),
    ],
)
def test_a_tally_says_how_many_open_projects_read_what_and_names_those_that_need_somebody(
    tally: Tally, clause: str
) -> None:
    assert explain.tally(tally) == clause


def test_a_council_s_own_label_is_quoted() -> None:
    tally = Tally(status=WorkStatus.OFF_TRACK, count=1, total=2, names=("DS-04",))
    labels = Labels(status={WorkStatus.OFF_TRACK: "Delayed"})
    assert explain.tally(tally, labels) == "1 of 2 open projects reads 'Delayed': DS-04"


def test_a_programme_s_reason_is_its_tally() -> None:
    portfolio = Portfolio()
    programme = portfolio.add(Kind.PROGRAMME, "P-1")
    portfolio.project("DS-04", status=WorkStatus.ON_TRACK, end=MAY_3, programme="P-1")
    portfolio.project("DS-05", status=WorkStatus.ON_TRACK, programme="P-1")
    made = portfolio.assessment(programme)
    assert explain.reason(made) == "1 of 2 open projects is off track: DS-04."
    assert explain.why(OwnedField.STATUS, "On track", "Off track", made) == (
        "Status: On track -> Off track, because 1 of 2 open projects is off track: DS-04."
    )


def test_a_programme_within_its_thresholds_says_what_was_passed_over() -> None:
    portfolio = Portfolio()
    programme = portfolio.add(Kind.PROGRAMME, "P-1")
    for key, status in (("DS-1", WorkStatus.OFF_TRACK), ("DS-2", WorkStatus.ON_TRACK), ("DS-3", WorkStatus.ON_TRACK)):
        portfolio.project(key, status=status, programme="P-1")
    policies = Policies(rollup=RollupPolicy(thresholds={WorkStatus.OFF_TRACK: 50}))
    assert explain.reason(portfolio.assessment(programme, policies=policies)) == (
        "2 of 3 open projects are on track; 1 reads worse, below the threshold."
    )


AT_RISK = Assessment(
    kind=Kind.PROJECT,
    due=JUNE_3,
    overdue=Overdue.OVERDUE,
    declared=WorkStatus.ON_TRACK,
    computed=WorkStatus.AT_RISK,
    reasons=(Reason(rule=Rule.MILESTONE_OVERDUE, behind=Behind(Kind.MILESTONE, None, "Go live"), due=JUNE_3),),
)
ON_TIME = Assessment(kind=Kind.ACTION, due=date(2026, 9, 1), overdue=Overdue.ON_TIME)


@pytest.mark.parametrize(
    ("field", "old", "new", "assessment", "sentence"),
    [
        (
            OwnedField.STATUS,
            "On track",
            "At risk",
            AT_RISK,
            "Status: On track -> At risk, because milestone 'Go live' was due 3 June 2026.",
        ),
        (
            OwnedField.STATUS,
            "At risk",
            "On track",
            Assessment(kind=Kind.PROJECT, declared=WorkStatus.ON_TRACK, computed=WorkStatus.ON_TRACK),
            "Status: At risk -> On track, because that is what staff reported.",
        ),
        (
            OwnedField.STATUS,
            None,
            "Unknown",
            Assessment(kind=Kind.PROJECT, computed=WorkStatus.UNKNOWN),
            "Status: blank -> Unknown, because staff reported no status.",
        ),
        (
            OwnedField.OVERDUE,
            "Due soon",
            "Overdue",
            AT_RISK,
            "Overdue: Due soon -> Overdue, because its end date was 3 June 2026.",
        ),
        (OwnedField.OVERDUE, True, False, ON_TIME, "Overdue: Yes -> No, because it is due 1 September 2026."),
        (
            OwnedField.OVERDUE,
            None,
            "No date",
            Assessment(kind=Kind.RISK, overdue=Overdue.NO_DATE),
            "Overdue: blank -> No date, because it has no due date.",
        ),
        (
            OwnedField.OVERDUE_SINCE,
            JUNE_3,
            None,
            Assessment(kind=Kind.RISK, due=JUNE_3, overdue=Overdue.CLOSED),
            "Overdue since: 3 June 2026 -> blank, because it is complete or closed.",
        ),
        (
            OwnedField.OVERDUE_SINCE,
            None,
            JUNE_3,
            Assessment(kind=Kind.RISK, due=JUNE_3, overdue=Overdue.OVERDUE),
            "Overdue since: blank -> 3 June 2026, because its review was due 3 June 2026.",
        ),
        (OwnedField.REASON, None, "x", AT_RISK, "Reason: written, because there is something to explain."),
        (OwnedField.REASON, "y", "x", AT_RISK, "Reason: rewritten, because the facts changed."),
        (OwnedField.REASON, "y", None, ON_TIME, "Reason: cleared, because there is nothing left to explain."),
        (OwnedField.CHECK, None, "x", ON_TIME, "Check: written, because there is something to mend in this row."),
        (OwnedField.CHECK, "x", None, ON_TIME, "Check: cleared, because nothing is left to mend in this row."),
    ],
)
def test_each_write_is_explained_in_one_sentence(
    field: OwnedField, old: OwnedValue, new: OwnedValue, assessment: Assessment, sentence: str
) -> None:
    assert explain.why(field, old, new, assessment) == sentence


def test_a_restored_value_is_said_with_its_date() -> None:
    assert explain.restored(OwnedField.STATUS, "Complete", TODAY) == (
        "Status was changed by hand to 'Complete'; restored on 17 June 2026."
    )
    assert explain.restored(OwnedField.OVERDUE, True, TODAY) == (
        "Overdue was changed by hand to Yes; restored on 17 June 2026."
    )
    assert explain.restored(OwnedField.REASON, "Somebody's secret", TODAY, quoted=False) == (
        "Reason was changed by hand; restored on 17 June 2026."
    )
    assert explain.restored(OwnedField.OVERDUE_SINCE, None, TODAY) == (
        "Overdue since was cleared by hand; restored on 17 June 2026."
    )


def test_a_value_that_left_scope_says_why_it_is_cleared() -> None:
    assert explain.left_scope(OwnedField.STATUS) == "Status: cleared, because the item left the rows that count."


def test_what_was_kept_names_the_lists_that_could_not_be_read_but_no_restricted_one() -> None:
    assert explain.kept(1, ["tda-register"]) == (
        "Status and reason of 1 item were kept as they were, because tda-register could not be read."
    )
    assert explain.kept(12, ["b", "a"], 1) == (
        "Status and reason of 12 items were kept as they were, because a, b and a restricted list could not be read."
    )
    assert explain.lists_named([], 2) == ["2 restricted lists"]
    assert explain.lists_named(["b", "a"]) == ["a", "b"]


def test_every_rule_about_another_record_and_every_band_has_its_words() -> None:
    about_others = {rule for rule in Rule if not rule.startswith(("end", "health"))}
    hidden = {
        rule: explain.reason(
            Assessment(
                kind=Kind.PROJECT,
                computed=rule.makes,
                reasons=(Reason(rule=rule, behind=Behind(Kind.RISK, restricted=True)),),
            )
        )
        for rule in about_others
    }
    assert all(": a restricted " in (said or "") for said in hidden.values())
    assert set(explain.BAND_LABELS) == set(Band)
    assert set(explain.FIELD_LABELS) == set(OwnedField)
