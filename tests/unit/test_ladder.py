"""A record climbs from its register, rung by rung, as far as the conditions of each rung let it."""

from dataclasses import replace
from typing import Any

import pytest

from sync.core.ladder import Climb, Escalation, escalation_of
from sync.core.model import Band, Kind, Nature, RiskStatus
from sync.core.policy import Acceptance, Policies, RegisterPolicy, Rung
from tests.support.ladders import HAS_NO_FLAG, climbed
from tests.support.lists import record

HIGH = Acceptance(source=("team",), band=Band.HIGH)
UP = Acceptance(source=("Panel",), band=Band.VERY_HIGH)
STUCK = Acceptance(source=("Panel",), cannot_mitigate=True)
PANEL = Rung(name="Panel", board="Risk Panel", accepts=(HIGH,))
COMMITTEE = Rung(name="Committee", board="Audit Committee", accepts=(UP, STUCK))
POLICIES = Policies(
    registers={"team": RegisterPolicy(title="Team register", kept_by="Team leads"), "lone": RegisterPolicy()},
    ladder=(PANEL, COMMITTEE),
)


def ladder(*rungs: Rung) -> Policies:
    return replace(POLICIES, ladder=rungs)


def only(**conditions: Any) -> Policies:
    """One rung that takes from the register `team` under those conditions."""
    return ladder(Rung(name="Panel", board="Risk Panel", accepts=(Acceptance(source=("team",), **conditions),)))


def test_each_step_tells_where_it_comes_from_and_what_let_it_through() -> None:
    assert climbed(POLICIES, "team", Band.VERY_HIGH) == Escalation(
        steps=(
            Climb(rung="Panel", board="Risk Panel", source="team", because=HIGH),
            Climb(rung="Committee", board="Audit Committee", source="Panel", because=UP),
        )
    )


def test_the_recommended_rung_is_the_last_one_reached() -> None:
    reached = climbed(POLICIES, "team", Band.VERY_HIGH)
    assert (reached.rung, reached.board) == ("Committee", "Audit Committee")
    stays = climbed(POLICIES, "team", Band.LOW)
    assert (stays.rung, stays.board, stays.steps) == (None, None, ())


@pytest.mark.parametrize(
    ("asked", "reached_by"),
    [
        (Band.LOW, {Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH}),
        (Band.MEDIUM, {Band.MEDIUM, Band.HIGH, Band.VERY_HIGH}),
        (Band.HIGH, {Band.HIGH, Band.VERY_HIGH}),
        (Band.VERY_HIGH, {Band.VERY_HIGH}),
        (Band.NOT_ASSESSED, set()),
        (None, set(Band)),
    ],
)
def test_a_band_asks_for_that_severity_at_least_and_what_is_not_assessed_has_none(
    asked: Band | None, reached_by: set[Band]
) -> None:
    assert {band for band in Band if climbed(only(band=asked), "team", band).rung} == reached_by


@pytest.mark.parametrize("appetite", [False, True])
@pytest.mark.parametrize("tolerance", [False, True])
@pytest.mark.parametrize("stuck", [False, True])
@pytest.mark.parametrize("band", [Band.MEDIUM, Band.HIGH])
def test_all_conditions_of_one_acceptance_must_hold(appetite: bool, tolerance: bool, stuck: bool, band: Band) -> None:
    policies = only(band=Band.HIGH, cannot_mitigate=True, above_appetite=True, tolerance_expired=True)
    found = climbed(policies, "team", band, above_appetite=appetite, tolerance_expired=tolerance, cannot_mitigate=stuck)
    assert (found.rung is not None) is (appetite and tolerance and stuck and band is Band.HIGH)


@pytest.mark.parametrize("fact", ["above_appetite", "tolerance_expired", "cannot_mitigate"])
def test_a_condition_by_itself_lets_through_what_meets_it_and_nothing_else(fact: str) -> None:
    assert climbed(only(**{fact: True}), "team", Band.VERY_HIGH).rung is None
    assert climbed(only(**{fact: True}), "team", **{fact: True}).rung == "Panel"


def test_any_one_acceptance_of_a_rung_is_enough_and_the_first_that_holds_is_told() -> None:
    assert climbed(POLICIES, "team", Band.HIGH, cannot_mitigate=True, judged_by="Risk Panel").steps[-1].because == STUCK
    both = climbed(POLICIES, "team", Band.VERY_HIGH, cannot_mitigate=True, judged_by="Risk Panel")
    assert both.steps[-1].because == UP


@pytest.mark.parametrize(
    ("flag", "judged_by", "at_register", "at_rung"),
    [
        (True, None, True, False),
        (True, " ; ", True, False),
        (True, "Team leads", True, False),
        (True, "  team   LEADS ", True, False),
        (True, "Risk Panel", False, True),
        (True, "panel", False, True),
        (True, "Team leads; Risk Panel", True, True),
        (True, "Risk Panel ;; Team leads;", True, True),
        (True, "Finance", False, False),
        (True, "Team leads, Risk Panel", False, False),
        (False, "Team leads; Risk Panel", False, False),
        (None, "Team leads; Risk Panel", False, False),
        (None, None, False, False),
        (HAS_NO_FLAG, "Team leads", True, False),
        (HAS_NO_FLAG, "Risk Panel", False, True),
        (HAS_NO_FLAG, "Finance", False, False),
        (HAS_NO_FLAG, None, False, False),
    ],
)
def test_the_judgement_of_one_body_counts_where_that_body_keeps_it(
    flag: Any, judged_by: str | None, at_register: bool, at_rung: bool
) -> None:
    said = {"cannot_mitigate": flag, "judged_by": judged_by}
    assert (climbed(only(cannot_mitigate=True), "team", **said).rung is not None) is at_register
    assert (climbed(POLICIES, "team", Band.HIGH, **said).rung == "Committee") is at_rung


def test_one_judgement_does_not_carry_a_risk_two_rungs_up() -> None:
    def stuck(place: str) -> tuple[Acceptance, ...]:
        return (Acceptance(source=(place,), cannot_mitigate=True),)

    policies = ladder(
        Rung(name="one", board="First board", accepts=stuck("team")),
        Rung(name="two", board="Second board", accepts=stuck("one")),
        Rung(name="three", board="Third board", accepts=stuck("two")),
    )
    bodies = ["Team leads", "First board", "Second board"]
    reached = [
        climbed(policies, "team", cannot_mitigate=True, judged_by="; ".join(bodies[:count])).rung for count in (1, 2, 3)
    ]
    assert reached == ["one", "two", "three"]
    assert climbed(policies, "team", cannot_mitigate=True, judged_by="First board; Second board").rung is None
    assert climbed(policies, "team", cannot_mitigate=True, judged_by="Team leads; Second board").rung == "one"


@pytest.mark.parametrize(("judge", "counts"), [("lone", True), ("Lone ", True), ("Team leads", False)])
def test_a_register_without_a_keeper_is_kept_by_whoever_goes_by_its_name(judge: str, counts: bool) -> None:
    accepts = (Acceptance(source=("lone", "named"), cannot_mitigate=True),)
    policies = ladder(Rung(name="Panel", board="Risk Panel", accepts=accepts))
    assert (climbed(policies, "lone", cannot_mitigate=True, judged_by=judge).rung is not None) is counts
    titled = replace(policies, registers={"named": RegisterPolicy(title="Lone")})
    assert (climbed(titled, "named", cannot_mitigate=True, judged_by=judge).rung is not None) is counts


def test_names_of_registers_and_rungs_are_compared_without_regard_to_case_and_space() -> None:
    assert climbed(POLICIES, " TEAM ", Band.VERY_HIGH).rung == "Committee"
    shouting = ladder(PANEL, replace(COMMITTEE, accepts=(replace(UP, source=("PANEL ",)),)))
    assert climbed(shouting, "team", Band.VERY_HIGH).rung == "Committee"
    assert climbed(POLICIES, "TEAM", Band.HIGH, rung="team leads").declared == "Team leads"


def test_a_source_without_a_register_is_one_under_its_own_name() -> None:
    policies = ladder(Rung(name="Panel", board="Risk Panel", accepts=(Acceptance(source=("risks",)),)))
    assert climbed(policies, None).rung == "Panel"
    assert climbed(policies, "team").rung is None


def test_nothing_climbs_from_a_register_that_no_rung_takes_from() -> None:
    assert climbed(POLICIES, "lone", Band.VERY_HIGH).rung is None
    assert climbed(POLICIES, "unheard of", Band.VERY_HIGH).rung is None


def test_at_a_fork_the_first_rung_of_the_ladder_takes_it() -> None:
    other = replace(PANEL, name="Other", board="Other board")
    assert [step.rung for step in climbed(ladder(PANEL, other), "team", Band.HIGH).steps] == ["Panel"]
    assert [step.rung for step in climbed(ladder(other, PANEL), "team", Band.HIGH).steps] == ["Other"]


def test_a_fork_is_taken_by_the_next_rung_where_the_first_does_not_take_it() -> None:
    strict = replace(PANEL, name="Strict", accepts=(replace(HIGH, band=Band.VERY_HIGH),))
    assert climbed(ladder(strict, PANEL), "team", Band.HIGH).rung == "Panel"


def test_a_ladder_that_loops_reaches_each_rung_once() -> None:
    there = Rung(name="there", board="B", accepts=(Acceptance(source=("team", "back", "there")),))
    back = Rung(name="back", board="C", accepts=(Acceptance(source=("there",)),))
    assert [step.rung for step in climbed(ladder(there, back), "team").steps] == ["there", "back"]


@pytest.mark.parametrize(
    ("kind", "fields", "climbs"),
    [
        (Kind.RISK, {}, True),
        (Kind.RISK, {"status": RiskStatus.OPEN, "nature": Nature.THREAT}, True),
        (Kind.RISK, {"status": RiskStatus.PROPOSED}, True),
        (Kind.RISK, {"status": RiskStatus.MATERIALISED}, True),
        (Kind.RISK, {"status": RiskStatus.UNKNOWN}, True),
        (Kind.RISK, {"status": RiskStatus.CLOSED}, False),
        (Kind.RISK, {"nature": Nature.OPPORTUNITY}, False),
        (Kind.ISSUE, {"severity": Band.HIGH}, True),
        (Kind.ISSUE, {"severity": Band.MEDIUM}, False),
        (Kind.ISSUE, {"severity": None}, False),
        (Kind.ISSUE, {"severity": Band.HIGH, "status": RiskStatus.CLOSED}, False),
    ],
)
def test_open_threats_climb_by_their_band_and_open_issues_by_their_severity(
    kind: Kind, fields: dict[str, Any], climbs: bool
) -> None:
    assert (climbed(POLICIES, "team", Band.HIGH, kind=kind, **fields).rung == "Panel") is climbs


def test_a_restricted_record_climbs_like_any_other() -> None:
    for band in Band:
        assert climbed(POLICIES, "team", band, restricted=True) == climbed(POLICIES, "team", band)


@pytest.mark.parametrize(
    ("band", "said", "declared", "differs", "unknown"),
    [
        (Band.HIGH, None, None, False, None),
        (Band.HIGH, "  ", None, False, None),
        (Band.HIGH, "Panel", "Panel", False, None),
        (Band.HIGH, "risk  panel", "Panel", False, None),
        (Band.HIGH, "Audit Committee", "Committee", True, None),
        (Band.HIGH, "Team leads", "Team leads", True, None),
        (Band.HIGH, "team", "Team leads", True, None),
        (Band.HIGH, "Team Register", "Team leads", True, None),
        (Band.HIGH, "not escalated", "Team leads", True, None),
        (Band.HIGH, "Cabinet", None, False, "Cabinet"),
        (Band.LOW, "Team leads", "Team leads", False, None),
        (Band.LOW, "None", "Team leads", False, None),
        (Band.LOW, "Panel", "Panel", True, None),
        (Band.VERY_HIGH, "Panel", "Panel", True, None),
    ],
)
def test_the_declared_rung_is_staffs_and_a_difference_is_told(
    band: Band, said: str | None, declared: str | None, differs: bool, unknown: str | None
) -> None:
    found = climbed(POLICIES, "team", band, rung=said)
    assert (found.declared, found.differs, found.unknown_rung) == (declared, differs, unknown)


@pytest.mark.parametrize("fields", [{"status": RiskStatus.CLOSED}, {"nature": Nature.OPPORTUNITY}])
def test_what_does_not_climb_differs_from_nothing(fields: dict[str, Any]) -> None:
    found = climbed(POLICIES, "team", Band.VERY_HIGH, rung="Panel", judged_by="Finance", **fields)
    assert found == Escalation(declared="Panel")
    assert climbed(POLICIES, "team", Band.VERY_HIGH, rung="Cabinet", **fields) == Escalation()


def test_a_board_that_sits_at_two_rungs_is_taken_for_the_recommended_one() -> None:
    twice = replace(COMMITTEE, board="Risk Panel")
    policies = ladder(PANEL, twice)
    assert climbed(policies, "team", Band.HIGH, rung="Risk Panel").declared == "Panel"
    assert climbed(policies, "team", Band.VERY_HIGH, rung="Risk Panel").declared == "Committee"
    assert climbed(policies, "team", Band.LOW, rung="Risk Panel").declared == "Panel"


def test_a_board_that_keeps_the_register_itself_is_taken_for_the_recommended_place() -> None:
    policies = replace(POLICIES, registers={"team": RegisterPolicy(kept_by="Risk Panel")})
    for band, declared in ((Band.LOW, "Risk Panel"), (Band.HIGH, "Panel")):
        found = climbed(policies, "team", band, rung="Risk Panel")
        assert (found.declared, found.differs) == (declared, False)


def test_without_a_ladder_nothing_is_said_of_anything() -> None:
    said = climbed(ladder(), "team", Band.VERY_HIGH, rung="Panel", cannot_mitigate=True, judged_by="Finance")
    assert said == Escalation()


@pytest.mark.parametrize("kind", [Kind.PROJECT, Kind.MILESTONE, Kind.ACTION])
def test_nothing_but_risks_and_issues_climbs(kind: Kind) -> None:
    found = escalation_of(
        record(kind=kind),
        None,
        Band.VERY_HIGH,
        only(),
        above_appetite=True,
        tolerance_expired=True,
        has_flag=True,
    )
    assert found == Escalation()


@pytest.mark.parametrize(
    ("flag", "judged_by", "unknown"),
    [
        (True, "Zoo; team leads; Finance; Finance", ("Finance", "Zoo")),
        (True, "Risk Panel; Committee; audit committee; lone", ()),
        (True, None, ()),
        (False, "Finance", ()),
        (HAS_NO_FLAG, "Finance", ("Finance",)),
    ],
)
def test_a_judge_that_keeps_nothing_on_the_ladder_is_told(
    flag: Any, judged_by: str | None, unknown: tuple[str, ...]
) -> None:
    assert climbed(POLICIES, "team", cannot_mitigate=flag, judged_by=judged_by).unknown_judges == unknown


def test_judges_do_not_matter_to_a_ladder_that_never_asks_for_them() -> None:
    assert climbed(ladder(PANEL), "team", cannot_mitigate=True, judged_by="Finance").unknown_judges == ()
