"""Text is compared as people read it, and cut so that a column still takes it."""

import pytest

from sync.core.text import counted, cut, fold, harmless, length, listed, quote, tidy, without_markup


@pytest.mark.parametrize(
    "said",
    ["On track", "ON TRACK", "  on\ttrack \n", "on  track", "\uff2f\uff4e track", "On\u00a0track", "\u200bOn track"],
)
def test_case_width_and_space_make_no_difference(said: str) -> None:
    assert fold(said) == "on track"


def test_line_ends_and_outer_space_are_tidied_and_inner_lines_kept() -> None:
    assert tidy(" one\r\n two\rthree \n") == "one\n two\nthree"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("one\n\ttwo\r\n", "one\n\ttwo\r\n"),
        ("a slide's\x0bline end", "a slide'sline end"),
        ("\x1b]0;title\x07 and \x1b[31mred\x9b", "]0;title and [31mred"),
        ("\u202egnp.exe\u2066x\u2069", "gnp.exex"),
        ("half \ud83d of a smile, a whole \U0001f600", "half  of a smile, a whole \U0001f600"),
        ("caf\u00e9 \u0645\u0631\u062d\u0628\u0627\u200f", "caf\u00e9 \u0645\u0631\u062d\u0628\u0627\u200f"),
    ],
)
def test_what_would_steer_whatever_shows_a_text_is_taken_out(said: str, shown: str) -> None:
    assert harmless(said) == shown


def test_length_counts_what_sharepoint_counts() -> None:
    assert (length("abc"), length("\U0001f600"), length("")) == (3, 2, 0)


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("12345", 5, "12345"),
        ("123456", 5, "1234…"),
        ("1234 6", 5, "1234…"),
        ("123 56", 5, "123…"),
        ("123456", None, "123456"),
        ("\U0001f600\U0001f600\U0001f600", 5, "\U0001f600\U0001f600…"),
        ("12", 1, "…"),
    ],
)
def test_a_text_is_cut_at_its_limit_and_not_before(text: str, limit: int | None, kept: str) -> None:
    assert cut(text, limit) == kept
    assert limit is None or length(cut(text, limit)) <= limit


def test_a_quoted_cell_is_short_and_on_one_line() -> None:
    assert quote(" a\n b ") == "'a b'"
    assert quote("x" * 300) == f"'{'x' * 39}…'"


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_listed_as_in_a_sentence(names: list[str], said: str) -> None:
    assert listed(names) == said


def test_things_are_counted_in_singular_and_plural() -> None:
    assert (counted(1, "item"), counted(0, "item"), counted(12345, "item")) == ("1 item", "0 items", "12,345 items")


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<div>One &amp; two</div>", "One & two"),
        ("<p>One</p><p>Two<br/>three</p>", "One\nTwo\nthree"),
        ("<p>One</p>two", "One\ntwo"),
        ("<b>On</b> <i>tra</i>ck", "On track"),
        ("<script>alert(1)</script><b>safe</b></script>", "safe"),
        ("<script>alert(1)</script>in<style>p {}</style>between", "inbetween"),
        ("<style>p {}</style >text", "text"),
        ("<div class='x'>\u200b<span></span></div>", ""),
        ("a &lt;b&gt; c", "a <b> c"),
    ],
)
def test_markup_is_taken_off_and_words_stay(markup: str, words: str) -> None:
    assert without_markup(markup) == words
