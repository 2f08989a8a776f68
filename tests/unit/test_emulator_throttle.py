"""Budgets of resource units: who is refused, from where on, for how long, and what is said about it."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from connectors.emulator.errors import SharePointError
from connectors.emulator.rules.budgets import BANDS, MOST_BUDGETS, USER_REQUESTS, Budget, Scope, band_for
from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.throttle import BLOCKED_SECONDS, BUSY_ONE_IN, BUSY_SECONDS, Mode, Throttle, throttled
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.wire.answers import Response
from connectors.emulator.wire.calls import Caller, Request
from tests.support.emulator import Direct, DirectAnswer, ManualClock, running_emulator

START = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
DECORATED = "NONISV|AnytownCouncil|PortfolioSync/1.0"
MINUTE, DAY, TENANT = 1_250, 1_200_000, 18_750


def request(agent: str = DECORATED) -> Request:
    return Request("GET", "/sites/demo/_api/web", "", "", {"user-agent": agent}, b"", "http://tenant.example")


def exchange(units: int = 1, app: str | None = "app", login: str | None = None, agent: str = DECORATED) -> Exchange:
    caller = None if app is None else Caller(app, login)
    return Exchange(request(agent), caller=caller, units=units)


def charge(
    throttle: Throttle,
    units: int = 1,
    at: datetime = START,
    *,
    app: str | None = "app",
    login: str | None = None,
    agent: str = DECORATED,
) -> SharePointError | None:
    """The refusal of a request of so many units; None where it gets through."""
    try:
        throttle.charge(exchange(units, app, login, agent), at)
    except SharePointError as refused:
        return refused
    return None


def later(**amount: float) -> datetime:
    return START + timedelta(**amount)


# Lines


@pytest.mark.parametrize(("used", "refused"), [(MINUTE - 1, False), (MINUTE, True), (MINUTE + 1, True)])
def test_an_application_has_1250_units_a_minute(used: int, refused: bool) -> None:
    throttle = Throttle()
    assert charge(throttle, used) is None
    answer = charge(throttle)
    assert (answer is not None) is refused
    assert charge(throttle, app="another") is None
    if answer is not None:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")


@pytest.mark.parametrize(("used", "refused"), [(DAY - 1, False), (DAY, True), (DAY + 1, True)])
def test_an_application_has_1200000_units_a_day(used: int, refused: bool) -> None:
    throttle = Throttle()
    charge(throttle, used)
    answer = charge(throttle, at=later(hours=12))
    assert (answer is not None) is refused
    if answer is not None:
        assert answer.headers == {"Retry-After": str(12 * 3600)}
        assert charge(throttle, at=later(hours=12), app="another") is None


@pytest.mark.parametrize(("used", "refused"), [(TENANT - 1, False), (TENANT, True), (TENANT + 1, True)])
def test_a_tenant_has_18750_units_in_five_minutes_for_all_its_applications(used: int, refused: bool) -> None:
    throttle = Throttle()
    for number in range(15):
        assert charge(throttle, MINUTE if number else used - 14 * MINUTE, app=f"app-{number}") is None
    answer = charge(throttle, at=later(seconds=100), app="late")
    assert (answer is not None) is refused
    if answer is not None:
        assert answer.headers == {"Retry-After": "200"}


@pytest.mark.parametrize(
    ("used", "refused"), [(USER_REQUESTS - 1, False), (USER_REQUESTS, True), (USER_REQUESTS + 1, True)]
)
def test_a_person_has_3000_requests_in_five_minutes_whatever_they_cost_and_through_whichever_app(
    used: int, refused: bool
) -> None:
    throttle = Throttle()
    for number in range(used):
        charge(throttle, at=START, app=f"app-{number // 1_000}", login="ann")
    assert USER_REQUESTS == 3_000
    answer = charge(throttle, at=later(seconds=200), app="other", login="ann")
    assert (answer is not None) is refused
    assert charge(throttle, at=later(seconds=200), app="other", login="bob") is None
    assert charge(throttle, at=later(seconds=200), app="other") is None, "the application by itself is nobody"
    if answer is not None:
        assert answer.headers == {"Retry-After": "100"}


def test_a_person_spends_the_applications_units_as_well() -> None:
    throttle = Throttle()
    charge(throttle, MINUTE, login="ann")
    assert charge(throttle, login="bob") is not None
    assert charge(throttle) is not None


@pytest.mark.parametrize(
    ("licences", "minute", "day", "tenant"),
    [
        (0, 1_250, 1_200_000, 18_750),
        (1_000, 1_250, 1_200_000, 18_750),
        (1_001, 2_500, 2_400_000, 37_500),
        (5_000, 2_500, 2_400_000, 37_500),
        (5_001, 3_750, 3_600_000, 56_250),
        (15_000, 3_750, 3_600_000, 56_250),
        (15_001, 5_000, 4_800_000, 75_000),
        (50_000, 5_000, 4_800_000, 75_000),
        (50_001, 6_250, 6_000_000, 93_750),
    ],
)
def test_a_larger_tenant_has_more(licences: int, minute: int, day: int, tenant: int) -> None:
    band = band_for(licences)
    assert (band.app_minute, band.app_day, band.tenant) == (minute, day, tenant)
    throttle = Throttle(licences=licences)
    assert charge(throttle, minute - 1) is None
    assert charge(throttle) is None
    assert charge(throttle) is not None
    assert throttle.state(START).band is band
    assert Throttle().state(START).band is BANDS[0], "the smallest unless told otherwise"


def test_a_request_that_costs_more_than_there_is_gets_through_where_something_is_left() -> None:
    throttle = Throttle()
    assert charge(throttle, MINUTE - 1) is None
    assert charge(throttle, 5_000) is None, "else a write of a hundred items could be one that never gets through"
    refused = charge(throttle)
    assert refused is not None
    assert refused.headers["Retry-After"] == "60"


# Waiting


def test_whoever_waits_as_long_as_told_gets_through_and_a_second_less_does_not() -> None:
    for seed in range(200):
        chance = Random(seed)  # noqa: S311 - repeatable, and nothing secret
        throttle, now = Throttle(), START + timedelta(microseconds=chance.randrange(1_000_000))
        while (refused := charge(throttle, chance.choice([1, 2, 5, 40, 200]), now)) is None:
            now += timedelta(seconds=chance.choice([0, 0, 0.25, 1.5, 7]))
        wait = int(refused.headers["Retry-After"])
        assert 1 <= wait <= 60, f"seed {seed}"
        held = throttle.state(now).budgets[0].used
        assert held >= MINUTE, f"seed {seed}"
        early = now + timedelta(seconds=wait - 1)
        assert throttle.state(early).budgets[0].used >= MINUTE, f"seed {seed}: told to wait longer than needed"
        assert charge(throttle, 2, now + timedelta(seconds=wait)) is None, f"seed {seed}"


def test_a_refused_request_is_charged_so_that_asking_again_and_again_makes_it_worse() -> None:
    def let_through(pause: int) -> int:
        """How many requests get through in the second in which an app is let in again, if it asks every `pause`."""
        throttle = Throttle()
        charge(throttle, MINUTE)
        assert all(charge(throttle, 50, later(seconds=second)) is not None for second in range(0, 60, pause))
        through = 0
        while charge(throttle, 50, later(seconds=60)) is None:
            through += 1
        return through

    assert (let_through(pause=60), let_through(pause=3)) == (25, 6)


def test_a_client_that_never_stops_asking_is_never_let_in() -> None:
    throttle = Throttle()
    charge(throttle, MINUTE)
    assert all(charge(throttle, 25, later(seconds=second)) is not None for second in range(600))


def test_waits_are_told_by_the_budget_that_takes_longest() -> None:
    throttle = Throttle()
    charge(throttle, DAY)
    refused = charge(throttle, at=later(seconds=10))
    assert refused is not None
    assert refused.headers == {"Retry-After": str(86_400 - 10)}, "the minute says 50 seconds, but the day is spent too"


def test_a_clock_that_is_set_back_forgets_what_has_not_happened_yet() -> None:
    throttle = Throttle()
    charge(throttle, MINUTE, later(days=3))
    assert charge(throttle, at=later(days=3)) is not None
    assert charge(throttle, at=START) is None


# What is said


@pytest.mark.parametrize(("used", "remaining"), [(999, None), (1_000, "250"), (1_249, "1"), (1_250, "0"), (1_500, "0")])
def test_from_80_per_cent_on_an_answer_tells_how_the_minute_stands(used: int, remaining: str | None) -> None:
    throttle = Throttle()
    charge(throttle, used - 100)
    charge(throttle, 100, later(seconds=20))
    told = throttle.headers(exchange(), later(seconds=50))
    if remaining is None:
        assert told == {}
    else:
        assert told == {"RateLimit-Limit": "1250", "RateLimit-Remaining": remaining, "RateLimit-Reset": "30"}
    assert throttle.headers(exchange(app="another"), later(seconds=50)) == {}


def test_a_refusal_by_the_minute_tells_how_it_stands_and_resets_no_sooner_than_one_may_retry() -> None:
    throttle = Throttle()
    charge(throttle, MINUTE - 50)
    charge(throttle, 50, later(seconds=40))
    refused = charge(throttle, at=later(seconds=45))
    assert refused is not None
    assert refused.headers == {
        "Retry-After": "15",
        "RateLimit-Limit": "1250",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "60",
    }


@pytest.mark.parametrize(
    ("agent", "limit"),
    [
        (DECORATED, MINUTE),
        ("ISV|Vendor|App/2.1", MINUTE),
        (f"Mozilla/5.0 (X11; Linux) python-requests/2.32 {DECORATED}", MINUTE),
        ("NONISV|A Council with blanks|Portfolio Sync/1.0", MINUTE),
        ("python-requests/2.32.5", MINUTE // 2),
        ("", MINUTE // 2),
        ("NONISV|AnytownCouncil", MINUTE // 2),
        ("NONISV||App/1.0", MINUTE // 2),
        ("NONISV|Company|", MINUTE // 2),
        ("XNONISV|Company|App/1.0", MINUTE // 2),
        ("nonisv|company|app/1.0", MINUTE // 2),
    ],
)
def test_a_client_that_does_not_say_what_it_is_is_refused_at_half_the_limit(agent: str, limit: int) -> None:
    throttle = Throttle()
    assert charge(throttle, limit - 1, agent=agent) is None
    assert charge(throttle, agent=agent) is None
    refused = charge(throttle, agent=agent)
    assert refused is not None
    assert int(refused.headers["Retry-After"]) == 60
    assert ("RateLimit-Limit" in refused.headers) is (limit == MINUTE), "half the limit is below 80 per cent of it"


def test_the_decorated_are_still_served_where_the_undecorated_are_refused() -> None:
    throttle = Throttle()
    charge(throttle, 700)
    assert charge(throttle, agent="curl/8") is not None
    assert charge(throttle) is None


def test_the_undecorated_are_named_once_in_the_log_and_only_so_many_of_them(caplog: pytest.LogCaptureFixture) -> None:
    throttle = Throttle()
    for agent in ("curl/8", "curl/8", "line\nbreak", "x" * 5_000, DECORATED):
        charge(throttle, agent=agent)
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warned) == 3
    assert "'curl/8'" in warned[0]
    assert all("\n" not in message and len(message) < 400 for message in warned)
    for number in range(3_000):
        charge(throttle, agent=f"agent/{number}", at=later(minutes=number))
    assert len(caplog.records) == 1_000


# Modes


def test_off_counts_and_refuses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    throttle = Throttle(Mode.OFF, multiplier=3)
    assert all(charge(throttle, MINUTE, agent="curl/8") is None for _ in range(20))
    assert throttle.headers(exchange(), START) == {}
    assert throttle.state(START).budgets[0].used == 20 * 3 * MINUTE
    assert caplog.records == []


@pytest.mark.parametrize(
    ("mode", "multiplier", "price"),
    [(Mode.OFF, 1, 1), (Mode.DEFAULT, 1, 1), (Mode.DEFAULT, 2, 2), (Mode.STRICT, 1, 2), (Mode.STRICT, 3, 6)],
)
def test_a_unit_costs_what_the_mode_and_the_multiplier_say(mode: Mode, multiplier: int, price: int) -> None:
    throttle = Throttle(mode, multiplier=multiplier, seed=1)
    asked = exchange(5)
    throttle.charge(asked, START)
    assert asked.units == 5 * price
    assert {state.used for state in throttle.state(START).budgets} == {5 * price}


@pytest.mark.parametrize("multiplier", [0, -1])
def test_a_unit_that_costs_nothing_is_refused(multiplier: int) -> None:
    with pytest.raises(ValueError, match="costs 1 or more"):
        Throttle(multiplier=multiplier)


def busy(throttle: Throttle, count: int) -> list[int]:
    """Which of so many requests, far apart, find the server busy."""
    answers = [charge(throttle, at=later(minutes=number)) for number in range(count)]
    assert {(each.status, each.headers["Retry-After"]) for each in answers if each} <= {(503, str(BUSY_SECONDS))}
    return [number for number, each in enumerate(answers) if each]


def test_a_strict_server_is_busy_for_one_request_in_500_and_for_the_same_ones_again() -> None:
    first = busy(Throttle(Mode.STRICT, seed=7), 20_000)
    assert len(first) == pytest.approx(20_000 / BUSY_ONE_IN, rel=0.4)
    assert BUSY_ONE_IN == 500
    throttle = Throttle(Mode.STRICT, seed=7)
    assert busy(throttle, 20_000) == first
    throttle.reset()
    assert busy(throttle, 20_000) == first
    assert busy(Throttle(Mode.STRICT, seed=8), 20_000) != first
    assert busy(Throttle(seed=7), 20_000) == []


def test_a_busy_server_is_found_by_requests_and_not_by_parts_of_them() -> None:
    throttle, envelope = Throttle(Mode.STRICT, seed=7), exchange(0)
    for number in range(2_000):
        throttle.charge(Exchange(request(), batch=envelope, caller=Caller("app"), units=1), later(minutes=number))
    assert busy(throttle, 2_000) == busy(Throttle(Mode.STRICT, seed=7), 2_000), "the parts drew no lots"


@pytest.mark.parametrize("mode", Mode)
def test_who_is_blocked_gets_a_503_for_ever_in_every_mode(mode: Mode) -> None:
    throttle = Throttle(mode, seed=1)
    assert charge(throttle) is None
    throttle.blocked = True
    for day in range(30):
        refused = charge(throttle, at=later(days=day))
        assert refused is not None
        assert (refused.status, refused.headers) == (503, {"Retry-After": str(BLOCKED_SECONDS)})
    throttle.blocked = False
    assert charge(throttle, at=later(days=31)) is None


# What can be seen and undone


def test_the_state_names_every_budget_in_use_and_when_all_of_it_is_there_again() -> None:
    throttle = Throttle(multiplier=2)
    charge(throttle, 3, login="ann")
    charge(throttle, 2, later(seconds=30))
    state = throttle.state(later(seconds=30))
    assert (state.mode, state.multiplier, state.blocked) == (Mode.DEFAULT, 2, False)
    assert [(each.scope, each.owner, each.used, each.limit, each.resets_at - START) for each in state.budgets] == [
        (Scope.APP_MINUTE, "app", 10, MINUTE, timedelta(seconds=90)),
        (Scope.APP_DAY, "app", 10, DAY, timedelta(days=1)),
        (Scope.TENANT, "", 10, TENANT, timedelta(seconds=330)),
        (Scope.USER, "ann", 1, USER_REQUESTS, timedelta(minutes=5)),
    ]
    assert [each.used for each in throttle.state(later(seconds=60)).budgets] == [4, 10, 10, 1]
    assert throttle.state(later(days=2)).budgets == ()


def test_reset_makes_it_as_new() -> None:
    throttle = Throttle()
    charge(throttle, MINUTE)
    throttle.blocked = True
    throttle.reset()
    assert throttle.state(START) == Throttle().state(START)
    assert charge(throttle) is None


def test_what_is_remembered_is_bounded_however_long_it_runs_and_whoever_comes() -> None:
    budgets = [Budget(scope, "", 10) for scope in Scope]
    for number in range(5_000):
        for budget in budgets:
            budget.add(1, later(seconds=number * budget.scope.grain))
    assert [len(budget._slices) for budget in budgets] == [60, 1_440, 300, 300]
    throttle = Throttle()
    for number in range(MOST_BUDGETS * 3):
        charge(throttle, app=f"app-{number}", at=later(seconds=number))
    assert len(throttle._ledger._budgets) == MOST_BUDGETS
    assert Scope.TENANT in {each.scope for each in throttle.state(later(seconds=3_000)).budgets}, "it is always in use"


# On the way through the service


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


def served(clock: Callable[[], datetime], throttle: Throttle) -> Direct:
    items = [{"values": {"Title": f"Item {number}"}} for number in range(1, 11)]
    world = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": items}]}]}
    return Direct(Service(load_world(world, clock=clock), throttle=throttle))


ITEMS = "web/lists/GetByTitle('Projects')/items"
SAID = {"User-Agent": DECORATED}


def standing(answer: DirectAnswer) -> tuple[int, str | None, str | None]:
    return answer.status_code, answer.headers.get("RateLimit-Remaining"), answer.headers.get("Retry-After")


def test_every_answer_from_80_per_cent_on_tells_it_errors_too(clock: ManualClock) -> None:
    emulator = served(clock, Throttle(multiplier=100))
    for _ in range(9):
        assert standing(emulator.get(f"{ITEMS}(1)", headers=SAID)) == (200, None, None)
    assert standing(emulator.get(f"{ITEMS}(1)", headers=SAID)) == (200, "250", None)
    assert standing(emulator.get(f"{ITEMS}(99)", headers=SAID)) == (404, "150", None)
    assert standing(emulator.get(f"{ITEMS}(1)", headers=SAID)) == (200, "50", None)
    assert standing(emulator.get(f"{ITEMS}(1)", headers=SAID)) == (200, "0", None), "begun with something left"
    assert standing(emulator.get(f"{ITEMS}(1)", headers=SAID)) == (429, "0", "60")
    assert emulator.get(f"{ITEMS}(1)", headers=SAID).json()["odata.error"]["code"].startswith("-2147429894")


class Injected:
    """A fault plan by which every request is throttled, as an answer or by an error."""

    def __init__(self, *, raised: bool) -> None:
        self.raised = raised

    def perform(self, *_: object) -> Response:
        if self.raised:
            raise throttled(7)
        return Response(429, {"Retry-After": "7"})


@pytest.mark.parametrize("raised", [False, True])
def test_a_throttle_that_is_injected_tells_nothing_of_the_budgets(clock: ManualClock, raised: bool) -> None:
    emulator = served(clock, Throttle(multiplier=1_000))
    assert standing(emulator.get("web", headers=SAID)) == (200, "250", None)
    emulator.service.faults = Injected(raised=raised)  # type: ignore[assignment]
    assert standing(emulator.get("web", headers=SAID)) == (429, None, "7")


def test_a_refused_write_is_not_done_and_is_done_after_the_wait(clock: ManualClock) -> None:
    emulator = served(clock, Throttle(multiplier=625))
    body = {"Title": "Changed"}
    headers = {**SAID, "X-HTTP-Method": "MERGE", "If-Match": "*"}
    assert emulator.post(f"{ITEMS}(1)", body, headers=headers).status_code == 204
    refused = emulator.post(f"{ITEMS}(2)", body, headers=headers)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    clock.advance(seconds=59)
    assert emulator.post(f"{ITEMS}(2)", body, headers=headers).headers["Retry-After"] == "60", "charged, so later still"
    clock.advance(seconds=60)
    assert emulator.post(f"{ITEMS}(2)", body, headers=headers).status_code == 204
    owner = emulator.site.list_titled("Projects")
    assert owner is not None
    assert [owner.item(number).values["Title"] for number in (1, 2)] == ["Changed", "Changed"]
    assert [owner.item(number).etag for number in (1, 2)] == ['"2"', '"2"'], "written once each"


def test_the_health_score_is_seeded_noise_and_means_nothing() -> None:
    def scores(throttle: Throttle) -> list[str]:
        items = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects"}]}]}
        service = Service(load_world(items, clock=ManualClock(START)), throttle=throttle)
        with running_emulator(service) as running:
            answers = [running.get("/sites/demo/_api/web/Id") for _ in range(60)]
        return [f"{answer.status_code} {answer.headers['X-SharePointHealthScore']}" for answer in answers]

    calm, hard_pressed = scores(Throttle()), scores(Throttle(multiplier=625))
    assert {score.split()[1] for score in calm} == {"0", "1", "2", "3"}
    assert {score.split()[0] for score in hard_pressed} == {"200", "429"}
    assert [score.split()[1] for score in hard_pressed] == [score.split()[1] for score in calm]
