"""What a person changed is told with when and who where that is known, and of a restricted record without its words."""

from datetime import UTC, date, datetime

import pytest

from sync.core.columns import Version
from sync.core.drift import Drifted, Edit, finding, last_change
from sync.core.findings import FindingKind
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.snapshot import RecordId

BY_HAND = "Status was changed by hand to 'Complete'"
LEFT_SCOPE = "the item left the rows that count"
TODAY = date(2026, 6, 17)
MADE = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)


def drifted(
    policy: DriftPolicy = DriftPolicy.RESTORE,
    live: OwnedValue = "Complete",
    want: OwnedValue = "At risk",
    *,
    restricted: bool = False,
    left_scope: bool = False,
) -> Drifted:
    return Drifted(
        id=RecordId("h", "l", 7),
        source="projects",
        label="item 7" if restricted or left_scope else "PR-7",
        field=OwnedField.STATUS,
        base="At risk",
        live=live,
        want=want,
        policy=policy,
        restricted=restricted,
        left_scope=left_scope,
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drifted(), "PR-7: Status was changed by hand to 'Complete'; restored on 17 June 2026."),
        (drifted(live=None), "PR-7: Status was cleared by hand; restored on 17 June 2026."),
        (drifted(live=True), "PR-7: Status was changed by hand to Yes; restored on 17 June 2026."),
        (
            drifted(DriftPolicy.RESPECT, want=date(2026, 6, 3)),
            "PR-7: Status was changed by hand to 'Complete' and left so; the rules give 3 June 2026.",
        ),
        (
            drifted(DriftPolicy.ASK),
            "PR-7: Status was changed by hand to 'Complete'; 'At risk' is written again once a person has approved it.",
        ),
        (drifted(restricted=True), "item 7: Status was changed by hand; restored on 17 June 2026."),
        (drifted(DriftPolicy.RESPECT, restricted=True), "item 7: Status was changed by hand and left so."),
        (
            drifted(DriftPolicy.ASK, restricted=True),
            "item 7: Status was changed by hand; our value is written again once a person has approved it.",
        ),
        (
            drifted(want=None, left_scope=True),
            f"item 7: {BY_HAND}; cleared on 17 June 2026, because {LEFT_SCOPE}.",
        ),
        (
            drifted(DriftPolicy.RESPECT, want=None, left_scope=True),
            "item 7: Status was changed by hand to 'Complete' and left so, although the item left the rows that count.",
        ),
        (
            drifted(DriftPolicy.ASK, want=None, left_scope=True),
            f"item 7: {BY_HAND}; {LEFT_SCOPE}, so it is to be cleared once a person has approved it.",
        ),
    ],
)
def test_every_policy_has_its_sentence(change: Drifted, said: str) -> None:
    told = finding(change, None, TODAY)
    assert (told.text, told.kind, told.source, told.item, told.key) == (
        said,
        FindingKind.DRIFT,
        "projects",
        7,
        change.label,
    )


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Edit(made=MADE, person=12, from_versions=True), " on 3 June 2026 by person 12"),
        (Edit(made=MADE, person=12, name="Ada Byron", from_versions=True), " on 3 June 2026 by Ada Byron"),
        (Edit(made=MADE, from_versions=True), " on 3 June 2026"),
        (Edit(made=MADE, person=12), " (the item was last changed on 3 June 2026 by person 12)"),
        (Edit(person=0), " (the item was last changed by person 0)"),
        (Edit(), ""),
    ],
)
def test_an_edit_is_told_as_far_as_it_is_known(edit: Edit, said: str) -> None:
    text = finding(drifted(), edit, TODAY).text
    assert text == f"PR-7: Status was changed by hand to 'Complete'{said}; restored on 17 June 2026."


def test_a_restricted_record_names_nobody() -> None:
    edit = Edit(made=MADE, person=12, name="Ada Byron", from_versions=True)
    said = finding(drifted(restricted=True), edit, TODAY).text
    assert said == "item 7: Status was changed by hand on 3 June 2026 by person 12; restored on 17 June 2026."


@pytest.mark.parametrize(
    ("history", "change"),
    [
        (["Complete", "At risk"], 0),
        (["Complete", "Complete ", "At risk", "Complete", "At risk"], 1),
        (["At risk", "Complete", "At risk"], None),
        (["Complete", "Complete"], None),
        (["Complete"], None),
        ([], None),
    ],
)
def test_the_change_is_the_oldest_version_that_shows_the_live_value_without_a_break(
    history: list[str], change: int | None
) -> None:
    versions = [Version(str(place), MADE, 12, {"PSStatus": text}) for place, text in enumerate(history)]
    found = last_change(versions, lambda each: str(each.cells["PSStatus"]), "Complete")
    assert (found.label if found else None) == (None if change is None else str(change))
