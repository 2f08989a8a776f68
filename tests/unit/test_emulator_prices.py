"""What requests cost: the price list, parts of batches, ProcessQuery, and who is charged."""

from typing import Any

import pytest

from connectors.emulator.roles import Role
from connectors.emulator.routes import PERMISSIONS, ROUTES, SEVERAL, SINGLE, WRITTEN, price
from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.subject import note_written
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.wire.calls import Request
from tests.support.emulator import Direct, ManualClock
from tests.support.process_query import set_value, text

LIST = "web/lists/GetByTitle('Projects')"
ITEM = f"{LIST}/items(1)"
QUERY = "/sites/demo/_vti_bin/client.svc/ProcessQuery"
MERGE = {"X-HTTP-Method": "MERGE", "If-Match": "*"}
CHANGES = {"query": {"Item": True, "Add": True}}
DECORATED = {"User-Agent": "NONISV|AnytownCouncil|PortfolioSync/1.0"}


def emulator_with(throttle: Throttle) -> Direct:
    items = [{"values": {"Title": f"Item {number}"}} for number in range(1, 6)]
    world = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": items}]}]}
    return Direct(Service(load_world(world, clock=ManualClock()), throttle=throttle))


def units(emulator: Direct) -> list[int]:
    return [entry.units for entry in emulator.service.history.entries]


def saves(*names: str) -> str:
    methods = "".join(
        f'<Method Name="{name}" Id="{number}" ObjectPathId="{number}" />' for number, name in enumerate(names, 1)
    )
    return (
        '<Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009">'
        f"<Actions>{methods}</Actions><ObjectPaths /></Request>"
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "cost"),
    [
        ("POST", "contextinfo", None, {}, 1),
        ("GET", "web", None, {}, 1),
        ("GET", "web/Title", None, {}, 1),
        ("GET", LIST, None, {}, 1),
        ("GET", ITEM, None, {}, 1),
        ("HEAD", ITEM, None, {}, 1),
        ("GET", f"{LIST}/fields/GetByTitle('Title')", None, {}, 1),
        ("GET", "web/lists", None, {}, 2),
        ("GET", f"{LIST}/items?$top=1", None, {}, 2),
        ("GET", f"{LIST}/fields", None, {}, 2),
        ("GET", f"{ITEM}/versions", None, {}, 2),
        ("GET", "web/siteusers", None, {}, 2),
        ("POST", f"{LIST}/getchanges", CHANGES, {}, 2),
        ("POST", f"{LIST}/items", {"Title": "New"}, {}, 2),
        ("POST", ITEM, {"Title": "Changed"}, MERGE, 2),
        ("PATCH", ITEM, {"Title": "Changed"}, {"If-Match": "*"}, 2),
        ("DELETE", ITEM, None, {"If-Match": "*"}, 2),
        ("POST", f"{ITEM}/recycle", None, {}, 2),
        ("POST", "web/lists", {"Title": "Another", "BaseTemplate": 100}, {}, 2),
        ("GET", f"{LIST}/EffectiveBasePermissions", None, {}, 5),
        ("GET", f"{LIST}?$select=Id,effectiveBasePermissions", None, {}, 5),
        ("GET", "web?$select=EffectiveBasePermissions", None, {}, 5),
        ("GET", f"{LIST}/items(99)", None, {}, 1),
        ("GET", f"{LIST}/items?$nonsense=1", None, {}, 2),
        ("GET", "search/query", None, {}, 0),
    ],
)
def test_each_kind_of_request_has_its_price(method: str, path: str, body: Any, headers: Any, cost: int) -> None:
    emulator = emulator_with(Throttle())
    emulator.send(method, path, body, headers=headers)
    assert units(emulator) == [cost]
    used = {each.used for each in emulator.service.throttle.state(emulator.clock()).budgets}
    assert used == ({cost} if cost else set()), "what the history says is what was charged"


def test_every_route_costs_what_its_kind_costs() -> None:
    for route in ROUTES:
        writes = route.needs in {Role.WRITE, Role.MANAGE, Role.FULLCONTROL}
        dear = route.pattern.endswith("roleinheritance")
        assert route.price in ({PERMISSIONS} if dear else {WRITTEN} if writes else {SINGLE, SEVERAL}), route
        assert price(route, route.pattern, [("$filter", "Title eq 'EffectiveBasePermissions'")]) == route.price
        assert price(route, route.pattern, [("$select", "EffectiveBasePermissions")]) == PERMISSIONS
    assert (SINGLE, SEVERAL, WRITTEN, PERMISSIONS) == (1, 2, 2, 5)


QUOTING = "<Actions>" + set_value("Notes", text('See Name="Update" and <Method Name="Update" />.'))
BODIES = pytest.mark.parametrize(
    ("body", "cost"),
    [
        (saves("SystemUpdate"), 2),
        (saves("Update", "SystemUpdate", "UpdateOverwriteVersion"), 6),
        (saves(*["SystemUpdate"] * 100), 200),
        (saves("SetFieldValue"), 1),
        (saves(), 1),
        (saves("Update").replace('"Update"', "'Update'"), 2),
        (saves("Update").replace("Method", "q:Method"), 2),
        (saves("Update").replace('Name="Update" Id="1"', 'Id="1"\n Name = "Update"'), 2),
        (saves("SetFieldValue").replace("<ObjectPaths", 'Name="Update" &lt;Method Name="Update"<ObjectPaths'), 1),
        (saves("SystemUpdate").replace("<Actions>", QUOTING), 2),
        (saves("SystemUpdate").replace("<Actions>", QUOTING).replace('"', "'"), 2),
        ("no XML at all", 1),
        ("", 1),
    ],
)


@BODIES
def test_a_process_query_costs_two_units_for_every_save_and_one_without(body: str, cost: int) -> None:
    emulator = emulator_with(Throttle())
    emulator.send("POST", QUERY, body)
    assert units(emulator) == [cost]


@BODIES
def test_it_takes_the_time_of_as_many_saves_as_it_costs(body: str, cost: int) -> None:
    request = Request("POST", QUERY, QUERY, "", {}, body.encode(), "http://tenant.example")
    exchange = Exchange(request, operation="ProcessQuery", changes=True)
    note_written(exchange, 200)
    assert exchange.saved == cost // 2


def batch(*lines: str) -> tuple[str, dict[str, str]]:
    body = "".join(
        f"--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{line}\r\n\r\n"
        for line in lines
    )
    return f"{body}--b--\r\n", {"Content-Type": "multipart/mixed; boundary=b", **DECORATED}


def get(path: str) -> str:
    return f"GET http://tenant.example/sites/demo/_api/{path} HTTP/1.1"


def test_the_parts_of_a_batch_are_charged_each_and_its_envelope_is_free() -> None:
    emulator = emulator_with(Throttle())
    merge = f'{get(ITEM).replace("GET", "MERGE", 1)}\r\nIf-Match: *\r\n\r\n{{"Title":"Changed"}}'
    body, headers = batch(get(ITEM), get(f"{LIST}/items"), merge, get(f"{LIST}/items(99)"))
    assert emulator.post("$batch", body, headers=headers).status_code == 200
    assert units(emulator) == [1, 2, 2, 1, 0], "the history notes a batch after its parts"


def test_parts_of_a_batch_are_refused_one_by_one_inside_a_200() -> None:
    emulator = emulator_with(Throttle(multiplier=625))
    body, headers = batch(get(ITEM), get(ITEM), get(ITEM), get(ITEM))
    answer = emulator.post("$batch", body, headers=headers)
    assert answer.status_code == 200
    parts = answer.text.split("--batchresponse_")[1:-1]
    assert [part.split("HTTP/1.1 ")[1][:3] for part in parts] == ["200", "200", "429", "429"]
    assert all("RETRY-AFTER: 60\r\n" in part and "RATELIMIT-RESET: 60\r\n" in part for part in parts[2:])
    assert "RETRY-AFTER" not in parts[0] + parts[1]
    assert "Retry-After" not in answer.headers
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert units(emulator) == [625, 625, 625, 625, 0], "throttled parts are charged too"
    again = emulator.post("$batch", body, headers=headers)
    assert again.status_code == 200, "an envelope costs nothing, so nothing keeps it out"
    assert again.text.count("HTTP/1.1 429 Too Many Requests") == 4


def test_parts_are_as_decorated_as_the_batch_they_came_in() -> None:
    emulator = emulator_with(Throttle(multiplier=625))
    body, headers = batch(get(ITEM), get(ITEM))
    assert "429" not in emulator.post("$batch", body, headers=headers).text
    other = emulator_with(Throttle(multiplier=625))
    undecorated = {"Content-Type": headers["Content-Type"], "User-Agent": "curl/8"}
    assert other.post("$batch", body, headers=undecorated).text.count("HTTP/1.1 429") == 1, "half of the limit"


def test_a_process_query_is_refused_as_a_whole() -> None:
    emulator = emulator_with(Throttle(multiplier=625))
    assert emulator.post(QUERY, saves(), headers=DECORATED).status_code == 200
    assert emulator.post(QUERY, saves("Update", "Update"), headers=DECORATED).status_code == 200
    answer = emulator.post(QUERY, saves("Update", "Update"), headers=DECORATED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert units(emulator) == [625, 2_500, 2_500]


def test_a_form_digest_is_charged_to_who_asks_for_it_and_to_the_tenant_where_nobody_can_tell() -> None:
    emulator = emulator_with(Throttle(multiplier=625))
    for _ in range(2):
        emulator.post("contextinfo", headers={**DECORATED, "Authorization": ""})
    assert [(each.scope.label, each.used) for each in emulator.service.throttle.state(emulator.clock()).budgets] == [
        ("tenant, 5 minutes", 1_250)
    ]
    statuses = [emulator.post("contextinfo", headers=DECORATED).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_strict_server_charges_twice_and_the_history_shows_it() -> None:
    emulator = emulator_with(Throttle(Mode.STRICT, multiplier=3, seed=1))
    emulator.get(f"{LIST}/items", headers=DECORATED)
    emulator.post(QUERY, saves("Update"), headers=DECORATED)
    assert units(emulator) == [12, 12]
