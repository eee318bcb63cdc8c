"""A centre in one process: people and workers take turns until nobody has anything to do.

`python -m tests.faults.run alone [years]`: every turn runs in a child of its own, so that a fault point that
kills costs a fork, not a start. With `years`, long times pass when nothing moves. The exit status is 0 when a
child came to its end by itself.
"""

import os
from datetime import timedelta

from django.db.models import Max, Q

from tests.faults import people
from tests.faults.cast import HOME, drop
from workers import leases, papers, sweep
from workers.tasks import work
from workflow import clock
from workflow.models import CaseEvent, OutboxItem

MOST = 400  # deaths; more than there are points
PAUSES = (timedelta(hours=1), timedelta(hours=1))  # then every lease and wait between two tries is over
# What passes once each when nothing moves any more: an owner is silent; nobody pays; the bars are over.
YEARS = (timedelta(days=35), timedelta(days=35), timedelta(days=370))


def turn(years: tuple[timedelta, ...]) -> int:
    """Work until nothing moves, whatever time passes."""
    everybody, waited, seen = people.People(seed=1, again=False), 0, 0
    while waited < len(PAUSES) or _a_year_passes(years):
        waited %= len(PAUSES)
        busy = everybody.round()
        leases.release_dead()
        now = clock.now()
        free = Q(lease_until=None) | Q(lease_until__lt=now)  # the dead may still hold one
        due = OutboxItem.objects.filter(free, done_at=None, parked_at=None, next_send_at__lte=now)
        for item_id in due.values_list("pk", flat=True).order_by("pk"):
            work(item_id)
            busy = True
        sweep.sweep_all()
        last = CaseEvent.objects.aggregate(last=Max("pk"))["last"]
        if busy or last != seen:
            waited, seen = 0, last
            continue
        _later(PAUSES[waited])
        waited += 1
    return 0


def _a_year_passes(years: tuple[timedelta, ...]) -> bool:
    """The next of the long waits; False where all are over. Whoever is killed does not wait again."""
    file = HOME / "years"
    passed = int(file.read_text(encoding="ascii")) if file.exists() else 0
    if passed < len(years):
        drop(file, str(passed + 1))
        _later(years[passed])
    return passed < len(years)


def _later(step: timedelta) -> None:
    file = HOME / "clock"
    clock.set_shift(file, step + timedelta(seconds=float(file.read_text(encoding="ascii"))))


def main(*what: str) -> int:
    papers.keyring()  # loaded once, for every child
    for _ in range(MOST):
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)  # a point may kill the group
            os._exit(turn(YEARS if what else ()))
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status)
    return 1
