"""Work in lanes: what belongs to one site is done in order, several sites at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")

Lane = Sequence[Callable[[], T]]
"""Tasks that one thread does one after the other."""


def in_lanes(lanes: Mapping[K, Lane[T]], at_once: int) -> dict[K, list[T]]:
    """What the tasks answered, by lane in the order of the mapping, and in each in the order of its tasks.

    Once a task raises anything, no further task is begun; those under way are waited for, and of what was raised that
    of the first lane in order reaches the caller. No thread outlives the call. With one lane at a time everything is
    done in the calling thread, lane after lane.
    """
    if at_once <= 1 or len(lanes) <= 1:
        return {name: [task() for task in lane] for name, lane in lanes.items()}
    broken = Event()
    with ThreadPoolExecutor(min(at_once, len(lanes)), thread_name_prefix="lane") as pool:
        futures = {name: pool.submit(_walk, lane, broken) for name, lane in lanes.items()}
    return {name: future.result() for name, future in futures.items()}


def _walk(lane: Lane[T], broken: Event) -> list[T]:
    done: list[T] = []
    try:
        for task in lane:
            if broken.is_set():
                break
            done.append(task())
    except BaseException:
        broken.set()
        raise
    return done
