"""Where several lists tell of one project: what they say differently, which of them is believed, and what counts."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.portfolio import load_portfolio
from sync.core.findings import Finding, FindingKind, Severity
from sync.core.matching import Matched, match
from sync.core.merged import as_one, bears_on, same_in_two
from sync.core.model import (
    Band,
    Confidence,
    Health,
    Kind,
    Nature,
    Person,
    Project,
    Rating,
    Reference,
    Risk,
    Scores,
    WorkStatus,
)
from sync.core.policy import PrecedencePolicy, SourceMapping
from sync.core.precedence import believed, believed_source, lead
from sync.core.snapshot import Record
from tests.support.lists import mapped, record, snapshot, source
from tests.support.portfolio_files import GOOD, edited, refused, write

PMO, FINANCE, CYBER, TOWN = "pmo", "finance", "cyber", "town"
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 3), date(2026, 7, 9)
MAPPINGS = {
    mapping.name: mapping
    for mapping in (
        source("programmes", Kind.PROGRAMME, key="Ref"),
        source(PMO, key="Ref", fields={"programme": "P"}),
        source(FINANCE, key="Ref"),
        source(TOWN, key="Ref"),
        source(CYBER, key="Ref", restricted=True),
        source("milestones", Kind.MILESTONE, fields={"project": "P"}),
        source("risks-a", Kind.RISK, key="Ref", fields={"project": "P"}),
        source("risks-b", Kind.RISK, key="Ref"),
        source("risks-c", Kind.RISK, key="Ref", matrix="4x4"),
    )
}
DECLARED = PrecedencePolicy(sources=(PMO, FINANCE), fields={"end": (FINANCE,)})
BY_PMO = {Kind.PROJECT: DECLARED}


def told(at: str, **fields: Any) -> Record:
    """What a list says of DS-01."""
    return record(1, at=at, restricted=at == CYBER, **{"key": "DS-01", **fields})


def joined(
    *records: Record,
    precedence: Mapping[Kind, PrecedencePolicy] | None = None,
    unread: tuple[str, ...] = (),
    mappings: Mapping[str, SourceMapping] = MAPPINGS,
) -> Matched:
    names = sorted({each.source for each in records})
    snapshots = [snapshot(name, *(each for each in records if each.source == name)) for name in names]
    return match(snapshots, mappings, frozenset(unread), precedence)


def differences(*records: Record, precedence: Mapping[Kind, PrecedencePolicy] | None = None) -> dict[str, list[str]]:
    """What each list's own row says of a difference."""
    found = same_in_two(joined(*records, precedence=precedence), precedence or {})
    assert all(each.kind is FindingKind.DIFFERING_VALUE and each.severity is Severity.WARNING for each in found)
    assert list(found) == sorted(found)
    return {name: [each.mend for each in found if each.source == name] for name in {each.source for each in found}}


@pytest.mark.parametrize(
    ("fields", "others", "said"),
    [
        ({"end": MAY}, {"end": JUNE}, "End is 1 May 2026 here and 3 June 2026 in pmo"),
        (
            {"status": WorkStatus.ON_TRACK},
            {"status": WorkStatus.NEEDS_REVIEW},
            "Status is 'on track' here and 'needs review' in pmo",
        ),
        ({"budget": 1_250_000.0}, {"budget": 99.5}, "Budget is 1,250,000 here and 99.5 in pmo"),
        ({"title": "Parks"}, {"title": "Libraries"}, "Title is 'Parks' here and 'Libraries' in pmo"),
        ({"last_reported": MAY}, {"last_reported": JUNE}, "Last reported is 1 May 2026 here and 3 June 2026 in pmo"),
        (
            {"owner": (Person("Ann Able"),)},
            {"owner": (Person("Ben Best"),)},
            "Owner is another here than in pmo",
        ),
    ],
)
def test_lists_that_differ_are_told_in_both_rows_where_none_is_declared(
    fields: dict[str, Any], others: dict[str, Any], said: str
) -> None:
    found = differences(told(FINANCE, **fields), told(PMO, **others))
    assert found[FINANCE] == [f"{said}; no list is declared to be believed"]
    assert len(found[PMO]) == 1


@pytest.mark.parametrize(
    ("fields", "others"),
    [
        ({"end": MAY}, {"end": MAY}),
        ({"end": MAY}, {}),
        ({"title": "Parks"}, {"title": " PARKS "}),
        ({"status": WorkStatus.ON_TRACK}, {"status": WorkStatus.UNKNOWN}),
        ({"health": Health.RED}, {"health": Health.UNKNOWN}),
        ({"confidence": Confidence.NOT_RATED}, {"confidence": Confidence.RED}),
        ({"owner": (Person("Ann"), Person("Ben", "ben@x"))}, {"owner": (Person("ben"), Person("ann"))}),
        ({"owner": ()}, {"owner": (Person("Ann"),)}),
        ({"programme": Reference("PRG-1")}, {"programme": Reference("PRG-2")}),
        ({"end": MAY}, {"key": "DS-02", "end": JUNE}),
    ],
)
def test_what_one_list_leaves_open_or_says_in_other_words_is_no_difference(
    fields: dict[str, Any], others: dict[str, Any]
) -> None:
    assert differences(told(FINANCE, **fields), told(PMO, **others)) == {}


def test_a_title_may_be_a_word_that_means_unknown_elsewhere() -> None:
    assert differences(told(FINANCE, title="unknown"), told(PMO, title="Parks"))[FINANCE] == [
        "Title is 'unknown' here and 'Parks' in pmo; no list is declared to be believed"
    ]


def test_the_row_that_is_not_believed_says_which_list_is() -> None:
    records = told(FINANCE, end=MAY, title="Parks"), told(PMO, end=JUNE, title="Libraries")
    assert differences(*records, precedence=BY_PMO) == {
        PMO: ["End is 3 June 2026 here and 1 May 2026 in finance; finance is believed"],
        FINANCE: ["Title is 'Parks' here and 'Libraries' in pmo; pmo is believed"],
    }


def test_a_list_that_agrees_with_the_one_that_is_believed_has_nothing_to_mend() -> None:
    records = told(FINANCE, end=MAY), told(PMO, end=JUNE), told(TOWN, end=MAY)
    assert differences(*records, precedence=BY_PMO) == {
        PMO: ["End is 3 June 2026 here, 1 May 2026 in finance and 1 May 2026 in town; finance is believed"],
    }


def test_no_list_wins_where_those_that_say_something_are_not_named() -> None:
    records = told(PMO), told(FINANCE, title="Parks"), told(TOWN, title="Park"), told(CYBER)
    by_pmo = {Kind.PROJECT: PrecedencePolicy(sources=(PMO,))}
    assert differences(*records, precedence=by_pmo) == {
        FINANCE: ["Title is 'Parks' here and 'Park' in town; no list is declared to be believed"],
        TOWN: ["Title is 'Park' here and 'Parks' in finance; no list is declared to be believed"],
    }


def test_a_precedence_of_one_field_alone_still_says_which_list_is_believed_in_it() -> None:
    only_end = {Kind.PROJECT: PrecedencePolicy(fields={"end": (FINANCE,)})}
    records = told(FINANCE, end=MAY, title="Parks"), told(PMO, end=JUNE, title="Libraries")
    assert differences(*records, precedence=only_end) == {
        PMO: [
            "End is 3 June 2026 here and 1 May 2026 in finance; finance is believed",
            "Title is 'Libraries' here and 'Parks' in finance; no list is declared to be believed",
        ],
        FINANCE: ["Title is 'Parks' here and 'Libraries' in pmo; no list is declared to be believed"],
    }


SECRET = told(CYBER, end=JULY, title="Raid", owner=(Person("Eve"),))


@pytest.mark.parametrize(
    ("precedence", "ending"),
    [
        (None, "no list is declared to be believed"),
        ({Kind.PROJECT: PrecedencePolicy(fields={"end": (PMO,)})}, None),
    ],
)
def test_a_restricted_list_is_neither_named_nor_quoted_elsewhere(
    precedence: Mapping[Kind, PrecedencePolicy] | None, ending: str | None
) -> None:
    matched = joined(told(PMO, end=MAY, owner=(Person("Ann"),)), SECRET, precedence=precedence)
    found = same_in_two(matched, precedence or {})
    here = [each for each in found if each.source == PMO]
    there = [each.text for each in found if each.source == CYBER]
    end = [f"End is 1 May 2026 here and something else in a restricted list; {ending}"] if ending else []
    owner = "Owner is another here than in a restricted list; no list is declared to be believed"
    assert [each.mend for each in here] == [*end, owner]
    assert there == ["item 1: End is another in another list.", "item 1: Owner is another in another list."]
    assert not any(word in each.text for each in here for word in ("cyber", "July", "Raid", "Eve"))


def test_a_restricted_row_says_of_itself_what_open_lists_say() -> None:
    by_cyber = {Kind.PROJECT: PrecedencePolicy(sources=(CYBER,))}
    found = differences(told(PMO, end=MAY), SECRET, precedence=by_cyber)
    assert found == {CYBER: ["End is 9 July 2026 here and 1 May 2026 in pmo; pmo is believed"]}


def test_of_restricted_rows_alone_one_is_believed_and_named_in_no_other_list() -> None:
    hidden = {name: source(name, key="Ref", restricted=True) for name in (CYBER, "fraud")}
    rows = told(CYBER, end=MAY), record(1, at="fraud", key="DS-01", end=JUNE, restricted=True)
    by_cyber = {Kind.PROJECT: PrecedencePolicy(sources=(CYBER,))}
    [found] = same_in_two(joined(*rows, precedence=by_cyber, mappings=hidden), by_cyber)
    assert (found.source, found.mend) == (
        "fraud",
        "End is 3 June 2026 here and something else in a restricted list; a restricted list is believed",
    )


def test_a_reference_is_compared_by_what_it_names() -> None:
    mappings = {**MAPPINGS, FINANCE: source(FINANCE, key="Ref", fields={"programme": "P"})}
    programmes = [record(n, Kind.PROGRAMME, at="programmes", key=f"PRG-{n}", title=f"Theme {n}") for n in (1, 2)]

    def found(by_pmo: Reference, by_finance: Reference) -> list[str]:
        rows = told(PMO, programme=by_pmo), told(FINANCE, programme=by_finance)
        matched = joined(*programmes, *rows, mappings=mappings)
        return [each.text for each in same_in_two(matched, {}) if each.source == PMO]

    lookup = Reference("Theme 1", 1, "programmes")
    assert found(lookup, Reference("PRG-1")) == []
    assert found(lookup, Reference("PRG-9")) == []
    assert found(lookup, Reference("PRG-2")) == [
        "DS-01: Programme is another here than in finance; no list is declared to be believed."
    ]


def test_registers_that_number_their_risks_each_for_itself_are_not_compared() -> None:
    rows = [record(1, Kind.RISK, at=name, key="R-1", title=f"In {name}") for name in ("risks-a", "risks-b")]
    assert differences(*rows) == {}
    declared = {Kind.RISK: PrecedencePolicy(sources=("risks-a",))}
    assert differences(*rows, precedence=declared) == {
        "risks-b": ["Title is 'In risks-b' here and 'In risks-a' in risks-a; risks-a is believed"]
    }


def test_scores_are_compared_on_one_matrix_only() -> None:
    def of(at: str, likelihood: int) -> Record:
        rating = Rating(current=Scores(likelihood, 1))
        more: dict[str, Any] = {"nature": Nature.THREAT, "cannot_mitigate": at == "risks-a", "rating": rating}
        return record(1, Kind.RISK, at=at, key="R-1", likelihood=likelihood, band=Band.NOT_ASSESSED, **more)

    declared = {Kind.RISK: PrecedencePolicy(sources=("risks-a",))}
    flag = "Cannot mitigate is no here and yes in risks-a; risks-a is believed"
    assert differences(of("risks-a", 2), of("risks-b", 3), precedence=declared) == {
        "risks-b": [flag, "Likelihood is 3 here and 2 in risks-a; risks-a is believed"]
    }
    assert differences(of("risks-a", 2), of("risks-c", 3), precedence=declared) == {"risks-c": [flag]}


def test_a_key_that_one_list_uses_twice_compares_nothing() -> None:
    twins = told(PMO, end=MAY), record(2, at=PMO, key="DS-01", end=JUNE)
    assert differences(*twins, told(FINANCE, end=JULY), precedence=BY_PMO) == {}
    matched = joined(*twins, told(FINANCE), precedence=BY_PMO)
    assert (len(matched.duplicates), matched.copies) == (3, {})


def test_without_a_precedence_rows_that_share_a_key_are_duplicates() -> None:
    rows = told(PMO), told(FINANCE)
    for precedence in (None, {}, {Kind.RISK: DECLARED}, {Kind.PROJECT: PrecedencePolicy(sources=(TOWN,))}):
        matched = joined(*rows, precedence=precedence)
        assert (matched.duplicates, matched.copies) == ({each.id for each in rows}, {})
        assert as_one(matched, precedence or {}) is matched


def test_with_a_precedence_one_row_counts_and_the_others_are_told() -> None:
    pmo, finance, town = told(PMO), told(FINANCE), told(TOWN)
    matched = joined(town, finance, pmo, precedence=BY_PMO)
    assert matched.duplicates == frozenset()
    assert matched.copies == {finance.id: pmo.id, town.id: pmo.id}
    told_of = "DS-01: pmo tells of the same project, and its row is the one that counts."
    assert matched.findings == (
        Finding(FINANCE, 1, FindingKind.COUNTED_ELSEWHERE, "DS-01", told_of),
        Finding(TOWN, 1, FindingKind.COUNTED_ELSEWHERE, "DS-01", told_of),
    )


def test_a_restricted_row_does_not_count_beside_an_open_one() -> None:
    by_cyber = {Kind.PROJECT: PrecedencePolicy(sources=(CYBER, PMO))}
    pmo = told(PMO, end=MAY)
    matched = joined(pmo, SECRET, precedence=by_cyber)
    assert matched.copies == {SECRET.id: pmo.id}
    assert [each.text for each in matched.findings] == [
        "item 1: another list tells of the same, and its row is the one that counts."
    ]
    [counted] = as_one(matched, by_cyber).records
    assert counted.fields == Project(key="DS-01", end=MAY)


def test_the_row_that_counts_has_what_is_believed_and_what_belongs_to_any() -> None:
    programmes = [record(n, Kind.PROGRAMME, at="programmes", key=f"PRG-{n}") for n in (1, 2)]
    pmo = told(PMO, end=JUNE, programme=Reference("PRG-1"))
    finance = told(FINANCE, end=MAY, title="Parks", budget=5.0)
    alone = record(2, at=FINANCE, key="DS-02")
    milestones = [
        record(1, Kind.MILESTONE, at="milestones", project=Reference("whatever", 1, FINANCE)),
        record(2, Kind.MILESTONE, at="milestones", project=Reference("ds-01")),
        record(3, Kind.MILESTONE, at="milestones", project=Reference("DS-02")),
    ]
    matched = joined(*programmes, pmo, finance, alone, *milestones, precedence=BY_PMO)
    assert [matched.parents[each.id] for each in milestones] == [finance, pmo, alone]
    one = as_one(matched, BY_PMO)
    assert [each.id for each in one.records] == [each.id for each in matched.records if each.id != finance.id]
    counted = one.by_id[pmo.id]
    assert counted.fields == Project(key="DS-01", title="Parks", end=MAY, budget=5.0, programme=Reference("PRG-1"))
    assert finance.id not in one.by_id
    assert one.children(pmo.id, Kind.MILESTONE) == tuple(milestones[:2])
    assert one.children(alone.id, Kind.MILESTONE) == (milestones[2],)
    assert one.children(programmes[0].id, Kind.PROJECT) == (counted,)
    assert one.parents[milestones[0].id] is counted
    assert (one.copies, one.findings) == ({}, matched.findings)
    assert matched.children(finance.id, Kind.MILESTONE) == (milestones[0],)


def test_the_programme_is_the_believed_lists_one() -> None:
    mappings = {**MAPPINGS, FINANCE: source(FINANCE, key="Ref", fields={"programme": "P"})}
    programmes = [record(n, Kind.PROGRAMME, at="programmes", key=f"PRG-{n}") for n in (1, 2)]
    rows = [told(PMO, programme=Reference("PRG-1")), told(FINANCE, programme=Reference("PRG-2"))]
    declared = {Kind.PROJECT: PrecedencePolicy(sources=(PMO, FINANCE), fields={"programme": (FINANCE,)})}
    one = as_one(joined(*programmes, *rows, precedence=declared, mappings=mappings), declared)
    assert one.parents[rows[0].id].key == "PRG-2"
    bare = [told(PMO), told(FINANCE)]
    assert as_one(joined(*bare, precedence=declared, mappings=mappings), declared).parents == {}


def test_what_a_change_bears_on_is_what_it_refers_to_and_the_row_that_counts() -> None:
    mappings = {**MAPPINGS, FINANCE: source(FINANCE, key="Ref", fields={"programme": "P"})}
    first, second = (record(n, Kind.PROGRAMME, at="programmes", key=f"PRG-{n}") for n in (1, 2))
    pmo, finance = told(PMO, programme=Reference("PRG-1")), told(FINANCE, programme=Reference("PRG-2"))
    alone = record(2, at=FINANCE, key="DS-02", programme=Reference("PRG-1"))
    milestone = record(1, Kind.MILESTONE, at="milestones", project=Reference("whatever", 1, FINANCE))
    declared = {Kind.PROJECT: PrecedencePolicy(sources=(PMO, FINANCE), fields={"programme": (FINANCE,)})}
    matched = joined(first, second, pmo, finance, alone, milestone, precedence=declared, mappings=mappings)
    assert bears_on(matched, as_one(matched, declared)) == {
        milestone.id: finance,
        finance.id: pmo,
        pmo.id: second,
        alone.id: first,
    }
    bare = joined(told(PMO), told(FINANCE), precedence=declared)
    assert bears_on(bare, as_one(bare, declared)) == {told(FINANCE).id: told(PMO)}


def test_a_title_that_several_rows_of_one_project_have_is_not_ambiguous() -> None:
    rows = [told(PMO, title="Parks"), told(FINANCE, title="Parks")]
    milestone = record(1, Kind.MILESTONE, at="milestones", project=Reference("Parks"))
    assert joined(*rows, milestone, precedence=BY_PMO).parents == {milestone.id: rows[0]}
    assert joined(*rows, milestone).parents == {}


def test_a_list_that_may_be_believed_leaves_every_programme_of_its_like_open() -> None:
    programme = record(1, Kind.PROGRAMME, at="programmes", key="PRG-1")
    rows = told(PMO, programme=Reference("PRG-1"))
    matched = joined(programme, rows, precedence=BY_PMO, unread=(FINANCE,))
    assert matched.uncertain == {programme.id: (FINANCE,)}
    assert joined(programme, rows, unread=(FINANCE,)).uncertain == {}
    assert rows.id in matched.unsettled
    risk = record(1, Kind.RISK, at="risks-a", key="R-1")
    assert joined(risk, unread=("risks-b",)).unsettled == frozenset()
    by_register = {Kind.RISK: PrecedencePolicy(sources=("risks-b",))}
    assert joined(risk, unread=("risks-b",), precedence=by_register).unsettled == {risk.id}


def test_what_one_row_waits_for_the_project_waits_for() -> None:
    pmo, finance = told(PMO), told(FINANCE)
    milestones = source("milestones", Kind.MILESTONE, fields={"project": mapped("P", refers_to=[FINANCE])})
    mappings = {**MAPPINGS, "milestones": milestones}
    matched = joined(pmo, finance, precedence=BY_PMO, unread=("milestones",), mappings=mappings)
    assert matched.uncertain == {finance.id: ("milestones",)}
    assert as_one(matched, BY_PMO).uncertain == {pmo.id: ("milestones",)}


def test_who_leads_and_who_is_believed() -> None:
    pmo, finance, town = told(PMO, title="A"), told(FINANCE, title="B", end=MAY), told(TOWN, title="A")
    group = [town, finance, pmo]
    assert lead(group, DECLARED) is pmo
    assert lead([town, finance], DECLARED) is finance
    assert lead([town], DECLARED) is None
    assert lead(group, None) is None
    assert believed_source(group, "title", DECLARED) is pmo
    assert believed_source(group, "end", DECLARED) is finance
    assert believed_source(group, "budget", DECLARED) is None
    assert believed_source(group, "title", None) is None
    assert believed_source([town, pmo], "title", None) is pmo
    looked_up, written = told(FINANCE, programme=Reference("PRG-1", 7)), told(PMO, programme=Reference(" prg-1"))
    assert believed_source([written, looked_up], "programme", None) is looked_up


def test_what_is_believed_without_a_precedence_is_what_the_lists_agree_on() -> None:
    rows = told(PMO, title="A", end=MAY, owner=(Person("Ann"),)), told(FINANCE, title="a", end=JUNE)
    assert believed(rows, None) == Project(key="DS-01", title="a", owner=(Person("Ann"),))
    other = told(TOWN, owner=(Person("Ben"),))
    assert believed([*rows, other], None).owner == ()


def test_a_risks_scores_are_those_of_the_row_that_counts() -> None:
    rows = [
        record(1, Kind.RISK, at="risks-a", key="R-1", likelihood=2, title="Fire"),
        record(1, Kind.RISK, at="risks-b", key="R-1", likelihood=5, impact=5, category="Safety"),
    ]
    made = believed(rows, PrecedencePolicy(sources=("risks-a",)))
    assert made == Risk(key="R-1", likelihood=2, title="Fire", category="Safety")


@given(st.permutations([told(PMO, title="A", end=MAY), told(FINANCE, title="B", end=JUNE), told(TOWN), SECRET]))
def test_nothing_depends_on_the_order_in_which_lists_are_read(records: list[Record]) -> None:
    first = sorted(records, key=lambda each: each.source)
    assert believed(records, DECLARED) == believed(first, DECLARED)
    assert believed(records, None) == believed(first, None)
    one, two = (joined(*each, precedence=BY_PMO) for each in (records, first))
    assert same_in_two(one, BY_PMO) == same_in_two(two, BY_PMO)
    assert as_one(one, BY_PMO).records == as_one(two, BY_PMO).records


SECOND = """\
  finance:
    connection: council
    site: /sites/pmo
    list: Capital
    kind: project
    key: Ref
    fields: {title: Title, budget: Budget}
  risks:
"""
TWO_LISTS = ("  risks:\n", SECOND)


def with_policies(policies: str) -> str:
    return edited(TWO_LISTS) + f"policies: {policies}\n"


@pytest.mark.parametrize(
    "written",
    [
        "{precedence: {project: projects}}",
        "{precedence: {project: [projects]}}",
        "{precedence: {project: {sources: projects, fields: }}}",
    ],
)
def test_a_precedence_may_be_written_in_short(tmp_path: Path, written: str) -> None:
    read = load_portfolio(write(tmp_path, with_policies(written))).policies.precedence
    assert read == {Kind.PROJECT: PrecedencePolicy(sources=("projects",))}


def test_a_precedence_with_nothing_behind_it_is_not_written(tmp_path: Path) -> None:
    for written in ("{precedence: }", "{precedence: {project: }}", "{reports: }"):
        assert load_portfolio(write(tmp_path, with_policies(written))).policies.precedence == {}


def test_a_precedence_identity_and_reports_are_read_in_their_types(tmp_path: Path) -> None:
    text = with_policies(
        "{precedence: {project: {sources: [projects, finance], fields: {budget: finance}}}, "
        "identity: {place: {project: department}}, reports: {public_titles: projects, stale_days: 45}}"
    )
    read = load_portfolio(write(tmp_path, text)).policies
    assert read.precedence[Kind.PROJECT] == PrecedencePolicy(
        sources=("projects", "finance"), fields={"budget": ("finance",)}
    )
    assert read.identity.place == {Kind.PROJECT: "department"}
    assert (read.reports.public_titles, read.reports.stale_days) == (("projects",), 45)


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        (
            "{precedence: {project: {fields: {end: projects}}}}",
            "'sources' names no list: whose row counts where several",
        ),
        ("{precedence: {project: [project]}}", "there is no source 'project'; did you mean 'projects'?"),
        ("{precedence: {project: [projects, projects]}}", "source 'projects' is named twice."),
        ("{precedence: {project: [risks]}}", "source 'risks' holds risk records, not project records."),
        (
            "{precedence: {risk: [risks]}}",
            "source 'risks' has no 'key', by which a risk of another list would be known",
        ),
        ("{precedence: {project: {sources: [projects], fields: {ends: [projects]}}}}", "did you mean 'end'?"),
        (
            "{precedence: {project: {sources: [projects], fields: {key: [projects]}}}}",
            "'key' is not a field of a project",
        ),
        (
            "{precedence: {project: {sources: [projects], fields: {budget: [projects]}}}}",
            "source 'projects' does not tell of 'budget'.",
        ),
        (
            "{precedence: {risk: {sources: [risks], fields: {likelihood: [risks]}}}}",
            "'likelihood' is told in steps of its own list's matrix, and follows the row that counts.",
        ),
        ("{precedence: {projct: [projects]}}", "'projct' is not a key of 'precedence'; did you mean 'project'?"),
        (
            "{precedence: {project: {source: [projects]}}}",
            "'source' is not a key of a precedence; did you mean 'sources'?",
        ),
        ("{precedence: {project: 1}}", "there is no source '1'; it may be projects, finance."),
        ("{precedence: projects}", "'precedence' must be a mapping (key: value), not 'projects'."),
        ("{precedence: {project: {sources: [projects], fields: x}}}", "'fields' must be a mapping"),
        ("{identity: {place: {project: departmnt}}}", "did you mean 'department'?"),
        ("{identity: {place: {project: title}}}", "'title' is not a field of a project that tells namesakes apart"),
        ("{identity: {plce: {}}}", "'plce' is not a key of 'policies.identity'; did you mean 'place'?"),
        ("{reports: {stale_days: 0}}", "'stale_days' must be from 1 to 3660 days, not 0."),
        ("{reports: {stale_days: 3661}}", "'stale_days' must be from 1 to 3660 days, not 3661."),
        ("{reports: {marking: ' '}}", "'marking' is one line of at most 255 characters."),
        ('{reports: {reference: "two\\nlines"}}', "'reference' is one line of at most 255 characters."),
        (f"{{reports: {{reference: {'x' * 256}}}}}", "'reference' is one line of at most 255 characters."),
        ("{reports: {public_titles: [projcts]}}", "there is no source 'projcts'; did you mean 'projects'?"),
        ("{reports: {public_title: []}}", "'public_title' is not a key of 'policies.reports'"),
        ("{reports: pmo}", "'reports' must be a mapping (key: value), not 'pmo'."),
    ],
)
def test_a_mistake_in_these_policies_is_named(tmp_path: Path, policies: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, with_policies(policies))), refused(
        tmp_path, with_policies(policies)
    )


def test_a_restricted_source_has_no_public_titles(tmp_path: Path) -> None:
    text = edited(("    list: Risks\n", "    list: Risks\n    restricted: yes\n"))
    [line] = refused(tmp_path, text + "policies: {reports: {public_titles: risks}}\n")
    assert line.endswith("source 'risks' is restricted: its records are named nowhere outside their own list.")


@pytest.mark.parametrize("days", [1, 3660])
def test_the_bounds_of_a_stale_status_are_allowed(tmp_path: Path, days: int) -> None:
    text = GOOD + f"policies: {{reports: {{stale_days: {days}}}}}\n"
    assert load_portfolio(write(tmp_path, text)).policies.reports.stale_days == days
