"""Papers: rendered, signed, stored and posted. Every act can be repeated; the first one counts."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

from notices.render import render_notice, render_withdrawal
from notices.signing import SigningKeys, sign_pdf
from workers.gateways.faults import UnknownOutcome
from workers.gateways.post import Receipt
from workers.sending import send_letter
from workers.work import Work
from workflow import clock, files
from workflow.case import CaseError
from workflow.commands import Command, RecordNoticeSent, ReportEnd, StoreNotice
from workflow.notice_facts import notice_facts, withdrawal_facts
from workflow.vocabulary import EventType, State

_ENDS = (EventType.EVIDENCE_REJECTED, EventType.CASE_DISMISSED, EventType.TIME_BARRED)


def render(work: Work) -> None:
    """The notice as a signed PDF in the store."""
    pdf = render_notice(notice_facts(work.case, work.state))
    name, signed = _stored("notices", work.key(EventType.NOTICE_NUMBERED), pdf)
    work.record(StoreNotice(name, _sha256(signed), _sha256(pdf)))


def deliver(work: Work) -> None:
    """The notice to the post office.

    Raises:
        StoreError: the stored paper is not the one that was signed.
    """
    notice = work.state.notice
    if notice is None:
        raise CaseError("no_number", "no notice was approved")
    pdf = files.get(notice.document)
    if _sha256(pdf) != notice.sha256:
        raise files.StoreError(f"{notice.document} was changed since it was signed; restore it, then retry")
    receipt = _post(work, work.key(EventType.NOTICE_SIGNED), pdf)
    _record_posted(work, receipt, RecordNoticeSent("post", receipt.number, receipt.accepted_at))


def report_end(work: Work) -> None:
    """Step 6 of a case that ended; a notice that had been sent is withdrawn by a letter."""
    notice = work.state.notice
    if work.state.state is State.CLOSED or notice is None or notice.sent_at is None:
        work.record(ReportEnd())
        return
    key = work.key(*_ENDS)
    name, signed = _stored("letters", key, render_withdrawal(withdrawal_facts(work.case, work.state)))
    receipt = _post(work, key, signed)
    _record_posted(work, receipt, ReportEnd(receipt.number, name))


def _post(work: Work, key: str, pdf: bytes) -> Receipt:
    return send_letter(work, key, pdf)


def _record_posted(work: Work, receipt: Receipt, command: Command) -> None:
    """Record what left the house; where the case refuses to know it, a person must."""
    try:
        work.record(command)
    except CaseError as refused:
        told = f"a letter left under {receipt.number}, and the case says: {refused}"
        raise UnknownOutcome(told) from refused


def _stored(folder: str, key: str, pdf: bytes) -> tuple[str, bytes]:
    """Sign and store a paper; the first signed one of equal content stays.

    A signature carries its second: two runs at once would make two files.
    """
    name = f"{folder}/{key}-{_sha256(pdf)[:16]}.pdf"
    if not (files.root() / name).exists():
        person, organisation = _keys(settings.PHATNGUOI_SIGNING_P12), _keys(settings.PHATNGUOI_SEAL_P12)
        signed = sign_pdf(pdf, person, organisation, at=clock.now())
        try:
            files.put(name, signed)
        except files.StoreError:
            if not (files.root() / name).exists():
                raise
    return name, files.get(name)


@cache
def _keys(path: Path) -> SigningKeys:
    """Keys of the person or of the organisation, loaded once per process."""
    password = settings.PHATNGUOI_SIGNING_PASSWORD_FILE.read_text(encoding="utf-8").strip()
    return SigningKeys.load(path, password)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
