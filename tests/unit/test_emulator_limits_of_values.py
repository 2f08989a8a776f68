"""What a list takes and refuses, whichever way it is written: choices, read-only columns, people, names, ETags."""

from typing import Any

import pytest

from tests.support.emulator import Direct, DirectAnswer
from tests.support.process_query import QueryClient, error, text

LIST = "web/lists/GetByTitle('Projects')"
ITEM = f"{LIST}/items(1)"
CHOICE = (
    "-1, Microsoft.SharePoint.SPException",
    "Invalid choice value.\n\nA choice field contains invalid data. Please check the value and try again.",
)
READ_ONLY = (
    "-2147352571, Microsoft.SharePoint.SPException",
    "Invalid data has been used to update the list item. The field you are trying to update may be read only.",
)
NO_USER = ("-2146232832, Microsoft.SharePoint.SPException", "User cannot be found.")
NULL = '<Parameter Type="Null" />'
QUERY = "-1, Microsoft.SharePoint.Client.InvalidClientQueryException"


@pytest.fixture
def emulator() -> Direct:
    fields = [
        {"name": "Status", "type": "Choice", "choices": ["Open", "Closed"]},
        {"name": "Free", "type": "Choice", "choices": ["Open"], "fill_in": True},
        {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
        {"name": "FreeThemes", "type": "MultiChoice", "choices": ["A"], "fill_in": True},
        {"name": "Locked", "type": "Text", "read_only": True},
        {"name": "Half", "type": "Calculated"},
        {"name": "Owner", "type": "User"},
        {"name": "Live", "type": "Boolean"},
    ]
    users = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}]
    lists = [{"title": "Projects", "fields": fields, "items": [{"values": {"Title": "One"}, "version": 4}]}]
    return Direct({"sites": [{"path": "/sites/demo", "users": users, "lists": lists}]})


def told(answer: DirectAnswer) -> tuple[str, str] | None:
    """Code and sentence of a refusal over REST; None where it was done."""
    if answer.status_code < 300:
        return None
    found = answer.json()["odata.error"]
    return found["code"], found["message"]["value"]


def told_by_query(answer: DirectAnswer) -> tuple[str, str] | None:
    """Code and sentence of a refusal inside the 200 of ProcessQuery; None where it was done."""
    info = error(answer)
    return (f"{info['ErrorCode']}, {info['ErrorTypeName']}", info["ErrorMessage"]) if info else None


def array(*members: str) -> str:
    objects = "".join(text(member) for member in members).replace("Parameter", "Object")
    return f'<Parameter Type="Array">{objects}</Parameter>'


@pytest.mark.parametrize(
    ("column", "written", "status", "refusal"),
    [
        ("Status", "Closed", 204, None),
        ("Status", "closed", 400, CHOICE),
        ("Status", "Elsewhere", 400, CHOICE),
        ("Status", "", 204, None),
        ("Free", "Elsewhere", 204, None),
        ("Themes", ["A", "B"], 204, None),
        ("Themes", ["A", "C"], 400, CHOICE),
        ("FreeThemes", ["A", "C"], 204, None),
        ("Locked", "x", 400, READ_ONLY),
        ("Half", "x", 400, READ_ONLY),
    ],
)
def test_both_ways_of_writing_take_and_refuse_the_same(
    emulator: Direct, column: str, written: Any, status: int, refusal: tuple[str, str] | None
) -> None:
    answer = emulator.merge(ITEM, {column: written})
    assert (answer.status_code, told(answer)) == (status, refusal)
    parameter = array(*written) if isinstance(written, list) else text(written)
    assert told_by_query(QueryClient(emulator).save("Update", parameter, field=column)) == refusal


@pytest.mark.parametrize("name", ["Modified", "Created", "ID", "GUID", "OData__ModerationStatus", "Order"])
def test_a_column_of_the_service_itself_is_not_written(emulator: Direct, name: str) -> None:
    answer = emulator.merge(ITEM, {name: "2026-01-01T00:00:00Z"})
    assert (answer.status_code, told(answer)) == (400, READ_ONLY)


def unknown(name: str) -> str:
    return (
        f"The property '{name}' does not exist on type 'SP.Data.ProjectsListItem'. "
        "Make sure to only use property names that are defined by the type."
    )


def test_a_person_nobody_knows_is_refused_both_ways(emulator: Direct) -> None:
    answer = emulator.merge(ITEM, {"OwnerId": 99})
    assert (answer.status_code, told(answer)) == (500, NO_USER)
    assert (
        told_by_query(QueryClient(emulator).save("Update", '<Parameter Type="Int32">99</Parameter>', field="Owner"))
        == NO_USER
    )
    assert told(emulator.merge(ITEM, {"OwnerId": 7})) is None


def test_a_name_no_column_has_is_refused_in_a_body_and_in_a_selection(emulator: Direct) -> None:
    written = emulator.merge(ITEM, {"Nope": 1})
    assert (written.status_code, told(written)) == (400, (QUERY, unknown("Nope")))
    for path in (ITEM, f"{LIST}/items"):
        read = emulator.get(f"{path}?$select=Id,Nope")
        assert (read.status_code, told(read)) == (400, (QUERY, "The field or property 'Nope' does not exist."))
    shown = emulator.get(f"{LIST}?$select=Nope")
    assert (shown.status_code, (told(shown) or ("", ""))[0]) == (400, QUERY)
    info = told_by_query(QueryClient(emulator).save("Update", text("x"), field="Nope"))
    assert info == (
        "-2147024809, System.ArgumentException",
        "Column 'Nope' does not exist. It may have been deleted by another user.",
    )


@pytest.mark.parametrize(
    ("if_match", "done"),
    [
        ('"3"', False),
        ('"4"', True),
        ('"5"', False),
        ('"68be87d5-96e5-49ab-8477-9b17070c8a33,4"', True),
        ('"68be87d5-96e5-49ab-8477-9b17070c8a33,3"', False),
        ("*", True),
        (None, True),
    ],
)
def test_a_write_names_the_version_it_means(emulator: Direct, if_match: str | None, done: bool) -> None:
    answer = emulator.merge(ITEM, {"Title": "new"}, etag=if_match)
    if done:
        assert (answer.status_code, answer.headers["ETag"]) == (204, '"5"')
        return
    assert answer.status_code == 412
    assert told(answer) == (
        "-1, Microsoft.SharePoint.Client.ClientServiceException",
        f"""The request ETag value '{if_match}' does not match the object's ETag value '"4"'.""",
    )
    assert emulator.get(f"{ITEM}?$select=Title").json() == {"Title": "One"}


def test_the_strict_rule_refuses_a_write_that_names_no_version(emulator: Direct) -> None:
    emulator.world.missing_if_match = "refuse"
    assert emulator.merge(ITEM, {"Title": "new"}, etag=None).status_code == 412
    assert emulator.merge(ITEM, {"Title": "new"}, etag="*").status_code == 204


# A form digest stands for a session of the browser, and no caller here has one: who writes shows a token.
@pytest.mark.parametrize(
    ("token", "digest", "status"),
    [(True, None, 204), (True, "0x00,01 Jan 2001 00:00:00 -0000", 204), (False, None, 401), (False, "fresh", 401)],
)
def test_a_form_digest_is_given_to_anybody_and_counts_neither_with_a_token_nor_without(
    emulator: Direct, token: bool, digest: str | None, status: int
) -> None:
    info = emulator.post("contextinfo", headers={"authorization": ""})
    assert (info.status_code, info.json()["FormDigestTimeoutSeconds"]) == (200, 1800)
    fresh = info.json()["FormDigestValue"]
    sent = {"X-HTTP-Method": "MERGE", "If-Match": "*"}
    sent |= {} if token else {"authorization": ""}
    sent |= {"X-RequestDigest": fresh if digest == "fresh" else digest} if digest else {}
    assert emulator.post(ITEM, {"Title": "new"}, headers=sent).status_code == status


@pytest.mark.parametrize(
    ("column", "full", "blank", "parameter"),
    [
        ("Status", "Open", None, NULL),
        ("Status", "Open", "", text("")),
        ("Themes", ["A"], None, NULL),
        ("Themes", ["A"], [], array()),
        ("Live", True, None, NULL),
        ("OwnerId", 7, None, NULL),
    ],
)
def test_null_and_nothing_empty_a_column_both_ways(
    emulator: Direct, column: str, full: Any, blank: Any, parameter: str
) -> None:
    def held() -> Any:
        return emulator.get(ITEM).json()[column]

    assert emulator.merge(ITEM, {column: full}).status_code == 204
    assert held() == full
    assert emulator.merge(ITEM, {column: blank}).status_code == 204
    assert held() is None
    emulator.merge(ITEM, {column: full})
    query = QueryClient(emulator).save("SystemUpdate", parameter, field=column.removesuffix("Id"))
    assert (error(query), held()) == (None, None)
