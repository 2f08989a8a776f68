"""A third party's client, unpatched, finds in the emulator what it expects of SharePoint.

office365-rest-python-client 3.3 was written against the service itself. Where it works here, the shapes are right in
the ways that its parser is strict about.
"""

from collections.abc import Iterator

import pytest
from office365.sharepoint.changes.query import ChangeQuery
from office365.sharepoint.changes.token import ChangeToken
from office365.sharepoint.client_context import ClientContext
from office365.sharepoint.fields.creation_information import FieldCreationInformation
from office365.sharepoint.fields.type import FieldType
from office365.sharepoint.lists.creation_information import ListCreationInformation
from office365.sharepoint.lists.list import List

from connectors.emulator.lists import SpList
from connectors.emulator.world import World
from tests.support.emulator import ManualClock, RunningEmulator, running_emulator

ANN = "ann.field@example.org"
DOCUMENT = {
    "world": "third-party",
    "sites": [
        {"path": "/sites/team", "title": "Team"},
        {
            "path": "/sites/other",
            "users": [{"login": f"i:0#.f|membership|{ANN}", "name": "Ann Field", "email": ANN}],
        },
    ],
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def emulator(clock: ManualClock) -> Iterator[RunningEmulator]:
    with running_emulator(DOCUMENT, clock=clock) as running:
        yield running


@pytest.fixture
def client(emulator: RunningEmulator) -> Iterator[ClientContext]:
    token = {"access_token": "any", "token_type": "Bearer", "expires_in": 3600}
    context = ClientContext(f"{emulator.base_url}/sites/team").with_access_token(lambda: token)
    yield context
    context.close()


@pytest.fixture
def projects(client: ClientContext) -> List:
    """A generic list called Bob's projects, made by the client."""
    made = client.web.lists.add(ListCreationInformation("Bob's projects & more", None, 100))
    client.execute_query()
    return made


def world_list(world: World) -> SpList:
    found = world.site("/sites/team").list_titled("Bob's projects & more")
    assert found is not None
    return found


def test_it_reads_the_web(client: ClientContext) -> None:
    web = client.web.get().execute_query()
    assert web.title == "Team"
    assert web.properties["ServerRelativeUrl"] == "/sites/team"


def test_it_creates_a_list_and_finds_it_by_title_in_any_case(client: ClientContext, projects: List) -> None:
    assert projects.properties["EntityTypeName"].endswith("List")
    found = client.web.lists.get_by_title("BOB'S PROJECTS & MORE").get().execute_query()
    assert found.id == projects.id
    by_id = client.web.lists.get_by_id(projects.id).get().execute_query()
    assert by_id.title == "Bob's projects & more"
    by_url = client.web.get_list("/sites/team/Lists/Bob's projects & more").get().execute_query()
    assert by_url.id == projects.id


def test_it_creates_a_column_of_every_kind_and_reads_their_types_back(client: ClientContext, projects: List) -> None:
    fields = projects.fields
    fields.add_text_field("Reference")
    fields.add_note("Comment")
    fields.add_number("Score")
    fields.add_datetime("Due date")
    fields.add_choice_field("RAG", ["Red", "Amber", "Green"])
    fields.add_choice_field("Themes", ["A", "B"], multiple_values=True)
    fields.add_url_field("Link")
    fields.add_user_field("Owner")
    fields.add_lookup_field("Parent", projects, "Title")
    fields.add_calculated("Half", "=1-0.5")
    fields.add_field(FieldCreationInformation("Live", FieldType.Boolean))
    client.execute_query()
    fields.create_field_as_xml('\n  <Field Type="Currency" DisplayName="Money in" Name="ignored" />').execute_query()

    known = client.web.lists.get_by_id(projects.id).fields.get().execute_query()
    kinds = {field.internal_name: field.properties["TypeAsString"] for field in known}
    assert (
        kinds
        | {
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
        == kinds
    )
    one = projects.fields.get_by_internal_name_or_title("Due date").get().execute_query()
    assert one.internal_name == "Due_x0020_date"


def test_it_creates_items_reads_them_back_and_updates_one(
    emulator: RunningEmulator, client: ClientContext, projects: List, clock: ManualClock
) -> None:
    projects.fields.add_text_field("Reference")
    projects.fields.add_choice_field("RAG", ["Red", "Green"])
    client.execute_query()
    first = projects.add_item({"Title": "One", "Reference": "P-1", "RAG": "Green"}).execute_query()
    projects.add_item({"Title": "Two", "Reference": "P-2"}).execute_query()
    assert first.properties["Id"] == 1

    read = client.web.lists.get_by_id(projects.id).items.get().execute_query()
    assert [(item.properties["Title"], item.properties["Reference"]) for item in read] == [
        ("One", "P-1"),
        ("Two", "P-2"),
    ]

    clock.advance(hours=1)
    first.set_property("RAG", "Red").update().execute_query()

    again = client.web.lists.get_by_id(projects.id).get_item_by_id(1).get().execute_query()
    assert again.properties["RAG"] == "Red"
    assert again.properties["OData__UIVersionString"] == "2.0"
    held = world_list(emulator.world)
    assert held.item(1).modified == clock.now
    assert held.item(2).version_label == "1.0"


def test_it_reads_a_person_and_a_lookup_through_expand(client: ClientContext, projects: List) -> None:
    projects.fields.add_user_field("Owner")
    projects.fields.add_lookup_field("Parent", projects, "Title")
    client.execute_query()
    ann = client.web.ensure_user(ANN).execute_query()
    projects.add_item({"Title": "Top"}).execute_query()
    projects.add_item({"Title": "Below", "OwnerId": ann.id, "ParentId": 1}).execute_query()

    query = projects.items.select(["Title", "Owner/Title", "Owner/EMail", "Parent/Title"]).expand(["Owner", "Parent"])
    below = query.get().execute_query()[1]

    assert below.properties["Owner"]["Title"] == "Ann Field"
    assert below.properties["Owner"]["EMail"] == ANN
    assert below.properties["Parent"]["Title"] == "Top"


def test_it_ensures_somebody_another_site_knows_and_is_itself_the_app(client: ClientContext) -> None:
    ann = client.web.ensure_user(ANN).execute_query()
    again = client.web.ensure_user(ANN.upper()).execute_query()
    me = client.web.current_user.get().execute_query()
    found = client.web.site_users.get_by_email(ANN).get().execute_query()

    assert (ann.properties["Title"], again.id, found.id) == ("Ann Field", ann.id, ann.id)
    assert me.properties["Title"] == "SharePoint App"


def test_it_pages_through_a_list_that_is_longer_than_its_page(client: ClientContext, projects: List) -> None:
    for number in range(1, 6):
        projects.add_item({"Title": f"Item {number}"})
    client.execute_query()

    read = client.web.lists.get_by_id(projects.id).items.get_all(2).execute_query()

    assert [item.properties["Title"] for item in read] == [f"Item {number}" for number in range(1, 6)]


def test_its_batch_updates_many_items(emulator: RunningEmulator, client: ClientContext, projects: List) -> None:
    for number in range(1, 6):
        projects.add_item({"Title": f"Item {number}"})
    client.execute_query()
    for number in range(1, 6):
        projects.get_item_by_id(number).set_property("Title", f"Changed {number}").update()

    client.execute_batch()

    held = world_list(emulator.world)
    assert [item.values["Title"] for item in held.ordered()] == [f"Changed {number}" for number in range(1, 6)]
    assert {item.version_label for item in held.ordered()} == {"2.0"}


def test_it_reads_changes_since_a_token(client: ClientContext, projects: List) -> None:
    projects.add_item({"Title": "Before"}).execute_query()
    token = client.web.lists.get_by_id(projects.id).get().execute_query().properties["CurrentChangeToken"].StringValue
    item = projects.add_item({"Title": "After"}).execute_query()
    item.delete_object().execute_query()

    query = ChangeQuery(Item=True, ChangeTokenStart=ChangeToken(token), FetchLimit="100")
    changes = projects.get_changes(query).execute_query()

    assert [(change.properties["ItemId"], change.properties["ChangeType"].value) for change in changes] == [
        (2, 1),
        (2, 3),
    ]


def test_it_deletes_and_recycles(emulator: RunningEmulator, client: ClientContext, projects: List) -> None:
    for title in ("One", "Two", "Three"):
        projects.add_item({"Title": title})
    client.execute_query()
    projects.get_item_by_id(1).delete_object().execute_query()
    recycled = projects.get_item_by_id(2).recycle().execute_query()

    assert list(world_list(emulator.world).items) == [3]
    assert recycled.value in emulator.world.site("/sites/team").recycled

    projects.delete_object().execute_query()
    assert emulator.world.site("/sites/team").list_titled("Bob's projects & more") is None


def test_it_changes_a_column_and_a_list(emulator: RunningEmulator, client: ClientContext, projects: List) -> None:
    projects.fields.add_text_field("RAG status").execute_query()
    column = projects.fields.get_by_internal_name_or_title("RAG status")
    column.set_property("Indexed", True).set_property("Title", "Status").update().execute_query()
    projects.set_property("Description", "What we do").update().execute_query()

    held = world_list(emulator.world)
    changed = held.field_named("RAG_x0020_status")
    assert changed is not None
    assert (changed.title, changed.indexed) == ("Status", True)
    assert held.description == "What we do"
