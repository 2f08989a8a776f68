"""Records and histories in a frozen report: everything that a figure rests on, and nothing that is nobody's figure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.archive import people_of, record_from_json, record_to_json, shared_words
from sync.core.archived_history import history_from_json, history_to_json
from sync.core.doubts import doubt_about, doubt_from_json, doubt_to_json
from sync.core.findings import Finding, FindingKind
from sync.core.history import DateTrail, History, Raising
from sync.core.marks import sighting
from sync.core.matching import match
from sync.core.model import (
    CLASSES,
    VOCABULARIES,
    Band,
    FieldType,
    Kind,
    Nature,
    Person,
    Rating,
    Reference,
    RiskStatus,
    Scores,
    WorkStatus,
    field_types,
)
from sync.core.ownership import OwnedField
from sync.core.policy import IdentityPolicy, Policies, RegisterPolicy, Rung
from sync.core.snapshot import Record, RecordId
from tests.support.lists import record, snapshot, source

JO, SAM = Person("Jo Pascoe", "jo@council.example"), Person("Sam")
PEOPLE = {JO: 1, SAM: 2}
BY_NUMBER = {number: person for person, number in PEOPLE.items()}
NARRATIVE = {"cause", "event", "consequence"}


def kept(each: Record, **more: Any) -> Record:
    """The record once it was written as JSON and read again."""
    text = json.dumps(record_to_json(each, PEOPLE.__getitem__, **more), allow_nan=False)
    return record_from_json(json.loads(text), BY_NUMBER.__getitem__)


days = st.dates()
scores = st.builds(Scores, st.none() | st.integers(1, 10), st.none() | st.integers(1, 10))
VALUES: Mapping[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: st.text(),
    FieldType.DATE: days,
    FieldType.NUMBER: st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
    FieldType.FLAG: st.booleans(),
    FieldType.PEOPLE: st.lists(st.sampled_from([JO, SAM])).map(tuple),
    FieldType.REFERENCE: st.builds(Reference, st.text(), st.none() | st.integers(1), st.none() | st.text()),
    FieldType.SCORE: st.integers(1, 10),
    FieldType.RATING: st.builds(Rating, scores, scores, scores),
    **{of: st.sampled_from(words) for of, words in VOCABULARIES.items()},
}


@st.composite
def records(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from(Kind))
    blank = {FieldType.PEOPLE: ()}
    said = {name: draw(st.just(blank.get(of)) | VALUES[of]) for name, of in field_types(kind).items()}
    return Record(
        id=RecordId(draw(st.text()), draw(st.text()), draw(st.integers(1))),
        source=draw(st.text()),
        kind=kind,
        key=said["key"],
        fields=CLASSES[kind](**said),
        owned={OwnedField.STATUS: "At risk"},
        version='"7"',
        modified=datetime(2026, 6, 1, tzinfo=UTC),
        editor_id=12,
        restricted=draw(st.booleans()),
        created=draw(st.none() | days),
    )


@given(records())
def test_an_open_record_comes_back_with_all_but_narrative_and_a_restricted_one_without_words(each: Record) -> None:
    types = field_types(each.kind)
    lasting = {name for name, of in types.items() if of not in (FieldType.TEXT, FieldType.PEOPLE, FieldType.REFERENCE)}
    names = lasting | {"matrix_version"} if each.restricted else set(types) - NARRATIVE
    held = {"hold_reason": "(restricted)"} if each.restricted and getattr(each.fields, "hold_reason", None) else {}
    said = {name: getattr(each.fields, name) for name in types if name in names}
    fields_kept = CLASSES[each.kind](**said | held)
    key = None if each.restricted else each.key
    bare = replace(each, key=key, fields=fields_kept, owned={}, version="", modified=None, editor_id=None)
    assert kept(each) == bare


@given(records())
def test_just_those_people_have_a_number_who_are_asked_for_one(each: Record) -> None:
    asked: list[Person] = []

    def number_of(person: Person) -> int:
        asked.append(person)
        return PEOPLE[person]

    record_to_json(each, number_of)
    assert list(people_of(each)) == asked


SECRET = "Whistleblower in Revenues"
RESTRICTED_RISK = record(
    12,
    Kind.RISK,
    at="hr-risks",
    restricted=True,
    key=f"HR-12 {SECRET}",
    title=SECRET,
    project=Reference(SECRET, 4, "projects"),
    category=SECRET,
    cause=SECRET,
    event=SECRET,
    consequence=SECRET,
    owner=(Person(SECRET),),
    response=SECRET,
    proximity=SECRET,
    judged_by=f"ICT Board; {SECRET}",
    rung=SECRET,
    raised=date(2026, 5, 1),
    likelihood=4,
    impact=5,
    rating=Rating(current=Scores(4, 5)),
    score=20,
    band=Band.VERY_HIGH,
    matrix_version="2",
    nature=Nature.THREAT,
    status=RiskStatus.OPEN,
    last_reviewed=date(2026, 5, 2),
    hold_reason=SECRET,
    hold_until=date(2026, 8, 31),
    hold_by=(Person(SECRET),),
    confidential=True,
    problems=[Finding("hr-risks", 12, FindingKind.UNKNOWN_VALUE, "item 12", "item 12: Response.", f"{SECRET} is what")],
)


def test_nothing_that_staff_wrote_of_a_restricted_record_is_kept() -> None:
    parent = record(4, at="projects", key=SECRET, title=SECRET)
    shared = shared_words([RESTRICTED_RISK, parent], Policies())
    said = json.dumps(record_to_json(RESTRICTED_RISK, PEOPLE.__getitem__, parent=parent, shared=shared))
    assert SECRET not in said
    risk = kept(RESTRICTED_RISK, parent=parent).fields
    assert asdict(risk) | {"project": None} == {each.name: None for each in fields(risk)} | {
        "owner": (),
        "raised": date(2026, 5, 1),
        "likelihood": 4,
        "impact": 5,
        "rating": asdict(Rating(current=Scores(4, 5))),
        "score": 20,
        "band": Band.VERY_HIGH,
        "matrix_version": "2",
        "nature": Nature.THREAT,
        "status": RiskStatus.OPEN,
        "last_reviewed": date(2026, 5, 2),
        "hold_reason": "(restricted)",
        "hold_until": date(2026, 8, 31),
        "hold_by": (),
        "confidential": True,
    }


def test_a_restricted_record_still_belongs_to_the_project_that_it_named_in_words() -> None:
    project = record(4, at="projects", key="DS-01", title="Leisure centre")
    risk = replace(RESTRICTED_RISK, fields=replace(RESTRICTED_RISK.fields, project=Reference("DS-01")))
    action = record(9, Kind.ACTION, at="actions", title="Call them", parent=Reference(risk.key or ""))
    mappings = {
        "projects": source("projects", key="Ref"),
        "hr-risks": source("hr-risks", Kind.RISK, key="Ref", restricted=True, fields={"project": "Project"}),
        "actions": source("actions", Kind.ACTION, key="Ref", fields={"parent": "Parent"}),
    }
    now = match([snapshot(each.source, each) for each in (project, risk, action)], mappings)
    then = [kept(each, parent=now.parents.get(each.id)) for each in (project, risk, action)]
    again = match([snapshot(each.source, each) for each in then], mappings)
    assert {child.item_id: parent.id for child, parent in again.parents.items()} == {12: project.id, 9: risk.id}
    assert SECRET not in json.dumps([record_to_json(each, PEOPLE.__getitem__) for each in then])


def test_what_a_restricted_record_referred_to_in_vain_is_not_kept() -> None:
    assert kept(RESTRICTED_RISK).fields.project is None  # type: ignore[union-attr]


POLICIES = Policies(
    appetite={"Finance": Band.MEDIUM},
    registers={"ops": RegisterPolicy(kept_by="Technical Operations"), "rest": RegisterPolicy()},
    ladder=(Rung(name="programme", board="ICT Programme Board"),),
)


@pytest.mark.parametrize(
    ("said", "is_kept"),
    [
        ({"category": "finance "}, True),
        ({"category": "People"}, True),
        ({"category": "A person"}, False),
        ({"rung": "Programme"}, True),
        ({"rung": "ICT programme board"}, True),
        ({"judged_by": "Technical operations; ICT Programme Board"}, True),
        ({"judged_by": "Technical operations; A person"}, False),
        ({"response": "Finance"}, False),
    ],
)
def test_a_restricted_record_keeps_the_words_that_rules_and_totals_go_by(said: dict[str, str], is_kept: bool) -> None:
    open_risk = record(1, Kind.RISK, category="people")
    shared = shared_words([open_risk, RESTRICTED_RISK], POLICIES)
    hidden = record(2, Kind.RISK, restricted=True, **said)
    assert kept(hidden, shared=shared).fields == (hidden.fields if is_kept else CLASSES[Kind.RISK]())


def test_findings_are_kept_without_what_only_the_row_may_say() -> None:
    problem = Finding(
        "projects", 3, FindingKind.TEXT_DATE, "DS-03", "DS-03: Target date is text.", "Target date 'soon'"
    )
    each = record(3, key="DS-03", problems=[problem])
    assert kept(each).problems == (replace(problem, mend=""),)


def test_fields_that_this_release_does_not_know_are_left_out() -> None:
    each = record(3, key="DS-03", status=WorkStatus.ON_TRACK)
    document = record_to_json(each, PEOPLE.__getitem__)
    document["said"]["mood"] = "good"
    document["values"]["fields"]["moods"] = 3
    document["refers"]["friend"] = ["DS-04", None, None]
    document["people"]["sponsor"] = [7]
    assert record_from_json(document, BY_NUMBER.__getitem__) == replace(each, version="")


def test_a_word_that_is_none_of_the_vocabulary_is_refused() -> None:
    document = record_to_json(record(3, status=WorkStatus.ON_TRACK), PEOPLE.__getitem__)
    document["values"]["fields"]["status"] = "splendid"
    with pytest.raises(ValueError, match="splendid"):
        record_from_json(document, BY_NUMBER.__getitem__)


raisings = st.builds(
    Raising, rung=st.text(), board=st.text(), on=days, decide_by=st.none() | days, ended=st.none() | days
)
trails = st.builds(
    DateTrail, first=st.none() | days, latest=st.none() | days, slips=st.integers(0), moves=st.integers(0)
)
words = st.none() | st.text()
histories = st.builds(
    History,
    number=st.integers(1),
    id=st.builds(RecordId, st.text(), st.text(), st.integers(1)),
    source=st.text(),
    kind=st.sampled_from(Kind),
    key=words,
    title=words,
    place=words,
    restricted=st.booleans(),
    first_seen=days,
    last_seen=days,
    since=days,
    gone=st.none() | days,
    dates=st.dictionaries(st.text(), trails),
    last_reviewed=st.none() | days,
    push_outs=st.integers(0),
    rating=st.none() | scores,
    matrix=words,
    matrix_version=words,
    raised=st.lists(raisings).map(tuple),
    key_digest=words,
    title_digest=words,
    place_field=words,
    maybe=st.lists(st.integers(1)).map(tuple),
    copied_from=st.lists(st.integers(1)).map(tuple),
    joined=st.none() | st.integers(1),
)


@given(histories)
def test_a_history_comes_back_as_it_was(history: History) -> None:
    assert history_from_json(json.loads(json.dumps(history_to_json(history)))) == history


def test_what_many_histories_say_alike_is_held_once() -> None:
    due, later = date(2026, 6, 3), date(2026, 7, 3)
    seen = [
        sighting(record(number, Kind.RISK, at="risks"), source("risks", Kind.RISK), IdentityPolicy(), due)
        for number in (1, 2)
    ]
    trails = {"end": DateTrail(first=due, latest=later, slips=1, moves=1)}
    rated = [replace(each, dates=dict(trails), rating=Scores(4, 5), matrix="5x5-2026") for each in seen]
    one, two = (history_from_json(json.loads(json.dumps(history_to_json(each)))) for each in rated)
    assert [one, two] == rated
    assert all(
        getattr(one, name) is getattr(two, name) for name in ("source", "first_seen", "dates", "rating", "matrix")
    )
    assert one.id.list_guid is two.id.list_guid


@given(histories, histories)
def test_a_doubt_comes_back_as_it_was(then: History, now: History) -> None:
    doubt = doubt_about(then, now)
    assert doubt_from_json(json.loads(json.dumps(doubt_to_json(doubt)))) == doubt
