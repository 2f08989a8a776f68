"""A world document is loaded as it is written, and a mistake in it is named with its place."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connectors.emulator.coverage import schema_text
from connectors.emulator.state.document import WorldError
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.values import UrlValue
from connectors.emulator.state.world_schema import WORLD_SCHEMA
from tests.support.emulator import ManualClock

ROOT = Path(__file__).resolve().parents[2]
ANN = "i:0#.f|membership|ann@example.org"


def document() -> dict[str, Any]:
    """Two lists of every column type, the first referring to the second."""
    return {
        "world": "documents",
        "day": "2026-06-17",
        "sites": [
            {
                "path": "/sites/demo",
                "title": "Demo",
                "time_zone": 2,
                "users": [
                    {"login": ANN, "name": "Ann Field", "email": "ann@example.org", "department": "ICT"},
                    {"login": "i:0#.f|membership|bo@example.org", "name": "Bo Marsh"},
                ],
                "lists": [
                    {
                        "title": "Projects",
                        "url": "Lists/Projects",
                        "key": "Ref",
                        "title_field": {"title": "Project name", "indexed": True},
                        "fields": [
                            {"name": "Ref", "type": "Text"},
                            {"name": "Due", "title": "Due date", "type": "DateTime"},
                            {"name": "Met", "type": "DateTime", "date_only": False},
                            {"name": "Owner", "type": "User"},
                            {"name": "Team", "type": "UserMulti"},
                            {"name": "Programme", "type": "Lookup", "lookup_list": "Programmes"},
                            {"name": "Others", "type": "LookupMulti", "lookup_list": "Lists/Programmes"},
                            {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
                            {"name": "Status", "type": "Choice", "choices": ["Open"], "default": "Open"},
                            {"name": "Link", "type": "URL"},
                            {"name": "Half", "type": "Calculated", "formula": "=0.5", "output_type": "Number"},
                            {"name": "Live", "type": "Boolean"},
                            {"name": "Cost", "type": "Currency"},
                        ],
                        "items": [
                            {
                                "id": 4,
                                "values": {
                                    "Title": "One",
                                    "Ref": "P-1",
                                    "Due": "2026-07-01",
                                    "Met": "2026-01-05T10:00:00Z",
                                    "Owner": "ann@example.org",
                                    "Team": ["ann@example.org", "bo@example.org"],
                                    "Programme": "PRG-2",
                                    "Others": ["PRG-1", "PRG-2"],
                                    "Themes": ["A"],
                                    "Status": "No longer a choice",
                                    "Link": {"url": "https://x.example", "description": "X"},
                                    "Half": 0.5,
                                    "Live": True,
                                    "Cost": 12,
                                },
                                "created": "2026-03-02T09:15:00Z",
                                "modified": "2026-04-02T09:15:00Z",
                                "author": ANN,
                                "editor": "bo@example.org",
                                "version": 3,
                            },
                            {"values": {"Title": "Two"}},
                        ],
                    },
                    {
                        "title": "Programmes",
                        "url": "Lists/Programmes",
                        "key": "Title",
                        "versioning": False,
                        "items": [{"values": {"Title": "PRG-1"}}, {"values": {"Title": "PRG-2"}, "version": 5}],
                    },
                ],
            }
        ],
    }


def test_every_value_is_stored_as_its_column_holds_it() -> None:
    world = load_world(document(), clock=ManualClock())
    projects = world.site("/sites/demo").list_titled("projects")
    assert projects is not None
    item = projects.item(4)
    assert item.values == {
        "Title": "One",
        "Ref": "P-1",
        "Due": datetime(2026, 6, 30, 23, 0, tzinfo=UTC),
        "Met": datetime(2026, 1, 5, 10, 0, tzinfo=UTC),
        "Owner": 7,
        "Team": (7, 8),
        "Programme": 2,
        "Others": (1, 2),
        "Themes": ("A",),
        "Status": "No longer a choice",
        "Link": UrlValue("https://x.example", "X"),
        "Half": "0.500000000000000",
        "Live": True,
        "Cost": 12.0,
    }
    assert (item.author, item.editor, item.version_label, item.etag) == (7, 8, "3.0", '"3"')
    assert projects.item(5).values == {"Title": "Two"}
    assert projects.title_field.title == "Project name"
    assert projects.log.entries == []


def test_a_list_without_versions_keeps_its_label_at_one() -> None:
    programmes = load_world(document()).site("/sites/demo").list_titled("Programmes")
    assert programmes is not None
    assert (programmes.item(2).version_label, programmes.item(2).etag) == ("1.0", '"5"')


def test_a_date_means_midnight_at_the_site() -> None:
    pacific = document()
    pacific["sites"][0]["time_zone"] = 13
    projects = load_world(pacific).site("/sites/demo").list_titled("Projects")
    assert projects is not None
    assert projects.item(4).values["Due"] == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)


def test_the_same_document_gives_the_same_identifiers() -> None:
    def identity(seed: int | None = None) -> tuple[str, str, str]:
        world = load_world(document(), seed=seed)
        site = world.site("/sites/demo")
        return world.id, site.web_id, next(iter(site.lists))

    assert identity() == identity()
    assert identity(seed=1) != identity()


def _changed(path: str, value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(document())
    at = changed
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        at = at[step]
    at[last] = value
    return changed


_ITEM = "sites.0.lists.0.items.0.values"


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("sites.0.lists.0.feilds", [], r"sites\[0\]\.lists\[0\] has the unknown key 'feilds'; did you mean 'fields'"),
        ("sites.0.zzz", 1, r"sites\[0\] has the unknown key 'zzz'; known are path"),
        ("sites.0.path", "demo", "does not have the form"),
        ("sites.0.time_zone", 1, "is not one of 2, 3"),
        ("sites.0.time_zone", True, "must be integer, not bool"),
        ("sites.0.users.0.login", 5, "must be string, not int"),
        ("sites.0.lists.0.fields.0.type", "Txt", "Did you mean 'Text'"),
        ("sites.0.lists.0.fields.0.max_length", 300, "outside 1..255"),
        ("sites.0.lists.0.fields.0.name", "Title", "cannot be added"),
        ("sites.0.lists.0.fields.5.lookup_list", "Programme", "did you mean 'Programmes'"),
        ("sites.0.lists.0.key", "Reff", "did you mean 'Ref'"),
        ("sites.0.lists.1.title", "projects", "which another list of the site has"),
        ("sites.0.lists.1.url", "lists/projects", "which another list of the site has"),
        ("sites.0.lists.0.items.1.id", 4, "which another item has"),
        (f"{_ITEM}.Reff", "x", "unknown column 'Reff'; did you mean 'Ref'"),
        (f"{_ITEM}.Ref", "x" * 256, "has 256 characters"),
        (f"{_ITEM}.Ref", 5, "must be text, not 5"),
        (f"{_ITEM}.Due", "1 July 2026", "must be a date"),
        (f"{_ITEM}.Due", "2026-13-01", "must be a date"),
        (f"{_ITEM}.Owner", "nobody@example.org", "neither the login nor the address"),
        (f"{_ITEM}.Owner", ["ann@example.org"], "must be one reference"),
        (f"{_ITEM}.Programme", "PRG-9", "no item of 'Programmes' has as its key"),
        (f"{_ITEM}.Live", "yes", "must be true or false"),
        (f"{_ITEM}.Cost", "12", "must be a number"),
        (f"{_ITEM}.Themes", [1], "must be a list of text"),
        (f"{_ITEM}.Link", 3, "must be an address"),
        (f"{_ITEM}.Half", [1], "must be text or a number"),
        ("sites.0.lists.0.items.0.created", "soon", "must be a date"),
        ("sites.0.lists.0.items.0.author", "nobody", "neither the login nor the address"),
        ("sites", {}, "sites must be array"),
        ("missing_if_match", "refused", "Did you mean 'refuse'"),
        ("strict_change_tokens", "yes", "must be boolean, not str"),
    ],
)
def test_a_mistake_is_named_with_its_place(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(WorldError, match=sentence):
        load_world(_changed(path, value))


def test_a_missing_key_is_named() -> None:
    broken = document()
    del broken["sites"][0]["lists"][0]["title"]
    with pytest.raises(WorldError, match=r"sites\[0\]\.lists\[0\] has no 'title'"):
        load_world(broken)


def test_two_sites_at_one_path_are_refused() -> None:
    with pytest.raises(WorldError, match="two sites at /sites/a"):
        load_world({"sites": [{"path": "/sites/a"}, {"path": "/sites/a/"}]})


def test_the_published_schema_is_the_loaders_own_and_takes_what_it_takes() -> None:
    published = json.loads((ROOT / "docs" / "world.schema.json").read_text(encoding="utf-8"))
    assert published == WORLD_SCHEMA == json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(document(), published)


@pytest.mark.parametrize(
    ("path", "value"),
    [("sites.0.lists.0.feilds", []), ("sites.0.time_zone", 1), ("sites.0.lists.0.fields.0.type", "Txt")],
)
def test_the_published_schema_refuses_what_the_loader_refuses(path: str, value: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_changed(path, value), WORLD_SCHEMA)
