"""From readings and memories to a plan with everything that holds it: one night after another."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.columns import ColumnType
from sync.core.known import LastApplied
from sync.core.model import Kind, WorkStatus
from sync.core.ownership import OwnedField, WriteMode
from sync.core.plan import Guard
from sync.core.policy import FieldMapping, GuardPolicy, Labels, OverduePolicy, Policies, WritePolicy
from sync.engine.state import Remembered
from sync.errors import DefectError, UnreadableError
from tests.support.deciding import DUE, STATUS, World, columns, midnight, raised, source, the, world
from tests.support.lists import TODAY

TOMORROW = TODAY + timedelta(days=1)
GUARDS = [Guard.FIELD_FLIPPED, Guard.UNEXPLAINED_WRITES]


def settled(*sources: Any, **counts: int) -> World:
    """A world in which everything was written once."""
    made = world(*sources, **counts)
    made.night()
    assert raised(made.decide()) == []
    assert made.decide().plan.writes == ()
    return made


def surprises(made: World, today: date = TODAY, **terms: Any) -> list[Guard]:
    return [each.guard for each in made.decide(today, **terms).plan.refusals if each.guard in GUARDS]


def test_a_first_run_needs_approval_and_none_after_it() -> None:
    made = world(milestones=3)
    assert made.night() == [("milestones", Guard.FIRST_RUN), ("projects", Guard.FIRST_RUN)]
    assert made.night(TOMORROW) == []


def test_the_state_that_is_kept_says_what_was_approved_and_what_was_seen() -> None:
    made = world()
    decided = made.decide()
    approved, applied = decided.state("projects", "run-1"), decided.applied("projects", "run-1")
    assert (approved.source, approved.policy_digest, approved.run_id) == (
        "projects",
        decided.digests["projects"],
        "run-1",
    )
    assert approved.applied is None
    assert replace(applied, applied=None) == approved
    assert isinstance(applied.applied, LastApplied)
    assert (applied.applied.today, applied.applied.rows, applied.applied.zone) == (TODAY, 20, "Europe/London")
    assert (applied.applied.release, applied.applied.run_id) == ("1.0", "run-1")
    assert applied.applied.columns["Due"].type is ColumnType.DATE
    made.carry(decided)
    assert made.decide().state("projects", "run-2").applied == applied.applied
    assert len(decided.known("projects")) == 20
    assert decided.known("nowhere") == ()


def test_nothing_is_remembered_of_a_list_that_was_not_reached() -> None:
    made = world()
    made.store.broken["describe"] = UnreadableError("No.")
    decided = made.decide()
    assert raised(decided) == []
    with pytest.raises(DefectError, match="was not read"):
        decided.state("projects", "run-1")


def test_known_records_name_their_parents() -> None:
    decided = world(milestones=2).decide()
    [first, _] = decided.known("milestones")
    assert first.parent == decided.reads["projects"].records[0].id


def test_only_the_chosen_sources_are_planned_and_refused() -> None:
    made = world(milestones=3)
    decided = made.decide(only=frozenset({"milestones"}))
    assert set(decided.inputs) == {"milestones"}
    assert raised(decided) == [("milestones", Guard.FIRST_RUN)]


def test_a_source_that_was_renamed_keeps_what_it_knew() -> None:
    made = settled(source("projects"))
    made.portfolio = replace(made.portfolio, sources={"schemes": source("schemes", list_title="projects")})
    decided = made.decide()
    assert raised(decided) == []
    assert decided.state("schemes", "run-2").applied is not None
    deleted(made, range(1, 6))
    assert raised(made.decide()) == [("schemes", Guard.RECORDS_GONE)]


def test_two_sources_gone_from_one_list_leave_nothing_to_tell_a_new_one() -> None:
    made = settled(*(source(name, list_title="projects", where={"Scope": (name,)}) for name in ("In", "Out")))
    made.portfolio = replace(made.portfolio, sources={"new": source("new", list_title="projects")})
    assert ("new", Guard.FIRST_RUN) in raised(made.decide())


# Policies


def test_a_guards_number_decides_no_value() -> None:
    made = settled()
    made.portfolio = replace(made.portfolio, policies=Policies(guards=GuardPolicy(minimum=99)))
    assert raised(made.decide()) == []
    made.portfolio = replace(made.portfolio, policies=Policies(overdue=OverduePolicy(due_soon_days=8)))
    assert raised(made.decide()) == [("milestones", Guard.POLICY_CHANGED), ("projects", Guard.POLICY_CHANGED)]


def test_a_policy_that_was_approved_and_not_carried_through_needs_no_second_yes() -> None:
    made = settled()
    made.change("projects", constants={"theme": "Roads"})
    decided = made.decide()
    assert the(Guard.POLICY_CHANGED, decided).source == "projects"
    state = decided.state("projects", "run-2")
    place = (state.host, state.list_guid)
    made.remembered[place] = replace(made.remembered[place], states={"projects": state})
    assert raised(made.decide()) == []


def test_what_was_lifted_earlier_in_the_run_is_not_raised_again() -> None:
    made = world()
    assert raised(made.decide(lifted=frozenset({("projects", Guard.FIRST_RUN)}))) == [("milestones", Guard.FIRST_RUN)]


# What was read


def deleted(made: World, numbers: range) -> World:
    for number in numbers:
        made.made("projects").delete(number)
    return made


def test_many_records_gone_are_doubted_and_the_doubt_stays_also_when_it_was_lifted() -> None:
    made = deleted(settled(milestones=20), range(1, 6))
    made.edit("projects", 20, Status="At risk")
    decided = made.decide(TOMORROW)
    assert the(Guard.RECORDS_GONE, decided).seen == "5 of 20 records (25 %) that the last run saw are gone."
    assert "projects" in decided.matched.unread
    assert decided.plan.writes == ()
    lifted = made.decide(TOMORROW, lifted=frozenset({("projects", Guard.RECORDS_GONE)}))
    assert raised(lifted) == []
    assert lifted.plan.writes == (), "nothing that the approved plan did not show"
    made.carry(lifted)
    after = made.decide(TOMORROW)
    assert raised(after) == [], "the new count is on record"
    assert [write.key for write in after.plan.writes] == [*(f"M-{n}" for n in range(1, 6)), "P-20"]


def test_a_few_records_gone_are_deleted_records() -> None:
    assert raised(deleted(settled(), range(1, 5)).decide(TOMORROW)) == []


def test_records_that_moved_to_another_list_are_not_gone() -> None:
    made = settled(source("projects"), source("more", list_title="milestones"))
    for number in range(1, 11):
        made.made("milestones").add(**made.made("projects").items[number].cells)
    assert raised(deleted(made, range(1, 11)).decide(TOMORROW)) == []


def test_records_whose_keys_another_list_had_all_along_are_gone() -> None:
    """Two registers may both number from 1."""
    made = world(source("projects"), source("more", list_title="milestones"), milestones=20)
    for number, item in made.made("milestones").items.items():
        item.cells["Ref"] = f"P-{number}"
    made.night()
    gone = ("projects", Guard.RECORDS_GONE)
    assert gone in raised(deleted(made, range(1, 11)).decide(TOMORROW))
    [other] = [known for known in made.remembered.values() if "more" in known.states]
    seen = other.states["more"].applied
    assert seen is not None
    other.states["more"] = replace(other.states["more"], applied=replace(seen, run_id="run-2"))
    assert gone not in raised(made.decide(TOMORROW)), "a later run may have found there what has moved"


def test_records_gone_are_doubted_also_where_a_column_of_ours_is_gone() -> None:
    made = deleted(settled(), range(1, 11))
    held = made.made("projects")
    held.columns = tuple(column for column in held.columns if column.name != "PSReason")
    assert raised(made.decide(TOMORROW)) == [("projects", Guard.COLUMN_GONE), ("projects", Guard.RECORDS_GONE)]
    held.columns = tuple(column for column in held.columns if column.name != "Title")
    assert raised(made.decide(TOMORROW)) == [("projects", Guard.COLUMN_GONE)]


def test_a_list_that_was_cleared_is_doubted_and_of_its_rows_nothing_is_concluded() -> None:
    made = deleted(settled(), range(1, 21))
    assert raised(made.decide(TOMORROW)) == [("projects", Guard.EMPTY_READ)]


def test_rows_that_are_left_out_of_a_doubted_list_are_not_cleared() -> None:
    made = settled(source("projects", where={"Scope": ("In",)}))
    made.edit("projects", 20, Scope="Out")
    assert [write.key for write in made.decide(TOMORROW).plan.writes] == ["item 20"]
    assert deleted(made, range(1, 6)).decide(TOMORROW).plan.writes == ()


@pytest.mark.parametrize(
    ("change", "guard", "seen"),
    [
        ({"columns": columns(due=ColumnType.DATE_TIME)}, Guard.COLUMN_CHANGED, "Column 'Due' was of type date and is"),
        (
            {"columns": columns(choices=("At risk",))},
            Guard.CHOICE_REMOVED,
            "Column 'Status' no longer offers 'On track'.",
        ),
        (
            {"zone": "Europe/Paris"},
            Guard.ZONE_CHANGED,
            "The site's time zone was Europe/London and is now Europe/Paris.",
        ),
    ],
)
def test_a_list_that_changed_its_shape_stops_also_under_another_policy(
    change: dict[str, Any], guard: Guard, seen: str
) -> None:
    made = settled()
    for name, value in change.items():
        setattr(made.made("projects"), name, tuple(value) if name == "columns" else value)
    assert the(guard, made.decide()).seen.startswith(seen)
    made.change("projects", constants={"theme": "Roads"})
    assert {(each.source, each.guard) for each in made.decide().plan.refusals} >= {
        ("projects", guard),
        ("projects", Guard.POLICY_CHANGED),
    }


# A clock that is off


def test_a_clock_that_is_off_makes_the_dates_ask_and_keeps_the_day_from_counting() -> None:
    made = settled()
    late = DUE + timedelta(days=1)
    doubted = made.decide(late, differences={"memory": timedelta(minutes=6)})
    assert set(raised(doubted)) == {("milestones", Guard.CLOCK_DIFFERS), ("projects", Guard.CLOCK_DIFFERS)}
    assert doubted.inputs["projects"].clock_doubted
    assert all(Guard.CLOCK_DIFFERS in write.asks.values() for write in doubted.plan.writes)
    last = doubted.applied("projects", "run-2").applied
    assert last is not None
    assert last.today == TODAY
    state = doubted.applied("projects", "run-2")
    place = (state.host, state.list_guid)
    made.remembered[place] = replace(made.remembered[place], states={"projects": state})
    assert raised(made.decide(late)) == [], "the dates that waited for the clock surprise nobody"


def test_a_day_that_was_never_certain_has_not_begun() -> None:
    doubted = world().decide(differences={"memory": timedelta(hours=1)})
    last = doubted.applied("projects", "run-1").applied
    assert last is not None
    assert last.today == TODAY - timedelta(days=1)


# Surprises


LATE = DUE + timedelta(days=1)


@pytest.mark.parametrize("release", ["1.0", "1.1"])
def test_dates_that_pass_surprise_nobody_also_on_the_night_of_an_upgrade(release: str) -> None:
    made = settled()
    assert len(made.decide(LATE).plan.writes) == 20
    assert raised(made.decide(LATE, release=release)) == []


def test_values_that_were_due_the_day_before_already_are_a_surprise_whatever_the_day() -> None:
    """So they are after an undo, under the rules that made them: see `runs undo`."""
    made = settled()
    made.night(LATE)
    for item in made.made("projects").items.values():
        item.cells.update({"PSStatus": "On track", "PSOverdue": "On time", "PSOverdueSince": None, "PSReason": None})
    before = {OwnedField.STATUS: "On track", OwnedField.OVERDUE: "On time"}
    back = before | dict.fromkeys((OwnedField.OVERDUE_SINCE, OwnedField.REASON))
    for place, kept in made.remembered.items():
        baselines = {each: replace(old, values={**old.values, **back}) for each, old in kept.baselines.items()}
        made.remembered[place] = replace(kept, baselines=baselines)
    assert Guard.UNEXPLAINED_WRITES in surprises(made, LATE + timedelta(days=1))


def programmes() -> World:
    """Twenty projects of one programme, settled; the programme stands in the list of milestones."""
    theirs = {"title": FieldMapping(column=("Title",))}
    ours = WritePolicy(columns={OwnedField.STATUS: "PSStatus"})
    refers = {**theirs, "status": STATUS, "programme": FieldMapping(column=("Parent",))}
    made = world(
        source("programmes", Kind.PROGRAMME, list_title="milestones", fields=theirs, write=ours),
        source("projects", fields=refers),
        milestones=1,
    )
    for item in made.made("projects").items.values():
        item.cells["Parent"] = "M-1"
    made.night()
    return made


def test_an_edit_of_their_programme_does_not_hide_what_happened_to_its_projects() -> None:
    made = programmes()
    for item in made.made("projects").items.values():
        item.cells["Status"] = "At risk"
    made.edit("milestones", 1, Title="A slip of the pen mended")
    assert ("projects", Guard.UNEXPLAINED_WRITES) in raised(made.decide(TOMORROW))


def test_dates_that_pass_in_a_list_below_surprise_nobody() -> None:
    made = settled(milestones=20)
    late = DUE + timedelta(days=1)
    for number in range(1, 21):
        made.edit("projects", number, Due=midnight(date(2027, 12, 1)))
    made.night()
    assert raised(made.decide(late)) == []
    assert {write.source for write in made.decide(late).plan.writes} == {"projects", "milestones"}


def test_edits_surprise_nobody_neither_in_a_record_nor_above_it() -> None:
    made = settled(milestones=20)
    for number in range(1, 21):
        made.edit("milestones", number, Due=midnight(date(2026, 6, 3)))
    decided = made.decide()
    assert {write.source for write in decided.plan.writes} == {"projects", "milestones"}
    assert raised(decided) == []


def test_values_that_nobody_changed_are_a_surprise() -> None:
    made = settled(milestones=20)
    for number in range(1, 21):
        made.made("milestones").items[number].cells["Due"] = midnight(date(2026, 6, 3))
    decided = made.decide(TOMORROW)
    assert {each.source for each in decided.plan.refusals} == {"projects", "milestones"}
    assert {each.guard for each in decided.plan.refusals} == set(GUARDS)


def test_a_mapping_mistake_is_a_surprise_that_yes_does_not_lift() -> None:
    made = world(projects=500)
    for number in range(1, 401):
        made.made("projects").items[number].cells["RAG"] = "At risk"
    made.night()
    mistaken = replace(STATUS, column=("RAG",))
    made.change("projects", fields={**made.portfolio.sources["projects"].fields, "status": mistaken})
    decided = made.decide(TOMORROW)
    assert the(Guard.UNEXPLAINED_WRITES, decided).seen.startswith("400 of 500 records (80 %) would change")
    assert not the(Guard.UNEXPLAINED_WRITES, decided).yes_lifts
    assert the(Guard.POLICY_CHANGED, decided).yes_lifts
    assert [each.seen for each in decided.plan.refusals if each.guard is Guard.FIELD_FLIPPED] == [
        "Status would change in 400 of 500 records (80 %), and neither an edit nor a date explains it."
    ]


def test_other_rules_surprise_as_well() -> None:
    made = settled()
    made.portfolio = replace(
        made.portfolio, policies=Policies(labels=Labels(status={WorkStatus.ON_TRACK: "Going well"}))
    )
    assert Guard.UNEXPLAINED_WRITES in surprises(made, TOMORROW)


def test_a_list_that_nobody_knew_explains_nothing() -> None:
    """A register that joins the portfolio is a change of rules; its rows are not so many new edits."""
    made = settled(source("projects"), milestones=20)
    for number in range(1, 21):
        made.made("milestones").items[number].cells["Due"] = midnight(date(2026, 6, 3))
    joined = source("milestones", Kind.MILESTONE)
    made.portfolio = replace(made.portfolio, sources={**made.portfolio.sources, "milestones": joined})
    assert ("projects", Guard.UNEXPLAINED_WRITES) in raised(made.decide(TOMORROW))


def test_what_is_missing_in_half_a_list_was_not_edited() -> None:
    made = settled(milestones=20)
    made.store.page_size, made.store.break_after = 15, (1, UnreadableError("Cut short."))
    decided = made.decide(TOMORROW)
    assert {guard for _, guard in raised(decided)} == {Guard.PARTIAL_READ}
    assert decided.plan.writes == ()


def test_what_a_run_that_was_cut_short_meant_to_write_surprises_nobody() -> None:
    made = settled()
    for number in range(1, 21):
        made.made("projects").items[number].cells["Status"] = "At risk"
    shown = made.decide()
    assert raised(shown) != []
    assert surprises(made, intended={write.id: write.set for write in shown.plan.writes}) == []


def test_drift_that_is_restored_surprises_nobody() -> None:
    made = settled()
    for number in range(1, 21):
        made.edit("projects", number, PSStatus="Complete")
    decided = made.decide()
    assert all({OwnedField.STATUS, OwnedField.REASON} == set(write.set) for write in decided.plan.writes)
    assert raised(decided) == []


def test_rows_that_staff_took_out_of_scope_are_cleared_and_surprise_nobody() -> None:
    made = settled(source("projects", where={"Scope": ("In",)}))
    for number in range(1, 16):
        made.edit("projects", number, Scope="Out")
    decided = made.decide()
    assert len(decided.plan.writes) == 15
    assert raised(decided) == []


def test_rows_that_another_where_leaves_out_are_a_surprise() -> None:
    made = settled(source("projects", where={"Scope": ("In",)}))
    made.change("projects", where={"Scope": ("Inside",)})
    assert {guard for _, guard in raised(made.decide(TOMORROW))} == {Guard.POLICY_CHANGED, *GUARDS}


@pytest.mark.parametrize("count", [9, 10])
def test_few_records_are_no_crowd(count: int) -> None:
    made = settled(projects=count)
    for number in range(1, count + 1):
        made.made("projects").items[number].cells["Status"] = "At risk"
    assert bool(surprises(made)) is (count == 10)


def test_a_source_that_is_never_written_to_is_not_held() -> None:
    made = world(source("projects", mode=WriteMode.OFF))
    assert made.night() == []
    for number in range(1, 21):
        made.made("projects").items[number].cells["Status"] = "At risk"
    assert made.night(resync=True) == []


# Resync


def test_a_resync_forgets_adopts_and_says_so_first() -> None:
    made = settled()
    made.edit("projects", 1, PSStatus="Mine")
    decided = made.decide(resync=True)
    assert decided.inputs["projects"].baselines == {}
    assert decided.inputs["projects"].adopt
    refusal = the(Guard.RESYNC, decided)
    assert refusal.seen == "A resync would forget what was agreed for 20 items, and replace values of 1 item."
    assert [write.set[OwnedField.STATUS] for write in decided.plan.writes] == ["On track"]
    assert raised(made.decide(resync=True, only=frozenset({"milestones"}))) == []


def test_a_resync_of_what_was_never_written_has_nothing_to_say() -> None:
    assert {guard for _, guard in raised(world().decide(resync=True))} == {Guard.FIRST_RUN}


def test_a_resync_takes_a_changed_list_as_it_is() -> None:
    made = settled()
    made.made("projects").columns = tuple(columns(choices=("At risk",)))
    assert {guard for _, guard in raised(made.decide(resync=True))} == {Guard.RESYNC}
    made.night(resync=True)
    assert raised(made.decide()) == []


def test_lost_baselines_with_values_still_there_are_adopted() -> None:
    made = settled()
    made.remembered = {place: Remembered({}, known.states, known.known) for place, known in made.remembered.items()}
    for number in range(1, 21):
        made.edit("projects", number, Status="At risk")
    assert {guard for _, guard in raised(made.decide())} == {Guard.FOREIGN_VALUE}
    assert the(Guard.RESYNC, made.decide(resync=True)).seen.endswith("for 0 items, and replace values of 20 items.")


def test_the_plan_has_the_guards_refusals_in_its_stable_order() -> None:
    made = world()
    places = [(each.source, each.guard, each.seen) for each in made.decide().plan.refusals]
    assert places == sorted(places)
    assert made.decide().plan.digest == made.decide().plan.digest
