"""Version histories over the wire: what is asked, how a version names and shows things, and what is not believed."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from sync.core.columns import LookupCell, PersonCell, Version
from sync.errors import AccessError, NotFoundError, SchemaError, SourceError, UnreadableError
from tests.support.liststore_world import sharepoint_bench
from tests.support.project_list import FIELDS, GUID, description, field, source, web
from tests.support.wire import HOST, Answer, ScriptedWire, error_reply, json_reply, scripted_store, status_reply

NAMES = ["Title", "Target_x0020_date", "Lead", "Programme", "_Note"]
ANN = {"LookupId": 7, "LookupValue": "Ann Smith", "Email": "ann.smith@example.org"}


def version(number: int, **more: Any) -> dict[str, Any]:
    about = {"VersionId": number * 512, "VersionLabel": f"{number}.0", "Created": f"2026-06-{number:02}T08:00:00"}
    return {**about, "Editor": ANN, **more}


def scripted(
    answer: Answer, names: list[str] | None = None, fields: list[dict[str, Any]] | None = None, **listed: Any
) -> tuple[tuple[Version, ...], ScriptedWire]:
    wire = ScriptedWire(json_reply(web()), json_reply({**description(fields), **listed}), answer)
    store = scripted_store(wire)
    schema = store.describe(source())
    return store.versions(source(), schema, names or ["Title"], 4), wire


def test_the_newest_hundred_versions_are_one_request_for_mapped_columns_only() -> None:
    found, wire = scripted(json_reply({"value": []}), NAMES)
    assert found == ()
    assert len(wire.requests) == 2 + 1
    assert unquote(str(wire.requests[-1].url)) == (
        f"{HOST}/sites/pmo/_api/web/lists(guid'{GUID}')/items(4)/versions?$select=VersionId,VersionLabel,Created,Editor,"
        "Title,Target_x005f_x0020_x005f_date,Lead,Programme,OData__x005f_Note&$top=100"
    )


def test_a_version_is_read_like_an_item() -> None:
    shown = {
        "Title": "Library cards",
        "Target_x005f_x0020_x005f_date": "2026-06-30T23:00:00Z",
        "Lead": ANN,
        "Programme": {"LookupId": 3, "LookupValue": "PRG-3"},
        "OData__x005f_Note": "A note",
    }
    (found,), _ = scripted(json_reply({"value": [version(2, **shown)]}), NAMES)
    assert found == Version(
        "2.0",
        datetime(2026, 6, 2, 8, tzinfo=UTC),
        7,
        {
            "Title": "Library cards",
            "Target_x0020_date": datetime(2026, 6, 30, 23, tzinfo=UTC),
            "Lead": PersonCell(7, "Ann Smith", None),
            "Programme": LookupCell(3, "PRG-3"),
            "_Note": "A note",
        },
    )


def test_blank_cells_of_a_version_are_blank() -> None:
    many = [field("Team", "UserMulti"), field("Tags", "MultiChoice", Choices=["Web"])]
    blank = version(1, Editor=None, Team=None, Lead={"LookupId": 0, "LookupValue": None})
    (found,), _ = scripted(json_reply({"value": [blank]}), [*NAMES, "Team", "Tags"], [*FIELDS, *many])
    assert found.cells == {**dict.fromkeys(NAMES), "Team": (), "Tags": ()}
    assert found.editor_id is None


@pytest.mark.parametrize("made", ["2026-06-02T08:00:00", "2026-06-02T08:00:00Z", "2026-06-02T10:00:00+02:00"])
def test_a_time_that_names_no_zone_is_utc(made: str) -> None:
    date = {"Target_x005f_x0020_x005f_date": made, "Created": made}
    (found,), _ = scripted(json_reply({"value": [version(2, **date)]}), ["Target_x0020_date"])
    assert found.made == found.cells["Target_x0020_date"] == datetime(2026, 6, 2, 8, tzinfo=UTC)


def test_the_newest_comes_first_whatever_the_order_of_the_answer() -> None:
    found, _ = scripted(json_reply({"value": [version(number) for number in (9, 11, 10)]}))
    assert [each.label for each in found] == ["11.0", "10.0", "9.0"]


def test_a_list_that_keeps_no_versions_is_not_asked_for_any() -> None:
    found, wire = scripted(json_reply({"value": [version(1)]}), EnableVersioning=False)
    assert found == ()
    assert len(wire.requests) == 2
    assert len(scripted(json_reply({"value": [version(1)]}), EnableVersioning=True)[0]) == 1


def test_a_column_that_is_not_there_cannot_be_read_from_versions() -> None:
    with pytest.raises(SchemaError, match="no column 'Gone'"):
        scripted(json_reply({"value": []}), ["Gone"])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (error_reply(404, "-2130575338, System.ArgumentException", "Item does not exist."), NotFoundError),
        (error_reply(400, "-1, X", "The property 'Title' does not exist."), SchemaError),
        (status_reply(403), AccessError),
        (status_reply(200, {"Content-Type": "text/html"}, b"<html>"), UnreadableError),
        (json_reply([]), UnreadableError),
        (json_reply({}), UnreadableError),
        (json_reply({"value": None}), UnreadableError),
        (json_reply({"value": {"a": 1}}), UnreadableError),
        (json_reply({"value": ["x"]}), UnreadableError),
        (json_reply({"value": [{}]}), UnreadableError),
        (json_reply({"value": [version(1, VersionId=None)]}), UnreadableError),
        (json_reply({"value": [version(1, Created=None)]}), UnreadableError),
        (json_reply({"value": [version(1, Created="yesterday")]}), UnreadableError),
        (json_reply({"value": [version(1, Editor=7)]}), UnreadableError),
        (json_reply({"value": [version(1, Editor={})]}), UnreadableError),
    ],
)
def test_anything_else_than_versions_is_an_error(answer: Answer, error: type[SourceError]) -> None:
    with pytest.raises(error):
        scripted(answer)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Lead", 7),
        ("Lead", {"Id": 7}),
        ("Programme", [7]),
        ("Target_x005f_x0020_x005f_date", 7),
        ("Target_x005f_x0020_x005f_date", "soon"),
        ("PSOverdue", "Yes"),
    ],
)
def test_a_value_that_is_not_of_its_columns_type_is_an_error(name: str, value: Any) -> None:
    with pytest.raises(UnreadableError):
        scripted(json_reply({"value": [version(1, **{name: value})]}), [name.replace("_x005f_", "_")])


def test_of_a_long_history_the_newest_hundred_are_told() -> None:
    with sharepoint_bench() as held:
        held.emulator.merge(held.list_path, {"MajorVersionLimit": 500}).raise_for_status()
        for number in range(120):
            held.edit(4, Ref=f"DS-{number}")
        schema = held.store.describe(held.source())
        found = held.store.versions(held.source(), schema, ["Ref"], 4)
        assert [each.cells["Ref"] for each in found] == [f"DS-{number}" for number in range(119, 19, -1)]
        assert (held.store.usage().by_kind["versions"], held.store.usage().resource_units) == (1, 2 + 2)
