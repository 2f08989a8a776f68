"""Matrices in the portfolio file: the forms that they may have, the ready ones, and how a mistake is named."""

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from config.matrices import matrix_presets
from config.portfolio import load_portfolio
from config.rules import rules_from_json, rules_to_json
from config.schema import schema
from sync.core.model import Band
from sync.core.policy import Policies, digest
from sync.core.risk import Matrix, Step
from tests.support.portfolio_files import GOOD, refused, write

_L, _M, _H, _V = Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH

OWN = """\
policies:
  matrices:
    ours:
      - version: "1"
        likelihood: [Seldom, [Often, B], {words: "Always*"}]
        impact: [Small, Large]
        cells:
          - [low, medium]
          - [low, high]
          - [medium, very_high]
      - version: "2"
        since: 2026-04-01
        product: {medium: 2, high: 4, very_high: 6}
    ranked:
      version: 2026
      likelihood: 2
      impact: [{words: ["<£50k"]}, {words: "£50-250k", at_least: "£50,000"}, {at_least: 250000}]
      ranks: [[1, 2, 5], [3, 4, 6]]
      bands: {very_high: 6, medium: 3}
    shares:
      version: "1"
      likelihood: [{words: Low, at_least: 0 %}, {at_least: 12.5 %}]
      impact: [1, 2, Three]
      product: {high: 5}
      bands:
  appetite: {Cyber security: low, Delivery: very_high}
"""
SAMPLE = GOOD.replace("    list: Risks\n", "    list: Risks\n    matrix: ours\n") + OWN


def changed(*changes: tuple[str, str]) -> str:
    text = SAMPLE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def loaded(folder: Path, text: str) -> Policies:
    return load_portfolio(write(folder, text)).policies


def test_a_matrix_may_be_written_in_three_ways(tmp_path: Path) -> None:
    matrices = loaded(tmp_path, SAMPLE).matrices
    often = (Step(words=("Seldom",)), Step(words=("Often", "B")), Step(words=("Always*",)))
    size = (Step(words=("Small",)), Step(words=("Large",)))
    money = (Step(words=("<£50k",)), Step(words=("£50-250k",), at_least=50_000), Step(at_least=250_000))
    first = Matrix(
        name="ours", version="1", likelihood=often, impact=size, rows=((_L, _M), (_L, _H), (_M, _V)), since=None
    )
    second = Matrix(
        name="ours",
        version="2",
        likelihood=often,
        impact=size,
        rows=((_L, _M), (_M, _H), (_M, _V)),
        since=date(2026, 4, 1),
    )
    assert matrices["ours"] == (first, second)
    assert matrices["ranked"] == (
        Matrix(
            name="ranked",
            version="2026",
            likelihood=(Step(), Step()),
            impact=money,
            rows=((_L, _L, _M), (_M, _M, _V)),
            scores=((1, 2, 5), (3, 4, 6)),
        ),
    )
    assert matrices["shares"][0].likelihood == (
        Step(words=("Low",), at_least=0.0, per_cent=True),
        Step(at_least=0.125, per_cent=True),
    )
    assert matrices["shares"][0].impact == (Step(), Step(), Step(words=("Three",)))


def test_the_appetite_is_a_band_by_category(tmp_path: Path) -> None:
    assert loaded(tmp_path, SAMPLE).appetite == {"Cyber security": _L, "Delivery": _V}


def test_rules_are_kept_with_their_matrices(tmp_path: Path) -> None:
    portfolio = load_portfolio(write(tmp_path, SAMPLE))
    kept = rules_from_json(json.loads(json.dumps(rules_to_json(portfolio)))).policies
    assert kept == portfolio.policies
    assert digest(kept) == digest(portfolio.policies) != digest(Policies())


def test_a_ready_matrix_needs_only_its_name(tmp_path: Path) -> None:
    text = GOOD.replace("    list: Risks\n", "    list: Risks\n    matrix: prosjektportalen\n")
    assert loaded(tmp_path, text).matrices == {"prosjektportalen": matrix_presets()["prosjektportalen"].versions}
    assert loaded(tmp_path, text + "policies:\n").matrices.keys() == {"prosjektportalen"}
    assert loaded(tmp_path, GOOD).matrices == {}


def test_a_matrix_of_the_file_takes_the_place_of_a_ready_one(tmp_path: Path) -> None:
    assert loaded(tmp_path, SAMPLE.replace("ours", "4x4")).matrices["4x4"][0].version == "1"
    assert len(loaded(tmp_path, SAMPLE.replace("ours", "4x4")).matrices["4x4"][0].rows) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("    matrix: ours", "    matrix: our"), "line 19: there is no matrix 'our'; did you mean 'ours'?"),
        (("    matrix: ours", "    matrix: 4x5"), "line 19: there is no matrix '4x5'; did you mean '4x4'?"),
        (("    matrix: ours", "    matrix: [ours]"), "line 19: 'matrix' must be text."),
        (
            ("    kind: project\n", "    kind: project\n    matrix: ours\n"),
            "only risks are rated by a matrix, not a pro",
        ),
        (
            ('      - version: "1"\n', "      - vesion: 1\n"),
            "'vesion' is not a key of a matrix; did you mean 'version'?",
        ),
        (
            ('      - version: "1"\n', "      - version:\n"),
            "line 28: a matrix needs 'version', by which ratings are told",
        ),
        (
            ('      - version: "2"\n', "      - version: ' '\n"),
            "line 35: a matrix needs 'version', by which ratings are",
        ),
        (('      - version: "2"\n', '      - version: "1"\n'), "line 35: there are two versions '1'."),
        (
            ("        since: 2026-04-01\n", ""),
            "line 35: a later version needs 'since', the day from which ratings are m",
        ),
        (("since: 2026-04-01", "since: April"), "line 36: 'since' must be a date such as 2026-12-24, not 'April'."),
        (("since: 2026-04-01", "since: [a]"), "line 36: 'since' must be a date such as 2026-12-24"),
        (
            ("        since: 2026-04-01\n", "        since: 2026-04-01\n        impact: [Small, Middling, Large]\n"),
            "line 37: impact has 3 steps, and had 2 in the version before; a scale of other steps is another matrix, u",
        ),
        (
            ("        since: 2026-04-01\n", "        since: 2026-04-01\n        impact: [Large, Huge]\n"),
            "line 37: 'Large' stood for another step of impact in the version before; a scale of other steps is",
        ),
        (
            ("        since: 2026-04-01\n", "        since: 2026-04-01\n        impact: [1, {at_least: 5}]\n"),
            "line 37: the steps of impact begin elsewhere than in the version before; a scale of other steps is",
        ),
        (
            ("        likelihood: [Sel", "        likelyhood: [Sel"),
            "line 28: a matrix needs 'likelihood': the steps of its",
        ),
        (
            ("        impact: [Small, Large]\n", ""),
            "line 28: a matrix needs 'impact': the steps of its scale, the lowest",
        ),
        (
            ("impact: [Small, Large]", "impact: [Small]"),
            "line 30: 'impact' must be a list of 2 to 20 steps, the lowest f",
        ),
        (
            ("impact: [Small, Large]", "impact: Small"),
            "line 30: 'impact' must be a list of 2 to 20 steps, the lowest fi",
        ),
        (
            ("impact: [Small, Large]", "impact: 21"),
            "line 30: 'impact' must be a list of 2 to 20 steps, the lowest first,",
        ),
        (("impact: [Small, Large]", "impact: [Small, ' small']"), "line 30: 'small' already stands for step 1."),
        (("impact: [Small, Large]", "impact: [Small, 3]"), "line 30: step 2 goes by its number; '3' is another's."),
        (
            ("impact: [Small, Large]", "impact: [Unrated, A]"),
            "'Unrated' says that nothing was assessed, and so is no st",
        ),
        (
            ("impact: [Small, Large]", "impact: ['*', A]"),
            "step 1 has a blank word, or one that every text begins with.",
        ),
        (("impact: [Small, Large]", "impact: [[], A]"), "line 30: step 1 has neither a word nor 'at_least'."),
        (("impact: [Small, Large]", "impact: [{words: }, A]"), "line 30: step 1 has neither a word nor 'at_least'."),
        (
            ("impact: [Small, Large]", "impact: [[[a]], A]"),
            "line 30: a step is a word, a list of words, or a mapping of",
        ),
        (("impact: [Small, Large]", "impact: [{word: a}, A]"), "'word' is not a key of a step; did you mean 'words'?"),
        (
            ("at_least: 250000", "at_least: lots"),
            "'at_least' is the number from which on it is this step, such as 50000",
        ),
        (("at_least: 250000", "at_least: 101 %"), "such as 50000 or 70 %, not '101 %'."),
        (
            ("at_least: 250000", "at_least: 50 %"),
            "'impact' do not fit together: either all steps are in per cent, or none",
        ),
        (
            ("at_least: 250000", "at_least: 50000"),
            "'impact' do not fit together: each step begins above the one before i",
        ),
        (
            ("{at_least: 250000}", "More"),
            "'impact' do not fit together: where one step has 'at_least' every one needs it,",
        ),
        (
            ("at_least: 0 %", "at_least: 20 %"),
            "'likelihood' do not fit together: each step begins above the one before it",
        ),
        (("          - [low, high]\n", ""), "line 31: 'cells' has 2 rows, and likelihood has 3 steps."),
        (
            ("          - [low, high]\n", "          - [low]\n"),
            "line 33: row 2 of 'cells' has 1 cell, and impact has 2 s",
        ),
        (
            ("          - [low, high]\n", "          - low\n"),
            "line 31: 'cells' must be a list of rows, one for each step",
        ),
        (
            ("          - [low, high]\n", "          - [low, hihg]\n"),
            "line 33: 'hihg' is not a band; did you mean 'high'?",
        ),
        (("          - [low, high]\n", "          - [low, not_assessed]\n"), "line 33: 'not_assessed' is not a band"),
        (
            ("[low, medium]", "[high, very_high]"),
            "the severity falls as likelihood rises: the first row is of the lowest",
        ),
        (
            ("[medium, very_high]", "[very_high, medium]"),
            "the severity falls as impact rises: the first column is of the l",
        ),
        (
            ("product: {medium: 2, high: 4", "product: {medium: 5, high: 4"),
            "'high' must begin above 'medium', which begins",
        ),
        (
            ("very_high: 6}\n    ranked", "very_high: 7}\n    ranked"),
            "no cell is very_high: the highest number is 6, and",
        ),
        (("product: {medium: 2,", "product: {mediun: 2,"), "line 37: 'mediun' is not a band; did you mean 'medium'?"),
        (("product: {medium: 2,", "product: {medium: two,"), "line 37: 'two' is not a number."),
        (
            ("product: {high: 5}", "product: high"),
            "line 48: 'product' must say from which number on a band begins, such as",
        ),
        (
            ("product: {high: 5}", "product: {}"),
            "line 48: 'product' must say from which number on a band begins, such as",
        ),
        (
            ("      product: {high: 5}\n", ""),
            "line 44: a matrix says its bands in one way: by 'cells', by 'product', or by",
        ),
        (
            ("      bands:\n", "      bands: {high: 5}\n"),
            "line 44: a matrix says its bands in one way: by 'cells', by 'pro",
        ),
        (
            ("      bands: {very_high: 6, medium: 3}\n", ""),
            "line 38: a matrix says its bands in one way: by 'cells', by",
        ),
        (("[[1, 2, 5], [3, 4, 6]]", "[[1, 2, 5], [3, x, 6]]"), "line 42: 'x' is not a number."),
        (("[[1, 2, 5], [3, 4, 6]]", "[[1, 2, 5], [3, 4, -6]]"), "line 42: '-6' is not a number."),
        (("[[1, 2, 5], [3, 4, 6]]", "[[1, 2, 5]]"), "line 42: 'ranks' has 1 row, and likelihood has 2 steps."),
        (
            ("Cyber security: low", "Cyber security: lowest"),
            "'lowest' is not a value of 'Cyber security'; did you mean 'lo",
        ),
        (
            ("Cyber security: low", "Cyber security: not_assessed"),
            "an appetite is the worst band that is still within it",
        ),
        (
            ("Delivery: very_high", "'cyber  security': high"),
            "'cyber security' and 'Cyber security' are one category; kee",
        ),
        (("Delivery: very_high", "' ': high"), "line 50: an appetite names no category."),
    ],
)
def test_a_mistake_in_a_matrix_is_named_with_its_line(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    lines = refused(tmp_path, changed(change))
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize(
    ("matrices", "said"),
    [
        ("{ours: many}", "line 25: 'ours' must be a matrix, or a list of its versions with the oldest first."),
        ("{ours: []}", "line 25: 'ours' must be a matrix, or a list of its versions with the oldest first."),
        ("{ours: [many]}", "line 25: a version of a matrix must be a mapping (key: value)."),
        ("{' ': {}}", "line 25: a matrix has no name."),
        ("many", "line 25: 'matrices' must be a mapping (key: value), not 'many'."),
    ],
)
def test_what_is_no_matrix_is_named(tmp_path: Path, matrices: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, GOOD + f"policies:\n  matrices: {matrices}\n"))


def test_later_versions_begin_in_their_order(tmp_path: Path) -> None:
    third = '      - {version: "3", since: 2026-04-01, product: {high: 4}}\n    ranked:\n'
    said = "line 38: versions stand in their order: each begins after the one before it."
    assert any(said in line for line in refused(tmp_path, changed(("    ranked:\n", third))))


def test_a_wrong_matrix_is_complained_of_once(tmp_path: Path) -> None:
    text = changed(
        ("          - [low, high]\n", "          - [low]\n"),
        ("likelihood: L", "likelihood: {column: L, values: {9: x}}"),
    )
    assert len(refused(tmp_path, text)) == 1


@pytest.mark.parametrize(
    ("matrix", "fields", "said"),
    [
        (
            "ours",
            "likelihood: {column: L, values: {4: x}}",
            "'4' is not a value of 'likelihood'; it may be 1, 2, 3, not_as",
        ),
        (
            "ours",
            "impact: {column: L, values: {3: x}}",
            "'3' is not a value of 'impact'; it may be 1, 2, not_assessed.",
        ),
        (
            "4x4",
            "impact: {column: L, values: {5: x}}",
            "'5' is not a value of 'impact'; it may be 1, 2, 3, 4, not_asse",
        ),
        ("project-online", "impact: {column: L, values: {11: x}}", "'11' is not a value of 'impact'"),
        (
            "5x5-2026",
            "target_impact: {column: L, values: {6: x}}",
            "'6' is not a value of 'target_impact'; it may be 1,",
        ),
        ("ours", "rating: {column: L, values: {1: x}}", "'rating' is a rating and takes no 'values'."),
    ],
)
def test_words_go_by_the_steps_of_the_matrix_of_their_source(
    tmp_path: Path, matrix: str, fields: str, said: str
) -> None:
    lines = refused(tmp_path, changed(("    matrix: ours", f"    matrix: {matrix}"), ("likelihood: L", fields)))
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize(
    ("matrix", "fields"),
    [
        ("ours", "likelihood: {column: L, values: {3: x, not_assessed: y}}"),
        ("project-online", "impact: {column: L, values: {10: x}}"),
        ("4x4", "impact: {column: L, values: {4: x}}"),
    ],
)
def test_words_for_every_step_are_taken(tmp_path: Path, matrix: str, fields: str) -> None:
    text = changed(("    matrix: ours", f"    matrix: {matrix}"), ("likelihood: L", fields))
    assert load_portfolio(write(tmp_path, text)).sources["risks"].matrix == matrix


def test_the_default_of_a_file_is_the_default_of_its_sources(tmp_path: Path) -> None:
    text = SAMPLE.replace("ours", "5x5-2026").replace("    matrix: 5x5-2026\n", "")
    said = "'4' is not a value of 'likelihood'; it may be 1, 2, 3, not_assessed."
    lines = refused(tmp_path, text.replace("likelihood: L\n", "likelihood: {column: L, values: {4: x}}\n"))
    assert any(said in line for line in lines), lines


def test_the_schema_takes_every_form_of_a_matrix() -> None:
    content = json.loads(
        json.dumps(YAML(typ="safe", pure=True).load(SAMPLE.replace("      bands:\n", "")), default=str)
    )
    jsonschema.validate(content, schema())
    content["policies"]["matrices"]["ours"][0]["cels"] = []
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema())
