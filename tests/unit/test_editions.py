"""What each edition shows and leaves out, by examples; that nothing gets past them is searched at random elsewhere."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from sync.core.changes import What
from sync.core.directions import Direction
from sync.core.findings import Finding, FindingKind
from sync.core.history import DateTrail, Raising
from sync.core.model import (
    Band,
    Confidence,
    Freshness,
    Health,
    Kind,
    Nature,
    Overdue,
    Person,
    RiskStatus,
    Scores,
    WorkStatus,
)
from sync.core.policy import Policies, ReportPolicy, Rung
from sync.core.rollup import Scope
from sync.core.snapshot import RecordId
from sync.core.view import Item, SourceSeen, View
from sync.report.editions import Edition, EditionView, for_edition
from sync.report.redaction import COVERED, PUBLIC_FIELDS
from tests.support.views import item, row, view

JUNE = date(2026, 6, 1)
SMITH = (Person("Jane Smith", "jane.smith@council.example"),)
EXAMPLE = (Person("Ann Example", "ann.example@council.example"),)
LADDER = Policies(ladder=(Rung(name="board", board="ICT Board"),))


def shown(
    edition: Edition, *items: Item, public: Iterable[str] = (), before: View | None = None, **of: Any
) -> EditionView:
    return for_edition(view(*items, **of), edition, ReportPolicy(public_titles=tuple(public)), before=before)


def full(**more: Any) -> Item:
    """A risk that says something in every field."""
    values: dict[str, Any] = {
        "ref": "R-1", "title": "Jane Smith leaves", "project": "DS-1", "parent": "DS-1", "theme": "Places",
        "programme": "Digital", "department": "Finance", "groups": {"ward": "North"}, "register": "ICT",
        "owners": SMITH, "owner_mapped": True,
        "is_over": False, "declared": WorkStatus.ON_TRACK, "computed": WorkStatus.AT_RISK, "state": RiskStatus.OPEN,
        "reads_worse": True, "health": Health.AMBER, "confidence": Confidence.AMBER, "confidence_by": "Jane Smith",
        "percent_complete": 40.0, "budget": 1000.0, "last_reported": JUNE, "reported": Freshness.FRESH,
        "reason": "At risk: said JANE  SMITH.", "start": JUNE, "original": JUNE, "due": JUNE, "actual": JUNE,
        "overdue": Overdue.OVERDUE, "since": JUNE, "slipped": DateTrail(first=JUNE, latest=JUNE), "slips_since": JUNE,
        "nature": Nature.THREAT, "category": "People", "response": "Ask Jane Smith", "proximity": "soon",
        "raised": JUNE, "matrix": "5x5", "version": "1", "inherent": Scores(4, 4), "current": Scores(3, 4),
        "target": Scores(1, 1), "inherent_band": Band.VERY_HIGH, "band": Band.HIGH, "target_band": Band.LOW,
        "above_appetite": True, "last_reviewed": JUNE, "review_due": JUNE, "reviewed": Freshness.DUE, "push_outs": 1,
        "tolerance_end": JUNE, "rung": "board", "board": "ICT Board", "declared_rung": "board",
        "raising": Raising(rung="board", board="ICT Board", on=JUNE), "repeats": 1, "is_decision_late": True,
        "held": True, "held_until": JUNE, "hold_reason": "Jane Smith and Ann Example agreed", "hold_by": EXAMPLE,
    }  # fmt: skip
    return item(2, Kind.RISK, **values | more)


ONLY_PUBLIC = (
    "Of 2 records only the place in the organisation, states, scores, dates and counts are shown: no reason, response, "
    "category, confidence, money or escalation."
)
DS_1 = item(1, ref="DS-1", title="New website")


def test_the_example_says_something_in_every_field() -> None:
    said, nothing = full(), item(2, Kind.RISK)
    silent = {each.name for each in fields(Item) if getattr(said, each.name) == getattr(nothing, each.name)}
    assert silent == {"id", "number", "source", "kind", "restricted", "is_over"}


def test_the_pmo_edition_shows_all_of_what_is_not_restricted() -> None:
    edition = shown(Edition.PMO, DS_1, full())
    assert edition.items == (DS_1, full())
    assert (edition.left_out, edition.hidden) == ((), {})
    assert {item.number: item for item in edition.items} == {1: DS_1, 2: full()}


def test_the_board_edition_shows_departments_instead_of_people() -> None:
    edition = shown(Edition.BOARD, DS_1, full())
    (_, risk) = edition.items
    assert risk == full(
        title=f"{COVERED} leaves",
        owners=(),
        owner_mapped=False,
        confidence_by=None,
        reason=f"At risk: said {COVERED}.",
        response=f"Ask {COVERED}",
        hold_reason=f"{COVERED} and {COVERED} agreed",
        hold_by=(),
    )
    assert edition.left_out == (
        "The names of the owners of 1 record are left out; departments stand for them.",
        "The names of those who set the hold of 1 record are left out.",
        "Where one of these names stands in a text it reads [name].",
    )


def test_the_public_edition_shows_the_fields_that_are_listed_and_no_others() -> None:
    edition = shown(Edition.PUBLIC, DS_1, full())
    (_, risk) = edition.items
    blank = item(2, Kind.RISK, number=None)
    for each in fields(Item):
        if each.name in PUBLIC_FIELDS:
            assert getattr(risk, each.name) == getattr(full(), each.name)
        elif each.name not in ("id", "ref", "project", "parent"):
            assert getattr(risk, each.name) == getattr(blank, each.name), each.name
    assert (risk.id, risk.ref, risk.project) == (RecordId("", "", 2), "R-1", "DS-1")
    assert [item for item in edition.items if item.number is not None] == []
    assert edition.left_out == (
        "The names of the owners of 1 record are left out.",
        "The names of those who set the hold of 1 record are left out.",
        "Where one of these names stands in a text it reads [name].",
        ONLY_PUBLIC,
        "2 titles are left out: only lists that are declared public show theirs.",
    )


def test_what_the_public_edition_does_not_show_is_decided_field_by_field() -> None:
    assert {each.name for each in fields(Item)} - PUBLIC_FIELDS == {
        *("id", "number", "ref", "title", "restricted", "project", "parent", "groups", "owners", "owner_mapped"),
        *("confidence", "confidence_by", "percent_complete", "budget", "reason"),
        *("category", "response", "proximity", "above_appetite"),
        *("rung", "board", "declared_rung", "raising", "repeats", "is_decision_late"),
        *("held", "held_until", "hold_reason", "hold_by"),
    }


@pytest.mark.parametrize(
    ("ref", "title", "expected"),
    [
        ("DS-01", "New website", "DS-01"),
        ("ICT/2026/004", "New website", "ICT/2026/004"),
        ("47", "New website", "47"),
        ("PROJ.12b", "New website", "Project 1"),
        ("New website", "New website", "Project 1"),
        ("r2", "R2", "Project 1"),
        ("R2", "r2", "Project 1"),
        ("Website", None, "Project 1"),
        ("item 12", None, "Project 1"),
        ("Jane-1", None, "Project 1"),
        ("SMITH-1", None, "Project 1"),
        ("JS-1", None, "JS-1"),
        ("WEBSITE-1", None, "Project 1"),
        ("DS-0000000001-0000000002", None, "Project 1"),
    ],
)
def test_what_looks_like_a_reference_is_shown_and_anything_else_goes_by_a_number(
    ref: str, title: str | None, expected: str
) -> None:
    edition = shown(Edition.PUBLIC, item(1, ref=ref, title=title, owners=SMITH))
    assert [each.ref for each in edition.items] == [expected]
    assert edition.items[0].title is None
    numbered = "1 record goes by a number of this report: references that may hold words are not shown."
    assert (numbered in edition.left_out) == (expected == "Project 1")


def test_titles_of_lists_that_were_written_to_be_published_are_shown_without_names() -> None:
    items = [item(1, ref="Ask jane smith", title="Ask jane smith"), item(2, at="others", title="Other")]
    edition = shown(Edition.PUBLIC, *[replace(each, owners=SMITH) for each in items], public=["projects"])
    assert {(each.ref, each.title) for each in edition.items} == {("Ask [name]", "Ask [name]"), ("PR-2", None)}
    assert "1 title is left out: only lists that are declared public show theirs." in edition.left_out


def test_labels_run_by_kind_and_leave_no_gap_for_what_is_restricted() -> None:
    projects = [item(number, ref=f"Words {number}", restricted=number == 2) for number in (1, 2, 3)]
    risk = item(4, Kind.RISK, ref="Words", project="Words 3", parent="Words 3")
    edition = shown(Edition.PUBLIC, *projects, risk)
    assert [(each.ref, each.project) for each in edition.items] == [
        ("Project 1", None),
        ("Project 2", None),
        ("Risk 1", "Project 2"),
    ]


@pytest.mark.parametrize(
    ("edition", "project", "risk"),
    [(Edition.PMO, "a restricted project", "a restricted risk"), (Edition.PUBLIC, None, None)],
)
def test_what_refers_to_something_restricted_does_not_name_it_or_tell_where_it_stands(
    edition: Edition, project: str | None, risk: str | None
) -> None:
    hidden = item(1, ref="item 1", restricted=True, theme="Places")
    raised = item(2, Kind.RISK, ref="item 2", restricted=True)
    milestone = item(3, Kind.MILESTONE, project="item 1", parent="item 1", theme="Places", department="Finance")
    action = item(4, Kind.ACTION, project=None, parent="item 2")
    acted, told = shown(edition, hidden, raised, milestone, action).items
    assert (told.project, told.parent, told.theme, told.department) == (project, project, None, None)
    assert acted.parent == risk


def test_where_two_records_are_called_the_same_the_pmo_is_told_what_they_are_called() -> None:
    twice = [item(1, title="One"), item(2, ref="PR-1", title="Two", at="others")]
    milestone = item(3, Kind.MILESTONE, project="PR-1", parent="PR-9")
    for edition, expected in ((Edition.PMO, ("PR-1", "PR-9")), (Edition.PUBLIC, ("PR-1", None))):
        (told, *_) = shown(edition, *twice, milestone).items
        assert (told.project, told.parent) == expected
    (told, *_) = shown(
        Edition.PUBLIC, *(replace(each, ref="Words") for each in twice), replace(milestone, project="Words")
    ).items
    assert told.project is None


def test_a_restricted_programme_is_named_nowhere() -> None:
    programme = item(1, Kind.PROGRAMME, title="Secret", ref="item 1", restricted=True)
    (project,) = shown(Edition.PMO, programme, item(2, programme=" secret")).items
    assert project.programme == "(restricted)"


def test_a_programme_tells_nothing_of_its_restricted_projects() -> None:
    digital = item(1, Kind.PROGRAMME, ref="PG-1", title="Digital", computed=WorkStatus.OFF_TRACK, reason="2 of 2 ...")
    empty = replace(digital, id=RecordId("", "", 9), number=9, ref="PG-9", title="Other")
    told = item(2, programme="Digital", computed=WorkStatus.ON_TRACK)
    hidden = item(3, programme="Digital", computed=WorkStatus.OFF_TRACK, restricted=True)
    items = {each.ref: each for each in shown(Edition.PMO, digital, empty, told, hidden).items}
    assert (items["PG-1"].computed, items["PG-1"].reason) == (WorkStatus.ON_TRACK, "1 of 1 open project is on track.")
    assert (items["PG-9"].computed, items["PG-9"].reason) == (None, None)
    assert digital in shown(Edition.PMO, digital, told).items


def test_restricted_records_are_counted_and_their_lines_said() -> None:
    hidden = [item(number, Kind.RISK, restricted=True) for number in (1, 2, 3)]
    edition = shown(Edition.PMO, *hidden, item(4, restricted=True), item(5))
    assert edition.hidden == {Kind.PROJECT: 1, Kind.RISK: 3}
    assert edition.restricted_lines(Kind.RISK, Kind.ISSUE) == ("3 restricted risks",)
    assert edition.left_out == ("1 restricted project and 3 restricted risks count in the totals and are not named.",)
    alone = shown(Edition.PMO, item(4, restricted=True))
    assert alone.left_out == ("1 restricted project counts in the totals and is not named.",)


def test_what_stands_in_a_total_only_is_said() -> None:
    lone = item(1, restricted=True, computed=WorkStatus.OFF_TRACK)
    whole = row("Portfolio", Scope.PORTFOLIO, projects=(lone.id,))
    edition = shown(Edition.PMO, lone, rollup=[whole])
    assert edition.left_out[1] == (
        "1 restricted project is in the totals only, because any other figure of a single record would be its own."
    )
    (told,) = edition.rows
    assert (told.total, told.withheld, told.worst, sum(told.computed.values())) == (1, {Kind.PROJECT: 1}, None, 0)
    assert told.projects == ()


def finding(source: str = "projects", number: int | None = 1, text: str = "Jane Smith is unknown") -> Finding:
    return Finding(source, number, FindingKind.UNKNOWN_VALUE, "DS-1", text, "Mend it, Jane Smith")


def test_findings_about_restricted_records_and_lists_are_counted() -> None:
    findings = [finding(), finding(number=2), finding("secret", None), finding("secret", 7)]
    items = [DS_1, item(2, restricted=True), item(3, Kind.RISK, at="secret", restricted=True)]
    edition = shown(Edition.PMO, *items, findings=findings, restricted=["secret"])
    assert (edition.findings, edition.hidden_findings) == ((finding(),), 3)
    assert edition.finding_counts == {FindingKind.UNKNOWN_VALUE: 1}
    assert "3 findings about restricted records or lists are not shown." in edition.left_out


def test_findings_are_told_to_boards_without_names_and_to_the_public_by_number() -> None:
    owned = replace(DS_1, owners=SMITH)
    (told,) = shown(Edition.BOARD, owned, findings=[finding()]).findings
    assert (told.text, told.mend, told.key) == (f"{COVERED} is unknown", f"Mend it, {COVERED}", "DS-1")
    public = shown(Edition.PUBLIC, owned, findings=[finding()])
    assert (public.findings, public.finding_counts) == ((), {FindingKind.UNKNOWN_VALUE: 1})
    assert "1 finding is counted by kind only." in public.left_out


def test_a_restricted_list_has_no_name_and_a_problem_no_public() -> None:
    made = view(DS_1, item(2, Kind.RISK, at="secret", restricted=True), restricted=["secret"])
    problem = "The column 'Lead: Jane Smith' is gone."
    sources = tuple(replace(each, problem=problem, register="Legal") for each in made.sources)
    made = replace(made, sources=tuple(reversed(sources)), items=(replace(DS_1, owners=SMITH), *made.items[1:]))

    def told(edition: Edition) -> list[SourceSeen]:
        return list(for_edition(made, edition, ReportPolicy()).sources)

    assert [(each.name, each.problem, each.register) for each in told(Edition.PMO)] == [
        ("projects", problem, "Legal"),
        ("a restricted list", None, None),
    ]
    assert told(Edition.BOARD)[0].problem == "The column 'Lead: [name]' is gone."
    assert told(Edition.PUBLIC)[0].problem is None


@pytest.mark.parametrize(
    ("owner", "text", "expected"),
    [
        ("Jane Smith", "jane smith and Jane  Smith's list", "[name] and [name]'s list"),
        ("Jane Smith", "Jane Smithson", "Jane Smithson"),
        (
            "Jane Smith",
            "'A long title that ends with Jane Smi…' was due",
            "'A long title that ends with [name]…' was due",
        ),
        ("Jane Smith", "Ja… and Janet…", "Ja… and Janet…"),
        ("Finance", "Finance system", "Finance system"),
        ("IT", "IT system", "IT system"),
        ("O'Neil (HR)", "Ask O'Neil (HR).", "Ask [name]."),
    ],
)
def test_names_are_covered_in_texts_as_owners_are_written(owner: str, text: str, expected: str) -> None:
    (told,) = shown(Edition.BOARD, item(1, title=text, department="Finance", owners=(Person(owner),))).items
    assert told.title == expected


def test_nobody_is_covered_where_nobody_owns_anything() -> None:
    edition = shown(Edition.BOARD, item(1, title="Jane Smith leaves…"))
    assert (edition.items[0].title, edition.left_out) == ("Jane Smith leaves…", ())


def test_rows_have_directions_and_their_sentences_are_not_public() -> None:
    reads = {"off_track": 1}
    before = view(DS_1, rollup=[row(computed=reads)])
    rows = [row(computed={}, reasons=("At risk: Jane Smith's.",), projects=(DS_1.id,))]
    owned = replace(DS_1, owners=SMITH)
    (board,) = shown(Edition.BOARD, owned, rollup=rows, before=before).rows
    assert (board.direction, board.reasons, board.projects) == (Direction.BETTER, ("At risk: [name]'s.",), (DS_1.id,))
    (public,) = shown(Edition.PUBLIC, owned, rollup=rows, before=before).rows
    assert (public.direction, public.reasons, public.projects) == (Direction.BETTER, (), (RecordId("", "", 1),))
    (first,) = shown(Edition.BOARD, owned, rollup=rows).rows
    assert first.direction is None


def test_a_row_has_no_direction_where_a_restricted_record_came_to_its_figures() -> None:
    def whole(*items: Item) -> View:
        rows = [row("Portfolio", Scope.PORTFOLIO, projects=tuple(each.id for each in items))]
        return view(*items, rollup=rows)

    lone, twin = (item(number, restricted=True, computed=WorkStatus.OFF_TRACK) for number in (1, 2))
    for before, now in ((whole(lone), whole(lone, twin)), (whole(lone, twin), whole(lone))):
        (told,) = for_edition(now, Edition.PMO, ReportPolicy(), before=before).rows
        assert told.direction is None
    (told,) = for_edition(whole(lone, twin), Edition.PMO, ReportPolicy(), before=whole(lone, twin)).rows
    assert told.direction is Direction.SAME


def test_changes_are_told_as_far_as_the_edition_tells_their_facts() -> None:
    old = full(title="Old title", rung=None, project="Words")
    project = item(1, ref="Words", title="Words")
    before = view(project, old, item(3, ref="Gone"))
    for edition, whats, untold in (
        (Edition.PMO, [What.ESCALATED, What.GONE, What.RENAMED], {}),
        (Edition.PUBLIC, [What.GONE], {What.ESCALATED: 1, What.RENAMED: 1}),
    ):
        told = shown(edition, project, full(project="Words"), before=before, policies=LADDER)
        assert told.changes is not None
        assert [each.what for each in told.changes.changes] == whats
        assert told.untold == untold
        assert set(told.directions) == {each.id for each in told.items}
    assert told.left_out[-1] == "2 changes since the last report would tell what this edition leaves out."
    (gone,) = told.changes.of(What.GONE) if told.changes else ()
    assert (gone.item.ref, gone.item.id) == ("Project 2", RecordId("", "", 3))


def test_a_record_goes_by_one_label_then_and_now() -> None:
    old, new = item(1, ref="Words", due=JUNE), item(1, ref="Other words", due=date(2026, 7, 1))
    told = shown(Edition.PUBLIC, item(0, ref="First"), new, before=view(old))
    assert told.changes is not None
    (slip,) = told.changes.of(What.SLIPPED)
    assert slip.before is not None
    assert slip.after is not None
    assert (slip.before.ref, slip.after.ref, slip.before.id) == ("Project 2", "Project 2", slip.after.id)


def test_a_record_that_is_restricted_by_now_is_not_named_as_it_was_then() -> None:
    then = view(item(1, ref="DS-1"), item(2, Kind.MILESTONE, project="DS-1", due=JUNE))
    now = item(1, ref="item 1", restricted=True), item(2, Kind.MILESTONE, project="item 1", due=date(2026, 7, 1))
    told = shown(Edition.PMO, *now, before=then)
    assert told.changes is not None
    (slip,) = told.changes.changes
    assert (slip.was, slip.before.project if slip.before else "") == (JUNE, "a restricted project")
    assert told.changes.restricted == {}, "it is the only one"


def test_how_many_restricted_records_changed_is_told_where_there_are_several() -> None:
    then = view(*(item(number, restricted=True) for number in (1, 2)))
    now = [item(number, restricted=True, computed=WorkStatus.ON_TRACK) for number in (1, 2)]
    told = shown(Edition.BOARD, *now, before=then)
    assert told.changes is not None
    assert told.changes.restricted == {Kind.PROJECT: 2}


@pytest.mark.parametrize("edition", Edition)
def test_of_nothing_nothing_is_left_out(edition: Edition) -> None:
    assert shown(edition).left_out == ()


def test_without_an_earlier_report_there_are_no_changes() -> None:
    edition = shown(Edition.PMO, DS_1)
    assert (edition.changes, edition.untold, edition.directions) == (None, {}, {})
