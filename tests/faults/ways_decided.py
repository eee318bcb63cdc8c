"""What a person does next under a decision, by the plan: service, money, force, complaints, and the end."""

from typing import Final

from tests.faults.turn import Step, Turn, authority
from workflow import clock
from workflow import commands as c
from workflow.vocabulary import Clock, EventType, Outcome, State
from workflow.words import Coercing, Paper, Ruling, Target, WarningGround

# Plans in which nobody pays before the time to pay is over.
_LATE: Final = frozenset({"received_paid_late", "never_paid", "report_coerced"})
LOWER: Final = 4_500_000  # đồng, what the decision of `amended` is lowered to


def after_the_end(turn: Turn) -> Step | None:
    """A dismissed owner pays all the same; a closed one complains."""
    if turn.plan == "paid_after_dismissal" and turn.state.state is State.DISMISSED:
        if turn.state.payments:
            return None
        payment = c.RecordPayment(f"KB{turn.case.pk:06d}-late", 1_000_000, clock.now())
        return turn.by("canbo2", payment)
    paid = turn.plan == "revoked" and turn.state.state is State.CLOSED
    return _complain(turn) if paid and not turn.happened(EventType.COMPLAINT_LODGED) else None


def next_step(turn: Turn) -> Step | None:
    """In `resolving.decided`."""
    decision = turn.state.decision
    if decision is None:
        return None
    if turn.state.complaint:
        return _rule(turn)
    if _complains_now(turn):
        return _complain(turn)
    if decision.served_at is None:
        return _serve(turn)
    if turn.plan in _LATE:
        return _late(turn)
    _pay(turn)
    return None


def _serve(turn: Turn) -> Step | None:
    decision = turn.state.decision
    if decision is None:
        return None
    if turn.plan == "paid_in_parts_and_too_much":  # served by post
        turn.post_tells(Paper.DECISION)
        _pay(turn)
        return None
    if turn.plan == "report_coerced":  # returned, then posted publicly
        returned = turn.state.returned(Paper.DECISION)
        posted = any(not issue.receipt.startswith("VN") for issue in turn.state.papers)
        if returned and not posted:
            paper = c.RecordDecisionSent("posting", f"NY{turn.case.pk:06d}", clock.now(), decision.number)
            return turn.by("canbo2", paper)
        turn.post_tells(Paper.DECISION, "returned")
        return None
    if turn.plan == "paid_before_service" and turn.state.paid < decision.amount:
        _pay(turn)
        return None
    return turn.by("canbo2", c.RecordService("handed", clock.now()))


def _pay(turn: Turn) -> None:
    decision, handling = turn.state.decision, turn.state.handling
    if decision is None or (handling and handling[0] != turn.case.reference):
        return  # one sum for all acts of a decision, paid under the first one
    name, fine = f"KB{turn.case.pk:06d}", decision.amount
    match turn.plan:
        case "paid_in_parts_and_too_much":
            amounts = [fine // 2, fine]
        case "joined":
            amounts = [fine + fine // 4, fine]  # of two fines
        case "joined_one_revoked":
            amounts = [fine + fine // 4]
        case _:
            amounts = [fine]
    for number, amount in enumerate(amounts):
        turn.pay(f"{name}-{number}", amount)


# ── who does not pay ───────────────────────────────────────────────────────────────────────────────────────


def _late(turn: Turn) -> Step | None:
    """The time to pay is over: warnings, non-compliance, then what the plan says."""
    state = turn.state
    if not turn.over(Clock.COMPLY):
        return None
    if not any(warning.ground is WarningGround.UNPAID for warning in state.warnings):
        target = Target.LICENCE if state.warnings else Target.REGISTRATION
        return turn.by("chihuy2", c.IssueWarning(target, WarningGround.UNPAID))
    if not state.non_compliance:
        return turn.by("canbo1", c.Coerce(Coercing.NON_COMPLIANCE, "chưa nộp phạt"))
    return _late_money(turn) if turn.plan == "received_paid_late" else _force(turn)


def _late_money(turn: Turn) -> Step | None:
    """Enforcement is suspended and goes on; then a part is paid, then what is left with its interest."""
    state, decision = turn.state, turn.state.decision
    if not turn.happened(EventType.ENFORCEMENT_SUSPENDED):
        return turn.by("chihuy1", c.SuspendEnforcement(authority(), "có văn bản của tòa án"))
    if state.enforcement_suspended:
        return turn.by("chihuy1", c.ResumeEnforcement(authority(), "hết thời hạn tạm đình chỉ"))
    if decision is not None:
        turn.pay(f"KB{turn.case.pk:06d}-0", decision.amount // 2)
        if state.payments:
            turn.pay(f"KB{turn.case.pk:06d}-1", decision.amount)
    return None


def _force(turn: Turn) -> Step | None:
    state = turn.state
    if not state.coercion_number:
        return turn.by("chihuy1", c.Coerce(Coercing.ORDER, "khấu trừ tài khoản", authority()))
    if state.running(Clock.SENDCOERCE):
        return None  # its paper is printed and posted first
    if turn.plan == "report_coerced":
        if not state.coerced:
            return turn.by("canbo1", c.Coerce(Coercing.DONE, "đã khấu trừ"))
        return turn.both("chihuy1", "chihuy2", c.Close(Outcome.COERCED, "biên bản cưỡng chế"))
    if turn.over(Clock.ENFBAR):
        barred = c.Close(Outcome.ENFORCEMENT_BARRED, "hết thời hiệu thi hành")
        return turn.both("chihuy1", "chihuy2", barred)
    return None


# ── complaints ─────────────────────────────────────────────────────────────────────────────────────────────


def _complains_now(turn: Turn) -> bool:
    if turn.happened(EventType.COMPLAINT_LODGED):
        return False
    second = turn.state.handling[1:] == (turn.case.reference,)
    struck_out = turn.plan == "joined_one_revoked" and second and bool(turn.state.payments)
    return turn.plan == "amended" or struck_out


def _complain(turn: Turn) -> Step:
    return turn.by("canbo2", c.LodgeComplaint(clock.now(), "không phải tôi vi phạm"))


def _rule(turn: Turn) -> Step | None:
    above, decision = authority("captren"), turn.state.decision
    if decision is None:
        return None
    if turn.plan != "amended":
        return turn.by("captren", c.RuleOnComplaint(above, Ruling.REVOKED, "không đủ căn cứ"))
    if decision.served_at is None:
        return _serve(turn)
    if turn.state.paid < decision.amount:
        _pay(turn)
        return None
    eased = ("tự nguyện khai báo",)
    ruling = c.RuleOnComplaint(above, Ruling.AMENDED, "có tình tiết giảm nhẹ", LOWER, mitigating=eased)
    return turn.by("captren", ruling)
