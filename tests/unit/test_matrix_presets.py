"""The ready matrices are those of the lists that they are for, and on their page."""

import json
import re
from pathlib import Path
from typing import Any

from config.matrices import matrix_presets
from sync.core.model import Band
from sync.core.risk import DEFAULT_MATRIX
from tests.support.shared_data import SHARED_DATA, needs_shared_data

DOCS = Path(__file__).resolve().parents[2] / "docs"
_L, _M, _H, _V = Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH


def cells(name: str) -> tuple[tuple[Band, ...], ...]:
    return matrix_presets()[name].versions[0].rows


def shared(name: str) -> Any:
    return json.loads((SHARED_DATA / "schemas" / name).read_text(encoding="utf-8"))


def test_prosjektportalen_colours_cells_and_not_products() -> None:
    ready = cells("prosjektportalen")
    assert (ready[1][1], ready[0][3], ready[3][0]) == (_L, _M, _M)


def test_the_ready_default_is_that_of_the_core() -> None:
    assert matrix_presets()["5x5-2026"].versions == (DEFAULT_MATRIX,)
    assert cells("5x5-letters") == DEFAULT_MATRIX.rows


@needs_shared_data[0]
@needs_shared_data[1]
def test_prosjektportalen_is_coloured_as_it_is_delivered() -> None:
    bands = {"#7ABD7E": _L, "#F8D66D": _M, "#FFB54C": _H, "#FF6961": _V}
    delivered = shared("pp365_riskmatrix_standard_configuration.json")["matrix"]
    found = {
        (cell["y"], cell["x"]): bands[cell["backgroundColor"]]
        for row in delivered
        for cell in row
        if cell["cellType"] == 1
    }
    ready = cells("prosjektportalen")
    assert {(y, x): ready[y - 1][x - 1] for y, x in found} == found
    assert len(found) == 25
    matrix = matrix_presets()["prosjektportalen"].versions[0]
    assert [step.words[0] for step in matrix.impact] == [each["cellValue"] for each in delivered[0][1:]]
    assert [step.words[0] for step in reversed(matrix.likelihood)] == [row[0]["cellValue"] for row in delivered[1:]]


@needs_shared_data[0]
@needs_shared_data[1]
def test_the_ranked_register_is_ranked_as_it_is_delivered() -> None:
    delivered = shared("dbml_risk_register.json")["matrix"]
    bands = {"Low": _L, "Medium": _M, "High": _H, "Extreme": _V}
    matrix = matrix_presets()["ranked-25"].versions[0]
    assert matrix.rows == tuple(tuple(bands[cell] for cell in row) for row in delivered["cells"])
    assert [number for row in matrix.scores for number in row] == delivered["scores_by_cell_row_major"]
    assert [step.words[0] for step in matrix.likelihood] == delivered["rows_likelihood"]
    assert [step.words[0] for step in matrix.impact] == delivered["cols_consequence"]


def test_the_ready_matrices_are_on_their_page() -> None:
    page = (DOCS / "matrices.md").read_text(encoding="utf-8")
    below = page.partition("## Ready matrices")[2].partition("\n## ")[0]
    shown = dict(re.findall(r"^\| `([^`]+)` \| (\d+ by \d+) \|", below, flags=re.MULTILINE))
    sizes = {
        name: f"{len(each.versions[0].likelihood)} by {len(each.versions[0].impact)}"
        for name, each in matrix_presets().items()
    }
    assert shown == sizes
    assert all(preset.about for preset in matrix_presets().values())
