"""Papers: rendered, signed, stored and posted. Every act can be repeated; the first one counts."""

import hashlib
import logging
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from notices.forms.invitation import render_invitation
from notices.render import render_notice, render_withdrawal
from notices.signing import HttpStamper, Keyring, Proof, sign_pdf
from workers.gateways.faults import UnknownOutcome
from workers.gateways.post import Receipt
from workers.sending import send_letter
from workers.work import Work
from workflow import clock, files, officers
from workflow.case import CaseError, CaseState, Notice
from workflow.commands import (
    Authority,
    Command,
    RecordIssueSent,
    RecordNoticeSent,
    RecordWithdrawal,
    ReportEnd,
    StoreNotice,
)
from workflow.letters import Addressee
from workflow.models import CaseEvent
from workflow.notice_facts import code_facts, notice_facts, withdrawal_facts
from workflow.slip_facts import invitation_facts
from workflow.vocabulary import EventType, State
from workflow.words import Source

logger = logging.getLogger("phatnguoi.workers.papers")

_ENDS = (EventType.EVIDENCE_REJECTED, EventType.CASE_DISMISSED, EventType.TIME_BARRED)


def render(work: Work) -> None:
    """The notice as a signed PDF in the store: form 01/73, for citizens' data form 06 (TT 73 Art 25.5)."""
    notice, told = _notice(work), ""
    if work.state.source is Source.REPORT:
        pdf = render_invitation(invitation_facts(work.case, work.state))
    else:
        pdf = render_notice(notice_facts(work.case, work.state))
        told = code_facts(work.case, work.state, notice).digest().hex()
    key = work.key(EventType.NOTICE_NUMBERED)
    name, signed = stored("notices", key, pdf, notice.authority)
    work.record(StoreNotice(name, sha256_of(signed), sha256_of(pdf), told))


def deliver(work: Work) -> None:
    """The notice to the post office.

    Raises:
        StoreError: the stored paper is not the one that was signed.
    """
    notice = _notice(work)
    key = work.key(EventType.NOTICE_SIGNED)
    receipt = send_letter(work, key, signed_paper(notice), _owner(work, notice))
    record_posted(work, receipt, RecordNoticeSent("post", receipt.number, receipt.accepted_at))


def resend(work: Work) -> None:
    """The next issue of the notice, the same paper, posted once.

    Raises:
        StoreError: the stored paper is not the one that was signed.
    """
    notice = _notice(work)
    key = work.key(EventType.NOTICE_RESENT)
    receipt = send_letter(work, key, signed_paper(notice), _owner(work, notice))
    sent = RecordIssueSent(notice.issue + 1, "post", receipt.number, receipt.accepted_at)
    record_posted(work, receipt, sent)


def withdraw(work: Work) -> None:
    """The letter that takes back a notice while the case goes on."""
    notice = next(n for n in work.state.withdrawn if n.letter_number and not n.letter)
    voided = CaseEvent.objects.filter(case=work.case, type=EventType.NOTICE_VOIDED)
    event = voided.get(data__number=notice.number)
    key = work.key_of(event)
    letter = _withdrawal(work, work.state_at(event), notice)
    name, signed = stored("letters", key, letter, notice.authority)
    receipt = send_letter(work, key, signed, Addressee(notice.letter_number, notice.owner))
    record_posted(work, receipt, RecordWithdrawal(notice.number, receipt.number, name, sha256_of(signed)))


def report_end(work: Work) -> None:
    """Step 6 of a case that ended; a notice that had been sent is taken back by a letter, unless one left."""
    notice = work.state.notice
    if work.state.state is State.CLOSED or notice is None or notice.sent_at is None or notice.letter:
        work.record(ReportEnd())
        return
    key = work.key(*_ENDS)
    letter = _withdrawal(work, work.state, notice)
    name, signed = stored("letters", key, letter, notice.authority)
    receipt = send_letter(work, key, signed, Addressee(notice.letter_number, notice.owner))
    record_posted(work, receipt, ReportEnd(receipt.number, name, sha256_of(signed)))


def _withdrawal(work: Work, state: CaseState, notice: Notice) -> bytes:
    events = CaseEvent.objects.filter(case=work.case, type=EventType.NOTICE_NUMBERED)
    # numbers restart every year
    numbered = events.get(data__number=notice.number, data__numbered_at=notice.numbered_at.isoformat())
    return render_withdrawal(withdrawal_facts(work.case, state, notice, work.state_at(numbered)))


def _notice(work: Work) -> Notice:
    if work.state.notice is None:
        raise CaseError("no_number", "no notice was approved")
    return work.state.notice


def signed_paper(notice: Notice) -> bytes:
    """The notice as it was signed.

    Raises:
        StoreError: the stored paper is another one.
    """
    pdf = files.get(notice.document)
    if sha256_of(pdf) != notice.sha256:
        raise files.StoreError(f"{notice.document} was changed since it was signed; restore it, then retry")
    return pdf


def _owner(work: Work, notice: Notice) -> Addressee:
    return Addressee(notice.number, work.state.owner.owner if work.state.owner else "")


def record_posted(work: Work, receipt: Receipt, command: Command) -> None:
    """Record what left the house; where the case refuses to know it, a person must."""
    try:
        work.record(command)
    except CaseError as refused:
        told = f"a letter left under {receipt.number}, and the case says: {refused}"
        raise UnknownOutcome(told) from refused


def stored(folder: str, key: str, pdf: bytes, authority: Authority) -> tuple[str, bytes]:
    """Sign and store a paper; the first signed one of equal content stays.

    The person's key is the one of whoever stands under the paper. A signature carries its second: two runs at
    once would make two files.

    Raises:
        NoticeFault: there is no key for this signer, among others.
    """
    name = f"{folder}/{key}-{sha256_of(pdf)[:16]}.pdf"
    if not (files.root() / name).exists():
        ring = keyring()
        person = ring.person(authority.name, officers.account_of(authority.officer))
        signed = sign_pdf(
            pdf, person, ring.organisation, at=clock.now(), proof=_proof(settings.PHATNGUOI_TSA)
        )
        try:
            files.put(name, signed)
        except files.StoreError:
            if not (files.root() / name).exists():
                raise
    return name, files.get(name)


@cache
def _proof(address: str) -> Proof | None:
    """Where time stamps come from, if anywhere; the client knows how large the authority's stamps are."""
    if not address:
        return None
    stamper = HttpStamper(address, settings.PHATNGUOI_GATEWAY_SECONDS)
    return Proof(Path(settings.PHATNGUOI_HOME) / "trust", stamper)


def keyring() -> Keyring:
    """The signers' keys, loaded once per process, again when a file changed or while one is refused."""
    folder = settings.PHATNGUOI_SIGNERS
    ring = _loaded(folder, tuple((file, file.stat().st_mtime_ns) for file in sorted(folder.glob("*.toml"))))
    if ring.refused:  # a key or a token may be back at any moment
        _loaded.cache_clear()
    return ring


@lru_cache(maxsize=1)
def _loaded(folder: Path, _files: tuple[tuple[Path, int], ...]) -> Keyring:
    ring = Keyring.load(folder)
    for entry in ring.refused:
        logger.warning("a signer's file is refused, the others sign: %s", entry)
    return ring


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
