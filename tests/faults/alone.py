"""A centre in one process: people and workers take turns until nobody has anything to do.

`python -m tests.faults.run alone`: every turn runs in a child of its own, so that a fault point that kills
costs a fork, not a start. The exit status is 0 when a child came to its end by itself.
"""

import os
from datetime import timedelta

from django.db.models import Q

from tests.faults import people
from workers import leases, papers, sweep
from workers.tasks import work
from workflow import clock
from workflow.models import OutboxItem

MOST = 400  # deaths; more than there are points
# What passes when nothing moves: leases and pauses end, then the deadline of the owner who never came.
WAITS = (timedelta(hours=1), timedelta(hours=1), timedelta(days=30), timedelta(hours=1))


def turn() -> int:
    """Work until nothing moves, whatever time passes."""
    everybody, quiet = people.People(seed=1), 0
    while quiet < len(WAITS):
        busy = everybody.round()
        leases.release_dead()
        now = clock.now()
        free = Q(lease_until=None) | Q(lease_until__lt=now)  # the dead may still hold one
        due = OutboxItem.objects.filter(free, done_at=None, parked_at=None, next_send_at__lte=now)
        for item_id in due.values_list("pk", flat=True).order_by("pk"):
            work(item_id)
            busy = True
        sweep.sweep_all()
        if busy:
            quiet = 0
            continue
        _later(WAITS[quiet])
        quiet += 1
    return 0


def _later(step: timedelta) -> None:
    file = people.HOME / "clock"
    clock.set_shift(file, step + timedelta(seconds=float(file.read_text(encoding="ascii"))))


def main() -> int:
    papers.keyring()  # loaded once, for every child
    for _ in range(MOST):
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)  # a point may kill the group
            os._exit(turn())
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status)
    return 1
