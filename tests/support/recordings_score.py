"""The score: how many recordings the emulator answers alike, family by family.

`python -m tests.support.recordings_score` prints it, with every difference that no exception allows.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from connectors.emulator.recordings import DEVIATIONS, RECORDED, excuse, fits
from tests.support.recordings import RECORDINGS
from tests.support.recordings_compare import Difference
from tests.support.recordings_table import CASES, compared


def unexcused(name: str, found: Sequence[Difference]) -> list[Difference]:
    """The differences of a recording that no exception allows."""
    return [difference for difference in found if excuse(name, difference.path) is None]


def stale(found: Mapping[str, Sequence[Difference]]) -> Iterator[str]:
    """The exceptions that are no longer needed, by recording and by place."""
    for row in DEVIATIONS:
        for name in row.recordings:
            if not any(row.covers(name, difference.path) for difference in found.get(name, ())):
                yield f"{name} no longer needs: {row.reason}"
        for place in row.places:
            paths = (difference.path for name in row.recordings for difference in found.get(name, ()))
            if not any(fits(place, path) for path in paths):
                yield f"no recording of {', '.join(row.recordings)} differs at {place}"


def score(found: Mapping[str, Sequence[Difference]]) -> list[str]:
    """The score in words: the whole in the first line, then the families."""
    alike = {name for name, differences in found.items() if not unexcused(name, differences)}
    plain = sum(not differences for differences in found.values())
    lines = [f"{len(alike)} of {RECORDED} recordings are answered alike, {plain} of them without an exception"]
    total, reached = Counter(CASES[name].family for name in found), Counter(CASES[name].family for name in alike)
    return lines + [f"  {family}: {reached[family]} of {total[family]}" for family in sorted(total)]


def report() -> Iterator[str]:
    """The score, what spoils it, and what is listed for nothing."""
    if not RECORDINGS.is_dir():
        yield "The recordings are not beside the project (../shared/data/recordings)."
        return
    found = {name: compared(name) for name in CASES}
    yield from score(found)
    for name, differences in found.items():
        yield from (f"{name}  {difference}" for difference in unexcused(name, differences))
    yield from stale(found)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report())
