"""A council's own way of grouping its projects: read from any column but one of people, counted as a theme is."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from config.portfolio import load_portfolio
from sync.core.archive import record_from_json, record_to_json
from sync.core.columns import Cell, ColumnType, LookupCell
from sync.core.directions import Direction, rollup_directions
from sync.core.kept import view_again
from sync.core.known import known_rows
from sync.core.mapping import Binding, bind, to_record
from sync.core.model import Kind, Person, WorkStatus
from sync.core.policy import PrecedencePolicy
from sync.core.precedence import believed_groups
from sync.core.rollup import Rollup
from sync.core.safe_rows import safe_rollup
from sync.core.snapshot import Record
from sync.core.view import Item, View
from sync.engine.decide import _digests
from sync.report import text
from sync.report.editions import Edition, for_edition
from sync.report.sections.themes import grouping, themes
from tests.support.keeping import Keeping
from tests.support.lists import column, record, row, schema, source
from tests.support.papers import paper, seen
from tests.support.portfolio_files import GOOD, edited, refused, write
from tests.support.portfolios import Portfolio
from tests.support.views import row as figures
from tests.support.views import view

PROJECTS = schema(
    column("Title"),
    column("Ward"),
    column("Funding", ColumnType.CHOICE, "Funding stream"),
    column("Capital", ColumnType.YES_NO),
    column("Area", ColumnType.LOOKUP),
    column("Lead", ColumnType.PERSON, "Lead officer"),
    column("Members", ColumnType.PERSON_MULTI),
)
WARDS = {"ward": ("Ward",)}


def projects(**groups: tuple[str, ...]) -> Binding:
    return bind(source(fields={"title": "Title"}, groups=groups), PROJECTS)


def read(binding: Binding, **cells: Cell) -> Record:
    made = to_record(binding, row(3, Title="Libraries", **cells))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        (("Ward",), {"Ward": " North "}, {"a": "North"}),
        (("Ward",), {"Ward": "  "}, {}),
        (("Ward",), {}, {}),
        (("Funding stream",), {"Funding": "Capital"}, {"a": "Capital"}),
        (("Capital",), {"Capital": False}, {"a": "No"}),
        (("Area",), {"Area": LookupCell(4, "North East")}, {"a": "North East"}),
        (("Area", "Ward"), {"Ward": "North"}, {"a": "North"}),
        (("Gone", "Ward"), {"Ward": "North"}, {"a": "North"}),
    ],
)
def test_a_grouping_is_read_from_the_first_column_that_holds_anything(
    columns: tuple[str, ...], cells: dict[str, Cell], expected: dict[str, str]
) -> None:
    assert read(projects(a=columns), **cells).groups == expected


def test_its_columns_are_read_and_nobody_else_may_own_them() -> None:
    assert set(projects(a=("Ward", "Area")).columns) == {"Title", "Ward", "Area"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("Wards",), "column 'Wards' of grouping a; the list has 'Ward'"),
        (("Lead",), "column 'Lead officer' of grouping a holds people, whom no row of figures may name"),
        (
            ("Ward", "Lead officer", "Members"),
            "column 'Lead officer' and 'Members' of grouping a holds people, whom no row of figures may name",
        ),
    ],
)
def test_a_column_that_is_absent_or_of_people_is_named(columns: tuple[str, ...], said: str) -> None:
    binding = projects(a=columns)
    assert binding.missing == (said,)
    assert not binding.readable


def test_what_is_remembered_of_a_record_does_not_rest_on_it() -> None:
    binding = projects(a=("Ward",))
    one, two = (known_rows(binding, [read(binding, Ward=ward)], ()) for ward in ("North", "South"))
    assert one == two


def wards() -> Portfolio:
    made = Portfolio()
    made.source("project", Kind.PROJECT, groups={"ward": ("Ward",), "Funding": ("F",)})
    made.source("secret", Kind.PROJECT, groups=WARDS, restricted=True)
    made.project("DS-1", groups={"ward": "North", "Funding": "Capital"}, status=WorkStatus.ON_TRACK)
    made.project("DS-2", groups={"ward": "north "}, status=WorkStatus.OFF_TRACK)
    made.project("DS-3", groups={"ward": "South"})
    made.project("DS-4", theme="")
    made.risk("R-1", project="DS-3")
    made.risk("R-2", project=None)
    return made


def secret(made: Portfolio, *where: str) -> Portfolio:
    for number, ward in enumerate(where):
        made.project(f"S-{number}", source="secret", groups={"ward": ward}, status=WorkStatus.AT_RISK)
    return made


def totals(rows: tuple[Rollup, ...], scope: str = "ward") -> dict[str, int]:
    return {each.name: each.total for each in rows if each.scope == scope}


def test_every_project_is_in_one_row_and_what_belongs_to_it_with_it() -> None:
    found = seen(wards())
    assert list(dict.fromkeys(each.scope for each in found.rollup)) == ["portfolio", "register", "Funding", "ward"]
    assert totals(found.rollup) == {"North": 2, "South": 1, "(none)": 1, "(no project)": 0}
    assert totals(found.rollup, "Funding") == {"Capital": 1, "(none)": 3, "(no project)": 0}
    rows = {each.name: each for each in found.rollup if each.scope == "ward"}
    assert rows["North"].worst is WorkStatus.OFF_TRACK
    assert [rows[name].open_risks["very_high"] for name in ("South", "(no project)", "North")] == [1, 1, 0]


def test_a_single_restricted_project_shares_a_row() -> None:
    assert totals(seen(secret(wards(), "West")).rollup) == {"North": 2, "South": 1, "(no project)": 0, "(other)": 2}


def test_an_edition_counts_restricted_projects_in_a_row_of_their_own() -> None:
    safe = safe_rollup(seen(secret(wards(), "West", "North")))
    assert totals(safe) == {"North": 2, "South": 1, "(none)": 1, "(no project)": 0, "(restricted)": 2}
    assert totals(safe, "Funding") == {"Capital": 1, "(none)": 3, "(no project)": 0, "(restricted)": 2}


def test_a_grouping_that_only_restricted_projects_have_a_word_in_is_no_row_in_an_edition() -> None:
    made = Portfolio()
    made.source("secret", Kind.PROJECT, groups=WARDS, restricted=True)
    made.project("DS-1")
    assert totals(safe_rollup(seen(secret(made, "West", "West")))) == {}


@pytest.mark.parametrize("made", [wards(), secret(wards(), "West", "West")], ids=["open", "with restricted"])
def test_the_public_edition_has_no_rows_by_it_and_says_so(made: Portfolio) -> None:
    found = seen(made)
    told = {edition: for_edition(found, edition, found.policies.reports) for edition in Edition}
    assert totals(told[Edition.PMO].rows)
    assert totals(told[Edition.BOARD].rows)
    public = told[Edition.PUBLIC]
    assert totals(public.rows) == {}
    assert not any(item.groups for item in public.items)
    assert public.left_out[-1] == (
        "Figures by Funding and ward are left out: what their rows are called are staff's own words."
    )
    assert not any("Figures by" in said for said in told[Edition.BOARD].left_out)


def test_an_edition_shows_what_a_record_is_counted_under_as_far_as_it_may() -> None:
    made = secret(wards(), "West")
    owner = (Person("Jo North", "jo@council.example"),)
    made.project("DS-9", groups={"ward": "Jo North's ward"}, owner=owner)
    made.risk("R-9", project="S-0")
    found = seen(made)
    told = {edition: items(for_edition(found, edition, found.policies.reports)) for edition in Edition}
    assert told[Edition.PMO]["R-1"].groups == {"ward": "South"}
    assert told[Edition.PMO]["R-9"].groups == {}, "it belongs to a restricted project"
    assert told[Edition.PMO]["DS-9"].groups == {"ward": "Jo North's ward"}
    assert told[Edition.BOARD]["DS-9"].groups == {"ward": "[name]'s ward"}
    assert told[Edition.PUBLIC]["DS-9"].groups == {}


def items(of: View) -> dict[str, Item]:
    return {item.ref: item for item in of.items}


def test_a_row_comes_back_from_its_json_form_and_has_a_direction() -> None:
    [north] = [each for each in seen(wards()).rollup if each.name == "North"]
    assert Rollup.from_json(north.to_json()) == replace(north, projects=(), others=(), lasting_coverage="")
    before = view(rollup=[figures("North", "ward", computed={"off_track": 2})])
    now = view(rollup=[figures("North", "ward", computed={"off_track": 1})])
    assert rollup_directions(before, now) == {("ward", "North"): Direction.BETTER}


def test_papers_show_it_where_there_is_no_theme_and_call_it_what_the_file_calls_it() -> None:
    made = paper(seen(wards()))
    rows = grouping(made)
    assert (rows.scope, rows.heading(made)) == ("Funding", "Funding")
    assert "by Funding" in str(themes(made))
    wards_alone = replace(rows, scope="ward")
    assert wards_alone.heading(made) == "Ward"
    by_theme = wards()
    by_theme.project("DS-5", theme="Places")
    assert grouping(paper(seen(by_theme))).scope == "theme"


def test_the_run_s_report_has_a_table_of_it() -> None:
    document = {"rollup": [each.to_json() for each in seen(wards()).rollup]}
    console = Console(width=100, record=True)
    with console.capture() as capture:
        console.print(text.rollup_table(document, "ward"))
    said = capture.get()
    assert "By ward, as staff reported" in said
    assert "Ward " in said
    assert "North" in said


class TestKept:
    """A frozen report keeps what a project is counted under; of a restricted one only what gives nothing away."""

    def test_an_open_record_keeps_its_words(self) -> None:
        made = replace(record(1, key="DS-1"), groups={"ward": "North", "values": "x"})
        document = record_to_json(made, lambda person: 1)
        assert document["groups"] == [["values", "x"], ["ward", "North"]], "no word stands under a name of ours"
        assert record_from_json(document, lambda number: Person("x")).groups == made.groups

    def test_what_was_kept_before_there_were_groupings_has_none(self) -> None:
        document = record_to_json(record(1, key="DS-1"), lambda person: 1)
        del document["groups"]
        assert record_from_json(document, lambda number: Person("x")).groups == {}

    @pytest.mark.parametrize(
        ("shared", "instead", "expected"),
        [
            ({"north", "east"}, {}, [["ward", "North; East"]]),
            ({"north"}, {}, []),
            ({"north"}, {"east": "(restricted 1)"}, [["ward", "north; (restricted 1)"]]),
        ],
    )
    def test_a_restricted_record_keeps_what_others_say_and_what_stands_in_for_the_rest(
        self, shared: set[str], instead: Mapping[str, str], expected: list[list[str]]
    ) -> None:
        made = replace(record(1, restricted=True, key="S-1"), groups={"ward": "North; East"})
        document = record_to_json(made, lambda person: 1, shared=shared, instead=instead)
        assert document["groups"] == expected

    def test_the_rows_come_out_again_and_no_secret_word_was_kept(self) -> None:
        keeping = Keeping(secret(wards(), "North", "Bleak House", "Gloom Lane"))
        header, parts = keeping.documents()
        assert "bleak" not in str((header, parts)).casefold()
        assert view_again(keeping.kept()).rollup == keeping.live().rollup


PMO, FINANCE = "pmo", "finance"


@pytest.mark.parametrize(
    ("groups", "order", "expected"),
    [
        ({PMO: {"ward": "A"}, FINANCE: {"ward": "B"}}, (FINANCE,), {"ward": "B"}),
        ({PMO: {"ward": "A"}, FINANCE: {}}, (FINANCE,), {"ward": "A"}),
        ({PMO: {"ward": "A"}, FINANCE: {"ward": "B"}}, (), {}),
        ({PMO: {"ward": "A"}, FINANCE: {"ward": " a"}}, (), {"ward": " a"}),
        ({PMO: {"ward": "A"}, FINANCE: {"stream": "C"}}, (), {"ward": "A", "stream": "C"}),
        ({PMO: {}, "secret": {"ward": "S"}}, ("secret",), {}),
    ],
)
def test_of_several_lists_the_one_that_is_believed_counts(
    groups: Mapping[str, Mapping[str, str]], order: tuple[str, ...], expected: Mapping[str, str]
) -> None:
    records = [replace(record(1, at=at, restricted=at == "secret"), groups=said) for at, said in groups.items()]
    policy = PrecedencePolicy(sources=order) if order else None
    assert believed_groups(records, policy) == expected
    assert believed_groups(records[::-1], policy) == expected


def test_a_project_of_several_lists_is_counted_once_by_the_word_that_is_believed() -> None:
    made = Portfolio()
    for name, ward in (("pmo", "North"), ("finance", "South")):
        made.source(name, Kind.PROJECT, groups=WARDS)
        made.add(Kind.PROJECT, "DS-1", name, groups={"ward": ward})
    policies = Keeping(made).policies
    believing = replace(policies, precedence={Kind.PROJECT: PrecedencePolicy(sources=("finance", "pmo"))})
    assert totals(Keeping(made, policies=believing).rollup()) == {"South": 1}


MAPPED = "fields: {title: Title, status: Status, end: Target date}"


def grouped(groups: str) -> str:
    return edited((MAPPED, f"{MAPPED}\n    groups: {groups}"))


def test_a_column_or_several_may_be_named(tmp_path: Path) -> None:
    text = grouped("{ward: Ward, funding stream: [Funding, Stream]}")
    sources = load_portfolio(write(tmp_path, text)).sources
    [found] = [each for each in sources.values() if each.groups]
    assert found.groups == {"ward": ("Ward",), "funding stream": ("Funding", "Stream")}


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("{Theme: Ward}", "'theme' is a field; name its column under 'fields'."),
        ("{board: Ward}", "'board' has rows in every portfolio; give the grouping another name."),
        ("{' ward': Ward}", "'ward' is no name for a grouping: use at most 64 letters, digits and -."),
        ("{'(other)': Ward}", "'(other)' is no name for a grouping: use at most 64 letters, digits and -."),
        ("{ward: []}", "'ward' names no column."),
        ("{ward: ' '}", "'ward' names no column."),
        ("{ward: {column: Ward}}", "'ward' must be a column or a list of columns."),
        ("{ward: }", "'ward' has no value; it must be a column or a list of columns."),
        ("{ward: PSStatus}", "column 'PSStatus' is staff's (it is read as 'ward'); only we may write this one."),
    ],
)
def test_a_grouping_that_makes_no_sense_is_refused(tmp_path: Path, groups: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, grouped(groups)))


def test_only_projects_are_grouped(tmp_path: Path) -> None:
    lines = refused(tmp_path, edited(("kind: risk", "kind: risk\n    groups: {ward: Ward}")))
    assert any(
        "only projects are grouped, not a risk; what belongs to a project is counted with it." in each for each in lines
    )


def test_all_lists_spell_a_grouping_alike(tmp_path: Path) -> None:
    second = "  second: {connection: council, site: /sites/b, list: B, kind: project, groups: {Ward: Ward}}\n"
    text = grouped("{ward: Ward}").replace("sources:\n", f"sources:\n{second}", 1)
    assert any(
        "the grouping 'ward' is written 'Ward' before; write it alike." in each for each in refused(tmp_path, text)
    )


def test_a_change_of_groupings_needs_no_approval(tmp_path: Path) -> None:
    plain = load_portfolio(write(tmp_path, GOOD))
    assert _digests(load_portfolio(write(tmp_path, grouped("{ward: Ward}")))) == _digests(plain)
