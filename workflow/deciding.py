"""What follows from each command: guards of the law, then events. Standard library only.

One function per row of `workflow.case.TRANSITIONS`; the place and the role were checked there.
"""

from datetime import datetime

from workflow import commands as c
from workflow.casestate import CaseError, CaseState, Context, Event, to_json
from workflow.vocabulary import TERMINAL, Clock, EventType, Outcome, RejectionGround, Role, State, Verdict


def _require(condition: object, code: str, message: str) -> None:
    if not condition:
        raise CaseError(code, message)


def _start(clock: Clock, start: datetime, context: Context, *, not_before: datetime | None = None) -> Event:
    due = context.due(clock, start, context.at)
    times = {"starts_at": start.isoformat(), "due_at": max(due.at, not_before or due.at).isoformat()}
    return Event(EventType.CLOCK_STARTED, {"clock": clock, **times, "proof": dict(due.proof)})


def _stop(case: CaseState, *clocks: Clock) -> list[Event]:
    return [Event(EventType.CLOCK_STOPPED, {"clock": k}) for k in clocks if case.running(k)]


def _stop_all(case: CaseState) -> list[Event]:
    return _stop(case, *(run.clock for run in case.clocks))


def _end(case: CaseState, event: Event, context: Context) -> list[Event]:
    """An end without a fine: the notice is void, the publication withdrawn, every clock stops."""
    events = [event]
    if case.notice and not case.notice.voided:
        letter = context.number("notice") if case.notice.sent_at else ""
        voided = {"number": case.notice.number, "letter_number": letter, "at": context.at.isoformat()}
        events.append(Event(EventType.NOTICE_VOIDED, voided))
    if case.published:
        events.append(Event(EventType.PUBLICATION_WITHDRAWN))
    return events + _stop_all(case)


def _bar_open(case: CaseState, context: Context) -> None:
    run = case.running(Clock.BAR)
    _require(run and context.at <= run.due_at, "time_barred", "the time bar of the sanction is over")


def open_case(_case: CaseState, command: c.OpenFromDevice, context: Context) -> list[Event]:
    _require(command.recorded_at <= context.at, "future", "the act lies in the future of this clock")
    return [
        Event(EventType.CASE_OPENED, to_json(command)),
        _start(Clock.BAR, command.recorded_at, context),
        _start(Clock.NOTIFY, command.recorded_at, context),
    ]


def extract(_case: CaseState, command: c.Extract, _context: Context) -> list[Event]:
    return [Event(EventType.EVIDENCE_EXTRACTED, to_json(command))]


def _check_answer(answer: c.Answer) -> None:
    if answer.verdict is Verdict.VIOLATION:
        complete = answer.plate and answer.vehicle_class and answer.act
        _require(complete, "incomplete", "plate, vehicle class and act are due")
    else:
        _require(answer.ground, "incomplete", "a rejection needs its ground")


def submit_review(case: CaseState, command: c.SubmitReview, context: Context) -> list[Event]:
    _check_answer(command.answer)
    officer = context.actor.id
    _require(not case.disagreed, "disagreed", "two answers differ: an adjudicator decides")
    fresh = all(review.officer != officer for review in case.reviews)
    _require(fresh, "reviewed", "you have answered this case already")
    submitted = Event(EventType.REVIEW_SUBMITTED, {"officer": officer, "answer": to_json(command.answer)})
    if not case.reviews:
        return [submitted]
    first, answer = case.reviews[0].answer, command.answer
    if first != answer or _machine_contradicts(case, answer):
        return [submitted, Event(EventType.REVIEW_DISAGREED)]
    if answer.ground is not None:
        data = {"ground": answer.ground, "detail": ""}
        return [submitted, *_end(case, Event(EventType.EVIDENCE_REJECTED, data), context)]
    return [submitted, Event(EventType.REVIEW_AGREED, to_json(answer))]


def _machine_contradicts(case: CaseState, answer: c.Answer) -> bool:
    """Both officers against a reading that the machine accepted: somebody must look a third time."""
    readings = [r for r in (case.opened and case.opened.reading, case.reread) if r and r.accepted]
    return answer.verdict is Verdict.VIOLATION and any(r.text != answer.plate for r in readings)


def adjudicate(case: CaseState, command: c.Adjudicate, context: Context) -> list[Event]:
    _check_answer(command.answer)
    _require(case.disagreed, "not_disagreed", "the two answers do not differ")
    third = all(review.officer != context.actor.id for review in case.reviews)
    _require(third, "second_person", "a third person must adjudicate")
    _require(command.reason.strip(), "incomplete", "an adjudication needs its reason")
    decided = Event(EventType.REVIEW_ADJUDICATED, {"officer": context.actor.id, **to_json(command)})
    if command.answer.ground is not None:
        data = {"ground": command.answer.ground, "detail": command.reason}
        return [decided, *_end(case, Event(EventType.EVIDENCE_REJECTED, data), context)]
    return [decided, Event(EventType.REVIEW_AGREED, to_json(command.answer))]


def reject(case: CaseState, command: c.RejectEvidence, context: Context) -> list[Event]:
    machine = {RejectionGround.DUPLICATE, RejectionGround.DEVICE_INVALID}
    if Role.ADJUDICATOR not in context.actor.roles:
        _require(command.ground in machine, "forbidden", "only an officer may reject on this ground")
    return _end(case, Event(EventType.EVIDENCE_REJECTED, to_json(command)), context)


def place_hold(case: CaseState, command: c.PlaceHold, _context: Context) -> list[Event]:
    _require(not case.hold, "held", "the case is held already")
    _require(command.reason.strip(), "incomplete", "a hold needs its reason")
    return [Event(EventType.HOLD_PLACED, to_json(command))]


def release_hold(case: CaseState, command: c.ReleaseHold, _context: Context) -> list[Event]:
    _require(case.hold, "not_held", "the case is not held")
    return [Event(EventType.HOLD_RELEASED, to_json(command))]


def determine_owner(case: CaseState, command: c.DetermineOwner, _context: Context) -> list[Event]:
    _require(not case.hold, "held", f"the case is held: {case.hold}")
    return [Event(EventType.OWNER_DETERMINED, to_json(command))]


def file(case: CaseState, command: c.FileCase, context: Context) -> list[Event]:
    _require(not case.hold, "held", f"the case is held: {case.hold}")
    _require(case.owner, "no_owner", "the owner is not determined")
    _bar_open(case, context)
    _require(command.row.verified or command.confirmed_by, "unverified", "the row of the law is unverified")
    return [Event(EventType.CASE_FILED, to_json(command))]


def sign_notice(case: CaseState, command: c.SignNotice, context: Context) -> list[Event]:
    _require(not case.hold, "held", f"the case is held: {case.hold}")
    _require(case.notice is None, "numbered", "the notice has its number already")
    _require(command.authority.officer == context.actor.id, "forbidden", "a signer signs for nobody else")
    _require(command.appointment_at > context.at, "past", "the appointment lies in the past")
    _bar_open(case, context)
    data = {"number": context.number("notice"), "numbered_at": context.at.isoformat(), **to_json(command)}
    return [Event(EventType.NOTICE_NUMBERED, data)]


def store_notice(case: CaseState, command: c.StoreNotice, _context: Context) -> list[Event]:
    _require(case.notice, "no_number", "no notice was approved")
    if case.notice and case.notice.sha256:
        return []  # two runs at once are normal: the first stored PDF wins
    return [Event(EventType.NOTICE_SIGNED, to_json(command))]


def notice_sent(case: CaseState, command: c.RecordNoticeSent, context: Context) -> list[Event]:
    if case.notice is None or not case.notice.sha256:
        raise CaseError("unsigned", "the notice is not signed yet")
    _require(command.receipt, "incomplete", "sending needs its receipt")
    return [
        Event(EventType.NOTICE_SENT, to_json(command)),
        Event(EventType.VIOLATION_PUBLISHED),
        *_stop(case, Clock.NOTIFY),
        # NĐ 168 Art 47.11: the day of the appointment must have passed as well.
        _start(Clock.NOANSWER, command.sent_at, context, not_before=case.notice.appointment_at),
    ]


def delivery(case: CaseState, command: c.RecordDelivery, _context: Context) -> list[Event]:
    if case.notice and case.notice.delivery == command.outcome:
        return []  # the post may tell the same twice
    kind = EventType.DELIVERED if command.outcome == "delivered" else EventType.MAIL_RETURNED
    return [Event(kind, to_json(command))]


def open_resolution(case: CaseState, command: c.OpenResolution, _context: Context) -> list[Event]:
    return [Event(EventType.OWNER_APPEARED, to_json(command)), *_stop(case, Clock.NOANSWER)]


def identify_violator(case: CaseState, command: c.IdentifyViolator, context: Context) -> list[Event]:
    _require(not case.violator, "identified", "the violator is identified already")
    return [Event(EventType.VIOLATOR_IDENTIFIED, to_json(command)), _start(Clock.RECORD, context.at, context)]


def make_record(case: CaseState, command: c.MakeRecord, context: Context) -> list[Event]:
    _require(case.violator, "no_violator", "the violator is not identified")
    _require(command.signed or command.witness, "incomplete", "a refused signature needs a witness")
    number = context.number("record")
    return [
        Event(EventType.RECORD_NUMBERED, {"number": number}),
        Event(EventType.RECORD_MADE, to_json(command)),
        *_stop(case, Clock.RECORD),
        _start(Clock.DECIDE, context.at, context),
    ]


def sign_decision(case: CaseState, command: c.SignDecision, context: Context) -> list[Event]:
    _bar_open(case, context)
    run = case.running(Clock.DECIDE)
    _require(run and context.at <= run.due_at, "decision_time", "the time for the decision is over")
    _require(command.authority.officer == context.actor.id, "forbidden", "a signer signs for nobody else")
    row = case.law
    if row is None or row.bracket is None:
        raise CaseError("no_law", "the case is not filed, or carries a warning only")
    low, high = row.bracket
    # Competence is tested against the maximum of the bracket, not the amount (LXLVPHC Art 52).
    _require(high <= command.authority.limit, "competence", "the bracket is above your limit")
    _require(low <= command.amount <= high, "amount", "the amount leaves the bracket")
    number, at = context.number("decision"), context.at.isoformat()
    return [
        Event(EventType.DECISION_NUMBERED, {"number": number}),
        Event(EventType.DECISION_SIGNED, {"number": number, "signed_at": at, **to_json(command)}),
        Event(EventType.PUBLICATION_UPDATED, {"status": "decided"}),
        *_stop(case, Clock.BAR, Clock.DECIDE),
        _start(Clock.SENDDEC, context.at, context),
        _start(Clock.ENFBAR, context.at, context),
    ]


def serve_decision(case: CaseState, command: c.RecordService, context: Context) -> list[Event]:
    _require(case.decision and case.decision.served_at is None, "served", "the decision is served already")
    return [
        Event(EventType.DECISION_SERVED, to_json(command)),
        *_stop(case, Clock.SENDDEC),
        _start(Clock.COMPLY, command.served_at, context),
    ]


def pay(case: CaseState, command: c.RecordPayment, _context: Context) -> list[Event]:
    if any(payment.transaction == command.transaction for payment in case.payments):
        return []  # the same transaction told twice
    _require(command.amount > 0, "amount", "a payment is a positive sum")
    events = [Event(EventType.PAYMENT_RECORDED, to_json(command))]
    owed = case.decision.amount - case.paid if case.decision and case.state not in TERMINAL else 0
    due = max(owed, 0)
    if command.amount > due:
        # Real money is never refused: what is not owed becomes a refund.
        refund = {"transaction": command.transaction, "amount": command.amount - due}
        events.append(Event(EventType.REFUND_DUE, refund))
    if 0 < due <= command.amount:
        events += [Event(EventType.PAYMENT_COMPLETED), *_stop(case, Clock.COMPLY)]
    return events


def close(case: CaseState, command: c.Close, _context: Context) -> list[Event]:
    if command.outcome is Outcome.PAID:
        _require(case.decision and case.paid >= case.decision.amount, "unpaid", "the fine is not paid")
        _require(case.decision and case.decision.served_at, "unserved", "the decision is not served")
    else:
        run = case.running(Clock.ENFBAR)
        _require(run and run.elapsed, "enforceable", "the decision can still be enforced")
    events = [Event(EventType.CASE_CLOSED, to_json(command))]
    if case.published:
        events.append(Event(EventType.PUBLICATION_UPDATED, {"status": "closed"}))
    return events + _stop_all(case)


def dismiss(case: CaseState, command: c.Dismiss, context: Context) -> list[Event]:
    _require(command.reason.strip(), "incomplete", "a dismissal needs its reason")
    return _end(case, Event(EventType.CASE_DISMISSED, to_json(command)), context)


def elapse(case: CaseState, command: c.ElapseDeadline, context: Context) -> list[Event]:
    run = case.running(command.clock)
    _require(run and not run.elapsed, "not_running", f"{command.clock} does not run")
    if run is None or context.at <= run.due_at:
        raise CaseError("not_due", f"{command.clock} is not over yet")
    data = {"clock": command.clock, "due_at": run.due_at.isoformat()}
    if command.clock is Clock.BAR:
        return _end(case, Event(EventType.TIME_BARRED, data), context)
    if command.clock is Clock.NOANSWER:
        return [Event(EventType.NO_ANSWER_ELAPSED, data)]
    kind = EventType.COMPLIANCE_ELAPSED if command.clock is Clock.COMPLY else EventType.DEADLINE_MISSED
    return [Event(kind, data)]


def report_end(case: CaseState, command: c.ReportEnd, _context: Context) -> list[Event]:
    if case.end_reported:
        return []
    sent_in_error = case.state is not State.CLOSED and case.notice is not None and case.notice.sent_at
    _require(not sent_in_error or command.letter, "no_letter", "a sent notice is withdrawn by a letter")
    return [Event(EventType.END_REPORTED, to_json(command))]
