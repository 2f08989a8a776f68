"""docs/adding-a-preset.md names files that are there and keys that exist, and its examples are presets."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.ladders import Preset as LadderPreset
from config.matrices import Preset as MatrixPreset
from config.matrices import WrittenMatrix
from config.portfolio import load_portfolio
from sync.cli.provision import Blank, RollupReaders
from sync.core.model import Band, FieldType, WorkStatus
from sync.core.provisioning.template import Template
from sync.core.provisioning.templates import TEMPLATES
from sync.core.vocabulary import vocabulary
from sync.engine.targets import Portfolio, Readers
from tests.support.portfolio_files import GOOD, write

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-a-preset.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def keys(heading: str) -> list[str]:
    """The first column of that section's table."""
    rows = re.findall(r"^\| (`.+?`) \|", section(heading), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def example(heading: str) -> tuple[str, Any]:
    """The name and the content of that section's example."""
    [(name, content)] = YAML(typ="safe").load(section(heading).split("```")[1].removeprefix("yaml\n")).items()
    return name, content


def with_policies(folder: Path, **policies: Any) -> Portfolio:
    return load_portfolio(write(folder, f"{GOOD}policies: {json.dumps(policies)}\n"))


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w-]+(?:/[\w.-]+)+\.\w+)`", PAGE))))
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("A matrix", ["about", *(each.name for each in fields(WrittenMatrix))]),
        ("A ladder", [each.name for each in fields(LadderPreset)]),
        ("A blank list", [each.name for each in fields(Template)]),
    ],
)
def test_every_key_is_told_and_no_other(heading: str, known: list[str]) -> None:
    assert sorted(keys(heading)) == sorted(known)
    assert [each.name for each in fields(MatrixPreset)] == ["about", "versions"]


def test_the_example_of_a_matrix_is_one(tmp_path: Path) -> None:
    name, content = example("A matrix")
    assert set(content) == {"about", "matrix"}
    [matrix] = with_policies(tmp_path, matrices={name: content["matrix"]}).policies.matrices[name]
    assert matrix.rows[2][2] is Band.VERY_HIGH


def test_the_example_of_a_ladder_is_one(tmp_path: Path) -> None:
    _, content = example("A ladder")
    preset = LadderPreset(**content)
    loaded = with_policies(tmp_path, registers=preset.registers, boards=preset.boards, ladder=preset.ladder).policies
    assert [rung.name for rung in loaded.ladder] == ["Digital Board"]


def test_what_can_be_made_is_what_the_command_offers() -> None:
    assert {each.value for each in Blank} == set(TEMPLATES)
    assert {each.value for each in RollupReaders} == {each.value for each in Readers}


def test_the_words_are_known_and_the_doubtful_ones_are_not() -> None:
    words = vocabulary(FieldType.WORK_STATUS, "status", {})
    assert words is not None
    told = re.findall(r'"(\w+)" is\s+`(\w+)`', section("A word"))
    assert [(word, words.meaning(word)) for word, _ in told] == [(word, WorkStatus(value)) for word, value in told]
    assert len(told) == 2
    assert not any(words.knows(word) for word in ("Closing", "Pending", "Green"))
