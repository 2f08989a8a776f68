"""Every way of writing an address leads to one canonical path, with what it selects beside it."""

import pytest

from connectors.emulator.errors import SharePointError
from connectors.emulator.wire.paths import Selector, canonical, split_service

GUID = "c5cd12b5-310e-4a19-afa1-94c9d4b52a1e"


@pytest.mark.parametrize(
    ("written", "selector"),
    [
        ("web/lists/GetByTitle('Bob''s list')", Selector("title", "Bob's list")),
        ("Web/Lists/getbytitle('Bob''s list')", Selector("title", "Bob's list")),
        ("lists/GetByTitle('a/b (c)')", Selector("title", "a/b (c)")),
        ("web/GetListByTitle('x')", Selector("title", "x")),
        (f"web/lists/GetById('{GUID}')", Selector("id", GUID)),
        (f"web/lists/getbyid(guid'{GUID}')", Selector("id", GUID)),
        (f"Web/Lists(guid'{GUID}')", Selector("id", GUID)),
        (f"web/lists('{GUID}')", Selector("id", GUID)),
        (f"web/lists('{{{GUID}}}')", Selector("id", f"{{{GUID}}}")),
        ("web/getList('/sites/x/Lists/P')", Selector("url", "/sites/x/Lists/P")),
        ("web/getList(@u)", Selector("url", "/sites/x/Lists/P")),
        ("web/GetListUsingPath(@v)", Selector("url", "/sites/x/Lists/Q's")),
        ("web/GetListUsingPath(DecodedUrl=@u)", Selector("url", "/sites/x/Lists/P")),
        ("web/GetListUsingPath(decodedurl='/sites/x/Lists/P')", Selector("url", "/sites/x/Lists/P")),
        ("Site/RootWeb/lists/GetByTitle('x')", Selector("title", "x")),
    ],
)
def test_a_list_may_be_named_in_every_way(written: str, selector: Selector) -> None:
    parameters = {"@u": "'/sites/x/Lists/P'", "@v": '{"DecodedUrl": "/sites/x/Lists/Q\'s"}'}
    found = canonical(written, parameters)
    assert (found.pattern, found.selectors["list"]) == ("web/list", selector)


@pytest.mark.parametrize(
    "step",
    [
        "items(7)",
        "items('7')",
        "items/GetById(7)",
        "Items/getById('7')",
        "getItemById(7)",
        "items/GetByStringId('7')",
        "items/getByStringId(sId='7')",
    ],
)
def test_an_item_may_be_named_in_every_way(step: str) -> None:
    found = canonical(f"web/lists/GetByTitle('x')/{step}/recycle()", {})
    assert (found.pattern, found.selectors["item"].value) == ("web/list/item/recycle", "7")


@pytest.mark.parametrize(
    ("step", "selector"),
    [
        (f"Fields('{GUID}')", Selector("id", GUID)),
        (f"fields(guid'{GUID}')", Selector("id", GUID)),
        (f"fields/getById('{GUID}')", Selector("id", GUID)),
        ("fields/getByInternalNameOrTitle('RAG Status')", Selector("name", "RAG Status")),
        ("Fields/getByTitle('RAG')", Selector("title", "RAG")),
    ],
)
def test_a_column_may_be_named_in_every_way(step: str, selector: Selector) -> None:
    found = canonical(f"lists/getbytitle('x')/{step}", {})
    assert (found.pattern, found.selectors["field"]) == ("web/list/field", selector)


@pytest.mark.parametrize(
    ("step", "by"),
    [("siteUsers/GetByEmail('a@b')", "email"), ("siteusers/getByLoginName('a@b')", "login"), ("GetUserById(7)", "id")],
)
def test_a_user_may_be_named_in_every_way(step: str, by: str) -> None:
    found = canonical(f"web/{step}", {})
    assert (found.pattern, found.selectors["user"].by) == ("web/user", by)


@pytest.mark.parametrize("path", ["web/lists/(guid'x')", "web/lists/GetByTitle('x", "web/lists/GetByTitle('x'"])
def test_a_path_that_cannot_be_read_is_refused(path: str) -> None:
    with pytest.raises(SharePointError, match="is not valid"):
        canonical(path, {})


def test_an_alias_that_is_not_an_address_is_refused() -> None:
    with pytest.raises(SharePointError, match="is not valid"):
        canonical("web/GetListUsingPath(@v)", {"@v": "{broken"})
    with pytest.raises(SharePointError, match="is not valid"):
        canonical("web/GetListUsingPath(@v)", {"@v": '{"Other": "x"}'})


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/sites/demo/_api/web", ("/sites/demo", "_api", "web")),
        ("/_API/web/", ("/", "_api", "web")),
        ("/sites/demo/_vti_bin/client.svc/ProcessQuery", ("/sites/demo", "_vti_bin", "client.svc/ProcessQuery")),
        ("/sites/my_apis/_api", ("/sites/my_apis", "_api", "")),
        ("/sites/demo/SitePages/Home.aspx", None),
    ],
)
def test_the_site_is_what_stands_before_the_service(path: str, parts: tuple[str, str, str] | None) -> None:
    assert split_service(path) == parts
