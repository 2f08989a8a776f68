"""What the portfolio file says of text dates and of reviews is taken over, or refused where it makes no sense."""

from pathlib import Path

import pytest

from config.checks import REVIEW_MONTHS_BOUNDS
from config.portfolio import load_portfolio
from sync.core.model import Band
from sync.core.policy import DateWords, DayOrder, Quarters, RegisterPolicy
from tests.support.portfolio_files import GOOD, edited, refused, write

MAPPED = "fields: {title: Title, status: Status, end: Target date}"
RISKS = "likelihood: L\n"


def with_dates(said: str) -> str:
    return edited((MAPPED, f"dates: {said}\n    {MAPPED}"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{order: day_first}", DateWords(order=DayOrder.DAY_FIRST)),
        (
            "{order: month_first, quarters: calendar}",
            DateWords(order=DayOrder.MONTH_FIRST, quarters=Quarters.CALENDAR),
        ),
        ("{quarters: financial, months: yes}", DateWords(quarters=Quarters.FINANCIAL, months=True)),
        ("{order: , months: no}", DateWords()),
        ("", DateWords()),
    ],
)
def test_what_text_dates_mean_is_declared_list_by_list(tmp_path: Path, said: str, words: DateWords) -> None:
    sources = load_portfolio(write(tmp_path, with_dates(said))).sources
    assert sources["projects"].dates == words
    assert sources["risks"].dates == DateWords()


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("{order: dayfirst}", "line 13: 'dayfirst' is not a value of 'order'; did you mean 'day_first'?"),
        ("{quarters: fiscal}", "line 13: 'fiscal' is not a value of 'quarters'; did you mean 'financial'?"),
        ("{months: perhaps}", "line 13: 'months' must be yes or no, not 'perhaps'."),
        ("{quarter: calendar}", "line 13: 'quarter' is not a key of 'dates'; did you mean 'quarters'?"),
    ],
)
def test_a_declaration_that_means_nothing_is_refused(tmp_path: Path, said: str, complaint: str) -> None:
    lines = refused(tmp_path, with_dates(said))
    assert any(complaint in line for line in lines), lines


def test_a_list_without_a_date_has_none_to_explain(tmp_path: Path) -> None:
    text = edited((RISKS, f"{RISKS}    dates: {{order: day_first}}\n"))
    assert refused(tmp_path, text) == [
        "portfolio.yaml, line 24: 'dates' says what text dates mean, but no date is mapped."
    ]
    mapped = text.replace(RISKS, f"{RISKS}      raised: Raised\n")
    assert load_portfolio(write(tmp_path, mapped)).sources["risks"].dates.order is DayOrder.DAY_FIRST


POLICIES = """\
policies:
  review: {months: {medium: 2, low: 12}}
  registers:
    project-registers: {title: ICT project registers, kept_by: Managers of ICT projects, months: 1}
    tda: {kept_by: Technical Design Authority}
"""


def test_cadences_are_read_by_band_and_by_register(tmp_path: Path) -> None:
    policies = load_portfolio(write(tmp_path, GOOD + POLICIES)).policies
    months = {band: policies.review.months_of(band) for band in Band}
    assert months == {Band.LOW: 12, Band.MEDIUM: 2, Band.HIGH: 1, Band.VERY_HIGH: 1, Band.NOT_ASSESSED: 1}
    assert policies.registers == {
        "project-registers": RegisterPolicy(
            title="ICT project registers", kept_by="Managers of ICT projects", months=1
        ),
        "tda": RegisterPolicy(kept_by="Technical Design Authority"),
    }


@pytest.mark.parametrize("months", REVIEW_MONTHS_BOUNDS)
def test_a_cadence_may_be_as_short_and_as_long_as_its_bounds(tmp_path: Path, months: int) -> None:
    text = POLICIES.replace("medium: 2", f"medium: {months}").replace("months: 1}", f"months: {months}}}")
    policies = load_portfolio(write(tmp_path, GOOD + text)).policies
    assert (policies.review.months_of(Band.MEDIUM), policies.registers["project-registers"].months) == (months, months)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("medium: 2", "medium: 0", "line 25: a review is due every 1 to 120 months, not every 0."),
        ("medium: 2", "medium: 121", "line 25: a review is due every 1 to 120 months, not every 121."),
        ("months: 1}", "months: 0}", "line 27: a review is due every 1 to 120 months, not every 0."),
        ("medium: 2", "urgent: 2", "line 25: 'urgent' is not a key of 'months'"),
        ("kept_by: Tech", "keeper: Tech", "line 28: 'keeper' is not a key of a register"),
        ("{months:", "{every:", "line 25: 'every' is not a key of 'policies.review'"),
    ],
)
def test_a_cadence_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    lines = refused(tmp_path, GOOD + POLICIES.replace(old, new))
    assert any(complaint in line for line in lines), lines
