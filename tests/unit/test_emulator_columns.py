"""Columns: made in three ways, changed, indexed, removed."""

from typing import Any

import pytest

from tests.support.emulator import Direct

LIST = "web/lists/GetByTitle('Projects')"
FIELDS = f"{LIST}/fields"
RECORDED_TEXT_FIELD = [
    "AutoIndexed", "CanBeDeleted", "ClientSideComponentId", "ClientSideComponentProperties", "ClientValidationFormula",
    "ClientValidationMessage", "CustomFormatter", "DefaultFormula", "DefaultValue", "Description", "Direction",
    "EnforceUniqueValues", "EntityPropertyName", "Filterable", "FromBaseType", "Group", "Hidden", "Id", "Indexed",
    "IndexStatus", "InternalName", "IsModern", "JSLink", "PinnedToFiltersPane", "ReadOnlyField", "Required",
    "SchemaXml", "Scope", "Sealed", "ShowInFiltersPane", "Sortable", "StaticName", "Title", "FieldTypeKind",
    "TypeAsString", "TypeDisplayName", "TypeShortDescription", "ValidationFormula", "ValidationMessage", "MaxLength",
]  # fmt: skip


@pytest.fixture
def emulator() -> Direct:
    lists = [{"title": "Projects", "fields": [{"name": "Ref", "type": "Text"}], "items": [{"values": {"Ref": "P-1"}}]}]
    return Direct({"sites": [{"path": "/sites/demo", "lists": lists}]})


def add(emulator: Direct, **given: Any) -> dict[str, Any]:
    answer = emulator.post(f"{FIELDS}/AddField", {"parameters": given})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert isinstance(made, dict)
    return made


def test_a_column_made_from_an_entity_answers_201(emulator: Direct) -> None:
    body = {"__metadata": {"type": "SP.FieldText"}, "Title": "Owner Team", "FieldTypeKind": 2, "MaxLength": 120}
    answer = emulator.post(FIELDS, body, level="minimalmetadata")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["odata.type"], made["InternalName"], made["MaxLength"]) == ("SP.FieldText", "Owner_x0020_Team", 120)


def test_a_column_has_the_recorded_properties_in_the_recorded_order(emulator: Direct) -> None:
    assert list(add(emulator, Title="Text1", FieldTypeKind=2)) == RECORDED_TEXT_FIELD


@pytest.mark.parametrize(
    ("given", "kind", "about"),
    [
        ({"FieldTypeKind": 2}, "Text", {"MaxLength": 255}),
        ({"FieldTypeKind": 3, "RichText": True}, "Note", {"RichText": True, "Filterable": False}),
        ({"FieldTypeKind": 4, "DisplayFormat": 0}, "DateTime", {"DisplayFormat": 0}),
        ({"FieldTypeKind": 4}, "DateTime", {"DisplayFormat": 1}),
        ({"FieldTypeKind": 6, "Choices": ["A", "B"]}, "Choice", {"Choices": ["A", "B"], "FillInChoice": False}),
        ({"FieldTypeKind": 15, "Choices": {"results": ["A"]}}, "MultiChoice", {"Choices": ["A"], "Sortable": False}),
        ({"FieldTypeKind": 8, "DefaultValue": "1"}, "Boolean", {"DefaultValue": "1"}),
        ({"FieldTypeKind": 9}, "Number", {"ShowAsPercentage": False}),
        ({"FieldTypeKind": 10}, "Currency", {"CurrencyLocaleId": 2057}),
        ({"FieldTypeKind": 11}, "URL", {"Filterable": False}),
        (
            {"FieldTypeKind": 17, "Formula": "=1-0.5", "OutputType": 9},
            "Calculated",
            {"ReadOnlyField": True, "OutputType": 9},
        ),
        ({"FieldTypeKind": 20}, "User", {"AllowMultipleValues": False, "SelectionMode": 1}),
        ({"FieldTypeKind": 20, "AllowMultipleValues": True}, "UserMulti", {"AllowMultipleValues": True}),
    ],
)
def test_a_column_of_every_kind_can_be_added(
    emulator: Direct, given: dict[str, Any], kind: str, about: dict[str, Any]
) -> None:
    made = add(emulator, Title="New column", **given)
    assert made["TypeAsString"] == kind
    assert {name: made[name] for name in about} == about
    assert made["InternalName"] == "New_x0020_column"


def test_a_lookup_names_its_target(emulator: Direct) -> None:
    target = emulator.get(f"{LIST}?$select=Id").json()["Id"]
    made = add(emulator, Title="Parent", FieldTypeKind=7, LookupListId=target, LookupFieldName="Ref")
    assert (made["LookupList"], made["LookupField"], made["IsRelationship"]) == (target, "Ref", True)
    missing = {"Title": "P", "FieldTypeKind": 7, "LookupListId": "00000000-0000-4000-8000-000000000000"}
    assert emulator.post(f"{FIELDS}/AddField", {"parameters": missing}).status_code == 404


@pytest.mark.parametrize(
    ("xml", "about"),
    [
        ('<Field Type="Text" DisplayName="RAG status" Name="Other" />', {"InternalName": "RAG_x0020_status"}),
        ('<Field Type="DateTime" DisplayName="Due" Format="DateOnly" />', {"DisplayFormat": 0}),
        ('<Field Type="User" Mult="TRUE" DisplayName="Team" />', {"TypeAsString": "UserMulti"}),
        ('<Field Type="LookupMulti" List="Lists/Projects" DisplayName="P" />', {"TypeAsString": "LookupMulti"}),
        (('<Field Type="Choice" DisplayName="C" FillInChoice="TRUE"><Default>B</Default><CHOICES><CHOICE>A</CHOICE>'
         "<CHOICE>B</CHOICE></CHOICES></Field>"), {"Choices": ["A", "B"], "DefaultValue": "B", "FillInChoice": True}),
        ('<Field Type="Calculated" DisplayName="H" ResultType="Number"><Formula>=1</Formula></Field>',
         {"Formula": "=1", "OutputType": 9}),
        ('<Field Type="Text" DisplayName="I" Indexed="TRUE" ID="{D13AAF94-2F13-4D87-9CAE-068637D271CB}" />',
         {"Indexed": True, "Id": "d13aaf94-2f13-4d87-9cae-068637d271cb"}),
    ],
)  # fmt: skip
def test_a_column_can_be_made_from_xml(emulator: Direct, xml: str, about: dict[str, Any]) -> None:
    answer = emulator.post(f"{FIELDS}/CreateFieldAsXml", {"parameters": {"SchemaXml": f"\n   {xml}"}})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert {name: made[name] for name in about} == about


def test_the_name_hint_takes_the_name_from_the_xml(emulator: Direct) -> None:
    given = {"SchemaXml": '<Field Type="Text" DisplayName="RAG status" Name="PSStatus" />', "Options": 8}
    assert emulator.post(f"{FIELDS}/CreateFieldAsXml", {"parameters": given}).json()["InternalName"] == "PSStatus"


def test_a_second_column_of_the_same_title_gets_a_digit(emulator: Direct) -> None:
    add(emulator, Title="Score", FieldTypeKind=9)
    assert add(emulator, Title="Score", FieldTypeKind=9)["InternalName"] == "Score0"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/AddField", {"parameters": {"FieldTypeKind": 2}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": {"results": [2]}}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 17, "OutputType": [9]}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 2, "Colour": "red"}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 2, "Required": "yes"}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 6, "Choices": "A"}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 6, "Choices": [1]}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 6, "Choices": {"other": []}}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 2, "MaxLength": True}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": True}}, 400),
        ("/CreateFieldAsXml", {"parameters": {"SchemaXml": '<Field Type="Text" />', "Options": "eight"}}, 400),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 31}}, 501),
        ("/AddField", {"parameters": {"Title": "X", "FieldTypeKind": 3, "Indexed": True}}, 500),
        ("/CreateFieldAsXml", {"parameters": {"SchemaXml": "<Field"}}, 400),
        ("/CreateFieldAsXml", {"parameters": {"SchemaXml": "<View />"}}, 400),
        (
            "/CreateFieldAsXml",
            {"parameters": {"SchemaXml": '<!DOCTYPE Field><Field Type="Text" DisplayName="x" />'}},
            400,
        ),
        ("/CreateFieldAsXml", {"parameters": {"SchemaXml": '<Field Type="Text" />'}}, 400),
        ("/CreateFieldAsXml", {"parameters": {"SchemaXml": '<Field Type="Text" DisplayName="x" ID="y" />'}}, 400),
        ("/CreateFieldAsXml", {"parameters": {"SchemaXml": '<Field Type="Geolocation" DisplayName="x" />'}}, 501),
        ("/CreateFieldAsXml", {"parameters": {"SchemaXml": '<Field Type="Lookup" DisplayName="x" />'}}, 404),
        ("/CreateFieldAsXml", {"parameters": {}}, 400),
    ],
)
def test_a_column_that_cannot_be_made_is_refused(emulator: Direct, path: str, body: Any, status: int) -> None:
    before = len(emulator.rows(FIELDS))
    assert emulator.post(FIELDS + path, body).status_code == status
    assert len(emulator.rows(FIELDS)) == before


def test_changing_a_column_raises_the_lists_etag_and_is_in_the_log(emulator: Direct) -> None:
    answer = emulator.merge(f"{FIELDS}/getByInternalNameOrTitle('Ref')", {"Title": "Reference", "Indexed": True})
    assert (answer.status_code, answer.headers["ETag"]) == (204, '"2"')
    column = emulator.get(f"{FIELDS}/getByTitle('reference')").json()
    assert (column["InternalName"], column["Indexed"], column["IndexStatus"]) == ("Ref", True, 1)
    query = {"query": {"Field": True, "Update": True}}
    (change,) = emulator.post(f"{LIST}/getChanges", query).json()["value"]
    assert (change["ChangeType"], change["FieldId"]) == (2, column["Id"])


def test_the_title_column_may_be_renamed_and_not_deleted(emulator: Direct) -> None:
    assert emulator.merge(f"{FIELDS}/getByInternalNameOrTitle('Title')", {"Title": "Project"}).status_code == 204
    assert emulator.get(f"{FIELDS}/getByTitle('Project')?$select=InternalName").json() == {"InternalName": "Title"}
    assert emulator.send("DELETE", f"{FIELDS}/getByInternalNameOrTitle('Title')").status_code == 400
    assert emulator.merge(f"{FIELDS}/getByInternalNameOrTitle('Modified')", {"Title": "x"}).status_code == 400


def test_a_deleted_column_takes_its_values_with_it(emulator: Direct) -> None:
    assert emulator.send("DELETE", f"{FIELDS}/getByInternalNameOrTitle('Ref')").status_code == 200
    missing = emulator.get(f"{FIELDS}/getByInternalNameOrTitle('Ref')")
    assert missing.json()["odata.error"]["code"] == "-2147024809, System.ArgumentException"
    assert "Ref" not in emulator.rows(f"{LIST}/items")[0]
    assert emulator.get(f"{LIST}/items?$select=Ref").status_code == 400


def test_at_most_twenty_indexes(emulator: Direct) -> None:
    for number in range(20):
        add(emulator, Title=f"I{number}", FieldTypeKind=2, Indexed=True)
    refused = emulator.merge(f"{FIELDS}/getByTitle('Ref')", {"Indexed": True})
    assert refused.status_code == 500
    assert "more than 20 indexes" in refused.json()["odata.error"]["message"]["value"]


def test_columns_can_be_filtered_selected_and_asked_for_one_property(emulator: Direct) -> None:
    visible = emulator.rows(f"{FIELDS}?$select=InternalName&$filter=Hidden eq false and ReadOnlyField eq false")
    assert visible == [{"InternalName": "Title"}, {"InternalName": "Ref"}]
    guid = emulator.get(f"{FIELDS}/getByTitle('Ref')/Id").json()["value"]
    assert emulator.get(f"{FIELDS}(guid'{guid}')/Title").json() == {"value": "Ref"}
    assert emulator.get(f"{FIELDS}?$select=Nope").status_code == 400
    (first,) = emulator.rows(f"{FIELDS}?$select=InternalName&$orderby=InternalName&$top=1&$filter=Hidden eq false")
    assert first == {"InternalName": "_ComplianceFlags"}


def test_the_schema_of_a_column_escapes_what_xml_needs(emulator: Direct) -> None:
    made = add(emulator, Title='A "b" & <c>', FieldTypeKind=6, Choices=["x & y"])
    assert "&amp;" in made["SchemaXml"]
    assert "<CHOICE>x &amp; y</CHOICE>" in made["SchemaXml"]
    again = emulator.post(f"{FIELDS}/CreateFieldAsXml", {"parameters": {"SchemaXml": made["SchemaXml"]}})
    assert again.status_code == 500
