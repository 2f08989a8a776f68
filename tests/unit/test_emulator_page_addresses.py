"""Addresses of pages that name far too much."""

import pytest

from tests.support.list_pages import LIST as PAGE
from tests.support.list_pages import Desk


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_address_with_more_values_than_any_page_asks_for_is_refused_in_a_sentence(method: str) -> None:
    desk = Desk()
    for count, refused in ((5000, False), (5001, True)):
        address = f"{PAGE}/EditForm.aspx?ID=1" + "&a=b" * (count - 1)
        headers = {"Origin": desk.origin, "Content-Type": "application/x-www-form-urlencoded"}
        status, _, content = desk.send(method, address, headers, b"")
        assert (b"far too many values" in content) is refused
        assert status == 400 if refused else status < 500
