"""A frozen figure that comes out differently is marked restated."""

from typing import Any

import pytest

from sync.core.restated import Restated, restated
from sync.core.rollup import Scope
from tests.support.views import row


def figures(name: str = "Places", **values: Any) -> dict[str, Any]:
    return row(name, **values).to_json()


def of(figure: str, was: Any, now: Any, name: str = "Places") -> Restated:
    return Restated(scope="theme", name=name, figure=figure, was=was, now=now)


@pytest.mark.parametrize(
    ("published", "recomputed", "expected"),
    [
        pytest.param([figures()], [figures()], [], id="the same"),
        pytest.param([figures(total=3)], [figures(total=4)], [of("total", 3, 4)], id="a figure"),
        pytest.param(
            [figures(counts={"on_track": 2, "at_risk": 0})],
            [figures(counts={"on_track": 1, "at_risk": 1})],
            [of("counts.on_track", 2, 1), of("counts.at_risk", 0, 1)],
            id="figures by value",
        ),
        pytest.param(
            [figures(coverage="1 read", reasons=("A.",), direction="same")],
            [figures()],
            [],
            id="sentences are no figures",
        ),
        pytest.param([figures(total=2)], [], [of("total", 2, None)], id="a row that is no longer there"),
        pytest.param([], [figures(total=2)], [of("total", None, 2)], id="a row that was not there"),
        pytest.param([figures()], [figures() | {"later": 3}], [], id="what was not published yet"),
        pytest.param([figures(counts={})], [figures(counts={"on_track": 1})], [], id="a value that there was not yet"),
        pytest.param([figures() | {"dropped": 3}], [figures()], [], id="what is no longer worked out"),
        pytest.param(
            [figures(total=1), figures(total=2)],
            [figures(total=1), figures(total=3)],
            [of("total", 2, 3)],
            id="one name",
        ),
        pytest.param(
            [figures("B", total=1), figures("A", total=1)],
            [figures("A", total=2), figures("B", total=2)],
            [of("total", 1, 2, "B"), of("total", 1, 2, "A")],
            id="in the published order",
        ),
    ],
)
def test_figures_that_differ_are_restated(
    published: list[dict[str, Any]], recomputed: list[dict[str, Any]], expected: list[Restated]
) -> None:
    assert restated(published, recomputed) == tuple(expected)


def test_rows_of_two_scopes_are_two_rows() -> None:
    theme, department = figures(total=1), row("Places", Scope.DEPARTMENT, total=2).to_json()
    assert restated([theme, department], [department, theme]) == ()
