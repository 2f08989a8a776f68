"""Whatever a browser sends, the pages answer: never with an error of their own, never with the sender's markup."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.emulator.pages.formatting.elements import ATTRIBUTES, KINDS
from connectors.emulator.pages.formatting.functions import FUNCTIONS
from connectors.emulator.pages.formatting.styles import STYLES
from tests.support.list_pages import FIELDS, LIST, ORIGIN, SITE, VALUES, Desk, document

STATUSES = {200, 303, 400, 404, 409, 422}
OURS = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
PATHS = ["/", SITE, *(f"{LIST}/{form}.aspx" for form in ("AllItems", "DispForm", "EditForm", "NewForm", "Recycle"))]
NAMES = ["Title", *(str(field["name"]) for field in FIELDS)]

words = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "1", "0", "-1", "99", "1e400", "2026-07-01", "9999-12-31", "2026-07-01T01:30", "0001-01-01T00:00:00+14:00"]
    ),
    st.sampled_from(
        ["Open", "Red", "<script>x()</script>", "https://example.org", "javascript:x()", "[]", "null", "²"]
    ),
)
queries = st.dictionaries(
    st.sampled_from(["ID", "Page", "RowLimit", "SortField", "SortDir", "viewid", "done", "x"]),
    st.one_of(words, st.sampled_from(NAMES)),
    max_size=4,
)
shown = st.dictionaries(st.sampled_from(NAMES), st.lists(words, max_size=2), max_size=6).map(json.dumps)
fields = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(NAMES).flatmap(lambda name: st.sampled_from([f"f-{name}", f"o-{name}"])),
            st.sampled_from(["as", "person", "list"]),
        ),
        words,
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(PATHS), queries, st.binary(max_size=20))
def test_any_question_has_an_answer(path: str, query: dict[str, str], noise: bytes) -> None:
    desk = Desk()
    for asked in (urlencode(query), quote(noise), "ID=1&" + urlencode(query)):
        answer = desk.answer("GET", f"{path}?{asked}", OURS)
        assert answer is not None
        assert answer[0] in STATUSES
        assert b"<script" not in answer[2]


@settings(deadline=None, max_examples=250)
@example(f"{LIST}/NewForm.aspx", '{"Title": [], "Paper": ["0"]}', [], "")
@given(st.sampled_from(PATHS[3:]), st.one_of(shown, words), fields, st.sampled_from(['"1"', '"2"', "", "x"]))
def test_any_form_has_an_answer_and_what_it_saves_can_be_shown_and_sent_again(
    path: str, was: str, entered: list[tuple[str, str]], etag: str
) -> None:
    desk = Desk()
    body = urlencode([("etag", etag), ("was", was), *entered]).encode()
    answer = desk.answer("POST", f"{path}?ID=1", OURS, body)
    if path.endswith("DispForm.aspx"):
        assert answer is None, "an item's page takes no form"
        return
    assert answer is not None
    assert answer[0] in STATUSES
    for number in list(desk.list.items):
        page = desk.visitor.get(f"{LIST}/EditForm.aspx?ID={number}")
        before = dict(desk.item(number).values)
        again = desk.visitor.submit(page)
        assert "Nothing was different" in again.words or again.status == 422
        assert desk.item(number).values == before
    assert desk.visitor.get(LIST).status == 200


# Formatters of anybody's making

tokens = st.one_of(
    st.sampled_from(
        ["@currentField", "@now", "@me", "[$Due]", "[$Team.title]", "[$Themes]", "[$Lead]", "[$each]", "@x"]
    ),
    st.sampled_from(
        ["(", ")", ",", "+", "-", "*", "/", "%", "<", ">=", "==", "&&", "||", "1", "2.5", "'<b>'", "'", "if(", "="]
    ),
    st.sampled_from([f"{name}(" for name in FUNCTIONS if name.isalpha()]),
)
expressions = st.lists(tokens, max_size=9).map(lambda parts: "=" + " ".join(parts))
plain = st.one_of(
    expressions, words, st.sampled_from(["[$Team]", "@now", "[$Weight]", "[$Due]"]), st.integers(), st.booleans()
)


def operations(operands: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Operator objects with as many operands as their operator takes."""
    return st.sampled_from(sorted(FUNCTIONS)).flatmap(
        lambda name: st.lists(
            operands, min_size=FUNCTIONS[name].operands.start, max_size=FUNCTIONS[name].operands.start
        ).map(lambda given: {"operator": name, "operands": given})
    )


trees = st.recursive(plain, operations, max_leaves=5)
given_values = st.one_of(words, expressions, trees, st.none(), st.booleans(), st.floats(allow_nan=False))


def elements(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"elmType": st.sampled_from([*sorted(KINDS), "script"])},
        optional={
            "txtContent": given_values,
            "attributes": st.dictionaries(st.sampled_from([*sorted(ATTRIBUTES), "onclick"]), given_values, max_size=3),
            "style": st.dictionaries(st.sampled_from([*sorted(STYLES), "position"]), given_values, max_size=3),
            "forEach": st.one_of(words, expressions, st.sampled_from(["each in [$Team]", "each in @currentField"])),
            "children": st.lists(children, max_size=3),
        },
    )


formatters = st.recursive(elements(st.just({"elmType": "span", "txtContent": "@currentField"})), elements, max_leaves=6)


@settings(deadline=None, max_examples=100)
@given(formatters, st.one_of(given_values, st.just("=if([$Weight] > 0, 'sp-field-bold', '')")))
def test_any_formatter_leaves_a_page_that_can_be_read(formatter: Any, row_class: Any) -> None:
    fields = [
        {**each, "custom_formatter": json.dumps(formatter)} if each["name"] == "Colour" else each for each in FIELDS
    ]
    hostile = "</style><script>x()</script>"
    desk = Desk(document({**VALUES, "Colour": hostile}, fields=fields))
    desk.list.default_view.custom_formatter = json.dumps({"additionalRowClass": row_class})
    page = desk.visitor.get(LIST)
    assert page.status == 200
    assert not {"script", "img", "iframe"} & set(page.tags)
    assert page.text.count("</style>") in {0, 1}
    assert "Library app" in page.words
