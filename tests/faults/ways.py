"""What a person does next with a case, by its plan: from what was sent in to the decision and after the end.

A step is found from the case alone, so that whoever was killed or was slower finds the same one again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tests.faults import cast, ways_decided
from tests.faults.plans import JOINED
from tests.faults.turn import Step, Turn, actor_of, authority, digest_of
from workflow import acts, clock, log, owners
from workflow import commands as c
from workflow.case import CaseState
from workflow.law.amounts import proposed
from workflow.law.deadlines import local
from workflow.law.rows import ViolatorKind
from workflow.models import Case
from workflow.vocabulary import (
    TERMINAL,
    Clock,
    DismissalGround,
    EventType,
    Phase,
    RejectionGround,
    State,
    Verdict,
)
from workflow.words import (
    Claim,
    Conclusion,
    Explaining,
    Finding,
    OwnerBasis,
    Paper,
    Register,
    Source,
    Target,
    TransferKind,
    TransferResult,
    ViolatorBasis,
    WarningGround,
)

# Plans in which a person has something to do with a case that is over.
AFTER_THE_END: Final = frozenset({"paid_after_dismissal", "revoked"})
BUYER: Final = owners.Person("Phạm Thị Mua Xe", "77 đường Số 7", "079000000777", "person")
DRIVER: Final = owners.Person("Lý Văn Cầm Lái", "78 đường Số 7", "079000000778", "person")
_WARNED_FIRST = {"another_owner", "handed_over", "report_coerced", "silent"}
_DISMISSED = {"dismissed_after_notice", "paid_after_dismissal"}


def next_step(turn: Turn) -> Step | None:
    """What somebody does next; None where nobody has to do anything now."""
    state = turn.state
    if state.state in TERMINAL:
        return ways_decided.after_the_end(turn)
    if state.hold:
        return _dismiss(turn, DismissalGround.CLONED_PLATE)
    here = _PLACES.get(state.phase or state.state)
    return here(turn) if here else None


def _verify(turn: Turn) -> Step | None:
    """A report: minutes, thirty days more, the conclusion; one that is not proven is rejected."""
    if turn.state.source is not Source.REPORT:
        return None
    proven, run = turn.plan != "report_refused", turn.state.running(Clock.VERIFY)
    if turn.state.verification is Conclusion.NOT_PROVEN:
        return turn.by("trongtai", c.RejectEvidence(RejectionGround.NOT_PROVEN, "không rõ biển số"))
    if turn.state.verification is not None:
        return None
    if not turn.happened(EventType.VERIFICATION_STEP):
        return turn.by("canbo1", c.VerifyStep("biên bản xác minh 01"))
    if proven and not turn.state.verification_extended and run and clock.now() <= run.due_at:
        return turn.by("canbo1", c.ExtendVerification("chưa gặp được người cung cấp"))
    conclusion = Conclusion.PROVEN if proven else Conclusion.NOT_PROVEN
    return turn.by("canbo1", c.ConcludeVerification(conclusion, "báo cáo 01"))


def _review(turn: Turn) -> Step | None:
    plate = cast.seen(cast.number_of(turn.case)).plate
    answer = c.Answer(Verdict.VIOLATION, plate, turn.case.vehicle_class or "motorbike", "red_light")
    if turn.plan == "rejected":
        answer = c.Answer(Verdict.REJECT, ground=RejectionGround.NO_VIOLATION)
    if turn.state.disagreed:
        return turn.by("trongtai", c.Adjudicate(answer, "nhìn rõ trên ảnh"))
    reviewers = ["canbo1", "canbo2"]
    turn.chance.shuffle(reviewers)
    answered = {review.officer for review in turn.state.reviews}
    for name in reviewers:
        if actor_of(name).id not in answered:
            wrong = turn.plan == "adjudicated" and name == "canbo2"
            return turn.by(name, c.SubmitReview(replace(answer, plate="59X199999") if wrong else answer))
    return None


def _sign(turn: Turn) -> Step | None:
    if turn.state.notice is not None:
        return None
    if turn.plan == "handed_over_unfiled":
        return _hand_over(turn)
    return turn.by("chihuy1", c.SignNotice(authority(), clock.now() + timedelta(days=14)))


# ── the notice ─────────────────────────────────────────────────────────────────────────────────────────────


def _notified(turn: Turn) -> Step | None:  # noqa: PLR0911  # one answer for each plan
    notice, first = turn.state.notice, not turn.happened(EventType.ISSUE_SENT)
    returned = turn.plan == "report_coerced" and first
    if turn.post_tells(Paper.NOTICE, "returned" if returned else "delivered"):
        return None
    if returned and notice is not None and not notice.resending:
        return turn.by("canbo2", c.ResendNotice("thư bị trả lại"))
    if turn.plan in _DISMISSED:
        return _dismiss(turn, DismissalGround.STOLEN_VEHICLE)
    back = turn.happened(EventType.OWNER_REDETERMINED) + turn.happened(EventType.TRANSFER_RETURNED)
    if turn.plan in _WARNED_FIRST and not back:
        return _unanswered(turn)
    if turn.plan == "handed_over_and_back" and not back:
        return _hand_over(turn)
    if turn.plan == "another_owner":
        return turn.by("canbo1", c.RecordDriverClaim(Claim.NOMINATED, digest_of(DRIVER), "có giấy mượn xe"))
    return turn.by("canbo1", c.OpenResolution("owner"))


def _unanswered(turn: Turn) -> Step | None:
    """Twenty days and the appointment are over, and nobody came."""
    if not turn.over(Clock.NOANSWER):
        return None
    if not turn.state.warnings:
        warning = c.IssueWarning(Target.REGISTRATION, WarningGround.NOTICE_UNANSWERED)
        return turn.by("chihuy2", warning)
    match turn.plan:
        case "another_owner":
            basis = OwnerBasis.ACQUIRER, "hợp đồng mua bán xe"
            anew = c.RedetermineOwner(digest_of(BUYER), ViolatorKind.PERSON, *basis)
            return turn.both("canbo1", "canbo3", anew)
        case "handed_over":
            return _hand_over(turn)
        case "report_coerced":
            return _by_the_commune(turn)
    return None


def _by_the_commune(turn: Turn) -> Step | None:
    """Form 04, when the letter left the commune's report, then the owner stands for the act."""
    slips = [slip for slip in turn.state.slips if slip.series is Register.FORM04]
    if not slips:
        return turn.by("chihuy1", c.SendForm04("Công an phường Mẫu", authority()))
    if not slips[-1].sent:
        return None
    if turn.state.form04:
        return turn.by("canbo2", c.RecordCommuneReport(Finding.DELIVERED, clock.now()))
    return _violator(turn)


def _hand_over(turn: Turn) -> Step:
    to = "Phòng CSGT tỉnh Mẫu", "chủ xe cư trú ở tỉnh khác"
    return turn.by("chihuy1", c.TransferOut(authority(), TransferKind.FORM03, *to))


def _transferred(turn: Turn) -> Step | None:
    """The other body answers the letter that it got."""
    if not all(slip.sent for slip in turn.state.slips):
        return None
    if turn.plan == "handed_over_and_back":
        return turn.by("canbo2", c.RecordReturn("chủ xe đã chuyển nơi cư trú"))
    sanctions = turn.plan == "handed_over_unfiled"
    result = TransferResult.SANCTIONED if sanctions else TransferResult.NO_SANCTION
    return turn.by("canbo2", c.RecordTransferResult(result, "34/QĐ-CSGT", "đã có kết quả"))


def _dismiss(turn: Turn, ground: DismissalGround) -> Step:
    return turn.both("chihuy1", "chihuy2", c.Dismiss(ground, "có giấy xác nhận"))


# ── record and decision ────────────────────────────────────────────────────────────────────────────────────


def _summoned(turn: Turn) -> Step | None:
    if not turn.state.violator:
        return _violator(turn)
    if turn.plan in JOINED and not turn.state.handling:
        others = acts.joinable(turn.case, turn.state)
        if others:
            both = sorted([turn.case.reference, others[0].reference])
            return turn.by("canbo1", c.JoinActs(tuple(both)))
        if _other_act_comes(turn.case):
            return None
    signed = turn.plan != "report_coerced"
    soon = clock.now() + timedelta(hours=1) if turn.plan == "never_paid" else None
    return turn.by("canbo1", c.MakeRecord(signed, "" if signed else "Lê Thị Chứng", appointment_at=soon))


def _other_act_comes(case: Case) -> bool:
    """Whether the other act of the vehicle may still get to the same step."""
    before = [State.COLLECTED, State.EXTRACTED, State.REVIEWED, State.FILED, State.NOTIFIED]
    here = Case.objects.exclude(pk=case.pk).filter(
        recorded_at__range=(case.recorded_at - cast.SECOND_ACT, case.recorded_at + cast.SECOND_ACT)
    )
    return here.filter(state__in=before).exists() or here.filter(phase=Phase.SUMMONED).exists()


def _violator(turn: Turn) -> Step:
    owner = turn.state.owner.owner if turn.state.owner else ""
    named = [claim.driver for claim in turn.state.claims]
    if named:
        who = c.IdentifyViolator(ViolatorBasis.PROVEN, named[-1], ViolatorKind.PERSON)
    elif turn.plan == "report_coerced":
        who = c.IdentifyViolator(ViolatorBasis.OWNER_NOT_COOPERATING, owner, ViolatorKind.PERSON)
    else:
        who = c.IdentifyViolator(ViolatorBasis.ADMITTED, owner, ViolatorKind.PERSON)
    return turn.by("canbo1", who)


def _recorded(turn: Turn) -> Step | None:
    state = turn.state
    if state.explanation == "open":  # a great bracket: whoever was fined may explain first
        return turn.by("canbo1", c.RecordExplanation(Explaining.WAIVED))
    run = state.running(Clock.DECIDE)
    if run is None or clock.now() > run.due_at:
        return _dismiss(turn, DismissalGround.DECISION_TIME_LAPSED)
    if turn.plan == "never_paid":
        if not state.decision_extended:
            return turn.by("chihuy1", c.ExtendDecision(authority(), "vụ việc phức tạp"))
        if not state.warnings:  # refused until the appointment and the twenty days are over
            warning = c.IssueWarning(Target.REGISTRATION, WarningGround.RECORD_UNANSWERED)
            return turn.by("chihuy2", warning)
    fines = {ref: _fine(log.load(Case.objects.get(reference=ref))) for ref in state.handling}
    others = tuple((ref, fine) for ref, fine in fines.items() if ref != turn.case.reference)
    own = authority()
    return turn.by("chihuy1", c.SignDecision(own, _fine(state), confirmed_by=own.officer, others=others))


def _fine(state: CaseState) -> int | None:
    if state.law is None:
        return None
    return proposed(state.law, ViolatorKind.PERSON, day=local(clock.now()).date()).proposed


_PLACES: Final[Mapping[str, Callable[[Turn], Step | None]]] = {
    State.COLLECTED: _verify,
    State.EXTRACTED: _review,
    State.FILED: _sign,
    State.NOTIFIED: _notified,
    State.TRANSFERRED: _transferred,
    Phase.SUMMONED: _summoned,
    Phase.RECORDED: _recorded,
    Phase.DECIDED: ways_decided.next_step,
}
