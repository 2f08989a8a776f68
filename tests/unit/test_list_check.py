"""What a list allows is told in plain words, each with what can be done about it."""

from dataclasses import replace
from typing import Any

import pytest

from sync.core.columns import Column, ColumnType
from sync.core.list_check import ColumnUse, Remark, Weight, column_uses, remarks, write_effect
from sync.core.mapping import bind
from sync.core.model import Kind
from sync.core.ownership import OWNED_BY_KIND, OwnedField, WriteMode
from sync.core.policy import WritePolicy
from sync.core.provisioning.shape import FoundColumn, FoundList, ItemLock, ListTerms
from tests.support.lists import STAMPED_COLUMNS, column, mapped, schema, source

OURS = {name: STAMPED_COLUMNS[name].name for name in OWNED_BY_KIND[Kind.PROJECT]}
LIST = schema(
    column("Ref"),
    column("field_4", ColumnType.CHOICE, "Status", choices=("On track", "Parked", " ")),
    column("Archived", ColumnType.YES_NO),
    *STAMPED_COLUMNS.values(),
)


def bound(mode: WriteMode = WriteMode.QUIET, *, columns: dict[OwnedField, str] | None = None, **more: Any) -> Any:
    write = WritePolicy(mode=mode, columns=OURS if columns is None else columns)
    return bind(source(write=write, **{"fields": {}, **more}), LIST)


def found(count: int = 10, *, bare: bool = False, indexed: bool = True, taken: int = 0, **terms: Any) -> FoundList:
    """The list with its columns formatted and, where views ask for them, indexed; `taken`: indexes of staff's."""
    others = [Column(f"Other{number}", f"Other {number}", ColumnType.TEXT) for number in range(taken)]
    ours = set(OURS.values())
    return FoundList(
        host=LIST.host,
        guid=LIST.list_guid,
        title=LIST.title,
        url="Lists/Projects",
        item_count=count,
        columns=(
            *(
                FoundColumn(
                    column=each,
                    indexed=indexed and each.name in ours,
                    formatter="" if bare or each.name not in ours else "{}",
                    in_edit_form=bare or each.name not in ours,
                )
                for each in LIST.columns
            ),
            *(FoundColumn(column=each, indexed=True) for each in others),
        ),
        views=(),
        terms=ListTerms(**terms),
    )


def told(said: tuple[Remark, ...], weight: Weight) -> list[str]:
    return [remark.text for remark in said if remark.weight is weight]


def test_a_list_in_order_has_nothing_to_mend_and_says_how_flows_ignore_the_service() -> None:
    flows = "A flow that starts when an item of this list is modified may also start when the service writes."
    quiet = (
        "A quiet write leaves Modified as it was, so this trigger condition lets the flow ignore the service: "
        "@greaterOrEquals(triggerOutputs()?['body/Modified'], addMinutes(utcNow(), -60))"
    )
    assert remarks(bound(), found()) == (Remark(Weight.KNOW, flows, quiet),)
    ordinary = (
        "What an application edits is by SharePoint App, or by the application's own name, so this trigger condition "
        "lets the flow ignore the service: "
        "@not(equals(triggerOutputs()?['body/Editor/DisplayName'], 'SharePoint App'))"
    )
    assert remarks(bound(WriteMode.VERSIONED), found()) == (Remark(Weight.KNOW, flows, ordinary),)


FEWER = {name: title for name, title in OURS.items() if name is not OwnedField.CHECK}
TO_INDEX = "'Overdue' and 'Please check'"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            (bound(), None, ItemLock.RECORDS),
            Remark(
                Weight.MEND,
                "A retention label makes records of the items: unless the organisation lets the properties of records "
                "be edited, nobody can edit them, and what the service writes is refused.",
                "Ask who keeps the labels whether that is allowed, or set `write: {mode: off}` for this source.",
            ),
        ),
        (
            (bound(fields={"status": mapped("Status")}), None),
            Remark(
                Weight.MEND,
                "'Status' offers 'Parked', which has no meaning as status: rows that say so read as unknown.",
                "Say under `fields.status.values` what it stands for.",
            ),
        ),
        (
            (bound(columns=FEWER), None),
            Remark(
                Weight.KNOW,
                "Not shown in this list: check (Check).",
                "Name a column for it under `write.columns`, then run `provision`.",
            ),
        ),
        (
            (bound(fields={"hold_reason": "Why held", "hold_until": "Until", "hold_by": "Ref"}), None),
            Remark(
                Weight.KNOW,
                "There is no column yet for hold_reason and hold_until, with which staff would hold a flag.",
                "Run `provision`, which makes it.",
            ),
        ),
        (
            (bound(WriteMode.VERSIONED), found(version_limit=50)),
            Remark(
                Weight.MEND,
                "Of an item 50 versions are kept: as many nights on which it is written push out every version that "
                "staff made before.",
                "Keep more versions in the list's settings, or set `write: {mode: quiet}`.",
            ),
        ),
        (
            (bound(), found(4_000)),
            Remark(
                Weight.KNOW,
                "The list has 4,000 items; beyond 5,000 a view that filters or sorts by a column without an index "
                "stops working.",
            ),
        ),
        (
            (bound(), found(5_001)),
            Remark(
                Weight.KNOW,
                "The list has more than 5,000 items: a view that filters or sorts by a column without an index shows "
                "an error instead of items. The service reads it all the same.",
                "The views that `provision` makes begin with an indexed column.",
            ),
        ),
        (
            (bound(), found(16_000, indexed=False)),
            Remark(
                Weight.MEND,
                f"{TO_INDEX} will soon be too late to index: that is possible up to 20,000 items.",
                "Run `provision` now.",
            ),
        ),
        (
            (bound(), found(20_001, indexed=False)),
            Remark(
                Weight.MEND,
                f"{TO_INDEX} cannot be indexed any more: SharePoint adds no index above 20,000 items, and views that "
                "begin with it do not open.",
                "Move old items away until there are fewer, and run `provision`.",
            ),
        ),
        (
            (bound(), found(indexed=False, taken=19)),
            Remark(
                Weight.MEND,
                f"The list uses 19 of 20 indexes, and {TO_INDEX} would need 2 more.",
                "Remove an index that no view uses from a column of staff's.",
            ),
        ),
        (
            (bound(columns={OwnedField.CHECK: "PSCheck", OwnedField.STAMP: "PSStamp"}), found(bare=True)),
            Remark(
                Weight.KNOW,
                "Shown as they are, and open in the list's forms: 'Please check' and 'Written by'.",
                "`provision` gives them icons and colours, and takes them out of the forms.",
            ),
        ),
    ],
)
def test_each_remark_says_what_is_and_what_can_be_done(given: Any, expected: Remark) -> None:
    assert expected in remarks(*given)


def test_of_a_list_that_is_only_read_nothing_is_said_of_writing() -> None:
    assert remarks(bound(WriteMode.OFF), found(bare=True), ItemLock.RECORDS) == ()
    assert remarks(bound(columns={}), None) == remarks(bound(columns={}), found())


def test_a_label_that_makes_records_of_the_items_is_to_be_looked_into() -> None:
    said = {lock: remarks(bound(), found(), lock) for lock in (None, *ItemLock)}
    assert [lock for lock, each in said.items() if told(each, Weight.MEND)] == [ItemLock.RECORDS]


def test_choices_without_a_meaning_are_told_together_whichever_column_offers_them() -> None:
    second = remarks(bound(fields={"status": mapped("Ref", "Status")}), None)
    assert len(told(second, Weight.MEND)) == 1
    words = {"status": replace(mapped("Status"), values={"on_track": ("On*",)})}
    two = replace(LIST.columns[1], choices=("Late", "Parked"))
    both = bind(source(fields=words), replace(LIST, columns=(two,)))
    assert told(remarks(both, None), Weight.MEND) == [
        "'Status' offers 'Late' and 'Parked', which have no meaning as status: rows that say so read as unknown."
    ]


def test_a_text_column_and_a_field_without_words_offer_no_choices() -> None:
    fields = {"title": mapped("Status"), "status": mapped("Ref", "Archived")}
    assert told(remarks(bound(fields=fields), None), Weight.MEND) == []
    known = bind(
        source(fields={"status": "Status"}), replace(LIST, columns=(replace(LIST.columns[1], choices=("Done",)),))
    )
    assert told(remarks(known, None), Weight.MEND) == []
    rating = bind(source(kind=Kind.RISK, fields={"rating": "Status"}), LIST)
    assert told(remarks(rating, None), Weight.MEND) == [], "several scores in one cell have no words to give"


@pytest.mark.parametrize(
    ("mode", "terms", "expected"),
    [
        (WriteMode.OFF, None, "only read: nothing is ever written"),
        (WriteMode.QUIET, None, "quietly: no new version; Modified and Modified By stay the colleague's"),
        (WriteMode.VERSIONED, None, "as ordinary edits, refused where somebody changed the item meanwhile"),
        (
            WriteMode.VERSIONED,
            ListTerms(versioning=False),
            "as ordinary edits; the list keeps no versions, so only our own record shows what was there before",
        ),
        (WriteMode.VERSIONED, ListTerms(), "as ordinary edits, each a version in the item's history"),
        (
            WriteMode.VERSIONED,
            ListTerms(version_limit=500),
            "as ordinary edits, each a version in the item's history; 500 versions of an item are kept",
        ),
    ],
)
def test_what_a_mode_does_is_said(mode: WriteMode, terms: ListTerms | None, expected: str) -> None:
    assert write_effect(mode, terms) == expected


@pytest.mark.parametrize(
    ("mode", "limit", "is_told"),
    [
        (WriteMode.VERSIONED, 1, True),
        (WriteMode.VERSIONED, 100, True),
        (WriteMode.VERSIONED, 101, False),
        (WriteMode.VERSIONED, 0, False),
        (WriteMode.QUIET, 50, False),
    ],
)
def test_a_short_history_is_told_before_it_loses_versions(mode: WriteMode, limit: int, is_told: bool) -> None:
    said = told(remarks(bound(mode), found(version_limit=limit)), Weight.MEND)
    assert [text for text in said if "push out" in text] == said
    assert bool(said) is is_told


@pytest.mark.parametrize(
    ("count", "beginning"),
    [(3_999, None), (4_000, "The list has 4,000 items"), (5_000, "The list has 5,000"), (5_001, "The list has more")],
)
def test_the_threshold_of_views_is_told_before_and_after(count: int, beginning: str | None) -> None:
    said = [text for text in told(remarks(bound(), found(count)), Weight.KNOW) if text.startswith("The list has")]
    assert [text.startswith(beginning or "") for text in said] == ([True] if beginning else [])


@pytest.mark.parametrize(
    ("count", "indexed", "beginning"),
    [
        (15_999, False, None),
        (16_000, False, "will soon be too late"),
        (20_000, False, "will soon be too late"),
        (20_001, False, "cannot be indexed any more"),
        (20_001, True, None),
    ],
)
def test_an_index_is_asked_for_while_it_can_be_made(count: int, indexed: bool, beginning: str | None) -> None:
    said = told(remarks(bound(), found(count, indexed=indexed)), Weight.MEND)
    assert len(said) == (beginning is not None)
    assert all(beginning in text for text in said if beginning)


def test_a_list_without_room_for_our_indexes_says_so() -> None:
    assert told(remarks(bound(), found(indexed=False, taken=18)), Weight.MEND) == []
    assert len(told(remarks(bound(), found(indexed=False, taken=19)), Weight.MEND)) == 1


@pytest.mark.parametrize(("formatter", "in_edit_form"), [("{}", True), ("", False)])
def test_a_column_that_is_formatted_or_in_no_form_has_been_seen_to(formatter: str, in_edit_form: bool) -> None:
    there = found()
    columns = tuple(replace(each, formatter=formatter, in_edit_form=in_edit_form) for each in there.columns)
    assert remarks(bound(), replace(there, columns=columns)) == remarks(bound(), there)


def test_every_column_is_told_with_what_it_is_to_us() -> None:
    uses = column_uses(bound(key="Ref", fields={"status": mapped("Status")}, where={"Archived": ("No",)}))
    assert uses[:3] == (
        ColumnUse("Ref", "Ref", ColumnType.TEXT, "key", ours=False),
        ColumnUse("field_4", "Status", ColumnType.CHOICE, "status", ours=False),
        ColumnUse("Archived", "Archived", ColumnType.YES_NO, "where", ours=False),
    )
    assert {use.field for use in uses[3:]} == {name.value for name in OURS}
    assert all(use.ours for use in uses[3:])
    assert all(use.ours for use in column_uses(bound())), "no key, no column of one"
