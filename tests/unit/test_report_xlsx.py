"""The workbook has a sheet for everything, typed cells, the edition's columns, and nothing that it may not tell."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from sync.core.model import Band, Health, Kind, Nature, Person, RiskStatus, Scores, WorkStatus
from sync.core.policy import Labels, Policies, ReportPolicy
from sync.core.view import View
from sync.report.dictionary import columns_for
from sync.report.editions import Edition, for_edition
from sync.report.xlsx import render_xlsx
from tests.support.papers import amended, digital_strategy, seen
from tests.support.portfolios import TODAY, Portfolio

YESTERDAY = TODAY - timedelta(days=1)
SHEETS = [
    "About",
    "Summary",
    "Registers",
    "Projects",
    "Programmes",
    "Risks",
    "Milestones",
    "Issues",
    "Actions",
    "Findings",
    "Coverage",
    "Data dictionary",
]


def rendered(view: View, edition: Edition = Edition.PMO, before: View | None = None) -> bytes:
    return render_xlsx(for_edition(view, edition, view.policies.reports, before=before))


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def book(view: View, edition: Edition = Edition.PMO, before: View | None = None) -> Any:
    return opened(rendered(view, edition, before))


def records(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by their headings, cells that hold nothing left out."""
    headings = [cell.value for cell in sheet[1]]
    every = ({head: cell.value for head, cell in zip(headings, row, strict=True)} for row in sheet.iter_rows(min_row=2))
    return [{head: value for head, value in row.items() if value is not None} for row in every]


def portfolio() -> Portfolio:
    made = Portfolio()
    made.project(
        "DS-01", title="Portal", theme="One", status=WorkStatus.ON_TRACK, end=YESTERDAY, budget=1250.5,
        health=Health.RED, original_end=date(2026, 6, 1), percent_complete=0.4,
        owner=(Person("Ann Example"), Person("Bob Sample")),
    )  # fmt: skip
    made.add(Kind.PROGRAMME, "P-1", title="Programme")
    made.milestone("Go live", key="M-1", original=YESTERDAY)
    made.risk("R-1", title="Small", likelihood=1, impact=1, last_reviewed=date(2026, 6, 1))
    made.risk("R-2", title="Leak", raised=date(2026, 1, 31))
    made.add(Kind.ISSUE, "I-1", title="Outage", project="DS-01", severity=Band.HIGH)
    made.action("A-1", title="Patch", parent="R-2", due=YESTERDAY)
    made.milestone("Lost", key="M-2", project="DS-99")
    return made


def test_there_is_a_sheet_for_everything() -> None:
    view = seen(portfolio())
    assert book(view).sheetnames == SHEETS
    assert book(view, before=view).sheetnames == [*SHEETS[:-2], "Changes", *SHEETS[-2:]]


@pytest.mark.parametrize("edition", list(Edition))
def test_every_sheet_has_frozen_headings_and_a_table(edition: Edition) -> None:
    view = seen(portfolio())
    for sheet in book(view, edition, view):
        assert sheet.freeze_panes == "A2"
        assert len(sheet.tables) == 1


@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Projects", Kind.PROJECT),
        ("Programmes", Kind.PROGRAMME),
        ("Risks", Kind.RISK),
        ("Milestones", Kind.MILESTONE),
        ("Issues", Kind.ISSUE),
        ("Actions", Kind.ACTION),
    ],
)
def test_sheets_of_records_have_the_edition_s_columns(edition: Edition, name: str, kind: Kind) -> None:
    headings = [cell.value for cell in book(seen(portfolio()), edition)[name][1]]
    assert headings == [column.title for column in columns_for(edition, kind) if column.name != "kind"]
    assert len(set(headings)) == len(headings)


def test_cells_are_typed() -> None:
    [project] = records(book(seen(portfolio()))["Projects"])
    assert project["Due"] == datetime(2026, 6, 16)  # noqa: DTZ001
    assert project["Budget"] == 1250.5
    assert project["Complete"] == 0.4
    assert project["Slip"] == 15
    assert project["Reads worse"] is True
    assert project["Owners"] == "Ann Example; Bob Sample"
    assert (project["Declared status"], project["Computed status"], project["Health"]) == (
        "On track",
        "Off track",
        "Red",
    )
    assert project["Overdue"] == "Overdue"
    assert "Actual" not in project


def test_statuses_are_in_the_council_s_words() -> None:
    policies = Policies(labels=Labels(status={WorkStatus.ON_TRACK: "Going to plan"}))
    made = book(seen(portfolio(), policies=policies))
    assert records(made["Projects"])[0]["Declared status"] == "Going to plan"
    assert records(made["Summary"])[0]["Going to plan, reported"] == 1


def test_the_summary_has_counts_and_percentages_rounded_on_their_own() -> None:
    sheet = book(seen(digital_strategy()))["Summary"]
    economy = next(row for row in records(sheet) if row["Name"] == "Create a vibrant digital economy")
    assert (economy["Of"], economy["Total"]) == ("Theme", 12)
    assert (economy["On track, reported"], economy["On track, %"]) == (7, 0.58)
    assert (economy["Complete, reported"], economy["Complete, %"]) == (2, 0.17)
    headings = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, headings.index("On track, %") + 1).number_format == "0%"


def test_risks_are_collated_the_worst_first_and_registers_counted() -> None:
    made = book(seen(portfolio()))
    assert [row["Reference"] for row in records(made["Risks"])] == ["R-2", "R-1"]
    counts = {row["Register"]: row for row in records(made["Registers"])}
    assert (counts["risk"]["Risks and issues"], counts["risk"]["Very high risks"]) == (2, 1)
    assert records(made["Risks"])[0]["Band"] == "Very high"


def test_an_empty_portfolio_has_a_workbook() -> None:
    made = book(seen(Portfolio()))
    assert made.sheetnames == SHEETS
    assert records(made["Projects"]) == []
    assert "On track, %" not in records(made["Summary"])[0]


def test_about_says_what_the_workbook_is_of() -> None:
    policies = Policies(reports=ReportPolicy(reference="CP/20", marking="OFFICIAL"))
    view = replace(seen(portfolio(), policies=policies), since=date(2026, 5, 1))
    said = {row["What"]: row.get("Value") for row in records(book(view, Edition.BOARD)["About"])}
    assert (said["Portfolio"], said["Edition"], said["Reference"]) == ("Digital Strategy", "Board", "CP/20")
    assert said["As at"] == datetime(2026, 6, 17, 2, 17)  # noqa: DTZ001
    assert said["Slips and push-outs counted since"] == datetime(2026, 5, 1)  # noqa: DTZ001
    assert "Left out" in said
    assert records(book(view)["About"])[1]["Value"] == "PMO"


def test_findings_stand_one_by_one_and_for_the_public_by_kind() -> None:
    [found] = records(book(seen(portfolio()))["Findings"])
    assert (found["Weight"], found["Finding"], found["Record"]) == ("Warning", "Orphan", "M-2")
    [found] = records(book(seen(portfolio()), Edition.PUBLIC)["Findings"])
    assert found == {"Finding": "Orphan", "Weight": "Warning", "How many": 1}


def test_changes_say_what_was_and_what_is() -> None:
    then = seen(portfolio())
    now = amended(then, "R-1", current=Scores(1, 2), title="Smaller")
    now = amended(now, "DS-01", declared=WorkStatus.AT_RISK, due=date(2026, 7, 1), health=Health.AMBER)
    now = amended(now, "M-1", is_over=True, declared=WorkStatus.COMPLETE)
    now = replace(now, items=tuple(item for item in now.items if item.ref != "A-1"))
    rows = records(book(now, before=then)["Changes"])
    said = {(row["Reference"], row["What happened"]): row for row in rows}
    assert said["R-1", "Worse"]["Is now"] == "likelihood 1, impact 2"
    assert said["R-1", "Renamed"]["Was"] == "Small"
    assert said["DS-01", "Slipped"]["Days later"] == 15
    assert said["DS-01", "Slipped"]["Is now"] == datetime(2026, 7, 1)  # noqa: DTZ001
    assert said["DS-01", "Better"]["Is now"] == "Amber"
    assert said["DS-01", "Worse"]["Is now"] == "At risk"
    assert said["M-1", "Closed"]["Is now"] == "Complete"
    assert said["A-1", "Gone"] == {
        "What happened": "Gone",
        "Kind": "Action",
        "Reference": "A-1",
        "Title": "Patch",
    }


def test_coverage_says_which_lists_were_read() -> None:
    rows = {row["List"]: row for row in records(book(seen(portfolio(), unread=["issue"]))["Coverage"])}
    assert rows["project"]["Records"] == 1
    assert rows["issue"] == {
        "List": "issue",
        "Holds": "Issue",
        "Read": "Failed",
        "Problem": "It answered with an error.",
    }


@pytest.mark.parametrize("edition", list(Edition))
def test_the_dictionary_has_every_column_of_the_edition(edition: Edition) -> None:
    rows = records(book(seen(portfolio()), edition)["Data dictionary"])
    assert [row["Name"] for row in rows] == [column.name for column in columns_for(edition)]
    assert all(row["Meaning"] and row["Type"] and row["Of"] and row["Editions"] for row in rows)


HOSTILE = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    '=HYPERLINK("https://evil.example")',
    "https://evil.example",
    "12",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_staff_is_run_wherever_it_stands(text: str) -> None:
    made = Portfolio()
    made.project(text, title=text, theme=text, department=text, owner=(Person(text),), status=WorkStatus.ON_TRACK)
    made.risk(text, title=text, category=text, response=text, proximity=text, project=text, nature=Nature.THREAT)
    made.milestone(text, key=text, project="nowhere")
    then = seen(made)
    now = replace(then, name=text, items=tuple(replace(item, title=f"{text} ") for item in then.items))
    now = replace(now, items=tuple(replace(item, reason=text, state=RiskStatus.OPEN) for item in now.items))
    for sheet in book(now, before=then):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
    titles = [row["Title"] for row in records(book(now)["Projects"])]
    assert titles == [text.strip()]


def test_equal_views_give_equal_bytes() -> None:
    view = seen(portfolio())
    assert rendered(view, before=view) == rendered(view, before=view)
    shuffled = replace(view, items=tuple(reversed(view.items)))
    assert [row["Reference"] for row in records(book(shuffled)["Risks"])] == ["R-2", "R-1"]


@pytest.mark.parametrize("edition", list(Edition))
def test_a_restricted_record_and_people_are_told_only_where_they_may_be(edition: Edition) -> None:
    made = portfolio()
    made.risk("Whistle", title="Whistleblower", confidential=True)
    words = "\n".join(
        str(cell.value)
        for sheet in book(seen(made), edition)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value
    )
    assert "Whistle" not in words
    assert ("Ann Example" in words) is (edition is Edition.PMO)
    assert ("Portal" in words) is (edition is not Edition.PUBLIC)
