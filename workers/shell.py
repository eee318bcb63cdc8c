"""What every task does around its step: lease, do, record, and one answer to each class of fault."""

import logging
from collections.abc import Callable

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction

from detection.evidence import PackageFault
from notices.faults import NoticeFault
from workers import leases
from workers.due import HELD_WORK, due
from workers.gateways.faults import GatewayUnavailable, UnknownOutcome
from workers.work import Work
from workflow import outbox
from workflow.case import CaseError
from workflow.files import StoreError
from workflow.law.deadlines import LawGapError
from workflow.models import OutboxItem, Quarantine
from workflow.vocabulary import EventType, Task

log = logging.getLogger("phatnguoi.workers")

Step = Callable[[Work], None]

# Another try may succeed without anybody's help.
_PASSING = (GatewayUnavailable, StoreError, OperationalError, InterfaceError, SoftTimeLimitExceeded)
# The case moved on between our look and our result; whatever moved it made its own outbox row.
_MOVED_ON = frozenset({"illegal", "held", "not_held", "no_owner", "unpaid", "unserved", "time_barred"})
_TASK = Quarantine.Kind.TASK


def run(outbox_id: int, steps: dict[Task, Step]) -> None:
    """Do the work of an outbox item, unless another run does or did it."""
    item = outbox.take_lease(outbox_id)
    if item is None:
        return
    with leases.held(item):
        if item.attempts > outbox.MAX_ATTEMPTS:
            outbox.park(item, "exhausted", f"no run came to its end; the last: {item.last_error}", _TASK)
            return
        try:
            _do(item, steps)
        except Exception as fault:  # noqa: BLE001  # a task must answer every fault: try again, then a person
            _answer(item, fault)


def _do(item: OutboxItem, steps: dict[Task, Step]) -> None:
    work = Work.of(item)
    task = due(work.state)
    if task is not None and (task == item.task or _resumes(item, task)):
        steps[task](work)
        return
    with transaction.atomic():
        outbox.complete(item)


def _resumes(item: OutboxItem, task: Task) -> bool:
    """A released hold lets whatever it had kept waiting go on."""
    return task in HELD_WORK and item.event.type == EventType.HOLD_RELEASED


def _answer(item: OutboxItem, fault: Exception) -> None:
    """Raises: OperationalError where the database is away; the lease then ends by itself."""
    told = {"case": item.case_id, "task": item.task, "item": item.pk}
    match fault:
        case outbox.LeaseLostError():
            log.info("%s: another run was faster", told)
        case CaseError() if fault.code in _MOVED_ON:
            log.info("%s: nothing to do: %s", told, fault)
            with transaction.atomic():
                outbox.complete(item)
        case CaseError() | PackageFault() | NoticeFault():
            _park(item, fault.code, fault, _TASK)
        case LawGapError():
            _park(item, "law_gap", fault, _TASK)
        case UnknownOutcome():
            _park(item, "unknown_outcome", fault, Quarantine.Kind.UNKNOWN_OUTCOME)
        case _ if isinstance(fault, _PASSING):
            log.warning("%s: attempt %d: %s", told, item.attempts, fault)
            outbox.retry_later(item, f"{type(fault).__name__}: {fault}")
        case _:
            log.error("%s: attempt %d failed", told, item.attempts, exc_info=fault)
            outbox.retry_later(item, f"{type(fault).__name__}: {fault}")


def _park(item: OutboxItem, code: str, fault: Exception, kind: Quarantine.Kind) -> None:
    log.error("case %s, %s: %s: %s; it stands in the quarantine", item.case_id, item.task, code, fault)
    outbox.park(item, code, str(fault), kind)
