"""A paper as a Word file: real headings, numbers, table heads and words for pictures; the same bytes every time."""

import re
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm

from sync.report.catalogue import Catalogue, Message
from sync.report.charts import SlipChart, SlipRow
from sync.report.document import (
    Badge,
    ColumnKind,
    ColumnSpec,
    Document,
    Figure,
    KeyFigure,
    KeyFigures,
    Percent,
    Section,
    Table,
    Tone,
    bullets,
    note,
    paragraph,
)
from sync.report.docx import render_docx
from sync.report.drawing import svg
from sync.report.english import ENGLISH
from sync.report.figures import figure
from sync.report.word.columns import widths
from sync.report.word.setting import PAGE_WIDTH, TURNED_WIDTH
from tests.support.example_paper import AS_AT, HOSTILE, SOURCE, example, exceptions, header, themes

FILE = render_docx(example())
WORD = docx.Document(BytesIO(FILE))
BODY = WORD.element.body


def of(*sections: Section, **changes: object) -> Word:
    paper = Document(title="A paper", header=header(**changes), sections=sections)
    return docx.Document(BytesIO(render_docx(paper)))


def texts(word: Word, style: str) -> list[str]:
    return [each.text for each in word.paragraphs if each.style is not None and each.style.style_id == style]


def figures() -> list[Figure]:
    """Those of the example."""
    return [block for _, part in example().walk() for block in part.blocks if isinstance(block, Figure)]


def cells(word: Word, table: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in word.tables[table].rows]


# The file


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render_docx(example()) == FILE


def test_no_clock_is_in_it() -> None:
    with ZipFile(BytesIO(FILE)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_its_properties_are_the_papers_and_nobodys() -> None:
    core = WORD.core_properties
    assert (core.title, core.subject) == (
        "Portfolio report to the Digital Steering Group",
        "Digital Steering Group, 10 June 2026",
    )
    assert (core.author, core.last_modified_by) == ("Portfolio Sync", "Portfolio Sync")
    assert (core.language, core.category, core.keywords) == ("en-GB", "OFFICIAL", "DSG/26/06")
    assert core.created == core.modified == AS_AT.replace(tzinfo=core.created.tzinfo if core.created else None)


def test_its_moment_is_told_in_universal_time() -> None:
    local = datetime(2026, 6, 3, 2, 17, tzinfo=timezone(timedelta(hours=1)))
    created = of(as_at=local).core_properties.created
    assert created is not None
    assert created.replace(tzinfo=UTC) == local


def test_it_has_nothing_of_the_document_and_the_program_that_the_template_was_made_with() -> None:
    with ZipFile(BytesIO(FILE)) as archive:
        names, texts_of = archive.namelist(), [archive.read(name) for name in archive.namelist()]
    leftovers = ("thumbnail", "docProps/app", "customXml", "WithEffects")
    assert [name for name in names if any(part in name for part in leftovers)] == []
    assert [text for text in texts_of if b"python-docx" in text or b"Macintosh" in text] == []


def test_nothing_in_it_leads_elsewhere() -> None:
    """No address is loaded or followed, whatever staff typed."""
    with ZipFile(BytesIO(FILE)) as archive:
        relations = {name: archive.read(name) for name in archive.namelist() if name.endswith(".rels")}
    assert len(relations) == 2
    assert [name for name, held in relations.items() if b"External" in held] == []


def test_its_language_is_set_for_those_who_read_it_aloud() -> None:
    languages = {each.get(qn("w:val")) for each in WORD.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


# Headings and numbers


def test_headings_are_headings() -> None:
    assert texts(WORD, "Title") == ["Portfolio report to the Digital Steering Group"]
    assert texts(WORD, "Heading1") == [
        "Summary", "What the board is asked to do", "How the portfolio stands", "ICT Programme Board",
        "How these figures are made",
    ]  # fmt: skip
    assert texts(WORD, "Heading2") == ["Risks", "Dates that moved", "Decisions awaited"]
    assert texts(WORD, "TOCHeading") == ["Contents"]  # no heading, else the contents would list themselves


def test_no_level_of_headings_is_left_out() -> None:
    inner = Section(title="Two", sections=(Section(title="Three", sections=(Section(title="Four"),)),))
    styles = [each.style.name for each in of(Section(title="One", sections=(inner,))).paragraphs if each.style]
    headings = [style for style in styles if style.startswith("Heading")]
    assert headings == ["Heading 1", "Heading 2", "Heading 3", "Heading 4"]


def numbered(word: Word) -> list[str]:
    """What Word would print before each heading and paragraph, by the list that their styles are in."""
    top, inner, said = 0, 0, []
    for each in word.paragraphs:
        own = each._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        style = each.style.style_id if each.style is not None else ""
        if style == "Heading1" and own is None:
            top, inner = top + 1, 0
            said.append(f"{top} {each.text}")
        elif style == "NumberedParagraph":
            inner += 1
            said.append(f"{top}.{inner} {each.text}")
    return said


def test_numbers_are_words_own_and_those_of_every_other_format() -> None:
    said = numbered(WORD)
    assert [each.split()[0] for each in said] == ["1", "1.1", "1.2", "2", "2.1", "3", "3.1", "3.2", "3.3", "3.4"]
    assert said[1] == "1.1 Note how the portfolio stands."


def test_styles_of_headings_and_numbered_paragraphs_share_one_list() -> None:
    found = {}
    for name in ("Heading 1", "Numbered Paragraph"):
        properties = WORD.styles[name].element.find(qn("w:pPr")).find(qn("w:numPr"))
        level = properties.find(qn("w:ilvl"))
        found[name] = (
            properties.find(qn("w:numId")).get(qn("w:val")),
            level.get(qn("w:val")) if level is not None else "0",
        )
    assert found["Heading 1"][0] == found["Numbered Paragraph"][0]
    assert (found["Heading 1"][1], found["Numbered Paragraph"][1]) == ("0", "1")
    numbering = WORD.part.numbering_part.element
    (number,) = [each for each in numbering.findall(qn("w:num")) if each.get(qn("w:numId")) == found["Heading 1"][0]]
    abstract = number.find(qn("w:abstractNumId")).get(qn("w:val"))
    (levels,) = [each for each in numbering.findall(qn("w:abstractNum")) if each.get(qn("w:abstractNumId")) == abstract]
    assert [each.get(qn("w:val")) for each in levels.iter(qn("w:lvlText"))] == ["%1", "%1.%2"]
    assert [each.get(qn("w:val")) for each in levels.iter(qn("w:pStyle"))] == ["Heading1", "NumberedParagraph"]


def test_the_contents_are_a_field_that_is_filled_in() -> None:
    instructions = [each.text.strip() for each in BODY.iter(qn("w:instrText"))]
    assert instructions[0] == 'TOC \\o "1-2" \\n \\h \\z \\u'
    assert texts(WORD, "TOC1") == [
        "Summary", "1\tWhat the board is asked to do", "2\tHow the portfolio stands", "3\tICT Programme Board",
        "How these figures are made",
    ]  # fmt: skip
    assert texts(WORD, "TOC2") == ["Risks", "Dates that moved", "Decisions awaited"]


def test_every_field_is_begun_and_ended() -> None:
    for part in (BODY, WORD.sections[0].header._element, WORD.sections[0].footer._element):
        kinds = [each.get(qn("w:fldCharType")) for each in part.iter(qn("w:fldChar"))]
        assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == len(kinds) / 3


def test_links_lead_to_bookmarks() -> None:
    names = [each.get(qn("w:name")) for each in BODY.iter(qn("w:bookmarkStart"))]
    ids = [each.get(qn("w:id")) for each in BODY.iter(qn("w:bookmarkStart"))]
    assert len(set(names)) == len(names)
    assert len(set(ids)) == len(ids)
    (reference,) = [
        run for each in WORD.paragraphs for link in each.hyperlinks for run in link.runs if "need a" in run.text
    ]
    assert reference.font.underline  # told by more than its colour
    links = {each.get(qn("w:anchor")) for each in BODY.iter(qn("w:hyperlink"))}
    assert links <= set(names)
    assert len(links) == 9


def test_a_board_begins_a_page() -> None:
    breaking = [each.text for each in WORD.paragraphs if each._p.find(f".//{qn('w:pageBreakBefore')}") is not None]
    assert breaking == ["ICT Programme Board"]


def wide(*, within: bool) -> Word:
    """A paper whose second part has a table that no upright page has room for."""
    columns = tuple(ColumnSpec(f"Column {number}") for number in range(9))
    rows = (tuple(f"What is said in column {number} of it" for number in range(9)),)
    table = Table(caption="Wide", columns=columns, rows=rows)
    inner = Section(title="Inner", blocks=(table,))
    last = KeyFigures((KeyFigure("One", 1),))
    turned = Section(title="Turned", sections=(inner,)) if within else Section(title="Turned", blocks=(table, last))
    return of(Section(title="First", blocks=(themes(),)), turned, Section(title="Last", blocks=(paragraph("So."),)))


@pytest.mark.parametrize("within", [True, False])
def test_a_part_with_a_table_that_is_too_wide_lies_on_its_side(within: bool) -> None:
    word = wide(within=within)
    sizes = [(section.page_width, section.page_height, section.orientation) for section in word.sections]
    (across, down, _), (turned_across, turned_down, orientation), (last_across, last_down, _) = sizes
    assert across == last_across == turned_down
    assert down == last_down == turned_across
    assert orientation == WD_ORIENT.LANDSCAPE
    grids = [sum(column.width for column in table.columns) for table in word.tables]
    assert grids[0] == pytest.approx(Cm(PAGE_WIDTH), abs=Cm(0.05))
    assert grids[1] == pytest.approx(Cm(TURNED_WIDTH), abs=Cm(0.05))
    heads = [section.header.paragraphs[0] for section in word.sections]
    assert [head.text for head in heads] == ["DSG/26/06\tOFFICIAL\tBoard edition"] * 3
    stops = [head._p.findall(f".//{qn('w:tab')}[@{qn('w:val')}='right']")[0].get(qn("w:pos")) for head in heads]
    assert stops == [str(round(centimetres * 567)) for centimetres in (PAGE_WIDTH, TURNED_WIDTH, PAGE_WIDTH)]


def test_pages_that_lie_on_their_side_are_the_same_every_time() -> None:
    parts = [[each.blob for each in wide(within=True).part.package.iter_parts()] for _ in range(2)]
    assert parts[0] == parts[1]


def test_no_page_is_turned_without_need() -> None:
    assert len(WORD.sections) == 1


def test_head_and_foot_have_reference_marking_and_page() -> None:
    section = WORD.sections[0]
    assert section.header.paragraphs[0].text == "DSG/26/06\tOFFICIAL\tBoard edition"
    assert section.footer.paragraphs[0].text == "Digital Strategy 2022-24\tOFFICIAL\tPage 1 of 1"
    fields = [each.text.strip() for each in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_another_language_may_say_something_after_the_page() -> None:
    words = Catalogue(
        language="en-GB", messages={**ENGLISH.messages, Message.PAGE_OF: "({page}/{pages})"}, plural=ENGLISH.plural,
        months=ENGLISH.months, short_months=ENGLISH.short_months,
    )  # fmt: skip
    word = docx.Document(BytesIO(render_docx(example(), words)))
    assert word.sections[0].footer.paragraphs[0].text.endswith("(1/1)")


# Tables


def test_tables_repeat_their_head_and_keep_their_rows_whole() -> None:
    for table in WORD.tables:
        heads = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert heads[0]
        assert not any(heads[1:])
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)


def test_tables_have_words_for_those_who_do_not_see_them() -> None:
    titles = [each.get(qn("w:val")) for each in BODY.iter(qn("w:tblCaption"))]
    assert len(titles) == len(WORD.tables)
    assert titles[1] == "Table 1: Projects by theme, as staff reported them"
    told = [each.get(qn("w:val")) for each in BODY.iter(qn("w:tblDescription"))]
    assert len(told) == len(WORD.tables)
    assert all(told)
    assert told[0] == (
        f"Projects: 47. On track: 31. Need review: 8. Read worse than reported: 3. Very high risks: 4. {SOURCE}"
    )
    assert told[1].startswith("Theme, Projects, On track, Needs review, Completed or closed. Each percentage")
    (heat_map,) = [each.alternative for each in figures() if each.caption.startswith("Open risks")]
    assert heat_map in told


def test_tables_say_which_cells_name_their_rows() -> None:
    looks = [table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstColumn")) for table in WORD.tables]
    assert looks == ["0", *["1"] * (len(looks) - 1)]
    assert {table.style.name for table in WORD.tables if table.style} == {"Paper Table"}


def test_the_head_and_the_total_are_set_apart() -> None:
    rows = WORD.tables[1].rows
    sides = [[each.tag.rpartition("}")[2] for each in row._tr.iterfind(f".//{qn('w:tcBorders')}/*")] for row in rows]
    assert (set(sides[0]), set(sides[-1])) == ({"bottom"}, {"top"})
    assert not any(sides[1:-1])
    assert all(run.bold for cell in rows[-1].cells for run in cell.paragraphs[0].runs)


def test_states_are_readable_on_their_ground() -> None:
    """By the contrast that WCAG 2 asks for: 4.5 to 1."""
    badges = [each for each in BODY.iter(qn("w:rPr")) if each.find(qn("w:shd")) is not None]
    assert badges
    for looks in badges:
        colour = looks.find(qn("w:color"))
        ink = colour.get(qn("w:val")) if colour is not None else "000000"
        assert contrast(ink, looks.find(qn("w:shd")).get(qn("w:fill"))) >= 4.5


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_captions_count_by_fields() -> None:
    assert texts(WORD, "Caption")[:2] == [
        "Table 1: Projects by theme, as staff reported them",
        "Figure 1: How projects stand, by theme",
    ]
    sequences = [each.text.strip() for each in BODY.iter(qn("w:instrText")) if "SEQ" in (each.text or "")]
    assert sequences.count("SEQ Table \\* ARABIC") == 3
    assert sequences.count("SEQ Figure \\* ARABIC") == 4


def test_cells_say_what_they_mean() -> None:
    table = cells(WORD, 1)
    assert table[0] == ["Theme", "Projects", "On track", "Needs review", "Completed or closed"]
    assert table[1][2].replace("\u00a0", " ") == "69% (9 of 13)"
    assert table[-1][2].replace("\u00a0", " ") == "66% (31 of 47)"
    found = next(t for t in range(len(WORD.tables)) if cells(WORD, t)[0][0] == "Project")
    projects = [[cell.replace("\u00a0", " ").strip() for cell in row] for row in cells(WORD, found)]
    assert projects[1][:5] == ["DS-04\nCustomer portal", "✓ On track", "■ Off track", "30 Sep 2026", "4"]
    assert projects[2][4] == "1,204"
    assert projects[3][0] == f"DS-42\n{HOSTILE}"
    assert projects[3][3:] == ["\u2013", "\u2013", "See the table of themes"]


@pytest.mark.parametrize("table", [themes(), exceptions()])
def test_columns_fill_the_page_and_hold_their_longest_word(table: Table) -> None:
    wide = widths(table, ENGLISH)
    assert sum(wide) == pytest.approx(PAGE_WIDTH * 567, abs=len(wide))
    assert min(wide) > 600


def test_a_long_word_does_not_take_the_room_of_others() -> None:
    columns = (ColumnSpec("A"), ColumnSpec("B"))
    table = Table(caption="T", columns=columns, rows=(("W" * 400, "Some words that take a line of their own here"),))
    first, second = widths(table, ENGLISH)
    assert second > first / 2


def test_counts_side_by_side_are_of_one_width() -> None:
    _, *counted = widths(themes(), ENGLISH)
    assert max(counted) - min(counted) <= 1


def test_dates_stay_on_one_line_where_there_is_room() -> None:
    columns = (ColumnSpec("Why"), ColumnSpec("Due", ColumnKind.DATE))
    table = Table(caption="T", columns=columns, rows=(("Words " * 40, "first 30 September 2026"),) * 3)
    assert widths(table, ENGLISH)[1] > 1500
    word = of(Section(title="One", blocks=(Table(caption="T", columns=columns, rows=(("A b", "first 3 May 2026"),)),)))
    assert cells(word, 0)[1] == ["A b", "first\u00a03\u00a0May\u00a02026"]


def test_a_column_may_ask_for_more() -> None:
    def made(weight: int) -> int:
        columns = (ColumnSpec("A", weight=weight), ColumnSpec("B", weight=4))
        return widths(Table(caption="T", columns=columns, rows=(("a", "b"),)), ENGLISH)[0]

    assert made(8) > made(2) > 0


def test_more_columns_than_a_page_has_room_for_share_it() -> None:
    columns = tuple(ColumnSpec("Responsibilities") for _ in range(14))
    wide = widths(Table(caption="T", columns=columns, rows=()), ENGLISH)
    assert sum(wide) == pytest.approx(PAGE_WIDTH * 567, abs=14)
    assert len(set(wide)) == 1


def test_a_long_table_may_go_over_pages_and_a_short_one_stays_on_one() -> None:
    def kept(rows: int) -> int:
        table = Table(caption="T", columns=(ColumnSpec("A", ColumnKind.NUMBER),), rows=((1,),) * rows)
        word = of(Section(title="One", blocks=(table,)))
        return len(list(word.tables[0]._tbl.iter(qn("w:keepNext"))))

    assert kept(6) == 6  # all but the last, and the head
    assert kept(7) == 3  # the head with the first row, and the last two


def test_a_table_is_not_parted_from_its_source() -> None:
    table = Table(caption="T", columns=(ColumnSpec("A"),), rows=(("a",),), source_line=SOURCE)
    word = of(Section(title="One", blocks=(table,)))
    assert len(list(word.tables[0]._tbl.iter(qn("w:keepNext")))) == 2


def test_a_table_without_rows_says_so() -> None:
    assert "No decision is awaited." in texts(WORD, "Normal")
    empty = Table(caption="Nothing", columns=(ColumnSpec("A"),), rows=(), note="A word.")
    word = of(Section(title="One", blocks=(empty,)))
    assert "None." in texts(word, "Normal")
    assert texts(word, "SourceLine") == ["A word."]


def test_key_figures_go_over_as_many_tables_as_they_need() -> None:
    items = tuple(KeyFigure(f"Figure {each}", each) for each in range(6))
    word = of(Section(title="One", blocks=(KeyFigures(items),)))
    assert [len(table.columns) for table in word.tables] == [5, 1]
    assert cells(word, 1) == [["Figure 5"], ["5"]]


# Pictures


def test_charts_are_pictures_with_words() -> None:
    named = list(BODY.iter(qn("wp:docPr")))
    assert [each.get("name") for each in named] == [
        "How projects stand, by theme", "Projects over the last 12 reports", "Open risks by likelihood and impact",
        "Original dates and forecasts",
    ]  # fmt: skip
    assert named[2].get("descr") == (
        "35 risks by likelihood and impact: 4 very high, 10 high, 11 medium, 7 low, 3 not assessed."
    )
    assert len({each.get("id") for each in named}) == len(named)
    with ZipFile(BytesIO(FILE)) as archive:
        pictures = [archive.read(name) for name in archive.namelist() if name.startswith("word/media/")]
    assert len(pictures) == 4
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


def test_a_picture_is_no_higher_than_its_page() -> None:
    rows = tuple(SlipRow(f"DS-{number}", AS_AT.date(), AS_AT.date()) for number in range(60))
    tall = figure(SlipChart(rows=rows, today=AS_AT.date()), "Many", ENGLISH)
    (shape,) = of(Section(title="One", blocks=(tall,))).inline_shapes
    assert shape.height <= Cm(21)
    assert shape.width < Cm(PAGE_WIDTH)
    drawn = [
        float(side) for side in re.findall(r'(?:width|height)="([\d.]+)"', svg(tall.chart, ENGLISH, title="", told=""))
    ]
    assert shape.width / shape.height == pytest.approx(drawn[0] / drawn[1], rel=0.01)


def test_the_numbers_of_a_chart_follow_it() -> None:
    assert [text for text in texts(WORD, "SourceLine") if "numbers" in text] == [
        f"The numbers of Figure {number}" for number in (1, 2, 3, 4)
    ]


# Words


def test_notes_and_bullets_keep_their_signs_and_words() -> None:
    word = of(
        Section(
            title="One",
            blocks=(bullets("Before."), paragraph("First."), bullets(("A ", Badge("High", Tone.BAD))), note("Mind.")),
        ),
        Section(title="Two", numbered=False, blocks=(paragraph("Plain."), bullets("Last."))),
    )
    assert [text.replace("\u00a0", " ").strip() for text in texts(word, "ListBullet")] == [
        "Before.",
        "A ■ High",
        "Last.",
    ]
    assert texts(word, "PaperNote") == ["◆\u00a0Mind."]
    assert "Plain." in texts(word, "Normal")


@pytest.mark.parametrize(
    "text",
    [
        "nul \0 bell \a", "half \ud800 a pair", "form\x0bfeed", HOSTILE, "tab\tand\r\nline",
        "right \u200fto left\u202e", "=HYPERLINK(1)", "{ INCLUDETEXT }", "W" * 3000,
        "\u0645\u0634\u0631\u0648\u0639 \U0001f6b2",
    ],
)  # fmt: skip
def test_any_text_can_be_held(text: str) -> None:
    table = Table(caption=text, columns=(ColumnSpec(text),), rows=((text,),), note=text, source_line=text)
    section = Section(title=text, anchor="one", blocks=(paragraph(text), table))
    word = of(section, marking=text, reference=text, meeting=text, coverage=text, portfolio=text)
    (said,) = texts(word, "NumberedParagraph")
    assert said.split() == re.sub("[\0\a\x0b\ud800]", "", text).split()
    assert cells(word, 0)[1][0].split() == said.split()
    assert word.sections[0].header.paragraphs[0].text.count("\t") == 2
    fields = [each.text for each in word.element.body.iter(qn("w:instrText"))]
    assert not [each for each in fields if "TOC" not in each and "SEQ" not in each]


def test_empty_fields_leave_no_trace() -> None:
    word = of(Section(title="One"), reference="", meeting="", marking="", run="", edition="")
    assert [text.split("\t")[0] for text in texts(word, "PaperFacts")] == [
        "Digital Strategy 2022-24",
        "As at",
        "Coverage",
    ]
    assert texts(word, "ProtectiveMarking") == []


def test_a_paper_without_sections_has_no_contents() -> None:
    assert texts(of(), "Heading1") == []


def test_a_share_of_nothing_is_a_dash() -> None:
    table = Table(caption="T", columns=(ColumnSpec("A", ColumnKind.PERCENT),), rows=((Percent(0, 0),),))
    word = of(Section(title="One", blocks=(table,)))
    assert cells(word, 0)[1][0].replace("\u00a0", " ") == "\u2013 (0 of 0)"
