"""Every call of office365-rest-python-client that is about lists: how it asks, and that it is answered.

What the calls do is tested in test_office365_client.py, test_office365_items.py and test_office365_batches.py. Where
a new release asks otherwise, one row here fails: look then whether the emulator and the notes are still right.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from office365.runtime.client_request_exception import ClientRequestException
from office365.sharepoint.changes.log_item_query import ChangeLogItemQuery
from office365.sharepoint.changes.query import ChangeQuery
from office365.sharepoint.client_context import ClientContext
from office365.sharepoint.listitems.caml.query import CamlQuery
from office365.sharepoint.listitems.creation_information import ListItemCreationInformation
from office365.sharepoint.lists.creation_information import ListCreationInformation
from office365.sharepoint.lists.list import List
from office365.sharepoint.lists.templates.type import ListTemplateType
from office365.sharepoint.views.create_information import ViewCreationInformation

from tests.support.office import ANN, LIST, SITE, Office365

LISTED = "Web/lists/GetByTitle('Bob''s list & more #1')"
TYPED = f"GET {LISTED}?$select=ListItemEntityTypeFullName,Id"
PARENT = f"GET {LISTED}/getItemById(1)/ParentList?$select"
NEW_ITEM = ListItemCreationInformation()


Call = Callable[[ClientContext, List], Any]

# Each call of the client, and the requests it makes after contextInfo.
CALLS: dict[str, tuple[Call, list[str]]] = {
    "the web": (lambda site, _: site.web.get(), ["GET Web"]),
    "lists": (lambda site, _: site.web.lists.get(), ["GET Web/lists"]),
    "a list by title": (lambda _, projects: projects.get(), [f"GET {LISTED}"]),
    "a list by address": (
        lambda site, _: site.web.get_list(f"{SITE}/{LIST}").get(),
        [f"GET Web/getList('{SITE}/{LIST}')"],
    ),
    "some properties of a list, and its columns": (
        lambda _, projects: projects.select(["Id", "CurrentChangeToken"]).expand(["Fields"]).get(),
        [f"GET {LISTED}?$select=Id,CurrentChangeToken&$expand=Fields"],
    ),
    "columns": (lambda _, projects: projects.fields.get(), [f"GET {LISTED}/Fields"]),
    "some columns": (
        lambda _, projects: (
            projects.fields.select(["InternalName", "TypeAsString"])
            .filter("Hidden eq false and ReadOnlyField eq false")
            .get()
        ),
        [f"GET {LISTED}/Fields?$select=InternalName,TypeAsString&$filter=Hidden eq false and ReadOnlyField eq false"],
    ),
    "a column by any of its names": (
        lambda _, projects: projects.fields.get_by_internal_name_or_title("RAG status").get(),
        [f"GET {LISTED}/Fields/getByInternalNameOrTitle('RAG status')"],
    ),
    "items": (lambda _, projects: projects.items.get(), [f"GET {LISTED}/items"]),
    "some items": (
        lambda _, projects: (
            projects.items.select(["Id", "Owner/Title"]).expand(["Owner"]).filter("Ref eq 'P-2'").top(2).get()
        ),
        [f"GET {LISTED}/items?$select=Id,Owner/Title&$expand=Owner&$filter=Ref eq 'P-2'&$top=2"],
    ),
    "items page by page": (
        lambda _, projects: projects.items.get_all(3),
        [
            f"GET {LISTED}/items?$top=3",
            f"GET {LISTED}/items?$skiptoken=Paged=TRUE&p_ID=3&$top=3",
        ],
    ),
    "items by CAML": (lambda _, projects: projects.get_items(CamlQuery.parse("")), [f"POST {LISTED}/GetItems"]),
    "an item": (lambda _, projects: projects.get_item_by_id(1).get(), [f"GET {LISTED}/getItemById(1)"]),
    "an item of the items": (
        lambda _, projects: projects.items.get_by_id(1).select(["Title"]).get(),
        [f"GET {LISTED}/items/GetById(1)?$select=Title"],
    ),
    "an item by its number as text": (
        lambda _, projects: projects.items.get_by_string_id("1").get(),
        [f"GET {LISTED}/items/GetByStringId(sId='1')"],
    ),
    "a new item": (
        lambda _, projects: projects.add_item({"Title": "New"}),
        [TYPED, f"POST {LISTED}/items"],
    ),
    "a changed item": (
        lambda _, projects: projects.get_item_by_id(1).set_property("Title", "x").update(),
        [f"{PARENT}=ListItemEntityTypeFullName,Id", f"MERGE {LISTED}/getItemById(1)"],
    ),
    "an item gone": (
        lambda _, projects: projects.get_item_by_id(1).delete_object(),
        [f"DELETE {LISTED}/getItemById(1)"],
    ),
    "an item in the bin": (
        lambda _, projects: projects.get_item_by_id(1).recycle(),
        [f"POST {LISTED}/getItemById(1)/Recycle"],
    ),
    "form values": (
        lambda _, projects: projects.get_item_by_id(1).validate_update_list_item({"Title": "x"}),
        [f"POST {LISTED}/getItemById(1)/ValidateUpdateListItem"],
    ),
    "a new item by form values": (
        lambda _, projects: projects.add_validate_update_item(NEW_ITEM, {"Title": "x"}),
        [f"POST {LISTED}/AddValidateUpdateItem"],
    ),
    "a system update": (
        lambda _, projects: projects.get_item_by_id(1).system_update(),
        [f"{PARENT}=BaseTemplate,Id", f"POST {LISTED}/getItemById(1)/SystemUpdate"],
    ),
    "an update of the current version": (
        lambda _, projects: projects.get_item_by_id(1).update_overwrite_version(),
        [f"POST {LISTED}/getItemById(1)/UpdateOverwriteVersion"],
    ),
    "somebody by login": (lambda site, _: site.web.ensure_user(ANN), [f"POST Web/EnsureUser('{ANN}')"]),
    "who one is": (lambda site, _: site.web.current_user.get(), ["GET Web/CurrentUser"]),
    "somebody by address": (
        lambda site, _: site.web.site_users.get_by_email(ANN).get(),
        [f"GET Web/siteUsers/GetByEmail('{ANN}')"],
    ),
    "a new list": (
        lambda site, _: site.web.lists.add(ListCreationInformation("Risks", None, ListTemplateType.GenericList)),
        ["POST Web/lists"],
    ),
    "a list gone": (lambda _, projects: projects.delete_object(), [f"DELETE {LISTED}"]),
    "a column by XML": (
        lambda _, projects: projects.fields.create_field_as_xml('<Field Type="Text" DisplayName="Note" />'),
        [f"POST {LISTED}/Fields/CreateFieldAsXml"],
    ),
    "a column of a kind": (
        lambda _, projects: projects.fields.add_choice_field("Theme", ["A", "B"]),
        [f"POST {LISTED}/Fields/AddField"],
    ),
    "a column of people": (
        lambda _, projects: projects.fields.add_user_field("Lead"),
        [f"POST {LISTED}/Fields"],
    ),
    "a changed column": (
        lambda _, projects: (
            projects.fields.get_by_internal_name_or_title("Budget").set_property("Indexed", True).update()
        ),
        [f"MERGE {LISTED}/Fields/getByInternalNameOrTitle('Budget')"],
    ),
    "views": (lambda _, projects: projects.views.get(), [f"GET {LISTED}/views"]),
    "a new view": (
        lambda _, projects: projects.views.add(ViewCreationInformation(Title="Mine", RowLimit=30, Query="<Where/>")),
        [f"POST {LISTED}/views/Add"],
    ),
    "changes": (
        lambda _, projects: projects.get_changes(ChangeQuery(Item=True, FetchLimit="5")),
        [f"POST {LISTED}/getChanges"],
    ),
    "changes of an item": (
        lambda _, projects: projects.get_item_by_id(1).get_changes(),
        [f"POST {LISTED}/getItemById(1)/getChanges"],
    ),
    "rows as staff see them": (
        lambda _, projects: projects.render_list_data_as_stream("<View/>", 2),
        [f"POST {LISTED}/RenderListDataAsStream"],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_asks_as_it_is_known_to_and_is_answered(office: Office365, name: str) -> None:
    call, expected = CALLS[name]
    call(office.context, office.projects).execute_query()
    assert office.asked == expected


def test_the_form_digest_comes_first_and_goes_along_and_everything_is_verbose(office: Office365) -> None:
    office.projects.get().execute_query()

    first, second = office.sent
    assert (first.method, str(first.url), first.body) == (
        "POST",
        f"{office.emulator.base_url}{SITE}/_api/contextInfo",
        None,
    )
    assert second.headers["X-RequestDigest"].endswith(",17 Jun 2026 09:30:00 -0000")
    assert "X-RequestDigest" not in first.headers
    for request in (first, second):
        assert request.headers["Accept"] == request.headers["Content-Type"] == "application/json;odata=verbose"
        assert request.headers["Authorization"] == "Bearer any"
    assert first.headers["client-request-id"] != second.headers["client-request-id"]


def test_an_address_is_percent_encoded_and_a_next_link_is_followed_as_it_came(office: Office365) -> None:
    office.projects.items.get_all(3).execute_query()
    first, second = (str(request.url) for request in office.sent[1:])
    assert "/lists/GetByTitle('Bob''s%20list%20%26%20more%20%231')/items?$top=3" in first
    assert second.partition("/items?")[2] == "%24skiptoken=Paged%3DTRUE%26p_ID%3D3&%24top=3"


def test_a_write_says_over_post_what_it_means_and_takes_any_version(office: Office365) -> None:
    office.projects.get_item_by_id(1).set_property("Title", "x").update().execute_query()
    office.projects.get_item_by_id(2).delete_object().execute_query()

    changed, removed = (request for request in office.sent if "X-HTTP-Method" in request.headers)
    assert (changed.method, changed.headers["IF-MATCH"]) == ("POST", "*")
    assert (removed.method, removed.headers["IF-MATCH"]) == ("POST", "*")
    assert json.loads(changed.body or "") == {
        "Title": "x",
        "__metadata": {"type": "SP.Data.ProjectsListItem"},
    }


def test_changes_as_xml_are_absent_and_say_so(office: Office365) -> None:
    with pytest.raises(
        ClientRequestException, match=r"Not emulated: POST web/list/getlistitemchangessincetoken\."
    ) as told:
        office.projects.get_list_item_changes_since_token(ChangeLogItemQuery(RowLimit="100")).execute_query()

    assert told.value.response is not None
    assert told.value.response.status_code == 501
    assert told.value.response.headers["X-Emulator-Not-Emulated"] == "POST web/list/getlistitemchangessincetoken"
