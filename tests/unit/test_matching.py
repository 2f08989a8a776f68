"""A reference is resolved or reported, never guessed; from a list that was not read, nothing is concluded."""

from typing import Any

import pytest

from sync.core.findings import Finding, FindingKind
from sync.core.matching import Matched, bearing_on, match, targets
from sync.core.model import Kind, Reference
from sync.core.policy import SourceMapping
from sync.core.snapshot import Record
from tests.support.lists import mapped, record, snapshot, source

MAPPINGS = {
    mapping.name: mapping
    for mapping in (
        source("programmes", Kind.PROGRAMME, key="Ref"),
        source("projects", key="Ref", fields={"programme": "P"}),
        source("other", key="Ref", fields={"programme": "P"}),
        source("milestones", Kind.MILESTONE, fields={"project": mapped("P", refers_to=["projects"])}),
        source("risks", Kind.RISK, key="Ref", fields={"project": mapped("P", refers_to=["projects"])}),
        source("issues", Kind.ISSUE, fields={"project": "P"}),
        source("actions", Kind.ACTION, fields={"parent": mapped("P", refers_to=["risks"])}),
        source("loose", Kind.ACTION),
    )
}
DS01 = record(1, key="DS-01", title="Libraries")
DS02 = record(2, key="DS-02", title="Libraries")
DS03 = record(3, key="DS-03", title="Parks")


def joined(*records: Record, unread: tuple[str, ...] = (), **more: SourceMapping) -> Matched:
    names = {each.source for each in records}
    snapshots = [snapshot(name, *(each for each in records if each.source == name)) for name in sorted(names)]
    return match(snapshots, MAPPINGS | more, frozenset(unread))


def milestone(reference: Reference | None, number: int = 1, **more: Any) -> Record:
    return record(number, Kind.MILESTONE, at="milestones", project=reference, **more)


def action(reference: Reference | None, **more: Any) -> Record:
    return record(1, Kind.ACTION, at="actions", parent=reference, **more)


def kinds(matched: Matched) -> list[FindingKind]:
    return [finding.kind for finding in matched.findings]


@pytest.mark.parametrize(
    ("reference", "parent"),
    [
        (Reference("whatever", 2, "projects"), DS02),
        (Reference(" ds-03 "), DS03),
        (Reference("Parks"), DS03),
        (Reference("DS-03", 9, "a-list-that-is-no-source"), DS03),
        (Reference("DS-03", 9), DS03),
    ],
)
def test_a_reference_finds_its_record_by_item_then_key_then_title(reference: Reference, parent: Record) -> None:
    matched = joined(DS01, DS02, DS03, child := milestone(reference))
    assert matched.parents == {child.id: parent}
    assert matched.children(parent.id, Kind.MILESTONE) == (child,)
    assert matched.children(parent.id, Kind.RISK) == ()
    assert matched.children(DS01.id, Kind.MILESTONE) == ()
    assert kinds(matched) == []


def test_a_key_is_tried_before_a_title() -> None:
    odd = record(4, key="DS-04", title="DS-01")
    child = milestone(Reference("DS-01"))
    assert joined(DS01, odd, child).parents == {child.id: DS01}


def test_a_reference_that_fits_several_records_is_reported_and_not_resolved() -> None:
    matched = joined(DS01, DS02, milestone(Reference("libraries")))
    assert matched.parents == {}
    [finding] = matched.findings
    assert finding.kind is FindingKind.AMBIGUOUS_REFERENCE
    assert finding.mend == "Project 'libraries' fits 2 records"


def test_a_reference_to_a_key_that_is_used_twice_is_ambiguous() -> None:
    matched = joined(DS01, record(4, key="ds-01"), milestone(Reference("DS-01")))
    assert sorted(kinds(matched)) == [FindingKind.AMBIGUOUS_REFERENCE, *[FindingKind.DUPLICATE_KEY] * 2]


def test_only_the_lists_that_a_source_refers_to_are_searched() -> None:
    elsewhere = record(1, at="other", key="DS-09")
    by_key, by_item = milestone(Reference("DS-09")), milestone(Reference("DS-09", 1, "other"), 2)
    assert joined(DS01, elsewhere, by_key).parents == {}
    assert joined(DS01, elsewhere, by_item).parents == {}
    issue = record(1, Kind.ISSUE, at="issues", project=Reference("DS-09"))
    assert joined(DS01, elsewhere, issue).parents == {issue.id: elsewhere}


def test_a_lookup_to_an_item_that_is_left_out_is_not_guessed_by_its_text() -> None:
    matched = joined(DS03, child := milestone(Reference("Parks", 99, "projects")))
    assert child.id not in matched.parents
    assert kinds(matched) == [FindingKind.ORPHAN]


@pytest.mark.parametrize(
    ("orphan", "mend"),
    [
        (milestone(Reference("DS-99")), "Project 'DS-99' is in no list that was read"),
        (milestone(None), "Project is blank"),
        (action(Reference("R-9")), "Reference 'R-9' is in no list that was read"),
        (action(None), "Reference to a risk, an issue or a project is blank"),
        (
            record(1, Kind.RISK, at="risks", project=Reference("DS-99")),
            "Project 'DS-99' is in no list that was read",
        ),
        (
            record(1, Kind.ISSUE, at="issues", project=Reference("DS-99")),
            "Project 'DS-99' is in no list that was read",
        ),
    ],
)
def test_an_orphan_is_reported_in_its_own_row(orphan: Record, mend: str) -> None:
    matched = joined(DS01, orphan)
    assert [(finding.kind, finding.mend) for finding in matched.about(orphan)] == [(FindingKind.ORPHAN, mend)]
    assert matched.about(DS01) == ()


@pytest.mark.parametrize(
    "alone",
    [
        record(1, Kind.RISK, at="risks"),
        record(1, Kind.ISSUE, at="issues"),
        record(1, at="other", programme=Reference("nowhere")),
        record(1, Kind.ACTION, at="loose"),
        record(1, Kind.PROGRAMME, at="programmes"),
    ],
)
def test_what_need_not_belong_to_anything_is_no_orphan(alone: Record) -> None:
    assert kinds(joined(DS01, alone)) == []


def test_nothing_is_an_orphan_while_a_list_it_may_refer_to_was_not_read() -> None:
    assert kinds(joined(milestone(Reference("DS-99")), unread=("projects",))) == []
    assert kinds(joined(milestone(Reference("DS-99")), unread=("other",))) == [FindingKind.ORPHAN]


def test_records_that_share_a_key_in_one_list_are_all_reported() -> None:
    twins = [record(1, key="DS-01"), record(2, key=" ds-01")]
    matched = joined(*twins, DS03)
    assert matched.duplicates == {twin.id for twin in twins}
    assert [finding.mend for finding in matched.findings] == [
        "Key 'DS-01' is used by 2 rows of this list",
        "Key 'ds-01' is used by 2 rows of this list",
    ]


def test_records_of_a_kind_that_share_a_key_across_lists_name_the_other_list() -> None:
    here, there = record(1, key="DS-01"), record(1, at="other", key="DS-01")
    matched = joined(here, there, record(1, Kind.RISK, at="risks", key="DS-01"))
    assert matched.duplicates == {here.id, there.id}
    assert {finding.source: finding.mend for finding in matched.findings} == {
        "projects": "Key 'DS-01' is also used in other",
        "other": "Key 'DS-01' is also used in projects",
    }


def test_a_restricted_list_is_not_named_when_it_shares_a_key() -> None:
    secret = source("secret", key="Ref", restricted=True)
    here, there = record(1, key="DS-01"), record(1, at="secret", key="DS-01", restricted=True)
    matched = joined(here, there, secret=secret)
    assert [finding.text for finding in matched.about(here)] == [
        "DS-01: Key 'DS-01' is also used in a restricted list."
    ]
    assert [finding.text for finding in matched.about(there)] == ["item 1: Its key is used twice."]


def test_titles_may_repeat_where_a_list_has_no_key() -> None:
    twins = [milestone(Reference("DS-01"), number, key="Go live", title="Go live") for number in (1, 2)]
    assert joined(DS01, *twins).duplicates == frozenset()


def test_blank_keys_are_not_the_same_key() -> None:
    assert joined(record(1), record(2)).duplicates == frozenset()


def test_an_item_that_two_sources_admit_counts_once() -> None:
    first, second = record(1, at="other", guid="same"), record(1, guid="same")
    matched = joined(first, second)
    assert matched.records == (first,)
    assert [(each.source, each.kind, each.key, each.text) for each in matched.findings] == [
        ("projects", FindingKind.DUPLICATE_KEY, "item 1", "item 1: The item belongs to two sources.")
    ]


def test_the_records_of_one_source_are_those_that_count_there() -> None:
    shared = record(2, guid="same"), record(2, at="other", guid="same")
    matched = joined(DS03, DS01, *shared, milestone(None))
    assert matched.of_source("projects") == (DS01, DS03)
    assert matched.of_source("other") == (shared[1],)
    assert matched.of_source("milestones") == matched.records[:1]
    assert [matched.of_source(name) for name in ("a", "p", "zoo")] == [(), (), ()]


def test_only_complete_snapshots_take_part() -> None:
    half = snapshot("milestones", milestone(Reference("DS-01")), partial="the answer was cut short")
    matched = match([snapshot("projects", DS01), half], MAPPINGS)
    assert matched.records == (DS01,)
    assert matched.unread == {"milestones"}


def test_findings_of_lists_and_rows_are_gathered_once_and_in_order() -> None:
    row_finding = Finding("projects", 1, FindingKind.TEXT_DATE, "DS-01", "DS-01: x.", "x")
    list_finding = Finding("projects", None, FindingKind.ZONE_UNKNOWN, "", "The site's zone is not known.")
    held = snapshot("projects", record(1, problems=[row_finding, row_finding]), problems=[list_finding])
    assert match([held], MAPPINGS).findings == (list_finding, row_finding)


def test_records_are_sorted_by_source_and_item_whatever_order_they_came_in() -> None:
    records = [record(2), record(1), record(1, at="other")]
    matched = joined(*records)
    assert [(each.source, each.id.item_id) for each in matched.records] == [
        ("other", 1),
        ("projects", 1),
        ("projects", 2),
    ]
    assert matched.by_id[records[0].id] is records[0]


@pytest.mark.parametrize(
    ("unread", "of_project", "of_programme"),
    [
        (("milestones",), ("milestones",), ("milestones",)),
        (("risks",), ("risks",), ("risks",)),
        (("issues",), ("issues",), ("issues",)),
        (("actions",), ("actions",), ("actions",)),
        (("loose",), None, None),
        (("other",), None, ("other",)),
        (("programmes",), None, None),
        (("milestones", "actions"), ("actions", "milestones"), ("actions", "milestones")),
    ],
)
def test_a_project_and_its_programme_wait_for_the_lists_that_bear_on_them(
    unread: tuple[str, ...], of_project: tuple[str, ...] | None, of_programme: tuple[str, ...] | None
) -> None:
    programme = record(1, Kind.PROGRAMME, at="programmes", key="P1")
    project = record(1, key="DS-01", programme=Reference("P1"))
    own_list = record(1, Kind.RISK, at="risks", project=Reference("DS-01"))
    present = [each for each in (programme, project, own_list) if each.source not in unread]
    matched = joined(*present, unread=unread)
    assert matched.uncertain.get(project.id) == of_project
    if "programmes" not in unread:
        assert matched.uncertain.get(programme.id) == of_programme
    assert own_list.id not in matched.uncertain


@pytest.mark.parametrize(
    ("reference", "waits_for"),
    [
        (Reference("Server fails", 7, "risks-b"), ("risks-b",)),
        (Reference("Server fails"), ("risks-b",)),
        (Reference("R-1"), ()),
        (Reference("Server fails", 1, "risks-a"), ()),
    ],
    ids=["lookup into the unread list", "title", "key", "lookup into a list that was read"],
)
def test_what_may_mean_a_record_of_an_unread_list_decides_no_status(
    reference: Reference, waits_for: tuple[str, ...]
) -> None:
    risks = {name: source(name, Kind.RISK, key="Ref", fields={"project": "P"}) for name in ("risks-a", "risks-b")}
    # The unread register bears on a project list of its own, so that nothing else makes the project wait.
    risks["risks-b"] = source("risks-b", Kind.RISK, key="Ref", fields={"project": mapped("P", refers_to=["other"])})
    actions = source("actions-b", Kind.ACTION, fields={"parent": mapped("P", refers_to=list(risks))})
    risk = record(1, Kind.RISK, at="risks-a", key="R-1", title="Server fails", project=Reference("DS-01"))
    mitigating = record(1, Kind.ACTION, at="actions-b", parent=reference)
    programme = record(1, Kind.PROGRAMME, at="programmes", key="P-1")
    project = record(1, key="DS-01", programme=Reference("P-1"))
    matched = joined(programme, project, risk, mitigating, unread=("risks-b",), **risks, **{"actions-b": actions})
    assert matched.parents[mitigating.id] == risk
    waiting = {project.id: waits_for, programme.id: waits_for} if waits_for else {}
    assert matched.uncertain == waiting


def test_a_reference_is_settled_when_it_names_a_record_or_every_list_it_may_mean_was_read() -> None:
    by_key, by_title, dangling = (
        record(number, Kind.ISSUE, at="issues", project=Reference(text))
        for number, text in enumerate(("DS-01", "Libraries", "DS-99"), start=1)
    )
    narrow = milestone(Reference("DS-99"))
    assert joined(DS01, by_key, by_title, dangling, narrow, unread=("other",)).doubtful == {by_title.id, dangling.id}
    assert joined(DS01, by_key, by_title, dangling, narrow).doubtful == frozenset()


def test_a_project_of_another_list_does_not_wait() -> None:
    elsewhere = record(1, at="other", key="DS-09")
    assert joined(elsewhere, unread=("milestones", "actions")).uncertain == {}


def test_a_source_points_into_lists_of_a_fitting_kind() -> None:
    assert targets(MAPPINGS["issues"], MAPPINGS) == ("other", "projects")
    assert targets(MAPPINGS["milestones"], MAPPINGS) == ("projects",)
    assert targets(MAPPINGS["loose"], MAPPINGS) == ()
    assert targets(MAPPINGS["programmes"], MAPPINGS) == ()
    by_constant = source("fixed", Kind.RISK, constants={"project": "DS-01"})
    assert targets(by_constant, MAPPINGS) == ("other", "projects")


def test_a_restricted_record_is_reported_without_its_words() -> None:
    texts = [
        finding.text
        for reference in (Reference("Fraud case"), Reference("Libraries"), None)
        for finding in joined(DS01, DS02, milestone(reference, restricted=True, key="M-1", title="Arrest")).findings
    ]
    assert texts == [
        "item 1: Project is in no list that was read.",
        "item 1: Project fits 2 records.",
        "item 1: Project is blank.",
    ]


@pytest.mark.parametrize(
    ("source_name", "bearing"),
    [
        ("programmes", {"programmes", "projects", "other", "milestones", "risks", "issues", "actions"}),
        ("projects", {"projects", "milestones", "risks", "issues", "actions"}),
        ("other", {"other", "issues"}),
        ("risks", {"risks"}),
        ("loose", {"loose"}),
    ],
)
def test_a_mapping_bears_on_projects_and_programmes_that_its_source_leads_to(
    source_name: str, bearing: set[str]
) -> None:
    assert bearing_on(MAPPINGS)[source_name] == bearing
