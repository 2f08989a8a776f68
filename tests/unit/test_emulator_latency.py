"""How long answers take: fixed, or spread as recorded, and told in the header the service tells it in."""

from statistics import median, quantiles

import pytest

from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.latency import DURATION, Fixed, Latency, LatencyError, Prompt, Recorded, parse
from connectors.emulator.wire.calls import Request
from tests.support.emulator import Direct

DOCUMENT = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": [{"values": {"Title": "A"}}]}]}]}
ITEMS = "web/lists/GetByTitle('Projects')/items"


def exchange(operation: str, method: str = "GET", saved: int = 0, removed: int = 0) -> Exchange:
    request = Request(method, "/", "/", "", {}, b"", "http://tenant.example")
    changes = method != "GET" and "getchanges" not in operation
    return Exchange(request, operation=operation, changes=changes, saved=saved, removed=removed)


@pytest.mark.parametrize(
    ("operation", "method", "middle", "high"),
    [
        ("web/list/items", "GET", 36, 180),
        ("web/list/item/validateupdatelistitem", "POST", 59, 517),
        ("web/list/item", "MERGE", 59, 517),
        ("web/list/items", "POST", 59, 517),
        ("web/list", "GET", 28, 395),
        ("web", "GET", 28, 395),
        ("web/list/getchanges", "POST", 28, 395),
        ("ProcessQuery", "POST", 230, 2226),
    ],
)
def test_the_recorded_medians_and_95th_percentiles_come_out(
    operation: str, method: str, middle: int, high: int
) -> None:
    recorded = Recorded(seed=1)
    drawn = [recorded.seconds(exchange(operation, method)) * 1000 for _ in range(4000)]
    assert median(drawn) == pytest.approx(middle, rel=0.06)
    assert quantiles(drawn, n=20)[-1] == pytest.approx(high, rel=0.15)
    assert max(drawn) <= middle * (high / middle) ** (2.3263 / 1.6449) * 1.001, "nothing beyond the 99th"


def test_a_batch_takes_some_thirty_milliseconds_for_each_written_part() -> None:
    recorded, plain = Recorded(seed=1), Recorded(seed=1)
    base = plain.seconds(exchange("$batch", "POST"))
    hundred = recorded.seconds(exchange("$batch", "POST", saved=100)) - base
    assert 2.6 <= hundred <= 3.2, "a hundred recorded creations took 2.6 to 3.2 seconds"
    recorded.reset()
    assert recorded.seconds(exchange("$batch", "POST", removed=100)) - base == pytest.approx(8.5)


def test_the_same_seed_draws_the_same_times() -> None:
    def times(latency: Latency) -> list[float]:
        return [latency.seconds(exchange("web/list/items")) for _ in range(20)]

    latency = Recorded(seed=4)
    first = times(latency)
    latency.reset()
    assert times(latency) == first == times(Recorded(seed=4))
    assert times(Recorded(seed=5)) != first


@pytest.mark.parametrize(
    ("text", "latency"), [("off", Prompt()), ("0", Prompt()), ("35", Fixed(0.035)), (" 35 MS", Fixed(0.035))]
)
def test_it_is_set_in_words_or_milliseconds(text: str, latency: Latency) -> None:
    assert parse(text) == latency
    assert parse(str(latency)) == latency


def test_the_recorded_profile_is_set_by_its_name() -> None:
    made = parse("recorded", seed=9)
    assert isinstance(made, Recorded)
    assert (made.seed, str(made)) == (9, "recorded")


@pytest.mark.parametrize("text", ["", "fast", "-1", "1.5", "60001", "recorded!", "5s"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(LatencyError, match="not off, recorded, or milliseconds from 0 to 60000"):
        parse(text)


def test_it_delays_the_answer_and_is_told_in_the_duration() -> None:
    held = Direct(DOCUMENT)
    assert DURATION not in held.get(ITEMS).headers, "without latency the server measures itself"
    held.service.latency = Fixed(0.25)
    assert held.get(ITEMS).headers[DURATION] == "250"
    assert held.latest is not None
    assert held.latest.delivery.delay == 0.25
    assert held.get("nothing").headers[DURATION] == "250", "errors take their time too"


def test_parts_of_a_batch_take_their_time_in_it_and_not_beside_it() -> None:
    held = Direct(DOCUMENT)
    held.service.latency = Recorded(seed=1)
    part = f'--b\r\nContent-Type: application/http\r\n\r\nMERGE {ITEMS}(1) HTTP/1.1\r\n\r\n{{"Title":"B"}}\r\n'
    held.post("$batch", f"{part * 20}--b--\r\n", headers={"Content-Type": "multipart/mixed; boundary=b"})
    base = Recorded(seed=1).seconds(exchange("$batch", "POST"))
    assert held.latest is not None
    assert 0.52 <= held.latest.delivery.delay - base <= 0.64
