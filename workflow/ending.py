"""Ends and what can follow: dismissal, transfer, time bar, evasion, complaint, purge. Standard library only.

Source: LXLVPHC Art 11, 15, 65; NĐ 168/2024 Art 4; TT 73/2024/TT-BCA Art 24.1.b, 24.3.
"""

from workflow import commands as c
from workflow.casestate import CaseState, Event, to_json
from workflow.context import CaseError, Context
from workflow.enforcing import decision_of, lawful
from workflow.guards import (
    all_clocks_stopped,
    clock_started,
    clock_until,
    clocks_stopped,
    decision_served,
    ended,
    finished,
    notice_voided,
    require,
    require_bar_open,
    require_own_authority,
    require_reason,
    warnings_withdrawn,
)
from workflow.joining import fulfilled
from workflow.noticing import back_to_reviewed
from workflow.vocabulary import (
    TERMINAL,
    Clock,
    DismissalGround,
    EventType,
    Outcome,
    Phase,
    State,
)
from workflow.words import Register, Ruling, TransferResult

_BY_OTHERS = {DismissalGround.COMPLAINT_UPHELD, DismissalGround.DECIDED_ELSEWHERE}


def dismiss(case: CaseState, command: c.Dismiss, context: Context) -> list[Event]:
    require(command.reason.strip(), "incomplete", "a dismissal needs its reason")
    require(command.ground not in _BY_OTHERS, "ground", "this ground comes from a ruling or another unit")
    return ended(case, Event(EventType.CASE_DISMISSED, to_json(command)), context)


# -- clocks ----------------------------------------------------------------------------------


# An overrun of the others is shown and counted; it blocks nothing by itself.
_ELAPSED = {
    Clock.NOANSWER: EventType.NO_ANSWER_ELAPSED,
    Clock.RETAIN: EventType.RETENTION_ELAPSED,
    Clock.APPOINTMENT: EventType.APPOINTMENT_MISSED,
}


def elapse(case: CaseState, command: c.ElapseDeadline, context: Context) -> list[Event]:
    run = case.running(command.clock)
    require(run and not run.elapsed, "not_running", f"{command.clock} does not run")
    if run is None or context.at <= run.due_at:
        raise CaseError("not_due", f"{command.clock} is not over yet")
    due_at = run.due_at
    data = {"clock": command.clock, "due_at": due_at.isoformat()}
    match command.clock:
        case Clock.BAR:
            return ended(case, Event(EventType.TIME_BARRED, data), context)
        case Clock.EXPLAIN:
            lapsed = Event(EventType.EXPLANATION_CLOSED, {"how": "lapsed", **data})
            return [lapsed, *clocks_stopped(case, Clock.EXPLAIN)]
        case Clock.COMPLY:
            return [
                Event(EventType.COMPLIANCE_ELAPSED, data),
                clock_started(Clock.NONCOMPLY, due_at, context),
            ]
        case Clock.DEEMED | Clock.POSTING:
            return decision_served(case, context, "deemed", due_at, **data)
        case _:
            return [Event(_ELAPSED.get(command.clock, EventType.DEADLINE_MISSED), data)]


# -- transfer --------------------------------------------------------------------------------


def transfer_out(case: CaseState, command: c.TransferOut, context: Context) -> list[Event]:
    """The file goes to another body; the time bar runs on, and its answer comes back."""
    require_own_authority(command.authority, context)
    require_reason(command.reason)
    require(command.to.strip(), "incomplete", "the other body is due")
    require_bar_open(case, context)
    if command.to_commune:
        may = case.law is not None and context.asks.commune_may(case.law, context.at)
        require(may, "commune", "the police of a commune may not handle this act")
    events = [
        Event(EventType.TRANSFER_SENT, {"number": context.number(Register.TRANSFER), **to_json(command)})
    ]
    if case.notice:
        events.append(Event(EventType.NOTICE_SUPERSEDED, {"number": case.notice.number}))
    if case.published:
        events.append(Event(EventType.PUBLICATION_UPDATED, {"status": "transferred"}))
    return events + clocks_stopped(case, Clock.NOTIFY, Clock.NOANSWER, Clock.APPOINTMENT, Clock.RECORD)


def transfer_returned(case: CaseState, command: c.RecordReturn, context: Context) -> list[Event]:
    require_reason(command.reason)
    return [
        *notice_voided(case, context, "transfer_returned"),
        Event(EventType.TRANSFER_RETURNED, to_json(command)),
        *back_to_reviewed(case, context),
    ]


def transfer_result(case: CaseState, command: c.RecordTransferResult, context: Context) -> list[Event]:
    require(command.number.strip(), "incomplete", "the number of the other unit's paper is due")
    told = Event(EventType.TRANSFER_RESULT_RECEIVED, to_json(command))
    if command.result is TransferResult.NO_SANCTION:
        data = {"ground": DismissalGround.DECIDED_ELSEWHERE, "reason": command.detail}
        return [told, *ended(case, Event(EventType.CASE_DISMISSED, data), context)]
    if command.result is TransferResult.TIME_BARRED:
        return [told, *ended(case, Event(EventType.TIME_BARRED, {"clock": Clock.BAR}), context)]
    events = [told, Event(EventType.CASE_CLOSED, {"outcome": Outcome.SANCTIONED_ELSEWHERE})]
    if case.published:
        events.append(Event(EventType.PUBLICATION_UPDATED, {"status": "closed"}))
    return events + finished(case, context)


# -- evasion ---------------------------------------------------------------------------------


def evasion(case: CaseState, command: c.RecordEvasion, context: Context) -> list[Event]:
    """The bar stops with an evasion that began inside it and starts again when it ends (NĐ 168 Art 4.2)."""
    require_reason(command.proof)
    over_at = command.ended_at
    ordered = command.begun_at <= (over_at or context.at) <= context.at
    require(ordered, "future", "this lies in the future of this clock")
    require(not case.purged, "purged", "the evidence is destroyed already")
    events: list[Event] = []
    if not case.evading:
        inside = case.bar_due is not None and command.begun_at <= case.bar_due
        require(inside, "time_barred", "the time bar was over before the evasion began")
        events = [
            Event(EventType.EVASION_RECORDED, to_json(command)),
            *clocks_stopped(case, Clock.BAR, Clock.RETAIN),
        ]
    else:
        require(over_at, "evading", "an evasion is recorded already")
    if over_at:
        events += [
            Event(EventType.EVASION_ENDED, to_json(command)),
            clock_started(Clock.BAR, over_at, context),
        ]
    return events


# -- complaint -------------------------------------------------------------------------------


def lodge_complaint(case: CaseState, command: c.LodgeComplaint, context: Context) -> list[Event]:
    """A complaint pauses nothing by itself; a closed decision can be ruled on again."""
    require(command.subject.strip(), "incomplete", "what is complained of is due")
    require(command.received_at <= context.at, "future", "this lies in the future of this clock")
    require(not case.complaint, "complaint_open", "a complaint is open")
    require(not case.purged, "purged", "the evidence is destroyed already")
    events = [Event(EventType.COMPLAINT_LODGED, to_json(command))]
    if case.state is not State.CLOSED:
        return events
    decision = decision_of(case)
    if case.published:
        events.append(Event(EventType.PUBLICATION_UPDATED, {"status": "decided"}))
    return [
        *events,
        *clocks_stopped(case, Clock.RETAIN),
        clock_started(Clock.ENFBAR, decision.signed_at, context),
    ]


def rule(case: CaseState, command: c.RuleOnComplaint, context: Context) -> list[Event]:
    require(case.complaint, "no_complaint", "no complaint is open")
    require_own_authority(command.authority, context)
    require_reason(command.reason)
    decider = case.decision.authority.officer if case.decision else ""
    require(decider != context.actor.id, "second_person", "whoever decided does not rule on it")
    data = to_json(command)
    if command.ruling is Ruling.REJECTED:
        return [Event(EventType.COMPLAINT_REJECTED, data)]
    require(case.state not in TERMINAL, "illegal", "the case has ended already")
    return (
        _amend(case, command, context) if command.ruling is Ruling.AMENDED else _revoke(case, data, context)
    )


def _amend(case: CaseState, command: c.RuleOnComplaint, context: Context) -> list[Event]:
    decision = decision_of(case)
    lawful(case, command, context)
    amount = command.amount or 0
    require(amount <= decision.amount, "amount", "a ruling raises no fine")
    number = {"number": context.number(Register.DECISION), "amount": amount, "amends": decision.number}
    events = [Event(EventType.DECISION_AMENDED, to_json(command) | number)]
    too_much = case.paid - case.refund_due - amount - case.accrued
    if too_much > 0:
        events.append(Event(EventType.REFUND_DUE, {"transaction": "", "amount": too_much}))
    if too_much >= 0 and case.owed and not case.handling:
        events += fulfilled(case)
    return events


def _revoke(case: CaseState, data: dict[str, object], context: Context) -> list[Event]:
    """Points and money back; then another decision, or an end: the notice is taken back by a letter."""
    ground = {"ground": DismissalGround.COMPLAINT_UPHELD, "reason": data["reason"]}
    events: list[Event] = []
    if data["redecide"]:
        require(case.phase is Phase.DECIDED, "no_decision", "no decision was signed")
        in_time = case.decide_due is not None and context.at <= case.decide_due
        barred = not case.evading and (case.bar_due is None or context.at > case.bar_due)
        require(in_time and not barred, "decision_time", "no other decision may follow any more")
    if case.phase is Phase.DECIDED:
        decision = decision_of(case)
        # Where it stands for other acts, its number is not void.
        stands = [o.decision for o in context.others.values() if o.decision and not o.decision.revoked]
        partly = any((o.number, o.signed_at) == (decision.number, decision.signed_at) for o in stands)
        of = {"number": decision.number, "carried_by": decision.carried_by, "partly": partly}
        if case.points:
            events.append(Event(EventType.POINTS_RESTORED, {"count": case.points}))
        if case.licence_presented:
            events.append(Event(EventType.SUSPENSION_ENDS))
        if case.kept_money > 0:
            events.append(Event(EventType.REFUND_DUE, {"transaction": "", "amount": case.kept_money}))
        events.append(Event(EventType.DECISION_REVOKED, {**data, **of}))  # last: it clears what they changed
    if data["redecide"]:
        return events + _recorded_again(case)
    return [*events, *ended(case, Event(EventType.CASE_DISMISSED, ground), context)]


def _recorded_again(case: CaseState) -> list[Event]:
    """The record stands, and its times run on as if no decision had been signed."""
    events = [*warnings_withdrawn(case), *all_clocks_stopped(case)]
    if case.published:
        events.append(Event(EventType.PUBLICATION_UPDATED, {"status": "not_sanctioned"}))
    start = case.record.made_at if case.record else None
    runs = ((Clock.BAR, None if case.evading else case.bar_due), (Clock.DECIDE, case.decide_due))
    return events + [clock_until(clock, start or due, due, "runs on") for clock, due in runs if due]


# -- after the end ---------------------------------------------------------------------------


def report_end(case: CaseState, command: c.ReportEnd, _context: Context) -> list[Event]:
    if case.end_reported:
        return []
    stands = case.state is not State.CLOSED and case.notice is not None and not case.notice.letter
    sent_in_error = stands and case.notice is not None and case.notice.sent_at
    require(not sent_in_error or command.letter, "no_letter", "a sent notice is withdrawn by a letter")
    return [Event(EventType.END_REPORTED, to_json(command))]


def _over(case: CaseState, context: Context) -> bool:
    """Whether nobody needs the file of an act any more: one record and one decision belong to all acts."""
    run = case.running(Clock.RETAIN)
    kept = case.kept or case.complaint or run is None or context.at <= run.due_at
    return case.purged or not kept


def purge(case: CaseState, command: c.Purge, context: Context) -> list[Event]:
    """Files and personal facts go; the events keep the hashes. An open complaint keeps them."""
    require_reason(command.reason)
    require(not case.purged, "purged", "the evidence is destroyed already")
    run = case.running(Clock.RETAIN)
    require(run and context.at > run.due_at, "not_due", "the deadline is not over yet")
    require(not case.kept, "kept", f"the file is kept: {case.kept}")
    require(not case.complaint and case.end_reported, "complaint_open", "the end is still open")
    needing = [key for key, other in context.others.items() if not _over(other, context)]
    require(not needing, "needed", f"the record and the decision are those of {', '.join(needing)} as well")
    opened = case.opened
    if opened is None:
        raise CaseError("no_case", "the case was never opened")
    hashes = {"package": opened.package_sha256, "notice": case.notice.sha256 if case.notice else ""}
    data = {**to_json(command), "hashes": hashes, "persons": sorted(case.persons)}
    return [Event(EventType.EVIDENCE_PURGED, data), *clocks_stopped(case, Clock.RETAIN)]
