"""Whatever is asked, the emulator answers; and pages of any size in any order hold every item once."""

import json
import string
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.emulator import Direct

LIST = "web/lists/GetByTitle('Projects')"
STATUSES = {200, 201, 204, 400, 401, 404, 412, 500, 501}

COLUMNS = [
    {"name": "Word", "type": "Text"},
    {"name": "Score", "type": "Number"},
    {"name": "Due", "type": "DateTime"},
    {"name": "Live", "type": "Boolean"},
    {"name": "Link", "type": "URL"},
    {"name": "Owner", "type": "User"},
    {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
    {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
]
USERS = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}]


def emulator_with(rows: list[dict[str, Any]]) -> Direct:
    items = [{"values": row} for row in rows]
    lists = [{"title": "Projects", "fields": COLUMNS, "items": items}]
    return Direct({"sites": [{"path": "/sites/demo", "users": USERS, "lists": lists}]})


words = st.text(string.ascii_letters + " '&,%;£é", max_size=6)
rows = st.fixed_dictionaries(
    {},
    optional={
        "Word": words,
        "Score": st.integers(-3, 3) | st.floats(-2, 2, allow_nan=False),
        "Due": st.dates().filter(lambda day: 1900 < day.year < 2100).map(str),
        "Live": st.booleans(),
        "Link": st.sampled_from(["https://a.example", "https://b.example"]),
    },
)
orders = st.lists(
    st.tuples(
        st.sampled_from(["Word", "Score", "Due", "Live", "Link", "Modified", "ID"]), st.sampled_from(["", " desc"])
    ),
    max_size=3,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(rows, max_size=25), orders, st.integers(1, 9))
def test_pages_hold_every_item_once_and_in_the_order_of_the_whole(
    held: list[dict[str, Any]], keys: list[tuple[str, str]], size: int
) -> None:
    emulator = emulator_with(held)
    order = quote(",".join(name + direction for name, direction in keys))
    whole = [row["Id"] for row in emulator.rows(f"{LIST}/items?$orderby={order}&$top=5000")]
    paged: list[int] = []
    path = f"{LIST}/items?$orderby={order}&$top={size}"
    while path:
        document = emulator.get(path).json()
        assert len(document["value"]) <= size
        paged += [row["Id"] for row in document["value"]]
        link = urlsplit(document.get("odata.nextLink", ""))
        path = f"{unquote(link.path)}?{link.query}" if link.path else ""
    assert paged == whole
    assert sorted(paged) == list(range(1, len(held) + 1))


names = st.sampled_from(
    [
        "Id",
        "Title",
        "Word",
        "Score",
        "Due",
        "Live",
        "Link",
        "Owner",
        "Owner/Title",
        "Parent/Title",
        "Themes",
        "Nope",
        "",
    ]
)
constants = st.sampled_from(
    ["1", "'x'", "null", "true", "datetime'2026-01-01T00:00:00Z'", "guid'x'", "'2026-01-01'", "-1.5", "Score", "''"]
)
conditions = st.builds(
    "{} {} {}".format, names, st.sampled_from(["eq", "ne", "gt", "le", "like", ""]), constants
) | st.builds("{}({},{})".format, st.sampled_from(["startswith", "substringof", "day", "endswith"]), names, constants)
filters = st.recursive(
    conditions,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner) | st.builds("not {}".format, inner)
    ),
    max_leaves=4,
)


@settings(deadline=None, max_examples=200)
@given(filters, st.lists(names, max_size=3), st.lists(names, max_size=2), names)
def test_any_query_is_answered(condition: str, select: list[str], expand: list[str], order: str) -> None:
    query = {"$filter": condition, "$select": ",".join(select), "$expand": ",".join(expand), "$orderby": order}
    text = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    row = {"Title": "x", "Word": "y", "Score": 1, "Due": "2026-07-01", "Link": "https://a.example", "Parent": 1}
    row |= {"Owner": "ann@example.org", "Themes": ["A"], "Live": True}
    answer = emulator_with([row, {}]).get(f"{LIST}/items?{text}")
    assert answer.status_code in STATUSES
    json.loads(answer.content)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-01-01", "0001-01-01T00:00:00+05:00", "\ud800", 10**400]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["results", "Url", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)
properties = st.sampled_from(
    [
        "Title",
        "Word",
        "Score",
        "Due",
        "Live",
        "Link",
        "OwnerId",
        "Owner",
        "ParentId",
        "Themes",
        "ID",
        "__metadata",
        "Nope",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(properties, values, max_size=3))
def test_any_write_is_taken_or_refused_and_a_refused_one_changes_nothing(body: dict[str, Any]) -> None:
    emulator = emulator_with([{"Title": "x"}])
    before = emulator.get(f"{LIST}/items(1)").content
    answer = emulator.merge(f"{LIST}/items(1)", body)
    assert answer.status_code in STATUSES
    if answer.status_code != 204:
        assert emulator.get(f"{LIST}/items(1)").content == before
    assert emulator.get(f"{LIST}/items(1)").status_code == 200


@settings(deadline=None, max_examples=200)
@given(
    st.text("/()'@$%webliststem1 {}:;=&?_apiGtByT", max_size=40),
    st.binary(max_size=60),
    st.sampled_from(["GET", "POST"]),
)
def test_any_path_and_any_body_is_answered(path: str, body: bytes, method: str) -> None:
    emulator = emulator_with([{}])
    for address in (path.lstrip("/"), f"{LIST}/{path}", "$batch"):
        headers = {"Content-Type": "multipart/mixed; boundary=b"}
        content = b"--b\n\n" + body + b"\n--b--" if address == "$batch" else body
        assert emulator.send(method, address, content, headers=headers).status_code in STATUSES
    assert emulator.post("/sites/demo/_vti_bin/client.svc/ProcessQuery", body).status_code in STATUSES
