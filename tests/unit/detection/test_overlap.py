"""Threads that work ahead: order, bounded memory, faults at their place, no thread left behind."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from detection.overlap import in_order, produced

SECONDS = 60.0  # a machine that needs longer for any of it is broken


class BoomError(Exception):
    """A fault of the test's own."""


def numbers(count: int, taken: list[int], fault_at: int | None = None) -> Iterator[int]:
    for number in range(count):
        if number == fault_at:
            raise BoomError(number)
        taken.append(number)
        yield number


class Counted:
    """Numbers without an end; lets a test wait until so many were taken."""

    def __init__(self) -> None:
        self.taken = 0
        self._more = threading.Condition()

    def __iter__(self) -> Iterator[int]:
        while True:
            with self._more:
                self.taken += 1
                self._more.notify_all()
            yield self.taken - 1

    def reaches(self, count: int, timeout: float = SECONDS) -> bool:
        with self._more:
            return self._more.wait_for(lambda: self.taken >= count, timeout)


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=SECONDS)
        assert not thread.is_alive()


def test_answers_come_in_order_though_the_first_take_longest() -> None:
    done = [threading.Event() for _ in range(20)]

    def work(number: int) -> int:
        if number % 4 != 3:  # of four at once the last is ready first
            assert done[number + 1].wait(timeout=SECONDS)
        done[number].set()
        return number * number

    assert list(in_order(work, range(20), workers=4)) == [number * number for number in range(20)]


def test_work_goes_on_at_once() -> None:
    together = threading.Barrier(3, timeout=SECONDS)

    def work(number: int) -> int:
        together.wait()  # breaks unless three are at it
        return number

    assert list(in_order(work, range(6), workers=3)) == list(range(6))


def test_no_more_is_taken_than_workers_and_ahead_allow() -> None:
    taken: list[int] = []
    with closing(in_order(lambda number: number, numbers(100, taken), workers=2, ahead=3)) as answers:
        for number in range(10):
            assert next(answers) == number
            assert len(taken) <= number + 5


@pytest.mark.parametrize("where", ["work", "items"])
def test_a_fault_comes_after_the_answers_before_it(where: str) -> None:
    def work(number: int) -> int:
        if where == "work" and number == 4:
            raise BoomError(number)
        return number

    items = numbers(10, [], fault_at=4 if where == "items" else None)
    answers = in_order(work, items, workers=3, ahead=2)
    seen: list[int] = []
    with pytest.raises(BoomError):
        seen.extend(answers)
    assert seen == [0, 1, 2, 3]


def test_nothing_to_do_is_no_answer() -> None:
    assert list(in_order(lambda number: number, [], workers=2)) == []
    assert list(produced([], room=2)) == []


def test_items_are_produced_ahead_but_bounded() -> None:
    source = Counted()
    with closing(produced(source, room=3)) as items:
        for number in range(50):
            assert next(items) == number
            assert source.reaches(number + 5)  # one given, three ready, one in the producer's hands
            assert source.taken == number + 5


def test_a_fault_of_the_producer_comes_at_its_place() -> None:
    seen: list[int] = []
    with pytest.raises(BoomError):
        seen.extend(produced(numbers(10, [], fault_at=6), room=2))
    assert seen == list(range(6))


def test_an_early_end_stops_the_whole_chain() -> None:
    source = Counted()
    with (
        closing(produced(source, room=2)) as items,
        closing(in_order(lambda number: number, items, workers=2)) as answers,
    ):
        assert next(answers) == 0
    # No thread is left that could take more (see the fixture).
    assert source.taken < 20
