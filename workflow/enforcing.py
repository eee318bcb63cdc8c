"""The decision, its service, points, money and force. Standard library only.

Source: LXLVPHC Art 52, 66, 70, 73, 74, 78; NĐ 118/2021 Art 9, 17a; NĐ 168/2024 Art 5, 50.
"""

from typing import Any

from workflow import commands as c
from workflow.casestate import CaseState, Decision, Event, to_json
from workflow.context import CaseError, Context, Counted
from workflow.guards import (
    clock_started,
    clocks_stopped,
    decision_served,
    numbered,
    require,
    require_bar_open,
    require_not_held,
    require_own_authority,
    require_reason,
    require_signed_by,
)
from workflow.law.rows import LawRow, ViolatorKind
from workflow.noticing import is_organisation
from workflow.paying import due_on
from workflow.vocabulary import Clock, EventType, Role
from workflow.words import Coercing, Licence, Register

_NO_POINTS = {Licence.SUSPENDED, Licence.INTERNATIONAL, Licence.NONE}  # NĐ 168 Art 50.1.đ; NĐ 238 Art 17

# Entry into the system, and public posting, start deemed service (NĐ 118/2021 Art 17a).
DEEMED_FROM = {"electronic": Clock.DEEMED, "posting": Clock.POSTING}


def decision_of(case: CaseState) -> Decision:
    if case.decision is None:
        raise CaseError("no_decision", "no decision was signed")
    return case.decision


# -- signing and service ---------------------------------------------------------------------


def sign_decision(case: CaseState, command: c.SignDecision, context: Context) -> list[Event]:
    require_not_held(case)
    require_bar_open(case, context)
    run = case.running(Clock.DECIDE)
    require(run and context.at <= run.due_at, "decision_time", "the time for the decision is over")
    require_own_authority(command.authority, context)
    require(case.explanation != "open", "explaining", "the time to explain is not over")
    relied = lawful(case, command, context)
    own = not command.confirmed_by or command.confirmed_by == context.actor.id
    require(own, "forbidden", "nobody confirms for somebody else")
    require(command.confirmed_by or not relied, "unverified", f"to be confirmed: {', '.join(relied)}")
    number, at = context.number(Register.DECISION), context.at.isoformat()
    data = {"number": number, "signed_at": at, "effective_at": at, "relied_on": list(relied)}
    data["carried_by"] = context.carried_by
    signed = {**to_json(command), **data, "amount": command.amount or 0, "warning": command.amount is None}
    return [
        *numbered(EventType.DECISION_NUMBERED, number, context),
        Event(EventType.DECISION_SIGNED, signed),
        Event(EventType.PUBLICATION_UPDATED, {"status": "decided"}),
        *clocks_stopped(case, Clock.BAR, Clock.DECIDE, Clock.EXPLAIN, Clock.ESCALATE, Clock.APPOINTMENT),
        clock_started(Clock.SENDDEC, context.at, context),
        clock_started(Clock.ENFBAR, context.at, context),
    ]


def lawful(case: CaseState, command: c.SignDecision | c.RuleOnComplaint, context: Context) -> tuple[str, ...]:
    """Competence on the bracket's maximum and the amount inside it; gives what of it is unverified."""
    authority, amount = command.authority, command.amount
    row, kind = case.law, case.violator_kind or ViolatorKind.PERSON
    if row is None:
        raise CaseError("no_law", "the case is not filed")
    competent = context.asks.competent(authority, ((row, case.excess),), kind, context.at)
    require(competent.yes, "competence", f"the bracket is above your limit: {competent.reason}")
    circumstances = (command.mitigating, command.aggravating)
    bracket = context.asks.amount((row, case.excess), kind, context.at, circumstances)
    if bracket.low is None or bracket.high is None:
        require(amount is None, "amount", "a warning has no amount")
    else:
        inside = amount is not None and bracket.low <= amount <= bracket.high
        require(inside, "amount", "the amount leaves the bracket")
    confirmed = () if case.confirmed_by else context.asks.unverified(row)
    return confirmed + context.asks.unverified(competent, bracket)


def store_decision(case: CaseState, command: c.StoreDecision, _context: Context) -> list[Event]:
    decision = decision_of(case)
    known = command.number in {decision.number, *decision.amended_by, *case.replaced, case.coercion_number}
    require(command.number and known, "no_number", "no such decision was signed")
    if command.number in case.printed:
        return []  # another run was faster
    return [Event(EventType.DECISION_PRINTED, to_json(command))]


def decision_sent(case: CaseState, command: c.RecordDecisionSent, context: Context) -> list[Event]:
    """A letter that left is a fact, also where the decision was handed over meanwhile."""
    decision = decision_of(case)
    number = command.number or decision.number
    forced = bool(case.coercion_number) and number == case.coercion_number
    known = forced or number in {decision.number, *decision.amended_by, *case.replaced}
    require(known, "no_number", "no such decision was signed")
    require(command.receipt, "incomplete", "sending needs its receipt")
    issue = 1 + sum(paper.paper == "decision" for paper in case.papers)
    sent = Event(EventType.DECISION_SENT, {**to_json(command), "number": number, "issue": issue})
    if forced:
        return [sent, *_coercion_sent(case, to_json(c.Coerce(Coercing.SENT, command.receipt)))]
    if number != decision.number:  # replaced, or amending it: nothing of this decision hangs on the letter
        return [sent]
    events = [sent, *clocks_stopped(case, Clock.SENDDEC)]
    deemed = DEEMED_FROM.get(command.channel)
    if deemed is not None and decision.served_at is None:
        events.append(clock_started(deemed, command.sent_at, context))
    return events


def serve_decision(case: CaseState, command: c.RecordService, context: Context) -> list[Event]:
    decision = decision_of(case)
    require(decision.served_at is None, "served", "the decision is served already")
    require_signed_by(decision, command.served_at)
    return decision_served(case, context, command.how, command.served_at)


# -- points ----------------------------------------------------------------------------------


def apply_points(case: CaseState, command: c.ApplyPoints, context: Context) -> list[Event]:
    """Points of an effective decision, or why none are deducted by a machine (NĐ 168 Art 5, 50)."""
    decision_of(case)
    if case.points is not None:
        return []
    row, licence = case.law, case.record.licence if case.record else Licence.UNKNOWN
    if row is None:
        raise CaseError("no_law", "the case is not filed")
    organisation = is_organisation(case.violator_kind)
    others = [other for other in context.others.values() if other.decision and not other.decision.revoked]
    rows = (row, *(other.law for other in others if other.law is not None))
    if organisation or licence in _NO_POINTS or any(context.asks.suspends(each) for each in rows):
        reason = "organisation" if organisation else licence if licence in _NO_POINTS else "suspension"
        return [Event(EventType.POINTS_BLOCKED, {"reason": reason})]
    counted = _points(case, row, context)
    if not counted.value:
        reason = counted.reason or "no_points"
        return [Event(EventType.POINTS_BLOCKED, {"reason": reason, "proof": dict(counted.proof)})]
    heavier = _heavier(counted.value, others, context)
    if heavier:
        return [Event(EventType.POINTS_BLOCKED, {"reason": heavier, "proof": dict(counted.proof)})]
    data = {"number": context.number(Register.POINTS), "count": counted.value, "left": command.left}
    return [Event(EventType.POINTS_DEDUCTED, {**data, "proof": dict(counted.proof)})]


def _points(case: CaseState, row: LawRow, context: Context) -> Counted:
    percent = case.record.excess_percent if case.record and case.record.excess_persons else None
    drove = None if case.unproven_owner else True
    return context.asks.points(row, context.at, drove=drove, percent=percent)


def _heavier(count: int, others: list[CaseState], context: Context) -> str:
    """Why another act of the decision has the points: only the heaviest act's count (NĐ 168 Art 50.1.b).

    Of equal ones it is the first whose points are settled.
    """
    for other in others:
        if other.points:
            return "other_act"
        if other.law is None or other.points is not None:
            continue
        theirs = _points(other, other.law, context)
        if theirs.value is None:
            return theirs.reason
        if theirs.value > count:
            return "other_act"
    return ""


def present_licence(case: CaseState, command: c.PresentLicence, context: Context) -> list[Event]:
    decision_of(case)
    suspends = case.law is not None and context.asks.suspends(case.law)
    require(suspends and not case.licence_presented, "no_suspension", "no suspension waits for the licence")
    return [Event(EventType.SUSPENSION_STARTS, to_json(command))]


# -- force and close -------------------------------------------------------------------------


def coerce(case: CaseState, command: c.Coerce, context: Context) -> list[Event]:
    decision_of(case)
    require(not case.enforcement_suspended, "suspended", "enforcement is suspended")
    data = to_json(command)
    if command.step is Coercing.NON_COMPLIANCE:
        run = case.running(Clock.COMPLY)
        require(run and run.elapsed and case.owed, "not_due", "the deadline is not over yet")
        require(not case.non_compliance, "recorded", "this is recorded already")
        return [Event(EventType.NON_COMPLIANCE_RECORDED, data), *clocks_stopped(case, Clock.NONCOMPLY)]
    if command.step is Coercing.ORDER:
        return _order(case, command, context)
    require(case.coercion_number, "not_ordered", "no coercion is ordered")
    if command.step is Coercing.SENT:
        require(case.running(Clock.SENDCOERCE), "recorded", "this is recorded already")
        return _coercion_sent(case, data)
    require(not case.coerced, "recorded", "this is recorded already")
    return [Event(EventType.COERCION_DONE, data)]


def _coercion_sent(case: CaseState, data: dict[str, Any]) -> list[Event]:
    """By post, or as a handler records it; the second time it is known already."""
    if not case.running(Clock.SENDCOERCE):
        return []
    return [Event(EventType.COERCION_SENT, data), *clocks_stopped(case, Clock.SENDCOERCE)]


def _order(case: CaseState, command: c.Coerce, context: Context) -> list[Event]:
    require_own_authority(command.authority, context)
    require(Role.SIGNER in context.actor.roles, "forbidden", "a signer orders coercion")
    require(case.non_compliance, "not_recorded", "non-compliance is recorded first")
    require(not case.coercion_number, "recorded", "this is recorded already")
    require(command.detail.strip(), "no_measure", "an order of coercion names its measure")
    bar = case.running(Clock.ENFBAR)
    require(bar and context.at <= bar.due_at, "enforcement_barred", "the decision is enforced no more")
    number = {"number": context.number(Register.COERCION), "carried_by": context.carried_by}
    due = {"due": due_on(case, context.at, context)}  # as its paper says
    ordered = Event(EventType.COERCION_ORDERED, to_json(command) | number | due)
    return [ordered, clock_started(Clock.SENDCOERCE, context.at, context)]


def suspend(case: CaseState, command: c.SuspendEnforcement, context: Context) -> list[Event]:
    """By writing or court order; which clocks it moves is open law, so it moves none."""
    require_own_authority(command.authority, context)
    require_reason(command.basis)
    require(not case.enforcement_suspended, "suspended", "enforcement is suspended")
    return [Event(EventType.ENFORCEMENT_SUSPENDED, to_json(command))]


def resume(case: CaseState, command: c.ResumeEnforcement, context: Context) -> list[Event]:
    require_own_authority(command.authority, context)
    require_reason(command.basis)
    require(case.enforcement_suspended, "not_suspended", "enforcement is not suspended")
    return [Event(EventType.ENFORCEMENT_RESUMED, to_json(command))]
