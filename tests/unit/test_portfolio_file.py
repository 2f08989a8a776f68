"""A portfolio file says what it says: shorthands mean their long form, and words stay as they are written."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.portfolio import load_portfolio
from sync.core.model import Kind, Overdue, WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode
from sync.core.policy import FieldMapping, GuardPolicy, NonWorkingDay, digest
from sync.engine.targets import Auth, ListAddress, Portfolio
from tests.support.portfolio_files import GOOD, edited, write


def load(folder: Path, *changes: tuple[str, str]) -> Portfolio:
    return load_portfolio(write(folder, edited(*changes)))


def test_a_small_file_loads_with_its_defaults(tmp_path: Path) -> None:
    portfolio = load(tmp_path)
    assert (portfolio.name, portfolio.time_zone, portfolio.path) == (
        "Test portfolio",
        "Europe/London",
        tmp_path / "portfolio.yaml",
    )
    source = portfolio.sources["projects"]
    assert (source.name, source.kind, source.key, source.site) == ("projects", Kind.PROJECT, "Ref", "/sites/pmo")
    assert (source.write.mode, source.write.adopt, source.write.drift) == (WriteMode.QUIET, False, DriftPolicy.RESTORE)
    assert source.write.columns == {OwnedField.STATUS: "PSStatus"}
    assert not source.restricted
    assert portfolio.connections["council"].name == "council"
    assert portfolio.connections["council"].auth is Auth.CERTIFICATE
    assert portfolio.policies.overdue.due_soon_days == 7
    assert portfolio.calendar.closed == frozenset()
    assert portfolio.schedule.nightly is None


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("list: Projects", "list: {title: Projects}"),
        ("end: Target date", "end: {column: Target date}"),
        ("end: Target date", "end: [Target date]"),
        ("end: Target date", "end: {column: [Target date]}"),
        ("project: Project", "project: {column: Project, refers_to: }"),
        ('host: "https://contoso.sharepoint.com"', 'host: "https://Contoso.SharePoint.com/", kind: sharepoint'),
        ("key: Ref", "key: Ref\n    register:"),
        ("list: Risks", "list: Risks\n    restricted: no\n    where: {}"),
    ],
)
def test_a_shorthand_means_its_long_form(tmp_path: Path, short: str, long: str) -> None:
    assert load(tmp_path, (short, long)) == load(tmp_path)


def test_one_word_is_a_list_of_one(tmp_path: Path) -> None:
    portfolio = load(
        tmp_path,
        ("status: Status", "status: {column: Status, values: {on_track: Green, complete: [Done, Shut*]}}"),
        ("project: Project", "project: {column: Project, refers_to: projects}"),
        ("list: Projects", "list: Projects\n    where: {Archived: No}"),
        ("connections:", "holidays: {country: GB, closed: 2026-12-24}\nconnections:"),
    )
    projects = portfolio.sources["projects"]
    assert projects.fields["status"].values == {"on_track": ("Green",), "complete": ("Done", "Shut*")}
    assert projects.where == {"Archived": ("No",)}
    assert portfolio.sources["risks"].fields["project"] == FieldMapping(column=("Project",), refers_to=("projects",))
    assert date(2026, 12, 24) in portfolio.calendar.closed


@pytest.mark.parametrize("word", ["No", "true", "007", "1.0", "2026-07-01", "0x1F", "1e3", "off", "~x", ".inf"])
def test_words_stay_as_they_are_written(tmp_path: Path, word: str) -> None:
    portfolio = load(
        tmp_path,
        ("list: Projects", f"list: {word}\n    where: {{{word}: {word}}}\n    constants: {{theme: {word}}}"),
        ("likelihood: L", f"likelihood: {{column: {word}, values: {{5: {word}}}}}"),
    )
    projects = portfolio.sources["projects"]
    assert projects.list == ListAddress(title=word)
    assert projects.where == {word: (word,)}
    assert projects.constants == {"theme": word}
    assert portfolio.sources["risks"].fields["likelihood"] == FieldMapping(column=(word,), values={"5": (word,)})


def test_a_blank_word_counts_where_it_is_written(tmp_path: Path) -> None:
    portfolio = load(tmp_path, ("list: Projects", "list: Projects\n    where: {Archived: ['', No]}"))
    assert portfolio.sources["projects"].where == {"Archived": ("", "No")}


def test_a_list_is_addressed_by_title_id_or_url(tmp_path: Path) -> None:
    portfolio = load(
        tmp_path,
        ("list: Projects", "list: {id: 3f2504e0-4f89-41d3-9a0c-0305e82c3301}"),
        ("list: Risks", "list: {url: Lists/Risks}"),
    )
    assert portfolio.sources["projects"].list.id == "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    assert portfolio.sources["risks"].list.url == "Lists/Risks"


def test_policies_are_read_in_their_types(tmp_path: Path) -> None:
    text = GOOD + (
        "policies:\n"
        "  overdue: {due_soon_days: 14, late_days: 0, due_on_non_working_day: next}\n"
        "  rollup: {thresholds: {off_track: 10}}\n"
        "  labels: {status: {off_track: Needs rescue}, overdue: {due_soon: Due this week}}\n"
        "  guards: {records_gone_percent: 0, minimum: 5}\n"
    )
    policies = load_portfolio(write(tmp_path, text)).policies
    assert (policies.overdue.due_soon_days, policies.overdue.late_days) == (14, 0)
    assert policies.overdue.due_on_non_working_day is NonWorkingDay.NEXT
    assert policies.rollup.thresholds == {WorkStatus.OFF_TRACK: 10}
    assert policies.labels.of_status(WorkStatus.OFF_TRACK) == "Needs rescue"
    assert policies.labels.of_status(WorkStatus.AT_RISK) == "At risk"
    assert policies.labels.of_overdue(Overdue.DUE_SOON) == "Due this week"
    assert policies.guards == GuardPolicy(records_gone_percent=0, minimum=5)


@pytest.mark.parametrize(
    ("drift", "status", "check"),
    [
        ("ask", DriftPolicy.ASK, DriftPolicy.ASK),
        ("{status: respect}", DriftPolicy.RESPECT, DriftPolicy.RESTORE),
        ("{status: respect, check: }", DriftPolicy.RESPECT, DriftPolicy.RESTORE),
        ("{}", DriftPolicy.RESTORE, DriftPolicy.RESTORE),
    ],
)
def test_drift_is_one_word_or_one_for_each_field(
    tmp_path: Path, drift: str, status: DriftPolicy, check: DriftPolicy
) -> None:
    written = f"{{drift: {drift}, columns: {{check: PSCheck, stamp: PSStamp, status"
    policy = load(tmp_path, ("{columns: {status", written)).sources["projects"].write
    assert policy.columns[OwnedField.STAMP] == "PSStamp"
    assert policy.drift_of(OwnedField.STATUS) is status
    assert policy.drift_of(OwnedField.CHECK) is check


@pytest.mark.parametrize(
    ("subdivision", "day", "closed"),
    [
        ("ENG", date(2026, 8, 31), True),
        ("SCT", date(2026, 8, 31), False),
        ("SCT", date(2026, 8, 3), True),
        ("ENG", date(2026, 12, 24), True),
        ("ENG", date(2026, 12, 23), False),
    ],
)
def test_the_calendar_holds_bank_holidays_and_local_closures(
    tmp_path: Path, subdivision: str, day: date, closed: bool
) -> None:
    line = f"holidays: {{country: GB, subdivision: {subdivision}, closed: [2026-12-24]}}\nconnections:"
    portfolio = load(tmp_path, ("connections:", line))
    assert (day in portfolio.calendar.closed) is closed


def test_an_alias_repeats_what_its_anchor_names(tmp_path: Path) -> None:
    portfolio = load(
        tmp_path,
        ("fields: {title: Title,", "where: &live {Archived: [No]}\n    fields: {title: Title,"),
        ("list: Risks", "list: Risks\n    where: *live"),
    )
    assert portfolio.sources["risks"].where == portfolio.sources["projects"].where == {"Archived": ("No",)}


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_portfolio(path) == load(tmp_path)


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (("name: Test portfolio", "# a comment\nname: Test portfolio"), False),
        (("list: Projects", "list: {title: Projects}"), False),
        (("end: Target date", "end: [Target date, End]"), True),
        (("{columns: {status: PSStatus}}", "{drift: respect, columns: {status: PSStatus}}"), True),
    ],
)
def test_the_policy_digest_follows_what_the_file_means(tmp_path: Path, change: tuple[str, str], differs: bool) -> None:
    def digested(portfolio: Portfolio) -> str:
        parts: list[Any] = [portfolio.sources["projects"], portfolio.policies, portfolio.calendar]
        return digest(*parts)

    assert (digested(load(tmp_path, change)) != digested(load(tmp_path))) is differs
