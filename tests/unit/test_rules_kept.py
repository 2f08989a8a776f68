"""The rules that are kept with a frozen report are the rules: of the sample, and of every policy there is."""

import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config import samples
from config.portfolio import load_portfolio
from config.rules import Rules, rules_from_json, rules_to_json
from sync.core.model import Band, Kind, Overdue, WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode
from sync.core.policy import (
    Acceptance,
    Board,
    Calendar,
    DateWords,
    DayOrder,
    FieldMapping,
    GuardPolicy,
    HoldPolicy,
    IdentityPolicy,
    Labels,
    NonWorkingDay,
    OverduePolicy,
    Policies,
    PrecedencePolicy,
    Quarters,
    RegisterPolicy,
    ReportPolicy,
    ReviewPolicy,
    RollupPolicy,
    Rung,
    SourceMapping,
    WritePolicy,
)
from sync.core.risk import DEFAULT_MATRIX
from sync.engine.targets import Portfolio, Source
from sync.errors import ConfigurationError
from tests.support.engine_world import council

OTHERS: dict[str, Any] = {
    "overdue": OverduePolicy(due_soon_days=3, late_days=9, due_on_non_working_day=NonWorkingDay.NEXT),
    "hold": HoldPolicy(max_days=30),
    "rollup": RollupPolicy(thresholds={WorkStatus.OFF_TRACK: 20}),
    "labels": Labels(status={WorkStatus.AT_RISK: "Gefährdet"}, overdue={Overdue.OVERDUE: "Late"}),
    "matrices": {"ours": (replace(DEFAULT_MATRIX, name="ours"), replace(DEFAULT_MATRIX, name="ours", version="2"))},
    "appetite": {"Money": Band.LOW},
    "review": ReviewPolicy(months={Band.HIGH: 2}),
    "registers": {"tda": RegisterPolicy(title="TDA", kept_by="Technical Design Authority", months=2)},
    "boards": {"ICT Board": Board(meets=(date(2026, 6, 24), date(2026, 7, 22)), papers_due_days=3)},
    "ladder": (
        Rung(
            name="board",
            board="ICT Board",
            accepts=(Acceptance(source=("tda",), band=Band.HIGH, cannot_mitigate=True, above_appetite=True),),
        ),
    ),
    "precedence": {Kind.PROJECT: PrecedencePolicy(sources=("a", "b"), fields={"budget": ("b", "a")})},
    "identity": IdentityPolicy(place={Kind.PROJECT: "department"}),
    "reports": ReportPolicy(reference="DSU/1", marking="OFFICIAL-SENSITIVE", public_titles=("a",), stale_days=14),
    "guards": GuardPolicy(minimum=3),
}
MAPPING = SourceMapping(
    name="a",
    kind=Kind.RISK,
    key="Ref",
    fields={
        "title": FieldMapping(column=("Title", "Name")),
        "status": FieldMapping(column=("Status",), values={"open": ("Live", "Still*")}, refers_to=("b",)),
    },
    constants={"theme": "Places"},
    where={"Archived": ("No", "")},
    groups={"ward": ("Ward", "Old ward")},
    register="tda",
    matrix="ours",
    dates=DateWords(order=DayOrder.DAY_FIRST, quarters=Quarters.FINANCIAL, months=True),
    restricted=True,
    write=WritePolicy(
        mode=WriteMode.VERSIONED,
        adopt=True,
        drift={OwnedField.STATUS: DriftPolicy.ASK},
        columns={OwnedField.ESCALATE_TO: "PSEscalateTo", OwnedField.NEXT_REVIEW: "PSNextReview"},
    ),
)


@pytest.fixture
def portfolio(tmp_path: Path) -> Portfolio:
    with council(tmp_path) as lists:
        return lists.context.portfolio


def again(portfolio: Portfolio) -> Rules:
    return rules_from_json(json.loads(json.dumps(rules_to_json(portfolio), allow_nan=False)))


def mapping_of(source: Source) -> SourceMapping:
    return SourceMapping(**{each.name: getattr(source, each.name) for each in fields(SourceMapping)})


def test_the_rules_of_the_sample_come_back_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "portfolio.yaml"
    text = samples.portfolio_text("digital-strategy", base_url="http://127.0.0.1:1", portfolio_name="Sample")
    file.write_text(text, encoding="utf-8")
    loaded = load_portfolio(file)
    found = again(loaded)
    assert found.policies == loaded.policies
    assert found.calendar == loaded.calendar
    assert (found.name, found.time_zone) == (loaded.name, loaded.time_zone)
    assert found.sources == {name: mapping_of(source) for name, source in loaded.sources.items()}


def test_every_policy_is_among_those_that_are_tried() -> None:
    assert set(OTHERS) == {each.name for each in fields(Policies)}


@pytest.mark.parametrize("name", OTHERS)
def test_every_policy_comes_back_as_it_is(portfolio: Portfolio, name: str) -> None:
    changed = replace(Policies(), **{name: OTHERS[name]})
    assert changed != Policies()
    assert again(replace(portfolio, policies=changed)).policies == changed


def test_every_setting_of_a_source_comes_back_and_no_address_does(portfolio: Portfolio) -> None:
    plain = SourceMapping(name="x", kind=Kind.PROJECT)
    same = [each.name for each in fields(SourceMapping) if getattr(plain, each.name) == getattr(MAPPING, each.name)]
    assert same == [], "every setting is tried"
    source = replace(
        portfolio.sources["risks"], **{each.name: getattr(MAPPING, each.name) for each in fields(SourceMapping)}
    )
    changed = replace(portfolio, sources={"a": source})
    assert again(changed).sources == {"a": MAPPING}
    written = json.dumps(rules_to_json(changed))
    assert source.site not in written
    assert next(iter(portfolio.connections.values())).host not in written


def test_closed_days_come_back_in_any_order(portfolio: Portfolio) -> None:
    closed = Calendar(frozenset({date(2026, 12, 25), date(2026, 5, 4)}))
    changed = replace(portfolio, calendar=closed)
    assert again(changed).calendar == closed
    assert rules_to_json(changed)["closed"] == ["2026-05-04", "2026-12-25"]


@pytest.mark.parametrize("broken", [{}, {"policies": 3}, {"policies": {"ladder": [{"name": 1}]}}])
def test_rules_that_cannot_be_read_any_more_are_told_in_a_sentence(portfolio: Portfolio, broken: Any) -> None:
    written = rules_to_json(portfolio) | broken
    if not broken:
        del written["name"]
    with pytest.raises(ConfigurationError, match="cannot be read by this release") as error:
        rules_from_json(written)
    assert "the release that froze it" in error.value.advice
