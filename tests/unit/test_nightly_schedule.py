"""The nightly time is one that comes exactly once every night, also when the clocks change."""

from datetime import datetime
from pathlib import Path

import pytest

from config.calendar import FIRST_CHANGE, LAST_CHANGE, clock_changes
from config.portfolio import load_portfolio
from tests.support.portfolio_files import edited, refused, write


def scheduled(nightly: str, zone: str = "Europe/London") -> str:
    return edited(("connections:", f'schedule: {{nightly: "{nightly}"}}\nconnections:'), ("Europe/London", zone))


@pytest.mark.parametrize(
    ("nightly", "zone"),
    [
        ("17 2 * * *", "Europe/London"),
        ("0 2 * * *", "Europe/London"),
        ("59 0 * * *", "Europe/London"),
        ("30 1 * * mon-fri", "Europe/London"),
        ("30 1 1 * *", "Europe/London"),
        ("30 1 * 1-2 *", "Europe/London"),
        ("30 1 * * *", "UTC"),
        ("30 2 * * *", "Asia/Tokyo"),
        ("29 1 * * *", "Australia/Lord_Howe"),
        ("30 2 * * *", "Europe/London"),
    ],
)
def test_a_time_that_comes_once_every_night_is_taken(tmp_path: Path, nightly: str, zone: str) -> None:
    assert load_portfolio(write(tmp_path, scheduled(nightly, zone))).schedule.nightly == nightly


@pytest.mark.parametrize(
    ("nightly", "zone", "said"),
    [
        ("0 1 * * *", "Europe/London", "01:00 is skipped when the clocks go forward in Europe/London (29 March 2026)"),
        ("59 1 * * *", "Europe/London", "01:59 is skipped when the clocks go forward in Europe/London (29 March 2026)"),
        (
            "30 1 * 10 *",
            "Europe/London",
            "01:30 comes twice when the clocks go back in Europe/London (25 October 2026)",
        ),
        ("30 1 * * sun", "Europe/London", "01:30 is skipped when the clocks go forward"),
        ("17 2 * * *", "Europe/Berlin", "02:17 is skipped when the clocks go forward in Europe/Berlin"),
        ("30 1 * * *", "America/New_York", "01:30 comes twice when the clocks go back in America/New_York"),
        ("15 2 * * *", "Australia/Lord_Howe", "02:15 is skipped when the clocks go forward in Australia/Lord_Howe"),
        ("45 1 * * *", "Australia/Lord_Howe", "01:45 comes twice when the clocks go back in Australia/Lord_Howe"),
        ("30 23 * * *", "Atlantic/Azores", None),
    ],
)
def test_a_time_that_a_clock_change_skips_or_repeats_is_refused(
    tmp_path: Path, nightly: str, zone: str, said: str | None
) -> None:
    text = scheduled(nightly, zone)
    if said is None:
        assert load_portfolio(write(tmp_path, text)).schedule.nightly == nightly
    else:
        (line,) = refused(tmp_path, text)
        assert said in line


@pytest.mark.parametrize(
    ("nightly", "zone", "example"),
    [
        ("30 1 * * *", "Europe/London", "17 2 * * *"),
        ("30 2 * * *", "Europe/Berlin", "17 3 * * *"),
        ("30 1 * * sun", "Europe/London", "17 2 * * sun"),
    ],
)
def test_the_example_it_offers_is_itself_taken(tmp_path: Path, nightly: str, zone: str, example: str) -> None:
    (line,) = refused(tmp_path, scheduled(nightly, zone))
    assert line.endswith(f'choose a time such as "{example}".')
    assert load_portfolio(write(tmp_path, scheduled(example, zone))).schedule.nightly == example


@pytest.mark.parametrize(
    ("nightly", "said"),
    [
        ("02:17", "'nightly' has five fields (minute hour day month weekday)"),
        ("17 2 * *", "'nightly' has five fields"),
        ("17 2 * * * *", "'nightly' has five fields"),
        ("*/5 2 * * *", "'nightly' names one minute and one hour, for it runs once a night"),
        ("17 2,14 * * *", "'nightly' names one minute and one hour"),
        ("17 2 * * 1-5", "write weekdays as names (mon-fri), not as '1-5'"),
        ("17 25 * * *", "'nightly' is not a cron expression"),
        ("17 2 * * someday", "'nightly' is not a cron expression"),
    ],
)
def test_what_is_no_nightly_time_is_refused_with_an_example(tmp_path: Path, nightly: str, said: str) -> None:
    (line,) = refused(tmp_path, scheduled(nightly))
    assert said in line
    assert line.startswith("portfolio.yaml, line 4: ")


def test_london_changes_its_clocks_twice_a_year_within_one_to_two() -> None:
    changes = clock_changes("Europe/London")
    assert len(changes) == 2 * (LAST_CHANGE - FIRST_CHANGE)
    assert {(change.start.hour, change.end.hour) for change in changes} == {(1, 2)}
    assert changes[0].start == datetime(2026, 3, 29, 1, 0)  # noqa: DTZ001 - a wall-clock time
    assert [change.skipped for change in changes[:2]] == [True, False]
