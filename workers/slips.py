"""The papers beside the notice: forms 03/73, 04 and 02/73, each signed, kept and posted once.

A slip follows from the event that took its number, whatever the case has become since. Where the case moved
on so that the slip would say what no longer holds, it is signed and kept, for its number was taken, and does
not leave.
"""

from collections.abc import Callable
from dataclasses import replace

from notices.forms.commune import render_commune
from notices.forms.points import render_points
from notices.forms.transfer import render_transfer
from workers.papers import record_posted, sha256_of, signed_paper, stored
from workers.sending import may_have_left, send_letter
from workers.work import Work
from workflow.case import CaseState
from workflow.commands import RecordSlipSent
from workflow.letters import Addressee
from workflow.models import Case, CaseEvent
from workflow.slip_facts import SERIES, authority_of, commune_facts, points_facts, transfer_facts
from workflow.vocabulary import EventType

_RENDER: dict[EventType, Callable[[Case, CaseState, CaseEvent], bytes]] = {
    EventType.TRANSFER_SENT: lambda *of: render_transfer(transfer_facts(*of)),
    EventType.FORM04_SENT: lambda *of: render_commune(commune_facts(*of)),
    EventType.POINTS_DEDUCTED: lambda *of: render_points(points_facts(*of)),
}


def send(work: Work) -> None:
    """The slip of an event as a signed PDF in the store and at the post office.

    Raises:
        StoreError: the notice to be enclosed is not the one that was signed.
    """
    event = work.event
    kind, key, then = EventType(event.type), work.key_of(event), work.then
    pdf = _RENDER[kind](work.case, then, event)
    name, signed = stored("slips", key, pdf, authority_of(event, then))
    kept = RecordSlipSent(SERIES[kind], event.data["number"], name, sha256_of(signed), sha256_of(pdf), "")
    if _overtaken(kind, then, work.state) and not may_have_left(work):
        work.record(kept)
        return
    notice = then.notice if kind is EventType.FORM04_SENT else None  # what the commune police hand over
    unit = event.data.get("to") or event.data.get("commune") or ""
    to = Addressee(event.data["number"], "" if unit else then.violator, unit)
    receipt = send_letter(work, key, signed, to, (signed_paper(notice),) if notice else ())
    record_posted(work, receipt, replace(kept, receipt=receipt.number, sent_at=receipt.accepted_at))


def _overtaken(kind: EventType, then: CaseState, now: CaseState) -> bool:
    """Whether what the slip says holds no longer: the file is back, the notice void, the decision revoked."""
    if kind is EventType.TRANSFER_SENT:
        return now.transfer != then.transfer
    if kind is EventType.FORM04_SENT:
        numbers = {notice.number for notice in (then.notice, now.notice) if notice and notice.live}
        return now.notice is None or not now.notice.live or len(numbers) > 1
    replaced = then.decision is not None and then.decision.number in now.replaced
    return now.decision is None or now.decision.revoked or replaced
