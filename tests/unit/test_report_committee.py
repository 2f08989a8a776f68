"""The committee's paper: its table as published, exceptions first, and nothing in it that its edition may not tell."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sync.core.history import DateTrail
from sync.core.model import Band, Health, Kind, RiskStatus, Scores, WorkStatus
from sync.core.policy import Labels, Policies
from sync.core.rollup import Rollup, Scope
from sync.core.view import View
from sync.report.charts import StatusStrip, Trend
from sync.report.committee import committee_report
from sync.report.document import Document, Figure, KeyFigures
from sync.report.editions import Edition
from sync.report.numbering import placed
from sync.report.sections import paper as papers
from sync.report.sections.paper import Frozen
from sync.report.tones import Tone
from tests.support.papers import (
    amended,
    digital_strategy,
    history,
    paper,
    part,
    rows,
    seen,
    table,
    titles,
)
from tests.support.papers import said as words_of
from tests.support.portfolios import TODAY, Portfolio

ON, REVIEW, RISKY, OFF = WorkStatus.ON_TRACK, WorkStatus.NEEDS_REVIEW, WorkStatus.AT_RISK, WorkStatus.OFF_TRACK
YESTERDAY = TODAY - timedelta(days=1)


def report(view: View, edition: Edition = Edition.BOARD, **more: object) -> Document:
    made = committee_report(paper(view, edition, **more))
    placed(made)
    return made


# the committee's table


def test_the_published_table_is_reproduced_with_every_percentage_rounded_on_its_own() -> None:
    found = table(part(report(seen(digital_strategy())), "Status of projects"), "Projects by theme")
    assert [column.title for column in found.columns] == [
        "Theme",
        "Projects",
        "On track",
        "Needs review",
        "Completed or closed",
    ]
    assert rows(found) == [
        ("Create a sustainable digital infrastructure", "11", "10 of 11 (91 %)", "1 of 11 (9 %)", "0 of 11 (0 %)"),
        ("Create a vibrant digital economy", "12", "7 of 12 (58 %)", "1 of 12 (8 %)", "4 of 12 (33 %)"),
        ("Improve health, wellbeing and inclusion", "11", "5 of 11 (45 %)", "4 of 11 (36 %)", "2 of 11 (18 %)"),
        ("Provide innovative public services", "13", "9 of 13 (69 %)", "2 of 13 (15 %)", "2 of 13 (15 %)"),
        ("All", "47", "31 of 47 (66 %)", "8 of 47 (17 %)", "8 of 47 (17 %)"),
    ]
    assert "need not add up to 100" in found.note
    assert found.source_line.startswith("As at 17 June 2026, 02:17. 47 of 47 projects read")


def test_a_status_beyond_the_three_gets_a_column_of_its_own_in_the_council_s_words() -> None:
    portfolio = Portfolio()
    for number, status in enumerate((ON, RISKY, None, WorkStatus.ON_HOLD, WorkStatus.CLOSED), 1):
        portfolio.project(f"DS-{number}", theme="Place", status=status)
    policies = Policies(labels=Labels(status={WorkStatus.ON_HOLD: "Paused"}))
    found = table(part(report(seen(portfolio, policies=policies)), "Status of projects"), "Projects by theme")
    assert [column.title for column in found.columns][2:] == [
        "On track",
        "Needs review",
        "At risk",
        "Unknown",
        "Paused",
        "Completed or closed",
    ]
    assert rows(found)[-1][1:] == (
        "5",
        "1 of 5 (20 %)",
        "0 of 5 (0 %)",
        *["1 of 5 (20 %)"] * 4,
    )


def test_the_projects_behind_each_figure_are_listed() -> None:
    section = part(report(seen(digital_strategy())), "Status of projects")
    behind = rows(table(section, "The projects behind"))
    assert ("Create a vibrant digital economy", "Completed or closed", "4", "DS-22, DS-23, DS-24 and DS-25") in behind
    assert sum(int(row[2]) for row in behind) == 47


def test_projects_that_are_all_restricted_are_counted_and_none_is_listed() -> None:
    portfolio = Portfolio()
    portfolio.source("project", Kind.PROJECT, restricted=True)
    for number in range(2):
        portfolio.project(f"Secret {number}", status=ON, theme="Place")
    section = part(report(seen(portfolio)), "Status of projects")
    assert [block.caption for block in section.blocks if hasattr(block, "caption")] == [
        "Projects, as staff report them",
        "Share of each status",
        "What the rules read",
    ]
    assert rows(table(section, "Projects"))[0][:3] == ("All", "2", "2 of 2 (100 %)")


def test_a_single_restricted_project_is_in_the_total_only() -> None:
    portfolio = digital_strategy()
    portfolio.source("secret", Kind.PROJECT, restricted=True)
    portfolio.project("Secret", source="secret", status=ON, theme="Place")
    found = table(part(report(seen(portfolio)), "Status of projects"), "Projects by theme")
    assert rows(found)[-1] == ("All", "48", "31 of 48 (65 %)", "8 of 48 (17 %)", "8 of 48 (17 %)")
    assert found.note.endswith("1 restricted record is in the totals and is told nowhere else.")


def test_a_cell_says_how_many_references_it_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "NAMES", 3)
    behind = rows(table(part(report(seen(digital_strategy())), "Status of projects"), "The projects behind"))
    assert "DS-01, DS-02, DS-03 and 6 more" in [row[3] for row in behind]


def test_the_chart_has_the_table_s_counts() -> None:
    section = part(report(seen(digital_strategy())), "Status of projects")
    [figure] = [block for block in section.blocks if isinstance(block, Figure)]
    assert isinstance(figure.chart, StatusStrip)
    assert figure.chart.rows[-1].counts == (31, 8, 8)
    assert figure.source_line.startswith("As at 17 June 2026")


def test_what_the_rules_read_stands_beside_what_staff_report() -> None:
    portfolio = digital_strategy()
    view = seen(portfolio)
    assert "The rules read no project worse" in words_of(part(report(view), "Status of projects"))
    portfolio.project("DS-48", theme="Place", status=ON, end=YESTERDAY)
    portfolio.project("DS-49", theme="Place", status=ON, health=Health.RED)
    section = part(report(seen(portfolio)), "Status of projects")
    assert "The rules read 2 of 49 projects worse than staff report them." in words_of(section)
    assert rows(table(section, "What the rules read"))[3][:4] == ("Place", "Off track", "2", "1")


@pytest.mark.parametrize(
    ("place", "heading"), [({"theme": "One"}, "Theme"), ({"department": "One"}, "Department"), ({}, "Theme")]
)
def test_the_rows_are_themes_else_departments_else_all_projects(place: dict[str, str], heading: str) -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1", status=ON, **place)
    portfolio.project("DS-2", status=ON)
    found = table(part(report(seen(portfolio)), "Status of projects"), "Projects")
    assert found.columns[0].title == heading
    names = [row[0] for row in rows(found)]
    assert names == (["One", "None given", "All"] if place else ["All"])


def test_what_belongs_to_no_project_counts_so_that_rows_add_up() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1", theme="One", status=ON)
    portfolio.risk("R-1", project=None, next_review=YESTERDAY)
    section = part(report(seen(portfolio)), "Status of projects")
    assert [row[0] for row in rows(table(section, "Projects by theme"))] == ["One", "All"]
    read = rows(table(section, "What the rules read"))
    assert [(row[0], row[3], row[5]) for row in read] == [
        ("One", "0", "0"),
        ("No project", "1", "1"),
        ("All", "1", "1"),
    ]


# exceptions


def exceptional() -> Portfolio:
    portfolio = Portfolio()
    portfolio.project("DS-01", title="Fine", status=ON, end=date(2026, 12, 1))
    portfolio.project("DS-02", title="Late", status=ON, original_end=date(2026, 3, 1), end=date(2026, 4, 30))
    portfolio.project("DS-03", title="Risky", status=ON)
    portfolio.risk("R-1", project="DS-03", title="Leak", last_reviewed=date(2026, 6, 1))
    portfolio.project("DS-04", title="Over", status=WorkStatus.COMPLETE, end=date(2026, 1, 1))
    return portfolio


def test_exceptions_come_first_with_reason_and_dates() -> None:
    document = report(seen(exceptional()))
    assert titles(document)[:3] == ["Summary", "Status of projects", "Exceptions"]
    summary = words_of(part(document, "Summary"))
    assert summary.index("Off track (1): DS-02.") < summary.index("Of 4 projects, staff report")
    found = rows(table(part(document, "Exceptions"), "Projects off track"))
    assert found == [
        (
            "DS-02 / Late",
            "On track",
            "Off track",
            "Off track: its end date was 30 April 2026, more than 28 days ago.",
            "30 Apr 2026 / first 1 Mar 2026",
        ),
        (
            "DS-03 / Risky",
            "On track",
            "At risk",
            "At risk: risk R-1 is very high, last reviewed 1 June 2026.",
            "No date",
        ),
    ]


def test_no_exception_is_said() -> None:
    document = report(seen(digital_strategy()))
    assert "The rules read no project off track or at risk." in words_of(part(document, "Summary"))
    assert "The rules read no project off track or at risk." in words_of(part(document, "Exceptions"))


def test_key_figures_have_their_denominators() -> None:
    summary = words_of(part(report(seen(exceptional())), "Summary"))
    assert "Off track 1 of 4, as the rules read" in summary
    assert "On track 3 75% of 4, as staff report" in summary
    assert "Very high risks 1 of 1 open risks" in summary
    assert "Decisions overdue" not in summary
    assert "and 1 completed or closed" in summary


@pytest.mark.parametrize(("unread", "tone"), [((), Tone.GOOD), (("risk",), Tone.NONE)])
def test_no_figure_looks_good_because_a_list_could_not_be_read(unread: tuple[str, ...], tone: Tone) -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1", status=ON)
    portfolio.source("risk", Kind.RISK)
    [figures] = [
        block
        for block in part(report(seen(portfolio, unread=unread)), "Summary").blocks
        if isinstance(block, KeyFigures)
    ]
    assert [(figure.label, figure.value, figure.tone) for figure in figures.items] == [
        ("Off track", 0, tone),
        ("At risk", 0, tone),
        ("On track", 1, Tone.GOOD),
        ("Very high risks", 0, tone),
    ]


def test_other_statuses_are_counted_in_the_summary() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1", status=ON)
    portfolio.project("DS-2", status=WorkStatus.ON_HOLD)
    assert "0 completed or closed; 1 has another status." in words_of(part(report(seen(portfolio)), "Summary"))


# slips


def slipping() -> View:
    portfolio = Portfolio()
    first = portfolio.project("DS-01", title="Slow", status=ON, original_end=date(2026, 6, 1), end=date(2026, 9, 1))
    second = portfolio.project("DS-02", title="Slower", status=ON, end=date(2026, 12, 1))
    third = portfolio.project("DS-03", title="New", status=ON, original_end=date(2026, 8, 1), end=date(2026, 8, 11))
    portfolio.project("DS-04", title="Done", status=WorkStatus.COMPLETE, original_end=date(2026, 1, 1), end=TODAY)
    portfolio.project("DS-05", title="Early", status=ON, original_end=date(2026, 9, 1), end=date(2026, 8, 1))
    portfolio.milestone("Go live", key="M-1", original=date(2026, 7, 1), forecast=date(2026, 7, 8))
    trails = (
        (first, DateTrail(first=date(2026, 8, 1), latest=date(2026, 9, 1), slips=2, moves=2), date(2026, 5, 1)),
        (second, DateTrail(first=date(2026, 7, 1), latest=date(2026, 12, 1), slips=1, moves=1), date(2026, 5, 1)),
        (third, DateTrail(first=date(2026, 8, 1), latest=date(2026, 8, 11), slips=1, moves=1), date(2026, 6, 2)),
    )
    histories = {
        record.id: history(record, number, dates={"end": trail}, since=since)
        for number, (record, trail, since) in enumerate(trails, 1)
    }
    return seen(portfolio, histories=histories)


def test_slips_are_measured_from_the_date_promised_first_and_counted_since_a_day() -> None:
    section = part(report(slipping()), "Dates that slipped")
    found = table(section, "Dates that slipped")
    assert rows(found) == [
        ("DS-02 / Slower", "Project", "–", "2026-07-01", "2026-12-01", "153", "1"),  # noqa: RUF001
        ("DS-01 / Slow", "Project", "–", "2026-06-01", "2026-09-01", "92", "2"),  # noqa: RUF001
        ("DS-03 / New", "Project", "–", "2026-08-01", "2026-08-11", "10", "1 / since 2 Jun 2026"),  # noqa: RUF001
        ("M-1 / Go live", "Milestone", "DS-01", "2026-07-01", "2026-07-08", "7", "–"),  # noqa: RUF001
    ]
    assert found.note == "How often a date moved later is counted since 1 May 2026."
    assert "4 open projects, milestones and actions" in words_of(section)


def test_no_slip_is_said() -> None:
    assert "is due later than was promised first" in words_of(
        part(report(seen(digital_strategy())), "Dates that slipped")
    )


# changes and earlier reports


def before_and_after() -> tuple[View, View]:
    """A board ago, and now: DS-02 became late, DS-03 was closed, DS-04 is new, the risk reads better."""
    portfolio = Portfolio()
    portfolio.project("DS-01", title="Same", status=ON, theme="Place", end=date(2026, 12, 1))
    portfolio.project("DS-02", title="Slips", status=ON, theme="Place", end=date(2026, 6, 10))
    portfolio.project("DS-03", title="Ends", status=ON, theme="Place")
    portfolio.risk("R-1", title="Leak", project="DS-01", last_reviewed=date(2026, 5, 18))
    then = seen(portfolio, date(2026, 5, 20))
    portfolio.project("DS-04", title="Starts", status=ON, theme="Place")
    now = seen(portfolio)
    now = amended(now, "DS-03", declared=WorkStatus.COMPLETE, computed=WorkStatus.COMPLETE, is_over=True)
    return then, amended(now, "R-1", band=Band.HIGH, current=Scores(3, 4))


def test_what_changed_is_told_in_numbers_with_a_sign_and_record_by_record() -> None:
    then, now = before_and_after()
    document = report(now, before=then)
    summary = words_of(part(document, "Summary"))
    assert "Since the report of 20 May 2026: ↓ 1 record reads worse, ↑ 1 record reads better" in summary
    assert "+ 1 is new" in summary
    assert "✓ 1 was completed or closed" in summary
    section = part(document, "What changed")
    assert "4 records changed since the report of 20 May 2026." in words_of(section)
    listed = rows(table(section, "What happened, record by record"))
    assert listed[0] == ("DS-02 / Slips", "Project", "Reads worse", "On track", "At risk")
    assert ("R-1 / Leak", "Risk", "Reads better", "Very high", "High") in listed
    assert ("DS-03 / Ends", "Project", "Completed or closed", "On track", "Complete") in listed
    counted = table(section, "What happened, by kind")
    assert [column.title for column in counted.columns] == ["What happened", "Projects", "Risks"]
    assert ("New", "1", "0") in rows(counted)


def test_directions_stand_beside_exceptions_and_themes() -> None:
    then, now = before_and_after()
    document = report(now, before=then)
    assert rows(table(part(document, "Exceptions"), "Projects off track"))[1][-1] == "↓ worse"
    read = table(part(document, "Status of projects"), "What the rules read")
    assert read.columns[-1].title == "Direction"
    assert rows(read)[0][-1] == "↓ worse"


@pytest.mark.parametrize("title", ["Summary", "What changed"])
def test_that_there_is_nothing_to_compare_with_is_said(title: str) -> None:
    document = report(seen(digital_strategy()))
    assert "There is no earlier report to compare with." in words_of(part(document, title))
    assert "Earlier reports" not in titles(document)


def test_that_nothing_changed_is_said() -> None:
    view = seen(digital_strategy())
    document = report(view, before=view)
    for title in ("Summary", "What changed"):
        assert "Nothing changed since the report of 17 June 2026." in words_of(part(document, title))


@pytest.mark.parametrize(
    ("values", "was", "is_now"),
    [
        ({"health": Health.RED}, "–", "Red"),  # noqa: RUF001
        ({"title": "Renamed"}, "Same", "Renamed"),
        ({"due": date(2026, 12, 2)}, "2026-12-01", "2026-12-02"),
        ({"theme": "Health"}, "Place", "Health"),
    ],
)
def test_each_sort_of_value_is_told_as_a_reader_knows_it(values: dict[str, object], was: str, is_now: str) -> None:
    then, _ = before_and_after()
    document = report(amended(then, "DS-01", **values), before=then)
    [row] = rows(table(part(document, "What changed"), "What happened, record by record"))
    assert row[3:] == (was, is_now)


def test_scores_and_states_are_told_in_words() -> None:
    portfolio = Portfolio()
    portfolio.risk("R-1", title="Leak", project=None)
    then = seen(portfolio)
    scored = amended(then, "R-1", current=Scores(5, 5))
    [row] = rows(table(part(report(scored, before=then), "What changed"), "What happened, record by record"))
    assert row[3:] == ("likelihood 4, impact 5", "likelihood 5, impact 5")
    happened = amended(then, "R-1", state=RiskStatus.MATERIALISED)
    [row] = rows(
        table(
            part(report(happened, before=amended(then, "R-1", state=RiskStatus.OPEN)), "What changed"),
            "What happened, record",
        )
    )
    assert row[2:] == ("Materialised", "Open", "Materialised")


def test_lists_that_joined_and_records_that_cannot_be_compared_are_counted() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1", status=ON)
    portfolio.risk("R-1", project=None)
    then = seen(portfolio, unread=["risk"])
    now = seen(portfolio)
    told = words_of(part(report(now, before=then), "What changed"))
    assert "1 record cannot be compared" in told
    portfolio.add(Kind.ACTION, "A-1", parent="R-1")
    portfolio.add(Kind.ACTION, "A-2", parent="R-1")
    told = words_of(part(report(seen(portfolio), before=now), "What changed"))
    assert "The list action joined the portfolio with 2 records." in told
    told = words_of(part(report(now, before=seen(portfolio)), "What changed"))
    assert "The list action left the portfolio with 2 records." in told


def frozen(label: str, month: int, view: View, **more: object) -> Frozen:
    at = datetime(2026, month, 20, 1, 17, tzinfo=UTC)
    return Frozen(label=label, as_at=at, rollup=view.rollup, **more)  # type: ignore[arg-type]


def with_overdue(rows: tuple[Rollup, ...], overdue: int) -> tuple[Rollup, ...]:
    return tuple(replace(row, overdue=overdue) if row.scope is Scope.PORTFOLIO else row for row in rows)


def test_earlier_figures_stand_beside_those_of_now_and_restated_ones_are_marked() -> None:
    view = seen(exceptional())
    april = frozen("April", 4, view, was=with_overdue(view.rollup, 9))
    section = part(report(view, trend=(april, frozen("May", 5, view))), "Earlier reports")
    found = table(section, "Figures of the portfolio")
    assert [column.title for column in found.columns] == ["Figure", "April", "May", "Now"]
    assert ("Overdue records", "1 restated (was 9)", "1", "1") in rows(found)
    assert ("Projects", "4", "4", "4") in rows(found)
    assert "corrected after its report was frozen" in found.note
    [figure] = [block for block in section.blocks if isinstance(block, Figure)]
    assert isinstance(figure.chart, Trend)
    assert [[point.restated for point in line.points] for line in figure.chart.lines] == [
        [False, False, False],
        [False, False, False],
        [True, False, False],
    ]


def test_a_report_of_the_same_day_is_in_the_table_and_not_in_the_chart() -> None:
    view = seen(exceptional())
    same_day = Frozen(label="Today", as_at=view.as_at, rollup=view.rollup)
    section = part(report(view, trend=(same_day,)), "Earlier reports")
    assert [column.title for column in table(section, "Figures").columns] == ["Figure", "Today", "Now"]
    assert not [block for block in section.blocks if isinstance(block, Figure)]
    assert table(section, "Figures").note == ""


def test_a_report_without_a_row_of_the_portfolio_has_no_figures() -> None:
    view = seen(exceptional())
    empty = Frozen(label="Empty", as_at=datetime(2026, 4, 20, tzinfo=UTC), rollup=())
    found = table(part(report(view, trend=(empty,)), "Earlier reports"), "Figures")
    assert rows(found)[0] == ("Projects", "–", "4")  # noqa: RUF001


# what does not fit together, and coverage


def contradictory() -> Portfolio:
    portfolio = Portfolio()
    portfolio.project("DS-1", title="One", status=ON)
    portfolio.project("DS-1", title="Other", status=ON)
    portfolio.milestone("Lost", key="M-1", project="DS-99")
    return portfolio


def test_findings_are_counted_by_kind_and_listed_with_what_to_look_at() -> None:
    document = report(seen(contradictory()))
    section = part(document, "What does not fit together")
    assert rows(table(section, "Findings by kind"))[-1][-1] == str(len(table(section, "Findings one by one").rows))
    kinds = {row[0]: row[1:] for row in rows(table(section, "Findings by kind"))}
    assert kinds["One key on two records"] == ("To be looked at", "2")
    assert kinds["Belongs to nothing"] == ("To be looked at", "1")
    [orphan] = [row for row in rows(table(section, "Findings one by one")) if row[2] == "Belongs to nothing"]
    assert orphan[:2] == ("milestone", "M-1")
    assert not orphan[3].startswith("M-1")
    assert "do not fit together and need a person's look" in words_of(part(document, "Summary"))


def test_that_nothing_was_found_is_said() -> None:
    document = report(seen(Portfolio()))
    assert "Nothing in the lists was found that does not fit together." in words_of(
        part(document, "What does not fit together")
    )


def test_a_list_that_could_not_be_read_is_said_first_and_counts_for_nothing() -> None:
    portfolio = exceptional()
    document = report(seen(portfolio, unread=["risk"]))
    summary = words_of(part(document, "Summary"))
    assert summary.startswith("1 list could not be read completely, and every figure below is without it")
    section = part(document, "Coverage")
    assert "2 lists belong to the portfolio; 1 could not be read completely." in words_of(section)
    assert rows(table(section, "The lists behind"))[1] == (
        "risk",
        "Risks",
        "–",  # noqa: RUF001
        "–",  # noqa: RUF001
        "Not read",
        "It answered with an error.",
    )
    assert "unknown, not zero" in words_of(section)
    assert "1 list could not be read: risk" in table(part(document, "Exceptions"), "Projects").source_line


def test_a_list_read_in_part_is_told_as_such() -> None:
    view = seen(exceptional())
    view = replace(view, sources=(replace(view.sources[0], read="partial"), *view.sources[1:]))
    assert rows(table(part(report(view), "Coverage"), "The lists behind"))[0][3:5] == ("–", "In part")  # noqa: RUF001


def test_the_method_names_the_rules_in_force() -> None:
    told = words_of(part(report(slipping()), "How the figures are made"))
    assert "rounded half up" in told
    assert "in the 7 days before" in told
    assert "more than 28 days ago" in told
    assert "1 month (very high), 1 month (high), 3 months (medium), 6 months (low)" in told
    assert "is counted since 1 May 2026" in told
    assert "How often it slipped is not known yet." in words_of(
        part(report(seen(digital_strategy())), "How the figures are made")
    )
