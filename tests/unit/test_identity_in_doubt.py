"""What may be the same and may not: copies, reused rows, what fits equally well; asked about until it is answered."""

from dataclasses import replace
from datetime import date

import pytest

from sync.core.advance import Facts
from sync.core.doubts import doubt_id
from sync.core.history import DateTrail, History, Raising
from sync.core.identity import Identified
from sync.core.joining import aliases
from sync.core.model import Kind
from sync.core.snapshot import Record
from tests.support.lists import record, source
from tests.support.over_time import DAY, PARK, POOL, OverTime, after, kinds, project, texts

ONE = project(1, "P-1", POOL, department="Leisure")


# Copies


def test_a_copy_is_new_and_goes_on_as_the_original_once_that_is_deleted() -> None:
    portfolio = OverTime()
    copy = project(4, "P-1", POOL, at="live", department="Leisure")
    portfolio.run(ONE)
    found = portfolio.run(ONE, copy)
    assert texts(found) == ["P-1 has the key and the title of item 1 of projects, which is still there.", "P-1 is new."]
    assert [each.others for each in found.events] == [(1,), ()]
    assert portfolio.run(ONE, copy).events == ()
    moved = portfolio.run(copy)
    assert texts(moved) == ["P-1 has moved from projects to live."]
    assert (moved.of[copy.id].number, moved.doubts) == (1, ())
    assert portfolio.kept[2].joined == 1


def test_a_copy_that_was_renamed_meanwhile_is_asked_about() -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    portfolio.run(ONE, project(4, "P-1", POOL, at="live"))
    renamed = project(4, "P-1", "Lido", at="live")
    portfolio.run(ONE, renamed)
    (doubt,) = portfolio.run(renamed).doubts
    assert doubt.question == (
        "Is P-1 'Lido' the same project as P-1 'Swimming pool refurbishment', last seen 3 June 2026?"
    )
    portfolio.answer(doubt, same=False)
    assert kinds(portfolio.run(renamed)) == [("left", 1)]


def test_of_two_copies_none_goes_on_by_itself() -> None:
    portfolio = OverTime()
    copies = [project(item, "P-1", POOL, at="live") for item in (4, 5)]
    portfolio.run(ONE)
    portfolio.run(ONE, *copies)
    found = portfolio.run(*copies)
    assert [each.record.item_id for each in found.doubts] == [4, 5]
    assert found.events == ()
    portfolio.answer(found.doubts[1], same=True)
    joined = portfolio.run(*copies)
    assert [joined.of[each.id].number for each in copies] == [2, 1]
    assert joined.doubts == ()


def test_a_copy_of_two_that_are_there_goes_on_as_the_one_that_is_deleted() -> None:
    portfolio = OverTime()
    twins = [project(item, "P-1", POOL) for item in (1, 2)]
    copy = project(4, "P-1", POOL, at="live")
    portfolio.run(*twins)
    portfolio.run(*twins, copy)
    assert portfolio.run(twins[1], copy).of[copy.id].number == 1


# What only a person can say

REUSED = project(1, "P-9", "Cemetery")


def in_doubt() -> tuple[OverTime, Identified]:
    portfolio = OverTime()
    portfolio.run(ONE)
    return portfolio, portfolio.run(REUSED)


def test_a_row_of_which_key_and_title_changed_at_once_is_asked_about_every_night() -> None:
    portfolio, found = in_doubt()
    (doubt,) = found.doubts
    assert doubt.question == (
        "Item 1 was P-1 'Swimming pool refurbishment' and is P-9 'Cemetery'. "
        "Is that the same project under another name, or another project in its row?"
    )
    assert doubt.choices == ("the same project as before", "another project")
    assert (doubt.id, doubt.number, doubt.candidate) == (doubt_id(portfolio.kept[1], REUSED.id), 1, 2)
    assert (kinds(found), found.gone) == ([("joined", 2)], ())
    for _ in range(3):
        again = portfolio.run(REUSED)
        assert (again.doubts, again.events, again.gone) == (found.doubts, (), ())


def test_the_answer_same_goes_on_with_the_older_number() -> None:
    portfolio, found = in_doubt()
    portfolio.run(REUSED)
    portfolio.answer(found.doubts[0], same=True)
    joined = portfolio.run(REUSED)
    assert kinds(joined) == [("rekeyed", 1), ("renamed", 1)]
    assert joined.of[REUSED.id].number == 1
    assert [(each.number, each.joined, each.title) for each in joined.gone] == [(2, 1, None)]
    assert portfolio.kept[1].first_seen == DAY
    again = portfolio.run(REUSED)
    assert (again.events, again.doubts, again.gone) == ((), (), ())


def test_the_answer_another_lets_the_older_one_go() -> None:
    portfolio, found = in_doubt()
    portfolio.answer(found.doubts[0], same=False)
    parted = portfolio.run(REUSED)
    assert kinds(parted) == [("left", 1)]
    assert parted.of[REUSED.id].number == 2
    assert portfolio.run(REUSED).events == ()


def test_a_person_may_think_again_of_what_was_another() -> None:
    portfolio, found = in_doubt()
    portfolio.answer(found.doubts[0], same=False)
    portfolio.run(REUSED)
    portfolio.answer(found.doubts[0], same=True)
    joined = portfolio.run(REUSED)
    assert kinds(joined) == [("rekeyed", 1), ("renamed", 1), ("restored", 1)]
    assert portfolio.kept[1].gone is None


def test_an_answer_that_is_known_before_the_histories_are_kept_counts_at_once() -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    (doubt,) = portfolio.look(REUSED).doubts
    portfolio.answer(doubt, same=True)
    found = portfolio.run(REUSED)
    assert kinds(found) == [("rekeyed", 1), ("renamed", 1)]
    assert (found.of[REUSED.id].number, found.gone, found.doubts) == (1, (), ())
    portfolio.run(REUSED, new := project(2, "P-2", PARK))
    assert portfolio.number(new) == 2, "no number is left out"


def test_a_row_that_is_typed_back_is_itself_again_and_nobody_is_asked() -> None:
    portfolio, _ = in_doubt()
    found = portfolio.run(ONE)
    assert (found.of[ONE.id].number, found.doubts) == (1, ())
    assert kinds(found) == [("left", 2)]


def test_a_row_that_is_reused_twice_is_asked_about_as_it_was_last() -> None:
    portfolio, _ = in_doubt()
    third = project(1, "P-7", "Bus station")
    found = portfolio.run(third)
    assert [(each.number, each.candidate) for each in found.doubts] == [(2, 3)]
    assert kinds(found) == [("joined", 3), ("left", 1)]


def test_nobody_is_asked_while_the_older_ones_list_is_not_read() -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    portfolio.lists["pilots"] = source("pilots", key="Ref")
    reused = replace(REUSED, source="pilots")
    assert portfolio.run(reused, unread=["projects"]).doubts == ()
    assert len(portfolio.run(reused).doubts) == 1


def test_a_row_without_a_key_is_asked_about_where_no_word_of_its_title_stays() -> None:
    portfolio = OverTime({"themes": source("themes")})
    portfolio.run(project(1, "Leisure", "Leisure", at="themes"))
    found = portfolio.run(project(1, "Burials", "Burials", at="themes"))
    assert len(found.doubts) == 1
    assert found.doubts[0].question.startswith("Item 1 was 'Leisure' and is 'Burials'.")


def test_a_row_whose_key_changed_and_that_has_no_title_is_asked_about() -> None:
    found = after([project(1, "P-1", None)], [project(1, "P-2", None)])
    assert [each.question[:24] for each in found.doubts] == ["Item 1 was P-1 and is P-"]


def test_a_key_in_another_row_under_a_title_without_a_common_word_is_asked_about() -> None:
    found = after([ONE], [project(5, "P-1", "Cemetery")])
    assert [each.question for each in found.doubts] == [
        "Is P-1 'Cemetery' the same project as P-1 'Swimming pool refurbishment', last seen 1 June 2026?"
    ]
    assert kinds(found) == [("joined", 2)]


@pytest.mark.parametrize(("then", "now", "asked"), [(1, 2, 2), (2, 1, 2), (2, 2, 2), (3, 2, 2), (2, 3, 2)])
def test_what_fits_equally_well_is_asked_about_and_no_more_than_needed(then: int, now: int, asked: int) -> None:
    first = [project(item, "P-1", POOL) for item in range(1, then + 1)]
    second = [project(item, "P-1", POOL, at="live") for item in range(1, now + 1)]
    found = after(first, second)
    assert len(found.doubts) == asked
    assert [each for each, number in kinds(found) if each != "joined"] == ["left"] * max(then - now, 0) * (now > 1)


def test_of_several_that_fit_the_place_decides_and_then_the_source() -> None:
    portfolio = OverTime()
    here, there = (project(item, "P-1", POOL, department=name) for item, name in ((1, "Leisure"), (2, "Culture")))
    portfolio.run(here, there)
    now = [project(item, "P-1", POOL, at="live", department=name) for item, name in ((7, "Culture"), (8, "Leisure"))]
    found = portfolio.run(*now)
    assert [found.of[each.id].number for each in now] == [2, 1]
    assert found.doubts == ()

    portfolio = OverTime()
    portfolio.run(project(1, "P-1", POOL), project(1, "P-1", POOL, at="pilots"))
    rebuilt = [project(7, "P-1", POOL), project(7, "P-1", POOL, at="pilots")]
    found = portfolio.run(*rebuilt)
    assert (found.events, found.doubts) == ((), ())
    assert sorted(each.number for each in found.of.values()) == [1, 2]


def test_titles_that_repeat_in_a_place_are_told_apart_by_their_keys_first() -> None:
    first = [project(item, f"P-{item}", "Public realm", department="Crewe") for item in (1, 2)]
    now = [
        project(7, "P-1", "Realm of the town", at="live", department="Crewe"),
        project(8, "P-3", "Public realm", at="live", department="Crewe"),
    ]
    found = after(first, now)
    assert [found.of[each.id].number for each in now] == [1, 2]
    assert found.doubts == ()


# Histories that are joined


def taken_over() -> History:
    """A risk whose row was reused on the third day, joined with what stands there two days later."""
    portfolio = OverTime()
    old = risk(1, "R-1", "Roof", next_review=date(2026, 7, 1))
    new = risk(1, "R-9", "Wall", next_review=date(2026, 8, 1))
    raised = {each.key or "": Facts(raised=RAISED[each.key or ""]) for each in (old, new)}
    portfolio.run(old, facts=raised)
    put_off = replace(old, fields=replace(old.fields, next_review=date(2026, 7, 8)))
    portfolio.run(put_off, facts=raised)
    (doubt,) = portfolio.run(new, facts=raised).doubts
    later = replace(new, fields=replace(new.fields, next_review=date(2026, 9, 1)))
    portfolio.run(later, facts=raised)
    portfolio.answer(doubt, same=True)
    return portfolio.run(later).of[later.id]


def risk(item: int, key: str, title: str, **more: object) -> Record:
    return record(item, Kind.RISK, at="risks", key=key, title=title, **more)  # type: ignore[arg-type]


EARLY, LATE = date(2026, 6, 1), date(2026, 6, 3)
RAISED = {
    "R-1": (
        Raising(rung="board", board="Board", on=EARLY),
        Raising(rung="group", board="Group", on=EARLY, ended=date(2026, 6, 2)),
        Raising(rung="cabinet", board="Cabinet", on=EARLY),
    ),
    "R-9": (
        Raising(rung="board", board="Board", on=LATE, ended=date(2026, 6, 4)),
        Raising(rung="group", board="Group", on=LATE),
        Raising(rung="board", board="Board", on=date(2026, 6, 4)),
    ),
}


def test_one_that_took_over_adds_what_it_saw_and_the_step_between() -> None:
    history = taken_over()
    assert (history.number, history.first_seen, history.since) == (1, DAY, DAY)
    assert history.dates["next_review"] == DateTrail(first=date(2026, 7, 1), latest=date(2026, 9, 1), slips=3, moves=3)
    assert history.push_outs == 2
    assert history.raised == (
        Raising(rung="board", board="Board", on=EARLY, ended=date(2026, 6, 4)),
        Raising(rung="cabinet", board="Cabinet", on=EARLY),
        Raising(rung="group", board="Group", on=EARLY, ended=date(2026, 6, 2)),
        Raising(rung="group", board="Group", on=LATE),
        Raising(rung="board", board="Board", on=date(2026, 6, 4)),
    )


def test_one_that_ran_beside_adds_nothing_twice() -> None:
    portfolio = OverTime()
    old = risk(1, "R-1", "Roof", next_review=date(2026, 7, 1), last_reviewed=date(2026, 5, 1))
    copy = replace(old, id=record(4, at="copies").id, source="copies")
    raised = {"R-1": Facts(raised=RAISED["R-1"])}
    portfolio.run(old, facts=raised)
    portfolio.run(old, copy, facts=raised)
    later = [replace(each, fields=replace(each.fields, next_review=date(2026, 7, 8))) for each in (old, copy)]
    portfolio.run(*later, facts=raised)
    history = portfolio.run(later[1], facts=raised).of[copy.id]
    assert (history.number, history.push_outs, history.raised) == (1, 1, RAISED["R-1"])
    assert history.dates == {
        "next_review": DateTrail(first=date(2026, 7, 1), latest=date(2026, 7, 8), slips=1, moves=1)
    }


def test_numbers_that_were_joined_again_lead_to_the_oldest() -> None:
    portfolio = OverTime()
    portfolio.run(project(1, "P-1", "Roof"))
    for key, title in (("P-2", "Wall"), ("P-3", "Door")):
        row = project(1, key, title)
        (doubt,) = portfolio.run(row).doubts
        portfolio.answer(doubt, same=True)
        portfolio.run(row)
    assert aliases(portfolio.kept.values()) == {2: 1, 3: 1}
