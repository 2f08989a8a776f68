"""What goes wrong on purpose: which requests a rule means, what happens to them, and that it happens again."""

import json
from typing import Any

import pytest

from connectors.emulator.rules.fault_rules import parse_plan
from connectors.emulator.rules.trouble import THROTTLE_PATH
from connectors.emulator.service import Service
from connectors.emulator.wire.answers import Delivery
from tests.support.emulator import Direct, ManualClock, as_service

LIST = "web/lists/GetByTitle('Projects')"
ITEMS = f"{LIST}/items"
QUERY = "/sites/demo/_vti_bin/client.svc/ProcessQuery"
ANN = "i:0#.f|membership|ann@example.org"


def document() -> dict[str, Any]:
    items = [{"values": {"Title": f"Project {number}"}} for number in range(1, 8)]
    fields = [{"name": "Status", "type": "Text"}]
    lists = [{"title": title, "fields": fields, "items": items} for title in ("Projects", "Risks")]
    people = [{"login": ANN, "name": "Ann Field", "email": "ann@example.org"}]
    return {"sites": [{"path": "/sites/demo", "users": people, "lists": lists}]}


def emulator(*rules: dict[str, Any], seed: int = 1) -> Direct:
    service: Service = as_service(document(), ManualClock())
    service.faults = parse_plan(list(rules), seed)
    return Direct(service)


def statuses(held: Direct, count: int, path: str = ITEMS) -> list[int]:
    return [held.get(path).status_code for _ in range(count)]


def titles(held: Direct, *numbers: int) -> list[Any]:
    owner = held.site.list_titled("Projects")
    assert owner is not None
    return [owner.items[number].values["Title"] for number in numbers]


def delivery(held: Direct) -> Delivery:
    """How the latest answer travels."""
    assert held.latest is not None
    return held.latest.delivery


def saves(held: Direct, *numbers: int) -> str:
    """A ProcessQuery that titles items `New`."""
    owner = held.site.list_titled("Projects")
    assert owner is not None
    place = f"740c6a0b-85e2-48a0-a494-e0f1759d4aa7:site:{held.site.id}:web:{held.site.web_id}:list:{owner.id}"
    actions = "".join(
        f'<Method Name="SetFieldValue" Id="{n}1" ObjectPathId="{n}"><Parameters><Parameter Type="String">Title'
        f'</Parameter><Parameter Type="String">New</Parameter></Parameters></Method>'
        f'<Method Name="SystemUpdate" Id="{n}2" ObjectPathId="{n}"/>'
        for n in numbers
    )
    paths = "".join(f'<Identity Id="{n}" Name="{place}:item:{n},1"/>' for n in numbers)
    return (
        '<Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009">'
        f"<Actions>{actions}</Actions><ObjectPaths>{paths}</ObjectPaths></Request>"
    )


def batch(*numbers: int) -> bytes:
    """A batch that titles items `New`, each in a change set of its own."""
    parts = "".join(
        "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: application/http\r\n\r\n"
        f"MERGE http://tenant.example/sites/demo/_api/{ITEMS}({n}) HTTP/1.1\r\nIf-Match: *\r\n"
        'Content-Type: application/json\r\n\r\n{"Title":"New"}\r\n--c--\r\n\r\n'
        for n in numbers
    )
    return f"{parts}--b--\r\n".encode()


def send_batch(held: Direct, *numbers: int) -> Any:
    return held.post("$batch", batch(*numbers), headers={"Content-Type": "multipart/mixed; boundary=b"})


SELECTIONS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [1, 2, 3, 4, 5]),
    ({"route": "web/list/items"}, [1, 4]),
    ({"route": "WEB/LIST/*"}, [1, 2, 3, 4]),
    ({"route": "^web/list/(items|fields)$"}, [1, 3, 4]),
    ({"route": "ProcessQuery"}, [5]),
    ({"method": "GET"}, [1, 3, 4]),
    ({"method": "MERGE"}, [2]),
    ({"list": "risks"}, [4]),
    ({"list": "Lists/Projects"}, [1, 2, 3, 5]),
    ({"list": "/sites/demo/Lists/projects/"}, [1, 2, 3, 5]),
    ({"item": 2}, [2, 5]),
    ({"site": "sites/demo/"}, [1, 2, 3, 4, 5]),
    ({"site": "/sites/other"}, []),
    ({"query": "*$top=2*"}, [4]),
    ({"query": "^top=[0-9]"}, []),
    ({"part": True}, []),
    ({"part": False, "first": 2, "times": 2}, [2, 3]),
]


@pytest.mark.parametrize(("chosen", "hit"), SELECTIONS, ids=[json.dumps(chosen) for chosen, _ in SELECTIONS])
def test_a_rule_acts_on_the_requests_it_means_and_on_no_other(chosen: dict[str, Any], hit: list[int]) -> None:
    held = emulator({"name": "it", "do": "refuse", "status": 500, **chosen})
    held.get(ITEMS)
    held.merge(f"{ITEMS}(2)", {"Title": "x"})
    held.get(f"{LIST}/fields")
    held.get("web/lists/GetByTitle('Risks')/items?$top=2")
    held.post(QUERY, saves(held, 1, 2))
    assert [entry.number for entry in held.service.history.entries if "it: 500" in entry.fault] == hit
    assert held.service.faults.report()[0].hits == len(hit)
    assert held.service.faults.unused() == (() if hit else ("it",))


def test_a_list_is_known_by_its_identifier_too() -> None:
    held = emulator()
    owner = held.site.list_titled("Risks")
    assert owner is not None
    held.service.faults = parse_plan([{"list": "{" + owner.id.upper() + "}", "do": "refuse", "status": 500}])
    assert statuses(held, 1) == [200]
    assert statuses(held, 1, f"web/lists(guid'{owner.id}')/items") == [500]


def test_first_and_times_count_the_requests_that_fit() -> None:
    held = emulator({"route": "web/list/items", "first": 2, "times": 2, "do": "refuse", "status": 503})
    held.get("web")
    assert statuses(held, 5) == [200, 503, 503, 200, 200]
    held.service.faults.reset()
    assert statuses(held, 3) == [200, 503, 503]


@pytest.mark.parametrize("seed", [1, 2, 7_919])
def test_chance_is_the_seeds_and_each_rules_own(seed: int) -> None:
    often = {"name": "often", "route": "web/list/items", "probability": 0.5, "do": "refuse", "status": 503}
    other = {"name": "other", "route": "web", "probability": 0.5, "do": "refuse", "status": 503}
    print(f"seed {seed}")  # noqa: T201
    held = emulator(often, seed=seed)
    first = statuses(held, 40)
    assert 200 in first
    assert 503 in first
    again = emulator(other, often, seed=seed)
    statuses(again, 10, "web")
    assert statuses(again, 40) == first, "another rule does not change what chance decides for this one"
    assert statuses(emulator(often, seed=seed + 1), 40) != first


@pytest.mark.parametrize(("probability", "expected"), [(0, 200), (1, 503)])
def test_no_chance_is_never_and_certainty_always(probability: float, expected: int) -> None:
    held = emulator({"probability": probability, "do": "refuse", "status": 503})
    assert set(statuses(held, 20)) == {expected}


# What happens


@pytest.mark.parametrize(
    ("rule", "status", "code", "wait"),
    [
        ({"status": 401}, 401, "-2147024891, System.UnauthorizedAccessException", None),
        ({"status": 403}, 403, "-2147024891, System.UnauthorizedAccessException", None),
        ({"status": 412}, 412, "-1, Microsoft.SharePoint.Client.ClientServiceException", None),
        ({"status": 429, "retry_after": 31}, 429, "-2147429894, Microsoft.SharePoint.SPException", "31"),
        ({"status": 429}, 429, "-2147429894, Microsoft.SharePoint.SPException", None),
        ({"status": 503, "retry_after": 9}, 503, "-2147429894, Microsoft.SharePoint.SPException", "9"),
        ({"status": 503}, 503, "-2147429894, Microsoft.SharePoint.SPException", None),
        ({"status": 500}, 500, "-1, Microsoft.SharePoint.SPException", None),
    ],
    ids=str,
)
def test_a_refusal_is_the_services_own_error_and_nothing_is_done(
    rule: dict[str, Any], status: int, code: str, wait: str | None
) -> None:
    held = emulator({"name": "no", "method": "MERGE", "do": "refuse", **rule})
    answer = held.merge(f"{ITEMS}(1)", {"Title": "New"})
    assert (answer.status_code, answer.json()["odata.error"]["code"]) == (status, code)
    assert answer.headers.get("Retry-After") == wait
    assert titles(held, 1) == ["Project 1"]
    entry = held.service.history.entries[-1]
    assert (entry.status, entry.fault, entry.error) == (status, f"no: {status}", code)
    assert entry.wait == (float(wait) if wait else None)


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_knows_nothing_of_the_services_errors(status: int) -> None:
    answer = emulator({"do": "refuse", "status": status, "headers": {"Via": "1.1 proxy"}}).get(ITEMS)
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Via"]) == (
        status,
        "text/html",
        "1.1 proxy",
    )


def test_the_throttle_page_is_where_a_redirect_leads() -> None:
    held = emulator({"times": 1, "do": "redirect"})
    answer = held.get(ITEMS)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"http://tenant.example/sites/demo{THROTTLE_PATH}")
    page = held.get("/sites/demo/_layouts/15/Throttle.htm", headers={"Authorization": ""})
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "temporarily unavailable" in page.text


def test_a_blocked_caller_is_refused_for_ever_whatever_it_asks() -> None:
    held = emulator({"first": 2, "times": 1, "route": "web/list/items", "do": "block"})
    assert statuses(held, 1) == [200]
    assert statuses(held, 2) == [503, 503]
    assert held.get("web").status_code == 503
    assert held.get("web").headers["Retry-After"] == "600"
    held.service.faults.reset()
    assert held.get("web").status_code == 200


def test_a_delay_is_told_to_the_way_and_not_waited_here() -> None:
    held = emulator({"name": "slow", "do": "delay", "seconds": 2.5}, {"name": "slower", "do": "delay", "seconds": 60})
    assert held.get(ITEMS).status_code == 200
    assert delivery(held) == Delivery(delay=62.5)
    assert held.service.history.entries[-1].fault == "slow: delay; slower: delay"


@pytest.mark.parametrize(("when", "title"), [("before", "Project 1"), ("after", "New")])
def test_a_connection_is_dropped_before_or_after_the_write_took_effect(when: str, title: str) -> None:
    held = emulator({"method": "MERGE", "do": "drop", "when": when})
    held.merge(f"{ITEMS}(1)", {"Title": "New"})
    assert delivery(held).lost
    assert titles(held, 1) == [title]
    assert held.service.history.entries[-1].sent == 0


def test_only_a_share_of_a_body_arrives() -> None:
    held = emulator({"name": "cut", "do": "truncate", "keep": 0.25})
    answer = held.get(ITEMS)
    assert delivery(held).cut == len(answer.content) // 4 == held.service.history.entries[-1].sent


def test_the_page_before_is_answered_again_and_reading_goes_on_from_there() -> None:
    held = emulator({"name": "again", "first": 2, "times": 1, "do": "repeat-page"})
    path: str | None = f"{ITEMS}?$select=Id&$top=2"
    pages = []
    while path is not None:
        page = held.get(path).json()
        pages.append([row["Id"] for row in page["value"]])
        link = page.get("odata.nextLink")
        path = f"{ITEMS}?{link.partition('?')[2]}" if link else None
    assert pages == [[1, 2], [3, 4], [3, 4], [5, 6], [7]]
    assert held.service.faults.report()[0].hits == 1
    repeated = held.service.history.entries[2]
    assert (repeated.fault, repeated.items) == ("again: repeat page", "3-4")


def test_a_first_page_and_another_query_have_no_page_before() -> None:
    held = emulator({"do": "repeat-page"})
    first = held.get(f"{ITEMS}?$select=Id&$top=2").json()
    token = first["odata.nextLink"].partition("?")[2].partition("&")[0]
    other = held.get(f"{ITEMS}?{token}&$select=Id,Title&$top=2").json()
    assert [row["Id"] for row in other["value"]] == [3, 4]
    assert held.service.faults.unused() == ("repeat-page-1",)


@pytest.mark.parametrize(("after", "saved"), [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3)])
def test_a_process_query_breaks_off_when_so_many_items_are_saved(after: int, saved: int) -> None:
    held = emulator({"route": "ProcessQuery", "do": "break-off", "after": after})
    answer = held.post(QUERY, saves(held, 1, 2, 3))
    assert answer.status_code == 200
    assert answer.json()[0]["ErrorInfo"]["ErrorCode"] == -2147467259
    assert titles(held, 1, 2, 3) == ["New"] * saved + [f"Project {n}" for n in (1, 2, 3)][saved:]
    assert held.service.history.entries[-1].error.startswith("-2147467259")


def test_breaking_off_is_for_process_query_alone() -> None:
    held = emulator({"do": "break-off", "after": 0})
    assert held.merge(f"{ITEMS}(1)", {"Title": "New"}).status_code == 204
    assert held.service.faults.unused() == ("break-off-1",)


# Batches


def test_parts_of_a_batch_are_refused_by_themselves() -> None:
    held = emulator({"part": True, "first": 2, "times": 1, "do": "refuse", "status": 429, "retry_after": 7})
    answer = send_batch(held, 1, 2, 3)
    assert answer.status_code == 200
    assert [f"HTTP/1.1 {status}" in answer.text for status in (204, 429)] == [True, True]
    assert "RETRY-AFTER: 7" in answer.text
    assert titles(held, 1, 2, 3) == ["New", "Project 2", "New"]
    parts = [entry for entry in held.service.history.entries if entry.batch is not None]
    assert [(part.status, part.wait) for part in parts] == [(204, None), (429, 7.0), (204, None)]


def test_a_whole_batch_is_refused_and_none_of_its_parts_done() -> None:
    held = emulator({"route": "$batch", "do": "refuse", "status": 503, "retry_after": 7})
    assert send_batch(held, 1, 2).status_code == 503
    assert titles(held, 1, 2) == ["Project 1", "Project 2"]


@pytest.mark.parametrize(("when", "done"), [("before", ["New", "Project 2", "Project 3"]), ("after", ["New"] * 3)])
def test_what_a_drop_does_to_one_part_it_does_to_the_batch(when: str, done: list[str]) -> None:
    held = emulator({"part": True, "item": 2, "do": "drop", "when": when})
    send_batch(held, 1, 2, 3)
    assert delivery(held).lost
    assert titles(held, 1, 2, 3) == done


# Staff


def test_a_colleague_is_faster_than_the_chosen_write_and_it_loses() -> None:
    edit = {"do": "change", "values": {"Title": "Ann's"}}
    held = emulator({"name": "ann", "method": "MERGE", "times": 1, "do": "edit", "edit": edit})
    etag = held.get(f"{ITEMS}(3)").headers["ETag"]
    assert held.merge(f"{ITEMS}(3)", {"Title": "New"}, etag=etag).status_code == 412
    assert titles(held, 3, 4) == ["Ann's", "Project 4"]
    read, edited, lost = held.service.history.entries
    assert (edited.method, edited.operation, edited.caller, edited.item, edited.columns, edited.fault) == (
        "EDIT", "edit/change", ANN, 3, ("Title",), "ann",
    )  # fmt: skip
    assert (read.number, lost.number, edited.number) == (1, 2, 3), "numbers tell arrivals, the order what was done"
    assert (lost.status, lost.fault) == (412, "ann: edit before")


def test_a_colleague_may_come_after_the_chosen_write_even_when_that_fails() -> None:
    edit = {"do": "change", "item": 3, "list": "Projects", "values": {"Title": "Ann's"}}
    rule = {"method": "MERGE", "do": "edit", "when": "after", "edit": edit}
    held = emulator(rule)
    assert held.merge(f"{ITEMS}(3)", {"Title": "New"}).status_code == 204
    assert titles(held, 3) == ["Ann's"]
    refusing = emulator(rule, {"method": "MERGE", "do": "refuse", "status": 500})
    assert refusing.merge(f"{ITEMS}(3)", {"Title": "New"}).status_code == 500
    assert titles(refusing, 3) == ["Ann's"]


def test_an_edit_that_cannot_be_made_when_its_turn_comes_is_told_and_hurts_nobody() -> None:
    held = emulator({"name": "ann", "do": "edit", "edit": {"do": "delete", "list": "Projects", "item": 99}})
    assert held.get(ITEMS).status_code == 200
    failed, read = held.service.history.entries
    assert (failed.method, failed.status, failed.fault, read.status) == ("EDIT", 409, "ann", 200)
    assert "Item does not exist" in failed.error


def test_of_the_rules_that_decide_the_first_acts_and_the_others_wait_for_their_turn() -> None:
    held = emulator(
        {"name": "one", "times": 1, "do": "refuse", "status": 503},
        {"name": "two", "times": 1, "do": "refuse", "status": 500},
        {"name": "late", "do": "delay", "seconds": 1},
    )
    assert statuses(held, 3) == [503, 500, 200]
    assert [(report.fitted, report.hits) for report in held.service.faults.report()] == [(3, 1), (3, 1), (3, 3)]


def test_without_rules_nothing_happens() -> None:
    held = emulator()
    assert statuses(held, 2) == [200, 200]
    assert delivery(held) == Delivery()
    assert [entry.fault for entry in held.service.history.entries] == ["", ""]
