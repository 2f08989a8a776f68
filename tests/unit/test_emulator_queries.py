"""Item queries: pages, order, the threshold, joins, and what is refused."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from connectors.emulator.state.limits import Limits
from tests.support.emulator import Direct

ITEMS = "web/lists/GetByTitle('Projects')/items"


def document(count: int = 250) -> dict[str, Any]:
    rows = [
        {
            "values": {
                "Title": f"Project {number:03d}",
                "Group": f"G{number % 3}",
                "Score": number % 5 if number % 7 else None,
                "Due": f"2026-07-{number % 28 + 1:02d}",
                "Owner": "ann@example.org" if number % 2 else None,
                "Parent": "Project 001",
                "Notes": "long",
                "Live": number % 2 == 0 if number % 5 else None,
                "Team": ["ann@example.org", "bo@example.org"] if number == 1 else [],
                "Lead": "bo@example.org",
            },
            "modified": f"2026-05-{number % 28 + 1:02d}T06:32:05Z",
        }
        for number in range(1, count + 1)
    ]
    fields = [
        {"name": "Group", "type": "Text", "indexed": True},
        {"name": "Score", "type": "Number"},
        {"name": "Due", "type": "DateTime"},
        {"name": "Owner", "type": "User"},
        {"name": "Lead", "type": "User", "indexed": True},
        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
        {"name": "Team", "type": "UserMulti"},
        {"name": "Notes", "type": "Note"},
        {"name": "Live", "type": "Boolean"},
        {"name": "Pick", "type": "MultiChoice", "choices": ["A"]},
    ]
    fields += [{"name": f"P{number}", "type": "User"} for number in range(12)]
    users = [
        {"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"},
        {"login": "i:0#.f|membership|bo@example.org", "name": "Bo Marsh", "email": "bo@example.org"},
    ]
    lists = [{"title": "Projects", "key": "Title", "fields": fields, "items": rows}]
    return {"sites": [{"path": "/sites/demo", "users": users, "lists": lists}]}


@pytest.fixture(scope="module")
def emulator() -> Direct:
    return Direct(document())


@pytest.fixture(scope="module")
def over_threshold() -> Direct:
    return Direct(document(), limits=Limits(list_view_threshold=100))


def everything(emulator: Direct, query: str) -> list[list[int]]:
    """The numbers of every page, following the links."""
    pages: list[list[int]] = []
    path = f"{ITEMS}?{query}" if query else ITEMS
    while path:
        answer = emulator.get(path)
        assert answer.status_code == 200, answer.text
        document = answer.json()
        pages.append([row["Id"] for row in document["value"]])
        link = urlsplit(document.get("odata.nextLink", ""))
        path = f"{unquote(link.path)}?{link.query}" if link.path else ""
    return pages


def ids(emulator: Direct, query: str) -> list[int]:
    return [row["Id"] for row in emulator.rows(f"{ITEMS}?{query}")]


def test_a_page_is_a_hundred_items_unless_top_says_otherwise(emulator: Direct) -> None:
    assert [len(page) for page in everything(emulator, "")] == [100, 100, 50]
    assert [len(page) for page in everything(emulator, "$top=120")] == [120, 120, 10]
    assert [len(page) for page in everything(emulator, "$top=9999")] == [250]


def test_a_page_never_holds_more_than_five_thousand() -> None:
    large = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": [{"values": {}}] * 5001}]}]}
    assert [len(page) for page in everything(Direct(large), "$top=9999&$select=Id")] == [5000, 1]


def test_there_is_no_link_where_the_page_holds_exactly_what_is_left(emulator: Direct) -> None:
    assert [len(page) for page in everything(emulator, "$top=125")] == [125, 125]
    assert "odata.nextLink" not in emulator.get(f"{ITEMS}?$top=250").json()


def test_the_link_carries_the_token_first_and_the_options_as_they_came(emulator: Direct) -> None:
    link = emulator.get(f"{ITEMS}?$select=Id,Title&$top=100").json()["odata.nextLink"]
    assert link == (
        "http://tenant.example/sites/demo/_api/web/lists/GetByTitle(%27Projects%27)/items"
        "?%24skiptoken=Paged%3dTRUE%26p_ID%3d100&%24select=Id%2cTitle&%24top=100"
    )


def test_skip_is_ignored_and_kept_in_the_link(emulator: Direct) -> None:
    answer = emulator.get(f"{ITEMS}?$top=2&$skip=4").json()
    assert [row["Id"] for row in answer["value"]] == [1, 2]
    assert answer["odata.nextLink"].endswith("&%24top=2&%24skip=4")


@pytest.mark.parametrize(
    "order",
    [
        "Title desc",
        "Modified",
        "Modified desc,Title",
        "Score",
        "Score desc",
        "Due,Score desc",
        "Id desc",
        "Group,ID desc",
        "Live",
        "Live desc,Title desc",
        "OwnerId",
    ],
)
def test_pages_in_any_order_hold_every_item_once_and_in_order(emulator: Direct, order: str) -> None:
    whole = ids(emulator, f"$orderby={order}&$top=5000")
    paged = [number for page in everything(emulator, f"$orderby={order}&$top=60") for number in page]
    assert sorted(paged) == list(range(1, 251))
    assert paged == whole


def test_a_token_names_the_sort_keys_before_the_number(emulator: Direct) -> None:
    answer = emulator.get(f"{ITEMS}?$orderby=Modified&$top=1").json()
    token = parse_qs(urlsplit(answer["odata.nextLink"]).query)["$skiptoken"][0]
    assert token == "Paged=TRUE&p_Modified=20260501%2006%3a32%3a05&p_ID=28"


def test_a_token_may_come_unencoded(emulator: Direct) -> None:
    answer = emulator.get(f"{ITEMS}?$skiptoken=Paged=TRUE&p_ID=100&$top=2&$select=Id").json()
    assert [row["Id"] for row in answer["value"]] == [101, 102]
    assert "p_ID=" not in answer["odata.nextLink"]


def test_a_token_past_the_end_gives_an_empty_page(emulator: Direct) -> None:
    answer = emulator.get(f"{ITEMS}?$skiptoken=Paged=TRUE%26p_ID=99999&$top=100")
    assert (answer.status_code, answer.json()) == (200, {"value": []})


def test_the_item_a_token_marks_need_not_be_there_any_more() -> None:
    emulator = Direct(document(5))
    emulator.send("DELETE", f"{ITEMS}(2)")
    assert ids(emulator, "$skiptoken=Paged%3dTRUE%26p_ID%3d2&$top=2") == [3, 4]


def test_select_gives_what_is_asked_and_both_spellings_of_the_number(emulator: Direct) -> None:
    row = emulator.rows(f"{ITEMS}?$select=Title,Id,owshiddenversion,FileRef&$top=1")[0]
    assert row == {
        "Title": "Project 001",
        "Id": 1,
        "ID": 1,
        "owshiddenversion": 1,
        "FileRef": "/sites/demo/Lists/Projects/1_.000",
    }
    assert emulator.rows(f"{ITEMS}?$select=&$top=1")[0].keys() == emulator.rows(f"{ITEMS}?$top=1")[0].keys()


def test_a_person_and_a_lookup_are_read_by_expanding_them(emulator: Direct) -> None:
    select = "$select=Id,Owner/Id,Owner/EMail,Owner/Name,Parent/Title,Team/Title,Author/Title"
    first, second = emulator.rows(f"{ITEMS}?{select}&$expand=Owner,Parent,Team,Author&$top=2")
    login = "i:0#.f|membership|ann@example.org"
    assert first["Owner"] == {"Id": 7, "EMail": "ann@example.org", "Name": login}
    assert first["Parent"] == {"Title": "Project 001"}
    assert first["Team"] == [{"Title": "Ann Field"}, {"Title": "Bo Marsh"}]
    assert first["Author"] == {"Title": "SharePoint App"}
    assert (second["Owner"], second["Team"]) == (None, [])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("$select=Owner/Title", "The query to field 'Owner' is not valid. The $select query string must specify"),
        ("$select=Owner", "the $expand query string must contains Owner."),
        ("$expand=Owner", "The query to field 'Owner' is not valid."),
        ("$filter=Owner/Title eq 'x'", "The query to field 'Owner' is not valid."),
        ("$select=Nope", "The field or property 'Nope' does not exist."),
        ("$select=Owner/Nope&$expand=Owner", "The field or property 'Nope' does not exist."),
        ("$filter=Nope eq 1", "The field or property 'Nope' does not exist."),
        ("$orderby=Pick", "cannot be used in the query filter expression."),
        ("$orderby=TeamStringId", "cannot be used in the query filter expression."),
        ("$filter=Title/Length eq 1", "The field or property 'Title' does not exist."),
        ("$orderby=Nope", "The field or property 'Nope' does not exist."),
        ("$expand=Nope", "The field or property 'Nope' does not exist."),
        ("$filter=Notes eq 'x'", "The field 'Notes' of type 'Note' cannot be used in the query filter expression."),
        ("$order_by=Id", "The query parameter '$order_by' begins with a system-reserved '$' character"),
        ("$top=many", "is not a positive integer"),
        ("$orderby=Title sideways up", "is not valid"),
    ],
)
def test_a_query_that_cannot_be_answered_is_a_400_that_says_why(emulator: Direct, query: str, sentence: str) -> None:
    answer = emulator.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.json()["odata.error"]["message"]["value"]


def test_thirteen_joins_are_refused_and_twelve_are_not(emulator: Direct) -> None:
    people = [f"P{number}" for number in range(12)]

    def query(names: list[str], more: str = "") -> str:
        return f"$select=Id,{','.join(f'{name}/Title' for name in names)}&$expand={','.join(names)}{more}"

    assert emulator.get(f"{ITEMS}?{query(people)}&$top=1").status_code == 200
    refused = emulator.get(f"{ITEMS}?{query([*people, 'Owner'])}&$top=1")
    assert refused.status_code == 500
    assert "lookup column threshold" in refused.json()["odata.error"]["message"]["value"]
    assert emulator.get(f"{ITEMS}(1)?{query([*people, 'Owner'])}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "$top=50",
        "$filter=Id gt 100&$orderby=Id",
        "$filter=Group eq 'G1'",
        "$filter=Group eq 'G1' and Score gt 1",
        "$orderby=Group",
        "$filter=ID eq 5 or Id eq 7",
    ],
)
def test_above_the_threshold_an_index_keeps_a_query_alive(over_threshold: Direct, query: str) -> None:
    assert over_threshold.get(f"{ITEMS}?{query}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "$filter=Score gt 1&$top=1",
        "$orderby=Modified",
        "$filter=Modified ge datetime'2026-01-01T00:00:00Z'",
        "$filter=Score gt 1 and Group eq 'G1'",
        "$filter=Group eq 'G1' or Score eq 1",
        "$filter=Group ne 'G1'",
        "$filter=LeadId eq 8",
        "$filter=Owner/Title eq 'Ann Field'&$expand=Owner&$select=Owner/Title",
    ],
)
def test_above_the_threshold_everything_else_is_a_500(over_threshold: Direct, query: str) -> None:
    answer = over_threshold.get(f"{ITEMS}?{query}")
    assert answer.status_code == 500
    error = answer.json()["odata.error"]
    assert error["code"] == "-2147024860, Microsoft.SharePoint.SPQueryThrottledException"
    assert error["message"]["value"].endswith("exceeds the list view threshold.")


def test_a_filter_counts_days_where_the_site_is(emulator: Direct) -> None:
    assert ids(emulator, "$filter=day(Due) eq 1 and month(Due) eq 7&$top=2") == [28, 56]


def test_a_filter_reaches_people_and_several_values(emulator: Direct) -> None:
    assert ids(emulator, "$filter=Team/Title eq 'Bo Marsh'&$expand=Team&$select=Id,Team/Title") == [1]
    assert ids(emulator, "$filter=OwnerId eq null&$top=2") == [2, 4]


def test_a_token_that_names_no_place_is_passed_over(emulator: Direct) -> None:
    assert ids(emulator, "$skiptoken=nonsense&$top=2") == [1, 2]
    broken = "$skiptoken=Paged%3dTRUE%26p_Due%3dnever%26p_Score%3dmany%26p_ID%3d2&$orderby=Due,Score&$top=1"
    assert emulator.get(f"{ITEMS}?{broken}").status_code == 200


def test_filters_may_join_up_to_the_limit_too(emulator: Direct) -> None:
    people = ",".join(f"P{number}" for number in range(12))
    query = f"$expand={people}&$select=Id,{','.join(f'P{number}/Id' for number in range(12))}&$filter=P0/Id eq null"
    assert emulator.get(f"{ITEMS}?{query}&$top=1").status_code == 200
