"""The page about the ladder says what the presets and the core do."""

import re
from pathlib import Path

import pytest

from config.calendar import closed_days
from config.ladders import preset_names
from config.portfolio import load_portfolio
from sync.core.boards import papers_due
from sync.core.dates import plain
from sync.core.ladder import Escalation
from sync.core.model import Band
from sync.core.policy import Acceptance, Board, Rung
from sync.core.text_dates import parse_text_date
from sync.engine.targets import Holidays
from tests.support.ladders import HAS_NO_FLAG, climbed, preset_policies
from tests.support.portfolio_files import GOOD, write

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "ladder.md").read_text(encoding="utf-8")
WHERE = {Band.HIGH: "high or worse", Band.VERY_HIGH: "very high"}


def below(heading: str) -> list[list[list[str]]]:
    """The tables below a heading, as rows of cells without their heads."""
    section = re.split(r"\n#+ ", PAGE.partition(f"# {heading}\n")[2])[0]
    blocks = re.findall(r"(?:^\|.*\n?)+", section, flags=re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()[2:]] for block in blocks
    ]


def conditions(acceptance: Acceptance) -> str:
    said = [WHERE[acceptance.band]] if acceptance.band else []
    said += ["it cannot be mitigated"] if acceptance.cannot_mitigate else []
    said += ["it is above appetite"] if acceptance.above_appetite else []
    said += ["its tolerance has expired"] if acceptance.tolerance_expired else []
    return ", and ".join(said)


def decides(rung: Rung) -> str:
    return f"within {rung.decide_within_days} days" if rung.decide_within_days else "at its next meeting"


@pytest.mark.parametrize("name", preset_names())
def test_each_ready_ladder_is_on_the_page_row_by_row(name: str) -> None:
    policies = preset_policies(name)
    registers, rungs = below(name)
    assert registers == [
        [f"`{key}`", each.kept_by, {None: "by band", 1: "every month"}[each.months]]
        for key, each in policies.registers.items()
    ]
    assert rungs == [
        [
            rung.name,
            rung.board,
            ", ".join(f"`{place}`" if place in policies.registers else place for place in acceptance.source),
            conditions(acceptance),
            decides(rung),
        ]
        for rung in policies.ladder
        for acceptance in rung.accepts
    ]


def test_the_conditions_on_the_page_are_those_of_a_rung() -> None:
    (told,) = below("How a record climbs")
    assert {row[0].strip("`") for row in told} == set(Acceptance.__dataclass_fields__) - {"source"}


def test_the_days_for_papers_on_the_page_are_right() -> None:
    england = closed_days(Holidays(country="GB", subdivision="ENG")).calendar
    (told,) = below("By when it is decided")
    assert len(told) == 3
    for meeting, due, _ in told:
        day = parse_text_date(meeting.partition(" ")[2])
        assert day is not None
        assert f"{day:%A} {plain(day)}" == meeting
        found = papers_due(day, Board(papers_due_days=5), england)
        assert f"{found:%A} {plain(found)}" == due


def test_the_table_of_judgements_on_the_page_is_what_happens() -> None:
    (told,) = below("It cannot be mitigated")
    flags = {"Yes": True, "No or blank": False, "not mapped": HAS_NO_FLAG}
    bodies = "Technical Operations Meeting; ICT Programme Board"

    def at(flag: str, judged_by: str | None) -> Escalation:
        register = "technical-operations-register"
        return climbed(
            preset_policies("colchester"), register, Band.HIGH, cannot_mitigate=flags[flag], judged_by=judged_by
        )

    outcomes = [len(at(flag, None if judged_by == "blank" else bodies).steps) for flag, judged_by, _ in told]
    assert outcomes == [1, 2, 0, 2]


def test_the_example_on_the_page_loads(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found is not None
    policies = load_portfolio(write(tmp_path, GOOD + found[1])).policies
    assert len(policies.boards["ICT Programme Board"].meets) == 2
    assert policies.registers["tda-register"].months == 3


@pytest.mark.parametrize("word", ["None", "No", "N/A", "Not escalated"])
def test_the_words_for_staying_are_those_on_the_page(word: str) -> None:
    assert f'"{word}"' in " ".join(PAGE.partition("# What staff declare")[2].split())
    found = climbed(preset_policies("colchester"), "tda-register", Band.LOW, rung=word)
    assert (found.declared, found.differs) == ("Technical Design Authority", False)
