"""A blank standard list is read, as it stands, by the part of a portfolio file that comes with it."""

from pathlib import Path

import pytest

from config.portfolio import load_portfolio
from sync.core.columns import Column, ColumnType, ListSchema
from sync.core.mapping import bind, to_record
from sync.core.model import Project, Risk, Scores, WorkStatus, field_types
from sync.core.owned import owned_problems
from sync.core.provisioning.names import internal_name_problem
from sync.core.provisioning.owned_columns import LONGEST_DESCRIPTION, told_hold
from sync.core.provisioning.shape import MOST_INDEXES, Badges
from sync.core.provisioning.template import Template
from sync.core.provisioning.templates import TEMPLATES
from sync.core.risk import IMPACT_WORDS, LIKELIHOOD_WORDS
from sync.core.text import fold, length
from sync.engine.targets import Source
from tests.support.lists import HOST, row
from tests.support.portfolio_files import write

EVERY = [pytest.param(each, id=name) for name, each in TEMPLATES.items()]
TOP = """\
version: 1
name: Start from nothing
time_zone: Europe/London
connections:
  council: {host: "https://contoso.sharepoint.com", auth: certificate}
sources:
"""


def loaded(template: Template, folder: Path) -> Source:
    path = write(folder, TOP + template.source("council", "/sites/pmo"))
    return load_portfolio(path).sources[template.name]


def schema_of(template: Template) -> ListSchema:
    """The list as it is once it was made."""
    shape = template.shape
    columns = [
        Column(each.name, each.title, each.type, choices=each.choices, default=each.default) for each in shape.columns
    ]
    title = Column("Title", shape.title_column, ColumnType.TEXT)
    return ListSchema(HOST, "list-1", shape.title, (title, *columns), "Europe/London", 0)


@pytest.mark.parametrize("template", EVERY)
def test_what_comes_with_a_list_reads_and_may_write_it(template: Template, tmp_path: Path) -> None:
    source = loaded(template, tmp_path)
    binding = bind(source, schema_of(template))
    assert (binding.missing, binding.unwritable) == ((), ())
    assert (source.connection, source.site, source.list.url) == ("council", "/sites/pmo", template.shape.url)
    staff = [column for bound in binding.fields for column in bound.columns]
    assert not list(owned_problems(template.kind, binding.owned, staff, binding.labels))


@pytest.mark.parametrize("template", EVERY)
def test_every_column_is_read_or_ours_and_every_field_has_one(template: Template, tmp_path: Path) -> None:
    source = loaded(template, tmp_path)
    read = {name for mapped in source.fields.values() for name in mapped.column} | {source.key, "Title"}
    assert {each.name for each in template.shape.columns} | {"Title"} == read | set(source.write.columns.values())
    left_out = {"key", "rating", "score", "band", "matrix_version"}
    assert set(field_types(template.kind)) - left_out == set(source.fields)


@pytest.mark.parametrize("template", EVERY)
def test_its_words_are_understood(template: Template, tmp_path: Path) -> None:
    """Each choice of each column, set in a row of its own, gives no finding about a word."""
    binding = bind(loaded(template, tmp_path), schema_of(template))
    choices = {each.column.name: each.column.choices for each in template.entries if each.column.choices}
    for name, words in choices.items():
        for word in words:
            record = to_record(binding, row(1, **{"Title": "One", template.key.name: "X-1", name: word}))
            assert record is not None
            assert not [finding for finding in record.problems if name in finding.text or word in finding.text]


def test_a_risk_is_read_as_it_was_written(tmp_path: Path) -> None:
    template = TEMPLATES["risk-register"]
    cells = {"Title": "Supplier fails", "RiskRef": "R-001", "RiskType": "Threat", "RiskStatus": "Open"}
    rated = {"CurrentLikelihood": "4 - Likely", "CurrentImpact": "5 - Severe", "Confidential": False}
    record = to_record(bind(loaded(template, tmp_path), schema_of(template)), row(1, **cells, **rated))
    assert record is not None
    assert isinstance(record.fields, Risk)
    assert Scores(record.fields.likelihood, record.fields.impact) == Scores(4, 5)
    assert (record.key, record.fields.status, record.restricted) == ("R-001", "open", False)


def test_a_project_is_read_as_it_was_written(tmp_path: Path) -> None:
    template = TEMPLATES["project-list"]
    cells = {"Title": "New website", "ProjectRef": "P-001", "ProjectStatus": "Needs review", "Confidence": "Amber/Red"}
    record = to_record(bind(loaded(template, tmp_path), schema_of(template)), row(1, **cells))
    assert record is not None
    assert isinstance(record.fields, Project)
    assert (record.fields.status, record.fields.confidence) == (WorkStatus.NEEDS_REVIEW, "amber_red")


@pytest.mark.parametrize("template", EVERY)
def test_the_list_can_be_made_as_it_is(template: Template) -> None:
    shape = template.shape
    assert not [each.name for each in shape.columns if internal_name_problem(each.name)]
    assert len({each.name for each in shape.columns}) == len(shape.columns)
    assert len({fold(each.title) for each in shape.columns} | {fold(shape.title_column)}) == len(shape.columns) + 1
    assert sum(each.indexed for each in shape.columns) < MOST_INDEXES // 2
    assert all(each.description and length(each.description) <= LONGEST_DESCRIPTION for each in shape.columns)
    ours = set(template.owned.values())
    assert all(each.in_forms is (each.name not in ours) for each in shape.columns)
    names = {"Title", *(each.name for each in shape.columns)}
    by_name = {each.name: each for each in shape.columns}
    for view in shape.views:
        assert {*view.columns, *(each.column for each in view.order)} <= names
        assert len(set(view.columns)) == len(view.columns)
        assert all(set(each.values) <= set(by_name[each.column].choices) for each in view.where)
        assert all(by_name[each.column].indexed for each in (*view.where, *view.order[:1]))
    assert [view.default for view in shape.views] == [True, False]


@pytest.mark.parametrize("template", EVERY)
def test_a_hold_is_seen_wherever_its_flag_is(template: Template) -> None:
    """Formatting reads no column that the view leaves out."""
    by_name = {each.name: each for each in template.shape.columns}
    for view in template.shape.views:
        looks = [by_name[name].look for name in view.columns if name in by_name]
        holds = {look.hold for look in looks if isinstance(look, Badges)}
        assert holds == {told_hold("PSReason", "HoldUntil")}
        assert {"PSReason", "HoldUntil"} <= set(view.columns), view.title


def test_the_scales_are_those_of_the_default_matrix() -> None:
    by_name = {each.name: each for each in TEMPLATES["risk-register"].shape.columns}
    for stage in ("Inherent", "Current", "Target"):
        assert by_name[f"{stage}Likelihood"].choices == tuple(
            f"{step} - {word}" for word, step in LIKELIHOOD_WORDS.items()
        )
        assert by_name[f"{stage}Impact"].choices == tuple(f"{step} - {word}" for word, step in IMPACT_WORDS.items())
    assert by_name["InherentImpact"].title == "Inherent impact"


def test_the_part_of_a_portfolio_file_can_be_read_by_whoever_pastes_it() -> None:
    lines = TEMPLATES["project-list"].source("council", "/sites/café").splitlines()
    assert lines[:7] == [
        "  project-list:",
        '    connection: "council"',
        '    site: "/sites/café"',
        '    list: {url: "Lists/ProjectList"}',
        "    kind: project",
        "    key: ProjectRef",
        "    fields:",
    ]
    assert "      owner: LeadOfficer" in lines
    assert '      health: {column: Health, values: {green: ["Green"], amber: ["Amber"], red: ["Red"]}}' in lines
    assert lines[-3:-1] == [
        "    write:",
        "      mode: quiet                     # no new version; Modified and Modified By stay the colleague's",
    ]


def test_another_title_has_another_address_and_a_quotation_mark_does_no_harm(tmp_path: Path) -> None:
    template = TEMPLATES["project-list"]
    shape = template.titled('IT "change" projects')
    assert (shape.title, shape.url) == ('IT "change" projects', "Lists/ITChangeProjects")
    text = TOP.replace("council:", "the-council:") + template.source("the-council", "/sites/café", shape.title)
    source = load_portfolio(write(tmp_path, text)).sources["project-list"]
    assert (source.connection, source.site, source.list.url) == ("the-council", "/sites/café", shape.url)
