"""Work on a sequence in several threads, answers in order: what lets decoding, finding and reading overlap.

Decoders and networks leave Python's lock while they compute, so threads are enough. Both helpers keep a
bounded number of items in memory, hand an exception on at its item's place, and end their threads when the
consumer stops early: close the generator (`contextlib.closing`) to wait for that.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_LOOK_S = 0.1  # how soon a producer that waits for room sees that nobody wants more


def in_order(
    work: Callable[[Item], Answer], items: Iterable[Item], *, workers: int, ahead: int = 1
) -> Generator[Answer]:
    """`work` of each item, in the order of the items, `workers` at once.

    `ahead`: how many items more than workers are taken before the first answer is asked for, so that the
    workers have something to do while the consumer thinks. What `work` or `items` raises comes at its place.
    """
    pool = ThreadPoolExecutor(workers)
    under_way: deque[Future[Answer]] = deque()
    try:
        for answer in _answers(pool, work, items):
            under_way.append(answer)
            if len(under_way) >= workers + ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _answers(
    pool: ThreadPoolExecutor, work: Callable[[Item], Answer], items: Iterable[Item]
) -> Iterator[Future[Answer]]:
    try:
        for item in items:
            yield pool.submit(work, item)
    except Exception as fault:  # noqa: BLE001 - it is raised again after the answers before it
        failed: Future[Answer] = Future()
        failed.set_exception(fault)
        yield failed


def produced(items: Iterable[Item], *, room: int) -> Generator[Item]:
    """The same items, made in a thread of their own, at most `room` of them before they are wanted.

    An iterator that blocks for good (a camera that fell silent) also blocks the end of this one.
    """
    ready: Queue[tuple[Item] | BaseException | None] = Queue(room)
    unwanted = Event()
    thread = Thread(target=_produce, args=(items, ready, unwanted), daemon=True)
    thread.start()
    try:
        while (made := ready.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            yield made[0]
    finally:
        unwanted.set()
        thread.join()


def _produce(
    items: Iterable[Item], ready: "Queue[tuple[Item] | BaseException | None]", unwanted: Event
) -> None:
    end: BaseException | None = None
    try:
        for item in items:
            if not _put(ready, (item,), unwanted):
                return
    except BaseException as error:  # noqa: BLE001 - it is raised again where the items are wanted
        end = error
    _put(ready, end, unwanted)


def _put(
    ready: "Queue[tuple[Item] | BaseException | None]",
    made: "tuple[Item] | BaseException | None",
    unwanted: Event,
) -> bool:
    while not unwanted.is_set():
        try:
            ready.put(made, timeout=_LOOK_S)
        except Full:
            continue
        return True
    return False
