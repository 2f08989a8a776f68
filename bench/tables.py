"""What was measured, as Markdown tables: medians with their ranges."""

import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from bench.processes import Ended
from bench.worlds import Shape

MIB = 2**20
ROUND_TRIP = 0.08
"""Seconds from a council's network to SharePoint Online and back, for what is reckoned and not measured."""


@dataclass(slots=True)
class Findings:
    """One entry a round: nights by shape and run, the costs of `bench.peer` by work and who, those of `bench.core`, and
    those of `bench.large_list`; beside these the bytes the emulator held before and after."""

    rounds: int
    peer_shape: Shape
    nights: defaultdict[tuple[Shape, str], list[Ended]] = field(default_factory=lambda: defaultdict(list))
    peers: defaultdict[tuple[str, str], list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))
    core: list[dict[str, Any]] = field(default_factory=list)
    large: list[Ended] = field(default_factory=list)
    large_held: list[int | None] = field(default_factory=list)


def render(found: Findings) -> str:
    """All tables with a line each on what they show."""
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"
    library = f"office365-rest-python-client {version('office365-rest-python-client')}"
    return "\n".join(
        [
            f"Median (least-most) of {found.rounds} rounds; {machine}; the embedded SharePoint on the same machine.",
            "",
            "A night's work: `portfolio-sync reconcile`, a process each",
            "",
            *_nights(found),
            "",
            f"The same work the common way, {found.peer_shape}: {library}, `get_all(5000)` and `item.update()`",
            "",
            *_peers(found),
            "",
            f"The core alone, {found.core[0]['records']:,} records, seconds",
            "",
            *_core(found.core),
            "",
            f"One list of {found.large[0].document['read']['items']:,} items",
            "",
            *_large(found),
        ]
    )


def _nights(found: Findings) -> Iterator[str]:
    yield from _head(
        "lists", "run", "items written", "requests", "by kind", "resource units", "read s", "decide s", "write s",
        "whole process s", "processor s", "peak MiB",
    )  # fmt: skip
    for (shape, run), ended in found.nights.items():
        reports = [each.document for each in ended]
        yield _line(
            str(shape),
            run,
            spread(each["writes"]["applied"] for each in reports),
            spread(each["requests"]["total"] for each in reports),
            ", ".join(f"{kind} {count}" for kind, count in reports[0]["requests"]["by_kind"].items()),
            spread(each["requests"]["resource_units"] for each in reports),
            *(spread(each["timings"][stage] for each in reports) for stage in ("read", "decide", "write")),
            spread(each.seconds for each in ended),
            spread(each.cpu for each in ended),
            spread(each.peak / MIB for each in ended),
        )


def _peers(found: Findings) -> Iterator[str]:
    yield from _head("work", "measure", "ours", "library", "library / ours")
    for work, read in (("read", True), ("write", False)):
        ours, library = found.peers[work, "ours"], found.peers[work, "library"]
        items = ours[0]["items"]
        if any(cost["items"] != items for cost in (*ours, *library)):
            raise RuntimeError(f"Not the same work: {work} of {items} items by some.")
        yield _compared(f"{work} {items:,} items", "requests", ours, library, lambda cost: cost["requests"])
        if read:
            yield _compared("", "MiB received", ours, library, lambda cost: cost["bytes"] / MIB)
        yield _compared("", "processor ms an item", ours, library, lambda cost: cost["cpu"] * 1000 / cost["items"])
    yield _reckoned(found)


def _reckoned(found: Findings) -> str:
    """The writes of a first run at the library's rate, beside those that the night was measured to send."""
    reports = [each.document for each in found.nights[found.peer_shape, "first"]]
    ours = [float(each["requests"]["by_kind"]["write"]) for each in reports]
    rates = [cost["requests"] / cost["items"] for cost in found.peers["write", "library"]]
    library = [rate * each["writes"]["applied"] for rate, each in zip(rates, reports, strict=True)]
    waits = [f"{spread(count * ROUND_TRIP for count in counts)} s" for counts in (ours, library)]
    ratio = spread(theirs / own for own, theirs in zip(ours, library, strict=True))
    return _line(
        f"write {reports[0]['writes']['applied']:,} items (a first run)",
        f"requests; waiting at {ROUND_TRIP * 1000:.0f} ms each",
        f"{spread(ours)}; {waits[0]}",
        f"reckoned: {spread(library)}; {waits[1]}",
        ratio,
    )


def _compared(
    work: str,
    measure: str,
    ours: Sequence[dict[str, float]],
    library: Sequence[dict[str, float]],
    of: Callable[[dict[str, float]], float],
) -> str:
    ratios = (of(theirs) / of(own) for own, theirs in zip(ours, library, strict=True))
    return _line(work, measure, spread(map(of, ours)), spread(map(of, library)), spread(ratios))


def _core(measured: Sequence[dict[str, Any]]) -> Iterator[str]:
    runs = ("first", "next")
    yield from _head("step", *(f"{run} run, {measured[0][run]['writes']:,} writes" for run in runs))
    for step in measured[0]["first"]["seconds"]:
        yield _line(step, *(_step([each[run]["seconds"] for each in measured], step) for run in runs))
    wholes = {run: [sum(each[run]["seconds"].values()) for each in measured] for run in runs}
    yield _line("all", *(spread(wholes[run]) for run in runs))
    records = measured[0]["records"]
    yield _line("microseconds a record", *(spread(each * 1e6 / records for each in wholes[run]) for run in runs))


def _large(found: Findings) -> Iterator[str]:
    rounds = [each.document for each in found.large]
    yield from _head("measure", "value")
    for place in rounds[0]["pages"]:
        seconds = spread(each["pages"][place] for each in rounds)
        ratio = spread(each["pages"][place] / each["pages"]["0.0"] for each in rounds)
        yield _line(f"a page of 5,000 from {float(place):.0%} of the list on, seconds; against the first page",
                    f"{seconds}; {ratio}")  # fmt: skip
    for what in rounds[0]["rates"]:
        yield _line(f"{what}, requests a second", spread(each["rates"][what] for each in rounds))
    reads = [each["read"] for each in rounds]
    yield _line("full read by the connector: requests", spread(each["requests"] for each in reads))
    yield _line("full read by the connector: seconds", spread(each["seconds"] for each in reads))
    yield _line("full read by the connector: processor s", spread(each["cpu"] for each in reads))
    yield _line("full read by the connector: peak MiB of its process", spread(each.peak / MIB for each in found.large))
    held = [size / MIB for size in found.large_held if size is not None]
    if held:
        yield _line("the emulator's process, MiB after loading and after all rounds", " and ".join(map(number, held)))


def _step(seconds: Sequence[dict[str, float]], step: str) -> str:
    return spread(each[step] for each in seconds) if step in seconds[0] else ""


def spread(values: Iterable[float]) -> str:
    """`median (least-most)`, or the value alone where it does not vary."""
    found = sorted(values)
    middle, least, most = statistics.median(found), found[0], found[-1]
    if number(least) == number(most):
        return number(middle)
    return f"{number(middle)} ({number(least)}-{number(most)})"


def number(value: float) -> str:
    """Three significant digits, and every digit of a count."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _head(*names: str) -> Iterator[str]:
    yield _line(*names)
    yield _line(*["---"] * len(names))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
