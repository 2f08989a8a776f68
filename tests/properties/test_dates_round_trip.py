"""A day that is written to a site is the day that is read back, in every zone that a site may have."""

from datetime import date
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from sync.core.dates import ShownDate, plain, shown, shown_instant, site_midnight
from sync.core.text_dates import parse_text_date

ZONES = st.sampled_from(sorted(zone for zone in available_timezones() if "/" in zone))
DAYS = st.dates(min_value=date(2012, 1, 1), max_value=date(2099, 12, 31))


@given(day=DAYS, zone=ZONES)
def test_a_written_day_reads_back_as_itself_and_without_a_note(day: date, zone: str) -> None:
    assert shown(site_midnight(day, zone), zone) == ShownDate(day)
    assert shown_instant(site_midnight(day, zone), zone) == ShownDate(day)


@given(day=DAYS)
def test_a_day_written_without_a_zone_reads_back_as_itself(day: date) -> None:
    assert shown(site_midnight(day, None), None).day == day


@given(day=DAYS)
def test_a_date_in_a_sentence_can_be_read_again(day: date) -> None:
    assert parse_text_date(plain(day)) == day
