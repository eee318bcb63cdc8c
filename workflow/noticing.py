"""The owner, the file, the notice and what follows from silence. Standard library only.

Source: TT 73/2024/TT-BCA Art 24; NĐ 168/2024 Art 47.6, 47.8, 47.11.
"""

from workflow import commands as c
from workflow.casestate import CaseState, Event, to_json
from workflow.context import CaseError, Context
from workflow.guards import (
    clock_started,
    clock_until,
    clocks_stopped,
    decision_served,
    notice_voided,
    require,
    require_bar_open,
    require_not_held,
    require_own_authority,
    require_reason,
    require_signed_by,
    warnings_withdrawn,
)
from workflow.law.rows import ViolatorKind
from workflow.vocabulary import Clock, EventType, Phase, State
from workflow.words import (
    INDIVIDUALS,
    Delivered,
    Finding,
    Paper,
    Register,
    Source,
    Target,
    WarningGround,
)

_DELIVERY = {
    Delivered.DELIVERED: EventType.DELIVERED,
    Delivered.REFUSED: EventType.DELIVERY_REFUSED,
    Delivered.RETURNED: EventType.MAIL_RETURNED,
}


# -- owner and file --------------------------------------------------------------------------


def determine_owner(case: CaseState, command: c.DetermineOwner, _context: Context) -> list[Event]:
    require_not_held(case)
    return [
        Event(EventType.OWNER_DETERMINED, to_json(command)),
        Event(EventType.HANDLING_UNIT_CHOSEN, {"unit": "own" if command.in_area else "other"}),
    ]


def file(case: CaseState, command: c.FileCase, context: Context) -> list[Event]:
    require_not_held(case)
    owner = case.owner
    if owner is None:
        raise CaseError("no_owner", "the owner is not determined")
    require(owner.in_area, "elsewhere", "the owner lives elsewhere: the file is handed over")
    # Red plates are the army's: another body handles them.
    require(owner.plate_colour != "red", "military", "an army vehicle is handed over")
    require_bar_open(case, context)
    own = not command.confirmed_by or command.confirmed_by == context.actor.id
    require(own, "forbidden", "nobody confirms for somebody else")
    require(command.row.verified or command.confirmed_by, "unverified", "the row of the law is unverified")
    return [Event(EventType.CASE_FILED, to_json(command))]


def redetermine_owner(case: CaseState, command: c.RedetermineOwner, context: Context) -> list[Event]:
    """The notice went to the wrong person: it is taken back and the case files anew for the right one."""
    require_reason(command.proof)
    require(case.owner and case.owner.owner != command.owner, "same_owner", "this is the owner already")
    require_bar_open(case, context)
    return [
        *notice_voided(case, context, "owner_redetermined"),
        Event(EventType.OWNER_REDETERMINED, to_json(command)),
        *back_to_reviewed(case, context),
    ]


def back_to_reviewed(case: CaseState, context: Context) -> list[Event]:
    """Back in `reviewed`: what stood outside is taken back; whether the ten days run again is policy."""
    events = warnings_withdrawn(case)
    if case.published:
        events.append(Event(EventType.PUBLICATION_UPDATED, {"status": "not_sanctioned"}))
    events += clocks_stopped(case, Clock.NOANSWER, Clock.APPOINTMENT, Clock.RECORD)
    return [*events, clock_started(Clock.NOTIFY, context.at, context)]


# -- the notice ------------------------------------------------------------------------------


def sign_notice(case: CaseState, command: c.SignNotice, context: Context) -> list[Event]:
    require_not_held(case)
    require(case.notice is None, "numbered", "the notice has its number already")
    require_own_authority(command.authority, context)
    require(command.appointment_at > context.at, "past", "the appointment lies in the past")
    both = bool(command.second_office) == bool(command.second_address)
    require(both, "incomplete", "a second office needs its name and its address")
    require_bar_open(case, context)
    number = {"number": context.number(Register.NOTICE), "numbered_at": context.at.isoformat()}
    return [Event(EventType.NOTICE_NUMBERED, number | to_json(command))]


def store_notice(case: CaseState, command: c.StoreNotice, _context: Context) -> list[Event]:
    require(case.notice, "no_number", "no notice was approved")
    if case.notice and case.notice.sha256:
        return []  # two runs at once are normal: the first stored PDF wins
    return [Event(EventType.NOTICE_SIGNED, to_json(command))]


def notice_sent(case: CaseState, command: c.RecordNoticeSent, context: Context) -> list[Event]:
    if case.notice is None or not case.notice.sha256:
        raise CaseError("unsigned", "the notice is not signed yet")
    require(command.receipt, "incomplete", "sending needs its receipt")
    public = (
        Event(EventType.PUBLICATION_UPDATED, {"status": "not_sanctioned"})
        if case.published
        else Event(EventType.VIOLATION_PUBLISHED)
    )
    return [
        Event(EventType.NOTICE_SENT, to_json(command)),
        public,
        *clocks_stopped(case, Clock.NOTIFY),
        # NĐ 168 Art 47.11: the day of the appointment must have passed as well.
        clock_started(Clock.NOANSWER, command.sent_at, context, not_before=case.notice.appointment_at),
        clock_until(Clock.APPOINTMENT, command.sent_at, case.notice.appointment_at, "written on the notice"),
    ]


def resend(case: CaseState, command: c.ResendNotice, _context: Context) -> list[Event]:
    """Asked for here, posted once by a worker: the same number and facts, the next issue."""
    require_reason(command.reason)
    notice = case.notice
    if notice is None or notice.resending:
        raise CaseError("resending", "the next issue is on its way already")
    data = {"number": notice.number, "issue": notice.issue + 1, "reason": command.reason}
    return [Event(EventType.NOTICE_RESENT, data)]


def issue_sent(case: CaseState, command: c.RecordIssueSent, context: Context) -> list[Event]:
    notice = case.notice
    if notice is None or command.issue > notice.issue + 1 or not (notice.resending or notice.issue > 1):
        raise CaseError("not_asked", "this issue was not asked for")
    if command.issue <= notice.issue:
        return []  # another run told it
    restarts = context.policy.resend_restarts and case.state is State.NOTIFIED
    data = {"number": notice.number, **to_json(command), "restarts": restarts}
    events = [Event(EventType.ISSUE_SENT, data)]
    if restarts:
        at = notice.appointment_at
        events.append(clock_started(Clock.NOANSWER, command.sent_at, context, not_before=at))
    return events


def withdrawal(case: CaseState, command: c.RecordWithdrawal, _context: Context) -> list[Event]:
    found = [notice for notice in case.withdrawn if notice.number == command.number]
    require(found and command.letter, "not_withdrawn", "this notice is not withdrawn while the case goes on")
    if found[0].letter:
        return []
    return [Event(EventType.NOTICE_WITHDRAWN, to_json(command))]


def slip_sent(case: CaseState, command: c.RecordSlipSent, _context: Context) -> list[Event]:
    """The first signed paper of a number counts; another run of the same work adds nothing."""
    found = [slip for slip in case.slips if (slip.series, slip.number) == (command.series, command.number)]
    require(found and command.sha256, "no_number", "no paper of this number is due")
    return [] if found[0].sent else [Event(EventType.SLIP_SENT, to_json(command))]


def delivery(case: CaseState, command: c.RecordDelivery, context: Context) -> list[Event]:
    """What became of one issue of one document; the same told twice is one fact."""
    issue = _issue(case, command)
    known = any(
        (paper.paper, paper.issue, paper.outcome) == (command.paper, issue, command.outcome)
        for paper in case.papers
    )
    if known:
        return []
    events = [Event(_DELIVERY[command.outcome], {**to_json(command), "issue": issue})]
    letters = [paper for paper in case.papers if (paper.paper, paper.issue) == (command.paper, issue)]
    serves = command.paper is Paper.DECISION and all(map(case.is_itself, letters))
    if serves and case.decision and case.decision.served_at is None:
        require_signed_by(case.decision, command.delivered_at)
        events += _service_by_post(case, command, context)
    return events


def _issue(case: CaseState, command: c.RecordDelivery) -> int:
    sent = [paper for paper in case.papers if paper.paper is command.paper]
    by_receipt = [paper.issue for paper in sent if paper.receipt == command.receipt]
    return command.issue or (by_receipt[-1] if by_receipt else max((p.issue for p in sent), default=1))


def _service_by_post(case: CaseState, command: c.RecordDelivery, context: Context) -> list[Event]:
    """Handed over or refused it is served; the third return starts deemed service (NĐ 118 Art 17a)."""
    if command.outcome is Delivered.RETURNED:
        last = case.returned(Paper.DECISION) + 1 >= context.policy.returns and not case.running(Clock.DEEMED)
        return [clock_started(Clock.DEEMED, command.delivered_at, context)] if last else []
    how = "post" if command.outcome is Delivered.DELIVERED else "refused"
    return decision_served(case, context, how, command.delivered_at)


# -- silence ---------------------------------------------------------------------------------


def issue_warning(case: CaseState, command: c.IssueWarning, context: Context) -> list[Event]:
    standing = {warning.target for warning in case.warnings}
    require(command.target not in standing, "warned", "this body is warned already")
    require(_stands(case, command.ground, context), "no_ground", "this ground of a warning is not there")
    if command.target is Target.INSPECTION:
        inspected = case.vehicle_class != "motorbike"
        require(inspected, "not_inspected", "this kind of vehicle is not inspected")
    if command.target is Target.LICENCE:
        person = case.violator and case.violator_kind in INDIVIDUALS
        require(person, "no_violator", "the licence body is told only of an identified person")
    return [Event(EventType.WARNING_ISSUED, to_json(command))]


def _stands(case: CaseState, ground: WarningGround, context: Context) -> bool:
    """NĐ 168 Art 47.11: the appointment of the notice or of the record is over, or the time to pay is.

    TT 73 Art 24.5 asks for the twenty days from sending as well.
    """
    if ground is WarningGround.UNPAID:
        return bool((run := case.running(Clock.COMPLY)) and run.elapsed)
    if ground is WarningGround.NOTICE_UNANSWERED:
        return bool((run := case.running(Clock.NOANSWER)) and run.elapsed)
    appointment = case.record.appointment_at if case.record else None
    if case.phase is not Phase.RECORDED or appointment is None or appointment >= context.at:
        return False
    sent = case.notice.sent_at if case.notice else None
    return sent is None or context.due(Clock.NOANSWER, sent, context.at, "").at < context.at


def send_form04(case: CaseState, command: c.SendForm04, context: Context) -> list[Event]:
    require_own_authority(command.authority, context)
    require(command.commune.strip(), "incomplete", "the commune of residence is due")
    for_it = case.vehicle_class == "motorbike" or case.source is Source.REPORT
    require(for_it, "not_form04", "form 04 is for motorcycles and reports")
    run = case.running(Clock.NOANSWER)
    require(run and run.elapsed, "not_due", "the deadline is not over yet")
    require(not case.form04, "form04_open", "a form 04 waits for its report")
    return [Event(EventType.FORM04_SENT, {"number": context.number(Register.FORM04), **to_json(command)})]


def commune_report(case: CaseState, command: c.RecordCommuneReport, _context: Context) -> list[Event]:
    require(case.form04, "no_form04", "no form 04 waits for a report")
    return [Event(EventType.COMMUNE_REPORTED, {"number": case.form04, **to_json(command)})]


def evidence_of_delivery(case: CaseState) -> bool:
    """Whether it is documented that the notice reached its addressee, by post or by the commune."""
    reached = {Delivered.DELIVERED, Delivered.REFUSED, Finding.DELIVERED, Finding.REFUSED}
    return case.notice is not None and case.notice.delivery in reached


def is_organisation(kind: str) -> bool:
    """Households count as individuals (NĐ 168 Art 2.3)."""
    return kind in {ViolatorKind.ORGANISATION, ViolatorKind.STATE_BODY}
