"""Work in lanes: in order within one, several at once, and nothing left running behind."""

import threading
from collections.abc import Callable
from functools import partial

import pytest

from sync.engine.lanes import in_lanes

PATIENCE = 30.0


def answers(*numbers: int) -> list[Callable[[], int]]:
    return [partial(int, number) for number in numbers]


@pytest.mark.parametrize("at_once", [0, 1, 2, 8])
def test_answers_come_in_the_order_of_the_lanes_and_of_their_tasks(at_once: int) -> None:
    lanes = {"b": answers(3, 1), "a": answers(), "c": answers(2)}
    told = in_lanes(lanes, at_once)
    assert list(told.items()) == [("b", [3, 1]), ("a", []), ("c", [2])]
    assert in_lanes({}, at_once) == {}


@pytest.mark.parametrize(("at_once", "lanes"), [(1, 3), (4, 1)])
def test_one_at_a_time_everything_is_done_where_it_was_asked_for(at_once: int, lanes: int) -> None:
    told = in_lanes({number: [threading.current_thread] * 2 for number in range(lanes)}, at_once)
    assert {thread for threads in told.values() for thread in threads} == {threading.current_thread()}


def test_so_many_are_under_way_at_once_and_no_more() -> None:
    together = threading.Barrier(3)
    under_way, most, lock = [0], [0], threading.Lock()

    def task() -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        together.wait(PATIENCE)
        with lock:
            under_way[0] -= 1

    in_lanes({number: [task] for number in range(6)}, 3)
    assert most[0] == 3


def test_a_lane_is_walked_by_one_thread_in_order() -> None:
    seen: dict[str, list[tuple[str, int]]] = {"a": [], "b": []}

    def note(name: str, number: int) -> None:
        seen[name].append((threading.current_thread().name, number))

    in_lanes({name: [partial(note, name, number) for number in range(20)] for name in seen}, 2)
    for steps in seen.values():
        assert len({thread for thread, _ in steps}) == 1
        assert [number for _, number in steps] == list(range(20))


class CutOffError(BaseException):
    """As a process that is killed in a test: no Exception."""


@pytest.mark.parametrize("raised", [ValueError, CutOffError])
def test_after_an_error_nothing_is_begun_and_what_is_under_way_is_waited_for(raised: type[BaseException]) -> None:
    before = threading.active_count()
    broken, done = threading.Event(), []

    def fails() -> None:
        broken.set()
        raise raised

    def slow() -> None:
        assert broken.wait(PATIENCE)
        done.append("slow")

    def never() -> None:
        done.append("never")

    with pytest.raises(raised):
        in_lanes({"slow": [slow, never], "fails": [fails, never], "last": [never]}, 2)
    assert done in (["slow"], ["slow", "never"]), "unless it was begun before anybody could know"
    assert threading.active_count() == before


def test_of_several_errors_that_of_the_first_lane_is_told() -> None:
    second_raised = threading.Event()

    def first() -> None:
        assert second_raised.wait(PATIENCE)
        raise KeyError("first")

    def second() -> None:
        second_raised.set()
        raise ValueError("second")

    with pytest.raises(KeyError, match="first"):
        in_lanes({"first": [first], "second": [second]}, 2)


def test_one_at_a_time_the_first_error_ends_it() -> None:
    done: list[int] = []

    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_lanes({"a": [partial(done.append, 1), fails], "b": [partial(done.append, 2)]}, 1)
    assert done == [1]
