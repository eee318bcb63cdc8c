"""The record and the decision: printed and kept where they took their number; the decision signed and posted.

The record is printed unsigned: it is signed by hand at the desk, and its event holds the digest of what was
printed. The decision is signed by the person and the unit, kept, and posted unless it was handed over before;
an installation may give its desk some hours for that.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from notices.forms.decision import render_amendment, render_coercion, render_decision
from notices.forms.record import render_record
from workers.papers import record_posted, sha256_of, stored
from workers.sending import may_have_left, send_letter
from workers.work import Work
from workflow import clock, files, log, outbox, service
from workflow.acts import standing_under
from workflow.case import CaseState
from workflow.commands import Authority, RecordDecisionSent, StoreDecision, StoreRecord
from workflow.letters import Addressee
from workflow.sanction_facts import amendment_facts, coercion_facts, decision_facts, record_facts
from workflow.vocabulary import Clock, EventType

_LOOKED_AT_AGAIN = timedelta(hours=12)  # whether enforcement is suspended still


def print_record(work: Work) -> None:
    """The record as a PDF in the store, as it is signed by hand."""
    event, then = work.event, work.then
    pdf = render_record(record_facts(work.case, then, event))
    name = f"records/{work.key_of(event)}-{sha256_of(pdf)[:16]}.pdf"
    files.put(name, pdf)
    work.record(StoreRecord(event.data["number"], name, sha256_of(pdf)))


def print_decision(work: Work) -> None:
    """A decision, or one that amends or enforces it, as a signed PDF in the store."""
    event, then = work.event, work.then
    if event.type == EventType.DECISION_AMENDED:
        pdf = render_amendment(amendment_facts(work.case, then, event))
    elif event.type == EventType.COERCION_ORDERED:
        pdf = render_coercion(coercion_facts(work.case, then, event))
    else:
        pdf = render_decision(decision_facts(work.case, then, event))
    authority = Authority(**event.data["authority"])
    name, signed = stored("decisions", work.key_of(event), pdf, authority)
    work.record(StoreDecision(event.data["number"], name, sha256_of(signed), sha256_of(pdf)))


def send_decision(work: Work) -> None:
    """The kept decision to the post office; one that was handed over, revoked or met meanwhile stays here.

    The case that took its number may be out of it while it stands for other acts: then it is told to them.

    Raises:
        StoreError: the kept paper is not the one that was signed.
    """
    told = work.event.data
    number, waiting = told["number"], _waiting(work)
    if waiting is None and not may_have_left(work):
        outbox.complete(work.item)
        return
    posted_from = work.event.at + timedelta(hours=settings.PHATNGUOI_DECISION_HOURS)
    first = waiting is not None and waiting.decision is not None and waiting.decision.number == number
    if first and clock.now() < posted_from:
        outbox.defer(work.item, posted_from)
        return
    if waiting is not None and waiting.coercion_number == number and waiting.enforcement_suspended:
        outbox.defer(work.item, clock.now() + _LOOKED_AT_AGAIN)
        return
    pdf = files.get(told["document"])
    if sha256_of(pdf) != told["sha256"]:
        detail = f"{told['document']} was changed since it was signed; restore it, then retry"
        raise files.StoreError(detail)
    to = Addressee(number, work.state.violator)
    receipt = send_letter(work, work.key_of(work.event), pdf, to)
    sent = RecordDecisionSent("post", receipt.number, receipt.accepted_at, number)
    with transaction.atomic():
        record_posted(work, receipt, sent)
        others = standing_under(work.case, work.state, number)
        for case, _before in others:  # told with this one, unless it left them
            if all(paper.receipt != receipt.number for paper in log.load(case).papers):
                service.execute(case.pk, sent, service.WORKER)


def _waiting(work: Work) -> CaseState | None:
    """The case for which the paper is due: its own, or one that it left."""
    number = work.event.data["number"]
    if _to_be_sent(number, work.state):
        return work.state
    others = (state for _case, state in standing_under(work.case, work.state, number))
    return next((state for state in others if _to_be_sent(number, state)), None)


def _to_be_sent(number: str, state: CaseState) -> bool:
    """Whether the paper of a number is due: it stands, and was neither handed over nor met."""
    decision = state.decision
    if decision is None or decision.revoked or number in state.replaced:
        return False
    if number == state.coercion_number:
        return state.running(Clock.SENDCOERCE) is not None and state.owed > 0
    return number != decision.number or decision.served_at is None
