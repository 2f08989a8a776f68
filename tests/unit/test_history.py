"""What one more night adds to a history."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sync.core.advance import Facts, advance
from sync.core.history import DateTrail, History, Raising
from sync.core.marks import sighting
from sync.core.model import Kind, Reference, Scores
from sync.core.policy import IdentityPolicy
from sync.core.snapshot import Record
from tests.support.lists import record, source

DAY = date(2026, 6, 1)
JULY, AUGUST, MAY = date(2026, 7, 1), date(2026, 8, 1), date(2026, 5, 1)
NOTHING = Facts()


def risk(**said: object) -> Record:
    return record(1, Kind.RISK, at="risks", key="R-1", title="Roof", **said)  # type: ignore[arg-type]


def over(*nights: Record, facts: Facts = NOTHING, policy: IdentityPolicy | None = None) -> History:
    """The history of a record after these nights."""
    policy = policy or IdentityPolicy()
    mapping = source(nights[0].source, nights[0].kind, key="Ref")
    history = replace(sighting(nights[0], mapping, policy, DAY), number=7)
    for night, seen in enumerate(nights):
        history = advance(history, seen, mapping, policy, DAY + timedelta(days=night), facts)
    return history


def test_a_history_says_where_and_as_what_its_record_was_last_seen() -> None:
    then = record(1, key="P-1", title="Pool", department="Leisure")
    now = record(4, at="live", key="P-2", title="Lido", department="Culture")
    history = over(then, now, policy=IdentityPolicy(place={Kind.PROJECT: "department"}))
    assert (history.number, history.id, history.source) == (7, now.id, "live")
    assert (history.key, history.title, history.place, history.place_field) == ("P-2", "Lido", "Culture", "department")
    assert (history.first_seen, history.since, history.last_seen) == (DAY, DAY, DAY + timedelta(days=1))


def test_what_was_gone_is_back() -> None:
    history = replace(over(risk()), gone=DAY)
    mapping = source("risks", Kind.RISK, key="Ref")
    assert advance(history, risk(), mapping, IdentityPolicy(), DAY, NOTHING).gone is None


def test_a_day_that_lies_back_is_not_the_day_on_which_it_was_last_seen() -> None:
    history = over(risk(), risk(), risk())
    mapping = source("risks", Kind.RISK, key="Ref")
    assert advance(history, risk(), mapping, IdentityPolicy(), DAY, NOTHING) == history


@pytest.mark.parametrize(
    ("each", "name"),
    [
        (record(1, end=JULY), "end"),
        (record(1, Kind.MILESTONE, original=JULY), "forecast"),
        (record(1, Kind.RISK, next_review=JULY), "next_review"),
        (record(1, Kind.ISSUE, due=JULY), "due"),
        (record(1, Kind.ACTION, due=JULY), "due"),
    ],
)
def test_the_date_that_staff_gave_is_followed(each: Record, name: str) -> None:
    assert over(each).dates == {name: DateTrail(first=JULY, latest=JULY)}


def test_a_programme_has_no_date_to_follow() -> None:
    assert over(record(1, Kind.PROGRAMME)).dates == {}


def test_a_date_that_moved_is_counted_and_one_of_another_kind_stays() -> None:
    first = over(record(1, end=JULY))
    with_more = replace(first, dates={**first.dates, "a": DateTrail(first=MAY, latest=MAY)})
    mapping = source("projects", key="Ref")
    now = advance(with_more, record(1, end=AUGUST), mapping, IdentityPolicy(), DAY, NOTHING)
    assert now.dates == {
        "a": DateTrail(first=MAY, latest=MAY),
        "end": DateTrail(first=JULY, latest=AUGUST, slips=1, moves=1),
    }


@pytest.mark.parametrize(
    ("nights", "push_outs"),
    [
        ([risk(next_review=JULY)], 0),
        ([risk(next_review=JULY), risk(next_review=AUGUST)], 1),
        ([risk(next_review=JULY, last_reviewed=MAY), risk(next_review=AUGUST, last_reviewed=MAY)], 1),
        ([risk(next_review=JULY, last_reviewed=MAY), risk(next_review=AUGUST, last_reviewed=DAY)], 0),
        ([risk(next_review=JULY, last_reviewed=MAY), risk(next_review=AUGUST)], 1),
        ([risk(next_review=AUGUST), risk(next_review=JULY)], 0),
        ([risk(next_review=JULY), risk(), risk(next_review=AUGUST)], 0),
        (
            [
                risk(next_review=JULY, last_reviewed=MAY),
                risk(next_review=JULY),
                risk(next_review=AUGUST, last_reviewed=MAY),
            ],
            1,
        ),
    ],
)
def test_a_next_review_that_only_moves_later_is_a_push_out(nights: list[Record], push_outs: int) -> None:
    assert over(*nights).push_outs == push_outs


def test_the_last_review_that_was_known_stays_known() -> None:
    assert over(risk(last_reviewed=MAY), risk()).last_reviewed == MAY
    assert over(risk()).last_reviewed is None
    assert over(record(1)).last_reviewed is None


def test_what_the_rules_made_of_it_is_kept_as_it_is_told() -> None:
    raised = (Raising(rung="board", board="ICT Board", on=DAY),)
    facts = Facts(rating=Scores(4, 5), matrix="5x5-2026", matrix_version="2", raised=raised)
    history = over(risk(), facts=facts)
    assert (history.rating, history.matrix, history.matrix_version) == (Scores(4, 5), "5x5-2026", "2")
    assert history.raised == raised
    mapping = source("risks", Kind.RISK, key="Ref")
    after = advance(history, risk(), mapping, IdentityPolicy(), DAY, NOTHING)
    assert (after.rating, after.matrix, after.matrix_version, after.raised) == (None, None, None, ())


@pytest.mark.parametrize(
    "each",
    [
        risk(next_review=AUGUST, last_reviewed=MAY, project=Reference("DS-01")),
        record(1, key="P-1", title="Pool", end=AUGUST),
        replace(risk(next_review=AUGUST), restricted=True),
    ],
)
def test_the_same_facts_on_the_same_day_change_nothing_a_second_time(each: Record) -> None:
    before = replace(over(replace(each, fields=type(each.fields)())), maybe=(3,), copied_from=(4,))
    mapping, today = source(each.source, each.kind, key="Ref"), DAY + timedelta(days=3)
    facts = Facts(raised=(Raising(rung="board", board="ICT Board", on=today),))
    once = advance(before, each, mapping, IdentityPolicy(), today, facts)
    assert advance(once, each, mapping, IdentityPolicy(), today, facts) == once
    assert (once.maybe, once.copied_from) == ((3,), (4,))


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (risk(project=Reference("DS-01")), risk(project=Reference("DS-01"))),
        (risk(project=Reference("DS-01")), record(1, Kind.RISK, at="risks", key="R-2", title="Wall")),
        (risk(), record(1, Kind.ISSUE, at="risks", key="R-1", title="Roof")),
        (replace(risk(), restricted=True), risk(project=Reference("DS-01"))),
        (risk(project=Reference("DS-01")), replace(risk(), restricted=True)),
    ],
    ids=["the same", "renamed", "another kind", "restricted before", "restricted now"],
)
def test_a_record_looks_the_same_whatever_is_known_of_its_row(then: Record, now: Record) -> None:
    mapping = source("risks", now.kind, key="Ref")
    known = over(then)
    assert sighting(now, mapping, IdentityPolicy(), DAY, known) == sighting(now, mapping, IdentityPolicy(), DAY)


def test_digests_of_what_stayed_as_it_was_are_held_once() -> None:
    mapping, known = source("risks", Kind.RISK, key="Ref"), over(risk())
    seen = sighting(risk(), mapping, IdentityPolicy(), DAY, known)
    assert seen.key_digest is known.key_digest
    assert seen.title_digest is known.title_digest


def test_dates_that_stayed_as_they_were_are_held_once() -> None:
    mapping, known = source("risks", Kind.RISK, key="Ref"), over(risk(next_review=JULY))
    assert advance(known, risk(next_review=JULY), mapping, IdentityPolicy(), AUGUST, NOTHING).dates is known.dates


def test_of_a_restricted_record_no_word_is_kept() -> None:
    open_one = risk(project=Reference("DS-01"))
    history = over(open_one, replace(open_one, restricted=True))
    assert (history.key, history.title, history.place, history.place_field) == (None, None, None, None)
    assert history.restricted
    again = over(open_one, replace(open_one, restricted=True), open_one)
    assert (again.key, again.title, again.restricted) == ("R-1", "Roof", False)
    assert (again.key_digest, again.title_digest) == (history.key_digest, history.title_digest)


@pytest.mark.parametrize(
    ("first", "latest", "days"), [(JULY, AUGUST, 31), (AUGUST, JULY, -31), (None, JULY, 0), (JULY, None, 0)]
)
def test_a_trail_tells_how_far_a_date_has_moved(first: date | None, latest: date | None, days: int) -> None:
    assert DateTrail(first=first, latest=latest).days == days
