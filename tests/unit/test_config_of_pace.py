"""The key `pace`: what it makes of what is written, and what is wrong with it, line by line."""

from datetime import time
from pathlib import Path

import pytest

from config.portfolio import load_portfolio
from config.rules import rules_to_json
from sync.engine.targets import OfficeHours, Pace, Weekday
from tests.support.portfolio_files import GOOD, edited, refused, write

HOURS = "start: '07:30', end: '18:30'"


def with_pace(entry: str, schedule: str = "") -> str:
    return edited(("connections:\n", f"pace: {entry}\n{schedule}connections:\n"))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", Pace()),
        ("{share: , office_hours: }", Pace()),
        ("{share: 25, licences: 5000, rest_price: 2}", Pace(share=25, licences=5000, rest_price=2)),
        ("{quota: 2, sites_at_once: 1}", Pace(quota=2, sites_at_once=1)),
        (f"{{office_hours: {{{HOURS}}}}}", Pace(office_hours=OfficeHours(start=time(7, 30), end=time(18, 30)))),
        (
            f"{{office_hours: {{{HOURS}, days: sat}}}}",
            Pace(office_hours=OfficeHours(start=time(7, 30), end=time(18, 30), days=(Weekday.SAT,))),
        ),
    ],
)
def test_what_is_written_and_what_is_not(tmp_path: Path, entry: str, expected: Pace) -> None:
    assert load_portfolio(write(tmp_path, with_pace(entry))).pace == expected


NEED = "a time such as 07:30"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("50", "'pace' must be a mapping (key: value), not '50'."),
        ("{shere: 50}", "'shere' is not a key of 'pace'; did you mean 'share'?"),
        ("{share: half}", "'share' must be a whole number, not 'half'."),
        ("{share: 4}", "'share' must be from 5 to 100, not 4."),
        ("{share: 101}", "'share' must be from 5 to 100, not 101."),
        ("{licences: 0}", "'licences' must be from 1 to 10,000,000, not 0."),
        ("{quota: 11}", "'quota' must be from 1 to 10, not 11."),
        ("{rest_price: 6}", "'rest_price' must be from 1 to 5, not 6."),
        ("{sites_at_once: 0}", "'sites_at_once' must be from 1 to 16, not 0."),
        ("{office_hours: 9-5}", "'office_hours' must be a mapping (key: value), not '9-5'."),
        ("{office_hours: {start: '07:30'}}", "'office_hours' needs 'end'."),
        ("{office_hours: {start: half past, end: '18:30'}}", f"'start' must be {NEED}, not 'half past'."),
        ("{office_hours: {start: 7:30, end: '18:30'}}", f"'start' must be {NEED}, not '7:30'."),
        (
            "{office_hours: {start: '07:30Z', end: '18:30'}}",
            "'start' is a time in the portfolio's zone: write it without a zone of its own.",
        ),
        ("{office_hours: {start: '18:30', end: '07:30'}}", "the office hours end at 07:30, before they begin."),
        (f"{{office_hours: {{{HOURS}, days: [mon, fryday]}}}}", "'fryday' is not a value of entry 2 of 'days'; it may"),
        (f"{{office_hours: {{{HOURS}, days: []}}}}", "office hours without days are none; leave 'office_hours' out."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, entry: str, expected: str) -> None:
    (told,) = refused(tmp_path, with_pace(entry))
    assert told.startswith(f"portfolio.yaml, line 4: {expected}")


@pytest.mark.parametrize(
    ("nightly", "days", "inside"),
    [
        ("17 9 * * *", "[mon, tue, wed, thu, fri]", False),  # at weekends it works
        ("17 9 * * mon-fri", "[mon, tue, wed, thu, fri]", True),
        ("30 7 * * mon", "mon", True),
        ("30 18 * * mon", "mon", False),
        ("17 2 * * *", "[mon]", False),
        ("17 9 31 2 *", "[mon]", False),
        ("17 9 1 1 *", "[mon, tue, wed, thu, fri, sat, sun]", True),
    ],
)
def test_a_night_that_would_always_lie_in_office_hours_is_a_mistake(
    tmp_path: Path, nightly: str, days: str, inside: bool
) -> None:
    text = with_pace(f"{{office_hours: {{{HOURS}, days: {days}}}}}", f'schedule: {{nightly: "{nightly}"}}\n')
    if not inside:
        assert load_portfolio(write(tmp_path, text)).pace.office_hours is not None
        return
    (told,) = refused(tmp_path, text)
    at = "07:30" if nightly.startswith("30 7") else "09:17"
    assert told == f"portfolio.yaml, line 5: {at} lies in the office hours, in which no nightly run works."


def test_a_schedule_that_is_none_is_told_once(tmp_path: Path) -> None:
    text = with_pace(f"{{office_hours: {{{HOURS}}}}}", 'schedule: {nightly: "99 9 * * *"}\n')
    (told,) = refused(tmp_path, text)
    assert "is not a cron expression" in told


def test_the_pace_decides_nothing_that_is_written(tmp_path: Path) -> None:
    plain = load_portfolio(write(tmp_path, GOOD))
    paced = load_portfolio(write(tmp_path, with_pace("{share: 10}")))
    assert rules_to_json(paced) == rules_to_json(plain)
