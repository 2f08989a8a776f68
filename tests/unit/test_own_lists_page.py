"""docs/own-lists.md tells of every column of the lists that the service keeps itself, as the code has them."""

import re
from pathlib import Path

import pytest

from sync.core.policy import Labels
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.core.provisioning.shape import ListShape
from sync.core.provisioning.status_columns import OUTCOME_WORDS, STALE_HOURS
from sync.core.provisioning.status_row import GOOD
from sync.engine.targets import OwnLists

PAGE = (Path(__file__).parents[2] / "docs" / "own-lists.md").read_text(encoding="utf-8")
OWN = OwnLists(connection="council", site="/sites/pmo")
LISTS = (rollup_list(OWN.rollup or "", Labels(), restricted=True), status_list(OWN.status or ""))


def rows(title: str) -> list[tuple[str, ...]]:
    """Title, internal name and type of every column in the table below a heading."""
    below = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (.+?) \| `(.+?)` \| (\w+) \| .+ \|$", below, flags=re.MULTILINE)


@pytest.mark.parametrize("shape", LISTS, ids=lambda shape: shape.url)
def test_every_column_is_on_the_page_once_in_the_order_of_the_list(shape: ListShape) -> None:
    told = rows(shape.title)
    families = tuple(name.removesuffix("...") for _, name, _ in told if name.endswith("..."))
    single = [(each.title, each.name, each.type) for each in shape.columns if not each.name.startswith(families or "-")]
    assert [row for row in told if not row[1].endswith("...")] == [(shape.title_column, "Title", "text"), *single]
    counted = [each for each in shape.columns if families and each.name.startswith(families)]
    assert {each.type for each in counted} <= {"number"}
    assert all(any(each.name.startswith(family) for each in counted) for family in families)


def test_the_page_says_what_the_code_does() -> None:
    assert f"more than {STALE_HOURS} hours ago" in PAGE
    (said,) = [row for row in PAGE.splitlines() if "`PSOutcome`" in row]
    assert {word for word in OUTCOME_WORDS.values() if word in said} == {OUTCOME_WORDS[each] for each in GOOD}
