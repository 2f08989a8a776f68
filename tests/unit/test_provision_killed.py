"""A `provision` that is killed at any change is finished by the next one, and leaves nothing that `--remove` misses."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.core.provisioning.made import What
from sync.core.provisioning.steps import MakeList
from sync.core.provisioning.telling import step_words
from sync.engine.provision.carry import Provisioned, carry_out
from sync.engine.provision.lists import survey_template
from sync.engine.provision.removal import survey_removal
from sync.engine.targets import Readers
from sync.errors import ExitCode
from tests.support.crashing import Killed
from tests.support.provisioned import OWN_LISTS, SOURCES, Site
from tests.support.provisioned import site as council_site
from tests.support.provisioning import SITE, found_column


def site() -> Site:
    """A list of staff's that gets a column and a hold column, one that is dressed, and two lists of our own, of which
    one is closed to the readers of the site."""
    return council_site(*SOURCES, own_lists=replace(OWN_LISTS, rollup_readers=Readers.OWNERS))


def closed(council: Site) -> set[str]:
    return {council.admin.lists[SITE, guid].title for guid in council.admin.closed}


def effects_of(council: Site, act: Callable[[Site], object]) -> list[str]:
    names: list[str] = []
    council.admin.effect = names.append
    act(council)
    return names


MAKING = effects_of(site(), lambda council: council.run())


@pytest.mark.parametrize("number", range(len(MAKING)))
def test_a_run_that_is_killed_is_finished_by_the_next_and_all_of_it_can_be_taken_away(number: int) -> None:
    """Before or after any change: the same end, nothing twice, and `--remove` finds everything."""
    whole, council = site(), site()
    whole.run()
    before, seen = council.lists(), 0

    def kill(_name: str) -> None:
        nonlocal seen
        seen += 1
        if seen > number:
            raise Killed

    council.admin.effect = kill
    with pytest.raises(Killed):
        council.run()
    council.again()
    cut_short = council.runs.copy(), dict(council.admin.lists)
    assert council.run().exit_code is ExitCode.DONE
    assert (council.lists(), closed(council)) == (whole.lists(), {"Portfolio roll-up"})
    assert sorted(council.admin.changes) == sorted(whole.admin.changes)
    assert [each.key[2:] for each in council.made if each.what is What.LIST] == [
        each.key[2:] for each in whole.made if each.what is What.LIST
    ]
    council.remove()
    assert (council.lists(), council.made) == (before, [])
    council.context = replace(council.context, runs=cut_short[0])
    council.admin.lists = cut_short[1]
    council.remove()
    assert (council.lists(), council.made) == (before, [])


BETWEEN = "after begin list Portfolio roll-up"


def cut_short(moment: str = BETWEEN) -> Site:
    """A run that died at that moment, as the next one finds it."""
    council = site()

    def kill(name: str) -> None:
        if name == moment:
            raise Killed

    council.admin.effect = kill
    with pytest.raises(Killed):
        council.run()
    council.again()
    return council


def with_readers(council: Site, readers: Readers | None) -> None:
    own = replace(OWN_LISTS, rollup_readers=readers)
    council.context = replace(council.context, portfolio=replace(council.context.portfolio, own_lists=own))


def test_a_list_that_stands_open_is_closed_before_anything_else_is_done_there() -> None:
    council = cut_short()
    assert (council.admin.at("PortfolioRollUp").url, closed(council)) == ("Lists/PortfolioRollUp", set())
    (work,) = [work for work in council.look().works if work.name == "Portfolio roll-up"]
    assert isinstance(work.steps[0], MakeList)
    assert step_words(work.steps[0]).startswith("go on making list 'Portfolio roll-up' at Lists/PortfolioRollUp: ")
    done = len(council.admin.changes)
    council.run()
    in_it = [name for name in council.admin.changes[done:] if "PS" in name or "list" in name]
    assert (in_it[0], closed(council)) == ("finish list Portfolio roll-up", {"Portfolio roll-up"})


def test_a_list_that_was_begun_is_not_gone_on_with_until_somebody_says_again_who_may_read_it() -> None:
    council = cut_short()
    with_readers(council, None)
    seen = council.look()
    assert (seen.asks_readers, [work.steps for work in seen.works if work.name == "Portfolio roll-up"]) == (True, [()])
    council.run()
    assert council.admin.at("PortfolioRollUp").columns == (found_column("Title"),)
    assert carry_out(council.context, council.look(readers=Readers.OWNERS)).exit_code is ExitCode.DONE
    assert (council.admin.at("Portfolio roll-up").item_count, closed(council)) == (0, {"Portfolio roll-up"})


def test_a_blank_list_that_was_begun_is_made_to_its_end() -> None:
    council = site()

    def blank() -> Provisioned:
        seen = survey_template(council.context, "risk-register", connection="council", site=SITE, title="Risks of ICT")
        return carry_out(council.context, seen)

    def kill(name: str) -> None:
        if name == "after begin list Risks of ICT":
            raise Killed

    council.admin.effect = kill
    with pytest.raises(Killed):
        blank()
    council.again()
    assert blank().exit_code is ExitCode.DONE
    found = council.admin.at("Risks of ICT")
    assert (found.url, council.admin.changes.count("begin list Risks of ICT")) == ("Lists/RisksOfICT", 1)
    assert [each.ident for each in council.made if each.what is What.LIST] == [found.guid]


def test_a_list_that_somebody_uses_by_now_is_not_taken_for_the_one_that_was_begun() -> None:
    council = cut_short()
    used = replace(council.admin.at("PortfolioRollUp"), item_count=3)
    council.admin.has(used)
    (outcome,) = [each for each in council.run().lists if each.work.name == "Portfolio roll-up"]
    assert (outcome.done, outcome.code) == ((), ExitCode.SCHEMA)
    assert "was not made from here" in outcome.work.hindrances[0].what
    council.remove()
    assert (council.admin.at("PortfolioRollUp"), [each.ident for each in council.made]) == (used, [None])
    (left,) = survey_removal(council.context).works[0].left
    assert "a run was cut short while it made a list at that address" in left.why


REMOVING_SITE = site()
REMOVING_SITE.run()
REMOVING = effects_of(REMOVING_SITE, lambda council: council.remove())


@pytest.mark.parametrize("number", range(len(REMOVING)))
def test_a_removal_that_is_killed_is_finished_by_the_next(number: int) -> None:
    council, seen = site(), 0
    before = council.lists()
    council.run()

    def kill(_name: str) -> None:
        nonlocal seen
        seen += 1
        if seen > number:
            raise Killed

    council.admin.effect = kill
    with pytest.raises(Killed):
        council.remove()
    council.again()
    assert council.remove().exit_code is ExitCode.DONE
    assert (council.lists(), council.made) == (before, [])
