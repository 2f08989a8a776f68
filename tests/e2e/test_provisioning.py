"""`provision` at an embedded SharePoint, as an administrator runs it: from bare lists, twice, and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import emulator_process, portfolio_sync

ONE = ("--source", "project-risks")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The sample's lists as they are before anything was made, and the portfolio file that fits them."""
    state = tmp_path_factory.mktemp("provisioning")
    file = state / "portfolio.yaml"
    options = ("--sample", "digital-strategy", "--bare", "--throttle", "off", "--portfolio", str(file))
    with emulator_process(*options, state=state):
        yield state, file


def steps(document: Any) -> list[str]:
    return [step["text"] for each in document["lists"] for step in each["steps"]]


def test_a_bare_list_gets_what_it_needs_once_and_is_as_it_was_after_removal(bare: tuple[Path, Path]) -> None:
    state, file = bare
    where = ("--json", *ONE, "-c", str(file))

    made = portfolio_sync("provision", "--yes", *where, state=state)
    assert made.code == 0
    assert all(step["done"] for each in made.document["lists"] for step in each["steps"])
    again = portfolio_sync("provision", "--dry-run", "--detailed-exitcode", *where, state=state)
    assert (again.code, steps(again.document)) == (0, [])
    assert [each["left"] + each["hindrances"] for each in again.document["lists"]] == [[]]

    gone = portfolio_sync("provision", "--remove", "--yes", *where, state=state)
    assert (gone.code, [each["left"] for each in gone.document["lists"] if each["left"]]) == (0, [])
    anew = portfolio_sync("provision", "--dry-run", "--detailed-exitcode", *where, state=state)
    assert (anew.code, steps(anew.document)) == (6, steps(made.document))
