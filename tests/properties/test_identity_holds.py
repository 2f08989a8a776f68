"""Identity over any nights: nobody is lost, doubled or renumbered, and nothing depends on the order of anything."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.snapshot import Record
from tests.support.budget import by_size
from tests.support.over_time import OverTime, project

LISTS = ("projects", "live")
rows = st.builds(
    project,
    st.integers(1, 5),
    st.sampled_from([None, "P-1", "P-2", "P-1a", "P-1b"]),
    st.sampled_from([None, "Swimming pool", "Swimming pool - north", "Park and ride"]),
    at=st.sampled_from(LISTS),
    department=st.sampled_from([None, "Leisure", "Roads"]),
    restricted=st.booleans(),
)
nights = st.lists(
    st.tuples(st.lists(rows, max_size=6, unique_by=lambda each: each.id), st.sets(st.sampled_from(LISTS), max_size=1)),
    min_size=1,
    max_size=by_size(4, 7),
)
Night = tuple[list[Record], set[str]]


def read(night: Night) -> tuple[list[Record], set[str]]:
    """What is known of a night: nothing of a list that was not read."""
    records, unread = night
    return [each for each in records if each.source not in unread], unread


def lived(so_far: list[Night]) -> OverTime:
    portfolio = OverTime()
    for night in so_far:
        records, unread = read(night)
        portfolio.run(*records, unread=unread)
    return portfolio


@given(nights)
def test_every_record_has_one_history_and_no_number_means_two_things(given_nights: list[Night]) -> None:
    portfolio = OverTime()
    for night in given_nights:
        records, unread = read(night)
        before = dict(portfolio.kept)
        found = portfolio.run(*records, unread=unread)
        numbers = [each.number for each in found.of.values()]
        assert set(found.of) == {each.id for each in records}
        assert len(set(numbers)) == len(numbers)
        assert portfolio.kept.keys() >= before.keys()
        fresh = sorted(portfolio.kept.keys() - before.keys())
        assert fresh == list(range(len(before) + 1, len(portfolio.kept) + 1))
        present = {number for number, each in portfolio.kept.items() if each.gone is None}
        asked_about = {each.number for each in found.doubts}
        not_read = {number for number, each in portfolio.kept.items() if each.source in unread}
        assert set(numbers) <= present <= set(numbers) | asked_about | not_read


@given(nights)
def test_a_second_look_at_the_same_tells_nothing_and_asks_the_same(given_nights: list[Night]) -> None:
    portfolio = lived(given_nights)
    assert portfolio.last is not None
    records, unread = read(given_nights[-1])
    before = dict(portfolio.kept)
    again = portfolio.look(*records, unread=unread, today=portfolio.today)
    assert (again.events, again.gone) == ((), ())
    assert [each.id for each in again.doubts] == [each.id for each in portfolio.last.doubts]
    portfolio.run(*records, unread=unread)
    same = {number: replace(each, last_seen=before[number].last_seen) for number, each in portfolio.kept.items()}
    assert same == before


@given(nights, st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_records_or_histories(given_nights: list[Night], chance: object) -> None:
    portfolio = lived(given_nights[:-1])
    records, unread = read(given_nights[-1])
    expected = portfolio.look(*records, unread=unread)
    chance.shuffle(records)  # type: ignore[attr-defined]
    order = list(portfolio.kept)
    chance.shuffle(order)  # type: ignore[attr-defined]
    portfolio.kept = {number: portfolio.kept[number] for number in order}
    assert portfolio.look(*records, unread=unread) == expected


@given(nights)
def test_a_list_that_was_not_read_loses_nobody(given_nights: list[Night]) -> None:
    portfolio = lived(given_nights)
    found = portfolio.look(unread=LISTS)
    assert (found.events, found.gone, found.doubts) == ((), (), ())


@given(nights, st.lists(st.booleans(), min_size=30, max_size=30))
@settings(max_examples=by_size(100, 1000))
def test_once_every_question_is_answered_nothing_is_left_open(given_nights: list[Night], said: list[bool]) -> None:
    portfolio = lived(given_nights)
    records, _ = read(given_nights[-1])
    records = [each for each in records if each.source in LISTS]
    answers = iter(said)
    for _ in range(10):
        found = portfolio.run(*records)
        for doubt in found.doubts:
            portfolio.answer(doubt, same=next(answers, False))
    assert portfolio.last is not None
    assert portfolio.last.doubts == ()
    here = {each.number for each in portfolio.last.of.values()}
    assert {number for number, each in portfolio.kept.items() if each.gone is None} == here
    assert portfolio.run(*records).events == ()


@given(nights)
def test_words_of_restricted_records_are_neither_kept_nor_told(given_nights: list[Night]) -> None:
    portfolio = OverTime()
    for night in given_nights:
        records, unread = read(night)
        hidden = [replace(each, restricted=True) for each in records]
        found = portfolio.run(*hidden, unread=unread)
        told = " ".join([*(each.text for each in found.events), *(each.question for each in found.doubts)])
        kept = repr([replace(each, source="") for each in portfolio.kept.values()])
        for word in ("P-1", "P-2", "Swimming", "Park and", "Leisure", "Roads"):
            assert word not in told
            assert word not in kept
