"""The figures of docs/benchmarks.md as SVG."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.nights import NOTHING, OURS, TYPICAL

mpl.use("svg")
_STYLE = {
    "svg.hashsalt": "portfolio-sync",  # the same figures give the same file
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_OURS, _OTHERS = "#0b5cad", "#9aa5b1"


def of_nights(nights: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Requests and resource units of a night on which nothing changed and of a typical one, by program."""
    councils = list(dict.fromkeys(each["council"] for each in nights))
    measures = {"requests": "requests", "units": "resource units"}
    with plt.style.context(_STYLE):
        figure, rows = plt.subplots(len(councils) * 2, 2, figsize=(9, 3.3 * len(councils)), sharey="row", squeeze=False)
        for place, (council, phase) in enumerate((c, p) for c in councils for p in (NOTHING, TYPICAL)):
            told = [each for each in nights if (each["council"], each["phase"]) == (council, phase)]
            for axes, (of, said) in zip(rows[place], measures.items(), strict=True):
                _bars(axes, told, of, f"{council}, {phase}: {said} (log)")
        _kept(figure, file)


def _bars(axes: Axes, told: Sequence[Mapping[str, Any]], of: str, title: str) -> None:
    names = [each["who"] for each in told]
    bars = axes.barh(names, [each[of] for each in told], color=[_OURS if n == OURS else _OTHERS for n in names])
    axes.bar_label(bars, [f"{each[of]:,}" for each in told], padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.set_xlim(1, 10 * max(each[of] for each in told))
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(left=False)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)


def of_slopes(points: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Requests, resource units and processor time over items, lists and changes."""
    overs = list(dict.fromkeys(each["over"] for each in points))
    measures = {"requests": "requests", "units": "resource units", "cpu": "processor s"}
    with plt.style.context(_STYLE):
        figure, rows = plt.subplots(len(measures), len(overs), figsize=(9, 7), squeeze=False)
        for row, (of, said) in zip(rows, measures.items(), strict=True):
            for axes, over in zip(row, overs, strict=True):
                for phase, colour in ((NOTHING, _OTHERS), (TYPICAL, _OURS)):
                    line = [each for each in points if (each["over"], each["phase"]) == (over, phase)]
                    axes.plot(
                        [p["x"] for p in line], [p[of] for p in line], "o-", color=colour, label=phase, clip_on=False
                    )
                axes.set(xlabel=over, ylim=(0, None), xlim=(0, None))
                axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
                axes.set_title(said, fontsize=9, loc="left")
        rows[0][0].legend(frameon=False, fontsize=8)
        _kept(figure, file)


def of_sizes(core: Sequence[Mapping[str, Any]], nights: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Seconds and peak memory over records: the core alone, and whole nights with a database."""
    lines = {"the core alone": core} | {
        f"a whole night, {name}": [each for each in nights if each["night"] == name] for name in ("first", "next")
    }
    with plt.style.context(_STYLE):
        figure, (seconds, memory) = plt.subplots(1, 2, figsize=(9, 3))
        for (name, points), colour in zip(lines.items(), (_OURS, _OTHERS, "#5b6875"), strict=True):
            xs = [each["records"] for each in points]
            seconds.plot(xs, [each["seconds"]["all"] for each in points], "o-", clip_on=False, color=colour, label=name)
            memory.plot(xs, [each["peak MiB"]["all"] for each in points], "o-", clip_on=False, color=colour)
        for axes, said in ((seconds, "seconds"), (memory, "peak MiB")):
            axes.set(xlabel="records", ylim=(0, None), xlim=(0, None))
            axes.set_title(said, fontsize=9, loc="left")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        seconds.legend(frameon=False, fontsize=8)
        _kept(figure, file)


def _kept(figure: Any, file: Path) -> None:
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    plt.close(figure)
