"""Over random ladders, meetings and days: a climb is a chain that ends, and what was raised is told once each time."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.boards import last_meeting, meeting_for, next_meeting, papers_due
from sync.core.dates import is_working
from sync.core.ladder import Climb, Escalation
from sync.core.model import Band
from sync.core.policy import Acceptance, Board, Calendar, Policies, RegisterPolicy, Rung
from sync.core.raisings import advance_raisings, open_raising, repeats_of
from tests.support.ladders import HAS_NO_FLAG, climbed, preset_policies

START = date(2026, 12, 1)
PLACES = ("team", "lone", "one", "two", "three")
BODIES = ("Team leads", "lone", "First board", "Second board", "Cabinet")
BOARD_OF = {"one": "First board", "two": "Second board", "three": "First board"}
REGISTERS = {"team": RegisterPolicy(kept_by="Team leads"), "lone": RegisterPolicy()}
SEVERITIES = (Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH)
DAYS = st.integers(0, 60).map(lambda days: START + timedelta(days=days))
CALENDARS = st.builds(Calendar, st.frozensets(DAYS, max_size=10))
ACCEPTANCES = st.builds(
    Acceptance,
    source=st.lists(st.sampled_from(PLACES), min_size=1, max_size=3).map(tuple),
    band=st.none() | st.sampled_from(SEVERITIES),
    cannot_mitigate=st.booleans(),
    above_appetite=st.booleans(),
    tolerance_expired=st.booleans(),
)
LADDERS = st.permutations(["one", "two", "three"]).flatmap(
    lambda names: st.tuples(
        *(
            st.builds(Rung, name=st.just(name), board=st.just(BOARD_OF[name]), accepts=st.lists(ACCEPTANCES).map(tuple))
            for name in names
        )
    )
)
JUDGES = st.none() | st.lists(st.sampled_from(BODIES), max_size=4).map("; ".join)
FACTS = st.fixed_dictionaries(
    {
        "band": st.sampled_from(Band),
        "above_appetite": st.booleans(),
        "tolerance_expired": st.booleans(),
        "cannot_mitigate": st.sampled_from([True, False, None, HAS_NO_FLAG]),
        "judged_by": JUDGES,
    }
)


def keepers(place: str) -> set[str]:
    return {"team": {"Team leads"}, "lone": {"lone"}}.get(place, {BOARD_OF.get(place, ""), place})


def judges(register: str, flag: object, judged_by: str | None) -> set[str]:
    """Who has judged that it cannot be mitigated, by the table of `sync.core.ladder`."""
    named = {body for body in (judged_by or "").split("; ") if body}
    if flag is HAS_NO_FLAG:
        return named
    return (named or keepers(register)) if flag is True else set()


def lets_through(acceptance: Acceptance, place: str, facts: dict, judged: set[str]) -> bool:
    return all(
        (
            place in acceptance.source,
            acceptance.band is None
            or (facts["band"] in SEVERITIES and SEVERITIES.index(facts["band"]) >= SEVERITIES.index(acceptance.band)),
            not acceptance.cannot_mitigate or keepers(place) & judged,
            not acceptance.above_appetite or facts["above_appetite"],
            not acceptance.tolerance_expired or facts["tolerance_expired"],
        )
    )


@settings(deadline=None)
@given(LADDERS, FACTS, st.sampled_from(["team", "lone"]))
def test_a_climb_is_a_chain_that_goes_on_as_long_as_a_rung_takes_it_on(
    ladder: tuple[Rung, ...], facts: dict, register: str
) -> None:
    found = climbed(Policies(registers=REGISTERS, ladder=ladder), register, **facts)
    judged = judges(register, facts["cannot_mitigate"], facts["judged_by"])
    place, left = register, list(ladder)
    for step in found.steps:
        taking = [rung for rung in left if any(lets_through(each, place, facts, judged) for each in rung.accepts)]
        assert (step.rung, step.board, step.source) == (taking[0].name, taking[0].board, place)
        assert step.because in taking[0].accepts
        assert lets_through(step.because, place, facts, judged)
        left.remove(taking[0])
        place = step.rung
    assert not any(lets_through(each, place, facts, judged) for rung in left for each in rung.accepts)


@settings(deadline=None)
@given(LADDERS, FACTS, st.randoms(use_true_random=False))
def test_the_order_in_which_names_are_written_does_not_matter(
    ladder: tuple[Rung, ...], facts: dict, random: Random
) -> None:
    def mixed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(random.sample(names, len(names)))

    shuffled = tuple(
        replace(rung, accepts=tuple(replace(each, source=mixed(each.source)) for each in rung.accepts))
        for rung in ladder
    )
    bodies = facts["judged_by"] and "; ".join(mixed(tuple(facts["judged_by"].split("; "))))
    here = climbed(Policies(registers=REGISTERS, ladder=ladder), "team", **facts)
    registers = dict(reversed(REGISTERS.items()))
    there = climbed(Policies(registers=registers, ladder=shuffled), "team", **{**facts, "judged_by": bodies})
    assert [step.rung for step in here.steps] == [step.rung for step in there.steps]
    assert here.unknown_judges == there.unknown_judges


@settings(deadline=None)
@given(st.sampled_from(["colchester", "cheshire-east"]), st.data())
def test_on_the_presets_nothing_worse_and_no_further_judgement_lowers_a_record(name: str, data: st.DataObject) -> None:
    policies = preset_policies(name)
    register = data.draw(st.sampled_from(sorted(policies.registers)))
    known = [each.kept_by for each in policies.registers.values()] + [rung.board for rung in policies.ladder]
    bodies = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))
    fewer = bodies[: data.draw(st.integers(0, len(bodies)))]

    def steps(band: Band, judged: list[str | None]) -> int:
        said = "; ".join(filter(None, judged))
        return len(climbed(policies, register, band, cannot_mitigate=bool(judged), judged_by=said).steps)

    for better, worse in pairwise((Band.NOT_ASSESSED, *SEVERITIES)):
        assert steps(better, bodies) <= steps(worse, bodies)
        assert steps(worse, fewer) <= steps(worse, bodies)


BOARDS = st.builds(Board, meets=st.lists(DAYS, max_size=6).map(tuple), papers_due_days=st.integers(0, 8))


@settings(deadline=None)
@given(BOARDS, DAYS, CALENDARS)
def test_what_is_raised_goes_to_the_first_meeting_that_still_takes_papers(
    board: Board, raised: date, calendar: Calendar
) -> None:
    found = meeting_for(board, raised, calendar)
    in_time = [day for day in board.meets if papers_due(day, board, calendar) >= raised]
    assert found == (sorted(in_time)[0] if in_time else None)
    later = meeting_for(board, raised + timedelta(days=1), calendar)
    assert later is None or (found is not None and found <= later)
    assert found is None or (next_meeting(board, raised) or date.max) <= found
    around = (last_meeting(board, raised), next_meeting(board, raised))
    assert [day for day in set(board.meets) if around[0] and around[1] and around[0] < day < around[1]] == []


@settings(deadline=None)
@given(BOARDS, DAYS, CALENDARS)
def test_between_the_day_for_papers_and_the_meeting_lie_that_many_working_days(
    board: Board, meeting: date, calendar: Calendar
) -> None:
    due = papers_due(meeting, board, calendar)
    between = [due + timedelta(days=days) for days in range((meeting - due).days)]
    assert sum(is_working(day, calendar) for day in between) == board.papers_due_days


RUNGS = ("one", "two", "three")
POLICIES = st.builds(
    lambda board: Policies(
        boards={"First board": board},
        ladder=(
            Rung(name="one", board="First board"),
            Rung(name="two", board="Second board", decide_within_days=5),
            Rung(name="three", board="Nobody"),
        ),
    ),
    BOARDS,
)
HEIGHTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=25)
"""How many rungs a record reaches in each run, and how many days pass before it."""


def at(height: int) -> Escalation:
    because = Acceptance(source=("team",))
    return Escalation(
        steps=tuple(Climb(rung=rung, board=rung, source="team", because=because) for rung in RUNGS[:height])
    )


@settings(deadline=None)
@given(POLICIES, CALENDARS, HEIGHTS)
def test_a_rung_is_raised_once_each_time_it_is_reached(
    policies: Policies, calendar: Calendar, runs: list[tuple[int, int]]
) -> None:
    today, raised, told = START, (), []
    for height, days in runs:
        today += timedelta(days=days)
        raised = advance_raisings(raised, at(height), today, policies, calendar)
        told.append((today, height))
        assert advance_raisings(raised, at(height), today, policies, calendar) == raised
        assert [each.rung for each in raised if each.ended is None] != [] or height == 0
        assert {each.rung for each in raised if each.ended is None} == set(RUNGS[:height])
        assert raised == tuple(sorted(raised, key=lambda each: (each.on, RUNGS.index(each.rung))))
    nightly = [list(group)[-1] for _, group in groupby(told, key=lambda run: run[0])]
    for place, rung in enumerate(RUNGS):
        heights = [(START, 0), *nightly]
        risen = [later[0] for before, later in pairwise(heights) if before[1] <= place < later[1]]
        fallen = [later[0] for before, later in pairwise(heights) if later[1] <= place < before[1]]
        assert [each.on for each in raised if each.rung == rung] == risen
        assert [each.ended for each in raised if each.rung == rung and each.ended] == fallen
        assert repeats_of(raised, rung) == max(len(risen) - 1, 0)
        assert (open_raising(raised, rung) is None) is (len(risen) == len(fallen))


@settings(deadline=None)
@given(POLICIES, POLICIES, CALENDARS, HEIGHTS, st.integers(0, 3), st.integers(0, 3))
def test_of_two_runs_on_one_day_the_last_one_counts_whatever_the_first_said(
    before: Policies, now: Policies, calendar: Calendar, runs: list[tuple[int, int]], first: int, last: int
) -> None:
    today, raised = START, ()
    for height, days in runs:
        today += timedelta(days=days)
        raised = advance_raisings(raised, at(height), today, before, calendar)
    today += timedelta(days=1)
    twice = advance_raisings(advance_raisings(raised, at(first), today, now, calendar), at(last), today, now, calendar)
    assert twice == advance_raisings(raised, at(last), today, now, calendar)
