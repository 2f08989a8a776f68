"""Small portfolios held against the rules about contradictions, with what holds for every finding of theirs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sync.core.contradictions import contradictions
from sync.core.findings import REPORT_ONLY, Finding, FindingKind
from sync.core.history import History
from sync.core.model import Kind
from sync.core.policy import Policies
from sync.core.snapshot import RecordId
from sync.core.status import assess
from tests.support.portfolios import OPEN_CALENDAR, TODAY, Portfolio


def found(
    portfolio: Portfolio,
    policies: Policies | None = None,
    *,
    unread: Iterable[str] = (),
    today: date = TODAY,
    histories: Mapping[RecordId, History] | None = None,
) -> tuple[Finding, ...]:
    matched, rules = portfolio.matched(unread), policies or Policies()
    assessments = assess(matched, rules, OPEN_CALENDAR, today, histories)
    told = contradictions(matched, assessments, rules, today, histories or {})
    assert list(told) == sorted(set(told))
    for each in told:
        assert each.text.endswith(".")
        assert bool(each.mend) == (each.kind not in REPORT_ONLY), each
        if each.mend and not each.key.startswith("item "):
            assert each.text == f"{each.key}: {each.mend}."
    return told


def said(portfolio: Portfolio, kind: FindingKind, policies: Policies | None = None, **more: Any) -> list[str]:
    return [each.text for each in found(portfolio, policies, **more) if each.kind is kind]


def of(kind: Kind, *, unmapped: Iterable[str] = (), restricted: bool = False, **values: Any) -> Portfolio:
    """One record of an unusual list."""
    portfolio = Portfolio()
    portfolio.source(kind.value, kind, unmapped=tuple(unmapped), restricted=restricted)
    portfolio.add(kind, values.pop("key", "X-1"), **values)
    return portfolio


def with_text_date(portfolio: Portfolio) -> Portfolio:
    """The same with a date in every row that could not be read."""
    problem = Finding("any", 1, FindingKind.TEXT_DATE, "X-1", "X-1: Done is text; not a date.", "Done is text")
    portfolio.records = [replace(each, problems=(problem,)) for each in portfolio.records]
    return portfolio
