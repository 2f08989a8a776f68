"""Writing items: what each column takes and refuses, ETags, versions, and what is left behind."""

from typing import Any

import pytest

from tests.support.emulator import Direct, ManualClock

LIST = "web/lists/GetByTitle('Projects')"
ITEMS = f"{LIST}/items"
INVALID_QUERY = "-1, Microsoft.SharePoint.Client.InvalidClientQueryException"


def document() -> dict[str, Any]:
    fields = [
        {"name": "Ref", "type": "Text", "unique": True, "indexed": True},
        {"name": "Notes", "type": "Note"},
        {"name": "Score", "type": "Number"},
        {"name": "Cost", "type": "Currency"},
        {"name": "Live", "type": "Boolean", "default": True},
        {"name": "Due", "type": "DateTime"},
        {"name": "Status", "type": "Choice", "choices": ["Open", "Closed"], "default": "Open"},
        {"name": "Free", "type": "Choice", "choices": ["A"], "fill_in": True},
        {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
        {"name": "Others", "type": "LookupMulti", "lookup_list": "Projects"},
        {"name": "Owner", "type": "User"},
        {"name": "Team", "type": "UserMulti"},
        {"name": "Link", "type": "URL"},
        {"name": "Half", "type": "Calculated", "formula": "=0.5"},
        {"name": "Locked", "type": "Text", "read_only": True},
        {"name": "_Odd", "type": "Text"},
    ]
    fields += [{"name": f"Wide{number}", "type": "Text"} for number in range(20)]
    users = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}]
    rows = [
        {
            "values": {"Title": "One", "Ref": "P-1"},
            "created": "2026-01-05T10:00:00Z",
            "author": "ann@example.org",
        },
        {"values": {"Title": "Two", "Ref": "P-2"}},
    ]
    lists = [{"title": "Projects", "fields": fields, "items": rows}]
    return {"sites": [{"path": "/sites/demo", "users": users, "lists": lists}]}


@pytest.fixture
def emulator() -> Direct:
    return Direct(document())


def read(emulator: Direct, number: int = 1) -> dict[str, Any]:
    row = emulator.get(f"{ITEMS}({number})").json()
    assert isinstance(row, dict)
    return row


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ({"Title": "New"}, {"Title": "New"}),
        ({"Title": ""}, {"Title": None}),
        ({"Notes": "x" * 5000}, {"Notes": "x" * 5000}),
        ({"Score": 3}, {"Score": 3.0}),
        ({"Cost": 67.67}, {"Cost": 67.67}),
        ({"Live": False}, {"Live": False}),
        ({"Due": "2026-06-30T23:00:00Z"}, {"Due": "2026-06-30T23:00:00Z"}),
        ({"Due": "2026-07-01T00:00:00+01:00"}, {"Due": "2026-06-30T23:00:00Z"}),
        ({"Due": "2026-07-01T12:00:00"}, {"Due": "2026-07-01T11:00:00Z"}),
        ({"Due": None}, {"Due": None}),
        ({"Status": "Closed"}, {"Status": "Closed"}),
        ({"Free": "Anything"}, {"Free": "Anything"}),
        ({"Themes": ["A", "B"]}, {"Themes": ["A", "B"]}),
        ({"Themes": {"results": ["A"], "__metadata": {"type": "Collection(Edm.String)"}}}, {"Themes": ["A"]}),
        ({"Themes": []}, {"Themes": None}),
        ({"ParentId": 2}, {"ParentId": 2}),
        ({"OthersId": [1, 2]}, {"OthersId": [1, 2]}),
        ({"OthersId": {"results": []}}, {"OthersId": []}),
        ({"OwnerId": 7}, {"OwnerId": 7, "OwnerStringId": "7"}),
        ({"OwnerId": None}, {"OwnerId": None, "OwnerStringId": None}),
        ({"TeamId": [7]}, {"TeamId": [7], "TeamStringId": ["7"]}),
        ({"TeamId": []}, {"TeamId": None, "TeamStringId": None}),
        (
            {"Link": {"Url": "https://x.example"}},
            {"Link": {"Description": "https://x.example", "Url": "https://x.example"}},
        ),
        ({"Link": None}, {"Link": None}),
        ({"OData__Odd": "x"}, {"OData__Odd": "x"}),
        ({"__metadata": {"type": "SP.ListItem"}, "Title": "x"}, {"Title": "x"}),
        ({"__metadata": {"type": "SP.Data.ProjectsListItem"}, "Title": "x"}, {"Title": "x"}),
    ],
)
def test_a_value_is_read_back_as_the_column_shows_it(
    emulator: Direct, written: dict[str, Any], shown: dict[str, Any]
) -> None:
    answer = emulator.merge(f"{ITEMS}(1)", written)
    assert (answer.status_code, answer.content) == (204, b"")
    assert {name: read(emulator)[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("written", "status", "code", "sentence"),
    [
        ({"Title": "x" * 256}, 400, "-1, Microsoft.SharePoint.SPException", "Invalid text value."),
        ({"Status": "Elsewhere"}, 400, "-1, Microsoft.SharePoint.SPException", "Invalid choice value."),
        ({"Themes": ["A", "Z"]}, 400, "-1, Microsoft.SharePoint.SPException", "Invalid choice value."),
        ({"Half": "1"}, 400, "-2147352571, Microsoft.SharePoint.SPException", "may be read only"),
        ({"Locked": "x"}, 400, "-2147352571, Microsoft.SharePoint.SPException", "may be read only"),
        ({"Modified": "2026-01-01T00:00:00Z"}, 400, "-2147352571, Microsoft.SharePoint.SPException", "read only"),
        (
            {"Nope": 1},
            400,
            INVALID_QUERY,
            (
                "The property 'Nope' does not exist on type 'SP.Data.ProjectsListItem'. "
                "Make sure to only use property names that are defined by the type."
            ),
        ),
        ({"Score": "12"}, 400, INVALID_QUERY, "expected type 'Edm.Double'"),
        ({"Score": True}, 400, INVALID_QUERY, "expected type 'Edm.Double'"),
        ({"Live": "yes"}, 400, INVALID_QUERY, "expected type 'Edm.Boolean'"),
        ({"Title": 5}, 400, INVALID_QUERY, "expected type 'Edm.String'"),
        ({"Title": ["x"]}, 400, INVALID_QUERY, "An unexpected 'StartArray' node"),
        ({"Title": {"x": 1}}, 400, INVALID_QUERY, "An unexpected 'StartObject' node"),
        ({"Due": "1 July"}, 400, INVALID_QUERY, "expected type 'Edm.DateTime'"),
        ({"Themes": "A"}, 400, INVALID_QUERY, "'StartArray' node was expected"),
        ({"OwnerId": "7"}, 400, INVALID_QUERY, "expected type 'Edm.Int32'"),
        ({"TeamId": ["7"]}, 400, INVALID_QUERY, "expected type 'Edm.Int32'"),
        ({"Owner": 7}, 400, INVALID_QUERY, "'StartObject' node was expected"),
        ({"Link": "https://x.example"}, 400, INVALID_QUERY, "'StartObject' node was expected"),
        ({"OwnerId": 99}, 500, "-2146232832, Microsoft.SharePoint.SPException", "User cannot be found."),
        ({"ParentId": 99}, 400, "-1, Microsoft.SharePoint.SPException", "Invalid lookup value."),
        ({"__metadata": {"type": "SP.Data.OtherListItem"}}, 400, INVALID_QUERY, "is not assignable"),
        ({"Ref": "p-2"}, 400, "-2130575169, Microsoft.SharePoint.SPDuplicateValuesFoundException", "[Ref]"),
        (
            {f"Wide{n}": "x" * 255 for n in range(20)},
            500,
            "-2130575243, Microsoft.SharePoint.SPException",
            "size limit",
        ),
        ([1], 400, INVALID_QUERY, "An unexpected 'StartArray' node"),
        ("{broken", 400, INVALID_QUERY, "Invalid JSON"),
    ],
)
def test_a_value_the_column_does_not_take_changes_nothing(
    emulator: Direct, written: Any, status: int, code: str, sentence: str
) -> None:
    before = read(emulator)
    answer = emulator.merge(f"{ITEMS}(1)", written)
    assert answer.status_code == status
    error = answer.json()["odata.error"]
    assert error["code"] == code
    assert sentence in error["message"]["value"]
    assert read(emulator) == before


def test_an_update_makes_a_version_and_says_who_and_when(emulator: Direct) -> None:
    emulator.clock.advance(hours=2)
    answer = emulator.merge(f"{ITEMS}(1)", {"Title": "Changed"})
    assert answer.headers["ETag"] == '"2"'
    row = read(emulator)
    assert (row["OData__UIVersionString"], row["Modified"]) == ("2.0", "2026-06-17T11:30:00Z")
    assert (row["AuthorId"], row["EditorId"]) == (7, 1073741822)


@pytest.mark.parametrize("etag", ["*", '"1"', 'W/"1"', '"8b1f6a3e-0000-4000-8000-000000000000,1"', None])
def test_an_update_of_the_current_version_is_taken(emulator: Direct, etag: str | None) -> None:
    assert emulator.merge(f"{ITEMS}(1)", {"Title": "x"}, etag=etag).status_code == 204


@pytest.mark.parametrize("etag", ['"1"', '"8b1f6a3e-0000-4000-8000-000000000000,1"', "nonsense"])
def test_an_update_of_an_older_version_is_a_412(emulator: Direct, etag: str) -> None:
    emulator.merge(f"{ITEMS}(1)", {"Title": "somebody was faster"})
    answer = emulator.merge(f"{ITEMS}(1)", {"Title": "x"}, etag=etag)
    assert answer.status_code == 412
    assert answer.json()["odata.error"] == {
        "code": "-1, Microsoft.SharePoint.Client.ClientServiceException",
        "message": {
            "lang": "en-US",
            "value": f"The request ETag value '{etag}' does not match the object's ETag value '\"2\"'.",
        },
    }
    assert read(emulator)["Title"] == "somebody was faster"


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ({}, {"missing_if_match": "refuse"}),
        ({"missing_if_match": "refuse"}, {}),
        ({"missing_if_match": "overwrite"}, {"missing_if_match": "refuse"}),
    ],
)
def test_a_world_can_demand_if_match(said: dict[str, Any], options: dict[str, Any]) -> None:
    emulator = Direct(document() | said, **options)
    assert emulator.merge(f"{ITEMS}(1)", {"Title": "x"}, etag=None).status_code == 412
    assert emulator.send("DELETE", f"{ITEMS}(1)").status_code == 412


def test_patch_and_merge_as_methods_mean_the_same(emulator: Direct) -> None:
    for method in ("PATCH", "MERGE"):
        answer = emulator.send(method, f"{ITEMS}(1)", {"Title": method}, headers={"If-Match": "*"})
        assert (answer.status_code, read(emulator)["Title"]) == (204, method)


@pytest.mark.parametrize(
    ("method", "traces", "change"),
    [
        ("SystemUpdate", {}, 15),
        ("UpdateOverwriteVersion", {"Modified": "2026-06-17T11:30:00Z", "EditorId": 1073741822}, 2),
    ],
)
def test_saving_again_without_values_leaves_the_traces_of_its_kind(
    emulator: Direct, method: str, traces: dict[str, Any], change: int
) -> None:
    before = read(emulator)
    emulator.clock.advance(hours=2)

    answer = emulator.post(f"{ITEMS}(1)/{method}", level="verbose")

    assert (answer.status_code, answer.json()) == (200, {"d": {method: None}})
    assert read(emulator) == before | traces
    assert emulator.get(f"{ITEMS}(1)").headers["ETag"] == '"2"'
    changes = emulator.post(f"{LIST}/getchanges", {"query": {"Item": True, "Update": True, "SystemUpdate": True}})
    assert [each["ChangeType"] for each in changes.json()["value"]] == [change]


@pytest.mark.parametrize("method", ["SystemUpdate", "UpdateOverwriteVersion"])
def test_saving_again_takes_no_values(emulator: Direct, method: str) -> None:
    answer = emulator.post(f"{ITEMS}(1)/{method}", {"Title": "x"})
    assert (answer.status_code, answer.json()["odata.error"]["code"]) == (400, INVALID_QUERY)
    assert emulator.get(f"{ITEMS}(1)").headers["ETag"] == '"1"'


def test_a_new_item_gets_defaults_a_number_and_an_address(emulator: Direct) -> None:
    answer = emulator.post(ITEMS, {"Title": "Three", "Ref": "P-3"})
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    row = answer.json()
    assert (row["Id"], row["Status"], row["Live"], row["OData__UIVersionString"]) == (3, "Open", True, "1.0")
    assert answer.headers["Location"].endswith("/Items(3)")
    assert row["AuthorId"] == row["EditorId"] == 1073741822


def test_a_number_is_never_given_twice(emulator: Direct) -> None:
    emulator.send("DELETE", f"{ITEMS}(2)")
    assert emulator.post(ITEMS, {}).json()["Id"] == 3


def test_versions_are_kept_latest_first(emulator: Direct) -> None:
    for title in ("Second", "Third"):
        emulator.clock.advance(hours=1)
        emulator.merge(f"{ITEMS}(1)", {"Title": title, "OwnerId": 7, "ParentId": 2, "TeamId": [7]})
    rows = emulator.rows(f"{ITEMS}(1)/versions")
    assert [(row["VersionLabel"], row["VersionId"], row["Title"], row["IsCurrentVersion"]) for row in rows] == [
        ("3.0", 1536, "Third", True),
        ("2.0", 1024, "Second", False),
        ("1.0", 512, "One", False),
    ]
    assert rows[0]["Owner"] == {"LookupId": 7, "LookupValue": "Ann Field", "Email": "ann@example.org"}
    assert rows[0]["Parent"] == {"LookupId": 2, "LookupValue": "Two"}
    assert rows[2]["Owner"] is None
    assert rows[2]["Created"] == "2026-01-05T10:00:00"
    one = emulator.get(f"{ITEMS}(1)/versions(1024)?$select=Title,VersionLabel").json()
    assert one == {"Title": "Second", "VersionLabel": "2.0"}
    assert emulator.get(f"{ITEMS}(1)/versions(4096)").status_code == 404
    assert len(emulator.rows(f"{ITEMS}(1)/versions?$top=1&$select=VersionLabel")) == 1


def test_only_fifty_versions_are_kept(emulator: Direct) -> None:
    for number in range(60):
        emulator.merge(f"{ITEMS}(1)", {"Score": number})
    labels = [row["VersionLabel"] for row in emulator.rows(f"{ITEMS}(1)/versions?$select=VersionLabel")]
    assert (len(labels), labels[0], labels[-1]) == (50, "61.0", "12.0")


def test_a_list_without_versions_only_raises_the_etag(emulator: Direct) -> None:
    emulator.merge(LIST, {"EnableVersioning": False})
    answer = emulator.merge(f"{ITEMS}(1)", {"Title": "x"})
    assert (answer.headers["ETag"], read(emulator)["OData__UIVersionString"]) == ('"2"', "1.0")


def test_a_deleted_item_is_gone(emulator: Direct) -> None:
    answer = emulator.send("POST", f"{ITEMS}(1)", headers={"X-HTTP-Method": "DELETE", "If-Match": "*"})
    assert (answer.status_code, answer.content) == (200, b"")
    for gone in (emulator.get(f"{ITEMS}(1)"), emulator.merge(f"{ITEMS}(1)", {"Title": "x"})):
        assert gone.status_code == 404
        assert gone.json()["odata.error"]["code"] == "-2130575338, System.ArgumentException"
    assert emulator.get(f"{LIST}?$select=ItemCount").json() == {"ItemCount": 1}


def test_a_recycled_item_waits_in_the_bin_and_comes_back(emulator: Direct) -> None:
    guid = emulator.post(f"{ITEMS}(1)/recycle()").json()["value"]
    assert emulator.get(f"{ITEMS}(1)").status_code == 404
    (entry,) = emulator.rows("web/RecycleBin")
    assert (entry["Id"], entry["Title"], entry["ItemType"]) == (guid, "One", 3)
    assert (entry["DeletedByName"], entry["DeletedByEmail"]) == ("SharePoint App", "")
    assert emulator.post(f"web/RecycleBin('{guid}')/restore").json() == {"odata.null": True}
    assert read(emulator)["Title"] == "One"
    assert emulator.post(f"web/RecycleBin('{guid}')/restore").status_code == 404


def test_the_same_moment_gives_the_same_modified_whatever_the_machine_says() -> None:
    clock = ManualClock()
    emulator = Direct(document(), clock=clock)
    clock.advance(days=30, seconds=0.75)
    emulator.merge(f"{ITEMS}(2)", {"Title": "x"})
    assert read(emulator, 2)["Modified"] == "2026-07-17T09:30:00Z"
