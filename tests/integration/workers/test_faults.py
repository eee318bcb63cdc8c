"""Workers killed, a broker that forgets, messages that come twice: every effect happens once."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kombu import Connection

from tests.integration.workers.conftest import ACT_AT, OWNERS, SECONDS, Centre, kill_tree
from tests.processes import session_of
from workers import broker
from workers.app import app
from workflow import clock
from workflow.models import Case, CaseEvent, OutboxItem


class Registry:
    """The registry's file as a pipe: whoever reads it waits, in the middle of his task."""

    def __init__(self, home: Path) -> None:
        self._file = home / "registry" / "owners.csv"
        self._file.unlink()
        os.mkfifo(self._file)
        self._line: int | None = None

    def is_read(self) -> bool:
        """Whether a worker waits for the registry's answer."""
        try:
            self._line = os.open(self._file, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        return True

    def mend(self) -> None:
        """From now on it is a file as it should be."""
        whole = self._file.with_suffix(".new")
        whole.write_text(OWNERS, encoding="utf-8")
        whole.rename(self._file)
        if self._line is not None:
            with suppress(BrokenPipeError):  # whoever waited was killed
                os.write(self._line, OWNERS.encode())
            os.close(self._line)


def _parents() -> dict[int, int]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _celery(supervisor: subprocess.Popen[bytes]) -> list[int]:
    """The Celery worker below a supervisor, without its pool."""
    return [pid for pid, parent in _parents().items() if parent == supervisor.pid]


def _pool(supervisor: subprocess.Popen[bytes]) -> list[int]:
    """The processes in which tasks run."""
    workers = _celery(supervisor)
    return [pid for pid, parent in _parents().items() if parent in workers]


def _count(case: Case, event: str) -> int:
    return CaseEvent.objects.filter(case=case, type=event).count()


@pytest.mark.parametrize("whom", [_pool, _celery])
def test_work_in_a_killed_process_is_done_once_by_its_successor(
    centre: Centre, whom: Callable[[subprocess.Popen[bytes]], list[int]]
) -> None:
    registry = Registry(centre.home)
    case = centre.reviewed(centre.case())
    supervisor = centre.start()
    centre.until(registry.is_read)
    for pid in whom(supervisor):
        os.kill(pid, signal.SIGKILL)
    registry.mend()
    centre.until(centre.in_state(case, "filed"))
    assert supervisor.poll() is None
    assert (_count(case, "OwnerDetermined"), _count(case, "CaseFiled")) == (1, 1)
    assert "its worker was killed" in centre.log()


def test_a_whole_tree_killed_and_started_again_loses_nothing(centre: Centre) -> None:
    registry = Registry(centre.home)
    case = centre.reviewed(centre.case())
    first = centre.start()
    centre.until(registry.is_read)
    kill_tree(first)
    registry.mend()
    centre.start()
    centre.until(centre.in_state(case, "filed"))
    assert (_count(case, "OwnerDetermined"), _count(case, "CaseFiled")) == (1, 1)


def test_no_process_outlives_its_supervisor(centre: Centre) -> None:
    supervisor = centre.start()
    centre.until(lambda: len(_pool(supervisor)) == 2)
    workers = [*_celery(supervisor), *_pool(supervisor)]
    supervisor.kill()
    supervisor.wait()
    centre.until(lambda: not set(workers) & set(_parents()))


def test_sigterm_lets_the_running_task_end_and_leaves_no_process(centre: Centre) -> None:
    registry = Registry(centre.home)
    case = centre.reviewed(centre.case())
    supervisor = centre.start()
    centre.until(registry.is_read)
    supervisor.terminate()
    registry.mend()
    assert supervisor.wait(SECONDS) == 0
    assert session_of(supervisor.pid) == []
    # The waiting task got its answer, or it was cut off and its item is free again: never half.
    item = OutboxItem.objects.get(case=case, task="determine_owner")
    assert (item.done_at is not None) == (_count(case, "OwnerDetermined") == 1)


def test_what_a_flushed_broker_forgot_is_sent_again(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    centre.start("close")  # its relay sends for every queue, but nobody works on this one
    centre.until(lambda: centre.redis.llen("notice"))
    centre.redis.flushall()
    clock.set_shift(centre.home / "clock", clock.now() - datetime.now(UTC) + timedelta(minutes=7))
    centre.start("notice")
    centre.until(centre.in_state(case, "filed"))
    assert _count(case, "CaseFiled") == 1


def test_messages_that_come_many_times_have_one_effect(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    item = OutboxItem.objects.get(case=case, task="determine_owner")
    with Connection(centre.environment["PHATNGUOI_REDIS_URL"]) as connection:
        for _ in range(20):
            app.send_task("determine_owner", args=[item.pk], queue="notice", connection=connection)
    centre.start()
    centre.until(lambda: centre.in_state(case, "filed")() and not centre.redis.llen("notice"))
    assert (_count(case, "OwnerDetermined"), _count(case, "CaseFiled")) == (1, 1)


def test_our_own_broker_killed_is_started_again_and_work_goes_on(centre: Centre) -> None:
    del centre.environment["PHATNGUOI_REDIS_URL"]
    try:
        centre.start()
        server = centre.home / "redis" / "server.pid"
        centre.until(lambda: server.exists() and server.read_text().strip())
        first = centre.reviewed(centre.case())
        centre.until(centre.in_state(first, "filed"))
        killed = int(server.read_text())
        os.kill(killed, signal.SIGKILL)
        second = centre.reviewed(centre.case(track=8, at=ACT_AT + timedelta(minutes=5)))
        centre.until(centre.in_state(second, "filed"))
        assert int(server.read_text()) != killed
    finally:
        for process in centre.processes:
            kill_tree(process)
        broker.stop_broker()
    assert not server.exists()
