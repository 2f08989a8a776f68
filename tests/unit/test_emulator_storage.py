"""A world in a file is the same world when it is opened again, whatever happened to it and however it ended."""

import json
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import samples
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.world import World
from connectors.emulator.storage.file import StorageError, WorldFile
from connectors.emulator.storage.keeping import Keeping
from tests.support.emulator import Direct, ManualClock, running_emulator

ANN = "ann@example.org"
DOCUMENT: dict[str, Any] = {
    "world": "kept",
    "sites": [
        {
            "path": "/sites/demo",
            "time_zone": 2,
            "users": [{"login": f"i:0#.f|membership|{ANN}", "name": "Ann Field", "email": ANN}],
            "lists": [
                {
                    "title": "Projects",
                    "key": "Ref",
                    "fields": [
                        {"name": "Ref", "type": "Text"},
                        {"name": "Score", "type": "Number"},
                        {"name": "Due", "type": "DateTime"},
                        {"name": "Live", "type": "Boolean", "default": True},
                        {"name": "RAG", "type": "Choice", "choices": ["Red", "Green"], "default": "Green"},
                        {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
                        {"name": "Link", "type": "URL"},
                        {"name": "Team", "type": "UserMulti"},
                        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
                    ],
                    "items": [
                        {"values": {"Title": "Café", "Ref": "A", "Score": 1.5, "Due": "2026-07-01", "Live": False}},
                        {"values": {"Ref": "B", "Themes": ["A"], "Team": [ANN], "Parent": "A", "RAG": "Red"}},
                        {"values": {"Ref": "C", "Link": {"url": "https://a.example", "description": "A"}}},
                    ],
                },
                {"title": "Other"},
            ],
        }
    ],
}
LIST = "web/lists/GetByTitle('Projects')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "world.sqlite"


def serving(world: World) -> Direct:
    return Direct(Service(world, throttle=Throttle(Mode.OFF)))


def kept(world: World, path: Path) -> None:
    file = WorldFile(path)
    file.save(world)
    file.close()


def opened(path: Path) -> World:
    world, file = World(clock=ManualClock()), WorldFile(path)
    assert file.load(world)
    file.close()
    return world


def seen(world: World) -> Iterator[Any]:
    """Everything of a world that a client can see."""
    for site in world.sites.values():
        direct = Direct(Service(world, throttle=Throttle(Mode.OFF)), site=site.path)
        everything = {"Item": True, "Field": True, "List": True} | dict.fromkeys(
            ("Add", "Update", "DeleteObject", "Restore", "SystemUpdate"), True
        )
        yield direct.get("web?$expand=RegionalSettings,RegionalSettings/TimeZone").json()
        for of_site in ("web/lists", "web/siteusers", "web/recyclebin"):
            yield direct.get(of_site, level="minimalmetadata").json()
        for owner in site.lists.values():
            name = f"web/lists(guid'{owner.id}')"
            for of_list in ("fields", "items?$top=5000"):
                yield direct.get(f"{name}/{of_list}", level="minimalmetadata").json()
            for number in owner.items:
                yield direct.get(f"{name}/items({number})/versions").json()
            changes = direct.post(f"{name}/getchanges", {"query": everything}).json()["value"]
            # Each answer draws a fresh identifier for each change; the change itself is what is compared.
            yield [{key: value for key, value in change.items() if not key.startswith("odata")} for change in changes]


def same(left: World, right: World) -> None:
    assert left.state() == right.state()
    assert list(seen(left)) == list(seen(right))


def act(direct: Direct, chance: random.Random) -> None:
    """One thing that a client, or the service, might do."""
    number = chance.randint(1, 6)
    item, merge = f"{LIST}/items({number})", {"X-HTTP-Method": "MERGE", "If-Match": "*"}
    value = {"Title": f"T{chance.random()}", "Score": chance.randint(0, 9), "Due": "2026-01-01T00:00:00Z"}
    bin_ = direct.rows("web/recyclebin")
    calls: list[tuple[str, Any, dict[str, str]]] = [
        (f"{LIST}/items", value, {}),
        (item, value, merge),
        (item, {"Themes": ["B"], "Link": {"Url": "https://b.example", "Description": "B"}}, merge),
        (f"{item}/recycle", None, {}),
        (item, None, {"X-HTTP-Method": "DELETE", "If-Match": "*"}),
        (f"{LIST}/fields", {"Title": f"Extra {chance.randint(0, 3)}", "FieldTypeKind": 2}, {}),
        (f"{LIST}/fields/getByInternalNameOrTitle('Extra 0')", None, {"X-HTTP-Method": "DELETE"}),
        (f"{LIST}", {"Description": f"{chance.random()}"}, merge),
        ("web/lists", {"Title": f"New {chance.randint(0, 2)}", "BaseTemplate": 100}, {}),
        ("web/lists/GetByTitle('New 1')", None, {"X-HTTP-Method": "DELETE", "If-Match": "*"}),
        (f"web/recyclebin('{bin_[0]['Id'] if bin_ else 'none'}')/restore", None, {}),
    ]
    path, body, headers = chance.choice(calls)
    direct.post(path, body, headers=headers)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_history_the_file_holds_the_same_world(path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    world, file = load_world(DOCUMENT, clock=ManualClock()), WorldFile(path)
    direct = serving(world)
    for _ in range(60):
        act(direct, chance)
        file.save(world)
    file.close()
    same(world, opened(path))


def test_a_world_that_was_opened_goes_on_as_the_one_that_was_kept(path: Path) -> None:
    world = load_world(DOCUMENT, clock=ManualClock())
    kept(world, path)
    again = opened(path)
    for each in (world, again):
        chance = random.Random(3)  # noqa: S311
        direct = serving(each)
        for _ in range(30):
            act(direct, chance)
    same(world, again)
    kept(again, path)
    same(world, opened(path))


def test_the_options_of_the_document_stay_those_of_the_world(path: Path) -> None:
    kept(load_world(DOCUMENT | {"missing_if_match": "refuse", "strict_change_tokens": True}, clock=ManualClock()), path)
    world = opened(path)
    assert (world.missing_if_match, world.strict_change_tokens) == ("refuse", True)
    assert serving(world).merge(f"{LIST}/items(1)", {"Title": "x"}, etag=None).status_code == 412


def test_the_sample_is_kept_whole(path: Path) -> None:
    world = load_world(samples.world("digital-strategy"), clock=ManualClock())
    kept(world, path)
    same(world, opened(path))


def test_only_what_changed_is_written(path: Path) -> None:
    items = [{"values": {"Title": str(number)}} for number in range(1000)]
    world = load_world({"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": items}]}]})
    file = WorldFile(path)
    file.save(world)
    before = file.written
    assert serving(world).merge(f"{LIST}/items(5)", {"Title": "x"}).status_code == 204
    file.save(world)
    one = file.written - before
    assert one <= 4, "the world, the list, the item and its change"
    file.save(world)
    assert file.written - before == one, "and nothing where nothing happened"
    file.close()


def test_a_write_is_in_the_file_before_it_is_answered(path: Path) -> None:
    world, file = load_world(DOCUMENT, clock=ManualClock()), WorldFile(path)
    service = Service(world)
    with running_emulator(service, wrap=lambda app: Keeping(app, service, file)) as emulator:
        changed = emulator.merge("/sites/demo/_api/" + f"{LIST}/items(1)", {"Title": "Kept"})
        assert changed.status_code == 204
        # As the server's end would leave it: nothing is closed or flushed in good order.
        copy = path.with_name("copy.sqlite")
        copy.write_bytes(path.read_bytes())
        path.with_name("copy.sqlite-wal").write_bytes(path.with_name("world.sqlite-wal").read_bytes())
        same(world, opened(copy))
    file.close()


def test_another_world_takes_the_place_of_the_first(path: Path) -> None:
    first, second = load_world(DOCUMENT), load_world({"sites": [{"path": "/sites/demo"}]}, clock=ManualClock())
    file = WorldFile(path)
    file.save(first)
    file.save(second)
    file.close()
    same(second, opened(path))


@pytest.mark.parametrize("call", ["deleteobject", "recycle"])
def test_a_list_that_went_is_gone_from_the_file_at_once(path: Path, call: str) -> None:
    world, file = load_world(DOCUMENT, clock=ManualClock()), WorldFile(path)
    file.save(world)
    direct = serving(world)
    assert direct.post(f"web/lists/GetByTitle('Other')/{call}").status_code == 200
    file.save(world)
    file.close()
    same(world, opened(path))


def filled(file: WorldFile) -> None:
    """Lets the file grow no more, as a full disk would."""
    (pages,) = file._connection.execute("PRAGMA page_count").fetchone()
    file._connection.execute(f"PRAGMA max_page_count = {pages}")


def emptied(file: WorldFile) -> None:
    file._connection.execute("PRAGMA max_page_count = 1000000")


def test_what_a_full_disk_kept_out_of_the_file_is_in_it_after_the_next_save(path: Path) -> None:
    world, file = load_world(DOCUMENT, clock=ManualClock()), WorldFile(path)
    file.save(world)
    filled(file)
    direct = serving(world)
    for number in range(200):
        assert direct.post(f"{LIST}/items", {"Title": f"T{number}" * 40}).status_code == 201
    for _ in range(2):
        with pytest.raises(StorageError, match="full"):
            file.save(world)
    emptied(file)
    file.save(world)
    file.close()
    same(world, opened(path))


def test_an_answer_that_cannot_be_kept_is_a_500_that_says_why(path: Path) -> None:
    world, file = load_world(DOCUMENT, clock=ManualClock()), WorldFile(path)
    service = Service(world)
    file.save(world)
    with running_emulator(service, wrap=lambda app: Keeping(app, service, file)) as emulator:
        filled(file)
        values = {"Title": "x" * 200, "Themes": ["A", "B"]}
        answers = [emulator.post(f"/sites/demo/_api/{LIST}/items", values) for _ in range(100)]
        assert {answer.status_code for answer in answers} == {201, 500}
        assert "cannot be kept in" in answers[-1].text
        assert "full" in answers[-1].text
        emptied(file)
        assert emulator.get(f"/sites/demo/_api/{LIST}/items").status_code == 200
    file.close()
    same(world, opened(path))


def test_a_file_that_never_got_a_world_is_not_left_behind(path: Path) -> None:
    WorldFile(path).close()
    assert list(path.parent.iterdir()) == []
    path.touch()
    WorldFile(path).close()
    assert path.exists(), "but one that somebody else made is"


def test_a_file_keeps_the_word_it_was_first_given(path: Path) -> None:
    file = WorldFile(path)
    assert file.label("a1b2") == "a1b2"
    file.save(load_world(DOCUMENT))
    file.save(load_world(DOCUMENT))
    file.close()
    again = WorldFile(path)
    assert again.label("c3d4") == "a1b2"
    assert again.load(World())
    again.close()


def test_an_empty_file_holds_no_world(path: Path) -> None:
    file = WorldFile(path)
    assert not file.load(World())
    file.close()


def test_a_file_is_used_by_one_emulator_at_a_time(path: Path) -> None:
    first = WorldFile(path)
    first.save(load_world(DOCUMENT))
    with pytest.raises(StorageError, match="another emulator is using it"):
        WorldFile(path)
    first.close()
    WorldFile(path).close()
    assert path.exists()


def test_a_file_of_something_else_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE minutes (text TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="something else"):
        WorldFile(path)
    assert path.read_bytes() == before
    path.write_text("just text, and long enough that it cannot be taken for the head of a database" * 20)
    with pytest.raises(StorageError, match="does not hold a world"):
        WorldFile(path)


def test_a_folder_is_no_file_and_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be kept in .*: it is a folder\.$"):
        WorldFile(tmp_path)
    with pytest.raises(StorageError, match=r"cannot be kept in .*: there is no folder .*nowhere\.$"):
        WorldFile(tmp_path / "nowhere" / "world.sqlite")


def test_a_file_from_before_forms_and_rights_of_lists_still_opens(path: Path) -> None:
    file = WorldFile(path)
    file.save(load_world(DOCUMENT, clock=ManualClock()))
    file.close()
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT id, document FROM list").fetchall()
        for number, text in rows:
            document = json.loads(text)
            del document["own_rights"]
            for column in (*document["custom"], document["title_field"]):
                for form in ("new", "edit", "display"):
                    del column[f"show_in_{form}_form"]
            database.execute("UPDATE list SET document = ? WHERE id = ?", (json.dumps(document), number))
    database.close()
    again, kept = World(clock=ManualClock()), WorldFile(path)
    assert kept.load(again)
    kept.close()
    owner = again.site("/sites/demo").list_titled("Projects")
    assert owner is not None
    assert owner.own_rights is None
    assert all(column.show_in_new_form and column.show_in_edit_form for column in owner.fields())
