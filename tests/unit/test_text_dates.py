"""A text is read as a day where it leaves no doubt, or where its list says what it means; else it is never guessed."""

from datetime import date

import pytest

from sync.core.policy import DateWords, DayOrder, Quarters
from sync.core.text_dates import parse_text_date

FIRST_OF_JULY = date(2026, 7, 1)
DAY_FIRST = DateWords(order=DayOrder.DAY_FIRST)
MONTH_FIRST = DateWords(order=DayOrder.MONTH_FIRST)
MONTHS = DateWords(months=True)
CALENDAR = DateWords(quarters=Quarters.CALENDAR)
FINANCIAL = DateWords(quarters=Quarters.FINANCIAL)
EVERYTHING = DateWords(order=DayOrder.DAY_FIRST, quarters=Quarters.CALENDAR, months=True)
AMERICAN = DateWords(order=DayOrder.MONTH_FIRST, quarters=Quarters.FINANCIAL, months=True)
DECLARATIONS = (DAY_FIRST, MONTH_FIRST, MONTHS, CALENDAR, FINANCIAL, EVERYTHING, AMERICAN)


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01",
        " 2026-07-01 ",
        "2026-07-01 00:00:00",
        "2026-07-01T09:30",
        "1 July 2026",
        "01 Jul 2026",
        "01-Jul-2026",
        "1st  JULY 2026",
        "1 Jul. 2026",
        "July 1, 2026",
        "Jul 1 2026",
    ],
)
def test_a_text_that_names_one_day_beyond_doubt_is_read_whatever_is_declared(text: str) -> None:
    assert parse_text_date(text) == FIRST_OF_JULY
    for words in DECLARATIONS:
        assert parse_text_date(text, words) == parse_text_date(text, words, first=True) == FIRST_OF_JULY


def test_september_may_be_cut_to_three_or_four_letters() -> None:
    assert parse_text_date("30 Sept 2026") == parse_text_date("30 Sep 2026") == date(2026, 9, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NA",
        "Exempt under Section 35 of the Freedom of Information Act 2000",
        "01/07/2026",
        "13/07/2026",
        "1.7.2026",
        "20260701",
        "46204",
        "July 2026",
        "Q3 2026",
        "1 July",
        "1 July 26",
        "1 Juli 2026",
        "31 June 2026",
        "2026-13-01",
        "2026-7-1",
        "2026-06-30T23:00:00Z",
        "2026-06-30T23:00:00+01:00",
        "1 July 0026",
        "9999-12-31",
        "1 July 2026 (was 1 May 2026)",
        "\u0661 July 2026",
    ],
)
def test_a_text_that_leaves_any_doubt_is_not_read(text: str) -> None:
    assert parse_text_date(text) is None


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("03/04/2026", date(2026, 4, 3), date(2026, 3, 4)),
        ("3.4.26", date(2026, 4, 3), date(2026, 3, 4)),
        ("03-04-2026", date(2026, 4, 3), date(2026, 3, 4)),
        ("03\u201104\u20112026", date(2026, 4, 3), date(2026, 3, 4)),
        ("3/4/2026 00:00", date(2026, 4, 3), date(2026, 3, 4)),
        ("3/4/2026, 12:00:00 AM", date(2026, 4, 3), date(2026, 3, 4)),
        ("13/07/2026", date(2026, 7, 13), None),
        ("07/13/2026", None, date(2026, 7, 13)),
        ("31/06/2026", None, None),
        ("29/02/2028", date(2028, 2, 29), None),
        ("29/02/2027", None, None),
        ("1 July 26", FIRST_OF_JULY, FIRST_OF_JULY),
        ("01-Jul-26", FIRST_OF_JULY, FIRST_OF_JULY),
        ("July 1, 26", FIRST_OF_JULY, FIRST_OF_JULY),
        ("1/7-2026", None, None),
        ("1/7/226", None, None),
        ("1/7", None, None),
        ("001/07/2026", None, None),
        ("2026/07/01", None, None),
        ("1/7/2026T00:00:00Z", None, None),
        ("1/7/1899", None, None),
    ],
)
def test_numbers_are_a_day_where_the_list_says_which_of_them_comes_first(
    text: str, day_first: date | None, month_first: date | None
) -> None:
    assert parse_text_date(text, DAY_FIRST) == day_first
    assert parse_text_date(text, MONTH_FIRST) == month_first
    assert parse_text_date(text, DateWords(quarters=Quarters.FINANCIAL, months=True)) is None


@pytest.mark.parametrize(
    "text",
    ["March 2026", "MAR 2026", "Mar-2026", "Mar. 2026", "march, 2026", "03/2026", "3-2026", "2026-03", "2026/03"],
)
def test_a_month_is_read_as_its_last_day_or_its_first_where_that_is_declared(text: str) -> None:
    assert parse_text_date(text, MONTHS) == date(2026, 3, 31)
    assert parse_text_date(text, MONTHS, first=True) == date(2026, 3, 1)
    assert [parse_text_date(text, words) for words in (DAY_FIRST, MONTH_FIRST, CALENDAR, FINANCIAL)] == [None] * 4


def test_february_ends_as_late_as_it_does() -> None:
    assert parse_text_date("Feb 2027", MONTHS) == date(2027, 2, 28)
    assert parse_text_date("Feb 2028", MONTHS) == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["Mar-26", "Mar 26", "march '26", "MAR \u201926"])
def test_a_month_with_two_digits_is_a_month_only_where_the_day_would_come_first(text: str) -> None:
    assert parse_text_date(text, EVERYTHING) == date(2026, 3, 31)
    assert parse_text_date(text, EVERYTHING, first=True) == date(2026, 3, 1)
    assert [parse_text_date(text, words) for words in (AMERICAN, MONTHS, DAY_FIRST)] == [None] * 3


@pytest.mark.parametrize(
    ("text", "calendar", "financial"),
    [
        ("Q3 2026", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("Q3-2026", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("Q3/2026", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("Q3, 2026", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("2026 Q3", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("2026-Q3", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("2026q3", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("Quarter 3, 2026", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("Qtr 3 2026", ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")),
        ("Q1 2026", ("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30")),
        ("Q4 2026", ("2026-10-01", "2026-12-31"), ("2027-01-01", "2027-03-31")),
        ("Q1 2025/26", None, ("2025-04-01", "2025-06-30")),
        ("2025-26 Q1", None, ("2025-04-01", "2025-06-30")),
        ("Q4 2027\u201328", None, ("2028-01-01", "2028-03-31")),
        ("Q1 2025/2026", None, ("2025-04-01", "2025-06-30")),
        ("FY2025/26, Q1", None, ("2025-04-01", "2025-06-30")),
        ("Q1 25/26", None, ("2025-04-01", "2025-06-30")),
        ("Q2 2099/00", None, ("2099-07-01", "2099-09-30")),
        ("Q1 2025/27", None, None),
        ("Q1 2025/25", None, None),
        ("Q1 2025/1926", None, None),
        ("FY26 Q1", None, None),
        ("FY2026 Q1", None, None),
        ("Q5 2026", None, None),
        ("Q0 2026", None, None),
        ("Q1 26", None, None),
        ("Q12026", None, None),
        ("Q3 0026", None, None),
        ("Q3 2026 (was Q2 2026)", None, None),
    ],
)
def test_a_quarter_is_read_by_the_year_that_the_list_declares(
    text: str, calendar: tuple[str, str] | None, financial: tuple[str, str] | None
) -> None:
    for words, expected in ((CALENDAR, calendar), (FINANCIAL, financial)):
        read = (parse_text_date(text, words, first=True), parse_text_date(text, words))
        assert read == (tuple(map(date.fromisoformat, expected)) if expected else (None, None))
    assert [parse_text_date(text, words) for words in (DateWords(), DAY_FIRST, MONTHS)] == [None] * 3


def test_a_quarter_of_a_year_of_two_digits_is_read_where_the_order_of_dates_is_declared() -> None:
    assert parse_text_date("Q3 26", EVERYTHING) == date(2026, 9, 30)
    assert parse_text_date("26-Q3", AMERICAN) == date(2026, 12, 31)
    assert parse_text_date("FY26 Q3", AMERICAN) is None


@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("2026 Q3 - 2027 Q1", CALENDAR, "2026-07-01", "2027-03-31"),
        ("2026 Q3 \u2013 2027 Q1", FINANCIAL, "2026-10-01", "2027-06-30"),
        ("2026-Q3-2027-Q1", CALENDAR, "2026-07-01", "2027-03-31"),
        ("2026Q3 to 2027Q1", CALENDAR, "2026-07-01", "2027-03-31"),
        ("Q3 - Q4 2026", CALENDAR, "2026-07-01", "2026-12-31"),
        ("Q3-Q4 2026", CALENDAR, "2026-07-01", "2026-12-31"),
        ("Q3 to Q4 2025/26", FINANCIAL, "2025-10-01", "2026-03-31"),
        ("Q3 - Q3 2026", CALENDAR, "2026-07-01", "2026-09-30"),
        ("March to May 2026", MONTHS, "2026-03-01", "2026-05-31"),
        ("Mar-May 2026", MONTHS, "2026-03-01", "2026-05-31"),
        ("March 2026 - May 2027", MONTHS, "2026-03-01", "2027-05-31"),
        ("03/2026 - 05/2026", MONTHS, "2026-03-01", "2026-05-31"),
        ("Mar-26 - May-26", EVERYTHING, "2026-03-01", "2026-05-31"),
        ("March-May 26", EVERYTHING, "2026-03-01", "2026-05-31"),
        ("October 2026 to Q1 2027", EVERYTHING, "2026-10-01", "2027-03-31"),
    ],
)
def test_a_range_is_read_as_its_end_or_its_beginning(text: str, words: DateWords, first: str, last: str) -> None:
    assert parse_text_date(text, words) == date.fromisoformat(last)
    assert parse_text_date(text, words, first=True) == date.fromisoformat(first)
    assert parse_text_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "45000",
        "46204.5",
        "2026",
        "2025/26",
        "2025-26",
        "July",
        "2010-11",
        "2011/12",
        "3.2026",
        "00/2026",
        "13/2026",
        "2026-13",
        "May 2026 - March 2026",
        "Q4 - Q1 2026",
        "2027 Q1 - 2026 Q3",
        "March - Q4 2026",
        "Q1 - May 2026",
        "Mar-07-2026",
        "Mar-2026-05",
        "May - 3 August 2026",
        "1 July 2026 - 3 August 2026",
        "Q3 2026 - Q4 2026 - Q1 2027",
        "Q3 2026 - later",
        "later - Q3 2026",
        "- Q3 2026",
        "Q3 2026 -",
        "end of March 2026",
        "Summer 2026",
        "TBC",
        "Q3 2026 " * 20,
        "\u0661/\u0661/2026",
        "9999-12-31",
        "03/2",
    ],
)
def test_what_is_in_doubt_stays_unread_even_where_everything_is_declared(text: str) -> None:
    for words in DECLARATIONS:
        assert parse_text_date(text, words) is None
        assert parse_text_date(text, words, first=True) is None


def test_the_year_before_december_is_not_mistaken_for_a_financial_one() -> None:
    assert parse_text_date("2010-12", MONTHS) == date(2010, 12, 31)
    assert parse_text_date("2012-01", MONTHS) == date(2012, 1, 31)


def test_a_text_of_more_than_64_characters_is_no_date() -> None:
    noughts = "0" * (64 - len("2026-07-01 00:00:00."))
    assert parse_text_date(f"2026-07-01 00:00:00.{noughts}") == FIRST_OF_JULY
    assert parse_text_date(f"2026-07-01 00:00:00.{noughts}0") is None


def test_the_first_and_the_last_day_are_those_that_a_date_column_can_hold() -> None:
    assert parse_text_date("1 January 1900") == date(1900, 1, 1)
    assert parse_text_date("31 December 8900") == date(8900, 12, 31)
    assert parse_text_date("31 December 1899") is None
    assert parse_text_date("1 January 8901") is None
