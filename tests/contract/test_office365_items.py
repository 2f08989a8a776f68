"""A third party's client, unpatched, reads and writes items in the emulator as it does in SharePoint.

Every effect is looked for where the client cannot put it: in the world behind the server, or over plain REST.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from office365.runtime.client_request_exception import ClientRequestException
from office365.sharepoint.changes.query import ChangeQuery
from office365.sharepoint.changes.token import ChangeToken
from office365.sharepoint.changes.type import ChangeType
from office365.sharepoint.fields.lookup_value import FieldLookupValue
from office365.sharepoint.fields.multi_choice_value import FieldMultiChoiceValue
from office365.sharepoint.fields.multi_lookup_value import FieldMultiLookupValue
from office365.sharepoint.fields.multi_user_value import FieldMultiUserValue
from office365.sharepoint.fields.url_value import FieldUrlValue
from office365.sharepoint.fields.user_value import FieldUserValue
from office365.sharepoint.listitems.caml.query import CamlQuery
from office365.sharepoint.listitems.creation_information import ListItemCreationInformation

from tests.support.office import ANN, Office365, document, running_office

KEY = f'[{{"Key":"i:0#.f|membership|{ANN}"}}]'


def ids(items: Any) -> list[int]:
    return [item.properties["Id"] for item in items]


def row_limited(query: str, limit: int) -> CamlQuery:
    return CamlQuery(ViewXml=f"<View><Query>{query}</Query><RowLimit Paged='TRUE'>{limit}</RowLimit></View>")


def titled(title: str) -> str:
    return f"<Where><Eq><FieldRef Name='Title'/><Value Type='Text'>{title}</Value></Eq></Where>"


def retitle(office: Office365, etag: str) -> None:
    """Change the first item's title, but at this version only."""
    office.projects.get_item_by_id(1).set_property("Title", "changed").update()
    office.context.before_execute(lambda request: request.set_header("IF-MATCH", etag))
    office.context.execute_query()


def test_it_reads_a_hundred_items_where_it_asks_for_no_more() -> None:
    with running_office(document(120)) as office:
        assert len(office.projects.items.get().execute_query()) == 100
        assert ids(office.projects.items.top(110).get().execute_query()) == list(range(1, 111))


@pytest.mark.parametrize("size", [2, 4, 7])
def test_it_pages_through_a_list_that_its_page_does_not_divide(office: Office365, size: int) -> None:
    assert ids(office.projects.items.get_all(size).execute_query()) == [1, 2, 3, 4, 5]


def test_it_reads_one_item_by_every_address(office: Office365) -> None:
    projects = office.projects
    for item in (projects.get_item_by_id(3), projects.items.get_by_id(3), projects.items.get_by_string_id("3")):
        read = item.select(["Id", "Title", "Ref"]).get().execute_query()
        assert (read.properties["Id"], read.properties["Title"], read.properties["Ref"]) == (3, "Item 3", "P-3")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Ref eq 'P-2'", [2]),
        ("Title eq 'Item 2' or Title eq 'Item 4'", [2, 4]),
        ("Ref ne 'P-2' and Modified gt datetime'2025-01-01T00:00:00Z' and Id le 3", [1, 3]),
        ("startswith(Title,'Item') and substringof('5',Title)", [5]),
        ("Budget eq null and OwnerId eq null", [1, 2, 3, 4, 5]),
        ("Modified gt datetime'2030-01-01T00:00:00Z'", []),
    ],
)
def test_it_filters_items(office: Office365, query: str, found: list[int]) -> None:
    assert ids(office.projects.items.filter(query).get().execute_query()) == found


def test_it_reads_people_and_lookups_by_expanding_them(office: Office365) -> None:
    ann = office.context.web.ensure_user(ANN).execute_query()
    office.projects.add_item({"Title": "Below", "OwnerId": ann.id, "ParentId": 1}).execute_query()

    chosen = ["Title", "Owner/Title", "Owner/EMail", "Parent/Title"]
    below = office.projects.items.select(chosen).expand(["Owner", "Parent"]).filter("Id eq 6").get().execute_query()[0]

    assert below.properties["Owner"] == {"Title": "Ann Field", "EMail": ANN}
    assert below.properties["Parent"] == {"Title": "Item 1"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (CamlQuery.create_all_items_query(), [1, 2, 3, 4, 5]),
        (CamlQuery.parse('<OrderBy><FieldRef Name="ID" Ascending="FALSE"/></OrderBy>'), [5, 4, 3, 2, 1]),
        (row_limited("", 2), [1, 2]),
        (row_limited(titled("Item 4"), 10), [4]),
        (row_limited(titled("nobody"), 10), []),
    ],
)
def test_it_asks_by_caml(office: Office365, query: CamlQuery, found: list[int]) -> None:
    assert ids(office.projects.get_items(query).execute_query()) == found


def test_it_pages_by_caml_from_the_last_item_on(office: Office365) -> None:
    assert ids(office.projects.get_items(row_limited("", 2), page_size=2).execute_query()) == [1, 2, 3, 4, 5]
    assert len(office.asked) == 3


def test_it_creates_items_and_learns_what_became_of_them(office: Office365) -> None:
    made = office.projects.add_item(
        {
            "Title": "New",
            "RAG_x0020_status": "Amber",
            "Comment": "Two\nlines",
            "Due": datetime(2025, 7, 1, 12, tzinfo=UTC),
            "Budget": 12.5,
            "Live": True,
            "Ref": None,
        }
    ).execute_query()

    assert (made.id, made.properties["Title"]) == (6, "New")
    assert (
        office.read(6).items()
        >= {
            "Title": "New",
            "RAG_x0020_status": "Amber",
            "Comment": "Two\nlines",
            "Due": "2025-07-01T12:00:00Z",
            "Budget": 12.5,
            "Live": True,
            "Ref": None,
        }.items()
    )


def test_it_writes_values_that_are_not_plain(office: Office365) -> None:
    ann = office.context.web.ensure_user(ANN).execute_query().id
    lookups, people = FieldMultiLookupValue(), FieldMultiUserValue()
    for number in (1, 2):
        lookups.add(FieldLookupValue(number))
    people.add(FieldUserValue(ann))

    office.projects.add_item(
        {
            "Parent": FieldLookupValue(5),
            "Deps": lookups,
            "Owner": FieldUserValue(ann),
            "Team": people,
            "Tags": FieldMultiChoiceValue(["a", "c"]),
            "Link": FieldUrlValue("https://example.org/p", "Plan"),
        }
    ).execute_query()

    row = office.read(6)
    assert (row["ParentId"], row["DepsId"], row["OwnerId"], row["TeamId"]) == (5, [1, 2], ann, [ann])
    assert (row["Tags"], row["Link"]) == (["a", "c"], {"Url": "https://example.org/p", "Description": "Plan"})


def test_it_has_a_method_for_each_value_that_is_not_plain(office: Office365) -> None:
    item = office.projects.get_item_by_id(2)
    item.set_choice_field_value("Tags", ["b", "c"]).execute_query()
    item.set_url_field_value("Link", "https://example.org", "Home").execute_query()
    item.set_lookup_field_value("Parent", 1).execute_query()
    item.set_multi_lookup_field_value("Deps", [1, 3]).execute_query()

    row = office.read(2)
    assert (row["Tags"], row["Link"]["Url"], row["ParentId"], row["DepsId"]) == (
        ["b", "c"],
        "https://example.org",
        1,
        [1, 3],
    )


def test_an_update_changes_what_was_set_makes_a_version_and_clears_with_none(office: Office365) -> None:
    office.clock.advance(hours=1)
    item = office.projects.get_item_by_id(1)
    item.set_property("RAG_x0020_status", "Red").set_property("Ref", None).update().execute_query()

    held = office.held.item(1)
    assert (held.values["RAG_x0020_status"], held.values.get("Ref"), held.values["Title"]) == ("Red", None, "Item 1")
    assert (held.version_label, held.modified) == ("2.0", office.clock.now)
    assert office.held.item(2).version_label == "1.0"


def test_an_update_may_name_the_version_it_is_for(office: Office365) -> None:
    retitle(office, '"1"')
    assert office.values()[0] == "changed"


def test_an_update_of_another_version_is_a_412_and_changes_nothing(office: Office365) -> None:
    with pytest.raises(ClientRequestException, match="does not match the object") as told:
        retitle(office, '"7"')
    assert told.value.response is not None
    assert told.value.response.status_code == 412
    assert office.values()[0] == "Item 1"


def test_it_deletes_and_recycles(office: Office365) -> None:
    office.projects.get_item_by_id(1).delete_object().execute_query()
    recycled = office.projects.get_item_by_id(2).recycle().execute_query()

    assert [item.id for item in office.held.ordered()] == [3, 4, 5]
    (waiting,) = office.emulator.world.site("/sites/team").recycled.values()
    assert (waiting.id, waiting.item.id) == (recycled.value, 2)
    with pytest.raises(ClientRequestException, match="Item does not exist"):
        office.projects.get_item_by_id(1).get().execute_query()


def test_it_saves_by_form_values_and_is_told_field_by_field(office: Office365) -> None:
    values = {"Title": "Formed", "Owner": KEY, "Due": "2026-07-01 12:00:00", "Tags": "a;#b", "Budget": "1.5"}
    done = office.projects.get_item_by_id(1).validate_update_list_item(values, True, dates_in_utc=True).execute_query()

    assert [(row.FieldName, row.HasException, row.ItemId) for row in done.value] == [
        (name, False, 1) for name in values
    ]
    row = office.read(1)
    assert (row["Title"], row["Due"], row["Tags"], row["Budget"]) == ("Formed", "2026-07-01T12:00:00Z", ["a", "b"], 1.5)
    assert row["OwnerId"] == office.context.web.ensure_user(ANN).execute_query().id
    assert row["OData__UIVersionString"] == "1.0"


def test_it_learns_of_a_form_value_that_is_refused_although_the_answer_is_200(office: Office365) -> None:
    values = {"Title": "Not saved", "Due": "2026-33-33"}
    done = office.projects.get_item_by_id(1).validate_update_list_item(values).execute_query()

    assert [(row.FieldName, row.HasException, row.ErrorCode) for row in done.value] == [
        ("Title", False, 0),
        ("Due", True, -2146232832),
    ]
    assert done.value[1].ErrorMessage == "Enter a date like this: 23/02/2012"
    assert office.values()[0] == "Item 1"


def test_it_adds_by_form_values_and_finds_the_number_among_the_rows(office: Office365) -> None:
    information = ListItemCreationInformation()
    done = office.projects.add_validate_update_item(information, {"Title": "Formed", "Ref": "P-6"}).execute_query()

    rows = {row.FieldName: row.FieldValue for row in done.value}
    assert rows == {"Title": "Formed", "Ref": "P-6", "Id": "6"}
    assert office.held.item(6).values["Ref"] == "P-6"


def test_it_renders_rows_as_staff_see_them(office: Office365) -> None:
    xml = "<View><ViewFields><FieldRef Name='Title'/></ViewFields><RowLimit>2</RowLimit></View>"
    answers: list[Any] = []
    query = office.projects.render_list_data_as_stream(xml, 2)
    office.context.after_execute(answers.append, include_response=True)
    query.execute_query()

    rendered = answers[0].json()
    assert answers[0].headers["Content-Type"] == "application/json; charset=utf-8"
    assert [(row["ID"], row["Title"]) for row in rendered["Row"]] == [("1", "Item 1"), ("2", "Item 2")]


def test_it_reads_changes_since_a_token_and_those_of_one_item(office: Office365) -> None:
    office.projects.add_item({"Title": "Before"}).execute_query()
    token = office.projects.get().execute_query().properties["CurrentChangeToken"].StringValue
    office.projects.add_item({"Title": "After"}).execute_query()
    office.projects.get_item_by_id(1).set_property("Title", "x").update().execute_query()
    office.projects.get_item_by_id(1).validate_update_list_item({"Title": "y"}, True).execute_query()
    office.projects.get_item_by_id(7).delete_object().execute_query()

    query = ChangeQuery(Item=True, ChangeTokenStart=ChangeToken(token), FetchLimit="100")
    changes = office.projects.get_changes(query).execute_query()
    of_one = office.projects.get_item_by_id(1).get_changes(ChangeQuery(Item=True)).execute_query()

    assert [(change.properties["ItemId"], change.properties["ChangeType"]) for change in changes] == [
        (7, ChangeType.Add),
        (1, ChangeType.Update),
        (1, ChangeType.Update),
        (7, ChangeType.DeleteObject),
    ]
    assert [change.properties["ItemId"] for change in of_one] == [1, 1]
    rest = ChangeQuery(Item=True, ChangeTokenStart=ChangeToken(changes[1].properties["ChangeToken"].StringValue))
    assert len(office.projects.get_changes(rest).execute_query()) == 2


def test_it_reads_the_versions_of_an_item(office: Office365) -> None:
    office.clock.advance(hours=1)
    office.projects.get_item_by_id(1).set_property("Title", "Second").update().execute_query()

    versions = office.projects.get_item_by_id(1).versions.get().execute_query()

    assert [(each.properties["VersionLabel"], each.properties["Title"]) for each in versions] == [
        ("2.0", "Second"),
        ("1.0", "Item 1"),
    ]
