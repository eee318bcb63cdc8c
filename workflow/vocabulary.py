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
    OWNER = "owner"  # from outside, identified by VNeID


class EventType(StrEnum):
    """Facts of the log."""

    CASE_OPENED = "CaseOpened"
    REPORT_ACCEPTED = "ReportAccepted"
    TRANSFER_RECEIVED = "TransferReceived"
    VERIFICATION_STEP = "VerificationStep"
    VERIFICATION_EXTENDED = "VerificationExtended"
    VERIFICATION_CONCLUDED = "VerificationConcluded"
    CLOCK_STARTED = "ClockStarted"
    CLOCK_STOPPED = "ClockStopped"
    EVIDENCE_EXTRACTED = "EvidenceExtracted"
    REVIEW_SUBMITTED = "ReviewSubmitted"
    REVIEW_CORRECTED = "ReviewCorrected"
    REVIEW_HANDED_BACK = "ReviewHandedBack"  # unanswered
    REVIEW_AGREED = "ReviewAgreed"
    REVIEW_DISAGREED = "ReviewDisagreed"
    REVIEW_ADJUDICATED = "ReviewAdjudicated"
    EVIDENCE_REJECTED = "EvidenceRejected"
    REJECTION_SAMPLED = "RejectionSampled"  # drawn, so that it is judged again
    REJECTION_UPHELD = "RejectionUpheld"
    REJECTION_REOPENED = "RejectionReopened"
    HOLD_PLACED = "HoldPlaced"
    HOLD_RELEASED = "HoldReleased"
    OWNER_DETERMINED = "OwnerDetermined"
    HANDLING_UNIT_CHOSEN = "HandlingUnitChosen"
    OWNER_REDETERMINED = "OwnerRedetermined"
    CASE_FILED = "CaseFiled"
    NOTICE_NUMBERED = "NoticeNumbered"
    NOTICE_SIGNED = "NoticeSigned"
    NOTICE_SENT = "NoticeSent"
    NOTICE_RESENT = "NoticeResent"  # asked for; posted once under the same number
    ISSUE_SENT = "IssueSent"
    NOTICE_VOIDED = "NoticeVoided"
    NOTICE_WITHDRAWN = "NoticeWithdrawn"  # the letter that takes it back has left
    NOTICE_SUPERSEDED = "NoticeSuperseded"
    VIOLATION_PUBLISHED = "ViolationPublished"
    PUBLICATION_UPDATED = "PublicationUpdated"
    PUBLICATION_WITHDRAWN = "PublicationWithdrawn"
    DELIVERED = "Delivered"
    DELIVERY_REFUSED = "DeliveryRefused"
    MAIL_RETURNED = "MailReturned"
    NO_ANSWER_ELAPSED = "NoAnswerElapsed"
    APPOINTMENT_MISSED = "AppointmentMissed"  # of the notice or of the record
    DEADLINE_MISSED = "DeadlineMissed"
    RETENTION_ELAPSED = "RetentionElapsed"
    WARNING_ISSUED = "WarningIssued"
    WARNINGS_WITHDRAWN = "WarningsWithdrawn"
    FORM04_SENT = "Form04Sent"
    COMMUNE_REPORTED = "CommuneReported"
    OWNER_APPEARED = "OwnerAppeared"
    EVIDENCE_SHOWN = "EvidenceShown"
    DRIVER_NOMINATED = "DriverNominated"
    DRIVER_ADMITTED = "DriverAdmitted"
    DRIVER_DENIED = "DriverDenied"
    OWNER_DISPROVED_DRIVING = "OwnerDisprovedDriving"
    VIOLATOR_IDENTIFIED = "ViolatorIdentified"
    RECORD_NUMBERED = "RecordNumbered"
    RECORD_MADE = "RecordMade"
    RECORD_PRINTED = "RecordPrinted"  # as it is signed by hand: the paper is kept with its digest
    COPY_HANDED = "CopyHanded"
    EXPLANATION_REQUESTED = "ExplanationRequested"
    HEARING_HELD = "HearingHeld"
    EXPLANATION_CLOSED = "ExplanationClosed"
    DECISION_TIME_EXTENDED = "DecisionTimeExtended"
    FILE_ESCALATED = "FileEscalated"
    ACTS_JOINED = "ActsJoined"  # several acts of one violator in one handling
    ACTS_PARTED = "ActsParted"
    DECISION_NUMBERED = "DecisionNumbered"
    DECISION_SIGNED = "DecisionSigned"
    DECISION_PRINTED = "DecisionPrinted"  # the signed paper of a decision's number is kept
    DECISION_SENT = "DecisionSent"
    DECISION_SERVED = "DecisionServed"
    POINTS_DEDUCTED = "PointsDeducted"
    POINTS_BLOCKED = "PointsBlocked"
    POINTS_RESTORED = "PointsRestored"
    SUSPENSION_STARTS = "SuspensionStarts"
    SUSPENSION_ENDS = "SuspensionEnds"
    COMPLIANCE_ELAPSED = "ComplianceElapsed"
    NON_COMPLIANCE_RECORDED = "NonComplianceRecorded"
    COERCION_ORDERED = "CoercionOrdered"
    COERCION_SENT = "CoercionSent"
    COERCION_DONE = "CoercionDone"
    COMPLAINT_LODGED = "ComplaintLodged"
    COMPLAINT_REJECTED = "ComplaintRejected"
    DECISION_AMENDED = "DecisionAmended"
    DECISION_REVOKED = "DecisionRevoked"
    ENFORCEMENT_SUSPENDED = "EnforcementSuspended"
    ENFORCEMENT_RESUMED = "EnforcementResumed"
    PAYMENT_RECORDED = "PaymentRecorded"
    PAYMENT_COMPLETED = "PaymentCompleted"
    REFUND_DUE = "RefundDue"
    INSTALMENTS_SET = "InstalmentsSet"  # without parts: the plan has ended
    TRANSFER_SENT = "TransferSent"
    SLIP_SENT = "SlipSent"  # 03/73, 04 or 02/73: signed, kept, and it has left
    TRANSFER_RETURNED = "TransferReturned"
    TRANSFER_RESULT_RECEIVED = "TransferResultReceived"
    EVASION_RECORDED = "EvasionRecorded"
    EVASION_ENDED = "EvasionEnded"
    CASE_CLOSED = "CaseClosed"
    CASE_DISMISSED = "CaseDismissed"
    TIME_BARRED = "TimeBarred"
    END_REPORTED = "EndReported"
    EVIDENCE_PURGED = "EvidencePurged"
    PROPOSED = "Proposed"  # the first of two persons


# By these events a person has judged the evidence of a case and does not judge it again.
JUDGEMENTS = frozenset(
    {
        EventType.REVIEW_SUBMITTED,
        EventType.REVIEW_ADJUDICATED,
        EventType.REJECTION_SAMPLED,
        EventType.REJECTION_UPHELD,
        EventType.REJECTION_REOPENED,
    }
)


class Clock(StrEnum):
    """Legal clocks; their lengths are dated rows of `workflow/law/deadlines.csv`.

    The ends of the last two are written on a paper.
    """

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
    APPOINTMENT = "APPOINTMENT"  # somebody is to come, by the notice or by the record
    INSTALMENT = "INSTALMENT"  # the next part of the fine is to be paid


WRITTEN = frozenset({Clock.APPOINTMENT, Clock.INSTALMENT})


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
    NOT_PROVEN = "not_proven"  # a citizen's report, after its verification


class RejudgeBasis(StrEnum):
    """Why a rejection is judged again."""

    SAMPLE = "sample"
    NEW_FACT = "new_fact"


class HoldGround(StrEnum):
    """What the innocent-owner shield found; every hit is a question to a person, never an answer."""

    NOT_REGISTERED = "not_registered"
    OTHER_CLASS = "other_class"  # registered as another kind of vehicle than the officers saw
    OTHER_PLATE_COLOUR = "other_plate_colour"  # no plate of the registered colour is written like this
    OTHER_BODY_COLOUR = "other_body_colour"
    PLATE_OF_ANOTHER_CLASS = "plate_of_another_class"  # no vehicle of this class carries such a plate
    OTHER_AUTHORITY = "other_authority"  # army or foreign plate: another body may be competent
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    STOLEN = "stolen"
    EXEMPT = "exempt"  # on the list of vehicles that may be on emergency duty
    CERTIFICATE = "certificate"  # none of the device was valid at the second of the act


class DismissalGround(StrEnum):
    """The list of reasons why a case ends without a fine (REFERENCE §1.3, LXLVPHC Art 11 and 65)."""

    EMERGENCY_ON_DUTY = "emergency_on_duty"
    STOLEN_VEHICLE = "stolen_vehicle"
    CLONED_PLATE = "cloned_plate"
    ALREADY_SANCTIONED = "already_sanctioned"
    NO_VIOLATOR_IDENTIFIED = "no_violator_identified"
    JUSTIFIED_ACT = "justified_act"
    DECISION_TIME_LAPSED = "decision_time_lapsed"
    COMPLAINT_UPHELD = "complaint_upheld"  # by a ruling
    DECIDED_ELSEWHERE = "decided_elsewhere"  # the other unit sanctions nobody


class Outcome(StrEnum):
    """With which result a case is closed."""

    PAID = "paid"
    WARNED = "warned"  # a warning served
    COERCED = "coerced"
    EXEMPTED = "exempted"  # from the fine or its rest
    VIOLATOR_DECEASED = "violator_deceased"
    VIOLATOR_DISSOLVED = "violator_dissolved"
    SANCTIONED_ELSEWHERE = "sanctioned_elsewhere"
    ENFORCEMENT_BARRED = "enforcement_barred"


class Task(StrEnum):
    """Work that follows from an event: the name the relay sends to Celery."""

    EXTRACT = "extract"
    DETERMINE_OWNER = "determine_owner"
    FILE_CASE = "file_case"
    RENDER_NOTICE = "render_notice"
    DELIVER_NOTICE = "deliver_notice"
    RESEND_NOTICE = "resend_notice"
    WITHDRAW_NOTICE = "withdraw_notice"
    SEND_SLIP = "send_slip"
    PRINT_RECORD = "print_record"
    PRINT_DECISION = "print_decision"
    SEND_DECISION = "send_decision"
    APPLY_POINTS = "apply_points"
    CLOSE_CASE = "close_case"
    REPORT_END = "report_end"
    PURGE = "purge"
    TELL_INSPECTION = "tell_inspection"
    TELL_REGISTRATION = "tell_registration"
    TELL_LICENCE = "tell_licence"
    TELL_PUBLIC = "tell_public"


EFFECTS: dict[EventType, Task] = {
    EventType.CASE_OPENED: Task.EXTRACT,
    EventType.VERIFICATION_CONCLUDED: Task.EXTRACT,
    EventType.REVIEW_AGREED: Task.DETERMINE_OWNER,
    EventType.OWNER_DETERMINED: Task.FILE_CASE,
    EventType.HOLD_RELEASED: Task.FILE_CASE,
    EventType.NOTICE_NUMBERED: Task.RENDER_NOTICE,
    EventType.NOTICE_SIGNED: Task.DELIVER_NOTICE,
    EventType.NOTICE_RESENT: Task.RESEND_NOTICE,
    EventType.NOTICE_VOIDED: Task.WITHDRAW_NOTICE,  # where the case goes on; an end does it with its report
    EventType.NOTICE_WITHDRAWN: Task.FILE_CASE,
    EventType.OWNER_REDETERMINED: Task.FILE_CASE,
    EventType.TRANSFER_RETURNED: Task.FILE_CASE,
    EventType.EVASION_RECORDED: Task.FILE_CASE,  # of a case that had expired
    EventType.DECISION_PRINTED: Task.SEND_DECISION,
    EventType.DECISION_SIGNED: Task.APPLY_POINTS,
    EventType.DECISION_SERVED: Task.CLOSE_CASE,  # where the money came before the decision
    EventType.PAYMENT_COMPLETED: Task.CLOSE_CASE,
    EventType.POINTS_DEDUCTED: Task.CLOSE_CASE,  # where everything else was done before
    EventType.POINTS_BLOCKED: Task.CLOSE_CASE,
    EventType.DECISION_AMENDED: Task.CLOSE_CASE,
    EventType.ACTS_PARTED: Task.CLOSE_CASE,  # where only the other act kept the decision open
    EventType.COMPLAINT_REJECTED: Task.CLOSE_CASE,  # an open complaint keeps a paid case open
    EventType.EVIDENCE_REJECTED: Task.REPORT_END,
    EventType.CASE_CLOSED: Task.REPORT_END,
    EventType.CASE_DISMISSED: Task.REPORT_END,
    EventType.TIME_BARRED: Task.REPORT_END,
    EventType.EVIDENCE_PURGED: Task.PURGE,
}

QUEUES: dict[Task, str] = {
    Task.EXTRACT: "extract",
    Task.DETERMINE_OWNER: "notice",
    Task.FILE_CASE: "notice",
    Task.RENDER_NOTICE: "notice",
    Task.DELIVER_NOTICE: "deliver",
    Task.RESEND_NOTICE: "deliver",
    Task.WITHDRAW_NOTICE: "deliver",
    Task.SEND_SLIP: "deliver",
    Task.PRINT_RECORD: "notice",
    Task.PRINT_DECISION: "notice",
    Task.SEND_DECISION: "deliver",
    Task.APPLY_POINTS: "close",
    Task.CLOSE_CASE: "close",
    Task.REPORT_END: "close",
    Task.PURGE: "close",
    Task.TELL_INSPECTION: "deliver",
    Task.TELL_REGISTRATION: "deliver",
    Task.TELL_LICENCE: "deliver",
    Task.TELL_PUBLIC: "deliver",
}
