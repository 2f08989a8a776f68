"""Which addresses are one place, and which of them a tenant is reached by."""

import pytest

from connectors.emulator.authority.addresses import is_loopback_address, leads_to, place_of


@pytest.mark.parametrize(
    ("address", "served", "leads"),
    [
        ("https://localhost:8790", "https://127.0.0.1:8790", True),
        ("https://[::1]:8790/", "https://localhost:8790", True),
        ("http://127.0.0.1:8790", "https://127.0.0.1:8790", True),
        ("https://127.0.0.1:8791", "https://127.0.0.1:8790", False),
        ("https://127.0.0.1", "https://127.0.0.1:8790", False),
        ("https://Contoso.SharePoint.com:443", "https://contoso.sharepoint.com", True),
        ("http://contoso.sharepoint.com:443", "https://contoso.sharepoint.com", False),
        ("https://contoso.sharepoint.com:8790", "https://localhost:8790", False),
        ("https://localhost:8790", "https://contoso.sharepoint.com:8790", False),
        ("https://localhost.evil.example:8790", "https://localhost:8790", False),
        ("https://localhost:8790@evil.example", "https://localhost:8790", False),
        ("https://evil.example@localhost:8790", "https://localhost:8790", False),
        ("https://localhost:8790/sites/demo", "https://localhost:8790", False),
        ("https://localhost:8790?x", "https://localhost:8790", False),
        ("localhost:8790", "https://localhost:8790", False),
        ("ftp://localhost:8790", "https://localhost:8790", False),
        ("https://", "https://", False),
        ("https://localhost:port", "https://localhost:8790", False),
        ("https://[::1", "https://localhost:8790", False),
    ],
)
def test_an_address_leads_to_what_is_served_at_that_host_and_port(address: str, served: str, leads: bool) -> None:
    assert leads_to(address, [served]) is leads
    assert not leads_to(address, [])


def test_loopback_is_known_by_its_names_and_addresses() -> None:
    assert all(map(is_loopback_address, ("http://localhost", "https://127.0.0.9:1", "https://[::ffff:127.0.0.1]:1")))
    assert not any(map(is_loopback_address, ("http://evil.example", "https://0.0.0.0:1", "localhost", "")))


def test_the_schemes_own_port_need_not_be_told() -> None:
    assert place_of("http://localhost:80") == place_of("http://LOCALHOST/") == ("localhost", None)
