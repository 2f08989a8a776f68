"""A `provision` that is killed at any change is finished by the next one, and leaves nothing that `--remove` misses."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.core.provisioning.made import What
from sync.errors import ExitCode
from tests.support.crashing import Killed
from tests.support.provisioned import OWN_LISTS, SOURCES, Site
from tests.support.provisioned import site as council_site


def site() -> Site:
    """A list of staff's that gets a column and a hold column, one that is dressed, and a list of our own."""
    return council_site(*SOURCES, own_lists=replace(OWN_LISTS, rollup=None))


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
    assert council.lists() == whole.lists()
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
