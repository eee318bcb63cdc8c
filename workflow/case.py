"""The case as pure functions: `decide(case, command, context) → events` and `apply(case, event) → case`.

Standard library only. The table `TRANSITIONS` drives legality, permissions, console buttons, the diagram
in docs and the tests. Source: TT 73/2024/TT-BCA Art 15, 23, 24; NĐ 168/2024 Art 4, 47; NĐ 61/2026 Art 14, 15
(docs/legal-sources.md).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from workflow import commands as c
from workflow.vocabulary import (
    TERMINAL,
    Clock,
    EventType,
    Outcome,
    Phase,
    RejectionGround,
    Role,
    State,
    Verdict,
)


class CaseError(Exception):
    """A command that the case refuses. `code` is stable; the message says what stands in the way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command. Officers carry several roles; machines one."""

    id: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock ends, and the proof of it: rule, version, inputs, holidays crossed."""

    at: datetime
    proof: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may use besides the case and the command. All of it is recorded in the events."""

    actor: Actor
    at: datetime
    due: Callable[[Clock, datetime, datetime], Due]  # clock, start, time of the step
    number: Callable[[str], str]  # next number of a series, taken in the same transaction


@dataclass(frozen=True, slots=True)
class Event:
    type: EventType
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    officer: str
    answer: c.Answer


@dataclass(frozen=True, slots=True)
class ClockRun:
    clock: Clock
    starts_at: datetime
    due_at: datetime
    elapsed: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    number: str
    numbered_at: datetime
    authority: c.Authority
    appointment_at: datetime
    document: str = ""
    sha256: str = ""
    sent_at: datetime | None = None
    receipt: str = ""
    delivery: str = ""
    voided: bool = False
    letter_number: str = ""  # of the letter that withdraws a notice already sent
    voided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    number: str
    amount: int
    authority: c.Authority
    signed_at: datetime
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    transaction: str
    amount: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first of two persons asked for this; the second must ask for the same."""

    command: str
    digest: str
    officer: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """All that the events say of a case. `version` is the number of the last event."""

    version: int = 0
    state: State = State.COLLECTED
    phase: Phase | None = None
    opened: c.OpenFromDevice | None = None
    reread: c.MachineReading | None = None
    reviews: tuple[Review, ...] = ()
    disagreed: bool = False
    plate: str = ""
    vehicle_class: str = ""
    act: str = ""
    hold: str = ""
    owner: c.DetermineOwner | None = None
    law: c.LawRow | None = None
    notice: Notice | None = None
    published: bool = False
    overdue: bool = False
    violator: str = ""
    record_number: str = ""
    decision: Decision | None = None
    payments: tuple[Payment, ...] = ()
    refund_due: int = 0
    clocks: tuple[ClockRun, ...] = ()
    proposal: Proposal | None = None
    outcome: str = ""
    end_reported: bool = False

    @property
    def paid(self) -> int:
        """Đồng received so far."""
        return sum(payment.amount for payment in self.payments)

    def running(self, clock: Clock) -> ClockRun | None:
        """The run of a clock that is not stopped, or None."""
        return next((run for run in self.clocks if run.clock is clock), None)


Place = tuple[State, Phase | None]
_PRE: tuple[Place, ...] = tuple(
    (s, None) for s in (State.COLLECTED, State.EXTRACTED, State.REVIEWED, State.FILED)
)
_NOTIFIED: Place = (State.NOTIFIED, None)
_SUMMONED: Place = (State.RESOLVING, Phase.SUMMONED)
_RECORDED: Place = (State.RESOLVING, Phase.RECORDED)
_DECIDED: Place = (State.RESOLVING, Phase.DECIDED)
_OPEN: tuple[Place, ...] = (*_PRE, _NOTIFIED, _SUMMONED, _RECORDED)
_ENDS: tuple[Place, ...] = tuple((s, None) for s in TERMINAL)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: where a command is legal, who may give it, when it needs two different persons."""

    places: tuple[Place, ...]
    roles: frozenset[Role]
    decide: Callable[[CaseState, Any, Context], list[Event]]
    two_persons: Callable[[CaseState], bool] = lambda _case: False


def decide(case: CaseState | None, command: c.Command, context: Context) -> tuple[Event, ...]:
    """The events that follow from a command.

    Raises:
        CaseError: the place, the person or a guard of the law refuses it.
    """
    row = TRANSITIONS[type(command)]
    if not row.roles & context.actor.roles:
        raise CaseError("forbidden", f"{type(command).__name__} is not for {sorted(context.actor.roles)}")
    if case is None:
        if row.places:
            raise CaseError("no_case", f"{type(command).__name__} needs a case")
        return tuple(row.decide(CaseState(), command, context))
    if (case.state, case.phase) not in row.places:
        where = f"{case.state}.{case.phase}" if case.phase else case.state
        raise CaseError("illegal", f"{type(command).__name__} is not possible in {where}")
    events = row.decide(case, command, context)
    if row.two_persons(case):
        digest = hashlib.sha256(json.dumps(to_json(command), sort_keys=True).encode()).hexdigest()
        name = type(command).__name__
        proposal = case.proposal
        if proposal is None or (proposal.command, proposal.digest) != (name, digest):
            data = {"command": name, "digest": digest, "officer": context.actor.id}
            data["arguments"] = to_json(command)  # the second person must see what to agree to
            return (Event(EventType.PROPOSED, data),)
        if proposal.officer == context.actor.id:
            raise CaseError("second_person", f"{name} needs a second person: you proposed it")
    return tuple(events)


def allowed(case: CaseState, roles: frozenset[Role]) -> tuple[type[c.Command], ...]:
    """The commands that the case's place and these roles allow: the console's buttons."""
    place = (case.state, case.phase)
    return tuple(kind for kind, row in TRANSITIONS.items() if place in row.places and row.roles & roles)


def to_json(value: object) -> Any:  # JSON is what the log holds
    """A dataclass, enum or time as plain JSON values; times as ISO 8601 with offset."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        return to_json(asdict(value))  # type: ignore[call-overload]  # mypy cannot narrow by that attribute
    return value


# -- deciding --------------------------------------------------------------------------------


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


def _open(_case: CaseState, command: c.OpenFromDevice, context: Context) -> list[Event]:
    _require(command.recorded_at <= context.at, "future", "the act lies in the future of this clock")
    return [
        Event(EventType.CASE_OPENED, to_json(command)),
        _start(Clock.BAR, command.recorded_at, context),
        _start(Clock.NOTIFY, command.recorded_at, context),
    ]


def _extract(_case: CaseState, command: c.Extract, _context: Context) -> list[Event]:
    return [Event(EventType.EVIDENCE_EXTRACTED, to_json(command))]


def _check_answer(answer: c.Answer) -> None:
    if answer.verdict is Verdict.VIOLATION:
        complete = answer.plate and answer.vehicle_class and answer.act
        _require(complete, "incomplete", "plate, vehicle class and act are due")
    else:
        _require(answer.ground, "incomplete", "a rejection needs its ground")


def _submit_review(case: CaseState, command: c.SubmitReview, context: Context) -> list[Event]:
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


def _adjudicate(case: CaseState, command: c.Adjudicate, context: Context) -> list[Event]:
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


def _reject(case: CaseState, command: c.RejectEvidence, context: Context) -> list[Event]:
    machine = {RejectionGround.DUPLICATE, RejectionGround.DEVICE_INVALID}
    if Role.ADJUDICATOR not in context.actor.roles:
        _require(command.ground in machine, "forbidden", "only an officer may reject on this ground")
    return _end(case, Event(EventType.EVIDENCE_REJECTED, to_json(command)), context)


def _place_hold(case: CaseState, command: c.PlaceHold, _context: Context) -> list[Event]:
    _require(not case.hold, "held", "the case is held already")
    _require(command.reason.strip(), "incomplete", "a hold needs its reason")
    return [Event(EventType.HOLD_PLACED, to_json(command))]


def _release_hold(case: CaseState, command: c.ReleaseHold, _context: Context) -> list[Event]:
    _require(case.hold, "not_held", "the case is not held")
    return [Event(EventType.HOLD_RELEASED, to_json(command))]


def _determine_owner(case: CaseState, command: c.DetermineOwner, _context: Context) -> list[Event]:
    _require(not case.hold, "held", f"the case is held: {case.hold}")
    return [Event(EventType.OWNER_DETERMINED, to_json(command))]


def _file(case: CaseState, command: c.FileCase, context: Context) -> list[Event]:
    _require(not case.hold, "held", f"the case is held: {case.hold}")
    _require(case.owner, "no_owner", "the owner is not determined")
    _bar_open(case, context)
    _require(command.row.verified or command.confirmed_by, "unverified", "the row of the law is unverified")
    return [Event(EventType.CASE_FILED, to_json(command))]


def _sign_notice(case: CaseState, command: c.SignNotice, context: Context) -> list[Event]:
    _require(not case.hold, "held", f"the case is held: {case.hold}")
    _require(case.notice is None, "numbered", "the notice has its number already")
    _require(command.authority.officer == context.actor.id, "forbidden", "a signer signs for nobody else")
    _require(command.appointment_at > context.at, "past", "the appointment lies in the past")
    _bar_open(case, context)
    data = {"number": context.number("notice"), "numbered_at": context.at.isoformat(), **to_json(command)}
    return [Event(EventType.NOTICE_NUMBERED, data)]


def _store_notice(case: CaseState, command: c.StoreNotice, _context: Context) -> list[Event]:
    _require(case.notice, "no_number", "no notice was approved")
    if case.notice and case.notice.sha256:
        return []  # two runs at once are normal: the first stored PDF wins
    return [Event(EventType.NOTICE_SIGNED, to_json(command))]


def _sent(case: CaseState, command: c.RecordNoticeSent, context: Context) -> list[Event]:
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


def _delivery(case: CaseState, command: c.RecordDelivery, _context: Context) -> list[Event]:
    if case.notice and case.notice.delivery == command.outcome:
        return []  # the post may tell the same twice
    kind = EventType.DELIVERED if command.outcome == "delivered" else EventType.MAIL_RETURNED
    return [Event(kind, to_json(command))]


def _open_resolution(case: CaseState, command: c.OpenResolution, _context: Context) -> list[Event]:
    return [Event(EventType.OWNER_APPEARED, to_json(command)), *_stop(case, Clock.NOANSWER)]


def _identify(case: CaseState, command: c.IdentifyViolator, context: Context) -> list[Event]:
    _require(not case.violator, "identified", "the violator is identified already")
    return [Event(EventType.VIOLATOR_IDENTIFIED, to_json(command)), _start(Clock.RECORD, context.at, context)]


def _make_record(case: CaseState, command: c.MakeRecord, context: Context) -> list[Event]:
    _require(case.violator, "no_violator", "the violator is not identified")
    _require(command.signed or command.witness, "incomplete", "a refused signature needs a witness")
    number = context.number("record")
    return [
        Event(EventType.RECORD_NUMBERED, {"number": number}),
        Event(EventType.RECORD_MADE, to_json(command)),
        *_stop(case, Clock.RECORD),
        _start(Clock.DECIDE, context.at, context),
    ]


def _sign_decision(case: CaseState, command: c.SignDecision, context: Context) -> list[Event]:
    _bar_open(case, context)
    run = case.running(Clock.DECIDE)
    _require(run and context.at <= run.due_at, "decision_time", "the time for the decision is over")
    _require(command.authority.officer == context.actor.id, "forbidden", "a signer signs for nobody else")
    row = case.law
    if row is None:
        raise CaseError("no_law", "the case is not filed")
    # Competence is tested against the maximum of the bracket, not the amount (LXLVPHC Art 52).
    _require(row.fine_max <= command.authority.limit, "competence", "the bracket is above your limit")
    _require(row.fine_min <= command.amount <= row.fine_max, "amount", "the amount leaves the bracket")
    number, at = context.number("decision"), context.at.isoformat()
    return [
        Event(EventType.DECISION_NUMBERED, {"number": number}),
        Event(EventType.DECISION_SIGNED, {"number": number, "signed_at": at, **to_json(command)}),
        Event(EventType.PUBLICATION_UPDATED, {"status": "decided"}),
        *_stop(case, Clock.BAR, Clock.DECIDE),
        _start(Clock.SENDDEC, context.at, context),
        _start(Clock.ENFBAR, context.at, context),
    ]


def _serve(case: CaseState, command: c.RecordService, context: Context) -> list[Event]:
    _require(case.decision and case.decision.served_at is None, "served", "the decision is served already")
    return [
        Event(EventType.DECISION_SERVED, to_json(command)),
        *_stop(case, Clock.SENDDEC),
        _start(Clock.COMPLY, command.served_at, context),
    ]


def _pay(case: CaseState, command: c.RecordPayment, _context: Context) -> list[Event]:
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


def _close(case: CaseState, command: c.Close, _context: Context) -> list[Event]:
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


def _dismiss(case: CaseState, command: c.Dismiss, context: Context) -> list[Event]:
    _require(command.reason.strip(), "incomplete", "a dismissal needs its reason")
    return _end(case, Event(EventType.CASE_DISMISSED, to_json(command)), context)


def _elapse(case: CaseState, command: c.ElapseDeadline, context: Context) -> list[Event]:
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


def _report_end(case: CaseState, command: c.ReportEnd, _context: Context) -> list[Event]:
    if case.end_reported:
        return []
    sent_in_error = case.state is not State.CLOSED and case.notice is not None and case.notice.sent_at
    _require(not sent_in_error or command.letter, "no_letter", "a sent notice is withdrawn by a letter")
    return [Event(EventType.END_REPORTED, to_json(command))]


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


TRANSITIONS: dict[type[c.Command], Transition] = {
    c.OpenFromDevice: Transition((), _roles(Role.WORKER), _open),
    c.Extract: Transition(((State.COLLECTED, None),), _roles(Role.WORKER), _extract),
    c.SubmitReview: Transition(((State.EXTRACTED, None),), _roles(Role.REVIEWER), _submit_review),
    c.Adjudicate: Transition(((State.EXTRACTED, None),), _roles(Role.ADJUDICATOR), _adjudicate),
    c.RejectEvidence: Transition(
        _PRE, _roles(Role.WORKER, Role.ADJUDICATOR), _reject, lambda case: case.notice is not None
    ),
    c.PlaceHold: Transition(_OPEN, _roles(Role.WORKER, Role.ADJUDICATOR, Role.COMMANDER), _place_hold),
    c.ReleaseHold: Transition(
        _OPEN, _roles(Role.ADJUDICATOR, Role.COMMANDER), _release_hold, lambda _case: True
    ),
    c.DetermineOwner: Transition(
        ((State.REVIEWED, None),), _roles(Role.WORKER, Role.HANDLER), _determine_owner
    ),
    c.FileCase: Transition(((State.REVIEWED, None),), _roles(Role.WORKER), _file),
    c.SignNotice: Transition(((State.FILED, None),), _roles(Role.SIGNER), _sign_notice),
    c.StoreNotice: Transition(((State.FILED, None),), _roles(Role.WORKER), _store_notice),
    c.RecordNoticeSent: Transition(((State.FILED, None),), _roles(Role.WORKER, Role.CLERK), _sent),
    c.RecordDelivery: Transition(
        (_NOTIFIED, _SUMMONED, _RECORDED, _DECIDED), _roles(Role.GATEWAY, Role.CLERK), _delivery
    ),
    c.OpenResolution: Transition((_NOTIFIED,), _roles(Role.HANDLER), _open_resolution),
    c.IdentifyViolator: Transition((_SUMMONED,), _roles(Role.HANDLER), _identify),
    c.MakeRecord: Transition((_SUMMONED,), _roles(Role.HANDLER), _make_record),
    c.SignDecision: Transition((_RECORDED,), _roles(Role.SIGNER), _sign_decision),
    c.RecordService: Transition((_DECIDED,), _roles(Role.CLERK, Role.GATEWAY), _serve),
    c.RecordPayment: Transition((*_OPEN, _DECIDED, *_ENDS), _roles(Role.GATEWAY, Role.CLERK), _pay),
    c.Close: Transition(
        (_DECIDED,),
        _roles(Role.WORKER, Role.COMMANDER),
        _close,
        lambda case: case.decision is None or case.paid < case.decision.amount,
    ),
    c.Dismiss: Transition(
        ((State.REVIEWED, None), (State.FILED, None), _NOTIFIED, _SUMMONED, _RECORDED),
        _roles(Role.COMMANDER),
        _dismiss,
        lambda case: case.notice is not None and case.notice.sent_at is not None,
    ),
    c.ElapseDeadline: Transition((*_OPEN, _DECIDED), _roles(Role.CLOCK), _elapse),
    c.ReportEnd: Transition(_ENDS, _roles(Role.WORKER), _report_end),
}


# -- applying --------------------------------------------------------------------------------


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
    EventType.CASE_FILED: lambda case, d: replace(case, state=State.FILED, law=c.LawRow(**d["row"])),
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
