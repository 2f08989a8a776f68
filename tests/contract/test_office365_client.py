"""A third party's client, unpatched, finds in the emulator what it expects of SharePoint: webs, lists, columns, views.

office365-rest-python-client 3.3 was written against the service itself. Where it works here, the shapes are right in
the ways that its parser is strict about. How it asks is in test_office365_calls.py.
"""

from office365.sharepoint.fields.creation_information import FieldCreationInformation
from office365.sharepoint.fields.type import FieldType
from office365.sharepoint.lists.creation_information import ListCreationInformation
from office365.sharepoint.lists.templates.type import ListTemplateType
from office365.sharepoint.views.create_information import ViewCreationInformation

from tests.support.office import ANN, BEN, LIST, SITE, TITLE, Office365


def test_it_reads_the_web_its_settings_and_its_zone(office: Office365) -> None:
    web = office.context.web.get().execute_query()
    settings = office.context.web.regional_settings.get().execute_query()
    zone = office.context.web.regional_settings.time_zone.get().execute_query()

    assert (web.title, web.properties["ServerRelativeUrl"]) == ("Team", SITE)
    assert settings.properties["DecimalSeparator"] == "."
    assert (zone.properties["Id"], zone.properties["Information"].DaylightBias) == (2, -60)


def test_it_finds_one_list_by_every_address_in_any_case(office: Office365) -> None:
    lists = office.context.web.lists
    by_title = lists.get_by_title(TITLE.upper()).get().execute_query()
    by_url = office.context.web.get_list(f"{SITE}/{LIST}").get().execute_query()
    by_id = lists.get_by_id(office.held.id).get().execute_query()

    assert {by_title.id, by_url.id, by_id.id} == {office.held.id}
    assert by_id.title == TITLE
    assert by_id.item_count == 5
    assert [each.title for each in lists.get().execute_query()] == [TITLE]


def test_it_reads_what_it_selects_of_a_list_with_its_columns(office: Office365) -> None:
    wanted = ["Id", "Title", "CurrentChangeToken", "ListItemEntityTypeFullName"]
    read = office.projects.select(wanted).expand(["Fields"]).get().execute_query()

    assert set(read.properties) == {*wanted, "Fields"}
    assert read.properties["CurrentChangeToken"].StringValue.startswith(f"1;3;{office.held.id};")
    assert read.list_item_entity_type_full_name == "SP.Data.ProjectsListItem"
    assert {"Title", "RAG_x0020_status", "Due"} <= {field.internal_name for field in read.fields}


def test_it_makes_changes_and_removes_a_list(office: Office365) -> None:
    made = office.context.web.lists.add(ListCreationInformation("Risks & issues", None, ListTemplateType.GenericList))
    office.context.execute_query()
    assert made.properties["EntityTypeName"] == "Risks_x0020__x0026__x0020_issuesList"

    made.set_property("Description", "What may go wrong").update().execute_query()
    held = office.emulator.world.site(SITE).list_titled("Risks & issues")
    assert held is not None
    assert held.description == "What may go wrong"

    made.delete_object().execute_query()
    assert office.emulator.world.site(SITE).list_titled("Risks & issues") is None


def test_it_creates_a_column_of_every_kind_and_reads_their_types_back(office: Office365) -> None:
    made = office.context.web.lists.add(
        ListCreationInformation("Every kind", None, ListTemplateType.GenericList)
    ).execute_query()
    fields = made.fields
    fields.add_text_field("Reference")
    fields.add_note("Comment")
    fields.add_number("Score")
    fields.add_datetime("Due date")
    fields.add_choice_field("RAG", ["Red", "Amber", "Green"])
    fields.add_choice_field("Themes", ["A", "B"], multiple_values=True)
    fields.add_url_field("Link")
    fields.add_user_field("Owner")
    fields.add_lookup_field("Parent", made, "Title")
    fields.add_calculated("Half", "=1-0.5")
    fields.add_field(FieldCreationInformation("Live", FieldType.Boolean))
    office.context.execute_query()
    fields.create_field_as_xml('\n  <Field Type="Currency" DisplayName="Money in" Name="ignored" />').execute_query()

    expected = {
        "Reference": "Text",
        "Comment": "Note",
        "Score": "Number",
        "Due_x0020_date": "DateTime",
        "RAG": "Choice",
        "Themes": "MultiChoice",
        "Link": "URL",
        "Owner": "User",
        "Parent": "Lookup",
        "Half": "Calculated",
        "Live": "Boolean",
        "Money_x0020_in": "Currency",
    }
    known = office.context.web.lists.get_by_id(made.id).fields.get().execute_query()
    kinds = {field.internal_name: field.properties["TypeAsString"] for field in known}
    assert kinds | expected == kinds
    held = office.emulator.world.site(SITE).list_titled("Every kind")
    assert held is not None
    assert {field.name: field.type for field in held.custom} == expected


def test_it_reads_the_columns_that_a_person_may_fill(office: Office365) -> None:
    query = "Hidden eq false and ReadOnlyField eq false"
    read = office.projects.fields.select(["InternalName", "TypeAsString"]).filter(query).get().execute_query()
    one = office.projects.fields.get_by_internal_name_or_title("RAG status").get().execute_query()

    names = {field.internal_name for field in read}
    assert {"Title", "Ref", "RAG_x0020_status", "Owner", "Link"} <= names
    assert not {"ID", "Modified", "Editor"} & names
    assert (one.internal_name, list(one.properties["Choices"])) == (
        "RAG_x0020_status",
        ["Red", "Amber", "Green"],
    )


def test_it_changes_and_removes_a_column(office: Office365) -> None:
    column = office.projects.fields.get_by_internal_name_or_title("RAG status")
    column.set_property("Indexed", True).set_property("Title", "Status").update().execute_query()
    changed = office.held.field_named("RAG_x0020_status")
    assert changed is not None
    assert (changed.title, changed.indexed) == ("Status", True)

    office.projects.fields.get_by_internal_name_or_title("Budget").delete_object().execute_query()
    assert office.held.field_named("Budget") is None


def test_it_makes_a_view_reads_it_and_reads_items_through_it(office: Office365) -> None:
    order = '<OrderBy><FieldRef Name="ID" Ascending="FALSE" /></OrderBy>'
    made = office.projects.views.add(ViewCreationInformation(Title="Latest", RowLimit=30, Query=order)).execute_query()
    assert (made.properties["Title"], made.row_limit, made.view_query) == ("Latest", 30, order)

    views = office.projects.views.get().execute_query()
    by_title = office.projects.views.get_by_title("Latest").get().execute_query()
    by_id = office.projects.get_view(by_title.properties["Id"]).get().execute_query()
    rows = office.projects.views.get_by_title("Latest").get_items().execute_query()

    assert [view.properties["Title"] for view in views] == ["All Items", "Latest"]
    assert by_id.properties["Title"] == "Latest"
    assert [item.properties["Id"] for item in rows] == [5, 4, 3, 2, 1]


def test_it_makes_a_view_that_is_missing_and_leaves_one_that_is_there(office: Office365) -> None:
    for _ in range(2):
        office.projects.views.ensure_view("Short", fields=["Title", "Ref"]).execute_query()

    assert [(view.title, view.fields) for view in office.held.views[1:]] == [("Short", ["Title", "Ref"])]


def test_it_changes_which_columns_a_view_shows_and_removes_it(office: Office365) -> None:
    office.projects.views.create("Short", fields=["Title", "Ref"]).execute_query()
    view = office.held.views[-1]
    fields = office.projects.views.get_by_title("Short").view_fields

    fields.add_view_field("Budget").execute_query()
    fields.move_view_field_to("Budget", 0).execute_query()
    fields.remove_view_field("Ref").execute_query()
    assert view.fields == ["Budget", "Title"]
    assert fields.get().execute_query().items == ["Budget", "Title"]
    fields.remove_all_view_fields().execute_query()
    assert view.fields == []

    changed = office.projects.views.get_by_title("Short")
    changed.set_property("RowLimit", 7).update().execute_query()
    assert view.row_limit == 7
    office.projects.views.get_by_title("Short").delete_object().execute_query()
    assert [each.title for each in office.held.views] == ["All Items"]


def test_it_finds_a_view_by_the_query_it_holds(office: Office365) -> None:
    xml = "<View><Query><Where><Eq><FieldRef Name='Ref'/><Value Type='Text'>P-4</Value></Eq></Where></Query></View>"
    office.projects.views.create("Four").execute_query()
    office.projects.views.get_by_title("Four").set_view_xml(xml).execute_query()

    rows = office.projects.views.get_by_title("Four").get_items().execute_query()
    assert [item.properties["Title"] for item in rows] == ["Item 4"]


def test_it_ensures_somebody_another_site_knows_and_is_itself_the_app(office: Office365) -> None:
    assert office.emulator.world.site(SITE).find_user(BEN) is None
    ben = office.context.web.ensure_user(BEN).execute_query()
    again = office.context.web.ensure_user(BEN.upper()).execute_query()
    found = office.context.web.site_users.get_by_email(ANN).get().execute_query()
    me = office.context.web.current_user.get().execute_query()
    everybody = office.context.web.site_users.get().execute_query()

    assert (ben.properties["Title"], again.id, found.properties["Title"]) == ("Ben Ash", ben.id, "Ann Field")
    assert me.properties["Title"] == "SharePoint App"
    assert {user.properties["Title"] for user in everybody} == {"SharePoint App", "Ann Field", "Ben Ash"}
