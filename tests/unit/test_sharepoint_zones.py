"""Which time zone a site's number means, and when we had rather not know."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.sharepoint.zones import _ZONES, iana_zone

NOW = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "bias", "name"),
    [
        (2, 0, "Europe/London"),
        (13, 480, "America/Los_Angeles"),
        (4, -60, "Europe/Berlin"),
        (76, -600, "Australia/Sydney"),
        (23, -330, "Asia/Kolkata"),
        (93, 0, "Etc/UTC"),
        (2, None, "Europe/London"),
    ],
)
def test_a_number_and_its_offset_name_a_zone(number: int, bias: int | None, name: str) -> None:
    assert iana_zone(number, bias, NOW) == name


@pytest.mark.parametrize("number", [0, 1, 52, 95, 1000, -2])
def test_an_unknown_number_is_an_unknown_zone(number: int) -> None:
    assert iana_zone(number, 0, NOW) is None


def test_a_zone_whose_offset_the_site_contradicts_is_unknown() -> None:
    assert iana_zone(2, 480, NOW) is None


@pytest.mark.parametrize("number", sorted(_ZONES))
def test_every_zone_exists(number: int) -> None:
    assert NOW.astimezone(ZoneInfo(_ZONES[number])).utcoffset() is not None


def test_the_published_numbers_are_all_there() -> None:
    assert sorted(_ZONES) == [number for number in range(2, 95) if number != 52]
