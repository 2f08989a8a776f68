"""A list keeps its title unless it is given another."""

from typing import Any

import pytest

from tests.support.emulator import Direct
from tests.support.list_pages import Desk

LIST = "web/lists/GetByTitle('Everything')"


@pytest.mark.parametrize("title", [None, "", "  ", 7])
def test_a_list_is_not_renamed_to_nothing(title: Any) -> None:
    desk = Desk()
    emulator = Direct(desk.service, desk.site.path)
    answer = emulator.merge(LIST, {"Title": title})
    assert answer.status_code == 400
    assert "The parameter Title cannot be null or empty." in answer.text
    assert desk.list.title == "Everything"
    assert emulator.merge(LIST, {"Description": "Two of each."}).status_code == 204
    assert emulator.merge(LIST, {"Title": " Renamed "}).status_code == 204
    assert desk.site.list_titled("Renamed") is not None
