"""What follows from a command: the guards that every step shares, the opening, rejection and holds.

One function per row of `workflow.case.TRANSITIONS`; the place and the role were checked there. The other
steps stand in reviewing, noticing, resolving, enforcing and ending. Standard library only.
"""

from datetime import datetime

from workflow import commands as c
from workflow.casestate import CaseError, CaseState, Context, Event, to_json
from workflow.sampling import sampled
from workflow.vocabulary import Clock, EventType, RejectionGround, Role
from workflow.words import Conclusion, Register, Source


def _require(condition: object, code: str, message: str) -> None:
    if not condition:
        raise CaseError(code, message)


def _start(  # noqa: PLR0913  # what a clock runs from, and its two bounds
    clock: Clock,
    start: datetime,
    context: Context,
    variant: str = "",
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Event:
    due = context.due(clock, start, context.at, variant)
    end = max(due.at, not_before or due.at)
    times = {"starts_at": start.isoformat(), "due_at": min(end, not_after or end).isoformat()}
    return Event(EventType.CLOCK_STARTED, {"clock": clock, **times, "proof": dict(due.proof)})


def _stop(case: CaseState, *clocks: Clock) -> list[Event]:
    return [Event(EventType.CLOCK_STOPPED, {"clock": k}) for k in clocks if case.running(k)]


def _stop_all(case: CaseState) -> list[Event]:
    return _stop(case, *(run.clock for run in case.clocks))


def _void_notice(case: CaseState, context: Context, reason: str) -> list[Event]:
    """The number stays in the register; a notice that was sent is taken back by a numbered letter."""
    notice = case.notice
    if notice is None or notice.voided:
        return []
    letter = context.number(Register.NOTICE) if notice.sent_at else ""
    data = {"number": notice.number, "letter_number": letter, "at": context.at.isoformat(), "reason": reason}
    return [Event(EventType.NOTICE_VOIDED, data)]


def _withdraw_warnings(case: CaseState) -> list[Event]:
    """No body outside may go on stopping somebody for a case that is over (NĐ 168 Art 47.11.c)."""
    targets = [standing.target for standing in case.warnings]
    return [Event(EventType.WARNINGS_WITHDRAWN, {"targets": targets})] if targets else []


def _finish(case: CaseState, context: Context) -> list[Event]:
    """What every end has in common: warnings withdrawn, clocks stopped, the time of keeping begins."""
    return [*_withdraw_warnings(case), *_stop_all(case), _start(Clock.RETAIN, context.at, context)]


def _end(case: CaseState, event: Event, context: Context) -> list[Event]:
    """An end without a fine: the notice is void and the publication withdrawn as well."""
    events = [event, *_void_notice(case, context, str(event.data.get("ground", Clock.BAR)))]
    if case.published:
        events.append(Event(EventType.PUBLICATION_WITHDRAWN))
    return events + _finish(case, context)


def _bar_open(case: CaseState, context: Context) -> None:
    """While somebody evades no bar runs (NĐ 168 Art 4.2)."""
    run = case.running(Clock.BAR)
    open_ = case.evading or (run and context.at <= run.due_at)
    _require(open_, "time_barred", "the time bar of the sanction is over")


def _not_held(case: CaseState) -> None:
    _require(not case.hold, "held", f"the case is held: {case.hold}")


def _own_authority(authority: c.Authority | None, context: Context) -> None:
    signs = authority is not None and authority.officer == context.actor.id
    _require(signs, "forbidden", "a signer signs for nobody else")


def _reasoned(text: str) -> None:
    _require(text.strip(), "incomplete", "this needs its reason")


# -- the opening -----------------------------------------------------------------------------


def _opened(command: c.Opening, source: Source, context: Context) -> list[Event]:
    _require(command.recorded_at <= context.at, "future", "the act lies in the future of this clock")
    return [
        Event(EventType.CASE_OPENED, {**to_json(command), "source": source}),
        _start(Clock.BAR, command.recorded_at, context),
    ]


def _inside_bar(command: c.Opening, context: Context) -> None:
    due = context.due(Clock.BAR, command.recorded_at, context.at)
    _require(context.at <= due.at, "time_barred", "the time bar of the sanction is over")


def open_case(_case: CaseState, command: c.OpenFromDevice, context: Context) -> list[Event]:
    events = _opened(command, Source.DEVICE, context)
    return [*events, _start(Clock.NOTIFY, command.recorded_at, context)]


def open_report(_case: CaseState, command: c.OpenFromReport, context: Context) -> list[Event]:
    _inside_bar(command, context)
    named = not command.anonymous or command.concrete
    _require(named, "anonymous", "anonymous data is taken only where the evidence is concrete")
    line = {"line": context.number(Register.REPORT), "channel": command.channel}
    return [
        *_opened(command, Source.REPORT, context),
        Event(EventType.REPORT_ACCEPTED, line | {"anonymous": command.anonymous}),
        _start(Clock.VERIFY, context.at, context),
    ]


def open_transfer(_case: CaseState, command: c.OpenFromTransfer, context: Context) -> list[Event]:
    _inside_bar(command, context)
    _require(command.unit.strip() and command.number.strip(), "incomplete", "unit and number are due")
    _require(command.received_at <= context.at, "future", "this lies in the future of this clock")
    return [
        *_opened(command, Source.TRANSFER, context),
        Event(EventType.TRANSFER_RECEIVED, {"unit": command.unit, "number": command.number}),
        _start(Clock.NOTIFY, command.received_at, context),  # from when is open law: docs/legal-sources.md
    ]


def _unverified(case: CaseState) -> None:
    _require(case.source is Source.REPORT, "not_reported", "only a report is verified")
    _require(case.verification is None, "verified", "the verification is concluded")


def verify_step(case: CaseState, command: c.VerifyStep, _context: Context) -> list[Event]:
    _unverified(case)
    _reasoned(command.minutes)
    return [Event(EventType.VERIFICATION_STEP, to_json(command))]


def extend_verification(case: CaseState, command: c.ExtendVerification, context: Context) -> list[Event]:
    _unverified(case)
    _reasoned(command.reason)
    run = case.running(Clock.VERIFY)
    in_time = run and not case.verification_extended and context.at <= run.due_at
    _require(in_time, "extended", "the time cannot be extended any more")
    return [
        Event(EventType.VERIFICATION_EXTENDED, to_json(command)),
        _start(Clock.VERIFY, run.starts_at if run else context.at, context, "extension"),
    ]


def conclude_verification(case: CaseState, command: c.ConcludeVerification, context: Context) -> list[Event]:
    """The ten days of the notice begin here: when a report counts as detected is open law (policy)."""
    _unverified(case)
    _reasoned(command.report)
    events = [Event(EventType.VERIFICATION_CONCLUDED, to_json(command)), *_stop(case, Clock.VERIFY)]
    if command.conclusion is Conclusion.PROVEN:
        events.append(_start(Clock.NOTIFY, context.at, context))
    return events


def extract(case: CaseState, command: c.Extract, _context: Context) -> list[Event]:
    proven = case.source is not Source.REPORT or case.verification is Conclusion.PROVEN
    _require(proven, "not_proven", "the report is not proven")
    return [Event(EventType.EVIDENCE_EXTRACTED, to_json(command))]


# -- rejection and holds ---------------------------------------------------------------------


def reject(case: CaseState, command: c.RejectEvidence, context: Context) -> list[Event]:
    machine = {RejectionGround.DUPLICATE, RejectionGround.DEVICE_INVALID}
    if Role.ADJUDICATOR not in context.actor.roles:
        _require(command.ground in machine, "forbidden", "only an officer may reject on this ground")
    if command.ground is RejectionGround.NOT_PROVEN:
        failed = case.verification in {Conclusion.NOT_PROVEN, Conclusion.CRIME}
        _require(failed, "not_concluded", "the verification did not end like this")
    return [*_end(case, Event(EventType.EVIDENCE_REJECTED, to_json(command)), context), *sampled(context)]


def place_hold(case: CaseState, command: c.PlaceHold, context: Context) -> list[Event]:
    """A hold stops no clock; it says which of them run short."""
    _require(not case.hold, "held", "the case is held already")
    _require(command.reason.strip(), "incomplete", "a hold needs its reason")
    short = {run.clock: run.due_at.isoformat() for run in case.short(context.at, context.policy.near)}
    return [Event(EventType.HOLD_PLACED, to_json(command) | ({"short": short} if short else {}))]


def release_hold(case: CaseState, command: c.ReleaseHold, _context: Context) -> list[Event]:
    _require(case.hold, "not_held", "the case is not held")
    return [Event(EventType.HOLD_RELEASED, to_json(command))]
