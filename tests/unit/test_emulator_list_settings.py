"""What real lists are set to: approval, check-out, version limits, defaults; and what each way of saving meets."""

from typing import Any

import pytest

from connectors.emulator.state.document import WorldError
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.versions import WriteMode
from tests.support.emulator import Direct
from tests.support.process_query import QueryClient, error, save, set_value, text

LIST = "web/lists/GetByTitle('Projects')"
ITEMS = f"{LIST}/items"
ANN, BO = "ann@example.org", "bo@example.org"
APP = "i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint"
MODES = [mode.value for mode in WriteMode]
APPROVED, REJECTED, PENDING, DRAFT = range(4)


def document(item: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    users = [
        {"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": ANN},
        {"login": "i:0#.f|membership|bo@example.org", "name": "Bo Marsh", "email": BO},
    ]
    fields = [
        {"name": "Status", "type": "Text"},
        {"name": "Live", "type": "Boolean", "default": True},
        {"name": "RAG", "type": "Choice", "choices": ["Red", "Green"], "default": "Green"},
    ]
    items = [{"values": {"Title": f"Item {number}"}, **(item or {})} for number in range(1, 4)]
    projects = {"title": "Projects", "fields": fields, "items": items, **settings}
    return {"sites": [{"path": "/sites/demo", "users": users, "lists": [projects]}]}


def client(item: dict[str, Any] | None = None, **settings: Any) -> QueryClient:
    made = QueryClient(Direct(document(item, **settings)))
    made.emulator.clock.advance(days=1)
    return made


def row(made: QueryClient, number: int = 1) -> dict[str, Any]:
    answer = made.emulator.get(f"{ITEMS}({number})")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def told(made: QueryClient, answer: Any) -> tuple[int, str, str]:
    """Status, code and sentence of a refusal over REST."""
    found = answer.json()["odata.error"]
    return answer.status_code, found["code"], found["message"]["value"]


# Settings as such


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, {"EnableVersioning": True, "MajorVersionLimit": 50}),
        ({"versioning": False}, {"EnableVersioning": False, "MajorVersionLimit": 0}),
        ({"version_limit": 3}, {"MajorVersionLimit": 3}),
        ({}, {"EnableModeration": False, "DraftVersionVisibility": 0, "ForceCheckout": False}),
        (
            {"content_approval": True, "draft_visibility": "approvers"},
            {"EnableModeration": True, "DraftVersionVisibility": 2},
        ),
        ({"forced_checkout": True}, {"ForceCheckout": True}),
    ],
)
def test_a_world_document_sets_what_the_list_shows(given: dict[str, Any], shown: dict[str, Any]) -> None:
    listed = client(**given).emulator.get(LIST).json()
    assert {name: listed[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EnableVersioning", False),
        ("MajorVersionLimit", 7),
        ("EnableModeration", True),
        ("DraftVersionVisibility", 1),
        ("ForceCheckout", True),
    ],
)
def test_a_setting_is_changed_by_rest_when_the_list_is_made_and_later(name: str, value: Any) -> None:
    emulator = client().emulator
    assert emulator.merge(LIST, {name: value}).status_code == 204
    assert emulator.get(LIST).json()[name] == value
    made = emulator.post("web/lists", {"Title": "Made", "BaseTemplate": 100, name: value})
    assert (made.status_code, made.json()[name]) == (201, value)
    wrongs: tuple[Any, ...] = ("many", [], 1 if isinstance(value, bool) else True)
    for wrong in wrongs:
        refused = emulator.merge(LIST, {name: wrong})
        assert refused.status_code == 400
        assert "Cannot convert a primitive value" in refused.json()["odata.error"]["message"]["value"]
    assert emulator.get(LIST).json()[name] == value


def test_an_approver_or_a_holder_nobody_knows_is_an_error_of_the_document() -> None:
    with pytest.raises(WorldError, match=r"lists\[0\].approvers is 'eve@example.org'"):
        load_world(document(approvers=["eve@example.org"]))
    with pytest.raises(WorldError, match=r"items\[0\].checked_out_to is 'eve@example.org'"):
        load_world(document({"checked_out_to": "eve@example.org"}))


# Content approval


@pytest.mark.parametrize("before", ["approved", "rejected", "pending", "draft"])
@pytest.mark.parametrize(
    ("mode", "kept"), [("Update", False), ("SystemUpdate", True), ("UpdateOverwriteVersion", False)]
)
def test_a_quiet_save_keeps_the_approval_and_the_others_ask_for_it_again(mode: str, kept: bool, before: str) -> None:
    made = client({"approval": before, "approval_comment": "as it was"}, content_approval=True)
    status = row(made)["OData__ModerationStatus"]
    assert status == ["approved", "rejected", "pending", "draft"].index(before)
    assert error(made.save(mode, text("Off track"))) is None
    after = row(made)
    assert (after["Status"], after["OData__ModerationStatus"]) == ("Off track", status if kept else PENDING)
    assert after["OData__ModerationComments"] == "as it was"


def test_an_ordinary_edit_over_rest_and_a_new_item_wait_for_an_approver() -> None:
    made = client(content_approval=True)
    assert row(made)["OData__ModerationStatus"] == APPROVED
    assert made.emulator.merge(f"{ITEMS}(1)", {"Status": "x"}).status_code == 204
    assert row(made)["OData__ModerationStatus"] == PENDING
    new = made.emulator.post(ITEMS, {"Title": "New"}).json()
    assert (new["OData__ModerationStatus"], new["OData__ModerationComments"]) == (PENDING, None)
    waiting = made.emulator.rows(f"{ITEMS}?$select=Id&$filter=OData__ModerationStatus eq 2")
    assert [one["Id"] for one in waiting] == [1, 4]


def test_an_approver_decides_by_rest_and_by_process_query_and_waits_for_nobody() -> None:
    made = client({"approval": "pending"}, content_approval=True, approvers=[APP])
    decision = {"OData__ModerationStatus": REJECTED, "OData__ModerationComments": "No date"}
    assert made.emulator.merge(f"{ITEMS}(1)", decision).status_code == 204
    assert row(made) | decision == row(made)
    approve = set_value("_ModerationStatus", '<Parameter Type="Int32">0</Parameter>') + save("Update")
    assert error(made.send(approve, {1: made.identity(1)})) is None
    assert row(made)["OData__ModerationStatus"] == APPROVED
    made.emulator.merge(f"{ITEMS}(1)", {"Status": "x"})
    assert row(made)["OData__ModerationStatus"] == APPROVED
    assert made.emulator.post(ITEMS, {"Title": "New"}).json()["OData__ModerationStatus"] == APPROVED


@pytest.mark.parametrize("decision", [{"OData__ModerationStatus": 0}, {"OData__ModerationComments": "Fine"}])
def test_who_is_no_approver_decides_nothing(decision: dict[str, Any]) -> None:
    made = client({"approval": "pending"}, content_approval=True, approvers=[ANN])
    status, code, _ = told(made, made.emulator.merge(f"{ITEMS}(1)", decision))
    assert (status, code) == (403, "-2147024891, System.UnauthorizedAccessException")
    assert row(made)["OData__ModerationStatus"] == PENDING
    assert row(made)["OData__ModerationComments"] is None


@pytest.mark.parametrize(("status", "expected"), [(-1, 400), (0, 204), (3, 204), (4, 400), ("0", 400)])
def test_an_approval_status_is_one_of_four(status: Any, expected: int) -> None:
    made = client(content_approval=True, approvers=[APP])
    assert made.emulator.merge(f"{ITEMS}(1)", {"OData__ModerationStatus": status}).status_code == expected


def test_without_content_approval_an_item_has_no_status_to_write_and_shows_none() -> None:
    made = client(approvers=[APP])
    assert made.emulator.merge(f"{ITEMS}(1)", {"OData__ModerationStatus": 2}).status_code == 400
    assert "OData__ModerationStatus" not in row(made)
    made.emulator.merge(LIST, {"EnableModeration": True})
    assert row(made)["OData__ModerationStatus"] == APPROVED


def test_each_version_remembers_its_own_approval() -> None:
    made = client(content_approval=True)
    made.emulator.merge(f"{ITEMS}(1)", {"Status": "x"})
    versions = made.emulator.rows(f"{ITEMS}(1)/versions")
    assert [version["OData__x005f_ModerationStatus"] for version in versions] == [PENDING, APPROVED]


# Check-out

NOT_CHECKED_OUT = (
    "-2147024738, Microsoft.SharePoint.SPFileCheckOutException",
    (
        'The file "Lists/Projects/1_.000" is not checked out. '
        "You must first check out this document before making changes."
    ),
)
CHECKED_OUT = (
    "-2130575306, Microsoft.SharePoint.SPFileCheckOutException",
    'The file "Lists/Projects/1_.000" is checked out for editing by i:0#.f|membership|ann@example.org.',
)


@pytest.mark.parametrize(
    ("holder", "forced", "refusal"),
    [
        (None, True, NOT_CHECKED_OUT),
        (ANN, True, CHECKED_OUT),
        (ANN, False, CHECKED_OUT),
        (APP, True, None),
        (APP, False, None),
        (None, False, None),
    ],
)
@pytest.mark.parametrize("way", ["REST", *MODES])
def test_every_way_of_saving_is_held_to_check_out(
    way: str, holder: str | None, forced: bool, refusal: tuple[str, str] | None
) -> None:
    made = client({"checked_out_to": holder} if holder else {}, forced_checkout=forced)
    before = made.item().etag
    if way == "REST":
        answer = made.emulator.merge(f"{ITEMS}(1)", {"Status": "new"})
        assert answer.status_code == (423 if refusal else 204)
        found = told(made, answer)[1:] if refusal else None
    else:
        info = error(made.save(way, text("new")))
        found = (f"{info['ErrorCode']}, {info['ErrorTypeName']}", info["ErrorMessage"]) if info else None
    assert found == refusal
    assert (made.item().values.get("Status"), made.item().etag == before) == (None, True) if refusal else ("new", False)


def test_the_first_item_that_is_held_ends_a_process_query_and_a_batch_goes_on() -> None:
    made = client(forced_checkout=True)
    made.item(1).values["CheckoutUser"] = made.item(3).values["CheckoutUser"] = made.emulator.site.app.id
    actions = "".join(set_value("Status", text("x"), path) + save("SystemUpdate", path) for path in (1, 2, 3))
    assert error(made.send(actions, {number: made.identity(number) for number in (1, 2, 3)})) is not None
    assert [made.item(number).values.get("Status") for number in (1, 2, 3)] == ["x", None, None]


def test_a_list_with_forced_check_out_says_who_holds_an_item() -> None:
    made = client({"checked_out_to": ANN}, forced_checkout=True)
    assert row(made)["CheckoutUserId"] == 7
    assert made.emulator.post(ITEMS, {"Title": "New"}).json()["CheckoutUserId"] is None
    assert "CheckoutUserId" not in row(client({"checked_out_to": ANN}))


# Versions


def labels(made: QueryClient) -> list[str]:
    return [version["VersionLabel"] for version in made.emulator.rows(f"{ITEMS}(1)/versions")]


def edit(made: QueryClient, times: int, mode: WriteMode = WriteMode.UPDATE) -> None:
    for number in range(times):
        made.list.update(made.item(), {"Status": f"{number}"}, mode, made.emulator.site.app)


@pytest.mark.parametrize(
    ("limit", "writes", "kept", "oldest"),
    [
        (50, 48, 49, "1.0"),
        (50, 49, 50, "1.0"),
        (50, 50, 50, "2.0"),
        (3, 1, 2, "1.0"),
        (3, 2, 3, "1.0"),
        (3, 3, 3, "2.0"),
        (1, 5, 1, "6.0"),
        (0, 60, 61, "1.0"),
    ],
)
def test_one_version_beyond_the_limit_evicts_the_oldest(limit: int, writes: int, kept: int, oldest: str) -> None:
    made = client(version_limit=limit)
    edit(made, writes)
    assert (len(labels(made)), labels(made)[-1], labels(made)[0]) == (kept, oldest, f"{writes + 1}.0")
    evicted = made.emulator.get(f"{ITEMS}(1)/versions(512)")
    assert evicted.status_code == (200 if oldest == "1.0" else 404)


def test_a_lowered_limit_takes_effect_when_the_next_version_is_made() -> None:
    made = client()
    edit(made, 9)
    assert made.emulator.merge(LIST, {"MajorVersionLimit": 4}).status_code == 204
    assert len(labels(made)) == 10
    edit(made, 1, WriteMode.SYSTEM)
    assert len(labels(made)) == 10
    edit(made, 1)
    assert labels(made) == ["11.0", "10.0", "9.0", "8.0"]


@pytest.mark.parametrize("mode", [WriteMode.SYSTEM, WriteMode.OVERWRITE])
def test_a_save_without_a_version_evicts_none(mode: WriteMode) -> None:
    made = client(version_limit=3)
    edit(made, 2)
    edit(made, 5, mode)
    assert labels(made) == ["3.0", "2.0", "1.0"]
    assert made.emulator.rows(f"{ITEMS}(1)/versions")[0]["Status"] == "4"
    assert made.item().etag == '"8"'


def test_with_versions_off_no_save_makes_one_and_the_old_ones_stay() -> None:
    made = client()
    edit(made, 2)
    assert made.emulator.merge(LIST, {"EnableVersioning": False}).status_code == 204
    edit(made, 2)
    assert labels(made) == ["3.0", "2.0", "1.0"]
    assert made.emulator.rows(f"{ITEMS}(1)/versions")[0]["Status"] == "1"
    assert made.emulator.merge(LIST, {"EnableVersioning": True}).status_code == 204
    assert made.emulator.get(LIST).json()["MajorVersionLimit"] == 50
    edit(made, 1)
    assert labels(made) == ["4.0", "3.0", "2.0", "1.0"]


# Defaults


def test_a_new_item_gets_the_defaults_and_a_null_that_is_sent_stays_blank() -> None:
    emulator = client().emulator
    plain = emulator.post(ITEMS, {"Title": "New"}).json()
    assert (plain["Live"], plain["RAG"]) == (True, "Green")
    blank = emulator.post(ITEMS, {"Title": "New", "Live": None, "RAG": None}).json()
    assert (blank["Live"], blank["RAG"]) == (None, None)
    chosen = emulator.post(ITEMS, {"Title": "New", "Live": False, "RAG": "Red"}).json()
    assert (chosen["Live"], chosen["RAG"]) == (False, "Red")


def test_a_column_that_is_added_later_leaves_the_items_there_are_blank() -> None:
    emulator = client().emulator
    column = {"Title": "Checked", "FieldTypeKind": 8, "DefaultValue": "1"}
    assert emulator.post(f"{LIST}/fields", column).status_code == 201
    assert [one["Checked"] for one in emulator.rows(f"{ITEMS}?$select=Checked")] == [None, None, None]
    assert emulator.post(ITEMS, {"Title": "New"}).json()["Checked"] is True
    assert emulator.merge(f"{ITEMS}(1)", {"Title": "edited"}).status_code == 204
    assert emulator.get(f"{ITEMS}(1)").json()["Checked"] is None


@pytest.mark.parametrize("column", ["Live", "RAG"])
def test_null_blanks_a_column_that_has_a_default_and_saving_does_not_bring_it_back(column: str) -> None:
    made = client()
    made.emulator.post(ITEMS, {"Title": "New"})
    assert error(made.save("SystemUpdate", '<Parameter Type="Null" />', field=column, number=4)) is None
    assert row(made, 4)[column] is None
    assert error(made.save("Update", text("x"), number=4)) is None
    assert row(made, 4)[column] is None
    assert made.emulator.merge(f"{ITEMS}(4)", {column: None}).status_code == 204
    assert row(made, 4)[column] is None
