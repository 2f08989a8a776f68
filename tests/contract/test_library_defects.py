"""What office365-rest-python-client does to lists and items that our connector goes around, shown at the emulator.

Each test is named after what the client gets wrong and says where we go around it. When one fails, a new release has
mended the defect: then look whether the code that goes around it is still worth having. What it does in trouble is in
test_library_defects_in_trouble.py.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from office365.runtime.client_object import ClientObject
from office365.runtime.client_request_exception import ClientRequestException
from office365.runtime.odata.v3.metadata_level import ODataV3MetadataLevel
from office365.sharepoint.fields.lookup_value import FieldLookupValue
from office365.sharepoint.fields.multi_lookup_value import FieldMultiLookupValue
from office365.sharepoint.fields.user_value import FieldUserValue
from office365.sharepoint.listitems.caml.query import CamlQuery

from tests.support.office import ADDRESS, ANN, Office365, document, running_office

LEVELS = ODataV3MetadataLevel


def pages_read(office: Office365, level: ODataV3MetadataLevel) -> list[str]:
    """Which items each page held, when the client read all in pages of two and was stopped at the sixth."""
    office.context.pending_request().json_format.metadata_level = level
    office.trouble(route="web/list/items", first=6, do="refuse", status=404)
    with pytest.raises(ClientRequestException):
        office.projects.items.get_all(2).execute_query()
    entries = office.emulator.service.history.entries
    return [entry.items for entry in entries if entry.operation == "web/list/items" and entry.status == 200]


def sent_body(office: Office365, ending: str) -> Any:
    """The JSON of the one request whose address ends so."""
    (request,) = [each for each in office.sent if str(each.url).endswith(ending)]
    return json.loads(request.body or b"")


def test_reading_all_items_never_ends_when_the_list_holds_exactly_one_page() -> None:
    """`connectors/sharepoint/read.py` follows the service's own links and stops where ids no longer grow."""
    with running_office(document(2)) as office:
        assert pages_read(office, LEVELS.Verbose) == ["1-2"] * 5
        assert office.asked[1].endswith("/items?$top=2&$skip=2")


@pytest.mark.parametrize("level", [LEVELS.NoMetadata, LEVELS.MinimalMetadata])
def test_without_verbose_answers_it_sees_no_link_and_reads_the_first_page_for_ever(
    office: Office365, level: ODataV3MetadataLevel
) -> None:
    """`connectors/sharepoint/read.py` reads minimal metadata and its odata.nextLink."""
    assert pages_read(office, level) == ["1-2"] * 5


def test_an_order_is_asked_for_by_a_name_that_sharepoint_does_not_know(office: Office365) -> None:
    """`connectors/sharepoint/read.py` writes its own addresses."""
    with pytest.raises(ClientRequestException, match="'\\$order_by' begins with a system-reserved") as told:
        office.projects.items.order_by("Id desc").get().execute_query()
    assert told.value.response is not None
    assert told.value.response.status_code == 400


def test_only_a_hundred_items_are_read_where_no_page_is_asked_for_and_nothing_says_so() -> None:
    """`connectors/sharepoint/read.py` always names a page size and reads to the end."""
    with running_office(document(101)) as office:
        assert len(list(office.projects.items.get().execute_query())) == 100
        assert len(office.asked) == 1


@pytest.mark.parametrize("method", ["system_update", "update_overwrite_version"])
def test_a_quiet_update_sends_no_values(office: Office365, method: str) -> None:
    """`connectors/sharepoint/csom.py` writes quietly by ProcessQuery."""
    item = office.projects.get_item_by_id(1).set_property("Title", "changed")
    getattr(item, method)().execute_query()

    (posted,) = [request for request in office.sent if request.method == "POST" and "getItemById" in str(request.url)]
    assert posted.body is None
    assert office.values()[0] == "Item 1"


def test_a_colleagues_edit_is_overwritten_because_etags_are_thrown_away(office: Office365) -> None:
    """`connectors/sharepoint/write.py` sends the ETag that was read."""
    item = office.projects.get_item_by_id(1).get().execute_query()
    office.emulator.merge(f"{ADDRESS}/items(1)", {"Title": "by Ann"})
    item.set_property("Title", "by us").update().execute_query()

    assert not [name for name in item.properties if "etag" in name.lower()]
    assert [request.headers["IF-MATCH"] for request in office.sent if "IF-MATCH" in request.headers] == ["*"]
    assert office.values()[0] == "by us"


def test_every_property_ever_set_is_sent_again_with_the_next_update(office: Office365) -> None:
    """`connectors/sharepoint/write.py` sends what was planned and keeps no objects."""
    item = office.projects.get_item_by_id(1)
    item.set_property("Title", "by us").update().execute_query()
    office.emulator.merge(f"{ADDRESS}/items(1)", {"Title": "by Ann"})
    item.set_property("Ref", "P-9").update().execute_query()

    assert json.loads(office.sent[-1].body or b"").keys() == {"Title", "Ref", "__metadata"}
    assert office.values()[0] == "by us"


def test_every_update_asks_first_for_the_lists_name_of_its_items(office: Office365) -> None:
    """`connectors/sharepoint/write.py` needs no type, because it writes without metadata."""
    for number in (1, 2, 3):
        office.projects.get_item_by_id(number).set_property("Title", "x").update()
    office.context.execute_query()

    methods = [line.split()[0] for line in office.asked]
    assert methods == ["GET", "MERGE"] * 3


@pytest.mark.parametrize("kind", ["update", "add"])
def test_a_batch_of_so_many_writes_becomes_one_batch_more_than_that(office: Office365, kind: str) -> None:
    """`connectors/sharepoint/batch.py` makes its own."""
    for number in (1, 2, 3):
        if kind == "update":
            office.projects.get_item_by_id(number).set_property("Title", "x").update()
        else:
            office.projects.add_item({"Title": "x"})
    office.context.execute_batch()

    assert office.asked == ["POST $batch"] * 4


@pytest.mark.parametrize("title", ["R&D", "Phase #2"])
@pytest.mark.parametrize("way", ["execute_query", "execute_batch"])
def test_a_filter_breaks_at_a_sign_that_an_address_may_not_hold(office: Office365, title: str, way: str) -> None:
    """`connectors/sharepoint/read.py` filters nothing at the service, and encodes what it puts into addresses."""
    office.held.item(2).values["Title"] = title
    office.projects.items.filter(f"Title eq '{title}'").get()
    with pytest.raises(ClientRequestException, match="is not valid"):
        getattr(office.context, way)()


def test_a_plus_in_a_filter_becomes_a_space(office: Office365) -> None:
    """`connectors/sharepoint/read.py` encodes what it puts into addresses."""
    office.held.item(2).values["Title"] = "A+B"
    assert len(office.projects.items.filter("Title eq 'A+B'").get().execute_query()) == 0
    assert len(office.projects.items.filter("Title eq 'A%2BB'").get().execute_query()) == 1


def test_a_caml_query_names_a_scope_that_does_not_exist(office: Office365) -> None:
    """We ask nothing by CAML."""
    office.projects.get_items(CamlQuery.parse("")).execute_query()
    view = sent_body(office, "/GetItems")["query"]["ViewXml"]
    assert view == '<View Scope="ViewScope.DefaultValue"><Query></Query></View>'


def test_the_size_of_a_caml_page_is_not_told_to_the_service(office: Office365) -> None:
    """We ask nothing by CAML."""
    office.projects.get_items(CamlQuery.create_all_items_query(), page_size=2).execute_query()
    query = sent_body(office, "/GetItems")["query"]
    assert "RowLimit" not in query["ViewXml"]


def test_a_caml_page_begins_at_a_date_in_another_form_than_the_services(office: Office365) -> None:
    """We ask nothing by CAML. The service writes p_Modified as 20260617 09:30:00."""
    order = "<OrderBy><FieldRef Name='Modified' /></OrderBy>"
    view = f"<View><Query>{order}</Query><RowLimit Paged='TRUE'>2</RowLimit></View>"
    office.trouble(route="web/list/getitems", first=2, do="refuse", status=404)
    with pytest.raises(ClientRequestException):
        list(office.projects.get_items(CamlQuery(ViewXml=view), page_size=2).execute_query())

    position = json.loads(office.sent[-1].body or b"")["query"]["ListItemCollectionPosition"]
    assert position["PagingInfo"] == "Paged=TRUE&p_Modified=2026-06-17T09:30:00Z&p_ID=2"


def test_several_values_become_a_dictionary_by_place(office: Office365) -> None:
    """`connectors/sharepoint/columns.py` decodes the JSON itself."""
    office.held.item(1).values |= {"Tags": ("a", "c"), "Deps": (2, 3)}
    read = office.projects.get_item_by_id(1).get().execute_query()
    assert (read.properties["Tags"], read.properties["DepsId"]) == ({0: "a", 1: "c"}, {0: 2, 1: 3})


def test_several_values_are_doubled_on_the_object_that_was_added(office: Office365) -> None:
    """`connectors/sharepoint/write.py` keeps no objects."""
    lookups = FieldMultiLookupValue()
    for number in (1, 2):
        lookups.add(FieldLookupValue(number))
    added = office.projects.add_item({"Deps": lookups}).execute_query()

    assert office.read(6)["DepsId"] == [1, 2]
    assert list(added.properties["DepsId"]) == [1, 2, 1, 2]


def test_dates_are_read_as_text_and_written_without_their_zone(office: Office365) -> None:
    """`connectors/sharepoint/columns.py` has a codec of its own, and always writes Z."""
    made = office.projects.add_item({"Due": datetime(2026, 7, 1, 12), "Day": datetime(2026, 7, 1, tzinfo=UTC)})  # noqa: DTZ001
    made.execute_query()
    body = sent_body(office, "/items")
    assert (body["Due"], body["Day"]) == ("2026-07-01T12:00:00", "2026-07-01T00:00:00+00:00")

    read = office.projects.get_item_by_id(6).get().execute_query()
    assert (read.properties["Due"], read.properties["Modified"]) == ("2026-07-01T11:00:00Z", "2026-06-17T09:30:00Z")


def test_people_and_dates_in_form_values_are_in_forms_that_the_service_refuses(office: Office365) -> None:
    """We save by no form."""
    person = FieldUserValue(1, f"i:0#.f|membership|{ANN}")
    values = {"Owner": person, "Due": datetime(2026, 7, 1, 12, tzinfo=UTC)}
    done = office.projects.get_item_by_id(1).validate_update_list_item(values).execute_query()

    assert [(row.FieldName, row.FieldValue, row.HasException) for row in done.value] == [
        ("Owner", f"[{{'Key':'i:0#.f|membership|{ANN}'}}]", True),
        ("Due", "2026-07-01T12:00:00+00:00", True),
    ]


def test_rendered_rows_are_thrown_away_but_for_the_last_property(office: Office365) -> None:
    """We render nothing."""
    answers: list[Any] = []
    rendered = office.projects.render_list_data_as_stream("<View/>", 2)
    office.context.after_execute(answers.append, include_response=True)
    rendered.execute_query()

    document = answers[0].json()
    assert len(document["Row"]) == 5
    assert rendered.value == list(document.values())[-1]


def test_a_refusal_without_metadata_cannot_be_read(office: Office365) -> None:
    """`connectors/sharepoint/errors.py` reads both forms itself."""
    office.context.pending_request().json_format.metadata_level = LEVELS.NoMetadata
    with pytest.raises(ClientRequestException) as told:
        office.projects.get_item_by_id(77).get().execute_query()

    assert not told.value.code
    assert not told.value.message
    assert told.value.response is not None
    assert "Item does not exist" in told.value.response.text


def test_the_second_page_goes_with_the_headers_of_the_first(office: Office365) -> None:
    """`connectors/sharepoint/context.py` makes every request anew."""
    office.projects.items.get_all(3).execute_query()
    first, second = office.sent[1:]
    assert first.headers["client-request-id"] == second.headers["client-request-id"]


def test_items_of_a_batch_behind_one_that_failed_are_written_and_not_told(office: Office365) -> None:
    """`connectors/sharepoint/batch.py` hands every part's own answer on."""
    items = office.projects.items.queue_records([{"Title": "One"}, {"NoSuch": 1}, {"Title": "Three"}])
    with pytest.raises(ClientRequestException, match="NoSuch"):
        office.context.execute_batch()

    assert [item.properties.get("Id") for item in items] == [6, None, None]
    assert office.values()[5:] == ["One", "Three"]


def test_every_item_costs_more_than_a_hundred_objects(office: Office365, monkeypatch: pytest.MonkeyPatch) -> None:
    """`connectors/sharepoint/read.py` keeps plain rows: a page of 5,000 in a hundredth of the time."""
    counted: list[int] = []
    make = ClientObject.__init__

    def counting(self: ClientObject, *arguments: Any, **options: Any) -> None:
        counted.append(1)
        make(self, *arguments, **options)

    monkeypatch.setattr(ClientObject, "__init__", counting)
    read = office.projects.items.get().execute_query()
    assert len(counted) > 100 * len(read)


def test_the_user_agent_is_not_the_decorated_one_that_sharepoint_asks_for(office: Office365) -> None:
    """`connectors/sharepoint/context.py` decorates every request."""
    office.projects.get().execute_query()
    assert all(re.match(r"python-requests/", str(request.headers["User-Agent"])) for request in office.sent)
