"""Threads that work ahead: order, bounded memory, faults at their place, no thread left behind."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from detection.overlap import in_order, produced


class BoomError(Exception):
    """A fault of the test's own."""


def numbers(count: int, taken: list[int], fault_at: int | None = None) -> Iterator[int]:
    for number in range(count):
        if number == fault_at:
            raise BoomError(number)
        taken.append(number)
        yield number


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_answers_come_in_order_though_the_first_take_longest() -> None:
    def work(number: int) -> int:
        time.sleep(0.01 * (5 - number % 5))
        return number * number

    assert list(in_order(work, range(20), workers=4)) == [number * number for number in range(20)]


def test_work_goes_on_at_once() -> None:
    together = threading.Barrier(3, timeout=5)

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
    taken: list[int] = []
    with closing(produced(numbers(100, taken), room=3)) as items:
        assert next(items) == 0
        deadline = time.monotonic() + 5
        while len(taken) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        assert len(taken) == 5  # one given, three ready, one in the producer's hands
        assert [next(items) for _ in range(50)] == list(range(1, 51))


def test_a_fault_of_the_producer_comes_at_its_place() -> None:
    seen: list[int] = []
    with pytest.raises(BoomError):
        seen.extend(produced(numbers(10, [], fault_at=6), room=2))
    assert seen == list(range(6))


def test_an_early_end_stops_the_whole_chain() -> None:
    taken: list[int] = []
    with (
        closing(produced(numbers(10_000, taken), room=2)) as items,
        closing(in_order(lambda number: number, items, workers=2)) as answers,
    ):
        assert next(answers) == 0
    after = len(taken)
    time.sleep(0.05)
    assert len(taken) == after < 20
