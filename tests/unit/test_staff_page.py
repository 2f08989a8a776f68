"""docs/for-staff.md calls columns and views what they are called in the lists, and leaves none out."""

import ast
import re
from inspect import getsource
from pathlib import Path

from sync.core.model import HOLD_FIELDS, Kind, Overdue
from sync.core.ownership import OWNED_BY_KIND
from sync.core.policy import HoldPolicy, Labels, OverduePolicy
from sync.core.provisioning import views
from sync.core.provisioning.owned_columns import hold_column, owned_column

PAGE = (Path(__file__).parents[2] / "docs" / "for-staff.md").read_text(encoding="utf-8")
BOLD = re.compile(r"\*\*(.+?)\*\*")


def below(heading: str) -> str:
    return PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]


def test_the_table_has_every_column_of_ours_by_its_title_and_no_other() -> None:
    titles = {
        owned_column(owned_field, "PSColumn", kind, Labels()).title
        for kind in Kind
        for owned_field in OWNED_BY_KIND[kind]
    }
    told = [BOLD.findall(row) for row in re.findall(r"^\| (\*\*.+?) \|", PAGE, re.MULTILINE)]
    assert {title for row in told for title in row} == titles


def test_the_columns_of_a_hold_are_told_by_their_titles() -> None:
    told = below("It is late for a good reason: hold the flag")
    titles = {hold_column(name, "Hold").title for name in HOLD_FIELDS}
    assert titles == {title for title in BOLD.findall(told) if title.startswith("Hold")}
    assert f"after {HoldPolicy().max_days} days" in told


def test_the_views_are_told_by_their_titles() -> None:
    made = {
        ast.literal_eval(node.args[0])
        for node in ast.walk(ast.parse(getsource(views)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "_view"
    }
    assert set(BOLD.findall(below("Where to look").split("\n\n")[1])) == made


def test_the_words_for_dates_are_those_of_the_rules() -> None:
    for state in (Overdue.OVERDUE, Overdue.DUE_SOON, Overdue.NO_DATE):
        assert f"{Labels().of_overdue(state)}:" in PAGE
    assert f"in the next {OverduePolicy().due_soon_days} days" in PAGE
