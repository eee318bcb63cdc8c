"""What each event says of the case: `apply(case, event) → case`. Pure, and total over the events."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflow import commands as c
from workflow import reviewing
from workflow.casestate import (
    CaseState,
    ClockRun,
    Decision,
    DriverClaim,
    Event,
    Instalment,
    Issue,
    Notice,
    Payment,
    Proposal,
    Record,
    Slip,
    Standing,
    Transfer,
    replace,
)
from workflow.law.rows import LawRow
from workflow.vocabulary import TERMINAL, Clock, DismissalGround, EventType, HoldGround, Phase, State
from workflow.words import Conclusion, Finding, Licence, Paper, Register, Source, Target, WarningGround


def apply(case: CaseState, event: Event) -> CaseState:
    """The case after one event. Total over `EventType`: an event never fails to apply."""
    after = _APPLY[event.type](case, event.data)
    proposal = after.proposal if event.type is EventType.PROPOSED else None
    persons = case.persons
    if event.type in _NAMING:
        persons |= _named(event.data)
    return replace(after, version=case.version + 1, proposal=proposal, persons=persons)


# Whose data may name somebody by the digest of personal facts. Whoever was replaced since is forgotten with
# the others when the time of keeping is over.
_NAMING = frozenset(
    {
        EventType.OWNER_DETERMINED,
        EventType.OWNER_REDETERMINED,
        EventType.DRIVER_NOMINATED,
        EventType.DRIVER_ADMITTED,
        EventType.DRIVER_DENIED,
        EventType.OWNER_DISPROVED_DRIVING,
        EventType.VIOLATOR_IDENTIFIED,
        EventType.RECORD_MADE,
        EventType.PROPOSED,
    }
)


def _named(data: Mapping[str, Any]) -> set[str]:
    asked = data.get("arguments", data)  # of a proposal
    return {asked.get(who, "") for who in ("owner", "driver", "violator", "representative")} - {""}


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _reading(data: Mapping[str, Any]) -> c.MachineReading:
    return c.MachineReading(**data)


_OPENING = ("package_id", "package_sha256", "site", "act", "vehicle_class")


def _opened(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    """Only a device has a certificate and a reading of its own."""
    opened = c.OpenFromDevice(
        **{name: data[name] for name in _OPENING},
        device_id=data.get("device_id", ""),
        certificate=data.get("certificate", ""),
        recorded_at=_time(data["recorded_at"]),
        reading=_reading(data.get("reading", {"text": "", "accepted": False, "confidence": 0.0})),
    )
    return replace(case, opened=opened, source=Source(data.get("source", Source.DEVICE)))


def _clock_started(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    clock = Clock(data["clock"])
    run = ClockRun(clock, _time(data["starts_at"]), _time(data["due_at"]))
    others = tuple(r for r in case.clocks if r.clock is not clock)
    changes: dict[str, Any] = {}
    if clock is Clock.BAR:
        changes["bar_due"] = run.due_at
    elif clock is Clock.DECIDE:
        changes["decide_due"] = run.due_at
    elif clock is Clock.INSTALMENT:
        changes["overdue"] = False
    return replace(case, clocks=(*others, run), **changes)


def _clock_stopped(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return replace(case, clocks=tuple(r for r in case.clocks if r.clock != data["clock"]))


def _elapsed(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    clocks = tuple(replace(r, elapsed=True) if r.clock == data["clock"] else r for r in case.clocks)
    return replace(case, clocks=clocks)


def _missed(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    after = _elapsed(case, data)
    return replace(after, overdue=True) if data["clock"] == Clock.INSTALMENT else after


def _numbered(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    notice = Notice(
        data["number"],
        _time(data["numbered_at"]),
        c.Authority(**data["authority"]),
        _time(data["appointment_at"]),
        owner=case.owner.owner if case.owner else "",
        second_office=data["second_office"],
        second_address=data["second_address"],
    )
    return replace(case, notice=notice)


def _on_notice(case: CaseState, **changes: Any) -> CaseState:
    return replace(case, notice=replace(case.notice, **changes) if case.notice else None)


def _voided(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return _on_notice(
        case,
        voided=True,
        letter_number=data["letter_number"],
        voided_at=_time(data["at"]),
        void_reason=data["reason"],
    )


def _withdrawn(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    number, letter = data["number"], data["letter"]
    notices = (replace(n, letter=letter) if n.number == number else n for n in case.withdrawn)
    return replace(case, withdrawn=tuple(notices))


def _end_reported(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    """The letter stays with its notice: a case that lives again takes back nothing twice."""
    letter = data["letter"]
    return replace(_on_notice(case, letter=letter) if letter else case, end_reported=True)


def _sent(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    at = _time(data["sent_at"])
    after = _on_notice(case, sent_at=at, receipt=data["receipt"])
    first = Issue(Paper.NOTICE, 1, data["receipt"], at)
    return replace(after, state=State.NOTIFIED, papers=(*_without(case, Paper.NOTICE), first))


def _without(case: CaseState, paper: Paper) -> tuple[Issue, ...]:
    return tuple(issue for issue in case.papers if issue.paper is not paper)


def _issue_sent(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    issue = Issue(Paper.NOTICE, data["issue"], data["receipt"], _time(data["sent_at"]))
    after = _on_notice(case, issue=issue.issue, resending=False, delivery="")
    overdue = case.overdue and not data["restarts"]
    return replace(after, papers=(*case.papers, issue), overdue=overdue)


def _delivered(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    """The fact stands on its issue; of a paper that we did not send it makes the issue known."""
    paper, number, at = Paper(data["paper"]), data["issue"], _time(data["delivered_at"])
    found = next((i for i in case.papers if (i.paper, i.issue) == (paper, number)), None)
    issue = replace(found or Issue(paper, number, data["receipt"], at), outcome=data["outcome"], at=at)
    papers = tuple(issue if i is found else i for i in case.papers)
    after = replace(case, papers=papers if found else (*papers, issue))
    last = paper is Paper.NOTICE and case.notice is not None and case.notice.issue == number
    return _on_notice(after, delivery=data["outcome"]) if last else after


def _decision_sent(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    """A letter of a decision that was replaced left and stands for nothing: its delivery serves no other."""
    if data["number"] in case.replaced:
        return case
    issue = Issue(
        Paper.DECISION, data["issue"], data["receipt"], _time(data["sent_at"]), number=data["number"]
    )
    return replace(case, papers=(*case.papers, issue))


def _commune(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    finding = data["finding"]
    reached = finding in {Finding.DELIVERED, Finding.REFUSED}
    return replace(_on_notice(case, delivery=finding) if reached else case, form04="")


def _claimed(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return replace(case, claims=(*case.claims, DriverClaim(data["claim"], data["driver"])))


def _identified(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return replace(
        case,
        state=State.RESOLVING,
        phase=case.phase or Phase.SUMMONED,
        overdue=False,
        violator=data["violator"],
        violator_kind=data["kind"],
        violator_basis=data["basis"],
    )


def _recorded(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    appointment = _time(data["appointment_at"]) if data["appointment_at"] else None
    record = Record(
        data["number"],
        _time(data["made_at"]),
        appointment,
        Licence(data["licence"]),
        data.get("carried_by", ""),
        data.get("excess_persons", 0),
        data.get("excess_percent", 0),
        data.get("representative", ""),
    )
    return replace(
        case,
        phase=Phase.RECORDED,
        record=record,
        law=LawRow(**data["row"]) if data["row"] else case.law,
        confirmed_by=data["confirmed_by"] if data["row"] else case.confirmed_by,
        explanation="open" if data["explains"] else "",
    )


def _decided(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    decision = Decision(
        data["number"],
        data["amount"],
        c.Authority(**data["authority"]),
        _time(data["signed_at"]),
        warning=data["warning"],
        carried_by=data.get("carried_by", ""),
    )
    return replace(case, phase=Phase.DECIDED, decision=decision, overdue=False)


def _on_decision(case: CaseState, **changes: Any) -> CaseState:
    return replace(case, decision=replace(case.decision, **changes) if case.decision else None)


def _amended(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    before = case.decision.amended_by if case.decision else ()
    after = _on_decision(case, amount=data["amount"], amended_by=(*before, data["number"]))
    return replace(after, complaint="")


def _printed(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return replace(case, printed=(*case.printed, data["number"]))


def _paid(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    payment = Payment(data["transaction"], data["amount"])
    to = data.get("accrued_to")
    return replace(
        case,
        payments=(*case.payments, payment),
        accrued=case.accrued + data.get("interest", 0),
        accrued_to=_time(to) if to else case.accrued_to,
    )


def _instalments(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    """The parts with what meets each of them; the interest up to this day is owed already."""
    kept, parts = case.kept_money, []
    for part in data["parts"]:
        kept += part["amount"]
        parts.append(Instalment(_time(part["due_at"]), part["amount"], kept))
    return replace(
        case,
        instalments=tuple(parts),
        overdue=False,
        non_compliance=False,
        accrued=case.accrued + data["interest"],
        accrued_to=_time(data["accrued_to"]) if data["accrued_to"] else case.accrued_to,
    )


def _revoked(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    """Where another decision may follow, the record stands as if none had been signed."""
    after = _on_decision(case, revoked=True)
    if not data["redecide"]:
        return after
    amended = case.decision.amended_by if case.decision else ()
    numbers = (data["number"], *amended, *filter(None, (case.coercion_number,)))
    return replace(
        after,
        phase=Phase.RECORDED,
        replaced=(*case.replaced, *numbers),
        handling=(),
        papers=_without(case, Paper.DECISION),
        points=None,
        licence_presented=False,
        instalments=(),
        fulfilled=False,
        overdue=False,
        accrued=0,
        accrued_to=None,
        non_compliance=False,
        coercion_number="",
        coerced=False,
        enforcement_suspended=False,
        complaint="",
    )


def _owner(data: Mapping[str, Any]) -> c.DetermineOwner:
    return c.DetermineOwner(**{**data, "as_of": _time(data["as_of"])})


def _went_back(case: CaseState) -> CaseState:
    """In `reviewed` as if nothing had been sent; the void notice is kept until its letter has left."""
    notices = (*case.withdrawn, case.notice) if case.notice else case.withdrawn
    return replace(
        case,
        state=State.REVIEWED,
        phase=None,
        overdue=False,
        notice=None,
        withdrawn=notices,
        papers=(),
        form04="",
        claims=(),
        violator="",
        violator_kind="",
        violator_basis="",
        handling=(),
    )


def _redetermined(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    facts = {name: data[name] for name in ("owner", "owner_kind", "basis", "in_area")}
    owner = replace(case.owner, **facts) if case.owner else None
    return replace(_went_back(case), owner=owner)


def _transferred(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    transfer = Transfer(data["number"], data["kind"], data["to"])
    after = _slip_due(case, Register.TRANSFER, data)
    return replace(after, state=State.TRANSFERRED, phase=None, transfer=transfer, handling=())


def _slip_due(case: CaseState, series: Register, data: Mapping[str, Any]) -> CaseState:
    return replace(case, slips=(*case.slips, Slip(series, data["number"])))


def _slip_sent(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    mine = (data["series"], data["number"])
    slips = (replace(slip, sent=slip.sent or (slip.series, slip.number) == mine) for slip in case.slips)
    return replace(case, slips=tuple(slips))


def _returned(case: CaseState, _data: Mapping[str, Any]) -> CaseState:
    """Whoever gets a file back handles it."""
    owner = replace(case.owner, in_area=True) if case.owner else None
    return replace(_went_back(case), owner=owner, transfer=None)


def _evaded(case: CaseState, _data: Mapping[str, Any]) -> CaseState:
    """A case that had expired lives again: with a void notice it files anew, once heard it goes on."""
    after = replace(case, evading=True)
    if case.state is not State.EXPIRED or case.ended_from is None:
        return after
    state, phase = case.ended_from
    after = replace(after, state=state, phase=phase, outcome="", end_reported=False)
    if state in {State.FILED, State.NOTIFIED}:
        return _went_back(after)
    if state is State.RESOLVING:  # the record's time is over: it is made again
        return replace(after, phase=Phase.SUMMONED, explanation="", decision_extended=False)
    return after


def _complained(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    after = replace(case, complaint=data["subject"])
    if case.state is not State.CLOSED:
        return after
    return replace(after, state=State.RESOLVING, phase=Phase.DECIDED, outcome="", end_reported=False)


def _held(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    if case.state in TERMINAL:
        return replace(case, kept=data["reason"])
    hits = tuple(c.Hit(HoldGround(hit["ground"]), hit["detail"]) for hit in data["hits"])
    return replace(case, hold=data["reason"], hits=hits)


def _released(case: CaseState, _data: Mapping[str, Any]) -> CaseState:
    if case.state in TERMINAL:
        return replace(case, kept="")
    return replace(case, hold="", hits=(), cleared=(*case.cleared, *case.hits))


def _ended(state: State, key: str) -> Callable[[CaseState, Mapping[str, Any]], CaseState]:
    def end(case: CaseState, data: Mapping[str, Any]) -> CaseState:
        place = (case.state, case.phase)
        after = replace(case, state=state, phase=None, outcome=data[key], ended_from=place, evading=False)
        if state is not State.CLOSED:  # closed, it stands under the same decision as the others
            after = replace(after, handling=())
        upheld = data[key] == DismissalGround.COMPLAINT_UPHELD
        return replace(after, complaint="") if upheld else after

    return end


def _same(case: CaseState, _data: Mapping[str, Any]) -> CaseState:
    return case


_APPLY: dict[EventType, Callable[[CaseState, Mapping[str, Any]], CaseState]] = {
    **reviewing.APPLY,
    EventType.CASE_OPENED: _opened,
    EventType.REPORT_ACCEPTED: _same,
    EventType.TRANSFER_RECEIVED: lambda case, d: replace(case, received_from=d["unit"]),
    EventType.VERIFICATION_STEP: _same,
    EventType.VERIFICATION_EXTENDED: lambda case, _d: replace(case, verification_extended=True),
    EventType.VERIFICATION_CONCLUDED: lambda case, d: replace(case, verification=Conclusion(d["conclusion"])),
    EventType.CLOCK_STARTED: _clock_started,
    EventType.CLOCK_STOPPED: _clock_stopped,
    EventType.EVIDENCE_EXTRACTED: lambda case, d: replace(
        case, state=State.EXTRACTED, reread=_reading(d["reading"])
    ),
    EventType.EVIDENCE_REJECTED: _ended(State.REJECTED, "ground"),
    EventType.HOLD_PLACED: _held,
    EventType.HOLD_RELEASED: _released,
    EventType.OWNER_DETERMINED: lambda case, d: replace(case, owner=_owner(d)),
    EventType.HANDLING_UNIT_CHOSEN: _same,
    EventType.OWNER_REDETERMINED: _redetermined,
    EventType.CASE_FILED: lambda case, d: replace(
        case, state=State.FILED, law=LawRow(**d["row"]), confirmed_by=d["confirmed_by"]
    ),
    EventType.NOTICE_NUMBERED: _numbered,
    EventType.NOTICE_SIGNED: lambda case, d: _on_notice(
        case, document=d["document"], sha256=d["sha256"], facts_sha256=d["facts_sha256"]
    ),
    EventType.NOTICE_SENT: _sent,
    EventType.NOTICE_RESENT: lambda case, _d: _on_notice(case, resending=True),
    EventType.ISSUE_SENT: _issue_sent,
    EventType.NOTICE_VOIDED: _voided,
    EventType.NOTICE_WITHDRAWN: _withdrawn,
    EventType.NOTICE_SUPERSEDED: lambda case, _d: _on_notice(case, superseded=True),
    EventType.VIOLATION_PUBLISHED: lambda case, _d: replace(case, published=True),
    EventType.PUBLICATION_UPDATED: _same,
    EventType.PUBLICATION_WITHDRAWN: lambda case, _d: replace(case, published=False),
    EventType.DELIVERED: _delivered,
    EventType.DELIVERY_REFUSED: _delivered,
    EventType.MAIL_RETURNED: _delivered,
    EventType.NO_ANSWER_ELAPSED: lambda case, d: replace(_elapsed(case, d), overdue=True),
    EventType.DEADLINE_MISSED: _missed,
    EventType.APPOINTMENT_MISSED: lambda case, d: replace(_elapsed(case, d), overdue=True),
    EventType.RETENTION_ELAPSED: _elapsed,
    EventType.WARNING_ISSUED: lambda case, d: replace(
        case, warnings=(*case.warnings, Standing(Target(d["target"]), WarningGround(d["ground"])))
    ),
    EventType.WARNINGS_WITHDRAWN: lambda case, d: replace(
        case, warnings=tuple(w for w in case.warnings if w.target not in d["targets"])
    ),
    EventType.FORM04_SENT: lambda case, d: replace(_slip_due(case, Register.FORM04, d), form04=d["number"]),
    EventType.COMMUNE_REPORTED: _commune,
    EventType.OWNER_APPEARED: lambda case, _d: replace(
        case, state=State.RESOLVING, phase=Phase.SUMMONED, overdue=False
    ),
    EventType.EVIDENCE_SHOWN: _same,
    EventType.DRIVER_NOMINATED: _claimed,
    EventType.DRIVER_ADMITTED: _claimed,
    EventType.DRIVER_DENIED: _claimed,
    EventType.OWNER_DISPROVED_DRIVING: _claimed,
    EventType.VIOLATOR_IDENTIFIED: _identified,
    EventType.RECORD_NUMBERED: lambda case, _d: case,
    EventType.RECORD_MADE: _recorded,
    EventType.RECORD_PRINTED: _printed,
    EventType.COPY_HANDED: _same,
    EventType.EXPLANATION_REQUESTED: _same,
    EventType.HEARING_HELD: _same,
    EventType.EXPLANATION_CLOSED: lambda case, _d: replace(case, explanation="closed"),
    EventType.DECISION_TIME_EXTENDED: lambda case, _d: replace(case, decision_extended=True),
    EventType.FILE_ESCALATED: lambda case, d: replace(case, escalated_to=d["to"]),
    EventType.ACTS_JOINED: lambda case, d: replace(
        case, handling=tuple(d["cases"]), joined=tuple(dict.fromkeys((*case.joined, *d["cases"])))
    ),
    EventType.ACTS_PARTED: lambda case, d: replace(case, handling=tuple(d["cases"])),
    EventType.DECISION_NUMBERED: _same,
    EventType.DECISION_SIGNED: _decided,
    EventType.DECISION_PRINTED: _printed,
    EventType.DECISION_SENT: _decision_sent,
    EventType.DECISION_SERVED: lambda case, d: _on_decision(case, served_at=_time(d["served_at"])),
    EventType.POINTS_DEDUCTED: lambda case, d: replace(
        _slip_due(case, Register.POINTS, d), points=d["count"]
    ),
    EventType.POINTS_BLOCKED: lambda case, _d: replace(case, points=0),
    EventType.POINTS_RESTORED: lambda case, _d: replace(case, points=0),
    EventType.SUSPENSION_STARTS: lambda case, _d: replace(case, licence_presented=True),
    EventType.SUSPENSION_ENDS: lambda case, _d: replace(case, licence_presented=False),
    EventType.COMPLIANCE_ELAPSED: lambda case, d: replace(_elapsed(case, d), overdue=True),
    EventType.PAYMENT_RECORDED: _paid,
    EventType.INSTALMENTS_SET: _instalments,
    EventType.REFUND_DUE: lambda case, d: replace(case, refund_due=case.refund_due + d["amount"]),
    EventType.PAYMENT_COMPLETED: lambda case, _d: replace(case, overdue=False, fulfilled=True),
    EventType.NON_COMPLIANCE_RECORDED: lambda case, _d: replace(case, non_compliance=True),
    EventType.COERCION_ORDERED: lambda case, d: replace(case, coercion_number=d["number"]),
    EventType.COERCION_SENT: _same,
    EventType.COERCION_DONE: lambda case, _d: replace(case, coerced=True),
    EventType.COMPLAINT_LODGED: _complained,
    EventType.COMPLAINT_REJECTED: lambda case, _d: replace(case, complaint=""),
    EventType.DECISION_AMENDED: _amended,
    EventType.DECISION_REVOKED: _revoked,
    EventType.ENFORCEMENT_SUSPENDED: lambda case, _d: replace(case, enforcement_suspended=True),
    EventType.ENFORCEMENT_RESUMED: lambda case, _d: replace(case, enforcement_suspended=False),
    EventType.TRANSFER_SENT: _transferred,
    EventType.SLIP_SENT: _slip_sent,
    EventType.TRANSFER_RETURNED: _returned,
    EventType.TRANSFER_RESULT_RECEIVED: _same,
    EventType.EVASION_RECORDED: _evaded,
    EventType.EVASION_ENDED: lambda case, _d: replace(case, evading=False),
    EventType.CASE_CLOSED: _ended(State.CLOSED, "outcome"),
    EventType.CASE_DISMISSED: _ended(State.DISMISSED, "ground"),
    EventType.TIME_BARRED: _ended(State.EXPIRED, "clock"),
    EventType.END_REPORTED: _end_reported,
    EventType.EVIDENCE_PURGED: lambda case, _d: replace(case, purged=True),
    EventType.PROPOSED: lambda case, d: replace(
        case, proposal=Proposal(d["command"], d["digest"], d["officer"], frozenset(d["roles"]))
    ),
}
