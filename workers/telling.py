"""Bodies outside are told what came about: warnings and their withdrawal, points, publication.

A message follows from its event, whatever the case has become since; those of one case to one body go in the
order of their events. The receipt stays on the outbox row.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from workers.gateways.bodies import Message, body
from workers.sending import once
from workers.work import Work
from workflow import log, outbox, owners
from workflow.casestate import replace
from workflow.effects import TARGETS
from workflow.law.offences import LAW_CLASS
from workflow.models import Case
from workflow.vocabulary import Task

_NAMES: dict[str, str] = {task: name for name, task in TARGETS.items()}


def tell(work: Work) -> None:
    """Tell the body of this task what the event says.

    Raises:
        GatewayUnavailable, GatewayRefused, UnknownOutcome: as the body.
    """
    if outbox.blocked(work.item):
        outbox.defer(work.item)
        return
    name = _NAMES[work.item.task]
    message = message_of(work)
    with once(work, name, message.key):
        receipt = body(name).tell(message)
    outbox.complete(work.item, receipt.number)


def message_of(work: Work) -> Message:
    """The event with what names the vehicle and the papers; persons only for the licence body.

    All of it as the event made the case: the key is the event's, and what is told twice must be the same.
    """
    event = work.event
    case = _row_of(work) if work.case.version != event.seq else work.case
    facts: dict[str, Any] = {
        **event.data,
        "plate": case.plate,
        "vehicle_kind": LAW_CLASS.get(case.vehicle_class, ""),
        "recorded_at": case.recorded_at.isoformat(),
        "notice_number": case.notice_number,
        "decision_number": case.decision_number,
    }
    if work.item.task == Task.TELL_LICENCE:
        facts |= _violator(work.then.violator)
    return Message(work.key_of(event), work.case.reference, event.type, event.at, facts)


def _row_of(work: Work) -> Case:
    """The case's row as the event made it; where it went back, with the notice taken back."""
    row, then = copy(work.case), work.then
    if then.notice is None and then.withdrawn:
        then = replace(then, notice=then.withdrawn[-1])
    log.project(row, then)
    return row


def _violator(digest: str) -> Mapping[str, str]:
    person = owners.recall(digest) if digest else None
    return {"name": person.name, "id_number": person.id_number} if person else {}
