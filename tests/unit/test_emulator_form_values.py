"""Saving by form values: the rows of the answer, each column's text, dates by zone and locale, what is left behind."""

import json
from typing import Any

import pytest

from tests.support.emulator import Direct, DirectAnswer

LIST = "web/lists/GetByTitle('Projects')"
ITEMS = f"{LIST}/items"
ANN = "i:0#.f|membership|ann@example.org"
BOB = "i:0#.f|membership|bob@example.org"
REFUSED = -2146232832
# zone and locale of the sites, by path
LONDON, PACIFIC, BERLIN = "/sites/demo", "/sites/pacific", "/sites/berlin"


def lists() -> list[dict[str, Any]]:
    fields = [
        {"name": "Ref", "type": "Text", "unique": True},
        {"name": "Notes", "type": "Note"},
        {"name": "Score", "type": "Number"},
        {"name": "Cost", "type": "Currency"},
        {"name": "Live", "type": "Boolean", "default": True},
        {"name": "Due", "type": "DateTime"},
        {"name": "Status", "type": "Choice", "choices": ["Open", "Closed"], "default": "Open"},
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
    rows = [{"values": {"Title": "One", "Ref": "P-1"}}, {"values": {"Title": "Two", "Ref": "P-2"}}]
    return [{"title": "Projects", "fields": fields, "items": rows}]


def document() -> dict[str, Any]:
    people = [{"login": ANN, "name": "Ann Field"}, {"login": BOB, "name": "Bob Marsh"}]
    stranger = [{"login": "i:0#.f|membership|cy@example.org", "name": "Cy Dale"}]
    return {
        "sites": [
            {"path": LONDON, "users": people, "lists": lists()},
            {"path": PACIFIC, "time_zone": 13, "locale": 1033, "users": stranger, "lists": lists()},
            {"path": BERLIN, "time_zone": 4, "locale": 1031, "lists": lists()},
        ]
    }


@pytest.fixture
def emulator() -> Direct:
    return Direct(document())


def form(values: dict[str, str | None], **options: Any) -> dict[str, Any]:
    return {"formValues": [{"FieldName": name, "FieldValue": text} for name, text in values.items()], **options}


def change(emulator: Direct, values: dict[str, str | None], **options: Any) -> list[dict[str, Any]]:
    answer = emulator.post(f"{ITEMS}(1)/ValidateUpdateListItem", form(values, **options))
    assert answer.status_code == 200, answer.text
    rows = answer.json()["value"]
    assert isinstance(rows, list)
    return rows


def read(emulator: Direct, number: int = 1) -> dict[str, Any]:
    row = emulator.get(f"{ITEMS}({number})").json()
    assert isinstance(row, dict)
    return row


def keys(*logins: str) -> str:
    return json.dumps([{"Key": login} for login in logins])


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("Title", "Jahr ünd Tag", {"Title": "Jahr ünd Tag"}),
        ("Notes", "x" * 5000, {"Notes": "x" * 5000}),
        ("Notes", "", {"Notes": None}),
        ("Notes", None, {"Notes": None}),
        ("Score", "67687", {"Score": 67687.0}),
        ("Score", "67,687.5", {"Score": 67687.5}),
        ("Score", "-0.25", {"Score": -0.25}),
        ("Score", "", {"Score": None}),
        ("Cost", "67.67", {"Cost": 67.67}),
        ("Live", "0", {"Live": False}),
        ("Live", "1", {"Live": True}),
        ("Status", "Closed", {"Status": "Closed"}),
        ("Themes", "A;#B;#", {"Themes": ["A", "B"]}),
        ("Themes", "", {"Themes": None}),
        ("Parent", "2", {"ParentId": 2}),
        ("Parent", "", {"ParentId": None}),
        ("Others", "1;#;#2;#;#", {"OthersId": [1, 2]}),
        ("Others", "1;#;#1;#;#", {"OthersId": [1]}),
        ("Others", "", {"OthersId": []}),
        ("Owner", keys(ANN), {"OwnerId": 7, "OwnerStringId": "7"}),
        ("Owner", keys("ann@example.org"), {"OwnerId": 7}),
        ("Owner", "[]", {"OwnerId": None, "OwnerStringId": None}),
        ("Team", keys(ANN, BOB), {"TeamId": [7, 8], "TeamStringId": ["7", "8"]}),
        ("Team", keys(ANN, ANN), {"TeamId": [7]}),
        ("Team", "[]", {"TeamId": None}),
        ("Link", "https://x.example, A, b", {"Link": {"Description": "A, b", "Url": "https://x.example"}}),
        ("Link", "", {"Link": None}),
        ("Locked", "by form alone", {"Locked": "by form alone"}),
        ("_Odd", "x", {"OData__Odd": "x"}),
    ],
)
def test_a_form_value_is_read_back_as_the_column_shows_it(
    emulator: Direct, name: str, text: str | None, shown: dict[str, Any]
) -> None:
    assert change(emulator, {name: text}) == [
        {
            "ErrorCode": 0,
            "ErrorMessage": None,
            "FieldName": name,
            "FieldValue": text,
            "HasException": False,
            "ItemId": 1,
        }
    ]
    held = read(emulator)
    assert {key: held[key] for key in shown} == shown


@pytest.mark.parametrize(
    ("name", "text", "code", "sentence"),
    [
        ("Title", "", REFUSED, "You can't leave this blank."),
        ("Title", "x" * 256, REFUSED, "Invalid text value."),
        ("Score", "a dozen", REFUSED, "Only numbers can go here."),
        ("Score", "1_000", REFUSED, "Only numbers can go here."),
        ("Score", "1e999", REFUSED, "Only numbers can go here."),
        ("Live", "perhaps", REFUSED, "Invalid boolean value."),
        ("Status", "Elsewhere", REFUSED, "Invalid choice value."),
        ("Themes", "A;#Z;#", REFUSED, "Invalid choice value."),
        ("Parent", "99", REFUSED, "Invalid lookup value."),
        ("Parent", "Two", REFUSED, "Invalid lookup value."),
        ("Owner", "ann@example.org", REFUSED, "The user value is not valid JSON."),
        ("Owner", "[{'Key':'ann@example.org'}]", REFUSED, "The user value is not valid JSON."),
        ("Owner", '[{"Name":"ann@example.org"}]', REFUSED, "The user value is not valid JSON."),
        ("Owner", keys("nobody@example.org"), REFUSED, "The specified user nobody@example.org could not be found."),
        ("Owner", keys(ANN, BOB), REFUSED, "You can only select one user."),
        ("Half", "1", REFUSED, "The field is read only."),
        ("Ref", "p-2", -2130575169, "duplicate values were found"),
        ("MetaInfo", "abc", 0, "abc"),
        ("GUID", "abc", 0, "abc"),
        ("Modified", "", REFUSED, "You can't leave this blank."),
    ],
)
def test_a_value_the_column_does_not_take_is_a_row_of_a_200_and_nothing_is_saved(
    emulator: Direct, name: str, text: str, code: int, sentence: str
) -> None:
    before, changes = read(emulator), len(emulator.site.lists[list_id(emulator)].log.entries)
    good, bad = change(emulator, {"Notes": "not this either", name: text})
    assert (good["FieldName"], good["HasException"], good["ErrorCode"]) == ("Notes", False, 0)
    assert (bad["FieldName"], bad["FieldValue"], bad["HasException"], bad["ItemId"]) == (name, text, True, 1)
    assert bad["ErrorCode"] == code
    assert sentence in bad["ErrorMessage"]
    assert read(emulator) == before
    assert len(emulator.site.lists[list_id(emulator)].log.entries) == changes


def list_id(emulator: Direct) -> str:
    found = emulator.site.list_titled("Projects")
    assert found is not None
    return found.id


@pytest.mark.parametrize(
    ("site", "text", "utc", "stored"),
    [
        (LONDON, "2026-07-01 00:00:00", False, "2026-06-30T23:00:00Z"),
        (LONDON, "2026-12-01 00:00:00", False, "2026-12-01T00:00:00Z"),
        (LONDON, "2026-07-01 00:00:00", True, "2026-07-01T00:00:00Z"),
        (LONDON, "30/06/2026", False, "2026-06-29T23:00:00Z"),
        (LONDON, "30/6/2026 14:05", False, "2026-06-30T13:05:00Z"),
        (LONDON, "30/06/2026", True, "2026-06-30T00:00:00Z"),
        (PACIFIC, "2024-04-02 04:35:03", False, "2024-04-02T11:35:03Z"),
        (PACIFIC, "2020-12-06 06:25:47", False, "2020-12-06T14:25:47Z"),
        (PACIFIC, "6/30/2026", False, "2026-06-30T07:00:00Z"),
        (PACIFIC, "12/6/2020 6:25 AM", False, "2020-12-06T14:25:00Z"),
        (PACIFIC, "12/6/2020 12:05 PM", False, "2020-12-06T20:05:00Z"),
        (BERLIN, "30.06.2026 08:00:30", False, "2026-06-30T06:00:30Z"),
        (LONDON, "", False, None),
    ],
)
def test_a_date_is_the_sites_own_time_unless_the_request_says_utc(
    site: str, text: str, utc: bool, stored: str | None
) -> None:
    emulator = Direct(document(), site=site)
    (row,) = change(emulator, {"Due": text}, **({"datesInUTC": True} if utc else {}))
    assert (row["HasException"], row["FieldValue"]) == (False, text)
    assert read(emulator)["Due"] == stored


@pytest.mark.parametrize(
    ("site", "text", "sentence"),
    [
        (PACIFIC, "2024-33-33", "Enter a date like this: 2/23/2012"),
        (PACIFIC, "30/06/2026", "Enter a date like this: 2/23/2012"),
        (LONDON, "2026-06-30T23:00:00Z", "Enter a date like this: 23/02/2012"),
        (LONDON, "2026-06-30T23:00:00", "Enter a date like this: 23/02/2012"),
        (LONDON, "2026-06-30", "Enter a date like this: 23/02/2012"),
        (LONDON, "2026-06-30 23:00:00Z", "Enter a date like this: 23/02/2012"),
        (LONDON, "2026-02-30 00:00:00", "Enter a date like this: 23/02/2012"),
        (LONDON, "6/30/2026", "Enter a date like this: 23/02/2012"),
        (LONDON, "30/06/26", "Enter a date like this: 23/02/2012"),
        (LONDON, "30/06/2026 25:00", "Enter a date like this: 23/02/2012"),
        (LONDON, "30/06/2026 13:00 PM", "Enter a date like this: 23/02/2012"),
        (LONDON, "30/06/2026 at noon", "Enter a date like this: 23/02/2012"),
        (LONDON, "next week", "Enter a date like this: 23/02/2012"),
        (BERLIN, "30/06/2026", "Enter a date like this: 23.02.2012"),
        (
            LONDON,
            "1899-12-31 00:00:00",
            "You must specify a valid date within the range of 01/01/1900 and 31/12/8900.",
        ),
        (PACIFIC, "0001-01-01 00:00:00", "You must specify a valid date within the range of 1/1/1900 and 12/31/8900."),
        (LONDON, "31/12/9999", "You must specify a valid date within the range of 01/01/1900 and 31/12/8900."),
    ],
)
@pytest.mark.parametrize("utc", [False, True])
def test_an_iso_date_and_another_locales_date_are_refused(site: str, text: str, sentence: str, utc: bool) -> None:
    emulator = Direct(document(), site=site)
    (row,) = change(emulator, {"Due": text}, datesInUTC=utc)
    assert (row["ErrorCode"], row["ErrorMessage"], row["HasException"]) == (REFUSED, sentence, True)
    assert read(emulator)["Due"] is None


@pytest.mark.parametrize(
    ("site", "text", "number"), [(LONDON, "1,234.5", 1234.5), (BERLIN, "1.234,5", 1234.5), (BERLIN, "67.67", 6767.0)]
)
def test_a_number_is_read_by_the_sites_decimal_separator(site: str, text: str, number: float) -> None:
    emulator = Direct(document(), site=site)
    (row,) = change(emulator, {"Score": text})
    assert row["HasException"] is False
    assert read(emulator)["Score"] == number


def test_an_update_makes_a_version_and_a_new_document_update_makes_none(emulator: Direct) -> None:
    emulator.clock.advance(hours=1)
    change(emulator, {"Notes": "a"})
    first = read(emulator)
    assert (first["OData__UIVersionString"], first["Modified"]) == ("2.0", "2026-06-17T10:30:00Z")
    emulator.clock.advance(hours=1)
    change(emulator, {"Notes": "b"}, bNewDocumentUpdate=True)
    second = read(emulator)
    assert (second["OData__UIVersionString"], second["Modified"]) == ("2.0", "2026-06-17T11:30:00Z")
    assert second["Notes"] == "b"
    assert emulator.get(f"{ITEMS}(1)").headers["ETag"] == '"3"'


def test_every_saved_form_is_in_the_change_log(emulator: Direct) -> None:
    start = emulator.get(LIST).json()["CurrentChangeToken"]["StringValue"]
    change(emulator, {"Notes": "a"})
    change(emulator, {"Notes": "b"}, bNewDocumentUpdate=True)
    emulator.post(f"{LIST}/AddValidateUpdateItem", form({"Title": "New"}))
    asked = {"Item": True, "Add": True, "Update": True, "ChangeTokenStart": {"StringValue": start}}
    rows = emulator.post(f"{LIST}/getchanges", {"query": asked}).json()["value"]
    assert [(row["ItemId"], row["ChangeType"]) for row in rows] == [(1, 2), (1, 2), (3, 1)]


def test_a_stale_if_match_is_passed_over_and_no_etag_comes_back(emulator: Direct) -> None:
    answer = emulator.post(
        f"{ITEMS}(1)/ValidateUpdateListItem", form({"Notes": "over it"}), headers={"If-Match": '"99"'}
    )
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert read(emulator)["Notes"] == "over it"


def test_who_and_when_are_as_the_form_says(emulator: Direct) -> None:
    values: dict[str, str | None] = {
        "Author": keys(ANN),
        "Editor": keys(BOB),
        "Created": "2020-01-05 10:00:00",
        "Modified": "2020-07-05 10:00:00",
    }
    assert not any(row["HasException"] for row in change(emulator, values))
    held = read(emulator)
    assert (held["AuthorId"], held["EditorId"]) == (7, 8)
    assert (held["Created"], held["Modified"]) == ("2020-01-05T10:00:00Z", "2020-07-05T09:00:00Z")


def test_somebody_another_site_knows_is_added_to_this_one(emulator: Direct) -> None:
    (row,) = change(emulator, {"Owner": keys("cy@example.org")})
    assert row["HasException"] is False
    owner = emulator.get(f"{ITEMS}(1)?$select=Owner/Title&$expand=Owner").json()["Owner"]
    assert owner == {"Title": "Cy Dale"}


@pytest.mark.parametrize("method", ["AddValidateUpdateItem", "AddValidateUpdateItemUsingPath"])
def test_an_added_item_gives_its_number_in_a_row_of_its_own(emulator: Direct, method: str) -> None:
    body = form({"Title": "New", "Due": "2026-07-01 00:00:00"}, listItemCreateInfo={"UnderlyingObjectType": 0})
    answer = emulator.post(f"{LIST}/{method}", body)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json;odata=nometadata;streaming=true;charset=utf-8"
    rows = answer.json()["value"]
    assert [(row["FieldName"], row["FieldValue"], row["ItemId"]) for row in rows] == [
        ("Title", "New", 0),
        ("Due", "2026-07-01 00:00:00", 0),
        ("Id", "3", 0),
    ]
    held = read(emulator, 3)
    assert (held["Due"], held["Status"], held["OData__UIVersionString"]) == ("2026-06-30T23:00:00Z", "Open", "1.0")


def test_an_unknown_field_of_an_add_creates_nothing(emulator: Direct) -> None:
    answer = emulator.post(f"{LIST}/AddValidateUpdateItemUsingPath", form({"Title": "New", "Nope": "abc"}))
    assert answer.status_code == 200
    title, nope, number = answer.json()["value"]
    assert (title["HasException"], title["ErrorMessage"]) == (False, None)
    assert (nope["ErrorCode"], nope["ErrorMessage"], nope["HasException"], nope["ItemId"]) == (0, "abc", True, 0)
    assert (number["FieldName"], number["FieldValue"], number["HasException"]) == ("Id", "0", False)
    assert len(emulator.rows(ITEMS)) == 2


def test_a_row_that_is_too_large_is_said_at_the_last_field(emulator: Direct) -> None:
    rows = change(emulator, {f"Wide{number}": "x" * 255 for number in range(20)})
    assert [row["HasException"] for row in rows] == [False] * 19 + [True]
    assert "size limit" in rows[-1]["ErrorMessage"]
    answer = emulator.post(
        f"{LIST}/AddValidateUpdateItem", form({"Title": "Wide"} | {f"Wide{number}": "x" * 255 for number in range(20)})
    )
    assert answer.json()["value"][-1]["FieldValue"] == "0"
    assert len(emulator.rows(ITEMS)) == 2


def test_approval_is_a_form_value_of_lists_that_need_it(emulator: Direct) -> None:
    (row,) = change(emulator, {"_ModerationStatus": "2"})
    assert (row["HasException"], row["ErrorMessage"]) == (True, "2")
    emulator.merge(LIST, {"EnableModeration": True})
    (row,) = change(emulator, {"_ModerationStatus": "2"})
    assert row["HasException"] is False
    assert read(emulator)["OData__ModerationStatus"] == 2
    # Nobody approves here but those the list names.
    (row,) = change(emulator, {"_ModerationStatus": "0"})
    assert (row["HasException"], row["ErrorCode"]) == (True, -2147024891)
    assert read(emulator)["OData__ModerationStatus"] == 2


def test_no_values_change_nothing(emulator: Direct) -> None:
    assert change(emulator, {}) == []
    assert read(emulator)["OData__UIVersionString"] == "1.0"


def shaped(answer: DirectAnswer) -> Any:
    assert answer.status_code == 200
    return answer.json()


def test_the_verbose_and_minimal_forms_carry_the_type(emulator: Direct) -> None:
    path, body = f"{ITEMS}(1)/ValidateUpdateListItem", form({"Notes": "x"})
    verbose = shaped(emulator.post(path, body, level="verbose"))["d"]["ValidateUpdateListItem"]
    assert verbose["__metadata"] == {"type": "Collection(SP.ListItemFormUpdateValue)"}
    assert verbose["results"][0]["FieldName"] == "Notes"
    minimal = shaped(emulator.post(path, body, level="minimalmetadata"))
    assert minimal["odata.metadata"].endswith("$metadata#Collection(SP.ListItemFormUpdateValue)")
    assert minimal["value"][0]["FieldName"] == "Notes"


def test_what_the_library_sends_is_understood(emulator: Direct) -> None:
    member = {"FieldName": "Notes", "FieldValue": "x", "__metadata": {"type": "SP.ListItemFormUpdateValue"}}
    sent = {"formValues": {"results": [member]}, "bNewDocumentUpdate": False, "checkInComment": None}
    assert emulator.post(f"{LIST}/getItemById(1)/ValidateUpdateListItem", sent).status_code == 200
    assert read(emulator)["Notes"] == "x"


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        (f"{ITEMS}(99)/ValidateUpdateListItem", form({"Title": "x"}), 404, "Item does not exist."),
        (f"{ITEMS}(1)/ValidateUpdateListItem", {}, 400, "'StartArray' node was expected"),
        (f"{ITEMS}(1)/ValidateUpdateListItem", {"formValues": ["x"]}, 400, "'StartObject' node was expected"),
        (f"{ITEMS}(1)/ValidateUpdateListItem", {"formValues": [{"FieldName": 5}]}, 400, "expected type 'Edm.String'"),
        (
            f"{ITEMS}(1)/ValidateUpdateListItem",
            {"formValues": [{"FieldName": "Score", "FieldValue": 5}]},
            400,
            "expected type 'Edm.String'",
        ),
        (f"{ITEMS}(1)/ValidateUpdateListItem", {"formValues": [{"Field": "x"}]}, 400, "The property 'Field'"),
        (f"{ITEMS}(1)/ValidateUpdateListItem", form({}, nope=1), 400, "The parameter nope does not exist in method"),
        (f"{LIST}/AddValidateUpdateItem", form({}, listItemCreateInfo=[]), 400, "'StartObject' node was expected"),
        (
            f"{LIST}/AddValidateUpdateItem",
            form({"Title": "x"}, listItemCreateInfo={"UnderlyingObjectType": 1}),
            501,
            "folders and files",
        ),
        (
            f"{LIST}/AddValidateUpdateItemUsingPath",
            form({"Title": "x"}, listItemCreateInfo={"FolderPath": {"DecodedUrl": "/sites/demo/Lists/Projects/Sub"}}),
            501,
            "folders in lists",
        ),
    ],
)
def test_a_request_that_is_no_form_is_refused(
    emulator: Direct, path: str, body: Any, status: int, sentence: str
) -> None:
    answer = emulator.post(path, body)
    assert answer.status_code == status
    assert sentence in answer.text
    assert len(emulator.rows(ITEMS)) == 2


def test_the_lists_own_folder_may_be_named(emulator: Direct) -> None:
    info = {"FolderPath": {"DecodedUrl": "/sites/demo/Lists/Projects"}, "UnderlyingObjectType": 0}
    answer = emulator.post(f"{LIST}/AddValidateUpdateItemUsingPath", form({"Title": "Here"}, listItemCreateInfo=info))
    assert answer.json()["value"][-1]["FieldValue"] == "3"


@pytest.mark.parametrize(("site", "locale", "order", "time24"), [(LONDON, 2057, 1, True), (PACIFIC, 1033, 0, False)])
def test_a_site_tells_its_locale(site: str, locale: int, order: int, time24: bool) -> None:
    settings = Direct(document(), site=site).get("web/RegionalSettings").json()
    assert (settings["LocaleId"], settings["DateFormat"], settings["Time24"]) == (locale, order, time24)
