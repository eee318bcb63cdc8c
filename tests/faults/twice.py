"""Two runs of one piece of work at the same moment: `python -m tests.faults.run twice [open]`.

Both are brought to the point where each has looked and neither has acted; then both go on, in processes of
their own. Without an argument it is the posting of a notice; with `open`, the opening of a case.
"""

import multiprocessing
from collections.abc import Callable
from typing import Any

from django.db import connection

from tests.faults import people
from tests.faults.cast import HOME
from workers.gateways import post
from workers.tasks import work
from workflow import intake
from workflow.models import OutboxItem

SECONDS = 120  # a machine on which the other one needs longer is broken


def _meet(owner: Any, name: str, barrier: Any) -> None:
    """Every process that gets here waits for the other one, if there is one."""
    plain = getattr(owner, name)

    def waiting(*arguments: Any) -> Any:
        if barrier is not None:
            barrier.wait(SECONDS)
        return plain(*arguments)

    setattr(owner, name, waiting)


def both(task: Callable[[], object]) -> None:
    """Run it in two processes."""
    connection.close()
    fork = multiprocessing.get_context("fork")
    pair = [fork.Process(target=task) for _ in range(2)]
    for process in pair:
        process.start()
    for process in pair:
        process.join()


def main(*what: str) -> int:
    everybody = people.People(seed=1)
    fork = multiprocessing.get_context("fork")
    if what:
        _meet(intake, "_open", fork.Barrier(2))
        [package] = intake.packages_in(HOME / "spool")
        both(lambda: intake.ingest(package))
        return 0
    posting = OutboxItem.objects.filter(task="deliver_notice", done_at=None)
    while not posting.exists():
        everybody.round()
        for item_id in OutboxItem.objects.filter(done_at=None).values_list("pk", flat=True):
            if not posting.filter(pk=item_id).exists():
                work(item_id)
    item = posting.get()
    _meet(post.FolderPost, "send", _barrier())
    both(lambda: work(item.pk))
    return 0


def _barrier() -> Any:
    """Only where nothing keeps the two apart can both arrive: with its lease, one returns before."""
    from workflow import outbox

    unguarded = outbox.take_lease.__module__ == "tests.faults.variants"
    return multiprocessing.get_context("fork").Barrier(2) if unguarded else None
