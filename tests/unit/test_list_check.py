"""What a list allows is told in plain words, each with what can be done about it."""

from dataclasses import replace
from typing import Any

import pytest

from sync.core.columns import Column, ColumnType
from sync.core.list_check import Remark, Weight, column_uses, remarks, write_effect
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
    said = remarks(bound(), found())
    assert told(said, Weight.MEND) == []
    [flows] = said
    assert flows.text.startswith("A flow that starts when an item of this list is modified")
    assert "@greaterOrEquals(triggerOutputs()?['body/Modified'], addMinutes(utcNow(), -60))" in flows.remedy


def test_an_ordinary_edit_is_known_to_a_flow_by_its_editor() -> None:
    [flows] = remarks(bound(WriteMode.VERSIONED), found())
    assert "@not(equals(triggerOutputs()?['body/Editor/DisplayName'], 'SharePoint App'))" in flows.remedy


def test_of_a_list_that_is_only_read_nothing_is_said_of_writing() -> None:
    assert remarks(bound(WriteMode.OFF), found(bare=True), ItemLock.RECORDS) == ()
    assert remarks(bound(columns={}), None) == remarks(bound(columns={}), found())


def test_a_label_that_makes_records_of_the_items_is_to_be_looked_into() -> None:
    said = {lock: remarks(bound(), found(), lock) for lock in (None, *ItemLock)}
    [text] = told(said[ItemLock.RECORDS], Weight.MEND)
    assert text.startswith("A retention label makes records of the items: unless the organisation lets")
    others = (ItemLock.NONE, ItemLock.REGULATORY, None)
    assert {told(said[lock], Weight.MEND) == [] for lock in others} == {True}


def test_a_choice_without_a_meaning_is_to_be_mended() -> None:
    status = {"status": mapped("Status")}
    [remark] = [each for each in remarks(bound(fields=status), None) if each.weight is Weight.MEND]
    assert remark.text == "'Status' offers 'Parked', which has no meaning as status: rows that say so read as unknown."
    assert remark.remedy == "Say under `fields.status.values` what it stands for."
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


def test_hold_columns_that_are_not_there_yet_are_named() -> None:
    without = {"hold_reason": "PSHoldReason", "hold_until": "PSHoldUntil", "hold_by": "Ref"}
    said = told(remarks(bound(fields=without), found()), Weight.KNOW)
    expected = "There is no column yet for hold_reason and hold_until, with which staff would hold a flag."
    assert [text for text in said if "hold" in text] == [expected]


def test_what_could_be_shown_and_is_not_is_named() -> None:
    fewer = {name: title for name, title in OURS.items() if name is not OwnedField.CHECK}
    assert told(remarks(bound(columns=fewer), found()), Weight.KNOW)[0] == "Not shown in this list: check (Check)."


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
    [said] = told(remarks(bound(), found(indexed=False, taken=19)), Weight.MEND)
    assert said.startswith("The list uses 19 of 20 indexes, and")


def test_columns_that_provision_was_not_at_are_named() -> None:
    said = told(remarks(bound(), found(bare=True)), Weight.KNOW)
    assert said[-1].startswith("Shown as they are, and open in the list's forms: ")


def test_every_column_is_told_with_what_it_is_to_us() -> None:
    uses = column_uses(bound(key="Ref", fields={"status": mapped("Status")}, where={"Archived": ("No",)}))
    assert [(use.title, use.field, use.ours) for use in uses[:3]] == [
        ("Ref", "key", False),
        ("Status", "status", False),
        ("Archived", "where", False),
    ]
    assert {use.field for use in uses[3:]} == {name.value for name in OURS}
    assert all(use.ours for use in uses[3:])
