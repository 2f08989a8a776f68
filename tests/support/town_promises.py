"""The promises over HTTP as short histories of a town, each with one thing in it that goes wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sync.core.findings import FindingKind
from sync.engine.run import RunResult
from sync.errors import LeaseLostError
from sync.store.memory import MemoryRunStore
from tests.support import judge, town
from tests.support.colleagues import change
from tests.support.crashing import Effects
from tests.support.town import Terms
from tests.support.town_runs import US, TownHall, town_server

Promise = Callable[[Path], None]
PROJECT, OTHER = ("Projects", 1), ("Projects", 2)
PASSED, LONG_PASSED = "2026-06-10", "2026-05-01"


@contextmanager
def a_town(folder: Path, terms: Terms) -> Iterator[TownHall]:
    """A town that was written to once, in which a colleague has since given us something to write."""
    with town_server(terms, folder) as server:
        hall = server.fresh()
        done(hall)
        hall.edits(change(PROJECT, Due=PASSED))
        yield hall


def done(hall: TownHall) -> RunResult:
    """A run that lives to its end."""
    hall.passes(minutes=5)
    result = hall.run()
    assert result is not None
    return result


def ends_well(hall: TownHall) -> None:
    """A run puts right what is left, another writes nothing, and nobody has a complaint."""
    hall.trouble()
    done(hall)
    again = done(hall)
    assert again.report.plan.writes == ()
    assert not [entry for entry in hall.segments[-1].entries if entry.caller == US and judge.is_item_write(entry)]
    assert hall.runs.journal.open_intents() == ()
    assert hall.wrong_flags() == []
    assert hall.losses() == []
    assert hall.offences() == []


def no_column_of_staffs_is_written(folder: Path) -> None:
    """P1, in both modes, whatever the plan says."""
    for mode in ("quiet", "versioned"):
        with a_town(folder, Terms(mode)) as hall:
            ends_well(hall)


def a_colleagues_edit_is_not_overwritten_unread(folder: Path) -> None:
    """P2, versioned: somebody is faster than our write by no more than a moment."""
    with a_town(folder, Terms("versioned")) as hall:
        faster = change(PROJECT, PSReason="Ask Ben", Due=LONG_PASSED)
        hall.trouble(hall.colleagues.rule(faster, route="web/list/item", method="MERGE", when="before"))
        done(hall)
        ends_well(hall)


def what_changed_meanwhile_is_decided_again(folder: Path) -> None:
    """P2, quiet: before the run ends, also where the item that changed is none of those that it wrote."""
    with a_town(folder, Terms("quiet")) as hall:
        meanwhile = change(OTHER, Due=LONG_PASSED)
        hall.trouble(hall.colleagues.rule(meanwhile, route="ProcessQuery", when="before"))
        done(hall)
        assert hall.wrong_flags() == []
        ends_well(hall)


def a_second_run_writes_nothing(folder: Path) -> None:
    """P4."""
    with a_town(folder, Terms("quiet")) as hall:
        ends_well(hall)


def every_write_has_an_intent_before_it(folder: Path) -> None:
    """P5, P8: killed at any request, whatever was written was written down before."""
    for mode in ("quiet", "versioned"):
        with a_town(folder, Terms(mode)) as hall:
            killed_after_a_write(hall)
            told = judge.journal_both_ways(hall.service.history.entries, US, hall.journal())
            assert [sentence for sentence in told if "no intent names" in sentence] == []
            ends_well(hall)


def a_killed_run_is_finished_and_its_values_are_nobodys(folder: Path) -> None:
    """P5: what it wrote last is taken for ours by the next run, not for a person's, and is on record."""
    with a_town(folder, Terms("quiet")) as hall:
        killed_after_a_write(hall)
        hall.edits(change(PROJECT, Due=LONG_PASSED))
        next_run = done(hall)
        assert [each for each in next_run.report.findings if each.kind is FindingKind.DRIFT] == []
        ends_well(hall)


def killed_after_a_write(hall: TownHall) -> None:
    """Our process dies after a request that wrote, before it knows of the answer."""
    before = hall.service.history.total
    assert hall.run(_DeadOnceItWrote(hall, before)) is None


class _DeadOnceItWrote(Effects):
    """Of a process that dies at the first effect after the server was written to."""

    def __init__(self, hall: TownHall, before: int) -> None:
        super().__init__()
        self._hall, self._before = hall, before

    def passes(self, name: str) -> None:
        entries = self._hall.service.history.entries[self._before :]
        if any(judge.is_item_write(entry) and entry.caller == US for entry in entries):
            self.dead = True
        super().passes(name)


def a_run_that_was_taken_over_sends_nothing_more(folder: Path) -> None:
    """P5: two runs never write at once. The first loses its lock when it has written down what it is about to
    write."""
    with town_server(Terms("quiet"), folder) as server:
        hall = server.fresh()
        late: list[Any] = []
        effects = Effects()

        def takes_over() -> None:
            assert isinstance(hall.runs, MemoryRunStore)
            hall.runs.journal.lose_lock()
            other = replace(hall, runs=hall.runs.again(), started=100, segments=[])
            assert done(other).exit_code == 0
            late.append(hall.service.history.total)

        names = names_of_a_first_run(server)
        effects.at, effects.then = names.index("after intend") + 1, takes_over
        try:
            hall.run(effects)
            told = False
        except LeaseLostError:
            told = True
        assert told, "it was not told that it had lost its lease"
        sent = [entry for entry in hall.service.history.entries[late[0] :] if judge.is_item_write(entry)]
        assert sent == []
        ends_well(hall)


def names_of_a_first_run(server: Any) -> list[str]:
    """What a first run does to the world, effect by effect; the town is as new afterwards."""
    effects = Effects()
    server.fresh().run(effects)
    server.fresh()
    return effects.names


def a_lost_answer_is_settled_by_reading(folder: Path) -> None:
    """P5, P8: the connection ends after the write took effect."""
    for mode, route in (("quiet", "ProcessQuery"), ("versioned", "$batch")):
        with a_town(folder, Terms(mode)) as hall:
            hall.trouble({"route": route, "do": "drop", "when": "after", "times": 1})
            done(hall)
            assert hall.wrong_flags() == []
            ends_well(hall)


def a_request_that_broke_off_is_taken_apart(folder: Path) -> None:
    """P5: some of its items were saved and others not."""
    with a_town(folder, Terms("quiet")) as hall:
        hall.edits(change(OTHER, Due=PASSED))
        hall.trouble({"route": "ProcessQuery", "do": "break-off", "after": 1, "times": 1})
        done(hall)
        assert hall.wrong_flags() == []
        ends_well(hall)


def a_repeated_page_is_no_list(folder: Path) -> None:
    """P6: nothing is concluded from a list whose end was never seen."""
    with a_town(folder, Terms("quiet")) as hall:
        hall.passes(days=8)  # after a week a list is read as a whole
        wrong = hall.wrong_flags()
        hall.trouble({"route": "web/list/items", "list": town.PROJECTS, "do": "repeat-page", "times": 1})
        done(hall)
        assert [rule.hits for rule in hall.service.faults.report()] == [1]
        assert set(hall.wrong_flags()) <= set(wrong), "it made something wrong that was right"
        ends_well(hall)


def told_to_wait_it_waits(folder: Path) -> None:
    """P10."""
    with a_town(folder, Terms("versioned")) as hall:
        # The milestones are written first, and the projects would come too early.
        hall.edits(change(("Milestones", 1), Due=LONG_PASSED))
        hall.trouble(
            {"name": "page", "route": "web/list/items", "do": "refuse", "status": 429, "retry_after": 60, "times": 1},
            {"name": "part", "list": town.MILESTONES, "method": "MERGE", "do": "refuse", "status": 429,
             "retry_after": 60, "times": 1},
        )  # fmt: skip
        done(hall)
        ends_well(hall)
