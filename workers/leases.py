"""A lease ends with its process: every run holds a locked file; where the lock is gone, the run is dead.

Without this, work in a killed process would wait until its lease ends by time. Machines that share the home
see each other's locks; the worst that a lost file can do is that wait.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from workflow import clock
from workflow.models import OutboxItem

log = logging.getLogger("phatnguoi.workers.leases")


def _folder() -> Path:
    folder = Path(settings.PHATNGUOI_HOME) / "leases"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def held(item: OutboxItem) -> Iterator[None]:
    """Show that this process works on an item, until the block or the process ends."""
    path = _folder() / f"{item.pk}-{item.lease}"
    unlocked = path.with_name(f".{path.name}")
    with unlocked.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        unlocked.rename(path)  # under its name it is locked from the first moment
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def release_dead() -> int:
    """Release the leases of runs that were killed; their items are due at once."""
    released = 0
    for path in sorted(_folder().glob("[0-9]*")):
        # open for writing: NFS locks no other file exclusively
        with suppress(FileNotFoundError, BlockingIOError), path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            released += _release(path)
    return released


def _release(path: Path) -> int:
    item_id, _, token = path.name.partition("-")
    dead = OutboxItem.objects.filter(pk=item_id, lease=token, done_at=None, lease_until__isnull=False)
    released = dead.update(lease_until=None, next_send_at=clock.now(), last_error="its worker was killed")
    path.unlink(missing_ok=True)
    if released:
        log.warning("item %s: its worker was killed, it is sent again", item_id)
    return released
