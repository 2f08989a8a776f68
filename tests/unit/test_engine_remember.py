"""What a run remembers for the next: what was not carried through can be told from a surprise when its night comes."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sync.core.dates import site_midnight
from sync.core.ownership import WriteMode
from sync.core.plan import Guard
from sync.core.policy import WritePolicy
from sync.engine.asked import Answer, Asked, HeadsAsked
from sync.engine.ports import Throttled
from sync.engine.run import RunResult, proceed_unapproved
from sync.engine.targets import Source
from sync.errors import UnreadableError
from tests.support.engine_world import LONDON, TODAY, Council, council

LATE = site_midnight(date(2026, 6, 3), LONDON)
LATER = site_midnight(date(2026, 11, 3), LONDON)
EDITED = datetime(2026, 6, 16, 9, tzinfo=UTC)


@pytest.fixture(params=[WriteMode.QUIET, WriteMode.VERSIONED], ids=str)
def lists(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Council]:
    """Every project but two has a milestone, and everything is written and settled."""
    with council(tmp_path, mode=request.param) as made:
        ticks = count()
        for kept in (made.projects, made.milestones, made.risks):
            kept.now = lambda: datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=next(ticks))
        for number in range(4, 13):
            made.milestones.add(Title=f"Step {number}", Project=f"P-{number}", Due=LATER)
        sources = made.context.portfolio.sources
        mode = replace(sources["milestones"].write, mode=request.param)
        configure(made, {**sources, "milestones": replace(sources["milestones"], write=mode)})
        made.run()
        yield made


def configure(lists: Council, sources: dict[str, Source]) -> None:
    lists.context = replace(lists.context, portfolio=replace(lists.context.portfolio, sources=sources))


def rename(lists: Council, old: str, new: str) -> None:
    sources = {name: each for name, each in lists.context.portfolio.sources.items() if name != old}
    configure(lists, {**sources, new: replace(lists.context.portfolio.sources[old], name=new)})


def night(lists: Council, day: int = 0, **request: Any) -> RunResult:
    return lists.run(today=TODAY + timedelta(days=day), approver=proceed_unapproved, **request)


def let_slip(lists: Council) -> None:
    """The update day: nine milestones of nine projects are late."""
    for number in range(3, 12):
        lists.milestones.edit(number, Due=LATE, at=EDITED)


def cut_short(lists: Council, name: str) -> None:
    """From now on the list, in which something happened, cannot be read."""
    {"projects": lists.projects, "milestones": lists.milestones}[name].touch(1)
    answer = lists.store._answer

    def broken(site: str, asked: Asked) -> Answer:
        if isinstance(asked, HeadsAsked) or asked.source.name != name:
            return answer(site, asked)
        return UnreadableError("The page was cut short.")

    lists.store._answer = broken  # type: ignore[method-assign]


def mend(lists: Council) -> None:
    vars(lists.store).pop("_answer", None)
    vars(lists.store).pop("_write", None)


def settled(lists: Council) -> None:
    """What was left over is written the night after, nothing stops it, and then nothing is left."""
    result = night(lists)
    assert result.report.plan.refusals == ()
    assert result.report.writes.applied >= 9
    assert not night(lists).report.plan.writes


def test_an_edit_explains_what_it_asks_for_in_a_list_that_was_not_written_to_then(lists: Council) -> None:
    let_slip(lists)
    night(lists, only=frozenset({"milestones"}))
    settled(lists)


def test_an_edit_explains_what_it_asks_for_in_a_list_that_could_not_be_read_then(lists: Council) -> None:
    let_slip(lists)
    cut_short(lists, "projects")
    assert night(lists).report.writes.applied == 9
    mend(lists)
    settled(lists)


def test_an_edit_explains_what_it_asks_for_in_a_list_that_was_too_busy_then(lists: Council) -> None:
    let_slip(lists)
    write = lists.store._write
    lists.store._write = lambda found, *asked: (  # type: ignore[method-assign]
        Throttled() if found is lists.projects else write(found, *asked)
    )
    assert night(lists).report.writes.throttled == 9
    mend(lists)
    settled(lists)


def test_an_edit_explains_what_could_not_be_decided_while_another_list_was_unread(lists: Council) -> None:
    for number in range(1, 13):
        lists.projects.edit(number, Status="At risk", at=EDITED)
    cut_short(lists, "milestones")
    assert night(lists).report.writes.applied == 0
    mend(lists)
    settled(lists)


def test_an_edit_explains_what_waited_for_a_clock_to_be_set(lists: Council) -> None:
    for number in range(1, 13):
        lists.projects.edit(number, Status="At risk", at=EDITED)
    lists.store.difference = timedelta(hours=3)
    assert night(lists).report.writes.applied == 0
    lists.store.difference = timedelta(0)
    settled(lists)


def test_rows_that_are_new_while_another_list_is_unread_are_new_the_night_after(lists: Council) -> None:
    for number in range(4, 13):
        lists.milestones.add(Title=f"Next step {number}", Project=f"P-{number}", Due=LATE)
    cut_short(lists, "projects")
    night(lists)
    mend(lists)
    settled(lists)


def test_a_surprise_that_was_held_is_held_the_night_after_as_well(lists: Council) -> None:
    """Its cause is in a list that is only read, of which nothing is ever held."""
    sources = dict(lists.context.portfolio.sources)
    configure(lists, {**sources, "milestones": replace(sources["milestones"], write=WritePolicy(mode=WriteMode.OFF))})
    lists.run()
    written = len(lists.store.writes)
    for number in range(3, 12):  # the values are others, and nobody modified the items
        lists.milestones.edit(number, Due=LATE, at=lists.milestones.items[number].modified)
    for day in (1, 2, 3):
        guards = {refusal.guard for refusal in night(lists, day).report.plan.refusals}
        assert guards == {Guard.UNEXPLAINED_WRITES, Guard.FIELD_FLIPPED}
    assert len(lists.store.writes) == written


def concluding(lists: Council) -> list[Collection[str]]:
    """The sources whose rows are written down from now on, run by run."""
    told: list[Collection[str]] = []
    journal = lists.context.runs.journal
    conclude = journal.conclude

    def listening(*arguments: Any, known: Any, **more: Any) -> None:
        told.append(sorted(source for _, _, source in known))
        conclude(*arguments, known=known, **more)

    journal.conclude = listening  # type: ignore[method-assign]
    return told


def test_the_rows_of_a_list_in_which_nothing_happened_are_not_written_down_again(lists: Council) -> None:
    night(lists)  # which sees the items as our own writes left them
    told = concluding(lists)
    night(lists)
    lists.projects.edit(4, Title="Another", at=EDITED)
    night(lists)
    lists.milestones.delete(2)
    night(lists)
    night(lists)
    assert told == [[], ["projects"], ["milestones"], []]
    kept = lists.context.runs.remembered(lists.store.host, lists.milestones.guid).known["milestones"]
    assert [row.id.item_id for row in kept] == sorted(lists.milestones.items)


def test_a_row_that_belongs_to_another_record_now_is_written_down_though_nobody_edited_it(lists: Council) -> None:
    """Two projects swapped their references: the milestones of both still say what they said."""
    night(lists)
    told = concluding(lists)
    lists.projects.edit(4, Ref="P-5", at=EDITED)
    lists.projects.edit(5, Ref="P-4", at=EDITED)
    lists.run()
    assert told == [["milestones", "projects"]]


def test_a_first_run_beside_a_list_that_cannot_be_read_remembers_what_it_saw(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        cut_short(lists, "projects")
        lists.run()
        kept = lists.context.runs.remembered(lists.store.host, lists.milestones.guid)
        assert len(kept.known["milestones"]) == 2


def test_a_source_may_be_renamed_again_and_again(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.run()
        for old, new in (("risks", "hazards"), ("hazards", "perils"), ("perils", "dangers")):
            rename(lists, old, new)
            assert night(lists).report.plan.refusals == ()


def test_of_two_sources_that_went_at_once_nobody_can_tell_which_was_renamed(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        risks = lists.context.portfolio.sources["risks"]
        others = {name: each for name, each in lists.context.portfolio.sources.items() if name != "risks"}
        halves = [replace(risks, name=name, where={"Ref": (name,)}) for name in ("one", "two")]
        configure(lists, {**others, **{half.name: half for half in halves}})
        lists.run()
        configure(lists, {**others, "risks": risks})
        refusals = night(lists).report.plan.refusals
        assert [refusal.guard for refusal in refusals if refusal.source == "risks"] == [Guard.FIRST_RUN]


def test_a_source_that_was_approved_and_never_carried_through_may_be_renamed(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.store._write = lambda *_: Throttled()  # type: ignore[method-assign]
        lists.run()
        mend(lists)
        rename(lists, "risks", "hazards")
        result = night(lists)
        assert result.report.plan.refusals == ()
        assert result.report.writes.applied == 15


def test_rows_that_are_left_out_are_no_reason_to_write_a_list_down_again(lists: Council) -> None:
    sources = dict(lists.context.portfolio.sources)
    configure(lists, {**sources, "projects": replace(sources["projects"], where={"Status": ("On track",)})})
    lists.projects.edit(4, Status="At risk", at=EDITED)
    for _ in range(2):
        lists.run()
    told = concluding(lists)
    lists.run()
    assert told == [[]]
