"""Whatever is done to any stored entry, number or hash, and wherever the chain is cut, checking it finds it."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import assume, given
from hypothesis import strategies as st

from sync.core.audit import Act, Anchor, Entry, KeptHead, Link, content, entry_of, seal, verify

Stored = tuple[int, str, str]
"""A link as a table keeps it: number, hash, content."""

TEXTS = st.none() | st.text(max_size=12)
NUMBERS = st.none() | st.integers(min_value=0, max_value=2**31)
ENTRIES = st.builds(
    Entry,
    at=st.datetimes(timezones=st.just(UTC)),
    act=st.sampled_from(Act),
    run_id=TEXTS,
    source=TEXTS,
    item=NUMBERS,
    column=TEXTS,
    old=TEXTS,
    new=TEXTS,
    why=st.text(max_size=12).map("because {}".format),
    version_before=TEXTS,
    version_after=TEXTS,
    person=NUMBERS,
)
CHAINS = st.lists(ENTRIES, min_size=1, max_size=8)
AT = datetime(2026, 6, 17, tzinfo=UTC)


def stored(entries: list[Entry]) -> list[Stored]:
    rows: list[Stored] = []
    last = Anchor()
    for entry in entries:
        link = seal(last, entry)
        rows.append((link.number, link.hash, content(link.entry)))
        last = Anchor(link.number, link.hash)
    return rows


def found(rows: list[Stored], head: Anchor) -> bool:
    """Whether reading the rows and checking the chain finds anything wrong."""
    try:
        links = [Link(number, digest, entry_of(text)) for number, digest, text in rows]
    except ValueError:
        return True
    return not verify(Anchor(), links, [KeptHead(head, "run", AT)]).holds


def head_of(rows: list[Stored]) -> Anchor:
    return Anchor(rows[-1][0], rows[-1][1])


@given(ENTRIES)
def test_an_entry_comes_back_from_its_text(entry: Entry) -> None:
    assert entry_of(content(entry)) == entry
    assert content(entry).isascii()


@given(CHAINS)
def test_an_untouched_chain_holds(entries: list[Entry]) -> None:
    rows = stored(entries)
    assert not found(rows, head_of(rows))


@given(CHAINS, st.data())
def test_every_altered_character_is_found(entries: list[Entry], data: st.DataObject) -> None:
    rows = stored(entries)
    at = data.draw(st.integers(0, len(rows) - 1), "row")
    column = data.draw(st.sampled_from((1, 2)), "column")
    text = str(rows[at][column])
    place = data.draw(st.integers(0, len(text) - 1), "place")
    other = data.draw(st.characters(exclude_characters=text[place]), "character")
    altered = list(rows[at])
    altered[column] = text[:place] + other + text[place + 1 :]
    assert found([*rows[:at], (rows[at][0], str(altered[1]), str(altered[2])), *rows[at + 1 :]], head_of(rows))


@given(CHAINS, st.data())
def test_every_altered_number_is_found(entries: list[Entry], data: st.DataObject) -> None:
    rows = stored(entries)
    at = data.draw(st.integers(0, len(rows) - 1), "row")
    number = data.draw(st.integers(-1, 12), "number")
    assume(number != rows[at][0])
    assert found([*rows[:at], (number, *rows[at][1:]), *rows[at + 1 :]], head_of(rows))


@given(CHAINS, st.data())
def test_every_entry_taken_out_or_moved_is_found(entries: list[Entry], data: st.DataObject) -> None:
    rows = stored(entries)
    at = data.draw(st.integers(0, len(rows) - 1), "row")
    rest = [*rows[:at], *rows[at + 1 :]]
    assert found(rest, head_of(rows)), "taken out, the last one included"
    to = data.draw(st.integers(0, len(rest)), "place")
    assume(to != at)
    assert found([*rest[:to], rows[at], *rest[to:]], head_of(rows))


@given(CHAINS, st.data())
def test_what_was_written_anew_from_some_entry_on_is_found_by_the_head(
    entries: list[Entry], data: st.DataObject
) -> None:
    rows = stored(entries)
    at = data.draw(st.integers(0, len(rows) - 1), "row")
    forged = [*entries[:at], replace(entries[at], why="otherwise"), *entries[at + 1 :]]
    assert found(stored(forged), head_of(rows))
