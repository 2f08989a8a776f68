"""What can be asked of the control plane, and the doing of it: plain functions from a request to JSON values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from connectors.emulator.authority.access import Entra
from connectors.emulator.clock import VirtualClock
from connectors.emulator.roles import Role
from connectors.emulator.rules import latency
from connectors.emulator.rules.edits import parse_edit
from connectors.emulator.rules.fault_rules import parse_plan, parse_rule, plan_document
from connectors.emulator.rules.faults import FaultPlan, matches
from connectors.emulator.rules.history import Entry
from connectors.emulator.service import Service
from connectors.emulator.snapshots import Snapshot, Snapshots
from connectors.emulator.state import site_roles
from connectors.emulator.state.document import check, nearest
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.state.world import Site

_AMOUNTS = ("days", "hours", "minutes", "seconds")
_AMOUNT = {"type": "number", "minimum": 0, "maximum": 1_000_000_000}


class AskedWrongly(ValueError):  # noqa: N818 - it is an answer, not a failure
    """A request that cannot be understood: one sentence saying why."""


@dataclass(frozen=True, slots=True)
class Lines:
    """An answer of JSON Lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: what its path names, its query, and its body as JSON values, None where it has none."""

    names: Mapping[str, str]
    query: Mapping[str, str]
    document: Any

    def checked(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The body as the object a schema describes. Raises DocumentError."""
        given = {} if self.document is None else self.document
        check(given, {"type": "object", **schema}, whole="The body")
        return dict(given)

    def number(self, name: str) -> int | None:
        """A whole number of the query."""
        given = self.query.get(name)
        if given is None:
            return None
        number = whole_number(given)
        if number is None:
            raise AskedWrongly(f"{name} is {given[:100]!r}, which is no whole number.")
        return number


@dataclass(slots=True)
class Desk:
    """A service, its clock and its snapshots. `seed` is for what is set later without one of its own."""

    service: Service
    clock: VirtualClock
    snapshots: Snapshots
    seed: int = 0


def info(desk: Desk, _: Asked) -> Any:
    """What is served, and how."""
    world, throttle = desk.service.world, desk.service.throttle
    return {
        "world": {"id": world.id, "name": world.name, "seed": world.seed},
        "now": _time(desk.clock()),
        "sites": [
            {"path": site.path, "lists": [_list(owner) for owner in site.lists.values()]}
            for site in world.sites.values()
        ],
        "throttle": throttle.mode.value,
        "latency": str(desk.service.latency),
        "faults": len(desk.service.faults.rules),
    }


def get_clock(desk: Desk, _: Asked) -> Any:
    """What the clock shows, and whether it stands still."""
    return {"now": _time(desk.clock()), "frozen": desk.clock.frozen}


def set_clock(desk: Desk, asked: Asked) -> Any:
    """Make it that time now."""
    given = asked.checked({"properties": {"now": {"type": "string"}}, "required": ["now"]})
    try:
        instant = datetime.fromisoformat(given["now"])
    except ValueError:
        raise AskedWrongly(f"now is {given['now']!r}, which is no time such as 2026-06-17T09:30:00Z.") from None
    desk.clock.set(instant)
    return get_clock(desk, asked)


def advance_clock(desk: Desk, asked: Asked) -> Any:
    """Let time pass."""
    given = asked.checked({"properties": dict.fromkeys(_AMOUNTS, _AMOUNT)})
    if not given:
        raise AskedWrongly(f"How far to advance is missing; give some of {', '.join(_AMOUNTS)}.")
    try:
        amount = timedelta(**given)
    except OverflowError:
        amount = timedelta.max
    desk.clock.advance(amount)
    return get_clock(desk, asked)


def freeze_clock(desk: Desk, asked: Asked) -> Any:
    """Stand still."""
    desk.clock.freeze()
    return get_clock(desk, asked)


def resume_clock(desk: Desk, asked: Asked) -> Any:
    """Run on from what is shown."""
    desk.clock.resume()
    return get_clock(desk, asked)


def get_faults(desk: Desk, _: Asked) -> Any:
    """The plan in force, in the form it is set in."""
    return plan_document(desk.service.faults)


def put_faults(desk: Desk, asked: Asked) -> Any:
    """Follow this plan and no other."""
    desk.service.faults = parse_plan({} if asked.document is None else asked.document, desk.service.faults.seed)
    return get_faults(desk, asked)


def add_fault(desk: Desk, asked: Asked) -> Any:
    """Follow one more rule."""
    given = {} if asked.document is None else asked.document
    desk.service.faults.add(parse_rule(given, number=len(desk.service.faults.rules) + 1))
    return get_faults(desk, asked)


def clear_faults(desk: Desk, asked: Asked) -> Any:
    """Follow no rule."""
    desk.service.faults = FaultPlan(desk.service.faults.seed)
    return get_faults(desk, asked)


def fault_report(desk: Desk, _: Asked) -> Any:
    """How often each rule hit, and which never did."""
    plan = desk.service.faults
    return {"rules": [asdict(report) for report in plan.report()], "unused": list(plan.unused())}


def get_latency(desk: Desk, _: Asked) -> Any:
    """What is added to the time of an answer."""
    return {"latency": str(desk.service.latency)}


def put_latency(desk: Desk, asked: Asked) -> Any:
    """Add this to the time of an answer."""
    given = asked.checked(
        {"properties": {"latency": {"type": "string"}, "seed": {"type": "integer"}}, "required": ["latency"]}
    )
    desk.service.latency = latency.parse(given["latency"], given.get("seed", desk.seed))
    return get_latency(desk, asked)


def edit(desk: Desk, asked: Asked) -> Any:
    """Make a colleague's edit now."""
    return desk.service.edit(parse_edit({} if asked.document is None else asked.document)).document()


def set_role(desk: Desk, asked: Asked) -> Any:
    """Let the application or a person do this much at a site."""
    properties = {"site": {"type": "string"}, "who": {"type": "string"}, "role": {"enum": list(site_roles.NAMES)}}
    given = asked.checked({"properties": properties, "required": ["who", "role"]})
    site = _site(desk, given.get("site"))
    site_roles.give(site, given["who"], given["role"])
    if isinstance(desk.service.access, Entra) and given["who"] != site_roles.APP:
        # Never taken back: a snapshot may bring the role back that it was given for.
        desk.service.access.tenant.consent_at_least(Role[given["role"].upper()])
    return {"site": site.path, "roles": site.roles}


def get_history(desk: Desk, asked: Asked) -> Any:
    """What was asked and answered, as JSON Lines."""
    after, most, route = asked.number("after") or 0, asked.number("limit"), asked.query.get("route", "*")
    known = {"after", "limit", "route"}
    check(dict(asked.query), {"properties": {name: {} for name in known}}, "The query")
    chosen = (entry for entry in desk.service.history.entries if entry.number > after)
    return Lines("".join(_lines((entry for entry in chosen if matches(route, entry.operation)), most)))


def history_digest(desk: Desk, _: Asked) -> Any:
    """One value for everything that was asked and answered."""
    history = desk.service.history
    return {"digest": history.digest(), "total": history.total, "dropped": history.dropped}


def clear_history(desk: Desk, asked: Asked) -> Any:
    """Forget what was asked, and count from one again."""
    desk.service.history.clear()
    return history_digest(desk, asked)


def get_throttle(desk: Desk, _: Asked) -> Any:
    """How the budgets stand."""
    state = desk.service.throttle.state(desk.service.world.instant())
    plain: Any = json.loads(json.dumps(asdict(state), default=_plain))
    return plain


def set_throttle(desk: Desk, asked: Asked) -> Any:
    """Refuse every request from now on, or no longer."""
    given = asked.checked({"properties": {"blocked": {"type": "boolean"}}, "required": ["blocked"]})
    desk.service.throttle.blocked = given["blocked"]
    return get_throttle(desk, asked)


def reset_throttle(desk: Desk, asked: Asked) -> Any:
    """Nothing is used up any more."""
    desk.service.throttle.reset()
    return get_throttle(desk, asked)


def get_snapshots(desk: Desk, _: Asked) -> Any:
    """What is kept."""
    return {"snapshots": [_snapshot(kept) for kept in desk.snapshots.names()]}


def take_snapshot(desk: Desk, asked: Asked) -> Any:
    """Keep the world as it is."""
    return _snapshot(desk.snapshots.take(asked.names["name"]))


def restore_snapshot(desk: Desk, asked: Asked) -> Any:
    """Serve the world as it was."""
    return _snapshot(desk.snapshots.restore(asked.names["name"]))


def remove_snapshot(desk: Desk, asked: Asked) -> Any:
    """Forget a snapshot."""
    desk.snapshots.remove(asked.names["name"])
    return get_snapshots(desk, asked)


def reset(desk: Desk, asked: Asked) -> Any:
    """Begin again."""
    desk.snapshots.reset()
    return info(desk, asked)


def _time(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _site(desk: Desk, path: str | None) -> Site:
    """The site at a path; without one the only site there is."""
    known = desk.service.world.sites
    if path is None and len(known) == 1:
        return next(iter(known.values()))
    found = known.get(f"/{(path or '').strip('/').lower()}")
    if found is None:
        names = [site.path for site in known.values()]
        raise AskedWrongly(f"site is {path!r}, which is no site; {nearest(path or '', names)}")
    return found


def _list(owner: Any) -> dict[str, Any]:
    return {"title": owner.title, "url": owner.url, "id": owner.id, "items": len(owner.items)}


def _snapshot(kept: Snapshot) -> dict[str, Any]:
    return {"name": kept.name, "taken": _time(kept.taken)}


def _lines(entries: Iterator[Entry], most: int | None) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if most is not None and number >= most:
            return
        yield json.dumps(entry.document(), ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """What JSON does not know: times, spans and names of an enumeration."""
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.name.lower() if isinstance(value, Enum) else str(value)
