"""Who is who from run to run: renamed, moved, re-keyed, reused, restored, split, each told as itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync.core.identity import Event, EventKind
from sync.core.joining import aliases
from sync.core.model import Kind, Reference
from sync.core.policy import IdentityPolicy
from sync.core.snapshot import Record
from tests.support.lists import record, source
from tests.support.over_time import DAY, PARK, POOL, OverTime, after, kinds, project, texts


def test_on_the_very_first_run_nothing_is_new_and_everything_has_a_number() -> None:
    portfolio = OverTime()
    found = portfolio.run(project(2, "P-2", PARK), project(1, "P-1", POOL), project(5, None, None, at="pilots"))
    assert (found.events, found.doubts, found.gone) == ((), (), ())
    assert {(each.source, each.id.item_id): each.number for each in found.of.values()} == {
        ("pilots", 5): 1,
        ("projects", 1): 2,
        ("projects", 2): 3,
    }


def test_what_stays_as_it_is_is_told_nothing_of() -> None:
    rows = [project(1, "P-1", POOL, department="Leisure"), project(2, None, None)]
    found = after(rows, rows)
    assert (found.events, found.doubts, found.gone) == ((), (), ())


def test_the_records_are_told_whose_history_is_not_the_one_that_is_kept() -> None:
    portfolio = OverTime()
    one, two, new = project(1, "P-1", POOL), project(2, "P-2", PARK), project(3, "P-3", "Allotments")
    assert portfolio.run(one, two).changed == {one.id, two.id}
    assert portfolio.run(one, two).changed == frozenset()
    assert portfolio.run(one, new).changed == {new.id}
    assert portfolio.run(one, two, new).changed == frozenset()


ONE = project(1, "P-1", POOL, department="Leisure")
CERTAIN = {
    "renamed": (project(1, "P-1", "Lido"), ["P-1 was called 'Swimming pool refurbishment' and is now 'Lido'."]),
    "respelt": (project(1, "p-1 ", f"  {POOL.upper()}"), ["P-1  has its title spelt differently."]),
    "re-keyed": (project(1, "CE-1", POOL), ["CE-1 had the key 'P-1' and now has 'CE-1'."]),
    "moved department": (
        project(1, "P-1", POOL, department="Culture"),
        ["P-1 has moved from department 'Leisure' to 'Culture'."],
    ),
    "moved list": (project(9, "P-1", POOL, at="live"), ["P-1 has moved from projects to live."]),
    "moved row": (project(9, "P-1", POOL), []),
    "re-keyed in a new list": (
        project(9, "CE-1", POOL, at="live", department="leisure"),
        ["CE-1 has moved from projects to live.", "CE-1 had the key 'P-1' and now has 'CE-1'."],
    ),
    "renamed in a new row, by a word": (
        project(9, "P-1", "Pool of the town"),
        ["P-1 was called 'Swimming pool refurbishment' and is now 'Pool of the town'."],
    ),
    "renamed in a new row, by its place": (
        project(9, "P-1", "Lido", department="Leisure"),
        ["P-1 was called 'Swimming pool refurbishment' and is now 'Lido'."],
    ),
    "title taken away in a new row": (project(9, "P-1", None), []),
    "key taken away": (project(1, None, POOL), []),
    "key and title taken away": (project(1, None, None), []),
    "key taken away, renamed by a word": (
        project(1, None, "Pool"),
        ["Pool was called 'Swimming pool refurbishment' and is now 'Pool'."],
    ),
}


@pytest.mark.parametrize("name", CERTAIN)
def test_what_is_certain_is_the_same_and_told_as_what_it_is(name: str) -> None:
    now, told = CERTAIN[name]
    found = after([ONE], [now])
    assert found.of[now.id].number == 1
    assert texts(found) == told
    assert found.doubts == ()


def test_what_is_new_and_what_is_gone() -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    new = project(2, "P-2", PARK)
    found = portfolio.run(new)
    assert texts(found) == ["P-1 is gone.", "P-2 is new."]
    assert found.of[new.id].number == 2
    assert [(each.number, each.gone) for each in found.gone] == [(1, DAY + timedelta(days=1))]
    assert portfolio.run(new).events == ()


@pytest.mark.parametrize(
    ("back", "told"),
    [
        (ONE, ["P-1 is back."]),
        (
            project(1, "P-1", "Lido"),
            ["P-1 was called 'Swimming pool refurbishment' and is now 'Lido'.", "P-1 is back."],
        ),
        (project(7, "P-1", POOL, at="live"), ["P-1 has moved from projects to live.", "P-1 is back."]),
    ],
)
def test_what_comes_back_in_its_row_or_under_its_key_and_title_is_itself(back: Record, told: list[str]) -> None:
    portfolio = OverTime()
    portfolio.run(ONE, project(2, "P-2", PARK))
    portfolio.run(project(2, "P-2", PARK))
    found = portfolio.run(project(2, "P-2", PARK), back)
    assert sorted(texts(found)) == sorted(told)
    assert portfolio.kept[1].gone is None
    assert portfolio.kept[1].first_seen == DAY


@pytest.mark.parametrize(
    ("comes", "told"),
    [
        (project(7, "P-1", "Cemetery"), ["P-1 is new.", f"P-1 has the key that '{POOL}' had before."]),
        (project(7, "P-9", POOL, department="Leisure"), ["P-9 is new."]),
        (project(1, "P-9", "Cemetery"), ["P-9 is new."]),
    ],
)
def test_what_was_gone_does_not_come_back_by_less(comes: Record, told: list[str]) -> None:
    portfolio = OverTime()
    other = project(2, "P-2", PARK)
    portfolio.run(ONE, other)
    portfolio.run(other)
    found = portfolio.run(other, comes)
    assert sorted(texts(found)) == sorted(told)
    assert found.of[comes.id].number == 3
    assert found.doubts == ()


def test_of_two_that_are_gone_the_last_one_comes_back() -> None:
    portfolio = OverTime()
    twins = [project(1, "P-1", POOL), project(2, "P-1", POOL)]
    portfolio.run(*twins)
    portfolio.run(twins[1])
    portfolio.run()
    found = portfolio.run(project(1, "P-1", POOL, at="live"))
    assert kinds(found) == [("moved_list", 2), ("restored", 2)]


def test_only_a_declared_place_is_told_of_and_never_one_that_is_blank() -> None:
    assert after([ONE], [project(1, "P-1", POOL)]).events == ()
    assert after([ONE], [project(1, "P-1", POOL, department="Culture")], IdentityPolicy()).events == ()


def test_what_a_record_belongs_to_is_kept_and_told_without_its_name() -> None:
    portfolio = OverTime()
    portfolio.policy = IdentityPolicy(place={Kind.ACTION: "parent"})
    mended = record(1, Kind.ACTION, key="A-1", title="Change the locks", parent=Reference("PR-2"))
    moved = record(1, Kind.ACTION, key="A-1", title="Change the locks", parent=Reference("PR-7"))
    portfolio.run(mended)
    (event,) = portfolio.run(moved).events
    assert (event.kind, event.text) == ("moved_place", "A-1 has moved to another place.")
    assert "PR-" not in repr([event, *portfolio.kept.values()])


def test_another_field_as_the_place_is_no_move() -> None:
    portfolio = OverTime()
    row = project(1, "P-1", POOL, department="Leisure", theme="Places")
    portfolio.run(row)
    portfolio.policy = IdentityPolicy(place={Kind.PROJECT: "theme"})
    assert portfolio.run(row).events == ()
    assert kinds(portfolio.run(replace(row, fields=replace(row.fields, theme="People")))) == [("moved_place", 1)]


@pytest.mark.parametrize("place", ["owner", "no such field"])
def test_a_place_that_is_no_word_is_none(place: str) -> None:
    policy = IdentityPolicy(place={Kind.PROJECT: place})
    assert kinds(after([ONE], [project(9, "CE-1", POOL)], policy)) == [("left", 1), ("joined", 2)]


def test_a_project_is_never_matched_by_its_name_alone() -> None:
    found = after([project(1, "P-1", POOL)], [project(9, "CE-1", POOL)])
    assert kinds(found) == [("left", 1), ("joined", 2)]


def test_a_milestone_is_known_by_its_title_within_its_project() -> None:
    def milestone(item: int, of: str, at: str = "milestones") -> Record:
        return record(item, Kind.MILESTONE, at=at, title="Go live", project=Reference(of))

    portfolio = OverTime({name: source(name, Kind.MILESTONE) for name in ("milestones", "new")})
    portfolio.run(milestone(1, "P-1"), milestone(2, "P-2"))
    first, second = milestone(8, "P-2", "new"), milestone(9, "P-1", "new")
    found = portfolio.run(first, second)
    assert [found.of[each.id].number for each in (second, first)] == [1, 2]
    assert kinds(found) == [("moved_list", 2), ("moved_list", 1)]


def test_what_has_no_key_is_known_by_its_title_in_its_list() -> None:
    portfolio = OverTime({"themes": source("themes", Kind.PROGRAMME)})
    portfolio.run(record(1, Kind.PROGRAMME, at="themes", key="Places", title="Places"))
    again = record(7, Kind.PROGRAMME, at="themes", key="Places", title="places")
    found = portfolio.run(again)
    assert [(each.kind, each.number) for each in found.events] == [(EventKind.RESPELT, 1)]
    assert portfolio.kept[1].key is None


def test_kinds_are_apart() -> None:
    found = after([ONE], [record(1, Kind.RISK, at="projects", key="P-1", title=POOL)])
    assert sorted(kinds(found)) == [("joined", 2), ("left", 1)]


def test_a_list_that_was_sorted_and_pasted_over_says_nothing_by_its_rows() -> None:
    titles = ["Bins", "Bridge", "Canal", "Depot", "Escalator", "Ferry", "Gallery"]
    then = [project(row, f"P-{row}", title) for row, title in enumerate(titles, 1)]
    now = [project(8 - row, f"P-{row}", title) for row, title in enumerate(titles, 1)]
    now[6] = project(1, "P-8", "Hospice")
    found = after(then, now)
    assert kinds(found) == [("joined", 8), ("left", 7)]
    assert found.doubts == ()


# What was not read


def test_nothing_is_concluded_of_a_list_that_was_not_read() -> None:
    portfolio = OverTime()
    other = project(1, "P-2", PARK, at="live")
    portfolio.run(ONE, other)
    found = portfolio.run(other, unread=["projects"])
    assert (found.events, found.gone) == ((), ())
    assert texts(portfolio.run(other)) == ["P-1 is gone."]


def test_what_a_removed_source_held_is_gone_unless_another_holds_it_now() -> None:
    portfolio = OverTime()
    portfolio.run(ONE, project(2, "P-2", PARK))
    del portfolio.lists["projects"]
    assert texts(portfolio.run(project(8, "P-1", POOL, at="live"))) == [
        "P-1 has moved from projects to live.",
        "P-2 is gone.",
    ]


def test_what_turns_up_elsewhere_while_its_list_is_not_read_goes_on_once_it_is() -> None:
    portfolio = OverTime()
    moved = project(8, "P-1", POOL, at="live")
    portfolio.run(ONE)
    assert kinds(portfolio.run(moved, unread=["projects"])) == [("joined", 2)]
    found = portfolio.run(moved)
    assert kinds(found) == [("moved_list", 1)]
    assert found.of[moved.id].number == 1
    assert aliases(portfolio.kept.values()) == {2: 1}
    assert portfolio.run(moved).events == ()


def test_a_row_that_another_source_shows_is_found_though_its_own_was_not_read() -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    portfolio.lists["pilots"] = source("pilots", key="Ref")
    found = portfolio.run(replace(ONE, source="pilots"), unread=["projects"])
    assert found.events == ()
    assert found.of[ONE.id].number == 1


# Keys that are reused


def test_a_key_that_was_given_to_another_thing_is_told() -> None:
    first = [project(1, "P-1", POOL, department="Leisure"), project(2, "P-2", PARK, department="Roads")]
    now = [project(1, "P-3", POOL, department="Leisure"), project(2, "P-1", PARK, department="Roads")]
    found = after(first, now)
    assert kinds(found) == [("rekeyed", 1), ("key_reused", 2), ("rekeyed", 2)]
    assert f"P-1 has the key that '{POOL}' had before." in texts(found)


def test_a_key_that_two_share_is_not_reused() -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    found = portfolio.run(ONE, project(2, "P-1", POOL))
    assert kinds(found) == [("copied", 2), ("joined", 2)]


# Splits


@pytest.mark.parametrize("keys", [("P-1a", "P-1B"), ("P-1.1", "P-1.2"), ("P-1 i", "P-1 ii"), ("P-1-1", "P-1-12")])
def test_what_became_several_is_told_and_a_person_says_which_one_goes_on(keys: tuple[str, str]) -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    parts = [project(item, key, f"Part {item}") for item, key in enumerate(keys, 5)]
    found = portfolio.run(*parts)
    assert [each.text for each in found.events if each.kind is EventKind.SPLIT] == [
        f"P-1 was split: {keys[0]} and {keys[1]} came of it."
    ]
    assert len(found.doubts) == 2
    assert portfolio.run(*parts).events == ()
    portfolio.answer(found.doubts[0], same=True)
    joined = portfolio.run(*parts)
    assert [joined.of[each.id].number for each in parts] == [1, 3]
    assert joined.doubts == ()


def test_a_part_of_which_the_answer_is_known_already_goes_on_and_the_other_came_of_it() -> None:
    portfolio = OverTime()
    portfolio.run(ONE)
    parts = [project(5, "P-1a", "North"), project(6, "P-1b", "South")]
    first, _ = portfolio.look(*parts).doubts
    portfolio.answer(first, same=True)
    found = portfolio.run(*parts)
    assert [each.text for each in found.events if each.kind is EventKind.SPLIT] == ["P-1 was split: P-1b came of it."]
    assert [found.of[each.id].number for each in parts] == [1, 2]


@pytest.mark.parametrize("keys", [("P-1a", "P-2a"), ("P-1a", "Q-1b"), ("P-12", "P-13"), (None, "P-1b")])
def test_one_part_is_no_split_and_neither_is_another_number(keys: tuple[str | None, str]) -> None:
    parts = [project(item, key, f"Part {item}") for item, key in enumerate(keys, 5)]
    found = after([ONE], parts)
    assert EventKind.SPLIT not in {each.kind for each in found.events}
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("goes_on", "beside", "is_told"),
    [
        ("Learning quarter - Island", "Learning quarter: Lane", True),
        ("Learning quarter - Island", "Learning quarters", False),
        ("Learning quarter - Island", "Lane", False),
        ("Learning quarter - Island", None, False),
        ("Learning quarters", "Learning quarter - Lane", False),
        ("Learning quarter", "Learning quarter - Lane", False),
        (None, "Learning quarter - Lane", False),
    ],
)
def test_a_title_that_goes_on_in_two_is_told_as_a_split(goes_on: str | None, beside: str | None, is_told: bool) -> None:
    found = after(
        [project(1, "P-1", "Learning quarter", department="Barrow")],
        [
            project(1, "P-1", goes_on, department="Barrow"),
            project(2, "P-9", beside, department="Barrow"),
            project(3, "P-8", "Learning quarter - Elsewhere", department="Crewe"),
        ],
    )
    splits = [each.text for each in found.events if each.kind is EventKind.SPLIT]
    assert splits == (["P-1 was split: P-9 came of it."] if is_told else [])
    assert found.doubts == ()


def test_a_title_of_one_word_goes_on_in_everything() -> None:
    found = after([project(1, "P-1", "Market")], [project(1, "P-1", "Market Walk"), project(2, "P-2", "Market Square")])
    assert kinds(found) == [("renamed", 1), ("joined", 2)]


# Events as they are said


def test_events_come_by_source_and_item() -> None:
    portfolio = OverTime()
    rows = [project(2, "P-2", PARK), project(1, "P-1", POOL), project(1, "L-1", "Lido", at="live")]
    portfolio.run(*rows)
    found = portfolio.run(*(replace(each, fields=replace(each.fields, title="Lido and more")) for each in rows))
    places = [(each.source, each.id.item_id) for each in found.events]
    assert places == [("live", 1), ("projects", 1), ("projects", 2)]
    assert list(found.events) == sorted(found.events)


@pytest.mark.parametrize("kind", EventKind)
def test_every_event_can_be_said_without_quoting_anything(kind: EventKind) -> None:
    told = Event(kind=kind, number=1, of=Kind.RISK, id=ONE.id, source="hr", label="item 1", restricted=True)
    assert told.text.startswith("Item 1 ")
    assert told.text.endswith(".")
    assert "'" not in told.text
