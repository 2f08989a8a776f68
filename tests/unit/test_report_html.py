"""A paper as HTML: one file that loads nothing and runs nothing, in which staff's words are words and order is kept."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from sync.report.document import ColumnKind, ColumnSpec, Document, KeyFigure, KeyFigures, Section, Table, paragraph
from sync.report.html import quoted, render_html
from tests.support.budget import SEED
from tests.support.example_paper import HOSTILE, SOURCE, example, header

PAGE = render_html(example())
_VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "col"})


class Seen(HTMLParser):
    """Every element with its attributes, the text in it, and what encloses it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], list[str], tuple[str, ...]]] = []
        self._open: list[int] = []
        self.feed(page)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), [], tuple(self.found[each][0] for each in self._open)))
        if tag not in _VOID:
            self._open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), [], tuple(self.found[each][0] for each in self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for each in self._open:
            self.found[each][2].append(data)

    def all(self, *tags: str) -> Iterator[tuple[dict[str, str | None], str]]:
        for tag, attributes, text, _ in self.found:
            if tag in tags:
                yield attributes, " ".join("".join(text).split())

    def texts(self, *tags: str) -> list[str]:
        return [text for _, text in self.all(*tags)]


SEEN = Seen(PAGE)


def of(*sections: Section, **changes: object) -> Seen:
    return Seen(render_html(Document(title="A paper", header=header(**changes), sections=sections)))


# One file, alone


def test_the_same_document_gives_the_same_page() -> None:
    assert render_html(example()) == PAGE


def test_nothing_is_loaded_and_nothing_runs() -> None:
    tags = {tag for tag, *_ in SEEN.found}
    assert tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use"} == set()
    for tag, attributes, _, _ in SEEN.found:
        assert "src" not in attributes, tag
        assert "style" not in attributes, tag
        assert (attributes.get("href") or "#").startswith("#"), tag
        assert not any(name.startswith("on") for name in attributes), tag
    (style,) = re.findall(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


def test_its_policy_allows_its_own_style_sheet_and_nothing_else() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policies = [each.get("content") for each, _ in SEEN.all("meta") if each.get("http-equiv")]
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]


# What staff typed


@pytest.mark.parametrize("field", ["portfolio", "coverage", "edition", "reference", "meeting", "marking", "run"])
def test_no_field_of_the_header_is_markup(field: str) -> None:
    seen = Seen(render_html(example(**{field: HOSTILE})))
    assert {tag for tag, *_ in seen.found} == {tag for tag, *_ in SEEN.found}
    assert HOSTILE in " ".join("".join(text) for tag, _, text, _ in seen.found if tag == "body")


def test_no_text_of_the_body_is_markup() -> None:
    assert "<script" not in PAGE
    assert f"DS-42 {HOSTILE}" in SEEN.texts("th")
    seen = of(Section(title=HOSTILE, anchor="one", blocks=(paragraph(HOSTILE),)))
    assert f"1 {HOSTILE}" in seen.texts("h2")
    assert f"1.1 {HOSTILE}" in seen.texts("p")


@pytest.mark.parametrize("text", ["nul \0 bell \a", "half \ud800 a pair", "next line \x85", "not a letter \ufffe"])
def test_what_no_page_may_hold_is_left_out(text: str) -> None:
    page = render_html(Document(title=text, header=header(marking=text), sections=()))
    assert page.encode()
    assert not re.search("[\0\a\x85\ufffe]", page)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '""'),
        ("OFFICIAL", '"OFFICIAL"'),
        ('a"b', '"a\\22 b"'),
        ("</style>", '"\\3c \\2f style\\3e "'),
        ("Ŵ", '"\\174 "'),
    ],
)
def test_a_string_of_the_style_sheet_cannot_be_ended(text: str, expected: str) -> None:
    assert quoted(text) == expected


@seed(SEED)
@given(st.text())
def test_a_string_of_the_style_sheet_holds_nothing_but_letters_digits_and_numbers(text: str) -> None:
    assert re.fullmatch(r'"(?:[A-Za-z0-9]|\\[0-9a-f]+ )*"', quoted(text))


# How it is read


def test_it_has_its_language_its_title_and_its_landmarks() -> None:
    assert [each.get("lang") for each, _ in SEEN.all("html")] == ["en-GB"]
    title = next(text for tag, _, text, around in SEEN.found if tag == "title" and around[-1] == "head")
    assert title == ["Portfolio report to the Digital Steering Group \u2013 Digital Strategy 2022-24"]
    tags = [tag for tag, *_ in SEEN.found]
    assert [tags.count(tag) for tag in ("header", "nav", "main", "footer", "h1")] == [1, 1, 1, 1, 1]
    first = next(attributes for tag, attributes, *_ in SEEN.found if tag == "a")
    assert first.get("href") == "#report"


def test_headings_are_in_order() -> None:
    levels = [int(tag[1]) for tag, *_ in SEEN.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert SEEN.texts("h2", "h3") == [
        "Contents", "Summary", "1 What the board is asked to do", "2 How the portfolio stands",
        "3 ICT Programme Board", "Risks", "Dates that moved", "Decisions awaited", "How these figures are made",
    ]  # fmt: skip


def test_every_link_leads_somewhere_and_no_id_is_given_twice() -> None:
    ids = [each["id"] for _, each, _, _ in SEEN.found if "id" in each]
    assert len(set(ids)) == len(ids)
    assert {(each.get("href") or "")[1:] for each, _ in SEEN.all("a")} <= set(ids)
    for _, attributes, _, _ in SEEN.found:
        assert set((attributes.get("aria-labelledby") or "").split()) <= set(ids)


def test_the_contents_lead_to_every_section_and_those_within() -> None:
    links = [
        text
        for _, attributes, words, around in SEEN.found
        if "nav" in around and (text := "".join(words)) and "href" in attributes
    ]
    assert [" ".join(text.split()) for text in links] == SEEN.texts("h2", "h3")[2:]


def test_paragraphs_have_their_numbers() -> None:
    numbered = [text for each, text in SEEN.all("p") if each.get("class") == "numbered"]
    assert [text.split()[0] for text in numbered] == ["1.1", "1.2", "2.1", "3.1", "3.2", "3.3", "3.4"]
    assert numbered[0] == "1.1 Note how the portfolio stands."


def test_tables_have_captions_heads_and_scopes() -> None:
    captions = SEEN.texts("caption")
    assert captions[0] == "Table 1: Projects by theme, as staff reported them"
    assert len(captions) == SEEN_TABLES == 6
    scopes = [each.get("scope") for each, _ in SEEN.all("th")]
    assert set(scopes) == {"col", "row"}
    assert "All themes" in [text for each, text in SEEN.all("th") if each.get("scope") == "row"]


SEEN_TABLES = sum(tag == "table" for tag, *_ in SEEN.found)


def test_what_may_scroll_can_be_reached_and_has_a_name() -> None:
    regions = [each for each, _ in SEEN.all("div") if each.get("class") == "scrolls"]
    assert len(regions) == SEEN_TABLES + 4
    assert all(each.get("tabindex") == "0" and each.get("aria-labelledby") for each in regions)


def test_a_table_without_rows_says_so() -> None:
    assert "Table 3: Decisions that are awaited" in SEEN.texts("p")
    assert "No decision is awaited." in SEEN.texts("p")
    empty = Table(caption="Nothing", columns=(ColumnSpec("A"),), rows=())
    assert "None." in of(Section(title="One", blocks=(empty,))).texts("p")


@pytest.mark.parametrize(
    "text",
    ["✓ On track", "■ Off track", "▲ At risk", "◆ In progress", "○ On hold", "1,204", "30 Sep 2026", "\u2013",
     "69% 9 of 13", "66% 31 of 47", "See the table of themes"],
)  # fmt: skip
def test_cells_say_what_they_mean_in_words(text: str) -> None:
    assert text in SEEN.texts("td")


def test_dates_can_be_read_by_machines() -> None:
    assert ({"datetime": "2026-09-30"}, "30 Sep 2026") in list(SEEN.all("time"))


def test_numbers_stand_to_the_right_by_their_kind() -> None:
    table = Table(caption="Kinds", columns=tuple(ColumnSpec(each, each) for each in ColumnKind), rows=((1,) * 5,))
    seen = of(Section(title="One", blocks=(table,)))
    assert [each.get("class") for each, _ in seen.all("td")] == ["text", "number", "percent", "date", "status"]


def test_every_figure_has_its_picture_its_words_and_its_numbers() -> None:
    assert SEEN.texts("figcaption") == [
        "Figure 1: How projects stand, by theme",
        "Figure 2: Projects over the last 12 reports",
        "Figure 3: Open risks by likelihood and impact",
        "Figure 4: Original dates and forecasts",
    ]
    assert SEEN.texts("summary") == [f"The numbers of Figure {number}" for number in (1, 2, 3, 4)]
    assert all(len(told) > 40 for told in SEEN.texts("desc"))


def test_every_table_and_figure_says_as_at_when_and_from_how_much() -> None:
    assert [text for each, text in SEEN.all("p") if each.get("class") == "source"] == [SOURCE] * 8


def test_a_key_figure_tells_its_tone_in_words() -> None:
    assert "✓ good: 31 66% of 47, as reported" in SEEN.texts("dd")
    plain = of(Section(title="One", blocks=(KeyFigures((KeyFigure("Money", "£1.2m"),)),)))
    assert "£1.2m" in plain.texts("dd")


# What is not there


def test_empty_fields_leave_no_trace() -> None:
    seen = of(Section(title="One"), reference="", meeting="", marking="", run="", edition="")
    assert "footer" not in {tag for tag, *_ in seen.found}
    assert seen.texts("dt") == ["As at", "Coverage"]
    assert SEEN.texts("dt")[:5] == ["Meeting", "Reference", "Edition", "As at", "Coverage"]


# On paper


def test_a_board_begins_a_page() -> None:
    assert [each.get("id") for each, _ in SEEN.all("section") if each.get("class") == "breaks"] == ["decide"]


def test_the_margins_of_a_page_have_reference_marking_and_page() -> None:
    (rule,) = re.findall(r"@page \{.*\}", PAGE)
    assert 'content: "DSG\\2f 26\\2f 06"' in rule
    assert rule.count('content: "OFFICIAL"') == 2
    assert '"Page\\20 " counter(page) "\\20 of\\20 " counter(pages)' in rule
    assert "size: A4" in rule
