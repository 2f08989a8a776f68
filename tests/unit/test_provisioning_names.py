"""A column is made only under a name that SharePoint leaves as it is."""

import pytest

from sync.core.provisioning.names import LONGEST_NAME, internal_name_problem


@pytest.mark.parametrize("name", ["PSOverdue", "Ref", "field_7", "a", "X" * LONGEST_NAME, "Titles", "ps_x0020"])
def test_a_plain_name_can_be_made(name: str) -> None:
    assert internal_name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "it is blank"),
        ("Overdue?", "it must begin with a letter from A to Z"),
        ("Overdue since", "it must begin with a letter from A to Z"),
        ("1stReview", "it must begin with a letter from A to Z"),
        ("_Overdue", "it must begin with a letter from A to Z"),
        ("Überfällig", "it must begin with a letter from A to Z"),
        ("PSOverdue\n", "it must begin with a letter from A to Z"),
        ("Lead_x0020_officer", "it has a code such as _x0020_ in it"),
        ("Lead_X003F_", "it has a code such as _x0020_ in it"),
        ("X" * (LONGEST_NAME + 1), "it has 33 characters, and SharePoint keeps 32"),
        ("Title", "every list has a column of that name already"),
        ("modified", "every list has a column of that name already"),
        ("OData__Status", "SharePoint keeps names that begin with OData_ for itself"),
    ],
)
def test_any_other_name_would_be_changed_or_refused(name: str, why: str) -> None:
    problem = internal_name_problem(name)
    assert problem is not None
    assert problem.startswith(why)
    assert not problem.endswith(".")
