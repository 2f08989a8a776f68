"""Names are made as SharePoint makes them."""

import pytest

from connectors.emulator.state.naming import (
    entity_type_name,
    internal_name,
    item_type_name,
    property_name,
    version_property_name,
)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("With Space", "With_x0020_Space"),
        ("With_Underscore", "With_Underscore"),
        ("Budget £", "Budget_x0020__x00a3_"),
        ("2026 plan", "_x0032_026_x0020_plan"),
        ("A very long name of a column that goes on", "A_x0020_very_x0020_long_x0020_na"),
    ],
)
def test_an_internal_name_comes_from_the_title(title: str, name: str) -> None:
    assert internal_name(title) == name
    assert len(name) <= 32


def test_a_name_that_is_taken_gets_a_digit() -> None:
    assert internal_name("MetaInfo", {"MetaInfo"}) == "MetaInfo0"
    assert internal_name("MetaInfo", {"MetaInfo", "MetaInfo0"}) == "MetaInfo1"
    long = "X" * 40
    assert internal_name(long, {"X" * 32}) == "X" * 31 + "0"


def test_a_property_name_never_begins_with_an_underscore() -> None:
    assert property_name("_UIVersionString") == "OData__UIVersionString"
    assert property_name("Due_x0020_date") == "Due_x0020_date"


def test_a_version_encodes_underscores_once_more() -> None:
    assert version_property_name("_UIVersion") == "OData__x005f_UIVersion"
    assert version_property_name("Last_x0020_Modified") == "Last_x005f_x0020_x005f_Modified"
    assert version_property_name("Title") == "Title"


def test_entity_types_come_from_the_lists_address() -> None:
    assert entity_type_name("Fail list") == "Fail_x0020_listList"
    assert item_type_name("PNP_TEST") == "SP.Data.PNP_x005f_TESTListItem"
    assert entity_type_name("_catalogs/design") == "OData__x005f_catalogs_x002f_designList"
