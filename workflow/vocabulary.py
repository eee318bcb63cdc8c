"""The words of the case: states, phases, roles, events, clocks. Standard library only."""

from enum import StrEnum


class State(StrEnum):
    """Where a case stands; the six steps are collected … closed."""

    COLLECTED = "collected"
    EXTRACTED = "extracted"
    REVIEWED = "reviewed"
    FILED = "filed"
    NOTIFIED = "notified"
    RESOLVING = "resolving"
    TRANSFERRED = "transferred"  # waits for the other unit; the time bar runs on
    CLOSED = "closed"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


TERMINAL = frozenset({State.CLOSED, State.REJECTED, State.DISMISSED, State.EXPIRED})


class Phase(StrEnum):
    """Inside `resolving`: before the record, before the decision, after it."""

    SUMMONED = "summoned"
    RECORDED = "recorded"
    DECIDED = "decided"


class Role(StrEnum):
    """Who may give a command. A signer is a person with a title; the role only opens the page."""

    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    HANDLER = "handler"
    COMMANDER = "commander"
    SIGNER = "signer"
    CLERK = "clerk"
    AUDITOR = "auditor"
    ADMIN = "admin"
    WORKER = "worker"
    CLOCK = "clock"
    GATEWAY = "gateway"


class EventType(StrEnum):
    """Facts of the log."""

    CASE_OPENED = "CaseOpened"
    CLOCK_STARTED = "ClockStarted"
    CLOCK_STOPPED = "ClockStopped"
    EVIDENCE_EXTRACTED = "EvidenceExtracted"
    REVIEW_SUBMITTED = "ReviewSubmitted"
    REVIEW_AGREED = "ReviewAgreed"
    REVIEW_DISAGREED = "ReviewDisagreed"
    REVIEW_ADJUDICATED = "ReviewAdjudicated"
    EVIDENCE_REJECTED = "EvidenceRejected"
    HOLD_PLACED = "HoldPlaced"
    HOLD_RELEASED = "HoldReleased"
    OWNER_DETERMINED = "OwnerDetermined"
    CASE_FILED = "CaseFiled"
    NOTICE_NUMBERED = "NoticeNumbered"
    NOTICE_SIGNED = "NoticeSigned"
    NOTICE_SENT = "NoticeSent"
    NOTICE_VOIDED = "NoticeVoided"
    VIOLATION_PUBLISHED = "ViolationPublished"
    PUBLICATION_UPDATED = "PublicationUpdated"
    PUBLICATION_WITHDRAWN = "PublicationWithdrawn"
    DELIVERED = "Delivered"
    MAIL_RETURNED = "MailReturned"
    NO_ANSWER_ELAPSED = "NoAnswerElapsed"
    DEADLINE_MISSED = "DeadlineMissed"
    OWNER_APPEARED = "OwnerAppeared"
    VIOLATOR_IDENTIFIED = "ViolatorIdentified"
    RECORD_NUMBERED = "RecordNumbered"
    RECORD_MADE = "RecordMade"
    DECISION_NUMBERED = "DecisionNumbered"
    DECISION_SIGNED = "DecisionSigned"
    DECISION_SERVED = "DecisionServed"
    COMPLIANCE_ELAPSED = "ComplianceElapsed"
    PAYMENT_RECORDED = "PaymentRecorded"
    PAYMENT_COMPLETED = "PaymentCompleted"
    REFUND_DUE = "RefundDue"
    CASE_CLOSED = "CaseClosed"
    CASE_DISMISSED = "CaseDismissed"
    TIME_BARRED = "TimeBarred"
    END_REPORTED = "EndReported"
    PROPOSED = "Proposed"  # the first of two persons


class Clock(StrEnum):
    """Legal clocks; their lengths are dated rows of `workflow/law/deadlines.csv`."""

    BAR = "BAR"  # time bar of the sanction
    NOTIFY = "NOTIFY"  # identify the owner and notify
    NOANSWER = "NOANSWER"  # the owner must have come
    RECORD = "RECORD"  # make the record once the violator is known
    DECIDE = "DECIDE"  # decide after the record
    SENDDEC = "SENDDEC"  # send the decision
    COMPLY = "COMPLY"  # pay
    ENFBAR = "ENFBAR"  # enforcement lapses
    VERIFY = "VERIFY"  # verify what a citizen sent
    ESCALATE = "ESCALATE"  # pass the file to whoever is competent
    EXPLAIN = "EXPLAIN"  # explain before the decision
    DEEMED = "DEEMED"  # a decision counts as served
    POSTING = "POSTING"  # a decision is posted publicly
    NONCOMPLY = "NONCOMPLY"  # record that nobody complied
    SENDCOERCE = "SENDCOERCE"  # send the coercion decision
    RETAIN = "RETAIN"  # keep the file after its end


class Verdict(StrEnum):
    """What an officer says of the evidence."""

    VIOLATION = "violation"
    REJECT = "reject"


class RejectionGround(StrEnum):
    """The published list of reasons why evidence is refused."""

    NO_VIOLATION = "no_violation"
    PLATE_UNREADABLE = "plate_unreadable"
    EVIDENCE_INCOMPLETE = "evidence_incomplete"
    EMERGENCY_VEHICLE = "emergency_vehicle"
    DIRECTED_BY_OFFICER = "directed_by_officer"
    DUPLICATE = "duplicate"
    DEVICE_INVALID = "device_invalid"


class DismissalGround(StrEnum):
    """The list of reasons why a case ends without a fine (REFERENCE §1.3, LXLVPHC Art 11 and 65)."""

    EMERGENCY_ON_DUTY = "emergency_on_duty"
    STOLEN_VEHICLE = "stolen_vehicle"
    CLONED_PLATE = "cloned_plate"
    ALREADY_SANCTIONED = "already_sanctioned"
    NO_VIOLATOR_IDENTIFIED = "no_violator_identified"
    JUSTIFIED_ACT = "justified_act"
    DECISION_TIME_LAPSED = "decision_time_lapsed"


class Outcome(StrEnum):
    """With which result a case is closed."""

    PAID = "paid"
    ENFORCEMENT_BARRED = "enforcement_barred"


class Task(StrEnum):
    """Work that follows from an event: the name the relay sends to Celery."""

    EXTRACT = "extract"
    DETERMINE_OWNER = "determine_owner"
    FILE_CASE = "file_case"
    RENDER_NOTICE = "render_notice"
    DELIVER_NOTICE = "deliver_notice"
    CLOSE_CASE = "close_case"
    REPORT_END = "report_end"
    TELL_INSPECTION = "tell_inspection"
    TELL_REGISTRATION = "tell_registration"
    TELL_LICENCE = "tell_licence"
    TELL_PUBLIC = "tell_public"


EFFECTS: dict[EventType, Task] = {
    EventType.CASE_OPENED: Task.EXTRACT,
    EventType.REVIEW_AGREED: Task.DETERMINE_OWNER,
    EventType.OWNER_DETERMINED: Task.FILE_CASE,
    EventType.HOLD_RELEASED: Task.FILE_CASE,
    EventType.NOTICE_NUMBERED: Task.RENDER_NOTICE,
    EventType.NOTICE_SIGNED: Task.DELIVER_NOTICE,
    EventType.DECISION_SERVED: Task.CLOSE_CASE,  # where the money came before the decision
    EventType.PAYMENT_COMPLETED: Task.CLOSE_CASE,
    EventType.EVIDENCE_REJECTED: Task.REPORT_END,
    EventType.CASE_CLOSED: Task.REPORT_END,
    EventType.CASE_DISMISSED: Task.REPORT_END,
    EventType.TIME_BARRED: Task.REPORT_END,
}

QUEUES: dict[Task, str] = {
    Task.EXTRACT: "extract",
    Task.DETERMINE_OWNER: "notice",
    Task.FILE_CASE: "notice",
    Task.RENDER_NOTICE: "notice",
    Task.DELIVER_NOTICE: "deliver",
    Task.CLOSE_CASE: "close",
    Task.REPORT_END: "close",
    Task.TELL_INSPECTION: "deliver",
    Task.TELL_REGISTRATION: "deliver",
    Task.TELL_LICENCE: "deliver",
    Task.TELL_PUBLIC: "deliver",
}
