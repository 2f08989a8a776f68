"""A document comes back from the store as it went in, and what cannot is refused."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.ownership import OwnedField, OwnedValue
from sync.errors import DefectError
from sync.store.values import Instant, decode, encode, owned_document, owned_values

plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.dates()
)
names = st.text().filter(lambda name: name != "$date")
documents = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=20)
owned: st.SearchStrategy[dict[OwnedField, OwnedValue]] = st.dictionaries(
    st.sampled_from(OwnedField), st.none() | st.booleans() | st.text() | st.dates()
)


@given(documents)
def test_a_document_comes_back_as_it_went_in(document: object) -> None:
    text = encode(document)
    assert decode(text) == document
    assert text.isascii()
    json.loads(text)


@given(owned)
def test_owned_values_come_back_with_their_types(values: dict[OwnedField, OwnedValue]) -> None:
    kept = owned_values(decode(encode(owned_document(values))))
    assert kept == values
    assert {field: type(value) for field, value in kept.items()} == {
        field: type(value) for field, value in values.items()
    }


@given(owned)
def test_equal_owned_values_are_kept_alike_whatever_their_order(values: dict[OwnedField, OwnedValue]) -> None:
    backwards = dict(reversed(values.items()))
    assert encode(owned_document(backwards)) == encode(owned_document(values))


@given(st.lists(st.datetimes(timezones=st.timezones())))
def test_instants_sort_as_text_as_they_do_in_time(instants: list[datetime]) -> None:
    kept = Instant()
    in_range = [moment for moment in instants if 1000 < moment.year < 9999]
    as_text = sorted(str(kept.process_bind_param(moment, None)) for moment in in_range)
    back = [kept.process_result_value(text, None) for text in as_text]
    assert back == sorted(moment.astimezone(UTC) for moment in in_range)


@pytest.mark.parametrize(
    "document",
    [
        float("nan"),
        [float("inf")],
        {"at": datetime(2026, 7, 1, tzinfo=UTC)},
        {"$date": "2026-07-01"},
        {1: "number"},
        {date(2026, 7, 1): "date"},
        {"set": {1, 2}},
        b"bytes",
        object(),
    ],
)
def test_what_would_not_come_back_is_a_defect(document: object) -> None:
    with pytest.raises(DefectError):
        encode(document)


@pytest.mark.parametrize("text", ["", "{", '{"$date": "yesterday"}', '{"$date": "2026-02-30"}'])
def test_text_that_is_not_a_document_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode(text)
