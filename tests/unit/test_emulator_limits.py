"""The service's limits, in force from the start: each just below its line, at it, and just above it.

Everything here runs at the service's own numbers. Big lists are cheap because their items are put in place directly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from connectors.emulator.state.limits import Limits
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from tests.support.emulator import Direct, DirectAnswer
from tests.support.process_query import QueryClient, save, set_value, text

LIMITS = Limits()
LIST = "web/lists/GetByTitle('Projects')"
ITEMS = f"{LIST}/items"
QUERY = "-1, Microsoft.SharePoint.Client.InvalidClientQueryException"
GENERAL = "-2146232832, Microsoft.SharePoint.SPException"
THROTTLED = "-2147024860, Microsoft.SharePoint.SPQueryThrottledException"

# Status, code and sentence of each refusal.
THRESHOLD = (500, THROTTLED, "The attempted operation is prohibited because it exceeds the list view threshold.")
JOINS = (
    500,
    THROTTLED,
    (
        "The query cannot be completed because the number of lookup columns it contains exceeds the lookup column "
        "threshold."
    ),
)
INDEXES = (500, GENERAL, "A list cannot have more than 20 indexes.")
LARGE = (500, GENERAL, "An index cannot be added or removed in a list of more than 20,000 items.")
OPERATIONS = (
    400,
    QUERY,
    (
        "The current change set contains too many operations. Only change sets with a maximum number of '100' "
        "operations are allowed."
    ),
)
BYTES = (
    400,
    QUERY,
    (
        "The maximum number of bytes allowed to be read from the stream has been exceeded. After the last read "
        "operation, a total of 1048577 bytes has been read from the stream; however a maximum of 1048576 bytes is "
        "allowed."
    ),
)
RESOURCES = (200, QUERY, "The request uses too many resources.")
MESSAGE = (
    200,
    QUERY,
    "The request message is too big. The server does not allow messages larger than 1048576 bytes.",
)
ROW = (
    500,
    "-2130575243, Microsoft.SharePoint.SPException",
    "Cannot complete this action because the row exceeds the size limit of a list item. Please try again.",
)
TEXT = (
    400,
    "-1, Microsoft.SharePoint.SPException",
    "Invalid text value.\n\nA text field contains invalid data. Please check the value and try again.",
)


def out_of_range(name: str, largest: str) -> tuple[int, str, str]:
    return 400, GENERAL, f"The value of {name} is out of range. The largest value is {largest}."


def world(*fields: dict[str, Any], title: dict[str, Any] | None = None) -> Direct:
    users = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}]
    rows = [{"values": {"Title": "One"}}]
    projects = {"title": "Projects", "fields": list(fields), "title_field": title or {}, "items": rows}
    return Direct({"sites": [{"path": "/sites/demo", "users": users, "lists": [projects]}]})


def the_list(emulator: Direct) -> SpList:
    found = emulator.site.list_titled("Projects")
    assert found is not None
    return found


def filled(emulator: Direct, count: int, **values: Any) -> Direct:
    """The world with so many items in its list, every one with these values."""
    owner, now = the_list(emulator), emulator.world.now()
    for number in range(1, count + 1):
        name = f"00000000-0000-4000-8000-{number:012d}"
        owner.insert(Item(number, name, name, {"Title": f"Item {number}", **values}, now, now, 7, 7))
    return emulator


def queried(options: str, **values: Any) -> Callable[[int], DirectAnswer]:
    """A query of a list of so many items."""
    columns: list[dict[str, Any]] = [
        {"name": "Group", "type": "Text", "indexed": True},
        {"name": "Score", "type": "Number"},
        {"name": "Lead", "type": "User", "indexed": True},
        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects", "indexed": True},
    ]
    return lambda count: filled(world(*columns), count, **values).get(f"{ITEMS}?{options}")


def joined(options: str) -> Callable[[int], DirectAnswer]:
    """A query that joins so many people, with `P0` among them."""

    def ask(count: int) -> DirectAnswer:
        names = [f"P{number}" for number in range(count)]
        emulator = world(*({"name": name, "type": "User"} for name in names))
        expanded, selected = ",".join(names), ",".join(f"{name}/Title" for name in names)
        return emulator.get(f"{ITEMS}?$select=Id,{selected}&$expand={expanded}{options}")

    return ask


def indexed_columns(count: int) -> DirectAnswer:
    """The last of so many indexes is made; Title has the first."""
    columns: list[dict[str, Any]] = [
        {"name": f"C{number}", "type": "Number", "indexed": True} for number in range(count - 2)
    ]
    emulator = world({"name": "Last", "type": "Number"}, *columns, title={"indexed": True})
    return emulator.merge(f"{LIST}/fields/getByInternalNameOrTitle('Last')", {"Indexed": True})


def index_of(count: int, *, already: bool) -> DirectAnswer:
    """In a list of so many items an index is made, or taken away where there is one `already`."""
    emulator = filled(world({"name": "Score", "type": "Number", "indexed": already}), count)
    return emulator.merge(f"{LIST}/fields/getByInternalNameOrTitle('Score')", {"Indexed": not already})


def column_removed_of(count: int) -> DirectAnswer:
    """In a list of so many items a column goes that has an index."""
    emulator = filled(world({"name": "Score", "type": "Number", "indexed": True}), count)
    return emulator.send("DELETE", f"{LIST}/fields/getByInternalNameOrTitle('Score')")


def batch_of(parts: int = 1, size: int | None = None) -> DirectAnswer:
    """A `$batch` of so many reads, filled up with blanks to so many bytes."""
    head = "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    part = f"{head}GET http://tenant.example/sites/demo/_api/web HTTP/1.1\r\n\r\n\r\n"
    body = (part * parts + "--b--\r\n").ljust(size or 0)
    return world().post("$batch", body, headers={"Content-Type": "multipart/mixed; boundary=b"})


def query_of(items: int) -> DirectAnswer:
    """A ProcessQuery that saves so many items."""
    client = QueryClient(filled(world(), items))
    numbers = range(1, items + 1)
    actions = "".join(set_value("Title", text("x"), number) + save("SystemUpdate", number) for number in numbers)
    return client.send(actions, {number: client.identity(number) for number in numbers})


def query_bytes(size: int) -> DirectAnswer:
    """A ProcessQuery of so many bytes, filled up with blanks."""
    client = QueryClient(world())
    body = client.body(set_value("Title", text("x")) + save("SystemUpdate"), {1: client.identity(1)})
    return client.post(body.ljust(size))


def row_of(characters: int) -> DirectAnswer:
    """An item whose text takes so many characters, two bytes each."""
    names = [f"C{number}" for number in range(characters // 250 + 1)]
    emulator = world(*({"name": name, "type": "Text"} for name in names), {"name": "Long", "type": "Note"})
    lengths = [250] * (len(names) - 1) + [characters - 250 * (len(names) - 1)]
    values = {name: "x" * length for name, length in zip(names, lengths, strict=True)}
    return emulator.post(ITEMS, {**values, "Long": "n" * 9000})


def text_of(characters: int) -> DirectAnswer:
    return world().merge(f"{ITEMS}(1)", {"Title": "é" * characters})


def column_as_long_as(characters: int) -> DirectAnswer:
    body = {"Title": "Long", "FieldTypeKind": 2, "MaxLength": characters}
    return world().post(f"{LIST}/fields", body)


def list_setting(name: str) -> Callable[[int], DirectAnswer]:
    return lambda value: world().merge(LIST, {name: value})


@dataclass(frozen=True)
class Line:
    """A limit: the most that is still allowed, what is attempted with a number, and the refusal above the line."""

    name: str
    most: int
    attempt: Callable[[int], DirectAnswer]
    refusal: tuple[int, str, str]


CLAUSES = "$filter=Group eq 'G' and Score eq 2&$top=1"
MODIFIED = "$filter=Modified ge datetime'2026-01-01T00:00:00Z'&$top=1"
LINES = (
    Line("filter without an index", LIMITS.list_view_threshold, queried("$filter=Score eq 1&$top=1"), THRESHOLD),
    Line("order without an index", LIMITS.list_view_threshold, queried("$orderby=Score&$top=1"), THRESHOLD),
    Line("filter by Modified", LIMITS.list_view_threshold, queried(MODIFIED), THRESHOLD),
    Line("filter by an indexed person", LIMITS.list_view_threshold, queried("$filter=LeadId eq 8"), THRESHOLD),
    Line("filter by an indexed lookup", LIMITS.list_view_threshold, queried("$filter=ParentId eq 8"), THRESHOLD),
    Line("matches of an indexed clause", LIMITS.list_view_threshold, queried(CLAUSES, Group="G"), THRESHOLD),
    Line("joins", LIMITS.joined_lookups, joined(""), JOINS),
    Line("joins of a filter", LIMITS.joined_lookups, joined("&$filter=P0/Title eq 'x'"), JOINS),
    Line("indexes", LIMITS.indexes, indexed_columns, INDEXES),
    Line("items when an index is made", LIMITS.indexable_items, partial(index_of, already=False), LARGE),
    Line("items when an index is removed", LIMITS.indexable_items, partial(index_of, already=True), LARGE),
    Line("items when an indexed column is removed", LIMITS.indexable_items, column_removed_of, LARGE),
    Line("operations of a batch", LIMITS.batch_operations, batch_of, OPERATIONS),
    Line("bytes of a batch", LIMITS.batch_bytes, partial(batch_of, 1), BYTES),
    Line("items of a ProcessQuery", LIMITS.query_items, query_of, RESOURCES),
    Line("bytes of a ProcessQuery", LIMITS.query_bytes, query_bytes, MESSAGE),
    Line("characters of a row", LIMITS.row_bytes // 2, row_of, ROW),
    Line("characters of a text", LIMITS.text_characters, text_of, TEXT),
    Line("length of a column", LIMITS.text_characters, column_as_long_as, out_of_range("MaxLength", "255")),
    Line(
        "versions a list can keep",
        LIMITS.largest_version_limit,
        list_setting("MajorVersionLimit"),
        out_of_range("MajorVersionLimit", "50,000"),
    ),
    Line("who sees drafts", 2, list_setting("DraftVersionVisibility"), out_of_range("DraftVersionVisibility", "2")),
)


def refusal(answer: DirectAnswer) -> tuple[int, str, str] | None:
    """Status, code and sentence of a refusal, ProcessQuery's within its 200 included; None where it was done."""
    if answer.content.startswith(b"["):
        info = answer.json()[0]["ErrorInfo"]
        return info and (answer.status_code, f"{info['ErrorCode']}, {info['ErrorTypeName']}", info["ErrorMessage"])
    if answer.status_code < 300:
        return None
    error = answer.json()["odata.error"]
    return answer.status_code, error["code"], error["message"]["value"]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_a_limit_is_kept_to_just_below_at_and_just_above_its_line(line: Line) -> None:
    assert refusal(line.attempt(line.most - 1)) is None
    assert refusal(line.attempt(line.most)) is None
    assert refusal(line.attempt(line.most + 1)) == line.refusal


@pytest.mark.parametrize(
    ("items", "asked", "shown", "more"),
    [
        (99, "", 99, False),
        (100, "", 100, False),
        (101, "", 100, True),
        (5001, "?$top=4999", 4999, True),
        (5001, "?$top=5000", 5000, True),
        (5001, "?$top=5001", 5000, True),
        (5000, "?$top=5001", 5000, False),
    ],
)
def test_a_page_holds_a_hundred_items_unless_asked_and_never_more_than_five_thousand(
    items: int, asked: str, shown: int, more: bool
) -> None:
    answer = filled(world(), items).get(f"{ITEMS}{asked}").json()
    assert (len(answer["value"]), "odata.nextLink" in answer) == (shown, more)
    if more:
        assert f"%24skiptoken=Paged%3dTRUE%26p_ID%3d{shown}" in answer["odata.nextLink"]


@pytest.mark.parametrize(
    "options",
    [
        "$top=5000",
        "$filter=ID gt 5000&$orderby=ID&$top=5000",
        "$filter=Id le 5001",
        "$filter=Group eq 'other'",
        "$orderby=Group desc&$top=1",
    ],
)
def test_beyond_the_threshold_pages_numbers_and_indexes_go_on_working(options: str) -> None:
    assert refusal(queried(options, Group="G")(LIMITS.list_view_threshold + 1)) is None


def test_one_item_by_its_number_may_join_more_than_a_query_may() -> None:
    names = [f"P{number}" for number in range(LIMITS.joined_lookups + 1)]
    emulator = world(*({"name": name, "type": "User"} for name in names))
    selected = ",".join(f"{name}/Title" for name in names)
    assert emulator.get(f"{ITEMS}(1)?$select={selected}&$expand={','.join(names)}").status_code == 200


def test_skip_does_not_skip_items() -> None:
    emulator = filled(world(), 30)
    pages = [emulator.rows(f"{ITEMS}?$top=10&$skip={skip}") for skip in (0, 10, 20)]
    assert pages[0] == pages[1] == pages[2]


def test_a_lowered_limit_holds_at_its_own_line() -> None:
    lists = [{"title": "Projects", "fields": [{"name": "Score", "type": "Number"}], "items": [{"values": {}}] * 3}]
    document = {"sites": [{"path": "/sites/demo", "lists": lists}]}
    for most, allowed in ((2, False), (3, True), (4, True)):
        emulator = Direct(document, limits=Limits(list_view_threshold=most))
        assert (refusal(emulator.get(f"{ITEMS}?$filter=Score eq 1")) is None) is allowed
