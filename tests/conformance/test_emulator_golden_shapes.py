"""The shapes of answers, whole and in three metadata levels.

The values are this project's own; keys, their order, types and conventions are those of recorded traffic. A change
here is a change of what clients see.
"""

import json
import re
from typing import Any

import pytest

from tests.support.emulator import Direct

LIST = "web/lists/GetByTitle('Projects')"
ITEMS = f"{LIST}/items"
USER = {"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}


def document() -> dict[str, Any]:
    fields = [
        {"name": "Ref", "type": "Text"},
        {"name": "Score", "type": "Number"},
        {"name": "Live", "type": "Boolean"},
        {"name": "Due", "type": "DateTime"},
        {"name": "Link", "type": "URL"},
        {"name": "Owner", "type": "User"},
        {"name": "Team", "type": "UserMulti"},
        {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
        {"name": "Others", "type": "LookupMulti", "lookup_list": "Projects"},
        {"name": "Half", "type": "Calculated", "formula": "=1-0.5", "output_type": "Number"},
    ]
    full = {
        "Title": "One",
        "Ref": "P-1",
        "Score": 67687,
        "Live": True,
        "Due": "2026-07-01",
        "Link": {"url": "https://x.example", "description": "X"},
        "Owner": "ann@example.org",
        "Team": ["ann@example.org"],
        "Themes": ["A", "B"],
        "Parent": 2,
        "Others": [1],
        "Half": 0.5,
    }
    lists = [
        {"title": "Projects", "fields": fields, "items": [{"values": full}, {"values": {"Title": "Two"}}]},
        {"title": "Plain", "items": [{"values": {"Title": "Item 0"}}]},
    ]
    return {"sites": [{"path": "/sites/demo", "title": "Demo", "users": [USER], "lists": lists}]}


@pytest.fixture(scope="module")
def emulator() -> Direct:
    return Direct(document())


def masked(emulator: Direct, path: str, level: str = "nometadata") -> Any:
    """An answer with identifiers of lists by name and all others as G."""
    text = emulator.get(path, level=level).text
    for name in ("Projects", "Plain"):
        found = emulator.site.list_titled(name)
        assert found is not None
        text = text.replace(found.id, f"[{name}]").replace(found.content_type_id, "0x0100")
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "G", text)
    return json.loads(text)


PLAIN_ITEM = {
    "FileSystemObjectType": 0,
    "Id": 1,
    "ServerRedirectedEmbedUri": None,
    "ServerRedirectedEmbedUrl": "",
    "ID": 1,
    "ContentTypeId": "0x0100",
    "Title": "Item 0",
    "Modified": "2026-06-17T09:30:00Z",
    "Created": "2026-06-17T09:30:00Z",
    "AuthorId": 1073741822,
    "EditorId": 1073741822,
    "OData__UIVersionString": "1.0",
    "Attachments": False,
    "GUID": "G",
    "ComplianceAssetId": None,
}
FULL_ITEM = {
    "FileSystemObjectType": 0,
    "Id": 1,
    "ServerRedirectedEmbedUri": None,
    "ServerRedirectedEmbedUrl": "",
    "ContentTypeId": "0x0100",
    "Title": "One",
    "ComplianceAssetId": None,
    "Ref": "P-1",
    "Score": 67687.0,
    "Live": True,
    "Due": "2026-06-30T23:00:00Z",
    "Link": {"Description": "X", "Url": "https://x.example"},
    "OwnerId": 7,
    "OwnerStringId": "7",
    "TeamId": [7],
    "TeamStringId": ["7"],
    "Themes": ["A", "B"],
    "ParentId": 2,
    "OthersId": [1],
    "Half": "0.500000000000000",
    "ID": 1,
    "Modified": "2026-06-17T09:30:00Z",
    "Created": "2026-06-17T09:30:00Z",
    "AuthorId": 1073741822,
    "EditorId": 1073741822,
    "OData__UIVersionString": "1.0",
    "Attachments": False,
    "GUID": "G",
}
BLANK_VALUES = {
    "Ref": None,
    "Score": None,
    "Live": None,
    "Due": None,
    "Link": None,
    "OwnerId": None,
    "OwnerStringId": None,
    "TeamId": None,
    "TeamStringId": None,
    "Themes": None,
    "ParentId": None,
    "OthersId": [],
    "Half": None,
}


def same_in_order(found: Any, wanted: Any) -> None:
    """Equal, and every object's keys in the same order."""
    assert json.dumps(found, indent=1) == json.dumps(wanted, indent=1)


def test_an_item_without_columns_of_its_own(emulator: Direct) -> None:
    same_in_order(masked(emulator, "web/lists/GetByTitle('Plain')/items"), {"value": [PLAIN_ITEM]})


def test_an_item_with_a_column_of_every_type(emulator: Direct) -> None:
    same_in_order(masked(emulator, f"{ITEMS}(1)"), FULL_ITEM)


def test_an_item_with_every_column_blank(emulator: Direct) -> None:
    row = masked(emulator, f"{ITEMS}(2)")
    assert {name: row[name] for name in BLANK_VALUES} == BLANK_VALUES


def test_the_next_link_comes_first_without_metadata(emulator: Direct) -> None:
    page = masked(emulator, f"{ITEMS}?$select=Id&$top=1")
    assert list(page) == ["odata.nextLink", "value"]


def test_a_page_in_minimal_metadata(emulator: Direct) -> None:
    page = masked(emulator, f"{ITEMS}?$select=Title,Owner/Title&$expand=Owner&$top=1", "minimalmetadata")
    api = "http://tenant.example/sites/demo/_api"
    same_in_order(
        page,
        {
            "odata.metadata": f"{api}/$metadata#SP.ListData.ProjectsListItems",
            "odata.nextLink": f"{api}/web/lists/GetByTitle(%27Projects%27)/items?%24skiptoken=Paged%3dTRUE%26p_ID%3d1"
            "&%24select=Title%2cOwner%2fTitle&%24expand=Owner&%24top=1",
            "value": [
                {
                    "odata.type": "SP.Data.ProjectsListItem",
                    "odata.id": "G",
                    "odata.etag": '"1"',
                    "odata.editLink": "Web/Lists(guid'[Projects]')/Items(1)",
                    "Owner@odata.navigationLinkUrl": "Web/Lists(guid'[Projects]')/Items(1)/Owner",
                    "Owner": {
                        "odata.type": "SP.Data.UserInfoItem",
                        "odata.id": "G",
                        "odata.editLink": "Web/Lists(guid'G')/Items(7)",
                        "Title": "Ann Field",
                    },
                    "Title": "One",
                }
            ],
        },
    )


def test_one_item_in_minimal_metadata_names_its_context(emulator: Direct) -> None:
    item = masked(emulator, f"{ITEMS}(1)?$select=Title", "minimalmetadata")
    assert list(item) == ["odata.metadata", "odata.type", "odata.id", "odata.etag", "odata.editLink", "Title"]
    assert item["odata.metadata"].endswith("/$metadata#SP.ListData.ProjectsListItems&@Element")
    assert emulator.get(f"{ITEMS}(1)").headers["ETag"] == '"1"'


def test_a_page_in_verbose(emulator: Direct) -> None:
    page = masked(emulator, f"{ITEMS}?$select=Title,Themes,Link,Team/Title&$expand=Team&$top=1", "verbose")
    uri = "http://tenant.example/sites/demo/_api/Web/Lists(guid'[Projects]')/Items(1)"
    person = "http://tenant.example/sites/demo/_api/Web/Lists(guid'G')/Items(7)"
    assert list(page["d"]) == ["results", "__next"]
    same_in_order(
        page["d"]["results"],
        [
            {
                "__metadata": {"id": "G", "uri": uri, "etag": '"1"', "type": "SP.Data.ProjectsListItem"},
                "Team": {
                    "results": [
                        {"__metadata": {"id": "G", "uri": person, "type": "SP.Data.UserInfoItem"}, "Title": "Ann Field"}
                    ]
                },
                "Title": "One",
                "Themes": {"__metadata": {"type": "Collection(Edm.String)"}, "results": ["A", "B"]},
                "Link": {"__metadata": {"type": "SP.FieldUrlValue"}, "Description": "X", "Url": "https://x.example"},
            }
        ],
    )


def test_a_whole_item_in_verbose_defers_what_it_leads_to(emulator: Direct) -> None:
    item = masked(emulator, f"{ITEMS}(1)", "verbose")["d"]
    uri = "http://tenant.example/sites/demo/_api/Web/Lists(guid'[Projects]')/Items(1)"
    deferred = [name for name, value in item.items() if isinstance(value, dict) and "__deferred" in value]
    assert deferred == [
        "FirstUniqueAncestorSecurableObject",
        "RoleAssignments",
        "AttachmentFiles",
        "ContentType",
        "GetDlpPolicyTip",
        "FieldValuesAsHtml",
        "FieldValuesAsText",
        "FieldValuesForEdit",
        "File",
        "Folder",
        "LikedByInformation",
        "ParentList",
        "Properties",
        "Versions",
    ]
    assert item["ParentList"] == {"__deferred": {"uri": f"{uri}/ParentList"}}
    assert [name for name in item if name not in {"__metadata", *deferred}] == list(FULL_ITEM)
    chosen = masked(emulator, f"{ITEMS}(1)?$select=Title", "verbose")["d"]
    assert list(chosen) == ["__metadata", "Title"]


LIST_KEYS = [
    "AllowContentTypes", "BaseTemplate", "BaseType", "ContentTypesEnabled", "CrawlNonDefaultViews", "Created",
    "CurrentChangeToken", "DefaultContentApprovalWorkflowId", "DefaultItemOpenUseListSetting", "Description",
    "Direction", "DisableCommenting", "DisableGridEditing", "DocumentTemplateUrl", "DraftVersionVisibility",
    "EnableAttachments", "EnableFolderCreation", "EnableMinorVersions", "EnableModeration", "EnableRequestSignOff",
    "EnableVersioning", "EntityTypeName", "ExemptFromBlockDownloadOfNonViewableFiles",
    "FileSavePostProcessingEnabled", "ForceCheckout", "HasExternalDataSource", "Hidden", "Id", "ImagePath",
    "ImageUrl", "DefaultSensitivityLabelForLibrary", "IrmEnabled", "IrmExpire", "IrmReject", "IsApplicationList",
    "IsCatalog", "IsPrivate", "ItemCount", "LastItemDeletedDate", "LastItemModifiedDate",
    "LastItemUserModifiedDate", "ListExperienceOptions", "ListItemEntityTypeFullName", "MajorVersionLimit",
    "MajorWithMinorVersionsLimit", "MultipleDataList", "NoCrawl", "ParentWebPath", "ParentWebUrl", "ParserDisabled",
    "ServerTemplateCanCreateFolders", "TemplateFeatureId", "Title",
]  # fmt: skip


def test_a_list_has_the_recorded_properties_in_the_recorded_order(emulator: Direct) -> None:
    held = masked(emulator, LIST)
    assert list(held) == LIST_KEYS
    assert re.fullmatch(r"1;3;\[Projects\];\d{18};\d{9}", held["CurrentChangeToken"]["StringValue"])
    assert (held["BaseTemplate"], held["EntityTypeName"], held["ItemCount"]) == (100, "ProjectsList", 2)
    assert held["TemplateFeatureId"] == "G"
    assert emulator.get(LIST).headers["ETag"] == '"1"'


def test_a_list_in_minimal_metadata_and_in_verbose(emulator: Direct) -> None:
    minimal = masked(emulator, f"{LIST}?$select=Title", "minimalmetadata")
    address = "http://tenant.example/sites/demo/_api/Web/Lists(guid'[Projects]')"
    same_in_order(
        minimal,
        {
            "odata.metadata": "http://tenant.example/sites/demo/_api/$metadata#SP.ApiData.Lists/@Element",
            "odata.type": "SP.List",
            "odata.id": address,
            "odata.etag": '"1"',
            "odata.editLink": "Web/Lists(guid'[Projects]')",
            "Title": "Projects",
        },
    )
    verbose = masked(emulator, f"{LIST}?$select=Title,CurrentChangeToken", "verbose")["d"]
    assert verbose["__metadata"] == {"id": address, "uri": address, "etag": '"1"', "type": "SP.List"}
    assert verbose["CurrentChangeToken"]["__metadata"] == {"type": "SP.ChangeToken"}


def test_a_column_in_verbose(emulator: Direct) -> None:
    path = f"{LIST}/fields/getByInternalNameOrTitle('Themes')?$select=Choices,InternalName"
    column = masked(emulator, path, "verbose")["d"]
    uri = "http://tenant.example/sites/demo/_api/Web/Lists(guid'[Projects]')/Fields(guid'G')"
    same_in_order(
        column,
        {
            "__metadata": {"id": uri, "uri": uri, "type": "SP.FieldMultiChoice"},
            "Choices": {"__metadata": {"type": "Collection(Edm.String)"}, "results": ["A", "B"]},
            "InternalName": "Themes",
        },
    )


@pytest.mark.parametrize(
    ("level", "key"), [("verbose", "error"), ("minimalmetadata", "odata.error"), ("nometadata", "odata.error")]
)
def test_an_error_in_every_level(emulator: Direct, level: str, key: str) -> None:
    answer = emulator.get(f"{ITEMS}(99)", level=level)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith(f"application/json;odata={level};")
    same_in_order(
        answer.json(),
        {
            key: {
                "code": "-2130575338, System.ArgumentException",
                "message": {
                    "lang": "en-US",
                    "value": "Item does not exist. It may have been deleted by another user.",
                },
            }
        },
    )


@pytest.mark.parametrize(
    ("level", "content_type"),
    [
        ("verbose", "application/json;odata=verbose;charset=utf-8"),
        ("minimalmetadata", "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"),
        ("nometadata", "application/json;odata=nometadata;streaming=true;charset=utf-8"),
    ],
)
def test_the_content_type_of_every_level(emulator: Direct, level: str, content_type: str) -> None:
    assert emulator.get("web", level=level).headers["Content-Type"] == content_type


def test_a_recycled_item_a_void_and_a_scalar() -> None:
    emulator = Direct(document())
    bare = emulator.post(f"{ITEMS}(1)/recycle")
    assert list(bare.json()) == ["value"]
    verbose = emulator.post(f"{ITEMS}(2)/recycle", level="verbose")
    assert list(verbose.json()["d"]) == ["Recycle"]
    restored = emulator.post(f"web/RecycleBin('{bare.json()['value']}')/restore", level="verbose")
    assert restored.json() == {"d": {"Restore": None}}


def test_changes_in_verbose() -> None:
    emulator = Direct(document())
    emulator.post(ITEMS, {"Title": "x"})
    body = {"query": {"__metadata": {"type": "SP.ChangeQuery"}, "Item": True, "Add": True, "FetchLimit": "100"}}
    (change,) = emulator.post(f"{LIST}/getchanges", body, level="verbose").json()["d"]["results"]
    assert list(change) == [
        "__metadata",
        "ChangeToken",
        "ChangeType",
        "SiteId",
        "Time",
        "Editor",
        "EditorEmailHint",
        "ItemId",
        "ListId",
        "ServerRelativeUrl",
        "SharedByUser",
        "SharedWithUsers",
        "UniqueId",
        "WebId",
    ]
    about = change["__metadata"]
    assert re.fullmatch(r"http://tenant\.example/sites/demo/_api/SP\.ChangeItem[0-9a-f-]{36}", about["id"])
    assert (about["uri"], about["type"]) == (about["id"], "SP.ChangeItem")


def test_a_user(emulator: Direct) -> None:
    same_in_order(
        masked(emulator, "web/siteusers/GetByEmail('ann@example.org')"),
        {
            "Id": 7,
            "IsHiddenInUI": False,
            "LoginName": "i:0#.f|membership|ann@example.org",
            "Title": "Ann Field",
            "PrincipalType": 1,
            "Email": "ann@example.org",
            "Expiration": "",
            "IsEmailAuthenticationGuestUser": False,
            "IsShareByEmailGuestUser": False,
            "IsSiteAdmin": False,
            "UserId": {"NameId": "1003000000000007", "NameIdIssuer": "urn:federation:microsoftonline"},
            "UserPrincipalName": "ann@example.org",
        },
    )


def test_a_version(emulator: Direct) -> None:
    (version,) = masked(emulator, f"{ITEMS}(1)/versions")["value"]
    assert {name: version[name] for name in ("VersionLabel", "VersionId", "IsCurrentVersion", "owshiddenversion")} == {
        "VersionLabel": "1.0",
        "VersionId": 512,
        "IsCurrentVersion": True,
        "owshiddenversion": 1,
    }
    assert version["ContentTypeId"] == {"StringValue": "0x0100"}
    assert version["Owner"] == {"LookupId": 7, "LookupValue": "Ann Field", "Email": "ann@example.org"}
    assert version["Others"] == [{"LookupId": 1, "LookupValue": "One"}]
    assert version["OData__x005f_UIVersionString"] == "1.0"
