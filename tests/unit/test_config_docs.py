"""The pages about the portfolio file and the settings say what the code does: nothing more, nothing less."""

import json
import re
from dataclasses import MISSING, fields
from enum import Enum
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from config.calendar import FIRST_YEAR, LAST_YEAR
from config.checks import GUARD_BOUNDS, REVIEW_MONTHS_BOUNDS
from config.ladders import DECIDE_WITHIN_DAYS, PAPERS_DUE_DAYS
from config.lint import key_names
from config.matrices import WrittenMatrix
from config.names import PREFIX
from config.pace import PACE_BOUNDS
from config.portfolio import PortfolioFile, load_portfolio
from config.samples import names, portfolio_text
from config.schema import main, schema, text
from config.settings import SECRETS_DIR, ConnectionSecrets, Settings
from config.source_checks import VALUE_WORDS
from connectors.sharepoint.budget import ceiling_of
from sync.core.model import FieldType, Kind, field_types
from sync.core.ownership import OWNED_BY_KIND, DriftPolicy, OwnedField
from sync.core.policy import (
    OVERDUE_LABELS,
    REVIEW_MONTHS,
    STATUS_LABELS,
    Acceptance,
    Board,
    DateWords,
    FieldMapping,
    GuardPolicy,
    HoldPolicy,
    IdentityPolicy,
    Labels,
    OverduePolicy,
    Policies,
    PrecedencePolicy,
    RegisterPolicy,
    ReportPolicy,
    ReviewPolicy,
    RollupPolicy,
    Rung,
    WritePolicy,
)
from sync.core.text_dates import COUNTED_FROM
from sync.engine.targets import Connection, Holidays, ListAddress, OfficeHours, OwnLists, Pace, Schedule, Source
from tests.support.portfolio_files import GOOD, edited

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "portfolio-file.md").read_text(encoding="utf-8")
SETTINGS_PAGE = (DOCS / "settings.md").read_text(encoding="utf-8")

SECTIONS: dict[str, type[Any]] = {
    "The top of the file": PortfolioFile,
    "Own lists": OwnLists,
    "Holidays": Holidays,
    "Schedule": Schedule,
    "Pace": Pace,
    "Office hours": OfficeHours,
    "A connection": Connection,
    "A source": Source,
    "A list address": ListAddress,
    "A field": FieldMapping,
    "Text dates": DateWords,
    "Write": WritePolicy,
    "Policies": Policies,
    "Overdue policy": OverduePolicy,
    "Hold policy": HoldPolicy,
    "Roll-up policy": RollupPolicy,
    "A matrix": WrittenMatrix,
    "Review policy": ReviewPolicy,
    "A register": RegisterPolicy,
    "A board": Board,
    "A rung": Rung,
    "What a rung takes on": Acceptance,
    "Precedence": PrecedencePolicy,
    "Identity": IdentityPolicy,
    "Reports": ReportPolicy,
    "Labels": Labels,
    "Guards": GuardPolicy,
}


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, cells as written."""
    _, _, rest = page.partition(f"# {heading}\n")
    assert rest, f"no heading {heading!r}"
    below = re.split(r"\n#+ ", rest)[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code(cell: str) -> str:
    return cell.strip("`")


@pytest.mark.parametrize(("heading", "described"), SECTIONS.items())
def test_every_key_is_on_the_page_and_every_key_on_the_page_exists(heading: str, described: type[Any]) -> None:
    assert {code(row[0]) for row in table(PAGE, heading)} == key_names(described)


def test_every_part_of_the_file_has_its_section() -> None:
    headings = set(re.findall(r"^### (.*)$", PAGE, flags=re.MULTILINE))
    assert headings == {*SECTIONS, *(f"{kind.capitalize()} fields" for kind in Kind)}


@pytest.mark.parametrize(("heading", "described"), SECTIONS.items())
def test_the_defaults_on_the_page_are_those_of_the_code(heading: str, described: type[Any]) -> None:
    shown = {code(row[0]): row[2] for row in table(PAGE, heading)}
    for each in fields(described):
        if each.name not in shown:
            continue
        required = each.default is MISSING and each.default_factory is MISSING
        assert (shown[each.name] == "required") is required, each.name
        if isinstance(each.default, Enum):
            assert shown[each.name] == f"`{each.default.value}`"
        elif isinstance(each.default, bool):
            assert shown[each.name] == ("`yes`" if each.default else "`no`")
        elif isinstance(each.default, str | int):
            assert shown[each.name] == f"`{each.default}`"


@pytest.mark.parametrize("kind", list(Kind))
def test_the_canonical_fields_of_each_kind_are_on_the_page_with_their_types(kind: Kind) -> None:
    shown = {code(row[0]): row[1] for row in table(PAGE, f"{kind.capitalize()} fields")}
    assert shown == {name: of.value for name, of in field_types(kind).items() if name != "key"}


def test_the_types_and_their_words_are_on_the_page() -> None:
    shown = {row[0]: tuple(re.findall(r"`(\w+)`", row[2])) for row in table(PAGE, "Canonical fields")}
    assert shown == {of.value: VALUE_WORDS.get(of, ()) for of in FieldType}


def test_the_owned_fields_are_on_the_page_with_their_kinds() -> None:
    shown = {code(row[0]): set(row[1].split(", ")) for row in table(PAGE, "Owned fields")}
    expected = {owned.value: {kind.value for kind in Kind if owned in OWNED_BY_KIND[kind]} for owned in OwnedField}
    assert shown == expected


def test_the_labels_on_the_page_are_those_of_the_code() -> None:
    shown = {code(row[0]): row[3] for row in table(PAGE, "Labels")}
    assert shown["status"].endswith(", ".join(STATUS_LABELS.values()))
    assert shown["overdue"].endswith(", ".join(OVERDUE_LABELS.values()))


def test_the_bounds_of_the_guards_on_the_page_are_those_of_the_code() -> None:
    shown = {code(row[0]): row[1] for row in table(PAGE, "Guards")}
    assert shown == {name: f"{least} to {most:,}" for name, (least, most) in GUARD_BOUNDS.items()}


def test_the_bounds_of_the_pace_on_the_page_are_those_of_the_code() -> None:
    shown = {code(row[0]): row[1] for row in table(PAGE, "Pace") if row[1] != "mapping"}
    assert shown == {name: f"{least} to {most:,}" for name, (least, most) in PACE_BOUNDS.items()}


def test_what_is_used_at_most_is_what_the_page_about_the_pace_says() -> None:
    rows = table((DOCS / "pace.md").read_text(encoding="utf-8"), "What is used")
    plain = ceiling_of(Pace())
    assert [row[2] for row in rows] == [f"{most:,} resource units" for most in (plain.minute, plain.day)]


def test_the_cadences_on_the_page_are_those_of_the_code() -> None:
    said = table(PAGE, "Review policy")[0][3]
    assert said.endswith(", ".join(f"`{band.value}` {months}" for band, months in REVIEW_MONTHS.items()))
    least, most = REVIEW_MONTHS_BOUNDS
    assert all(f"{least} to {most}" in table(PAGE, each)[-1][3] for each in ("Review policy", "A register"))


def test_the_bounds_of_boards_and_rungs_on_the_page_are_those_of_the_code() -> None:
    shown = {code(row[0]): row[1] for name in ("A board", "A rung") for row in table(PAGE, name)}
    assert shown["papers_due_days"] == "{} to {}".format(*PAPERS_DUE_DAYS)
    assert shown["decide_within_days"] == "{} to {}".format(*DECIDE_WITHIN_DAYS)


def test_the_fields_that_a_period_fills_with_its_first_day_are_on_the_page() -> None:
    said = re.search(r"counted from the field \(([^)]*)\)", PAGE)
    assert said is not None
    assert set(re.findall(r"`(\w+)`", said[1])) == COUNTED_FROM
    assert {name for kind in Kind for name, of in field_types(kind).items() if of is FieldType.DATE} > COUNTED_FROM


def test_the_drift_policies_on_the_page_are_those_of_the_code() -> None:
    shown = [code(row[0]) for row in table(PAGE, "When a person changes an owned value")]
    assert shown == [policy.value for policy in DriftPolicy]


def test_the_years_of_the_bank_holidays_are_those_of_the_code() -> None:
    assert f"Bank holidays are known from {FIRST_YEAR} to {LAST_YEAR}." in PAGE


def example() -> str:
    found = re.search(r"## A whole file\n\n```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_on_the_page_loads_and_shows_every_key(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.yaml"
    path.write_text(example(), encoding="utf-8")
    portfolio = load_portfolio(path)
    assert {source.kind for source in portfolio.sources.values()} >= {Kind.PROGRAMME, Kind.PROJECT, Kind.RISK}
    for described in SECTIONS.values():
        for key in key_names(described) - {"title"}:
            assert re.search(rf"\b{key}:", example()), key


def test_every_setting_is_on_its_page_and_every_setting_on_the_page_exists() -> None:
    simple = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields if name != "connections"} | {SECRETS_DIR}
    assert {code(row[0]) for row in table(SETTINGS_PAGE, "The process")} == simple
    nested = {f"{PREFIX}CONNECTIONS__<NAME>__{name.upper()}" for name in ConnectionSecrets.model_fields}
    assert {code(row[0]) for row in table(SETTINGS_PAGE, "What a connection signs in with")} == nested


def test_the_defaults_of_settings_are_on_the_page() -> None:
    rows = table(SETTINGS_PAGE, "The process") + table(SETTINGS_PAGE, "What a connection signs in with")
    shown = {code(row[0]).rpartition("__")[2].removeprefix(PREFIX).lower(): row[2] for row in rows}
    assert shown["company"] == f"`{Settings.model_fields['company'].default}`"
    assert shown["authority"] == f"`{ConnectionSecrets.model_fields['authority'].default}`"


def test_secret_settings_are_marked_as_secrets() -> None:
    rows = table(SETTINGS_PAGE, "The process") + table(SETTINGS_PAGE, "What a connection signs in with")
    shown = {
        code(row[0]).rpartition("__")[2].removeprefix(PREFIX).lower() for row in rows if row[1].startswith("secret")
    }
    both = {**Settings.model_fields, **ConnectionSecrets.model_fields}
    assert shown == {
        name for name, each in both.items() if "SecretStr" in str(each.annotation) and name != "connections"
    }


def as_editors_see(content: str) -> Any:
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(content), default=str))


def test_the_schema_beside_the_page_is_fresh(tmp_path: Path) -> None:
    assert json.loads((DOCS / "portfolio.schema.json").read_text(encoding="utf-8")) == schema(), (
        "write it anew: python -m config.schema"
    )
    main([str(tmp_path / "written.json")])
    assert (tmp_path / "written.json").read_text(encoding="utf-8") == text()


def test_the_schema_takes_what_the_loader_takes() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    filled = [portfolio_text(name, base_url="http://127.0.0.1:8790", portfolio_name="x") for name in names()]
    for content in (example(), GOOD, *filled):
        jsonschema.validate(as_editors_see(content), schema())


@pytest.mark.parametrize(
    "change",
    [
        ("key: Ref", "keey: Ref"),
        ("key: Ref", "name: x"),
        ("kind: project", "kind: projct"),
        ("title: Title, status", "titel: Title, status"),
        ("{columns: {status", "{columns: {stauts"),
        ("{columns: {status", "{drift: askk, columns: {status"),
        ("{columns: {status", "{drift: {status: askk}, columns: {status"),
        ("end: Target date", "end: {colum: Target date}"),
        ("version: 1", "version: 2"),
        ("auth: certificate", "auth: secret"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(change: tuple[str, str]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_editors_see(edited(change)), schema())
