"""Boards and ladders in the portfolio file: what may be written short, and how a mistake is named, with its line."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from config.ladders import DECIDE_WITHIN_DAYS, PAPERS_DUE_DAYS, preset_names
from config.portfolio import load_portfolio
from config.schema import schema
from sync.core.model import Band
from sync.core.policy import Acceptance
from tests.support.portfolio_files import GOOD, edited, refused, write


def test_one_thing_may_stand_where_a_list_is_meant(tmp_path: Path) -> None:
    text = (
        "policies:\n"
        "  boards: {Risk Panel: {meets: 2026-07-14, papers_due_days: }}\n"
        "  ladder:\n"
        "    - {name: Panel, board: Risk Panel, accepts: {source: risks, band: high}, decide_within_days: }\n"
    )
    policies = load_portfolio(write(tmp_path, GOOD + text)).policies
    assert policies.ladder[0].accepts == (Acceptance(source=("risks",), band=Band.HIGH),)
    assert len(policies.boards["Risk Panel"].meets) == 1
    assert policies.boards["Risk Panel"].papers_due_days == 5


OWN = """\
policies:
  registers:
    team: {kept_by: Team leads}
  boards:
    Risk Panel: {meets: [2026-07-14], papers_due_days: 5}
  ladder:
    - name: Panel
      board: Risk Panel
      accepts:
        - {source: [team, risks], band: high}
      decide_within_days: 10
    - name: Committee
      board: Audit Committee
      accepts:
        - {source: [Panel], cannot_mitigate: true}
"""


def changed(old: str, new: str) -> str:
    assert OWN.count(old) == 1, old
    return GOOD + OWN.replace(old, new)


def test_the_file_that_the_mistakes_are_made_in_is_good(tmp_path: Path) -> None:
    assert len(load_portfolio(write(tmp_path, GOOD + OWN)).policies.ladder) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  ladder:\n", "  ladder: {}\n  labels:\n", "line 29: 'ladder' must be a list."),
        ("name: Panel\n", "nmae: Panel\n", "line 30: 'nmae' is not a key of a rung; did you mean 'name'?"),
        ("name: Panel\n", "nmae: Panel\n", "line 30: a rung needs 'name'."),
        ("      board: Risk Panel\n", "", "line 30: a rung needs 'board'."),
        ("name: Panel\n", "name: ' '\n", "line 30: a rung needs a name and a board."),
        ("board: Risk Panel\n", "board: ''\n", "line 30: a rung needs a name and a board."),
        ("name: Committee", "name: PANEL", "line 35: there are two rungs 'PANEL'; each needs a name of its own."),
        (
            "name: Committee",
            "name: Team",
            "line 35: 'Team' is a register as well; the ladder could not tell the two apart.",
        ),
        ("[team, risks]", "[]", "line 33: 'source' names no register and no rung."),
        ("source: [team, risks], ", "", "line 33: 'accepts' needs 'source'."),
        ("[team, risks]", "[teem]", "line 33: there is no register and no rung 'teem'; did you mean 'team'?"),
        ("[Panel]", "[Pannel]", "line 38: there is no register and no rung 'Pannel'; did you mean 'Panel'?"),
        (
            "[Panel]",
            "[zzz]",
            "line 38: there is no register and no rung 'zzz'; it may be Committee, Panel, risks, team.",
        ),
        (
            "[Panel]",
            "[Panel, committee]",
            "line 38: rung 'Committee' would be reached through itself: it takes from 'comm",
        ),
        (
            "[team, risks]",
            "[team, Committee]",
            "line 33: rung 'Panel' would be reached through itself: it takes from 'Com",
        ),
        (
            "[team, risks]",
            "[team, Committee]",
            "line 38: rung 'Committee' would be reached through itself: it takes from ",
        ),
        ("band: high", "band: hihg", "line 33: 'hihg' is not a value of 'band'; did you mean 'high'?"),
        ("band: high", "band: not_assessed", "line 33: 'band' is the least severity that is taken on; what was not"),
        ("band: high", "bandd: high", "line 33: 'bandd' is not a key of 'accepts'; did you mean 'band'?"),
        (
            "cannot_mitigate: true",
            "cannot_mitigate: perhaps",
            "line 38: 'cannot_mitigate' must be yes or no, not 'perh",
        ),
        (
            "        - {source: [Panel], cannot_mitigate: true}\n",
            "",
            "line 35: nothing would ever reach rung 'Committee'",
        ),
        (
            "decide_within_days: 10",
            "decide_within_days: 0",
            "line 34: 'decide_within_days' must be from 1 to 366 days, no",
        ),
        (
            "decide_within_days: 10",
            "decide_within_days: 367",
            "line 34: 'decide_within_days' must be from 1 to 366 days",
        ),
        ("decide_within_days: 10", "decide_within_days: soon", "line 34: 'decide_within_days' must be a whole number"),
        ("papers_due_days: 5", "papers_due_days: -1", "line 28: 'papers_due_days' must be from 0 to 60 days, not -1."),
        ("papers_due_days: 5", "papers_due_days: 61", "line 28: 'papers_due_days' must be from 0 to 60 days, not 61."),
        (
            "papers_due_days: 5",
            "papers_due: 5",
            "line 28: 'papers_due' is not a key of a board; did you mean 'papers_du",
        ),
        ("[2026-07-14]", "[14 July]", "line 28: entry 1 of 'meets' must be a date such as 2026-12-24, not '14 July'."),
        (
            "    Risk Panel:",
            "    risk panel: {}\n    Risk Panel:",
            "line 29: 'Risk Panel' and 'risk panel' are one name; keep",
        ),
        ("    team:", "    TEAM: {}\n    team:", "line 27: 'team' and 'TEAM' are one name; keep one."),
        ("    team:", "    ' ': {}\n    team:", "line 26: an entry of 'registers' has no name."),
    ],
)
def test_a_faulty_ladder_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    lines = refused(tmp_path, changed(old, new))
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize("bounds", [PAPERS_DUE_DAYS, DECIDE_WITHIN_DAYS])
def test_the_bounds_themselves_are_taken(tmp_path: Path, bounds: tuple[int, int]) -> None:
    old = "papers_due_days: 5" if bounds is PAPERS_DUE_DAYS else "decide_within_days: 10"
    for number in bounds:
        load_portfolio(write(tmp_path, changed(old, f"{old.split(':')[0]}: {number}")))


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ("policies: {ladder: colchster}", "line 24: there is no ladder 'colchster'; did you mean 'colchester'?"),
        ("policies: {ladder: zzz}", "line 24: there is no ladder 'zzz'; it may be cheshire-east, colchester."),
        ("policies: {ladder: [panel]}", "entry 1 of 'ladder' must be a mapping (key: value), not 'panel'."),
        (
            "policies: {ladder: [{name: a, board: b, accepts: no}]}",
            "entry 1 of 'accepts' must be a mapping (key: value), not 'no'.",
        ),
        (
            "policies: {ladder: [{name: a, board: b, accepts: [x]}]}",
            "entry 1 of 'accepts' must be a mapping (key: value)",
        ),
        ("policies: {ladder: colchester, registers: [a]}", "line 24: 'registers' must be a mapping (key: value)."),
        (
            "policies: {ladder: colchester, boards: {ICT Programme Board: monthly}}",
            "'ICT Programme Board' must be a map",
        ),
        (
            "policies: {ladder: colchester, registers: {ICT Programme board: {}}}",
            "line 24: 'ICT Programme Board' is a register as well; the ladder could not tell the two apart.",
        ),
    ],
)
def test_a_faulty_preset_is_named_with_its_line(tmp_path: Path, policies: str, said: str) -> None:
    lines = refused(tmp_path, GOOD + policies + "\n")
    assert any(said in line for line in lines), lines


def test_an_unknown_preset_is_one_problem_and_hides_no_other(tmp_path: Path) -> None:
    text = edited(("key: Ref", "keey: Ref")) + "policies: {ladder: zzz, boards: {B: {papers_due_days: 61}}}\n"
    assert [line.split(":")[0].rpartition(" ")[2] for line in refused(tmp_path, text)] == ["12", "24", "24"]


@pytest.mark.parametrize(
    ("register", "said"),
    [
        ("project-register", "'policies.registers' does not name it; did you mean 'project-registers'?"),
        ("ICT Programme Board", None),
        (
            "zzz",
            "line 19: no rung takes from register 'zzz', and 'policies.registers' does not name it; it may be proj",
        ),
    ],
)
def test_a_register_that_the_ladder_does_not_know_is_named(tmp_path: Path, register: str, said: str | None) -> None:
    text = edited(("list: Risks", f"list: Risks\n    register: {register}")) + "policies: {ladder: colchester}\n"
    lines = refused(tmp_path, text)
    assert any((said or "is a register as well") in line for line in lines), lines


@pytest.mark.parametrize(
    "policies",
    ["policies: {ladder: colchester, registers: {zzz: }}\n", "policies: {registers: {other: {}}}\n", ""],
)
def test_a_register_that_is_named_or_without_a_ladder_is_taken(tmp_path: Path, policies: str) -> None:
    text = edited(("list: Risks", "list: Risks\n    register: ' ZZZ'")) + policies
    assert load_portfolio(write(tmp_path, text)).sources["risks"].register == " ZZZ"


def test_a_list_that_is_judged_as_a_whole_is_refused(tmp_path: Path) -> None:
    constant = ("list: Risks", "list: Risks\n    constants: {judged_by: Team leads}")
    lines = refused(tmp_path, edited(constant) + OWN)
    assert len(lines) == 1
    assert "line 19: a whole list cannot be judged at once; map 'cannot_mitigate' as well, which says it" in lines[0]
    mapped = ("likelihood: L", "likelihood: L\n      cannot_mitigate: Stuck")
    load_portfolio(write(tmp_path, edited(constant, mapped) + OWN))


def as_editors_see(content: str) -> Any:
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(content), default=str))


def test_the_schema_takes_presets_shorthands_and_whole_ladders() -> None:
    short = "policies: {boards: {B: }, ladder: [{name: a, board: B, accepts: {source: risks}}]}\n"
    for policies in (OWN, short, *(f"policies: {{ladder: {name}}}\n" for name in preset_names())):
        jsonschema.validate(as_editors_see(GOOD + policies), schema())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("decide_within_days: 10", "decide_within_days: 367"),
        ("papers_due_days: 5", "papers_due_days: 61"),
        ("[2026-07-14]", "[14 July]"),
        ("band: high", "band: hihg"),
        ("name: Panel\n", "nmae: Panel\n"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(tmp_path: Path, old: str, new: str) -> None:
    assert refused(tmp_path, changed(old, new))
    # Formats are asserted by editors that check them; here only a full validator does.
    checker = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
    assert list(checker.iter_errors(as_editors_see(changed(old, new))))


def test_the_schema_refuses_an_unknown_preset() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_editors_see(GOOD + "policies: {ladder: zzz}\n"), schema())
