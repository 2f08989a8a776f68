"""`provision` makes what is missing and no more, knows what it made, and takes exactly that away again."""

from dataclasses import replace
from typing import Any

import pytest

from sync.core.audit import Act
from sync.core.columns import ColumnType
from sync.core.model import Kind
from sync.core.ownership import OwnedField
from sync.core.provisioning.made import Made, What
from sync.core.provisioning.shape import ColumnShape, Rights, ViewShape
from sync.core.provisioning.steps import ChangeView, MakeColumn, MakeList, MakeView
from sync.core.provisioning.telling import removal_words, step_words
from sync.core.snapshot import Baseline, RecordId
from sync.engine.provision.carry import carry_out, untouched
from sync.engine.provision.hand import Hand, Ledger
from sync.engine.provision.lists import NO_READERS, survey_template
from sync.engine.provision.removal import survey_removal
from sync.engine.provision.survey import narrower_sources
from sync.engine.provision.work import ListWork
from sync.engine.targets import ListAddress, Readers
from sync.errors import (
    AccessError,
    ConfigurationError,
    DefectError,
    ExitCode,
    LeaseLostError,
    NotFoundError,
    SchemaError,
    UnreachableError,
    UsageError,
)
from sync.store.memory import MemoryRunStore
from tests.support.provisioned import BARE, DRESSABLE, OWN_LISTS, SOURCES, site, source
from tests.support.provisioning import HOST, SITE, found_list

BARE_COLUMN = ColumnShape(name="PSOverdue", title="Overdue?", description="", type=ColumnType.TEXT)


def test_everything_that_is_missing_is_made_and_a_second_run_makes_nothing() -> None:
    council = site()
    done = council.run()
    assert (done.exit_code, done.stopped, done.warnings) == (ExitCode.DONE, False, ())
    assert [each.work.name for each in done.lists] == [
        "projects",
        "actions",
        "Portfolio roll-up",
        "Portfolio Sync status",
    ]
    assert {"Projects", "Actions", "Portfolio roll-up", "Portfolio Sync status"} == set(council.lists())
    changes = len(council.admin.changes)
    seen = council.look()
    assert (seen.steps, [work.left for work in seen.works]) == (0, [()] * 4)
    assert council.run().exit_code is ExitCode.DONE
    assert len(council.admin.changes) == changes


def test_a_preview_changes_nothing_and_takes_no_lease() -> None:
    council = site()
    seen = council.look()
    assert seen.steps > 20
    assert untouched(seen).exit_code is ExitCode.DONE
    assert (council.admin.changes, council.made, list(council.runs.audit.links())) == ([], [], [])


def test_whatever_was_made_is_on_record_with_who_did_it() -> None:
    council = site()
    done = council.run("actions")
    assert {each.what for each in council.made} == {What.COLUMN, What.VIEW, What.DRESS}
    assert all(each.ident is not None and each.run_id == done.run_id for each in council.made)
    entries = [link.entry for link in council.runs.audit.links(done.run_id)]
    assert {each.act for each in entries} == {Act.PROVISIONED}
    assert len(entries) == len(done.lists[0].done)
    assert {each.person for each in entries} == {1}
    assert ("column dressed", "PSOverdue") in {(each.why, each.column) for each in entries}


def test_the_record_is_read_as_often_however_much_there_is_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand lists would take hours else."""
    read = []
    everything = MemoryRunStore.made

    def counted(runs: MemoryRunStore) -> tuple[Made, ...]:
        read.append(len(everything(runs)))
        return everything(runs)

    monkeypatch.setattr(MemoryRunStore, "made", counted)
    little, much = site(), site()
    little.run("actions")
    of_little = len(read)
    assert sum(len(each.done) for each in much.run().lists) > 20
    assert len(read) - of_little == of_little


def test_what_was_made_is_taken_away_again_and_the_site_is_as_it_was() -> None:
    council = site()
    before = council.lists()
    council.run()
    done = council.remove()
    assert done.exit_code is ExitCode.DONE
    assert council.lists() == before
    assert council.made == []
    acts = {link.entry.act for link in council.runs.audit.links(done.run_id)}
    assert acts == {Act.REMOVED}
    assert survey_removal(council.context).works == ()


def test_only_the_named_sources_are_looked_after_and_cleaned() -> None:
    council = site()
    assert [work.name for work in council.look("projects").works] == ["projects"]
    council.run()
    council.remove("actions")
    kept = council.lists()
    assert kept["Actions"] == replace(DRESSABLE, guid="")
    assert kept["Projects"] != replace(BARE, guid="")
    with pytest.raises(UsageError, match="There is no source called elsewhere"):
        council.look("elsewhere")
    with pytest.raises(UsageError):
        council.remove("elsewhere")


def test_sources_of_one_list_are_one_list_however_they_name_it() -> None:
    twin = source("archived", "", list=ListAddress(id=BARE.guid), owned={OwnedField.OVERDUE: "PSOverdue"})
    council = site(SOURCES[0], twin, own_lists=None)
    assert [work.name for work in council.look("archived").works] == ["projects, archived"]
    assert council.run().exit_code is ExitCode.DONE
    assert council.look().steps == 0


def test_a_list_that_fails_stops_no_other() -> None:
    def refuse(name: str) -> None:
        if name == "before add column PSCheck":
            raise SchemaError("No more columns fit.")

    council = site(own_lists=None, effect=refuse)
    done = council.run("projects")
    assert done.exit_code is ExitCode.SCHEMA
    (outcome,) = done.lists
    assert [step_words(step) for step in outcome.done] == [  # type: ignore[arg-type]
        "make column PSOverdue 'Overdue?': a choice of 5, formatted, indexed, not in forms"
    ]
    assert [each.name for each in council.made] == ["PSOverdue"], "what was refused is not on record"
    gone = site(SOURCES[0], source("lost", "Nowhere"), own_lists=None)
    both = gone.run()
    assert both.exit_code is ExitCode.PARTIAL
    assert [type(each.error) for each in both.lists] == [NotFoundError, type(None)]
    assert [type(each.error) for each in untouched(gone.look()).lists] == [NotFoundError, type(None)]
    assert [work.name for work in gone.look("projects").works] == ["projects"], "another's trouble is not this one's"


def test_what_does_not_fit_is_a_list_that_failed() -> None:
    council = site(source("projects", "Projects", owned={OwnedField.OVERDUE: "Due"}), own_lists=None)
    assert council.run().exit_code is ExitCode.SCHEMA


def test_without_the_right_nothing_is_changed_and_the_one_permission_is_named() -> None:
    council = site()
    council.admin.site_rights[SITE] = Rights(manage=False)
    seen = council.look()
    assert seen.steps > 0, "what would be made can be looked at"
    with pytest.raises(AccessError, match=rf"at site {SITE}: it has not the role `manage` there"):
        council.run()
    assert (council.admin.changes, council.made) == ([], [])


def test_every_site_where_the_right_is_missing_is_named_at_once() -> None:
    council = site(SOURCES[0], source("roads", "Roads", site="/sites/roads"), own_lists=None)
    council.admin.has(replace(BARE, title="Roads", guid="roads"), "/sites/roads")
    council.admin.site_rights = {SITE: Rights(manage=False), "/sites/roads": Rights(manage=False)}
    with pytest.raises(AccessError, match=rf"at site {SITE}: .* at site /sites/roads: ") as refused:
        council.run()
    assert "the role `manage`" in refused.value.advice


def test_the_right_is_asked_for_only_where_there_is_something_to_do() -> None:
    council = site()
    council.run()
    council.admin.site_rights[SITE] = Rights(manage=False)
    assert council.run().exit_code is ExitCode.DONE


def test_a_list_with_fewer_rights_than_its_site_fails_alone() -> None:
    council = site(lists=(replace(BARE, rights=Rights(manage=False)), DRESSABLE), own_lists=None)
    done = council.run()
    assert done.exit_code is ExitCode.PARTIAL
    assert "at list 'Projects'" in str(done.lists[0].error)
    assert not any("PSHoldReason" in each for each in council.admin.changes)


def test_a_site_that_cannot_be_asked_fails_alone() -> None:
    elsewhere = source("there", "Projects", site="/sites/other")
    council = site(SOURCES[1], elsewhere, own_lists=None)
    council.admin.has(BARE, "/sites/other")

    def asked(name: str) -> None:
        if name == "rights /sites/other":
            raise UnreachableError("No answer.")

    council.admin.asked = asked
    done = council.run()
    assert done.exit_code is ExitCode.PARTIAL
    assert isinstance(done.lists[1].error, UnreachableError)


def test_a_lost_answer_leaves_its_record_until_somebody_has_looked() -> None:
    def lose(name: str) -> None:
        if name == "after add column PSOverdue":
            raise UnreachableError("No answer.")

    council = site(own_lists=None, effect=lose)
    assert council.run("projects").exit_code is ExitCode.UNREACHABLE
    assert [(each.name, each.ident) for each in council.made] == [("PSOverdue", None)]
    council.again()
    council.run("projects")
    assert council.admin.changes.count("add column PSOverdue") == 1
    council.remove()
    assert council.lists()["Projects"] == replace(BARE, guid="")


@pytest.mark.parametrize("refused", ["before change column PSOverdue", "before change view Overdue"])
def test_a_change_that_is_refused_leaves_the_record_as_it_was(refused: str) -> None:
    council = site(SOURCES[1], own_lists=None)
    council.run()
    before = council.made
    (found,) = [each for each in council.admin.lists.values() if each.title == "Actions"]
    views = tuple(replace(each, rows=5) if each.title == "Overdue" else each for each in found.views)
    columns = tuple(replace(each, formatter="old") for each in found.columns)
    council.admin.has(replace(found, views=views, columns=columns))
    lease = council.runs.journal.take_lease("r0", "test", council.context.clock.now())
    for each in before:
        if each.name == "Overdue":
            forms = [{**each.was["forms"][0], "rows": 5}]
            council.runs.journal.keep_made(lease, replace(each, was={"forms": forms}))
    council.runs.journal.release(lease)
    before = council.made

    def refuse(name: str) -> None:
        if name == refused:
            raise SchemaError("Not so.")

    council.admin.effect = refuse
    assert council.run().exit_code is ExitCode.SCHEMA
    changed = {each.key: each for each in council.made}
    of_it = What.DRESS if "column" in refused else What.VIEW
    assert [changed[each.key] for each in before if each.what is of_it] == [
        each for each in before if each.what is of_it
    ]
    council.again()
    assert council.run().exit_code is ExitCode.DONE
    assert council.look().steps == 0
    council.remove()
    assert council.lists()["Actions"].views == ()


def test_a_column_of_ours_is_dressed_again_without_a_record_of_its_looks() -> None:
    council = site(SOURCES[0], own_lists=None)
    council.run()
    found = council.admin.at("Projects")
    undressed = tuple(
        replace(each, description="") if each.column.name == "PSCheck" else each for each in found.columns
    )
    council.admin.has(replace(found, columns=undressed))
    before = council.made
    assert council.run().exit_code is ExitCode.DONE
    assert (council.look().steps, council.made) == (0, before)


def test_a_column_that_is_dressed_twice_gets_back_what_it_had_first() -> None:
    council = site(SOURCES[1], own_lists=None)
    council.run()
    found = council.admin.at("Actions")
    drifted = tuple(replace(each, formatter="theirs") if each.formatter else each for each in found.columns)
    council.admin.has(replace(found, columns=drifted))
    council.run()
    council.remove()
    assert council.lists()["Actions"] == replace(DRESSABLE, guid="")


def test_being_told_to_stop_ends_between_two_steps_and_the_next_run_does_the_rest() -> None:
    council = site()

    def stop(name: str) -> None:
        if name == "after add column PSCheck":
            council.context.stop.request()

    council.admin.effect = stop
    done = council.run()
    assert (done.exit_code, done.stopped) == (ExitCode.INTERRUPTED, True)
    assert council.admin.changes == ["add column PSOverdue", "add column PSCheck"]
    council.again()
    assert council.run().exit_code is ExitCode.DONE
    assert council.look().steps == 0


def test_what_nobody_saw_waits_for_the_next_time() -> None:
    council = site(SOURCES[1], own_lists=None)
    seen = council.look()
    found = council.admin.at("Actions")
    council.admin.has(replace(found, columns=found.columns[:1]))
    done = carry_out(council.context, seen)
    assert done.exit_code is ExitCode.PARTIAL
    assert done.lists[0].more
    assert "add column PSOverdue" not in council.admin.changes
    assert "add column PSCheck" in council.admin.changes


def test_whoever_lost_the_lease_changes_nothing_more() -> None:
    council = site()

    def lose(name: str) -> None:
        if name == "after add column PSOverdue":
            council.runs.journal.lose_lock()

    council.admin.effect = lose
    with pytest.raises(LeaseLostError):
        council.run()
    assert council.admin.changes == ["add column PSOverdue"]


def test_values_of_a_column_that_was_taken_away_are_no_baseline_of_the_next() -> None:
    council = site(SOURCES[0], own_lists=None)
    lease = council.runs.journal.take_lease("r0", "test", council.context.clock.now())
    values = {OwnedField.OVERDUE: "Overdue", OwnedField.REASON: "Was due 3 June 2026"}
    other = Baseline(RecordId(HOST, BARE.guid, 2), {OwnedField.REASON: None}, None, "r0")
    kept = [Baseline(RecordId(HOST, BARE.guid, 1), values, None, "r0"), other]
    council.runs.journal.settle(lease, {}, baselines=kept)
    council.runs.journal.release(lease)
    council.run()
    found = council.runs.remembered(HOST, BARE.guid).baselines
    assert found[kept[0].id].values == {OwnedField.REASON: "Was due 3 June 2026"}
    assert found[other.id] == other


# Lists of our own


def own(council: Any, title: str = "Portfolio roll-up", **more: Any) -> Any:
    return next(work for work in council.look(**more).works if work.title == title)


def test_the_roll_up_waits_until_somebody_said_who_may_read_it() -> None:
    silent = replace(OWN_LISTS, rollup_readers=None)
    council = site(own_lists=silent)
    seen = council.look()
    assert seen.asks_readers
    assert own(council).left == (NO_READERS,)
    for readers, restricted in ((Readers.SITE, False), (Readers.OWNERS, True)):
        (make, *_) = own(council, readers=readers).steps
        assert isinstance(make, MakeList)
        assert make.shape.restricted is restricted
        assert not council.look(readers=readers).asks_readers
    council.run()
    assert "Portfolio roll-up" not in council.lists()
    assert "Portfolio Sync status" in council.lists()


def test_two_answers_about_readers_are_one_too_many() -> None:
    council = site()
    assert council.look(readers=Readers.SITE).steps
    with pytest.raises(UsageError, match="rollup_readers: site"):
        council.look(readers=Readers.OWNERS)


def test_a_roll_up_that_is_there_is_looked_after_whoever_may_read_it() -> None:
    council = site()
    council.run()
    council.context = replace(
        council.context,
        portfolio=replace(council.context.portfolio, own_lists=replace(OWN_LISTS, rollup_readers=None)),
    )
    assert not council.look().asks_readers
    found = council.admin.at("Portfolio roll-up")
    council.admin.has(replace(found, views=()))
    assert own(council).steps


@pytest.mark.parametrize(("rollup", "status"), [(None, "Status"), ("Totals", None)])
def test_a_list_that_is_not_wanted_is_not_made(rollup: str | None, status: str | None) -> None:
    council = site(own_lists=replace(OWN_LISTS, rollup=rollup, status=status))
    assert [work.title for work in council.look().works[2:]] == [each for each in (rollup, status) if each]


def test_a_list_of_ours_is_found_wherever_it_was_moved() -> None:
    council = site()
    council.run()
    found = council.admin.at("Portfolio roll-up")
    council.admin.has(replace(found, title="Totals", url="Lists/Totals"))
    assert council.look().steps == 0


def test_a_list_of_ours_that_somebody_deleted_is_made_again() -> None:
    council = site()
    council.run()
    council.admin.lists.pop((SITE, council.admin.at("Portfolio roll-up").guid))
    assert council.run().exit_code is ExitCode.DONE
    assert council.look().steps == 0
    council.remove()
    assert set(council.lists()) == {"Projects", "Actions"}


def test_a_list_at_our_address_that_was_not_made_here_is_left_alone() -> None:
    foreign = found_list(title="Portfolio roll-up", url="Lists/PortfolioRollUp")
    council = site(lists=(BARE, DRESSABLE, foreign))
    work = own(council)
    assert (work.steps, "was not made from here" in work.hindrances[0].what) == ((), True)
    other = site()
    other.run()
    shared = site(lists=(BARE, DRESSABLE, replace(other.admin.at("Portfolio roll-up"), guid="theirs")))
    work = own(shared)
    assert (work.steps, work.hindrances) == ((), ())
    assert "another portfolio or installation made it" in work.left[0].why
    record = next(each for each in other.made if each.name == "Lists/PortfolioRollUp")
    other.admin.lists.pop((SITE, record.ident or ""))
    other.admin.has(foreign)
    assert own(other).hindrances, "one of that address which took the place of ours is not ours"


def test_a_title_that_a_list_elsewhere_has_is_told_before_anything_is_made() -> None:
    """SharePoint would refuse it half-way."""
    council = site(lists=(replace(BARE, title="Portfolio Sync status", url="Lists/Sync"),), own_lists=OWN_LISTS)
    (work,) = [work for work in council.look().works if work.name == "Portfolio Sync status"]
    assert (work.steps, work.guid) == ((), None)
    assert "at Lists/Sync that was not made from here" in work.hindrances[0].what
    with pytest.raises(UsageError, match="has a list 'Portfolio Sync status' already"):
        survey_template(
            council.context, "risk-register", connection="council", site=SITE, title="Portfolio Sync status"
        )


def test_a_site_that_cannot_be_read_is_an_error_of_its_list() -> None:
    council = site()

    def asked(name: str) -> None:
        if name == "find Lists/PortfolioRollUp":
            raise UnreachableError("No answer.")

    council.admin.asked = asked
    done = council.run()
    assert done.exit_code is ExitCode.PARTIAL
    assert isinstance(done.lists[2].error, UnreachableError)


def test_a_connection_that_is_not_there_is_a_mistake_in_the_file() -> None:
    council = site(own_lists=replace(OWN_LISTS, connection="elsewhere"))
    with pytest.raises(ConfigurationError, match="no connection called elsewhere"):
        council.look()


def test_sources_that_fewer_people_may_read_are_named_before_anybody_is_asked() -> None:
    near, far = source("projects", "Projects"), source("there", "There", site="/sites/other")
    restricted = source("risks", "Risks", Kind.RISK, restricted=True)
    council = site(near, far, restricted)
    told = (("there", "lives on another site (/sites/other)"), ("risks", "is restricted"))
    assert narrower_sources(council.context) == told
    assert narrower_sources(site(far, restricted, own_lists=None).context) == told[1:]


# Blank lists


def template(council: Any, title: str = "Risks of ICT") -> Any:
    return survey_template(council.context, "risk-register", connection="council", site=SITE, title=title)


def begin(council: Any, title: str = "Risks of ICT") -> Any:
    return carry_out(council.context, template(council, title))


def test_a_blank_list_is_made_whole_and_is_staffs_from_then_on() -> None:
    council = site()
    before = council.lists()
    assert begin(council).exit_code is ExitCode.DONE
    assert "Risks of ICT" in council.lists()
    assert template(council).steps == 0
    recorded = {each.name for each in council.made}
    assert {"Lists/RisksOfICT", "PSOverdue", "HoldReason"} <= recorded
    assert recorded.isdisjoint({"RiskRef", "RiskCategory", "Open risks"})
    empty = council.runs.copy()
    council.remove()
    assert council.lists() == before, "nobody has filled it"
    assert empty.made()


def test_a_blank_list_that_was_filled_stays_without_what_is_ours() -> None:
    council = site()
    begin(council)
    found = council.admin.at("Risks of ICT")
    council.admin.has(replace(found, item_count=3))
    council.admin.filled["HoldReason"] = 1
    done = council.remove()
    names = {each.column.name for each in council.admin.at("Risks of ICT").columns}
    assert {"RiskRef", "RiskOwner", "HoldReason"} <= names
    assert names.isdisjoint({"PSOverdue", "HoldUntil"})
    assert {each.why for each in done.lists[0].work.left} == {
        "it holds 3 items of staff's",
        "1 item holds something in it, which is staff's",
    }


def test_of_a_blank_list_that_is_there_nothing_is_changed() -> None:
    council = site()
    begin(council)
    found = council.admin.at("Risks of ICT")
    theirs = tuple(replace(each, description="In our own words") for each in found.columns)
    council.admin.has(replace(found, columns=theirs, views=()))
    assert all(isinstance(step, MakeView) for step in template(council).works[0].steps)


def test_a_blank_list_takes_no_list_that_is_there() -> None:
    council = site(lists=(found_list(title="Risks of ICT", url="Lists/RisksOfICT"),))
    with pytest.raises(UsageError, match="has a list at Lists/RisksOfICT already"):
        template(council)
    with pytest.raises(UsageError, match="no letter or digit"):
        template(council, "?!")


# Removal


@pytest.mark.parametrize(
    ("guid", "step"),
    [
        (None, MakeColumn(BARE_COLUMN)),
        ("g", ChangeView("7", ViewShape(title="Overdue", columns=()))),
    ],
)
def test_a_step_that_comes_too_early_or_from_nowhere_is_a_defect(guid: str | None, step: Any) -> None:
    council = site()
    lease = council.runs.journal.take_lease("r1", "test", council.context.clock.now())
    work = ListWork(name="projects", connection="council", host=HOST, site=SITE, title="Projects")
    hand = Hand(Ledger(council.context, lease, "r1", 1), work, council.admin, guid)
    with pytest.raises(DefectError):
        hand.do(step)
    assert (council.admin.changes, council.made) == ([], [])


def test_hold_columns_that_contain_anything_stay_and_the_rest_goes() -> None:
    council = site(SOURCES[0], own_lists=None)
    council.run()
    council.admin.filled |= {"PSHoldReason": 2, "PSOverdue": 47}
    seen = survey_removal(council.context)
    words = [removal_words(step) for step in seen.works[0].steps]  # type: ignore[arg-type]
    assert "take away column PSOverdue 'Overdue?', with what 47 items hold in it" in words
    council.remove()
    assert [each.column.name for each in council.admin.at("Projects").columns] == ["Title", "Due", "PSHoldReason"]
    assert [each.name for each in council.made] == ["PSHoldReason"]
