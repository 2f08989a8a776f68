"""Retention labels: what a list tells of its own, and that nobody changes or removes an item that is a record."""

from typing import Any

import pytest

from connectors.emulator.rules.edits import EditError, parse_edit, perform
from connectors.emulator.state.list_settings import ListSettings
from connectors.emulator.storage.codec import from_text, to_text
from tests.support.emulator import Direct
from tests.support.process_query import QueryClient, error, text

LIST = "web/lists/GetByTitle('Projects')"
ITEM = f"{LIST}/items(1)"
ASK = "SP_CompliancePolicy_SPPolicyStoreProxy_GetListComplianceTag"
ADDRESS = "http://emulator.test/sites/demo/Lists/Projects"
RECORDS = {"name": "Board papers", "locks_items": True}
REGULATORY = {"name": "Board papers", "regulatory": True}
DENIED = (-2147024891, "The label that's applied to this item prevents it from being edited or deleted.")


def client(label: dict[str, Any] | None) -> QueryClient:
    projects = {
        "title": "Projects",
        "fields": [{"name": "Status", "type": "Text"}],
        "items": [{"values": {"Title": "One"}}],
        **({"label": label} if label else {}),
    }
    users = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}]
    return QueryClient(Direct({"sites": [{"path": "/sites/demo", "users": users, "lists": [projects]}]}))


@pytest.mark.parametrize(
    ("label", "blocks", "regulatory"),
    [({"name": "Board papers"}, False, False), (RECORDS, True, False), (REGULATORY, True, True)],
)
def test_a_list_tells_its_label(label: dict[str, Any], blocks: bool, regulatory: bool) -> None:
    answer = client(label).emulator.post(ASK, {"listUrl": ADDRESS})
    told = answer.json()
    assert answer.status_code == 200
    assert (told["TagName"], told["BlockEdit"], told["SuperLock"]) == ("Board papers", blocks, regulatory)
    assert len(told) == 20


def test_a_list_without_a_label_tells_nothing_and_one_that_is_not_there_is_an_error() -> None:
    emulator = client(None).emulator
    assert emulator.post(ASK, {"listUrl": ADDRESS}).json() == {"odata.null": True}
    assert emulator.post(ASK, {"listUrl": ADDRESS + "Gone"}).status_code == 404
    assert emulator.post(ASK, {}).status_code == 400


@pytest.mark.parametrize("label", [RECORDS, REGULATORY])
def test_a_record_is_changed_by_no_way_of_saving_and_not_removed(label: dict[str, Any]) -> None:
    made = client(label)
    before = made.item().etag
    form = {"formValues": [{"FieldName": "Status", "FieldValue": "new"}]}
    for answer in (
        made.emulator.merge(ITEM, {"Status": "new"}),
        made.emulator.post(f"{ITEM}/recycle"),
        made.emulator.send("DELETE", ITEM, headers={"If-Match": "*"}),
    ):
        told = answer.json()["odata.error"]
        assert (answer.status_code, int(told["code"].split(",")[0])) == (403, DENIED[0])
        assert told["message"]["value"].startswith(DENIED[1])
    (row,) = made.emulator.post(f"{ITEM}/ValidateUpdateListItem", form).json()["value"]
    assert row["HasException"]
    assert row["ErrorMessage"].startswith(DENIED[1])
    for mode in ("Update", "SystemUpdate", "UpdateOverwriteVersion"):
        info = error(made.save(mode, text("new")))
        assert info is not None
        assert info["ErrorCode"] == DENIED[0]
    edit = {"do": "change", "list": "Projects", "item": 1, "by": "ann@example.org", "values": {"Status": "new"}}
    with pytest.raises(EditError, match="label that's applied"):
        perform(made.emulator.world, parse_edit(edit))
    assert (made.item().values.get("Status"), made.item().etag) == (None, before)


def test_items_with_a_label_that_makes_no_records_are_edited_and_new_items_are_made_anyway() -> None:
    made = client({"name": "Board papers"})
    assert made.emulator.merge(ITEM, {"Status": "new"}).status_code == 204
    assert client(RECORDS).emulator.post(f"{LIST}/items", {"Title": "Two"}).status_code == 201


@pytest.mark.parametrize("label", [None, RECORDS, REGULATORY])
def test_a_label_is_kept_in_a_file_with_the_settings_of_its_list(label: dict[str, Any] | None) -> None:
    settings = client(label).list.settings
    assert from_text(ListSettings, to_text(settings)) == settings
