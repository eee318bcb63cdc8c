"""Facts of the papers beside the notice: forms 03/73, 04, 02/73 and 06. Nothing is decided here.

A slip says what was known when its number was taken: it is built from the event and the state of that moment.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings

from detection.evidence import Manifest
from notices.facts import Appointment, PaperNumber
from notices.forms.facts import (
    CommuneFacts,
    Exhibit,
    InvitationFacts,
    NamedPaper,
    PointsFacts,
    TransferFacts,
)
from notices.wording import exact_time
from workflow import files
from workflow.case import CaseState
from workflow.commands import Authority
from workflow.law.deadlines import local
from workflow.models import Case, CaseEvent
from workflow.notice_facts import (
    act_of,
    addressee,
    agency,
    office,
    owner_of,
    paper_number,
    photos_of,
    signer_of,
    vehicle_of,
)
from workflow.vocabulary import EventType
from workflow.words import Register, Source, TransferKind

SERIES = {
    EventType.TRANSFER_SENT: Register.TRANSFER,
    EventType.FORM04_SENT: Register.FORM04,
    EventType.POINTS_DEDUCTED: Register.POINTS,
}
_STILLS = {"before": "trước khi vi phạm", "at": "tại thời điểm vi phạm", "after": "sau khi vi phạm"}
_WITH_PARTS = {"frames": "Ảnh", "plates": "Ảnh biển số"}
_INSTANT = timedelta(microseconds=1)


def authority_of(event: CaseEvent, then: CaseState) -> Authority:
    """Who stands under the slip: whoever signed the step, or the decision whose points these are."""
    if event.type != EventType.POINTS_DEDUCTED:
        return Authority(**event.data["authority"])
    if then.decision is None:
        raise ValueError(f"case {event.case_id} deducts points without a decision")
    return then.decision.authority


def transfer_facts(case: Case, then: CaseState, event: CaseEvent) -> TransferFacts:
    """Form 03/73 of a file that is handed over; `then` is the state with this event."""
    manifest = _manifest(then)
    return TransferFacts(
        **_common(case, then, event),
        to=event.data["to"],
        owner=owner_of(then) if then.owner else None,
        reason=event.data["reason"],
        exhibits=_exhibits(manifest, then),
        photos=photos_of(manifest, then),
        time_bar=local(then.bar_due - _INSTANT).date() if then.bar_due else None,
        results_of_device=event.data["kind"] == TransferKind.FORM03,
    )


def commune_facts(case: Case, then: CaseState, event: CaseEvent) -> CommuneFacts:
    """Form 04 to the police of the commune that delivers the notice."""
    notice = then.notice
    if notice is None or notice.sent_at is None:
        raise ValueError(f"{case.reference} has no sent notice")
    return CommuneFacts(
        **_common(case, then, event),
        commune=event.data["commune"],
        notice=NamedPaper(notice.number, local(notice.numbered_at).date()),
        sent=local(notice.sent_at).date(),
        owner=addressee(notice.owner),
        reported=then.source is Source.REPORT,
    )


def points_facts(case: Case, then: CaseState, event: CaseEvent) -> PointsFacts:
    """Form 02/73 to the violator; how many points are left is known where the licence body told it."""
    decision = then.decision
    if decision is None:
        raise ValueError(f"{case.reference} has no decision")
    day = local(decision.signed_at).date()
    return PointsFacts(
        **_common(case, then, event),
        person=addressee(then.violator),
        decision=NamedPaper(decision.number, day),
        decided_by=decision.authority.title,
        deducted=event.data["count"],
        effective=day,
        left=event.data["left"],
    )


def invitation_facts(case: Case, state: CaseState) -> InvitationFacts:
    """Form 06: the notice of a case that citizens' data opened."""
    notice = state.notice
    if notice is None:
        raise ValueError(f"{case.reference} has no approved notice")
    return InvitationFacts(
        paper=paper_number(notice.number, notice.numbered_at),
        agency=agency(),
        owner=owner_of(state),
        vehicle=vehicle_of(state),
        act=act_of(case, state),
        appointment=Appointment(local(notice.appointment_at), *office()),
        signer=signer_of(notice.authority),
        demo=settings.PHATNGUOI_ENV != "production",
    )


def _common(case: Case, then: CaseState, event: CaseEvent) -> dict[str, Any]:
    """What every slip says: number and date, who issues and signs it, vehicle and act."""
    authority = authority_of(event, then)
    paper: PaperNumber = paper_number(event.data["number"], event.at)
    return {
        "paper": paper,
        "agency": agency(),
        "vehicle": vehicle_of(then),
        "act": act_of(case, then),
        "signer": signer_of(authority),
        "demo": settings.PHATNGUOI_ENV != "production",
    }


def _manifest(state: CaseState) -> Manifest:
    if state.opened is None:
        raise ValueError("the case was never opened")
    return Manifest.from_bytes(files.get(f"evidence/{state.opened.package_id}/manifest.json"))


def _exhibits(manifest: Manifest, state: CaseState) -> tuple[Exhibit, ...]:
    """The files of the evidence package with their digests; the manifest, which names them all, first."""
    digest = state.opened.package_sha256 if state.opened else ""
    stills = {
        still.member: f"Ảnh {_STILLS[still.role]}, {exact_time(still.at)}"
        for still in manifest.stills
        if still.role in _STILLS  # what people sent in was measured by nobody
    }
    first = Exhibit(f"Bản kê dữ liệu của gói {manifest.package_id}", digest)
    others = (
        Exhibit(stills.get(member.path) or _name(member.path), member.sha256) for member in manifest.members
    )
    return (first, *others)


def _name(path: str) -> str:
    """What a file of the package is (docs/evidence-package.md)."""
    folder, _, name = path.rpartition("/")
    if folder in _WITH_PARTS:
        return f"{_WITH_PARTS[folder]} {name}"
    return {"clip.mp4": "Đoạn ghi hình", "readings.json": "Kết quả đọc biển số"}.get(path, path)
