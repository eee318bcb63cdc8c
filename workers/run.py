"""What `phatnguoi worker` runs: relay and sweep here, Celery workers as children, replaced when they die.

On one machine one of these serves every queue; a city runs as many as it likes, each for the queues it names.
Killed in any way and started again, nothing is lost: what was not done stands in the outbox.
"""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections

from workers import broker, leases
from workers.fetching import keep_fetching
from workers.relay import Relay
from workers.sweep import sweep_all
from workflow.vocabulary import QUEUES

log = logging.getLogger("phatnguoi.workers.run")

ALL_QUEUES = tuple(dict.fromkeys(QUEUES.values()))
_SWEEP_SECONDS = 60.0
_BROKER_SECONDS = 5.0
_TICK_SECONDS = 0.5
_STOP_SECONDS = 30.0  # for running tasks to end; what is cut off is done again later
_EARLY_SECONDS = 10.0  # a child that died sooner is started again after a growing pause


class RunError(Exception):
    """The workers cannot start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One Celery worker: its queues and how many tasks it does at once."""

    queues: tuple[str, ...]
    concurrency: int


def pools(queues: Sequence[str] = ALL_QUEUES, concurrency: int = 2) -> tuple[Pool, ...]:
    """Extraction gets a worker of its own: its networks must not keep letters waiting.

    Raises:
        RunError: an unknown queue, or extraction without the [camera] extra.
    """
    if unknown := sorted(set(queues) - set(ALL_QUEUES)):
        raise RunError(f"no queue is called {', '.join(unknown)}; there are {', '.join(ALL_QUEUES)}")
    made = []
    if "extract" in queues:
        if find_spec("torch") is None:
            raise RunError('queue extract needs: pip install "phat-nguoi[camera]"; or name the other queues')
        made.append(Pool(("extract",), 1))
    if others := tuple(queue for queue in ALL_QUEUES if queue in queues and queue != "extract"):
        made.append(Pool(others, concurrency))
    return tuple(made)


@dataclass(slots=True)
class _Child:
    """A Celery worker process, replaced when it dies."""

    pool: Pool
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    not_before: float = 0.0
    deaths: int = 0

    def keep(self) -> None:
        """Start it, or start it again."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            early = now - self.started < _EARLY_SECONDS
            self.deaths = self.deaths + 1 if early else 0
            self.not_before = now + min(2.0**self.deaths, 60.0) if early else now
            log.warning("worker %s ended with %s", ",".join(self.pool.queues), self.process.returncode)
            self.process = None
        if now >= self.not_before:
            self.process, self.started = _spawn(self.pool), now

    def end(self, deadline: float) -> None:
        """Wait for its clean end, then insist."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("worker %s does not end: it is killed", ",".join(self.pool.queues))
            self.process.kill()
            self.process.wait()


def _spawn(pool: Pool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "workers.child", ",".join(pool.queues), str(pool.concurrency)]
    # A group of its own: Ctrl-C reaches us alone, and we end the children in order.
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603  # our own module


@dataclass(slots=True)
class Supervisor:
    """Keeps the children alive, relays and sweeps, until it is told to stop."""

    pools: tuple[Pool, ...]
    sweep_seconds: float = _SWEEP_SECONDS
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until `stopped` is set, then end the children.

        Raises:
            BrokerError: there is no broker to start with.
        """
        broker.ensure_broker()
        children, relay = [_Child(pool) for pool in self.pools], Relay()
        next_sweep, next_look = 0.0, 0.0
        keep_fetching(self.stopped)
        log.info("workers start: %s", "; ".join(",".join(pool.queues) for pool in self.pools))
        try:
            while not self.stopped.is_set():
                for child in children:
                    child.keep()
                if time.monotonic() >= next_look:
                    _keep_broker()
                    next_look = time.monotonic() + _BROKER_SECONDS
                sent = self._relay(relay)
                if time.monotonic() >= next_sweep:
                    more = sweep_all()
                    next_sweep = time.monotonic() + (0.0 if more else self.sweep_seconds)
                if not sent:
                    self.stopped.wait(_TICK_SECONDS)
        finally:
            _end(children)

    def _relay(self, relay: Relay) -> int:
        close_old_connections()
        try:
            leases.release_dead()
            return relay.send_due()
        except (OperationalError, InterfaceError) as fault:
            log.warning("the database does not answer: %s; tried again", fault)
            return 0


def _keep_broker() -> None:
    """Our own broker may be killed while there is nothing to send: the workers wait for it too."""
    try:
        broker.ensure_broker()
    except broker.BrokerError as fault:
        log.warning("%s", fault)


def _end(children: list[_Child]) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for child in children:
        child.end(deadline)


@contextmanager
def _stops_by_signal(stopped: threading.Event) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(
    queues: Sequence[str] = ALL_QUEUES,
    *,
    concurrency: int = 2,
    sweep_seconds: float = _SWEEP_SECONDS,
    owns_broker: bool = False,
) -> None:
    """Serve queues until SIGTERM or Ctrl-C; Django is set up and the caller is the main thread.

    Args:
        queues: names of `ALL_QUEUES`.
        concurrency: tasks at once in the queues other than `extract`, which does one.
        sweep_seconds: how often clocks, post and treasury are looked at.
        owns_broker: our own broker ends with us.

    Raises:
        RunError: what is asked for cannot run here.
        BrokerError: there is no broker.
    """
    supervisor = Supervisor(pools(queues, concurrency), sweep_seconds)
    with _stops_by_signal(supervisor.stopped):
        try:
            supervisor.run()
        finally:
            if owns_broker:
                broker.stop_broker()
