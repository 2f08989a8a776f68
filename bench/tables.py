"""What was measured, as Markdown tables."""

import os
import platform
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bench import formulas
from bench.councils import COUNCILS
from bench.nights import OURS, TYPICAL
from bench.slopes import slope

MIB = 2**20
Found = Sequence[Mapping[str, Any]]


def machine() -> str:
    """Where it was measured."""
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"


def of_nights(nights: Found) -> Iterator[str]:
    """A table for each council and night."""
    for council in dict.fromkeys(each["council"] for each in nights):
        of = COUNCILS[council]
        yield f"### {council}: {of.shape}, {of.sites} sites"
        yield ""
        yield from _head(
            "night", "program", "requests", "resource units", "MiB", "seconds", "processor s", "peak MiB",
            "items written", "items with a version or time of change by it", "items left wrong",
        )  # fmt: skip
        told = ""
        for night in (each for each in nights if each["council"] == council):
            yield _line("" if night["phase"] == told else night["phase"], *_night(night))
            told = night["phase"]
        yield ""


def _night(night: Mapping[str, Any]) -> Iterator[str]:
    yield f"**{OURS}**" if night["who"] == OURS else night["who"]
    yield number(night["requests"])
    yield number(night["units"])
    yield number(night["bytes"] / MIB)
    yield f"{number(night['seconds'])}{' *' if night['reckoned'] else ''}"
    yield number(night["cpu"])
    yield number(night["peak"] / MIB)
    yield number(night["written"])
    yield number(night["made_versions"])
    yield number(night["wrong"])


def of_formulas(nights: Found) -> Iterator[str]:
    """What a typical night takes by reckoning, beside what was measured where it was."""
    yield from _head("council", "program", "requests: reckoned", "measured", "resource units: reckoned", "measured")
    for council in COUNCILS.values():
        seen = {
            each["who"]: each for each in nights if (each["council"], each["phase"]) == (council.name, TYPICAL)
        } or {}
        for name, of in formulas.PEERS.items():
            yield _reckoned(council.name, name, of(council), seen.get(name))
        yield _reckoned(council.name, "B: what changed, then those items", formulas.ask_and_fetch(council), None)
        yield _reckoned(council.name, "C: what changed with its items", formulas.ask_with_items(council), None)
        yield _reckoned(council.name, f"**{OURS}**", None, seen.get(OURS))


def _reckoned(council: str, name: str, cost: formulas.Cost | None, seen: Mapping[str, Any] | None) -> str:
    requests, units = (number(cost.requests), number(cost.units)) if cost else ("", "")
    measured = (number(seen["requests"]), number(seen["units"])) if seen else ("", "")
    return _line(council, name, requests, measured[0], units, measured[1])


def of_slopes(points: Found) -> Iterator[str]:
    """What one more of each takes."""
    yield from _head("one more", "night", "requests", "resource units", "processor ms", "KiB")
    for over, phase in dict.fromkeys((each["over"], each["phase"]) for each in points):
        line = [each for each in points if (each["over"], each["phase"]) == (over, phase)]
        yield _line(
            {"items": "item", "lists": "list", "changes": "change"}[over],
            phase,
            number(slope(line, "requests")),
            number(slope(line, "units")),
            number(slope(line, "cpu") * 1000),
            number(slope(line, "peak") / 1024),
        )


def of_sizes(core: Found, nights: Found) -> Iterator[str]:
    """The core alone and whole nights, by records."""
    yield from _head("what", "records", "lists", "seconds", "by stage", "microseconds a record", "peak MiB")
    for each in core:
        yield _size("the core alone", each)
    for each in nights:
        yield _size(f"a whole night: {each['night']}", each)


def _size(what: str, told: Mapping[str, Any]) -> str:
    stages = ", ".join(
        f"{name} {number(value)}" for name, value in told["seconds"].items() if name not in {"all", "processor"}
    )
    seconds, records = told["seconds"]["all"], told["records"]
    return _line(
        what,
        number(records),
        number(told["lists"]),
        number(seconds),
        stages,
        number(seconds * 1e6 / records),
        number(told["peak MiB"]["all"]),
    )


def spread(values: Iterable[float]) -> str:
    """`median (least-most)`, or the value alone where it does not vary."""
    found = sorted(values)
    middle, least, most = statistics.median(found), found[0], found[-1]
    if number(least) == number(most):
        return number(middle)
    return f"{number(middle)} ({number(least)}-{number(most)})"


def number(value: float) -> str:
    """Three significant digits, and every digit of a count; what is less than a thousandth is nothing."""
    if abs(value) < 0.001:
        return "0"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _head(*names: str) -> Iterator[str]:
    yield _line(*names)
    yield _line(*["---"] * len(names))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
