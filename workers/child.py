"""One Celery worker as a process: `python -m workers.child QUEUES CONCURRENCY`, run by workers/run.py."""

import ctypes
import os
import signal
import sys
import warnings
from typing import Any

import django
from celery.exceptions import CPendingDeprecationWarning
from celery.signals import worker_process_init

from workers.app import app

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(how: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent ends, however it ends (Linux)."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(how))
    if parent == 1 or os.getppid() != parent:
        os.kill(os.getpid(), how)  # it ended before we asked


@worker_process_init.connect  # type: ignore[untyped-decorator]  # Celery publishes no types
def _pool_child_dies_with_its_worker(**_: Any) -> None:
    die_with_parent(signal.SIGKILL)  # what it was doing is done again by its outbox row


def main(queues: str, concurrency: str) -> int:
    """Work until SIGTERM; then finish the running tasks."""
    # The danger that Celery's warning names is pickle; we take nothing but JSON, and containers run as root.
    warnings.filterwarnings("ignore", message=r"\s*You're running the worker with superuser privileges")
    # It offers to cancel running tasks when the broker goes away; ours need no broker to end.
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
    django.setup()
    worker = app.Worker(
        queues=queues.split(","),
        concurrency=int(concurrency),
        hostname=f"{queues.replace(',', '-')}-{os.getpid()}@%h",
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    die_with_parent(signal.SIGTERM)
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
