"""The ladders that a portfolio file may name climb as the councils' papers say, and may be adapted by the file."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from config.ladders import preset, preset_names
from config.portfolio import load_portfolio
from sync.core.model import Band, Kind
from sync.core.policy import Board, Policies, RegisterPolicy
from tests.support.ladders import HAS_NO_FLAG, climbed, preset_policies
from tests.support.portfolio_files import edited, write

BANDS = {
    "low": Band.LOW,
    "medium": Band.MEDIUM,
    "high": Band.HIGH,
    "very high": Band.VERY_HIGH,
    "not assessed": Band.NOT_ASSESSED,
}


def rows(table: str, *judges: str) -> list[tuple[str, Band, str, str]]:
    """Register, band, judge and where it goes, of a table whose further columns are who cannot mitigate."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.strip().splitlines()]
    found = [
        (register, BANDS[band], judge, goes)
        for register, band, *where in cells
        for judge, goes in zip(judges, where, strict=True)
    ]
    assert len({row[:3] for row in found}) == len(found) == len(cells) * len(judges)
    return found


# "Managers of ICT projects ... high severity ... ICT Programme Board", and so the register of the Technical Design
# Authority; that of technical operations goes there at high severity where the Technical Operations Meeting cannot
# mitigate it. The board passes on what it finds no additional mitigation possible for, or what is significant.
# `stays`: with the keeper of its register. `board`: the ICT Programme Board. `corporate`: the Corporate Governance
# Manager, by way of the board.
COLCHESTER = """
| project-registers             | low          | stays     | stays     | stays     | stays     | stays     |
| project-registers             | medium       | stays     | stays     | stays     | stays     | stays     |
| project-registers             | high         | board     | board     | corporate | corporate | board     |
| project-registers             | very high    | corporate | corporate | corporate | corporate | corporate |
| project-registers             | not assessed | stays     | stays     | stays     | stays     | stays     |
| tda-register                  | low          | stays     | stays     | stays     | stays     | stays     |
| tda-register                  | medium       | stays     | stays     | stays     | stays     | stays     |
| tda-register                  | high         | board     | board     | corporate | corporate | board     |
| tda-register                  | very high    | corporate | corporate | corporate | corporate | corporate |
| tda-register                  | not assessed | stays     | stays     | stays     | stays     | stays     |
| technical-operations-register | low          | stays     | stays     | stays     | stays     | stays     |
| technical-operations-register | medium       | stays     | stays     | stays     | stays     | stays     |
| technical-operations-register | high         | stays     | board     | stays     | corporate | stays     |
| technical-operations-register | very high    | stays     | corporate | stays     | corporate | stays     |
| technical-operations-register | not assessed | stays     | stays     | stays     | stays     | stays     |
"""
NOBODY, KEEPER, BOARD, BOTH, ANOTHER = "nobody", "its keeper", "the board", "both", "another body"
KEEPERS = {
    "project-registers": "Managers of ICT projects",
    "tda-register": "Technical Design Authority",
    "technical-operations-register": "Technical Operations Meeting",
    "programme-registers": "Programme leads",
    "theme-registers": "Theme leads",
    "product-registers": "Product leads",
}
BOARD_OF = {"colchester": "ICT Programme Board", "cheshire-east": "Digital Design Authority"}
STEPS = {
    "stays": [],
    "board": ["ICT Programme Board"],
    "corporate": ["ICT Programme Board", "Corporate Governance Manager"],
    "authority": ["Digital Design Authority"],
    "group": ["Digital Design Authority", "Digital Steering Group"],
}


def judged_by(judge: str, register: str, ladder: str) -> str | None:
    keeper, board = KEEPERS[register], BOARD_OF[ladder]
    return {NOBODY: None, KEEPER: keeper, BOARD: board, BOTH: f"{board}; {keeper}", ANOTHER: "Cabinet"}[judge]


def boards_of(ladder: str, register: str, band: Band, judge: str, **facts: Any) -> list[str]:
    said = judged_by(judge, register, ladder)
    found = climbed(preset_policies(ladder), register, band, judged_by=said, **facts)
    return [step.board for step in found.steps]


JUDGES = (NOBODY, KEEPER, BOARD, BOTH, ANOTHER)


def test_the_table_has_every_register_band_and_judge() -> None:
    policies = preset_policies("colchester")
    told = {row[:3] for row in rows(COLCHESTER, *JUDGES)}
    assert told == set(product(policies.registers, Band, JUDGES))


@pytest.mark.parametrize(("register", "band", "judge", "goes"), rows(COLCHESTER, *JUDGES))
@pytest.mark.parametrize("restricted", [False, True])
def test_colchester(register: str, band: Band, judge: str, goes: str, restricted: bool) -> None:
    flagged = boards_of("colchester", register, band, judge, cannot_mitigate=judge != NOBODY, restricted=restricted)
    assert flagged == STEPS[goes]
    named_only = boards_of("colchester", register, band, judge, cannot_mitigate=HAS_NO_FLAG, restricted=restricted)
    assert named_only == STEPS[goes]


@pytest.mark.parametrize("register", ["project-registers", "tda-register", "technical-operations-register"])
@pytest.mark.parametrize("band", list(Band))
def test_at_colchester_a_flag_without_a_name_is_the_keepers_word_alone(register: str, band: Band) -> None:
    by_flag = boards_of("colchester", register, band, NOBODY, cannot_mitigate=True)
    assert by_flag == boards_of("colchester", register, band, KEEPER, cannot_mitigate=True)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("flag", [False, None])
@pytest.mark.parametrize("register", ["project-registers", "technical-operations-register"])
def test_at_colchester_a_name_beside_no_flag_is_no_judgement(register: str, flag: bool | None, judge: str) -> None:
    named = boards_of("colchester", register, Band.HIGH, judge, cannot_mitigate=flag)
    assert named == boards_of("colchester", register, Band.HIGH, NOBODY, cannot_mitigate=flag)


def test_at_colchester_neither_appetite_nor_tolerance_matters() -> None:
    for register, band in product(preset_policies("colchester").registers, Band):
        plain = boards_of("colchester", register, band, NOBODY)
        assert boards_of("colchester", register, band, NOBODY, above_appetite=True, tolerance_expired=True) == plain


# Leads manage, the Digital Design Authority assesses, the Digital Steering Group as required. All leads' registers are
# alike. `BOARD` is the Authority.
CHESHIRE_EAST = """
| {} | low          | stays     | authority | stays     | group | stays     |
| {} | medium       | stays     | authority | stays     | group | stays     |
| {} | high         | authority | authority | group     | group | authority |
| {} | very high    | group     | group     | group     | group | group     |
| {} | not assessed | stays     | authority | stays     | group | stays     |
"""
LEADS = ("programme-registers", "theme-registers", "product-registers")


@pytest.mark.parametrize(
    ("register", "band", "judge", "goes"),
    [row for name in LEADS for row in rows(CHESHIRE_EAST.replace("{}", name), *JUDGES)],
)
def test_cheshire_east(register: str, band: Band, judge: str, goes: str) -> None:
    assert boards_of("cheshire-east", register, band, judge, cannot_mitigate=judge != NOBODY) == STEPS[goes]


@pytest.mark.parametrize(
    ("band", "above", "expired", "goes"),
    [
        (Band.LOW, False, True, "stays"),
        (Band.LOW, True, False, "authority"),
        (Band.LOW, True, True, "group"),
        (Band.MEDIUM, True, False, "authority"),
        (Band.HIGH, True, False, "authority"),
        (Band.HIGH, False, True, "group"),
        (Band.VERY_HIGH, False, False, "group"),
        (Band.NOT_ASSESSED, False, True, "stays"),
    ],
)
@pytest.mark.parametrize("register", LEADS)
def test_cheshire_east_by_appetite_and_tolerance(
    register: str, band: Band, above: bool, expired: bool, goes: str
) -> None:
    facts = {"above_appetite": above, "tolerance_expired": expired}
    assert boards_of("cheshire-east", register, band, NOBODY, **facts) == STEPS[goes]


@pytest.mark.parametrize("severity", list(Band))
def test_an_issue_climbs_by_its_severity_as_a_risk_does_by_its_band(severity: Band) -> None:
    for ladder, registers in (("colchester", ("project-registers", "tda-register")), ("cheshire-east", LEADS)):
        for register in registers:
            policies = preset_policies(ladder)
            issue = climbed(policies, register, kind=Kind.ISSUE, severity=severity)
            assert issue == climbed(policies, register, severity)


# What a preset brings into a file, and what of it a file may change.


def loaded(folder: Path, policies: str, *changes: tuple[str, str]) -> Policies:
    return load_portfolio(write(folder, edited(*changes) + policies)).policies


def test_a_preset_brings_its_registers_with_their_keepers_and_its_boards(tmp_path: Path) -> None:
    policies = loaded(tmp_path, "policies: {ladder: colchester}\n")
    assert policies == preset_policies("colchester")
    assert policies.registers == {
        "project-registers": RegisterPolicy(title="Project registers", kept_by="Managers of ICT projects", months=1),
        "tda-register": RegisterPolicy(title="TDA register", kept_by="Technical Design Authority"),
        "technical-operations-register": RegisterPolicy(
            title="Technical operations register", kept_by="Technical Operations Meeting"
        ),
    }
    assert policies.boards == {"ICT Programme Board": Board()}
    assert [rung.decide_within_days for rung in policies.ladder] == [None, 28]


def test_what_the_file_says_itself_comes_before_the_preset_key_by_key(tmp_path: Path) -> None:
    policies = loaded(
        tmp_path,
        "policies:\n"
        "  ladder: colchester\n"
        "  registers:\n"
        "    project-registers: {months: 2}\n"
        "    TDA-Register: {kept_by: Design board, title: }\n"
        "    strategic:\n"
        "  boards:\n"
        "    ICT Programme Board: {meets: [2026-07-14, 2026-08-11], papers_due_days: 7}\n"
        "    Cabinet:\n",
    )
    registers, brought = policies.registers, preset_policies("colchester")
    assert registers["project-registers"] == RegisterPolicy(
        title="Project registers", kept_by="Managers of ICT projects", months=2
    )
    assert registers["TDA-Register"] == RegisterPolicy(title="TDA register", kept_by="Design board")
    assert registers["strategic"] == RegisterPolicy()
    assert "tda-register" not in registers
    assert len(policies.boards["ICT Programme Board"].meets) == 2
    assert policies.boards["Cabinet"] == Board()
    assert policies.ladder == brought.ladder


@pytest.mark.parametrize("name", ["colchester", "cheshire-east"])
def test_a_source_stands_in_a_register_of_the_preset(tmp_path: Path, name: str) -> None:
    for register in preset_policies(name).registers:
        change = ("list: Risks", f"list: Risks\n    register: {register}")
        path = write(tmp_path, edited(change) + f"policies: {{ladder: {name}}}\n")
        portfolio = load_portfolio(path)
        register_of_source = portfolio.sources["risks"].register
        assert climbed(portfolio.policies, register_of_source, Band.VERY_HIGH, cannot_mitigate=True).rung is not None


@pytest.mark.parametrize("name", ["colchester", "cheshire-east"])
def test_each_preset_says_where_it_comes_from_and_what_its_words_mean(name: str) -> None:
    assert preset_names() == ["cheshire-east", "colchester"]
    assert preset(name).about.startswith("After ")
    if name == "colchester":
        assert '"High severity" is read as high and very high, "significant" as very high.' in preset(name).about
    else:
        assert "The paper names no conditions, so these are ours." in preset(name).about
