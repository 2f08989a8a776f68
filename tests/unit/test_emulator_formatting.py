"""Formatted columns and rows on a list's page: the published samples' shapes, and nothing that could do harm."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from connectors.emulator.pages.formatting import icons
from connectors.emulator.pages.formatting.elements import ATTRIBUTES, read_column
from connectors.emulator.pages.formatting.rows import value
from connectors.emulator.pages.formatting.styles import MOST_RULES, STYLES, Sheet, safe_value
from connectors.emulator.pages.formatting.values import Record
from connectors.emulator.state.views import View
from tests.support.list_pages import FIELDS, LIST, VALUES, Desk, document

PICTURE = "=if(@currentField == 'Open', 'CheckMark', 'ErrorBadge')"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def desk(column: str, formatter: Any, **values: Any) -> Desk:
    """A desk whose list has one formatted column, in a view that shows it with a few others."""
    text = formatter if isinstance(formatter, str) else json.dumps(formatter)
    fields = [{**each, "custom_formatter": text} if each["name"] == column else each for each in FIELDS]
    return Desk(document({**VALUES, **values}, fields=fields))


def cell(column: str, formatter: Any, **values: Any) -> str:
    """The HTML of the formatted cell."""
    page = desk(column, formatter, **values).visitor.get(LIST)
    assert page.status == 200
    title = next((str(each.get("title", each["name"])) for each in FIELDS if each["name"] == column), column)
    at = [heading.removesuffix(", sort") for heading in page.rows[0]].index(title)
    row = page.text.partition("<tbody>")[2].partition("</tr>")[0]
    opened = [part.partition("</td>")[0] for part in row.split("<td")[1:]]
    # The first cell names the row, and the second edits it.
    return opened[at - 1].partition(">")[2] if at else row.partition("</th>")[0]


def element(kind: str = "div", **more: Any) -> dict[str, Any]:
    return {"elmType": kind, **more}


def looped(over: str, text: str) -> dict[str, Any]:
    return element(children=[element("span", forEach=over, txtContent=text)])


LINE = element("path", attributes={"d": "M0 0L4 4"}, style={"stroke": "red"})


# The published samples' shapes


def test_text_and_severity_and_icon() -> None:
    severity = "=if(@currentField == 'Open', 'sp-field-severity--good', 'sp-field-severity--blocked')"
    picture = element("span", style={"padding": "0 4px"}, attributes={"iconName": PICTURE})
    words = element("span", txtContent="@currentField")
    classes = f"{severity} + ' ms-fontColor-neutralSecondary'"
    formatter = element(attributes={"class": classes}, children=[picture, words])
    shown = cell("State", formatter)
    assert shown.startswith('<div class="sp-field-severity--good ms-fontColor-neutralSecondary"><span class="cell-1">')
    assert icons.LINES["CheckMark"] in shown
    assert shown.endswith("</span><span>Open</span></div>")
    shut = cell("State", formatter, State="Shut")
    assert "sp-field-severity--blocked" in shut
    assert icons.LINES["ErrorBadge"] in shut


@pytest.mark.parametrize(
    ("column", "formatter", "expected"),
    [
        ("Weight", element(txtContent="@currentField"), "<div>0.25</div>"),
        ("Due", element(txtContent="@currentField"), "<div>1 July 2026</div>"),
        ("Due", element(txtContent="=toLocaleDateString(@currentField)"), "<div>01/07/2026</div>"),
        ("Due", element(txtContent="=if(addDays([$Due], 1) <= @now, 'overdue', 'in time')"), "<div>in time</div>"),
        ("Lead", element(txtContent="@currentField.title"), "<div>Ben Ng</div>"),
        ("Lead", element(txtContent="[$Lead.email]"), "<div>ben@example.org</div>"),
        ("Programme", element(txtContent="@currentField.lookupValue"), "<div>Digital</div>"),
        ("Public", element(txtContent="=if(@currentField == true, 'Open to all', 'Closed')"), "<div>Open to all</div>"),
        ("Public", element(txtContent="@currentField.displayValue"), "<div>Yes</div>"),
        ("Budget", element(txtContent="@currentField.displayValue"), "<div>£640,000.00</div>"),
        ("Score", element(txtContent="=@currentField + 1"), "<div>21</div>"),
        ("News", element(txtContent="@currentField"), "<div>Nine of fourteen homes.</div>"),
        ("Ref", element(txtContent="=[$ID] + '/' + [$Title] + '/' + @rowIndex"), "<div>1/Library app/0</div>"),
        ("Ref", element(txtContent="[!Due.DisplayName]"), "<div>Due date</div>"),
        ("Ref", element("button", txtContent="Give feedback", customRowAction={"action": "defaultClick"}),
         '<span class="button-text">Give feedback</span>'),
        ("Ref", element("p", txtContent="", children=[element("p")]), "<p></p>"),
        ("Ref", element(debugMode=True, inlineEditField="[$Ref]", customCardProps={}), "<div></div>"),
        ("Ref", element(children=[element("img", attributes={"src": "https://a.org/a.png"})]), "<div></div>"),
        ("Themes", looped("tag in @currentField", "=[$tag] + loopIndex('tag')"),
         "<div><span>Roads0</span><span>Homes1</span></div>"),
        ("Team", looped("who in [$Team]", "[$who.title]"),
         "<div><span>Cem Öz</span><span>Ann Lee</span></div>"),
        ("Team", looped("who in @currentField.email", "[$who]"),
         "<div><span>cem@example.org</span><span>ann@example.org</span></div>"),
        ("Ref", looped("part in split(@currentField, '-')", "[$part]"),
         "<div><span>P</span><span>1</span></div>"),
        ("Paper", element("a", txtContent="[$Paper.desc]", attributes={"href": "@currentField", "target": "_blank"}),
         '<a href="https://example.org/paper" rel="noopener noreferrer" target="_blank">The paper</a>'),
        ("Ref", element("svg", attributes={"viewBox": "0 0 4 4"}, children=[LINE]),
         '<svg viewBox="0 0 4 4" aria-hidden="true"><path class="cell-1" d="M0 0L4 4"></path></svg>'),
        ("Ref", element(attributes={"title": 'a "b"', "role": "img", "aria-label": "Ref", "draggable": "true"}),
         '<div title="a &#34;b&#34;" aria-label="Ref" role="img"></div>'),
    ],
)  # fmt: skip
def test_a_formatter_is_drawn(column: str, formatter: Any, expected: str) -> None:
    assert cell(column, formatter) == expected


def test_me_and_now_are_who_looks_and_the_servers_clock() -> None:
    formatter = element(txtContent="=if(@me == [$Lead.email], 'mine', 'theirs') + ' ' + toLocaleString(@now)")
    at = desk("Lead", formatter, Lead="ann@example.org")
    assert "mine 17/06/2026, 10:30:00" in at.visitor.get(LIST).words
    at.clock.advance(days=1)
    assert "mine 18/06/2026, 10:30:00" in at.visitor.get(LIST).words
    page = at.visitor.get(LIST)
    page.forms[0].fill("You are", "Cem Öz")
    assert "theirs 18/06/2026, 10:30:00" in at.visitor.submit(page).words


@pytest.mark.parametrize(
    ("days", "said"),
    [(13, "ahead"), (14, "due today"), (15, "overdue")],
    ids=["the day before", "the day", "the day after"],
)
def test_a_due_date_is_overdue_when_its_day_is_over(days: int, said: str) -> None:
    formatter = element(
        txtContent="=if(addDays(@currentField, 1) <= @now, 'overdue', if(@currentField <= @now, 'due today', 'ahead'))"
    )
    at = desk("Due", formatter)  # 1 July; it is 17 June
    at.clock.advance(days=days)
    assert at.visitor.get(LIST).column("Due date") == [said]


def test_a_formatter_sees_only_what_its_view_shows() -> None:
    at = desk("Ref", element(txtContent="='[' + [$Weight] + ']'"))
    assert at.visitor.get(LIST).column("Ref") == ["[0.25]"]
    at.list.views.append(View("5" * 8, "Short", "Short.aspx", ["LinkTitle", "Ref"]))
    assert at.visitor.get(f"{LIST}/Short.aspx").column("Ref") == ["[]"]


def test_the_title_may_be_formatted_and_still_leads_to_its_item() -> None:
    at = Desk()
    at.list.change_field(at.list.title_field, _with(at.list.title_field, element(txtContent="=toUpperCase([$Title])")))
    page = at.visitor.get(LIST)
    assert page.rows[1][0] == "LIBRARY APP Open Library app"
    assert page.links["Open Library app"] == f"{LIST}/DispForm.aspx?ID=1"


def _with(column: Any, formatter: Any) -> Any:
    return replace(column, custom_formatter=json.dumps(formatter))


def value_of(stored: Any, **column: Any) -> Any:
    at = Desk()
    return value(at.site, replace(at.list.field_named("Score"), **column), stored)


@pytest.mark.parametrize(
    ("stored", "column", "expected"),
    [
        ("12.5", {"output_type": "Currency"}, 12.5),
        ("none", {"output_type": "Number"}, "none"),
        ("1", {"output_type": "Boolean"}, True),
        ("0", {"output_type": "Boolean"}, False),
        ("2026-07-01T00:00:00Z", {"output_type": "DateTime"}, datetime(2026, 7, 1, tzinfo=UTC)),
        ("soon", {"output_type": "DateTime"}, "soon"),
        ("words", {"output_type": "Text"}, "words"),
        (2, {"type": "ModStat"}, Record("Pending", {"displayValue": "Pending", "numeric": 2.0}, 2.0)),
        ("https://a.org", {"type": "URL"}, "https://a.org"),
        ("One", {"type": "MultiChoice"}, ("One",)),
        (99, {"type": "User"}, Record("Unknown person 99", {"id": "99", "title": "Unknown person 99"})),
        ("x", {"type": "User"}, ""),
        (None, {"type": "UserMulti"}, ()),
        (7, {"type": "Counter"}, 7.0),
        (None, {"type": "Text"}, ""),
    ],
)
def test_stored_values_are_what_a_formatter_works_with(stored: Any, column: dict[str, Any], expected: Any) -> None:
    assert value_of(stored, **column) == expected


def test_a_list_with_approval_compares_its_status_by_number_and_by_name() -> None:
    at = desk("Ref", element(txtContent="=[$_ModerationStatus] + ([$_ModerationStatus] == 0)"))
    at.list.settings = replace(at.list.settings, content_approval=True)
    assert at.visitor.get(LIST).column("Ref") == ["Approvedtrue"]


# What cannot be applied


@pytest.mark.parametrize(
    "formatter",
    [
        "{", "[]", "3", '"x"', "null", "[" * 5000, "x" * 200_001,
        {}, {"elmType": "script"}, {"elmType": "iframe"}, {"elmType": 3}, element(children={}), element(children=["x"]),
        element(attributes={"onclick": "alert(1)"}), element(attributes={"style": "color:red"}), element(attributes=[]),
        element(style="color:red"), element(txtContent="=if("), element(txtContent=None, style={"color": None}),
        element(children=[element(attributes={"id": "main"})]), element(forEach="a in [$Themes]"),
        element(children=[element(forEach="nothing")]), element(children=[element(forEach=3)]),
        element(children=[{"columnFormatterReference": "[$Ref]"}]), element(children=[element()] * 1000),
        element(txtContent="=padStart('', 20000, 'x') + 'x'"),
        element(children=[element(forEach="a in split(padStart('', 1500, 'x'), '')", txtContent="[$a]")]),
    ],
)  # fmt: skip
def test_what_is_no_formatter_leaves_the_value_plain_and_says_why(formatter: Any) -> None:
    page = desk("Ref", formatter).visitor.get(LIST)
    assert page.column("Ref") == ["P-1"]
    assert page.text.count('title="The formatting of this cannot be applied, so it is shown plain. ') == 1
    assert not {"script", "style", "iframe"} & set(page.tags)


def test_elements_in_elements_have_an_end() -> None:
    nested = element()
    for _ in range(40):
        nested = element(children=[nested])
    assert "too many elements" in str(read_column(json.dumps(nested)))


@pytest.mark.parametrize("formatter", ["", "  ", None])
def test_a_blank_formatter_is_none(formatter: str | None) -> None:
    page = desk("Ref", formatter or "").visitor.get(LIST)
    assert (page.column("Ref"), "cannot be applied" in page.text) == (["P-1"], False)


# What may do harm


class _Attributes(HTMLParser):
    """What a page has in its elements, and in its own style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.had: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.had += [(name, value or "") for name, value in attrs]


EVERYWHERE = ("title", "class", "iconName", "role", "aria-label", "aria-hidden", "target", "rel", "data-interception")
DRAWN = element("path", attributes={"d": "@currentField"})


@pytest.mark.parametrize(
    "formatter",
    [
        element(txtContent="@currentField"),
        element(txtContent=f"='{HOSTILE.replace(chr(39), '')}'"),
        element(attributes=dict.fromkeys(EVERYWHERE, "@currentField")),
        element("a", attributes={"href": "@currentField", "target": "@currentField"}, txtContent="x"),
        element("svg", attributes=dict.fromkeys(("viewBox", "preserveAspectRatio"), "@currentField"), children=[DRAWN]),
        element(style=dict.fromkeys(sorted(STYLES), "@currentField"), txtContent="x"),
        element(style={"color": "</style><script>alert(1)</script>", "width": "10px}</style><img src=x>"}),
    ],
)
@pytest.mark.parametrize(
    "value", [HOSTILE, "javascript:alert(1)", "red;} body {display:none", "url(https://example.org/a)"]
)
def test_a_value_is_text_wherever_a_formatter_puts_it(formatter: Any, value: str) -> None:
    page = desk("Colour", formatter, Colour=value).visitor.get(LIST)
    assert page.status == 200
    read = _Attributes()
    read.feed(page.text)
    assert not {"script", "img", "iframe"} & read.tags
    assert not [name for name, _ in read.had if name.startswith("on") or name == "style"]
    assert {text.partition(":")[0] for name, text in read.had if name == "href" and ":" in text} <= {"https", "data"}
    sheet = page.text.partition("<style>")[2].partition("</style>")[0]
    assert not [said for said in ("body", "url", "<", "javascript") if said in sheet]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "/sites/pmo",
        "mailto:a@b.c",
        "vbscript:x",
        "https://[",
    ],
)
def test_a_link_leads_only_to_the_web(href: str) -> None:
    assert cell("Ref", element("a", txtContent="x", attributes={"href": href})) == "<span>x</span>"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("color", "#ff0000", True), ("color", "rgb(1, 2, 3)", True), ("padding", "0 4px", True),
        ("width", "12.5%", True), ("font-family", "'Segoe UI', sans-serif", True), ("margin", "-4px", True),
        ("transform", "translate(10px, 2px)", True), ("transform", "rotate(9deg)", False), ("color", "", False),
        ("color", "  ", False), ("background-image", "none", False), ("position", "fixed", False),
        ("z-index", "9", False), ("top", "0", False), ("behavior", "x", False), ("color", "url(x)", False),
        ("--inline-editor-border-width", "1px", False), ("color", "expression(alert(1))", False),
        ("color", "var(--paper)", False), ("color", "red;position:fixed", False), ("color", "red}", False),
        ("color", "red/*", False), ("color", "\\72 ed", False), ("color", "red !important", False),
        ("color", "rgb(1", False), ("color", "'red", False), ("color", "<b>", False), ("color", "é", False),
        ("color", "x" * 121, False),
    ],
)  # fmt: skip
def test_a_style_is_let_through_only_where_it_can_do_no_harm(name: str, value: str, kept: bool) -> None:
    assert bool(safe_value(name, value)) is kept
    assert bool(Sheet().name({name: value})) is kept


def test_styles_stand_in_one_sheet_that_the_policy_allows_by_its_digest() -> None:
    page = desk(
        "Ref", element(style={"color": "#b00020", "position": "fixed"}, txtContent="@currentField")
    ).visitor.get(LIST)
    assert "<style>#main .cell-1{color:#b00020}\n</style>" in page.text
    assert ' style="' not in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self' 'sha256-")
    assert "unsafe" not in policy
    plain = Desk().visitor.get(LIST)
    assert "sha256" not in plain.headers["content-security-policy"]


def test_a_sheet_has_an_end() -> None:
    sheet = Sheet()
    names = [sheet.name({"width": f"{width}px"}) for width in range(MOST_RULES + 5)]
    assert names[-1] == ""
    assert sheet.name({"width": "3px"}) == "cell-4"


@pytest.mark.parametrize("given", ["skip hidden", 'ms-x" onload="y', "Sp-field", "action cell-1"])
def test_the_classes_of_our_own_pages_are_not_to_be_had(given: str) -> None:
    assert cell("Ref", element(attributes={"class": given})) == "<div></div>"


def test_every_icon_is_a_path_and_unknown_names_draw_nothing() -> None:
    for name in (*icons.LINES, *icons.SURFACES):
        assert icons.icon(name).startswith('<svg class="icon')
        assert 'aria-hidden="true"' in icons.icon(name)
    assert icons.icon("Rocket") == ""
    assert {"onclick", "style", "id", "srcset", "srcdoc"}.isdisjoint(ATTRIBUTES)


# Rows of a view


def rows_of(formatter: str, **values: Any) -> Any:
    at = Desk(document({**VALUES, **values}))
    at.list.default_view.custom_formatter = formatter
    return at.visitor.get(LIST)


@pytest.mark.parametrize(
    ("formatter", "classes"),
    [
        (
            {"additionalRowClass": "=if([$State] == 'Open', 'sp-field-severity--warning', '')"},
            "sp-field-severity--warning",
        ),
        ({"additionalRowClass": "=if(@rowIndex % 2 == 0, 'ms-bgColor-themeLight', '')"}, "ms-bgColor-themeLight"),
        ({"additionalRowClass": "=if(@currentField == 'Library app', 'sp-field-bold', '')"}, "sp-field-bold"),
        ({"additionalRowClass": "=if([$State] == 'Shut', 'sp-field-severity--good', '')"}, ""),
        ({"additionalRowClass": "skip"}, ""),
        ({"additionalRowClass": "=padStart('', 20000, 'x') + 'x'"}, ""),
        ({"hideSelection": True}, ""),
    ],
)
def test_a_view_gives_its_rows_classes(formatter: Any, classes: str) -> None:
    page = rows_of(json.dumps(formatter))
    assert (f'<tr class="{classes}">' in page.text) is bool(classes)
    assert ("<tr class" in page.text) is bool(classes)
    assert "cannot be applied" not in page.words


@pytest.mark.parametrize("formatter", ["{", '{"additionalRowClass": "=if("}', "[]"])
def test_a_views_formatting_that_cannot_be_read_is_told_once(formatter: str) -> None:
    page = rows_of(formatter)
    assert page.words.count("The formatting of this cannot be applied") == 1
    assert page.column("Ref") == ["P-1"]


# Colours


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_ink_can_be_read_on_every_surface(scheme: str) -> None:
    sheet = Desk().visitor.get("/_layouts/15/pages.css").text
    blocks = re.findall(r"(color-scheme: dark\) \{\s*)?:root \{([^}]*)\}", sheet)
    chosen = {
        name: value
        for dark, block in blocks
        for name, value in _COLOUR.findall(block)
        if bool(dark) is (scheme == "dark")
    }
    surfaces = {name: value for name, value in chosen.items() if name.endswith("-surface")}
    inks = [name.removesuffix("-surface") for name in surfaces] + ["--ink"]
    assert len(surfaces) == 7
    pairs = [(ink, on) for ink in inks for on in (*surfaces, "--paper", "--raised")]
    assert [pair for pair in pairs if _contrast(chosen[pair[0]], chosen[pair[1]]) < 4.5] == []
    # Links and quiet words stand on the surfaces of rows.
    assert [name for name in surfaces if _contrast(chosen["--link"], chosen[name]) < 4.5] == []


_COLOUR = re.compile(r"(--[\w-]+): (#[0-9a-f]{6})")
