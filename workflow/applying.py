"""What each event says of the case: `apply(case, event) → case`. Pure, and total over the events."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflow import commands as c
from workflow.casestate import CaseState, ClockRun, Decision, Event, Notice, Payment, Proposal, Review
from workflow.law.rows import LawRow
from workflow.vocabulary import Clock, EventType, Phase, RejectionGround, State, Verdict


def apply(case: CaseState, event: Event) -> CaseState:
    """The case after one event. Total over `EventType`: an event never fails to apply."""
    after = _APPLY[event.type](case, event.data)
    if event.type is not EventType.PROPOSED:
        after = replace(after, proposal=None)
    return replace(after, version=case.version + 1)


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _reading(data: Mapping[str, Any]) -> c.MachineReading:
    return c.MachineReading(**data)


def _answer(data: Mapping[str, Any]) -> c.Answer:
    ground = RejectionGround(data["ground"]) if data["ground"] else None
    return c.Answer(Verdict(data["verdict"]), data["plate"], data["vehicle_class"], data["act"], ground)


def _opened(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    times = {"recorded_at": _time(data["recorded_at"]), "reading": _reading(data["reading"])}
    return replace(case, opened=c.OpenFromDevice(**{**data, **times}))


def _clock_started(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    clock = Clock(data["clock"])
    run = ClockRun(clock, _time(data["starts_at"]), _time(data["due_at"]))
    return replace(case, clocks=(*(r for r in case.clocks if r.clock is not clock), run))


def _clock_stopped(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return replace(case, clocks=tuple(r for r in case.clocks if r.clock != data["clock"]))


def _elapsed(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    clocks = tuple(replace(r, elapsed=True) if r.clock == data["clock"] else r for r in case.clocks)
    return replace(case, clocks=clocks)


def _reviewed(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    answer = _answer(data)
    return replace(
        case,
        state=State.REVIEWED,
        disagreed=False,
        plate=answer.plate,
        vehicle_class=answer.vehicle_class,
        act=answer.act,
    )


def _numbered(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    authority = c.Authority(**data["authority"])
    notice = Notice(data["number"], _time(data["numbered_at"]), authority, _time(data["appointment_at"]))
    return replace(case, notice=notice)


def _on_notice(case: CaseState, **changes: Any) -> CaseState:
    return replace(case, notice=replace(case.notice, **changes) if case.notice else None)


def _decided(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    authority = c.Authority(**data["authority"])
    decision = Decision(data["number"], data["amount"], authority, _time(data["signed_at"]))
    return replace(case, phase=Phase.DECIDED, decision=decision)


def _served(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    served = replace(case.decision, served_at=_time(data["served_at"])) if case.decision else None
    return replace(case, decision=served)


def _owner(data: Mapping[str, Any]) -> c.DetermineOwner:
    return c.DetermineOwner(**{**data, "as_of": _time(data["as_of"])})


def _ended(state: State, key: str) -> Callable[[CaseState, Mapping[str, Any]], CaseState]:
    return lambda case, data: replace(case, state=state, phase=None, outcome=data[key])


_APPLY: dict[EventType, Callable[[CaseState, Mapping[str, Any]], CaseState]] = {
    EventType.CASE_OPENED: _opened,
    EventType.CLOCK_STARTED: _clock_started,
    EventType.CLOCK_STOPPED: _clock_stopped,
    EventType.EVIDENCE_EXTRACTED: lambda case, d: replace(
        case, state=State.EXTRACTED, reread=_reading(d["reading"])
    ),
    EventType.REVIEW_SUBMITTED: lambda case, d: replace(
        case, reviews=(*case.reviews, Review(d["officer"], _answer(d["answer"])))
    ),
    EventType.REVIEW_AGREED: _reviewed,
    EventType.REVIEW_DISAGREED: lambda case, _d: replace(case, disagreed=True),
    EventType.REVIEW_ADJUDICATED: lambda case, _d: replace(case, disagreed=False),
    EventType.EVIDENCE_REJECTED: _ended(State.REJECTED, "ground"),
    EventType.HOLD_PLACED: lambda case, d: replace(case, hold=d["reason"]),
    EventType.HOLD_RELEASED: lambda case, _d: replace(case, hold=""),
    EventType.OWNER_DETERMINED: lambda case, d: replace(case, owner=_owner(d)),
    EventType.CASE_FILED: lambda case, d: replace(case, state=State.FILED, law=LawRow(**d["row"])),
    EventType.NOTICE_NUMBERED: _numbered,
    EventType.NOTICE_SIGNED: lambda case, d: _on_notice(case, document=d["document"], sha256=d["sha256"]),
    EventType.NOTICE_SENT: lambda case, d: replace(
        _on_notice(case, sent_at=_time(d["sent_at"]), receipt=d["receipt"]), state=State.NOTIFIED
    ),
    EventType.NOTICE_VOIDED: lambda case, d: _on_notice(
        case, voided=True, letter_number=d["letter_number"], voided_at=_time(d["at"])
    ),
    EventType.VIOLATION_PUBLISHED: lambda case, _d: replace(case, published=True),
    EventType.PUBLICATION_UPDATED: lambda case, _d: case,
    EventType.PUBLICATION_WITHDRAWN: lambda case, _d: replace(case, published=False),
    EventType.DELIVERED: lambda case, d: _on_notice(case, delivery=d["outcome"]),
    EventType.MAIL_RETURNED: lambda case, d: _on_notice(case, delivery=d["outcome"]),
    EventType.NO_ANSWER_ELAPSED: lambda case, d: replace(_elapsed(case, d), overdue=True),
    EventType.DEADLINE_MISSED: _elapsed,
    EventType.COMPLIANCE_ELAPSED: lambda case, d: replace(_elapsed(case, d), overdue=True),
    EventType.OWNER_APPEARED: lambda case, _d: replace(
        case, state=State.RESOLVING, phase=Phase.SUMMONED, overdue=False
    ),
    EventType.VIOLATOR_IDENTIFIED: lambda case, d: replace(case, violator=d["violator"]),
    EventType.RECORD_NUMBERED: lambda case, d: replace(case, record_number=d["number"]),
    EventType.RECORD_MADE: lambda case, _d: replace(case, phase=Phase.RECORDED),
    EventType.DECISION_NUMBERED: lambda case, _d: case,
    EventType.DECISION_SIGNED: _decided,
    EventType.DECISION_SERVED: _served,
    EventType.PAYMENT_RECORDED: lambda case, d: replace(
        case, payments=(*case.payments, Payment(d["transaction"], d["amount"]))
    ),
    EventType.REFUND_DUE: lambda case, d: replace(case, refund_due=case.refund_due + d["amount"]),
    EventType.PAYMENT_COMPLETED: lambda case, _d: replace(case, overdue=False),
    EventType.CASE_CLOSED: _ended(State.CLOSED, "outcome"),
    EventType.CASE_DISMISSED: _ended(State.DISMISSED, "ground"),
    EventType.TIME_BARRED: _ended(State.EXPIRED, "clock"),
    EventType.END_REPORTED: lambda case, _d: replace(case, end_reported=True),
    EventType.PROPOSED: lambda case, d: replace(
        case, proposal=Proposal(d["command"], d["digest"], d["officer"])
    ),
}
