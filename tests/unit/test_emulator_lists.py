"""Lists: made, found, changed, removed; and the log of what happened to them."""

from typing import Any

import pytest

from tests.support.emulator import Direct

LIST = "web/lists/GetByTitle('Projects')"


@pytest.fixture
def emulator() -> Direct:
    rows = [{"values": {"Title": "One"}}, {"values": {"Title": "Two"}}]
    lists = [{"title": "Projects", "items": rows}, {"title": "Hidden", "hidden": True}]
    return Direct({"sites": [{"path": "/sites/demo", "lists": lists}]})


def token(emulator: Direct) -> str:
    text = emulator.get(f"{LIST}?$select=CurrentChangeToken").json()["CurrentChangeToken"]["StringValue"]
    assert isinstance(text, str)
    return text


def changes(emulator: Direct, start: str | None = None, **query: Any) -> list[dict[str, Any]]:
    flags = {"Item": True, "Add": True, "Update": True, "SystemUpdate": True, "DeleteObject": True, "Restore": True}
    since = {"ChangeTokenStart": {"StringValue": start}} if start else {}
    answer = emulator.post(f"{LIST}/getchanges", {"query": flags | since | query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


def test_a_new_list_answers_201_with_its_address_and_etag(emulator: Direct) -> None:
    body = {"Title": "Bob's list", "BaseTemplate": 100, "Description": "x", "__metadata": {"type": "SP.List"}}
    answer = emulator.post("web/lists", body)
    made = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"].endswith(f"/_api/Web/Lists(guid'{made['Id']}')")
    assert (made["EntityTypeName"], made["Description"]) == ("Bob_x0027_s_x0020_listList", "x")
    assert emulator.get("web/GetList('/sites/demo/Lists/Bob''s list')").json()["Id"] == made["Id"]


def test_a_second_list_of_a_title_is_a_500(emulator: Direct) -> None:
    answer = emulator.post("web/lists", {"Title": "PROJECTS"})
    assert answer.status_code == 500
    error = answer.json()["odata.error"]
    assert error["code"] == "-2130575342, Microsoft.SharePoint.SPException"
    assert error["message"]["value"].endswith("in this Web site.  Please choose another title.")


def test_two_titles_that_make_one_address_get_a_digit(emulator: Direct) -> None:
    emulator.post("web/lists", {"Title": "A:B"})
    made = emulator.post("web/lists", {"Title": "A?B"}).json()
    assert emulator.get(f"web/lists('{made['Id']}')/RootFolder").json()["ServerRelativeUrl"] == "/sites/demo/Lists/AB1"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"Title": " "}, 400), ({}, 400), ({"Title": "X", "Colour": 1}, 400), ({"Title": "X", "BaseTemplate": 101}, 501)],
)
def test_a_list_that_cannot_be_made_is_refused(emulator: Direct, body: dict[str, Any], status: int) -> None:
    assert emulator.post("web/lists", body).status_code == status


def test_a_list_that_is_not_there_is_a_404_by_every_address(emulator: Direct) -> None:
    by_title = emulator.get("web/lists/GetByTitle('Nope')")
    assert by_title.status_code == 404
    assert by_title.json()["odata.error"] == {
        "code": "-1, System.ArgumentException",
        "message": {
            "lang": "en-US",
            "value": "List 'Nope' does not exist at site with URL 'http://tenant.example/sites/demo'.",
        },
    }
    for path in ("web/lists('00000000-0000-4000-8000-000000000000')", "web/getList('/sites/demo/Lists/Nope')"):
        assert emulator.get(path).status_code == 404


def test_a_renamed_list_keeps_its_address_and_loses_its_title(emulator: Direct) -> None:
    answer = emulator.merge(LIST, {"Title": "Programme", "Hidden": True})
    assert (answer.status_code, answer.headers["ETag"]) == (204, '"2"')
    assert emulator.get(LIST).status_code == 404
    renamed = emulator.get("web/getList('/sites/demo/Lists/Projects')").json()
    assert (renamed["Title"], renamed["Hidden"], renamed["EntityTypeName"]) == ("Programme", True, "ProjectsList")
    assert emulator.merge("web/lists/GetByTitle('Programme')", {"Title": "Hidden"}).status_code == 500
    assert emulator.merge("web/lists/GetByTitle('Programme')", {"Title": "x"}, etag='"1"').status_code == 412


def test_a_deleted_list_is_gone(emulator: Direct) -> None:
    emulator.post(f"{LIST}/items(1)/recycle")
    assert emulator.send("DELETE", LIST).status_code == 200
    assert emulator.get(LIST).status_code == 404
    assert emulator.rows("web/RecycleBin") == []
    assert emulator.post("web/lists/GetByTitle('Hidden')/recycle").status_code == 200
    assert emulator.rows("web/lists") == []


def test_lists_can_be_filtered_ordered_and_selected(emulator: Direct) -> None:
    assert emulator.rows("web/lists?$select=Title&$filter=Hidden eq false") == [{"Title": "Projects"}]
    assert emulator.rows("lists?$select=Title&$filter=Title eq 'hidden'") == [{"Title": "Hidden"}]
    assert emulator.rows("web/lists?$select=Title&$orderby=Title desc&$top=1") == [{"Title": "Projects"}]
    assert emulator.get("web/lists?$filter=Nope eq 1").status_code == 400
    assert emulator.get(f"{LIST}?$select=Nope").status_code == 400
    assert emulator.get(f"{LIST}?$expand=ContentTypes").status_code == 501


def test_columns_and_items_come_with_the_list_where_expanded(emulator: Direct) -> None:
    row = emulator.get(f"{LIST}?$select=Id,Fields/InternalName,Items/Title&$expand=Fields,Items").json()
    assert row["Items"] == [{"Title": "One"}, {"Title": "Two"}]
    assert {"InternalName": "Title"} in row["Fields"]
    folder = emulator.get(f"{LIST}?$select=RootFolder/ServerRelativeUrl&$expand=RootFolder").json()
    assert folder == {"RootFolder": {"ServerRelativeUrl": "/sites/demo/Lists/Projects"}}
    assert emulator.get(f"{LIST}?$select=RootFolder/ServerRelativeUrl").status_code == 400


def test_a_list_has_the_one_content_type_of_its_items_and_no_webhook(emulator: Direct) -> None:
    one = emulator.rows(f"{LIST}/contenttypes?$select=Name,Id")
    (whole,) = emulator.rows(f"{LIST}/contenttypes")
    item = emulator.post(f"{LIST}/items", {}).json()

    assert one == [{"Name": "Item", "Id": {"StringValue": item["ContentTypeId"]}}]
    assert (whole["StringId"], whole["Hidden"], whole["Group"]) == (item["ContentTypeId"], False, "List Content Types")
    assert emulator.rows(f"{LIST}/contenttypes?$filter=Name eq 'Folder'") == []
    assert emulator.rows(f"{LIST}/subscriptions") == []
    assert emulator.get("web/lists/GetByTitle('Nothing')/subscriptions").status_code == 404


def test_every_kind_of_change_is_logged_with_its_type(emulator: Direct) -> None:
    start = token(emulator)
    emulator.clock.advance(seconds=1)
    emulator.post(f"{LIST}/items", {"Title": "Three"})
    emulator.merge(f"{LIST}/items(1)", {"Title": "x"})
    guid = emulator.post(f"{LIST}/items(2)/recycle").json()["value"]
    emulator.post(f"web/RecycleBin('{guid}')/restore")
    emulator.send("DELETE", f"{LIST}/items(3)")

    found = changes(emulator, start)

    assert [(change["ItemId"], change["ChangeType"]) for change in found] == [(3, 1), (1, 2), (2, 3), (2, 7), (3, 3)]
    assert found[-1]["ChangeToken"]["StringValue"] == token(emulator)
    assert changes(emulator, token(emulator)) == []
    assert found[0] | {"ChangeToken": 0, "UniqueId": 0} == {
        "ChangeToken": 0,
        "ChangeType": 1,
        "SiteId": emulator.site.id,
        "Time": "2026-06-17T09:30:01Z",
        "Editor": "",
        "EditorEmailHint": None,
        "ItemId": 3,
        "ListId": emulator.get(f"{LIST}/Id").json()["value"],
        "ServerRelativeUrl": "",
        "SharedByUser": None,
        "SharedWithUsers": None,
        "UniqueId": 0,
        "WebId": emulator.site.web_id,
    }


def test_changes_are_limited_resumed_and_chosen_by_kind(emulator: Direct) -> None:
    start = token(emulator)
    for number in range(3):
        emulator.merge(f"{LIST}/items(1)", {"Title": str(number)})
    first = changes(emulator, start, FetchLimit="2")
    rest = changes(emulator, first[-1]["ChangeToken"]["StringValue"], FetchLimit=2)
    assert (len(first), len(rest)) == (2, 1)
    assert changes(emulator, start, Update=False) == []
    assert changes(emulator, start, Item=False) == []
    latest = changes(emulator, start, LatestFirst=True)
    assert latest == sorted(latest, key=lambda change: change["ChangeToken"]["StringValue"], reverse=True)
    until = changes(emulator, start, ChangeTokenEnd={"StringValue": first[0]["ChangeToken"]["StringValue"]})
    assert len(until) == 1


def test_a_token_may_be_made_from_a_time(emulator: Direct) -> None:
    kind, scope, guid, ticks, _ = token(emulator).split(";")
    emulator.clock.advance(seconds=1)
    emulator.merge(f"{LIST}/items(1)", {"Title": "x"})
    assert len(changes(emulator, f"{kind};{scope};{guid};{ticks};-1")) == 1


def test_a_token_older_than_the_log_says_nothing_at_all(emulator: Direct) -> None:
    start = token(emulator)
    emulator.clock.advance(days=59)
    emulator.merge(f"{LIST}/items(1)", {"Title": "x"})
    assert len(changes(emulator, start)) == 1
    emulator.clock.advance(days=2)
    assert changes(emulator, start) == []


@pytest.mark.parametrize("start", ["nonsense", "1;3;00000000-0000-4000-8000-000000000000;638011602133200000;1"])
def test_a_token_of_something_else_is_refused(emulator: Direct, start: str) -> None:
    query = {"query": {"Item": True, "ChangeTokenStart": {"StringValue": start}}}
    assert emulator.post(f"{LIST}/getchanges", query).status_code == 500
    assert emulator.post(f"{LIST}/getchanges", {"query": {"ChangeTokenStart": "x"}}).status_code == 500
    assert emulator.post(f"{LIST}/getchanges", {"query": {"FetchLimit": "many"}}).status_code == 400


def test_ticks_are_those_of_the_service(emulator: Direct) -> None:
    assert token(emulator).split(";")[:2] == ["1", "3"]
    assert token(emulator).split(";")[3] == "639172854000000000"
