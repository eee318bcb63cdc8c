"""From the owner's coming to the decision: driver, violator, record, explanation. Standard library only.

Source: NĐ 168/2024 Art 47.3, 47.7, 47.8; NĐ 61/2026 Art 15; LXLVPHC Art 56, 58, 61, 66.
"""

from typing import Any

from workflow import commands as c
from workflow.casestate import CaseState, Event, to_json
from workflow.context import CaseError, Context
from workflow.guards import (
    clock_started,
    clock_until,
    clocks_stopped,
    numbered,
    require,
    require_bar_open,
    require_own_authority,
    require_reason,
)
from workflow.noticing import evidence_of_delivery, is_organisation
from workflow.vocabulary import Clock, EventType, State
from workflow.words import INDIVIDUALS, Claim, Explaining, Register, ViolatorBasis

_CLAIMS = {
    Claim.NOMINATED: EventType.DRIVER_NOMINATED,
    Claim.ADMITTED: EventType.DRIVER_ADMITTED,
    Claim.DENIED: EventType.DRIVER_DENIED,
    Claim.OWNER_DISPROVED: EventType.OWNER_DISPROVED_DRIVING,
}


def open_resolution(case: CaseState, command: c.OpenResolution, _context: Context) -> list[Event]:
    return [
        Event(EventType.OWNER_APPEARED, to_json(command)),
        Event(EventType.EVIDENCE_SHOWN),
        *clocks_stopped(case, Clock.NOANSWER, Clock.APPOINTMENT),
    ]


def claim(case: CaseState, command: c.RecordDriverClaim, _context: Context) -> list[Event]:
    named = command.driver or command.claim is Claim.OWNER_DISPROVED
    require(named, "incomplete", "the driver is due")
    if command.claim is Claim.OWNER_DISPROVED:
        require_reason(command.detail)
    events = [Event(_CLAIMS[command.claim], to_json(command))]
    if case.state is State.NOTIFIED:
        appeared = Event(EventType.OWNER_APPEARED, {"appeared": "owner"})
        events = [appeared, *events, *clocks_stopped(case, Clock.NOANSWER, Clock.APPOINTMENT)]
    return events


def identify_violator(case: CaseState, command: c.IdentifyViolator, context: Context) -> list[Event]:
    """NĐ 168 Art 47.8.b: the driver who admits or is proven; else the owner who helped nobody to find him."""
    require(not case.violator, "identified", "the violator is identified already")
    if command.basis in {ViolatorBasis.ADMITTED, ViolatorBasis.PROVEN}:
        require(command.kind in INDIVIDUALS, "basis", "a person drives, not an organisation")
        require(case.state is not State.NOTIFIED, "not_heard", "nobody has come yet")
    else:
        _owner_stands_for_it(case, command)
    return [
        Event(EventType.VIOLATOR_IDENTIFIED, to_json(command)),
        *clocks_stopped(case, Clock.NOANSWER, Clock.APPOINTMENT),
        clock_started(Clock.RECORD, context.at, context),
    ]


def _owner_stands_for_it(case: CaseState, command: c.IdentifyViolator) -> None:
    owner = case.owner
    if owner is None:
        raise CaseError("no_owner", "the owner is not determined")
    require(command.violator == owner.owner, "basis", "only the owner stands for an unnamed driver")
    organisation = command.basis is ViolatorBasis.ORGANISATION_NOT_NAMING
    fits = is_organisation(owner.owner_kind) == organisation and command.kind == owner.owner_kind
    require(fits, "basis", "this basis is not for this kind of owner")
    disproved = any(claim.claim == Claim.OWNER_DISPROVED for claim in case.claims)
    require(not disproved or organisation, "basis", "the owner has proved not to have driven")
    if case.state is State.NOTIFIED:
        run = case.running(Clock.NOANSWER)
        chance = run and run.elapsed and evidence_of_delivery(case)
        require(chance, "not_heard", "a documented chance to explain has not been given")


def make_record(case: CaseState, command: c.MakeRecord, context: Context) -> list[Event]:
    """The record is made whatever the fine, since a device found the act; it opens the decision's time."""
    require(case.violator, "no_violator", "the violator is not identified")
    require(command.signed or command.witness, "incomplete", "a refused signature needs a witness")
    stands = not command.representative or is_organisation(case.violator_kind)
    require(stands, "no_organisation", "only an organisation has a representative")
    row = command.row or case.law
    if row is None:
        raise CaseError("no_law", "the case is not filed")
    if command.row is not None:
        require(row.verified or command.confirmed_by, "unverified", "the row of the law is unverified")
    counted = command.excess_persons > 0 and command.excess_percent > 0
    nothing = command.excess_persons == command.excess_percent == 0
    require(counted if row.per_person else nothing, "excess", "the row counts persons in excess, or none")
    require_bar_open(case, context)
    # One record lists every act of the handling: what one of them opens, it opens for all.
    others = ((other.law, other.excess) for other in context.others.values() if other.law is not None)
    acts = ((row, max(command.excess_persons, 1)), *others)
    kind = case.violator_kind
    explains = context.asks.may_explain(acts, kind, context.at)
    number = context.number(Register.RECORD)
    made: dict[str, Any] = {"number": number, "made_at": context.at.isoformat()}
    made |= {"carried_by": context.carried_by, "explains": explains.yes, "proof": dict(explains.proof)}
    events = [
        *numbered(EventType.RECORD_NUMBERED, number, context),
        Event(EventType.RECORD_MADE, {**to_json(command), **made}),
    ]
    if command.copy_handed:
        events.append(Event(EventType.COPY_HANDED))
    events += [*clocks_stopped(case, Clock.RECORD), clock_started(Clock.DECIDE, context.at, context)]
    if command.appointment_at:
        on_paper = "written on the record"
        events.append(clock_until(Clock.APPOINTMENT, context.at, command.appointment_at, on_paper))
    if explains.yes:
        events.append(clock_started(Clock.EXPLAIN, context.at, context))
    if context.asks.above_unit(acts, kind, context.at):
        events.append(clock_started(Clock.ESCALATE, context.at, context))
    return events


def store_record(case: CaseState, command: c.StoreRecord, _context: Context) -> list[Event]:
    require(case.record and case.record.number == command.number, "no_number", "no such record was made")
    if command.number in case.printed:
        return []  # another run was faster
    return [Event(EventType.RECORD_PRINTED, to_json(command))]


def explanation(case: CaseState, command: c.RecordExplanation, context: Context) -> list[Event]:
    """Steps of an explanation; one that comes too late is noted and changes nothing."""
    require(case.explanation, "no_explanation", "there is no right to explain")
    data = to_json(command)
    if case.explanation == "closed":
        require(command.step is Explaining.RECEIVED, "explained", "the explanation is closed")
        return [Event(EventType.EXPLANATION_CLOSED, {"how": command.step, "late": True, **data})]
    if command.step is Explaining.REQUESTED:
        asked = Event(EventType.EXPLANATION_REQUESTED, data)
        return [asked, *clocks_stopped(case, Clock.EXPLAIN), *_a_month(case, context)]
    events = [Event(EventType.EXPLANATION_CLOSED, {"how": command.step, **data})]
    if command.step is Explaining.HEARD:
        events.insert(0, Event(EventType.HEARING_HELD, data))
    if command.step is Explaining.RECEIVED:
        events += _a_month(case, context)
    return events + clocks_stopped(case, Clock.EXPLAIN)


def _a_month(case: CaseState, context: Context) -> list[Event]:
    """An explanation gives the decision one month from the record (LXLVPHC Art 66.1)."""
    run = case.running(Clock.DECIDE)
    if run is None or case.decision_extended or case.record is None:
        return []
    start, bar = case.record.made_at, case.bar_due
    return [clock_started(Clock.DECIDE, start, context, "explanation", not_before=run.due_at, not_after=bar)]


def extend_decision(case: CaseState, command: c.ExtendDecision, context: Context) -> list[Event]:
    require_own_authority(command.authority, context)
    require_reason(command.reason)
    run = case.running(Clock.DECIDE)
    if run is None or case.decision_extended or context.at > run.due_at:
        raise CaseError("extended", "the time cannot be extended any more")
    return [
        Event(EventType.DECISION_TIME_EXTENDED, to_json(command)),
        clock_started(Clock.DECIDE, run.due_at, context, "extension", not_after=case.bar_due),
    ]


def escalate(case: CaseState, command: c.Escalate, _context: Context) -> list[Event]:
    require_reason(command.reason)
    require(command.to.strip(), "incomplete", "the authority is due")
    require(not case.escalated_to, "escalated", "the file is with the higher authority already")
    return [Event(EventType.FILE_ESCALATED, to_json(command)), *clocks_stopped(case, Clock.ESCALATE)]
