"""What each role may do with lists, columns and views, and lists that have rights of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.emulator.callers import bearer_token
from connectors.emulator.roles import Role
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.world import Site, World
from connectors.emulator.storage.file import WorldFile
from connectors.emulator.wire.calls import Caller, Request
from tests.support.emulator import Direct, DirectAnswer, ManualClock
from tests.support.process_query import QueryClient, save, set_value, text

LISTS = "web/lists"
LIST = f"{LISTS}/GetByTitle('Projects')"
OTHER = f"{LISTS}/GetByTitle('Other')"
FIELD = f"{LIST}/fields/getByInternalNameOrTitle('Ref')"
VIEW = f"{LIST}/views/getByTitle('Mine')"
DENIED = "-2147024891, System.UnauthorizedAccessException"
MANAGE_LISTS = 0x800
DOCUMENT: Mapping[str, Any] = {
    "sites": [
        {
            "path": "/sites/demo",
            "users": [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann", "email": "ann@example.org"}],
            "lists": [
                {"title": "Projects", "fields": [{"name": "Ref", "type": "Text"}], "items": [{"values": {"Ref": "A"}}]},
                {"title": "Other"},
            ],
        }
    ]
}
ROLES = {
    "reader": Role.READ,
    "nightly": Role.WRITE,
    "colleague": Role.WRITE,
    "builder": Role.MANAGE,
    "admin": Role.FULLCONTROL,
    "owner": Role.FULLCONTROL,
}


@dataclass(frozen=True, slots=True)
class ByToken:
    """A token is the name of an application, whose role is that of `roles`."""

    roles: dict[str, Role]

    def caller(self, request: Request, now: datetime) -> Caller:
        return Caller(bearer_token(request) or "")

    def role(self, caller: Caller, site: Site) -> Role:
        return self.roles[caller.app]


class Callers:
    """A world, and requests to it by name of who sends them."""

    def __init__(self, world: World | None = None) -> None:
        self.roles = dict(ROLES)
        served = world or load_world(DOCUMENT, clock=ManualClock())
        self.direct = Direct(Service(served, access=ByToken(self.roles)))
        answer = self.send("admin", "POST", f"{LIST}/views", {"Title": "Mine"})
        assert answer.status_code == 201, answer.text

    def send(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> DirectAnswer:
        named = {"authorization": f"Bearer {who}", "if-match": "*"} | headers
        return self.direct.send(method, path, body, headers=named)

    def status(self, who: str, method: str, path: str, body: Any = None) -> int:
        return self.send(who, method, path, body).status_code

    def value(self, who: str, path: str) -> Any:
        answer = self.send(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]


@pytest.fixture
def callers() -> Callers:
    return Callers()


XML = {"parameters": {"SchemaXml": '<Field Type="Text" Name="PS" DisplayName="Status" />', "Options": 8}}
MADE = {"Title": "New", "BaseTemplate": 100, "Description": "d", "EnableVersioning": True, "OnQuickLaunch": False,
        "ContentTypesEnabled": False}  # fmt: skip
MANAGING: tuple[tuple[str, str, Any], ...] = (
    ("POST", LISTS, MADE),
    ("MERGE", LIST, {"Description": "Changed"}),
    ("DELETE", OTHER, None),
    ("POST", f"{OTHER}/deleteobject", None),
    ("POST", f"{OTHER}/recycle", None),
    ("POST", f"{LIST}/breakroleinheritance(true)", None),
    ("POST", f"{LIST}/resetroleinheritance", None),
    ("POST", f"{LIST}/fields", {"Title": "New", "FieldTypeKind": 2}),
    ("POST", f"{LIST}/fields/AddField", {"parameters": {"Title": "New", "FieldTypeKind": 2}}),
    ("POST", f"{LIST}/fields/CreateFieldAsXml", XML),
    ("MERGE", FIELD, {"Indexed": True, "CustomFormatter": "{}"}),
    ("POST", f"{FIELD}/setShowInNewForm(false)", None),
    ("POST", f"{FIELD}/setShowInEditForm(false)", None),
    ("POST", f"{FIELD}/setShowInDisplayForm(false)", None),
    ("DELETE", FIELD, None),
    ("POST", f"{FIELD}/deleteobject", None),
    ("POST", f"{LIST}/views", {"Title": "Second"}),
    ("POST", f"{LIST}/views/add", {"parameters": {"Title": "Second"}}),
    ("MERGE", VIEW, {"RowLimit": 5}),
    ("POST", f"{VIEW}/setviewxml", {"viewXml": "<View><ViewFields><FieldRef Name='Ref'/></ViewFields></View>"}),
    ("POST", f"{VIEW}/viewfields/addviewfield('Ref')", None),
    ("POST", f"{VIEW}/viewfields/removeviewfield('Ref')", None),
    ("POST", f"{VIEW}/viewfields/moveviewfieldto", {"field": "LinkTitle", "index": 0}),
    ("POST", f"{VIEW}/viewfields/removeallviewfields", None),
    ("DELETE", VIEW, None),
    ("POST", f"{VIEW}/deleteobject", None),
)


@pytest.mark.parametrize(("method", "path", "body"), MANAGING, ids=[f"{method} {path}" for method, path, _ in MANAGING])
def test_lists_columns_and_views_are_changed_by_who_manages_the_site_and_rights_by_full_control_alone(
    callers: Callers, method: str, path: str, body: Any
) -> None:
    before = callers.value("admin", f"{LISTS}?$select=Title,EffectiveBasePermissions,CurrentChangeToken")
    takes_full_control = "roleinheritance" in path
    for who in ("nightly", *(["builder"] if takes_full_control else [])):
        refused = callers.send(who, method, path, body)
        assert (refused.status_code, refused.json()["odata.error"]["code"]) == (403, DENIED)
        assert callers.value("admin", f"{LISTS}?$select=Title,EffectiveBasePermissions,CurrentChangeToken") == before
    who = "admin" if takes_full_control else "builder"
    assert callers.status(who, method, path, body) in {200, 201, 204}


def test_who_writes_adds_and_changes_items_and_a_reader_does_not(callers: Callers) -> None:
    for who, made, changed in (("nightly", 201, 204), ("admin", 201, 204), ("reader", 403, 403)):
        assert callers.status(who, "POST", f"{LIST}/items", {"Ref": who}) == made
        assert callers.status(who, "MERGE", f"{LIST}/items(1)", {"Ref": who}) == changed
    assert callers.value("reader", f"{LIST}/items(1)/Ref") == "admin"


@pytest.mark.parametrize(
    ("who", "manages"), [("reader", False), ("nightly", False), ("builder", True), ("admin", True)]
)
def test_effective_permissions_say_whether_lists_may_be_managed(callers: Callers, who: str, manages: bool) -> None:
    for path in ("web", LIST):
        held = callers.send(who, "GET", f"{path}/EffectiveBasePermissions").json()
        assert bool(int(held["Low"]) & MANAGE_LISTS) is manages
        selected = callers.send(who, "GET", f"{path}?$select=EffectiveBasePermissions").json()
        assert selected["EffectiveBasePermissions"]["Low"] == held["Low"]


def closed(callers: Callers, who: str = "admin", how: str = "(copyRoleAssignments=false, clearSubscopes=true)") -> None:
    answer = callers.send(who, "POST", f"{LIST}/breakroleinheritance{how}")
    assert (answer.status_code, answer.json()) == (200, {"odata.null": True})


def titles(callers: Callers, who: str) -> list[str]:
    listed = [row["Title"] for row in callers.value(who, f"{LISTS}?$select=Title")]
    expanded = callers.send(who, "GET", "web?$select=Lists/Title&$expand=Lists").json()["Lists"]
    assert [row["Title"] for row in expanded] == listed
    return listed


def test_a_list_cut_off_without_a_copy_is_open_to_who_did_that_and_to_managers(callers: Callers) -> None:
    closed(callers)
    callers.roles["admin"] = Role.WRITE
    for who in ("reader", "colleague"):
        assert titles(callers, who) == ["Other"]
    for who in ("admin", "owner"):
        assert titles(callers, who) == ["Projects", "Other"]
        assert callers.status(who, "MERGE", f"{LIST}/items(1)", {"Ref": who}) == 204
    assert callers.status("admin", "MERGE", LIST, {"Description": "x"}) == 403
    assert callers.status("colleague", "GET", OTHER) == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", LIST, None),
        ("GET", "web/lists(guid'{guid}')", None),
        ("GET", "web/getList('/sites/demo/Lists/Projects')/items", None),
        ("GET", f"{LIST}/fields", None),
        ("GET", f"{LIST}/items(1)", None),
        ("GET", f"{LIST}/items(1)/parentlist", None),
        ("GET", f"{LIST}/items(1)/versions", None),
        ("GET", f"{LIST}/EffectiveBasePermissions", None),
        ("POST", f"{LIST}/getchanges", {"query": {"Item": True, "Add": True}}),
        ("POST", f"{LIST}/getitems", {"query": {"ViewXml": "<View />"}}),
        ("POST", f"{LIST}/renderlistdataasstream", {"parameters": {"RenderOptions": 2}}),
        ("POST", f"{LIST}/items", {"Ref": "B"}),
        ("MERGE", f"{LIST}/items(1)", {"Ref": "B"}),
        ("POST", f"{LIST}/items(1)/validateupdatelistitem", {"formValues": []}),
    ],
)
def test_a_list_that_shuts_a_caller_out_denies_every_way_in(
    callers: Callers, method: str, path: str, body: Any
) -> None:
    closed(callers)
    owner = callers.direct.site.list_titled("Projects")
    assert owner is not None
    refused = callers.send("colleague", method, path.replace("{guid}", owner.id), body)
    assert (refused.status_code, refused.json()["odata.error"]["code"]) == (403, DENIED)


def test_a_process_query_saves_nothing_in_a_list_that_shuts_its_sender_out(callers: Callers) -> None:
    closed(callers)
    client, path = QueryClient(callers.direct), "/sites/demo/_vti_bin/client.svc/ProcessQuery"
    actions = set_value("Ref", text("B")) + save("SystemUpdate")
    body = client.body(actions, {1: client.identity(1)})
    refused = callers.send("colleague", "POST", path, body).json()[0]["ErrorInfo"]
    assert (refused["ErrorCode"], client.item().values["Ref"]) == (-2147024891, "A")
    assert callers.send("admin", "POST", path, body).json()[0]["ErrorInfo"] is None
    assert client.item().values["Ref"] == "B"


def test_the_recycle_bin_tells_nothing_of_a_list_to_whom_it_shuts_out(callers: Callers) -> None:
    recycled = callers.send("admin", "POST", f"{LIST}/items(1)/recycle").json()["value"]
    restore = f"web/recyclebin('{recycled}')/restore()"
    closed(callers)
    assert callers.value("colleague", "web/recyclebin") == []
    assert callers.status("colleague", "POST", restore) == 403
    assert [row["Id"] for row in callers.value("admin", "web/recyclebin")] == [recycled]
    assert callers.status("admin", "POST", restore) == 200


@pytest.mark.parametrize(
    ("how", "body", "shut_out"),
    [
        ("(copyRoleAssignments=false, clearSubscopes=true)", None, True),
        ("(copyroleassignments=false,clearsubscopes=false)", None, True),
        ("(false)", None, True),
        ("(false,true)", None, True),
        ("", {"copyRoleAssignments": False, "clearSubscopes": True}, True),
        ("(copyRoleAssignments=true, clearSubscopes=true)", None, False),
        ("(true)", None, False),
        ("", {"copyRoleAssignments": True}, False),
    ],
)
def test_inheritance_is_broken_in_every_way_a_client_writes_it_and_taken_up_again(
    callers: Callers, how: str, body: Any, shut_out: bool
) -> None:
    unique = f"{LIST}/HasUniqueRoleAssignments"
    assert callers.value("reader", unique) is False
    assert callers.status("admin", "POST", f"{LIST}/breakroleinheritance{how}", body) == 200
    assert callers.value("admin", unique) is True
    assert callers.status("reader", "GET", LIST) == (403 if shut_out else 200)
    assert callers.status("admin", "POST", f"{LIST}/resetroleinheritance()") == 200
    assert (callers.value("reader", unique), titles(callers, "reader")) == (False, ["Projects", "Other"])


def test_breaking_it_again_changes_nothing(callers: Callers) -> None:
    closed(callers)
    closed(callers, "owner", "(true)")
    callers.roles["owner"] = Role.WRITE
    assert callers.status("owner", "GET", LIST) == 403


@pytest.mark.parametrize(
    ("how", "body"),
    [("", None), ("", {"clearSubscopes": True}), ("", {"copyRoleAssignments": "no"}), ("(perhaps)", None),
     ("(clearSubscopes=true)", None), ("(copy=true)", None), ("(true,true,true)", None)],
)  # fmt: skip
def test_what_does_not_say_whether_to_copy_is_refused(callers: Callers, how: str, body: Any) -> None:
    assert callers.status("admin", "POST", f"{LIST}/breakroleinheritance{how}", body) == 400
    assert callers.value("reader", f"{LIST}/HasUniqueRoleAssignments") is False


def test_a_world_that_is_kept_keeps_rights_and_forms(callers: Callers, tmp_path: Path) -> None:
    file = WorldFile(tmp_path / "world.sqlite")
    file.save(callers.direct.world)
    closed(callers)
    file.save(callers.direct.world)
    assert callers.status("admin", "POST", f"{FIELD}/setShowInEditForm(false)") == 200
    file.save(callers.direct.world)
    file.close()
    again, kept = World(clock=ManualClock()), WorldFile(tmp_path / "world.sqlite")
    assert kept.load(again)
    kept.close()
    reopened = Callers(again)
    assert titles(reopened, "colleague") == ["Other"]
    assert 'ShowInEditForm="FALSE"' in reopened.send("admin", "GET", FIELD).json()["SchemaXml"]
