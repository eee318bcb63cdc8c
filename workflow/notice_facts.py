"""A case becomes the frozen facts that `notices` prints. Nothing is decided here."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from detection.evidence import Manifest
from detection.plate_text import display, kind_of
from notices.facts import (
    Act,
    Agency,
    Appointment,
    Detection,
    EvidenceBlock,
    NoticeFacts,
    Owner,
    PaperNumber,
    Photo,
    PhotoRole,
    Signer,
    Vehicle,
    WithdrawalFacts,
    WithdrawnNotice,
)
from notices.notice_code import CodeKey, PrintedFacts
from notices.wording import decree_date, exact_time
from workflow import files, owners
from workflow.case import CaseState, Notice
from workflow.commands import Authority
from workflow.law.deadlines import local
from workflow.law.offences import offence_for
from workflow.models import Case
from workflow.vocabulary import DismissalGround, RejectionGround

# Words of the papers; the kinds follow NĐ 168/2024 Điều 6 and 7.
VEHICLE_WORDS = {
    "car": "Ô tô",
    "bus": "Ô tô chở người",
    "truck": "Ô tô tải",
    "motorbike": "Xe mô tô, xe gắn máy",
}
COLOUR_WORDS = {
    "white": "nền màu trắng, chữ và số màu đen",
    "yellow": "nền màu vàng, chữ và số màu đen",
    "blue": "nền màu xanh, chữ và số màu trắng",
    "red": "nền màu đỏ, chữ và số màu trắng",
}
_PHASES = {"red": "đèn đỏ", "amber": "đèn vàng", "green": "đèn xanh"}
REASONS = {
    DismissalGround.EMERGENCY_ON_DUTY: "phương tiện được quyền ưu tiên đang làm nhiệm vụ khẩn cấp",
    DismissalGround.STOLEN_VEHICLE: "phương tiện bị chiếm đoạt vào thời điểm vi phạm",
    DismissalGround.CLONED_PLATE: "biển số trong hình ảnh không thuộc phương tiện đã đăng ký",
    DismissalGround.ALREADY_SANCTIONED: "hành vi đã được xử phạt",
    DismissalGround.NO_VIOLATOR_IDENTIFIED: "không xác định được người vi phạm",
    DismissalGround.JUSTIFIED_ACT: "hành vi thuộc trường hợp không xử phạt",
    DismissalGround.DECISION_TIME_LAPSED: "đã quá thời hạn ra quyết định xử phạt",
    DismissalGround.COMPLAINT_UPHELD: "khiếu nại được giải quyết theo hướng hủy bỏ việc xử phạt",
    DismissalGround.DECIDED_ELSEWHERE: "đơn vị tiếp nhận hồ sơ kết luận không xử phạt",
    RejectionGround.NO_VIOLATION: "hình ảnh không thể hiện hành vi vi phạm",
    RejectionGround.PLATE_UNREADABLE: "không đọc được biển số trong hình ảnh",
    RejectionGround.EVIDENCE_INCOMPLETE: "hình ảnh không đủ yếu tố chứng minh",
    RejectionGround.EMERGENCY_VEHICLE: "phương tiện được quyền ưu tiên đang làm nhiệm vụ",
    RejectionGround.DIRECTED_BY_OFFICER: "phương tiện đi theo hiệu lệnh của người điều khiển giao thông",
    RejectionGround.DUPLICATE: "hành vi đã có hồ sơ khác",
    RejectionGround.NOT_PROVEN: "kết quả xác minh không chứng minh được hành vi vi phạm",
    RejectionGround.DEVICE_INVALID: "thiết bị không đủ điều kiện sử dụng vào thời điểm ghi nhận",
    "BAR": "đã hết thời hiệu xử phạt",
    "owner_redetermined": "chủ phương tiện tại thời điểm vi phạm được xác định lại",
    "transfer_returned": "vụ việc được xác định lại nơi giải quyết",
}


def notice_facts(case: Case, state: CaseState) -> NoticeFacts:
    """The facts of the notice of a case whose notice has its number."""
    notice, opened = state.notice, state.opened
    if notice is None or opened is None or state.owner is None:
        raise ValueError(f"{case.reference} has no approved notice")
    manifest = Manifest.from_bytes(files.get(f"evidence/{opened.package_id}/manifest.json"))
    return NoticeFacts(
        paper=paper_number(notice.number, notice.numbered_at),
        agency=agency(),
        owner=owner_of(state),
        detection=Detection(settings.PHATNGUOI_UNIT, state.received_from or None),
        vehicle=vehicle_of(state),
        act=act_of(case, state),
        appointment=Appointment(local(notice.appointment_at), *office()),
        signer=signer_of(notice.authority),
        photos=photos_of(manifest, state),
        evidence=EvidenceBlock(
            recorded_at=local(opened.recorded_at),
            place=opened.site,
            source=opened.device_id or state.received_from,
            package_id=opened.package_id,
            manifest_sha256=opened.package_sha256,
            certificate=opened.certificate or None,
        ),
        qr_text=_code_key(code_key_file()).address(
            settings.PHATNGUOI_PUBLIC_URL, case.reference, code_facts(case, state, notice)
        ),
        commune_office=Appointment(local(notice.appointment_at), notice.second_office, notice.second_address)
        if notice.second_office
        else None,
        vehicle_is_inspected=state.vehicle_class != "motorbike",
        demo=settings.PHATNGUOI_ENV != "production",
    )


def code_facts(case: Case, state: CaseState, notice: Notice) -> PrintedFacts:
    """What the code of a notice vouches for; holds nobody's name."""
    return PrintedFacts.of(
        paper_number(notice.number, notice.numbered_at), vehicle_of(state), act_of(case, state)
    )


def code_key_file() -> Path:
    """Where an installation keeps the key of its notices' codes."""
    return Path(settings.PHATNGUOI_HOME) / "keys" / "notice-code.pem"


@cache
def _code_key(file: Path) -> CodeKey:
    return CodeKey.load(file)


def withdrawal_facts(case: Case, state: CaseState, notice: Notice, then: CaseState) -> WithdrawalFacts:
    """The facts of the letter that takes back a notice that was sent, to the one who got it.

    `then` is the case as the notice took its number: what it said of the act is taken back.
    """
    if notice.voided_at is None or not notice.letter_number:
        raise ValueError(f"{case.reference} has no sent notice to withdraw")
    return WithdrawalFacts(
        paper=paper_number(notice.letter_number, notice.voided_at),
        agency=agency(),
        owner=addressee(notice.owner),
        notice=WithdrawnNotice(
            notice.number, local(notice.numbered_at).date(), vehicle_of(then), act_of(case, then)
        ),
        reason=REASONS[notice.void_reason],
        signer=signer_of(notice.authority),
        revoked=_revoked(state),
        demo=settings.PHATNGUOI_ENV != "production",
    )


def _revoked(state: CaseState) -> str | None:
    decision = state.decision
    if decision is None or not decision.revoked:
        return None
    return f"{decision.number} {decree_date(local(decision.signed_at).date())}"


def recipient(state: CaseState) -> owners.Person:
    """To whom the letters of a case go.

    Raises:
        ValueError: no owner, or the facts were erased.
    """
    return _person(state.owner.owner if state.owner else "")


def _person(digest: str) -> owners.Person:
    person = owners.recall(digest) if digest else None
    if person is None:
        raise ValueError("the owner's facts are not there")
    return person


def addressee(digest: str) -> Owner:
    """The person behind a digest, as a paper names them.

    Raises:
        ValueError: the facts were erased.
    """
    person = _person(digest)
    return Owner(person.name, person.address, person.id_number or None)


def plate_words(state: CaseState) -> str:
    """The plate of a case as people write it."""
    kind = kind_of(state.plate, vehicle=state.vehicle_class or None)
    return display(state.plate, kind)


def paper_number(number: str, at: datetime) -> PaperNumber:
    """A number of the register ("05/TB-PC08") with the day on which it was taken."""
    digits, _, symbol = number.partition("/")
    return PaperNumber(symbol, settings.PHATNGUOI_PLACE, int(digits), local(at).date())


def office() -> tuple[str, str]:
    """Where to come: the unit and its address."""
    return settings.PHATNGUOI_UNIT, settings.PHATNGUOI_UNIT_ADDRESS or "(địa chỉ trụ sở chưa được cấu hình)"


def signer_of(authority: Authority) -> Signer:
    """Who signs a paper, and for whom."""
    return Signer(authority.title, authority.name, authority.on_behalf or None)


def agency() -> Agency:
    """Who issues the papers of this installation."""
    return Agency(
        settings.PHATNGUOI_PARENT_BODY, settings.PHATNGUOI_UNIT, settings.PHATNGUOI_UNIT_PHONE or None
    )


def owner_of(state: CaseState) -> Owner:
    """The owner as a paper names them; raises as `addressee`."""
    return addressee(state.owner.owner if state.owner else "")


def vehicle_of(state: CaseState) -> Vehicle:
    """The vehicle in words."""
    colour = COLOUR_WORDS.get(state.owner.plate_colour if state.owner else "", "không rõ màu biển số")
    return Vehicle(VEHICLE_WORDS[state.vehicle_class], plate_words(state), colour)


def act_of(case: Case, state: CaseState) -> Act:
    """The act and the provision it breaks: those filed or recorded, else of the law in force on its day."""
    day = local(case.recorded_at).date()
    # the record may name another act than the notice did
    offence = offence_for(state.law.act if state.law else state.act, state.vehicle_class, day)
    provision = state.law.provision if state.law else offence.row.provision
    return Act(local(case.recorded_at), case.site, offence.text_vi, provision)


def photographs(manifest: Manifest) -> dict[str, PhotoRole]:
    """The members of an evidence package that a paper shows: the stills and the first plate crop."""
    stills = {still.member: PhotoRole(still.role) for still in manifest.stills}
    return stills | dict.fromkeys(manifest.plate_crops[:1], PhotoRole.PLATE)


def photos_of(manifest: Manifest, state: CaseState) -> tuple[Photo, ...]:
    """What a paper shows of an evidence package, with the captions."""
    moments = {still.member: still.at for still in manifest.stills}
    return tuple(
        Photo(
            role,
            _picture(manifest, name),
            _caption(manifest, moments[name]) if name in moments else plate_words(state),
        )
        for name, role in photographs(manifest).items()
    )


def _picture(manifest: Manifest, name: str) -> bytes:
    """A member of the package as it was sealed: the renderer does not look into a JPEG."""
    content = files.get(f"evidence/{manifest.package_id}/{name}")
    sealed = next(member.sha256 for member in manifest.members if member.path == name)
    if hashlib.sha256(content).hexdigest() != sealed:
        raise files.StoreError(f"{name} of {manifest.package_id} was changed; restore it, then retry")
    return content


def _caption(manifest: Manifest, at: datetime) -> str:
    """When, and what the signal showed where it was measured."""
    if manifest.suspicion.measured is None:
        return f"{local(at):%H:%M:%S}"
    return f"{exact_time(at)}; {_phase_at(manifest, at)}"


def _phase_at(manifest: Manifest, at: datetime) -> str:
    measured = manifest.suspicion.measured
    for span in measured.phases if measured else ():
        if span.start <= at < span.end:
            return _PHASES.get(span.phase, "không rõ đèn")
    return "không rõ đèn"
