"""What every task does around its step: lease, do, record, answer each fault as workers/policy.py says."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections

from workers import leases, policy
from workers.due import BY_EVENT, HELD_WORK, LEFT_WORK, RESUMING, due
from workers.gateways.faults import UnknownOutcome
from workers.policy import Then
from workers.work import Work
from workflow import outbox
from workflow.models import OutboxItem, Quarantine
from workflow.vocabulary import EventType, Task

log = logging.getLogger("phatnguoi.workers")

Step = Callable[[Work], None]


def run(outbox_id: int, steps: dict[Task, Step]) -> None:
    """Do the work of an outbox item, unless another run does or did it."""
    item = _leased(outbox_id)
    if item is None:
        return
    with leases.held(item):
        if item.attempts > outbox.MAX_ATTEMPTS:
            detail = f"no run came to its end; the last: {item.last_error}"
            outbox.park(item, "exhausted", detail, Quarantine.Kind.TASK)
            return
        try:
            _do(item, steps)
        except Exception as fault:  # noqa: BLE001  # a task must answer every fault: try again, then a person
            _answer(item, fault)


def _leased(outbox_id: int) -> OutboxItem | None:
    """Lease an item; where the connection died since the last task, by a new one."""
    try:
        return outbox.take_lease(outbox_id)
    except (OperationalError, InterfaceError):
        close_old_connections()
        return outbox.take_lease(outbox_id)


def _do(item: OutboxItem, steps: dict[Task, Step]) -> None:
    work = Work(item)
    task = Task(item.task) if item.task in BY_EVENT else due(work.state)
    if task is not None and (task == item.task or _resumes(item, task)):
        steps[task](work)
        return
    if outbox.in_doubt(item):
        told = "was begun, and the case moved on before it was told: ask there, and take it back if it left"
        raise UnknownOutcome(f"{item.began} {told}")
    outbox.complete(item)


def _resumes(item: OutboxItem, task: Task) -> bool:
    """What the event lets go on: a released hold, for one, whatever it had kept waiting.

    A letter is left to its own row while that is open: two runs at once would hand it in twice.
    """
    if EventType(item.event.type) not in RESUMING:
        return False
    if task in HELD_WORK:
        return True
    return (
        task in LEFT_WORK
        and not OutboxItem.objects.filter(case=item.case_id, task=task, done_at=None).exists()
    )


def _answer(item: OutboxItem, fault: Exception) -> None:
    """Raises: OperationalError where the database is away; the lease then ends by itself."""
    answer, told = policy.answer_to(fault), f"case {item.case_id}, {item.task}, item {item.pk}"
    match answer.then:
        case Then.LEAVE:
            log.info("%s: another run was faster", told)
        case Then.DONE:
            log.info("%s: nothing to do: %s", told, fault)
            outbox.complete(item)
        case Then.PARK:
            code = answer.code or str(getattr(fault, "code", type(fault).__name__))
            log.error("%s: %s: %s; it stands in the quarantine", told, code, fault)
            outbox.park(item, code, str(fault), answer.kind)
        case Then.AGAIN:
            trace = fault if policy.is_ours(fault) else None
            log.warning("%s: attempt %d: %s", told, item.attempts, fault, exc_info=trace)
            said = f"{type(fault).__name__}: {fault}"
            wait = answer.wait(item.attempts)
            outbox.retry_later(item, said, wait, tries=answer.tries, code=answer.code)
