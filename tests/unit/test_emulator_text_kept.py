"""Text that cannot be encoded is refused wherever it comes in; kept, it would break every page of its list."""

import json
from typing import Any

import pytest

from connectors.emulator.state.document import DocumentError, WorldError
from connectors.emulator.state.json_kinds import holds_text_only, is_text
from tests.support.emulator import Direct
from tests.support.list_pages import LIST as PAGE
from tests.support.list_pages import Desk, document

LIST = "web/lists/GetByTitle('Everything')"
HALF, NUL = "\ud800", "a\0b"


@pytest.mark.parametrize("bad", [HALF, NUL])
@pytest.mark.parametrize("around", [lambda bad: bad, lambda bad: {"a": [1, {"b": bad}]}, lambda bad: [{bad: 1}]])
def test_text_is_looked_for_at_every_depth_and_in_names(bad: str, around: Any) -> None:
    assert not is_text(bad)
    assert not holds_text_only(around(bad))
    assert holds_text_only(around("\U0001f600 £"))


@pytest.mark.parametrize("bad", [HALF, NUL])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{LIST}/items", {"Title": "%"}),
        (f"{LIST}/items", {"Paper": {"Url": "https://example.org/%"}}),
        (f"{LIST}/items", {"%": 1}),
        ("web/lists", {"Title": "%"}),
        (f"{LIST}/fields", {"Title": "%", "FieldTypeKind": 2}),
        (f"{LIST}/items(1)/ValidateUpdateListItem", {"formValues": [{"FieldName": "Title", "FieldValue": "%"}]}),
    ],
)
def test_a_body_with_text_that_cannot_be_kept_is_refused_and_the_list_still_has_its_page(
    path: str, body: Any, bad: str
) -> None:
    desk = Desk()
    sent = json.dumps(body).replace("%", json.dumps(bad)[1:-1])
    answer = Direct(desk.service, desk.site.path).post(path, sent)
    assert (answer.status_code, "Invalid text value." in answer.text) == (400, True)
    assert desk.visitor.get(f"{PAGE}/AllItems.aspx").status == 200
    assert all(line.encode() for line in desk.service.history.lines())


def test_a_world_with_text_that_cannot_be_kept_is_not_loaded() -> None:
    with pytest.raises((WorldError, DocumentError), match="half of a surrogate pair"):
        Desk(document({"Title": HALF}))


def test_a_page_is_shown_whatever_a_list_holds() -> None:
    desk = Desk()
    desk.item().values["Title"] = HALF
    assert desk.visitor.get(f"{PAGE}/AllItems.aspx").status == 200
