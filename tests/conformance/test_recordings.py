"""The emulator is held to every recorded answer of SharePoint Online, and every exception to being needed.

A case for each recording seeds a site from it and repeats the recorded request; one comparator looks at the answers.
The places in which they may differ are data of the product (connectors/emulator/recordings.py) and on the coverage
page. `python -m tests.support.recordings_score` prints the score.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from connectors.emulator import recordings as product
from connectors.emulator.recordings import DEVIATIONS, RECORDED, Deviation, excepted, recordings_section
from tests.support import recordings_score
from tests.support.recordings import mended, recorded_names, recording
from tests.support.recordings_compare import Answer, Difference, differences
from tests.support.recordings_score import score, stale, unexcused
from tests.support.recordings_stage import Stage
from tests.support.recordings_table import CASES, compared
from tests.support.shared_data import needs_shared_data

pytestmark = needs_shared_data
# What the recordings kept of the headers, with the form of each value.
KEPT_HEADERS = {"SPRequestGuid", "SPClientServiceRequestDuration", "X-SharePointHealthScore", "X-SP-SERVERSTATE"}


@pytest.fixture(scope="module")
def found() -> Mapping[str, Sequence[Difference]]:
    """Every difference of every recording."""
    return {name: compared(name) for name in CASES}


@pytest.mark.parametrize("name", CASES)
def test_the_emulator_answers_as_recorded(found: Mapping[str, Sequence[Difference]], name: str) -> None:
    assert [str(difference) for difference in unexcused(name, found[name])] == []


def test_every_recording_has_its_case() -> None:
    assert sorted(CASES) == sorted(recorded_names())
    assert len(CASES) == RECORDED


def test_no_exception_is_kept_that_is_no_longer_needed(found: Mapping[str, Sequence[Difference]]) -> None:
    assert list(stale(found)) == []


def test_the_score_is_the_one_that_is_published(found: Mapping[str, Sequence[Difference]]) -> None:
    lines = score(found)
    sys.stdout.write("\n".join(lines) + "\n")  # shown by -rA
    plain = RECORDED - len(excepted())
    assert lines[0] == f"{RECORDED} of {RECORDED} recordings are answered alike, {plain} of them without an exception"
    page = "\n".join(recordings_section())
    assert f"**{RECORDED} of {RECORDED}**" in page
    assert all(row.reason in page for row in DEVIATIONS)


def test_an_exception_that_is_not_needed_is_found(
    found: Mapping[str, Sequence[Difference]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = DEVIATIONS[0]
    planted = (
        Deviation("not needed", ("RecycleListItemTest-0-00005",), ("value",)),
        replace(first, places=(*first.places, "Nowhere")),
        *DEVIATIONS[1:],
    )
    monkeypatch.setattr(recordings_score, "DEVIATIONS", planted)
    assert len(list(stale(found))) == 3


def test_a_difference_without_an_exception_is_found(
    found: Mapping[str, Sequence[Difference]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product, "DEVIATIONS", DEVIATIONS[1:])
    name = DEVIATIONS[0].recordings[0]
    assert [difference.path for difference in unexcused(name, found[name])] == list(DEVIATIONS[0].places)
    assert score(found)[0].startswith(f"{RECORDED - 1} of {RECORDED} ")


@pytest.mark.parametrize("name", CASES)
def test_a_recording_is_equal_to_itself_and_to_nothing_shorter(name: str) -> None:
    known = recording(name)
    whole = Answer(known.status, None, known.text)
    assert differences(whole, whole) == []
    if known.text:
        assert differences(whole, Answer(known.status, None, known.text[:-1])) != []


def test_the_headers_that_were_kept_are_sent() -> None:
    headers = Stage().headers("web?$select=Title")
    assert {name for known in map(recording, CASES) for name in known.headers} == KEPT_HEADERS
    for name in KEPT_HEADERS:
        recorded = {known.headers[name] for known in map(recording, CASES)}
        assert _form(headers[name.lower()]) in {_form(value) for value in recorded}


def _form(value: str) -> str:
    """A header's value with letters and digits of a number or an identifier as such."""
    if value.isdecimal():
        return "number"
    return "guid" if len(value) == 36 and value == value.lower() else value


def test_escapes_that_the_replacement_of_addresses_took_are_put_back() -> None:
    assert mended(r"\u0022a\u0022:\person@example.x.com\u0022") == r"\u0022a\u0022:\u0022person@example.x.com\u0022"
    assert mended(r"sip=\person@example.x.com\u0027 id") == r"sip=\u0027person@example.x.com\u0027 id"
    assert mended(r"\u0022person@example.x.com\u0022") == r"\u0022person@example.x.com\u0022"
