"""A view that is made from what was kept is the view of the moment itself, figure by figure."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sync.core.history import DateTrail, History, Raising
from sync.core.kept import figures_of, view_again
from sync.core.model import Band, Health, Kind, Nature, Person, Reference, RiskStatus, WorkStatus
from sync.core.policy import Acceptance, Policies, PrecedencePolicy, Rung
from sync.core.snapshot import Record
from sync.core.view import Item, SourceSeen, View
from tests.support.budget import SEED, by_size
from tests.support.keeping import Keeping, said, stood_in, without_words
from tests.support.portfolios import TODAY, Portfolio
from tests.support.random_portfolios import POLICIES, drawn, randomness

LADDER = (Rung(name="board", board="ICT Board", accepts=(Acceptance(source=("legal", "risk"), band=Band.HIGH),)),)
SECRET = "Payroll fraud inquiry"


def a_history(number: int, record: Record, **more: object) -> History:
    day = TODAY - timedelta(days=30)
    given = {"first_seen": day, "last_seen": TODAY, "since": day, **more}
    return History(number=number, id=record.id, source=record.source, kind=record.kind, **given)  # type: ignore[arg-type]


def everything() -> Keeping:
    """Two lists that tell of one project, of which one is believed; a restricted register; histories of all kinds."""
    made = Portfolio()
    made.source("projects", Kind.PROJECT)
    made.source("finance", Kind.PROJECT)
    made.source("legal", Kind.RISK, register="legal", restricted=True)
    ann, plain = Person("Ann Hughes", "ann@council.example"), Person("Bob")
    made.add(Kind.PROGRAMME, "PRG", title="Digital", owner=(ann,))
    first = made.add(
        Kind.PROJECT, "DS-01", "projects", title="Bins", theme="Places", department="Streets", programme="PRG",
        owner=(ann, plain), status=WorkStatus.ON_TRACK, health=Health.AMBER, end=date(2026, 6, 1), budget=1250.5,
        last_reported=date(2026, 6, 10),
    )  # fmt: skip
    made.add(Kind.PROJECT, "DS-01", "finance", title="Bins", budget=900.0, end=date(2026, 7, 1))
    made.milestone("Go live", original=date(2026, 5, 1), forecast=date(2026, 6, 20))
    risk = made.risk("R-1", title="Late", category="Money", raised=date(2026, 1, 5), status=RiskStatus.OPEN)
    secret = made.risk("L-1", source="legal", title=SECRET, cause="A tip", owner=(ann,), category="Money")
    made.add(Kind.ISSUE, "I-1", title="Broken", severity=Band.HIGH, project="DS-01", due=date(2026, 6, 2))
    made.action("A-1", parent="R-1", owner=(plain,), due=date(2026, 6, 3))
    made.action("A-2", parent="L-1", due=date(2026, 6, 3))
    raising = Raising(rung="board", board="ICT Board", on=date(2026, 6, 2), decide_by=date(2026, 6, 16))
    trail = DateTrail(first=date(2026, 4, 1), latest=date(2026, 6, 1), slips=2, moves=3)
    histories = {
        first.id: a_history(1, first, title="Bins", dates={"end": trail}),
        risk.id: a_history(2, risk, push_outs=2, raised=(raising,)),
        secret.id: a_history(3, secret, restricted=True, push_outs=1),
    }
    precedence = {Kind.PROJECT: PrecedencePolicy(sources=("projects", "finance"), fields={"budget": ("finance",)})}
    policies = Policies(ladder=LADDER, precedence=precedence, appetite={"Money": Band.LOW})
    return Keeping(made, policies=policies, histories=histories)


def item_of(view: View, ref: str) -> Item:
    [found] = [each for each in view.items if each.ref == ref]
    return found


def test_a_kept_portfolio_tells_what_the_live_one_told() -> None:
    keeping = everything()
    live, again = keeping.live(), view_again(keeping.kept())
    assert without_words(again) == without_words(live)
    assert again.rollup == live.rollup
    assert again.findings == live.findings
    project = item_of(again, "DS-01")
    assert (project.budget, project.slipped and project.slipped.slips, project.number) == (900.0, 2, 1)
    assert project.owners == item_of(live, "DS-01").owners
    assert [each.ref for each in again.items if each.kind is Kind.PROJECT] == ["DS-01"], "told of once"
    assert item_of(again, "R-1").raising is not None


def test_of_a_restricted_record_no_word_is_kept_and_every_figure_is() -> None:
    keeping = everything()
    header, parts = keeping.documents()
    assert SECRET not in str(header) + str(parts)
    [secret] = [each for each in view_again(keeping.kept()).items if each.source == "legal"]
    assert (secret.title, secret.owners, secret.category) == (None, (), "Money")
    assert (secret.band, secret.above_appetite, secret.push_outs) == (Band.VERY_HIGH, True, 1)
    assert secret.project == "DS-01"


def test_a_number_stands_in_for_what_only_restricted_records_say() -> None:
    """So that groups stay apart and what is wrong stays wrong, and no word is told."""
    portfolio = Portfolio()
    portfolio.source("secret", Kind.PROJECT, restricted=True)
    portfolio.project("DS-01", theme="Places")
    portfolio.project("DS-02", theme="Places")
    portfolio.add(Kind.PROJECT, "X-1", "secret", theme="Closing the pool", department="Leisure; Pool")
    portfolio.add(Kind.PROJECT, "X-1", "secret", theme="Selling the park")
    portfolio.risk("R-1", project="X-1")
    portfolio.risk("R-2", project="nowhere", confidential=True, rung="The mayor", judged_by="The mayor; nobody")
    portfolio.risk("R-3", project="DS-01", confidential=True)
    keeping = Keeping(portfolio, policies=Policies(ladder=LADDER))
    header, parts = keeping.documents()
    for word in ("pool", "park", "X-1", "nowhere", "mayor", "R-2"):
        assert word not in str(header | parts).casefold().replace("r-2", "R-2").replace("x-1", "X-1"), word
    live, again = keeping.live(), view_again(keeping.kept())
    assert again.rollup == live.rollup
    assert said(again.findings) == said(live.findings)
    assert {each.kind.value for each in again.findings} >= {"duplicate_key", "ambiguous_reference", "orphan"}


def test_no_name_is_in_what_is_kept_but_those_in_texts() -> None:
    header, parts = everything().documents()
    assert "Ann Hughes" not in str(header) + str(parts)
    assert "ann@council" not in str(header) + str(parts)


def test_a_list_that_was_not_read_is_not_read_later_either() -> None:
    keeping = replace(everything(), unread=frozenset({"risk"}))
    live, again = keeping.live(), view_again(keeping.kept())
    assert keeping.kept().unread == {"risk"}
    assert without_words(again) == without_words(live)
    assert "could not be read: risk" in again.rollup[0].coverage
    [seen] = [each for each in again.sources if each.name == "risk"]
    assert (seen.read, seen.problem) == ("failed", "It could not be read.")


def test_a_lookup_by_item_finds_its_record_again() -> None:
    portfolio = Portfolio()
    project = portfolio.project("DS-01", title="Bins", theme="Places")
    named = Reference("Bins", item_id=project.id.item_id, list_guid="project")
    risk = portfolio.risk("R-1", project=named)
    keeping = Keeping(portfolio)
    assert item_of(view_again(keeping.kept()), "R-1").project == "DS-01"
    assert keeping.judged().matched.parents[risk.id] == project


def test_the_figures_are_kept_as_they_were_told() -> None:
    keeping = everything()
    header, _ = keeping.documents()
    header["figures"][0]["direction"] = "worse"
    told = figures_of(header)
    live = [replace(row, projects=(), others=(), lasting_coverage="") for row in keeping.rollup()]
    assert told.rollup == (replace(live[0], direction="worse"), *live[1:])
    assert told.sources == keeping.sources
    assert all(isinstance(each, SourceSeen) for each in told.sources)


def test_what_a_later_release_counts_besides_is_left_out() -> None:
    header, _ = everything().documents()
    header["figures"][0]["new_figure"] = 7
    assert figures_of(header).rollup[0].total == 1


@pytest.mark.parametrize("share", range(4))
def test_any_portfolio_comes_out_of_what_was_kept_as_it_was(share: int) -> None:
    for place in range(share, by_size(60, 2_000), 4):
        found = drawn(randomness(f"{SEED}/kept/{place}"))
        keeping = Keeping(found.portfolio, unread=found.unread, policies=POLICIES)
        live, again = keeping.live(), view_again(keeping.kept())
        assert again.rollup == live.rollup, place
        told = tuple(map(stood_in, again.items, live.items))
        assert without_words(replace(again, items=told)).items == without_words(live).items, place
        assert said(again.findings) == said(live.findings), place


def test_an_opportunity_is_never_above_appetite() -> None:
    portfolio = Portfolio()
    portfolio.risk("R-1", category="Money", nature=Nature.OPPORTUNITY)
    portfolio.risk("R-2", category="Money", nature=Nature.THREAT)
    portfolio.risk("R-3", category="Money")
    view = Keeping(portfolio, policies=Policies(appetite={"Money": Band.LOW})).live()
    assert [each.above_appetite for each in view.items] == [False, True, True]
