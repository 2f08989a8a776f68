"""Charts as SVG: every number in words, told apart without colour, the same bytes for the same chart."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from sync.core.model import Band
from sync.report.charts import (
    Chart,
    HeatCell,
    HeatMap,
    SlipChart,
    SlipRow,
    StatusStrip,
    StripPart,
    StripRow,
    Trend,
    TrendLine,
    TrendPoint,
)
from sync.report.drawing import svg
from sync.report.drawing.canvas import PATTERNS, WIDTH, fitted, number, width, wrapped
from sync.report.drawing.keys import patterns
from sync.report.drawing.slip import months
from sync.report.drawing.strip import shares
from sync.report.drawing.trend import apart, ticks
from sync.report.english import ENGLISH
from sync.report.pictures import png
from sync.report.tones import Tone
from tests.support.budget import SEED
from tests.support.example_paper import CHARTS, HEAT_MAP, HOSTILE, SLIP, STRIP, TREND

SVG = "{http://www.w3.org/2000/svg}"
DAY = date(2026, 6, 3)


def drawn(chart: Chart, name: str = "chart") -> str:
    return svg(chart, ENGLISH, title="A title", told="What it shows.", name=name)


def tree(chart: Chart) -> ET.Element:
    return ET.fromstring(drawn(chart))  # noqa: S314 - our own


def words(chart: Chart) -> list[str]:
    return [each.text or "" for each in tree(chart).iter(f"{SVG}text")]


# What holds for all


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_chart_gives_the_same_bytes(name: str) -> None:
    assert drawn(CHARTS[name]) == drawn(CHARTS[name])
    assert png(drawn(CHARTS[name])) == png(drawn(CHARTS[name]))


@pytest.mark.parametrize("name", CHARTS)
def test_it_is_named_and_told(name: str) -> None:
    root = tree(CHARTS[name])
    by_id = {each.get("id"): each.text for each in root}
    labels = (root.get("aria-labelledby") or "").split()
    assert root.get("role") == "img"
    assert [by_id[label] for label in labels] == ["A title", "What it shows."]


@pytest.mark.parametrize("name", CHARTS)
def test_its_ids_begin_with_its_name_and_are_all_there(name: str) -> None:
    text = drawn(CHARTS[name], "figure-7")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    assert all(each.startswith("figure-7-") for each in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_is_loaded_and_nothing_runs(name: str) -> None:
    text = drawn(CHARTS[name])
    assert not re.search(r"<(script|image|use|style|foreignObject|a)\b|\bon\w+=|\bhref|\bstyle=", text)
    assert text.count("http") == 1  # the name of SVG itself


@pytest.mark.parametrize("name", CHARTS)
def test_everything_is_inside(name: str) -> None:
    root = tree(CHARTS[name])
    _, _, wide, high = map(float, (root.get("viewBox") or "").split())
    for each in root.iter(f"{SVG}text"):
        x, y = float(each.get("x", "nan")), float(each.get("y", "nan"))
        room = width(each.text or "", float(each.get("font-size", "0")))
        if each.get("transform"):
            continue
        left = x - {"start": 0, "middle": room / 2, "end": room}[each.get("text-anchor", "start")]
        assert left >= -1, each.text
        assert left + room <= wide + 1, each.text
        assert 0 < y <= high, each.text
    for each in root.findall(f"{SVG}rect"):
        assert float(each.get("x", "nan")) >= -1
        assert float(each.get("x", "nan")) + float(each.get("width", "nan")) <= wide + 1
        assert float(each.get("y", "nan")) + float(each.get("height", "nan")) <= high + 1


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_of_it_is_a_png_with_something_on_it(name: str) -> None:
    picture = png(drawn(CHARTS[name]))
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000


def test_what_staff_typed_is_never_markup() -> None:
    chart = SlipChart(rows=(SlipRow(HOSTILE, DAY, DAY),), today=DAY)
    text = svg(chart, ENGLISH, title=HOSTILE, told=HOSTILE)
    assert "<script" not in text
    assert next(iter(ET.fromstring(text))).text == HOSTILE  # noqa: S314 - our own
    assert png(text.replace("told", "to\x0bld")).startswith(b"\x89PNG")


# Values that fit together


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HeatMap(likelihoods=(), impacts=("A",), cells=()), "at least one likelihood"),
        (lambda: HeatMap(likelihoods=("A",), impacts=("A",), cells=()), "one cell for every"),
        (lambda: HeatMap(likelihoods=("A",), impacts=("A",), cells=((),)), "one cell for every"),
        (lambda: StatusStrip(parts=(), rows=()), "at least one part"),
        (lambda: replace(STRIP, rows=(StripRow("A", (1,)),)), "one count"),
        (lambda: replace(STRIP, rows=(StripRow("A", (1, -1, 0)),)), "0 or more"),
        (lambda: Trend(unit="Projects", lines=()), "at least one line"),
        (lambda: Trend(unit="Projects", lines=(TrendLine("A", ()),)), "at least one line"),
        (lambda: replace(TREND, lines=(*TREND.lines, TrendLine("A", ()))), "the same days"),
        (lambda: Trend(unit="P", lines=(TrendLine("A", (TrendPoint(DAY, 1), TrendPoint(DAY, 1))),)), "need to rise"),
        (lambda: SlipChart(rows=(), today=DAY), "at least one row"),
    ],
)
def test_a_chart_that_does_not_fit_together_is_refused(make: "type[Chart]", message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


# Heat map


def test_a_heat_map_says_each_band_and_each_count() -> None:
    said = words(HEAT_MAP)
    # Cells, and one for the key.
    assert [said.count(label) for label in ("Low", "Medium", "High", "Very high")] == [9, 7, 8, 5]
    assert sorted(int(each) for each in said if each.isdigit()) == sorted(
        cell.count for row in HEAT_MAP.cells for cell in row if cell.count
    )
    assert "3 risks are not assessed and stand in no cell." in said
    assert {"Likelihood", "Impact", *HEAT_MAP.likelihoods, *HEAT_MAP.impacts} <= set(said)


def test_a_heat_map_shows_the_highest_likelihood_at_the_top() -> None:
    at = {each.text: float(each.get("y", "nan")) for each in tree(HEAT_MAP).iter(f"{SVG}text")}
    tops = [at[label] for label in HEAT_MAP.likelihoods]
    assert tops == sorted(tops, reverse=True)


@pytest.mark.parametrize("size", [3, 4, 10])
def test_a_heat_map_may_have_any_size(size: int) -> None:
    names = tuple(f"Level {place}" for place in range(size))
    row = tuple(HeatCell(Band.VERY_HIGH, place) for place in range(size))
    chart = HeatMap(likelihoods=names, impacts=names, cells=(row,) * size)
    said = words(chart)
    assert said.count("Very high") == (1 if size == 10 else size * size + 1)
    assert not [each for each in said if "not assessed" in each]


# Status strip


def test_a_strip_says_each_count_and_each_total() -> None:
    said = words(STRIP)
    shown = [str(count) for row in STRIP.rows for count in row.counts if count]
    assert sorted(each for each in said if each.isdigit()) == sorted([*shown, "13", "12", "11", "11", "47"])
    assert {"On track", "Needs review", "Completed or closed"} <= set(said)


def test_parts_of_one_tone_differ_in_pattern() -> None:
    tones = [Tone.WARN, Tone.WARN, Tone.GOOD, Tone.GOOD, Tone.NONE, Tone.BAD, Tone.INFO, Tone.BAD]
    assert len(set(patterns(tones))) == len(tones) == len(PATTERNS)
    assert len(patterns([*tones, Tone.WARN])) == len(tones) + 1


def test_a_long_key_goes_over_as_many_rows_as_it_needs() -> None:
    parts = tuple(StripPart(f"A status with a long name {place}", Tone.INFO) for place in range(7))
    root = tree(StatusStrip(parts=parts, rows=(StripRow("A theme", (1,) * 7),)))
    at = {each.text: each.get("y") for each in root.iter(f"{SVG}text")}
    assert len({at[part.label] for part in parts}) == 3


def test_a_row_of_nothing_says_so() -> None:
    chart = StatusStrip(parts=(StripPart("On track", Tone.GOOD),), rows=(StripRow("A theme", (0,)),))
    assert {"None.", "0"} <= set(words(chart))


@seed(SEED)
@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=8))
def test_every_part_has_room_for_its_number_and_they_fill_the_bar(counts: list[int]) -> None:
    wide = shares(counts, ENGLISH)
    for count, room in zip(counts, wide, strict=True):
        assert room >= width(ENGLISH.number(count)) if count else room == 0
    assert sum(wide) == pytest.approx(WIDTH - 260 if sum(counts) else 0)


# Trend


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (34, [0, 10, 20, 30, 40]),
        (100, [0, 20, 40, 60, 80, 100]),
        (101, [0, 50, 100, 150]),
    ],
)
def test_ticks_are_whole_and_round(highest: int, expected: list[int]) -> None:
    assert ticks(highest) == expected


@seed(SEED)
@given(st.integers(0, 10**7))
def test_ticks_reach_the_highest_value_in_five_steps_at_most(highest: int) -> None:
    marks = ticks(highest)
    assert 2 <= len(marks) <= 6
    assert marks[-1] >= highest > marks[-2] or highest == 0


@seed(SEED)
@given(st.lists(st.floats(0, 100), max_size=6).map(sorted))
def test_names_of_lines_are_kept_apart_and_in_their_order(heights: list[float]) -> None:
    moved = apart(heights, 0, 100)
    assert len(moved) == len(heights)
    assert all(after - before >= 16 - 1e-9 for before, after in pairwise(moved))
    assert all(each <= 100 for each in moved)


def test_a_trend_leaves_a_gap_where_a_report_had_no_figure_and_marks_what_was_restated() -> None:
    text = drawn(TREND)
    paths = re.findall(r'<path class="c-ink-line" d="([^"]+)" fill="none" stroke="#1a1a1a" stroke-width="2"', text)
    assert [path.count("L") + 1 for path in paths] == [4, 7]
    assert text.count("c-hollow") == 2  # the point and its key
    assert {"Projects", "On track", "31", "restated", "3 Jun 2026"} <= set(words(TREND))


def test_a_trend_of_one_report_has_marks_and_no_line() -> None:
    chart = Trend(unit="Projects", lines=(TrendLine("On track", (TrendPoint(DAY, 31),), Tone.GOOD),))
    text = drawn(chart)
    assert "c-good-mark" in text
    assert 'stroke-width="2"' not in text
    assert "restated" not in words(chart)


def test_a_line_without_figures_is_not_named() -> None:
    chart = Trend(unit="Projects", lines=(TrendLine("On track", (TrendPoint(DAY, None),)),))
    assert "On track" not in words(chart)


def test_lines_are_told_apart_without_colour() -> None:
    lines = tuple(TrendLine(f"Line {each}", TREND.lines[2].points, Tone.BAD) for each in range(4))
    text = drawn(replace(TREND, lines=lines))
    assert len(set(re.findall(r'stroke-width="2"( stroke-dasharray="[^"]+")?', text))) == 4


# Slips


def test_a_slip_chart_says_every_date() -> None:
    said = words(SLIP)
    days = {day for row in SLIP.rows for day in (row.original, row.current) if day}
    assert {ENGLISH.short_day(day) for day in days} <= set(said)
    assert {"Today, 3 Jun 2026", "No forecast", "No original date", "No date", "Moved later", "Moved earlier"} <= set(
        said
    )


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (SlipRow("A", DAY, DAY), ["Original date", "Forecast"]),
        (SlipRow("A", DAY, DAY, actual=True), ["Original date", "Actual"]),
        (SlipRow("A", DAY, date(2027, 1, 1)), ["Original date", "Forecast", "Moved later"]),
        (SlipRow("A", date(2027, 1, 1), DAY), ["Original date", "Forecast", "Moved earlier"]),
        (SlipRow("A", None, None), ["Original date"]),
    ],
)
def test_the_key_has_the_signs_that_are_used(row: SlipRow, key: list[str]) -> None:
    assert words(SlipChart(rows=(row,), today=DAY))[: len(key) + 1] != key
    assert [each for each in words(SlipChart(rows=(row,), today=DAY)) if each in (*key, *KEYS)] == key


KEYS = ("Original date", "Forecast", "Actual", "Moved later", "Moved earlier")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 1, 31), date(2026, 4, 2), ["2026-02-01", "2026-03-01", "2026-04-01"]),
        (date(2026, 1, 2), date(2026, 1, 30), []),
        (date(2020, 5, 5), date(2024, 5, 5), [f"{year}-01-01" for year in range(2021, 2025)]),
    ],
)
def test_months_stand_at_even_steps(first: date, last: date, expected: list[str]) -> None:
    assert [each.isoformat() for each in months(first, last)] == expected


@seed(SEED)
@given(st.dates(date(1900, 1, 1), date(2400, 1, 1)), st.dates(date(1900, 1, 1), date(2400, 1, 1)))
def test_there_are_never_too_many_months(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert len(months(first, last)) <= 5


# Words


@pytest.mark.parametrize(
    ("text", "room", "expected"), [("Short", 100, "Short"), ("A long label of words", 60, "A long l…"), ("W", 1, "…")]
)
def test_what_does_not_fit_is_cut(text: str, room: float, expected: str) -> None:
    assert fitted(text, room) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("One", ["One"]),
        ("Provide innovative public services", ["Provide innovative", "public services"]),
        ("Provide innovative public services to all of the city", ["Provide innovative", "public services to…"]),
    ],
)
def test_labels_go_over_two_lines_and_no_further(text: str, lines: list[str]) -> None:
    assert wrapped(text, 125) == lines


@pytest.mark.parametrize(("value", "expected"), [(1.0, "1"), (1.25, "1.2"), (-0.01, "0"), (-3.5, "-3.5")])
def test_coordinates_are_short(value: float, expected: str) -> None:
    assert number(value) == expected
