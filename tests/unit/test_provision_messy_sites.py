"""`--remove` where the site is not as it was left: lists gone, columns made anew, lists shared, the database lost."""

from dataclasses import replace

from sync.core.columns import Row
from sync.core.provisioning.made import What
from sync.core.provisioning.removing import RemoveList
from sync.core.provisioning.steps import Left
from sync.engine.provision.removal import survey_removal
from sync.engine.provision.unrecorded import NOT_ON_RECORD
from sync.engine.targets import Connection
from sync.errors import ExitCode, UnreachableError
from sync.store.memory import MemoryRunStore
from tests.support.provisioned import BARE, DRESSABLE, OWN_LISTS, SOURCES, site
from tests.support.provisioning import SITE, found_column
from tests.support.runstores import START


def test_what_is_gone_is_told_and_forgotten_without_an_error() -> None:
    council = site(SOURCES[0], own_lists=None)
    council.run()
    found = council.admin.at("Projects")
    council.admin.has(replace(BARE, guid=found.guid))
    seen = survey_removal(council.context)
    assert (seen.steps, seen.forgets) == (0, True)
    done = council.remove()
    assert done.exit_code is ExitCode.DONE
    assert {each.why for each in done.lists[0].work.left} == {"it is gone already"}
    assert council.made == []
    council.run()
    council.admin.lists.clear()
    assert council.remove().exit_code is ExitCode.DONE
    assert council.made == []


def test_where_nobody_can_get_to_any_more_something_is_left_and_told() -> None:
    council = site()
    council.run()
    portfolio = council.context.portfolio
    other = Connection(name="council", host="https://elsewhere.example", auth=portfolio.connections["council"].auth)
    council.context = replace(council.context, portfolio=replace(portfolio, connections={"council": other}))
    done = council.remove()
    failed = [each for each in done.lists if each.error is not None]
    assert {each.code for each in failed} == {ExitCode.CONFIGURATION}
    assert "No connection of the portfolio file leads to" in str(failed[0].error)
    assert council.made


def test_a_list_that_cannot_be_looked_at_is_an_error_of_its_own() -> None:
    council = site(own_lists=None)
    council.run()

    def asked(name: str) -> None:
        if name == f"find {BARE.guid}":
            raise UnreachableError("No answer.")

    council.admin.asked = asked
    done = council.remove()
    assert done.exit_code is ExitCode.PARTIAL
    assert council.lists()["Actions"] == replace(DRESSABLE, guid="")


def test_a_list_that_was_about_to_be_made_and_cannot_be_looked_for_is_an_error() -> None:
    council = site(own_lists=replace(OWN_LISTS, status=None))

    def lose(name: str) -> None:
        if name == "after finish list Portfolio roll-up":
            raise UnreachableError("No answer.")

    council.admin.effect = lose
    council.run()
    council.again()

    def asked(name: str) -> None:
        if name == "find Lists/PortfolioRollUp":
            raise UnreachableError("No answer.")

    council.admin.asked = asked
    assert council.remove().exit_code is ExitCode.PARTIAL
    assert [each.what for each in council.made] == [What.LIST]
    council.admin.asked = lambda _name: None
    council.remove()
    assert (council.made, set(council.lists())) == ([], {"Projects", "Actions"})


def test_a_list_of_ours_that_is_gone_is_told_by_its_address_and_once() -> None:
    council = site()
    council.run()
    del council.admin.lists[SITE, council.admin.at("Portfolio Sync status").guid]
    (work,) = [work for work in survey_removal(council.context).works if not work.steps]
    assert work.title == "Lists/PortfolioSyncStatus"
    gone = Left("list Lists/PortfolioSyncStatus", "it is gone already, and with it what was made there")
    assert work.left == (gone,)


def test_a_column_that_somebody_made_again_is_theirs_with_all_that_it_holds() -> None:
    """The same name and type, another column: dressed, undressed, and never taken away."""
    council = site(SOURCES[0], own_lists=None)
    council.run()
    theirs = found_column("PSCheck", title="Checked by", id="another")
    there = council.admin.at("Projects")
    columns = tuple(theirs if each.column.name == "PSCheck" else each for each in there.columns)
    council.admin.has(replace(there, columns=columns))
    council.admin.filled = {"PSCheck": 12}
    council.run()
    done = council.remove()
    assert done.lists[0].work.left == (
        Left("column PSCheck", "it is gone already, and somebody has made another one under its name"),
    )
    assert council.admin.at("Projects").columns == (*BARE.columns, theirs)
    assert council.made == []


def test_after_the_database_was_lost_what_looks_as_if_it_was_made_is_told_and_stays() -> None:
    council = site()
    council.run()
    before = council.lists()
    council.context = replace(council.context, runs=MemoryRunStore())
    assert [work.left for work in council.look().works if work.sources] == [(), ()]
    seen = survey_removal(council.context)
    assert (seen.steps, {each.why for work in seen.works for each in work.left}) == (0, {NOT_ON_RECORD})
    told = {work.title: sorted(each.what for each in work.left) for work in seen.works}
    assert told == {
        "Actions": ["column PSCheck 'Please check'", "column PSOverdue 'PSOverdue'", *OUR_VIEWS],
        "Portfolio Sync status": ["list 'Portfolio Sync status'"],
        "Portfolio roll-up": ["list 'Portfolio roll-up'"],
        "Projects": ["column PSCheck 'Please check'", "column PSOverdue 'Overdue?'", *OUR_VIEWS],
    }
    only = survey_removal(council.context, frozenset({"actions"}))
    assert [work.title for work in only.works] == ["Actions"]
    council.remove()
    assert council.lists() == before


OUR_VIEWS = ["view 'Due soon'", "view 'Overdue'", "view 'Please check'"]


def test_what_is_not_on_record_and_cannot_be_looked_at_is_not_told() -> None:
    council = site(own_lists=replace(OWN_LISTS, rollup=None))

    def asked(name: str) -> None:
        if name.startswith("find"):
            raise UnreachableError("No answer.")

    council.admin.asked = asked
    assert survey_removal(council.context).works == ()


def test_a_shared_list_is_taken_away_with_the_names_of_those_who_share_it() -> None:
    council = site()
    council.run()
    rollup = replace(council.admin.at("Portfolio roll-up"), item_count=3)
    council.admin.has(rollup)
    council.admin.rows = {
        number: Row(item_id=number, version="1", cells={"PSPortfolio": name}, modified=START)
        for number, name in enumerate(("Council", "Roads", None), 1)
    }
    (step,) = [step for work in survey_removal(council.context).works for step in work.steps if "roll-up" in str(step)]
    assert isinstance(step, RemoveList)
    assert (step.items, step.others) == (3, ("Roads",))
