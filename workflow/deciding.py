"""What follows from a command: the opening, the verification of a report, rejection and holds.

One function per row of `workflow.case.TRANSITIONS`; the place and the role were checked there. The other
steps stand in reviewing, noticing, resolving, enforcing, closing and ending. Standard library only.
"""

from workflow import commands as c
from workflow.casestate import CaseState, Event, to_json
from workflow.context import Context
from workflow.guards import clock_started, clocks_stopped, ended, require, require_reason
from workflow.sampling import sampled
from workflow.vocabulary import TERMINAL, Clock, EventType, RejectionGround, Role
from workflow.words import Conclusion, Register, Source

# -- the opening -----------------------------------------------------------------------------


def _opened(command: c.Opening, source: Source, context: Context) -> list[Event]:
    require(command.recorded_at <= context.at, "future", "the act lies in the future of this clock")
    return [
        Event(EventType.CASE_OPENED, {**to_json(command), "source": source}),
        clock_started(Clock.BAR, command.recorded_at, context),
    ]


def _inside_bar(command: c.Opening, context: Context) -> None:
    due = context.due(Clock.BAR, command.recorded_at, context.at)
    require(context.at <= due.at, "time_barred", "the time bar of the sanction is over")


def open_case(_case: CaseState, command: c.OpenFromDevice, context: Context) -> list[Event]:
    events = _opened(command, Source.DEVICE, context)
    return [*events, clock_started(Clock.NOTIFY, command.recorded_at, context)]


def open_report(_case: CaseState, command: c.OpenFromReport, context: Context) -> list[Event]:
    _inside_bar(command, context)
    named = not command.anonymous or command.concrete
    require(named, "anonymous", "anonymous data is taken only where the evidence is concrete")
    line = {"line": context.number(Register.REPORT), "channel": command.channel}
    return [
        *_opened(command, Source.REPORT, context),
        Event(EventType.REPORT_ACCEPTED, line | {"anonymous": command.anonymous}),
        clock_started(Clock.VERIFY, context.at, context),
    ]


def open_transfer(_case: CaseState, command: c.OpenFromTransfer, context: Context) -> list[Event]:
    _inside_bar(command, context)
    require(command.unit.strip() and command.number.strip(), "incomplete", "unit and number are due")
    require(command.received_at <= context.at, "future", "this lies in the future of this clock")
    return [
        *_opened(command, Source.TRANSFER, context),
        Event(EventType.TRANSFER_RECEIVED, {"unit": command.unit, "number": command.number}),
        clock_started(
            Clock.NOTIFY, command.received_at, context
        ),  # from when is open law: docs/legal-sources.md
    ]


def _unverified(case: CaseState) -> None:
    require(case.source is Source.REPORT, "not_reported", "only a report is verified")
    require(case.verification is None, "verified", "the verification is concluded")


def verify_step(case: CaseState, command: c.VerifyStep, _context: Context) -> list[Event]:
    _unverified(case)
    require_reason(command.minutes)
    return [Event(EventType.VERIFICATION_STEP, to_json(command))]


def extend_verification(case: CaseState, command: c.ExtendVerification, context: Context) -> list[Event]:
    _unverified(case)
    require_reason(command.reason)
    run = case.running(Clock.VERIFY)
    in_time = run and not case.verification_extended and context.at <= run.due_at
    require(in_time, "extended", "the time cannot be extended any more")
    return [
        Event(EventType.VERIFICATION_EXTENDED, to_json(command)),
        clock_started(Clock.VERIFY, run.starts_at if run else context.at, context, "extension"),
    ]


def conclude_verification(case: CaseState, command: c.ConcludeVerification, context: Context) -> list[Event]:
    """The ten days of the notice begin here: when a report counts as detected is open law (policy)."""
    _unverified(case)
    require_reason(command.report)
    events = [Event(EventType.VERIFICATION_CONCLUDED, to_json(command)), *clocks_stopped(case, Clock.VERIFY)]
    if command.conclusion is Conclusion.PROVEN:
        events.append(clock_started(Clock.NOTIFY, context.at, context))
    return events


def extract(case: CaseState, command: c.Extract, _context: Context) -> list[Event]:
    proven = case.source is not Source.REPORT or case.verification is Conclusion.PROVEN
    require(proven, "not_proven", "the report is not proven")
    return [Event(EventType.EVIDENCE_EXTRACTED, to_json(command))]


# -- rejection and holds ---------------------------------------------------------------------


def reject(case: CaseState, command: c.RejectEvidence, context: Context) -> list[Event]:
    machine = {RejectionGround.DUPLICATE, RejectionGround.DEVICE_INVALID}
    if Role.ADJUDICATOR not in context.actor.roles:
        require(command.ground in machine, "forbidden", "only an officer may reject on this ground")
    if command.ground is RejectionGround.NOT_PROVEN:
        failed = case.verification in {Conclusion.NOT_PROVEN, Conclusion.CRIME}
        require(failed, "not_concluded", "the verification did not end like this")
    return [*ended(case, Event(EventType.EVIDENCE_REJECTED, to_json(command)), context), *sampled(context)]


def place_hold(case: CaseState, command: c.PlaceHold, context: Context) -> list[Event]:
    """A hold stops no clock; it says which of them run short. After the end it keeps the file from purge."""
    over = case.state in TERMINAL
    require(not (case.kept if over else case.hold), "held", "the case is held already")
    by_people = context.actor.roles & {Role.ADJUDICATOR, Role.COMMANDER}
    require(by_people or not over, "forbidden", "only people keep the file of a case that is over")
    require(command.reason.strip(), "incomplete", "a hold needs its reason")
    short = {run.clock: run.due_at.isoformat() for run in case.short(context.at, context.policy.near)}
    return [Event(EventType.HOLD_PLACED, to_json(command) | ({"short": short} if short else {}))]


def release_hold(case: CaseState, command: c.ReleaseHold, _context: Context) -> list[Event]:
    held = case.kept if case.state in TERMINAL else case.hold
    require(held, "not_held", "the case is not held")
    return [Event(EventType.HOLD_RELEASED, to_json(command))]
