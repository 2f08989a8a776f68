"""What a colleague does in the browser: ordinary edits, recorded under their name, refused in clear words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.emulator.rules.edits import Deed, Edit, EditError, parse_edit
from connectors.emulator.state.document import DocumentError
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.values import UrlValue
from connectors.emulator.state.versions import Item
from tests.support.emulator import Direct

ANN, BOB = "i:0#.f|membership|ann@example.org", "i:0#.f|membership|bob@example.org"
DOCUMENT: dict[str, Any] = {
    "sites": [
        {
            "path": "/sites/demo",
            "time_zone": 2,
            "users": [
                {"login": ANN, "name": "Ann Field", "email": "ann@example.org"},
                {"login": BOB, "name": "Bob Marsh", "email": "bob@example.org"},
            ],
            "lists": [
                {"title": "Programmes", "items": [{"values": {"Title": "Digital"}}, {"values": {"Title": "Roads"}}]},
                {
                    "title": "Projects",
                    "fields": [
                        {"name": "Due", "title": "Target date", "type": "DateTime"},
                        {"name": "Lead", "type": "User"},
                        {"name": "Team", "type": "UserMulti"},
                        {"name": "Programme", "type": "Lookup", "lookup_list": "Programmes"},
                        {"name": "Stage", "type": "Choice", "choices": ["Start", "End"]},
                        {"name": "Link", "type": "URL"},
                        {"name": "Cost", "type": "Number"},
                        {"name": "Worth", "type": "Calculated", "formula": "=1"},
                    ],
                    "items": [{"values": {"Title": "One"}}, {"values": {"Title": "Two"}}],
                },
            ],
        }
    ]
}


@pytest.fixture
def held() -> Direct:
    return Direct(DOCUMENT)


def projects(held: Direct) -> SpList:
    found = held.site.list_at("Lists/Projects")
    assert found is not None
    return found


def edit(held: Direct, **given: Any) -> Any:
    return held.service.edit(parse_edit({"list": "Projects", **given}))


def item(held: Direct, number: int) -> Item:
    return projects(held).item(number)


def test_a_change_is_an_ordinary_edit_under_the_persons_name(held: Direct) -> None:
    held.clock.advance(hours=1)
    before = projects(held).log.current
    told = edit(held, do="change", item=1, by="bob@example.org", values={"Target date": "2026-07-01"})
    changed = item(held, 1)
    editor = held.site.users[changed.editor]
    assert (editor.person.login, changed.version, changed.label) == (BOB, 2, 2)
    assert changed.modified == datetime(2026, 6, 17, 10, 30, tzinfo=UTC)
    assert changed.values["Due"] == datetime(2026, 6, 30, 23, tzinfo=UTC), "a date is midnight at the site"
    assert changed.history[0].values == {"Title": "One"}
    (entry,) = projects(held).log.after(before, None, datetime.min.replace(tzinfo=UTC))
    assert (entry.type.name, entry.item_id) == ("UPDATE", 1)
    assert (told.caller, told.list, told.item, told.columns) == (BOB, "Lists/Projects", 1, ("Due",))
    assert held.service.history.entries == [told]


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ({"Title": "New", "Cost": 3}, {"Title": "New", "Cost": 3.0}),
        ({"Lead": "bob@example.org"}, {"Lead": 8}),
        ({"Lead": 7}, {"Lead": 7}),
        ({"Team": ["bob@example.org", ANN]}, {"Team": (8, 7)}),
        ({"Team": "bob@example.org"}, {"Team": (8,)}),
        ({"Programme": "Roads"}, {"Programme": 2}),
        ({"Programme": 1}, {"Programme": 1}),
        ({"Stage": "End"}, {"Stage": "End"}),
        (
            {"Link": {"url": "https://example.org", "description": "It"}},
            {"Link": UrlValue("https://example.org", "It")},
        ),
        ({"Title": None, "Programme": None}, {"Title": None, "Programme": None}),
    ],
    ids=str,
)
def test_values_are_given_as_in_a_world_document(held: Direct, values: dict[str, Any], stored: dict[str, Any]) -> None:
    edit(held, do="change", item=1, values=values)
    assert {name: item(held, 1).values[name] for name in stored} == stored


def test_without_a_name_it_is_the_sites_first_person(held: Direct) -> None:
    assert edit(held, do="add", values={"Title": "Three"}).caller == ANN
    assert (item(held, 3).author, item(held, 3).values["Title"]) == (7, "Three")


def test_items_are_deleted_for_good_or_recycled(held: Direct) -> None:
    edit(held, do="delete", item=1)
    told = edit(held, do="recycle", item=2)
    assert (len(projects(held).items), [entry.item.id for entry in held.site.recycled.values()]) == (0, [2])
    assert [entry.operation for entry in held.service.history.entries] == ["edit/delete", "edit/recycle"]
    assert told.items == "2"


def test_a_column_and_a_list_are_renamed_and_keep_what_programs_know_them_by(held: Direct) -> None:
    guid, version = projects(held).id, projects(held).version
    edit(held, do="rename-column", column="Target date", to="Finish")
    edit(held, do="rename-list", to="Projects 2027")
    renamed = projects(held)
    column = renamed.field_named("Due")
    assert column is not None
    assert (column.title, renamed.title, renamed.id, renamed.version) == ("Finish", "Projects 2027", guid, version + 2)
    assert held.get("web/lists/GetByTitle('Projects')").status_code == 404
    assert [change.subject for change in renamed.log.entries][-2:] == ["Field", "List"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"do": "chagne"}, "do is 'chagne', which is not one of .* Did you mean 'change'?"),
    ({"list": "Projects"}, "^The body has no 'do'"),
    ({"do": "change", "item": 1}, "has no 'values'"),
    ({"do": "change", "items": 1, "values": {}}, "unknown key 'items'; did you mean 'item'?"),
    ({"do": "delete", "item": 1, "values": {}}, "unknown key 'values'"),
    ({"do": "delete", "item": 0}, "item is 0, outside 1"),
    ({"do": "delete", "item": "1"}, "item must be integer, not str"),
    ({"do": "delete", "item": 9}, "The edit delete of 'Projects' is refused: Item does not exist"),
    ({"do": "delete", "item": 1, "list": "Project"}, "no list 'Project' at /sites/demo; did you mean 'Projects'?"),
    ({"do": "delete", "item": 1, "site": "/sites/dmo"}, "no site '/sites/dmo'; did you mean '/sites/demo'?"),
    ({"do": "delete", "item": 1, "by": "anne@example.org"}, "nobody 'anne@example.org' .* did you mean 'ann@exam"),
    ({"do": "change", "item": 1, "values": {"Dew": 1}}, "no column 'Dew'; did you mean 'Due'?"),
    ({"do": "change", "item": 1, "values": {"Modified": 1}}, "no column 'Modified'"),
    ({"do": "change", "item": 1, "values": {"Worth": 1}}, "'Worth' cannot be written"),
    ({"do": "change", "item": 1, "values": {"Stage": "Middle"}}, "Invalid choice value"),
    ({"do": "change", "item": 1, "values": {"Programme": "Rods"}}, "points to nothing that is called 'Rods'"),
    ({"do": "rename-list", "to": "programmes"}, "already a list 'programmes'"),
    ({"do": "rename-list", "to": " "}, "does not have the form"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_what_cannot_be_done_is_said_and_leaves_no_trace(held: Direct, given: dict[str, Any], sentence: str) -> None:
    before = projects(held).log.current
    with pytest.raises((DocumentError, EditError), match=sentence):
        edit(held, **given)
    assert (projects(held).log.current, held.service.history.total) == (before, 0)


def test_where_there_are_several_sites_one_is_named() -> None:
    held = Direct({"sites": [*DOCUMENT["sites"], {"path": "/sites/empty", "lists": [{"title": "Projects"}]}]})
    with pytest.raises(EditError, match="names no site; known are /sites/demo, /sites/empty"):
        edit(held, do="add", values={})
    assert edit(held, do="add", site="/sites/demo", values={}).site == "/sites/demo"
    with pytest.raises(EditError, match="The site /sites/empty has no people"):
        edit(held, do="add", site="sites/EMPTY", values={})


@pytest.mark.parametrize("deed", list(Deed))
def test_an_edit_reads_as_it_is_written(deed: Deed) -> None:
    made = Edit(do=deed, list="Projects", site="/sites/demo", by=ANN, **_needed(deed))
    assert parse_edit(made.document()) == made


def _needed(deed: Deed) -> dict[str, Any]:
    return {
        Deed.CHANGE: {"item": 1, "values": {"Title": "x"}},
        Deed.ADD: {"values": {"Title": "x"}},
        Deed.DELETE: {"item": 1},
        Deed.RECYCLE: {"item": 1},
        Deed.RENAME_COLUMN: {"column": "Due", "to": "x"},
        Deed.RENAME_LIST: {"to": "x"},
    }[deed]
